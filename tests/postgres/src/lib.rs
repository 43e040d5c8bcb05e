//! A private PostgreSQL for tests: a cluster in a folder of its own, reached over a socket in it, gone with the process
//! that started it, however that ends.

// Support for tests: what is not as it should be stops them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The user of the cluster. There is no password: only who may enter the folder reaches the socket.
const USER: &str = "loyalty";
/// PostgreSQL refuses to run as root; this is who runs it then, as Debian's package creates it.
const UNPRIVILEGED: &str = "postgres";
/// How long a cluster may take to start, on a machine that does much else.
const START: Duration = Duration::from_secs(60);

/// Runs a server until standard input ends, which it does when the test process does, and then clears up.
const KEEPER: &str = r#"folder=$1; shift
"$@" &
server=$!
cat
kill -INT "$server"
wait "$server"
rm -rf "$folder""#;

/// A cluster. Stops when dropped.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    keeper: Child,
    databases: AtomicU32,
}

impl Cluster {
    /// The cluster of this process, started by the first who asks.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a cluster.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("loyalty-pg-").tempdir().unwrap().keep();
        hand_over(&folder);
        let data = folder.join("data");
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.arg("-D").arg(&data).args([
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        let made = initdb.current_dir(&folder).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut server = unprivileged(Path::new("/bin/sh"));
        server.args(["-c", KEEPER, "keeper"]).arg(&folder).arg(programs.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(&folder);
        // Nothing has to outlive the tests.
        for setting in ["listen_addresses=", "fsync=off", "max_connections=200", "shared_buffers=32MB"] {
            server.args(["-c", setting]);
        }
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let keeper = server
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let cluster = Self { programs, folder, keeper, databases: AtomicU32::new(0) };
        cluster.wait_until_ready();
        cluster
    }

    /// The address of a new, empty database.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let made = self.client("createdb").arg(&name).output().unwrap();
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        let host: String = self.folder.to_str().unwrap().replace('%', "%25").replace('/', "%2F");
        format!("postgres://{USER}@{host}/{name}")
    }

    /// Ends every connection, as a restart of the server would.
    ///
    /// # Panics
    /// When the server cannot be asked to.
    pub fn disconnect_everybody(&self) {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()";
        let done = self.client("psql").args(["-c", sql, "postgres"]).output().unwrap();
        assert!(done.status.success(), "psql: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while !self.client("pg_isready").arg("-q").status().unwrap().success() {
            if started.elapsed() > START {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("PostgreSQL did not start: {log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(&self.folder).args(["-U", USER]);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The keeper reads until here.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Where the server's programs are: Debian keeps them out of the path, by version.
fn programs() -> PathBuf {
    let has_initdb = |folder: &PathBuf| folder.join("initdb").exists();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions.into_iter().rev().chain(std::env::split_paths(&path)).find(has_initdb).expect(
        "PostgreSQL is not installed: `cargo xtask setup` does it (on Debian: `apt-get install postgresql`)",
    )
}

/// A program, run as somebody else if we are root.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", UNPRIVILEGED, "--regid", UNPRIVILEGED, "--clear-groups", "--"]).arg(program);
    command
}

/// Gives a folder to whoever will run the server.
fn hand_over(folder: &Path) {
    if is_root() {
        let given = Command::new("chown").arg(UNPRIVILEGED).arg(folder).status().unwrap();
        assert!(given.success(), "there is no user {UNPRIVILEGED}");
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg(OsStr::new("-u")).output().unwrap();
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}
