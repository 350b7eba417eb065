//! A decision as a file: an architecture decision record in the form of MADR 4, and its place in
//! the architecture.

use std::fmt::Write as _;

use tradeoff_decide::{Opt, Origin, Reversal, Subject, Topic, Value, Verdict};
use tradeoff_diag::Diagnostic;
use tradeoff_model::{Edit, Files, Op, split_dotted};

use super::inquiry::Inquiry;
use super::records::{Entry, entries, find, written};
use super::seen;
use crate::error::Problems;
use crate::fix::FixedFile;
use crate::load::Design;

/// What is written when a decision is recorded: the new file, and what changes in others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adr {
    /// Its path from the folder of the architecture.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Its name among the decisions of the architecture.
    pub name: String,
    /// The decision that it replaces.
    pub supersedes: Option<String>,
    /// The files that change: those of the architecture, and the ADR that it replaces.
    pub files: Vec<FixedFile>,
}

const ROOM: &str = "a String takes every write";

/// The record of a decision, in a folder of which the names of the files are known. Nothing is
/// written.
///
/// # Errors
/// There is no answer to record, or the architecture's files cannot take it.
pub fn adr(
    design: &Design,
    inquiry: &Inquiry,
    folder: &str,
    present: &[String],
    reader: &dyn Files,
) -> Result<Adr, Problems> {
    let verdict = inquiry.verdict();
    let Some(chosen) = verdict.chosen else { return Err(Problems::one(unanswered(&verdict))) };
    let topic = inquiry.topic();
    let entries = entries(design);
    let subjects = seen(design, |seen| (topic.subjects)(seen));
    let subject = inquiry.subject.as_ref();
    let old = match subject {
        Some(subject) => find(&entries, topic, subject, &subjects),
        None => entries.iter().find(|it| it.holds() && it.topic == topic.id),
    };
    let number = 1 + present.iter().filter_map(|it| number(it)).max().unwrap_or(0);
    let slug = match subject.filter(|it| !it.path.is_empty()) {
        Some(subject) => format!("{}-{}", topic.id, slug(&subject.name)),
        None => topic.id.to_owned(),
    };
    let file = format!("{number:04}-{slug}.md");
    let folder = folder.trim_matches('/');
    let path = if folder.is_empty() { file.clone() } else { format!("{folder}/{file}") };
    let name = free(&slug, &entries);
    let record = Written { topic, chosen, verdict: &verdict, subject, old, number, folder };
    let edits = record.edits(design, &name, &path);
    let mut files = architecture(design, &edits)?;
    files.extend(old.and_then(|it| superseded(it, number, &file, folder, reader)));
    Ok(Adr {
        text: record.text(design),
        path,
        name,
        supersedes: old.map(|it| it.name.to_owned()),
        files,
    })
}

fn unanswered(verdict: &Verdict) -> Diagnostic {
    let id = verdict.answers.topic.id;
    let diagnostic = Diagnostic::error("no-answer", format!("`{id}` has no answer to record"));
    match verdict.open.as_ref().and_then(|it| it.decides) {
        Some(decides) => diagnostic
            .expected(format!("the facts that decide, first `--set {decides}=..`"))
            .help("nothing was written"),
        None => diagnostic
            .expected("facts that leave an option: every one is excluded")
            .help("nothing was written"),
    }
}

/// The files of the architecture with the edits made.
fn architecture(design: &Design, edits: &[Edit]) -> Result<Vec<FixedFile>, Problems> {
    // What the file cannot say is told before it is written.
    design.with(edits)?;
    let files = design.document().rewritten(edits).map_err(|refused| {
        let lines: Vec<String> = edits.iter().map(|it| format!("  - {it}")).collect();
        let help = format!("nothing was written; make these edits by hand:\n{}", lines.join("\n"));
        Problems { sources: design.sources().clone(), diagnostics: vec![refused.help(help)] }
    })?;
    let changed = files.into_iter().filter_map(|it| {
        let file = design.sources().file(it.file)?;
        Some(FixedFile { name: file.name.clone(), before: file.text.clone(), after: it.text })
    });
    Ok(changed.collect())
}

/// The old ADR with its status changed and a link to the new one.
fn superseded(
    old: &Entry<'_>,
    number: u32,
    file: &str,
    folder: &str,
    reader: &dyn Files,
) -> Option<FixedFile> {
    let path = old.adr?;
    let before = reader.read(path).ok()?;
    let mut after = String::new();
    let mut fences = 0;
    let mut changed = false;
    for line in before.lines() {
        fences += u32::from(line.trim_end() == "---");
        if fences == 1 && !changed && line.starts_with("status:") {
            writeln!(after, "status: superseded by ADR-{number:04}").expect(ROOM);
            changed = true;
        } else {
            writeln!(after, "{line}").expect(ROOM);
        }
    }
    let link = relative(path.rsplit_once('/').map_or("", |it| it.0), &join(folder, file));
    writeln!(after, "\nSuperseded by [ADR-{number:04}]({link}).").expect(ROOM);
    Some(FixedFile { name: reader.name(path), before, after })
}

struct Written<'a> {
    topic: &'static Topic,
    chosen: &'static Opt,
    verdict: &'a Verdict,
    subject: Option<&'a Subject>,
    old: Option<&'a Entry<'a>>,
    number: u32,
    folder: &'a str,
}

impl Written<'_> {
    /// What the architecture records: edits in the order in which its keys shall stand.
    fn edits(&self, design: &Design, name: &str, path: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut add = |key: &str, value: serde_json::Value| {
            let path = format!("/decisions/{name}/{key}");
            edits.push(Edit { op: Op::Add, path, value: Some(value) });
        };
        add("topic", self.topic.id.into());
        add("chosen", self.chosen.id.into());
        let options: Vec<&str> = self.topic.options.iter().map(|it| it.id).collect();
        add("options", options.into());
        add("adr", path.into());
        if let Some(today) = design.today() {
            add("date", today.to_string().into());
        }
        if let Some(component) = self.subject.and_then(component) {
            add("about", vec![component].into());
        }
        let rests_on = self.rests_on();
        if !rests_on.is_empty() {
            add("rests_on", rests_on.into());
        }
        for (fact, value) in self.facts() {
            add(&format!("facts/{fact}"), value);
        }
        if let Some(old) = self.old {
            add("supersedes", old.name.into());
            let path =
                format!("/decisions/{}/status", old.name.replace('~', "~0").replace('/', "~1"));
            edits.push(Edit { op: Op::Add, path, value: Some("superseded".into()) });
        }
        edits
    }

    /// The part that it is about, and the paths of the facts.
    fn rests_on(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        paths.extend(self.subject.map(|it| it.path.clone()).filter(|it| !it.is_empty()));
        for (_, given) in self.verdict.answers.all() {
            if let Some(Origin::Stated(path) | Origin::Derived(path)) = given.map(|it| &it.origin)
                && !paths.contains(path)
            {
                paths.push(path.clone());
            }
        }
        paths
    }

    /// The facts that it rests on: all that are known, and of the assumed those that would flip it.
    fn facts(&self) -> Vec<(&'static str, serde_json::Value)> {
        let flips = |name: &str| self.verdict.flips.iter().any(|it| it.fact == name);
        let all = self.verdict.answers.all().filter_map(|(fact, given)| {
            let given = given?;
            let assumed = matches!(given.origin, Origin::Default);
            let value = match given.value {
                Value::Flag(flag) => flag.into(),
                other => written(fact.kind, other).into(),
            };
            (!assumed || flips(fact.name)).then_some((fact.name, value))
        });
        all.collect()
    }

    fn text(&self, design: &Design) -> String {
        let mut page = String::from("---\nstatus: accepted\n");
        if let Some(today) = design.today() {
            writeln!(page, "date: {today}").expect(ROOM);
        }
        page.push_str("---\n\n");
        let about = self.subject.filter(|it| !it.path.is_empty());
        let about = about.map_or(String::new(), |it| format!(" ({})", safe(&it.name)));
        writeln!(page, "# {}{about}: {}\n", self.topic.title, self.chosen.title).expect(ROOM);
        self.context(design, &mut page);
        self.options(&mut page);
        self.outcome(&mut page);
        self.pros(&mut page);
        self.more(design, &mut page);
        page
    }

    fn context(&self, design: &Design, page: &mut String) {
        let name = safe(&design.architecture().name);
        page.push_str("## Context and Problem Statement\n\n");
        let what = match self.subject.filter(|it| !it.path.is_empty()) {
            Some(it) => format!("It is about `{}` of {name}.", it.path.replace('`', "'")),
            None => format!("It is about {name}."),
        };
        writeln!(page, "{} {what}\n", self.topic.title).expect(ROOM);
        page.push_str("## Decision Drivers\n\n| fact | value | who says so | why it matters |\n|---|---|---|---|\n");
        for (fact, given) in self.verdict.answers.all() {
            let Some(given) = given else { continue };
            let who = match &given.origin {
                Origin::Said => "said".to_owned(),
                Origin::Stated(path) => format!("`{}`", path.replace(['`', '|'], "'")),
                Origin::Derived(path) => format!("from `{}`", path.replace(['`', '|'], "'")),
                Origin::Default => "assumed".to_owned(),
            };
            let value = fact.kind.show(given.value);
            writeln!(page, "| {} | {value} | {who} | {} |", fact.name, cell(fact.why)).expect(ROOM);
        }
        page.push('\n');
    }

    fn options(&self, page: &mut String) {
        page.push_str("## Considered Options\n\n");
        for option in self.topic.options {
            writeln!(page, "* {}", option.title).expect(ROOM);
        }
        page.push('\n');
    }

    fn outcome(&self, page: &mut String) {
        page.push_str("## Decision Outcome\n\n");
        let carried: Vec<String> = self
            .verdict
            .carried
            .iter()
            .filter_map(|it| {
                let kind = self.topic.fact(it.fact)?.kind;
                Some(format!("{} is {}", it.fact, kind.show(it.given.value)))
            })
            .collect();
        let why = match carried.as_slice() {
            [] => "the facts that are known leave nothing else".to_owned(),
            some => some.join(", "),
        };
        writeln!(page, "Chosen option: \"{}\", because {why}.\n", self.chosen.title).expect(ROOM);
        page.push_str("### Consequences\n\n");
        let takes = match self.chosen.reversal {
            Reversal::Never => "it is a one-way door".to_owned(),
            other => format!("going back takes {other}"),
        };
        let kind = if self.chosen.reversal <= Reversal::Weeks { "Good" } else { "Bad" };
        writeln!(page, "* {kind}, because {takes}: {}.", self.chosen.undo).expect(ROOM);
        writeln!(
            page,
            "* Neutral, because the door stays open; to keep it so: {}.",
            self.chosen.door
        )
        .expect(ROOM);
        for it in &self.verdict.advice {
            writeln!(page, "* {it}").expect(ROOM);
        }
        page.push_str("\n### Confirmation\n\n`tradeoff check` complains as soon as a fact passes a value at which the answer is another:\n\n");
        for flip in &self.verdict.flips {
            let Some(fact) = self.topic.fact(flip.fact) else { continue };
            let [now, at] = [flip.now, flip.at].map(|it| fact.kind.show(it));
            let to = flip.to.map_or("nothing fits", |it| it.title);
            writeln!(page, "* {}: {now} now; at {at}: {to}", flip.fact).expect(ROOM);
        }
        if self.verdict.flips.is_empty() {
            page.push_str("* no single fact changes it\n");
        }
        page.push('\n');
    }

    fn pros(&self, page: &mut String) {
        page.push_str("## Pros and Cons of the Options\n\n");
        for option in self.topic.options {
            writeln!(page, "### {}\n", option.title).expect(ROOM);
            let excluded = self.verdict.excluded.iter().find(|it| it.option == option);
            let beaten = self.verdict.beaten.iter().find(|it| it.option == option);
            if let Some(it) = excluded {
                writeln!(page, "* Bad, because {}", it.sentence).expect(ROOM);
            } else if let Some(it) = beaten {
                let at = it.at.join(", ");
                writeln!(page, "* Bad, because \"{}\" is better at {at}", it.by.title).expect(ROOM);
            } else {
                page.push_str("* Good, because no fact speaks against it\n");
            }
            writeln!(page, "* Neutral, because going back: {}\n", option.undo).expect(ROOM);
        }
    }

    fn more(&self, design: &Design, page: &mut String) {
        page.push_str("## More Information\n\n");
        if let Some(file) = design.sources().file(0) {
            let name = file.name.rsplit(['/', '\\']).next().unwrap_or(&file.name);
            let link = relative(self.folder, name).replace(' ', "%20");
            writeln!(page, "* Recorded in [{}]({link}).", safe(name)).expect(ROOM);
        }
        if let Some(old) = self.old {
            let name = safe(old.name);
            match old.adr {
                Some(path) => {
                    let link = relative(self.folder, path).replace(' ', "%20");
                    writeln!(page, "* It supersedes [{name}]({link}).").expect(ROOM);
                }
                None => writeln!(page, "* It supersedes {name}.").expect(ROOM),
            }
        }
        writeln!(
            page,
            "* `tradeoff decide {}` gives the same answer from the same facts; this is ADR-{:04}.",
            self.topic.id, self.number
        )
        .expect(ROOM);
    }
}

/// What an ADR says that can be held against the record of it.
pub(crate) struct Said {
    /// Parts that it lacks.
    pub(crate) lacks: Vec<&'static str>,
    /// In what it differs from the record.
    pub(crate) differs: Option<String>,
}

/// Headings that an ADR has, each under one of these names.
const PARTS: [(&str, &[&str]); 4] = [
    ("its context", &["context"]),
    ("the options", &["considered options", "options", "alternatives"]),
    ("the outcome", &["decision outcome", "decision"]),
    ("the consequences", &["consequences"]),
];

/// Reads an ADR in the form of MADR, or near it.
pub(crate) fn read(text: &str, topic: Option<&Topic>, chosen: &str) -> Said {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let heading = |line: &str| {
        line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase())
    };
    let filled = |names: &[&str]| {
        let at = lines.iter().position(|it| {
            heading(it).is_some_and(|it| names.iter().any(|name| it.starts_with(name)))
        });
        let below = at.and_then(|at| lines.get(at + 1..)).unwrap_or_default();
        let text = below.iter().find(|it| !it.is_empty());
        // A part that begins with a part below it is filled by that.
        text.is_some_and(|it| {
            !it.starts_with("# ") && !it.starts_with("## ") && !it.starts_with('{')
        })
    };
    let lacks = PARTS.iter().filter(|it| !filled(it.1)).map(|it| it.0).collect();
    let status = lines.iter().find_map(|it| it.strip_prefix("status:")).map(str::trim);
    let status = status.map(|it| it.trim_matches('"'));
    let gone = status.filter(|it| {
        ["superseded", "rejected", "deprecated"].iter().any(|word| it.starts_with(word))
    });
    let says = lines.iter().find_map(|it| it.strip_prefix("Chosen option:"));
    let says = says.and_then(|it| it.split('"').nth(1));
    let other = says.zip(topic).and_then(|(says, topic)| {
        let means = |it: &&Opt| it.id.eq_ignore_ascii_case(says) || it.title == says;
        topic.options.iter().find(means).filter(|it| it.id != chosen)
    });
    let differs = match (gone, other) {
        (Some(status), _) => Some(format!("its status is `{status}`")),
        (None, Some(other)) => Some(format!("it chose `{}`", other.id)),
        (None, None) => None,
    };
    Said { lacks, differs }
}

/// The number that a file's name begins with.
fn number(name: &str) -> Option<u32> {
    let digits = name.find(|it: char| !it.is_ascii_digit())?;
    let (number, rest) = name.split_at(digits);
    rest.strip_prefix('-')?.strip_suffix(".md")?;
    number.parse().ok()
}

/// A name in kebab-case.
fn slug(name: &str) -> String {
    let dashed: String = name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' })
        .collect();
    let parts: Vec<&str> = dashed.split('-').filter(|it| !it.is_empty()).collect();
    parts.join("-")
}

/// A name that no decision has.
fn free(slug: &str, entries: &[Entry<'_>]) -> String {
    let taken = |name: &str| entries.iter().any(|it| it.name == name);
    let numbered = (2..).map(|it| format!("{slug}-{it}"));
    std::iter::once(slug.to_owned()).chain(numbered).find(|it| !taken(it)).unwrap_or_default()
}

/// The component that a subject is, or is part of.
fn component(subject: &Subject) -> Option<String> {
    let parts = split_dotted(&subject.path)?;
    let [list, name, ..] = parts.as_slice() else { return None };
    let known = ["services", "stores", "caches", "topics", "externals"];
    known.contains(&list.as_str()).then(|| name.clone())
}

fn join(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// The way from a folder to a file, both below the same one.
fn relative(folder: &str, file: &str) -> String {
    let mut from = folder.split('/').filter(|it| !it.is_empty()).peekable();
    let mut to = file.split('/').peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..");
    up.chain(to).collect::<Vec<_>>().join("/")
}

/// A name from a file, as Markdown shows it.
fn safe(name: &str) -> String {
    let mut text = String::new();
    for it in name.chars() {
        if "\\`*_[]<>|#".contains(it) {
            text.push('\\');
        }
        text.push(if it.is_control() { ' ' } else { it });
    }
    text
}

/// A sentence in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::{number, read, relative};

    #[test]
    fn links_lead_from_folder_to_file() {
        assert_eq!(relative("docs/adr", "shop.yaml"), "../../shop.yaml");
        assert_eq!(relative("docs/adr", "docs/adr/0001-x.md"), "0001-x.md");
        assert_eq!(relative("docs/adr", "docs/old/0001-x.md"), "../old/0001-x.md");
        assert_eq!(relative("", "a/b.md"), "a/b.md");
    }

    #[test]
    fn numbers_are_those_of_records() {
        assert_eq!(
            ["0012-x.md", "7-y.md", "x.md", "0001.md", "12"].map(number),
            [Some(12), Some(7), None, None, None]
        );
    }

    #[test]
    fn an_adr_is_read_by_its_headings() {
        let topic = super::super::topic("pagination");
        let text = "---\nstatus: accepted\n---\n# T\n## Context\nx\n## Considered Options\n* x\n\
                    ## Decision Outcome\nChosen option: \"keyset\", because\n### Consequences\nx\n";
        let said = read(text, topic, "cursor");
        assert_eq!((said.lacks, said.differs), (vec![], Some("it chose `keyset`".into())));
        let said = read("# T\n## Context\n{describe}\n", topic, "cursor");
        assert_eq!(said.lacks.len(), 4);
    }
}
