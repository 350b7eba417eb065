//! `decide`: bad input is refused, sessions are answered, records are written whole or not at all.

use std::fs;

use crate::Run;

const SHOP: &str = "\
tradeoff: 1
name: shop
# who works on it
teams: { checkout: { engineers: 6 } }
services:
  order: { team: checkout, replicas: 4, endpoints: { place: { steps: [ { query: orders.insert } ] } } }
stores:
  orders:
    kind: postgres
    owner: order
    connections: 100
    cores: 8
    pool: { per_replica: 10 }
    operations: { insert: { time: 1ms, writes: true } }
traffic:
  shoppers: { rate: 200/s, mix: { order.place: 100% } }
slos:
  place: { endpoint: order.place, availability: 99.9% }
  quick: { endpoint: order.place, availability: 99% }
debt:
  index: { at: [orders], what: no index on customer_id, interest: 3 person-days, principal: 4 person-weeks }
  docs: { what: no runbook, interest: 1 person-weeks }
";

const STYLE: &str = "monolith-or-services";

fn shop<const N: usize>(args: [&str; N]) -> Run {
    Run::new("decide").file("shop.yaml", SHOP).args(args)
}

#[test]
fn topics_that_an_architecture_raises_come_first() {
    let mut run = shop(["shop.yaml", "--format", "json"]).exits(0);
    let report = run.json();
    assert_eq!(report["schema"], "tradeoff.decide/1");
    let topics = report["topics"].as_array().unwrap();
    let raised = |it: &serde_json::Value| !it["subjects"].as_array().unwrap().is_empty();
    let first = topics.iter().take_while(|it| raised(it)).count();
    assert!(first > 0 && topics[first..].iter().all(|it| !raised(it)));
    Run::new("decide").exits(0).stdout_contains(STYLE);
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_written() {
    shop(["pagniation"]).refused(&["no decision is called `pagniation`", "`pagination`?"]);
    shop(["pagination", "--set", "row=2M"]).refused(&["has no `row`", "did you mean `rows`?"]);
    shop(["pagination", "--set", "rows=2 ms"]).refused(&["`2 ms` is no number of `rows`"]);
    shop(["pagination", "--set", "rows=0"]).refused(&["not between 1 and"]);
    shop(["pagination", "--set", "jump=perhaps"])
        .refused(&["neither `true` nor `false`", "yes or no"]);
    shop(["pagination", "--set", "audience=all"]).refused(&["none of `public`", "expected one of"]);
    shop(["pagination", "--set", "rows"]).refused(&["FACT=VALUE"]);
    shop(["pagination", "shp.yaml"]).refused(&["no file `shp.yaml`", "did you mean `shop.yaml`?"]);
    shop(["shp.yaml"]).refused(&["no file `shp.yaml`"]);
    shop(["slo-target", "shop.yaml", "--about", "plaec"]).refused(&["did you mean `place`?"]);
    shop(["--all"]).refused(&["an architecture is missing"]);
    shop(["debt"]).refused(&["an architecture is missing", "tradeoff decide debt shop.yaml"]);
    let hint = "tradeoff decide load-balancing shop.yaml --measure";
    shop(["load-balancing", "--measure", "--set", "costs-vary=yes"]).refused(&[hint]);
    shop(["--set", "rows=2M"]).refused(&["a topic is missing"]);
    let hint = "tradeoff decide monolith-or-services shop.yaml --adr";
    shop([STYLE, "--adr"]).refused(&["an architecture is missing", hint]);
    shop(["slo-target", "shop.yaml", "--adr"]).refused(&["`--about` with one of `place`, `quick`"]);
    shop([STYLE, "shop.yaml", "--adr", "--adr-dir", "../adr"])
        .refused(&["beside the architecture"]);
    shop(["pagination", "shop.yaml", "--adr"]).refused(&["no answer to record", "--set"]);
    let twice = ["pagination", "--set", "rows=2M", "--set", "rows=3"];
    shop(twice).refused(&["`rows` is set twice", "one value for each fact"]);
    shop(["pagination", "--env", "prod"]).refused(&["an architecture is missing", "--env prod"]);
    shop([STYLE, "--set", "engineers=3", "--set", "teams=9"]).refused(&[
        "`teams` is 9, more than `engineers`, which is 3",
        "expected `teams` at most `engineers`",
    ]);
    let two = ["pagination", "--set", "row=2M", "--set", "jmp=yes", "--format", "json"];
    let report = shop(two).exits(2).json();
    assert_eq!(report["errors"][0]["code"], "unknown-fact");
    assert_eq!(report["errors"][1]["nearest"], "jump");
}

#[test]
fn nobody_is_asked_where_there_is_no_terminal() {
    let run = shop(["pagination", "--set", "rows=2M"]).input("no\n").exits(0);
    let mut run = run.stdout_contains("pagination: cursor").stdout_contains("decides nothing");
    assert_eq!(run.stderr(), "");
}

#[test]
fn a_session_asks_explains_and_takes_corrections() {
    let input = "?\nmany\n2M\nback\n3M\nno\nrows=2k\nconcurrent-writes=yes\n\n";
    let run = shop(["pagination", "--ask"]).input(input).exits(0);
    let run = run
        .stderr_contains("1/8 How many rows")
        .stderr_contains("source: guide, section 9")
        .stderr_contains("`many` is no number")
        .stderr_contains("so far: cursor")
        .stderr_contains("so far: offset");
    let mut run = run.stdout_contains("pagination: cursor").stdout_contains("rows = 2,000");
    assert!(!run.stderr().contains("input ended"));
}

#[test]
fn a_session_refuses_what_cannot_be_true_beside_another_answer() {
    let run = shop([STYLE, "--ask"]).input("3\n9\n2\ndone\n").exits(0);
    let run = run.stderr_contains("`teams` is 9, more than `engineers`, which is 3");
    run.stdout_contains("modular-monolith").stdout_contains("engineers = 3");
}

#[test]
fn a_session_skips_what_the_architecture_says() {
    let run = shop([STYLE, "shop.yaml", "--ask"]).input("done\n").exits(0);
    let run = run.stderr_contains("engineers = 6").stderr_contains("so far: monolith");
    let mut run = run.stdout_contains("of shop: monolith");
    assert!(!run.stderr().contains("How many engineers"), "{}", run.stderr());
}

#[test]
fn a_session_that_ends_early_writes_nothing() {
    let all = "2M\n".to_owned() + &"\n".repeat(5);
    for (input, before) in [
        ("", "`rows` was answered"),
        ("2M\n", "`concurrent-writes` was answered"),
        ("2M", "`concurrent-writes` was answered"),
        ("2M\nye", "`concurrent-writes` was answered"),
        (&all, "the answer was confirmed"),
    ] {
        let run = shop(["pagination", "shop.yaml", "--ask", "--adr"]).input(input);
        let ended = format!("the input ended before {before}");
        let run = run.refused(&[&ended, "nothing was written"]);
        assert_eq!(fs::read_to_string(run.folder().join("shop.yaml")).unwrap(), SHOP);
    }
    let run = shop(["slo-target", "shop.yaml", "--ask", "--adr"]).input("");
    run.refused(&["before it was said which part is meant"]);
    // Without a record the answer is told from what is known.
    let run = shop([STYLE, "shop.yaml", "--ask"]).input("yes\n").exits(0);
    run.stderr_contains("this is what is known").stdout_contains("of shop: ");
}

/// Answers a question, then ends it at the next. As Ctrl-C does, but by a signal that shells do not
/// hide from what they run in the background.
#[cfg(unix)]
#[test]
fn an_interrupt_writes_nothing() {
    use std::io::{Read as _, Write as _};
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, Stdio};

    let run = shop([]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_tradeoff"))
        .current_dir(run.folder())
        .args(["decide", "pagination", "shop.yaml", "--ask", "--adr"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asked = child.stderr.take().unwrap();
    let mut answers = child.stdin.take().unwrap();
    let mut until = |words: &str| {
        let mut text = Vec::new();
        while !String::from_utf8_lossy(&text).contains(words) {
            let mut byte = [0];
            assert_eq!(asked.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&text));
            text.extend(byte);
        }
    };
    until("\n1/");
    answers.write_all(b"2M\n").unwrap();
    until("\n2/");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.signal(), ended.stdout.as_slice()), (Some(15), &b""[..]));
    assert_eq!(run.entries(), ["shop.yaml"]);
    assert_eq!(fs::read_to_string(run.folder().join("shop.yaml")).unwrap(), SHOP);
}

#[test]
fn all_is_a_row_for_each_topic() {
    let decisions = "decisions:\n  a: { topic: primary-database, chosen: graph }\n  \
                     b: { topic: load-balancing, chosen: round-robin }\n";
    let run = Run::new("decide").file("shop.yaml", format!("{SHOP}{decisions}"));
    let mut run = run.args(["--all", "shop.yaml"]).exits(0);
    let page = run.stdout();
    let heads: Vec<&str> = page.lines().filter(|it| it.starts_with(char::is_uppercase)).collect();
    assert!(heads[0].starts_with("CONTRADICTED") && heads[1].starts_with("MISSING"), "{page}");
    assert!(heads[2].starts_with("AGREED"), "{page}");
    assert!(page.contains("primary-database  graph is recorded, postgres is the answer"));
    assert_eq!(page.matches("  slo-target ").count(), 1, "a row for two promises: {page}");
    assert!(page.contains(" topics do not arise here: "), "{page}");
    assert!(page.lines().all(|it| it.chars().count() <= 80), "{page}");
    let decides = |it: &serde_json::Value| it["decides"].is_string();
    let report = shop(["--all", "shop.yaml", "--format", "json"]).exits(0).json();
    let records = report["records"].as_array().unwrap();
    assert!(records.iter().filter(|it| it["answer"].is_null()).all(decides), "{records:?}");
}

#[test]
fn one_of_several_parts_is_asked_for() {
    let run = shop(["slo-target", "shop.yaml", "--ask"]).input("quikc\nquick\ndone\n").exits(0);
    let mut run = run.stderr_contains("About which?").stdout_contains("slo-target of quick");
    assert!(!run.stdout().contains("of place"));
}

#[test]
fn what_the_file_has_today_is_told_beside_the_answer() {
    let balanced = SHOP.replace("replicas: 4", "replicas: 4, balance: two-choices");
    let run = || {
        let run = Run::new("decide").file("shop.yaml", &balanced);
        run.args(["load-balancing", "shop.yaml", "--non-interactive"])
    };
    let path = "services.order.balance";
    let told = format!("today: two-choices ({path}); the answer is another");
    run().exits(0).stdout_contains("of order: round-robin").stdout_contains(&told);
    let same = run().args(["--set", "costs-vary=yes"]).exits(0);
    same.stdout_contains(&format!("today: two-choices ({path}); the answer is the same"));
    let today = run().args(["--format", "json"]).exits(0).json()["decisions"][0]["today"].clone();
    assert_eq!(today["option"], "two-choices");
    assert_eq!(today["agrees"], false);
    let measured = run().args(["--measure", "--replications", "5"]).exits(0).stdout();
    let beside = measured.split("MEASURED").nth(1).unwrap();
    assert!(beside.contains("today: two-choices\n"), "{measured}");
    let run = run().args(["--adr", "--set", "state=shared"]).exits(0);
    let adr = fs::read_to_string(run.folder().join("docs/adr/0001-load-balancing-order.md"));
    assert!(adr.unwrap().contains("Today it has two-choices (`services.order.balance`)."));
}

#[test]
fn a_decision_is_recorded_and_superseded() {
    let day = ["--today", "2026-11-25"];
    let run = shop([STYLE, "shop.yaml", "--adr"]).args(day).exits(0);
    let run = run.stdout_contains("WRITTEN\n  docs/adr/0001-monolith-or-services.md");
    let shop = fs::read_to_string(run.folder().join("shop.yaml")).unwrap();
    assert!(shop.starts_with(SHOP) && shop.contains("\ndecisions:\n"), "{shop}");
    let first = "docs/adr/0001-monolith-or-services.md";
    let adr = fs::read_to_string(run.folder().join(first)).unwrap();
    for part in [
        "status: proposed",
        "# Monolith or services: One process\n",
        "## Considered Options",
        "Chosen option: \"One process\"",
    ] {
        assert!(adr.contains(part), "{adr}");
    }
    assert!(shop.contains("status: proposed") && shop.contains("engineers: 6"), "{shop}");
    run.stdout_contains("proposed, not accepted: it rests on what is assumed (borders-settled=");
    // A second team joins: the fact has drifted past its flip.
    let grown = shop.replace("engineers: 6 }", "engineers: 6 }, catalog: { engineers: 4 }");
    let again =
        || Run::new("check").file("shop.yaml", &grown).file(first, &adr).args(["shop.yaml"]);
    let check = again().exits(1).stdout();
    assert!(check.contains("warning[dec-facts-drifted]"), "{check}");
    assert!(!check.contains("dec-adr-"), "{check}");
    let all = Run::new("decide").file("shop.yaml", &grown).args(["--all", "shop.yaml"]).exits(0);
    all.stdout_contains("1 contradicted").stdout_contains("engineers was 6, is");
    let run = Run::new("decide").file("shop.yaml", &grown).file(first, &adr);
    let run = run.args([STYLE, "shop.yaml", "--adr"]).args(day).exits(0);
    let run = run.stdout_contains("0002-monolith-or-services.md");
    let old = fs::read_to_string(run.folder().join(first)).unwrap();
    assert!(old.contains("status: superseded by ADR-0002"), "{old}");
    let new =
        fs::read_to_string(run.folder().join("docs/adr/0002-monolith-or-services.md")).unwrap();
    assert!(new.contains("[monolith-or-services](0001-monolith-or-services.md)"), "{new}");
    let shop = fs::read_to_string(run.folder().join("shop.yaml")).unwrap();
    assert!(shop.contains("supersedes: monolith-or-services"), "{shop}");
    let files =
        [("shop.yaml", &shop), (first, &old), ("docs/adr/0002-monolith-or-services.md", &new)];
    let run = files.iter().fold(Run::new("check"), |run, it| run.file(it.0, it.1));
    let check = run.args(["shop.yaml"]).exits(1).stdout();
    assert!(!check.contains("[dec-"), "{check}");
}

/// A number that a record names is taken, though its file is gone; an ADR that lacks a part is
/// written anew; what the architecture says otherwise is not recorded.
#[test]
fn what_is_on_record_counts() {
    const FIRST: &str = "docs/adr/0001-monolith-or-services.md";
    let first = shop([STYLE, "shop.yaml", "--adr"]).exits(0);
    let read = |run: &Run, name: &str| fs::read_to_string(run.folder().join(name)).unwrap();
    let recorded = read(&first, "shop.yaml");
    let again = |adr: Option<&str>, text: &str| {
        let run = Run::new("decide").file("shop.yaml", text);
        let run = adr.iter().fold(run, |run, it| run.file(FIRST, it));
        run.args([STYLE, "shop.yaml", "--adr"])
    };
    let gone = again(None, &recorded).exits(0);
    gone.stdout_contains("WRITTEN\n  docs/adr/0002-monolith-or-services.md");
    let adr = read(&first, FIRST);
    again(Some(&adr), &recorded).exits(0).stdout_contains("RECORDED ALREADY");
    let cut = adr.replace("### Consequences", "### Later");
    again(Some(&cut), &recorded).exits(0).stdout_contains("0002-monolith-or-services.md");
    let windows = adr.replace('\n', "\r\n");
    let grown = recorded.replace("engineers: 6 }", "engineers: 6 }, catalog: { engineers: 4 }");
    let run = again(Some(&windows), &grown).exits(0);
    let old = read(&run, FIRST);
    let nygard = "# Style\n\n## Status\n\nAccepted\n\n## Context\n\nWe are six.\n";
    let marked = format!("\u{feff}{adr}");
    for (text, status) in [
        (nygard, "## Status\n\nSuperseded by ADR-0002\n\n## Context"),
        (marked.as_str(), "---\nstatus: superseded by ADR-0002\n"),
    ] {
        let run = again(Some(text), &grown).exits(0);
        assert!(read(&run, FIRST).contains(status), "{}", read(&run, FIRST));
    }
    assert!(old.contains("ADR-0002\r\n") && !old.replace("\r\n", "").contains('\n'), "{old:?}");
    shop([STYLE, "shop.yaml", "--adr", "--set", "engineers=9"]).refused(&[
        "`engineers` was said to be 9, and by the architecture it is 6",
        "would have drifted at once",
    ]);
}

/// How much thought a decision deserves is asked of decisions, and of none that nobody named.
#[test]
fn a_record_of_thought_is_about_its_decision() {
    let tiny = "tradeoff: 1\nname: tiny\n";
    let run = Run::new("decide").file("a.yaml", tiny);
    let run = run.args(["reversibility", "a.yaml", "--set", "reversal-time=3d", "--adr"]).exits(0);
    let read = |run: &Run| fs::read_to_string(run.folder().join("a.yaml")).unwrap();
    let adr = "docs/adr/0001-reversibility.md";
    let first = fs::read_to_string(run.folder().join(adr)).unwrap();
    let run = Run::new("decide").file("a.yaml", read(&run)).file(adr, &first);
    let facts = ["--set", "rows=5M", "--set", "concurrent-writes=no"];
    let run = run.args(["pagination", "a.yaml", "--adr"]).args(facts).exits(0);
    let second = "docs/adr/0002-pagination.md";
    let text = fs::read_to_string(run.folder().join(second)).unwrap();
    let run = Run::new("check").file("a.yaml", read(&run)).file(adr, &first).file(second, &text);
    let page = run.args(["a.yaml"]).exits(0).stdout();
    assert!(!page.contains("[dec-"), "{page}");
}

#[test]
fn what_would_do_nothing_is_refused() {
    let idle = "`--scenario` is of `--measure`";
    shop(["pagination", "--scenario", "surge"]).refused(&[idle]);
    shop(["pagination", "--adr-dir", "adr"]).refused(&["--adr"]);
    shop(["load-balancing", "shop.yaml", "--all"]).refused(&["not about `load-balancing` alone"]);
    shop(["--measure"]).refused(&["a topic is missing"]);
    shop(["cache"]).refused(&["`cache-pattern`", "`cache-invalidation`"]);
    let run = shop(["database-scaling", "shop.yaml", "--measure"]).exits(0);
    run.stderr_contains("--set mendable=.. --set stale-reads=.. --set largest-machine=..");
}

#[test]
fn an_adr_links_to_the_file_that_records_it() {
    let more = "tradeoff: 1\nteams: { catalog: { engineers: 2 } }\n";
    let shop = format!("{SHOP}decisions:\n  brand: {{ topic: colours, chosen: green }}\n");
    let run = Run::new("decide").file("a-teams.yaml", more).file("shop.yaml", &shop);
    let run = run.args([STYLE, ".", "--adr"]).exits(0);
    let adr = fs::read_to_string(run.folder().join("docs/adr/0001-monolith-or-services.md"));
    let adr = adr.unwrap();
    assert!(adr.contains("Recorded in [shop.yaml](../../shop.yaml)"), "{adr}");
    let shop = fs::read_to_string(run.folder().join("shop.yaml")).unwrap();
    assert!(shop.contains("teams: 2,"), "a number is no text: {shop}");
}

#[test]
fn what_is_recorded_already_is_not_written_again() {
    const FIRST: &str = "docs/adr/0001-monolith-or-services.md";
    let read = |run: &Run, name: &str| fs::read_to_string(run.folder().join(name)).unwrap();
    let run = shop([STYLE, "shop.yaml", "--adr"]).exits(0);
    let once = ["shop.yaml", FIRST].map(|it| (it, read(&run, it)));
    let again = || {
        let run = once.iter().fold(Run::new("decide"), |run, it| run.file(it.0, &it.1));
        run.args([STYLE, "shop.yaml", "--adr"])
    };
    let told = format!("{FIRST}, as monolith-or-services: nothing was written");
    let untouched = |run: Run| {
        assert_eq!(fs::read_dir(run.folder().join("docs/adr")).unwrap().count(), 1);
        assert_eq!(once.each_ref().map(|it| (it.0, read(&run, it.0))), once);
    };
    let run = again().exits(0).stdout_contains("RECORDED ALREADY").stdout_contains(&told);
    untouched(run);
    untouched(again().args(["--format", "json"]).exits(0).stderr_contains(&told));
    // What was assumed and is known now is another record of the same answer.
    let run = again().args(["--set", "borders-settled=no"]).exits(0);
    run.stdout_contains("0002-monolith-or-services.md");
    // And so is one whose file is gone.
    let run = Run::new("decide").file("shop.yaml", &once[0].1);
    run.args([STYLE, "shop.yaml", "--adr"]).exits(0).stdout_contains("WRITTEN");
}

#[test]
fn an_adr_that_chose_no_option_is_told_with_its_line() {
    const FIRST: &str = "docs/adr/0001-monolith-or-services.md";
    let run = shop([STYLE, "shop.yaml", "--adr"]).exits(0);
    let [recorded, adr] =
        ["shop.yaml", FIRST].map(|it| fs::read_to_string(run.folder().join(it)).unwrap());
    let at = 1 + adr.lines().position(|it| it.starts_with("Chosen option:")).unwrap();
    let edited = adr.replace("Chosen option: \"One process\"", "Chosen option: \"One proces\"");
    assert_ne!(edited, adr);
    let check = Run::new("check").file("shop.yaml", &recorded).file(FIRST, &edited);
    let mut check = check.args(["shop.yaml"]).exits(1).stdout_contains("[dec-adr-contradicted]");
    let page = check.stdout().split_whitespace().collect::<Vec<_>>().join(" ");
    let told = format!("{FIRST}:{at}: `One proces` is no option of `{STYLE}`");
    assert!(page.contains(&told) && page.contains("did you mean \"One process\"?"), "{page}");
}

#[test]
fn a_record_that_cannot_be_written_leaves_nothing() {
    let run = shop([STYLE, "shop.yaml", "--adr"]);
    let file = run.folder().join("shop.yaml");
    let mut mode = fs::metadata(&file).unwrap().permissions();
    mode.set_readonly(true);
    fs::set_permissions(&file, mode).unwrap();
    let run = run.exits(2).stderr_contains("cannot write");
    assert_eq!(run.entries(), ["shop.yaml"]);
}

#[test]
fn questions_are_told_whole() {
    let page = shop(["shop.yaml"]).exits(0).stdout();
    assert!(!page.contains('…'), "{page}");
    assert!(page.contains("What guards a call: timeout, retry, breaker,"), "{page}");
}

#[test]
fn yes_and_no_are_told_as_they_are_answered() {
    let run = shop([STYLE, "shop.yaml", "--ask"]).input("done\n").exits(0);
    let run = run.stderr_contains("yes or no; default no");
    // One team releases on its own, whatever was measured.
    run.stderr_contains("they only change figures (fact=value sets them): triggers,");
}

#[test]
fn debt_is_listed_by_interest() {
    let report = shop(["debt", "shop.yaml", "--format", "json"]).exits(0).json();
    let debt = report["debt"].as_array().unwrap();
    let names: Vec<&str> = debt.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["docs", "index"]);
    assert!((debt[1]["interest"].as_f64().unwrap() - 0.6).abs() < 1e-9);
    shop(["debt", "shop.yaml"]).exits(0).stdout_contains("2 debts, 1.6 w a month");
    let owned = SHOP.replace("at: [orders]", "at: [order, orders], due: 2026-06-30");
    let late = |today: &str| {
        let run = Run::new("decide").file("shop.yaml", &owned);
        run.args(["debt", "shop.yaml", "--today", today]).exits(0)
    };
    late("2026-07-01").stdout_contains("2026-06-30, overdue  checkout");
    late("2026-06-30").stdout_contains("2026-06-30  checkout");
}
