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

/// What clients get that each wait for an answer, then think.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closed {
    /// Transactions per second of all of them.
    pub rate: f64,
    /// The share of the connections that is used.
    pub utilization: f64,
    /// Seconds from asking to the answer, on average.
    pub response: f64,
    /// Seconds of them without a connection.
    pub wait: f64,
}

/// Clients that each ask, wait for the answer and think before they ask again, at `connections`
/// connections, with exponential times (M/M/c//N). With a connection for each nobody waits, and
/// what is left is the interactive response time law, clients / (think + held).
pub fn closed(clients: u32, think: f64, held: f64, connections: u32) -> Closed {
    let rate = busy(clients, think, held, connections) / held;
    let response = f64::from(clients) / rate - think;
    let utilization = rate * held / f64::from(connections);
    Closed { rate, utilization, response, wait: response - held }
}

/// Connections that are busy on average.
fn busy(clients: u32, think: f64, held: f64, connections: u32) -> f64 {
    if think <= 0.0 {
        return f64::from(clients.min(connections));
    }
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
    busy / sum
}

/// Clients that so many connections serve at a time where each keeps one for as long as it is there
/// (session mode), however idle it is; the rest waits until somebody leaves.
pub fn in_sessions(clients: f64, connections: f64) -> f64 {
    clients.min(connections)
}

/// What it takes to open a connection for each transaction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connecting {
    /// Seconds of a core for a transaction, most of them for its connection.
    pub each: f64,
    /// How many times as many transactions there are with connections that stay.
    pub times: f64,
}

impl Connecting {
    /// From the transactions per second of one core that is never idle: with a connection opened
    /// for each, and with connections that stay.
    pub fn measured(opened: f64, kept: f64) -> Self {
        Self { each: 1.0 / opened, times: kept / opened }
    }
}

/// `pgbench -C` with 20 clients and `SELECT 1` on one core, `PostgreSQL` 9.2: transactions per
/// second, connecting included and excluded (H.-J. Schönig, "pgbouncer: Proving the point",
/// cybertec, 2013). One measurement of an old machine: it gives the order.
pub const PGBENCH: (f64, f64) = (67.54, 15_423.09);

/// Connections that so many cores and disks keep busy: `HikariCP`'s rule of thumb, 2 x cores + disks.
pub fn usable(cores: f64, disks: f64) -> f64 {
    2.0 * cores + disks
}

/// The smallest pool that cannot lock itself up where each of so many threads takes so many
/// connections one after another and keeps them: threads x (connections - 1) + 1.
pub fn unlocked(threads: f64, connections: f64) -> f64 {
    threads * (connections - 1.0) + 1.0
}
