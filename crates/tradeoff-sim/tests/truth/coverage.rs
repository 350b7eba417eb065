//! Whether 95 % means 95 %.

use tradeoff_des::stats::t_quantile;
use tradeoff_sim::Options;

use crate::{
    bench::Bench,
    hold::{estimates, mean},
};

const SEEDS: u64 = 500;
const REPLICATIONS: u32 = 10;

/// M/M/1 at 0.8 with ten replications of four thousand service times, over and over: the interval
/// of the mean sojourn holds the truth in 92.5 % to 97.5 % of all seeds, two and a half standard
/// deviations of a binomial share of 500. So does the one with the luck of the controls taken out.
#[test]
fn intervals_cover_the_truth() {
    let services = "  s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 10ms } } ] } } }";
    let bench = Bench { duration: 40.0, ..Bench::open("coverage", 80.0, "s.do", 1.0) };
    let bench = bench.services(services).work("s/cores", 0.01).warmup(10.0);
    let truth = 0.05;
    let mut covered = [0; 2];
    for seed in 1..=SEEDS {
        let options =
            Options { seed, series: false, replications: REPLICATIONS, ..Options::default() };
        let seen = bench.see(&options);
        let it = seen.all.latency().mean.expect("there is a mean");
        let [_, adjusted] = estimates(&seen, |seen| mean("sojourn", seen.latency().mean, truth));
        // One degree of freedom fewer for the mean, and one for each control.
        let degrees = f64::from(REPLICATIONS) - 1.0 - bench.controls.len() as f64;
        let half = t_quantile(0.975, degrees) * adjusted.error;
        let held = [it.low <= truth && truth <= it.high, (adjusted.value - truth).abs() <= half];
        for (count, held) in covered.iter_mut().zip(held) {
            *count += u32::from(held);
        }
    }
    for (what, covered) in ["the mean", "the adjusted mean"].iter().zip(covered) {
        let share = f64::from(covered) / SEEDS as f64;
        println!("coverage of {what}: expected 0.95, found {share} ({covered} of {SEEDS} seeds)");
        assert!((0.925..=0.975).contains(&share), "{what}: {covered} of {SEEDS}");
    }
}
