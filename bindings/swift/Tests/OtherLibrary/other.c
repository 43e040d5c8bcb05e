#include "OtherLibrary.h"

// What a library would answer whose `format_phone` has another signature. A program's own symbols go before a library's,
// so whoever links this sees the other library.
uint16_t uniffi_loyalty_ffi_checksum_func_format_phone(void) { return 1; }
