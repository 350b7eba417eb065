//! What one decision of a breaker costs.

use std::time::Duration;

use divan::{Bencher, black_box, counter::ItemsCount};
use tradeoff_policy::{
    Time,
    breaker::{Breaker, Config, Outcome, Verdict, Window},
};

const WINDOWS: [Window; 3] =
    [Window::Calls(10), Window::Calls(1000), Window::Time(Duration::from_secs(10))];

fn main() {
    divan::main();
}

/// Closed, its window filled with failures that do not suffice.
#[divan::bench(args = WINDOWS)]
fn admit_and_settle(bencher: Bencher<'_, '_>, window: Window) {
    let mut breaker = Breaker::new(Config { window, failure_rate: 1.1, ..Config::default() });
    let mut now = Time::ZERO;
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        now = now.plus(1_000_000);
        if let Verdict::Admit(permit) = breaker.admit(black_box(now)) {
            breaker.settle(now, permit, black_box(Outcome::Failure), black_box(1_000));
        }
    });
}

#[divan::bench]
fn reject(bencher: Bencher<'_, '_>) {
    let mut breaker = Breaker::new(Config { window: Window::Calls(1), ..Config::default() });
    if let Verdict::Admit(permit) = breaker.admit(Time::ZERO) {
        breaker.settle(Time::ZERO, permit, Outcome::Failure, 0);
    }
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| breaker.admit(black_box(Time::ZERO)));
}
