//! Never more in flight than there are places, and no place is lost.

use proptest::{collection::vec, prelude::*, test_runner::RngSeed};
use tradeoff_policy::bulkhead::Bulkhead;

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// It admits exactly while fewer than its places are taken.
    #[test]
    fn counts_its_places(places in 0..6_u32, history in vec(any::<bool>(), 0..100)) {
        let (mut bulkhead, mut taken) = (Bulkhead::new(places), 0);
        for enters in history {
            if enters {
                prop_assert_eq!(bulkhead.try_enter(), taken < places);
                taken = (taken + 1).min(places);
            } else if taken > 0 {
                bulkhead.leave();
                taken -= 1;
            }
            prop_assert_eq!(bulkhead.in_flight(), taken);
        }
    }
}

#[cfg(not(debug_assertions))]
#[test]
fn leaving_an_empty_one_changes_nothing() {
    let mut bulkhead = Bulkhead::new(1);
    bulkhead.leave();
    assert_eq!(bulkhead.in_flight(), 0);
    assert!(bulkhead.try_enter());
    assert!(!bulkhead.try_enter());
}
