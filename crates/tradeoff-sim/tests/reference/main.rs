//! The engine against a naive simulator of the same contract: the same nanoseconds, the same counts.
//!
//! `design` draws small architectures, `world` simulates them as the contract's sentences say, and
//! here every count and every sum of times of the two must agree exactly. Not covered: limits of
//! externals' rates.

mod design;
mod names;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestCaseError},
};
use serde_json::Value;
use tradeoff_des::Latencies;
use tradeoff_model::model::{Architecture, Scenario};
use tradeoff_sim::{Bounds, Options, results::Run};

use self::{names::Names, world::Seen};

const SECOND: u64 = 1_000_000_000;
/// What one run of a case may cost; dearer ones are left out.
const EVENTS: u64 = 400_000;

/// Numbers by name: the words of their path in the results.
type Figures = BTreeMap<String, f64>;

fn flatten(path: &str, value: &Value, all: &mut Figures) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, it)| flatten(&format!("{path} {key}"), it, all));
        }
        Value::Number(it) => all.extend(it.as_f64().map(|it| (path.to_owned(), it))),
        _ => (),
    }
}

/// What the engine says of a run.
fn of_engine(run: &Run) -> Figures {
    const NOT_COMPARED: [&str; 14] = [
        " low",
        " high",
        " good_ratio",
        " goodput",
        " spent",
        " amplification",
        " open_share",
        " more",
        " capacity",
        " utilization",
        " busy",
        " queue max",
        " wait none",
        " transitions",
    ];
    let mut all = Figures::new();
    let value = serde_json::to_value(run).expect("results are JSON");
    for part in ["requests", "endpoints", "edges", "resources"] {
        flatten(part, &value[part], &mut all);
    }
    all.retain(|name, _| !NOT_COMPARED.iter().any(|it| name.contains(it)));
    for (name, edge) in &run.edges {
        let Some(breaker) = &edge.breaker else { continue };
        let count = breaker.transitions.len() as u64 + breaker.more;
        let name = format!("edges {name} breaker transitions");
        all.insert(name.clone(), count as f64);
        for (nth, it) in breaker.transitions.iter().enumerate() {
            let to = it.to.replace('-', "");
            all.insert(format!("{name} {} {to} {}", nth + 1, it.replica), libm::round(it.at * 1e9));
        }
    }
    all
}

/// What the reference says of it.
fn of_reference(seen: Seen, duration: u64) -> Figures {
    let mut all = seen.counts;
    all.retain(|_, it| *it != 0.0);
    let integrals = all.iter_mut().filter(|it| it.0.ends_with(" value"));
    integrals.for_each(|it| *it.1 /= duration as f64);
    for (name, mut times) in seen.times {
        times.sort_unstable();
        let flow = name.strip_suffix(" latency").unwrap_or(&name);
        let unfinished = all.get(&format!("{flow} unfinished")).copied().unwrap_or(0.0);
        let quantiles: &[_] = match name.split(' ').next() {
            Some("requests") => {
                let longest = times.last().map_or(0.0, |it| *it as f64 * 1e-9);
                all.insert(format!("{name} max"), longest);
                &[("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)]
            }
            Some("endpoints") => &[("p50", 0.5), ("p99", 0.99)],
            _ => &[("p50", 0.5), ("p95", 0.95), ("p99", 0.99)],
        };
        for (called, quantile) in quantiles {
            let value = percentile(&times, unfinished, *quantile);
            all.extend(value.map(|it| (format!("{name} {called} value"), it)));
        }
        let sum: u128 = times.iter().map(|it| u128::from(*it)).sum();
        all.insert(format!("{name} mean value"), sum as f64 * 1e-9 / times.len() as f64);
    }
    all
}

/// The class of the value of that rank in the sorted sample.
fn percentile(sorted: &[u64], unfinished: f64, quantile: f64) -> Option<f64> {
    let all = sorted.len() as f64 + unfinished;
    let beyond = ((1.0 - quantile) * all).min(quantile * all);
    let rank = (libm::ceil(quantile * all) as usize).max(1);
    let value = sorted.get(rank - 1).filter(|_| beyond >= 10.0 - 1e-9)?;
    let mut class = Latencies::new();
    class.record(*value);
    class.quantile_of(0.5, 1)
}

/// All that differs, but for the last bits of how a figure is printed: a nanosecond in a sum of a
/// thousand seconds is more than that.
fn differences(run: &Run, seen: Seen, duration: u64) -> Vec<String> {
    let (mut engine, mut naive) = (of_engine(run), of_reference(seen, duration));
    // Unlimited resources that nobody came to are not shown.
    naive.retain(|name, _| {
        let mut words = name.split(' ').skip_while(|it| *it != "resources").skip(1);
        words.next().is_none_or(|it| run.resources.contains_key(it)) || name.ends_with("arrivals")
    });
    // What did not happen has no name in the reference, and the engine need not list it.
    let measured = |name: &str| name.contains(" latency ") || name.contains(" time ");
    let met = |name: &str| name.starts_with("endpoints") && name.ends_with(" arrivals");
    let listed = |name: &str| naive.contains_key(name) || measured(name) || met(name);
    engine.retain(|name, it| *it != 0.0 || listed(name));
    let close = |one: f64, other: f64| (one - other).abs() <= 1e-12 * one.abs();
    let names: BTreeSet<&String> = engine.keys().chain(naive.keys()).collect();
    let pairs = names.into_iter().map(|it| (it, engine.get(it), naive.get(it)));
    let differ = pairs.filter(|it| !it.1.zip(it.2).is_some_and(|it| close(*it.0, *it.1)));
    differ.map(|it| format!("{}: engine {:?}, reference {:?}", it.0, it.1, it.2)).collect()
}

/// Runs both; `None` if the engine met a bound.
fn disagreements(yaml: &str, seed: u64) -> Option<Vec<String>> {
    let architecture = support::architecture(yaml);
    let names = Names::new(&architecture);
    let bounds = Bounds { events: EVENTS, ..Bounds::default() };
    let options = Options { seed, replications: 1, series: false, bounds, ..Options::default() };
    let mut found = Vec::new();
    for (nth, run) in support::simulate(yaml, &options).runs.iter().enumerate() {
        if run.bounded_by.is_some() {
            return None;
        }
        let scenario = nth.checked_sub(1).map(|it| &architecture.scenarios[it]);
        // A scenario is watched on: until then attempts may still end at their endpoints.
        let until = run.recovery.as_ref().zip(scenario).map_or(0, |(recovery, scenario)| {
            let ends = scenario.events.iter().map(|it| it.at + it.lasts).max().unwrap_or(0);
            let bounds =
                names.edges.iter().flat_map(|it| [&it.policy.timeout, &it.policy.deadline]);
            let longest = bounds.flatten().map(|it| it.value).max().unwrap_or(0);
            let watched = libm::round(recovery.watched * 1e9) as u64;
            ends + watched + (10 * SECOND).max(5 * longest)
        });
        let told = told(&architecture, seed, scenario, until);
        let differences = differences(run, world::simulate(&names, told), told.duration);
        let name = run.scenario.as_deref().unwrap_or("baseline");
        found.extend(differences.into_iter().map(|it| format!("{name}: {it}")));
    }
    Some(found)
}

fn told<'a>(
    architecture: &Architecture,
    seed: u64,
    scenario: Option<&'a Scenario>,
    until: u64,
) -> world::Run<'a> {
    let warmup = architecture.warmup.expect("designs state it");
    let duration = scenario.map_or(architecture.duration, |it| it.duration);
    world::Run { seed, replication: 0, warmup, duration, scenario, until: warmup + until }
}

fn agree(yaml: &str, seed: u64) -> Result<(), TestCaseError> {
    let Some(found) = disagreements(yaml, seed) else {
        return Err(TestCaseError::reject("beyond a bound"));
    };
    let shown: Vec<&str> = found.iter().take(40).map(String::as_str).collect();
    prop_assert!(found.is_empty(), "seed {}\n{}\n{}", seed, yaml, shown.join("\n"));
    Ok(())
}

/// The usual cases are always the same; `PROPTEST_CASES=20000` runs as many others.
fn cases(usual: u32) -> ProptestConfig {
    let stated = ProptestConfig::default();
    if stated.cases != 256 {
        return ProptestConfig { max_global_rejects: stated.cases, ..stated };
    }
    ProptestConfig { cases: usual, rng_seed: RngSeed::Fixed(1), ..stated }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_steady_state_agrees(yaml in design::design(false), seed in 0..1000_u64) {
        agree(&yaml, seed)?;
    }
}

proptest! {
    #![proptest_config(cases(130))]

    #[test]
    fn scenarios_agree(yaml in design::design(true), seed in 0..1000_u64) {
        agree(&yaml, seed)?;
    }
}

/// A crash amid nested branches that wait for cores and for each other: the two once disagreed.
#[test]
fn a_crash_amid_branches_agrees() {
    let yaml = "
tradeoff: 1
name: branches
duration: 20s
warmup: 5s
services:
  mid:
    deploy: unit
    cores: 2
    endpoints:
      go:
        steps:
          - all:
              - - all:
                    - [ { work: { mean: 506us } } ]
                    - [ { query: rows.get } ]
                    - [ { work: { mean: 9665us, cv: 1.7 } }, { work: { mean: 3355us } } ]
                - { query: rows.put, policy: { timeout: 19ms } }
stores:
  rows:
    replicas: 2
    cores: 2
    operations:
      get: { time: { p50: 4347us, p99: 26082us } }
      put: { time: { mean: 403us }, writes: true }
traffic:
  web: { rate: 32/s, patience: none, mix: { mid.go: 100% } }
  bots:
    users: 11
    think: { mean: 215689us }
    patience: none
    policy:
      retry:
        attempts: 2
        backoff: constant
        base: 1ms
        jitter: none
        budget: { share: 1%, burst: 3, earn: success }
    mix: { mid.go: 100% }
scenarios:
  bad: { duration: 20s, events: [ { at: 9500ms, for: 500ms, crash: mid, replicas: 1 } ] }
";
    assert_eq!(disagreements(yaml, 863), Some(Vec::new()));
}

/// What is compared tells one luck from another.
#[test]
fn another_seed_disagrees() {
    let yaml = "
tradeoff: 1
name: one
duration: 20s
warmup: 5s
services: { s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 10ms } } ] } } } }
traffic: { t: { rate: 50/s, mix: { s.do: 100% } } }
";
    let architecture = support::architecture(yaml);
    let names = Names::new(&architecture);
    let run = support::baseline(yaml, &Options { replications: 1, ..Options::default() });
    let told = told(&architecture, 1, None, 0);
    let other = world::Run { replication: 1, ..told };
    let differences = |told| differences(&run, world::simulate(&names, told), told.duration);
    assert_eq!(differences(told), Vec::<String>::new());
    assert!(differences(other).len() > 5);
}
