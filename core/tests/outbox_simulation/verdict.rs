//! Compares what the outbox says at the end of a history with what the server did.

use std::collections::HashSet;

use loyalty_core::domain::{Bonus, WriteRecord, WriteState};
use loyalty_core::operator::WriteFilter;
use uuid::Uuid;

use crate::history::History;
use crate::world::World;

/// What a history amounted to, for whoever asks whether the simulation reaches what it is there for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) writes: u64,
    pub(crate) unknown: u64,
    pub(crate) duplicate: u64,
    pub(crate) rejected: u64,
    /// Sent again under their key, with proof, and applied once.
    pub(crate) sent_again: u64,
    /// Settled as accepted although the answer was lost.
    pub(crate) found: u64,
    /// Taken off the list by a person, and kept.
    pub(crate) forgotten: u64,
    /// Left unknown by a damaged outbox, and settled all the same.
    pub(crate) recovered: u64,
}

impl History {
    pub(crate) async fn judge(&self) -> Result<Tally, String> {
        let records = self.list(WriteFilter::All).await;
        let open: Vec<_> = self.list(WriteFilter::Open).await.into_iter().map(|record| record.key).collect();
        let world = self.world.lock().unwrap();
        if let Some(sin) = world.sins.first() {
            return Err(sin.clone());
        }
        if records.len() != self.keys.len() {
            return Err(format!("{} rows for {} intents", records.len(), self.keys.len()));
        }
        let mut tally = Tally::default();
        for record in &records {
            let verdict = self.judge_one(&world, &records, record, open.contains(&record.key));
            verdict.map_err(|what| {
                let applied = world.applied.get(&record.key).copied().unwrap_or(0);
                format!(
                    "{} {}: {what}; {record:?}, applied {applied} times",
                    record.method.as_str(),
                    record.key
                )
            })?;
            tally.count(&world, record);
            let settled_again = self.recovered.contains(&record.key) && record.state.is_settled();
            tally.recovered += u64::from(settled_again);
        }
        order(&world, &records, &self.recovered)?;
        Ok(tally)
    }

    fn judge_one(
        &self,
        world: &World,
        records: &[WriteRecord],
        record: &WriteRecord,
        listed: bool,
    ) -> Result<(), String> {
        let write = &self.intents[&record.key];
        let applied = world.applied.get(&record.key).copied().unwrap_or(0);
        let shown = world.shows(record.method) && write.leaves_a_row();
        // What the network or a person doubled and the books do not show, nobody can know.
        let doubled = world.doubled.contains(&record.key) || self.insisted.contains(&record.key);
        let hidden = doubled && !shown;
        check(self.plan.is_calm(), || applied <= 1, "applied more than once")?;
        match record.state {
            _ if record.closed => {
                check(true, || world.forgotten.contains(&record.key), "nobody has forgotten it")?
            }
            WriteState::Prepared | WriteState::Sent => return Err("not ended".to_owned()),
            WriteState::Accepted => check(true, || applied == 1 || (hidden && applied > 1), "accepted")?,
            WriteState::Rejected => check(true, || applied == 0 || hidden, "rejected")?,
            WriteState::Unknown => check(true, || listed, "unknown and not listed")?,
            WriteState::Duplicate => {
                check(true, || listed && applied > 1, "duplicate")?;
                let extra = write.effect().hundredths() * i64::from(applied - 1);
                check(
                    true,
                    || record.take_back() == Some(Bonus::from_hundredths(extra)),
                    "sum to take back",
                )?;
            }
        }
        if record.closed {
            return Ok(());
        }
        let disturbed = world.disturbed.contains(&record.key);
        check(!disturbed, || record.state != WriteState::Unknown, "unknown without a fault")?;
        let witness = records.iter().any(|other| {
            other.method == record.method && other.state == WriteState::Accepted && other.seen > 0
        });
        // With the outbox it is lost what the history was seen to show, until it shows it again.
        let provable = self.plan.is_calm() && shown && witness && !self.was_lost;
        check(provable, || record.state != WriteState::Unknown, "left unknown though it could be proven")
    }
}

fn check(applies: bool, holds: impl FnOnce() -> bool, what: &str) -> Result<(), String> {
    if !applies || holds() { Ok(()) } else { Err(what.to_owned()) }
}

/// To each target writes leave in the order in which they were handed in.
fn order(world: &World, records: &[WriteRecord], recovered: &HashSet<Uuid>) -> Result<(), String> {
    for (target, sent) in &world.first_sent {
        // What is unknown holds nobody up, and what was forgotten has no place.
        let mut sent = sent.clone();
        sent.retain(|key| !recovered.contains(key) && records.iter().any(|record| record.key == *key));
        let handed: Vec<_> = records
            .iter()
            .filter(|record| record.target == *target && sent.contains(&record.key))
            .map(|record| record.key)
            .collect();
        if handed != sent {
            return Err(format!("writes to {target:?} left in another order than they were handed in"));
        }
    }
    Ok(())
}

impl Tally {
    fn count(&mut self, world: &World, record: &WriteRecord) {
        self.writes += 1;
        self.forgotten += u64::from(record.closed);
        match record.state {
            WriteState::Unknown => self.unknown += 1,
            WriteState::Duplicate => self.duplicate += 1,
            WriteState::Rejected => self.rejected += 1,
            WriteState::Accepted => {
                let sent = world.sent.get(&record.key).copied().unwrap_or(0);
                let answered = !record.outcome.transaction_ids.is_empty();
                self.sent_again += u64::from(sent > 1 && record.looks > 1);
                self.found += u64::from(!answered);
            }
            WriteState::Prepared | WriteState::Sent => {}
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.writes += other.writes;
        self.unknown += other.unknown;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
        self.sent_again += other.sent_again;
        self.found += other.found;
        self.forgotten += other.forgotten;
        self.recovered += other.recovered;
    }
}
