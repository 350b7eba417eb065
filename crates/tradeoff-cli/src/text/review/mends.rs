//! What mends buy, harm and cost.

use tradeoff::{
    results::{Figure, Interval, Verdict},
    review::report::{
        Decoupled, Difference, Effect, Further, Mend, MendOutcome, Review, SetEffect,
    },
};

use super::in_set;
use crate::text::figure::{
    NOTHING, UNTOLD, Unit, cost as usd, cost_difference, figure, told, value,
};
use crate::text::page::{Line, Page, Tone};
use crate::text::simulate::plural;
use crate::text::slos::{run_name, verdict_word};
use crate::text::table::Table;

/// Mends outside the smallest set that the first screen tells.
const FURTHER: usize = 4;
/// Effects that the first screen shows.
const EFFECTS: usize = 4;
/// Hours of a month.
const MONTH: f64 = 730.0;

/// The smallest set that holds, or why there is none.
pub(super) fn smallest_set(page: &mut Page, review: &Review) {
    if review.today.runs.iter().all(|run| run.slos.is_empty()) {
        page.heading("MENDS", Line::new());
        page.line("  no promise is stated, so there is nothing to hold. State one, for example:");
        page.line("    slos:");
        let endpoint = an_endpoint(review);
        let name = endpoint.replace('.', "-");
        let example =
            format!("      {name}: {{ endpoint: {endpoint}, availability: 99.9%, window: 30d }}");
        page.line(example);
        return page.line("  `tradeoff explain slo` tells each key");
    }
    match &review.smallest_set {
        Some(set) if set.is_empty() || review.verdict == Verdict::Kept => {
            page.heading("MENDS", Line::new());
            page.line("  none is needed: today's design holds");
        }
        Some(set) => holds(page, review, set),
        None if review.verdict == Verdict::Undecided => {
            page.heading("MENDS", Line::new());
            page.line("  none is needed for what was seen");
        }
        None => {
            none_holds(page, review);
            review.decoupled.iter().for_each(|it| decoupled(page, review, it));
        }
    }
}

/// An endpoint of the design that users ask for.
pub(crate) fn an_endpoint(review: &Review) -> &str {
    let asked = review.today.runs.first().and_then(|run| run.requests.keys().next());
    asked.and_then(|flow| flow.split_once('/')).map_or("order.place", |(_, endpoint)| endpoint)
}

/// What the smallest set is called.
pub(crate) fn smallest_set_title(review: &Review) -> &'static str {
    if is_open(review) { NOTHING_BROKEN } else { THAT_HOLDS }
}

pub(crate) const THAT_HOLDS: &str = "The smallest set of mends that holds";
pub(crate) const NOTHING_BROKEN: &str =
    "The smallest set of mends after which nothing is seen broken";

/// Whether the smallest set breaks nothing, but little traffic does not tell that it keeps all.
pub(crate) fn is_open(review: &Review) -> bool {
    review.smallest_effect.as_ref().is_some_and(|it| it.verdict != Verdict::Kept)
}

fn holds(page: &mut Page, review: &Review, set: &[String]) {
    let right = review.smallest_effect.as_ref().map(|effect| achieved(review.verdict, effect));
    page.heading(&smallest_set_title(review).to_uppercase(), right.unwrap_or_default());
    let members: Vec<&Mend> = review.mends.iter().filter(|it| in_set(set, &it.finding)).collect();
    if let Some(effect) = review.smallest_effect.as_ref().filter(|_| members.len() > 1) {
        let turns = turned(&effect.effects);
        if chance(effect.score) && !turns.is_empty() {
            page.hang(
                4,
                Line::new().plain("  ").bold(turns).plain("; bad requests not told apart"),
            );
        }
    }
    for mend in members {
        match part(review, mend, set) {
            Some(line) => {
                page.hang(5, Line::new().dim(format!("{:>3}  ", mend.rank)).append(line));
                needed(page, mend, set);
                let all = format!("     made at all {} it ", mend.findings.len());
                let line =
                    Line::new().plain(all).append(outcome(mend, " bad requests per 30 days"));
                page.hang(7, line.append(beside(mend)).append(price(mend)));
            }
            None => item(page, mend, " bad requests per 30 days"),
        }
    }
    if let Some(effect) = &review.smallest_effect {
        effects(page, effect);
    }
    if let Some(text) = cut_short(review) {
        page.line(Line::new().dim(format!("     {text}")));
    }
}

/// What is not known where the search for sets ended before it was through.
pub(crate) fn cut_short(review: &Review) -> Option<&'static str> {
    (!review.search_complete).then_some("the search was cut short: a smaller set may hold too")
}

fn none_holds(page: &mut Page, review: &Review) {
    let Some(all) = &review.all_together else {
        page.heading("MENDS", Line::new());
        return page.line("  no finding carries a mechanical mend");
    };
    page.heading("NO SET OF THESE MENDS HOLDS", achieved(review.verdict, all));
    let mends = whole(review);
    if told(all.score, Unit::Count) {
        let (verb, number) = avoided(all.score, all.at_least);
        let verb = verb.trim_end_matches('s');
        page.line(format!(
            "  {mends} together {verb} {number} bad requests per 30 days: it does not suffice"
        ));
    } else {
        let turns = turned(&all.effects);
        let turns = if turns.is_empty() { turns } else { format!(": {turns}") };
        page.hang(4, format!("  {mends} together do not suffice{turns}"));
        page.line("  how many bad requests they avoid or add cannot be told");
    }
    if let Some(text) = others_open(review) {
        page.line(format!("  {text}"));
    }
    effects(page, all);
}

/// `all 4` mends that were measured together, `4 of 5`.
pub(crate) fn whole(review: &Review) -> String {
    match (review.together.len(), review.mends.len()) {
        (some, all) if some == all => format!("all {all}"),
        (some, all) => format!("{some} of {all}"),
    }
}

/// What is said of mends that were not measured with the others.
pub(crate) fn others_open(review: &Review) -> Option<String> {
    let open = review.mends.len() - review.together.len();
    let text =
        format!("{} not measured with them and may do more: `--effort 2`", plural_were(open));
    (open > 0).then_some(text)
}

/// What holds if nobody waits for what is hurt.
fn decoupled(page: &mut Page, review: &Review, it: &Decoupled) {
    page.heading(&without_title(it).to_uppercase(), achieved(review.verdict, &it.effect));
    page.hang(4, Line::new().plain("  ").append(without(it)));
    if told(it.effect.score, Unit::Count) {
        let (verb, number) = avoided(it.effect.score, it.effect.at_least);
        page.hang(4, format!("  measured: {verb} {number} bad requests per 30 days"));
    }
    effects(page, &it.effect);
    page.hang(2, Line::new().dim(format!("  {WITHOUT}")));
}

/// `If nothing has to wait for mail-relay`.
pub(crate) fn without_title(it: &Decoupled) -> String {
    format!("If nothing has to wait for {}", it.hurt)
}

/// Which calls are made optional, and what they are given.
pub(crate) fn without(it: &Decoupled) -> Line {
    let timeout = it.patch.first().and_then(|edit| {
        let step = edit.value.as_ref()?.get("optional")?.get(0)?;
        step.get("policy")?.get("timeout")?.as_str()
    });
    let given = timeout.map_or_else(String::new, |it| format!(" given {it} and"));
    Line::new()
        .name(it.calls.join(", "))
        .plain(format!(": made `optional`,{given} tried once; or handed to a queue"))
}

/// Why `--fix` does not write it.
pub(crate) const WITHOUT: &str =
    "whether the answer may be missing is yours to say, so `--fix` leaves this to you";

/// `1 other was`, `3 others were`.
fn plural_were(count: usize) -> String {
    if count == 1 { "1 other was".to_owned() } else { format!("{count} others were") }
}

/// Of a mend at many places the change at the first of those that the smallest set needs, where it
/// does not need them all.
pub(crate) fn part(review: &Review, mend: &Mend, set: &[String]) -> Option<Line> {
    let needed: Vec<&String> = mend.findings.iter().filter(|it| set.contains(it)).collect();
    if needed.is_empty() || needed.len() == mend.findings.len() {
        return None;
    }
    let finding = review.check.findings.iter().find(|it| it.fingerprint == *needed[0])?;
    let more = match needed.len() - 1 {
        0 => String::new(),
        1 => "; likewise at one more place".to_owned(),
        more => format!("; likewise at {more} more places"),
    };
    Some(Line::new().name(&finding.subject).plain(format!(": {}{more}", finding.help)))
}

/// Of a mend at many places those that the smallest set needs, where it does not need them all.
fn needed(page: &mut Page, mend: &Mend, set: &[String]) {
    const SHOWN: usize = 3;
    let needed: Vec<&str> =
        mend.findings.iter().filter(|it| set.contains(it)).map(String::as_str).collect();
    let shown: Vec<&str> = needed
        .iter()
        .take(SHOWN)
        .map(|it| it.split_once(':').map_or(*it, |(_, subject)| subject))
        .collect();
    let more = needed.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (needed, all) = (needed.len(), mend.findings.len());
    let rule = mend.finding.split(':').next().unwrap_or_default();
    let places = shown.join(", ");
    let text = format!("     needed at {needed} of the {all} places of `{rule}`: {places}{more}");
    page.hang(7, Line::new().plain(text));
}

/// `broken → kept  +$0.10/h`.
pub(crate) fn achieved(today: Verdict, set: &SetEffect) -> Line {
    let line = from_to(today, set.verdict);
    match set.cost.difference {
        None => line,
        some => line.plain("  ").bold(cost_difference(some)),
    }
}

/// `broken → kept`.
pub(crate) fn from_to(today: Verdict, mended: Verdict) -> Line {
    let ((before, one), (after, other)) = (verdict_word(today), verdict_word(mended));
    let one = if today == mended { Tone::Plain } else { one };
    Line::new().add(before, one).plain(" → ").add(after, other)
}

/// `3  order.place->payment.charge: add a breaker`.
pub(crate) fn change(mend: &Mend) -> Line {
    let subject = mend.finding.split_once(':').map_or("", |(_, subject)| subject);
    let line = Line::new().dim(format!("{:>3}  ", mend.rank));
    if mend.change.contains(subject) {
        line.plain(&mend.change)
    } else {
        line.name(subject).plain(": ").plain(&mend.change)
    }
}

/// One mend in words, and what it does.
fn item(page: &mut Page, mend: &Mend, unit: &str) {
    page.hang(5, change(mend));
    let line = Line::new().plain("     ").append(outcome(mend, unit));
    page.hang(7, line.append(beside(mend)).append(price(mend)));
}

/// Whether chance alone explains a score.
pub(crate) fn chance(score: Figure) -> bool {
    score.is_none_or(|it| it.low <= 0.0 && it.high >= 0.0) || !told(score, Unit::Count)
}

/// The verdicts and the returns that change for the better, in words: `place-order in
/// pricing-stall broken → kept, recovery 0 % → 100 %`.
pub(crate) fn turned(effects: &[Effect]) -> String {
    const SHOWN: usize = 2;
    let back = |it: &Effect| {
        let (today, mended) = (it.recovered.today?, it.recovered.mended?);
        (mended.low > today.high).then(|| pair(&it.recovered, Unit::Share))
    };
    let mut turned: Vec<&Effect> =
        effects.iter().filter(|it| it.mended < it.today || back(it).is_some()).collect();
    turned.sort_by_key(|it| (it.mended >= it.today, std::cmp::Reverse(it.today)));
    let words = turned.iter().take(SHOWN).map(|it| {
        let mut text = format!("{} in {}", it.slo, run_name(it.scenario.as_deref()));
        if it.mended < it.today {
            let words = [it.today, it.mended].map(|it| verdict_word(it).0);
            text = format!("{text} {}", words.join(" → "));
        }
        match back(it) {
            Some(back) => format!("{text}, recovery {back}"),
            None => text,
        }
    });
    let words: Vec<String> = words.collect();
    let more = turned.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    words.join("; ") + &more
}

/// What it costs, where that was measured.
pub(crate) fn price(mend: &Mend) -> Line {
    match mend.outcome {
        MendOutcome::NotMeasured => Line::new(),
        _ if mend.cost.difference.is_none() => Line::new(),
        _ => Line::new().dim("; ").plain(cost_difference(mend.cost.difference)),
    }
}

/// What a mend does where all others are made too: what is lost if it alone is left out.
pub(crate) fn beside(mend: &Mend) -> Line {
    let Some(lost) = mend.left_out else { return Line::new() };
    let line = Line::new().plain("; beside the others ");
    if lost.low > 0.0 || lost.high < 0.0 {
        let tone = if lost.low > 0.0 { Tone::Good } else { Tone::Bad };
        let (verb, number) = avoided(mend.left_out, false);
        line.add(verb, tone).plain(format!(" {number}"))
    } else if lost.value == 0.0 {
        line.plain("no difference")
    } else {
        line.plain("not told apart")
    }
}

/// Bad requests that a mend avoids alone: `>= 48,200 ± 900` beside a today that never recovered.
pub(crate) fn alone(mend: &Mend) -> String {
    match mend.score {
        None => NOTHING.into(),
        Some(it) if it.value < 0.0 => figure(mend.score, Unit::Count),
        some => avoided(some, mend.at_least).1,
    }
}

/// `avoids 48,200 ± 900`, or `adds` what it avoids less than nothing of; `>=` beside a today that
/// never recovered.
pub(crate) fn avoided(score: Figure, at_least: bool) -> (&'static str, String) {
    match score {
        Some(it) if it.value < 0.0 => ("adds", figure(negated(score), Unit::Count)),
        some if at_least && told(some, Unit::Count) => {
            ("avoids", format!("{AT_LEAST}{}", figure(some, Unit::Count)))
        }
        some => ("avoids", figure(some, Unit::Count)),
    }
}

/// What a mend does alone. Where its number of requests says little or speaks against it, the
/// verdicts and returns that it turns are said first.
pub(crate) fn outcome(mend: &Mend, unit: &str) -> Line {
    let (verb, number) = avoided(mend.score, mend.at_least);
    let counted = told(mend.score, Unit::Count);
    let number = if counted { format!(": {verb} {number}{unit}") } else { String::new() };
    let turns = turned(&mend.effects);
    let line = Line::new();
    match mend.outcome {
        MendOutcome::Helps => {
            let line = line.add("helps", Tone::Good);
            if !chance(mend.score) || turns.is_empty() {
                return line.plain(number);
            }
            let same = mend.score.is_some_and(|it| it.low == 0.0 && it.high == 0.0);
            let rest = if same {
                "as many bad requests as long as today is watched"
            } else {
                "bad requests not told apart"
            };
            line.plain(": ").bold(turns).plain(format!("; {rest}"))
        }
        MendOutcome::Harms => {
            let line = if turns.is_empty() { line } else { line.bold(turns).plain("; ") };
            line.add("harms", Tone::Bad).plain(number)
        }
        MendOutcome::NoDifference => line.plain("no difference seen"),
        MendOutcome::Undecided => {
            let line =
                if turns.is_empty() { line } else { line.bold(turns).plain("; bad requests ") };
            line.add("not told apart", Tone::Unsure).plain(" from today").plain(number)
        }
        MendOutcome::NotMeasured => line.dim("not measured"),
    }
}

fn negated(figure: Figure) -> Figure {
    figure.map(|it| Interval { value: -it.value, low: -it.high, high: -it.low })
}

/// Effects on promises that are changed or not kept, those that are turned first.
pub(crate) fn telling(effects: &[Effect]) -> Vec<&Effect> {
    let tells = |it: &&Effect| it.today != Verdict::Kept || moves(it);
    let mut shown: Vec<&Effect> = effects.iter().filter(tells).collect();
    shown.sort_by_key(|it| (it.today == it.mended, std::cmp::Reverse(it.today)));
    shown
}

/// Whether a promise has another verdict or other bad requests than today.
pub(crate) fn moves(it: &Effect) -> bool {
    it.today != it.mended || it.bad_until_both.difference.is_some_and(|it| it.value != 0.0)
}

/// Promises that a set changes, those that it turns first.
fn effects(page: &mut Page, set: &SetEffect) {
    let shown = telling(&set.effects);
    if shown.is_empty() {
        return;
    }
    let head = ["run", "SLO", "with it", ">bad requests", ">latency", ">recovered"];
    let mut table = Table::new(5, &head);
    for effect in shown.iter().take(EFFECTS) {
        table.row(effect_row(effect));
    }
    page.table(table);
    if shown.len() > EFFECTS {
        let more = plural(shown.len() - EFFECTS, "more effect");
        page.line(Line::new().dim(format!("     and {more} below")));
    }
}

/// A promise, its verdicts and its numbers, today and mended.
pub(crate) fn effect_row(effect: &Effect) -> Vec<Line> {
    vec![
        run_name(effect.scenario.as_deref()).into(),
        Line::new().name(&effect.slo),
        from_to(effect.today, effect.mended),
        lost(effect).into(),
        pair(&effect.p99, Unit::Seconds).into(),
        pair(&effect.recovered, Unit::Share).into(),
    ]
}

/// What stands before bad requests of a today that never recovered.
pub(crate) const AT_LEAST: &str = ">=\u{a0}";

/// Bad requests today and mended. Where today never comes back both are counted while it is
/// watched, so that one number for both says little.
fn lost(effect: &Effect) -> String {
    let bad = &effect.bad_until_both;
    let words = pair(bad, Unit::Count);
    match effect.at_least && told(bad.today, Unit::Count) {
        true if words.contains('→') => format!("{AT_LEAST}{words}"),
        true => format!("{AT_LEAST}{words} in both"),
        false => words,
    }
}

pub(crate) fn pair(it: &Difference, unit: Unit) -> String {
    if it.today.is_none() && it.mended.is_none() {
        return NOTHING.into();
    }
    if !told(it.today, unit) && !told(it.mended, unit) {
        return UNTOLD.into();
    }
    let value = |it: Figure| match it {
        some if told(some, unit) => value(some, unit),
        // Few are known to be few, though not how few.
        Some(it) if unit == Unit::Count && it.value >= 0.0 => {
            format!("<\u{a0}{}", libm::ceil(it.high) as u64 + 1)
        }
        _ => "?".into(),
    };
    let (today, mended) = (value(it.today), value(it.mended));
    if today == mended { today } else { format!("{today} → {mended}") }
}

/// What mends outside the smallest set do.
pub(super) fn further(page: &mut Page, review: &Review) {
    if adds(review) {
        return added(page, review);
    }
    let others = outside(review).count();
    if others == 0 {
        return;
    }
    let none = review.smallest_set.as_ref().is_none_or(Vec::is_empty);
    let title = if none { "EACH MEND ALONE" } else { "WHAT THE OTHER MENDS DO, ALONE" };
    page.heading(title, Line::new().dim("in bad requests per 30 days"));
    let (moving, idle) = shown(review);
    for mend in &moving {
        item(page, mend, "");
    }
    for mend in &idle {
        let line = change(mend).plain(": ").bold("no difference seen");
        page.hang(5, line.append(price(mend)));
    }
    let hidden = others - moving.len() - idle.len();
    if hidden > 0 {
        page.line(Line::new().dim(format!("     and {} below", plural(hidden, "more mend"))));
    }
}

/// Whether it is known what further mends add to a smallest set.
pub(crate) fn adds(review: &Review) -> bool {
    review.smallest_set.as_ref().is_some_and(|it| !it.is_empty()) && !review.further.is_empty()
}

/// What each further mend adds to the smallest set: those first that avoid most.
fn added(page: &mut Page, review: &Review) {
    page.heading(
        "WHAT EACH FURTHER MEND ADDS TO IT",
        Line::new().dim("in bad requests per 30 days"),
    );
    for further in review.further.iter().take(FURTHER) {
        let Some(mend) = review.mends.iter().find(|it| it.finding == further.finding) else {
            continue;
        };
        let line = Line::new().dim("  +  ").append(change(mend).without_first()).plain(": ");
        let line = line.append(addition(review, further)).append(added_price(further));
        let harms = mend.outcome == MendOutcome::Harms && further.outcome != MendOutcome::Harms;
        page.hang(5, if harms { line.plain("; ").add("alone it harms", Tone::Bad) } else { line });
    }
    let hidden = outside(review).count() - review.further.len().min(FURTHER);
    if hidden > 0 {
        page.line(Line::new().dim(format!("     and {} below", plural(hidden, "more mend"))));
    }
}

/// How much a difference within chance may be: `: avoids 8,500 or adds 14,300 at most`.
fn at_most(adds: Figure) -> String {
    let Some(it) = adds else { return String::new() };
    let one = |of: f64| value(Some(Interval { value: of, low: of, high: of }), Unit::Count);
    match (it.high.max(0.0), (-it.low).max(0.0)) {
        (avoids, adds) if avoids < 0.5 && adds < 0.5 => String::new(),
        (avoids, adds) if adds < 0.5 => format!(": avoids {} at most", one(avoids)),
        (avoids, adds) if avoids < 0.5 => format!(": adds {} at most", one(adds)),
        (avoids, adds) => format!(": avoids {} or adds {} at most", one(avoids), one(adds)),
    }
}

/// In which run one more mend does most of what it does.
fn most(further: &Further) -> Line {
    let told = matches!(further.outcome, MendOutcome::Helps | MendOutcome::Harms);
    match further.mostly.as_ref().filter(|_| told) {
        Some(run) => Line::new().plain(" in ").bold(run),
        None => Line::new(),
    }
}

/// What one more mend costs, where that is known.
pub(crate) fn added_price(further: &Further) -> Line {
    match further.cost {
        None => Line::new(),
        some => Line::new().dim("; ").plain(cost_difference(some)),
    }
}

/// What one more mend does.
pub(crate) fn addition(review: &Review, further: &Further) -> Line {
    let (verb, number) = avoided(further.adds, false);
    let line = Line::new();
    let line = match further.outcome {
        MendOutcome::Helps => line.add(verb, Tone::Good).plain(format!(" {number}")),
        MendOutcome::Harms => line.add("harms", Tone::Bad).plain(format!(": {verb} {number}")),
        MendOutcome::NoDifference => line.bold("no difference seen"),
        MendOutcome::Undecided => {
            line.add("not told apart", Tone::Unsure).plain(at_most(further.adds))
        }
        MendOutcome::NotMeasured => line.dim("not measured"),
    };
    let line = line.append(most(further));
    // Fewer replications than the set was given decide less, and break as much.
    let set = review.smallest_effect.as_ref();
    if further.verdict != Verdict::Broken || set.is_some_and(|it| it.verdict == Verdict::Broken) {
        return line;
    }
    let (word, tone) = verdict_word(further.verdict);
    line.plain("; with it the set is ").add(word, tone)
}

/// Mends that are not in the smallest set.
fn outside(review: &Review) -> impl Iterator<Item = &Mend> {
    let set = review.smallest_set.as_deref().unwrap_or_default();
    review.mends.iter().filter(move |it| !in_set(set, &it.finding))
}

/// Those of them that the first screen tells: first what moves something, then what does not.
fn shown(review: &Review) -> (Vec<&Mend>, Vec<&Mend>) {
    let idle = |it: &&Mend| it.outcome == MendOutcome::NoDifference;
    let moving: Vec<&Mend> = outside(review).filter(|it| !idle(it)).take(FURTHER).collect();
    let left = FURTHER.saturating_sub(moving.len()).max(1);
    (moving, outside(review).filter(idle).take(left).collect())
}

/// Whether the first screen told what a mend changes and does.
pub(super) fn is_told(review: &Review, mend: &Mend) -> bool {
    let set = review.smallest_set.as_deref().unwrap_or_default();
    if in_set(set, &mend.finding) {
        return true;
    }
    if adds(review) {
        return review.further.iter().take(FURTHER).any(|it| it.finding == mend.finding);
    }
    let (moving, idle) = shown(review);
    moving.iter().chain(&idle).any(|it| it.finding == mend.finding)
}

/// What it costs today, with the smallest set and with all mends.
pub(super) fn cost(page: &mut Page, review: &Review) {
    let Some(line) = costs(review) else { return };
    page.heading("COST", Line::new());
    page.hang(8, Line::new().plain("  ").append(line));
}

/// The costs in a line; `None` if nothing is compared.
pub(crate) fn costs(review: &Review) -> Option<Line> {
    let of = |effect: &Option<SetEffect>| effect.as_ref().map(|it| it.cost);
    let (smallest, all) = (of(&review.smallest_effect), of(&review.all_together));
    let known = smallest.or(all)?;
    if known.today.is_none() {
        return Some("not stated: give each service and store a `cost` such as `$0.10/h`".into());
    }
    let mut line = Line::new().plain("today ").bold(usd(known.today));
    let all_of_them = format!("{} mends", whole(review));
    let smallest =
        smallest.filter(|_| review.smallest_set.as_ref().is_some_and(|it| !it.is_empty()));
    for (label, cost) in [("the smallest set", smallest), (all_of_them.as_str(), all)] {
        let Some(cost) = cost else { continue };
        line = line.plain(format!("; with {label} ")).bold(usd(cost.mended));
        let same = cost.difference.is_some_and(|it| it.abs() < 0.000_05);
        let difference = cost_difference(cost.difference);
        line = line.plain(if same { " (no change".into() } else { format!(" ({difference}") });
        if let Some(difference) = cost.difference.filter(|it| it.abs() >= 0.000_05) {
            let sign = if difference < 0.0 { "-" } else { "+" };
            line = line.plain(format!(", {sign}${:.0} a month", difference.abs() * MONTH));
        }
        line = line.plain(")");
    }
    Some(line)
}
