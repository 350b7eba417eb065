//! Runs that a change provably cannot touch: taken over from today, they are what a simulation says.

use tradeoff_model::Architecture;
use tradeoff_sim::{Frame, Known, Options, Plan, Trial, compare::compare, extend, frame, trial};

use crate::support;

/// Two services behind a shop; each scenario hurts one of them.
const SHOP: &str = "
tradeoff: 1
name: shop
duration: 20s
warmup: 5s
services:
  shop:
    replicas: 2
    cores: 1
    concurrency: 50
    queue: 50
    endpoints:
      buy:
        steps:
          - work: { mean: 2ms }
          - call: bank.charge
            policy: { timeout: 300ms, retry: { attempts: 2, base: 10ms } }
      look:
        steps:
          - work: { mean: 1ms }
          - call: stock.find
            policy: { timeout: 400ms }
  bank:
    cores: 2
    endpoints: { charge: { steps: [ { work: { mean: 10ms } } ] } }
  stock:
    cores: 2
    endpoints: { find: { steps: [ { work: { mean: 5ms } } ] } }
traffic:
  users: { rate: 60/s, mix: { shop.buy: 50%, shop.look: 50% } }
slos:
  buy: { endpoint: shop.buy, availability: 99%, latency: { p99: 400ms } }
  look: { endpoint: shop.look, availability: 99% }
scenarios:
  bank-stalls: { duration: 20s, events: [ { at: 5s, for: 3s, stall: bank } ] }
  stock-slows: { duration: 20s, events: [ { at: 5s, for: 3s, slow: stock, by: 30x } ] }
";

struct Today {
    architecture: Architecture,
    plan: Plan,
    frame: Frame,
    trial: Trial,
}

fn options(replications: u32) -> Options {
    Options { replications, series: false, ..Options::default() }
}

fn today() -> Today {
    let architecture = support::architecture(SHOP);
    let plan = Plan::new(&architecture);
    let frame = frame(&architecture, &plan, &options(5));
    let trial = trial(&architecture, &plan, &options(5), &frame, &[], &|| ());
    Today { architecture, plan, frame, trial }
}

/// Which runs a change has to simulate, the baseline first; and that forcing the others tells
/// the same.
fn simulated(today: &Today, from: &str, to: &str) -> Vec<bool> {
    assert!(SHOP.contains(from), "{from} is in the shop");
    let design = support::architecture(&SHOP.replacen(from, to, 1));
    let plan = Plan::new(&design);
    let Today { architecture, plan: before, frame, trial: records } = today;
    let known = [Known { architecture, plan: before, trial: records }];
    let forced = Options { reuse: false, ..options(5) };
    let [taken, forced] =
        [options(5), forced].map(|it| trial(&design, &plan, &it, frame, &known, &|| ()));
    let [one, other] =
        [&taken, &forced].map(|it| compare(architecture, before, frame, records, it));
    assert_eq!(one, other, "{to}");
    assert_eq!(forced.simulated_beside(records), [true; 3], "all is simulated when forced");
    let simulated = taken.simulated_beside(records);
    assert_eq!(tradeoff_sim::touched(&known[0], &design, &plan, frame), simulated, "{to}");
    for (nth, effects) in other.effects.chunks(2).enumerate() {
        for it in effects.iter().filter(|_| !simulated[nth]) {
            assert_eq!(it.bad.today, it.bad.design, "{to}");
            assert_eq!(it.quantile.today, it.quantile.design, "{to}");
            assert_eq!(it.recovered.today, it.recovered.design, "{to}");
        }
    }
    simulated
}

#[test]
fn what_a_change_cannot_touch_is_taken_over_exactly() {
    let today = today();
    let runs = |from: &str, to: &str| simulated(&today, from, to);
    let bank = "  bank:\n    cores: 2\n";
    // A bound that only the stalled bank's line reaches.
    let bounded = format!("{bank}    concurrency: 40\n    queue: 30\n");
    assert_eq!(runs(bank, &bounded), [false, true, false]);
    // One that nothing reaches.
    let wide = format!("{bank}    concurrency: 4000\n    queue: 3000\n");
    assert_eq!(runs(bank, &wide), [false; 3]);
    // Breakers see failures in their own scenario alone.
    let retry = "retry: { attempts: 2, base: 10ms } }";
    let breaker = "retry: { attempts: 2, base: 10ms }, breaker: {} }";
    assert_eq!(runs(retry, breaker), [false, true, false]);
    assert_eq!(runs("timeout: 400ms }", "timeout: 400ms, breaker: {} }"), [false, false, true]);
    // So do retries, their budgets and bulkheads.
    assert_eq!(runs(retry, "retry: none }"), [false, true, false]);
    assert_eq!(
        runs(retry, "retry: { attempts: 2, base: 10ms, budget: 5% } }"),
        [false, true, false]
    );
    assert_eq!(runs("timeout: 400ms }", "timeout: 400ms, bulkhead: 500 }"), [false; 3]);
    // The longest timeout sets how long a recovery is watched.
    assert_eq!(runs("timeout: 400ms }", "timeout: 350ms }")[1..], [true, true]);
    // What changes times or copies touches everything.
    assert_eq!(runs("work: { mean: 5ms }", "work: { mean: 5001us }"), [true; 3]);
    assert_eq!(runs("    replicas: 2\n", "    replicas: 3\n"), [true; 3]);
}

#[test]
fn an_event_that_changes_is_simulated() {
    let today = today();
    assert_eq!(
        simulated(&today, "slow: stock, by: 30x", "slow: stock, by: 3x"),
        [false, false, true]
    );
}

#[test]
fn more_replications_are_those_of_a_longer_trial() {
    let today = today();
    let Today { architecture, plan, frame, .. } = &today;
    let whole = trial(architecture, plan, &options(8), frame, &[], &|| ());
    let mut grown = today.trial.clone();
    extend(&mut grown, architecture, plan, &options(8), frame, &[], &|| ());
    assert_eq!((grown.replications(), grown.events()), (8, whole.events()));
    let same = compare(architecture, plan, frame, &whole, &grown);
    assert!(same.avoided.iter().all(|it| *it == 0.0), "{same:?}");
    assert_eq!(same.avoided.len(), 8);
}
