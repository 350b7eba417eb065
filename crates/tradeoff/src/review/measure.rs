//! Simulates sets of mends beside today's design, as long as it takes to settle what they do.

use std::collections::BTreeMap;

use rayon::prelude::*;
use tradeoff_analyze::cost::hourly;
use tradeoff_model::{Architecture, Edit};
use tradeoff_sim::{
    Frame, Known, Options, Plan, Title, Trial,
    compare::{self, EffectSamples},
    results::{Figure, Run as Results, Simulation, Verdict},
};

use super::{
    Mendable,
    effort::Effort,
    groups::has,
    report::{Cost, Difference, Effect, MendOutcome, SetEffect},
    score::outcome,
};
use crate::{
    load::Design,
    simulate::{Measured, Progress, figures},
};

/// Fingerprints of findings whose mends are applied together.
pub(super) type Set = Vec<String>;

/// What all sets are measured against.
pub(super) struct Bench<'a> {
    pub(super) design: &'a Design,
    /// What can be applied.
    pub(super) mends: &'a [Mendable],
    /// Each finding with a mend, in the order of the check.
    pub(super) singles: &'a [Mendable],
    pub(super) options: Options,
    pub(super) frame: &'a Frame,
    pub(super) today: Measured,
    pub(super) progress: &'a dyn Progress,
    /// At how many replications it is looked.
    pub(super) looks: Vec<u32>,
    /// What is known already: no set is simulated twice.
    pub(super) known: BTreeMap<Set, SetResult>,
    /// Trials, beside today's, from which runs that a change cannot touch are taken.
    pub(super) references: Vec<Run>,
    /// The last set that was seen to hold, or that was measured by itself.
    pub(super) held: Option<Run>,
    /// When a set is enough.
    pub(super) enough: Enough,
    /// Events that may still be simulated for more looks and for the search.
    pub(super) budget: u64,
    /// What the parts of the review may take.
    pub(super) effort: Effort,
}

/// A set, applied and simulated.
pub(super) struct Run {
    pub(super) set: Set,
    pub(super) design: Design,
    pub(super) plan: Plan,
    pub(super) trial: Trial,
}

impl Run {
    fn known(&self) -> Known<'_> {
        let architecture = self.design.architecture();
        Known { architecture, plan: &self.plan, trial: &self.trial }
    }

    /// Its runs' figures.
    pub(super) fn results(&self, bench: &Bench<'_>) -> Vec<Results> {
        let (options, trial) = (&bench.options, &self.trial);
        let title = Title { digest: String::new() };
        let architecture = self.design.architecture();
        let (plan, frame) = (&self.plan, bench.frame);
        tradeoff_sim::summarize(architecture, plan, options, frame, title, trial, trial).runs
    }
}

/// What a set of mends does.
#[derive(Clone, Debug)]
pub(super) struct SetResult {
    pub(super) verdict: Verdict,
    /// Bad requests avoided per 30 days, by replication.
    pub(super) avoided: Vec<f64>,
    pub(super) effects: Vec<Effect>,
    pub(super) cost: Cost,
}

impl SetResult {
    /// Bad requests avoided per 30 days, on average.
    pub(super) fn mean(&self) -> f64 {
        self.avoided.iter().sum::<f64>() / self.avoided.len().max(1) as f64
    }

    pub(super) fn replications(&self) -> u32 {
        self.avoided.len() as u32
    }

    /// Whether what it avoids is a lower bound: where it differs from today, today never recovered.
    pub(super) fn at_least(&self) -> bool {
        let differs = |it: &Effect| it.bad_until_both.difference.is_some_and(|it| it.value != 0.0);
        self.mean() > 0.0 && self.effects.iter().any(|it| it.at_least && differs(it))
    }
}

/// When a set of mends is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enough {
    /// It is known to keep every promise.
    Kept,
    /// It is known to keep every promise of which today's design is not undecided too: what little
    /// traffic does not tell of today's it need not tell of the mended one.
    AsToday,
    /// It breaks nothing.
    NotBroken,
}

/// When a set needs no further look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// Its verdict is kept or broken.
    Verdict,
    /// What it does beside today is told apart.
    Sign,
}

impl<'a> Bench<'a> {
    /// A bench for mends, and for the findings one by one that they are of; without a budget.
    pub(super) fn new(
        design: &'a Design,
        (mends, singles): (&'a [Mendable], &'a [Mendable]),
        options: Options,
        frame: &'a Frame,
        today: Measured,
        progress: &'a dyn Progress,
        looks: Vec<u32>,
    ) -> Self {
        Self {
            design,
            mends,
            singles,
            options,
            frame,
            today,
            progress,
            looks,
            known: BTreeMap::new(),
            references: Vec::new(),
            held: None,
            enough: Enough::Kept,
            budget: 0,
            effort: Effort::times(1),
        }
    }
}

impl Bench<'_> {
    pub(super) fn figure(&self, samples: &[f64]) -> Figure {
        compare::figure(samples, self.options.level())
    }

    /// Looks again at today's design until its verdict is settled or the looks are over.
    pub(super) fn settle_today(&mut self) {
        for look in self.looks.clone().into_iter().skip(1) {
            if self.today.simulation.verdict != Verdict::Undecided
                || self.design.architecture().slos.is_empty()
            {
                return;
            }
            self.extend_today(look);
            let (today, frame) = (&self.today, self.frame);
            self.today.simulation =
                figures(self.design, &today.plan, &self.options, frame, &today.trial);
        }
    }

    /// Runs the replications of today's design that a look needs.
    fn extend_today(&mut self, look: u32) {
        let options = Options { replications: look, series: true, ..self.options.clone() };
        let step = || self.progress.step("today");
        let (architecture, frame) = (self.design.architecture(), self.frame);
        let Measured { plan, trial, .. } = &mut self.today;
        tradeoff_sim::extend(trial, architecture, plan, &options, frame, &[], &step);
    }

    /// Measures sets side by side, each until it is settled, the looks are over, or no more events
    /// may be spent on it.
    pub(super) fn measure(&mut self, sets: &[Set], until: Until) -> Vec<SetResult> {
        let last = self.looks.last().copied().unwrap_or(0);
        let open = |it: &SetResult| !self.settled(it, until) && it.replications() < last;
        let wanted = sets.iter().filter(|it| self.known.get(*it).is_none_or(open));
        let wanted: Vec<Set> = wanted.cloned().collect();
        let mut runs: Vec<Run> = wanted.par_iter().map(|it| self.applied(it.clone())).collect();
        for look in self.looks.clone() {
            runs = self.affordable(runs, look);
            if runs.is_empty() {
                break;
            }
            if look > self.today.trial.replications() {
                self.extend_today(look);
            }
            runs.par_iter_mut().for_each(|it| self.extend(it, look));
            if until == Until::Verdict && look == self.looks[0] {
                let spent: u64 = runs.iter().map(|it| it.trial.events()).sum();
                self.budget = self.budget.saturating_sub(spent);
            }
            let results: Vec<SetResult> = runs.par_iter().map(|it| self.result(it)).collect();
            let mut open = Vec::new();
            for (run, result) in runs.into_iter().zip(results) {
                let settled = self.settled(&result, until);
                let held = self.holds(&result);
                self.known.insert(run.set.clone(), result);
                if !settled {
                    open.push(run);
                } else if held || sets.len() == 1 {
                    self.held = Some(run);
                }
            }
            runs = open;
        }
        sets.iter().filter_map(|it| self.known.get(it).cloned()).collect()
    }

    fn settled(&self, result: &SetResult, until: Until) -> bool {
        match until {
            Until::Verdict => self.holds(result) || result.verdict == Verdict::Broken,
            Until::Sign => {
                let score = self.figure(&result.avoided);
                outcome(&result.avoided, score, &result.effects) != MendOutcome::Undecided
            }
        }
    }

    /// Those that may be looked at once more. The first look is everybody's.
    fn affordable(&mut self, runs: Vec<Run>, look: u32) -> Vec<Run> {
        let affords = |it: &Run| {
            let done = u64::from(it.trial.replications());
            let events = (it.trial.events() * u64::from(look).saturating_sub(done))
                .checked_div(done)
                .unwrap_or(0);
            let enough = events <= self.budget;
            self.budget -= if enough { events } else { 0 };
            enough
        };
        runs.into_iter().filter(affords).collect()
    }

    /// Whether a set is enough.
    pub(super) fn holds(&self, result: &SetResult) -> bool {
        let as_today = |it: &Effect| {
            it.mended == Verdict::Kept || [it.mended, it.today] == [Verdict::Undecided; 2]
        };
        match self.enough {
            Enough::Kept => result.verdict == Verdict::Kept,
            Enough::AsToday => result.effects.iter().all(as_today),
            Enough::NotBroken => result.verdict != Verdict::Broken,
        }
    }

    /// A set and what it does, if it is enough.
    pub(super) fn if_it_holds(&mut self, set: Set) -> Option<(Set, SetResult)> {
        let result = self.measure(std::slice::from_ref(&set), Until::Verdict).pop()?;
        self.holds(&result).then_some((set, result))
    }

    /// The components that events hurt where a promise breaks.
    pub(super) fn hurt(&self) -> Vec<String> {
        let architecture = self.design.architecture();
        let broken = |it: &&Results| it.slos.values().any(|it| it.verdict == Verdict::Broken);
        let runs = self.today.simulation.runs.iter().filter(broken);
        runs.flat_map(|it| super::hurt(architecture, it)).collect()
    }

    /// What a changed design achieves in the first look.
    pub(super) fn look_at(&self, run: &mut Run) -> SetEffect {
        self.extend(run, self.looks[0]);
        self.set_effect(&self.result(run))
    }

    /// Makes a changed design the one whose numbers are tried next.
    pub(super) fn refer_to_run(&mut self, run: Run) {
        self.references.push(run);
    }

    /// Whether there is a budget left to search with.
    pub(super) fn may_search(&self) -> bool {
        self.budget >= self.today.trial.events()
    }

    /// Applies a set; nothing is simulated yet.
    pub(super) fn applied(&self, set: Set) -> Run {
        let design = self.mended(&set);
        let plan = Plan::new(design.architecture());
        Run { set, design, plan, trial: Trial::default() }
    }

    /// Makes a set one of those from which other sets take what their changes cannot touch.
    pub(super) fn refer_to(&mut self, set: &Set) {
        if let Some(nth) = self.references.iter().position(|it| it.set == *set) {
            let known = self.references.remove(nth);
            return self.references.push(known);
        }
        let held = self.held.take_if(|it| it.set == *set);
        let run = held.unwrap_or_else(|| {
            let mut run = self.applied(set.clone());
            self.extend(&mut run, self.looks[0]);
            run
        });
        self.references.push(run);
    }

    fn extend(&self, run: &mut Run, look: u32) {
        let options = Options { replications: look, ..self.options.clone() };
        let what = run.set.join(" + ");
        let step = || self.progress.step(&what);
        let mut known = vec![self.known_today()];
        known.extend(self.references.iter().map(Run::known));
        let architecture = run.design.architecture();
        let (plan, trial) = (&run.plan, &mut run.trial);
        tradeoff_sim::extend(trial, architecture, plan, &options, self.frame, &known, &step);
    }

    fn result(&self, run: &Run) -> SetResult {
        let (architecture, trial) = (run.design.architecture(), &run.trial);
        let (options, frame) = (&self.options, self.frame);
        let title = Title { digest: String::new() };
        // Judged until its own return; only bad requests are compared over today's interval.
        let simulation =
            tradeoff_sim::summarize(architecture, &run.plan, options, frame, title, trial, trial);
        let today = self.today.trial.first(trial.replications());
        let fewer = today.replications() < self.today.trial.replications();
        // Held against as many replications: more of them decide more.
        let as_often = fewer.then(|| {
            let title = Title { digest: String::new() };
            let (of, plan) = (self.design.architecture(), &self.today.plan);
            tradeoff_sim::summarize(of, plan, options, frame, title, &today, &today)
        });
        let figures = as_often.as_ref().unwrap_or(&self.today.simulation);
        let of = self.design.architecture();
        let comparison = compare::compare(of, &self.today.plan, frame, &today, trial);
        let simulated = trial.simulated_beside(&today);
        let each = comparison.effects.iter();
        SetResult {
            verdict: simulation.verdict,
            avoided: comparison.avoided,
            effects: each.map(|it| self.effect(it, [figures, &simulation], &simulated)).collect(),
            cost: cost(of, architecture),
        }
    }

    /// The design with the mends of a set; patches that touch one policy are joined.
    fn mended(&self, set: &Set) -> Design {
        let chosen = self.singles.iter().filter(|it| has(set, &it.fingerprint));
        let patches: Vec<&[Edit]> = chosen.map(|it| it.patch.as_slice()).collect();
        let mended = self.design.with(&tradeoff_rules::together(&patches));
        mended.expect("patches of one check apply together, which the catalogue's tests hold")
    }

    /// Of the baseline and then of each scenario: whether a mend can touch it.
    pub(super) fn touched(&self, mend: &Mendable) -> Vec<bool> {
        let run = self.applied(vec![mend.fingerprint.clone()]);
        let architecture = run.design.architecture();
        tradeoff_sim::touched(&self.known_today(), architecture, &run.plan, self.frame)
    }

    fn known_today(&self) -> Known<'_> {
        let Measured { plan, trial, .. } = &self.today;
        Known { architecture: self.design.architecture(), plan, trial }
    }

    fn effect(
        &self,
        samples: &EffectSamples,
        [figures, mended]: [&Simulation; 2],
        simulated: &[bool],
    ) -> Effect {
        let difference = |paired: &compare::Paired| {
            let [today, mended, difference] = paired.figures(self.options.level());
            Difference { today, mended, difference }
        };
        let at = |of: &Simulation| of.runs.iter().position(|it| it.scenario == samples.scenario);
        let slo = |of: &Simulation| {
            let run = at(of).map(|nth| &of.runs[nth]);
            run.and_then(|it| it.slos.get(&samples.slo)).map(|it| (it.verdict, it.at_least))
        };
        let (today, at_least) = slo(figures).unwrap_or((Verdict::Undecided, false));
        let simulated = at(mended).and_then(|nth| simulated.get(nth)).is_none_or(|it| *it);
        // Where a run does not support a percentile there is none to compare.
        let latency = |of: &Simulation| {
            let run = at(of).map(|nth| &of.runs[nth]);
            let slo = run.and_then(|it| it.slos.get(&samples.slo));
            slo.and_then(|it| it.latency.as_ref()).is_none_or(|it| it.value.is_some())
        };
        let mut p99 = difference(&samples.quantile);
        if samples.scenario.is_none() {
            p99.today = p99.today.filter(|_| latency(figures));
            p99.mended = p99.mended.filter(|_| latency(mended));
            p99.difference = p99.difference.filter(|_| p99.today.is_some() && p99.mended.is_some());
        }
        Effect {
            scenario: samples.scenario.clone(),
            slo: samples.slo.clone(),
            simulated,
            at_least,
            today,
            mended: match slo(mended) {
                Some((verdict, _)) if simulated => verdict,
                _ => today,
            },
            bad: difference(&samples.bad),
            bad_until_both: difference(&samples.bad_until_both),
            p99,
            recovered: difference(&samples.recovered),
        }
    }

    pub(super) fn set_effect(&self, result: &SetResult) -> SetEffect {
        SetEffect {
            verdict: result.verdict,
            score: self.figure(&result.avoided),
            at_least: result.at_least(),
            replications: result.replications(),
            effects: result.effects.clone(),
            cost: result.cost,
        }
    }
}

/// What two designs cost per hour, from what they state.
fn cost(today: &Architecture, mended: &Architecture) -> Cost {
    let (today, mended) = (hourly(today), hourly(mended));
    let difference = today.zip(mended).map(|(today, mended)| mended - today);
    Cost { today, mended, difference }
}
