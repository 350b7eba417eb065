//! Bad input of every kind: exit code 2, a message that says what to do, nothing written.

use crate::{Run, SHOP};

fn shop(verb: &str, text: impl AsRef<[u8]>) -> Run {
    Run::new(verb).file("shop.yaml", text).args(["shop.yaml"])
}

#[test]
fn an_unknown_key() {
    let text = SHOP.replace(
        "    replicas: 2\n    cores: 2\n    concurrency",
        "    replica: 2\n    cores: 2\n    concurrency",
    );
    shop("check", text).refused(&["unknown-key", "shop.yaml:10:5", "did you mean `replicas`?"]);
}

#[test]
fn a_wrong_unit() {
    let text = SHOP.replace("timeout: 250ms", "timeout: 250");
    shop("check", text).refused(&["shop.yaml:7:24", "250ms"]);
}

#[test]
fn a_dangling_reference() {
    let text = SHOP.replace("call: payment.charge", "call: payment.chrage");
    shop("check", text).refused(&["shop.yaml:18:19", "did you mean `payment.charge`?"]);
}

#[test]
fn a_duplicate_key() {
    let text = SHOP.replace("name: shop\n", "name: shop\nname: other\n");
    shop("check", text).refused(&["duplicate", "shop.yaml:3:1"]);
}

#[test]
fn no_replicas() {
    let text = SHOP.replacen("replicas: 2", "replicas: 0", 1);
    shop("check", text).refused(&["shop.yaml:10:15", "between 1 and 10,000"]);
}

#[test]
fn all_mistakes_in_one_pass() {
    let text = SHOP
        .replace("timeout: 250ms", "timeout: 250")
        .replace("call: payment.charge", "call: bank.charge")
        .replace("rate: 100/s", "rate: fast");
    shop("review", text).refused(&["250", "bank", "fast", "3 mistakes"]);
}

#[test]
fn a_bomb_of_aliases() {
    let line = |nth: usize| {
        let items = vec![format!("*lol{}", nth - 1); 9].join(", ");
        format!("lol{nth}: &lol{nth} [{items}]\n")
    };
    let lines: String = (1..40).map(line).collect();
    let text = format!("tradeoff: 1\nname: x\nlol0: &lol0 [ha, ha, ha]\n{lines}");
    shop("check", text).refused(&["shop.yaml"]);
}

#[test]
fn a_file_that_is_too_large() {
    shop("check", vec![b'#'; 17 << 20]).refused(&["larger than 16 MiB"]);
}

#[test]
fn bytes_that_are_not_utf8() {
    let mut text = SHOP.as_bytes().to_vec();
    text[20] = 0xff;
    shop("check", text).refused(&["not-utf8", "0xff", "shop.yaml:2:9"]);
}

#[test]
fn a_missing_file_names_the_one_that_was_meant() {
    let run = Run::new("check").file("shop.yaml", SHOP).args(["shp.yaml"]);
    run.refused(&["there is no file `shp.yaml`", "did you mean `shop.yaml`?"]);
}

#[test]
fn a_folder_without_yaml() {
    Run::new("check").file("design/README.md", "# Nothing").args(["design"]).refused(&["no YAML"]);
    let run = Run::new("check").file("all/shop/10.yaml", "").file("all/other/README.md", "");
    run.args(["all"]).refused(&["no YAML", "all/shop"]);
}

#[test]
fn an_empty_file() {
    shop("check", "").refused(&["shop.yaml"]);
}

#[test]
fn an_empty_text() {
    let text = SHOP.replace("name: shop", "name: ''");
    shop("check", text).refused(&[
        "a text is empty",
        "shop.yaml:2:7",
        "expected a text, not empty",
    ]);
}

#[test]
fn a_device() {
    Run::new("check").args(["/dev/null"]).refused(&["not a regular file"]);
}

#[test]
fn a_setting_of_something_that_is_not_there() {
    let wrong = "services.order.replica=3";
    shop("check", SHOP)
        .args(["--set", wrong])
        .refused(&["`services.order` has no `replica`", "services.order.replicas"]);
    shop("check", SHOP).args(["--set", "services.order.replicas=0"]).refused(&["between 1 and"]);
    shop("check", SHOP).args(["--set", "nonsense"]).refused(&["PATH=VALUE"]);
}

#[test]
fn an_unknown_scenario() {
    shop("simulate", SHOP).args(["--scenario", "brwnout"]).refused(&["brwnout", "brownout"]);
    shop("review", SHOP).args(["--scenario", "brwnout"]).refused(&["brwnout", "brownout"]);
}

#[test]
fn numbers_out_of_bounds() {
    let seeds = "expected a whole number between 0 and 18446744073709551615";
    for (option, value, expected) in [
        ("--replications", "4", "expected a whole number between 5 and 1000"),
        ("--replications", "1001", "expected a whole number between 5 and 1000"),
        ("--replications", "many", "expected a whole number between 5 and 1000"),
        ("--threads", "0", "expected a whole number between 1 and 1024"),
        ("--threads", "1025", "expected a whole number between 1 and 1024"),
        ("--seed", "-1", seeds),
        ("--seed", "abc", seeds),
        ("--seed", "18446744073709551616", seeds),
    ] {
        let run = shop("simulate", SHOP).args([&format!("{option}={value}")]);
        run.refused(&[&format!("error[usage]: `{option}` does not take `{value}`"), expected]);
    }
    shop("simulate", SHOP).args(["--duration", "10 apples"]).refused(&["10 apples"]);
    let run = shop("review", SHOP).args(["--horizon", "3"]);
    run.refused(&["`--horizon` does not take `3`", "expected a period from a month to 10 years"]);
    let mut run = shop("simulate", SHOP).args(["--format", "json", "--threads", "0"]).exits(2);
    assert_eq!(run.json()["errors"][0]["expected"], "a whole number between 1 and 1024");
}

#[test]
fn an_unknown_verb_or_option() {
    Run::new("chekc").refused(&["chekc", "check"]);
    shop("check", SHOP).args(["--fail-on", "never"]).refused(&["never", "warning"]);
}

#[test]
fn an_unknown_topic() {
    Run::new("explain").args(["rel-no-timeuot"]).refused(&["did you mean `rel-no-timeout`?"]);
}

#[test]
fn an_output_that_cannot_be_written() {
    shop("check", SHOP).args(["--output", "missing/check.txt"]).refused(&["cannot write"]);
    shop("check", SHOP).args(["--output", "/dev/full"]).refused(&["cannot write"]);
}

#[test]
fn scripts_get_an_object_on_standard_output() {
    let text = SHOP.replace("call: payment.charge", "call: payment.chrage");
    let mut run = shop("check", text).args(["--format", "json"]).exits(2);
    assert_eq!(run.stderr(), "");
    let report = run.json();
    assert_eq!(report["schema"], "tradeoff.error/1");
    assert_eq!(report["exit"], 2);
    let error = &report["errors"][0];
    assert_eq!(error["nearest"], "payment.charge");
    let place = serde_json::json!({
        "file": "shop.yaml", "line": 18, "column": 19, "end_line": 18, "end_column": 33,
    });
    assert_eq!(error["at"], place);

    let mut usage = shop("simulate", SHOP).args(["--format", "json", "--sed", "1"]).exits(2);
    let report = usage.json();
    assert_eq!(report["errors"][0]["code"], "usage");
    assert_eq!(report["errors"][0]["nearest"], "--seed");
}

#[test]
fn a_tab_is_told_where_it_stands() {
    let tabs = [
        ("a:\n\tb: 1\n", "shop.yaml:2:1"),
        ("a:\n  b: 1\n\tc: 2\n", "shop.yaml:3:1"),
        ("a:\n  - x\n  \t- y\nc: 3\n", "shop.yaml:3:3"),
    ];
    for (text, place) in tabs {
        shop("check", text).refused(&["a tab", place, "spaces"]);
    }
}

#[test]
fn options_are_told_by_their_own_name() {
    let run = shop("simulate", SHOP).args(["--duration", "5"]);
    let mut run = run.refused(&["--duration: `5` is not a duration", "write `5ms`"]);
    assert!(!run.stderr().contains("--set"));
    let run = shop("simulate", SHOP).args(["--duration", "0s"]);
    run.refused(&["--duration: `0s` is not more than 0"]);
    shop("check", SHOP).args(["--set", "duration=-5s"]).refused(&["`-5s` is not 0 or more"]);
}

#[test]
fn a_setting_needs_a_value() {
    let run = shop("check", SHOP).args(["--set", "services.order.replicas="]);
    run.refused(&["`services.order.replicas` is set to nothing", "write `=null`"]);
    shop("check", SHOP).args(["--set", "services.order.queue=null"]).exits(2);
    shop("check", SHOP).args(["--set", "include=[x.yaml]"]).refused(&["`include` cannot be set"]);
}

#[test]
fn formats_that_only_a_review_has() {
    for verb in ["check", "simulate"] {
        for format in ["html", "markdown"] {
            let run = shop(verb, SHOP).args(["--format", format]);
            let words = format!("only `review` has `--format {format}`");
            run.refused(&[&format!("`{verb}` prints text or json"), &words]);
        }
    }
    let run = shop("review", SHOP).args(["--format", "htm"]);
    run.refused(&["one of `text`, `json`, `markdown`, `html`", "did you mean `html`?"]);
    for verb in ["check", "analyze", "simulate"] {
        let run = shop(verb, SHOP).args(["--format", "xml"]);
        let mut run = run.refused(&["`--format` does not take `xml`", "one of `text`, `json`"]);
        assert!(!run.stderr().contains("html"), "what {verb} does not take is no tip");
    }
}
