//! How a sandbox is set up.

use std::path::PathBuf;

use jiff::civil::{Date, Time};

use crate::clock::TimeFlow;
use crate::dialect::Dialect;
use crate::faults::Fault;

/// Where the books are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Store {
    /// In memory; gone with the sandbox.
    #[default]
    Memory,
    /// In a SQLite file. Existing books are opened as they are and not seeded again.
    File(PathBuf),
}

/// Which guests the books begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// All 23,570 customers with their 69,659 purchases.
    Full,
    /// The customers with most purchases, that many of them.
    Small(u32),
    /// Groups, levels and restaurants, and no guest.
    Empty,
}

/// How a sandbox is set up. [`Options::default`] runs on the machine's time with 200 guests in memory;
/// [`Options::at`] is the choice for tests.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Where the books are kept.
    pub store: Store,
    /// All invented data follow from it.
    pub seed: u64,
    /// The day the clock starts on, at 12:00 venue time; `None`: the machine's date and time.
    pub today: Option<Date>,
    /// Whether time passes by itself.
    pub time: TimeFlow,
    /// Which guests the books begin with.
    pub data: Data,
    /// How the API speaks at first.
    pub dialect: Dialect,
    /// The permanent API token.
    pub api_token: String,
    /// Login of the staff member for `auth/login`.
    pub staff_login: String,
    /// Password of the staff member for `auth/login`.
    pub staff_password: String,
    /// Life of an access token from `auth/login`, in seconds.
    pub access_token_seconds: u32,
    /// Hours before the bonuses of a purchase can be spent; 0: at once.
    pub activation_hours: u32,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// When the venue's business day begins.
    pub day_change: Time,
    /// Digits of a temporary identifier, 4 to 12.
    pub code_digits: u8,
    /// Life of a temporary identifier, in minutes.
    pub code_minutes: u32,
    /// Faults in force before the first request.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            store: Store::Memory,
            seed: 1,
            today: None,
            time: TimeFlow::Running,
            data: Data::Small(200),
            dialect: Dialect::default(),
            api_token: "sandbox-token".into(),
            staff_login: "demo".into(),
            staff_password: "password".into(),
            access_token_seconds: 900,
            activation_hours: 0,
            time_zone: "Europe/Moscow".into(),
            day_change: Time::midnight(),
            code_digits: 6,
            code_minutes: 10,
            faults: Vec::new(),
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty),* $(,)?) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        })*
    };
}

impl Options {
    /// A sandbox whose clock starts at 12:00 venue time of `today` and stands still.
    pub fn at(today: Date) -> Self {
        Self { today: Some(today), time: TimeFlow::Frozen, ..Self::default() }
    }

    setters! {
        /// Sets [`Options::store`].
        store: Store,
        /// Sets [`Options::seed`].
        seed: u64,
        /// Sets [`Options::today`].
        today: Option<Date>,
        /// Sets [`Options::time`].
        time: TimeFlow,
        /// Sets [`Options::data`].
        data: Data,
        /// Sets [`Options::dialect`].
        dialect: Dialect,
        /// Sets [`Options::access_token_seconds`].
        access_token_seconds: u32,
        /// Sets [`Options::activation_hours`].
        activation_hours: u32,
        /// Sets [`Options::day_change`].
        day_change: Time,
        /// Sets [`Options::faults`].
        faults: Vec<Fault>,
    }

    /// Sets [`Options::api_token`].
    #[must_use]
    pub fn api_token(mut self, token: impl Into<String>) -> Self {
        self.api_token = token.into();
        self
    }

    /// Sets [`Options::staff_login`] and [`Options::staff_password`].
    #[must_use]
    pub fn staff(mut self, login: impl Into<String>, password: impl Into<String>) -> Self {
        self.staff_login = login.into();
        self.staff_password = password.into();
        self
    }

    /// Sets [`Options::time_zone`].
    #[must_use]
    pub fn time_zone(mut self, name: impl Into<String>) -> Self {
        self.time_zone = name.into();
        self
    }

    /// Sets [`Options::code_digits`] and [`Options::code_minutes`].
    #[must_use]
    pub fn temporary_codes(mut self, digits: u8, minutes: u32) -> Self {
        self.code_digits = digits;
        self.code_minutes = minutes;
        self
    }
}
