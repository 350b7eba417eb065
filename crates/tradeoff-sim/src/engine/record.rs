//! What one replication writes down.

use tradeoff_des::Latencies;

use super::{
    Bounded, Setup,
    reach::{EdgeReach, Reach},
    station::Totals,
    strand::{Ledger, SPENT, add},
};
use crate::{outcome::Outcome, plan::Plan};

/// Phases of a scenario: all of it, then before, during and after its events.
pub(crate) const PHASES: usize = 4;

/// What kind of thing a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResourceKind {
    Slots,
    Cores,
    Pooler,
    Connections,
    Pool,
}

impl ResourceKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Slots => "slots",
            Self::Cores => "cores",
            Self::Pooler => "pooler",
            Self::Connections => "connections",
            Self::Pool => "pool",
        }
    }
}

/// The stations of one kind at all replicas of one process.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) kind: ResourceKind,
    /// Servers of one replica; [`crate::slab::NONE`]: unlimited.
    pub(crate) servers: u32,
    pub(crate) replicas: u32,
    /// Whether anybody may have to wait in line.
    pub(crate) lines: bool,
    /// Whether the results show it.
    pub(crate) listed: bool,
}

/// Ledgers by latency, eight classes an octave: enough to say where the p99 went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledgers {
    classes: Vec<(u64, [u128; SPENT.len()])>,
}

impl Ledgers {
    fn class(nanos: u64) -> usize {
        let value = nanos.max(8);
        let octave = value.ilog2();
        (((octave - 3) << 3) | ((value >> (octave - 3)) & 7) as u32) as usize
    }

    fn record(&mut self, nanos: u64, ledger: &Ledger) {
        let class = Self::class(nanos);
        if self.classes.len() <= class {
            self.classes.resize(class + 1, (0, [0; SPENT.len()]));
        }
        let (count, sums) = &mut self.classes[class];
        *count += 1;
        for (sum, nanos) in sums.iter_mut().zip(ledger) {
            *sum += u128::from(*nanos);
        }
    }

    /// Mean seconds by line among requests about as long as `seconds`.
    pub(crate) fn about(&self, seconds: f64) -> Option<[f64; SPENT.len()]> {
        let (count, sums) = self.classes.get(Self::class((seconds * 1e9) as u64))?;
        (*count > 0).then(|| sums.map(|it| it as f64 / *count as f64 / 1e9))
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if self.classes.len() < other.classes.len() {
            self.classes.resize(other.classes.len(), (0, [0; SPENT.len()]));
        }
        for (to, from) in self.classes.iter_mut().zip(&other.classes) {
            to.0 += from.0;
            for (to, from) in to.1.iter_mut().zip(from.1) {
                *to += from;
            }
        }
    }
}

/// Requests of one flow in one phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    pub(crate) offered: u64,
    pub(crate) outcomes: [u64; Outcome::COUNT],
    /// Ok and within the latency that the SLO allows.
    pub(crate) good: u64,
    pub(crate) latency: Latencies,
    pub(crate) longest: u64,
    pub(crate) ledgers: Ledgers,
    pub(crate) failed_ledger: Ledger,
}

impl Requests {
    pub(crate) fn ok(&self) -> u64 {
        self.outcomes[Outcome::Ok as usize]
    }

    pub(crate) fn failed(&self) -> u64 {
        self.outcomes[1..].iter().sum()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        for (to, from) in self.outcomes.iter_mut().zip(other.outcomes) {
            *to += from;
        }
        self.good += other.good;
        self.latency.add(&other.latency);
        self.longest = self.longest.max(other.longest);
        self.ledgers.add(&other.ledgers);
        add(&mut self.failed_ledger, &other.failed_ledger);
    }
}

/// A bin of a flow's cohorts: requests by intended start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cohort {
    pub(crate) offered: u32,
    pub(crate) ok: u32,
    /// Ok and within the endpoint's latency SLO, if there is one.
    pub(crate) good: u32,
}

/// One flow's bins of the series.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlowSeries {
    pub(crate) offered: Vec<u64>,
    pub(crate) ok: Vec<u64>,
    /// Latencies of ok requests, in nanoseconds, with their bins.
    pub(crate) latencies: Vec<(u16, f32)>,
}

/// One flow.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlowRecord {
    pub(crate) phases: [Requests; PHASES],
    pub(crate) cohorts: Vec<Cohort>,
    pub(crate) series: FlowSeries,
}

/// The server's view of an endpoint, per attempt.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointRecord {
    pub(crate) arrivals: u64,
    pub(crate) outcomes: [u64; Outcome::COUNT],
    pub(crate) wasted: u64,
    pub(crate) time: Latencies,
}

impl EndpointRecord {
    pub(crate) fn ended(&mut self, outcome: Outcome, nanos: u64, wasted: bool) {
        self.outcomes[outcome as usize] += 1;
        self.wasted += u64::from(wasted);
        if outcome == Outcome::Ok {
            self.time.record(nanos);
        }
    }
}

/// One edge.
#[derive(Clone, Debug, Default)]
pub(crate) struct EdgeRecord {
    pub(crate) calls: u64,
    pub(crate) attempts: u64,
    pub(crate) outcomes: [u64; Outcome::COUNT],
    pub(crate) retries_denied: u64,
    pub(crate) transitions: Vec<Transition>,
    /// Transitions beyond those kept.
    pub(crate) more: u64,
    /// Since the run began, run-in and what came after the measurement included.
    pub(crate) reach: EdgeReach,
}

/// A breaker changed its state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transition {
    pub(crate) replica: u32,
    /// Nanoseconds from the start of the run.
    pub(crate) at: u64,
    pub(crate) to: &'static str,
}

/// Transitions kept per edge and replication.
const TRANSITIONS: usize = 32;
/// Latencies kept per flow and replication for the percentiles of the series.
const SERIES_LATENCIES: usize = 4_000_000;

/// All that one replication writes down.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    warmup: u64,
    duration: u64,
    cohort: u64,
    series: u64,
    /// First start and last end of the script, from the start of the run.
    pub(crate) event_span: Option<(u64, u64)>,
    pub(crate) flows: Vec<FlowRecord>,
    pub(crate) endpoints: Vec<EndpointRecord>,
    pub(crate) edges: Vec<EdgeRecord>,
    /// Breaker-nanoseconds not closed, by edge, within the measurement.
    pub(crate) open_time: Vec<u128>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) waits: Vec<Latencies>,
    /// Of those in `waits`, how many did not wait.
    pub(crate) without_wait: Vec<u64>,
    /// Each station with who was in service and who waited, when the measurement began and ended.
    pub(crate) at_start: Vec<(Totals, u32, u32)>,
    pub(crate) at_end: Vec<(Totals, u32, u32)>,
    pub(crate) events: u64,
    pub(crate) ticks: usize,
    pub(crate) bounded: Option<Bounded>,
    /// How far everything went; written when the run ends.
    pub(crate) reach: Reach,
    /// By resource and bin: who waits at the bin's end, and the mean of busy servers in it.
    pub(crate) lines: Vec<Vec<u32>>,
    pub(crate) busy: Vec<Vec<f64>>,
    seen_busy: Vec<u128>,
}

impl Record {
    pub(crate) fn new(plan: &Plan, setup: &Setup) -> Self {
        Self {
            warmup: setup.warmup,
            duration: setup.duration,
            cohort: setup.cohort,
            series: setup.series,
            event_span: None,
            flows: vec![FlowRecord::default(); plan.flows.len()],
            endpoints: vec![EndpointRecord::default(); plan.endpoints.len()],
            edges: vec![EdgeRecord::default(); plan.edges.len()],
            open_time: vec![0; plan.edges.len()],
            resources: Vec::new(),
            waits: Vec::new(),
            without_wait: Vec::new(),
            at_start: Vec::new(),
            at_end: Vec::new(),
            events: 0,
            ticks: 0,
            bounded: None,
            reach: Reach::default(),
            lines: Vec::new(),
            busy: Vec::new(),
            seen_busy: Vec::new(),
        }
    }

    pub(crate) fn resource(
        &mut self,
        name: String,
        kind: ResourceKind,
        servers: u32,
        replicas: u32,
        [lines, listed]: [bool; 2],
    ) -> u32 {
        self.resources.push(Resource { name, kind, servers, replicas, lines, listed });
        self.waits.push(Latencies::new());
        self.without_wait.push(0);
        self.lines.push(Vec::new());
        self.busy.push(Vec::new());
        self.resources.len() as u32 - 1
    }

    pub(crate) fn waited(&mut self, resource: u32, nanos: u64) {
        self.waits[resource as usize].record(nanos);
        self.without_wait[resource as usize] += u64::from(nanos == 0);
    }

    /// From here on it is the record of a run of another length, with a script.
    pub(crate) fn set_course(&mut self, duration: u64, event_span: Option<(u64, u64)>) {
        (self.duration, self.event_span) = (duration, event_span);
    }

    /// The phase of an intended start, besides the whole; none for a baseline.
    fn phase(&self, started: u64) -> Option<usize> {
        let (from, to) = self.event_span?;
        Some(if started < from {
            1
        } else if started < to {
            2
        } else {
            3
        })
    }

    pub(crate) fn offered(&mut self, flow: u32, at: u64, measured: bool) {
        let phase = self.phase(at);
        let in_series = self.series > 0 && at < self.warmup + self.duration;
        let record = &mut self.flows[flow as usize];
        if measured {
            record.phases[0].offered += 1;
            if let Some(phase) = phase {
                record.phases[phase].offered += 1;
            }
        }
        if let Some(nth) = at.checked_div(self.cohort) {
            bin(&mut record.cohorts, nth).offered += 1;
        }
        if in_series {
            *bin(&mut record.series.offered, at / self.series) += 1;
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call site; a struct would only name them again"
    )]
    pub(crate) fn settled(
        &mut self,
        flow: u32,
        started: u64,
        now: u64,
        measured: bool,
        outcome: Outcome,
        spent: &Ledger,
        good_within: u64,
    ) {
        let phase = self.phase(started);
        let in_series = self.series > 0 && started < self.warmup + self.duration;
        let latency = now - started;
        let ok = outcome == Outcome::Ok;
        let good = ok && latency <= good_within;
        let record = &mut self.flows[flow as usize];
        if measured {
            for phase in [Some(0), phase].into_iter().flatten() {
                let requests = &mut record.phases[phase];
                requests.outcomes[outcome as usize] += 1;
                requests.good += u64::from(good);
                if ok {
                    requests.latency.record(latency);
                    requests.longest = requests.longest.max(latency);
                    requests.ledgers.record(latency, spent);
                } else {
                    add(&mut requests.failed_ledger, spent);
                }
            }
        }
        if let Some(nth) = started.checked_div(self.cohort) {
            let cohort = bin(&mut record.cohorts, nth);
            cohort.ok += u32::from(ok);
            cohort.good += u32::from(good);
        }
        if in_series && ok {
            let at = started / self.series;
            *bin(&mut record.series.ok, at) += 1;
            if record.series.latencies.len() < SERIES_LATENCIES {
                record.series.latencies.push((at as u16, latency as f32));
            }
        }
    }

    pub(crate) fn transition(&mut self, edge: u32, transition: Transition) {
        let record = &mut self.edges[edge as usize];
        if record.transitions.len() < TRANSITIONS {
            record.transitions.push(transition);
        } else {
            record.more += 1;
        }
    }

    pub(crate) fn tick(
        &mut self,
        station: usize,
        resource: u32,
        busy: u128,
        waiting: u32,
        width: u64,
    ) {
        if self.seen_busy.len() <= station {
            self.seen_busy.resize(station + 1, 0);
        }
        let seen = std::mem::replace(&mut self.seen_busy[station], busy);
        let resource = resource as usize;
        if self.lines[resource].len() <= self.ticks {
            self.lines[resource].resize(self.ticks + 1, 0);
            self.busy[resource].resize(self.ticks + 1, 0.0);
        }
        self.lines[resource][self.ticks] += waiting;
        self.busy[resource][self.ticks] += (busy - seen) as f64 / width as f64;
    }
}

fn bin<T: Clone + Default>(bins: &mut Vec<T>, at: u64) -> &mut T {
    let at = at as usize;
    if bins.len() <= at {
        bins.resize(at + 1, T::default());
    }
    &mut bins[at]
}
