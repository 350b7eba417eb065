//! `cache-pattern`: whether to cache, and who fills it.

use crate::caches::{break_even, expiring, exposure, held, mean, stampede};
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether a cache pays, and who puts what into it.
    ///
    /// # Why
    /// A cache is a copy that may lag. What it gives is arithmetic: every read pays for the look,
    /// and each hit saves a read of the origin, so that it saves time from `cache-time /
    /// origin-time` on, be that 8% or 80%. What it takes is arithmetic too: a popular entry that
    /// expires is loaded by everybody who asks while it loads, and on the day when the cache is lost
    /// the origin gets all of the load that it was spared.
    ///
    /// # Examples
    /// 0.4 ms before 5 ms pay from 8% of hits on:
    /// ```facts answers cache-aside
    /// origin-time = 5ms
    /// cache-time = 0.4ms
    /// hit-ratio = 90%
    /// ```
    /// 4 ms before 5 ms pay from 80% on:
    /// ```facts answers no-cache
    /// origin-time = 5ms
    /// cache-time = 4ms
    /// hit-ratio = 70%
    /// ```
    /// unless the origin must be spared more than the reader:
    /// ```facts answers cache-aside
    /// origin-time = 5ms
    /// cache-time = 4ms
    /// hit-ratio = 70%
    /// relief = 50%
    /// ```
    /// A library or proxy in use that loads what is missing:
    /// ```facts answers read-through
    /// hit-ratio = 90%
    /// loader = true
    /// ```
    /// Whoever writes looks at once:
    /// ```facts answers write-through
    /// hit-ratio = 90%
    /// writes-then-reads = true
    /// staleness = 1s
    /// ```
    /// Counters, of which a few may be lost:
    /// ```facts answers write-behind
    /// hit-ratio = 90%
    /// write-heavy = true
    /// loss-acceptable = true
    /// ```
    /// Seeing at once what was written comes before popular keys, which can be refreshed as well:
    /// ```facts answers write-through
    /// hit-ratio = 90%
    /// writes-then-reads = true
    /// hot-keys-known = true
    /// ```
    /// The front page, whose entries everybody asks for:
    /// ```facts answers refresh-ahead
    /// hit-ratio = 90%
    /// hot-keys-known = true
    /// ```
    /// Sparing the origin by 80% is more than seven hits of ten can do, and without a cache it is not
    /// spared at all:
    /// ```facts answers none
    /// hit-ratio = 70%
    /// relief = 80%
    /// ```
    /// What may not be old at all, not even by the time that it takes to load:
    /// ```facts answers no-cache
    /// hit-ratio = 90%
    /// staleness = 0
    /// ```
    /// unless the slow read can be mended, which spares it as well:
    /// ```facts answers no-cache
    /// hit-ratio = 90%
    /// relief = 50%
    /// slow-query-fixable = true
    /// ```
    /// Memory for a twentieth of what is asked for again, all of it alike, is one hit of twenty:
    /// ```facts answers no-cache
    /// hit-ratio = 90%
    /// fits = 5%
    /// skew = 0
    /// ```
    /// It stops paying where hits do not save what looks cost:
    /// ```facts flips no-cache hit-ratio 8%
    /// origin-time = 5ms
    /// cache-time = 0.4ms
    /// hit-ratio = 90%
    /// ```
    ///
    /// # Limits
    /// Means, no tails: misses are still as slow as the origin, and slower by the look. Reads of the
    /// hottest key are Poisson. The hit ratio must be measured or simulated, and it is nothing while
    /// the cache is cold. What memory bounds it to is that of a cache which knows the most popular
    /// keys, of very many, whose popularity does not change: a real one is below.
    ///
    /// # Sources
    /// Guide, section 5, "Core Cache Patterns", "When Caching Hurts", "Thundering Herd"; errata
    /// `hit-ratio-threshold`, `write-through-consistency` and `working-set`. Breslau et al., "Web
    /// Caching and Zipf-like Distributions", INFOCOM 1999. Vattani, Chierichetti, Lowenstein,
    /// "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015. Jung, Berger, Balakrishnan,
    /// "Modeling TTL-based Internet caches", INFOCOM 2003.
    pub const TOPIC = Topic {
        id: "cache-pattern",
        title: "Does a cache pay, and who fills it?",
        noun: "Cache pattern",
        section: "5",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["pattern"], &[]),
    };
}

static FACTS: &[Fact] = &[
    Fact::number("hit-ratio", "%", 0.0, 99.9999)
        .asks("Which share of the look-ups finds what it looks for?")
        .why("Each hit saves a read of the origin", "guide, section 5, When Caching Hurts")
        .from(|seen, it| seen.number(it, "hit_ratio", 100.0)),
    Fact::number("fits", "%", 0.01, 1e5)
        .asks("How large is its memory, in percent of what is asked for again?")
        .why("What it does not hold it cannot hit", "errata working-set")
        .or(Value::Number(100.0))
        .from(fits),
    Fact::number("skew", "", 0.0, 0.99)
        .asks("How unevenly are keys asked for: the exponent of Zipf's law, 0 if all alike?")
        .why(
            "The more uneven, the more hits a small memory has",
            "Breslau et al., 1999: 0.64 to 0.83 for pages of the web",
        )
        .or(Value::Number(0.8))
        .from(|seen, it| {
            let known = seen.number(it, "keys.zipf", 1.0)?;
            matches!(known.value, Value::Number(skew) if skew <= 0.99).then_some(known)
        }),
    Fact::number("origin-time", "ms", 0.001, 1e6)
        .asks("How long does a read of the origin take, in milliseconds?")
        .why("A hit saves it", "errata hit-ratio-threshold")
        .or(Value::Number(5.0))
        .from(origin_time),
    Fact::number("cache-time", "ms", 0.001, 1e6)
        .asks("How long does a look into the cache take, in milliseconds?")
        .why("Every read pays it, hit or miss", "errata hit-ratio-threshold")
        .or(Value::Number(0.4))
        .from(|seen, it| seen.time(it, "time", 1e-3)),
    Fact::number("relief", "%", 0.0, 100.0)
        .asks("By which share must the reads of the origin fall?")
        .why("Load falls by the hit ratio, whether or not time is saved", "arithmetic")
        .or(Value::Number(0.0)),
    Fact::number("staleness", "s", 0.0, 1e8)
        .asks("How old may an answer be, in seconds?")
        .why("Every cache lags; only its bound is a choice", "guide, section 5")
        .or(Value::Number(60.0))
        .from(|seen, it| seen.time(it, "staleness", 1.0)),
    Fact::flag("writes-then-reads")
        .asks("Does whoever writes read it at once, and expect to see it?")
        .why(
            "With cache-aside the entry from before the write may still be there",
            "guide, section 5",
        )
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (fact, path) = seen.stated(it, "consistency")?;
            Some(Known::at(path, Value::Flag(!fact.says("eventual"))))
        }),
    Fact::flag("write-heavy")
        .asks("Are most accesses writes?")
        .why("Collected in the cache they are fewer writes of the origin", "guide, section 5")
        .or(Value::Flag(false)),
    Fact::flag("loss-acceptable")
        .asks("May writes of the last seconds be lost?")
        .why("A cache that dies takes along what it has not written yet", "guide, section 5")
        .or(Value::Flag(false)),
    Fact::flag("hot-keys-known")
        .asks("Is it known beforehand which keys are asked for most?")
        .why("Only what is known can be refreshed before anybody asks", "guide, section 5")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (fact, path) = seen.stated(it, "keys.hot")?;
            Some(Known::at(path, Value::Flag(fact.number()? > 0.0)))
        }),
    Fact::flag("loader")
        .asks("Does a library or proxy that you use load missing entries by itself?")
        .why("Then there is one loader, and no copy of it in every caller", "guide, section 5")
        .or(Value::Flag(false)),
    Fact::flag("slow-query-fixable")
        .asks(
            "Is the origin slow because of something that can be mended, such as a missing index?",
        )
        .why("The cache would hide it", "guide, section 5, When Caching Hurts")
        .or(Value::Flag(false)),
    Fact::number("key-rate", "/s", 0.0, 1e7)
        .asks("How often a second is the most popular key read?")
        .why("When it expires, all who come while it loads, load it too", "Vattani et al., 2015")
        .or(Value::Number(10.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "no-cache",
        title: "No cache",
        reversal: Reversal::Days,
        undo: "a cache can be put in front on any day",
        door: "read through one function, so that there is a place for it",
        boring: 1,
    },
    Opt {
        id: "cache-aside",
        title: "The application looks, loads and fills",
        reversal: Reversal::Days,
        undo: "callers read the origin again, once it bears the load",
        door: "keep a switch that turns the cache off, and test the origin without it",
        boring: 2,
    },
    Opt {
        id: "read-through",
        title: "The cache loads what it misses",
        reversal: Reversal::Days,
        undo: "callers read the origin again, once it bears the load",
        door: "keep a switch that turns the cache off, and test the origin without it",
        boring: 3,
    },
    Opt {
        id: "refresh-ahead",
        title: "Popular entries are loaded anew before they expire",
        reversal: Reversal::Days,
        undo: "the refresher is switched off; entries expire as others do",
        door: "keep expiry below it, so that a refresher that stands still is noticed",
        boring: 4,
    },
    Opt {
        id: "write-through",
        title: "Every write goes to cache and database",
        reversal: Reversal::Weeks,
        undo: "every writer is changed back",
        door: "write the database first, and let entries expire: what the second write missed heals",
        boring: 5,
    },
    Opt {
        id: "write-behind",
        title: "Writes go to the cache, which writes the database later",
        reversal: Reversal::Months,
        undo: "the truth is moved back from the cache, and every writer is changed",
        door: "bound how much is not written yet, and alert on its age",
        boring: 6,
    },
];

const CACHES: [&str; 5] =
    ["cache-aside", "read-through", "refresh-ahead", "write-through", "write-behind"];

/// What its memory is of what is asked for again, if the file says how unevenly: without that it
/// says little of the hits.
fn fits(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    seen.stated(subject, "keys.zipf")?;
    let (set, path) = seen.stated(subject, "working_set")?;
    let memory = seen.stated(subject, "max_memory")?.0.number()?;
    let copies = seen.stated(subject, "replicas").and_then(|it| it.0.number()).unwrap_or(1.0);
    let share = memory * copies / set.number().filter(|it| *it > 0.0)? * 100.0;
    Some(Known::derived(path, Value::Number(share.clamp(0.01, 1e5))))
}

/// The mean time of the operations of the store that it is a copy of, those that write left out.
fn origin_time(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (of, _) = seen.stated(subject, "of")?;
    let name = of.text()?;
    let store = seen.architecture.stores.iter().find(|it| it.name.value == name)?;
    let reads: Vec<f64> =
        store.operations.iter().filter(|it| !it.writes).map(|it| it.time.mean() * 1e3).collect();
    if reads.is_empty() {
        return None;
    }
    let mean = reads.iter().sum::<f64>() / reads.len() as f64;
    Some(Known::derived(format!("stores.{name}.operations"), Value::Number(mean)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut caches = seen.named("caches");
    // One that keeps sessions or locks is no copy of anything.
    caches.retain(|it| seen.stated(it, "use").is_none_or(|it| it.0.says("data")));
    caches
}

/// The hit ratio that is asked for, and the one that its memory allows.
fn hit_ratio(facts: &Answers) -> (f64, f64) {
    let asked = facts.number("hit-ratio") / 100.0;
    (asked, asked.min(held(facts.number("fits") / 100.0, facts.number("skew"))))
}

/// The facts that a hit ratio rests on.
const HITS: [&str; 3] = ["hit-ratio", "fits", "skew"];

fn judge(facts: &Answers, judge: &mut Judge) {
    let (_, hits) = hit_ratio(facts);
    let [origin, cache, relief, staleness] =
        ["origin-time", "cache-time", "relief", "staleness"].map(|it| facts.number(it));
    let [heavy, lossy, fixable] =
        ["write-heavy", "loss-acceptable", "slow-query-fixable"].map(|it| facts.flag(it));
    let needed = break_even(cache, origin);
    let shown = plain(hits * 100.0);
    let rests = |others: &[&'static str]| [&HITS, others].concat();

    let sparing = relief > 0.0;
    for option in CACHES {
        judge.exclude_if(
            fixable,
            option,
            &["slow-query-fixable"],
            "it would hide a slow read that can be mended",
        );
        judge.exclude_if(
            staleness * 1e3 < origin,
            option,
            &["staleness", "origin-time"],
            format!(
                "an entry is {} ms old when it has been loaded, and an answer may be {} s",
                plain(origin),
                plain(staleness)
            ),
        );
        judge.exclude_if(
            !sparing && hits <= needed,
            option,
            &rests(&["cache-time", "origin-time"]),
            format!(
                "a look of {} ms before {} ms pays beyond {}% of hits, and there are {shown}%",
                plain(cache),
                plain(origin),
                plain(needed * 100.0)
            ),
        );
        judge.exclude_if(
            hits * 100.0 < relief,
            option,
            &rests(&["relief"]),
            format!("{shown}% of hits do not spare the origin {}% of its reads", plain(relief)),
        );
    }
    patterns(facts, judge);
    judge.exclude_if(
        sparing && !fixable,
        "no-cache",
        &["relief", "slow-query-fixable"],
        format!("without one the origin is spared nothing, and has to be {}%", plain(relief)),
    );
    if CACHES.iter().any(|it| !judge.is_excluded(it)) {
        judge.exclude(
            "no-cache",
            &rests(&["cache-time", "origin-time"]),
            format!(
                "a read takes {} ms on average instead of {} ms with {shown}% of hits",
                plain(mean(cache, origin, hits)),
                plain(origin)
            ),
        );
    }
    if fixable && sparing {
        judge.advise(format!(
            "Mend the slow read first, and measure again: whether a cache still has to spare the \
             origin {}% of its reads shows only then.",
            plain(relief)
        ));
    }
    arithmetic(facts, judge);
    // Where most accesses are writes, what collects them comes before what reads better.
    let collected = heavy && lossy && !judge.is_excluded("write-behind");
    let popular = facts.flag("hot-keys-known");
    if collected {
        judge.serves("collecting writes", &["write-behind"]);
    } else {
        if popular {
            judge.serves("popular keys that never miss", &["refresh-ahead"]);
        }
        if facts.flag("loader") {
            judge.serves("one loader for all callers", &["read-through"]);
        }
    }
    if popular && judge.is_excluded("no-cache") && (collected || facts.flag("writes-then-reads")) {
        judge.advise("Load the popular keys anew before they expire as well: it goes with this.");
    }
}

/// What the way of filling it takes.
fn patterns(facts: &Answers, judge: &mut Judge) {
    for option in ["cache-aside", "read-through", "refresh-ahead"] {
        judge.exclude_if(
            facts.flag("writes-then-reads"),
            option,
            &["writes-then-reads"],
            "who writes expects to see it at once, and the entry from before may still be there",
        );
    }
    judge.exclude_if(
        !facts.flag("loader"),
        "read-through",
        &["loader"],
        "nothing that you use loads what is missing",
    );
    judge.exclude_if(
        !facts.flag("hot-keys-known"),
        "refresh-ahead",
        &["hot-keys-known"],
        "what nobody knows to be popular cannot be refreshed before it is asked for",
    );
    judge.exclude_if(
        !facts.flag("loss-acceptable"),
        "write-behind",
        &["loss-acceptable"],
        "a cache that dies takes along what it has not written yet",
    );
    judge.exclude_if(
        !facts.flag("write-heavy"),
        "write-behind",
        &["write-heavy"],
        "there are few writes for it to collect",
    );
}

fn arithmetic(facts: &Answers, judge: &mut Judge) {
    let (asked, hits) = hit_ratio(facts);
    let [origin, cache, staleness, rate] =
        ["origin-time", "cache-time", "staleness", "key-rate"].map(|it| facts.number(it));
    let [fits, skew] = ["fits", "skew"].map(|it| facts.number(it));
    if fits < 100.0 {
        let text = format!("({}%)^(1 - {})", plain(fits), plain(skew));
        judge.line("hits that its memory allows", text, held(fits / 100.0, skew) * 100.0, "%");
        if hits < asked {
            judge.advise(format!(
                "Its memory holds {}% of what is asked for again, so that at most {}% hit, not \
                 {}%: give it more, or cache only what is asked for most.",
                plain(fits),
                plain(hits * 100.0),
                plain(asked * 100.0)
            ));
        }
    }
    if fits > 100.0 {
        let cold = 100.0 - 1e4 / fits;
        judge.line("memory that holds what nobody asks for", "", cold, "%");
        judge.advise(format!(
            "Its memory is {} times what is asked for again: {}% of it can go, without a hit lost.",
            plain(fits / 100.0),
            plain(cold)
        ));
    }
    let [shown, before, look] = [hits * 100.0, origin, cache].map(plain);
    let text = format!("{look} ms / {before} ms");
    judge.line("break-even hit ratio", text, break_even(cache, origin) * 100.0, "%");
    let text = format!("{look} ms + (100% - {shown}%) x {before} ms");
    judge.line("mean read", text, mean(cache, origin, hits), "ms");
    judge.line("a miss", format!("{look} ms + {before} ms"), cache + origin, "ms");
    judge.line("reads left to the origin", format!("100% - {shown}%"), (1.0 - hits) * 100.0, "%");
    let text = format!("1 / (100% - {shown}%)");
    judge.line("load of the origin when the cache is lost", text, exposure(hits), "times");
    let herd = stampede(rate, origin / 1e3);
    let text = format!("1 + {}/s x {before} ms", plain(rate));
    judge.line("loads at once when the hottest key expires", text, herd, "");
    let text = format!("{r} x {s} / (1 + {r} x {s})", r = plain(rate), s = plain(staleness));
    let hottest = expiring(rate, staleness) * 100.0;
    judge.line("hit ratio of the hottest key, expiring", text, hottest, "%");
    if !judge.is_excluded("no-cache") {
        return;
    }
    if hits * 100.0 > hottest {
        judge.advise(format!(
            "Where entries expire after the {} s that an answer may be old, no key hits more than \
             the hottest, {}%: {shown}% take entries that live on until a write deletes or \
             replaces them, or that are refreshed before.",
            plain(staleness),
            plain(hottest)
        ));
    }
    if herd >= 2.0 {
        judge.advise(format!(
            "When the hottest key expires {} readers load it at once: let one load and the others \
             wait (single flight), or refresh it at random before it expires.",
            plain(libm::floor(herd))
        ));
    }
    if exposure(hits) > 2.0 {
        judge.advise(format!(
            "Without the cache the origin gets {} times the load that it is used to: fill it before \
             traffic comes, and shed what the origin does not bear.",
            plain(exposure(hits))
        ));
    }
}
