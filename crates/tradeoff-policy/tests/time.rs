//! Time neither wraps nor runs backwards.

use std::time::Duration;

use proptest::{prelude::*, test_runner::RngSeed};
use tradeoff_policy::Time;

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// What is added can be measured, unless time ends first.
    #[test]
    fn adds_and_measures(from in any::<u64>(), seconds in any::<u64>(), nanos in 0..1_000_000_000_u32) {
        let span = Duration::new(seconds, nanos);
        let later = Time(from) + span;
        let expected = (u128::from(from) + span.as_nanos()).min(u64::MAX.into());
        prop_assert_eq!(u128::from(later.0), expected);
        prop_assert_eq!(Time(from).plus(later.since(Time(from))), later);
        prop_assert_eq!(Time::ZERO.since(later), 0);
    }
}
