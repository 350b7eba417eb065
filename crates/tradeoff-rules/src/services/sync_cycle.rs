//! `svc-sync-cycle`: services that wait for each other in a circle.

use tradeoff_diag::Severity;

use crate::{Context, Report, Source};
use tradeoff_analyze::{Analysis, Callee, Edge, components, shortest_cycle};

rule! {
    /// Services call each other in a circle and wait for the answers.
    ///
    /// # Why
    /// No service of the circle can be deployed, scaled or understood without the others, and each
    /// is down when any of them is. Under load they can lock each other up: every slot of one is
    /// taken by a request that waits for a slot of the next. It is one service, cut in pieces.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   inventory:
    ///     endpoints:
    ///       reserve: { steps: [ { call: order.status } ] }
    /// #                           ^^^^^^^^^^^^^^^^^^ svc-sync-cycle
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: inventory.reserve } ] }
    ///       status: { steps: [ { work: 1ms } ] }
    /// ```
    /// With the answer handed over instead of fetched back:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   inventory:
    ///     endpoints:
    ///       reserve: { steps: [ { work: 2ms } ] }
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: inventory.reserve }, { call: order.status } ] }
    ///       status: { steps: [ { work: 1ms } ] }
    /// ```
    ///
    /// # Limits
    /// Modules of one deploy unit count as one service: a circle among them is function calls.
    /// Of services that are tangled in several circles only a shortest one is shown. Where to cut
    /// it is a matter of what the services mean, so there is no patch.
    ///
    /// # Sources
    /// Guide, section 2: the distributed monolith. D. Taibi, V. Lenarduzzi, "On the definition of
    /// microservice bad smells", IEEE Software 2018: cyclic dependency.
    pub const RULE = Rule {
        id: "svc-sync-cycle",
        severity: Severity::Error,
        source: Source {
            guide: Some("2"),
            other: Some("Taibi, Lenarduzzi: On the Definition of Microservice Bad Smells"),
        },
        summary: "services that call each other in a circle",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let mut graph: Vec<Vec<usize>> = vec![Vec::new(); analysis.processes.len()];
    for edge in &analysis.edges {
        if let Some((from, to)) = ends(analysis, edge) {
            graph[from].push(to);
        }
    }
    for successors in &mut graph {
        successors.sort_unstable();
        successors.dedup();
    }
    for component in components(&graph) {
        if component.len() < 2 {
            report.pass(&RULE);
            continue;
        }
        let cycle = shortest_cycle(&graph, &component);
        let name = |at: usize| analysis.processes[cycle[at % cycle.len()]].name.as_str();
        let calls: Vec<&Edge<'_>> = (0..cycle.len())
            .filter_map(|at| {
                let wanted = (cycle[at], cycle[(at + 1) % cycle.len()]);
                analysis.edges.iter().find(|edge| ends(analysis, edge) == Some(wanted))
            })
            .collect();
        let Some(first) = calls.first() else { continue };
        let names: Vec<&str> = (0..=cycle.len()).map(name).collect();
        let message = format!("`{}` wait for each other in a circle", names.join("` -> `"));
        let label = |edge: &Edge<'_>| format!("calls `{}`", analysis.callee_name(edge.to));
        let mut finding = RULE.at(names.join("->"), first.step.span, label(first), message).help(
            "let one of them hand over what the other asks for, or publish it, or merge them",
        );
        for edge in &calls[1..] {
            finding = finding.also(edge.step.span, format!("which {}", label(edge)));
        }
        report.fire(finding);
    }
}

/// The processes that a call connects, if they are two.
fn ends(analysis: &Analysis<'_>, edge: &Edge<'_>) -> Option<(usize, usize)> {
    match edge.to {
        Callee::Endpoint(to) if !edge.inside => {
            Some((analysis.process(edge.from), analysis.process(to)))
        }
        _ => None,
    }
}
