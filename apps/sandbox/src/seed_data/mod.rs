//! The books a sandbox begins with: dictionaries, and guests made of real purchases.

mod dictionaries;
pub(crate) mod dishes;
mod guests;
mod names;
mod purchases;
mod simulation;

use rusqlite::Connection;

use crate::clock::VenueCalendar;
use crate::error::BooksError;
use crate::options::Data;

/// What the first books follow from.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) data: Data,
    pub(crate) seed: u64,
    /// Seconds since the epoch: the end of the history.
    pub(crate) now: i64,
    pub(crate) calendar: &'a VenueCalendar,
    /// Seconds before the bonuses of a purchase can be spent.
    pub(crate) activation_seconds: i64,
}

/// Fills fresh tables, within the caller's transaction.
pub(crate) fn fill(db: &Connection, plan: &Plan<'_>) -> Result<(), BooksError> {
    dictionaries::fill(db)?;
    match plan.data {
        Data::Empty => Ok(()),
        Data::Small(limit) => guests::fill(db, plan, usize::try_from(limit).unwrap_or(usize::MAX)),
        Data::Full => guests::fill(db, plan, usize::MAX),
    }
}
