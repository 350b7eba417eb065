//! Blocks with which an architecture is put together from parts.

use super::blocks::TIME;
use super::policies::POLICY_OR_NAME;
use super::{Block, Field, Kind};

pub(crate) static STUB: Block = Block {
    name: "stub",
    doc: "A service of others that nobody has described yet: whatever endpoint of it is called, it answers.",
    fields: &[
        Field::new("why", Kind::Text, "Why it is not described.").example("described next quarter"),
        Field::new("owner", Kind::Text, "Whom to ask.").section("2").example("the payments team"),
        Field::new("time", TIME, "Time until it answers.").default("0s"),
        Field::new("errors", Kind::Share, "Share of calls that fail.").default("0%"),
        Field::new("policy", POLICY_OR_NAME, "What a call to it gets.").section("12"),
        Field::new("network", TIME, "One crossing of the network to it.").section("3"),
    ],
    later: &[],
};

/// The words of `op`.
const OPS: &[&str] = &["add", "replace", "remove"];

pub(crate) static OVERLAY_EDIT: Block = Block {
    name: "overlay edit",
    doc: "One edit of an overlay, written as in the patch of a finding.",
    fields: &[
        Field::new(
            "op",
            Kind::Choice(OPS),
            "`add` sets a key or inserts into a list, `replace` and `remove` need a value that is there.",
        )
        .required(),
        Field::new(
            "path",
            Kind::Text,
            "Where: the names on the way with `/` before each, such as `/services/order/replicas`.",
        )
        .required()
        .example("/services/order/replicas"),
        Field::new("value", Kind::Anything, "What stands there then; not of `remove`."),
    ],
    later: &[],
};
