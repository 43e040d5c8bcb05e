//! Accounts: profiles, identifiers, temporary codes, coupons, and where a guest stands on a ladder.

use rusqlite::{OptionalExtension, Row, params};

use super::{AccountRow, Desk, DiscountRow, Entry};
use crate::error::{ApiError, BooksError};
use crate::random::Random;

/// A new account as it is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profile {
    pub(crate) group_id: i64,
    pub(crate) phone: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) middle_name: Option<String>,
    pub(crate) birthday: Option<String>,
    pub(crate) sex: Option<String>,
    pub(crate) blocked: bool,
    pub(crate) identifiers: Vec<(i64, String)>,
    pub(crate) discount_id: Option<i64>,
    pub(crate) bonus_id: Option<i64>,
    pub(crate) lifetime_days: Option<i64>,
}

/// An account as it is to be after an update.
#[derive(Debug, Clone)]
pub(crate) struct AccountChange {
    pub(crate) row: AccountRow,
    /// `None`: the identifiers stay.
    pub(crate) identifiers: Option<Vec<(i64, String)>>,
}

/// Where a guest stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelNow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) discount_percent: Option<i64>,
    pub(crate) accrual_percent: Option<i64>,
    /// Name and turnover of the next level of a ladder.
    pub(crate) next: Option<(String, i64)>,
}

/// A coupon of a guest: id, name, code, and the second at which it ends.
pub(crate) type CouponRow = (i64, String, Option<String>, Option<i64>);

impl Desk<'_> {
    pub(crate) fn account(&self, id: i64) -> Result<Option<AccountRow>, BooksError> {
        let sql = format!("{} WHERE id = ?1", AccountRow::SELECT);
        Ok(self.db.prepare_cached(&sql)?.query_row([id], AccountRow::read).optional()?)
    }

    /// The account, or the refusal that names the field it was asked by.
    pub(crate) fn account_or_refuse(&self, id: i64, field: &'static str) -> Result<AccountRow, ApiError> {
        self.account(id)?.ok_or_else(|| ApiError::missing("account").on(field))
    }

    pub(crate) fn account_by_phone(&self, phone: &str) -> Result<Option<AccountRow>, BooksError> {
        let sql = format!("{} WHERE phone = ?1", AccountRow::SELECT);
        Ok(self.db.prepare_cached(&sql)?.query_row([phone], AccountRow::read).optional()?)
    }

    pub(crate) fn accounts_page(&self, offset: i64, limit: i64) -> Result<Vec<AccountRow>, BooksError> {
        let sql = format!("{} ORDER BY id LIMIT ?2 OFFSET ?1", AccountRow::SELECT);
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map([offset, limit], AccountRow::read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn accounts_of_group(&self, group_id: i64) -> Result<Vec<AccountRow>, BooksError> {
        let sql = format!("{} WHERE group_id = ?1 ORDER BY id", AccountRow::SELECT);
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map([group_id], AccountRow::read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Creates an account; the phone must be free.
    pub(crate) fn insert_account(&self, profile: &Profile) -> Result<AccountRow, ApiError> {
        if self.account_by_phone(&profile.phone)?.is_some() {
            return Err(phone_taken());
        }
        self.db
            .prepare_cached(
                "INSERT INTO account (group_id, phone, email, first_name, last_name, middle_name, birthday, sex,
                                      blocked, discount_id, bonus_id, lifetime_days, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                profile.group_id,
                profile.phone,
                profile.email,
                profile.first_name,
                profile.last_name,
                profile.middle_name,
                profile.birthday,
                profile.sex,
                profile.blocked,
                profile.discount_id,
                profile.bonus_id,
                profile.lifetime_days,
                self.now,
            ])?;
        let id = self.db.last_insert_rowid();
        self.set_identifiers(id, &profile.identifiers)?;
        self.account_or_refuse(id, "id")
    }

    /// Creates an account by its group's template: level, burn rule and welcome bonus come from there.
    pub(crate) fn insert_by_template(&self, profile: Profile) -> Result<AccountRow, ApiError> {
        let group = self
            .group(profile.group_id)?
            .ok_or_else(|| ApiError::missing("account group").on("accountGroupId"))?;
        if !group.have_template {
            return Err(ApiError::rule(
                "group_without_template",
                "This account group has no template for the API: choose one with haveTemplate = true.",
            )
            .on("accountGroupId"));
        }
        let account = self.insert_account(&Profile {
            discount_id: group.level_id,
            lifetime_days: group.lifetime_days,
            ..profile
        })?;
        if let Some(sum) = group.welcome_bonus.filter(|sum| *sum > 0) {
            let entry = Entry { account_id: account.id, kind: "welcome", sum, ..Entry::default() };
            self.credit(&entry, account.lifetime_days, self.now)?;
        }
        Ok(account)
    }

    pub(crate) fn update_account(&self, change: &AccountChange) -> Result<(), ApiError> {
        let row = &change.row;
        if self.account_by_phone(&row.phone)?.is_some_and(|other| other.id != row.id) {
            return Err(phone_taken());
        }
        if self.group(row.group_id)?.is_none() {
            return Err(ApiError::missing("account group").on("accountGroupId"));
        }
        for (id, field) in [(row.discount_id, "discountId"), (row.bonus_id, "bonusId")] {
            if let Some(id) = id {
                self.discount(id)?.ok_or_else(|| ApiError::missing("discount").on(field))?;
            }
        }
        self.db
            .prepare_cached(
                "UPDATE account SET group_id = ?2, phone = ?3, email = ?4, first_name = ?5, last_name = ?6,
                        middle_name = ?7, birthday = ?8, sex = ?9, blocked = ?10, discount_id = ?11,
                        bonus_id = ?12, lifetime_days = ?13
                 WHERE id = ?1",
            )?
            .execute(params![
                row.id,
                row.group_id,
                row.phone,
                row.email,
                row.first_name,
                row.last_name,
                row.middle_name,
                row.birthday,
                row.sex,
                row.blocked,
                row.discount_id,
                row.bonus_id,
                row.lifetime_days,
            ])?;
        match &change.identifiers {
            Some(identifiers) => self.set_identifiers(row.id, identifiers),
            None => Ok(()),
        }
    }

    pub(crate) fn identifiers(&self, account_id: i64) -> Result<Vec<(i64, String)>, BooksError> {
        let mut statement = self.db.prepare_cached(
            "SELECT type_id, value FROM identifier WHERE account_id = ?1 ORDER BY type_id, value",
        )?;
        let rows = statement.query_map([account_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn set_identifiers(&self, account_id: i64, identifiers: &[(i64, String)]) -> Result<(), ApiError> {
        self.db.execute("DELETE FROM identifier WHERE account_id = ?1", [account_id])?;
        for (type_id, value) in identifiers {
            if self.identifier_type(*type_id)?.is_none() {
                return Err(ApiError::missing("identifier type").on("identifiers.typeId"));
            }
            let added = self.db.execute(
                "INSERT INTO identifier (type_id, value, account_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![type_id, value, account_id],
            )?;
            if added == 0 {
                return Err(ApiError::conflict("identifier_taken", "Another account has this identifier.")
                    .on("identifiers.value"));
            }
        }
        Ok(())
    }

    pub(crate) fn coupons(&self, account_id: i64) -> Result<Vec<CouponRow>, BooksError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, name, code, expires_at FROM coupon
             WHERE account_id = ?1 AND (expires_at IS NULL OR expires_at > ?2) ORDER BY id",
        )?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let rows = statement.query_map([account_id, self.now], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A short-lived code of digits for the till: value and the second at which it ends.
    pub(crate) fn issue_code(&self, account_id: i64, type_id: i64) -> Result<(String, i64), BooksError> {
        self.db.execute("DELETE FROM issued_code WHERE expires_at <= ?1", [self.now])?;
        let expires_at = self.now.saturating_add(self.rules.code_seconds);
        let digits = usize::from(self.rules.code_digits);
        let mut salt = 0;
        loop {
            let mut random =
                Random::of(&[self.rules.seed, account_id.unsigned_abs(), self.now.unsigned_abs(), salt]);
            let value: String = (0..digits).map(|_| char::from(b'0' + random.digit())).collect();
            let added = self.db.execute(
                "INSERT INTO issued_code (value, type_id, account_id, expires_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![value, type_id, account_id, expires_at],
            )?;
            if added == 1 {
                return Ok((value, expires_at));
            }
            salt += 1;
        }
    }

    /// The account a till code belongs to: a live temporary code, or an identifier of any type.
    pub(crate) fn account_by_code(&self, code: &str) -> Result<Option<AccountRow>, BooksError> {
        let sql = format!(
            "{} WHERE id = (SELECT account_id FROM issued_code WHERE value = ?1 AND expires_at > ?2
                            UNION ALL SELECT account_id FROM identifier WHERE value = ?1 LIMIT 1)",
            AccountRow::SELECT
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_row(params![code, self.now], AccountRow::read).optional()?)
    }

    pub(crate) fn add_turnover(&self, account_id: i64, paid: i64) -> Result<(), BooksError> {
        self.db
            .prepare_cached("UPDATE account SET turnover = turnover + ?2 WHERE id = ?1")?
            .execute([account_id, paid])?;
        Ok(())
    }

    /// The level of an account by its turnover; `None` if no discount is set.
    pub(crate) fn level(&self, account: &AccountRow) -> Result<Option<LevelNow>, BooksError> {
        let Some(entry) = account.discount_id.map(|id| self.discount(id)).transpose()?.flatten() else {
            return Ok(None);
        };
        let (mut standing, mut next) = (entry.clone(), None);
        if entry.composite {
            let mut reached = None;
            for step in &entry.steps {
                if step.from_turnover <= account.turnover {
                    reached = self.discount(step.discount_id)?;
                } else if next.is_none() {
                    next = self.discount(step.discount_id)?.map(|level| (level.name, step.from_turnover));
                }
            }
            match reached {
                Some(level) => standing = level,
                // Below the first rung there is no level yet.
                None => return Ok(None),
            }
        }
        let accrual = match account.bonus_id {
            Some(id) => self.discount(id)?.and_then(|bonus| bonus.percent_of("bonus")),
            None => standing.percent_of("bonus"),
        };
        Ok(Some(LevelNow {
            id: standing.id,
            discount_percent: standing.percent_of("discount"),
            accrual_percent: accrual,
            name: standing.name,
            next,
        }))
    }
}

impl DiscountRow {
    fn percent_of(&self, kind: &str) -> Option<i64> {
        self.percent.filter(|_| self.kind.as_deref() == Some(kind))
    }
}

fn phone_taken() -> ApiError {
    ApiError::conflict("phone_taken", "An account with this phone exists.").on("phone")
}
