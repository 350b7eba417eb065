//! What an architecture answers, so that nobody is asked for it.

use std::collections::BTreeMap;

use tradeoff_analyze::horizon::Growth;
use tradeoff_analyze::resources::Resource;
use tradeoff_analyze::{Analysis, Callee, Steady, Structure};
use tradeoff_model::{Architecture, Fact as Stated};

use crate::Value;

/// An architecture, with what follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What the file says.
    pub architecture: &'a Architecture,
    /// Who calls whom, and how often.
    pub analysis: &'a Analysis<'a>,
    /// What waits for what under the steady traffic.
    pub steady: &'a Steady<'a, 'a>,
    /// What of it is busy, by name: many topics ask for it, at many places.
    pub resources: &'a BTreeMap<String, Resource>,
    /// Which failures reach whom.
    pub structure: &'a Structure<'a, 'a>,
}

/// What in the architecture a decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name: `orders`, `order.place`; that of the architecture where it is about all of it.
    pub name: String,
    /// Its dotted path: `stores.orders`; empty where it is about all.
    pub path: String,
    /// Its place in the list that it is from: a store, a promise, an endpoint's number.
    pub at: usize,
}

/// What the architecture says of a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// What it says.
    pub value: Value,
    /// The dotted path that says it, so that a record can rest on it.
    pub path: String,
    /// Whether it was derived from more than that path.
    pub derived: bool,
}

impl Known {
    /// What the file says at a path.
    pub fn at(path: impl Into<String>, value: Value) -> Self {
        Self { value, path: path.into(), derived: false }
    }

    /// What follows from a part of the file.
    pub fn derived(path: impl Into<String>, value: Value) -> Self {
        Self { value, path: path.into(), derived: true }
    }
}

impl<'a> Seen<'a> {
    /// A subject that stands for the whole architecture.
    pub fn whole(&self) -> Subject {
        Subject { name: self.architecture.name.clone(), path: String::new(), at: 0 }
    }

    /// Every store.
    pub fn stores(&self) -> Vec<Subject> {
        let stores = self.architecture.stores.iter().enumerate();
        stores.map(|(at, it)| Subject::new(&it.name.value, "stores", at)).collect()
    }

    /// Every promise.
    pub fn slos(&self) -> Vec<Subject> {
        let slos = self.architecture.slos.iter().enumerate();
        slos.map(|(at, it)| Subject::new(&it.name.value, "slos", at)).collect()
    }

    /// Every endpoint.
    pub fn endpoints(&self) -> Vec<Subject> {
        let endpoints = self.analysis.endpoints.iter().enumerate();
        endpoints
            .map(|(at, (service, endpoint))| {
                let service = &self.architecture.services[*service];
                let endpoint = &service.endpoints[*endpoint].name.value;
                let service = &service.name.value;
                Subject {
                    name: format!("{service}.{endpoint}"),
                    path: format!("services.{}.endpoints.{}", key(service), key(endpoint)),
                    at,
                }
            })
            .collect()
    }

    /// Every entry of a map of facts, by the map's dotted path: `caches`, `data.pipelines`.
    pub fn named(&self, map: &str) -> Vec<Subject> {
        let entries = self.architecture.facts.entries(map).enumerate();
        entries.map(|(at, (name, _))| Subject::new(name, map, at)).collect()
    }

    /// A fact of the file by its whole dotted path, if the file states it.
    pub fn fact(&self, path: &str) -> Option<&'a Stated> {
        self.architecture.facts.get(path).filter(|it| it.stated)
    }

    /// A fact of the file below a subject's path, if the file states it.
    pub fn stated(&self, subject: &Subject, path: &str) -> Option<(&'a Stated, String)> {
        let path = subject.below(path);
        let fact = self.architecture.facts.get(&path).filter(|it| it.stated)?;
        Some((fact, path))
    }

    /// The same as a yes or no.
    pub fn flag(&self, subject: &Subject, path: &str) -> Option<Known> {
        let (fact, path) = self.stated(subject, path)?;
        Some(Known::at(path, Value::Flag(fact.flag()?)))
    }

    /// The same as a number, times a factor that brings it to the unit of the fact.
    pub fn number(&self, subject: &Subject, path: &str, factor: f64) -> Option<Known> {
        let (fact, path) = self.stated(subject, path)?;
        Some(Known::at(path, Value::Number(fact.number()? * factor)))
    }

    /// The same as a duration, or the mean of one that varies, in units of so many seconds.
    pub fn time(&self, subject: &Subject, path: &str, unit: f64) -> Option<Known> {
        let (fact, path) = self.stated(subject, path)?;
        let seconds = match fact.duration() {
            Some(nanos) => nanos as f64 / 1e9,
            None => fact.time()?.mean(),
        };
        Some(Known::at(path, Value::Number(seconds / unit)))
    }

    /// By how many percent the load grows in the next month: that of a store, or of all. Sources
    /// that grow differently count by their requests, and of a range its high end does.
    pub fn growth(&self, store: Option<usize>) -> Option<Known> {
        let growth = Growth::of(self.architecture).ok()?;
        let mut own = self.architecture.facts.entries("traffic");
        let own = own.any(|it| it.1.get("growth").is_some_and(|it| it.stated));
        let percent = |it: f64| Value::Number(it * 100.0);
        match growth.all {
            Some([_, high]) if own => return Some(Known::derived("traffic", percent(high))),
            Some([_, high]) => return Some(Known::at("growth", percent(high))),
            None => {}
        }
        let (mut sum, mut grows) = (0.0, 0.0);
        let sources = self.architecture.traffic.iter().zip(&self.steady.rates);
        for ((source, rate), flow) in sources.zip(&self.analysis.load.flows) {
            let weight = store.map_or(*rate, |store| self.reaching(store, flow));
            let high = growth.sources.get(&source.name.value).map_or(0.0, |it| it[1]);
            sum += weight;
            grows += weight * high;
        }
        (sum > 0.0).then(|| Known::derived("traffic", percent(grows / sum)))
    }

    /// Calls a second from one service to another: what reaches a process, beyond what comes from
    /// outside. `None` without traffic.
    pub fn calls_between(&self) -> Option<f64> {
        let (all, entered) = (self.steady.doors.iter().sum::<f64>(), self.steady.total);
        (entered > 0.0).then(|| (all - entered).max(0.0))
    }

    /// Operations a second that a store gets from runs of the endpoints.
    fn reaching(&self, store: usize, runs: &[f64]) -> f64 {
        let edges = self.analysis.edges.iter();
        let own = edges.filter(|it| matches!(it.to, Callee::Operation(at, _) if at == store));
        own.map(|it| runs[it.from] * it.times).sum()
    }

    /// The same as one of the words of the fact.
    pub fn word(
        &self,
        subject: &Subject,
        path: &str,
        words: &'static [&'static str],
    ) -> Option<Known> {
        let (fact, path) = self.stated(subject, path)?;
        let word = words.iter().find(|word| fact.says(word))?;
        Some(Known::at(path, Value::Choice(word)))
    }
}

impl Subject {
    fn new(name: &str, list: &str, at: usize) -> Self {
        Self { name: name.to_owned(), path: format!("{list}.{}", key(name)), at }
    }

    /// The dotted path of a key of it.
    pub fn below(&self, path: &str) -> String {
        match (self.path.as_str(), path) {
            ("", _) => path.to_owned(),
            (own, "") => own.to_owned(),
            (own, _) => format!("{own}.{path}"),
        }
    }
}

/// A name as part of a dotted path.
fn key(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}
