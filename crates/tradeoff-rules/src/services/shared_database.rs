//! `svc-shared-database`: services that meet in one database.

use tradeoff_analyze::databases::databases;
use tradeoff_diag::Severity;

use crate::{Context, Report, Source};

rule! {
    /// Two or more services query one database.
    ///
    /// # Why
    /// What the services share is no interface that anybody agreed on but every table and column:
    /// none of them can change its schema, its indexes or its engine without the others, a slow
    /// query of one is the outage of all, and their deployments wait for each other's migrations.
    /// Two services that both write to the same table are not independent services.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order: { endpoints: { place: { steps: [ { query: main.insert } ] } } }
    ///   billing: { endpoints: { invoice: { steps: [ { query: main.find }, { query: books.insert } ] } } }
    ///   ledger: { endpoints: { close: { steps: [ { query: accounts.update } ] } } }
    /// stores:
    ///   main:
    /// # ^^^^ svc-shared-database
    ///     kind: postgres
    ///     owner: order
    ///     operations: { insert: { time: 1ms, writes: true }, find: { time: 1ms } }
    ///   accounts:
    /// # ^^^^^^^^ svc-shared-database
    ///     database: finance
    ///     operations: { update: { time: 1ms, writes: true } }
    ///   books:
    ///     database: finance
    ///     operations: { insert: { time: 1ms, writes: true } }
    /// ```
    /// With a database each, with a schema each in one server, as modules of one service, and with
    /// a cache that is shared on purpose:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order: { endpoints: { place: { steps: [ { query: orders.insert }, { query: sessions.get } ] } } }
    ///   billing: { endpoints: { invoice: { steps: [ { query: books.insert }, { query: sessions.get } ] } } }
    ///   search: { deploy: catalog, endpoints: { find: { steps: [ { query: products.find } ] } } }
    ///   edit: { deploy: catalog, endpoints: { save: { steps: [ { query: products.update } ] } } }
    /// stores:
    ///   orders: { database: main, schema: orders, operations: { insert: { time: 1ms, writes: true } } }
    ///   books: { database: main, schema: books, operations: { insert: { time: 1ms, writes: true } } }
    ///   products: { operations: { find: { time: 1ms }, update: { time: 1ms, writes: true } } }
    ///   sessions: { kind: redis, operations: { get: { time: 300us } } }
    /// ```
    ///
    /// # Limits
    /// A store of the file is a database of its own unless `database` and `schema` say that
    /// several are one. Modules of one deploy unit count as one service. It is a warning where only
    /// one of the services writes. Caches, brokers, search engines, object stores and warehouses,
    /// known by their `kind`, are shared on purpose and not looked at. Which service is to own what
    /// is a matter of what the data mean, so there is no patch.
    ///
    /// # Sources
    /// Guide, section 2: "Shared Database = Distributed Monolith". D. Taibi, V. Lenarduzzi, "On the
    /// Definition of Microservice Bad Smells", IEEE Software 2018: shared persistency.
    pub const RULE = Rule {
        id: "svc-shared-database",
        severity: Severity::Error,
        source: Source {
            guide: Some("2"),
            other: Some("Taibi, Lenarduzzi: On the Definition of Microservice Bad Smells"),
        },
        summary: "a database that several services query",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let stores = &cx.architecture.stores;
    for users in databases(analysis) {
        if users.writes.len() < 2 {
            report.pass(&RULE);
            continue;
        }
        let first = &stores[users.stores[0]];
        let name = match (&first.database, &first.schema) {
            (None, _) => first.name.value.clone(),
            (Some(database), None) => database.value.clone(),
            (Some(database), Some(schema)) => format!("{}.{}", database.value, schema.value),
        };
        let names = users.writes.keys().map(|it| format!("`{}`", analysis.processes[*it].name));
        let names: Vec<String> = names.collect();
        let writers = users.writes.values().filter(|it| **it).count();
        let owner = first.owner.map(|it| &cx.architecture.services[it].name.value);
        let owner = owner.map_or_else(|| "one of them".to_owned(), |it| format!("`{it}`"));
        let message = format!("{} share the database `{name}`", listed(&names));
        let label = match writers {
            0 => format!("{} services read it", names.len()),
            1 => format!("{} services query it, one writes", names.len()),
            many => format!("{} services query it, {many} of them write", names.len()),
        };
        let mut finding = RULE
            .at(name, first.name.span, label, message)
            .severity(if writers > 1 { Severity::Error } else { Severity::Warning })
            .help(format!(
                "let {owner} own it and the others ask, or give each a schema of its own \
                 (`database` and `schema`)"
            ));
        for at in &users.stores[1..] {
            finding = finding.also(stores[*at].name.span, "is in the same database");
        }
        report.fire(finding);
    }
}

/// `a`, `b` and 3 more.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let more = names.len().saturating_sub(SHOWN);
    match names {
        [first, second] => format!("{first} and {second}"),
        _ if more > 0 => format!("{} and {more} more", names[..SHOWN].join(", ")),
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(", "),
    }
}
