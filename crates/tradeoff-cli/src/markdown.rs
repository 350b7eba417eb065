//! A review to paste into a pull request: the answer first, what it rests on folded.

mod advice;
mod basis;
mod escape;
mod horizon;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tradeoff::check::FindingReport;
use tradeoff::model::Architecture;
use tradeoff::results::{Run, Verdict};
use tradeoff::review::report::Review;

use self::escape::{code, line, prose};
use self::sheet::Sheet;
use crate::text::check::{of_file, until};
use crate::text::figure::{NOTHING, Unit, figure, told};
use crate::text::page::Line;
use crate::text::push;
use crate::text::review::{
    TOO_LITTLE, causes, failing, headroom_words, leading, meanings, numbers, often, troubled,
};
use crate::text::simulate::plural;
use crate::text::slos::{
    bad, decided, meanwhile, recovered, run_name, sustained, verdict_word, worst,
};

/// Runs and reasons that stand open.
const RUNS: usize = 4;
const REASONS: usize = 4;

/// The review as Markdown; GitHub takes so many characters, so a long one is cut and says so.
pub(crate) fn review(review: &Review, _: &Architecture) -> String {
    let mut sheet = Sheet::new();
    title(&mut sheet, review);
    breaks(&mut sheet, review);
    why(&mut sheet, review);
    advice::smallest(&mut sheet, review);
    advice::further(&mut sheet, review);
    basis::flips(&mut sheet, review);
    horizon::horizon(&mut sheet, review);
    basis::observed(&mut sheet, review);
    basis::assumptions(&mut sheet, review);
    advice::each(&mut sheet, review);
    findings(&mut sheet, review);
    runs(&mut sheet, review);
    words(&mut sheet, review);
    let today = &review.today;
    sheet.block(&format!(
        "<sub>Simulated by Tradeoff {}: seed {}, {}, intervals at {:.0} % confidence, design {}</sub>",
        env!("CARGO_PKG_VERSION"),
        today.seed,
        plural(today.replications as usize, "replication"),
        today.confidence * 100.0,
        code(today.digest.get(..19).unwrap_or(&today.digest)),
    ));
    sheet.finish()
}

/// What the words and signs mean that stand in it.
fn words(sheet: &mut Sheet, review: &Review) {
    let stands = |word: &str| match word {
        "–" => sheet.says("| – |"),
        "?" => sheet.says("| ? →") || sheet.says("→ ? |"),
        word => sheet.says(word),
    };
    let told = meanings(review).into_iter().filter(|it| stands(it.0));
    let told: Vec<String> = told.map(|(word, meaning)| format!("*{word}*: {meaning}")).collect();
    if !told.is_empty() {
        sheet.block(&format!("<sub>{}.</sub>", told.join("; ")));
    }
}

/// `✕ broken`.
fn marked(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "✓ kept",
        Verdict::Undecided => "? undecided",
        Verdict::Broken => "✕ broken",
    }
}

fn title(sheet: &mut Sheet, review: &Review) {
    let name = match review.today.name.as_str() {
        "" => "this design".into(),
        name => code(name),
    };
    sheet.block(&format!("## Architecture review of {name}: {}", marked(review.verdict)));
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for slo in review.today.runs.iter().flat_map(|run| run.slos.values()) {
        *counts.entry(slo.verdict).or_default() += 1;
    }
    let runs = plural(review.today.runs.len(), "run");
    let counts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(it, number)| format!("{number} {}", verdict_word(*it).0))
        .collect();
    let mut text = if counts.is_empty() {
        "No SLO is stated, so nothing is kept or broken.".into()
    } else {
        format!("Promises in {runs}: {}.", counts.join(", "))
    };
    let headroom = review.headroom.as_ref().filter(|it| told(it.load_factor, Unit::Times));
    if let Some(headroom) = headroom {
        let first = headroom.first_broken.as_deref().map(code);
        let words = headroom_words(headroom.load_factor, first.as_deref());
        push(&mut text, format_args!(" Headroom: {words}."));
    }
    sheet.block(&text.replace('\u{a0}', " "));
}

fn breaks(sheet: &mut Sheet, review: &Review) {
    let runs = troubled(&review.today);
    sheet.block("### What breaks");
    if runs.is_empty() {
        let promised = review.today.runs.iter().any(|it| !it.slos.is_empty());
        return sheet.block(if promised {
            "Nothing: every promise is kept in the baseline and in every scenario."
        } else {
            "Nothing can: no SLO is stated."
        });
    }
    let items = runs.iter().take(RUNS).map(|run| broken_run(run, review.today.replications));
    sheet.list(items);
    if runs.len() > RUNS {
        let names =
            runs.iter().skip(RUNS).take(20).map(|it| code(run_name(it.scenario.as_deref())));
        sheet.block(&format!("Also: {}.", names.collect::<Vec<_>>().join(", ")));
    }
}

fn broken_run(run: &Run, replications: u32) -> String {
    let verdict = worst(run).unwrap_or(Verdict::Kept);
    let mut text = format!(
        "- **{}**{}: {}",
        code(run_name(run.scenario.as_deref())),
        often(run),
        marked(verdict)
    );
    if let Some(recovery) = &run.recovery {
        push(&mut text, format_args!("; {}", line(&recovered(recovery))));
        if let Some(found) = &recovery.r#loop {
            push(&mut text, format_args!(": {}", line(&sustained(found))));
        }
    }
    for (name, slo) in failing(run).into_iter().take(10) {
        let word = verdict_word(slo.verdict).0;
        let numbers = line(&numbers(run, slo, replications));
        push(&mut text, format_args!("\n  - {} is **{word}**: {numbers}", code(name)));
    }
    text + "\n"
}

fn why(sheet: &mut Sheet, review: &Review) {
    if review.verdict == Verdict::Kept {
        return;
    }
    sheet.block("### Why");
    if review.verdict == Verdict::Undecided {
        return sheet.block(&prose(TOO_LITTLE));
    }
    let found = leading(review);
    let causes = causes(review);
    if found.is_empty() && causes.is_empty() {
        return sheet.block("No rule knows: look at the busiest resources of the runs below.");
    }
    let chains = causes.iter().take(REASONS).map(|it| {
        let links = it.links().map_or_else(String::new, |links| {
            format!(": **{}**, and every call has to succeed", prose(&links))
        });
        format!("- {}{links}\n", line(&it.sentence()))
    });
    sheet.list(chains.chain(found.iter().take(REASONS).map(|it| reason(it))));
    if found.len() > REASONS {
        sheet.block(&format!("And {} more under the findings.", found.len() - REASONS));
    }
}

fn reason(finding: &FindingReport) -> String {
    let sum = finding.arithmetic.as_ref();
    let sum = sum.map_or_else(String::new, |it| format!(": **{}**", prose(&it.text)));
    let (rule, place) = (code(&finding.rule), place(finding));
    format!("- {}{sum} ({rule}, {place})\n", prose(&finding.message))
}

fn place(finding: &FindingReport) -> String {
    code(&format!("{}:{}", finding.at.file, finding.at.line))
}

fn findings(sheet: &mut Sheet, review: &Review) {
    let summary = crate::text::check::summary("findings", &review.check);
    // Without the name that stands before it on the text page.
    let summary = line(&summary.without_first().without_first());
    let columns = ["Rule", "Subject", "Arithmetic", "What to do", "Place"];
    let open = review.check.findings.iter().filter(|it| it.suppressed.is_none());
    let rows = open.map(|it| {
        let sum = it.arithmetic.as_ref().map_or_else(|| NOTHING.into(), |it| prose(&it.text));
        let rule = format!("{} ({})", code(&it.rule), it.severity);
        vec![rule, code(&it.subject), sum, prose(&it.help), place(it)]
    });
    sheet.details(&format!("Findings: {}", summary.replace("**", "")), &columns, rows);
    let accepted = of_file(&review.check);
    let title = format!("Accepted by the file: {}", plural(accepted.len(), "finding"));
    let rows = accepted.into_iter().map(|(it, why)| {
        vec![code(&it.rule), code(&it.subject), prose(&until(why)), prose(&why.reason), place(it)]
    });
    let columns = ["Rule", "Subject", "Who answers for it", "Why", "Place"];
    sheet.details(&title, &columns, rows);
}

/// Every promise in every run.
fn runs(sheet: &mut Sheet, review: &Review) {
    let replications = review.today.replications;
    let rows = review.today.runs.iter().flat_map(|run| {
        run.slos.iter().map(move |(name, slo)| {
            let decides = match run.scenario {
                None => String::new(),
                Some(_) => prose(&format!("{}; {}", decided(run, slo), bad(slo, replications))),
            };
            let seen = prose(&meanwhile(slo).join("; "));
            vec![
                code(run_name(run.scenario.as_deref())),
                code(name),
                marked(slo.verdict).into(),
                decides,
                seen,
            ]
        })
    });
    let columns = ["Run", "Promise", "Verdict", "What decides it", "What users saw"];
    sheet.details("Every promise in every run", &columns, rows);
    let rows = review.today.runs.iter().filter_map(|run| {
        let used = |it: &tradeoff::results::Resource| it.utilization.map_or(-1.0, |it| it.value);
        let (name, it) = run.resources.iter().max_by(|a, b| used(a.1).total_cmp(&used(b.1)))?;
        let share = |it| prose(&figure(it, Unit::Share));
        let of = [it.utilization, it.busy.first, it.busy.retry, it.busy.wasted].map(share);
        let [used, first, retry, wasted] = of;
        let back = run.recovery.as_ref().map_or_else(Line::new, recovered);
        Some(vec![
            code(run_name(run.scenario.as_deref())),
            line(&back),
            code(name),
            used,
            first,
            retry,
            wasted,
        ])
    });
    let columns =
        ["Run", "Recovered", "Busiest", "Used:", "First attempts:", "Retries:", "Wasted:"];
    sheet.details("How busy it was", &columns, rows);
}
