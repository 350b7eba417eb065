//! What one pick costs, with its call sent and answered.

use divan::{Bencher, black_box, counter::ItemsCount};
use tradeoff_policy::{
    Time,
    balance::{Balancer, Config, Policy},
};

const POLICIES: [Policy; 7] = [
    Policy::Random,
    Policy::RoundRobin,
    Policy::LeastConnections,
    Policy::LeastResponseTime,
    Policy::IpHash,
    Policy::Choices { choices: 2, replace: false },
    Policy::Choices { choices: 2, replace: true },
];

fn main() {
    divan::main();
}

#[divan::bench(args = POLICIES, consts = [10, 1000])]
fn pick<const REPLICAS: usize>(bencher: Bencher<'_, '_>, policy: Policy) {
    run::<REPLICAS>(bencher, Config { policy, weighted: false });
}

#[divan::bench(args = POLICIES, consts = [10])]
fn pick_weighted<const REPLICAS: usize>(bencher: Bencher<'_, '_>, policy: Policy) {
    run::<REPLICAS>(bencher, Config { policy, weighted: true });
}

fn run<const REPLICAS: usize>(bencher: Bencher<'_, '_>, config: Config) {
    let weights: Vec<_> = (1_u32..).take(REPLICAS).map(f64::from).collect();
    let mut balancer = Balancer::new(config, &weights, 0);
    let (mut now, mut bits) = (Time::ZERO, 1_u64);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        now = now.plus(1_000);
        let draw = || {
            bits = bits.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            (bits >> 11) as f64 / (1_u64 << 53) as f64
        };
        let replica = balancer.pick(now, black_box(now.0), |_| true, draw);
        balancer.sent(replica);
        balancer.settled(now, black_box(replica), Some(1_000));
    });
}
