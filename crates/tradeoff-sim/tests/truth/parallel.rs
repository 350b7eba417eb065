//! Branches side by side and one after another: the slowest, the k-th, the sum.

use std::f64::consts::LN_2;

use tradeoff_des::Key;

use crate::{
    bench::{Bench, View},
    beside::{Beside, Drawn, Service, Shape, Source, all_lines, call, entry, mean_of_lines},
    control::Control,
    hold::{hold, hold_all, mean, percentile},
};

/// Waits without lines: branches, how many are needed, replications, millions of requests, then
/// mean, 50th, 95th, 99th and 99.9th percentile, zero where not known.
type Order = (u32, u32, u32, f64, [f64; 5]);

/// Order statistics of the exponential; that quorums have short tails and fan-outs long ones is
/// Brooker's "Serial, Parallel, and Quorum Latencies" (2021).
#[test]
fn order_statistics() {
    hold_all(
        ORDERS.iter().copied(),
        |(branches, need, replications, millions, [truth, p50, p95, p99, p999])| {
            let name = format!("{need} of {branches} branches");
            let branch = vec!["[ { wait: { mean: 1s } } ]"; branches as usize].join(", ");
            let services = format!(
                "  s: {{ endpoints: {{ do: {{ steps: [ {{ all: {{ need: {need}, of: [ {branch} ] }} }} ] }} }} }}"
            );
            let bench = Bench::open(&name, 10.0, "s.do", millions).services(services);
            // Nobody is in another's way: how many come does not tell on what each takes.
            let seen = bench.replications(replications).uncontrolled().run();
            hold(&name, &seen, |seen| {
                let it = seen.latency();
                let percentiles =
                    [("p50", it.p50), ("p95", it.p95), ("p99", it.p99), ("p99.9", it.p999)];
                let known = percentiles.into_iter().zip([p50, p95, p99, p999]);
                let mut claims = vec![mean("slowest", it.mean, truth)];
                claims.extend(known.filter(|it| it.1 > 0.0).map(|((name, found), truth)| {
                    let error = if name == "p99.9" { 0.02 } else { 0.01 };
                    percentile(name, found, truth).error(error)
                }));
                claims
            })
        },
    );
}

const ORDERS: &[Order] = &[
    (2, 2, 40, 0.45, [1.5, 1.227_947_177, 3.676_138_347, 5.295_807_939, 7.600_652_366]),
    (10, 10, 40, 0.45, [2.928_968_254, 2.703_555_192, 5.275_343_911, 6.903_236_794, 9.209_890_188]),
    (
        100,
        100,
        10,
        0.12,
        [5.187_377_518, 4.975_146_841, 7.575_621_891, 9.205_369_664, 11.512_430_26],
    ),
    // 1,000 branches a request: few requests, and no 99.9th percentile of so few.
    (1000, 1000, 10, 0.013, [7.485_470_861, 7.274_614_753, 9.877_976_175, 11.507_909_53, 0.0]),
    (5, 3, 40, 0.12, [0.783_333_333_3, LN_2, 1.664_657_973, 2.247_719_673, 0.0]),
    (7, 4, 40, 0.12, [0.759_523_809_5, LN_2, 1.490_226_635, 1.950_025_968, 0.0]),
    (3, 2, 40, 0.2, [0.833_333_333_3, LN_2, 1.999_888_587, 2.831_860_951, 0.0]),
    (100, 95, 40, 0.05, [2.904_044_184, 2.873_301_897, 3.632_509_972, 4.009_225_104, 0.0]),
];

/// The same post: three exponential steps one after another.
#[test]
fn a_chain_of_three() {
    let name = "chain of three";
    let wait = "{ wait: { mean: 1s } }";
    let services =
        format!("  s: {{ endpoints: {{ do: {{ steps: [ {wait}, {wait}, {wait} ] }} }} }}");
    let seen = Bench::open(name, 10.0, "s.do", 0.1).services(services).uncontrolled().run();
    let claims = |seen: &View| {
        let it = seen.latency();
        [
            mean("sojourn", it.mean, 3.0),
            percentile("sojourn p50", it.p50, 2.674_060_314),
            percentile("sojourn p99", it.p99, 8.405_946_915),
        ]
    };
    hold_all([claims], |claims| hold(name, &seen, claims));
}

/// A fork into lines: every request has a part at each of some M/M/1, and is done with the last.
struct Fork {
    lines: u32,
    load: f64,
    millions: f64,
    /// The mean, and its own standard error.
    sojourn: (f64, f64),
    /// Largest standard error of the mean.
    error: f64,
    /// Nelson and Tantawi's approximation.
    approximate: f64,
    /// 50th, 95th and 99th percentile.
    percentiles: [f64; 3],
}

/// Flatto and Hahn (1984) for two lines, exactly; Nelson and Tantawi (1988) within 5 % for more.
/// The means of more lines and all percentiles come from a simulation of Lindley's recursion, with
/// errors of up to one percent in the percentiles.
#[test]
fn forks_and_joins() {
    hold_all(FORKS, |it| {
        let name = format!("fork into {} at {}", it.lines, it.load);
        let line = |nth: u32| {
            format!(
                "  s{nth}: {{ cores: 1, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: 1s }} }} ] }} }} }}\n"
            )
        };
        let lines: String = (0..it.lines).map(line).collect();
        let calls: Vec<String> =
            (0..it.lines).map(|it| format!("[ {{ call: s{it}.do }} ]")).collect();
        let services = format!(
            "{lines}  fork: {{ endpoints: {{ do: {{ steps: [ {{ all: [ {} ] }} ] }} }} }}",
            calls.join(", ")
        );
        // All lines are alike, so they make one control.
        let resources = (0..it.lines).map(|nth| format!("s{nth}/cores")).collect();
        let bench = Bench::open(&name, it.load, "fork.do", it.millions)
            .control(Control::Work { resources, mean: 1.0 });
        let bench = bench.services(services).warmup(3000.0).beside(each_line(it.lines, it.load));
        let seen = bench.run();
        let (sojourn, own_error) = it.sojourn;
        let [p50, p95, p99] = it.percentiles;
        hold(&name, &seen, |seen| {
            let found = seen.latency();
            [
                mean("sojourn", found.mean, sojourn).error(it.error).own_error(own_error / sojourn),
                mean("sojourn, approximate", found.mean, it.approximate)
                    .error(it.error)
                    .slack(0.05),
                percentile("sojourn p50", found.p50, p50).slack(0.01),
                percentile("sojourn p95", found.p95, p95).slack(0.01),
                percentile("sojourn p99", found.p99, p99).slack(0.01).error(0.02),
            ]
        })
    });
}

/// Each of the lines of a fork by itself, and one server for what its lines need in the mean.
fn each_line(lines: u32, rate: f64) -> Beside {
    let (count, service) = (lines as usize, Service::Exponential(1.0));
    let visit = entry("fork.do");
    let calls: Vec<_> = (0..lines).map(|it| call("fork.do", &format!("s{it}.do"))).collect();
    let drawn = service.drawn("work");
    let draw = move |request: Key, it: &mut Drawn| {
        let visit = visit(request);
        it.services.extend(calls.iter().map(|call| drawn(call(visit))));
    };
    let systems =
        vec![all_lines(count, rate, service, Shape::Same), mean_of_lines(count, rate, service)];
    Beside::new(Source::Open { rate }, draw, systems)
}

// With more than two lines the truth is itself known to no more than 0.1 % to 0.3 %, so that the
// standard errors there may be larger.
const FORKS: &[Fork] = &[
    Fork {
        lines: 2,
        load: 0.5,
        millions: 0.15,
        sojourn: (2.875, 0.0),
        error: 0.0025,
        approximate: 2.875,
        percentiles: [2.302, 7.286, 10.58],
    },
    Fork {
        lines: 2,
        load: 0.8,
        millions: 0.2,
        sojourn: (7.0, 0.0),
        error: 0.0025,
        approximate: 7.0,
        percentiles: [5.549, 18.04, 26.21],
    },
    Fork {
        lines: 4,
        load: 0.5,
        millions: 0.15,
        sojourn: (3.8477, 0.0038),
        error: 0.0025,
        approximate: 3.789_772_727,
        percentiles: [3.294, 8.582, 11.96],
    },
    Fork {
        lines: 8,
        load: 0.8,
        millions: 0.7,
        sojourn: (11.377, 0.033),
        error: 0.0025,
        approximate: 11.03,
        percentiles: [9.997, 24.24, 33.2],
    },
    Fork {
        lines: 4,
        load: 0.9,
        millions: 2.1,
        sojourn: (17.846, 0.057),
        error: 0.0025,
        approximate: 17.504_924_24,
        percentiles: [15.11, 41.44, 57.64],
    },
];
