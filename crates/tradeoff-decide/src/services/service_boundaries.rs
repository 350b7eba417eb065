//! `service-boundaries`: where one service ends and the next begins.

use std::collections::BTreeSet;

use crate::subjects::services;
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Where the borders between services run.
    ///
    /// # Why
    /// A service pays if what changes together is in one, and what is in one belongs to nobody else.
    /// Cut by layers, each feature changes all of them. Two that write one table, or are released
    /// together, are one service with a network inside, whatever the diagram says: a distributed
    /// monolith. Then either the border goes, or the data gets one owner and the others ask it.
    ///
    /// # Examples
    /// Along what the business does, each part with its data:
    /// ```facts answers by-capability
    /// split-by = capability
    /// ```
    /// Layers are never the answer: a feature goes through all of them, and they are cut anew:
    /// ```facts answers by-capability
    /// split-by = layer
    /// services-per-change = 3
    /// ```
    /// Capabilities that a typical feature changes together are one: 80 of 120 deploys a month
    /// would have to be arranged with others:
    /// ```facts answers join
    /// services-per-change = 3
    /// changes = 40
    /// ```
    /// Three tables that two teams write get an owner each:
    /// ```facts answers split-the-data
    /// shared-tables = 3
    /// ```
    /// If they are one team's, and released together anyway, the border is what is wrong:
    /// ```facts answers join
    /// released-together = true
    /// ```
    /// ```facts answers join
    /// shared-tables = 3
    /// one-team = true
    /// ```
    /// The first table that two services write:
    /// ```facts flips split-the-data shared-tables 1
    /// split-by = capability
    /// ```
    ///
    /// # Limits
    /// Where capabilities are is found by talking about words, not by a tool: one border is where a
    /// word changes its meaning. A team owns a service, and can write it anew in weeks. Reading
    /// another's table counts as well as writing it, as soon as its columns are to change.
    ///
    /// # Sources
    /// Guide, section 2, "Domain-Driven Service Boundaries" and "Shared Database = Distributed
    /// Monolith". E. Evans, "Domain-Driven Design" (2003), bounded contexts. D. Parnas, "On the
    /// Criteria To Be Used in Decomposing Systems into Modules", CACM 15 (1972).
    pub const TOPIC = Topic {
        id: "service-boundaries",
        title: "Where do the borders between services run?",
        noun: "Service boundaries",
        section: "2",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

const SPLIT: &[&str] = &["capability", "layer"];
/// Services that a typical feature changes from which on the borders do not fit. What is likely to
/// change should be behind one border (Parnas, 1972); from two on, every typical feature crosses
/// one, and is arranged between releases that were to be independent.
const SEVERAL: f64 = 2.0;

static FACTS: &[Fact] = &[
    Fact::choice("split-by", SPLIT)
        .asks("Are they cut by what the business does, or by layers?")
        .why("A feature goes through all layers", "guide, section 2: vertically by capability")
        .or(Value::Choice("capability")),
    Fact::count("shared-tables", "tables", 0.0, 1e5)
        .asks("How many tables are written by more than one service?")
        .why("Whoever writes one table is one service", "guide, section 2, Shared Database")
        .or(Value::Number(0.0))
        .from(shared_tables),
    Fact::flag("released-together")
        .asks("Do they have to be released together?")
        .why("Releasing alone is what a service is for", "guide, section 2: distributed monolith")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let service = &seen.architecture.services[it.at];
            let own = service.release.as_ref()?;
            let others = seen.architecture.services.iter().enumerate().filter(|other| {
                let same = other.1.release.as_ref().is_some_and(|it| it.value == own.value);
                // Modules of one process are released together by design.
                let apart = other.1.deploy.is_none() || !same_unit(other.1, service);
                other.0 != it.at && same && apart
            });
            let path = it.below("release");
            Some(Known::derived(path, Value::Flag(others.count() > 0)))
        }),
    Fact::flag("transactions-cross")
        .asks("Do changes of both sides have to happen together or not at all?")
        .why("Between services there is no transaction", "guide, section 3: sagas")
        .or(Value::Flag(false)),
    Fact::flag("one-team")
        .asks("Does one team own both sides?")
        .why("A border inside a team frees nobody", "guide, section 2: team autonomy")
        .or(Value::Flag(false)),
    Fact::count("services-per-change", "services", 1.0, 1000.0)
        .asks("How many services does a typical feature change?")
        .why("It shows how well the borders fit", "Parnas, 1972")
        .or(Value::Number(1.0)),
    Fact::number("changes", "a month", 0.0, 1e5)
        .asks("How many features are released a month?")
        .why("Times `services-per-change` it is how many deploys have to be arranged", "arithmetic")
        .or(Value::Number(20.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "by-capability",
        title: "By capability, each with its data",
        reversal: Reversal::Months,
        undo: "data that has been split is brought together, and consumers are moved one by one",
        door: "draw the border inside one process first, and see what crosses it for a quarter",
        boring: 1,
    },
    Opt {
        id: "split-the-data",
        title: "One owner for each table; the others ask it",
        reversal: Reversal::Months,
        undo: "give the others their rights on the table back",
        door: "take the others' right to write first, then the right to read",
        boring: 3,
    },
    Opt {
        id: "join",
        title: "Join them to one service",
        reversal: Reversal::Weeks,
        undo: "a module moves out again behind the interface that it kept",
        door: "keep the interface between them as a module's, and a machine that checks it",
        boring: 2,
    },
];

fn same_unit(a: &tradeoff_model::model::Service, b: &tradeoff_model::model::Service) -> bool {
    let unit = |it: &tradeoff_model::model::Service| it.deploy.as_ref().map(|it| it.value.clone());
    unit(a) == unit(b)
}

/// Tables that this service and another one write.
fn shared_tables(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let mut stated = false;
    let mut shared = 0.0;
    for store in seen.stores() {
        let Some((tables, _)) = seen.stated(&store, "tables") else { continue };
        for (_, table) in tables.entries() {
            let Some(writers) = table.get("writers").filter(|it| it.stated) else { continue };
            stated = true;
            let names: BTreeSet<&str> = writers.items().iter().filter_map(|it| it.text()).collect();
            if names.len() > 1 && names.contains(subject.name.as_str()) {
                shared += 1.0;
            }
        }
    }
    stated.then(|| Known::derived("stores", Value::Number(shared)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let all = services(seen);
    if all.len() < 2 { Vec::new() } else { all }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [shared, each, changes] =
        ["shared-tables", "services-per-change", "changes"].map(|it| facts.number(it));
    let [together, cross, team] =
        ["released-together", "transactions-cross", "one-team"].map(|it| facts.flag(it));
    let arranged = changes * (each - 1.0);
    let several = each >= SEVERAL && arranged > 0.0;
    if facts.choice("split-by") == "layer" {
        layers(team, judge);
    } else {
        let tied = together || cross || several;
        capabilities(facts, (shared, arranged), (tied, several), judge);
    }
    judge.line(
        "deploys a month",
        format!("{} x {}", plain(changes), plain(each)),
        changes * each,
        "",
    );
    judge.line(
        "of them arranged with others",
        format!("{} x ({} - 1)", plain(changes), plain(each)),
        arranged,
        "",
    );
    if facts.choice("split-by") == "layer" && each < SEVERAL {
        judge.advise(
            "By layers a feature goes through all of them: the deploys are more than these, set \
             `services-per-change` to the number of layers.",
        );
    }
}

/// Layers are cut anew, unless one team has them all.
fn layers(team: bool, judge: &mut Judge) {
    judge.exclude_if(
        team,
        "by-capability",
        &["split-by", "one-team"],
        "one team has all the layers: borders the other way would free nobody either",
    );
    judge.exclude(
        "split-the-data",
        &["split-by"],
        "a feature goes through all layers, whoever owns the tables beneath them",
    );
    judge.exclude_if(
        !team,
        "join",
        &["split-by", "one-team"],
        "the layers of several teams would be one service that all of them change",
    );
    judge.advise(
        "Layers are folders: cut the code from the interface down to the tables instead, one \
         capability at a time.",
    );
}

/// What ties services that were cut by capability.
fn capabilities(
    facts: &Answers,
    (shared, arranged): (f64, f64),
    (tied, several): (bool, bool),
    judge: &mut Judge,
) {
    let [together, cross, team] =
        ["released-together", "transactions-cross", "one-team"].map(|it| facts.flag(it));
    let [each, changes] = ["services-per-change", "changes"].map(|it| facts.number(it));
    judge.exclude_if(
        shared > 0.0,
        "by-capability",
        &["shared-tables"],
        format!(
            "{} that several write: each change of them is a release of all that do",
            if shared > 1.0 {
                format!("there are {} tables", plain(shared))
            } else {
                "there is a table".into()
            }
        ),
    );
    judge.exclude_if(
        together,
        "by-capability",
        &["released-together"],
        "what is released together is one service already, with a network inside",
    );
    judge.exclude_if(
        cross,
        "by-capability",
        &["transactions-cross"],
        "what changes together or not at all has been cut in the middle",
    );
    judge.exclude_if(
        several,
        "by-capability",
        &["services-per-change", "changes"],
        format!(
            "a typical feature changes {} services: of {} deploys a month {} are arranged with \
             others",
            plain(each),
            plain(changes * each),
            plain(arranged)
        ),
    );
    for option in ["split-the-data", "join"] {
        judge.exclude_if(
            shared <= 0.0 && !tied,
            option,
            &["shared-tables", "released-together", "services-per-change"],
            "nothing is shared, and each is released alone",
        );
    }
    // More than the tables ties them: an owner for each would not free them.
    judge.exclude_if(
        tied,
        "split-the-data",
        &["released-together", "transactions-cross", "services-per-change"],
        "more than a table ties them: with one owner each they would still go together",
    );
    judge.exclude_if(
        team,
        "split-the-data",
        &["one-team"],
        "one team would ask itself over a network: the border is what is wrong",
    );
    judge.exclude_if(
        !(tied || team),
        "join",
        &["released-together", "transactions-cross", "one-team"],
        "two owners, two rhythms, no transaction in common: only the data is in the wrong place",
    );
}
