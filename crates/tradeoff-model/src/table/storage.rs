//! Buckets and search indexes (sections 7 and 8 of the guide).

use super::kinds::{COPIES, COUNT, DATA, PERIOD_OR_NONE, SERVICE, TEAM, TEXTS, count};
use super::{Block, Field, Kind};

const fn stored(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("7")
}

const fn found(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("8")
}

pub(super) static ROOT_BUCKETS: Field =
    stored("buckets", Kind::Map(&Kind::Block(&BUCKET)), "Object storage.").fact();
pub(super) static ROOT_SEARCH: Field =
    found("search", Kind::Map(&Kind::Block(&INDEX)), "Search indexes.").fact();

const STORAGE_CLASS: Kind = Kind::Choice(&[
    "standard",
    "intelligent-tiering",
    "standard-ia",
    "one-zone-ia",
    "glacier-ir",
    "glacier",
    "deep-archive",
    "nearline",
    "coldline",
    "hot",
    "cool",
    "cold",
    "archive",
]);

pub(crate) static BUCKET: Block = Block {
    name: "bucket",
    doc: "Object storage.",
    fields: &[
        stored(
            "kind",
            Kind::Choice(&["s3", "gcs", "azure-blob", "minio", "r2", "other"]),
            "What it is.",
        ),
        stored("owner", SERVICE, "The service that owns it."),
        stored("team", TEAM, "The team that owns it."),
        stored("size", Kind::Bytes, "How much it holds.").example("2TB"),
        stored("objects", COUNT, "How many objects.").example("40M"),
        stored("growth", Kind::Growth, "How fast it grows."),
        stored("class", STORAGE_CLASS, "Where objects start.").default("standard"),
        stored("price", Kind::Money("GB-month"), "Price of what it holds.")
            .example("$0.023/GB-month"),
        stored("reads", Kind::Rate, "How often objects are read.").example("20/s"),
        stored("retrieval", Kind::Duration, "How long a reader may wait for an object.")
            .example("1s"),
        stored("lifecycle", Kind::List(&Kind::Block(&TRANSITION)), "What happens as objects age.")
            .example("[ { after: 30d, to: standard-ia } ]"),
        stored("expire", PERIOD_OR_NONE, "When objects are deleted.").example("7y"),
        stored("versioned", Kind::Bool, "Whether old versions are kept."),
        stored("public", Kind::Bool, "Whether anybody may read it.").section("10"),
        stored("encrypted", Kind::Bool, "Whether it is encrypted.").section("10"),
    ],
    later: &[],
};

pub(crate) static TRANSITION: Block = Block {
    name: "transition",
    doc: "A move to cheaper storage.",
    fields: &[
        stored("after", Kind::Period, "At which age.").required().example("30d"),
        stored("to", STORAGE_CLASS, "Where to.").required().example("standard-ia"),
        stored("least_size", Kind::Bytes, "Smaller objects stay.").example("128KiB"),
    ],
    later: &[],
};

pub(crate) static INDEX: Block = Block {
    name: "index",
    doc: "A search index.",
    fields: &[
        found(
            "engine",
            Kind::Choice(&[
                "postgres",
                "pgvector",
                "elasticsearch",
                "opensearch",
                "typesense",
                "meilisearch",
                "algolia",
                "solr",
                "pinecone",
                "weaviate",
                "qdrant",
                "milvus",
                "other",
            ]),
            "What runs it.",
        )
        .required(),
        found("mode", Kind::Choice(&["full-text", "vector", "hybrid"]), "How it finds.")
            .default("full-text"),
        found("documents", COUNT, "How many documents.").example("200k"),
        found("dimensions", count(1, 100_000), "Dimensions of a vector.").example("768"),
        found(
            "needs",
            Kind::List(&Kind::Choice(&[
                "typo-tolerance",
                "facets",
                "aggregations",
                "synonyms",
                "semantics",
                "exact-terms",
                "ranking",
            ])),
            "What its users need.",
        ),
        found(
            "over",
            Kind::Choice(&[
                "products",
                "documents",
                "questions",
                "code",
                "skus",
                "legal",
                "logs",
                "passages",
            ]),
            "What is searched; `passages` are those that a language model is given.",
        ),
        found("source", DATA, "What it can be built from again.").example("[orders]"),
        found("entities", super::kinds::ENTITIES, "What it holds."),
        found(
            "sync",
            Kind::Choice(&["cdc", "events", "batch", "dual-write", "same-transaction"]),
            "How it follows its source.",
        )
        .section("16"),
        found("reindex", Kind::Text, "What builds it anew.")
            .section("16")
            .example("jobs/reindex-catalog"),
        found("replicas", COPIES, "Nodes that run.").example("3"),
        found("tenants", TEXTS, "What documents are filtered by.").example("[tenant_id]"),
        found("owner", SERVICE, "The service that owns it."),
        found("cost", Kind::Cost, "Price of a node."),
    ],
    later: &[],
};
