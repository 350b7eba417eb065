//! What a store holds and how it is kept (sections 2, 4, 11 and 12 of the guide).

use super::kinds::{COPIES, COUNT, MANY, PERIOD_OR_FOREVER, SERVICE, SERVICES, TEXTS, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("4")
}

pub(super) static STORE_ROLE: Field = field(
    "role",
    Kind::Choice(&["primary", "analytics", "session", "lookup", "archive"]),
    "What it is for; the primary store is a one-way door.",
)
.section("1")
.fact();
pub(super) static STORE_REASON: Field =
    field("reason", Kind::Text, "Why it is not Postgres: the requirement that fails.")
        .example("writes from five regions")
        .fact();
pub(super) static STORE_VERSION: Field =
    field("version", Kind::Text, "The version that runs.").example("16").fact();
pub(super) static STORE_VENDOR: Field =
    field("vendor", Kind::Reference("vendor"), "Who runs it for us.").section("1").fact();
pub(super) static STORE_SERVER: Field =
    field("server", Kind::Text, "The server; stores may share one.")
        .section("2")
        .example("pg-main")
        .fact();
pub(super) static STORE_DATABASE: Field =
    field("database", Kind::Text, "Its database on the server.")
        .section("2")
        .example("shop")
        .fact();
pub(super) static STORE_SCHEMA: Field = field("schema", Kind::Text, "Its schema in the database.")
    .section("2")
    .example("orders")
    .fact();
pub(super) static STORE_ACCOUNTS: Field = field(
    "accounts",
    Kind::Keyed("service", &Kind::Text),
    "The account by which each service signs in.",
)
.section("2")
.example("{ order: order_app }")
.fact();
pub(super) static STORE_SIZE: Field =
    field("size", Kind::Bytes, "How much it holds.").section("11").example("200GB").fact();
pub(super) static STORE_STORAGE: Field = field(
    "storage",
    Kind::Choice(&["managed", "volume", "ephemeral"]),
    "What its data stands on; `ephemeral` goes with the process.",
)
.fact();
pub(super) static STORE_RESERVED: Field =
    field("reserved_connections", count(0, 10_000), "Connections that applications cannot have.")
        .section("11")
        .example("3")
        .fact();
pub(super) static STORE_SESSION_FEATURES: Field = field(
    "session_features",
    Kind::List(&Kind::Choice(&[
        "listen",
        "advisory-locks",
        "set",
        "temporary-tables",
        "cursors-with-hold",
        "prepared-statements",
    ])),
    "What its users do that needs one connection for long: a transaction pooler breaks it.",
)
.section("11")
.fact();
pub(super) static STORE_ENTITIES: Field =
    field("entities", Kind::Map(&Kind::Block(&ENTITY)), "What it holds, as the business names it.")
        .fact();
pub(super) static STORE_TABLES: Field =
    field("tables", Kind::Map(&Kind::Block(&TABLE)), "Its tables, and who uses them.")
        .section("2")
        .fact();
pub(super) static STORE_ACCESS_PATTERNS: Field = field(
    "access_patterns",
    Kind::Map(&Kind::Block(&ACCESS_PATTERN)),
    "The queries that are known.",
)
.fact();
pub(super) static STORE_PARTITION_KEY: Field = field(
    "partition_key",
    TEXTS,
    "Columns by which a wide-column or key-value store lays out rows.",
)
.example("[customer_id]")
.fact();
pub(super) static STORE_INDEXES: Field =
    field("indexes", Kind::Map(&TEXTS), "Secondary indexes, each with its columns.")
        .example("{ by_email: [email] }")
        .fact();
pub(super) static STORE_REPLICATION: Field =
    field("replication", Kind::Block(&REPLICATION), "How its copies follow it.")
        .section("12")
        .fact();
pub(super) static STORE_SHARDS: Field =
    field("shards", Kind::Block(&SHARDS), "How its rows are split over servers.")
        .section("11")
        .fact();
pub(super) static STORE_BACKUP: Field =
    field("backup", Kind::Any(&[Kind::Word("none"), Kind::Block(&BACKUP)]), "How it comes back.")
        .section("12")
        .example("{ every: 1d, point_in_time: true, restored: 2026-03-31 }")
        .fact();
pub(super) static STORE_TRANSACTIONS: Field = field(
    "transactions",
    Kind::Map(&Kind::Block(&STORE_TRANSACTION)),
    "Transactions that are larger than usual.",
)
.fact();

pub(crate) static ENTITY: Block = Block {
    name: "entity",
    doc: "A thing of the business whose truth is in this store.",
    fields: &[
        field(
            "consistency",
            Kind::Choice(&["strong", "read-your-writes", "eventual"]),
            "What its readers rely on.",
        )
        .default("eventual")
        .example("strong"),
        field(
            "class",
            Kind::Choice(&["money", "personal", "health", "credential", "content", "derived"]),
            "What it is, where that matters.",
        ),
        field("rpo", Kind::Duration, "Changes that may be lost.").section("12").example("0s"),
        field("rows", COUNT, "How many.").section("9").example("2M"),
        field(
            "changes",
            Kind::Choice(&["never", "seldom", "while-read"]),
            "Whether it is written while lists of it are read.",
        )
        .section("9")
        .example("while-read"),
        field("table", Kind::Text, "Its table.").example("orders"),
        field("size", Kind::Bytes, "Size of one."),
    ],
    later: &[],
};

pub(crate) static TABLE: Block = Block {
    name: "table",
    doc: "A table or collection.",
    fields: &[
        field("writers", SERVICES, "The services that write it.").section("2"),
        field("readers", SERVICES, "The services that read it.").section("2"),
        field("rows", COUNT, "Rows.").section("11").example("2M"),
        field("growth", Kind::Growth, "How fast it grows.").section("11"),
        field("partitioned_by", TEXTS, "Columns by which it is partitioned.")
            .section("11")
            .example("[created_at]"),
    ],
    later: &[],
};

pub(crate) static ACCESS_PATTERN: Block = Block {
    name: "access pattern",
    doc: "A query that is known.",
    fields: &[
        field("by", TEXTS, "Columns that it selects by.").required().example("[customer_id]"),
        field(
            "kind",
            Kind::Choice(&["lookup", "range", "scan", "join", "aggregate", "traversal", "text"]),
            "What it does.",
        )
        .default("lookup"),
        field("entity", Kind::Reference("entity"), "What it asks for."),
        field("share", Kind::Share, "Share of the store's queries.").section("11").example("60%"),
        field("rate", Kind::Rate, "How often.").section("11").example("200/s"),
        field("writes", Kind::Bool, "Whether it writes.").default("false"),
        field(
            "from",
            Kind::Choice(&["primary", "replica"]),
            "Where it reads; a replica may lag behind.",
        )
        .default("primary"),
        field("consistent", Kind::Bool, "Whether it asks for the latest, of an eventual store."),
        field("operation", Kind::Reference("store operation"), "The operation that stands for it.")
            .section("11"),
    ],
    later: &[],
};

pub(crate) static REPLICATION: Block = Block {
    name: "replication",
    doc: "How a store's copies follow it.",
    fields: &[
        field("read_replicas", count(0, 1_000), "Copies that answer reads.")
            .section("11")
            .example("2"),
        field("standbys", count(0, 1_000), "Copies that may take over.").section("12").example("1"),
        field(
            "mode",
            Kind::Choice(&["sync", "semi-sync", "async"]),
            "Whether a write waits for them.",
        )
        .section("12")
        .example("async"),
        field("lag", Kind::Duration, "How far they are behind.").section("12").example("200ms"),
        field("failover", Kind::Choice(&["automatic", "manual"]), "Who promotes one.")
            .section("12"),
        field("failover_time", Kind::Duration, "How long that takes.").section("12").example("60s"),
    ],
    later: &[],
};

pub(crate) static SHARDS: Block = Block {
    name: "shards",
    doc: "How rows are split over servers.",
    fields: &[
        field("count", COPIES, "How many.").section("11").required().example("8"),
        field("key", TEXTS, "Columns that decide.")
            .section("11")
            .required()
            .example("[customer_id]"),
        field(
            "by",
            Kind::Choice(&["hash", "range", "directory", "geography", "tenant"]),
            "How they decide.",
        )
        .default("hash")
        .section("11"),
        field("values", count(1, MANY), "Distinct values of the key.").section("11").example("1M"),
        field("monotonic", Kind::Bool, "Whether new values are always larger.").section("11"),
        field("largest", Kind::Share, "Share of the rows of the most frequent value.")
            .section("11")
            .example("2%"),
        field(
            "exhausted",
            Kind::List(&Kind::Choice(&[
                "read-replicas",
                "caching",
                "query-optimization",
                "vertical-scaling",
                "partitioning",
            ])),
            "What was tried before.",
        )
        .section("11"),
    ],
    later: &[],
};

pub(crate) static BACKUP: Block = Block {
    name: "backup",
    doc: "How a store comes back.",
    fields: &[
        field("every", Kind::Period, "How often it is copied.")
            .section("12")
            .required()
            .example("1d"),
        field("point_in_time", Kind::Bool, "Whether any moment can be restored.").section("12"),
        field("retention", PERIOD_OR_FOREVER, "How long copies are kept.")
            .section("12")
            .example("30d"),
        field("elsewhere", Kind::Bool, "Whether copies stand in another region.").section("12"),
        field("restored", Kind::Date, "When restoring was last tried.").section("12"),
    ],
    later: &[],
};

pub(crate) static STORE_TRANSACTION: Block = Block {
    name: "store transaction",
    doc: "A transaction that is larger than usual.",
    fields: &[
        field("items", count(1, MANY), "Rows or items that it changes.").required().example("20"),
        field("owner", SERVICE, "Who runs it."),
        field("with", Kind::List(&Kind::Reference("store")), "Other stores that take part.")
            .example("[orders]"),
        field("across_regions", Kind::Bool, "Whether it spans regions.").default("false"),
    ],
    later: &[],
};
