//! Requests per second of the engine beside a hand-written loop, in one run.
//!
//! `cargo bench -p tradeoff-sim --bench engine`. The loop knows one model each and keeps no
//! statistics beyond the mean: it is the price of the events alone, and the ratio says what a
//! declarative model with policies, identities and exact accounts costs on top.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::Instant,
};

use tradeoff_des::Key;
use tradeoff_sim::{Options, Plan, frame, trial};

/// Simulated requests of each measurement.
const REQUESTS: u64 = 2_000_000;
const ROUNDS: usize = 5;

fn main() {
    println!(
        "{:<34} {:>12} {:>12} {:>8} {:>12} {:>12}",
        "model", "engine/s", "loop/s", "ratio", "engine mean", "loop mean"
    );
    let duration = REQUESTS as f64 / 0.8;
    compare("M/M/1, load 0.8", &mm1(duration), || mm1_loop(REQUESTS));
    let duration = REQUESTS as f64 / 500.0;
    compare("three nested tiers", &tiers(duration, "none"), || tiers_loop(REQUESTS));
    compare("three nested tiers, policies on", &tiers(duration, POLICY), || tiers_loop(REQUESTS));
}

const POLICY: &str = "{ timeout: 1s, retry: { attempts: 3, budget: 10% }, \
                      breaker: {}, bulkhead: { concurrent: 1000 } }";

fn mm1(seconds: f64) -> String {
    format!(
        "
tradeoff: 1
name: mm1
warmup: 1s
duration: {seconds}s
services: {{ s: {{ cores: 1, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: 1s }} }} ] }} }} }} }}
traffic: {{ t: {{ rate: 0.8/s, patience: none, mix: {{ s.do: 100% }} }} }}
"
    )
}

/// Each tier holds its slot while the next one works: 32, 16 and 10 slots, 5, 10 and 8 ms.
fn tiers(seconds: f64, policy: &str) -> String {
    format!(
        "
tradeoff: 1
name: tiers
warmup: 1s
duration: {seconds}s
defaults: {{ policy: {policy} }}
services:
  web:
    concurrency: 32
    endpoints: {{ get: {{ steps: [ {{ wait: {{ mean: 5ms }} }}, {{ call: app.get }} ] }} }}
  app:
    concurrency: 16
    endpoints: {{ get: {{ steps: [ {{ wait: {{ mean: 10ms }} }}, {{ call: db.get }} ] }} }}
  db:
    concurrency: 10
    endpoints: {{ get: {{ steps: [ {{ wait: {{ mean: 8ms }} }} ] }} }}
traffic: {{ t: {{ rate: 500/s, patience: none, mix: {{ web.get: 100% }} }} }}
"
    )
}

fn compare(name: &str, yaml: &str, by_hand: impl Fn() -> f64) {
    let architecture = support::architecture(yaml);
    let plan = Plan::new(&architecture);
    let options = Options { replications: 1, series: false, ..Options::default() };
    let frame = frame(&architecture, &plan, &options);
    // Both must have simulated the same thing before their speeds can be compared.
    let run = support::baseline(yaml, &options);
    let mean = run.requests.values().next().and_then(|it| it["all"].latency.mean);
    let (mean, loop_mean) = (mean.map_or(f64::NAN, |it| it.value), by_hand() / 1e9);
    let (mut engine, mut other, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        std::hint::black_box(trial(&architecture, &plan, &options, &frame, &[], &|| ()));
        let ours = REQUESTS as f64 / start.elapsed().as_secs_f64();
        let start = Instant::now();
        std::hint::black_box(by_hand());
        let theirs = REQUESTS as f64 / start.elapsed().as_secs_f64();
        engine.push(ours);
        other.push(theirs);
        ratios.push(ours / theirs);
    }
    let [engine, other, ratio] = [engine, other, ratios].map(median);
    println!(
        "{name:<34} {engine:>12.0} {other:>12.0} {ratio:>8.3} {mean:>11.5}s {loop_mean:>11.5}s"
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Exponential draws from a plain counter: what a loop by hand would use.
struct Draws(u64);

impl Draws {
    fn exponential(&mut self) -> f64 {
        self.0 += 1;
        Key(self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)).exponential()
    }

    fn nanos(&mut self, mean: f64) -> u64 {
        (self.exponential() * mean) as u64
    }
}

/// M/M/1 with a heap of events; the mean time in the system.
fn mm1_loop(requests: u64) -> f64 {
    let mut draws = Draws(1);
    let mut heap = BinaryHeap::from([Reverse((draws.nanos(1.25e9), 0_u64, true))]);
    let mut line: VecDeque<u64> = VecDeque::new();
    let (mut order, mut left, mut sum) = (0, requests, 0.0);
    while let Some(Reverse((now, _, arrival))) = heap.pop() {
        if arrival {
            left -= 1;
            if left > 0 {
                order += 1;
                heap.push(Reverse((now + draws.nanos(1.25e9), order, true)));
            }
            line.push_back(now);
        } else if let Some(arrived) = line.pop_front() {
            sum += (now - arrived) as f64;
        }
        if !line.is_empty() && (line.len() == 1 || !arrival) {
            order += 1;
            heap.push(Reverse((now + draws.nanos(1e9), order, false)));
        }
    }
    sum / requests as f64
}

/// Three nested tiers with a heap of events; the mean time in the system.
fn tiers_loop(requests: u64) -> f64 {
    const SLOTS: [usize; 3] = [32, 16, 10];
    const MEANS: [f64; 3] = [5e6, 10e6, 8e6];
    let mut draws = Draws(2);
    let mut heap = BinaryHeap::from([Reverse((draws.nanos(2e6), 0_u64, 3_usize, 0_u64))]);
    let mut busy = [0; 3];
    let mut lines: [VecDeque<u64>; 3] = Default::default();
    let (mut order, mut left, mut sum) = (0, requests, 0.0);
    while let Some(Reverse((now, _, tier, arrived))) = heap.pop() {
        // Who comes to which tier now: a new request, the one that goes on, or those let in.
        let mut coming = Vec::new();
        if tier == 3 {
            left -= 1;
            if left > 0 {
                order += 1;
                heap.push(Reverse((now + draws.nanos(2e6), order, 3, 0)));
            }
            coming.push((0, now));
        } else if tier < 2 {
            coming.push((tier + 1, arrived));
        } else {
            sum += (now - arrived) as f64;
            for tier in (0..3).rev() {
                busy[tier] -= 1;
                coming.extend(lines[tier].pop_front().map(|it| (tier, it)));
            }
        }
        for (tier, arrived) in coming {
            if busy[tier] < SLOTS[tier] {
                busy[tier] += 1;
                order += 1;
                heap.push(Reverse((now + draws.nanos(MEANS[tier]), order, tier, arrived)));
            } else {
                lines[tier].push_back(arrived);
            }
        }
    }
    sum / requests as f64
}
