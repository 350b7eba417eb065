//! The architecture as the engine runs it: flat tables and indices, no names in the hot loop.

mod compile;

use tradeoff_des::Key;
use tradeoff_model::model::{Architecture, Balance, Breaker, Component, Retry};

use crate::{sampler::Sampler, slab::NONE};

/// What the engine runs.
#[derive(Debug, Default)]
pub struct Plan {
    pub(crate) processes: Vec<Process>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) ops: Vec<Op>,
    /// Where each operation's failure goes; [`NONE`]: out of its block.
    pub(crate) handlers: Vec<u32>,
    pub(crate) branches: Vec<u32>,
    pub(crate) samplers: Vec<Sampler>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) balancers: Vec<BalancerPlan>,
    pub(crate) pools: Vec<PoolPlan>,
    pub(crate) traffic: Vec<TrafficPlan>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) slos: Vec<SloPlan>,
    /// The longest timeout or deadline of any edge, in nanoseconds; zero if there is none.
    pub(crate) longest_timeout: u64,
    /// Whether some balancer tells clients apart.
    pub(crate) hashes: bool,
}

/// What a process runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProcessKind {
    Service,
    Store,
    External,
}

/// A deploy unit: what shares cores, slots and crashes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) kind: ProcessKind,
    /// Global index of its first replica.
    pub(crate) first: u32,
    pub(crate) replicas: u32,
    /// [`NONE`]: unlimited.
    pub(crate) cores: u32,
    pub(crate) share: bool,
    /// [`NONE`]: unlimited.
    pub(crate) slots: u32,
    /// [`NONE`]: unlimited. Of services and externals for slots, of stores for cores.
    pub(crate) queue: u32,
    /// Calls per second that an external takes.
    pub(crate) limit: Option<f64>,
    pub(crate) health: Option<u64>,
    pub(crate) store: Option<StorePlan>,
}

/// What only stores have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StorePlan {
    /// [`NONE`]: unlimited.
    pub(crate) connections: u32,
    /// Sampler of the time to open a connection; [`NONE`]: free.
    pub(crate) connect: u32,
    /// Server connections of the pooler; [`NONE`]: no pooler.
    pub(crate) pooler: u32,
    /// Client connections of the pooler; [`NONE`]: unlimited.
    pub(crate) clients: u32,
    pub(crate) pooler_wait: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Replica {
    pub(crate) process: u32,
    pub(crate) local: u32,
    pub(crate) speed: f64,
}

/// A program and where it runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Endpoint {
    pub(crate) name: String,
    pub(crate) process: u32,
    pub(crate) entry: u32,
    /// Share of answers that are errors (externals).
    pub(crate) errors: f64,
    /// Whether only the first living replica of a store may serve it.
    pub(crate) writes: bool,
}

/// One operation of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op {
    Work {
        sampler: u32,
        tag: u64,
    },
    Wait {
        sampler: u32,
        tag: u64,
    },
    Call {
        edge: u32,
        tag: u64,
    },
    Fork {
        first: u32,
        count: u32,
        need: u32,
        next: u32,
    },
    Chance {
        share: f64,
        tag: u64,
        otherwise: u32,
    },
    Jump(u32),
    Loop {
        times: u32,
        tag: u64,
        body: u32,
        next: u32,
    },
    Transaction {
        pool: u32,
        tag: u64,
        body: u32,
        next: u32,
    },
    Fail {
        share: f64,
        tag: u64,
    },
    /// Ends a branch, a turn of a loop or a transaction.
    EndBlock,
    /// Answers.
    End,
}

/// One caller's use of one target.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the edge")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) name: String,
    /// Endpoint of the caller, or [`NONE`] for traffic.
    pub(crate) caller: u32,
    pub(crate) target: u32,
    pub(crate) key: Key,
    pub(crate) timeout: Option<u64>,
    pub(crate) deadline: Option<u64>,
    pub(crate) pass_deadline: bool,
    pub(crate) retry: Option<Retry>,
    pub(crate) breaker: Option<Breaker>,
    pub(crate) bulkhead: Option<u32>,
    pub(crate) cancel: bool,
    pub(crate) network: u32,
    /// Whether a crossing takes no time.
    pub(crate) instant: bool,
    /// A call between modules of one process.
    pub(crate) inside: bool,
    /// Callers' replicas: one for traffic.
    pub(crate) callers: u32,
    /// First of its balancers, one per caller replica.
    pub(crate) balancer: u32,
    /// Pool per caller replica, [`NONE`]: none. Index into [`Plan::pools`].
    pub(crate) pool: u32,
    /// Whether it runs inside a transaction of its store.
    pub(crate) in_transaction: bool,
}

/// The balancers of one calling process towards one target process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BalancerPlan {
    pub(crate) target: u32,
    pub(crate) balance: Balance,
    /// Identity of where round robin starts.
    pub(crate) key: Key,
}

/// The connection pools of one calling process to one store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PoolPlan {
    pub(crate) name: String,
    /// Process of the store.
    pub(crate) process: u32,
    /// Process of the callers.
    pub(crate) caller: u32,
    /// Callers' replicas.
    pub(crate) callers: u32,
    /// Connections per caller replica; [`NONE`]: unlimited, each opened and closed per use.
    pub(crate) size: u32,
    pub(crate) wait: Option<u64>,
}

/// A source of requests.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TrafficPlan {
    pub(crate) key: Key,
    /// Arrivals per nanosecond; zero for closed traffic.
    pub(crate) rate: f64,
    /// Users; zero for open traffic.
    pub(crate) users: u32,
    /// Sampler of thinking; [`NONE`] for open traffic.
    pub(crate) think: u32,
    pub(crate) patience: Option<u64>,
    /// Its flows: `first..first + count` of [`Plan::flows`].
    pub(crate) first_flow: u32,
    pub(crate) flow_count: u32,
}

/// What one traffic asks of one endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flow {
    /// `shoppers/order.place`.
    pub(crate) name: String,
    pub(crate) edge: u32,
    /// Sum of the shares of the mix up to and with this one.
    pub(crate) up_to: f64,
    pub(crate) endpoint: u32,
    /// A request is good if it is ok within this many nanoseconds.
    pub(crate) good_within: u64,
}

/// A promise, in the plan's indices.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SloPlan {
    pub(crate) name: String,
    pub(crate) flows: Vec<u32>,
    pub(crate) availability: Option<f64>,
    /// Quantile and limit in nanoseconds.
    pub(crate) latency: Option<(f64, u64)>,
    pub(crate) window: u64,
    pub(crate) spend: f64,
}

impl Plan {
    /// The process that runs a component.
    pub(crate) fn process_of(&self, architecture: &Architecture, component: Component) -> u32 {
        let name = match component {
            Component::Service(index) => {
                let service = &architecture.services[index];
                service.deploy.as_ref().map_or(&service.name.value, |it| &it.value)
            }
            Component::Store(index) => &architecture.stores[index].name.value,
            Component::External(index) => &architecture.externals[index].name.value,
        };
        let kind = match component {
            Component::Service(_) => ProcessKind::Service,
            Component::Store(_) => ProcessKind::Store,
            Component::External(_) => ProcessKind::External,
        };
        let found = self.processes.iter().position(|it| it.kind == kind && it.name == *name);
        found.expect("every component of the architecture was compiled") as u32
    }

    /// Compiles an architecture that lowered without errors.
    pub fn new(architecture: &Architecture) -> Self {
        compile::compile(architecture)
    }

    pub(crate) fn replica_range(&self, process: u32) -> std::ops::Range<u32> {
        let process = &self.processes[process as usize];
        process.first..process.first + process.replicas
    }

    /// The process in which an edge's caller runs; [`NONE`] for traffic.
    pub(crate) fn caller_process(&self, edge: &Edge) -> u32 {
        if edge.caller == NONE { NONE } else { self.endpoints[edge.caller as usize].process }
    }
}
