//! Where the file states a key of a policy: one mistake in a shared policy is one finding, however
//! many calls inherit it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tradeoff_model::Document;

use crate::Context;
use crate::mend::child;
use tradeoff_analyze::{Callee, Edge};

/// A policy of the file that states a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its JSON Pointer: `/policies/internal`.
    pub(crate) pointer: String,
    /// What findings about it are about: `policies.internal`, or the name of the edge.
    pub(crate) subject: String,
}

/// The policies of a file, found once: a large file has many calls, and each asks where its keys
/// come from.
#[derive(Debug, Default)]
pub(crate) struct Stated {
    /// What stands under `policy`, by the JSON Pointer of the map that it stands in.
    holders: BTreeMap<String, Json>,
    /// The keys of the named policies.
    named: BTreeMap<String, Vec<String>>,
    /// The blocks under `edges`, by their names without spaces.
    pub(crate) edge_blocks: BTreeMap<String, String>,
}

impl Stated {
    pub(crate) fn new(document: &Document) -> Self {
        let mut it = Self { holders: document.under("policy"), ..Self::default() };
        let keys = |of: &Json| -> Vec<String> {
            of.as_object().into_iter().flat_map(|it| it.keys().cloned()).collect()
        };
        let policies = document.get("/policies").unwrap_or_default();
        let named = policies.as_object().into_iter().flatten();
        it.named = named.map(|(name, of)| (name.clone(), keys(of))).collect();
        let plain = |key: &str| key.split("->").map(str::trim).collect::<Vec<_>>().join("->");
        let blocks = document.get("/edges").as_ref().map(keys).unwrap_or_default().into_iter();
        it.edge_blocks = blocks.map(|key| (plain(&key), key)).collect();
        it
    }
}

impl<'a> Context<'a> {
    /// The policy that states a key for an edge; `None` if none does.
    pub(crate) fn stated(&self, edge: &Edge<'_>, key: &str) -> Option<Place> {
        let policies = &self.policies;
        let at = |holder: &str, subject: &dyn Fn() -> String| match policies.holders.get(holder)? {
            Json::String(name) => {
                let states = policies.named.get(name)?.iter().any(|it| it == key);
                let pointer = child("/policies", name);
                states.then(|| Place { pointer, subject: format!("policies.{name}") })
            }
            Json::Object(keys) if keys.contains_key(key) => {
                Some(Place { pointer: child(holder, "policy"), subject: subject() })
            }
            _ => None,
        };
        let of_edge = || {
            edge_names(self, edge).into_iter().find_map(|name| {
                let block = policies.edge_blocks.get(&name)?;
                at(&child("/edges", block), &|| name.clone())
            })
        };
        let of_callee = || {
            let architecture = self.architecture;
            let (kind, name) = match edge.to {
                Callee::Endpoint(to) => {
                    let (service, _) = self.analysis.endpoints[to];
                    ("services", &architecture.services[service].name.value)
                }
                Callee::External(at, _) => ("externals", &architecture.externals[at].name.value),
                Callee::Operation(at, _) => ("stores", &architecture.stores[at].name.value),
            };
            at(&child(&format!("/{kind}"), name), &|| format!("{kind}.{name}.policy"))
        };
        at(&edge.step.pointer, &|| self.analysis.edge_name(edge))
            .or_else(of_edge)
            .or_else(of_callee)
            .or_else(|| at("/defaults", &|| "defaults.policy".to_owned()))
    }

    /// Edges between processes that a test holds for, by the policy that states a key for them.
    pub(crate) fn by_policy<'s>(
        &'s self,
        key: &str,
        holds: impl Fn(&Edge<'a>) -> bool,
    ) -> BTreeMap<String, Vec<&'s Edge<'a>>> {
        let mut groups: BTreeMap<String, Vec<&Edge<'a>>> = BTreeMap::new();
        for edge in self.analysis.edges.iter().filter(|edge| !edge.inside && holds(edge)) {
            let place = self.stated(edge, key);
            let subject = place.map_or_else(|| self.analysis.edge_name(edge), |it| it.subject);
            groups.entry(subject).or_default().push(edge);
        }
        groups
    }
}

/// The names under which an edge may have a block, the most specific first.
fn edge_names(cx: &Context<'_>, edge: &Edge<'_>) -> Vec<String> {
    if cx.policies.edge_blocks.is_empty() {
        return Vec::new();
    }
    let component = |name: &str| name.split('.').next().unwrap_or(name).to_owned();
    let (from, to) = (cx.analysis.name(edge.from), cx.analysis.callee_name(edge.to));
    let (start, end) = (component(&from), component(&to));
    vec![
        format!("{from}->{to}"),
        format!("{from}->{end}"),
        format!("{start}->{to}"),
        format!("{start}->{end}"),
    ]
}
