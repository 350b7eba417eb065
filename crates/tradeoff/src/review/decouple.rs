//! What no rule may propose, since it changes what the system means: to do without an answer.
//!
//! Where no set of mends holds, the flaw may lie in what waits for what (guide, section 3: what the
//! order does not need it should not wait for). So it is measured what holds if the last call
//! before each component that is hurt where a promise breaks were optional, tried once and given
//! the time that its callee needs.

use serde_json::{Map, Value as Json, json};
use tradeoff_analyze::{Analysis, Callee, Edge, words};
use tradeoff_model::{
    Edit, Op,
    model::{Component, StepKind},
};
use tradeoff_sim::{Plan, Trial, results::Verdict};

use super::{
    causes::{chain, hurt, name, reaches},
    measure::{Bench, Run},
    report::Decoupled,
};
use crate::{check::edit_report, load::Design};

/// Components that are tried.
const TRIED: usize = 2;

/// What doing without each hurt component achieves, best first, with its trial.
pub(super) fn decoupled(bench: &Bench<'_>) -> Vec<(Decoupled, Run)> {
    let design = bench.design;
    let architecture = design.architecture();
    let analysis = Analysis::new(architecture);
    let mut wanted: Vec<(Component, Vec<&str>)> = Vec::new();
    for run in &bench.today.simulation.runs {
        let Some(scenario) = &run.scenario else { continue };
        for (slo, _) in run.slos.iter().filter(|it| it.1.verdict == Verdict::Broken) {
            for component in hurt(architecture, scenario) {
                match wanted.iter_mut().find(|it| it.0 == component) {
                    Some((_, slos)) if slos.contains(&slo.as_str()) => {}
                    Some((_, slos)) => slos.push(slo),
                    None => wanted.push((component, vec![slo])),
                }
            }
        }
    }
    let each = wanted.into_iter().filter_map(|(component, slos)| {
        let calls = last_calls(&analysis, component, &slos)?;
        let patch: Vec<Edit> = calls.iter().map(|it| optional(design, &analysis, it)).collect();
        // Not where the step has no place for it, such as under an alias.
        Some((component, calls, design.with(&patch).ok()?, patch))
    });
    let mut found = Vec::new();
    for (component, calls, mended, patch) in each.take(TRIED) {
        let plan = Plan::new(mended.architecture());
        let hurt = name(architecture, component).to_owned();
        let set = vec![format!("do without {hurt}")];
        let mut run = Run { set, design: mended, plan, trial: Trial::default() };
        let effect = bench.look_at(&mut run);
        let calls = calls.iter().map(|it| analysis.edge_name(it)).collect();
        let patch = patch.iter().map(edit_report).collect();
        found.push((Decoupled { hurt, calls, patch, effect }, run));
    }
    found.sort_by_key(|it| it.0.effect.verdict);
    found
}

/// The calls to a component that endpoints need on the way of broken promises; `None` if there are
/// none, or if what is needed is a store: data is no answer to do without.
fn last_calls<'e, 'a>(
    analysis: &'e Analysis<'a>,
    component: Component,
    slos: &[&str],
) -> Option<Vec<&'e Edge<'a>>> {
    if matches!(component, Component::Store(_)) {
        return None;
    }
    let needed = slos.iter().any(|slo| chain(analysis, slo, component).is_some());
    let endpoints = (0..analysis.endpoints.len()).filter(|_| needed);
    let edges = endpoints.flat_map(|it| analysis.needed(it));
    let calls = |it: &&Edge<'_>| {
        matches!(it.step.kind, StepKind::Call { .. }) && reaches(analysis, it.to, component)
    };
    let found: Vec<&Edge<'a>> = edges.filter(calls).collect();
    (!found.is_empty()).then_some(found)
}

/// The edit that makes a call optional, tried once and given what its callee needs.
fn optional(design: &Design, analysis: &Analysis<'_>, edge: &Edge<'_>) -> Edit {
    let document = design.document();
    let mut step = match document.get(&edge.step.pointer) {
        Some(Json::Object(step)) => step,
        _ => Map::new(),
    };
    let policy = match step.remove("policy") {
        Some(Json::String(name)) => Some(tradeoff_rules::named(document, &name)),
        other => other,
    };
    let mut policy = match policy {
        Some(Json::Object(policy)) => policy,
        _ => Map::new(),
    };
    let time = match edge.to {
        Callee::Endpoint(number) => analysis.times[number],
        Callee::External(external, operation) => analysis.external(external, operation),
        Callee::Operation(..) => unreachable!("only calls are made optional"),
    };
    let enough = words::readable(time.p99()).min(edge_timeout(edge));
    policy.insert("timeout".into(), json!(words::stated(enough)));
    policy.insert("retry".into(), json!("none"));
    step.insert("policy".into(), Json::Object(policy));
    let value = Some(json!({ "optional": [step] }));
    Edit { op: Op::Replace, path: edge.step.pointer.clone(), value }
}

fn edge_timeout(edge: &Edge<'_>) -> u64 {
    edge.policy.timeout.as_ref().map_or(u64::MAX, |it| it.value)
}
