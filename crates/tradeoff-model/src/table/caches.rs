//! Caches (section 5 of the guide).

use super::blocks::TIME;
use super::kinds::{COPIES, ENTITIES, MANY, PERIOD_OR_NONE, SERVICE, SOME, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("5")
}

pub(super) static ROOT_CACHES: Field =
    field("caches", Kind::Map(&Kind::Block(&CACHE)), "Caches.").fact();

pub(crate) static CACHE: Block = Block {
    name: "cache",
    doc: "A replica of data that may lag behind its source.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&["redis", "valkey", "memcached", "in-process", "cdn", "other"]),
            "What it is.",
        ),
        field(
            "pattern",
            Kind::Choice(&[
                "cache-aside",
                "read-through",
                "write-through",
                "write-behind",
                "refresh-ahead",
            ]),
            "Who fills it, and when.",
        )
        .default("cache-aside"),
        field(
            "use",
            Kind::List(&Kind::Choice(&[
                "data",
                "sessions",
                "locks",
                "rate-limits",
                "queue",
                "leaderboard",
                "pub-sub",
            ])),
            "What it is used for.",
        ),
        field("owner", SERVICE, "The service that owns it."),
        field("of", Kind::Reference("store or external"), "The source of what it holds.")
            .example("orders"),
        field("entities", ENTITIES, "What it holds."),
        field("replicas", COPIES, "Copies that run.").default("1"),
        field("cost", Kind::Cost, "Price of a copy."),
        field("entries", count(1, MANY), "Entries that it has room for.").example("100k"),
        field("entry_size", Kind::Bytes, "Size of an entry."),
        field("max_memory", Kind::Bytes, "Memory after which it evicts.").example("2GiB"),
        field(
            "eviction",
            Kind::Choice(&["lru", "lfu", "random", "soonest-expiry", "none"]),
            "What leaves when it is full; `none` refuses writes.",
        ),
        field("working_set", Kind::Bytes, "Data that is asked for again.").example("8GiB"),
        field("ttl", PERIOD_OR_NONE, "How long an entry is valid.").example("60s"),
        field("jitter", Kind::Share, "By how much lifetimes vary: TTL x U(1-j, 1+j).")
            .default("0%")
            .example("10%"),
        field("single_flight", Kind::Bool, "Whether one loads a missing key and the others wait.")
            .default("false"),
        field(
            "early_expiration",
            Kind::Bool,
            "Whether keys are refreshed at random before expiry.",
        )
        .default("false"),
        field(
            "stale_while_revalidate",
            Kind::Duration,
            "How long an expired entry is served while it is refreshed.",
        )
        .example("30s"),
        field(
            "invalidation",
            Kind::List(&Kind::Choice(&["on-write", "event", "cdc", "versioned-keys", "tags"])),
            "What removes entries beside their age.",
        ),
        field(
            "consistency",
            Kind::Choice(&["eventual", "read-your-writes", "strong"]),
            "What readers may rely on.",
        )
        .default("eventual"),
        field("staleness", Kind::Duration, "How old an answer may be at most.").example("5s"),
        field("keys", Kind::Block(&CACHE_KEYS), "The keys that requests ask for."),
        field("time", TIME, "Time of a look-up.").default("0s").example("400us"),
        field("hit_ratio", Kind::Share, "Share of look-ups that hit: what a `get` takes.")
            .default("80%"),
        field("start", Kind::Choice(&["warm", "cold"]), "Whether it is full when a run starts.")
            .default("warm"),
        field(
            "persistence",
            Kind::Choice(&["none", "snapshots", "append-only-file"]),
            "What survives a restart.",
        ),
    ],
    later: &[],
};

pub(crate) static CACHE_KEYS: Block = Block {
    name: "cache keys",
    doc: "A space of keys; the key of rank i is asked for with a probability ~ i^-zipf.",
    fields: &[
        field("count", count(1, 1_000_000_000), "How many.").required().example("1M"),
        field("zipf", Kind::Number { most: 10.0 }, "How uneven; 0 is uniform.")
            .default("0")
            .example("0.9"),
        field("hot", SOME, "How many of them are known to be hot.").example("100"),
    ],
    later: &[],
};
