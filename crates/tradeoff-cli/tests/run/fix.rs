//! `review --fix`: mends are written into the files, with all of their comments, or not at all.

use std::fs;

use crate::{Run, SHOP};

const BREAKER: &str = "--fix=rel-no-breaker:order.place->payment.charge";
const QUICK: [&str; 4] = ["--scenario", "brownout", "--replications", "5"];

fn text(run: &Run, name: &str) -> String {
    fs::read_to_string(run.folder().join(name)).unwrap()
}

#[test]
fn named_mends_are_written_into_their_file() {
    let shop = SHOP.replace("call: payment.charge\n", "call: payment.charge # the bank\n");
    let run = Run::new("review").file("shop.yaml", &shop).args(["shop.yaml", BREAKER]).args(QUICK);
    let mut run = run.exits(0).stdout_contains("WRITTEN\n  rel-no-breaker:order.place->payment");
    let printed = run.stdout();
    let changed = text(&run, "shop.yaml");
    let (before, after) =
        changed.split_once("          - call: payment.charge # the bank\n").unwrap();
    assert!(shop.starts_with(before));
    let added = &after[..after.find("  payment:\n").unwrap()];
    assert!(added.contains("breaker: {"), "{changed}");
    assert!(shop.ends_with(&after[added.len()..]), "the rest is as it was");
    for line in added.lines() {
        assert!(printed.contains(&format!("\n+{line}\n")), "{printed}");
    }
    let again = Run::new("check").file("shop.yaml", &changed).args(["shop.yaml"]).exits(0).stdout();
    assert!(!again.contains("rel-no-breaker"), "{again}");
}

#[test]
fn the_smallest_set_that_holds_is_written_or_nothing() {
    // What is set by hand is not in the files.
    let run = Run::new("review").file("shop.yaml", SHOP).args(["shop.yaml", "--fix"]);
    run.args(["--set", "slos.place.latency.p99=10s"]).refused(&["--fix", "--set"]);
    let holds = SHOP.replace("99.9%, latency: { p99: 300ms }", "1%");
    let run = Run::new("review").file("shop.yaml", &holds).args(["shop.yaml", "--fix"]).args(QUICK);
    let run = run.exits(0).stdout_contains("nothing was written: every promise is kept");
    assert_eq!(text(&run, "shop.yaml"), holds);
    let never = SHOP.replace("p99: 300ms", "p99: 100us");
    let run = Run::new("review").file("shop.yaml", &never).args(["shop.yaml", "--fix"]).args(QUICK);
    let run = run.exits(1).stdout_contains("nothing was written: no set of these mends holds");
    assert_eq!(text(&run, "shop.yaml"), never);
}

#[test]
fn scripts_read_the_review_alone() {
    let run = Run::new("review").file("shop.yaml", SHOP).args(["shop.yaml", BREAKER]).args(QUICK);
    let mut run = run.args(["--format", "json"]).exits(0).stderr_contains("WRITTEN");
    assert_eq!(run.json()["schema"], "tradeoff.review/1");
}

#[test]
fn mends_that_cannot_be_written_are_shown_whole() {
    // A policy at the one step would be one at the other, too.
    let other = "  other: { endpoints: { x: { steps: [ *pay ] } } }\n  payment:\n";
    let copy = SHOP
        .replace("- call: payment.charge", "- &pay { call: payment.charge }")
        .replace("  payment:\n", other);
    let run = Run::new("review").file("shop.yaml", &copy).args(["shop.yaml", BREAKER]).args(QUICK);
    let run = run.refused(&[
        "cannot-rewrite",
        "nothing was written; make these edits by hand",
        "- { op: add, path: /services/order/endpoints/place/steps/1/policy",
    ]);
    assert_eq!(text(&run, "shop.yaml"), copy);
}

#[test]
fn an_unknown_fingerprint_is_told_at_once() {
    let run = Run::new("review").file("shop.yaml", SHOP).args(["shop.yaml"]);
    run.args(["--fix=rel-no-braker:order.place->payment.charge"]).refused(&[
        "no finding with a mend",
        "did you mean `rel-no-breaker:order.place->payment.charge`",
    ]);
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let run =
        Run::new("review").file("real/shop.yaml", SHOP).args(["shop.yaml", BREAKER]).args(QUICK);
    let real = run.folder().join("real/shop.yaml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/shop.yaml", run.folder().join("shop.yaml")).unwrap();
    let run = run.exits(0);
    assert!(run.folder().join("shop.yaml").is_symlink());
    assert!(text(&run, "real/shop.yaml").contains("breaker: {"));
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(run.folder().join("real")).unwrap().count(), 1, "nothing beside it");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_told_before_anything_takes_time() {
    use std::os::unix::fs::PermissionsExt;
    let lock = |run: Run, name: &str| {
        let file = run.folder().join(name);
        fs::set_permissions(file, fs::Permissions::from_mode(0o444)).unwrap();
        run
    };
    // So long a run would be noticed.
    let long = ["--duration", "1000h"];
    for fix in ["--fix", BREAKER] {
        let run = Run::new("review").file("shop.yaml", SHOP).args(["shop.yaml", fix]).args(long);
        let run = lock(run, "shop.yaml");
        let run =
            run.refused(&["cannot write `shop.yaml`: it is read-only", "nothing was written"]);
        assert_eq!(text(&run, "shop.yaml"), SHOP);
    }
    let adr = ["load-balancing", "shop.yaml", "--about", "order", "--adr", "--measure"];
    let run = Run::new("decide").file("shop.yaml", SHOP).args(adr).args(long);
    lock(run, "shop.yaml").refused(&["cannot write `shop.yaml`: it is read-only"]);
    // What no mend would change may be as it is.
    let shop = format!("include: [team.yaml]\n{SHOP}").replace("p99: 300ms", "p99: 100us");
    let parts =
        || Run::new("review").file("shop.yaml", &shop).file("team.yaml", "teams: { t: {} }\n");
    let run = lock(parts().args(["shop.yaml", BREAKER]).args(QUICK), "team.yaml").exits(0);
    assert!(text(&run, "shop.yaml").contains("breaker: {"));
    let run = lock(parts().args(["shop.yaml", "--fix"]).args(QUICK), "team.yaml").exits(1);
    run.stdout_contains("no set of these mends holds");
}
