//! A secret that is typed at a terminal.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::world::World;

/// No step of a person's takes so long.
const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "sandbox-token";

/// A terminal with somebody before it: what is written to it is typed, what is read from it stands on the screen.
struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: String,
    /// The program's end, kept so that its settings can be looked at when the program has gone.
    line: File,
}

impl Terminal {
    fn new() -> Self {
        let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let line = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let keyboard = File::from(ours);
        let mut reader = keyboard.try_clone().unwrap();
        let (told, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(count) = reader.read(&mut bytes) {
                if told.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { keyboard, screen, shown: String::new(), line }
    }

    fn run(&self, command: &mut Command) -> Child {
        let end = || self.line.try_clone().unwrap();
        command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap()
    }

    fn wait_for(&mut self, text: &str) {
        while !self.shown.contains(text) {
            let more =
                self.screen.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{text}: {}", self.shown));
            self.shown.push_str(&String::from_utf8_lossy(&more));
        }
    }

    fn shows_what_is_typed(&self) -> bool {
        tcgetattr(&self.line).unwrap().local_modes.contains(LocalModes::ECHO)
    }
}

fn login(world: &World) -> Command {
    let mut command = world.command(&["login", "--lang", "en"]);
    command.env_remove("PROBONUS_API_TOKEN").env("PROBONUS_CREDENTIAL_FILE", world.path("credentials.json"));
    command
}

#[test]
fn a_terminal_does_not_show_the_secret_and_shows_what_is_typed_afterwards() {
    let world = World::new();
    let mut terminal = Terminal::new();
    assert!(terminal.shows_what_is_typed());
    let mut program = terminal.run(&mut login(&world));
    terminal.wait_for("Token: ");
    assert!(!terminal.shows_what_is_typed(), "from the question on");
    terminal.keyboard.write_all(format!("{SECRET}\n").as_bytes()).unwrap();
    assert!(program.wait().unwrap().success());
    terminal.wait_for("credentials.json");
    assert!(!terminal.shown.contains(SECRET), "{}", terminal.shown);
    assert!(terminal.shows_what_is_typed());
    terminal.keyboard.write_all(b"typed later\n").unwrap();
    terminal.wait_for("typed later");
}

#[test]
fn a_terminal_shows_what_is_typed_again_after_an_interruption() {
    let world = World::new();
    let mut terminal = Terminal::new();
    let mut program = terminal.run(&mut login(&world));
    terminal.wait_for("Token: ");
    terminal.keyboard.write_all(SECRET.as_bytes()).unwrap();
    kill_process(Pid::from_child(&program), Signal::INT).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(130));
    assert!(terminal.shows_what_is_typed());
    assert!(!terminal.shown.contains(SECRET));
    assert!(!world.path("credentials.json").exists());
}
