//! Where it runs, and what happens when a place is lost (section 12 of the guide).

use super::kinds::count;
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("12")
}

pub(super) static ROOT_REGIONS: Field =
    field("regions", Kind::Map(&Kind::Block(&REGION)), "Where it runs.").fact();
pub(super) static ROOT_TOPOLOGY: Field =
    field("topology", Kind::Block(&TOPOLOGY), "How regions stand in for each other.").fact();
pub(super) static REGIONS: Field =
    field("regions", Kind::List(&Kind::Reference("region")), "Where it runs.").fact();
pub(super) static ZONES: Field =
    field("zones", count(1, 20), "Over how many zones of a region its copies are spread.")
        .example("3")
        .fact();
pub(super) static TRAFFIC_REGIONS: Field = field(
    "regions",
    Kind::Keyed("region", &Kind::Share),
    "Where it comes from, each region with its share.",
)
.example("{ eu-west-1: 100% }")
.fact();

pub(crate) static REGION: Block = Block {
    name: "region",
    doc: "A place that fails as a whole.",
    fields: &[
        field(
            "role",
            Kind::Choice(&["active", "standby", "backup"]),
            "What it does unless another fails.",
        )
        .default("active"),
        field("zones", count(1, 20), "Zones that are used.").example("3"),
        field("capacity", Kind::Share, "Share of the whole load that it could take.")
            .example("100%"),
        field("distance", Kind::Duration, "Round trip to the first region.").example("80ms"),
        field("vendor", Kind::Reference("vendor"), "Who runs it.").section("1"),
    ],
    later: &[],
};

pub(crate) static TOPOLOGY: Block = Block {
    name: "topology",
    doc: "How regions stand in for each other.",
    fields: &[
        field(
            "style",
            Kind::Choice(&["single-region", "active-passive", "active-active"]),
            "Which of them serve.",
        )
        .required()
        .example("active-passive"),
        field("rpo", Kind::Duration, "Changes that may be lost (recovery point objective).")
            .example("5m"),
        field("rto", Kind::Duration, "How long it may be away (recovery time objective).")
            .example("15m"),
        field(
            "replication",
            Kind::Choice(&["sync", "async"]),
            "Whether a write waits for the other region.",
        ),
        field("lag", Kind::Duration, "How far the other region is behind.").example("30s"),
        field("failover", Kind::Choice(&["automatic", "manual"]), "Who decides."),
        field("failover_time", Kind::Duration, "How long it takes, caches and names included.")
            .example("10m"),
        field(
            "conflicts",
            Kind::Choice(&["none", "single-writer", "last-write-wins", "crdt", "application"]),
            "What settles two writes of one thing.",
        )
        .example("single-writer"),
        field(
            "routing",
            Kind::Choice(&["dns", "anycast", "global-load-balancer", "client"]),
            "How users find their region.",
        ),
        field("nearest", Kind::Bool, "Whether users need the nearest region for their latency."),
        field("runbook", Kind::Text, "What people do.").example("runbooks/failover.md"),
        field("tested", Kind::Date, "When it was last tried."),
    ],
    later: &[],
};
