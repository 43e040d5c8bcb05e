//! What staff set up: groups with their templates, discounts and ladders, identifier types.

use rusqlite::{OptionalExtension, Row, params};

use super::Desk;
use crate::error::{ApiError, BooksError};

/// An account group. The last three fields are its template's.
#[derive(Debug, Clone)]
pub(crate) struct GroupRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) have_template: bool,
    pub(crate) level_id: Option<i64>,
    pub(crate) welcome_bonus: Option<i64>,
    pub(crate) lifetime_days: Option<i64>,
}

impl GroupRow {
    const SELECT: &'static str =
        "SELECT id, name, have_template, level_id, welcome_bonus, lifetime_days FROM account_group ";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            have_template: row.get(2)?,
            level_id: row.get(3)?,
            welcome_bonus: row.get(4)?,
            lifetime_days: row.get(5)?,
        })
    }
}

/// One rung of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Kopecks.
    pub(crate) from_turnover: i64,
    pub(crate) discount_id: i64,
}

/// An entry of the discount dictionary.
#[derive(Debug, Clone)]
pub(crate) struct DiscountRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// `discount` or `bonus`; `None` for a ladder.
    pub(crate) kind: Option<String>,
    pub(crate) percent: Option<i64>,
    pub(crate) composite: bool,
    /// By rising turnover.
    pub(crate) steps: Vec<Step>,
}

impl Desk<'_> {
    pub(crate) fn groups(&self) -> Result<Vec<GroupRow>, BooksError> {
        let mut statement = self.db.prepare_cached(&format!("{} ORDER BY id", GroupRow::SELECT))?;
        let rows = statement.query_map([], GroupRow::read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn group(&self, id: i64) -> Result<Option<GroupRow>, BooksError> {
        let mut statement = self.db.prepare_cached(&format!("{} WHERE id = ?1", GroupRow::SELECT))?;
        Ok(statement.query_row([id], GroupRow::read).optional()?)
    }

    /// Writes a group, new if its id is 0, and gives its id.
    pub(crate) fn save_group(&self, group: &GroupRow) -> Result<i64, ApiError> {
        if let Some(level_id) = group.level_id {
            self.discount(level_id)?.ok_or_else(|| ApiError::missing("discount").on("template.levelId"))?;
        }
        let id = (group.id != 0).then_some(group.id);
        self.db.execute(
            "INSERT INTO account_group (id, name, have_template, level_id, welcome_bonus, lifetime_days)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET name = ?2, have_template = ?3, level_id = ?4, welcome_bonus = ?5,
                                            lifetime_days = ?6",
            params![
                id,
                group.name,
                group.have_template,
                group.level_id,
                group.welcome_bonus,
                group.lifetime_days
            ],
        )?;
        Ok(id.unwrap_or_else(|| self.db.last_insert_rowid()))
    }

    pub(crate) fn discounts(&self) -> Result<Vec<DiscountRow>, BooksError> {
        let ids: Vec<i64> = {
            let mut statement = self.db.prepare_cached("SELECT id FROM discount ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        ids.into_iter().filter_map(|id| self.discount(id).transpose()).collect()
    }

    pub(crate) fn discount(&self, id: i64) -> Result<Option<DiscountRow>, BooksError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id, name, kind, percent, composite FROM discount WHERE id = ?1")?;
        let entry = statement
            .query_row([id], |row| {
                Ok(DiscountRow {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    kind: row.get(2)?,
                    percent: row.get(3)?,
                    composite: row.get(4)?,
                    steps: Vec::new(),
                })
            })
            .optional()?;
        let Some(mut entry) = entry else { return Ok(None) };
        if entry.composite {
            let mut statement = self.db.prepare_cached(
                "SELECT from_turnover, discount_id FROM ladder_step WHERE ladder_id = ?1 ORDER BY from_turnover",
            )?;
            let rows = statement
                .query_map([id], |row| Ok(Step { from_turnover: row.get(0)?, discount_id: row.get(1)? }))?;
            entry.steps = rows.collect::<Result<_, _>>()?;
        }
        Ok(Some(entry))
    }

    /// Writes a ladder, new if `id` is `None`, and gives its id.
    pub(crate) fn save_ladder(&self, id: Option<i64>, name: &str, steps: &[Step]) -> Result<i64, ApiError> {
        if let Some(id) = id {
            let entry = self.discount(id)?.ok_or_else(|| ApiError::missing("discount").on("id"))?;
            if !entry.composite {
                let message = "This entry came from the till system and can only be read.";
                return Err(ApiError::rule("not_composite", message).on("id"));
            }
        }
        self.db.execute(
            "INSERT INTO discount (id, name, composite) VALUES (?1, ?2, 1)
             ON CONFLICT (id) DO UPDATE SET name = ?2",
            params![id, name],
        )?;
        let id = id.unwrap_or_else(|| self.db.last_insert_rowid());
        self.db.execute("DELETE FROM ladder_step WHERE ladder_id = ?1", [id])?;
        for step in steps {
            if self.discount(step.discount_id)?.is_none_or(|entry| entry.composite) {
                return Err(ApiError::rule("invalid_step", "A step names a plain entry of the dictionary.")
                    .on("steps.discountId"));
            }
            let added = self.db.execute(
                "INSERT INTO ladder_step (ladder_id, from_turnover, discount_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                params![id, step.from_turnover, step.discount_id],
            )?;
            if added == 0 {
                return Err(ApiError::rule("invalid_step", "Two steps begin at the same turnover.")
                    .on("steps.fromTurnover"));
            }
        }
        Ok(id)
    }

    /// Id, name and mask of every identifier type.
    pub(crate) fn identifier_types(&self) -> Result<Vec<(i64, String, Option<String>)>, BooksError> {
        let mut statement =
            self.db.prepare_cached("SELECT id, name, mask FROM identifier_type ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn identifier_type(&self, id: i64) -> Result<Option<i64>, BooksError> {
        let mut statement = self.db.prepare_cached("SELECT id FROM identifier_type WHERE id = ?1")?;
        Ok(statement.query_row([id], |row| row.get(0)).optional()?)
    }

    /// Writes an identifier type, new if `id` is `None`, and gives its id.
    pub(crate) fn save_identifier_type(
        &self,
        id: Option<i64>,
        name: &str,
        mask: Option<&str>,
    ) -> Result<i64, ApiError> {
        if let Some(id) = id
            && self.identifier_type(id)?.is_none()
        {
            return Err(ApiError::missing("identifier type").on("id"));
        }
        self.db.execute(
            "INSERT INTO identifier_type (id, name, mask) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET name = ?2, mask = ?3",
            params![id, name, mask],
        )?;
        Ok(id.unwrap_or_else(|| self.db.last_insert_rowid()))
    }
}
