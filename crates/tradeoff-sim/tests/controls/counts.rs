//! Counts balance exactly, and ledgers are complete.

use tradeoff_sim::results::{Run, Simulation};

use crate::{SHOP, options, support::simulate};

fn each_run(check: impl Fn(&Run)) {
    let simulation: Simulation = simulate(SHOP, &options(5));
    assert_eq!(simulation.runs.len(), 3);
    simulation.runs.iter().for_each(check);
}

#[test]
fn every_request_is_answered_or_unfinished() {
    each_run(|run| {
        for phases in run.requests.values() {
            for it in phases.values() {
                let failed: u64 = it.failed.values().sum();
                assert_eq!(it.offered, it.ok + failed + it.unfinished);
            }
            let parts = ["before", "during", "after"];
            let of = |name: &str| phases.get(name).map_or(0, |it| it.offered);
            let sum: u64 = parts.into_iter().map(of).sum();
            assert!(run.scenario.is_none() || sum == phases["all"].offered, "phases are all");
        }
    });
}

#[test]
fn every_attempt_ends_or_is_in_flight() {
    each_run(|run| {
        for it in run.endpoints.values() {
            assert_eq!(it.arrivals, it.ok + it.failed.values().sum::<u64>() + it.in_flight);
        }
    });
}

#[test]
fn flow_is_forced_through_every_resource() {
    each_run(|run| {
        assert!(run.resources.len() >= 6, "slots, cores and pools: {:?}", run.resources.keys());
        for (name, it) in &run.resources {
            let came = it.at_start + it.arrivals;
            let went = it.served + it.refused + it.left;
            assert_eq!(came, went + it.waiting + it.in_service, "{name}");
        }
    });
}

#[test]
fn attempts_are_calls_and_retries() {
    each_run(|run| {
        for (name, it) in &run.edges {
            let own: u64 = ["breaker_open", "bulkhead_full"].iter().map(|of| it.outcomes[of]).sum();
            assert!(it.attempts + own >= it.calls, "{name}: each call is sent or rejected");
            let known: u64 = it.outcomes.values().sum();
            assert!(known <= it.attempts + own, "{name}: no attempt ends twice");
        }
    });
}

/// The ledger beside a percentile is that of requests about as long as it: of its class, eight to
/// an octave.
#[test]
fn ledgers_sum_to_the_latency() {
    each_run(|run| {
        for (flow, phases) in &run.requests {
            let it = &phases["all"];
            for (name, figure) in [("p50", it.latency.p50), ("p99", it.latency.p99)] {
                let figure = figure.expect("enough were answered").value;
                let ratio = it.spent[name].values().sum::<f64>() / figure;
                assert!((0.88..1.13).contains(&ratio), "{flow} {name}: {ratio} of {figure}");
            }
        }
    });
}
