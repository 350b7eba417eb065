//! The policy machines, from the architecture's configuration.

use core::time::Duration;

use tradeoff_model::model;
use tradeoff_policy::{balance, breaker, budget, retry};

pub(crate) fn breaker(stated: &model::Breaker) -> breaker::Breaker {
    breaker::Breaker::new(breaker::Config {
        failure_rate: stated.failure_rate,
        slow_rate: stated.slow_rate,
        slow_after: Duration::from_nanos(stated.slow_after),
        window: match stated.window {
            model::BreakerWindow::Calls(calls) => breaker::Window::Calls(calls),
            model::BreakerWindow::Time(time) => breaker::Window::Time(Duration::from_nanos(time)),
        },
        min_calls: stated.min_calls,
        open_for: Duration::from_nanos(stated.open_for),
        probes: stated.probes,
        concurrent_probes: stated.concurrent_probes,
    })
}

/// Counted in thousandths.
pub(crate) fn budget(stated: model::Budget) -> budget::Budget {
    let earn = if stated.earn_attempt { budget::Earn::Attempt } else { budget::Earn::Success };
    let share_milli = libm::round(stated.share * 1000.0) as u32;
    budget::Budget::new(budget::Config { share_milli, burst: stated.burst, earn })
}

pub(crate) fn balancer(stated: &model::Balance, speeds: &[f64], start: u32) -> balance::Balancer {
    use model::BalancePolicy as Stated;
    let policy = match stated.policy {
        Stated::Random => balance::Policy::Random,
        Stated::RoundRobin => balance::Policy::RoundRobin,
        Stated::LeastConnections => balance::Policy::LeastConnections,
        Stated::LeastResponseTime => balance::Policy::LeastResponseTime,
        Stated::IpHash => balance::Policy::IpHash,
        Stated::TwoChoices => {
            balance::Policy::Choices { choices: stated.choices, replace: stated.replace }
        }
    };
    balance::Balancer::new(balance::Config { policy, weighted: stated.weighted }, speeds, start)
}

/// Nanoseconds before retry `nth`.
pub(crate) fn backoff(stated: &model::Retry, nth: u32, previous: u64, uniform: f64) -> u64 {
    let backoff = match stated.backoff {
        model::Backoff::None => return 0,
        model::Backoff::Constant => retry::Backoff::Constant,
        model::Backoff::Linear => retry::Backoff::Linear,
        model::Backoff::Exponential => retry::Backoff::Exponential,
    };
    let jitter = match stated.jitter {
        model::Jitter::None => retry::Jitter::None,
        model::Jitter::Full => retry::Jitter::Full,
        model::Jitter::Equal => retry::Jitter::Equal,
        model::Jitter::Decorrelated => retry::Jitter::Decorrelated,
    };
    let (base, cap) = (Duration::from_nanos(stated.base), Duration::from_nanos(stated.cap));
    retry::Config { attempts: stated.attempts, backoff, base, cap, jitter }
        .delay(nth, previous, uniform)
}
