//! Steps: what an endpoint does.

use tradeoff_diag::{Diagnostic, Span, Spanned};

use super::dist::{Unit, dist};
use super::doors::{Doors, End};
use super::fields::{Fields, not_yet, with_nearest, wrong_type};
use super::names::Names;
use super::policy::Policies;
use super::services::not_a_list;
use super::{Cx, whole};
use crate::facts::Facts;
use crate::model::{Component, Dist, EdgePolicy, Step, StepKind, Target};
use crate::nearest::nearest;
use crate::table::{ALL_OF, Block, Kind, LATER_STEPS, MAX_REPEAT, STEPS, TRANSACTION_OF, one_of};
use crate::tree::{Entry, Node, Value, shorten};

/// Most steps of a file.
const MAX_STEPS: usize = 200_000;

/// What a step needs to know of the file.
pub(super) struct Walk<'a, 't> {
    pub(super) names: &'a Names<'t>,
    pub(super) facts: &'a Facts,
    pub(super) policies: &'a mut Policies<'t>,
    pub(super) doors: &'a mut Doors,
    /// The service whose steps these are.
    pub(super) from: usize,
    /// Its endpoint, or the topic that it consumes.
    pub(super) member: Option<&'t str>,
}

impl<'t> Walk<'_, 't> {
    /// A list of steps.
    pub(super) fn steps(
        &mut self,
        cx: &mut Cx<'t>,
        node: &'t Node,
        place: Span,
        pointer: &str,
    ) -> Vec<Step> {
        let Some(items) = node.items() else {
            not_a_list(cx, node, place);
            return Vec::new();
        };
        let mut steps = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            cx.steps += 1;
            if cx.steps > MAX_STEPS {
                if cx.steps == MAX_STEPS + 1 {
                    cx.error(
                        Diagnostic::error("too-many-steps", "the file has more than 200,000 steps")
                            .label(item.span, "one too many")
                            .expected("at most 200,000 steps"),
                    );
                }
                break;
            }
            self.step(cx, item, &format!("{pointer}/{at}"), &mut steps);
        }
        steps
    }

    /// The calls of the short form.
    pub(super) fn short(&mut self, cx: &mut Cx<'t>, calls: &'t Entry, pointer: &str) -> Vec<Step> {
        let Some(items) = calls.node.items() else {
            wrong_type(cx, &calls.node, calls.key_span, Kind::List(&Kind::Reference("service")));
            return Vec::new();
        };
        let mut steps = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let Some(text) = item.text() else {
                wrong_type(cx, item, item.span, Kind::Reference("service or external"));
                continue;
            };
            let name = Spanned::new(text.to_owned(), item.span);
            if let Some(kind) = self.call_to(cx, &name, None) {
                steps.push(Step { span: item.span, pointer: format!("{pointer}/{at}"), kind });
            }
        }
        steps
    }

    fn step(&mut self, cx: &mut Cx<'t>, node: &'t Node, pointer: &str, steps: &mut Vec<Step>) {
        let entries = match &node.value {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        let Some((block, head)) = kind_of(entries) else {
            cx.error(no_step(node, entries));
            return;
        };
        let Some(fields) = Fields::open(cx, node, head.key_span, block, pointer) else { return };
        let span = whole(head);
        if head.key == "get" {
            return steps.extend(self.get(cx, &fields, span));
        }
        if let Some(kind) = self.kind(cx, head, &fields) {
            steps.push(Step { span, pointer: pointer.into(), kind });
        }
    }

    fn kind(&mut self, cx: &mut Cx<'t>, head: &'t Entry, fields: &Fields<'t>) -> Option<StepKind> {
        let pointer = fields.path(&head.key);
        Some(match head.key.as_str() {
            "work" => StepKind::Work(dist(cx, head, &pointer, Unit::Time)?),
            "wait" => StepKind::Wait(dist(cx, head, &pointer, Unit::Time)?),
            "fail" => StepKind::Fail(fields.share(cx, "fail")?.value),
            "call" => {
                let name = fields.text(cx, "call");
                let policy = self.policies.read(cx, fields);
                self.call_to(cx, &name?, policy)?
            }
            "query" => self.query(cx, fields)?,
            "publish" => self.publish(cx, fields)?,
            "all" => self.all(cx, head, &pointer)?,
            "chance" => StepKind::Chance {
                share: fields.share(cx, "chance").map_or(0.0, |it| it.value),
                then: self.list(cx, fields, "do"),
                otherwise: self.list(cx, fields, "else"),
            },
            "repeat" => {
                let times = repeat(cx, head, fields, &pointer);
                let steps = self.list(cx, fields, "do");
                StepKind::Repeat { times: times?, steps }
            }
            "optional" => StepKind::Optional(self.list(cx, fields, "optional")),
            "fallback" => StepKind::Fallback {
                steps: self.list(cx, fields, "fallback"),
                otherwise: self.list(cx, fields, "else"),
            },
            _ => self.transaction(cx, head, &pointer)?,
        })
    }

    /// The list of steps of a key.
    pub(super) fn list(&mut self, cx: &mut Cx<'t>, fields: &Fields<'t>, key: &str) -> Vec<Step> {
        let Some(entry) = fields.get(key) else { return Vec::new() };
        self.steps(cx, &entry.node, entry.key_span, &fields.path(key))
    }

    fn call_to(
        &mut self,
        cx: &mut Cx<'_>,
        name: &Spanned<String>,
        policy: Option<usize>,
    ) -> Option<StepKind> {
        let target = self.names.target(cx, name)?;
        let names = self.names;
        let (component, callee, member) = match target {
            Target::Endpoint(service, endpoint) => {
                let callee = &names.services[service];
                (Component::Service(service), callee, Some(callee.members[endpoint]))
            }
            Target::External(external, operation) => {
                let callee = &names.externals[external];
                let written = name.value.split_once('.').map(|(_, member)| member);
                let member = operation.map_or(written, |at| Some(callee.members[at]));
                (Component::External(external), callee, member)
            }
        };
        let to = End { component, name: &callee.entry.key, member };
        let (policy, mut network) = self.edge(cx, policy, to);
        let own = &names.services[self.from].deploy;
        if own.is_some()
            && own.as_ref().map(|it| &it.value) == callee.deploy.as_ref().map(|it| &it.value)
        {
            network = Dist::Constant(0.0);
        }
        Some(StepKind::Call { target, policy, network })
    }

    fn query(&mut self, cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<StepKind> {
        let name = fields.text(cx, "query");
        let policy = self.policies.read(cx, fields);
        let (store, operation) = self.names.query(cx, &name?)?;
        let callee = &self.names.stores[store];
        let to = End {
            component: Component::Store(store),
            name: &callee.entry.key,
            member: Some(callee.members[operation]),
        };
        let (policy, network) = self.edge(cx, policy, to);
        Some(StepKind::Query { store, operation, policy, network })
    }

    /// What is in force on the edge from here.
    fn edge(&mut self, cx: &mut Cx<'_>, policy: Option<usize>, to: End<'_>) -> (EdgePolicy, Dist) {
        let caller = &self.names.services[self.from];
        let from = End {
            component: Component::Service(self.from),
            name: &caller.entry.key,
            member: self.member,
        };
        self.doors.edge(cx, self.policies, policy, from, to)
    }

    fn all(&mut self, cx: &mut Cx<'t>, head: &'t Entry, pointer: &str) -> Option<StepKind> {
        if !matches!(head.node.value, Value::Map(_)) {
            let branches = self.branches(cx, &head.node, head.key_span, pointer)?;
            return Some(StepKind::All { need: None, branches });
        }
        let fields = Fields::open(cx, &head.node, head.key_span, &ALL_OF, pointer)?;
        let of = fields.get("of")?;
        let branches = self.branches(cx, &of.node, of.key_span, &fields.path("of"))?;
        let need = fields.count32(cx, "need");
        if let Some(need) = &need
            && need.value as usize > branches.len()
        {
            let count = branches.len();
            cx.error(
                Diagnostic::error("out-of-range", format!("{} of {count} branches", need.value))
                    .label(need.span, "more than there are")
                    .expected(format!("at most {count}, the number of branches")),
            );
        }
        Some(StepKind::All { need: need.map(|it| it.value), branches })
    }

    fn branches(
        &mut self,
        cx: &mut Cx<'t>,
        node: &'t Node,
        place: Span,
        pointer: &str,
    ) -> Option<Vec<Vec<Step>>> {
        let Some(items) = node.items() else {
            wrong_type(cx, node, place, Kind::List(&Kind::Steps));
            return None;
        };
        let mut branches = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            branches.push(self.steps(cx, item, item.span, &format!("{pointer}/{at}")));
        }
        Some(branches)
    }

    fn transaction(&mut self, cx: &mut Cx<'t>, head: &'t Entry, pointer: &str) -> Option<StepKind> {
        let fields = Fields::open(cx, &head.node, head.key_span, &TRANSACTION_OF, pointer)?;
        let store = fields.text(cx, "store").and_then(|name| self.names.store(cx, &name));
        let steps = self.list(cx, &fields, "steps");
        Some(StepKind::Transaction { store: store?, steps })
    }
}

/// The kind of a step: the block whose first key is there.
fn kind_of(entries: &[Entry]) -> Option<(&'static Block, &Entry)> {
    entries.iter().find_map(|entry| {
        let block = STEPS.iter().find(|block| block.fields[0].key == entry.key)?;
        Some((block, entry))
    })
}

fn no_step(node: &Node, entries: &[Entry]) -> Diagnostic {
    let kinds: Vec<&str> = STEPS.iter().map(|block| block.fields[0].key).collect();
    if let Some(entry) = entries.iter().find(|entry| LATER_STEPS.contains(&entry.key.as_str())) {
        return not_yet(&entry.key, entry.key_span);
    }
    let expected = format!("a step such as `work: 5ms`, with {}", one_of(&kinds));
    match entries.first() {
        Some(entry) => {
            let message = format!("`{}` is not a kind of step", shorten(&entry.key));
            let diagnostic = Diagnostic::error("unknown-key", message)
                .label(entry.key_span, "unknown step")
                .expected(expected);
            with_nearest(diagnostic, nearest(&entry.key, kinds))
        }
        None => Diagnostic::error("wrong-type", format!("{} is not a step", node.describe()))
            .label(node.span, "no step")
            .expected(expected),
    }
}

/// `repeat: 3`, or a distribution of plain numbers.
fn repeat<'t>(
    cx: &mut Cx<'t>,
    head: &'t Entry,
    fields: &Fields<'t>,
    pointer: &str,
) -> Option<Dist> {
    if head.node.text().is_some() {
        return fields.count(cx, "repeat").map(|it| Dist::Constant(it.value as f64));
    }
    dist(cx, head, pointer, Unit::Plain(MAX_REPEAT as f64))
}
