//! PostgreSQL: a pool of connections, and one of its own for each lock that outlasts a transaction.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::lock::Locks;
use super::row::Cell;
use super::{Company, Lock, Row, StateError, Transaction, Value};

/// The schema's steps; a step's number is its place, counted from one.
const STEPS: &[&str] = &[include_str!("schema/postgres-1.sql")];

/// Connections of one instance for transactions.
const CONNECTIONS: usize = 16;
/// Connections of one instance for locks that outlast a transaction.
const LOCKS: usize = 8;
/// How long anybody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the server enforces should we die or hang: a statement, a wait for a lock, a transaction left alone; and it looks
/// whether we are still there, because our locks go with our connections.
const SERVER_LIMITS: &str = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s \
     -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";

#[derive(Debug)]
pub(super) struct Postgres {
    pool: Pool,
    /// For locks: a connection each, because the server frees a lock with the connection that holds it.
    own: OwnConnections,
    locks: Locks,
}

struct OwnConnections {
    config: Config,
    tls: MakeRustlsConnect,
    turns: Arc<Semaphore>,
}

impl std::fmt::Debug for OwnConnections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnConnections")
    }
}

impl Postgres {
    pub(super) async fn open(
        url: &SecretString,
        ca_file: Option<&Path>,
        company: Company,
    ) -> Result<Self, StateError> {
        let config = config(url)?;
        let tls = MakeRustlsConnect::new(tls(ca_file)?);
        let manager = Manager::from_config(
            config.clone(),
            tls.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Verified },
        );
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .build()
            .map_err(|_| StateError::Unavailable("no pool".to_owned()))?;
        let own = OwnConnections { config, tls, turns: Arc::new(Semaphore::new(LOCKS)) };
        let postgres = Self { pool, own, locks: Locks::default() };
        migrate(&mut postgres.connection().await?, company).await?;
        Ok(postgres)
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Transaction) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let connection = self.connection().await?;
        blocking(move |runtime| {
            // A connection whose transaction ended in doubt is closed instead of lent to the next.
            let mut lent = Doubtful(Some(connection));
            let connection = lent.0.as_ref().ok_or(StateError::Corrupt("the pool"))?;
            let batch = |sql| runtime.block_on(connection.batch_execute(sql)).map_err(|error| failed(&error));
            let mut first = true;
            loop {
                // What is counted after waiting for a lock has to be what stands there then, whatever the database's default.
                batch("BEGIN ISOLATION LEVEL READ COMMITTED")?;
                match work(&mut Statements { connection, runtime: &runtime }) {
                    Ok(done) => {
                        batch("COMMIT")?;
                        lent.give_back();
                        return Ok(done);
                    }
                    Err(error) if batch("ROLLBACK").is_err() => return Err(error),
                    // Whoever was in the way has gone on by now.
                    Err(StateError::Contended) if first => first = false,
                    Err(error) => {
                        lent.give_back();
                        return Err(error);
                    }
                }
            }
        })
        .await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let connection = self.connection().await?;
        blocking(move |runtime| work(&mut Statements { connection: &connection, runtime: &runtime })).await
    }

    async fn connection(&self) -> Result<Object, StateError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => failed(&error),
            PoolError::Timeout(_) => StateError::Unavailable("no connection in time".to_owned()),
            _ => StateError::Unavailable("no connection".to_owned()),
        })
    }

    pub(super) async fn lock(&self, name: &str) -> Result<Lock, StateError> {
        // The process's own lock first: waiting for it costs no connection.
        let process = self.locks.guard(name).await;
        let taken = tokio::time::timeout(PATIENCE, async {
            let turn = Arc::clone(&self.own.turns).acquire_owned().await;
            let turn = turn.map_err(|_| StateError::Unavailable("it is shutting down".to_owned()))?;
            let client = self.own.connect(turn).await?;
            client
                .query("SELECT pg_advisory_lock(hashtextextended($1, 0))", &[&name])
                .await
                .map_err(|error| failed(&error))?;
            Ok(client)
        });
        let client =
            taken.await.map_err(|_| StateError::Unavailable("a lock was not free in time".to_owned()))??;
        Ok(Lock { _server: Some(client), _process: process })
    }
}

impl OwnConnections {
    /// `turn` is given back when the connection has ended.
    async fn connect(&self, turn: tokio::sync::OwnedSemaphorePermit) -> Result<Client, StateError> {
        let (client, connection) =
            self.config.connect(self.tls.clone()).await.map_err(|error| failed(&error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %failed(&error), "a connection for locks broke");
            }
            drop(turn);
        });
        Ok(client)
    }
}

/// A connection that is closed when dropped, unless it was given back.
struct Doubtful(Option<Object>);

impl Doubtful {
    fn give_back(&mut self) {
        self.0 = None;
    }
}

impl Drop for Doubtful {
    fn drop(&mut self) {
        drop(self.0.take().map(Object::take));
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce(Handle) -> Result<T, StateError> + Send + 'static,
) -> Result<T, StateError> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || work(runtime)).await;
    done.map_err(|_| StateError::Unavailable("a statement stopped".to_owned()))?
}

struct Statements<'c> {
    connection: &'c Object,
    runtime: &'c Handle,
}

impl Transaction for Statements<'_> {
    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StateError> {
        let rows = self.runtime.block_on(async {
            let statement = self.connection.prepare_cached(sql).await?;
            self.connection.query(&statement, &borrowed(values)).await
        });
        rows.map_err(|error| failed(&error))?.iter().map(cells).collect()
    }

    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StateError> {
        let count = self.runtime.block_on(async {
            let statement = self.connection.prepare_cached(sql).await?;
            self.connection.execute(&statement, &borrowed(values)).await
        });
        count.map_err(|error| failed(&error))
    }

    fn hold(&mut self, name: &str) -> Result<(), StateError> {
        self.rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", &[Value::Text(name)]).map(drop)
    }
}

fn borrowed<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn cells(row: &tokio_postgres::Row) -> Result<Row, StateError> {
    let strange = |_| StateError::Corrupt("a column's type");
    let cell = |place: usize, column: &tokio_postgres::Column| match *column.type_() {
        Type::INT8 => row
            .try_get::<_, Option<i64>>(place)
            .map_err(strange)
            .map(|value| value.map_or(Cell::Null, Cell::Int)),
        Type::INT4 => row
            .try_get::<_, Option<i32>>(place)
            .map_err(strange)
            .map(|value| value.map_or(Cell::Null, |value| Cell::Int(value.into()))),
        Type::TEXT => row
            .try_get::<_, Option<String>>(place)
            .map_err(strange)
            .map(|value| value.map_or(Cell::Null, Cell::Text)),
        Type::BYTEA => row
            .try_get::<_, Option<Vec<u8>>>(place)
            .map_err(strange)
            .map(|value| value.map_or(Cell::Null, Cell::Bytes)),
        // What a function without a result gives.
        Type::VOID => Ok(Cell::Null),
        _ => Err(StateError::Corrupt("a column's type")),
    };
    row.columns()
        .iter()
        .enumerate()
        .map(|(place, column)| cell(place, column))
        .collect::<Result<_, _>>()
        .map(Row)
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    /// Which of them a value is shows only when it is written; there the type is compared.
    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(ty, out),
        }
    }
}

async fn migrate(connection: &mut Object, company: Company) -> Result<(), StateError> {
    let unavailable = |error| failed(&error);
    let tx = connection.transaction().await.map_err(unavailable)?;
    // Instances may start together.
    tx.batch_execute("SELECT pg_advisory_xact_lock(hashtextextended('schema', 0))")
        .await
        .map_err(unavailable)?;
    let there =
        tx.query_one("SELECT to_regclass('schema_step') IS NOT NULL", &[]).await.map_err(unavailable)?;
    let found = if there.try_get(0).map_err(unavailable)? {
        let newest = tx.query_one("SELECT max(number) FROM schema_step", &[]).await.map_err(unavailable)?;
        newest.try_get::<_, Option<i64>>(0).map_err(unavailable)?.unwrap_or(0)
    } else {
        0
    };
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if !company.may_migrate(found, known)? {
        return Ok(());
    }
    tx.batch_execute("CREATE TABLE IF NOT EXISTS schema_step (number BIGINT NOT NULL)")
        .await
        .map_err(unavailable)?;
    let done = usize::try_from(found).map_err(|_| StateError::Corrupt("the schema's number"))?;
    for (number, step) in (1_i64..).zip(STEPS).skip(done) {
        tx.batch_execute(step).await.map_err(unavailable)?;
        let record = "INSERT INTO schema_step (number) VALUES ($1)";
        tx.execute(record, &[&number]).await.map_err(unavailable)?;
    }
    tx.commit().await.map_err(unavailable)
}

fn config(url: &SecretString) -> Result<Config, StateError> {
    let mut config: Config = url
        .expose_secret()
        .parse()
        .map_err(|_| StateError::Address("expected postgres://user:password@host/database"))?;
    if config.get_options().is_some() {
        return Err(StateError::Address("`options` is set by the gateway"));
    }
    config.options(SERVER_LIMITS).application_name("loyalty-gateway").connect_timeout(PATIENCE);
    // Whether there is TLS must not be the server's choice, or that of whoever stands between.
    // Where an address is given beside the name, it is the address that is connected to.
    let near = config.get_hosts().iter().all(is_near)
        && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    match (near, config.get_ssl_mode()) {
        (false, SslMode::Disable) => {
            return Err(StateError::Address("sslmode=disable is for sockets and the loopback only"));
        }
        (false, _) => drop(config.ssl_mode(SslMode::Require)),
        (true, SslMode::Prefer) => drop(config.ssl_mode(SslMode::Disable)),
        (true, _) => {}
    }
    Ok(config)
}

/// Whether a connection to it stays on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn tls(ca_file: Option<&Path>) -> Result<rustls::ClientConfig, StateError> {
    let unreadable = || StateError::Address("its file of certificates cannot be read");
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    if let Some(file) = ca_file {
        for certificate in CertificateDer::pem_file_iter(file).map_err(|_| unreadable())? {
            roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| StateError::Unavailable("no TLS".to_owned()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Says which of PostgreSQL's errors it was: its texts can quote what was being written.
fn failed(error: &tokio_postgres::Error) -> StateError {
    match error.code() {
        Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE) => {
            StateError::Contended
        }
        Some(state) => StateError::Unavailable(format!("PostgreSQL says {}", state.code())),
        None => StateError::Unavailable("the connection failed".to_owned()),
    }
}
