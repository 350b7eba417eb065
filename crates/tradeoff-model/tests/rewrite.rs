//! Edits written into files: what changes is what was meant, and nothing else does.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "this test reads the examples, and an unwrap is an assertion"
)]

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tradeoff_diag::{Diagnostic, SourceFile};
use tradeoff_model::{Document, Edit, Files, Op};

fn edit(op: Op, path: &str, value: Json) -> Edit {
    let value = (op != Op::Remove).then_some(value);
    Edit { op, path: path.into(), value }
}

fn set(path: &str, value: Json) -> Edit {
    edit(Op::Add, path, value)
}

/// The text of a file with edits made, or why they are refused.
fn rewritten(text: &str, edits: &[Edit]) -> Result<String, Box<Diagnostic>> {
    let (document, mistakes) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let mut files = document.rewritten(edits)?;
    assert!(files.len() <= 1);
    Ok(files.pop().map_or_else(|| text.into(), |it| it.text))
}

#[track_caller]
fn becomes(text: &str, edits: &[Edit], expected: &str) {
    assert_eq!(rewritten(text, edits).unwrap(), expected);
}

#[track_caller]
fn refused(text: &str, edits: &[Edit], why: &str) {
    let diagnostic = rewritten(text, edits).unwrap_err();
    assert!(diagnostic.message.contains(why), "{}", diagnostic.message);
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    let text = "# head\na:   1   # one\nb: { x: 'two', y: 3 } # b\n\"c d\": [1, 2]\ne:\n  - f: 4\n";
    becomes(text, &[set("/a", json!(7))], &text.replace("   1 ", "   7 "));
    becomes(text, &[set("/b/x", json!("250ms"))], &text.replace("'two'", "250ms"));
    becomes(text, &[set("/b", json!("none"))], &text.replace("{ x: 'two', y: 3 }", "none"));
    becomes(text, &[set("/c d", json!([1, 2, "x y"]))], &text.replace("2]", "2, x y]"));
    becomes(text, &[set("/c d", json!([2]))], &text.replace("[1, 2]", "[2]"));
    becomes(text, &[set("/e/0/f", json!("5"))], &text.replace("f: 4", "f: \"5\""));
    becomes(text, &[set("/e/0/f", json!({ "g": null }))], &text.replace("f: 4", "f: { g: null }"));
    becomes(text, &[], text);
}

#[test]
fn a_key_is_added_behind_its_neighbors() {
    becomes("a: { b: 1 }\n", &[set("/a/c", json!(2))], "a: { b: 1, c: 2 }\n");
    becomes("a: {b: 1,}\n", &[set("/a/c", json!(2))], "a: {b: 1, c: 2,}\n");
    becomes("a: {b}\n", &[set("/a/c", json!(2))], "a: {b, c: 2}\n");
    becomes("a: { b: } # x\n", &[set("/a/c", json!(2))], "a: { b:, c: 2 } # x\n");
    becomes("a: {}\n", &[set("/a/c", json!(2))], "a: { c: 2 }\n");
    becomes("a: 1\n", &[set("/c", json!(2))], "a: 1\nc: 2\n");
    becomes("a: {   } # none\n", &[set("/a/c", json!(2))], "a: { c: 2 } # none\n");
    becomes("a: # none\nb: 1\n", &[set("/a/c", json!(2))], "a: { c: 2 } # none\nb: 1\n");
    becomes("a:\n", &[set("/a/c/d", json!(2))], "a: { c: { d: 2 } }\n");
    becomes("a: ~\n", &[set("/a/c", json!(2))], "a: { c: 2 }\n");
    becomes(
        "a:\n  b: 1 # one\n\n# end",
        &[set("/a/c", json!(2))],
        "a:\n  b: 1 # one\n  c: 2\n\n# end",
    );
    becomes("a:\n  b: 1", &[set("/a/c", json!(2))], "a:\n  b: 1\n  c: 2");
    becomes("a:\n  b: |\n    x\n\n", &[set("/a/c", json!(2))], "a:\n  b: |\n    x\n  c: 2\n\n");
    becomes("a:\n  b:\n", &[set("/a/c", json!(2))], "a:\n  b:\n  c: 2\n");
    let step = "s:\n  - call: x # far\n  - work: 1ms\n";
    let policy = [set("/s/0/policy", json!({})), set("/s/0/policy/timeout", json!("1s"))];
    becomes(step, &policy, &step.replace("# far\n", "# far\n    policy: { timeout: 1s }\n"));
    becomes(step, &[set("/s/-", json!({ "wait": "1s" }))], &format!("{step}  - {{ wait: 1s }}\n"));
}

#[test]
fn parents_that_are_missing_are_made() {
    let edits = [
        set("/edges", json!({})),
        set("/edges/order.place->pay", json!({})),
        set("/edges/order.place->pay/policy", json!({ "timeout": "1s" })),
    ];
    let made = "edges:\n  order.place->pay: { policy: { timeout: 1s } }\n";
    becomes("a: 1\nb: 2\n", &edits, &format!("a: 1\nb: 2\n{made}"));
    becomes("a: 1\n\nb: 2\n", &edits, &format!("a: 1\n\nb: 2\n\n{made}"));
    let wide: Json = (0..20).map(|it| (format!("key{it}"), json!(it))).collect();
    let text = rewritten("a:\n  b: word\n  c: 1\n", &[set("/a/b", wide)]).unwrap();
    assert!(text.starts_with("a:\n  b:\n    key0: 0\n    key1: 1\n"), "{text}");
    assert!(text.ends_with("    key9: 9\n  c: 1\n"), "{text}");
}

#[test]
fn a_key_is_removed_with_its_line() {
    let remove = |path| [edit(Op::Remove, path, Json::Null)];
    becomes("a: 1\nb: 2\nc: 3\n", &remove("/b"), "a: 1\nc: 3\n");
    becomes("a: 1\nb:\n  c: 2\n  d: 3", &remove("/b"), "a: 1");
    becomes("a: { b: 1, c: 2, d: 3 }\n", &remove("/a/b"), "a: { c: 2, d: 3 }\n");
    becomes("a: { b: 1, c: 2, d: 3 }\n", &remove("/a/d"), "a: { b: 1, c: 2 }\n");
    becomes("a: { b: 1 }\n", &remove("/a/b"), "a: {}\n");
    becomes("a: [1, 2, 3]\n", &remove("/a/1"), "a: [1, 3]\n");
    refused("a: 1\nb: 2 # two\n", &remove("/b"), "comments in it would be lost");
}

#[test]
fn line_breaks_and_what_stands_between_stay() {
    let text = "\u{feff}# é\r\na: 1\t# tab\r\n\r\nb:\r\n  c: \"x\\ty\" # µ\r\n";
    let added = text.replace("# µ\r\n", "# µ\r\n  d: 2\r\n");
    becomes(text, &[set("/b/d", json!(2))], &added);
    becomes(text, &[set("/a", json!(2))], &text.replace("a: 1", "a: 2"));
    becomes("\u{feff}a: 1\n", &[set("/b", json!(2))], "\u{feff}a: 1\nb: 2\n");
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let alias = "a: &x { b: 1 }\nc: *x\nd: |\n  text\n";
    refused(alias, &[set("/c/b", json!(2))], "it stands behind an alias");
    refused(alias, &[set("/c/e", json!(2))], "it stands behind an alias");
    refused(alias, &[set("/c", json!(2))], "it is an alias");
    refused(alias, &[set("/a/b", json!(2))], "without changing something else");
    refused(alias, &[set("/d", json!(2))], "a text of several lines");
    refused("a: { b: 1, # one\n  c: 2 }\n", &[set("/a", json!(2))], "comments in it");
    refused("a:\n  b: 1 # one\n  c: 2", &[set("/a", json!(2))], "comments in it");
    refused("a:\n  - 1 # one\n  - 2\n", &[set("/a", json!([2]))], "comments in it");
    let (document, _) = Document::parse(vec![SourceFile::new("a.yaml", "name: x\nduration: 1m\n")]);
    let other = document.set("duration", "2m").unwrap();
    assert!(
        other.rewritten(&[set("/name", json!("y"))]).is_err(),
        "the file says another duration"
    );
}

#[test]
fn each_value_is_written_into_its_file() {
    struct Parts;
    impl Files for Parts {
        fn read(&self, path: &str) -> Result<String, String> {
            Ok(match path {
                "order.yaml" => "services: { order: { replicas: 2 } }".into(),
                _ => {
                    "overlays:\n  prod: [ { op: remove, path: /services/order/replicas } ]\n".into()
                }
            })
        }
        fn list(&self, pattern: &str) -> Result<Vec<String>, String> {
            Ok(vec![pattern.into()])
        }
    }
    let main = "name: x\ninclude: [order.yaml, prod.yaml]\nservices:\n  pay: { replicas: 1 }\n";
    let (document, mistakes) =
        Document::parse_with(vec![SourceFile::new("main.yaml", main)], &Parts);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let edits = [
        set("/services/order/queue", json!(64)),
        set("/services/pay/replicas", json!(3)),
        set("/edges/pay->order", json!({ "network": "1ms" })),
    ];
    let files = document.rewritten(&edits).unwrap();
    assert_eq!(files.len(), 2);
    assert_eq!(
        files[0].text,
        main.replace(": 1 }", ": 3 }") + "edges:\n  pay->order: { network: 1ms }\n"
    );
    assert_eq!(files[1].text, "services: { order: { replicas: 2, queue: 64 } }");
    let prod = document.overlaid("prod").unwrap();
    assert!(prod.rewritten(&edits[..1]).is_err(), "the files do not say what the overlay does");
}

/// The architectures of the examples; those of fragments have nothing of their own to edit.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut found = vec![("grammar".to_owned(), include_str!("grammar.yaml").to_owned())];
    for entry in std::fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|it| it != "yaml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("\nservices:") {
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

/// All pointers of a value, with what stands there.
fn pointers(value: &Json, path: String, all: &mut Vec<(String, Json)>) {
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(value, format!("{path}/{key}"), all);
            }
        }
        Json::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                pointers(value, format!("{path}/{at}"), all);
            }
        }
        _ => {}
    }
    if !path.is_empty() {
        all.push((path, value.clone()));
    }
}

/// Lines of a text that another does not have.
fn gone(one: &str, other: &str) -> usize {
    let mut left: Vec<&str> = other.split('\n').collect();
    let missing = |line: &&str| match left.iter().position(|it| it == line) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    one.split('\n').filter(missing).count()
}

fn values() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(json!(12)),
        Just(json!("250ms")),
        Just(json!("8")),
        Just(json!(null)),
        Just(json!({})),
        Just(json!([])),
        Just(json!(["a b", 1])),
        Just(json!({ "timeout": "1s", "retry": { "attempts": 2, "budget": "10%" } })),
        "[ -~]{0,12}".prop_map(Json::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_says_what_was_meant(
        file in any::<prop::sample::Index>(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, values()), 1..4),
        crlf in any::<bool>(),
        ends in any::<bool>(),
    ) {
        let all = examples();
        let mut text = file.get(&all).1.clone();
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if !ends {
            text.truncate(text.trim_end().len());
        }
        let (document, mistakes) = Document::parse(vec![SourceFile::new("a.yaml", &*text)]);
        prop_assert!(mistakes.is_empty());
        let mut known = Vec::new();
        pointers(&document.get("").unwrap(), String::new(), &mut known);
        let edits: Vec<Edit> = picks.iter().map(|(pick, kind, value)| {
            let (path, there) = pick.get(&known);
            let value = value.clone();
            match kind {
                0 => edit(Op::Replace, path, value),
                1 if there.is_object() => edit(Op::Add, &format!("{path}/a new key"), value),
                1 if there.is_array() => edit(Op::Add, &format!("{path}/-"), value),
                2 => edit(Op::Remove, path, value),
                _ => edit(Op::Add, &format!("/edges/{}/policy", path.replace('/', "~1")), value),
            }
        }).collect();
        let Ok(patched) = document.patched(&edits) else { return Ok(()) };
        let Ok(files) = document.rewritten(&edits) else { return Ok(()) };
        let new = files.first().map_or(&text, |it| &it.text);
        let (again, mistakes) = Document::parse(vec![SourceFile::new("a.yaml", &**new)]);
        prop_assert!(mistakes.is_empty(), "{mistakes:?}");
        prop_assert_eq!(again.canonical(), patched.canonical());
        if crlf {
            prop_assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
        }
        prop_assert_eq!(new.ends_with('\n'), text.ends_with('\n'));
    }

    /// A scalar in the place of another changes one line; nothing of the rest moves.
    #[test]
    fn one_value_changes_one_line(file in any::<prop::sample::Index>(), pick in any::<prop::sample::Index>()) {
        let all = examples();
        let text = &file.get(&all).1;
        let (document, _) = Document::parse(vec![SourceFile::new("a.yaml", &**text)]);
        let mut known = Vec::new();
        pointers(&document.get("").unwrap(), String::new(), &mut known);
        known.retain(|(_, value)| !value.is_object() && !value.is_array());
        let (path, _) = pick.get(&known);
        let files = document.rewritten(&[edit(Op::Replace, path, json!("4711ms"))]);
        if let Ok(files) = files {
            prop_assert_eq!(gone(text, &files[0].text), 1);
            prop_assert_eq!(gone(&files[0].text, text), 1);
            prop_assert_eq!(text.split('\n').count(), files[0].text.split('\n').count());
        } else {
            // Only what an alias repeats cannot be written by itself.
            prop_assert!(text.contains('*'), "{path}");
        }
    }
}
