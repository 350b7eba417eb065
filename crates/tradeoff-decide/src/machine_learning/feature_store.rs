//! `feature-store`: where the inputs of models are defined.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether the inputs of models need a store of their own.
    ///
    /// # Why
    /// A feature that training computes by one code and serving by another is two features, and the
    /// model is wrong in production only. One definition that fills both sides mends it; that is all
    /// that one model needs. A feature store is the same as a platform: registry, point-in-time
    /// joins, both stores and the sync between them, which somebody runs. It pays where that is less
    /// work than one sync for each model.
    ///
    /// # Examples
    /// ```facts answers none-needed
    /// models = 1
    /// online = false
    /// ```
    /// ```facts answers one-definition-two-stores
    /// models = 1
    /// online = true
    /// ```
    /// Twelve times two person-weeks are more than the twelve that a platform takes:
    /// ```facts answers feature-store
    /// models = 12
    /// online = true
    /// ```
    /// ```facts flips feature-store models 7
    /// models = 1
    /// online = true
    /// ```
    ///
    /// # Limits
    /// The two efforts are the whole of it, and their defaults are estimates without a source:
    /// state yours. Training on what was not known at the time (no point-in-time join) is a fault of
    /// its own, which no store cures that is not asked for it.
    ///
    /// # Sources
    /// Guide, section 14, "Feature Stores". Feast, "Point-in-time joins".
    pub const TOPIC = Topic {
        id: "feature-store",
        title: "Do the inputs of models need a store of their own?",
        noun: "Feature store",
        section: "14",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::count("models", "models", 1.0, 1e5)
        .asks("How many models are in use?")
        .why("Each needs its inputs on both sides", "guide, section 14")
        .from(|seen, _| {
            let models = seen.named("data.models").len();
            (models > 0).then(|| Known::derived("data.models", Value::Number(models as f64)))
        }),
    Fact::flag("online")
        .asks("Does any of them look features up while it serves?")
        .why("Then there are two sides to keep alike", "guide, section 14: train-serve skew")
        .from(|seen, _| {
            let features = seen.named("data.features");
            let online = features.iter().any(|it| seen.stated(it, "online").is_some());
            let models = seen.named("data.models");
            let serving: Vec<bool> = models
                .iter()
                .filter_map(|it| seen.stated(it, "serving"))
                .map(|it| !it.0.says("batch"))
                .collect();
            let known = online || !serving.is_empty();
            let any = online || serving.iter().any(|it| *it);
            known.then(|| Known::derived("data.models", Value::Flag(any)))
        }),
    Fact::number("sync-effort", "person-weeks a year", 0.0, 1000.0)
        .asks("How many person-weeks a year does one model's sync of both sides take?")
        .why("It is what a platform spares, for each model", "an estimate: state yours")
        .or(Value::Number(2.0)),
    Fact::number("platform-effort", "person-weeks a year", 0.0, 10_000.0)
        .asks("How many person-weeks a year would it take to run a feature store?")
        .why("It is what the platform costs", "an estimate: state yours")
        .or(Value::Number(12.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "none-needed",
        title: "None: training and scoring read the same tables",
        reversal: Reversal::Days,
        undo: "an online side is added when the first model needs it",
        door: "define each feature once, with its time column",
        boring: 1,
    },
    Opt {
        id: "one-definition-two-stores",
        title: "One definition that fills a table and a key-value store",
        reversal: Reversal::Weeks,
        undo: "the definitions move into a feature store as they are",
        door: "compare what was served with what training would compute, every day",
        boring: 2,
    },
    Opt {
        id: "feature-store",
        title: "A feature store",
        reversal: Reversal::Months,
        undo: "definitions, pipelines and look-ups of every model are moved out again",
        door: "write definitions in SQL, so that they are not bound to it",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    if seen.named("data.models").is_empty() { Vec::new() } else { vec![seen.whole()] }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [models, sync, platform] =
        ["models", "sync-effort", "platform-effort"].map(|it| facts.number(it));
    let online = facts.flag("online");
    let all = models * sync;
    let text = format!("{} x {}", plain(models), plain(sync));

    judge.exclude_if(
        online,
        "none-needed",
        &["online"],
        "serving looks up what training computes: without one definition these are two features",
    );
    for option in ["one-definition-two-stores", "feature-store"] {
        judge.exclude_if(
            !online,
            option,
            &["online"],
            "nothing looks features up while it serves: there is one side",
        );
    }
    let efforts = ["models", "sync-effort", "platform-effort"];
    judge.exclude_if(
        all > platform,
        "one-definition-two-stores",
        &efforts,
        format!(
            "{text} = {} person-weeks of sync a year, a platform takes {}",
            plain(all),
            plain(platform)
        ),
    );
    judge.exclude_if(
        all <= platform,
        "feature-store",
        &efforts,
        format!(
            "a platform takes {} person-weeks a year, and spares {text} = {}",
            plain(platform),
            plain(all)
        ),
    );
    if online {
        judge.line("sync of both sides", text, all, "person-weeks a year");
        judge.line("running a feature store", "", platform, "person-weeks a year");
    }
}
