//! What `runtime`, `kind` and `instance` fill in: dated tables, each value with its source.
//!
//! A preset holds only where its name is written, and never over what a file states. What it
//! fills in stands in the list of assumptions, with the source.

mod fill;
mod instances;
mod runtimes;
mod stores;

use std::sync::LazyLock;

pub(crate) use fill::fill;

/// Runtimes of services, kinds of stores, or instances of both.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is called: `runtimes`.
    pub name: &'static str,
    /// The key that names one of its presets: `runtime`.
    pub key: &'static str,
    /// What it fills in, in a sentence.
    pub doc: &'static str,
    /// Its presets.
    pub presets: Vec<Preset>,
}

/// What one name stands for.
#[derive(Clone, Debug)]
pub struct Preset {
    /// The name: `spring-boot`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What is known of it; without any the name is a word only.
    pub facts: Vec<Fact>,
}

/// One value, and where it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The key that it fills in: `concurrency`, `pool.wait` of a store, `timeout` of a call; or
    /// what it is about where the format has no such key: `memory`.
    pub key: &'static str,
    /// As it would be written.
    pub value: &'static str,
    /// The kinds of stores that a pool is for; empty: not about a pool.
    pub of: &'static [&'static str],
    /// The setting behind it.
    pub because: &'static str,
    /// Of which product and version.
    pub version: &'static str,
    /// Where it is documented.
    pub url: &'static str,
    /// When that page was read, or says that it was made.
    pub date: &'static str,
}

impl Fact {
    /// Where the value is from, behind the name of the preset.
    fn source(&self, preset: &str) -> String {
        format!("{preset}: {}, {}, {}", self.because, self.version, self.date)
    }
}

/// Names of runtimes, as `runtime` takes them.
pub(crate) const RUNTIMES: &[&str] = runtimes::NAMES;
/// Names of kinds of stores, as `kind` takes them.
pub(crate) const KINDS: &[&str] = stores::NAMES;
/// Names of machines, as `instance` takes them.
pub(crate) const INSTANCES: &[&str] = instances::NAMES;

static TABLES: LazyLock<[Table; 3]> = LazyLock::new(|| {
    [
        Table {
            name: "runtimes",
            key: "runtime",
            doc: "A service's `runtime` fills in its `concurrency`, `queue` and `cores`, the `pool` \
                  of the stores that it queries, and the `timeout` of its calls.",
            presets: runtimes::presets(),
        },
        Table {
            name: "kinds",
            key: "kind",
            doc: "A store's `kind` fills in its `connections` and `cores`, and says which pool of \
                  its callers' runtimes is used for it.",
            presets: stores::presets(),
        },
        Table {
            name: "instances",
            key: "instance",
            doc: "The `instance` of a service or a store fills in its `cores` and `cost`.",
            presets: instances::presets(),
        },
    ]
});

/// All tables: runtimes, kinds, instances.
pub fn tables() -> &'static [Table; 3] {
    &TABLES
}

/// The timeout of a runtime's HTTP client, if it has one, and where that is from.
pub(crate) fn client_timeout(name: &str) -> Option<(&'static str, String)> {
    let [runtimes, ..] = tables();
    let preset = runtimes.presets.iter().find(|it| it.name == name)?;
    let fact = preset.facts.iter().find(|it| it.key == "timeout" && it.value != "none")?;
    Some((fact.value, fact.source(preset.name)))
}

#[cfg(test)]
mod tests {
    use super::{INSTANCES, KINDS, RUNTIMES, tables};
    use crate::quantity;

    const KEYS: [&str; 10] = [
        "concurrency",
        "queue",
        "cores",
        "cost",
        "memory",
        "connections",
        "timeout",
        "pool",
        "pool.per_replica",
        "pool.wait",
    ];

    #[test]
    fn every_row_has_a_name_a_value_and_a_source() {
        for (table, names) in tables().iter().zip([RUNTIMES, KINDS, INSTANCES]) {
            let own: Vec<&str> = table.presets.iter().map(|it| it.name).collect();
            assert_eq!(own, names, "{}", table.name);
            for fact in table.presets.iter().flat_map(|it| &it.facts) {
                assert!(KEYS.contains(&fact.key), "{fact:?}");
                assert!(fact.url.starts_with("https://"), "{fact:?}");
                assert!(fact.date.starts_with("2026-"), "{fact:?}");
                let time = ["timeout", "pool.wait"].contains(&fact.key) && fact.value != "none";
                assert!(!time || quantity::duration(fact.value).is_ok(), "{fact:?}");
                assert!(fact.key != "cost" || quantity::cost(fact.value).is_ok(), "{fact:?}");
                assert_eq!(fact.key.starts_with("pool"), !fact.of.is_empty(), "{fact:?}");
            }
        }
    }
}
