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

/// The blocks under `edges`, by their names without spaces.
pub(crate) fn edge_blocks(document: &Document) -> BTreeMap<String, String> {
    let edges = document.get("/edges");
    let keys = edges.as_ref().and_then(Json::as_object).into_iter().flat_map(|it| it.keys());
    let plain = |key: &String| key.split("->").map(str::trim).collect::<Vec<_>>().join("->");
    keys.map(|key| (plain(key), key.clone())).collect()
}

impl<'a> Context<'a> {
    /// The policy that states a key for an edge; `None` if none does.
    pub(crate) fn stated(&self, edge: &Edge<'_>, key: &str) -> Option<Place> {
        let own = || self.analysis.edge_name(edge);
        let mut holders = vec![(edge.step.pointer.clone(), own())];
        for name in edge_names(self, edge) {
            if let Some(block) = self.edge_blocks.get(&name) {
                holders.push((child("/edges", block), name));
            }
        }
        let architecture = self.architecture;
        let (kind, name) = match edge.to {
            Callee::Endpoint(to) => {
                let (service, _) = self.analysis.endpoints[to];
                ("services", &architecture.services[service].name.value)
            }
            Callee::External(at, _) => ("externals", &architecture.externals[at].name.value),
            Callee::Operation(at, _) => ("stores", &architecture.stores[at].name.value),
        };
        holders.push((child(&format!("/{kind}"), name), format!("{kind}.{name}.policy")));
        holders.push(("/defaults".to_owned(), "defaults.policy".to_owned()));
        holders.into_iter().find_map(|(holder, subject)| {
            let pointer = child(&holder, "policy");
            match self.document.get(&pointer)? {
                Json::String(name) => {
                    let pointer = child("/policies", &name);
                    self.document.get(&child(&pointer, key))?;
                    Some(Place { pointer, subject: format!("policies.{name}") })
                }
                Json::Object(keys) => keys.contains_key(key).then_some(Place { pointer, subject }),
                _ => None,
            }
        })
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
    if cx.edge_blocks.is_empty() {
        return Vec::new();
    }
    let component = |name: &str| name.split('.').next().unwrap_or(name).to_owned();
    let (from, to) = (cx.analysis.name(edge.from), cx.analysis.callee_name(edge.to));
    let (user, used) = (component(&from), component(&to));
    vec![
        format!("{from}->{to}"),
        format!("{from}->{used}"),
        format!("{user}->{to}"),
        format!("{user}->{used}"),
    ]
}
