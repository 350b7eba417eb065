//! What a session says between two answers.

use tradeoff::Diagnostic;
use tradeoff::decide::{Decision, Fact, Question, Topic};

use super::verdict;
use crate::text::Look;
use crate::text::page::{Line, Page, Tone};

/// What is decided, what is known already, and how to answer.
pub(crate) fn opening(
    topic: &Topic,
    known: &Decision,
    questions: &[Question],
    figures: &[&Fact],
    look: Look,
) -> String {
    let mut page = Page::within(look);
    page.hang(2, Line::new().bold(topic.title));
    for fact in known.facts.iter().filter(|it| !matches!(it.origin, "missing" | "assumed")) {
        let text = fact.text.as_deref().unwrap_or_default();
        let from = super::origin(fact);
        let line = Line::new().dim("  known ").name(fact.fact).plain(format!(" = {text}"));
        page.hang(4, line.dim(format!("  {from}")));
    }
    if !questions.is_empty() {
        let help = "  Enter: the default, or not known; ?: why it matters; back: the question \
                    before; fact=value: correct one; done: stop asking";
        page.hang(2, Line::new().dim(help));
    }
    if !figures.is_empty() {
        let names: Vec<&str> = figures.iter().map(|it| it.name).collect();
        let help = "  not asked, since they only change figures (fact=value sets them): ";
        page.hang(4, Line::new().dim(help).plain(names.join(", ")));
    }
    page.hang(2, so_far(known));
    page.finish()
}

fn so_far(it: &Decision) -> Line {
    Line::new().dim("  so far: ").append(verdict(it))
}

/// The answer after what was said last.
pub(crate) fn running(it: &Decision, look: Look) -> String {
    let mut page = Page::within(look);
    let mut line = so_far(it);
    if let Some(decides) = it.open.as_ref().and_then(|it| it.decides) {
        line = line.dim(format!("; {decides} would decide most"));
    }
    page.hang(4, line);
    page.finish()
}

/// One question, with the room to answer it.
pub(crate) fn question(it: Question, at: usize, of: usize, look: Look) -> String {
    let mut page = Page::within(look);
    page.blank();
    let line = Line::new().dim(format!("{at}/{of} ")).bold(it.fact.question);
    page.hang(4, line);
    page.hang(4, Line::new().dim(format!("    {}: {}", it.fact.why, it.fact.source)));
    let default = it.default().map_or("not known".to_owned(), |it| format!("default {it}"));
    let expected = it.expected();
    page.hang(
        4,
        Line::new().plain("    ").name(it.fact.name).dim(format!(": {expected}; {default}")),
    );
    format!("\n{}> ", page.finish())
}

/// Why a fact matters.
pub(crate) fn reason(it: Question, look: Look) -> String {
    let mut page = Page::within(look);
    page.hang(4, Line::new().plain(format!("    {}", it.fact.why)));
    page.hang(4, Line::new().dim(format!("    source: {}", it.fact.source)));
    page.hang(4, Line::new().dim(format!("    it may be {}", it.expected())));
    page.finish()
}

/// After the last question.
pub(crate) fn correction(look: Look) -> String {
    let mut page = Page::within(look);
    let help = "Enter: this is it; back: the last question; fact=value: correct one";
    page.line(Line::new().dim(help));
    format!("\n{}> ", page.finish())
}

/// What is wrong with an answer; the question is asked again.
pub(crate) fn refused(it: &Diagnostic, look: Look) -> String {
    let mut page = Page::within(look);
    page.hang(4, Line::new().plain("  ").add(&it.message, Tone::Bad));
    if let Some(near) = &it.nearest {
        page.hang(4, Line::new().plain(format!("  did you mean `{near}`?")));
    } else if let Some(expected) = &it.expected {
        page.hang(4, Line::new().dim(format!("  expected {expected}")));
    }
    page.finish()
}

/// Which of several parts is meant.
pub(crate) fn which(names: &[String], look: Look) -> String {
    let mut page = Page::within(look);
    page.line("It arises at several parts. About which?");
    for (nth, name) in names.iter().enumerate() {
        page.line(format!("  {}  {name}", nth + 1));
    }
    format!("{}> ", page.finish())
}
