//! A decision as a file: an architecture decision record in the form of MADR 4, and its place in
//! the architecture.

mod basis;
mod page;
mod said;

use std::fmt::Write as _;

use tradeoff_decide::{Opt, Origin, Standing, Subject, Topic, Verdict};
use tradeoff_diag::Diagnostic;
use tradeoff_model::{Edit, Files, Op, split_dotted};

use super::inquiry::Inquiry;
use super::records::{Entry, entries, find, same};
use super::seen;
use crate::error::Problems;
use crate::fix::FixedFile;
use crate::load::Design;

use basis::Basis;
use page::relative;
pub(crate) use said::read;

/// What is written when a decision is recorded: the new file, and what changes in others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adr {
    /// Its path from the folder of the architecture.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Its name among the decisions of the architecture.
    pub name: String,
    /// The facts that carry or flip it and are assumed, as `--set` takes them; if there are any it
    /// is proposed, else accepted.
    pub assumed: Vec<String>,
    /// The decision that it replaces.
    pub supersedes: Option<String>,
    /// The files that change: those of the architecture, and the ADR that it replaces.
    pub files: Vec<FixedFile>,
}

const ROOM: &str = "a String takes every write";
/// What is written down to be talked about: a fact that it rests on is assumed.
const PROPOSED: &str = "proposed";
/// What holds.
const ACCEPTED: &str = "accepted";

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
    if let Some(otherwise) = inquiry.said_otherwise() {
        return Err(Problems::one(*otherwise));
    }
    let (topic, subject) = (inquiry.topic(), inquiry.subject.as_ref());
    let entries = entries(design);
    let old = recorded(design, inquiry, &entries);
    // A file that a record names counts, though it may be gone.
    let named = entries.iter().filter_map(|it| it.adr?.rsplit('/').next());
    let taken = present.iter().map(String::as_str).chain(named).filter_map(number);
    let number = 1 + taken.max().unwrap_or(0);
    let slug = match subject.filter(|it| !it.path.is_empty()) {
        Some(subject) => format!("{}-{}", topic.id, slug(&subject.name)),
        None => topic.id.to_owned(),
    };
    let file = format!("{number:04}-{slug}.md");
    let folder = folder.trim_matches('/');
    let path = if folder.is_empty() { file.clone() } else { format!("{folder}/{file}") };
    let name = free(&slug, &entries);
    let standing = inquiry.standing.as_ref();
    let record =
        Written { topic, chosen, verdict: &verdict, subject, standing, old, number, folder };
    let edits = record.edits(design, &name, &path);
    let mut files = architecture(design, &edits)?;
    files.extend(old.and_then(|it| superseded(it, number, &file, folder, reader)));
    // Of several files the one that names the new record's.
    let here = reader.name("");
    let recorded_in = files.iter().find(|it| it.after.contains(&path)).map(|it| {
        let below = it.name.strip_prefix(&here).map(|it| it.trim_start_matches(['/', '\\']));
        below.unwrap_or_else(|| it.name.rsplit(['/', '\\']).next().unwrap_or(&it.name))
    });
    Ok(Adr {
        text: record.text(design, recorded_in),
        path,
        name,
        assumed: record.basis().assumed(),
        supersedes: old.map(|it| it.name.to_owned()),
        files,
    })
}

/// Where the same answer to the same facts is recorded already, if its ADR is there: its name in
/// the architecture, and the path of the file.
pub fn already(design: &Design, inquiry: &Inquiry, reader: &dyn Files) -> Option<(String, String)> {
    let verdict = inquiry.verdict();
    let entries = entries(design);
    let entry = recorded(design, inquiry, &entries)?;
    let same = verdict.chosen.is_some_and(|it| it.id == entry.chosen);
    let path = entry.adr.filter(|_| same && Basis(&verdict).is_that_of(entry))?;
    // One that lacks a part, or says something else, is not there.
    let said = read(&reader.read(path).ok()?, Some(inquiry.topic()), entry.chosen);
    let whole = said.lacks.is_empty() && said.differs.is_none();
    whole.then(|| (entry.name.to_owned(), path.to_owned()))
}

/// The record of the same question that holds.
fn recorded<'e, 'a>(
    design: &Design,
    inquiry: &Inquiry,
    entries: &'e [Entry<'a>],
) -> Option<&'e Entry<'a>> {
    let topic = inquiry.topic();
    match &inquiry.subject {
        Some(subject) => {
            let subjects = seen(design, |seen| (topic.subjects)(seen));
            find(entries, topic, subject, &subjects)
        }
        None => entries.iter().find(|it| it.holds() && same(it.topic, topic)),
    }
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
    let end = if before.contains("\r\n") { "\r\n" } else { "\n" };
    let mut after = String::new();
    let mut fences = 0;
    let (mut changed, mut below_heading) = (false, false);
    for line in before.lines() {
        let text = line.trim_start_matches('\u{feff}').trim_end();
        fences += u32::from(text == "---");
        // In the front matter, or as a part of its own: below `## Status`.
        let is_key = fences == 1 && text.starts_with("status:");
        let is_part = below_heading && !text.is_empty();
        if !changed && (is_key || is_part) {
            let key = if is_key { "status: superseded" } else { "Superseded" };
            write!(after, "{key} by ADR-{number:04}{end}").expect(ROOM);
            changed = true;
        } else {
            write!(after, "{line}{end}").expect(ROOM);
        }
        let heading = text.starts_with('#').then(|| text.trim_start_matches('#').trim());
        below_heading = match heading {
            Some(it) => it.eq_ignore_ascii_case("status"),
            None => below_heading && text.is_empty(),
        };
    }
    let link = relative(path.rsplit_once('/').map_or("", |it| it.0), &join(folder, file));
    write!(after, "{end}Superseded by [ADR-{number:04}]({link}).{end}").expect(ROOM);
    Some(FixedFile { name: reader.name(path), before, after })
}

struct Written<'a> {
    topic: &'static Topic,
    chosen: &'static Opt,
    verdict: &'a Verdict,
    subject: Option<&'a Subject>,
    standing: Option<&'a Standing>,
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
        if !self.basis().assumed().is_empty() {
            add("status", PROPOSED.into());
        }
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
        for (fact, value) in self.basis().facts() {
            add(&format!("facts/{fact}"), value);
        }
        let assumed: Vec<&str> = self.basis().assumptions().map(|it| it.0.name).collect();
        if !assumed.is_empty() {
            add("assumed", assumed.into());
        }
        if let Some(old) = self.old {
            add("supersedes", old.name.into());
            let path =
                format!("/decisions/{}/status", old.name.replace('~', "~0").replace('/', "~1"));
            edits.push(Edit { op: Op::Add, path, value: Some("superseded".into()) });
        }
        edits
    }

    fn basis(&self) -> Basis<'_> {
        Basis(self.verdict)
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

#[cfg(test)]
mod tests {
    use tradeoff_decide::{Claim, Example, Reversal};

    use super::{ACCEPTED, Adr, PROPOSED, adr, number, read, relative};
    use crate::decide::{Inquiry, catalogue};
    use crate::{Design, NoFiles, SourceFile};

    fn record(design: &Design, topic: &str, facts: &[(String, String)]) -> Option<Adr> {
        let mut inquiry = Inquiry::open(Some(design), topic, None).unwrap().swap_remove(0);
        for (fact, value) in facts {
            inquiry.say(fact, value).unwrap();
        }
        adr(design, &inquiry, "docs/adr", &[], &NoFiles).ok()
    }

    fn shop() -> Design {
        let text = "tradeoff: 1\nname: shop\nservices: { order: {} }\n\
                    stores: { orders: { kind: postgres } }\n";
        Design::load(vec![SourceFile::new("shop.yaml", text)], &NoFiles).unwrap()
    }

    /// Every answer that a worked example of a topic has makes a whole record: it has a title that
    /// is no question, options, an outcome with reasons, consequences and what going back takes.
    #[test]
    fn every_answer_makes_a_whole_record() {
        let design = shop();
        let mut seen = 0;
        for topic in catalogue() {
            let answered = |it: &Example| matches!(it.claim, Claim::Answers(_));
            for example in topic.examples().into_iter().filter(answered) {
                let Some(adr) = record(&design, topic.id, &example.facts) else { continue };
                seen += 1;
                let text = &adr.text;
                let title = text.lines().find_map(|it| it.strip_prefix("# ")).unwrap();
                assert!(!title.contains('?') && title.matches(": ").count() == 1, "{title}");
                assert!(title.starts_with(topic.noun), "{title}");
                let options = text.split("## Considered Options").nth(1).unwrap();
                let options = options.split("## ").next().unwrap();
                assert!(options.matches("\n* ").count() >= 2, "{text}");
                let status = if adr.assumed.is_empty() { ACCEPTED } else { PROPOSED };
                assert!(text.starts_with(&format!("---\nstatus: {status}\n---\n")), "{text}");
                for it in &adr.assumed {
                    let (fact, value) = it.split_once('=').unwrap();
                    let read = topic.fact(fact).unwrap().kind.parse(value);
                    assert!(read.is_ok(), "{}: --set {it}: {read:?}", topic.id);
                }
                let consequences = text.split("### Consequences").nth(1).unwrap();
                assert!(
                    consequences.contains("going back takes") || consequences.contains("one-way")
                );
                let chosen = adr.files[0].after.split("chosen: ").nth(1).unwrap();
                let chosen = topic.option(chosen.lines().next().unwrap()).unwrap();
                let said = read(text, Some(topic), chosen.id);
                assert_eq!(said.lacks, Vec::<&str>::new(), "{text}");
                assert_eq!(said.differs, None, "{text}");
                if chosen.reversal > Reversal::Days {
                    assert!(
                        consequences.contains("* Bad, because going back takes")
                            || consequences.contains("* Bad, because it is a one-way door")
                    );
                }
                assert!(!text.contains("..\n") && !text.contains("?."), "{text}");
            }
        }
        assert!(seen > 150, "{seen} records were looked at");
    }

    #[test]
    fn what_is_assumed_is_proposed_until_it_is_said() {
        let design = shop();
        let said = |facts: &[(&str, &str)]| {
            let facts: Vec<_> = facts.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
            record(&design, "primary-database", &facts).unwrap()
        };
        let measured =
            [("write-rate", "12/s"), ("several-regions-write", "no"), ("demonstrated", "true")];
        let assumed = said(&measured);
        assert_eq!(assumed.assumed, ["main-query=relational"]);
        assert!(assumed.text.contains("main-query is relational (assumed)"), "{}", assumed.text);
        assert!(assumed.files[0].after.contains("status: proposed"));
        assert!(
            assumed.files[0].after.contains("assumed: [main-query"),
            "{}",
            assumed.files[0].after
        );
        let known = said(&[&measured[..], &[("main-query", "relational")]].concat());
        // Where nothing was measured it is Postgres, whatever the main query is.
        assert_eq!(said(&measured[..2]).assumed, Vec::<String>::new());
        assert_eq!(known.assumed, Vec::<String>::new());
        assert!(known.text.starts_with("---\nstatus: accepted\n"), "{}", known.text);
        assert!(!known.files[0].after.contains("status:"));
        // A proposal that is recorded says nothing of what it assumes.
        let file = SourceFile::new("shop.yaml", assumed.files[0].after.as_str());
        let design = Design::load(vec![file], &NoFiles).unwrap();
        let again = record(&design, "primary-database", &[]).unwrap();
        assert_eq!(again.assumed, ["main-query=relational"]);
    }

    /// Three facts are said to have carried an answer; a fourth that would flip it is not less
    /// assumed for that. Whoever accepts the record by hand does not know it either.
    #[test]
    fn what_would_flip_it_and_is_assumed_stays_assumed() {
        let facts = [("state", "shared"), ("connections", "short"), ("machines", "same")];
        let facts = facts.map(|it| (it.0.to_owned(), it.1.to_owned()));
        let adr = record(&shop(), "load-balancing", &facts).unwrap();
        assert_eq!(adr.assumed, ["costs-vary=false"]);
        assert!(adr.text.starts_with("---\nstatus: proposed\n"), "{}", adr.text);
        let recorded = &adr.files[0].after;
        assert!(recorded.contains("costs-vary: false"), "{recorded}");
        for text in [recorded.clone(), recorded.replace("status: proposed", "status: accepted")] {
            let file = SourceFile::new("shop.yaml", text.as_str());
            let design = Design::load(vec![file], &NoFiles).unwrap();
            let again = record(&design, "load-balancing", &[]).unwrap();
            assert_eq!(again.assumed, ["costs-vary=false"], "{text}");
        }
        let all = [&facts[..], &[("costs-vary".to_owned(), "false".to_owned())]].concat();
        let known = record(&shop(), "load-balancing", &all).unwrap();
        assert!(known.text.starts_with("---\nstatus: accepted\n"), "{}", known.text);
    }

    /// What speaks against an option at another value of a fact is its downside, and so is what
    /// another one does better: both in the words of the topic.
    #[test]
    fn what_is_given_up_is_told() {
        let bad = |topic: &str, facts: &[(&str, &str)]| {
            let facts: Vec<_> = facts.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
            let adr = record(&shop(), topic, &facts).unwrap();
            let lines = adr.text.split("### Consequences").nth(1).unwrap().lines();
            let lines = lines.take_while(|it| !it.starts_with('#'));
            lines.filter(|it| it.starts_with("* Bad")).map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        let turn = bad("load-balancing", &[("costs-vary", "false"), ("machines", "same")]);
        assert!(turn.iter().any(|it| {
            it == "* Bad, because it does not hold where machines is mixed: the slowest machine \
                   gets as many requests as the fastest."
        }), "{turn:?}");
        let call = bad("call-or-event", &[("needs-answer", "true"), ("each", "200ms")]);
        let event = "* Bad, because \"Publish an event, and go on\" does better: how long the \
                     caller waits.";
        assert!(call.iter().any(|it| it == event), "{call:?}");
    }

    #[test]
    fn a_value_does_not_repeat_what_the_name_of_its_fact_says() {
        let facts = [("engineers", "10"), ("teams", "2")].map(|it| (it.0.into(), it.1.into()));
        let adr = record(&shop(), "monolith-or-services", &facts).unwrap();
        assert!(adr.text.contains("* engineers: 10 (said)."), "{}", adr.text);
    }

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
}
