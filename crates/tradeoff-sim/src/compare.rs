//! Two designs under the same luck, replication by replication.

use tradeoff_des::Estimate;
use tradeoff_model::model::Architecture;

use crate::{
    engine::record::Record,
    plan::{Plan, SloPlan},
    recovery::Fate,
    results::{Figure, Interval},
    summary::{bad_samples, bad_until_both},
    trial::{Frame, ScenarioRecord, Trial},
};

const MONTH_SECONDS: f64 = 30.0 * 86_400.0;

/// How a design differs from today's.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Bad requests per 30 days that the design avoids, by replication, counted until both have
    /// recovered.
    pub avoided: Vec<f64>,
    /// By run (the baseline first) and promise.
    pub effects: Vec<EffectSamples>,
}

/// The effect on one promise in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectSamples {
    /// The scenario's name; `None`: the baseline.
    pub scenario: Option<String>,
    /// The SLO's name.
    pub slo: String,
    /// Bad requests today and in the design, over one interval: until today's recovery.
    pub bad: Paired,
    /// Bad requests of both until both have recovered: other than `bad` where the design comes back
    /// later than today.
    pub bad_until_both: Paired,
    /// Seconds at the promise's quantile, p99 if it has none.
    pub quantile: Paired,
    /// 1 where a replication recovered; empty for the baseline.
    pub recovered: Paired,
}

/// Values of replications: today's, and the design's under the same luck.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paired {
    /// Today's.
    pub today: Vec<f64>,
    /// The design's.
    pub design: Vec<f64>,
}

impl Paired {
    /// Today, the design, and the design less today, each with its interval.
    pub fn figures(&self, confidence: f64) -> [Figure; 3] {
        let differences: Vec<f64> =
            self.design.iter().zip(&self.today).map(|(design, today)| design - today).collect();
        [&self.today, &self.design, &differences].map(|it| figure(it, confidence))
    }
}

/// A mean with its interval.
pub fn figure(samples: &[f64], confidence: f64) -> Figure {
    Estimate::of_mean(samples, confidence).map(Interval::from)
}

/// Holds a design's trial against today's. Both ran in one frame and share their traffic.
pub fn compare(
    architecture: &Architecture,
    plan: &Plan,
    frame: &Frame,
    today: &Trial,
    design: &Trial,
) -> Comparison {
    let mut effects = Vec::new();
    for slo in &plan.slos {
        effects.push(baseline_effect(slo, today, design));
    }
    let seconds = frame.duration as f64 / 1e9;
    let flows = watched_flows(plan);
    let bad = |record: &Record| -> f64 {
        let all = flows.iter().map(|it| &record.flows[*it as usize].phases[0]);
        all.map(|it| it.offered - it.good).sum::<u64>() as f64
    };
    let mut avoided: Vec<f64> = today
        .replications
        .iter()
        .zip(&design.replications)
        .map(|(today, design)| {
            (bad(&today.baseline) - bad(&design.baseline)) * MONTH_SECONDS / seconds
        })
        .collect();
    let all = SloPlan {
        name: String::new(),
        flows,
        availability: None,
        latency: Some((0.0, 0)),
        window: 0,
        spend: 0.0,
    };
    for (nth, index) in frame.scenarios.iter().enumerate() {
        let scenario = &architecture.scenarios[*index];
        let [before, after] = [today, design].map(|it| scenario_records(it, nth));
        for slo in &plan.slos {
            effects.push(scenario_effect(slo, frame, &scenario.name.value, &before, &after));
        }
        let [lost, kept] = bad_until_both(&all, frame.cohort, &before, &after);
        for (sum, (lost, kept)) in avoided.iter_mut().zip(lost.iter().zip(&kept)) {
            *sum += (lost - kept) * scenario.per_month;
        }
    }
    Comparison { avoided, effects }
}

/// The flows that promises watch; all of them where nothing is promised.
fn watched_flows(plan: &Plan) -> Vec<u32> {
    let mut flows: Vec<u32> = plan.slos.iter().flat_map(|it| it.flows.iter().copied()).collect();
    flows.sort_unstable();
    flows.dedup();
    if plan.slos.is_empty() { (0..plan.flows.len() as u32).collect() } else { flows }
}

fn scenario_records(trial: &Trial, nth: usize) -> Vec<&ScenarioRecord> {
    trial.replications.iter().map(|it| &*it.scenarios[nth]).collect()
}

fn baseline_effect(slo: &SloPlan, today: &Trial, design: &Trial) -> EffectSamples {
    let bad = |trial: &Trial| -> Vec<f64> {
        trial
            .replications
            .iter()
            .map(|it| {
                let of = |flow: &u32| {
                    let all = &it.baseline.flows[*flow as usize].phases[0];
                    if slo.latency.is_some() {
                        all.offered - all.good
                    } else {
                        all.offered - all.ok()
                    }
                };
                slo.flows.iter().map(of).sum::<u64>() as f64
            })
            .collect()
    };
    let quantile = |trial: &Trial| -> Vec<f64> {
        trial.replications.iter().filter_map(|it| quantile_of(slo, &it.baseline)).collect()
    };
    let bad = Paired { today: bad(today), design: bad(design) };
    EffectSamples {
        scenario: None,
        slo: slo.name.clone(),
        bad_until_both: bad.clone(),
        bad,
        quantile: paired_if_complete(quantile(today), quantile(design), today.replications.len()),
        recovered: Paired::default(),
    }
}

fn scenario_effect(
    slo: &SloPlan,
    frame: &Frame,
    scenario: &str,
    today: &[&ScenarioRecord],
    design: &[&ScenarioRecord],
) -> EffectSamples {
    let bad = |of: &[&ScenarioRecord]| bad_samples(slo, frame.cohort, today, of).either;
    let [lost, kept] = bad_until_both(slo, frame.cohort, today, design);
    let quantile = |of: &[&ScenarioRecord]| -> Vec<f64> {
        of.iter().filter_map(|it| quantile_of(slo, &it.record)).collect()
    };
    let recovered = |of: &[&ScenarioRecord]| -> Vec<f64> {
        let course = |it: &&ScenarioRecord| {
            let fate = it.course.as_ref().map(|it| it.fate);
            f64::from(u8::from(matches!(fate, Some(Fate::Recovered(_)))))
        };
        of.iter().map(course).collect()
    };
    EffectSamples {
        scenario: Some(scenario.to_owned()),
        slo: slo.name.clone(),
        bad: Paired { today: bad(today), design: bad(design) },
        bad_until_both: Paired { today: lost, design: kept },
        quantile: paired_if_complete(quantile(today), quantile(design), today.len()),
        recovered: Paired { today: recovered(today), design: recovered(design) },
    }
}

/// The latency quantile of all offered requests in one run, over the flows of a promise.
fn quantile_of(slo: &SloPlan, record: &Record) -> Option<f64> {
    let quantile = slo.latency.map_or(0.99, |it| it.0);
    let mut pooled = tradeoff_des::Latencies::new();
    let mut offered = 0;
    for flow in &slo.flows {
        let all = &record.flows[*flow as usize].phases[0];
        pooled.add(&all.latency);
        offered += all.offered;
    }
    // Those that failed rank as infinite: an outage is not fast because its survivors are.
    pooled.quantile_of(quantile, offered)
}

/// Values of all replications, or none where one of them has none.
fn paired_if_complete(today: Vec<f64>, design: Vec<f64>, count: usize) -> Paired {
    let complete = |it: Vec<f64>| if it.len() == count { it } else { Vec::new() };
    Paired { today: complete(today), design: complete(design) }
}
