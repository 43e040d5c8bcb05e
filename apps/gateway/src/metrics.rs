//! Counters, in the text form that Prometheus reads. No label is personal: routes are templates, never paths.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::gateway::Counters;

/// The upper bounds of the histogram of request times, in milliseconds.
const BOUNDS: [u64; 11] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

/// A request that has been answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handled {
    pub(crate) verb: &'static str,
    /// The route's template.
    pub(crate) route: &'static str,
    pub(crate) status: u16,
    /// The problem's code.
    pub(crate) code: Option<&'static str>,
    pub(crate) took: Duration,
}

/// What the HTTP side counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    under_way: AtomicU64,
    connections: AtomicU64,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    requests: BTreeMap<(&'static str, &'static str, u16), u64>,
    problems: BTreeMap<&'static str, u64>,
    times: BTreeMap<&'static str, Times>,
}

/// How long requests of a route took.
#[derive(Debug, Default)]
struct Times {
    /// For each bound, how many were faster than it and slower than the one before; and last, how many were slower.
    buckets: [u64; BOUNDS.len() + 1],
    micros: u64,
}

/// Counts one more for as long as it lives.
#[derive(Debug)]
pub(crate) struct Held<'m>(&'m AtomicU64);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request has begun.
    pub(crate) fn begin(&self) -> Held<'_> {
        held(&self.under_way)
    }

    /// A connection has been taken.
    pub(crate) fn connection(&self) -> Held<'_> {
        held(&self.connections)
    }

    /// A request has been answered.
    pub(crate) fn count(&self, handled: &Handled) {
        let Handled { verb, route, status, code, took } = *handled;
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.requests.entry((route, verb, status)).or_default() += 1;
        if let Some(code) = code {
            *counted.problems.entry(code).or_default() += 1;
        }
        let times = counted.times.entry(route).or_default();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        times.micros = times.micros.saturating_add(micros);
        let bucket = BOUNDS.partition_point(|bound| bound.saturating_mul(1_000) < micros);
        if let Some(bucket) = times.buckets.get_mut(bucket) {
            *bucket += 1;
        }
    }

    /// Everything, with what the gateway itself has counted.
    pub(crate) fn render(&self, counters: &Counters) -> String {
        let mut text = String::with_capacity(8 * 1024);
        // Writing into a string does not fail.
        let _ = self.write(&mut text, counters);
        text
    }

    fn write(&self, text: &mut String, counters: &Counters) -> fmt::Result {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        head(text, "requests_total", "counter", "Requests answered.")?;
        for ((route, verb, status), number) in &counted.requests {
            let labels = format!("route=\"{route}\",verb=\"{verb}\",status=\"{status}\"");
            writeln!(text, "loyalty_gateway_requests_total{{{labels}}} {number}")?;
        }
        head(text, "problems_total", "counter", "Requests answered with a problem, by its code.")?;
        for (code, number) in &counted.problems {
            writeln!(text, "loyalty_gateway_problems_total{{code=\"{code}\"}} {number}")?;
        }
        head(text, "request_seconds", "histogram", "How long requests took.")?;
        for (route, times) in &counted.times {
            times.write(text, route)?;
        }
        drop(counted);
        for (name, help, gauge) in [
            ("requests_under_way", "Requests being worked on.", &self.under_way),
            ("connections", "Connections that are open.", &self.connections),
        ] {
            head(text, name, "gauge", help)?;
            writeln!(text, "loyalty_gateway_{name} {}", gauge.load(Ordering::Relaxed))?;
        }
        write_counters(text, counters)
    }
}

impl Times {
    fn write(&self, text: &mut String, route: &str) -> fmt::Result {
        let mut below = 0;
        for (bound, number) in BOUNDS.iter().zip(self.buckets) {
            below += number;
            let bound = seconds(bound.saturating_mul(1_000));
            let labels = format!("route=\"{route}\",le=\"{bound}\"");
            writeln!(text, "loyalty_gateway_request_seconds_bucket{{{labels}}} {below}")?;
        }
        let all: u64 = self.buckets.iter().sum();
        let sum = seconds(self.micros);
        writeln!(text, "loyalty_gateway_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {all}")?;
        writeln!(text, "loyalty_gateway_request_seconds_sum{{route=\"{route}\"}} {sum}")?;
        writeln!(text, "loyalty_gateway_request_seconds_count{{route=\"{route}\"}} {all}")
    }
}

fn write_counters(text: &mut String, counters: &Counters) -> fmt::Result {
    head(text, "codes_total", "counter", "Sign-in codes, by what became of them.")?;
    for (outcome, number) in [("delivered", counters.codes_delivered), ("failed", counters.codes_failed)] {
        writeln!(text, "loyalty_gateway_codes_total{{outcome=\"{outcome}\"}} {number}")?;
    }
    head(text, "codes_waiting", "gauge", "Sign-in codes that wait for a provider.")?;
    writeln!(text, "loyalty_gateway_codes_waiting {}", counters.codes_waiting)?;
    head(text, "snapshots_total", "counter", "Snapshots, by where they came from.")?;
    for (outcome, number) in [
        ("cached", counters.snapshots_cached),
        ("read", counters.snapshots_read),
        ("stale", counters.snapshots_stale),
        ("failed", counters.snapshots_failed),
    ] {
        writeln!(text, "loyalty_gateway_snapshots_total{{outcome=\"{outcome}\"}} {number}")?;
    }
    head(
        text,
        "families_revoked_total",
        "counter",
        "Sessions ended because a spent refresh token came back.",
    )?;
    writeln!(text, "loyalty_gateway_families_revoked_total {}", counters.families_revoked)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(text, "# HELP loyalty_gateway_{name} {help}\n# TYPE loyalty_gateway_{name} {kind}")
}

fn held(count: &AtomicU64) -> Held<'_> {
    count.fetch_add(1, Ordering::Relaxed);
    Held(count)
}

/// Microseconds as seconds with six decimals.
fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handled(millis: u64) -> Handled {
        Handled {
            verb: "GET",
            route: "/v1/programme",
            status: 429,
            code: Some("rate_limited"),
            took: Duration::from_millis(millis),
        }
    }

    #[test]
    fn a_histogram_counts_each_request_in_every_bucket_it_fits() {
        let metrics = Metrics::default();
        for millis in [1, 2, 31_000] {
            metrics.count(&handled(millis));
        }
        let text = metrics.render(&Counters::default());
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        let bucket = |le: &str| {
            let start =
                format!("loyalty_gateway_request_seconds_bucket{{route=\"/v1/programme\",le=\"{le}\"}} ");
            line(&start).split_once("} ").unwrap().1.to_owned()
        };
        assert_eq!(bucket("0.001000"), "1");
        assert_eq!(bucket("0.005000"), "2");
        assert_eq!(bucket("30.000000"), "2");
        assert_eq!(bucket("+Inf"), "3");
        assert!(line("loyalty_gateway_request_seconds_sum").ends_with(" 31.003000"));
        assert!(line("loyalty_gateway_requests_total").ends_with("status=\"429\"} 3"));
        assert!(line("loyalty_gateway_problems_total{code=\"rate_limited\"}").ends_with(" 3"));
    }

    #[test]
    fn what_is_under_way_is_counted_until_it_ends() {
        let metrics = Metrics::default();
        let told = || metrics.render(&Counters::default()).contains("loyalty_gateway_requests_under_way 1\n");
        let begun = metrics.begin();
        assert!(told());
        drop(begun);
        assert!(!told());
    }
}
