//! A review to paste into a pull request: the answer first, what it rests on folded.

mod escape;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tradeoff::check::FindingReport;
use tradeoff::model::Architecture;
use tradeoff::results::{Run, Verdict};
use tradeoff::review::report::{Effect, Mend, MendOutcome, Review};

use self::escape::{code, line, prose};
use self::sheet::Sheet;
use crate::text::figure::{NOTHING, Unit, figure, told};
use crate::text::page::Line;
use crate::text::push;
use crate::text::review::mends::{an_endpoint, beside, change, costs, effect_row, outcome, price};
use crate::text::review::{failing, in_set, leading, numbers, troubled};
use crate::text::simulate::plural;
use crate::text::slos::{
    bad, decided, meanwhile, recovered, run_name, sustained, verdict_word, worst,
};

/// Runs and reasons that stand open.
const RUNS: usize = 4;
const REASONS: usize = 4;
/// Places at which one default was assumed.
const PLACES: usize = 8;

/// The review as Markdown; GitHub takes so many characters, so a long one is cut and says so.
pub(crate) fn review(review: &Review, _: &Architecture) -> String {
    let mut sheet = Sheet::new();
    title(&mut sheet, review);
    breaks(&mut sheet, review);
    why(&mut sheet, review);
    smallest(&mut sheet, review);
    further(&mut sheet, review);
    assumptions(&mut sheet, review);
    findings(&mut sheet, review);
    runs(&mut sheet, review);
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
        let factor = figure(headroom.load_factor, Unit::Times);
        push(&mut text, format_args!(" Without events they hold up to {factor} today's load"));
        if let Some(first) = &headroom.first_broken {
            push(&mut text, format_args!("; then {} breaks first", code(first)));
        }
        text.push('.');
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
    let mut text =
        format!("- **{}**: {}", code(run_name(run.scenario.as_deref())), marked(verdict));
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
    let found = leading(review);
    if found.is_empty() {
        return sheet.block("No rule knows: look at the busiest resources of the runs below.");
    }
    sheet.list(found.iter().take(REASONS).map(|it| reason(it)));
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

fn smallest(sheet: &mut Sheet, review: &Review) {
    if review.today.runs.iter().all(|run| run.slos.is_empty()) {
        sheet.block("### Mends");
        let endpoint = an_endpoint(review);
        let example =
            format!("slos: {{ promise: {{ endpoint: {endpoint}, availability: 99.9% }} }}");
        let example = code(&example);
        return sheet.block(&format!(
            "No promise is stated, so there is nothing to hold. State one: {example}."
        ));
    }
    if review.verdict == Verdict::Kept {
        sheet.block("### Mends");
        return sheet.block("None is needed: today's design holds.");
    }
    match (&review.smallest_set, &review.smallest_effect, &review.all_together) {
        (Some(set), Some(effect), _) => {
            sheet.block("### The smallest set of mends that holds");
            let members = review.mends.iter().filter(|it| in_set(set, &it.finding));
            sheet.list(members.map(|it| {
                let told =
                    outcome(it, " bad requests per 30 days").append(beside(it)).append(price(it));
                format!("1. {}: {}\n", line(&change(it).without_first()), line(&told))
            }));
            effects(sheet, &effect.effects);
        }
        (_, _, Some(all)) => {
            sheet.block("### No set of these mends holds");
            let word = marked(all.verdict);
            sheet.block(&format!("All {} together: {word}.", review.mends.len()));
            effects(sheet, &all.effects);
        }
        _ => {
            sheet.block("### Mends");
            sheet.block("No finding carries a mechanical mend.");
        }
    }
    if let Some(costs) = costs(review) {
        sheet.block(&format!("**Cost:** {}.", line(&costs)));
    }
}

/// Promises that a set changes, those that it turns first.
fn effects(sheet: &mut Sheet, effects: &[Effect]) {
    let changes = |it: &&Effect| it.today != it.mended || it.today != Verdict::Kept;
    let mut shown: Vec<&Effect> = effects.iter().filter(changes).collect();
    shown.sort_by_key(|it| (it.today == it.mended, std::cmp::Reverse(it.today)));
    let rows = shown.into_iter().map(|it| {
        let mut row: Vec<String> = effect_row(it).iter().map(line).collect();
        row[0] = code(run_name(it.scenario.as_deref()));
        row
    });
    let columns = ["Run", "Promise", "With it", "Bad requests:", "Latency:", "Recovered:"];
    sheet.table(&columns, rows);
}

/// What each other mend does.
fn further(sheet: &mut Sheet, review: &Review) {
    let set = review.smallest_set.as_deref().unwrap_or_default();
    let mends: Vec<&Mend> = review.mends.iter().filter(|it| !in_set(set, &it.finding)).collect();
    if mends.is_empty() {
        return;
    }
    sheet.block("### Further mends");
    sheet.block("In bad requests avoided per 30 days: alone beside today, and what is lost if it alone is left out of all together.");
    let columns = ["Rank:", "Change", "Outcome", "Alone:", "Beside all others:", "Cost:"];
    sheet.table(&columns, mends.into_iter().map(mend_row));
}

fn mend_row(mend: &Mend) -> Vec<String> {
    let word = match mend.outcome {
        MendOutcome::Helps => "✓ helps",
        MendOutcome::Harms => "✕ harms",
        MendOutcome::NoDifference => "no difference",
        MendOutcome::Undecided => "? not told apart",
        MendOutcome::NotMeasured => "not measured",
    };
    let number = |it: tradeoff::results::Figure| match it {
        None => NOTHING.into(),
        some => prose(&figure(some, Unit::Count)),
    };
    vec![
        mend.rank.to_string(),
        line(&change(mend).without_first()),
        word.into(),
        number(mend.score),
        number(mend.left_out),
        line(&price(mend).without_first()),
    ]
}

fn assumptions(sheet: &mut Sheet, review: &Review) {
    let all = &review.today.assumptions;
    if all.is_empty() {
        return;
    }
    sheet.block("### Assumptions and flips");
    let tried = all.iter().filter(|it| it.moves_verdict.is_some()).count();
    let moving: Vec<_> = all.iter().filter(|it| it.moves_verdict == Some(true)).collect();
    let count = plural(all.len(), "default");
    sheet.block(&match (tried, moving.len()) {
        (0, _) => format!("{count} that the file does not state; whether another value moves the verdict was not tried."),
        (n, 0) => format!("{count} that the file does not state; of the {n} that were tried none moves the verdict."),
        (n, m) => format!("{count} that the file does not state; of the {n} that were tried {m} would move the verdict:"),
    });
    sheet.list(
        moving.iter().take(20).map(|it| format!("- {} is {}\n", code(&it.path), code(&it.value))),
    );
    let mut kinds: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for it in all {
        let (place, key) = it.path.rsplit_once('.').unwrap_or(("", &it.path));
        kinds.entry((key, &it.value)).or_default().push(place);
    }
    let rows = kinds.into_iter().map(|((key, value), places)| {
        let shown = places.iter().filter(|it| !it.is_empty()).take(PLACES).map(|it| code(it));
        let mut shown = shown.collect::<Vec<_>>().join(", ");
        if places.len() > PLACES {
            push(&mut shown, format_args!(" and {} more", places.len() - PLACES));
        }
        vec![code(key), code(value), shown]
    });
    sheet.details(
        &format!("Every default that was used ({})", all.len()),
        &["Key", "Assumed", "Where"],
        rows,
    );
}

fn findings(sheet: &mut Sheet, review: &Review) {
    let summary = crate::text::check::summary("findings", &review.check);
    // Without the name that stands before it on the text page.
    let summary = line(&summary.without_first().without_first());
    let columns = ["Rule", "Subject", "Arithmetic", "What to do", "Place"];
    let rows = review.check.findings.iter().map(|it| {
        let sum = it.arithmetic.as_ref().map_or_else(|| NOTHING.into(), |it| prose(&it.text));
        let rule = format!("{} ({})", code(&it.rule), it.severity);
        vec![rule, code(&it.subject), sum, prose(&it.help), place(it)]
    });
    sheet.details(&format!("Findings: {}", summary.replace("**", "")), &columns, rows);
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
