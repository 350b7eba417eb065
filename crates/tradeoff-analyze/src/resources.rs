//! Visits, demand, utilization and capacity of every resource, and which of them is the bottleneck.
//!
//! The operational laws of P. J. Denning and J. P. Buzen (ACM Computing Surveys 10, 1978): forced
//! flow (visits per second = requests per second x visits per request), the utilization law
//! (utilization = visits per second x service time / servers), and the bottleneck bound (no more
//! requests per second than servers / demand). Of slots and connections, which are kept while
//! others are waited for, the time is that of Little's law.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Steady;
use crate::offers::Offer;
use crate::steady::Core;
use crate::words::{count, duration, number, percent, rate};

/// From here on waiting grows fast: as u / (1 - u), so that a request waits more than twice as long
/// as its own work takes.
pub const BUSY: f64 = 0.7;

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Cores of a service or store.
    Cores,
    /// Slots of a service, or calls at once of an external.
    Slots,
    /// A caller's connection pools.
    Pool,
    /// Server connections of a pooler.
    Pooler,
    /// Connections of a store without pools.
    Connections,
    /// Calls per second that an external takes.
    Limit,
}

/// A resource with a stated capacity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// What it is.
    pub kind: Kind,
    /// Servers of all copies: cores, slots or connections; of a limit, calls per second.
    pub servers: f64,
    /// Visits per request, over the requests of all sources; null without traffic.
    pub visits: Option<f64>,
    /// Visits per second.
    pub arrivals: f64,
    /// Seconds of a visit when nothing waits; of a limit null.
    pub service: Option<f64>,
    /// Seconds of a server that a request takes when nothing waits, at the busiest copy times the
    /// copies; of a limit calls. Null without traffic.
    pub demand: Option<f64>,
    /// The share of the servers that is busy, waiting beneath them included; more than 1 if they
    /// are offered more than they can do. Of several copies, the busiest.
    pub utilization: f64,
    /// Requests per second, of all sources in today's mix, that saturate it: no waiting counted,
    /// so there can be no more. Null if nothing comes here.
    pub capacity: Option<f64>,
    /// Whether no other resource saturates earlier.
    pub bottleneck: bool,
    /// Seconds that a visit waits, approximately; null if its line grows without end. A limit has
    /// no line.
    pub wait: Option<f64>,
    /// The utilization as a sum: `30/s x 0.4 visits x 3.5ms / (4 x 2 cores) = 5.25%`.
    pub arithmetic: String,
}

/// Where growing traffic first meets a limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Saturation {
    /// The resource: `orders/cores`.
    pub resource: String,
    /// Requests per second that saturate it.
    pub rate: f64,
    /// How many times today's.
    pub factor: f64,
    /// The sum: `30/s / 29.5% = 102/s`.
    pub arithmetic: String,
}

/// How a resource is built.
#[derive(Clone, Copy)]
struct Build {
    kind: Kind,
    copies: u32,
    each: f64,
    what: &'static str,
    speed: f64,
}

/// What comes to a resource.
struct Visit {
    /// To all copies, with the time that a visit takes when nothing waits.
    bare: Offer,
    /// To the busiest copy: nothing waits; all waits.
    busiest: [Offer; 2],
    wait: f64,
}

impl Steady<'_, '_> {
    /// Every resource whose capacity is stated, by name.
    pub fn resources(&self) -> BTreeMap<String, Resource> {
        let mut all = BTreeMap::new();
        self.services(&mut all);
        self.stores(&mut all);
        self.pools(&mut all);
        self.externals(&mut all);
        let least = all.values().filter_map(|it| it.capacity).fold(f64::INFINITY, f64::min);
        for resource in all.values_mut() {
            resource.bottleneck = resource.capacity.is_some_and(|it| it <= least);
        }
        all
    }

    fn services(&self, all: &mut BTreeMap<String, Resource>) {
        let analysis = self.analysis;
        for (process, it) in analysis.processes.iter().enumerate() {
            let lead = analysis.lead(process);
            let copies = lead.replicas.value;
            let part = |offer: Offer| offer.part(copies.into());
            if let Some(cores) = lead.cores {
                let offer = self.offers.work[process];
                let wait = waits(self.waits.cores[process], offer);
                let visit = Visit { bare: offer, busiest: [part(offer); 2], wait };
                let speed = analysis.pace(process);
                let each = cores.count.into();
                let build = Build { kind: Kind::Cores, copies, each, what: "cores", speed };
                all.insert(format!("{}/cores", it.name), self.resource(build, &visit));
            }
            if let Some(slots) = &lead.concurrency {
                let (bare, held) = (self.bare.slots[process], self.holds.slots[process]);
                let wait = self.waits.slots[process].mean;
                let visit = Visit { bare, busiest: [part(bare), part(held)], wait };
                let build = Build { kind: Kind::Slots, copies, ..held_by(slots.value, "slots") };
                all.insert(format!("{}/slots", it.name), self.resource(build, &visit));
            }
        }
    }

    fn stores(&self, all: &mut BTreeMap<String, Resource>) {
        for (at, store) in self.analysis.architecture.stores.iter().enumerate() {
            let copies = store.replicas.value;
            let name = &store.name.value;
            let first = |writes: Offer, reads: Offer| writes.with(reads.part(copies.into()), 1.0);
            if let Some(cores) = store.cores {
                let (writes, reads) = (self.offers.writes[at], self.offers.reads[at]);
                let wait =
                    if writes.rate > 0.0 { self.waits.first[at] } else { self.waits.any[at] };
                let visit = Visit {
                    bare: writes.with(reads, 1.0),
                    busiest: [first(writes, reads); 2],
                    wait: waits(wait, writes.with(reads, 1.0)),
                };
                let each = cores.count.into();
                let build = Build { kind: Kind::Cores, copies, each, what: "cores", speed: 1.0 };
                let mut resource = self.resource(build, &visit);
                if copies > 1 && writes.rate > 0.0 {
                    resource.arithmetic = format!(
                        "({} of writes + {} of reads / {copies}) per second / {} cores = {}",
                        duration(writes.busy),
                        duration(reads.busy),
                        cores.count,
                        percent(resource.utilization)
                    );
                }
                all.insert(format!("{name}/cores"), resource);
            }
            if let Some(pooler) = store.pooler {
                let bare = (self.bare.pooled_writes[at], self.bare.pooled_reads[at]);
                let held = (self.holds.pooled_writes[at], self.holds.pooled_reads[at]);
                let visit = Visit {
                    bare: bare.0.with(bare.1, 1.0),
                    busiest: [first(bare.0, bare.1), first(held.0, held.1)],
                    wait: self.waits.poolers[at].0.mean,
                };
                let build = held_by(pooler.connections, "connections");
                let build = Build { kind: Kind::Pooler, copies, ..build };
                all.insert(format!("{name}/pooler"), self.resource(build, &visit));
            } else if let (Some(connections), None) = (&store.connections, store.pool) {
                let of = |pools: &BTreeMap<(usize, usize), Offer>| {
                    let mine = pools.iter().filter(|(key, _)| key.1 == at);
                    mine.fold(Offer::default(), |sum, (_, offer)| sum.with(*offer, 1.0))
                };
                let (bare, held) = (of(&self.bare.pools), of(&self.holds.pools));
                let visit = Visit { bare, busiest: [bare, held], wait: 0.0 };
                let build = held_by(connections.value, "connections");
                let build = Build { kind: Kind::Connections, ..build };
                all.insert(format!("{name}/connections"), self.resource(build, &visit));
            }
        }
    }

    fn pools(&self, all: &mut BTreeMap<String, Resource>) {
        let analysis = self.analysis;
        for (key, held) in &self.holds.pools {
            let (process, at) = *key;
            let store = &analysis.architecture.stores[at];
            let Some(pool) = store.pool else { continue };
            let copies = analysis.lead(process).replicas.value;
            let bare = self.bare.pools.get(key).copied().unwrap_or_default();
            let visit = Visit {
                bare,
                busiest: [bare.part(copies.into()), held.part(copies.into())],
                wait: self.waits.pools.get(key).map_or(0.0, |it| it.mean),
            };
            let build = held_by(pool.per_replica, "connections");
            let build = Build { kind: Kind::Pool, copies, ..build };
            let caller = &analysis.processes[process].name;
            let name = format!("{caller}>{}/pool", store.name.value);
            all.insert(name, self.resource(build, &visit));
        }
    }

    fn externals(&self, all: &mut BTreeMap<String, Resource>) {
        for (at, external) in self.analysis.architecture.externals.iter().enumerate() {
            let offer = self.offers.externals[at];
            let name = &external.name.value;
            if let Some(slots) = external.concurrency {
                let visit = Visit { bare: offer, busiest: [offer; 2], wait: 0.0 };
                let build = held_by(slots, "slots");
                all.insert(format!("{name}/slots"), self.resource(build, &visit));
            }
            if let Some(limit) = external.limit {
                all.insert(format!("{name}/limit"), self.limit(limit, offer));
            }
        }
    }

    fn resource(&self, build: Build, visit: &Visit) -> Resource {
        let Visit { bare, busiest: [least, held], wait } = visit;
        let bound = least.busy / build.each;
        // Where a line beneath grows without end, what is kept for it is no number.
        let endless = !held.busy.is_finite();
        let shown = if endless { least } else { held };
        let utilization = shown.busy / build.each;
        let service = bare.time().mean;
        let per_request = |value: f64| (self.total > 0.0).then(|| value / self.total);
        let Build { kind, copies, each, what, speed } = build;
        let keeps = !matches!(kind, Kind::Cores);
        let speed = if (speed - 1.0).abs() < 1e-9 {
            String::new()
        } else {
            format!(" x speed {}", number(speed))
        };
        let servers = if copies == 1 {
            let what = if each > 1.0 { what } else { what.trim_end_matches('s') };
            format!("{}{speed} {what}", count(each as u64))
        } else {
            format!("({} x {} {what}{speed})", count(copies.into()), count(each as u64))
        };
        let arithmetic = format!(
            "{} x {} x {}{} / {servers} = {}{}",
            rate(self.total),
            visits(per_request(bare.rate)),
            duration(shown.time().mean * pace(speed.is_empty(), build.speed)),
            if keeps { " held" } else { "" },
            percent(utilization),
            if endless { ", and more while a line beneath grows" } else { "" },
        );
        Resource {
            kind,
            servers: each * f64::from(copies),
            visits: per_request(bare.rate),
            arrivals: bare.rate,
            service: Some(service),
            demand: per_request(least.busy * f64::from(copies)),
            utilization,
            capacity: (bound > 0.0).then(|| self.total / bound),
            bottleneck: false,
            wait: (wait.is_finite() && utilization < 1.0 && !endless).then_some(*wait),
            arithmetic,
        }
    }

    fn limit(&self, limit: f64, offer: Offer) -> Resource {
        let utilization = offer.rate / limit;
        let per_request = (self.total > 0.0).then(|| offer.rate / self.total);
        let arithmetic = format!(
            "{} x {} / {} = {}",
            rate(self.total),
            visits(per_request),
            rate(limit),
            percent(utilization)
        );
        Resource {
            kind: Kind::Limit,
            servers: limit,
            visits: per_request,
            arrivals: offer.rate,
            service: None,
            demand: per_request,
            utilization,
            capacity: (utilization > 0.0).then(|| self.total / utilization),
            bottleneck: false,
            wait: None,
            arithmetic,
        }
    }

    /// Where growing traffic first meets a limit; `None` if nothing that is stated limits it.
    pub fn saturation(&self, resources: &BTreeMap<String, Resource>) -> Option<Saturation> {
        let (name, first) = resources.iter().find(|(_, it)| it.bottleneck)?;
        let capacity = first.capacity?;
        let bound = self.total / capacity;
        let nothing_waits = if matches!(first.kind, Kind::Cores | Kind::Limit) {
            ""
        } else {
            " when nothing waits"
        };
        Some(Saturation {
            resource: name.clone(),
            rate: capacity,
            factor: capacity / self.total,
            arithmetic: format!(
                "{} / {} busy{nothing_waits} = {}",
                rate(self.total),
                percent(bound),
                rate(capacity)
            ),
        })
    }
}

/// `0.4 visits`.
fn visits(per_request: Option<f64>) -> String {
    match number(per_request.unwrap_or(0.0)) {
        one if one == "1" => "1 visit".to_owned(),
        several => format!("{several} visits"),
    }
}

/// What the time of a visit is multiplied with to be that at speed 1, where the speed is printed.
fn pace(plain: bool, speed: f64) -> f64 {
    if plain { 1.0 } else { speed }
}

fn held_by(servers: u32, what: &'static str) -> Build {
    Build { kind: Kind::Slots, copies: 1, each: servers.into(), what, speed: 1.0 }
}

/// The mean wait of what is offered.
fn waits(core: Core, offer: Offer) -> f64 {
    if offer.rate > 0.0 { core.waits(offer.time().mean) } else { 0.0 }
}
