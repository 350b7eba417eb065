//! How busy services and stores are, and how many replicas or cores they need.

use tradeoff_model::model::Store;

use crate::Context;
use tradeoff_analyze::words::{duration, number, percent, rate};

/// The utilization that a patch brings things down to.
const TARGET: f64 = 0.6;
/// Most replicas or cores that a file may state.
const MOST: f64 = 10_000.0;

/// How busy something is.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    /// What is busy: `cores` or `slots`.
    pub(crate) what: &'static str,
    /// Offered work over what can be done.
    pub(crate) ratio: f64,
    /// The sum, without what it comes to.
    text: String,
    /// Replicas or cores for this work to come to the target.
    needs: f64,
}

impl Use {
    /// The sum: `120/s x 12ms / (2 x 1 cores) = 72%`.
    pub(crate) fn text(&self) -> String {
        format!("{} = {}", self.text, percent(self.ratio))
    }

    /// Replicas or cores that bring it down to the target, if there can be so many.
    pub(crate) fn needs(&self) -> Option<u64> {
        // A quotient that should be whole may miss it by its last binary digit.
        let needs = libm::ceil(self.needs - 1e-9);
        (needs <= MOST).then_some(needs as u64)
    }
}

/// The busiest of the cores and slots of a process; `None` if nothing of it is stated.
pub(crate) fn service(cx: &Context<'_>, process: usize) -> Option<Use> {
    let analysis = &cx.analysis;
    let lead = analysis.lead(process);
    let replicas = lead.replicas.value;
    let pace = analysis.pace(process);
    let mut busiest: Option<Use> = None;
    let mut offer = |what, load: &[f64], time: &dyn Fn(usize) -> f64, each: f64, pace: f64| {
        let runs = analysis.endpoints_of(process).filter(|it| time(*it) > 0.0);
        let (mut calls, mut busy) = (0.0, 0.0);
        for run in runs {
            calls += load[run];
            busy += load[run] * time(run);
        }
        let one = each * pace;
        let ratio = busy / (f64::from(replicas) * one);
        let visit = if calls > 0.0 { busy / calls } else { 0.0 };
        let speed = if (pace - 1.0).abs() < 1e-9 {
            String::new()
        } else {
            format!(" x speed {}", number(pace))
        };
        let text = format!(
            "{} x {} / ({replicas} x {} {what}{speed})",
            rate(calls),
            duration(visit),
            number(each)
        );
        let new = Use { what, ratio, text, needs: busy / (one * TARGET) };
        if busiest.as_ref().is_none_or(|old| new.ratio > old.ratio) {
            busiest = Some(new);
        }
    };
    if let Some(cores) = lead.cores {
        let work = |it: usize| analysis.work[it];
        offer("cores", &analysis.load.endpoints, &work, f64::from(cores.count), pace);
    }
    if let Some(slots) = &lead.concurrency {
        let time = |it: usize| analysis.times[it].mean;
        offer("slots", &analysis.load.doors, &time, f64::from(slots.value), 1.0);
    }
    busiest
}

/// Whether a process is offered work that needs cores.
pub(crate) fn works(cx: &Context<'_>, process: usize) -> bool {
    let analysis = &cx.analysis;
    analysis.endpoints_of(process).any(|it| analysis.load.endpoints[it] * analysis.work[it] > 0.0)
}

/// The cores of the busiest copy of a store, the one that takes the writes; `None` if its cores
/// are not stated.
pub(crate) fn store(cx: &Context<'_>, at: usize) -> Option<Use> {
    let store = &cx.architecture.stores[at];
    let cores = store.cores?.count;
    let replicas = store.replicas.value;
    let (queries, reads, writes) = queries(cx, at, store);
    let busy = writes + reads / f64::from(replicas);
    let text = if replicas == 1 || reads == 0.0 {
        let each = if queries > 0.0 { (reads + writes) / queries } else { 0.0 };
        format!("{} x {} / {cores} cores", rate(queries), duration(each))
    } else {
        format!(
            "({} of writes + {} of reads / {replicas}) per second / {cores} cores",
            duration(writes),
            duration(reads)
        )
    };
    Some(Use { what: "cores", ratio: busy / f64::from(cores), text, needs: busy / TARGET })
}

/// Queries per second, and the core seconds per second of reads and of writes.
pub(crate) fn queries(cx: &Context<'_>, at: usize, store: &Store) -> (f64, f64, f64) {
    let (mut queries, mut reads, mut writes) = (0.0, 0.0, 0.0);
    for (rate, operation) in cx.analysis.load.operations[at].iter().zip(&store.operations) {
        queries += rate;
        let busy = rate * operation.time.mean();
        *(if operation.writes { &mut writes } else { &mut reads }) += busy;
    }
    (queries, reads, writes)
}
