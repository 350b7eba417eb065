//! Load balancing: one line per replica, and who gets the next request.

use crate::hold::{Bench, Seen, between, hold, hold_all, mean, percentile};

/// Replicas of M/M/1 with service of one second behind a balancer.
fn balanced(
    name: &str,
    replicas: &str,
    balance: &str,
    rate: f64,
    millions: f64,
    warmup: f64,
) -> Seen {
    let services = format!(
        "  s: {{ cores: 1, {replicas}, balance: {balance}, \
         endpoints: {{ do: {{ steps: [ {{ work: {{ mean: 1s }} }} ] }} }} }}"
    );
    Bench::open(name, rate, "s.do", millions).services(services).warmup(warmup).run()
}

fn choices(choices: u32, replace: bool) -> String {
    format!("{{ policy: two-choices, choices: {choices}, replace: {replace} }}")
}

/// Replicas, how to balance, load, mean sojourn, millions of requests.
type Chain = (u32, &'static str, f64, f64, f64);

/// Markov chains of the shortest of d lines, solved numerically; two lines are Haight's (1958) and
/// Kingman's (1961). All that are drawn of all is the shortest line, which is least connections.
#[test]
fn the_shortest_of_some() {
    hold_all(CHAINS.iter().copied(), |(replicas, balance, load, sojourn, millions)| {
        let name = format!("{replicas} lines at {load}, {balance}");
        let count = format!("replicas: {replicas}");
        let balance = match balance {
            "two" => choices(2, false),
            "two with replacement" => choices(2, true),
            "all" => choices(replicas, false),
            other => other.to_owned(),
        };
        let rate = load * f64::from(replicas);
        let seen = balanced(&name, &count, &balance, rate, millions, 5000.0);
        hold(&name, &seen, &[mean("sojourn", seen.latency().mean, sojourn)])
    });
}

const CHAINS: &[Chain] = &[
    (2, "all", 0.5, 1.426_321, 1.3),
    (2, "least-connections", 0.5, 1.426_321, 1.3),
    (2, "least-connections", 0.8, 2.955_737, 9.5),
    (2, "all", 0.9, 5.474_913, 48.0),
    (3, "all", 0.8, 2.285_548, 8.5),
    (3, "two", 0.8, 2.510, 10.0),
    (3, "two with replacement", 0.8, 2.765_698, 10.0),
    (5, "two", 0.7, 1.753_336, 2.5),
    (5, "least-connections", 0.8, 1.754_371, 7.0),
];

/// What is known of n lines: each alone at random, and of each n-th arrival in turn.
struct Compared {
    replicas: u32,
    load: f64,
    /// Mean, 50th, 95th and 99th percentile.
    random: [f64; 4],
    in_turn: [f64; 4],
    /// One line for all servers: no balancer without looking back does better.
    central: f64,
    /// Millions of requests at random and in turn.
    millions: [f64; 2],
    /// Largest standard errors of the two means.
    error: [f64; 2],
}

/// M/M/1 at random, E\_n/M/1 in turn, and between M/M/n and them in order: the shortest line, the
/// shorter of two, in turn or not, at random.
#[test]
fn the_more_one_knows_the_better() {
    hold_all(COMPARED, |case| {
        let Compared { replicas, load, .. } = case;
        let run = |policy: &str, balance: &str, millions: f64| {
            let name = format!("{replicas} lines at {load}, {policy}");
            let rate = load * f64::from(*replicas);
            balanced(&name, &format!("replicas: {replicas}"), balance, rate, millions, 3000.0)
        };
        let random = run("random", "random", case.millions[0]);
        let in_turn = run("in turn", "round-robin", case.millions[1]);
        let mut wrong = Vec::new();
        let cases = [
            ("random", &random, case.random, case.error[0]),
            ("in turn", &in_turn, case.in_turn, case.error[1]),
        ];
        for (policy, seen, [sojourn, p50, p95, p99], error) in cases {
            let (name, it) = (format!("{replicas} lines at {load}, {policy}"), seen.latency());
            let claims = [
                mean("sojourn", it.mean, sojourn).error(error),
                percentile("sojourn p50", it.p50, p50),
                percentile("sojourn p95", it.p95, p95),
                percentile("sojourn p99", it.p99, p99),
            ];
            wrong.extend(hold(&name, seen, &claims));
        }
        let shortest = run("least-connections", "least-connections", 1.0);
        let two = run("two-choices", &choices(2, false), 1.0);
        // Two of two are all, hence the hundredth.
        let order = [case.central, of(&shortest), of(&two) * 1.01, of(&random)];
        println!("{replicas} lines at {load}: {order:.3?}");
        if !order.is_sorted() || of(&in_turn) > of(&random) || of(&in_turn) < of(&shortest) {
            wrong.push(format!("{replicas} lines at {load}: {order:?}, in turn {}", of(&in_turn)));
        }
        wrong
    });
}

fn of(seen: &Seen) -> f64 {
    seen.latency().mean.expect("there is a mean").value
}

const RANDOM_AT_08: [f64; 4] = [5.0, 3.465_735_903, 14.978_661_37, 23.025_850_93];
// Wider errors where the law is one that is held to 0.25 % elsewhere: M/M/1 at 0.8 and 0.9 alone,
// two and four lines in turn as E2/M/1 and E4/M/1. Ten lines in turn at 0.9 are held to 0.4 %.
const COMPARED: &[Compared] = &[
    Compared {
        replicas: 2,
        load: 0.8,
        random: RANDOM_AT_08,
        in_turn: [3.843_979_767, 2.664_443_738, 11.515_534_25, 17.702_181_02],
        central: 2.777_777_778,
        millions: [5.0, 4.0],
        error: [0.005, 0.005],
    },
    Compared {
        replicas: 4,
        load: 0.8,
        random: RANDOM_AT_08,
        in_turn: [3.267_383_61, 2.264_777_737, 9.788_206_532, 15.046_857_59],
        central: 1.745_540_59,
        millions: [5.0, 4.0],
        error: [0.005, 0.005],
    },
    Compared {
        replicas: 10,
        load: 0.8,
        random: RANDOM_AT_08,
        in_turn: [2.922_269_18, 2.025_562_643, 8.754_336_095, 13.457_546_9],
        central: 1.204_590_075,
        millions: [15.0, 11.0],
        error: [0.0025, 0.0025],
    },
    Compared {
        replicas: 10,
        load: 0.9,
        random: [10.0, 6.931_471_806, 29.957_322_74, 46.051_701_86],
        in_turn: [5.660_276_39, 3.923_404_621, 16.956_672_66, 26.066_536_08],
        central: 1.668_731_524,
        millions: [16.0, 28.0],
        error: [0.005, 0.004],
    },
    Compared {
        replicas: 10,
        load: 0.5,
        random: [2.0, 1.386_294_361, 5.991_464_547, 9.210_340_372],
        in_turn: [1.324_642_401, 0.918_172_145_3, 3.968_273_991, 6.100_203_691],
        central: 1.007_221_072,
        millions: [2.2, 0.8],
        error: [0.0025, 0.0025],
    },
];

/// Mitzenmacher (1996, 2001): the limit of infinitely many lines, drawn with replacement. With
/// finitely many the mean lies up to 4 % above it: 100 will do, but at loads of 0.95 and 0.99 we
/// take 500. One choice is M/M/1, which has its own tests; at 0.99 it would take a billion requests.
#[test]
fn the_power_of_choices() {
    let each = LIMITS.into_iter().flat_map(|it| [2, 3, 5].map(|drawn| (drawn, it)));
    hold_all(each, |(drawn, (load, replicas, millions, limits))| {
        let name = format!("{replicas} lines at {load}, {drawn} choices");
        let count = format!("replicas: {replicas}");
        let rate = load * f64::from(replicas);
        let seen = balanced(
            &name,
            &count,
            &choices(drawn, true),
            rate,
            millions,
            if load > 0.98 { 300.0 } else { 100.0 },
        );
        let limit = limits[drawn as usize / 2 - usize::from(drawn == 2)];
        let claim = between("sojourn", seen.latency().mean, limit, 1.04 * limit);
        hold(&name, &seen, &[claim.error(0.0125)])
    });
}

/// Load, lines, millions of requests, mean sojourns with 2, 3 and 5 choices.
type Limit = (f64, u32, f64, [f64; 3]);

const LIMITS: [Limit; 6] = [
    (0.5, 100, 0.6, [1.265_686, 1.125_244_1, 1.031_25]),
    (0.7, 100, 0.6, [1.614_453_8, 1.356_842_2, 1.168_092_5]),
    (0.8, 100, 0.8, [1.947_363_4, 1.580_885_6, 1.328_917_9]),
    (0.9, 100, 1.5, [2.614_057_4, 2.027_856, 1.632_881_2]),
    (0.95, 500, 1.2, [3.383_046, 2.535_133_5, 1.988_772_2]),
    (0.99, 500, 6.0, [5.431_996_6, 3.857_846_5, 2.901_682_8]),
];

/// Choices, load, mean and how exact it is, 50th, 95th and 99th percentile.
type Simulated = (u32, f64, f64, f64, [f64; 3]);

/// The setting of Mitzenmacher's thesis, 100 lines, as other simulations saw it: one by events, and
/// in the second row one of the Markov chain made uniform in time, which tells of the mean alone.
#[test]
fn a_hundred_lines() {
    hold_all(HUNDRED, |(drawn, load, sojourn, range, [p50, p95, p99])| {
        let name = format!("100 lines at {load}, {drawn} choices");
        let seen =
            balanced(&name, "replicas: 100", &choices(drawn, true), 100.0 * load, 4.0, 300.0);
        let (it, slack) = (seen.latency(), range / sojourn);
        let mut claims = vec![mean("sojourn", it.mean, sojourn).slack(slack).error(0.006)];
        let percentiles = [("p50", it.p50, p50), ("p95", it.p95, p95), ("p99", it.p99, p99)];
        for (name, found, truth) in percentiles.into_iter().filter(|it| it.2 > 0.0) {
            claims.push(percentile(format!("sojourn {name}"), found, truth).slack(slack));
        }
        hold(&name, &seen, &claims)
    });
}

const HUNDRED: [Simulated; 5] = [
    (2, 0.5, 1.2683, 0.010, [0.904_252, 3.697_67, 5.575_02]),
    (3, 0.5, 1.131_02, 0.000_75, [0.0; 3]),
    (3, 0.9, 2.085_58, 0.009, [1.695_06, 5.324_55, 7.4371]),
    (2, 0.95, 3.494_88, 0.060, [3.091_39, 7.925_71, 10.5282]),
    (3, 0.95, 2.621_28, 0.019, [2.228_94, 6.282, 8.613_95]),
];

/// Eschenfeldt and Gamarnik (2018): with many lines and the shortest of all, hardly any request
/// waits.
#[test]
fn the_shortest_of_many() {
    let name = "50 lines at 0.8, least-connections";
    let seen = balanced(name, "replicas: 50", "least-connections", 40.0, 1.0, 300.0);
    let claim = between("sojourn", seen.latency().mean, 1.0, 1.1);
    hold_all([claim], |it| hold(name, &seen, &[it]));
}

/// A share of clients each, as hashing splits a Poisson stream: every server is M/M/1.
#[test]
fn hashing_splits() {
    let name = "4 lines at 0.7, hashed";
    let balance = "{ policy: ip-hash, clients: 10000000 }";
    let seen = balanced(name, "replicas: 4", balance, 2.8, 8.5, 2000.0);
    let it = seen.latency();
    let mut claims = vec![
        mean("sojourn", it.mean, 3.333_333_333),
        percentile("sojourn p50", it.p50, 2.310_490_602),
        percentile("sojourn p95", it.p95, 9.985_774_245),
        percentile("sojourn p99", it.p99, 15.350_567_29),
    ];
    let cores = seen.resource("s/cores");
    claims.push(mean("used", cores.utilization, 0.7));
    for (replica, used) in cores.utilization_per_replica.iter().enumerate() {
        assert!((used - 0.7).abs() < 0.01, "replica {replica}: {used}");
    }
    hold_all([claims], |it| hold(name, &seen, &it));
}

/// Unequal shares, told by chance: servers of one service time at different loads.
#[test]
fn unequal_splits() {
    hold_all(SPLITS, |(name, rate, work, steps, millions, servers, percentiles, sojourn)| {
        let server = |(it, _, _): &(&str, f64, f64)| {
            format!(
                "  {it}: {{ cores: 1, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: {work} }} }} ] }} }} }}\n"
            )
        };
        let each: String = servers.iter().map(server).collect();
        let services = format!("{each}  hash: {{ endpoints: {{ do: {{ steps: [ {steps} ] }} }} }}");
        let bench = Bench::open(name, rate, "hash.do", millions);
        let seen = bench.services(services).warmup(4000.0 / rate).run();
        let it = seen.latency();
        let [p50, p95, p99] = percentiles;
        let mut claims = vec![
            mean("sojourn", it.mean, sojourn),
            percentile("sojourn p50", it.p50, p50),
            percentile("sojourn p95", it.p95, p95),
            percentile("sojourn p99", it.p99, p99),
        ];
        for (server, used, sojourn) in servers {
            let cores = seen.resource(&format!("{server}/cores"));
            let time = seen.run.endpoints[&format!("{server}.do")].time.mean;
            claims.push(mean(format!("{server} used"), cores.utilization, *used).error(0.005));
            claims.push(mean(format!("{server} sojourn"), time, *sojourn).error(0.005));
        }
        hold(name, &seen, &claims)
    });
}

type Split = (
    &'static str,
    f64,
    &'static str,
    &'static str,
    f64,
    &'static [(&'static str, f64, f64)],
    [f64; 3],
    f64,
);
const SPLITS: [Split; 2] = [
    (
        "split 40, 30, 20, 10 %",
        2.0,
        "1s",
        "{ chance: 40%, do: [ { call: a.do } ], else: [ { chance: 50%, do: [ { call: b.do } ], \
         else: [ { chance: 66.666666667%, do: [ { call: c.do } ], else: [ { call: d.do } ] } ] } ] }",
        15.5,
        &[("a", 0.8, 5.0), ("b", 0.6, 2.5), ("c", 0.4, 1.666_666_667), ("d", 0.2, 1.25)],
        [1.898_078_121, 10.840_525_2, 18.537_085_05],
        3.208_333_333,
    ),
    (
        "split 50, 30, 20 %",
        150.0,
        "10ms",
        "{ chance: 50%, do: [ { call: a.do } ], else: [ { chance: 60%, do: [ { call: b.do } ], \
         else: [ { call: c.do } ] } ] }",
        11.0,
        &[("a", 0.75, 0.04), ("b", 0.45, 0.018_181_818_18), ("c", 0.3, 0.014_285_714_29)],
        [0.017_293_068_1, 0.093_746_192_2, 0.156_712_090_5],
        0.028_311_688_31,
    ),
];

/// Rate, speed of the second server, mean sojourns: least connections, weighted least connections
/// (which is the shortest expected delay), weighted at random, and at random if that is stable.
type Unequal = (f64, u32, [f64; 3], Option<f64>, [f64; 4]);

/// Two servers of unequal speed: Markov chains solved numerically; split by speed, both are M/M/1
/// at one load.
#[test]
fn unequal_servers() {
    hold_all(UNEQUAL, |(rate, speed, sojourns, random, millions)| {
        let policies = [
            "least-connections",
            "{ policy: least-connections, weighted: true }",
            "{ policy: random, weighted: true }",
            "random",
        ];
        let truths = sojourns.into_iter().map(Some).chain([random]);
        let mut wrong = Vec::new();
        for ((balance, truth), millions) in policies.iter().zip(truths).zip(millions) {
            let Some(truth) = truth else { continue };
            let name = format!(
                "speeds 1, {speed} for {rate}/s, {}",
                balance.trim_matches(['{', '}', ' '])
            );
            let seen =
                balanced(&name, &format!("speeds: [1, {speed}]"), balance, rate, millions, 3000.0);
            // At random each server is an M/M/1, which is held more closely by itself.
            let error = if balance.contains("random") { 0.0045 } else { 0.0025 };
            let claim = mean("sojourn", seen.latency().mean, truth);
            wrong.extend(hold(&name, &seen, &[claim.error(error)]));
        }
        wrong
    });
}

const UNEQUAL: [Unequal; 3] = [
    (1.5, 2, [1.027_681, 0.929_894_5, 1.333_333], Some(2.4), [1.8, 2.0, 3.0, 7.0]),
    (2.4, 2, [2.091_919, 1.978_153, 3.333_333], None, [14.0, 14.0, 8.0, 0.0]),
    (3.0, 4, [0.880_740_7, 0.668_422_1, 1.0], None, [2.6, 3.2, 4.8, 0.0]),
];
