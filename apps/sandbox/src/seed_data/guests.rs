//! Customers of the purchase history become guests with receipts and bonuses.

use std::cmp::Reverse;

use jiff::Span;
use jiff::civil::Time;
use rusqlite::{CachedStatement, Connection, params};

use super::Plan;
use super::dictionaries::{
    BRONZE, CARD_TYPE, DELIVERY, DISCOUNT_HOLDERS, FIVE_OFF, MAIN_LADDER, REGULARS, RESTAURANTS,
    SELF_REGISTERED, TEMPLATES,
};
use super::purchases::{self, Purchase};
use super::simulation::{Ids, Past, Replay, Terms, Visit};
use crate::error::BooksError;
use crate::random::Random;

/// The phone of the guest with most purchases.
const RICHEST_PHONE: &str = "+79000000001";
/// Account id of customer 0.
const FIRST_ACCOUNT: i64 = 1_000;
/// Life of bonuses in groups without a template.
const USUAL_LIFETIME_DAYS: i64 = 365;

/// Writes the `limit` customers with most purchases.
pub(super) fn fill(db: &Connection, plan: &Plan<'_>, limit: usize) -> Result<(), BooksError> {
    let purchases = purchases::all()?;
    let shift = shift_to_yesterday(&purchases, plan)?;
    let mut customers: Vec<&[Purchase]> = purchases.chunk_by(|a, b| a.customer == b.customer).collect();
    // The sort is stable, so among equals the lower number comes first.
    customers.sort_by_key(|purchases| Reverse(purchases.len()));
    let richest = customers.first().and_then(|purchases| purchases.first()).map(|first| first.customer);
    customers.truncate(limit);
    customers.sort_by_key(|purchases| purchases.first().map(|first| first.customer));

    let mut tables = Tables::prepare(db)?;
    let mut ids = Ids::default();
    for purchases in customers {
        let Some(customer) = purchases.first().map(|first| first.customer) else { continue };
        let mut random = Random::of(&[plan.seed, 0x6e57, u64::from(customer)]);
        let guest = Guest::invent(customer, richest == Some(customer), plan.seed, &mut random);
        let visits = visits(purchases, shift, plan, &mut random)?;
        let replay = Replay {
            calendar: plan.calendar,
            activation_seconds: plan.activation_seconds,
            terms: guest.terms,
            ids: &mut ids,
            random: &mut random,
            past: Past::default(),
        };
        let past = replay.run(&visits, plan.now)?;
        let since = visits.first().map_or(plan.now, |visit| visit.at - 900);
        tables.write(&guest, since, &past, plan.now, &mut random)?;
    }
    Ok(())
}

/// The whole days that bring the newest purchase to the day before the history's end.
fn shift_to_yesterday(purchases: &[Purchase], plan: &Plan<'_>) -> Result<Span, BooksError> {
    let out = |_| BooksError::OutOfRange;
    let newest = purchases.iter().map(|purchase| purchase.date).max().unwrap_or_default();
    let yesterday = plan.calendar.local(plan.now)?.date().yesterday().map_err(out)?;
    newest.until(yesterday).map_err(out)
}

fn visits(
    purchases: &[Purchase],
    shift: Span,
    plan: &Plan<'_>,
    random: &mut Random,
) -> Result<Vec<Visit>, BooksError> {
    let usual = random.pick(&RESTAURANTS).map_or(1, |(code, _)| code);
    let mut visits = Vec::with_capacity(purchases.len());
    for purchase in purchases {
        let date = purchase.date.checked_add(shift).map_err(|_| BooksError::OutOfRange)?;
        // Tables are cleared between 11:00 and 22:59, after any change of day.
        let seconds = i64::from(random.below(12 * 3_600));
        let at = plan.calendar.at(date, Time::constant(11, 0, 0, 0))? + seconds;
        let elsewhere = random.below(5) == 0;
        let rest_code = if elsewhere { random.pick(&RESTAURANTS).map_or(1, |(code, _)| code) } else { usual };
        visits.push(Visit { at, total: purchase.kopecks, portions: purchase.items.max(1), rest_code });
    }
    visits.sort_by_key(|visit| visit.at);
    Ok(visits)
}

struct Guest {
    account_id: i64,
    phone: String,
    group_id: i64,
    discount_id: i64,
    bonus_id: Option<i64>,
    terms: Terms,
    person: super::names::Person,
}

impl Guest {
    fn invent(customer: u32, richest: bool, seed: u64, random: &mut Random) -> Self {
        let person = super::names::invent(random);
        let group_id = match random.below(10) {
            _ if richest => SELF_REGISTERED,
            0..=5 => SELF_REGISTERED,
            6..=7 => REGULARS,
            8 => DISCOUNT_HOLDERS,
            _ => DELIVERY,
        };
        let template = TEMPLATES.iter().find(|template| template.group == group_id);
        let fixed = group_id == DISCOUNT_HOLDERS;
        Self {
            account_id: FIRST_ACCOUNT + i64::from(customer),
            phone: if richest { RICHEST_PHONE.to_owned() } else { phone(customer, seed) },
            group_id,
            discount_id: if fixed { FIVE_OFF } else { MAIN_LADDER },
            bonus_id: fixed.then_some(BRONZE),
            terms: Terms {
                welcome: template.map_or(0, |template| template.welcome),
                lifetime_days: template.map_or(USUAL_LIFETIME_DAYS, |template| template.lifetime_days),
                discount_percent: if fixed { 5 } else { 0 },
            },
            person,
        }
    }
}

/// A phone of its own for every customer: multiplying by a number coprime to 10⁷ visits each rest once.
fn phone(customer: u32, seed: u64) -> String {
    const CODES: [&str; 8] = ["903", "905", "916", "925", "926", "963", "985", "999"];
    let number = (u64::from(customer) * 1_234_567 + seed % 10_000_000) % 10_000_000;
    let code = usize::try_from(number % 8).ok().and_then(|index| CODES.get(index)).unwrap_or(&"903");
    format!("+7{code}{number:07}")
}

/// The statements that write a guest.
struct Tables<'a> {
    account: CachedStatement<'a>,
    identifier: CachedStatement<'a>,
    coupon: CachedStatement<'a>,
    receipt: CachedStatement<'a>,
    txn: CachedStatement<'a>,
    lot: CachedStatement<'a>,
}

impl<'a> Tables<'a> {
    fn prepare(db: &'a Connection) -> Result<Self, BooksError> {
        Ok(Self {
            account: db.prepare_cached(
                "INSERT INTO account (id, group_id, phone, email, first_name, last_name, birthday, sex, blocked,
                                      discount_id, bonus_id, lifetime_days, turnover, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?12, ?13)",
            )?,
            identifier: db
                .prepare_cached("INSERT INTO identifier (type_id, value, account_id) VALUES (?1, ?2, ?3)")?,
            coupon: db.prepare_cached(
                "INSERT INTO coupon (account_id, name, code, expires_at) VALUES (?1, ?2, ?3, ?4)",
            )?,
            receipt: db.prepare_cached(
                "INSERT INTO receipt (id, account_id, at, rest_code, total, discount, bonus_spent, bonus_accrued,
                                      paid, invented_portions)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?,
            txn: db.prepare_cached(
                "INSERT INTO txn (id, account_id, at, kind, sum, balance_after, receipt_id, rest_code, money_spent,
                                  visible_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?3)",
            )?,
            lot: db.prepare_cached(
                "INSERT INTO lot (txn_id, account_id, remaining, active_from, burn_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
        })
    }

    fn write(
        &mut self,
        guest: &Guest,
        since: i64,
        past: &Past,
        now: i64,
        random: &mut Random,
    ) -> Result<(), BooksError> {
        let account_id = guest.account_id;
        let email = (random.below(3) == 0).then(|| format!("guest{account_id}@example.com"));
        self.account.execute(params![
            account_id,
            guest.group_id,
            guest.phone,
            email,
            guest.person.first,
            guest.person.last,
            guest.person.birthday,
            guest.person.sex,
            guest.discount_id,
            guest.bonus_id,
            guest.terms.lifetime_days,
            past.turnover,
            since,
        ])?;
        if random.below(3) == 0 {
            self.identifier.execute(params![CARD_TYPE, format!("7{account_id:015}"), account_id])?;
        }
        if random.below(5) == 0 {
            let expires_at = now + i64::from(10 + random.below(50)) * 86_400;
            let code = format!("SWEET{:05}", random.below(100_000));
            self.coupon.execute(params![account_id, "Десерт в подарок", code, expires_at])?;
        }
        for receipt in &past.receipts {
            self.receipt.execute(params![
                receipt.id,
                account_id,
                receipt.visit.at,
                receipt.visit.rest_code,
                receipt.visit.total,
                receipt.discount,
                receipt.bonus_spent,
                receipt.bonus_accrued,
                receipt.paid,
                receipt.visit.portions,
            ])?;
        }
        self.write_bonuses(account_id, past)
    }

    fn write_bonuses(&mut self, account_id: i64, past: &Past) -> Result<(), BooksError> {
        for movement in &past.movements {
            let receipt = movement.receipt;
            self.txn.execute(params![
                movement.id,
                account_id,
                movement.at,
                movement.kind,
                movement.sum,
                movement.balance_after,
                receipt.map(|receipt| receipt.id),
                receipt.map(|receipt| receipt.visit.rest_code),
                receipt.map(|receipt| receipt.paid),
            ])?;
        }
        for lot in past.lots.as_slice() {
            self.lot.execute(params![lot.txn_id, account_id, lot.remaining, lot.active_from, lot.burn_at])?;
        }
        Ok(())
    }
}
