//! Mends: the smallest set that holds with what it does, and what each other mend does.

use tradeoff::model::Architecture;
use tradeoff::results::{Figure, Interval, Verdict};
use tradeoff::review::report::{Decoupled, Effect, Mend, MendOutcome, Review};

use super::markup::Markup;
use super::summary::{badge, marked};
use super::table::{Column, cells, scroll, table};
use crate::text::figure::{NOTHING, Unit, figure, told};
use crate::text::page::{Line, Tone};
use crate::text::push;
use crate::text::review::details::replications;
use crate::text::review::in_set;
use crate::text::review::mends::{
    AT_LEAST, WITHOUT, achieved, added_price, addition, adds, alone, an_endpoint, avoided, beside,
    chance, change, costs, cut_short, others_open, outcome, part, price, telling, turned, whole,
    without, without_title,
};
use crate::text::simulate::plural;
use crate::text::slos::run_name;

/// Mends that are told one by one.
const MENDS: usize = 100;
/// Mends of which it is told what they add to the smallest set.
const FURTHER: usize = 40;

/// The smallest set, or why there is none.
pub(super) fn smallest(page: &mut Markup, review: &Review, _: &Architecture) {
    if review.today.runs.iter().all(|it| it.slos.is_empty()) {
        return no_promise(page, review);
    }
    if review.verdict == Verdict::Kept {
        return page.leaf("p", &[], "None is needed: today’s design holds.");
    }
    match (&review.smallest_set, &review.smallest_effect, &review.all_together) {
        (Some(set), Some(effect), _) => {
            page.within("p", &[], |it| {
                badge(it, review.verdict);
                it.text(" → ");
                badge(it, effect.verdict);
                it.text(" ");
                it.line(&achieved_cost(&achieved(review.verdict, effect)));
            });
            page.within("ol", &[], |page| {
                let members = review.mends.iter().filter(|it| in_set(set, &it.finding));
                for mend in members.take(MENDS) {
                    page.within("li", &[], |it| one(it, mend, part(review, mend, set)));
                }
            });
            let turns = turned(&effect.effects);
            if set.len() > 1 && chance(effect.score) && !turns.is_empty() {
                page.leaf("p", &[], &format!("Together: {turns}; bad requests not told apart."));
            }
            effects(page, "With the smallest set, beside today", &effect.effects);
            let mut text = format!("Over {}", plural(effect.replications as usize, "replication"));
            if let Some(short) = cut_short(review) {
                push(&mut text, format_args!("; {short}"));
            }
            page.leaf("p", &[("class", "dim")], &format!("{text}."));
        }
        (_, _, Some(all)) => {
            page.within("p", &[], |it| {
                it.within("strong", &[], |it| it.text("No set of these mends holds."));
                it.text(&format!(" With {} together: ", whole(review)));
                badge(it, all.verdict);
                if told(all.score, Unit::Count) {
                    let (verb, number) = avoided(all.score, all.at_least);
                    it.text(&format!(" {verb} {number} bad requests per 30 days."));
                }
                if let Some(open) = others_open(review) {
                    it.prose(&format!(" {open}."));
                }
            });
            let caption = format!("With {} mends, beside today", whole(review));
            effects(page, &caption, &all.effects);
        }
        _ => page.leaf("p", &[], "No finding carries a mechanical mend."),
    }
    for it in &review.decoupled {
        decoupled(page, review, it);
    }
    if let Some(line) = costs(review) {
        page.within("p", &[], |it| {
            it.leaf("strong", &[], "Cost: ");
            it.line(&line);
            it.text(".");
        });
    }
}

/// What holds if nothing waits for what is hurt.
fn decoupled(page: &mut Markup, review: &Review, it: &Decoupled) {
    let title = without_title(it);
    page.leaf("h3", &[], &title);
    page.within("p", &[], |page| {
        badge(page, review.verdict);
        page.text(" → ");
        badge(page, it.effect.verdict);
        page.text(" ");
        page.line(&without(it));
        page.prose(&format!("; {WITHOUT}."));
    });
    effects(page, &format!("{title}, beside today"), &it.effect.effects);
}

/// The last piece of `broken → kept  +$0.10/h`: the badges say the rest.
fn achieved_cost(line: &Line) -> Line {
    let cost = line.pieces().skip(3).map(|it| it.0.trim());
    Line::new().bold(cost.collect::<String>())
}

fn no_promise(page: &mut Markup, review: &Review) {
    page.leaf(
        "p",
        &[],
        "No promise is stated, so there is nothing to hold. State one, for example:",
    );
    let endpoint = an_endpoint(review);
    let name = endpoint.replace('.', "-");
    let example =
        format!("slos:\n  {name}: {{ endpoint: {endpoint}, availability: 99.9%, window: 30d }}");
    page.within("pre", &scroll("An example of a promise"), |it| {
        it.within("code", &[], |it| it.lines(&example));
    });
}

/// A mend in words: what it changes, what it does alone and beside the others, what it costs.
fn one(page: &mut Markup, mend: &Mend, part: Option<Line>) {
    page.line(&part.unwrap_or_else(|| words(mend)));
    page.text(": ");
    page.line(&outcome(mend, " bad requests per 30 days").append(beside(mend)).append(price(mend)));
    page.line(&replications(mend));
    page.text(".");
}

/// What a mend changes, without its rank.
fn words(mend: &Mend) -> Line {
    change(mend).without_first()
}

/// Promises today and mended, with their intervals.
fn effects(page: &mut Markup, caption: &str, effects: &[Effect]) {
    let shown = telling(effects);
    if shown.is_empty() {
        return;
    }
    let columns = [
        Column::text("Promise"),
        Column::text("Run"),
        Column::text(""),
        Column::text("Verdict"),
        Column::number("Bad requests"),
        Column::number("Latency"),
        Column::number("Recovered"),
    ];
    let mut rows = Vec::new();
    for it in shown {
        let name = Line::new().name(&it.slo);
        let run = Line::new().plain(run_name(it.scenario.as_deref()));
        let row = |when: &str, verdict, of: [Figure; 3]| {
            let [bad, p99, back] = of;
            vec![
                name.clone(),
                run.clone(),
                Line::new().dim(when),
                marked(verdict),
                known(bad, Unit::Count).into(),
                known(p99, Unit::Seconds).into(),
                known(back, Unit::Share).into(),
            ]
        };
        rows.push(row(
            "today",
            it.today,
            [it.bad_until_both.today, it.p99.today, it.recovered.today],
        ));
        if it.at_least
            && told(it.bad_until_both.today, Unit::Count)
            && let Some(bad) = rows.last_mut().and_then(|row| row.get_mut(4))
        {
            *bad = Line::from(AT_LEAST).append(bad.clone());
        }
        rows.push(row(
            "mended",
            it.mended,
            [it.bad_until_both.mended, it.p99.mended, it.recovered.mended],
        ));
    }
    table(page, caption, &columns, &rows);
}

fn known(it: Figure, unit: Unit) -> String {
    if it.is_none() { NOTHING.into() } else { figure(it, unit) }
}

/// What each further mend adds to the smallest set, or what each does alone if no set holds.
pub(super) fn further(page: &mut Markup, review: &Review, _: &Architecture) {
    if review.mends.is_empty() {
        return page.leaf("p", &[], "No finding carries a mechanical mend.");
    }
    if !adds(review) {
        page.leaf("p", &[], "There is no set to add to, so here is what each does alone.");
        return each(page, review);
    }
    page.leaf("p", &[], "To the smallest set, in bad requests per 30 days.");
    let rows: Vec<Vec<Line>> = review
        .further
        .iter()
        .take(FURTHER)
        .filter_map(|it| {
            let mend = review.mends.iter().find(|mend| mend.finding == it.finding)?;
            let price = added_price(it).without_first();
            Some(vec![mend.rank.to_string().into(), words(mend), addition(review, it), price])
        })
        .collect();
    let columns = [
        Column::number("Rank"),
        Column::wide("Change"),
        Column::wide("Beside the smallest set"),
        Column::number("Cost"),
    ];
    table(page, "Further mends, those first that avoid most", &columns, &rows);
    let more = review.further.len().saturating_sub(FURTHER);
    if more > 0 {
        let text = format!("And {more} more: --format json has all.");
        page.leaf("p", &[("class", "dim")], &text);
    }
    page.within("details", &[], |it| {
        it.leaf("summary", &[], "What each mend does alone");
        each(it, review);
    });
}

/// Every mend alone and beside the others: whiskers on one scale, and the words.
fn each(page: &mut Markup, review: &Review) {
    page.leaf(
        "p",
        &[],
        "Each mend alone beside today, and what is lost if it alone is left out of all together, in \
         bad requests avoided per 30 days. A mend that buys nothing, or harms, says so.",
    );
    let set = review.smallest_set.as_deref().unwrap_or_default();
    let (mends, rest): (Vec<&Mend>, Vec<&Mend>) =
        review.mends.iter().take(MENDS).partition(|it| it.outcome != MendOutcome::NotMeasured);
    let ends = mends.iter().flat_map(|it| [it.score, it.left_out]).flatten();
    // One hopeless interval must not flatten all others.
    let ends: Vec<f64> =
        ends.filter(|it| told(Some(*it), Unit::Count)).flat_map(|it| [it.low, it.high]).collect();
    let most = ends.iter().map(|it| it.abs()).fold(0.0, f64::max);
    let least = ends.iter().copied().fold(0.0, f64::min);
    let scale = Scale { low: if least < 0.0 { -most } else { -most * 0.06 }, high: most };
    let columns = [
        Column::number("Rank"),
        Column::wide("Change"),
        Column::text("Outcome"),
        Column::number("Alone"),
        Column::wide("Drawn: alone above, beside the others below"),
        Column::number("Beside the others"),
        Column::number("Cost"),
        Column::number("Replications"),
    ];
    cells(page, "Mends, the best first", &columns, mends.len(), &mut |page, row, column| {
        let mend = mends[row];
        match column {
            0 => page.text(&mend.rank.to_string()),
            1 => {
                page.line(&words(mend));
                if in_set(set, &mend.finding) {
                    page.text(" ");
                    page.leaf("span", &[("class", "dim")], "(in the smallest set)");
                }
            }
            2 => page.line(&word(mend)),
            3 => page.text(&alone(mend)),
            4 => whiskers(page, mend, &scale),
            5 => page.text(&known(mend.left_out, Unit::Count)),
            6 => page.line(&price(mend).without_first()),
            _ => page.text(&match mend.replications {
                0 => NOTHING.into(),
                runs => runs.to_string(),
            }),
        }
    });
    unmeasured(page, &rest);
    let more = review.mends.len().saturating_sub(MENDS);
    if more > 0 {
        let text = format!("And {more} more: --format json has all.");
        page.leaf("p", &[("class", "dim")], &text);
    }
}

/// Mends of which nothing is known but what they change.
fn unmeasured(page: &mut Markup, mends: &[&Mend]) {
    if mends.is_empty() {
        return;
    }
    let rows: Vec<Vec<Line>> =
        mends.iter().map(|it| vec![it.rank.to_string().into(), words(it)]).collect();
    page.within("details", &[], |it| {
        let text = format!("Not measured: {}", plural(mends.len(), "mend"));
        it.leaf("summary", &[], &text);
        let columns = [Column::number("Rank"), Column::wide("Change")];
        table(it, "Mends that were not measured", &columns, &rows);
    });
}

fn word(mend: &Mend) -> Line {
    let line = Line::new();
    match mend.outcome {
        MendOutcome::Helps => line.add("✓\u{a0}helps", Tone::Good),
        MendOutcome::Harms => line.add("✕\u{a0}harms", Tone::Bad),
        MendOutcome::NoDifference => line.plain("no\u{a0}difference"),
        MendOutcome::Undecided => line.add("?\u{a0}not\u{a0}told\u{a0}apart", Tone::Unsure),
        MendOutcome::NotMeasured => line.dim("not\u{a0}measured"),
    }
}

/// Requests across the width of a drawing.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn x(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low).max(1e-9);
        4.0 + share.clamp(0.0, 1.0) * 168.0
    }
}

/// Two intervals around zero.
fn whiskers(page: &mut Markup, mend: &Mend, scale: &Scale) {
    if scale.high <= 0.0 || (mend.score.is_none() && mend.left_out.is_none()) {
        return page.text(NOTHING);
    }
    // The numbers stand in the cells beside it.
    let svg = [("viewBox", "0 0 176 24"), ("class", "whisker"), ("aria-hidden", "true")];
    page.within("svg", &svg, |page| {
        let zero = format!("{:.1}", scale.x(0.0));
        let place = [("x1", zero.as_str()), ("x2", &zero), ("y1", "0"), ("y2", "24")];
        page.empty("line", &[&place[..], &[("class", "zero")]].concat());
        for (it, y) in [(mend.score, "8"), (mend.left_out, "17")] {
            let Some(it) = it.filter(|it| told(Some(*it), Unit::Count)) else { continue };
            let (low, high) =
                (format!("{:.1}", scale.x(it.low)), format!("{:.1}", scale.x(it.high)));
            let place = [("x1", low.as_str()), ("x2", &high), ("y1", y), ("y2", y)];
            page.empty("line", &[&place[..], &[("class", "bar")]].concat());
            let at = format!("{:.1}", scale.x(it.value));
            let place = [("cx", at.as_str()), ("cy", y), ("r", "3.6"), ("class", side(it))];
            page.empty("circle", &place);
        }
    });
}

fn side(it: Interval) -> &'static str {
    if it.low > 0.0 {
        "good"
    } else if it.high < 0.0 {
        "bad"
    } else {
        "none"
    }
}
