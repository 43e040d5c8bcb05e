//! `gateway …`: serving guests, and what the operator of a gateway does.

use std::io::BufWriter;
use std::sync::Arc;

use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::ports::Clock as _;
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_gateway::config::{PASSWORD_ELSEWHERE, holds_password};
use loyalty_gateway::operator::{DeviceEntry, Operator};
use loyalty_gateway::options::MasterKey;
use loyalty_gateway::random::{Random, SystemRandom};
use loyalty_gateway::state::{Database, State, StateError};
use loyalty_gateway::{Gateway, GatewayConfig, GatewayError, GatewayServer, Parts};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use uuid::Uuid;

use crate::args::{Cli, DatabaseArgs, DeviceCommand, GatewayCommand, RunArgs};
use crate::connection::{self, environment};
use crate::documents::{
    ConsentRow, ConsentsDocument, DeletionRow, DeletionsDocument, DevicesDocument, GatewayDocument,
    NewDeviceDocument,
};
use crate::failure::Failure;
use crate::output::Out;
use crate::output::grid::{Cell, Grid};
use crate::output::paint::{Tone, clean};

/// What a master key has to be.
const SHORTEST_KEY: &str = "at least 32 characters, for example from `openssl rand -base64 32`";

pub(super) async fn run(cli: &Cli, command: &GatewayCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        GatewayCommand::Run(args) => serve(cli, args, out).await,
        GatewayCommand::Device(command) => device(cli, command, out).await,
        GatewayCommand::ReplaceKey(database) => replace_key(cli, database).await,
        GatewayCommand::Consents(database) => {
            let consents = operator(cli, database).await?.consents().await.map_err(refused)?;
            let consents: Vec<ConsentRow> = consents.into_iter().map(ConsentRow::from).collect();
            if cli.global.json {
                return Ok(out.document(&ConsentsDocument { consents })?);
            }
            csv(out, ConsentRow::COLUMNS, &consents)
        }
        GatewayCommand::Deletions(database) => {
            let deletions = operator(cli, database).await?.deletions().await.map_err(refused)?;
            let deletions: Vec<DeletionRow> = deletions.into_iter().map(DeletionRow::from).collect();
            if cli.global.json {
                return Ok(out.document(&DeletionsDocument { deletions })?);
            }
            csv(out, DeletionRow::COLUMNS, &deletions)
        }
    }
}

/// Serves until Ctrl-C or SIGTERM.
async fn serve(cli: &Cli, args: &RunArgs, out: &mut Out) -> Result<(), Failure> {
    let url = database_url(&args.database)?;
    let settings = |name: &str| match name {
        "GATEWAY_LISTEN" => args.listen.map(|address| address.to_string()).or_else(|| environment(name)),
        "GATEWAY_METRICS_LISTEN" => {
            args.metrics_listen.map(|address| address.to_string()).or_else(|| environment(name))
        }
        "GATEWAY_PRODUCTION" if args.development => Some("false".to_owned()),
        "GATEWAY_DATABASE_URL" => url.as_ref().map(|url| url.expose_secret().to_owned()),
        _ => environment(name),
    };
    let document = connection::document(cli)?.unwrap_or_default();
    let config = GatewayConfig::from_toml(&document, settings).map_err(connection::refusal)?;
    let probonus = connection::configuration(cli)?;
    let server = config.server(&probonus);
    let clock = Arc::new(SystemClock);
    let random = Arc::new(SystemRandom::default());
    let delivery = config.delivery.delivery(config.production);
    let delivery = delivery.map_err(|error| Failure::config(error.key.clone(), error.to_string()))?;
    let given = master_key(&args.database)?;
    if given.is_none() && config.production {
        return Err(no_master_key());
    }
    let state = State::open(&database(&config)).await.map_err(|error| closed(&error))?;
    let master_key = match given {
        Some(key) => {
            state.accept_key(&key).await.map_err(|error| closed(&error))?;
            key
        }
        None => passing_key(&*random)?,
    };
    let parts = Parts {
        probonus: ProBonus::new(
            &probonus,
            connection::credentials(cli)?,
            Arc::new(MemorySecretStore::default()),
            clock.clone(),
            Arc::new(SystemIds),
        )
        .map_err(connection::refusal)?,
        delivery,
        master_key,
        state,
        clock,
        random,
        options: config.options(),
    };
    let running = GatewayServer::start(Gateway::start(parts), server).await;
    let running = running.map_err(|error| Failure::config("gateway", error.to_string()))?;
    let document = GatewayDocument { url: running.base_url(), metrics_url: running.metrics_url() };
    if cli.global.json {
        out.document(&document)?;
    } else {
        let (url, metrics) = (Tone::Strong.paint(document.url), document.metrics_url);
        out.text(&format!("\n  {url}/v1\n  {metrics}/metrics\n\n"))?;
    }
    running.until_signal().await.map_err(|error| Failure::local("signals", &error))
}

async fn device(cli: &Cli, command: &DeviceCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        DeviceCommand::Add { name, database } => {
            let key = master_key(database)?.ok_or_else(no_master_key)?;
            let state = state_beside(cli, database).await?;
            state.accept_key(&key).await.map_err(|error| closed(&error))?;
            let device = door(state).add_device(name, &key).await.map_err(refused)?;
            let credential = device.credential.expose_secret();
            if cli.global.json {
                return Ok(out.document(&NewDeviceDocument { id: device.id, credential })?);
            }
            let hint = Tone::Faint.paint("# shown once: put it into the kiosk's credential file");
            Ok(out.text(&format!("{}\n{credential}   {hint}\n", device.id))?)
        }
        DeviceCommand::List(database) => {
            let devices = operator(cli, database).await?.devices().await.map_err(refused)?;
            if cli.global.json {
                return Ok(out.document(&DevicesDocument::from(devices))?);
            }
            Ok(out.text(&table(&devices))?)
        }
        DeviceCommand::Revoke { id, database } => {
            let invalid = |_| LoyaltyError::invalid("id", ErrorCode::FieldInvalid);
            let id: Uuid = id.parse().map_err(invalid)?;
            operator(cli, database).await?.revoke_device(id).await.map_err(refused)
        }
    }
}

fn table(devices: &[DeviceEntry]) -> String {
    let mut grid = Grid::indented(0);
    for device in devices {
        let revoked = device.revoked_at.map(|at| format!("revoked {at:.0}")).unwrap_or_default();
        grid.row([
            Cell::left(device.id.to_string()),
            Cell::left(clean(&device.name)),
            Cell::left(format!("{:.0}", device.added_at)).tone(Tone::Faint),
            Cell::left(revoked).tone(Tone::Loss),
        ]);
    }
    grid.render()
}

/// The columns are named also when there are no rows.
fn csv<R: Serialize>(out: &mut Out, columns: &[&str], rows: &[R]) -> Result<(), Failure> {
    let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(BufWriter::new(out));
    csv.write_record(columns).map_err(|_| LoyaltyError::Internal)?;
    for row in rows {
        csv.serialize(row).map_err(|_| LoyaltyError::Internal)?;
    }
    Ok(csv.flush()?)
}

/// The operator's door, also beside a running gateway.
async fn operator(cli: &Cli, args: &DatabaseArgs) -> Result<Operator, Failure> {
    Ok(door(state_beside(cli, args).await?))
}

fn door(state: State) -> Operator {
    Operator::new(state, Arc::new(SystemClock), Arc::new(SystemRandom::default()))
}

async fn state_beside(cli: &Cli, args: &DatabaseArgs) -> Result<State, Failure> {
    let database = operators_database(cli, args)?;
    State::open_beside(&database).await.map_err(|error| closed(&error))
}

/// What the configuration says of the database; a server's other settings may be missing.
fn operators_database(cli: &Cli, args: &DatabaseArgs) -> Result<Database, Failure> {
    let url = database_url(args)?;
    let settings = |name: &str| match name {
        "GATEWAY_DATABASE_URL" => url.as_ref().map(|url| url.expose_secret().to_owned()),
        _ => environment(name),
    };
    let document = connection::document(cli)?.unwrap_or_default();
    let config = GatewayConfig::incomplete(&document, settings).map_err(connection::refusal)?;
    Ok(database(&config))
}

/// Has the database go on with another master key. No gateway may work on it meanwhile.
async fn replace_key(cli: &Cli, args: &DatabaseArgs) -> Result<(), Failure> {
    let key = master_key(args)?.ok_or_else(no_master_key)?;
    let database = operators_database(cli, args)?;
    // Opened twice: the first look makes no database where there is none, the second lets no gateway in.
    drop(State::open_beside(&database).await.map_err(|error| closed(&error))?);
    let state = State::open(&database).await.map_err(|error| closed(&error))?;
    state.replace_key(&key, SystemClock.now()).await.map_err(|error| closed(&error))
}

/// The database's address, if it comes from the command line, the environment or a credential.
fn database_url(args: &DatabaseArgs) -> Result<Option<SecretString>, Failure> {
    match &args.database_url {
        // Everybody on this machine can read a command line.
        Some(url) if holds_password(url) => Err(Failure::config("database-url", PASSWORD_ELSEWHERE)),
        Some(url) => Ok(Some(url.clone().into())),
        None => connection::secret("database-url", None, "GATEWAY_DATABASE_URL", &environment),
    }
}

fn database(config: &GatewayConfig) -> Database {
    Database::from_url(&config.database_url.clone().into(), config.database_ca_file.clone())
}

fn master_key(args: &DatabaseArgs) -> Result<Option<MasterKey>, Failure> {
    let file = args.master_key_file.as_deref();
    let Some(secret) = connection::secret("master-key", file, "GATEWAY_MASTER_KEY", &environment)? else {
        return Ok(None);
    };
    let key = MasterKey::new(secret.expose_secret().as_bytes().to_vec());
    key.map(Some).ok_or_else(|| Failure::config("master-key", SHORTEST_KEY))
}

fn no_master_key() -> Failure {
    Failure::config(
        "master-key",
        "give --master-key-file, GATEWAY_MASTER_KEY_FILE, or systemd's gateway_master_key",
    )
}

/// A key that nobody keeps: at the next start everybody signs in anew.
fn passing_key(random: &dyn Random) -> Result<MasterKey, Failure> {
    let mut bytes = vec![0; 32];
    random.fill(&mut bytes).map_err(|_| LoyaltyError::Internal)?;
    tracing::warn!("no master key is given, so all sessions end with this process");
    MasterKey::new(bytes).ok_or_else(|| LoyaltyError::Internal.into())
}

/// Why a database did not open; its text holds no address.
fn closed(error: &StateError) -> Failure {
    Failure::from(LoyaltyError::Storage { code: ErrorCode::Storage }).detail(error.to_string())
}

/// What the operator's door said no to.
fn refused(error: GatewayError) -> Failure {
    match error {
        GatewayError::Invalid { field, code } => LoyaltyError::invalid(field, code),
        GatewayError::NotFound => LoyaltyError::NotFound { code: ErrorCode::NotFound },
        GatewayError::Unavailable { .. } => LoyaltyError::Storage { code: ErrorCode::Storage },
        _ => LoyaltyError::Internal,
    }
    .into()
}
