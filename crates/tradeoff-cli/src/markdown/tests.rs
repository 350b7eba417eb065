//! Markdown is held as it is printed: words, escapes and bounds.

use tradeoff::model::Architecture;

use super::review;
use crate::text::sample;

#[test]
fn a_broken_design_reads_well() {
    insta::assert_snapshot!(review(&sample::review(), &Architecture::default()));
}

#[test]
fn a_design_that_holds_reads_well() {
    insta::assert_snapshot!(review(&sample::holding(), &Architecture::default()));
}

#[test]
fn everything_that_a_review_tells_is_told() {
    insta::assert_snapshot!(review(&sample::full(), &Architecture::default()));
}

#[test]
fn what_is_too_long_for_a_comment_is_cut_and_says_so() {
    let mut long = sample::review();
    let finding = long.check.findings[1].clone();
    long.check.findings.extend(std::iter::repeat_n(finding, 5_000));
    let text = review(&long, &Architecture::default());
    assert!(text.len() <= 65_536, "{}", text.len());
    assert!(text.ends_with("have the rest._\n"), "{}", &text[text.len() - 200..]);
    for (open, close) in [("<details>", "</details>"), ("<summary>", "</summary>")] {
        assert_eq!(text.matches(open).count(), text.matches(close).count());
    }
    assert!(!review(&sample::review(), &Architecture::default()).contains("_Cut here"));
}

#[test]
fn hostile_names_stay_names() {
    let text = review(&sample::hostile(), &Architecture::default());
    assert!(text.len() <= 65_536);
    assert!(text.contains("<script>"), "the names are there, as code");
    let mut columns = 0;
    for line in text.lines() {
        let bare = without_code(line);
        // Outside of code nothing opens a tag that is not ours.
        for (at, _) in bare.match_indices('<') {
            let ours = ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"];
            assert!(ours.iter().any(|it| bare[at..].starts_with(it)), "{line}");
        }
        assert!(!bare.contains("@you"), "a mention: {line}");
        assert!(!line.contains(['\u{202e}', '\0']), "{line}");
        let cells = line.replace("\\|", "").matches('|').count();
        match line.starts_with('|') {
            true if columns == 0 => columns = cells,
            true => assert_eq!(cells, columns, "{line}"),
            false => columns = 0,
        }
    }
}

/// A line without its code: what stands between as many backticks as began it.
fn without_code(line: &str) -> String {
    let mut bare = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        if rest[..at].ends_with('\\') {
            bare.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        bare.push_str(&rest[..at]);
        rest = &rest[at..];
        let fence: String = rest.chars().take_while(|it| *it == '`').collect();
        let inner = &rest[fence.len()..];
        let ends = inner.match_indices(&fence).map(|it| it.0).find(|at| {
            let after = inner[at + fence.len()..].starts_with('`');
            !inner[..*at].ends_with('`') && !after
        });
        rest = &inner[ends.expect("code ends") + fence.len()..];
    }
    bare + rest
}
