//! What an architecture answers, nobody is asked for: what is read of it, and what follows.

mod choices;
mod data;
mod design;
mod today;

use tradeoff_analyze::{Analysis, Steady, Structure};
use tradeoff_decide::{Answers, Origin, Seen, Verdict, decide, topic};
use tradeoff_diag::SourceFile;
use tradeoff_model::{Document, NoFiles};

/// One part that a topic is about.
#[derive(Debug)]
struct Told {
    subject: String,
    /// What the architecture says, each with where.
    known: Vec<String>,
    verdict: Verdict,
}

impl Told {
    fn chosen(&self) -> Option<&'static str> {
        self.verdict.chosen.map(|it| it.id)
    }
}

/// An architecture as topics see it.
fn with<T>(text: &str, ask: impl FnOnce(&Seen<'_>) -> T) -> T {
    let (document, mistakes) = Document::parse(vec![SourceFile::new("shop.yaml", text)]);
    assert_eq!(mistakes, []);
    let (architecture, mistakes) = document.lower(&NoFiles);
    assert_eq!(mistakes, []);
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let structure = Structure::new(&analysis);
    let resources = steady.resources();
    ask(&Seen {
        architecture: &architecture,
        analysis: &analysis,
        steady: &steady,
        resources: &resources,
        structure: &structure,
    })
}

/// What is known of each part that a topic is about.
fn told(text: &str, id: &str) -> Vec<Told> {
    let topic = topic(id).expect("a topic");
    with(text, |seen| {
        let told = (topic.subjects)(seen).into_iter().map(|subject| {
            let answers = Answers::of(topic, seen, &subject);
            let known = answers.all().filter_map(|(fact, given)| {
                let given = given?;
                let path = match &given.origin {
                    Origin::Stated(path) => path.clone(),
                    Origin::Derived(path) => format!("from {path}"),
                    Origin::Said | Origin::Default => return None,
                };
                Some(format!("{} = {} ({path})", fact.name, fact.show(given.value)))
            });
            let known = known.collect();
            Told { subject: subject.name, known, verdict: decide(&answers) }
        });
        told.collect()
    })
}

/// Holds the part of that name, or the first, against what is to be known of it and to follow.
#[track_caller]
fn check(text: &str, id: &str, name: Option<&str>, answer: Option<&str>, facts: &[&str]) {
    let told = told(text, id);
    let of = told.iter().find(|it| name.is_none_or(|name| it.subject == name));
    let of = of.unwrap_or_else(|| panic!("{id} finds no {name:?} in {told:?}"));
    assert_eq!(of.known, facts, "{id}");
    assert_eq!(of.chosen(), answer, "{id}: {:?}", of.verdict.excluded);
}
