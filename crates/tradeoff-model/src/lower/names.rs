//! Every name of the file, collected before anything refers to one.

use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, Severity, Span, Spanned};

use super::Cx;
use super::fields::{Fields, with_nearest};
use crate::model::{Component, Target};
use crate::table::{EXTERNAL, SERVICE, STORE, STUB, article};
use crate::tree::{Entry, shorten};

/// The one endpoint of a service in the short form.
pub(super) const SHORT: &str = "handle";

/// The names of a file, with the entries that define them.
pub(super) struct Names<'t> {
    pub(super) teams: BTreeMap<&'t str, usize>,
    pub(super) traffic: BTreeMap<&'t str, usize>,
    pub(super) components: BTreeMap<&'t str, (Component, Span)>,
    /// Components that no step calls.
    passive: BTreeMap<&'t str, (Passive, Span)>,
    /// Sorted by name, as are the two below.
    pub(super) services: Vec<Named<'t>>,
    pub(super) stores: Vec<Named<'t>>,
    pub(super) externals: Vec<Named<'t>>,
}

/// A component that has no endpoints.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Passive {
    Cache,
    Topic,
}

impl Passive {
    const fn name(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Topic => "topic",
        }
    }

    /// The step that uses it.
    const fn step(self) -> &'static str {
        match self {
            Self::Cache => "get",
            Self::Topic => "publish",
        }
    }
}

/// A component: its entry, its fields and the names of its endpoints or operations, sorted.
pub(super) struct Named<'t> {
    pub(super) entry: &'t Entry,
    pub(super) fields: Option<Fields<'t>>,
    pub(super) members: Vec<&'t str>,
    /// The deploy unit of a service.
    pub(super) deploy: Option<Spanned<String>>,
    /// Whether an external states its own `time`.
    pub(super) timed: bool,
}

impl<'t> Names<'t> {
    pub(super) fn collect(cx: &mut Cx<'t>, root: &Fields<'t>) -> Self {
        let index = |entries: Vec<&'t Entry>| {
            entries.into_iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect()
        };
        let teams = index(root.sorted(cx, "teams"));
        let traffic_entries = root.sorted(cx, "traffic");
        for entry in &traffic_entries {
            check_name(cx, entry);
        }
        let mut names = Self {
            teams,
            traffic: index(traffic_entries),
            components: BTreeMap::new(),
            passive: BTreeMap::new(),
            services: Vec::new(),
            stores: Vec::new(),
            externals: Vec::new(),
        };
        for (at, entry) in root.sorted(cx, "services").into_iter().enumerate() {
            names.claim(cx, entry, Component::Service(at));
            let pointer = root.path_of("services", &entry.key);
            let fields = Fields::open(cx, &entry.node, entry.key_span, &SERVICE, &pointer);
            let mut members = members(cx, fields.as_ref(), "endpoints");
            if fields.as_ref().is_some_and(|it| it.has("calls") && !it.has("endpoints")) {
                members.push(SHORT);
            }
            let deploy = fields.as_ref().and_then(|it| it.text(cx, "deploy"));
            names.services.push(Named { entry, fields, members, deploy, timed: false });
        }
        for (at, entry) in root.sorted(cx, "stores").into_iter().enumerate() {
            names.claim(cx, entry, Component::Store(at));
            let pointer = root.path_of("stores", &entry.key);
            let fields = Fields::open(cx, &entry.node, entry.key_span, &STORE, &pointer);
            let members = members(cx, fields.as_ref(), "operations");
            names.stores.push(Named { entry, fields, members, deploy: None, timed: false });
        }
        for (at, entry) in root.sorted(cx, "externals").into_iter().enumerate() {
            names.claim(cx, entry, Component::External(at));
            let pointer = root.path_of("externals", &entry.key);
            let fields = Fields::open(cx, &entry.node, entry.key_span, &EXTERNAL, &pointer);
            let members = members(cx, fields.as_ref(), "operations");
            let timed = fields.as_ref().is_some_and(|it| it.has("time"));
            names.externals.push(Named { entry, fields, members, deploy: None, timed });
        }
        names.stand_in(cx, root);
        for (block, passive) in [("caches", Passive::Cache), ("topics", Passive::Topic)] {
            // What is no map is told as a fact.
            let entries = root.get(block).and_then(|it| it.node.entries()).unwrap_or_default();
            for entry in entries {
                if names.is_free(cx, entry) {
                    names.passive.insert(&entry.key, (passive, entry.key_span));
                }
            }
        }
        names
    }

    /// Puts the stubs among the externals; one that is described under the same name wins.
    fn stand_in(&mut self, cx: &mut Cx<'t>, root: &Fields<'t>) {
        for entry in root.sorted(cx, "stubs") {
            let pointer = root.path_of("stubs", &entry.key);
            let fields = Fields::open(cx, &entry.node, entry.key_span, &STUB, &pointer);
            if let Some((_, described)) = self.components.get(entry.key.as_str()) {
                cx.error(unneeded(entry, *described));
                continue;
            }
            check_name(cx, entry);
            let named = Named { entry, fields, members: Vec::new(), deploy: None, timed: true };
            let at = self.externals.partition_point(|it| it.entry.key < entry.key);
            self.externals.insert(at, named);
        }
        for (at, it) in self.externals.iter().enumerate() {
            let known = (Component::External(at), it.entry.key_span);
            match self.components.get_mut(it.entry.key.as_str()) {
                Some((component @ Component::External(_), _)) => *component = known.0,
                Some(_) => {}
                None => drop(self.components.insert(&it.entry.key, known)),
            }
        }
    }

    fn claim(&mut self, cx: &mut Cx<'_>, entry: &'t Entry, component: Component) {
        check_name(cx, entry);
        if self.is_free(cx, entry) {
            self.components.insert(&entry.key, (component, entry.key_span));
        }
    }

    /// Whether no component has the name; complains if one has.
    fn is_free(&self, cx: &mut Cx<'_>, entry: &Entry) -> bool {
        let name = entry.key.as_str();
        let passive = self.passive.get(name).map(|(_, first)| first);
        let taken = self.components.get(name).map(|(_, first)| first).or(passive);
        if let Some(first) = taken {
            let message = format!("two components are called `{}`", shorten(&entry.key));
            cx.error(
                Diagnostic::error("duplicate-name", message)
                    .label(entry.key_span, "taken again here")
                    .secondary(*first, "taken here")
                    .expected("components under different names")
                    .help("rename one of them"),
            );
        }
        taken.is_none()
    }

    /// Whether there is a cache or a topic of this name; complains if not.
    pub(super) fn passive(&self, cx: &mut Cx<'_>, name: &Spanned<String>, wanted: Passive) -> bool {
        match self.passive.get(name.value.as_str()) {
            Some((found, _)) if *found == wanted => return true,
            Some((found, _)) => cx.error(other_step(name, *found)),
            None => {
                let same = self.passive.iter().filter(|(_, (it, _))| *it == wanted);
                let near = cx.nearest(&name.value, same.map(|(name, _)| *name));
                cx.error(unknown(wanted.name(), name, near));
            }
        }
        false
    }

    /// The component of a name.
    pub(super) fn component(&self, cx: &mut Cx<'_>, name: &Spanned<String>) -> Option<Component> {
        let found = self.components.get(name.value.as_str());
        if let (None, Some((passive, _))) = (found, self.passive.get(name.value.as_str())) {
            let message = format!("`{}` is a {}", shorten(&name.value), passive.name());
            cx.error(
                Diagnostic::error("wrong-reference", message)
                    .label(name.span, "not moved yet")
                    .expected("the name of a service, a store or an external"),
            );
        } else if found.is_none() {
            let near = cx.nearest(&name.value, self.components.keys().copied());
            cx.error(unknown("component", name, near));
        }
        found.map(|(component, _)| *component)
    }

    /// The service of a name.
    pub(super) fn service(&self, cx: &mut Cx<'_>, name: &Spanned<String>) -> Option<usize> {
        if let Some((Component::Service(at), _)) = self.components.get(name.value.as_str()) {
            return Some(*at);
        }
        let services = self.services.iter().map(|it| it.entry.key.as_str());
        cx.error(unknown("service", name, cx.nearest(&name.value, services)));
        None
    }

    /// The store of a name.
    pub(super) fn store(&self, cx: &mut Cx<'_>, name: &Spanned<String>) -> Option<usize> {
        if let Some((Component::Store(at), _)) = self.components.get(name.value.as_str()) {
            return Some(*at);
        }
        let stores = self.stores.iter().map(|it| it.entry.key.as_str());
        cx.error(unknown("store", name, cx.nearest(&name.value, stores)));
        None
    }

    /// Whom `call: text` reaches.
    pub(super) fn target(&self, cx: &mut Cx<'_>, name: &Spanned<String>) -> Option<Target> {
        let (head, member) = halves(&name.value);
        match self.components.get(head) {
            Some((Component::Service(at), _)) => self.services[*at]
                .member(cx, "endpoint", member, name)
                .map(|endpoint| Target::Endpoint(*at, endpoint)),
            Some((Component::External(at), _)) => {
                let external = &self.externals[*at];
                let any = external.members.is_empty()
                    || (member.is_none() && external.timed && external.members.len() > 1);
                if any {
                    return Some(Target::External(*at, None));
                }
                external
                    .member(cx, "operation", member, name)
                    .map(|operation| Target::External(*at, Some(operation)))
            }
            Some((Component::Store(_), _)) => {
                cx.error(
                    Diagnostic::error("wrong-reference", format!("`{head}` is a store"))
                        .label(name.span, "called like a service")
                        .expected("a service or an external")
                        .help(format!("write `query: {}`", shorten(&name.value))),
                );
                None
            }
            None if self.passive.contains_key(head) => {
                cx.error(other_step(name, self.passive[head].0));
                None
            }
            None => {
                let callable = self.components.iter();
                let callable = callable
                    .filter(|(_, (it, _))| !matches!(it, Component::Store(_)))
                    .map(|(name, _)| *name);
                let near = cx.nearest(head, callable).map(|near| with_member(near, member));
                cx.error(unknown("service or external", name, near.as_deref()));
                None
            }
        }
    }

    /// The store and operation of `query: text`.
    pub(super) fn query(&self, cx: &mut Cx<'_>, name: &Spanned<String>) -> Option<(usize, usize)> {
        let (head, member) = halves(&name.value);
        let Some((Component::Store(at), _)) = self.components.get(head) else {
            if self.components.contains_key(head) {
                cx.error(
                    Diagnostic::error("wrong-reference", format!("`{head}` is not a store"))
                        .label(name.span, "queried like a store")
                        .expected("a store")
                        .help(format!("write `call: {}`", shorten(&name.value))),
                );
            } else if let Some((passive, _)) = self.passive.get(head) {
                cx.error(other_step(name, *passive));
            } else {
                let stores = self.stores.iter().map(|it| it.entry.key.as_str());
                let near = cx.nearest(head, stores).map(|near| with_member(near, member));
                cx.error(unknown("store", name, near.as_deref()));
            }
            return None;
        };
        self.stores[*at].member(cx, "operation", member, name).map(|it| (*at, it))
    }

    /// The endpoint of `service.endpoint`, or of a service with only one.
    pub(super) fn endpoint(
        &self,
        cx: &mut Cx<'_>,
        name: &Spanned<String>,
    ) -> Option<(usize, usize)> {
        let (head, member) = halves(&name.value);
        if let Some((Component::Service(at), _)) = self.components.get(head) {
            let service = &self.services[*at];
            return service.member(cx, "endpoint", member, name).map(|it| (*at, it));
        }
        let services = self.services.iter().map(|it| it.entry.key.as_str());
        let near = cx.nearest(head, services).map(|near| with_member(near, member));
        cx.error(unknown("endpoint", name, near.as_deref()));
        None
    }
}

impl Named<'_> {
    /// The endpoint or operation of a component; without a name the only one that it has.
    fn member(
        &self,
        cx: &mut Cx<'_>,
        what: &str,
        member: Option<&str>,
        name: &Spanned<String>,
    ) -> Option<usize> {
        let owner_name = self.entry.key.as_str();
        let Some(member) = member else {
            if self.members.len() == 1 {
                return Some(0);
            }
            let all: Vec<String> =
                self.members.iter().take(8).map(|it| format!("`{owner_name}.{it}`")).collect();
            let message = format!("`{owner_name}` has {} {what}s", self.members.len());
            let expected = if all.is_empty() {
                format!("a component with {} {what}", article(what))
            } else {
                format!("one of {}", all.join(", "))
            };
            cx.error(
                Diagnostic::error("ambiguous-name", message)
                    .label(name.span, format!("which {what}?"))
                    .expected(expected),
            );
            return None;
        };
        let found = self.members.binary_search(&member).ok();
        if found.is_none() {
            let near = cx
                .nearest(member, self.members.iter().copied())
                .map(|near| with_member(owner_name, Some(near)));
            let message = format!("`{owner_name}` has no {what} `{}`", shorten(member));
            let diagnostic = Diagnostic::error("unknown-name", message)
                .label(name.span, format!("no such {what}"))
                .secondary(self.entry.key_span, format!("`{owner_name}` is defined here"))
                .expected(format!("{} {what} of `{owner_name}`", article(what)));
            cx.error(with_nearest(diagnostic, near));
        }
        found
    }
}

/// What is said of a stub whose service is described.
fn unneeded(stub: &Entry, described: Span) -> Diagnostic {
    let message = format!("`{}` is described: its stub is not needed", shorten(&stub.key));
    Diagnostic::new("unneeded-stub", Severity::Warning, message)
        .label(stub.key_span, "stands in for nothing")
        .secondary(described, "described here")
        .help("take the stub out")
}

/// The complaint about a cache or a topic in a step of another kind.
fn other_step(name: &Spanned<String>, found: Passive) -> Diagnostic {
    let head = shorten(halves(&name.value).0);
    Diagnostic::error("wrong-reference", format!("`{head}` is a {}", found.name()))
        .label(name.span, "used like another component")
        .expected(format!("`{}: {head}`", found.step()))
        .help(format!("write `{}: {head}`", found.step()))
}

/// The complaint about a name that nothing has.
pub(super) fn unknown(what: &str, name: &Spanned<String>, near: Option<&str>) -> Diagnostic {
    let text = shorten(&name.value);
    let diagnostic = Diagnostic::error("unknown-name", format!("no {what} is called `{text}`"))
        .label(name.span, "unknown name")
        .expected(format!("the name of {} {what}", article(what)));
    with_nearest(diagnostic, near)
}

/// The component and the member of `component.member`.
fn halves(text: &str) -> (&str, Option<&str>) {
    text.split_once('.').map_or((text, None), |(head, member)| (head, Some(member)))
}

fn with_member(head: &str, member: Option<&str>) -> String {
    member.map_or_else(|| head.into(), |member| format!("{head}.{member}"))
}

/// Names of endpoints or operations, sorted.
fn members<'t>(cx: &mut Cx<'_>, fields: Option<&Fields<'t>>, key: &str) -> Vec<&'t str> {
    let entries = fields.map(|it| it.sorted(cx, key)).unwrap_or_default();
    for entry in &entries {
        check_name(cx, entry);
    }
    entries.into_iter().map(|entry| entry.key.as_str()).collect()
}

/// Names end up in paths and in names of resources and edges, which need their signs.
pub(super) fn check_name(cx: &mut Cx<'_>, entry: &Entry) {
    const LONGEST: usize = 100;
    let name = &entry.key;
    let fits = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(fits) {
        cx.error(
            Diagnostic::error("bad-name", format!("`{}` cannot be a name", shorten(name)))
                .label(entry.key_span, "this name")
                .expected("up to 100 letters, digits, `-` and `_`"),
        );
    }
}
