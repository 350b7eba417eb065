//! The arithmetic of deadlines, which never wraps.

use std::time::Duration;

use proptest::{option, prelude::*, test_runner::RngSeed};
use tradeoff_policy::{Time, timeout::Deadline};

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// An attempt ends at the earlier of its timeout and the deadline, and the end of time is none.
    #[test]
    fn the_earlier_holds(
        now in any::<u64>(),
        deadline in option::of(any::<u64>()),
        timeout in option::of(any::<u64>()),
    ) {
        let bound = deadline.map_or(Deadline::NONE, |it| Deadline::at(Time(it)))
            .bound(Time(now), timeout.map(Duration::from_nanos));
        let given_up = timeout.map(|timeout| now.saturating_add(timeout));
        let earlier = given_up.into_iter().chain(deadline).min();
        prop_assert_eq!(bound, earlier.filter(|&it| it != u64::MAX).map(Time));
    }

    /// What the stricter of two deadlines says has passed, one of them says too.
    #[test]
    fn the_stricter_passes_first(one in any::<u64>(), other in any::<u64>(), now in any::<u64>()) {
        let [one, other] = [one, other].map(|it| Deadline::at(Time(it)));
        let (now, either) = (Time(now), one.min(other));
        prop_assert_eq!(either.passed(now), one.passed(now) || other.passed(now));
        prop_assert_eq!(one.min(Deadline::NONE), one);
    }
}

#[test]
fn passes_at_its_instant() {
    let deadline = Deadline::at(Time(7));
    assert_eq!([6, 7, 8].map(|now| deadline.passed(Time(now))), [false, true, true]);
    assert!(!Deadline::default().passed(Time::MAX));
    assert_eq!(Deadline::NONE.bound(Time(1), Some(Duration::MAX)), None);
}
