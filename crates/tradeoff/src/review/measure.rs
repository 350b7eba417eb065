//! Simulates sets of mends beside today's design.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;
use tradeoff_model::{Architecture, Edit};
use tradeoff_sim::{
    Frame, Options, Plan, Title,
    compare::{self, EffectSamples},
    results::{Figure, Simulation, Verdict},
};

use super::{
    Mendable,
    report::{Cost, Difference, Effect},
};
use crate::{
    load::Design,
    simulate::{Measured, Progress},
};

/// Fingerprints of findings whose mends are applied together.
pub(super) type Set = Vec<String>;

/// What all sets are measured against.
pub(super) struct Bench<'a> {
    pub(super) design: &'a Design,
    /// What can be applied.
    pub(super) mends: &'a [Mendable],
    pub(super) options: &'a Options,
    pub(super) frame: &'a Frame,
    pub(super) today: &'a Measured,
    pub(super) progress: &'a dyn Progress,
    /// What is known already: no set is simulated twice.
    pub(super) known: Mutex<BTreeMap<Set, SetResult>>,
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
    /// Bad requests avoided per 30 days, summed over the replications.
    pub(super) fn total(&self) -> f64 {
        self.avoided.iter().sum()
    }
}

impl Bench<'_> {
    pub(super) fn figure(&self, samples: &[f64]) -> Figure {
        compare::figure(samples, self.options.confidence)
    }

    /// Measures sets side by side.
    pub(super) fn measure(&self, sets: &[Set]) -> Vec<SetResult> {
        sets.par_iter().map(|it| self.result(it)).collect()
    }

    /// A set and what it does, if every promise is kept with it.
    pub(super) fn if_it_holds(&self, set: Set) -> Option<(Set, SetResult)> {
        let result = self.result(&set);
        (result.verdict == Verdict::Kept).then_some((set, result))
    }

    fn result(&self, set: &Set) -> SetResult {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = known().get(set) {
            return result.clone();
        }
        let result = self.simulate(set);
        known().insert(set.clone(), result.clone());
        result
    }

    fn simulate(&self, set: &Set) -> SetResult {
        let mended = self.mended(set);
        let architecture = mended.architecture();
        let plan = Plan::new(architecture);
        let (options, frame, today) = (self.options, self.frame, self.today);
        let what = set.join(" + ");
        let step = || self.progress.step(&what);
        let trial =
            tradeoff_sim::trial(architecture, &plan, options, frame, Some(&today.trial), &step);
        let title = Title { digest: String::new() };
        let simulation = tradeoff_sim::summarize(
            architecture,
            &plan,
            options,
            frame,
            title,
            &trial,
            // Judged until its own return; only bad requests are compared over today's interval.
            &trial,
        );
        let comparison =
            compare::compare(self.design.architecture(), &today.plan, frame, &today.trial, &trial);
        let effects = comparison.effects.iter().map(|it| self.effect(it, &simulation));
        SetResult {
            verdict: simulation.verdict,
            avoided: comparison.avoided,
            effects: effects.collect(),
            cost: cost(self.design.architecture(), architecture),
        }
    }

    /// The design with the mends of a set; patches that touch one policy are joined.
    fn mended(&self, set: &Set) -> Design {
        let chosen = self.mends.iter().filter(|it| set.contains(&it.fingerprint));
        let patches: Vec<&[Edit]> = chosen.map(|it| it.patch.as_slice()).collect();
        let mended = self.design.with(&tradeoff_rules::together(&patches));
        mended.expect("patches of one check apply together, which the catalogue's tests hold")
    }

    fn effect(&self, samples: &EffectSamples, mended: &Simulation) -> Effect {
        let difference = |paired: &compare::Paired| {
            let [today, mended, difference] = paired.figures(self.options.confidence);
            Difference { today, mended, difference }
        };
        let verdict = |of: &Simulation| {
            let run = of.runs.iter().find(|it| it.scenario == samples.scenario);
            run.and_then(|it| it.slos.get(&samples.slo)).map_or(Verdict::Undecided, |it| it.verdict)
        };
        Effect {
            scenario: samples.scenario.clone(),
            slo: samples.slo.clone(),
            today: verdict(&self.today.simulation),
            mended: verdict(mended),
            bad: difference(&samples.bad),
            p99: difference(&samples.quantile),
            recovered: difference(&samples.recovered),
        }
    }
}

/// What two designs cost per hour, from what they state.
fn cost(today: &Architecture, mended: &Architecture) -> Cost {
    let (today, mended) = (hourly(today), hourly(mended));
    let difference = today.zip(mended).map(|(today, mended)| mended - today);
    Cost { today, mended, difference }
}

/// USD per hour of all that states a cost; a deploy unit is paid for once.
fn hourly(architecture: &Architecture) -> Option<f64> {
    let mut units = Vec::new();
    let services = architecture.services.iter().filter(|it| {
        let unit = it.deploy.as_ref().map(|it| &it.value);
        let paid = it.cost.is_some() && unit.is_some_and(|it| units.contains(&it));
        if it.cost.is_some() {
            units.extend(unit);
        }
        !paid
    });
    let services = services.map(|it| (it.cost, it.replicas.value));
    let stores = architecture.stores.iter().map(|it| (it.cost, it.replicas.value));
    let costs = services
        .chain(stores)
        .filter_map(|(cost, replicas)| cost.map(|it| it * f64::from(replicas)));
    let costs: Vec<f64> = costs.collect();
    (!costs.is_empty()).then(|| costs.iter().sum())
}
