//! What an architecture answers, nobody is asked for.

use tradeoff_analyze::{Analysis, Steady, Structure};
use tradeoff_decide::{Answers, Origin, Seen, Value, catalogue, decide, topic};
use tradeoff_diag::SourceFile;
use tradeoff_model::{Architecture, Document, NoFiles};

const SHOP: &str = "
tradeoff: 1
name: shop
growth: 8%/month
teams:
  checkout: { engineers: 30 }
  catalog: { engineers: 20 }
decomposition:
  triggers: [ { kind: release-blocking }, { kind: scaling } ]
services:
  order:
    team: checkout
    replicas: 40
    availability: 99.95%
    endpoints:
      place: { steps: [ { query: orders.insert } ] }
      list: { returns: list, reads: orders.order, audience: public, steps: [ { query: orders.read } ] }
stores:
  orders:
    kind: postgres
    owner: order
    cores: 8
    connections: 100
    availability: 99.9%
    pool: { per_replica: 10, wait: 500ms }
    session_features: [prepared-statements]
    operations:
      insert: { time: 4ms, writes: true }
      read: { time: 2ms }
    entities:
      order: { rows: 2M, changes: while-read }
traffic:
  shoppers: { rate: 300/s, mix: { order.place: 80%, order.list: 20% } }
slos:
  place: { endpoint: order.place, availability: 99.9%, window: 30d }
";

fn read(text: &str) -> Architecture {
    let (document, mistakes) = Document::parse(vec![SourceFile::new("shop.yaml", text)]);
    assert_eq!(mistakes, []);
    let (architecture, mistakes) = document.lower(&NoFiles);
    assert_eq!(mistakes, []);
    architecture
}

fn with<T>(text: &str, ask: impl FnOnce(&Seen<'_>) -> T) -> T {
    let architecture = read(text);
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let structure = Structure::new(&analysis);
    ask(&Seen {
        architecture: &architecture,
        analysis: &analysis,
        steady: &steady,
        structure: &structure,
    })
}

/// Subject, answer, and facts that are known from the architecture.
fn told(text: &str, id: &str) -> Vec<(String, Option<&'static str>, Vec<String>)> {
    let topic = topic(id).expect("a topic");
    with(text, |seen| {
        let subjects = (topic.subjects)(seen);
        let told = subjects.into_iter().map(|subject| {
            let answers = Answers::of(topic, seen, &subject);
            let known = answers.all().filter_map(|(fact, given)| {
                let given = given?;
                let path = match &given.origin {
                    Origin::Stated(path) => path.clone(),
                    Origin::Derived(path) => format!("from {path}"),
                    Origin::Said | Origin::Default => return None,
                };
                Some(format!("{} = {} ({path})", fact.name, fact.kind.show(given.value)))
            });
            let known = known.collect();
            (subject.name, decide(&answers).chosen.map(|it| it.id), known)
        });
        told.collect()
    })
}

#[test]
fn pools_are_read_from_stores_and_traffic() {
    let told = told(SHOP, "connection-pool-sizing");
    let [(name, chosen, known)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((name.as_str(), *chosen), ("orders", Some("smaller-pools")));
    assert_eq!(
        known[..4],
        [
            "clients = 40 replicas (from services)",
            "pool = 10 connections (stores.orders.pool.per_replica)",
            "max-connections = 100 connections (stores.orders.connections)",
            "rate = 300/s (from traffic)",
        ]
    );
    // The mean of 4 ms and 2 ms in their shares, and what they wait for eight cores.
    assert!(known[4].starts_with("held = 3.6"), "{known:?}");
    assert_eq!(known[5], "session-state = false (stores.orders.session_features)");
}

#[test]
fn promises_are_held_against_what_they_rest_on() {
    let told = told(SHOP, "slo-target");
    assert_eq!(
        told,
        [(
            "place".to_owned(),
            Some("redesign"),
            vec![
                "needed = 99.9% (slos.place.availability)".to_owned(),
                "series = 99.85% (from services)".to_owned(),
                "window = 30 d (slos.place.window)".to_owned(),
            ]
        )]
    );
}

#[test]
fn lists_are_read_from_their_entities() {
    let told = told(SHOP, "pagination");
    assert_eq!(
        told,
        [(
            "order.list".to_owned(),
            Some("cursor"),
            vec![
                "rows = 2,000,000 rows (stores.orders.entities.order.rows)".to_owned(),
                "concurrent-writes = true (stores.orders.entities.order.changes)".to_owned(),
                "audience = public (services.order.endpoints.list.audience)".to_owned(),
            ]
        )]
    );
}

#[test]
fn teams_triggers_and_growth_are_known() {
    let told = told(SHOP, "monolith-or-services");
    assert_eq!(
        told,
        [(
            "shop".to_owned(),
            Some("modular-monolith"),
            vec![
                "engineers = 50 engineers (from teams)".to_owned(),
                "teams = 2 teams (from teams)".to_owned(),
                "triggers = 2 triggers (decomposition.triggers)".to_owned(),
                "services = 1 services (from services)".to_owned(),
                "growth = 8 % a month (growth)".to_owned(),
            ]
        )]
    );
}

#[test]
fn writes_of_a_store_are_counted() {
    let told = told(SHOP, "primary-database");
    assert_eq!(told[0].1, Some("postgres"));
    assert_eq!(told[0].2, ["write-rate = 240/s (from traffic)"]);
}

#[test]
fn what_is_said_wins_over_the_architecture() {
    let topic = topic("pagination").unwrap();
    with(SHOP, |seen| {
        let subject = &(topic.subjects)(seen)[0];
        let mut answers = Answers::of(topic, seen, subject);
        answers.say("audience", "internal").unwrap();
        let given = answers.given("audience").unwrap();
        assert_eq!((given.value, &given.origin), (Value::Choice("internal"), &Origin::Said));
        assert_eq!(decide(&answers).chosen.unwrap().id, "keyset");
    });
}

#[test]
fn alerts_are_about_promises_and_their_traffic() {
    let told = told(SHOP, "alert-windows");
    assert_eq!(
        told,
        [(
            "place".to_owned(),
            Some("multi-window"),
            vec![
                "target = 99.9% (slos.place.availability)".to_owned(),
                "window = 30 d (slos.place.window)".to_owned(),
                "requests-per-window = 622,080,000 requests (from traffic)".to_owned(),
            ]
        )]
    );
}

#[test]
fn every_call_has_its_guards() {
    let told = told(SHOP, "resilience-set");
    let of = |name: &str| told.iter().find(|it| it.0 == name).expect("an edge of the shop");
    // 60 a second over 40 replicas.
    let read = of("order.list->orders.read");
    assert_eq!(read.1, Some("timeout-retry-breaker"));
    assert_eq!(read.2[0], "idempotent = true (from stores)");
    assert!(read.2.contains(&"rate = 1.5/s (from traffic)".to_owned()), "{:?}", read.2);
    let insert = of("order.place->orders.insert");
    assert_eq!(insert.1, Some("timeout-breaker"), "nobody says that it may be repeated");
    let promise = "promised = 99.9% (slos.place.availability)".to_owned();
    assert!(insert.2.contains(&promise), "{:?}", insert.2);
}

const SECURED: &str = "
tradeoff: 1
name: shop
services:
  order:
    replicas: 4
    state: sessions
    endpoints:
      place:
        http: POST /v1/orders
        money: true
        audience: public
        idempotency_key: { window: 12h }
        rate_limit: { rate: 20/s, burst: 5, store: memory }
        steps: [ { query: orders.insert } ]
stores:
  orders:
    kind: postgres
    operations:
      insert: { time: 4ms, writes: true }
    access_patterns:
      by_customer: { by: [customer_id], share: 90% }
      by_day: { by: [created_at], share: 10% }
    shards: { count: 16, key: [customer_id], by: hash, largest: 2% }
traffic:
  shoppers: { rate: 50/s, mix: { order.place: 100% } }
security:
  clients:
    worker: { kind: service, flow: client-credentials }
    web: { kind: single-page }
  tokens:
    access: { lifetime: 5m }
observability:
  series_budget: 10k
  metrics:
    requests: { kind: counter, of: [order], labels: { status: 5, user: unbounded } }
topology: { style: active-passive, failover_time: 10m, lag: 30s, rpo: 5m }
";

#[test]
fn the_rest_is_read_from_where_it_is_stated() {
    let chosen = |id: &str| -> Vec<(String, Option<&'static str>)> {
        told(SECURED, id).into_iter().map(|it| (it.0, it.1)).collect()
    };
    let one = |name: &str, option: &'static str| vec![(name.to_owned(), Some(option))];
    assert_eq!(chosen("idempotency"), one("order.place", "key-in-database"));
    assert_eq!(chosen("rate-limiting"), one("order.place", "token-bucket"));
    assert_eq!(chosen("api-versioning"), one("shop", "path"));
    assert_eq!(chosen("load-balancing"), one("order", "sticky"));
    assert_eq!(chosen("metric-labels"), one("requests", "log-or-trace"));
    assert_eq!(chosen("shard-key"), one("orders", "this-key"));
    let [web, worker] = chosen("oauth-flow").try_into().expect("two clients");
    assert_eq!((web.1, worker.1), (Some("authorization-code-pkce"), Some("client-credentials")));
    let [web, worker] = chosen("token-kind").try_into().expect("two clients");
    assert_eq!((web.1, worker.1), (Some("session"), Some("jwt")));
    let (_, _, known) = told(SECURED, "region-topology").remove(0);
    assert_eq!(
        known,
        [
            "failover = 10 min (topology.failover_time)",
            "rpo = 300 s (topology.rpo)",
            "lag = 30 s (topology.lag)",
        ]
    );
    let (_, _, known) = told(SECURED, "shard-key").remove(0);
    assert!(known[0].starts_with("single-shard-share = 90%"), "{known:?}");
}

#[test]
fn an_empty_architecture_asks_for_nothing() {
    let text = "tradeoff: 1\nname: nothing\nservices: {}\n";
    with(text, |seen| {
        for topic in catalogue() {
            assert_eq!((topic.subjects)(seen), [], "{}", topic.id);
        }
    });
}
