//! What follows from an architecture: who calls whom, how often, for how long.

use std::ops::Range;
use std::sync::OnceLock;

use tradeoff_model::model::{Architecture, Nanos, Step, StepKind, Target};

use crate::{Callee, Edge, Estimate, Load, Process, components, each, processes, timing, visits};

/// What follows from an architecture.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// What it follows from.
    pub architecture: &'a Architecture,
    /// Service and endpoint of each endpoint's number.
    pub endpoints: Vec<(usize, usize)>,
    /// Number of each service's first endpoint.
    pub(crate) first: Vec<usize>,
    /// What runs: a deploy unit, or a service of its own.
    pub processes: Vec<Process>,
    /// The process of each service.
    pub process_of: Vec<usize>,
    /// Every call and query, by caller.
    pub edges: Vec<Edge<'a>>,
    /// The edges of each endpoint.
    outgoing: Vec<Range<usize>>,
    /// Of each store the endpoints that query it, or hold a transaction in it.
    pub(crate) users: Vec<Vec<usize>>,
    /// Endpoints, callees before callers; those that call each other in a circle together.
    order: Vec<Vec<usize>>,
    /// Time of each endpoint when nothing waits.
    pub times: Vec<Estimate>,
    /// Core time of each endpoint itself, in seconds at speed 1.
    pub work: Vec<f64>,
    /// How often everything is used.
    pub load: Load,
    /// Of each endpoint the tightest promise whose path it is on.
    watch: Vec<Option<Watch>>,
    /// Edges by name, for those who ask.
    named: OnceLock<Vec<(String, usize)>>,
}

/// A promise of a lower percentile bounds no single wait: half of all requests may take longer
/// than a `p50`.
const TAIL: f64 = 0.9;

/// A promise that watches an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// Index into [`Architecture::slos`].
    pub slo: usize,
    /// The promised latency, if it promises one of the 90th percentile or beyond.
    pub limit: Option<Nanos>,
}

impl<'a> Analysis<'a> {
    /// Derives everything.
    pub fn new(architecture: &'a Architecture) -> Self {
        let mut endpoints = Vec::new();
        let mut first = Vec::new();
        for (at, service) in architecture.services.iter().enumerate() {
            first.push(endpoints.len());
            endpoints.extend((0..service.endpoints.len()).map(|endpoint| (at, endpoint)));
        }
        let (processes, process_of) = processes::processes(architecture);
        let mut it = Self {
            architecture,
            endpoints,
            first,
            processes,
            process_of,
            edges: Vec::new(),
            outgoing: Vec::new(),
            users: vec![Vec::new(); architecture.stores.len()],
            order: Vec::new(),
            times: Vec::new(),
            work: Vec::new(),
            load: Load::default(),
            watch: Vec::new(),
            named: OnceLock::new(),
        };
        it.collect();
        it.order = components(&it.calls());
        it.times = timing::estimate(&it);
        it.load = visits::load(&it);
        it.watch = it.watches();
        it
    }

    /// The number of an endpoint.
    pub fn number(&self, service: usize, endpoint: usize) -> usize {
        self.first[service] + endpoint
    }

    /// The steps of an endpoint.
    pub fn steps(&self, number: usize) -> &'a [Step] {
        let (service, endpoint) = self.endpoints[number];
        &self.architecture.services[service].endpoints[endpoint].steps
    }

    /// The name of an endpoint: `order.place`.
    pub fn name(&self, number: usize) -> String {
        let (service, endpoint) = self.endpoints[number];
        self.architecture.endpoint_name(service, endpoint)
    }

    /// The name of whom an edge reaches: `payment.charge`.
    pub fn callee_name(&self, callee: Callee) -> String {
        match callee {
            Callee::Endpoint(number) => self.name(number),
            Callee::External(external, operation) => {
                self.architecture.target_name(Target::External(external, operation))
            }
            Callee::Operation(store, operation) => {
                let store = &self.architecture.stores[store];
                format!("{}.{}", store.name.value, store.operations[operation].name.value)
            }
        }
    }

    /// The name of an edge: `order.place->payment.charge`.
    pub fn edge_name(&self, edge: &Edge<'_>) -> String {
        [&self.name(edge.from), "->", &self.callee_name(edge.to)].concat()
    }

    /// The edges of an endpoint.
    pub fn edges_of(&self, number: usize) -> &[Edge<'a>] {
        &self.edges[self.outgoing[number].clone()]
    }

    /// The place of an endpoint's first edge in the list of all.
    pub fn first_edge(&self, number: usize) -> usize {
        self.outgoing[number].start
    }

    /// Edges between processes by name: steps of one endpoint that reach the same target are one.
    /// Sorted by name.
    pub fn named_edges(&self) -> impl Iterator<Item = (&str, Vec<&Edge<'a>>)> {
        self.all_named_edges().filter_map(|(name, mut edges)| {
            edges.retain(|edge| !edge.inside);
            (!edges.is_empty()).then_some((name, edges))
        })
    }

    /// The same with those inside a process.
    pub fn all_named_edges(&self) -> impl Iterator<Item = (&str, Vec<&Edge<'a>>)> {
        let same = |a: &(String, usize), b: &(String, usize)| a.0 == b.0;
        let named = self.named.get_or_init(|| self.places()).chunk_by(same);
        named.map(|all| (all[0].0.as_str(), all.iter().map(|it| &self.edges[it.1]).collect()))
    }

    /// Places of edges by name, those of one name in the order of all.
    fn places(&self) -> Vec<(String, usize)> {
        let names: Vec<String> = (0..self.endpoints.len()).map(|it| self.name(it)).collect();
        let name = |edge: &Edge<'_>| match edge.to {
            Callee::Endpoint(to) => [&names[edge.from], "->", &names[to]].concat(),
            _ => [&names[edge.from], "->", &self.callee_name(edge.to)].concat(),
        };
        let edges = self.edges.iter().enumerate();
        let mut places: Vec<(String, usize)> = edges.map(|(at, edge)| (name(edge), at)).collect();
        places.sort();
        places
    }

    /// The tightest promise whose path an endpoint is on.
    pub fn watch(&self, number: usize) -> Option<Watch> {
        self.watch[number]
    }

    /// Numbers of the endpoints that requests enter by: those of the traffic, and those that
    /// nothing calls.
    pub fn entries(&self) -> Vec<usize> {
        let mut called = vec![false; self.endpoints.len()];
        let mut entered = vec![false; self.endpoints.len()];
        for edge in &self.edges {
            if let Callee::Endpoint(to) = edge.to {
                called[to] = true;
            }
        }
        for mix in self.architecture.traffic.iter().flat_map(|traffic| &traffic.mix) {
            entered[self.number(mix.service, mix.endpoint)] = true;
        }
        (0..called.len()).filter(|it| entered[*it] || !called[*it]).collect()
    }

    /// Endpoints by the endpoints that they call.
    pub fn calls(&self) -> Vec<Vec<usize>> {
        let callee = |edge: &Edge<'_>| match edge.to {
            Callee::Endpoint(to) => Some(to),
            _ => None,
        };
        let all = 0..self.endpoints.len();
        all.map(|from| self.edges_of(from).iter().filter_map(callee).collect()).collect()
    }

    /// Groups of endpoints, callees before callers.
    pub fn order(&self) -> &[Vec<usize>] {
        &self.order
    }

    fn collect(&mut self) {
        for from in 0..self.endpoints.len() {
            let start = self.edges.len();
            let mut work = 0.0;
            let mut edges = Vec::new();
            let mut used = Vec::new();
            each(self.steps(from), 1.0, &mut |step, times| match &step.kind {
                StepKind::Work(time) => work += times * time.mean(),
                StepKind::Call { target, policy, network } => {
                    let to = match *target {
                        Target::Endpoint(service, endpoint) => {
                            Callee::Endpoint(self.number(service, endpoint))
                        }
                        Target::External(external, operation) => {
                            Callee::External(external, operation)
                        }
                    };
                    let inside = match to {
                        Callee::Endpoint(to) => self.process(from) == self.process(to),
                        _ => false,
                    };
                    edges.push(Edge { from, to, step, policy, network, times, inside });
                }
                StepKind::Query { store, operation, policy, network } => {
                    used.push(*store);
                    let to = Callee::Operation(*store, *operation);
                    edges.push(Edge { from, to, step, policy, network, times, inside: false });
                }
                StepKind::Transaction { store, .. } => used.push(*store),
                _ => {}
            });
            used.sort_unstable();
            used.dedup();
            for store in used {
                self.users[store].push(from);
            }
            self.edges.extend(edges);
            self.work.push(work);
            self.outgoing.push(start..self.edges.len());
        }
    }

    fn watches(&self) -> Vec<Option<Watch>> {
        let mut watch: Vec<Option<Watch>> = vec![None; self.endpoints.len()];
        let calls = self.calls();
        for (slo, promise) in self.architecture.slos.iter().enumerate() {
            let new = Watch {
                slo,
                limit: promise.latency.filter(|it| it.quantile >= TAIL).map(|it| it.limit),
            };
            let mut seen = vec![false; self.endpoints.len()];
            let mut open = vec![self.number(promise.service, promise.endpoint)];
            while let Some(number) = open.pop() {
                if std::mem::replace(&mut seen[number], true) {
                    continue;
                }
                let tightness = |it: Watch| it.limit.unwrap_or(Nanos::MAX);
                if watch[number].is_none_or(|old| tightness(new) < tightness(old)) {
                    watch[number] = Some(new);
                }
                open.extend(&calls[number]);
            }
        }
        watch
    }
}
