//! From paired replications to what a mend does, and the ranking.

use tradeoff_sim::results::{Figure, Interval};

use super::report::{Effect, Mend, MendOutcome};

/// What a mend does: paired replications, so that no difference is exactly none.
///
/// Bad requests are counted until both have recovered, or until the watch ends where today never
/// recovers: a mend that ends such a state later than that shows in the recoveries alone.
pub(super) fn outcome(avoided: &[f64], score: Figure, effects: &[Effect]) -> MendOutcome {
    let returns = gained(effects);
    match score {
        Some(it) if it.low > 0.0 && returns >= 0.0 => MendOutcome::Helps,
        Some(it) if it.high < 0.0 && returns <= 0.0 => MendOutcome::Harms,
        _ if returns > 0.0 => MendOutcome::Helps,
        _ if returns < 0.0 => MendOutcome::Harms,
        _ if avoided.iter().all(|it| *it == 0.0) => MendOutcome::NoDifference,
        _ => MendOutcome::Undecided,
    }
}

/// By how much larger a share of replications recovers, over all scenarios, where that is beyond
/// chance.
fn gained(effects: &[Effect]) -> f64 {
    let mut scenarios: Vec<_> =
        effects.iter().map(|it| (&it.scenario, it.recovered.difference)).collect();
    scenarios.dedup_by_key(|it| it.0);
    let sure = |it: &Interval| it.low > 0.0 || it.high < 0.0;
    scenarios.into_iter().filter_map(|it| it.1.filter(sure)).map(|it| it.value).sum()
}

/// What brings most back first, then most bad requests avoided; what was not measured last.
pub(super) fn rank(mends: &mut [Mend]) {
    let score = |it: &Mend| it.score.map_or(f64::NEG_INFINITY, |it| it.value);
    mends.sort_by(|one, other| {
        let measured = |it: &Mend| it.outcome == MendOutcome::NotMeasured;
        measured(one)
            .cmp(&measured(other))
            .then_with(|| gained(&other.effects).total_cmp(&gained(&one.effects)))
            .then_with(|| score(other).total_cmp(&score(one)))
            .then_with(|| one.finding.cmp(&other.finding))
    });
    for (nth, mend) in mends.iter_mut().enumerate() {
        mend.rank = nth as u32 + 1;
    }
}
