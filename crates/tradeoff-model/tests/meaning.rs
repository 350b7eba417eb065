//! What a sound file means: precedence, defaults, assumptions, edits, the schema.

use serde_json::json;
use tradeoff_diag::SourceFile;
use tradeoff_model::model::{
    Backoff, BreakerWindow, Dist, EdgePolicy, EventKind, Jitter, StepKind, TrafficKind,
};
use tradeoff_model::{
    Architecture, Document, Edit, Files, NoFiles, Op, PatchError, blocks, schema,
};

const GRAMMAR: &str = include_str!("grammar.yaml");

/// The document and the architecture of a file without mistakes.
fn check(text: &str) -> (Document, Architecture) {
    let (document, mistakes) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    assert_eq!(mistakes, []);
    let architecture = lowered(&document);
    (document, architecture)
}

fn lowered(document: &Document) -> Architecture {
    let (architecture, mistakes) = document.lower(&NoFiles);
    assert_eq!(mistakes, []);
    architecture
}

fn policy(kind: &StepKind) -> &EdgePolicy {
    match kind {
        StepKind::Call { policy, .. } | StepKind::Query { policy, .. } => policy,
        _ => panic!("no edge: {kind:?}"),
    }
}

fn assumed(architecture: &Architecture) -> Vec<String> {
    architecture.assumptions.iter().map(|it| format!("{} = {}", it.path, it.value)).collect()
}

#[test]
fn the_grammar_of_the_contract() {
    let (document, architecture) = check(GRAMMAR);
    let names: Vec<&str> = architecture.services.iter().map(|it| it.name.value.as_str()).collect();
    assert_eq!(names, ["ads", "bank", "cache", "shop"]);
    let shop = &architecture.services[3];
    let steps = &shop.endpoints[0].steps;
    assert_eq!(steps.len(), 11);
    assert_eq!(steps[2].pointer, "/services/shop/endpoints/buy/steps/2");
    assert_eq!(document.sources.text(steps[2].span), "call: bank.charge");
    let StepKind::Work(work) = &steps[0].kind else { panic!("work") };
    assert_eq!(*work, Dist::Exponential { mean: 0.002 });
    let charge = policy(&steps[2].kind);
    assert_eq!(charge.timeout.map(|it| it.value), Some(1_000_000_000));
    assert_eq!(charge.retry, None);
    assert_eq!(charge.deadline.map(|it| it.value), Some(1_000_000_000));
    assert_eq!(charge.bulkhead.map(|it| it.value), Some(64));
    let retry = policy(&steps[3].kind).retry.expect("of defaults.policy").value;
    assert_eq!((retry.attempts, retry.base, retry.cap), (3, 25_000_000, 1_000_000_000));
    assert_eq!((retry.backoff, retry.jitter), (Backoff::Exponential, Jitter::Full));
    let budget = retry.budget.expect("10%");
    assert_eq!((budget.share, budget.burst, budget.earn_attempt), (0.1, 10, false));
    let [staff, users] = architecture.traffic.as_slice() else { panic!("two sources") };
    assert!(matches!(staff.kind, TrafficKind::Closed { users: 40, .. }));
    assert_eq!(staff.patience, Some(10_000_000_000));
    // `policy: none` says that there are no retries: that is not the same as silence.
    let refused = EdgePolicy { retry_refused: true, ..EdgePolicy::default() };
    assert_eq!((users.patience, &users.policy), (None, &refused));
    assert_eq!(architecture.slos[0].availability.map(|it| it.value), Some(0.999));
    assert!(matches!(
        architecture.scenarios[0].events[0].kind,
        EventKind::Stall { replicas: None, .. }
    ));
}

#[test]
fn order_and_layout_change_nothing() {
    let (document, architecture) = check("tradeoff: 1\nname: x\nservices:\n  b: {}\n  a: {}\n");
    let (other, same) = check("services: { a: {}, 'b': {} } # note\nname: \"x\"\ntradeoff: 1\n");
    assert_eq!(document.canonical(), other.canonical());
    assert_eq!(architecture.assumptions, same.assumptions);
    assert_ne!(document.canonical(), check("tradeoff: 1\nname: x\n").0.canonical());
}

/// A file whose step calls `bank.charge` once, with these levels of policy.
fn levels(step: &str, edges: &str, callee: &str, defaults: &str) -> EdgePolicy {
    let text = format!(
        "tradeoff: 1\nname: x\ndefaults: {{ policy: {defaults} }}\nedges: {edges}\nservices:\n  \
         bank: {{ policy: {callee}, endpoints: {{ charge: {{}} }} }}\n  \
         shop: {{ endpoints: {{ buy: {{ steps: [ {{ call: bank.charge, policy: {step} }} ] }} }} }}\n"
    );
    let (_, architecture) = check(&text);
    policy(&architecture.services[1].endpoints[0].steps[0].kind).clone()
}

#[test]
fn the_closer_level_wins_key_by_key() {
    let timeout = |policy: &EdgePolicy| policy.timeout.map(|it| it.value / 1_000_000_000);
    let all = "{ timeout: 4s, retry: 4, cancel: true }";
    let edges = "{ \"shop->bank\": { policy: { timeout: 3s } }, \
                   \"shop.buy->bank.charge\": { policy: { timeout: 2s } } }";
    let found = levels("{ timeout: 1s }", edges, all, all);
    assert_eq!((timeout(&found), found.cancel), (Some(1), true));
    assert_eq!(found.retry.map(|it| it.value.attempts), Some(4));
    assert_eq!(timeout(&levels("{}", edges, all, all)), Some(2));
    let wide = "{ \"shop -> bank\": { policy: { timeout: 3s } } }";
    assert_eq!(timeout(&levels("{}", wide, all, all)), Some(3));
    assert_eq!(timeout(&levels("{}", "{}", all, "{ timeout: 5s }")), Some(4));
    assert_eq!(timeout(&levels("{}", "{}", "{}", "{ timeout: 5s }")), Some(5));
    let refused = EdgePolicy { retry_refused: true, ..EdgePolicy::default() };
    assert_eq!(levels("none", edges, all, all), refused);
    assert_eq!(levels("{}", "{}", "none", all), refused);
    let off = levels("{ timeout: none, retry: none }", "{}", "{}", all);
    assert_eq!((off.timeout, off.retry, off.cancel), (None, None, true));
}

#[test]
fn policies_in_short_and_in_full() {
    let short = levels("{ retry: 2, breaker: {}, bulkhead: 7, deadline: 2s }", "{}", "{}", "none");
    assert_eq!(short.bulkhead.map(|it| it.value), Some(7));
    assert!(!short.pass_deadline);
    let breaker = short.breaker.expect("an empty map is all defaults").value;
    assert_eq!(breaker.window, BreakerWindow::Calls(10));
    assert_eq!((breaker.failure_rate, breaker.probes, breaker.concurrent_probes), (0.5, 3, 3));
    assert_eq!(breaker.open_for, 30_000_000_000);
    let full = "{ deadline: { after: 1s, pass: true }, \
                 retry: { backoff: none, budget: { share: 20%, burst: 5, earn: attempt } }, \
                 breaker: { window: 10s, min_calls: 4, concurrent_probes: 1 } }";
    let full = levels(full, "{}", "{}", "none");
    assert!(full.pass_deadline);
    let retry = full.retry.expect("stated").value;
    assert_eq!((retry.attempts, retry.backoff), (3, Backoff::None));
    assert!(retry.budget.is_some_and(|it| it.earn_attempt && it.burst == 5));
    let breaker = full.breaker.expect("stated").value;
    assert_eq!(breaker.window, BreakerWindow::Time(10_000_000_000));
    assert_eq!(breaker.min_calls, Some(4));
}

#[test]
fn what_was_left_out_is_listed() {
    let (_, architecture) = check(
        "tradeoff: 1\nname: x\nservices:\n  a: { replicas: 2, concurrency: 5, endpoints: { e: { steps: [ { work: 1ms }, { query: db } ] } } }\nstores: { db: { cores: 2, pool: { per_replica: 5 }, operations: { q: { time: 1ms } } } }\ntraffic: { t: { rate: 1/s, policy: { retry: 2 }, mix: { a: 100% } } }\nslos: { s: { endpoint: a, availability: 99% } }\n",
    );
    assert_eq!(
        assumed(&architecture),
        [
            "defaults.network = 0s",
            "duration = 5m",
            "services.a.balance = round-robin",
            "services.a.cores = unlimited",
            "services.a.queue = unlimited",
            "slos.s.spend = 10%",
            "slos.s.window = 30d",
            "stores.db.connections = unlimited",
            "stores.db.pool.wait = none",
            "stores.db.queue = unlimited",
            "stores.db.replicas = 1",
            "traffic.t.patience = 10s",
            "traffic.t.policy.retry.backoff = exponential",
            "traffic.t.policy.retry.base = 25ms",
            "traffic.t.policy.retry.budget = none",
            "traffic.t.policy.retry.cap = 1s",
            "traffic.t.policy.retry.jitter = full",
            "warmup = auto",
        ]
    );
}

#[test]
fn the_short_form_calls_in_order() {
    let (_, architecture) = check(
        "tradeoff: 1\nname: x\nservices: { email: { calls: [smtp, log.write] }, log: { endpoints: { write: {} } } }\nexternals: { smtp: { time: 1ms } }\n",
    );
    let handle = &architecture.services[0].endpoints[0];
    assert_eq!(handle.name.value, "handle");
    assert_eq!(handle.steps.len(), 2);
}

#[test]
fn modules_of_a_deploy_unit_share_a_process() {
    let (_, architecture) = check(
        "tradeoff: 1\nname: x\ndefaults: { network: 1ms }\nservices:\n  a: { deploy: d, replicas: 3, cores: 2, endpoints: { e: { steps: [ { call: b.e } ] } } }\n  b: { deploy: d, endpoints: { e: {} } }\n",
    );
    let [a, b] = architecture.services.as_slice() else { panic!("two services") };
    assert_eq!((b.replicas.value, b.cores), (3, a.cores));
    let StepKind::Call { network, .. } = &a.endpoints[0].steps[0].kind else { panic!("a call") };
    assert!(network.is_zero());
}

#[test]
fn distributions() {
    struct Latencies;
    impl Files for Latencies {
        fn read(&self, path: &str) -> Result<String, String> {
            assert_eq!(path, "data/latencies.csv");
            Ok("# seconds or durations\n0.5\n10ms\n\n2\n".into())
        }
    }
    let text = "tradeoff: 1\nname: x\nservices:\n  a:\n    endpoints:\n      e:\n        steps:\n          - wait: { samples: data/latencies.csv }\n          - wait: { p50: 1ms, p99: 8ms }\n          - wait: { mean: 5ms, cv: 2 }\n          - repeat: { min: 1, max: 3 }\n";
    let text = format!("{text}            do: []\n");
    let (document, _) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    let (architecture, mistakes) = document.lower(&Latencies);
    assert_eq!(mistakes, []);
    let steps = &architecture.services[0].endpoints[0].steps;
    let StepKind::Wait(samples) = &steps[0].kind else { panic!("a wait") };
    assert_eq!(*samples, Dist::Empirical([0.01, 0.5, 2.0].into()));
    let StepKind::Wait(Dist::Lognormal { mu, sigma }) = steps[1].kind else { panic!("lognormal") };
    assert!((libm::exp(mu) - 0.001).abs() < 1e-12);
    assert!((libm::exp(mu + 2.326_347_874_040_841 * sigma) - 0.008).abs() < 1e-12);
    let StepKind::Wait(mean) = &steps[2].kind else { panic!("a wait") };
    assert!((mean.mean() - 0.005).abs() < 1e-12);
    let StepKind::Repeat { times, .. } = &steps[3].kind else { panic!("a repeat") };
    assert_eq!(*times, Dist::Uniform { min: 1.0, max: 3.0 });
}

fn edit(op: Op, path: &str, value: serde_json::Value) -> Edit {
    Edit { op, path: path.into(), value: Some(value) }
}

#[test]
fn patches_change_what_they_name() {
    let (document, _) = check(GRAMMAR);
    let step = "/services/shop/endpoints/buy/steps/2/policy";
    let edits = [
        edit(Op::Replace, "/services/shop/replicas", json!(5)),
        edit(Op::Add, &format!("{step}/breaker/probes"), json!(4)),
        edit(Op::Add, "/services/shop/endpoints/buy/steps/-", json!({ "wait": "1ms" })),
        edit(Op::Add, "/services/shop/endpoints/buy/steps/0", json!({ "wait": "2ms" })),
        Edit { op: Op::Remove, path: "/scenarios/stall".into(), value: None },
    ];
    let patched = document.patched(&edits).expect("all paths are there");
    let architecture = lowered(&patched);
    assert_eq!(architecture.services[3].replicas.value, 5);
    let steps = &architecture.services[3].endpoints[0].steps;
    assert_eq!(steps.len(), 13);
    let breaker = policy(&steps[3].kind).breaker.expect("added").value;
    assert_eq!(breaker.probes, 4);
    assert_eq!(architecture.scenarios.len(), 0);
    assert_eq!(patched.get("/services/shop/replicas"), Some(json!(5)));
    assert_eq!(document.get("/services/shop/replicas"), Some(json!(2)));
    let whole = edit(Op::Add, "/policies/internal", json!({ "timeout": "1s" }));
    let patched = document.patched(&[whole]).expect("the path is there");
    assert_eq!(patched.get("/policies/internal"), Some(json!({ "timeout": "1s" })));
    assert_eq!(document.patched(&[]).map(|it| it.canonical()), Ok(document.canonical()));
}

#[test]
fn patches_that_fit_nowhere_are_refused() {
    let (document, _) = check(GRAMMAR);
    let refused = |edit: Edit| document.patched(&[edit]).expect_err("it fits nowhere");
    let path = String::from;
    let missing = edit(Op::Replace, "/services/shop/queu", json!(1));
    assert_eq!(refused(missing), PatchError::Missing(path("/services/shop/queu")));
    let through = edit(Op::Add, "/name/x", json!(1));
    assert_eq!(refused(through), PatchError::NoContainer(path("/name/x")));
    let far = "/services/shop/endpoints/buy/steps/99";
    assert_eq!(refused(edit(Op::Add, far, json!(1))), PatchError::Index(path(far)));
    assert_eq!(refused(edit(Op::Add, "name", json!(1))), PatchError::Pointer(path("name")));
    let empty = Edit { op: Op::Add, path: path("/name"), value: None };
    assert_eq!(refused(empty), PatchError::NoValue(path("/name")));
}

#[test]
fn values_are_set_by_path() {
    let (document, _) = check(GRAMMAR);
    let set = |path: &str, value: &str| document.set(path, value).expect("the path is known");
    assert_eq!(lowered(&set("services.shop.replicas", "6")).services[3].replicas.value, 6);
    let deep = lowered(&set("services.bank.balance.policy", "random"));
    assert_eq!(format!("{:?}", deep.services[1].balance.policy), "Random");
    let step = lowered(&set("services.shop.endpoints.buy.steps.0.work", "{ min: 1ms, max: 2ms }"));
    assert!(matches!(
        step.services[3].endpoints[0].steps[0].kind,
        StepKind::Work(Dist::Uniform { .. })
    ));
    let mix = lowered(&set("traffic.users.mix.\"shop.buy\"", "100%"));
    assert_eq!(mix.traffic[1].mix.len(), 1);
    let near = |path: &str| document.set(path, "1").expect_err("the path is unknown").nearest;
    assert_eq!(near("services.shop.replica").as_deref(), Some("services.shop.replicas"));
    assert_eq!(near("services.shpo.replicas").as_deref(), Some("services.shop.replicas"));
    assert_eq!(near("servcies.shop").as_deref(), Some("services.shop"));
    assert_eq!(
        near("traffic.users.mix.\"shop.bye\"").as_deref(),
        Some("traffic.users.mix.\"shop.buy\"")
    );
    assert_eq!(document.set("services..x", "1").expect_err("no path").code, "bad-path");
    assert_eq!(
        document.set("services.shop.cores.share", "true").expect_err("no map").code,
        "bad-path"
    );
    assert_eq!(
        document.set("services.shop.cores", "{ count: ").expect_err("no YAML").code,
        "yaml-syntax"
    );
    let wrong = set("services.shop.replicas", "many");
    let (_, mistakes) = wrong.lower(&NoFiles);
    assert_eq!(
        wrong.sources.line_column(mistakes[0].place().expect("a place")).file,
        "--set services.shop.replicas"
    );
}

#[test]
fn assumptions_can_be_set() {
    let (document, architecture) = check(GRAMMAR);
    for assumption in &architecture.assumptions {
        let set = document.set(&assumption.path, &assumption.value);
        let set = set.unwrap_or_else(|why| panic!("{}: {}", assumption.path, why.message));
        let mistakes = set.lower(&NoFiles).1;
        assert_eq!(mistakes, [], "{} = {}", assumption.path, assumption.value);
    }
}

#[test]
fn the_table_is_whole() {
    let names: Vec<&str> = blocks().iter().map(|block| block.name).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len(), "{names:?}");
    for block in blocks() {
        assert!(block.doc.ends_with('.'), "{}", block.name);
        for field in block.fields {
            assert!(field.doc.ends_with('.'), "{}.{}", block.name, field.key);
        }
    }
    let schema = schema();
    let replicas = &schema["$defs"]["service"]["properties"]["replicas"];
    assert_eq!(replicas["default"], json!(1));
    assert_eq!(replicas["description"], json!("Copies that run."));
    let references = schema.to_string();
    for part in references.split("\"$ref\":\"#/$defs/").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
}
