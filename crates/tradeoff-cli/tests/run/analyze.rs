//! What `tradeoff analyze` answers about the examples, and its object.

use std::fs;
use std::path::Path;

use crate::{Run, SHOP};

fn example(name: &str) -> Run {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let file = format!("{name}.yaml");
    let text = fs::read_to_string(root.join(name).join(&file)).unwrap();
    Run::new("analyze").file(&file, text).args([file.as_str()])
}

#[test]
fn the_examples_are_analyzed() {
    for name in ["order-platform", "pool-exhaustion", "retry-storm"] {
        let page = example(name).exits(0).stdout();
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
        insta::assert_snapshot!(name, page);
    }
}

#[test]
fn an_analysis_is_one_object() {
    let run = Run::new("analyze").file("shop.yaml", SHOP).args(["shop.yaml", "--format", "json"]);
    let it = run.exits(0).json();
    assert_eq!(it["schema"], "tradeoff.analyze/1");
    assert_eq!(it["rung"], "analyzed");
    let cores = &it["resources"]["payment/cores"];
    for key in ["visits", "demand", "utilization", "capacity", "wait"] {
        assert!(cores[key].is_number(), "{key}: {cores}");
    }
    assert_eq!(cores["arithmetic"], "100/s x 1 visit x 8ms / (2 x 2 cores) = 20%");
    assert_eq!(cores["bottleneck"], true);
    assert_eq!(it["saturation"]["resource"], "payment/cores");
    let place = &it["endpoints"]["order.place"];
    assert!(place["bound"].as_f64().unwrap() < place["approximate"]["mean"].as_f64().unwrap());
    assert_eq!(it["slos"]["place"]["latency"]["feasible"], true);
    assert_eq!(it["slos"]["place"]["availability"]["feasible"], serde_json::Value::Null);
    assert_eq!(it["retries"]["order.place"]["attempts"], 3.0);
    assert_eq!(it["blast"]["payment"]["falls"]["place"], 1.0);
    assert!(it["timeouts"].is_object() && it["connections"].is_object());
    every_sum_is_printed(&it);
}

/// Everything that is worked out carries its sum.
fn every_sum_is_printed(it: &serde_json::Value) {
    let maps = ["resources", "endpoints", "retries", "timeouts", "connections", "blast", "traffic"];
    for map in maps {
        for (name, figure) in it[map].as_object().unwrap() {
            let text = figure["arithmetic"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{map}: {name}");
        }
    }
}

#[test]
fn an_overload_is_said_first() {
    let run = Run::new("analyze").file("shop.yaml", SHOP).args(["shop.yaml"]);
    run.args(["--set", "traffic.users.rate=600/s"])
        .exits(0)
        .stdout_contains("overloaded today: payment/cores")
        .stdout_contains("∞");
}

#[test]
fn a_design_without_traffic_is_analyzed_too() {
    let (shop, _) = SHOP.split_at(SHOP.find("traffic:").unwrap());
    let run = Run::new("analyze").file("shop.yaml", shop).args(["shop.yaml"]);
    run.exits(0).stdout_contains("no traffic is stated");
}

#[test]
fn an_availability_must_be_a_share() {
    let shop = SHOP
        .replace("    replicas: 2\n    cores: 2\n    cost", "    availability: often\n    cost");
    Run::new("analyze").file("shop.yaml", shop).args(["shop.yaml"]).refused(&["often", "99.9%"]);
}
