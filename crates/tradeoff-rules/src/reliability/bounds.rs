//! How long a call may take: what its policy allows, and what its callee needs.

use std::collections::BTreeMap;

use tradeoff_model::model::{Backoff, Dist, EdgePolicy, Nanos, Retry, Step, StepKind, Target};

use crate::Context;
use tradeoff_analyze::words::{duration, readable, seconds, stated};
use tradeoff_analyze::{Callee, Edge, Estimate, attempts, patience};

/// Calls whose bounds a sum spells out.
const SPELLED: usize = 4;

/// What the callee of an edge needs when nothing waits, the network included.
pub(super) fn need(cx: &Context<'_>, edge: &Edge<'_>) -> Estimate {
    let callee = match edge.to {
        Callee::Endpoint(number) => cx.analysis.times[number],
        Callee::External(external, operation) => cx.analysis.external(external, operation),
        Callee::Operation(store, operation) => {
            Estimate::of(&cx.architecture.stores[store].operations[operation].time)
        }
    };
    let crossing = Estimate::of(edge.network);
    callee.then(crossing).then(crossing)
}

/// The waits between all attempts together, each at its longest, in seconds.
fn waits(retry: &Retry) -> f64 {
    let wait = |nth: u32| {
        let wait = match retry.backoff {
            Backoff::None => 0.0,
            Backoff::Constant => seconds(retry.base),
            Backoff::Linear => seconds(retry.base) * f64::from(nth),
            Backoff::Exponential => seconds(retry.base) * libm::exp2(f64::from(nth.min(64)) - 1.0),
        };
        wait.min(seconds(retry.cap))
    };
    (1..retry.attempts).map(wait).sum()
}

/// The longest that a policy lets its caller wait, retries included, in seconds; infinite if
/// nothing bounds it.
pub(super) fn longest(policy: &EdgePolicy) -> f64 {
    let deadline = policy.deadline.as_ref().map_or(f64::INFINITY, |it| seconds(it.value));
    let waits = policy.retry.as_ref().map_or(0.0, |it| waits(&it.value));
    let all = f64::from(attempts(policy)) * patience(policy) + waits;
    all.min(deadline)
}

/// The longest that an endpoint may take, by the bounds of what it calls one after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worst {
    /// The sum of all bounds, in seconds.
    pub(super) sum: f64,
    /// The longest of them.
    pub(super) most: f64,
    /// The first of them in words: `3 x 1s + 20ms`.
    parts: Vec<String>,
    /// Calls whose bounds are not among the words.
    more: usize,
    /// JSON Pointer of a step without any bound.
    pub(super) unbounded: Option<String>,
}

impl Worst {
    fn of(step: &Step, policy: &EdgePolicy, proposals: &Proposals) -> Self {
        let longest = longest(policy);
        if longest.is_infinite() {
            let waits = policy.retry.as_ref().map_or(0.0, |it| waits(&it.value));
            let sum = match proposals.get(&step.pointer) {
                Some(it) if it.pass => seconds(it.bound),
                Some(it) => f64::from(attempts(policy)) * seconds(it.bound) + waits,
                None => 0.0,
            };
            let unbounded = Some(step.pointer.clone());
            return Self { sum, most: sum, unbounded, ..Self::default() };
        }
        let (attempts, patience) = (attempts(policy), patience(policy));
        let waits = policy.retry.as_ref().map_or(0.0, |it| waits(&it.value));
        let all = f64::from(attempts) * patience + waits;
        let text = match attempts {
            _ if longest < all => format!("{} deadline", duration(longest)),
            1 => duration(patience),
            _ if waits == 0.0 => format!("{attempts} x {}", duration(patience)),
            _ => format!("{attempts} x {} + {}", duration(patience), duration(waits)),
        };
        Self { sum: longest, most: longest, parts: vec![text], more: 0, unbounded: None }
    }

    fn then(mut self, next: Self) -> Self {
        self.sum += next.sum;
        self.most = self.most.max(next.most);
        let room = SPELLED.saturating_sub(self.parts.len());
        self.more += next.more + next.parts.len().saturating_sub(room);
        self.parts.extend(next.parts.into_iter().take(room));
        self.unbounded = self.unbounded.or(next.unbounded);
        self
    }

    /// The longer of two that do not both happen, or happen side by side.
    fn or(self, other: Self) -> Self {
        let unbounded = self.unbounded.clone().or_else(|| other.unbounded.clone());
        let longer = if other.sum > self.sum { other } else { self };
        Self { unbounded, ..longer }
    }

    fn times(mut self, times: f64) -> Self {
        if times > 1.0 && !self.parts.is_empty() {
            self.parts = vec![format!("{times} x ({})", self.text())];
            self.more = 0;
        }
        self.sum *= times;
        self.most *= times.min(1.0);
        self
    }

    /// The sum in words: `3 x 1s + 20ms + 250ms`.
    pub(super) fn text(&self) -> String {
        let more = if self.more > 0 { format!(" + {} more", self.more) } else { String::new() };
        self.parts.join(" + ") + &more
    }
}

/// The longest that each endpoint may take: added up once for all rules.
pub(super) fn worst<'c>(cx: &'c Context<'_>) -> &'c [Worst] {
    cx.worst.get_or_init(|| {
        let analysis = &cx.analysis;
        let mut all = vec![Worst::default(); analysis.endpoints.len()];
        for number in analysis.order().iter().flatten() {
            let known = Known { cx, all: &all, proposals: &Proposals::new(), number: *number };
            all[*number] = known.list(analysis.steps(*number));
        }
        all
    })
}

/// A bound for a call that has none.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// The bound.
    pub(super) bound: Nanos,
    /// Whether the callee must keep it too, since by its own bounds it may take longer.
    pub(super) pass: bool,
    /// The sum behind it.
    pub(super) text: String,
}

/// Bounds by the JSON Pointers of the steps that have none.
pub(super) type Proposals = BTreeMap<String, Proposal>;

/// A bound for each call that has none: it fits the callee and what is promised, and is longer than
/// what the callee may take by its own bounds, those proposed for it included.
pub(super) fn proposals(cx: &Context<'_>) -> Proposals {
    let analysis = &cx.analysis;
    let mut proposals = Proposals::new();
    let unbounded = |edge: &Edge<'_>| !edge.inside && edge.patience().is_infinite();
    if !analysis.edges.iter().any(unbounded) {
        return proposals;
    }
    let mut all = vec![Worst::default(); analysis.endpoints.len()];
    for number in analysis.order().iter().flatten() {
        for edge in analysis.edges_of(*number) {
            if unbounded(edge) {
                let worst = match edge.to {
                    Callee::Endpoint(to) => all[to].sum,
                    _ => 0.0,
                };
                proposals.insert(edge.step.pointer.clone(), proposal(cx, edge, worst));
            }
        }
        let known = Known { cx, all: &all, proposals: &proposals, number: *number };
        all[*number] = known.list(analysis.steps(*number));
    }
    proposals
}

/// How often a proposed timeout holds what the callee needs.
const AMPLE: f64 = 3.0;

fn proposal(cx: &Context<'_>, edge: &Edge<'_>, worst: f64) -> Proposal {
    let need = need(cx, edge).p99();
    let wanted = (AMPLE * need).max(LEAST);
    let mut bound = readable(wanted);
    let text = format!("proposed: 3 x {} at p99 = {}", duration(need), duration(AMPLE * need));
    let promised = cx.analysis.watch(edge.from).and_then(|it| it.limit);
    let promised = promised.filter(|limit| seconds(*limit) > need);
    let text = match promised {
        Some(limit) if limit < bound => {
            bound = limit;
            format!("{text}, at most the promised {}", stated(limit))
        }
        _ if wanted > AMPLE * need => format!("{text}, at least 50ms"),
        _ => format!("{text}, about {}", stated(bound)),
    };
    if worst < seconds(bound) {
        return Proposal { bound, pass: false, text };
    }
    let longer = readable(worst * MARGIN);
    if promised.is_some_and(|limit| longer > limit) {
        return Proposal { bound, pass: true, text };
    }
    let whom = cx.analysis.callee_name(edge.to);
    let text = format!("proposed: more than the {} that `{whom}` may take", duration(worst));
    Proposal { bound: longer, pass: false, text }
}

/// What is known while the bounds of an endpoint are added up.
struct Known<'a> {
    cx: &'a Context<'a>,
    all: &'a [Worst],
    proposals: &'a Proposals,
    number: usize,
}

impl Known<'_> {
    fn list(&self, steps: &[Step]) -> Worst {
        steps.iter().map(|it| self.step(it)).fold(Worst::default(), Worst::then)
    }

    fn step(&self, it: &Step) -> Worst {
        let Self { cx, all, proposals, number } = *self;
        let analysis = &cx.analysis;
        let list = |steps: &[Step]| self.list(steps);
        match &it.kind {
            StepKind::Call { target, policy, .. } => {
                if let Target::Endpoint(service, endpoint) = *target {
                    let to = analysis.number(service, endpoint);
                    if analysis.process(to) == analysis.process(number) {
                        return all[to].clone();
                    }
                }
                Worst::of(it, policy, proposals)
            }
            StepKind::Query { policy, .. } => Worst::of(it, policy, proposals),
            StepKind::All { branches, .. } => {
                branches.iter().map(|it| list(it)).fold(Worst::default(), Worst::or)
            }
            StepKind::Chance { then, otherwise, .. } => list(then).or(list(otherwise)),
            StepKind::Repeat { times, steps } => list(steps).times(rounds(times)),
            StepKind::Optional(steps) | StepKind::Transaction { steps, .. } => list(steps),
            StepKind::Fallback { steps, otherwise } => list(steps).then(list(otherwise)),
            StepKind::Work(_) | StepKind::Wait(_) | StepKind::Fail(_) => Worst::default(),
        }
    }
}

fn rounds(times: &Dist) -> f64 {
    libm::round(times.mean()).max(0.0)
}

/// A timeout, in multiples of what the callee needs at its 99th percentile, that is more than
/// generous.
const GENEROUS: f64 = 10.0;
/// Timeouts up to this, in seconds, are left alone however quick the callee is.
const USUAL: f64 = 1.0;
/// The shortest timeout that a mend sets, in seconds.
const LEAST: f64 = 0.05;
/// How much longer than the callee's own bounds a proposed timeout is.
const MARGIN: f64 = 1.01;

/// A timeout that is longer than what it is there for, and one that is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooLong {
    /// The timeout that is stated.
    pub(super) stated: Nanos,
    /// What the callee needs at its 99th percentile, in seconds.
    pub(super) need: f64,
    /// Index of the promise that it is longer than.
    pub(super) slo: Option<usize>,
    /// The promised latency.
    pub(super) limit: Option<Nanos>,
    /// A timeout that fits; `None` if the promise leaves the callee no time.
    pub(super) fits: Option<Nanos>,
}

/// Whether the timeout of an edge is longer than a promise on its path, or than anything that the
/// callee needs.
pub(super) fn too_long(cx: &Context<'_>, edge: &Edge<'_>) -> Option<TooLong> {
    let stated = edge.policy.timeout.as_ref()?.value;
    let need = need(cx, edge).p99();
    let generous = readable((GENEROUS * need).max(LEAST));
    let watch = cx.analysis.watch(edge.from);
    let promised = watch.and_then(|it| it.limit.map(|limit| (it.slo, limit)));
    let promised = promised.filter(|(_, limit)| stated > *limit);
    let slack = need > 0.0 && seconds(stated) > USUAL && stated > generous;
    if promised.is_none() && !slack {
        return None;
    }
    let limit = promised.map(|it| it.1);
    let fits = match limit {
        Some(limit) if seconds(limit) <= need => None,
        Some(limit) => Some(limit.min(generous)),
        None => Some(generous),
    };
    Some(TooLong { stated, need, slo: promised.map(|it| it.0), limit, fits })
}

/// What the caller waits for, or should: the callee is told to keep it.
pub(super) fn after(cx: &Context<'_>, edge: &Edge<'_>) -> Nanos {
    let policy = &edge.policy;
    let bounds = [&policy.timeout, &policy.deadline].into_iter().flatten().map(|it| it.value);
    let bound = bounds.min().unwrap_or(Nanos::MAX);
    let fits = too_long(cx, edge).and_then(|it| it.fits);
    fits.map_or(bound, |fits| fits.min(bound))
}
