//! What an architecture answers of caches, pipelines, storage, search, data and models.

const SHOP: &str = "
tradeoff: 1
name: shop
services:
  order:
    replicas: 2
    endpoints:
      place: { steps: [ { query: orders.insert }, { publish: order-created } ] }
  catalog:
    consumes:
      order-created: { steps: [ { work: 1ms } ] }
stores:
  orders:
    kind: postgres
    cores: 8
    operations:
      insert: { time: 4ms, writes: true }
      read: { time: 6ms }
    tables:
      order: { writers: [order] }
    entities:
      order: { rows: 2M, changes: seldom }
caches:
  catalog-cache:
    kind: redis
    use: [data]
    of: orders
    entities: [orders.order]
    hit_ratio: 90%
    time: 500us
    staleness: 30s
    consistency: read-your-writes
    working_set: 8GB
    max_memory: 2GB
    keys: { count: 1M, hot: 100 }
topics:
  order-created:
    kind: stream
    engine: kafka
    upgrade_first: producers
    replay: true
    retention: 7d
    delivery: at-least-once
buckets:
  lake: { size: 2TB, objects: 1M, retrieval: 12h, expire: 7y, reads: 0.002/s }
search:
  help: { engine: pgvector, documents: 200k, dimensions: 384, over: passages, needs: [exact-terms] }
data:
  pipelines:
    load:
      style: streaming
      engine: flink
      reads: [order-created]
      writes: [raw-orders]
      freshness: 200ms
      recovery: replay
      horizon: 30d
    report: { style: batch, engine: dbt, runs_in: warehouse, reads: [raw-orders], writes: [daily], freshness: 1d }
  datasets:
    raw-orders: { layer: bronze, bucket: lake, format: json, append_only: true, feeds: [models] }
    daily: { layer: gold, bucket: lake, access: [scan], table_format: iceberg, writers: 2, feeds: [finance, dashboards] }
  captures:
    orders-log: { store: orders, method: log, every: 1s, max_lag: 50GB }
  features:
    spend: { known: before-request, freshness: 1d, online: catalog-cache }
    amount: { known: at-request, freshness: 1s }
  models:
    fraud: { serving: online, endpoint: order.place, features: [spend, amount] }
    churn: { serving: batch, features: [spend] }
traffic:
  shoppers: { rate: 300/s, mix: { order.place: 100% } }
";

#[track_caller]
fn check(id: &str, name: Option<&str>, answer: Option<&str>, facts: &[&str]) {
    crate::check(SHOP, id, name, answer, facts);
}

#[test]
fn caches_say_what_they_hold_and_how_old_it_may_be() {
    check(
        "cache-pattern",
        None,
        // Who writes reads it at once, whichever keys are popular.
        Some("write-through"),
        &[
            "hit-ratio = 90% (caches.catalog-cache.hit_ratio)",
            "origin-time = 6 ms (from stores.orders.operations)",
            "cache-time = 0.5 ms (caches.catalog-cache.time)",
            "staleness = 30 s (caches.catalog-cache.staleness)",
            "writes-then-reads = true (caches.catalog-cache.consistency)",
            "hot-keys-known = true (caches.catalog-cache.keys.hot)",
        ],
    );
    check(
        "cache-invalidation",
        None,
        Some("ttl"),
        &[
            "staleness = 30 s (caches.catalog-cache.staleness)",
            "immutable = false (from caches.catalog-cache.entities)",
            "one-writer = true (from stores.orders.tables)",
        ],
    );
    check(
        "redis-or-memcached",
        None,
        Some("redis"),
        &[
            "strings-only = true (caches.catalog-cache.use)",
            "memory-bound = true (from caches.catalog-cache.working_set)",
            "hit-ratio = 90% (caches.catalog-cache.hit_ratio)",
        ],
    );
}

#[test]
fn pipelines_say_how_fresh_they_are_and_what_they_read() {
    check(
        "processing-style",
        Some("load"),
        Some("streaming"),
        &["fresh-within = 0.2 s (data.pipelines.load.freshness)"],
    );
    check(
        "lambda-or-kappa",
        Some("load"),
        Some("lambda"),
        &[
            "horizon = 30 d (data.pipelines.load.horizon)",
            "kept = 7 d (from data.pipelines.load.reads)",
            "fresh-within = 0.2 s (data.pipelines.load.freshness)",
        ],
    );
    check(
        "etl-or-elt",
        Some("report"),
        Some("elt"),
        &["warehouse = true (from data.datasets.daily)"],
    );
    check(
        "transformation-tool",
        Some("report"),
        Some("sql-dbt"),
        &[
            "latency = 86,400,000 ms (data.pipelines.report.freshness)",
            "rows-in-warehouse = true (data.pipelines.report.runs_in)",
            "within-kafka = false (from data.pipelines.report.reads)",
        ],
    );
    check(
        "medallion-layers",
        None,
        Some("bronze-silver-gold"),
        &[
            "consumers = 3 readers (from data.datasets)",
            "sources = 1 (from data.datasets)",
            "replay = true (from data.pipelines.load.recovery)",
        ],
    );
    check("orchestrator", None, Some("airflow"), &["dependencies = true (from data.pipelines)"]);
}

#[test]
fn buckets_and_datasets_say_how_they_are_used() {
    check(
        "storage-tier",
        None,
        Some("deep-archive"),
        &[
            "reads-per-month = 0.00518 a month (from buckets.lake.reads)",
            "kept = 2,555 d (buckets.lake.expire)",
            "wait = 12 h (buckets.lake.retrieval)",
            "object-size = 2,000 kB (from buckets.lake.size)",
            "size = 2,000 GB (buckets.lake.size)",
        ],
    );
    check(
        "lake-or-warehouse",
        None,
        Some("lakehouse"),
        &[
            "sql-only = false (from data.datasets)",
            "engines = 2 (from data.pipelines)",
            "updates = true (from data.datasets)",
        ],
    );
    let raw = ["use = raw (from data.datasets.raw-orders.layer)"];
    check("file-format", Some("raw-orders"), Some("json"), &raw);
    let scanned = ["use = analytics (from data.datasets.daily.access)"];
    check("file-format", Some("daily"), Some("parquet"), &scanned);
}

#[test]
fn indexes_say_what_is_searched() {
    check(
        "search-method",
        None,
        Some("hybrid"),
        &[
            "exact-terms = true (search.help.needs)",
            "paraphrases = false (search.help.needs)",
            "rag = true (search.help.over)",
            "documents = 200,000 (search.help.documents)",
            "dimensions = 384 (search.help.dimensions)",
        ],
    );
    check(
        "search-engine",
        None,
        Some("postgres"),
        &[
            "documents = 200,000 (search.help.documents)",
            "typo-tolerance = false (search.help.needs)",
            "facets = false (search.help.needs)",
            "logs = false (search.help.over)",
        ],
    );
}

#[test]
fn topics_captures_and_datasets_say_what_is_promised() {
    check(
        "schema-compatibility",
        None,
        Some("full-transitive"),
        &[
            "consumers-first = false (topics.order-created.upgrade_first)",
            "replay = true (topics.order-created.replay)",
            "retention = 7 d (topics.order-created.retention)",
        ],
    );
    check(
        "delivery-guarantee",
        None,
        Some("at-least-once-idempotent"),
        &["loss-acceptable = false (topics.order-created.delivery)"],
    );
    check(
        "change-capture",
        None,
        Some("outbox"),
        &[
            "every = 1 s (data.captures.orders-log.every)",
            "room = 50 GB (data.captures.orders-log.max_lag)",
        ],
    );
    check(
        "data-quality-checks",
        Some("daily"),
        Some("block-on-write"),
        &["decisions-rest-on-it = true (from data.datasets.daily.feeds)"],
    );
}

#[test]
fn models_say_when_their_inputs_are_known() {
    check(
        "inference-mode",
        Some("fraud"),
        Some("online"),
        &[
            "facts-in-request = true (from data.models.fraud.features)",
            "fresh-within = 1 s (from data.models.fraud.features)",
            "rate = 300/s (from data.models.fraud.endpoint)",
        ],
    );
    check(
        "inference-mode",
        Some("churn"),
        Some("batch"),
        &[
            "facts-in-request = false (from data.models.churn.features)",
            "fresh-within = 86,400 s (from data.models.churn.features)",
        ],
    );
    check(
        "feature-store",
        None,
        Some("one-definition-two-stores"),
        &["models = 2 (from data.models)", "online = true (from data.models)"],
    );
    check("drift-monitoring", Some("churn"), None, &[]);
}
