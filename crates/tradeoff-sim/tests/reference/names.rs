//! Who is who: sites, edges and the identities from which everything is drawn.

use std::collections::BTreeMap;

use tradeoff_des::Key;
use tradeoff_model::model::{
    Architecture, Balance, BalancePolicy, Component, Dist, EdgePolicy, Step, StepKind, Store,
    Target,
};

use crate::world::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Store,
    External,
}

/// What runs somewhere: a deploy unit, a store or an external.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Number of its first replica among all.
    pub(crate) first: usize,
    pub(crate) replicas: u32,
    pub(crate) speeds: Vec<f64>,
    pub(crate) cores: Option<u32>,
    /// Whether all work shares the cores evenly.
    pub(crate) share: bool,
    pub(crate) slots: Option<u32>,
    pub(crate) queue: Option<u32>,
    pub(crate) health: Option<u64>,
}

/// Whom an edge leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum To {
    Call(Target),
    Query(usize, usize),
}

/// An edge: one policy of one endpoint, or traffic, towards one target.
#[derive(Debug)]
pub(crate) struct Edge<'a> {
    pub(crate) name: String,
    pub(crate) key: Key,
    /// Site of the caller; none for traffic.
    pub(crate) from: Option<usize>,
    /// Under which name the caller keeps its balancers.
    pub(crate) caller: String,
    pub(crate) target: To,
    pub(crate) target_name: String,
    pub(crate) site: usize,
    pub(crate) policy: &'a EdgePolicy,
    pub(crate) balance: &'a Balance,
    pub(crate) network: Option<&'a Dist>,
    pub(crate) inside: bool,
    /// The store whose pool it needs a connection of.
    pub(crate) pool: Option<usize>,
    pub(crate) in_transaction: bool,
    pub(crate) errors: f64,
    pub(crate) writes: bool,
}

/// Stores and externals: in turn; 30 s until a dead one is avoided.
const IN_TURN: Balance = Balance {
    policy: BalancePolicy::RoundRobin,
    choices: 2,
    replace: false,
    weighted: false,
    clients: 10_000,
    health: Some(30_000_000_000),
};

pub(crate) struct Names<'a> {
    architecture: &'a Architecture,
    pub(crate) sites: Vec<Site>,
    pub(crate) edges: Vec<Edge<'a>>,
    services: Vec<usize>,
    stores: Vec<usize>,
    externals: Vec<usize>,
    /// Identity of each step in its endpoint: by its kind or edge, and which of those it is.
    tags: BTreeMap<&'a str, Key>,
    step_edges: BTreeMap<&'a str, usize>,
}

/// Where in a program one is.
struct Program<'a> {
    service: usize,
    endpoint: String,
    occurrences: BTreeMap<String, u64>,
    /// Stores whose transaction is open.
    transactions: Vec<usize>,
    /// Edges of this endpoint.
    edges: Vec<(String, usize, &'a EdgePolicy)>,
}

impl Program<'_> {
    fn tag(&mut self, name: &str) -> Key {
        let count = self.occurrences.entry(name.to_owned()).or_insert(0);
        *count += 1;
        Key(0).name(name).index(*count)
    }
}

impl<'a> Names<'a> {
    pub(crate) fn new(architecture: &'a Architecture) -> Self {
        let mut names = Self {
            architecture,
            sites: Vec::new(),
            edges: Vec::new(),
            services: Vec::new(),
            stores: Vec::new(),
            externals: Vec::new(),
            tags: BTreeMap::new(),
            step_edges: BTreeMap::new(),
        };
        names.find_sites();
        for (index, service) in architecture.services.iter().enumerate() {
            for (nth, endpoint) in service.endpoints.iter().enumerate() {
                let mut program = Program {
                    service: index,
                    endpoint: architecture.endpoint_name(index, nth),
                    occurrences: BTreeMap::new(),
                    transactions: Vec::new(),
                    edges: Vec::new(),
                };
                names.steps(&endpoint.steps, &mut program);
            }
        }
        for traffic in &architecture.traffic {
            for mix in &traffic.mix {
                let target = Target::Endpoint(mix.service, mix.endpoint);
                let target_name = architecture.target_name(target);
                let name = format!("{}->{target_name}", traffic.name.value);
                names.edges.push(Edge {
                    key: Key(0).name(&name),
                    name,
                    from: None,
                    caller: format!("traffic {}", traffic.name.value),
                    target: To::Call(target),
                    target_name,
                    site: names.services[mix.service],
                    policy: &traffic.policy,
                    balance: &architecture.services[mix.service].balance,
                    network: None,
                    inside: false,
                    pool: None,
                    in_transaction: false,
                    errors: 0.0,
                    writes: false,
                });
            }
        }
        names
    }

    fn find_sites(&mut self) {
        for service in &self.architecture.services {
            let unit = service.deploy.as_ref().unwrap_or(&service.name);
            let known = self.sites.iter().position(|it| it.name == unit.value);
            let site = known.unwrap_or_else(|| {
                self.site(Site {
                    name: unit.value.clone(),
                    kind: Kind::Service,
                    first: 0,
                    replicas: service.replicas.value,
                    speeds: service.speeds.clone(),
                    cores: service.cores.map(|it| it.count),
                    share: service.cores.is_some_and(|it| it.share),
                    slots: service.concurrency.as_ref().map(|it| it.value),
                    queue: service.queue.as_ref().map(|it| it.value),
                    health: service.balance.health,
                })
            });
            self.services.push(site);
        }
        for store in &self.architecture.stores {
            let site = self.site(Site {
                name: store.name.value.clone(),
                kind: Kind::Store,
                first: 0,
                replicas: store.replicas.value,
                speeds: Vec::new(),
                cores: store.cores.map(|it| it.count),
                share: store.cores.is_some_and(|it| it.share),
                slots: None,
                queue: store.queue.as_ref().map(|it| it.value),
                health: IN_TURN.health,
            });
            self.stores.push(site);
        }
        for external in &self.architecture.externals {
            let site = self.site(Site {
                name: external.name.value.clone(),
                kind: Kind::External,
                first: 0,
                replicas: 1,
                speeds: Vec::new(),
                cores: None,
                share: false,
                slots: external.concurrency,
                queue: external.concurrency.map(|_| 0),
                health: None,
            });
            self.externals.push(site);
        }
    }

    fn site(&mut self, mut site: Site) -> usize {
        site.first = self.sites.last().map_or(0, |it| it.first + it.replicas as usize);
        site.speeds.resize(site.replicas as usize, 1.0);
        self.sites.push(site);
        self.sites.len() - 1
    }

    fn steps(&mut self, steps: &'a [Step], program: &mut Program<'a>) {
        for step in steps {
            let named = match &step.kind {
                StepKind::Work(_) => "work",
                StepKind::Wait(_) => "wait",
                StepKind::Fail(_) => "fail",
                StepKind::Chance { .. } => "chance",
                StepKind::Repeat { .. } => "repeat",
                StepKind::Transaction { .. } => "transaction",
                StepKind::Call { target, policy, network } => {
                    self.call_edge(step, To::Call(*target), policy, network, program);
                    continue;
                }
                StepKind::Query { store, operation, policy, network } => {
                    self.call_edge(step, To::Query(*store, *operation), policy, network, program);
                    continue;
                }
                _ => "",
            };
            if !named.is_empty() {
                self.tags.insert(&step.pointer, program.tag(named));
            }
            match &step.kind {
                StepKind::All { branches, .. } => {
                    for steps in branches {
                        self.steps(steps, program);
                    }
                }
                StepKind::Chance { then: first, otherwise, .. }
                | StepKind::Fallback { steps: first, otherwise } => {
                    self.steps(first, program);
                    self.steps(otherwise, program);
                }
                StepKind::Repeat { steps, .. } | StepKind::Optional(steps) => {
                    self.steps(steps, program);
                }
                StepKind::Transaction { store, steps } => {
                    program.transactions.push(*store);
                    self.steps(steps, program);
                    program.transactions.pop();
                }
                _ => (),
            }
        }
    }

    /// Steps of one endpoint that share target and policy share an edge.
    fn call_edge(
        &mut self,
        step: &'a Step,
        target: To,
        policy: &'a EdgePolicy,
        network: &'a Dist,
        program: &mut Program<'a>,
    ) {
        let architecture = self.architecture;
        let (site, target_name, balance) = match target {
            To::Call(Target::Endpoint(service, _)) => {
                (self.services[service], None, &architecture.services[service].balance)
            }
            To::Call(Target::External(external, _)) => (self.externals[external], None, &IN_TURN),
            To::Query(store, operation) => {
                let store = &architecture.stores[store];
                let operation = &store.operations[operation].name.value;
                let name = format!("{}.{operation}", store.name.value);
                (
                    self.sites.iter().position(|it| it.name == store.name.value).unwrap_or(0),
                    Some(name),
                    &IN_TURN,
                )
            }
        };
        let target_name = match target {
            To::Call(target) => architecture.target_name(target),
            To::Query(..) => target_name.unwrap_or_default(),
        };
        let pool_of = match target {
            To::Query(store, _) => Some(store),
            To::Call(_) => None,
        };
        let in_transaction = pool_of.is_some_and(|it| program.transactions.contains(&it));
        let base = format!("{}->{target_name}", program.endpoint);
        let mut same = 0;
        let known = program.edges.iter().find(|(name, edge, other)| {
            same += usize::from(*name == base);
            *name == base
                && other.same_as(policy)
                && self.edges[*edge].in_transaction == in_transaction
        });
        let edge = if let Some((_, edge, _)) = known {
            *edge
        } else {
            let name = if same == 0 { base.clone() } else { format!("{base}#{}", same + 1) };
            let from = self.services[program.service];
            let (errors, writes) = match target {
                To::Call(Target::External(external, operation)) => {
                    let external = &architecture.externals[external];
                    (operation.map_or(external.errors, |it| external.operations[it].errors), false)
                }
                To::Query(store, operation) => {
                    (0.0, architecture.stores[store].operations[operation].writes)
                }
                To::Call(Target::Endpoint(..)) => (0.0, false),
            };
            self.edges.push(Edge {
                key: Key(0).name(&name),
                name,
                from: Some(from),
                caller: self.sites[from].name.clone(),
                target,
                target_name,
                site,
                policy,
                balance,
                network: Some(network),
                inside: from == site,
                pool: pool_of.filter(|_| !in_transaction),
                in_transaction,
                errors,
                writes,
            });
            program.edges.push((base, self.edges.len() - 1, policy));
            self.edges.len() - 1
        };
        let tag = program.tag(&self.edges[edge].name);
        self.tags.insert(&step.pointer, tag);
        self.step_edges.insert(&step.pointer, edge);
    }

    pub(crate) fn tag(&self, step: &Step) -> Key {
        self.tags[step.pointer.as_str()]
    }

    pub(crate) fn call(&self, step: &Step) -> (usize, Key) {
        (self.step_edges[step.pointer.as_str()], self.tag(step))
    }

    /// The flow's name and the edge of a traffic's request.
    pub(crate) fn entry(&self, traffic: &str, endpoint: &str) -> (String, usize) {
        let name = format!("{traffic}->{endpoint}");
        let edge = self.edges.iter().position(|it| it.from.is_none() && it.name == name);
        (format!("{traffic}/{endpoint}"), edge.expect("every flow has an edge"))
    }

    pub(crate) fn site_of(&self, component: Component) -> usize {
        match component {
            Component::Service(index) => self.services[index],
            Component::Store(index) => self.stores[index],
            Component::External(index) => self.externals[index],
        }
    }

    pub(crate) fn site_at(&self, replica: usize) -> &Site {
        let at = self.sites.iter().rposition(|it| it.first <= replica);
        &self.sites[at.expect("every replica is of a site")]
    }

    pub(crate) fn local(&self, replica: usize) -> u32 {
        (replica - self.site_at(replica).first) as u32
    }

    pub(crate) fn speed(&self, replica: usize) -> f64 {
        self.site_at(replica).speeds[self.local(replica) as usize]
    }

    pub(crate) fn health(&self, replica: usize) -> Option<u64> {
        self.site_at(replica).health
    }

    /// Servers and places in the line.
    pub(crate) fn limits(&self, place: Place) -> (Option<u32>, Option<u32>) {
        match place {
            Place::Slots(replica) => {
                let site = self.site_at(replica);
                (site.slots, site.queue)
            }
            Place::Cores(replica) => {
                let site = self.site_at(replica);
                let queue = site.queue.filter(|_| site.kind == Kind::Store);
                (site.cores.filter(|_| !site.share), queue)
            }
            Place::Pooler(replica) => {
                let store = self.store_at(replica).and_then(|it| it.pooler);
                let servers = store.map(|it| it.clients.unwrap_or(u32::MAX).min(it.connections));
                let clients = store.and_then(|it| it.clients);
                (servers, clients.zip(servers).map(|it| it.0 - it.1))
            }
            Place::Connections(replica) => {
                let limit = self.store_at(replica).and_then(|it| it.connections.as_ref());
                (limit.map(|it| it.value), Some(0))
            }
            Place::Pool(_, store) => {
                (self.architecture.stores[store].pool.map(|it| it.per_replica), None)
            }
        }
    }

    fn store_at(&self, replica: usize) -> Option<&'a Store> {
        let name = &self.site_at(replica).name;
        self.architecture.stores.iter().find(|it| it.name.value == *name)
    }

    /// The resource that a place is a part of.
    pub(crate) fn resource(&self, place: Place) -> String {
        match place {
            Place::Slots(replica) => format!("{}/slots", self.site_at(replica).name),
            Place::Cores(replica) => format!("{}/cores", self.site_at(replica).name),
            Place::Pooler(replica) => format!("{}/pooler", self.site_at(replica).name),
            Place::Connections(replica) => format!("{}/connections", self.site_at(replica).name),
            Place::Pool(replica, store) => {
                let store = &self.architecture.stores[store].name.value;
                format!("{}>{store}/pool", self.site_at(replica).name)
            }
        }
    }
}

/// A time in nanoseconds.
pub(crate) fn draw(dist: &Dist, key: Key) -> f64 {
    scaled(dist, 1e9, key)
}

/// A count.
pub(crate) fn draw_count(dist: &Dist, key: Key) -> f64 {
    scaled(dist, 1.0, key)
}

/// A time in whole nanoseconds.
pub(crate) fn whole(dist: &Dist, key: Key) -> u64 {
    (draw(dist, key) + 0.5) as u64
}

/// The scale is applied where the engine applies it: the last bit decides between nanoseconds.
fn scaled(dist: &Dist, scale: f64, key: Key) -> f64 {
    match dist {
        Dist::Constant(value) => value * scale,
        Dist::Exponential { mean } => mean * scale * key.exponential(),
        Dist::Lognormal { mu, sigma } => libm::exp(mu + libm::log(scale) + sigma * key.normal()),
        Dist::Uniform { min, max } => min * scale + (max - min) * scale * key.uniform(),
        Dist::Empirical(samples) => {
            let nth = (key.uniform() * samples.len() as f64) as usize;
            samples[nth.min(samples.len() - 1)] * scale
        }
    }
}
