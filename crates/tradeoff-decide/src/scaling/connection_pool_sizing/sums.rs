//! What the facts about pools come to.

use crate::Answers;
use crate::pools::{needed, unlocked};

/// Connections that the database keeps back for its superuser.
pub(super) const RESERVED: f64 = 3.0;
/// The share of transactions whose wait is bounded.
pub(super) const SHARE: f64 = 0.99;

/// What the facts come to.
pub(super) struct Sums {
    pub(super) clients: f64,
    pub(super) pool: f64,
    /// Connections of all pools.
    pub(super) total: f64,
    /// What the database accepts from applications.
    pub(super) room: f64,
    /// What it accepts and bears.
    pub(super) limit: f64,
    pub(super) bearable: f64,
    /// Transactions per second of a replica.
    pub(super) each: f64,
    /// Seconds.
    pub(super) held: f64,
    /// Seconds.
    pub(super) wait: f64,
    /// Connections that all transactions need when they share; infinite if more than it bears.
    pub(super) shared: f64,
    /// The pool that a replica needs on its own; infinite if more than the database bears.
    pub(super) own: f64,
    /// The smallest pool that cannot lock up.
    pub(super) unlocked: f64,
}

impl Sums {
    pub(super) fn of(facts: &Answers) -> Self {
        let [clients, pool, max] =
            ["clients", "pool", "max-connections"].map(|it| facts.number(it));
        let (rate, bearable) = (facts.number("rate"), facts.number("bearable"));
        let [held, wait] = ["held", "wait"].map(|it| facts.number(it) / 1e3);
        let room = max - RESERVED;
        // Beyond what the database bears no number is of use.
        let most = bearable as u32;
        let enough = |rate| needed(rate, held, SHARE, wait, most).map_or(f64::INFINITY, f64::from);
        let unlocked = unlocked(facts.number("threads"), facts.number("at-once"));
        Self {
            clients,
            pool,
            total: clients * pool,
            room,
            limit: room.min(bearable),
            bearable,
            each: rate / clients,
            held,
            wait,
            shared: enough(rate),
            own: enough(rate / clients).max(unlocked),
            unlocked,
        }
    }

    /// The largest pool of each replica that fits.
    pub(super) fn fits(&self) -> f64 {
        libm::floor(self.limit / self.clients)
    }

    /// The size that pools are made smaller to: what fits, or what is enough where today's fit.
    pub(super) fn smaller(&self) -> Option<f64> {
        let size = if self.total > self.limit { self.fits() } else { self.own };
        (size < self.pool).then_some(size.max(1.0))
    }

    /// The size that pools are made bigger to: what is enough, or what fits where today's are.
    pub(super) fn bigger(&self) -> Option<f64> {
        let size = if self.own > self.pool { self.own } else { self.fits() };
        (size > self.pool && size.is_finite()).then_some(size)
    }

    /// Connections of all pools that are as large as today's, and as large as it takes.
    pub(super) fn asked(&self) -> f64 {
        self.clients * self.pool.max(self.own)
    }
}
