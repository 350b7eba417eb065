//! From what replications wrote down to figures with intervals.

mod promises;
mod resources;

use std::collections::BTreeMap;

use tradeoff_des::{Estimate, Latencies};

pub(crate) use self::promises::{bad_samples, bad_until_both, slo_of};
use self::resources::{resource_series, resources};
use crate::{
    engine::{
        Bounded,
        record::{EdgeRecord, EndpointRecord, Record, Requests},
        strand::SPENT,
    },
    outcome::Outcome,
    plan::Plan,
    results::{
        Breaker, Edge, Endpoint, EndpointTime, Figure, Latency, Phase, RequestSeries,
        Requests as RequestsResult, Run, Series, Transition,
    },
    trial::{Frame, series_width},
};

/// Requests that must lie beyond a percentile in every replication for it to be told.
const BEYOND: f64 = 10.0;

/// What the figures of one run are made from.
pub(crate) struct Sample<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) frame: &'a Frame,
    pub(crate) confidence: f64,
    /// The records of the run, by replication.
    pub(crate) records: Vec<&'a Record>,
    pub(crate) duration: u64,
    /// First start and last end of the events, from the start of the run.
    pub(crate) span: Option<(u64, u64)>,
}

impl Sample<'_> {
    pub(crate) fn seconds(&self) -> f64 {
        self.duration as f64 / 1e9
    }

    fn since_start(&self, nanos: u64) -> f64 {
        (nanos as f64 - self.frame.warmup as f64) / 1e9
    }

    /// A mean over the replications.
    pub(crate) fn mean(&self, of: impl Fn(&Record) -> f64) -> Figure {
        let samples: Vec<f64> = self.records.iter().map(|it| of(it)).collect();
        Estimate::of_mean(&samples, self.confidence).map(Into::into)
    }

    /// A ratio of sums, with the interval of the replications' ratios.
    pub(crate) fn ratio(&self, of: impl Fn(&Record) -> (f64, f64)) -> Figure {
        let pairs: Vec<(f64, f64)> = self.records.iter().map(|it| of(it)).collect();
        let (over, under) = pairs.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        if under <= 0.0 {
            return None;
        }
        let ratios: Vec<f64> = pairs.iter().filter(|it| it.1 > 0.0).map(|it| it.0 / it.1).collect();
        Some(Estimate::around(over / under, &ratios, self.confidence).into())
    }

    /// A share of counts: the ratio, or below three in n where nothing bad was seen.
    pub(crate) fn share(&self, of: impl Fn(&Record) -> (u64, u64)) -> Figure {
        let figure = self.ratio(|it| {
            let (good, all) = of(it);
            (good as f64, all as f64)
        })?;
        let all: u64 = self.records.iter().map(|it| of(it).1).sum();
        let mut figure = figure;
        figure.low = figure.low.max(0.0);
        figure.high = figure.high.min(1.0);
        // The rule of three: no bad one among n says "fewer than 3 in n", not "none".
        if figure.value >= 1.0 {
            figure.low = figure.low.min(1.0 - 3.0 / all as f64).max(0.0);
        } else if figure.value <= 0.0 {
            figure.high = figure.high.max(3.0 / all as f64).min(1.0);
        }
        Some(figure)
    }

    /// A percentile of the pooled sample, with the interval of the replications' percentiles.
    /// `beyond` counts those that rank as infinite.
    pub(crate) fn percentile(
        &self,
        quantile: f64,
        of: impl Fn(&Record) -> (&Latencies, u64),
    ) -> Figure {
        let mut pooled = Latencies::new();
        let (mut total, mut samples) = (0, Vec::new());
        for record in &self.records {
            let (latencies, unfinished) = of(record);
            let count = latencies.count() + unfinished;
            let enough = Latencies::beyond(quantile, count).min(quantile * count as f64);
            if enough < BEYOND - 1e-9 {
                return None;
            }
            samples.push(latencies.quantile_of(quantile, count)?);
            total += count;
            pooled.add(latencies);
        }
        let value = pooled.quantile_of(quantile, total)?;
        Some(Estimate::around(value, &samples, self.confidence).into())
    }

    /// The figures of the run, without recovery and promises.
    pub(crate) fn run(&self, scenario: Option<String>, stationary: Option<bool>) -> Run {
        let names = self.span.map_or(1, |_| 4);
        let steady = stationary != Some(false);
        Run {
            scenario,
            per_month: None,
            stationary,
            warmup: self.frame.warmup as f64 / 1e9,
            end: self.seconds(),
            events: self.records.iter().map(|it| it.events).sum(),
            bounded_by: self.records.iter().filter_map(|it| it.bounded).min().map(Bounded::name),
            phases: self.phases(),
            requests: self
                .plan
                .flows
                .iter()
                .enumerate()
                .map(|(flow, it)| {
                    let phases = ["all", "before", "during", "after"].into_iter().take(names);
                    let phases = phases
                        .enumerate()
                        .map(|(nth, name)| (name, self.requests(flow, nth, steady)));
                    (it.name.clone(), phases.collect())
                })
                .collect(),
            endpoints: self
                .plan
                .endpoints
                .iter()
                .enumerate()
                .filter(|(index, _)| {
                    self.records.iter().any(|it| it.endpoints[*index].arrivals > 0)
                })
                .map(|(index, it)| (it.name.clone(), self.endpoint(index)))
                .collect(),
            resources: resources(self, steady),
            edges: self
                .plan
                .edges
                .iter()
                .enumerate()
                .map(|(index, it)| (it.name.clone(), self.edge(index)))
                .collect(),
            series: self.series(),
            recovery: None,
            slos: BTreeMap::new(),
        }
    }

    fn phases(&self) -> Vec<Phase> {
        let Some((from, to)) = self.span else { return Vec::new() };
        let (from, to) = (self.since_start(from), self.since_start(to));
        vec![
            Phase { name: "before", from: 0.0, to: from },
            Phase { name: "during", from, to },
            Phase { name: "after", from: to, to: self.seconds() },
        ]
    }

    fn phase_seconds(&self, phase: usize) -> f64 {
        match phase {
            0 => self.seconds(),
            _ => self.phases().get(phase - 1).map_or(0.0, |it| it.to - it.from),
        }
    }

    fn requests(&self, flow: usize, phase: usize, steady: bool) -> RequestsResult {
        let mut pooled = Requests::default();
        for record in &self.records {
            pooled.add(&record.flows[flow].phases[phase]);
        }
        let unfinished = pooled.offered - pooled.ok() - pooled.failed();
        let seconds = self.phase_seconds(phase);
        let percentile = |quantile: f64| {
            if !steady {
                return None;
            }
            self.percentile(quantile, |it| {
                let requests = &it.flows[flow].phases[phase];
                (&requests.latency, requests.offered - requests.ok() - requests.failed())
            })
        };
        let (p50, p99) = (percentile(0.5), percentile(0.99));
        let mut spent = BTreeMap::new();
        for (name, figure) in [("p50", p50), ("p99", p99)] {
            let about = figure.and_then(|it| pooled.ledgers.about(it.value));
            spent.insert(
                name,
                about.map_or_else(BTreeMap::new, |it| SPENT.into_iter().zip(it).collect()),
            );
        }
        let failed = pooled.failed();
        let ledger = SPENT.into_iter().zip(pooled.failed_ledger);
        let mean = |nanos: u64| nanos as f64 / 1e9 / failed as f64;
        let ledger = ledger.filter(|_| failed > 0).map(|(name, nanos)| (name, mean(nanos)));
        spent.insert("failed", ledger.collect());
        RequestsResult {
            offered: pooled.offered,
            ok: pooled.ok(),
            unfinished,
            failed: failures(&pooled.outcomes),
            good_ratio: self.share(|it| {
                let requests = &it.flows[flow].phases[phase];
                (requests.good, requests.offered)
            }),
            goodput: self.mean(|it| it.flows[flow].phases[phase].good as f64 / seconds),
            latency: Latency {
                mean: if steady && unfinished == 0 {
                    self.latency_mean(|it| &it.flows[flow].phases[phase].latency)
                } else {
                    None
                },
                p50,
                p90: percentile(0.9),
                p95: percentile(0.95),
                p99,
                p999: percentile(0.999),
                max: (pooled.ok() > 0).then_some(pooled.longest as f64 / 1e9),
            },
            spent,
        }
    }

    /// The mean of the pooled sample, with the interval of the replications' means.
    pub(crate) fn latency_mean(&self, of: impl Fn(&Record) -> &Latencies) -> Figure {
        self.ratio(|it| (of(it).sum() as f64 / 1e9, of(it).count() as f64))
    }

    fn endpoint(&self, index: usize) -> Endpoint {
        let sum = |of: &dyn Fn(&EndpointRecord) -> u64| -> u64 {
            self.records.iter().map(|it| of(&it.endpoints[index])).sum()
        };
        let outcomes: [u64; Outcome::COUNT] =
            std::array::from_fn(|nth| sum(&|it| it.outcomes[nth]));
        let arrivals = sum(&|it| it.arrivals);
        let percentile =
            |quantile: f64| self.percentile(quantile, |it| (&it.endpoints[index].time, 0));
        Endpoint {
            arrivals,
            ok: outcomes[0],
            failed: failures(&outcomes),
            in_flight: arrivals - outcomes.iter().sum::<u64>(),
            wasted: sum(&|it| it.wasted),
            time: EndpointTime {
                mean: self.latency_mean(|it| &it.endpoints[index].time),
                p50: percentile(0.5),
                p99: percentile(0.99),
            },
        }
    }

    fn edge(&self, index: usize) -> Edge {
        let sum = |of: &dyn Fn(&EdgeRecord) -> u64| -> u64 {
            self.records.iter().map(|it| of(&it.edges[index])).sum()
        };
        let plan = &self.plan.edges[index];
        let outcomes: [u64; Outcome::COUNT] =
            std::array::from_fn(|nth| sum(&|it| it.outcomes[nth]));
        let mut named = failures(&outcomes);
        named.insert(Outcome::Ok.name(), outcomes[0]);
        let breaker = plan.breaker.map(|_| {
            let time = self.duration as f64 * f64::from(plan.callers);
            let transitions = self.records.iter().enumerate().flat_map(|(replication, it)| {
                it.edges[index].transitions.iter().map(move |it| Transition {
                    replication: replication as u32,
                    replica: it.replica,
                    at: self.since_start(it.at),
                    to: it.to,
                })
            });
            let transitions: Vec<Transition> = transitions.collect();
            let more = sum(&|it| it.more) + transitions.len().saturating_sub(100) as u64;
            Breaker {
                open_share: self.mean(|it| it.open_time[index] as f64 / time),
                transitions: transitions.into_iter().take(100).collect(),
                more,
            }
        });
        Edge {
            calls: sum(&|it| it.calls),
            attempts: sum(&|it| it.attempts),
            amplification: self
                .ratio(|it| (it.edges[index].attempts as f64, it.edges[index].calls as f64)),
            outcomes: named,
            retries_denied: sum(&|it| it.retries_denied),
            breaker,
        }
    }

    fn series(&self) -> Series {
        let width = series_width(self.frame, self.duration);
        let bins = (self.frame.warmup + self.duration).div_ceil(width) as usize;
        let flows = self.plan.flows.iter().enumerate();
        Series {
            from: -(self.frame.warmup as f64) / 1e9,
            width: width as f64 / 1e9,
            requests: flows
                .map(|(nth, it)| (it.name.clone(), self.flow_series(nth, bins)))
                .collect(),
            resources: resource_series(self),
        }
    }

    fn flow_series(&self, flow: usize, bins: usize) -> RequestSeries {
        let mut series =
            RequestSeries { offered: vec![0; bins], ok: vec![0; bins], p99: vec![None; bins] };
        let mut latencies: Vec<Vec<f32>> = vec![Vec::new(); bins];
        for record in &self.records {
            let of = &record.flows[flow].series;
            for (to, from) in series.offered.iter_mut().zip(&of.offered) {
                *to += from;
            }
            for (to, from) in series.ok.iter_mut().zip(&of.ok) {
                *to += from;
            }
            for (bin, latency) in &of.latencies {
                latencies[usize::from(*bin)].push(*latency);
            }
        }
        for (to, bin) in series.p99.iter_mut().zip(&mut latencies) {
            let rank = (bin.len() * 99).div_ceil(100);
            if rank > 0 {
                let (_, found, _) = bin.select_nth_unstable_by(rank - 1, f32::total_cmp);
                *to = Some(f64::from(*found) / 1e9);
            }
        }
        series
    }
}

/// Failures by name, zeros included.
fn failures(outcomes: &[u64; Outcome::COUNT]) -> BTreeMap<&'static str, u64> {
    Outcome::FAILURES.iter().map(|it| (it.name(), outcomes[*it as usize])).collect()
}
