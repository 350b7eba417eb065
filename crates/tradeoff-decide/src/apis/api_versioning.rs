//! `api-versioning`: how an API changes under its clients.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// How a caller says which version of an API it was written for.
    ///
    /// # Why
    /// A version is a promise to clients that you cannot make change. With your own you can agree on
    /// a day, and need none as long as changes only add. For others a number in the path is seen,
    /// routed and logged everywhere; it costs them a migration at each break. Pinning every client
    /// to the day on which it came costs them nothing, and you all versions there ever were.
    ///
    /// # Examples
    /// ```facts answers none-but-additive
    /// audience = internal
    /// ```
    /// ```facts answers path
    /// audience = public
    /// ```
    /// Where addresses are identifiers that clients keep:
    /// ```facts answers header
    /// audience = public
    /// stable-addresses = true
    /// ```
    /// ```facts answers date-pinned
    /// audience = public
    /// clients-pinned-for-years = true
    /// staff = 10
    /// ```
    /// and a version has to be chosen by a link, which carries no header:
    /// ```facts answers query-parameter
    /// audience = public
    /// stable-addresses = true
    /// by-link = true
    /// ```
    /// Three versions at four weeks a year are 12 weeks, which is a quarter of an engineer:
    /// ```facts flips path staff 0.26
    /// audience = public
    /// clients-pinned-for-years = true
    /// staff = 10
    /// ```
    ///
    /// # Limits
    /// Which changes only add is for a machine to check, in both directions. A version that nobody
    /// switches off is a promise for ever: say when it ends (`Sunset`, RFC 8594).
    ///
    /// # Sources
    /// Guide, section 9, "API Versioning Strategies" and "Stripe's API Versioning". A query
    /// parameter is how Azure's REST API guidelines (`api-version`) do it.
    pub const TOPIC = Topic {
        id: "api-versioning",
        title: "How does a caller say which version it was written for?",
        noun: "API versioning",
        section: "9",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

const AUDIENCES: &[&str] = &["public", "partner", "internal"];
/// Weeks that an engineer works in a year.
const WEEKS: f64 = 46.0;

static FACTS: &[Fact] = &[
    Fact::choice("audience", AUDIENCES)
        .asks("Whose clients call it?")
        .why("Versions are for clients that you do not control", "guide, section 9")
        .from(|seen, _| {
            let stated = seen.endpoints();
            let words: Vec<(&str, String)> = stated
                .iter()
                .filter_map(|it| {
                    let (fact, path) = seen.stated(it, "audience")?;
                    let word = AUDIENCES.iter().find(|word| fact.says(word))?;
                    Some((*word, path))
                })
                .collect();
            // The one that reaches furthest.
            let widest = AUDIENCES.iter().find_map(|word| words.iter().find(|it| it.0 == *word));
            let (word, path) = widest?;
            let word = AUDIENCES.iter().find(|it| *it == word)?;
            Some(Known::derived(path.clone(), Value::Choice(word)))
        }),
    Fact::flag("clients-pinned-for-years")
        .asks("Are there clients that will not change for years?")
        .why("At each break they are lost, or an old version is kept for them", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::flag("stable-addresses")
        .asks("Do clients keep addresses as names of things, beyond a version?")
        .why("A version in the path gives each thing a name in every version", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::flag("by-link")
        .asks("Must a version be chosen by a link alone, as in a browser or an e-mail?")
        .why("A link carries no header, but a parameter", "guide, section 9: query parameter")
        .or(Value::Flag(false)),
    Fact::number("breaking", "a year", 0.0, 365.0)
        .asks("How many changes a year break a client?")
        .why("Each makes a version", "guide, section 9")
        .or(Value::Number(1.0)),
    Fact::number("years", "y", 0.1, 50.0)
        .asks("For how many years does an old version stay?")
        .why("Times the breaks it is the versions that are kept", "guide, section 9")
        .or(Value::Number(3.0)),
    Fact::number("upkeep", "weeks", 0.0, 52.0)
        .asks("How many weeks a year does it cost to keep a version working and tested?")
        .why("Pinning keeps all of them: \"an enormous investment\"", "guide, section 9, Stripe")
        .or(Value::Number(4.0)),
    Fact::number("staff", "engineers", 0.0, 1e4)
        .asks("How many engineers are there to keep old versions alive?")
        .why("Pinning keeps all of them: \"an enormous investment\"", "guide, section 9, Stripe")
        .or(Value::Number(0.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "none-but-additive",
        title: "No version: changes only add",
        reversal: Reversal::Days,
        undo: "a version can be introduced on any day",
        door: "check in CI that nothing was taken away, and know who calls what",
        boring: 1,
    },
    Opt {
        id: "path",
        title: "In the path: /v1/",
        reversal: Reversal::Months,
        undo: "waiting for the last client of the old addresses",
        door: "start with /v1/, even if you are not sure that there will be a second",
        boring: 2,
    },
    Opt {
        id: "header",
        title: "In a header or media type",
        reversal: Reversal::Months,
        undo: "waiting for the last client that sends it",
        door: "answer with the version that was used, and `Vary` by the header",
        boring: 3,
    },
    Opt {
        id: "query-parameter",
        title: "In a parameter of the query",
        reversal: Reversal::Months,
        undo: "waiting for the last client that sends it",
        door: "refuse what leaves it out, or pin for ever what that means",
        boring: 4,
    },
    Opt {
        id: "date-pinned",
        title: "Pinned to a day by key",
        reversal: Reversal::Never,
        undo: "every client was promised that its version stays",
        door: "write each break as one transformation between two days, and test the chain",
        boring: 5,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let endpoints = seen.endpoints();
    let stated = endpoints.iter().any(|it| seen.stated(it, "audience").is_some());
    if stated { vec![seen.whole()] } else { Vec::new() }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let own = facts.choice("audience") == "internal";
    let [pinned, stable, by_link] =
        ["clients-pinned-for-years", "stable-addresses", "by-link"].map(|it| facts.flag(it));
    let [breaking, years, upkeep, staff] =
        ["breaking", "years", "upkeep", "staff"].map(|it| facts.number(it));
    let kept = breaking * years;
    let weeks = kept * upkeep;
    judge.exclude_if(
        !own,
        "none-but-additive",
        &["audience"],
        "clients that you do not control do not change on the day of the first break: before it, \
         each has to say what it was written for",
    );
    for option in ["path", "header", "query-parameter", "date-pinned"] {
        judge.exclude_if(
            own,
            option,
            &["audience"],
            "old versions would be kept for callers that can change with you",
        );
    }
    judge.exclude_if(
        stable,
        "path",
        &["stable-addresses"],
        "each thing would get another address with each version",
    );
    judge.exclude_if(
        !stable,
        "header",
        &["stable-addresses"],
        "a version that is not in the address is missing in links, logs and caches",
    );
    judge.exclude_if(
        by_link,
        "header",
        &["by-link"],
        "a link carries no header: it would lead to whichever version is the default",
    );
    judge.exclude_if(
        !stable,
        "query-parameter",
        &["stable-addresses"],
        "a parameter can be left out of a copied address, a part of the path cannot",
    );
    judge.exclude_if(
        !by_link,
        "query-parameter",
        &["by-link"],
        "nobody chooses a version by a link, and a parameter makes as many addresses of a thing",
    );
    judge.exclude_if(
        kept <= 0.0,
        "date-pinned",
        &["breaking", "years"],
        "nothing breaks: there is no old version to be pinned to",
    );
    judge.exclude_if(
        !pinned,
        "date-pinned",
        &["clients-pinned-for-years"],
        "clients can move within the years in which an old version stays",
    );
    let sum = format!("{} x {} y x {} weeks", plain(breaking), plain(years), plain(upkeep));
    judge.exclude_if(
        weeks > staff * WEEKS || staff <= 0.0,
        "date-pinned",
        &["breaking", "years", "upkeep", "staff"],
        format!(
            "{sum} = {} weeks a year, and of {} there are {}",
            plain(weeks),
            with_unit(staff, "engineers"),
            plain(staff * WEEKS)
        ),
    );
    if pinned {
        judge.serves("clients that never change keep working", &["date-pinned"]);
    }
    let text = format!("{} a year x {} y", plain(breaking), plain(years));
    judge.line("versions that are kept", text, kept, "");
    judge.line("upkeep", sum, weeks, "weeks a year");
    judge.line("engineers", format!("weeks / {}", plain(WEEKS)), weeks / WEEKS, "");
}
