//! Calls: the policies of an edge around the attempts to use it, in Resilience4j's order:
//! retry ( breaker ( timeout ( bulkhead ( call )))).

use tradeoff_model::model::{self, BalancePolicy, BreakerWindow};
use tradeoff_policy::{
    Time,
    balance::{self, Balancer},
    breaker::{self, Breaker},
    budget::{self, Budget},
    bulkhead::Bulkhead,
    retry,
};

use super::{
    EdgeState, Engine, Event, What,
    record::Transition,
    station::Class,
    strand::{Call, Parent, Phase, Spent, State, add},
};
use crate::{
    outcome::Outcome,
    plan::{Edge, Plan},
    slab::{Handle, NONE},
};

use core::time::Duration;

/// The engine drives the policy crate's machines with simulated time.
pub(super) fn edge_state(edge: &Edge) -> EdgeState {
    EdgeState {
        breaker: edge.breaker.as_ref().map(|it| Breaker::new(breaker_config(it))),
        budget: edge.retry.and_then(|it| it.budget).map(|it| {
            Budget::new(budget::Config {
                share_milli: libm::round(it.share * 1000.0) as u32,
                burst: it.burst,
                earn: if it.earn_attempt { budget::Earn::Attempt } else { budget::Earn::Success },
            })
        }),
        bulkhead: edge.bulkhead.map(Bulkhead::new),
        open_since: None,
        in_flight: 0,
    }
}

fn breaker_config(stated: &model::Breaker) -> breaker::Config {
    breaker::Config {
        failure_rate: stated.failure_rate,
        slow_rate: stated.slow_rate,
        slow_after: Duration::from_nanos(stated.slow_after),
        window: match stated.window {
            BreakerWindow::Calls(calls) => breaker::Window::Calls(calls),
            BreakerWindow::Time(nanos) => breaker::Window::Time(Duration::from_nanos(nanos)),
        },
        min_calls: stated.min_calls,
        open_for: Duration::from_nanos(stated.open_for),
        probes: stated.probes,
        concurrent_probes: stated.concurrent_probes,
    }
}

fn retry_config(stated: &model::Retry) -> retry::Config {
    retry::Config {
        attempts: stated.attempts,
        backoff: match stated.backoff {
            model::Backoff::None | model::Backoff::Constant => retry::Backoff::Constant,
            model::Backoff::Linear => retry::Backoff::Linear,
            model::Backoff::Exponential => retry::Backoff::Exponential,
        },
        base: Duration::from_nanos(stated.base),
        cap: Duration::from_nanos(stated.cap),
        jitter: match stated.jitter {
            model::Jitter::None => retry::Jitter::None,
            model::Jitter::Full => retry::Jitter::Full,
            model::Jitter::Equal => retry::Jitter::Equal,
            model::Jitter::Decorrelated => retry::Jitter::Decorrelated,
        },
    }
}

fn balancer(plan: &Plan, it: &crate::plan::BalancerPlan, key: tradeoff_des::Key) -> Balancer {
    let policy = match it.balance.policy {
        BalancePolicy::Random => balance::Policy::Random,
        BalancePolicy::RoundRobin => balance::Policy::RoundRobin,
        BalancePolicy::LeastConnections => balance::Policy::LeastConnections,
        BalancePolicy::LeastResponseTime => balance::Policy::LeastResponseTime,
        BalancePolicy::IpHash => balance::Policy::IpHash,
        BalancePolicy::TwoChoices => {
            balance::Policy::Choices { choices: it.balance.choices, replace: it.balance.replace }
        }
    };
    let range = plan.replica_range(it.target);
    let weights: Vec<f64> = range.map(|it| plan.replicas[it as usize].speed).collect();
    let start = (key.index(it.key.0).uniform() * weights.len() as f64) as u32;
    Balancer::new(balance::Config { policy, weighted: it.balance.weighted }, &weights, start)
}

impl Engine<'_> {
    pub(super) fn set_up_policies(&mut self) {
        for edge in &self.plan.edges {
            self.edge_base.push(self.edges.len() as u32);
            self.edges.extend((0..edge.callers).map(|_| edge_state(edge)));
        }
        let key = self.key;
        self.balancers =
            self.plan.balancers.iter().map(|it| balancer(self.plan, it, key)).collect();
    }

    /// A strand calls.
    pub(super) fn call(&mut self, caller: u32, edge: u32, tag: u64) {
        let plan = &self.plan.edges[edge as usize];
        let strand = &self.strands[caller];
        let local = self.plan.replicas[strand.replica as usize].local;
        let index = self.calls.take();
        let call = &mut self.calls[index];
        let own = plan.deadline.map_or(u64::MAX, |it| self.now.saturating_add(it));
        *call = Call {
            life: call.life,
            timer: call.timer,
            class: strand.class,
            measured: self.measuring,
            edge,
            caller,
            local,
            id: strand.salt.index(tag).index(plan.key.0),
            client: strand.client,
            started: self.now,
            deadline: own.min(strand.deadline),
            ..Call::default()
        };
        let strand = &mut self.strands[caller];
        strand.call = index;
        strand.state = State::Calling;
        self.begin_call(index);
    }

    /// The first attempt of a call.
    pub(super) fn begin_call(&mut self, index: u32) {
        let call = &mut self.calls[index];
        let (edge, local, measured) = (call.edge, call.local, call.measured);
        if call.caller == NONE
            && let Some(own) = self.plan.edges[edge as usize].deadline
        {
            call.deadline = call.deadline.min(self.now.saturating_add(own));
        }
        if measured {
            self.record.edges[edge as usize].calls += 1;
        }
        let state = self.edge_state(edge, local);
        if let Some(budget) = &mut state.budget {
            budget.on_first_attempt();
        }
        self.attempt(index);
    }

    fn edge_state(&mut self, edge: u32, local: u32) -> &mut EdgeState {
        let base = self.edge_base[edge as usize];
        &mut self.edges[(base + local) as usize]
    }

    /// One attempt, from the breaker inwards.
    fn attempt(&mut self, index: u32) {
        let (edge, local) = (self.calls[index].edge, self.calls[index].local);
        self.calls[index].attempted = self.now;
        self.record.edges[edge as usize].reach.used += 1;
        match self.admit(edge, local) {
            Ok(permit) => self.calls[index].permit = permit,
            Err(()) => return self.own_rejection(index, Outcome::BreakerOpen),
        }
        let state = self.edge_state(edge, local);
        if let Some(bulkhead) = &mut state.bulkhead
            && !bulkhead.try_enter()
        {
            return self.own_rejection(index, Outcome::BulkheadFull);
        }
        state.in_flight += 1;
        let in_flight = state.in_flight;
        self.calls[index].in_flight = true;
        let reach = &mut self.record.edges[edge as usize].reach;
        reach.in_flight = reach.in_flight.max(in_flight);
        let plan = &self.plan.edges[edge as usize];
        let call = &mut self.calls[index];
        call.attempts += 1;
        call.phase = Phase::Attempt;
        let bound = plan.timeout.map_or(u64::MAX, |it| self.now.saturating_add(it));
        let until = bound.min(call.deadline);
        if call.measured {
            self.record.edges[edge as usize].attempts += 1;
        }
        if until < u64::MAX {
            let event = self.timer(index);
            self.at_in_lane(edge, until, event);
        }
        self.send(index);
    }

    fn admit(&mut self, edge: u32, local: u32) -> Result<Option<u32>, ()> {
        let now = self.time();
        let state = self.edge_state(edge, local);
        let Some(breaker) = &mut state.breaker else { return Ok(None) };
        let before = breaker.state();
        let verdict = breaker.admit(now);
        let after = breaker.state();
        if before != after {
            self.transition(edge, local, after);
        }
        match verdict {
            breaker::Verdict::Admit(permit) => Ok(Some(permit.into_raw())),
            breaker::Verdict::Reject { .. } => Err(()),
        }
    }

    /// Writes down that a breaker changed its state.
    fn transition(&mut self, edge: u32, local: u32, to: breaker::State) {
        let now = self.now;
        let measuring = self.measuring;
        let state = self.edge_state(edge, local);
        let was = state.open_since;
        if to == breaker::State::Closed {
            state.open_since = None;
        } else {
            state.open_since = Some(was.unwrap_or(now));
        }
        let to = match to {
            breaker::State::Closed => "closed",
            breaker::State::Open => "open",
            breaker::State::HalfOpen => "half-open",
        };
        if to == "closed"
            && let Some(since) = was
            && measuring
        {
            self.record.open_time[edge as usize] += u128::from(now - since);
        }
        self.record.transition(edge, Transition { replica: local, at: now, to });
    }

    /// Accounts for breakers that are open when the measurement ends.
    pub(super) fn close_open_times(&mut self) {
        for (edge, base) in self.edge_base.iter().enumerate() {
            let callers = self.plan.edges[edge].callers;
            for state in &self.edges[*base as usize..(base + callers) as usize] {
                if let Some(since) = state.open_since {
                    self.record.open_time[edge] += u128::from(self.now - since);
                }
            }
        }
    }

    /// The caller's own breaker or bulkhead says no: neither counted nor retried.
    fn own_rejection(&mut self, index: u32, outcome: Outcome) {
        self.record.edges[self.calls[index].edge as usize].reach.rejected += 1;
        self.settle_policies(index, breaker::Outcome::Ignored);
        self.finish_call(index, outcome);
    }

    /// Chooses a replica and sends the attempt to it.
    fn send(&mut self, index: u32) {
        let now = self.time();
        let call = &self.calls[index];
        let (edge_index, local, client, attempts) =
            (call.edge, call.local, call.client, call.attempts);
        let edge = &self.plan.edges[edge_index as usize];
        let attempt = call.id.index(u64::from(attempts));
        let class =
            if call.class == Class::First && attempts > 1 { Class::Retry } else { call.class };
        let (caller, deadline, measured) = (call.caller, call.deadline, call.measured);
        let target = self.plan.endpoints[edge.target as usize].process;
        let range = self.plan.replica_range(target);
        let from = if caller == NONE { NONE } else { self.strands[caller].replica };
        let (picked, replica) = if edge.inside {
            (NONE, from)
        } else {
            let picked = self.pick(edge_index, local, client, attempt, now);
            (picked, range.start + picked)
        };
        let life = self.calls.handle(index);
        let strand_index = self.strands.take();
        let strand = &mut self.strands[strand_index];
        strand.reset(self.now);
        strand.parent = Parent::Attempt(life, attempts);
        strand.class = class;
        strand.measured = measured;
        strand.endpoint = edge.target;
        strand.edge = edge_index;
        strand.replica = replica;
        strand.from = from;
        strand.op = self.plan.endpoints[edge.target as usize].entry;
        strand.salt = attempt;
        strand.attempt = attempt;
        strand.client = client;
        if edge.pass_deadline {
            strand.deadline = deadline;
        }
        let call = &mut self.calls[index];
        call.strand = strand_index;
        call.picked = picked;
        if edge.pool != NONE && !edge.in_transaction {
            self.enter_pool(strand_index, edge.pool, local);
        } else {
            self.outbound(strand_index);
        }
    }

    fn pick(
        &mut self,
        edge: u32,
        local: u32,
        client: u64,
        attempt: tradeoff_des::Key,
        now: Time,
    ) -> u32 {
        let plan = &self.plan.edges[edge as usize];
        let endpoint = &self.plan.endpoints[plan.target as usize];
        let first = self.plan.processes[endpoint.process as usize].first;
        let count = self.plan.processes[endpoint.process as usize].replicas;
        let index = plan.balancer + local;
        let clients = self.plan.balancers[index as usize].balance.clients.max(1);
        let replicas = &self.replicas;
        let alive = |it: u32| !replicas[(first + it) as usize].avoided;
        let balancer = &mut self.balancers[index as usize];
        let picked = if count == 1 {
            0
        } else if endpoint.writes || plan.in_transaction {
            (0..count).find(|it| alive(*it)).unwrap_or(0)
        } else {
            let key = attempt.name("balance");
            let mut draws = 0;
            let draw = || {
                draws += 1;
                key.index(draws).uniform()
            };
            balancer.pick(now, client % clients, alive, draw)
        };
        balancer.sent(picked);
        picked
    }

    /// An attempt has ended for its caller: the permit, the bulkhead and the load count go.
    fn settle_policies(&mut self, index: u32, outcome: breaker::Outcome) {
        let now = self.time();
        let call = &mut self.calls[index];
        let (edge, local, picked) = (call.edge, call.local, call.picked);
        let took = self.now - call.attempted;
        let permit = call.permit.take();
        let in_flight = std::mem::take(&mut call.in_flight);
        call.picked = NONE;
        if in_flight {
            let reach = &mut self.record.edges[edge as usize].reach;
            reach.longest = reach.longest.max(took);
            reach.failures += u64::from(outcome == breaker::Outcome::Failure);
        }
        let state = self.edge_state(edge, local);
        if in_flight {
            // A crash in between has forgotten those of before.
            state.in_flight = state.in_flight.saturating_sub(1);
            if let Some(bulkhead) = &mut state.bulkhead {
                bulkhead.leave();
            }
        }
        let mut changed = None;
        if let Some((permit, breaker)) = permit.zip(state.breaker.as_mut()) {
            changed = breaker.settle(now, breaker::Permit::from_raw(permit), outcome, took);
        }
        if let Some(to) = changed {
            self.transition(edge, local, to);
        }
        if picked != NONE {
            let balancer = self.plan.edges[edge as usize].balancer + local;
            let answered = (outcome == breaker::Outcome::Success).then_some(took);
            self.balancers[balancer as usize].settled(now, picked, answered);
        }
    }

    /// An answer has reached the caller.
    pub(super) fn answered(&mut self, index: u32, outcome: Outcome, spent: &super::strand::Ledger) {
        let settled = if outcome == Outcome::Ok {
            breaker::Outcome::Success
        } else {
            breaker::Outcome::Failure
        };
        let call = &mut self.calls[index];
        add(&mut call.spent, spent);
        call.strand = NONE;
        let (edge, measured) = (call.edge, call.measured);
        if measured {
            self.record.edges[edge as usize].outcomes[outcome as usize] += 1;
        }
        self.settle_policies(index, settled);
        if outcome == Outcome::Ok {
            self.finish_call(index, Outcome::Ok);
        } else {
            self.retry_or_fail(index, outcome);
        }
    }

    /// An attempt failed: another one, if attempts, budget and deadline allow.
    fn retry_or_fail(&mut self, index: u32, outcome: Outcome) {
        let call = &self.calls[index];
        let (edge_index, local, attempts) = (call.edge, call.local, call.attempts);
        let edge = &self.plan.edges[edge_index as usize];
        let muted = self.setup.mute.is_some_and(|(it, from)| it == edge_index && self.now >= from);
        let Some(stated) = edge.retry.filter(|it| {
            outcome.is_sent_failure()
                && attempts < it.attempts
                && !muted
                && self.now < call.deadline
        }) else {
            return self.finish_call(index, outcome);
        };
        let state = self.edge_state(edge_index, local);
        if state.budget.as_mut().is_some_and(|it| !it.take()) {
            let record = &mut self.record.edges[edge_index as usize];
            record.retries_denied += u64::from(self.calls[index].measured);
            return self.finish_call(index, outcome);
        }
        let call = &mut self.calls[index];
        let delay = if stated.backoff == model::Backoff::None {
            0
        } else {
            let uniform = call.id.name("backoff").index(u64::from(attempts)).uniform();
            retry_config(&stated).delay(attempts, call.previous_delay, uniform)
        };
        call.previous_delay = delay;
        call.phase = Phase::Backoff;
        call.last = outcome;
        call.attempted = self.now;
        let until = self.now.saturating_add(delay).min(call.deadline);
        self.call_at(until, index);
    }

    fn call_at(&mut self, time: u64, index: u32) {
        let event = self.timer(index);
        self.at(time, event);
    }

    /// A timer of a call, which supersedes the one before it.
    fn timer(&mut self, index: u32) -> Event {
        let call = &mut self.calls[index];
        call.timer = call.timer.wrapping_add(1);
        Event::new(What::CallTimer, index, call.timer)
    }

    /// A backoff has passed, or an attempt or the whole call has taken too long.
    pub(super) fn call_timer(&mut self, index: u32) {
        let call = &self.calls[index];
        if call.caller != NONE {
            let replica = self.strands[call.caller].replica;
            // A frozen process does not notice that time has passed before it thaws.
            if let Some(thaw) = self.frozen_until(replica) {
                return self.call_at(thaw, index);
            }
        }
        let call = &mut self.calls[index];
        let late = self.now >= call.deadline;
        if call.phase == Phase::Backoff {
            call.spent[Spent::Backoff as usize] += self.now - call.attempted;
            if late {
                self.finish_call(index, Outcome::Timeout);
            } else {
                self.attempt(index);
            }
            return;
        }
        call.spent[Spent::Calls as usize] += self.now - call.attempted;
        let (edge, strand, measured) = (call.edge, call.strand, call.measured);
        call.strand = NONE;
        if measured {
            self.record.edges[edge as usize].outcomes[Outcome::Timeout as usize] += 1;
        }
        self.settle_policies(index, breaker::Outcome::Failure);
        self.abandon(strand);
        if late {
            self.finish_call(index, Outcome::Timeout);
        } else {
            self.retry_or_fail(index, Outcome::Timeout);
        }
    }

    /// The caller no longer waits for a strand: what it left goes on as waste, or hears of it.
    pub(super) fn abandon(&mut self, strand: u32) {
        self.waste(strand);
        let edge = &self.plan.edges[self.strands[strand].edge as usize];
        if !edge.cancel {
            return;
        }
        let life = self.strands[strand].life;
        let delay = match self.strands[strand].state {
            // Still at the caller: nothing to tell anybody.
            State::PoolLine | State::Connecting => 0,
            _ => self.crossing(strand, "cancel"),
        };
        self.at(self.now + delay, Event::new(What::Cancel, strand, life));
    }

    /// The call has its outcome; its caller goes on.
    fn finish_call(&mut self, index: u32, outcome: Outcome) {
        let call = &mut self.calls[index];
        call.timer = call.timer.wrapping_add(1);
        let (edge, local, caller, spent) = (call.edge, call.local, call.caller, call.spent);
        if call.measured && matches!(outcome, Outcome::BreakerOpen | Outcome::BulkheadFull) {
            self.record.edges[edge as usize].outcomes[outcome as usize] += 1;
        }
        if outcome == Outcome::Ok {
            let state = self.edge_state(edge, local);
            if let Some(budget) = &mut state.budget {
                budget.on_success();
            }
        }
        if caller == NONE {
            return self.settle_request(index, outcome);
        }
        self.calls.give(index);
        let strand = &mut self.strands[caller];
        add(&mut strand.spent, &spent);
        strand.mark = self.now;
        strand.call = NONE;
        strand.state = State::Running;
        // To the endpoint it is a step that failed, whatever the edge's own cause.
        strand.outcome = if outcome == Outcome::Ok { Outcome::Ok } else { Outcome::Dependency };
        self.strand_in(0, What::Resume, caller);
    }

    /// The caller is gone: its call is forgotten, and what it had sent goes on as waste.
    pub(super) fn forget_call(&mut self, index: u32) {
        let (phase, strand) = (self.calls[index].phase, self.calls[index].strand);
        self.settle_policies(index, breaker::Outcome::Ignored);
        let call = &mut self.calls[index];
        call.timer = call.timer.wrapping_add(1);
        self.calls.give(index);
        if phase == Phase::Attempt && strand != NONE {
            self.abandon(strand);
        }
    }

    /// Whether a strand's caller still waits for exactly this attempt.
    pub(super) fn awaited(&mut self, parent: Parent) -> Option<u32> {
        let Parent::Attempt(Handle { index, life }, attempt) = parent else { return None };
        let live = self.calls.is_live(Handle { index, life });
        let call = &self.calls[index];
        (live && call.attempts == attempt && call.phase == Phase::Attempt).then_some(index)
    }
}
