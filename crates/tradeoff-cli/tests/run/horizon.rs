//! `--horizon`: what breaks first as the load grows, in every format.

use crate::Run;

/// A shop with one of everything that grows.
const YEARS: &str = "
tradeoff: 1
name: years
duration: 30s
budget: $400/month
teams: { checkout: { engineers: 4 }, crm: { engineers: 1 } }
services:
  web:
    team: checkout
    language: go
    replicas: 2
    cores: 1
    cost: $0.10/h
    endpoints: { buy: { steps: [ { work: 8ms }, { query: orders.insert }, { call: bank } ] } }
  mail: { team: crm, language: python, endpoints: { send: { steps: [ { wait: 1ms } ] } } }
  coupons: { team: crm, language: python, endpoints: { list: { steps: [ { wait: 1ms } ] } } }
stores:
  orders:
    kind: postgres
    cores: 4
    connections: 30
    pool: { per_replica: 10 }
    cost: $0.20/h
    operations: { insert: { time: 3ms, writes: true } }
externals:
  bank: { time: 50ms, limit: 300/s }
traffic:
  users: { rate: 90/s, mix: { web.buy: 100% } }
slos:
  buy: { endpoint: web.buy, availability: 99%, latency: { p99: 150ms } }
";

fn ahead(verb: &str, growth: &str, horizon: &str) -> Run {
    let text = format!("{YEARS}{growth}");
    let args = ["years.yaml", "--today", "2026-11-30", "--horizon", horizon];
    Run::new(verb).file("years.yaml", text).args(args)
}

const GROWTH: &str = "growth: 8%/month\n";

#[test]
fn it_says_what_breaks_first_and_when() {
    let page = ahead("analyze", GROWTH, "18mo").exits(0).stdout();
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    let from = page.find("HORIZON").unwrap();
    let until = page.find("defaults assumed").unwrap();
    insta::assert_snapshot!("years", page[from..until].rsplit_once('\n').unwrap().0);
}

#[test]
fn a_review_has_what_it_measured() {
    let mut run = ahead("review", GROWTH, "18mo").args(["--format", "json"]).exits(0);
    let it = run.json();
    let horizon = &it["horizon"];
    assert_eq!(horizon["months"], 18);
    assert_eq!(horizon["until"], "2028-05");
    assert_eq!(horizon["growth"]["all"][0], 0.08);
    let breaks = horizon["breaks"].as_array().unwrap();
    let slo = breaks.iter().find(|it| it["what"] == "slo").unwrap();
    assert_eq!((&slo["rung"], &slo["name"]), (&"simulated".into(), &"buy".into()));
    // Two cores at 8 ms are full at 250/s: 90/s x 1.08^13 = 245/s.
    let month = slo["month"].as_u64().unwrap();
    assert!((8..=14).contains(&month), "{slo}");
    for it in breaks {
        assert!(!it["arithmetic"].as_str().unwrap().is_empty(), "{it}");
        assert!(it["date"].is_string(), "{it}");
    }
    assert_eq!(horizon["people"][2]["team"], serde_json::Value::Null);
    let without = Run::new("analyze").file("years.yaml", YEARS).args(["years.yaml"]);
    assert_eq!(
        without.args(["--format", "json"]).exits(0).json()["horizon"],
        serde_json::Value::Null
    );
}

#[test]
fn markdown_and_html_have_it_too() {
    let markdown = ahead("review", GROWTH, "18mo").args(["--format", "markdown"]).exits(0).stdout();
    assert!(markdown.contains("### As the load grows"), "{markdown}");
    assert!(markdown.contains("| `orders/connections` **are too many** |"), "{markdown}");
    let html = ahead("review", GROWTH, "18mo").args(["--format", "html"]).exits(0).stdout();
    assert!(html.contains("id=\"horizon\"") && html.contains("orders/connections"), "{html}");
    let page =
        Run::new("review").file("years.yaml", YEARS).args(["years.yaml", "--format", "html"]);
    assert!(!page.exits(0).stdout().contains("id=\"horizon\""));
}

#[test]
fn what_is_missing_is_named_and_can_be_set() {
    ahead("analyze", "", "1y")
        .exits(0)
        .stdout_contains("add growth: 8%/month to the architecture")
        .stdout_contains("--set growth=8%/month")
        .stdout_contains("2 services > 1 engineer");
    ahead("analyze", "", "1y")
        .args(["--set", "growth=8%/month"])
        .exits(0)
        .stdout_contains("12 months at 8%/month: ");
    ahead("analyze", "growth: 0%/month\n", "90d")
        .exits(0)
        .stdout_contains("3 months at 0%/month: nothing breaks until 2027-02");
    ahead("analyze", "growth: -4%/month\n", "90d").exits(0).stdout_contains("90/s -> ");
    ahead("analyze", "growth: 4%/month..8%/month\n", "18mo")
        .exits(0)
        .stdout_contains("18 months at 4%..8%/month: ");
}

#[test]
fn what_is_no_horizon_is_refused() {
    for horizon in ["0", "0mo", "5 bananas", "1000y", "11y", "10d", "-1y", "soon", ""] {
        ahead("analyze", GROWTH, horizon).refused(&["18mo, 1y, 90d"]);
    }
    ahead("review", GROWTH, "1000y").refused(&["from a month to 10 years"]);
    ahead("analyze", "growth: 2x/year\n", "1y").refused(&["100%/year"]);
    ahead("analyze", "growth: 8%/month..4%/month\n", "1y").refused(&["the low end first"]);
}
