//! `authorization-model`: by what it is decided who may do what.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value, subjects};

topic! {
    /// Whether roles, attributes or relationships decide who may do what.
    ///
    /// # Why
    /// Roles are understood by everybody, and can be listed for an auditor. They hurt when they
    /// multiply: a role for each department, region and hour, or for each folder. Attributes say
    /// the first in one rule; relationships say the second, and follow from folder to folder. Both
    /// are systems to run and to explain. So roles until it hurts, and it has to have hurt.
    ///
    /// # Examples
    /// ```facts answers rbac
    /// owned-hierarchies = true
    /// roles-hurt = false
    /// ```
    /// ```facts answers abac
    /// context = true
    /// roles-hurt = true
    /// ```
    /// ```facts answers rebac
    /// owned-hierarchies = true
    /// roles-hurt = true
    /// ```
    /// ```facts flips abac roles-hurt true
    /// context = true
    /// ```
    ///
    /// # Limits
    /// That a row belongs to its owner is a column and a condition in every query, whatever the
    /// model. Where both context and hierarchies hurt, relationships with conditions say both.
    ///
    /// # Sources
    /// Guide, section 10, the table of the three models and "Google Zanzibar". R. Pang et al.,
    /// "Zanzibar", USENIX ATC 2019. NIST SP 800-162 (ABAC).
    pub const TOPIC = Topic {
        id: "authorization-model",
        title: "By what is it decided who may do what?",
        noun: "Authorization model",
        section: "10",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["security.authorization.model"], &[]),
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("roles-hurt")
        .asks("Do roles hurt already: too many to review, or code around them?")
        .why("\"Use RBAC until it hurts\"", "guide, section 10")
        .or(Value::Flag(false)),
    Fact::flag("context")
        .asks("Does it depend on time, place or attributes of the thing?")
        .why("A role knows none of these", "guide, section 10")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (policies, path) = seen.stated(it, "security.authorization.policies")?;
            Some(Known::at(path, Value::Flag(policies.says("attributes"))))
        }),
    Fact::flag("owned-hierarchies")
        .asks("Does who may see a thing follow from who may see what contains it?")
        .why("Folders, teams and organizations pass rights on", "guide, section 10")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (policies, path) = seen.stated(it, "security.authorization.policies")?;
            Some(Known::at(path, Value::Flag(policies.says("relationships"))))
        }),
    Fact::count("roles", "roles", 1.0, 1e6)
        .asks("How many roles are there?")
        .why("Each value of a context multiplies them", "NIST SP 800-162")
        .or(Value::Number(5.0))
        .from(|seen, it| seen.number(it, "security.authorization.roles", 1.0)),
    Fact::number("context-values", "values", 1.0, 1e9)
        .asks("How many values has that context: departments, regions, tenants?")
        .why("Roles that stand for each of them are the product", "NIST SP 800-162")
        .or(Value::Number(1.0)),
    Fact::number("objects", "objects", 1.0, 1e13)
        .asks("How many things are owned or shared?")
        .why("Each is a tuple at least", "Zanzibar, 2019")
        .or(Value::Number(1e6))
        .from(|seen, it| seen.number(it, "security.authorization.relations", 1.0)),
    Fact::number("depth", "levels", 1.0, 100.0)
        .asks("Through how many levels are rights passed on?")
        .why("A check follows each of them", "Zanzibar, 2019")
        .or(Value::Number(3.0)),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many checks a second are made?")
        .why("Times the levels it is what the relationship store answers", "Zanzibar, 2019")
        .or(Value::Number(100.0))
        .from(|seen, _| {
            let rate = seen.steady.total;
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
        }),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "rbac",
        title: "Roles",
        reversal: Reversal::Weeks,
        undo: "the same question asked of something else",
        door: "ask `may(user, action, thing)` in one place, never for a role in the code",
        boring: 1,
    },
    Opt {
        id: "abac",
        title: "Attributes",
        reversal: Reversal::Months,
        undo: "rules that nobody can list have to be turned into roles again",
        door: "keep the rules in a repository, with tests",
        boring: 2,
    },
    Opt {
        id: "rebac",
        title: "Relationships",
        reversal: Reversal::Months,
        undo: "the tuples have to be turned into rows and roles again",
        door: "write tuples through an outbox, so that they follow what they stand for",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    subjects::whole_if(seen, &["security.authorization"])
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [hurt, context, owned] =
        ["roles-hurt", "context", "owned-hierarchies"].map(|it| facts.flag(it));
    let [roles, values, objects, depth, rate] =
        ["roles", "context-values", "objects", "depth", "rate"].map(|it| facts.number(it));
    for option in ["abac", "rebac"] {
        judge.exclude_if(
            !hurt,
            option,
            &["roles-hurt"],
            format!("{} roles do not hurt yet, and everybody understands them", plain(roles)),
        );
    }
    judge.exclude_if(!context, "abac", &["context"], "nothing depends on a context");
    judge.exclude_if(
        owned,
        "abac",
        &["owned-hierarchies"],
        "who may see a thing follows from what contains it: no attribute of either says so",
    );
    judge.exclude_if(!owned, "rebac", &["owned-hierarchies"], "no rights are passed on");
    judge.exclude_if(
        hurt && (context || owned),
        "rbac",
        &["roles-hurt", "context", "owned-hierarchies"],
        format!(
            "it hurts: a role for each value would be {} x {} = {}",
            plain(roles),
            plain(values),
            plain(roles * values)
        ),
    );
    let text = format!("{} x {}", plain(roles), plain(values));
    judge.line("roles that stand for the context", text, roles * values, "");
    let text = format!("{} things, one each at least", plain(objects));
    judge.line("tuples", text, objects, "");
    let text = format!("{}/s x {}", plain(rate), with_unit(depth, "levels"));
    judge.line("reads of a relationship store", text, rate * depth, "/s");
    if hurt && context && owned {
        judge.advise("Relationships that carry a condition say the context as well.");
    }
    if hurt && !context && !owned {
        judge.advise("Neither a context nor a hierarchy: merge roles, before anything else.");
    }
}
