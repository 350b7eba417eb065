//! Hashing clients to servers throws balls into bins: the fullest one is much fuller than the mean.

use tradeoff_policy::{
    Time,
    balance::{Balancer, Config, Policy},
};

const SERVERS: usize = 100;

/// Clients of the most loaded server, by one throw of so many.
fn fullest(balancer: &mut Balancer, clients: u64, throw: u64) -> f64 {
    let mut counts = [0_u32; SERVERS];
    for client in 0..clients {
        // Other clients in each throw.
        let client = throw * clients + client;
        let replica =
            balancer.pick(Time::ZERO, client, |_| true, || panic!("hashing draws nothing"));
        counts[replica as usize] += 1;
    }
    f64::from(counts.into_iter().max().unwrap_or(0))
}

/// Clients, throws, mean of the fullest server's clients and its standard error: Brooker, "Balls
/// Into Bins In Distributed Systems" (2018), who has 4.2, 18.8, a quarter more and 8 % more than the
/// mean; the digits are of a simulation with a random generator instead of a hash.
const THROWS: [(u64, u64, f64, f64); 4] = [
    (100, 20_000, 4.234, 0.0054),
    (1_000, 10_000, 18.756, 0.012),
    (10_000, 2_000, 125.91, 0.072),
    (100_000, 300, 1080.3, 0.22),
];

#[test]
fn the_fullest_of_a_hundred() {
    let config = Config { policy: Policy::IpHash, weighted: false };
    let mut balancer = Balancer::new(config, &[1.0; SERVERS], 0);
    for (clients, throws, expected, own_error) in THROWS {
        let found: Vec<f64> = (0..throws).map(|it| fullest(&mut balancer, clients, it)).collect();
        let n = throws as f64;
        let mean = found.iter().sum::<f64>() / n;
        let squares: f64 = found.iter().map(|it| (it - mean) * (it - mean)).sum();
        let error = libm::hypot(libm::sqrt(squares / (n - 1.0) / n), own_error);
        let z = (mean - expected) / error;
        println!(
            "{clients} clients: expected {expected}, found {mean:.3}, se {error:.4}, z {z:+.2}"
        );
        assert!(z.abs() <= 4.0, "{clients} clients: expected {expected}, found {mean}, se {error}");
    }
}
