//! Architectures of several files: `include`, `stubs`, `overlays` under `--env`.

use crate::{Run, SHOP};

const PAYMENT: &str = "\
services:
  payment:
    replicas: 2
    cores: 2
    endpoints:
      charge: { steps: [ { work: { mean: 8ms } } ] }
";

/// The shop in parts: `order` beside what is the architecture's own, `payment` apart.
fn parts(verb: &str, include: &str) -> Run {
    let start = SHOP.find("  payment:").unwrap();
    let end = SHOP.find("traffic:").unwrap();
    let main = format!("include: {include}\n{}{}", &SHOP[..start], &SHOP[end..]);
    Run::new(verb)
        .file("shop/shop.yaml", main)
        .file("shop/services/payment.yaml", PAYMENT)
        .file("shop/services/notes.md", "# Notes")
        .file("shop/.hidden/more.yaml", "nonsense: [")
        .args(["shop/shop.yaml"])
}

#[test]
fn fragments_are_read_with_their_file() {
    for include in ["[services/*]", "[services/payment.yaml]", "['**/pay*.yaml']"] {
        let mut run = parts("check", include).args(["--format", "json"]).exits(0);
        let check = run.json();
        let finding = check["findings"].to_string();
        assert!(finding.contains("shop/services/payment.yaml"), "{finding}");
    }
}

#[test]
fn an_include_that_fits_nothing_names_what_was_meant() {
    let run = parts("check", "[services/paymnt.yaml]");
    run.refused(&["no-match", "shop.yaml:1:11", "did you mean `services/payment.yaml`?"]);
    parts("check", "['[']").refused(&["cannot include `[`"]);
    parts("check", "[../other.yaml]").refused(&["leads out of the architecture's folder"]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    use std::os::unix::fs::symlink;
    let run =
        parts("check", "[services/*, linked/*]").file("other/secret.yaml", "teams: { t: {} }");
    symlink("../../other/secret.yaml", run.folder().join("shop/services/secret.yaml")).unwrap();
    symlink("../other", run.folder().join("shop/linked")).unwrap();
    run.refused(&["services/secret.yaml`: it is a link that leads out", "linked/*`: it is a link"]);
}

#[test]
fn a_stub_stands_in_and_is_named() {
    let stub = "stubs: { payment: { owner: payments, time: 20ms } }\n";
    let start = SHOP.find("  payment:").unwrap();
    let end = SHOP.find("traffic:").unwrap();
    let text = format!("{stub}{}{}", &SHOP[..start], &SHOP[end..]);
    let shop = |verb| Run::new(verb).file("shop.yaml", &text).args(["shop.yaml"]);
    let named = "payment is a stub: time 20ms, errors 0%";
    shop("check").exits(0).stdout_contains(named);
    let args = ["--replications", "5"];
    shop("simulate").args(args).exits(0).stdout_contains("a stub: time 20ms, errors 0%");
    shop("review").args(args).exits(0).stdout_contains("time 20ms");

    let needless = format!("{stub}{SHOP}");
    let run = Run::new("check").file("shop.yaml", needless).args(["shop.yaml"]).exits(0);
    run.stderr_contains("warning[unneeded-stub]").stderr_contains("shop.yaml:1:10");
}

const OVERLAYS: &str = "\
overlays:
  prod:
    - { op: replace, path: /services/order/replicas, value: 12 }
  small:
    - { op: replace, path: /services/order/replicas, value: 1 }
    - { op: remove, path: /services/order/queue }
";

#[test]
fn an_environment_is_chosen() {
    let shop =
        |verb| Run::new(verb).file("shop.yaml", format!("{SHOP}{OVERLAYS}")).args(["shop.yaml"]);
    let order = |run: Run| {
        let args = ["--replications", "5", "--scenario", "brownout", "--format", "json"];
        let simulation = run.args(args).exits(0).json();
        simulation["runs"][0]["resources"]["order/cores"]["capacity"].as_f64().unwrap()
    };
    let today = order(shop("simulate"));
    assert!((order(shop("simulate").args(["--env", "prod"])) - 6.0 * today).abs() < 1e-9);
    let set = ["--env", "prod", "--set", "services.order.replicas=1"];
    assert!((order(shop("simulate").args(set)) - today / 2.0).abs() < 1e-9);
    shop("check")
        .args(["--env", "small"])
        .exits(0)
        .stdout_contains("queue of `order` has no bound");
    shop("check").args(["--env", "prd"]).refused(&["no overlay `prd`", "`prod`, `small`"]);
    Run::new("check")
        .file("shop.yaml", SHOP)
        .args(["shop.yaml", "--env", "prod"])
        .refused(&["the architecture has no overlays"]);
}

#[test]
fn every_overlay_is_checked() {
    let text = format!("{SHOP}{}", OVERLAYS.replace("value: 1 ", "value: none "));
    let run = Run::new("check").file("shop.yaml", text).args(["shop.yaml", "--env", "prod"]);
    run.refused(&["in overlay `small`: `none` is not a whole number", "shop.yaml:35:61"]);
}
