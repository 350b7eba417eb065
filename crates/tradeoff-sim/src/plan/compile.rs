//! Compiles an architecture into a [`Plan`].

use std::collections::BTreeMap;

use tradeoff_des::Key;
use tradeoff_model::model::{
    Architecture, Balance, BalancePolicy, Dist, EdgePolicy, Service, Step, StepKind, Store, Target,
    TrafficKind,
};

use super::{
    BalancerPlan, Edge, Endpoint, Flow, Op, Plan, PoolPlan, Process, ProcessKind, Replica, SloPlan,
    StorePlan, TrafficPlan,
};
use crate::{sampler::Sampler, slab::NONE};

/// Identities of draws start here and go by name, never by index: reordering a file changes none.
const ROOT: Key = Key(0);

pub(super) fn compile(architecture: &Architecture) -> Plan {
    let mut compiler = Compiler::new(architecture);
    compiler.processes();
    compiler.endpoints();
    compiler.programs();
    compiler.traffic();
    compiler.slos();
    let hashes = |it: &BalancerPlan| it.balance.policy == BalancePolicy::IpHash;
    compiler.plan.hashes = compiler.plan.balancers.iter().any(hashes);
    compiler.plan
}

struct Compiler<'a> {
    architecture: &'a Architecture,
    plan: Plan,
    /// First endpoint of each service, store and external.
    services: Vec<u32>,
    stores: Vec<u32>,
    externals: Vec<u32>,
    /// Process of each service, store and external.
    service_process: Vec<u32>,
    store_process: Vec<u32>,
    external_process: Vec<u32>,
    /// Balancers by the name of the caller and the target process.
    balancers: BTreeMap<(String, u32), u32>,
    /// Pools by calling process and store process.
    pools: BTreeMap<(u32, u32), u32>,
    /// Edges by name: those with one policy are one edge.
    edges: BTreeMap<String, Vec<(u32, EdgePolicy, bool)>>,
}

/// Where steps are compiled: in whose program, and what encloses them.
struct Scope {
    endpoint: u32,
    /// Stores whose transaction encloses these steps.
    transactions: Vec<usize>,
    /// How often each name has occurred in this program.
    occurrences: BTreeMap<String, u64>,
}

impl Scope {
    /// The identity of the next occurrence of a name in this program.
    fn tag(&mut self, name: &str) -> u64 {
        let count = self.occurrences.entry(name.to_owned()).or_insert(0);
        *count += 1;
        ROOT.name(name).index(*count).0
    }
}

impl<'a> Compiler<'a> {
    fn new(architecture: &'a Architecture) -> Self {
        Self {
            architecture,
            plan: Plan::default(),
            services: Vec::new(),
            stores: Vec::new(),
            externals: Vec::new(),
            service_process: Vec::new(),
            store_process: Vec::new(),
            external_process: Vec::new(),
            balancers: BTreeMap::new(),
            pools: BTreeMap::new(),
            edges: BTreeMap::new(),
        }
    }

    fn processes(&mut self) {
        let mut units: BTreeMap<&str, u32> = BTreeMap::new();
        for service in &self.architecture.services {
            let unit = service.deploy.as_ref().map(|it| it.value.as_str());
            let known = unit.and_then(|it| units.get(it).copied());
            let process = known.unwrap_or_else(|| {
                let name = unit.unwrap_or(&service.name.value);
                self.process(service_process(name, service), &service.speeds)
            });
            units.extend(unit.map(|it| (it, process)));
            self.service_process.push(process);
        }
        for store in &self.architecture.stores {
            let connect = store.connect.as_ref().map_or(NONE, |it| self.sampler(Sampler::time(it)));
            let process = self.process(store_process(store, connect), &[]);
            self.store_process.push(process);
        }
        for external in &self.architecture.externals {
            let process = Process {
                name: external.name.value.clone(),
                kind: ProcessKind::External,
                first: 0,
                replicas: 1,
                cores: NONE,
                share: false,
                slots: external.concurrency.unwrap_or(NONE),
                queue: if external.concurrency.is_some() { 0 } else { NONE },
                limit: external.limit,
                health: None,
                store: None,
            };
            let process = self.process(process, &[]);
            self.external_process.push(process);
        }
    }

    fn process(&mut self, mut process: Process, speeds: &[f64]) -> u32 {
        let index = self.plan.processes.len() as u32;
        process.first = self.plan.replicas.len() as u32;
        for local in 0..process.replicas {
            let speed = speeds.get(local as usize).copied().unwrap_or(1.0);
            self.plan.replicas.push(Replica { process: index, local, speed });
        }
        self.plan.processes.push(process);
        index
    }

    fn endpoints(&mut self) {
        for (index, service) in self.architecture.services.iter().enumerate() {
            self.services.push(self.plan.endpoints.len() as u32);
            for endpoint in 0..service.endpoints.len() {
                let name = self.architecture.endpoint_name(index, endpoint);
                self.endpoint(name, self.service_process[index], 0.0, false);
            }
        }
        for (index, store) in self.architecture.stores.iter().enumerate() {
            self.stores.push(self.plan.endpoints.len() as u32);
            for operation in &store.operations {
                let name = format!("{}.{}", store.name.value, operation.name.value);
                let process = self.store_process[index];
                self.simple(name, process, &operation.time, operation.errors, operation.writes);
            }
        }
        for (index, external) in self.architecture.externals.iter().enumerate() {
            self.externals.push(self.plan.endpoints.len() as u32);
            let process = self.external_process[index];
            let own = &external.name.value;
            self.simple(own.clone(), process, &external.time, external.errors, false);
            for operation in &external.operations {
                let name = format!("{own}.{}", operation.name.value);
                self.simple(name, process, &operation.time, operation.errors, false);
            }
        }
    }

    fn endpoint(&mut self, name: String, process: u32, errors: f64, writes: bool) -> u32 {
        self.plan.endpoints.push(Endpoint { name, process, entry: 0, errors, writes });
        self.plan.endpoints.len() as u32 - 1
    }

    /// An operation of a store or an external: one piece of work, then the answer.
    fn simple(&mut self, name: String, process: u32, time: &Dist, errors: f64, writes: bool) {
        let endpoint = self.endpoint(name, process, errors, writes);
        self.plan.endpoints[endpoint as usize].entry = self.plan.ops.len() as u32;
        let sampler = self.sampler(Sampler::time(time));
        let tag = ROOT.name("time").0;
        let op = match self.plan.processes[process as usize].kind {
            ProcessKind::Store => Op::Work { sampler, tag },
            ProcessKind::Service | ProcessKind::External => Op::Wait { sampler, tag },
        };
        self.emit(op, NONE);
        self.emit(Op::End, NONE);
    }

    fn programs(&mut self) {
        for (index, service) in self.architecture.services.iter().enumerate() {
            for (nth, endpoint) in service.endpoints.iter().enumerate() {
                let own = self.services[index] + nth as u32;
                let mut scope =
                    Scope { endpoint: own, transactions: Vec::new(), occurrences: BTreeMap::new() };
                self.plan.endpoints[own as usize].entry = self.here();
                self.block(&endpoint.steps, NONE, &mut scope);
                self.emit(Op::End, NONE);
            }
        }
    }

    fn block(&mut self, steps: &[Step], handler: u32, scope: &mut Scope) {
        for step in steps {
            self.step(step, handler, scope);
        }
    }

    fn step(&mut self, step: &Step, handler: u32, scope: &mut Scope) {
        match &step.kind {
            StepKind::Work(dist) => {
                let sampler = self.sampler(Sampler::time(dist));
                self.emit(Op::Work { sampler, tag: scope.tag("work") }, handler);
            }
            StepKind::Wait(dist) => {
                let sampler = self.sampler(Sampler::time(dist));
                self.emit(Op::Wait { sampler, tag: scope.tag("wait") }, handler);
            }
            StepKind::Fail(share) => {
                self.emit(Op::Fail { share: *share, tag: scope.tag("fail") }, handler);
            }
            StepKind::Call { target, policy, network } => {
                let (endpoint, balance) = self.target(*target);
                let edge = self.edge(scope, endpoint, policy, network, balance, None);
                self.call(edge, handler, scope);
            }
            StepKind::Query { store, operation, policy, network } => {
                let endpoint = self.stores[*store] + *operation as u32;
                let edge =
                    self.edge(scope, endpoint, policy, network, store_balance(), Some(*store));
                self.call(edge, handler, scope);
            }
            StepKind::All { need, branches } => self.fork(*need, branches, handler, scope),
            StepKind::Chance { share, then, otherwise } => {
                let tag = scope.tag("chance");
                let chance = self.emit(Op::End, handler);
                self.block(then, handler, scope);
                let over = self.emit(Op::End, handler);
                self.plan.ops[chance as usize] =
                    Op::Chance { share: *share, tag, otherwise: self.here() };
                self.block(otherwise, handler, scope);
                self.plan.ops[over as usize] = Op::Jump(self.here());
            }
            StepKind::Repeat { times, steps } => {
                let tag = scope.tag("repeat");
                let times = self.sampler(Sampler::count(times));
                let place = self.emit(Op::End, handler);
                let (body, next) = self.enclosed(steps, scope);
                self.plan.ops[place as usize] = Op::Loop { times, tag, body, next };
            }
            StepKind::Optional(steps) => self.guarded(steps, &[], handler, scope),
            StepKind::Fallback { steps, otherwise } => {
                self.guarded(steps, otherwise, handler, scope);
            }
            StepKind::Transaction { store, steps } => {
                let tag = scope.tag("transaction");
                let place = self.emit(Op::End, handler);
                scope.transactions.push(*store);
                let (body, next) = self.enclosed(steps, scope);
                scope.transactions.pop();
                let caller = self.plan.endpoints[scope.endpoint as usize].process;
                let pool = self.pool(caller, *store);
                self.plan.ops[place as usize] = Op::Transaction { pool, tag, body, next };
            }
        }
    }

    fn call(&mut self, edge: u32, handler: u32, scope: &mut Scope) {
        let tag = scope.tag(&self.plan.edges[edge as usize].name);
        self.emit(Op::Call { edge, tag }, handler);
    }

    fn fork(&mut self, need: Option<u32>, branches: &[Vec<Step>], handler: u32, scope: &mut Scope) {
        let place = self.emit(Op::End, handler);
        let entries: Vec<u32> = branches.iter().map(|it| self.enclosed(it, scope).0).collect();
        let first = self.plan.branches.len() as u32;
        let count = entries.len() as u32;
        self.plan.branches.extend(entries);
        let need = need.unwrap_or(NONE);
        self.plan.ops[place as usize] = Op::Fork { first, count, need, next: self.here() };
    }

    /// A block that runs as a strand of its own: where it begins, and what comes after it.
    fn enclosed(&mut self, steps: &[Step], scope: &mut Scope) -> (u32, u32) {
        let body = self.here();
        self.block(steps, NONE, scope);
        self.emit(Op::EndBlock, NONE);
        (body, self.here())
    }

    /// Steps whose failure leads to others instead of out. Where those begin is not known before
    /// the steps are compiled, so a jump ahead of them is the place that failures go to.
    fn guarded(&mut self, steps: &[Step], otherwise: &[Step], handler: u32, scope: &mut Scope) {
        let over = self.emit(Op::End, handler);
        let landing = self.emit(Op::End, handler);
        self.plan.ops[over as usize] = Op::Jump(self.here());
        self.block(steps, landing, scope);
        let done = self.emit(Op::End, handler);
        self.plan.ops[landing as usize] = Op::Jump(self.here());
        self.block(otherwise, handler, scope);
        self.plan.ops[done as usize] = Op::Jump(self.here());
    }

    /// Where the next operation will stand.
    fn here(&self) -> u32 {
        self.plan.ops.len() as u32
    }

    fn emit(&mut self, op: Op, handler: u32) -> u32 {
        self.plan.ops.push(op);
        self.plan.handlers.push(handler);
        self.here() - 1
    }

    fn sampler(&mut self, sampler: Sampler) -> u32 {
        self.plan.samplers.push(sampler);
        self.plan.samplers.len() as u32 - 1
    }

    fn target(&self, target: Target) -> (u32, Balance) {
        match target {
            Target::Endpoint(service, endpoint) => (
                self.services[service] + endpoint as u32,
                self.architecture.services[service].balance,
            ),
            Target::External(external, operation) => {
                let nth = operation.map_or(0, |it| it as u32 + 1);
                (self.externals[external] + nth, store_balance())
            }
        }
    }

    fn edge(
        &mut self,
        scope: &Scope,
        target: u32,
        policy: &EdgePolicy,
        network: &Dist,
        balance: Balance,
        query: Option<usize>,
    ) -> u32 {
        let from = &self.plan.endpoints[scope.endpoint as usize];
        let caller = from.process;
        let in_transaction = query.is_some_and(|it| scope.transactions.contains(&it));
        let mut name = format!("{}->{}", from.name, self.plan.endpoints[target as usize].name);
        let same = self.edges.entry(name.clone()).or_default();
        for (edge, other, transaction) in same.iter() {
            if other.same_as(policy) && *transaction == in_transaction {
                return *edge;
            }
        }
        // Two steps of one endpoint with two policies for one target are guarded apart.
        if !same.is_empty() {
            name = format!("{name}#{}", same.len() + 1);
        }
        same.push((self.plan.edges.len() as u32, policy.clone(), in_transaction));
        let target_process = self.plan.endpoints[target as usize].process;
        let callers = self.plan.processes[caller as usize].replicas;
        let caller_name = self.plan.processes[caller as usize].name.clone();
        let mut edge = edge_plan(name, scope.endpoint, target, policy);
        edge.network = self.sampler(Sampler::time(network));
        edge.inside = caller == target_process;
        edge.callers = callers;
        edge.balancer = self.balancer(caller_name, target_process, callers, balance);
        edge.pool = query.map_or(NONE, |store| self.pool(caller, store));
        edge.in_transaction = in_transaction;
        self.push_edge(edge)
    }

    fn push_edge(&mut self, mut edge: Edge) -> u32 {
        let network = &self.plan.samplers[edge.network as usize];
        edge.instant = edge.inside || network.is_zero();
        for bound in [edge.timeout, edge.deadline].into_iter().flatten() {
            self.plan.longest_timeout = self.plan.longest_timeout.max(bound);
        }
        self.plan.edges.push(edge);
        self.plan.edges.len() as u32 - 1
    }

    fn balancer(&mut self, caller: String, target: u32, callers: u32, balance: Balance) -> u32 {
        let key = ROOT.name(&caller).name(&self.plan.processes[target as usize].name);
        let next = self.plan.balancers.len() as u32;
        let first = *self.balancers.entry((caller, target)).or_insert(next);
        if first == next {
            for local in 0..callers {
                let key = key.index(u64::from(local));
                self.plan.balancers.push(BalancerPlan { target, balance, key });
            }
        }
        first
    }

    fn pool(&mut self, caller: u32, store: usize) -> u32 {
        let process = self.store_process[store];
        let stated = self.architecture.stores[store].pool;
        let caller_process = &self.plan.processes[caller as usize];
        let store_name = &self.plan.processes[process as usize].name;
        let next = self.plan.pools.len() as u32;
        let index = *self.pools.entry((caller, process)).or_insert(next);
        if index == next {
            self.plan.pools.push(PoolPlan {
                name: format!("{}>{store_name}/pool", caller_process.name),
                process,
                caller,
                callers: caller_process.replicas,
                size: stated.map_or(NONE, |it| it.per_replica),
                wait: stated.and_then(|it| it.wait),
            });
        }
        index
    }

    fn traffic(&mut self) {
        for traffic in &self.architecture.traffic {
            let first_flow = self.plan.flows.len() as u32;
            let mut up_to = 0.0;
            for mix in &traffic.mix {
                let (endpoint, balance) = self.target(Target::Endpoint(mix.service, mix.endpoint));
                let target = &self.plan.endpoints[endpoint as usize].name;
                let name = format!("{}/{target}", traffic.name.value);
                let edge = self.entry_edge(&traffic.name.value, endpoint, &traffic.policy, balance);
                up_to += mix.share;
                let limits = self.architecture.slos.iter().filter_map(|it| {
                    let same = (it.service, it.endpoint) == (mix.service, mix.endpoint);
                    it.latency.filter(|_| same).map(|goal| goal.limit)
                });
                let good_within = limits.min().unwrap_or(u64::MAX);
                self.plan.flows.push(Flow { name, edge, up_to, endpoint, good_within });
            }
            let (rate, users, think) = match &traffic.kind {
                TrafficKind::Open { rate } => (*rate / 1e9, 0, NONE),
                TrafficKind::Closed { users, think } => {
                    (0.0, *users, self.sampler(Sampler::time(think)))
                }
            };
            self.plan.traffic.push(TrafficPlan {
                key: ROOT.name(&traffic.name.value),
                rate,
                users,
                think,
                patience: traffic.patience,
                first_flow,
                flow_count: self.plan.flows.len() as u32 - first_flow,
            });
        }
    }

    /// From a traffic source to its entry: no network, and only the users' own policy.
    fn entry_edge(
        &mut self,
        traffic: &str,
        endpoint: u32,
        policy: &EdgePolicy,
        balance: Balance,
    ) -> u32 {
        let target = &self.plan.endpoints[endpoint as usize];
        let (name, process) = (format!("{traffic}->{}", target.name), target.process);
        let mut edge = edge_plan(name, NONE, endpoint, policy);
        edge.network = self.sampler(Sampler::Constant(0.0));
        edge.balancer = self.balancer(format!("traffic {traffic}"), process, 1, balance);
        self.push_edge(edge)
    }

    fn slos(&mut self) {
        for slo in &self.architecture.slos {
            let endpoint = self.services[slo.service] + slo.endpoint as u32;
            let flows = (0..self.plan.flows.len() as u32)
                .filter(|it| self.plan.flows[*it as usize].endpoint == endpoint)
                .collect();
            self.plan.slos.push(SloPlan {
                name: slo.name.value.clone(),
                flows,
                availability: slo.availability.as_ref().map(|it| it.value),
                latency: slo.latency.map(|it| (it.quantile, it.limit)),
                window: slo.window,
                spend: slo.spend,
            });
        }
    }
}

fn service_process(name: &str, service: &Service) -> Process {
    Process {
        name: name.to_owned(),
        kind: ProcessKind::Service,
        first: 0,
        replicas: service.replicas.value,
        cores: service.cores.map_or(NONE, |it| it.count),
        share: service.cores.is_some_and(|it| it.share),
        slots: service.concurrency.as_ref().map_or(NONE, |it| it.value),
        queue: service.queue.as_ref().map_or(NONE, |it| it.value),
        limit: None,
        health: service.balance.health,
        store: None,
    }
}

fn store_process(store: &Store, connect: u32) -> Process {
    Process {
        name: store.name.value.clone(),
        kind: ProcessKind::Store,
        first: 0,
        replicas: store.replicas.value,
        cores: store.cores.map_or(NONE, |it| it.count),
        share: store.cores.is_some_and(|it| it.share),
        slots: NONE,
        queue: store.queue.as_ref().map_or(NONE, |it| it.value),
        limit: None,
        health: store_balance().health,
        store: Some(StorePlan {
            connections: store.connections.as_ref().map_or(NONE, |it| it.value),
            connect,
            pooler: store.pooler.map_or(NONE, |it| it.connections),
            clients: store.pooler.and_then(|it| it.clients).unwrap_or(NONE),
            pooler_wait: store.pooler.and_then(|it| it.wait),
        }),
    }
}

/// Reads of a store go round its replicas; writes go to the first living one.
const fn store_balance() -> Balance {
    Balance {
        policy: BalancePolicy::RoundRobin,
        choices: 2,
        replace: false,
        weighted: false,
        clients: 10_000,
        health: Some(30_000_000_000),
    }
}

fn edge_plan(name: String, caller: u32, target: u32, policy: &EdgePolicy) -> Edge {
    Edge {
        key: ROOT.name(&name),
        name,
        caller,
        target,
        timeout: policy.timeout.as_ref().map(|it| it.value),
        deadline: policy.deadline.as_ref().map(|it| it.value),
        pass_deadline: policy.pass_deadline,
        retry: policy.retry.as_ref().map(|it| it.value),
        breaker: policy.breaker.as_ref().map(|it| it.value),
        bulkhead: policy.bulkhead.as_ref().map(|it| it.value),
        cancel: policy.cancel,
        network: NONE,
        instant: false,
        inside: false,
        callers: 1,
        balancer: NONE,
        pool: NONE,
        in_transaction: false,
    }
}
