//! Draws by identity look random: along one part, across parts, and in their tails.

use tradeoff_des::{Key, Latencies, stats::mean};

const N: u64 = 200_000;

fn chi_squared(values: impl Iterator<Item = f64>) -> f64 {
    let mut bins = [0_u64; 256];
    for value in values {
        bins[(value * 256.0) as usize] += 1;
    }
    let expected = N as f64 / 256.0;
    bins.iter().map(|it| (*it as f64 - expected) * (*it as f64 - expected) / expected).sum()
}

#[test]
fn uniforms_fill_their_bins() {
    // 255 degrees of freedom: mean 255, standard deviation 22.6; five of them either way.
    let root = Key::root(1);
    for (name, found) in [
        ("by index", chi_squared((0..N).map(|it| root.index(it).uniform()))),
        ("by seed", chi_squared((0..N).map(|it| Key::root(it).uniform()))),
        ("by parent", chi_squared((0..N).map(|it| root.index(it).index(7).name("x").uniform()))),
        ("by high bits", chi_squared((0..N).map(|it| root.index(it << 40).uniform()))),
    ] {
        assert!((142.0..368.0).contains(&found), "{name}: chi-squared is {found}");
    }
}

#[test]
fn neighbours_do_not_go_together() {
    let root = Key::root(9);
    for (name, pairs) in [
        ("index", (0..N).map(|it| (root.index(it), root.index(it + 1))).collect::<Vec<_>>()),
        ("part", (0..N).map(|it| (root.index(it).index(0), root.index(it).index(1))).collect()),
    ] {
        let products: Vec<_> =
            pairs.iter().map(|(a, b)| (a.uniform() - 0.5) * (b.uniform() - 0.5)).collect();
        // The standard error of a mean of products of two centered uniforms is 1 / (12 sqrt n).
        let bound = 5.0 / (12.0 * (N as f64).sqrt());
        let found = mean(&products).expect("there are pairs");
        assert!(found.abs() < bound, "{name}: {found} beyond {bound}");
    }
}

#[test]
fn exponential_and_normal_have_their_moments() {
    let root = Key::root(5);
    let exponential: Vec<_> = (0..N).map(|it| root.index(it).exponential()).collect();
    let normal: Vec<_> = (0..N).map(|it| root.index(it).normal()).collect();
    let square = |of: &[f64]| of.iter().map(|it| it * it).collect::<Vec<_>>();
    let close = |found: Option<f64>, expected: f64, deviation: f64| {
        let found = found.expect("there are draws");
        let bound = 5.0 * deviation / (N as f64).sqrt();
        assert!((found - expected).abs() < bound, "{found} is not {expected} within {bound}");
    };
    close(mean(&exponential), 1.0, 1.0);
    close(mean(&square(&exponential)), 2.0, 20.0_f64.sqrt());
    close(mean(&normal), 0.0, 1.0);
    close(mean(&square(&normal)), 1.0, 2.0_f64.sqrt());
}

#[test]
fn histogram_is_within_its_error() {
    let mut latencies = Latencies::new();
    for value in 1..=1_000_000_u64 {
        latencies.record(value * 1_000);
    }
    for quantile in [0.001, 0.5, 0.9, 0.99, 0.999] {
        let found = latencies.quantile_of(quantile, 1_000_000).expect("values were recorded");
        assert!((found / quantile - 1.0).abs() < 0.004, "{quantile}: {found}");
    }
    assert_eq!(latencies.quantile_of(0.99, 2_000_000), None, "the rank is among the unfinished");
    let mean = latencies.mean().expect("values were recorded");
    assert!((mean - 0.500_000_5).abs() < 1e-12, "the mean is exact: {mean}");
}
