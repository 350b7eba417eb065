//! Measured advice: what the rules find, what a mend of it changes, and the least that holds.
//!
//! Mends substitute for each other and need each other, so each is measured alone and as the loss
//! when it is left out of all together; the smallest set that holds is found from all together by
//! leaving out, one after another, what is not needed. Each is looked at again, with more
//! replications, until its sign is settled.

mod causes;
mod decouple;
mod effort;
mod flips;
mod groups;
mod headroom;
mod measure;
mod numbers;
pub mod report;
mod score;
mod smallest;
mod spend;

use std::{cmp::Ordering, collections::BTreeMap};

use tradeoff_model::{Architecture, Edit};
use tradeoff_sim::{Frame, Plan, Trial, results::Verdict};

pub(crate) use self::headroom::first_broken_month;
use self::{
    effort::{Effort, within},
    measure::{Bench, Set, SetResult, Until},
    report::{Further, Mend, MendOutcome, Review},
    score::{outcome, rank},
};
use crate::{
    check::{check, edit_report, held},
    error::Problems,
    load::Design,
    simulate::{Progress, SimulateOptions, engine_options, today},
};

/// Mends that are measured; what is beyond is listed as not measured.
const MEASURED: usize = 24;
/// What more looks and the search may take together, in first looks at today's design.
const MORE: u64 = 5;
/// The part of it that more looks may take, as one of so many: a search that ends early is worse than an open sign.
const LOOKING: u64 = 4;
/// Looks of a review that looks again, in first looks.
const LOOKS: [u32; 3] = [1, 2, 4];

/// Reviews a design: checks it, simulates it, and measures the mends of its findings.
///
/// # Errors
/// As [`crate::simulate()`].
pub fn review(
    design: &Design,
    options: &SimulateOptions,
    progress: &dyn Progress,
) -> Result<Review, Problems> {
    let adaptive = options.adaptive;
    let effort = Effort::times(options.effort);
    let mut options = engine_options(design, options)?;
    let first = options.replications;
    let looks: Vec<u32> =
        LOOKS.iter().take(if adaptive { LOOKS.len() } else { 1 }).map(|it| it * first).collect();
    options.looks = looks.len() as u32;
    let check = check(design);
    let singles = mendable(design);
    let findings = groups::grouped(&singles);
    let count = findings.len().min(MEASURED) as u64;
    // Today, each alone, all, all but each, and the search for the smallest set.
    progress.total(u64::from(first) * (2 + 4 * count));
    let (frame, measured) = today(design, &options, progress);
    options.series = false;
    let events = measured.trial.events();
    // Two looks at least, unless they alone take more than all mends may.
    let budget = (MORE * events).min(effort.search.max((2 * events).min(effort.alone)));
    let mends = (findings.as_slice(), singles.as_slice());
    let mut bench = Bench::new(design, mends, options, &frame, measured, progress, looks);
    bench.effort = effort;
    bench.budget = budget / LOOKING;
    bench.settle_today();
    Ok(reviewed(&mut bench, budget - budget / LOOKING, check, &frame))
}

/// Changed designs, each beside today's under the same luck: today's verdict and what each does.
pub(crate) fn beside(
    design: &Design,
    changed: Vec<(String, Design)>,
    options: &SimulateOptions,
    progress: &dyn Progress,
) -> Result<(Verdict, Vec<report::SetEffect>), Problems> {
    let mut options = engine_options(design, options)?;
    let looks = vec![options.replications];
    progress.total(u64::from(options.replications) * (1 + changed.len() as u64));
    let (frame, measured) = today(design, &options, progress);
    options.series = false;
    let bench = Bench::new(design, (&[], &[]), options, &frame, measured, progress, looks);
    let effects = changed.into_iter().map(|(name, design)| {
        let plan = Plan::new(design.architecture());
        let set = vec![name];
        bench.look_at(&mut measure::Run { set, design, plan, trial: Trial::default() })
    });
    let effects = effects.collect();
    Ok((bench.today.simulation.verdict, effects))
}

/// `budget`: events for the search of the smallest set, beside what more looks leave.
fn reviewed(
    bench: &mut Bench<'_>,
    budget: u64,
    check: crate::check::Check,
    frame: &Frame,
) -> Review {
    let promising = promising(bench);
    let mut mends = Vec::new();
    let mut search = smallest::Search { found: None, complete: true };
    let mut together = None;
    let mut all = Set::new();
    if !promising.is_empty() {
        let sets: Vec<Set> = promising.iter().map(|it| vec![it.name.clone()]).collect();
        let alone = bench.measure(&sets, Until::Sign);
        let (chosen, alone) = chosen(bench, &promising, alone, &mut mends);
        all = chosen;
        let whole = bench.measure(std::slice::from_ref(&all), Until::Sign).remove(0);
        bench.refer_to(&all);
        let kept = bench.today.simulation.verdict == Verdict::Kept;
        // What holds needs nothing: what each adds is enough to know.
        let left_out = if all.len() > 1 && !kept { left_out(bench, &all) } else { Vec::new() };
        let left_out_of = |nth: usize| left_out.get(nth);
        for (nth, name) in all.iter().enumerate() {
            let lost = left_out_of(nth).map(|without| beyond(&whole, without));
            mends.push(mend(bench, name, &alone[nth], lost));
        }
        bench.budget += budget;
        search = smallest::smallest_set(bench, &all, &alone, &left_out, &whole);
        // What was not measured may be part of another set.
        search.complete &= all.len() == bench.mends.len();
        if let Some(found) = search.found.take() {
            let (found, complete) = groups::refined(bench, found);
            // There is nothing smaller than one.
            search.complete = (search.complete && complete) || found.0.len() < 2;
            search.found = Some(found);
        }
        together = Some(bench.set_effect(&whole));
    }
    let measured = |it: &&Mendable| promising.iter().any(|mend| mend.name == it.fingerprint);
    mends.extend(bench.mends.iter().filter(|it| !measured(it)).map(not_measured));
    rank(&mut mends);
    let further = match &search.found {
        Some(found) => further(bench, &beside_set(bench.effort, &promising, &all), found),
        None => Vec::new(),
    };
    let stuck = bench.today.simulation.verdict == Verdict::Broken && search.found.is_none();
    let without = if stuck { decouple::decoupled(bench) } else { Vec::new() };
    let (decoupled, mut runs): (Vec<_>, Vec<_>) = without.into_iter().unzip();
    let holds = decoupled.first().is_some_and(|it| it.effect.verdict != Verdict::Broken);
    let run = if holds { Some(runs.swap_remove(0)) } else { None };
    let (flips_of, flips) = flips::flips(bench, search.found.as_ref().map(|it| &it.0), run);
    let causes = causes::causes(bench.design.architecture(), &bench.today.simulation.runs);
    let mut today = bench.today.simulation.clone();
    for assumption in &mut today.assumptions {
        let tried = flips.iter().find(|it| it.assumed && it.path == assumption.path);
        assumption.moves_verdict = tried.map(|it| it.flips_at.is_some());
    }
    let holds_at_spend = spend::holds_at(&mut today);
    let (smallest_set, smallest_effect) =
        search.found.map(|(set, result)| (set, bench.set_effect(&result))).unzip();
    let headroom = headroom::headroom(bench.design.architecture(), &bench.options, frame, &today);
    Review {
        schema: "tradeoff.review/1",
        verdict: today.verdict,
        looks: bench.looks.clone(),
        check,
        today,
        headroom,
        causes,
        mends,
        smallest_set,
        smallest_effect,
        search_complete: search.complete,
        all_together: together,
        together: all,
        decoupled,
        further,
        flips_of,
        flips,
        holds_at_spend,
        horizon: None,
    }
}

/// A finding with a mechanical mend, or all of a rule that are mended together.
#[derive(Clone)]
pub(crate) struct Mendable {
    /// Of the finding; of several the id of their rule.
    pub(crate) fingerprint: String,
    /// Fingerprints of all that it mends.
    pub(crate) findings: Vec<String>,
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
            findings: vec![it.fingerprint()],
            change: if it.help.contains(&it.subject) {
                it.help.clone()
            } else {
                format!("{}: {}", it.subject, it.help)
            },
            patch: it.patch,
        })
        .collect()
}

/// A mend that is measured.
struct Promising {
    name: String,
    /// How much is bad in the runs that it can touch.
    promise: f64,
    /// Events that one look at it takes, about.
    events: u64,
}

/// The mends that are measured, in the order of the check: those first that can touch the runs in
/// which most is bad today, before others those of what is hurt there, as many as the events allow.
fn promising(bench: &Bench<'_>) -> Vec<Promising> {
    let bad: Vec<f64> = bench.today.simulation.runs.iter().map(bad).collect();
    let architecture = bench.design.architecture();
    let runs = &bench.today.simulation.runs;
    let hurt: Vec<Vec<String>> = runs.iter().map(|it| hurt(architecture, it)).collect();
    let cost = bench.today.trial.first(bench.looks[0]).events() / bad.len().max(1) as u64;
    let mut order: Vec<(f64, u64, usize)> = Vec::new();
    for (nth, mend) in bench.mends.iter().enumerate() {
        let touched = bench.touched(mend);
        let runs = touched.iter().filter(|it| **it).count() as u64;
        let promise: f64 = bad.iter().zip(&touched).filter(|it| *it.1).map(|it| it.0).sum();
        let about = |it: &&String| {
            let named = |finding: &String| finding.split_once(':').is_some_and(|of| of.1 == **it);
            mend.findings.iter().any(named)
        };
        let at_hurt = |names: &Vec<String>| names.iter().any(|it| about(&it));
        let hurt: f64 = bad.iter().zip(&hurt).filter(|it| at_hurt(it.1)).map(|it| it.0).sum();
        // A scenario needs its twin.
        let events = cost * if runs > 0 { runs + 1 } else { 0 };
        order.push((promise + hurt, events, nth));
    }
    order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.2.cmp(&other.2)));
    order.truncate(MEASURED);
    let fits = bench.effort.affords(bench.effort.alone, order.iter().map(|it| it.1));
    let mut chosen: Vec<_> = order.into_iter().zip(fits).filter(|it| it.1).collect();
    chosen.sort_unstable_by_key(|it| it.0.2);
    let each = chosen.into_iter().map(|((promise, events, nth), _)| Promising {
        name: bench.mends[nth].fingerprint.clone(),
        promise,
        events,
    });
    each.collect()
}

/// Of what was measured alone the mends among which the smallest set is looked for, with what they
/// do: those first that help, then by their promise, as many as the events allow. The others are
/// told as they are.
fn chosen(
    bench: &Bench<'_>,
    promising: &[Promising],
    alone: Vec<SetResult>,
    others: &mut Vec<Mend>,
) -> (Set, Vec<SetResult>) {
    let helps = |it: &SetResult| {
        outcome(&it.avoided, bench.figure(&it.avoided), &it.effects) == MendOutcome::Helps
    };
    let mut order: Vec<usize> = (0..promising.len()).collect();
    order.sort_by(|one, other| {
        let key = |nth: usize| (helps(&alone[nth]), promising[nth].promise);
        key(*other).partial_cmp(&key(*one)).unwrap_or(Ordering::Equal)
    });
    let fits =
        bench.effort.affords(bench.effort.left_out, order.iter().map(|it| promising[*it].events));
    let mut taken = vec![false; promising.len()];
    for (nth, fits) in order.into_iter().zip(fits) {
        taken[nth] = fits;
    }
    let (mut names, mut results) = (Set::new(), Vec::new());
    for (nth, result) in alone.into_iter().enumerate() {
        let name = &promising[nth].name;
        if taken[nth] {
            names.push(name.clone());
            results.push(result);
        } else {
            others.push(mend(bench, name, &result, None));
        }
    }
    (names, results)
}

/// What the events of a run act on, and where its loop works.
fn hurt(architecture: &Architecture, run: &tradeoff_sim::results::Run) -> Vec<String> {
    let components = run.scenario.iter().flat_map(|it| causes::hurt(architecture, it));
    let mut names: Vec<String> =
        components.map(|it| causes::name(architecture, it).to_owned()).collect();
    let sustained = run.recovery.as_ref().and_then(|it| it.r#loop.as_ref());
    names.extend(sustained.and_then(|it| it.resource.split('/').next()).map(str::to_owned));
    names
}

/// Bad requests of a run, over all promises.
fn bad(run: &tradeoff_sim::results::Run) -> f64 {
    let each = run.slos.values().map(|slo| match (slo.bad_per_occurrence, slo.good_ratio) {
        (Some(it), _) => it.value,
        (None, Some(it)) => 1.0 - it.value,
        (None, None) => 0.0,
    });
    each.sum()
}

fn left_out(bench: &mut Bench<'_>, all: &Set) -> Vec<SetResult> {
    let sets: Vec<Set> = (0..all.len()).map(|nth| without(all, nth)).collect();
    // One look: the loss is a figure of its own, with its interval.
    let looks = std::mem::take(&mut bench.looks);
    bench.looks = vec![looks[0]];
    let results = bench.measure(&sets, Until::Sign);
    bench.looks = looks;
    results
}

fn without(all: &Set, nth: usize) -> Set {
    all.iter().enumerate().filter(|(index, _)| *index != nth).map(|(_, it)| it.clone()).collect()
}

fn mend(
    bench: &Bench<'_>,
    name: &str,
    alone: &SetResult,
    // What all together avoid beyond what they avoid without this one, under the same luck.
    lost: Option<Vec<f64>>,
) -> Mend {
    let finding = bench.mends.iter().find(|it| it.fingerprint == name);
    let score = bench.figure(&alone.avoided);
    Mend {
        rank: 0,
        finding: name.into(),
        findings: finding.map_or_else(Vec::new, |it| it.findings.clone()),
        change: finding.map_or_else(String::new, |it| it.change.clone()),
        patch: finding.iter().flat_map(|it| &it.patch).map(edit_report).collect(),
        outcome: outcome(&alone.avoided, score, &alone.effects),
        score,
        left_out: lost.and_then(|it| bench.figure(&it)),
        at_least: alone.at_least(),
        replications: alone.replications(),
        effects: alone.effects.clone(),
        cost: alone.cost,
    }
}

/// What one set avoids beyond another, replication by replication.
fn beyond(one: &SetResult, other: &SetResult) -> Vec<f64> {
    one.avoided.iter().zip(&other.avoided).map(|it| it.0 - it.1).collect()
}

fn not_measured(finding: &Mendable) -> Mend {
    Mend {
        rank: 0,
        finding: finding.fingerprint.clone(),
        findings: finding.findings.clone(),
        change: finding.change.clone(),
        patch: finding.patch.iter().map(edit_report).collect(),
        outcome: MendOutcome::NotMeasured,
        score: None,
        left_out: None,
        at_least: false,
        replications: 0,
        effects: Vec::new(),
        cost: report::Cost::default(),
    }
}

/// The run that has nine tenths of what a set avoids beyond another.
fn mostly(bench: &Bench<'_>, with: &SetResult, base: &SetResult) -> Option<String> {
    let architecture = bench.design.architecture();
    let per_month = |scenario: &Option<String>| {
        let Some(name) = scenario else { return 30.0 * 86_400e9 / bench.frame.duration as f64 };
        let found = architecture.scenarios.iter().find(|it| it.name.value == *name);
        found.map_or(1.0, |it| it.per_month)
    };
    let mut runs: BTreeMap<&str, f64> = BTreeMap::new();
    for (with, base) in with.effects.iter().zip(&base.effects) {
        let [with_it, without] = [with, base].map(|it| it.bad_until_both.mended);
        let more = without.zip(with_it).map_or(0.0, |(without, with)| without.value - with.value);
        let name = with.scenario.as_deref().unwrap_or("baseline");
        *runs.entry(name).or_default() += more * per_month(&with.scenario);
    }
    let all: f64 = runs.values().map(|it| it.abs()).sum();
    let most = runs.into_iter().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))?;
    (all > 0.0 && most.1.abs() >= 0.9 * all).then(|| most.0.to_owned())
}

/// Mends that are measured beside the smallest set: those that it was looked for among, and of the
/// others those that promise most, as far as the events allow.
fn beside_set(effort: Effort, promising: &[Promising], all: &Set) -> Set {
    let mut others: Vec<&Promising> =
        promising.iter().filter(|it| !all.contains(&it.name)).collect();
    others.sort_by(|one, other| other.promise.total_cmp(&one.promise));
    let fits = within(others.iter().map(|it| it.events), |_| effort.further);
    let others = others.into_iter().zip(fits).filter(|it| it.1).map(|it| &it.0.name);
    all.iter().chain(others).cloned().collect()
}

/// What each of these mends adds to the smallest set, unless it is part of it.
fn further(bench: &mut Bench<'_>, mends: &Set, smallest: &(Set, SetResult)) -> Vec<Further> {
    let (set, base) = smallest;
    let others: Vec<&String> = mends.iter().filter(|it| !groups::touches(set, it)).collect();
    if others.is_empty() {
        return Vec::new();
    }
    bench.refer_to(set);
    let bench_singles = bench.singles;
    let larger = |other: &&String| -> Set {
        let one = std::slice::from_ref(*other).to_vec();
        let all = bench_singles.iter().map(|it| &it.fingerprint);
        all.filter(|it| groups::has(set, it) || groups::has(&one, it)).cloned().collect()
    };
    let sets: Vec<Set> = others.iter().map(larger).collect();
    let looks = std::mem::take(&mut bench.looks);
    bench.looks = vec![looks[0]];
    let results = bench.measure(&sets, Until::Sign);
    bench.looks = looks;
    let each = others.into_iter().zip(&results).map(|(other, with)| {
        let more = beyond(with, base);
        let adds = bench.figure(&more);
        Further {
            finding: other.clone(),
            adds,
            mostly: mostly(bench, with, base),
            outcome: outcome(&more, adds, &[]),
            verdict: with.verdict,
            cost: with.cost.mended.zip(base.cost.mended).map(|(with, without)| with - without),
        }
    });
    let mut further: Vec<Further> = each.collect();
    let value = |it: &Further| it.adds.map_or(f64::NEG_INFINITY, |it| it.value);
    further.sort_by(|one, other| {
        value(other).total_cmp(&value(one)).then_with(|| one.finding.cmp(&other.finding))
    });
    further
}
