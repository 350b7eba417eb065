//! `rel-retry-amplification`: retries of retries.

use serde_json::json;
use tradeoff_diag::{Severity, Span};
use tradeoff_model::model::{Retry, Traffic};

use super::storm::{self, Storm};
use crate::mend::Mend;
use crate::{Context, Finding, Report, Source};
use tradeoff_analyze::words::count;
use tradeoff_analyze::{Analysis, Callee, Edge, attempts};

rule! {
    /// Retries multiply along a path, or one hop retries much, and no budget bounds them.
    ///
    /// # Why
    /// When what stands at the end of a path fails, every hop above it tries again, and each of
    /// its tries makes the hop beneath try again: three hops of three attempts send 27 calls for
    /// one request. The storm comes exactly when the callee is weakest, and keeps it down after
    /// the cause has gone. A budget lets retries mend single failures and stops them when
    /// everything fails.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 250ms, retry: 3 } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: payment.charge } ] }
    /// #                         ^^^^^^^^^^^^^^^^^^^^ rel-retry-amplification
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { call: ledger.book } ] }
    ///   ledger:
    ///     endpoints:
    ///       book: { steps: [ { call: bank } ] }
    /// externals:
    ///   bank: { time: 80ms }
    /// ```
    /// The users' own retries are the first hop, and one hop can be too much by itself:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// policies:
    ///   stubborn: { timeout: 1s, retry: { attempts: 5, backoff: constant } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: bank, policy: stubborn } ] }
    /// #                         ^^^^^^^^^^ rel-retry-amplification
    /// externals:
    ///   bank: { time: 80ms }
    /// traffic:
    ///   shoppers:
    /// # ^^^^^^^^ rel-retry-amplification
    ///     rate: 10/s
    ///     policy: { retry: { attempts: 3, base: 100ms } }
    ///     mix: { order.place: 100% }
    /// ```
    /// Two attempts are too many where the callee has no room for the second: 280 requests a second
    /// of 3.33 ms keep one core 93 % busy, and as many retries are more than it can ever do:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   app:
    ///     endpoints:
    ///       get:
    ///         steps:
    ///           - call: store.get
    /// #           ^^^^^^^^^^^^^^^ rel-retry-amplification
    ///             policy: { timeout: 1s, retry: { attempts: 2 } }
    ///   store:
    ///     cores: 1
    ///     endpoints:
    ///       get: { steps: [ { work: { mean: 3.33ms } } ] }
    /// traffic:
    ///   users: { rate: 280/s, mix: { app.get: 100% } }
    /// ```
    /// With a budget on every hop that retries:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 250ms, retry: { attempts: 3, budget: 10% } } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: payment.charge } ] }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { call: ledger.book } ] }
    ///   ledger:
    ///     endpoints:
    ///       book: { steps: [ { call: bank } ] }
    /// externals:
    ///   bank: { time: 80ms }
    /// ```
    ///
    /// # Limits
    /// A hop of two or three attempts is a warning where every attempt together is more than the
    /// callee can do, `utilization + (attempts - 1) x the share of these calls >= 100%`: then a
    /// storm does not drain once it has begun, which is the condition for a metastable failure. It
    /// is advice where a breaker cuts the storm. Only load that comes whether or not it is answered
    /// counts; users who wait for their answers cannot outrun the callee.
    ///
    /// The product is the worst case, with every attempt failing. Of a path some of whose hops
    /// have a budget all attempts count, since the others still multiply. Calls by which
    /// endpoints call each other in a circle are held against the limit of one hop only. Retries
    /// of the same request by one endpoint in a `repeat` are not counted.
    ///
    /// # Sources
    /// Guide, section 12: "Avalanche of retries overwhelms a struggling service, preventing
    /// recovery (retry storm)". M. Brooker, "Timeouts, retries, and backoff with jitter", Amazon
    /// Builders' Library. N. Bronson and others, "Metastable failures in distributed systems",
    /// Workshop on Hot Topics in Operating Systems 2021.
    pub const RULE = Rule {
        id: "rel-retry-amplification",
        severity: Severity::Error,
        source: Source {
            guide: Some("12"),
            other: Some("Amazon Builders' Library: Timeouts, retries, and backoff with jitter"),
        },
        summary: "retries that multiply along a path without a budget",
        since: "0.1",
        check,
    };
}

/// Most attempts along a path without budgets.
const MOST_ON_PATH: f64 = 9.0;
/// Most attempts of one hop without a budget.
const MOST_AT_HOP: u32 = 3;
/// On a path of several hops.
const BUDGET: &str = "add `budget: 10%` to the retries of each hop that has none";
/// At one hop.
const ITS_BUDGET: &str = "add `budget: 10%` to its retries";

fn check(cx: &Context<'_>, report: &mut Report) {
    hops(cx, report);
    users(cx, report);
    let below = Below::new(&cx.analysis);
    for entry in cx.analysis.entries() {
        match path(cx, &below, entry) {
            Some(finding) => report.fire(finding),
            None => report.pass(&RULE),
        }
    }
}

/// The retries of a policy that no budget bounds.
fn unbounded(edge: &Edge<'_>) -> Option<Retry> {
    let retry = edge.policy.retry.as_ref().map(|it| it.value)?;
    (retry.attempts > 1 && retry.budget.is_none()).then_some(retry)
}

/// The retries of users that no budget bounds.
fn unbounded_users(traffic: &Traffic) -> Option<Retry> {
    let retry = traffic.policy.retry.as_ref().map(|it| it.value)?;
    (retry.attempts > 1 && retry.budget.is_none()).then_some(retry)
}

fn too_many(retry: Option<Retry>) -> Option<Retry> {
    retry.filter(|retry| retry.attempts > MOST_AT_HOP)
}

fn alone(finding: Finding, attempts: u32) -> Finding {
    finding
        .because(
            format!("{attempts} > {MOST_AT_HOP}"),
            f64::from(attempts),
            f64::from(MOST_AT_HOP),
            "attempts",
        )
        .help(ITS_BUDGET)
}

/// Single hops between components.
fn hops(cx: &Context<'_>, report: &mut Report) {
    for (subject, mut edges) in cx.analysis.all_named_edges() {
        edges.retain(|edge| edge.attempts() > 1);
        if edges.is_empty() {
            continue;
        }
        let mut mend = Mend::new(cx);
        let mut worst: Option<(&Edge<'_>, u32)> = None;
        let mut storms: Option<(&Edge<'_>, Storm)> = None;
        for edge in edges {
            let Some(retry) = unbounded(edge) else { continue };
            let storm = storm::of_edge(cx, edge, &retry);
            if retry.attempts > MOST_AT_HOP || storm.is_some() {
                mend.edge_budget(edge, &retry);
            }
            if retry.attempts > MOST_AT_HOP
                && worst.is_none_or(|(_, attempts)| retry.attempts > attempts)
            {
                worst = Some((edge, retry.attempts));
            }
            storms = storms.or(storm.map(|storm| (edge, storm)));
        }
        let Some((edge, attempts)) = worst else {
            match storms {
                Some((edge, storm)) => {
                    let finding = stormy(cx, subject, edge, &storm);
                    report.fire(finding.patch(mend.edits()));
                }
                None => report.pass(&RULE),
            }
            continue;
        };
        let (who, whom) = (cx.analysis.name(edge.from), cx.analysis.callee_name(edge.to));
        let message = format!("`{who}` tries `{whom}` up to {attempts} times without a budget");
        let label = format!("{attempts} attempts");
        let finding = RULE.at(subject, edge.step.span, label, message);
        report.fire(alone(finding, attempts).patch(mend.edits()));
    }
}

/// A hop whose retries alone are more than the callee can do.
fn stormy(cx: &Context<'_>, subject: &str, edge: &Edge<'_>, storm: &Storm) -> Finding {
    let whom = cx.analysis.callee_name(edge.to);
    let message = format!("the retries of `{whom}` alone keep it busy, and no budget bounds them");
    let cut = edge.policy.breaker.is_some();
    RULE.at(subject, edge.step.span, "no budget", message)
        .severity(if cut { Severity::Advice } else { Severity::Warning })
        .because(storm.text(), storm.ratio(), 1.0, "1")
        .help(ITS_BUDGET)
}

/// The users' own retries.
fn users(cx: &Context<'_>, report: &mut Report) {
    for (at, traffic) in cx.architecture.traffic.iter().enumerate() {
        let name = &traffic.name;
        let Some(retry) = unbounded_users(traffic) else {
            if attempts(&traffic.policy) > 1 {
                report.pass(&RULE);
            }
            continue;
        };
        let storm = storm::of_users(cx, at, &retry);
        if let (Some(storm), None) = (storm, too_many(Some(retry))) {
            let mut mend = Mend::new(cx);
            mend.traffic_retry(&name.value, &retry, "budget", json!("10%"));
            let message = format!(
                "the retries of `{}` alone keep what they ask for busy, and no budget bounds them",
                name.value
            );
            let finding = RULE
                .at(name.value.as_str(), name.span, "no budget", message)
                .severity(Severity::Warning)
                .because(storm.text(), storm.ratio(), 1.0, "1");
            report.fire(finding.help(ITS_BUDGET).patch(mend.edits()));
            continue;
        }
        if too_many(Some(retry)).is_none() {
            report.pass(&RULE);
            continue;
        }
        let mut mend = Mend::new(cx);
        mend.traffic_retry(&name.value, &retry, "budget", json!("10%"));
        let message =
            format!("`{}` tries up to {} times without a budget", name.value, retry.attempts);
        let label = format!("{} attempts", retry.attempts);
        let finding = RULE.at(name.value.as_str(), name.span, label, message);
        report.fire(alone(finding, retry.attempts).patch(mend.edits()));
    }
}

/// The most attempts from an endpoint down, and the edge that leads there.
struct Below {
    product: Vec<f64>,
    edge: Vec<Option<usize>>,
    /// The group of each endpoint, callees before callers.
    group: Vec<usize>,
}

impl Below {
    fn new(analysis: &Analysis<'_>) -> Self {
        let count = analysis.endpoints.len();
        let mut group = vec![0; count];
        for (at, members) in analysis.order().iter().enumerate() {
            for number in members {
                group[*number] = at;
            }
        }
        let mut it = Self { product: vec![1.0; count], edge: vec![None; count], group };
        for number in analysis.order().iter().flatten() {
            for (edge, at) in edges(analysis, *number) {
                let product = f64::from(edge.attempts()) * it.after(edge);
                if it.goes_down(edge) && product > it.product[*number] {
                    it.product[*number] = product;
                    it.edge[*number] = Some(at);
                }
            }
        }
        it
    }

    /// Whether an edge leads out of the circle that its caller is in, if it is in one.
    fn goes_down(&self, edge: &Edge<'_>) -> bool {
        match edge.to {
            Callee::Endpoint(to) => self.group[to] != self.group[edge.from],
            _ => true,
        }
    }

    /// The most attempts beneath an edge.
    fn after(&self, edge: &Edge<'_>) -> f64 {
        match edge.to {
            Callee::Endpoint(to) => self.product[to],
            _ => 1.0,
        }
    }
}

/// The edges of an endpoint with their places in the list of all.
fn edges<'e, 'a>(
    analysis: &'e Analysis<'a>,
    number: usize,
) -> impl Iterator<Item = (&'e Edge<'a>, usize)> {
    let list = analysis.edges_of(number);
    list.iter().zip(analysis.first_edge(number)..)
}

/// The worst path from an entry point, if retries multiply on it too far.
fn path(cx: &Context<'_>, below: &Below, entry: usize) -> Option<Finding> {
    let analysis = &cx.analysis;
    let (source, first) = users_of(cx, entry);
    if f64::from(first) * below.product[entry] <= MOST_ON_PATH {
        return None;
    }
    let mut above = vec![0.0; analysis.endpoints.len()];
    let mut came_by: Vec<Option<usize>> = vec![None; analysis.endpoints.len()];
    above[entry] = f64::from(first);
    let mut mend = Mend::new(cx);
    // The hop that no budget bounds on the worst path; `None`: the users' own.
    let mut worst: Option<(f64, Option<usize>)> = None;
    let mut offends = |through: f64, attempts: u32, hop: Option<usize>| {
        let multiplies = through > MOST_ON_PATH && through > f64::from(attempts);
        if multiplies && worst.is_none_or(|(most, _)| through > most) {
            worst = Some((through, hop));
        }
        multiplies
    };
    for traffic in sources(cx, entry) {
        if let Some(retry) = unbounded_users(traffic) {
            let through = f64::from(retry.attempts) * below.product[entry];
            if offends(through, retry.attempts, None) {
                mend.traffic_retry(&traffic.name.value, &retry, "budget", json!("10%"));
            }
        }
    }
    for number in analysis.order()[..=below.group[entry]].iter().rev().flatten() {
        if above[*number] == 0.0 {
            continue;
        }
        for (edge, at) in edges(analysis, *number).filter(|(edge, _)| below.goes_down(edge)) {
            let product = above[*number] * f64::from(edge.attempts());
            if let Callee::Endpoint(to) = edge.to
                && product > above[to]
            {
                above[to] = product;
                came_by[to] = Some(at);
            }
            if let Some(retry) = unbounded(edge)
                && offends(product * below.after(edge), retry.attempts, Some(at))
            {
                mend.edge_budget(edge, &retry);
            }
        }
    }
    let (product, through) = worst?;
    let mut hops = whole_path(analysis, below, &came_by, entry, through);
    hops.retain(|edge| edge.attempts() > 1);
    let mut places: Vec<(Span, u32)> =
        hops.iter().map(|edge| (edge.step.span, edge.attempts())).collect();
    if let Some(traffic) = source.filter(|_| first > 1) {
        places.insert(0, (traffic.name.span, first));
    }
    let (primary, rest) = places.split_first()?;
    let factors: Vec<String> = places.iter().map(|(_, attempts)| attempts.to_string()).collect();
    let text = format!("{} = {} > 9", factors.join(" x "), count(product as u64));
    let name = analysis.name(entry);
    let message = format!("retries multiply on a path of `{name}`");
    let mut finding = RULE
        .at(name, primary.0, format!("{} attempts", primary.1), message)
        .because(text, product, MOST_ON_PATH, "attempts")
        .help(BUDGET)
        .patch(mend.edits());
    for (span, attempts) in rest {
        finding = finding.also(*span, format!("times {attempts} attempts"));
    }
    Some(finding)
}

/// The sources that ask for an endpoint.
fn sources<'a>(cx: &Context<'a>, entry: usize) -> impl Iterator<Item = &'a Traffic> {
    let (service, endpoint) = cx.analysis.endpoints[entry];
    cx.architecture.traffic.iter().filter(move |traffic| {
        traffic.mix.iter().any(|it| (it.service, it.endpoint) == (service, endpoint))
    })
}

/// The source that tries an endpoint most often, and how often.
fn users_of<'a>(cx: &Context<'a>, entry: usize) -> (Option<&'a Traffic>, u32) {
    let mut most = (None, 1);
    for traffic in sources(cx, entry) {
        let attempts = attempts(&traffic.policy);
        if attempts > most.1 {
            most = (Some(traffic), attempts);
        }
    }
    most
}

/// The edges from the entry to the bottom, by way of one of them.
fn whole_path<'e, 'a>(
    analysis: &'e Analysis<'a>,
    below: &Below,
    came_by: &[Option<usize>],
    entry: usize,
    through: Option<usize>,
) -> Vec<&'e Edge<'a>> {
    let mut path = Vec::new();
    let mut last = through;
    while let Some(at) = last {
        let edge = &analysis.edges[at];
        path.push(edge);
        last = came_by[edge.from];
    }
    path.reverse();
    let mut next = match path.last().map(|edge| edge.to) {
        None => below.edge[entry],
        Some(Callee::Endpoint(to)) => below.edge[to],
        Some(_) => None,
    };
    while let Some(at) = next {
        let edge = &analysis.edges[at];
        path.push(edge);
        next = match edge.to {
            Callee::Endpoint(to) => below.edge[to],
            _ => None,
        };
    }
    path
}
