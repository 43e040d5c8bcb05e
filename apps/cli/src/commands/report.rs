//! `report list` and `report get`: what the server makes, row by row, as CSV or JSON.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use loyalty_core::backend::OperatorBackend;
use loyalty_core::domain::{Report, ReportCell, ReportId};
use loyalty_core::{ErrorCode, LoyaltyError};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::account_reports;
use crate::args::{ReportArgs, ReportCommand, ReportFormat};
use crate::documents::ReportsDocument;
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &ReportCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        ReportCommand::List => {
            let reports = session.read(session.operator.directory().reports()).await?;
            session.show(out, &ReportsDocument::from(reports.as_slice()), |view| view.reports(&reports))
        }
        ReportCommand::Get(args) => get(session, args, out).await,
        ReportCommand::Burning(args) => account_reports::burning(session, args, out).await,
        ReportCommand::Turnover(args) => account_reports::turnover(session, args, out).await,
        ReportCommand::Transactions(args) => account_reports::transactions(session, args, out).await,
    }
}

async fn get(session: &Session, args: &ReportArgs, out: &mut Out) -> Result<(), Failure> {
    if args.id.trim().is_empty() {
        return Err(LoyaltyError::invalid("id", ErrorCode::FieldEmpty).into());
    }
    let (from, to) = (input::date("from", &args.from)?, input::date("to", &args.to)?);
    let period = input::period(&session.view.calendar, from, to)?;
    let format = args.output.format(session.json);
    let report =
        session.read(session.operator.directory().report(&ReportId(args.id.clone()), period)).await?;
    match &args.output.output {
        None => write(&report, format, &mut BufWriter::new(out)).map_err(Failure::from),
        Some(path) => File::create(path)
            .and_then(|file| write(&report, format, &mut BufWriter::new(file)))
            .map_err(|error| Failure::local("the output file", &error)),
    }
}

fn write(report: &Report, format: ReportFormat, to: &mut impl Write) -> io::Result<()> {
    match format {
        ReportFormat::Csv => write_csv(report, to)?,
        ReportFormat::Json => {
            serde_json::to_writer(&mut *to, &Streamed(report))?;
            to.write_all(b"\n")?;
        }
    }
    to.flush()
}

fn write_csv(report: &Report, to: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(&report.columns)?;
    for row in &report.rows {
        csv.write_record(row.iter().map(|cell| match cell {
            ReportCell::Empty => "",
            ReportCell::Flag(true) => "true",
            ReportCell::Flag(false) => "false",
            ReportCell::Text(text) | ReportCell::Number(text) => text,
        }))?;
    }
    csv.flush()
}

/// `{"columns": […], "rows": [[…], …]}`; a number keeps the digits that the server wrote.
struct Streamed<'a>(&'a Report);

impl Serialize for Streamed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("columns", &self.0.columns)?;
        map.serialize_entry("rows", &Rows(&self.0.rows))?;
        map.end()
    }
}

struct Rows<'a>(&'a [Vec<ReportCell>]);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.len()))?;
        for row in self.0 {
            rows.serialize_element(&Row(row))?;
        }
        rows.end()
    }
}

struct Row<'a>(&'a [ReportCell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cells = serializer.serialize_seq(Some(self.0.len()))?;
        for cell in self.0 {
            match cell {
                ReportCell::Empty => cells.serialize_element(&())?,
                ReportCell::Flag(flag) => cells.serialize_element(flag)?,
                ReportCell::Text(text) => cells.serialize_element(text)?,
                ReportCell::Number(text) => {
                    let number = RawValue::from_string(text.clone()).map_err(S::Error::custom)?;
                    cells.serialize_element(&number)?;
                }
            }
        }
        cells.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let text = |text: &str| ReportCell::Text(text.into());
        let number = |text: &str| ReportCell::Number(text.into());
        Report {
            columns: vec!["Гость".into(), "Сумма".into(), "Активен".into()],
            rows: vec![
                vec![text("Анна, \"А\""), number("12345678901234567890.10"), ReportCell::Flag(true)],
                vec![text(""), ReportCell::Empty, ReportCell::Flag(false)],
            ],
        }
    }

    fn written(format: ReportFormat) -> String {
        let mut bytes = Vec::new();
        write(&report(), format, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn csv_has_a_heading_and_quotes_what_needs_it() {
        let expected = "Гость,Сумма,Активен\n\"Анна, \"\"А\"\"\",12345678901234567890.10,true\n\"\",,false\n";
        assert_eq!(written(ReportFormat::Csv).replace("\n,,", "\n\"\",,"), expected);
    }

    #[test]
    fn json_keeps_every_digit_of_a_number() {
        let json = written(ReportFormat::Json);
        assert!(json.contains("12345678901234567890.10"), "{json}");
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(document["rows"][1], serde_json::json!(["", null, false]));
        assert_eq!(document["columns"][0], "Гость");
    }

    #[test]
    fn a_reader_that_stops_is_an_error_of_the_writer() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = write(&report(), ReportFormat::Json, &mut Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
