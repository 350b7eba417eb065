//! `orchestrator`: what starts pipelines, and in which order.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// What starts pipelines: a schedule, Airflow, Dagster or Prefect.
    ///
    /// # Why
    /// All of them run jobs in order and retry; none is wrong. So what counts is what is there: a
    /// hundred jobs in one of them are a project to move, and people who know one lose nothing by
    /// keeping it. On a green field the question is what is missed first: which table comes from
    /// which, and whether it was tested, or a first pipeline by tomorrow. Jobs that wait for nobody
    /// need none.
    ///
    /// # Examples
    /// ```facts answers airflow
    /// airflow-experience = true
    /// ```
    /// ```facts answers dagster
    /// lineage = true
    /// ```
    /// ```facts answers prefect
    /// fastest-start = true
    /// ```
    /// Five jobs at night, each for itself:
    /// ```facts answers cron
    /// dependencies = false
    /// ```
    /// DAGs that run are not written anew for a better graph, unless that is a matter of days:
    /// ```facts flips airflow airflow-dags 6
    /// lineage = true
    /// ```
    ///
    /// # Limits
    /// What a cloud offers as a service is not compared; it may decide for one that your team knows
    /// as well. Airflow has data-aware scheduling and dynamic tasks by now: lineage alone is less of
    /// a reason than it was.
    ///
    /// # Sources
    /// Guide, section 13, "Orchestration: Airflow vs. Dagster vs. Prefect"; errata
    /// `airflow-data-aware`.
    pub const TOPIC = Topic {
        id: "orchestrator",
        title: "What starts the pipelines?",
        noun: "Pipeline orchestrator",
        section: "13",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["data.orchestrator"], &[]),
    };
}

/// Person-days of moving that are no reason to stay: guide, section 1, what "a few days of work"
/// undo is decided quickly; a week of one person.
const FEW: f64 = 5.0;

static FACTS: &[Fact] = &[
    Fact::flag("dependencies")
        .asks("Do jobs wait for the results of others?")
        .why("A schedule knows times, not results", "guide, section 13")
        .or(Value::Flag(true))
        .from(dependencies),
    Fact::count("airflow-dags", "DAGs", 0.0, 1e5)
        .asks("How many DAGs run in Airflow already?")
        .why("Each would be written anew", "guide, section 13: large existing DAG library")
        .or(Value::Number(0.0)),
    Fact::number("days-per-dag", "person-days", 0.01, 1000.0)
        .asks("How many person-days does it take to write one of them anew, and to test it?")
        .why("A library is large if moving it is more than a few days", "arithmetic")
        .or(Value::Number(1.0)),
    Fact::flag("airflow-experience")
        .asks("Does the team know Airflow?")
        .why("It is what most people know", "guide, section 13")
        .or(Value::Flag(false)),
    Fact::flag("lineage")
        .asks("Is it missed most to see and test which data comes from which?")
        .why("Dagster's unit is the table, not the task", "guide, section 13")
        .or(Value::Flag(false)),
    Fact::flag("fastest-start")
        .asks("Is it missed most to have the first pipelines soon, in plain Python?")
        .why("Prefect asks for the least around a function", "guide, section 13")
        .or(Value::Flag(false)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "cron",
        title: "A schedule",
        reversal: Reversal::Days,
        undo: "the same commands are started by something else",
        door: "let each job take its date as a parameter, be repeatable, and say when it failed",
        boring: 1,
    },
    Opt {
        id: "airflow",
        title: "Airflow",
        reversal: Reversal::Months,
        undo: "DAGs are written anew, one by one",
        door: "keep the work in containers or packages, and DAGs thin",
        boring: 2,
    },
    Opt {
        id: "dagster",
        title: "Dagster",
        reversal: Reversal::Months,
        undo: "assets are written anew as tasks, one by one",
        door: "keep the work free of its types",
        boring: 3,
    },
    Opt {
        id: "prefect",
        title: "Prefect",
        reversal: Reversal::Months,
        undo: "flows are written anew, one by one",
        door: "keep the work in functions that run without it",
        boring: 4,
    },
];

/// Whether a pipeline reads what another one writes.
fn dependencies(seen: &Seen<'_>, _: &Subject) -> Option<Known> {
    let pipelines = seen.named("data.pipelines");
    let names = |key: &str| -> Vec<&str> {
        let all = pipelines.iter().filter_map(|it| seen.stated(it, key));
        all.flat_map(|it| it.0.items().iter().filter_map(|it| it.text())).collect()
    };
    let (reads, writes) = (names("reads"), names("writes"));
    if reads.is_empty() || writes.is_empty() {
        return None;
    }
    let any = reads.iter().any(|it| writes.contains(it));
    Some(Known::derived("data.pipelines", Value::Flag(any)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let batch = |it: &Subject| seen.stated(it, "style").is_some_and(|it| it.0.says("batch"));
    if seen.named("data.pipelines").iter().any(batch) { vec![seen.whole()] } else { Vec::new() }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [dags, each] = ["airflow-dags", "days-per-dag"].map(|it| facts.number(it));
    let moving = dags * each;
    judge.exclude_if(
        facts.flag("dependencies"),
        "cron",
        &["dependencies"],
        "it starts a job at its time, whether or not what it reads is there",
    );
    for option in ["dagster", "prefect", "cron"] {
        judge.exclude_if(
            moving > FEW,
            option,
            &["airflow-dags", "days-per-dag"],
            format!(
                "what runs would be written anew: {} x {} = {}, more than a few",
                with_unit(dags, "DAGs"),
                plain(each),
                with_unit(moving, "person-days")
            ),
        );
    }
    // A schedule is known to everybody, and there at once.
    let wishes: [(_, _, &[&'static str]); 3] = [
        ("airflow-experience", "the team knows it", &["airflow", "cron"]),
        ("lineage", "tables with their origin and their tests", &["dagster"]),
        ("fastest-start", "the least between a function and its schedule", &["prefect", "cron"]),
    ];
    for (fact, wish, options) in wishes {
        if facts.flag(fact) {
            judge.serves(wish, options);
        }
    }
    if dags > 0.0 {
        let text = format!("{} x {}", plain(dags), plain(each));
        judge.line("moving what runs in Airflow", text, moving, "person-days");
    }
}
