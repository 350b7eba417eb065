//! The top of the page: the verdict, what breaks, and why.

use std::collections::BTreeSet;

use tradeoff::model::Architecture;
use tradeoff::results::{Run, Verdict};
use tradeoff::review::report::Review;

use super::called;
use super::markup::Markup;
use super::table::{Column, table};
use crate::text::figure::{Unit, cost, cost_difference, told};
use crate::text::page::Line;
use crate::text::review::mends::is_open;
use crate::text::review::{
    TOO_LITTLE, causes, failing, headroom_ends, headroom_words, leading, numbers, often, troubled,
};
use crate::text::simulate::plural;
use crate::text::slos::{recovered, run_name, sustained, verdict_word, worst};

/// Runs that are told in full, and findings that are told as reasons.
const RUNS: usize = 6;
const REASONS: usize = 6;

/// A verdict as a badge: a mark, a word and a color.
pub(super) fn badge(page: &mut Markup, verdict: Verdict) {
    let (class, text) = match verdict {
        Verdict::Kept => ("badge good", "✓ kept"),
        Verdict::Undecided => ("badge unsure", "? undecided"),
        Verdict::Broken => ("badge bad", "✕ broken"),
    };
    page.leaf("span", &[("class", class)], text);
}

pub(super) fn title(page: &mut Markup, review: &Review, architecture: &Architecture) {
    page.leaf("p", &[("class", "eyebrow")], "Architecture review");
    page.within("h1", &[], |it| {
        it.leaf("bdi", &[], called(&review.today.name));
        badge(it, review.verdict);
    });
    if let Some(summary) = &architecture.summary {
        page.leaf("p", &[("class", "lead"), ("dir", "auto")], summary);
    }
}

/// The few numbers that say most.
pub(super) fn facts(page: &mut Markup, review: &Review) {
    page.within("dl", &[("class", "facts")], |page| {
        let count = |verdict| {
            let slos = review.today.runs.iter().flat_map(|run| run.slos.values());
            slos.filter(|it| it.verdict == verdict).count()
        };
        let names: BTreeSet<&String> =
            review.today.runs.iter().flat_map(|it| it.slos.keys()).collect();
        let runs = plural(review.today.runs.len(), "run");
        let what = match names.len() {
            0 => "no SLO is stated".into(),
            n => format!("{} in {runs}", plural(n, "promise")),
        };
        let (broken, undecided) = (count(Verdict::Broken), count(Verdict::Undecided));
        let words = match (broken, undecided) {
            _ if names.is_empty() => "nothing to hold".into(),
            (0, 0) => "all kept".into(),
            (0, n) => format!("{n} undecided"),
            (n, 0) => format!("{n} broken"),
            (n, m) => format!("{n} broken, {m} undecided"),
        };
        fact(page, "Promises", &words, &what);
        if let Some(headroom) = &review.headroom {
            let (holds, breaks) = headroom_ends(headroom);
            fact(page, "Load that holds without events", &holds, &breaks);
        }
        let (set, then) = match &review.smallest_set {
            _ if review.verdict == Verdict::Kept => ("none needed".into(), "today’s design holds"),
            Some(set) if is_open(review) => {
                (plural(set.len(), "mend"), "and no promise is seen broken")
            }
            Some(set) => (plural(set.len(), "mend"), "and every promise is kept"),
            None if review.mends.is_empty() => ("none known".into(), "no finding carries a mend"),
            None => ("none found".into(), "no set of these mends holds"),
        };
        fact(page, "Smallest set that holds", &set, then);
        let all = review.smallest_effect.as_ref().or(review.all_together.as_ref());
        if let Some(it) = all.filter(|it| it.cost.today.is_some()) {
            let (today, with) = (cost(it.cost.today), cost_difference(it.cost.difference));
            let which = if review.smallest_effect.is_some() { "that set" } else { "all mends" };
            fact(page, "Cost today", &today, &format!("{which}: {with}"));
        }
    });
}

fn fact(page: &mut Markup, name: &str, value: &str, more: &str) {
    page.within("div", &[], |it| {
        it.leaf("dt", &[], name);
        it.within("dd", &[], |it| {
            it.text(value);
            if !more.is_empty() {
                it.leaf("span", &[("class", "dim")], more);
            }
        });
    });
}

/// Runs with promises that are not kept, and every promise in every run.
pub(super) fn breaks(page: &mut Markup, review: &Review, _: &Architecture) {
    let runs = troubled(&review.today);
    if runs.is_empty() {
        let promised = review.today.runs.iter().any(|it| !it.slos.is_empty());
        let text = if promised {
            "Nothing: every promise is kept in the baseline and in every scenario."
        } else {
            "Nothing can: no SLO is stated."
        };
        page.leaf("p", &[], text);
    }
    for run in runs.iter().take(RUNS) {
        case(page, run, review.today.replications);
    }
    if runs.len() > RUNS {
        let more = plural(runs.len() - RUNS, "more run");
        page.leaf("p", &[("class", "dim")], &format!("And {more}, in the table."));
    }
    matrix(page, review);
}

fn case(page: &mut Markup, run: &Run, replications: u32) {
    let verdict = worst(run).unwrap_or(Verdict::Kept);
    let class = if verdict == Verdict::Broken { "case bad" } else { "case unsure" };
    page.within("div", &[("class", class)], |page| {
        page.within("h3", &[], |it| {
            it.leaf("bdi", &[], run_name(run.scenario.as_deref()));
            it.text(&often(run));
            badge(it, verdict);
        });
        if let Some(recovery) = &run.recovery {
            page.within("p", &[], |it| {
                it.line(&recovered(recovery));
                if let Some(found) = &recovery.r#loop {
                    it.text(": ");
                    it.line(&sustained(found));
                }
                it.text(".");
            });
        }
        page.within("ul", &[], |page| {
            for (name, slo) in failing(run) {
                page.within("li", &[], |it| {
                    it.name(name);
                    it.text(" is ");
                    it.line(&crate::text::slos::verdict(slo.verdict));
                    it.text(": ");
                    it.line(&numbers(run, slo, replications));
                    it.text(".");
                });
            }
        });
    });
}

/// Promises by run.
fn matrix(page: &mut Markup, review: &Review) {
    let names: BTreeSet<&String> = review.today.runs.iter().flat_map(|it| it.slos.keys()).collect();
    let names: Vec<&String> = names.into_iter().take(12).collect();
    if names.is_empty() {
        return;
    }
    let mut columns = vec![Column::text("Run")];
    columns.extend(names.iter().map(|it| Column::text(it)));
    columns.push(Column::text("Recovered"));
    let rows: Vec<Vec<Line>> = review
        .today
        .runs
        .iter()
        .map(|run| {
            let mut row = vec![Line::new().plain(run_name(run.scenario.as_deref()))];
            for name in &names {
                row.push(run.slos.get(*name).map_or_else(Line::new, |it| marked(it.verdict)));
            }
            row.push(run.recovery.as_ref().map_or_else(|| "–".into(), recovered));
            row
        })
        .collect();
    table(page, "Every promise in every run", &columns, &rows);
}

/// `✕ broken`: a mark beside the word, and the color beside both.
pub(super) fn marked(verdict: Verdict) -> Line {
    let (word, tone) = verdict_word(verdict);
    let mark = match verdict {
        Verdict::Kept => "✓",
        Verdict::Undecided => "?",
        Verdict::Broken => "✕",
    };
    Line::new().add(format!("{mark}\u{a0}{word}"), tone)
}

/// The findings that lead to what breaks.
pub(super) fn why(page: &mut Markup, review: &Review, _: &Architecture) {
    let found = leading(review);
    if review.verdict == Verdict::Kept {
        let text = "Nothing breaks. What the rules complain about stands under Findings.";
        return page.leaf("p", &[], text);
    }
    if review.verdict == Verdict::Undecided {
        return page.leaf("p", &[], TOO_LITTLE);
    }
    let causes = causes(review);
    if found.is_empty() && causes.is_empty() {
        let text = "No rule knows. The busiest resources are the place to look.";
        return page.leaf("p", &[], text);
    }
    page.within("ol", &[], |page| {
        for cause in causes.iter().take(REASONS) {
            page.within("li", &[], |it| {
                it.line(&cause.sentence());
                if let Some(links) = cause.links() {
                    it.text(": ");
                    it.within("span", &[("class", "sum")], |it| it.text(&links));
                    it.text(", and every call has to succeed");
                }
            });
        }
        for finding in found.iter().take(REASONS) {
            page.within("li", &[], |it| {
                it.prose(&finding.message);
                if let Some(arithmetic) = &finding.arithmetic {
                    it.text(": ");
                    it.within("span", &[("class", "sum")], |it| it.prose(&arithmetic.text));
                }
                it.text(" ");
                it.within("span", &[("class", "dim")], |it| {
                    let place = format!("{}:{}", finding.at.file, finding.at.line);
                    it.text(&format!("({}, {place})", finding.rule));
                });
            });
        }
    });
    if found.len() > REASONS {
        let more = plural(found.len() - REASONS, "more finding");
        page.leaf("p", &[("class", "dim")], &format!("And {more}, under Findings."));
    }
    let headroom = review.headroom.as_ref().filter(|it| told(it.load_factor, Unit::Times));
    if let Some(headroom) = headroom {
        let words = headroom_words(headroom.load_factor, headroom.first_broken.as_deref());
        page.leaf("p", &[], &format!("Headroom: {words}."));
    }
}
