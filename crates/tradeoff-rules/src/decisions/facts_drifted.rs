//! `dec-facts-drifted`: decisions whose facts have changed so far that they would be taken
//! otherwise.

use tradeoff_diag::Severity;

use super::place;
use crate::{Context, Report, Source};

rule! {
    /// A recorded decision rests on a fact that has passed the value at which the answer flips.
    ///
    /// # Why
    /// A decision is right for the facts that it was taken with. They change without a meeting: a
    /// table grows, a team splits. As long as the answer stays the same nobody has to know; as soon
    /// as it does not, the decision is to be taken again, and the record says with what.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: { engineers: 6 }, catalog: { engineers: 4 } }
    /// services:
    ///   order: { team: checkout }
    /// decisions:
    ///   style:
    ///     topic: monolith-or-services
    ///     chosen: monolith
    ///     facts:
    ///       engineers: 6
    ///       teams: 1
    /// #            ^ dec-facts-drifted
    /// ```
    /// A fact may change as long as the answer does not:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: { engineers: 9 } }
    /// services:
    ///   order: { team: checkout }
    /// decisions:
    ///   style:
    ///     topic: monolith-or-services
    ///     chosen: monolith
    ///     facts:
    ///       engineers: 6
    ///       teams: 1
    /// ```
    ///
    /// A decision that has been carried out is not one that has drifted, though the facts that it
    /// moved itself answer that nothing is to be done any more:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     replicas: 12
    ///     endpoints: { place: { steps: [ { query: orders.insert } ] } }
    /// stores:
    ///   orders:
    ///     connections: 100
    ///     pool: { per_replica: 8 }
    ///     operations: { insert: { time: 5ms, writes: true } }
    /// traffic:
    ///   shoppers: { rate: 400/s, mix: { order.place: 100% } }
    /// decisions:
    ///   pools:
    ///     topic: connection-pool-sizing
    ///     chosen: smaller-pools
    ///     facts: { clients: 12, pool: 10, max-connections: 100, rate: 400/s, held: 5ms }
    /// ```
    ///
    /// # Limits
    /// A decision counts as carried out where the facts that it moves, as they were recorded, and all
    /// others, as they are today, still answer it, and what today's facts answer stands in the file
    /// already. It sees the facts that the architecture states today; what was only said when the decision
    /// was taken stays as it was recorded. What is to be chosen now is for people to decide, so
    /// there is no patch: `tradeoff decide TOPIC PATH --adr` takes it again.
    ///
    /// # Sources
    /// M. Nygard, "Documenting Architecture Decisions" (2011): a record has a context, and is superseded.
    pub const RULE = Rule {
        id: "dec-facts-drifted",
        severity: Severity::Warning,
        source: Source { guide: None, other: Some("Nygard: Documenting Architecture Decisions") },
        summary: "a decision whose facts have passed the value at which it flips",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for it in cx.decided.records.iter().filter(|it| it.judged && it.rests_on_facts) {
        let Some(drifted) = &it.drifted else {
            report.pass(&RULE);
            continue;
        };
        let answer = it.against.as_ref().and_then(|it| it.answer.as_deref());
        let answer = answer.map_or("no option".to_owned(), |it| format!("`{it}`"));
        let finding = RULE.at(
            it.name.as_str(),
            place(cx, &it.name, &format!("facts/{}", drifted.fact)),
            format!("is {} today", drifted.now),
            format!(
                "`{}` chose `{}`, and today's facts answer {answer}: {} was {} and is {}",
                it.name, it.chosen, drifted.fact, drifted.then, drifted.now
            ),
        );
        let why = it.against.as_ref().map_or("", |it| it.sentence.as_str());
        let help = "decide it again, and supersede the record";
        let help = if why.is_empty() { help.to_owned() } else { format!("{help}: {why}") };
        report.fire(finding.help(help));
    }
}
