//! Connection math: the pools of all callers held against what a store accepts.

use serde::Serialize;

use crate::words::{count, number};
use crate::{Analysis, Offer, Steady};

/// Connections that a store keeps back for its superuser.
pub const RESERVED: u32 = 3;

/// Backends that a store bears without a pooler.
pub const BACKENDS: u64 = 300;

/// The connections of a store.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Connections {
    /// What the pools of all callers add up to; null without pools.
    pub pools: Option<u64>,
    /// What the store accepts, without those that it keeps back; null if it is not stated.
    pub room: Option<u64>,
    /// Whether the pools may ask for more than there is; a pooler between them takes that away.
    pub beyond: bool,
    /// Connections that are busy on average (Little's law), waiting beneath them included; null if
    /// a line beneath grows without end.
    pub busy: Option<f64>,
    /// The sum of the pools: `24 x 5 = 120 > 97`.
    pub arithmetic: String,
}

impl Analysis<'_> {
    /// The pools of a store as a sum, and what it comes to; `None` if it has none.
    pub fn pools(&self, store: usize) -> Option<(String, u64)> {
        let each = u64::from(self.architecture.stores[store].pool?.per_replica);
        let callers = self.callers(store);
        let parts: Vec<String> = callers
            .iter()
            .map(|it| format!("{} x {each}", self.lead(*it).replicas.value))
            .collect();
        let text = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
        Some((text, self.clients(store) * each))
    }

    /// What a store accepts, without the connections that it keeps back.
    pub fn room(&self, store: usize) -> Option<u64> {
        let connections = self.architecture.stores[store].connections.as_ref()?;
        Some(u64::from(connections.value.saturating_sub(RESERVED)))
    }
}

impl Steady<'_, '_> {
    /// What the pools of a store are offered together: how often a connection is taken, and how
    /// long it is kept with all waiting beneath it.
    pub fn transactions(&self, store: usize) -> Offer {
        let held = self.holds.pools.iter().filter(|(key, _)| key.1 == store);
        held.fold(Offer::default(), |sum, (_, offer)| sum.with(*offer, 1.0))
    }

    /// The connections of a store; `None` if neither pools nor connections are stated.
    pub fn connections(&self, store: usize) -> Option<Connections> {
        let analysis = self.analysis;
        let stated = &analysis.architecture.stores[store];
        let (pools, room) = (analysis.pools(store), analysis.room(store));
        if pools.is_none() && room.is_none() {
            return None;
        }
        let busy = self.transactions(store).busy;
        let busy = busy.is_finite().then_some(busy);
        let sum = pools.as_ref().map(|it| it.1);
        let beyond = stated.pooler.is_none() && sum.zip(room).is_some_and(|(sum, room)| sum > room);
        let mut arithmetic = match (&pools, room) {
            (Some((text, sum)), Some(room)) => {
                let sign = if *sum > room { ">" } else { "<=" };
                format!("{text} = {} {sign} {}", count(*sum), count(room))
            }
            (Some((text, sum)), None) => format!("{text} = {}", count(*sum)),
            (None, _) => "a connection per query".to_owned(),
        };
        if stated.pooler.is_some() {
            arithmetic += ", shared by a pooler";
        }
        if let Some(busy) = busy {
            arithmetic = format!("{arithmetic}; {} busy", number(busy));
        }
        Some(Connections { pools: sum, room, beyond, busy, arithmetic })
    }
}
