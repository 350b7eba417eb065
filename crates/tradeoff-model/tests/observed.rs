//! Measurements of endpoints: what is read, and what is wrong with a wrong one.

use tradeoff_diag::{Diagnostic, SourceFile};
use tradeoff_model::model::Statistic;
use tradeoff_model::{Architecture, Document, NoFiles};

fn parse(observed: &str) -> (Architecture, Vec<Diagnostic>) {
    let text = format!(
        "tradeoff: 1\nname: x\nservices: {{ a: {{ endpoints: {{ e: {{ observed: {observed} }} }} }} }}"
    );
    let (document, mut all) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    let (architecture, lowered) = document.lower(&NoFiles);
    all.extend(lowered);
    (architecture, all)
}

#[test]
fn measurements_are_read_in_the_order_of_the_format() {
    let (architecture, mistakes) = parse("{ rate: 120/min, p99: 30ms, p50: 4ms, mean: 6ms }");
    assert_eq!(mistakes, []);
    let all = &architecture.services[0].endpoints[0].observed;
    let all: Vec<_> = all.iter().map(|it| (it.key, it.statistic, it.value)).collect();
    assert_eq!(
        all,
        [
            ("mean", Statistic::Mean, 0.006),
            ("p50", Statistic::Percentile(0.5), 0.004),
            ("p99", Statistic::Percentile(0.99), 0.03),
            ("rate", Statistic::Rate, 2.0),
        ]
    );
}

#[test]
fn a_wrong_measurement_is_told() {
    for (observed, code) in [
        ("{}", "missing-key"),
        ("{ p50: 0ms }", "out-of-range"),
        ("{ p99: 30 }", "wrong-unit"),
        ("{ p50: 9ms, p99: 8ms }", "percentile-order"),
        ("{ p99: 8ms..40ms }", "wrong-value"),
        ("{ p98: 8ms }", "unknown-key"),
        ("30ms", "wrong-type"),
    ] {
        let (_, mistakes) = parse(observed);
        assert_eq!(mistakes.len(), 1, "{observed}: {mistakes:#?}");
        assert_eq!(mistakes[0].code, code, "{observed}");
    }
}
