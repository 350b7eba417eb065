//! The kinds of steps, each known by its first key.

use super::blocks::TIME;
use super::policies::POLICY_OR_NAME;
use super::{Block, Field, Kind};

/// Most rounds of a `repeat`.
pub(crate) const MAX_REPEAT: u64 = 10_000;

/// One block per kind of step; the first field names the kind.
pub(crate) static STEPS: &[Block] = &[
    Block {
        name: "work step",
        doc: "Computes: needs a core.",
        fields: &[Field::new("work", TIME, "How long on a core of speed 1.").required()],
        later: &[],
    },
    Block {
        name: "wait step",
        doc: "Waits: needs no core.",
        fields: &[Field::new("wait", TIME, "How long.").required()],
        later: &[],
    },
    Block {
        name: "call step",
        doc: "Calls a service or an external.",
        fields: &[
            Field::new("call", Kind::Reference("endpoint or external"), "Whom: `bank.charge`.")
                .required()
                .section("3"),
            Field::new("policy", POLICY_OR_NAME, "The policy of this call.").section("12"),
        ],
        later: &["key", "hedge"],
    },
    Block {
        name: "query step",
        doc: "Queries a store.",
        fields: &[
            Field::new("query", Kind::Reference("store operation"), "What: `orders.insert`.")
                .required()
                .section("4"),
            Field::new("policy", POLICY_OR_NAME, "The policy of this query.").section("12"),
        ],
        later: &["key"],
    },
    Block {
        name: "get step",
        doc: "Looks up a cache.",
        fields: &[
            Field::new("get", Kind::Reference("cache"), "Which one: it hits by its `hit_ratio`.")
                .required()
                .section("5"),
            Field::new("else", Kind::Steps, "Runs on a miss.").section("5"),
        ],
        later: &["policy"],
    },
    Block {
        name: "publish step",
        doc: "Publishes a message; it goes on when the topic has acknowledged it.",
        fields: &[Field::new("publish", Kind::Reference("topic"), "Where to.")
            .required()
            .section("3")],
        later: &["policy"],
    },
    Block {
        name: "all step",
        doc: "Runs branches side by side.",
        fields: &[Field::new(
            "all",
            Kind::Any(&[Kind::List(&Kind::Steps), Kind::Block(&ALL_OF)]),
            "The branches, each a list of steps.",
        )
        .required()
        .section("3")],
        later: &[],
    },
    Block {
        name: "chance step",
        doc: "Runs one of two lists.",
        fields: &[
            Field::new("chance", Kind::Share, "Probability of `do`.").required(),
            Field::new("do", Kind::Steps, "Runs with this probability."),
            Field::new("else", Kind::Steps, "Runs otherwise."),
        ],
        later: &[],
    },
    Block {
        name: "repeat step",
        doc: "Runs a list several times, one after another.",
        fields: &[
            Field::new(
                "repeat",
                Kind::Any(&[
                    Kind::Count { word: "times", least: 0, most: MAX_REPEAT },
                    Kind::Block(&super::COUNT_DIST),
                ]),
                "How often: a whole number, or a distribution of plain numbers.",
            )
            .required(),
            Field::new("do", Kind::Steps, "What.").required(),
        ],
        later: &[],
    },
    Block {
        name: "optional step",
        doc: "Runs a list whose failure does not matter.",
        fields: &[Field::new("optional", Kind::Steps, "The list.").required().section("12")],
        later: &[],
    },
    Block {
        name: "fallback step",
        doc: "Runs a second list if the first failed.",
        fields: &[
            Field::new("fallback", Kind::Steps, "Tried first.").required().section("12"),
            Field::new("else", Kind::Steps, "Runs if it failed.").required(),
        ],
        later: &[],
    },
    Block {
        name: "transaction step",
        doc: "Keeps one pool connection through a list.",
        fields: &[Field::new("transaction", Kind::Block(&TRANSACTION_OF), "Where and what.")
            .required()
            .section("4")],
        later: &[],
    },
    Block {
        name: "fail step",
        doc: "Fails with a probability.",
        fields: &[Field::new("fail", Kind::Share, "The probability.").required()],
        later: &[],
    },
];

/// Kinds of steps that this version does not read yet.
pub(crate) const LATER: &[&str] = &["put", "invalidate", "saga"];

pub(crate) static ALL_OF: Block = Block {
    name: "all",
    doc: "Branches side by side, in detail.",
    fields: &[
        Field::new(
            "need",
            Kind::Count { word: "", least: 1, most: 10_000 },
            "How many must succeed; left out, all.",
        )
        .example("1"),
        Field::new("of", Kind::List(&Kind::Steps), "The branches.").required(),
    ],
    later: &[],
};

pub(crate) static TRANSACTION_OF: Block = Block {
    name: "transaction",
    doc: "A transaction on a store.",
    fields: &[
        Field::new("store", Kind::Reference("store"), "Which store.").required().section("4"),
        Field::new("steps", Kind::Steps, "What runs inside.").required(),
    ],
    later: &[],
};
