//! Why a promise breaks in a scenario: it waits for what the scenario's events hurt.

use tradeoff_analyze::{Analysis, Callee, Edge};
use tradeoff_model::{
    Architecture,
    model::{Component, EventKind},
};
use tradeoff_sim::results::{Run, Verdict};

use super::report::Cause;

/// Of each broken promise in each scenario the chain of calls to what is hurt in it.
pub(super) fn causes(architecture: &Architecture, runs: &[Run]) -> Vec<Cause> {
    let analysis = Analysis::new(architecture);
    let mut causes = Vec::new();
    for run in runs {
        let Some(scenario) = &run.scenario else { continue };
        let broken = run.slos.iter().filter(|it| it.1.verdict == Verdict::Broken);
        for (slo, _) in broken {
            for component in hurt(architecture, scenario) {
                let Some(chain) = chain(&analysis, slo, component) else { continue };
                causes.push(Cause {
                    scenario: scenario.clone(),
                    slo: slo.clone(),
                    endpoint: analysis.name(chain[0].from),
                    hurt: name(architecture, component).to_owned(),
                    chain: links(&analysis, &chain),
                });
            }
        }
    }
    causes
}

/// What the events of a scenario act on, each once.
pub(super) fn hurt(architecture: &Architecture, scenario: &str) -> Vec<Component> {
    let mut found = Vec::new();
    let scenarios = architecture.scenarios.iter().filter(|it| it.name.value == scenario);
    for event in scenarios.flat_map(|it| &it.events) {
        match event.kind {
            EventKind::Slow { component, .. }
            | EventKind::Crash { component, .. }
            | EventKind::Stall { component, .. }
            | EventKind::Errors { component, .. }
                if !found.contains(&component) =>
            {
                found.push(component);
            }
            _ => {}
        }
    }
    found
}

/// The calls by which the endpoint of a promise waits for a component; `None` where it does not,
/// or is of that component itself.
pub(super) fn chain<'e, 'a>(
    analysis: &'e Analysis<'a>,
    slo: &str,
    component: Component,
) -> Option<Vec<&'e Edge<'a>>> {
    let slo = analysis.architecture.slos.iter().find(|it| it.name.value == slo)?;
    if component == Component::Service(slo.service) {
        return None;
    }
    let from = analysis.number(slo.service, slo.endpoint);
    analysis.waits_for(from, &|to| reaches(analysis, to, component))
}

/// Whether a callee is of a component.
pub(super) fn reaches(analysis: &Analysis<'_>, to: Callee, component: Component) -> bool {
    match (to, component) {
        (Callee::Endpoint(to), Component::Service(service)) => analysis.endpoints[to].0 == service,
        (Callee::Operation(to, _), Component::Store(store)) => to == store,
        (Callee::External(to, _), Component::External(external)) => to == external,
        _ => false,
    }
}

/// The name of a component.
pub(super) fn name(architecture: &Architecture, component: Component) -> &str {
    match component {
        Component::Service(at) => &architecture.services[at].name.value,
        Component::Store(at) => &architecture.stores[at].name.value,
        Component::External(at) => &architecture.externals[at].name.value,
    }
}

/// The components of a chain, the caller first.
fn links(analysis: &Analysis<'_>, chain: &[&Edge<'_>]) -> Vec<String> {
    let architecture = analysis.architecture;
    let service = |number: usize| &architecture.services[analysis.endpoints[number].0].name.value;
    let mut links = vec![service(chain[0].from).clone()];
    for edge in chain {
        links.push(match edge.to {
            Callee::Endpoint(to) => service(to).clone(),
            Callee::Operation(store, _) => architecture.stores[store].name.value.clone(),
            Callee::External(external, _) => architecture.externals[external].name.value.clone(),
        });
    }
    links
}
