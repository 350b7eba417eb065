//! What a review measures, held against what can be calculated.

use tradeoff::{
    Bounds, Design, NoFiles, Progress, SimulateOptions, SourceFile, horizon_of,
    results::Verdict,
    review,
    review::report::{Effect, Flip, FlipsOf, MendOutcome, Review},
};

struct Quiet;

impl Progress for Quiet {
    fn total(&self, _: u64) {}
    fn step(&self, _: &str) {}
}

/// Exactly so many replications, or as many as it takes.
fn options(seed: u64, fixed: Option<u32>) -> SimulateOptions {
    SimulateOptions {
        seed,
        replications: fixed.unwrap_or(5),
        adaptive: fixed.is_none(),
        effort: 1,
        scenarios: Vec::new(),
        duration: None,
        bounds: Bounds::default(),
    }
}

fn reviewed(yaml: &str, seed: u64, fixed: Option<u32>) -> Review {
    let files = vec![SourceFile::new("test.yaml", yaml)];
    let design = Design::load(files, &NoFiles).expect("an architecture");
    review(&design, &options(seed, fixed), &Quiet).expect("no scenario is asked for")
}

/// M/M/1: five requests per second, 50 ms each, 99 % of them within a second.
const QUEUE: &str = "
tradeoff: 1
name: queue
duration: 10m
warmup: 10s
services:
  s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 50ms } } ] } } }
traffic:
  t: { rate: 5/s, patience: none, mix: { s.do: 100% } }
slos:
  do: { endpoint: s.do, latency: { p99: 1s } }
";

fn flip<'a>(review: &'a Review, path: &str) -> &'a Flip {
    let found = review.flips.iter().find(|it| it.path == path);
    found.unwrap_or_else(|| panic!("{path} is tried: {:?}", review.flips))
}

/// The number in a text.
fn number(text: &str) -> f64 {
    let digits = text.chars().filter(|it| it.is_ascii_digit() || *it == '.');
    digits.collect::<String>().parse().expect("a number")
}

#[test]
fn a_flip_lies_where_the_closed_form_says() {
    let review = reviewed(QUEUE, 1, Some(5));
    assert_eq!((review.verdict, review.flips_of), (Verdict::Kept, Some(FlipsOf::Today)));
    // The time in an M/M/1 is exponential with the rate of service less that of arrivals: of it
    // 99 % lies within a second if that difference is ln 100.
    let difference = libm::log(100.0);
    let expected = [
        ("traffic.t.rate", 20.0 - difference),
        ("services.s.endpoints.do.steps.0.work", 1e3 / (5.0 + difference)),
    ];
    for (path, expected) in expected {
        let flip = flip(&review, path);
        assert_eq!(flip.verdict, Verdict::Kept);
        let [same, other] = flip.bracket.as_ref().expect("it flips").clone();
        let (low, high) = (number(&same), number(&other));
        assert!(low < expected && expected < high, "{path}: {expected} in {low} .. {high}");
        assert!(high / low < 1.2, "{path}: {low} .. {high}");
        assert_eq!(flip.flips_at, Some(other));
        assert_eq!(flip.because.as_ref().map(|it| it.slo.as_str()), Some("do"));
    }
}

#[test]
fn a_broken_design_without_mends_flips_to_kept() {
    let broken = QUEUE.replace("mean: 50ms", "mean: 150ms");
    let review = reviewed(&broken, 1, Some(5));
    assert_eq!(review.verdict, Verdict::Broken);
    let flip = flip(&review, "services.s.endpoints.do.steps.0.work");
    if review.flips_of == Some(FlipsOf::Today) {
        assert_eq!(flip.verdict, Verdict::Broken);
        assert!(number(flip.flips_at.as_ref().expect("it flips")) < 104.2, "{flip:?}");
    } else {
        assert_eq!(flip.verdict, Verdict::Kept);
    }
}

/// An external that fails now and then: a breaker opens by bad luck, in some replications.
const LUCK: &str = "
tradeoff: 1
name: luck
duration: 60s
warmup: 5s
services:
  s:
    replicas: 2
    cores: 4
    concurrency: 100
    queue: 100
    endpoints: { do: { steps: [ { call: far, policy: { timeout: 1s } } ] } }
externals:
  far: { time: { mean: 20ms }, errors: 15% }
traffic:
  t: { rate: 20/s, mix: { s.do: 100% } }
slos:
  do: { endpoint: s.do, availability: 99% }
";

#[test]
fn a_mend_is_looked_at_until_its_sign_is_settled() {
    let mut seen = Vec::new();
    for seed in 1..=12 {
        let review = reviewed(LUCK, seed, None);
        assert_eq!(review.looks, [5, 10, 20]);
        seen.extend(review.mends.iter().map(|it| (seed, it.outcome, it.replications)));
        for mend in &review.mends {
            let open = mend.outcome == MendOutcome::Undecided;
            assert!(!open || mend.replications == 20, "it stops early only when settled: {mend:?}");
        }
    }
    let settled = |it: &&(u64, MendOutcome, u32)| it.1 == MendOutcome::Harms && it.2 > 5;
    let (lucky, ..) = *seen.iter().find(settled).unwrap_or_else(|| panic!("{seen:?}"));
    assert!(seen.iter().any(|it| it.2 == 5), "some are settled at once: {seen:?}");
    let fixed = reviewed(LUCK, lucky, Some(5));
    assert_eq!(fixed.looks, [5]);
    assert!(fixed.mends.iter().all(|it| it.replications == 5));
}

#[test]
fn a_review_is_the_same_on_any_number_of_threads() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let review = pool.expect("a pool").install(|| reviewed(LUCK, 3, None));
        serde_json::to_string(&review).expect("plain data")
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn what_is_not_simulated_says_so_and_is_zero() {
    let yaml = LUCK.replace("errors: 15%", "errors: 0%");
    let review = reviewed(&yaml, 1, Some(5));
    assert!(!review.mends.is_empty(), "a breaker is missing");
    for mend in &review.mends {
        assert_eq!(mend.outcome, MendOutcome::NoDifference, "{mend:?}");
        for effect in &mend.effects {
            assert!(!effect.simulated, "nothing fails, so a breaker never opens: {effect:?}");
            assert_eq!(effect.bad.difference.map(|it| it.value), Some(0.0));
        }
    }
}

/// An entry that calls five externals, each without a timeout.
fn many() -> String {
    let mut yaml = String::from(
        "tradeoff: 1\nname: many\nduration: 60s\nwarmup: 5s\nservices:\n  s:\n    cores: 8\n    \
         concurrency: 50\n    queue: 50\n    endpoints: { do: { steps: [",
    );
    let each = |entry: fn(u32) -> String| (0..5).map(entry).collect::<String>();
    yaml += &each(|nth| format!(" {{ call: far{nth}, policy: {{ timeout: none }} }},"));
    yaml += " ] } }\nexternals:\n";
    yaml += &each(|nth| format!("  far{nth}: {{ time: {{ mean: 5ms }} }}\n"));
    yaml + "traffic:\n  t: { rate: 20/s, mix: { s.do: 100% } }\nslos:\n  do: { endpoint: s.do, \
            availability: 99% }\n"
}

#[test]
fn many_findings_of_one_rule_are_one_mend() {
    let review = reviewed(&many(), 1, Some(5));
    let mend = review.mends.iter().find(|it| it.finding == "rel-no-timeout");
    let mend = mend.unwrap_or_else(|| panic!("{:?}", review.mends));
    assert_eq!(mend.findings.len(), 5);
    assert!(mend.findings.iter().all(|it| it.starts_with("rel-no-timeout:")));
    assert!(review.mends.iter().all(|it| it.left_out.is_none()), "what holds needs nothing");
    let files = vec![SourceFile::new("test.yaml", many())];
    let design = Design::load(files, &NoFiles).expect("an architecture");
    assert!(tradeoff::fix(&design, &mend.findings).is_ok());
}

/// A shop whose mail hangs: what waits for it fails, and no bound on a queue changes that.
fn chained(mail: &str) -> String {
    format!(
        "
tradeoff: 1
name: chained
duration: 1m
warmup: 10s
defaults: {{ policy: {{ timeout: 200ms, retry: none }} }}
services:
  order:
    replicas: 2
    cores: 2
    queue: 50
    concurrency: 16
    endpoints: {{ place: {{ steps: [ {{ work: 1ms }}, {{ call: note.send }} ] }} }}
  note:
    replicas: 2
    cores: 2
    queue: 50
    concurrency: 16
    endpoints: {{ send: {{ steps: [ {{ work: 1ms }}, {mail} ] }} }}
externals: {{ mail: {{ time: 10ms }} }}
traffic: {{ users: {{ rate: 50/s, mix: {{ order.place: 100% }} }} }}
slos: {{ place: {{ endpoint: order.place, availability: 99%, window: 1d }} }}
scenarios: {{ mail-down: {{ per_month: 30, events: [ {{ at: 10s, for: 30s, errors: mail, share: 100% }} ] }} }}
"
    )
}

#[test]
fn where_no_mend_holds_it_is_measured_what_doing_without_an_answer_does() {
    let found = reviewed(&chained("{ call: mail }"), 1, Some(3));
    assert_eq!(found.verdict, Verdict::Broken);
    let cause = &found.causes[0];
    assert_eq!((cause.scenario.as_str(), cause.hurt.as_str()), ("mail-down", "mail"));
    assert_eq!(cause.chain, ["order", "note", "mail"]);
    assert_eq!(found.smallest_set, None);
    let [without] = &found.decoupled[..] else { panic!("{:?}", found.decoupled) };
    assert_eq!(without.calls, ["note.send->mail"]);
    assert_eq!(without.effect.verdict, Verdict::Kept);
    assert_eq!(found.flips_of, Some(FlipsOf::Decoupled));
    assert!(found.flips.iter().all(|it| it.verdict == Verdict::Kept), "{:?}", found.flips);
    let avoided = without.effect.score.expect("a figure");
    // 30 times 30 s of 50/s fail today, and none without it.
    assert!((44_000.0..46_000.0).contains(&avoided.value), "{avoided:?}");
}

#[test]
fn what_may_be_missing_is_no_cause() {
    let found = reviewed(&chained("{ optional: [ { call: mail } ] }"), 1, Some(3));
    assert_eq!(found.verdict, Verdict::Kept);
    assert_eq!(found.causes, []);
    assert_eq!(found.decoupled, []);
}

/// A stall that a bounded queue survives: today comes back soon after it.
const STALL: &str = "
tradeoff: 1
name: stall
duration: 60s
warmup: 10s
services:
  app:
    replicas: 2
    endpoints:
      get:
        steps:
          - { call: store.get, policy: { timeout: 1s, retry: { attempts: 2, backoff: none } } }
  store:
    cores: 1
    concurrency: 2
    queue: 15
    endpoints: { get: { steps: [ { work: { mean: 33ms } } ] } }
traffic:
  users: { rate: 28/s, patience: none, mix: { app.get: 100% } }
slos:
  get: { endpoint: app.get, availability: 99%, spend: 50% }
scenarios:
  stall: { duration: 2m, events: [ { at: 30s, for: 10s, stall: store } ] }
";

#[test]
fn a_mend_that_comes_back_later_than_today_pays_for_it() {
    let review = reviewed(STALL, 1, Some(5));
    let breaker = review.mends.iter().find(|it| it.finding.starts_with("rel-no-breaker"));
    let breaker = breaker.expect("a breaker is proposed");
    let effect = breaker.effects.iter().find(|it| it.scenario.is_some()).expect("in the stall");
    let of = |it: tradeoff::results::Figure| it.expect("measured").value;
    let (short, long) = (effect.bad, effect.bad_until_both);
    assert!(of(long.mended) > 1.1 * of(short.mended), "it fails on after today: {effect:?}");
    // Beyond its own return today fails as little as without events.
    assert!(of(long.today) - of(short.today) <= 0.05 * of(long.mended), "{effect:?}");
    assert_eq!(breaker.outcome, MendOutcome::Harms, "{breaker:?}");
    // One stall a month, and as many minutes of the baseline as a month has.
    let minutes = 30.0 * 24.0 * 60.0;
    let times = |it: &Effect| if it.scenario.is_some() { 1.0 } else { minutes };
    let each = breaker.effects.iter().map(|it| -of(it.bad_until_both.difference) * times(it));
    let (score, sum) = (of(breaker.score), each.sum::<f64>());
    assert!((score - sum).abs() < 1e-6 * score.abs(), "{score} is {sum}");
}

#[test]
fn an_assumed_share_of_the_budget_that_decides_is_told() {
    let down = "
scenarios:
  down: { duration: 60s, events: [ { at: 10s, for: 10s, errors: s, share: 100% } ] }
";
    let promise = "availability: 99.999%, window: 30d";
    let file = QUEUE.replace("latency: { p99: 1s }", promise).replace("10m", "1m") + down;
    let review = reviewed(&file, 1, Some(5));
    assert_eq!(review.verdict, Verdict::Broken);
    let used = review.today.runs[1].slos["do"].budget_used.expect("measured");
    assert!(used.low > 0.1, "{used:?}");
    let spend = |it: &Review| {
        let mut all = it.today.assumptions.iter();
        all.find(|it| it.path == "slos.do.spend").map(|it| it.moves_verdict)
    };
    let least = review.holds_at_spend.expect("less than the whole budget is used");
    assert!((used.high..used.high + 0.01).contains(&least), "{least} of {used:?}");
    assert_eq!(spend(&review), Some(Some(true)));
    let more = format!("{:.0}%", least * 100.0);
    let stated = reviewed(&file.replace("30d", &format!("30d, spend: {more}")), 1, Some(5));
    assert_eq!(stated.today.runs[1].slos["do"].verdict, Verdict::Kept, "with {more}");
    assert_eq!((stated.holds_at_spend, spend(&stated)), (None, None));
}

#[test]
fn the_month_in_which_a_promise_breaks_is_simulated_where_sources_grow_differently() {
    let two = "traffic:
  grows: { growth: 8%/month, rate: 4/s, patience: none, mix: { s.do: 100% } }
  stays: { growth: 0%/month, rate: 1/s, patience: none, mix: { s.do: 100% } }";
    let file: Vec<&str> = QUEUE.lines().collect();
    let at = file.iter().position(|it| *it == "traffic:").expect("there is traffic");
    let file = [&file[..at], &[two], &file[at + 2..]].concat().join("\n");
    let design = Design::load(vec![SourceFile::new("a.yaml", file)], &NoFiles).expect("loads");
    let options = options(1, Some(5));
    let review = review(&design, &options, &Quiet).expect("a review");
    let promise = |months: u32| {
        let ahead =
            horizon_of(&design, months, &review, &options).expect("no scenario is asked for");
        ahead.breaks.into_iter().find(|it| it.name == "do" && it.rung == "simulated")
    };
    // The time in the system is exponential with the rate 20 - load, of which 99 % lies within a
    // second up to a load of 20 - ln 100 = 15.39: 4 x 1.08^m + 1 passes it in month 17.
    let found = promise(24).expect("it breaks");
    assert!((16..=18).contains(&found.month), "{found:?}");
    assert_eq!(found.latest, Some(found.month));
    let sum = format!("grows 1.08^{}", found.month);
    assert!(found.arithmetic.starts_with(&sum), "{found:?}");
    assert_eq!(promise(12), None);
}
