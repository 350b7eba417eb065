//! Verdicts about promises, in the baseline and in scenarios.

use tradeoff_des::Estimate;

use super::Sample;
use crate::{
    engine::record::Record,
    plan::SloPlan,
    recovery::Fate,
    results::{Alert, Figure, Interval, Slo, SloLatency, Verdict},
    trial::{Replication, ScenarioRecord},
};

/// Bad requests of one SLO in one run, by replication: against availability and against latency.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SloSamples {
    pub(crate) availability: Vec<f64>,
    pub(crate) latency: Vec<f64>,
    /// Bad in either sense.
    pub(crate) either: Vec<f64>,
    /// Whether today never recovered in some replication, so that these bound the truth from below.
    pub(crate) at_least: bool,
    /// Replications that did not recover and in which this promise was still missed at the end.
    pub(crate) lost: usize,
}

/// From when to when bad requests count in a scenario: from its first event to the recovery, or to
/// the end of the watch where there is none, which is said.
fn interval(of: &ScenarioRecord) -> Option<(u64, u64, bool)> {
    let (from, events_end) = of.span?;
    let course = of.course.as_ref()?;
    Some(match course.fate {
        Fate::Recovered(after) => (from, events_end + after, false),
        _ => (from, course.until, true),
    })
}

/// Bad requests of one SLO in one scenario, of today and of a design, until both have come back.
/// What today lost is all counted by its own return: beyond that it fails no more than in the
/// baseline. A design that comes back later would look harmless if the count ended with today's
/// return. Where today never comes back the count ends with its watch.
pub(crate) fn bad_until_both(
    slo: &SloPlan,
    cohort: u64,
    today: &[&ScenarioRecord],
    design: &[&ScenarioRecord],
) -> [Vec<f64>; 2] {
    let later =
        |(one, other): (&&ScenarioRecord, &&ScenarioRecord)| match (interval(one), interval(other))
        {
            (Some((from, today, false)), Some((_, design, never))) => {
                Some((from, today.max(design), never))
            }
            (today, _) => today,
        };
    let spans: Vec<_> = today.iter().zip(design).map(later).collect();
    [today, design].map(|it| counted(slo, cohort, &spans, it).either)
}

/// Bad requests of one SLO in one scenario. `today` gives the interval for every compared design.
pub(crate) fn bad_samples(
    slo: &SloPlan,
    cohort: u64,
    today: &[&ScenarioRecord],
    design: &[&ScenarioRecord],
) -> SloSamples {
    let spans: Vec<_> = today.iter().map(|it| interval(it)).collect();
    counted(slo, cohort, &spans, design)
}

fn counted(
    slo: &SloPlan,
    cohort: u64,
    spans: &[Option<(u64, u64, bool)>],
    design: &[&ScenarioRecord],
) -> SloSamples {
    let mut samples = SloSamples::default();
    for (span, design) in spans.iter().zip(design) {
        let Some((from, to, at_least)) = *span else {
            samples.availability.push(0.0);
            samples.latency.push(0.0);
            samples.either.push(0.0);
            continue;
        };
        samples.at_least |= at_least;
        let (first, last) = ((from / cohort) as usize, to.div_ceil(cohort) as usize);
        let (mut offered, mut ok, mut good) = (0_u64, 0_u64, 0_u64);
        for flow in &slo.flows {
            let cohorts = &design.record.flows[*flow as usize].cohorts;
            for cohort in cohorts.iter().take(last).skip(first) {
                offered += u64::from(cohort.offered);
                ok += u64::from(cohort.ok);
                good += u64::from(cohort.good);
            }
        }
        samples.availability.push((offered - ok) as f64);
        samples.latency.push((offered - good) as f64);
        let promised = slo.latency.is_some();
        samples.either.push(if promised { offered - good } else { offered - ok } as f64);
        samples.lost += usize::from(still_missed(slo, cohort, design));
    }
    samples
}

/// Whether a replication did not recover and this promise is among those that it misses: in the
/// last third of the watch its requests are worse than promised.
fn still_missed(slo: &SloPlan, cohort: u64, design: &ScenarioRecord) -> bool {
    let Some(course) = &design.course else { return false };
    if matches!(course.fate, Fate::Recovered(_)) {
        return false;
    }
    let from = ((course.until - course.watched / 3) / cohort) as usize;
    let to = (course.until / cohort) as usize;
    let (mut offered, mut ok, mut good) = (0_u64, 0_u64, 0_u64);
    for flow in &slo.flows {
        let cohorts = &design.record.flows[*flow as usize].cohorts;
        for cohort in cohorts.iter().take(to).skip(from) {
            offered += u64::from(cohort.offered);
            ok += u64::from(cohort.ok);
            good += u64::from(cohort.good);
        }
    }
    let misses = |hits: u64, target: f64| (hits as f64) < target * offered as f64;
    slo.availability.is_some_and(|it| misses(ok, it))
        || slo.latency.is_some_and(|it| misses(good, it.0))
}

/// A scenario keeps a promise if all replications came back to it, and breaks it if half or more
/// did not.
fn came_back(samples: &SloSamples) -> Verdict {
    if samples.lost == 0 {
        Verdict::Kept
    } else if 2 * samples.lost >= samples.either.len() {
        Verdict::Broken
    } else {
        Verdict::Undecided
    }
}

/// Sums over the flows of an SLO within the measurement.
fn counts(record: &Record, slo: &SloPlan) -> (u64, u64, u64) {
    slo.flows.iter().fold((0, 0, 0), |sum, flow| {
        let all = &record.flows[*flow as usize].phases[0];
        (sum.0 + all.offered, sum.1 + all.ok(), sum.2 + all.good)
    })
}

/// Kept or broken when the interval lies wholly on one side.
fn side(figure: Figure, target: f64) -> Verdict {
    match figure {
        Some(it) if it.low >= target => Verdict::Kept,
        Some(it) if it.high < target => Verdict::Broken,
        _ => Verdict::Undecided,
    }
}

/// What became of a promise in a run; for a scenario its bad requests and its return decide.
pub(crate) fn slo_of(
    sample: &Sample<'_>,
    slo: &SloPlan,
    baseline: &[&Replication],
    scenario: Option<(&SloSamples, f64)>,
) -> Slo {
    let good_ratio = sample.share(|it| {
        let (offered, ok, _) = counts(it, slo);
        (ok, offered)
    });
    let within = sample.share(|it| {
        let (offered, _, good) = counts(it, slo);
        (good, offered)
    });
    let availability_verdict = slo.availability.map(|it| side(good_ratio, it));
    let latency = slo.latency.map(|(quantile, limit)| SloLatency {
        quantile,
        limit: limit as f64 / 1e9,
        value: quantile_over_offered(sample, slo, quantile),
        within,
        verdict: side(within, quantile),
    });
    let steady = [availability_verdict, latency.as_ref().map(|it| it.verdict)];
    let steady = steady.into_iter().flatten().max().unwrap_or(Verdict::Undecided);
    let mut result = Slo {
        verdict: steady,
        target: slo.availability,
        good_ratio,
        latency,
        availability_verdict,
        bad_per_occurrence: None,
        at_least: false,
        budget_used: None,
        spend: slo.spend,
        alerts: Vec::new(),
    };
    if let Some((samples, per_month)) = scenario {
        let rate = baseline_rate(baseline, slo, sample.frame.duration);
        let used = budget_used(sample, slo, samples, rate, per_month);
        let spent = match used {
            Some(it) if it.high <= slo.spend => Verdict::Kept,
            Some(it) if it.low > slo.spend => Verdict::Broken,
            _ => Verdict::Undecided,
        };
        result.verdict = spent.max(came_back(samples));
        result.bad_per_occurrence = figure(sample, &samples.either);
        result.at_least = samples.at_least;
        result.budget_used = used;
        result.alerts = alerts(sample, slo, baseline);
    }
    result
}

fn figure(sample: &Sample<'_>, samples: &[f64]) -> Figure {
    let mut it: Interval = Estimate::of_mean(samples, sample.confidence)?.into();
    it.low = it.low.max(0.0);
    Some(it)
}

/// Requests per second that the baseline offers to an SLO's endpoint.
fn baseline_rate(baseline: &[&Replication], slo: &SloPlan, duration: u64) -> f64 {
    let offered: u64 = baseline.iter().map(|it| counts(&it.baseline, slo).0).sum();
    offered as f64 / (baseline.len() as f64 * duration as f64 / 1e9)
}

/// The share of the window's error budget that a month's occurrences use: the worse of the
/// availability budget and the latency budget.
fn budget_used(
    sample: &Sample<'_>,
    slo: &SloPlan,
    samples: &SloSamples,
    rate: f64,
    per_month: f64,
) -> Figure {
    let requests = rate * slo.window as f64 / 1e9;
    let used = |bad: &[f64], target: f64| -> Vec<f64> {
        let budget = (1.0 - target).max(f64::MIN_POSITIVE) * requests;
        bad.iter().map(|it| it * per_month / budget).collect()
    };
    let availability = slo.availability.map(|it| used(&samples.availability, it));
    let latency = slo.latency.map(|it| used(&samples.latency, it.0));
    let figures = [availability, latency].into_iter().flatten();
    figures
        .filter_map(|it| figure(sample, &it))
        .max_by(|one, other| one.value.total_cmp(&other.value))
}

/// The latency quantile over all offered, where those that failed rank as infinite.
fn quantile_over_offered(sample: &Sample<'_>, slo: &SloPlan, quantile: f64) -> Figure {
    let [flow] = slo.flows.as_slice() else { return None };
    sample.percentile(quantile, |it| {
        let all = &it.flows[*flow as usize].phases[0];
        (&all.latency, all.offered - all.ok())
    })
}

/// The SRE Workbook's alerts for a window of 30 days (chapter 5), scaled to the SLO's.
fn alerts(sample: &Sample<'_>, slo: &SloPlan, baseline: &[&Replication]) -> Vec<Alert> {
    const THIRTY_DAYS: f64 = 30.0 * 86_400.0;
    const ALERTS: [(f64, f64, f64); 4] = [
        (3_600.0, 300.0, 14.4),
        (21_600.0, 1_800.0, 6.0),
        (86_400.0, 7_200.0, 3.0),
        (259_200.0, 21_600.0, 1.0),
    ];
    let (Some(target), Some((first_event, _))) = (slo.availability, sample.span) else {
        return Vec::new();
    };
    let scale = slo.window as f64 / 1e9 / THIRTY_DAYS;
    let alert = |(long, short, burn): (f64, f64, f64)| {
        let (long, short) = (long * scale, short * scale);
        let (mut at, mut reset) = (Vec::new(), Vec::new());
        for (record, baseline) in sample.records.iter().zip(baseline) {
            let (offered, ok, _) = counts(&baseline.baseline, slo);
            let before = (offered > 0).then(|| (offered - ok) as f64 / offered as f64);
            let watch = BurnRate {
                record,
                slo,
                cohort: sample.frame.cohort,
                before: before.unwrap_or(0.0),
            };
            let (fired, ended) = watch.alert(first_event, long, short, burn * (1.0 - target));
            at.extend(fired);
            reset.extend(ended);
        }
        Alert {
            long,
            short,
            burn,
            fired_in: at.len() as u32,
            at: figure(sample, &at),
            reset: figure(sample, &reset),
        }
    };
    ALERTS.into_iter().map(alert).collect()
}

/// One replication's error ratio over sliding windows; before the run it is the baseline's.
struct BurnRate<'a> {
    record: &'a Record,
    slo: &'a SloPlan,
    cohort: u64,
    before: f64,
}

impl BurnRate<'_> {
    /// Seconds from the first event to the alert, and to its end.
    fn alert(
        &self,
        first: u64,
        long: f64,
        short: f64,
        threshold: f64,
    ) -> (Option<f64>, Option<f64>) {
        let width = self.cohort as f64 / 1e9;
        let bins: Vec<(f64, f64)> = self.bins();
        let mean: f64 = bins.iter().map(|it| it.0).sum::<f64>() / bins.len().max(1) as f64;
        // Prefix sums, so that every window costs two look-ups.
        let mut sums = vec![(0.0, 0.0)];
        for bin in &bins {
            let last = sums[sums.len() - 1];
            sums.push((last.0 + bin.0, last.1 + bin.1));
        }
        let ratio = |end: usize, window: f64| {
            let length = (window / width).max(1.0);
            let inside = (end as f64).min(length) as usize;
            let (from, to) = (sums[end - inside], sums[end]);
            let outside = (length - inside as f64).max(0.0) * mean;
            let offered = to.0 - from.0 + outside;
            let bad = to.1 - from.1 + outside * self.before;
            if offered > 0.0 { bad / offered } else { 0.0 }
        };
        let first = (first / self.cohort) as usize;
        let since = |bin: usize| (bin - first) as f64 * width;
        let fires = |end: usize| ratio(end, long) > threshold && ratio(end, short) > threshold;
        let Some(at) = (first + 1..=bins.len()).find(|it| fires(*it)) else { return (None, None) };
        let reset = (at..=bins.len()).find(|it| !fires(*it));
        (Some(since(at)), reset.map(since))
    }

    /// Offered and bad by bin.
    fn bins(&self) -> Vec<(f64, f64)> {
        let mut bins = Vec::new();
        for flow in &self.slo.flows {
            let cohorts = &self.record.flows[*flow as usize].cohorts;
            if bins.len() < cohorts.len() {
                bins.resize(cohorts.len(), (0.0, 0.0));
            }
            for (bin, cohort) in bins.iter_mut().zip(cohorts) {
                bin.0 += f64::from(cohort.offered);
                bin.1 += f64::from(cohort.offered - cohort.ok);
            }
        }
        bins
    }
}
