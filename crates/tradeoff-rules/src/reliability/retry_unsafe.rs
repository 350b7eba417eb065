//! `rel-retry-unsafe`: retries that do it twice.

use serde_json::json;
use tradeoff_diag::Severity;

use crate::mend::Mend;
use crate::repeat::{Repeat, endpoint, method, missing};
use crate::{Context, Report, Source};
use tradeoff_analyze::{Callee, Edge};

rule! {
    /// A call is tried again although a second try does it twice.
    ///
    /// # Why
    /// A timeout does not say that nothing was done: the answer may have been lost after the stock
    /// was taken and the card was charged. A retry of what changes state, without a key by which
    /// the callee knows it again, does it once more. The more often calls time out the more often
    /// this happens, so it shows in the worst hour.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 500ms, retry: 3 } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: inventory.reserve
    /// #           ^^^^^^^^^^^^^^^^^^^^^^^ rel-retry-unsafe
    ///           - call: bank.charge
    /// #           ^^^^^^^^^^^^^^^^^ rel-retry-unsafe
    ///   inventory:
    ///     endpoints:
    ///       reserve: { http: POST /v1/reservations, steps: [ { query: stock.decrement } ] }
    /// stores:
    ///   stock: { operations: { decrement: { time: 2ms, writes: true } } }
    /// externals:
    ///   bank: { time: 80ms, operations: { charge: { idempotent: false } } }
    /// ```
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: inventory.reserve
    /// #           ^^^^^^^^^^^^^^^^^^^^^^^ rel-retry-unsafe
    ///             policy: { timeout: 500ms, retry: { attempts: 5, backoff: constant } }
    ///   inventory:
    ///     endpoints:
    ///       reserve: { steps: [ { query: stock.decrement } ] }
    /// stores:
    ///   stock: { operations: { decrement: { time: 2ms, writes: true } } }
    /// ```
    /// Under a key, where repeating does no harm by itself, and without a retry:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 500ms, retry: 3 } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: catalog.price
    ///           - call: inventory.reserve
    ///           - call: bank.charge
    ///             policy: { retry: none }
    ///   catalog:
    ///     endpoints:
    ///       price: { http: GET /v1/prices, steps: [ { work: 2ms } ] }
    ///   inventory:
    ///     endpoints:
    ///       reserve:
    ///         http: POST /v1/reservations
    ///         idempotency_key: true
    ///         steps: [ { query: stock.decrement } ]
    /// stores:
    ///   stock: { operations: { decrement: { time: 2ms, writes: true, idempotent: true } } }
    /// externals:
    ///   bank: { time: 80ms, operations: { charge: { idempotent: false } } }
    /// ```
    ///
    /// # Limits
    /// An endpoint is safe to repeat if it takes an `idempotency_key`, says `idempotent: true`, or
    /// is a GET, HEAD, OPTIONS, PUT or DELETE; else what its steps do decides, and a write without
    /// a word about repeating it counts as done twice. Of a query that a retry repeats directly,
    /// and of an external, nothing is assumed: there the rule cannot tell until `idempotent` is
    /// stated. Whether the caller sends the same key again is for its code to say. The users' own
    /// retries are not looked at: `api-post-not-idempotent` asks for the key that they need.
    ///
    /// # Sources
    /// Guide, section 9: idempotency keys enable "safe retries in the presence of network
    /// failures". RFC 9110, section 9.2.2.
    pub const RULE = Rule {
        id: "rel-retry-unsafe",
        severity: Severity::Error,
        source: Source { guide: Some("9"), other: Some("RFC 9110, section 9.2.2") },
        summary: "a retry of what does harm when it is done twice",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for (subject, edges) in cx.analysis.named_edges() {
        let retried: Vec<&Edge<'_>> =
            edges.into_iter().filter(|edge| edge.attempts() > 1).collect();
        let Some(first) = retried.first() else { continue };
        match cx.repeats.of(cx.architecture, first.to) {
            Repeat::Reads | Repeat::Safe => report.pass(&RULE),
            Repeat::Unknown => report.unknown(&RULE, subject, missing(&cx.analysis, first.to)),
            Repeat::Harms => {
                let mut mend = Mend::new(cx);
                for edge in &retried {
                    mend.policy(edge, "retry", json!("none"));
                }
                let (who, whom) = (cx.analysis.name(first.from), cx.analysis.callee_name(first.to));
                let attempts = first.attempts();
                let message = format!(
                    "`{who}` tries `{whom}` up to {attempts} times, and {}",
                    why(cx, first.to)
                );
                let mut finding = RULE
                    .at(subject, first.step.span, format!("{attempts} attempts"), message)
                    .help("set `retry: none` on this call")
                    .instead(format!("let `{whom}` know a repeated request again by its key"))
                    .patch(mend.edits());
                for edge in &retried[1..] {
                    finding = finding.also(edge.step.span, "and here");
                }
                report.fire(finding);
            }
        }
    }
}

/// Why a second try does harm.
fn why(cx: &Context<'_>, callee: Callee) -> String {
    match callee {
        Callee::Endpoint(number) => {
            let endpoint = endpoint(&cx.analysis, number);
            match method(endpoint) {
                _ if endpoint.idempotent == Some(false) => "it says `idempotent: false`".to_owned(),
                Some(method) => format!("a {method} without a key is done twice"),
                None => "it changes state without a key".to_owned(),
            }
        }
        _ => "it says `idempotent: false`".to_owned(),
    }
}
