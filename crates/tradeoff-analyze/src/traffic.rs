//! What each source of traffic asks for.

use serde::Serialize;
use tradeoff_model::model::TrafficKind;

use crate::Steady;
use crate::words::{count, duration, rate};

/// A source of traffic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Source {
    /// Requests per second: stated, or of closed traffic what its users come to (mean value
    /// analysis).
    pub rate: f64,
    /// Users of closed traffic.
    pub users: Option<u32>,
    /// The least that these users can come to, when all of them are in every line.
    pub least: Option<f64>,
    /// The most that they can come to, when nobody waits or the bottleneck is always busy.
    pub most: Option<f64>,
    /// Seconds from asking to the answer (the interactive response time law: users / rate - think);
    /// of closed traffic only.
    pub response: Option<f64>,
    /// The sum: `40 users / (3s think + 120ms) = 12.8/s`.
    pub arithmetic: String,
}

impl Steady<'_, '_> {
    /// A source of traffic.
    pub fn source(&self, at: usize) -> Source {
        let traffic = &self.analysis.architecture.traffic[at];
        let rates = self.rates[at];
        match &traffic.kind {
            TrafficKind::Open { .. } => Source {
                rate: rates,
                users: None,
                least: None,
                most: None,
                response: None,
                arithmetic: format!("{} stated", rate(rates)),
            },
            TrafficKind::Closed { users, think } => {
                let response =
                    (rates > 0.0).then(|| (f64::from(*users) / rates - think.mean()).max(0.0));
                let answer = response.map_or_else(|| "for ever".to_owned(), duration);
                Source {
                    rate: rates,
                    users: Some(*users),
                    least: self.bounds[at].map(|it| it.0),
                    most: self.bounds[at].map(|it| it.1),
                    response,
                    arithmetic: format!(
                        "{} users / ({} think + {answer}) = {}",
                        count((*users).into()),
                        duration(think.mean()),
                        rate(rates)
                    ),
                }
            }
        }
    }
}
