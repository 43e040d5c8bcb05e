//! `report burning`, `report turnover`, `report transactions`: rows go out as the accounts are read.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use indicatif::ProgressBar;
use loyalty_core::LoyaltyError;
use loyalty_core::domain::{Account, Period};
use loyalty_core::operator::AccountRows;
use serde::Serialize;

use crate::args::{BurningArgs, PeriodReportArgs, ReportFormat, ReportOutputArgs};
use crate::documents::{BurningDocument, FailedAccountDocument, TransactionRowDocument, TurnoverDocument};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::sandbox::count;
use crate::session::{Session, spinner};

/// `report burning`
pub(super) async fn burning(session: &Session, args: &BurningArgs, out: &mut Out) -> Result<(), Failure> {
    let days = input::days("within", &args.within)?;
    let mut report = Report::begin(session, &args.output, &BurningDocument::COLUMNS, out)?;
    let take = |answer| report.take(answer, BurningDocument::new);
    let done = session.operator.burning(&session.view.calendar, days, take).await;
    report.end(done)
}

/// `report turnover`
pub(super) async fn turnover(
    session: &Session,
    args: &PeriodReportArgs,
    out: &mut Out,
) -> Result<(), Failure> {
    let period = period(session, args)?;
    let mut report = Report::begin(session, &args.output, &TurnoverDocument::COLUMNS, out)?;
    let take = |answer| report.take(answer, TurnoverDocument::new);
    let done = session.operator.turnover(&session.view.calendar, period, take).await;
    report.end(done)
}

/// `report transactions`
pub(super) async fn transactions(
    session: &Session,
    args: &PeriodReportArgs,
    out: &mut Out,
) -> Result<(), Failure> {
    let period = period(session, args)?;
    let mut report = Report::begin(session, &args.output, &TransactionRowDocument::COLUMNS, out)?;
    let take = |answer| report.take(answer, TransactionRowDocument::new);
    let done = session.operator.transactions(&session.view.calendar, period, take).await;
    report.end(done)
}

fn period(session: &Session, args: &PeriodReportArgs) -> Result<Period, LoyaltyError> {
    let (from, to) = (input::date("from", &args.from)?, input::date("to", &args.to)?);
    input::period(&session.view.calendar, from, to)
}

/// Why a report ends before its last account.
#[derive(Debug)]
enum Stop {
    /// The reader of the output has left: nothing that follows would be seen.
    NobodyReads,
    Output(io::Error),
    Failed(LoyaltyError),
}

impl From<LoyaltyError> for Stop {
    fn from(error: LoyaltyError) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// A report under way.
struct Report<'a> {
    session: &'a Session,
    rows: Rows<Target<'a>>,
    progress: ProgressBar,
    accounts: u64,
    written: u64,
    failed: Vec<FailedAccountDocument>,
    /// The first reason for which an account is missing.
    error: Option<LoyaltyError>,
}

impl<'a> Report<'a> {
    fn begin(
        session: &'a Session,
        args: &ReportOutputArgs,
        columns: &[&str],
        out: &'a mut Out,
    ) -> Result<Self, Failure> {
        let target = match &args.output {
            None => Target::Stdout(out),
            Some(path) => {
                Target::File(File::create(path).map_err(|error| Failure::local("the output file", &error))?)
            }
        };
        let rows = Rows::begin(args.format(session.json), columns, BufWriter::new(target))?;
        let (accounts, written) = (0, 0);
        Ok(Self { session, rows, progress: spinner(""), accounts, written, failed: Vec::new(), error: None })
    }

    fn take<R, D: Serialize>(
        &mut self,
        answer: AccountRows<R>,
        document: impl Fn(&Account, &R) -> D,
    ) -> Result<(), Stop> {
        if self.rows.target().is_closed() {
            return Err(Stop::NobodyReads);
        }
        let AccountRows { account, rows } = answer;
        match rows {
            Ok(rows) => {
                for row in rows {
                    self.rows.write(&document(&account, &row))?;
                    self.written = self.written.saturating_add(1);
                }
            }
            Err(error) => {
                let (id, code) = (account.id.0, error.code());
                self.progress.suspend(|| {
                    anstream::eprintln!("account {id}: {} {}", code.meaning().trim(), code.advice());
                });
                self.failed.push(FailedAccountDocument::new(&account, &error));
                self.error.get_or_insert(error);
            }
        }
        self.accounts = self.accounts.saturating_add(1);
        let number = |number| count(&self.session.view.wording, number);
        let told = self.session.view.words.reported(&number(self.accounts), &number(self.written));
        self.progress.set_message(told);
        Ok(())
    }

    /// Ends the output in order, whatever ended the report, and says what is missing in it.
    fn end(self, done: Result<(), Stop>) -> Result<(), Failure> {
        let Self { rows, progress, failed, error, .. } = self;
        progress.finish_and_clear();
        let fatal = match done {
            Ok(()) => None,
            Err(Stop::NobodyReads) => return Ok(()),
            Err(Stop::Output(error)) => return Err(Failure::local("the output", &error)),
            Err(Stop::Failed(error)) => Some(error),
        };
        // A document on stdout has to carry it: there must be no second one behind it.
        let documented = rows.is_document_on_stdout();
        rows.end(&failed, fatal.as_ref()).map_err(|error| Failure::local("the output", &error))?;
        let failure = match (fatal, error) {
            (None, None) => return Ok(()),
            (Some(error), _) => Failure::from(error).detail("the report ends before its last account"),
            (None, Some(error)) => {
                Failure::from(error).detail(format!("accounts missing in the report: {}", failed.len()))
            }
        };
        Err(if documented { failure.documented() } else { failure })
    }
}

/// Where rows go.
enum Target<'a> {
    Stdout(&'a mut Out),
    File(File),
}

impl Target<'_> {
    fn is_closed(&self) -> bool {
        matches!(self, Self::Stdout(out) if out.is_closed())
    }
}

impl Write for Target<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// Rows in one of the two forms: lines of CSV under a heading, or `{"rows": […], "failures": […], "error": …}`.
enum Rows<W: Write> {
    Csv(Box<csv::Writer<BufWriter<W>>>),
    Json { to: BufWriter<W>, is_first: bool },
}

impl<W: Write> Rows<W> {
    fn begin(format: ReportFormat, columns: &[&str], mut to: BufWriter<W>) -> io::Result<Self> {
        match format {
            ReportFormat::Csv => {
                // The heading is written here, because a report without rows has one as well.
                let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(to);
                csv.write_record(columns)?;
                Ok(Self::Csv(Box::new(csv)))
            }
            ReportFormat::Json => {
                to.write_all(b"{\"rows\": [")?;
                Ok(Self::Json { to, is_first: true })
            }
        }
    }

    fn write(&mut self, row: &impl Serialize) -> io::Result<()> {
        match self {
            Self::Csv(csv) => Ok(csv.serialize(row)?),
            Self::Json { to, is_first } => {
                to.write_all(if *is_first { b"\n" } else { b",\n" })?;
                *is_first = false;
                Ok(serde_json::to_writer(to, row)?)
            }
        }
    }

    fn end(self, failed: &[FailedAccountDocument], error: Option<&LoyaltyError>) -> io::Result<()> {
        match self {
            Self::Csv(mut csv) => csv.flush(),
            Self::Json { mut to, .. } => {
                to.write_all(b"\n], \"failures\": ")?;
                serde_json::to_writer(&mut to, failed)?;
                to.write_all(b", \"error\": ")?;
                serde_json::to_writer(&mut to, &error.map(|error| error.code().as_str()))?;
                to.write_all(b"}\n")?;
                to.flush()
            }
        }
    }

    fn target(&self) -> &W {
        match self {
            Self::Csv(csv) => csv.get_ref().get_ref(),
            Self::Json { to, .. } => to.get_ref(),
        }
    }
}

impl Rows<Target<'_>> {
    fn is_document_on_stdout(&self) -> bool {
        matches!(self, Self::Json { to, .. } if matches!(to.get_ref(), Target::Stdout(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use loyalty_core::domain::{
        AccountId, Bonus, Burn, GroupId, Profile, Transaction, TransactionId, TransactionKind,
    };
    use loyalty_core::operator::{BurningRow, TurnoverRow};
    use serde_json::Value;

    fn account() -> Account {
        Account {
            id: AccountId(7),
            group_id: GroupId(3),
            phone: None,
            profile: Profile { first_name: Some("Анна, \"А\"".into()), ..Profile::default() },
            balance: Bonus::ZERO,
            blocked: false,
            level: None,
            identifiers: Vec::new(),
            coupons: Vec::new(),
        }
    }

    fn burning() -> BurningDocument {
        let burn = Burn { on: date(2026, 6, 20), amount: Bonus::from_hundredths(500) };
        BurningDocument::new(&account(), &BurningRow { burn, balance: Bonus::from_hundredths(1_200) })
    }

    fn transaction() -> TransactionRowDocument {
        let row = Transaction {
            id: TransactionId(1),
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: TransactionKind::Other("обмен".into()),
            sum: Bonus::from_hundredths(-1),
            balance_after: None,
            receipt: None,
            check_guid: None,
            external_check: None,
            venue_code: None,
            venue: None,
            money_spent: None,
            comment: None,
            key: None,
        };
        TransactionRowDocument::new(&account(), &row)
    }

    fn written(format: ReportFormat, rows: &[BurningDocument]) -> String {
        let mut bytes = Vec::new();
        let mut report = Rows::begin(format, &BurningDocument::COLUMNS, BufWriter::new(&mut bytes)).unwrap();
        for row in rows {
            report.write(row).unwrap();
        }
        let failed = [FailedAccountDocument::new(&account(), &LoyaltyError::Outdated)];
        report.end(&failed, Some(&LoyaltyError::Offline)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_heading_names_the_fields_of_the_rows_in_their_order() {
        fn keys(row: &impl Serialize) -> Vec<String> {
            let text = serde_json::to_string(row).unwrap();
            let names = text.split('"').collect::<Vec<_>>();
            names.windows(2).filter(|pair| pair[1].starts_with(':')).map(|pair| pair[0].to_owned()).collect()
        }
        let turnover = TurnoverDocument::new(&account(), &TurnoverRow::default());
        let plain = Account { profile: Profile::default(), ..account() };
        let row =
            BurningRow { burn: Burn { on: date(2026, 6, 20), amount: Bonus::ZERO }, balance: Bonus::ZERO };
        assert_eq!(keys(&BurningDocument::new(&plain, &row)), BurningDocument::COLUMNS);
        assert_eq!(keys(&turnover), TurnoverDocument::COLUMNS);
        assert_eq!(keys(&transaction()), TransactionRowDocument::COLUMNS);
    }

    #[test]
    fn csv_has_a_heading_even_without_rows() {
        let heading = "accountId,phone,firstName,lastName,on,amount,balance\n";
        assert_eq!(written(ReportFormat::Csv, &[]), heading);
        let row = "7,,\"Анна, \"\"А\"\"\",,2026-06-20,500,1200\n";
        assert_eq!(written(ReportFormat::Csv, &[burning()]), format!("{heading}{row}"));
    }

    #[test]
    fn json_is_one_document_that_tells_what_is_missing() {
        let document: Value =
            serde_json::from_str(&written(ReportFormat::Json, &[burning(), burning()])).unwrap();
        assert_eq!(document["rows"][1]["firstName"], "Анна, \"А\"");
        assert_eq!(document["failures"], serde_json::json!([{"accountId": 7, "code": "outdated"}]));
        assert_eq!(document["error"], "offline");
        let empty: Value = serde_json::from_str(&written(ReportFormat::Json, &[])).unwrap();
        assert_eq!(empty["rows"], serde_json::json!([]));
    }
}
