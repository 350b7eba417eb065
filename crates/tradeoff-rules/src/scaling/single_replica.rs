//! `scale-single-replica`: promises that rest on one copy.

use serde_json::json;
use tradeoff_diag::{Severity, Span};

use super::need;
use crate::mend::{Mend, child};
use crate::{Context, Finding, Report, Source};
use tradeoff_analyze::{Callee, Structure};

rule! {
    /// A service or store that an SLO rests on runs in a single copy.
    ///
    /// # Why
    /// When the one copy crashes, is deployed or moves to another machine, every request on the
    /// path fails until it is back. 99.9 % over 30 days leaves 43 minutes for all of that.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     replicas: 1
    /// #   ^^^^^^^^^^^ scale-single-replica
    ///     endpoints:
    ///       place: { steps: [ { call: payment.charge } ] }
    ///   payment:
    ///     replicas: 3
    ///     endpoints:
    ///       charge: { steps: [ { query: ledger.book } ] }
    /// stores:
    ///   ledger:
    ///     replicas: 1
    /// #   ^^^^^^^^^^^ scale-single-replica
    ///     operations: { book: { time: 1ms, writes: true } }
    /// slos:
    ///   place-order: { endpoint: order.place, availability: 99.9% }
    /// ```
    /// With a second copy, and where no promise rests on it:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     replicas: 2
    ///     endpoints:
    ///       place: { steps: [ { work: 1ms }, { optional: [ { call: ads.banner } ] } ] }
    ///   ads:
    ///     replicas: 1
    ///     endpoints:
    ///       banner: { steps: [ { work: 1ms } ] }
    ///   report:
    ///     replicas: 1
    ///     endpoints:
    ///       daily: { steps: [ { work: 1s } ] }
    /// slos:
    ///   place-order: { endpoint: order.place, availability: 99.9% }
    /// ```
    ///
    /// # Limits
    /// Where the file does not state `replicas`, the rule cannot tell: one copy is simulated, but
    /// nobody said so. A promise does not rest on what only `optional` steps ask for, or on one way of
    /// a `fallback`: while that is down, its requests go on without it.
    /// A second copy of a store serves reads; whether it may take over the writes is for its
    /// failover to say.
    ///
    /// # Sources
    /// Guide, section 11: "Single point of failure".
    pub const RULE = Rule {
        id: "scale-single-replica",
        severity: Severity::Warning,
        source: Source { guide: Some("11"), other: None },
        summary: "a service or store with one replica that an SLO rests on",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let structure = Structure::new(analysis);
    for (process, it) in analysis.processes.iter().enumerate() {
        let mut endpoints = analysis.endpoints_of(process);
        if !endpoints.any(|it| analysis.watch(it).is_some()) {
            continue;
        }
        let slo = structure.needs_process(process);
        let lead = analysis.lead(process);
        let Some(slo) = slo.filter(|_| lead.replicas.value <= 1) else {
            report.pass(&RULE);
            continue;
        };
        if lead.replicas_stated {
            // What the load asks for anyway must not be taken back here.
            let busy = need::service(cx, process).filter(|it| it.ratio > 0.7);
            let replicas = busy.and_then(|it| it.needs()).unwrap_or(2).max(2);
            let mut mend = Mend::new(cx);
            mend.replicas(process, replicas);
            let slo = &cx.architecture.slos[slo].name.value;
            let help = mend.replicas_words(process, replicas);
            let finding = finding(&it.name, lead.replicas.span, slo, help);
            report.fire(finding.patch(mend.edits()));
        } else {
            report.unknown(&RULE, &it.name, format!("services.{}.replicas", lead.name.value));
        }
    }
    for (at, store) in cx.architecture.stores.iter().enumerate() {
        let subject = &store.name.value;
        let watched = analysis.edges.iter().any(|edge| match edge.to {
            Callee::Operation(store, _) => store == at && analysis.watch(edge.from).is_some(),
            _ => false,
        });
        if !watched {
            continue;
        }
        let slo = structure.needs_store(at).filter(|_| store.replicas.value <= 1);
        let Some(slo) = slo else {
            report.pass(&RULE);
            continue;
        };
        if store.replicas_stated {
            let mut mend = Mend::new(cx);
            mend.set(&child(&child("/stores", subject), "replicas"), json!(2));
            let slo = &cx.architecture.slos[slo].name.value;
            let finding = finding(subject, store.replicas.span, slo, "set `replicas: 2`".into());
            report.fire(finding.patch(mend.edits()));
        } else {
            report.unknown(&RULE, subject, format!("stores.{subject}.replicas"));
        }
    }
}

fn finding(subject: &str, span: Span, slo: &str, help: String) -> Finding {
    let message = format!("`{slo}` rests on a single replica of `{subject}`");
    RULE.at(subject, span, "one copy", message).help(help)
}
