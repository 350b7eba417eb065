//! Load balancing: one line per replica, and who gets the next request.

use tradeoff_des::Key;

use crate::{
    bench::{Bench, Seen, View},
    beside::{
        Beside, Drawn, Service, Shape, Source, System, at_random_point, call, central, clocked,
        either_way, entry, lines as split, one_line, one_server, one_step, step,
    },
    control::Control,
    hold::{between, estimates, hold, hold_all, mean, percentile},
};

const SERVICE: Service = Service::Exponential(1.0);

/// One line for all, and one server for all.
fn shared(replicas: u32, rate: f64) -> Beside {
    let servers = f64::from(replicas);
    let systems = vec![
        central(rate, SERVICE, replicas as usize),
        one_server(rate, SERVICE, Shape::Same, servers),
    ];
    Beside::new(Source::Open { rate }, one_step(SERVICE, "s.do", "work"), systems)
}

/// The lines that a balancer takes at random, with other services.
fn at_random(replicas: u32, rate: f64) -> Beside {
    let count = replicas as usize;
    let each = vec![(rate / f64::from(replicas), SERVICE); count];
    let systems = vec![split(&each, Shape::Half), either_way(0.4, |it| split(&each, it))];
    let (visit, point, drawn) = (entry("s.do"), at_random_point(), SERVICE.drawn("work"));
    let draw = move |request: Key, it: &mut Drawn| {
        let visit = visit(request);
        it.line = (point(visit) * count as f64) as usize;
        it.services.push(drawn(visit));
    };
    Beside::new(Source::Open { rate }, draw, systems)
}

/// Two servers of unequal speed: taken at random, with other services; or else one as fast as both.
fn at_speeds(speeds: [f64; 2], rate: f64, balance: &str) -> Beside {
    let source = Source::Open { rate };
    let all = speeds[0] + speeds[1];
    if !balance.contains("random") {
        let draw = one_step(SERVICE, "s.do", "work");
        return Beside::new(source, draw, vec![one_server(rate, SERVICE, Shape::Same, all)]);
    }
    let first = if balance.contains("weighted") { speeds[0] / all } else { 0.5 };
    let services = speeds.map(|it| Service::Exponential(1.0 / it));
    let each = [(rate * first, services[0]), (rate * (1.0 - first), services[1])];
    let systems = vec![split(&each, Shape::Half), either_way(0.4, |it| split(&each, it))];
    let (visit, share, drawn) = (entry("s.do"), at_random_point(), SERVICE.drawn("work"));
    let draw = move |request: Key, it: &mut Drawn| {
        let visit = visit(request);
        it.line = usize::from(share(visit) >= first);
        it.services.push(drawn(visit) / speeds[it.line]);
    };
    Beside::new(source, draw, systems)
}

/// The lines in turn, were a clock in place of the arrivals, and one server for all.
fn in_turn(replicas: u32, rate: f64) -> Beside {
    let servers = f64::from(replicas);
    let systems = vec![
        clocked(replicas as usize, servers / rate, SERVICE),
        one_server(rate, SERVICE, Shape::Same, servers),
    ];
    Beside::new(Source::Open { rate }, one_step(SERVICE, "s.do", "work"), systems)
}

/// Replicas of M/M/1 with service of one second behind a balancer.
fn balanced(
    name: &str,
    replicas: u32,
    balance: &str,
    rate: f64,
    millions: f64,
    warmup: f64,
) -> Seen {
    lines(name, replicas, balance, rate, millions).warmup(warmup).run()
}

fn lines<'a>(name: &'a str, replicas: u32, balance: &str, rate: f64, millions: f64) -> Bench<'a> {
    let replicas = format!("replicas: {replicas}");
    bench(name, &replicas, balance, rate, millions).work("s/cores", 1.0)
}

fn bench<'a>(name: &'a str, replicas: &str, balance: &str, rate: f64, millions: f64) -> Bench<'a> {
    let services = format!(
        "  s: {{ cores: 1, {replicas}, balance: {balance}, \
         endpoints: {{ do: {{ steps: [ {{ work: {{ mean: 1s }} }} ] }} }} }}"
    );
    Bench::open(name, rate, "s.do", millions).services(services)
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
        let balance = match balance {
            "two" => choices(2, false),
            "two with replacement" => choices(2, true),
            "all" => choices(replicas, false),
            other => other.to_owned(),
        };
        let rate = load * f64::from(replicas);
        let bench = lines(&name, replicas, &balance, rate, millions).warmup(5000.0);
        let seen = bench.beside(shared(replicas, rate)).run();
        hold(&name, &seen, |seen| [mean("sojourn", seen.latency().mean, sojourn)])
    });
}

const CHAINS: &[Chain] = &[
    (2, "all", 0.5, 1.426_321, 0.1),
    (2, "least-connections", 0.5, 1.426_321, 0.1),
    (2, "least-connections", 0.8, 2.955_737, 0.2),
    (2, "all", 0.9, 5.474_913, 0.5),
    (3, "all", 0.8, 2.285_548, 0.2),
    (3, "two", 0.8, 2.510, 0.25),
    (3, "two with replacement", 0.8, 2.765_698, 0.35),
    (5, "two", 0.7, 1.753_336, 0.25),
    (5, "least-connections", 0.8, 1.754_371, 0.15),
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
            // Five times as long as a line of M/M/1 takes to forget how it began.
            let warmup = 5.0 / (1.0 - load.sqrt()).powi(2);
            let bench = lines(&name, *replicas, balance, rate, millions).warmup(warmup);
            let beside = match policy {
                "random" => at_random(*replicas, rate),
                "in turn" => in_turn(*replicas, rate),
                _ => shared(*replicas, rate),
            };
            bench.beside(beside).run()
        };
        let random = run("random", "random", case.millions[0]);
        let in_turn = run("in turn", "round-robin", case.millions[1]);
        let mut wrong = Vec::new();
        let cases = [("random", &random, case.random), ("in turn", &in_turn, case.in_turn)];
        for (policy, seen, [sojourn, p50, p95, p99]) in cases {
            let name = format!("{replicas} lines at {load}, {policy}");
            wrong.extend(hold(&name, seen, |seen| {
                let it = seen.latency();
                [
                    mean("sojourn", it.mean, sojourn),
                    percentile("sojourn p50", it.p50, p50),
                    percentile("sojourn p95", it.p95, p95),
                    percentile("sojourn p99", it.p99, p99),
                ]
            }));
        }
        // Of two lines, two choices are all: both policies are one.
        let millions = if *replicas == 2 { 0.5 } else { 0.1 };
        let shortest = run("least-connections", "least-connections", millions);
        let two = run("two-choices", &choices(2, false), millions);
        // Hence the hundredth.
        let order = [case.central, of(&shortest), of(&two) * 1.01, of(&random)];
        println!("{replicas} lines at {load}: {order:.3?}");
        if !order.is_sorted() || of(&in_turn) > of(&random) || of(&in_turn) < of(&shortest) {
            wrong.push(format!("{replicas} lines at {load}: {order:?}, in turn {}", of(&in_turn)));
        }
        wrong
    });
}

fn of(seen: &Seen) -> f64 {
    let [_, adjusted] = estimates(seen, |seen| mean("sojourn", seen.latency().mean, 1.0));
    adjusted.value
}

const RANDOM_AT_08: [f64; 4] = [5.0, 3.465_735_903, 14.978_661_37, 23.025_850_93];
const COMPARED: &[Compared] = &[
    Compared {
        replicas: 2,
        load: 0.8,
        random: RANDOM_AT_08,
        in_turn: [3.843_979_767, 2.664_443_738, 11.515_534_25, 17.702_181_02],
        central: 2.777_777_778,
        millions: [0.85, 2.0],
    },
    Compared {
        replicas: 4,
        load: 0.8,
        random: RANDOM_AT_08,
        in_turn: [3.267_383_61, 2.264_777_737, 9.788_206_532, 15.046_857_59],
        central: 1.745_540_59,
        millions: [0.5, 2.3],
    },
    Compared {
        replicas: 10,
        load: 0.8,
        random: RANDOM_AT_08,
        in_turn: [2.922_269_18, 2.025_562_643, 8.754_336_095, 13.457_546_9],
        central: 1.204_590_075,
        millions: [0.75, 0.85],
    },
    Compared {
        replicas: 10,
        load: 0.9,
        random: [10.0, 6.931_471_806, 29.957_322_74, 46.051_701_86],
        in_turn: [5.660_276_39, 3.923_404_621, 16.956_672_66, 26.066_536_08],
        central: 1.668_731_524,
        millions: [4.0, 6.0],
    },
    Compared {
        replicas: 10,
        load: 0.5,
        random: [2.0, 1.386_294_361, 5.991_464_547, 9.210_340_372],
        in_turn: [1.324_642_401, 0.918_172_145_3, 3.968_273_991, 6.100_203_691],
        central: 1.007_221_072,
        millions: [0.15, 0.1],
    },
];

/// Mitzenmacher (1996, 2001): the limit of infinitely many lines, drawn with replacement. With
/// finitely many the mean lies up to 4 % above it: 100 will do, but at loads of 0.95 and 0.99 we
/// take 500.
#[test]
fn the_power_of_choices() {
    let each = LIMITS.into_iter().flat_map(|it| [2, 3, 5].map(|drawn| (drawn, it)));
    hold_all(each, |(drawn, (load, replicas, millions, replications, error, limits))| {
        let name = format!("{replicas} lines at {load}, {drawn} choices");
        let rate = load * f64::from(replicas);
        let bench = lines(&name, replicas, &choices(drawn, true), rate, millions);
        let warmup = if load > 0.98 { 300.0 } else { 100.0 };
        let limit = limits[drawn as usize / 2 - usize::from(drawn == 2)];
        hold(&name, &bench.replications(replications).warmup(warmup).run(), |seen| {
            [between("sojourn", seen.latency().mean, limit, 1.04 * limit).error(error)]
        })
    });
}

/// Load, lines, millions of requests, replications, largest standard error, mean sojourns with 2, 3
/// and 5 choices. Where 500 lines must fill before they are measured, few long replications do it.
type Limit = (f64, u32, f64, u32, f64, [f64; 3]);

const LIMITS: [Limit; 6] = [
    (0.5, 100, 0.15, 40, 0.0025, [1.265_686, 1.125_244_1, 1.031_25]),
    (0.7, 100, 0.25, 40, 0.0025, [1.614_453_8, 1.356_842_2, 1.168_092_5]),
    (0.8, 100, 0.32, 40, 0.0025, [1.947_363_4, 1.580_885_6, 1.328_917_9]),
    (0.9, 100, 0.75, 40, 0.0025, [2.614_057_4, 2.027_856, 1.632_881_2]),
    (0.95, 500, 2.2, 12, 0.0025, [3.383_046, 2.535_133_5, 1.988_772_2]),
    (0.99, 500, 4.2, 12, 0.0125, [5.431_996_6, 3.857_846_5, 2.901_682_8]),
];

/// One choice is none, which is `random`: each line is M/M/1. At 0.95 a quarter of a percent would take 240
/// million requests, as the square of the relative error of n requests is about 4 / (1 - load)^2 / n
/// once the controls have taken their half of it; at 0.99 six billion, and a percent still 400
/// million.
#[test]
fn one_choice_is_none() {
    let name = "4 lines at 0.95, random";
    let bench = lines(name, 4, "random", 3.8, 5.6).warmup(10000.0).beside(at_random(4, 3.8));
    let claims = |seen: &View| [mean("sojourn", seen.latency().mean, 20.0)];
    hold_all([claims], |claims| hold(name, &bench.run(), claims));
}

/// Choices, load, mean and how exact it is, 50th, 95th and 99th percentile, millions of
/// requests.
type Simulated = (u32, f64, f64, f64, [f64; 3], f64);

/// The setting of Mitzenmacher's thesis, 100 lines, as other simulations saw it: one by events, and
/// in the second row one of the Markov chain made uniform in time, which tells of the mean alone.
#[test]
fn a_hundred_lines() {
    hold_all(HUNDRED, |(drawn, load, sojourn, range, [p50, p95, p99], millions)| {
        let name = format!("100 lines at {load}, {drawn} choices");
        let seen = balanced(&name, 100, &choices(drawn, true), 100.0 * load, millions, 300.0);
        let slack = range / sojourn;
        hold(&name, &seen, |seen| {
            let it = seen.latency();
            let mut claims = vec![mean("sojourn", it.mean, sojourn).slack(slack)];
            let percentiles = [("p50", it.p50, p50), ("p95", it.p95, p95), ("p99", it.p99, p99)];
            for (name, found, truth) in percentiles.into_iter().filter(|it| it.2 > 0.0) {
                claims.push(percentile(format!("sojourn {name}"), found, truth).slack(slack));
            }
            claims
        })
    });
}

const HUNDRED: [Simulated; 5] = [
    (2, 0.5, 1.2683, 0.010, [0.904_252, 3.697_67, 5.575_02], 0.3),
    (3, 0.5, 1.131_02, 0.000_75, [0.0; 3], 0.2),
    (3, 0.9, 2.085_58, 0.009, [1.695_06, 5.324_55, 7.4371], 0.5),
    (2, 0.95, 3.494_88, 0.060, [3.091_39, 7.925_71, 10.5282], 2.0),
    (3, 0.95, 2.621_28, 0.019, [2.228_94, 6.282, 8.613_95], 3.0),
];

/// Eschenfeldt and Gamarnik (2018): with many lines and the shortest of all, hardly any request
/// waits.
#[test]
fn the_shortest_of_many() {
    let name = "50 lines at 0.8, least-connections";
    let seen = balanced(name, 50, "least-connections", 40.0, 0.1, 300.0);
    let claims = |seen: &View| [between("sojourn", seen.latency().mean, 1.0, 1.1)];
    hold_all([claims], |claims| hold(name, &seen, claims));
}

/// A share of clients each, as hashing splits a Poisson stream: every server is M/M/1.
#[test]
fn hashing_splits() {
    let name = "4 lines at 0.7, hashed";
    let balance = "{ policy: ip-hash, clients: 10000000 }";
    let seen = balanced(name, 4, balance, 2.8, 4.0, 1000.0);
    let claims = |seen: &View| {
        let it = seen.latency();
        [
            mean("sojourn", it.mean, 3.333_333_333),
            percentile("sojourn p50", it.p50, 2.310_490_602),
            percentile("sojourn p95", it.p95, 9.985_774_245),
            percentile("sojourn p99", it.p99, 15.350_567_29),
            mean("used", seen.resource("s/cores").utilization, 0.7),
        ]
    };
    let each = &seen.all.resource("s/cores").utilization_per_replica;
    for (replica, used) in each.iter().enumerate() {
        assert!((used - 0.7).abs() < 0.01, "replica {replica}: {used}");
    }
    hold_all([claims], |claims| hold(name, &seen, claims));
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
        let mut bench = bench.services(services).warmup(4000.0 / rate);
        let all: f64 = servers.iter().map(|it| it.1).sum();
        for (server, used, _) in servers {
            let resource = format!("{server}/cores");
            bench = bench.work(&resource, all / rate);
            bench = bench.control(Control::Visits { resource, mean: used / all });
        }
        let bench = bench.beside(by_chance(rate, servers));
        let [p50, p95, p99] = percentiles;
        hold(name, &bench.run(), |seen| {
            let it = seen.latency();
            let mut claims = vec![
                mean("sojourn", it.mean, sojourn),
                percentile("sojourn p50", it.p50, p50),
                percentile("sojourn p95", it.p95, p95),
                percentile("sojourn p99", it.p99, p99),
            ];
            for (server, used, sojourn) in servers {
                let cores = seen.resource(&format!("{server}/cores"));
                let time = seen.run.endpoints[&format!("{server}.do")].time.mean;
                claims.push(mean(format!("{server} used"), cores.utilization, *used));
                claims.push(mean(format!("{server} sojourn"), time, *sojourn));
            }
            claims
        })
    });
}

/// Servers told by one chance after another, with other services.
fn by_chance(rate: f64, servers: &'static [(&str, f64, f64)]) -> Beside {
    let all: f64 = servers.iter().map(|it| it.1).sum();
    let service = Service::Exponential(all / rate);
    let share = move |it: &(&str, f64, f64)| it.1 / all;
    let each: Vec<(f64, Service)> = servers.iter().map(|it| (rate * share(it), service)).collect();
    let mut systems: Vec<System> = vec![split(&each, Shape::Half)];
    for (nth, (rate, service)) in each.iter().enumerate() {
        systems.push(either_way(0.4, |it| one_line(nth, *rate, *service, it)));
    }
    let visit = entry("hash.do");
    let calls: Vec<_> = servers.iter().map(|it| call("hash.do", &format!("{}.do", it.0))).collect();
    let chances: Vec<_> = (1..servers.len() as u64).map(|nth| step("chance", nth)).collect();
    let drawn = service.drawn("work");
    let draw = move |request: Key, it: &mut Drawn| {
        let visit = visit(request);
        let mut left = 1.0;
        it.line = 0;
        for (chance, server) in chances.iter().zip(servers) {
            let taken = chance(visit).uniform() < share(server) / left;
            left -= share(server);
            if taken {
                break;
            }
            it.line += 1;
        }
        it.services.push(drawn(calls[it.line](visit)));
    };
    Beside::new(Source::Open { rate }, draw, systems)
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
        2.7,
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
        1.1,
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
            let resource = "s/cores".to_owned();
            let speeds = [1.0, f64::from(speed)];
            let bench = bench(&name, &format!("speeds: [1, {speed}]"), balance, rate, millions)
                .control(Control::Speeds { resource, speeds, mean: 1.0 })
                .beside(at_speeds(speeds, rate, balance));
            let seen = bench.warmup(3000.0).run();
            wrong.extend(hold(&name, &seen, |seen| [mean("sojourn", seen.latency().mean, truth)]));
        }
        wrong
    });
}

const UNEQUAL: [Unequal; 3] = [
    (1.5, 2, [1.027_681, 0.929_894_5, 1.333_333], Some(2.4), [0.15, 0.1, 0.1, 0.5]),
    (2.4, 2, [2.091_919, 1.978_153, 3.333_333], None, [0.45, 0.3, 0.9, 0.0]),
    (3.0, 4, [0.880_740_7, 0.668_422_1, 1.0], None, [0.3, 0.1, 0.15, 0.0]),
];
