//! What a guest holds.

use loyalty_core::domain::{Balance, Bonus, Burn, BurnSchedule, Coupon, Level, Pending, Percent};
use loyalty_core::guest::{self, Snapshot};

use super::View;
use crate::output::bar;
use crate::output::grid::{Cell, Grid};
use crate::output::paint::{Tone, clean};
use crate::provenance::{Provenance, Source};

/// The widest bar of the chart.
const CHART: u16 = 36;
/// The progress bar to the next level.
const PROGRESS: u16 = 40;
/// Burns that are listed one by one; what comes later is one line.
const LISTED: usize = 12;
/// Within so many days a burn is soon.
const SOON: i32 = 30;

impl View {
    /// Balance, burns, level and coupons of a guest.
    pub(crate) fn balance(&self, snapshot: &Snapshot, provenance: &Provenance) -> String {
        let account = &snapshot.account;
        let balance = &snapshot.balance;
        let mut text = format!("\n  {}\n", self.holder(snapshot));
        let as_of = self.provenance(provenance);
        let tone = if balance.total.is_negative() { Tone::Loss } else { Tone::Strong };
        text += &format!(
            "\n  {}   {}\n",
            tone.paint(&self.wording.bonus(balance.total)),
            Tone::Faint.paint(&as_of)
        );
        if account.blocked {
            text += &format!("  {}\n", Tone::Loss.paint(self.words.blocked));
        }
        text += &self.next_burn(balance);
        if let Some(level) = &account.level {
            text += &self.level(level);
        }
        text += &self.schedule(balance);
        text += &self.pending(&balance.pending);
        text += &self.coupons(&account.coupons);
        text + "\n"
    }

    /// When what is shown was read, and where it comes from if not from the server just now.
    pub(super) fn provenance(&self, provenance: &Provenance) -> String {
        let as_of = self.wording.as_of(self.calendar.local(provenance.as_of), self.today());
        match provenance.source {
            Source::Server => as_of,
            Source::Cache { because, .. } => format!("{as_of}, {}", self.words.cached(because)),
        }
    }

    /// What a reader of a kept balance has to be told beside it.
    pub(crate) fn cautions(&self, kept: &guest::View) -> String {
        let burned = kept.burned_since().filter(|sum| sum.is_positive());
        let burned = burned.map(|sum| self.words.may_have_burned(&self.wording.bonus(sum)));
        let unsaved = kept.unsaved.map(|_| self.words.not_kept.to_owned());
        let lines = burned.into_iter().chain(unsaved);
        let text: String = lines.map(|line| format!("  {}\n", Tone::Warning.paint(&line))).collect();
        if text.is_empty() { text } else { text + "\n" }
    }

    /// Whose it is: the name, and as much of the phone as others may see.
    fn holder(&self, snapshot: &Snapshot) -> String {
        let profile = &snapshot.account.profile;
        let names = [&profile.first_name, &profile.last_name].into_iter().flatten();
        let mut parts: Vec<_> = names.map(|name| clean(name)).collect();
        if let Some(phone) = &snapshot.phone_masked {
            parts.push(Tone::Faint.paint(phone));
        }
        parts.join(" ")
    }

    /// The next burn as a sentence, when it is soon.
    fn next_burn(&self, balance: &Balance) -> String {
        let Some(burn) = balance.schedule.next_burn(self.today()) else { return String::new() };
        let days = self.calendar.days_until(burn.on, self.now);
        if days > SOON {
            return String::new();
        }
        format!("  {}\n", Tone::Warning.paint(&self.wording.burn_line(burn.amount, days)))
    }

    fn level(&self, level: &Level) -> String {
        let rates = [(self.words.accrual_rate, level.accrual), (self.words.discount_rate, level.discount)];
        let mut line = format!("\n  {}", Tone::Heading.paint(&clean(&level.name)));
        for (label, rate) in rates {
            if let Some(rate) = rate.filter(|rate| rate.0 > 0) {
                line += &format!("  {label} {}", self.wording.percent(rate));
            }
        }
        line.push('\n');
        let (Some(progress), Some(next)) = (level.progress(), &level.next) else { return line };
        let (done, left) = bar::progress(progress.permille, PROGRESS);
        let name = clean(&next.name);
        let way = if progress.remaining.is_zero() {
            self.words.next_level_reached(&name)
        } else {
            self.words.to_next_level(&self.wording.money(progress.remaining), &name)
        };
        let percent = self.wording.percent(Percent(i32::from(progress.permille / 10) * 100));
        line + &format!("  {}{}  {percent}  {way}\n", Tone::Gain.paint(&done), Tone::Faint.paint(&left))
    }

    fn schedule(&self, balance: &Balance) -> String {
        match &balance.schedule {
            BurnSchedule::TotalOnly { because } => {
                format!("\n  {}\n", Tone::Faint.paint(self.words.total_only(*because)))
            }
            BurnSchedule::Parts { burns, .. } if burns.is_empty() => String::new(),
            BurnSchedule::Parts { burns, non_burning } => self.chart(burns, *non_burning),
        }
    }

    /// The parts as bars on one scale. What comes later has none: a sum of many days would dwarf each of the others.
    fn chart(&self, burns: &[Burn], non_burning: Bonus) -> String {
        let (listed, rest) = burns.split_at(burns.len().min(LISTED));
        let later = Bonus::checked_sum(rest.iter().map(|burn| burn.amount)).unwrap_or_default();
        let sums = listed.iter().map(|burn| burn.amount).chain([non_burning]);
        let largest = sums.map(Bonus::hundredths).max().unwrap_or(0);
        let mut grid = Grid::indented(4);
        let mut add = |day: String, distance: String, sum: Bonus, bar: Cell| {
            grid.row([
                Cell::left(day),
                Cell::left(distance).tone(Tone::Faint),
                Cell::right(self.wording.bonus_number(sum)).tone(Tone::Strong),
                bar,
            ]);
        };
        let bar = |sum: Bonus, tone| Cell::left(bar::chart(sum.hundredths(), largest, CHART)).tone(tone);
        for burn in listed {
            let days = self.calendar.days_until(burn.on, self.now);
            let tone = if days > SOON { Tone::Plain } else { Tone::Warning };
            add(
                self.near_date(burn.on),
                self.wording.relative_day(days),
                burn.amount,
                bar(burn.amount, tone),
            );
        }
        if let Some(last) = rest.last() {
            let until = format!("{} {}", self.words.until, self.near_date(last.on));
            add(self.words.later.to_owned(), until, later, Cell::left(""));
        }
        if non_burning.is_positive() {
            add(
                self.words.does_not_burn.to_owned(),
                String::new(),
                non_burning,
                bar(non_burning, Tone::Gain),
            );
        }
        format!("\n  {}\n{}", Tone::Heading.paint(self.words.burns), grid.render())
    }

    fn pending(&self, pending: &[Pending]) -> String {
        if pending.is_empty() {
            return String::new();
        }
        let mut grid = Grid::indented(4);
        for part in pending {
            let from = part.active_from.map_or_else(
                || self.words.pending_without_date.to_owned(),
                |at| self.wording.date_time(self.calendar.local(at)),
            );
            grid.row([Cell::left(from), Cell::right(self.wording.bonus(part.amount))]);
        }
        format!("\n  {}\n{}", Tone::Heading.paint(self.words.pending), grid.render())
    }

    fn coupons(&self, coupons: &[Coupon]) -> String {
        if coupons.is_empty() {
            return String::new();
        }
        let mut grid = Grid::indented(4);
        for coupon in coupons {
            let until = coupon
                .expires_at
                .map(|at| format!("{} {}", self.words.until, self.near_date(self.calendar.local(at).date())));
            grid.row([
                Cell::left(clean(&coupon.name)),
                Cell::left(clean(coupon.code.as_deref().unwrap_or_default())).tone(Tone::Strong),
                Cell::left(until.unwrap_or_default()).tone(Tone::Faint),
            ]);
        }
        format!("\n  {}\n{}", Tone::Heading.paint(self.words.coupons), grid.render())
    }
}
