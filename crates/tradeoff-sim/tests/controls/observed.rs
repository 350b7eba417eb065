//! Measurements beside predictions: a time that is known exactly, and draws that do not move.

use tradeoff_sim::Options;

use crate::support::simulate;

fn design(observed: &str) -> String {
    format!(
        "
tradeoff: 1
name: observed
duration: 20s
warmup: 0s
services:
  web: {{ endpoints: {{ get: {{ {observed} steps: [ {{ wait: 10ms }} ] }} }} }}
traffic:
  users: {{ rate: 100/s, mix: {{ web.get: 100% }} }}
"
    )
}

#[test]
fn what_was_measured_stands_beside_what_is_predicted() {
    let options = Options::default();
    let stated = "observed: { p50: 10ms, p99: 20ms, p999: 30ms, rate: 100/s },";
    let simulation = simulate(&design(stated), &options);
    let of = |quantile: &str| {
        let found = simulation.observed.iter().find(|it| it.quantile == quantile);
        found.unwrap_or_else(|| panic!("no {quantile}"))
    };
    let near = |ratio: Option<f64>, to: f64| ratio.is_some_and(|it| (it / to - 1.0).abs() < 0.03);
    assert!(near(of("p50").ratio, 1.0), "{:?}", of("p50"));
    assert_eq!(of("p50").differs, Some(false));
    assert!(near(of("p99").ratio, 0.5), "{:?}", of("p99"));
    assert_eq!(of("p99").differs, Some(true));
    assert!(near(of("rate").ratio, 1.0), "{:?}", of("rate"));
    assert_eq!(of("rate").differs, Some(false));
    // 2,000 requests of a replication hold two beyond that percentile: too few to tell.
    assert_eq!((of("p999").predicted, of("p999").ratio, of("p999").differs), (None, None, None));
    let without = simulate(&design(""), &options);
    assert_eq!(without.observed, []);
    assert_eq!(without.runs, simulation.runs, "a measurement is compared, never simulated");
}
