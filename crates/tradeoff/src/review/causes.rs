//! Why a promise breaks in a scenario: it waits for what the scenario's events hurt.

use tradeoff_analyze::{Analysis, Callee, Edge};
use tradeoff_model::{
    Architecture,
    model::{Component, EventKind, StepKind},
};
use tradeoff_sim::results::{Run, Verdict};

use super::report::{Cause, Shares};

/// Of each broken promise in each scenario the chain of calls to what is hurt in it: its own, or
/// that of one with which it shares something.
pub(super) fn causes(architecture: &Architecture, runs: &[Run]) -> Vec<Cause> {
    let analysis = Analysis::new(architecture);
    let mut causes = Vec::new();
    for run in runs {
        let Some(scenario) = &run.scenario else { continue };
        let broken = run.slos.iter().filter(|it| it.1.verdict == Verdict::Broken);
        for (slo, _) in broken {
            for component in hurt(architecture, scenario) {
                let waits = chain(&analysis, slo, component).map(|it| (it, None));
                let waits = waits.or_else(|| shared(&analysis, slo, component));
                let Some((chain, shares)) = waits else { continue };
                let own = architecture.slos.iter().find(|it| it.name.value == *slo);
                let endpoint = own.map(|it| analysis.number(it.service, it.endpoint));
                causes.push(Cause {
                    scenario: scenario.clone(),
                    slo: slo.clone(),
                    endpoint: endpoint.map_or_else(String::new, |it| analysis.name(it)),
                    hurt: name(architecture, component).to_owned(),
                    shares,
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

/// Where the endpoint of a promise does not wait for a component itself: what it shares with one
/// that does, and that one's calls to the component. A connection that is kept through a
/// transaction tells more than a process whose slots and cores both use.
fn shared<'e, 'a>(
    analysis: &'e Analysis<'a>,
    slo: &str,
    component: Component,
) -> Option<(Vec<&'e Edge<'a>>, Option<Shares>)> {
    let architecture = analysis.architecture;
    let slo = architecture.slos.iter().find(|it| it.name.value == slo)?;
    let mut needed = vec![analysis.number(slo.service, slo.endpoint)];
    let mut stores = Vec::new();
    let mut at = 0;
    while let Some(number) = needed.get(at).copied() {
        at += 1;
        for edge in analysis.needed(number) {
            match edge.to {
                Callee::Endpoint(to) if !needed.contains(&to) => needed.push(to),
                Callee::Operation(store, _) => stores.push(store),
                _ => {}
            }
        }
    }
    let waiting: Vec<(usize, Vec<&Edge<'a>>)> = (0..analysis.endpoints.len())
        .filter(|it| analysis.load.endpoints[*it] > 0.0)
        .filter_map(|it| {
            Some((it, analysis.waits_for(it, &|to| reaches(analysis, to, component))?))
        })
        .collect();
    let kept = |number: usize, first: &Edge<'_>| {
        analysis.steps(number).iter().find_map(|step| match &step.kind {
            StepKind::Transaction { store, steps } if stores.contains(store) => {
                steps.iter().any(|it| std::ptr::eq(it, first.step)).then_some(*store)
            }
            _ => None,
        })
    };
    let by_connection = waiting.iter().find_map(|(number, chain)| {
        let store = kept(*number, chain[0])?;
        let what = architecture.stores[store].name.value.clone();
        let with = analysis.name(*number);
        Some((chain.clone(), Shares { what, with, connection: true }))
    });
    let by_process = || {
        let of = |number: usize| analysis.process(number);
        waiting.iter().find_map(|(number, chain)| {
            let process = needed.iter().map(|it| of(*it)).find(|it| *it == of(*number))?;
            let what = analysis.processes[process].name.clone();
            let with = analysis.name(*number);
            Some((chain.clone(), Shares { what, with, connection: false }))
        })
    };
    by_connection.or_else(by_process).map(|(chain, shares)| (chain, Some(shares)))
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
