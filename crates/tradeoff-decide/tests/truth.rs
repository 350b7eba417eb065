//! Published and exact figures that computed topics must come to.

use tradeoff_decide::pools::{Pooling, closed, unlocked, usable};
use tradeoff_decide::{Answers, Verdict, availability, decide, topic};

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
        &[("clients", "200"), ("pool", "10"), ("rate", "1k"), ("held", "10ms"), ("wait", "2ms")],
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
