//! `service-boundaries`: where one service ends and the next begins.

use std::collections::BTreeSet;

use tradeoff_analyze::Callee;
use tradeoff_analyze::databases::{Database, databases};

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
    /// Three tables that two teams query get an owner each:
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
    /// The first table that two services query:
    /// ```facts flips split-the-data shared-tables 1
    /// split-by = capability
    /// ```
    ///
    /// # Limits
    /// Where capabilities are is found by talking about words, not by a tool: one border is where a
    /// word changes its meaning. A team owns a service, and can write it anew in weeks. Reading
    /// another's table counts as well as writing it, as soon as its columns are to change. In an
    /// architecture, a database that other services query as well is a table at least; what they
    /// share on purpose is left out, as `svc-shared-database` does.
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
        .asks("How many tables does more than one service query?")
        .why("Its columns cannot change without all of them", "guide, section 2, Shared Database")
        .or(Value::Number(0.0))
        .from(shared_tables),
    Fact::flag("released-together")
        .asks("Do they have to be released together?")
        .why("Releasing alone is what a service is for", "guide, section 2: distributed monolith")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let own = seen.architecture.services[it.at].release.is_some();
            let with = released_with(seen, it.at);
            own.then(|| Known::derived(it.below("release"), Value::Flag(!with.is_empty())))
        }),
    Fact::flag("transactions-cross")
        .asks("Do changes of both sides have to happen together or not at all?")
        .why("Between services there is no transaction", "guide, section 3: sagas")
        .or(Value::Flag(false)),
    Fact::flag("one-team")
        .asks("Does one team own both sides?")
        .why("A border inside a team frees nobody", "guide, section 2: team autonomy")
        .or(Value::Flag(false))
        .from(one_team),
    Fact::count("services-per-change", "services", 1.0, 1000.0)
        .asks("How many services does a typical feature change?")
        .why("It shows how well the borders fit", "Parnas, 1972")
        .or(Value::Number(1.0)),
    Fact::number("changes", "a month", 0.0, 1e5)
        .asks("How many features are released a month?")
        .why("It counts the deploys that have to be arranged, and decides nothing", "arithmetic")
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

/// Whether two services are not modules of one process.
fn apart(a: &tradeoff_model::model::Service, b: &tradeoff_model::model::Service) -> bool {
    a.deploy.is_none() || !same_unit(a, b)
}

fn same_unit(a: &tradeoff_model::model::Service, b: &tradeoff_model::model::Service) -> bool {
    let unit = |it: &tradeoff_model::model::Service| it.deploy.as_ref().map(|it| it.value.clone());
    unit(a) == unit(b)
}

/// The others that go out with a service.
fn released_with(seen: &Seen<'_>, at: usize) -> Vec<usize> {
    let services = &seen.architecture.services;
    let Some(own) = &services[at].release else { return Vec::new() };
    let others = services.iter().enumerate().filter(|other| {
        let same = other.1.release.as_ref().is_some_and(|it| it.value == own.value);
        // Modules of one process are released together by design.
        other.0 != at && same && apart(other.1, &services[at])
    });
    others.map(|it| it.0).collect()
}

/// Whether this service queries a store.
fn queries(seen: &Seen<'_>, at: usize, store: usize) -> bool {
    let own = |from: usize| seen.analysis.endpoints[from].0 == at;
    let hits = |to: &Callee| matches!(to, Callee::Operation(it, _) if *it == store);
    seen.analysis.edges.iter().any(|it| own(it.from) && hits(&it.to))
}

/// The databases that a service queries, of those that are not shared on purpose.
fn queried(seen: &Seen<'_>, at: usize) -> Vec<Database> {
    let mut all = databases(seen.analysis);
    all.retain(|it| it.stores.iter().any(|store| queries(seen, at, *store)));
    all
}

/// Tables that this service and another one query: those of which it is said who writes them, and
/// one at least in a database that another process queries as well.
fn shared_tables(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let mut stated = false;
    let mut written = vec![0.0_f64; seen.architecture.stores.len()];
    for store in seen.stores() {
        let Some((tables, _)) = seen.stated(&store, "tables") else { continue };
        for (_, table) in tables.entries() {
            let Some(writers) = table.get("writers").filter(|it| it.stated) else { continue };
            stated = true;
            let names: BTreeSet<&str> = writers.items().iter().filter_map(|it| it.text()).collect();
            if names.len() > 1 && names.contains(subject.name.as_str()) {
                written[store.at] += 1.0;
            }
        }
    }
    let mut shared: f64 = written.iter().sum();
    for database in queried(seen, subject.at) {
        stated = true;
        let known: f64 = database.stores.iter().map(|it| written[*it]).sum();
        if database.writes.len() > 1 && known <= 0.0 {
            shared += 1.0;
        }
    }
    stated.then(|| Known::derived("stores", Value::Number(shared)))
}

/// Whether a service and those that it meets are of one team: those whose database or release it
/// shares; if there are none, those that it calls and that call it.
fn one_team(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let services = &seen.architecture.services;
    let analysis = seen.analysis;
    let mut met: BTreeSet<usize> = released_with(seen, subject.at).into_iter().collect();
    for database in queried(seen, subject.at) {
        met.extend(
            (0..services.len())
                .filter(|at| database.stores.iter().any(|store| queries(seen, *at, *store))),
        );
    }
    met.retain(|it| apart(&services[*it], &services[subject.at]) && *it != subject.at);
    if met.is_empty() {
        for edge in analysis.edges.iter().filter(|it| !it.inside) {
            let Callee::Endpoint(to) = edge.to else { continue };
            let sides = [edge.from, to].map(|it| analysis.endpoints[it].0);
            if sides.contains(&subject.at) {
                met.extend(sides);
            }
        }
        met.remove(&subject.at);
    }
    let own = services[subject.at].team?;
    let teams: Vec<Option<usize>> = met.iter().map(|it| services[*it].team).collect();
    let other = teams.iter().flatten().any(|it| *it != own);
    let known = other || (!teams.is_empty() && teams.iter().all(Option::is_some));
    known.then(|| Known::derived(subject.below("team"), Value::Flag(!other)))
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
    let several = each >= SEVERAL;
    let by_layer = facts.choice("split-by") == "layer";
    if by_layer {
        layers(team, judge);
    } else {
        let tied = together || cross || several;
        capabilities(facts, (shared, arranged), (tied, several), judge);
    }
    if by_layer && !several {
        judge.advise(
            "By layers a feature goes through all of them: set `services-per-change` to the number \
             of layers, for the deploys that have to be arranged.",
        );
        return;
    }
    let [features, services] = [changes, each].map(plain);
    judge.line("deploys a month", format!("{features} x {services}"), changes * each, "");
    let text = format!("{features} x ({services} - 1)");
    judge.line("of them arranged with others", text, arranged, "");
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
            "{} that several query: each change of columns is a release of all that do",
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
        &["services-per-change"],
        if changes > 0.0 {
            format!(
                "a typical feature changes {} services: of {} deploys a month {} are arranged with \
                 others",
                plain(each),
                plain(changes * each),
                plain(arranged)
            )
        } else {
            format!("a typical feature changes {} services", plain(each))
        },
    );
    for option in ["split-the-data", "join"] {
        judge.exclude_if(
            shared <= 0.0 && !tied,
            option,
            &["shared-tables", "released-together", "services-per-change"],
            "nothing is shared, and each is released alone",
        );
    }
    judge.exclude_if(
        shared <= 0.0,
        "split-the-data",
        &["shared-tables"],
        "no table is shared: there is none to give an owner",
    );
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
