//! Look-ups of caches and publishes, as far as they are moved, and what consumers do.

use tradeoff_diag::{Span, Spanned};

use super::Cx;
use super::doors::Doors;
use super::fields::Fields;
use super::names::{Names, Passive};
use super::policy::Policies;
use super::steps::Walk;
use crate::facts::{Fact, Facts, Value};
use crate::model::{Consumer, Dist, Service, Step, StepKind};
use crate::pointer::child;

/// What a `get` takes where the cache says nothing: the guide's "70-80 %" (section 5).
const HIT_RATIO: f64 = 0.8;

impl<'t> Walk<'_, 't> {
    /// A `get` takes the cache's time, and misses by its stated ratio.
    pub(super) fn get(&mut self, cx: &mut Cx<'t>, fields: &Fields<'t>, span: Span) -> Vec<Step> {
        let otherwise = self.list(cx, fields, "else");
        let Some(name) = fields.text(cx, "get") else { return Vec::new() };
        if !self.names.passive(cx, &name, Passive::Cache) {
            return Vec::new();
        }
        let time = self.time(cx, ["caches", &name.value, "time"]);
        let hits = match stated(cx, self.facts, ["caches", &name.value, "hit_ratio"], "80%") {
            Some(Fact { value: Value::Share(hits), .. }) => *hits,
            _ => HIT_RATIO,
        };
        let miss = StepKind::Chance { share: 1.0 - hits, then: otherwise, otherwise: Vec::new() };
        let step = |kind| Step { span, pointer: fields.pointer.clone(), kind };
        vec![step(StepKind::Wait(time)), step(miss)]
    }

    /// A `publish` takes the topic's time.
    pub(super) fn publish(&mut self, cx: &mut Cx<'t>, fields: &Fields<'t>) -> Option<StepKind> {
        let name = fields.text(cx, "publish")?;
        let known = self.names.passive(cx, &name, Passive::Topic);
        known.then(|| StepKind::Wait(self.time(cx, ["topics", &name.value, "time"])))
    }

    fn time(&self, cx: &mut Cx<'_>, path: [&str; 3]) -> Dist {
        match stated(cx, self.facts, path, "0s") {
            Some(Fact { value: Value::Time(time), .. }) => time.clone(),
            _ => Dist::Constant(0.0),
        }
    }
}

/// The fact of a key; if the file does not say it, its default is listed as an assumption.
fn stated<'f>(
    cx: &mut Cx<'_>,
    facts: &'f Facts,
    path: [&str; 3],
    default: &str,
) -> Option<&'f Fact> {
    let found = facts.at(path);
    if found.is_none_or(|it| !it.stated) {
        let pointer = path.iter().fold(String::new(), |pointer, part| child(&pointer, part));
        cx.assume(&pointer, default);
    }
    found
}

/// Reads what services do with messages. No run moves it yet, so no default of it is assumed.
pub(super) fn consumers<'t>(
    cx: &mut Cx<'t>,
    (names, facts): (&Names<'t>, &Facts),
    policies: &mut Policies<'t>,
    doors: &mut Doors,
    services: &mut [Service],
) {
    let assumed = cx.assumptions.len();
    let used = policies.used();
    for (at, (service, named)) in services.iter_mut().zip(&names.services).enumerate() {
        let Some(fields) = &named.fields else { continue };
        let Some(entry) = fields.get("consumes") else { continue };
        let mut topics: Vec<_> = entry.node.entries().unwrap_or_default().iter().collect();
        topics.sort_by(|a, b| a.key.cmp(&b.key));
        for topic in topics {
            let mut steps = Vec::new();
            if let Some(list) = topic.node.entry("steps") {
                let pointer = child(&fields.path_of("consumes", &topic.key), "steps");
                let (policies, doors) = (&mut *policies, &mut *doors);
                let member = Some(topic.key.as_str());
                let mut walk = Walk { names, facts, policies, doors, from: at, member };
                steps = walk.steps(cx, &list.node, list.key_span, &pointer);
            }
            let name = Spanned::new(topic.key.clone(), topic.key_span);
            service.consumers.push(Consumer { topic: name, steps });
        }
    }
    policies.forget_since(&used);
    cx.assumptions.truncate(assumed);
}
