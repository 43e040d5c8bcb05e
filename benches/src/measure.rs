//! Measuring two ways of doing one job on a machine that does other things as well.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Pairs of runs; the goal of a row is held against the medians.
const RUNS: usize = 15;
/// Times that a run does the job, so that it lasts much longer than a tick of the scheduler.
const TIMES: u32 = 5;

/// How long each way takes for one job: the median of its runs.
pub(crate) struct Medians {
    pub(crate) ours: Duration,
    pub(crate) bare: Duration,
}

/// Measures both ways in turn. Which one goes first alternates, so that neither always finds the other's warm caches.
pub(crate) fn interleaved<A, B>(mut ours: impl FnMut() -> A, mut bare: impl FnMut() -> B) -> Medians {
    run(&mut ours);
    run(&mut bare);
    let (mut our_runs, mut bare_runs) = (Vec::with_capacity(RUNS), Vec::with_capacity(RUNS));
    for number in 0..RUNS {
        if number % 2 == 0 {
            our_runs.push(run(&mut ours));
            bare_runs.push(run(&mut bare));
        } else {
            bare_runs.push(run(&mut bare));
            our_runs.push(run(&mut ours));
        }
    }
    Medians { ours: median(our_runs), bare: median(bare_runs) }
}

fn run<T>(job: &mut impl FnMut() -> T) -> Duration {
    let mut sum = Duration::ZERO;
    for _ in 0..TIMES {
        let started = Instant::now();
        let result = black_box(job());
        sum += started.elapsed();
        // Freeing the result is the work of whoever uses it.
        drop(result);
    }
    sum / TIMES
}

pub(crate) fn median(mut runs: Vec<Duration>) -> Duration {
    runs.sort_unstable();
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_slow_run_does_not_move_the_median() {
        let runs = [3, 900, 1, 2, 4].map(Duration::from_millis);
        assert_eq!(median(runs.to_vec()), Duration::from_millis(3));
    }

    #[test]
    fn the_slower_way_is_told_from_the_faster() {
        let nap = |millis| move || std::thread::sleep(Duration::from_millis(millis));
        let medians = interleaved(nap(4), nap(1));
        assert!(medians.ours >= Duration::from_millis(4) && medians.bare < medians.ours);
    }
}
