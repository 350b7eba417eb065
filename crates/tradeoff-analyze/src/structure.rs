//! Which failures reach whom: the structure function of endpoints over what they depend on.
//!
//! A step in series needs its target. What is `optional` does not; of a fallback either way is
//! enough; `all` needs as many branches as it says; a `chance` step needs the way that it takes.
//! (R. E. Barlow and F. Proschan, "Statistical Theory of Reliability and Life Testing", 1975.)

use std::collections::BTreeMap;

use tradeoff_model::model::{Step, StepKind, Target};

use crate::{Analysis, Callee, attempts};

/// Rounds through endpoints that call each other in a circle.
const CIRCLE_ROUNDS: usize = 8;
/// A share of requests below which none counts.
pub(crate) const NONE: f64 = 1e-12;

/// What fails as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Process(usize),
    Store(usize),
    External(usize),
}

/// What a promise or a request rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rests {
    pub(crate) part: Part,
    /// The share of requests that fail while the part is down.
    pub(crate) fails: f64,
}

/// Who depends on whom, ready to be asked what happens when something fails.
#[derive(Debug)]
pub struct Structure<'s, 'a> {
    pub(crate) analysis: &'s Analysis<'a>,
    /// By endpoint, those that call it; with whether they do so when nothing fails.
    callers: Vec<Vec<(usize, bool)>>,
    /// The place of each endpoint in the order of callees before callers.
    place: Vec<usize>,
    /// Endpoints that are in a circle.
    circles: Vec<bool>,
    /// The share of runs of each endpoint that succeed when everything is up.
    pub(crate) calls: Vec<f64>,
    /// Of each promise everything that it can reach.
    pub(crate) rests: Vec<Vec<Rests>>,
}

impl<'s, 'a> Structure<'s, 'a> {
    /// Derives who depends on whom.
    pub fn new(analysis: &'s Analysis<'a>) -> Self {
        let count = analysis.endpoints.len();
        let mut it = Self {
            analysis,
            callers: vec![Vec::new(); count],
            place: vec![0; count],
            circles: vec![false; count],
            calls: vec![1.0; count],
            rests: Vec::new(),
        };
        for edge in &analysis.edges {
            if let Callee::Endpoint(to) = edge.to {
                it.callers[to].push((edge.from, edge.times > 0.0));
            }
        }
        let calls = analysis.calls();
        let mut next = 0;
        for group in analysis.order() {
            for number in group {
                it.place[*number] = next;
                it.circles[*number] = group.len() > 1 || calls[*number].contains(number);
                next += 1;
            }
        }
        let all: Vec<usize> = analysis.order().iter().flatten().copied().collect();
        let mut values = vec![1.0; count];
        it.evaluate(&all, &|_| 1.0, true, &mut values);
        it.calls = values;
        it.rests = it.rests();
        it
    }

    /// Of each promise everything that it can reach, with the share of its requests that fail when
    /// it is down.
    fn rests(&self) -> Vec<Vec<Rests>> {
        let slos = &self.analysis.architecture.slos;
        let mut rests = vec![Vec::new(); slos.len()];
        let mut promised: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, slo) in slos.iter().enumerate() {
            promised.entry(self.analysis.number(slo.service, slo.endpoint)).or_default().push(at);
        }
        if promised.is_empty() {
            return rests;
        }
        let mut values = vec![1.0; self.analysis.endpoints.len()];
        for part in self.parts() {
            let cone = self.cone(part, false);
            self.evaluate(&cone, &|it| f64::from(u8::from(it != part)), false, &mut values);
            for endpoint in &cone {
                for slo in promised.get(endpoint).into_iter().flatten() {
                    rests[*slo].push(Rests { part, fails: 1.0 - values[*endpoint] });
                }
                values[*endpoint] = 1.0;
            }
        }
        rests
    }

    /// Index of the first promise that cannot do without a process.
    pub fn needs_process(&self, process: usize) -> Option<usize> {
        self.needs(Part::Process(process))
    }

    /// Index of the first promise that cannot do without a store.
    pub fn needs_store(&self, store: usize) -> Option<usize> {
        self.needs(Part::Store(store))
    }

    fn needs(&self, part: Part) -> Option<usize> {
        self.rests.iter().position(|it| it.iter().any(|it| it.part == part && it.fails > NONE))
    }

    /// Everything that may fail as a whole.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> {
        let architecture = self.analysis.architecture;
        let processes = (0..self.analysis.processes.len()).map(Part::Process);
        let stores = (0..architecture.stores.len()).map(Part::Store);
        let externals = (0..architecture.externals.len()).map(Part::External);
        processes.chain(stores).chain(externals)
    }

    /// Its name: that of a deploy unit, a service, a store or an external.
    pub(crate) fn part_name(&self, part: Part) -> &str {
        let architecture = self.analysis.architecture;
        match part {
            Part::Process(at) => &self.analysis.processes[at].name,
            Part::Store(at) => &architecture.stores[at].name.value,
            Part::External(at) => &architecture.externals[at].name.value,
        }
    }

    /// Its stated availability; of a deploy unit the least of its modules.
    pub(crate) fn stated(&self, part: Part) -> Option<f64> {
        let architecture = self.analysis.architecture;
        match part {
            Part::Process(at) => {
                let services = self.analysis.processes[at].services.iter();
                let stated = services.filter_map(|it| architecture.services[*it].availability);
                stated.reduce(f64::min)
            }
            Part::Store(at) => architecture.stores[at].availability,
            Part::External(at) => architecture.externals[at].availability,
        }
    }

    /// The endpoints that a part can reach, callees first: all of them, or only those that use it
    /// when nothing fails.
    pub(crate) fn cone(&self, part: Part, normally: bool) -> Vec<usize> {
        let analysis = self.analysis;
        let mut open: Vec<usize> = match part {
            Part::Process(at) => analysis.endpoints_of(at).collect(),
            _ => analysis
                .edges
                .iter()
                .filter(|edge| !normally || edge.times > 0.0)
                .filter(|edge| match (edge.to, part) {
                    (Callee::Operation(store, _), Part::Store(at)) => store == at,
                    (Callee::External(external, _), Part::External(at)) => external == at,
                    _ => false,
                })
                .map(|edge| edge.from)
                .collect(),
        };
        let mut seen = vec![false; self.place.len()];
        let mut cone = Vec::new();
        while let Some(number) = open.pop() {
            if !std::mem::replace(&mut seen[number], true) {
                cone.push(number);
                let callers = self.callers[number].iter();
                open.extend(callers.filter(|it| !normally || it.1).map(|it| it.0));
            }
        }
        cone.sort_unstable_by_key(|it| self.place[*it]);
        cone
    }

    /// The endpoints that an endpoint can reach, callees first, itself last.
    pub(crate) fn below(&self, endpoint: usize) -> Vec<usize> {
        let mut seen = vec![false; self.place.len()];
        let mut below = Vec::new();
        let mut open = vec![endpoint];
        while let Some(number) = open.pop() {
            if !std::mem::replace(&mut seen[number], true) {
                below.push(number);
                open.extend(self.analysis.edges_of(number).iter().filter_map(
                    |edge| match edge.to {
                        Callee::Endpoint(to) => Some(to),
                        _ => None,
                    },
                ));
            }
        }
        below.sort_unstable_by_key(|it| self.place[*it]);
        below
    }

    /// The share of runs of these endpoints that succeed, where parts are up for `up` of the time.
    /// With `calls` the failures of single calls count too, and retries help against them.
    pub(crate) fn evaluate(
        &self,
        endpoints: &[usize],
        up: &dyn Fn(Part) -> f64,
        calls: bool,
        values: &mut [f64],
    ) {
        // Around a circle what is left from another question would stay.
        for it in endpoints {
            values[*it] = 1.0;
        }
        let rounds = if endpoints.iter().any(|it| self.circles[*it]) { CIRCLE_ROUNDS } else { 1 };
        for _ in 0..rounds {
            for &number in endpoints {
                let own = up(Part::Process(self.analysis.process(number)));
                let steps = Walk { structure: self, up, calls, values: &*values };
                values[number] = own * steps.list(self.analysis.steps(number));
            }
        }
    }
}

struct Walk<'w, 's, 'a> {
    structure: &'w Structure<'s, 'a>,
    up: &'w dyn Fn(Part) -> f64,
    calls: bool,
    values: &'w [f64],
}

impl Walk<'_, '_, '_> {
    fn list(&self, steps: &[Step]) -> f64 {
        steps.iter().map(|step| self.step(step)).product()
    }

    fn step(&self, step: &Step) -> f64 {
        let architecture = self.structure.analysis.architecture;
        match &step.kind {
            StepKind::Call { target, policy, .. } => {
                let once = match *target {
                    Target::Endpoint(service, endpoint) => {
                        self.values[self.structure.analysis.number(service, endpoint)]
                    }
                    Target::External(at, operation) => {
                        let external = &architecture.externals[at];
                        let errors =
                            operation.map_or(external.errors, |it| external.operations[it].errors);
                        let errors = if self.calls { errors } else { 0.0 };
                        (self.up)(Part::External(at)) * (1.0 - errors)
                    }
                };
                if self.calls && once < 1.0 {
                    1.0 - libm::pow(1.0 - once, f64::from(attempts(policy)))
                } else {
                    once
                }
            }
            StepKind::Query { store, .. } => (self.up)(Part::Store(*store)),
            StepKind::All { need, branches } => {
                let branches: Vec<f64> = branches.iter().map(|it| self.list(it)).collect();
                let need = need.map_or(branches.len(), |it| it as usize);
                at_least(need, &branches)
            }
            StepKind::Chance { share, then, otherwise } => {
                share * self.list(then) + (1.0 - share) * self.list(otherwise)
            }
            StepKind::Repeat { times, steps } => libm::pow(self.list(steps), times.mean()),
            StepKind::Fallback { steps, otherwise } => {
                1.0 - (1.0 - self.list(steps)) * (1.0 - self.list(otherwise))
            }
            StepKind::Transaction { store, steps } => {
                (self.up)(Part::Store(*store)) * self.list(steps)
            }
            StepKind::Fail(share) if self.calls => 1.0 - share,
            _ => 1.0,
        }
    }
}

/// The probability that at least `need` of independent branches succeed.
fn at_least(need: usize, branches: &[f64]) -> f64 {
    if need >= branches.len() {
        return branches.iter().product();
    }
    // How likely it is that so many have succeeded so far; the last stands for all that suffice.
    let mut counts = vec![0.0; need + 1];
    counts[0] = 1.0;
    for success in branches {
        for have in (0..=need).rev() {
            let stays = if have == need { counts[have] } else { counts[have] * (1.0 - success) };
            let comes = if have > 0 { counts[have - 1] * success } else { 0.0 };
            counts[have] = stays + comes;
        }
    }
    counts[need]
}

#[cfg(test)]
mod tests {
    use super::at_least;

    #[test]
    fn two_of_three() {
        let p: f64 = 0.9;
        let expected = 3.0 * p * p * (1.0 - p) + p * p * p;
        assert!((at_least(2, &[p; 3]) - expected).abs() < 1e-12);
        assert!((at_least(1, &[0.9, 0.5]) - 0.95).abs() < 1e-12);
        assert!((at_least(2, &[0.9, 0.5]) - 0.45).abs() < 1e-12);
        assert!((at_least(0, &[0.1]) - 1.0).abs() < 1e-12);
    }
}
