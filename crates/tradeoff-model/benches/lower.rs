//! What reading a large file costs: `check` has to feel instant in an editor.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use tradeoff_diag::SourceFile;
use tradeoff_model::{Document, NoFiles};

mod support;

use support::{chain, plain};

fn main() {
    divan::main();
}

/// Long chains with what the simulator does not move: facts of every endpoint and every service.
fn file_with_facts(services: usize) -> String {
    let facts = "        audience: internal\n        version: v1\n        \
                 pagination: { style: cursor, most: 100 }\n        rate_limit: { rate: 100/s }\n        \
                 idempotency_key: { window: 24h, store: db }\n        steps:";
    let text = chain(services).replace("        steps:", facts);
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
    measure(bencher, &chain(services));
}

#[divan::bench(args = [1_000])]
fn parse_and_lower_plain(bencher: Bencher<'_, '_>, services: usize) {
    measure(bencher, &plain(services));
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
    let text = chain(services);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| Document::parse(vec![SourceFile::new("large.yaml", black_box(&text).as_str())]));
}
