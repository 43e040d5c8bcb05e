//! `check register --file`: thousands of purchases, kept before any is sent, and gone on with after an interruption.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use loyalty_core::domain::{AccountId, ExternalCheck, Write, WriteState};
use loyalty_core::operator::{CheckDraft, Handed, SettleScope};
use loyalty_core::{ErrorCode, LoyaltyError};
use uuid::Uuid;

use crate::documents::{ImportDocument, ImportProblem};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::session::Session;

/// No file is longer.
const LONGEST_FILE: u64 = 256 * 1024 * 1024;
/// So many rows are kept in one commit.
const CHUNK: usize = 500;
/// How often to look while another process sends.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// So many wrong lines are told.
const WRONG_LINES: usize = 20;
/// The columns, by the names of the flags; the first five must be there.
const COLUMNS: [&str; 10] = [
    "account",
    "rest-code",
    "rk-unit",
    "external-check",
    "money-spent",
    "bonus-spent",
    "bonus-accrued",
    "discount",
    "data",
    "key",
];
const REQUIRED: usize = 5;

/// A purchase with the line that it stands on.
#[derive(Debug)]
struct Row {
    line: u64,
    check: ExternalCheck,
}

/// Runs the import.
pub(super) async fn run(session: &Session, file: &Path, dry_run: bool, out: &mut Out) -> Result<(), Failure> {
    let rows = read(&bytes(file)?)?;
    let mut import = totals(&rows, dry_run);
    let mut stopped = None;
    if !dry_run {
        session.needs_outbox()?;
        let lines = hand_in(session, rows, &mut import).await?;
        stopped = session.sending(send(session, &lines)).await?;
        import.stopped = stopped.as_ref().map(|error: &LoyaltyError| error.code().as_str());
        conclude(session, lines, &mut import).await?;
    }
    session.show(out, &import, |view| view.import(&import))?;
    match verdict(&import, stopped) {
        None => Ok(()),
        Some(error) if session.json => Err(Failure::from(error).told()),
        Some(error) => Err(error.into()),
    }
}

/// What the exit code says: first what may be repeated, then what must not be, then what was refused.
fn verdict(import: &ImportDocument, stopped: Option<LoyaltyError>) -> Option<LoyaltyError> {
    if stopped.is_some() {
        return stopped;
    }
    if import.waiting > 0 {
        return Some(LoyaltyError::Timeout { code: ErrorCode::WriteQueued });
    }
    if import.unknown > 0 {
        return Some(LoyaltyError::OutcomeUnknown);
    }
    if import.duplicate > 0 {
        return Some(LoyaltyError::Conflict { code: ErrorCode::AppliedTwice });
    }
    let refused = !import.problems.is_empty();
    refused.then_some(LoyaltyError::Rejected { code: ErrorCode::Rejected, field: None })
}

/// Keeps all rows in the outbox; the keys of those it took, with their lines.
async fn hand_in(
    session: &Session,
    rows: Vec<Row>,
    import: &mut ImportDocument,
) -> Result<HashMap<Uuid, u64>, Failure> {
    let mut lines = HashMap::with_capacity(rows.len());
    for chunk in rows.chunks(CHUNK) {
        let writes = chunk.iter().map(|row| Write::RegisterCheck(row.check.clone())).collect();
        let handed = session.operator.hand_in(writes).await?;
        for (row, handed) in chunk.iter().zip(handed) {
            let key = row.check.key.0;
            match handed {
                Handed::Refused(error) => {
                    import.problems.push(ImportProblem::refused(row.line, key, &error));
                    continue;
                }
                Handed::Known(_) => import.known = import.known.saturating_add(1),
                Handed::New => {}
            }
            lines.insert(key, row.line);
        }
    }
    Ok(lines)
}

/// Sends until nothing of ours waits any more; the reason why it ended before.
async fn send(session: &Session, lines: &HashMap<Uuid, u64>) -> Result<Option<LoyaltyError>, LoyaltyError> {
    let bar = progress(lines.len());
    loop {
        let sent = session
            .operator
            .send_prepared(|key, _| {
                if lines.contains_key(&key) {
                    bar.inc(1);
                }
            })
            .await?;
        match sent {
            Some(report) if report.stopped.is_some() => return Ok(report.stopped),
            Some(_) => break,
            None => {}
        }
        // Another process sends, ours among its own.
        if waiting(session, lines).await? == 0 {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    bar.finish_and_clear();
    // Often only the answer was lost.
    let looked = session.operator.settle(SettleScope::Unknown).await?;
    Ok(looked.and_then(|report| report.stopped))
}

async fn waiting(session: &Session, lines: &HashMap<Uuid, u64>) -> Result<u64, LoyaltyError> {
    let mut waiting = 0_u64;
    for key in lines.keys() {
        let state = session.operator.show(*key).await?.state;
        waiting = waiting.saturating_add(u64::from(matches!(state, WriteState::Prepared | WriteState::Sent)));
    }
    Ok(waiting)
}

fn progress(rows: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(rows).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("  {wide_bar} {pos}/{len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// Counts what became of each row.
async fn conclude(
    session: &Session,
    lines: HashMap<Uuid, u64>,
    import: &mut ImportDocument,
) -> Result<(), Failure> {
    for (key, line) in lines {
        let record = session.operator.show(key).await?;
        let count = match record.state {
            WriteState::Accepted => &mut import.accepted,
            WriteState::Rejected => &mut import.rejected,
            WriteState::Unknown => &mut import.unknown,
            WriteState::Duplicate => &mut import.duplicate,
            WriteState::Prepared | WriteState::Sent => &mut import.waiting,
        };
        *count = count.saturating_add(1);
        if record.state != WriteState::Accepted {
            import.problems.push(ImportProblem::of(line, &record));
        }
    }
    import.problems.sort_by_key(|problem| problem.line);
    Ok(())
}

fn totals(rows: &[Row], dry_run: bool) -> ImportDocument {
    let sum = |of: fn(&ExternalCheck) -> i64| {
        rows.iter().map(|row| of(&row.check)).fold(0_i64, i64::saturating_add)
    };
    ImportDocument {
        dry_run,
        rows: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        money_spent: sum(|check| check.money_spent.hundredths()),
        bonus_accrued: sum(|check| check.bonus_accrued.hundredths()),
        bonus_spent: sum(|check| check.bonus_spent.hundredths()),
        ..ImportDocument::default()
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let refused = |what: String| Failure::config("file", format!("{}: {what}", file.display()));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(LONGEST_FILE.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| refused(error.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > LONGEST_FILE) {
        return Err(refused(format!("longer than {LONGEST_FILE} bytes")));
    }
    Ok(bytes)
}

/// Reads the whole file, so that a wrong line anywhere means that nothing of it is sent.
fn read(bytes: &[u8]) -> Result<Vec<Row>, Failure> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let heading = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| heading.iter().filter(|byte| **byte == delimiter).count();
    let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(bytes);
    let columns = columns(&mut reader)?;
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    let mut first = None;
    for record in reader.records() {
        let (line, row) = match &record {
            Ok(record) => (record.position().map_or(0, csv::Position::line), parse(record, &columns)),
            Err(error) => (
                error.position().map_or(0, csv::Position::line),
                Err(LoyaltyError::invalid("line", ErrorCode::FieldInvalid)),
            ),
        };
        match row {
            Ok(check) => rows.push(Row { line, check }),
            Err(error) => {
                wrong.push(format!(
                    "line {line}: {} ({})",
                    error.field().unwrap_or_default(),
                    error.code().as_str()
                ));
                first.get_or_insert(error);
            }
        }
    }
    let Some(error) = first else { return Ok(rows) };
    let more = wrong.len().saturating_sub(WRONG_LINES);
    wrong.truncate(WRONG_LINES);
    if more > 0 {
        wrong.push(format!("and {more} more lines"));
    }
    Err(Failure::from(error).detail(wrong.join("\n  ")))
}

/// Where each known column stands.
fn columns(reader: &mut csv::Reader<&[u8]>) -> Result<[Option<usize>; COLUMNS.len()], Failure> {
    let known = COLUMNS.join(", ");
    let refused = |what: String| Failure::config("file", format!("{what}; the columns are {known}"));
    let heading =
        reader.headers().map_err(|_| refused("the first line is no heading in UTF-8".to_owned()))?;
    let mut places = [None; COLUMNS.len()];
    for (place, name) in heading.iter().enumerate() {
        let found = COLUMNS.iter().position(|column| *column == name.trim_start_matches("--"));
        let slot = found.and_then(|found| places.get_mut(found));
        match slot {
            // What an unknown column is called may be a person's name: a file without a heading begins so.
            None => return Err(refused(format!("column {} has no name that is known", place + 1))),
            Some(Some(_)) => return Err(refused(format!("column {} is there twice", place + 1))),
            Some(slot) => *slot = Some(place),
        }
    }
    match COLUMNS.iter().zip(places).take(REQUIRED).find(|(_, place)| place.is_none()) {
        Some((name, _)) => Err(refused(format!("the column {name} is missing"))),
        None => Ok(places),
    }
}

fn parse(
    record: &csv::StringRecord,
    columns: &[Option<usize>; COLUMNS.len()],
) -> Result<ExternalCheck, LoyaltyError> {
    let text = |name: &str| {
        let place =
            COLUMNS.iter().position(|column| *column == name).and_then(|found| *columns.get(found)?);
        place.and_then(|place| record.get(place)).filter(|text| !text.is_empty())
    };
    let invalid = |name: &str, code| LoyaltyError::invalid(name, code);
    let required = |name: &str| text(name).ok_or_else(|| invalid(name, ErrorCode::FieldEmpty));
    let number =
        |name: &str| required(name)?.parse::<i64>().map_err(|_| invalid(name, ErrorCode::FieldInvalid));
    let key = text("key").map(|key| key.parse().map_err(|_| invalid("key", ErrorCode::FieldInvalid)));
    let draft = CheckDraft {
        venue_code: number("rest-code")?,
        workplace: number("rk-unit")?,
        external_check: required("external-check")?.to_owned(),
        account_id: AccountId(number("account")?),
        bonus_spent: input::bonus("bonus-spent", text("bonus-spent").unwrap_or("0"))?,
        discount: input::money("discount", text("discount").unwrap_or("0"))?,
        bonus_accrued: input::bonus("bonus-accrued", text("bonus-accrued").unwrap_or("0"))?,
        money_spent: input::money("money-spent", required("money-spent")?)?,
        data: text("data").map(str::to_owned),
    };
    let check = draft.keyed(key.transpose()?);
    check.validate()?;
    Ok(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "account,rest-code,rk-unit,external-check,money-spent,bonus-accrued";

    fn rows(text: &str) -> Vec<Row> {
        read(text.as_bytes()).unwrap()
    }

    fn refusal(text: &[u8]) -> String {
        format!("{:?}", read(text).unwrap_err())
    }

    #[test]
    fn a_file_may_use_commas_or_semicolons_and_begin_with_a_mark() {
        let lines = format!("{HEADING}\n7,1,2,A-1,10000,500\n7,1,2,\"A,2\",10000,\n");
        let with_commas = rows(&lines);
        assert_eq!(with_commas.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(with_commas[1].check.external_check, "A,2");
        let with_semicolons =
            rows(&format!("\u{feff}{}\r\n7;1;2;A-1;10000;500\r\n", HEADING.replace(',', ";")));
        assert_eq!(with_semicolons[0].check, with_commas[0].check);
        assert_eq!(with_semicolons[0].check.key, with_commas[0].check.key);
    }

    #[test]
    fn every_wrong_line_is_told_and_no_value_of_it() {
        let text =
            format!("{HEADING}\nИванова,1,2,A,1,1\n7,1,2,A,1.5,1\n7,1,2,,1,1\n7,1,2,A\n7,1,2,A,1,-1\n");
        let told = refusal(text.as_bytes());
        for expected in [
            "line 2: account (field_invalid)",
            "line 3: money-spent (sum_fraction)",
            "line 4: external-check (field_empty)",
            "line 5: line (field_invalid)",
            "line 6: bonus_accrued (field_invalid)",
        ] {
            assert!(told.contains(expected), "{expected}: {told}");
        }
        assert!(!told.contains("Иванова"));
    }

    #[test]
    fn a_heading_names_what_is_missing_unknown_or_double() {
        assert!(refusal(b"account,rest-code\n").contains("rk-unit is missing"));
        assert!(refusal(format!("{HEADING},name\n").as_bytes()).contains("column 7 has no name"));
        assert!(refusal(format!("{HEADING},account\n").as_bytes()).contains("column 7 is there twice"));
        assert!(refusal(b"\xff\xfe\n").contains("UTF-8"));
        assert!(refusal(b"").contains("account is missing"));
    }

    #[test]
    fn a_line_that_is_not_utf8_is_told_with_its_number() {
        let mut text = format!("{HEADING}\n7,1,2,A,1,1\n").into_bytes();
        text.extend_from_slice(b"7,1,2,\xff,1,1\n");
        assert!(refusal(&text).contains("line 3: line (field_invalid)"));
    }

    #[test]
    fn the_worst_that_happened_decides_the_exit_code() {
        let import = |unknown, duplicate, waiting| ImportDocument {
            unknown,
            duplicate,
            waiting,
            problems: vec![ImportProblem { line: 2, key: Uuid::nil(), state: None, code: None }],
            ..ImportDocument::default()
        };
        let code = |import: &ImportDocument| verdict(import, None).map(|error| error.code());
        assert_eq!(code(&import(1, 1, 1)), Some(ErrorCode::WriteQueued));
        assert_eq!(code(&import(1, 1, 0)), Some(ErrorCode::OutcomeUnknown));
        assert_eq!(code(&import(0, 1, 0)), Some(ErrorCode::AppliedTwice));
        assert_eq!(code(&import(0, 0, 0)), Some(ErrorCode::Rejected));
        assert_eq!(code(&ImportDocument::default()), None);
    }
}
