//! `rel-slo-infeasible`: promises that no operation of this design can keep.

use tradeoff_diag::Severity;

use crate::{Context, Report, Source};
use tradeoff_analyze::Structure;
use tradeoff_analyze::words::{availability, duration};

rule! {
    /// An SLO promises more than what it rests on allows: a higher availability than the product of
    /// everything in series, or a lower latency than the medians along its path add up to.
    ///
    /// # Why
    /// A request that needs three components of 99.9 % each gets 99.7 % at best, however well each
    /// of them is run. Such a promise is broken from the first day, its error budget is spent by
    /// others, and no alert on it means anything. What helps is another design (a fallback, an
    /// optional step, a queue in between), better promises from below, or a promise that can be
    /// kept.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     availability: 99.95%
    ///     endpoints:
    ///       place: { steps: [ { work: 5ms }, { call: bank }, { query: orders.insert } ] }
    ///       show: { steps: [ { work: 5ms }, { call: bank } ] }
    /// stores:
    ///   orders:
    ///     availability: 99.95%
    ///     operations: { insert: { time: 2ms, writes: true } }
    /// externals:
    ///   bank: { availability: 99.9%, time: { p50: 60ms, p99: 200ms } }
    /// slos:
    ///   place: { endpoint: order.place, availability: 99.9% }
    /// #                                               ^^^^^ rel-slo-infeasible
    ///   show: { endpoint: order.show, latency: { p50: 50ms } }
    /// #                                          ^^^^^^^^^ rel-slo-infeasible
    /// ```
    /// With a way around the bank, and a promise that leaves room:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     availability: 99.95%
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - work: 5ms
    ///           - fallback: [ { call: bank } ]
    ///             else: [ { call: wallet } ]
    ///           - optional: [ { query: ideas.suggest } ]
    /// stores:
    ///   ideas:
    ///     availability: 99%
    ///     operations: { suggest: { time: 2ms } }
    /// externals:
    ///   bank: { availability: 99.9%, time: { p50: 60ms, p99: 200ms } }
    ///   wallet: { availability: 99.5%, time: 80ms }
    /// slos:
    ///   place: { endpoint: order.place, availability: 99.9%, latency: { p99: 300ms } }
    /// ```
    ///
    /// # Limits
    /// `availability` is what is stated for a component as a whole, its replicas together; what
    /// states none counts as always up, so that the product is the best case. Components are taken
    /// to fail independently of each other. Only what a request cannot do without is in series:
    /// not what is optional, nor what has a fallback. Errors of single calls (`errors`, `fail`)
    /// count after the retries on their way. The latency is that of the likelier way through
    /// `chance` steps, without any waiting and with half of all requests taking longer; a promise
    /// above that may still be broken, which `tradeoff analyze` and `tradeoff simulate` tell. If
    /// nothing fires and a component in series does not state its availability, the rule cannot
    /// tell. What to give up is a decision, so there is no patch.
    ///
    /// # Sources
    /// Guide, section 12: availability as an architectural contract. B. Treynor, M. Dahlin, V. Rau
    /// and B. Beyer, "The Calculus of Service Availability", ACM Queue 15 (2017).
    pub const RULE = Rule {
        id: "rel-slo-infeasible",
        severity: Severity::Error,
        source: Source {
            guide: Some("12"),
            other: Some("ACM Queue 15: The Calculus of Service Availability"),
        },
        summary: "an SLO that promises more than what it rests on allows",
        since: "0.1",
        check,
    };
}

const HELP: &str = "take what fails out of the path (`optional`, `fallback`, a queue in between), or promise what \
                    can be kept";
const HELP_LATENCY: &str =
    "take steps out of the path, run them side by side (`all`), or promise what can be kept";

fn check(cx: &Context<'_>, report: &mut Report) {
    let slos = &cx.architecture.slos;
    if slos.is_empty() {
        return;
    }
    let structure = Structure::new(&cx.analysis);
    let medians = cx.analysis.medians();
    for (at, slo) in slos.iter().enumerate() {
        let subject = slo.name.value.as_str();
        let available = structure.availability(at);
        let within = cx.analysis.within(at, &medians);
        let late = within.as_ref().filter(|it| !it.feasible);
        let latency_span = slo.latency.map_or(slo.name.span, |it| it.span);
        if let Some(it) = available.as_ref().filter(|it| it.feasible == Some(false)) {
            let product = it.product.unwrap_or(0.0);
            let span = slo.availability.as_ref().map_or(slo.name.span, |it| it.span);
            let label = format!("{} at best", availability(product));
            let message = format!("`{subject}` promises more than its path allows");
            let mut finding = RULE
                .at(subject, span, label, message)
                .because(it.arithmetic.as_str(), product, it.target, "1")
                .help(HELP);
            if let Some(late) = late {
                let text = format!("nor this: half of the requests take {}", duration(late.bound));
                finding = finding.also(latency_span, text);
            }
            report.fire(finding);
        } else if let Some(it) = late {
            let label = format!("half of the requests take {}", duration(it.bound));
            let message = format!("`{subject}` promises less time than its path takes");
            let finding = RULE
                .at(subject, latency_span, label, message)
                .because(it.arithmetic.as_str(), it.bound, it.limit, "s")
                .help(HELP_LATENCY);
            report.fire(finding);
        } else if let Some(missing) = available.as_ref().and_then(|it| it.unstated.first()) {
            report.unknown(&RULE, subject, format!("{}.availability", path(cx, missing)));
        } else {
            report.pass(&RULE);
        }
    }
}

/// The dotted path of a component: of a deploy unit, that of its first module.
fn path(cx: &Context<'_>, name: &str) -> String {
    if cx.architecture.stores.iter().any(|it| it.name.value == name) {
        return format!("stores.{name}");
    }
    if cx.architecture.externals.iter().any(|it| it.name.value == name) {
        return format!("externals.{name}");
    }
    let process = cx.analysis.processes.iter().position(|it| it.name == name);
    let lead = process.map_or(name, |it| cx.analysis.lead(it).name.value.as_str());
    format!("services.{lead}")
}
