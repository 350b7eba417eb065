//! What each verb answers, and its exit code.

use crate::{Run, SHOP};

fn shop(verb: &str) -> Run {
    Run::new(verb).file("shop.yaml", SHOP).args(["shop.yaml"])
}

#[test]
fn check_is_a_gate() {
    shop("check").exits(0).stdout_contains("warning[rel-no-breaker]");
    shop("check").args(["--fail-on", "warning"]).exits(1);
    let mut run = shop("check").args(["--format", "json"]).exits(0);
    let check = run.json();
    assert_eq!(check["schema"], "tradeoff.check/1");
    let finding = &check["findings"][0];
    assert_eq!(finding["fingerprint"], "rel-no-breaker:order.place->payment.charge");
    assert_eq!(finding["at"]["line"], 18);
    assert_eq!(finding["suppressed"], serde_json::Value::Null);
}

/// The shop with one finding accepted until a day.
fn accepting(rule: &str, at: &str) -> String {
    format!(
        "{SHOP}
teams: {{ checkout: {{}} }}
rules:
  accept:
    - {{ rule: {rule}, at: {at}, reason: the bank is quick, owner: checkout, expires: 2027-06-30 }}
"
    )
}

#[test]
fn what_is_accepted_is_counted_told_and_fails_no_gate() {
    let check = |at: &str, today: &str| {
        Run::new("check").file("shop.yaml", accepting("rel-no-breaker", at)).args([
            "shop.yaml",
            "--today",
            today,
            "--format",
            "json",
        ])
    };
    for at in ["order.place->payment.charge", "services.order", "services.order.endpoints.place"] {
        let found = check(at, "2027-06-30").exits(0).json();
        assert_eq!(found["summary"]["suppressed"], 1, "{at}");
        let all = found["findings"].as_array().unwrap();
        let accepted = all.iter().find(|it| it["rule"] == "rel-no-breaker").unwrap();
        let why = &accepted["suppressed"];
        assert_eq!(why["reason"], "the bank is quick");
        assert_eq!(why["owner"], "checkout");
        assert_eq!(why["expires"], "2027-06-30");
        assert!(all.iter().all(|it| !it["rule"].as_str().unwrap().starts_with("accept-")));
    }
    let late = check("services.order", "2027-07-01").exits(0).json();
    assert_eq!(late["summary"]["suppressed"], 0);
    let text = late.to_string();
    assert!(text.contains("accept-expired:rel-no-breaker@services.order"), "{text}");
    for at in ["services.payment", "services.ord", "order"] {
        let unused = check(at, "2026-11-23").exits(0).json().to_string();
        let fingerprint = format!("accept-unused:rel-no-breaker@{at}");
        assert!(unused.contains(&fingerprint), "{at}: {unused}");
    }
    Run::new("check")
        .file("shop.yaml", accepting("rel-no-breaker", "services.order"))
        .args(["shop.yaml", "--today", "2026-11-23"])
        .exits(0)
        .stdout_contains("1 accepted")
        .stdout_contains("checkout, until 2027-06-30");
}

#[test]
fn an_accepted_finding_is_not_mended() {
    let review = |text: &str| {
        let args = ["shop.yaml", "--today", "2026-11-23", "--duration", "20s", "--format", "json"];
        let mut run = Run::new("review").file("shop.yaml", text).args(args).exits(0);
        run.json()["mends"].to_string()
    };
    let mend = "rel-no-breaker:order.place->payment.charge";
    assert!(review(SHOP).contains(mend));
    assert!(!review(&accepting("rel-no-breaker", "services.order")).contains(mend));
}

#[test]
fn acceptances_of_no_rule_and_days_of_no_calendar_are_mistakes() {
    Run::new("check")
        .file("shop.yaml", accepting("rel-no-braker", "services.order"))
        .args(["shop.yaml"])
        .exits(2)
        .stderr_contains("unknown-rule")
        .stderr_contains("did you mean `rel-no-breaker`?");
    shop("check").args(["--today", "2027-02-30"]).exits(2);
}

#[test]
fn a_folder_is_one_architecture_and_what_is_not_yaml_in_it_is_ignored() {
    let (services, rest) = SHOP.split_at(SHOP.find("traffic:").unwrap());
    Run::new("check")
        .file("design/10-services.yaml", services)
        .file("design/20-traffic.yml", rest)
        .file("design/README.md", "# A shop")
        .file("design/later/30-more.yaml", "nonsense: [")
        .args(["design"])
        .exits(0)
        .stdout_contains("design/10-services.yaml:18:13");
}

#[test]
fn a_setting_replaces_a_value() {
    let run = shop("check").args(["--set", "policies.internal.retry=none", "--format", "json"]);
    let check = run.exits(0).json();
    assert!(!check["findings"].to_string().contains("tries up to 3 times"), "{check}");
}

#[test]
fn simulate_answers_and_repeats_itself_on_any_number_of_threads() {
    let args = ["--replications", "5", "--format", "json", "--threads"];
    let mut one = shop("simulate").args(args).args(["1"]).exits(0);
    let mut two = shop("simulate").args(args).args(["2"]).exits(0);
    assert_eq!(one.stdout(), two.stdout());
    assert_eq!(one.stderr(), "", "no progress where there is no terminal");
    let simulation = one.json();
    assert_eq!(simulation["schema"], "tradeoff.simulate/1");
    assert_eq!(simulation["runs"][0]["scenario"], serde_json::Value::Null);
    assert_eq!(simulation["runs"][1]["scenario"], "brownout");
}

#[test]
fn simulate_reads_options() {
    let args = ["--replications", "5", "--duration", "20s", "--seed", "7"];
    let mut run = shop("simulate").args(args).args(["--format", "json"]).exits(0);
    let simulation = run.json();
    assert_eq!(simulation["seed"], 7);
    assert_eq!(simulation["runs"][0]["end"], 20.0);
    shop("simulate")
        .args(["--replications", "5"])
        .exits(0)
        .stdout_contains("seed 1, 5 replications");
}

#[test]
fn gates_fail_on_broken_promises() {
    let slower = ["--set", "slos.place.latency.p99=1ms", "--replications", "5"];
    shop("simulate").args(slower).exits(0).stdout_contains("BROKEN");
    shop("simulate").args(slower).args(["--gate"]).exits(1);
    shop("review").args(slower).args(["--gate", "--scenario", "brownout"]).exits(1);
}

#[test]
fn review_tells_what_breaks_and_what_mends_it() {
    let mut run = shop("review").exits(0).stdout_contains("WHAT BREAKS").stdout_contains("ASSUMED");
    let text = run.stdout();
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let mut run = shop("review").args(["--format", "json"]).exits(0);
    assert_eq!(run.json()["schema"], "tradeoff.review/1");
}

#[test]
fn explain_knows_rules_keys_words_and_defaults() {
    Run::new("explain").exits(0).stdout_contains("rel-no-timeout");
    Run::new("explain").args(["rel-no-timeout"]).exits(0).stdout_contains("WHY");
    Run::new("explain").args(["retry.budget"]).exits(0).stdout_contains("retry.budget");
    let paths = ["services.order.endpoints.place.steps.0.work", "scenarios.sale.events.0.by"];
    for (path, key) in paths.into_iter().zip(["work step.work", "event.by"]) {
        Run::new("explain").args([path]).exits(0).stdout_contains(key);
    }
    Run::new("explain").args(["services.a.endpoints.b.steps.0.nothing"]).exits(2);
    Run::new("explain").args(["queue"]).exits(0).stdout_contains("unlimited");
    Run::new("explain").args(["metastable"]).exits(0).stdout_contains("sustains");
    Run::new("explain").args(["defaults"]).exits(0).stdout_contains("patience");
    // A key by the path at which it stands in a file, with or without names.
    for path in ["caches.catalog.ttl", "caches.ttl", "cache.ttl"] {
        let page = Run::new("explain").args([path]).exits(0);
        page.stdout_contains("section 5").stdout_contains("60s");
    }
}

#[test]
fn explain_lists_what_a_short_name_may_mean() {
    let page = Run::new("explain").args(["time"]).exits(0).stdout();
    for name in ["cache.time", "topic.time", "operation.time"] {
        assert!(page.contains(name), "{page}");
    }
    assert!(page.lines().count() < 30, "a list, not a page of each: {page}");
}

#[test]
fn explain_says_of_other_names_where_they_belong() {
    for later in ["put", "policy.hedge"] {
        let run = Run::new("explain").args([later]).exits(2);
        run.stderr_contains("is not part of this version");
    }
    Run::new("explain").args(["gate"]).exits(2).stderr_contains("`--help`");
}

#[test]
fn every_explanation_fits() {
    let mut names = vec!["defaults".to_owned()];
    let overview = Run::new("explain").exits(0).stdout();
    let rules = overview.lines().skip(1).take_while(|line| !line.is_empty());
    // The second line of a long one begins with no rule.
    let rules = rules.filter(|line| !line.starts_with("   "));
    names.extend(rules.filter_map(|line| line.split_whitespace().next().map(Into::into)));
    assert!(names.len() > 5, "{overview}");
    for name in names {
        let page = Run::new("explain").args([&name]).exits(0).stdout();
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    }
}

#[test]
fn schema_and_completions_print() {
    let schema = Run::new("schema").exits(0).json();
    assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        Run::new("completions").args([shell]).exits(0).stdout_contains("simulate");
    }
}
