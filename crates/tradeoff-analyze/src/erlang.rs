//! Waiting at one station: Erlang's formulas, and their correction for other than exponential
//! service.
//!
//! A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
//! automatic telephone exchanges" (1917); A. O. Allen, "Probability, Statistics, and Queueing
//! Theory" (1990), section 5.3, for the formula of Allen and Cunneen; S. Halfin and W. Whitt,
//! "Heavy-traffic limits for queues with many exponential servers" (Operations Research 29, 1981)
//! where there are thousands of servers.

use crate::Moments;
use crate::moments::normal;

/// From so many servers on, Erlang's recursion is replaced by its limit: within 0.6
/// percentage points of it.
const MANY: u32 = 2_000;

/// The share of arrivals that find all servers busy and are lost (Erlang B).
///
/// `offered` is the arrival rate times the mean service time, in erlangs.
pub fn blocking(servers: u32, offered: f64) -> f64 {
    let mut blocking = 1.0;
    for server in 1..=servers {
        let more = offered * blocking;
        blocking = more / (f64::from(server) + more);
        // From here on it only falls.
        if blocking < 1e-30 {
            return 0.0;
        }
    }
    blocking
}

/// The share of arrivals that must wait (Erlang C); `None` if the servers are offered as much as
/// they can do, or more.
pub fn waiting(servers: u32, offered: f64) -> Option<f64> {
    let load = offered / f64::from(servers);
    if load >= 1.0 || load.is_nan() {
        return None;
    }
    if servers > MANY {
        return Some(many(servers, load));
    }
    let blocking = blocking(servers, offered);
    Some(blocking / (1.0 - load * (1.0 - blocking)))
}

/// Erlang C for many servers, as Halfin and Whitt found.
fn many(servers: u32, load: f64) -> f64 {
    let room = (1.0 - load) * libm::sqrt(f64::from(servers));
    let density = libm::exp(-room * room / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    if density <= 0.0 { 0.0 } else { 1.0 / (1.0 + room * normal(room) / density) }
}

/// The wait at a station with one queue, Poisson arrivals at `rate` per second and this service
/// time; [`Moments::INFINITE`] if it is offered as much as it can do, or more.
///
/// The mean is that of M/M/c times (1 + c²) / 2 (Allen and Cunneen with Poisson arrivals): exact
/// for M/M/c and for M/G/1. Its variance is that of a wait which is exponential if there is one.
pub fn wait(servers: u32, rate: f64, service: Moments) -> Moments {
    if rate <= 0.0 || service.mean <= 0.0 {
        return Moments::default();
    }
    let Some(chance) = waiting(servers, rate * service.mean) else { return Moments::INFINITE };
    if chance <= 0.0 {
        return Moments::default();
    }
    let idle = f64::from(servers) - rate * service.mean;
    let exponential = chance * service.mean / idle;
    let mean = exponential * (1.0 + service.scv()) / 2.0;
    Moments::new(mean, 2.0 * mean * mean / chance - mean * mean)
}

/// How many times as long work takes on cores that are shared by all who compute (M/M/c processor
/// sharing: the same mean as one queue); infinite if they are offered as much as they can do.
pub fn stretch(servers: u32, offered: f64) -> f64 {
    match waiting(servers, offered) {
        Some(chance) => 1.0 + chance / (f64::from(servers) - offered),
        None => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::{blocking, many, stretch, wait, waiting};
    use crate::Moments;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-7 * expected.abs().max(1e-3), "{found} {expected}");
    }

    #[test]
    fn erlang_c_at_several_loads() {
        // C = (a^c / c!) / ((1 - a/c) sum a^k / k! + a^c / c!), summed directly.
        for (servers, offered, expected) in [
            (1_u32, 0.8, 0.8),
            (2, 1.6, 0.711_111_111_1),
            (5, 4.0, 0.554_112_554_1),
            (20, 16.0, 0.256_077_793_8),
            // M. Brooker, "Surprising Economics of Load-Balanced Systems": about 13 % and 3.6 %.
            (5, 2.5, 0.130_371_297_5),
            (10, 5.0, 0.036_105_359_16),
        ] {
            near(waiting(servers, offered).unwrap(), expected);
            let mut term = 1.0;
            let mut sum = 1.0;
            for k in 1..servers {
                term *= offered / f64::from(k);
                sum += term;
            }
            let top = term * offered / f64::from(servers) / (1.0 - offered / f64::from(servers));
            near(top / (sum + top), expected);
        }
        assert_eq!(waiting(2, 2.0), None);
        assert_eq!(waiting(2, f64::NAN), None);
    }

    #[test]
    fn erlang_b_is_the_recursion() {
        near(blocking(1, 1.0), 0.5);
        near(blocking(2, 1.0), 0.2);
        near(blocking(0, 3.0), 1.0);
        assert!(blocking(1_000, 1e-3) < 1e-30);
    }

    #[test]
    fn the_limit_of_many_servers_is_near_the_formula() {
        for load in [0.9, 0.95, 0.98, 0.99, 0.999] {
            let exact = {
                let offered = load * 2_000.0;
                let lost = blocking(2_000, offered);
                lost / (1.0 - load * (1.0 - lost))
            };
            assert!((many(2_000, load) - exact).abs() < 0.006, "{load}");
        }
        assert!(many(10_000_000, 0.1) < 1e-30);
    }

    #[test]
    fn means_are_those_of_pollaczek_and_khinchine_and_of_m_m_c() {
        let exponential = |mean: f64| Moments::new(mean, mean * mean);
        // M/M/1 at 0.8: rho / (1 - rho) = 4, and the variance of the wait 2 rho / (1-rho)^2 - 16.
        let one = wait(1, 0.8, exponential(1.0));
        near(one.mean, 4.0);
        near(one.variance, 24.0);
        near(wait(2, 1.6, exponential(1.0)).mean, 1.777_777_778);
        near(wait(5, 4.0, exponential(1.0)).mean, 0.554_112_554_1);
        // M/D/1: half of it; M/G/1 with variance 4: rho (1 + 4) / (2 (1 - rho)) = 10.
        near(wait(1, 0.8, Moments::new(1.0, 0.0)).mean, 2.0);
        near(wait(1, 0.8, Moments::new(1.0, 4.0)).mean, 10.0);
        // M/D/2 at 0.8 is 0.9033 exactly: the approximation is within 2 %.
        let two = wait(2, 1.6, Moments::new(1.0, 0.0)).mean;
        assert!((two / 0.903_283_88 - 1.0).abs() < 0.02, "{two}");
        assert_eq!(wait(2, 2.0, exponential(1.0)), Moments::INFINITE);
        assert_eq!(wait(2, 0.0, exponential(1.0)), Moments::default());
    }

    #[test]
    fn shared_cores_stretch_work() {
        near(stretch(1, 0.8), 5.0);
        near(stretch(2, 1.6), 2.777_777_778);
        assert!(stretch(2, 2.0).is_infinite());
    }
}
