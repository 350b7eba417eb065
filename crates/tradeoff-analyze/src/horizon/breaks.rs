//! What is too much in which month: the figures of [`crate::Steady`] of every month until the
//! horizon, held against the limits that the rules hold today's against.

use std::collections::BTreeMap;

use serde::Serialize;
use tradeoff_model::model::TrafficKind;
use tradeoff_model::{Architecture, Document, Fact};

use super::growth::power;
use super::later::{Need, needs, traffic, with};
use super::{Growth, spending, topics};
use crate::availability::Availability;
use crate::connections::BACKENDS;
use crate::promises::Within;
use crate::resources::{BUSY, Kind, Resource};
use crate::words::{count, duration, number, percent, rate};
use crate::{Analysis, Steady, Structure};

/// What happens to what does not grow with the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// More is asked than there is.
    Breaks,
    /// It still works, and not for long.
    Strains,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Cores, slots, connections or calls of a resource.
    Utilization,
    /// The pools of all callers, with the replicas that the load takes.
    Connections,
    /// The replicas that an autoscaler adds.
    Replicas,
    /// The partitions of a topic.
    Partitions,
    /// The stated budget.
    Budget,
    /// A promise cannot be kept.
    Slo,
}

/// What is too much.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) what: What,
    pub(super) name: String,
    pub(super) grade: Grade,
}

/// The first month of each, and its sum.
pub(super) type First = BTreeMap<Key, (u32, String)>;

/// One month.
struct Month<'a> {
    today: &'a Architecture,
    document: &'a Document,
    growth: &'a Growth,
    end: usize,
    number: u32,
    found: Vec<(Key, String)>,
}

/// The first month in which each thing is too much, at the low or the high end of the growth.
pub(super) fn first(
    (today, document): (&Architecture, &Document),
    growth: &Growth,
    end: usize,
    months: u32,
) -> First {
    let mut first = First::new();
    for number in 0..=months {
        let mut month = Month { today, document, growth, end, number, found: Vec::new() };
        if month.look().is_none() {
            break;
        }
        for (key, sum) in month.found {
            first.entry(key).or_insert((number, sum));
        }
    }
    first
}

impl Month<'_> {
    /// Finds all that is too much; `None` if there is more traffic than says anything.
    fn look(&mut self) -> Option<()> {
        let busier = traffic(self.today, self.growth, self.end, self.number)?;
        let analysis = Analysis::new(&busier);
        let steady = Steady::new(&analysis);
        let needs = if self.number == 0 { Vec::new() } else { needs(&steady) };
        let scaled = needs.iter().any(|it| it.most.is_some() && it.gets() > it.today);
        if scaled {
            let gets = |at: usize| {
                let need = &needs[at];
                if need.most.is_some() { need.gets() } else { need.today }
            };
            let followed = with(busier.clone(), &analysis, gets);
            let analysis = Analysis::new(&followed);
            self.busy(&Steady::new(&analysis));
        } else {
            self.busy(&steady);
        }
        self.topics(&steady);
        self.replicas(&needs);
        let most = |at: usize| needs.get(at).map_or(analysis.lead(at).replicas.value, Need::gets);
        let grown = with(busier.clone(), &analysis, most);
        let grown = Analysis::new(&grown);
        self.connections(&grown, &needs);
        self.budget(&grown);
        Some(())
    }

    fn add(&mut self, what: What, name: &str, grade: Grade, sum: String) {
        self.found.push((Key { what, name: name.to_owned(), grade }, sum));
    }

    fn busy(&mut self, steady: &Steady<'_, '_>) {
        for (name, it) in steady.resources() {
            self.utilization(&name, &it, steady.total);
        }
        let structure = Structure::new(steady.analysis);
        let medians = steady.analysis.medians();
        for (at, slo) in self.today.slos.iter().enumerate() {
            let promise = steady.promise(&structure, at, &medians);
            let sum = promise.latency.as_ref().and_then(|it| self.late(it, steady.total));
            let sum = promise.availability.as_ref().and_then(unavailable).or(sum);
            if let Some(sum) = sum {
                self.add(What::Slo, &slo.name.value, Grade::Breaks, sum);
            }
        }
    }

    fn utilization(&mut self, name: &str, it: &Resource, total: f64) {
        let (grade, limit) = match it.utilization {
            full if full >= 1.0 => (Grade::Breaks, 1.0),
            busy if busy > BUSY && it.kind != Kind::Limit => (Grade::Strains, BUSY),
            _ => return,
        };
        let sign = if limit < 1.0 { ">" } else { ">=" };
        let sum = format!("{} {sign} {}", it.arithmetic, percent(limit));
        let sum = self.after(&sum, total);
        self.add(What::Utilization, name, grade, sum);
    }

    /// Why a promised latency is missed, if it is.
    fn late(&self, it: &Within, total: f64) -> Option<String> {
        if !it.feasible {
            return Some(it.arithmetic.clone());
        }
        let quantile = number(it.quantile * 100.0);
        let sum = match (it.holds, it.approximate) {
            (Some(true), _) => return None,
            (_, Some(found)) => format!(
                "p{quantile} with waiting about {} > {}",
                duration(found),
                duration(it.limit)
            ),
            (_, None) => format!("a line grows without end, so no p{quantile} holds"),
        };
        Some(self.at(total, &sum))
    }

    /// A sum that starts with today's rate, and how that became this month's.
    fn after(&self, sum: &str, total: f64) -> String {
        let text = self.load(total);
        if text.is_empty() { sum.to_owned() } else { format!("{text}; {sum}") }
    }

    fn at(&self, total: f64, sum: &str) -> String {
        let text = self.load(total);
        if text.is_empty() { sum.to_owned() } else { format!("{text}: {sum}") }
    }

    /// `30/s x 1.08^5 = 44.1/s`; nothing of today.
    fn load(&self, total: f64) -> String {
        if self.number == 0 {
            return String::new();
        }
        let mut sum = 0.0;
        for traffic in &self.today.traffic {
            let TrafficKind::Open { rate } = traffic.kind else { return self.loaded(total) };
            sum += rate;
        }
        match self.growth.all {
            Some(all) => {
                format!("{} x {} = {}", rate(sum), power(all[self.end], self.number), rate(total))
            }
            None => self.loaded(total),
        }
    }

    fn loaded(&self, total: f64) -> String {
        match self.growth.all {
            Some(all) => {
                let times = power(all[self.end], self.number);
                format!("{times} x today's traffic: {}", rate(total))
            }
            None => format!("month {}: {}", self.number, rate(total)),
        }
    }

    /// What consumers can do at once, and what partitions allow them to.
    fn topics(&mut self, steady: &Steady<'_, '_>) {
        for it in topics::consumed(steady, self.document) {
            let name = format!("{}>{}", it.topic, it.service);
            self.at_once(What::Utilization, &name, &it.sum, it.busy / it.servers, steady.total);
            let Some(partitions) = it.partitions else { continue };
            let name = format!("{}/partitions", it.topic);
            let sum = format!("{} {}", it.offered, partitions.sum);
            self.at_once(What::Partitions, &name, &sum, it.busy * partitions.fullest, steady.total);
        }
    }

    fn at_once(&mut self, what: What, name: &str, sum: &str, used: f64, total: f64) {
        let (grade, limit, sign) = match used {
            full if full >= 1.0 => (Grade::Breaks, 1.0, ">="),
            busy if busy > BUSY => (Grade::Strains, BUSY, ">"),
            _ => return,
        };
        let sum = format!("{sum} = {} {sign} {}", percent(used), percent(limit));
        let sum = self.after(&sum, total);
        self.add(what, name, grade, sum);
    }

    fn replicas(&mut self, needs: &[Need]) {
        for need in needs {
            let Some(most) = need.most.filter(|it| need.replicas > *it) else { continue };
            let sum = format!("{}, rounded up = {} > {most}", need.sum, need.replicas);
            let name = format!("{}/replicas", need.process);
            self.add(What::Replicas, &name, Grade::Breaks, sum);
        }
    }

    /// The pools of all callers, with the replicas that the load takes.
    fn connections(&mut self, grown: &Analysis<'_>, needs: &[Need]) {
        for (at, store) in grown.architecture.stores.iter().enumerate() {
            let Some((parts, sum)) = grown.pools(at) else { continue };
            let clients = store.pooler.and_then(|it| it.clients).map(u64::from);
            let room = if store.pooler.is_some() { clients } else { grown.room(at) };
            let (grade, limit) = match room {
                Some(room) if sum > room => (Grade::Breaks, room),
                _ if store.pooler.is_none() && sum > BACKENDS => (Grade::Strains, BACKENDS),
                _ => continue,
            };
            let more = grown.callers(at).into_iter().filter_map(|it| needs.get(it));
            let more = more.filter(|it| it.gets() > it.today);
            let more: Vec<String> = more
                .map(|it| format!("{} needs {}, rounded up = {}", it.process, it.sum, it.gets()))
                .collect();
            let why = more.join(", ") + if more.is_empty() { "" } else { "; " };
            let sum = format!("{why}{parts} = {} > {}", count(sum), count(limit));
            let name = format!("{}/connections", store.name.value);
            self.add(What::Connections, &name, grade, sum);
        }
    }

    fn budget(&mut self, grown: &Analysis<'_>) {
        let budget = grown.architecture.facts.get("budget").and_then(Fact::number);
        let Some(budget) = budget else { return };
        let Some(spent) = spending::monthly(grown, self.number) else { return };
        if spent.total() > budget {
            let sum = format!("{} > {}", spent.text(), spending::dollars(budget));
            self.add(What::Budget, "budget", Grade::Breaks, sum);
        }
    }
}

fn unavailable(it: &Availability) -> Option<String> {
    (it.feasible == Some(false)).then(|| it.arithmetic.clone())
}
