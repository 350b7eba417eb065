//! `svc-hub`: a service that everything goes through.

use std::collections::BTreeSet;

use tradeoff_diag::Severity;

use crate::{Context, Report, Source};
use tradeoff_analyze::Callee;

rule! {
    /// Very many services call one service and wait for it, or one calls very many.
    ///
    /// # Why
    /// When a service that a quarter of the system waits for is slow, the system is slow; when it
    /// changes, everybody is asked. A service that waits for eight others has the outages of all
    /// eight, and every change of theirs ends up in it: what it knows belongs to them.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   users: { endpoints: { get: { steps: [ { work: 1ms } ] } } }
    /// # ^^^^^ svc-hub
    ///   a: { calls: [users.get] }
    ///   b: { calls: [users.get] }
    ///   c: { calls: [users.get] }
    ///   d: { calls: [users.get] }
    ///   e: { calls: [users.get] }
    ///   f: { calls: [users.get] }
    ///   g: { calls: [users.get] }
    ///   h: { calls: [users.get] }
    ///   web: { calls: [a, b, c, d, e, f, g, h] }
    /// # ^^^ svc-hub
    /// ```
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   users: { endpoints: { get: { steps: [ { work: 1ms } ] } } }
    ///   a: { calls: [users.get] }
    ///   b: { calls: [users.get] }
    ///   web: { calls: [a, b] }
    /// ```
    ///
    /// # Limits
    /// Too many callers are eight or a quarter of all services, whichever is more; too many callees
    /// are eight. Modules of one deploy unit count as one service, and stores and externals do not
    /// count. A front door that calls many and that nobody calls is advice: gathering is what it is
    /// for. How to divide a hub is for those who know what it does, so there is no patch.
    ///
    /// # Sources
    /// J. Bogner and others, "Towards a Collaborative Repository for the Documentation of
    /// Service-Based Antipatterns and Bad Smells", ICSA 2019: bottleneck service, knot.
    pub const RULE = Rule {
        id: "svc-hub",
        severity: Severity::Warning,
        source: Source {
            guide: None,
            other: Some("Bogner et al.: service-based antipatterns and bad smells, ICSA 2019"),
        },
        summary: "a service that many wait for, or that waits for many",
        since: "0.1",
        check,
    };
}

/// Callers or callees that are many.
const MANY: usize = 8;

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let count = analysis.processes.len();
    let mut inward: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    let mut outward: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for edge in analysis.edges.iter().filter(|edge| !edge.inside) {
        if let Callee::Endpoint(to) = edge.to {
            let (from, to) = (analysis.process(edge.from), analysis.process(to));
            inward[to].insert(from);
            outward[from].insert(to);
        }
    }
    let many_callers = MANY.max(count.div_ceil(4));
    for (process, it) in analysis.processes.iter().enumerate() {
        let (from, to) = (inward[process].len(), outward[process].len());
        let span = analysis.lead(process).name.span;
        let name = it.name.as_str();
        if from >= many_callers {
            let message = format!("{from} of {count} services wait for `{name}`");
            report.fire(
                RULE.at(name, span, format!("{from} callers"), message)
                    .because(
                        format!("{from} callers >= max(8, {count} / 4)"),
                        from as f64,
                        many_callers as f64,
                        "services",
                    )
                    .help("divide it by what its callers want, or publish what they ask for"),
            );
        } else if to >= MANY {
            let door = from == 0;
            let message = format!("`{name}` waits for {to} other services");
            report.fire(
                RULE.at(name, span, format!("{to} callees"), message)
                    .severity(if door { Severity::Advice } else { Severity::Warning })
                    .because(format!("{to} callees >= {MANY}"), to as f64, MANY as f64, "services")
                    .help(
                        "move what it decides to the services that it asks, and make what need \
                         not be there at once optional",
                    ),
            );
        } else {
            report.pass(&RULE);
        }
    }
}
