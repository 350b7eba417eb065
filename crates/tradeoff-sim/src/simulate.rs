//! A simulation from end to end: the frame, the trial, the proofs, the figures.

use rayon::prelude::*;
use tradeoff_des::Estimate;
use tradeoff_model::model::Architecture;

use crate::{
    observed::observed,
    plan::Plan,
    recovery::Fate,
    results::{AssumptionUsed, Loop, Recovery, Run, Simulation, Verdict},
    summary::{Sample, bad_samples, slo_of},
    trial::{Frame, Job, Options, Replication, ScenarioRecord, Trial, scenario_duration},
};

/// Metastable replications on which the loop that sustains them is proved.
const PROOFS: usize = 3;

/// What a simulation is called in its results.
#[derive(Clone, Debug)]
pub struct Title {
    /// The architecture's digest.
    pub digest: String,
}

/// Turns a trial into figures. `today` is the trial whose recoveries set the intervals in which
/// bad requests count: the trial itself for today's design.
pub fn summarize(
    architecture: &Architecture,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    title: Title,
    trial: &Trial,
    today: &Trial,
) -> Simulation {
    let runs = runs(architecture, plan, options, frame, trial, today);
    let slos = runs.iter().flat_map(|it| it.slos.values().map(|it| it.verdict));
    let overloaded = runs.iter().any(|it| it.bounded_by.is_some());
    let mut verdict = slos.max().unwrap_or(Verdict::Undecided);
    if overloaded {
        verdict = verdict.max(Verdict::Undecided);
    }
    let assumptions = architecture.assumptions.iter().map(|it| AssumptionUsed {
        path: it.path.clone(),
        value: it.value.clone(),
        source: it.source.clone(),
        moves_verdict: None,
    });
    Simulation {
        schema: "tradeoff.simulate/1",
        rung: "simulated",
        name: architecture.name.clone(),
        digest: title.digest,
        seed: options.seed,
        replications: trial.replications(),
        confidence: options.confidence,
        verdict,
        assumptions: assumptions.collect(),
        observed: observed(
            architecture,
            plan,
            &baseline(plan, options, frame, trial),
            frame.stationary,
        ),
        not_moved: architecture.facts.not_moved().to_vec(),
        runs,
    }
}

/// What the figures of the baseline are made from.
fn baseline<'a>(
    plan: &'a Plan,
    options: &Options,
    frame: &'a Frame,
    trial: &'a Trial,
) -> Sample<'a> {
    Sample {
        plan,
        frame,
        confidence: options.level(),
        records: trial.replications.iter().map(|it| &*it.baseline).collect(),
        duration: frame.duration,
        span: None,
    }
}

fn runs(
    architecture: &Architecture,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    trial: &Trial,
    today: &Trial,
) -> Vec<Run> {
    let replications: Vec<&Replication> = trial.replications.iter().collect();
    let sample = baseline(plan, options, frame, trial);
    let mut baseline = sample.run(None, Some(frame.stationary));
    for slo in &plan.slos {
        baseline.slos.insert(slo.name.clone(), slo_of(&sample, slo, &replications, None));
    }
    break_unmeasured(&mut baseline);
    let mut runs = vec![baseline];
    for (nth, index) in frame.scenarios.iter().enumerate() {
        let scenario = &architecture.scenarios[*index];
        let here: Vec<&ScenarioRecord> =
            replications.iter().map(|it| &*it.scenarios[nth]).collect();
        let today: Vec<&ScenarioRecord> =
            today.replications.iter().map(|it| &*it.scenarios[nth]).collect();
        let sample = Sample {
            plan,
            frame,
            confidence: options.level(),
            records: here.iter().map(|it| &it.record).collect(),
            duration: scenario_duration(scenario, options),
            span: here.first().and_then(|it| it.span),
        };
        let mut run = sample.run(Some(scenario.name.value.clone()), None);
        run.per_month = Some(scenario.per_month);
        run.recovery = recovery(&sample, &here);
        for slo in &plan.slos {
            let bad = bad_samples(slo, frame.cohort, &today, &here);
            let scenario = Some((&bad, scenario.per_month));
            run.slos.insert(slo.name.clone(), slo_of(&sample, slo, &replications, scenario));
        }
        break_unmeasured(&mut run);
        runs.push(run);
    }
    runs
}

/// A run that a bound cut off before anything was measured has kept no promise.
fn break_unmeasured(run: &mut Run) {
    if run.bounded_by.is_none() {
        return;
    }
    for slo in run.slos.values_mut().filter(|it| it.good_ratio.is_none()) {
        slo.verdict = Verdict::Broken;
        slo.availability_verdict = slo.availability_verdict.map(|_| Verdict::Broken);
    }
}

fn recovery(sample: &Sample<'_>, records: &[&ScenarioRecord]) -> Option<Recovery> {
    let courses: Vec<_> = records.iter().map(|it| it.course.as_ref()).collect::<Option<_>>()?;
    let count = |of: &dyn Fn(Fate) -> bool| courses.iter().filter(|it| of(it.fate)).count() as u32;
    let after = courses.iter().filter_map(|it| match it.fate {
        Fate::Recovered(nanos) => Some(nanos as f64 / 1e9),
        _ => None,
    });
    let after: Vec<f64> = after.collect();
    let recovered = after.len() as u32;
    let metastable = count(&|it| matches!(it, Fate::Metastable { .. }));
    let share = |hits: u32| {
        Estimate::of_share(u64::from(hits), courses.len() as u64, sample.confidence).map(Into::into)
    };
    Some(Recovery {
        recovered,
        recovering: count(&|it| it == Fate::Recovering),
        metastable,
        overloaded: count(&|it| it == Fate::Overloaded),
        undecided: count(&|it| it == Fate::Undecided),
        growing: count(&|it| it == Fate::Metastable { growing: true }),
        share_recovered: share(recovered),
        share_metastable: share(metastable),
        after: Estimate::of_mean(&after, sample.confidence).map(Into::into),
        watched: courses.iter().map(|it| it.watched).max().unwrap_or(0) as f64 / 1e9,
        r#loop: None,
    })
}

/// Names the loops that sustain metastable scenarios, each only if it is proved: the same seed,
/// with the retries of one edge off from the last event's end, recovers.
pub fn prove_loops(
    architecture: &Architecture,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    trial: &Trial,
    simulation: &mut Simulation,
) {
    let job = Job { architecture, plan, options, frame };
    for (nth, index) in frame.scenarios.iter().enumerate() {
        let metastable: Vec<(usize, &ScenarioRecord)> = trial
            .replications
            .iter()
            .map(|it| &*it.scenarios[nth])
            .enumerate()
            .filter(|(_, it)| {
                it.course.as_ref().is_some_and(|it| matches!(it.fate, Fate::Metastable { .. }))
            })
            .collect();
        if metastable.is_empty() {
            continue;
        }
        let proved = candidates(plan, &metastable).into_iter().find(|edge| {
            let tries: Vec<usize> = metastable.iter().take(PROOFS).map(|it| it.0).collect();
            tries.par_iter().all(|it| job.recovers_without(*it as u32, *index, *edge))
        });
        let recovery = simulation.runs[nth + 1].recovery.as_mut();
        if let Some((recovery, edge)) = recovery.zip(proved) {
            recovery.r#loop = Some(loop_of(plan, options, &metastable, edge));
        }
    }
}

/// Edges that retried while the system was down, those with most retries first.
fn candidates(plan: &Plan, metastable: &[(usize, &ScenarioRecord)]) -> Vec<u32> {
    let retries = |edge: &u32| -> u64 {
        let of = |it: &(usize, &ScenarioRecord)| {
            let edge = &it.1.record.edges[*edge as usize];
            edge.attempts.saturating_sub(edge.calls)
        };
        metastable.iter().map(of).sum()
    };
    let retrying = |it: &u32| plan.edges[*it as usize].retry.is_some_and(|it| it.attempts > 1);
    let edges = (0..plan.edges.len() as u32).filter(|it| retrying(it) && retries(it) > 0);
    let mut edges: Vec<u32> = edges.collect();
    edges.sort_by_key(|it| (std::cmp::Reverse(retries(it)), *it));
    edges.truncate(5);
    edges
}

fn loop_of(
    plan: &Plan,
    options: &Options,
    metastable: &[(usize, &ScenarioRecord)],
    edge: u32,
) -> Loop {
    let courses = metastable.iter().filter_map(|it| it.1.course.as_ref());
    let pressures: Vec<f64> = courses.clone().map(|it| it.pressure).collect();
    let resource = courses.clone().find_map(|it| it.resource).unwrap_or(0);
    Loop {
        edge: plan.edges[edge as usize].name.clone(),
        mechanism: "retry",
        resource: metastable[0].1.record.resources[resource].name.clone(),
        pressure: Estimate::of_mean(&pressures, options.level()).map(Into::into),
        proved: true,
    }
}
