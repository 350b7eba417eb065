//! Pages of rules, keys and words for a terminal.

use tradeoff::decide;
use tradeoff::explain::{Topic, decisions, defaults, presets, rules, words};

use super::page::{Line, Page, Tone};
use super::table::Table;

/// Most keys of one name that are shown in full.
const KEYS: usize = 3;

/// The page of what a name means.
pub(crate) fn topics(topics: &[Topic], color: bool) -> String {
    let mut page = Page::new(color);
    let is_field = |it: &&Topic| matches!(it, Topic::Field(..));
    let many = topics.iter().filter(is_field).count() > KEYS;
    for topic in topics.iter().filter(|it| !(many && is_field(it))) {
        page.blank();
        match topic {
            Topic::Rule(rule) => {
                let tone = match rule.severity.name() {
                    "error" => Tone::Bad,
                    "warning" => Tone::Unsure,
                    _ => Tone::Name,
                };
                page.hang(
                    2,
                    Line::new()
                        .bold(rule.id)
                        .plain(" (")
                        .add(rule.severity.name(), tone)
                        .plain(")"),
                );
                page.blank();
                markdown(&mut page, rule.docs);
                page.blank();
                let guide = rule.source.guide.map(|it| format!("section {it} of the guide"));
                let source = [guide.as_deref(), rule.source.other];
                let source: Vec<&str> = source.into_iter().flatten().collect();
                page.hang(8, Line::new().dim(format!("source: {}", source.join("; "))));
                page.line(Line::new().dim(format!("since:  {}", rule.since)));
            }
            Topic::Decision(topic) => decision(&mut page, topic),
            Topic::Word(word) => {
                page.line(Line::new().bold(word.word));
                page.hang(2, format!("  {}", word.meaning));
            }
            Topic::Presets(table) => super::presets::table(&mut page, table),
            Topic::Preset(table, preset) => super::presets::preset(&mut page, table, preset),
            Topic::Block(block) => {
                page.hang(2, Line::new().bold(block.name).plain(format!(": {}", block.doc)));
                page.blank();
                let mut table = Table::new(2, &["key", "default", ">", "what"]);
                for field in block.fields {
                    let must = if field.required { "required" } else { "" };
                    table.row(vec![
                        Line::new().name(field.key),
                        field.default.unwrap_or_default().into(),
                        Line::new().dim(must),
                        field.doc.into(),
                    ]);
                }
                page.table(table);
                if !block.later.is_empty() {
                    let later = block.later.join(", ");
                    page.hang(2, Line::new().dim(format!("  not read by this version: {later}")));
                }
            }
            Topic::Field(block, field) => {
                let name = Line::new().dim(format!("{}.", block.name)).bold(field.key);
                page.hang(2, name.plain(format!(": {}", field.doc)));
                fact(&mut page, "value", &field.kind.expected());
                fact(&mut page, "unit", field.unit().unwrap_or_default());
                fact(&mut page, "default", field.default.unwrap_or_default());
                fact(&mut page, "example", &format!("{}: {}", field.key, field.example_text()));
                if field.required {
                    fact(&mut page, "default", "none: it must be there");
                }
                if let Some(section) = field.section {
                    fact(&mut page, "guide", &format!("section {section}"));
                }
            }
        }
    }
    if many {
        candidates(&mut page, topics);
    }
    page.finish()
}

/// The page of a decision, with its facts and options.
fn decision(page: &mut Page, topic: &decide::Topic) {
    page.hang(2, Line::new().bold(topic.id).plain(format!(": {}", topic.title)));
    page.blank();
    markdown(page, topic.docs);
    page.blank();
    page.line(Line::new().bold("FACTS"));
    let mut table = Table::new(2, &["fact", "default", "question"]);
    for fact in topic.facts {
        let default = fact.default.map_or(String::new(), |it| fact.show(it));
        table.row(vec![Line::new().name(fact.name), default.into(), fact.question.into()]);
    }
    page.table(table);
    page.blank();
    page.line(Line::new().bold("OPTIONS"));
    let mut table = Table::new(2, &["option", "to go back", "what"]);
    for option in topic.options {
        let back = option.reversal.to_string();
        table.row(vec![Line::new().name(option.id), back.into(), option.title.into()]);
    }
    page.table(table);
    page.blank();
    let mut text = format!("`tradeoff decide {}` asks for the facts", topic.id);
    if topic.changes.is_some() {
        text += "; with an architecture and `--measure` it simulates the options";
    }
    page.hang(2, Line::new().dim(text));
}

/// The keys that a short name may mean, one on a line.
fn candidates(page: &mut Page, topics: &[Topic]) {
    page.blank();
    let mut table = Table::new(2, &["key", "what"]);
    for topic in topics {
        if let Topic::Field(block, field) = topic {
            let name = Line::new().dim(format!("{}.", block.name)).bold(field.key);
            table.row(vec![name, field.doc.into()]);
        }
    }
    page.table(table);
    page.blank();
    page.line(Line::new().dim("`tradeoff explain` with one of these names shows its page"));
}

fn fact(page: &mut Page, label: &str, text: &str) {
    if !text.is_empty() {
        page.hang(11, Line::new().dim(format!("  {label:<9}")).plain(text));
    }
}

/// A rule's page; its Markdown is headings, paragraphs, lists and fenced examples.
fn markdown(page: &mut Page, lines: &[&str]) {
    let mut paragraph = String::new();
    let mut fenced = false;
    for line in lines {
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.starts_with("```") {
            flush(page, &mut paragraph);
            let claim = line
                .trim_start_matches('`')
                .trim_start_matches("yaml")
                .trim_start_matches("facts")
                .trim();
            if fenced {
                page.blank();
            } else if !claim.is_empty() {
                page.line(Line::new().dim(format!("  # {claim}")));
            }
            fenced = !fenced;
        } else if fenced {
            page.line(Line::new().name(format!("  {line}")).clip(super::page::WIDTH));
        } else if let Some(title) = line.strip_prefix("# ") {
            flush(page, &mut paragraph);
            page.blank();
            page.line(Line::new().bold(title.to_uppercase()));
        } else if line.trim().is_empty() {
            flush(page, &mut paragraph);
            page.blank();
        } else {
            if line.starts_with("- ") || line.starts_with("* ") {
                flush(page, &mut paragraph);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(page, &mut paragraph);
}

fn flush(page: &mut Page, paragraph: &mut String) {
    if !paragraph.is_empty() {
        page.hang(2, format!("  {paragraph}"));
        paragraph.clear();
    }
}

/// Every default of the format.
pub(crate) fn default_table(color: bool) -> String {
    let mut page = Page::new(color);
    page.line(Line::new().bold("What holds where the file says nothing"));
    page.blank();
    let mut table = Table::new(2, &["in", "key", "default", "what"]);
    let mut last = "";
    for (block, field) in defaults() {
        let block = if block.name == last { "" } else { block.name };
        if !block.is_empty() {
            last = block;
        }
        table.row(vec![
            Line::new().bold(block),
            Line::new().name(field.key),
            field.default.unwrap_or_default().into(),
            field.doc.into(),
        ]);
    }
    page.table(table);
    page.blank();
    page.line(
        Line::new().dim("every default that a run used is listed in its result as an assumption"),
    );
    page.finish()
}

/// What can be explained.
pub(crate) fn contents(color: bool) -> String {
    let mut page = Page::new(color);
    page.line(Line::new().bold("Rules"));
    let mut table = Table::new(2, &["", "", ""]);
    for rule in rules() {
        table.row(vec![
            Line::new().name(rule.id),
            Line::new().dim(rule.severity.name()),
            rule.summary.into(),
        ]);
    }
    page.table(table);
    page.blank();
    page.line(Line::new().bold("Decisions"));
    let all: Vec<&str> = decisions().iter().map(|it| it.id).collect();
    page.hang(2, format!("  {}", all.join(", ")));
    page.blank();
    page.line(Line::new().bold("Words"));
    let all: Vec<&str> = words().iter().map(|it| it.word).collect();
    page.hang(2, format!("  {}", all.join(", ")));
    page.blank();
    page.line(Line::new().bold("Format"));
    let blocks: Vec<&str> = tradeoff::explain::maps().iter().map(|it| it.name).collect();
    page.hang(2, format!("  {}", blocks.join(", ")));
    page.blank();
    page.line(Line::new().bold("Presets"));
    let tables: Vec<&str> = presets().iter().map(|it| it.name).collect();
    page.hang(2, format!("  {}", tables.join(", ")));
    page.blank();
    page.hang(
        2,
        "`tradeoff explain NAME` explains one of these, a key of the format such as `queue` \
                  or `retry.budget`, and `tradeoff explain defaults` lists what holds where the \
                  file says nothing",
    );
    page.finish()
}
