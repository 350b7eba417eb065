//! What was measured of endpoints that run, beside what the baseline predicts.

use tradeoff_model::{Architecture, model::Statistic};

use crate::{
    plan::Plan,
    results::{Figure, Observed},
    summary::Sample,
};

/// How far a prediction may be from what was measured, as a share of that.
const TOLERANCE: f64 = 0.25;

/// Every stated measurement beside its prediction, in the order of endpoints and keys.
pub(crate) fn observed(
    architecture: &Architecture,
    plan: &Plan,
    baseline: &Sample<'_>,
    settled: bool,
) -> Vec<Observed> {
    let mut all = Vec::new();
    for (service, it) in architecture.services.iter().enumerate() {
        for (endpoint, it) in it.endpoints.iter().enumerate() {
            let name = architecture.endpoint_name(service, endpoint);
            let Some(index) = plan.endpoints.iter().position(|it| it.name == name) else {
                continue;
            };
            for stated in &it.observed {
                let predicted = predict(baseline, index, stated.statistic).filter(|_| settled);
                all.push(beside(name.clone(), stated.key, stated.value, predicted));
            }
        }
    }
    all
}

fn predict(baseline: &Sample<'_>, index: usize, statistic: Statistic) -> Figure {
    match statistic {
        Statistic::Mean => baseline.latency_mean(|it| &it.endpoints[index].time),
        Statistic::Percentile(quantile) => {
            baseline.percentile(quantile, |it| (&it.endpoints[index].time, 0))
        }
        Statistic::Rate => {
            let seconds = baseline.seconds();
            baseline.mean(|it| it.endpoints[index].arrivals as f64 / seconds)
        }
    }
}

fn beside(endpoint: String, quantile: &'static str, observed: f64, predicted: Figure) -> Observed {
    let (least, most) = (observed * (1.0 - TOLERANCE), observed * (1.0 + TOLERANCE));
    let differs = predicted.and_then(|it| {
        if it.low > most || it.high < least {
            Some(true)
        } else {
            (it.low >= least && it.high <= most).then_some(false)
        }
    });
    let ratio = predicted.map(|it| it.value / observed);
    Observed { endpoint, quantile, observed, predicted, ratio, differs }
}
