//! A JSON object whose members keep their text, digit for digit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::backend::BackendError;
use crate::backend::probonus::encode::Json;
use crate::backend::probonus::wire::{self, Record, Terms};
use crate::domain::Account;

/// The members of an object by name.
#[derive(Clone, Default)]
pub(super) struct Members(BTreeMap<String, Box<RawValue>>);

impl Members {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The accounts of the reply of `method`: one, several in a list, wrapped or not, or none.
    ///
    /// # Errors
    /// [`BackendError::Reply`] when it is nothing of this.
    pub(super) fn of_accounts(terms: &Terms, method: &str, body: &[u8]) -> Result<Vec<Self>, BackendError> {
        let text = wire::checked(method, body)?;
        let id = terms.overrides.path(Account::NAME, "id");
        Self::accounts_in(text, id.first().map_or("id", String::as_str))
            .ok_or_else(|| wire::malformed(method))
    }

    fn accounts_in(text: &str, id: &str) -> Option<Vec<Self>> {
        match text.trim_start().as_bytes().first()? {
            b'[' => {
                let list = serde_json::from_str::<Vec<Box<RawValue>>>(text).ok()?;
                list.iter().map(|account| Self::parse(account.get())).collect()
            }
            b'{' => {
                let members = Self::parse(text)?;
                match wire::wrapper(|name| members.0.get(name), |inner| wire::Held::in_text(inner)) {
                    Some((_, inner)) if !members.0.contains_key(id) => Self::accounts_in(inner.get(), id),
                    _ if members.0.is_empty() => Some(Vec::new()),
                    _ => Some(vec![members]),
                }
            }
            _ => serde_json::from_str::<()>(text).is_ok().then(Vec::new),
        }
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, BackendError> {
        serde_json::to_vec(&self.0).map_err(|_| BackendError::Internal)
    }

    /// Sets what the path leads to, making the objects on the way.
    pub(super) fn set(&mut self, path: &[String], value: &Json) -> Result<(), BackendError> {
        let Some((name, deeper)) = path.split_first() else { return Ok(()) };
        let raw = if deeper.is_empty() {
            to_raw_value(value)
        } else {
            let mut inner = self.object(name).unwrap_or_default();
            inner.set(deeper, value)?;
            to_raw_value(&inner.0)
        };
        self.0.insert(name.clone(), raw.map_err(|_| BackendError::Internal)?);
        Ok(())
    }

    /// Removes what the path leads to and gives it back, if it leads anywhere.
    pub(super) fn take(&mut self, path: &[String]) -> Option<Box<RawValue>> {
        let mut holder = self.clone();
        for name in path.split_last()?.1 {
            holder = holder.object(name)?;
        }
        let value = holder.0.remove(path.last()?)?;
        self.remove(path);
        Some(value)
    }

    /// Puts a value as it is.
    pub(super) fn put(&mut self, name: &str, value: Box<RawValue>) {
        self.0.insert(name.to_owned(), value);
    }

    /// Removes what the path leads to, if it leads anywhere.
    pub(super) fn remove(&mut self, path: &[String]) {
        let Some((name, deeper)) = path.split_first() else { return };
        if deeper.is_empty() {
            self.0.remove(name);
        } else if let Some(mut inner) = self.object(name) {
            inner.remove(deeper);
            if let Ok(raw) = to_raw_value(&inner.0) {
                self.0.insert(name.clone(), raw);
            }
        }
    }

    fn object(&self, name: &str) -> Option<Self> {
        Self::parse(self.0.get(name)?.get())
    }

    /// The names of members that differ, apart from what the `expected` paths lead to. An absent member is null.
    pub(super) fn differing(&self, after: &Self, expected: &[Vec<String>]) -> Vec<String> {
        let without = |members: &Self| {
            let mut rest = members.clone();
            expected.iter().for_each(|path| rest.remove(path));
            rest
        };
        let (before, after) = (without(self), without(after));
        let names: BTreeSet<_> = before.0.keys().chain(after.0.keys()).collect();
        let differs = |name: &&&String| before.value(name) != after.value(name);
        names.iter().filter(differs).map(|name| (*name).clone()).collect()
    }

    fn value(&self, name: &str) -> Value {
        self.0.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::probonus::ProBonusConfig;

    fn members(text: &str) -> Members {
        Members::parse(text).unwrap()
    }

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    fn json(members: &Members) -> String {
        String::from_utf8(members.to_json().unwrap()).unwrap()
    }

    #[test]
    fn what_is_not_touched_keeps_its_digits() {
        let mut account =
            members(r#"{"id":7,"rate":1.10,"big":123456789012345678901,"deep":{"a":0.30,"b":1}}"#);
        account.set(&path("deep.b"), &Json::Text("x".into())).unwrap();
        account.set(&path("new.inner"), &Json::Null).unwrap();
        account.remove(&path("id"));
        assert_eq!(
            json(&account),
            r#"{"big":123456789012345678901,"deep":{"a":0.30,"b":"x"},"new":{"inner":null},"rate":1.10}"#
        );
    }

    #[test]
    fn only_what_nobody_asked_for_is_reported() {
        let before = members(r#"{"a":1,"b":"x","c":{"d":1,"e":2},"gone":5,"null":null}"#);
        let after = members(r#"{"a":1.0,"b":"y","c":{"d":9,"e":2},"new":0}"#);
        let expected = [path("b"), path("c.d"), path("a")];
        assert_eq!(before.differing(&after, &expected), ["gone", "new"]);
    }

    #[test]
    fn accounts_are_found_in_every_wrapping() {
        let terms = ProBonusConfig::default().terms().unwrap();
        let count =
            |text: &str| Members::of_accounts(&terms, "m", text.as_bytes()).ok().map(|found| found.len());
        for (text, accounts) in [
            (r#"{"id":1,"data":[]}"#, Some(1)),
            (r#"[{"id":1},{"id":2}]"#, Some(2)),
            (r#"{"data":[{"id":1}]}"#, Some(1)),
            (r#"{"result":{"id":1}}"#, Some(1)),
            (r#"{"items":null}"#, Some(0)),
            (r#"{"data":null,"items":[{"id":1}]}"#, Some(1)),
            (r#"{"data":{"items":[{"id":1}]}}"#, Some(1)),
            ("null", Some(0)),
            ("{}", Some(0)),
            ("[]", Some(0)),
            ("[1]", None),
            ("7", None),
            ("{", None),
        ] {
            assert_eq!(count(text), accounts, "{text}");
        }
    }
}
