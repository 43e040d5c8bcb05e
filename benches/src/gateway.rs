//! A gateway that answers snapshots from memory, beside a handler that does nothing but read one.

use std::error::Error;
use std::time::Duration;

use loyalty_bare::snapshots;
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use tokio::runtime::{Builder, Runtime};

use crate::load::Target;
use crate::measure;
use crate::table::Row;

/// Pairs of measurements; goals are held against the medians.
const ROUNDS: usize = 7;
/// How long each takes.
const TIME: Duration = Duration::from_secs(2);
/// At seven tenths of what it serves when it is full, a server is asked once in this many tenths of a reply's time.
const TENTHS: u32 = 7;
/// How much memory may grow under hundreds of thousands of requests, in bytes: what an allocator keeps for itself.
const ALLOWED: u64 = 8 << 20;

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
}

/// What a cached snapshot costs at the peak, how long it takes at seven tenths of that, and what memory grew meanwhile.
///
/// The first goal is half as many snapshots a second as bare serves: twice the time.
pub(crate) fn cached_snapshots() -> Outcome<Vec<Row>> {
    let Bench { ours, bare, clients, .. } = &Bench::start()?;
    let full = |target: &Target| target.full(clients, TIME);
    // Buffers, caches and threads are there after this.
    full(ours)?;
    full(bare)?;
    let warm = resident();
    let peak = measure::alternating(ROUNDS, || full(ours), || full(bare))?;
    let paced = |target: &Target, reply: Duration| target.paced(clients, reply * 10 / TENTHS, TIME);
    let waits = measure::alternating(ROUNDS, || paced(ours, peak.ours), || paced(bare, peak.bare))?;
    let mut rows = vec![
        Row::of("cached snapshot, time at peak", &peak, 2.0),
        Row::of("cached snapshot, p99 at 70 %", &waits, 3.0),
    ];
    if let (Some(warm), Some(end)) = (warm, resident()) {
        rows.push(Row::growth("memory grown under that load", end.saturating_sub(warm), ALLOWED));
    }
    Ok(rows)
}

/// The memory that this process holds, in bytes; `None` where the system does not tell it as Linux does.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes.saturating_mul(1024))
}
