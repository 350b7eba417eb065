//! The whole format: one file says every key of every block, each example of the table fits where
//! it stands in it, and a wrong value there is told.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tradeoff_diag::{SourceFile, render};
use tradeoff_model::facts::Value;
use tradeoff_model::model::{Dist, StepKind};
use tradeoff_model::{Architecture, Block, Date, Document, Field, Files, Kind, blocks};

/// Says every key of the format; what the fuzzer starts from, too.
const WHOLE: &str = include_str!("../../../fuzz/seeds/model/whole.yaml");

/// What is beside that file.
struct Beside;

impl Files for Beside {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "latencies.csv" => Ok("5ms\n9ms\n".into()),
            "counts.csv" => Ok("1\n2\n".into()),
            _ => Err("it is not there".into()),
        }
    }
}

fn parse(text: &str) -> Document {
    let (document, mistakes) = Document::parse(vec![SourceFile::new("whole.yaml", text)]);
    assert_eq!(mistakes, []);
    document
}

fn lowered(text: &str) -> (Document, Architecture) {
    let document = parse(text);
    let (architecture, mistakes) = document.lower(&Beside);
    let shown: Vec<_> = mistakes.iter().map(|it| render(&document.sources, it, false)).collect();
    assert!(mistakes.is_empty(), "{}", shown.join("\n"));
    (document, architecture)
}

/// Where the file says a key, as a dotted path.
struct Place {
    block: &'static Block,
    field: &'static Field,
    path: String,
    fact: bool,
}

/// Every key of the file, with its place in the table.
#[derive(Default)]
struct Places(Vec<Place>);

impl Places {
    fn of(document: &Document) -> Vec<Place> {
        let mut places = Self::default();
        let root = document.get("").expect("a whole file");
        places.walk(&root, Kind::Block(blocks()[0]), "", false);
        places.0
    }

    fn walk(&mut self, json: &Json, kind: Kind, path: &str, fact: bool) {
        match (kind, json) {
            (Kind::Block(block), Json::Object(map)) => {
                for (key, value) in map {
                    let field = block.field(key).unwrap_or_else(|| panic!("{path}.{key}"));
                    let path = child(path, key);
                    let fact = fact || field.fact;
                    self.0.push(Place { block, field, path: path.clone(), fact });
                    self.walk(value, field.kind, &path, fact);
                }
            }
            (Kind::Map(inner) | Kind::Keyed(_, inner), Json::Object(map)) => {
                for (name, value) in map {
                    self.walk(value, *inner, &child(path, name), fact);
                }
            }
            (Kind::List(inner), Json::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    self.walk(item, *inner, &child(path, &at.to_string()), fact);
                }
            }
            (Kind::Steps, Json::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    let step = blocks().into_iter().find(|block| {
                        block.name.ends_with(" step")
                            && block.name != "saga step"
                            && block.name != "rollout step"
                            && item.get(block.fields[0].key).is_some()
                    });
                    let step = step.expect("a step of the format");
                    self.walk(item, Kind::Block(step), &child(path, &at.to_string()), false);
                }
            }
            (Kind::Any(kinds), _) => kinds.iter().for_each(|kind| {
                if !matches!(kind, Kind::Block(_)) || json.is_object() {
                    self.walk(json, *kind, path, fact);
                }
            }),
            _ => {}
        }
    }
}

fn child(path: &str, key: &str) -> String {
    let key = if key.contains('.') { format!("\"{key}\"") } else { key.to_owned() };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// The first place of every key of the table.
fn first_places(document: &Document) -> Vec<Place> {
    let mut first: BTreeMap<(&str, &str), Place> = BTreeMap::new();
    for place in Places::of(document) {
        first.entry((place.block.name, place.field.key)).or_insert(place);
    }
    for block in blocks() {
        for field in block.fields {
            let there = first.contains_key(&(block.name, field.key)) || apart(block, field);
            assert!(there, "whole.yaml does not say {}.{}", block.name, field.key);
        }
    }
    first.into_values().collect()
}

/// Whether a key is taken out before there is a tree: fragments stand in it by then, and overlays
/// are edits of it.
fn apart(block: &Block, field: &Field) -> bool {
    matches!(field.key, "include" | "overlays") || block.name == "overlay edit"
}

/// The complaints at a value that is set at a path, shown.
fn complaints(document: &Document, path: &str, value: &str) -> (Architecture, Vec<String>) {
    let set = document.set(path, value).unwrap_or_else(|why| panic!("{path}: {why:?}"));
    let own = format!("--set {path}");
    let (architecture, mistakes) = set.lower(&Beside);
    let at_it = mistakes
        .iter()
        .filter(|it| it.place().is_some_and(|place| set.sources.line_column(place).file == own));
    let shown = at_it.map(|it| render(&set.sources, it, false)).collect();
    (architecture, shown)
}

#[test]
fn every_key_has_an_example_that_fits() {
    let (document, _) = lowered(WHOLE);
    let mut wrong = Vec::new();
    for Place { block, field, path, fact } in first_places(&document) {
        let example = field.example_text();
        let (architecture, found) = complaints(&document, &path, &example);
        for complaint in found {
            wrong.push(format!("{}.{}: {example}\n{complaint}", block.name, field.key));
        }
        // A time that varies is one value; steps are no facts.
        let whole = block.name != "distribution" && !matches!(field.kind, Kind::Steps);
        if fact && whole {
            let read = architecture.facts.get(&path);
            assert!(read.is_some_and(|it| it.stated), "{}: no fact at {path}", block.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_wrong_value_of_any_key_is_told_at_its_place() {
    let (document, _) = lowered(WHOLE);
    for Place { block, field, path, .. } in first_places(&document) {
        let text = |kind: &Kind| matches!(kind, Kind::Text);
        let wrong: &[&str] = match field.kind {
            Kind::Anything => &[],
            Kind::Text => &["''"],
            Kind::Any(kinds) if kinds.iter().any(text) => &["''"],
            _ => &["''", "5 parsecs"],
        };
        for value in wrong {
            let (_, found) = complaints(&document, &path, value);
            assert!(!found.is_empty(), "{}.{} takes `{value}`", block.name, field.key);
        }
    }
}

#[test]
fn texts_have_examples_of_their_own() {
    let mut poor = Vec::new();
    for block in blocks() {
        for field in block.fields {
            let text = field.example_text();
            let place = format!("{}.{}", block.name, field.key);
            if text.contains("some text") {
                poor.push(format!("{place} says `{text}`"));
            }
            let section = field.section.unwrap_or("1").parse::<u8>();
            assert!(section.is_ok_and(|it| (1..=16).contains(&it)), "{place}");
            assert!(!field.fact || field.section.is_some(), "{place}");
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}

#[test]
fn facts_are_typed_and_know_their_place() {
    let (document, architecture) = lowered(WHOLE);
    let facts = &architecture.facts;
    let value = |path: &str| facts.get(path).map(|it| it.value.clone());
    let text = |text: &str| Some(Value::Text(text.into()));
    assert_eq!(value("security.tokens.access.lifetime"), Some(Value::Duration(600_000_000_000)));
    assert_eq!(value("caches.catalog-cache.max_memory"), Some(Value::Bytes(2_147_483_648)));
    assert_eq!(value("caches.catalog-cache.hit_ratio"), Some(Value::Share(0.8)));
    assert_eq!(value("topics.order-created.time"), Some(Value::Time(Dist::Constant(0.002))));
    assert_eq!(value("buckets.lake.price"), Some(Value::Money(0.023)));
    assert_eq!(value("buckets.lake.objects"), Some(Value::Count(40_000_000)));
    assert_eq!(value("vendors.cloud.exit_cost"), Some(Value::Effort(12.0)));
    assert_eq!(value("growth"), Some(Value::Growth { low: 0.08, high: 0.08 }));
    assert_eq!(value("stores.orders.zones"), Some(Value::Count(3)));
    assert_eq!(value("topology.tested"), Date::parse("2027-06-30").map(Value::Date));
    assert_eq!(value("services.order.endpoints.place.pagination.style"), text("cursor"));
    let keyed = value("services.order.consumes.order-created.dedupe.store");
    assert_eq!(keyed, Some(Value::Reference("orders".into())));
    assert_eq!(value("edges.\"order.place->payment.charge\".auth"), text("mtls"));
    assert_eq!(value("sagas.place-order.steps.0.pivot"), Some(Value::Bool(false)));
    assert_eq!(value("caches.nothing"), None);
    let lifetime = facts.get("security.tokens.access.lifetime").expect("a fact");
    assert_eq!(document.sources.text(lifetime.span), "10m");
    let names: Vec<&str> = facts.entries("topics").map(|(name, _)| name).collect();
    assert_eq!(names, ["order-created", "order-replies", "order-retry"]);
    let scopes = facts.get("services.order.endpoints.place.scopes").expect("a list");
    assert!(scopes.says("orders:write") && !scopes.says("orders:read"));
    let retry = facts.get("topics.order-retry").expect("a topic");
    let delivery = retry.get("delivery").expect("its default");
    assert_eq!((delivery.text(), delivery.stated), (Some("at-least-once"), false));
}

#[test]
fn what_is_not_moved_is_named() {
    let (_, architecture) = lowered(WHOLE);
    let not_moved = architecture.facts.not_moved();
    assert!(not_moved.is_sorted());
    for path in [
        "caches",
        "decisions",
        "edges",
        "growth",
        "services.order.consumes",
        "services.order.endpoints.place.pagination",
        "services.order.replicas",
        "services.order.tier",
        "stores.orders.shards",
        "topics",
        "traffic",
    ] {
        let moved = ["edges", "services.order.replicas", "services.order.tier", "traffic"];
        let listed = not_moved.iter().any(|it| it == path);
        assert_eq!(listed, !moved.contains(&path), "{path} in {not_moved:?}");
    }
    let plain = "tradeoff: 1\nname: x\nservices: { a: { tier: 1 } }\nteams: { t: {} }\n";
    assert!(lowered(plain).1.facts.not_moved().is_empty());
}

/// The steps of `a.e` in a file with a cache and a topic.
fn steps(cache: &str, topic: &str, steps: &str) -> (Vec<StepKind>, Vec<String>) {
    let text = format!(
        "tradeoff: 1\nname: x\nservices: {{ a: {{ endpoints: {{ e: {{ steps: [ {steps} ] }} }} }} }}\n\
         caches: {{ c: {{ {cache} }} }}\ntopics: {{ t: {{ kind: queue, {topic} }} }}\n"
    );
    let (_, architecture) = lowered(&text);
    let kinds = architecture.services[0].endpoints[0].steps.iter().map(|it| it.kind.clone());
    let assumed = architecture.assumptions.iter();
    let assumed = assumed.filter(|it| !it.path.starts_with("services") && it.path.contains('.'));
    (kinds.collect(), assumed.map(|it| format!("{} = {}", it.path, it.value)).collect())
}

#[test]
fn a_get_hits_by_its_stated_ratio_and_a_publish_takes_its_stated_time() {
    let both = "{ get: c, else: [ { work: 1ms } ] }, { publish: t }";
    let (kinds, assumed) = steps("time: 1ms, hit_ratio: 90%", "time: 3ms", both);
    let [
        StepKind::Wait(look),
        StepKind::Chance { share, then, otherwise },
        StepKind::Wait(publish),
    ] = kinds.as_slice()
    else {
        panic!("{kinds:?}")
    };
    assert_eq!((look, publish), (&Dist::Constant(0.001), &Dist::Constant(0.003)));
    assert!((share - 0.1).abs() < 1e-12);
    assert!(matches!(then.as_slice(), [step] if matches!(step.kind, StepKind::Work(_))));
    assert!(otherwise.is_empty());
    assert_eq!(assumed, Vec::<String>::new());
    let (kinds, assumed) = steps("", "", both);
    assert!(matches!(kinds[1], StepKind::Chance { share, .. } if (share - 0.2).abs() < 1e-12));
    assert_eq!(assumed, ["caches.c.hit_ratio = 80%", "caches.c.time = 0s", "topics.t.time = 0s"]);
    // What no step uses is no assumption of a run.
    assert_eq!(steps("", "", "{ work: 1ms }").1, Vec::<String>::new());
}

#[test]
fn consumers_have_steps_and_edges_but_no_assumptions() {
    let text = "tradeoff: 1\nname: x\nedges: { 'n.t->m': { network: 5ms } }\n\
                policies: { p: { retry: 2 } }\ndefaults: { policy: p }\n\
                services: { n: { consumes: { t: { steps: [ { call: m } ] } } } }\n\
                externals: { m: { time: 1ms } }\ntopics: { t: { kind: queue } }\n";
    let (document, architecture) = lowered(text);
    let consumer = &architecture.services[0].consumers[0];
    assert_eq!(consumer.topic.value, "t");
    let [step] = consumer.steps.as_slice() else { panic!("{consumer:?}") };
    let StepKind::Call { network, .. } = &step.kind else { panic!("{step:?}") };
    assert_eq!(*network, Dist::Constant(0.005));
    assert!(document.span_of(&step.pointer).is_some());
    let assumed: Vec<_> = architecture.assumptions.iter().map(|it| it.path.as_str()).collect();
    assert!(assumed.iter().all(|it| !it.starts_with("policies")), "{assumed:?}");
}

#[test]
fn the_example_of_the_design_has_no_mistakes() {
    let (_, architecture) = lowered(include_str!("design.yaml"));
    assert_eq!(architecture.services.len(), 5);
    assert_eq!(
        architecture.facts.not_moved(),
        ["caches", "decisions", "evidence", "services.notification.consumes", "topics"]
    );
}
