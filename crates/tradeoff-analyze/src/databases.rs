//! Which services meet in one database.

use std::collections::BTreeMap;

use tradeoff_model::model::Store;

use crate::{Analysis, Callee};

/// Kinds of stores that services share on purpose.
const SHARED_ON_PURPOSE: [&str; 24] = [
    "bigquery",
    "clickhouse",
    "databricks",
    "dragonfly",
    "elasticsearch",
    "gcs",
    "hazelcast",
    "kafka",
    "keydb",
    "meilisearch",
    "memcached",
    "minio",
    "nats",
    "opensearch",
    "pulsar",
    "rabbitmq",
    "redis",
    "redshift",
    "s3",
    "snowflake",
    "solr",
    "sqs",
    "typesense",
    "valkey",
];

/// A database, and the processes that query it.
#[derive(Debug, Default)]
pub struct Database {
    /// The stores that are in it.
    pub stores: Vec<usize>,
    /// Whether each process that queries it writes.
    pub writes: BTreeMap<usize, bool>,
}

/// Every database, without what services share on purpose.
pub fn databases(analysis: &Analysis<'_>) -> Vec<Database> {
    let stores = &analysis.architecture.stores;
    let mut databases: BTreeMap<(bool, &str, &str), Database> = BTreeMap::new();
    for (at, store) in stores.iter().enumerate().filter(|it| !on_purpose(it.1)) {
        databases.entry(identity(store)).or_default().stores.push(at);
    }
    for edge in &analysis.edges {
        if let Callee::Operation(at, operation) = edge.to
            && let Some(users) = databases.get_mut(&identity(&stores[at]))
            && !on_purpose(&stores[at])
        {
            let writes = users.writes.entry(analysis.process(edge.from)).or_insert(false);
            *writes |= stores[at].operations[operation].writes;
        }
    }
    databases.into_values().collect()
}

/// What tells databases apart: a name that stores share, or the store's own.
fn identity(store: &Store) -> (bool, &str, &str) {
    let schema = store.schema.as_ref().map_or("", |it| &it.value);
    match &store.database {
        Some(database) => (true, &database.value, schema),
        None => (false, &store.name.value, ""),
    }
}

fn on_purpose(store: &Store) -> bool {
    let kind = store.kind.as_ref().map(|it| it.value.to_ascii_lowercase());
    kind.is_some_and(|kind| SHARED_ON_PURPOSE.contains(&kind.as_str()))
}
