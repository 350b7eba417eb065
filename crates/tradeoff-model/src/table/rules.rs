//! What the file says to the rules: findings that are accepted.

use super::{Block, Field, Kind};

pub(crate) static RULES: Block = Block {
    name: "rules",
    doc: "What the file says to the rules.",
    fields: &[Field::new(
        "accept",
        Kind::List(&Kind::Block(&ACCEPTANCE)),
        "Findings that are accepted, each with its reason, its owner and its end.",
    )
    .section("16")],
    later: &[],
};

pub(crate) static ACCEPTANCE: Block = Block {
    name: "acceptance",
    doc: "Findings of one rule that are accepted until a day.",
    fields: &[
        Field::new("rule", Kind::Text, "The rule: `rel-no-breaker`.")
            .required()
            .example("rel-no-breaker"),
        Field::new(
            "at",
            Kind::Text,
            "The finding's subject, or the dotted path of what it stands in: `services.catalog`.",
        )
        .required()
        .example("services.catalog"),
        Field::new("reason", Kind::Text, "Why it is accepted.")
            .required()
            .section("16")
            .example("static list of 40 rows"),
        Field::new("owner", Kind::Reference("team"), "The team that answers for it.")
            .required()
            .section("16"),
        Field::new("expires", Kind::Date, "The last day on which it is accepted.")
            .required()
            .section("16"),
    ],
    later: &[],
};
