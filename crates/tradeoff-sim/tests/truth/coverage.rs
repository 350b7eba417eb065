//! Whether 95 % means 95 %.

use tradeoff_sim::Options;

use crate::support::baseline;

const SEEDS: u64 = 500;

/// M/M/1 at 0.8 with ten replications of ten thousand service times, over and over: the interval
/// of the mean sojourn holds the truth in 92.5 % to 97.5 % of all seeds, two and a half standard
/// deviations of a binomial share of 500.
#[test]
fn intervals_cover_the_truth() {
    let yaml = "
tradeoff: 1
name: coverage
warmup: 10s
duration: 100s
services: { s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 10ms } } ] } } } }
traffic: { t: { rate: 80/s, patience: none, mix: { s.do: 100% } } }
";
    let truth = 0.05;
    let covers = |seed: &u64| {
        let options = Options { seed: *seed, series: false, ..Options::default() };
        let run = baseline(yaml, &options);
        let requests = &run.requests["t/s.do"]["all"];
        let it = requests.latency.mean.expect("there is a mean");
        it.low <= truth && truth <= it.high
    };
    let covered = (1..=SEEDS).filter(covers).count();
    let share = covered as f64 / SEEDS as f64;
    println!("coverage: expected 0.95, found {share} ({covered} of {SEEDS} seeds)");
    assert!((0.925..=0.975).contains(&share), "{covered} of {SEEDS}");
}
