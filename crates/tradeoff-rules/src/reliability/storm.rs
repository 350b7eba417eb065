//! Whether retries alone can keep a callee busy: the condition for a retry storm that does not
//! drain.

use tradeoff_model::model::{Retry, TrafficKind};

use crate::Context;
use crate::scaling::need;
use tradeoff_analyze::words::percent;
use tradeoff_analyze::{Callee, Edge};

/// How busy a callee is when every attempt is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Storm {
    /// Offered work over what can be done, today.
    today: f64,
    /// The work of one more attempt of each call, over what can be done.
    more: f64,
    attempts: u32,
}

impl Storm {
    fn new(today: f64, more: f64, retry: &Retry) -> Option<Self> {
        let it = Self { today, more, attempts: retry.attempts };
        (more > 0.0 && it.ratio() >= 1.0).then_some(it)
    }

    /// Offered work with every attempt made, over what can be done.
    pub(super) fn ratio(&self) -> f64 {
        self.today + f64::from(self.attempts.saturating_sub(1)) * self.more
    }

    /// The sum: `93.2% + 1 x 93.2% = 186% >= 100%`.
    pub(super) fn text(&self) -> String {
        let (today, more) = (percent(self.today), percent(self.more));
        let further = self.attempts.saturating_sub(1);
        format!("{today} + {further} x {more} = {} >= 100%", percent(self.ratio()))
    }
}

/// The storm that the retries of an edge can make of the load that users bring whether or not they
/// are answered; `None` if the callee can do all attempts, or the file does not say what it can do.
pub(super) fn of_edge(cx: &Context<'_>, edge: &Edge<'_>, retry: &Retry) -> Option<Storm> {
    let analysis = &cx.analysis;
    let sources = cx.architecture.traffic.iter().zip(&analysis.load.flows);
    let open = sources.filter(|(it, _)| matches!(it.kind, TrafficKind::Open { .. }));
    let calls: f64 = open.map(|(_, flow)| flow[edge.from] * edge.times).sum();
    let (today, one) = match edge.to {
        Callee::Endpoint(to) if !edge.inside => at_process(cx, analysis.process(to), to)?,
        Callee::Operation(at, operation) => {
            let store = &cx.architecture.stores[at];
            let time = store.operations[operation].time.mean();
            let used = need::store(cx, at)?;
            let cores = f64::from(store.cores?.count);
            let copies = if store.operations[operation].writes { 1 } else { store.replicas.value };
            (used.ratio, time / (cores * f64::from(copies)))
        }
        Callee::Endpoint(_) | Callee::External(..) => return None,
    };
    Storm::new(today, calls * one, retry)
}

/// The storm that users can make who try again themselves.
pub(super) fn of_users(cx: &Context<'_>, traffic: usize, retry: &Retry) -> Option<Storm> {
    let analysis = &cx.analysis;
    let source = &cx.architecture.traffic[traffic];
    let TrafficKind::Open { rate } = source.kind else { return None };
    let storms = (0..analysis.processes.len()).filter_map(|process| {
        let mut more = 0.0;
        let mut today = None;
        for mix in &source.mix {
            let number = analysis.number(mix.service, mix.endpoint);
            if analysis.process(number) == process {
                let (used, one) = at_process(cx, process, number)?;
                today = Some(used);
                more += rate * mix.share * one;
            }
        }
        Storm::new(today?, more, retry)
    });
    storms.max_by(|a, b| a.ratio().total_cmp(&b.ratio()))
}

/// How busy a process is, and how much busier one more call of an endpoint per second makes it.
fn at_process(cx: &Context<'_>, process: usize, number: usize) -> Option<(f64, f64)> {
    let analysis = &cx.analysis;
    let used = need::service(cx, process)?;
    let lead = analysis.lead(process);
    let replicas = f64::from(lead.replicas.value);
    let one = match (used.what, lead.cores, &lead.concurrency) {
        ("cores", Some(cores), _) => {
            let pace = analysis.pace(process);
            work(cx, number, 0) / (replicas * f64::from(cores.count) * pace)
        }
        (_, _, Some(slots)) => analysis.times[number].mean / (replicas * f64::from(slots.value)),
        _ => return None,
    };
    Some((used.ratio, one))
}

/// Core time of one call of an endpoint in its process, modules that it calls included.
fn work(cx: &Context<'_>, number: usize, depth: usize) -> f64 {
    /// Modules may call each other in a circle.
    const DEEPEST: usize = 8;
    let analysis = &cx.analysis;
    let inner = analysis.edges_of(number).iter().filter(|edge| edge.inside && depth < DEEPEST);
    let inner = inner.map(|edge| match edge.to {
        Callee::Endpoint(to) => edge.times * work(cx, to, depth + 1),
        _ => 0.0,
    });
    analysis.work[number] + inner.sum::<f64>()
}
