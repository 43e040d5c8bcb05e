//! Where the credential of a run comes from: what is given with it, else what `loyalty login` has kept.

use std::path::PathBuf;
use std::sync::Arc;

use loyalty_core::LoyaltyError;
use loyalty_core::backend::BackendError;
use loyalty_core::backend::probonus::{Credentials, ProBonusConfig, StoredCredentials};
use loyalty_core::ports::{SecretStore, SecretStoreError};
use loyalty_core::system::{CredentialFile, MemorySecretStore};

use crate::args::Cli;
use crate::connection;
use crate::failure::Failure;

/// The credential of a run, and where the tokens of a login are kept between two.
pub(crate) struct Access {
    pub(crate) credentials: Credentials,
    pub(crate) store: Arc<dyn SecretStore>,
}

impl Access {
    /// With nothing kept behind the run.
    pub(crate) fn in_memory(credentials: Credentials) -> Self {
        Self { credentials, store: Arc::new(MemorySecretStore::default()) }
    }
}

/// Where `loyalty login` keeps a credential. One is never taken in place of the other: whoever asked for a keyring
/// does not find the token in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// The desktop's keyring.
    Keyring,
    /// The file of `--credential-file`.
    File(PathBuf),
}

impl Home {
    /// The one that the flag or `PROBONUS_CREDENTIAL_FILE` names, else the keyring.
    pub(crate) fn of(cli: &Cli) -> Self {
        let variable = || {
            std::env::var_os("PROBONUS_CREDENTIAL_FILE").filter(|path| !path.is_empty()).map(PathBuf::from)
        };
        cli.connection.credential_file.clone().or_else(variable).map_or(Self::Keyring, Self::File)
    }

    pub(crate) fn store(&self) -> Result<Arc<dyn SecretStore>, SecretStoreError> {
        match self {
            Self::File(path) => Ok(Arc::new(CredentialFile::at(path))),
            #[cfg(target_os = "linux")]
            Self::Keyring => Ok(Arc::new(loyalty_core::system::Keyring::of("loyalty"))),
            #[cfg(not(target_os = "linux"))]
            Self::Keyring => Err(SecretStoreError::Unavailable),
        }
    }

    /// Its name in documents.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File(_) => "file",
        }
    }
}

/// The access of this run. A secret that is given with the run beats a kept one, and what follows from it is not kept
/// unless a credential file is named.
pub(crate) async fn access(cli: &Cli, config: &ProBonusConfig) -> Result<Access, Failure> {
    let given = connection::credentials(cli)?;
    let home = Home::of(cli);
    if given.api_token.is_some() || config.url.is_empty() {
        return Ok(Access::in_memory(given));
    }
    if given.password.is_some() {
        return match home {
            Home::Keyring => Ok(Access::in_memory(given)),
            Home::File(_) => Ok(Access { credentials: given, store: home.store().map_err(refused)? }),
        };
    }
    match kept(&home, config).await {
        Ok(access) => Ok(access),
        // No keyring, nothing kept in it: what is missing then is the credential, and that is what will be said.
        Err(BackendError::Secrets(SecretStoreError::Unavailable)) if home == Home::Keyring => {
            tracing::info!("there is no keyring to look for a credential in");
            Ok(Access::in_memory(given))
        }
        Err(error) => Err(error.into()),
    }
}

async fn kept(home: &Home, config: &ProBonusConfig) -> Result<Access, BackendError> {
    let store = home.store()?;
    let credentials = StoredCredentials::new(Arc::clone(&store), config).load().await?;
    Ok(Access { credentials, store })
}

fn refused(error: SecretStoreError) -> LoyaltyError {
    error.into()
}
