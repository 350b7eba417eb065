//! Every rule's page is a test: its examples must do what they claim, where they claim it.
//!
//! A page answers for its own rule only: other rules may find something in its examples, which
//! are as small as they can be and therefore bare of much that a real file has.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tradeoff::Design;
use tradeoff_diag::{Severity, SourceFile, render};
use tradeoff_model::{Architecture, Date, Document, Files, NoFiles};
use tradeoff_rules::{Decided, Example, Finding, Report, Rule, catalogue, together};

/// Parses and lowers a text that has no mistakes.
fn read(text: &str) -> (Document, Architecture) {
    let (document, errors) = Document::parse(vec![SourceFile::new("shop.yaml", text)]);
    assert_eq!(errors, [], "in\n{text}");
    let architecture = lower(&document);
    (document, architecture)
}

fn lower(document: &Document) -> Architecture {
    let (architecture, errors) = document.lower(&NoFiles);
    assert_eq!(errors, [], "in\n{}", document.canonical());
    architecture
}

/// Holds an architecture against the rules on the day of the examples.
fn hold(architecture: &Architecture, document: &Document) -> Report {
    let decided = decided(document);
    tradeoff_rules::check_with(architecture, document, Date::parse("2026-11-23"), &decided)
}

/// What the façade finds out of the recorded decisions of a document of one file.
fn decided(document: &Document) -> Decided {
    if document.get("/decisions").is_none() {
        return Decided::default();
    }
    let text = document.sources.file(0).expect("a file").text.clone();
    let design = Design::load(vec![SourceFile::new("shop.yaml", text)], &Shelf);
    tradeoff::decide::decided(&design.expect("an example without mistakes"))
}

/// The one ADR that the examples have.
struct Shelf;

impl Files for Shelf {
    fn read(&self, path: &str) -> Result<String, String> {
        const WHOLE: &str = "---\nstatus: accepted\n---\n# Lists\n## Context\nLists grow.\n\
                             ## Considered Options\n* all\n## Decision Outcome\nIt fits.\n\
                             ### Consequences\n* Good\n";
        if path == "docs/adr/0001-lists.md" {
            return Ok(WHOLE.into());
        }
        Err("there is no such file".into())
    }
}

fn check(text: &str) -> Report {
    let (document, architecture) = read(text);
    hold(&architecture, &document)
}

fn of<'a>(report: &'a Report, rule: &'a str) -> impl Iterator<Item = &'a Finding> {
    report.findings.iter().filter(move |it| it.rule.id == rule)
}

fn subjects<'a>(report: &'a Report, rule: &'a str) -> Vec<&'a str> {
    of(report, rule).map(|it| it.subject.as_str()).collect()
}

/// The findings that carry a patch and that nobody accepted.
fn mendable(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|it| !it.patch.is_empty() && it.accepted.is_none())
}

fn rule(id: &str) -> &'static Rule {
    catalogue().iter().find(|rule| rule.id == id).expect("a rule of this id")
}

#[test]
fn examples_do_what_they_claim() {
    for rule in catalogue() {
        let mut claims = BTreeSet::new();
        for Example { source, fires } in rule.examples() {
            let (document, architecture) = read(&source);
            let report = hold(&architecture, &document);
            let found: BTreeSet<_> = of(&report, rule.id).map(|it| place(&document, it)).collect();
            assert_eq!(
                found,
                marks(&source),
                "{}: findings and marks differ in\n{source}",
                rule.id
            );
            assert_eq!(fires, !found.is_empty(), "{}: a false claim", rule.id);
            let asked = report.passed.contains_key(rule.id);
            assert!(fires || asked, "{}: an example passes because nothing is asked", rule.id);
            claims.insert(fires);
        }
        assert_eq!(claims.len(), 2, "{}: needs an example that fires and one that passes", rule.id);
    }
}

#[test]
fn patches_mend_what_they_are_for() {
    for rule in catalogue() {
        let mut patched = 0;
        for Example { source, .. } in rule.examples() {
            let (document, architecture) = read(&source);
            let report = hold(&architecture, &document);
            for finding in mendable(&report) {
                let mended = document.patched(&finding.patch).expect("a patch that applies");
                let again = hold(&lower(&mended), &mended);
                let fingerprint = finding.fingerprint();
                assert!(
                    again.findings.iter().all(|it| it.fingerprint() != fingerprint),
                    "{fingerprint} is still there after {:?}",
                    finding.patch
                );
                patched += usize::from(finding.rule.id == rule.id);
            }
        }
        let says = rule.docs.concat().contains("no patch");
        assert!(says == (patched == 0), "{}: its page says {says}, {patched} patches", rule.id);
    }
}

#[test]
fn patches_work_together() {
    for rule in catalogue() {
        for Example { source, .. } in rule.examples() {
            let (document, architecture) = read(&source);
            let report = hold(&architecture, &document);
            let patches: Vec<_> = mendable(&report).map(|it| it.patch.as_slice()).collect();
            let mended = document.patched(&together(&patches)).expect("patches that apply");
            let again = hold(&lower(&mended), &mended);
            let before: BTreeSet<_> = mendable(&report).map(Finding::fingerprint).collect();
            // The timeouts that other mends add are a patience that the mend of a queue did not
            // know: it is looked at again.
            let left = again.findings.iter().filter(|it| it.rule.id != "rel-unbounded-queue");
            let left: Vec<_> =
                left.map(Finding::fingerprint).filter(|it| before.contains(it)).collect();
            assert!(left.is_empty(), "{}: {left:?} after all patches in\n{source}", rule.id);
        }
    }
}

#[test]
fn patches_bring_no_finding_that_is_worse_than_advice() {
    for rule in catalogue() {
        for Example { source, .. } in rule.examples() {
            let (document, architecture) = read(&source);
            let report = hold(&architecture, &document);
            let patches: Vec<_> = mendable(&report).map(|it| it.patch.as_slice()).collect();
            let mended = document.patched(&together(&patches)).expect("patches that apply");
            let again = hold(&lower(&mended), &mended);
            let before: BTreeSet<_> = report.findings.iter().map(Finding::fingerprint).collect();
            let new: Vec<_> = again
                .findings
                .iter()
                .filter(|it| it.severity > Severity::Advice)
                .map(Finding::fingerprint)
                .filter(|it| !before.contains(it))
                .collect();
            assert!(new.is_empty(), "{}: {new:?} after all patches in\n{source}", rule.id);
        }
    }
}

#[test]
fn ids_are_unique_kebab_case_and_sorted() {
    let ids: Vec<&str> = catalogue().iter().map(|rule| rule.id).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len());
    assert!(ids.iter().all(|id| id.chars().all(|it| it.is_ascii_lowercase() || it == '-')));
    let family = |id: &'static str| id.split_once('-').map(|(family, _)| family);
    for pair in catalogue().windows(2) {
        let [a, b] = [pair[0].id, pair[1].id];
        assert!(family(a) != family(b) || a < b, "{a} before {b}");
    }
    for rule in catalogue() {
        assert!(rule.docs.contains(&" # Why"), "{}", rule.id);
        assert!(rule.source.guide.is_some() || rule.source.other.is_some(), "{}", rule.id);
    }
}

const BARE: &str = "
tradeoff: 1
name: shop
services:
  order:
    endpoints:
      place: { steps: [ { work: 5ms }, { query: orders.insert } ] }
stores:
  orders: { operations: { insert: { time: 1ms } } }
traffic:
  shoppers: { rate: 10/s, mix: { order.place: 100% } }
slos:
  place: { endpoint: order.place, availability: 99.9% }
";

#[test]
fn what_is_not_stated_is_unknown() {
    let report = check(BARE);
    let unknown: Vec<String> = report
        .unknown
        .iter()
        .map(|it| format!("{} {} {}", it.rule, it.subject, it.missing))
        .collect();
    assert_eq!(
        unknown,
        [
            "rel-slo-infeasible place services.order.availability",
            "rel-unbounded-queue order services.order.cores",
            "rel-unbounded-queue orders stores.orders.cores",
            "scale-connection-math orders stores.orders.connections",
            "scale-single-replica order services.order.replicas",
            "scale-single-replica orders stores.orders.replicas",
            "scale-utilization order services.order.cores",
            "scale-utilization orders stores.orders.cores",
            "svc-no-owner shop teams",
        ]
    );
    assert_eq!(subjects(&report, "rel-no-timeout"), ["order.place->orders.insert"]);
    let idle = check(&BARE.replace("shoppers: { rate: 10/s, mix: { order.place: 100% } }", ""));
    assert!(idle.unknown.iter().any(|it| it.missing == "traffic"));
}

#[test]
fn fingerprints_do_not_depend_on_the_order_of_the_file() {
    for id in ["rel-no-timeout", "rel-unbounded-queue", "scale-utilization"] {
        let Example { source, .. } = rule(id).examples().remove(0);
        let fingerprints = |text: &str| -> Vec<String> {
            check(text).findings.iter().map(Finding::fingerprint).collect()
        };
        let turned = reversed(&source);
        assert_ne!(source, turned);
        assert_eq!(fingerprints(&source), fingerprints(&turned), "in\n{turned}");
    }
}

/// The text with its top-level blocks, and the components in each, in reverse order.
fn reversed(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    let turn = |lines: &[&str], indent: usize| -> Vec<Vec<String>> {
        let mut blocks: Vec<Vec<String>> = Vec::new();
        for line in lines {
            let depth = line.len() - line.trim_start().len();
            match blocks.last_mut() {
                Some(block) if depth > indent => block.push((*line).to_owned()),
                _ => blocks.push(vec![(*line).to_owned()]),
            }
        }
        blocks.reverse();
        blocks
    };
    let mut text = String::new();
    for block in turn(&lines, 0) {
        text += &block[0];
        text += "\n";
        let inner: Vec<&str> = block[1..].iter().map(String::as_str).collect();
        for line in turn(&inner, 2).concat() {
            text += &line;
            text += "\n";
        }
    }
    text
}

#[test]
fn findings_read_well() {
    let mut page = String::new();
    for rule in catalogue() {
        for Example { source, .. } in rule.examples() {
            let (document, architecture) = read(&source);
            let report = hold(&architecture, &document);
            for finding in of(&report, rule.id) {
                page += &render(&document.sources, &finding.diagnostic(), false);
                for edit in &finding.patch {
                    let value = edit.value.as_ref().map(ToString::to_string).unwrap_or_default();
                    writeln!(page, "  {:?} {} {value}", edit.op, edit.path).unwrap();
                }
                page += "\n";
            }
        }
    }
    insta::assert_snapshot!(page);
}

/// The line, the columns and the rule of a finding.
type Place = (u32, u32, u32, String);

fn place(document: &Document, finding: &Finding) -> Place {
    let place = document.sources.line_column(finding.span);
    assert_eq!(place.line, place.end_line, "a finding points at one line");
    (place.line, place.column, place.end_column, finding.rule.id.to_owned())
}

/// What the `# ^^^ rule` comments under the lines of an example promise.
fn marks(source: &str) -> BTreeSet<Place> {
    let mut marks = BTreeSet::new();
    for (above, text) in source.lines().enumerate() {
        if let (Some(start), Some(end)) = (text.find('^'), text.rfind('^')) {
            let rule = text[end + 1..].trim().to_owned();
            marks.insert((above as u32, start as u32 + 1, end as u32 + 2, rule));
        }
    }
    marks
}
