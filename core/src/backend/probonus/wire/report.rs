//! Reports.

use serde::Deserialize;

use super::scalar::{Cell, Scalar, Text};
use super::{Mismatch, Record, Terms, need};
use crate::domain::{Report, ReportId, ReportInfo};

#[derive(Deserialize)]
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

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireReport<'a> {
    columns: Option<Vec<Text<'a>>>,
    rows: Option<Vec<Vec<Cell>>>,
}

impl Record for Report {
    const NAME: &'static str = "report";
    type Wire<'a> = WireReport<'a>;

    fn from_wire(wire: WireReport<'_>, _: &Terms) -> Result<Self, Mismatch> {
        let columns = need("columns", wire.columns, Ok)?;
        let rows = need("rows", wire.rows, Ok)?;
        if let Some(odd) = rows.iter().position(|row| row.len() != columns.len()) {
            return Err(Mismatch::at("").in_element(odd).inside("rows"));
        }
        let cells = |row: Vec<Cell>| row.into_iter().map(|cell| cell.0).collect();
        Ok(Self {
            columns: columns.into_iter().map(|name| name.0.into_owned()).collect(),
            rows: rows.into_iter().map(cells).collect(),
        })
    }
}
