//! Load balancing: which replica gets the call.
//!
//! The algorithms are those of the guide's section 11. Two choices are Mitzenmacher's ("The Power
//! of Two Choices in Randomized Load Balancing", 2001): drawing two and taking the less loaded
//! keeps queues nearly as short as asking all, at the cost of two looks. Weighted round robin is
//! nginx's smooth one; the least response time decays as in Finagle's peak EWMA.

mod draw;
mod latency;

use alloc::{boxed::Box, vec};

use self::{draw::Weights, latency::Latencies};
use crate::Time;

/// Picks the replica for each call, by what its caller knows: who answers, how fast, and how many
/// of its own calls are unanswered. There is one per caller replica and target.
///
/// A dead replica is passed over; when none is alive, it picks as if all were.
///
/// # Examples
///
/// ```
/// use tradeoff_policy::{Time, balance::{Balancer, Config, Policy}};
///
/// let policy = Policy::Choices { choices: 2, replace: false };
/// let mut balancer = Balancer::new(Config { policy, weighted: false }, &[1.0; 3], 0);
///
/// let alive = |replica| replica != 0;
/// let first = balancer.pick(Time::ZERO, 0, alive, || 0.5);
/// balancer.sent(first);
/// let second = balancer.pick(Time::ZERO, 0, alive, || 0.5);
/// assert_eq!([first.min(second), first.max(second)], [1, 2]);
///
/// balancer.settled(Time(9_000), first, Some(9_000));
/// assert_eq!(balancer.in_flight(first), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Balancer {
    policy: Policy,
    weights: Weights,
    /// Unanswered calls of each replica.
    in_flight: Box<[u32]>,
    latencies: Latencies,
    /// Where round robin goes on.
    next: u32,
    /// What smooth round robin owes each replica.
    owed: Box<[f64]>,
    /// The choices drawn for one pick, but the last, in order of their number.
    drawn: Box<[u32]>,
}

/// How to pick, and whether capacities matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The algorithm.
    pub policy: Policy,
    /// Whether a replica with twice the capacity gets twice the calls.
    pub weighted: bool,
}

/// A load balancing algorithm; n is a replica's number of unanswered calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Any, in proportion to weight.
    Random,
    /// One after the other; weighted ones interleave smoothly.
    RoundRobin,
    /// The least (n + 1) / weight of all; ties are random.
    LeastConnections,
    /// The least average latency x (n + 1) / weight of all; ties are random.
    ///
    /// The average is exponential over 10 s and decays while no answer comes, so that a replica
    /// which was slow once gets another chance. One that never answered comes first until it has a
    /// call, and last while it has: it is tried, but cannot swallow everything.
    LeastResponseTime,
    /// The same one for the same client, in proportion to weight; the next if that one is dead.
    IpHash,
    /// The least (n + 1) / weight of some that are drawn; ties are random.
    Choices {
        /// How many to draw; 2 is the well-known case.
        choices: u32,
        /// Whether one replica may be drawn twice.
        replace: bool,
    },
}

impl Balancer {
    /// A balancer for one replica per weight; round robin begins at `start`.
    ///
    /// A replica whose weight is not a positive number gets calls only while no other is alive.
    /// Without weights it acts as if there was one replica.
    pub fn new(config: Config, weights: &[f64], start: u32) -> Self {
        let replicas = weights.len().max(1);
        let (mut measured, mut ordered, mut drawn) = (0, 0, 0);
        match config.policy {
            Policy::LeastResponseTime => measured = replicas,
            Policy::RoundRobin => ordered = replicas,
            Policy::Choices { choices, replace: false } => {
                drawn = replicas.min(choices as usize).saturating_sub(1);
            }
            _ => (),
        }
        Self {
            policy: config.policy,
            weights: Weights::new(weights, config.weighted),
            in_flight: vec![0; replicas].into(),
            latencies: Latencies::new(measured),
            next: start % replicas as u32,
            owed: vec![0.0; ordered].into(),
            drawn: vec![0; drawn].into(),
        }
    }

    /// Picks the replica for one call or attempt.
    ///
    /// `alive` is asked about as few replicas as the algorithm needs; `draw` is called as often as
    /// needed and returns numbers from [0, 1). Only `client` matters to [`Policy::IpHash`]. The time
    /// matters to no policy yet: averages that decay alike keep their order.
    #[inline]
    pub fn pick(
        &mut self,
        _now: Time,
        client: u64,
        alive: impl Fn(u32) -> bool,
        mut draw: impl FnMut() -> f64,
    ) -> u32 {
        if self.in_flight.len() == 1 {
            return 0;
        }
        if let Some(replica) = self.among(client, &alive, &mut draw) {
            return replica;
        }
        self.among(client, &|_| true, &mut draw).unwrap_or(0)
    }

    /// Learns that a call was sent to a replica.
    #[inline]
    pub fn sent(&mut self, replica: u32) {
        self.in_flight[replica as usize] += 1;
    }

    /// Learns that a call ended, by an answer after `took_nanos` or because its caller gave up.
    #[inline]
    pub fn settled(&mut self, now: Time, replica: u32, took_nanos: Option<u64>) {
        let in_flight = &mut self.in_flight[replica as usize];
        debug_assert!(*in_flight > 0, "settled more calls than were sent");
        *in_flight = in_flight.saturating_sub(1);
        if let Some(took) = took_nanos
            && self.policy == Policy::LeastResponseTime
        {
            self.latencies.answered(now, replica, took);
        }
    }

    /// Calls sent to a replica and not settled yet.
    pub fn in_flight(&self, replica: u32) -> u32 {
        self.in_flight[replica as usize]
    }

    /// Picks one that is alive, if there is one.
    fn among(
        &mut self,
        client: u64,
        alive: &impl Fn(u32) -> bool,
        draw: &mut impl FnMut() -> f64,
    ) -> Option<u32> {
        match self.policy {
            Policy::Random => self.weights.any(alive, draw),
            Policy::IpHash => self.weights.at(draw::hashed(client), alive),
            Policy::RoundRobin if self.weights.equal() => self.in_turn(alive),
            Policy::RoundRobin => self.in_smooth_turn(alive),
            Policy::LeastConnections => self.least(Self::load, alive, draw),
            Policy::LeastResponseTime => self.least(Self::response_time, alive, draw),
            Policy::Choices { choices, replace: true } => {
                self.least_of_repeated(choices, alive, draw)
            }
            Policy::Choices { choices, .. } if choices >= self.replicas() => {
                self.least(Self::load, alive, draw)
            }
            Policy::Choices { .. } => self.least_of_distinct(alive, draw),
        }
    }

    fn in_turn(&mut self, alive: &impl Fn(u32) -> bool) -> Option<u32> {
        let replica = draw::first_from(self.next, self.replicas(), alive)?;
        self.next = if replica + 1 == self.replicas() { 0 } else { replica + 1 };
        Some(replica)
    }

    /// Gives every replica its weight, then takes the sum from the one that is owed most.
    fn in_smooth_turn(&mut self, alive: &impl Fn(u32) -> bool) -> Option<u32> {
        let mut most: Option<u32> = None;
        let mut total = 0.0;
        for replica in (self.next..self.replicas()).chain(0..self.next) {
            if !alive(replica) {
                continue;
            }
            let weight = self.weights.of(replica);
            total += weight;
            self.owed[replica as usize] += weight;
            if most.is_none_or(|it| self.owed[replica as usize] > self.owed[it as usize]) {
                most = Some(replica);
            }
        }
        self.owed[most? as usize] -= total;
        most
    }

    /// The least of all that are alive.
    fn least(
        &self,
        score: impl Fn(&Self, u32) -> f64,
        alive: &impl Fn(u32) -> bool,
        draw: &mut impl FnMut() -> f64,
    ) -> Option<u32> {
        let (mut least, mut first, mut ties) = (f64::INFINITY, 0, 0_u32);
        for replica in (0..self.replicas()).filter(|&replica| alive(replica)) {
            let score = score(self, replica);
            if ties == 0 || score < least {
                (least, first, ties) = (score, replica, 1);
            } else if score <= least {
                ties += 1;
            }
        }
        if ties <= 1 {
            return (ties == 1).then_some(first);
        }
        let chosen = draw::index(draw(), ties) as usize;
        let is_least = |&replica: &u32| alive(replica) && score(self, replica) <= least;
        (first..self.replicas()).filter(is_least).nth(chosen)
    }

    /// The least of some, any of which may come up again. As they come in random order, the first
    /// of the least is a random one of them.
    fn least_of_repeated(
        &self,
        choices: u32,
        alive: &impl Fn(u32) -> bool,
        draw: &mut impl FnMut() -> f64,
    ) -> Option<u32> {
        let mut best = draw::any(self.replicas(), alive, draw)?;
        for _ in 1..choices {
            let other = draw::any(self.replicas(), alive, draw)?;
            best = self.less_loaded(best, other);
        }
        Some(best)
    }

    /// The least of some that all differ.
    fn least_of_distinct(
        &mut self,
        alive: &impl Fn(u32) -> bool,
        draw: &mut impl FnMut() -> f64,
    ) -> Option<u32> {
        let mut best = None;
        for count in 0..=self.drawn.len() {
            let Some(other) = draw::another(self.replicas(), &self.drawn[..count], alive, draw)
            else {
                break;
            };
            draw::insert(&mut self.drawn, count, other);
            best = best.map_or(Some(other), |best| Some(self.less_loaded(best, other)));
        }
        best
    }

    fn less_loaded(&self, one: u32, other: u32) -> u32 {
        if self.load(other) < self.load(one) { other } else { one }
    }

    /// Calls per weight, if it got this one too. A quotient, so that equal loads compare equal.
    fn load(&self, replica: u32) -> f64 {
        let calls = f64::from(self.in_flight[replica as usize]) + 1.0;
        if self.weights.equal() { calls } else { calls / self.weights.of(replica) }
    }

    fn response_time(&self, replica: u32) -> f64 {
        let idle = self.in_flight[replica as usize] == 0;
        self.latencies.cost(replica, self.load(replica), idle)
    }

    fn replicas(&self) -> u32 {
        self.in_flight.len() as u32
    }
}
