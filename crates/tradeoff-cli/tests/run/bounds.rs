//! What is read is bounded, and the manual lists the bounds in the words of the messages.

use std::fs;
use std::path::Path;

use crate::{Run, SHOP};

/// The words that the manual has for a bound, and that an input beyond it is refused with.
fn beyond(run: Run, error: &str, message: &str) {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/format.md");
    let manual = fs::read_to_string(manual).unwrap();
    let bounds = manual.split("\n## Bounds\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = bounds.lines().find(|it| it.contains(message) && it.contains(error));
    assert!(row.is_some(), "the manual does not list {error}: {message}");
    run.refused(&[&format!("error[{error}]"), message]);
}

fn shop(more: &str) -> Run {
    Run::new("check").file("shop.yaml", format!("{SHOP}{more}")).args(["shop.yaml"])
}

#[test]
fn bytes_and_files() {
    let comment = |mebibytes: usize| vec![b'#'; mebibytes << 20];
    let run = Run::new("check").file("shop.yaml", comment(17)).args(["shop.yaml"]);
    beyond(run, "too-large", "`shop.yaml` is larger than 16 MiB");
    let name = |nth: usize| format!("shop/{nth}.yaml");
    let run = (0..1_001).fold(Run::new("check"), |run, nth| run.file(&name(nth), ""));
    beyond(run.args(["shop"]), "too-many-files", "`shop` holds more than 1000 YAML files");
    let run = (0..5).fold(Run::new("check"), |run, nth| run.file(&name(nth), comment(13)));
    beyond(run.args(["shop"]), "too-large", "the files hold more than 64 MiB");
    let times = SHOP.replace("mean: 8ms", "samples: times.csv");
    let run = Run::new("check").file("shop.yaml", times).file("times.csv", comment(17));
    let run = run.args(["shop.yaml"]);
    beyond(
        run,
        "unreadable-samples",
        "`times.csv` cannot be used: `./times.csv` is larger than 16 MiB",
    );
}

#[test]
fn fragments() {
    let include = |nth: usize| format!("include: [{nth}.yaml]\n");
    let run = (0..9)
        .fold(shop(&include(0)), |run, nth| run.file(&format!("{nth}.yaml"), include(nth + 1)));
    beyond(run.file("9.yaml", ""), "include-too-deep", "includes nest more than 8 deep");
    let run = (0..1_001).fold(shop("include: ['parts/*']\n"), |run, nth| {
        run.file(&format!("parts/{nth}.yaml"), "")
    });
    beyond(run, "too-many-files", "the architecture has more than 1000 files");
}

#[test]
fn values() {
    let nested = format!("x: {}{}\n", "[".repeat(65), "]".repeat(65));
    beyond(shop(&nested), "too-deep", "lists and maps nest more than 64 deep");
    let nine = |nth: usize| vec![format!("*a{nth}"); 9].join(", ");
    let again = (1..9).map(|nth| format!("a{nth}: &a{nth} [{}]\n", nine(nth - 1)));
    let bomb: Vec<String> = again.collect();
    let bomb = format!("a0: &a0 [a, a, a]\n{}", bomb.concat());
    beyond(shop(&bomb), "alias-bomb", "aliases repeat more than 2,000,000 values");
    let overlays: Vec<String> = (0..33).map(|nth| format!("  o{nth}: []\n")).collect();
    beyond(
        shop(&format!("overlays:\n{}", overlays.concat())),
        "out-of-range",
        "there are 33 overlays",
    );
    let event = "{ at: 10s, for: 5s, slow: payment, by: 9x }";
    let events = SHOP.replace(event, &vec![event; 10_001].join(", "));
    let run = Run::new("check").file("shop.yaml", events).args(["shop.yaml"]);
    beyond(run, "out-of-range", "a scenario with more than 10,000 events");
}
