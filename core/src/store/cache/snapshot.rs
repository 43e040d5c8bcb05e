//! The account and its balance, as they were last read together.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::values::{column, date, instant, optional_instant};
use crate::domain::{
    Account, AccountId, Balance, Bonus, Burn, BurnSchedule, Coupon, GroupId, Identifier, IdentifierTypeId,
    Inconsistency, Level, Money, NextLevel, Pending, Percent, Phone, Profile, Sex, Transaction,
};
use crate::store::StoreError;

/// What a guest held when it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptSnapshot {
    /// Without its phone, of which only the masked form is kept.
    pub(crate) account: Account,
    pub(crate) phone_masked: Option<String>,
    pub(crate) balance: Balance,
    /// Newest first.
    pub(crate) newest: Vec<Transaction>,
    pub(crate) as_of: Timestamp,
}

/// Whose balance it is, and how much with what is pending: what two snapshots are compared by.
pub(super) fn total(connection: &Connection) -> Result<Option<(AccountId, i128)>, StoreError> {
    let found: Option<(i64, i64)> = connection
        .query_row("SELECT account_id, total FROM snapshot", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((account, total)) = found else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT amount FROM pending")?;
    let mut rows = statement.query([])?;
    let mut sum = i128::from(total);
    while let Some(row) = rows.next()? {
        sum += i128::from(row.get::<_, i64>(0)?);
    }
    Ok(Some((AccountId(account), sum)))
}

/// Whose snapshot it is.
pub(super) fn account(connection: &Connection) -> Result<Option<AccountId>, StoreError> {
    let found = connection.query_row("SELECT account_id FROM snapshot", [], |row| row.get(0)).optional()?;
    Ok(found.map(AccountId))
}

/// Replaces the snapshot as a whole.
pub(super) fn save(
    connection: &Connection,
    account: &Account,
    balance: &Balance,
    as_of: Timestamp,
) -> Result<(), StoreError> {
    clear(connection)?;
    save_account(connection, account, balance, as_of)?;
    save_parts(connection, balance)?;
    let mut identifier =
        connection.prepare_cached("INSERT INTO identifier (type_id, value) VALUES (?1, ?2)")?;
    for card in &account.identifiers {
        identifier.execute(params![card.type_id.0, card.value])?;
    }
    let mut coupon = connection
        .prepare_cached("INSERT INTO coupon (id, name, code, expires_at) VALUES (?1, ?2, ?3, ?4)")?;
    for one in &account.coupons {
        coupon.execute(params![one.id, one.name, one.code, one.expires_at.map(Timestamp::as_microsecond)])?;
    }
    Ok(())
}

pub(super) fn clear(connection: &Connection) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM snapshot",
        "DELETE FROM burn",
        "DELETE FROM pending",
        "DELETE FROM identifier",
        "DELETE FROM coupon",
    ] {
        connection.prepare_cached(sql)?.execute([])?;
    }
    Ok(())
}

fn save_account(
    connection: &Connection,
    account: &Account,
    balance: &Balance,
    as_of: Timestamp,
) -> Result<(), StoreError> {
    let (schedule, non_burning) = match &balance.schedule {
        BurnSchedule::Parts { non_burning, .. } => ("parts", *non_burning),
        BurnSchedule::TotalOnly { because } => (reason_word(*because), Bonus::ZERO),
    };
    let (profile, level) = (&account.profile, account.level.as_ref());
    let next = level.and_then(|level| level.next.as_ref());
    let mut statement = connection.prepare_cached(
        "INSERT INTO snapshot (one, as_of, account_id, group_id, blocked, account_balance, phone_masked, first_name,
         last_name, middle_name, birthday, sex, email, level_id, level_name, level_discount, level_accrual,
         level_turnover, next_name, next_from, balance_id, total, schedule, non_burning)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
         ?22, ?23)",
    )?;
    statement.execute(params![
        as_of.as_microsecond(),
        account.id.0,
        account.group_id.0,
        account.blocked,
        account.balance.hundredths(),
        account.phone.as_ref().map(Phone::masked),
        profile.first_name,
        profile.last_name,
        profile.middle_name,
        profile.birthday.map(|day| day.to_string()),
        profile.sex.map(sex_word),
        profile.email,
        level.and_then(|level| level.id),
        level.map(|level| level.name.as_str()),
        level.and_then(|level| level.discount).map(|percent| percent.0),
        level.and_then(|level| level.accrual).map(|percent| percent.0),
        level.and_then(|level| level.turnover).map(Money::hundredths),
        next.map(|next| next.name.as_str()),
        next.map(|next| next.from.hundredths()),
        balance.account_id.0,
        balance.total.hundredths(),
        schedule,
        non_burning.hundredths(),
    ])?;
    Ok(())
}

fn save_parts(connection: &Connection, balance: &Balance) -> Result<(), StoreError> {
    let mut burn = connection.prepare_cached("INSERT INTO burn (day, amount) VALUES (?1, ?2)")?;
    for part in balance.schedule.burns() {
        burn.execute(params![part.on.to_string(), part.amount.hundredths()])?;
    }
    let mut pending =
        connection.prepare_cached("INSERT INTO pending (amount, active_from) VALUES (?1, ?2)")?;
    for part in &balance.pending {
        pending
            .execute(params![part.amount.hundredths(), part.active_from.map(Timestamp::as_microsecond)])?;
    }
    Ok(())
}

/// Reads the snapshot, without transactions; `None` before the first read.
pub(super) fn load(connection: &Connection) -> Result<Option<KeptSnapshot>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM snapshot")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let account = Account {
        id: AccountId(column(row, "account_id")?),
        group_id: GroupId(column(row, "group_id")?),
        phone: None,
        profile: profile(row)?,
        balance: Bonus::from_hundredths(column(row, "account_balance")?),
        blocked: column(row, "blocked")?,
        level: level(row)?,
        identifiers: identifiers(connection)?,
        coupons: coupons(connection)?,
    };
    let balance = Balance {
        account_id: AccountId(column(row, "balance_id")?),
        total: Bonus::from_hundredths(column(row, "total")?),
        schedule: schedule(connection, row)?,
        pending: pending(connection)?,
    };
    Ok(Some(KeptSnapshot {
        account,
        phone_masked: column(row, "phone_masked")?,
        balance,
        newest: Vec::new(),
        as_of: instant(column(row, "as_of")?)?,
    }))
}

fn profile(row: &Row<'_>) -> Result<Profile, StoreError> {
    let birthday: Option<String> = column(row, "birthday")?;
    let sex: Option<String> = column(row, "sex")?;
    Ok(Profile {
        first_name: column(row, "first_name")?,
        last_name: column(row, "last_name")?,
        middle_name: column(row, "middle_name")?,
        birthday: birthday.as_deref().map(date).transpose()?,
        sex: sex.as_deref().map(read_sex).transpose()?,
        email: column(row, "email")?,
    })
}

fn level(row: &Row<'_>) -> Result<Option<Level>, StoreError> {
    let Some(name) = column(row, "level_name")? else { return Ok(None) };
    let next_name: Option<String> = column(row, "next_name")?;
    let next_from: Option<i64> = column(row, "next_from")?;
    Ok(Some(Level {
        id: column(row, "level_id")?,
        name,
        discount: column::<Option<i32>>(row, "level_discount")?.map(Percent),
        accrual: column::<Option<i32>>(row, "level_accrual")?.map(Percent),
        turnover: column::<Option<i64>>(row, "level_turnover")?.map(Money::from_hundredths),
        next: next_name
            .zip(next_from)
            .map(|(name, from)| NextLevel { name, from: Money::from_hundredths(from) }),
    }))
}

fn schedule(connection: &Connection, row: &Row<'_>) -> Result<BurnSchedule, StoreError> {
    let word: String = column(row, "schedule")?;
    if word != "parts" {
        return Ok(BurnSchedule::TotalOnly { because: read_reason(&word)? });
    }
    let mut burns = Vec::new();
    let mut statement = connection.prepare_cached("SELECT day, amount FROM burn ORDER BY day")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let day: String = row.get(0)?;
        burns.push(Burn { on: date(&day)?, amount: Bonus::from_hundredths(row.get(1)?) });
    }
    Ok(BurnSchedule::Parts { burns, non_burning: Bonus::from_hundredths(column(row, "non_burning")?) })
}

fn pending(connection: &Connection) -> Result<Vec<Pending>, StoreError> {
    let mut found = Vec::new();
    let mut statement =
        connection.prepare_cached("SELECT amount, active_from FROM pending ORDER BY place")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let amount = Bonus::from_hundredths(row.get(0)?);
        found.push(Pending { amount, active_from: optional_instant(row.get(1)?)? });
    }
    Ok(found)
}

fn identifiers(connection: &Connection) -> Result<Vec<Identifier>, StoreError> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached("SELECT type_id, value FROM identifier ORDER BY place")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.push(Identifier { type_id: IdentifierTypeId(row.get(0)?), value: row.get(1)? });
    }
    Ok(found)
}

fn coupons(connection: &Connection) -> Result<Vec<Coupon>, StoreError> {
    let mut found = Vec::new();
    let mut statement =
        connection.prepare_cached("SELECT id, name, code, expires_at FROM coupon ORDER BY place")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let expires_at = optional_instant(row.get(3)?)?;
        found.push(Coupon { id: row.get(0)?, name: row.get(1)?, code: row.get(2)?, expires_at });
    }
    Ok(found)
}

fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
    }
}

fn read_sex(word: &str) -> Result<Sex, StoreError> {
    match word {
        "male" => Ok(Sex::Male),
        "female" => Ok(Sex::Female),
        _ => Err(StoreError::Damaged),
    }
}

fn reason_word(because: Inconsistency) -> &'static str {
    match because {
        Inconsistency::PartsDoNotSum => "parts_do_not_sum",
        Inconsistency::ImpossiblePart => "impossible_part",
        Inconsistency::TotalsDiffer => "totals_differ",
    }
}

fn read_reason(word: &str) -> Result<Inconsistency, StoreError> {
    match word {
        "parts_do_not_sum" => Ok(Inconsistency::PartsDoNotSum),
        "impossible_part" => Ok(Inconsistency::ImpossiblePart),
        "totals_differ" => Ok(Inconsistency::TotalsDiffer),
        _ => Err(StoreError::Damaged),
    }
}
