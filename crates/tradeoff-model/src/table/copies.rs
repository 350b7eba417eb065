//! What a copy of a component has, and how callers choose among copies (section 11 of the guide).

use super::kinds::{COPIES, count};
use super::{Block, Field, Kind};

/// The words of `balance`; `least-requests` is another name of `least-connections`.
pub(super) const BALANCE_POLICIES: &[&str] = &[
    "random",
    "round-robin",
    "least-connections",
    "least-requests",
    "least-response-time",
    "ip-hash",
    "two-choices",
];

pub(crate) static BALANCE: Block = Block {
    name: "balance",
    doc: "How callers choose a replica, in detail.",
    fields: &[
        Field::new("policy", Kind::Choice(BALANCE_POLICIES), "The algorithm.")
            .default("round-robin")
            .section("11"),
        Field::new("choices", count(2, 100), "How many replicas `two-choices` draws.").default("2"),
        Field::new("replace", Kind::Bool, "Whether it draws with replacement.").default("false"),
        Field::new("weighted", Kind::Bool, "Whether choices weigh each replica's speed.")
            .default("false"),
        Field::new("clients", count(1, 10_000_000), "Distinct clients that `ip-hash` hashes.")
            .default("10000"),
        Field::new(
            "health",
            Kind::Any(&[Kind::Duration, Kind::Word("never")]),
            "How long after a crash the dead replica is avoided.",
        )
        .default("30s"),
    ],
    later: &[],
};

pub(crate) static CORES: Block = Block {
    name: "cores",
    doc: "Cores of a replica, in detail.",
    fields: &[
        Field::new("count", COPIES, "How many.").required().section("11"),
        Field::new("share", Kind::Bool, "Processor sharing instead of first-in first-out.")
            .default("false"),
    ],
    later: &[],
};
