//! The house keeps its own rules: which crate may use which, and that every module says what it
//! is for.

#![expect(clippy::disallowed_methods, reason = "this test reads the source tree")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What each crate may use of ours; a crate that is not listed may not exist.
const ARROWS: [(&str, &[&str]); 11] = [
    (
        "tradeoff",
        &[
            "tradeoff-analyze",
            "tradeoff-column",
            "tradeoff-decide",
            "tradeoff-diag",
            "tradeoff-model",
            "tradeoff-rules",
            "tradeoff-sim",
        ],
    ),
    ("tradeoff-analyze", &["tradeoff-diag", "tradeoff-model"]),
    ("tradeoff-cli", &["tradeoff"]),
    ("tradeoff-column", &["tradeoff-diag"]),
    ("tradeoff-decide", &["tradeoff-analyze", "tradeoff-model"]),
    ("tradeoff-des", &[]),
    ("tradeoff-diag", &[]),
    ("tradeoff-model", &["tradeoff-diag"]),
    ("tradeoff-policy", &[]),
    ("tradeoff-rules", &["tradeoff-analyze", "tradeoff-diag", "tradeoff-model"]),
    ("tradeoff-sim", &["tradeoff-des", "tradeoff-model", "tradeoff-policy"]),
];

/// Lines of a source file without its tests and comments.
const LONGEST_FILE: usize = 600;

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent);
    root.expect("a crate stands two folders below the root").to_owned()
}

#[test]
fn arrows_point_down() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let packages = metadata["packages"].as_array().expect("there are packages");
    assert_eq!(packages.len(), ARROWS.len(), "every crate has its row in ARROWS");
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        let allowed = arrows.get(name).unwrap_or_else(|| panic!("`{name}` has no row in ARROWS"));
        for dependency in package["dependencies"].as_array().expect("a list") {
            let used = dependency["name"].as_str().expect("a dependency has a name");
            // Tests may look wherever they like.
            let ours = used.starts_with("tradeoff") && dependency["kind"].is_null();
            assert!(!ours || allowed.contains(&used), "`{name}` must not use `{used}`");
        }
    }
}

#[test]
fn modules_say_what_they_are_for_and_stay_short() {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("crates")).expect("crates/ exists").flatten() {
        for part in ["src", "tests", "benches"] {
            let folder = entry.path().join(part);
            if folder.is_dir() {
                sources(&folder, &mut found);
            }
        }
    }
    assert!(found.len() > 50, "the sources were found");
    for path in found {
        let text = fs::read_to_string(&path).expect("a readable source");
        let first = text.lines().find(|it| !it.starts_with("#![") && !it.is_empty());
        let says = first.is_some_and(|it| it.starts_with("//! "));
        assert!(says, "{} does not say what it is for", path.display());
        if path.components().any(|it| it.as_os_str() == "tests") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|it| !it.trim_start().starts_with("//")).count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: it wants a wall", path.display());
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}
