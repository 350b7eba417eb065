//! Endpoints that must call themselves again on every path: no request to them would ever end.

use std::collections::VecDeque;

use tradeoff_diag::{Diagnostic, Span};

use super::Cx;
use crate::model::{Architecture, Dist, Step, StepKind, Target};

/// Most calls of a circle that are shown.
const SHOWN: usize = 6;

/// Complains once about each circle of calls without an exit.
pub(super) fn check(cx: &mut Cx<'_>, architecture: &Architecture) {
    let graph = Graph::new(architecture);
    let ends = graph.ends();
    let mut seen = vec![0; ends.len()];
    for start in 0..ends.len() {
        if ends[start] || seen[start] > 0 {
            continue;
        }
        // Every endpoint that cannot end has a call to another such: follow it into the circle.
        let mark = start + 1;
        let mut path = Vec::new();
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = mark;
            let Some((next, span)) = graph.first_endless(at, &ends) else { break };
            path.push((at, span));
            at = next;
        }
        if seen[at] == mark
            && let Some(first) = path.iter().position(|(endpoint, _)| *endpoint == at)
        {
            cx.error(graph.complaint(&path[first..]));
        }
    }
}

struct Graph<'a> {
    architecture: &'a Architecture,
    /// Service and endpoint of each number, and the number of each service's first endpoint.
    endpoints: Vec<(usize, usize)>,
    first: Vec<usize>,
}

impl<'a> Graph<'a> {
    fn new(architecture: &'a Architecture) -> Self {
        let mut endpoints = Vec::new();
        let mut first = Vec::new();
        for (at, service) in architecture.services.iter().enumerate() {
            first.push(endpoints.len());
            endpoints.extend((0..service.endpoints.len()).map(|endpoint| (at, endpoint)));
        }
        Self { architecture, endpoints, first }
    }

    fn steps(&self, number: usize) -> &'a [Step] {
        let (service, endpoint) = self.endpoints[number];
        &self.architecture.services[service].endpoints[endpoint].steps
    }

    /// Which endpoints can end: the least set closed under `can_end`.
    fn ends(&self) -> Vec<bool> {
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); self.endpoints.len()];
        for number in 0..self.endpoints.len() {
            self.each_call(self.steps(number), &mut |callee| callers[callee].push(number));
        }
        let mut ends = vec![false; self.endpoints.len()];
        let mut open: VecDeque<usize> = (0..self.endpoints.len()).collect();
        while let Some(number) = open.pop_front() {
            if !ends[number] && self.can_end(self.steps(number), &ends) {
                ends[number] = true;
                open.extend(callers[number].iter().filter(|caller| !ends[**caller]));
            }
        }
        ends
    }

    fn each_call(&self, steps: &[Step], visit: &mut impl FnMut(usize)) {
        for step in steps {
            if let Some(callee) = self.callee(step) {
                visit(callee);
            }
            for list in lists(&step.kind) {
                self.each_call(list, &mut *visit);
            }
        }
    }

    fn callee(&self, step: &Step) -> Option<usize> {
        match step.kind {
            StepKind::Call { target: Target::Endpoint(service, endpoint), .. } => {
                Some(self.first[service] + endpoint)
            }
            _ => None,
        }
    }

    /// Whether some path through the steps calls only what can end.
    fn can_end(&self, steps: &[Step], ends: &[bool]) -> bool {
        for step in steps {
            if matches!(step.kind, StepKind::Fail(share) if share > 0.0) {
                return true;
            }
            if !self.step_can_end(step, ends) {
                return false;
            }
        }
        true
    }

    fn step_can_end(&self, step: &Step, ends: &[bool]) -> bool {
        match &step.kind {
            StepKind::Call { .. } => self.callee(step).is_none_or(|callee| ends[callee]),
            // Every branch starts, whatever the others do.
            StepKind::All { branches, .. } => {
                branches.iter().all(|branch| self.can_end(branch, ends))
            }
            StepKind::Chance { share, then, otherwise } => {
                (*share > 0.0 && self.can_end(then, ends))
                    || (*share < 1.0 && self.can_end(otherwise, ends))
            }
            StepKind::Repeat { times, steps } => may_be_zero(times) || self.can_end(steps, ends),
            StepKind::Optional(steps)
            | StepKind::Transaction { steps, .. }
            | StepKind::Fallback { steps, .. } => self.can_end(steps, ends),
            _ => true,
        }
    }

    /// The first call of an endpoint that cannot be avoided and does not end.
    fn first_endless(&self, number: usize, ends: &[bool]) -> Option<(usize, Span)> {
        self.endless_in(self.steps(number), ends)
    }

    fn endless_in(&self, steps: &[Step], ends: &[bool]) -> Option<(usize, Span)> {
        let step = steps.iter().find(|step| !self.step_can_end(step, ends))?;
        if let Some(callee) = self.callee(step) {
            return Some((callee, step.span));
        }
        lists(&step.kind).into_iter().find_map(|list| self.endless_in(list, ends))
    }

    fn complaint(&self, circle: &[(usize, Span)]) -> Diagnostic {
        let name = |number: usize| {
            let (service, endpoint) = self.endpoints[number];
            self.architecture.endpoint_name(service, endpoint)
        };
        let (first, span) = circle[0];
        let message = format!("`{}` calls itself again on every path", name(first));
        let mut diagnostic = Diagnostic::error("endless-recursion", message);
        let next = |at: usize| name(circle[(at + 1) % circle.len()].0);
        diagnostic = diagnostic.label(span, format!("always calls `{}`", next(0)));
        for (at, (_, span)) in circle.iter().enumerate().skip(1).take(SHOWN - 1) {
            diagnostic = diagnostic.secondary(*span, format!("which calls `{}`", next(at)));
        }
        diagnostic
            .expected("a path on which it does not call itself")
            .help("put the call under `chance` with less than 100%, or call something else")
    }
}

/// The lists of steps inside a step.
fn lists(kind: &StepKind) -> Vec<&[Step]> {
    match kind {
        StepKind::All { branches, .. } => branches.iter().map(Vec::as_slice).collect(),
        StepKind::Chance { then, otherwise, .. } => vec![then, otherwise],
        StepKind::Fallback { steps, otherwise } => vec![steps, otherwise],
        StepKind::Repeat { steps, .. }
        | StepKind::Optional(steps)
        | StepKind::Transaction { steps, .. } => vec![steps],
        _ => Vec::new(),
    }
}

/// Whether a count rounds to zero at times.
fn may_be_zero(times: &Dist) -> bool {
    match times {
        Dist::Constant(value) => *value < 0.5,
        Dist::Uniform { min, .. } => *min < 0.5,
        Dist::Empirical(samples) => samples.first().is_none_or(|least| *least < 0.5),
        Dist::Exponential { .. } | Dist::Lognormal { .. } => true,
    }
}
