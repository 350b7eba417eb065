//! What a month costs: what runs, what is called, what is kept.

use tradeoff_model::{Architecture, Fact};

use super::growth::power;
use super::{Course, grown};
use crate::words::{count, number};
use crate::{Analysis, Callee, cost};

/// Hours of a month: a twelfth of 365 days.
const HOURS: f64 = 730.0;
/// Bytes of what is priced by the gigabyte.
const GIGABYTE: f64 = 1e9;

/// USD a month, by what they are for.
#[derive(Clone, Debug, Default)]
pub(super) struct Spending(Vec<(&'static str, f64)>);

impl Spending {
    pub(super) fn total(&self) -> f64 {
        self.0.iter().map(|it| it.1).sum()
    }

    /// `$900 services and stores + $40 vendors = $940/month`.
    pub(super) fn text(&self) -> String {
        let parts: Vec<String> =
            self.0.iter().map(|(what, it)| format!("{} {what}", amount(*it))).collect();
        if parts.len() == 1 {
            return format!("{}/month of {}", amount(self.total()), self.0[0].0);
        }
        format!("{} = {}", parts.join(" + "), dollars(self.total()))
    }
}

/// What a month of an architecture costs, as far as it states prices; so many months later, for
/// what grows by itself. `None` if it states none.
pub(super) fn monthly(analysis: &Analysis<'_>, month: u32) -> Option<Spending> {
    let architecture = analysis.architecture;
    let facts = &architecture.facts;
    let told = |it: &Fact, key: &str| it.get(key).and_then(Fact::number);
    let copies = |it: &Fact| told(it, "replicas").unwrap_or(1.0);
    let running = ["caches", "search", "topics"].into_iter().flat_map(|it| facts.entries(it));
    let others: f64 =
        running.filter_map(|it| Some(told(it.1, "cost")? * copies(it.1) * HOURS)).sum();
    let vendors: f64 = facts.entries("vendors").filter_map(|it| told(it.1, "price")).sum();
    let mut spending = Spending::default();
    for (what, spent) in [
        ("services and stores", cost::hourly(architecture).map_or(0.0, |it| it * HOURS)),
        ("caches, topics and indexes", others),
        ("calls of externals", called(analysis)),
        ("buckets", stored(architecture, month)),
        ("vendors", vendors),
    ] {
        if spent > 0.0 {
            spending.0.push((what, spent));
        }
    }
    (!spending.0.is_empty()).then_some(spending)
}

/// Calls of externals that are paid by the thousand.
fn called(analysis: &Analysis<'_>) -> f64 {
    let architecture = analysis.architecture;
    let price = |external: usize| {
        let name = &architecture.externals[external].name.value;
        let mut entries = architecture.facts.entries("externals");
        entries.find(|it| it.0 == name).and_then(|it| it.1.get("cost")?.number())
    };
    let calls = analysis.edges.iter().filter_map(|edge| match edge.to {
        Callee::External(external, _) => {
            Some(price(external)? * analysis.load.endpoints[edge.from] * edge.times)
        }
        _ => None,
    });
    calls.sum::<f64>() * HOURS * 3_600.0 / 1_000.0
}

/// What buckets hold by then.
fn stored(architecture: &Architecture, month: u32) -> f64 {
    let each = architecture.facts.entries("buckets").filter_map(|(_, it)| {
        let bytes = it.get("size")?.number()? * grows(it).map_or(1.0, |it| grown(it, month));
        Some(bytes / GIGABYTE * it.get("price")?.number()?)
    });
    each.sum()
}

/// What is kept and says how fast it grows: rows of tables and bytes of buckets.
pub(super) fn kept(architecture: &Architecture, months: u32) -> Vec<Course> {
    let facts = &architecture.facts;
    let course = |name: String, what: &str, it: &Fact, today: f64| {
        let growth = grows(it)?;
        let times = grown(growth, months);
        let arithmetic = format!("{what} x {} = {}x", power(growth, months), number(times));
        Some(Course { name, today, end: today * times, arithmetic })
    };
    let mut kept = Vec::new();
    for (store, it) in facts.entries("stores") {
        for (table, it) in it.get("tables").into_iter().flat_map(Fact::entries) {
            let rows = it.get("rows").and_then(Fact::number);
            kept.extend(rows.and_then(|rows| course(format!("{store}.{table}"), "rows", it, rows)));
        }
    }
    for (bucket, it) in facts.entries("buckets") {
        let size = it.get("size").and_then(Fact::number);
        kept.extend(size.and_then(|size| course(bucket.to_owned(), "bytes", it, size)));
    }
    kept
}

fn grows(it: &Fact) -> Option<f64> {
    it.get("growth")?.growth().map(|[_, high]| high)
}

/// `$1,240/month`.
pub(super) fn dollars(value: f64) -> String {
    format!("{}/month", amount(value))
}

fn amount(value: f64) -> String {
    if value >= 1_000.0 {
        format!("${}", count(libm::round(value) as u64))
    } else {
        format!("${}", number(value))
    }
}
