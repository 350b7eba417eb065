//! What a design says of the choices of principle, communication, databases and change, and the
//! figures that they come to.

use tradeoff_decide::{Answers, decide, topic};

const SHOP: &str = "
tradeoff: 1
name: shop
growth: 8%/month
teams:
  checkout: { engineers: 6 }
services:
  order:
    release: weekly
    tier: 1
    cost: $0.10/h
    replicas: 4
    rollout: { strategy: canary, analysis: [place], steps: [ { share: 2%, for: 10m } ], per_week: 10 }
    endpoints:
      place:
        audience: internal
        steps: [ { call: payment.charge }, { query: orders.insert } ]
  payment:
    release: weekly
    availability: 99.9%
    endpoints: { charge: { steps: [ { wait: 98ms } ] } }
  search:
    commodity: search
    replicas: 20
    consumes: { order-created: { concurrency: 5, steps: [] } }
  mail:
    consumes: { order-created: { steps: [] } }
stores:
  orders:
    kind: postgres
    owner: order
    version: 10.4
    size: 200GB
    operations:
      insert: { time: 2ms, writes: true }
    entities: { order: { size: 3kB } }
    transactions: { import: { items: 20 }, all: { items: 150 } }
    partition_key: [customer_id]
    access_patterns:
      by_customer: { by: [customer_id, day], kind: lookup, share: 100% }
    tables:
      orders: { writers: [order, payment], rows: 2M }
      lines: { writers: [order] }
edges:
  order.place->payment.charge: { needs_answer: true, network: 1ms }
topics:
  order-created: { kind: stream, partitions: 12, replay: false, order: per-key, retention: 3d }
sagas:
  place:
    steps:
      - { call: payment.charge, compensation: payment.charge, timeout: 30s }
      - { call: payment.charge }
traffic:
  shoppers: { rate: 300/s, mix: { order.place: 100% } }
scenarios:
  sale: { duration: 2m, events: [ { at: 10s, for: 1m, surge: shoppers, by: 5x } ] }
slos:
  place: { endpoint: order.place, availability: 99.95%, latency: { p99: 80ms } }
migrations:
  away: { pattern: strangler-fig, from: orders, routes: [ { path: /v1, to: order }, { path: /v2, to: order } ] }
decisions:
  database: { topic: database, chosen: postgres, about: [orders], reversal: 3d }
technologies:
  elixir: { kind: language, tokens: 2, differentiating: true, known_by: 1 }
  nomad: { kind: orchestration, tokens: 1 }
vendors:
  cloud: { exit_cost: 8 person-weeks, alternatives: [a, b, c], price: $1200/month }
debt:
  index: { what: no index, interest: 3 person-days, principal: 4 person-weeks }
";

#[track_caller]
fn check(id: &str, name: &str, answer: Option<&str>, facts: &[&str]) {
    crate::check(SHOP, id, Some(name), answer, facts);
}

#[test]
fn calls_are_held_against_promises() {
    check(
        "call-or-event",
        "order.place->payment.charge",
        // 99.9% of the callee, and of a broker, are less than 99.95%; and 100 ms than 80 ms.
        None,
        &[
            "needs-answer = true (edges.\"order.place->payment.charge\".needs_answer)",
            "each = 100 ms (from services)",
            "availability = 99.9% (services.payment.availability)",
            "within = 80 ms (from slos)",
            "promised = 99.95% (from slos)",
        ],
    );
}

#[test]
fn messages_are_counted_by_their_consumers() {
    check(
        "queue-or-stream",
        "order-created",
        // A hundred workers for twelve partitions, and their order matters: by message groups.
        Some("stream-then-queue"),
        &[
            "consumer-groups = 2 (from services)",
            "replay = false (topics.order-created.replay)",
            "ordered-by-key = true (topics.order-created.order)",
            "consumers = 100 workers (from services)",
            "partitions = 12 (topics.order-created.partitions)",
            "retention = 3 d (topics.order-created.retention)",
        ],
    );
    check(
        "saga-style",
        "place",
        Some("orchestration"),
        &[
            "steps = 2 (from sagas.place.steps)",
            "compensations = 1 (from sagas.place.steps)",
            "must-end-within = true (from sagas.place.steps)",
        ],
    );
}

#[test]
fn borders_show_in_tables_and_releases() {
    check(
        "service-boundaries",
        "order",
        // Another service writes its table, and goes out with it.
        Some("join"),
        &[
            "shared-tables = 1 (from stores)",
            "released-together = true (from services.order.release)",
        ],
    );
}

#[test]
fn bills_follow_from_traffic() {
    check(
        "postgres-or-dynamodb",
        "orders",
        Some("postgres"),
        &[
            "patterns-known = true (stores.orders.access_patterns)",
            "rate = 300/s (from traffic)",
            "spiky = 5 times (from scenarios)",
            "writes = 100% (from traffic)",
            "item-size = 3 kB (from stores.orders.entities)",
            "size = 200 GB (stores.orders.size)",
            "transaction-items = 150 (from stores.orders.transactions)",
            "cpu-time = 2 ms (from stores.orders.operations)",
        ],
    );
    check(
        "postgres-or-cassandra",
        "orders",
        Some("postgres"),
        &[
            "write-rate = 300/s (from traffic)",
            "reads-by-partition-key = true (from stores.orders.partition_key)",
        ],
    );
}

#[test]
fn changes_are_read_from_rollouts_and_tables() {
    check(
        "deployment-strategy",
        "order",
        Some("canary"),
        &[
            "blast-radius-matters = true (from services.order.tier)",
            "metrics = true (from services.order.rollout.analysis)",
            "rate = 300/s (from traffic)",
            "canary-share = 2% (from services.order.rollout.steps)",
            "capacity-cost = 0.4 USD an hour (from services.order.cost)",
            "per-week = 10 a week (services.order.rollout.per_week)",
        ],
    );
    check(
        "migration-strategy",
        "away",
        Some("strangler-fig"),
        &[
            "routable = true (from migrations.away.routes)",
            "stateful-core = true (from migrations.away.from)",
            "capabilities = 2 (from migrations.away.routes)",
            "data = 200 GB (stores.orders.size)",
        ],
    );
    // What is to be changed nobody has said.
    check("column-change", "orders.lines", None, &["version = 10 (stores.orders.version)"]);
    check(
        "technical-debt",
        "index",
        Some("pay-down"),
        &[
            "interest = 3 person-days a month (debt.index.interest)",
            "principal = 20 person-days (debt.index.principal)",
        ],
    );
}

#[test]
fn principles_are_read_from_what_is_recorded() {
    check(
        "reversibility",
        "database",
        Some("one-way-door"),
        &[
            "reversal-time = 3 d (decisions.database.reversal)",
            "growth = 8 % a month (growth)",
            "moves-data = true (from decisions.database.about)",
        ],
    );
    check(
        "innovation-tokens",
        "elixir",
        Some("spend-a-token"),
        &[
            "new-to-team = true (from technologies.elixir.known_by)",
            "differentiates = true (technologies.elixir.differentiating)",
            "tokens-left = 2 (from technologies)",
            "engineers = 6 (from teams)",
        ],
    );
    check(
        "build-or-buy",
        "search",
        Some("buy"),
        &["solution = mature (from services.search.commodity)"],
    );
    check(
        "vendor-lock-in",
        "cloud",
        Some("accept"),
        &[
            "alternatives = 3 vendors (from vendors.cloud.alternatives)",
            "exit-weeks = 8 person-weeks (vendors.cloud.exit_cost)",
            "price = 1,200 USD a month (vendors.cloud.price)",
        ],
    );
    check(
        "protocol",
        "order.place",
        Some("rest"),
        &["audience = internal (services.order.endpoints.place.audience)"],
    );
}

#[track_caller]
fn comes_to(id: &str, facts: &[(&str, &str)], lines: &[(&str, f64)]) {
    let mut answers = Answers::new(topic(id).expect("a topic"));
    for (name, value) in facts {
        answers.say(name, value).expect("a fact of the topic");
    }
    let verdict = decide(&answers);
    for (name, expected) in lines {
        let line = verdict.table.iter().find(|it| it.name == *name);
        let found = line.unwrap_or_else(|| panic!("no `{name}` in {:?}", verdict.table)).value;
        assert!((found - expected).abs() <= 1e-6 * expected.abs(), "{name}: {found}, {expected}");
    }
}

/// Figures worked out by hand.
#[test]
fn arithmetic_comes_to_what_it_should() {
    comes_to(
        "call-or-event",
        &[("needs-answer", "true"), ("chain", "4"), ("consumers", "3")],
        &[("waiting for calls", 500.0), ("available with calls", 99.600_599_6)],
    );
    // 300 x 1 ms is 0.3 of a worker: an hour's backlog takes 0.3 / 0.7 h.
    comes_to(
        "queue-or-stream",
        &[("rate", "300"), ("work", "1"), ("retention", "7d")],
        &[
            ("workers that are busy", 0.3),
            ("to catch up after an hour's outage", 3.0 / 7.0),
            ("kept for replay", 181.44),
        ],
    );
    // 1 - 0.99^6.
    comes_to("saga-style", &[("steps", "6")], &[("sagas that stop on the way", 5.851_985_059_9)]);
    // 500 /s x 2,628,000 s: 262.8 M writes at $0.625 and 1,051.2 M half reads at $0.125 a million.
    comes_to(
        "postgres-or-dynamodb",
        &[("rate", "500"), ("spiky", "20")],
        &[
            ("DynamoDB on demand", 229.95),
            ("cores that the peak needs", 10_000.0 * 0.5e-3 / 0.6),
            ("Postgres", 16.0 * 0.168 * 730.0 + 4.6),
        ],
    );
    // Two regions write and keep all: 525.6 M writes in each, and 2,102.4 M half reads.
    comes_to(
        "postgres-or-dynamodb",
        &[
            ("patterns-known", "true"),
            ("several-regions-write", "true"),
            ("rate", "1000"),
            ("size", "125GB"),
        ],
        &[("DynamoDB on demand", 2.0 * 525.6 * 0.625 + 2102.4 * 0.5 * 0.125 + 2.0 * 25.0)],
    );
    // A transaction doubles its writes, no plain read: 262.8 M x 2 and 1,051.2 M half reads.
    comes_to(
        "postgres-or-dynamodb",
        &[("rate", "500"), ("spiky", "20"), ("transaction-items", "2")],
        &[("DynamoDB on demand", 394.2)],
    );
    // 333.3 cores, 66.7 of them writes: of 192 each copy has 125.3 left for 266.7 of reads.
    comes_to(
        "postgres-or-dynamodb",
        &[("rate", "400k")],
        &[("read replicas", 2.0), ("Postgres", 2.0 * (192.0 * 0.168 * 730.0 + 4.6))],
    );
    // 250,000 pages of 20: 20 x (0 + 1 + .. + 249,999).
    comes_to(
        "pagination",
        &[("rows", "5M"), ("concurrent-writes", "true"), ("depth", "11"), ("removed", "0.2")],
        &[
            ("read and thrown away before page 11, by offset", 200.0),
            ("the same before the last page, 250,000", 4_999_980.0),
            ("the same for all pages one after the other", 20.0 * 250_000.0 * 249_999.0 / 2.0),
            ("seen twice at each page, by offset", 8.0),
            ("never seen up to page 11, by offset", 0.0),
        ],
    );
    // Five a second go that nothing makes up for: 50 rows in ten seconds, ten times.
    comes_to(
        "pagination",
        &[
            ("rows", "2k"),
            ("concurrent-writes", "true"),
            ("depth", "11"),
            ("added", "1"),
            ("removed", "6"),
        ],
        &[
            ("seen twice at each page, by offset", 0.0),
            ("never seen at each page, by offset", 50.0),
            ("never seen up to page 11, by offset", 500.0),
        ],
    );
    comes_to(
        "deployment-strategy",
        &[],
        &[
            ("requests to a bad version, rolling", 30_000.0),
            ("of blue-green", 30_500.0),
            ("of a canary", 1525.0),
            ("requests that tell a bad version", 1155.0),
            ("time until a canary has them", 231.0),
        ],
    );
}

/// More of them: what is sized, owed and moved.
#[test]
fn arithmetic_of_sizes_and_work_comes_to_what_it_should() {
    // 97 connections for twelve; 50 x 3 and the three that are kept back.
    comes_to(
        "connection-pool-sizing",
        &[("clients", "12"), ("pool", "10"), ("rate", "1k"), ("held", "10ms")],
        &[("pool of a replica, made smaller", 8.0), ("enough for a replica alone", 3.0)],
    );
    comes_to(
        "connection-pool-sizing",
        &[("clients", "50"), ("pool", "2"), ("rate", "10k"), ("held", "5ms")],
        &[("limit of the database, raised", 153.0), ("enough for a replica alone", 3.0)],
    );
    comes_to(
        "connection-pool-sizing",
        &[("clients", "4"), ("pool", "3"), ("rate", "1k"), ("held", "10ms")],
        &[("pool of a replica, made bigger", 6.0)],
    );
    // Two runs of 27.8 h a day.
    comes_to(
        "inference-mode",
        &[("facts-in-request", "no"), ("entities", "10M"), ("events", "1000"), ("rate", "300")],
        &[("machines that finish two runs in time", 3.0), ("near-real-time", 14_600.0)],
    );
    // (1.1^18 - 1) / 0.1.
    comes_to(
        "technical-debt",
        &[("interest", "1"), ("principal", "40"), ("growth", "10")],
        &[("interest in that time", 45.599_173_135), ("saved in that time", 40.958_173_135)],
    );
    comes_to(
        "vendor-lock-in",
        &[("alternatives", "2"), ("exit-weeks", "8"), ("price", "13k")],
        &[("lost if it happens", 32_000.0 + 9.0 * 13_000.0 * 12.0 / 13.0)],
    );
    comes_to(
        "build-or-buy",
        &[("build-effort", "100"), ("price", "40k")],
        &[("building it, three years", 640_000.0), ("buying it, three years", 1_440_000.0)],
    );
    // 100 batches of 300 ms each.
    comes_to(
        "column-change",
        &[("change", "rename")],
        &[("backfill", 30.0), ("dead rows", 200.0), ("the same without a lock timeout", 6000.0)],
    );
    comes_to(
        "migration-strategy",
        &[("routable", "false"), ("data", "1TB")],
        &[("copying the data", 1e6 / 50.0 / 3600.0), ("until the first piece is in use", 5.8)],
    );
}

#[test]
fn a_database_that_others_query_is_shared() {
    let shop = "\
tradeoff: 1
name: shop
teams: { sales: {}, money: {} }
services:
  order: { team: sales, endpoints: { place: { steps: [ { query: main.insert } ] } } }
  report: { team: sales, endpoints: { day: { steps: [ { query: main.find }, { query: hot.get } ] } } }
  bill: { team: money, endpoints: { send: { steps: [ { query: books.insert }, { query: hot.get } ] } } }
stores:
  main: { kind: postgres, operations: { insert: { time: 1ms, writes: true }, find: { time: 1ms } } }
  books: { kind: postgres, operations: { insert: { time: 1ms, writes: true } } }
  hot: { kind: redis, operations: { get: { time: 1ms } } }
";
    let order = ["shared-tables = 1 (from stores)", "one-team = true (from services.order.team)"];
    crate::check(shop, "service-boundaries", Some("order"), Some("join"), &order);
    let bill = ["shared-tables = 0 (from stores)"];
    crate::check(shop, "service-boundaries", Some("bill"), Some("by-capability"), &bill);
}

#[test]
fn calls_between_services_are_counted() {
    let shop = "\
tradeoff: 1
name: shop
traffic: { users: { rate: 20/s, mix: { order.place: 100% } } }
services:
  order: { replicas: 2, endpoints: { place: { steps: [ { call: stock.hold }, { call: pay.charge } ] } } }
  stock: { replicas: 1, endpoints: { hold: { steps: [ { work: 1ms } ] } } }
  pay: { replicas: 1, endpoints: { charge: { steps: [ { work: 1ms } ] } } }
";
    let known = ["instances = 4 replicas (from services)", "rate = 40/s (from traffic)"];
    crate::check(shop, "service-authentication", None, Some("client-credentials-jwt"), &known);
}
