//! A sandbox, and the program run against it with nothing else of this machine in sight.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use loyalty_sandbox::{Data, Options, RunningSandbox, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

/// The guest with the longest history.
pub(crate) const VETERAN: &str = "+79000000001";
/// A phone that no guest of the sandbox has.
pub(crate) const NEWCOMER: &str = "8 (912) 345-67-89";

pub(crate) struct World {
    pub(crate) sandbox: RunningSandbox,
    home: TempDir,
}

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::at("2026-06-15".parse().unwrap()).data(Data::Small(20)))
    }

    pub(crate) fn with(options: Options) -> Self {
        Self { sandbox: Sandbox::start(options, 0).unwrap(), home: TempDir::new().unwrap() }
    }

    /// A file in this world's own folder.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The program, connected to the sandbox.
    pub(crate) fn command(&self, line: &[&str]) -> Command {
        let mut command = self.unconnected(line);
        command
            .env("PROBONUS_URL", self.sandbox.base_url())
            .env("PROBONUS_ALLOW_PLAIN_HTTP", "true")
            .env("PROBONUS_API_TOKEN", "sandbox-token");
        command
    }

    /// The program without any setting.
    pub(crate) fn unconnected(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loyalty"));
        command
            .args(line)
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("LANG", "en_GB.UTF-8")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, line: &[&str]) -> Run {
        run(&mut self.command(line))
    }

    /// A run that must end well, in text.
    pub(crate) fn text(&self, line: &[&str]) -> String {
        let run = self.run(line);
        assert_eq!(run.status, Some(0), "{line:?}: {run:?}");
        run.stdout
    }

    /// A run that must end well, as its document.
    pub(crate) fn json(&self, line: &[&str]) -> Value {
        let run = self.run(&[line, &["--json"]].concat());
        assert_eq!(run.status, Some(0), "{line:?}: {run:?}");
        document(&run)
    }

    /// A run that must fail with this status, as the body of its error document.
    pub(crate) fn error(&self, status: i32, line: &[&str]) -> Value {
        let run = self.run(&[line, &["--json"]].concat());
        assert_eq!(run.status, Some(status), "{line:?}: {run:?}");
        document(&run)["error"].clone()
    }

    pub(crate) fn account_id(&self, phone: &str) -> i64 {
        self.json(&["guest", "find", phone])["id"].as_i64().unwrap()
    }
}

pub(crate) fn run(command: &mut Command) -> Run {
    Run::from(command.output().unwrap())
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn document(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// A document without its values: its keys in alphabetical order and the types behind them. A list is shown by its
/// first element, whose shape all others must have.
pub(crate) fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(number) if number.is_i64() => "int".into(),
        Value::Number(_) => "float".into(),
        Value::String(_) => "text".into(),
        Value::Array(list) => {
            let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
            for element in list {
                assert_eq!(keys(element), keys(&list[0]));
            }
            format!("[{}]", list.first().map(shape).unwrap_or_default())
        }
        Value::Object(map) => {
            let mut text = String::from("{");
            for (index, (key, value)) in map.iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                write!(text, "{comma}{key}: {}", shape(value)).unwrap();
            }
            text + "}"
        }
    }
}
