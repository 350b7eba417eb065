//! The steady state: how long requests wait at every station, and how long they take with it.
//!
//! Every replica is a station of its own with an equal share of a Poisson stream. Cores wait by
//! the formulas of [`crate::erlang`], or by [`crate::mva`] where users wait for their answers.
//! Slots, pools and poolers are kept while others are waited for: their times follow from the
//! waits beneath them, and the waits from the times, so both are iterated until they agree
//! (Little's law gives how many are busy). It is an approximation. Retries, timeouts, full queues
//! and what runs after a failure are left out.

use std::collections::BTreeMap;

use tradeoff_model::model::{Dist, Step, StepKind, Store, Target};

use crate::closed;
use crate::offers::{Holds, Offer, Offers, PoolKey, each_held, offers};
use crate::{Analysis, Moments, erlang};

/// Rounds until times and waits agree.
const ROUNDS: usize = 60;
/// Rounds through endpoints that call each other in a circle.
const CIRCLE_ROUNDS: usize = 16;
/// The relative change at which they agree.
const SETTLED: f64 = 1e-9;

/// What it is to compute on some cores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Core {
    /// The wait for one.
    pub(crate) wait: Moments,
    /// How many times as long work takes, where cores are shared.
    pub(crate) stretch: f64,
}

/// Nobody waits.
const FREE: Core = Core { wait: Moments { mean: 0.0, variance: 0.0 }, stretch: 1.0 };

impl Core {
    fn time(self, service: Moments) -> Moments {
        if service.mean <= 0.0 {
            return service;
        }
        service.scaled(self.stretch).then(self.wait)
    }

    /// The mean wait of work of this mean.
    pub(crate) fn waits(self, service: f64) -> f64 {
        (self.stretch - 1.0) * service + self.wait.mean
    }

    /// One station of so many servers.
    pub(crate) fn station(servers: u32, share: bool, offer: Offer) -> Self {
        if share {
            let stretch = erlang::stretch(servers, offer.busy);
            return Self { stretch, ..FREE };
        }
        Self { wait: erlang::wait(servers, offer.rate, offer.time()), stretch: 1.0 }
    }

    /// This with probability `share`, otherwise the other.
    fn or(self, share: f64, other: Self) -> Self {
        let stretch = if share >= 1.0 {
            self.stretch
        } else {
            share * self.stretch + (1.0 - share) * other.stretch
        };
        Self { wait: self.wait.or(share, other.wait), stretch }
    }
}

/// How long is waited where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits {
    /// For the cores of each process.
    pub(crate) cores: Vec<Core>,
    /// For the cores of the copy of each store that takes the writes.
    pub(crate) first: Vec<Core>,
    /// For those of whichever copy a read goes to.
    pub(crate) any: Vec<Core>,
    /// For a slot of each process.
    pub(crate) slots: Vec<Moments>,
    /// For a connection.
    pub(crate) pools: BTreeMap<PoolKey, Moments>,
    /// For a server connection of the pooler of each store: writes, reads.
    pub(crate) poolers: Vec<(Moments, Moments)>,
}

/// An architecture under its steady traffic.
#[derive(Debug)]
pub struct Steady<'s, 'a> {
    /// What follows without queues.
    pub analysis: &'s Analysis<'a>,
    /// Requests per second of each source: stated, or of closed traffic what users come to.
    pub rates: Vec<f64>,
    /// Of closed traffic the least and the most that its users can come to, in requests per second.
    pub bounds: Vec<Option<(f64, f64)>>,
    /// Requests per second of all sources.
    pub total: f64,
    /// Runs of each endpoint per second.
    pub runs: Vec<f64>,
    /// Of these, those that come from outside the process.
    pub doors: Vec<f64>,
    /// Time of each endpoint with all waiting, that for its own slot included.
    pub times: Vec<Moments>,
    pub(crate) offers: Offers,
    /// How long slots and connections are kept when nothing waits.
    pub(crate) bare: Holds,
    /// How long they are kept with all waiting.
    pub(crate) holds: Holds,
    pub(crate) waits: Waits,
    inner: Vec<Moments>,
}

impl<'s, 'a> Steady<'s, 'a> {
    /// Derives the steady state.
    pub fn new(analysis: &'s Analysis<'a>) -> Self {
        let closed = closed::solve(analysis);
        let architecture = analysis.architecture;
        let runs = closed::runs(analysis, &closed.rates);
        let mut doors = vec![0.0; runs.len()];
        for (traffic, rate) in architecture.traffic.iter().zip(&closed.rates) {
            for mix in &traffic.mix {
                doors[analysis.number(mix.service, mix.endpoint)] += rate * mix.share;
            }
        }
        for edge in analysis.edges.iter().filter(|edge| !edge.inside) {
            if let crate::Callee::Endpoint(to) = edge.to {
                doors[to] += runs[edge.from] * edge.times;
            }
        }
        let mut it = Self {
            analysis,
            total: closed.rates.iter().sum(),
            rates: closed.rates,
            bounds: closed.bounds,
            offers: offers(analysis, &runs),
            bare: Holds::default(),
            holds: Holds::default(),
            waits: Waits {
                cores: vec![FREE; analysis.processes.len()],
                first: vec![FREE; architecture.stores.len()],
                any: vec![FREE; architecture.stores.len()],
                slots: vec![Moments::default(); analysis.processes.len()],
                pools: BTreeMap::new(),
                poolers: vec![Default::default(); architecture.stores.len()],
            },
            times: Vec::new(),
            inner: vec![Moments::default(); runs.len()],
            runs,
            doors,
        };
        it.time();
        it.bare = it.held();
        it.wait_for_cores(&closed.cores, &closed.stores);
        it.settle();
        it.times = (0..it.runs.len()).map(|number| it.called(number)).collect();
        it
    }

    /// The copies of a store.
    pub(crate) fn copies(store: &Store) -> f64 {
        f64::from(store.replicas.value)
    }

    fn wait_for_cores(&mut self, closed: &[Option<f64>], closed_stores: &[[Option<f64>; 2]]) {
        let analysis = self.analysis;
        for (process, closed) in closed.iter().enumerate() {
            let lead = analysis.lead(process);
            let Some(cores) = lead.cores else { continue };
            let offer = self.offers.work[process].part(f64::from(lead.replicas.value));
            self.waits.cores[process] = core(cores.count, cores.share, offer, *closed);
        }
        for (at, store) in analysis.architecture.stores.iter().enumerate() {
            let Some(cores) = store.cores else { continue };
            let copies = Self::copies(store);
            let reads = self.offers.reads[at].part(copies);
            let [first, other] = closed_stores[at];
            let first =
                core(cores.count, cores.share, self.offers.writes[at].with(reads, 1.0), first);
            let other = core(cores.count, cores.share, reads, other);
            self.waits.first[at] = first;
            self.waits.any[at] = first.or(1.0 / copies, other);
        }
    }

    /// Iterates times and waits until they agree.
    fn settle(&mut self) {
        for round in 0..ROUNDS {
            let before = self.inner.clone();
            self.time();
            self.holds = self.held();
            self.wait_for_holders();
            let mut pairs = before.iter().zip(&self.inner);
            // A time that has just become infinite changes by no number.
            let settled = pairs.all(|(old, new)| {
                new == old || ((new.mean - old.mean) / new.mean).abs() <= SETTLED
            });
            // The first round has no waits for slots and connections yet.
            if settled && round > 0 {
                break;
            }
        }
    }

    fn wait_for_holders(&mut self) {
        let analysis = self.analysis;
        for process in 0..analysis.processes.len() {
            let lead = analysis.lead(process);
            if let Some(slots) = &lead.concurrency {
                let offer = self.holds.slots[process].part(f64::from(lead.replicas.value));
                self.waits.slots[process] = erlang::wait(slots.value, offer.rate, offer.time());
            }
        }
        for ((process, store), offer) in &self.holds.pools {
            let Some(pool) = analysis.architecture.stores[*store].pool else { continue };
            let offer = offer.part(f64::from(analysis.lead(*process).replicas.value));
            let wait = erlang::wait(pool.per_replica, offer.rate, offer.time());
            self.waits.pools.insert((*process, *store), wait);
        }
        for (at, store) in analysis.architecture.stores.iter().enumerate() {
            let Some(pooler) = store.pooler else { continue };
            let copies = Self::copies(store);
            let reads = self.holds.pooled_reads[at].part(copies);
            let first = self.holds.pooled_writes[at].with(reads, 1.0);
            let first = erlang::wait(pooler.connections, first.rate, first.time());
            let other = erlang::wait(pooler.connections, reads.rate, reads.time());
            self.waits.poolers[at] = (first, first.or(1.0 / copies, other));
        }
    }

    /// The time of every endpoint, with the waits as they are.
    fn time(&mut self) {
        let analysis = self.analysis;
        let calls = analysis.calls();
        for group in analysis.order() {
            let circle = group.len() > 1 || calls[group[0]].contains(&group[0]);
            for _ in 0..if circle { CIRCLE_ROUNDS } else { 1 } {
                for &number in group {
                    self.inner[number] =
                        self.sequence(number, analysis.steps(number), &mut Vec::new());
                }
            }
        }
    }

    /// How long slots and connections are kept, with the times as they are.
    fn held(&self) -> Holds {
        let analysis = self.analysis;
        let stores = analysis.architecture.stores.len();
        let mut holds = Holds {
            slots: vec![Offer::default(); analysis.processes.len()],
            pools: BTreeMap::new(),
            pooled_writes: vec![Offer::default(); stores],
            pooled_reads: vec![Offer::default(); stores],
        };
        for (number, runs) in self.runs.iter().enumerate().filter(|(_, runs)| **runs > 0.0) {
            let process = analysis.process(number);
            holds.slots[process].add(self.doors[number], self.inner[number]);
            each_held(analysis.steps(number), *runs, &mut Vec::new(), &mut |step, rate, held| {
                match &step.kind {
                    StepKind::Query { store, operation, network, .. } if !held.contains(store) => {
                        let first =
                            analysis.architecture.stores[*store].operations[*operation].writes;
                        let at_store = self.at_store(*store, *operation, first);
                        let whole = there_and_back(self.pooled(*store, first, at_store), network);
                        holds.pools.entry((process, *store)).or_default().add(rate, whole);
                        let pooled =
                            if first { &mut holds.pooled_writes } else { &mut holds.pooled_reads };
                        pooled[*store].add(rate, at_store);
                    }
                    StepKind::Transaction { store, steps } if !held.contains(store) => {
                        let mut held = held.to_vec();
                        held.push(*store);
                        let inside = self.sequence(number, steps, &mut held);
                        let whole = self.pooled(*store, true, inside);
                        holds.pools.entry((process, *store)).or_default().add(rate, whole);
                        holds.pooled_writes[*store].add(rate, inside);
                    }
                    _ => {}
                }
            });
        }
        holds
    }

    fn at_store(&self, store: usize, operation: usize, first: bool) -> Moments {
        let time =
            Moments::of(&self.analysis.architecture.stores[store].operations[operation].time);
        let cores = if first { &self.waits.first } else { &self.waits.any };
        cores[store].time(time)
    }

    /// With the wait for a server connection of a pooler, if there is one.
    fn pooled(&self, store: usize, first: bool, inside: Moments) -> Moments {
        let (writes, reads) = self.waits.poolers[store];
        inside.then(if first { writes } else { reads })
    }

    fn called(&self, number: usize) -> Moments {
        self.waits.slots[self.analysis.process(number)].then(self.inner[number])
    }

    fn sequence(&self, number: usize, steps: &[Step], held: &mut Vec<usize>) -> Moments {
        let mut sum = Moments::default();
        for step in steps {
            sum = sum.then(self.step(number, step, held));
        }
        sum
    }

    /// The time of a step of an endpoint with all waiting, while these stores' connections are
    /// kept.
    pub(crate) fn step(&self, number: usize, step: &Step, held: &mut Vec<usize>) -> Moments {
        let analysis = self.analysis;
        let process = analysis.process(number);
        match &step.kind {
            StepKind::Work(time) => {
                let service = Moments::of(time).scaled(1.0 / analysis.pace(process));
                self.waits.cores[process].time(service)
            }
            StepKind::Wait(time) => Moments::of(time),
            StepKind::Call { target, network, .. } => {
                let callee = match *target {
                    Target::Endpoint(service, endpoint) => {
                        let to = analysis.number(service, endpoint);
                        if analysis.process(to) == process {
                            self.inner[to]
                        } else {
                            self.called(to)
                        }
                    }
                    Target::External(at, operation) => {
                        let external = &analysis.architecture.externals[at];
                        let own = &external.time;
                        Moments::of(operation.map_or(own, |it| &external.operations[it].time))
                    }
                };
                there_and_back(callee, network)
            }
            StepKind::Query { store, operation, network, .. } => {
                let inside = held.contains(store);
                let writes = analysis.architecture.stores[*store].operations[*operation].writes;
                let at_store = self.at_store(*store, *operation, writes || inside);
                if inside {
                    return there_and_back(at_store, network);
                }
                let whole = there_and_back(self.pooled(*store, writes, at_store), network);
                self.with_pool(process, *store, whole)
            }
            StepKind::All { need, branches } => {
                let mut times: Vec<Moments> =
                    branches.iter().map(|it| self.sequence(number, it, held)).collect();
                times.sort_by(|a, b| a.mean.total_cmp(&b.mean));
                match need {
                    // The one that completes the number, by their means.
                    Some(need) if (*need as usize) < times.len() => {
                        times.get((*need as usize).saturating_sub(1)).copied().unwrap_or_default()
                    }
                    _ => times.into_iter().reduce(Moments::later).unwrap_or_default(),
                }
            }
            StepKind::Chance { share, then, otherwise } => {
                let then = self.sequence(number, then, held);
                then.or(*share, self.sequence(number, otherwise, held))
            }
            StepKind::Repeat { times, steps } => self.sequence(number, steps, held).repeated(times),
            StepKind::Optional(steps) | StepKind::Fallback { steps, .. } => {
                self.sequence(number, steps, held)
            }
            StepKind::Transaction { store, steps } => {
                let nested = held.contains(store);
                held.push(*store);
                let inside = self.sequence(number, steps, held);
                held.pop();
                if nested {
                    return inside;
                }
                self.with_pool(process, *store, self.pooled(*store, true, inside))
            }
            StepKind::Fail(_) => Moments::default(),
        }
    }

    fn with_pool(&self, process: usize, store: usize, inside: Moments) -> Moments {
        let wait = self.waits.pools.get(&(process, store)).copied().unwrap_or_default();
        wait.then(inside)
    }
}

/// One station, with the closed users' factor where there are any.
fn core(servers: u32, share: bool, offer: Offer, closed: Option<f64>) -> Core {
    let Some(factor) = closed else { return Core::station(servers, share, offer) };
    let longer = (factor - 1.0) / f64::from(servers);
    if share {
        return Core { stretch: 1.0 + longer, ..FREE };
    }
    let wait = longer * offer.time().mean;
    Core { wait: Moments::new(wait, wait * wait), ..FREE }
}

fn there_and_back(callee: Moments, network: &Dist) -> Moments {
    let crossing = Moments::of(network);
    callee.then(crossing).then(crossing)
}
