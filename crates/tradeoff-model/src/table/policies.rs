//! What guards an edge.

use super::{Block, Field, Kind};

const NONE: Kind = Kind::Word("none");

/// A policy in place, the name of one, or none.
pub(super) const POLICY_OR_NAME: Kind =
    Kind::Any(&[Kind::Reference("policy"), NONE, Kind::Block(&POLICY)]);

pub(super) const ATTEMPTS: Kind = Kind::Count { word: "attempts", least: 1, most: 1_000 };
const CALLS: Kind = Kind::Count { word: "calls", least: 1, most: 100_000 };

pub(crate) static POLICY: Block = Block {
    name: "policy",
    doc: "What guards an edge; each key replaces that key of what holds less closely.",
    fields: &[
        Field::new("timeout", Kind::Any(&[Kind::Duration, NONE]), "Bound of one attempt.")
            .section("12"),
        Field::new(
            "deadline",
            Kind::Any(&[Kind::Duration, NONE, Kind::Block(&DEADLINE)]),
            "Bound of the whole call, retries included.",
        )
        .section("12"),
        Field::new(
            "retry",
            Kind::Any(&[ATTEMPTS, NONE, Kind::Block(&RETRY)]),
            "Attempts, the first included, and the waits between them.",
        )
        .section("12"),
        Field::new("breaker", Kind::Any(&[NONE, Kind::Block(&BREAKER)]), "The circuit breaker.")
            .section("12"),
        Field::new(
            "bulkhead",
            Kind::Any(&[
                Kind::Count { word: "", least: 1, most: 10_000_000 },
                NONE,
                Kind::Block(&BULKHEAD),
            ]),
            "Most calls in flight per caller replica.",
        )
        .section("12"),
        Field::new(
            "cancel",
            Kind::Bool,
            "Whether the callee hears that the caller stopped waiting.",
        )
        .default("false"),
    ],
    later: &["hedge", "rate_limit", "shed", "limit"],
};

pub(crate) static DEADLINE: Block = Block {
    name: "deadline",
    doc: "Bound of the whole call, in detail.",
    fields: &[
        Field::new("after", Kind::Duration, "The bound.").required().section("12"),
        Field::new("pass", Kind::Bool, "Whether the callee hears of it and keeps it.")
            .default("false"),
    ],
    later: &[],
};

pub(crate) static RETRY: Block = Block {
    name: "retry",
    doc: "A retry policy.",
    fields: &[
        Field::new("attempts", ATTEMPTS, "Attempts, the first included.")
            .default("3")
            .section("12"),
        Field::new(
            "backoff",
            Kind::Choice(&["exponential", "linear", "constant", "none"]),
            "How waits grow.",
        )
        .default("exponential")
        .section("12"),
        Field::new("base", Kind::Duration, "The first wait.").default("25ms").section("12"),
        Field::new("cap", Kind::Duration, "The longest wait.").default("1s").section("12"),
        Field::new(
            "jitter",
            Kind::Choice(&["full", "none", "equal", "decorrelated"]),
            "How waits are spread.",
        )
        .default("full")
        .section("12"),
        Field::new(
            "budget",
            Kind::Any(&[Kind::Share, NONE, Kind::Block(&BUDGET)]),
            "The token bucket that bounds retries.",
        )
        .default("none")
        .example("10%")
        .section("12"),
    ],
    later: &["on"],
};

pub(crate) static BUDGET: Block = Block {
    name: "budget",
    doc: "A retry budget: a token bucket per caller replica and edge.",
    fields: &[
        Field::new("share", Kind::Share, "Tokens earned per call.")
            .required()
            .section("12")
            .example("10%"),
        Field::new(
            "burst",
            Kind::Count { word: "", least: 1, most: 1_000_000 },
            "Its size; it starts full.",
        )
        .default("10"),
        Field::new("earn", Kind::Choice(&["success", "attempt"]), "What earns.").default("success"),
    ],
    later: &[],
};

pub(crate) static BREAKER: Block = Block {
    name: "breaker",
    doc: "A circuit breaker.",
    fields: &[
        Field::new("failure_rate", Kind::Share, "Share of failed calls that opens it.")
            .default("50%")
            .section("12"),
        Field::new("slow_rate", Kind::Share, "Share of slow calls that opens it.").section("12"),
        Field::new("slow_after", Kind::Duration, "From when on a call is slow.").default("60s"),
        Field::new("window", Kind::Any(&[CALLS, Kind::Duration]), "What it looks back on.")
            .default("10 calls")
            .section("12"),
        Field::new("min_calls", CALLS, "Calls before it may open; left out, the whole window."),
        Field::new("open_for", Kind::Duration, "How long it stays open.")
            .default("30s")
            .section("12"),
        Field::new(
            "probes",
            Kind::Count { word: "calls", least: 1, most: 10_000 },
            "Successes that close it.",
        )
        .default("3")
        .section("12"),
        Field::new(
            "concurrent_probes",
            Kind::Count { word: "calls", least: 1, most: 10_000 },
            "Probes at once; left out, `probes`.",
        ),
    ],
    later: &[],
};

pub(crate) static BULKHEAD: Block = Block {
    name: "bulkhead",
    doc: "Most calls in flight per caller replica, in detail.",
    fields: &[Field::new(
        "concurrent",
        Kind::Count { word: "", least: 1, most: 10_000_000 },
        "How many.",
    )
    .required()
    .section("12")],
    later: &[],
};
