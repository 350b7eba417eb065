//! A naive simulator: the contract's sentences, written down as continuations.
//!
//! It walks the architecture itself (no plan), keeps what is to happen in one map of closures by
//! (time, order), and looks everything else up where it stands. It shares with the engine only
//! what has laws and tests of its own: keys, breakers, budgets, bulkheads and balancers. Slots,
//! cores, lines, deadlines, waste and cancelling are written a second time.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use tradeoff_des::Key;
use tradeoff_model::model::{
    Architecture, Component, Dist, EventKind, Scenario, Step, StepKind, Target, TrafficKind,
};
use tradeoff_policy::{Time, balance::Balancer, breaker, budget::Budget, bulkhead::Bulkhead};
use tradeoff_sim::Outcome;

use crate::{
    machines,
    names::{Edge, Kind, Names, To, whole},
};

/// What happens at some time.
type Then<'a> = Box<dyn FnOnce(&mut World<'a>) + 'a>;
/// What happens once it is known how something ended.
type Done<'a> = Box<dyn FnOnce(&mut World<'a>, Outcome) + 'a>;

const NEVER: u64 = u64::MAX;

/// Where one waits: at a replica's slots or cores, at a store's pooler or for its connections, or
/// at a caller replica's pool for a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Slots(usize),
    Cores(usize),
    Pooler(usize),
    Connections(usize),
    Pool(usize, usize),
}

/// Counts of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) arrivals: u64,
    pub(crate) served: u64,
    pub(crate) refused: u64,
    pub(crate) left: u64,
    pub(crate) waiting: u64,
    pub(crate) in_service: u64,
    /// Nanoseconds in line and in service, of all together.
    pub(crate) line_time: u128,
    pub(crate) busy_time: u128,
    /// Those who got a server within the measurement, and how long they had waited for it.
    pub(crate) admitted: u64,
    pub(crate) waited: u64,
}

struct Waiter<'a> {
    thread: Rc<Thread<'a>>,
    since: u64,
    granted: Done<'a>,
}

/// Servers and a line, first in first out.
struct Station<'a> {
    servers: Option<u32>,
    queue: Option<u32>,
    line: VecDeque<Waiter<'a>>,
    counts: Counts,
    touched: u64,
}

impl Station<'_> {
    fn touch(&mut self, now: u64) {
        let passed = u128::from(now - self.touched);
        self.touched = now;
        self.counts.line_time += passed * u128::from(self.counts.waiting);
        self.counts.busy_time += passed * u128::from(self.counts.in_service);
    }

    /// One gets a server.
    fn admit(&mut self, waited: u64, measuring: bool) {
        self.counts.in_service += 1;
        if measuring {
            self.counts.admitted += 1;
            self.counts.waited += waited;
        }
    }

    fn free(&self) -> bool {
        self.servers.is_none_or(|it| self.counts.in_service < u64::from(it))
    }
}

/// Work that counts as done, and a nanosecond of work, in the units that shared work is kept in.
const NOUGHT: i128 = 1 << 24;
const NANO: i128 = 1 << 48;

/// Cores that all work shares evenly.
#[derive(Default)]
struct Shared<'a> {
    /// Who works, what is left to do, and what happens then.
    jobs: Vec<(Rc<Thread<'a>>, i128, Then<'a>)>,
    /// Up to when that is reckoned.
    since: u64,
    /// What was expected for an earlier turn is void.
    turn: u64,
}

impl Shared<'_> {
    /// At which of a number of cores each of them works.
    fn rate(&self, cores: u32) -> (i128, i128) {
        let jobs = self.jobs.len() as i128;
        (jobs.min(i128::from(cores)), jobs)
    }
}

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// In its caller's line for a connection.
    Caller,
    /// On its way.
    Out,
    /// At its replica.
    Here,
    /// Answered, on its way back.
    Back,
}

/// An attempt's visit of an endpoint.
struct Visit<'a> {
    call: Rc<Call<'a>>,
    attempt: Key,
    /// The caller's replica; none for users.
    from: Option<usize>,
    at: Cell<Where>,
}

/// A thread of control: an attempt at an endpoint, or a block of steps inside of one.
pub(crate) struct Thread<'a> {
    id: u64,
    replica: usize,
    salt: Key,
    client: u64,
    deadline: u64,
    measured: bool,
    /// Nobody waits for it any more.
    wasted: Cell<bool>,
    /// A branch whose `all` was answered without it.
    orphan: Cell<bool>,
    gone: Cell<bool>,
    /// What was scheduled for an earlier turn is void.
    turn: Cell<u64>,
    /// When it came to where it is.
    arrived: Cell<u64>,
    holds: RefCell<Vec<Place>>,
    in_line: Cell<Option<Place>>,
    /// Its connection goes back to its pool as an open one.
    keeps: Cell<bool>,
    blocks: RefCell<Vec<Rc<Self>>>,
    call: RefCell<Option<Rc<Call<'a>>>>,
    /// None for blocks.
    visit: Option<Visit<'a>>,
}

/// One use of an edge.
struct Call<'a> {
    edge: usize,
    caller: Option<Rc<Thread<'a>>>,
    /// The caller's replica within its process.
    local: u32,
    id: Key,
    client: u64,
    deadline: u64,
    measured: bool,
    wasted: Cell<bool>,
    attempts: Cell<u32>,
    began: Cell<u64>,
    permit: Cell<Option<u32>>,
    in_bulkhead: Cell<bool>,
    picked: Cell<Option<u32>>,
    delay: Cell<u64>,
    turn: Cell<u64>,
    sent: RefCell<Option<Rc<Thread<'a>>>>,
    done: RefCell<Option<Done<'a>>>,
}

/// What a caller replica keeps for an edge.
struct Machines {
    breaker: Option<breaker::Breaker>,
    budget: Option<Budget>,
    bulkhead: Option<Bulkhead>,
}

/// A flow in one phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlowCounts {
    pub(crate) offered: u64,
    pub(crate) outcomes: BTreeMap<&'static str, u64>,
    pub(crate) latencies: Vec<u64>,
}

/// An endpoint, per attempt.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointCounts {
    pub(crate) arrivals: u64,
    pub(crate) outcomes: BTreeMap<&'static str, u64>,
    pub(crate) wasted: u64,
    /// Nanoseconds of ok ones.
    pub(crate) times: Vec<u64>,
}

/// An edge.
#[derive(Clone, Debug, Default)]
pub(crate) struct EdgeCounts {
    pub(crate) calls: u64,
    pub(crate) attempts: u64,
    pub(crate) outcomes: BTreeMap<&'static str, u64>,
    pub(crate) retries_denied: u64,
    /// Caller replica, nanoseconds, new state.
    pub(crate) transitions: Vec<(u32, u64, &'static str)>,
}

/// What one run was told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    pub(crate) seed: u64,
    pub(crate) replication: u64,
    pub(crate) warmup: u64,
    pub(crate) duration: u64,
    pub(crate) scenario: Option<&'a Scenario>,
    /// Everything before this has to happen, whatever the measurement.
    pub(crate) until: u64,
}

/// All of it.
pub(crate) struct World<'a> {
    architecture: &'a Architecture,
    pub(crate) names: Names<'a>,
    run: Run<'a>,
    key: Key,
    now: u64,
    order: u64,
    agenda: BTreeMap<(u64, u64), Then<'a>>,
    live: BTreeMap<u64, Rc<Thread<'a>>>,
    threads: u64,
    stations: BTreeMap<Place, Station<'a>>,
    shared: BTreeMap<usize, Shared<'a>>,
    /// Open connections of each pool that nobody uses.
    idle: BTreeMap<Place, u32>,
    machines: BTreeMap<(usize, u32), Machines>,
    balancers: BTreeMap<(String, usize, u32), Balancer>,
    outstanding: u64,
    pub(crate) flows: BTreeMap<(String, &'static str), FlowCounts>,
    pub(crate) endpoints: BTreeMap<String, EndpointCounts>,
    pub(crate) edges: BTreeMap<String, EdgeCounts>,
    pub(crate) at_start: BTreeMap<Place, Counts>,
    pub(crate) at_end: BTreeMap<Place, Counts>,
}

impl<'a> World<'a> {
    /// Runs an architecture once.
    pub(crate) fn simulate(architecture: &'a Architecture, run: Run<'a>) -> Self {
        let mut world = Self {
            architecture,
            names: Names::new(architecture),
            run,
            key: Key::root(run.seed).index(run.replication),
            now: 0,
            order: 0,
            agenda: BTreeMap::new(),
            live: BTreeMap::new(),
            threads: 0,
            stations: BTreeMap::new(),
            shared: BTreeMap::new(),
            idle: BTreeMap::new(),
            machines: BTreeMap::new(),
            balancers: BTreeMap::new(),
            outstanding: 0,
            flows: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            edges: BTreeMap::new(),
            at_start: BTreeMap::new(),
            at_end: BTreeMap::new(),
        };
        world.script();
        let end = run.warmup + run.duration;
        world.at(run.warmup, |world| world.at_start = world.look());
        world.at(end, |world| world.at_end = world.look());
        world.traffic();
        let until = run.until.max(end + 1);
        while let Some(((time, _), then)) = world.agenda.pop_first() {
            if time >= until && world.outstanding == 0 {
                break;
            }
            world.now = time;
            then(&mut world);
        }
        world
    }

    fn at(&mut self, time: u64, then: impl FnOnce(&mut Self) + 'a) {
        self.order += 1;
        self.agenda.insert((time.max(self.now), self.order), Box::new(then));
    }

    /// A thread's next thing, void if the thread has turned to something else by then.
    fn later(&mut self, thread: &Rc<Thread<'a>>, time: u64, then: impl FnOnce(&mut Self) + 'a) {
        let (own, turn) = (Rc::clone(thread), thread.turn.get());
        self.at(time, move |world| {
            if own.turn.get() == turn {
                then(world);
            }
        });
    }

    /// A thread goes on, as soon as its replica is not frozen.
    fn awake(&mut self, thread: &Rc<Thread<'a>>, then: Then<'a>) {
        self.awake_at(thread.replica, thread, then);
    }

    fn awake_at(&mut self, replica: usize, thread: &Rc<Thread<'a>>, then: Then<'a>) {
        match self.thaw(replica) {
            Some(thaw) => {
                let own = Rc::clone(thread);
                self.later(thread, thaw, move |world| world.awake_at(replica, &own, then));
            }
            None => then(self),
        }
    }

    /// A continuation at zero delay is scheduled too.
    fn soon(&mut self, thread: &Rc<Thread<'a>>, then: impl FnOnce(&mut Self) + 'a) {
        let own = Rc::clone(thread);
        self.later(thread, self.now, move |world| world.awake(&own, Box::new(then)));
    }

    fn measuring(&self) -> bool {
        let end = self.run.warmup + self.run.duration;
        (self.run.warmup..end).contains(&self.now)
    }

    fn look(&mut self) -> BTreeMap<Place, Counts> {
        let now = self.now;
        let look = |(place, station): (&Place, &mut Station<'a>)| {
            station.touch(now);
            (*place, station.counts)
        };
        self.stations.iter_mut().map(look).collect()
    }

    // Users.

    fn traffic(&mut self) {
        let architecture = self.architecture;
        for (nth, traffic) in architecture.traffic.iter().enumerate() {
            match &traffic.kind {
                TrafficKind::Open { .. } => self.next_arrival(nth, 1, 0.0),
                TrafficKind::Closed { users, .. } => {
                    for user in 0..*users {
                        self.user(nth, user, NEVER);
                    }
                }
            }
        }
    }

    fn traffic_key(&self, traffic: usize) -> Key {
        self.key.index(Key(0).name(&self.architecture.traffic[traffic].name.value).0)
    }

    /// Arrival n is where the integral of the rate reaches the sum of n unit exponentials.
    fn next_arrival(&mut self, traffic: usize, nth: u64, reached: f64) {
        let TrafficKind::Open { rate } = self.architecture.traffic[traffic].kind else { return };
        let request = self.traffic_key(traffic).index(nth);
        let reached = reached + request.name("gap").exponential();
        let time = self.inverse(traffic, rate / 1e9, reached);
        self.at(time, move |world| {
            world.ask(traffic, request, |_| ());
            world.next_arrival(traffic, nth + 1, reached);
        });
    }

    fn inverse(&self, traffic: usize, rate: f64, reached: f64) -> u64 {
        let surges: Vec<(u64, u64, f64)> = self
            .events()
            .filter_map(|(from, to, kind)| match kind {
                EventKind::Surge { traffic: of, by } if *of == traffic => Some((from, to, *by)),
                _ => None,
            })
            .collect();
        let mut changes: Vec<u64> = surges.iter().flat_map(|it| [it.0, it.1]).collect();
        changes.push(0);
        changes.sort_unstable();
        changes.dedup();
        let mut before = 0.0;
        for (nth, start) in changes.iter().enumerate() {
            let during = |it: &&(u64, u64, f64)| it.0 <= *start && *start < it.1;
            let rate = rate * surges.iter().filter(during).map(|it| it.2).product::<f64>();
            if let Some(end) = changes.get(nth + 1) {
                let within = (end - start) as f64 * rate;
                if within < reached - before {
                    before += within;
                    continue;
                }
            }
            return start + nearest((reached - before) / rate);
        }
        NEVER
    }

    /// A closed user; the first thinking is scaled by U(0, 1).
    fn user(&mut self, traffic: usize, nth: u32, until: u64) {
        let TrafficKind::Closed { think, .. } = &self.architecture.traffic[traffic].kind else {
            return;
        };
        let user = self.traffic_key(traffic).name("user").index(u64::from(nth));
        let first = crate::names::draw(think, user.index(0).name("think"));
        let delay = nearest(first * user.name("first").uniform());
        self.thinks(traffic, user, 1, self.now + delay, until);
    }

    /// Thinks until a time, asks, and thinks again after any outcome.
    fn thinks(&mut self, traffic: usize, user: Key, nth: u64, asks_at: u64, until: u64) {
        let architecture = self.architecture;
        let TrafficKind::Closed { think, .. } = &architecture.traffic[traffic].kind else { return };
        self.at(asks_at, move |world| {
            if world.now >= until {
                return;
            }
            let request = user.index(nth);
            world.ask(traffic, request, move |world| {
                let delay = whole(think, request.name("think"));
                world.thinks(traffic, user, nth + 1, world.now + delay, until);
            });
        });
    }

    fn ask(&mut self, traffic: usize, request: Key, after: impl FnOnce(&mut Self) + 'a) {
        let source = &self.architecture.traffic[traffic];
        let share = request.name("mix").uniform();
        let mut up_to = 0.0;
        let chosen = source.mix.iter().position(|it| {
            up_to += it.share;
            share < up_to
        });
        let mix = &source.mix[chosen.unwrap_or(source.mix.len() - 1)];
        let endpoint = self.architecture.endpoint_name(mix.service, mix.endpoint);
        let (flow, edge) = self.names.entry(&source.name.value, &endpoint);
        let (started, measured) = (self.now, self.measuring());
        let own = self.names.edges[edge].policy.deadline.as_ref().map(|it| it.value);
        let bounds = [source.patience, own].into_iter().flatten();
        let deadline = bounds.map(|it| started.saturating_add(it)).min().unwrap_or(NEVER);
        let phases = self.phases(started);
        if measured {
            self.outstanding += 1;
            for phase in &phases {
                self.flows.entry((flow.clone(), phase)).or_default().offered += 1;
            }
        }
        let settled: Done<'a> = Box::new(move |world, outcome| {
            if measured {
                world.outstanding -= 1;
                for phase in &phases {
                    let counts = world.flows.entry((flow.clone(), phase)).or_default();
                    *counts.outcomes.entry(outcome.name()).or_default() += 1;
                    if outcome == Outcome::Ok {
                        counts.latencies.push(world.now - started);
                    }
                }
            }
            after(world);
        });
        let call = Call {
            edge,
            caller: None,
            local: 0,
            id: request.index(self.names.edges[edge].key.0),
            client: request.name("client").bits(),
            deadline,
            measured,
            ..Call::new(settled)
        };
        self.begin(Rc::new(call));
    }

    fn phases(&self, started: u64) -> Vec<&'static str> {
        let from = self.events().map(|it| it.0).min();
        let to = self.events().map(|it| it.1).max();
        let mut phases = vec!["all"];
        if let Some((from, to)) = from.zip(to) {
            phases.push(if started < from {
                "before"
            } else if started < to {
                "during"
            } else {
                "after"
            });
        }
        phases
    }

    // Calls: retry ( breaker ( timeout ( bulkhead ( call )))).

    fn call(&mut self, caller: &Rc<Thread<'a>>, step: &'a Step, next: Done<'a>) {
        let (edge, tag) = self.names.call(step);
        // What was passed on ends the work: nothing is asked for that nobody waits for.
        if self.now >= caller.deadline {
            return next(self, Outcome::Dependency);
        }
        let own = self.names.edges[edge].policy.deadline.as_ref().map(|it| it.value);
        let own = own.map_or(NEVER, |it| self.now.saturating_add(it));
        let thread = Rc::clone(caller);
        let done: Done<'a> = Box::new(move |world, outcome| {
            *thread.call.borrow_mut() = None;
            let own = Rc::clone(&thread);
            world.soon(&own, move |world| next(world, failed_step(outcome)));
        });
        let call = Rc::new(Call {
            edge,
            caller: Some(Rc::clone(caller)),
            local: self.names.local(caller.replica),
            id: caller.salt.index(tag.0).index(self.names.edges[edge].key.0),
            client: caller.client,
            deadline: own.min(caller.deadline),
            measured: self.measuring(),
            wasted: Cell::new(caller.wasted.get()),
            ..Call::new(done)
        });
        *caller.call.borrow_mut() = Some(Rc::clone(&call));
        self.begin(call);
    }

    fn edge(&self, call: &Call<'a>) -> &Edge<'a> {
        &self.names.edges[call.edge]
    }

    fn count(&mut self, call: &Call<'a>) -> &mut EdgeCounts {
        self.edges.entry(self.names.edges[call.edge].name.clone()).or_default()
    }

    fn count_outcome(&mut self, call: &Call<'a>, outcome: Outcome) {
        if call.measured {
            *self.count(call).outcomes.entry(outcome.name()).or_default() += 1;
        }
    }

    fn machines(&mut self, call: &Call<'a>) -> &mut Machines {
        let policy = self.names.edges[call.edge].policy;
        self.machines.entry((call.edge, call.local)).or_insert_with(|| Machines {
            breaker: policy.breaker.as_ref().map(|it| machines::breaker(&it.value)),
            budget: policy.retry.as_ref().and_then(|it| it.value.budget).map(machines::budget),
            bulkhead: policy.bulkhead.as_ref().map(|it| Bulkhead::new(it.value)),
        })
    }

    fn begin(&mut self, call: Rc<Call<'a>>) {
        if call.measured {
            self.count(&call).calls += 1;
        }
        if let Some(budget) = &mut self.machines(&call).budget {
            budget.on_first_attempt();
        }
        self.attempt(&call);
    }

    fn attempt(&mut self, call: &Rc<Call<'a>>) {
        let now = Time(self.now);
        call.began.set(self.now);
        if let Some(breaker) = &mut self.machines(call).breaker {
            let before = breaker.state();
            let verdict = breaker.admit(now);
            let after = breaker.state();
            if before != after {
                self.transition(call, after);
            }
            match verdict {
                breaker::Verdict::Admit(permit) => call.permit.set(Some(permit.into_raw())),
                breaker::Verdict::Reject { .. } => {
                    return self.own_rejection(call, Outcome::BreakerOpen);
                }
            }
        }
        if let Some(bulkhead) = &mut self.machines(call).bulkhead {
            if !bulkhead.try_enter() {
                return self.own_rejection(call, Outcome::BulkheadFull);
            }
            call.in_bulkhead.set(true);
        }
        call.attempts.set(call.attempts.get() + 1);
        if call.measured {
            self.count(call).attempts += 1;
        }
        let timeout = self.edge(call).policy.timeout.as_ref().map(|it| it.value);
        let until = timeout.map_or(NEVER, |it| self.now.saturating_add(it)).min(call.deadline);
        if until < NEVER {
            self.timer(call, until, Self::gave_up);
        }
        self.send(call);
    }

    /// Schedules the one thing that a call waits for, if its caller is not frozen then.
    fn timer(&mut self, call: &Rc<Call<'a>>, time: u64, then: fn(&mut Self, &Rc<Call<'a>>)) {
        call.turn.set(call.turn.get() + 1);
        let (own, turn) = (Rc::clone(call), call.turn.get());
        self.at(time, move |world| {
            if own.turn.get() != turn {
                return;
            }
            let replica = own.caller.as_ref().map(|it| it.replica);
            match replica.and_then(|it| world.thaw(it)) {
                Some(thaw) => world.timer(&own, thaw, then),
                None => then(world, &own),
            }
        });
    }

    fn transition(&mut self, call: &Call<'a>, to: breaker::State) {
        let to = match to {
            breaker::State::Closed => "closed",
            breaker::State::Open => "open",
            breaker::State::HalfOpen => "half-open",
        };
        let (local, now) = (call.local, self.now);
        self.count(call).transitions.push((local, now, to));
    }

    /// Neither counted by the breaker nor retried.
    fn own_rejection(&mut self, call: &Rc<Call<'a>>, outcome: Outcome) {
        self.count_outcome(call, outcome);
        self.settle(call, breaker::Outcome::Ignored);
        self.finish(call, outcome);
    }

    /// The attempt is over for its caller: permit, bulkhead and load go.
    fn settle(&mut self, call: &Rc<Call<'a>>, outcome: breaker::Outcome) {
        let now = Time(self.now);
        let took = self.now - call.began.get();
        let machines = self.machines(call);
        if call.in_bulkhead.take()
            && let Some(bulkhead) = &mut machines.bulkhead
        {
            bulkhead.leave();
        }
        if let Some(permit) = call.permit.take()
            && let Some(breaker) = &mut machines.breaker
        {
            let permit = breaker::Permit::from_raw(permit);
            if let Some(to) = breaker.settle(now, permit, outcome, took) {
                self.transition(call, to);
            }
        }
        if let Some(picked) = call.picked.take() {
            let answered = (outcome == breaker::Outcome::Success).then_some(took);
            self.balancer(call).settled(now, picked, answered);
        }
    }

    fn balancer(&mut self, call: &Call<'a>) -> &mut Balancer {
        let edge = &self.names.edges[call.edge];
        let site = &self.names.sites[edge.site];
        let key = Key(0).name(&edge.caller).name(&site.name).index(u64::from(call.local));
        let first = self.key.index(key.0).uniform() * f64::from(site.replicas);
        self.balancers
            .entry((edge.caller.clone(), edge.site, call.local))
            .or_insert_with(|| machines::balancer(edge.balance, &site.speeds, first as u32))
    }

    fn pick(&mut self, call: &Rc<Call<'a>>, attempt: Key) -> u32 {
        let edge = &self.names.edges[call.edge];
        let site = &self.names.sites[edge.site];
        let (clients, replicas) = (edge.balance.clients, site.replicas);
        // The queries of one transaction go to one copy, as its connection does.
        let writes = edge.writes || edge.in_transaction;
        let living: Vec<bool> =
            (0..replicas).map(|it| !self.avoided(site.first + it as usize)).collect();
        let alive = |it: u32| living[it as usize];
        let now = Time(self.now);
        let key = attempt.name("balance");
        let mut draws = 0;
        let draw = || {
            draws += 1;
            key.index(draws).uniform()
        };
        let balancer = self.balancer(call);
        let picked = if writes {
            (0..replicas).find(|it| alive(*it)).unwrap_or(0)
        } else {
            balancer.pick(now, call.client % clients, alive, draw)
        };
        balancer.sent(picked);
        picked
    }

    fn send(&mut self, call: &Rc<Call<'a>>) {
        let attempt = call.id.index(u64::from(call.attempts.get()));
        let from = call.caller.as_ref().map(|it| it.replica);
        let edge = self.edge(call);
        let (inside, site, pool) = (edge.inside, edge.site, edge.pool);
        let pass = edge.policy.pass_deadline;
        let replica = match from {
            Some(from) if inside => from,
            _ => {
                let picked = self.pick(call, attempt);
                call.picked.set(Some(picked));
                self.names.sites[site].first + picked as usize
            }
        };
        let visit = Visit { call: Rc::clone(call), attempt, from, at: Cell::new(Where::Caller) };
        let thread = self.thread(Thread {
            salt: attempt,
            client: call.client,
            deadline: if pass { call.deadline } else { NEVER },
            measured: call.measured,
            wasted: Cell::new(call.wasted.get()),
            visit: Some(visit),
            ..Thread::at(replica)
        });
        *call.sent.borrow_mut() = Some(Rc::clone(&thread));
        match (pool, from) {
            (Some(store), Some(from)) => {
                let own = Rc::clone(&thread);
                let granted: Done<'a> = Box::new(move |world, outcome| match outcome {
                    Outcome::Ok => world.outbound(&own),
                    _ => world.goes_back(&own, outcome, 0),
                });
                self.enter_pool(Place::Pool(from, store), from, &thread, attempt, granted);
            }
            _ => self.outbound(&thread),
        }
    }

    fn gave_up(&mut self, call: &Rc<Call<'a>>) {
        let sent = call.sent.borrow_mut().take();
        self.count_outcome(call, Outcome::Timeout);
        self.settle(call, breaker::Outcome::Failure);
        if let Some(sent) = sent {
            self.abandon(&sent);
        }
        if self.now >= call.deadline {
            self.finish(call, Outcome::Timeout);
        } else {
            self.retry(call, Outcome::Timeout);
        }
    }

    fn answered(&mut self, call: &Rc<Call<'a>>, outcome: Outcome) {
        *call.sent.borrow_mut() = None;
        self.count_outcome(call, outcome);
        if outcome == Outcome::Ok {
            self.settle(call, breaker::Outcome::Success);
            self.finish(call, outcome);
        } else {
            self.settle(call, breaker::Outcome::Failure);
            self.retry(call, outcome);
        }
    }

    fn retry(&mut self, call: &Rc<Call<'a>>, outcome: Outcome) {
        let made = call.attempts.get();
        let retry = self.edge(call).policy.retry.as_ref().map(|it| it.value);
        let Some(retry) = retry.filter(|it| made < it.attempts && self.now < call.deadline) else {
            return self.finish(call, outcome);
        };
        if let Some(budget) = &mut self.machines(call).budget
            && !budget.take()
        {
            if call.measured {
                self.count(call).retries_denied += 1;
            }
            return self.finish(call, outcome);
        }
        let uniform = call.id.name("backoff").index(u64::from(made)).uniform();
        let delay = machines::backoff(&retry, made, call.delay.get(), uniform);
        call.delay.set(delay);
        let until = self.now.saturating_add(delay).min(call.deadline);
        self.timer(call, until, |world, call| {
            if world.now >= call.deadline {
                world.finish(call, Outcome::Timeout);
            } else {
                world.attempt(call);
            }
        });
    }

    fn finish(&mut self, call: &Rc<Call<'a>>, outcome: Outcome) {
        call.turn.set(call.turn.get() + 1);
        if outcome == Outcome::Ok
            && let Some(budget) = &mut self.machines(call).budget
        {
            budget.on_success();
        }
        let done = call.done.borrow_mut().take();
        if let Some(done) = done {
            done(self, outcome);
        }
    }

    // An attempt: out, at its replica, and back.

    fn crossing(&self, visit: &Visit<'a>, way: &str) -> u64 {
        let edge = self.edge(&visit.call);
        match edge.network {
            Some(network) if !edge.inside => whole(network, visit.attempt.name(way)),
            _ => 0,
        }
    }

    fn outbound(&mut self, thread: &Rc<Thread<'a>>) {
        let Some(visit) = &thread.visit else { return };
        visit.at.set(Where::Out);
        let own = Rc::clone(thread);
        let reaches = self.now + self.crossing(visit, "out");
        self.later(thread, reaches, move |world| world.reach(&own));
    }

    fn reach(&mut self, thread: &Rc<Thread<'a>>) {
        let Some(visit) = &thread.visit else { return };
        visit.at.set(Where::Here);
        thread.arrived.set(self.now);
        let edge = self.edge(&visit.call);
        let (site, inside, target) = (edge.site, edge.inside, edge.target_name.clone());
        let (to, in_transaction) = (edge.target, edge.in_transaction);
        if thread.measured {
            self.endpoints.entry(target).or_default().arrivals += 1;
        }
        if self.down(thread.replica) {
            return self.answer(thread, Outcome::Refused);
        }
        let own = Rc::clone(thread);
        let granted: Done<'a> = Box::new(move |world, outcome| {
            let then = Rc::clone(&own);
            match outcome {
                Outcome::Ok => world.soon(&own, move |world| world.serve(&then)),
                _ => world.answer(&own, outcome),
            }
        });
        if let To::Query(store, _) = to
            && self.architecture.stores[store].pooler.is_some()
            && !in_transaction
        {
            return self.enter_pooler(store, thread.replica, thread, granted);
        }
        if self.names.sites[site].kind == Kind::Store || inside {
            let own = Rc::clone(thread);
            return self.awake(thread, Box::new(move |world| world.serve(&own)));
        }
        self.enter(Place::Slots(thread.replica), thread, granted);
    }

    fn serve(&mut self, thread: &Rc<Thread<'a>>) {
        let Some(visit) = &thread.visit else { return };
        let architecture = self.architecture;
        let target = self.edge(&visit.call).target;
        let own = Rc::clone(thread);
        let done: Done<'a> = Box::new(move |world, outcome| world.answer(&own, outcome));
        match target {
            To::Call(Target::Endpoint(service, endpoint)) => {
                let steps = &architecture.services[service].endpoints[endpoint].steps;
                self.steps(thread, steps, done);
            }
            To::Call(Target::External(external, operation)) => {
                let external = &architecture.externals[external];
                let time = operation.map_or(&external.time, |it| &external.operations[it].time);
                self.waits(thread, time, Key(0).name("time"), done);
            }
            To::Query(store, operation) => {
                let time = &architecture.stores[store].operations[operation].time;
                self.works(thread, time, Key(0).name("time"), done);
            }
        }
    }

    /// The slot is kept until the answer leaves.
    fn answer(&mut self, thread: &Rc<Thread<'a>>, outcome: Outcome) {
        let Some(visit) = &thread.visit else { return };
        let mut outcome = outcome;
        let share = self.error_share(self.edge(&visit.call).errors, thread.replica);
        if outcome == Outcome::Ok && thread.salt.name("error").uniform() < share {
            outcome = Outcome::Error;
        }
        self.ended(thread, outcome);
        self.leave_poolers(thread, true);
        self.leave_if(Place::Slots(thread.replica), thread, true);
        let crossing = self.crossing(visit, "back");
        self.goes_back(thread, outcome, crossing);
    }

    /// The server's view of how a visit ended.
    fn ended(&mut self, thread: &Rc<Thread<'a>>, outcome: Outcome) {
        let Some(visit) = &thread.visit else { return };
        if !thread.measured {
            return;
        }
        let time = self.now - thread.arrived.get();
        let target = self.edge(&visit.call).target_name.clone();
        let counts = self.endpoints.entry(target).or_default();
        *counts.outcomes.entry(outcome.name()).or_default() += 1;
        counts.wasted += u64::from(thread.wasted.get());
        if outcome == Outcome::Ok {
            counts.times.push(time);
        }
    }

    fn goes_back(&mut self, thread: &Rc<Thread<'a>>, outcome: Outcome, crossing: u64) {
        let Some(visit) = &thread.visit else { return };
        visit.at.set(Where::Back);
        let own = Rc::clone(thread);
        self.later(thread, self.now + crossing, move |world| world.returned(&own, outcome));
    }

    fn returned(&mut self, thread: &Rc<Thread<'a>>, outcome: Outcome) {
        let Some(visit) = &thread.visit else { return };
        self.leave_connection(thread, true);
        self.drop_thread(thread);
        let awaited = visit.call.sent.borrow().as_ref().is_some_and(|it| it.id == thread.id);
        if awaited {
            self.answered(&visit.call, outcome);
        }
    }

    // Steps.

    fn steps(&mut self, thread: &Rc<Thread<'a>>, steps: &'a [Step], done: Done<'a>) {
        let Some((step, rest)) = steps.split_first() else { return done(self, Outcome::Ok) };
        let own = Rc::clone(thread);
        let next: Done<'a> = Box::new(move |world, outcome| match outcome {
            Outcome::Ok => world.steps(&own, rest, done),
            _ => done(world, outcome),
        });
        self.step(thread, step, next);
    }

    fn step(&mut self, thread: &Rc<Thread<'a>>, step: &'a Step, next: Done<'a>) {
        match &step.kind {
            StepKind::Work(time) => self.works(thread, time, self.names.tag(step), next),
            StepKind::Wait(time) => self.waits(thread, time, self.names.tag(step), next),
            StepKind::Call { .. } | StepKind::Query { .. } => self.call(thread, step, next),
            StepKind::Fail(share) => {
                let fails = thread.salt.index(self.names.tag(step).0).uniform() < *share;
                next(self, if fails { Outcome::Error } else { Outcome::Ok });
            }
            StepKind::Chance { share, then, otherwise } => {
                let first = thread.salt.index(self.names.tag(step).0).uniform() < *share;
                self.steps(thread, if first { then } else { otherwise }, next);
            }
            StepKind::Optional(steps) => {
                self.steps(thread, steps, Box::new(move |world, _| next(world, Outcome::Ok)));
            }
            StepKind::Fallback { steps, otherwise } => {
                let own = Rc::clone(thread);
                let tried: Done<'a> = Box::new(move |world, outcome| match outcome {
                    Outcome::Ok => next(world, outcome),
                    _ => world.steps(&own, otherwise, next),
                });
                self.steps(thread, steps, tried);
            }
            StepKind::Repeat { times, steps } => {
                let key = thread.salt.index(self.names.tag(step).0);
                let times = nearest(crate::names::draw_count(times, key));
                self.turn(thread, steps, key, 0..times, next);
            }
            StepKind::All { need, branches } => self.all(thread, *need, branches, next),
            StepKind::Transaction { store, steps } => {
                let key = thread.salt.index(self.names.tag(step).0);
                self.transaction(thread, *store, steps, key, next);
            }
        }
    }

    /// A drawn time, as slow and as fast as the replica is now.
    fn drawn(&self, thread: &Thread<'a>, time: &Dist, tag: Key) -> u64 {
        let drawn = crate::names::draw(time, thread.salt.index(tag.0));
        nearest(drawn * self.slowness(thread.replica) / self.names.speed(thread.replica))
    }

    fn works(&mut self, thread: &Rc<Thread<'a>>, time: &'a Dist, tag: Key, next: Done<'a>) {
        let (own, cores) = (Rc::clone(thread), Place::Cores(thread.replica));
        let granted: Done<'a> = Box::new(move |world, outcome| {
            if outcome != Outcome::Ok {
                return next(world, outcome);
            }
            let work = world.drawn(&own, time, tag);
            let then = Rc::clone(&own);
            let done = move |world: &mut Self| {
                world.leave(cores, &then, true);
                next(world, Outcome::Ok);
            };
            if world.names.site_at(own.replica).share {
                let shared = world.reckon(own.replica);
                shared.jobs.push((Rc::clone(&own), i128::from(work) * NANO, Box::new(done)));
                return world.expect(own.replica);
            }
            let end = world.unfrozen_end(own.replica, work);
            world.later(&own, end, done);
        });
        self.enter(cores, thread, granted);
    }

    /// All who share a replica's cores have worked until now, evenly.
    fn reckon(&mut self, replica: usize) -> &mut Shared<'a> {
        let now = self.now;
        let since = self.shared.entry(replica).or_default().since;
        let worked = i128::from(self.unfrozen(replica, since)) * NANO;
        let cores = self.names.site_at(replica).cores.unwrap_or(u32::MAX);
        let shared = self.shared.entry(replica).or_default();
        let (busy, jobs) = shared.rate(cores);
        for job in &mut shared.jobs {
            job.1 -= worked * busy / jobs;
        }
        shared.since = now;
        shared
    }

    /// The next end, as things are now: the first nanosecond in which somebody's work is done.
    fn expect(&mut self, replica: usize) {
        let cores = self.names.site_at(replica).cores.unwrap_or(u32::MAX);
        let shared = self.shared.entry(replica).or_default();
        shared.turn += 1;
        let turn = shared.turn;
        let Some(least) = shared.jobs.iter().map(|it| it.1).min() else { return };
        let (busy, jobs) = shared.rate(cores);
        let work = (least - NOUGHT / 2).max(0) * jobs;
        let end = self.unfrozen_end(
            replica,
            work.div_euclid(busy * NANO) as u64 + u64::from(work % (busy * NANO) > 0),
        );
        self.at(end, move |world| {
            if world.shared.get(&replica).is_some_and(|it| it.turn == turn) {
                world.ends(replica);
            }
        });
    }

    /// Those whose work is done leave in the order of their ends.
    fn ends(&mut self, replica: usize) {
        let jobs = std::mem::take(&mut self.reckon(replica).jobs);
        let (mut done, left): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|it| it.1 <= NOUGHT);
        self.shared.entry(replica).or_default().jobs = left;
        done.sort_by_key(|it| it.1);
        for (thread, _, then) in done {
            self.later(&thread, self.now, then);
        }
        self.expect(replica);
    }

    fn waits(&mut self, thread: &Rc<Thread<'a>>, time: &Dist, tag: Key, next: Done<'a>) {
        let end = self.now + self.drawn(thread, time, tag);
        let own = Rc::clone(thread);
        self.later(thread, end, move |world| {
            world.awake(&own, Box::new(move |world| next(world, Outcome::Ok)));
        });
    }

    /// A block of a thread.
    fn block(&mut self, parent: &Rc<Thread<'a>>, salt: Key) -> Rc<Thread<'a>> {
        let block = self.thread(Thread {
            salt,
            client: parent.client,
            deadline: parent.deadline,
            measured: parent.measured,
            wasted: Cell::new(parent.wasted.get()),
            ..Thread::at(parent.replica)
        });
        parent.blocks.borrow_mut().push(Rc::clone(&block));
        block
    }

    fn end_block(&mut self, parent: &Thread<'a>, block: &Rc<Thread<'a>>) {
        parent.blocks.borrow_mut().retain(|it| it.id != block.id);
        self.drop_thread(block);
    }

    fn turn(
        &mut self,
        thread: &Rc<Thread<'a>>,
        steps: &'a [Step],
        key: Key,
        mut turns: std::ops::Range<u64>,
        next: Done<'a>,
    ) {
        let Some(nth) = turns.next() else { return next(self, Outcome::Ok) };
        let block = self.block(thread, key.index(nth));
        let (own, body) = (Rc::clone(thread), Rc::clone(&block));
        let ended: Done<'a> = Box::new(move |world, outcome| {
            world.end_block(&own, &body);
            if outcome == Outcome::Ok && !turns.is_empty() {
                return world.turn(&own, steps, key, turns, next);
            }
            world.soon(&own, move |world| next(world, failed_block(outcome)));
        });
        let body = Rc::clone(&block);
        self.soon(&block, move |world| world.steps(&body, steps, ended));
    }

    fn all(
        &mut self,
        thread: &Rc<Thread<'a>>,
        need: Option<u32>,
        branches: &'a [Vec<Step>],
        next: Done<'a>,
    ) {
        struct Join<'a> {
            pending: u32,
            succeeded: u32,
            failure: Outcome,
            next: Option<Done<'a>>,
        }
        if branches.is_empty() {
            return next(self, Outcome::Ok);
        }
        let pending = branches.len() as u32;
        let join = Join { pending, succeeded: 0, failure: Outcome::Ok, next: Some(next) };
        let join = Rc::new(RefCell::new(join));
        for steps in branches {
            let block = self.block(thread, thread.salt);
            let (own, body, join) = (Rc::clone(thread), Rc::clone(&block), Rc::clone(&join));
            let ended: Done<'a> = Box::new(move |world, outcome| {
                if body.orphan.get() {
                    return world.drop_thread(&body);
                }
                world.end_block(&own, &body);
                let mut it = join.borrow_mut();
                it.pending -= 1;
                if outcome == Outcome::Ok {
                    it.succeeded += 1;
                } else if it.failure == Outcome::Ok {
                    it.failure = outcome;
                }
                let outcome = match need {
                    Some(need) if it.succeeded >= need => Outcome::Ok,
                    Some(need) if it.succeeded + it.pending < need => it.failure,
                    None if it.pending == 0 => it.failure,
                    _ => return,
                };
                let next = it.next.take();
                drop(it);
                for left in own.blocks.take() {
                    left.orphan.set(true);
                    waste(&left);
                }
                if let Some(next) = next {
                    world.soon(&own, move |world| next(world, failed_block(outcome)));
                }
            });
            let body = Rc::clone(&block);
            self.soon(&block, move |world| world.steps(&body, steps, ended));
        }
    }

    fn transaction(
        &mut self,
        thread: &Rc<Thread<'a>>,
        store: usize,
        steps: &'a [Step],
        key: Key,
        next: Done<'a>,
    ) {
        let block = self.block(thread, thread.salt);
        let pool = Place::Pool(thread.replica, store);
        let (own, body) = (Rc::clone(thread), Rc::clone(&block));
        let ended: Done<'a> = Box::new(move |world, outcome| {
            world.leave_poolers(&body, true);
            world.leave_connection(&body, true);
            world.end_block(&own, &body);
            world.soon(&own, move |world| next(world, failed_block(outcome)));
        });
        let body = Rc::clone(&block);
        let granted: Done<'a> = Box::new(move |world, outcome| match outcome {
            Outcome::Ok => {
                let own = Rc::clone(&body);
                world.soon(&body, move |world| world.steps(&own, steps, ended));
            }
            _ => ended(world, outcome),
        });
        // Behind a pooler it needs one of its connections too, for all of its queries.
        let body = Rc::clone(&block);
        let granted: Done<'a> = if self.architecture.stores[store].pooler.is_some() {
            Box::new(move |world, outcome| match outcome {
                Outcome::Ok => {
                    let site = &world.names.sites[world.names.site_of(Component::Store(store))];
                    let mut copies = site.first..site.first + site.replicas as usize;
                    let first = copies.start;
                    let copy = copies.find(|it| !world.avoided(*it)).unwrap_or(first);
                    world.enter_pooler(store, copy, &body, granted);
                }
                _ => granted(world, outcome),
            })
        } else {
            granted
        };
        self.enter_pool(pool, thread.replica, &block, key, granted);
    }

    // Places.

    fn station(&mut self, place: Place) -> &mut Station<'a> {
        let now = self.now;
        let names = &self.names;
        let station = self.stations.entry(place).or_insert_with(|| {
            let (servers, queue) = names.limits(place);
            let counts = Counts::default();
            Station { servers, queue, line: VecDeque::new(), counts, touched: now }
        });
        station.touch(now);
        station
    }

    /// First in, first out: a server, a place in the line, or nothing.
    fn enter(&mut self, place: Place, thread: &Rc<Thread<'a>>, granted: Done<'a>) {
        let (now, measuring) = (self.now, self.measuring());
        let station = self.station(place);
        station.counts.arrivals += 1;
        if station.line.is_empty() && station.free() {
            station.admit(0, measuring);
            thread.holds.borrow_mut().push(place);
            return granted(self, Outcome::Ok);
        }
        if station.queue.is_some_and(|it| station.line.len() >= it as usize) {
            station.counts.refused += 1;
            return granted(self, Outcome::Refused);
        }
        station.counts.waiting += 1;
        station.line.push_back(Waiter { thread: Rc::clone(thread), since: now, granted });
        thread.in_line.set(Some(place));
    }

    fn leave(&mut self, place: Place, thread: &Rc<Thread<'a>>, served: bool) {
        let (now, measuring) = (self.now, self.measuring());
        thread.holds.borrow_mut().retain(|it| *it != place);
        let station = self.station(place);
        station.counts.in_service -= 1;
        if served {
            station.counts.served += 1;
        } else {
            station.counts.left += 1;
        }
        loop {
            let station = self.station(place);
            if !station.free() {
                return;
            }
            let Some(first) = station.line.pop_front() else { return };
            station.counts.waiting -= 1;
            station.admit(now - first.since, measuring);
            first.thread.in_line.set(None);
            first.thread.turn.set(first.thread.turn.get() + 1);
            first.thread.holds.borrow_mut().push(place);
            (first.granted)(self, Outcome::Ok);
        }
    }

    /// Leaves a line before its turn; whoever was to hear of the turn is given back.
    fn leave_line(&mut self, thread: &Rc<Thread<'a>>) -> Option<Done<'a>> {
        let place = thread.in_line.take()?;
        let station = self.station(place);
        let nth = station.line.iter().position(|it| it.thread.id == thread.id)?;
        station.counts.waiting -= 1;
        station.counts.left += 1;
        Some(station.line.remove(nth)?.granted)
    }

    fn leave_if(&mut self, place: Place, thread: &Rc<Thread<'a>>, served: bool) {
        let held = thread.holds.borrow().contains(&place);
        if held {
            self.leave(place, thread, served);
        }
    }

    fn leave_poolers(&mut self, thread: &Rc<Thread<'a>>, served: bool) {
        let held = thread.holds.borrow().iter().find(|it| matches!(it, Place::Pooler(_))).copied();
        if let Some(pooler) = held {
            self.leave(pooler, thread, served);
        }
    }

    /// A pooler's line is left after its `wait` as `pool_full`.
    fn enter_pooler(
        &mut self,
        store: usize,
        copy: usize,
        thread: &Rc<Thread<'a>>,
        granted: Done<'a>,
    ) {
        let wait = self.architecture.stores[store].pooler.and_then(|it| it.wait);
        self.enter(Place::Pooler(copy), thread, granted);
        if let (Some(_), Some(wait)) = (thread.in_line.get(), wait) {
            self.line_timer(thread, thread.replica, self.now + wait);
        }
    }

    /// A pool's line is left after its `wait` as `pool_full`. It stands at the caller's replica.
    fn enter_pool(
        &mut self,
        pool: Place,
        caller: usize,
        thread: &Rc<Thread<'a>>,
        key: Key,
        granted: Done<'a>,
    ) {
        let Place::Pool(_, store) = pool else { return };
        let own = Rc::clone(thread);
        let granted: Done<'a> = Box::new(move |world, outcome| match outcome {
            Outcome::Ok => world.connect(pool, caller, &own, key, granted),
            _ => granted(world, outcome),
        });
        let Some(stated) = self.architecture.stores[store].pool else {
            return granted(self, Outcome::Ok);
        };
        self.enter(pool, thread, granted);
        if thread.in_line.get() == Some(pool)
            && let Some(wait) = stated.wait
        {
            self.line_timer(thread, caller, self.now + wait);
        }
    }

    /// Takes an open connection or opens one, which takes time and fails beyond the store's limit.
    fn connect(
        &mut self,
        pool: Place,
        caller: usize,
        thread: &Rc<Thread<'a>>,
        key: Key,
        granted: Done<'a>,
    ) {
        let Place::Pool(_, store) = pool else { return };
        let stated = &self.architecture.stores[store];
        let idle = self.idle.entry(pool).or_default();
        if *idle > 0 {
            *idle -= 1;
            thread.keeps.set(true);
            return granted(self, Outcome::Ok);
        }
        let opens = move |world: &mut Self, own: &Rc<Thread<'a>>, outcome| {
            if outcome != Outcome::Ok {
                return granted(world, outcome);
            }
            // What a pool opens is the pool's, else it is closed after its use.
            if stated.pool.is_some() {
                own.keeps.set(true);
                own.holds.borrow_mut().retain(|it| !matches!(it, Place::Connections(_)));
            }
            let Some(time) = &stated.connect else { return granted(world, Outcome::Ok) };
            let opened = world.now + whole(time, key.name("connect"));
            let then = Rc::clone(own);
            world.later(own, opened, move |world| {
                world.awake_at(caller, &then, Box::new(move |world| granted(world, Outcome::Ok)));
            });
        };
        if stated.connections.is_none() || stated.pooler.is_some() {
            return opens(self, thread, Outcome::Ok);
        }
        let first = self.names.sites[self.names.site_of(Component::Store(store))].first;
        let own = Rc::clone(thread);
        let granted: Done<'a> = Box::new(move |world, outcome| opens(world, &own, outcome));
        self.enter(Place::Connections(first), thread, granted);
    }

    /// Gives its connection back to its pool, or closes it.
    fn leave_connection(&mut self, thread: &Rc<Thread<'a>>, served: bool) {
        let mut places = thread.holds.borrow().clone();
        places.sort_unstable();
        for place in places {
            if let Place::Pool(..) = place
                && thread.keeps.take()
            {
                *self.idle.entry(place).or_default() += 1;
            }
            if let Place::Pool(..) | Place::Connections(_) = place {
                self.leave(place, thread, served);
            }
        }
    }

    /// A crash at either end: idle connections are gone, those in use are closed after their use.
    fn break_connections(&mut self, pool: Place) {
        let Place::Pool(_, store) = pool else { return };
        let stated = &self.architecture.stores[store];
        let limited = stated.connections.is_some() && stated.pooler.is_none();
        let site = self.names.site_of(Component::Store(store));
        let connections = Place::Connections(self.names.sites[site].first);
        let idle = std::mem::take(self.idle.entry(pool).or_default());
        if limited && idle > 0 {
            let counts = &mut self.station(connections).counts;
            counts.in_service -= u64::from(idle);
            counts.left += u64::from(idle);
        }
        for thread in self.live.values() {
            if thread.holds.borrow().contains(&pool) && thread.keeps.take() && limited {
                thread.holds.borrow_mut().push(connections);
            }
        }
    }

    fn line_timer(&mut self, thread: &Rc<Thread<'a>>, caller: usize, time: u64) {
        let own = Rc::clone(thread);
        self.later(thread, time, move |world| match world.thaw(caller) {
            Some(thaw) => world.line_timer(&own, caller, thaw),
            None => {
                if let Some(granted) = world.leave_line(&own) {
                    granted(world, Outcome::PoolFull);
                }
            }
        });
    }

    // Those who stop.

    fn thread(&mut self, thread: Thread<'a>) -> Rc<Thread<'a>> {
        self.threads += 1;
        let arrived = Cell::new(self.now);
        let thread = Rc::new(Thread { id: self.threads, arrived, ..thread });
        self.live.insert(thread.id, Rc::clone(&thread));
        thread
    }

    fn drop_thread(&mut self, thread: &Thread<'a>) {
        thread.gone.set(true);
        thread.turn.set(thread.turn.get() + 1);
        self.live.remove(&thread.id);
    }

    /// What a caller left goes on at its place, as waste; with `cancel` the callee hears of it.
    fn abandon(&mut self, thread: &Rc<Thread<'a>>) {
        waste(thread);
        let Some(visit) = &thread.visit else { return };
        if !self.edge(&visit.call).policy.cancel {
            return;
        }
        let delay = match visit.at.get() {
            Where::Caller => 0,
            _ => self.crossing(visit, "cancel"),
        };
        let own = Rc::clone(thread);
        self.at(self.now + delay, move |world| {
            if !own.gone.get() {
                world.cancelled(&own);
            }
        });
    }

    fn cancelled(&mut self, thread: &Rc<Thread<'a>>) {
        let Some(visit) = &thread.visit else { return };
        let at = visit.at.get();
        if at == Where::Back {
            return;
        }
        self.uproot(thread);
        if at == Where::Here {
            self.ended(thread, Outcome::Timeout);
        }
        self.goes_back(thread, Outcome::Timeout, 0);
    }

    /// Gives up lines, core, blocks, calls and slot. An attempt's pool connection stays its own
    /// until it has returned.
    fn uproot(&mut self, thread: &Rc<Thread<'a>>) {
        thread.turn.set(thread.turn.get() + 1);
        let _ = self.leave_line(thread);
        let cores = Place::Cores(thread.replica);
        let held = thread.holds.borrow().contains(&cores);
        if held && self.names.site_at(thread.replica).share {
            self.reckon(thread.replica).jobs.retain(|it| it.0.id != thread.id);
            self.expect(thread.replica);
        }
        self.leave_if(cores, thread, false);
        // What was begun last is given up first.
        for block in thread.blocks.take().into_iter().rev() {
            self.uproot(&block);
            self.drop_thread(&block);
        }
        let call = thread.call.borrow_mut().take();
        if let Some(call) = call {
            call.turn.set(call.turn.get() + 1);
            call.done.borrow_mut().take();
            self.settle(&call, breaker::Outcome::Ignored);
            let sent = call.sent.borrow_mut().take();
            if let Some(sent) = sent {
                self.abandon(&sent);
            }
        }
        self.leave_poolers(thread, false);
        self.leave_if(Place::Slots(thread.replica), thread, false);
        if thread.visit.is_none() {
            self.leave_connection(thread, false);
        }
    }

    // Events.

    /// Start, end and kind of all events, in the run's time.
    fn events(&self) -> impl Iterator<Item = (u64, u64, &'a EventKind)> + use<'a> {
        let warmup = self.run.warmup;
        self.run.scenario.into_iter().flat_map(move |it| {
            it.events.iter().map(move |event| {
                let from = warmup + event.at;
                (from, from + event.lasts, &event.kind)
            })
        })
    }

    fn script(&mut self) {
        for (nth, (from, to, kind)) in self.events().enumerate() {
            match kind {
                EventKind::Surge { traffic, by } => {
                    let (traffic, by) = (*traffic, *by);
                    self.at(from, move |world| world.users_surge(traffic, by, nth, to));
                }
                EventKind::Crash { component, replicas, drain: false } => {
                    let (component, count) = (*component, *replicas);
                    self.at(from, move |world| world.crash(component, count));
                }
                _ => (),
            }
        }
    }

    fn users_surge(&mut self, traffic: usize, by: f64, event: usize, until: u64) {
        let TrafficKind::Closed { users, .. } = self.architecture.traffic[traffic].kind else {
            return;
        };
        let more = nearest(f64::from(users) * (by - 1.0)) as u32;
        for nth in 0..more {
            self.user(traffic, users + event as u32 * 10_000_000 + nth, until);
        }
    }

    /// Whether an event acts on a replica.
    fn hits(&self, component: Component, count: Option<u32>, replica: usize) -> bool {
        let site = &self.names.sites[self.names.site_of(component)];
        let count = count.map_or(site.replicas, |it| it.min(site.replicas));
        (site.first..site.first + count as usize).contains(&replica)
    }

    /// Start and end of the events now going on.
    fn going_on(&self) -> impl Iterator<Item = (u64, u64, &'a EventKind)> {
        let now = self.now;
        self.events().filter(move |it| it.0 <= now && now < it.1)
    }

    fn slowness(&self, replica: usize) -> f64 {
        let factor = |(_, _, kind): (u64, u64, &EventKind)| match kind {
            EventKind::Slow { component, by, replicas }
                if self.hits(*component, *replicas, replica) =>
            {
                *by
            }
            _ => 1.0,
        };
        self.going_on().map(factor).product()
    }

    fn error_share(&self, own: f64, replica: usize) -> f64 {
        let mut during = 0.0;
        for (_, _, kind) in self.going_on() {
            if let EventKind::Errors { component, share } = kind
                && self.hits(*component, None, replica)
            {
                during = 1.0 - (1.0 - during) * (1.0 - share);
            }
        }
        1.0 - (1.0 - own) * (1.0 - during)
    }

    fn crashes(&self, replica: usize) -> impl Iterator<Item = (u64, u64)> {
        self.events().filter_map(move |(from, to, kind)| match kind {
            EventKind::Crash { component, replicas, .. }
                if self.hits(*component, *replicas, replica) =>
            {
                Some((from, to))
            }
            _ => None,
        })
    }

    /// Since when a replica has been dead without a break.
    fn dead_since(&self, replica: usize) -> Option<u64> {
        let (mut since, _) =
            self.crashes(replica).find(|it| it.0 <= self.now && self.now < it.1)?;
        while let Some((from, _)) = self.crashes(replica).find(|it| it.0 < since && since < it.1) {
            since = from;
        }
        Some(since)
    }

    fn down(&self, replica: usize) -> bool {
        self.dead_since(replica).is_some()
    }

    /// Balancers avoid a dead replica after `health`.
    fn avoided(&self, replica: usize) -> bool {
        let Some(health) = self.names.health(replica) else { return false };
        self.dead_since(replica).is_some_and(|it| self.now >= it.saturating_add(health))
    }

    fn stalls(&self, replica: usize) -> impl Iterator<Item = (u64, u64)> {
        self.events().filter_map(move |(from, to, kind)| match kind {
            EventKind::Stall { component, replicas }
                if self.hits(*component, *replicas, replica) =>
            {
                Some((from, to))
            }
            _ => None,
        })
    }

    fn thaw_at(&self, replica: usize, time: u64) -> Option<u64> {
        let mut thaw = time;
        while let Some((_, to)) = self.stalls(replica).find(|it| it.0 <= thaw && thaw < it.1) {
            thaw = to;
        }
        (thaw > time).then_some(thaw)
    }

    /// When a replica that is frozen now goes on.
    fn thaw(&self, replica: usize) -> Option<u64> {
        self.thaw_at(replica, self.now)
    }

    /// How long a replica has not been frozen since a time.
    fn unfrozen(&self, replica: usize, since: u64) -> u64 {
        let (mut time, mut sum) = (since, 0);
        while time < self.now {
            time = self.thaw_at(replica, time).unwrap_or(time).min(self.now);
            let next = self.stalls(replica).map(|it| it.0).filter(|it| *it > time).min();
            let stop = next.unwrap_or(NEVER).min(self.now);
            sum += stop - time;
            time = stop;
        }
        sum
    }

    /// When work that starts now ends; it does not go on while its replica is frozen.
    fn unfrozen_end(&self, replica: usize, work: u64) -> u64 {
        let (mut time, mut left) = (self.now, work);
        loop {
            time = self.thaw_at(replica, time).unwrap_or(time);
            let next = self.stalls(replica).map(|it| it.0).filter(|it| *it > time).min();
            match next {
                Some(next) if time + left > next => {
                    left -= next - time;
                    time = next;
                }
                _ => return time + left,
            }
        }
    }

    /// Fails what is on the replicas, first come first; each comes back empty.
    fn crash(&mut self, component: Component, count: Option<u32>) {
        let site = self.names.site_of(component);
        let first = self.names.sites[site].first;
        for replica in first..first + self.names.sites[site].replicas as usize {
            if !self.hits(component, count, replica) {
                continue;
            }
            let mut threads: Vec<Rc<Thread<'a>>> = self.live.values().cloned().collect();
            threads.sort_by_key(|it| (it.arrived.get(), it.salt.0));
            for thread in &threads {
                self.crash_thread(thread, replica);
            }
            let local = self.names.local(replica);
            let edges = &self.names.edges;
            self.machines.retain(|key, _| edges[key.0].from != Some(site) || key.1 != local);
            for (store, stated) in self.architecture.stores.iter().enumerate() {
                let site = &self.names.sites[self.names.site_of(Component::Store(store))];
                let all = site.first == replica && stated.pooler.is_none();
                let pools: Vec<Place> = self.stations.keys().copied().collect();
                for pool in pools {
                    if let Place::Pool(caller, to) = pool
                        && to == store
                        && (all || caller == replica)
                    {
                        self.break_connections(pool);
                    }
                }
            }
        }
    }

    fn crash_thread(&mut self, thread: &Rc<Thread<'a>>, replica: usize) {
        if thread.gone.get() {
            return;
        }
        let Some(visit) = &thread.visit else {
            if thread.orphan.get() && thread.replica == replica {
                self.uproot(thread);
                self.drop_thread(thread);
            }
            return;
        };
        match visit.at.get() {
            Where::Caller if visit.from == Some(replica) => {
                self.uproot(thread);
                self.goes_back(thread, Outcome::Crashed, 0);
            }
            Where::Here if thread.replica == replica => {
                self.uproot(thread);
                self.ended(thread, Outcome::Crashed);
                let crossing = self.crossing(visit, "back");
                self.goes_back(thread, Outcome::Crashed, crossing);
            }
            _ => (),
        }
    }
}

impl<'a> Call<'a> {
    fn new(done: Done<'a>) -> Self {
        Self {
            edge: 0,
            caller: None,
            local: 0,
            id: Key(0),
            client: 0,
            deadline: NEVER,
            measured: false,
            wasted: Cell::new(false),
            attempts: Cell::new(0),
            began: Cell::new(0),
            permit: Cell::new(None),
            in_bulkhead: Cell::new(false),
            picked: Cell::new(None),
            delay: Cell::new(0),
            turn: Cell::new(0),
            sent: RefCell::new(None),
            done: RefCell::new(Some(done)),
        }
    }
}

impl Thread<'_> {
    fn at(replica: usize) -> Self {
        Self {
            id: 0,
            replica,
            salt: Key(0),
            client: 0,
            deadline: NEVER,
            measured: false,
            wasted: Cell::new(false),
            orphan: Cell::new(false),
            gone: Cell::new(false),
            turn: Cell::new(0),
            arrived: Cell::new(0),
            holds: RefCell::default(),
            in_line: Cell::new(None),
            keeps: Cell::new(false),
            blocks: RefCell::default(),
            call: RefCell::new(None),
            visit: None,
        }
    }
}

/// Nobody waits any more for a thread and all that it has begun.
fn waste(thread: &Thread<'_>) {
    thread.wasted.set(true);
    for block in thread.blocks.borrow().iter() {
        waste(block);
    }
    if let Some(call) = &*thread.call.borrow() {
        call.wasted.set(true);
        if let Some(sent) = &*call.sent.borrow() {
            waste(sent);
        }
    }
}

/// A failing step fails its endpoint as `dependency`.
fn failed_step(outcome: Outcome) -> Outcome {
    if outcome == Outcome::Ok { Outcome::Ok } else { Outcome::Dependency }
}

/// A block fails as the step in it that failed: `fail` with `error`, all else as `dependency`.
fn failed_block(outcome: Outcome) -> Outcome {
    if outcome == Outcome::Error { outcome } else { failed_step(outcome) }
}

/// To the nearest whole number, never below zero.
fn nearest(value: f64) -> u64 {
    (value + 0.5) as u64
}
