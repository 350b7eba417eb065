//! How a service runs and is released (sections 1, 2, 11, 12 and 16 of the guide).

use super::kinds::{COPIES, TEXTS, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("11")
}

pub(super) static SERVICE_ROLE: Field = field(
    "role",
    Kind::Choice(&["api", "gateway", "frontend", "worker", "job", "function"]),
    "What it is to the others.",
)
.section("9")
.fact();
pub(super) static SERVICE_TIER: Field =
    field("tier", count(1, 5), "How much it matters: 1 is what the business stops without.")
        .section("12")
        .example("1")
        .fact();
pub(super) static SERVICE_LANGUAGE: Field =
    field("language", Kind::Text, "What it is written in.").section("1").example("go").fact();
pub(super) static SERVICE_STATE: Field = field(
    "state",
    Kind::Choice(&["none", "sessions", "volume", "connections", "singleton"]),
    "What a replica keeps that the others do not have.",
)
.example("none")
.fact();
pub(super) static SERVICE_STICKY: Field =
    field("sticky", Kind::Choice(&["none", "cookie", "ip"]), "What ties a user to a replica.")
        .fact();
pub(super) static SERVICE_EXPOSED: Field =
    field("exposed", Kind::Bool, "Whether clients outside reach it directly.").section("9").fact();
pub(super) static SERVICE_COMMODITY: Field = field(
    "commodity",
    Kind::Choice(&["queue", "object-store", "database", "search", "auth", "cache", "scheduler"]),
    "What one could buy instead of it.",
)
.section("1")
.fact();
pub(super) static SERVICE_DIFFERENTIATING: Field =
    field("differentiating", Kind::Bool, "Whether customers come because of it.")
        .section("1")
        .fact();
pub(super) static SERVICE_COMPLIANCE: Field =
    field("compliance", TEXTS, "Rules that its code and data fall under.")
        .section("2")
        .example("[pci-dss]")
        .fact();
pub(super) static SERVICE_AUTOSCALE: Field =
    field("autoscale", Kind::Block(&AUTOSCALE), "How replicas follow the load.").fact();
pub(super) static SERVICE_RESOURCES: Field =
    field("resources", Kind::Block(&RESOURCES), "What a replica is given.").fact();
pub(super) static SERVICE_PROBES: Field =
    field("probes", Kind::Block(&PROBES), "How its health is asked for.").section("12").fact();
pub(super) static SERVICE_ROLLOUT: Field =
    field("rollout", Kind::Block(&ROLLOUT), "How a new version arrives; left out, the file's.")
        .section("16")
        .fact();
pub(super) static ROOT_ROLLOUT: Field =
    field("rollout", Kind::Block(&ROLLOUT), "How a new version of a service arrives.")
        .section("16")
        .fact();

pub(crate) static AUTOSCALE: Block = Block {
    name: "autoscale",
    doc: "How replicas follow the load.",
    fields: &[
        field("min", COPIES, "Fewest replicas.").required().example("2"),
        field("max", COPIES, "Most replicas.").required().example("20"),
        field(
            "on",
            Kind::Choice(&[
                "cpu",
                "memory",
                "requests",
                "concurrency",
                "queue-length",
                "lag",
                "schedule",
            ]),
            "What is watched.",
        )
        .default("cpu"),
        field("target", Kind::Share, "The utilization that is aimed at.").example("60%"),
        field("start", Kind::Duration, "Until a new replica serves.").example("40s"),
        field("cooldown", Kind::Duration, "Until replicas are taken away again.").example("5m"),
    ],
    later: &[],
};

pub(crate) static RESOURCES: Block = Block {
    name: "resources",
    doc: "What a replica is given.",
    fields: &[
        field("cpu", Kind::Number { most: 10_000.0 }, "Cores that are reserved.").example("0.5"),
        field("memory", Kind::Bytes, "Memory that is reserved.").example("512MiB"),
        field("memory_limit", Kind::Bytes, "Memory beyond which it is killed.").example("1GiB"),
    ],
    later: &[],
};

pub(crate) static PROBES: Block = Block {
    name: "probes",
    doc: "How a replica's health is asked for.",
    fields: &[
        field("readiness", Kind::Text, "Says whether it may get requests.")
            .section("12")
            .example("/ready"),
        field("liveness", Kind::Text, "Says whether it must be restarted.")
            .section("12")
            .example("/live"),
        field(
            "liveness_calls",
            Kind::List(&Kind::Reference("service, store, external, cache or topic")),
            "What the liveness probe depends on.",
        )
        .section("12")
        .example("[orders]"),
        field("every", Kind::Duration, "How often they are asked.").section("12").example("10s"),
        field("failures", count(1, 1_000), "Failures in a row that count.")
            .section("12")
            .example("3"),
    ],
    later: &[],
};

pub(crate) static ROLLOUT: Block = Block {
    name: "rollout",
    doc: "How a new version arrives.",
    fields: &[
        field(
            "strategy",
            Kind::Choice(&["rolling", "blue-green", "canary", "shadow", "recreate"]),
            "How.",
        )
        .section("16")
        .required(),
        field("surge", Kind::Share, "Replicas beyond the usual, of `rolling`.")
            .section("16")
            .example("25%"),
        field("unavailable", Kind::Share, "Replicas that may be missing, of `rolling`.")
            .section("16")
            .example("0%"),
        field("steps", Kind::List(&Kind::Block(&ROLLOUT_STEP)), "How traffic moves, of `canary`.")
            .section("16")
            .example("[ { share: 1%, for: 10m } ]"),
        field("analysis", Kind::List(&Kind::Reference("slo")), "The promises that are watched.")
            .section("16"),
        field("abort", Kind::Choice(&["automatic", "manual"]), "Who stops it.").section("16"),
        field("drain", Kind::Duration, "How long a replica may finish what it has.")
            .section("12")
            .example("30s"),
        field("disruption", count(0, 10_000), "Replicas that stay up whatever is done.")
            .section("12")
            .example("3"),
        field("per_week", Kind::Number { most: 100_000.0 }, "Releases a week.")
            .section("16")
            .example("10"),
    ],
    later: &[],
};

pub(crate) static ROLLOUT_STEP: Block = Block {
    name: "rollout step",
    doc: "A step of a canary.",
    fields: &[
        field("share", Kind::Share, "Share of the traffic.").section("16").required().example("1%"),
        field("for", Kind::Duration, "How long.").section("16").required().example("10m"),
    ],
    later: &[],
};
