//! A scenario goes on from where its twin was when its first event begins: figure for figure, that
//! is the run from the start.

use tradeoff_sim::Options;

use crate::support;

/// Constant times and whole seconds, so that much happens at one instant; a store whose cores are
/// shared, a pool that times out, closed users beside open traffic.
const SHOP: &str = "
tradeoff: 1
name: shop
duration: 40s
warmup: 5s
services:
  shop:
    replicas: 2
    cores: 2
    concurrency: 40
    queue: 20
    endpoints:
      buy:
        steps:
          - work: 2ms
          - call: bank.charge
            policy: { timeout: 300ms, retry: { attempts: 2, base: 10ms }, breaker: {} }
          - query: orders.insert
  bank:
    replicas: 2
    cores: { count: 1, share: true }
    endpoints: { charge: { steps: [ { work: { mean: 10ms } }, { wait: 5ms } ] } }
stores:
  orders: { cores: 1, connections: 20, pool: { per_replica: 2, wait: 200ms }, operations: { insert: { time: 10ms, writes: true } } }
traffic:
  users: { rate: 40/s, mix: { shop.buy: 100% } }
  staff: { users: 5, think: 1s, patience: none, mix: { shop.buy: 100% } }
slos:
  buy: { endpoint: shop.buy, availability: 99%, latency: { p99: 400ms } }
scenarios:
";

/// Events that begin within the first two thirds of the baseline, at its start, after it, together.
const SCENARIOS: [&str; 9] = [
    "{ duration: 40s, events: [ { at: 10s, for: 5s, stall: bank } ] }",
    "{ duration: 20s, events: [ { at: 10s, for: 2s, stall: orders }, { at: 11s, for: 3s, stall: bank, replicas: 1 } ] }",
    "{ duration: 40s, events: [ { at: 10s, for: 5s, surge: users, by: 3x }, { at: 12s, for: 5s, surge: users, by: 2x } ] }",
    "{ duration: 60s, events: [ { at: 10s, for: 5s, surge: staff, by: 3x } ] }",
    "{ duration: 40s, events: [ { at: 0s, for: 5s, crash: bank, replicas: 1 } ] }",
    "{ duration: 30s, events: [ { at: 26s, for: 2s, crash: shop, replicas: all } ] }",
    "{ duration: 60s, events: [ { at: 50s, for: 5s, slow: orders, by: 9x } ] }",
    "{ duration: 30s, events: [ { at: 7s, for: 9s, errors: bank, share: 50% } ] }",
    "{ duration: 40s, events: [ { at: 10s, for: 5s, slow: bank, by: 20x }, { at: 9s, for: 30s, surge: users, by: 0.5x } ] }",
];

#[test]
fn scenarios_part_from_their_twin_exactly() {
    for series in [false, true] {
        let scenarios = SCENARIOS.iter().enumerate().map(|(nth, it)| format!("  s{nth}: {it}\n"));
        let yaml = SHOP.to_owned() + &scenarios.collect::<String>();
        let options = Options { replications: 3, series, ..Options::default() };
        let parted = support::simulate(&yaml, &options);
        let whole = support::simulate(&yaml, &Options { reuse: false, ..options });
        for (one, other) in parted.runs.iter().zip(&whole.runs) {
            let [one, other] = [one, other].map(|it| serde_json::to_value(it).expect("figures"));
            assert_eq!(one, other, "series: {series}");
        }
        assert_eq!(parted.runs.len(), SCENARIOS.len() + 1);
    }
}
