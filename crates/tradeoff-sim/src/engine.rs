//! The event loop: one replication of one design under one script.
//!
//! Everything that is to happen, now or later, is scheduled; equal times run in the order of
//! scheduling. Handlers live beside this file, by what they handle: `arrivals` (users), `calls`
//! (policies of an edge), `strands` (programs), `places` (lines and servers), `script` (events of
//! a scenario).

mod arrivals;
mod calls;
mod diverge;
mod places;
pub(crate) mod reach;
pub(crate) mod record;
pub(crate) mod script;
mod share;
pub(crate) mod station;
pub(crate) mod strand;
mod strands;

use std::collections::VecDeque;

use tradeoff_des::{Calendar, Key};
use tradeoff_policy::{
    Time, balance::Balancer, breaker::Breaker, budget::Budget, bulkhead::Bulkhead,
};

use self::{
    arrivals::Source,
    record::{Record, ResourceKind},
    script::{ReplicaState, Script},
    share::Share,
    station::{Class, Station, Totals},
    strand::{Call, Strand},
};
use crate::{
    plan::{Op, Plan, ProcessKind},
    slab::{NONE, Slab},
};

/// What one replication is told.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) replication: u64,
    /// Run-in before the measurement, in nanoseconds.
    pub(crate) warmup: u64,
    /// The measurement, in nanoseconds.
    pub(crate) duration: u64,
    /// Width of the bins of cohorts, in nanoseconds; zero: none are kept.
    pub(crate) cohort: u64,
    /// Width of the bins of the series, in nanoseconds; zero: none are kept.
    pub(crate) series: u64,
    /// One edge's retries, switched off from a time on.
    pub(crate) mute: Option<(u32, u64)>,
    pub(crate) bounds: Bounds,
}

/// Where a run that would never end is cut off.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Events of one replication.
    pub events: u64,
    /// Events of one instant: time that stands still.
    pub instant: u64,
    /// Strands and calls alive at once.
    pub requests: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { events: 500_000_000, instant: 5_000_000, requests: 500_000 }
    }
}

/// The bound that a run met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bounded {
    /// [`Bounds::events`].
    Events,
    /// [`Bounds::requests`].
    Requests,
    /// Waiters that no event can free.
    Deadlock,
}

impl Bounded {
    /// Its name in the results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Requests => "requests",
            Self::Deadlock => "deadlock",
        }
    }
}

/// What can happen; the index and the stamp say to what, and whether that still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum What {
    Arrive,
    Think,
    Resume,
    Reach,
    WorkDone,
    Waited,
    Connected,
    LineTimeout,
    Return,
    CallTimer,
    Cancel,
    ShareDone,
    ScriptStart,
    ScriptEnd,
    Avoid,
    Tick,
    Mark,
}

const WHATS: [What; 17] = [
    What::Arrive,
    What::Think,
    What::Resume,
    What::Reach,
    What::WorkDone,
    What::Waited,
    What::Connected,
    What::LineTimeout,
    What::Return,
    What::CallTimer,
    What::Cancel,
    What::ShareDone,
    What::ScriptStart,
    What::ScriptEnd,
    What::Avoid,
    What::Tick,
    What::Mark,
];

/// An event: five bits of [`What`], 27 bits of index, 32 bits of stamp.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    what: u32,
    stamp: u32,
}

const INDEX_BITS: u32 = 27;

impl Event {
    const fn new(what: What, index: u32, stamp: u32) -> Self {
        Self { what: (what as u32) << INDEX_BITS | index, stamp }
    }

    const fn what(self) -> What {
        WHATS[(self.what >> INDEX_BITS) as usize]
    }

    const fn index(self) -> u32 {
        self.what & ((1 << INDEX_BITS) - 1)
    }

    /// Whether it moves work on: a run in which only others are pending moves no more.
    const fn moves_work(self) -> bool {
        !matches!(
            self.what(),
            What::Arrive
                | What::Think
                | What::ScriptStart
                | What::ScriptEnd
                | What::Avoid
                | What::Tick
                | What::Mark
        )
    }
}

const _: () = assert!(Calendar::<Event>::ENTRY_BYTES <= 24);

/// Places that the calendar keeps for the events of a script, so that they come first among equals
/// whenever they are scheduled.
const SCRIPT_PLACES: u64 = 1 << 32;
/// Timers of one lane, some three megabytes, that nobody minds.
const CROWDED: usize = 1 << 17;

/// What a caller replica keeps for an edge.
#[derive(Clone, Debug)]
pub(crate) struct EdgeState {
    breaker: Option<Breaker>,
    budget: Option<Budget>,
    bulkhead: Option<Bulkhead>,
    /// Since when its breaker has not been closed.
    open_since: Option<u64>,
    /// Attempts that the caller waits for.
    in_flight: u32,
}

/// One replication, running.
#[derive(Clone, Debug)]
pub(crate) struct Engine<'a> {
    plan: &'a Plan,
    setup: Setup,
    script: Script,
    key: Key,
    now: u64,
    calendar: Calendar<Event>,
    ready: VecDeque<Event>,
    /// Events pending that move work on.
    moving: usize,
    /// Timers of one lane beyond which the dead among them are forgotten.
    crowded: usize,
    strands: Slab<Strand>,
    calls: Slab<Call>,
    stations: Vec<Station>,
    layout: Layout,
    shares: Vec<Share>,
    replicas: Vec<ReplicaState>,
    edges: Vec<EdgeState>,
    /// First state of each edge in `edges`, one per caller replica.
    edge_base: Vec<u32>,
    balancers: Vec<Balancer>,
    sources: Vec<Source>,
    /// Users of closed traffic.
    users: Vec<arrivals::User>,
    measuring: bool,
    /// Users' requests of the measurement that have no outcome yet.
    outstanding: u64,
    /// Events since time last moved.
    instant: u64,
    stack: Vec<u32>,
    /// Connections that each pool keeps open and nobody uses, by station.
    idle: Vec<u32>,
    /// Connections that pools keep open for good: where, since when, for whose work.
    kept_open: Vec<(u32, u64, Class)>,
    pub(crate) record: Record,
}

/// Where each kind of station begins in the engine's list.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    cores: u32,
    poolers: u32,
    connections: u32,
    /// First station of each pool plan.
    pools: Vec<u32>,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(plan: &'a Plan, setup: Setup, script: Script) -> Self {
        let key = Key::root(setup.seed).index(setup.replication);
        let mut record = Record::new(plan, &setup);
        record.event_span = script.span();
        let (stations, layout) = stations(plan, &mut record);
        let idle = vec![0; stations.len()];
        let replicas = plan.replicas.iter().map(|_| ReplicaState::default()).collect();
        let shares =
            plan.replicas.iter().map(|it| Share::new(plan.processes[it.process as usize].cores));
        let mut engine = Self {
            plan,
            script,
            key,
            now: 0,
            calendar: Calendar::with_first(SCRIPT_PLACES),
            ready: VecDeque::new(),
            moving: 0,
            crowded: CROWDED,
            strands: Slab::new(),
            calls: Slab::new(),
            stations,
            layout,
            shares: shares.collect(),
            replicas,
            edges: Vec::new(),
            edge_base: Vec::new(),
            balancers: Vec::new(),
            sources: Vec::new(),
            users: Vec::new(),
            measuring: false,
            outstanding: 0,
            instant: 0,
            stack: Vec::new(),
            idle,
            kept_open: Vec::new(),
            record,
            setup,
        };
        engine.set_up_policies();
        engine.set_up_script();
        engine.at(engine.setup.warmup, Event::new(What::Mark, 0, 0));
        engine.at(engine.measure_end(), Event::new(What::Mark, 1, 0));
        if engine.setup.series > 0 {
            engine.at(engine.setup.series, Event::new(What::Tick, 0, 0));
        }
        engine.set_up_sources();
        engine
    }

    /// When the measurement ends.
    pub(crate) fn measure_end(&self) -> u64 {
        self.setup.warmup + self.setup.duration
    }

    /// Length of the measurement in nanoseconds.
    pub(crate) fn duration(&self) -> u64 {
        self.setup.duration
    }

    pub(crate) fn bounded(&self) -> Option<Bounded> {
        self.record.bounded
    }

    /// Runs until everything before `until` has happened, or a bound is met.
    pub(crate) fn run_until(&mut self, until: u64) {
        while self.next_time().is_some_and(|it| it < until) && self.step() {}
        if self.record.bounded != Some(Bounded::Events)
            && self.record.bounded != Some(Bounded::Requests)
        {
            self.now = self.now.max(until);
        }
    }

    /// Runs to the end of the measurement and on until each of its requests has its outcome.
    pub(crate) fn run_measurement(&mut self) {
        self.run_until(self.measure_end() + 1);
        while self.outstanding > 0 && self.record.bounded.is_none() && self.step() {}
    }

    fn next_time(&self) -> Option<u64> {
        if self.ready.is_empty() { self.calendar.next_time() } else { Some(self.now) }
    }

    /// Handles the next event; `false` when there is none or a bound is met.
    fn step(&mut self) -> bool {
        if self.over_bounds() {
            return false;
        }
        // What the calendar holds for this instant was scheduled before all that is ready.
        let due = self.calendar.next_time();
        let event = if due == Some(self.now) || self.ready.is_empty() {
            let Some((time, event)) = self.pop() else { return false };
            self.instant = if time > self.now { 0 } else { self.instant };
            self.now = time;
            event
        } else {
            let Some(event) = self.ready.pop_front() else { return false };
            event
        };
        self.record.events += 1;
        self.instant += 1;
        if event.moves_work() {
            self.moving -= 1;
        }
        self.handle(event);
        if self.moving == 0 && self.stuck() {
            self.record.bounded = Some(Bounded::Deadlock);
        }
        true
    }

    /// Takes the next event from the calendar; timers whose call or strand went on are left out.
    fn pop(&mut self) -> Option<(u64, Event)> {
        let Self { calendar, calls, strands, moving, .. } = self;
        calendar.pop(|event| {
            let alive = is_alive(calls, strands, event);
            *moving -= usize::from(!alive && event.moves_work());
            alive
        })
    }

    fn over_bounds(&mut self) -> bool {
        let bounds = self.setup.bounds;
        if self.record.events >= bounds.events || self.instant >= bounds.instant {
            self.record.bounded = Some(Bounded::Events);
            return true;
        }
        if self.strands.live().max(self.calls.live()) >= bounds.requests {
            self.record.bounded = Some(Bounded::Requests);
            return true;
        }
        false
    }

    /// Whether strands wait although nothing that is pending moves work on.
    fn stuck(&self) -> bool {
        self.ready.is_empty() && self.strands.live() > 0
    }

    fn handle(&mut self, event: Event) {
        let (index, stamp) = (event.index(), event.stamp);
        match event.what() {
            What::Arrive => self.arrive(index),
            What::Think => self.thought(index, stamp),
            What::Resume if self.strands[index].timer == stamp => self.resume(index),
            What::Reach if self.strands[index].timer == stamp => self.reach(index),
            What::WorkDone if self.strands[index].timer == stamp => self.work_done(index),
            What::Waited if self.strands[index].timer == stamp => self.waited(index),
            What::Connected if self.strands[index].timer == stamp => self.connected(index),
            What::LineTimeout if self.strands[index].timer == stamp => self.line_timeout(index),
            What::Return if self.strands[index].timer == stamp => self.returned(index),
            What::CallTimer if self.calls[index].timer == stamp => self.call_timer(index),
            What::Cancel if self.strands[index].life == stamp => self.cancelled(index),
            What::ShareDone if self.shares[index as usize].stamp == stamp => self.share_done(index),
            What::ScriptStart => self.script_start(index),
            What::ScriptEnd => self.script_end(index),
            What::Avoid => self.avoid(index, stamp),
            What::Tick => self.tick(),
            What::Mark => self.mark(index),
            // Superseded: what it was scheduled for has changed since.
            _ => (),
        }
    }

    /// Schedules an event at a time.
    fn at(&mut self, time: u64, event: Event) {
        if event.moves_work() {
            self.moving += 1;
        }
        if time <= self.now && self.now > 0 {
            self.ready.push_back(event);
        } else {
            self.calendar.push(time, event);
        }
    }

    /// Schedules a timer that is mostly due after all timers of its lane before it.
    fn at_in_lane(&mut self, lane: u32, time: u64, event: Event) {
        if time <= self.now {
            return self.at(time, event);
        }
        self.moving += usize::from(event.moves_work());
        self.calendar.push_in_lane(lane, time, event);
        if self.calendar.behind(lane) >= self.crowded {
            self.sweep(lane);
        }
    }

    /// Forgets dead timers, which a long patience under a high rate leaves by the million.
    #[cold]
    fn sweep(&mut self, lane: u32) {
        let Self { calendar, calls, strands, moving, .. } = self;
        calendar.sweep(|event| {
            let alive = is_alive(calls, strands, event);
            *moving -= usize::from(!alive && event.moves_work());
            alive
        });
        self.crowded = CROWDED.max(2 * self.calendar.behind(lane));
    }

    /// Schedules a strand's next event, which supersedes the one before it.
    fn strand_at(&mut self, time: u64, what: What, index: u32) {
        let event = self.strand_event(what, index);
        self.at(time, event);
    }

    /// A strand's next event, which supersedes the one before it.
    fn strand_event(&mut self, what: What, index: u32) -> Event {
        let strand = &mut self.strands[index];
        strand.timer = strand.timer.wrapping_add(1);
        Event::new(what, index, strand.timer)
    }

    fn strand_in(&mut self, delay: u64, what: What, index: u32) {
        self.strand_at(self.now.saturating_add(delay), what, index);
    }

    fn time(&self) -> Time {
        Time(self.now)
    }

    /// The measurement begins (0) or ends (1).
    fn mark(&mut self, which: u32) {
        self.measuring = which == 0;
        for station in &mut self.stations {
            station.touch(self.now);
        }
        let totals = self.stations.iter().map(|it| (it.totals, it.in_service(), it.waiting));
        if which == 0 {
            self.record.at_start = totals.collect();
            for station in &mut self.stations {
                station.totals.longest = station.waiting;
            }
            for state in &mut self.edges {
                state.open_since = state.open_since.map(|_| self.now);
            }
            self.record.open_time.iter_mut().for_each(|it| *it = 0);
        } else {
            self.record.at_end = totals.collect();
            self.close_open_times();
        }
    }

    /// Writes one bin of the series.
    fn tick(&mut self) {
        let width = self.setup.series;
        for index in 0..self.stations.len() {
            self.stations[index].touch(self.now);
            let station = &self.stations[index];
            let (busy, waiting) = (station.totals.busy_time(), station.waiting);
            self.record.tick(index, station.resource, busy, waiting, width);
        }
        self.record.ticks += 1;
        if self.now + width <= self.measure_end() {
            self.at(self.now + width, Event::new(What::Tick, 0, 0));
        }
    }

    /// Checks Little's law to the nanosecond: the integral of the number at each station equals
    /// the time that those who went spent there and those who are there have spent so far.
    ///
    /// # Panics
    /// If the law is broken: the engine has lost or invented time.
    pub(crate) fn assert_conservation(&mut self) {
        let mut present = vec![0_u128; self.stations.len()];
        for index in 0..self.strands.len() {
            let now = self.now;
            self.each_place(index, |place, since| {
                present[place as usize] += u128::from(now - since);
            });
        }
        for (station, since, _) in &self.kept_open {
            present[*station as usize] += u128::from(self.now - since);
        }
        for (station, present) in self.stations.iter_mut().zip(present) {
            station.touch(self.now);
            let totals = &station.totals;
            let integral = totals.line + totals.busy_time();
            assert_eq!(integral, totals.times + present, "time is conserved at every station");
            let here = u64::from(station.waiting) + u64::from(station.in_service());
            let gone = totals.served + totals.refused + totals.left;
            assert_eq!(totals.arrivals, gone + here, "strands are conserved at every station");
        }
    }

    /// What the stations have seen so far, with who is in service and who waits.
    pub(crate) fn totals(&mut self) -> Vec<(Totals, u32, u32)> {
        let now = self.now;
        let look = |it: &mut Station| {
            it.touch(now);
            (it.totals, it.in_service(), it.waiting)
        };
        self.stations.iter_mut().map(look).collect()
    }

    /// Station index to resource index.
    pub(crate) fn resource_of(&self, station: usize) -> usize {
        self.stations[station].resource as usize
    }
}

/// Builds the stations: slots, cores, poolers and connections by replica, then pools.
/// Whether an event is still wanted: a timer is not once its call or strand has gone on.
#[inline]
fn is_alive(calls: &Slab<Call>, strands: &Slab<Strand>, event: Event) -> bool {
    let (index, stamp) = (event.index(), event.stamp);
    match event.what() {
        What::CallTimer => calls[index].timer == stamp,
        What::LineTimeout => strands[index].timer == stamp,
        _ => true,
    }
}

fn stations(plan: &Plan, record: &mut Record) -> (Vec<Station>, Layout) {
    let replicas = plan.replicas.len() as u32;
    let mut stations = Vec::new();
    for (kind, suffix) in [
        (ResourceKind::Slots, "slots"),
        (ResourceKind::Cores, "cores"),
        (ResourceKind::Pooler, "pooler"),
        (ResourceKind::Connections, "connections"),
    ] {
        for process in &plan.processes {
            let (capacity, queue) = match (kind, &process.store) {
                (ResourceKind::Slots, None) => (process.slots, process.queue),
                (ResourceKind::Cores, store) => {
                    let queue = if store.is_some() { process.queue } else { NONE };
                    (if process.share { NONE } else { process.cores }, queue)
                }
                (ResourceKind::Pooler, Some(store)) => (store.pooler, NONE),
                (ResourceKind::Connections, Some(store)) => (store.connections, 0),
                _ => (NONE, NONE),
            };
            let servers =
                if matches!(kind, ResourceKind::Cores) { process.cores } else { capacity };
            let listed = match kind {
                ResourceKind::Slots => process.kind != ProcessKind::Store,
                ResourceKind::Cores => process.kind != ProcessKind::External,
                ResourceKind::Pooler | ResourceKind::Connections => servers != NONE,
                ResourceKind::Pool => true,
            };
            let name = format!("{}/{suffix}", process.name);
            let resource =
                record.resource(name, kind, servers, process.replicas, [capacity != NONE, listed]);
            for _ in 0..process.replicas {
                stations.push(Station::new(capacity, queue, resource));
            }
        }
    }
    let mut pools = Vec::new();
    for pool in &plan.pools {
        pools.push(stations.len() as u32);
        let listed = pool.size != NONE;
        let resource = record.resource(
            pool.name.clone(),
            ResourceKind::Pool,
            pool.size,
            pool.callers,
            [listed; 2],
        );
        for _ in 0..pool.callers {
            stations.push(Station::new(pool.size, NONE, resource));
        }
    }
    let layout =
        Layout { cores: replicas, poolers: 2 * replicas, connections: 3 * replicas, pools };
    (stations, layout)
}
