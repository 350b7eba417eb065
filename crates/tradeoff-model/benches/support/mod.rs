//! Large architectures, as files: what `check` has to read while somebody types.

use std::fmt::Write as _;
use std::ops::Range;

/// So many services of five endpoints, each of which calls two of the services after it: chains as
/// long as there are services, and no endpoint without findings.
pub(crate) fn chain(services: usize) -> String {
    let mut text = String::from(
        "tradeoff: 1\nname: chain\ndefaults: { policy: internal, network: 200us }\npolicies:\n  \
         internal: { timeout: 250ms, retry: { attempts: 3, budget: 10% }, breaker: {} }\nservices:\n",
    );
    let mut add = |line: &str| writeln!(text, "{line}").expect("a String never refuses a write");
    for service in 0..services {
        add(&format!("  s{service}:\n    replicas: 3\n    cores: 4\n    endpoints:"));
        for endpoint in 0..5 {
            add(&format!("      e{endpoint}:\n        steps:\n          - work: {{ mean: 2ms }}"));
            for next in [service + 1, service + 7].into_iter().filter(|next| *next < services) {
                add(&format!("          - call: s{next}.e{endpoint}"));
                add("            policy: { timeout: 1s, retry: none }");
            }
            add("          - query: db.read");
        }
    }
    add("stores:\n  db: { cores: 8, operations: { read: { time: 1ms } } }");
    add("traffic:\n  users: { rate: 100/s, mix: { s0.e0: 100% } }");
    add("slos:\n  first: { endpoint: s0.e0, availability: 99.9%, latency: { p99: 1s } }");
    text
}

/// Layers of a plain architecture, each calling the next: their shares of the services in percent.
const LAYERS: [usize; 6] = [4, 16, 24, 24, 20, 12];
/// Services that one team keeps.
const TEAM: usize = 40;
/// Services of a team that share a store, which the first of them owns.
const SHARED: usize = 4;

/// So many services as a company has them: teams, a store for every few services, six layers of
/// which each endpoint calls two or three of the next, traffic and promises at the top.
pub(crate) fn plain(services: usize) -> String {
    let mut text = String::from(
        "tradeoff: 1\nname: plain\nduration: 4m\ndefaults: { policy: internal, network: { p50: 300us, p99: 1500us } }\n\
         policies:\n  internal: { deadline: { after: 800ms, pass: true }, retry: { attempts: 2, backoff: exponential, base: 20ms, cap: 200ms, \
         jitter: full, budget: 10% }, breaker: {} }\n  nice-to-have: { timeout: 150ms, retry: none, bulkhead: { \
         concurrent: 16 } }\n  outside: { timeout: 500ms, retry: none }\n",
    );
    let mut add = |line: &str| writeln!(text, "{line}").expect("a String never refuses a write");
    add("teams:");
    for team in 0..services.div_ceil(TEAM) {
        add(&format!("  team-{team}: {{ engineers: {} }}", 4 + team % 5));
    }
    let mut dice = Dice(1);
    let mut first = 0;
    let top = services * LAYERS[0] / 100;
    add("services:");
    for (layer, share) in LAYERS.into_iter().enumerate() {
        let last =
            if layer + 1 == LAYERS.len() { services } else { first + services * share / 100 };
        let below =
            last..(last + services * LAYERS.get(layer + 1).unwrap_or(&0) / 100).min(services);
        for service in first..last {
            let store = service.checked_sub(top).map(|nth| top + nth / SHARED * SHARED);
            add(&format!(
                "  service-{service}:\n    team: team-{}\n    replicas: {}\n    cores: {}\n    \
                 concurrency: 64\n    queue: 32\n    endpoints:",
                service / TEAM,
                2 + dice.throw(3),
                1 + dice.throw(4),
            ));
            for endpoint in ["find", "place", "list"].into_iter().take(2 + dice.throw(2)) {
                steps(&mut add, &mut dice, endpoint, store, below.clone());
            }
        }
        first = last;
    }
    add("stores:");
    for owner in (top..services).step_by(SHARED) {
        add(&format!(
            "  store-{owner}:\n    kind: postgres\n    owner: service-{owner}\n    replicas: 2\n    cores: 4\n    \
             queue: 256\n    connections: 200\n    pool: {{ per_replica: 10, wait: 300ms }}\n    operations:\n      \
             read: {{ time: {{ p50: 1ms, p99: 8ms }} }}\n      \
             write: {{ time: {{ p50: 2ms, p99: 10ms }}, writes: true }}"
        ));
    }
    add("externals:");
    for partner in 0..PARTNERS {
        add(&format!(
            "  partner-{partner}: {{ time: {{ p50: 60ms, p99: 300ms }}, errors: 0.05% }}"
        ));
    }
    add("traffic:");
    for source in 0..top {
        add(&format!(
            "  users-{source}: {{ rate: 20/s, patience: 8s, mix: {{ service-{source}.find: 70%, \
             service-{source}.place: 30% }} }}"
        ));
    }
    add("slos:");
    for promise in 0..top {
        add(&format!(
            "  promise-{promise}: {{ endpoint: service-{promise}.place, availability: 99.9%, \
             latency: {{ p99: 900ms }} }}"
        ));
    }
    text
}

/// Externals of a plain architecture.
const PARTNERS: usize = 10;

/// An endpoint of a plain architecture.
fn steps(
    add: &mut impl FnMut(&str),
    dice: &mut Dice,
    endpoint: &str,
    store: Option<usize>,
    below: Range<usize>,
) {
    let repeat = if endpoint == "place" { "idempotency_key" } else { "idempotent" };
    add(&format!("      {endpoint}:\n        {repeat}: true\n        steps:"));
    add(&format!("          - work: {{ p50: {}ms, p99: 12ms }}", 1 + dice.throw(4)));
    if below.is_empty() {
        if dice.throw(4) == 0 {
            let partner = dice.throw(PARTNERS);
            add(&format!("          - call: partner-{partner}\n            policy: outside"));
        }
    } else {
        for nth in 0..2 + dice.throw(2) {
            let callee = below.start + dice.throw(below.len());
            let step = format!("call: service-{callee}.{}", ["find", "place"][dice.throw(2)]);
            if nth == 2 {
                add(&format!("          - optional: [ {{ {step}, policy: nice-to-have }} ]"));
            } else {
                add(&format!("          - {step}"));
            }
        }
    }
    if let Some(store) = store {
        let operation = if endpoint == "place" { "write" } else { "read" };
        add(&format!("          - query: store-{store}.{operation}"));
    }
}

/// Throws that are the same in every run.
struct Dice(u64);

impl Dice {
    /// One of the numbers below `sides`.
    fn throw(&mut self, sides: usize) -> usize {
        // D. E. Knuth's MMIX generator; its high bits are the good ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}
