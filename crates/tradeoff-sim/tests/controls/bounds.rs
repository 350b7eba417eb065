//! Runs that would not end are cut off, say so, and still report.

use tradeoff_sim::{Bounds, Options, results::Run};

use crate::{all, options, support::baseline};

const OVERLOADED: &str = "
tradeoff: 1
name: overloaded
duration: 60s
warmup: 5s
services: { s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 100ms } } ] } } } }
traffic: { t: { rate: 100/s, patience: none, mix: { s.do: 100% } } }
";

fn reports(run: &Run, bound: &str, flow: &str) {
    assert_eq!(run.bounded_by, Some(bound));
    let it = all(run, flow);
    assert!(it.unfinished > 0, "what is cut off is unfinished: {it:?}");
    assert_eq!(it.offered, it.ok + it.failed.values().sum::<u64>() + it.unfinished);
    assert!(it.latency.mean.is_none(), "no mean without the unfinished");
    assert!(it.latency.p99.is_none(), "the p99 reaches into what is unfinished");
    assert!(it.good_ratio.is_some_and(|it| it.value < 1.0), "unfinished is bad");
}

fn bounded(yaml: &str, bounds: Bounds) -> Run {
    baseline(yaml, &Options { bounds, ..options(2) })
}

#[test]
fn events_are_bounded() {
    let bounds = Bounds { events: 10_000, ..Bounds::default() };
    let run = bounded(OVERLOADED, bounds);
    reports(&run, "events", "t/s.do");
    assert_eq!(run.events, 20_000);
}

#[test]
fn requests_are_bounded() {
    let bounds = Bounds { requests: 2_000, ..Bounds::default() };
    reports(&bounded(OVERLOADED, bounds), "requests", "t/s.do");
}

#[test]
fn an_overload_alone_meets_no_bound() {
    let run = bounded(OVERLOADED, Bounds::default());
    assert_eq!((run.bounded_by, all(&run, "t/s.do").unfinished), (None, 0));
}

/// The outer transaction keeps the only connection; the inner one waits for it for ever.
#[test]
fn a_nested_transaction_deadlocks() {
    let yaml = "
tradeoff: 1
name: nested
duration: 60s
warmup: 5s
services:
  s:
    endpoints:
      do:
        steps:
          - all:
              - [ { transaction: { store: d, steps: [ { transaction: { store: d, steps: [ { query: d.get } ] } } ] } } ]
              - [ { transaction: { store: d, steps: [ { query: d.get } ] } } ]
stores: { d: { pool: { per_replica: 1, wait: none }, operations: { get: { time: 1ms } } } }
traffic: { t: { rate: 20/s, patience: none, mix: { s.do: 100% } } }
";
    reports(&bounded(yaml, Bounds::default()), "deadlock", "t/s.do");
}

/// A transaction calls a service of the same process, which needs a connection of the same pool.
#[test]
fn a_transaction_around_a_call_deadlocks() {
    let yaml = "
tradeoff: 1
name: circle
duration: 60s
warmup: 5s
services:
  a:
    deploy: unit
    endpoints: { do: { steps: [ { transaction: { store: d, steps: [ { call: b.do } ] } } ] } }
  b:
    deploy: unit
    endpoints: { do: { steps: [ { query: d.get } ] } }
stores: { d: { pool: { per_replica: 1, wait: none }, operations: { get: { time: 1ms } } } }
traffic: { t: { rate: 20/s, patience: none, mix: { a.do: 100% } } }
";
    reports(&bounded(yaml, Bounds::default()), "deadlock", "t/a.do");
}

/// With a bound on the wait the same circle is no deadlock: who waits gives up.
#[test]
fn a_bounded_wait_breaks_the_circle() {
    let yaml = "
tradeoff: 1
name: bounded
duration: 60s
warmup: 5s
services: { s: { endpoints: { do: { steps: [ { transaction: { store: d, steps: [ { transaction: { store: d, steps: [ { query: d.get } ] } } ] } } ] } } } }
stores: { d: { pool: { per_replica: 1, wait: 10ms }, operations: { get: { time: 1ms } } } }
traffic: { t: { rate: 20/s, patience: none, mix: { s.do: 100% } } }
";
    let run = bounded(yaml, Bounds::default());
    let it = all(&run, "t/s.do");
    assert_eq!((run.bounded_by, it.ok, it.unfinished), (None, 0, 0));
    assert_eq!(it.failed["dependency"], it.offered);
}
