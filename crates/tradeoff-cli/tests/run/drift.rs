//! `decide drift`: two samples are compared, files that are anybody's are refused with their place.

use std::fmt::Write as _;

use crate::Run;

/// So many rows of a column, evenly over an interval.
fn rows(count: u32, from: f64, to: f64) -> String {
    let mut text = String::from("day,amount\n");
    for nth in 0..count {
        let share = (f64::from(nth) + 0.5) / f64::from(count);
        writeln!(text, "d{nth},{}", from + (to - from) * share).unwrap();
    }
    text
}

fn drift(reference: &str, current: &str) -> Run {
    let run = Run::new("decide").file("was.csv", reference).file("is.csv", current);
    run.args(["drift", "--reference", "was.csv", "--current", "is.csv"])
}

#[test]
fn a_column_that_moved_is_told_and_gated() {
    let moved = || drift(&rows(5000, 0.0, 100.0), &rows(1000, 20.0, 120.0));
    let mut run = moved().exits(0);
    insta::assert_snapshot!(run.stdout());
    moved().args(["--gate"]).exits(1);
    let report = moved().args(["--format", "json"]).exits(0).json();
    let drift = &report["drift"][0];
    assert_eq!((&drift["drifted"], &drift["band"]), (&true.into(), &"significant".into()));
    assert_eq!(drift["bins"].as_array().unwrap().len(), 10);
    assert_eq!(report["decisions"][0]["answer"]["option"], "retrain");
    assert!((drift["kolmogorov_smirnov"]["statistic"].as_f64().unwrap() - 0.2).abs() < 0.001);
}

#[test]
fn few_rows_differ_by_chance() {
    let few = || drift(&rows(100, 0.0, 100.0), &rows(40, 10.0, 100.0));
    let run = few().args(["--gate"]).exits(0);
    run.stdout_contains("not less than the index: samples of this size do as much")
        .stdout_contains("drift-monitoring: collect-more");
    let same = drift(&rows(900, 0.0, 1.0), &rows(900, 0.0, 1.0)).exits(0);
    same.stdout_contains("no drift").stdout_contains("drift-monitoring: leave-it");
    let worse = drift(&rows(900, 0.0, 1.0), &rows(900, 0.0, 1.0));
    worse.args(["--set", "metric-fell=yes"]).exits(0).stdout_contains("drift-monitoring: retrain");
}

#[test]
fn values_that_repeat_share_a_bin() {
    let flag = |ones: usize| format!("f\n{}{}", "1\n".repeat(ones), "0\n".repeat(1000 - ones));
    let report = drift(&flag(500), &flag(600)).args(["--format", "json"]).exits(0).json();
    let drift = &report["drift"][0];
    assert_eq!(drift["bins"].as_array().unwrap().len(), 2);
    // Half and half against six of ten.
    assert!((drift["psi"].as_f64().unwrap() - 0.040_546_510_81).abs() < 1e-9);
    let constant = drift_of_constants();
    assert_eq!(constant["bins"].as_array().unwrap().len(), 3);
    assert_eq!(constant["drifted"], true);
}

fn drift_of_constants() -> serde_json::Value {
    let [was, is] = ["7\n", "8\n"].map(|it| format!("f\n{}", it.repeat(500)));
    drift(&was, &is).args(["--format", "json"]).exits(0).json()["drift"][0].clone()
}

#[test]
fn what_is_left_out_is_counted() {
    let odd = format!("{}x,\nx,NaN\nx,inf\n", rows(500, 0.0, 1.0));
    let run = drift(&odd, &rows(500, 0.0, 1.0)).exits(0);
    run.stdout_contains("left out of the reference: 2 missing and 1 infinite");
}

#[test]
fn columns_may_be_called_otherwise() {
    let other = rows(500, 0.0, 1.0).replace("amount", "total");
    let run = drift(&rows(500, 0.0, 1.0), &other);
    run.args(["--column", "amount", "--current-column", "total"]).exits(0);
    drift(&rows(500, 0.0, 1.0), &other)
        .args(["--column", "amount"])
        .refused(&["no column `amount`"]);
    drift(&rows(500, 0.0, 1.0), &other)
        .refused(&["`is.csv` has no column `amount`", "--column 'amount' --current-column NAME"]);
    let beside = rows(500, 0.0, 1.0).replace('\n', ",1\n").replacen("amount,1", "amount,b", 1);
    drift(&rows(500, 0.0, 1.0), &beside).exits(0).stdout_contains("amount of is.csv");
    drift(&rows(5, 0.0, 1.0), &rows(50, 0.0, 1.0)).refused(&[
        "was.csv",
        "holds 5 numbers",
        "at least 10 numbers",
    ]);
    drift(&rows(50, 0.0, 1.0), &other)
        .args(["--column", "amuont"])
        .refused(&["was.csv", "did you mean `amount`?"]);
}

#[test]
fn what_is_wrong_has_its_place() {
    let good = rows(50, 0.0, 1.0);
    drift(&good, "day,amount\nmon,1\ntue,1O\n").refused(&["is.csv:3:5", "`1O`", "is no number"]);
    drift("a,b\n1,2\n", "a,b\n1,2\n").refused(&["2 columns of numbers", "one of `a`, `b`"]);
    drift("a,b\n1,2\n3\n", &good).refused(&["was.csv:3:1", "a row has 1 field, and those above 2"]);
    for broken in ["", "a\n", "PAR1", "PAR1garbagePAR1", "\u{0}\u{1}", "\"", "a,b\nx,y\n"] {
        drift(broken, &good).refused(&["was.csv"]);
    }
    let report = drift(&good, "amount\nx\n1\n").args(["--format", "json"]).exits(2).json();
    assert_eq!(report["errors"][0]["code"], "no-number");
    assert_eq!(report["errors"][0]["at"]["line"], 2);
    let run = Run::new("decide").args(["drift", "--reference", "no.csv", "--current", "no.csv"]);
    run.refused(&["there is no file `no.csv`", "a CSV or Parquet file"]);
    Run::new("decide").args(["drift"]).refused(&["two samples of a column are missing"]);
    Run::new("decide").args(["pagination", "--gate"]).refused(&["compared by `drift` alone"]);
    drift(&good, &good).args(["--set", "psi=1"]).refused(&["`psi` follows from the samples"]);
    drift(&good, &good).args(["--set", "bims=1"]).refused(&["did you mean `bins`?"]);
    drift(&good, &good).args(["--adr"]).refused(&["no architecture"]);
    drift(&good, &good).args(["--measure"]).refused(&["no architecture"]);
    drift(&good, &good).args(["--seed", "3"]).refused(&["no architecture"]);
    drift(&good, &good)
        .args(["--set", "lower=0.3", "--set", "upper=0.2"])
        .refused(&["`lower` is 0.3, more than `upper`, which is 0.2"]);
    drift(&good, &good).args(["--output", "is.csv"]).refused(&["overwrite what it is about"]);
}
