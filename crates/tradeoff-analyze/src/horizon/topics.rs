//! What consumers of topics are offered, and how many of them can work at once.

use tradeoff_model::model::StepKind;
use tradeoff_model::{Document, Fact};

use crate::words::{duration, percent, rate};
use crate::{Steady, each};

/// A consumer of a topic.
pub(super) struct Consumed {
    pub(super) topic: String,
    pub(super) service: String,
    /// Messages in work, if each is begun at once: the rate times what one takes.
    pub(super) busy: f64,
    /// Messages that can be in work at once.
    pub(super) servers: f64,
    /// What bounds that however many replicas there are; of a queue nothing does.
    pub(super) partitions: Option<Partitions>,
    /// `120/s x 25ms`.
    pub(super) offered: String,
    /// `120/s x 25ms / (2 x 8 at once)`.
    pub(super) sum: String,
}

/// The partitions of a stream.
pub(super) struct Partitions {
    /// The share of the messages that the fullest gets.
    pub(super) fullest: f64,
    /// What the messages are multiplied with for that: `/ 12 partitions`,
    /// `x (30% + 70% / 12 partitions)`.
    pub(super) sum: String,
}

/// Every consumer that says what it does, of topics that endpoints publish to. What one message
/// takes is that without waiting.
pub(super) fn consumed(steady: &Steady<'_, '_>, document: &Document) -> Vec<Consumed> {
    let analysis = steady.analysis;
    let architecture = analysis.architecture;
    let mut all = Vec::new();
    for (at, service) in architecture.services.iter().enumerate() {
        for consumer in &service.consumers {
            let topic = consumer.topic.value.as_str();
            let process = analysis.process_of[at];
            let takes = analysis.sequence_in(process, &consumer.steps).mean;
            let published = published(steady, document, topic);
            if takes <= 0.0 || published <= 0.0 {
                continue;
            }
            let name = &service.name.value;
            let own = architecture.facts.entries("services").find(|it| it.0 == name);
            let own = own.and_then(|it| it.1.get("consumes"));
            let own = own.and_then(|it| it.entries().find(|it| it.0 == topic));
            let each = own.and_then(|it| it.1.get("concurrency")?.count()).unwrap_or(1);
            let replicas = analysis.lead(process).replicas.value;
            let stated = architecture.facts.entries("topics").find(|it| it.0 == topic);
            let stream = stated.filter(|it| it.1.get("kind").is_some_and(|it| it.says("stream")));
            let partitions = stream.and_then(|it| it.1.get("partitions")).and_then(Fact::count);
            let hottest = stated.and_then(|it| it.1.get("hottest_key")).and_then(Fact::number);
            let mut servers = f64::from(replicas) * each as f64;
            let mut at_once = format!("({replicas} x {each} at once)");
            if let Some(most) = partitions.filter(|most| (*most as f64) < servers) {
                servers = most as f64;
                at_once = format!("{most} at once");
            }
            let offered = format!("{} x {}", rate(published), duration(takes));
            all.push(Consumed {
                topic: topic.to_owned(),
                service: name.clone(),
                busy: published * takes,
                servers,
                partitions: partitions.map(|it| spread(it, hottest.unwrap_or(0.0))),
                sum: format!("{offered} / {at_once}"),
                offered,
            });
        }
    }
    all
}

/// What the fullest of so many partitions gets, if all messages of one key go to it and the others
/// are spread evenly.
fn spread(partitions: u64, hottest: f64) -> Partitions {
    let fullest = hottest + (1.0 - hottest) / partitions as f64;
    let count =
        if partitions == 1 { "1 partition".into() } else { format!("{partitions} partitions") };
    let sum = if hottest == 0.0 {
        format!("/ {count}")
    } else {
        format!("x ({} + {} / {count})", percent(hottest), percent(1.0 - hottest))
    };
    Partitions { fullest, sum }
}

/// Messages per second that endpoints publish to a topic. No run moves them, so that only the file
/// says which of its steps they are.
fn published(steady: &Steady<'_, '_>, document: &Document, topic: &str) -> f64 {
    let mut sum = 0.0;
    for (number, runs) in steady.runs.iter().enumerate().filter(|it| *it.1 > 0.0) {
        each(steady.analysis.steps(number), 1.0, &mut |step, times| {
            let to = || document.scalar(&format!("{}/publish", step.pointer));
            if matches!(step.kind, StepKind::Wait(_)) && to().is_some_and(|it| it == topic) {
                sum += runs * times;
            }
        });
    }
    sum
}
