//! The guide's choices as questions, answered from facts.
//!
//! A [`Topic`] says which facts a choice needs, what there is to choose from, and what the facts
//! exclude. [`decide`] does the rest the same way for all of them: what is excluded goes, what
//! another option beats goes, and among what is left the more reversible wins, then the more
//! boring. There are no weights. Then it says which facts carried the answer, at which value of
//! each the answer would be another, and, where facts are missing, which one to ask for first.
//!
//! Nothing here does I/O; what an architecture answers comes in as [`Seen`].
//!
//! ```
//! use tradeoff_decide::{Answers, decide, topic};
//!
//! let mut answers = Answers::new(topic("pagination").unwrap());
//! answers.say("rows", "2k").unwrap();
//! answers.say("concurrent-writes", "true").unwrap();
//! let verdict = decide(&answers);
//! assert_eq!(verdict.chosen.unwrap().id, "cursor");
//! assert_eq!(verdict.excluded[0].option.id, "offset");
//! ```
//!
//! # Writing a topic
//!
//! A topic is one file, `src/<family>/<name>.rs`, and two lines in `src/<family>.rs`: `mod name;`
//! and `&name::TOPIC`. A family is a section of the guide. Before the file comes its table in
//! `docs/guide-coverage.md`: what the guide's sentences, corrected by `docs/guide-errata.md`,
//! answer to which facts. `tests/topics.rs` holds the topic to that table and to its own examples.
//!
//! - The **noun** stands above a record of it, before the answer: `Primary database for orders:
//!   Postgres`.
//! - **Facts** are built like [`Fact::number`]`("rows", "rows", 1.0, 1e12).asks(..).why(.., ..)`.
//!   Every fact says why it matters and who says so. `.or(..)` gives what is taken if nobody says;
//!   without it the fact must be known, or must not matter. `.from(..)` reads it from the
//!   architecture: [`Seen`] has the file, its facts by path and the laws of queues; a [`Known`]
//!   carries the dotted path, so that a record can rest on it. Answer only what the file states or
//!   what follows from it, never a default of the format. Numbers that cannot be in any order, such
//!   as more teams than engineers, stand in **`orders`**: together they are refused.
//! - **Options** ([`Opt`]) say what undoing takes and what to do first to keep the door open.
//!   `boring` ranks them by how proven they are and how little there is to learn.
//! - **`judge`** is a pure function of the facts; every fact has a value when it runs. It calls
//!   [`Judge::exclude_if`] with the facts that the exclusion rests on and a sentence that holds
//!   their arithmetic; [`Judge::serves`] or [`Judge::compare`] where one option does better
//!   something that these facts ask for; [`Judge::line`] for each line of a computed topic. It is
//!   run some hundred times to find the flips: keep it cheap. It never chooses, and a threshold in
//!   it is a constant with its source.
//! - **`changes: Some(changes)`** names a function that writes an option into an architecture as
//!   [`Change`]s, so that `--measure` can simulate it: an empty list for what is today, `None` for
//!   what the format cannot say. Where carrying out an option moves facts of the topic itself,
//!   **`moves: MOVES`** lists them by option: a decision that has been carried out has not drifted.
//! - **`today: Today::Word(..)`** names the key in which an architecture says which option it has,
//!   so that the answer is told beside it.
//! - **Examples** stand in the doc comment, each in a fence with a fact per line: ` ```facts
//!   answers <option> ` for every option that can be recommended, `none` if nothing fits, and at
//!   least one ` ```facts flips <option> <fact> <value> `: the nearest value at which the answer
//!   becomes that option.
//! - The page is the doc comment: `# Why`, `# Examples`, `# Limits`, `# Sources`; its facts and
//!   options are listed from the statics.

#[macro_use]
mod topic;
mod answers;
mod apis;
pub mod availability;
pub mod burn;
pub mod caches;
mod caching;
mod change;
mod communication;
mod data;
mod databases;
mod decide;
pub mod delivery;
pub mod drift;
mod evolution;
mod example;
mod flips;
pub mod fusion;
mod judge;
mod machine_learning;
mod matters;
pub mod object_storage;
mod observability;
mod open;
mod pipelines;
pub mod pools;
mod principles;
mod reliability;
pub mod resilience;
mod scaling;
mod search;
mod security;
mod seen;
mod services;
mod storage;
mod subjects;
mod today;
pub mod usl;
mod value;

use std::sync::LazyLock;

pub use answers::{Answers, Given, Origin};
pub use change::{Change, Changes};
pub use decide::{Beaten, Carried, Exclusion, GivenUp, Grounds, Verdict, answer, decide, reasons};
pub use example::{Claim, Example};
pub use flips::Flip;
pub use judge::{Judge, Line};
pub use matters::unsaid;
pub use open::Open;
pub use seen::{Known, Seen, Subject};
pub use today::{Is, Means, Standing, Today};
pub use topic::{Fact, Moves, Opt, Reversal, Topic};
pub use value::{Kind, Value, plain, with_unit};

/// Every topic, in the order of the guide.
pub fn catalogue() -> &'static [&'static Topic] {
    static CATALOGUE: LazyLock<Vec<&Topic>> = LazyLock::new(|| {
        let families = [
            principles::TOPICS,
            services::TOPICS,
            communication::TOPICS,
            databases::TOPICS,
            caching::TOPICS,
            pipelines::TOPICS,
            storage::TOPICS,
            search::TOPICS,
            apis::TOPICS,
            security::TOPICS,
            scaling::TOPICS,
            reliability::TOPICS,
            evolution::TOPICS,
            data::TOPICS,
            machine_learning::TOPICS,
            observability::TOPICS,
        ];
        families.into_iter().flatten().copied().collect()
    });
    &CATALOGUE
}

/// The topic of an id.
pub fn topic(id: &str) -> Option<&'static Topic> {
    catalogue().iter().find(|it| it.id == id).copied()
}
