//! All of a guest's history over loopback HTTP into an empty cache: how long it takes, and how much memory.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use loyalty_bare::{cache as bare, first_sync};
use loyalty_core::backend::probonus::{Credentials, DirectGuest, ProBonus, ProBonusConfig};
use loyalty_core::domain::{BusinessCalendar, Phone};
use loyalty_core::guest::{GuestClient, GuestSession, PhoneLocks, Retention, SessionSettings};
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use tokio::runtime::Runtime;

use crate::loopback::{PHONE, Server};
use crate::measure;
use crate::table::Row;

/// How much more memory the longest history may take than the shortest.
const MEMORY: u64 = 32 << 20;
/// The word that makes this program a process that syncs once and tells its peak memory.
pub(crate) const PROBE: &str = "peak-memory-of-first-sync";

type Outcome<T> = Result<T, Box<dyn Error>>;

const SHORT: i64 = 1_000;
const LONG: i64 = 20_000;
/// Ten years, several visits a day.
const STRESS: i64 = 100_000;

/// A device that knows its server and has read nothing.
struct Device {
    runtime: Runtime,
    client: ProBonus,
    settings: SessionSettings,
}

impl Device {
    fn of(url: &str, retention: Option<Retention>) -> Outcome<Self> {
        let config =
            ProBonusConfig::from_toml(&format!("[probonus]\nurl = \"{url}\"\nallow_plain_http = true"))?;
        let credentials = Credentials { api_token: Some("token".into()), password: None };
        let store = Arc::new(MemorySecretStore::default());
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            client: ProBonus::new(&config, credentials, store, Arc::new(SystemClock), Arc::new(SystemIds))?,
            settings: SessionSettings {
                calendar: BusinessCalendar::from_names("Europe/Moscow", "00:00")?,
                history_since: "2010-01-01T00:00:00Z".parse::<Timestamp>()?,
                retention,
            },
        })
    }

    fn open(&self, folder: &Path) -> Outcome<GuestSession<DirectGuest>> {
        let guest = self.client.guest(Phone::parse(PHONE)?);
        let client = GuestClient::new(guest, Arc::new(SystemClock), Arc::new(PhoneLocks::default()));
        let opened = GuestSession::open(client, folder, "guest", self.settings.clone(), &SystemIds);
        Ok(self.runtime.block_on(opened)?)
    }

    /// Reads everything into an empty cache; how long that took, and how many rows it then holds.
    fn sync(&self) -> Outcome<(Duration, i64)> {
        let folder = tempfile::tempdir()?;
        let session = self.open(folder.path())?;
        let started = Instant::now();
        self.runtime.block_on(async {
            session.refresh().await?;
            session.upkeep().await
        })?;
        let took = started.elapsed();
        self.runtime.block_on(session.pause())?;
        let kept = std::fs::read_dir(folder.path())?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .find(|path| path.extension().is_some_and(|end| end == "db"));
        let kept = bare::open(&kept.ok_or("there is no cache")?)?;
        Ok((took, bare::count(&kept)?))
    }
}

/// The same job by bare code.
struct Bare {
    runtime: Runtime,
    client: reqwest::Client,
    requests: Vec<String>,
}

impl Bare {
    fn of(requests: Vec<String>) -> Outcome<Self> {
        // Fails when it was done before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            client: reqwest::Client::builder().no_proxy().build()?,
            requests,
        })
    }

    fn sync(&self) -> Outcome<(Duration, i64)> {
        let folder = tempfile::tempdir()?;
        let mut connection = bare::create(&folder.path().join("bare.db"))?;
        let started = Instant::now();
        self.runtime.block_on(first_sync::read_all(&self.client, &self.requests, &mut connection))?;
        Ok((started.elapsed(), bare::count(&connection)?))
    }
}

/// The rows about time.
pub(crate) fn times() -> Outcome<Vec<Row>> {
    let kept = Some(Retention::default());
    Ok(vec![
        time("first sync of 1,000", SHORT, kept, 15)?,
        time("first sync of 20,000", LONG, kept, 7)?,
        time("first sync of 100,000, all kept", STRESS, None, 3)?,
    ])
}

fn time(name: &'static str, rows: i64, retention: Option<Retention>, runs: usize) -> Outcome<Row> {
    let server = Server::start(rows)?;
    let device = Device::of(&server.url(), retention)?;
    let whole = |(took, kept): (Duration, i64)| {
        if kept == rows { Ok(took) } else { Err(format!("{kept} of {rows} rows were kept")) }
    };
    whole(device.sync()?)?;
    let bare = Bare::of(server.take_requests())?;
    let medians = measure::alternating(
        runs,
        || Ok::<_, Box<dyn Error>>(whole(device.sync()?)?),
        || Ok(whole(bare.sync()?)?),
    )?;
    Ok(Row::of(name, &medians, 1.3))
}

/// The row about memory. Each history is read by a process of its own, because a process never gives its peak back.
pub(crate) fn memory() -> Outcome<Row> {
    let short = peak(SHORT)?;
    let stress = peak(STRESS)?;
    Ok(Row::growth("peak memory, 100,000 - 1,000", stress.saturating_sub(short), MEMORY))
}

fn peak(rows: i64) -> Outcome<u64> {
    let server = Server::start(rows)?;
    let probe =
        Command::new(std::env::current_exe()?).args([PROBE, &server.url(), &rows.to_string()]).output()?;
    if !probe.status.success() {
        return Err(String::from_utf8_lossy(&probe.stderr).into_owned().into());
    }
    Ok(String::from_utf8(probe.stdout)?.trim().parse()?)
}

/// Syncs once and prints the most memory that this process has had, in bytes.
pub(crate) fn probe(url: &str, rows: &str) -> Outcome<()> {
    let (_, kept) = Device::of(url, None)?.sync()?;
    if kept != rows.parse::<i64>()? {
        return Err(format!("{kept} of {rows} rows were kept").into());
    }
    println!("{}", peak_of_this_process()?);
    Ok(())
}

fn peak_of_this_process() -> Outcome<u64> {
    // Elsewhere than on Linux there is no such file, and the bench says so instead of guessing.
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes =
        line.and_then(|rest| rest.trim().strip_suffix(" kB")).ok_or("the system tells no peak")?;
    Ok(kibibytes.trim().parse::<u64>()? * 1024)
}
