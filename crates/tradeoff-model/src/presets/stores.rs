//! What `kind` fills in: what a store accepts out of the box.

use super::{Fact, Preset};

/// The names, for the table of the format.
pub(super) const NAMES: &[&str] = &[
    "aurora-mysql",
    "aurora-postgres",
    "cassandra",
    "clickhouse",
    "cockroachdb",
    "dynamodb",
    "elasticsearch",
    "mariadb",
    "memcached",
    "mongodb",
    "mysql",
    "neo4j",
    "object-storage",
    "opensearch",
    "oracle",
    "other",
    "postgres",
    "redis",
    "scylladb",
    "spanner",
    "sqlite",
    "sqlserver",
    "valkey",
];

/// All kinds, by name. Most are words only: their limits depend on the machine or the contract.
pub(super) fn presets() -> Vec<Preset> {
    NAMES.iter().map(|name| Preset { name, what: what(name), facts: facts(name) }).collect()
}

fn what(name: &str) -> &'static str {
    match name {
        "aurora-mysql" | "aurora-postgres" => {
            "a relational database of AWS; its connections depend on the instance"
        }
        "mariadb" | "mysql" | "postgres" | "oracle" | "sqlserver" | "sqlite" | "cockroachdb"
        | "spanner" => "a relational database",
        "cassandra" | "scylladb" => "a wide-column store",
        "clickhouse" => "a column store for analysis",
        "dynamodb" => "a key-value store of AWS",
        "elasticsearch" | "opensearch" => "a search index",
        "mongodb" => "a document store; its connections depend on the open files of the machine",
        "neo4j" => "a graph database",
        "object-storage" => "a store of objects, such as S3",
        "memcached" | "redis" | "valkey" => "a store in memory",
        _ => "none of these",
    }
}

fn facts(name: &str) -> Vec<Fact> {
    let fact = |key, value, because, version, url, date| Fact {
        key,
        value,
        of: &[],
        because,
        version,
        url,
        date,
    };
    match name {
        "postgres" => vec![fact(
            "connections",
            "100",
            "max_connections",
            "PostgreSQL",
            "https://www.postgresql.org/docs/current/runtime-config-connection.html",
            "2026-11",
        )],
        "mysql" => vec![fact(
            "connections",
            "151",
            "max_connections",
            "MySQL 8.0",
            "https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_max_connections",
            "2026-11",
        )],
        "mariadb" => vec![fact(
            "connections",
            "151",
            "max_connections",
            "MariaDB",
            "https://mariadb.com/docs/server/ref/mdb/system-variables/max_connections",
            "2026-11",
        )],
        "redis" => vec![
            fact("connections", "10000", "maxclients", "Redis", REDIS, "2026-11"),
            fact("cores", "1", "Redis is mostly single threaded", "Redis", REDIS, "2026-11"),
        ],
        _ => Vec::new(),
    }
}

const REDIS: &str =
    "https://github.com/redis/redis/blob/4f8cdc2a1ea53e42955af758aabffee67cb455dd/redis.conf";
