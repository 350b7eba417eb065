//! What an architecture answers, nobody is asked for.

use tradeoff_decide::{Answers, Origin, Value, catalogue, decide, topic};

use crate::{check, told, with};

const SHOP: &str = "
tradeoff: 1
name: shop
growth: 8%/month
teams:
  checkout: { engineers: 30 }
  catalog: { engineers: 20 }
decomposition:
  triggers: [ { kind: release-blocking, measured: 11 of 40 waited }, { kind: scaling, measured: 80% of cores }, { kind: compliance } ]
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

#[test]
fn pools_are_read_from_stores_and_traffic() {
    let told = told(SHOP, "connection-pool-sizing");
    let [it] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((it.subject.as_str(), it.chosen()), ("orders", Some("smaller-pools")));
    let known = &it.known;
    assert_eq!(
        known[..4],
        [
            "clients = 40 replicas (from services)",
            "pool = 10 connections (stores.orders.pool.per_replica)",
            "max-connections = 100 (stores.orders.connections)",
            "rate = 300/s (from traffic)",
        ]
    );
    // The mean of 4 ms and 2 ms in their shares, and what they wait for eight cores.
    assert!(known[4].starts_with("held = 3.6"), "{known:?}");
    assert_eq!(known[5], "session-state = false (stores.orders.session_features)");
}

/// Where the truth is kept, and how many connections it bears, is no question of a cache or an index.
#[test]
fn stores_in_memory_and_indexes_are_no_databases() {
    let store = |kind: &str, more: &str| {
        format!(
            "
tradeoff: 1
name: shop
services:
  order: {{ endpoints: {{ list: {{ steps: [ {{ query: orders.read }} ] }} }} }}
stores:
  orders: {{ kind: {kind}, owner: order, pool: {{ per_replica: 9 }}{more}, \
             operations: {{ read: {{ time: 3ms }} }} }}
"
        )
    };
    let arises = |id: &str, kind: &str, more: &str| {
        with(&store(kind, more), |seen| !(topic(id).unwrap().subjects)(seen).is_empty())
    };
    for id in ["primary-database", "postgres-or-cassandra", "postgres-or-dynamodb"] {
        for kind in
            ["redis", "valkey", "memcached", "opensearch", "elasticsearch", "object-storage"]
        {
            assert!(!arises(id, kind, ""), "{id} {kind}");
            assert!(arises(id, kind, ", role: primary"), "{id} {kind}, said to be primary");
        }
        assert!(arises(id, "mongodb", "") && arises(id, "other", ""), "{id}");
    }
    for kind in ["redis", "valkey", "memcached"] {
        assert!(!arises("connection-pool-sizing", kind, ""), "{kind}");
    }
    assert!(arises("connection-pool-sizing", "mysql", ""));
    // The file has no such key: its kind accepts them.
    let known = told(&store("postgres", ""), "connection-pool-sizing").remove(0).known;
    let accepted = "max-connections = 100 (from stores.orders.kind)".to_owned();
    assert!(known.contains(&accepted), "{known:?}");
}

#[test]
fn promises_are_held_against_what_they_rest_on() {
    check(
        SHOP,
        "slo-target",
        Some("place"),
        Some("redesign"),
        &[
            "needed = 99.9% (slos.place.availability)",
            "series = 99.85% (from services)",
            "window = 30 d (slos.place.window)",
        ],
    );
}

#[test]
fn lists_are_read_from_their_entities() {
    check(
        SHOP,
        "pagination",
        Some("order.list"),
        Some("cursor"),
        &[
            "rows = 2,000,000 (stores.orders.entities.order.rows)",
            "concurrent-writes = true (stores.orders.entities.order.changes)",
            "audience = public (services.order.endpoints.list.audience)",
        ],
    );
}

#[test]
fn teams_triggers_and_growth_are_known() {
    check(
        SHOP,
        "monolith-or-services",
        Some("shop"),
        Some("modular-monolith"),
        &[
            "engineers = 50 (from teams)",
            "teams = 2 (from teams)",
            "triggers = 2 (decomposition.triggers)",
            "services = 1 (from services)",
            "growth = 8 % a month (growth)",
        ],
    );
}

#[test]
fn writes_of_a_store_are_counted() {
    let known = ["write-rate = 240/s (from traffic)"];
    check(SHOP, "primary-database", None, Some("postgres"), &known);
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
    check(
        SHOP,
        "alert-windows",
        Some("place"),
        Some("multi-window"),
        &[
            "target = 99.9% (slos.place.availability)",
            "window = 30 d (slos.place.window)",
            "requests-per-window = 622,080,000 (from traffic)",
        ],
    );
}

#[test]
fn every_call_has_its_guards() {
    let told = told(SHOP, "resilience-set");
    let of = |name: &str| told.iter().find(|it| it.subject == name).expect("an edge of the shop");
    // 60 a second over 40 replicas.
    let read = of("order.list->orders.read");
    assert_eq!(read.chosen(), Some("timeout-retry-breaker"));
    assert_eq!(read.known[0], "idempotent = true (from stores)");
    assert!(read.known.contains(&"rate = 1.5/s (from traffic)".to_owned()), "{:?}", read.known);
    let insert = of("order.place->orders.insert");
    assert_eq!(insert.chosen(), Some("timeout-breaker"), "nobody says that it may be repeated");
    let promise = "promised = 99.9% (slos.place.availability)".to_owned();
    assert!(insert.known.contains(&promise), "{:?}", insert.known);
}

const PAID: &str = "
tradeoff: 1
name: paid
services:
  order:
    endpoints: { place: { steps: [ { call: payment.charge } ] } }
  payment:
    endpoints: { charge: { idempotency_key: true, steps: [ { call: bank, policy: { retry: none } } ] } }
externals:
  bank: { time: 60ms, errors: 0.02% }
traffic:
  shoppers: { rate: 30/s, mix: { order.place: 100% } }
";

/// The errors of a bank are those of whoever calls what calls it.
#[test]
fn errors_carry_past_one_hop() {
    for (call, from) in
        [("payment.charge->bank", "externals"), ("order.place->payment.charge", "services")]
    {
        let all = told(PAID, "resilience-set");
        let it = all.iter().find(|it| it.subject == call).expect("an edge of the shop");
        let failing = format!("failing = 0.02% (from {from})");
        assert!(it.known.contains(&failing), "{:?}", it.known);
    }
    // The charge's own retry repairs most of it.
    let retried = PAID.replace("retry: none", "retry: 2").replace("0.02%", "1%");
    let all = told(&retried, "resilience-set");
    let it = all.iter().find(|it| it.subject == "order.place->payment.charge");
    let known = &it.expect("an edge of the shop").known;
    assert!(known.contains(&"failing = 0.01% (from services)".to_owned()), "{known:?}");
}

/// A step that is optional, or has a fallback, is done without; what stands in for it is not.
#[test]
fn optional_calls_are_not_critical() {
    let text = PAID.replace(
        "steps: [ { call: payment.charge } ]",
        "steps: [ { optional: [ { call: bank } ] }, { fallback: [ { call: payment.charge } ], \
         else: [ { call: mail } ] }, { call: ads }, { optional: [ { call: ads } ] } ]",
    );
    let text = text.replace("  bank:", "  mail: { time: 9ms }\n  ads: { time: 9ms }\n  bank:");
    let all = told(&text, "resilience-set");
    for (call, spared) in
        [("bank", true), ("payment.charge", true), ("mail", false), ("ads", false)]
    {
        let name = format!("order.place->{call}");
        let it = all.iter().find(|it| it.subject == name).expect("an edge of the shop");
        let said = it.known.contains(&"critical = false (from services.order)".to_owned());
        assert_eq!(said, spared, "{name}: {:?}", it.known);
        assert_eq!(it.chosen().is_some_and(|it| it.contains("fallback")), spared, "{name}");
    }
}

/// An outer call is given no less time than the inner ones that it waits for, whatever its share of
/// slow ones looks like by mean and variance; and an inner one no more than is left around it.
#[test]
fn times_and_limits_of_a_chain_nest() {
    let text = "
tradeoff: 1
name: chain
services:
  web: { endpoints: { buy: { steps: [ { work: 40ms }, { call: order.place } ] } } }
  order: { endpoints: { place: { steps: [ { work: 30ms }, { call: payment.charge } ] } } }
  payment: { endpoints: { charge: { steps: [ { call: bank } ] } } }
externals:
  bank: { time: { p50: 20ms, p99: 200ms } }
traffic:
  shoppers: { rate: 3/s, mix: { web.buy: 100% } }
slos:
  buy: { endpoint: web.buy, availability: 99.9%, latency: { p99: 800ms } }
";
    let topic = topic("resilience-set").unwrap();
    with(text, |seen| {
        let of = |name: &str| {
            let all = (topic.subjects)(seen);
            let subject = all.iter().find(|it| it.name == name).expect("an edge");
            let answers = Answers::of(topic, seen, subject);
            ["slowest", "limit"].map(|it| match answers.given(it).unwrap().value {
                Value::Number(it) => it,
                other => panic!("{other}"),
            })
        };
        let outer = of("web.buy->order.place");
        let middle = of("order.place->payment.charge");
        let inner = of("payment.charge->bank");
        // 30 ms of work are between them.
        assert!(outer[0] >= middle[0] + 30.0 && middle[0] >= inner[0], "{middle:?} {inner:?}");
        assert!(outer[1] <= 760.0 && middle[1] <= outer[1] - 30.0, "{outer:?} {middle:?}");
        assert!(inner[1] <= middle[1], "{middle:?} {inner:?}");
    });
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
        told(SECURED, id).iter().map(|it| (it.subject.clone(), it.chosen())).collect()
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
    let known = told(SECURED, "region-topology").remove(0).known;
    assert_eq!(
        known,
        [
            "failover = 10 min (topology.failover_time)",
            "rpo = 300 s (topology.rpo)",
            "lag = 30 s (topology.lag)",
        ]
    );
    let known = told(SECURED, "shard-key").remove(0).known;
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
