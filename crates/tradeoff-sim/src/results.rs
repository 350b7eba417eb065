//! The results of a simulation, as scripts and people read them: `tradeoff.simulate/1`.
//!
//! Times are seconds, rates per second, shares between 0 and 1. Counts are summed over the
//! replications; every estimate carries its interval over them, or is null where the
//! replications do not support one. Nothing in here depends on the host or the threads.

use std::collections::BTreeMap;

use serde::Serialize;
use tradeoff_des::Estimate;

/// A figure with its interval, or nothing.
pub type Figure = Option<Interval>;

/// A value and the interval that holds it at the stated confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl From<Estimate> for Interval {
    fn from(it: Estimate) -> Self {
        Self { value: it.value, low: it.low, high: it.high }
    }
}

/// Kept, broken, or not told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval is on the good side.
    Kept,
    /// The replications do not tell.
    Undecided,
    /// The whole interval is on the bad side.
    Broken,
}

/// A whole simulation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Simulation {
    /// `tradeoff.simulate/1`.
    pub schema: &'static str,
    /// `simulated`.
    pub rung: &'static str,
    /// The architecture's name.
    pub name: String,
    /// Digest of the architecture, whatever its order and layout.
    pub digest: String,
    /// The seed.
    pub seed: u64,
    /// Independent replications.
    pub replications: u32,
    /// Of every interval.
    pub confidence: f64,
    /// The worst of all SLOs in all runs.
    pub verdict: Verdict,
    /// Defaults that the run used.
    pub assumptions: Vec<AssumptionUsed>,
    /// What was measured of endpoints that run, beside what the baseline predicts.
    pub observed: Vec<Observed>,
    /// Dotted paths of the blocks of the file that no run moves, sorted.
    pub not_moved: Vec<String>,
    /// The baseline first, then the scenarios by name.
    pub runs: Vec<Run>,
}

/// A default that the run used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssumptionUsed {
    /// Dotted path.
    pub path: String,
    /// What was assumed.
    pub value: String,
    /// Where it comes from: the range that it is the middle of, or the preset that filled it in;
    /// null: it is a default of the format.
    pub source: Option<String>,
    /// Whether another value moves the verdict; null: not tried.
    pub moves_verdict: Option<bool>,
}

/// A measurement that the file states, and its prediction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Observed {
    /// Of which endpoint.
    pub endpoint: String,
    /// `mean`, `p50`, `p90`, `p95`, `p99`, `p999` or `rate`.
    pub quantile: &'static str,
    /// What was measured: seconds, or arrivals per second.
    pub observed: f64,
    /// What the baseline gives; null where its replications do not tell.
    pub predicted: Figure,
    /// Predicted as a multiple of observed.
    pub ratio: Option<f64>,
    /// Whether the whole interval is more than 25 % from what was observed: then the design is
    /// not described as it runs. Null: part of it is.
    pub differs: Option<bool>,
}

/// The baseline or a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Null for the baseline.
    pub scenario: Option<String>,
    /// How often the scenario comes in 30 days; null for the baseline.
    pub per_month: Option<f64>,
    /// Whether the baseline had settled by the end of the warm-up; null for scenarios.
    pub stationary: Option<bool>,
    /// Run-in before the measurement.
    pub warmup: f64,
    /// Length of the measurement.
    pub end: f64,
    /// Events simulated.
    pub events: u64,
    /// The bound that cut the run off.
    pub bounded_by: Option<&'static str>,
    /// Before, during and after the events; none for the baseline.
    pub phases: Vec<Phase>,
    /// By traffic and endpoint: the users' view.
    pub requests: BTreeMap<String, BTreeMap<&'static str, Requests>>,
    /// The servers' view, per attempt.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Slots, cores, pools, poolers and connections.
    pub resources: BTreeMap<String, Resource>,
    /// One caller's use of one target.
    pub edges: BTreeMap<String, Edge>,
    /// The course of the run.
    pub series: Series,
    /// Whether the system came back; null for the baseline.
    pub recovery: Option<Recovery>,
    /// Promises.
    pub slos: BTreeMap<String, Slo>,
}

/// A stretch of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phase {
    /// `before`, `during` or `after`.
    pub name: &'static str,
    /// From the start of the measurement.
    pub from: f64,
    /// From the start of the measurement.
    pub to: f64,
}

/// Users' requests: offered = ok + failed + unfinished, exactly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Requests {
    /// Begun in the phase.
    pub offered: u64,
    /// Answered as wished.
    pub ok: u64,
    /// Cut off by a bound.
    pub unfinished: u64,
    /// By how they failed.
    pub failed: BTreeMap<&'static str, u64>,
    /// Ok, and within the latency SLO if there is one, over offered.
    pub good_ratio: Figure,
    /// Good requests per second.
    pub goodput: Figure,
    /// Of ok requests, retries and waits included.
    pub latency: Latency,
    /// Where the time went: of requests about as long as the p50 and the p99, and of failed ones.
    pub spent: BTreeMap<&'static str, BTreeMap<&'static str, f64>>,
}

/// Seconds from the intended start to the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Mean.
    pub mean: Figure,
    /// Median.
    pub p50: Figure,
    /// 90th percentile.
    pub p90: Figure,
    /// 95th percentile.
    pub p95: Figure,
    /// 99th percentile.
    pub p99: Figure,
    /// 99.9th percentile.
    pub p999: Figure,
    /// The longest seen.
    pub max: Option<f64>,
}

/// Attempts at an endpoint: arrivals = ok + failed + in flight, exactly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Endpoint {
    /// Came to it.
    pub arrivals: u64,
    /// Answered as wished.
    pub ok: u64,
    /// By how they failed.
    pub failed: BTreeMap<&'static str, u64>,
    /// Not answered when the run stopped.
    pub in_flight: u64,
    /// Answered to nobody.
    pub wasted: u64,
    /// From arrival to answer, of ok ones.
    pub time: EndpointTime,
}

/// Seconds at an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EndpointTime {
    /// Mean.
    pub mean: Figure,
    /// Median.
    pub p50: Figure,
    /// 99th percentile.
    pub p99: Figure,
}

/// A resource: what was there and came = served + refused + left + waiting + in service, exactly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// `slots`, `cores`, `pool`, `pooler` or `connections`.
    pub kind: &'static str,
    /// Servers of all replicas; null: unlimited.
    pub capacity: Option<u64>,
    /// There when the measurement began.
    pub at_start: u64,
    /// Came.
    pub arrivals: u64,
    /// Served.
    pub served: u64,
    /// Turned away.
    pub refused: u64,
    /// Went before they were served.
    pub left: u64,
    /// In line when the measurement ended.
    pub waiting: u64,
    /// On a server when the measurement ended.
    pub in_service: u64,
    /// Share of the servers' time that was used; null if unlimited.
    pub utilization: Figure,
    /// The same for each replica, means over replications.
    pub utilization_per_replica: Vec<f64>,
    /// Busy servers by what they were busy with, as shares of capacity (of busy time if unlimited).
    pub busy: Busy,
    /// Those in line.
    pub queue: Queue,
    /// Mean number in line and in service.
    pub in_system: Figure,
    /// Time in line of all admitted, zeros included.
    pub wait: Wait,
}

/// What servers were busy with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Busy {
    /// First attempts.
    pub first: Figure,
    /// Retries.
    pub retry: Figure,
    /// Work whose caller had stopped waiting.
    pub wasted: Figure,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Queue {
    /// Mean length.
    pub mean: Figure,
    /// Longest at one replica.
    pub max: u64,
}

/// Seconds in line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wait {
    /// Mean.
    pub mean: Figure,
    /// Median.
    pub p50: Figure,
    /// 95th percentile.
    pub p95: Figure,
    /// 99th percentile.
    pub p99: Figure,
    /// Share that did not wait.
    pub none: Figure,
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// Uses.
    pub calls: u64,
    /// Attempts that were sent.
    pub attempts: u64,
    /// Attempts per call.
    pub amplification: Figure,
    /// How attempts ended; own rejections of breaker and bulkhead stand here too.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Retries for which the budget had no token.
    pub retries_denied: u64,
    /// Its breakers, if it has any.
    pub breaker: Option<Breaker>,
}

/// The breakers of an edge, one per caller replica.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breaker {
    /// Share of breaker-time not closed.
    pub open_share: Figure,
    /// The first of them, by replication and time.
    pub transitions: Vec<Transition>,
    /// How many are not listed.
    pub more: u64,
}

/// A breaker changed its state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transition {
    /// In which replication.
    pub replication: u32,
    /// Of which caller replica.
    pub replica: u32,
    /// From the start of the measurement.
    pub at: f64,
    /// `open`, `half-open` or `closed`.
    pub to: &'static str,
}

/// The course of a run, in bins of one width.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Start of the first bin.
    pub from: f64,
    /// Width of each.
    pub width: f64,
    /// By flow.
    pub requests: BTreeMap<String, RequestSeries>,
    /// By resource.
    pub resources: BTreeMap<String, ResourceSeries>,
}

/// A flow's course: sums over the replications, by intended start.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RequestSeries {
    /// Begun.
    pub offered: Vec<u64>,
    /// Answered as wished.
    pub ok: Vec<u64>,
    /// Of the pooled ok requests; null in bins without any.
    pub p99: Vec<Option<f64>>,
}

/// A resource's course: means over the replications.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResourceSeries {
    /// In line at the end of each bin.
    pub queue: Vec<f64>,
    /// Busy servers.
    pub busy: Vec<f64>,
}

/// How many replications came back, and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recovery {
    /// Good again as the twin without events, and stayed so.
    pub recovered: u32,
    /// Its backlog shrinks, but not within the watch.
    pub recovering: u32,
    /// Sustains itself: even the best guess lies beyond the longest watch.
    pub metastable: u32,
    /// The twin without events does not keep up either.
    pub overloaded: u32,
    /// The replications do not tell.
    pub undecided: u32,
    /// Of those metastable, how many still grow.
    pub growing: u32,
    /// Share recovered, with Wilson's interval.
    pub share_recovered: Figure,
    /// Share metastable, with Wilson's interval.
    pub share_metastable: Figure,
    /// Seconds after the last event, of those recovered.
    pub after: Figure,
    /// Seconds watched after the last event, the longest of the replications.
    pub watched: f64,
    /// What sustains the metastable state.
    pub r#loop: Option<Loop>,
}

/// The loop that sustains a metastable state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loop {
    /// Whose retries.
    pub edge: String,
    /// `retry`.
    pub mechanism: &'static str,
    /// Where the work piles up.
    pub resource: String,
    /// Attempts arriving there per attempt finished, in the last third of the watch.
    pub pressure: Figure,
    /// With this one mechanism off from the last event's end, the same seed recovers.
    pub proved: bool,
}

/// A promise and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slo {
    /// Kept, broken or undecided.
    pub verdict: Verdict,
    /// Promised share of good requests; null if only latency is promised.
    pub target: Option<f64>,
    /// Ok over offered.
    pub good_ratio: Figure,
    /// The latency promise.
    pub latency: Option<SloLatency>,
    /// Whether availability alone is kept; null if not promised.
    pub availability_verdict: Option<Verdict>,
    /// Scenarios: bad requests from the first event until today's recovery.
    pub bad_per_occurrence: Figure,
    /// Whether that count only bounds the truth from below: today never recovered.
    pub at_least: bool,
    /// Scenarios: share of the window's budget that one month's occurrences use.
    pub budget_used: Figure,
    /// The share that a scenario may use.
    pub spend: f64,
    /// Burn-rate alerts.
    pub alerts: Vec<Alert>,
}

/// A latency promise and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SloLatency {
    /// 0.99 for p99.
    pub quantile: f64,
    /// Seconds.
    pub limit: f64,
    /// The quantile measured; null where it lies among unfinished or failed requests.
    pub value: Figure,
    /// Ok within the limit, over offered.
    pub within: Figure,
    /// Whether it alone is kept.
    pub verdict: Verdict,
}

/// A multi-window burn-rate alert (SRE Workbook, chapter 5), scaled to the SLO's window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alert {
    /// Long window, seconds.
    pub long: f64,
    /// Short window, seconds.
    pub short: f64,
    /// Burn rate at which it fires.
    pub burn: f64,
    /// Replications in which it fired.
    pub fired_in: u32,
    /// Seconds from the first event to the alert.
    pub at: Figure,
    /// Seconds from the first event to its end.
    pub reset: Figure,
}
