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
                prop_assert_eq!(calendar.pop(|_| true), expected);
            }
        }
        prop_assert_eq!(calendar.len(), naive.len());
    }

    /// Lanes change nothing but that what died behind a head does not come.
    #[test]
    fn lanes_keep_the_order(
        steps in prop::collection::vec(prop::option::of((0..4_u32, 0..20_u64, any::<bool>())), 0..300)
    ) {
        let (mut plain, mut laned) = (Calendar::new(), Calendar::new());
        let mut living = Vec::new();
        for (order, step) in steps.iter().enumerate() {
            match step {
                Some((lane, delay, lives)) => {
                    // Lane 3 is no lane.
                    if *lane < 3 {
                        laned.push_in_lane(*lane, *delay, (order, *lives));
                    } else {
                        laned.push(*delay, (order, *lives));
                    }
                    plain.push(*delay, (order, *lives));
                }
                None => living.extend(laned.pop(|it| it.1).filter(|it| it.1.1)),
            }
            prop_assert!(laned.len() <= plain.len());
        }
        let rest = std::iter::from_fn(|| laned.pop(|it| it.1));
        living.extend(rest.filter(|it| it.1.1));
        prop_assert!(laned.is_empty());
        let mut expected: Vec<_> = std::iter::from_fn(|| plain.pop(|_| true)).collect();
        expected.retain(|it| it.1.1);
        living.sort_by_key(|it| it.1.0);
        expected.sort_by_key(|it| it.1.0);
        prop_assert_eq!(living, expected);
    }

    #[test]
    fn lanes_pop_like_a_plain_calendar(
        steps in prop::collection::vec(prop::option::of((0..4_u32, 0..20_u64)), 0..300)
    ) {
        let (mut plain, mut laned) = (Calendar::with_first(300), Calendar::with_first(300));
        for (order, step) in steps.iter().enumerate() {
            match step {
                Some((0, time)) => {
                    plain.push_first(order as u64, *time, order);
                    laned.push_first(order as u64, *time, order);
                }
                Some((lane, time)) => {
                    plain.push(*time, order);
                    laned.push_in_lane(*lane, *time, order);
                }
                None => prop_assert_eq!(laned.pop(|_| true), plain.pop(|_| true)),
            }
            prop_assert_eq!(laned.next_time(), plain.next_time());
        }
    }

    /// Moving events in time is as if they had been scheduled there.
    #[test]
    fn rescheduled_events_keep_their_order(
        times in prop::collection::vec((0..20_u64, prop::option::of(0..20_u64)), 0..100)
    ) {
        let mut calendar = Calendar::new();
        for (order, (time, _)) in times.iter().enumerate() {
            calendar.push(*time, order);
        }
        calendar.reschedule(|_, order| times[order].1);
        let mut expected: Vec<(u64, usize)> =
            times.iter().enumerate().map(|(order, (time, to))| (to.unwrap_or(*time), order)).collect();
        expected.sort_unstable();
        prop_assert_eq!(std::iter::from_fn(|| calendar.pop(|_| true)).collect::<Vec<_>>(), expected);
    }
}
