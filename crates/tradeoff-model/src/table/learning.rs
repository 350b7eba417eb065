//! Features and models (section 14 of the guide).

use super::blocks::TIME;
use super::kinds::TEAM;
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("14")
}

pub(crate) static FEATURE: Block = Block {
    name: "feature",
    doc: "An input of models.",
    fields: &[
        field(
            "definition",
            Kind::Text,
            "The one place where it is defined, for training and serving.",
        )
        .example("features/spend_30d.sql"),
        field("training", Kind::Text, "Where training defines it, if it is another place.")
            .example("training/spend_30d.py"),
        field("serving", Kind::Text, "Where serving defines it, if it is another place.")
            .example("serving/spend_30d.go"),
        field("known", Kind::Choice(&["before-request", "at-request"]), "When its value is known."),
        field("as_of", Kind::Text, "The time column of point-in-time joins.").example("event_time"),
        field("freshness", Kind::Period, "How old its value may be.").example("1d"),
        field(
            "source",
            Kind::Reference("dataset, store, topic, bucket, cache or index"),
            "Where it comes from.",
        )
        .example("order-created"),
        field("offline", Kind::Reference("dataset, store or bucket"), "Where training reads it.")
            .example("raw-orders"),
        field(
            "online",
            Kind::Reference("dataset, store, cache or bucket"),
            "Where serving reads it.",
        )
        .example("catalog-cache"),
        field("time", TIME, "Time of a look-up while serving.").example("{ p50: 2ms, p99: 8ms }"),
        field("team", TEAM, "The team that owns it."),
    ],
    later: &[],
};

pub(crate) static MODEL: Block = Block {
    name: "model",
    doc: "A model and how it is served.",
    fields: &[
        field("serving", Kind::Choice(&["batch", "near-real-time", "online"]), "When it predicts.")
            .required(),
        field("endpoint", Kind::Reference("endpoint"), "Who answers with it."),
        field("features", Kind::List(&Kind::Reference("feature")), "What it looks at."),
        field("deployed", Kind::Bool, "Whether it is in use.").default("true"),
        field("registry", Kind::Text, "What keeps its versions.").example("mlflow"),
        field("version", Kind::Text, "The version in use.").example("7"),
        field("previous", Kind::Text, "The version to go back to.").example("6"),
        field("shadow", Kind::Bool, "Whether a new version runs beside the old one first."),
        field("retrained", Kind::Period, "How often it is trained anew.").example("7d"),
        field("monitors", Kind::Map(&Kind::Block(&MONITOR)), "What is watched while it serves."),
        field("cost", Kind::Cost, "Its price."),
        field("team", TEAM, "The team that owns it."),
    ],
    later: &[],
};

pub(crate) static MONITOR: Block = Block {
    name: "monitor",
    doc: "What is watched of a model.",
    fields: &[
        field(
            "of",
            Kind::Choice(&[
                "input",
                "prediction",
                "concept",
                "skew",
                "missing-features",
                "latency",
            ]),
            "What may drift.",
        )
        .required(),
        field(
            "test",
            Kind::Choice(&["psi", "kolmogorov-smirnov", "chi-squared", "metric"]),
            "How it is measured.",
        ),
        field("threshold", Kind::Number { most: 1e9 }, "From when on it is told.").example("0.2"),
        field("every", Kind::Period, "How often.").example("1d"),
        field("labels_after", Kind::Period, "How long until the truth is known.").example("30d"),
        field("team", TEAM, "Who answers."),
    ],
    later: &[],
};
