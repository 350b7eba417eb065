//! The names that facts may refer to, collected when the first one does.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Entry, Node};

use super::names::SHORT;

/// Where the names of each kind of thing stand.
const PLACES: &[(&str, &[&str])] = &[
    ("team", &["teams"]),
    ("service", &["services"]),
    ("store", &["stores"]),
    ("external", &["externals"]),
    ("cache", &["caches"]),
    ("topic", &["topics"]),
    ("slo", &["slos"]),
    ("bucket", &["buckets"]),
    ("index", &["search"]),
    ("region", &["regions"]),
    ("vendor", &["vendors"]),
    ("decision", &["decisions"]),
    ("dataset", &["data", "datasets"]),
    ("feature", &["data", "features"]),
    ("client", &["security", "clients"]),
    ("metric", &["observability", "metrics"]),
];

/// Stands for every operation of an external that names none; no name has such a sign.
const ANY: &str = ".*";

/// All names of a file, by what they name.
pub(super) struct Known<'t> {
    root: &'t Node,
    names: BTreeMap<&'static str, BTreeSet<String>>,
}

impl<'t> Known<'t> {
    pub(super) const fn new(root: &'t Node) -> Self {
        Self { root, names: BTreeMap::new() }
    }

    /// Whether there is one of this name; `what` may list several kinds: `store or cache`.
    pub(super) fn has(&mut self, what: &'static str, name: &str) -> bool {
        kinds(what).any(|kind| self.of(kind).contains(name) || self.calls_any(kind, name))
    }

    /// All names of these kinds.
    pub(super) fn all(&mut self, what: &'static str) -> Vec<&str> {
        for kind in kinds(what) {
            self.of(kind);
        }
        let found = kinds(what).filter_map(|kind| self.names.get(kind));
        found.flatten().map(String::as_str).filter(|name| !name.ends_with(ANY)).collect()
    }

    fn of(&mut self, kind: &'static str) -> &BTreeSet<String> {
        let root = self.root;
        self.names.entry(kind).or_insert_with(|| collect(root, kind))
    }

    /// Whether it is `external.operation`, of an external that takes every name.
    fn calls_any(&mut self, kind: &str, name: &str) -> bool {
        let head = name.split_once('.').map(|(head, _)| head);
        let names = self.names.get(kind);
        head.zip(names).is_some_and(|(head, names)| names.contains(&format!("{head}{ANY}")))
    }
}

/// The kinds of `dataset, store or bucket`.
fn kinds(what: &'static str) -> impl Iterator<Item = &'static str> {
    what.split(", ").flat_map(|part| part.split(" or "))
}

fn entries<'t>(root: &'t Node, path: &[&str]) -> &'t [Entry] {
    let found = path.iter().try_fold(root, |node, key| node.get(key));
    found.and_then(Node::entries).unwrap_or_default()
}

fn collect(root: &Node, kind: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Some((_, path)) = PLACES.iter().find(|(name, _)| *name == kind) {
        names.extend(entries(root, path).iter().map(|entry| entry.key.clone()));
    }
    match kind {
        "endpoint" => endpoints(root, &mut names),
        "store operation" => members(root, "stores", "operations", &mut names),
        "entity" => members(root, "stores", "entities", &mut names),
        "external" => externals(root, &mut names),
        _ => {}
    }
    names
}

fn members(root: &Node, block: &str, key: &str, names: &mut BTreeSet<String>) {
    for owner in entries(root, &[block]) {
        let members = owner.node.get(key).and_then(Node::entries).unwrap_or_default();
        names.extend(members.iter().map(|member| format!("{}.{}", owner.key, member.key)));
    }
}

fn externals(root: &Node, names: &mut BTreeSet<String>) {
    members(root, "externals", "operations", names);
    let open = entries(root, &["externals"]).iter();
    let open = open.filter(|external| external.node.get("operations").is_none());
    names.extend(open.map(|external| format!("{}{ANY}", external.key)));
}

/// `service.endpoint`, and the service alone if it has only one.
fn endpoints(root: &Node, names: &mut BTreeSet<String>) {
    members(root, "services", "endpoints", names);
    for service in entries(root, &["services"]) {
        let endpoints = service.node.get("endpoints").and_then(Node::entries);
        if endpoints.is_none() && service.node.get("calls").is_some() {
            names.insert(format!("{}.{SHORT}", service.key));
            names.insert(service.key.clone());
        }
        if endpoints.is_some_and(|it| it.len() == 1) {
            names.insert(service.key.clone());
        }
    }
}
