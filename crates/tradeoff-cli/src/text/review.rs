//! A review as people read it: the first screen answers, the rest shows what it rests on.

pub(crate) mod details;
pub(crate) mod flips;
pub(crate) mod mends;

use std::collections::BTreeMap;

use tradeoff::{
    check::{FindingReport, Place},
    results::{AssumptionUsed, Figure, Interval, Run, Simulation, Slo, Verdict},
    review::report::{Cause, Headroom, Mend, MendOutcome, Review},
};

use super::Look;
use super::figure::{UNTOLD, Unit, figure, told};
use super::page::{GLUE, Line, Page, Tone};
use super::simulate::{NOT_TRIED, footer, not_moved, plural, title};
use super::slos::{self, bad, run_name, verdict, verdict_word};
use super::{assumed, horizon, observed};

/// Runs that the first screen tells in full.
const RUNS: usize = 2;
/// Findings whose arithmetic the first screen shows.
const REASONS: usize = 2;
/// Chains to what is hurt that it shows.
const CAUSES: usize = 2;

/// The page of a review.
pub(crate) fn review(review: &Review, look: impl Into<Look>) -> String {
    let look = look.into();
    let mut page = Page::new(look.color);
    page.line(title(&review.today.name, review.verdict, &review.today));
    headroom(&mut page, review);
    breaks(&mut page, review);
    reasons(&mut page, review);
    mends::smallest_set(&mut page, review);
    mends::further(&mut page, review);
    mends::cost(&mut page, review);
    flips::flips(&mut page, review);
    horizon::horizon(&mut page, review.horizon.as_ref(), look);
    assumed(&mut page, review);
    observed::observed(&mut page, &review.today);
    not_moved(&mut page, &review.today.not_moved);
    words(&mut page, review);
    details::details(&mut page, review, look);
    footer(&mut page, &review.today);
    page.finish()
}

/// Words and signs that need a meaning where they stand, with it.
pub(crate) fn meanings(review: &Review) -> [(&'static str, String); 5] {
    let most = review.looks.last().copied().unwrap_or(review.today.replications);
    [
        (
            "undecided",
            format!(
                "too little was seen to call it kept or broken; --replications {} may decide it",
                4 * most
            ),
        ),
        ("not told apart", "the difference is within chance".into()),
        ("no difference", "as many bad requests in every replication".into()),
        (
            "–",
            "no figure: it lies among the failed, too few requests reach it, or none was taken"
                .into(),
        ),
        ("?", "too few bad requests to tell how many".into()),
    ]
}

/// What the words and signs mean that stand on the first screen.
fn words(page: &mut Page, review: &Review) {
    let stands = |word: &str| match word {
        "–" => page.says(" – "),
        "?" => page.says(" ? →") || page.says("→ ? "),
        word => page.says(word),
    };
    let told: Vec<_> = meanings(review).into_iter().filter(|it| stands(it.0)).collect();
    if told.is_empty() {
        return;
    }
    let widest = told.iter().map(|it| it.0.chars().count()).max().unwrap_or(0);
    page.heading("WORDS", Line::new());
    for (word, meaning) in told {
        let line = Line::new().plain("  ").bold(word).to(widest + 4);
        page.hang(widest + 4, line.dim(meaning));
    }
}

fn headroom(page: &mut Page, review: &Review) {
    let Some(headroom) = &review.headroom else { return };
    if !told(headroom.load_factor, Unit::Times) {
        return page.line("  headroom: how far the load may grow cannot be told");
    }
    let Headroom { load_factor, first_broken } = headroom;
    page.line(format!("  headroom: {}", headroom_words(*load_factor, first_broken.as_deref())));
}

/// `3.7x`, and `place-order is broken at 4.56x`.
pub(crate) fn headroom_ends(headroom: &Headroom) -> (String, String) {
    let Some(it) = headroom.load_factor else { return (UNTOLD.into(), String::new()) };
    if it.high.is_infinite() {
        return (figure(Some(it), Unit::Times), "nothing is seen broken".into());
    }
    let first = headroom.first_broken.as_deref().unwrap_or("a promise");
    (times(it.low), format!("{first} is broken at {}", times(it.high)))
}

fn times(of: f64) -> String {
    figure(Some(Interval { value: of, low: of, high: of }), Unit::Times)
}

/// How far the load may grow, in words.
pub(crate) fn headroom_words(factor: Figure, first: Option<&str>) -> String {
    let Some(it) = factor else { return String::new() };
    if it.high.is_infinite() {
        return format!(
            "nothing is seen broken up to {} today's load, without events",
            times(it.low)
        );
    }
    let first = first.unwrap_or("a promise");
    let (low, high) = (times(it.low), times(it.high));
    if it.high <= 1.0 {
        return format!(
            "today's load is too much: {first} is broken at {high} of it without events, nothing is \
             seen broken at {low}"
        );
    }
    format!("kept up to {low} today's load, without events; {first} is broken at {high}")
}

/// Promises of a run that are not kept, the worst first.
pub(crate) fn failing(run: &Run) -> Vec<(&String, &Slo)> {
    let mut slos: Vec<_> = run.slos.iter().filter(|it| it.1.verdict != Verdict::Kept).collect();
    slos.sort_by_key(|it| std::cmp::Reverse(it.1.verdict));
    slos
}

/// How bad a run is: broken before undecided, then by bad requests.
pub(crate) fn badness(run: &Run) -> (Verdict, f64) {
    let worst = run.slos.values().map(|it| it.verdict).max().unwrap_or(Verdict::Kept);
    let bad = run.slos.values().filter_map(|it| it.bad_per_occurrence).map(|it| it.value);
    (worst, bad.fold(0.0, f64::max))
}

/// Runs with a promise that is not kept, the worst first.
pub(crate) fn troubled(today: &Simulation) -> Vec<&Run> {
    let mut runs: Vec<&Run> = today.runs.iter().filter(|run| !failing(run).is_empty()).collect();
    runs.sort_by(|a, b| {
        let (one, other) = (badness(a), badness(b));
        other.0.cmp(&one.0).then(other.1.total_cmp(&one.1))
    });
    runs
}

fn breaks(page: &mut Page, review: &Review) {
    let today = &review.today;
    let runs = troubled(today);
    if runs.is_empty() {
        page.heading("WHAT BREAKS", Line::new());
        let scenarios = today.runs.iter().filter(|it| it.scenario.is_some()).count();
        let promised = today.runs.iter().any(|it| !it.slos.is_empty());
        let text = if promised {
            let scenarios = plural(scenarios, "scenario");
            format!("  nothing: every promise is kept in the baseline and in {scenarios}")
        } else {
            "  nothing can: no SLO is stated".into()
        };
        return page.line(text);
    }
    let broken = runs.iter().any(|run| badness(run).0 == Verdict::Broken);
    page.heading(if broken { "WHAT BREAKS" } else { "WHAT IS NOT DECIDED" }, Line::new());
    // What is not decided does not break: it is told beside what does.
    let told = |run: &&&Run| !broken || badness(run).0 == Verdict::Broken;
    let full = runs.iter().take(RUNS).filter(told).count();
    for run in runs.iter().take(full) {
        broken_run(page, run, today.replications);
    }
    let rest: Vec<Line> = runs.iter().skip(full).map(|run| in_short(run)).collect();
    if !rest.is_empty() {
        let mut line = Line::new().dim("  also  ");
        for (nth, it) in rest.into_iter().enumerate() {
            line = line.plain(if nth == 0 { "" } else { "; " }).append(it);
        }
        page.hang(8, line);
    }
    if !broken {
        let more = 4 * today.replications;
        let text = format!("  more replications may decide it: --replications {more}");
        page.line(Line::new().dim(text));
    }
}

/// `, 4 times a month`; nothing of what happens once.
pub(crate) fn often(run: &Run) -> String {
    let often = run.per_month.filter(|it| (it - 1.0).abs() > f64::EPSILON);
    often.map_or_else(String::new, |it| format!(", {it} times a month"))
}

fn broken_run(page: &mut Page, run: &Run, replications: u32) {
    let name = run_name(run.scenario.as_deref());
    page.line(Line::new().plain("  ").bold(name).dim(often(run)));
    if let Some(recovery) = &run.recovery {
        let line = Line::new().plain("    ").append(slos::recovered(recovery));
        page.hang(
            8,
            match &recovery.r#loop {
                Some(found) => line.plain(": ").append(slos::sustained(found)),
                None => line,
            },
        );
    }
    let (broken, undecided): (Vec<_>, Vec<_>) =
        failing(run).into_iter().partition(|it| it.1.verdict == Verdict::Broken);
    let (full, short) = if broken.is_empty() { (undecided, broken) } else { (broken, undecided) };
    for (name, slo) in full {
        let line = Line::new().plain("    ").name(name).plain(" is ").append(verdict(slo.verdict));
        page.hang(8, line.plain(": ").append(numbers(run, slo, replications)));
    }
    if !short.is_empty() {
        page.hang(8, listed(Line::new().plain("    "), &short));
    }
}

/// Target, measured and bad requests of a promise.
pub(crate) fn numbers(run: &Run, slo: &Slo, replications: u32) -> Line {
    let seen = slos::meanwhile(slo).join("; ");
    if run.scenario.is_none() {
        return seen.into();
    }
    let line = Line::new().plain(format!("{}; ", slos::decided(run, slo)));
    let line = line.bold(bad(slo, replications));
    if seen.is_empty() { line } else { line.plain(format!("; during the measurement: {seen}")) }
}

fn in_short(run: &Run) -> Line {
    let line = Line::new().bold(run_name(run.scenario.as_deref())).plain(" (");
    listed(line, &failing(run)).plain(")")
}

/// Promises with their verdicts and what they use of their budgets.
fn listed(mut line: Line, slos: &[(&String, &Slo)]) -> Line {
    for (nth, (name, slo)) in slos.iter().enumerate() {
        let (word, tone) = verdict_word(slo.verdict);
        line = line.plain(if nth == 0 { "" } else { "; " }).name(name).plain(" is ");
        line = line.add(word, tone);
        if slo.budget_used.is_some() {
            line = line.plain(format!(", {} of its budget", figure(slo.budget_used, Unit::Share)));
        }
    }
    line
}

/// The findings that lead to what breaks: those whose mends hold, else those that help, else the
/// worst.
pub(crate) fn leading(review: &Review) -> Vec<&FindingReport> {
    let set = review.smallest_set.as_deref().unwrap_or_default();
    let helps = |it: &&Mend| it.outcome == MendOutcome::Helps && !in_set(set, &it.finding);
    let helps = review.mends.iter().filter(helps);
    let mut wanted: Vec<&str> = Vec::new();
    wanted.extend(review.mends.iter().map(|it| it.finding.as_str()).filter(|it| in_set(set, it)));
    wanted.extend(set.iter().map(String::as_str));
    // Of a rule that is mended at many places the first stands for all.
    wanted.extend(helps.filter_map(|it| it.findings.first()).map(String::as_str));
    let find = |it: &&str| review.check.findings.iter().find(|finding| finding.fingerprint == **it);
    let mut found: Vec<&FindingReport> = wanted.iter().filter_map(find).collect();
    if found.is_empty() {
        let open = review.check.findings.iter().filter(|it| it.suppressed.is_none());
        found = open.filter(|it| it.severity == "error").collect();
    }
    let mut seen: Vec<&str> = Vec::new();
    found.retain(|it| {
        let new = !seen.contains(&it.fingerprint.as_str());
        seen.push(&it.fingerprint);
        new
    });
    found
}

/// Whether a set has a mend or, of a rule that is mended at many places, some of them.
pub(crate) fn in_set(set: &[String], finding: &str) -> bool {
    set.iter().any(|it| it.split_once(':').is_some_and(|it| it.0 == finding) || it == finding)
}

/// Why nothing is broken and yet not every promise is kept.
pub(crate) const TOO_LITTLE: &str = "nothing is seen broken; too few requests were seen to call every promise kept: of n without \
                                     a bad one up to 3/n may be";

/// A promise that waits for what events hurt, and the scenarios in which they do.
pub(crate) struct Waits<'a> {
    cause: &'a Cause,
    scenarios: Vec<&'a str>,
    /// What a rule says of the chain.
    pub(crate) finding: Option<&'a FindingReport>,
}

impl Waits<'_> {
    /// `` `order.place` waits for `mail`, which mail-slow hurts ``.
    pub(crate) fn sentence(&self) -> Line {
        let Cause { endpoint, hurt, shares, .. } = self.cause;
        let verb = if self.scenarios.len() == 1 { "hurts" } else { "hurt" };
        let scenarios = self.scenarios.join(" and ");
        let line = Line::new().name(endpoint);
        let line = match shares {
            None => line.plain(" waits for "),
            Some(it) => {
                let keeps =
                    if it.connection { "keeps a connection of it" } else { "keeps its slots" };
                let line = line.plain(" shares ").name(&it.what).plain(" with ").name(&it.with);
                line.plain(format!(", which {keeps} while it waits for "))
            }
        };
        line.name(hurt).plain(format!(", which {scenarios} {verb}"))
    }

    /// `order -> payment -> mail`; `None` of a call without anything between.
    pub(crate) fn links(&self) -> Option<String> {
        (self.cause.chain.len() > 2).then(|| self.cause.chain.join(" -> "))
    }
}

/// What broken promises wait for, the worst runs first; each chain once.
pub(crate) fn causes(review: &Review) -> Vec<Waits<'_>> {
    let mut found: Vec<Waits<'_>> = Vec::new();
    for run in troubled(&review.today) {
        let of = |it: &&Cause| Some(&it.scenario) == run.scenario.as_ref();
        for cause in review.causes.iter().filter(of) {
            let same = |it: &&mut Waits<'_>| {
                it.cause.chain == cause.chain && it.cause.endpoint == cause.endpoint
            };
            match found.iter_mut().find(same) {
                Some(known) if known.scenarios.contains(&cause.scenario.as_str()) => {}
                Some(known) => known.scenarios.push(&cause.scenario),
                None => {
                    found.push(Waits {
                        cause,
                        scenarios: vec![&cause.scenario],
                        finding: review.check.findings.iter().find(|it| {
                            it.rule == "sync-chain-depth" && it.subject == cause.chain[0]
                        }),
                    });
                }
            }
        }
    }
    found
}

fn reasons(page: &mut Page, review: &Review) {
    if review.verdict == Verdict::Kept {
        return;
    }
    page.heading("WHY", Line::new());
    if review.verdict == Verdict::Undecided {
        return page.hang(2, format!("  {TOO_LITTLE}"));
    }
    let found = leading(review);
    let causes = causes(review);
    for cause in causes.iter().take(CAUSES) {
        page.hang(4, Line::new().plain("  ").append(cause.sentence()));
        if let Some(links) = cause.links() {
            let links = Line::new().plain("    ").bold(links).plain(": every call has to succeed");
            page.hang(
                6,
                match cause.finding {
                    Some(it) => links.dim(format!("  {},{GLUE}{}", it.rule, line_of(&it.at))),
                    None => links,
                },
            );
        }
    }
    if found.is_empty() && causes.is_empty() {
        return page.line("  no rule knows: look at the busiest resources below");
    }
    for finding in found.iter().take(REASONS) {
        let message = Line::new().plain("  ").plain(&finding.message);
        page.hang(4, message.dim(format!("  {},{GLUE}{}", finding.rule, line_of(&finding.at))));
        if let Some(arithmetic) = &finding.arithmetic {
            page.hang(6, Line::new().plain("    ").bold(&arithmetic.text));
        }
    }
    if found.len() > REASONS {
        let more = plural(found.len() - REASONS, "more finding");
        page.line(Line::new().dim(format!("  and {more} whose mends help, below")));
    }
}

/// `order.yaml:31`: the details below have the folder and the column.
pub(crate) fn line_of(at: &Place) -> String {
    let name = at.file.rsplit(['/', '\\']).next().unwrap_or(&at.file);
    format!("{name}:{}", at.line)
}

/// The defaults that matter, and how many others there are.
fn assumed(page: &mut Page, review: &Review) {
    const SHOWN: usize = 4;
    const KINDS: usize = 8;
    let assumptions = &review.today.assumptions;
    if assumptions.is_empty() {
        return;
    }
    let moving: Vec<&AssumptionUsed> =
        assumptions.iter().filter(|it| it.moves_verdict == Some(true)).collect();
    page.heading("ASSUMED", Line::new());
    if let Some(share) = review.holds_at_spend {
        let line = Line::new().plain("  ").name("spend").plain(" decides: with ");
        page.line(line.add(format!("{:.0}%", share * 100.0), Tone::Bad).plain(" nothing breaks"));
    }
    let moving = moving.into_iter().filter(|it| !assumed::is_spend(it));
    for it in moving.take(SHOWN) {
        let line = Line::new().plain("  ").name(&it.path).plain(format!(" is {}: ", it.value));
        page.line(line.add("another value moves the verdict", Tone::Bad));
    }
    let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (ranges, rest): (Vec<_>, Vec<_>) = assumptions
        .iter()
        .filter(|it| it.moves_verdict != Some(true) || assumed::is_spend(it))
        .partition(|it| assumed::is_middle(it));
    let number = assumptions.len() - ranges.len();
    assumed::middles(page, &ranges);
    for it in rest {
        let key = it.path.rsplit_once('.').map_or(it.path.as_str(), |(_, key)| key);
        *kinds.entry((key, &it.value)).or_default() += 1;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by(|a, b| {
        let weight = |it: &((&str, &str), usize)| (weight(it.0), std::cmp::Reverse(it.1));
        weight(a).cmp(&weight(b)).then(a.0.cmp(&b.0))
    });
    let words: Vec<String> = kinds
        .iter()
        .take(KINDS)
        .map(|((key, value), number)| match number {
            1 => format!("{key}{GLUE}{value}"),
            _ => format!("{key}{GLUE}{value}{GLUE}({number}{GLUE}times)"),
        })
        .collect();
    let more = kinds.len().saturating_sub(KINDS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if !words.is_empty() {
        page.hang(4, format!("  {}{more}", words.join(", ")));
    }
    let all = plural(number, "default");
    let tried = tried(review, "WHERE THE VERDICT FLIPS");
    let text = format!("  {all} that the file does not state, each with its place below; {tried}");
    page.hang(2, Line::new().dim(text));
}

/// Which defaults were held against other values; `flips` is the heading under which those are.
pub(crate) fn tried(review: &Review, flips: &str) -> String {
    // Those from ranges are told apart from what the file does not state at all.
    let tried = review.today.assumptions.iter().filter(|it| it.moves_verdict.is_some());
    let moved = |it: &&AssumptionUsed| !assumed::is_middle(it) && !assumed::is_spend(it);
    let tried = tried.filter(moved).count();
    match (tried, flips::whose(review)) {
        (0, Some(_)) if review.holds_at_spend.is_some() => {
            format!(
                "but for `spend` none was tried at another value: {flips} has the numbers that were"
            )
        }
        (0, None) => NOT_TRIED.into(),
        (0, Some(_)) => {
            format!("none of them was tried at another value: {flips} has the numbers that were")
        }
        (n, _) => format!("{n} of them tried, see {flips}"),
    }
}

/// What a default is likely to hide: bounds that are missing first, then times, then the rest.
fn weight((key, value): (&str, &str)) -> u8 {
    match (key, value) {
        (_, "unlimited") => 0,
        (_, stub) if stub.starts_with("a stub") => 0,
        ("network" | "patience" | "timeout" | "budget" | "wait" | "replicas", _) => 1,
        _ => 2,
    }
}
