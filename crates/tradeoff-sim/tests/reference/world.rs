//! A naive simulator: the contract's sentences, written down one after the other.
//!
//! Whoever does something (a user, an attempt, a branch of `all`) is a task that reads from top to
//! bottom and waits in between. It walks the architecture itself (no plan), keeps what is to happen
//! in one map by (time, order), and looks everything else up where it stands. It shares with the
//! engine only what has laws of its own: keys, breakers and balancers.

use std::{
    cell::{Cell, RefCell, RefMut},
    collections::{BTreeMap, VecDeque},
    future::{Future, poll_fn},
    mem::ManuallyDrop,
    ops::Range,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use tradeoff_des::Key;
use tradeoff_model::model::{
    self, Backoff, BalancePolicy, BreakerWindow, Dist, EventKind, Jitter, Retry, Scenario, Step,
    StepKind, TrafficKind,
};
use tradeoff_policy::{Time, balance, breaker};
use tradeoff_sim::Outcome;

use crate::names::{Does, Edge, Names, Place, draw, nearest, whole};

const NEVER: u64 = u64::MAX;
/// Where users are: at no replica.
const NOWHERE: usize = usize::MAX;

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

/// What one run saw, by name: counts, and times in nanoseconds.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) counts: BTreeMap<String, f64>,
    pub(crate) times: BTreeMap<String, Vec<u64>>,
}

type Task<'a> = Rc<Thread<'a>>;
type Boxed<'t, T> = Pin<Box<dyn Future<Output = T> + 't>>;

/// A thread of control: a user, an attempt at its target, or a branch of `all` inside of one.
#[derive(Default)]
struct Thread<'a> {
    id: u64,
    /// What it still has to do.
    future: RefCell<Option<Boxed<'a, ()>>>,
    /// It was resumed so often; what was to resume it in an earlier turn is void.
    turn: Cell<u64>,
    signal: Cell<Outcome>,
    gone: Cell<bool>,
    replica: usize,
    salt: u64,
    client: u64,
    deadline: u64,
    measured: bool,
    /// Nobody waits for it any more.
    wasted: Cell<bool>,
    /// A branch whose `all` was answered without it.
    orphan: Cell<bool>,
    /// When it came to where it is.
    arrived: Cell<u64>,
    holds: RefCell<Vec<Hold>>,
    in_line: Cell<Option<Place>>,
    branches: RefCell<Vec<Task<'a>>>,
    /// The call that it waits for.
    calls: RefCell<Option<Rc<Call<'a>>>>,
    /// The call that it is an attempt of.
    of: Option<Rc<Call<'a>>>,
    at: Cell<Where>,
}

/// A server that a thread has.
struct Hold {
    place: Place,
    /// On whose behalf: an attempt's or a transaction's.
    key: Key,
    /// A connection that goes back to its pool as an open one.
    keeps: bool,
}

/// Where an attempt is: in its caller's line for a connection, on its way, at its replica, or
/// answered and on its way back.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Where {
    #[default]
    Caller,
    Out,
    Here,
    Back,
}

/// One use of an edge.
struct Call<'a> {
    edge: &'a Edge<'a>,
    caller: Task<'a>,
    /// The caller's replica within its site.
    local: u32,
    measured: bool,
    began: Cell<u64>,
    permit: Cell<Option<breaker::Permit>>,
    in_bulkhead: Cell<bool>,
    picked: Cell<Option<u32>>,
    sent: RefCell<Option<Task<'a>>>,
}

/// What a caller replica keeps for an edge.
struct Machines {
    breaker: Option<breaker::Breaker>,
    /// Thousandths of a retry that the budget has left.
    budget: u64,
    /// Calls in the bulkhead.
    in_flight: u32,
}

/// Servers and a line, first in first out.
struct Station<'a> {
    servers: Option<u32>,
    queue: Option<u32>,
    in_service: u64,
    line: VecDeque<(Task<'a>, Key, u64)>,
    /// Up to when its accounts are kept.
    touched: u64,
}

/// Cores that all work shares evenly: who works and what is left to do.
#[derive(Default)]
struct Shared<'a> {
    jobs: Vec<(Task<'a>, i128)>,
    /// Up to when that is reckoned.
    since: u64,
    /// What was expected in an earlier turn is void.
    turn: u64,
}

/// Work that counts as done, and a nanosecond of work, in the units that shared work is kept in.
const NOUGHT: i128 = 1 << 24;
const NANO: i128 = 1 << 48;

impl Shared<'_> {
    /// At which of a number of cores each of them works.
    fn rate(&self, cores: u32) -> (i128, i128) {
        let jobs = self.jobs.len() as i128;
        (jobs.min(i128::from(cores)), jobs)
    }
}

/// What an event does to some replicas, or to a traffic, and by how much.
struct Act {
    what: &'static str,
    on: Range<usize>,
    from: u64,
    to: u64,
    by: f64,
}

/// A thread goes on at some time, as soon as that replica is not frozen.
struct Wake<'a> {
    task: Task<'a>,
    turn: u64,
    signal: Outcome,
    unless_frozen: usize,
}

/// All of it.
pub(crate) struct World<'a> {
    names: &'a Names<'a>,
    run: Run<'a>,
    acts: Vec<Act>,
    key: Key,
    now: Cell<u64>,
    order: Cell<u64>,
    agenda: RefCell<BTreeMap<(u64, u64), Wake<'a>>>,
    live: RefCell<BTreeMap<u64, Task<'a>>>,
    stations: RefCell<BTreeMap<Place, Station<'a>>>,
    shared: RefCell<BTreeMap<usize, Shared<'a>>>,
    /// Open connections of each pool that nobody uses.
    idle: RefCell<BTreeMap<Place, u64>>,
    machines: RefCell<BTreeMap<(&'a str, u32), Machines>>,
    balancers: RefCell<BTreeMap<(&'a str, usize, u32), balance::Balancer>>,
    /// Measured requests that are not settled.
    outstanding: Cell<u64>,
    seen: RefCell<Seen>,
}

/// Runs an architecture once.
pub(crate) fn simulate<'a>(names: &'a Names<'a>, run: Run<'a>) -> Seen {
    // What tasks have still to do borrows the world that keeps them: it is emptied, not dropped.
    let world = ManuallyDrop::new(World {
        names,
        acts: acts_of(names, &run),
        run,
        key: Key::root(run.seed).index(run.replication),
        now: Cell::default(),
        order: Cell::default(),
        agenda: RefCell::default(),
        live: RefCell::default(),
        stations: RefCell::default(),
        shared: RefCell::default(),
        idle: RefCell::default(),
        machines: RefCell::default(),
        balancers: RefCell::default(),
        outstanding: Cell::default(),
        seen: RefCell::default(),
    });
    run_to_the_end(&world);
    world.seen.take()
}

fn run_to_the_end<'a>(world: &'a World<'a>) {
    let end = world.run.warmup + world.run.duration;
    world.script();
    world.at(world.run.warmup, || world.look(false));
    world.at(end, || world.look(true));
    world.traffic();
    loop {
        let Some(((time, _), wake)) = world.agenda.borrow_mut().pop_first() else { break };
        if time >= world.run.until.max(end + 1) && world.outstanding.get() == 0 {
            break;
        }
        world.now.set(time);
        if wake.turn == wake.task.turn.get() {
            match world.thaw(wake.unless_frozen) {
                Some(thaw) => world.wake(&wake.task, thaw, wake.signal, wake.unless_frozen),
                None => world.resume(&wake.task, wake.signal),
            }
        }
    }
    for task in world.live.take().values() {
        drop(task.future.take());
        task.branches.take();
        task.calls.take();
    }
    world.agenda.take();
    world.stations.take();
    world.shared.take();
    world.machines.take();
}

/// Waits until it is resumed, and hears as what.
async fn suspended(own: &Thread<'_>) -> Outcome {
    let mut before = true;
    let resumed = |_: &mut Context<'_>| {
        if std::mem::take(&mut before) { Poll::Pending } else { Poll::Ready(()) }
    };
    poll_fn(resumed).await;
    own.signal.get()
}

impl<'a> World<'a> {
    // Threads and time.

    fn now(&self) -> u64 {
        self.now.get()
    }

    fn after(&self, delay: u64) -> u64 {
        self.now().saturating_add(delay)
    }

    fn measuring(&self) -> bool {
        (self.run.warmup..self.run.warmup + self.run.duration).contains(&self.now())
    }

    fn wake(&self, task: &Task<'a>, time: u64, signal: Outcome, unless_frozen: usize) {
        self.order.set(self.order.get() + 1);
        let wake = Wake { task: Rc::clone(task), turn: task.turn.get(), signal, unless_frozen };
        self.agenda.borrow_mut().insert((time.max(self.now()), self.order.get()), wake);
    }

    fn resume(&self, task: &Task<'a>, signal: Outcome) {
        task.turn.set(task.turn.get() + 1);
        task.signal.set(signal);
        let Some(mut future) = task.future.take() else { return };
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => drop(task.future.replace(Some(future))),
            Poll::Ready(()) => self.ends(task),
        }
    }

    async fn sleep(&self, own: &Task<'a>, until: u64, unless_frozen: usize) {
        self.wake(own, until, Outcome::Ok, unless_frozen);
        suspended(own).await;
    }

    /// What comes next at once is scheduled too.
    async fn soon(&self, own: &Task<'a>) {
        self.sleep(own, self.now(), own.replica).await;
    }

    fn thread(&self, thread: Thread<'a>) -> Task<'a> {
        self.order.set(self.order.get() + 1);
        let (id, arrived) = (self.order.get(), Cell::new(self.now()));
        let thread = Rc::new(Thread { id, arrived, ..thread });
        self.live.borrow_mut().insert(id, Rc::clone(&thread));
        thread
    }

    /// A thread does this, and no more what it did before.
    fn start(&self, task: &Task<'a>, future: impl Future<Output = ()> + 'a) {
        drop(task.future.replace(Some(Box::pin(future))));
        self.resume(task, Outcome::Ok);
    }

    fn ends(&self, task: &Thread<'a>) {
        task.gone.set(true);
        task.turn.set(task.turn.get() + 1);
        self.live.borrow_mut().remove(&task.id);
    }

    fn user(&'a self) -> Task<'a> {
        self.thread(Thread { replica: NOWHERE, ..Thread::default() })
    }

    fn at(&'a self, time: u64, then: impl FnOnce() + 'a) {
        let own = self.user();
        self.start(&Rc::clone(&own), async move {
            self.sleep(&own, time, NOWHERE).await;
            then();
        });
    }

    // What is seen.

    fn count(&self, what: String, amount: f64) {
        if amount != 0.0 {
            *self.seen.borrow_mut().counts.entry(what).or_default() += amount;
        }
    }

    fn time(&self, what: String, nanos: u64) {
        self.seen.borrow_mut().times.entry(what).or_default().push(nanos);
    }

    fn count_edge(&self, call: &Call<'a>, what: &str) {
        if call.measured {
            self.count(format!("edges {} {what}", call.edge.name), 1.0);
        }
    }

    fn count_endpoint(&self, own: &Thread<'a>, what: &str, amount: f64) {
        if let Some(of) = own.of.as_ref().filter(|_| own.measured) {
            self.count(format!("endpoints {} {what}", of.edge.target), amount);
        }
    }

    fn count_place(&self, place: Place, what: &str) {
        if self.measuring() {
            self.count(format!("resources {} {what}", self.names.resource(place)), 1.0);
        }
    }

    /// Notes how many are at each place.
    fn look(&self, at_end: bool) {
        let places: Vec<Place> = self.stations.borrow().keys().copied().collect();
        for place in places {
            let station = self.station(place);
            let (waiting, in_service) = (station.line.len() as f64, station.in_service as f64);
            let noted = if at_end {
                vec![("waiting", waiting), ("in_service", in_service)]
            } else {
                vec![("at_start", waiting + in_service)]
            };
            for (what, amount) in noted {
                self.count(format!("resources {} {what}", self.names.resource(place)), amount);
            }
        }
    }

    // Users.

    fn traffic(&'a self) {
        for (nth, traffic) in self.names.architecture.traffic.iter().enumerate() {
            match traffic.kind {
                TrafficKind::Open { rate } => {
                    let own = self.user();
                    self.start(&Rc::clone(&own), self.arrivals(own, nth, rate / 1e9));
                }
                TrafficKind::Closed { users, .. } => {
                    (0..users).for_each(|user| self.thinker(nth, user, NEVER));
                }
            }
        }
    }

    fn traffic_key(&self, traffic: usize) -> Key {
        let name = &self.names.architecture.traffic[traffic].name.value;
        self.key.index(Key(0).name(name).0)
    }

    /// Arrival n is where the integral of the rate reaches the sum of n unit exponentials.
    async fn arrivals(&'a self, own: Task<'a>, traffic: usize, rate: f64) {
        let mut reached = 0.0;
        for nth in 1.. {
            let request = self.traffic_key(traffic).index(nth);
            reached += request.name("gap").exponential();
            self.sleep(&own, self.inverse(traffic, rate, reached), NOWHERE).await;
            let user = self.user();
            let asks = Rc::clone(&user);
            self.start(&user, async move { self.ask(&asks, traffic, request).await });
        }
    }

    fn inverse(&self, traffic: usize, rate: f64, reached: f64) -> u64 {
        let surges: Vec<&Act> = self.acts("surge", traffic).collect();
        let mut changes: Vec<u64> = surges.iter().flat_map(|it| [it.from, it.to]).collect();
        changes.push(0);
        changes.sort_unstable();
        changes.dedup();
        let mut before = 0.0;
        for (nth, start) in changes.iter().enumerate() {
            let during = surges.iter().filter(|it| it.is_on(*start));
            let rate = rate * during.map(|it| it.by).product::<f64>();
            let within = changes.get(nth + 1).map_or(f64::MAX, |end| (end - start) as f64 * rate);
            if within >= reached - before {
                return start + nearest((reached - before) / rate);
            }
            before += within;
        }
        NEVER
    }

    /// A closed user thinks, asks, and thinks again after any outcome; the first thinking is
    /// scaled by U(0, 1).
    fn thinker(&'a self, traffic: usize, nth: u32, until: u64) {
        let TrafficKind::Closed { think, .. } = &self.names.architecture.traffic[traffic].kind
        else {
            return;
        };
        let key = self.traffic_key(traffic).name("user").index(u64::from(nth));
        let own = self.user();
        self.start(&Rc::clone(&own), async move {
            let first = draw(think, 1e9, key.index(0).name("think"));
            let mut delay = nearest(first * key.name("first").uniform());
            for nth in 1.. {
                self.sleep(&own, self.after(delay), NOWHERE).await;
                if self.now() >= until {
                    return;
                }
                let request = key.index(nth);
                self.ask(&own, traffic, request).await;
                delay = whole(think, request.name("think"));
            }
        });
    }

    async fn ask(&'a self, own: &Task<'a>, traffic: usize, request: Key) {
        let source = &self.names.architecture.traffic[traffic];
        let share = request.name("mix").uniform();
        let mut up_to = 0.0;
        let chosen = source.mix.iter().find(|it| {
            up_to += it.share;
            share < up_to
        });
        let mix = chosen.unwrap_or(&source.mix[source.mix.len() - 1]);
        let endpoint = self.names.architecture.endpoint_name(mix.service, mix.endpoint);
        let edge = self.names.entry(&source.name.value, &endpoint);
        let (started, measured) = (self.now(), self.measuring());
        let flow = |phase: &str, what: &str| {
            format!("requests {}/{endpoint} {phase} {what}", source.name.value)
        };
        let phases = self.phases(started);
        if measured {
            self.outstanding.set(self.outstanding.get() + 1);
            for phase in &phases {
                self.count(flow(phase, "offered"), 1.0);
                self.count(flow(phase, "unfinished"), 1.0);
            }
        }
        let client = request.name("client").bits();
        let deadline = self.after(source.patience.unwrap_or(NEVER));
        let outcome = self.call(own, edge, request, client, deadline).await;
        if measured {
            self.outstanding.set(self.outstanding.get() - 1);
            for phase in &phases {
                self.count(flow(phase, &outcome_name(outcome)), 1.0);
                self.count(flow(phase, "unfinished"), -1.0);
                if outcome == Outcome::Ok {
                    self.time(flow(phase, "latency"), self.now() - started);
                }
            }
        }
    }

    fn phases(&self, started: u64) -> Vec<&'static str> {
        let from = self.acts.iter().map(|it| it.from).min();
        let to = self.acts.iter().map(|it| it.to).max();
        match from.zip(to) {
            None => vec!["all"],
            Some((from, _)) if started < from => vec!["all", "before"],
            Some((_, to)) if started < to => vec!["all", "during"],
            Some(_) => vec!["all", "after"],
        }
    }

    // Calls: retry ( breaker ( timeout ( bulkhead ( call )))).

    async fn call(
        &'a self,
        own: &Task<'a>,
        edge: &'a Edge<'a>,
        salt: Key,
        client: u64,
        deadline: u64,
    ) -> Outcome {
        let policy = edge.policy;
        let stated = policy.deadline.as_ref().map_or(NEVER, |it| it.value);
        let deadline = deadline.min(self.after(stated));
        let id = salt.index(edge.key.0);
        let call = Rc::new(Call {
            edge,
            caller: Rc::clone(own),
            local: self.local(own.replica),
            measured: self.measuring(),
            began: Cell::default(),
            permit: Cell::default(),
            in_bulkhead: Cell::default(),
            picked: Cell::default(),
            sent: RefCell::default(),
        });
        own.calls.replace(Some(Rc::clone(&call)));
        self.count_edge(&call, "calls");
        self.earn(&call, true);
        let (mut made, mut delay) = (0, 0);
        let outcome = loop {
            call.began.set(self.now());
            // Own rejections are neither counted by the breaker nor retried.
            if let Err(rejection) = self.admit(&call) {
                self.count_edge(&call, &format!("outcomes {}", rejection.name()));
                self.settle(&call, breaker::Outcome::Ignored);
                break rejection;
            }
            made += 1;
            self.count_edge(&call, "attempts");
            let timeout = policy.timeout.as_ref().map_or(NEVER, |it| it.value);
            let until = self.after(timeout).min(deadline);
            if until < NEVER {
                self.wake(own, until, Outcome::Timeout, own.replica);
            }
            self.send(&call, id.index(made), client, deadline);
            let outcome = suspended(own).await;
            let sent = call.sent.take();
            self.count_edge(&call, &format!("outcomes {}", outcome.name()));
            if outcome == Outcome::Ok {
                self.settle(&call, breaker::Outcome::Success);
                self.earn(&call, false);
                break outcome;
            }
            self.settle(&call, breaker::Outcome::Failure);
            if let Some(sent) = sent.filter(|_| outcome == Outcome::Timeout) {
                self.abandon(&sent);
            }
            if self.now() >= deadline {
                break outcome;
            }
            let Some(retry) = policy.retry.as_ref().map(|it| it.value) else { break outcome };
            if made >= u64::from(retry.attempts) {
                break outcome;
            }
            if !self.pays(&call) {
                self.count_edge(&call, "retries_denied");
                break outcome;
            }
            delay = backoff(&retry, made, delay, id.name("backoff").index(made).uniform());
            self.sleep(own, self.after(delay).min(deadline), own.replica).await;
            if self.now() >= deadline {
                break Outcome::Timeout;
            }
        };
        own.calls.take();
        outcome
    }

    fn local(&self, replica: usize) -> u32 {
        if replica == NOWHERE { 0 } else { (replica - self.names.site_at(replica).first) as u32 }
    }

    fn machines(&self, call: &Call<'a>) -> RefMut<'_, Machines> {
        RefMut::map(self.machines.borrow_mut(), |all| {
            all.entry((&call.edge.name, call.local)).or_insert_with(|| Machines {
                breaker: call.edge.policy.breaker.as_ref().map(|it| breaker_of(&it.value)),
                budget: budget_of(call).map_or(0, |it| 1000 * u64::from(it.burst)),
                in_flight: 0,
            })
        })
    }

    /// Asks the breaker, if there is one. Its transitions are counted, and the first of them listed.
    fn breaker<T>(
        &self,
        call: &Call<'a>,
        ask: impl FnOnce(&mut breaker::Breaker, Time) -> T,
    ) -> Option<T> {
        let mut machines = self.machines(call);
        let breaker = machines.breaker.as_mut()?;
        let before = breaker.state();
        let answer = ask(breaker, Time(self.now()));
        let after = breaker.state();
        if before != after {
            let all = format!("edges {} breaker transitions", call.edge.name);
            self.count(all.clone(), 1.0);
            let nth = self.seen.borrow().counts[&all];
            if nth <= 32.0 {
                let since = self.now() as f64 - self.run.warmup as f64;
                let to = format!("{after:?}").to_lowercase();
                self.count(format!("{all} {nth} {to} {}", call.local), since);
            }
        }
        Some(answer)
    }

    /// An attempt may be made, unless breaker or bulkhead reject it.
    fn admit(&self, call: &Call<'a>) -> Result<(), Outcome> {
        match self.breaker(call, breaker::Breaker::admit) {
            Some(breaker::Verdict::Admit(permit)) => call.permit.set(Some(permit)),
            Some(breaker::Verdict::Reject { .. }) => return Err(Outcome::BreakerOpen),
            None => (),
        }
        if let Some(most) = &call.edge.policy.bulkhead {
            let mut machines = self.machines(call);
            if machines.in_flight >= most.value {
                return Err(Outcome::BulkheadFull);
            }
            machines.in_flight += 1;
            call.in_bulkhead.set(true);
        }
        Ok(())
    }

    /// The attempt is over for its caller: permit, bulkhead and load go.
    fn settle(&self, call: &Call<'a>, outcome: breaker::Outcome) {
        let took = self.now() - call.began.get();
        if call.in_bulkhead.take() {
            self.machines(call).in_flight -= 1;
        }
        if let Some(permit) = call.permit.take() {
            self.breaker(call, |it, now| it.settle(now, permit, outcome, took));
        }
        if let Some(picked) = call.picked.take() {
            let answered = (outcome == breaker::Outcome::Success).then_some(took);
            self.balancer(call).settled(Time(self.now()), picked, answered);
        }
    }

    /// A success earns a share of a retry, or a first attempt if the budget says so.
    fn earn(&self, call: &Call<'a>, by_attempt: bool) {
        if let Some(budget) = budget_of(call).filter(|it| it.earn_attempt == by_attempt) {
            let tokens = &mut self.machines(call).budget;
            let earned = *tokens + nearest(budget.share * 1000.0);
            *tokens = earned.min(1000 * u64::from(budget.burst));
        }
    }

    /// Whether the budget, if there is one, pays for a retry.
    fn pays(&self, call: &Call<'a>) -> bool {
        let tokens = &mut self.machines(call).budget;
        let left = tokens.checked_sub(if budget_of(call).is_some() { 1000 } else { 0 });
        *tokens = left.unwrap_or(*tokens);
        left.is_some()
    }

    fn balancer(&self, call: &Call<'a>) -> RefMut<'_, balance::Balancer> {
        let (edge, site) = (call.edge, &self.names.sites[call.edge.site]);
        let key = Key(0).name(&edge.caller).name(site.name).index(u64::from(call.local));
        let first = self.key.index(key.0).uniform() * site.replicas as f64;
        RefMut::map(self.balancers.borrow_mut(), |all| {
            all.entry((&edge.caller, edge.site, call.local))
                .or_insert_with(|| balancer_of(edge.balance, &site.speeds, first as u32))
        })
    }

    /// Picks a replica; what writes, and the queries of one transaction, go to the first copy.
    fn pick(&self, call: &Call<'a>, attempt: Key, client: u64) -> usize {
        let (edge, site) = (call.edge, &self.names.sites[call.edge.site]);
        let alive = |it: u32| !self.avoided(site.first + it as usize);
        let mut draws = 0;
        let draw = || {
            draws += 1;
            attempt.name("balance").index(draws).uniform()
        };
        let mut balancer = self.balancer(call);
        let picked = if edge.writes || edge.in_transaction {
            (0..site.replicas as u32).find(|it| alive(*it)).unwrap_or(0)
        } else {
            balancer.pick(Time(self.now()), client % edge.balance.clients, alive, draw)
        };
        balancer.sent(picked);
        call.picked.set(Some(picked));
        site.first + picked as usize
    }

    fn send(&'a self, call: &Rc<Call<'a>>, salt: Key, client: u64, deadline: u64) {
        let (edge, caller) = (call.edge, &call.caller);
        let inside = edge.from == Some(edge.site);
        let thread = self.thread(Thread {
            replica: if inside { caller.replica } else { self.pick(call, salt, client) },
            salt: salt.0,
            client,
            deadline: if edge.policy.pass_deadline { deadline } else { NEVER },
            measured: call.measured,
            wasted: caller.wasted.clone(),
            of: Some(Rc::clone(call)),
            ..Thread::default()
        });
        call.sent.replace(Some(Rc::clone(&thread)));
        self.start(&thread, self.attempt(Rc::clone(&thread), Rc::clone(call)));
    }

    // An attempt: out, at its replica, and back.

    async fn attempt(&'a self, own: Task<'a>, of: Rc<Call<'a>>) {
        let edge = of.edge;
        if let Some(store) = edge.store.filter(|_| !edge.in_transaction) {
            let outcome = self.connection(&own, store, of.caller.replica, own.key()).await;
            if outcome != Outcome::Ok {
                return self.goes_back(Rc::clone(&own), of, outcome, 0).await;
            }
        }
        own.at.set(Where::Out);
        self.sleep(&own, self.after(own.crossing("out")), NOWHERE).await;
        own.at.set(Where::Here);
        own.arrived.set(self.now());
        self.count_endpoint(&own, "arrivals", 1.0);
        self.count_endpoint(&own, "in_flight", 1.0);
        let mut outcome = self.served(&own, edge).await;
        let share = self.error_share(edge.errors, own.replica);
        if outcome == Outcome::Ok && own.key().name("error").uniform() < share {
            outcome = Outcome::Error;
        }
        self.ended(&own, outcome);
        // The slot is kept until the answer leaves.
        self.leave(&own, true, |it| !own.keeps_until_back(it));
        self.goes_back(Rc::clone(&own), of, outcome, own.crossing("back")).await;
    }

    async fn served(&'a self, own: &Task<'a>, edge: &'a Edge<'a>) -> Outcome {
        if self.dead_since(own.replica).is_some() {
            return Outcome::Refused;
        }
        let store = edge.store.map(|it| &self.names.architecture.stores[it]);
        let pooler = store.and_then(|it| it.pooler).filter(|_| !edge.in_transaction);
        if pooler.is_none() && (store.is_some() || edge.from == Some(edge.site)) {
            if let Some(thaw) = self.thaw(own.replica) {
                self.sleep(own, thaw, own.replica).await;
            }
        } else {
            let door = if pooler.is_some() { Place::Pooler } else { Place::Slots };
            let wait = pooler.and_then(|it| it.wait).map(|it| (it, own.replica));
            let entered = self.enter(own, door(own.replica), own.key(), wait).await;
            if entered != Outcome::Ok {
                return entered;
            }
            self.soon(own).await;
        }
        let key = own.key().index(Key(0).name("time").0);
        match edge.does {
            Does::Steps(steps) => self.steps(own, own.key(), steps).await,
            Does::Waits(time) => self.waits(own, time, key).await,
            Does::Works(time) => self.works(own, time, key).await,
        }
    }

    /// The server's view of how a visit ended.
    fn ended(&self, own: &Thread<'a>, outcome: Outcome) {
        self.count_endpoint(own, &outcome_name(outcome), 1.0);
        self.count_endpoint(own, "in_flight", -1.0);
        self.count_endpoint(own, "wasted", f64::from(u8::from(own.wasted.get())));
        if let Some(of) = own.of.as_ref().filter(|_| own.measured && outcome == Outcome::Ok) {
            self.time(format!("endpoints {} time", of.edge.target), self.now() - own.arrived.get());
        }
    }

    async fn goes_back(&'a self, own: Task<'a>, of: Rc<Call<'a>>, outcome: Outcome, crossing: u64) {
        own.at.set(Where::Back);
        self.sleep(&own, self.after(crossing), NOWHERE).await;
        self.leave(&own, true, |_| true);
        self.ends(&own);
        if of.sent.borrow().as_ref().is_some_and(|it| Rc::ptr_eq(it, &own)) {
            self.resume(&of.caller, outcome);
        }
    }

    // Steps.

    fn steps<'t>(&'a self, own: &'t Task<'a>, salt: Key, all: &'a [Step]) -> Boxed<'t, Outcome> {
        Box::pin(async move {
            for step in all {
                let outcome = self.step(own, salt, step).await;
                if outcome != Outcome::Ok {
                    return outcome;
                }
            }
            Outcome::Ok
        })
    }

    async fn step(&'a self, own: &Task<'a>, salt: Key, step: &'a Step) -> Outcome {
        let key = salt.index(self.names.tag(step).0);
        match &step.kind {
            StepKind::Work(time) => self.works(own, time, key).await,
            StepKind::Wait(time) => self.waits(own, time, key).await,
            StepKind::Call { .. } | StepKind::Query { .. } => {
                // What was passed on ends the work: nothing is asked for that nobody waits for.
                if self.now() >= own.deadline {
                    return Outcome::Dependency;
                }
                let edge = self.names.edge_of(step);
                let outcome = self.call(own, edge, key, own.client, own.deadline).await;
                self.soon(own).await;
                if outcome == Outcome::Ok { outcome } else { Outcome::Dependency }
            }
            StepKind::Fail(share) if key.uniform() < *share => Outcome::Error,
            StepKind::Fail(_) => Outcome::Ok,
            StepKind::Chance { share, then, otherwise } => {
                let first = key.uniform() < *share;
                self.steps(own, salt, if first { then } else { otherwise }).await
            }
            StepKind::Optional(steps) => {
                self.steps(own, salt, steps).await;
                Outcome::Ok
            }
            StepKind::Fallback { steps, otherwise } => match self.steps(own, salt, steps).await {
                Outcome::Ok => Outcome::Ok,
                _ => self.steps(own, salt, otherwise).await,
            },
            StepKind::Repeat { times, steps } => {
                let (times, mut outcome) = (nearest(draw(times, 1.0, key)), Outcome::Ok);
                for nth in 0..times {
                    self.soon(own).await;
                    outcome = self.steps(own, key.index(nth), steps).await;
                    if outcome != Outcome::Ok {
                        break;
                    }
                }
                if times > 0 {
                    self.soon(own).await;
                }
                failed_block(outcome)
            }
            StepKind::All { need, branches } => self.all(own, salt, *need, branches).await,
            StepKind::Transaction { store, steps } => {
                let mut outcome = self.connection(own, *store, own.replica, key).await;
                // Behind a pooler it needs one of its connections too, for all of its queries.
                let pooler = self.names.architecture.stores[*store].pooler;
                if let Some(pooler) = pooler.filter(|_| outcome == Outcome::Ok) {
                    let mut copies = self.names.store_site(*store).all();
                    let first = copies.start;
                    let copy = copies.find(|it| !self.avoided(*it)).unwrap_or(first);
                    let wait = pooler.wait.map(|it| (it, own.replica));
                    outcome = self.enter(own, Place::Pooler(copy), key, wait).await;
                }
                if outcome == Outcome::Ok {
                    self.soon(own).await;
                    outcome = self.steps(own, salt, steps).await;
                }
                self.leave(own, true, |it| it.key == key);
                self.soon(own).await;
                failed_block(outcome)
            }
        }
    }

    /// A drawn time, as slow and as fast as the replica is now.
    fn drawn(&self, own: &Thread<'a>, time: &Dist, key: Key) -> u64 {
        let speed = self.names.site_at(own.replica).speeds[self.local(own.replica) as usize];
        nearest(draw(time, 1e9, key) * self.slowness(own.replica) / speed)
    }

    async fn waits(&'a self, own: &Task<'a>, time: &'a Dist, key: Key) -> Outcome {
        self.sleep(own, self.after(self.drawn(own, time, key)), own.replica).await;
        Outcome::Ok
    }

    async fn works(&'a self, own: &Task<'a>, time: &'a Dist, key: Key) -> Outcome {
        let cores = Place::Cores(own.replica);
        let outcome = self.enter(own, cores, key, None).await;
        if outcome != Outcome::Ok {
            return outcome;
        }
        let work = self.drawn(own, time, key);
        if self.names.site_at(own.replica).shares() {
            self.reckon(own.replica).jobs.push((Rc::clone(own), i128::from(work) * NANO));
            self.expect(own.replica);
            suspended(own).await;
        } else {
            self.sleep(own, self.unfrozen_end(own.replica, work), NOWHERE).await;
        }
        self.leave(own, true, |it| it.place == cores);
        Outcome::Ok
    }

    /// All branches at once, each a thread of its own; those that are not awaited are wasted.
    async fn all(
        &'a self,
        own: &Task<'a>,
        salt: Key,
        need: Option<u32>,
        branches: &'a [Vec<Step>],
    ) -> Outcome {
        if branches.is_empty() {
            return Outcome::Ok;
        }
        // Pending, succeeded, and how the first of those that failed did.
        let tally = Rc::new(Cell::new((branches.len() as u32, 0, Outcome::Ok)));
        for steps in branches {
            let branch = self.thread(Thread {
                replica: own.replica,
                salt: salt.0,
                client: own.client,
                deadline: own.deadline,
                measured: own.measured,
                wasted: own.wasted.clone(),
                ..Thread::default()
            });
            own.branches.borrow_mut().push(Rc::clone(&branch));
            let (parent, tally) = (Rc::clone(own), Rc::clone(&tally));
            self.start(&Rc::clone(&branch), async move {
                self.soon(&branch).await;
                let outcome = self.steps(&branch, salt, steps).await;
                if branch.orphan.get() {
                    return;
                }
                parent.branches.borrow_mut().retain(|it| it.id != branch.id);
                let (mut pending, mut succeeded, mut failure) = tally.get();
                pending -= 1;
                succeeded += u32::from(outcome == Outcome::Ok);
                failure = if failure == Outcome::Ok { outcome } else { failure };
                tally.set((pending, succeeded, failure));
                let joined = match need {
                    Some(need) if succeeded >= need => Outcome::Ok,
                    Some(need) if succeeded + pending < need => failure,
                    None if pending == 0 => failure,
                    _ => return,
                };
                for left in parent.branches.take() {
                    left.orphan.set(true);
                    waste(&left);
                }
                self.wake(&parent, self.now(), joined, parent.replica);
            });
        }
        failed_block(suspended(own).await)
    }

    // Cores that are shared.

    /// All who share a replica's cores have worked until now, evenly.
    fn reckon(&self, replica: usize) -> RefMut<'_, Shared<'a>> {
        let cores = self.names.site_at(replica).cores.map_or(u32::MAX, |it| it.count);
        let mut shared =
            RefMut::map(self.shared.borrow_mut(), |all| all.entry(replica).or_default());
        let worked = i128::from(self.unfrozen(replica, shared.since)) * NANO;
        let (busy, jobs) = shared.rate(cores);
        for job in &mut shared.jobs {
            job.1 -= worked * busy / jobs;
        }
        shared.since = self.now();
        shared
    }

    /// The next end, as things are now: the first nanosecond in which somebody's work is done.
    fn expect(&'a self, replica: usize) {
        let cores = self.names.site_at(replica).cores.map_or(u32::MAX, |it| it.count);
        let mut shared = self.reckon(replica);
        shared.turn += 1;
        let (turn, (busy, jobs)) = (shared.turn, shared.rate(cores));
        let Some(least) = shared.jobs.iter().map(|it| it.1).min() else { return };
        drop(shared);
        let (work, per_nano) = ((least - NOUGHT / 2).max(0) * jobs, busy * NANO);
        let nanos = work.div_euclid(per_nano) as u64 + u64::from(work % per_nano > 0);
        self.at(self.unfrozen_end(replica, nanos), move || {
            if self.shared.borrow()[&replica].turn == turn {
                self.done(replica);
            }
        });
    }

    /// Those whose work is done leave in the order of their ends.
    fn done(&'a self, replica: usize) {
        let mut shared = self.reckon(replica);
        let all = std::mem::take(&mut shared.jobs);
        let (mut done, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.1 <= NOUGHT);
        shared.jobs = left;
        drop(shared);
        done.sort_by_key(|it| it.1);
        for (task, _) in done {
            self.wake(&task, self.now(), Outcome::Ok, NOWHERE);
        }
        self.expect(replica);
    }

    // Places.

    /// The station of a place, its accounts kept up to now.
    fn station(&self, place: Place) -> RefMut<'_, Station<'a>> {
        let now = self.now();
        let mut station = RefMut::map(self.stations.borrow_mut(), |all| {
            all.entry(place).or_insert_with(|| {
                let (servers, queue) = self.names.limits(place);
                Station { servers, queue, in_service: 0, line: VecDeque::new(), touched: now }
            })
        });
        let measured = |it: u64| it.clamp(self.run.warmup, self.run.warmup + self.run.duration);
        let passed = (measured(now) - measured(station.touched)) as f64;
        station.touched = now;
        if passed > 0.0 {
            let name = self.names.resource(place);
            let (line, served) = (station.line.len() as f64, station.in_service as f64);
            self.count(format!("resources {name} queue mean value"), passed * line);
            self.count(format!("resources {name} in_system value"), passed * (line + served));
        }
        station
    }

    /// First in, first out: a server, a place in the line, or nothing. The line may be left after
    /// a time as `pool_full`, by what stands at a replica.
    async fn enter(
        &'a self,
        own: &Task<'a>,
        place: Place,
        key: Key,
        wait: Option<(u64, usize)>,
    ) -> Outcome {
        if let Some(outcome) = self.join(own, place, key) {
            return outcome;
        }
        if let Some((wait, at)) = wait {
            self.wake(own, self.after(wait), Outcome::PoolFull, at);
        }
        let outcome = suspended(own).await;
        self.leave_line(own);
        outcome
    }

    fn join(&self, own: &Task<'a>, place: Place, key: Key) -> Option<Outcome> {
        self.count_place(place, "arrivals");
        let mut station = self.station(place);
        if station.line.is_empty() && station.is_free() {
            drop(station);
            self.takes(own, place, key, 0);
            return Some(Outcome::Ok);
        }
        if station.queue.is_some_and(|it| station.line.len() >= it as usize) {
            self.count_place(place, "refused");
            return Some(Outcome::Refused);
        }
        station.line.push_back((Rc::clone(own), key, self.now()));
        own.in_line.set(Some(place));
        None
    }

    fn takes(&self, own: &Thread<'a>, place: Place, key: Key, waited: u64) {
        self.station(place).in_service += 1;
        own.holds.borrow_mut().push(Hold { place, key, keeps: false });
        own.in_line.set(None);
        if self.measuring() {
            self.time(format!("resources {} wait", self.names.resource(place)), waited);
        }
    }

    /// Leaves a line before its turn.
    fn leave_line(&self, own: &Thread<'a>) {
        if let Some(place) = own.in_line.take() {
            self.station(place).line.retain(|it| it.0.id != own.id);
            self.count_place(place, "left");
        }
    }

    /// Gives up some of what a thread holds, last taken first; the first in line are next.
    fn leave(&self, own: &Thread<'a>, served: bool, which: impl Fn(&Hold) -> bool) {
        loop {
            let last = own.holds.borrow().iter().rposition(&which);
            let Some(last) = last else { return };
            let Hold { place, keeps, .. } = own.holds.borrow_mut().remove(last);
            *self.idle.borrow_mut().entry(place).or_default() += u64::from(keeps);
            self.station(place).in_service -= 1;
            self.count_place(place, if served { "served" } else { "left" });
            loop {
                let mut station = self.station(place);
                if !station.is_free() {
                    break;
                }
                let Some((first, key, since)) = station.line.pop_front() else { break };
                drop(station);
                self.takes(&first, place, key, self.now() - since);
                self.resume(&first, Outcome::Ok);
            }
        }
    }

    /// A connection to a store: one of the pool at the caller's replica, an open one if there is.
    /// Opening takes time and fails beyond the store's limit.
    async fn connection(
        &'a self,
        own: &Task<'a>,
        store: usize,
        caller: usize,
        key: Key,
    ) -> Outcome {
        let stated = &self.names.architecture.stores[store];
        let pool = Place::Pool(caller, store);
        let keep = || {
            let mut holds = own.holds.borrow_mut();
            let held = holds.iter_mut().filter(|it| it.place == pool && it.key == key);
            held.for_each(|it| it.keeps = true);
        };
        if let Some(stated) = stated.pool {
            let outcome = self.enter(own, pool, key, stated.wait.map(|it| (it, caller))).await;
            if outcome != Outcome::Ok {
                return outcome;
            }
        }
        if let Some(idle) = self.idle.borrow_mut().get_mut(&pool).filter(|it| **it > 0) {
            *idle -= 1;
            keep();
            return Outcome::Ok;
        }
        if let Some(connections) = self.limited_connections(store) {
            let outcome = self.enter(own, connections, key, None).await;
            if outcome != Outcome::Ok {
                return outcome;
            }
            // What a pool opens is the pool's, else it is closed after its use.
            if stated.pool.is_some() {
                own.holds.borrow_mut().retain(|it| it.place != connections || it.key != key);
            }
        }
        keep();
        if let Some(time) = &stated.connect {
            self.sleep(own, self.after(whole(time, key.name("connect"))), caller).await;
        }
        Outcome::Ok
    }

    /// The limit of a store's connections, which all pools share.
    fn limited_connections(&self, store: usize) -> Option<Place> {
        let stated = &self.names.architecture.stores[store];
        let limited = stated.connections.is_some() && stated.pooler.is_none();
        limited.then(|| Place::Connections(self.names.store_site(store).first))
    }

    /// A crash at either end: idle connections are gone, those in use are closed after their use.
    fn break_connections(&self, pool: Place, store: usize) {
        let connections = self.limited_connections(store);
        let idle = self.idle.borrow_mut().remove(&pool).unwrap_or(0);
        if let Some(connections) = connections.filter(|_| idle > 0) {
            self.station(connections).in_service -= idle;
            (0..idle).for_each(|_| self.count_place(connections, "left"));
        }
        for thread in self.live.borrow().values() {
            let mut holds = thread.holds.borrow_mut();
            for nth in (0..holds.len()).rev() {
                let key = holds[nth].key;
                if holds[nth].place == pool
                    && std::mem::take(&mut holds[nth].keeps)
                    && let Some(place) = connections
                {
                    holds.insert(nth + 1, Hold { place, key, keeps: false });
                }
            }
        }
    }

    // Those who stop.

    /// What a caller left goes on at its place, as waste; with `cancel` the callee hears of it.
    fn abandon(&'a self, sent: &Task<'a>) {
        waste(sent);
        if sent.of.as_ref().is_some_and(|it| it.edge.policy.cancel) {
            let near = sent.at.get() == Where::Caller;
            let delay = if near { 0 } else { sent.crossing("cancel") };
            let sent = Rc::clone(sent);
            self.at(self.after(delay), move || self.stop(&sent, Outcome::Timeout, 0));
        }
    }

    /// An attempt is over where it is, and its answer leaves.
    fn stop(&'a self, own: &Task<'a>, outcome: Outcome, crossing: u64) {
        let Some(of) = own.of.as_ref().filter(|_| own.at.get() != Where::Back) else { return };
        self.uproot(own);
        if own.at.get() == Where::Here {
            self.ended(own, outcome);
        }
        self.start(own, self.goes_back(Rc::clone(own), Rc::clone(of), outcome, crossing));
    }

    /// Gives up lines, cores, branches, calls and slot.
    fn uproot(&'a self, own: &Task<'a>) {
        own.turn.set(own.turn.get() + 1);
        drop(own.future.take());
        self.leave_line(own);
        let cores = Place::Cores(own.replica);
        let works = own.holds.borrow().iter().any(|it| it.place == cores);
        if works && self.names.site_at(own.replica).shares() {
            self.reckon(own.replica).jobs.retain(|it| it.0.id != own.id);
            self.expect(own.replica);
        }
        self.leave(own, false, |it| it.place == cores);
        // What was begun last is given up first.
        for branch in own.branches.take().iter().rev() {
            self.uproot(branch);
            self.ends(branch);
        }
        if let Some(call) = own.calls.take() {
            self.settle(&call, breaker::Outcome::Ignored);
            if let Some(sent) = call.sent.take() {
                self.abandon(&sent);
            }
        }
        self.leave(own, false, |it| !own.keeps_until_back(it));
    }

    // Events.

    /// The events of a kind that act on a replica, or on a traffic.
    fn acts(&self, what: &str, whom: usize) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(move |it| it.what == what && it.on.contains(&whom))
    }

    fn script(&'a self) {
        for (nth, act) in self.acts.iter().enumerate() {
            match act.what {
                "surge" => self.at(act.from, move || {
                    let (traffic, first) = (act.on.start, nth as u32 * 10_000_000);
                    let kind = &self.names.architecture.traffic[traffic].kind;
                    if let TrafficKind::Closed { users, .. } = *kind {
                        let more = nearest(f64::from(users) * (act.by - 1.0)) as u32;
                        let all = users + first..users + first + more;
                        all.for_each(|user| self.thinker(traffic, user, act.to));
                    }
                }),
                "crash" => self.at(act.from, || act.on.clone().for_each(|it| self.crash(it))),
                _ => (),
            }
        }
    }

    fn slowness(&self, replica: usize) -> f64 {
        let on = self.acts("slow", replica).filter(|it| it.is_on(self.now()));
        on.map(|it| it.by).product()
    }

    fn error_share(&self, own: f64, replica: usize) -> f64 {
        let on = self.acts("errors", replica).filter(|it| it.is_on(self.now()));
        let during = on.fold(0.0, |during, it| 1.0 - (1.0 - during) * (1.0 - it.by));
        1.0 - (1.0 - own) * (1.0 - during)
    }

    /// Since when a replica has been dead without a break.
    fn dead_since(&self, replica: usize) -> Option<u64> {
        let crashes = || self.acts("crash", replica).chain(self.acts("drain", replica));
        let mut since = crashes().find(|it| it.is_on(self.now()))?.from;
        while let Some(it) = crashes().find(|it| it.from < since && since < it.to) {
            since = it.from;
        }
        Some(since)
    }

    /// Balancers avoid a dead replica after `health`.
    fn avoided(&self, replica: usize) -> bool {
        let Some(health) = self.names.site_at(replica).health else { return false };
        self.dead_since(replica).is_some_and(|it| self.now() >= it.saturating_add(health))
    }

    /// When a replica that is frozen at a time goes on.
    fn thaw_at(&self, replica: usize, time: u64) -> Option<u64> {
        let mut thaw = time;
        while let Some(it) = self.acts("stall", replica).find(|it| it.is_on(thaw)) {
            thaw = it.to;
        }
        (thaw > time).then_some(thaw)
    }

    fn thaw(&self, replica: usize) -> Option<u64> {
        self.thaw_at(replica, self.now())
    }

    /// The first time from `time` on at which a replica is not frozen, and when it next freezes.
    fn unfrozen_period(&self, replica: usize, time: u64) -> (u64, u64) {
        let from = self.thaw_at(replica, time).unwrap_or(time);
        let next = self.acts("stall", replica).map(|it| it.from).filter(|it| *it > from).min();
        (from, next.unwrap_or(NEVER))
    }

    /// How long a replica has not been frozen since a time.
    fn unfrozen(&self, replica: usize, since: u64) -> u64 {
        let (mut time, mut sum) = (since, 0);
        while time < self.now() {
            let (from, to) = self.unfrozen_period(replica, time);
            sum += to.min(self.now()).saturating_sub(from);
            time = to;
        }
        sum
    }

    /// When work that starts now ends; it does not go on while its replica is frozen.
    fn unfrozen_end(&self, replica: usize, work: u64) -> u64 {
        let (mut time, mut left) = (self.now(), work);
        loop {
            let (from, to) = self.unfrozen_period(replica, time);
            if from + left <= to {
                return from + left;
            }
            left -= to - from;
            time = to;
        }
    }

    /// Fails what is on a replica, first come first; it comes back empty.
    fn crash(&'a self, replica: usize) {
        let mut threads: Vec<Task<'a>> = self.live.borrow().values().map(Rc::clone).collect();
        threads.sort_by_key(|it| (it.arrived.get(), it.salt));
        for thread in threads.iter().filter(|it| !it.gone.get()) {
            let here = thread.replica == replica;
            match (&thread.of, thread.at.get()) {
                (Some(of), Where::Caller) if of.caller.replica == replica => {
                    self.stop(thread, Outcome::Crashed, 0);
                }
                (Some(_), Where::Here) if here => {
                    self.stop(thread, Outcome::Crashed, thread.crossing("back"));
                }
                (None, _) if here && thread.orphan.get() => {
                    self.uproot(thread);
                    self.ends(thread);
                }
                _ => (),
            }
        }
        let (site, local) = (self.names.site_at(replica).first, self.local(replica));
        let from = |it: &Edge<'_>| it.from.is_some_and(|it| self.names.sites[it].first == site);
        for edge in self.names.edges.iter().filter(|it| from(it)) {
            self.machines.borrow_mut().remove(&(edge.name.as_str(), local));
        }
        let places: Vec<Place> = self.stations.borrow().keys().copied().collect();
        for place in places {
            if let Place::Pool(caller, store) = place {
                let pooler = self.names.architecture.stores[store].pooler;
                let at_store = self.names.store_site(store).first == replica && pooler.is_none();
                if caller == replica || at_store {
                    self.break_connections(place, store);
                }
            }
        }
    }
}

impl Act {
    fn is_on(&self, time: u64) -> bool {
        self.from <= time && time < self.to
    }
}

/// The events of a scenario, in the run's time.
fn acts_of(names: &Names<'_>, run: &Run<'_>) -> Vec<Act> {
    let of = |event: &model::Event| {
        let (what, on, count, by) = match event.kind {
            EventKind::Surge { traffic, by } => ("surge", Err(traffic), None, by),
            EventKind::Slow { component, by, replicas } => ("slow", Ok(component), replicas, by),
            EventKind::Crash { component, replicas, drain } => {
                (if drain { "drain" } else { "crash" }, Ok(component), replicas, 1.0)
            }
            EventKind::Stall { component, replicas } => ("stall", Ok(component), replicas, 1.0),
            EventKind::Errors { component, share } => ("errors", Ok(component), None, share),
        };
        let on = match on.map(|it| &names.sites[names.site_of(it)]) {
            Ok(site) => {
                site.first..site.all().end.min(site.first + count.unwrap_or(u32::MAX) as usize)
            }
            Err(traffic) => traffic..traffic + 1,
        };
        let from = run.warmup + event.at;
        Act { what, on, from, to: from + event.lasts, by }
    };
    run.scenario.iter().flat_map(|it| &it.events).map(of).collect()
}

impl Thread<'_> {
    fn key(&self) -> Key {
        Key(self.salt)
    }

    /// How long one crossing of the network takes.
    fn crossing(&self, way: &str) -> u64 {
        let network = self.of.as_ref().and_then(|it| it.edge.network);
        network.map_or(0, |it| whole(it, self.key().name(way)))
    }

    /// A query keeps its connection until it has returned.
    fn keeps_until_back(&self, hold: &Hold) -> bool {
        let queries = self.of.as_ref().is_some_and(|it| it.edge.store.is_some());
        queries && matches!(hold.place, Place::Pool(..) | Place::Connections(_))
    }
}

impl Station<'_> {
    fn is_free(&self) -> bool {
        self.servers.is_none_or(|it| self.in_service < u64::from(it))
    }
}

/// Nobody waits any more for a thread and all that it has begun.
fn waste(thread: &Thread<'_>) {
    thread.wasted.set(true);
    thread.branches.borrow().iter().for_each(|it| waste(it));
    if let Some(call) = &*thread.calls.borrow() {
        call.sent.borrow().iter().for_each(|it| waste(it));
    }
}

/// Where the results count an outcome.
fn outcome_name(outcome: Outcome) -> String {
    if outcome == Outcome::Ok { "ok".to_owned() } else { format!("failed {}", outcome.name()) }
}

/// A block fails as the step in it that failed: `fail` with `error`, all else as `dependency`.
fn failed_block(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Ok | Outcome::Error => outcome,
        _ => Outcome::Dependency,
    }
}

/// The wait before the next retry: grown, capped and spread.
fn backoff(retry: &Retry, made: u64, previous: u64, uniform: f64) -> u64 {
    let wait = match retry.backoff {
        Backoff::None => return 0,
        Backoff::Constant => retry.base,
        Backoff::Linear => retry.base * made,
        Backoff::Exponential => retry.base << (made - 1),
    };
    let wait = wait.min(retry.cap);
    let between = |low: u64, high: u64| low + nearest((high - low) as f64 * uniform);
    match retry.jitter {
        Jitter::None => wait,
        Jitter::Full => between(0, wait),
        Jitter::Equal => between(wait / 2, wait),
        Jitter::Decorrelated if previous == 0 => between(retry.base, 3 * retry.base).min(retry.cap),
        Jitter::Decorrelated => between(retry.base, (3 * previous).max(retry.base)).min(retry.cap),
    }
}

fn budget_of(call: &Call<'_>) -> Option<model::Budget> {
    call.edge.policy.retry.as_ref().and_then(|it| it.value.budget)
}

fn breaker_of(stated: &model::Breaker) -> breaker::Breaker {
    breaker::Breaker::new(breaker::Config {
        failure_rate: stated.failure_rate,
        slow_rate: stated.slow_rate,
        slow_after: Duration::from_nanos(stated.slow_after),
        window: match stated.window {
            BreakerWindow::Calls(calls) => breaker::Window::Calls(calls),
            BreakerWindow::Time(time) => breaker::Window::Time(Duration::from_nanos(time)),
        },
        min_calls: stated.min_calls,
        open_for: Duration::from_nanos(stated.open_for),
        probes: stated.probes,
        concurrent_probes: stated.concurrent_probes,
    })
}

fn balancer_of(stated: &model::Balance, speeds: &[f64], start: u32) -> balance::Balancer {
    let (choices, replace) = (stated.choices, stated.replace);
    let policy = match stated.policy {
        BalancePolicy::Random => balance::Policy::Random,
        BalancePolicy::RoundRobin => balance::Policy::RoundRobin,
        BalancePolicy::LeastConnections => balance::Policy::LeastConnections,
        BalancePolicy::LeastResponseTime => balance::Policy::LeastResponseTime,
        BalancePolicy::IpHash => balance::Policy::IpHash,
        BalancePolicy::TwoChoices => balance::Policy::Choices { choices, replace },
    };
    balance::Balancer::new(balance::Config { policy, weighted: stated.weighted }, speeds, start)
}
