//! `rel-no-slo`: what users ask for, without a promise.

use tradeoff_diag::{Severity, Span};
use tradeoff_model::model::Slo;

use crate::repeat::Repeat;
use crate::{Context, Report, Source};
use tradeoff_analyze::words::{percent, readable, stated};

rule! {
    /// What users ask for has no SLO, or one without a latency or an availability.
    ///
    /// # Why
    /// Without a number nobody can say whether a design is good enough, a timeout short enough or
    /// a replica worth its price: every question of reliability becomes a matter of taste. A
    /// service that answers everything, late, keeps a promise of availability alone; one that
    /// answers quickly that it failed keeps one of latency alone.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { work: 5ms } ] }
    /// #     ^^^^^ rel-no-slo
    ///       status: { steps: [ { work: 1ms } ] }
    /// traffic:
    ///   shoppers: { rate: 10/s, mix: { order.place: 20%, order.status: 80% } }
    /// slos:
    ///   status: { endpoint: order.status, availability: 99.9% }
    /// # ^^^^^^ rel-no-slo
    /// ```
    /// With both, and for what is rarely asked for and changes nothing:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { work: 5ms } ] }
    ///       history: { http: GET /v1/orders, steps: [ { work: 9ms } ] }
    /// traffic:
    ///   shoppers: { rate: 10/s, mix: { order.place: 95%, order.history: 5% } }
    /// slos:
    ///   place: { endpoint: order.place, availability: 99.9%, latency: { p99: 300ms } }
    /// ```
    ///
    /// # Limits
    /// An entry point is asked about if it gets at least a tenth of what one source of traffic
    /// asks for, or if it changes state. Half a promise is advice. What to promise is for those who
    /// answer for it, so there is no patch. Without traffic nobody knows what users ask for.
    ///
    /// # Sources
    /// Guide, section 12: "An SLO (Service Level Objective) is not a monitoring concern".
    pub const RULE = Rule {
        id: "rel-no-slo",
        severity: Severity::Warning,
        source: Source { guide: Some("12"), other: None },
        summary: "an entry point without a promised availability and latency",
        since: "0.1",
        check,
    };
}

/// The share of a source's requests from which on an endpoint is asked about.
const OFTEN: f64 = 0.1;
/// The latency of the example, in multiples of what the endpoint needs at its 99th percentile.
const AMPLE: f64 = 2.0;
/// The least latency of the example, in seconds.
const LEAST: f64 = 0.3;

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    if cx.architecture.traffic.is_empty() {
        if !analysis.endpoints.is_empty() {
            report.unknown(&RULE, cx.architecture.name.as_str(), "traffic");
        }
        return;
    }
    let mut most = vec![0.0_f64; analysis.endpoints.len()];
    for mix in cx.architecture.traffic.iter().flat_map(|it| &it.mix) {
        let number = analysis.number(mix.service, mix.endpoint);
        most[number] = most[number].max(mix.share);
    }
    for (number, share) in most.iter().copied().enumerate().filter(|it| it.1 > 0.0) {
        let (service, endpoint) = analysis.endpoints[number];
        let of = |it: &&Slo| (it.service, it.endpoint) == (service, endpoint);
        let promises: Vec<&Slo> = cx.architecture.slos.iter().filter(of).collect();
        let available = promises.iter().any(|it| it.availability.is_some());
        let quick = promises.iter().any(|it| it.latency.is_some());
        let changes = cx.repeats.effect(number) == Repeat::Harms;
        if (available && quick) || (promises.is_empty() && share < OFTEN && !changes) {
            report.pass(&RULE);
            continue;
        }
        let name = analysis.name(number);
        let users = format!("gets {} of what users ask for", percent(share));
        let place: Span = cx.architecture.services[service].endpoints[endpoint].name.span;
        let finding = match promises.first() {
            None => RULE
                .at(
                    name.as_str(),
                    place,
                    users,
                    format!("users ask for `{name}`, and nothing is promised"),
                )
                .help(format!(
                    "promise an availability and a latency, for example `{{ endpoint: {name}, \
                     availability: 99.9%, latency: {{ p99: {} }} }}` under `slos`",
                    stated(readable((AMPLE * analysis.times[number].p99()).max(LEAST)))
                )),
            Some(slo) => {
                let what = if available { "latency" } else { "availability" };
                let message = format!("`{}` promises no {what}", slo.name.value);
                let help = format!("add the {what} that the users of `{name}` can count on");
                let label = format!("no {what}");
                RULE.at(name, slo.name.span, label, message).severity(Severity::Advice).help(help)
            }
        };
        report.fire(finding);
    }
}
