//! An architecture of several files: what they include, stubs, overlays.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, SourceFile};
use tradeoff_model::{Document, Files};

/// Files in memory; a pattern is a path whose last part may be `*`.
#[derive(Default)]
struct Memory {
    texts: BTreeMap<String, String>,
    read: RefCell<Vec<String>>,
}

impl Memory {
    fn new<const N: usize>(files: [(&str, String); N]) -> Self {
        let texts = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        Self { texts, read: RefCell::default() }
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<String, String> {
        self.read.borrow_mut().push(path.to_owned());
        self.texts.get(path).cloned().ok_or_else(|| "it is gone".into())
    }

    fn list(&self, pattern: &str) -> Result<Vec<String>, String> {
        let fits = |path: &&String| match pattern.strip_suffix('*') {
            Some(folder) => path.strip_prefix(folder).is_some_and(|it| !it.contains('/')),
            None => *path == pattern,
        };
        Ok(self.texts.keys().filter(fits).cloned().collect())
    }
}

const HEAD: &str = "tradeoff: 1\nname: x\n";

/// Reads one file and what it includes: all complaints, those of lowering included.
fn load(main: &str, others: &Memory) -> (Document, Vec<Diagnostic>) {
    let text = format!("{HEAD}{main}");
    let (document, mut all) =
        Document::parse_with(vec![SourceFile::new("main.yaml", text)], others);
    all.extend(document.lower(others).1);
    (document, all)
}

fn codes(all: &[Diagnostic]) -> Vec<&str> {
    all.iter().map(|it| it.code).collect()
}

#[test]
fn fragments_are_merged_however_deep_they_nest() {
    let files = Memory::new([
        ("services/a.yaml", "include: [more/*]\nservices: { a: { calls: [b, c] } }".into()),
        ("services/b.yaml", "services: { b: { calls: [c] } }".into()),
        ("services/more/c.yaml", "include: [../b.yaml]\nservices: { c: { calls: [e] } }".into()),
    ]);
    let (document, all) = load("include: [services/*]\nexternals: { e: { time: 1s } }", &files);
    assert_eq!(codes(&all), [""; 0]);
    let (architecture, _) = document.lower(&files);
    let names: Vec<_> = architecture.services.iter().map(|it| it.name.value.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(files.read.borrow().len(), 3, "each file is read once");
    let inline = "services: { a: { calls: [b, c] }, b: { calls: [c] }, c: { calls: [e] } }";
    let (whole, _) = load(&format!("externals: {{ e: {{ time: 1s }} }}\n{inline}"), &files);
    assert_eq!(document.canonical(), whole.canonical(), "it does not matter where a thing stands");
}

#[test]
fn a_name_that_two_fragments_define_is_a_mistake_at_both_places() {
    let files = Memory::new([("a.yaml", "teams: { t: {} }".into())]);
    let (document, all) = load("include: [a.yaml]\nteams: { t: {} }", &files);
    assert_eq!(codes(&all), ["duplicate-key"]);
    let places: Vec<_> =
        all[0].labels.iter().map(|it| document.sources.line_column(it.span)).collect();
    assert_eq!(places[0].file, "a.yaml");
    assert_eq!(places[1].file, "main.yaml");
}

#[test]
fn includes_that_lead_nowhere_are_told_at_their_place() {
    let files = Memory::new([("a/one.yaml", String::new())]);
    let (document, all) = load("include: [b/*, ../x.yaml, /x.yaml, a/onne.yaml, {}]", &files);
    let found: Vec<_> =
        all.iter().map(|it| (it.code, document.sources.text(it.place().unwrap()))).collect();
    let expected = [
        ("no-match", "b/*"),
        ("bad-include", "../x.yaml"),
        ("bad-include", "/x.yaml"),
        ("no-match", "a/onne.yaml"),
        ("wrong-type", "{}"),
    ];
    assert_eq!(found, expected);
    assert_eq!(all[3].nearest.as_deref(), Some("a/one.yaml"));
    assert_eq!(codes(&load("include: a.yaml", &files).1), ["wrong-type"]);
}

#[test]
fn cycles_are_mistakes() {
    let files = Memory::new([
        ("a.yaml", "include: [b.yaml]".into()),
        ("b.yaml", "include: [a.yaml]".into()),
    ]);
    let (document, all) = load("include: [a.yaml, b.yaml]", &files);
    assert_eq!(codes(&all), ["include-cycle"]);
    assert!(all[0].message.contains("`a.yaml` includes `b.yaml` includes `a.yaml`"), "{all:?}");
    assert_eq!(document.sources.line_column(all[0].place().unwrap()).file, "b.yaml");
}

#[test]
fn includes_are_bounded() {
    let chain = (0..20).map(|it| (format!("{it}.yaml"), format!("include: [{}.yaml]", it + 1)));
    let chain: BTreeMap<String, String> =
        chain.chain([("20.yaml".into(), String::new())]).collect();
    let (_, all) = load("include: [0.yaml]", &Memory { texts: chain, ..Memory::default() });
    assert_eq!(codes(&all), ["include-too-deep"]);

    let many = (0..1_100).map(|it| (format!("f/{it}.yaml"), String::new())).collect();
    let (_, all) = load("include: [f/*]", &Memory { texts: many, ..Memory::default() });
    assert_eq!(codes(&all), ["too-many-files"]);

    // Each file alone keeps the bound on values; all of them together do not.
    let bomb = |name: usize| {
        let line = |nth: usize| {
            let items = vec![format!("*l{}", nth - 1); 9].join(", ");
            format!("l{nth}: &l{nth} [{items}]\n")
        };
        let text = format!("l0: &l0 [x, x]\n{}", (1..6).map(line).collect::<String>());
        (format!("f/{name}.yaml"), text)
    };
    let bombs = (0..30).map(bomb).collect();
    let (_, all) = load("include: [f/*]", &Memory { texts: bombs, ..Memory::default() });
    assert_eq!(codes(&all).iter().filter(|it| **it == "alias-bomb").count(), 1);
    assert_eq!(codes(&all).last(), Some(&"alias-bomb"), "nothing is read after it");
}

#[test]
fn a_stub_answers_whatever_it_is_asked_and_is_assumed() {
    let calls = "services: { a: { endpoints: { x: { steps: [ { call: pay.charge },
      { call: pay.refund }, { call: pay } ] } } } }";
    let none = Memory::default();
    let (document, all) = load(&format!("stubs: {{ pay: {{ owner: them }} }}\n{calls}"), &none);
    assert_eq!(codes(&all), [""; 0]);
    let (architecture, _) = document.lower(&none);
    assert!(architecture.externals[0].stub);
    let assumed = architecture.assumptions.iter().find(|it| it.path == "stubs.pay").unwrap();
    assert_eq!(assumed.value, "a stub: time 0s, errors 0%");

    let stated = "stubs: { pay: { time: { p50: 2ms, p99: 9ms }, errors: 1% } }";
    let (document, _) = load(&format!("{stated}\n{calls}"), &none);
    let (architecture, _) = document.lower(&none);
    assert!((architecture.externals[0].errors - 0.01).abs() < 1e-12);
    let assumed = architecture.assumptions.iter().find(|it| it.path == "stubs.pay").unwrap();
    assert_eq!(assumed.value, "a stub: time { p50: 2ms, p99: 9ms }, errors 1%");
}

#[test]
fn a_described_service_needs_no_stub() {
    let text = "stubs: { b: { time: 1s }, mail: {}, zoo: {} }
services: { a: { calls: [b, mail, zoo.x, alpha] }, b: { calls: [] } }
externals: { mail: { time: 2s }, alpha: { time: 3s } }";
    let none = Memory::default();
    let (document, all) = load(text, &none);
    assert_eq!(codes(&all), ["unneeded-stub", "unneeded-stub"]);
    assert!(all.iter().all(|it| !it.is_error()));
    let (architecture, _) = document.lower(&none);
    let externals: Vec<_> =
        architecture.externals.iter().map(|it| (it.name.value.as_str(), it.stub)).collect();
    assert_eq!(externals, [("alpha", false), ("mail", false), ("zoo", true)]);
    let call = |nth: usize| {
        let step = &architecture.services[0].endpoints[0].steps[nth];
        format!("{:?}", step.kind)
    };
    assert!(call(0).contains("Endpoint(1, 0)"), "{}", call(0));
    assert!(call(1).contains("External(1, None)"), "{}", call(1));
    assert!(call(2).contains("External(2, None)"), "{}", call(2));
    assert!(call(3).contains("External(0, None)"), "{}", call(3));
}

const SHOP: &str = "services: { order: { replicas: 2, calls: [bank] } }
externals: { bank: { time: 1s } }
";

#[test]
fn an_overlay_is_edits_in_the_words_of_a_patch() {
    let text = format!(
        "{SHOP}overlays:
  prod:
    - {{ op: replace, path: /services/order/replicas, value: 12 }}
    - {{ op: add, path: /services/order/cores, value: {{ count: 2, share: true }} }}
    - {{ op: add, path: /services/order/calls/-, value: bank }}
    - {{ op: remove, path: /services/order/calls/0 }}
"
    );
    let none = Memory::default();
    let (document, all) = load(&text, &none);
    assert_eq!(codes(&all), [""; 0]);
    assert!(document.check_overlays(&none).is_empty());
    assert_eq!(document.environments(), ["prod"]);
    let prod = document.overlaid("prod").unwrap();
    let service = &prod.lower(&none).0.services[0];
    assert_eq!(service.replicas.value, 12);
    assert!(service.cores.as_ref().is_some_and(|it| it.share));
    assert_eq!(document.lower(&none).0.services[0].replicas.value, 2);
    let unknown = document.overlaid("prd").unwrap_err();
    assert_eq!(unknown[0].nearest.as_deref(), Some("prod"));
    let (bare, _) = load(SHOP, &none);
    assert_eq!(document.canonical(), bare.canonical(), "what is not chosen changes nothing");
}

#[test]
fn mistakes_of_an_overlay_are_told_at_their_place_in_it() {
    let edit = |edit: &str| {
        let none = Memory::default();
        let (document, mut all) = load(&format!("{SHOP}overlays: {{ p: [ {edit} ] }}"), &none);
        if all.is_empty() {
            all = document.check_overlays(&none);
        }
        assert_eq!(all.len(), 1, "{edit}: {all:#?}");
        let found = all.remove(0);
        let place = document.sources.text(found.place().unwrap()).to_owned();
        (found.code, place, found.nearest)
    };
    let near = |code, place: &str, near: &str| (code, place.to_owned(), Some(near.to_owned()));
    let plain = |code, place: &str| (code, place.to_owned(), None);
    let replace = |path: &str| edit(&format!("{{ op: replace, path: {path}, value: 1 }}"));
    let path = "/services/oder/replicas";
    assert_eq!(replace(path), near("unknown-path", path, "/services/order/replicas"));
    let path = "services.order.replicas";
    assert_eq!(replace(path), near("bad-path", path, "/services/order/replicas"));
    assert_eq!(
        replace("/services/order/calls/7"),
        plain("unknown-path", "/services/order/calls/7")
    );
    assert_eq!(replace("/name/x"), plain("unknown-path", "/name/x"));
    assert_eq!(replace("/overlays/p"), plain("bad-path", "/overlays/p"));
    let deep = "/a".repeat(100_000);
    assert_eq!(replace(&deep), plain("bad-path", &deep));
    let path = "/services/order/replicas";
    let wrong = format!("{{ op: replace, path: {path}, value: lots }}");
    assert_eq!(edit(&wrong), plain("wrong-value", "lots"));
    let wrong = "{ op: add, path: /services/order/replica, value: 2 }";
    assert_eq!(edit(wrong), near("unknown-key", "/services/order/replica", "replicas"));
    assert_eq!(edit("{ op: remove, path: /externals/bank }"), plain("unknown-name", "bank"));
    assert_eq!(edit(&format!("{{ op: replace, path: {path} }}")), plain("missing-key", path));
    assert_eq!(
        edit(&format!("{{ op: remove, path: {path}, value: 1 }}")),
        plain("unknown-key", "value")
    );
    let wrong = format!("{{ op: replce, path: {path}, value: 1 }}");
    assert_eq!(edit(&wrong), near("wrong-value", "replce", "replace"));
}
