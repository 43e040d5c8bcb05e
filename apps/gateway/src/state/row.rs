//! What goes into a statement and what comes out of it.

use std::fmt;

use loyalty_core::domain::Phone;
use uuid::Uuid;

use super::StateError;

/// A value for a statement.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// Only of which kind it is: PostgreSQL's client logs what it sends.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Int(_) => "a number",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
        })
    }
}

impl Value<'_> {
    pub(crate) fn int_or_null(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int)
    }
}

impl<'a> Value<'a> {
    pub(crate) fn text_or_null(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

/// A value of a row.
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row. Its cells are taken by their place.
pub(crate) struct Row(pub(super) Vec<Cell>);

impl Row {
    fn cell(&mut self, place: usize) -> Result<Cell, StateError> {
        let cell = self.0.get_mut(place).ok_or(StateError::Corrupt("a row's width"))?;
        Ok(std::mem::replace(cell, Cell::Null))
    }

    pub(super) fn int_or_null(&mut self, place: usize) -> Result<Option<i64>, StateError> {
        match self.cell(place)? {
            Cell::Null => Ok(None),
            Cell::Int(value) => Ok(Some(value)),
            Cell::Text(_) | Cell::Bytes(_) => Err(StateError::Corrupt("a number")),
        }
    }

    pub(super) fn int(&mut self, place: usize) -> Result<i64, StateError> {
        self.int_or_null(place)?.ok_or(StateError::Corrupt("a number"))
    }

    pub(super) fn text_or_null(&mut self, place: usize) -> Result<Option<String>, StateError> {
        match self.cell(place)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            Cell::Int(_) | Cell::Bytes(_) => Err(StateError::Corrupt("a text")),
        }
    }

    pub(super) fn text(&mut self, place: usize) -> Result<String, StateError> {
        self.text_or_null(place)?.ok_or(StateError::Corrupt("a text"))
    }

    pub(super) fn bytes(&mut self, place: usize) -> Result<Vec<u8>, StateError> {
        match self.cell(place)? {
            Cell::Bytes(bytes) => Ok(bytes),
            Cell::Null | Cell::Int(_) | Cell::Text(_) => Err(StateError::Corrupt("bytes")),
        }
    }

    pub(super) fn id(&mut self, place: usize) -> Result<Uuid, StateError> {
        Uuid::try_parse(&self.text(place)?).map_err(|_| StateError::Corrupt("an id"))
    }

    pub(super) fn phone(&mut self, place: usize) -> Result<Phone, StateError> {
        Phone::parse(&self.text(place)?).map_err(|_| StateError::Corrupt("a phone"))
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn what_is_sent_to_the_database_cannot_be_logged() {
        let values = [Value::Text("+79123451234"), Value::Bytes(b"123456"), Value::Int(42), Value::Null];
        assert_eq!(format!("{values:?}"), "[a text, bytes, a number, null]");
    }
}
