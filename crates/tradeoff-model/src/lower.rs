//! From the tree to the typed architecture: all mistakes in one pass, each at its place.

mod components;
mod deploy;
mod dist;
mod doors;
mod facts;
mod fields;
mod known;
mod messages;
mod names;
mod observed;
mod overlays;
mod policy;
mod ranges;
mod recursion;
mod rules;
mod scenarios;
mod services;
mod steps;
mod traffic;

use std::collections::BTreeMap;
use std::sync::Arc;

use tradeoff_diag::{Diagnostic, Span, Spanned};

use crate::model::{Architecture, Assumption, Range, Team};
use crate::nearest::nearest;
use crate::pointer::dotted;
use crate::presets;
use crate::report::Report;
use crate::table::{ROOT, TEAM};
use crate::tree::{Entry, Node};
use doors::Doors;
use fields::Fields;
use names::Names;
pub(crate) use overlays::{Change, Overlay, overlays};
use policy::Policies;

/// What is read beside the files of an architecture: those of `{ samples: latencies.csv }` and
/// those that `include` names. Paths lead from the architecture's folder, with `/` between parts.
pub trait Files {
    /// The text of a file beside the architecture, or why it cannot be read.
    fn read(&self, path: &str) -> Result<String, String>;

    /// The YAML files whose path fits a pattern such as `services/*.yaml`, sorted, or why they
    /// cannot be listed.
    fn list(&self, pattern: &str) -> Result<Vec<String>, String> {
        let _ = pattern;
        Err("there are no files here".into())
    }

    /// The name under which a file is printed.
    fn name(&self, path: &str) -> String {
        path.into()
    }
}

/// No files: every `samples` is an error.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<String, String> {
        Err("there are no files here".into())
    }
}

/// What every part of lowering writes to.
struct Cx<'t> {
    report: Report,
    assumptions: Vec<Assumption>,
    ranges: Vec<Range>,
    files: &'t dyn Files,
    samples: BTreeMap<&'t str, Option<Arc<[f64]>>>,
    /// Steps so far, against the bound.
    steps: usize,
}

impl<'t> Cx<'t> {
    fn new(files: &'t dyn Files) -> Self {
        Self {
            report: Report::default(),
            assumptions: Vec::new(),
            ranges: Vec::new(),
            files,
            samples: BTreeMap::new(),
            steps: 0,
        }
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        self.report.push(diagnostic);
    }

    /// The name that was probably meant; none once the report is full, which keeps a large file
    /// of mistakes quick.
    fn nearest<'a>(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        if self.report.is_full() { None } else { nearest(name, candidates) }
    }

    fn assume(&mut self, pointer: &str, value: &str) {
        let (path, value) = (dotted(pointer), value.into());
        self.assumptions.push(Assumption { path, value, source: None });
    }
}

/// Lowers a merged tree.
pub(crate) fn lower(root: &Node, files: &dyn Files) -> (Architecture, Vec<Diagnostic>) {
    let filled = presets::fill(root);
    let root = filled.as_ref().map_or(root, |it| &it.root);
    let mut cx = Cx::new(files);
    cx.assumptions.extend(filled.iter().flat_map(|it| it.assumptions.iter().cloned()));
    let mut architecture = Architecture::default();
    if let Some(fields) = Fields::open(&mut cx, root, root.span, &ROOT, "") {
        architecture.facts = facts::facts(&mut cx, root);
        file(&mut cx, &fields, &mut architecture);
    }
    // A value that is read twice is one range.
    cx.ranges.sort();
    cx.ranges.dedup();
    cx.assumptions.extend(cx.ranges.iter().map(|it| Assumption {
        path: it.path.clone(),
        value: it.used.clone(),
        source: Some(format!("middle of {}..{}", it.low, it.high)),
    }));
    architecture.ranges = cx.ranges;
    cx.assumptions.sort();
    cx.assumptions.dedup();
    architecture.assumptions = cx.assumptions;
    (architecture, cx.report.into_diagnostics())
}

fn file<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>, architecture: &mut Architecture) {
    version(cx, fields);
    architecture.name = fields.text(cx, "name").map(|it| it.value).unwrap_or_default();
    architecture.summary = fields.text(cx, "summary").map(|it| it.value);
    architecture.duration = fields.positive(cx, "duration");
    architecture.warmup = fields.duration(cx, "warmup").map(|it| it.value);
    fields.assume(cx, "duration");
    fields.assume(cx, "warmup");
    architecture.teams = teams(cx, fields);

    let names = Names::collect(cx, fields);
    let mut policies = Policies::collect(cx, fields);
    let mut doors = Doors::collect(cx, fields, &names, &mut policies);
    architecture.stores = components::stores(cx, &names);
    architecture.externals = components::externals(cx, &names);
    let told = (&names, &architecture.facts);
    let mut services = services::services(cx, told, &mut policies, &mut doors);
    messages::consumers(cx, told, &mut policies, &mut doors, &mut services);
    architecture.services = services;
    doors.report_unused(cx);
    architecture.traffic = traffic::traffic(cx, fields, &names, &mut policies);
    architecture.slos = traffic::slos(cx, fields, &names);
    architecture.acceptances = rules::acceptances(cx, fields, &names);
    scenarios::scenarios(cx, fields, &names, architecture);
    policies.assume_used(cx);
    services::assume_health(cx, architecture);
    recursion::check(cx, architecture);
}

fn version(cx: &mut Cx<'_>, fields: &Fields<'_>) {
    let Some(entry) = fields.get("tradeoff") else { return };
    if entry.node.text() != Some("1") {
        let message = format!("{} is not a known version of the format", entry.node.describe());
        cx.error(
            Diagnostic::error("unknown-version", message)
                .label(entry.place(), "this version")
                .expected("version `1`, the only one that is known")
                .help("write `tradeoff: 1`"),
        );
    }
}

fn teams(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Vec<Team> {
    let mut teams = Vec::new();
    for entry in fields.sorted(cx, "teams") {
        let pointer = fields.path_of("teams", &entry.key);
        let inner = Fields::open(cx, &entry.node, entry.key_span, &TEAM, &pointer);
        let engineers = inner.and_then(|it| it.count(cx, "engineers"));
        let engineers = engineers.map(|it| it.value as u32);
        teams.push(Team { name: named(entry), engineers });
    }
    teams
}

/// The key of an entry as a name at its place.
fn named(entry: &Entry) -> Spanned<String> {
    Spanned::new(entry.key.clone(), entry.key_span)
}

/// From the key's start to the value's end if that is one line's worth of text, else the key.
fn whole(entry: &Entry) -> Span {
    let (key, value) = (entry.key_span, entry.node.span);
    let follows = key.file == value.file && value.start >= key.end && value.start - key.end <= 8;
    if follows && entry.node.text().is_some() {
        Span::new(key.file, key.start, value.end)
    } else {
        key
    }
}
