//! Reports.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::list::{LONGEST, Many, too_many};
use super::scalar::{Scalar, Text, in_digits};
use super::{Mismatch, Record, Terms, need};
use crate::domain::{Report, ReportCell, ReportId, ReportInfo};

/// How many cells a report may have in all its rows.
const MOST_CELLS: usize = 1_000_000;

#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireReportInfo<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    description: Option<Text<'a>>,
}

impl Record for ReportInfo {
    const NAME: &'static str = "reportInfo";
    type Wire<'a> = WireReportInfo<'a>;

    fn from_wire(wire: WireReportInfo<'_>, _: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            id: ReportId(need("id", wire.id, |id| Ok(id.into_text()))?),
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            description: wire.description.and_then(Text::filled),
        })
    }
}

#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireReport<'a> {
    columns: Option<Many<Text<'a>>>,
    rows: Option<Rows>,
}

impl Record for Report {
    const NAME: &'static str = "report";
    type Wire<'a> = WireReport<'a>;

    fn from_wire(wire: WireReport<'_>, _: &Terms) -> Result<Self, Mismatch> {
        let columns = need("columns", wire.columns, Ok)?.0;
        let rows = need("rows", wire.rows, Ok)?.0;
        if let Some(odd) = rows.iter().position(|row| row.len() != columns.len()) {
            return Err(Mismatch::at("").in_element(odd).inside("rows"));
        }
        Ok(Self { columns: columns.into_iter().map(|name| name.0.into_owned()).collect(), rows })
    }
}

/// The rows of a report, counted while they are read.
struct Rows(Vec<Vec<ReportCell>>);

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RowsVisitor;
        impl<'de> Visitor<'de> for RowsVisitor {
            type Value = Rows;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of rows")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
                let (mut rows, mut left) = (Vec::new(), MOST_CELLS);
                while let Some(row) = list.next_element_seed(Row { left: &mut left })? {
                    if rows.len() == LONGEST {
                        return Err(too_many());
                    }
                    rows.push(row);
                }
                Ok(Rows(rows))
            }
        }
        deserializer.deserialize_seq(RowsVisitor)
    }
}

/// Reads a row.
struct Row<'l> {
    /// How many cells there may still be.
    left: &'l mut usize,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Vec<ReportCell>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Vec<ReportCell>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut row = Vec::new();
        while let Some(Cell(cell)) = list.next_element()? {
            *self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
            row.push(cell);
        }
        Ok(row)
    }
}

/// A cell of a report.
struct Cell(ReportCell);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CellVisitor;
        impl Visitor<'_> for CellVisitor {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, a flag or null")
            }
            fn visit_unit<E: Error>(self) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Empty))
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Flag(flag)))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Number(number.to_string())))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Number(number.to_string())))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Text(text.to_owned())))
            }
            fn visit_bytes<E: Error>(self, digits: &[u8]) -> Result<Cell, E> {
                in_digits(digits).map(|digits| Cell(ReportCell::Number(digits)))
            }
        }
        deserializer.deserialize_any(CellVisitor)
    }
}
