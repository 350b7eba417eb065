//! The calendar is a stable sort by time, whatever is pushed and popped when.

use proptest::prelude::*;
use tradeoff_des::Calendar;

proptest! {
    #[test]
    fn earliest_first_and_ties_in_order(steps in prop::collection::vec(prop::option::of(0..20_u64), 0..300)) {
        let mut calendar = Calendar::new();
        let mut naive: Vec<(u64, usize)> = Vec::new();
        for (order, step) in steps.iter().enumerate() {
            if let Some(time) = step {
                calendar.push(*time, order);
                naive.push((*time, order));
            } else {
                naive.sort_unstable();
                let expected = (!naive.is_empty()).then(|| naive.remove(0));
                prop_assert_eq!(calendar.next_time(), expected.map(|it| it.0));
                prop_assert_eq!(calendar.pop(), expected);
            }
        }
        prop_assert_eq!(calendar.len(), naive.len());
    }
}
