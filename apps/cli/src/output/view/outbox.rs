//! Writes as the outbox keeps them, for integrators: tables in English.

use loyalty_core::domain::{Bonus, WriteRecord, WriteState, WriteTarget};
use loyalty_core::operator::{GroupReport, Salvage, SettleReport};
use uuid::Uuid;

use super::{View, shorten};
use crate::documents::{ImportDocument, OpenDocument};
use crate::output::grid::{Cell, Grid};
use crate::output::paint::{Tone, clean};

/// So many problems of an import are listed; the document has all.
const PROBLEMS: usize = 20;

impl View {
    /// A list of writes.
    pub(crate) fn records(&self, records: &[WriteRecord], more: bool) -> String {
        let mut grid = Grid::with_heading(&["KEY", "METHOD", "FOR", "SUM", "STATE", "TRIES", "SINCE"]);
        for record in records {
            grid.row([
                Cell::left(record.key.to_string()),
                Cell::left(record.method.as_str()),
                Cell::left(target(record)),
                Cell::right(self.signed_number(record.effect)),
                Cell::left(record.state.as_str()).tone(tone(record.state)),
                Cell::right(record.attempts.to_string()),
                Cell::left(self.moment(record.prepared_at)).tone(Tone::Faint),
            ]);
        }
        let hint = if more { "There are more: give a higher --limit.\n" } else { "" };
        grid.render() + hint
    }

    /// One write.
    pub(crate) fn record(&self, record: &WriteRecord) -> String {
        let mut grid = Grid::indented(2);
        let mut add = |label: &str, value: Option<String>| {
            if let Some(value) = value {
                grid.row([Cell::left(label).tone(Tone::Faint), Cell::left(value)]);
            }
        };
        add("method", Some(record.method.as_str().to_owned()));
        add("for", Some(target(record)));
        let number = record.purchase.as_ref().map(|(_, number)| shorten(&clean(number), 60));
        add("purchase", number);
        add("sum", Some(self.signed_number(record.effect)));
        add("prepared", Some(self.moment(record.prepared_at)));
        add("settled", record.settled_at.map(|at| self.moment(at)));
        add("tries, looks", Some(format!("{}, {}", record.attempts, record.looks)));
        add("seen", (record.seen > 0).then(|| record.seen.to_string()));
        add("refusal", record.refusal.as_ref().map(|refusal| refusal.code.as_str().to_owned()));
        let ids: Vec<_> = record.outcome.transaction_ids.iter().map(|id| id.0.to_string()).collect();
        add("operations", (!ids.is_empty()).then(|| ids.join(", ")));
        add("take back", record.take_back().map(|sum| self.wording.bonus(sum)));
        let state = tone(record.state).paint(record.state.as_str());
        let closed = if record.closed { " (off the list)" } else { "" };
        format!("\n  {state}{closed}  {}\n{}\n", record.key, grid.render())
    }

    /// What settling did, and what is open.
    pub(crate) fn settled(&self, report: &SettleReport, open: OpenDocument) -> String {
        let SettleReport { looked, sent, .. } = report;
        let OpenDocument { prepared, unknown, duplicate } = open;
        format!(
            "\n  accounts looked at: {looked} · requests: {sent}\n  open: {prepared} prepared, {unknown} unknown, \
             {duplicate} duplicate\n\n"
        )
    }

    /// A write that is off the list.
    pub(crate) fn forgotten(&self, key: Uuid) -> String {
        format!("\n  off the list: {key}\n\n")
    }

    /// What could be read of a damaged outbox.
    pub(crate) fn salvage(&self, salvage: Option<&Salvage>, accepted: bool) -> String {
        let Some(salvage) = salvage else { return "\n  the outbox is not damaged\n\n".to_owned() };
        let unsettled = salvage.unsettled.len();
        let end = if accepted {
            Tone::Gain.paint("the outbox goes on; the damaged file is kept beside it, named .recovered")
        } else {
            Tone::Warning.paint("nothing was changed: compare with the server's books, then use --accept")
        };
        let lost: String = salvage
            .lost_parts
            .iter()
            .map(|group| {
                let told =
                    format!("group operation {}: the writes of {} accounts are lost", group.key, group.lost);
                format!("  {}\n", Tone::Loss.paint(&told))
            })
            .collect();
        format!(
            "\n  settled: {} · to be taken as unknown: {unsettled} · unreadable: {}\n{}{lost}  {end}\n\n",
            salvage.settled,
            salvage.unreadable,
            self.records(&salvage.unsettled, false)
        )
    }

    /// What came of a write an account.
    pub(crate) fn group_report(&self, done: &str, sum: Bonus, report: GroupReport, key: Uuid) -> String {
        let GroupReport { accounts, accepted, rejected, unknown, duplicate, waiting, lost } = report;
        let done = Tone::Gain.paint(&format!("{done} {}", self.wording.bonus(sum)));
        // Hardly ever there, and never to be overlooked.
        let lost = if lost > 0 { Tone::Loss.paint(&format!(" · lost: {lost}")) } else { String::new() };
        format!(
            "\n  {done}\n  accounts: {accounts} · accepted: {accepted} · rejected: {rejected} · unknown: {unknown} · \
             duplicate: {duplicate} · waiting: {waiting}{lost}\n{}",
            self.key(key)
        )
    }

    /// What came of an import.
    pub(crate) fn import(&self, import: &ImportDocument) -> String {
        let sum = |hundredths| self.wording.bonus_number(Bonus::from_hundredths(hundredths));
        let mut text = format!(
            "\n  purchases: {} · paid: {} · to accrue: {} · spent: {}\n",
            import.rows,
            sum(import.money_spent),
            sum(import.bonus_accrued),
            sum(import.bonus_spent)
        );
        if import.dry_run {
            return text + "  nothing was kept and nothing was sent\n\n";
        }
        text += &format!(
            "  known before: {} · accepted: {} · rejected: {} · unknown: {} · duplicate: {} · waiting: {}\n",
            import.known, import.accepted, import.rejected, import.unknown, import.duplicate, import.waiting
        );
        let mut grid = Grid::with_heading(&["LINE", "STATE", "CODE", "KEY"]);
        for problem in import.problems.iter().take(PROBLEMS) {
            grid.row([
                Cell::right(problem.line.to_string()),
                Cell::left(problem.state.unwrap_or("not taken")),
                Cell::left(problem.code.unwrap_or_default()),
                Cell::left(problem.key.to_string()),
            ]);
        }
        if !import.problems.is_empty() {
            text += &grid.render();
        }
        let more = import.problems.len().saturating_sub(PROBLEMS);
        if more > 0 {
            text += &format!("  and {more} more: see --json\n");
        }
        text + "\n"
    }

    fn moment(&self, at: jiff::Timestamp) -> String {
        let local = self.calendar.local(at);
        format!("{} {}", self.near_date(local.date()), self.wording.time(local.time()))
    }
}

fn target(record: &WriteRecord) -> String {
    match record.target {
        WriteTarget::Account(account) => format!("account {}", account.0),
        WriteTarget::Group(group) => format!("group {}", group.0),
    }
}

fn tone(state: WriteState) -> Tone {
    match state {
        WriteState::Accepted => Tone::Gain,
        WriteState::Prepared | WriteState::Sent => Tone::Plain,
        WriteState::Unknown => Tone::Warning,
        WriteState::Rejected | WriteState::Duplicate => Tone::Loss,
    }
}
