//! A scenario as its file holds it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use loyalty_sandbox::Fault;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::expectation;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    description: String,
    #[serde(default)]
    sandbox: SandboxSettings,
    #[serde(default = "newcomer")]
    phone: String,
    steps: Vec<Map<String, Value>>,
}

fn newcomer() -> String {
    "+79161112233".to_owned()
}

/// How the server is set up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SandboxSettings {
    /// Its clock stands at noon of this day, in the venue's zone.
    pub(super) today: Date,
    /// The venue's zone.
    pub(super) time_zone: String,
    /// When the venue's business day begins.
    pub(super) day_change: Time,
    /// How many guests with real purchases there are.
    pub(super) guests: u32,
    /// How long a purchase's bonuses are pending.
    pub(super) activation_hours: u32,
    /// How its API speaks.
    pub(super) dialect: String,
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            today: jiff::civil::date(2026, 6, 15),
            time_zone: "Europe/Moscow".to_owned(),
            day_change: Time::midnight(),
            guests: 0,
            activation_hours: 0,
            dialect: String::new(),
        }
    }
}

/// What happens in a step.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Action {
    // The venue's staff.
    Register { name: String },
    // The guest on their device.
    Open { time_zone: Option<String>, phone: Option<String> },
    OpenInMemory {},
    Close {},
    Snapshot {},
    Refresh {},
    RefreshAtOnce { times: u32 },
    RefreshWithoutSpace {},
    History { limit: u32 },
    MoreHistory { limit: u32 },
    Receipt { row: usize },
    Upkeep {},
    Reminders { days_before: Vec<u32>, at: Time, limit: usize },
    TillCode {},
    RegisterOneself { name: String },
    Rename { name: String },
    Pause {},
    Resume {},
    SignOut {},
    // The device itself.
    DeviceClock { ahead_minutes: i64 },
    Damage { how: Damage },
    Files {},
    Search { texts: Vec<String> },
    // The server and the way to it.
    Clock { to: Timestamp },
    Offline {},
    Online {},
    Fault { fault: Fault },
    ClearFaults {},
    RevokeToken {},
    RestoreToken {},
    Visit { sum: u64, spend: Option<u64> },
    Correct { visit: usize, sum: i64 },
    Requests {},
}

/// What becomes of the cache's file while nobody has it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Damage {
    /// Every page but the first has its first hundred bytes inverted.
    FlippedBytes,
    /// The second half is missing.
    Truncated,
    /// There is nothing in it.
    Empty,
    /// It holds text.
    NotADatabase,
    /// It is a database of another program.
    AnotherProgram,
}

/// An action and what must be observed.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    pub(super) expect: Value,
}

/// A scenario, checked.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) sandbox: SandboxSettings,
    pub(super) phone: String,
    pub(super) steps: Vec<Step>,
}

impl Scenario {
    /// Reads a file's text. Whatever this runner does not know, and a step that expects nothing, is an error.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let File { name, description, sandbox, phone, steps } =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        if description.is_empty() || steps.is_empty() {
            return Err("a scenario has a description and steps".to_owned());
        }
        let steps = steps
            .into_iter()
            .enumerate()
            .map(|(number, step)| Step::parse(step).map_err(|error| format!("step {number}: {error}")));
        Ok(Self { name, sandbox, phone, steps: steps.collect::<Result<_, _>>()? })
    }
}

impl Step {
    fn parse(mut step: Map<String, Value>) -> Result<Self, String> {
        let expect = step.remove("expect").ok_or("it expects nothing")?;
        if expectation::is_void(&expect) {
            return Err("an empty expectation would hold of anything".to_owned());
        }
        let action = serde_json::from_value(Value::Object(step)).map_err(|error| error.to_string())?;
        Ok(Self { action, expect })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(step: &Value) -> Result<Scenario, String> {
        let file = json!({"name": "a", "description": "A test of the test.", "steps": [step]});
        Scenario::parse(&file.to_string())
    }

    #[test]
    fn a_known_step_with_an_expectation_is_taken() {
        assert!(with(&json!({"do": "close", "expect": {"done": true}})).is_ok());
    }

    #[test]
    fn an_unknown_step_is_an_error() {
        let error = with(&json!({"do": "dance", "expect": {"done": true}})).unwrap_err();
        assert!(error.starts_with("step 0: unknown variant `dance`"), "{error}");
    }

    #[test]
    fn a_step_without_an_expectation_is_an_error() {
        assert_eq!(with(&json!({"do": "close"})).unwrap_err(), "step 0: it expects nothing");
        for void in [json!({}), json!({"snapshot": {}}), json!({"rows": [{}]})] {
            let error = with(&json!({"do": "close", "expect": void})).unwrap_err();
            assert_eq!(error, "step 0: an empty expectation would hold of anything");
        }
    }

    #[test]
    fn a_field_that_a_step_does_not_have_is_an_error() {
        for action in ["close", "refresh", "open"] {
            let error = with(&json!({"do": action, "limt": 5, "expect": {"done": true}})).unwrap_err();
            assert!(error.contains("unknown field `limt`"), "{error}");
        }
    }

    #[test]
    fn a_field_that_a_file_does_not_have_is_an_error() {
        let step = json!({"do": "close", "expect": {"done": true}});
        let file = json!({"name": "a", "description": "b", "steps": [step], "skip": true});
        assert!(Scenario::parse(&file.to_string()).unwrap_err().contains("unknown field `skip`"));
        let file = json!({"name": "a", "description": "b", "steps": [step], "sandbox": {"zone": "UTC"}});
        assert!(Scenario::parse(&file.to_string()).unwrap_err().contains("unknown field `zone`"));
        let file = json!({"name": "a", "description": "b", "steps": []});
        assert!(Scenario::parse(&file.to_string()).is_err());
    }
}
