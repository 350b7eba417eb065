//! What an architecture records of its decisions, and what it should: a row for each topic.

use tradeoff::decide::{Decide, Record, State, catalogue, topic};

use super::{recorded_otherwise, short_list};
use crate::text::Look;
use crate::text::page::{Line, Page, Tone};
use crate::text::table::Table;

/// Under which heading a topic stands: that of its worst part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Contradicted,
    Missing,
    Agreed,
    NotJudged,
}

const GROUPS: [(Group, &str, &str); 4] = [
    (Group::Contradicted, "contradicted", "the facts speak against what is recorded"),
    (Group::Missing, "missing", "it arises here and nothing is recorded, or a fact is missing"),
    (Group::Agreed, "agreed", "the facts answer what is recorded, or nothing speaks against it"),
    (Group::NotJudged, "not judged", "it is no topic here, or chose what its topic does not have"),
];

const fn group(state: State) -> Group {
    match state {
        State::Contradicted => Group::Contradicted,
        State::Missing | State::Open => Group::Missing,
        State::Allowed | State::Agreed => Group::Agreed,
        State::Unknown => Group::NotJudged,
    }
}

/// What is implied and recorded, the worst first.
pub(crate) fn records(report: &Decide, look: Look) -> String {
    let mut page = Page::within(look);
    let topics = by_topic(&report.records);
    let worst = |records: &[&Record]| records.iter().map(|it| group(it.state)).min();
    let of = |group| topics.iter().filter(move |it| worst(it) == Some(group));
    let counts = GROUPS.iter().filter(|it| of(it.0).count() > 0);
    let counts: Vec<String> = counts.map(|it| format!("{} {}", of(it.0).count(), it.1)).collect();
    let counts = if counts.is_empty() { "no decisions".into() } else { counts.join(", ") };
    let name = report.name.as_deref().unwrap_or_default();
    page.hang(2, Line::new().bold(name).plain(format!(": {counts}")));
    for (group, word, means) in GROUPS {
        if of(group).count() == 0 {
            continue;
        }
        page.blank();
        page.hang(2, Line::new().bold(word.to_uppercase()).dim(format!(": {means}")));
        let mut table = Table::new(2, &["", ""]);
        for records in of(group) {
            let topic = records.first().map_or("", |it| it.topic.as_str());
            table.row(vec![Line::new().name(topic), row(records)]);
        }
        page.table(table);
    }
    page.blank();
    if of(Group::Missing).count() > 0 {
        let help = "`tradeoff decide TOPIC PATH` asks for what is missing and tells why; with `--adr` \
                    it is recorded";
        page.hang(2, Line::new().dim(help));
    }
    let raised = topics.iter().filter(|it| it.iter().any(|it| it.subject.is_some())).count();
    let rest = catalogue().len().saturating_sub(raised);
    let help = format!("{rest} topics do not arise here: `tradeoff decide PATH` lists them");
    page.hang(2, Line::new().dim(help));
    page.finish()
}

/// The records of each topic, in the order of the report.
fn by_topic(records: &[Record]) -> Vec<Vec<&Record>> {
    let mut topics: Vec<Vec<&Record>> = Vec::new();
    for it in records {
        match topics.iter_mut().find(|that| that.first().is_some_and(|that| that.topic == it.topic))
        {
            Some(topic) => topic.push(it),
            None => topics.push(vec![it]),
        }
    }
    topics
}

/// Everything that is said of the parts of a topic: parts of which the same is said stand together.
fn row(records: &[&Record]) -> Line {
    let mut said: Vec<(Line, Vec<&str>)> = Vec::new();
    for it in records {
        let part = it.subject.as_deref().or(it.decision.as_deref()).unwrap_or_default();
        let line = said_of(it);
        match said.iter_mut().find(|that| that.0 == line) {
            Some(that) => that.1.push(part),
            None => said.push((line, vec![part])),
        }
    }
    // The rarest says most.
    said.sort_by_key(|it| it.1.len());
    let alone = said.len() == 1;
    let mut row = Line::new();
    for (nth, (line, parts)) in said.into_iter().enumerate() {
        if nth > 0 {
            row = row.plain("; ");
        }
        let all = alone && parts.len() == records.len();
        row = row.append(line);
        if !(all && parts.len() == 1) {
            row = row.dim(format!(" ({})", short_list(&parts, records.len())));
        }
    }
    match (alone, records.first().and_then(|it| title(it))) {
        (true, Some(title)) => row.dim(format!(": {title}")),
        _ => row,
    }
}

/// What an answer that is not recorded is, in words.
fn title(it: &Record) -> Option<&'static str> {
    let answer = it.answer.filter(|_| it.state == State::Missing)?;
    Some(topic(&it.topic)?.option(answer)?.title)
}

/// How one part stands.
fn said_of(it: &Record) -> Line {
    let chosen = it.chosen.as_deref().unwrap_or_default();
    let proposed = if it.proposed { ", proposed" } else { "" };
    match it.state {
        State::Missing => match (it.answer, it.decides) {
            (Some(answer), _) => Line::new().add(answer, Tone::Good),
            (None, Some(decides)) => asks(&it.topic, decides),
            (None, None) => Line::new().add("nothing fits", Tone::Bad),
        },
        State::Open => {
            let line = Line::new().plain(format!("{chosen} is recorded; "));
            line.append(asks(&it.topic, it.decides.unwrap_or_default()))
        }
        State::Agreed => {
            let why = if it.why.is_empty() { String::new() } else { format!(": {}", it.why) };
            Line::new().add(chosen, Tone::Good).plain(proposed).dim(why)
        }
        State::Allowed | State::Unknown => {
            Line::new().plain(chosen).dim(format!("{proposed}: {}", it.why))
        }
        State::Contradicted => {
            let answer =
                it.answer.map_or("nothing fits".into(), |it| format!("{it} is the answer"));
            let line = Line::new().add(chosen, Tone::Bad).plain(format!(" is recorded, {answer}"));
            line.dim(format!(": {}", recorded_otherwise(it)))
        }
    }
}

/// The one fact that would decide.
fn asks(id: &str, fact: &str) -> Line {
    let question = topic(id).and_then(|it| it.fact(fact)).map_or("", |it| it.question);
    Line::new().add(fact, Tone::Unsure).plain(format!(" decides: {question}"))
}
