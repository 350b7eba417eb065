//! Pipelines, datasets and change capture (sections 6, 7 and 13 of the guide).

use super::kinds::{COUNT, DATA, MANY, PERIOD_OR_FOREVER, SERVICE, SOME, TEAM, TEXTS, count};
use super::learning::{FEATURE, MODEL};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("6")
}

pub(super) static ROOT_DATA: Field =
    field("data", Kind::Block(&DATA_BLOCK), "Pipelines, datasets, features, models.").fact();

pub(crate) static DATA_BLOCK: Block = Block {
    name: "data",
    doc: "Data beside the request path.",
    fields: &[
        field("pipelines", Kind::Map(&Kind::Block(&PIPELINE)), "What moves and changes data."),
        field(
            "datasets",
            Kind::Map(&Kind::Block(&DATASET)),
            "Tables and files of a lake or warehouse.",
        )
        .section("7"),
        field("captures", Kind::Map(&Kind::Block(&CAPTURE)), "Changes of a store as messages.")
            .section("13"),
        field("features", Kind::Map(&Kind::Block(&FEATURE)), "Inputs of models.").section("14"),
        field("models", Kind::Map(&Kind::Block(&MODEL)), "Models and how they are served.")
            .section("14"),
        field(
            "orchestrator",
            Kind::Choice(&["airflow", "dagster", "prefect", "cron", "other"]),
            "What starts pipelines.",
        )
        .section("13"),
    ],
    later: &[],
};

pub(crate) static PIPELINE: Block = Block {
    name: "pipeline",
    doc: "What moves and changes data.",
    fields: &[
        field("style", Kind::Choice(&["batch", "micro-batch", "streaming"]), "How it runs.")
            .required(),
        field(
            "engine",
            Kind::Choice(&[
                "sql",
                "dbt",
                "spark",
                "flink",
                "kafka-streams",
                "ksqldb",
                "beam",
                "hadoop",
                "storm",
                "other",
            ]),
            "What runs it.",
        )
        .example("flink"),
        field("reads", DATA, "What it reads.").example("[order-created]"),
        field("writes", DATA, "What it writes.").example("[raw-orders]"),
        field("every", Kind::Period, "How often it runs, of a batch.").example("1h"),
        field("freshness", Kind::Period, "How old its output may be.").example("15m"),
        field(
            "runs_in",
            Kind::Choice(&["warehouse", "outside"]),
            "Where it transforms: ELT or ETL.",
        )
        .example("warehouse"),
        field(
            "delivery",
            Kind::Choice(&["at-most-once", "at-least-once", "exactly-once"]),
            "How often a record takes effect.",
        )
        .section("13")
        .example("at-least-once"),
        field("idempotent", Kind::Bool, "Whether writing a record twice is writing it once.")
            .section("13"),
        field("transactional", Kind::Bool, "Whether output and position commit together.")
            .section("13"),
        field(
            "recovery",
            Kind::Choice(&["replay", "rerun", "none"]),
            "How its output is made anew.",
        )
        .example("replay"),
        field("horizon", Kind::Period, "How far back it must be able to start again.")
            .example("30d"),
        field("reason", Kind::Text, "Why it is as it is.")
            .example("years of history are recomputed"),
        field("team", TEAM, "The team that owns it."),
    ],
    later: &[],
};

pub(crate) static DATASET: Block = Block {
    name: "dataset",
    doc: "A table, or files, of a lake or a warehouse.",
    fields: &[
        field(
            "layer",
            Kind::Choice(&["bronze", "silver", "gold"]),
            "Raw, cleaned, or made for its readers.",
        ),
        field("bucket", Kind::Reference("bucket"), "The bucket that holds it.").section("7"),
        field("store", Kind::Reference("store"), "The warehouse that holds it.")
            .section("7")
            .example("orders"),
        field(
            "format",
            Kind::Choice(&["parquet", "orc", "avro", "json", "csv"]),
            "How its files are written.",
        )
        .section("7"),
        field(
            "table_format",
            Kind::Choice(&["none", "delta", "iceberg", "hudi"]),
            "The transaction log over its files.",
        )
        .default("none")
        .section("7")
        .example("iceberg"),
        field("size", Kind::Bytes, "How large it is.").section("7").example("500GB"),
        field("growth", Kind::Growth, "How fast it grows.").section("7"),
        field("rows", COUNT, "Rows.").section("7").example("2M"),
        field("file_size", Kind::Bytes, "Mean size of a file.").section("7").example("128MB"),
        field("partitioned_by", TEXTS, "Columns by which its files are laid out.")
            .section("7")
            .example("[ingested_on]"),
        field("append_only", Kind::Bool, "Whether nothing in it is ever changed."),
        field("writers", SOME, "How many write at the same time.").section("7").example("2"),
        field(
            "access",
            Kind::List(&Kind::Choice(&["scan", "lookup", "append", "export"])),
            "How it is used.",
        )
        .section("7"),
        field("retention", PERIOD_OR_FOREVER, "How long it is kept.").example("7y"),
        field(
            "feeds",
            Kind::List(&Kind::Choice(&[
                "finance",
                "models",
                "dashboards",
                "operations",
                "customers",
            ])),
            "Who relies on it.",
        )
        .section("13"),
        field("checks", Kind::Block(&CHECKS), "What it is held to.").section("13"),
        field("contract", Kind::Text, "What its producer has promised.")
            .section("13")
            .example("contracts/orders.yaml"),
        field("team", TEAM, "The team that owns it.").section("13"),
    ],
    later: &[],
};

pub(crate) static CHECKS: Block = Block {
    name: "checks",
    doc: "What a dataset is held to.",
    fields: &[
        field("on", Kind::Choice(&["write", "read", "schedule"]), "When it is checked.")
            .section("13"),
        field("freshness", Kind::Period, "The oldest that its newest row may be.")
            .section("13")
            .example("2h"),
        field("volume", Kind::Share, "By how much its rows may differ from what is usual.")
            .section("13")
            .example("20%"),
        field("schema", Kind::Bool, "Whether columns and types are checked.").section("13"),
        field("completeness", Kind::Share, "Least share of values that are there.").section("13"),
        field("unique", TEXTS, "Columns that are unique.").section("13").example("[order_id]"),
        field("references", TEXTS, "Columns whose values must exist elsewhere.")
            .section("13")
            .example("[customer_id]"),
        field("range", TEXTS, "Columns whose values have bounds.")
            .section("13")
            .example("[amount]"),
        field("distribution", TEXTS, "Columns whose distribution is watched.")
            .section("13")
            .example("[amount]"),
    ],
    later: &[],
};

pub(crate) static CAPTURE: Block = Block {
    name: "capture",
    doc: "Changes of a store as messages: change data capture, or an outbox.",
    fields: &[
        field("store", Kind::Reference("store"), "Whose changes.").section("13").required(),
        field(
            "method",
            Kind::Choice(&["log", "query", "trigger", "outbox"]),
            "How changes are noticed.",
        )
        .section("13")
        .required(),
        field("tables", TEXTS, "Which tables.").section("13").example("[orders]"),
        field("to", Kind::Reference("topic"), "Where they are published.").section("13"),
        field("engine", Kind::Text, "What runs it.").section("13").example("debezium"),
        field(
            "replica_identity",
            Kind::Choice(&["default", "full", "index", "nothing"]),
            "What the log says of the old row.",
        )
        .section("13"),
        field("every", Kind::Duration, "How often it looks, of `query` and `outbox`.")
            .section("13")
            .example("1s"),
        field("max_lag", Kind::Bytes, "Log that is kept for it at most.")
            .section("13")
            .example("50GB"),
        field("owner", SERVICE, "The service that runs it.").section("13"),
        field("columns", count(1, MANY), "Columns of the widest table.")
            .section("13")
            .example("40"),
    ],
    later: &[],
};
