//! `rel-unbounded-queue`: more waiting work than anybody waits for.

use serde_json::json;
use tradeoff_diag::{Severity, Span};
use tradeoff_model::model::TrafficKind;

use crate::mend::{Mend, child};
use crate::{Context, Finding, Report, Source};
use tradeoff_analyze::words::{count, duration, number, rate, seconds};
use tradeoff_analyze::{Analysis, Callee, patience};

rule! {
    /// A replica may hold more waiting work than its callers' patience can use.
    ///
    /// # Why
    /// Work that waits longer than its caller does is done for nobody. A queue without a bound
    /// takes everything: once it is longer than the patience of the callers, every request is
    /// answered too late, the replica is busy all the time and nothing of it is of use, and this
    /// stays so after the surge has gone. A short queue refuses what it cannot serve in time, and
    /// the rest is served in time.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   catalog:
    /// # ^^^^^^^ rel-unbounded-queue
    ///     cores: 2
    ///     endpoints:
    ///       search: { steps: [ { work: 10ms }, { wait: 30ms } ] }
    ///   cart:
    ///     cores: 1
    ///     concurrency: 8
    ///     queue: 5000
    /// #   ^^^^^^^^^^^ rel-unbounded-queue
    ///     endpoints:
    ///       show:
    ///         steps:
    ///           - work: 10ms
    ///           - query: carts.read
    ///             policy: { timeout: 100ms }
    /// stores:
    ///   carts:
    /// # ^^^^^ rel-unbounded-queue
    ///     cores: 4
    ///     operations: { read: { time: 2ms } }
    /// traffic:
    ///   shoppers: { rate: 50/s, patience: 2s, mix: { catalog.search: 50%, cart.show: 50% } }
    /// ```
    /// A slot is a place to wait as well, where there are many more of them than cores:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   catalog:
    ///     cores: 1
    ///     concurrency: 1000
    ///     queue: 10
    /// #   ^^^^^^^^^ rel-unbounded-queue
    ///     endpoints:
    ///       search: { steps: [ { work: 10ms } ] }
    /// traffic:
    ///   shoppers: { rate: 50/s, patience: 2s, mix: { catalog.search: 100% } }
    /// ```
    /// With bounds that fit the patience:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   catalog:
    ///     cores: 2
    ///     concurrency: 16
    ///     queue: 200
    ///     endpoints:
    ///       search: { steps: [ { work: 10ms }, { wait: 30ms } ] }
    /// traffic:
    ///   shoppers: { rate: 50/s, patience: 2s, mix: { catalog.search: 100% } }
    /// ```
    ///
    /// # Limits
    /// The rate at which a queue drains is that of the cores, or of the slots where `concurrency`
    /// is stated, with the mix of requests that the traffic brings and nothing else waiting.
    /// What waits is the queue and, of those that have a slot, all beyond twice as many as can be at
    /// work. Queries that come through
    /// pools or a pooler can never be more than their connections: these bound a store's queue.
    /// Without traffic, and without `cores`, the rule cannot tell.
    ///
    /// # Sources
    /// Guide, section 12: "thread pool exhaustion cascades into full service outage". N. Bronson
    /// and others, "Metastable failures in distributed systems", Workshop on Hot Topics in
    /// Operating Systems 2021.
    pub const RULE = Rule {
        id: "rel-unbounded-queue",
        severity: Severity::Warning,
        source: Source {
            guide: Some("12"),
            other: Some("Bronson et al.: Metastable Failures in Distributed Systems, HotOS 2021"),
        },
        summary: "a queue that holds more than the callers' patience can use",
        since: "0.1",
        check,
    };
}

/// The patience that a patch assumes where nobody has any bound, in seconds.
const PATIENCE: f64 = 1.0;

fn check(cx: &Context<'_>, report: &mut Report) {
    let patience = Patience::new(&cx.analysis);
    for process in 0..cx.analysis.processes.len() {
        service(cx, process, patience.processes[process], report);
    }
    for at in 0..cx.architecture.stores.len() {
        store(cx, at, patience.stores[at], report);
    }
}

fn service(cx: &Context<'_>, process: usize, patience: f64, report: &mut Report) {
    let analysis = &cx.analysis;
    let subject = &analysis.processes[process].name;
    let lead = analysis.lead(process);
    if cx.architecture.traffic.is_empty() {
        return report.unknown(&RULE, subject, "traffic");
    }
    let sum = |each: &dyn Fn(usize) -> f64| analysis.endpoints_of(process).map(each).sum::<f64>();
    let arrivals = sum(&|it| analysis.load.doors[it]);
    let demand = sum(&|it| analysis.load.endpoints[it] * analysis.work[it]);
    if arrivals == 0.0 {
        return report.pass(&RULE);
    }
    let Some(cores) = lead.cores else {
        if demand == 0.0 {
            return report.pass(&RULE);
        }
        return report.unknown(&RULE, subject, format!("services.{}.cores", lead.name.value));
    };
    // What one replica serves per second: by its cores, and by its slots.
    let work = demand / arrivals / analysis.pace(process);
    let time = sum(&|it| analysis.load.doors[it] * analysis.times[it].mean) / arrivals;
    let by_cores = f64::from(cores.count) / work;
    let slots = lead.concurrency.as_ref().map(|it| it.value);
    let by_slots = slots.map_or(f64::INFINITY, |slots| f64::from(slots) / time);
    let serves = by_cores.min(by_slots);
    if serves.is_infinite() {
        return report.pass(&RULE);
    }
    let queue = lead.queue.as_ref().filter(|_| slots.is_some());
    // Of those that have a slot, the rest beyond what is at work waits for a core; twice as many
    // as are at work are usual.
    let usual = (2.0 * serves * time).max(2.0 * f64::from(cores.count));
    let idle = slots.map_or(0.0, |it| libm::floor((f64::from(it) - usual).max(0.0)));
    let Some(sum) = Sum::of(cx, queue.map(|it| it.value), idle, serves, patience) else {
        return report.pass(&RULE);
    };
    let mut mend = Mend::new(cx);
    let mut advice = String::new();
    let mut fits = sum.fits();
    if slots.is_some() && idle > sum.useful() {
        let fewer = libm::ceil(usual + sum.useful() / 2.0) as u32;
        mend.process(process, "concurrency", json!(fewer));
        advice = format!("`concurrency: {fewer}` and ");
        fits = Sum { idle: f64::from(fewer) - usual, ..sum }.fits();
    }
    if slots.is_none() {
        let busy = libm::ceil(2.0 * by_cores * time).clamp(1.0, 1e7) as u32;
        let slots = busy.max(cores.count.saturating_mul(2));
        mend.process(process, "concurrency", json!(slots));
        advice = format!("`concurrency: {slots}` and ");
    }
    mend.process(process, "queue", json!(fits));
    let help = format!("set {advice}`queue: {fits}`");
    let span = queue.map_or(lead.name.span, |it| it.span);
    let finding = sum.finding(subject, span, "a replica");
    report.fire(finding.help(help).patch(mend.edits()));
}

fn store(cx: &Context<'_>, at: usize, patience: f64, report: &mut Report) {
    let analysis = &cx.analysis;
    let store = &cx.architecture.stores[at];
    let subject = &store.name.value;
    if cx.architecture.traffic.is_empty() {
        return report.unknown(&RULE, subject, "traffic");
    }
    let rates = analysis.load.operations[at].iter().zip(&store.operations);
    let queries: f64 = rates.clone().map(|(rate, _)| rate).sum();
    let demand: f64 = rates.map(|(rate, it)| rate * it.time.mean()).sum();
    if demand == 0.0 {
        return report.pass(&RULE);
    }
    let Some(cores) = store.cores else {
        return report.unknown(&RULE, subject, format!("stores.{subject}.cores"));
    };
    let serves = f64::from(cores.count) * queries / demand;
    let connections = store
        .pooler
        .map(|it| u64::from(it.connections))
        .or_else(|| store.pool.map(|pool| analysis.clients(at) * u64::from(pool.per_replica)));
    let waiting = connections.map(|it| it.saturating_sub(u64::from(cores.count)));
    let waiting = waiting.map(|it| u32::try_from(it).unwrap_or(u32::MAX));
    let stated = store.queue.as_ref().map(|it| it.value);
    let bound = stated.into_iter().chain(waiting).min();
    let Some(sum) = Sum::of(cx, bound, 0.0, serves, patience) else { return report.pass(&RULE) };
    let mut mend = Mend::new(cx);
    mend.set(&child(&child("/stores", subject), "queue"), json!(sum.fits()));
    let span = store.queue.as_ref().map_or(store.name.span, |it| it.span);
    let finding = sum.finding(subject, span, "it");
    report.fire(finding.help(format!("set `queue: {}`", sum.fits())).patch(mend.edits()));
}

/// The shortest time, in seconds, that a caller waits, or the users; infinite if nobody has a bound.
struct Patience {
    processes: Vec<f64>,
    stores: Vec<f64>,
}

impl Patience {
    fn new(analysis: &Analysis<'_>) -> Self {
        let mut it = Self {
            processes: vec![f64::INFINITY; analysis.processes.len()],
            stores: vec![f64::INFINITY; analysis.architecture.stores.len()],
        };
        for edge in &analysis.edges {
            let least = match edge.to {
                Callee::Endpoint(to) if !edge.inside => &mut it.processes[analysis.process(to)],
                Callee::Operation(store, _) => &mut it.stores[store],
                _ => continue,
            };
            *least = least.min(edge.patience());
        }
        for traffic in &analysis.architecture.traffic {
            let own = traffic.patience.map_or(f64::INFINITY, seconds);
            for mix in &traffic.mix {
                let least = &mut it.processes[analysis.process_of[mix.service]];
                *least = least.min(own).min(patience(&traffic.policy));
            }
        }
        it
    }
}

/// A queue that is too long for its callers.
#[derive(Clone, Copy)]
struct Sum {
    queue: Option<u32>,
    /// What waits beside the queue: slots that hold requests which wait for a core.
    idle: f64,
    serves: f64,
    patience: f64,
    /// Whether there are only so many users, who wait for one answer at a time.
    closed: bool,
}

impl Sum {
    /// The sum, if the queue is too long.
    fn of(
        cx: &Context<'_>,
        queue: Option<u32>,
        idle: f64,
        serves: f64,
        patience: f64,
    ) -> Option<Self> {
        let mut traffic = cx.architecture.traffic.iter();
        let closed = traffic.all(|it| matches!(it.kind, TrafficKind::Closed { .. }));
        let it = Self { queue, idle, serves, patience, closed };
        let too_long = queue.is_none() || it.wait() > patience;
        too_long.then_some(it)
    }

    /// How long the last of a full queue waits.
    fn wait(&self) -> f64 {
        self.queue.map_or(f64::INFINITY, |queue| (f64::from(queue) + self.idle) / self.serves)
    }

    /// How many may wait so that the last of them is served in half of the patience.
    fn useful(&self) -> f64 {
        let patience = if self.patience.is_finite() { self.patience } else { PATIENCE };
        self.serves * patience / 2.0
    }

    /// The queue that half of the patience can use.
    fn fits(&self) -> u64 {
        // Where not even one can be served in time, nothing is to wait at all.
        let least = if self.useful() >= 0.5 { 1.0 } else { 0.0 };
        libm::floor(self.useful() - self.idle).clamp(least, 1e7) as u64
    }

    fn finding(&self, subject: &str, span: Span, who: &str) -> Finding {
        let text = match self.queue {
            Some(queue) => format!(
                "{} / ({}) = {} > {}",
                if self.idle < 1.0 {
                    count(queue.into())
                } else {
                    format!("({} + {})", count(queue.into()), number(self.idle))
                },
                rate(self.serves),
                duration(self.wait()),
                duration(self.patience)
            ),
            None if self.patience.is_finite() => {
                let patience = duration(self.patience);
                format!("the line may grow without end; its callers wait {patience} at most")
            }
            None if self.closed => {
                "every user may stand in the line, and nobody in it gives up".to_owned()
            }
            None => "the line may grow without end, and nobody in it gives up".to_owned(),
        };
        let message = match self.queue {
            Some(queue) if self.idle > f64::from(queue) => {
                format!("more work waits in the slots of `{subject}` than its callers wait for")
            }
            Some(_) => format!("the queue of `{subject}` is longer than its callers wait"),
            None => format!("the queue of `{subject}` has no bound"),
        };
        let label = format!("{who} serves {}", rate(self.serves));
        RULE.at(subject, span, label, message).because(text, self.wait(), self.patience, "s")
    }
}
