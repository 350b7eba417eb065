//! Availability in series: what a promise can be kept to, given what it rests on.
//!
//! The stated availabilities of everything that an endpoint needs are multiplied; what is optional
//! or has a fallback is not in series. A component counts once, however often it is used, with
//! the availability that is stated for all of its replicas together. Calls that fail one by one
//! (`errors`, `fail`) are multiplied in too, and there retries help; they do not against an outage.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::latency::sum_terms;
use crate::structure::{Part, Rests, Structure};
use crate::words::availability as share;

/// What a promised availability rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Availability {
    /// What is promised.
    pub target: f64,
    /// What the stated figures allow: there can be no more. Null if none is stated.
    pub product: Option<f64>,
    /// Stated availability of each component in series.
    pub series: BTreeMap<String, f64>,
    /// Components in series whose availability is not stated: they count as always up.
    pub unstated: Vec<String>,
    /// Whether the promise can be kept; null if something in series is not stated.
    pub feasible: Option<bool>,
    /// The product: `99.95% order x 99.9% orders = 99.85% < 99.9%`.
    pub arithmetic: String,
}

impl Structure<'_, '_> {
    /// What the availability that is promised rests on; `None` if none is promised.
    pub fn availability(&self, slo: usize) -> Option<Availability> {
        let rests = &self.rests[slo];
        let promise = &self.analysis.architecture.slos[slo];
        let target = promise.availability.as_ref()?.value;
        let endpoint = self.analysis.number(promise.service, promise.endpoint);
        let needed: BTreeSet<Part> =
            rests.iter().filter(|it| it.fails >= 1.0 - 1e-9).map(|it| it.part).collect();
        let mut series = BTreeMap::new();
        let mut unstated = Vec::new();
        for part in &needed {
            let name = self.part_name(*part).to_owned();
            match self.stated(*part) {
                Some(stated) => {
                    series.insert(name, stated);
                }
                None => unstated.push(name),
            }
        }
        unstated.sort();
        let apart = self.beside(endpoint, rests, &needed);
        let calls = self.calls[endpoint];
        let mut factors: Vec<(f64, String)> =
            series.iter().map(|(name, stated)| (*stated, name.clone())).collect();
        // The least first: that is what to look at.
        factors.sort_by(|a, b| a.0.total_cmp(&b.0));
        factors.extend(apart.map(|it| (it, "of what is needed at times".to_owned())));
        if calls < 1.0 {
            factors.push((calls, "of calls without error".to_owned()));
        }
        let product = (!factors.is_empty()).then(|| factors.iter().map(|it| it.0).product());
        let partly = rests.iter().any(|it| it.fails < 1.0 - 1e-9 && self.stated(it.part).is_none());
        let feasible = match product {
            Some(product) if target > product => Some(false),
            _ if unstated.is_empty() && !partly => Some(true),
            _ => None,
        };
        let terms: Vec<String> =
            factors.iter().map(|(value, name)| format!("{} {name}", share(*value))).collect();
        let arithmetic = match product {
            None => "nothing in series states its availability".to_owned(),
            Some(product) => {
                let sign = if target > product { "<" } else { ">=" };
                let (product, target) = (share(product), share(target));
                match terms.as_slice() {
                    [one] => format!("{one} {sign} {target}"),
                    _ => format!("{} = {product} {sign} {target}", sum_terms(&terms, " x ")),
                }
            }
        };
        Some(Availability { target, product, series, unstated, feasible, arithmetic })
    }

    /// The availability of what only some requests need, if any of it is stated.
    fn beside(&self, endpoint: usize, rests: &[Rests], needed: &BTreeSet<Part>) -> Option<f64> {
        let stated = |it: &&Rests| !needed.contains(&it.part) && self.stated(it.part).is_some();
        rests.iter().find(stated)?;
        let up = |part: Part| {
            if needed.contains(&part) { 1.0 } else { self.stated(part).unwrap_or(1.0) }
        };
        let mut values = vec![1.0; self.analysis.endpoints.len()];
        self.evaluate(&self.below(endpoint), &up, false, &mut values);
        Some(values[endpoint])
    }
}
