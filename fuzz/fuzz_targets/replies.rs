#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| loyalty_properties::replies(data));
