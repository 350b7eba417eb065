//! `api-post-not-idempotent`: requests that cannot be sent again.

use tradeoff_diag::Severity;

use crate::repeat::{Repeat, endpoint, method, missing};
use crate::{Context, Report, Source};
use tradeoff_analyze::Callee;

rule! {
    /// A POST that changes state takes no idempotency key.
    ///
    /// # Why
    /// A client that got no answer does not know whether its order was placed. Without a key it
    /// can only guess: not asking again loses orders, asking again places them twice. With a key
    /// that the client chose, the server recognizes the request and gives the first answer again,
    /// so that clients, proxies and queues may all retry.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         http: POST /v1/orders
    /// #             ^^^^^^^^^^^^^^^ api-post-not-idempotent
    ///         steps: [ { query: orders.insert } ]
    ///   payment:
    ///     endpoints:
    ///       charge: { money: true, idempotent: false, steps: [ { call: bank } ] }
    /// #     ^^^^^^ api-post-not-idempotent
    /// stores:
    ///   orders: { operations: { insert: { time: 1ms, writes: true } } }
    /// externals:
    ///   bank: { time: 80ms }
    /// ```
    /// With a key, with what can be repeated by itself, and where nothing changes:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         http: POST /v1/orders
    ///         idempotency_key: true
    ///         steps: [ { query: orders.insert } ]
    ///       import: { http: POST /v1/imports, idempotent: true, steps: [ { query: orders.insert } ] }
    ///       search: { http: POST /v1/search, steps: [ { query: orders.find } ] }
    /// stores:
    ///   orders: { operations: { insert: { time: 1ms, writes: true }, find: { time: 2ms } } }
    /// ```
    ///
    /// # Limits
    /// It is asked of every POST, and of endpoints without a method that users ask for or that move
    /// money. That an endpoint changes state follows from the queries with `writes: true` that it
    /// and what it calls make; where these are not stated the rule cannot tell. It is an error where
    /// money is moved (`money: true`, there or in what it calls). To take a key is work in the
    /// service, not in this file, so there is no patch.
    ///
    /// # Sources
    /// Guide, section 9: "Any API that triggers a state change should support idempotency keys".
    pub const RULE = Rule {
        id: "api-post-not-idempotent",
        severity: Severity::Warning,
        source: Source { guide: Some("9"), other: None },
        summary: "a POST that changes state without an idempotency key",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let mut asked = vec![false; analysis.endpoints.len()];
    for mix in cx.architecture.traffic.iter().flat_map(|it| &it.mix) {
        asked[analysis.number(mix.service, mix.endpoint)] = true;
    }
    for (number, asked) in asked.into_iter().enumerate() {
        let it = endpoint(analysis, number);
        let post = match method(it) {
            Some(method) => method.eq_ignore_ascii_case("POST"),
            None => asked || it.money,
        };
        if !post {
            continue;
        }
        let safe = it.idempotency_key == Some(true) || it.idempotent == Some(true);
        let effect = match it.idempotent {
            Some(false) => Repeat::Harms,
            _ => cx.repeats.effect(number),
        };
        let name = analysis.name(number);
        match effect {
            _ if safe => report.pass(&RULE),
            Repeat::Reads | Repeat::Safe => report.pass(&RULE),
            Repeat::Unknown if method(it).is_none() && !it.money => report.pass(&RULE),
            Repeat::Unknown => {
                report.unknown(&RULE, name, missing(analysis, Callee::Endpoint(number)));
            }
            Repeat::Harms => {
                let money = cx.repeats.moves_money(number);
                let what = if money { "moves money" } else { "changes state" };
                let message = format!("`{name}` {what} and cannot be sent again safely");
                let span = it.http.as_ref().map_or(it.name.span, |it| it.span);
                let finding = RULE
                    .at(name, span, "no idempotency key", message)
                    .severity(if money { Severity::Error } else { Severity::Warning })
                    .help(
                        "let the client send a key, keep it with the result, and say \
                         `idempotency_key: true`",
                    );
                report.fire(finding);
            }
        }
    }
}
