//! Patches: small edits that keep a file valid, however it says what is to be changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use tradeoff_model::model::{Backoff, Jitter, Retry};
use tradeoff_model::{Document, Edit, Op};

use crate::Context;
use crate::repeat::Repeat;
use tradeoff_analyze::Edge;
use tradeoff_analyze::words::stated;

/// Several patches as one. A patch may first spell out what a name stands for (`policy: internal`
/// becomes a map) and then set a key in it; what an earlier patch has spelled out is not spelled
/// out again, so that the second does not undo the first.
pub fn together(patches: &[&[Edit]]) -> Vec<Edit> {
    let mut made: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    let mut all: Vec<Edit> = Vec::new();
    for edit in patches.iter().copied().flatten() {
        let here = made.entry(&edit.path).or_default();
        if !here.contains(&edit) {
            here.push(edit);
            all.push(edit.clone());
        }
    }
    all
}

/// Collects the edits of one patch.
pub(crate) struct Mend<'a> {
    cx: &'a Context<'a>,
    edits: Vec<Edit>,
    /// The edits of each path: a finding about a shared policy may have thousands of them.
    at: BTreeMap<String, Vec<usize>>,
}

impl<'a> Mend<'a> {
    /// An empty patch.
    pub(crate) const fn new(cx: &'a Context<'a>) -> Self {
        Self { cx, edits: Vec::new(), at: BTreeMap::new() }
    }

    /// The patch.
    pub(crate) fn edits(self) -> Vec<Edit> {
        self.edits
    }

    /// Sets a value at a JSON Pointer; the map that holds it must be there.
    pub(crate) fn set(&mut self, pointer: &str, value: Json) -> &mut Self {
        let op = if self.cx.document.has(pointer) { Op::Replace } else { Op::Add };
        let edit = Edit { op, path: pointer.to_owned(), value: Some(value) };
        let here = self.at.entry(edit.path.clone()).or_default();
        if !here.iter().any(|nth| self.edits[*nth] == edit) {
            here.push(self.edits.len());
            self.edits.push(edit);
        }
        self
    }

    /// Sets a key of the policy of an edge.
    pub(crate) fn policy(&mut self, edge: &Edge<'_>, key: &str, value: Json) -> &mut Self {
        let policy = self.edge_policy(edge);
        self.set(&child(&policy, key), value)
    }

    /// Gives the retries of an edge a budget and keeps the rest of them; an edge that must not be
    /// tried again at all gets none.
    pub(crate) fn edge_budget(&mut self, edge: &Edge<'_>, retry: &Retry) -> &mut Self {
        if self.cx.repeats.of(self.cx.architecture, edge.to) == Repeat::Harms {
            return self.policy(edge, "retry", json!("none"));
        }
        let policy = self.stated_policy(edge, "retry");
        self.retry(&policy, retry, "budget", json!("10%"))
    }

    /// Sets a key of the retries of an edge where they are stated, and keeps the rest of them.
    pub(crate) fn edge_retry(
        &mut self,
        edge: &Edge<'_>,
        retry: &Retry,
        key: &str,
        value: Json,
    ) -> &mut Self {
        let policy = self.stated_policy(edge, "retry");
        self.retry(&policy, retry, key, value)
    }

    /// Sets a key of the retries of a source of traffic and keeps the rest of them.
    pub(crate) fn traffic_retry(
        &mut self,
        traffic: &str,
        retry: &Retry,
        key: &str,
        value: Json,
    ) -> &mut Self {
        let policy = self.spelled_out(&child("/traffic", traffic));
        self.retry(&policy, retry, key, value)
    }

    /// Sets a key of the policy that states it for an edge: that of all that share it.
    pub(crate) fn stated(&mut self, edge: &Edge<'_>, key: &str, value: Json) -> &mut Self {
        let policy = self.stated_policy(edge, key);
        self.set(&child(&policy, key), value)
    }

    /// Sets a key beside another in the policy that states that one: for all that share it. Where
    /// the edge has a policy of its own instead, its own value is set there.
    pub(crate) fn beside(
        &mut self,
        edge: &Edge<'_>,
        stated: &str,
        key: &str,
        shared: Json,
        own: Json,
    ) -> &mut Self {
        let place = self.cx.stated(edge, stated).map(|it| it.pointer);
        let policy = self.stated_policy(edge, stated);
        let value = if place.is_some_and(|it| it == policy) { shared } else { own };
        self.set(&child(&policy, key), value)
    }

    /// Sets a key of a process: where its modules state it, else at its first one.
    pub(crate) fn process(&mut self, process: usize, key: &str, value: Json) -> &mut Self {
        let services = self.process_pointers(process);
        let stated: Vec<&String> =
            services.iter().filter(|it| self.cx.document.has(&child(it, key))).collect();
        let at = if stated.is_empty() { vec![&services[0]] } else { stated };
        for service in at {
            self.set(&child(service, key), value.clone());
        }
        self
    }

    /// Sets the replicas of a process; a list of their speeds grows by more of the last.
    pub(crate) fn replicas(&mut self, process: usize, replicas: u64) -> &mut Self {
        if let Some(speeds) = self.speeds(process, replicas) {
            self.process(process, "speeds", json!(speeds));
            let services = self.process_pointers(process);
            if !services.iter().any(|it| self.cx.document.has(&child(it, "replicas"))) {
                return self;
            }
        }
        self.process(process, "replicas", json!(replicas))
    }

    /// What [`Self::replicas`] writes, in words.
    pub(crate) fn replicas_words(&self, process: usize, replicas: u64) -> String {
        let Some(speeds) = self.speeds(process, replicas) else {
            return format!("set `replicas: {replicas}`");
        };
        let speeds: Vec<String> = speeds.iter().map(f64::to_string).collect();
        format!("set `speeds: [{}]`, for {replicas} replicas", speeds.join(", "))
    }

    /// The stated speeds of a process for so many replicas, the last for those that are new.
    fn speeds(&self, process: usize, replicas: u64) -> Option<Vec<f64>> {
        let speeds = &self.cx.analysis.lead(process).speeds;
        let more = std::iter::repeat(speeds.last()?);
        Some(speeds.iter().chain(more).take(replicas as usize).copied().collect())
    }

    fn process_pointers(&self, process: usize) -> Vec<String> {
        let analysis = &self.cx.analysis;
        let services = analysis.processes[process].services.iter();
        let name = |it: &usize| analysis.architecture.services[*it].name.value.as_str();
        services.map(|it| child("/services", name(it))).collect()
    }

    /// The pointer of the map that holds the policy of an edge, made if it is not there.
    fn edge_policy(&mut self, edge: &Edge<'_>) -> String {
        let step = &edge.step.pointer;
        if self.cx.document.has_map(step) {
            return self.spelled_out(step);
        }
        self.make("/edges", || json!({}));
        let edge = self.edge_block(edge);
        self.make(&edge, || json!({}));
        self.spelled_out(&edge)
    }

    /// The pointer of an edge's own block: the short form of a service has no other place for a
    /// policy.
    fn edge_block(&self, edge: &Edge<'_>) -> String {
        let name = self.cx.analysis.edge_name(edge);
        let known = self.cx.policies.edge_blocks.get(&name).cloned();
        child("/edges", &known.unwrap_or(name))
    }

    /// The pointer of the policy that states a key for an edge. A name that the edge itself gives
    /// is spelled out, as other mends of this edge would do: they would lose what is changed under
    /// the name.
    fn stated_policy(&mut self, edge: &Edge<'_>, key: &str) -> String {
        let step = &edge.step.pointer;
        let long = self.cx.document.has_map(step);
        let holder = if long { step.clone() } else { self.edge_block(edge) };
        let own = self.cx.document.scalar(&child(&holder, "policy"));
        match self.cx.stated(edge, key) {
            Some(place) if !own.is_some_and(|it| it.is_string()) => place.pointer,
            _ => self.edge_policy(edge),
        }
    }

    /// The pointer of the policy of what may have one, after edits that make it a map of keys.
    fn spelled_out(&mut self, holder: &str) -> String {
        let policy = child(holder, "policy");
        match self.cx.document.scalar(&policy) {
            Some(Json::String(name)) => {
                let keys = named(self.cx.document, &name);
                self.set(&policy, keys);
            }
            _ => self.make(&policy, || json!({})),
        }
        policy
    }

    /// Makes a value where there is none.
    fn make(&mut self, pointer: &str, value: impl FnOnce() -> Json) {
        if !self.cx.document.has(pointer)
            || self.cx.document.scalar(pointer).is_some_and(|it| it.is_null())
        {
            self.set(pointer, value());
        }
    }

    fn retry(&mut self, policy: &str, retry: &Retry, key: &str, value: Json) -> &mut Self {
        let pointer = child(policy, "retry");
        let spelled_out = self.at.get(policy).and_then(|here| here.last());
        let spelled_out = spelled_out.map(|nth| &self.edits[*nth]);
        let here = match spelled_out.and_then(|edit| edit.value.as_ref()) {
            Some(keys) => keys.get("retry").cloned(),
            None => self.cx.document.get(&pointer),
        };
        if !here.is_some_and(|it| it.is_object()) {
            self.set(&pointer, retries(retry));
        }
        self.set(&child(&pointer, key), value)
    }
}

/// The keys that a named policy stands for, those of `none` too.
pub fn named(document: &Document, name: &str) -> Json {
    if name == "none" {
        let off = ["timeout", "deadline", "retry", "breaker", "bulkhead"];
        let mut keys: Map<String, Json> =
            off.into_iter().map(|key| (key.to_owned(), json!("none"))).collect();
        keys.insert("cancel".to_owned(), json!(false));
        return Json::Object(keys);
    }
    let keys = document.get(&child("/policies", name));
    keys.filter(Json::is_object).unwrap_or_else(|| json!({}))
}

/// A retry policy as a file states it, without a budget.
fn retries(retry: &Retry) -> Json {
    let backoff = match retry.backoff {
        Backoff::None => "none",
        Backoff::Constant => "constant",
        Backoff::Linear => "linear",
        Backoff::Exponential => "exponential",
    };
    let jitter = match retry.jitter {
        Jitter::None => "none",
        Jitter::Full => "full",
        Jitter::Equal => "equal",
        Jitter::Decorrelated => "decorrelated",
    };
    json!({
        "attempts": retry.attempts,
        "backoff": backoff,
        "base": stated(retry.base),
        "cap": stated(retry.cap),
        "jitter": jitter,
    })
}

/// The pointer of a key under another pointer.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    if key.contains(['~', '/']) {
        return format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    }
    [pointer, "/", key].concat()
}
