//! The looks themselves. Nothing here writes to the instance: requests are GETs, and the login of a credential.

use std::sync::Arc;
use std::time::Duration;

use super::compare::{Comparison, compare_in_part};
use super::description_search::{Search, search};
use super::difference::{Difference, DifferenceKind, Severity, printable};
use super::examination::{Check, DoctorOptions, Examination, Outcome, Subject};
use super::overrides_toml::wire_toml;
use super::reach::{contact, encryption, reach};
use super::settings::advice;
use super::settled::{is_settled, mended, mended_groups};
use crate::backend::BackendError;
use crate::backend::probonus::config::WireConfig;
use crate::backend::probonus::method::GROUPS;
use crate::backend::probonus::{Credentials, ProBonus, ProBonusConfig, wire};
use crate::domain::{AccountGroup, AmountUnit};
use crate::error_code::ErrorCode;
use serde_json::Value;
use url::Url;

const CONTRACT: &str = include_str!("../../../../contract/probonus-v0.openapi.json");

/// Clocks further apart than this make "today" wrong around midnight.
const SKEW_NOTABLE: Duration = Duration::from_secs(60);
/// Clocks further apart than this make tokens and codes expire early or late.
const SKEW_TOO_LARGE: Duration = Duration::from_secs(300);

type Groups = Result<Vec<AccountGroup>, BackendError>;

/// Looks at the instance behind `client` without changing anything there, and always comes to an end: what cannot be
/// looked at is skipped, and said so.
///
/// It asks for the address without being signed in, reads the groups once with the client and once with each
/// credential, and tries to read the description; a configured login signs in.
pub async fn examine(client: &ProBonus, options: &DoctorOptions) -> Examination {
    let base = options.config.base().ok();
    let contact = match &base {
        Some(base) => contact(&client.inner.link.http, base).await,
        None => Err(ErrorCode::ConfigInvalid),
    };
    let mut checks = vec![reach(contact), encryption(base.as_ref(), contact)];
    let (Some(base), Ok(())) = (base, contact) else {
        checks.extend(skipped(contact.err().unwrap_or(ErrorCode::Internal)));
        return Examination { checks, differences: Vec::new(), overrides: String::new(), replaces: false };
    };
    let read = groups(client).await;
    checks.push(clock(client));
    let described = search(&client.inner.link.http, &base, options.swagger_path.as_deref()).await;
    checks.push(description(&described));
    let works = read.as_ref().err().is_none_or(is_unreadable);
    let (contract, differences) = contract(described, &options.config, &base, works).await;
    checks.push(contract);
    let overrides = overrides(&differences, &options.config.wire);
    let replaces = !overrides.is_empty() && options.config.wire != WireConfig::default();

    let mut trial = options.config.clone();
    mended_groups(&mut trial.wire, &overrides);
    if differences.iter().any(|difference| difference.kind == DifferenceKind::AmountUnit) {
        trial.amount_unit = AmountUnit::Ruble;
    }
    let token = Credentials { api_token: options.credentials.api_token.clone(), password: None };
    let by_token = if token.api_token.is_some() { Some(attempt(options, &trial, token).await) } else { None };
    let login = Credentials { api_token: None, password: options.credentials.password.clone() };
    let by_login = if trial.login.is_empty() { None } else { Some(attempt(options, &trial, login).await) };
    checks.push(credential(Subject::ApiToken, by_token.as_ref()));
    checks.push(staff_login(by_login.as_ref(), &options.credentials));
    let read = [Some(read), by_token, by_login].into_iter().flatten().find_map(Result::ok);
    checks.push(group(read.as_deref(), &options.config));
    Examination { checks, differences, overrides, replaces }
}

/// Everything that cannot be looked at where no server is reached.
fn skipped(code: ErrorCode) -> impl Iterator<Item = Check> {
    let subjects = [
        Subject::Clock,
        Subject::Description,
        Subject::Contract,
        Subject::ApiToken,
        Subject::StaffLogin,
        Subject::Group,
    ];
    subjects.into_iter().map(move |subject| {
        Check::new(subject, Outcome::Skipped, code.as_str(), "The server was not reached.")
    })
}

/// What the configuration has to say beside what it says: with tables that it has already, all of them.
fn overrides(differences: &[Difference], configured: &WireConfig) -> String {
    let wire = mended(configured.clone(), differences);
    if wire == *configured { String::new() } else { wire_toml(&wire) }
}

async fn groups(client: &ProBonus) -> Groups {
    client.call(&GROUPS, Vec::new(), wire::list::<AccountGroup>).await
}

/// Reads the groups with one credential.
async fn attempt(options: &DoctorOptions, config: &ProBonusConfig, credentials: Credentials) -> Groups {
    let (store, clock, ids) = (&options.store, &options.clock, &options.ids);
    let client = ProBonus::new(config, credentials, Arc::clone(store), Arc::clone(clock), Arc::clone(ids));
    groups(&client.map_err(|_| BackendError::Internal)?).await
}

/// Whether the groups came, if in a form that is not understood: that is a yes to whoever asked.
fn is_unreadable(error: &BackendError) -> bool {
    matches!(error, BackendError::Reply { code: ErrorCode::ContractMismatch, field, .. } if !field.is_empty())
}

fn clock(client: &ProBonus) -> Check {
    let check = |outcome, code, text: String| Check::new(Subject::Clock, outcome, code, text);
    let Some(skew) = client.skew() else {
        return check(Outcome::Skipped, "no_date", "The server does not say what time it has.".to_owned());
    };
    let apart = skew.unsigned_abs();
    let direction = if skew.is_negative() { "behind" } else { "ahead of" };
    let found = format!("The server's clock is {} s {direction} this machine's.", apart.as_secs());
    if apart > SKEW_TOO_LARGE {
        check(Outcome::Failed, "clock_skewed", format!("{found} Set the one that is wrong by a time server."))
    } else if apart > SKEW_NOTABLE {
        check(Outcome::Warning, "clock_skewed", format!("{found} Let a time server keep both."))
    } else {
        check(Outcome::Ok, "clock_agrees", "Both clocks agree.".to_owned())
    }
}

fn description(found: &Search) -> Check {
    let check = |outcome, code, text: String| Check::new(Subject::Description, outcome, code, text);
    let ask = "Ask where the instance's Swagger is, and name its path.";
    let missing = |code, found: &str| check(Outcome::Warning, code, format!("{found} {ask}"));
    match found {
        Search::Found { path, .. } => check(
            Outcome::Ok,
            "description_found",
            format!("The instance describes itself at {}.", printable(path)),
        ),
        Search::Missing => {
            missing("description_missing", "The instance describes itself nowhere that was tried.")
        }
        Search::Unreadable => {
            missing("description_unreadable", "What is there is neither OpenAPI 3 nor Swagger 2.0 in JSON.")
        }
        Search::Guarded => {
            missing("description_guarded", "The description is only for those who are signed in.")
        }
        Search::TooLarge => missing("description_too_large", "The description is over 16 MiB."),
        Search::Broken(error) => {
            let text = format!("The server stopped answering: {error}. Run the doctor again.");
            check(Outcome::Warning, "description_not_read", text)
        }
    }
}

/// Compares the description with the contract; gives the differences that the configuration does not mend yet.
/// `works` says whether a call to `base` has succeeded.
async fn contract(
    found: Search,
    config: &ProBonusConfig,
    base: &Url,
    works: bool,
) -> (Check, Vec<Difference>) {
    let check = |outcome, code, text: &str| Check::new(Subject::Contract, outcome, code, text);
    let Search::Found { document, .. } = found else {
        let text = "Without the instance's description nothing can be compared.";
        return (check(Outcome::Skipped, "no_description", text), Vec::new());
    };
    // A large document takes seconds, which other tasks should not wait for.
    let path = base.path().trim_end_matches('/').to_owned();
    let compared = tokio::task::spawn_blocking(move || {
        let contract: Value = serde_json::from_str(CONTRACT).ok()?;
        Some(compare_in_part(&contract, &document, &path))
    });
    let Ok(Some(Comparison { mut differences, complete })) = compared.await else {
        let text = "The description could not be compared. Report it with the description.";
        return (check(Outcome::Failed, ErrorCode::Internal.as_str(), text), Vec::new());
    };
    // An address that works is right, whatever a description behind a proxy takes it for.
    differences.retain(|difference| difference.kind != DifferenceKind::Address || !works);
    let all = differences.len();
    let open: Vec<Difference> =
        differences.into_iter().filter(|difference| !is_settled(difference, config)).collect();
    let mut verdict = verdict(&open, all);
    if let Some(address) = open.iter().find(|difference| difference.kind == DifferenceKind::Address) {
        let mut right = base.clone();
        right.set_path(&address.theirs);
        let right = printable(right.as_str().trim_end_matches('/'));
        verdict.text.push_str(&format!(" First set url to \"{right}\", below which the API begins."));
    }
    for setting in open.iter().filter_map(advice) {
        verdict.text.push_str(&format!(" {setting}"));
    }
    if !complete {
        verdict.outcome = verdict.outcome.max(Outcome::Warning);
        verdict.text.push_str(" The description is too intricate to be compared as a whole.");
    }
    (verdict, open)
}

fn verdict(open: &[Difference], all: usize) -> Check {
    let check = |outcome, code, text: String| Check::new(Subject::Contract, outcome, code, text);
    let of = |severity| open.iter().filter(move |difference| difference.severity == severity);
    let breaking = of(Severity::Breaks).count();
    let mendable = of(Severity::Breaks).filter(|difference| difference.mend.is_some()).count();
    let methods = of(Severity::Breaks).any(|one| one.mend.is_none() && !is_about_everything(one.kind));
    if breaking > 0 {
        let mut text = format!("{breaking} differences break calls or lose what they carry.");
        if mendable > 0 {
            text.push_str(&format!(" The overrides mend {mendable} of them."));
        }
        if methods {
            text.push_str(" Those without an override concern only the methods they name.");
        }
        check(Outcome::Failed, "differs", text)
    } else if of(Severity::Unknown).next().is_some() {
        let text = "The description leaves open whether every call works. Try those that it concerns.";
        check(Outcome::Warning, "unclear", text.to_owned())
    } else if all > open.len() {
        check(
            Outcome::Ok,
            "overridden",
            "The overrides in the configuration mend every difference.".to_owned(),
        )
    } else if all > 0 {
        check(Outcome::Ok, "tolerated", "The differences are tolerated.".to_owned())
    } else {
        check(Outcome::Ok, "same", "The description agrees with the contract.".to_owned())
    }
}

/// Whether a difference concerns every method, and is mended by a setting.
fn is_about_everything(kind: DifferenceKind) -> bool {
    matches!(kind, DifferenceKind::Address | DifferenceKind::AmountUnit | DifferenceKind::PhoneFormat)
}

fn credential(subject: Subject, read: Option<&Groups>) -> Check {
    let name = if subject == Subject::ApiToken { "permanent token" } else { "staff login" };
    let check = |outcome, code, text: String| Check::new(subject, outcome, code, text);
    let failed = |error: &BackendError, text| Check::failed(subject, error.clone(), text);
    let accepted = || check(Outcome::Ok, "accepted", format!("The {name} is accepted."));
    match read {
        None => check(Outcome::Skipped, "not_configured", format!("No {name} is configured.")),
        Some(Ok(_)) => accepted(),
        Some(Err(error)) if is_unreadable(error) => accepted(),
        Some(Err(BackendError::Unauthorized)) => {
            let correct = if subject == Subject::ApiToken {
                "Correct PROBONUS_API_TOKEN, or the header and scheme it is sent in: api_token_header, api_token_scheme."
            } else {
                "Correct PROBONUS_LOGIN and PROBONUS_PASSWORD."
            };
            failed(&BackendError::Unauthorized, format!("The {name} is refused. {correct}"))
        }
        Some(Err(BackendError::Forbidden)) => {
            let text = format!(
                "The {name} is known, but may not read the groups. {}",
                ErrorCode::Forbidden.advice()
            );
            failed(&BackendError::Forbidden, text)
        }
        Some(Err(error)) => {
            let text = format!("Whether the {name} is accepted could not be seen: {error}. Mend that first.");
            failed(error, text)
        }
    }
}

/// The login; without a password it is tried by what tokens are kept of it, and none may be.
fn staff_login(read: Option<&Groups>, credentials: &Credentials) -> Check {
    if !matches!(read, Some(Err(BackendError::Unauthorized))) || credentials.password.is_some() {
        return credential(Subject::StaffLogin, read);
    }
    let (outcome, text) = match credentials.api_token {
        Some(_) => {
            (Outcome::Skipped, "No password is configured for the login; the permanent token is used.")
        }
        None => (Outcome::Failed, "No password is configured for the login. Set PROBONUS_PASSWORD."),
    };
    Check::new(Subject::StaffLogin, outcome, "no_password", text)
}

fn group(groups: Option<&[AccountGroup]>, config: &ProBonusConfig) -> Check {
    let check = |outcome, code, text: String| Check::new(Subject::Group, outcome, code, text);
    let Some(groups) = groups else {
        return check(Outcome::Skipped, "not_read", "The groups could not be read.".to_owned());
    };
    let usable: Vec<String> = groups
        .iter()
        .filter(|group| group.has_template)
        .map(|group| format!("{} ({})", group.id.0, printable(&group.name)))
        .collect();
    let configured = groups.iter().find(|group| group.id == config.home_group());
    let id = config.account_group_id;
    if usable.is_empty() {
        let text = "No group is a template for the API, so no guest can be registered. Make one in ProBonus.";
        return check(Outcome::Failed, "no_template", text.to_owned());
    }
    let choose = format!("Set account_group_id to one of: {}.", usable.join(", "));
    match configured {
        None => check(Outcome::Failed, "group_unknown", format!("There is no group {id}. {choose}")),
        Some(group) if !group.has_template => {
            let code = ErrorCode::GroupWithoutTemplate.as_str();
            check(Outcome::Failed, code, format!("Group {id} is no template for the API. {choose}"))
        }
        Some(_) => check(Outcome::Ok, "group_ready", format!("Guests can be registered into group {id}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_list_is_a_yes_and_any_other_error_a_failure() {
        let reply = |field: &str| BackendError::Reply {
            code: ErrorCode::ContractMismatch,
            path: GROUPS.name.to_owned(),
            field: field.to_owned(),
        };
        for (read, code) in [
            (Ok(Vec::new()), "accepted"),
            (Err(reply("[0].haveTemplate")), "accepted"),
            (Err(reply("")), "contract_mismatch"),
            (Err(BackendError::Timeout), "timeout"),
            (Err(BackendError::Unauthorized), "unauthorized"),
            (Err(BackendError::Forbidden), "forbidden"),
        ] {
            let check = credential(Subject::ApiToken, Some(&read));
            assert_eq!(check.code, code);
            assert_eq!(check.outcome == Outcome::Failed, code != "accepted");
            assert!(!check.text.contains(" ."), "{}", check.text);
        }
    }

    #[test]
    fn without_any_template_nobody_can_be_registered() {
        assert_eq!(group(Some(&[]), &ProBonusConfig::default()).code, "no_template");
        assert_eq!(group(None, &ProBonusConfig::default()).outcome, Outcome::Skipped);
    }
}
