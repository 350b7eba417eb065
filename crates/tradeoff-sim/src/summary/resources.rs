//! Figures of resources: the stations of all replicas together.

use std::collections::BTreeMap;

use super::Sample;
use crate::{
    engine::{
        record::{Record, ResourceKind},
        station::Totals,
    },
    results::{Busy, Interval, Queue, Resource, ResourceSeries, Wait},
    slab::NONE,
};

/// Where each resource's stations are, by resource.
fn stations(sample: &Sample<'_>) -> Vec<std::ops::Range<usize>> {
    let mut next = 0;
    let Some(record) = sample.records.first() else { return Vec::new() };
    let of = |it: &crate::engine::record::Resource| {
        let first = next;
        next += it.replicas as usize;
        first..next
    };
    record.resources.iter().map(of).collect()
}

/// What one station saw within the measurement.
fn seen(record: &Record, station: usize) -> Totals {
    match (record.at_start.get(station), record.at_end.get(station)) {
        (Some(start), Some(end)) => end.0.since(&start.0),
        _ => Totals::default(),
    }
}

/// The figures of all resources that are shown.
pub(super) fn resources(sample: &Sample<'_>, steady: bool) -> BTreeMap<String, Resource> {
    let Some(first) = sample.records.first() else { return BTreeMap::new() };
    let mut all = stations(sample);
    for (of, stations) in first.resources.iter().zip(&mut all) {
        // Every pool connects to the first copy: the limit is that one's.
        if of.kind == ResourceKind::Connections {
            stations.end = stations.start + 1;
        }
    }
    let listed = first.resources.iter().zip(all).enumerate();
    listed
        .filter(|(_, (it, _))| it.listed)
        .map(|(index, (it, stations))| {
            (it.name.clone(), resource(sample, index, it.servers, stations, steady))
        })
        .filter(|(_, it)| it.capacity.is_some() || it.arrivals > 0)
        .collect()
}

fn resource(
    sample: &Sample<'_>,
    index: usize,
    servers: u32,
    stations: std::ops::Range<usize>,
    steady: bool,
) -> Resource {
    let total = |of: &dyn Fn(&Record, usize) -> u64| -> u64 {
        let each = |record: &&Record| stations.clone().map(|it| of(record, it)).sum::<u64>();
        sample.records.iter().map(each).sum()
    };
    let per_run = |record: &Record, of: &dyn Fn(&Totals) -> u128| -> f64 {
        stations.clone().map(|it| of(&seen(record, it))).sum::<u128>() as f64
    };
    let capacity = (servers != NONE).then(|| u64::from(servers) * stations.len() as u64);
    let nanos = sample.duration as f64;
    let figure = |of: &dyn Fn(&Totals) -> u128, over: f64| {
        if steady { sample.mean(|it| per_run(it, of) / nanos / over) } else { None }
    };
    let servers_time = capacity.map(|it| it as f64);
    let class = |class: usize| match servers_time {
        Some(capacity) => figure(&|it| it.busy[class], capacity),
        None => sample
            .ratio(|it| (per_run(it, &|it| it.busy[class]), per_run(it, &|it| it.busy_time()))),
    };
    let utilization_per_replica = servers_time.map_or_else(Vec::new, |_| {
        let runs = sample.records.len() as f64 * nanos * f64::from(servers);
        let busy = |station: usize| -> u128 {
            sample.records.iter().map(|it| seen(it, station).busy_time()).sum()
        };
        stations.clone().map(|it| busy(it) as f64 / runs).collect()
    });
    let percentile = |quantile: f64| {
        if steady { sample.percentile(quantile, |it| (&it.waits[index], 0)) } else { None }
    };
    Resource {
        kind: sample.records[0].resources[index].kind.name(),
        capacity,
        at_start: total(&|record, station| {
            record.at_start.get(station).map_or(0, |it| u64::from(it.1) + u64::from(it.2))
        }),
        arrivals: total(&|record, station| seen(record, station).arrivals),
        served: total(&|record, station| seen(record, station).served),
        refused: total(&|record, station| seen(record, station).refused),
        left: total(&|record, station| seen(record, station).left),
        waiting: total(&|record, station| {
            record.at_end.get(station).map_or(0, |it| u64::from(it.2))
        }),
        in_service: total(&|record, station| {
            record.at_end.get(station).map_or(0, |it| u64::from(it.1))
        }),
        utilization: servers_time.and_then(|it| figure(&Totals::busy_time, it)),
        utilization_per_replica,
        busy: Busy { first: class(0), retry: class(1), wasted: class(2) },
        queue: Queue {
            mean: figure(&|it| it.line, 1.0),
            max: sample
                .records
                .iter()
                .flat_map(|it| stations.clone().map(|station| seen(it, station).longest))
                .max()
                .map_or(0, u64::from),
        },
        in_system: figure(&|it| it.line + it.busy_time(), 1.0),
        wait: if sample.records[0].resources[index].lines {
            Wait {
                mean: if steady { sample.latency_mean(|it| &it.waits[index]) } else { None },
                p50: percentile(0.5),
                p95: percentile(0.95),
                p99: percentile(0.99),
                none: sample.share(|it| (it.without_wait[index], it.waits[index].count())),
            }
        } else {
            no_wait()
        },
    }
}

/// Where there are servers for all, everybody waits for zero seconds, exactly: nothing to measure.
fn no_wait() -> Wait {
    let [zero, one] = [0.0, 1.0].map(|it| Some(Interval { value: it, low: it, high: it }));
    Wait { mean: zero, p50: zero, p95: zero, p99: zero, none: one }
}

/// The course of all resources that are shown: means over the replications.
pub(super) fn resource_series(sample: &Sample<'_>) -> BTreeMap<String, ResourceSeries> {
    let Some(first) = sample.records.first() else { return BTreeMap::new() };
    let count = sample.records.len() as f64;
    let mut all = BTreeMap::new();
    for (index, resource) in first.resources.iter().enumerate() {
        let bins = sample.records.iter().map(|it| it.lines[index].len()).max().unwrap_or(0);
        if !resource.listed || bins == 0 {
            continue;
        }
        let mut series = ResourceSeries { queue: vec![0.0; bins], busy: vec![0.0; bins] };
        for record in &sample.records {
            for (to, from) in series.queue.iter_mut().zip(&record.lines[index]) {
                *to += f64::from(*from) / count;
            }
            for (to, from) in series.busy.iter_mut().zip(&record.busy[index]) {
                *to += from / count;
            }
        }
        if series.busy.iter().any(|it| *it > 0.0) {
            all.insert(resource.name.clone(), series);
        }
    }
    all
}
