//! Measuring two ways of doing one job on a machine that does other things as well.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Pairs of runs; the goal of a row is held against the medians. So many that most go undisturbed even where other
/// programs want the processor.
const RUNS: usize = 101;

/// How long each way takes for one job: the median of its runs.
pub(crate) struct Medians {
    pub(crate) ours: Duration,
    pub(crate) bare: Duration,
}

/// Measures both ways in turn, each many times.
pub(crate) fn interleaved<A, B>(mut ours: impl FnMut() -> A, mut bare: impl FnMut() -> B) -> Medians {
    let medians = alternating(RUNS, || Ok::<_, Infallible>(run(&mut ours)), || Ok(run(&mut bare)));
    match medians {
        Ok(medians) => medians,
        Err(never) => match never {},
    }
}

/// Measures both ways in turn, so often as asked, where each run has to prepare something first and says itself how
/// long the job took. Which one goes first alternates, so that neither always finds the other's warm caches. One run
/// of each comes before and is not counted.
pub(crate) fn alternating<E>(
    runs: usize,
    mut ours: impl FnMut() -> Result<Duration, E>,
    mut bare: impl FnMut() -> Result<Duration, E>,
) -> Result<Medians, E> {
    ours()?;
    bare()?;
    let (mut our_runs, mut bare_runs) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
    for number in 0..runs {
        if number % 2 == 0 {
            our_runs.push(ours()?);
            bare_runs.push(bare()?);
        } else {
            bare_runs.push(bare()?);
            our_runs.push(ours()?);
        }
    }
    Ok(Medians { ours: median(our_runs), bare: median(bare_runs) })
}

fn run<T>(job: &mut impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    let result = black_box(job());
    let took = started.elapsed();
    // Freeing the result is the work of whoever uses it.
    drop(result);
    took
}

/// The middle one.
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
