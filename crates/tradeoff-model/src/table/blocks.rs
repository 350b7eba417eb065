//! The blocks of the file, from the whole to its parts.

use super::copies::{BALANCE, BALANCE_POLICIES, CORES};
use super::files::{OVERLAY_EDIT, STUB};
use super::policies::{POLICY, POLICY_OR_NAME};
use super::rules::RULES;
use super::{
    Block, Field, Kind, apis, caches, choices, data, observability, places, running, security,
    storage, stores, topics,
};

/// Most replicas of a component.
const MAX_REPLICAS: u64 = 10_000;
/// Most of anything else that is counted per replica.
const MAX_COUNT: u64 = 10_000_000;
/// Most users of a traffic source.
const MAX_USERS: u64 = 1_000_000;

const fn count(least: u64, most: u64) -> Kind {
    Kind::Count { word: "", least, most }
}

const UNLIMITED: Kind = Kind::Word("unlimited");
const SLOTS: Kind = Kind::Any(&[count(1, MAX_COUNT), UNLIMITED]);
const WAITING: Kind = Kind::Any(&[count(0, MAX_COUNT), UNLIMITED]);
const REPLICAS: Kind = count(1, MAX_REPLICAS);
const CORES_OR_COUNT: Kind = Kind::Any(&[count(1, MAX_REPLICAS), UNLIMITED, Kind::Block(&CORES)]);
const DURATION_OR_NONE: Kind = Kind::Any(&[Kind::Duration, Kind::Word("none")]);

/// A time that may vary.
pub(super) const TIME: Kind = Kind::Any(&[Kind::Duration, Kind::Block(&DIST)]);

pub(crate) static ROOT: Block = Block {
    name: "file",
    doc: "An architecture: one file, or a folder of them merged.",
    fields: &[
        Field::new("tradeoff", Kind::Choice(&["1"]), "The version of this format.").required(),
        Field::new("name", Kind::Text, "What the architecture is called.")
            .required()
            .example("shop"),
        Field::new("summary", Kind::Text, "One line about it.").example("Order placement"),
        Field::new("duration", Kind::Duration, "How long the baseline is measured.").default("5m"),
        Field::new(
            "warmup",
            Kind::Any(&[Kind::Duration, Kind::Word("auto")]),
            "Run-in before the measurement; `auto` is the greater of 30 s and 20 longest timeouts.",
        )
        .default("auto"),
        Field::new("defaults", Kind::Block(&DEFAULTS), "What holds where nothing else is said."),
        Field::new("policies", Kind::Map(&Kind::Block(&POLICY)), "Policies by name.").section("12"),
        Field::new("teams", Kind::Map(&Kind::Block(&TEAM)), "Who owns what.").section("2"),
        Field::new("services", Kind::Map(&Kind::Block(&SERVICE)), "What runs our code."),
        Field::new("stores", Kind::Map(&Kind::Block(&STORE)), "Databases.").section("4"),
        Field::new("externals", Kind::Map(&Kind::Block(&EXTERNAL)), "What others run."),
        caches::ROOT_CACHES,
        topics::ROOT_TOPICS,
        Field::new(
            "edges",
            Kind::Map(&Kind::Block(&EDGE)),
            "Policy and network of single edges, by `caller->target` with or without endpoints.",
        )
        .section("12")
        .example("{ order->payment: { policy: internal } }"),
        Field::new("traffic", Kind::Map(&Kind::Block(&TRAFFIC)), "Sources of requests.")
            .example("{ shoppers: { rate: 600/s, mix: { order.place: 100% } } }"),
        Field::new("slos", Kind::Map(&Kind::Block(&SLO)), "Promises.")
            .section("15")
            .example("{ place-order: { endpoint: order.place, availability: 99.9% } }"),
        Field::new("scenarios", Kind::Map(&Kind::Block(&SCENARIO)), "Scripts of events."),
        Field::new(
            "include",
            Kind::List(&Kind::Text),
            "Fragments that are read with this file: paths from its folder, `*`, `?` and `**` fit any.",
        )
        .example("[teams/*.yaml]"),
        Field::new(
            "stubs",
            Kind::Map(&Kind::Block(&STUB)),
            "Services of others that nobody has described yet.",
        )
        .example("{ payments: { time: 20ms } }"),
        Field::new(
            "overlays",
            Kind::Map(&Kind::List(&Kind::Block(&OVERLAY_EDIT))),
            "Edits by the name of an environment, made under `--env`.",
        )
        .example("{ prod: [ { op: replace, path: /services/order/replicas, value: 12 } ] }"),
        topics::ROOT_SAGAS,
        storage::ROOT_BUCKETS,
        storage::ROOT_SEARCH,
        data::ROOT_DATA,
        security::ROOT_SECURITY,
        observability::ROOT_OBSERVABILITY,
        places::ROOT_REGIONS,
        places::ROOT_TOPOLOGY,
        running::ROOT_ROLLOUT,
        choices::ROOT_FLAGS,
        choices::ROOT_MIGRATIONS,
        choices::ROOT_DECISIONS,
        choices::ROOT_EVIDENCE,
        choices::ROOT_DECOMPOSITION,
        choices::ROOT_LIBRARIES,
        choices::ROOT_TECHNOLOGIES,
        choices::ROOT_VENDORS,
        choices::ROOT_GROWTH,
        choices::ROOT_BUDGET,
        choices::ROOT_DEBT,
        Field::new("rules", Kind::Block(&RULES), "What the file says to the rules.").section("16"),
    ],
    later: &[],
};

pub(crate) static DEFAULTS: Block = Block {
    name: "defaults",
    doc: "What holds where nothing else is said.",
    fields: &[
        Field::new(
            "policy",
            POLICY_OR_NAME,
            "The policy of every call and query that no edge, callee or step overrides; never of traffic.",
        )
        .default("none")
        .section("12"),
        Field::new("network", TIME, "One crossing of the network.").default("0s").section("3"),
    ],
    later: &[],
};

pub(crate) static TEAM: Block = Block {
    name: "team",
    doc: "People who own components.",
    fields: &[Field::new("engineers", count(0, 100_000), "How many engineers.").section("2")],
    later: &[],
};

pub(crate) static SERVICE: Block = Block {
    name: "service",
    doc: "A component that runs our code.",
    fields: &[
        Field::new("team", Kind::Reference("team"), "The team that owns it.").section("2"),
        Field::new(
            "deploy",
            Kind::Text,
            "The deploy unit: services that share one are modules of one process.",
        )
        .section("2")
        .example("shop"),
        Field::new("release", Kind::Text, "What is released together.")
            .section("2")
            .example("weekly"),
        Field::new(
            "runtime",
            Kind::Choice(crate::presets::RUNTIMES),
            "What it runs on; fills in what is not stated of threads, queue, pools and timeouts.",
        )
        .section("11"),
        Field::new(
            "instance",
            Kind::Choice(crate::presets::INSTANCES),
            "The machine of a replica; fills in `cores` and `cost` where they are not stated.",
        )
        .section("11"),
        Field::new("replicas", REPLICAS, "Copies that run.").default("1").section("11"),
        Field::new(
            "speeds",
            Kind::List(&Kind::Number { most: 1_000.0 }),
            "Relative speed of each replica: work of 1 s takes 1 s / speed.",
        )
        .section("11")
        .example("[1, 2]"),
        Field::new("cores", CORES_OR_COUNT, "Cores per replica: what `work` competes for.")
            .default("unlimited")
            .section("11"),
        Field::new("concurrency", SLOTS, "Requests in service at once per replica.")
            .default("unlimited")
            .section("12"),
        Field::new(
            "queue",
            WAITING,
            "Requests that wait for a slot per replica; one more is refused.",
        )
        .default("unlimited")
        .section("12"),
        Field::new(
            "balance",
            Kind::Any(&[Kind::Choice(BALANCE_POLICIES), Kind::Block(&BALANCE)]),
            "How callers choose a replica.",
        )
        .default("round-robin")
        .section("11"),
        Field::new(
            "availability",
            Kind::Share,
            "Share of the time that it is up, as promised or seen, all replicas together; analysis only.",
        )
        .section("12"),
        Field::new("cost", Kind::Cost, "Price of a replica."),
        Field::new("policy", POLICY_OR_NAME, "What a call to it gets.").section("12"),
        Field::new("network", TIME, "One crossing of the network to it.").section("3"),
        Field::new("endpoints", Kind::Map(&Kind::Block(&ENDPOINT)), "What it offers.").section("9"),
        Field::new(
            "calls",
            Kind::List(&Kind::Reference("service or external")),
            "Short form: one endpoint `handle` that calls these in order.",
        ),
        topics::SERVICE_CONSUMES,
        running::SERVICE_ROLE,
        running::SERVICE_TIER,
        running::SERVICE_LANGUAGE,
        running::SERVICE_STATE,
        running::SERVICE_STICKY,
        running::SERVICE_EXPOSED,
        running::SERVICE_COMMODITY,
        running::SERVICE_DIFFERENTIATING,
        running::SERVICE_COMPLIANCE,
        running::SERVICE_AUTOSCALE,
        running::SERVICE_RESOURCES,
        running::SERVICE_PROBES,
        running::SERVICE_ROLLOUT,
        places::REGIONS,
        places::ZONES,
    ],
    later: &[],
};

pub(crate) static ENDPOINT: Block = Block {
    name: "endpoint",
    doc: "One operation that a service offers.",
    fields: &[
        Field::new("http", Kind::Text, "Method and path: `POST /v1/orders`.")
            .section("9")
            .example("POST /v1/orders"),
        apis::ENDPOINT_IDEMPOTENCY_KEY,
        Field::new("idempotent", Kind::Bool, "Whether repeating it does no harm, without a key.")
            .section("9"),
        Field::new("money", Kind::Bool, "Whether it moves money.").default("false").section("9"),
        Field::new("steps", Kind::Steps, "What it does, in order."),
        Field::new(
            "observed",
            Kind::Block(&OBSERVED),
            "What was measured of it where it runs; held against what is predicted.",
        )
        .section("15"),
        apis::ENDPOINT_PROTOCOL,
        apis::ENDPOINT_AUDIENCE,
        apis::ENDPOINT_VERSION,
        apis::ENDPOINT_VERSIONING,
        apis::ENDPOINT_SUNSET,
        apis::ENDPOINT_PAGINATION,
        apis::ENDPOINT_RATE_LIMIT,
        apis::ENDPOINT_CREATES,
        apis::ENDPOINT_READS,
        apis::ENDPOINT_RETURNS,
        apis::ENDPOINT_ERROR_SCHEMA,
        apis::ENDPOINT_AUTH,
        apis::ENDPOINT_SCOPES,
        apis::ENDPOINT_GRAPHQL,
    ],
    later: &[],
};

const OBSERVED_DOC: &str = "From arrival to answer at the server, of answers as wished.";

pub(crate) static OBSERVED: Block = Block {
    name: "observed",
    doc: "What was measured of an endpoint where it runs, without events.",
    fields: &[
        Field::new("mean", Kind::Duration, OBSERVED_DOC),
        Field::new("p50", Kind::Duration, OBSERVED_DOC),
        Field::new("p90", Kind::Duration, OBSERVED_DOC),
        Field::new("p95", Kind::Duration, OBSERVED_DOC),
        Field::new("p99", Kind::Duration, OBSERVED_DOC),
        Field::new("p999", Kind::Duration, OBSERVED_DOC),
        Field::new("rate", Kind::Rate, "Arrivals, retries included."),
    ],
    later: &[],
};

pub(crate) static EDGE: Block = Block {
    name: "edge",
    doc: "One caller's use of one target.",
    fields: &[
        Field::new("policy", POLICY_OR_NAME, "The policy on it.").section("12"),
        Field::new("network", TIME, "One crossing of the network on it.").section("3"),
        apis::EDGE_AUTH,
        apis::EDGE_NEEDS_ANSWER,
        apis::EDGE_CRITICAL,
    ],
    later: &[],
};

pub(crate) static STORE: Block = Block {
    name: "store",
    doc: "A database.",
    fields: &[
        Field::new(
            "kind",
            Kind::Choice(crate::presets::KINDS),
            "What it is; fills in `connections`, `cores` and `pool` where they are not stated.",
        )
        .section("4"),
        Field::new(
            "instance",
            Kind::Choice(crate::presets::INSTANCES),
            "The machine of a copy; fills in `cores` and `cost` where they are not stated.",
        )
        .section("11"),
        Field::new("owner", Kind::Reference("service"), "The service that owns its data.")
            .section("2"),
        Field::new("replicas", REPLICAS, "Copies that run.").default("1").section("11"),
        Field::new("cores", CORES_OR_COUNT, "Cores per copy.").default("unlimited").section("11"),
        Field::new("connections", SLOTS, "Connections that it accepts.")
            .default("unlimited")
            .section("11"),
        Field::new("queue", WAITING, "Queries that wait for a core; one more is refused.")
            .default("unlimited")
            .section("12"),
        Field::new(
            "pool",
            Kind::Any(&[Kind::Block(&POOL), Kind::Word("none")]),
            "The connection pool of each caller replica.",
        )
        .default("none")
        .section("11"),
        Field::new(
            "pooler",
            Kind::Any(&[Kind::Block(&POOLER), Kind::Word("none")]),
            "A shared pooler in transaction mode between the pools and the store.",
        )
        .section("11"),
        Field::new(
            "connect",
            TIME,
            "Time to open a connection; left out, opening takes no time; `connections` bounds it all the same.",
        ),
        Field::new(
            "availability",
            Kind::Share,
            "Share of the time that it is up, as promised or seen, all replicas together; analysis only.",
        )
        .section("12"),
        Field::new("cost", Kind::Cost, "Price of a copy."),
        Field::new("policy", POLICY_OR_NAME, "What a query to it gets.").section("12"),
        Field::new("network", TIME, "One crossing of the network to it.").section("3"),
        Field::new("operations", Kind::Map(&Kind::Block(&OPERATION)), "Its kinds of queries."),
        stores::STORE_ROLE,
        stores::STORE_REASON,
        stores::STORE_VERSION,
        stores::STORE_VENDOR,
        stores::STORE_SERVER,
        stores::STORE_DATABASE,
        stores::STORE_SCHEMA,
        stores::STORE_ACCOUNTS,
        stores::STORE_SIZE,
        stores::STORE_STORAGE,
        stores::STORE_RESERVED,
        stores::STORE_SESSION_FEATURES,
        stores::STORE_ENTITIES,
        stores::STORE_TABLES,
        stores::STORE_ACCESS_PATTERNS,
        stores::STORE_PARTITION_KEY,
        stores::STORE_INDEXES,
        stores::STORE_TRANSACTIONS,
        stores::STORE_REPLICATION,
        stores::STORE_SHARDS,
        stores::STORE_BACKUP,
        places::REGIONS,
        places::ZONES,
    ],
    later: &[],
};

pub(crate) static POOL: Block = Block {
    name: "pool",
    doc: "A connection pool in every caller replica.",
    fields: &[
        Field::new("per_replica", count(1, MAX_REPLICAS), "Connections per caller replica.")
            .required()
            .section("11"),
        Field::new("wait", DURATION_OR_NONE, "Longest wait for one; then `pool_full`.")
            .default("none")
            .section("12"),
    ],
    later: &[],
};

pub(crate) static POOLER: Block = Block {
    name: "pooler",
    doc: "A shared pooler in transaction mode.",
    fields: &[
        Field::new("connections", count(1, MAX_REPLICAS), "Server connections that it keeps.")
            .required()
            .section("11"),
        Field::new("clients", SLOTS, "Client connections that it accepts.").default("unlimited"),
        Field::new("wait", DURATION_OR_NONE, "Longest wait for a server connection.")
            .default("none"),
    ],
    later: &[],
};

pub(crate) static OPERATION: Block = Block {
    name: "operation",
    doc: "One kind of query.",
    fields: &[
        Field::new("time", TIME, "Time on a core of the store.").required(),
        Field::new("writes", Kind::Bool, "Whether it writes.").default("false").section("4"),
        Field::new("idempotent", Kind::Bool, "Whether repeating it does no harm.").section("9"),
    ],
    later: &[],
};

pub(crate) static EXTERNAL: Block = Block {
    name: "external",
    doc: "A component that others run: it answers after a time, however many ask.",
    fields: &[
        Field::new("time", TIME, "Time until it answers."),
        Field::new("errors", Kind::Share, "Share of calls that fail.").default("0%"),
        Field::new(
            "limit",
            Kind::Any(&[Kind::Rate, UNLIMITED]),
            "Calls that it takes; more are refused.",
        )
        .default("unlimited")
        .section("12"),
        Field::new("concurrency", SLOTS, "Calls in service at once; more are refused.")
            .default("unlimited"),
        Field::new(
            "availability",
            Kind::Share,
            "Share of the time that it is up, as promised or seen; analysis only.",
        )
        .section("12"),
        Field::new("idempotent", Kind::Bool, "Whether repeating a call does no harm.").section("9"),
        Field::new("policy", POLICY_OR_NAME, "What a call to it gets.").section("12"),
        Field::new("network", TIME, "One crossing of the network to it.").section("3"),
        Field::new(
            "operations",
            Kind::Map(&Kind::Block(&EXTERNAL_OPERATION)),
            "What may be called; without any, every name may.",
        ),
        choices::EXTERNAL_VENDOR,
        choices::EXTERNAL_COST,
    ],
    later: &["sla"],
};

pub(crate) static EXTERNAL_OPERATION: Block = Block {
    name: "external operation",
    doc: "One call that an external offers.",
    fields: &[
        Field::new("time", TIME, "Time until it answers; left out, that of the external."),
        Field::new("errors", Kind::Share, "Share that fails; left out, that of the external."),
        Field::new(
            "idempotent",
            Kind::Bool,
            "Whether repeating it does no harm; left out, what the external says.",
        )
        .section("9"),
    ],
    later: &[],
};

pub(crate) static TRAFFIC: Block = Block {
    name: "traffic",
    doc: "A source of requests: open with `rate`, closed with `users` and `think`.",
    fields: &[
        Field::new("rate", Kind::Rate, "Mean arrivals of open traffic."),
        Field::new("users", count(1, MAX_USERS), "Users of closed traffic."),
        Field::new("think", TIME, "How long a user thinks before asking again."),
        Field::new("patience", DURATION_OR_NONE, "After this the user has failed with `timeout`.")
            .default("10s"),
        Field::new("policy", POLICY_OR_NAME, "The users' own policy.")
            .default("none")
            .section("12"),
        Field::new("mix", Kind::Map(&Kind::Share), "Share of each endpoint; they sum to 100%.")
            .required()
            .example("{ order.place: 100% }"),
        choices::TRAFFIC_GROWTH,
        choices::TRAFFIC_CLIENTS,
        places::TRAFFIC_REGIONS,
    ],
    later: &[],
};

pub(crate) static SLO: Block = Block {
    name: "slo",
    doc: "A promise about an endpoint.",
    fields: &[
        Field::new("endpoint", Kind::Reference("endpoint"), "Whose: `service.endpoint`.")
            .required(),
        Field::new("availability", Kind::Share, "Promised share of good requests.").section("15"),
        Field::new("latency", Kind::Block(&LATENCY), "Promised latency at one percentile.")
            .section("15"),
        Field::new("window", Kind::Duration, "Over how long.").default("30d").section("15"),
        Field::new("spend", Kind::Share, "Share of the window's budget that a scenario may spend.")
            .default("10%"),
    ],
    later: &[],
};

const LATENCY_DOC: &str = "The limit at this percentile.";

pub(crate) static LATENCY: Block = Block {
    name: "latency",
    doc: "The limit at one percentile.",
    fields: &[
        Field::new("p50", Kind::Duration, LATENCY_DOC),
        Field::new("p90", Kind::Duration, LATENCY_DOC),
        Field::new("p95", Kind::Duration, LATENCY_DOC),
        Field::new("p99", Kind::Duration, LATENCY_DOC),
        Field::new("p999", Kind::Duration, LATENCY_DOC),
        Field::new("p99.9", Kind::Duration, LATENCY_DOC),
    ],
    later: &[],
};

pub(crate) static SCENARIO: Block = Block {
    name: "scenario",
    doc: "A script of events.",
    fields: &[
        Field::new(
            "duration",
            Kind::Duration,
            "How long it is measured; left out, the baseline's.",
        ),
        Field::new(
            "per_month",
            Kind::Number { most: 100_000.0 },
            "How often per month it happens.",
        )
        .default("1"),
        Field::new("events", Kind::List(&Kind::Block(&EVENT)), "What happens.")
            .example("[ { at: 2m, for: 2m, surge: shoppers, by: 5x } ]"),
    ],
    later: &[],
};

const COMPONENT: Kind = Kind::Reference("service, store or external");

pub(crate) static EVENT: Block = Block {
    name: "event",
    doc: "One event: when, for how long, and one of surge, slow, crash, stall and errors.",
    fields: &[
        Field::new("at", Kind::Duration, "When it starts.").required(),
        Field::new("for", Kind::Duration, "How long it lasts.").required(),
        Field::new("surge", Kind::Reference("traffic"), "Multiplies the rate or the users."),
        Field::new("slow", COMPONENT, "Multiplies work, wait and operation times."),
        Field::new("crash", COMPONENT, "Fails what is on the replicas and refuses new calls."),
        Field::new("stall", COMPONENT, "Freezes the replicas and their queues."),
        Field::new("errors", COMPONENT, "Fails a share of what it answers."),
        Field::new("by", Kind::Factor, "By how much, of `surge` and `slow`."),
        Field::new(
            "replicas",
            Kind::Any(&[REPLICAS, Kind::Word("all")]),
            "How many replicas, of `slow`, `crash` and `stall`.",
        )
        .default("all")
        .example("1"),
        Field::new("share", Kind::Share, "The share, of `errors`.").default("100%"),
        Field::new("drain", Kind::Bool, "Whether what is in service finishes, of `crash`.")
            .default("false"),
    ],
    later: &["partition", "flush", "failover", "deploy"],
};

pub(crate) static DIST: Block = Block {
    name: "distribution",
    doc: "A value that varies; one value alone is constant.",
    fields: &[
        Field::new("mean", Kind::Duration, "Mean; alone it is exponential."),
        Field::new("cv", Kind::Number { most: 100.0 }, "With `mean`: lognormal of this variation."),
        Field::new("p50", Kind::Duration, "With `p99`: lognormal through both."),
        Field::new("p99", Kind::Duration, "With `p50`: lognormal through both."),
        Field::new("min", Kind::Duration, "With `max`: uniform."),
        Field::new("max", Kind::Duration, "With `min`: uniform."),
        Field::new("samples", Kind::Text, "A file with one value a line, each as likely.")
            .example("latencies.csv"),
    ],
    later: &["p90", "p95", "p999"],
};

const UP_TO_REPEATS: Kind = Kind::Number { most: 10_000.0 };

pub(crate) static COUNT_DIST: Block = Block {
    name: "count distribution",
    doc: "A count that varies; one number alone is constant.",
    fields: &[
        Field::new("mean", UP_TO_REPEATS, "Mean; alone it is exponential."),
        Field::new("cv", Kind::Number { most: 100.0 }, "With `mean`: lognormal of this variation."),
        Field::new("p50", UP_TO_REPEATS, "With `p99`: lognormal through both."),
        Field::new("p99", UP_TO_REPEATS, "With `p50`: lognormal through both."),
        Field::new("min", UP_TO_REPEATS, "With `max`: uniform."),
        Field::new("max", UP_TO_REPEATS, "With `min`: uniform."),
        Field::new("samples", Kind::Text, "A file with one value a line, each as likely.")
            .example("counts.csv"),
    ],
    later: &["p90", "p95", "p999"],
};
