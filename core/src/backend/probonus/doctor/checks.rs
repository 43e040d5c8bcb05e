//! The looks themselves. Nothing here writes to the instance: requests are GETs, and the login of a credential.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::{Host, Url};

use super::compare::{Comparison, compare_in_part};
use super::description_search::{Search, search};
use super::difference::{Difference, Severity, printable};
use super::examination::{Check, DoctorOptions, Examination, Outcome, Subject};
use super::overrides_toml::overrides_toml;
use super::settled::{is_settled, mended_groups};
use crate::backend::BackendError;
use crate::backend::probonus::method::GROUPS;
use crate::backend::probonus::{Credentials, ProBonus, ProBonusConfig, wire};
use crate::domain::AccountGroup;
use crate::error_code::ErrorCode;

const CONTRACT: &str = include_str!("../../../../contract/probonus-v0.openapi.json");

/// Clocks further apart than this make "today" wrong around midnight.
const SKEW_NOTABLE: Duration = Duration::from_secs(60);
/// Clocks further apart than this make tokens and codes expire early or late.
const SKEW_TOO_LARGE: Duration = Duration::from_secs(300);

type Groups = Result<Vec<AccountGroup>, BackendError>;

/// Looks at the instance behind `client` without changing anything there, and always comes to an end: what cannot be
/// looked at is skipped, and said so.
///
/// It reads the groups once with the client and once with each credential, and tries to read the description; a
/// configured login signs in.
pub async fn examine(client: &ProBonus, options: &DoctorOptions) -> Examination {
    let read = groups(client).await;
    let base = options.config.base().ok();
    let mut checks = vec![reach(read.as_ref().err()), encryption(base.as_ref(), read.as_ref().err())];
    if let Some(code) = read.as_ref().err().and_then(unreachable) {
        for subject in [
            Subject::Clock,
            Subject::Description,
            Subject::Contract,
            Subject::ApiToken,
            Subject::StaffLogin,
            Subject::Group,
        ] {
            checks.push(Check::new(subject, Outcome::Skipped, code.as_str(), "The server was not reached."));
        }
        return Examination { checks, differences: Vec::new(), overrides: String::new() };
    }
    checks.push(clock(client));
    let described = match &base {
        Some(base) => search(&client.inner.link.http, base, options.swagger_path.as_deref()).await,
        None => Search::Missing,
    };
    checks.push(description(&described));
    let (contract, differences) = contract(described, &options.config).await;
    checks.push(contract);
    let overrides = overrides_toml(&differences);

    let mut mended = options.config.clone();
    mended_groups(&mut mended.wire, &overrides);
    let token = Credentials { api_token: options.credentials.api_token.clone(), password: None };
    let by_token =
        if token.api_token.is_some() { Some(attempt(options, &mended, token).await) } else { None };
    let login = Credentials { api_token: None, password: options.credentials.password.clone() };
    let by_login = if mended.login.is_empty() { None } else { Some(attempt(options, &mended, login).await) };
    checks.push(credential(Subject::ApiToken, by_token.as_ref()));
    checks.push(credential(Subject::StaffLogin, by_login.as_ref()));
    let read = [Some(read), by_token, by_login].into_iter().flatten().find_map(Result::ok);
    checks.push(group(read.as_deref(), &options.config));
    Examination { checks, differences, overrides }
}

async fn groups(client: &ProBonus) -> Groups {
    client.call(&GROUPS, Vec::new(), wire::list::<AccountGroup>).await
}

/// Reads the groups with one credential.
async fn attempt(options: &DoctorOptions, config: &ProBonusConfig, credentials: Credentials) -> Groups {
    let (store, clock, ids) = (&options.store, &options.clock, &options.ids);
    let client = ProBonus::new(config, credentials, Arc::clone(store), Arc::clone(clock), Arc::clone(ids));
    // What cannot stand in a header is no credential.
    groups(&client.map_err(|_| BackendError::Unauthorized)?).await
}

/// Whether nothing answered at all.
fn unreachable(error: &BackendError) -> Option<ErrorCode> {
    Some(match error {
        BackendError::Offline => ErrorCode::Offline,
        BackendError::Untrusted => ErrorCode::Untrusted,
        BackendError::Timeout => ErrorCode::Timeout,
        BackendError::Cut => ErrorCode::ConnectionCut,
        _ => return None,
    })
}

fn reach(error: Option<&BackendError>) -> Check {
    match error.and_then(unreachable) {
        Some(code) => Check::new(Subject::Reach, Outcome::Failed, code.as_str(), code.advice()),
        None => Check::new(Subject::Reach, Outcome::Ok, "reached", "The server answers."),
    }
}

fn encryption(base: Option<&Url>, error: Option<&BackendError>) -> Check {
    let check = |outcome, code, text: &str| Check::new(Subject::Encryption, outcome, code, text);
    let Some(base) = base else {
        return check(Outcome::Skipped, "no_address", "There is no address in the configuration.");
    };
    let local = match base.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match (base.scheme(), error) {
        ("https", Some(BackendError::Untrusted)) => {
            let text = "The certificate is not trusted. Check the address; if the instance has a certificate of its \
                        own, name it in ca_file.";
            check(Outcome::Failed, "untrusted", text)
        }
        ("https", Some(error)) if unreachable(error).is_some() => {
            check(Outcome::Skipped, "not_reached", "The server was not reached.")
        }
        ("https", _) => {
            check(Outcome::Ok, "encrypted", "The connection is encrypted, the certificate trusted.")
        }
        _ if local => check(Outcome::Ok, "local", "The connection does not leave this machine."),
        _ => {
            let text = "The address is plain http: whoever is on the way reads the token and every guest's data. Use \
                        https.";
            check(Outcome::Warning, "plain_http", text)
        }
    }
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
async fn contract(found: Search, config: &ProBonusConfig) -> (Check, Vec<Difference>) {
    let check = |outcome, code, text: &str| Check::new(Subject::Contract, outcome, code, text);
    let Search::Found { document, .. } = found else {
        let text = "Without the instance's description nothing can be compared.";
        return (check(Outcome::Skipped, "no_description", text), Vec::new());
    };
    // A large document takes seconds, which other tasks should not wait for.
    let compared = tokio::task::spawn_blocking(move || {
        let contract: Value = serde_json::from_str(CONTRACT).ok()?;
        Some(compare_in_part(&contract, &document))
    });
    let Ok(Some(Comparison { differences, complete })) = compared.await else {
        let text = "The description could not be compared. Report it with the description.";
        return (check(Outcome::Failed, ErrorCode::Internal.as_str(), text), Vec::new());
    };
    let all = differences.len();
    let open: Vec<Difference> =
        differences.into_iter().filter(|difference| !is_settled(difference, &config.wire)).collect();
    let mut verdict = verdict(&open, all);
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
    if breaking > 0 {
        let mut text = format!("{breaking} differences break calls or lose what they carry.");
        if mendable > 0 {
            text.push_str(&format!(" Add the overrides, which mend {mendable} of them."));
        }
        if mendable < breaking {
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

fn credential(subject: Subject, read: Option<&Groups>) -> Check {
    let name = if subject == Subject::ApiToken { "permanent token" } else { "staff login" };
    let check = |outcome, code, text: String| Check::new(subject, outcome, code, text);
    let accepted = || check(Outcome::Ok, "accepted", format!("The {name} is accepted."));
    match read {
        None => check(Outcome::Skipped, "not_configured", format!("No {name} is configured.")),
        Some(Ok(_)) => accepted(),
        // What is not readable came with a yes.
        Some(Err(BackendError::Reply { code: ErrorCode::ContractMismatch, field, .. }))
            if !field.is_empty() =>
        {
            accepted()
        }
        Some(Err(BackendError::Unauthorized)) => {
            let correct = if subject == Subject::ApiToken {
                "Correct PROBONUS_API_TOKEN, or the header and scheme it is sent in: api_token_header, api_token_scheme."
            } else {
                "Correct PROBONUS_LOGIN and PROBONUS_PASSWORD."
            };
            check(Outcome::Failed, "unauthorized", format!("The {name} is refused. {correct}"))
        }
        Some(Err(BackendError::Forbidden)) => {
            let text = format!(
                "The {name} is known, but may not read the groups. {}",
                ErrorCode::Forbidden.advice()
            );
            check(Outcome::Failed, "forbidden", text)
        }
        Some(Err(error)) => {
            let text = format!("Whether the {name} is accepted could not be seen: {error}. Mend that first.");
            check(Outcome::Warning, "not_seen", text)
        }
    }
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
    fn an_address_is_judged_by_who_can_listen() {
        let untrusted = BackendError::Untrusted;
        for (url, error, outcome, code) in [
            ("https://host", None, Outcome::Ok, "encrypted"),
            ("https://host", Some(&BackendError::Unauthorized), Outcome::Ok, "encrypted"),
            ("https://host", Some(&untrusted), Outcome::Failed, "untrusted"),
            ("https://host", Some(&BackendError::Offline), Outcome::Skipped, "not_reached"),
            ("http://host", None, Outcome::Warning, "plain_http"),
            ("http://127.0.0.1.example", None, Outcome::Warning, "plain_http"),
            ("http://127.0.0.1:6896", None, Outcome::Ok, "local"),
            ("http://[::1]:6896", None, Outcome::Ok, "local"),
            ("http://localhost", None, Outcome::Ok, "local"),
        ] {
            let check = encryption(Some(&Url::parse(url).unwrap()), error);
            assert_eq!((check.outcome, check.code), (outcome, code), "{url}");
        }
        assert_eq!(reach(Some(&untrusted)).code, "untrusted");
    }

    #[test]
    fn a_refusal_is_an_answer_and_an_unreadable_list_a_yes() {
        let reply = |field: &str| BackendError::Reply {
            code: ErrorCode::ContractMismatch,
            path: GROUPS.name.to_owned(),
            field: field.to_owned(),
        };
        for (read, code) in [
            (Ok(Vec::new()), "accepted"),
            (Err(reply("[0].haveTemplate")), "accepted"),
            (Err(reply("")), "not_seen"),
            (Err(BackendError::NotFound), "not_seen"),
            (Err(BackendError::Unauthorized), "unauthorized"),
            (Err(BackendError::Forbidden), "forbidden"),
        ] {
            assert_eq!(credential(Subject::ApiToken, Some(&read)).code, code);
        }
    }

    #[test]
    fn without_any_template_nobody_can_be_registered() {
        assert_eq!(group(Some(&[]), &ProBonusConfig::default()).code, "no_template");
        assert_eq!(group(None, &ProBonusConfig::default()).outcome, Outcome::Skipped);
    }
}
