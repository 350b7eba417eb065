//! Every topic's page is a test: its examples must have the answers that they claim. So must the
//! answers that the guide's sentences imply, in `docs/guide-coverage.md`.

#![expect(clippy::disallowed_methods, reason = "this test reads a page of the manual")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tradeoff_decide::{Answers, Claim, Kind, Topic, Value, Verdict, catalogue, decide, topic};

/// How an answer is written.
fn answer(verdict: &Verdict) -> &'static str {
    match (verdict.chosen, &verdict.open) {
        (Some(option), _) => option.id,
        (None, Some(open)) if open.candidates.len() > 1 => "open",
        (None, _) => "none",
    }
}

/// What was excluded, for messages.
fn why(verdict: &Verdict) -> String {
    let lines =
        verdict.excluded.iter().map(|it| format!("  not {}: {}\n", it.option.id, it.sentence));
    lines.collect::<String>() + &format!("  open: {:?}", verdict.open)
}

#[test]
fn examples_do_what_they_claim() {
    for topic in catalogue() {
        let (mut answered, mut flipped) = (BTreeSet::new(), 0);
        for example in topic.examples() {
            let answers = example.answers(topic).unwrap_or_else(|it| panic!("{}: {it}", topic.id));
            let verdict = decide(&answers);
            let facts = &example.facts;
            match &example.claim {
                Claim::Answers(option) => {
                    let why = why(&verdict);
                    assert_eq!(answer(&verdict), option, "{} {facts:?}\n{why}", topic.id);
                    answered.insert(option.clone());
                }
                Claim::Flips { to, fact, at } => {
                    // Whoever sets what the page says gets what the page says.
                    let mut there = answers.clone();
                    there.say(fact, at).unwrap_or_else(|it| panic!("{}: {it}", topic.id));
                    let then = tradeoff_decide::answer(&there).map_or("none", |it| it.id);
                    assert_eq!(then, to, "{} {facts:?}: {fact} = {at}", topic.id);
                    assert_ne!(answer(&verdict), to, "{} {facts:?}", topic.id);
                    let kind = topic.fact(fact).expect("a fact of the topic").kind;
                    let at = kind.parse(at).expect("a value of the fact");
                    let found: Vec<_> = verdict.flips.iter().filter(|it| it.fact == fact).collect();
                    let to_same = |it: Option<&tradeoff_decide::Opt>| {
                        it.map_or("none", |it| it.id) == to.as_str()
                    };
                    assert!(
                        found.iter().any(|it| to_same(it.to) && near(it.at, at)),
                        "{} {facts:?}: {found:?}",
                        topic.id
                    );
                    flipped += 1;
                }
            }
        }
        for option in topic.options {
            assert!(answered.contains(option.id), "{}: no example for {}", topic.id, option.id);
        }
        assert!(flipped > 0, "{}: no example of a flip", topic.id);
    }
}

fn near(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => (a - b).abs() <= 0.01 * b.abs(),
        _ => a == b,
    }
}

/// The tables of facts and answers, by topic.
fn coverage() -> (String, BTreeMap<String, Vec<(String, String)>>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide-coverage.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut current = None;
    for line in page.lines() {
        if let Some(id) = line.strip_prefix("### ") {
            tables.insert(id.to_owned(), Vec::new());
            current = Some(id.to_owned());
        }
        let Some(table) = current.as_ref().and_then(|it| tables.get_mut(it)) else { continue };
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let ["", facts, answer, ""] = cells.as_slice()
            && *facts != "facts"
            && !facts.starts_with("--")
        {
            table.push(((*facts).to_owned(), (*answer).to_owned()));
        }
    }
    (page, tables)
}

fn pairs(facts: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = facts.split(", ").filter(|it| *it != "-");
    parts.map(|it| it.split_once('=').unwrap_or_else(|| panic!("`{it}` is no fact=value")))
}

#[test]
fn topics_answer_what_the_guide_does() {
    let (_, tables) = coverage();
    for topic in catalogue() {
        let table = tables.get(topic.id).unwrap_or_else(|| panic!("{} has no table", topic.id));
        assert!(table.len() > 1, "{}: a table of {} rows", topic.id, table.len());
        for (facts, expected) in table {
            let mut answers = Answers::new(topic);
            for (name, value) in pairs(facts) {
                answers.say(name, value).unwrap_or_else(|it| panic!("{}: {it}", topic.id));
            }
            let verdict = decide(&answers);
            assert_eq!(answer(&verdict), expected, "{}: {facts}\n{}", topic.id, why(&verdict));
        }
    }
}

#[test]
fn everything_of_the_guide_has_a_topic_and_every_topic_a_table() {
    let (page, tables) = coverage();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        match cells.as_slice() {
            ["", section, title, kind, topic, ""] if section.parse::<u8>().is_ok() => {
                Some(((*title).to_owned(), (*kind).to_owned(), (*topic).to_owned()))
            }
            _ => None,
        }
    });
    let mut named = BTreeSet::new();
    for (title, kind, topic) in rows {
        assert!(["table", "box", "warning"].contains(&kind.as_str()), "{title} is a {kind}");
        assert!(tables.contains_key(&topic), "{title}: {topic} has no answers");
        named.insert(topic);
    }
    for (id, table) in &tables {
        assert!(named.contains(id), "{id} is nothing of the guide");
        assert!(!table.is_empty(), "{id} has no answers");
        for (facts, answer) in table {
            assert!(kebab(answer), "{id}: {answer}");
            assert!(pairs(facts).all(|it| kebab(it.0)), "{id}: {facts}");
        }
    }
}

fn kebab(text: &str) -> bool {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    !text.is_empty() && text.chars().all(fits)
}

#[test]
fn topics_are_well_formed() {
    let ids: BTreeSet<&str> = catalogue().iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), catalogue().len(), "ids are unique");
    for it in catalogue() {
        assert!(kebab(it.id) && it.title.ends_with('?'), "{}", it.id);
        let noun = it.noun.starts_with(char::is_uppercase) && !it.noun.contains(['?', ':']);
        assert!(noun && it.noun.len() <= 40, "{}: {}", it.id, it.noun);
        assert_eq!(topic(it.id), Some(*it));
        for part in [" # Why", " # Examples", " # Limits", " # Sources"] {
            assert!(it.docs.contains(&part), "{}: {part}", it.id);
        }
        let names: BTreeSet<&str> = it.facts.iter().map(|fact| fact.name).collect();
        assert_eq!(names.len(), it.facts.len(), "{}: names are unique", it.id);
        for fact in it.facts {
            assert!(kebab(fact.name), "{} {}", it.id, fact.name);
            let texts = [fact.question, fact.why, fact.source];
            assert!(texts.iter().all(|it| !it.is_empty()), "{} {}", it.id, fact.name);
            assert!(fact.question.ends_with('?'), "{} {}", it.id, fact.name);
            let fits = fact.default.is_none_or(|value| fact.kind.allows(value));
            assert!(fits, "{} {}", it.id, fact.name);
        }
        let options: BTreeSet<&str> = it.options.iter().map(|option| option.id).collect();
        assert_eq!(options.len(), it.options.len(), "{}: options are unique", it.id);
        for option in it.options {
            let texts = [option.title, option.undo, option.door];
            assert!(kebab(option.id) && texts.iter().all(|it| !it.is_empty()), "{}", option.id);
        }
    }
}

/// Facts that cover the corners of a topic's domain: those of its page, and of the guide's table.
fn corners(topic: &'static Topic) -> Vec<Answers> {
    let all = topic.examples();
    let mut corners: Vec<Answers> = all.iter().filter_map(|it| it.answers(topic).ok()).collect();
    let (_, tables) = coverage();
    for (facts, _) in tables.get(topic.id).into_iter().flatten() {
        let mut answers = Answers::new(topic);
        let said = pairs(facts).all(|(name, value)| answers.say(name, value).is_ok());
        assert!(said, "{}: {facts}", topic.id);
        corners.push(answers);
    }
    corners
}

/// What carried an answer changes it: alone, or where nothing does alone, with another.
#[test]
fn what_carried_an_answer_changes_it() {
    let (mut answered, mut unmoved) = (0, Vec::new());
    for topic in catalogue() {
        for answers in corners(topic) {
            let verdict = decide(&answers);
            let flips = verdict.flips.iter().chain(&verdict.together);
            let moving: BTreeSet<&str> = flips.map(|it| it.fact).collect();
            for carried in &verdict.carried {
                assert!(moving.contains(carried.fact), "{}: {}", topic.id, carried.fact);
            }
            let alone: BTreeSet<&str> = verdict.flips.iter().map(|it| it.fact).collect();
            assert!(verdict.together.iter().all(|it| !alone.contains(it.fact)), "{}", topic.id);
            if answer(&verdict) != "open" {
                answered += 1;
                if verdict.carried.is_empty() {
                    unmoved.push((topic.id, answers.clone()));
                }
            }
            let mut there = answers;
            for flip in &verdict.together {
                let fact = topic.fact(flip.fact).expect("a fact of the topic");
                let again = tradeoff_decide::answer(&there).map(|it| it.id);
                assert_eq!(again, verdict.chosen.map(|it| it.id), "{}: {flip:?}", topic.id);
                there.say(flip.fact, &flip.written(fact)).unwrap();
            }
            if let Some(last) = verdict.together.last() {
                let then = tradeoff_decide::answer(&there).map(|it| it.id);
                assert_eq!(then, last.to.map(|it| it.id), "{}: {last:?}", topic.id);
            }
        }
    }
    assert!(answered > 300, "{answered}");
    assert!(unmoved.is_empty(), "{unmoved:#?}");
}

#[test]
fn exclusions_rest_on_facts_and_marks_on_options() {
    for topic in catalogue() {
        for answers in corners(topic) {
            let verdict = decide(&answers);
            for exclusion in &verdict.excluded {
                let known = exclusion.because.iter().all(|name| topic.fact(name).is_some());
                assert!(known && !exclusion.because.is_empty(), "{}: {exclusion:?}", topic.id);
                assert!(!exclusion.sentence.is_empty(), "{}: {exclusion:?}", topic.id);
            }
            for line in &verdict.table {
                assert!(!line.value.is_nan(), "{}: {line:?}", topic.id);
            }
            assert!(verdict.carried.len() <= 3, "{}", topic.id);
        }
    }
}

/// A flip is what it says: at its value the answer is the other one, and, of a number, a little
/// before it still the same.
#[test]
fn flips_flip() {
    for topic in catalogue() {
        for answers in corners(topic) {
            let verdict = decide(&answers);
            for flip in &verdict.flips {
                let mut there = answers.clone();
                // As it is printed.
                let fact = topic.fact(flip.fact).expect("a fact of the topic");
                there.say(flip.fact, &flip.written(fact)).unwrap();
                let then = tradeoff_decide::answer(&there).map(|it| it.id);
                assert_eq!(then, flip.to.map(|it| it.id), "{}: {flip:?}", topic.id);
                let same = then == verdict.chosen.map(|it| it.id);
                let is_open = || decide(&there).open.is_some_and(|it| it.candidates.len() > 1);
                assert!(if flip.open { is_open() } else { !same }, "{}: {flip:?}", topic.id);
                if let Some(limit) = flip.limit {
                    let mut at_limit = answers.clone();
                    at_limit.say(flip.fact, &fact.show(limit)).unwrap();
                    let still = tradeoff_decide::answer(&at_limit).map(|it| it.id);
                    assert_eq!(still, verdict.chosen.map(|it| it.id), "{}: {flip:?}", topic.id);
                    continue;
                }
                let (Value::Number(at), Value::Number(now)) = (flip.at, flip.now) else { continue };
                let kind = topic.fact(flip.fact).map(|it| it.kind);
                let Some(Kind::Number { whole: false, unit, high, .. }) = kind else { continue };
                // Two percent of the way from the flip towards the value that keeps the answer.
                let share = unit == "%" && high <= 100.0;
                let room = if share { (100.0 - at).max(1e-3) } else { at.abs().max(0.05) };
                let before = at + (now - at).signum() * (now - at).abs().min(0.02 * room);
                let mut before_it = answers.clone();
                before_it.say(flip.fact, &before.to_string()).unwrap();
                let still = tradeoff_decide::answer(&before_it).map(|it| it.id);
                assert_eq!(still, verdict.chosen.map(|it| it.id), "{}: {flip:?}", topic.id);
            }
        }
    }
}

#[test]
fn a_missing_fact_is_asked_for_only_if_it_matters() {
    let it = topic("pagination").unwrap();
    let verdict = decide(&Answers::new(it));
    assert_eq!(answer(&verdict), "open");
    let open = verdict.open.unwrap();
    assert_eq!(open.missing, ["rows", "concurrent-writes"]);
    assert_eq!(open.decides, Some("rows"), "of two that decide as much, the first");
    let candidates: Vec<_> = open.candidates.iter().map(|it| it.map(|it| it.id)).collect();
    assert_eq!(candidates, [Some("offset"), Some("cursor")]);
    // Written while it is read: then the number of rows does not matter.
    let mut answers = Answers::new(it);
    answers.say("concurrent-writes", "true").unwrap();
    let verdict = decide(&answers);
    assert_eq!(answer(&verdict), "cursor");
    assert_eq!(verdict.open.unwrap().decides, None);
}

#[test]
fn mistakes_are_told_in_a_sentence() {
    let mut answers = Answers::new(topic("pagination").unwrap());
    assert!(answers.say("row", "1").unwrap_err().contains("none of rows"));
    assert_eq!(answers.say("rows", "many").unwrap_err(), "`many` is no number of `rows`");
    let sentence = answers.say("audience", "us").unwrap_err();
    assert_eq!(sentence, "`us` is none of `public`, `partner`, `internal`");
}
