//! Services and their endpoints.

use tradeoff_diag::{Diagnostic, Spanned};

use super::deploy::{Process, processes};
use super::doors::Doors;
use super::fields::{Fields, wrong_type};
use super::names::{Named, Names, SHORT};
use super::observed::observed;
use super::policy::Policies;
use super::steps::Walk;
use super::{Cx, named};
use crate::facts::Facts;
use crate::model::{
    Architecture, Balance, BalancePolicy, Component, Endpoint, EventKind, Service, Step, StepKind,
};
use crate::pointer::child;
use crate::table::{BALANCE, ENDPOINT, Kind};
use crate::tree::{Entry, Value};

/// The services, sorted by name.
pub(super) fn services<'t>(
    cx: &mut Cx<'t>,
    (names, facts): (&Names<'t>, &Facts),
    policies: &mut Policies<'t>,
    doors: &mut Doors,
) -> Vec<Service> {
    let processes = processes(cx, names);
    let mut services = Vec::with_capacity(names.services.len());
    for (at, (it, process)) in names.services.iter().zip(processes).enumerate() {
        let mut service = shell(cx, names, it, process);
        if let Some(fields) = &it.fields {
            let (policies, doors) = (&mut *policies, &mut *doors);
            let mut walk = Walk { names, facts, policies, doors, from: at, member: None };
            service.endpoints = endpoints(cx, &mut walk, it, fields);
            assume(cx, fields, &service);
        }
        services.push(service);
    }
    services
}

/// A service without its endpoints.
fn shell(cx: &mut Cx<'_>, names: &Names<'_>, it: &Named<'_>, process: Process) -> Service {
    let name = named(it.entry);
    let limit = |bound: Option<Spanned<Option<u32>>>| {
        bound.and_then(|it| it.value.map(|value| Spanned::new(value, it.span)))
    };
    let mut service = Service {
        team: None,
        deploy: it.deploy.clone(),
        release: None,
        replicas_stated: process.replicas.is_some(),
        replicas: process.replicas.unwrap_or(Spanned::new(1, name.span)),
        speeds: process.speeds.map(|it| it.value).unwrap_or_default(),
        cores: process.cores.and_then(|it| it.value),
        concurrency: limit(process.concurrency),
        queue: limit(process.queue),
        balance: BALANCED,
        availability: None,
        cost: None,
        endpoints: Vec::new(),
        consumers: Vec::new(),
        name,
    };
    let Some(fields) = &it.fields else { return service };
    service.team = fields.text(cx, "team").and_then(|team| {
        let found = names.teams.get(team.value.as_str()).copied();
        if found.is_none() {
            let near = cx.nearest(&team.value, names.teams.keys().copied());
            cx.error(super::names::unknown("team", &team, near));
        }
        found
    });
    service.release = fields.text(cx, "release");
    fields.choice(cx, "runtime");
    fields.choice(cx, "instance");
    service.availability = fields.share(cx, "availability").map(|it| it.value);
    service.cost = fields.cost(cx, "cost");
    service.balance = balance(cx, fields);
    service
}

/// What holds where `balance` is left out.
const BALANCED: Balance = Balance {
    policy: BalancePolicy::RoundRobin,
    choices: 2,
    replace: false,
    weighted: false,
    clients: 10_000,
    health: Some(30_000_000_000),
};

fn balance(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Balance {
    let algorithm = |word: Option<&str>| match word {
        Some("random") => BalancePolicy::Random,
        Some("least-connections" | "least-requests") => BalancePolicy::LeastConnections,
        Some("least-response-time") => BalancePolicy::LeastResponseTime,
        Some("ip-hash") => BalancePolicy::IpHash,
        Some("two-choices") => BalancePolicy::TwoChoices,
        _ => BalancePolicy::RoundRobin,
    };
    let Some(entry) = fields.get("balance") else { return BALANCED };
    if !matches!(entry.node.value, Value::Map(_)) {
        let policy = algorithm(fields.choice(cx, "balance"));
        return Balance { policy, ..BALANCED };
    }
    let pointer = fields.path("balance");
    let Some(inner) = Fields::open(cx, &entry.node, entry.key_span, &BALANCE, &pointer) else {
        return BALANCED;
    };
    let flag = |cx: &mut Cx<'_>, key| inner.flag(cx, key).is_some_and(|it| it.value);
    Balance {
        policy: algorithm(inner.choice(cx, "policy")),
        choices: inner.count32(cx, "choices").map_or(2, |it| it.value),
        replace: flag(cx, "replace"),
        weighted: flag(cx, "weighted"),
        clients: inner.count(cx, "clients").map_or(10_000, |it| it.value),
        health: inner.duration(cx, "health").map(|it| it.value),
    }
}

fn endpoints<'t>(
    cx: &mut Cx<'t>,
    walk: &mut Walk<'_, 't>,
    it: &Named<'t>,
    fields: &Fields<'t>,
) -> Vec<Endpoint> {
    if let (Some(calls), Some(endpoints)) = (fields.get("calls"), fields.get("endpoints")) {
        cx.error(
            Diagnostic::error("conflicting-keys", "`calls` and `endpoints` exclude each other")
                .label(calls.key_span, "the short form")
                .secondary(endpoints.key_span, "the long form")
                .help(format!("keep one: `calls` is an endpoint `{SHORT}` with these calls")),
        );
    } else if let Some(calls) = fields.get("calls") {
        let pointer = fields.path("calls");
        walk.member = it.members.first().copied();
        let steps = walk.short(cx, calls, &pointer);
        let name = Spanned::new(SHORT.to_owned(), it.entry.key_span);
        return vec![Endpoint { steps, ..silent(name) }];
    }
    let mut endpoints = Vec::with_capacity(it.members.len());
    let pointer = fields.path("endpoints");
    for entry in fields.sorted(cx, "endpoints") {
        walk.member = Some(&entry.key);
        let pointer = child(&pointer, &entry.key);
        let mut endpoint = silent(named(entry));
        if let Some(inner) = Fields::open(cx, &entry.node, entry.key_span, &ENDPOINT, &pointer) {
            endpoint.http = inner.text(cx, "http");
            endpoint.idempotency_key = inner.get("idempotency_key").and_then(keyed);
            endpoint.idempotent = inner.flag(cx, "idempotent").map(|it| it.value);
            endpoint.money = inner.flag(cx, "money").is_some_and(|it| it.value);
            endpoint.observed = observed(cx, &inner);
            if let Some(steps) = inner.get("steps") {
                endpoint.steps =
                    walk.steps(cx, &steps.node, steps.key_span, &child(&pointer, "steps"));
            }
        }
        endpoints.push(endpoint);
    }
    endpoints
}

/// Whether callers may repeat it under a key; a map says how. What is neither is told as a fact.
fn keyed(entry: &Entry) -> Option<bool> {
    match &entry.node.value {
        Value::Map(_) => Some(true),
        _ => entry.node.text().and_then(|text| text.parse().ok()),
    }
}

/// An endpoint of which nothing is said.
const fn silent(name: Spanned<String>) -> Endpoint {
    Endpoint {
        name,
        http: None,
        idempotency_key: None,
        idempotent: None,
        money: false,
        steps: Vec::new(),
        observed: Vec::new(),
    }
}

/// Lists what was assumed about a service.
fn assume(cx: &mut Cx<'_>, fields: &Fields<'_>, service: &Service) {
    if !service.replicas_stated {
        fields.assume(cx, "replicas");
    }
    if service.cores.is_none() && service.endpoints.iter().any(|it| works(&it.steps)) {
        fields.assume(cx, "cores");
    }
    if service.concurrency.is_none() {
        fields.assume(cx, "concurrency");
    } else if service.queue.is_none() {
        fields.assume(cx, "queue");
    }
    if service.replicas.value > 1 {
        fields.assume(cx, "balance");
    }
}

/// Whether any step needs a core.
fn works(steps: &[Step]) -> bool {
    steps.iter().any(|step| match &step.kind {
        StepKind::Work(_) => true,
        StepKind::All { branches, .. } => branches.iter().any(|branch| works(branch)),
        StepKind::Chance { then, otherwise, .. } => works(then) || works(otherwise),
        StepKind::Fallback { steps, otherwise } => works(steps) || works(otherwise),
        StepKind::Repeat { steps, .. }
        | StepKind::Transaction { steps, .. }
        | StepKind::Optional(steps) => works(steps),
        _ => false,
    })
}

/// Lists how long balancers avoid a dead replica, where a scenario crashes one.
pub(super) fn assume_health(cx: &mut Cx<'_>, architecture: &Architecture) {
    let events = architecture.scenarios.iter().flat_map(|scenario| &scenario.events);
    for event in events {
        if let EventKind::Crash { component: Component::Service(at), .. } = event.kind {
            let service = &architecture.services[at];
            let unstated = service.balance.health == BALANCED.health;
            if service.replicas.value > 1 && unstated {
                let pointer = child("/services", &service.name.value);
                cx.assume(&child(&child(&pointer, "balance"), "health"), "30s");
            }
        }
    }
}

/// The complaint that something is not a list.
pub(super) fn not_a_list(cx: &mut Cx<'_>, node: &crate::tree::Node, place: tradeoff_diag::Span) {
    wrong_type(cx, node, place, Kind::Steps);
}
