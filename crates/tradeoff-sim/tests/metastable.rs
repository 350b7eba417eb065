//! Metastability: the retry storm of Bronson et al. (`HotOS` 2021), at the load it was told for.
//!
//! One core serves 300/s; users ask 280/s through an app that tries twice with a timeout of one
//! second; the store stalls for ten seconds. Without a budget the system stays down: each request
//! costs two attempts, 560/s, and all that is served is waste.

mod support;

use support::{baseline, simulate};
use tradeoff_sim::{Options, results::Recovery};

fn storm(rate: u32, retry: &str, store: &str) -> String {
    format!(
        "
tradeoff: 1
name: storm
duration: 2m
services:
  app:
    endpoints:
      get:
        steps:
          - call: store.get
            policy: {{ timeout: 1s, retry: {retry} }}
  store:
    cores: 1
    {store}
    endpoints:
      get: {{ steps: [ {{ work: {{ mean: 3.33ms }} }} ] }}
traffic:
  users: {{ rate: {rate}/s, patience: none, mix: {{ app.get: 100% }} }}
scenarios:
  stall: {{ duration: 4m, events: [ {{ at: 60s, for: 10s, stall: store }} ] }}
"
    )
}

fn recovery(yaml: &str) -> Recovery {
    let options = Options { replications: 40, series: false, ..Options::default() };
    let run = simulate(yaml, &options).runs.swap_remove(1);
    run.recovery.expect("a scenario with events has a recovery")
}

#[test]
fn it_keeps_up_as_long_as_nothing_happens() {
    let options = Options { replications: 5, series: false, ..Options::default() };
    let run = baseline(&storm(280, "{ attempts: 2, backoff: none }", ""), &options);
    let good = run.requests["users/app.get"]["all"].good_ratio.expect("requests were offered");
    assert!(good.value > 0.999, "{good:?}");
}

#[test]
fn two_attempts_without_backoff_stay_down() {
    let found = recovery(&storm(280, "{ attempts: 2, backoff: none }", ""));
    assert!(found.metastable >= 38, "{found:?}");
    let sustained = found.r#loop.expect("a loop is proved");
    assert_eq!(sustained.edge, "app.get->store.get");
    assert_eq!(sustained.resource, "store/cores");
    assert!(sustained.proved);
}

#[test]
fn a_budget_earned_by_success_recovers() {
    let found = recovery(&storm(280, "{ attempts: 2, backoff: none, budget: 10% }", ""));
    assert!(found.recovered >= 38, "{found:?}");
    let after = found.after.expect("it recovered");
    assert!((100.0..=180.0).contains(&after.value), "{after:?}");
}

#[test]
fn a_budget_earned_by_attempts_does_not_recover_at_280() {
    let retry = "{ attempts: 2, backoff: none, budget: { share: 10%, earn: attempt } }";
    let found = recovery(&storm(280, retry, ""));
    assert!(found.metastable >= 38, "{found:?}");
}

#[test]
fn a_budget_earned_by_attempts_recovers_at_260() {
    let retry = "{ attempts: 2, backoff: none, budget: { share: 10%, earn: attempt } }";
    let found = recovery(&storm(260, retry, ""));
    assert!(found.recovered >= 38, "{found:?}");
}

#[test]
fn a_short_line_does_not_stay_down() {
    let store = "concurrency: 1\n    queue: 256";
    let found = recovery(&storm(280, "{ attempts: 2, backoff: none }", store));
    assert_eq!(found.metastable, 0, "{found:?}");
    assert!(found.recovered >= 38, "{found:?}");
}
