#include <stdint.h>

// Nothing calls it by this name from Swift: it is found in place of the library's own.
uint16_t uniffi_loyalty_ffi_checksum_func_format_phone(void);
