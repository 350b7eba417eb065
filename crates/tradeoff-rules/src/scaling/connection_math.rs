//! `scale-connection-math`: pools that add up to more than the store accepts.

use serde_json::json;
use tradeoff_diag::Severity;
use tradeoff_model::model::{Pool, Store};

use crate::mend::{Mend, child};
use crate::{Context, Report, Source};
use tradeoff_analyze::connections::BACKENDS;
use tradeoff_analyze::words::{count, stated};

rule! {
    /// The pools of all callers add up to more connections than the store accepts.
    ///
    /// # Why
    /// Every replica of every caller keeps a pool of its own. The sum grows with each replica that
    /// is added, and beyond the store's limit opening a connection fails, for whichever replica
    /// comes last, at the worst time: when one has scaled out under load. Long before that each
    /// connection costs the store memory and switching; a pooler lets many clients share a few.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     replicas: 200
    ///     endpoints:
    ///       place: { steps: [ { query: orders.insert } ] }
    /// stores:
    ///   orders:
    ///     cores: 8
    ///     connections: 100
    /// #                ^^^ scale-connection-math
    ///     pool: { per_replica: 10, wait: 500ms }
    ///     operations: { insert: { time: 1ms, writes: true } }
    /// ```
    /// With a pooler in between:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     replicas: 200
    ///     endpoints:
    ///       place: { steps: [ { query: orders.insert } ] }
    /// stores:
    ///   orders:
    ///     cores: 8
    ///     connections: 100
    ///     pool: { per_replica: 10, wait: 500ms }
    ///     pooler: { connections: 20 }
    ///     operations: { insert: { time: 1ms, writes: true } }
    /// ```
    ///
    /// # Limits
    /// Pools count with their full size: that is what they grow to under load. Three connections
    /// are kept back for the store's superuser. Where all fit, more than 300 without a pooler is a
    /// warning. Replicas that a rollout adds for a while are not counted. Where the pool or the
    /// connections are not stated, the rule cannot tell. The pooler of the patch works in
    /// transaction mode: session state such as prepared statements may not survive it.
    ///
    /// # Sources
    /// Guide, section 11: "200 app pods x 10 connections each = 2,000 connections to Postgres",
    /// "Postgres handles ~100-300 concurrent connections before performance degrades".
    pub const RULE = Rule {
        id: "scale-connection-math",
        severity: Severity::Error,
        source: Source { guide: Some("11"), other: None },
        summary: "pools that add up to more connections than the store accepts",
        since: "0.1",
        check,
    };
}

/// Server connections of a pooler where nothing tells how many are needed: the guide's.
const USUAL: u32 = 20;
/// A pooler's longest wait where the pool states none.
const WAIT: &str = "1s";

fn check(cx: &Context<'_>, report: &mut Report) {
    for (at, store) in cx.architecture.stores.iter().enumerate() {
        let subject = &store.name.value;
        if store.pooler.is_some() {
            report.pass(&RULE);
            continue;
        }
        let (Some(connections), Some(pool)) = (&store.connections, store.pool) else {
            let key = if store.connections.is_none() { "connections" } else { "pool" };
            report.unknown(&RULE, subject, format!("stores.{subject}.{key}"));
            continue;
        };
        let (Some((parts, sum)), Some(room)) = (cx.analysis.pools(at), cx.analysis.room(at)) else {
            continue;
        };
        let beyond = sum > room;
        if !beyond && sum <= BACKENDS {
            report.pass(&RULE);
            continue;
        }
        let limit = if beyond { room } else { BACKENDS };
        let text = format!("{parts} = {} > {}", count(sum), count(limit));
        let (severity, message) = if beyond {
            let message = format!("the pools of `{subject}` add up to more than it accepts");
            (Severity::Error, message)
        } else {
            let message = format!(
                "the pools of `{subject}` add up to many backends, and no pooler shares them"
            );
            (Severity::Warning, message)
        };
        let server = server_connections(cx, at, store);
        let mut mend = Mend::new(cx);
        let wait = pool.wait.map_or(WAIT.to_owned(), stated);
        let pooler = json!({ "connections": server, "wait": wait });
        mend.set(&child(&child("/stores", subject), "pooler"), pooler);
        let label = format!("{} of these can be used", count(room));
        let mut finding = RULE
            .at(subject, connections.span, label, message)
            .severity(severity)
            .because(text, sum as f64, limit as f64, "connections")
            .help(format!("add a pooler: `pooler: {{ connections: {server}, wait: {wait} }}`"))
            .patch(mend.edits());
        finding = finding.also(pool.span, of_each(pool));
        for process in cx.analysis.callers(at) {
            let lead = cx.analysis.lead(process);
            let replicas = lead.replicas.value;
            finding = finding.also(lead.replicas.span, format!("{replicas} such pools"));
        }
        report.fire(finding);
    }
}

fn of_each(pool: Pool) -> String {
    format!("{} connections in each", pool.per_replica)
}

/// Server connections for a pooler: twice the cores or twice what is busy, and no more than fit.
fn server_connections(cx: &Context<'_>, at: usize, store: &Store) -> u32 {
    let by_cores = store
        .cores
        .map_or(USUAL, |cores| cores.count.saturating_mul(store.replicas.value).saturating_mul(2));
    let busy = libm::ceil(2.0 * cx.analysis.busy_connections(at)).clamp(0.0, 10_000.0) as u32;
    let room = cx.analysis.room(at).map_or(u32::MAX, |it| u32::try_from(it).unwrap_or(u32::MAX));
    by_cores.max(busy).min(room).clamp(1, 10_000)
}
