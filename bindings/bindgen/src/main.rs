//! UniFFI's generator in the version that the library was built with, and one command of our own: `surface LIBRARY` prints
//! what a library exports, a line each, so that a change of it is seen in review. `cargo xtask bindings` runs both.

mod surface;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, library] = arguments.as_slice()
        && command == "surface"
    {
        return match surface::of(library) {
            Ok(lines) => {
                print!("{lines}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{library}: {error:#}");
                ExitCode::FAILURE
            }
        };
    }
    uniffi::uniffi_bindgen_main();
    ExitCode::SUCCESS
}
