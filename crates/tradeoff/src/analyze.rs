//! What the laws of queues say, without a simulation: `tradeoff.analyze/1`.

use std::collections::BTreeMap;

use serde::Serialize;
pub use tradeoff_analyze::availability::Availability;
pub use tradeoff_analyze::blast::Blast;
pub use tradeoff_analyze::connections::Connections;
pub use tradeoff_analyze::latency::{Approximate, Latency};
pub use tradeoff_analyze::promises::{Promise, Within};
pub use tradeoff_analyze::resources::{BUSY, Kind, Resource, Saturation};
pub use tradeoff_analyze::retries::Amplification;
pub use tradeoff_analyze::timeouts::Patience;
pub use tradeoff_analyze::traffic::Source;
use tradeoff_analyze::{Analysis, Steady, Structure};

use crate::horizon::Horizon;
use crate::load::Design;

/// Analyzes a design under its steady traffic: scenarios, retries and failures are not in it.
pub fn analyze(design: &Design) -> AnalysisReport {
    let architecture = design.architecture();
    let analysis = Analysis::new(architecture);
    let steady = Steady::new(&analysis);
    let structure = Structure::new(&analysis);
    let medians = analysis.medians();
    let resources = steady.resources();
    let endpoints = 0..analysis.endpoints.len();
    let slos = architecture.slos.iter().enumerate();
    let stores = architecture.stores.iter().enumerate();
    let traffic = architecture.traffic.iter().enumerate();
    AnalysisReport {
        schema: "tradeoff.analyze/1",
        rung: "analyzed",
        name: architecture.name.clone(),
        digest: design.digest(),
        rate: steady.total,
        saturation: steady.saturation(&resources),
        resources,
        endpoints: endpoints.map(|it| (analysis.name(it), steady.latency(it))).collect(),
        slos: slos
            .map(|(at, it)| (it.name.value.clone(), steady.promise(&structure, at, &medians)))
            .collect(),
        retries: analysis
            .amplifications()
            .into_iter()
            .map(|(entry, it)| (analysis.name(entry), it))
            .collect(),
        timeouts: analysis.timeouts(),
        connections: stores
            .filter_map(|(at, it)| Some((it.name.value.clone(), steady.connections(at)?)))
            .collect(),
        blast: structure.blasts(&steady.rates),
        traffic: traffic.map(|(at, it)| (it.name.value.clone(), steady.source(at))).collect(),
        horizon: None,
        assumptions: architecture
            .assumptions
            .iter()
            .map(|it| Assumed { path: it.path.clone(), value: it.value.clone() })
            .collect(),
    }
}

/// What the laws say: seconds, per second, ratios; maps sorted by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnalysisReport {
    /// `tradeoff.analyze/1`.
    pub schema: &'static str,
    /// `analyzed`.
    pub rung: &'static str,
    /// The architecture's name.
    pub name: String,
    /// Digest of the architecture, whatever its order and layout.
    pub digest: String,
    /// Requests per second of all sources today.
    pub rate: f64,
    /// Where growing traffic first meets a limit; null if nothing that is stated limits it.
    pub saturation: Option<Saturation>,
    /// Resources whose capacity is stated.
    pub resources: BTreeMap<String, Resource>,
    /// How long endpoints take.
    pub endpoints: BTreeMap<String, Latency>,
    /// Whether promises can be kept at all.
    pub slos: BTreeMap<String, Promise>,
    /// The worst path of retries from each entry point.
    pub retries: BTreeMap<String, Amplification>,
    /// Callers' patience, by edge.
    pub timeouts: BTreeMap<String, Patience>,
    /// Connection math, by store.
    pub connections: BTreeMap<String, Connections>,
    /// What falls with each component.
    pub blast: BTreeMap<String, Blast>,
    /// What each source asks for.
    pub traffic: BTreeMap<String, Source>,
    /// What breaks first as the load grows; null: not asked for.
    pub horizon: Option<Horizon>,
    /// Every default that was taken because the file says nothing.
    pub assumptions: Vec<Assumed>,
}

/// A default that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// Dotted path, as `--set` takes it.
    pub path: String,
    /// What was assumed.
    pub value: String,
}
