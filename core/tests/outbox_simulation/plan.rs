//! What may happen in a history, drawn from its seed.

use std::num::NonZeroUsize;

use crate::random::Random;
use crate::world::Weather;

/// A mistake that is planted on purpose, to see that the simulation notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// What a client would leave on the disk that marks a write as sent only after it was.
    SendBeforeWrite,
    /// Absence is taken as proof on a server whose history never showed a key.
    AbsenceIsProof,
    /// Absence is taken as proof at once.
    NoPatience,
}

/// A kind of history: what may happen in it follows from the seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) weather: Weather,
    pub(crate) processes: usize,
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) clock_jumps: bool,
    pub(crate) steps: i64,
}

impl Plan {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let calm = random.percent(40);
        let processes = if random.percent(40) { 2 } else { 1 };
        // Interludes of another process need a single request under way, or histories would not replay.
        let wide = processes == 1 && random.percent(50);
        let echo = random.between(0, 10);
        Self {
            weather: Weather {
                faults: *random.one_of(&[0, 15, 35, 60]),
                twice: !calm,
                late: !calm && random.percent(60),
                crashes: random.percent(70),
                blocking: random.percent(30),
                shows_comments: echo < 8,
                shows_guids: echo < 7,
                shows_numbers: echo < 5 || echo == 7,
            },
            processes,
            concurrency: NonZeroUsize::new(if wide { 8 } else { 1 }).unwrap(),
            clock_jumps: random.percent(40),
            steps: random.between(6, 16),
        }
    }

    /// Nothing is delivered twice and nothing acts later than a quarter of an hour.
    pub(crate) fn is_calm(&self) -> bool {
        !self.weather.twice && !self.weather.late
    }
}
