//! Controls: what must hold whatever the design, and what must not change when nothing does.

#[path = "../support/mod.rs"]
mod support;

mod bounds;
mod counts;
mod events;
mod luck;
mod nothing;
mod observed;
mod parting;
mod untouched;

use tradeoff_sim::{Options, results::Requests, results::Run};

/// A shop with a bit of everything.
const SHOP: &str = "
tradeoff: 1
name: shop
duration: 40s
warmup: 10s
defaults: { policy: internal, network: { mean: 300us } }
policies:
  internal:
    timeout: 120ms
    deadline: 600ms
    retry: { attempts: 3, base: 10ms, cap: 100ms, budget: 20% }
    breaker: { failure_rate: 60%, window: 20 calls, open_for: 2s }
services:
  shop:
    replicas: 2
    cores: 2
    concurrency: 40
    queue: 80
    balance: two-choices
    endpoints:
      buy:
        steps:
          - work: { mean: 6ms }
          - all: [ [ { call: bank.charge } ], [ { query: orders.get }, { wait: { mean: 3ms } } ] ]
          - transaction: { store: orders, steps: [ { query: orders.get }, { query: orders.put } ] }
          - optional: [ { call: mail, policy: { timeout: 60ms, retry: none } } ]
      look:
        steps:
          - fallback: [ { query: orders.get }, { fail: 2% } ]
            else: [ { work: { mean: 2ms } } ]
          - chance: 40%
            do: [ { work: { mean: 4ms } } ]
            else: [ { repeat: { min: 0, max: 3 }, do: [ { work: { mean: 1ms } } ] } ]
  bank:
    replicas: 3
    speeds: [ 1, 1, 2 ]
    cores: 1
    balance: { policy: least-connections, weighted: true }
    endpoints:
      charge: { steps: [ { work: { p50: 8ms, p99: 50ms } } ] }
stores:
  orders:
    cores: 2
    queue: 30
    pool: { per_replica: 4, wait: 50ms }
    operations: { get: { time: { mean: 2ms } }, put: { time: { mean: 4ms }, writes: true } }
externals:
  mail: { time: { p50: 15ms, p99: 200ms }, errors: 3%, concurrency: 30 }
traffic:
  users: { rate: 60/s, patience: 2s, mix: { shop.buy: 50%, shop.look: 50% } }
  staff: { users: 8, think: { mean: 200ms }, policy: { timeout: 400ms, retry: 2 }, mix: { shop.look: 100% } }
slos:
  buy: { endpoint: shop.buy, availability: 99%, latency: { p99: 500ms } }
scenarios:
  brownout:
    duration: 40s
    events:
      - { at: 10s, for: 5s, slow: bank, by: 5x }
      - { at: 12s, for: 4s, crash: shop, replicas: 1 }
  outage: { duration: 40s, events: [ { at: 10s, for: 3s, stall: orders }, { at: 14s, for: 3s, errors: mail, share: 50% } ] }
";

fn options(replications: u32) -> Options {
    Options { replications, ..Options::default() }
}

/// All that one flow saw.
fn all<'a>(run: &'a Run, flow: &str) -> &'a Requests {
    phase(run, flow, "all")
}

/// What one flow saw in a phase of a scenario.
fn phase<'a>(run: &'a Run, flow: &str, phase: &str) -> &'a Requests {
    &run.requests[flow][phase]
}

/// The mean latency, which must be there.
fn mean(requests: &Requests) -> f64 {
    requests.latency.mean.expect("somebody was answered").value
}

/// Whether two figures are the same to within a millionth.
fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs()
}
