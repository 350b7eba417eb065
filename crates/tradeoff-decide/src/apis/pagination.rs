//! `pagination`: what says where the next page begins.

use crate::value::{plain, with_unit};
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
    /// The rows that each reads, and those that an offset shows twice or never, are in the
    /// arithmetic.
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
    /// and keeps it for longer than a server keeps a token:
    /// ```facts answers encrypted-cursor
    /// rows = 2k
    /// concurrent-writes = true
    /// hide-position = true
    /// bookmarks = true
    /// ```
    /// What is only added behind a reader moves no page:
    /// ```facts answers offset
    /// rows = 2k
    /// concurrent-writes = true
    /// added = 0
    /// removed = 0
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
    /// A key needs a total order: a column that is not unique takes the id as a second one, and an
    /// index. A cursor that holds an offset has none of these properties. Between two pages
    /// what is removed in front of a reader makes up for as much that is added: rows seen twice or
    /// never are those left over, in means, and chance adds some of both.
    ///
    /// # Sources
    /// Guide, section 9, "Decision Framework: Pagination"; errata `cursor-is-a-wrapping` and
    /// `offset-deletes`. M. Winand, "No Offset". J. Nielsen, "How Long Do Users Stay on Web
    /// Pages?", 2011.
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
    Fact::count("page", "rows", 1.0, 1e6)
        .asks("How many rows has a page?")
        .why("An offset is so many rows a page", "guide, section 9: LIMIT 20")
        .or(Value::Number(20.0))
        .from(|seen, it| {
            let known = seen.number(it, "pagination.size", 1.0)?;
            matches!(known.value, Value::Number(rows) if rows <= 1e6).then_some(known)
        }),
    Fact::count("depth", "pages", 1.0, 1e12)
        .asks("How many pages deep does a reader go?")
        .why("It shows what a page costs there, and decides nothing", "guide, section 9")
        .or(Value::Number(10.0)),
    Fact::number("turning", "s", 0.0, 1e7)
        .asks("How long does a reader stay on a page, in seconds?")
        .why("So long rows are added and removed before the next page", "Nielsen, 2011: 10 to 20 s")
        .or(Value::Number(10.0)),
    Fact::number("added", "/s", 0.0, 1e7)
        .asks("If the list is written meanwhile: how many rows a second come in front of a reader?")
        .why("Each pushes a row to the next page, where it is seen again", "errata offset-deletes")
        .or(Value::Number(1.0)),
    Fact::number("removed", "/s", 0.0, 1e7)
        .asks("And how many rows a second are removed in front of a reader?")
        .why("Each pulls a row to the page before, where nobody looks", "errata offset-deletes")
        .or(Value::Number(0.1)),
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
    Opt {
        id: "encrypted-cursor",
        title: "A cursor that only the server can read",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "name the key that it is encrypted with in it, so that keys can be changed",
        boring: 5,
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

/// What an offset costs and shows.
struct Reads {
    rows: f64,
    page: f64,
    /// Pages of the list, and the one that a reader goes to.
    pages: f64,
    depth: f64,
    /// Rows that come and go in front of a reader between two pages; none if nobody writes.
    added: f64,
    removed: f64,
    /// Whether any do, however soon a page is turned.
    moving: bool,
}

impl Reads {
    fn of(facts: &Answers) -> Self {
        let [rows, page, depth, turning] =
            ["rows", "page", "depth", "turning"].map(|it| facts.number(it));
        let written = facts.flag("concurrent-writes");
        let moved = |name| if written { facts.number(name) * turning } else { 0.0 };
        let pages = libm::ceil(rows / page);
        let (added, removed) = (moved("added"), moved("removed"));
        let moving = written && ["added", "removed"].iter().any(|it| facts.number(it) > 0.0);
        Self { rows, page, pages, depth: depth.min(pages), added, removed, moving }
    }

    /// Rows that are read and thrown away before a page.
    fn discarded(&self, page: f64) -> f64 {
        (page - 1.0) * self.page
    }

    /// The same for all pages up to one, one after the other: 1 + 2 + .. of them.
    fn discarded_up_to(&self, page: f64) -> f64 {
        self.page * page * (page - 1.0) / 2.0
    }

    /// Rows that are seen twice when a page is turned, what is removed making up for what is added:
    /// at most all of it.
    fn twice(&self) -> f64 {
        (self.added - self.removed).clamp(0.0, self.page)
    }

    /// Rows that are never seen when a page is turned.
    fn never(&self) -> f64 {
        (self.removed - self.added).max(0.0)
    }

    /// Whether there is a page to turn to.
    fn turns(&self) -> bool {
        self.pages > 1.0
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let reads = Reads::of(facts);
    judge.exclude_if(
        reads.moving,
        "offset",
        &["concurrent-writes", "added", "removed"],
        moves(facts, &reads),
    );
    judge.exclude_if(
        reads.rows >= MANY,
        "offset",
        &["rows"],
        format!(
            "the last page, of {}, reads and throws away {} before it; all pages one after the \
             other {}",
            with_unit(reads.rows, "rows"),
            with_unit(reads.discarded(reads.pages), "rows"),
            plain(reads.discarded_up_to(reads.pages))
        ),
    );
    for option in ["keyset", "cursor", "page-token", "encrypted-cursor"] {
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
    if !reads.turns() {
        judge.advise("All of it fits one page: as long as it does, nothing has to be turned.");
    }
    arithmetic(facts, &reads, judge);
}

/// What an offset shows of a list that is written meanwhile.
fn moves(facts: &Answers, reads: &Reads) -> String {
    let what = "a row that is added or removed before the page moves it";
    if !reads.turns() {
        return format!(
            "{what}: as soon as there is a second page, readers see a row twice or never"
        );
    }
    if reads.added <= 0.0 && reads.removed <= 0.0 {
        return format!("{what}: readers see a row twice or never");
    }
    let came = [(reads.added, "added"), (reads.removed, "removed")];
    let came: Vec<String> =
        came.iter().filter(|it| it.0 > 0.0).map(|it| format!("{} {}", plain(it.0), it.1)).collect();
    let sees = if reads.twice() > 0.0 {
        format!("sees {} twice", plain(reads.twice()))
    } else if reads.never() > 0.0 {
        format!("never sees {}", plain(reads.never()))
    } else {
        "sees a row twice or never as it happens".to_owned()
    };
    format!(
        "{what}: in {} {} in front of a reader, who {sees} at each page",
        with_unit(facts.number("turning"), "s"),
        came.join(" and ").replacen(' ', " are ", 1),
    )
}

fn arithmetic(facts: &Answers, reads: &Reads, judge: &mut Judge) {
    let [page, pages, depth, rows] = [reads.page, reads.pages, reads.depth, reads.rows].map(plain);
    let mut line = |name: String, text: String, value: f64| judge.line(name, text, value, "rows");
    line(
        format!("read and thrown away before page {depth}, by offset"),
        format!("({depth} - 1) x {page}"),
        reads.discarded(reads.depth),
    );
    line(
        format!("the same before the last page, {pages}"),
        format!("({pages} - 1) x {page}"),
        reads.discarded(reads.pages),
    );
    line(
        "the same for all pages one after the other".to_owned(),
        format!("{page} x {pages} x ({pages} - 1) / 2"),
        reads.discarded_up_to(reads.pages),
    );
    let one = reads.page.min(reads.rows);
    line("read for any page, by key".to_owned(), "its own rows".to_owned(), one);
    line("read for all pages, by key".to_owned(), "each once".to_owned(), reads.rows);
    if !reads.moving || !reads.turns() {
        return;
    }
    let [added, removed, turning] =
        ["added", "removed", "turning"].map(|it| plain(facts.number(it)));
    let (twice, never) = (reads.twice(), reads.never());
    let turns = reads.depth - 1.0;
    line(
        "seen twice at each page, by offset".to_owned(),
        format!("({added}/s - {removed}/s) x {turning} s, at least 0 and at most {page}"),
        twice,
    );
    line(
        "never seen at each page, by offset".to_owned(),
        format!("({removed}/s - {added}/s) x {turning} s, at least 0"),
        never,
    );
    let all = (never * turns).min(reads.rows);
    line(
        format!("seen twice up to page {depth}, by offset"),
        format!("{} x {}", plain(twice), plain(turns)),
        twice * turns,
    );
    line(
        format!("never seen up to page {depth}, by offset"),
        format!("{} x {}, at most {rows}", plain(never), plain(turns)),
        all,
    );
    line("seen twice or never, by key".to_owned(), "it says after which row".to_owned(), 0.0);
}
