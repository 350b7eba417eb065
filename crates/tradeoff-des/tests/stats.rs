//! Published values of the distributions that intervals rest on.

use tradeoff_des::{
    Estimate,
    draw::normal_quantile,
    stats::{standard_error, t_quantile},
};

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn t_quantiles_are_those_of_the_tables() {
    for (p, degrees, expected) in [
        (0.975, 1.0, 12.706_204_736),
        (0.975, 4.0, 2.776_445_105),
        (0.975, 9.0, 2.262_157_163),
        (0.995, 14.0, 2.976_842_734),
        (0.975, 1e6, 1.959_966_375),
    ] {
        close(t_quantile(p, degrees), expected);
    }
}

#[test]
fn normal_quantiles_are_those_of_the_tables() {
    for (p, expected) in [(0.5, 0.0), (0.975, 1.959_963_985), (1e-10, -6.361_340_902)] {
        close(normal_quantile(p), expected);
    }
}

#[test]
fn wilson_and_t_intervals() {
    let share = Estimate::of_share(38, 40, 0.95).expect("forty tries");
    close(share.low, 0.834_961_226);
    close(share.high, 0.986_179_333);
    let mean = Estimate::of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).expect("five samples");
    close(standard_error(&[1.0, 2.0, 3.0, 4.0, 5.0]), 0.5_f64.sqrt());
    close(mean.high - 3.0, 2.776_445_105 * 0.5_f64.sqrt());
    assert_eq!(Estimate::of_mean(&[], 0.95), None);
    assert_eq!(Estimate::of_share(0, 0, 0.95), None);
}
