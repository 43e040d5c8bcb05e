//! An account and what was done to it.

use loyalty_core::domain::{Account, AccountUpdate, Bonus, GroupOutcome, IssuedIdentifier, OperationOutcome};
use loyalty_core::guest::Registered;
use uuid::Uuid;

use super::View;
use crate::output::grid::{Cell, Grid};
use crate::output::paint::{Tone, clean};

impl View {
    /// Everything an account says about its guest.
    pub(crate) fn account(&self, account: &Account) -> String {
        let profile = &account.profile;
        let names = [&profile.last_name, &profile.first_name, &profile.middle_name];
        let name = names.into_iter().flatten().map(|part| clean(part)).collect::<Vec<_>>().join(" ");
        let mut grid = Grid::indented(2);
        let mut add = |label: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                grid.row([Cell::left(label).tone(Tone::Faint), Cell::left(value)]);
            }
        };
        add(self.words.account, Some(account.id.0.to_string()));
        add(self.words.group, Some(account.group_id.0.to_string()));
        add(self.words.phone, account.phone.map(|phone| self.wording.phone(phone)));
        add(self.words.birthday, profile.birthday.map(|day| self.wording.date(day)));
        add(self.words.email, profile.email.as_deref().map(clean));
        add(self.words.level, account.level.as_ref().map(|level| clean(&level.name)));
        let cards: Vec<_> = account.identifiers.iter().map(|card| clean(&card.value)).collect();
        add(self.words.cards, Some(cards.join(", ")));
        let coupons: Vec<_> = account.coupons.iter().map(|coupon| clean(&coupon.name)).collect();
        add(self.words.coupons, Some(coupons.join(", ")));
        add(self.words.balance, Some(self.wording.bonus(account.balance)));
        let mut text = String::from("\n");
        if !name.is_empty() {
            text += &format!("  {}\n", Tone::Strong.paint(&name));
        }
        text += &grid.render();
        if account.blocked {
            text += &format!("  {}\n", Tone::Loss.paint(self.words.blocked));
        }
        text + "\n"
    }

    /// A page of accounts.
    pub(crate) fn accounts(&self, accounts: &[Account]) -> String {
        let mut grid = Grid::with_heading(&["ID", "GROUP", "PHONE", "NAME", "LEVEL", "BALANCE"]);
        for account in accounts {
            let name = [&account.profile.first_name, &account.profile.last_name];
            let name = name.into_iter().flatten().map(|part| clean(part)).collect::<Vec<_>>().join(" ");
            grid.row([
                Cell::right(account.id.0.to_string()),
                Cell::right(account.group_id.0.to_string()),
                Cell::left(account.phone.map(|phone| self.wording.phone(phone)).unwrap_or_default()),
                Cell::left(super::shorten(&name, 28)),
                Cell::left(account.level.as_ref().map(|level| clean(&level.name)).unwrap_or_default()),
                Cell::right(self.wording.bonus_number(account.balance)),
            ]);
        }
        grid.render()
    }

    /// A guest at the door.
    pub(crate) fn registered(&self, registered: &Registered) -> String {
        let greeting = if registered.created { self.words.welcome } else { self.words.welcome_back };
        let name = registered.account.profile.first_name.as_deref().map(clean).unwrap_or_default();
        let greeting = if name.is_empty() { greeting.to_owned() } else { format!("{greeting}, {name}!") };
        format!("\n  {}\n{}", Tone::Gain.paint(&greeting), self.account(&registered.account))
    }

    /// A changed account, what else changed, and what did not.
    pub(crate) fn updated(&self, update: &AccountUpdate, ignored: &[&str]) -> String {
        let mut text = String::from("\n");
        if ignored.is_empty() {
            text += &format!("  {}\n", Tone::Gain.paint(self.words.saved));
        } else {
            text += &format!("  {}\n", Tone::Loss.paint(&self.words.ignored(&ignored.join(", "))));
        }
        if !update.unasked.is_empty() {
            let fields = clean(&update.unasked.join(", "));
            text += &format!("  {}\n", Tone::Warning.paint(&self.words.unasked(&fields)));
        }
        text + &self.account(&update.account)
    }

    /// A code for the till.
    pub(crate) fn code(&self, code: &IssuedIdentifier) -> String {
        let until = code.expires_at.map(|at| {
            format!("  {} {}", self.words.until, self.wording.time(self.calendar.local(at).time()))
        });
        format!(
            "\n  {}{}\n\n",
            Tone::Strong.paint(&clean(&code.value)),
            Tone::Faint.paint(&until.unwrap_or_default())
        )
    }

    /// What came of a write of money.
    pub(crate) fn write(
        &self,
        done: &str,
        sum: Option<Bonus>,
        outcome: &OperationOutcome,
        key: Uuid,
    ) -> String {
        let sum = sum.map(|sum| format!(" {}", self.wording.bonus(sum))).unwrap_or_default();
        let mut text = format!("\n  {}\n", Tone::Gain.paint(&format!("{done}{sum}")));
        if let Some(balance) = outcome.balance {
            text += &format!("  {} {}\n", self.words.balance, self.wording.bonus(balance));
        }
        if !outcome.transaction_ids.is_empty() {
            let ids: Vec<_> = outcome.transaction_ids.iter().map(|id| id.0.to_string()).collect();
            text += &format!("  {} {}\n", Tone::Faint.paint(self.words.operations), ids.join(", "));
        }
        text + &self.key(key)
    }

    /// What came of a write on a whole group.
    pub(crate) fn group_write(&self, done: &str, sum: Bonus, outcome: GroupOutcome, key: Uuid) -> String {
        let done = Tone::Gain.paint(&format!("{done} {}", self.wording.bonus(sum)));
        format!("\n  {done}\n  {}\n{}", self.words.affected(outcome.affected), self.key(key))
    }

    pub(super) fn key(&self, key: Uuid) -> String {
        format!("  {} {key}\n\n", Tone::Faint.paint(self.words.key))
    }
}
