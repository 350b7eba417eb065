//! What an architecture asks of the people who keep it: services and technologies per engineer, and
//! what somebody who is new has to learn.

use std::collections::BTreeSet;

use serde::Serialize;
use tradeoff_model::model::{Step, StepKind};
use tradeoff_model::{Document, Fact};

use crate::{Analysis, Callee, each};

/// Services that a team can keep.
pub const PER_TEAM: usize = 2;
/// Engineers of a service that has enough of them.
pub const ENOUGH: u64 = 2;
/// Innovation tokens that a team has (D. `McKinley`, "Choose Boring Technology", 2015: "about three").
pub const TOKENS: f64 = 3.0;

/// What some people keep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct People {
    /// The team; null: all of them together.
    pub team: Option<String>,
    /// How many they are; null where it is not stated.
    pub engineers: Option<u64>,
    /// What they run: a deploy unit counts once.
    pub services: Vec<String>,
    /// `services / engineers`; null without engineers.
    pub services_per_engineer: Option<f64>,
    /// What they have to know, as far as the file names it: languages, runtimes, stores, brokers.
    pub technologies: Vec<String>,
    /// `technologies / engineers`; null without engineers.
    pub technologies_per_engineer: Option<f64>,
    /// Why that is too much; null if it is not, or cannot be told.
    pub too_much: Option<String>,
    /// The largest of the requests that they have a part in; null if there is none.
    pub journey: Option<Journey>,
}

/// What has to be understood to follow one request of a user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Journey {
    /// Services on its way.
    pub services: usize,
    /// Stores, and what others run.
    pub beneath: usize,
    /// Calls and queries between them.
    pub edges: usize,
    /// Where it enters.
    pub endpoint: String,
}

/// Innovation tokens that are spent, of about three.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tokens {
    /// How many are spent.
    pub spent: f64,
    /// How many there are.
    pub of: f64,
    /// `kafka 1 + scylla 2 = 3`.
    pub arithmetic: String,
}

/// A technology that few of its users know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Its name.
    pub technology: String,
    /// Engineers who know it well.
    pub known_by: u64,
}

/// Each team, and all of them together as the last.
pub(super) fn people(analysis: &Analysis<'_>, document: &Document) -> Vec<People> {
    let architecture = analysis.architecture;
    let seen = Seen { analysis, document, journeys: journeys(analysis) };
    let mut all: Vec<People> = Vec::new();
    for (at, team) in architecture.teams.iter().enumerate() {
        let mine = |service: usize| architecture.services[service].team == Some(at);
        let engineers = team.engineers.map(u64::from);
        all.push(seen.people(Some(team.name.value.clone()), engineers, &mine));
    }
    let engineers: Option<u64> =
        architecture.teams.iter().map(|it| it.engineers.map(u64::from)).sum();
    let engineers = engineers.filter(|it| *it > 0);
    let mut everybody = seen.people(None, engineers, &|_| true);
    everybody.too_much = None;
    all.push(everybody);
    all
}

/// The innovation tokens that technologies cost; `None` where none is listed.
pub(super) fn tokens(analysis: &Analysis<'_>) -> Option<Tokens> {
    let all = analysis.architecture.facts.entries("technologies");
    let cost = |it: (&str, &Fact)| Some((it.0.to_owned(), it.1.get("tokens")?.number()?));
    let costs: Vec<(String, f64)> = all.filter_map(cost).collect();
    if costs.is_empty() {
        return None;
    }
    let spent = costs.iter().map(|it| it.1).sum();
    let parts: Vec<String> =
        costs.iter().filter(|it| it.1 > 0.0).map(|it| format!("{} {}", it.0, it.1)).collect();
    let parts = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
    let sign = if spent > TOKENS { ">" } else { "<=" };
    Some(Tokens { spent, of: TOKENS, arithmetic: format!("{parts} = {spent} {sign} {TOKENS}") })
}

/// Technologies that one engineer at most knows well.
pub(super) fn lonely(analysis: &Analysis<'_>) -> Vec<Known> {
    let all = analysis.architecture.facts.entries("technologies");
    let known = all.filter_map(|(name, it)| {
        Some(Known { technology: name.to_owned(), known_by: it.get("known_by")?.count()? })
    });
    known.filter(|it| it.known_by <= 1).collect()
}

struct Seen<'a> {
    analysis: &'a Analysis<'a>,
    document: &'a Document,
    /// Of each entry point what is on its way: the journey, and the services.
    journeys: Vec<(Journey, BTreeSet<usize>)>,
}

impl Seen<'_> {
    fn people(
        &self,
        team: Option<String>,
        engineers: Option<u64>,
        mine: &dyn Fn(usize) -> bool,
    ) -> People {
        let processes = self.analysis.processes.iter();
        let kept = processes.filter(|it| it.services.iter().any(|it| mine(*it)));
        let services: Vec<String> = kept.map(|it| it.name.clone()).collect();
        let technologies = self.technologies(mine);
        let each = |many: usize| {
            engineers.filter(|it| *it > 0).map(|engineers| many as f64 / engineers as f64)
        };
        let own = self.journeys.iter().filter(|it| it.1.iter().any(|it| mine(*it)));
        People {
            services_per_engineer: each(services.len()),
            technologies_per_engineer: each(technologies.len()),
            too_much: self.too_much(services.len(), engineers),
            journey: own.map(|it| &it.0).max().cloned(),
            team,
            engineers,
            services,
            technologies,
        }
    }

    /// As the rule `svc-premature-split` holds it against all teams together.
    fn too_much(&self, services: usize, engineers: Option<u64>) -> Option<String> {
        let engineers = engineers?;
        let triggers = self.analysis.architecture.facts.get("decomposition.triggers");
        let recorded = triggers.is_some_and(|it| !it.items().is_empty());
        let few = engineers < services as u64;
        if few {
            let s = if engineers == 1 { "" } else { "s" };
            return Some(format!("{services} services > {engineers} engineer{s}"));
        }
        let many = services > PER_TEAM && engineers < ENOUGH * services as u64;
        let why = || {
            let enough = format!("{engineers} engineers < {ENOUGH} x {services}");
            format!("{services} services > {PER_TEAM}, and {enough}")
        };
        (many && !recorded).then(why)
    }

    /// What the file names of what these services are made of and use.
    fn technologies(&self, mine: &dyn Fn(usize) -> bool) -> Vec<String> {
        let architecture = self.analysis.architecture;
        let services = (0..architecture.services.len()).filter(|it| mine(*it));
        let services: BTreeSet<&str> =
            services.map(|it| architecture.services[it].name.value.as_str()).collect();
        let mut all = self.made_of(&services);
        all.extend(self.used(mine));
        all.extend(self.owned(&services, mine));
        let all: BTreeSet<String> = all.iter().map(|it| it.to_lowercase()).collect();
        all.into_iter().filter(|it| it != "other").collect()
    }

    /// Languages, runtimes, and what brings the messages.
    fn made_of(&self, services: &BTreeSet<&str>) -> Vec<String> {
        let facts = &self.analysis.architecture.facts;
        let mut all = Vec::new();
        for service in services {
            let key = service.replace('~', "~0").replace('/', "~1");
            all.extend(self.written(&format!("/services/{key}/runtime")));
            let Some((_, it)) = facts.entries("services").find(|it| it.0 == *service) else {
                continue;
            };
            all.extend(word(it, "language"));
            let consumed = it.get("consumes").into_iter().flat_map(Fact::entries);
            all.extend(consumed.filter_map(|(topic, _)| self.kind("topics", topic, "engine")));
        }
        all
    }

    /// What their endpoints query, ask and publish to.
    fn used(&self, mine: &dyn Fn(usize) -> bool) -> Vec<String> {
        let mut all = Vec::new();
        for (number, (service, _)) in self.analysis.endpoints.iter().enumerate() {
            if !mine(*service) {
                continue;
            }
            for edge in self.analysis.edges_of(number) {
                if let Callee::Operation(store, _) = edge.to {
                    all.extend(self.store(store));
                }
            }
            each(self.analysis.steps(number), 1.0, &mut |step, _| {
                let topic = self.said(step, "publish");
                all.extend(topic.and_then(|it| self.kind("topics", &it, "engine")));
                let cache = self.said(step, "get");
                all.extend(cache.and_then(|it| self.kind("caches", &it, "kind")));
            });
        }
        all
    }

    /// What they own, and what is listed as theirs to know.
    fn owned(&self, services: &BTreeSet<&str>, mine: &dyn Fn(usize) -> bool) -> Vec<String> {
        let architecture = self.analysis.architecture;
        let stores = architecture.stores.iter().enumerate();
        let stores = stores.filter(|(_, it)| it.owner.is_some_and(mine));
        let mut all: Vec<String> = stores.filter_map(|(at, _)| self.store(at)).collect();
        let theirs = |it: &Fact| it.text().is_some_and(|it| services.contains(it));
        let maps =
            [("topics", "engine"), ("caches", "kind"), ("search", "engine"), ("buckets", "kind")];
        for (map, key) in maps {
            let entries = architecture.facts.entries(map).map(|it| it.1);
            let owned = entries.filter(|it| it.get("owner").is_some_and(theirs));
            all.extend(owned.filter_map(|it| word(it, key)));
        }
        for (name, it) in architecture.facts.entries("technologies") {
            // Without users it is everybody's.
            if it.get("used_by").is_none_or(|it| it.items().iter().any(theirs)) {
                all.push(name.to_owned());
            }
        }
        all
    }

    fn store(&self, at: usize) -> Option<String> {
        self.analysis.architecture.stores[at].kind.as_ref().map(|it| it.value.clone())
    }

    /// What runs an entry of a map.
    fn kind(&self, map: &str, name: &str, key: &str) -> Option<String> {
        let mut entries = self.analysis.architecture.facts.entries(map);
        entries.find(|it| it.0 == name).and_then(|it| word(it.1, key))
    }

    /// The text of a key of a step that no run moves, as the file writes it.
    fn said(&self, step: &Step, key: &str) -> Option<String> {
        matches!(step.kind, StepKind::Wait(_))
            .then(|| self.written(&format!("{}/{key}", step.pointer)))?
    }

    fn written(&self, pointer: &str) -> Option<String> {
        self.document.scalar(pointer)?.as_str().map(str::to_owned)
    }
}

fn word(it: &Fact, key: &str) -> Option<String> {
    it.get(key)?.text().map(str::to_owned)
}

/// What is on the way from each entry point, and the services among it.
fn journeys(analysis: &Analysis<'_>) -> Vec<(Journey, BTreeSet<usize>)> {
    let mut all = Vec::new();
    for entry in analysis.entries() {
        let mut endpoints = BTreeSet::new();
        let mut beneath = BTreeSet::new();
        let mut edges = BTreeSet::new();
        let mut open = vec![entry];
        while let Some(number) = open.pop() {
            if !endpoints.insert(number) {
                continue;
            }
            for edge in analysis.edges_of(number) {
                if !edge.inside {
                    edges.insert(analysis.edge_name(edge));
                }
                match edge.to {
                    Callee::Endpoint(to) => open.push(to),
                    Callee::External(at, _) => drop(beneath.insert((0, at))),
                    Callee::Operation(at, _) => drop(beneath.insert((1, at))),
                }
            }
        }
        let processes: BTreeSet<usize> = endpoints.iter().map(|it| analysis.process(*it)).collect();
        let services = endpoints.iter().map(|it| analysis.endpoints[*it].0).collect();
        let journey = Journey {
            services: processes.len(),
            beneath: beneath.len(),
            edges: edges.len(),
            endpoint: analysis.name(entry),
        };
        all.push((journey, services));
    }
    all
}
