//! What the configuration mends already, what it says once mended, and what a look needs of that.

use std::collections::BTreeSet;

use super::difference::{Difference, Mend};
use super::settings::is_set;
use crate::backend::http::Verb;
use crate::backend::probonus::ProBonusConfig;
use crate::backend::probonus::config::{Send, WireConfig};
use crate::backend::probonus::method::GROUPS;

/// Whether the configuration has the override that mends the difference, or the setting that explains it.
pub(super) fn is_settled(difference: &Difference, config: &ProBonusConfig) -> bool {
    if let Some(set) = is_set(difference, config) {
        return set;
    }
    let wire = &config.wire;
    difference.mend.as_ref().is_some_and(|mend| {
        let mut mended = wire.clone();
        apply(&mut mended, mend);
        mended == *wire
    })
}

/// `wire` with every override that mends one of the differences.
pub(super) fn mended(mut wire: WireConfig, differences: &[Difference]) -> WireConfig {
    // In the order of overrides: a verb comes before where it puts its parameters.
    let mends: BTreeSet<&Mend> =
        differences.iter().filter_map(|difference| difference.mend.as_ref()).collect();
    for mend in mends {
        apply(&mut wire, mend);
    }
    wire
}

/// Puts an override in place of what `wire` says of the same.
fn apply(wire: &mut WireConfig, mend: &Mend) {
    match mend {
        Mend::Path { method, theirs } => {
            wire.methods.entry(method.clone()).or_default().path = Some(theirs.clone());
        }
        Mend::Verb { method, theirs } => {
            let verb = match theirs.as_str() {
                "GET" => Verb::Get,
                "PUT" => Verb::Put,
                _ => Verb::Post,
            };
            let method = wire.methods.entry(method.clone()).or_default();
            // Where the parameters went belonged to the other verb: a GET has no body.
            if method.verb.replace(verb) != Some(verb) {
                method.send = None;
            }
        }
        Mend::Send { method, theirs } => {
            let send = if *theirs == "query" { Send::Query } else { Send::Body };
            wire.methods.entry(method.clone()).or_default().send = Some(send);
        }
        Mend::Parameter { method, ours, theirs } => {
            let method = wire.methods.entry(method.clone()).or_default();
            method.params.insert(ours.clone(), theirs.clone());
        }
        Mend::Field { record, ours, theirs } => {
            wire.fields.entry(record.clone()).or_default().insert(ours.clone(), theirs.clone());
        }
        Mend::Value { record, field, theirs, ours } => {
            let words = wire.values.entry(record.clone()).or_default().entry(field.clone()).or_default();
            words.insert(theirs.clone(), ours.clone());
        }
    }
}

/// Adds to `wire` what `overrides` say of reading the groups, the read that credentials are tried by. Not if it would
/// take anything but a GET: what only seems to be a read must not be sent.
pub(super) fn mended_groups(wire: &mut WireConfig, overrides: &str) {
    let Ok(proposed) = ProBonusConfig::from_toml(overrides) else { return };
    let proposed = proposed.wire;
    let method =
        proposed.methods.get(GROUPS.name).filter(|method| matches!(method.verb, None | Some(Verb::Get)));
    if let Some(method) = method {
        wire.methods.entry(GROUPS.name.to_owned()).or_insert_with(|| method.clone());
    }
    for record in ["group", "groupTemplate"] {
        if let Some(fields) = proposed.fields.get(record) {
            wire.fields.entry(record.to_owned()).or_insert_with(|| fields.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_tried_by_what_may_not_be_a_read() {
        let with = |verb: &str| {
            let mut wire = WireConfig::default();
            let overrides = format!("[probonus.wire.\"account_groups/list\"]\n{verb}path = \"groups\"\n");
            mended_groups(&mut wire, &overrides);
            wire.methods.len()
        };
        assert_eq!(with(""), 1);
        assert_eq!(with("verb = \"GET\"\n"), 1);
        assert_eq!(with("verb = \"POST\"\n"), 0);
    }

    #[test]
    fn a_new_verb_does_not_keep_where_the_old_one_put_its_parameters() {
        let mut wire = WireConfig::default();
        let method = || GROUPS.name.to_owned();
        apply(&mut wire, &Mend::Verb { method: method(), theirs: "POST".to_owned() });
        apply(&mut wire, &Mend::Send { method: method(), theirs: "body" });
        let settled = wire.clone();
        apply(&mut wire, &Mend::Verb { method: method(), theirs: "POST".to_owned() });
        assert_eq!(wire, settled);
        apply(&mut wire, &Mend::Verb { method: method(), theirs: "GET".to_owned() });
        let groups = &wire.methods[GROUPS.name];
        assert_eq!((groups.verb, groups.send), (Some(Verb::Get), None));
    }

    #[test]
    fn what_the_configuration_says_already_stands() {
        let mut wire = WireConfig::default();
        wire.methods.entry(GROUPS.name.to_owned()).or_default().path = Some("mine".to_owned());
        mended_groups(&mut wire, "[probonus.wire.\"account_groups/list\"]\npath = \"groups\"\n");
        assert_eq!(wire.methods[GROUPS.name].path.as_deref(), Some("mine"));
    }
}
