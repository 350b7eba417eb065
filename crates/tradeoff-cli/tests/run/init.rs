//! `init`: what it writes holds, and nothing that is there is lost.

use std::fs;

use crate::Run;

#[test]
fn the_first_architecture_holds() {
    let run = Run::new("init").args(["shop.yaml", "--name", "my \"shop\": 2"]).exits(0);
    let run = run.stdout_contains("tradeoff review shop.yaml");
    let text = fs::read_to_string(run.folder().join("shop.yaml")).unwrap();
    assert!(text.lines().filter(|it| it.contains("# ")).count() > 15, "it is commented:\n{text}");
    assert!(text.contains("name: \"my \\\"shop\\\": 2\""), "{text}");
    let mut check = Run::new("check").file("shop.yaml", &text).args(["shop.yaml"]);
    check = check.exits(0).stdout_contains("no findings");
    assert_eq!(check.stderr(), "", "not even a warning");
    let staging = Run::new("check").file("shop.yaml", &text).args(["shop.yaml"]);
    staging.args(["--env", "staging"]).exits(0).stdout_contains("no findings");
    let review =
        Run::new("review").file("shop.yaml", &text).args(["shop.yaml", "--format", "json"]);
    let review = review.exits(0).json();
    assert_eq!(review["verdict"], "kept");
    assert_eq!(review["today"]["name"], "my \"shop\": 2");
    assert_eq!(review["today"]["runs"].as_array().unwrap().len(), 3);
}

#[test]
fn a_folder_gets_a_file_that_bears_its_name() {
    let run = Run::new("init").file("billing/README.md", "").args(["billing"]).exits(0);
    let text = fs::read_to_string(run.folder().join("billing/architecture.yaml")).unwrap();
    assert!(text.contains("\nname: billing\n"), "{text}");
    let here = Run::new("init").exits(0);
    assert!(here.folder().join("architecture.yaml").is_file());
}

#[test]
fn nothing_is_overwritten() {
    let run = Run::new("init").file("shop.yaml", "mine").args(["shop.yaml"]);
    let run = run.refused(&["`shop.yaml` is there already"]);
    assert_eq!(fs::read_to_string(run.folder().join("shop.yaml")).unwrap(), "mine");
    Run::new("init").args(["no/shop.yaml"]).refused(&["there is no folder"]);
    for name in ["", " "] {
        let run = Run::new("init").args(["shop.yaml", "--name", name]);
        run.refused(&["`--name` is empty", "expected what the architecture is called"]);
    }
}
