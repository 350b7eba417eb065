//! Where the answer goes, and how it looks there.

use std::fs;
use std::process::{Command, Stdio};

use crate::{Run, SHOP};

fn shop(verb: &str) -> Run {
    Run::new(verb).file("shop.yaml", SHOP).args(["shop.yaml"])
}

#[test]
fn color_is_for_terminals_or_on_demand() {
    let plain = shop("check").exits(0).stdout();
    assert!(!plain.contains('\u{1b}'));
    let colored = shop("check").args(["--color", "always"]).exits(0).stdout();
    assert!(colored.contains("\u{1b}["));
    let both = shop("check").args(["--color", "always"]).env("NO_COLOR", "1").exits(0).stdout();
    assert!(both.contains("\u{1b}["), "what is asked for on the command line wins");
}

#[test]
fn an_output_file_is_written_whole() {
    let mut run = shop("check").args(["--output", "check.txt"]).exits(0);
    assert_eq!(run.stdout(), "");
    let text = fs::read_to_string(run.folder().join("check.txt")).unwrap();
    assert_eq!(text, shop("check").exits(0).stdout());
    assert_eq!(fs::read_dir(run.folder()).unwrap().count(), 2, "nothing is left beside it");
}

#[test]
fn a_full_disk_is_told() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradeoff"));
    let output = command.arg("schema").stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write the answer"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tradeoff"))
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn an_answer_never_overwrites_what_it_is_about() {
    let run =
        shop("check").args(["--output", "./shop.yaml"]).refused(&["cannot write", "--output"]);
    assert_eq!(fs::read_to_string(run.folder().join("shop.yaml")).unwrap(), SHOP);
    let parts = Run::new("check").file("shop.yaml", format!("include: [a/x.yaml]\n{SHOP}"));
    let parts = parts.file("a/x.yaml", "teams: { t: {} }\n").args(["shop.yaml", "-o", "a/x.yaml"]);
    parts.refused(&["cannot write `a/x.yaml`"]);
}

#[cfg(unix)]
#[test]
fn an_output_file_keeps_its_link_and_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let run = shop("check").file("out/check.txt", "old").args(["--output", "check.txt"]);
    let real = run.folder().join("out/check.txt");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    symlink("out/check.txt", run.folder().join("check.txt")).unwrap();
    let run = run.exits(0);
    assert!(run.folder().join("check.txt").is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("rel-no-breaker"));
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let run = shop("check").args(["--output", "link"]);
    symlink("nowhere", run.folder().join("link")).unwrap();
    run.refused(&["it is a link to nothing"]);
}
