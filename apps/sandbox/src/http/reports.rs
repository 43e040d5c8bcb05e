//! `reports/*`: three tables over receipts and movements. Their sums are kopecks in every dialect, as their headings say.

use std::collections::BTreeMap;

use rusqlite::Row;
use serde_json::{Value, json};

use super::reply::{Call, Outcome, Reply};
use crate::books::Desk;
use crate::error::{ApiError, BooksError};
use crate::wire::{REPORT, REPORT_INFO};

type Rows = Result<Vec<Value>, BooksError>;

struct Report {
    id: i64,
    name: &'static str,
    description: &'static str,
    columns: &'static [&'static str],
    rows: fn(&Desk<'_>, i64, i64) -> Rows,
}

static REPORTS: [Report; 3] = [
    Report {
        id: 1,
        name: "Обороты по дням",
        description: "Чеки и суммы по рабочим дням",
        columns: &[
            "День",
            "Чеков",
            "Сумма, коп.",
            "Оплачено деньгами, коп.",
            "Оплачено бонусами, коп.",
            "Начислено, коп.",
        ],
        rows: days,
    },
    Report {
        id: 2,
        name: "Движение бонусов",
        description: "Операции по видам",
        columns: &["Вид", "Операций", "Сумма, коп."],
        rows: movements,
    },
    Report {
        id: 3,
        name: "Чеки",
        description: "Все чеки за период",
        columns: &[
            "Чек",
            "Время",
            "Счёт",
            "Ресторан",
            "Сумма, коп.",
            "Скидка, коп.",
            "Оплачено деньгами, коп.",
            "Оплачено бонусами, коп.",
            "Начислено, коп.",
        ],
        rows: receipts,
    },
];

pub(super) fn list(_: &Call<'_>) -> Outcome {
    let reports = REPORTS.iter();
    Ok(Reply::many(
        &REPORT_INFO,
        reports
            .map(|report| json!({"id": report.id, "name": report.name, "description": report.description})),
    ))
}

pub(super) fn get(call: &Call<'_>) -> Outcome {
    let id = call.input.number("id")?;
    let report = REPORTS.iter().find(|report| report.id == id);
    let report = report.ok_or_else(|| ApiError::missing("report").on("id"))?;
    let (from, to) = (call.input.number("dateFrom")?, call.input.number("dateTo")?);
    let rows = (report.rows)(call.desk, from, to)?;
    Ok(Reply::one(&REPORT, json!({"columns": report.columns, "rows": rows})))
}

fn days(desk: &Desk<'_>, from: i64, to: i64) -> Rows {
    let mut statement = desk.db.prepare_cached(
        "SELECT at, total, paid, bonus_spent, bonus_accrued FROM receipt WHERE at >= ?1 AND at < ?2",
    )?;
    let mut rows = statement.query([from, to])?;
    let mut days: BTreeMap<_, [i64; 5]> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let day = days.entry(desk.calendar.business_day(row.get(0)?)?).or_default();
        let receipt = [1, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        for (total, part) in day.iter_mut().zip(receipt) {
            *total += part;
        }
    }
    Ok(days
        .into_iter()
        .map(|(day, [count, a, b, c, d])| json!([day.to_string(), count, a, b, c, d]))
        .collect())
}

fn movements(desk: &Desk<'_>, from: i64, to: i64) -> Rows {
    let mut statement = desk.db.prepare_cached(
        "SELECT kind, count(*), sum(sum) FROM txn WHERE at >= ?1 AND at < ?2 AND visible_at <= ?3
         GROUP BY kind ORDER BY kind",
    )?;
    let read = |row: &Row<'_>| -> rusqlite::Result<Value> {
        Ok(json!([row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?]))
    };
    let rows = statement.query_map([from, to, desk.now], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn receipts(desk: &Desk<'_>, from: i64, to: i64) -> Rows {
    let mut statement = desk.db.prepare_cached(
        "SELECT c.id, c.at, c.account_id, r.name, c.total, c.discount, c.paid, c.bonus_spent, c.bonus_accrued
         FROM receipt c LEFT JOIN restaurant r ON r.code = c.rest_code
         WHERE c.at >= ?1 AND c.at < ?2 ORDER BY c.at, c.id",
    )?;
    let mut rows = statement.query([from, to])?;
    let mut table = Vec::new();
    while let Some(row) = rows.next()? {
        let sum = |index: usize| row.get::<_, i64>(index);
        let at = desk.calendar.local(sum(1)?)?.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let place = row.get::<_, Option<String>>(3)?;
        table.push(json!([sum(0)?, at, sum(2)?, place, sum(4)?, sum(5)?, sum(6)?, sum(7)?, sum(8)?]));
    }
    Ok(table)
}
