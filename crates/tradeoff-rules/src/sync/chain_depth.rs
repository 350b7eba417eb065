//! `sync-chain-depth`: services that wait for services that wait.

use std::collections::BTreeMap;

use tradeoff_diag::Severity;

use crate::{Context, Report, Source};
use tradeoff_analyze::{Analysis, Callee, Edge};

rule! {
    /// A request waits for four services in a row, or more.
    ///
    /// # Why
    /// The request takes as long as all of them together, fails when any of them fails, and holds a
    /// slot in each while the last one works: four services that are each there 99.9 % of the time
    /// are there 99.6 % of it together, three hours a month. Every further hop is one more place
    /// where retries multiply and timeouts invert.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   web:
    ///     endpoints:
    ///       buy: { steps: [ { call: order.place } ] }
    /// #                       ^^^^^^^^^^^^^^^^^ sync-chain-depth
    ///   order: { endpoints: { place: { steps: [ { call: inventory.reserve } ] } } }
    ///   inventory: { endpoints: { reserve: { steps: [ { call: pricing.quote } ] } } }
    ///   pricing: { endpoints: { quote: { steps: [ { work: 5ms } ] } } }
    /// ```
    /// With the price asked for by the one who needs it, and modules that are called in process:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   web: { endpoints: { buy: { steps: [ { call: order.place } ] } } }
    ///   order:
    ///     deploy: core
    ///     endpoints: { place: { steps: [ { call: pricing.quote }, { call: inventory.reserve } ] } }
    ///   inventory: { deploy: core, endpoints: { reserve: { steps: [ { call: stock.take } ] } } }
    ///   stock: { endpoints: { take: { steps: [ { work: 1ms } ] } } }
    ///   pricing: { endpoints: { quote: { steps: [ { work: 5ms } ] } } }
    /// ```
    ///
    /// # Limits
    /// The longest chain of each service that users or nobody else call is one finding; six services
    /// in a row are an error. The first service counts, stores and externals do not, and neither do
    /// calls inside one deploy unit. Chains through services that call each other in a circle are
    /// counted up to the circle. What to hand over instead of asking for it is a matter of what the
    /// services mean, so there is no patch.
    ///
    /// # Sources
    /// Guide, section 3: "blocks 500ms waiting for chain". J. Bogner and others, "Towards a
    /// Collaborative Repository for the Documentation of Service-Based Antipatterns and Bad
    /// Smells", ICSA 2019: service chain.
    pub const RULE = Rule {
        id: "sync-chain-depth",
        severity: Severity::Warning,
        source: Source {
            guide: Some("3"),
            other: Some("Bogner et al.: service-based antipatterns and bad smells, ICSA 2019"),
        },
        summary: "four services or more that wait for each other in a row",
        since: "0.1",
        check,
    };
}

/// Services in a row that are many.
const MANY: usize = 4;
/// Services in a row that are too many.
const TOO_MANY: usize = 6;

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let below = Below::new(analysis);
    let mut deepest: BTreeMap<usize, usize> = BTreeMap::new();
    for entry in analysis.entries() {
        let process = analysis.process(entry);
        let known = deepest.entry(process).or_insert(entry);
        if below.depth[entry] > below.depth[*known] {
            *known = entry;
        }
    }
    for (process, entry) in deepest {
        let depth = below.depth[entry];
        let calls = below.path(analysis, entry);
        let Some(first) = calls.first().filter(|_| depth >= MANY) else {
            report.pass(&RULE);
            continue;
        };
        let mut names = vec![analysis.processes[process].name.as_str()];
        for edge in &calls {
            if let Callee::Endpoint(to) = edge.to {
                names.push(&analysis.processes[analysis.process(to)].name);
            }
        }
        let name = analysis.name(entry);
        let mut finding = RULE
            .at(
                analysis.processes[process].name.as_str(),
                first.step.span,
                "the first of them",
                format!("`{name}` waits for {} services in a row", depth - 1),
            )
            .severity(if depth >= TOO_MANY { Severity::Error } else { Severity::Warning })
            .because(
                format!("{} = {depth} services >= {MANY}", names.join(" -> ")),
                depth as f64,
                MANY as f64,
                "services",
            )
            .help(
                "let the one that needs an answer ask for it itself, hand over what is known, or \
                 publish what the next need not answer at once",
            );
        for edge in &calls[1..] {
            let whom = analysis.callee_name(edge.to);
            finding = finding.also(edge.step.span, format!("which waits for `{whom}`"));
        }
        report.fire(finding);
    }
}

/// How many services stand in a row from each endpoint down.
struct Below {
    depth: Vec<usize>,
    /// The edge that leads to the next of them.
    next: Vec<Option<usize>>,
}

impl Below {
    fn new(analysis: &Analysis<'_>) -> Self {
        let count = analysis.endpoints.len();
        let mut it = Self { depth: vec![1; count], next: vec![None; count] };
        for group in analysis.order() {
            for number in group {
                let edges = analysis.edges_of(*number).iter();
                for (edge, at) in edges.zip(analysis.first_edge(*number)..) {
                    let Callee::Endpoint(to) = edge.to else { continue };
                    if group.contains(&to) {
                        continue;
                    }
                    let depth = it.depth[to] + usize::from(!edge.inside);
                    if depth > it.depth[*number] {
                        it.depth[*number] = depth;
                        it.next[*number] = Some(at);
                    }
                }
            }
        }
        it
    }

    /// The calls between services on the longest chain from an endpoint.
    fn path<'e, 'a>(&self, analysis: &'e Analysis<'a>, entry: usize) -> Vec<&'e Edge<'a>> {
        let mut path = Vec::new();
        let mut next = self.next[entry];
        while let Some(at) = next {
            let edge = &analysis.edges[at];
            if !edge.inside {
                path.push(edge);
            }
            next = match edge.to {
                Callee::Endpoint(to) => self.next[to],
                _ => None,
            };
        }
        path
    }
}
