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

/// A name as part of a dotted path.
pub(crate) fn quoted(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}
