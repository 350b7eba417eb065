//! What decisions are about beside stores, promises and endpoints.

use crate::{Seen, Subject};

/// Every entry of a map of the file: `topics`, `vendors`, `debt`.
pub(crate) fn entries(seen: &Seen<'_>, list: &str) -> Vec<Subject> {
    let entries = seen.architecture.facts.entries(list).enumerate();
    entries
        .map(|(at, (name, _))| Subject {
            name: name.to_owned(),
            path: format!("{list}.{}", quoted(name)),
            at,
        })
        .collect()
}

/// Every service.
pub(crate) fn services(seen: &Seen<'_>) -> Vec<Subject> {
    let services = seen.architecture.services.iter().enumerate();
    services
        .map(|(at, it)| {
            let name = it.name.value.clone();
            Subject { path: format!("services.{}", quoted(&name)), name, at }
        })
        .collect()
}

/// Every call and query that leaves its process; the number is that of the edge. Steps that call
/// the same from the same endpoint are one: what guards it is stated for all of them.
pub(crate) fn edges(seen: &Seen<'_>) -> Vec<Subject> {
    let mut all: Vec<Subject> = Vec::new();
    for (at, edge) in seen.analysis.edges.iter().enumerate().filter(|it| !it.1.inside) {
        let name = seen.analysis.edge_name(edge);
        if all.iter().all(|it| it.name != name) {
            all.push(Subject { path: format!("edges.{}", quoted(&name)), name, at });
        }
    }
    all
}

/// The whole file, if something in it brings the question up.
pub(crate) fn whole_if(seen: &Seen<'_>, paths: &[&str]) -> Vec<Subject> {
    let stated = |path: &&str| seen.architecture.facts.get(path).is_some_and(|it| it.stated);
    if paths.iter().any(stated) { vec![seen.whole()] } else { Vec::new() }
}

/// A name as part of a dotted path.
pub(crate) fn quoted(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}
