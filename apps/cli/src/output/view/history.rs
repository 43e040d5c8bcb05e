//! What happened on an account, by day.

use jiff::civil::Date;
use loyalty_core::domain::Transaction;

use super::{View, shorten};
use crate::output::grid::{Cell, Grid, common_widths};
use crate::output::paint::{Tone, clean};
use crate::provenance::Provenance;

/// Room for a venue's name or a comment.
const PLACE: usize = 28;

impl View {
    /// The transactions, in the order given, under the headings of their business days.
    /// Below them stands when they were read, and that older ones are missing if they are.
    pub(crate) fn history(
        &self,
        transactions: &[Transaction],
        provenance: &Provenance,
        cut_short: bool,
    ) -> String {
        let mut text = match transactions {
            // That there are none is not known.
            [] if cut_short => format!("\n  {}\n", Tone::Warning.paint(self.words.part_missing)),
            [] => format!("\n  {}\n", Tone::Faint.paint(self.words.no_history)),
            rows => self.days(rows),
        };
        if cut_short && !transactions.is_empty() {
            text += &format!("\n  {}\n", Tone::Warning.paint(self.words.older_missing));
        }
        text + &format!("\n  {}\n\n", Tone::Faint.paint(&self.provenance(provenance)))
    }

    fn days(&self, transactions: &[Transaction]) -> String {
        let mut days: Vec<(Date, Grid)> = Vec::new();
        for row in transactions {
            let day = self.calendar.business_day(row.at);
            match days.last_mut() {
                Some((last, grid)) if *last == day => grid.row(self.operation(row)),
                _ => {
                    let mut grid = Grid::indented(4);
                    grid.row(self.operation(row));
                    days.push((day, grid));
                }
            }
        }
        let widths = common_widths(days.iter().map(|(_, grid)| grid));
        let mut text = String::new();
        for (day, grid) in &days {
            let heading = self.wording.day_heading(*day, self.today());
            text += &format!("\n  {}\n{}", Tone::Heading.paint(&heading), grid.render_with(&widths));
        }
        text
    }

    fn operation(&self, row: &Transaction) -> [Cell; 6] {
        let tone = if row.sum.is_negative() { Tone::Loss } else { Tone::Gain };
        let place = row.venue.as_deref().or(row.comment.as_deref()).unwrap_or_default();
        let receipt = row.receipt.as_ref().map(|one| format!("{} {}", self.words.receipt, clean(&one.0)));
        let after = row
            .balance_after
            .map(|sum| format!("{} {}", self.words.balance_after, self.wording.bonus_number(sum)));
        [
            Cell::right(self.wording.time(self.calendar.local(row.at).time())).tone(Tone::Faint),
            Cell::left(self.wording.kind(&row.kind)),
            Cell::right(self.signed_number(row.sum)).tone(tone),
            Cell::left(shorten(&clean(place), PLACE)),
            Cell::right(after.unwrap_or_default()).tone(Tone::Faint),
            Cell::left(receipt.unwrap_or_default()).tone(Tone::Faint),
        ]
    }
}
