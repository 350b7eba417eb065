//! Published and exact figures on the data side: prices, drift, fusion, delivery, caches.

use tradeoff_decide::object_storage::{
    GUIDE, UNMOVED, class, days_by_class, kept, same_reads, saved, stock,
};
use tradeoff_decide::{Verdict, caches, delivery, drift, fusion};

use super::{chosen, close, decided, line};

/// USD per GB-month, days that are charged at least, and the day from which the guide's lifecycle
/// keeps it there.
#[test]
fn prices_and_moves_are_the_guides() {
    let classes = [
        ("standard", 0.023, 0.0, 0.0),
        ("infrequent", 0.0125, 30.0, 30.0),
        ("glacier-instant", 0.004, 90.0, 90.0),
        ("deep-archive", 0.000_99, 180.0, 365.0),
    ];
    for (id, price, least, _) in classes {
        let it = class(id).unwrap();
        close(it.storage, price);
        close(it.least_days, least);
    }
    assert_eq!(*GUIDE, classes.map(|it| (it.3, it.0)));
    close(class("deep-archive").unwrap().wait, 12.0);
    for id in ["infrequent", "glacier-instant"] {
        close(class(id).unwrap().least_size, 128.0);
    }
}

/// GB, days; then USD by class, their sum, what standard storage alone would cost, and the share
/// that is saved.
#[test]
fn a_batch_that_ages_costs_what_its_classes_do() {
    for (gb, days, by_class, total, standard, share) in [
        (1e3, 30.0, [23.0, 0.0, 0.0, 0.0], 23.0, 23.0, 0.0),
        (1e3, 90.0, [23.0, 25.0, 0.0, 0.0], 48.0, 69.0, 0.304_347_826_1),
        (
            1e3,
            730.0,
            [23.0, 25.0, 36.666_666_67, 12.045],
            96.711_666_67,
            559.666_666_7,
            0.827_197_736_7,
        ),
        (
            5e4,
            1095.0,
            [1150.0, 1250.0, 1_833.333_333, 1204.5],
            5_437.833_333,
            41_975.0,
            0.870_450_665_1,
        ),
    ] {
        let found = kept(GUIDE, gb, days);
        for ((_, found), expected) in found.iter().zip(by_class) {
            close(*found, expected);
        }
        close(kept(UNMOVED, gb, days)[0].1, standard);
        close(saved(GUIDE, days), share);
        let [size, days] = [gb, days].map(|it: f64| it.to_string());
        // Objects so large that what is billed beside each is nothing.
        let facts =
            [("reads-per-month", "0"), ("size", &size), ("kept", &days), ("object-size", "5e9")];
        let verdict = decided("storage-tier", &facts);
        close(line(&verdict, "the guide's lifecycle"), total);
        close(line(&verdict, "all of it in standard; storage alone"), standard);
        close(line(&verdict, "saved by the guide's lifecycle"), share * 100.0);
    }
}

/// 100 GB a day: days; then GB by class, USD a month at the end, and those of standard alone.
#[test]
fn a_steady_ingest_fills_class_after_class() {
    for (days, gb, rate, standard) in [
        (30.0, [3000.0, 0.0, 0.0, 0.0], 69.0, 69.0),
        (365.0, [3000.0, 6000.0, 27_500.0, 0.0], 254.0, 839.5),
        (730.0, [3000.0, 6000.0, 27_500.0, 36_500.0], 290.135, 1679.0),
    ] {
        let (found, run) = stock(GUIDE, 100.0, days);
        for ((_, found), expected) in found.iter().zip(gb) {
            close(*found, expected);
        }
        close(run, rate);
        close(stock(UNMOVED, 100.0, days).1, standard);
    }
    assert_eq!(days_by_class(GUIDE, 10.0)[1], ("infrequent", 0.0));
    // As much in GB a month, where raw data is kept for a year.
    let month = (100.0 * 365.0 / 12.0_f64).to_string();
    let verdict = decided("etl-or-elt", &[("raw", &month)]);
    close(line(&verdict, "keeping the raw data of a year, at its end"), 839.5);
    close(line(&verdict, "the same under the guide's lifecycle"), 254.0);
}

#[test]
fn minimum_duration_size_and_retrieval_are_charged() {
    let [standard, infrequent, instant, deep] =
        ["standard", "infrequent", "glacier-instant", "deep-archive"].map(|it| class(it).unwrap());
    // Deleted after 20 days, charged for 30, 90 and 180.
    close(standard.life(20.0, 1e3, 0.0).storage, 0.023 * 20.0 / 30.0);
    close(infrequent.life(20.0, 1e3, 0.0).storage, 0.0125);
    close(instant.life(20.0, 1e3, 0.0).storage, 0.004 * 3.0);
    close(deep.life(20.0, 1e3, 0.0).storage, 6.0 * (0.000_99 * 1.032 + 0.023 * 0.008));
    // 16 kB are billed as 128, so that infrequent access is dearer than standard.
    close(infrequent.life(30.0, 16.0, 0.0).storage, 0.0125 * 8.0);
    assert!(infrequent.life(360.0, 16.0, 0.0).total() > standard.life(360.0, 16.0, 0.0).total());
    // Objects of 10 kB: 12.8 times as large in two classes, and 40 kB beside each in the last.
    let months = [1.0, 2.0, 275.0 / 30.0, 73.0];
    let rates = [0.023, 0.0125 * 12.8, 0.004 * 12.8, 0.000_99 * (10.0 + 32.0) / 10.0 + 0.023 * 0.8];
    let cycle: f64 = months.iter().zip(rates).map(|it| it.0 * it.1).sum();
    let facts = [("reads-per-month", "0.01"), ("kept", "2555"), ("object-size", "10")];
    let verdict = decided("storage-tier", &facts);
    let share = 100.0 - cycle / (0.023 * 2555.0 / 30.0) * 100.0;
    close(line(&verdict, "the guide's lifecycle"), 1e3 * cycle);
    close(line(&verdict, "saved by the guide's lifecycle"), share);
    // Without requests, a GB that is read 1.05 times a month costs the same in both.
    let large = 1e12;
    assert!((same_reads(standard, infrequent, 365.0, large) - 1.05).abs() < 1e-4);
    assert!((same_reads(infrequent, instant, 365.0, large) - 0.425).abs() < 1e-4);
}

/// A line of equal cost is never at odds with the sums above it.
#[test]
fn classes_cost_the_same_where_it_says_so() {
    for (kept, size) in [("365", "10"), ("365", "1000"), ("20", "1000"), ("2555", "1e6")] {
        let said = |reads: f64| {
            let reads = reads.to_string();
            let facts =
                [("reads-per-month", reads.as_str()), ("kept", kept), ("object-size", size)];
            decided("storage-tier", &facts)
        };
        let first = said(0.1);
        let cost = |verdict: &Verdict, id: &str| {
            let prefix = format!("{id}: ");
            let found = verdict.table.iter().find(|it| it.name.starts_with(&prefix));
            found.expect("a sum of the class").value
        };
        for it in &first.table {
            let Some(pair) = it.name.strip_prefix("same cost: ") else { continue };
            let (warm, cold) = pair.split_once(" or ").expect("two classes");
            let there = said(it.value);
            close(cost(&there, warm), cost(&there, cold));
        }
    }
}

/// The position is saved every five seconds.
#[test]
fn a_crash_repeats_what_came_since_the_last_save() {
    for (rate, interval, crashes, mean, most, share) in [
        (100.0, 5.0, 2.0, 250.0, 500.0, 0.001_388_888_889),
        (1000.0, 5.0, 0.5, 2500.0, 5000.0, 0.000_347_222_222_2),
    ] {
        close(delivery::per_crash(rate, interval), mean);
        close(delivery::worst_crash(rate, interval), most);
        close(delivery::share(interval, crashes), share);
        let [rate, crashes] = [rate, crashes * 24.0].map(|it: f64| it.to_string());
        let facts = [("rate", rate.as_str()), ("save-every", "5s"), ("crashes", &crashes)];
        let verdict = decided("delivery-guarantee", &facts);
        close(line(&verdict, "repeated or lost by a crash, on average"), mean);
        close(line(&verdict, "at worst"), most);
        close(line(&verdict, "share of all messages"), share * 100.0);
    }
}

/// Messages in a batch and crashes at each; how often each is processed, how often once more, and
/// that to the first order. Then as a topic says it, of 100 messages a second: seconds of a batch
/// and crashes a day.
#[test]
fn a_batch_is_repeated_from_its_start() {
    for (batch, crash, times, again, rarely, save, crashes) in [
        (100.0, 1e-4, 1.005_067_214, 0.005_067_214_305, 0.00505, "1s", "864"),
        (1.0, 1e-3, 1.001_001_001, 0.001_001_001_001, 0.001, "10ms", "8640"),
    ] {
        close(delivery::times_processed(batch, crash), times);
        close(delivery::repeated(batch, crash), again);
        close(delivery::repeated_rarely(batch, crash), rarely);
        let facts = [("rate", "100"), ("save-every", save), ("crashes", crashes)];
        let verdict = decided("delivery-guarantee", &facts);
        close(line(&verdict, "times that a message is done, on average"), times);
    }
    close(delivery::times_processed(100.0, 0.0), 1.0);
    // A crash that is next to impossible repeats next to nothing: half a batch each.
    let rare = delivery::times_processed(1e6, 1e-13) - 1.0;
    assert!((rare / delivery::repeated_rarely(1e6, 1e-13) - 1.0).abs() < 1e-6, "{rare}");
}

/// The share of acknowledgments that is lost; then copies, and how likely there are several.
#[test]
fn a_lost_acknowledgment_is_a_second_copy() {
    for (lost, copies, several) in [(0.01, 1.010_101_01, 0.01), (0.1, 1.111_111_111, 0.1)] {
        close(delivery::copies(lost, false), copies);
        close(delivery::duplicated(lost, false), several);
        // One whose messages have numbers leaves one.
        close(delivery::copies(lost, true), 1.0);
        close(delivery::duplicated(lost, true), 0.0);
    }
    close(delivery::copies(0.0, false), 1.0);
}

#[test]
fn consumers_are_bounded_by_partitions() {
    for (consumers, most, idle) in [(1, 12, 0), (5, 3, 0), (12, 1, 0), (20, 1, 8)] {
        assert_eq!(delivery::assigned(12, consumers), (most, idle));
        if consumers == 1 {
            // There is nobody to share them with, and nothing to tell.
            continue;
        }
        let workers = consumers.to_string();
        let facts = [("partitions", "12"), ("consumers", &workers), ("replay", "true")];
        let verdict = decided("queue-or-stream", &facts);
        close(line(&verdict, "partitions of the busiest worker"), f64::from(most));
        close(line(&verdict, "workers without a partition"), f64::from(idle));
        // Those that have none are what a stream is not chosen for.
        assert_eq!(chosen(&verdict) == "stream", idle == 0, "{consumers}");
    }
}

#[test]
fn a_burst_is_worked_off_afterwards() {
    for (steady, each, consumers, burst, seconds, capacity, peak, drain, delay) in [
        (1000.0, 150.0, 10.0, 3000.0, 60.0, 1500.0, 90_000.0, 180.0, 60.0),
        (500.0, 100.0, 8.0, 900.0, 120.0, 800.0, 12_000.0, 40.0, 15.0),
    ] {
        let it = delivery::lag(steady, burst, seconds, consumers, each).unwrap();
        close(it.capacity, capacity);
        close(it.peak, peak);
        close(it.drain, drain);
        close(it.delay, delay);
    }
    assert_eq!(delivery::lag(1000.0, 2000.0, 1.0, 10.0, 100.0), None, "never caught up");
}

#[test]
fn the_stability_index_is_its_formula() {
    let tenths = [0.1; 10];
    // Stable, moderate, significant: by the bands 0.1 and 0.2, and by 0.1 and 0.25.
    let (stable, moderate, significant) = ("leave-it", "investigate", "retrain");
    for (expected, actual, psi, narrow, wide) in [
        (
            &tenths[..],
            &[0.08, 0.09, 0.1, 0.1, 0.1, 0.1, 0.1, 0.11, 0.11, 0.11][..],
            0.008_375_781_577,
            stable,
            stable,
        ),
        (&[0.25; 4], &[0.4, 0.3, 0.2, 0.1], 0.228_217_409_6, significant, moderate),
        (&[0.2; 5], &[0.1, 0.15, 0.2, 0.25, 0.3], 0.135_402_510_1, moderate, moderate),
        (&[0.5; 2], &[0.6, 0.4], 0.040_546_510_81, stable, stable),
        (
            &tenths,
            &[0.05, 0.05, 0.08, 0.1, 0.1, 0.1, 0.12, 0.12, 0.13, 0.15],
            0.109_214_634_7,
            moderate,
            moderate,
        ),
    ] {
        let found = drift::psi(expected, actual);
        close(found, psi);
        close(drift::psi(actual, expected), psi);
        let [found, bins] = [found.to_string(), expected.len().to_string()];
        for (upper, answer) in [("0.2", narrow), ("0.25", wide)] {
            let facts = [("psi", found.as_str()), ("bins", &bins), ("upper", upper)];
            assert_eq!(chosen(&decided("drift-monitoring", &facts)), answer, "{found} {upper}");
        }
        // Both are what is used where nobody says: 0.1 and 0.25.
        assert_eq!(chosen(&decided("drift-monitoring", &[("psi", &found)])), wide);
    }
}

/// 10 bins and a reference of 10,000 rows that nothing has moved away from.
#[test]
fn the_stability_index_of_the_same_is_not_nothing() {
    close(drift::noise(10.0, 1e4, 1e3), 0.0099);
    for (rows, mean) in [("1k", 0.0099), ("100", 0.0909)] {
        let facts = [("psi", "0.1"), ("bins", "10"), ("reference", "10k"), ("current", rows)];
        let verdict = decided("drift-monitoring", &facts);
        close(line(&verdict, "index by chance, on average"), mean);
        // The alarm at 0.1 is one of chance where a hundred rows are compared.
        let answer = if rows == "100" { "collect-more" } else { "investigate" };
        assert_eq!(chosen(&verdict), answer, "{rows}");
    }
    // 95% of chi-squared with 9 degrees of freedom is 16.919.
    assert!((drift::noise_bound(10.0, 1e4, 1e3) - 16.919 * 0.0011).abs() < 1e-4);
}

#[test]
fn the_stability_index_of_samples_is_that_of_their_bins() {
    let reference: Vec<f64> = (0..1000).map(f64::from).collect();
    // Shares of quarters that are 40, 30, 20 and 10 percent.
    let sizes = [(0, 400), (250, 300), (500, 200), (750, 100)];
    let current: Vec<f64> = sizes
        .iter()
        .flat_map(|(from, count)| (0..*count).map(move |it| f64::from(from + it % 250)))
        .collect();
    close(drift::psi_of(&reference, &current, 4).unwrap(), 0.228_217_409_6);
    let constant = [5.0; 100];
    close(drift::psi_of(&constant, &constant, 10).unwrap(), 0.0);
    assert_eq!(drift::psi_of(&[], &constant, 10), None);
    // An empty bin counts as one of a ten-thousandth.
    let upper: Vec<f64> = (500..1000).map(f64::from).collect();
    let found = drift::psi_of(&reference, &upper, 2).unwrap();
    close(found, drift::psi(&[0.5, 0.5], &[0.0, 1.0]));
    assert!(found.is_finite());
}

#[test]
fn kolmogorov_and_smirnov_agree_with_their_tables() {
    let test = |a: &[f64], b: &[f64]| drift::kolmogorov_smirnov(a, b).unwrap();
    close(test(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]).statistic, 0.0);
    close(test(&[1.0, 2.0], &[3.0, 4.0]).statistic, 1.0);
    close(test(&[1.0, 2.0, 3.0, 4.0], &[2.5, 2.5, 2.5]).statistic, 0.5);
    // Ties on one side and the other.
    close(test(&[1.0, 1.0, 2.0], &[1.0, 2.0, 2.0]).statistic, 1.0 / 3.0);
    // Critical values of the limit: 1.358 at 5%, 1.628 at 1%.
    for (z, chance) in [(1.358_1, 0.05), (1.627_6, 0.01), (1.223_8, 0.1)] {
        let found = drift::chance(z / f64::sqrt(500.0), 1000.0, 1000.0);
        assert!((found - chance).abs() < 1e-4, "{found} for {chance}");
    }
    let reference: Vec<f64> = (0..1000).map(f64::from).collect();
    let moved: Vec<f64> = reference.iter().map(|it| it + 100.0).collect();
    let it = test(&reference, &moved);
    close(it.statistic, 0.1);
    assert!(it.chance < 1e-4, "{it:?}");
    assert!(test(&reference, &reference).chance > 0.999_999);
    assert_eq!(drift::kolmogorov_smirnov(&[f64::NAN], &[1.0]), None);
}

#[test]
fn ranks_are_fused_as_published() {
    for (rankings, expected) in [
        (
            &[&["a", "b", "c"][..], &["b", "a", "d"]][..],
            &[
                ("a", 0.032_522_474_88),
                ("b", 0.032_522_474_88),
                ("c", 0.015_873_015_87),
                ("d", 0.015_873_015_87),
            ][..],
        ),
        (
            &[&["a", "b", "c", "d"], &["d", "c", "b", "a"]],
            &[
                ("a", 0.032_018_442_62),
                ("d", 0.032_018_442_62),
                ("b", 0.032_002_048_13),
                ("c", 0.032_002_048_13),
            ],
        ),
        (
            &[&["x", "y", "z"], &["y", "z", "w"], &["y", "x", "w"]],
            &[
                ("y", 0.048_915_917_5),
                ("x", 0.032_522_474_88),
                ("z", 0.032_002_048_13),
                ("w", 0.031_746_031_75),
            ],
        ),
    ] {
        let found = fusion::fuse(rankings, fusion::K);
        let names: Vec<&str> = found.iter().map(|it| it.0).collect();
        assert_eq!(names, expected.iter().map(|it| it.0).collect::<Vec<_>>());
        for (found, expected) in found.iter().zip(expected) {
            close(found.1, expected.1);
        }
    }
    assert!(fusion::fuse(&[], fusion::K).is_empty());
    close(fusion::outranks(1.0, fusion::K), 62.0);
}

/// Precision by the constant, as it was published for 30 runs. Nobody can run it again without the
/// collection: it is what the constant is chosen by.
#[test]
fn the_constant_of_fusion_is_near_the_best_published() {
    let constants = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 500.0];
    let precision = [
        0.2072, 0.2123, 0.2134, 0.2139, 0.2138, 0.2144, 0.2145, 0.2146, 0.2147, 0.2145, 0.2142,
        0.2098,
    ];
    let table: Vec<(f64, f64)> = constants.into_iter().zip(precision).collect();
    assert_eq!(fusion::TREC[..], table);
    assert_eq!(fusion::best(&fusion::TREC), Some((80.0, 0.2147)));
    let away = |k| fusion::given_away(&fusion::TREC, k).unwrap();
    close(fusion::K, 60.0);
    close(away(fusion::K), 1.0 - 0.2145 / 0.2147);
    for k in constants {
        assert_eq!(away(k) <= 0.003, (50.0..=100.0).contains(&k), "{k}");
    }
    assert_eq!(fusion::given_away(&fusion::TREC, 61.0), None, "nobody tried it");
    let verdict = decided("search-method", &[("rag", "true")]);
    close(line(&verdict, "precision that this constant gives away"), away(fusion::K) * 100.0);
    // What the topic says of the scores is what fusing does.
    let both = fusion::fuse(&[&["a"], &["a"]], fusion::K);
    close(line(&verdict, "score of what is first in both lists"), both[0].1);
    let one = fusion::fuse(&[&["a"]], fusion::K);
    close(line(&verdict, "score of what is first in one"), one[0].1);
}

#[test]
fn a_cache_pays_from_its_time_over_that_of_the_origin() {
    close(caches::break_even(0.4, 5.0), 0.08);
    close(caches::break_even(4.0, 5.0), 0.8);
    close(caches::mean(0.4, 5.0, 0.08), 5.0);
    close(caches::mean(0.4, 5.0, 0.9), 0.9);
    close(caches::exposure(0.9), 10.0);
    close(caches::held(0.2, 0.0), 0.2);
    close(caches::held(0.01, 0.5), 0.1);
    close(caches::held(5.0, 0.8), 1.0);
    close(caches::expiring(1.0, 4.0), 0.8);
    close(caches::lifetime(1.0, 0.8), 4.0);
    close(caches::stampede(1000.0, 0.2), 201.0);
}
