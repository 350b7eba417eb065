//! The guide's choices held against a design: `tradeoff.decide/1`.

mod adr;
mod debt;
mod decided;
mod done;
mod drift;
mod inquiry;
mod measure;
mod records;
mod report;

use serde::Serialize;
use tradeoff_analyze::{Analysis, Steady, Structure};
pub use tradeoff_decide::{Fact, Kind, Opt, Reversal, Topic, catalogue, topic};
use tradeoff_decide::{Seen, Subject};

use crate::load::Design;

pub use adr::{Adr, adr, already};
pub use debt::{Debt, debt};
pub use decided::decided;
pub use drift::{
    BinReport, Column, DriftReport, KolmogorovSmirnovReport, MAX_DATA_BYTES, Sample, SampleReport,
    drift,
};
pub use inquiry::{Inquiry, Question};
pub use measure::{Changed, Measured, MeasuredOption, Setting, measure, written};
pub use records::{Drift, Record, State, all};
pub use report::{
    BeatenReport, Decision, ExclusionReport, FactReport, FlipReport, LineReport, OpenReport,
    OptionReport, ReversalReport, StandingReport,
};

/// What `decide` says: each question fills its own list and leaves the others empty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decide {
    /// `tradeoff.decide/1`.
    pub schema: &'static str,
    /// `analyzed`.
    pub rung: &'static str,
    /// The architecture's name; null: there is none.
    pub name: Option<String>,
    /// Digest of the architecture, whatever its order and layout.
    pub digest: Option<String>,
    /// What there is to decide, what the architecture implies first.
    pub topics: Vec<TopicReport>,
    /// What was decided from facts, one for each part that it is about.
    pub decisions: Vec<Decision>,
    /// What the architecture implies and records, held against today's facts.
    pub records: Vec<Record>,
    /// What is owed, by interest.
    pub debt: Vec<Debt>,
    /// Two samples of a column held against each other.
    pub drift: Vec<DriftReport>,
}

/// A choice of the guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicReport {
    /// Its id.
    pub topic: &'static str,
    /// What is decided, as a question.
    pub title: &'static str,
    /// The section of the guide.
    pub section: &'static str,
    /// What in the architecture it is about; empty: the question does not arise there.
    pub subjects: Vec<String>,
    /// What there is to choose from.
    pub options: Vec<&'static str>,
}

impl Decide {
    /// Nothing yet.
    pub fn of(design: Option<&Design>) -> Self {
        Self {
            schema: "tradeoff.decide/1",
            rung: "analyzed",
            name: design.map(|it| it.architecture().name.clone()),
            digest: design.map(Design::digest),
            topics: Vec::new(),
            decisions: Vec::new(),
            records: Vec::new(),
            debt: Vec::new(),
            drift: Vec::new(),
        }
    }
}

/// What there is to decide; what a design implies comes first.
pub fn topics(design: Option<&Design>) -> Decide {
    let mut all: Vec<TopicReport> =
        catalogue().iter().map(|topic| topic_report(topic, &[])).collect();
    if let Some(design) = design {
        seen(design, |seen| {
            for (topic, report) in catalogue().iter().zip(&mut all) {
                *report = topic_report(topic, &(topic.subjects)(seen));
            }
        });
        all.sort_by_key(|it| it.subjects.is_empty());
    }
    Decide { topics: all, ..Decide::of(design) }
}

fn topic_report(topic: &Topic, subjects: &[Subject]) -> TopicReport {
    TopicReport {
        topic: topic.id,
        title: topic.title,
        section: topic.section,
        subjects: subjects.iter().map(|it| it.name.clone()).collect(),
        options: topic.options.iter().map(|it| it.id).collect(),
    }
}

/// Shows a design as topics read it.
fn seen<T>(design: &Design, ask: impl FnOnce(&Seen<'_>) -> T) -> T {
    let architecture = design.architecture();
    let analysis = Analysis::new(architecture);
    let steady = Steady::new(&analysis);
    let structure = Structure::new(&analysis);
    let resources = steady.resources();
    ask(&Seen {
        architecture,
        analysis: &analysis,
        steady: &steady,
        resources: &resources,
        structure: &structure,
    })
}
