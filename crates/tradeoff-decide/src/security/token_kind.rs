//! `token-kind`: what is shown from request to request.

use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value, subjects,
};

topic! {
    /// Whether a caller shows a token that speaks for itself, or one that has to be looked up.
    ///
    /// # Why
    /// A JWT is checked with a key, by any replica, without asking anybody; so nobody can take it
    /// back before it expires. A session is looked up at every request; deleting it ends it. What
    /// decides is how long a stolen or withdrawn token may still work, against the look-ups a
    /// second. Between services ten minutes are bearable, and the look-ups many. A user who signs
    /// out wants to be out.
    ///
    /// # Examples
    /// ```facts answers jwt
    /// holder = service
    /// lifetime = 10min
    /// ```
    /// ```facts answers session
    /// holder = user
    /// ```
    /// A service whose token must be of no use within a minute: a list of what was withdrawn, read
    /// twice a minute by each replica, is less than a look-up at each request.
    /// ```facts answers jwt-with-blocklist
    /// holder = service
    /// lifetime = 10min
    /// revocation-within = 1min
    /// ```
    /// With a minute that clocks may differ, a JWT of 14.1 minutes works for longer than 15 after
    /// it was withdrawn:
    /// ```facts flips jwt-with-blocklist lifetime 14.1
    /// holder = service
    /// lifetime = 10min
    /// ```
    /// Where a day may pass until a withdrawal is known, ten hours are still not short:
    /// ```facts answers jwt-with-blocklist
    /// holder = service
    /// lifetime = 600min
    /// revocation-within = 86400
    /// ```
    ///
    /// # Limits
    /// A session needs a store that all replicas share, and is down when it is. What is in a JWT can
    /// be read by whoever holds it. Refresh tokens are another matter: they are looked up, and
    /// rotate.
    ///
    /// # Sources
    /// Guide, section 10, "JWT vs. Session Tokens"; erratum `jwt-skew`. RFC 7519, section 4.1.4.
    /// RFC 9700.
    pub const TOPIC = Topic {
        id: "token-kind",
        title: "Does a caller show a token that speaks for itself?",
        noun: "Kind of token",
        section: "10",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

/// Readings of a blocklist within the time in which a withdrawal must be known: half of it may have
/// passed when a reading fails.
const READINGS: f64 = 2.0;
/// Minutes that a JWT lives less than; guide, section 10.
const SHORT: f64 = 15.0;
const HOLDERS: &[&str] = &["user", "service"];

static FACTS: &[Fact] = &[
    Fact::choice("holder", HOLDERS)
        .asks("Who shows it: a user, or a service?")
        .why("A user signs out, and is to be out", "guide, section 10")
        .from(|seen, it| {
            let (kind, path) = seen.stated(it, "kind")?;
            let word = if kind.says("service") { "service" } else { "user" };
            Some(Known::at(path, Value::Choice(word)))
        }),
    Fact::number("lifetime", "min", 0.1, 1e6)
        .asks("How long is a token valid, in minutes?")
        .why("Nobody can take a JWT back before that", "guide, section 10: under 15 minutes")
        .or(Value::Number(10.0))
        .from(|seen, _| {
            let path = "security.tokens.access.lifetime";
            let stated = seen.architecture.facts.get(path).filter(|it| it.stated)?;
            Some(Known::at(path, Value::Number(stated.duration()? as f64 / 60e9)))
        }),
    Fact::number("skew", "min", 0.0, 60.0)
        .asks("By how many minutes may clocks differ, by the leeway of the check?")
        .why("A token works so much longer", "RFC 7519, section 4.1.4")
        .or(Value::Number(1.0)),
    Fact::number("revocation-within", "s", 0.0, 1e7)
        .asks("Within how many seconds must a withdrawn token be of no use?")
        .why("It is what a thief has", "guide, section 10")
        .or(Value::Number(900.0)),
    Fact::flag("signs-out")
        .asks("If it is a user's: must signing out, or a ban, hold at once?")
        .why("\"Session tokens for user sessions where revocation matters\"", "guide, section 10")
        .or(Value::Flag(true)),
    Fact::number("rate", "/s", 0.001, 1e8)
        .asks("How many requests a second carry one?")
        .why("A session is looked up at each of them", "guide, section 10")
        .or(Value::Number(100.0))
        .from(|seen, _| {
            let rate = seen.steady.total;
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
        }),
    Fact::number("hops", "services", 1.0, 100.0)
        .asks("How many services on the way check it?")
        .why("Each of them looks a session up, none a JWT", "guide, section 10")
        .or(Value::Number(1.0)),
    Fact::count("replicas", "replicas", 1.0, 1e6)
        .asks("How many replicas check them?")
        .why("Each reads a list of what was withdrawn", "guide, section 10, blocklist")
        .or(Value::Number(10.0))
        .from(|seen, _| {
            let all: u32 = seen.architecture.services.iter().map(|it| it.replicas.value).sum();
            (all > 0).then(|| Known::derived("services", Value::Number(f64::from(all))))
        }),
    Fact::number("size", "bytes", 50.0, 8000.0)
        .asks("How large is the JWT?")
        .why("It is sent with every request; a session is about 32 bytes", "guide, section 10")
        .or(Value::Number(800.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "session",
        title: "A session that is looked up",
        reversal: Reversal::Weeks,
        undo: "accepting both until the old ones have expired",
        door: "check tokens in one place, so that what they are can change behind it",
        boring: 1,
    },
    Opt {
        id: "jwt",
        title: "A short JWT",
        reversal: Reversal::Weeks,
        undo: "accepting both until the old ones have expired",
        door: "check tokens in one place, publish the keys with an id, and rotate them",
        boring: 2,
    },
    Opt {
        id: "jwt-with-blocklist",
        title: "A JWT, and a list of those that were withdrawn",
        reversal: Reversal::Weeks,
        undo: "accepting both until the old ones have expired",
        door: "give each token an id (jti) from the start, even if nobody lists it yet",
        boring: 3,
    },
];

/// Whether a list blocks a token before its time stands elsewhere.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let (holds, path) = seen.stated(subject, "holds")?;
    let is = match holds.text()? {
        "session-cookie" => Is::One("session"),
        "jwt" => Is::Untold,
        _ => Is::NoneOf,
    };
    Some(Standing::at(path, holds.text()?, is))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    subjects::entries(seen, "security.clients")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let user = facts.choice("holder") == "user";
    let at_once = user && facts.flag("signs-out");
    let [lifetime, skew, asked] =
        ["lifetime", "skew", "revocation-within"].map(|it| facts.number(it));
    let [rate, hops, replicas, size] =
        ["rate", "hops", "replicas", "size"].map(|it| facts.number(it));
    let within = if at_once { 0.0 } else { asked };
    let works = (lifetime + skew) * 60.0;
    judge.exclude_if(
        at_once,
        "jwt",
        &["holder", "signs-out", "lifetime"],
        format!(
            "who has signed out is still in for up to {} + {} minutes",
            plain(lifetime),
            plain(skew)
        ),
    );
    judge.exclude_if(
        works > within,
        "jwt",
        &["lifetime", "skew", "revocation-within"],
        format!(
            "({} + {}) x 60 = {} s in which a withdrawn token works, and {} s it may",
            plain(lifetime),
            plain(skew),
            plain(works),
            plain(within)
        ),
    );
    judge.exclude_if(
        lifetime >= SHORT,
        "jwt",
        &["lifetime"],
        format!(
            "a JWT that nobody lists lives less than {} minutes, and not {}",
            plain(SHORT),
            plain(lifetime)
        ),
    );
    let each = rate * hops;
    let listed = if within > 0.0 { (replicas * READINGS / within).min(each) } else { each };
    let figures = [("session", each), ("jwt", 0.0), ("jwt-with-blocklist", listed)];
    judge.compare("looks up less", &figures);
    judge.line("a withdrawn JWT works for", "(lifetime + skew) x 60", works, "s");
    let text = format!("{}/s x {}", plain(rate), plain(hops));
    judge.line("look-ups: session", text, each, "/s");
    judge.line("look-ups: jwt", "a key is enough", 0.0, "/s");
    let text = if within > 0.0 {
        format!("{} replicas x {} / {} s", plain(replicas), plain(READINGS), plain(within))
    } else {
        "at every request".to_owned()
    };
    judge.line("look-ups: jwt-with-blocklist", text, listed, "/s");
    let text = format!("{}/s x {} B", plain(each), plain(size));
    judge.line("sent: jwt", text, each * size / 1e3, "kB/s");
    if lifetime >= SHORT {
        judge.advise(format!(
            "A JWT of less than {} minutes needs no list where so long may pass (guide, section \
             10).",
            plain(SHORT)
        ));
    }
}
