//! What holds on an edge beside its step: the edge's own block, the callee's, the defaults.

use std::collections::{BTreeMap, BTreeSet};

use tradeoff_diag::{Diagnostic, Span, Spanned};

use super::Cx;
use super::dist::{Unit, dist};
use super::fields::{Fields, with_nearest};
use super::names::{Named, Names};
use super::policy::{Policies, PolicyId};
use crate::model::{Assumption, Component, Dist, EdgePolicy};
use crate::pointer::{child, dotted};
use crate::presets::client_timeout;
use crate::quantity;
use crate::table::{DEFAULTS, EDGE};
use crate::tree::shorten;

/// A policy and a crossing of the network, each if stated.
#[derive(Default)]
struct Door {
    policy: Option<PolicyId>,
    network: Option<Dist>,
}

/// A block under `edges`.
struct Edge {
    door: Door,
    place: Span,
    used: bool,
}

/// What the runtime of a caller says about its calls.
struct Client {
    policy: PolicyId,
    timeout: &'static str,
    source: String,
}

/// All of them.
pub(super) struct Doors {
    edges: BTreeMap<String, Edge>,
    /// Names of edges that exist, kept only if the file speaks of edges.
    seen: BTreeSet<String>,
    services: Vec<Door>,
    stores: Vec<Door>,
    externals: Vec<Door>,
    defaults: Door,
    /// By caller, and the deploy unit of each service.
    clients: Vec<Option<Client>>,
    units: Vec<Option<String>>,
}

/// One end of an edge: a component and, if there is one, its endpoint or operation.
#[derive(Clone, Copy)]
pub(super) struct End<'a> {
    pub(super) component: Component,
    pub(super) name: &'a str,
    pub(super) member: Option<&'a str>,
}

impl Doors {
    pub(super) fn collect<'t>(
        cx: &mut Cx<'t>,
        root: &Fields<'t>,
        names: &Names<'t>,
        policies: &mut Policies<'t>,
    ) -> Self {
        let mut all = |cx: &mut Cx<'t>, list: &[Named<'t>]| -> Vec<Door> {
            let read = |it: &Named<'t>| {
                it.fields.as_ref().map(|fields| door(cx, fields, policies)).unwrap_or_default()
            };
            list.iter().map(read).collect()
        };
        let services = all(cx, &names.services);
        let stores = all(cx, &names.stores);
        let externals = all(cx, &names.externals);
        let mut edges = BTreeMap::new();
        for entry in root.sorted(cx, "edges") {
            let pointer = root.path_of("edges", &entry.key);
            let fields = Fields::open(cx, &entry.node, entry.key_span, &EDGE, &pointer);
            let door = fields.map(|fields| door(cx, &fields, policies)).unwrap_or_default();
            let name: Vec<&str> = entry.key.split("->").map(str::trim).collect();
            let edge = Edge { door, place: entry.key_span, used: false };
            edges.insert(name.join("->"), edge);
        }
        let defaults = root.get("defaults").and_then(|entry| {
            let pointer = root.path("defaults");
            Fields::open(cx, &entry.node, entry.key_span, &DEFAULTS, &pointer)
        });
        let defaults = defaults.map(|it| door(cx, &it, policies)).unwrap_or_default();
        let clients = names.services.iter().map(|it| client(it, policies)).collect();
        let unit = |it: &Named<'_>| it.deploy.as_ref().map(|it| it.value.clone());
        let units = names.services.iter().map(unit).collect();
        let seen = BTreeSet::new();
        Self { edges, seen, services, stores, externals, defaults, clients, units }
    }

    /// The client that makes a call from one component to another: calls within a deploy unit, and
    /// queries, use none.
    fn client(&self, from: End<'_>, to: End<'_>) -> Option<&Client> {
        let Component::Service(here) = from.component else { return None };
        let inside = match to.component {
            Component::Store(_) => true,
            Component::Service(there) => {
                self.units[here].is_some() && self.units[here] == self.units[there]
            }
            Component::External(_) => false,
        };
        if inside { None } else { self.clients[here].as_ref() }
    }

    /// The policy and the network in force on the edge of a step.
    pub(super) fn edge(
        &mut self,
        cx: &mut Cx<'_>,
        policies: &mut Policies<'_>,
        step: Option<PolicyId>,
        from: End<'_>,
        to: End<'_>,
    ) -> (EdgePolicy, Dist) {
        let mut order: Vec<PolicyId> = Vec::with_capacity(7);
        order.extend(step);
        let mut network = None;
        if !self.edges.is_empty() {
            for name in edge_names(from, to) {
                if let Some(edge) = self.edges.get_mut(&name) {
                    edge.used = true;
                    order.extend(edge.door.policy);
                    network = network.or_else(|| edge.door.network.clone());
                }
                self.seen.insert(name);
            }
        }
        let callee = match to.component {
            Component::Service(at) => &self.services[at],
            Component::Store(at) => &self.stores[at],
            Component::External(at) => &self.externals[at],
        };
        order.extend(callee.policy);
        order.extend(self.defaults.policy);
        if let Some(client) = self.client(from, to) {
            order.push(client.policy);
            if policies.timeout_from(&order) == Some(client.policy) {
                let edge = child("/edges", &edge_names(from, to)[0]);
                cx.assumptions.push(Assumption {
                    path: dotted(&child(&child(&edge, "policy"), "timeout")),
                    value: client.timeout.into(),
                    source: Some(client.source.clone()),
                });
            }
        }
        let network = network
            .or_else(|| callee.network.clone())
            .or_else(|| self.defaults.network.clone())
            .unwrap_or_else(|| {
                if cx.assumptions.last().is_none_or(|it| it.path != "defaults.network") {
                    cx.assume("/defaults/network", "0s");
                }
                Dist::Constant(0.0)
            });
        (policies.resolve(&order), network)
    }

    /// Complains about blocks under `edges` that no step has.
    pub(super) fn report_unused(&self, cx: &mut Cx<'_>) {
        for (name, edge) in self.edges.iter().filter(|(_, edge)| !edge.used) {
            let message = format!("no step calls along `{}`", shorten(name));
            let diagnostic = Diagnostic::error("unknown-name", message)
                .label(edge.place, "no such edge")
                .expected("an edge such as `order->payment` or `order.place->payment.charge`");
            let near = cx.nearest(name, self.seen.iter().map(String::as_str));
            cx.error(with_nearest(diagnostic, near));
        }
    }
}

/// The HTTP client of a service whose runtime is known to give one a timeout.
fn client(it: &Named<'_>, policies: &mut Policies<'_>) -> Option<Client> {
    let node = &it.fields.as_ref()?.get("runtime")?.node;
    let (timeout, source) = client_timeout(node.text()?)?;
    let nanos = quantity::duration(timeout).ok()?;
    Some(Client { policy: policies.client(Spanned::new(nanos, node.span)), timeout, source })
}

fn door<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>, policies: &mut Policies<'t>) -> Door {
    let policy = policies.read(cx, fields);
    let network = fields.get("network");
    let network = network.and_then(|it| dist(cx, it, &fields.path("network"), Unit::Time));
    Door { policy, network }
}

/// The names of an edge, the most specific first.
fn edge_names(from: End<'_>, to: End<'_>) -> Vec<String> {
    let long = |end: End<'_>| end.member.map(|member| format!("{}.{member}", end.name));
    let mut names = Vec::with_capacity(4);
    for caller in [long(from), Some(from.name.into())].into_iter().flatten() {
        for callee in [long(to), Some(to.name.into())].into_iter().flatten() {
            names.push(format!("{caller}->{callee}"));
        }
    }
    names
}
