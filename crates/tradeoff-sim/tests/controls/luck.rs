//! Common random numbers: a change of the design moves no arrival and redraws nothing.

use tradeoff_sim::results::Run;

use crate::{all, close, mean, options, phase, support::simulate};

const FLOW: &str = "t/s.do";

fn runs(service: &str, steps: &str, traffic: &str, more: &str) -> Vec<Run> {
    let yaml = format!(
        "
tradeoff: 1
name: luck
duration: 40s
warmup: 5s
services:
  s: {{ {service} endpoints: {{ do: {{ steps: [ {steps} ] }} }} }}
  back: {{ endpoints: {{ do: {{ steps: [ {{ work: {{ min: 10ms, max: 30ms }} }}, {{ fail: 10% }} ] }} }} }}
traffic: {{ t: {{ {traffic} patience: 10s, mix: {{ s.do: 100% }} }} }}
{more}
"
    );
    simulate(&yaml, &options(2)).runs
}

fn run(service: &str, steps: &str) -> Run {
    runs(service, steps, "rate: 100/s,", "").swap_remove(0)
}

fn same_arrivals(one: &Run, other: &Run) {
    let offered = |it: &Run| it.series.requests[FLOW].offered.clone();
    assert_eq!(offered(one), offered(other));
}

#[test]
fn more_replicas_change_no_draw() {
    let steps = "{ work: { mean: 20ms } }, { wait: { p50: 5ms, p99: 50ms } }";
    let one = run("", steps);
    for service in
        ["replicas: 3,", "replicas: 5, balance: two-choices,", "replicas: 2, balance: random,"]
    {
        let more = run(service, steps);
        assert_eq!(all(&one, FLOW), all(&more, FLOW), "without lines nothing is different");
        same_arrivals(&one, &more);
    }
}

#[test]
fn more_cores_move_no_arrival() {
    let steps = "{ work: { mean: 20ms } }";
    let few = run("cores: 2,", steps);
    let many = run("replicas: 3, cores: 4,", steps);
    same_arrivals(&few, &many);
    assert!(mean(all(&few, FLOW)) > mean(all(&many, FLOW)));
}

/// The second attempt comes too late for anybody: those who are answered are the same.
#[test]
fn a_retry_redraws_no_first_attempt() {
    let once = run("", "{ call: back.do }");
    let retry =
        "policy: { retry: { attempts: 2, backoff: constant, base: 20s, cap: 20s, jitter: none } }";
    let twice = run("", &format!("{{ call: back.do, {retry} }}"));
    same_arrivals(&once, &twice);
    let (once, twice) = (all(&once, FLOW), all(&twice, FLOW));
    assert_eq!(
        (once.offered, once.ok, once.latency.max),
        (twice.offered, twice.ok, twice.latency.max)
    );
    assert!(close(mean(once), mean(twice)));
    assert_eq!(once.failed["dependency"], twice.failed["timeout"]);
    assert!(once.failed["dependency"] > 300);
}

/// With a second attempt at once, each first attempt is still what it was: only those that failed
/// have a second one.
#[test]
fn a_retry_adds_attempts_to_those_that_failed() {
    let once = run("", "{ call: back.do }");
    let retry = "policy: { retry: { attempts: 2, backoff: none } }";
    let twice = run("", &format!("{{ call: back.do, {retry} }}"));
    same_arrivals(&once, &twice);
    let [once, twice] = [&once, &twice].map(|it| &it.edges["s.do->back.do"]);
    let failed = once.calls - once.outcomes["ok"];
    let added = twice.attempts - twice.calls;
    assert!(added.abs_diff(failed) <= 4, "but for the ends: {added} and {failed}");
}

/// Those whom a timeout lets pass are those who were as fast without it.
#[test]
fn a_timeout_redraws_nothing() {
    let slo = "slos: { it: { endpoint: s.do, latency: { p50: 18ms } } }";
    let patient = runs("", "{ call: back.do }", "rate: 100/s,", slo).swap_remove(0);
    let bound = "{ call: back.do, policy: { timeout: 18ms } }";
    let hasty = runs("", bound, "rate: 100/s,", slo).swap_remove(0);
    same_arrivals(&patient, &hasty);
    let good = |run: &Run| {
        let it = all(run, FLOW);
        let ratio = it.good_ratio.expect("there are requests").value;
        (ratio * it.offered as f64).round() as u64
    };
    assert_eq!(good(&patient), all(&hasty, FLOW).ok);
    assert!(all(&hasty, FLOW).latency.max.is_some_and(|it| it <= 0.018));
    assert!(all(&hasty, FLOW).failed["dependency"] > 1000);
}

/// Twice the rate for ten of thirty seconds brings the same arrivals as forty calm seconds: each
/// with the times that it always had.
#[test]
fn a_surge_moves_arrivals_and_redraws_none() {
    let surge =
        "scenarios: { it: { duration: 30s, events: [ { at: 10s, for: 10s, surge: t, by: 2x } ] } }";
    let runs = runs(
        "",
        "{ work: { mean: 20ms } }, { wait: { p50: 5ms, p99: 50ms } }",
        "rate: 100/s,",
        surge,
    );
    let [calm, surged] = [0, 1].map(|it| all(&runs[it], FLOW));
    assert_eq!((calm.offered, calm.ok), (surged.offered, surged.ok));
    assert_eq!(calm.latency.max, surged.latency.max);
    assert!(close(mean(calm), mean(surged)), "{} and {}", mean(calm), mean(surged));
    for (calm, surged) in [
        (calm.latency.p50, surged.latency.p50),
        (calm.latency.p90, surged.latency.p90),
        (calm.latency.p99, surged.latency.p99),
    ] {
        assert_eq!(calm.map(|it| it.value.to_bits()), surged.map(|it| it.value.to_bits()));
    }
    let during = phase(&runs[1], FLOW, "during").offered as f64;
    let before = phase(&runs[1], FLOW, "before").offered as f64;
    assert!((1.7..2.3).contains(&(during / before)), "{during} after {before}");
}
