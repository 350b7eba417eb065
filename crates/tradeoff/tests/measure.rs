//! The options of a decision, simulated side by side: each is written into the design so that the
//! design is still one, what is today's differs by nothing, and an event does away with the wait.

#![expect(clippy::disallowed_methods, reason = "this test reads the examples")]

use std::fs;
use std::path::Path;

use tradeoff::decide::{Inquiry, Measured, catalogue, measure, written};
use tradeoff::results::Verdict;
use tradeoff::{Bounds, Design, NoFiles, Progress, SimulateOptions, SourceFile, simulate};

struct Quiet;

impl Progress for Quiet {
    fn total(&self, _: u64) {}
    fn step(&self, _: &str) {}
}

fn load(text: &str) -> Design {
    Design::load(vec![SourceFile::new("a.yaml", text)], &NoFiles)
        .unwrap_or_else(|it| panic!("{it}"))
}

fn example(name: &str) -> Design {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/{name}/{name}.yaml"));
    load(&fs::read_to_string(path).expect("an example"))
}

fn open(design: &Design, topic: &str, about: &str) -> Inquiry {
    Inquiry::open(Some(design), topic, Some(about)).unwrap_or_else(|it| panic!("{it}")).remove(0)
}

fn options() -> SimulateOptions {
    SimulateOptions {
        seed: 1,
        replications: 5,
        adaptive: false,
        effort: 1,
        scenarios: Vec::new(),
        duration: None,
        bounds: Bounds::default(),
    }
}

fn measured(design: &Design, inquiry: &Inquiry) -> Measured {
    let found = measure(design, inquiry, &options(), &Quiet).unwrap_or_else(|it| panic!("{it}"));
    found.expect("it can be simulated")
}

#[test]
fn every_option_that_can_be_written_makes_an_architecture() {
    let mut made = 0;
    for name in ["order-platform", "order-flow-sync", "pool-exhaustion", "monolith-first"] {
        let design = example(name);
        for topic in catalogue().iter().filter(|it| it.changes.is_some()) {
            for mut inquiry in Inquiry::open(Some(&design), topic.id, None).expect("a topic") {
                if inquiry.subject().is_none() {
                    continue;
                }
                // What the architecture does not say: any number does.
                for question in inquiry.questions().0 {
                    if question.default().is_some() {
                        continue;
                    }
                    let fact = question.fact.name;
                    let _ = ["150", "99", "yes"].iter().find(|it| inquiry.say(fact, it).is_ok());
                }
                for (option, changed) in written(&design, &inquiry) {
                    match changed {
                        Ok(_) => made += 1,
                        Err(why) => assert_eq!(
                            why, "an architecture has no setting for it, or these facts no size",
                            "{name}: {} {}",
                            topic.id, option.id
                        ),
                    }
                }
            }
        }
    }
    assert!(made > 100, "{made} options were written");
}

const CHAIN: &str = "
tradeoff: 1
name: chain
duration: 1m
warmup: 10s
policies: { short: { timeout: 300ms } }
services:
  order:
    replicas: 2
    cores: 2
    concurrency: 16
    queue: 16
    endpoints:
      place: { steps: [ { work: 1ms }, { call: note.send, policy: short } ] }
  note:
    replicas: 2
    cores: 2
    concurrency: 16
    queue: 16
    endpoints: { send: { steps: [ { work: { mean: 20ms } } ] } }
traffic: { users: { rate: 40/s, mix: { order.place: 100% } } }
slos: { place: { endpoint: order.place, availability: 99%, window: 1d } }
scenarios: { note-down: { per_month: 30, events: [ { at: 10s, for: 30s, crash: note } ] } }
";

#[test]
fn an_event_takes_the_wait_away_and_a_call_is_what_is_today() {
    let design = load(CHAIN);
    let inquiry = open(&design, "call-or-event", "order.place->note.send");
    let found = measured(&design, &inquiry);
    assert_eq!(found.today, Verdict::Broken);
    let [call, event] = &found.options[..] else { panic!("{found:?}") };
    let today = call.effect.as_ref().expect("it was simulated");
    assert_eq!((call.settings.len(), today.verdict), (0, Verdict::Broken));
    let score = today.score.expect("a figure");
    assert_eq!((score.low, score.value, score.high), (0.0, 0.0, 0.0));
    let effect = event.effect.as_ref().expect("it was simulated");
    assert_eq!(effect.verdict, Verdict::Kept);
    // 30 times 30 s of 40/s.
    let avoided = effect.score.expect("a figure").value;
    assert!((34_000.0..38_000.0).contains(&avoided), "{avoided}");
    // What consumes the events has as much to do as it had.
    let (_, changed) = written(&design, &inquiry).pop().expect("two options");
    let (_, changed) = changed.expect("it can be written");
    let busy = |design: &Design| {
        let today = simulate(design, &options(), &Quiet).unwrap_or_else(|it| panic!("{it}"));
        today.runs[0].resources["note/cores"].utilization.expect("a figure").value
    };
    let (before, after) = (busy(&design), busy(&changed));
    assert!((before - after).abs() < 0.02 * before, "{before} {after}");
}

#[test]
fn a_named_policy_is_spelled_out_before_its_keys_are_changed() {
    let design = load(CHAIN);
    let inquiry = open(&design, "resilience-set", "order.place->note.send");
    let (_, first) = written(&design, &inquiry).into_iter().next().expect("an option");
    let (settings, _) = first.expect("it can be written");
    let paths: Vec<&str> = settings.iter().map(|it| it.path.as_str()).collect();
    let policy = "services.order.endpoints.place.steps.1.policy";
    assert_eq!(paths[..2], [policy.to_owned(), format!("{policy}.timeout")]);
    assert_eq!(paths.iter().filter(|it| **it == policy).count(), 1);
}

#[test]
fn what_cannot_be_simulated_is_not() {
    let design = load(CHAIN);
    let inquiry = Inquiry::open(Some(&design), "pagination", None).expect("a topic").remove(0);
    assert_eq!(measure(&design, &inquiry, &options(), &Quiet).ok(), Some(None));
}
