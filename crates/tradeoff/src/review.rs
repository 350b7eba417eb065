//! Measured advice: what the rules find, what a mend of it changes, and the least that holds.
//!
//! Mends substitute for each other and need each other, so each is measured alone and as the loss
//! when it is left out of all together; the smallest set that holds is found from all together by
//! leaving out, one after another, what is not needed.

mod headroom;
mod measure;
pub mod report;

use std::sync::Mutex;

use tradeoff_model::Edit;
use tradeoff_sim::results::{Figure, Interval, Verdict};

use self::{
    measure::{Bench, Set, SetResult},
    report::{Effect, Mend, MendOutcome, Review, SetEffect},
};
use crate::{
    check::{check, edit_report, held},
    error::Problems,
    load::Design,
    simulate::{Progress, SimulateOptions, engine_options, today},
};

/// Mends that are measured; what is beyond is listed as not measured.
const MEASURED: usize = 24;

/// Reviews a design: checks it, simulates it, and measures the mends of its findings.
///
/// # Errors
/// As [`crate::simulate()`].
pub fn review(
    design: &Design,
    options: &SimulateOptions,
    progress: &dyn Progress,
) -> Result<Review, Problems> {
    let mut options = engine_options(design, options)?;
    let check = check(design);
    let findings = mendable(design);
    let count = findings.len().min(MEASURED) as u64;
    // Today, each alone, all, all but each, and the search for the smallest set.
    progress.total(u64::from(options.replications) * (1 + 3 * count));
    let (frame, measured) = today(design, &options, progress);
    options.series = false;
    let (measurable, beyond) = findings.split_at(findings.len().min(MEASURED));
    let bench = Bench {
        design,
        mends: measurable,
        options: &options,
        frame: &frame,
        today: &measured,
        progress,
        known: Mutex::default(),
    };
    let all: Set = measurable.iter().map(|it| it.fingerprint.clone()).collect();
    let mut mends = Vec::new();
    let mut all_together = None;
    let mut smallest = None;
    if !all.is_empty() {
        let mut sets: Vec<Set> = all.iter().map(|it| vec![it.clone()]).collect();
        sets.push(all.clone());
        sets.extend((0..all.len()).filter(|_| all.len() > 1).map(|nth| without(&all, nth)));
        let mut results = bench.measure(&sets).into_iter();
        let alone: Vec<SetResult> = results.by_ref().take(all.len()).collect();
        let together = results.next();
        let left_out: Vec<SetResult> = results.collect();
        for (nth, finding) in measurable.iter().enumerate() {
            mends.push(mend(&bench, finding, &alone[nth], left_out.get(nth), together.as_ref()));
        }
        if let Some(together) = together {
            smallest = smallest_set(&bench, &all, &alone, &left_out, &together);
            all_together = Some(set_effect(&bench, &together));
        }
    }
    mends.extend(beyond.iter().map(not_measured));
    rank(&mut mends);
    let (smallest_set, smallest_effect) =
        smallest.map(|(set, result)| (set, set_effect(&bench, &result))).unzip();
    Ok(Review {
        schema: "tradeoff.review/1",
        verdict: measured.simulation.verdict,
        check,
        today: measured.simulation,
        headroom: headroom::headroom(design.architecture(), &options, &frame),
        mends,
        smallest_set,
        smallest_effect,
        all_together,
    })
}

/// A finding with a mechanical mend.
pub(crate) struct Mendable {
    pub(crate) fingerprint: String,
    pub(crate) change: String,
    pub(crate) patch: Vec<Edit>,
}

/// The findings of a design that carry a patch and that nobody accepted, in the order of the check.
pub(crate) fn mendable(design: &Design) -> Vec<Mendable> {
    let findings = held(design).findings.into_iter();
    let mends = findings.filter(|it| !it.patch.is_empty() && it.accepted.is_none());
    mends
        .map(|it| Mendable {
            fingerprint: it.fingerprint(),
            change: if it.help.contains(&it.subject) {
                it.help.clone()
            } else {
                format!("{}: {}", it.subject, it.help)
            },
            patch: it.patch,
        })
        .collect()
}

fn without(all: &Set, nth: usize) -> Set {
    all.iter().enumerate().filter(|(index, _)| *index != nth).map(|(_, it)| it.clone()).collect()
}

fn mend(
    bench: &Bench<'_>,
    finding: &Mendable,
    alone: &SetResult,
    left_out: Option<&SetResult>,
    together: Option<&SetResult>,
) -> Mend {
    // What all together avoid beyond what they avoid without this one, under the same luck.
    let lost = left_out.zip(together).and_then(|(without, all)| {
        let lost: Vec<f64> =
            all.avoided.iter().zip(&without.avoided).map(|it| it.0 - it.1).collect();
        bench.figure(&lost)
    });
    Mend {
        rank: 0,
        finding: finding.fingerprint.clone(),
        change: finding.change.clone(),
        patch: finding.patch.iter().map(edit_report).collect(),
        outcome: outcome(&alone.avoided, bench.figure(&alone.avoided), &alone.effects),
        score: bench.figure(&alone.avoided),
        left_out: lost,
        replications: bench.options.replications,
        effects: alone.effects.clone(),
        cost: alone.cost,
    }
}

fn not_measured(finding: &Mendable) -> Mend {
    Mend {
        rank: 0,
        finding: finding.fingerprint.clone(),
        change: finding.change.clone(),
        patch: finding.patch.iter().map(edit_report).collect(),
        outcome: MendOutcome::NotMeasured,
        score: None,
        left_out: None,
        replications: 0,
        effects: Vec::new(),
        cost: report::Cost::default(),
    }
}

/// What a mend does: paired replications, so that no difference is exactly none.
///
/// Bad requests are counted until today's recovery, or until the watch ends where today never
/// recovers: a mend that ends such a state later than that shows in the recoveries alone.
fn outcome(avoided: &[f64], score: Figure, effects: &[Effect]) -> MendOutcome {
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
fn rank(mends: &mut [Mend]) {
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

fn set_effect(bench: &Bench<'_>, result: &SetResult) -> SetEffect {
    SetEffect {
        verdict: result.verdict,
        score: bench.figure(&result.avoided),
        effects: result.effects.clone(),
        cost: result.cost,
    }
}

/// The smallest set that holds: backward elimination from all together, least missed first, then
/// one pass of exchanges for what is cheaper or avoids more. Where all together do not hold, it
/// starts from all that do no harm, or from the best that holds alone. `None` if none of these does.
fn smallest_set(
    bench: &Bench<'_>,
    all: &Set,
    alone: &[SetResult],
    left_out: &[SetResult],
    together: &SetResult,
) -> Option<(Set, SetResult)> {
    let loss = |nth: usize| left_out.get(nth).map_or(0.0, |it| together.total() - it.total());
    let chosen = |keep: &dyn Fn(usize) -> bool| -> Set {
        (0..all.len()).filter(|nth| keep(*nth)).map(|nth| all[nth].clone()).collect()
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|one, other| loss(*one).total_cmp(&loss(*other)).then(one.cmp(other)));
    let starts = [
        all.clone(),
        // Without those that all together are better off without, or that harm alone.
        chosen(&|nth| loss(nth) >= 0.0),
        chosen(&|nth| alone[nth].total() >= 0.0),
    ];
    let start = starts.into_iter().find_map(|it| bench.if_it_holds(it));
    let mut kept = start.or_else(|| best_alone(all, alone))?;
    // What nobody misses goes in one step, if the rest still holds.
    let missed: Set = chosen(&|nth| loss(nth) != 0.0 && kept.0.contains(&all[nth]));
    if missed.len() < kept.0.len() {
        kept = bench.if_it_holds(missed).unwrap_or(kept);
    }
    for nth in order {
        let smaller: Set = kept.0.iter().filter(|it| **it != all[nth]).cloned().collect();
        if smaller.len() < kept.0.len() {
            kept = bench.if_it_holds(smaller).unwrap_or(kept);
        }
    }
    Some(exchanged(bench, all, kept))
}

/// The mend that holds alone and avoids most.
fn best_alone(all: &Set, alone: &[SetResult]) -> Option<(Set, SetResult)> {
    let holding = all.iter().zip(alone).filter(|(_, it)| it.verdict == Verdict::Kept);
    let best = holding.max_by(|one, other| one.1.total().total_cmp(&other.1.total()));
    best.map(|(it, result)| (vec![it.clone()], result.clone()))
}

/// Tries each mend that was left out in the place of each that was kept.
fn exchanged(bench: &Bench<'_>, all: &Set, kept: (Set, SetResult)) -> (Set, SetResult) {
    let mut best = kept.clone();
    for member in &kept.0 {
        for other in all.iter().filter(|it| !kept.0.contains(it)) {
            let swap = |it: &String| if it == member { other.clone() } else { it.clone() };
            // In the order of the check, as everywhere: one set has one name.
            let chosen: Set = kept.0.iter().map(swap).collect();
            let chosen: Set = all.iter().filter(|it| chosen.contains(it)).cloned().collect();
            if let Some(found) = bench.if_it_holds(chosen)
                && better(&found.1, &best.1)
            {
                best = found;
            }
        }
    }
    best
}

/// Whether a set of the same size is cheaper, or as cheap and avoids more.
fn better(one: &SetResult, other: &SetResult) -> bool {
    let extra = |it: &SetResult| it.cost.difference.unwrap_or(0.0);
    let cheaper = extra(one).total_cmp(&extra(other));
    cheaper.then(other.total().total_cmp(&one.total())).is_lt()
}
