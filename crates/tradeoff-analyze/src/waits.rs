//! Who waits for whom: the chain of calls that a request cannot do without.

use std::collections::VecDeque;
use std::ptr;

use tradeoff_model::model::{Step, StepKind};

use crate::{Analysis, Callee, Edge};

impl<'a> Analysis<'a> {
    /// The edges of an endpoint that have to succeed for it to succeed: none whose failure is
    /// optional, has a fallback, or is outvoted by other branches.
    pub fn needed(&self, number: usize) -> impl Iterator<Item = &Edge<'a>> {
        let mut steps = Vec::new();
        needed(self.steps(number), &mut steps);
        let needs = move |it: &&Edge<'a>| steps.iter().any(|step| ptr::eq(*step, it.step));
        self.edges_of(number).iter().filter(needs)
    }

    /// The shortest chain of needed edges from an endpoint to the first that reaches what is
    /// wanted, that edge included; `None` if the endpoint does not need it.
    pub fn waits_for(
        &self,
        from: usize,
        wanted: &dyn Fn(Callee) -> bool,
    ) -> Option<Vec<&Edge<'a>>> {
        // By endpoint the edge through which it was found first.
        let mut through: Vec<Option<&Edge<'a>>> = vec![None; self.endpoints.len()];
        let mut open = VecDeque::from([from]);
        while let Some(number) = open.pop_front() {
            for edge in self.needed(number) {
                if wanted(edge.to) {
                    let mut chain = vec![edge];
                    let mut at = number;
                    while let Some(before) = through[at].filter(|_| at != from) {
                        chain.push(before);
                        at = before.from;
                    }
                    chain.reverse();
                    return Some(chain);
                }
                if let Callee::Endpoint(to) = edge.to
                    && to != from
                    && through[to].is_none()
                {
                    through[to] = Some(edge);
                    open.push_back(to);
                }
            }
        }
        None
    }
}

/// Calls and queries whose failure fails the list.
fn needed<'a>(steps: &'a [Step], found: &mut Vec<&'a Step>) {
    for step in steps {
        match &step.kind {
            StepKind::Call { .. } | StepKind::Query { .. } => found.push(step),
            StepKind::All { need, branches } => {
                let all = need.is_none_or(|it| it as usize >= branches.len());
                branches.iter().filter(|_| all).for_each(|it| needed(it, found));
            }
            StepKind::Chance { then, otherwise, .. } => {
                needed(then, found);
                needed(otherwise, found);
            }
            StepKind::Repeat { steps, .. } | StepKind::Transaction { steps, .. } => {
                needed(steps, found);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tradeoff_diag::SourceFile;
    use tradeoff_model::{Document, NoFiles};

    use crate::{Analysis, Callee};

    const SHOP: &str = "
tradeoff: 1
name: shop
services:
  web:
    endpoints:
      buy:
        steps:
          - optional: [ { call: mail } ]
          - all: [ [ { call: order.place } ], [ { call: ads } ] ]
      quick: { steps: [ { all: { need: 1, of: [ [ { call: order.place } ], [ { call: ads } ] ] } } ] }
  order:
    endpoints:
      place:
        steps:
          - fallback: [ { call: ads } ]
            else: [ { call: mail } ]
          - call: pay.charge
  pay:
    endpoints:
      charge: { steps: [ { chance: 1%, do: [ { call: web.buy } ] }, { call: mail } ] }
externals: { mail: { time: 1ms }, ads: { time: 1ms } }
";

    fn chain(from: &str, external: &str) -> Option<Vec<String>> {
        let (document, bad) = Document::parse(vec![SourceFile::new("shop.yaml", SHOP)]);
        let (architecture, found) = document.lower(&NoFiles);
        assert!(bad.is_empty() && found.is_empty(), "{bad:?} {found:?}");
        let analysis = Analysis::new(&architecture);
        let from = (0..analysis.endpoints.len()).find(|it| analysis.name(*it) == from).unwrap();
        let at = architecture.externals.iter().position(|it| it.name.value == external).unwrap();
        let wanted = |to: Callee| matches!(to, Callee::External(it, _) if it == at);
        let chain = analysis.waits_for(from, &wanted)?;
        Some(chain.into_iter().map(|it| analysis.edge_name(it)).collect())
    }

    #[test]
    fn the_chain_leaves_out_what_may_fail_and_ends_in_a_circle_too() {
        let long = ["web.buy->order.place", "order.place->pay.charge", "pay.charge->mail"];
        assert_eq!(chain("web.buy", "mail").unwrap(), long);
        assert_eq!(chain("web.buy", "ads").unwrap(), ["web.buy->ads"]);
        assert_eq!(chain("web.quick", "ads"), None);
        assert_eq!(chain("pay.charge", "mail").unwrap(), ["pay.charge->mail"]);
    }
}
