//! What runs: deploy units, and services of their own.

use std::collections::BTreeMap;

use tradeoff_model::model::{Architecture, Service};

use crate::Analysis;

/// What runs: a deploy unit, or a service of its own.
#[derive(Debug)]
pub struct Process {
    /// The deploy unit's name, or the service's.
    pub name: String,
    /// Its modules.
    pub services: Vec<usize>,
}

impl<'a> Analysis<'a> {
    /// The process of an endpoint.
    pub fn process(&self, number: usize) -> usize {
        self.process_of[self.endpoints[number].0]
    }

    /// The endpoints of a process.
    pub fn endpoints_of(&self, process: usize) -> impl Iterator<Item = usize> {
        let services = self.processes[process].services.iter();
        services.flat_map(|it| {
            let first = self.first[*it];
            first..first + self.architecture.services[*it].endpoints.len()
        })
    }

    /// The service that speaks for a process: its modules share what a process has.
    pub fn lead(&self, process: usize) -> &'a Service {
        &self.architecture.services[self.processes[process].services[0]]
    }

    /// The mean speed of the replicas of a process.
    pub fn pace(&self, process: usize) -> f64 {
        let speeds = &self.lead(process).speeds;
        if speeds.is_empty() { 1.0 } else { speeds.iter().sum::<f64>() / speeds.len() as f64 }
    }

    /// The processes that query a store.
    pub fn callers(&self, store: usize) -> Vec<usize> {
        let mut callers: Vec<usize> =
            self.users[store].iter().map(|number| self.process(*number)).collect();
        callers.sort_unstable();
        callers.dedup();
        callers
    }

    /// Replicas that query a store: each has a pool.
    pub fn clients(&self, store: usize) -> u64 {
        let callers = self.callers(store).into_iter();
        callers.map(|process| u64::from(self.lead(process).replicas.value)).sum()
    }
}

/// The processes, and the process of each service.
pub(crate) fn processes(architecture: &Architecture) -> (Vec<Process>, Vec<usize>) {
    let mut processes: Vec<Process> = Vec::new();
    let mut units: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of = Vec::with_capacity(architecture.services.len());
    for (at, service) in architecture.services.iter().enumerate() {
        let unit = service.deploy.as_ref().map(|it| it.value.as_str());
        let known = unit.and_then(|unit| units.get(unit).copied());
        let process = known.unwrap_or_else(|| {
            let name = unit.unwrap_or(&service.name.value).to_owned();
            processes.push(Process { name, services: Vec::new() });
            processes.len() - 1
        });
        units.extend(unit.map(|unit| (unit, process)));
        processes[process].services.push(at);
        of.push(process);
    }
    (processes, of)
}
