//! Puts into the tree what its presets fill in: only keys that nobody states.

use std::collections::{BTreeMap, BTreeSet};

use tradeoff_diag::Span;

use super::{Fact, Preset, Table, tables};
use crate::model::Assumption;
use crate::pointer::{child, dotted};
use crate::tree::{Entry, Node, Value};

/// A tree with what its presets fill in, and the list of that.
pub(crate) struct Filled {
    pub(crate) root: Node,
    pub(crate) assumptions: Vec<Assumption>,
}

/// Entries to add, by the component's place in its map.
#[derive(Default)]
struct Additions {
    services: BTreeMap<usize, Vec<Entry>>,
    stores: BTreeMap<usize, Vec<Entry>>,
    assumptions: Vec<Assumption>,
}

/// A preset that a component names, and where.
struct Named<'a> {
    preset: &'a Preset,
    span: Span,
}

/// Fills in a tree; `None` if no preset adds anything to it.
pub(crate) fn fill(root: &Node) -> Option<Filled> {
    let [runtimes, kinds, instances] = tables();
    let mut additions = Additions::default();
    services(root, runtimes, instances, &mut additions);
    stores(root, runtimes, kinds, instances, &mut additions);
    if additions.assumptions.is_empty() {
        return None;
    }
    let mut root = root.clone();
    add(&mut root, "services", additions.services);
    add(&mut root, "stores", additions.stores);
    Some(Filled { root, assumptions: additions.assumptions })
}

fn add(root: &mut Node, block: &str, mut additions: BTreeMap<usize, Vec<Entry>>) {
    let Value::Map(blocks) = &mut root.value else { return };
    let Some(block) = blocks.iter_mut().find(|it| it.key == block) else { return };
    let Value::Map(components) = &mut block.node.value else { return };
    for (at, component) in components.iter_mut().enumerate() {
        if let (Some(new), Value::Map(keys)) = (additions.remove(&at), &mut component.node.value) {
            keys.extend(new);
        }
    }
}

/// The components of a block.
fn components<'t>(root: &'t Node, block: &str) -> &'t [Entry] {
    root.get(block).and_then(Node::entries).unwrap_or_default()
}

fn text<'t>(component: &'t Entry, key: &str) -> Option<&'t str> {
    component.node.get(key)?.text()
}

fn named<'a>(component: &Entry, table: &'a Table) -> Option<Named<'a>> {
    let node = component.node.get(table.key)?;
    let name = node.text()?;
    let preset = table.presets.iter().find(|it| it.name == name)?;
    Some(Named { preset, span: node.span })
}

impl Additions {
    /// The entry of one fact, listed as an assumption at a pointer.
    fn entry(&mut self, from: &Named<'_>, fact: &Fact, key: &str, pointer: &str) -> Entry {
        self.assumptions.push(Assumption {
            path: dotted(pointer),
            value: fact.value.into(),
            source: Some(fact.source(from.preset.name)),
        });
        let value = Value::Scalar { text: fact.value.into(), plain: true };
        Entry { key: key.into(), key_span: from.span, node: Node { span: from.span, value } }
    }
}

fn services(root: &Node, runtimes: &Table, instances: &Table, additions: &mut Additions) {
    const KEYS: [&str; 4] = ["concurrency", "queue", "cores", "cost"];
    let all = components(root, "services");
    // Modules of one deploy unit share a process: what one states holds for all.
    let mut shared: BTreeSet<(&str, &str)> = BTreeSet::new();
    for service in all {
        let Some(unit) = text(service, "deploy") else { continue };
        let stated = KEYS.into_iter().filter(|key| service.node.get(key).is_some());
        shared.extend(stated.map(|key| (unit, key)));
    }
    for (at, service) in all.iter().enumerate() {
        let pointer = child("/services", &service.key);
        let unit = text(service, "deploy");
        let mut stated: BTreeSet<&str> = KEYS
            .into_iter()
            .filter(|key| {
                service.node.get(key).is_some()
                    || unit.is_some_and(|unit| shared.contains(&(unit, *key)))
            })
            .collect();
        // A queue is that of the preset's own threads.
        if stated.contains("concurrency") {
            stated.insert("queue");
        }
        let presets = [named(service, runtimes), named(service, instances)];
        for from in presets.iter().flatten() {
            for fact in from.preset.facts.iter().filter(|it| KEYS.contains(&it.key)) {
                if stated.insert(fact.key) {
                    let entry = additions.entry(from, fact, fact.key, &child(&pointer, fact.key));
                    additions.services.entry(at).or_default().push(entry);
                }
            }
        }
    }
}

fn stores(
    root: &Node,
    runtimes: &Table,
    kinds: &Table,
    instances: &Table,
    additions: &mut Additions,
) {
    const KEYS: [&str; 3] = ["connections", "cores", "cost"];
    let all = components(root, "stores");
    if all.is_empty() {
        return;
    }
    let callers = callers(root);
    for (at, store) in all.iter().enumerate() {
        let pointer = child("/stores", &store.key);
        let mut stated: BTreeSet<&str> =
            KEYS.into_iter().filter(|key| store.node.get(key).is_some()).collect();
        let presets = [named(store, kinds), named(store, instances)];
        for from in presets.iter().flatten() {
            for fact in from.preset.facts.iter().filter(|it| KEYS.contains(&it.key)) {
                if stated.insert(fact.key) {
                    let entry = additions.entry(from, fact, fact.key, &child(&pointer, fact.key));
                    additions.stores.entry(at).or_default().push(entry);
                }
            }
        }
        let callers = callers.get(store.key.as_str()).map(Vec::as_slice).unwrap_or_default();
        if let (Some(kind), None) = (text(store, "kind"), store.node.get("pool")) {
            let entry = pool(callers, runtimes, kind, &child(&pointer, "pool"), additions);
            additions.stores.entry(at).or_default().extend(entry);
        }
    }
}

/// The services that query each store, by its name.
fn callers(root: &Node) -> BTreeMap<&str, Vec<&Entry>> {
    let mut callers: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for service in components(root, "services") {
        let mut queried = BTreeSet::new();
        if let Some(endpoints) = service.node.get("endpoints") {
            queries(endpoints, &mut queried);
        }
        for store in queried {
            callers.entry(store).or_default().push(service);
        }
    }
    callers
}

/// The stores that any step beneath a node queries or keeps a transaction on.
fn queries<'t>(node: &'t Node, found: &mut BTreeSet<&'t str>) {
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                match (entry.key.as_str(), entry.node.text()) {
                    ("query" | "store", Some(text)) => {
                        found.insert(text.split_once('.').map_or(text, |(store, _)| store));
                    }
                    _ => queries(&entry.node, found),
                }
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| queries(item, found)),
        _ => {}
    }
}

/// The pool that the runtimes of all callers have for a kind of store; none where they differ, or
/// where one is not known.
fn pool(
    callers: &[&Entry],
    runtimes: &Table,
    kind: &str,
    pointer: &str,
    additions: &mut Additions,
) -> Option<Entry> {
    let of = |caller: &&Entry| {
        let from = named(caller, runtimes)?;
        let facts = from.preset.facts.iter().filter(|it| it.of.contains(&kind));
        let facts: Vec<Fact> = facts.copied().collect();
        (!facts.is_empty()).then_some((from, facts))
    };
    let pools: Vec<_> = callers.iter().map(of).collect::<Option<_>>()?;
    let (from, facts) = pools.first()?;
    let values = |facts: &[Fact]| facts.iter().map(|it| (it.key, it.value)).collect::<Vec<_>>();
    if pools.iter().any(|(_, other)| values(other) != values(facts)) {
        return None;
    }
    if let [fact @ Fact { key: "pool", .. }] = facts.as_slice() {
        return Some(additions.entry(from, fact, "pool", pointer));
    }
    let entries = facts.iter().filter_map(|fact| {
        let key = fact.key.strip_prefix("pool.")?;
        Some(additions.entry(from, fact, key, &child(pointer, key)))
    });
    let node = Node { span: from.span, value: Value::Map(entries.collect()) };
    Some(Entry { key: "pool".into(), key_span: from.span, node })
}
