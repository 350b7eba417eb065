//! Help: what it shows as an example works, beside what `init` writes.

use std::fs;

use crate::Run;

const VERBS: [&str; 9] = [
    "check",
    "analyze",
    "simulate",
    "review",
    "decide",
    "init",
    "explain",
    "schema",
    "completions",
];

/// The examples that the help of a verb shows, without what is said of them.
fn examples(verb: &str) -> Vec<String> {
    let help = Run::new(verb).args(["--help"]).exits(0).stdout_contains("Examples:").stdout();
    for line in help.lines() {
        assert!(line.chars().count() <= 100, "it is wrapped on many terminals: {line}");
    }
    let lines = help.lines().filter_map(|it| it.strip_prefix("  "));
    let shown: Vec<String> = lines
        .filter(|it| it.starts_with("tradeoff "))
        .filter_map(|it| it.split("  ").next().map(Into::into))
        .collect();
    let own = format!("tradeoff {verb}");
    assert!(!shown.is_empty() && shown.iter().all(|it| it.starts_with(&own)), "{shown:?}");
    shown
}

/// Runs an example as it stands, in a folder that holds what `init` writes and data of the
/// reader's own. What follows a `|` or a `>` is another program's.
fn runs(starter: &str, example: &str) {
    assert!(!example.contains(['\'', '"']), "this test splits words at spaces alone: {example}");
    let (command, beyond) = example.split_once(['|', '>']).unwrap_or((example, ""));
    let mut words = command.split_whitespace().skip(1).map(ToOwned::to_owned);
    let verb = words.next().expect("a verb");
    let data: Vec<String> = (0..30).map(|nth| format!("{nth},{}\n", nth * 7 % 30)).collect();
    let data = format!("day,amount\n{}", data.concat());
    let mut run = Run::new(&verb).file("train.csv", &data).file("today.parquet", &data);
    if verb != "init" {
        run = run.file("architecture.yaml", starter);
    }
    run.args.extend(words);
    if matches!(verb.as_str(), "simulate" | "review") && !command.contains("--replications") {
        run = run.args(["--replications", "5"]);
    }
    let code = run.output().status.code();
    assert!(matches!(code, Some(0 | 1)), "`{example}` exits with {code:?}: {}", run.stderr());
    if let Some(key) = beyond.trim().strip_prefix("jq .") {
        assert!(run.json().get(key).is_some(), "`{example}`: nothing is called {key}");
    }
}

#[test]
fn examples_run_beside_what_init_writes() {
    let init = Run::new("init").exits(0);
    let starter = fs::read_to_string(init.folder().join("architecture.yaml")).unwrap();
    // With a tenth of its load it is simulated as well, and sooner.
    let starter = starter.replace("rate: 40/s", "rate: 4/s");
    for verb in VERBS {
        for example in examples(verb) {
            runs(&starter, &example);
        }
    }
}

#[test]
fn the_first_steps_run_in_an_empty_folder() {
    let help = Run::new("--help").exits(0).stdout_contains("Exit codes:").stdout();
    let steps = help.split("Start with:\n").nth(1).expect("first steps");
    let mut folder = None;
    for step in steps.lines() {
        let command = step.trim().split("  ").next().expect("a command");
        let mut words = command.split(' ').skip(1);
        let mut run = Run::new(words.next().expect("a verb"));
        run.args.extend(words.map(Into::into));
        if let Some(folder) = folder.take() {
            run.folder = folder;
        }
        let run = run.exits(0);
        folder = Some(run.folder);
    }
    assert!(folder.is_some_and(|it| it.path().join("architecture.yaml").is_file()));
    Run::new("--color=never").exits(0).stdout_contains("Usage: tradeoff");
}

#[test]
fn every_verb_is_tried() {
    let help = Run::new("--help").exits(0).stdout();
    let verbs = help.split("Commands:\n").nth(1).expect("commands");
    let verbs = verbs.lines().take_while(|it| !it.is_empty());
    // What is said of a verb may go on below, further to the right.
    let verbs = verbs.filter_map(|it| it.strip_prefix("  ").filter(|it| !it.starts_with(' ')));
    let verbs: Vec<&str> = verbs.filter_map(|it| it.split_whitespace().next()).collect();
    for verb in verbs.iter().filter(|it| **it != "help") {
        assert!(VERBS.contains(verb), "no example of {verb} is run");
    }
    assert!(verbs.len() > 5, "{help}");
}
