//! What waits to be sent in one run, and what of it holds up nobody else.

use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

use super::settling::is_of_writes;
use crate::domain::WriteTarget;
use crate::error::LoyaltyError;

/// So many writes in a row that are not allowed are not about the writes: the next would meet the same.
const FORBIDDEN_IN_A_ROW: u32 = 16;

/// Writes that wait, by target, so that those to one target leave one after the other.
#[derive(Default)]
pub(super) struct Queue {
    lanes: HashMap<WriteTarget, VecDeque<Uuid>>,
    free: VecDeque<WriteTarget>,
}

impl Queue {
    pub(super) fn of(waiting: Vec<(Uuid, WriteTarget)>) -> Self {
        let mut queue = Self::default();
        for (key, target) in waiting {
            let lane = queue.lanes.entry(target).or_default();
            if lane.is_empty() {
                queue.free.push_back(target);
            }
            lane.push_back(key);
        }
        queue
    }

    /// Whether nothing can be taken just now.
    pub(super) fn is_empty(&self) -> bool {
        self.free.is_empty()
    }

    /// The next writes, one a target and `room` at most.
    pub(super) fn take(&mut self, room: usize) -> Vec<(Uuid, WriteTarget)> {
        let targets = self.free.drain(..room.min(self.free.len()));
        targets.filter_map(|target| Some((self.lanes.get_mut(&target)?.pop_front()?, target))).collect()
    }

    /// Lets the next write to a target be taken.
    pub(super) fn release(&mut self, target: WriteTarget) {
        if self.lanes.get(&target).is_some_and(|lane| !lane.is_empty()) {
            self.free.push_back(target);
        }
    }
}

/// What keeps single writes from being sent, and not all.
#[derive(Default)]
pub(super) struct OfTheirOwn {
    /// What the first of them met.
    pub(super) first: Option<LoyaltyError>,
    in_a_row: u32,
}

impl OfTheirOwn {
    /// Whether this is why one write was not sent, while others may be.
    pub(super) fn is_why(&mut self, stop: Option<&LoyaltyError>) -> bool {
        let Some(error) = stop.filter(|error| is_of_writes(error)) else {
            self.in_a_row = 0;
            return false;
        };
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.first.get_or_insert_with(|| error.clone());
        self.in_a_row < FORBIDDEN_IN_A_ROW
    }
}
