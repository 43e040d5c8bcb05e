//! The project's own tooling: `cargo xtask help` says what it does.

mod android;
mod bench;
mod bindings;
mod crates;
mod demo;
mod failure;
mod fuzz;
mod glossary;
mod kiosk;
mod kotlin;
mod licence_texts;
mod phones;
mod picture;
mod process;
mod scenarios;
mod screens;
mod setup;
mod size;
mod strings;
mod surefire;
mod swift;
mod test;
mod torture;

use std::process::ExitCode;

use failure::Failure;

const HELP: &str = "\
cargo xtask COMMAND

Each command first sets up what it needs; once that is there, set-up takes no time.

  setup                          all of that set-up at once: compilers, zone data, cargo tools, Swift, Java
  demo                           a guest's story in the terminal, then the kiosk: in a window, or without a
                                 display on a virtual screen, with pictures in target/demo
  demo ARGS…                     build `loyalty` and run its demo; ARGS go to `loyalty demo`
  test [PART]                    every check in every language, and one summary; or of one part: rust, kotlin,
                                 screens, android, swift
  bindings [accept]              write the Kotlin and Swift of the core into target/bindings, and hold what
                                 they export against bindings/ffi/surface.txt, or accept it as it is
  bench [kiosk]                  ours against bare code, as a table and in target/bench.json; or only the
                                 kiosk's start
  fuzz [--minutes N] [TARGET…]   fuzz the targets (all unless named), each for N minutes (1 unless given)
  torture                        100,000 random histories of writing money, and 2,000 kills amid it
  kotlin                         the Kotlin packages as they would be published, with sources and docs
  size                           the library for devices against its bare crates, and the classes of the
                                 Android app, into docs/size.json
  android, ios                   its builds for phones, where an NDK or a Mac is
  android resources              what the module of the Android app is compiled against, into target/android
  android pictures               draw the Android app's committed pictures anew, to be looked at
  glossary                       write docs/errors.md anew from the error codes
  picture                        play the demo and draw it into docs/journey.svg
  screens [FIXTURE]              draw the committed pictures anew; what a pattern names is also drawn
                                 in every language, theme and size of type, into target/gallery
  kiosk                          package the kiosk with a Java runtime of its own, into target/kiosk, and
                                 start it once on a virtual screen
  strings                        write words and brand of the shells as Kotlin and Swift (target/words)
  help                           this

Exit code: 0 done; 1 a check failed or something is missing; 2 bad arguments; else that of the program that
failed, `loyalty` included.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] => {
            print!("{HELP}");
            Ok(())
        }
        ["setup"] => setup::everything(),
        ["demo"] => demo::run(&[]).and_then(|()| screens::demo()),
        ["demo", rest @ ..] => demo::run(rest),
        ["test"] => test::everything(),
        ["test", "rust"] => test::rust(),
        ["test", "kotlin"] => kotlin::test(),
        ["test", "screens"] => screens::test(),
        ["test", "android"] => android::test(),
        ["test", "swift"] => swift::test(),
        ["kotlin"] => kotlin::package(),
        ["bindings"] => bindings::write(),
        ["bindings", "accept"] => bindings::accept(),
        ["bench"] => bench::run_all(),
        ["bench", "kiosk"] => kiosk::bench().map(drop),
        ["size"] => size::run_all(),
        ["android"] => phones::android().and_then(|()| android::prepare_for_gradle()),
        ["android", "resources"] => android::resources(),
        ["android", "pictures"] => android::draw(),
        ["ios"] => phones::ios(),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["torture"] => torture::run(),
        ["glossary"] => glossary::write(),
        ["picture"] => picture::draw(),
        ["strings"] => strings::write(),
        ["screens"] => screens::draw(""),
        ["screens", pattern] => screens::draw(pattern),
        ["kiosk"] => kiosk::package(),
        _ => Err(Failure::Usage(format!("`{}` is not a command", words.join(" ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::{HELP, dispatch};

    #[test]
    fn an_unknown_command_is_refused_with_exit_code_2() {
        for wrong in ["tset", "setup now", "test kotlin rust", "bench 1"] {
            let words: Vec<String> = wrong.split(' ').map(str::to_owned).collect();
            let failure = dispatch(&words).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{wrong}");
            assert!(failure.to_string().contains("cargo xtask help"), "{failure}");
        }
    }

    #[test]
    fn help_fits_a_terminal() {
        assert!(HELP.lines().all(|line| line.chars().count() <= 110));
    }
}
