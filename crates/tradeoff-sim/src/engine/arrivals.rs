//! Users: open traffic arrives whether or not the system keeps up, closed users think and ask.

use tradeoff_des::Key;

use super::{
    Engine, Event, What,
    station::Class,
    strand::{Ledger, Phase},
};
use crate::{outcome::Outcome, sampler::round, slab::NONE};

/// An open source's place in its stream: arrival n is where the expected number of arrivals
/// reaches the sum of n unit exponentials, so that a surge moves arrivals and redraws none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    key: Option<Key>,
    count: u64,
    /// Sum of the exponentials up to and with the next arrival.
    reached: f64,
    /// Rate per nanosecond from each time on.
    pieces: Vec<(u64, f64)>,
    piece: usize,
    /// Expected arrivals before `pieces[piece]`.
    before: f64,
}

impl Source {
    /// When the arrival that is pending comes under other rates.
    pub(super) fn restart(&mut self, pieces: Vec<(u64, f64)>) -> Option<u64> {
        (self.pieces, self.piece, self.before) = (pieces, 0, 0.0);
        if self.count > 0 { self.next_arrival() } else { None }
    }

    /// When the expected number of arrivals reaches `reached`; `None` if it never does.
    fn next_arrival(&mut self) -> Option<u64> {
        loop {
            let (start, rate) = self.pieces[self.piece];
            let missing = self.reached - self.before;
            if let Some((end, _)) = self.pieces.get(self.piece + 1) {
                let within = (*end - start) as f64 * rate;
                if within < missing {
                    self.before += within;
                    self.piece += 1;
                    continue;
                }
            } else if rate <= 0.0 {
                return None;
            }
            return Some(start + round(missing / rate));
        }
    }
}

/// A user of closed traffic.
#[derive(Clone, Debug)]
pub(crate) struct User {
    traffic: u32,
    key: Key,
    asked: u64,
    /// When this user goes for good, if it came with a surge.
    until: u64,
}

impl Engine<'_> {
    pub(super) fn set_up_sources(&mut self) {
        for index in 0..self.plan.traffic.len() {
            let plan = &self.plan.traffic[index];
            let key = self.key.index(plan.key.0);
            let pieces = self.script.rate_pieces(index as u32, plan.rate);
            self.sources.push(Source { key: Some(key), pieces, ..Source::default() });
            if plan.users > 0 {
                for nth in 0..plan.users {
                    self.add_user(index as u32, nth, 0, u64::MAX);
                }
            } else if plan.rate > 0.0 {
                self.plan_arrival(index as u32);
            }
        }
    }

    fn plan_arrival(&mut self, traffic: u32) {
        let source = &mut self.sources[traffic as usize];
        let Some(key) = source.key else { return };
        source.count += 1;
        source.reached += key.index(source.count).name("gap").exponential();
        if let Some(time) = source.next_arrival() {
            self.at(time, Event::new(What::Arrive, traffic, 0));
        }
    }

    /// An arrival of open traffic.
    pub(super) fn arrive(&mut self, traffic: u32) {
        let source = &self.sources[traffic as usize];
        let Some(key) = source.key else { return };
        let request = key.index(source.count);
        self.ask(traffic, request, NONE);
        self.plan_arrival(traffic);
    }

    /// A user joins; the first thinking is scaled by U(0, 1), so that users do not march in step.
    pub(super) fn add_user(&mut self, traffic: u32, nth: u32, from: u64, until: u64) {
        let plan = &self.plan.traffic[traffic as usize];
        let key = self.key.index(plan.key.0).name("user").index(u64::from(nth));
        let index = self.users.len() as u32;
        self.users.push(User { traffic, key, asked: 0, until });
        let scale = key.name("first").uniform();
        let think = self.plan.samplers[plan.think as usize].draw(key.index(0).name("think"));
        self.at(from + round(think * scale), Event::new(What::Think, index, 0));
    }

    /// A user has thought, and asks.
    pub(super) fn thought(&mut self, index: u32, _stamp: u32) {
        let user = &mut self.users[index as usize];
        if self.now >= user.until {
            return;
        }
        user.asked += 1;
        let (traffic, request) = (user.traffic, user.key.index(user.asked));
        self.ask(traffic, request, index);
    }

    fn think(&mut self, index: u32) {
        let user = &self.users[index as usize];
        let sampler = self.plan.traffic[user.traffic as usize].think;
        let key = user.key.index(user.asked).name("think");
        let think = self.plan.samplers[sampler as usize].whole(key);
        self.at(self.now + think, Event::new(What::Think, index, 0));
    }

    /// A request begins.
    fn ask(&mut self, traffic: u32, request: Key, user: u32) {
        let plan = &self.plan.traffic[traffic as usize];
        let (first, count) = (plan.first_flow, plan.flow_count);
        let flow = if count == 1 {
            first
        } else {
            let share = request.name("mix").uniform();
            let flows = &self.plan.flows[first as usize..(first + count) as usize];
            let nth = flows.iter().position(|it| share < it.up_to);
            first + nth.map_or(count - 1, |it| it as u32)
        };
        let edge = self.plan.flows[flow as usize].edge;
        let deadline = plan.patience.map_or(u64::MAX, |it| self.now.saturating_add(it));
        let measured = self.now >= self.setup.warmup && self.now < self.measure_end();
        let id = request.index(self.plan.edges[edge as usize].key.0);
        let index = self.calls.take();
        let call = &mut self.calls[index];
        *call = super::Call {
            life: call.life,
            timer: call.timer,
            phase: Phase::Backoff,
            class: Class::First,
            measured,
            edge,
            caller: NONE,
            flow,
            user,
            id,
            client: if self.plan.hashes { request.name("client").bits() } else { 0 },
            started: self.now,
            deadline,
            ..super::Call::default()
        };
        self.outstanding += u64::from(measured);
        self.record.offered(flow, self.now, measured);
        self.begin_call(index);
    }

    /// A user's request has its outcome.
    pub(super) fn settle_request(&mut self, index: u32, outcome: Outcome) {
        let call = &self.calls[index];
        let (flow, started, measured, user) = (call.flow, call.started, call.measured, call.user);
        let spent: Ledger = call.spent;
        debug_assert_eq!(spent.iter().sum::<u64>(), self.now - started, "the ledger is complete");
        self.outstanding -= u64::from(measured);
        let good_within = self.plan.flows[flow as usize].good_within;
        self.record.settled(flow, started, self.now, measured, outcome, &spent, good_within);
        self.calls.give(index);
        if user != NONE {
            self.think(user);
        }
    }
}
