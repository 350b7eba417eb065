//! Published and exact figures that computed topics must come to.

use tradeoff_decide::pools::{Pooling, closed, unlocked, usable};
use tradeoff_decide::usl::Usl;
use tradeoff_decide::{Answers, Verdict, availability, burn, decide, resilience, topic};

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-8 * expected.abs().max(1e-8), "{found} for {expected}");
}

fn decided(id: &str, facts: &[(&str, &str)]) -> Verdict {
    let mut answers = Answers::new(topic(id).expect("a topic"));
    for (name, value) in facts {
        answers.say(name, value).expect("a fact of the topic");
    }
    decide(&answers)
}

/// A line of a topic's arithmetic.
fn line(verdict: &Verdict, name: &str) -> f64 {
    let found = verdict.table.iter().find(|it| it.name == name);
    found.unwrap_or_else(|| panic!("no `{name}` in {:?}", verdict.table)).value
}

/// Erlang C for a pool in transaction mode: connections, rate, seconds; then the share that waits,
/// mean, 95% and 99% of waits in milliseconds.
#[test]
fn waits_for_a_pooled_connection_are_erlangs() {
    let cases = [
        (20, 1000.0, 0.01, 0.003_731_126_044, 0.003_731_126_044, 0.0, 0.0),
        (20, 1800.0, 0.01, 0.550_769_004_8, 2.753_845_024, 11.996_462_43, 20.043_652),
        (10, 1500.0, 0.005, 0.306_611_200_2, 0.613_222_400_4, 3.627_114_981, 6.845_990_806),
        (50, 2300.0, 0.02, 0.458_085_154_5, 2.290_425_773, 11.075_160_44, 19.122_35),
    ];
    for (connections, rate, held, waits, mean, p95, p99) in cases {
        let it = Pooling::new(connections, rate, held).unwrap();
        close(it.capacity, f64::from(connections) / held);
        close(it.busy, rate * held);
        close(it.utilization, rate * held / f64::from(connections));
        close(it.waits, waits);
        close(it.mean * 1e3, mean);
        close(it.quantile(0.95) * 1e3, p95);
        close(it.quantile(0.99) * 1e3, p99);
    }
    assert_eq!(Pooling::new(20, 2000.0, 0.01), None, "no wait is long enough");
}

/// Clients that think and ask: M/M/c//N.
#[test]
fn closed_clients_are_machine_repairmen() {
    for (clients, think, held, connections, rate, response) in [
        (1000, 0.49, 0.01, 20, 1_956.574_996, 21.097_198_96),
        (200, 0.095, 0.005, 10, 1_911.596_503, 9.624_589_815),
    ] {
        let found = closed(clients, think, held, connections);
        close(found, rate);
        close((f64::from(clients) / found - think) * 1e3, response);
    }
}

/// 9,600 threads that think for 550 ms: 2,048 connections are no better than 96.
#[test]
fn the_published_demonstration_is_consistent_with_little() {
    for (response, work, throughput, busy) in
        [(0.110, 0.077, 14_545.454_55, 1120.0), (0.003, 0.002, 17_359.855_33, 34.719_710_67)]
    {
        let found = 9600.0 / (0.55 + response);
        close(found, throughput);
        close(found * work, busy);
    }
}

#[test]
fn rules_of_thumb_come_to_their_examples() {
    for (cores, disks, connections) in [(4.0, 1.0, 9.0), (8.0, 0.0, 16.0), (16.0, 1.0, 33.0)] {
        close(usable(cores, disks), connections);
    }
    close(unlocked(3.0, 4.0), 10.0);
    close(unlocked(8.0, 3.0), 17.0);
}

/// 200 pods with 10 connections each against 100: more than there are, and 20 are busy of those
/// that a pooler needs.
#[test]
fn the_guides_connection_math() {
    let verdict = decided(
        "connection-pool-sizing",
        &[
            ("clients", "200"),
            ("pool", "10"),
            ("rate", "1k"),
            ("held", "10ms"),
            ("wait", "2ms"),
            ("session-state", "no"),
        ],
    );
    assert_eq!(verdict.chosen.unwrap().id, "pooler");
    close(line(&verdict, "connections of all pools"), 2000.0);
    close(line(&verdict, "left by the database"), 97.0);
    close(line(&verdict, "busy on average"), 10.0);
    let shared = line(&verdict, "enough when all share");
    assert!((11.0..=20.0).contains(&shared), "{shared}");
    let carried: Vec<_> = verdict.carried.iter().map(|it| it.fact).collect();
    assert!(carried.contains(&"session-state"), "{carried:?}");
}

/// Minutes of a budget: a year, a quarter, 30 and 28 days, a week; then seconds of a day.
#[test]
fn budgets_are_those_of_the_availability_table() {
    for (target, minutes) in [
        (0.9, [52_560.0, 12_960.0, 4320.0, 4032.0, 1008.0]),
        (0.99, [5256.0, 1296.0, 432.0, 403.2, 100.8]),
        (0.999, [525.6, 129.6, 43.2, 40.32, 10.08]),
        (0.9995, [262.8, 64.8, 21.6, 20.16, 5.04]),
        (0.9999, [52.56, 12.96, 4.32, 4.032, 1.008]),
    ] {
        for (days, minutes) in [365.0, 90.0, 30.0, 28.0, 7.0].into_iter().zip(minutes) {
            close(availability::budget(target, days), minutes);
        }
    }
    let verdict = decided("slo-target", &[("needed", "99.9%"), ("series", "99.95%")]);
    close(line(&verdict, "budget of 99.9%"), 43.2);
    close(line(&verdict, "in a year"), 525.6);
    close(line(&verdict, "what each thing that it needs should keep"), 99.99);
}

#[test]
fn what_stands_in_series_multiplies() {
    for (parts, product) in [
        (&[0.999, 0.999][..], 0.998_001),
        (&[0.9999; 5], 0.999_500_1),
        (&[0.999; 10], 0.990_044_880_2),
        (&[0.9995, 0.999, 0.9999], 0.998_400_649_9),
    ] {
        close(availability::series(parts), product);
    }
    // Ten dependencies of three nines each allow two and a half at most.
    let facts = [("needed", "99.9%"), ("series", "99.00448802%")];
    assert_eq!(decided("slo-target", &facts).chosen.unwrap().id, "redesign");
}

/// Days, target, failures; then the pair, and after how many minutes it fires and falls silent.
#[test]
fn burn_rates_are_those_of_the_workbook() {
    for (pair, long, short, spends) in [
        (burn::PAIRS[0], 60.0, 5.0, 0.02),
        (burn::PAIRS[1], 360.0, 30.0, 0.05),
        (burn::PAIRS[2], 1440.0, 120.0, 0.1),
        (burn::PAIRS[3], 4320.0, 360.0, 0.1),
    ] {
        close(pair.long(30.0), long);
        close(pair.short(30.0), short);
        close(pair.burn * pair.long(30.0) / 43_200.0, spends);
        // The same shares of any other window.
        close(pair.burn * pair.long(7.0) / 10_080.0, spends);
    }
    for (rate, minutes) in
        [(1.0, 43_200.0), (2.0, 21_600.0), (6.0, 7200.0), (10.0, 4320.0), (1000.0, 43.2)]
    {
        let bad = rate * 0.001;
        close(burn::rate(0.999, bad), rate);
        close(burn::exhausts(30.0, 0.999, bad), minutes);
    }
    for (pair, target, bad, fires, silent) in [
        (0, 0.999, 1.0, 0.864, 4.928),
        (0, 0.999, 0.1, 8.64, 4.28),
        (0, 0.999, 0.0144, 60.0, 0.0),
        (1, 0.999, 0.01, 216.0, 12.0),
        (0, 0.9999, 0.5, 0.1728, 4.9856),
        (0, 0.99, 1.0, 8.64, 4.28),
    ] {
        let pair = burn::PAIRS[pair];
        let found = pair.detects(30.0, target, bad).expect("it fires");
        close(found, fires);
        assert!((pair.resets(30.0, target, bad) - silent).abs() < 1e-9, "{target} {bad}");
        close(found / burn::exhausts(30.0, target, bad), pair.spends);
    }
    assert_eq!(burn::PAIRS[0].detects(30.0, 0.999, 0.01), None, "10 is less than 14.4");
    let verdict = decided("alert-windows", &[("failing", "10%")]);
    close(line(&verdict, "page at 14.4x: long window"), 60.0);
    close(line(&verdict, "page at 14.4x: fires after"), 8.64);
    close(line(&verdict, "page at 14.4x: silent again after"), 4.28);
    close(line(&verdict, "ticket at 1x: long window"), 4320.0);
}

#[test]
fn parts_that_stand_in_for_each_other() {
    for (needed, parts, each, all) in [
        (1, 2, 0.99, 0.9999),
        (1, 2, 0.999, 0.999_999),
        (2, 3, 0.99, 0.999_702),
        (3, 5, 0.99, 0.999_990_149_4),
    ] {
        close(availability::at_least(needed, parts, each), all);
    }
    close(availability::renewal(720.0, 1.0), 0.998_613_037_4);
    close(availability::renewal(2160.0, 0.5), 0.999_768_572_1);
}

/// Outages a year, their minutes, and those of a failover; then what users see of a standby.
#[test]
fn a_standby_costs_its_failovers() {
    for (outages, outage, failover, region, minutes, left) in [
        (4.0, 131.4, 2.5, 99.9, 10.0, 99.998_097_41),
        (2.0, 131.4, 6.0, 99.95, 12.0, 99.997_716_89),
    ] {
        let facts: [(&str, f64); 3] =
            [("outages", outages), ("outage", outage), ("failover", failover)];
        let facts: Vec<_> = facts.iter().map(|it| (it.0, it.1.to_string())).collect();
        let facts: Vec<_> = facts.iter().map(|it| (it.0, it.1.as_str())).collect();
        let verdict = decided("region-topology", &facts);
        close(line(&verdict, "availability: one region"), region);
        close(line(&verdict, "away: active-passive"), minutes);
        close(line(&verdict, "availability: active-passive"), left);
    }
    let facts = [("outages", "4"), ("outage", "131.4")];
    let verdict = decided("region-topology", &facts);
    close(line(&verdict, "availability: active-active"), 99.9999);
    close(line(&verdict, "machines: active-active"), 2.0);
}

/// A window of ten opens by chance: once in 16,000 at 5%, three times in a hundred at 20%.
#[test]
fn a_window_of_ten_calls_is_a_small_sample() {
    close(resilience::opens(10, 0.5, 0.05), 6.368_983_144e-5);
    close(resilience::opens(10, 0.5, 0.2), 0.032_793_497_6);
    let verdict = decided("resilience-set", &[("idempotent", "true"), ("failing", "1%")]);
    close(line(&verdict, "attempts"), 2.0);
    close(line(&verdict, "fails after all attempts"), 0.01);
    close(line(&verdict, "calls in the breaker's window"), 20.0);
    assert_eq!(resilience::attempts(0.1, 0.001).to_string(), "3");
    assert_eq!(resilience::fitting(2.0, 0.5, 0.05, 3), 3);
}

fn near(found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() <= share, "{found} for {expected}");
}

#[test]
fn the_scalability_law_and_its_peak() {
    for (alpha, beta, gamma, at, limit, peak) in [
        (
            0.001,
            1e-5,
            1.0,
            [1.0, 1.997_962_079, 7.939_973_798, 15.726_361_31, 30.742_035_89, 58.006_743_28],
            1000.0,
            Some((316.069_612_6, 136.772_856_1)),
        ),
        (
            0.05,
            0.0005,
            1000.0,
            [1000.0, 1_902.949_572, 5_805.515_239, 8_556.149_733, 10_505.581_09, 10_379.500_49],
            20_000.0,
            Some((43.588_989_44, 10_742.409_02)),
        ),
        (
            0.1,
            0.0,
            500.0,
            [500.0, 909.090_909_1, 2_352.941_176, 3200.0, 3_902.439_024, 4_383.561_644],
            5000.0,
            None,
        ),
    ] {
        let law = Usl { alpha, beta, gamma };
        for (n, expected) in [1.0, 2.0, 8.0, 16.0, 32.0, 64.0].into_iter().zip(at) {
            near(law.at(n), expected, 1e-9);
        }
        near(law.limit(), limit, 1e-9);
        match peak {
            Some((n, most)) => {
                near(law.peak(), n, 1e-8);
                near(law.at(law.peak()), most, 1e-8);
                assert_eq!(law.machines(most * 1.01), None, "nothing is beyond the peak");
            }
            None => assert_eq!(law.peak().to_string(), "inf"),
        }
    }
}

#[test]
fn amdahls_law_is_that_of_contention_alone() {
    for (alpha, figures) in [
        (
            0.05,
            &[
                (2.0, 1.904_761_905),
                (8.0, 5.925_925_926),
                (64.0, 15.421_686_75),
                (1024.0, 19.635_666_35),
            ][..],
        ),
        (0.1, &[(4.0, 3.076_923_077), (16.0, 6.4)]),
    ] {
        let law = Usl { alpha, beta: 0.0, gamma: 1.0 };
        for (n, speedup) in figures {
            near(law.at(*n), *speedup, 1e-9);
            assert_eq!(law.machines(law.at(*n)), Some(*n));
        }
        near(law.limit(), 1.0 / alpha, 1e-9);
    }
}

/// Gunther's measurements of a machine with 16 processors, and an exact curve.
#[test]
fn a_curve_is_fitted_to_measurements() {
    let measured = [
        (1.0, 64.9),
        (18.0, 995.9),
        (36.0, 1652.4),
        (72.0, 1853.2),
        (108.0, 1828.9),
        (144.0, 1775.0),
        (216.0, 1702.2),
    ];
    let law = Usl::fit(&measured).expect("there are enough points");
    near(law.alpha, 0.027_728_48, 1e-3);
    near(law.beta, 0.000_104_365_5, 1e-3);
    near(law.gamma, 89.995_23, 1e-3);
    near(law.peak(), 96.519_56, 1e-3);
    near(law.at(law.peak()), 1884.0, 1e-3);
    near(law.limit(), 3245.589, 1e-3);
    near(1.0 / law.alpha, 36.064_01, 1e-3);
    let exact =
        [(1.0, 1.0), (2.0, 1.8868), (4.0, 3.0769), (6.0, 3.5294), (8.0, 3.5398), (10.0, 3.3557)];
    let law = Usl::fit(&exact).expect("there are enough points");
    near(law.alpha, 0.02, 2e-3);
    near(law.beta, 0.02, 2e-3);
    near(law.gamma, 1.0, 1e-3);
}
