//! What promises ask for, held against what nothing but another design can change.

use serde::Serialize;

use crate::availability::Availability;
use crate::words::{duration, number, seconds};
use crate::{Analysis, Steady, Structure};

/// A promise, and whether it can be kept at all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    /// Whose it is: `order.place`.
    pub endpoint: String,
    /// The promised availability, if there is one.
    pub availability: Option<Availability>,
    /// The promised latency, if there is one.
    pub latency: Option<Within>,
}

/// A promised latency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Within {
    /// 0.99 for `p99`.
    pub quantile: f64,
    /// Promised seconds.
    pub limit: f64,
    /// The medians along the critical path when nothing waits, in seconds: half of the requests take
    /// longer, whatever is done about queues.
    pub bound: f64,
    /// Whether the limit is not below the bound.
    pub feasible: bool,
    /// The quantile with all waiting, approximately; null if a line grows without end.
    pub approximate: Option<f64>,
    /// Whether the approximation is within the limit; null if there is none.
    pub holds: Option<bool>,
    /// The sum: `3ms work + 62ms bank = 65ms <= 300ms`.
    pub arithmetic: String,
}

impl Analysis<'_> {
    /// The promised latency of an SLO held against the medians along its path; `None` if none is
    /// promised. `medians` are those of [`Analysis::medians`].
    pub fn within(&self, slo: usize, medians: &[f64]) -> Option<Within> {
        let promise = &self.architecture.slos[slo];
        let goal = promise.latency?;
        let limit = seconds(goal.limit);
        let endpoint = self.number(promise.service, promise.endpoint);
        let median = self.median(endpoint, medians);
        let feasible = median.seconds <= limit;
        let sign = if feasible { "<=" } else { ">" };
        Some(Within {
            quantile: goal.quantile,
            limit,
            bound: median.seconds,
            feasible,
            approximate: None,
            holds: None,
            arithmetic: format!("{} {sign} {}", median.arithmetic, duration(limit)),
        })
    }
}

impl Steady<'_, '_> {
    /// An SLO, held against its path.
    pub fn promise(&self, structure: &Structure<'_, '_>, slo: usize, medians: &[f64]) -> Promise {
        let stated = &self.analysis.architecture.slos[slo];
        let endpoint = self.analysis.number(stated.service, stated.endpoint);
        let latency = self.analysis.within(slo, medians).map(|mut it| {
            it.approximate = self.quantile(endpoint, it.quantile);
            it.holds = it.approximate.map(|found| found <= it.limit);
            let quantile = number(it.quantile * 100.0);
            let text = it.approximate.map_or_else(
                || "a line grows without end".to_owned(),
                |found| format!("p{quantile} with waiting about {}", duration(found)),
            );
            it.arithmetic = format!("{}; {text}", it.arithmetic);
            it
        });
        Promise {
            endpoint: self.analysis.name(endpoint),
            availability: structure.availability(slo),
            latency,
        }
    }
}
