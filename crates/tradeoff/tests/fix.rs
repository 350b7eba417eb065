//! Every mend of every example can be written into its file, alone and all of them together.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "this test reads the examples, and an unwrap is an assertion"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tradeoff::{Design, NoFiles, SourceFile, check, fix};

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = fs::read_dir(root).unwrap().map(|it| it.unwrap().path());
    let files = folders.flat_map(|it| fs::read_dir(it).unwrap()).map(|it| it.unwrap().path());
    files.filter(|it| it.extension().is_some_and(|it| it == "yaml")).collect()
}

fn load(text: &str) -> Design {
    Design::load(vec![SourceFile::new("a.yaml", text)], &NoFiles).unwrap()
}

#[test]
fn what_the_rules_propose_can_be_written() {
    let mut written = 0;
    for path in examples() {
        let text = fs::read_to_string(&path).unwrap();
        // Fragments, and what includes them, are no architectures by themselves.
        if !text.contains("\nservices:") {
            continue;
        }
        let design = load(&text);
        let findings = check(&design).findings;
        let mendable = findings.iter().filter(|it| !it.patch.is_empty() && it.suppressed.is_none());
        let mends: BTreeSet<String> = mendable.map(|it| it.fingerprint.clone()).collect();
        let alone = mends.iter().map(|it| vec![it.clone()]);
        let together = (!mends.is_empty()).then(|| mends.iter().cloned().collect());
        for set in alone.chain(together) {
            let fixed = fix(&design, &set).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
            let [file] = &fixed.files[..] else { panic!("one file changes: {set:?}") };
            let kept = |line: &str| line.contains('#') && !line.trim_start().starts_with('#');
            for comment in text.lines().filter(|it| kept(it)).filter_map(|it| it.split_once('#')) {
                assert!(file.after.contains(comment.1), "{} is gone", comment.1);
            }
            let left = check(&load(&file.after)).findings;
            let left: BTreeSet<String> = left.into_iter().map(|it| it.fingerprint).collect();
            assert!(
                set.iter().all(|it| !left.contains(it) || it.starts_with("rel-unbounded-queue")),
                "{set:?} of {left:?} in {}",
                file.after
            );
            written += 1;
        }
    }
    assert!(written > 5, "the examples have findings");
}
