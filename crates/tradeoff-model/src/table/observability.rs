//! What is seen of a running system (section 15 of the guide).

use super::kinds::{MANY, PERIOD_OR_FOREVER, TEAM, TEXTS, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("15")
}

pub(super) static ROOT_OBSERVABILITY: Field =
    field("observability", Kind::Block(&OBSERVABILITY), "Logs, metrics, traces, alerts.").fact();

pub(crate) static OBSERVABILITY: Block = Block {
    name: "observability",
    doc: "What is seen of a running system.",
    fields: &[
        field("logs", Kind::Block(&LOGS), "Events with their context."),
        field("metrics", Kind::Map(&Kind::Block(&METRIC)), "Time series by name."),
        field("series_budget", count(1, MANY), "Time series that a metric may have.")
            .default("100k"),
        field("traces", Kind::Block(&TRACES), "Requests followed across services."),
        field("alerts", Kind::Map(&Kind::Block(&ALERT)), "What wakes people."),
    ],
    later: &[],
};

pub(crate) static LOGS: Block = Block {
    name: "logs",
    doc: "Events with their context.",
    fields: &[
        field("format", Kind::Choice(&["json", "logfmt", "text"]), "How a line is written."),
        field("fields", TEXTS, "What every line says.").example("[trace_id, request_id, user_id]"),
        field("engine", Kind::Text, "What keeps them.").example("loki"),
        field("retention", PERIOD_OR_FOREVER, "How long they are kept.").example("30d"),
        field("sampling", Kind::Share, "Share that is kept.").default("100%"),
        field("volume", Kind::Bytes, "Written a day.").example("50GB"),
    ],
    later: &[],
};

pub(crate) static METRIC: Block = Block {
    name: "metric",
    doc: "A family of time series.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&["counter", "gauge", "histogram", "summary"]),
            "What it counts.",
        )
        .required(),
        field(
            "signal",
            Kind::Choice(&["rate", "errors", "duration", "utilization", "saturation"]),
            "What it tells: the first three are RED, the last two and errors USE.",
        ),
        field(
            "of",
            Kind::List(&Kind::Reference("service, store, external, cache or topic")),
            "What it is measured at.",
        )
        .example("[order]"),
        field(
            "labels",
            Kind::Map(&Kind::Any(&[count(1, MANY), Kind::Word("unbounded")])),
            "Its labels, each with the number of its values.",
        )
        .example("{ method: 5, status: 5 }"),
        field("buckets", Kind::List(&Kind::Duration), "Upper bounds, of a histogram.")
            .example("[100ms, 300ms, 1s]"),
        field("scrape", Kind::Duration, "How often it is read.").example("15s"),
    ],
    later: &[],
};

pub(crate) static TRACES: Block = Block {
    name: "traces",
    doc: "Requests followed across services.",
    fields: &[
        field(
            "propagation",
            Kind::Choice(&["w3c", "b3", "jaeger", "xray", "none"]),
            "How a request's trace is passed on.",
        ),
        field("over_messages", Kind::Bool, "Whether messages carry it too."),
        field("sampling", Kind::Share, "Share that is kept.").default("100%").example("5%"),
        field("decided", Kind::Choice(&["head", "tail"]), "When it is decided what is kept.")
            .default("head"),
        field("engine", Kind::Text, "What keeps them.").example("jaeger"),
        field("retention", PERIOD_OR_FOREVER, "How long they are kept.").example("7d"),
    ],
    later: &[],
};

pub(crate) static ALERT: Block = Block {
    name: "alert",
    doc: "What wakes people: the burning of an SLO's budget, or a metric.",
    fields: &[
        field("slo", Kind::Reference("slo"), "The promise whose budget burns."),
        field(
            "windows",
            Kind::List(&Kind::Block(&BURN_WINDOW)),
            "The pairs of windows that fire, of an SLO.",
        )
        .example("[ { burn: 14.4x, long: 1h, short: 5m } ]"),
        field("metric", Kind::Reference("metric"), "The metric that is too high or too low."),
        field(
            "on",
            Kind::Choice(&["rate", "error-ratio", "quantile", "mean", "absolute", "saturation"]),
            "What is taken of the metric.",
        )
        .example("quantile"),
        field("severity", Kind::Choice(&["page", "ticket", "info"]), "Who hears of it.")
            .default("page"),
        field("for", Kind::Duration, "How long it must hold.").example("5m"),
        field("team", TEAM, "Who answers."),
        field("runbook", Kind::Text, "What they do.").example("runbooks/place-order.md"),
    ],
    later: &[],
};

pub(crate) static BURN_WINDOW: Block = Block {
    name: "burn window",
    doc: "Two windows over both of which the budget must burn too fast.",
    fields: &[
        field("burn", Kind::Factor, "How much faster than the budget lasts.")
            .required()
            .example("14.4x"),
        field("long", Kind::Duration, "The window that proves it.").required().example("1h"),
        field("short", Kind::Duration, "The window that ends it.").required().example("5m"),
    ],
    later: &[],
};
