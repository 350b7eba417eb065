//! `dec-record-not-judged`: records that name what their topic does not have.

use tradeoff_diag::Severity;

use super::place;
use crate::{Context, Report, Source};

rule! {
    /// A recorded decision names a topic, an option or a fact that there is not.
    ///
    /// # Why
    /// A record is held against today's facts by its topic, its option and the facts that it rests
    /// on. One that is misspelt is not held against anything, and looks as if it were: the decision
    /// drifts, and `check` keeps silent.
    ///
    /// # Examples
    /// An option that the topic does not have:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services: { order: {} }
    /// decisions:
    ///   lists:
    ///     topic: pagination
    ///     chosen: curser
    /// #           ^^^^^^ dec-record-not-judged
    /// ```
    /// A fact that cannot be read:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services: { order: {} }
    /// decisions:
    ///   lists:
    ///     topic: pagination
    ///     chosen: cursor
    ///     facts:
    ///       rows: many
    /// #           ^^^^ dec-record-not-judged
    /// ```
    /// A topic of one's own is nobody else's to judge:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services: { order: {} }
    /// decisions:
    ///   colours: { topic: brand-colours, chosen: green }
    ///   lists: { topic: pagination, chosen: cursor, facts: { rows: 5M } }
    /// ```
    ///
    /// # Limits
    /// A topic that no decision of `tradeoff decide` has is one's own, unless it looks like one of
    /// those misspelt. Records that are superseded or rejected are left alone. There is no patch:
    /// what was meant is for people to say.
    ///
    /// # Sources
    /// MADR 4.0.0: a record names what was chosen.
    pub const RULE = Rule {
        id: "dec-record-not-judged",
        severity: Severity::Warning,
        source: Source { guide: None, other: Some("MADR 4.0.0") },
        summary: "a record that names a topic, an option or a fact that there is not",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for it in &cx.decided.records {
        for unread in &it.unread {
            let finding = RULE.at(
                format!("{}/{}", it.name, unread.key),
                place(cx, &it.name, &unread.key),
                "is not known",
                format!("`{}` cannot be judged by this: {}", it.name, unread.why),
            );
            let help = match &unread.nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`tradeoff explain TOPIC` lists its options and facts".to_owned(),
            };
            report.fire(finding.help(help));
        }
        if it.unread.is_empty() && it.judged {
            report.pass(&RULE);
        }
    }
}
