//! A receipt, as a till prints it.

use loyalty_core::domain::{Bonus, Dish, Money, Quantity, Receipt};
use unicode_width::UnicodeWidthStr;

use super::{View, shorten};
use crate::output::paint::{Tone, clean};

/// Columns between the edges.
const WIDTH: usize = 46;

impl View {
    /// The receipt down to its dishes.
    pub(crate) fn receipt(&self, receipt: &Receipt) -> String {
        let mut paper = Paper::default();
        paper.rule('┌', '┐');
        if let Some(venue) = &receipt.venue {
            paper.centred(&clean(venue), Tone::Strong);
        }
        let number = receipt.number.as_ref().unwrap_or(&receipt.reference.0);
        paper.centred(&format!("{} № {}", self.words.receipt, clean(number)), Tone::Plain);
        paper.centred(&self.wording.date_time(self.calendar.local(receipt.at)), Tone::Faint);
        paper.rule('├', '┤');
        for dish in &receipt.dishes {
            self.dish(dish, &mut paper);
        }
        if !receipt.dishes.is_empty() {
            paper.rule('├', '┤');
        }
        self.sums(receipt, &mut paper);
        paper.rule('└', '┘');
        format!("\n{}\n", paper.lines)
    }

    fn dish(&self, dish: &Dish, paper: &mut Paper) {
        let sum = self.wording.money(dish.sum);
        let name = clean(&dish.name);
        if dish.quantity == Quantity(1000) {
            paper.pair(&name, &sum, Tone::Plain);
            return;
        }
        paper.pair(&name, "", Tone::Plain);
        let count =
            format!("  {} × {}", self.wording.quantity(dish.quantity), self.wording.money(dish.price));
        paper.pair(&count, &sum, Tone::Plain);
    }

    fn sums(&self, receipt: &Receipt, paper: &mut Paper) {
        let less =
            |sum: Money| sum.checked_neg().map(|sum| self.wording.signed_money(sum)).unwrap_or_default();
        let used = |sum: Bonus| sum.checked_neg().map(|sum| self.signed_number(sum)).unwrap_or_default();
        paper.pair(self.words.total, &self.wording.money(receipt.total), Tone::Plain);
        if !receipt.discount.is_zero() {
            paper.pair(self.words.discount, &less(receipt.discount), Tone::Plain);
        }
        if !receipt.bonus_spent.is_zero() {
            paper.pair(self.words.paid_with_bonuses, &used(receipt.bonus_spent), Tone::Plain);
        }
        paper.pair(self.words.paid, &self.wording.money(receipt.paid), Tone::Strong);
        if !receipt.bonus_accrued.is_zero() {
            paper.rule('├', '┤');
            paper.pair(self.words.earned, &self.wording.signed_bonus(receipt.bonus_accrued), Tone::Gain);
        }
    }
}

/// Lines between two edges.
#[derive(Debug, Default)]
struct Paper {
    lines: String,
}

impl Paper {
    fn rule(&mut self, left: char, right: char) {
        self.lines += &format!("  {}\n", Tone::Faint.paint(&format!("{left}{}{right}", "─".repeat(WIDTH))));
    }

    fn line(&mut self, content: &str) {
        let edge = Tone::Faint.paint("│");
        self.lines += &format!("  {edge}{content}{edge}\n");
    }

    fn centred(&mut self, text: &str, tone: Tone) {
        let text = shorten(text, WIDTH - 2);
        let space = WIDTH - text.width();
        let before = space / 2;
        self.line(&format!("{}{}{}", " ".repeat(before), tone.paint(&text), " ".repeat(space - before)));
    }

    /// Text on the left, a sum on the right; the text gives way.
    fn pair(&mut self, left: &str, right: &str, tone: Tone) {
        let left = shorten(left, (WIDTH - 3).saturating_sub(right.width()));
        let space = (WIDTH - 2).saturating_sub(left.width() + right.width());
        self.line(&format!(" {}{}{} ", tone.paint(&left), " ".repeat(space), tone.paint(right)));
    }
}
