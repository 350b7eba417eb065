//! What was decided, and whether it still holds (sections 1 and 16 of the guide).

mod adr_contradicted;
mod adr_incomplete;
mod facts_drifted;
mod one_way_door_without_adr;
mod record_not_judged;

use tradeoff_diag::Span;

use crate::{Context, Rule};

pub(crate) static RULES: &[&Rule] = &[
    &adr_contradicted::RULE,
    &adr_incomplete::RULE,
    &facts_drifted::RULE,
    &one_way_door_without_adr::RULE,
    &record_not_judged::RULE,
];

/// The place of a key of a decision, or of the decision.
fn place(cx: &Context<'_>, name: &str, key: &str) -> Span {
    let name = name.replace('~', "~0").replace('/', "~1");
    let find = |pointer: &str| cx.document.span_of(pointer);
    find(&format!("/decisions/{name}/{key}"))
        .or_else(|| find(&format!("/decisions/{name}")))
        .unwrap_or_default()
}
