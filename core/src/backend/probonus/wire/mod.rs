//! Replies as the wire carries them, and how they become values of the domain.
//!
//! A reply is decoded in one pass, each record straight into its domain type. Only what that pass cannot take — a
//! number that is not a 64-bit integer, a wrong type, an override — is read a second time from a tree in which every
//! number kept its digits; that reading also knows the path of what is wrong. No error ever carries a value.

mod account;
mod balance;
mod directory;
mod exact;
mod operation;
mod receipt;
mod records;
mod report;
mod scalar;
mod transaction;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

pub(super) use account::sex_word;
pub(super) use operation::{CheckOutcome, RefillOutcome, TokenPair, WithdrawOutcome};
pub use records::{RECORDS, RecordInfo};

use super::overrides::Overrides;
use crate::backend::BackendError;
use crate::domain::{AmountUnit, BusinessCalendar, PhoneFormat};
use crate::error_code::ErrorCode;
use scalar::Unreadable;

/// The members that a list may be wrapped in.
const WRAPPERS: [&str; 3] = ["data", "items", "result"];

/// What this instance's numbers, dates and words mean.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The unit of every sum but those of `external/register_check`.
    pub unit: AmountUnit,
    /// The form of phones in requests. In replies every form is read.
    pub phones: PhoneFormat,
    /// The venue's zone and business day: what dates without an offset mean.
    pub calendar: BusinessCalendar,
    /// Where this instance speaks differently.
    pub overrides: Overrides,
}

/// A value of the domain that can be decoded from a reply.
pub trait Record: Sized {
    /// The name of its record in the contract.
    const NAME: &'static str;
    /// Its shape on the wire.
    type Wire<'a>: Deserialize<'a>;
    /// From the wire to the domain.
    ///
    /// # Errors
    /// Names the field that is missing or cannot be read.
    fn from_wire(wire: Self::Wire<'_>, terms: &Terms) -> Result<Self, Mismatch>;
}

/// Where a reply is not what the contract says: a dotted path, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    path: String,
}

impl Mismatch {
    fn at(field: &str) -> Self {
        Self { path: field.to_owned() }
    }

    /// The same, seen from the element `index` of a list.
    fn in_element(self, index: usize) -> Self {
        Self { path: join(&format!("[{index}]"), &self.path) }
    }

    /// The same, seen from the record that has `field`.
    fn inside(self, field: &str) -> Self {
        Self { path: join(field, &self.path) }
    }
}

fn join(outer: &str, inner: &str) -> String {
    let dot = if inner.is_empty() || inner.starts_with('[') || outer.is_empty() { "" } else { "." };
    format!("{outer}{dot}{inner}")
}

/// Reads a field that must be there.
fn need<T, U>(
    field: &str,
    value: Option<T>,
    read: impl FnOnce(T) -> Result<U, Unreadable>,
) -> Result<U, Mismatch> {
    value.ok_or(Unreadable).and_then(read).map_err(|_| Mismatch::at(field))
}

/// Reads a field that may be absent or null.
fn maybe<T, U>(
    field: &str,
    value: Option<T>,
    read: impl FnOnce(T) -> Result<U, Unreadable>,
) -> Result<Option<U>, Mismatch> {
    value.map(read).transpose().map_err(|_| Mismatch::at(field))
}

/// Reads the records of a list inside a record; an absent list is an empty one.
fn each<T: Record>(field: &str, list: Option<Vec<T::Wire<'_>>>, terms: &Terms) -> Result<Vec<T>, Mismatch> {
    let read =
        |(index, wire)| T::from_wire(wire, terms).map_err(|error| error.in_element(index).inside(field));
    list.into_iter().flatten().enumerate().map(read).collect()
}

/// Decodes the reply of `method` that holds one record.
///
/// # Errors
/// [`BackendError::Reply`] with the path of what is wrong.
pub fn one<T: Record>(terms: &Terms, method: &str, body: &[u8]) -> Result<T, BackendError> {
    decode(terms, method, body, &Shape::One)?.pop().ok_or_else(|| mismatch(method, ""))
}

/// Decodes the reply of `method` that holds a list, bare or wrapped.
///
/// # Errors
/// [`BackendError::Reply`] with the path of what is wrong.
pub fn list<T: Record>(terms: &Terms, method: &str, body: &[u8]) -> Result<Vec<T>, BackendError> {
    decode(terms, method, body, &Shape::List)
}

/// Decodes the reply of `method` that holds one record, several in a list, or none: as `null`, `{}` or an empty list.
///
/// # Errors
/// [`BackendError::Reply`] with the path of what is wrong.
pub fn found<T: Record>(terms: &Terms, method: &str, body: &[u8]) -> Result<Vec<T>, BackendError> {
    let text = utf8(method, body)?;
    let tree = parse_tree(method, text)?;
    let tree = unwrapped(tree, terms.overrides.path(T::NAME, "id").first().map_or("id", String::as_str));
    match &tree {
        Value::Null => Ok(Vec::new()),
        Value::Object(members) if members.is_empty() => Ok(Vec::new()),
        Value::Array(_) => exact(terms, method, tree, &Shape::List),
        _ => exact(terms, method, tree, &Shape::One),
    }
}

/// How many records a reply holds.
enum Shape {
    One,
    List,
}

fn decode<T: Record>(
    terms: &Terms,
    method: &str,
    body: &[u8],
    shape: &Shape,
) -> Result<Vec<T>, BackendError> {
    let text = utf8(method, body)?;
    if !terms.overrides.concern(T::NAME) {
        let mut json = serde_json::Deserializer::from_str(text);
        let mut wrong = None;
        let read =
            Records::<T> { terms, shape, wrong: &mut wrong, marker: PhantomData }.deserialize(&mut json);
        match read.and_then(|records| json.end().map(|()| records)) {
            Ok(records) => return Ok(records),
            Err(_) => {
                if let Some(at) = wrong {
                    return Err(mismatch(method, &at.path));
                }
            }
        }
    }
    exact(terms, method, parse_tree(method, text)?, shape)
}

/// Decodes from a tree that kept all digits, applying overrides and keeping track of the path.
fn exact<T: Record>(
    terms: &Terms,
    method: &str,
    mut tree: Value,
    shape: &Shape,
) -> Result<Vec<T>, BackendError> {
    match shape {
        Shape::One => terms.overrides.rename(T::NAME, &mut tree),
        Shape::List => {
            for element in elements(&mut tree) {
                terms.overrides.rename(T::NAME, element);
            }
        }
    }
    let mut wrong = None;
    let mut track = serde_path_to_error::Track::new();
    let json = serde_path_to_error::Deserializer::new(&tree, &mut track);
    let read = Records::<T> { terms, shape, wrong: &mut wrong, marker: PhantomData }.deserialize(json);
    read.map_err(|_| match wrong {
        Some(at) => mismatch(method, &at.path),
        None => {
            let path = track.path().to_string();
            mismatch(method, if path == "." { "" } else { &path })
        }
    })
}

fn elements(tree: &mut Value) -> impl Iterator<Item = &mut Value> {
    let list = match tree {
        Value::Array(list) => Some(list),
        Value::Object(members) => members
            .iter_mut()
            .find(|(name, _)| WRAPPERS.contains(&name.as_str()))
            .and_then(|(_, list)| list.as_array_mut()),
        _ => None,
    };
    list.into_iter().flatten()
}

/// Takes a wrapper off, if there is one.
fn unwrapped(tree: Value, id: &str) -> Value {
    match tree {
        // A record has an id; what only looks like a wrapper may be a member of one.
        Value::Object(mut members) if !members.contains_key(id) => {
            let wrapper = WRAPPERS.iter().find(|name| members.contains_key(**name));
            match wrapper.and_then(|name| members.remove(*name)) {
                Some(inner) => inner,
                None => Value::Object(members),
            }
        }
        other => other,
    }
}

fn utf8<'a>(method: &str, body: &'a [u8]) -> Result<&'a str, BackendError> {
    std::str::from_utf8(body).map_err(|_| malformed(method))
}

fn parse_tree(method: &str, text: &str) -> Result<Value, BackendError> {
    serde_json::from_str(&exact::keep_digits(text)).map_err(|_| malformed(method))
}

pub(super) fn malformed(method: &str) -> BackendError {
    BackendError::Reply { code: ErrorCode::ReplyMalformed, path: method.to_owned(), field: String::new() }
}

pub(super) fn mismatch(method: &str, field: &str) -> BackendError {
    BackendError::Reply {
        code: ErrorCode::ContractMismatch,
        path: method.to_owned(),
        field: field.to_owned(),
    }
}

/// Reads the records of a reply, each turned into its domain value as soon as it is read.
struct Records<'t, T> {
    terms: &'t Terms,
    shape: &'t Shape,
    wrong: &'t mut Option<Mismatch>,
    marker: PhantomData<T>,
}

impl<T> Records<'_, T> {
    fn fail<E: serde::de::Error>(self, mismatch: Mismatch) -> E {
        *self.wrong = Some(mismatch);
        E::custom("not what the contract says")
    }
}

impl<'de, T: Record> DeserializeSeed<'de> for Records<'_, T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        match self.shape {
            Shape::One => {
                let wire = T::Wire::<'de>::deserialize(deserializer)?;
                match T::from_wire(wire, self.terms) {
                    Ok(record) => Ok(vec![record]),
                    Err(mismatch) => Err(self.fail(mismatch)),
                }
            }
            Shape::List => deserializer.deserialize_any(self),
        }
    }
}

impl<'de, T: Record> Visitor<'de> for Records<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, bare or wrapped")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut records = Vec::with_capacity(list.size_hint().unwrap_or_default());
        while let Some(wire) = list.next_element::<T::Wire<'de>>()? {
            match T::from_wire(wire, self.terms) {
                Ok(record) => records.push(record),
                Err(mismatch) => return Err(self.fail(mismatch.in_element(records.len()))),
            }
        }
        Ok(records)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Vec<T>, A::Error> {
        let mut records = None;
        while let Some(name) = members.next_key::<scalar::Text<'de>>()? {
            match WRAPPERS.iter().find(|wrapper| **wrapper == name.0) {
                Some(wrapper) if records.is_none() => {
                    let inner = Records::<T> {
                        terms: self.terms,
                        shape: self.shape,
                        wrong: &mut *self.wrong,
                        marker: PhantomData,
                    };
                    match members.next_value_seed(inner) {
                        Ok(list) => records = Some(list),
                        Err(error) => {
                            *self.wrong = self.wrong.take().map(|mismatch| mismatch.inside(wrapper));
                            return Err(error);
                        }
                    }
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        records.ok_or_else(|| A::Error::custom("no list"))
    }
}

#[cfg(test)]
mod tests;
