//! The sums of the rules on systems that their pages are too short for.

use tradeoff_diag::{Severity, SourceFile};
use tradeoff_model::{Document, NoFiles};
use tradeoff_rules::{Finding, Report, together};

struct Checked {
    document: Document,
    report: Report,
}

fn check(text: &str) -> Checked {
    let (document, errors) = Document::parse(vec![SourceFile::new("shop.yaml", text)]);
    assert_eq!(errors, [], "in\n{text}");
    checked(document)
}

fn checked(document: Document) -> Checked {
    let (architecture, errors) = document.lower(&NoFiles);
    assert_eq!(errors, [], "in\n{}", document.canonical());
    let report = tradeoff_rules::check(&architecture, &document);
    Checked { document, report }
}

impl Checked {
    fn find(&self, fingerprint: &str) -> Option<&Finding> {
        self.report.findings.iter().find(|it| it.fingerprint() == fingerprint)
    }

    fn sum(&self, fingerprint: &str) -> &str {
        let finding = self.find(fingerprint);
        let arithmetic = finding.and_then(|it| it.arithmetic.as_ref());
        arithmetic.map_or("", |it| it.text.as_str())
    }

    /// What is found after the mend of one finding.
    fn mended(&self, fingerprint: &str) -> Self {
        let finding = self.find(fingerprint).expect("a finding");
        assert!(!finding.patch.is_empty(), "{fingerprint} has no patch");
        let mended = checked(self.document.patched(&finding.patch).expect("a patch that applies"));
        assert!(mended.find(fingerprint).is_none(), "{fingerprint}: {:?}", finding.patch);
        mended
    }
}

const HEAD: &str = "tradeoff: 1\nname: shop\n";

#[test]
fn modules_of_a_deploy_unit_are_one_process() {
    let shop = check(&format!(
        "{HEAD}
services:
  order:
    deploy: shop
    cores: 2
    endpoints:
      peek: {{ steps: [ {{ wait: 1ms }} ] }}
      place: {{ steps: [ {{ work: 10ms }}, {{ call: cart.show }} ] }}
  cart:
    deploy: shop
    replicas: 1
    endpoints: {{ show: {{ steps: [ {{ work: 5ms }}, {{ call: order.peek }} ] }} }}
    policy: {{ retry: 2 }}
  price: {{ endpoints: {{ get: {{ steps: [ {{ wait: 1ms }} ] }} }} }}
traffic: {{ shoppers: {{ rate: 100/s, mix: {{ order.place: 100% }} }} }}
slos: {{ place: {{ endpoint: order.place, availability: 99.9% }} }}
"
    ));
    assert_eq!(shop.sum("scale-utilization:shop"), "200/s x 7.5ms / (1 x 2 cores) = 75% > 70%");
    assert!(shop.report.findings.iter().all(|it| !it.subject.contains("->")), "{:?}", shop.report);
    shop.mended("scale-utilization:shop");
    let single = shop.find("scale-single-replica:shop").expect("one replica");
    assert_eq!(single.patch[0].path, "/services/cart/replicas");
    shop.mended("scale-single-replica:shop");
}

#[test]
fn speeds_grow_with_replicas() {
    let shop = check(&format!(
        "{HEAD}
services:
  order:
    speeds: [1, 2]
    cores: {{ count: 1, share: true }}
    endpoints: {{ place: {{ steps: [ {{ work: 24ms }} ] }} }}
traffic: {{ shoppers: {{ rate: 100/s, mix: {{ order.place: 100% }} }} }}
"
    ));
    let sum = shop.sum("scale-utilization:order");
    assert_eq!(sum, "100/s x 24ms / (2 x 1 cores x speed 1.5) = 80% > 70%");
    shop.mended("scale-utilization:order");
}

#[test]
fn stores_are_busy_with_writes_at_one_copy() {
    let shop = check(&format!(
        "{HEAD}
services:
  order:
    endpoints: {{ place: {{ steps: [ {{ repeat: 2, do: [ {{ query: orders.read }} ] }}, {{ query: orders.insert }} ] }} }}
stores:
  orders:
    replicas: 2
    cores: {{ count: 1 }}
    operations: {{ read: {{ time: 4ms }}, insert: {{ time: 5ms, writes: true }} }}
traffic: {{ staff: {{ users: 113, think: 987ms, patience: none, mix: {{ order.place: 100% }} }} }}
"
    ));
    // 113 users / (987 ms + 2 x 4 ms + 5 ms) = 113/s, each 5 ms of writes and half of 8 ms of reads.
    let finding = shop.find("scale-utilization:orders").expect("busy");
    assert_eq!(finding.severity, Severity::Error);
    let arithmetic = finding.arithmetic.as_ref().expect("a sum");
    assert!((arithmetic.value - 1.017).abs() < 1e-9, "{arithmetic:?}");
    shop.mended("scale-utilization:orders");
    let endless = shop.find("rel-unbounded-queue:orders").expect("no bound");
    let arithmetic = endless.arithmetic.as_ref().expect("a sum");
    assert!(arithmetic.limit.is_infinite() && arithmetic.value.is_infinite());
    shop.mended("rel-unbounded-queue:orders");
}

#[test]
fn many_backends_without_a_pooler_are_a_warning() {
    let text = format!(
        "{HEAD}
services:
  cart: {{ replicas: 21, endpoints: {{ show: {{ steps: [ {{ query: orders.read }} ] }} }} }}
  order:
    replicas: 10
    endpoints: {{ place: {{ steps: [ {{ transaction: {{ store: orders, steps: [ {{ wait: 1ms }} ] }} }} ] }} }}
stores:
  orders:
    connections: 1000
    pool: {{ per_replica: 10 }}
    operations: {{ read: {{ time: 4ms }} }}
"
    );
    let shop = check(&text);
    assert_eq!(shop.sum("scale-connection-math:orders"), "21 x 10 + 10 x 10 = 310 > 300");
    let finding = shop.find("scale-connection-math:orders").expect("many");
    assert_eq!(finding.severity, Severity::Warning);
    shop.mended("scale-connection-math:orders");
    assert!(check(&text.replace("21", "20")).find("scale-connection-math:orders").is_none());
}

#[test]
fn pools_bound_the_queue_of_a_store() {
    let text = format!(
        "{HEAD}
defaults: {{ policy: {{ timeout: 100ms }} }}
services:
  cart: {{ replicas: 2, endpoints: {{ show: {{ steps: [ {{ query: orders.read }} ] }} }} }}
stores:
  orders:
    cores: 2
    pool: {{ per_replica: 10 }}
    operations: {{ read: {{ time: 4ms }} }}
traffic: {{ shoppers: {{ rate: 100/s, mix: {{ cart.show: 100% }} }} }}
"
    );
    assert!(check(&text).find("rel-unbounded-queue:orders").is_none());
    let wide = check(&text.replace("per_replica: 10", "per_replica: 100"));
    assert_eq!(wide.sum("rel-unbounded-queue:orders"), "198 / (500/s) = 396ms > 100ms");
    wide.mended("rel-unbounded-queue:orders");
}

#[test]
fn nothing_waits_where_nothing_can_be_served_in_time() {
    let shop = check(&format!(
        "{HEAD}
services:
  report: {{ cores: 1, endpoints: {{ make: {{ steps: [ {{ work: 10s }} ] }} }} }}
traffic: {{ staff: {{ rate: 1/h, patience: 5s, mix: {{ report.make: 100% }} }} }}
"
    ));
    let finding = shop.find("rel-unbounded-queue:report").expect("no bound");
    assert_eq!(finding.patch[1].value, Some(0.into()));
    shop.mended("rel-unbounded-queue:report");
}

#[test]
fn a_promise_bounds_the_timeout() {
    let shop = |limit: &str| {
        check(&format!(
            "{HEAD}
services:
  order: {{ endpoints: {{ place: {{ steps: [ {{ call: bank }} ] }} }} }}
externals: {{ bank: {{ time: {{ p50: 80ms, p99: 200ms }} }} }}
slos: {{ place: {{ endpoint: order.place, latency: {{ p99: {limit} }} }} }}
"
        ))
    };
    let edge = "rel-no-timeout:order.place->bank";
    assert_eq!(
        shop("300ms").sum(edge),
        "proposed: 3 x 200ms at p99 = 600ms, at most the promised 300ms"
    );
    assert_eq!(shop("150ms").sum(edge), "proposed: 3 x 200ms at p99 = 600ms, about 600ms");
    assert_eq!(shop("2s").sum(edge), "proposed: 3 x 200ms at p99 = 600ms, about 600ms");
}

#[test]
fn a_budget_keeps_the_rest_of_the_retries() {
    let shop = check(&format!(
        "{HEAD}
policies: {{ slow: {{ retry: {{ attempts: 4, backoff: linear, base: 10ms, cap: 2s, jitter: equal }} }} }}
services:
  order: {{ endpoints: {{ place: {{ steps: [ {{ call: pay, policy: slow }} ] }} }} }}
  pay: {{ calls: [bank, bank], policy: {{ retry: 2 }} }}
externals: {{ bank: {{ time: 1ms, policy: {{ retry: 4 }} }} }}
traffic: {{ shoppers: {{ rate: 1/s, policy: slow, mix: {{ order: 100% }} }} }}
"
    ));
    assert_eq!(shop.sum("rel-retry-amplification:order.place"), "4 x 4 x 4 = 64 > 9");
    let mended = shop.mended("rel-retry-amplification:order.place");
    let (architecture, _) = mended.document.lower(&NoFiles);
    let retry = architecture.traffic[0].policy.retry.as_ref().expect("retries").value;
    assert_eq!((retry.attempts, retry.base, retry.cap), (4, 10_000_000, 2_000_000_000));
    assert!(retry.budget.is_some());
    let all: Vec<_> = shop.report.findings.iter().map(|it| it.patch.as_slice()).collect();
    let all = shop.document.patched(&together(&all)).expect("patches that apply");
    let left = checked(all).report;
    let left: Vec<_> = left.findings.iter().map(Finding::fingerprint).collect();
    // What is to be promised no patch can say.
    assert_eq!(left, ["rel-no-slo:order.place"], "{left:?}");
}

#[test]
fn recursion_that_dies_out_is_summed() {
    let shop = check(&format!(
        "{HEAD}
services:
  tree:
    cores: 1
    endpoints: {{ walk: {{ steps: [ {{ work: 1ms }}, {{ chance: 50%, do: [ {{ call: leaf.walk }} ] }} ] }} }}
  leaf:
    endpoints: {{ walk: {{ steps: [ {{ call: tree.walk }} ] }} }}
traffic: {{ shoppers: {{ rate: 400/s, mix: {{ tree.walk: 100% }} }} }}
"
    ));
    assert_eq!(shop.sum("scale-utilization:tree"), "800/s x 1ms / (1 x 1 cores) = 80% > 70%");
    assert!(shop.find("svc-sync-cycle:leaf->tree->leaf").is_some());
}

#[test]
fn branches_that_only_follow_a_failure_bring_no_load() {
    let shop = check(&format!(
        "{HEAD}
services:
  order:
    endpoints:
      place: {{ steps: [ {{ fallback: [ {{ call: fast.get }} ], else: [ {{ call: slow.get }} ] }} ] }}
  fast: {{ cores: 1, endpoints: {{ get: {{ steps: [ {{ work: 1ms }} ] }} }} }}
  slow: {{ cores: 1, endpoints: {{ get: {{ steps: [ {{ work: 1s }} ] }} }} }}
traffic: {{ shoppers: {{ rate: 100/s, mix: {{ order.place: 100% }} }} }}
"
    ));
    assert!(shop.find("scale-utilization:slow").is_none());
    assert!(shop.find("rel-no-timeout:order.place->slow.get").is_some());
}

#[test]
fn an_inversion_of_a_shared_policy_is_one_finding() {
    let shop = check(&format!(
        "{HEAD}
policies:
  internal: {{ timeout: 800ms, retry: {{ attempts: 2, base: 20ms }} }}
  brief: {{ timeout: 150ms, retry: none }}
defaults: {{ policy: internal }}
services:
  web:
    endpoints:
      buy: {{ steps: [ {{ call: order.place }}, {{ call: order.price }} ] }}
      look: {{ steps: [ {{ call: order.price }}, {{ call: news.top, policy: brief }} ] }}
      pay: {{ steps: [ {{ call: order.price, policy: {{ timeout: 1s }} }} ] }}
  order:
    endpoints:
      place: {{ steps: [ {{ call: bank, policy: {{ timeout: 3s }} }} ] }}
      price: {{ steps: [ {{ query: prices.find }} ] }}
  news: {{ endpoints: {{ top: {{ steps: [ {{ query: prices.find }}, {{ query: prices.find }} ] }} }} }}
externals: {{ bank: {{ time: 80ms }} }}
stores: {{ prices: {{ operations: {{ find: {{ time: 1ms }} }} }} }}
"
    ));
    let found = shop.report.findings.iter().filter(|it| it.rule.id == "rel-timeout-inversion");
    let found: Vec<&str> = found.map(|it| it.subject.as_str()).collect();
    // One call of a policy is a finding of its own, and so is a callee that waits for longer by a
    // word of its own; two calls of one policy are one.
    let alone = ["web.buy->order.place", "web.look->news.top", "web.pay->order.price"];
    assert_eq!(found, [&["policies.internal"], alone.as_slice()].concat());
    let shared = shop.find("rel-timeout-inversion:policies.internal").expect("a finding");
    assert!(shared.message.ends_with("so does one more call of this policy"), "{shared:?}");
    assert_eq!(shared.path.len(), 2);
    let paths: Vec<&str> = shared.patch.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["/policies/internal/deadline"]);
    for fingerprint in found.iter().map(|it| format!("rel-timeout-inversion:{it}")) {
        shop.mended(&fingerprint);
    }
    let sum = shop.sum("rel-timeout-inversion:policies.internal");
    assert_eq!(sum, "2 x 800ms + 20ms = 1.62s > 800ms");
}

#[test]
fn an_inversion_of_a_named_policy_is_mended_where_the_name_is_given() {
    let shop = check(&format!(
        "{HEAD}
policies: {{ brief: {{ timeout: 150ms, retry: none }}, slow: {{ timeout: 1s }} }}
services:
  web:
    endpoints:
      look: {{ steps: [ {{ call: news.top, policy: brief }}, {{ call: news.old, policy: brief }} ] }}
  news:
    endpoints:
      top: {{ steps: [ {{ query: texts.find, policy: slow }} ] }}
      old: {{ steps: [ {{ query: texts.find, policy: slow }} ] }}
stores: {{ texts: {{ operations: {{ find: {{ time: 1ms }} }} }} }}
"
    ));
    let brief = shop.find("rel-timeout-inversion:policies.brief").expect("a finding");
    assert!(brief.patch.iter().all(|it| it.path.starts_with("/services/web/")), "{brief:?}");
    let mended = shop.mended("rel-timeout-inversion:policies.brief");
    assert!(mended.report.findings.iter().all(|it| it.rule.id != "rel-timeout-inversion"));
}

#[test]
fn no_promise_rests_on_what_is_optional() {
    let shop = check(&format!(
        "{HEAD}
services:
  web:
    replicas: 2
    endpoints:
      home:
        steps:
          - call: cart.get
          - optional: [ {{ call: ads.get }} ]
          - fallback: [ {{ query: rates.now }} ]
            else: [ {{ wait: 1ms }} ]
  cart: {{ replicas: 1, endpoints: {{ get: {{ steps: [ {{ work: 1ms }} ] }} }} }}
  ads: {{ replicas: 1, endpoints: {{ get: {{ steps: [ {{ work: 1ms }} ] }} }} }}
stores: {{ rates: {{ replicas: 1, operations: {{ now: {{ time: 1ms }} }} }} }}
slos: {{ home: {{ endpoint: web.home, availability: 99.9% }} }}
"
    ));
    assert!(shop.find("scale-single-replica:cart").is_some());
    assert!(shop.find("scale-single-replica:ads").is_none());
    assert!(shop.find("scale-single-replica:rates").is_none());
}

#[test]
fn a_line_of_users_is_as_long_as_there_are_users() {
    let shop = |traffic: &str| {
        check(&format!(
            "{HEAD}
services: {{ web: {{ cores: 1, endpoints: {{ home: {{ steps: [ {{ work: 10ms }} ] }} }} }} }}
traffic: {{ users: {{ {traffic}, patience: none, mix: {{ web.home: 100% }} }} }}
"
        ))
    };
    let closed = shop("users: 10, think: 1s");
    let sum = closed.sum("rel-unbounded-queue:web");
    assert_eq!(sum, "every user may stand in the line, and nobody in it gives up");
    let open = shop("rate: 10/s");
    let sum = open.sum("rel-unbounded-queue:web");
    assert_eq!(sum, "the line may grow without end, and nobody in it gives up");
}

#[test]
fn a_breaker_is_for_calls_that_come_often() {
    let shop = |rate: &str, crowd: &str| {
        check(&format!(
            "{HEAD}
defaults: {{ policy: {{ timeout: 1s, retry: 2 }} }}
services:
  desk: {{ replicas: 2, endpoints: {{ ask: {{ steps: [ {{ call: mailer }} ] }} }} }}
externals: {{ mailer: {{ time: 80ms }} }}
traffic:
  agents: {{ rate: {rate}, mix: {{ desk.ask: 100% }} }}
scenarios: {{ crowd: {{ events: [ {{ at: 1m, for: 1m, surge: agents, by: {crowd} }} ] }} }}
"
        ))
        .find("rel-no-breaker:desk.ask->mailer")
        .is_some()
    };
    assert!(!shop("0.3/s", "1x"));
    assert!(shop("0.3/s", "2x"));
    assert!(shop("0.4/s", "1x"));
}
