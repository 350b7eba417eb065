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
    /// Of each store and each external the endpoints that use it; with whether they do so when
    /// nothing fails.
    users: [Vec<Vec<(usize, bool)>>; 2],
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
            users: [
                vec![Vec::new(); analysis.architecture.stores.len()],
                vec![Vec::new(); analysis.architecture.externals.len()],
            ],
            circles: vec![false; count],
            calls: vec![1.0; count],
            rests: Vec::new(),
        };
        for edge in &analysis.edges {
            let users = match edge.to {
                Callee::Endpoint(to) => &mut it.callers[to],
                Callee::Operation(store, _) => &mut it.users[0][store],
                Callee::External(external, _) => &mut it.users[1][external],
            };
            users.push((edge.from, edge.times > 0.0));
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
        // What no promise reaches tells nothing about one.
        let reached = self.reachable(promised.keys().copied());
        let ways = Ways::new(self, &reached);
        let mut values = vec![1.0; self.analysis.endpoints.len()];
        for part in self.parts() {
            let cone = self.cone_within(part, false, Some(&reached));
            ways.evaluate(&cone, part, &mut values);
            for endpoint in &cone {
                for slo in promised.get(endpoint).into_iter().flatten() {
                    rests[*slo].push(Rests { part, fails: 1.0 - values[*endpoint] });
                }
                values[*endpoint] = 1.0;
            }
        }
        rests
    }

    /// The share of runs of an endpoint that succeed while everything is up: what the errors of
    /// single calls leave, after its own retries.
    pub fn without_error(&self, endpoint: usize) -> f64 {
        self.calls[endpoint]
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
        self.cone_within(part, normally, None)
    }

    /// The same of these endpoints only, whose callees are all among them.
    fn cone_within(&self, part: Part, normally: bool, within: Option<&[bool]>) -> Vec<usize> {
        let mut seen = vec![false; self.place.len()];
        let mut cone = Vec::new();
        let mut reach = |number: usize, cone: &mut Vec<usize>| {
            if within.is_none_or(|it| it[number]) && !std::mem::replace(&mut seen[number], true) {
                cone.push(number);
            }
        };
        let users = match part {
            Part::Process(at) => {
                self.analysis.endpoints_of(at).for_each(|it| reach(it, &mut cone));
                &Vec::new()
            }
            Part::Store(at) => &self.users[0][at],
            Part::External(at) => &self.users[1][at],
        };
        for (user, usual) in users {
            if !normally || *usual {
                reach(*user, &mut cone);
            }
        }
        let mut next = 0;
        while let Some(number) = cone.get(next).copied() {
            next += 1;
            for (caller, usual) in &self.callers[number] {
                if !normally || *usual {
                    reach(*caller, &mut cone);
                }
            }
        }
        cone.sort_unstable_by_key(|it| self.place[*it]);
        cone
    }

    /// Which endpoints these can reach, themselves included.
    fn reachable(&self, from: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut seen = vec![false; self.place.len()];
        let mut open: Vec<usize> = from.collect();
        while let Some(number) = open.pop() {
            if !std::mem::replace(&mut seen[number], true) {
                open.extend(self.analysis.edges_of(number).iter().filter_map(
                    |edge| match edge.to {
                        Callee::Endpoint(to) => Some(to),
                        _ => None,
                    },
                ));
            }
        }
        seen
    }

    /// The endpoints that an endpoint can reach, callees first, itself last.
    pub(crate) fn below(&self, endpoint: usize) -> Vec<usize> {
        let seen = self.reachable(std::iter::once(endpoint));
        let mut below: Vec<usize> = (0..seen.len()).filter(|it| seen[*it]).collect();
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
                values[number] = self.share(number, up, calls, values);
            }
        }
    }

    /// The same of one endpoint, given those that it calls.
    fn share(&self, number: usize, up: &dyn Fn(Part) -> f64, calls: bool, values: &[f64]) -> f64 {
        let own = up(Part::Process(self.analysis.process(number)));
        own * Walk { structure: self, up, calls, values }.list(self.analysis.steps(number))
    }
}

/// What the runs of endpoints need while exactly one part is down, made ready to be asked for each
/// part in turn: most endpoints do one thing after another, and need all of it.
struct Ways<'w, 's, 'a> {
    structure: &'w Structure<'s, 'a>,
    of: Vec<Way>,
}

/// What a run of an endpoint needs.
enum Way {
    /// These endpoints, in the order of its steps, and these parts.
    All(Vec<usize>, Vec<Part>),
    /// Some of what it uses.
    Some,
}

impl<'w, 's, 'a> Ways<'w, 's, 'a> {
    /// Of the endpoints that are `wanted`.
    fn new(structure: &'w Structure<'s, 'a>, wanted: &[bool]) -> Self {
        let of = wanted.iter().enumerate().map(|(number, wanted)| {
            if *wanted { Way::of(structure.analysis, number) } else { Way::Some }
        });
        Self { structure, of: of.collect() }
    }

    /// The share of runs of these endpoints that succeed while a part is down.
    fn evaluate(&self, endpoints: &[usize], down: Part, values: &mut [f64]) {
        let structure = self.structure;
        let up = |it: Part| f64::from(u8::from(it != down));
        if endpoints.iter().any(|it| structure.circles[*it]) {
            return structure.evaluate(endpoints, &up, false, values);
        }
        for &number in endpoints {
            values[number] = match &self.of[number] {
                Way::All(_, parts) if parts.contains(&down) => 0.0,
                Way::All(callees, _) => callees.iter().map(|it| values[*it]).product(),
                Way::Some => structure.share(number, &up, false, values),
            };
        }
    }
}

impl Way {
    fn of(analysis: &Analysis<'_>, number: usize) -> Self {
        let mut callees = Vec::new();
        let mut parts = vec![Part::Process(analysis.process(number))];
        for step in analysis.steps(number) {
            match &step.kind {
                StepKind::Call { target: Target::Endpoint(service, endpoint), .. } => {
                    callees.push(analysis.number(*service, *endpoint));
                }
                StepKind::Call { target: Target::External(at, _), .. } => {
                    parts.push(Part::External(*at));
                }
                StepKind::Query { store, .. } => parts.push(Part::Store(*store)),
                // No run needs what is optional; single calls do not fail here.
                StepKind::Work(_)
                | StepKind::Wait(_)
                | StepKind::Optional(_)
                | StepKind::Fail(_) => {}
                _ => return Self::Some,
            }
        }
        Self::All(callees, parts)
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
