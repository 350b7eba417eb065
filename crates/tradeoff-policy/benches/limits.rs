//! What one decision of a budget, a bulkhead and a deadline costs.

use std::time::Duration;

use divan::{Bencher, black_box, counter::ItemsCount};
use tradeoff_policy::{
    Time,
    budget::{Budget, Config},
    bulkhead::Bulkhead,
    timeout::Deadline,
};

fn main() {
    divan::main();
}

#[divan::bench]
fn earn_and_take(bencher: Bencher<'_, '_>) {
    let mut budget = Budget::new(Config::default());
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        black_box(&mut budget).on_success();
        budget.take()
    });
}

#[divan::bench]
fn enter_and_leave(bencher: Bencher<'_, '_>) {
    let mut bulkhead = Bulkhead::new(64);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        if black_box(&mut bulkhead).try_enter() {
            bulkhead.leave();
        }
    });
}

#[divan::bench]
fn bound(bencher: Bencher<'_, '_>) {
    let (deadline, timeout) = (Deadline::at(Time(900)), Some(Duration::from_millis(250)));
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| black_box(deadline).bound(black_box(Time(7)), black_box(timeout)));
}
