//! The manual keeps its word: what is generated is fresh, examples parse, commands exit as they
//! say, and what a page shows of an answer is what the command prints today.
//!
//! With `UPDATE=1` in the environment stale pages are written anew instead; look at the diff.

#![expect(clippy::disallowed_methods, reason = "this test reads the pages of the manual")]

mod answers;
mod book;
mod commands;
mod field;
mod generated;

use std::collections::BTreeSet;

use tradeoff::{Design, NoFiles, SourceFile};

use answers::Answers;
use book::{Book, Page};
use commands::Command;

#[test]
fn generated_pages_are_fresh() {
    let mut book = Book::open();
    book.expect(
        "docs/format.md",
        &generated::between_marks(&book, "docs/format.md", generated::format),
    );
    let rules = generated::between_marks(&book, "docs/rules.md", |_| generated::rules());
    book.expect("docs/rules.md", &rules);
    book.expect("docs/presets.md", &generated::presets());
    let mut pages = BTreeSet::new();
    for rule in tradeoff::explain::rules() {
        let name = format!("docs/rules/{}.md", rule.id);
        book.expect(&name, &generated::rule(rule.id));
        pages.insert(name);
    }
    let topics = generated::between_marks(&book, "docs/decisions.md", |_| generated::topics());
    book.expect("docs/decisions.md", &topics);
    for topic in tradeoff::explain::decisions() {
        let name = format!("docs/decisions/{}.md", topic.id);
        book.expect(&name, &generated::decision(topic.id));
        pages.insert(name);
    }
    let there = book.pages().iter().map(|it| it.name.clone());
    let printed = |it: &String| it.starts_with("docs/rules/") || it.starts_with("docs/decisions/");
    let there: BTreeSet<String> = there.filter(printed).collect();
    assert!(there.is_subset(&pages), "a page of something that is gone: {there:?}");
    book.close();
}

#[test]
fn architectures_in_the_manual_have_no_mistakes() {
    for page in Book::open().pages() {
        for fence in page.fences().iter().filter(|it| it.info == "yaml") {
            let text = fence.lines.join("\n");
            let file = SourceFile::new(format!("{}:{}", page.name, fence.line), text);
            if let Err(problems) = Design::load(vec![file], &NoFiles) {
                panic!("{problems}");
            }
        }
    }
}

#[test]
fn commands_do_what_the_manual_shows() {
    let mut book = Book::open();
    let mut answers = Answers::default();
    let mut stale = Vec::new();
    let mut objects = Vec::new();
    for page in book.pages().to_vec() {
        let mut text = page.text.clone();
        for shown in commands::of(&page) {
            let answer = answers.ask(&page, &shown.command);
            if let Err(why) = answer.exits(shown.command.exits) {
                stale.push(shown.complaint(&page, &why));
            }
            if shown.command.prints_json() {
                objects.push(answer.json());
            }
            let Some(excerpt) = &shown.excerpt else { continue };
            match commands::freshen(excerpt, &answer.text()) {
                Ok(fresh) if fresh == *excerpt => {}
                Ok(fresh) if book.updates() => text = text.replace(excerpt, &fresh),
                Ok(fresh) => stale.push(shown.complaint(&page, &format!("prints now\n{fresh}"))),
                Err(part) => stale.push(shown.complaint(&page, &format!("has nowhere\n{part}"))),
            }
        }
        book.expect(&page.name, &text);
    }
    if book.updates() {
        book.close();
    }
    assert!(stale.is_empty(), "{}\n(UPDATE=1 mends figures, not words)", stale.join("\n\n"));
    book.close();
    every_field_is_documented(&book.page("docs/results.md"), &objects);
}

/// Every key of every object that a command of the manual printed has its place in the manual.
fn every_field_is_documented(page: &Page, objects: &[serde_json::Value]) {
    let mut keys = BTreeSet::new();
    for object in objects {
        answers::keys(object, &mut keys);
    }
    assert!(keys.len() > 50, "the manual shows JSON: {keys:?}");
    let missing: Vec<_> =
        keys.iter().filter(|key| !page.text.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{} does not explain {missing:?}", page.name);
}

#[test]
fn the_field_report_judges_every_finding() {
    let page = Book::open().page("docs/field-report.md");
    let mut answers = Answers::default();
    for (path, environment) in field::READ {
        let option = environment.map(|it| format!(" --env {it}")).unwrap_or_default();
        let words = format!("tradeoff check {path} --format json --today 2026-11-25{option}");
        let command = Command::parse(&words).expect("a command");
        let found = field::fingerprints(&answers.ask(&page, &command).json());
        let judged = field::judged(&page, path, environment.unwrap_or("prod"));
        let fingerprints = judged.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(fingerprints, found, "{words}: judged, and found");
        let wrong = judged.values().filter(|right| !**right).count();
        assert!(wrong * 20 <= found.len(), "{words}: {wrong} of {} are wrong", found.len());
        let row = format!("| {} | {wrong} |", found.len());
        assert!(page.text.contains(&row), "{words}: the report sums up otherwise than {row}");
    }
}

#[test]
fn links_lead_somewhere() {
    let book = Book::open();
    for page in book.pages() {
        for link in page.links() {
            assert!(book.leads(&page.name, &link), "{}: nothing is at `{link}`", page.name);
        }
    }
}

#[test]
fn the_readme_sets_up_in_two_commands() {
    let page = Book::open().page("README.md");
    let setup = page.fences().into_iter().find(|it| it.info == "sh setup").expect("a setup");
    assert_eq!(
        setup.lines,
        ["cargo run --release -- review examples/order-platform", "cargo test"]
    );
    let first = commands::of(&page).into_iter().next().map(|it| it.command);
    assert_eq!(first, Command::parse("tradeoff review examples/order-platform"));
}
