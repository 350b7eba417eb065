//! The truth table of events.

use tradeoff_sim::results::Run;

use crate::{all, close, mean, options, phase, support::simulate};

/// One service without lines, and one event from 10 s to 15 s of 30 s.
fn during(service: &str, steps: &str, event: &str) -> Run {
    let yaml = format!(
        "
tradeoff: 1
name: event
duration: 30s
warmup: 5s
services: {{ s: {{ {service} endpoints: {{ do: {{ steps: [ {steps} ] }} }} }} }}
traffic: {{ t: {{ rate: 100/s, patience: none, mix: {{ s.do: 100% }} }} }}
scenarios: {{ it: {{ duration: 30s, events: [ {{ at: 10s, for: 5s, {event} }} ] }} }}
"
    );
    simulate(&yaml, &options(2)).runs.swap_remove(1)
}

const FLOW: &str = "t/s.do";
const UNIFORM: &str = "{ work: { min: 10ms, max: 30ms } }";

#[test]
fn a_crash_refuses_and_comes_back() {
    let run = during("", "{ wait: { mean: 200ms } }", "crash: s");
    let [before, now, after] = ["before", "during", "after"].map(|it| phase(&run, FLOW, it));
    assert_eq!(now.failed["refused"], now.offered, "dead is dead");
    assert_eq!(after.ok, after.offered, "it is back after 5 s");
    let lost = before.failed["crashed"];
    assert_eq!(before.ok + lost, before.offered);
    assert!((15..120).contains(&lost), "20 a replication were in service, {lost} of two crashed");
}

#[test]
fn a_drained_crash_finishes_what_is_in_service() {
    let run = during("", "{ wait: { mean: 200ms } }", "crash: s, drain: true");
    let [before, now] = ["before", "during"].map(|it| phase(&run, FLOW, it));
    assert_eq!(before.ok, before.offered);
    assert_eq!(now.failed["refused"], now.offered);
}

/// By second of the measurement: how many were not ok, of all.
fn bad_by_second(run: &Run) -> Vec<(u64, u64)> {
    let series = &run.series.requests[FLOW];
    let bins = series.offered.iter().zip(&series.ok).map(|(offered, ok)| (offered - ok, *offered));
    bins.skip(5).collect()
}

#[test]
fn balancers_avoid_the_dead_after_health() {
    let service = "replicas: 2, balance: { policy: round-robin, health: 2s },";
    let run = during(service, UNIFORM, "crash: s, replicas: 1");
    assert!(close(run.series.width, 1.0));
    for (second, (bad, offered)) in bad_by_second(&run).into_iter().enumerate() {
        match second {
            10 | 11 => assert!(bad.abs_diff(offered / 2) <= 4, "{second}: {bad} of {offered}"),
            9 => assert!(bad <= 10, "what was on the replica: {bad} of {offered}"),
            _ => assert_eq!(bad, 0, "{second}"),
        }
    }
}

#[test]
fn without_health_balancers_never_learn() {
    let service = "replicas: 2, balance: { policy: round-robin, health: never },";
    let run = during(service, UNIFORM, "crash: s, replicas: 1");
    for (second, (bad, offered)) in bad_by_second(&run).into_iter().enumerate().skip(10) {
        let half = if second < 15 { offered / 2 } else { 0 };
        assert!(bad.abs_diff(half) <= 2, "{second}: {bad} of {offered}");
    }
}

#[test]
fn a_stall_freezes() {
    for (service, steps) in
        [("", "{ wait: 10ms }"), ("", "{ work: 10ms }"), ("cores: 8,", "{ work: 10ms }")]
    {
        let run = during(service, steps, "stall: s");
        let [before, now, after] = ["before", "during", "after"].map(|it| phase(&run, FLOW, it));
        assert_eq!(all(&run, FLOW).ok, all(&run, FLOW).offered, "nothing is lost");
        let longest = now.latency.max.unwrap_or(0.0);
        assert!((4.9..6.5).contains(&longest), "all of it is waited for: {longest}");
        assert!(mean(now) > 2.4, "half of it on average");
        assert!(before.latency.max.is_some_and(|it| it < 5.02));
        assert!(after.latency.p50.is_some_and(|it| it.value < 0.0101), "back to 10 ms");
    }
}

/// Only what draws its time in the interval is slower; all draws are those of the calm run.
#[test]
fn slow_multiplies_the_times_drawn_meanwhile() {
    for steps in [UNIFORM, "{ wait: { min: 10ms, max: 30ms } }"] {
        let calm = during("", steps, "slow: s, by: 1x");
        let slow = during("", steps, "slow: s, by: 3x");
        for name in ["before", "after"] {
            let [calm, slow] = [&calm, &slow].map(|it| phase(it, FLOW, name));
            assert_eq!(calm, slow, "{name}");
        }
        let [calm, slow] = [&calm, &slow].map(|it| phase(it, FLOW, "during"));
        assert_eq!(calm.offered, slow.offered);
        assert!(close(3.0 * mean(calm), mean(slow)), "{} and {}", mean(calm), mean(slow));
    }
}

#[test]
fn errors_fail_their_share() {
    let calm = during("", UNIFORM, "slow: s, by: 1x");
    // Those who come at the end are answered after it.
    for (share, low, high) in [("100%", 0.98, 1.0), ("30%", 0.24, 0.36)] {
        let run = during("", UNIFORM, &format!("errors: s, share: {share}"));
        let now = phase(&run, FLOW, "during");
        let failed = now.failed["error"];
        assert_eq!(now.ok + failed, now.offered, "only errors");
        let of = failed as f64 / now.offered as f64;
        assert!((low..=high).contains(&of), "{share}: {of}");
        // Who came before and is answered meanwhile may fail too.
        let before = phase(&run, FLOW, "before");
        assert!(before.offered - before.ok <= 12);
        assert_eq!(phase(&run, FLOW, "after"), phase(&calm, FLOW, "after"));
    }
}

#[test]
fn a_surge_of_users_comes_and_goes() {
    let yaml = "
tradeoff: 1
name: users
duration: 30s
warmup: 5s
services: { s: { endpoints: { do: { steps: [ { work: 50ms } ] } } } }
traffic: { t: { users: 20, think: 950ms, patience: none, mix: { s.do: 100% } } }
scenarios: { it: { duration: 30s, events: [ { at: 10s, for: 10s, surge: t, by: 3x } ] } }
";
    let run = simulate(yaml, &options(2)).runs.swap_remove(1);
    let rate = |name: &str| phase(&run, FLOW, name).offered as f64 / 20.0;
    assert!((rate("before") - 20.0).abs() < 1.0, "{}", rate("before"));
    assert!((rate("during") - 60.0).abs() < 4.0, "{}", rate("during"));
    assert!((rate("after") - 20.0).abs() < 1.0, "{}", rate("after"));
}
