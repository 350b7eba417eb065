//! What the field report says of each finding.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::Page;

/// What was read: the example, and the environment if there is one.
pub(crate) const READ: [(&str, Option<&str>); 4] = [
    ("examples/online-boutique", None),
    ("examples/grocer", None),
    ("examples/grocer", Some("prod")),
    ("examples/grocer", Some("staging")),
];

/// The fingerprints of what a check found.
pub(crate) fn fingerprints(check: &serde_json::Value) -> BTreeSet<String> {
    let findings = check["findings"].as_array().expect("a list of findings");
    let print = |it: &serde_json::Value| it["fingerprint"].as_str().expect("a text").to_owned();
    let prints: BTreeSet<String> = findings.iter().map(print).collect();
    assert_eq!(prints.len(), findings.len(), "two findings have one fingerprint");
    prints
}

/// Whether each finding is right, by its fingerprint, for one example in one environment.
pub(crate) fn judged(page: &Page, path: &str, environment: &str) -> BTreeMap<String, bool> {
    let name = path.trim_start_matches("examples/");
    let section = page.text.split("\n## ").find(|it| it.lines().next() == Some(name));
    let section = section.unwrap_or_else(|| panic!("no section for {name}"));
    let mut judged = BTreeMap::new();
    for line in section.lines().filter(|it| it.starts_with("| ") && it.contains("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (rule, subject) = (cells[0], cells[1].trim_matches('`'));
        let (places, verdict, why) = match cells.as_slice() {
            [_, _, verdict, why] => ("both", *verdict, *why),
            [_, _, places, verdict, why] => (*places, *verdict, *why),
            _ => panic!("not a verdict: {line}"),
        };
        assert!(["both", "prod", "staging"].contains(&places), "where? {line}");
        assert!(["right", "wrong"].contains(&verdict) && why.ends_with('.'), "a verdict: {line}");
        if places == "both" || places == environment {
            let twice = judged.insert(format!("{rule}:{subject}"), verdict == "right");
            assert_eq!(twice, None, "judged twice: {line}");
        }
    }
    judged
}
