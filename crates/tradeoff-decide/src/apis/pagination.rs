//! `pagination`: what says where the next page begins.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// What tells the server where the next page of a list begins.
    ///
    /// # Why
    /// An offset counts rows from the start: whoever adds or removes one before it moves every
    /// later page by one, so that a reader sees a row twice or never, and the database reads and
    /// throws away all rows before the page. A key says after which row to go on, which stays true
    /// and is one descent of an index. A cursor or a page token is a key that the client cannot
    /// read: you may change what is in it. Whichever it is becomes part of what clients rely on.
    ///
    /// # Examples
    /// A short list that nobody changes while it is read:
    /// ```facts answers offset
    /// rows = 2k
    /// concurrent-writes = false
    /// ```
    /// One that is written while clients page through it:
    /// ```facts answers cursor
    /// rows = 2k
    /// concurrent-writes = true
    /// ```
    /// Among your own services the key itself is simpler:
    /// ```facts answers keyset
    /// rows = 5M
    /// concurrent-writes = true
    /// audience = internal
    /// ```
    /// Where a client must not learn what it has seen last:
    /// ```facts answers page-token
    /// rows = 2k
    /// concurrent-writes = true
    /// hide-position = true
    /// ```
    /// Page numbers in a list of millions are not to be had:
    /// ```facts answers none
    /// rows = 5M
    /// concurrent-writes = false
    /// jump = true
    /// ```
    /// The short list flips when it grows to a million:
    /// ```facts flips cursor rows 1M
    /// rows = 2k
    /// concurrent-writes = false
    /// ```
    ///
    /// # Limits
    /// A key needs a total order: a column that is not unique takes the id as a second one. A cursor
    /// that holds an offset has none of these properties.
    ///
    /// # Sources
    /// Guide, section 9, "Decision Framework: Pagination"; errata `cursor-is-a-wrapping` and
    /// `offset-deletes`. M. Winand, "No Offset".
    pub const TOPIC = Topic {
        id: "pagination",
        title: "How is a long list read piece by piece?",
        noun: "Pagination",
        section: "9",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["pagination", "pagination.style"], &[]),
    };
}

/// Rows from which on an offset is never used: "millions of rows" (guide, section 9).
const MANY: f64 = 1e6;
const AUDIENCES: &[&str] = &["public", "partner", "internal"];

static FACTS: &[Fact] = &[
    Fact::count("rows", "rows", 1.0, 1e12)
        .asks("How many rows can the list come to?")
        .why("An offset reads and discards all rows before the page", "guide, section 9")
        .from(|seen, it| {
            let (entity, path) = entity(seen, it)?;
            let rows = entity.get("rows").filter(|it| it.stated)?;
            Some(Known::at(format!("{path}.rows"), Value::Number(rows.number()?)))
        }),
    Fact::flag("concurrent-writes")
        .asks("Are rows added or removed while clients read the list?")
        .why("Each moves the later pages of an offset by one row", "errata offset-deletes")
        .from(|seen, it| {
            let (entity, path) = entity(seen, it)?;
            let changes = entity.get("changes").filter(|it| it.stated)?;
            Some(Known::at(format!("{path}.changes"), Value::Flag(changes.says("while-read"))))
        }),
    Fact::choice("audience", AUDIENCES)
        .asks("Whose clients read it?")
        .why(
            "Clients that you do not control come to rely on what they can see",
            "guide, section 9",
        )
        .or(Value::Choice("public"))
        .from(|seen, it| seen.word(it, "audience", AUDIENCES)),
    Fact::flag("jump")
        .asks("Must a client be able to jump to page N?")
        .why("Only an offset can", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::flag("hide-position")
        .asks("Must the client be unable to read which row it saw last?")
        .why("A key or an encoded cursor shows it", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::flag("bookmarks")
        .asks("Do clients keep a position for longer than a session?")
        .why("What the server keeps for a page token expires", "guide, section 9")
        .or(Value::Flag(false)),
];

const UNDO: &str = "a new version of the endpoint, and waiting for the last client of the old one";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "offset",
        title: "Offset and limit",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "answer with a link to the next page, and document only the link",
        boring: 1,
    },
    Opt {
        id: "keyset",
        title: "The key of the last row",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "wrap the key in one opaque parameter as soon as a second client appears",
        boring: 2,
    },
    Opt {
        id: "cursor",
        title: "An opaque cursor that holds the key",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "put a version into the cursor, and document it as opaque",
        boring: 3,
    },
    Opt {
        id: "page-token",
        title: "A token of the server's",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "say from the start how long a token lives, and what comes when it has expired",
        boring: 4,
    },
];

/// What a list consists of: the entity that the endpoint reads, named `store.entity`.
fn entity<'a>(seen: &Seen<'a>, subject: &Subject) -> Option<(&'a tradeoff_model::Fact, String)> {
    let (reads, _) = seen.stated(subject, "reads")?;
    let name = reads.text()?;
    seen.stores().iter().find_map(|store| {
        let own = name.strip_prefix(&store.name)?.strip_prefix('.')?;
        let (entities, path) = seen.stated(store, "entities")?;
        Some((entities.get(own)?, format!("{path}.{own}")))
    })
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut endpoints = seen.endpoints();
    endpoints.retain(|it| {
        let lists = seen.stated(it, "returns").is_some_and(|it| it.0.says("list"));
        lists || seen.stated(it, "pagination").is_some()
    });
    endpoints
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let rows = facts.number("rows");
    judge.exclude_if(
        facts.flag("concurrent-writes"),
        "offset",
        &["concurrent-writes"],
        "a row that is added or removed before the page moves it: readers see a row twice or never",
    );
    judge.exclude_if(
        rows >= MANY,
        "offset",
        &["rows"],
        format!("the last page of {} rows reads and discards all rows before it", plain(rows)),
    );
    for option in ["keyset", "cursor", "page-token"] {
        judge.exclude_if(
            facts.flag("jump"),
            option,
            &["jump"],
            "it knows the next page, and no page by its number",
        );
    }
    judge.exclude_if(
        facts.choice("audience") != "internal",
        "keyset",
        &["audience"],
        "clients that you do not control would rely on the columns that the list is sorted by",
    );
    for option in ["keyset", "cursor"] {
        judge.exclude_if(
            facts.flag("hide-position"),
            option,
            &["hide-position"],
            "the client can read the key, encoded or not",
        );
    }
    judge.exclude_if(
        facts.flag("bookmarks"),
        "page-token",
        &["bookmarks"],
        "a position that is kept outlives what the server keeps for it",
    );
}
