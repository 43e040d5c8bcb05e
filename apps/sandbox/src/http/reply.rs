//! What handlers get and give.

use serde_json::Value;

use super::input::Input;
use crate::books::Desk;
use crate::dialect::Dialect;
use crate::dialect::render::Shape;
use crate::error::ApiError;
use crate::wire::Record;

/// One request, checked, at the open books.
pub(super) struct Call<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) input: &'a Input,
    pub(super) dialect: &'a Dialect,
}

/// An answer in kopecks, seconds and E.164, and what it is made of.
pub(super) struct Reply {
    pub(super) value: Value,
    pub(super) shape: Shape,
}

pub(super) type Outcome = Result<Reply, ApiError>;

impl Reply {
    pub(super) fn one(record: &'static Record, value: Value) -> Self {
        Self { value, shape: Shape::One(record) }
    }

    pub(super) fn many(record: &'static Record, values: impl IntoIterator<Item = Value>) -> Self {
        Self { value: values.into_iter().collect(), shape: Shape::Many(record) }
    }
}
