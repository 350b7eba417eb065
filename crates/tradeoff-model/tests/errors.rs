//! Every mistake that a file can make: its code, its place, what was expected, the nearest name.

use tradeoff_diag::{Diagnostic, SourceFile, render};
use tradeoff_model::{Document, NoFiles};

/// All complaints about these files.
fn check(files: &[(&str, &str)]) -> (Document, Vec<Diagnostic>) {
    let files = files.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
    let (document, mut all) = Document::parse(files);
    all.extend(document.lower(&NoFiles).1);
    (document, all)
}

/// A sound file with `extra` after it.
fn with(extra: &str) -> String {
    format!("tradeoff: 1\nname: x\n{extra}")
}

/// The only complaint about a file: its code, the text that it points at, the nearest name.
fn only(text: &str) -> (&'static str, String, Option<String>) {
    let (document, all) = check(&[("a.yaml", text)]);
    assert_eq!(all.len(), 1, "{all:#?}\n{text}");
    let place = all[0].place().expect("every complaint about a file has a place");
    (all[0].code, document.sources.text(place).to_owned(), all[0].nearest.clone())
}

fn plain(code: &'static str, place: &str) -> (&'static str, String, Option<String>) {
    (code, place.to_owned(), None)
}

fn near(code: &'static str, place: &str, nearest: &str) -> (&'static str, String, Option<String>) {
    (code, place.to_owned(), Some(nearest.to_owned()))
}

#[test]
fn keys_are_known() {
    let text = with("services: { a: { replica: 2 } }");
    assert_eq!(only(&text), near("unknown-key", "replica", "replicas"));
    assert_eq!(only(&with("services: { a: { kind: x } }")), plain("unknown-key", "kind"));
    assert_eq!(only(&with("services: []")), plain("wrong-type", "services"));
    assert_eq!(only("tradeoff: 2\nname: x"), plain("unknown-version", "2"));
    assert_eq!(only("tradeoff: 1").0, "missing-key");
    let steps = with("services: { a: { endpoints: { e: { steps: [ { wrok: 1ms } ] } } } }");
    assert_eq!(only(&steps), near("unknown-key", "wrok", "work"));
    let two =
        with("services: { a: { endpoints: { e: { steps: [ { work: 1ms, wait: 1ms } ] } } } }");
    assert_eq!(only(&two), plain("unknown-key", "wait"));
}

#[test]
fn acceptances_are_whole() {
    let file = |acceptance: &str| {
        with(&format!("teams: {{ checkout: {{}} }}\nrules: {{ accept: [ {{ {acceptance} }} ] }}"))
    };
    let whole = "rule: r, at: a, reason: it is, owner: checkout, expires: 2027-06-30";
    assert_eq!(check(&[("a.yaml", &file(whole))]).1, []);
    for key in ["rule", "at", "reason", "owner", "expires"] {
        let rest: Vec<&str> = whole.split(", ").filter(|it| !it.starts_with(key)).collect();
        assert_eq!(only(&file(&rest.join(", "))).0, "missing-key", "{key}");
    }
    let other = |from, to| only(&file(&whole.replace(from, to)));
    assert_eq!(other("checkout", "chekcout"), near("unknown-name", "chekcout", "checkout"));
    assert_eq!(other("2027-06-30", "2027-06-31"), plain("out-of-range", "2027-06-31"));
    assert_eq!(other("2027-06-30", "soon"), plain("wrong-value", "soon"));
    assert_eq!(other("it is", "''"), plain("out-of-range", "''"));
    let (_, all) = check(&[("a.yaml", &file(&whole.replace("reason", "raeson")))]);
    assert_eq!(all.iter().find_map(|it| it.nearest.as_deref()), Some("reason"), "{all:?}");
    assert_eq!(only(&with("rules: { accept: {} }")).0, "wrong-type");
    assert_eq!(only(&with("rules: { acept: [] }")), near("unknown-key", "acept", "accept"));
    assert_eq!(
        only(&with("decomposition: { triggers: [ { kind: complience } ] }")),
        near("wrong-value", "complience", "compliance")
    );
}

#[test]
fn acceptances_of_several_files_are_joined() {
    let one = "tradeoff: 1\nname: x\nteams: { t: {} }\nrules: { accept: [ { rule: a, at: b, reason: c, owner: t, expires: 2027-06-30 } ] }";
    let other =
        "rules: { accept: [ { rule: d, at: e, reason: f, owner: t, expires: 2027-06-30 } ] }";
    let (document, all) = check(&[("a.yaml", one), ("b.yaml", other)]);
    assert_eq!(all, []);
    let (architecture, _) = document.lower(&NoFiles);
    let rules: Vec<_> = architecture.acceptances.iter().map(|it| it.rule.value.as_str()).collect();
    assert_eq!(rules, ["a", "d"]);
}

#[test]
fn units_are_right() {
    let (_, all) = check(&[("a.yaml", &with("duration: 250"))]);
    assert_eq!(all[0].code, "wrong-unit");
    assert_eq!(all[0].message, "`250` is not a duration");
    assert_eq!(all[0].expected.as_deref(), Some("a duration such as `250ms`"));
    assert_eq!(all[0].help.as_deref(), Some("write `250ms`"));
    assert_eq!(only(&with("duration: 5 parsecs")), plain("wrong-unit", "5 parsecs"));
    assert_eq!(only(&with("duration: soon")), plain("wrong-value", "soon"));
    for value in ["-1s", "0s", "401d", "999999999999999999999999999999s"] {
        assert_eq!(only(&with(&format!("duration: {value}"))), plain("out-of-range", value));
    }
    for value in [".nan", "NaN", "inf", "1e300s", "."] {
        let (code, place, _) = only(&with(&format!("duration: {value}")));
        assert!(code.starts_with("wrong-"), "{code}");
        assert_eq!(place, value);
    }
    let replicas = with("services: { a: { replicas: 0 } }");
    assert_eq!(only(&replicas), plain("out-of-range", "0"));
    let (_, all) = check(&[("a.yaml", &with("services: { a: { replicas: 10001 } }"))]);
    assert_eq!(all[0].message, "`10001` is not between 1 and 10,000");
    let choice = with("services: { a: { replicas: 2, balance: round-robbin } }");
    assert_eq!(only(&choice), near("wrong-value", "round-robbin", "round-robin"));
}

#[test]
fn facts_are_held_to_the_format() {
    let cache = |rest: &str| with(&format!("caches: {{ c: {{ {rest} }} }}"));
    assert_eq!(only(&cache("tll: 1s")), near("unknown-key", "tll", "ttl"));
    assert_eq!(only(&cache("ttl: 60")), plain("wrong-unit", "60"));
    assert_eq!(only(&cache("kind: reddis")), near("wrong-value", "reddis", "redis"));
    assert_eq!(only(&cache("max_memory: 2gb")), plain("wrong-unit", "2gb"));
    assert_eq!(only(&cache("hit_ratio: 120%")), plain("out-of-range", "120%"));
    assert_eq!(only(&cache("owner: nobody")), plain("unknown-name", "nobody"));
    assert_eq!(only(&cache("keys: {}")), plain("missing-key", "keys"));
    assert_eq!(only(&cache("single_flight: maybe")), plain("wrong-value", "maybe"));
    assert_eq!(only(&cache("time: { p50: 2ms, p99: 1ms }")), plain("percentile-order", "1ms"));
    assert_eq!(only(&cache("use: data")), plain("wrong-type", "data"));
    assert_eq!(
        only(&with("topology: { style: single-region, tested: 2027-02-30 }")).0,
        "out-of-range"
    );
    assert_eq!(only(&with("growth: 8%")), plain("wrong-unit", "8%"));
    let scale = with("services: { a: { autoscale: { min: 5, max: 2 } } }");
    assert_eq!(only(&scale), plain("range-order", "5"));
    let keyed =
        with("topics: { made: { kind: queue } }\nservices: { a: { consumes: { mde: {} } } }");
    assert_eq!(only(&keyed), near("unknown-name", "mde", "made"));
    let saga = |call: &str| {
        with(&format!(
            "externals: {{ mail: {{ time: 1ms }}, bank: {{ operations: {{ pay: {{ time: 1ms }} }} }} }}\n\
             sagas: {{ s: {{ steps: [ {{ call: {call} }} ] }} }}"
        ))
    };
    assert_eq!(only(&saga("bank.pya")), near("unknown-name", "bank.pya", "bank.pay"));
    for call in ["mail", "mail.send", "bank.pay"] {
        assert_eq!(check(&[("a.yaml", &saga(call))]).1, [], "{call}");
    }
    let page = with("services: { a: { endpoints: { e: { pagination: cursr } } } }");
    assert_eq!(only(&page), near("wrong-value", "cursr", "cursor"));
    let key = with("services: { a: { endpoints: { e: { idempotency_key: { windw: 1d } } } } }");
    assert_eq!(only(&key), near("unknown-key", "windw", "window"));
    let key = with("services: { a: { endpoints: { e: { idempotency_key: maybe } } } }");
    assert_eq!(only(&key), plain("wrong-value", "maybe"));
}

#[test]
fn caches_and_topics_are_components() {
    let file = |step: &str| {
        with(&format!(
            "services: {{ a: {{ endpoints: {{ e: {{ steps: [ {step} ] }} }} }} }}\n\
             caches: {{ hot: {{}} }}\ntopics: {{ made: {{ kind: queue }} }}\n"
        ))
    };
    assert_eq!(only(&file("{ get: hto }")), near("unknown-name", "hto", "hot"));
    assert_eq!(only(&file("{ get: made }")), plain("wrong-reference", "made"));
    assert_eq!(only(&file("{ publish: hot }")), plain("wrong-reference", "hot"));
    assert_eq!(only(&file("{ call: hot }")), plain("wrong-reference", "hot"));
    assert_eq!(only(&file("{ query: made }")), plain("wrong-reference", "made"));
    assert_eq!(
        only(&file("{ get: hot, else: [ { call: bank } ] }")),
        plain("unknown-name", "bank")
    );
    assert_eq!(only(&file("{ get: hot, policy: none }")), plain("unknown-key", "policy"));
    let clash = file("{ get: hot }").replace("made", "a");
    assert_eq!(only(&clash), plain("duplicate-name", "a"));
    let event = file("{ get: hot }")
        + "scenarios: { s: { events: [ { at: 1s, for: 1s, crash: hot } ] } }\n";
    assert_eq!(only(&event), plain("wrong-reference", "hot"));
}

#[test]
fn bounds_are_named() {
    let traffic = |rest: &str| {
        with(&format!(
            "services: {{ a: {{ endpoints: {{ e: {{}} }} }} }}\ntraffic: {{ t: {{ {rest}, mix: {{ a.e: 100% }} }} }}"
        ))
    };
    let message = |text: &str| check(&[("a.yaml", text)]).1[0].message.clone();
    assert!(message(&traffic("rate: 20000000/s")).contains("10,000,000/s"));
    assert!(message(&traffic("users: 2M, think: 1s")).contains("1,000,000"));
    let repeat =
        with("services: { a: { endpoints: { e: { steps: [ { repeat: 10001, do: [] } ] } } } }");
    assert!(message(&repeat).contains("10,000"));
    let mean = repeat.replace("10001", "{ mean: 10001 }");
    assert!(message(&mean).contains("10,000"));
    let steps = "{ work: 1ms }, ".repeat(200_001);
    let many =
        with(&format!("services: {{ a: {{ endpoints: {{ e: {{ steps: [ {steps} ] }} }} }} }}"));
    assert!(message(&many).contains("200,000 steps"));
}

#[test]
fn names_are_found() {
    let file = |step: &str| {
        with(&format!(
            "services:\n  bank: {{ endpoints: {{ charge: {{}}, refund: {{}} }} }}\n  shop: {{ endpoints: {{ buy: {{ steps: [ {step} ] }} }} }}\nstores: {{ orders: {{ operations: {{ insert: {{ time: 1ms }} }} }} }}\nexternals: {{ mail: {{ time: 1ms }} }}"
        ))
    };
    let unknown = |step: &str| only(&file(step));
    assert_eq!(
        unknown("{ call: bnak.charge }"),
        near("unknown-name", "bnak.charge", "bank.charge")
    );
    assert_eq!(
        unknown("{ call: bank.chrage }"),
        near("unknown-name", "bank.chrage", "bank.charge")
    );
    assert_eq!(unknown("{ call: bank }"), plain("ambiguous-name", "bank"));
    assert_eq!(unknown("{ call: orders.insert }"), plain("wrong-reference", "orders.insert"));
    assert_eq!(unknown("{ query: mail.send }"), plain("wrong-reference", "mail.send"));
    assert_eq!(
        unknown("{ query: order.insert }"),
        near("unknown-name", "order.insert", "orders.insert")
    );
    let policy = unknown("{ call: mail, policy: internal }");
    assert_eq!(policy, plain("unknown-name", "internal"));
    assert_eq!(check(&[("a.yaml", &file("{ call: mail.anything }, { query: orders }"))]).1, []);
    let edges = file("{ call: bank.charge }") + "\nedges: { \"shop->bnak\": { network: 1ms } }";
    assert_eq!(only(&edges), near("unknown-name", "\"shop->bnak\"", "shop->bank"));
    let clash = file("{ wait: 1ms }") + "\nteams: {}\n";
    let clash = clash.replace("mail:", "bank:");
    assert_eq!(only(&clash), plain("duplicate-name", "bank"));
    let team = with("teams: { shop: {} }\nservices: { a: { team: shp } }");
    assert_eq!(only(&team), near("unknown-name", "shp", "shop"));
    assert_eq!(only(&with("services: { \"a.b\": {} }")), plain("bad-name", "\"a.b\""));
}

#[test]
fn endless_recursion_is_an_error_and_a_cycle_of_services_is_none() {
    let file = |a: &str, b: &str| {
        with(&format!(
            "services:\n  a: {{ endpoints: {{ e: {{ steps: [ {a} ] }}, leaf: {{}} }} }}\n  b: {{ endpoints: {{ e: {{ steps: [ {b} ] }} }} }}\n"
        ))
    };
    let circle = file("{ call: b.e }", "{ wait: 1ms }, { call: a.e }");
    assert_eq!(only(&circle), plain("endless-recursion", "call: b.e"));
    let (_, all) = check(&[("a.yaml", &circle)]);
    assert_eq!(all[0].message, "`a.e` calls itself again on every path");
    assert_eq!(all[0].labels.len(), 2);
    let endless = [
        file("{ call: a.e }", ""),
        file("{ all: [ [ { call: a.e } ], [] ] }", ""),
        file("{ chance: 100%, do: [ { call: a.e } ] }", ""),
        file("{ chance: 50%, do: [ { call: b.e } ], else: [ { call: a.e } ] }", "{ call: a.e }"),
        // An optional step runs always; only its failure does not matter.
        file("{ optional: [ { call: a.e } ] }", ""),
    ];
    for text in &endless {
        assert_eq!(only(text).0, "endless-recursion", "{text}");
    }
    let ends = [
        file("{ call: b.e }", "{ call: a.leaf }"),
        file("{ chance: 50%, do: [ { call: a.e } ] }", ""),
        file("{ fallback: [ { wait: 1ms } ], else: [ { call: a.e } ] }", ""),
        file("{ fail: 10% }, { call: a.e }", ""),
        file("{ repeat: 0, do: [ { call: a.e } ] }", ""),
    ];
    for text in &ends {
        assert_eq!(check(&[("a.yaml", text)]).1, [], "{text}");
    }
}

#[test]
fn values_agree_with_each_other() {
    let wait = |dist: &str| {
        with(&format!(
            "services: {{ a: {{ endpoints: {{ e: {{ steps: [ {{ wait: {dist} }} ] }} }} }} }}"
        ))
    };
    assert_eq!(only(&wait("{ p50: 5ms, p99: 1ms }")), plain("percentile-order", "1ms"));
    assert_eq!(only(&wait("{ min: 5ms, max: 1ms }")), plain("range-order", "1ms"));
    assert_eq!(only(&wait("{ p50: 0s, p99: 1ms }")), plain("out-of-range", "0s"));
    assert_eq!(only(&wait("{ mean: 5ms, p99: 1ms }")).0, "wrong-value");
    assert_eq!(only(&wait("{ p50: 1ns, p99: 400d }")).0, "out-of-range");
    assert_eq!(only(&wait("{ samples: ../x.csv }")), plain("unreadable-samples", "../x.csv"));
    let queue = with("services: { a: { queue: 5 } }");
    assert_eq!(only(&queue), plain("queue-without-concurrency", "queue: 5"));
    let deploy = with("services: { a: { deploy: d, replicas: 2 }, b: { deploy: d, replicas: 3 } }");
    assert_eq!(only(&deploy), plain("conflicting-modules", "replicas: 3"));
    let speeds = with("services: { a: { replicas: 3, speeds: [1, 2] } }");
    assert_eq!(only(&speeds), plain("out-of-range", "[1, 2]"));
}

#[test]
fn traffic_and_scenarios_add_up() {
    let base = "services: { a: { endpoints: { e: {}, f: {} } } }\n";
    let mix =
        with(&format!("{base}traffic: {{ t: {{ rate: 1/s, mix: {{ a.e: 70%, a.f: 20% }} }} }}"));
    let (_, all) = check(&[("a.yaml", &mix)]);
    assert_eq!(all[0].message, "the shares of this mix sum to 90%, not 100%");
    assert_eq!(only(&mix), plain("mix-sum", "{ a.e: 70%, a.f: 20% }"));
    let scenario = |event: &str| {
        with(&format!("{base}scenarios: {{ s: {{ duration: 60s, events: [ {event} ] }} }}"))
    };
    assert_eq!(only(&scenario("{ at: 55s, for: 10s, crash: a }")), plain("event-outside", "10s"));
    assert_eq!(only(&scenario("{ at: 61s, for: 10s, crash: a }")), plain("event-outside", "61s"));
    assert_eq!(only(&scenario("{ at: 5s, for: 10s, crash: b }")), near("unknown-name", "b", "a"));
    assert_eq!(
        only(&scenario("{ at: 5s, for: 10s, crash: a, replicas: 2 }")),
        plain("out-of-range", "2")
    );
    assert_eq!(
        only(&scenario("{ at: 5s, for: 10s, crash: a, by: 5x }")),
        plain("conflicting-keys", "by")
    );
    assert_eq!(only(&scenario("{ at: 5s, for: 1s, slow: a }")).0, "missing-key");
    assert_eq!(only(&scenario("{ at: 5s, flush: a }")), plain("unknown-key", "flush"));
    let slo = with(&format!("{base}slos: {{ s: {{ endpoint: a.e }} }}"));
    assert_eq!(only(&slo).0, "missing-key");
}

#[test]
fn yaml_itself_is_bounded() {
    assert_eq!(only("tradeoff: 1\nname: x\nname: y"), plain("duplicate-key", "name"));
    assert_eq!(only(&with("services: { a: {}, a: {} }")), plain("duplicate-key", "a"));
    assert_eq!(only(&with("services: { a: {")).0, "yaml-syntax");
    assert_eq!(only(&with("summary: *nowhere")).0, "unknown-anchor");
    assert_eq!(only("tradeoff: 1\nname: x\n---\nname: y").0, "second-document");
    let deep = |levels: usize| format!("summary: {}{}", "[".repeat(levels), "]".repeat(levels));
    for levels in [65, 300, 100_000] {
        assert_eq!(only(&with(&deep(levels))).0, "too-deep", "{levels}");
    }
    let mut bomb = vec!["a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned()];
    for level in 1..9 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        bomb.push(format!("a{level}: &a{level} [{before}]"));
    }
    let (_, all) = check(&[("a.yaml", &bomb.join("\n"))]);
    let found = all.iter().find(|it| it.code == "alias-bomb").expect("the bomb is found");
    assert_eq!(found.message, "aliases repeat more than 2,000,000 values");
    let large = with(&"# more and more\n".repeat(1 << 20));
    let (_, all) = check(&[("a.yaml", &large)]);
    assert_eq!(all[0].code, "file-too-large");
    assert!(all[0].message.contains("16 MB"));
}

#[test]
fn files_are_joined_and_clashes_show_both_places() {
    let first = ("a.yaml", "tradeoff: 1\nname: x\nservices: { a: { calls: [b] } }\n");
    let second = ("b.yaml", "tradeoff: 1\nservices: { b: { endpoints: { e: {} } } }\n");
    let (document, all) = check(&[first, second]);
    assert_eq!(all, []);
    assert_eq!(document.lower(&NoFiles).0.services.len(), 2);
    let clash = ("c.yaml", "name: y\nservices: { a: {} }\n");
    let (document, all) = check(&[first, second, clash]);
    assert_eq!(all.len(), 2);
    for diagnostic in &all {
        assert_eq!(diagnostic.code, "duplicate-key");
        let files: Vec<String> = diagnostic
            .labels
            .iter()
            .map(|label| document.sources.line_column(label.span).file)
            .collect();
        assert_eq!(files, ["c.yaml", "a.yaml"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let unreadable = SourceFile::from_bytes("a.yaml", b"name: \xff\n".to_vec()).unwrap_err();
    assert_eq!(unreadable.byte, 6);
    assert_eq!(unreadable.diagnostic.code, "not-utf8");
    assert_eq!(unreadable.diagnostic.message, "`a.yaml` is not UTF-8: its byte 6 is 0xff");
}

#[test]
fn many_mistakes_stay_a_readable_list() {
    let keys: Vec<String> = (0..2_000).map(|at| format!("k{at}: 1")).collect();
    let (_, all) = check(&[("a.yaml", &with(&keys.join("\n")))]);
    assert_eq!(all.len(), 500);
}

#[test]
fn a_page_of_mistakes() {
    let shop = "\
tradeoff: 1
name: shop
defaults: { policy: internl }
policies:
  internal: { timeout: 250, retry: { attempts: 3, jiter: full } }
services:
  order:
    replicas: 0
    queue: 10
    endpoints:
      place:
        steps:
          - work: { p50: 8ms, p99: 1.5ms }
          - call: payment.charg
            policy: { timeout: 1s }
          - query: orders.insert
  payment:
    endpoints:
      charge: { steps: [ { call: payment.charge } ] }
traffic:
  shoppers: { rate: 600, mix: { order.place: 80% } }
scenarios:
  sale: { duration: 1m, events: [ { at: 50s, for: 20s, surge: shopers, by: 5x } ] }
";
    let more = "tradeoff: 1\nname: other\n";
    let (document, all) = check(&[("shop.yaml", shop), ("more.yaml", more)]);
    let page: Vec<String> =
        all.iter().map(|diagnostic| render(&document.sources, diagnostic, false)).collect();
    insta::assert_snapshot!(page.join("\n"));
}
