//! `redis-or-memcached`: which cache server.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Which server holds what is cached: Redis (or its fork Valkey), or Memcached.
    ///
    /// # Why
    /// Redis keeps structures, copies itself, and may survive a restart; it does almost everything
    /// that is asked of a cache, and what it is used for grows. Memcached keeps strings, on all
    /// cores, with little beside them, and forgets all of it. So it takes three facts together:
    /// nothing but strings, memory as what bounds it, and an origin that bears a cold start.
    ///
    /// # Examples
    /// ```facts answers redis
    /// strings-only = false
    /// ```
    /// Rendered pages that fill the memory and can be rendered again:
    /// ```facts answers memcached
    /// strings-only = true
    /// memory-bound = true
    /// rebuilds-cold = true
    /// ```
    /// ```facts flips redis rebuilds-cold false
    /// strings-only = true
    /// memory-bound = true
    /// rebuilds-cold = true
    /// ```
    ///
    /// # Limits
    /// How much less memory the same entries take in Memcached depends on their size: measure it
    /// with yours. Redis has I/O threads since version 6, so that many cores alone are no reason;
    /// its commands still run one after another. A managed service may offer only one of the two.
    /// The license of Redis changed in 2024 and 2025; Valkey is the open fork, and counts as Redis
    /// here.
    ///
    /// # Sources
    /// Guide, section 5, "Redis vs. Memcached"; errata `redis-threads`.
    pub const TOPIC = Topic {
        id: "redis-or-memcached",
        title: "Redis, or Memcached?",
        noun: "Redis or Memcached",
        section: "5",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["kind"], &[("valkey", "redis")]),
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("strings-only")
        .asks("Is it only ever asked for whole values by their key?")
        .why("Locks, counters, queues and ranked lists need structures", "guide, section 5")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (uses, path) = seen.stated(it, "use")?;
            let plain = |it: &tradeoff_model::Fact| it.says("data") || it.says("sessions");
            Some(Known::at(path, Value::Flag(uses.items().iter().all(plain))))
        }),
    Fact::flag("memory-bound")
        .asks("Is there less memory than what is asked for again?")
        .why("Then more entries in the same memory are more hits", "guide, section 5")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (set, path) = seen.stated(it, "working_set")?;
            let memory = seen.stated(it, "max_memory")?.0.number()?;
            let copies = seen.stated(it, "replicas").and_then(|it| it.0.number()).unwrap_or(1.0);
            Some(Known::derived(path, Value::Flag(set.number()? > memory * copies)))
        }),
    Fact::flag("rebuilds-cold")
        .asks("Does the origin bear the load when the cache comes up empty?")
        .why("Memcached has no copy and nothing on disk", "guide, section 5")
        .or(Value::Flag(false)),
    Fact::number("hit-ratio", "%", 0.0, 99.9999)
        .asks("Which share of the look-ups hits?")
        .why("It says how much load a cold start brings, and decides nothing", "arithmetic")
        .or(Value::Number(80.0))
        .from(|seen, it| seen.number(it, "hit_ratio", 100.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "redis",
        title: "Redis, or Valkey",
        reversal: Reversal::Weeks,
        undo: "as long as it is used for strings, another client; structures are written anew",
        door: "say for each use whether it may be lost, and keep those that may not on another one",
        boring: 1,
    },
    Opt {
        id: "memcached",
        title: "Memcached",
        reversal: Reversal::Weeks,
        undo: "another client: what it held is filled again",
        door: "keep the client behind get, set and delete",
        boring: 2,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("caches")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    judge.exclude_if(
        !facts.flag("strings-only"),
        "memcached",
        &["strings-only"],
        "it keeps strings, and more is asked of it",
    );
    let times = crate::caches::exposure(facts.number("hit-ratio") / 100.0);
    let text = format!("1 / (100% - {}%)", plain(facts.number("hit-ratio")));
    judge.exclude_if(
        !facts.flag("rebuilds-cold"),
        "memcached",
        &["rebuilds-cold"],
        format!(
            "after a restart it is empty: the origin gets {text} = {} times its usual load",
            plain(times)
        ),
    );
    if facts.flag("memory-bound") {
        judge.serves("more strings in the same memory", &["memcached"]);
    }
    judge.line("load of the origin at a cold start", text, times, "times");
}
