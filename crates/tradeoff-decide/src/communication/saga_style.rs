//! `saga-style`: who knows what comes next.

use crate::subjects::entries;
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether a change of several services is one transaction, follows from events, or is led by a
    /// coordinator.
    ///
    /// # Why
    /// What spans services has no transaction: each step commits, and an earlier one is undone by a
    /// compensation. With choreography each service reacts to the events of others, and nobody knows
    /// the whole; with orchestration one does, and is one more thing that has to be up. What is
    /// undone in an order needs somebody who knows the order.
    ///
    /// # Examples
    /// ```facts answers choreography
    /// steps = 2
    /// ```
    /// ```facts answers orchestration
    /// steps = 6
    /// ```
    /// Three steps, each with a compensation: the third failing undoes the second, then the first:
    /// ```facts answers orchestration
    /// steps = 3
    /// compensations = 3
    /// ```
    /// ```facts answers local-transaction
    /// steps = 3
    /// one-database = true
    /// ```
    /// A step that may never answer has to be missed by somebody:
    /// ```facts answers orchestration
    /// steps = 2
    /// must-end-within = true
    /// ```
    /// ```facts flips orchestration steps 5
    /// steps = 2
    /// ```
    ///
    /// # Limits
    /// "Few" is four participants, which is where the literature stops calling a saga simple. A
    /// coordinator is code in the service that begins the saga before it is a product. Neither
    /// isolates: others see a half-done saga.
    ///
    /// # Sources
    /// Guide, section 3, "Request-Reply vs. Fire-and-Forget". H. Garcia-Molina and K. Salem,
    /// "Sagas", SIGMOD 1987. C. Richardson, "Microservices Patterns" (2018), chapter 4.
    pub const TOPIC = Topic {
        id: "saga-style",
        title: "Who leads a change that spans services?",
        noun: "Saga",
        section: "3",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["style"], &[]),
    };
}

/// Steps up to which a saga is simple: two to four participants (Richardson, chapter 4).
const SIMPLE: f64 = 4.0;

static FACTS: &[Fact] = &[
    Fact::count("steps", "steps", 1.0, 1000.0)
        .asks("How many steps, in how many services, does it take?")
        .why("Each service has to know whose events it waits for", "Richardson, chapter 4")
        .or(Value::Number(2.0))
        .from(|seen, it| {
            let (steps, path) = seen.stated(it, "steps")?;
            Some(Known::derived(path, Value::Number(steps.items().len() as f64)))
        }),
    Fact::count("compensations", "compensations", 0.0, 1000.0)
        .asks("How many of them have to be undone if a later one fails?")
        .why("From two on, undoing has an order of its own", "Garcia-Molina and Salem, 1987")
        .or(Value::Number(0.0))
        .from(|seen, it| {
            let (steps, path) = seen.stated(it, "steps")?;
            let undone = steps.items().iter().filter(|it| it.get("compensation").is_some());
            Some(Known::derived(path, Value::Number(undone.count() as f64)))
        }),
    Fact::flag("one-database")
        .asks("Is all that they change in one database?")
        .why("Then one transaction does it all or not at all", "guide, section 3")
        .or(Value::Flag(false)),
    Fact::flag("must-end-within")
        .asks("Must somebody act if a step does not answer in time?")
        .why("Nobody misses an event that never came", "Richardson, chapter 4")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (steps, path) = seen.stated(it, "steps")?;
            let bounded = |it: &tradeoff_model::Fact| it.get("timeout").is_some_and(|it| it.stated);
            let any = steps.items().iter().any(bounded);
            any.then(|| Known::derived(path, Value::Flag(true)))
        }),
    Fact::number("fails", "%", 0.0, 100.0)
        .asks("Which share of runs of a step fails for good?")
        .why("It shows how often something is undone", "arithmetic")
        .or(Value::Number(1.0)),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many of them begin a second?")
        .why("It shows how often something is undone", "arithmetic")
        .or(Value::Number(1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "local-transaction",
        title: "One transaction in one database",
        reversal: Reversal::Weeks,
        undo: "the parts get their own data, and the transaction becomes a saga",
        door: "keep each part's changes in a function of its own",
        boring: 1,
    },
    Opt {
        id: "choreography",
        title: "Each service reacts to events of the others",
        reversal: Reversal::Weeks,
        undo: "a coordinator consumes the events, and sends the commands that followed from them",
        door: "carry one correlation id through all messages, and draw the whole in one place",
        boring: 2,
    },
    Opt {
        id: "orchestration",
        title: "A coordinator asks for each step",
        reversal: Reversal::Weeks,
        undo: "services publish what they did, and react to each other",
        door: "keep the state of each saga in a table, and every step and compensation idempotent",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    entries(seen, "sagas")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [steps, undone] = ["steps", "compensations"].map(|it| facts.number(it));
    let one = facts.flag("one-database");
    judge.exclude_if(
        !one,
        "local-transaction",
        &["one-database"],
        "what they change is in several databases, and no transaction spans them",
    );
    for option in ["choreography", "orchestration"] {
        judge.exclude_if(
            one,
            option,
            &["one-database"],
            "one transaction does it all or not at all, and needs no compensation",
        );
    }
    judge.exclude_if(
        steps > SIMPLE,
        "choreography",
        &["steps"],
        format!("{} steps are more than the {} that are easily followed", plain(steps), SIMPLE),
    );
    judge.exclude_if(
        undone > 1.0,
        "choreography",
        &["compensations"],
        format!("{} steps are undone, the last first: somebody has to know that", plain(undone)),
    );
    judge.exclude_if(
        facts.flag("must-end-within"),
        "choreography",
        &["must-end-within"],
        "nobody misses an event that does not come",
    );
    let fails = facts.number("fails") / 100.0;
    let stopped = 1.0 - libm::pow(1.0 - fails, steps);
    let text = format!("1 - (1 - {}%)^{}", plain(fails * 100.0), plain(steps));
    judge.line("sagas that stop on the way", text, stopped * 100.0, "%");
    judge.line(
        "of them a day",
        format!("{}/s x 86,400 s", plain(facts.number("rate"))),
        facts.number("rate") * 86_400.0 * stopped,
        "",
    );
    judge.line(
        "compensations at most, over all places to fail",
        format!("{} x ({} + 1) / 2", plain(undone), plain(undone)),
        undone * (undone + 1.0) / 2.0,
        "",
    );
}
