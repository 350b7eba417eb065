//! The architecture of a later month: its traffic, and the replicas that it takes.

use tradeoff_model::Architecture;
use tradeoff_model::model::TrafficKind;

use super::Growth;
use crate::resources::{BUSY, Resource};
use crate::words::percent;
use crate::{Analysis, Steady};

/// More than any file may state: a load beyond it says nothing.
const MOST_RATE: f64 = 1e7;
const MOST_USERS: f64 = 1e6;
/// Most replicas that a file may state.
const MOST_REPLICAS: f64 = 10_000.0;

/// The traffic of a later month; `None` if there is more than a file may state.
pub(super) fn traffic(
    today: &Architecture,
    growth: &Growth,
    end: usize,
    month: u32,
) -> Option<Architecture> {
    let mut later = today.clone();
    for traffic in &mut later.traffic {
        let times = growth.times(&traffic.name.value, end, month);
        traffic.kind.multiply(times);
        let too_much = match traffic.kind {
            TrafficKind::Open { rate } => rate > MOST_RATE,
            TrafficKind::Closed { users, .. } => f64::from(users) > MOST_USERS,
        };
        if too_much {
            return None;
        }
    }
    Some(later)
}

/// What a process needs for its load.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub(super) process: String,
    pub(super) today: u32,
    pub(super) replicas: u32,
    /// The most that its autoscaler adds, if it has one.
    pub(super) most: Option<u32>,
    /// `2 x 154% / 70%`.
    pub(super) sum: String,
}

impl Need {
    /// What it gets: no more than its autoscaler adds.
    pub(super) fn gets(&self) -> u32 {
        self.most.map_or(self.replicas, |most| self.replicas.min(most.max(self.today)))
    }
}

/// Replicas for cores and slots that are no busier than they should be, by process, where the file
/// says enough; no fewer than there are. Waiting beneath a slot is not counted: more slots would
/// not end it.
pub(super) fn needs(steady: &Steady<'_, '_>) -> Vec<Need> {
    let analysis = steady.analysis;
    let resources = steady.resources();
    let facts = &analysis.architecture.facts;
    let mut needs = Vec::new();
    for (at, process) in analysis.processes.iter().enumerate() {
        let own = ["cores", "slots"].map(|it| resources.get(&format!("{}/{it}", process.name)));
        let bound = |it: &Resource| it.capacity.map_or(0.0, |most| steady.total / most);
        let busy = own.into_iter().flatten().map(bound).fold(0.0, f64::max);
        let lead = analysis.lead(at);
        let (name, today) = (&lead.name.value, lead.replicas.value);
        let scaled = facts.entries("services").find(|it| it.0 == name);
        let scaled = scaled.and_then(|it| it.1.get("autoscale"));
        let target = scaled.and_then(|it| it.get("target")?.number()).unwrap_or(BUSY);
        let most = scaled.and_then(|it| it.get("max")?.count());
        let wanted = libm::ceil(f64::from(today) * busy / target - 1e-9);
        needs.push(Need {
            process: process.name.clone(),
            today,
            replicas: (wanted.min(MOST_REPLICAS) as u32).max(today),
            most: most.map(|it| u32::try_from(it).unwrap_or(u32::MAX)),
            sum: format!("{today} x {} / {}", percent(busy), percent(target)),
        });
    }
    needs
}

/// The architecture with these replicas of its processes.
pub(super) fn with(
    mut architecture: Architecture,
    analysis: &Analysis<'_>,
    replicas: impl Fn(usize) -> u32,
) -> Architecture {
    for (at, process) in analysis.processes.iter().enumerate() {
        for service in &process.services {
            architecture.services[*service].replicas.value = replicas(at);
        }
    }
    architecture
}
