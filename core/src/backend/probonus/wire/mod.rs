//! Replies as the wire carries them, and how they become values of the domain.
//!
//! A reply is decoded in one pass, each record straight into its domain type. Only what that pass cannot take — a
//! number that is not a 64-bit integer, a wrong type, an override — is read a second time from a tree in which every
//! number kept its digits; that reading also knows the path of what is wrong. No error ever carries a value.

mod account;
mod balance;
mod directory;
mod exact;
mod list;
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
use serde_json::{Map, Value};

pub(super) use account::sex_word;
pub(super) use exact::unmarked;
pub(super) use list::{Held, WRAPPERS, wrapper};
pub(super) use operation::{CheckOutcome, RefillOutcome, TokenPair, WithdrawOutcome};
pub use records::{RECORDS, RecordInfo};

use super::overrides::Overrides;
use crate::backend::BackendError;
use crate::domain::{AmountUnit, BusinessCalendar, PhoneFormat};
use crate::error_code::ErrorCode;
use exact::Exact;
use list::{LONGEST, Many, is_too_many, too_many};
use scalar::Unreadable;

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
fn each<T: Record>(field: &str, list: Option<Many<T::Wire<'_>>>, terms: &Terms) -> Result<Vec<T>, Mismatch> {
    let read =
        |(index, wire)| T::from_wire(wire, terms).map_err(|error| error.in_element(index).inside(field));
    list.unwrap_or_default().0.into_iter().enumerate().map(read).collect()
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
    // A record has an id; what only looks like a wrapper may be a member of one.
    let id = terms.overrides.path(T::NAME, "id");
    let id = id.first().map_or("id", String::as_str);
    let reply = unwrapped(parse_tree(method, text)?, |members| members.contains_key(id));
    match &reply.tree {
        Value::Null => Ok(Vec::new()),
        Value::Object(members) if members.is_empty() => Ok(Vec::new()),
        Value::Array(_) => exact(terms, method, reply, &Shape::List),
        _ => exact(terms, method, reply, &Shape::One),
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
            Err(error) if is_too_many(&error) => return Err(too_large(method)),
            Err(_) => {
                if let Some(at) = wrong {
                    return Err(mismatch(method, &at.path));
                }
            }
        }
    }
    let tree = parse_tree(method, text)?;
    let reply = match shape {
        Shape::One => Unwrapped { path: String::new(), tree },
        Shape::List => unwrapped(tree, |_| false),
    };
    exact(terms, method, reply, shape)
}

/// Decodes from a tree that kept all digits, applying overrides and keeping track of the path.
fn exact<T: Record>(
    terms: &Terms,
    method: &str,
    reply: Unwrapped,
    shape: &Shape,
) -> Result<Vec<T>, BackendError> {
    let Unwrapped { path, mut tree } = reply;
    match (shape, &mut tree) {
        (Shape::List, Value::Array(list)) => {
            list.iter_mut().for_each(|element| terms.overrides.rename(T::NAME, element));
        }
        (Shape::List, _) => {}
        (Shape::One, record) => terms.overrides.rename(T::NAME, record),
    }
    let mut wrong = None;
    let mut track = serde_path_to_error::Track::new();
    let json = serde_path_to_error::Deserializer::new(Exact(&tree), &mut track);
    let read = Records::<T> { terms, shape, wrong: &mut wrong, marker: PhantomData }.deserialize(json);
    read.map_err(|error| match wrong {
        Some(at) => mismatch(method, &join(&path, &at.path)),
        None if is_too_many(&error) => too_large(method),
        None => {
            let inner = track.path().to_string();
            mismatch(method, &join(&path, if inner == "." { "" } else { &inner }))
        }
    })
}

/// A reply without its wrappers.
struct Unwrapped {
    /// Where it was.
    path: String,
    tree: Value,
}

/// Takes off what a reply is wrapped in, down to what `is_record` or is no wrapper.
fn unwrapped(mut tree: Value, is_record: impl Fn(&Map<String, Value>) -> bool) -> Unwrapped {
    let mut path = String::new();
    while let Value::Object(members) = &mut tree {
        let wrapper = wrapper(|name| members.get(name), |value| Held::in_tree(value));
        let Some((name, _)) = wrapper.filter(|_| !is_record(members)) else { break };
        let Some(inner) = members.remove(name) else { break };
        path = join(&path, name);
        tree = inner;
    }
    Unwrapped { path, tree }
}

fn utf8<'a>(method: &str, body: &'a [u8]) -> Result<&'a str, BackendError> {
    std::str::from_utf8(body).map_err(|_| malformed(method))
}

/// The text of a reply, if a tree of it can be afforded.
pub(super) fn checked<'a>(method: &str, body: &'a [u8]) -> Result<&'a str, BackendError> {
    let text = utf8(method, body)?;
    if exact::is_affordable(text) { Ok(text) } else { Err(too_large(method)) }
}

fn parse_tree(method: &str, text: &str) -> Result<Value, BackendError> {
    if !exact::is_affordable(text) {
        return Err(too_large(method));
    }
    serde_json::from_str(&exact::keep_digits(text)).map_err(|_| malformed(method))
}

pub(super) fn malformed(method: &str) -> BackendError {
    BackendError::Reply { code: ErrorCode::ReplyMalformed, path: method.to_owned(), field: String::new() }
}

pub(super) fn too_large(method: &str) -> BackendError {
    BackendError::Reply { code: ErrorCode::ReplyTooLarge, path: method.to_owned(), field: String::new() }
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
        let mut records = Vec::with_capacity(list.size_hint().unwrap_or_default().min(LONGEST));
        while let Some(wire) = list.next_element::<T::Wire<'de>>()? {
            if records.len() == LONGEST {
                return Err(too_many());
            }
            match T::from_wire(wire, self.terms) {
                Ok(record) => records.push(record),
                Err(mismatch) => return Err(self.fail(mismatch.in_element(records.len()))),
            }
        }
        Ok(records)
    }

    /// Looks for the list in the same order as [`wrapper`]; where it is hard to tell, the reading from a tree decides.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Vec<T>, A::Error> {
        let mut filled: Option<(usize, Vec<T>)> = None;
        let mut empty = false;
        while let Some(name) = members.next_key::<scalar::Text<'de>>()? {
            let rank = WRAPPERS.iter().position(|wrapper| **wrapper == name.0);
            let better = rank.filter(|rank| filled.as_ref().is_none_or(|(other, _)| rank < other));
            let Some(rank) = better else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            let inner = Records::<T> {
                terms: self.terms,
                shape: self.shape,
                wrong: &mut *self.wrong,
                marker: PhantomData,
            };
            match members.next_value_seed(inner) {
                Ok(list) if list.is_empty() => empty = true,
                Ok(list) => filled = Some((rank, list)),
                Err(error) => {
                    *self.wrong = self.wrong.take().map(|mismatch| mismatch.inside(&name.0));
                    return Err(error);
                }
            }
        }
        let list = filled.map(|(_, list)| list).or_else(|| empty.then(Vec::new));
        list.ok_or_else(|| A::Error::custom("no list"))
    }
}

#[cfg(test)]
mod tests;
