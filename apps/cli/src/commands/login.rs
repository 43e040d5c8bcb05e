//! `login` and `logout`: a credential that is kept, so that it need not be given with every run.

use std::sync::Arc;

use loyalty_core::backend::OperatorBackend;
use loyalty_core::backend::probonus::{
    ConfigError, ConfigProblem, Credentials, ProBonus, ProBonusConfig, StoredCredentials,
};
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_core::{ErrorCode, LoyaltyError};
use secrecy::SecretString;

use crate::args::Cli;
use crate::credentials::Home;
use crate::documents::LoginDocument;
use crate::failure::Failure;
use crate::output::Out;
use crate::session::patiently;
use crate::words::Words;
use crate::{connection, language, prompt};

/// `login`
pub(super) async fn login(cli: &Cli, out: &mut Out) -> Result<(), Failure> {
    let (config, home, words) = setting(cli)?;
    let store = home.store().map_err(LoyaltyError::from)?;
    let (field, question) = match config.login.as_str() {
        "" => ("token", words.ask_token),
        _ => ("password", words.ask_password),
    };
    let secret = prompt::secret(field, question).await?;
    patiently(verify(&config, &secret)).await?;
    StoredCredentials::new(store, &config).save(&secret).await?;
    if cli.global.json {
        return Ok(out.document(&LoginDocument::new(&config.url, &config.login, Some(home.word())))?);
    }
    let place = match &home {
        Home::Keyring => words.kept_in_keyring.to_owned(),
        Home::File(path) => format!("{} {}", words.kept_in_file, path.display()),
    };
    Ok(out.text(&format!("\n  {}\n\n", words.signed_in(&place)))?)
}

/// `logout`
pub(super) async fn logout(cli: &Cli, out: &mut Out) -> Result<(), Failure> {
    let (config, home, words) = setting(cli)?;
    let store = home.store().map_err(LoyaltyError::from)?;
    StoredCredentials::new(store, &config).forget().await?;
    if cli.global.json {
        return Ok(out.document(&LoginDocument::new(&config.url, &config.login, None))?);
    }
    Ok(out.text(&format!("\n  {}\n\n", words.signed_out))?)
}

fn setting(cli: &Cli) -> Result<(ProBonusConfig, Home, &'static Words), Failure> {
    let config = connection::configuration(cli)?;
    if config.url.is_empty() {
        let missing = ConfigError { key: "probonus.url".to_owned(), problem: ConfigProblem::Missing };
        return Err(connection::refusal(missing));
    }
    Ok((config, Home::of(cli), Words::of(language::choose(cli.global.lang))))
}

/// Asks the server for something harmless: a credential that it does not take is not kept. Tokens that it gives for a
/// password are thrown away with this memory, so that an older pair cannot answer for a wrong password.
async fn verify(config: &ProBonusConfig, secret: &SecretString) -> Result<(), Failure> {
    let credentials = match config.login.as_str() {
        "" => Credentials { api_token: Some(secret.clone()), password: None },
        _ => Credentials { api_token: None, password: Some(secret.clone()) },
    };
    let memory = Arc::new(MemorySecretStore::default());
    let probonus = ProBonus::new(config, credentials, memory, Arc::new(SystemClock), Arc::new(SystemIds));
    let probonus = probonus.map_err(|error| match error.key.as_str() {
        // It was typed, not set.
        "PROBONUS_API_TOKEN" => LoyaltyError::invalid("token", ErrorCode::FieldInvalid).into(),
        _ => connection::refusal(error),
    })?;
    probonus.groups().await?;
    Ok(())
}
