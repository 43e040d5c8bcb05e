//! Reading a secret: from a terminal without showing it, or from a pipe. Never from the command line, which other
//! users of the machine can read.

use std::io::{self, IsTerminal, Read};

use loyalty_core::{ErrorCode, LoyaltyError};
use secrecy::SecretString;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// No secret is longer.
const LONGEST: usize = 64 * 1024;

/// One line of standard input. `field` names it in errors; `question` is asked on a terminal.
pub(crate) async fn secret(field: &str, question: &str) -> Result<SecretString, Failure> {
    let asked = io::stdin().is_terminal();
    let quiet = if asked {
        // Before the question: whoever answers at once must not be shown either.
        let quiet = Quiet::terminal().map_err(|error| Failure::local("the terminal", &error))?;
        eprint!("{question}: ");
        Some(quiet)
    } else {
        None
    };
    let (told, heard) = oneshot::channel();
    // A thread of its own: the runtime would wait for one of its own when the wait is interrupted, and with it the
    // terminal for its echo.
    std::thread::spawn(move || told.send(line(&mut io::stdin().lock(), asked)));
    let line = heard.await;
    if quiet.is_some() {
        drop(quiet);
        eprintln!();
    }
    let line = line.map_err(|_| LoyaltyError::Internal)?;
    let line = line.map_err(|error| Failure::local("standard input", &error))?;
    let text = std::str::from_utf8(&line).unwrap_or_default().trim_end_matches(['\r', '\n']);
    match text {
        "" => Err(LoyaltyError::invalid(field, ErrorCode::FieldEmpty).into()),
        text if text.contains(['\r', '\n']) => {
            Err(LoyaltyError::invalid(field, ErrorCode::FieldInvalid).into())
        }
        text => Ok(text.to_owned().into()),
    }
}

/// The first line, or all there is: a pipe that holds more than a secret is a mistake that must be seen.
fn line(input: &mut impl Read, first_only: bool) -> io::Result<Zeroizing<Vec<u8>>> {
    // All the room at once: a buffer that grows leaves copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = [0];
    while line.len() < LONGEST {
        match input.read(&mut byte) {
            Ok(0) => return Ok(line),
            Ok(_) => line.extend_from_slice(&byte),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if first_only && byte == *b"\n" {
            return Ok(line);
        }
    }
    Err(io::Error::other("longer than any secret"))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Quiet {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Quiet {
    fn terminal() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        // The terminal is gone, or takes it back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
    }
}

#[cfg(not(unix))]
impl Quiet {
    fn terminal() -> io::Result<Self> {
        Err(io::Error::other("cannot hide what is typed here: pipe the secret in"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gives_a_line_and_a_pipe_all_of_it() {
        assert_eq!(&**line(&mut &b"one\ntwo\n"[..], true).unwrap(), b"one\n");
        assert_eq!(&**line(&mut &b"one\ntwo\n"[..], false).unwrap(), b"one\ntwo\n");
        assert_eq!(&**line(&mut &b""[..], true).unwrap(), b"");
    }

    #[test]
    fn an_endless_input_is_not_read_for_ever() {
        assert!(line(&mut io::repeat(b'x'), false).is_err());
    }
}
