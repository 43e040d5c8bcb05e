//! What the configuration mends already, and what a look needs of what it does not.

use super::difference::{Difference, Mend};
use crate::backend::http::Verb;
use crate::backend::probonus::ProBonusConfig;
use crate::backend::probonus::config::{Send, WireConfig};
use crate::backend::probonus::method::GROUPS;

/// Whether the configuration has the override that mends the difference.
pub(super) fn is_settled(difference: &Difference, wire: &WireConfig) -> bool {
    let method = |name: &str| wire.methods.get(name);
    match &difference.mend {
        None => false,
        Some(Mend::Path { method: name, theirs }) => {
            method(name).and_then(|method| method.path.as_ref()).is_some_and(|path| path == theirs)
        }
        Some(Mend::Verb { method: name, theirs }) => {
            let verb = match theirs.as_str() {
                "GET" => Verb::Get,
                "PUT" => Verb::Put,
                _ => Verb::Post,
            };
            method(name).and_then(|method| method.verb) == Some(verb)
        }
        Some(Mend::Send { method: name, theirs }) => {
            let send = if *theirs == "query" { Send::Query } else { Send::Body };
            method(name).and_then(|method| method.send) == Some(send)
        }
        Some(Mend::Parameter { method: name, ours, theirs }) => {
            method(name).and_then(|method| method.params.get(ours)).is_some_and(|name| name == theirs)
        }
        Some(Mend::Field { record, ours, theirs }) => {
            wire.fields.get(record).and_then(|fields| fields.get(ours)).is_some_and(|name| name == theirs)
        }
        Some(Mend::Value { record, field, theirs, ours }) => {
            let words = wire.values.get(record).and_then(|fields| fields.get(field));
            words.and_then(|words| words.get(theirs)).is_some_and(|word| word == ours)
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
    fn what_the_configuration_says_already_stands() {
        let mut wire = WireConfig::default();
        wire.methods.entry(GROUPS.name.to_owned()).or_default().path = Some("mine".to_owned());
        mended_groups(&mut wire, "[probonus.wire.\"account_groups/list\"]\npath = \"groups\"\n");
        assert_eq!(wire.methods[GROUPS.name].path.as_deref(), Some("mine"));
    }
}
