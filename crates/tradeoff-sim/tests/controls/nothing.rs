//! What must not change when nothing does.

use rayon::ThreadPoolBuilder;
use tradeoff_diag::SourceFile;
use tradeoff_model::{Document, Edit, NoFiles, Op};
use tradeoff_sim::{
    Known, Options, Plan,
    compare::{Comparison, compare},
    frame,
    results::{Figure, Run},
    trial,
};

use crate::{SHOP, all, close, mean, options, support};

fn json(yaml: &str, options: &Options) -> String {
    serde_json::to_string(&support::simulate(yaml, options)).expect("results are plain data")
}

fn document(yaml: &str) -> Document {
    let file = SourceFile { name: "test.yaml".to_owned(), text: yaml.to_owned() };
    Document::parse(vec![file]).0
}

/// Today's design against another one.
fn compared(design: &Document) -> Comparison {
    let today = support::architecture(SHOP);
    let plan = Plan::new(&today);
    // Nothing is taken over from today: all is simulated.
    let options = Options { reuse: false, ..options(5) };
    let frame = frame(&today, &plan, &options);
    let records = trial(&today, &plan, &options, &frame, &[], &|| ());
    let (design, _) = design.lower(&NoFiles);
    let changed = Plan::new(&design);
    let known = [Known { architecture: &today, plan: &plan, trial: &records }];
    let other = trial(&design, &changed, &options, &frame, &known, &|| ());
    compare(&today, &plan, &frame, &records, &other)
}

fn is_zero(it: &Comparison) {
    assert!(it.avoided.iter().all(|it| *it == 0.0), "{it:?}");
    assert_eq!(it.effects.len(), 3, "one promise in three runs");
    for effect in &it.effects {
        for pair in [&effect.bad, &effect.quantile, &effect.recovered] {
            assert_eq!(pair.today, pair.design, "{effect:?}");
            if let [_, _, Some(difference)] = pair.figures(0.95) {
                let all = [difference.value, difference.low, difference.high];
                assert!(all.iter().all(|it| *it == 0.0), "{all:?}");
            }
        }
        assert!(!effect.bad.today.is_empty());
    }
}

#[test]
fn a_design_against_itself_is_zero() {
    is_zero(&compared(&document(SHOP)));
}

#[test]
fn a_patch_that_changes_nothing_is_zero() {
    let edit = |op, path: &str, value: &str| Edit {
        op,
        path: path.to_owned(),
        value: Some(serde_json::Value::String(value.to_owned())),
    };
    let edits = [
        edit(Op::Replace, "/services/shop/replicas", "2"),
        edit(Op::Add, "/services/bank/queue", "unlimited"),
        edit(Op::Add, "/summary", "the same"),
    ];
    let patched = document(SHOP).patched(&edits).expect("the edits fit");
    is_zero(&compared(&patched));
}

#[test]
fn a_patch_that_changes_something_is_not_zero() {
    let edit = Edit {
        op: Op::Replace,
        path: "/services/shop/replicas".to_owned(),
        value: Some(serde_json::Value::String("1".to_owned())),
    };
    let patched = document(SHOP).patched(&[edit]).expect("the edit fits");
    assert!(compared(&patched).avoided.iter().all(|it| *it < 0.0));
}

/// The file with all maps the other way round.
fn reversed(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(map) => {
            let entry = |(key, value): (&String, _)| format!("{key:?}: {}", reversed(value));
            let mut entries: Vec<String> = map.iter().map(entry).collect();
            entries.reverse();
            format!("{{ {} }}", entries.join(", "))
        }
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(reversed).collect();
            format!("[ {} ]", items.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

#[test]
fn reordering_the_file_changes_nothing() {
    let tree = document(SHOP).get("").expect("the file has a root");
    let other = reversed(&tree);
    assert!(other.starts_with("{ \"warmup\""), "{other}");
    assert_eq!(json(SHOP, &options(2)), json(&other, &options(2)));
}

#[test]
fn threads_change_nothing() {
    let with = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
        pool.install(|| json(SHOP, &options(3)))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, json(SHOP, &options(3)), "the same seed gives the same bytes");
}

#[test]
fn another_seed_is_another_luck() {
    let other = Options { seed: 2, ..options(1) };
    assert_ne!(json(SHOP, &options(1)), json(SHOP, &other));
}

#[test]
fn more_replications_keep_the_first_ones() {
    let offered = |replications: u32| {
        let run = support::baseline(SHOP, &options(replications));
        all(&run, "users/shop.buy").offered
    };
    let (two, three) = (offered(2), offered(3));
    assert!(two < three);
    let third = three - two;
    assert!((900..1500).contains(&third), "{third} of 1200 expected");
}

fn half(figure: Figure) -> (f64, f64) {
    let it = figure.expect("the figure is there");
    (it.value, it.high - it.value)
}

/// A rename changes the draws, within the intervals.
#[test]
fn renaming_stays_within_the_intervals() {
    let renamed = [("shop.", "store."), ("shop:", "store:"), ("crash: shop", "crash: store")];
    let renamed = renamed.iter().fold(SHOP.to_owned(), |text, (from, to)| text.replace(from, to));
    let renamed = renamed.replace("bank", "till").replace("orders", "ledger").replace("users/", "");
    let renamed = renamed.replace("mail", "post").replace("  users: {", "  people: {");
    let options = Options { series: false, ..options(20) };
    let one = support::baseline(SHOP, &options);
    let other = support::baseline(&renamed, &options);
    let figures = |run: &Run, flow: &str| {
        let it = all(run, flow).clone();
        [it.good_ratio, it.latency.mean, it.latency.p50, it.latency.p90]
    };
    let pairs = [
        ("users/shop.buy", "people/store.buy"),
        ("users/shop.look", "people/store.look"),
        ("staff/shop.look", "staff/store.look"),
    ];
    for (before, after) in pairs {
        let [ours, theirs] = [all(&one, before), all(&other, after)].map(mean);
        assert!(ours.to_bits() != theirs.to_bits(), "{before}: the draws are others");
        for (one, other) in figures(&one, before).into_iter().zip(figures(&other, after)) {
            let ((one, within), (other, or_within)) = (half(one), half(other));
            assert!((one - other).abs() <= within + or_within, "{before}: {one} and {other}");
        }
    }
}

/// A steady system with every time `scale` times as long.
fn scaled(scale: u32) -> String {
    let ms = |it: u32| format!("{}us", it * 1000 * scale);
    format!(
        "
tradeoff: 1
name: scaled
duration: {duration}
warmup: {warmup}
services:
  front:
    replicas: 2
    cores: 1
    concurrency: 20
    balance: {{ policy: least-connections, health: {health} }}
    endpoints:
      do:
        steps:
          - work: {{ mean: {work} }}
          - call: back.do
            policy:
              timeout: {timeout}
              deadline: {deadline}
              retry: {{ attempts: 3, base: {base}, cap: {cap} }}
              breaker: {{ window: {window}, open_for: {open} }}
  back:
    cores: 2
    queue: 12
    concurrency: 6
    network: {{ mean: {network} }}
    endpoints: {{ do: {{ steps: [ {{ wait: {{ min: {least}, max: {most} }} }}, {{ query: rows.get }} ] }} }}
stores:
  rows:
    cores: 1
    pool: {{ per_replica: 3, wait: {wait} }}
    operations: {{ get: {{ time: {{ p50: {p50}, p99: {p99} }} }} }}
traffic:
  open: {{ rate: {rate}/s, patience: {patience}, mix: {{ front.do: 100% }} }}
  closed: {{ users: 3, think: {{ mean: {think} }}, mix: {{ front.do: 100% }} }}
",
        duration = ms(60_000),
        warmup = ms(10_000),
        health = ms(5_000),
        work = ms(12),
        timeout = ms(60),
        deadline = ms(200),
        base = ms(10),
        cap = ms(50),
        window = ms(5_000),
        open = ms(1_000),
        network = ms(2),
        least = ms(5),
        most = ms(30),
        wait = ms(40),
        p50 = ms(6),
        p99 = ms(40),
        rate = 48.0 / f64::from(scale),
        patience = ms(800),
        think = ms(300),
    )
}

/// Draws round to whole nanoseconds, which is all that may differ.
#[test]
fn scaling_every_time_scales_the_results() {
    const SCALE: u32 = 8;
    let options = Options { series: false, ..options(3) };
    let (one, many) = (scaled(1), scaled(SCALE));
    let (one, many) = (support::baseline(&one, &options), support::baseline(&many, &options));
    let scale = f64::from(SCALE);
    for (flow, phases) in &one.requests {
        let (it, other) = (&phases["all"], all(&many, flow));
        assert_eq!((it.offered, it.ok, &it.failed), (other.offered, other.ok, &other.failed));
        assert!(it.failed.values().sum::<u64>() > 0, "{flow}: bounds matter");
        assert!(close(mean(it) * scale, mean(other)), "{flow}");
        let longest = [it, other].map(|it| it.latency.max.unwrap_or(0.0));
        assert!(close(longest[0] * scale, longest[1]), "{flow}: {longest:?}");
    }
    for (name, it) in &one.edges {
        let other = &many.edges[name];
        assert_eq!((it.calls, it.attempts), (other.calls, other.attempts), "{name}");
        assert_eq!(it.outcomes, other.outcomes, "{name}");
    }
    for (name, it) in &one.resources {
        let other = &many.resources[name];
        let counts = (it.arrivals, it.served, it.refused, it.left, it.waiting, it.in_service);
        assert_eq!(
            counts,
            (
                other.arrivals,
                other.served,
                other.refused,
                other.left,
                other.waiting,
                other.in_service
            ),
            "{name}"
        );
        let inside = [it, other].map(|it| it.in_system.map_or(0.0, |it| it.value));
        assert!(close(inside[0], inside[1]), "{name}: {inside:?}");
    }
}
