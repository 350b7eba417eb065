//! `rate-limiting`: how requests are counted that a caller may make.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// By which algorithm a caller's requests are limited.
    ///
    /// # Why
    /// They differ in what they let through in a moment, and in what they remember. A bucket allows
    /// a burst and then a rate, for two numbers a caller. A leaky bucket smooths: bursts wait. A log
    /// is exact and remembers every request. Counters of a fixed window let twice the limit through
    /// around its edge, which is why they are no answer here; weighed with the window before they
    /// keep a quota within a few percent. All of them can be kept in a store that many replicas
    /// share; GCRA is a bucket that is one time stamp, which such a store changes in one step,
    /// where the others' two numbers take a script.
    ///
    /// # Examples
    /// ```facts answers token-bucket
    /// rate = 10
    /// ```
    /// ```facts answers leaky-bucket
    /// bursts-allowed = false
    /// ```
    /// ```facts answers sliding-log
    /// exact = true
    /// rate = 10
    /// ```
    /// ```facts answers sliding-window
    /// quota = true
    /// ```
    /// ```facts answers gcra
    /// replicas = 20
    /// shared = true
    /// ```
    /// Ten million callers of a bucket's two numbers are 160 MB, and of one time stamp 80:
    /// ```facts answers gcra
    /// clients = 10M
    /// ```
    /// A log of 600 times for each of 10,000 callers is 48 MB; from 208,334 callers on it
    /// does not fit 1 GB:
    /// ```facts flips none clients 208400
    /// exact = true
    /// rate = 10
    /// memory = 1000
    /// ```
    ///
    /// # Limits
    /// A limit protects from callers, not from load: what is refused costs something too, and
    /// shedding load is another matter. Say `429`, with `Retry-After`.
    ///
    /// # Sources
    /// Guide, section 9, "Rate Limiting Strategies". ITU-T I.371 (GCRA). RFC 6585 (429). Cloudflare,
    /// "How we built rate limiting capable of scaling to millions of domains" (sliding window).
    pub const TOPIC = Topic {
        id: "rate-limiting",
        title: "How are a caller's requests limited?",
        noun: "Rate limiting",
        section: "9",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["rate_limit.algorithm"], &[]),
    };
}

/// Bytes of a time, or of a counter.
const WORD: f64 = 8.0;

static FACTS: &[Fact] = &[
    Fact::flag("bursts-allowed")
        .asks("May a caller make several requests at once, if it has been silent before?")
        .why("A bucket lets them through, a leaky one makes them wait", "guide, section 9")
        .or(Value::Flag(true))
        .from(|seen, it| {
            let burst = seen.number(it, "rate_limit.burst", 1.0)?;
            let Value::Number(burst) = burst.value else { return None };
            Some(Known::at(it.below("rate_limit.burst"), Value::Flag(burst > 1.0)))
        }),
    Fact::flag("exact")
        .asks("Must no window ever hold one request too many?")
        .why("Only a log of all requests knows", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::flag("quota")
        .asks("Is it a quota of a window, such as an hour, rather than a rate?")
        .why("A bucket allows its burst on top of it", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::number("rate", "/s", 0.001, 1e6)
        .asks("How many requests a second may a caller make?")
        .why("A log remembers as many", "guide, section 9")
        .or(Value::Number(10.0))
        .from(|seen, it| {
            let direct = seen.number(it, "rate_limit", 1.0);
            direct.or_else(|| seen.number(it, "rate_limit.rate", 1.0))
        }),
    Fact::number("window", "s", 1.0, 1e7)
        .asks("Over how many seconds is it counted?")
        .why("Times the rate it is what a log remembers", "guide, section 9")
        .or(Value::Number(60.0)),
    Fact::count("clients", "callers", 1.0, 1e9)
        .asks("How many callers are counted at a time?")
        .why("Each has its own numbers", "guide, section 9")
        .or(Value::Number(10_000.0)),
    Fact::count("replicas", "replicas", 1.0, 1e5)
        .asks("How many replicas take requests?")
        .why("Each that counts alone allows all of the limit", "guide, section 9")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let (service, _) = *seen.analysis.endpoints.get(it.at)?;
            let replicas = seen.architecture.services[service].replicas.value;
            Some(Known::derived("services", Value::Number(f64::from(replicas))))
        }),
    Fact::flag("shared")
        .asks("Must the limit hold over all replicas together?")
        .why("Then they count in one store, at once", "guide, section 9")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (store, path) = seen.stated(it, "rate_limit.store")?;
            Some(Known::at(path, Value::Flag(!store.says("memory"))))
        }),
    Fact::number("memory", "MB", 0.1, 1e6)
        .asks("How much memory may the counting take?")
        .why("It may need more, a log first", "arithmetic")
        .or(Value::Number(100.0)),
];

const UNDO: &str = "another algorithm behind the same limit";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "token-bucket",
        title: "Token bucket",
        reversal: Reversal::Days,
        undo: UNDO,
        door: "count first and refuse nothing, until you know who would be refused",
        boring: 1,
    },
    Opt {
        id: "leaky-bucket",
        title: "Leaky bucket",
        reversal: Reversal::Days,
        undo: UNDO,
        door: "bound its queue: what waits too long is refused",
        boring: 2,
    },
    Opt {
        id: "gcra",
        title: "GCRA in a store that is shared",
        reversal: Reversal::Days,
        undo: UNDO,
        door: "decide what happens while the store is away: allow, and count in memory",
        boring: 3,
    },
    Opt {
        id: "sliding-window",
        title: "Sliding-window counter",
        reversal: Reversal::Days,
        undo: UNDO,
        door: "tell callers what is left (RateLimit headers), so that they can wait",
        boring: 4,
    },
    Opt {
        id: "sliding-log",
        title: "Sliding log",
        reversal: Reversal::Days,
        undo: UNDO,
        door: "bound the length of each log by the limit itself",
        boring: 5,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut endpoints = seen.endpoints();
    endpoints.retain(|it| {
        let outside = seen.stated(it, "audience").is_some_and(|it| !it.0.says("internal"));
        outside || seen.stated(it, "rate_limit").is_some()
    });
    endpoints
}

/// What each algorithm but the log keeps of a caller, and in how many words.
const KEPT: [(&str, f64, &str); 4] = [
    ("token-bucket", 2.0, "what is left and when"),
    ("leaky-bucket", 2.0, "what is in it and when; what waits not counted"),
    ("gcra", 1.0, "one time"),
    ("sliding-window", 2.0, "two counters"),
];

/// The memory of what does not remember each request.
fn remembered(judge: &mut Judge, clients: f64, memory: f64) {
    for (option, words, what) in KEPT {
        let bytes = clients * words * WORD / 1e6;
        let sum = format!("{} x {} x {} B", plain(clients), plain(words), plain(WORD));
        judge.exclude_if(
            bytes > memory,
            option,
            &["clients", "memory"],
            format!("{sum} = {} MB, of {}", plain(bytes), plain(memory)),
        );
        judge.line(format!("memory: {option}"), format!("{sum}: {what}"), bytes, "MB");
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [bursts, exact, quota, shared] =
        ["bursts-allowed", "exact", "quota", "shared"].map(|it| facts.flag(it));
    let [rate, window, clients, replicas, memory] =
        ["rate", "window", "clients", "replicas", "memory"].map(|it| facts.number(it));
    let limit = rate * window;
    for option in ["token-bucket", "leaky-bucket", "gcra", "sliding-window"] {
        judge.exclude_if(
            exact,
            option,
            &["exact"],
            "it does not remember each request, so that some window may hold too many",
        );
    }
    for option in ["token-bucket", "gcra"] {
        // Without a burst a bucket lets no more through than the quota of any window.
        judge.exclude_if(
            quota && bursts,
            option,
            &["quota", "bursts-allowed", "rate", "window"],
            format!("it lets its burst through on top of the {} of a window", plain(limit)),
        );
    }
    if shared && replicas > 1.0 {
        if !judge.is_excluded("gcra") {
            let one_step = "one number for each caller that a shared store changes in one step";
            judge.serves(one_step, &["gcra"]);
        }
        judge.advise(format!(
            "Count in one store that all share: {} that count alone would allow {} x {}/s = {}/s.",
            with_unit(replicas, "replicas"),
            plain(replicas),
            plain(rate),
            plain(replicas * rate)
        ));
    }
    judge.exclude_if(
        !bursts,
        "token-bucket",
        &["bursts-allowed"],
        "a caller that was silent may make all that it has saved at once",
    );
    judge.exclude_if(
        bursts,
        "leaky-bucket",
        &["bursts-allowed"],
        format!("of a burst each request would wait {} ms longer", plain(1e3 / rate)),
    );
    judge.exclude_if(
        !quota,
        "sliding-window",
        &["quota", "rate", "window"],
        format!("it lets all {} of a window through in one moment", plain(limit)),
    );
    judge.exclude_if(
        !bursts,
        "sliding-window",
        &["bursts-allowed", "rate", "window"],
        format!("it lets all {} of a window through in one moment", plain(limit)),
    );
    remembered(judge, clients, memory);
    let bytes = clients * limit * WORD / 1e6;
    let sum =
        format!("{} x {}/s x {} s x {} B", plain(clients), plain(rate), plain(window), plain(WORD));
    judge.exclude_if(
        !exact,
        "sliding-log",
        &["exact", "clients", "rate", "window"],
        format!("nobody asks for what {} MB would be kept for", plain(bytes)),
    );
    judge.exclude_if(
        bytes > memory,
        "sliding-log",
        &["clients", "rate", "window", "memory"],
        format!("{sum} = {} MB, of {}", plain(bytes), plain(memory)),
    );
    judge.line("requests of a window", "rate x window", limit, "");
    judge.line("memory: sliding-log", sum, bytes, "MB");
    let text = format!("{} x {}/s", plain(replicas), plain(rate));
    judge.line("allowed if each replica counts alone", text, replicas * rate, "/s");
    judge.line("allowed around the edge of a fixed window", "twice", 2.0 * limit, "");
}
