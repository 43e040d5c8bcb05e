//! A gateway that answers snapshots from memory, beside a handler that does nothing but read one.

use std::error::Error;
use std::time::Duration;

use loyalty_bare::snapshots;
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use tokio::runtime::{Builder, Runtime};

use crate::load::Target;
use crate::measure::{Medians, median};
use crate::table::{Bytes, Row};

/// Pairs of measurements; goals are held against the medians.
const ROUNDS: usize = 7;
/// How long each takes.
const TIME: Duration = Duration::from_secs(2);
/// At seven tenths of what it serves when it is full, a server is asked once in this many tenths of a reply's time.
const TENTHS: u32 = 7;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Both servers, and clients that are neither's.
struct Bench {
    ours: Target,
    bare: Target,
    clients: Runtime,
    _gateway: GatewayScene,
    _folder: tempfile::TempDir,
    /// Dropped last: both serve on it.
    _servers: Runtime,
}

impl Bench {
    /// Starts both with the same document. The clock stands, so the gateway's is fresh for good.
    fn start() -> Outcome<Self> {
        let servers = Builder::new_multi_thread().enable_all().build()?;
        let folder = tempfile::tempdir()?;
        let (gateway, ours, bare) = servers.block_on(async {
            let gateway = GatewayScene::start().await;
            let access = gateway.tokens(RICHEST).await.0;
            let authorised = format!("authorization: Bearer {access}\r\n");
            let ours = Target::new(gateway.address(), "/v1/me/snapshot", &authorised);
            let document = ours.body().await?;
            let address = snapshots::serve(&folder.path().join("bare.db"), &document).await?;
            let bare = Target::new(address, "/", "");
            if ours.body().await? != bare.body().await? {
                return Err("ours and bare do not serve the same document".into());
            }
            Ok::<_, Box<dyn Error>>((gateway, ours, bare))
        })?;
        let clients = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { ours, bare, clients, _gateway: gateway, _folder: folder, _servers: servers })
    }

    /// Measures both in turn; which goes first alternates.
    fn interleaved(&self, measure: impl Fn(&Target, bool) -> std::io::Result<Duration>) -> Outcome<Medians> {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            if round % 2 == 0 {
                ours.push(measure(&self.ours, true)?);
                bare.push(measure(&self.bare, false)?);
            } else {
                bare.push(measure(&self.bare, false)?);
                ours.push(measure(&self.ours, true)?);
            }
        }
        Ok(Medians { ours: median(ours), bare: median(bare) })
    }
}

/// What a cached snapshot costs at the peak, how long it takes at seven tenths of that, and what memory all of it took.
///
/// The first goal is half as many snapshots a second as bare serves: twice the time.
pub(crate) fn cached_snapshots() -> Outcome<Vec<Row>> {
    let bench = Bench::start()?;
    let full = |target: &Target| target.full(&bench.clients, TIME);
    // Buffers, caches and threads are there after this.
    full(&bench.ours)?;
    full(&bench.bare)?;
    let warm = resident();
    let peak = bench.interleaved(|target, _| full(target))?;
    let waits = bench.interleaved(|target, ours| {
        let reply = if ours { peak.ours } else { peak.bare };
        target.paced(&bench.clients, reply * 10 / TENTHS, TIME)
    })?;
    let mut rows = vec![
        Row::of("cached snapshot, time at peak", &peak, 2.0),
        Row::of("cached snapshot, p99 at 70 %", &waits, 3.0),
    ];
    if let (Some(warm), Some(end)) = (warm, resident()) {
        rows.push(Row::of_memory("memory after that load / before", end, warm, 1.1));
    }
    Ok(rows)
}

/// The memory that this process holds; `None` where the system does not tell it as Linux does.
fn resident() -> Option<Bytes> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(Bytes(kibibytes.saturating_mul(1024)))
}
