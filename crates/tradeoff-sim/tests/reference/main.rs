//! The engine against a naive simulator of the same contract: the same nanoseconds, the same counts.
//!
//! `world` is written from the contract's sentences as continuations over the architecture itself;
//! `design` draws small architectures; here both run and every count and every sum of times must
//! agree exactly. Not covered: limits of externals' rates.

mod design;
mod machines;
mod names;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::{collections::BTreeMap, fmt::Debug};

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestCaseError},
};
use tradeoff_des::Latencies;
use tradeoff_model::Architecture;
use tradeoff_sim::{
    Bounds, Options,
    results::{self, Run},
};

use self::world::{Counts, EdgeCounts, FlowCounts, Place, World};

const SECOND: u64 = 1_000_000_000;
/// What one run of a case may cost; dearer ones are left out.
const EVENTS: u64 = 400_000;

/// All that differs between two runs.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn same<T: PartialEq + Debug>(&mut self, what: impl FnOnce() -> String, engine: &T, naive: &T) {
        if engine != naive {
            self.0.push(format!("{}: engine {engine:?}, reference {naive:?}", what()));
        }
    }

    fn close(&mut self, what: impl FnOnce() -> String, engine: Option<f64>, naive: Option<f64>) {
        if !close(engine, naive) {
            self.0.push(format!("{}: engine {engine:?}, reference {naive:?}", what()));
        }
    }
}

/// Whether two figures are the same but for the last bits of how they are printed: a nanosecond in
/// a sum of a thousand seconds is more than that.
fn close(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-12 * one.abs(),
        _ => one == other,
    }
}

/// Failures with those that did not happen.
fn failures(outcomes: &BTreeMap<&'static str, u64>) -> BTreeMap<&'static str, u64> {
    let all = tradeoff_sim::Outcome::FAILURES;
    all.iter().map(|it| (it.name(), outcomes.get(it.name()).copied().unwrap_or(0))).collect()
}

fn sum(outcomes: &BTreeMap<&'static str, u64>) -> u64 {
    outcomes.values().sum()
}

/// The mean as the engine prints it: exact up to the last division.
fn mean(nanos: &[u64]) -> Option<f64> {
    let sum: u128 = nanos.iter().map(|it| u128::from(*it)).sum();
    (!nanos.is_empty()).then(|| sum as f64 * 1e-9 / nanos.len() as f64)
}

fn value(figure: results::Figure) -> Option<f64> {
    figure.map(|it| it.value)
}

/// The class of the value of that rank in the sorted sample.
fn percentile(nanos: &[u64], unfinished: u64, quantile: f64) -> Option<f64> {
    let all = nanos.len() as u64 + unfinished;
    let beyond = ((1.0 - quantile) * all as f64).min(quantile * all as f64);
    let rank = (libm::ceil(quantile * all as f64) as usize).max(1);
    let mut sorted = nanos.to_vec();
    sorted.sort_unstable();
    let value = sorted.get(rank - 1).filter(|_| beyond >= 10.0 - 1e-9)?;
    let mut class = Latencies::new();
    class.record(*value);
    class.quantile_of(0.5, 1)
}

fn compare_flow(it: &mut Differences, name: &str, engine: &results::Requests, naive: &FlowCounts) {
    let at = |what: &str| format!("flow {name} {what}");
    let ok = naive.latencies.len() as u64;
    let unfinished = naive.offered - sum(&naive.outcomes);
    it.same(|| at("offered"), &engine.offered, &naive.offered);
    it.same(|| at("ok"), &engine.ok, &ok);
    it.same(|| at("unfinished"), &engine.unfinished, &unfinished);
    it.same(|| at("failed"), &engine.failed, &failures(&naive.outcomes));
    let latency = &engine.latency;
    it.close(|| at("latency"), value(latency.mean), mean(&naive.latencies));
    let longest = naive.latencies.iter().max().map(|it| *it as f64 * 1e-9);
    it.close(|| at("longest"), latency.max, longest);
    for (figure, quantile) in [
        (latency.p50, 0.5),
        (latency.p90, 0.9),
        (latency.p95, 0.95),
        (latency.p99, 0.99),
        (latency.p999, 0.999),
    ] {
        let naive = percentile(&naive.latencies, unfinished, quantile);
        it.close(|| at(&format!("percentile {quantile}")), value(figure), naive);
    }
}

fn compare_edge(
    it: &mut Differences,
    warmup: u64,
    name: &str,
    engine: &results::Edge,
    naive: &EdgeCounts,
) {
    let at = |what: &str| format!("edge {name} {what}");
    let mut outcomes = failures(&naive.outcomes);
    outcomes.insert("ok", naive.outcomes.get("ok").copied().unwrap_or(0));
    it.same(|| at("calls"), &engine.calls, &naive.calls);
    it.same(|| at("attempts"), &engine.attempts, &naive.attempts);
    it.same(|| at("outcomes"), &engine.outcomes, &outcomes);
    it.same(|| at("denied"), &engine.retries_denied, &naive.retries_denied);
    let Some(breaker) = &engine.breaker else { return };
    let transitions = breaker.transitions.iter();
    let nanos = |at: f64| libm::round(at * 1e9) as i64;
    let engine: Vec<_> = transitions.map(|it| (it.replica, nanos(it.at), it.to)).collect();
    let since = |at: u64| at as i64 - warmup as i64;
    let naive = naive.transitions.iter().take(engine.len());
    let naive: Vec<_> = naive.map(|it| (it.0, since(it.1), it.2)).collect();
    it.same(|| at("transitions"), &engine, &naive);
}

/// Counts of all places of a resource, at the start and at the end of the measurement.
fn resources(world: &World<'_>) -> BTreeMap<String, (Counts, Counts)> {
    let mut resources: BTreeMap<String, (Counts, Counts)> = BTreeMap::new();
    let add = |to: &mut Counts, from: &Counts| {
        to.arrivals += from.arrivals;
        to.served += from.served;
        to.refused += from.refused;
        to.left += from.left;
        to.waiting += from.waiting;
        to.in_service += from.in_service;
        to.line_time += from.line_time;
        to.busy_time += from.busy_time;
        to.admitted += from.admitted;
        to.waited += from.waited;
    };
    let all = |of: &BTreeMap<Place, Counts>| {
        let named = of.iter().map(|(place, counts)| (world.names.resource(*place), *counts));
        named.collect::<Vec<_>>()
    };
    for (name, counts) in all(&world.at_start) {
        add(&mut resources.entry(name).or_default().0, &counts);
    }
    for (name, counts) in all(&world.at_end) {
        add(&mut resources.entry(name).or_default().1, &counts);
    }
    resources
}

fn compare_resource(
    it: &mut Differences,
    name: &str,
    nanos: u64,
    engine: &results::Resource,
    (start, end): &(Counts, Counts),
) {
    let at = |what: &str| format!("resource {name} {what}");
    it.same(|| at("at_start"), &engine.at_start, &(start.waiting + start.in_service));
    it.same(|| at("arrivals"), &engine.arrivals, &(end.arrivals - start.arrivals));
    it.same(|| at("served"), &engine.served, &(end.served - start.served));
    it.same(|| at("refused"), &engine.refused, &(end.refused - start.refused));
    it.same(|| at("left"), &engine.left, &(end.left - start.left));
    it.same(|| at("waiting"), &engine.waiting, &end.waiting);
    it.same(|| at("in_service"), &engine.in_service, &end.in_service);
    let wait = end.waited as f64 * 1e-9 / end.admitted as f64;
    let wait = (end.admitted > 0).then_some(wait);
    // Nobody waits for what is unlimited or shared, whether anybody came or not.
    let said = value(engine.wait.mean).filter(|it| *it > 0.0 || wait.is_some());
    it.close(|| at("wait"), said, wait);
    let line = end.line_time - start.line_time;
    let busy = end.busy_time - start.busy_time;
    it.close(|| at("queue"), value(engine.queue.mean), Some(line as f64 / nanos as f64));
    let inside = (line + busy) as f64 / nanos as f64;
    it.close(|| at("in_system"), value(engine.in_system), Some(inside));
}

fn differences(run: &Run, world: &World<'_>, warmup: u64, duration: u64) -> Vec<String> {
    let mut it = Differences::default();
    for (flow, phases) in &run.requests {
        for (phase, engine) in phases {
            let naive = world.flows.get(&(flow.clone(), *phase)).cloned().unwrap_or_default();
            compare_flow(&mut it, &format!("{flow} {phase}"), engine, &naive);
        }
    }
    let met: Vec<&String> = run.endpoints.keys().collect();
    it.same(|| "endpoints".to_owned(), &met, &world.endpoints.keys().collect());
    for (name, engine) in &run.endpoints {
        let at = |what: &str| format!("endpoint {name} {what}");
        let naive = world.endpoints.get(name).cloned().unwrap_or_default();
        it.same(|| at("arrivals"), &engine.arrivals, &naive.arrivals);
        it.same(|| at("ok"), &engine.ok, &(naive.times.len() as u64));
        it.same(|| at("failed"), &engine.failed, &failures(&naive.outcomes));
        it.same(|| at("wasted"), &engine.wasted, &naive.wasted);
        let in_flight = naive.arrivals - sum(&naive.outcomes);
        it.same(|| at("in_flight"), &engine.in_flight, &in_flight);
        it.close(|| at("time"), value(engine.time.mean), mean(&naive.times));
    }
    for (name, engine) in &run.edges {
        let naive = world.edges.get(name).cloned().unwrap_or_default();
        compare_edge(&mut it, warmup, name, engine, &naive);
    }
    let resources = resources(world);
    for (name, engine) in &run.resources {
        let naive = resources.get(name).copied().unwrap_or_default();
        compare_resource(&mut it, name, duration, engine, &naive);
    }
    for (name, (start, end)) in &resources {
        if end.arrivals > start.arrivals && !run.resources.contains_key(name) {
            it.0.push(format!("resource {name}: only the reference has it"));
        }
    }
    it.0
}

/// The longest timeout or deadline of any edge.
fn longest_timeout(architecture: &Architecture) -> u64 {
    let names = names::Names::new(architecture);
    let bounds = names.edges.iter().flat_map(|it| [&it.policy.timeout, &it.policy.deadline]);
    bounds.flatten().map(|it| it.value).max().unwrap_or(0)
}

/// Runs both; `None` if the engine met a bound.
fn disagreements(yaml: &str, seed: u64) -> Option<Vec<String>> {
    let architecture = support::architecture(yaml);
    let bounds = Bounds { events: EVENTS, ..Bounds::default() };
    let options = Options { seed, replications: 1, series: false, bounds, ..Options::default() };
    let simulation = support::simulate(yaml, &options);
    let warmup = architecture.warmup.unwrap_or(0);
    let mut found = Vec::new();
    for (nth, run) in simulation.runs.iter().enumerate() {
        if run.bounded_by.is_some() {
            return None;
        }
        let scenario = nth.checked_sub(1).map(|it| &architecture.scenarios[it]);
        let duration = scenario.map_or(architecture.duration, |it| it.duration);
        // A scenario is watched on: until then attempts may still end at their endpoints.
        let until = run.recovery.as_ref().zip(scenario).map_or(0, |(recovery, scenario)| {
            let ends = scenario.events.iter().map(|it| it.at + it.lasts).max().unwrap_or(0);
            let settle = (10 * SECOND).max(5 * longest_timeout(&architecture));
            warmup + ends + libm::round(recovery.watched * 1e9) as u64 + settle
        });
        let told = world::Run { seed, replication: 0, warmup, duration, scenario, until };
        let world = World::simulate(&architecture, told);
        let run_name = run.scenario.clone().unwrap_or_else(|| "baseline".to_owned());
        let differences = differences(run, &world, warmup, duration);
        found.extend(differences.into_iter().map(|it| format!("{run_name}: {it}")));
    }
    Some(found)
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
    let run = support::baseline(yaml, &Options { replications: 1, ..Options::default() });
    let (warmup, duration) = (5 * SECOND, 20 * SECOND);
    let told = world::Run { seed: 1, replication: 0, warmup, duration, scenario: None, until: 0 };
    let same = World::simulate(&architecture, told);
    let other = World::simulate(&architecture, world::Run { replication: 1, ..told });
    assert_eq!(differences(&run, &same, warmup, duration), Vec::<String>::new());
    assert!(differences(&run, &other, warmup, duration).len() > 5);
}
