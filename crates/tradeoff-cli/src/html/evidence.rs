//! What the answer rests on: the drawing, the scenarios, the findings.

use tradeoff::model::Architecture;
use tradeoff::results::{Run, Verdict};
use tradeoff::review::report::Review;

use super::course::course;
use super::markup::Markup;
use super::parts::Parts;
use super::picture::picture;
use super::summary::{badge, marked};
use super::table::{Column, table};
use crate::text::check::{by_rule, head, of_file};
use crate::text::figure::{Unit, duration, figure, share};
use crate::text::page::Line;
use crate::text::review::{badness, meanings};
use crate::text::simulate::plural;
use crate::text::slos::{alarm, bad, decided, meanwhile, recovered, run_name, worst};

/// Runs whose course is drawn; of each so many promises and resources.
const RUNS: usize = 16;
const PROMISES: usize = 24;
const RESOURCES: usize = 10;
/// Rules whose findings are listed, and findings of each.
const RULES: usize = 60;
const FINDINGS: usize = 40;

pub(super) fn architecture(page: &mut Markup, review: &Review, architecture: &Architecture) {
    picture(page, &Parts::new(architecture, review));
}

/// Every run, the worst first; those that keep everything are folded.
pub(super) fn scenarios(page: &mut Markup, review: &Review, architecture: &Architecture) {
    let mut runs: Vec<&Run> = review.today.runs.iter().collect();
    runs.sort_by(|a, b| {
        let (one, other) = (badness(a), badness(b));
        let baseline = |it: &Run| it.scenario.is_none();
        baseline(b)
            .cmp(&baseline(a))
            .reverse()
            .then(other.0.cmp(&one.0))
            .then(other.1.total_cmp(&one.1))
    });
    for (nth, run) in runs.iter().take(RUNS).enumerate() {
        let open = worst(run).is_some_and(|it| it != Verdict::Kept)
            || (nth == 0 && run.scenario.is_some());
        page.within("details", &[("open", if open { "open" } else { "" })], |page| {
            page.within("summary", &[], |it| {
                it.within("h3", &[], |it| {
                    it.leaf("bdi", &[], run_name(run.scenario.as_deref()));
                    if let Some(verdict) = worst(run) {
                        badge(it, verdict);
                    }
                });
            });
            one(page, run, review.today.replications);
            course(page, nth, run, architecture, review.today.replications);
            resources(page, run);
        });
    }
    if runs.len() > RUNS {
        let more = plural(runs.len() - RUNS, "more run");
        page.leaf("p", &[("class", "dim")], &format!("And {more}: --format json has all."));
    }
}

/// A run in words: how it came back, and its promises.
fn one(page: &mut Markup, run: &Run, replications: u32) {
    page.within("p", &[], |it| {
        it.text(&format!("Measured for {}", duration(run.end.round())));
        if let Some(recovery) = &run.recovery {
            it.text("; ");
            it.line(&recovered(recovery));
        }
        it.text(".");
        if run.stationary == Some(false) {
            it.text(" Not settled: the load still builds up, so there are no steady figures.");
        }
        if let Some(bound) = run.bounded_by {
            it.text(&format!(" Cut off: {bound}; what was not settled counts as bad."));
        }
    });
    if run.slos.is_empty() {
        return;
    }
    let columns = [
        Column::text("Promise"),
        Column::text("Verdict"),
        Column::wide("What decides it"),
        Column::wide("What users saw"),
        Column::wide("Alerts"),
    ];
    let rows: Vec<Vec<Line>> = run
        .slos
        .iter()
        .take(PROMISES)
        .map(|(name, slo)| {
            let decides = match run.scenario {
                None => "the whole interval beside what is promised".into(),
                Some(_) => format!("{}; {}", decided(run, slo), bad(slo, replications)),
            };
            let alert = alarm(&slo.alerts, replications);
            let none = || if slo.alerts.is_empty() { "–".into() } else { "none fires".into() };
            vec![
                Line::new().name(name),
                marked(slo.verdict),
                decides.into(),
                meanwhile(slo).join("; ").into(),
                alert.unwrap_or_else(none).into(),
            ]
        })
        .collect();
    table(page, "Promises", &columns, &rows);
    if run.slos.len() > PROMISES {
        let text = format!("And {} more: --format json has all.", run.slos.len() - PROMISES);
        page.leaf("p", &[("class", "dim")], &text);
    }
}

fn resources(page: &mut Markup, run: &Run) {
    let used = |it: &tradeoff::results::Resource| it.utilization.map_or(-1.0, |it| it.value);
    let mut busiest: Vec<_> =
        run.resources.iter().filter(|it| it.1.utilization.is_some()).collect();
    busiest.sort_by(|a, b| used(b.1).total_cmp(&used(a.1)));
    if busiest.is_empty() {
        return;
    }
    let columns = [
        Column::text("Resource"),
        Column::number("Servers"),
        Column::number("Used"),
        Column::number("First attempts"),
        Column::number("Retries"),
        Column::number("Wasted"),
        Column::number("Wait p99"),
        Column::number("Refused"),
    ];
    let rows: Vec<Vec<Line>> = busiest
        .iter()
        .take(RESOURCES)
        .map(|(name, it)| {
            vec![
                Line::new().name(name),
                it.capacity.map_or_else(|| "unlimited".into(), |it| it.to_string()).into(),
                figure(it.utilization, Unit::Share).into(),
                figure(it.busy.first, Unit::Share).into(),
                figure(it.busy.retry, Unit::Share).into(),
                figure(it.busy.wasted, Unit::Share).into(),
                figure(it.wait.p99, Unit::Seconds).into(),
                share(it.refused, it.arrivals).into(),
            ]
        })
        .collect();
    page.within("details", &[], |it| {
        it.leaf("summary", &[], "The busiest resources");
        table(it, "Servers, and what they were busy with", &columns, &rows);
    });
}

/// Findings by rule, with place, arithmetic and what to do.
pub(super) fn findings(page: &mut Markup, review: &Review, _: &Architecture) {
    let check = &review.check;
    page.within("p", &[], |it| {
        it.line(&crate::text::check::summary(&review.today.name, check));
        it.text(".");
    });
    let groups = by_rule(check);
    for group in groups.iter().take(RULES) {
        let first = group[0];
        page.within("details", &[], |page| {
            page.within("summary", &[], |it| {
                it.line(&head(first));
                let title = tradeoff::explain::summary(&first.rule).unwrap_or(&first.message);
                it.text(&format!(": {title} ({})", group.len()));
            });
            let rows: Vec<Vec<Line>> = group
                .iter()
                .take(FINDINGS)
                .map(|it| {
                    let sum = it.arithmetic.as_ref().map(|it| it.text.as_str());
                    vec![
                        Line::new().name(&it.subject),
                        Line::new().plain(&it.message),
                        sum.unwrap_or("–").into(),
                        Line::new().plain(&it.help),
                        Line::new().name(format!("{}:{}:{}", it.at.file, it.at.line, it.at.column)),
                    ]
                })
                .collect();
            let columns = [
                Column::text("Subject"),
                Column::wide("What is wrong"),
                Column::wide("Arithmetic"),
                Column::wide("What to do"),
                Column::text("Place"),
            ];
            table(page, &first.rule, &columns, &rows);
            if group.len() > FINDINGS {
                let text = format!("And {} more: --format json has all.", group.len() - FINDINGS);
                page.leaf("p", &[("class", "dim")], &text);
            }
        });
    }
    accepted(page, review);
    if !check.unknown.is_empty() {
        let rows: Vec<Vec<Line>> = check
            .unknown
            .iter()
            .map(|it| {
                vec![
                    Line::new().name(&it.rule),
                    Line::new().name(&it.subject),
                    Line::new().name(&it.missing),
                ]
            })
            .collect();
        page.within("details", &[], |page| {
            let text = format!("{} could not tell", plural(check.unknown.len(), "check"));
            page.leaf("summary", &[], &text);
            let columns = [Column::text("Rule"), Column::text("Subject"), Column::text("Missing")];
            table(page, "What the file does not say", &columns, &rows);
        });
    }
}

/// What the file accepts: who answers for it, until when, and why.
fn accepted(page: &mut Markup, review: &Review) {
    let accepted = of_file(&review.check);
    if accepted.is_empty() {
        return;
    }
    let rows: Vec<Vec<Line>> = accepted
        .iter()
        .take(FINDINGS)
        .map(|(it, why)| {
            vec![
                Line::new().name(&it.rule),
                Line::new().name(&it.subject),
                Line::new().plain(&why.owner),
                Line::new().plain(&why.expires),
                Line::new().plain(&why.reason),
                Line::new().name(format!("{}:{}:{}", it.at.file, it.at.line, it.at.column)),
            ]
        })
        .collect();
    page.within("details", &[], |page| {
        let text = plural(accepted.len(), "finding");
        page.leaf("summary", &[], &format!("Accepted by the file: {text}"));
        let columns = [
            Column::text("Rule"),
            Column::text("Subject"),
            Column::text("Who answers for it"),
            Column::text("Until"),
            Column::wide("Why"),
            Column::text("Place"),
        ];
        table(page, "Accepted findings", &columns, &rows);
        if accepted.len() > FINDINGS {
            let text = format!("And {} more: --format json has all.", accepted.len() - FINDINGS);
            page.leaf("p", &[("class", "dim")], &text);
        }
    });
}

/// What it takes to see the same again.
pub(super) fn provenance(page: &mut Markup, review: &Review) {
    let today = &review.today;
    let stands = |word: &str| match word {
        "–" | "?" => page.says(&format!(">{word}<")),
        word => page.says(word),
    };
    let told = meanings(review).into_iter().filter(|it| stands(it.0));
    let told: Vec<String> = told.map(|(word, meaning)| format!("{word}: {meaning}.")).collect();
    if !told.is_empty() {
        page.leaf("p", &[], &told.join(" "));
    }
    page.within("p", &[], |it| {
        it.text(&format!(
            "Simulated by Tradeoff {}: seed {}, {}, intervals at {:.0}\u{a0}% confidence, design ",
            env!("CARGO_PKG_VERSION"),
            today.seed,
            plural(today.replications as usize, "replication"),
            today.confidence * 100.0,
        ));
        it.name(today.digest.get(..19).unwrap_or(&today.digest));
        it.text(". The same seed gives the same page.");
    });
}
