//! What one delay costs.

use divan::{Bencher, black_box, counter::ItemsCount};
use tradeoff_policy::retry::{Config, Jitter};

fn main() {
    divan::main();
}

#[divan::bench(args = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated])]
fn delay(bencher: Bencher<'_, '_>, jitter: Jitter) {
    let retry = Config { jitter, ..Config::default() };
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| black_box(&retry).delay(black_box(3), black_box(1_000), black_box(0.3)));
}
