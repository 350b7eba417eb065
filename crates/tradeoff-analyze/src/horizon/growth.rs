//! Growth: how many times today's load there is after so many months, and when it is so many times.

use std::collections::BTreeMap;

use serde::Serialize;
use tradeoff_model::{Architecture, Fact};

use crate::words::percent;

/// A month beyond which nobody plans: what grows more slowly never gets there.
const MOST: f64 = 12_000.0;

/// Sources of one growth that are all named.
const FEW: usize = 2;

/// How fast the load grows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Growth {
    /// By source, as a share per month: the least and the most of a range, else twice the same.
    pub sources: BTreeMap<String, [f64; 2]>,
    /// The same, if it is that of every source.
    pub all: Option<[f64; 2]>,
}

impl Growth {
    /// What the file says of every source.
    ///
    /// # Errors
    /// The dotted paths that would say what it does not.
    pub fn of(architecture: &Architecture) -> Result<Self, Vec<String>> {
        let facts = &architecture.facts;
        let whole = facts.get("growth").and_then(Fact::growth);
        let mut sources = BTreeMap::new();
        let mut missing = Vec::new();
        for traffic in &architecture.traffic {
            let name = &traffic.name.value;
            let own = facts.entries("traffic").find(|it| it.0 == name);
            let own = own.and_then(|it| it.1.get("growth")?.growth());
            match own.or(whole) {
                Some(growth) => drop(sources.insert(name.clone(), growth)),
                None => missing.push(format!("traffic.{name}.growth")),
            }
        }
        if sources.is_empty() {
            let path = if missing.is_empty() { "traffic" } else { "growth" };
            return Err(vec![path.to_owned()]);
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let bits = |it: &[f64; 2]| it.map(f64::to_bits);
        let first = sources.values().next().copied();
        let alike = |first: &[f64; 2]| sources.values().all(|it| bits(it) == bits(first));
        Ok(Self { all: first.filter(alike), sources })
    }

    /// Whether some of it is a range.
    pub fn is_range(&self) -> bool {
        self.sources.values().any(|[low, high]| low < high)
    }

    /// How many times a source's load there is after so many months, at the low or the high end.
    pub(super) fn times(&self, source: &str, end: usize, month: u32) -> f64 {
        self.sources.get(source).map_or(1.0, |it| grown(it[end], month))
    }

    /// What is asked of the growing sources after so many months, at the high ends:
    /// `shoppers 1.08^7 = 1.71x`.
    pub(super) fn times_text(&self, month: u32, number: impl Fn(f64) -> String) -> String {
        let times =
            |it: [f64; 2]| format!("{} = {}x", power(it[1], month), number(grown(it[1], month)));
        if let Some(all) = self.all {
            return times(all);
        }
        let growing = self.sources.iter().filter(|it| it.1[1].abs() > 0.0);
        let each = growing.map(|(name, it)| format!("{name} {}", times(*it)));
        each.collect::<Vec<_>>().join(", ")
    }

    /// `8%/month`, `4%..8%/month`, `shoppers 8%/month, 5 others 0%/month`.
    pub fn text(&self) -> String {
        let one = |[low, high]: [f64; 2]| {
            let low_text = if low < high { format!("{}..", percent(low)) } else { String::new() };
            format!("{low_text}{}/month", percent(high))
        };
        if let Some(all) = self.all {
            return one(all);
        }
        let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, it) in &self.sources {
            groups.entry(one(*it)).or_default().push(name);
        }
        let mut groups: Vec<(String, Vec<&str>)> = groups.into_iter().collect();
        groups.sort_by_key(|(growth, names)| (names.len(), growth.clone()));
        let last = groups.len() - 1;
        let each = groups.iter().enumerate().map(|(nth, (growth, names))| {
            if nth == last && names.len() > FEW {
                return format!("{} others {growth}", names.len());
            }
            format!("{} {growth}", names.join(" and "))
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

/// How many times as much there is after so many months, at a share per month.
pub fn grown(growth: f64, months: u32) -> f64 {
    libm::pow(1.0 + growth, f64::from(months))
}

/// The first month in which there is so many times as much: the least whole m with
/// (1 + growth)^m >= times, which is log(times) / log(1 + growth), rounded up. `None`: never.
///
/// ```
/// use tradeoff_analyze::horizon::first_month;
///
/// assert_eq!(first_month(0.08, 2.0), Some(10)); // 1.08^9 = 1.999
/// assert_eq!(first_month(0.08, 1.0), Some(0));
/// assert_eq!(first_month(0.0, 2.0), None);
/// ```
pub fn first_month(growth: f64, times: f64) -> Option<u32> {
    if times <= 1.0 {
        return Some(0);
    }
    let months = libm::ceil(libm::log(times) / libm::log1p(growth));
    if growth <= 0.0 || months.is_nan() || months > MOST {
        return None;
    }
    // A quotient that should be whole may miss it by its last binary digit.
    let mut month = months as u32;
    while month > 0 && grown(growth, month - 1) >= times {
        month -= 1;
    }
    while grown(growth, month) < times {
        month += 1;
    }
    Some(month)
}

/// `1.08^5`.
pub(super) fn power(growth: f64, months: u32) -> String {
    let base = format!("{:.4}", 1.0 + growth);
    format!("{}^{months}", base.trim_end_matches('0').trim_end_matches('.'))
}
