//! Blast radius: what falls, and what only degrades, when a component is down.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::structure::{NONE, Part, Structure};
use crate::words::{percent, rate};

/// What happens while a component is down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Blast {
    /// `service`, `store` or `external`.
    pub kind: &'static str,
    /// SLOs whose requests fail, and which share of them.
    pub falls: BTreeMap<String, f64>,
    /// SLOs whose requests use it and do without.
    pub degrades: Vec<String>,
    /// The share of all requests that fail; null without traffic.
    pub traffic: Option<f64>,
    /// The share as a sum: `24/s of 30/s = 80%`.
    pub arithmetic: String,
}

impl Structure<'_, '_> {
    /// The blast radius of every component, by name; the sources ask for so many requests per
    /// second.
    pub fn blasts(&self, rates: &[f64]) -> BTreeMap<String, Blast> {
        let architecture = self.analysis.architecture;
        let mut values = vec![1.0; self.analysis.endpoints.len()];
        let mut uses = vec![false; self.analysis.endpoints.len()];
        let total: f64 = rates.iter().sum();
        let mut blasts = BTreeMap::new();
        for part in self.parts() {
            let cone = self.cone(part, false);
            let normal = self.cone(part, true);
            for it in &normal {
                uses[*it] = true;
            }
            self.evaluate(&cone, &|it| f64::from(u8::from(it != part)), false, &mut values);
            let (mut falls, mut degrades) = (BTreeMap::new(), Vec::new());
            for slo in &architecture.slos {
                let endpoint = self.analysis.number(slo.service, slo.endpoint);
                let lost = 1.0 - values[endpoint];
                if lost > NONE {
                    falls.insert(slo.name.value.clone(), lost);
                } else if uses[endpoint] {
                    degrades.push(slo.name.value.clone());
                }
            }
            let mut lost = 0.0;
            for (traffic, rate) in architecture.traffic.iter().zip(rates) {
                for mix in &traffic.mix {
                    let share = 1.0 - values[self.analysis.number(mix.service, mix.endpoint)];
                    lost += rate * mix.share * share;
                }
            }
            let share = (total > 0.0).then(|| lost / total);
            let arithmetic = match share {
                Some(share) => {
                    format!("{} of {} fail = {}", rate(lost), rate(total), percent(share))
                }
                None => "no traffic is stated".to_owned(),
            };
            let kind = match part {
                Part::Process(_) => "service",
                Part::Store(_) => "store",
                Part::External(_) => "external",
            };
            let name = self.part_name(part).to_owned();
            blasts.insert(name, Blast { kind, falls, degrades, traffic: share, arithmetic });
            for it in &cone {
                values[*it] = 1.0;
            }
            for it in &normal {
                uses[*it] = false;
            }
        }
        blasts
    }
}
