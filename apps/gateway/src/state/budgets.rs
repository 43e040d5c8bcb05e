//! What was spent of a day's budget.

use jiff::Timestamp;

use super::{State, StateError, Value, millis};

pub(super) const DAY: i64 = 24 * 3600 * 1000;

impl State {
    /// Spends one of `most` that may be spent in this UTC day; `false` when nothing is left.
    pub(crate) async fn spend(
        &self,
        name: &'static str,
        most: u32,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        self.write(move |tx| {
            let sql = "INSERT INTO budgets (name, day, used) VALUES ($1, $2, 1)
                       ON CONFLICT (name, day) DO UPDATE SET used = budgets.used + 1 WHERE budgets.used < $3";
            let day = millis(now).div_euclid(DAY);
            let values = [Value::Text(name), Value::Int(day), Value::Int(most.into())];
            Ok(most > 0 && tx.run(sql, &values)? == 1)
        })
        .await
    }
}
