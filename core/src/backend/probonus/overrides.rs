//! Where an instance speaks differently from the contract: other paths, verbs, names and words.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::wire::{RECORDS, RecordInfo, unmarked};

/// How replies are renamed before they are decoded. Empty for an instance that keeps to the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// By record and by our field: the path of theirs, taken apart at its dots.
    fields: HashMap<&'static str, BTreeMap<String, Vec<String>>>,
    /// By record and by our field: our word for theirs.
    words: HashMap<&'static str, BTreeMap<String, BTreeMap<String, String>>>,
    /// The records that a rule concerns, themselves or by what they hold.
    concerned: Vec<&'static str>,
}

impl Overrides {
    /// Overrides of known records and fields: `fields` gives a dotted path of theirs by record and our field, `words`
    /// our word by record, our field and their word. Unknown records are left out: the configuration refuses them.
    pub(super) fn new(
        fields: &BTreeMap<String, BTreeMap<String, String>>,
        words: &BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    ) -> Self {
        let path = |(ours, theirs): (&String, &String)| {
            (ours.clone(), theirs.split('.').map(str::to_owned).collect())
        };
        let mut overrides = Self::default();
        for record in RECORDS {
            if let Some(renamed) = fields.get(record.name).filter(|renamed| !renamed.is_empty()) {
                overrides.fields.insert(record.name, renamed.iter().map(path).collect());
            }
            if let Some(words) = words.get(record.name).filter(|words| !words.is_empty()) {
                overrides.words.insert(record.name, words.clone());
            }
        }
        overrides.concerned =
            RECORDS.iter().filter(|record| overrides.reach(record)).map(|record| record.name).collect();
        overrides
    }

    fn reach(&self, record: &RecordInfo) -> bool {
        self.fields.contains_key(record.name)
            || self.words.contains_key(record.name)
            || record
                .inner
                .iter()
                .any(|(_, inner)| RecordInfo::named(inner).is_some_and(|inner| self.reach(inner)))
    }

    /// Whether a reply with this record has to be renamed.
    pub(super) fn concern(&self, record: &str) -> bool {
        self.concerned.contains(&record)
    }

    /// Gives a record of a reply our names and words, and the records in it.
    pub(super) fn rename(&self, record: &str, value: &mut Value) {
        let (true, Value::Object(members)) = (self.concern(record), value) else { return };
        if let Some(fields) = self.fields.get(record) {
            // All are taken before any is set, so that two fields may exchange their names.
            let taken: Vec<_> =
                fields.iter().map(|(ours, theirs)| (ours, reach_into(members, theirs).cloned())).collect();
            for (ours, found) in taken {
                match found {
                    Some(found) => members.insert(ours.clone(), found),
                    // Whatever has our name here is something else of theirs.
                    None => members.remove(ours),
                };
            }
        }
        if let Some(words) = self.words.get(record) {
            for (field, words) in words {
                if let Some(value) = members.get_mut(field)
                    && let Some(ours) = word_of(value).and_then(|word| words.get(word.as_ref()))
                {
                    *value = Value::String(ours.clone());
                }
            }
        }
        let inner = RecordInfo::named(record).map_or(&[] as &[_], |record| record.inner);
        for (field, inner) in inner {
            match members.get_mut(*field) {
                Some(Value::Array(list)) => list.iter_mut().for_each(|element| self.rename(inner, element)),
                Some(single) => self.rename(inner, single),
                None => {}
            }
        }
    }

    /// Where their record has what we call `field`.
    pub(super) fn path(&self, record: &str, field: &'static str) -> Vec<String> {
        let theirs = self.fields.get(record).and_then(|fields| fields.get(field));
        theirs.cloned().unwrap_or_else(|| vec![field.to_owned()])
    }

    /// Their word for our `word`.
    pub(super) fn their_word(&self, record: &str, field: &str, word: &str) -> String {
        let words = self.words.get(record).and_then(|fields| fields.get(field));
        let theirs = words.and_then(|words| words.iter().find(|(_, ours)| *ours == word));
        theirs.map_or(word, |(theirs, _)| theirs).to_owned()
    }
}

/// A word as the configuration writes it, in which numbers and flags are texts as well.
fn word_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(word) => Some(Cow::Borrowed(unmarked(word))),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Owned(flag.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn reach_into<'v>(members: &'v Map<String, Value>, path: &[String]) -> Option<&'v Value> {
    let (last, outer) = path.split_last()?;
    let holder = outer.iter().try_fold(members, |members, name| members.get(name)?.as_object())?;
    holder.get(last)
}
