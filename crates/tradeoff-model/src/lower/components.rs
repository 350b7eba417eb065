//! Stores and externals.

use tradeoff_diag::{Diagnostic, Spanned};

use super::dist::{Unit, dist};
use super::fields::Fields;
use super::names::{Named, Names};
use super::{Cx, named, whole};
use crate::model::{Cores, Dist, External, Operation, Pool, Pooler, Store};
use crate::table::{CORES, EXTERNAL_OPERATION, OPERATION, POOL, POOLER, STUB};
use crate::tree::{Entry, Value};

/// The stores, sorted by name.
pub(super) fn stores<'t>(cx: &mut Cx<'t>, names: &Names<'t>) -> Vec<Store> {
    names.stores.iter().map(|it| store(cx, names, it)).collect()
}

fn store<'t>(cx: &mut Cx<'t>, names: &Names<'t>, it: &Named<'t>) -> Store {
    let name = named(it.entry);
    let mut store = Store {
        replicas: Spanned::new(1, name.span),
        name,
        kind: None,
        owner: None,
        database: None,
        schema: None,
        replicas_stated: false,
        cores: None,
        connections: None,
        queue: None,
        pool: None,
        pooler: None,
        connect: None,
        availability: None,
        cost: None,
        operations: Vec::new(),
    };
    let Some(fields) = &it.fields else { return store };
    store.kind = fields.choice(cx, "kind").and_then(|kind| {
        let span = fields.get("kind")?.node.span;
        Some(Spanned::new(kind.to_owned(), span))
    });
    fields.choice(cx, "instance");
    store.owner = fields.text(cx, "owner").and_then(|owner| names.service(cx, &owner));
    store.database = fields.text(cx, "database");
    store.schema = fields.text(cx, "schema");
    if let Some(entry) = fields.get("replicas") {
        store.replicas_stated = true;
        let count = fields.count32(cx, "replicas").map_or(1, |it| it.value);
        store.replicas = Spanned::new(count, whole(entry));
    }
    fields.assume(cx, "replicas");
    store.cores = cores(cx, fields).and_then(|it| it.value);
    fields.assume(cx, "cores");
    store.connections = fields.count32(cx, "connections");
    fields.assume(cx, "connections");
    store.queue = fields.count32(cx, "queue");
    if store.cores.is_some() {
        fields.assume(cx, "queue");
    }
    store.pool = pool(cx, fields);
    fields.assume(cx, "pool");
    store.pooler = pooler(cx, fields);
    let connect = fields.get("connect");
    store.connect = connect.and_then(|it| dist(cx, it, &fields.path("connect"), Unit::Time));
    store.availability = fields.share(cx, "availability").map(|it| it.value);
    store.cost = fields.cost(cx, "cost");
    for entry in fields.sorted(cx, "operations") {
        let pointer = fields.path_of("operations", &entry.key);
        let inner = Fields::open(cx, &entry.node, entry.key_span, &OPERATION, &pointer);
        let time = inner.as_ref().and_then(|inner| time(cx, inner));
        let flag = |cx: &mut Cx<'t>, key| inner.as_ref().and_then(|inner| inner.flag(cx, key));
        let writes = flag(cx, "writes").is_some_and(|it| it.value);
        let idempotent = flag(cx, "idempotent").map(|it| it.value);
        let time = time.unwrap_or(Dist::Constant(0.0));
        let name = named(entry);
        store.operations.push(Operation { name, time, errors: 0.0, writes, idempotent });
    }
    store
}

/// The externals, sorted by name.
pub(super) fn externals<'t>(cx: &mut Cx<'t>, names: &Names<'t>) -> Vec<External> {
    names.externals.iter().map(|it| external(cx, it)).collect()
}

fn external<'t>(cx: &mut Cx<'t>, it: &Named<'t>) -> External {
    let mut external = External {
        name: named(it.entry),
        time: Dist::Constant(0.0),
        errors: 0.0,
        limit: None,
        concurrency: None,
        availability: None,
        idempotent: None,
        operations: Vec::new(),
        stub: false,
    };
    let Some(fields) = &it.fields else { return external };
    if fields.is(&STUB) {
        return stub(cx, fields, external);
    }
    let own = time(cx, fields);
    external.errors = fields.share(cx, "errors").map_or(0.0, |it| it.value);
    external.limit = fields.rate(cx, "limit").map(|it| it.value);
    external.concurrency = fields.count32(cx, "concurrency").map(|it| it.value);
    external.availability = fields.share(cx, "availability").map(|it| it.value);
    external.idempotent = fields.flag(cx, "idempotent").map(|it| it.value);
    fields.assume(cx, "limit");
    fields.assume(cx, "concurrency");
    let mut all_err = !it.members.is_empty();
    for entry in fields.sorted(cx, "operations") {
        let pointer = fields.path_of("operations", &entry.key);
        let inner = Fields::open(cx, &entry.node, entry.key_span, &EXTERNAL_OPERATION, &pointer);
        let stated = inner.as_ref().and_then(|inner| time(cx, inner));
        let has_time = inner.as_ref().is_none_or(|inner| inner.has("time"));
        if !has_time && !it.timed {
            cx.error(untimed(entry));
        }
        let idempotent = inner.as_ref().and_then(|inner| inner.flag(cx, "idempotent"));
        let errors = inner.and_then(|inner| inner.share(cx, "errors"));
        all_err &= errors.is_some();
        external.operations.push(Operation {
            name: named(entry),
            time: stated.or_else(|| own.clone()).unwrap_or(Dist::Constant(0.0)),
            errors: errors.map_or(external.errors, |it| it.value),
            writes: false,
            idempotent: idempotent.map(|it| it.value).or(external.idempotent),
        });
    }
    if !all_err {
        fields.assume(cx, "errors");
    }
    if external.operations.is_empty() && !it.timed {
        cx.error(untimed(it.entry));
    }
    external.time = own.unwrap_or(Dist::Constant(0.0));
    external
}

/// A stub: all that it does is assumed, also what is stated.
fn stub<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>, mut external: External) -> External {
    external.stub = true;
    external.time = time(cx, fields).unwrap_or(Dist::Constant(0.0));
    external.errors = fields.share(cx, "errors").map_or(0.0, |it| it.value);
    // They say it to whoever reads the file.
    fields.text(cx, "why");
    fields.text(cx, "owner");
    let said = |key: &str, default: &str| match fields.get(key) {
        Some(entry) => entry.node.inline(),
        None => default.into(),
    };
    let value = format!("a stub: time {}, errors {}", said("time", "0s"), said("errors", "0%"));
    cx.assume(&fields.pointer, &value);
    external
}

fn untimed(entry: &Entry) -> Diagnostic {
    Diagnostic::error("missing-key", format!("`{}` needs `time`", entry.key))
        .label(entry.key_span, "no `time` here")
        .expected(
            "a duration such as `80ms`, or a distribution such as `{ p50: 80ms, p99: 900ms }`",
        )
        .help("say how long it takes to answer")
}

fn time<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>) -> Option<Dist> {
    dist(cx, fields.get("time")?, &fields.path("time"), Unit::Time)
}

/// `cores: 4`, `cores: { count: 4, share: true }` or `cores: unlimited`; `None` if left out.
pub(super) fn cores(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<Spanned<Option<Cores>>> {
    let entry = fields.get("cores")?;
    let span = whole(entry);
    if entry.node.text() == Some("unlimited") {
        return Some(Spanned::new(None, span));
    }
    if !matches!(entry.node.value, Value::Map(_)) {
        let count = fields.count32(cx, "cores")?.value;
        return Some(Spanned::new(Some(Cores { count, share: false, span }), span));
    }
    let pointer = fields.path("cores");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &CORES, &pointer)?;
    let share = inner.flag(cx, "share").is_some_and(|it| it.value);
    let count = inner.count32(cx, "count")?.value;
    Some(Spanned::new(Some(Cores { count, share, span }), span))
}

/// The entry of a key that is a map or `none`.
fn map_or_none<'t>(fields: &Fields<'t>, key: &str) -> Option<&'t Entry> {
    fields.get(key).filter(|entry| entry.node.text() != Some("none"))
}

fn pool(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<Pool> {
    let entry = map_or_none(fields, "pool")?;
    let pointer = fields.path("pool");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &POOL, &pointer)?;
    inner.assume(cx, "wait");
    let wait = inner.duration(cx, "wait").map(|it| it.value);
    let per_replica = inner.count32(cx, "per_replica")?.value;
    Some(Pool { per_replica, wait, span: entry.place() })
}

fn pooler(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<Pooler> {
    let entry = map_or_none(fields, "pooler")?;
    let pointer = fields.path("pooler");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &POOLER, &pointer)?;
    inner.assume(cx, "wait");
    inner.assume(cx, "clients");
    let wait = inner.duration(cx, "wait").map(|it| it.value);
    let clients = inner.count32(cx, "clients").map(|it| it.value);
    let connections = inner.count32(cx, "connections")?.value;
    Some(Pooler { connections, clients, wait, span: entry.place() })
}
