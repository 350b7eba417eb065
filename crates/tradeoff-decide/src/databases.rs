//! Where the truth is kept (section 4 of the guide).

mod postgres_or_cassandra;
mod postgres_or_dynamodb;
mod primary_database;

use crate::value::plain;
use crate::{Answers, Opt, Reversal, Seen, Subject, Topic};

pub(crate) static TOPICS: &[&Topic] =
    &[&primary_database::TOPIC, &postgres_or_dynamodb::TOPIC, &postgres_or_cassandra::TOPIC];

/// Relational, spread over nodes: the last resort.
const SHARDED: Opt = Opt {
    id: "sharded-postgres",
    title: "A relational database over several nodes",
    reversal: Reversal::Never,
    undo: "the shard key is in every row and query: there is no way back but another migration",
    door: "carry the future shard key in every table and query long before",
    boring: 2,
};

/// Kinds of stores that stand beside a database: in memory, search indexes, objects.
const BESIDE: [&str; 6] =
    ["redis", "valkey", "memcached", "elasticsearch", "opensearch", "object-storage"];

/// What a store is, if the file says so.
fn kind<'a>(seen: &Seen<'a>, subject: &Subject) -> Option<&'a str> {
    seen.architecture.stores[subject.at].kind.as_ref().map(|it| it.value.as_str())
}

/// Writes a second, each committed by itself, beyond which one relational node is not asked: guide,
/// section 4.
const COMMITS: f64 = 1e5;
/// Rows a second that one node of Postgres stores where they come in batches: five values each,
/// into a table of up to 4 milliards of rows, on four virtual cores (F. Coelho, "Data Loading
/// Performance of Postgres and `TimescaleDB`", 2019).
const ROWS: f64 = 3.2e5;

/// What is written a second. A batch saves commits; each row is still stored, logged and indexed.
struct Writes {
    rows: f64,
    batch: f64,
    commits: f64,
}

impl Writes {
    fn of(facts: &Answers) -> Self {
        let [rows, batch] = ["write-rate", "batch"].map(|it| facts.number(it));
        Self { rows, batch, commits: rows / batch }
    }

    /// How much of what one relational node takes, by commits and by rows.
    fn shares(&self) -> (f64, f64) {
        (self.commits / COMMITS, self.rows / ROWS)
    }

    /// The larger of the two.
    fn share(&self) -> f64 {
        let (commits, rows) = self.shares();
        commits.max(rows)
    }

    /// Whether they are more than one node takes.
    fn beyond(&self) -> bool {
        self.share() > 1.0
    }

    /// The one of the two that decides, as a sum.
    fn sum(&self) -> String {
        let (commits, rows) = self.shares();
        if commits < rows {
            return format!("{} rows a second of at most {}", plain(self.rows), plain(ROWS));
        }
        let each = if self.batch > 1.0 {
            format!(" (each of {} rows)", plain(self.batch))
        } else {
            String::new()
        };
        format!("{} commits a second{each} of at most {}", plain(self.commits), plain(COMMITS))
    }
}
