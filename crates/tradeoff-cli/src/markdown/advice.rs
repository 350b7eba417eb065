//! Mends in Markdown: the smallest set that holds, what each further mend adds to it, and what each
//! mend does alone.

use tradeoff::results::Verdict;
use tradeoff::review::report::{Effect, Mend, MendOutcome, Review};

use super::escape::{code, line, prose};
use super::marked;
use super::sheet::Sheet;
use crate::text::figure::{NOTHING, Unit, figure, told};
use crate::text::review::details::replications;
use crate::text::review::in_set;
use crate::text::review::mends::{
    WITHOUT, added_price, addition, adds, alone, an_endpoint, avoided, beside, change, costs,
    cut_short, effect_row, others_open, outcome, part, price, smallest_set_title, whole, without,
    without_title,
};
use crate::text::simulate::plural;
use crate::text::slos::run_name;

/// The smallest set, or why there is none.
pub(super) fn smallest(sheet: &mut Sheet, review: &Review) {
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
            sheet.block(&format!("### {}", smallest_set_title(review)));
            let members = review.mends.iter().filter(|it| in_set(set, &it.finding));
            sheet.list(members.map(|it| {
                let told =
                    outcome(it, " bad requests per 30 days").append(beside(it)).append(price(it));
                let told = told.append(replications(it));
                let what = part(review, it, set).unwrap_or_else(|| change(it).without_first());
                format!("1. {}: {}\n", line(&what), line(&told))
            }));
            effects(sheet, &effect.effects);
            if let Some(text) = cut_short(review) {
                sheet.block(&format!("_{text}_"));
            }
        }
        (_, _, Some(all)) => {
            sheet.block("### No set of these mends holds");
            let word = marked(all.verdict);
            let mut text = format!("With {} together: {word}", whole(review));
            if told(all.score, Unit::Count) {
                let (verb, number) = avoided(all.score, all.at_least);
                let number = prose(&format!("; {verb} {number} bad requests per 30 days"));
                text.push_str(&number);
            }
            if let Some(open) = others_open(review) {
                text.push_str(&prose(&format!("; {open}")));
            }
            sheet.block(&format!("{text}."));
            effects(sheet, &all.effects);
        }
        _ => {
            sheet.block("### Mends");
            sheet.block("No finding carries a mechanical mend.");
        }
    }
    for it in &review.decoupled {
        sheet.block(&format!("### {}", prose(&without_title(it))));
        let word = marked(it.effect.verdict);
        sheet.block(&format!("{word}: {}; {}.", line(&without(it)), prose(WITHOUT)));
        effects(sheet, &it.effect.effects);
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

/// What each further mend adds to the smallest set.
pub(super) fn further(sheet: &mut Sheet, review: &Review) {
    if !adds(review) {
        return;
    }
    sheet.block("### What each further mend adds");
    sheet.block("To the smallest set, in bad requests per 30 days.");
    let rows = review.further.iter().filter_map(|it| {
        let mend = review.mends.iter().find(|mend| mend.finding == it.finding)?;
        Some(vec![
            mend.rank.to_string(),
            line(&change(mend).without_first()),
            line(&addition(review, it)),
            line(&added_price(it).without_first()),
        ])
    });
    sheet.table(&["Rank:", "Change", "Beside the smallest set", "Cost:"], rows);
}

/// What each mend does alone; folded where it is known what each adds to a set that holds.
pub(super) fn each(sheet: &mut Sheet, review: &Review) {
    if review.mends.is_empty() {
        return;
    }
    let columns =
        ["Rank:", "Change", "Outcome", "Alone:", "Beside the others:", "Cost:", "Replications:"];
    let (measured, rest): (Vec<&Mend>, Vec<&Mend>) =
        review.mends.iter().partition(|it| it.outcome != MendOutcome::NotMeasured);
    let rows = measured.into_iter().map(mend_row);
    let text = "Bad requests avoided per 30 days: alone beside today, and what is lost if it alone \
                is left out of all together";
    if adds(review) {
        sheet.details(&format!("Each mend alone. {text}"), &columns, rows);
    } else {
        sheet.block("### Each mend alone");
        sheet.block(&format!("{text}."));
        sheet.table(&columns, rows);
    }
    let title = format!("Not measured: {}", plural(rest.len(), "mend"));
    let rows = rest
        .into_iter()
        .map(|it| vec![it.rank.to_string(), line(&change(it).without_first()), code(&it.finding)]);
    sheet.details(&title, &["Rank:", "Change", "Finding"], rows);
}

fn mend_row(mend: &Mend) -> Vec<String> {
    let word = match mend.outcome {
        MendOutcome::Helps => "✓ helps",
        MendOutcome::Harms => "✕ harms",
        MendOutcome::NoDifference => "no difference",
        MendOutcome::Undecided => "? not told apart",
        MendOutcome::NotMeasured => "not measured",
    };
    let runs = match mend.replications {
        0 => NOTHING.into(),
        runs => runs.to_string(),
    };
    vec![
        mend.rank.to_string(),
        line(&change(mend).without_first()),
        word.into(),
        prose(&alone(mend)),
        prose(&figure(mend.left_out, Unit::Count)),
        line(&price(mend).without_first()),
        runs,
    ]
}
