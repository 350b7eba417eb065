//! What `runtime` fills in: threads, queues, pools and client timeouts out of the box.

use super::{Fact, Preset};

/// Relational databases: those that one pool of connections is meant for.
const SQL: &[&str] =
    &["aurora-mysql", "aurora-postgres", "cockroachdb", "mariadb", "mysql", "oracle", "postgres"];
const POSTGRES: &[&str] = &["aurora-postgres", "cockroachdb", "postgres"];
const MYSQL: &[&str] = &["aurora-mysql", "mariadb", "mysql"];
const MONGODB: &[&str] = &["mongodb"];
const NO_POOL: &[&str] = &[];

/// Where a fact stands: version, page, date.
type Page = (&'static str, &'static str, &'static str);

const TOMCAT: Page = (
    "Spring Boot 4.0",
    "https://github.com/spring-projects/spring-boot/blob/598ee985bfdc6bc19068419758c46367b0a88958/module/spring-boot-tomcat/src/main/java/org/springframework/boot/tomcat/autoconfigure/TomcatServerProperties.java",
    "2026-11",
);
const HIKARI: Page = (
    "HikariCP 4.0",
    "https://github.com/brettwooldridge/HikariCP/blob/0035f03555efd0d6e8004d9d131bec65d64ce131/README.md",
    "2026-11",
);
const MONGO_JAVA: Page = (
    "MongoDB Java driver 5.0",
    "https://www.mongodb.com/docs/drivers/java/sync/v5.0/connection/connection-options",
    "2026-11",
);
const QUARKUS_THREADS: Page = (
    "Quarkus",
    "https://github.com/quarkusio/quarkus/blob/17aa4889a4e0b477a34b5cf200e06f23c5a19c61/core/runtime/src/main/java/io/quarkus/runtime/ThreadPoolConfig.java",
    "2026-11",
);
const AGROAL: Page = (
    "Quarkus",
    "https://github.com/quarkusio/quarkus/blob/1d7fc55f9e23e5c29b54b0aa05cb663b74027935/extensions/agroal/runtime/src/main/java/io/quarkus/agroal/runtime/DataSourceJdbcRuntimeConfig.java",
    "2026-11",
);
const MICRONAUT: Page = (
    "Micronaut 4.7",
    "https://github.com/micronaut-projects/micronaut-core/blob/6a1c9e8d06d916330ee3734cee4f51733d02655e/http-client-core/src/main/java/io/micronaut/http/client/HttpClientConfiguration.java",
    "2026-11",
);
const GO_SERVER: Page = ("Go 1", "https://pkg.go.dev/net/http#Server.Serve", "2026-11");
const GO_CLIENT: Page = ("Go 1", "https://pkg.go.dev/net/http#Client", "2026-11");
const GO_SQL: Page = ("Go 1", "https://go.dev/doc/database/manage-connections", "2026-11");
const NODE: Page = (
    "Node.js",
    "https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop",
    "2026-11",
);
const UNDICI: Page = (
    "undici, the `fetch` of Node.js",
    "https://github.com/nodejs/undici/blob/7eb7c8ec8f23acd9c3da93a286162f8c1dc68326/docs/docs/api/Client.md",
    "2026-08",
);
const PG_POOL: Page = (
    "node-postgres pg-pool 3.14",
    "https://github.com/brianc/node-postgres/blob/c9e57617bc92c2ded23a75345f50eadc527bd131/docs/pages/apis/pool.mdx",
    "2026-08",
);
const MYSQL2: Page = (
    "node-mysql2",
    "https://github.com/sidorares/node-mysql2/blob/07c3ae83c4f2bf647697b97b00e113f0e7ae6828/lib/pool_config.js",
    "2026-11",
);
const PUMA: Page = (
    "Puma 8.0",
    "https://github.com/puma/puma/blob/ff2e2126ee2f0f97e21c57ce1967afde1b6f05a1/README.md",
    "2026-07",
);
const ACTIVE_RECORD: Page = (
    "Rails",
    "https://github.com/rails/rails/blob/009c7e74117690f0dbe200188a929b345c9306c1/activerecord/lib/active_record/database_configurations/hash_config.rb",
    "2026-11",
);
const GUNICORN: Page = (
    "Gunicorn 26.1",
    "https://github.com/benoitc/gunicorn/blob/65ac1a3a4c0aa00960968c720d6e6bd2ac32f1b9/gunicorn/config.py",
    "2026-08",
);
const KESTREL: Page = (
    "ASP.NET Core",
    "https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits",
    "2026-11",
);
const HTTP_CLIENT: Page = (
    ".NET",
    "https://learn.microsoft.com/dotnet/api/system.net.http.httpclient.timeout",
    "2026-11",
);
const NPGSQL: Page = (
    "Npgsql",
    "https://github.com/npgsql/doc/blob/d04d8fd9f7bc389162fa38d233a7aff5f47ae6c1/conceptual/Npgsql/connection-string-parameters.md",
    "2026-06",
);

/// The names, for the table of the format.
pub(super) const NAMES: &[&str] =
    &["dotnet", "go", "gunicorn", "micronaut", "node", "puma", "quarkus", "spring-boot"];

/// All runtimes, by name.
pub(super) fn presets() -> Vec<Preset> {
    vec![dotnet(), go(), gunicorn(), micronaut(), node(), puma(), quarkus(), spring_boot()]
}

const fn fact(key: &'static str, value: &'static str, because: &'static str, page: Page) -> Fact {
    pool(NO_POOL, key, value, because, page)
}

const fn pool(
    of: &'static [&'static str],
    key: &'static str,
    value: &'static str,
    because: &'static str,
    (version, url, date): Page,
) -> Fact {
    Fact { key, value, of, because, version, url, date }
}

fn dotnet() -> Preset {
    Preset {
        name: "dotnet",
        what: "ASP.NET Core on Kestrel",
        facts: vec![
            fact("concurrency", "unlimited", "Kestrel MaxConcurrentConnections null", KESTREL),
            fact("timeout", "100s", "HttpClient.Timeout", HTTP_CLIENT),
            pool(POSTGRES, "pool.per_replica", "100", "Npgsql Maximum Pool Size", NPGSQL),
            pool(POSTGRES, "pool.wait", "15s", "Npgsql Timeout", NPGSQL),
        ],
    }
}

fn go() -> Preset {
    Preset {
        name: "go",
        what: "Go with net/http and database/sql",
        facts: vec![
            fact("concurrency", "unlimited", "net/http starts a goroutine each", GO_SERVER),
            fact("timeout", "none", "http.Client Timeout 0: no timeout", GO_CLIENT),
            pool(SQL, "pool", "none", "database/sql SetMaxOpenConns 0: unlimited", GO_SQL),
        ],
    }
}

fn gunicorn() -> Preset {
    Preset {
        name: "gunicorn",
        what: "Gunicorn with one sync worker, as it starts unless told otherwise",
        facts: vec![
            fact("concurrency", "1", "workers 1, threads 1", GUNICORN),
            fact("queue", "2048", "backlog", GUNICORN),
        ],
    }
}

fn micronaut() -> Preset {
    Preset {
        name: "micronaut",
        what: "Micronaut",
        facts: vec![fact("timeout", "10s", "HTTP client read-timeout", MICRONAUT)],
    }
}

fn node() -> Preset {
    Preset {
        name: "node",
        what: "Node.js: one process, one event loop",
        facts: vec![
            fact("cores", "1", "one event loop runs all JavaScript of a process", NODE),
            fact("timeout", "300s", "fetch headersTimeout", UNDICI),
            pool(POSTGRES, "pool.per_replica", "10", "pg.Pool max", PG_POOL),
            pool(POSTGRES, "pool.wait", "none", "pg.Pool connectionTimeoutMillis 0", PG_POOL),
            pool(MYSQL, "pool.per_replica", "10", "mysql2 connectionLimit", MYSQL2),
            pool(MYSQL, "pool.wait", "none", "mysql2 waitForConnections, queueLimit 0", MYSQL2),
        ],
    }
}

fn puma() -> Preset {
    Preset {
        name: "puma",
        what: "Puma on MRI, one process, with Active Record",
        facts: vec![
            fact("concurrency", "5", "threads 0:5 on MRI", PUMA),
            fact("cores", "1", "the Global VM Lock lets one thread run Ruby at a time", PUMA),
            pool(SQL, "pool.per_replica", "5", "Active Record pool", ACTIVE_RECORD),
            pool(SQL, "pool.wait", "5s", "Active Record checkout_timeout", ACTIVE_RECORD),
        ],
    }
}

fn quarkus() -> Preset {
    Preset {
        name: "quarkus",
        what: "Quarkus with blocking endpoints, up to 25 cores",
        facts: vec![
            fact(
                "concurrency",
                "200",
                "max-threads: the greater of 200 and 8 x cores",
                QUARKUS_THREADS,
            ),
            pool(SQL, "pool.per_replica", "20", "quarkus.datasource.jdbc.max-size", AGROAL),
            pool(SQL, "pool.wait", "5s", "quarkus.datasource.jdbc.acquisition-timeout", AGROAL),
        ],
    }
}

fn spring_boot() -> Preset {
    Preset {
        name: "spring-boot",
        what: "Spring Boot on Tomcat, without virtual threads",
        facts: vec![
            fact("concurrency", "200", "Tomcat server.tomcat.threads.max", TOMCAT),
            fact(
                "queue",
                "8092",
                "Tomcat max-connections 8192 less threads.max 200, and accept-count 100",
                TOMCAT,
            ),
            pool(SQL, "pool.per_replica", "10", "HikariCP maximumPoolSize", HIKARI),
            pool(SQL, "pool.wait", "30s", "HikariCP connectionTimeout", HIKARI),
            pool(MONGODB, "pool.per_replica", "100", "maxPoolSize", MONGO_JAVA),
            pool(MONGODB, "pool.wait", "120s", "waitQueueTimeoutMS", MONGO_JAVA),
        ],
    }
}
