//! `cache-invalidation`: what removes an entry that is no longer true.

use crate::caches::{expiring, lifetime};
use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// What makes an entry of a cache go when its source has changed.
    ///
    /// # Why
    /// Expiry alone needs nobody to know anything, and bounds what every other way forgets. It buys
    /// freshness with hits: a key that is read r times a second and lives T seconds misses once in
    /// 1 + r T reads. Where that leaves too few hits, whoever writes has to delete the entry, which
    /// works while every writer knows of the cache; or the changes themselves have to be heard. A
    /// thing that never changes under its key needs none of it.
    ///
    /// # Examples
    /// A minute may pass, and a key is read once a second: 98% of hits remain.
    /// ```facts answers ttl
    /// staleness = 60s
    /// ```
    /// A second would leave 50%. The one service that writes deletes what it has changed:
    /// ```facts answers delete-on-write
    /// staleness = 1s
    /// one-writer = true
    /// ```
    /// Others write too, and do not know of the cache:
    /// ```facts answers change-events
    /// staleness = 1s
    /// one-writer = false
    /// ```
    /// Images by the hash of their content:
    /// ```facts answers versioned-keys
    /// immutable = true
    /// ```
    /// A millisecond is less than any delete takes: that is not to be had from a cache.
    /// ```facts answers none
    /// staleness = 1ms
    /// ```
    /// At one read a second, 4 seconds of life leave 80%:
    /// ```facts flips ttl staleness 4s
    /// staleness = 1s
    /// one-writer = true
    /// ```
    ///
    /// # Limits
    /// Reads of a key are Poisson. A delete can be overtaken by a reader that loaded the old row
    /// before and puts it back after: that is seldom and lasts as long as the entry lives, so that
    /// an expiry belongs beneath every other way. Tags are deletes of many keys and count as those.
    ///
    /// # Sources
    /// Guide, section 5, "Cache Invalidation"; errata `write-through-consistency`. Jung, Berger,
    /// Balakrishnan, "Modeling TTL-based Internet caches", INFOCOM 2003. Nishtala et al., "Scaling
    /// Memcache at Facebook", NSDI 2013, section 3.2.1 on stale sets.
    pub const TOPIC = Topic {
        id: "cache-invalidation",
        title: "What removes an entry when its source has changed?",
        noun: "Cache invalidation",
        section: "5",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

static FACTS: &[Fact] = &[
    Fact::number("staleness", "s", 0.0, 1e8)
        .asks("How old may an answer be, in seconds?")
        .why("An entry that only expires is as old as its life allows", "guide, section 5")
        .from(|seen, it| seen.time(it, "staleness", 1.0)),
    Fact::flag("immutable")
        .asks("Does what stands under a key never change?")
        .why("Then nothing can be old: a new version has a new key", "guide, section 5")
        .or(Value::Flag(false))
        .from(immutable),
    Fact::flag("one-writer")
        .asks("Does everything that writes the source know of the cache?")
        .why("One that does not, leaves the old entry", "guide, section 5")
        .or(Value::Flag(true))
        .from(one_writer),
    Fact::number("read-rate", "/s", 0.0001, 1e7)
        .asks("How often a second is one key read, typically?")
        .why("Times the life of an entry it is how many hits follow a miss", "INFOCOM 2003")
        .or(Value::Number(1.0)),
    Fact::number("needed-hits", "%", 0.0, 99.99)
        .asks("Which share of look-ups has to hit?")
        .why("A life that is short enough may leave too few", "guide, section 5")
        .or(Value::Number(80.0)),
    Fact::number("delete-lag", "s", 0.0, 1e6)
        .asks("How long from the commit of a write until the entry is deleted, in seconds?")
        .why("In between the old entry is read", "Nishtala et al., NSDI 2013")
        .or(Value::Number(0.01)),
    Fact::number("event-lag", "s", 0.0, 1e6)
        .asks("How long until a change arrives as an event, in seconds?")
        .why("Until then the entry is old", "guide, section 13, change data capture")
        .or(Value::Number(0.5)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "ttl",
        title: "Entries expire",
        reversal: Reversal::Days,
        undo: "a setting",
        door: "spread lifetimes by 10%, so that what was loaded together does not expire together",
        boring: 1,
    },
    Opt {
        id: "delete-on-write",
        title: "Whoever writes deletes the entry",
        reversal: Reversal::Days,
        undo: "the deletes are removed: entries still expire",
        door: "delete after the commit, never before, and let entries expire beneath",
        boring: 2,
    },
    Opt {
        id: "versioned-keys",
        title: "A new version has a new key",
        reversal: Reversal::Weeks,
        undo: "whoever builds keys is changed back",
        door: "build keys in one place",
        boring: 3,
    },
    Opt {
        id: "change-events",
        title: "Changes of the source are heard, and delete",
        reversal: Reversal::Weeks,
        undo: "the consumer is stopped: entries still expire",
        door: "alert on the age of the last change that was heard",
        boring: 4,
    },
];

/// One that is removed by its age alone, or in one way beside it.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let Some((ways, path)) = seen.stated(subject, "invalidation") else {
        let (_, path) = seen.stated(subject, "ttl")?;
        return Some(Standing::at(path, "ttl", Is::One("ttl")));
    };
    let words: Vec<&str> = ways.items().iter().filter_map(|it| it.text()).collect();
    let option = match words.as_slice() {
        ["on-write"] => Some("delete-on-write"),
        ["event" | "cdc"] => Some("change-events"),
        ["versioned-keys"] => Some("versioned-keys"),
        _ => None,
    };
    Some(Standing::at(path, words.join(", "), Is::of(option)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut caches = seen.named("caches");
    caches.retain(|it| seen.stated(it, "use").is_none_or(|it| it.0.says("data")));
    caches
}

/// Whether all that it holds never changes.
fn immutable(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (entities, path) = seen.stated(subject, "entities")?;
    let never = entities.items().iter().map(|it| {
        let (store, entity) = it.text()?.split_once('.')?;
        let changes = seen.fact(&format!("stores.{store}.entities.{entity}.changes"))?;
        Some(changes.says("never"))
    });
    let never: Option<Vec<bool>> = never.collect();
    Some(Known::derived(path, Value::Flag(never?.into_iter().all(|it| it))))
}

/// Whether the tables of the source have one writer, the one that owns the cache.
fn one_writer(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let of = seen.stated(subject, "of")?.0.text()?;
    let store = seen.stores().into_iter().find(|it| it.name == of)?;
    let (tables, path) = seen.stated(&store, "tables")?;
    let mut writers: Vec<&str> = tables
        .entries()
        .filter_map(|it| it.1.get("writers"))
        .flat_map(|it| it.items().iter().filter_map(|it| it.text()))
        .collect();
    writers.sort_unstable();
    writers.dedup();
    (!writers.is_empty()).then(|| Known::derived(path, Value::Flag(writers.len() == 1)))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [staleness, rate, lag, delete] =
        ["staleness", "read-rate", "event-lag", "delete-lag"].map(|it| facts.number(it));
    let needed = facts.number("needed-hits") / 100.0;
    let hits = expiring(rate, staleness);
    let text = format!("{r} x {s} / (1 + {r} x {s})", r = plain(rate), s = plain(staleness));

    judge.exclude_if(
        hits < needed,
        "ttl",
        &["staleness", "read-rate", "needed-hits"],
        format!(
            "a life of {} s leaves {text} = {}% of hits, and {}% are needed",
            plain(staleness),
            plain(hits * 100.0),
            plain(needed * 100.0)
        ),
    );
    judge.exclude_if(
        !facts.flag("one-writer"),
        "delete-on-write",
        &["one-writer"],
        "a writer that does not know of the cache leaves the old entry in it",
    );
    judge.exclude_if(
        delete > staleness,
        "delete-on-write",
        &["delete-lag", "staleness"],
        format!(
            "the old entry is read for {} s after the commit, and an answer may be {} s old",
            plain(delete),
            plain(staleness)
        ),
    );
    judge.exclude_if(
        lag > staleness,
        "change-events",
        &["event-lag", "staleness"],
        format!(
            "a change is heard after {} s, and an answer may be {} s old",
            plain(lag),
            plain(staleness)
        ),
    );
    let immutable = facts.flag("immutable");
    judge.exclude_if(
        !immutable,
        "versioned-keys",
        &["immutable"],
        "what stands under a key changes, and readers would have to learn the new key",
    );
    if immutable {
        judge.serves("nothing is ever old", &["versioned-keys"]);
    }
    judge.line("hit ratio of a key that only expires", text, hits * 100.0, "%");
    let text = format!("{h} / (1 - {h}) / {}", plain(rate), h = plain(needed));
    judge.line("life that the hits need", text, lifetime(rate, needed), "s");
    judge.line(
        "reads of an old entry at most, per change",
        format!("{}/s x {} s", plain(rate), plain(staleness)),
        rate * staleness,
        "",
    );
    if !immutable {
        judge.advise(
            "Whatever deletes, let entries expire beneath it: a delete that was lost or overtaken \
             then heals by itself.",
        );
    }
}
