//! Who is who: sites, edges, and the identities from which everything is drawn.

use std::collections::BTreeMap;

use tradeoff_des::Key;
use tradeoff_model::model::{
    Architecture, Balance, BalancePolicy, Component, Cores, Dist, EdgePolicy, Step, StepKind,
    Target,
};

/// What runs somewhere: a deploy unit, a store or an external.
#[derive(Debug, Default)]
pub(crate) struct Site<'a> {
    pub(crate) name: &'a str,
    /// Number of its first replica among all.
    pub(crate) first: usize,
    pub(crate) replicas: usize,
    pub(crate) speeds: Vec<f64>,
    pub(crate) cores: Option<Cores>,
    /// Places in the line for its cores.
    core_queue: Option<u32>,
    /// Slots, and places in the line for them.
    slots: (Option<u32>, Option<u32>),
    pub(crate) health: Option<u64>,
    store: Option<usize>,
}

impl Site<'_> {
    pub(crate) fn all(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.replicas
    }

    pub(crate) fn shares(&self) -> bool {
        self.cores.is_some_and(|it| it.share)
    }
}

/// Where one waits: for a replica's slots or cores, for a store's pooler or connections, or for a
/// caller replica's pool for a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Slots(usize),
    Cores(usize),
    Pooler(usize),
    Connections(usize),
    Pool(usize, usize),
}

/// What the target of an edge does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does<'a> {
    Steps(&'a [Step]),
    Waits(&'a Dist),
    Works(&'a Dist),
}

/// An edge: one policy of one endpoint, or of traffic, towards one target.
#[derive(Debug)]
pub(crate) struct Edge<'a> {
    /// From whom to whom; edges that differ in policy alone are numbered.
    ends: String,
    pub(crate) name: String,
    pub(crate) key: Key,
    /// Site of the caller; none for traffic.
    pub(crate) from: Option<usize>,
    /// Under which name the caller keeps its balancers.
    pub(crate) caller: String,
    pub(crate) target: String,
    pub(crate) does: Does<'a>,
    pub(crate) site: usize,
    pub(crate) policy: &'a EdgePolicy,
    pub(crate) balance: &'a Balance,
    pub(crate) network: Option<&'a Dist>,
    pub(crate) store: Option<usize>,
    pub(crate) in_transaction: bool,
    pub(crate) errors: f64,
    pub(crate) writes: bool,
}

/// Whom an edge leads to.
#[derive(Clone, Copy)]
enum To {
    Call(Target),
    Query(usize, usize),
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
    pub(crate) architecture: &'a Architecture,
    pub(crate) sites: Vec<Site<'a>>,
    pub(crate) edges: Vec<Edge<'a>>,
    /// The site of each service; those of stores and externals follow in their order.
    services: Vec<usize>,
    /// Identity of each step in its endpoint: its kind or edge, and the how manieth of those it is.
    tags: BTreeMap<&'a str, Key>,
    step_edges: BTreeMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(architecture: &'a Architecture) -> Self {
        let (sites, edges, services) = (Vec::new(), Vec::new(), Vec::new());
        let (tags, step_edges) = (BTreeMap::new(), BTreeMap::new());
        let mut names = Self { architecture, sites, edges, services, tags, step_edges };
        names.find_sites();
        for (nth, service) in architecture.services.iter().enumerate() {
            for endpoint in &service.endpoints {
                let name = format!("{}.{}", service.name.value, endpoint.name.value);
                names.endpoint(&name, names.services[nth], &endpoint.steps);
            }
        }
        for traffic in &architecture.traffic {
            for mix in &traffic.mix {
                let to = To::Call(Target::Endpoint(mix.service, mix.endpoint));
                names.edge(&traffic.name.value, None, to, &traffic.policy, None, false);
            }
        }
        names
    }

    fn find_sites(&mut self) {
        for service in &self.architecture.services {
            let name = service.deploy.as_ref().unwrap_or(&service.name).value.as_str();
            let known = self.sites.iter().position(|it| it.name == name);
            self.services.push(known.unwrap_or(self.sites.len()));
            let number = |it: &Option<tradeoff_diag::Spanned<u32>>| it.as_ref().map(|it| it.value);
            let site = Site {
                name,
                replicas: service.replicas.value as usize,
                speeds: service.speeds.clone(),
                cores: service.cores,
                slots: (number(&service.concurrency), number(&service.queue)),
                health: service.balance.health,
                ..Site::default()
            };
            if known.is_none() {
                self.site(site);
            }
        }
        for (nth, store) in self.architecture.stores.iter().enumerate() {
            self.site(Site {
                name: &store.name.value,
                replicas: store.replicas.value as usize,
                cores: store.cores,
                core_queue: store.queue.as_ref().map(|it| it.value),
                health: IN_TURN.health,
                store: Some(nth),
                ..Site::default()
            });
        }
        for external in &self.architecture.externals {
            let slots = (external.concurrency, Some(0));
            let name = &external.name.value;
            self.site(Site { name, replicas: 1, slots, ..Site::default() });
        }
    }

    fn site(&mut self, mut site: Site<'a>) {
        site.first = self.sites.last().map_or(0, |it| it.all().end);
        site.speeds.resize(site.replicas, 1.0);
        self.sites.push(site);
    }

    fn endpoint(&mut self, endpoint: &str, site: usize, steps: &'a [Step]) {
        let mut occurrences: BTreeMap<String, u64> = BTreeMap::new();
        for (step, open) in flat(steps, &[]) {
            let (kind, edge) = match &step.kind {
                StepKind::Call { target, policy, network } => {
                    ("", Some((To::Call(*target), policy, network)))
                }
                StepKind::Query { store, operation, policy, network } => {
                    ("", Some((To::Query(*store, *operation), policy, network)))
                }
                StepKind::Work(_) => ("work", None),
                StepKind::Wait(_) => ("wait", None),
                StepKind::Fail(_) => ("fail", None),
                StepKind::Chance { .. } => ("chance", None),
                StepKind::Repeat { .. } => ("repeat", None),
                StepKind::Transaction { .. } => ("transaction", None),
                _ => ("draws nothing", None),
            };
            let mut name = kind.to_owned();
            if let Some((to, policy, network)) = edge {
                let inside = matches!(to, To::Query(store, _) if open.contains(&store));
                let edge = self.edge(endpoint, Some(site), to, policy, Some(network), inside);
                self.step_edges.insert(&step.pointer, edge);
                name.clone_from(&self.edges[edge].name);
            }
            let nth = occurrences.entry(name.clone()).or_default();
            *nth += 1;
            self.tags.insert(&step.pointer, Key(0).name(&name).index(*nth));
        }
    }

    /// Finds or adds an edge: uses by one caller that share target and policy share it.
    fn edge(
        &mut self,
        caller: &str,
        from: Option<usize>,
        to: To,
        policy: &'a EdgePolicy,
        network: Option<&'a Dist>,
        in_transaction: bool,
    ) -> usize {
        let architecture = self.architecture;
        let mut balance = &IN_TURN;
        let (mut errors, mut writes, mut store) = (0.0, false, None);
        let (target, component, does) = match to {
            To::Call(target @ Target::Endpoint(service, endpoint)) => {
                let stated = &architecture.services[service];
                balance = &stated.balance;
                let does = Does::Steps(&stated.endpoints[endpoint].steps);
                (architecture.target_name(target), Component::Service(service), does)
            }
            To::Call(target @ Target::External(external, operation)) => {
                let stated = &architecture.externals[external];
                let operation = operation.map(|it| &stated.operations[it]);
                errors = operation.map_or(stated.errors, |it| it.errors);
                let does = Does::Waits(operation.map_or(&stated.time, |it| &it.time));
                (architecture.target_name(target), Component::External(external), does)
            }
            To::Query(index, operation) => {
                let stated = &architecture.stores[index];
                let operation = &stated.operations[operation];
                (writes, store) = (operation.writes, Some(index));
                let target = format!("{}.{}", stated.name.value, operation.name.value);
                (target, Component::Store(index), Does::Works(&operation.time))
            }
        };
        let ends = format!("{caller}->{target}");
        let mut nth = 1;
        for (index, it) in self.edges.iter().enumerate().filter(|it| it.1.ends == ends) {
            if it.policy.same_as(policy) && it.in_transaction == in_transaction {
                return index;
            }
            nth += 1;
        }
        let name = if nth == 1 { ends.clone() } else { format!("{ends}#{nth}") };
        let site = self.site_of(component);
        self.edges.push(Edge {
            ends,
            key: Key(0).name(&name),
            name,
            from,
            caller: from.map_or(format!("traffic {caller}"), |it| self.sites[it].name.to_owned()),
            target,
            does,
            site,
            policy,
            balance,
            // Modules of one process have no network between them.
            network: network.filter(|_| from != Some(site)),
            store,
            in_transaction,
            errors,
            writes,
        });
        self.edges.len() - 1
    }

    pub(crate) fn tag(&self, step: &Step) -> Key {
        self.tags[step.pointer.as_str()]
    }

    pub(crate) fn edge_of(&self, step: &Step) -> &Edge<'a> {
        &self.edges[self.step_edges[step.pointer.as_str()]]
    }

    /// The edge of a traffic's requests for an endpoint.
    pub(crate) fn entry(&self, traffic: &str, endpoint: &str) -> &Edge<'a> {
        let name = format!("{traffic}->{endpoint}");
        let edge = self.edges.iter().find(|it| it.from.is_none() && it.name == name);
        edge.expect("every flow has an edge")
    }

    pub(crate) fn site_of(&self, component: Component) -> usize {
        let stores = self.sites.iter().position(|it| it.store.is_some());
        let externals = self.sites.len() - self.architecture.externals.len();
        match component {
            Component::Service(nth) => self.services[nth],
            Component::Store(nth) => stores.expect("a store has a site") + nth,
            Component::External(nth) => externals + nth,
        }
    }

    pub(crate) fn store_site(&self, store: usize) -> &Site<'a> {
        &self.sites[self.site_of(Component::Store(store))]
    }

    pub(crate) fn site_at(&self, replica: usize) -> &Site<'a> {
        let site = self.sites.iter().find(|it| it.all().contains(&replica));
        site.expect("every replica is of a site")
    }

    /// Servers of a place, and places in the line for them.
    pub(crate) fn limits(&self, place: Place) -> (Option<u32>, Option<u32>) {
        let store = |replica| self.site_at(replica).store.map(|it| &self.architecture.stores[it]);
        match place {
            Place::Slots(replica) => self.site_at(replica).slots,
            Place::Cores(replica) => {
                let site = self.site_at(replica);
                (site.cores.filter(|it| !it.share).map(|it| it.count), site.core_queue)
            }
            Place::Pooler(replica) => {
                let pooler = store(replica).and_then(|it| it.pooler);
                let clients = pooler.and_then(|it| it.clients);
                let servers = pooler.map(|it| clients.unwrap_or(u32::MAX).min(it.connections));
                (servers, clients.zip(servers).map(|it| it.0 - it.1))
            }
            Place::Connections(replica) => {
                let limit = store(replica).and_then(|it| it.connections.as_ref());
                (limit.map(|it| it.value), Some(0))
            }
            Place::Pool(_, store) => {
                (self.architecture.stores[store].pool.map(|it| it.per_replica), None)
            }
        }
    }

    /// The resource that a place is a part of.
    pub(crate) fn resource(&self, place: Place) -> String {
        let (replica, what) = match place {
            Place::Slots(replica) => (replica, "slots"),
            Place::Cores(replica) => (replica, "cores"),
            Place::Pooler(replica) => (replica, "pooler"),
            Place::Connections(replica) => (replica, "connections"),
            Place::Pool(replica, store) => {
                let (caller, store) = (self.site_at(replica).name, self.store_site(store).name);
                return format!("{caller}>{store}/pool");
            }
        };
        format!("{}/{what}", self.site_at(replica).name)
    }
}

/// All steps of a list in the order of the file, with the stores whose transaction is open there.
fn flat<'a>(steps: &'a [Step], open: &[usize]) -> Vec<(&'a Step, Vec<usize>)> {
    let mut all = Vec::new();
    for step in steps {
        let mut inside = open.to_vec();
        let lists: Vec<&[Step]> = match &step.kind {
            StepKind::Chance { then: one, otherwise, .. }
            | StepKind::Fallback { steps: one, otherwise } => vec![one, otherwise],
            StepKind::Repeat { steps, .. } | StepKind::Optional(steps) => vec![steps],
            StepKind::All { branches, .. } => branches.iter().map(Vec::as_slice).collect(),
            StepKind::Transaction { store, steps } => {
                inside.push(*store);
                vec![steps]
            }
            _ => Vec::new(),
        };
        all.push((step, open.to_vec()));
        all.extend(lists.iter().flat_map(|it| flat(it, &inside)));
    }
    all
}

/// A time in nanoseconds (scale 1e9) or a count (scale 1). The scale is applied where the engine
/// applies it: the last bit decides between nanoseconds.
pub(crate) fn draw(dist: &Dist, scale: f64, key: Key) -> f64 {
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

/// A time in whole nanoseconds.
pub(crate) fn whole(dist: &Dist, key: Key) -> u64 {
    nearest(draw(dist, 1e9, key))
}

/// To the nearest whole number, never below zero.
pub(crate) fn nearest(value: f64) -> u64 {
    (value + 0.5) as u64
}
