//! What is thrown away when its time has passed, so that no table grows without end.

use jiff::Timestamp;

use super::budgets::DAY;
use super::{State, StateError, Transaction, Value, millis};

/// Proof of consents that were withdrawn, and requests for deletion, stay for the three years in which a claim can be
/// brought (`assumed`: the general limitation period of Russian civil law).
const PROOF: i64 = 3 * 366 * DAY;
/// Consents of phones that never got an account.
const UNUSED_CONSENT: i64 = 7 * DAY;
/// Revoked kiosks stay in the operator's list.
const REVOKED_DEVICE: i64 = 400 * DAY;

/// So many rows go in one transaction: nobody else waits for a whole backlog to go.
const BATCH: u64 = 500;

/// What goes when it is older than so many milliseconds; with 0, when its own time is over.
struct Rule {
    table: &'static str,
    /// What names a row.
    key: &'static str,
    condition: &'static str,
    age: i64,
}

const fn rule(table: &'static str, key: &'static str, condition: &'static str, age: i64) -> Rule {
    Rule { table, key, condition, age }
}

const RULES: &[Rule] = &[
    rule("sign_in_codes", "whose", "expires_at <= $1", 0),
    rule("till_codes", "code_hash", "expires_at <= $1", 0),
    rule("tokens", "hash", "expires_at <= $1", 0),
    rule("tokens", "hash", "session_id IN (SELECT id FROM sessions WHERE expires_at <= $1)", 0),
    rule("sessions", "id", "expires_at <= $1", 0),
    rule("snapshots", "account_id", "as_of <= $1", DAY),
    rule(
        "snapshots",
        "account_id",
        "as_of <= $1 AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.account_id = snapshots.account_id)",
        0,
    ),
    rule("consents", "id", "account_id IS NULL AND given_at <= $1", UNUSED_CONSENT),
    rule("consents", "id", "withdrawn_at <= $1", PROOF),
    rule("deletions", "subject", "last_requested_at <= $1", PROOF),
    rule("devices", "id", "revoked_at <= $1", REVOKED_DEVICE),
];

/// Their rows have no name: the oldest go, and with the last of them those of the same millisecond.
const LIMIT_HITS: &str = "DELETE FROM limit_hits WHERE at <= (
    SELECT max(oldest.at) FROM (SELECT at FROM limit_hits WHERE at <= $1 ORDER BY at LIMIT $2) AS oldest)";

impl Rule {
    fn sql(&self) -> String {
        let Self { table, key, condition, .. } = self;
        // The condition once more: PostgreSQL asks it again of a row that somebody has renewed meanwhile.
        format!(
            "DELETE FROM {table} WHERE ({condition})
             AND {key} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT $2)"
        )
    }
}

impl State {
    /// Throws away what has had its time. Any number of instances may do it at once. Where one kind of it cannot be
    /// thrown away the others are all the same, and the first error is told.
    pub(crate) async fn prune(&self, now: Timestamp) -> Result<(), StateError> {
        let mut outcome = self.throw_away(LIMIT_HITS.to_owned(), millis(now).saturating_sub(DAY)).await;
        for rule in RULES {
            let before = millis(now).saturating_sub(rule.age);
            outcome = outcome.and(self.throw_away(rule.sql(), before).await);
        }
        let today = millis(now).div_euclid(DAY);
        let budgets = move |tx: &mut dyn Transaction| {
            tx.run("DELETE FROM budgets WHERE day < $1", &[Value::Int(today)]).map(drop)
        };
        outcome.and(self.write(budgets).await)
    }

    /// Throws away one kind of rows, a batch a transaction.
    async fn throw_away(&self, sql: String, before: i64) -> Result<(), StateError> {
        while self.throw_away_some(sql.clone(), before).await? >= BATCH {}
        Ok(())
    }

    async fn throw_away_some(&self, sql: String, before: i64) -> Result<u64, StateError> {
        let batch = i64::try_from(BATCH).unwrap_or(i64::MAX);
        self.write(move |tx| tx.run(&sql, &[Value::Int(before), Value::Int(batch)])).await
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::state::tests::{Fixture, NOON, on_both};

    on_both! {
        a_backlog_goes_in_batches
        what_is_renewed_meanwhile_stays
    }

    const HITS: &str = "INSERT INTO limit_hits (key, at) VALUES ($1, $2)";
    const CODES: &str =
        "INSERT INTO sign_in_codes (whose, code_hash, expires_at, tries_left) VALUES ($1, $1, $2, 1)";

    /// More rows than two batches hold, each of a millisecond of its own.
    async fn backlog(state: &State, sql: &'static str) -> i64 {
        let rows = i64::try_from(BATCH).unwrap() * 2 + 7;
        let insert = move |tx: &mut dyn Transaction| {
            for row in 0..rows {
                let key = row.to_be_bytes();
                tx.run(sql, &[Value::Bytes(&key), Value::Int(millis(NOON) - row)])?;
            }
            Ok(())
        };
        state.write(insert).await.unwrap();
        rows
    }

    async fn a_backlog_goes_in_batches(fixture: Fixture) {
        let state = &fixture.state;
        let codes = RULES.iter().find(|rule| rule.table == "sign_in_codes").unwrap().sql();
        for (table, insert, sql) in
            [("limit_hits", HITS, LIMIT_HITS.to_owned()), ("sign_in_codes", CODES, codes)]
        {
            let rows = backlog(state, insert).await;
            let gone = state.throw_away_some(sql, millis(NOON)).await.unwrap();
            assert_eq!(gone, BATCH, "{table}");
            state.prune(NOON + SignedDuration::from_hours(24)).await.unwrap();
            assert_eq!(fixture.count(table).await, 0, "{table}: {rows}");
        }
    }

    /// Another instance renews a row that is old just as it is to be thrown away.
    async fn what_is_renewed_meanwhile_stays(fixture: Fixture) {
        let old = [Value::Bytes(b"a phone"), Value::Int(millis(NOON))];
        fixture.state.write(move |tx| tx.run(CODES, &old).map(drop)).await.unwrap();
        let (neighbour, (inside, entered)) = (fixture.neighbour().await, tokio::sync::oneshot::channel());
        let inside = std::sync::Mutex::new(Some(inside));
        let renewing = tokio::spawn(async move {
            let renew = move |tx: &mut dyn Transaction| {
                tx.run("UPDATE sign_in_codes SET expires_at = expires_at + 60000", &[])?;
                inside.lock().unwrap().take().map(|inside| inside.send(()));
                // Until the other one has found the row and waits for it; where it has not, it finds it renewed.
                std::thread::sleep(std::time::Duration::from_millis(500));
                Ok(())
            };
            neighbour.write(renew).await.unwrap();
        });
        entered.await.unwrap();
        fixture.state.prune(NOON).await.unwrap();
        renewing.await.unwrap();
        assert_eq!(fixture.count("sign_in_codes").await, 1);
    }
}
