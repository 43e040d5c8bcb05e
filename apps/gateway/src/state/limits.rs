//! How often something was done lately, counted exactly: one row each time, looked at through sliding windows.

use std::time::Duration;

use jiff::Timestamp;

use super::{State, StateError, Transaction, Value, millis};

/// What is limited: a keyed hash of a phone, an address, a device with the name of the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LimitKey(pub(crate) [u8; 16]);

/// At most `most` times within `within`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) key: LimitKey,
    pub(crate) most: u32,
    pub(crate) within: Duration,
}

impl State {
    /// Counts one time against every key, unless that would be too often for one of the windows: then nothing is
    /// counted, and the answer is how long to wait.
    pub(crate) async fn take(
        &self,
        windows: Vec<Window>,
        now: Timestamp,
    ) -> Result<Result<(), Duration>, StateError> {
        if let Some(wait) = self.full(&windows, now).await? {
            return Ok(Err(wait));
        }
        self.write(move |tx| take(tx, &windows, now)).await
    }

    /// How long until every window has room; `None` when they have. Waits for nobody: a flood that is refused anyway
    /// must not stand in line with those who are let through.
    pub(super) async fn full(
        &self,
        windows: &[Window],
        now: Timestamp,
    ) -> Result<Option<Duration>, StateError> {
        let windows = windows.to_vec();
        self.read(move |tx| longest_wait(tx, &windows, now)).await
    }
}

pub(super) fn take(
    tx: &mut dyn Transaction,
    windows: &[Window],
    now: Timestamp,
) -> Result<Result<(), Duration>, StateError> {
    if let Err(wait) = check(tx, windows, now)? {
        return Ok(Err(wait));
    }
    count(tx, windows, now)?;
    Ok(Ok(()))
}

/// Whether there is room in every window. Holds the keys until the transaction ends, so that the answer stays true.
pub(super) fn check(
    tx: &mut dyn Transaction,
    windows: &[Window],
    now: Timestamp,
) -> Result<Result<(), Duration>, StateError> {
    for key in keys(windows) {
        tx.hold(&format!("limit {:032x}", u128::from_be_bytes(key.0)))?;
    }
    Ok(longest_wait(tx, windows, now)?.map_or(Ok(()), Err))
}

fn longest_wait(
    tx: &mut dyn Transaction,
    windows: &[Window],
    now: Timestamp,
) -> Result<Option<Duration>, StateError> {
    let mut longest = None;
    for window in windows {
        longest = longest.max(wait(tx, window, now)?);
    }
    Ok(longest)
}

/// Counts one time against every key.
pub(super) fn count(tx: &mut dyn Transaction, windows: &[Window], now: Timestamp) -> Result<(), StateError> {
    for key in keys(windows) {
        let values = [Value::Bytes(&key.0), Value::Int(millis(now))];
        tx.run("INSERT INTO limit_hits (key, at) VALUES ($1, $2)", &values)?;
    }
    Ok(())
}

/// Each key once, ascending: everybody locks in the same order.
fn keys(windows: &[Window]) -> Vec<LimitKey> {
    let mut keys: Vec<_> = windows.iter().map(|window| window.key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// How long until the window has room; `None` when it has.
fn wait(tx: &mut dyn Transaction, window: &Window, now: Timestamp) -> Result<Option<Duration>, StateError> {
    let span = i64::try_from(window.within.as_millis()).unwrap_or(i64::MAX);
    if window.most == 0 {
        return Ok(Some(window.within));
    }
    // The oldest of the newest `most`: while it is inside the window, the window is full.
    let sql = "SELECT at FROM limit_hits WHERE key = $1 AND at > $2 ORDER BY at DESC LIMIT 1 OFFSET $3";
    let since = millis(now).saturating_sub(span);
    let values = [
        Value::Bytes(&window.key.0),
        Value::Int(since),
        Value::Int(i64::from(window.most).saturating_sub(1)),
    ];
    let Some(mut row) = super::one_row(tx, sql, &values)? else { return Ok(None) };
    let until = row.int(0)?.saturating_add(span).saturating_sub(millis(now));
    Ok(Some(Duration::from_millis(u64::try_from(until).unwrap_or(0).max(1))))
}
