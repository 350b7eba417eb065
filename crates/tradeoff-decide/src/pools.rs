//! The arithmetic of connection pools.
//!
//! A pool in transaction mode is a station of as many servers as it has connections: transactions
//! come at a rate, each keeps one for a time, and the rest waits (Erlang C). Where the clients are
//! few and wait for their answers it is the machine-repairman model, whose numbers are exact too.

use tradeoff_analyze::erlang;

/// Transactions at a pool, and what they wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooling {
    /// Transactions per second that the connections can carry.
    pub capacity: f64,
    /// The share of them that is used.
    pub utilization: f64,
    /// Connections that are busy on average (Little's law).
    pub busy: f64,
    /// The share of transactions that wait.
    pub waits: f64,
    /// The mean wait in seconds, of all.
    pub mean: f64,
    /// Seconds by which the rest of the waits falls to a share 1/e.
    decay: f64,
}

impl Pooling {
    /// Transactions at a rate per second that keep one of so many connections for `held` seconds
    /// on average; `None` if there are more than the connections can carry.
    pub fn new(connections: u32, rate: f64, held: f64) -> Option<Self> {
        let busy = rate * held;
        if connections == 0 {
            return None;
        }
        let capacity = f64::from(connections) / held;
        let waits = erlang::waiting(connections, busy)?;
        let decay = 1.0 / (capacity - rate);
        Some(Self {
            capacity,
            utilization: rate / capacity,
            busy,
            waits,
            mean: waits * decay,
            decay,
        })
    }

    /// The wait in seconds that a share of the transactions does not exceed.
    pub fn quantile(&self, share: f64) -> f64 {
        if self.waits <= 1.0 - share {
            return 0.0;
        }
        libm::log(self.waits / (1.0 - share)) * self.decay
    }
}

/// The fewest connections, `most` at the most, at which a share of the transactions waits no longer
/// than `wait` seconds; `None` if even `most` are not enough.
pub fn needed(rate: f64, held: f64, share: f64, wait: f64, most: u32) -> Option<u32> {
    let enough =
        |it: u32| Pooling::new(it, rate, held).is_some_and(|it| it.quantile(share) <= wait);
    if rate * held >= f64::from(most) || !enough(most) {
        return None;
    }
    // The wait falls with every connection, so that doubling and halving finds the first.
    let mut low = (rate * held) as u32;
    let mut step = 1;
    while low + step < most && !enough(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = most.min(low + step);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// Transactions per second of clients that each wait for an answer, then think: `connections`
/// connections, exponential times (M/M/c//N).
pub fn closed(clients: u32, think: f64, held: f64, connections: u32) -> f64 {
    let (mut weight, mut sum, mut busy) = (1.0, 1.0, 0.0);
    for inside in 1..=clients {
        let outside = f64::from(clients - inside + 1);
        let serving = f64::from(inside.min(connections));
        weight *= outside / think * held / serving;
        sum += weight;
        busy += weight * serving;
        if sum > 1e200 {
            weight /= sum;
            busy /= sum;
            sum = 1.0;
        }
    }
    busy / sum / held
}

/// Connections that so many cores and disks keep busy: `HikariCP`'s rule of thumb, 2 x cores + disks.
pub fn usable(cores: f64, disks: f64) -> f64 {
    2.0 * cores + disks
}

/// The smallest pool that cannot lock itself up where each of so many threads takes so many
/// connections one after another and keeps them: threads x (connections - 1) + 1.
pub fn unlocked(threads: f64, connections: f64) -> f64 {
    threads * (connections - 1.0) + 1.0
}
