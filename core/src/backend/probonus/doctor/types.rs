//! Which other types of a field the adapter can live with.

use super::difference::Severity;
use super::schema::{Kind, Shape};
use super::settings::has_fraction;

/// Who writes the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Request,
    Reply,
}

/// How much it matters that theirs has another type or format than ours; `None` when it has not.
pub(super) fn type_severity(ours: &Shape<'_>, theirs: &Shape<'_>, direction: Direction) -> Option<Severity> {
    if ours.is_silent() || theirs.is_silent() {
        return None;
    }
    if ours.kinds.is_disjoint(&theirs.kinds) {
        let severity = other_kind(ours, theirs);
        return severity.map(|severity| match direction {
            // Whether a server takes a number for a text is known to itself alone.
            Direction::Request if !is_container(ours) && !is_container(theirs) => Severity::Unknown,
            _ => severity,
        });
    }
    other_format(ours, theirs, direction)
}

fn other_kind(ours: &Shape<'_>, theirs: &Shape<'_>) -> Option<Severity> {
    let own = ours.kinds.first()?;
    let their = theirs.kinds.first()?;
    Some(match (own, their) {
        // A whole number is a number.
        (Kind::Number, Kind::Integer) => return None,
        // Sums in rubles are written with a fraction, as a number or as a text: see `amount_unit`.
        (Kind::Integer, Kind::Number | Kind::String)
            if ours.unit == Some("kopeck") && has_fraction(theirs) =>
        {
            Severity::Unknown
        }
        (Kind::Integer, Kind::Number) => Severity::Tolerated,
        // An id that is a GUID is no number; other texts may hold one.
        (Kind::Integer | Kind::Number, Kind::String) if theirs.format == Some("uuid") => Severity::Breaks,
        (Kind::Integer | Kind::Number, Kind::String) => Severity::Tolerated,
        _ => Severity::Breaks,
    })
}

fn other_format(ours: &Shape<'_>, theirs: &Shape<'_>, direction: Direction) -> Option<Severity> {
    let dates = ["date", "date-time"];
    match (ours.format, theirs.format) {
        (Some(own), Some(their)) if own != their && dates.contains(&own) && dates.contains(&their) => {
            Some(if direction == Direction::Reply { Severity::Tolerated } else { Severity::Unknown })
        }
        _ => None,
    }
}

fn is_container(shape: &Shape<'_>) -> bool {
    shape.kinds.contains(&Kind::Array) || shape.kinds.contains(&Kind::Object)
}
