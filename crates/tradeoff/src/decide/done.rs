//! Whether a recorded decision has been carried out: then the facts that it moved itself say nothing
//! against it.

use tradeoff_decide::{Answers, Seen, Subject, answer};

use super::measure::stands;
use super::records::{Entry, recorded};
use crate::load::Design;

/// Whether today's facts answer something else only because the decision has been carried out.
///
/// Its premises still hold: with the facts that it moves as they were recorded, and all others as
/// they are today, it is the answer. And nothing is left to do: what today's facts answer stands in
/// the design.
pub(super) fn carried_out(
    design: &Design,
    seen: &Seen<'_>,
    entry: &Entry<'_>,
    subject: &Subject,
    today: &Answers,
) -> bool {
    let mut premises = today.clone();
    for fact in today.topic.moved_by(entry.chosen) {
        // What was not recorded, or can no longer be read, is as it is.
        if let Some(text) = recorded(entry, fact) {
            let _ = premises.say(fact, text);
        }
    }
    let holds = answer(&premises).is_some_and(|it| it.id == entry.chosen);
    holds && answer(today).is_some_and(|it| stands(design, seen, subject, today, it))
}
