//! The options of a decision, simulated side by side on the design: `decide TOPIC --measure`.

use serde::Serialize;
use serde_json::Value as Json;
use tradeoff_decide::{Answers, Change, Kind, Opt, Seen, Subject};
use tradeoff_model::Document;
use tradeoff_sim::results::Verdict;

use super::{Inquiry, seen};
use crate::error::Problems;
use crate::load::Design;
use crate::review::beside;
use crate::review::report::SetEffect;
use crate::simulate::{Progress, SimulateOptions};

/// What the options of a decision do to a design.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// The verdict of the design as it is.
    pub today: Verdict,
    /// Replications behind every figure.
    pub replications: u32,
    /// In the order of the topic.
    pub options: Vec<MeasuredOption>,
}

/// What one option does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasuredOption {
    /// Its id.
    pub option: &'static str,
    /// Whether the facts exclude it.
    pub excluded: bool,
    /// How it is written into the design, as `--set` takes it; empty: it is what is today.
    pub settings: Vec<Setting>,
    /// What it does beside today; null: it cannot be simulated.
    pub effect: Option<SetEffect>,
    /// Why it cannot be simulated; null: it was.
    pub why_not: Option<String>,
}

/// A value of the design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its dotted path.
    pub path: String,
    /// In YAML.
    pub value: String,
}

/// Simulates what the options of a decision change. `None` if no option of the topic can be
/// written into an architecture, if the decision is about no part of this one, or if a number is
/// missing.
///
/// # Errors
/// As [`crate::simulate()`].
pub fn measure(
    design: &Design,
    inquiry: &Inquiry,
    options: &SimulateOptions,
    progress: &dyn Progress,
) -> Result<Option<Measured>, Problems> {
    let verdict = inquiry.verdict();
    let unknown = lacks_numbers(&verdict.answers);
    if unknown || inquiry.topic().changes.is_none() || inquiry.subject.is_none() {
        return Ok(None);
    }
    let mut designs = Vec::new();
    let mut reports = Vec::new();
    for (option, changed) in written(design, inquiry) {
        let mut report = MeasuredOption {
            option: option.id,
            excluded: verdict.excluded.iter().any(|it| it.option == option),
            settings: Vec::new(),
            effect: None,
            why_not: None,
        };
        match changed {
            Ok((settings, changed)) => {
                report.settings = settings;
                designs.push((option.id.to_owned(), changed));
            }
            Err(why) => report.why_not = Some(why),
        }
        reports.push(report);
    }
    let (today, effects) = beside(design, designs, options, progress)?;
    let mut effects = effects.into_iter();
    for report in reports.iter_mut().filter(|it| it.why_not.is_none()) {
        report.effect = effects.next();
    }
    Ok(Some(Measured { today, replications: options.replications, options: reports }))
}

/// The settings of an option, and the design with them.
pub type Changed = (Vec<Setting>, Design);

/// Each option of a decision as settings of the design, and the design with them; or why it cannot
/// be written into it. Empty if the topic writes none, or is about no part of the design.
pub fn written(design: &Design, inquiry: &Inquiry) -> Vec<(&'static Opt, Result<Changed, String>)> {
    let (topic, answers) = (inquiry.topic(), inquiry.answers());
    let (Some(_), Some(subject)) = (topic.changes, &inquiry.subject) else {
        return Vec::new();
    };
    seen(design, |seen| {
        let each = topic.options.iter().map(|option| {
            let Some(written) = Written::of(design, seen, subject, &answers, option) else {
                return (
                    option,
                    Err("an architecture has no setting for it, or these facts no size".to_owned()),
                );
            };
            (option, written.applied(design).map(|changed| (written.settings, changed)))
        });
        each.collect()
    })
}

/// Whether a number is missing: options are written from numbers, a yes or no only decides between
/// them.
pub(super) fn lacks_numbers(answers: &Answers) -> bool {
    answers.missing().iter().any(|it| it.kind != Kind::Flag)
}

/// Whether all that an option writes stands in the design already.
pub(super) fn stands(
    design: &Design,
    seen: &Seen<'_>,
    subject: &Subject,
    answers: &Answers,
    option: &'static Opt,
) -> bool {
    if lacks_numbers(answers) {
        return false;
    }
    let Some(written) = Written::of(design, seen, subject, answers, option) else { return false };
    written.settings.is_empty()
        || written.applied(design).is_ok_and(|it| it.digest() == design.digest())
}

/// An option as settings of a design.
#[derive(Default)]
struct Written {
    settings: Vec<Setting>,
}

impl Written {
    /// What an option writes; `None` where an architecture cannot say it.
    fn of(
        design: &Design,
        seen: &Seen<'_>,
        subject: &Subject,
        answers: &Answers,
        option: &'static Opt,
    ) -> Option<Self> {
        let changes = answers.topic.changes?(seen, subject, answers, option.id)?;
        let mut written = Self::default();
        for change in &changes {
            written.add(design.document(), seen, change);
        }
        Some(written)
    }

    fn add(&mut self, document: &Document, seen: &Seen<'_>, change: &Change) {
        match change {
            Change::Set(path, value) => self.set(path.clone(), value),
            Change::Step(edge, value) => {
                let step = &seen.analysis.edges[*edge].step.pointer;
                self.set(tradeoff_model::dotted(step), value);
            }
            Change::Policy(edge, key, value) => {
                let edge = &seen.analysis.edges[*edge];
                let step = &edge.step.pointer;
                let holder = if document.has_map(step) {
                    tradeoff_model::dotted(step)
                } else {
                    // The short form of a service keeps no policy of its own.
                    format!("edges.\"{}\"", seen.analysis.edge_name(edge))
                };
                if let Some(Json::String(name)) = document.get(&format!("{step}/policy")) {
                    let keys = tradeoff_rules::named(document, &name).to_string();
                    self.set(format!("{holder}.policy"), &keys);
                }
                self.set(format!("{holder}.policy.{key}"), value);
            }
        }
    }

    /// What is said twice, such as the keys of a named policy, is made once.
    fn set(&mut self, path: String, value: &str) {
        let setting = Setting { path, value: value.to_owned() };
        if !self.settings.contains(&setting) {
            self.settings.push(setting);
        }
    }

    /// The design with the option, or why it cannot be.
    fn applied(&self, design: &Design) -> Result<Design, String> {
        let set: Vec<(&str, &str)> =
            self.settings.iter().map(|it| (it.path.as_str(), it.value.as_str())).collect();
        design.set_all(&set).map_err(|refused| {
            let first = refused.diagnostics.first().map(|it| it.message.as_str());
            format!("the architecture would be refused: {}", first.unwrap_or_default())
        })
    }
}
