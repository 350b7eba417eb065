//! What reading a large file costs: `check` has to feel instant in an editor.

use std::fmt::Write as _;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use tradeoff_diag::SourceFile;
use tradeoff_model::{Document, NoFiles};

fn main() {
    divan::main();
}

/// So many services of five endpoints, each of which calls two of the services after it.
fn file(services: usize) -> String {
    let mut text = String::from(
        "tradeoff: 1\nname: large\ndefaults: { policy: internal, network: 200us }\npolicies:\n  \
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
    text
}

/// The same with what the simulator does not move: facts of every endpoint and every service.
fn file_with_facts(services: usize) -> String {
    let facts = "        audience: internal\n        version: v1\n        \
                 pagination: { style: cursor, most: 100 }\n        rate_limit: { rate: 100/s }\n        \
                 idempotency_key: { window: 24h, store: db }\n        steps:";
    let text = file(services).replace("        steps:", facts);
    let own = "    replicas: 3\n    tier: 1\n    autoscale: { min: 2, max: 9 }\n    \
               consumes: { made: { attempts: 5, steps: [ { work: 1ms } ] } }\n";
    text.replace("    replicas: 3\n", own) + "\ntopics: { made: { kind: stream } }\n"
}

#[divan::bench(args = [1_000])]
fn parse_and_lower_facts(bencher: Bencher<'_, '_>, services: usize) {
    measure(bencher, &file_with_facts(services));
}

#[divan::bench(args = [10, 100, 1_000])]
fn parse_and_lower(bencher: Bencher<'_, '_>, services: usize) {
    measure(bencher, &file(services));
}

fn measure(bencher: Bencher<'_, '_>, text: &str) {
    bencher.counter(BytesCount::of_str(text)).bench(|| {
        let source = SourceFile::new("large.yaml", black_box(text));
        let (document, mistakes) = Document::parse(vec![source]);
        assert_eq!(mistakes, []);
        let (architecture, mistakes) = document.lower(&NoFiles);
        assert_eq!(mistakes, []);
        architecture
    });
}

#[divan::bench(args = [1_000])]
fn parse_only(bencher: Bencher<'_, '_>, services: usize) {
    let text = file(services);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| Document::parse(vec![SourceFile::new("large.yaml", black_box(&text).as_str())]));
}
