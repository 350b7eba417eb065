//! Retries never exceed what was earned.

use proptest::{collection::vec, prelude::*, test_runner::RngSeed};
use tradeoff_policy::budget::{Budget, Config, Earn};

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// Safety: it holds at most its burst, and retries stay within burst + share x earners. And
    /// liveness: it denies a retry only when less than a token is left.
    #[test]
    fn retries_within_the_share(
        share_milli in 0..2_000_u32,
        burst in 0..20_u32,
        by_success in any::<bool>(),
        history in vec(0..3_u8, 0..300),
    ) {
        let earn = if by_success { Earn::Success } else { Earn::Attempt };
        let mut budget = Budget::new(Config { share_milli, burst, earn });
        let (most, mut earners, mut retries) = (u64::from(burst) * 1000, 0, 0);
        prop_assert_eq!(budget.tokens_milli(), most);
        for step in history {
            let before = budget.tokens_milli();
            let earned = match step {
                0 => { budget.on_first_attempt(); !by_success }
                1 => { budget.on_success(); by_success }
                _ => {
                    let taken = budget.take();
                    prop_assert_eq!(taken, before >= 1000);
                    prop_assert_eq!(budget.tokens_milli(), before - 1000 * u64::from(taken));
                    retries += u64::from(taken);
                    continue;
                }
            };
            let gain = if earned { u64::from(share_milli) } else { 0 };
            prop_assert_eq!(budget.tokens_milli(), (before + gain).min(most));
            earners += u64::from(earned);
        }
        prop_assert!(retries * 1000 <= most + u64::from(share_milli) * earners);
    }
}

/// Plays calls of which every second attempt fails, each retried once if the budget allows it.
fn half_fail(earn: Earn, calls: u32) -> (f64, f64) {
    let mut budget = Budget::new(Config { earn, ..Config::default() });
    let (mut attempts, mut successes, mut fails) = (0_u32, 0_u32, [false, true].iter().cycle());
    // First attempts and retries alternate on their own, so that half of each fail.
    let mut retry_fails = [false, true].iter().cycle();
    for _ in 0..calls {
        budget.on_first_attempt();
        attempts += 1;
        let mut failed = fails.next() == Some(&true);
        if failed && budget.take() {
            attempts += 1;
            failed = retry_fails.next() == Some(&true);
        }
        if !failed {
            successes += 1;
            budget.on_success();
        }
    }
    (f64::from(attempts) / f64::from(calls), f64::from(successes) / f64::from(calls))
}

/// At a share s of every attempt, retries amplify by 1 + s: 1.1 attempts, and 0.55 succeed. Of
/// successes only, they amplify by 1 + s x the share that succeeds, a = 1 + (a / 2) / 10.
#[test]
fn amplifies_by_its_share() {
    let (attempts, successes) = half_fail(Earn::Attempt, 1_000_000);
    assert!((attempts - 1.1).abs() < 1e-4, "{attempts}");
    assert!((successes - 0.55).abs() < 1e-4, "{successes}");

    let (attempts, successes) = half_fail(Earn::Success, 1_000_000);
    assert!((attempts - 1.0 / 0.95).abs() < 1e-4, "{attempts}");
    assert!((successes - 0.5 / 0.95).abs() < 1e-4, "{successes}");
}

#[test]
fn an_outage_ends_retries() {
    let mut budget = Budget::new(Config::default());
    let retries = (0..1000).filter(|_| {
        budget.on_first_attempt();
        budget.take()
    });
    assert_eq!(retries.count(), 10);
}
