//! What clap could not read. Rendered here and not by clap, whose messages repeat the value that was typed: a phone
//! or a name in the wrong place must not end up in a log of errors.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use loyalty_core::{ErrorCode, LoyaltyError};

use crate::documents::camel_case;
use crate::failure::Failure;
use crate::output::Out;

/// Prints help, the version, or what is wrong with the command line; returns the status to exit with.
pub(crate) fn answer(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that has left has seen enough.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(2)
        }
        _ => {
            let json = std::env::args_os().any(|argument| argument == "--json");
            let status = failure(error).report(json, &mut Out::default());
            if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
                anstream::eprintln!("\n{}\n\nFor more, try --help.", usage.ansi());
            }
            status
        }
    }
}

fn failure(error: &clap::Error) -> Failure {
    let argument = argument(error);
    let code = match error.kind() {
        ErrorKind::MissingRequiredArgument => ErrorCode::FieldEmpty,
        _ => ErrorCode::FieldInvalid,
    };
    let field = argument.as_deref().map_or_else(|| "command".to_owned(), field_name);
    Failure::from(LoyaltyError::invalid(field, code)).detail(detail(error, argument.as_deref()))
}

/// The argument that the error is about, as help writes it; `None` when what was typed is no argument of ours.
fn argument(error: &clap::Error) -> Option<String> {
    let argument = match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(argument) => argument.clone(),
        ContextValue::Strings(all) => all.first()?.clone(),
        _ => return None,
    };
    match error.kind() {
        // Here it is what was typed. A flag's name is no secret; what follows `=`, or stands alone, may be one.
        ErrorKind::UnknownArgument if argument.starts_with("--") => {
            argument.split('=').next().map(str::to_owned)
        }
        ErrorKind::UnknownArgument => None,
        _ => Some(argument),
    }
}

fn detail(error: &clap::Error, argument: Option<&str>) -> String {
    let listed = |kind| match error.get(kind) {
        Some(ContextValue::Strings(all)) => Some(all.join(", ")),
        Some(ContextValue::String(one)) => Some(one.clone()),
        _ => None,
    };
    match (error.kind(), argument) {
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(argument)) => {
            match listed(ContextKind::ValidValue).filter(|values| !values.is_empty()) {
                Some(values) => format!("{argument} takes one of: {values}"),
                None => format!("{argument} does not take this value"),
            }
        }
        (ErrorKind::MissingRequiredArgument, _) => {
            format!("missing: {}", listed(ContextKind::InvalidArg).unwrap_or_default())
        }
        (ErrorKind::ArgumentConflict, Some(argument)) => match listed(ContextKind::PriorArg) {
            Some(prior) => format!("{argument} cannot be used with {prior}"),
            None => format!("{argument} cannot be used here"),
        },
        (ErrorKind::UnknownArgument, Some(argument)) => match listed(ContextKind::SuggestedArg) {
            Some(known) => format!("there is no {argument}; did you mean {known}?"),
            None => format!("there is no {argument} here"),
        },
        (ErrorKind::InvalidSubcommand, _) => match listed(ContextKind::SuggestedSubcommand) {
            Some(known) => format!("there is no such command; did you mean {known}?"),
            None => "there is no such command".to_owned(),
        },
        (_, Some(argument)) => format!("{argument} cannot be used like this"),
        (_, None) => "an argument too many".to_owned(),
    }
}

/// `--rest-code <CODE>` and `<REST_CODE>` → `restCode`, as the documents name it.
fn field_name(argument: &str) -> String {
    let name = match argument.strip_prefix("--") {
        Some(flag) => flag.split([' ', '=']).next().unwrap_or(flag).to_owned(),
        None => argument.trim_matches(['<', '>', '[', ']', '.']).to_lowercase(),
    };
    camel_case(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::Parser;

    fn refused(line: &[&str]) -> (String, String) {
        let error = Cli::try_parse_from([&["loyalty"], line].concat()).unwrap_err();
        let failure = failure(&error);
        (failure.error().field().unwrap_or_default().to_owned(), format!("{failure:?}"))
    }

    #[test]
    fn a_wrong_argument_is_named_as_the_documents_name_it() {
        assert_eq!(refused(&["refill", "nobody", "100"]).0, "accountId");
        assert_eq!(refused(&["balance"]).0, "phone");
        assert_eq!(refused(&["refill", "1", "100", "--key", "x"]).0, "key");
        let check = ["check", "register", "--account", "1", "--rest-code", "x"];
        assert_eq!(refused(&check).0, "restCode");
        assert_eq!(refused(&["history", "8", "--last", "5", "--from", "2026-01-01"]).0, "last");
        assert_eq!(refused(&["groups", "--nonsense=1"]).0, "nonsense");
        assert_eq!(refused(&["nonsense"]).0, "command");
    }

    #[test]
    fn what_was_typed_is_never_repeated() {
        for line in [
            &["refill", "Иванова", "100"][..],
            &["balance", "+7", "Иванова"],
            &["Иванова"],
            &["balance", "8", "--lang", "Иванова"],
            &["groups", "--login-name=Иванова"],
            &["refill", "1", "100", "--key", "Иванова"],
        ] {
            let (_, told) = refused(line);
            assert!(!told.contains("Иванова"), "{told}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
