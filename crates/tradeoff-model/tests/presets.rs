//! Presets: what `runtime`, `kind` and `instance` fill in, and what they leave alone.

use tradeoff_diag::{Diagnostic, SourceFile};
use tradeoff_model::model::{EdgePolicy, StepKind};
use tradeoff_model::{Architecture, Document, NoFiles};

fn parse(text: &str) -> (Architecture, Vec<Diagnostic>) {
    let text = format!("tradeoff: 1\nname: x\n{text}");
    let (document, mut all) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    let (architecture, lowered) = document.lower(&NoFiles);
    all.extend(lowered);
    (architecture, all)
}

fn sound(text: &str) -> Architecture {
    let (architecture, mistakes) = parse(text);
    assert_eq!(mistakes, []);
    architecture
}

/// What presets filled in: `path = value (preset)`.
fn filled(architecture: &Architecture) -> Vec<String> {
    let all = architecture.assumptions.iter();
    all.filter_map(|it| {
        let preset = it.source.as_ref()?.split(':').next()?;
        Some(format!("{} = {} ({preset})", it.path, it.value))
    })
    .collect()
}

const SHOP: &str = "
services:
  web:
    runtime: spring-boot
    instance: m7g.large
    endpoints: { get: { steps: [ { query: orders.read }, { call: bank } ] } }
stores:
  orders: { kind: postgres, instance: db.m7g.large, operations: { read: { time: 1ms } } }
externals:
  bank: { time: 80ms }
";

#[test]
fn a_preset_fills_in_what_is_not_stated() {
    let architecture = sound(SHOP);
    assert_eq!(
        filled(&architecture),
        [
            "services.web.concurrency = 200 (spring-boot)",
            "services.web.cores = 2 (m7g.large)",
            "services.web.cost = $0.0816/h (m7g.large)",
            "services.web.queue = 8092 (spring-boot)",
            "stores.orders.connections = 100 (postgres)",
            "stores.orders.cores = 2 (db.m7g.large)",
            "stores.orders.pool.per_replica = 10 (spring-boot)",
            "stores.orders.pool.wait = 30s (spring-boot)",
        ]
    );
    let mut all = architecture.assumptions.iter();
    let threads = all.find(|it| it.path == "services.web.concurrency");
    assert_eq!(
        threads.and_then(|it| it.source.as_deref()),
        Some("spring-boot: Tomcat server.tomcat.threads.max, Spring Boot 4.0, 2026-11")
    );
    let web = &architecture.services[0];
    assert_eq!(web.concurrency.map(|it| it.value), Some(200));
    assert_eq!(web.queue.map(|it| it.value), Some(8_092));
    assert_eq!(web.cores.map(|it| it.count), Some(2));
    assert_eq!(web.cost, Some(0.0816));
    let orders = &architecture.stores[0];
    assert_eq!(orders.connections.map(|it| it.value), Some(100));
    let pool = orders.pool.expect("that of the runtime");
    assert_eq!((pool.per_replica, pool.wait), (10, Some(30_000_000_000)));
    assert_eq!(orders.cost, None, "the price of a class depends on the engine");
}

#[test]
fn what_is_stated_wins() {
    let architecture = sound(
        "
services:
  web:
    runtime: spring-boot
    instance: m7g.large
    concurrency: 64
    cores: unlimited
    cost: $1/h
    endpoints: { get: { steps: [ { transaction: { store: orders, steps: [] } } ] } }
stores:
  orders: { kind: postgres, connections: 400, pool: { per_replica: 3 } }
",
    );
    assert_eq!(filled(&architecture), [""; 0]);
    assert_eq!(architecture.services[0].queue, None, "the queue is that of the preset's threads");
    assert_eq!(architecture.stores[0].pool.map(|it| it.per_replica), Some(3));
}

#[test]
fn modules_of_a_unit_share_what_one_states() {
    let architecture = sound(
        "
services:
  a: { deploy: one, runtime: spring-boot, calls: [b] }
  b: { deploy: one, concurrency: 32, queue: 8, endpoints: { get: {} } }
",
    );
    assert_eq!(filled(&architecture), [""; 0]);
    assert_eq!(architecture.services[0].concurrency.map(|it| it.value), Some(32));
    let (_, mistakes) = parse(
        "services: { a: { deploy: one, runtime: puma }, b: { deploy: one, runtime: gunicorn } }",
    );
    assert_eq!(mistakes[0].code, "conflicting-modules");
}

#[test]
fn a_pool_is_that_of_all_callers_or_none() {
    let of = |one: &str, other: &str| {
        let steps = "endpoints: { get: { steps: [ { query: orders.read } ] } }";
        let text = format!(
            "
services:
  a: {{ {one} {steps} }}
  b: {{ {other} {steps} }}
stores: {{ orders: {{ kind: mysql, operations: {{ read: {{ time: 1ms }} }} }} }}
"
        );
        let architecture = sound(&text);
        architecture.stores[0].pool.map(|it| (it.per_replica, it.wait))
    };
    assert_eq!(of("runtime: node,", "runtime: node,"), Some((10, None)));
    assert_eq!(of("runtime: node,", "runtime: quarkus,"), None);
    assert_eq!(of("runtime: node,", ""), None);
    assert_eq!(of("runtime: go,", "runtime: go,"), None);
}

#[test]
fn a_client_timeout_holds_on_calls_that_state_none() {
    let text = "
policies: { none: { timeout: none }, own: { timeout: 1s } }
services:
  a:
    runtime: dotnet
    deploy: one
    endpoints:
      get:
        steps:
          - call: bank
          - { call: bank, policy: own }
          - { call: bank, policy: none }
          - call: b
          - query: orders.read
  b: { deploy: one, endpoints: { get: { steps: [] } } }
stores: { orders: { operations: { read: { time: 1ms } } } }
externals: { bank: { time: 80ms } }
";
    let architecture = sound(text);
    let timeout = |at: usize| {
        let steps = &architecture.services[0].endpoints[0].steps;
        let policy: &EdgePolicy = match &steps[at].kind {
            StepKind::Call { policy, .. } | StepKind::Query { policy, .. } => policy,
            other => panic!("no edge: {other:?}"),
        };
        policy.timeout.map(|it| it.value / 1_000_000_000)
    };
    assert_eq!((0..5).map(timeout).collect::<Vec<_>>(), [Some(100), Some(1), None, None, None]);
    assert_eq!(
        filled(&architecture),
        [
            "edges.\"a.get->bank\".policy.timeout = 100s (dotnet)",
            "services.a.concurrency = unlimited (dotnet)",
        ]
    );
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    for (text, nearest) in [
        ("services: { a: { runtime: springboot } }", "spring-boot"),
        ("services: { a: { instance: m7g.larg } }", "m7g.large"),
        ("stores: { s: { kind: postgresql } }", "postgres"),
    ] {
        let (_, mistakes) = parse(text);
        assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
        assert_eq!(
            (mistakes[0].code, mistakes[0].nearest.as_deref()),
            ("wrong-value", Some(nearest))
        );
        assert!(mistakes[0].expected.as_deref().is_some_and(|it| it.contains(nearest)));
    }
}
