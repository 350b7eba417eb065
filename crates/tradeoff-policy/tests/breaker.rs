//! Laws the breaker keeps under every interleaving of calls, answers and waits.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*, test_runner::RngSeed};
use tradeoff_policy::{
    Time,
    breaker::{Breaker, Config, Outcome, Permit, State, Verdict, Window},
};

const OPEN_FOR: Duration = Duration::from_millis(100);
/// The time window of the histories, and one of the ten steps it moves in.
const SPAN: Duration = Duration::from_millis(500);
const STEP: u64 = 50_000_000;
const SLOW: u64 = 1_000;

#[derive(Clone, Debug)]
enum Step {
    Wait(Duration),
    Call,
    Answer { which: usize, outcome: Outcome, took: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let outcome =
        prop_oneof![Just(Outcome::Success), Just(Outcome::Failure), Just(Outcome::Ignored)];
    prop_oneof![
        1 => (0..150_u64).prop_map(|millis| Step::Wait(Duration::from_millis(millis))),
        3 => Just(Step::Call),
        3 => (any::<usize>(), outcome, SLOW - 2..SLOW + 1)
            .prop_map(|(which, outcome, took)| Step::Answer { which, outcome, took }),
    ]
}

/// Rates in tenths, so that the model can compare whole numbers.
fn config() -> impl Strategy<Value = (u32, Option<u32>, Config)> {
    let window = prop_oneof![(1..6_u32).prop_map(Window::Calls), Just(Window::Time(SPAN))];
    let rates = (1..11_u32, option::of(1..11_u32));
    (rates, window, option::of(1..8_u32), 1..4_u32, 0..5_u32).prop_map(
        |((failed, slow), window, min_calls, probes, concurrent_probes)| {
            let config = Config {
                failure_rate: f64::from(failed) / 10.0,
                slow_rate: slow.map(|slow| f64::from(slow) / 10.0),
                slow_after: Duration::from_nanos(SLOW),
                window,
                min_calls,
                open_for: OPEN_FOR,
                probes,
                concurrent_probes,
            };
            (failed, slow, config)
        },
    )
}

/// What ended since the last transition, all of it, and counted anew each time.
struct Model {
    failed: u32,
    slow: Option<u32>,
    config: Config,
    state: State,
    until: Time,
    ended: Vec<(Time, bool, bool)>,
    flying: u32,
    succeeded: u32,
}

impl Model {
    fn admits(&mut self, now: Time) -> bool {
        if self.state == State::Open && self.until <= now {
            self.enter(State::HalfOpen);
        }
        let Config { probes, concurrent_probes, .. } = self.config;
        let at_once = if concurrent_probes == 0 { probes } else { concurrent_probes };
        let room = self.flying < at_once && self.flying + self.succeeded < probes.max(at_once);
        let admits = self.state == State::Closed || self.state == State::HalfOpen && room;
        self.flying += u32::from(admits);
        admits
    }

    /// Only for calls admitted since the last transition.
    fn settle(&mut self, now: Time, outcome: Outcome, took: u64) {
        self.flying -= 1;
        let (failed, slow) = (outcome == Outcome::Failure, self.slow.is_some() && took >= SLOW);
        match (self.state, outcome) {
            (_, Outcome::Ignored) => (),
            (State::Open, _) => unreachable!("nothing is admitted while open"),
            (State::Closed, _) => {
                self.ended.push((now, failed, slow));
                if self.reached(now) {
                    self.open(now);
                }
            }
            (State::HalfOpen, _) if failed || slow => self.open(now),
            (State::HalfOpen, _) => {
                self.succeeded += 1;
                if self.succeeded == self.config.probes {
                    self.enter(State::Closed);
                }
            }
        }
    }

    fn reached(&self, now: Time) -> bool {
        let (kept, least) = match self.config.window {
            Window::Calls(calls) => (
                self.ended.iter().rev().take(calls as usize).collect::<Vec<_>>(),
                self.config.min_calls.unwrap_or(calls).min(calls),
            ),
            Window::Time(_) => (
                self.ended.iter().filter(|(then, ..)| now.0 / STEP - then.0 / STEP < 10).collect(),
                self.config.min_calls.unwrap_or(10),
            ),
        };
        let count = |wanted: fn(&(Time, bool, bool)) -> bool| {
            kept.iter().filter(|&&call| wanted(call)).count() as u32
        };
        let calls = kept.len() as u32;
        let failed = count(|&(_, failed, _)| failed) * 10 >= self.failed * calls;
        let slow = self.slow.is_some_and(|rate| count(|&(.., slow)| slow) * 10 >= rate * calls);
        calls >= least && (failed || slow)
    }

    fn open(&mut self, now: Time) {
        self.until = now + OPEN_FOR;
        self.enter(State::Open);
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.ended.clear();
        (self.flying, self.succeeded) = (0, 0);
    }
}

/// Plays a history against the model; returns the breaker, when it ended and the calls unanswered.
fn play(
    (failed, slow, config): (u32, Option<u32>, Config),
    history: &[Step],
) -> (Breaker, Time, Vec<Permit>) {
    let mut model = Model {
        failed,
        slow,
        config,
        state: State::Closed,
        until: Time::ZERO,
        ended: Vec::new(),
        flying: 0,
        succeeded: 0,
    };
    let (mut breaker, mut now, mut flying) = (Breaker::new(config), Time::ZERO, Vec::new());
    let mut transitions = 0;
    for step in history {
        let before = breaker.state();
        match step {
            Step::Wait(span) => now = now + *span,
            Step::Call => match breaker.admit(now) {
                Verdict::Admit(permit) => {
                    assert!(model.admits(now), "admits what it should reject");
                    transitions += u32::from(breaker.state() != before);
                    flying.push((transitions, permit));
                }
                Verdict::Reject { until } => {
                    assert!(!model.admits(now), "rejects what it should admit");
                    assert!(until.is_none_or(|until| now < until), "rejected until the past");
                    assert_eq!(until, breaker.deadline());
                }
            },
            Step::Answer { which, outcome, took } if !flying.is_empty() => {
                let (epoch, permit) = flying.swap_remove(which % flying.len());
                if epoch == transitions {
                    model.settle(now, *outcome, *took);
                }
                let change = breaker.settle(now, permit, *outcome, *took);
                assert_eq!(change, (breaker.state() != before).then(|| breaker.state()));
                transitions += u32::from(change.is_some());
            }
            Step::Answer { .. } => (),
        }
        assert_eq!(breaker.state(), model.state);
        assert_eq!(breaker.deadline(), (model.state == State::Open).then_some(model.until));
    }
    (breaker, now, flying.into_iter().map(|(_, permit)| permit).collect())
}

/// Calls one at a time, at one instant, until it opens.
fn calls_to_open(config: Config, mut fails: impl FnMut() -> bool) -> u32 {
    let mut breaker = Breaker::new(config);
    let mut calls = 0;
    while let Verdict::Admit(permit) = breaker.admit(Time::ZERO) {
        let outcome = if fails() { Outcome::Failure } else { Outcome::Success };
        calls += 1;
        let change = breaker.settle(Time::ZERO, permit, outcome, 0);
        assert_eq!(change.is_some(), breaker.state() == State::Open);
    }
    calls
}

/// Opens a breaker by failures.
fn opened(config: Config) -> Breaker {
    let mut breaker = Breaker::new(config);
    while let Verdict::Admit(permit) = breaker.admit(Time::ZERO) {
        breaker.settle(Time::ZERO, permit, Outcome::Failure, 0);
    }
    breaker
}

fn admitted(breaker: &mut Breaker, now: Time) -> Permit {
    let Verdict::Admit(permit) = breaker.admit(now) else { panic!("rejected at {now:?}") };
    permit
}

fn luck(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// Safety: it does what a breaker does that keeps every call and counts anew each time.
    #[test]
    fn does_what_the_model_does(config in config(), history in vec(step(), 0..120)) {
        play(config, &history);
    }

    /// Liveness: no history can wedge it. Let go of what is in flight, wait, answer the probes,
    /// and calls flow again.
    #[test]
    fn always_recovers(config in config(), history in vec(step(), 0..80)) {
        let (mut breaker, now, flying) = play(config, &history);
        for permit in flying {
            breaker.settle(now, permit, Outcome::Ignored, 0);
        }
        let later = now + OPEN_FOR;
        for _ in 0..config.2.probes {
            if breaker.state() != State::Closed {
                let permit = admitted(&mut breaker, later);
                breaker.settle(later, permit, Outcome::Success, 0);
            }
        }
        prop_assert_eq!(breaker.state(), State::Closed);
        prop_assert!(matches!(breaker.admit(later), Verdict::Admit(_)));
    }

    /// A probe that told us nothing, at any number of places, costs none.
    #[test]
    fn ignored_probes_make_room(probes in 1..5_u32, ignored in 0..20_u32) {
        let mut breaker = opened(Config { probes, concurrent_probes: probes, ..Config::default() });
        let later = breaker.deadline().unwrap();
        for _ in 0..ignored {
            let permit = admitted(&mut breaker, later);
            breaker.settle(later, permit, Outcome::Ignored, 0);
        }
        let flying: Vec<_> = (0..probes).map(|_| admitted(&mut breaker, later)).collect();
        prop_assert_eq!(breaker.admit(later), Verdict::Reject { until: None });
        prop_assert_eq!(flying.len() as u32, probes);
    }
}

/// Whatever rounding a share went through: k of n is k of n, and k - 1 is less.
#[test]
fn opens_exactly_at_the_rate() {
    for calls in 1..=100_u32 {
        for failures in 1..=calls {
            let share = f64::from(failures) / f64::from(calls);
            let percent = share * 100.0;
            for failure_rate in [share, percent / 100.0, percent * 0.01] {
                let window = Window::Calls(calls);
                let config = Config { failure_rate, window, ..Config::default() };
                let opens = |failures: u32| {
                    let mut breaker = Breaker::new(config);
                    let outcomes = (0..calls).map(|call| call < failures);
                    let mut last = None;
                    for failed in outcomes {
                        let outcome = if failed { Outcome::Failure } else { Outcome::Success };
                        let permit = admitted(&mut breaker, Time::ZERO);
                        last = breaker.settle(Time::ZERO, permit, outcome, 0);
                    }
                    last == Some(State::Open)
                };
                assert!(opens(failures), "{failures} of {calls} at {failure_rate}");
                assert!(!opens(failures - 1), "{failures} - 1 of {calls} at {failure_rate}");
            }
        }
    }
}

/// Failures that come alone, at 20%, open a breaker of 5 in 10 after 117.77 calls on average: the
/// hitting time of the chain over the last ten outcomes.
#[test]
fn bad_luck_opens_when_the_chain_says() {
    const FAILS: f64 = 0.2;
    let mut left = vec![0.0_f64; 1 << 10];
    for _ in 0..4_000 {
        left = (0..1_u32 << 10)
            .map(|last| {
                let next = |failed: u32| (last << 1 | failed) & 0x3ff;
                let after =
                    |last: u32| if last.count_ones() >= 5 { 0.0 } else { left[last as usize] };
                1.0 + FAILS * after(next(1)) + (1.0 - FAILS) * after(next(0))
            })
            .collect();
    }
    // The first ten calls fill the window; it is judged from the tenth on.
    let mut exact = 10.0;
    for first in 0..1_u32 << 10 {
        let failures = first.count_ones();
        let chance = FAILS.powi(failures as i32) * (1.0 - FAILS).powi(10 - failures as i32);
        exact += if failures >= 5 { 0.0 } else { chance * left[first as usize] };
    }
    assert!((exact - 117.77).abs() < 0.005, "{exact}");

    let mut draw = luck(7);
    let runs = 40_000;
    let total: u64 =
        (0..runs).map(|_| u64::from(calls_to_open(Config::default(), || draw() < FAILS))).sum();
    let mean = total as f64 / f64::from(runs);
    // The standard error is 0.54: the time to open is almost exponential after the first ten.
    assert!((mean - exact).abs() < 2.0, "{mean} is not {exact}");
}

#[test]
fn the_guides_breaker() {
    let mut breaker = opened(Config::default());
    let reopens = Time::ZERO + Duration::from_secs(30);
    assert_eq!(breaker.deadline(), Some(reopens));
    let until = Some(reopens);
    assert_eq!(breaker.admit(Time(reopens.0 - 1)), Verdict::Reject { until });

    // Nothing happens by itself; the first call after the wait is the first probe.
    assert_eq!(breaker.state(), State::Open);
    let probes = [(); 3].map(|()| admitted(&mut breaker, reopens));
    assert_eq!(breaker.state(), State::HalfOpen);
    assert_eq!(breaker.admit(reopens), Verdict::Reject { until: None });
    let changes = probes.map(|probe| breaker.settle(reopens, probe, Outcome::Success, 0));
    assert_eq!(changes, [None, None, Some(State::Closed)]);

    // It starts over with an empty window.
    for _ in 0..9 {
        let permit = admitted(&mut breaker, reopens);
        assert_eq!(breaker.settle(reopens, permit, Outcome::Failure, 0), None);
    }
    let permit = admitted(&mut breaker, reopens);
    assert_eq!(breaker.settle(reopens, permit, Outcome::Failure, 0), Some(State::Open));
}

/// A window of 10 s moves by seconds: what failed in the first counts until the tenth is over.
#[test]
fn a_time_window_forgets_step_by_step() {
    let (window, min_calls) = (Window::Time(Duration::from_secs(10)), Some(2));
    let second = Duration::from_secs(1);
    for (then, now, opens) in [
        (Time::ZERO, Time(10_000_000_000 - 1), true),
        (Time::ZERO, Time(10_000_000_000), false),
        (Time::ZERO + second, Time(10_000_000_000), true),
        (Time(1_000_000_000 - 1), Time(10_000_000_000), false),
        (Time::ZERO + second * 3_600, Time::ZERO + second * 3_609, true),
        (Time::ZERO + second * 3_600, Time::ZERO + second * 3_610, false),
    ] {
        let mut breaker = Breaker::new(Config { window, min_calls, ..Config::default() });
        let [one, other] = [(); 2].map(|()| admitted(&mut breaker, Time::ZERO));
        assert_eq!(breaker.settle(then, one, Outcome::Failure, 0), None);
        let change = breaker.settle(now, other, Outcome::Success, 0);
        assert_eq!(change, opens.then_some(State::Open), "{then:?} to {now:?}");
    }
}

#[test]
fn a_late_answer_does_not_count() {
    let window = Window::Calls(1);
    let config = Config { window, probes: 1, concurrent_probes: 1, ..Config::default() };
    let mut breaker = Breaker::new(config);
    let slow = admitted(&mut breaker, Time::ZERO).into_raw();
    let fast = admitted(&mut breaker, Time::ZERO);
    breaker.settle(Time::ZERO, fast, Outcome::Failure, 0);

    let later = breaker.deadline().unwrap();
    let probe = admitted(&mut breaker, later);
    let slow = Permit::from_raw(slow);
    assert_eq!(breaker.settle(later, slow, Outcome::Success, 0), None);
    assert_eq!(breaker.settle(later, probe, Outcome::Success, 0), Some(State::Closed));
}

#[test]
fn a_slow_probe_fails_only_where_slowness_counts() {
    for (slow_rate, then) in [(None, State::Closed), (Some(1.0), State::Open)] {
        let config = Config { slow_rate, probes: 1, concurrent_probes: 1, ..Config::default() };
        let mut breaker = opened(config);
        let later = breaker.deadline().unwrap();
        let probe = admitted(&mut breaker, later);
        assert_eq!(breaker.settle(later, probe, Outcome::Success, u64::MAX), Some(then));
    }
}

#[test]
fn more_probes_at_once_than_must_succeed() {
    let mut breaker = opened(Config { probes: 1, concurrent_probes: 3, ..Config::default() });
    let later = breaker.deadline().unwrap();
    let [first, ..] = [(); 3].map(|()| admitted(&mut breaker, later));
    assert_eq!(breaker.admit(later), Verdict::Reject { until: None });
    assert_eq!(breaker.settle(later, first, Outcome::Success, 0), Some(State::Closed));
}
