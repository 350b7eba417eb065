//! Waits stay within their bounds, and have the means that were published.

use std::time::Duration;

use proptest::{prelude::*, test_runner::RngSeed};
use tradeoff_policy::retry::{Backoff, Config, Jitter};

const MILLI: u64 = 1_000_000;

const ALL: [Backoff; 3] = [Backoff::Constant, Backoff::Linear, Backoff::Exponential];

fn config(backoff: Backoff, base: u64, cap: u64, jitter: Jitter) -> Config {
    let [base, cap] = [base, cap].map(Duration::from_nanos);
    Config { attempts: 3, backoff, base, cap, jitter }
}

/// The wait without jitter, in arithmetic that cannot overflow.
fn wait(backoff: Backoff, base: u64, cap: u64, retry: u32) -> u64 {
    let factor = match backoff {
        Backoff::Constant => 1,
        Backoff::Linear => u128::from(retry),
        Backoff::Exponential => 1 << (retry - 1).min(63),
    };
    (u128::from(base) * factor).min(cap.into()) as u64
}

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// Full jitter spans all of the wait, equal jitter its upper half, and none is the wait.
    #[test]
    fn stays_within_its_bounds(
        base in 0..1_u64 << 40,
        cap in 0..1_u64 << 40,
        retry in 1..200_u32,
        uniform in 0.0..1.0_f64,
    ) {
        for backoff in ALL {
            let whole = wait(backoff, base, cap, retry);
            let delay = |jitter| config(backoff, base, cap, jitter).delay(retry, 0, uniform);
            prop_assert_eq!(delay(Jitter::None), whole);
            prop_assert!(delay(Jitter::Full).abs_diff((whole as f64 * uniform) as u64) <= 1);
            prop_assert!(delay(Jitter::Full) <= whole);
            prop_assert!((whole / 2..=whole).contains(&delay(Jitter::Equal)));
        }
    }

    /// Decorrelated jitter lies between the base and three times the previous wait.
    #[test]
    fn decorrelates_within_its_bounds(
        base in 1..1_u64 << 40,
        cap in 1..1_u64 << 40,
        uniforms in proptest::collection::vec(0.0..1.0_f64, 1..20),
    ) {
        let config = config(Backoff::Exponential, base, cap, Jitter::Decorrelated);
        let mut previous = 0;
        for (retry, uniform) in (1..).zip(uniforms) {
            let most = (3 * if previous == 0 { base } else { previous }).max(base);
            previous = config.delay(retry, previous, uniform);
            prop_assert!((base.min(cap)..=most.min(cap)).contains(&previous));
        }
    }

    /// The n-th wait is never shorter than the one before, draw for draw.
    #[test]
    fn never_shrinks(base in any::<u64>(), cap in any::<u64>(), uniform in 0.0..1.0_f64) {
        for (backoff, jitter) in ALL.iter().flat_map(|&it| {
            [Jitter::None, Jitter::Full, Jitter::Equal].map(|jitter| (it, jitter))
        }) {
            let config = config(backoff, base, cap, jitter);
            let delays: Vec<_> = (1..80).map(|retry| config.delay(retry, 0, uniform)).collect();
            prop_assert!(delays.is_sorted(), "{:?}", delays);
        }
    }
}

/// Brooker's example: 50 ms doubling up to 1 s.
#[test]
fn means_as_published() {
    let mean = |jitter, retry| {
        let config = config(Backoff::Exponential, 50 * MILLI, 1000 * MILLI, jitter);
        let points = (0..1000).map(|it| (f64::from(it) + 0.5) / 1000.0);
        points.map(|uniform| config.delay(retry, 0, uniform)).sum::<u64>() / 1000
    };
    let full = [25, 50, 100, 200, 400, 500, 500];
    let equal = [37_500, 75_000, 150_000, 300_000, 600_000, 750_000, 750_000];
    for (retry, (full, equal)) in (1..).zip(full.into_iter().zip(equal)) {
        assert_eq!(mean(Jitter::Full, retry), full * MILLI);
        assert_eq!(mean(Jitter::Equal, retry), equal * 1000);
    }
    // The first decorrelated wait is U(50, 150).
    assert_eq!(mean(Jitter::Decorrelated, 1), 100 * MILLI);
}

#[test]
fn rounds_to_the_nearest() {
    let config = config(Backoff::Constant, 10, 10, Jitter::Full);
    let delays = [0.04, 0.06, 0.249, 0.251, 0.999].map(|uniform| config.delay(1, 0, uniform));
    assert_eq!(delays, [0, 1, 2, 3, 10]);
}

#[test]
fn saturates_instead_of_wrapping() {
    let most = Duration::MAX;
    for backoff in [Backoff::Linear, Backoff::Exponential] {
        let config = Config { backoff, base: most, cap: most, jitter: Jitter::None, attempts: 3 };
        assert_eq!(config.delay(u32::MAX, 0, 0.5), u64::MAX);
        let config = Config { base: Duration::from_nanos(3), ..config };
        let last = if backoff == Backoff::Linear { 3 * u64::from(u32::MAX) } else { u64::MAX };
        assert_eq!(config.delay(u32::MAX, 0, 0.5), last);
        let config = Config { base: Duration::ZERO, ..config };
        assert_eq!(config.delay(u32::MAX, 0, 0.5), 0);
    }
    let config = Config { cap: most, jitter: Jitter::Decorrelated, ..Config::default() };
    assert!(config.delay(9, u64::MAX, 0.999) > u64::MAX / 2);
}

#[test]
fn attempts_count_the_first() {
    let retries = |attempts| {
        let config = Config { attempts, ..Config::default() };
        (1..10).filter(|&made| config.may_retry(made)).count()
    };
    assert_eq!([0, 1, 2, 3].map(retries), [0, 0, 1, 2]);
}
