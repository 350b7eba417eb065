//! Ranges: where they may stand, which value is simulated, and what is wrong with a wrong one.

use tradeoff_diag::{Diagnostic, SourceFile};
use tradeoff_model::model::{BreakerWindow, Dist, StepKind, TrafficKind};
use tradeoff_model::{Architecture, Document, NoFiles};

const RANGES: &str = "
tradeoff: 1
name: ranges
policies:
  p:
    timeout: 1s..4s
    retry: { attempts: 2..8 attempts, base: 10ms..40ms, budget: { share: 5%..15%, burst: 4..16 } }
    breaker: { window: 5 calls..20 calls, failure_rate: 40%..60%, min_calls: 3 }
services:
  web:
    replicas: 2
    speeds: [1, 1..4]
    cores: { count: 2..8 }
    concurrency: 100..10k
    queue: 0..10
    cost: $0.05/h..$0.20/h
    endpoints:
      get:
        steps:
          - work: { p50: 1ms..4ms, p99: 8ms .. 32ms }
          - wait: 1ms..9ms
          - chance: 10%..30%
            do: [ { repeat: { mean: 1..4 }, do: [ { fail: 0%..1% } ] } ]
          - all: [ [ { call: bank, policy: p } ] ]
externals:
  bank: { time: { mean: 20ms..80ms, cv: 0.5..2 }, limit: 50/s..200/s }
edges:
  web->bank: { network: { min: 1ms, max: 2ms..8ms } }
traffic:
  users: { rate: 60/min..4/s, patience: 5s..20s, mix: { web.get: 100% } }
slos:
  s: { endpoint: web.get, availability: 99%..99.9%, latency: { p99: 100ms..400ms } }
scenarios:
  s: { duration: 4m, per_month: 1..4, events: [ { at: 10s..40s, for: 1m, surge: users, by: 2x..8x } ] }
";

fn parse(text: &str) -> (Document, Architecture, Vec<Diagnostic>) {
    let (document, mut all) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    let (architecture, lowered) = document.lower(&NoFiles);
    all.extend(lowered);
    (document, architecture, all)
}

#[test]
fn a_range_may_stand_wherever_a_quantity_may() {
    let (document, architecture, mistakes) = parse(RANGES);
    assert_eq!(mistakes, []);
    let written = RANGES.matches("..").count();
    assert_eq!(architecture.ranges.len(), written, "{:#?}", architecture.ranges);
    for range in &architecture.ranges {
        let text = document.sources.text(range.span);
        assert_eq!(
            text.replace(' ', ""),
            format!("{}..{}", range.low, range.high).replace(' ', "")
        );
        for end in [&range.low, &range.used, &range.high] {
            let set = document.set(&range.path, end).expect("a path that can be set");
            let (other, mistakes) = set.lower(&NoFiles);
            assert_eq!(mistakes, [], "{} = {end}", range.path);
            assert_eq!(other.ranges.len(), written - 1);
        }
        let assumed = architecture.assumptions.iter().find(|it| it.path == range.path);
        let assumed = assumed.expect("a range is an assumption");
        assert_eq!(assumed.value, range.used);
        let source = format!("middle of {}..{}", range.low, range.high);
        assert_eq!(assumed.source.as_deref(), Some(&*source));
    }
}

#[test]
fn the_middle_is_what_is_simulated() {
    let (_, architecture, _) = parse(RANGES);
    let used = |path: &str| {
        let found = architecture.ranges.iter().find(|it| it.path == path);
        found.unwrap_or_else(|| panic!("no range at {path}")).used.as_str()
    };
    assert_eq!(used("policies.p.retry.budget.share"), "10%");
    assert_eq!(used("services.web.cost"), "$0.1/h");
    assert_eq!(used("services.web.speeds.1"), "2");
    assert_eq!(used("policies.p.breaker.window"), "10 calls");
    let web = &architecture.services[0];
    assert_eq!(web.concurrency.map(|it| it.value), Some(1_000));
    assert_eq!(web.queue.map(|it| it.value), Some(5), "zero has no geometric mean");
    assert_eq!(web.cores.map(|it| it.count), Some(4));
    assert_eq!(web.speeds, [1.0, 2.0]);
    let steps = &web.endpoints[0].steps;
    let StepKind::Work(Dist::Lognormal { mu, .. }) = &steps[0].kind else { panic!("lognormal") };
    assert!((libm::exp(*mu) - 0.002).abs() < 1e-12);
    let StepKind::Wait(wait) = &steps[1].kind else { panic!("wait") };
    assert_eq!(*wait, Dist::Constant(0.003));
    let TrafficKind::Open { rate } = architecture.traffic[0].kind else { panic!("open") };
    assert!((rate - 2.0).abs() < 1e-12);
    let StepKind::All { branches, .. } = &steps[3].kind else { panic!("all") };
    let StepKind::Call { policy, .. } = &branches[0][0].kind else { panic!("call") };
    assert_eq!(policy.timeout.map(|it| it.value), Some(2_000_000_000));
    assert_eq!(policy.retry.map(|it| it.value.attempts), Some(4));
    assert_eq!(policy.breaker.map(|it| it.value.window), Some(BreakerWindow::Calls(10)));
}

/// The only complaint about a work step of this time: code, message, help.
fn only(time: &str) -> (&'static str, String, Option<String>) {
    let text = format!(
        "tradeoff: 1\nname: x\nservices: {{ a: {{ endpoints: {{ e: {{ steps: [ {{ work: {time} }} ] }} }} }} }}"
    );
    let (document, _, all) = parse(&text);
    assert_eq!(all.len(), 1, "{time}: {all:#?}");
    let place = all[0].place().expect("a place");
    assert!(time.contains(document.sources.text(place)), "{}", document.sources.text(place));
    (all[0].code, all[0].message.clone(), all[0].help.clone())
}

#[test]
fn a_wrong_range_is_told() {
    let told =
        |code, message: &str, help: Option<&str>| (code, message.into(), help.map(Into::into));
    assert_eq!(
        only("40ms..8ms"),
        told("range-order", "`40ms` is more than `8ms`", Some("write `8ms..40ms`"))
    );
    assert_eq!(
        only("8..40ms"),
        told("wrong-unit", "`8` is not a duration", Some("write `8ms..40ms`"))
    );
    assert_eq!(
        only("8ms..40"),
        told("wrong-unit", "`40` is not a duration", Some("write `8ms..40ms`"))
    );
    assert_eq!(only("8ms..500d"), told("out-of-range", "`500d` is not at most 400 d", None));
    assert_eq!(only("8ms..").0, "wrong-value");
    assert_eq!(only("1ms..2ms..3ms").0, "wrong-unit");
    assert_eq!(
        only("{ p50: 9ms, p99: 8ms..40ms }"),
        told("percentile-order", "`p99` may be less than `p50`", None)
    );
    assert_eq!(only("{ p50: 9ms..12ms, p99: 8ms }").1, "`p99` is less than `p50`");
    assert_eq!(only("{ min: 1ms..5ms, max: 3ms }").1, "`max` may be less than `min`");
    assert_eq!(only("{ p50: 0ms..5ms, p99: 30ms }").0, "out-of-range");
}

#[test]
fn what_must_sum_up_is_no_range() {
    let text = "tradeoff: 1\nname: x\nservices: { a: { endpoints: { e: {} } } }\n\
                traffic: { t: { rate: 1/s, mix: { a.e: 90%..100% } } }";
    let (_, _, all) = parse(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0].message, "a share of a mix cannot be a range");
}

#[test]
fn the_schema_takes_ranges() {
    let schema = tradeoff_model::schema();
    let pattern = |block: &str, key: &str| schema["$defs"][block]["properties"][key].to_string();
    assert!(pattern("distribution", "p99").contains(r"( ?\\.\\. ?"));
    assert!(pattern("distribution", "cv").contains("anyOf"));
}
