//! Metrics in Prometheus' text format: requests by route, and how the work stands.
use std::time::Duration;

use app::metrics::State;
use prometheus::{
    Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder,
};

/// Seconds of the histogram's steps: a read takes about one millisecond, a commit ten.
const STEPS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// What is counted of requests.
pub(crate) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
}

impl Metrics {
    pub(crate) fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        let requests = Opts::new("stipend_http_requests_total", "Requests that were answered.");
        let requests = IntCounterVec::new(requests, &["method", "route", "status"])?;
        let seconds = HistogramOpts::new(
            "stipend_http_request_duration_seconds",
            "Time from a request's head to its answer.",
        );
        let seconds = HistogramVec::new(seconds.buckets(STEPS.to_vec()), &["method", "route"])?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        Ok(Metrics { registry, requests, seconds })
    }

    /// Counts a request.
    pub(crate) fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// Everything as text.
    pub(crate) fn text(
        &self,
        state: &State,
        bodies: usize,
        now_us: i64,
    ) -> Result<String, prometheus::Error> {
        let now = Registry::new();
        tell(&now, state, bodies, now_us)?;
        let mut families = self.registry.gather();
        families.extend(now.gather());
        TextEncoder::new().encode_to_string(&families)
    }
}

/// Counts as the gauges of Prometheus have them; no money is among them.
fn number(value: i64) -> f64 {
    let (high, low) = (i32::try_from(value >> 32), u32::try_from(value & 0xffff_ffff));
    f64::from(high.unwrap_or(i32::MAX)) * 4_294_967_296.0 + f64::from(low.unwrap_or(0))
}

fn tell(
    registry: &Registry,
    state: &State,
    bodies: usize,
    now_us: i64,
) -> Result<(), prometheus::Error> {
    let age = |since_us: Option<i64>| since_us.map_or(0.0, |at| number(now_us - at) / 1e6);
    let gauge = |name: &str, help: &str, value: f64| {
        let gauge = Gauge::new(name, help)?;
        gauge.set(value);
        registry.register(Box::new(gauge))
    };
    let by = |name: &str, help: &str, labels: &[&str]| {
        let gauges = GaugeVec::new(Opts::new(name, help), labels)?;
        registry.register(Box::new(gauges.clone()))?;
        Ok::<_, prometheus::Error>(gauges)
    };
    gauge(
        "stipend_intake_waiting_events",
        "Events that are taken in and not sealed.",
        number(state.waiting_events),
    )?;
    gauge(
        "stipend_intake_lag_seconds",
        "Age of the oldest event batch that is not sealed.",
        age(state.waiting_since_us),
    )?;
    gauge("stipend_sealed_events", "Events of the sealed log.", number(state.sealed_events))?;
    let held = i64::try_from(bodies).unwrap_or(i64::MAX);
    gauge("stipend_request_body_bytes", "Bytes that bodies hold now.", number(held))?;
    gauge(
        "stipend_ledger_check_age_seconds",
        "Time since the ledger was last folded again; -1 before the first time.",
        state.checked.map_or(-1.0, |checked| number(now_us - checked.at_us) / 1e6),
    )?;
    let problems = state.checked.map_or(0, |checked| checked.problems);
    gauge(
        "stipend_ledger_check_problems",
        "What did not hold when the ledger was last checked.",
        number(i64::try_from(problems).unwrap_or(i64::MAX)),
    )?;
    let unsettled = by(
        "stipend_unsettled_events",
        "Sealed events that the program's last run did not know.",
        &["program"],
    )?;
    let age_of = by(
        "stipend_last_run_age_seconds",
        "Time since the program's last run was posted; -1 before the first.",
        &["program"],
    )?;
    let overdue =
        by("stipend_overdue_settlements", "Days that are due and not settled.", &["program"])?;
    for program in &state.programs {
        let labels = [program.program.as_str()];
        unsettled.with_label_values(&labels).set(number(program.unsettled_events));
        let last = program.last_run_us.map_or(-1.0, |at| number(now_us - at) / 1e6);
        age_of.with_label_values(&labels).set(last);
        let days = i64::try_from(program.overdue_days).unwrap_or(i64::MAX);
        overdue.with_label_values(&labels).set(number(days));
    }
    let jobs = by("stipend_jobs", "Jobs that are not done.", &["kind", "state"])?;
    let oldest = by(
        "stipend_oldest_job_age_seconds",
        "Age of the oldest job that is not done; of the kind deliver: the outbox.",
        &["kind", "state"],
    )?;
    for count in &state.jobs {
        let labels = [count.kind.as_str(), count.state.as_str()];
        jobs.with_label_values(&labels).set(number(count.count));
        oldest.with_label_values(&labels).set(age(Some(count.oldest_us)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn counts_are_not_bent() {
        for (value, expected) in
            [(0, 0.0), (-1, -1.0), (1 << 40, 1_099_511_627_776.0), (-5_000_000_000, -5e9)]
        {
            assert!((number(value) - expected).abs() < f64::EPSILON, "{value}");
        }
    }
}
