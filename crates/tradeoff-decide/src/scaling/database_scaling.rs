//! `database-scaling`: what to do before a database is split.

use tradeoff_analyze::Callee;

use crate::value::{plain, with_unit};
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Moves, Opt, Reversal, Seen, Standing, Subject, Today,
    Value,
};

topic! {
    /// What a database that is at its limit gets: sharding is the last of it.
    ///
    /// # Why
    /// Shards put a key into every row and query, end joins and transactions across them, and there
    /// is no way back. What comes before takes days: a query that reads less, reads that are
    /// answered elsewhere, a bigger machine. Each takes off a part of the load that can be
    /// calculated, and the first that takes off enough is enough. Replicas take no writes off: each
    /// of them does all writes again. They and a cache lag behind: neither answers a read that may
    /// not be stale.
    ///
    /// # Examples
    /// ```facts answers leave-it
    /// load = 40%
    /// ```
    /// An index takes 60% of the load away:
    /// ```facts answers mend-queries
    /// load = 120%
    /// mendable = 60%
    /// stale-reads = false
    /// largest-machine = 100%
    /// ```
    /// ```facts answers bigger-machine
    /// load = 120%
    /// read-share = 10%
    /// largest-machine = 300%
    /// mendable = 0%
    /// stale-reads = false
    /// ```
    /// 90% are reads that may be a moment old:
    /// ```facts answers read-replicas
    /// load = 120%
    /// read-share = 90%
    /// stale-reads = true
    /// mendable = 0%
    /// largest-machine = 100%
    /// ```
    /// Most of them ask the same, and one cache does what takes three replicas:
    /// ```facts answers cache
    /// load = 200%
    /// read-share = 90%
    /// stale-reads = true
    /// repeated = 80%
    /// mendable = 0%
    /// largest-machine = 100%
    /// ```
    /// No read may be stale, so that only shards are left:
    /// ```facts answers sharding
    /// load = 120%
    /// read-share = 90%
    /// stale-reads = false
    /// repeated = 80%
    /// mendable = 0%
    /// largest-machine = 100%
    /// ```
    /// Most rows are old, and are touched only because they lie among the others:
    /// ```facts answers partitioning
    /// load = 120%
    /// read-share = 10%
    /// old-rows = 80%
    /// mendable = 0%
    /// stale-reads = false
    /// largest-machine = 100%
    /// ```
    /// No single one is enough, all of them are:
    /// ```facts answers several-steps
    /// load = 300%
    /// mendable = 50%
    /// largest-machine = 300%
    /// stale-reads = false
    /// ```
    /// Writes beyond the largest machine are what shards are for:
    /// ```facts answers sharding
    /// load = 500%
    /// read-share = 10%
    /// largest-machine = 200%
    /// mendable = 0%
    /// stale-reads = false
    /// ```
    /// Twice the machine is enough up to 140%:
    /// ```facts flips sharding load 141%
    /// load = 120%
    /// read-share = 10%
    /// largest-machine = 200%
    /// mendable = 0%
    /// stale-reads = false
    /// ```
    ///
    /// # Limits
    /// Loads add and shrink in proportion: a lock that everything waits for does not. Connections
    /// run out earlier than cores, often: see `connection-pool-sizing` first. How many rows are old
    /// says what partitions save only where queries can be told which partition they mean.
    ///
    /// # Sources
    /// Guide, section 11, "Database Sharding Strategies", and 5, "When Caching Hurts". Kleinrock,
    /// "Queueing Systems", volume 1: beyond 70% waiting grows fast. AWS, RDS user guide: 15 replicas.
    pub const TOPIC = Topic {
        id: "database-scaling",
        title: "What does a database get that is at its limit?",
        noun: "Database scaling",
        section: "11",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
        changes: Some(changes),
        moves: MOVES,
    };
}

/// Every step takes load off, some of them only reads.
static MOVES: &[Moves] = &[
    ("mend-queries", &["load", "read-share"]),
    ("bigger-machine", &["load"]),
    ("read-replicas", &["load", "read-share"]),
    ("cache", &["load", "read-share"]),
    ("several-steps", &["load", "read-share"]),
    ("partitioning", &["load", "read-share"]),
    ("sharding", &["load"]),
];

/// The share of its capacity that a database should use, in percent.
const BUSY: f64 = 70.0;
/// Read replicas of one primary at most: AWS, RDS, working with read replicas.
const REPLICAS: f64 = 15.0;
/// Months that are looked ahead.
const MONTHS: f64 = 18.0;

static FACTS: &[Fact] = &[
    Fact::number("load", "%", 0.1, 1e5)
        .asks("What is its peak load, in percent of what it can do?")
        .why("Beyond 70% waiting grows fast", "M/M/1")
        .from(|seen, it| {
            let cores = seen.resources.get(&format!("{}/cores", it.name))?;
            let busy = cores.utilization * 100.0;
            (cores.arrivals > 0.0).then(|| Known::derived("traffic", Value::Number(busy)))
        }),
    Fact::number("mendable", "%", 0.0, 99.9)
        .asks("Which share of the load would better queries and indexes take away?")
        .why("The cheapest load is the one that is not there", "guide, section 11"),
    Fact::number("read-share", "%", 0.0, 100.0)
        .asks("Which share of the load are reads?")
        .why("Only they can be answered elsewhere", "guide, section 11")
        .or(Value::Number(50.0))
        .from(read_share),
    Fact::flag("stale-reads")
        .asks("May reads be a moment old?")
        .why("A replica lags behind, and so does a cache", "guide, sections 5 and 11")
        .from(|seen, it| {
            let (entities, path) = seen.stated(it, "entities")?;
            let mut stated = entities.entries().filter_map(|it| it.1.get("consistency"));
            let strict = stated.any(|it| it.stated && !it.says("eventual"));
            strict.then(|| Known::derived(path, Value::Flag(false)))
        }),
    Fact::number("repeated", "%", 0.0, 100.0)
        .asks("Which share of the reads would a cache answer?")
        .why("What is asked again need not reach the database", "guide, section 11")
        .or(Value::Number(0.0)),
    Fact::number("largest-machine", "%", 100.0, 1e5)
        .asks("What does the largest machine that can be had do, in percent of today's?")
        .why("Postgres goes surprisingly far on one", "guide, section 11"),
    Fact::number("old-rows", "%", 0.0, 100.0)
        .asks("Which share of the load is due to rows that the queries do not want?")
        .why("Partitions keep them out of indexes, memory and vacuum", "guide, section 11")
        .or(Value::Number(0.0)),
    Fact::number("growth", "% a month", 0.0, 100.0)
        .asks("By how much does the load grow a month?")
        .why("It says when the next step is due", "guide, section 1")
        .or(Value::Number(0.0))
        .from(|seen, it| seen.growth(Some(it.at))),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "leave-it",
        title: "Leave it",
        reversal: Reversal::Days,
        undo: "nothing was done",
        door: "alert on the load before it reaches 70%",
        boring: 1,
    },
    Opt {
        id: "mend-queries",
        title: "Better queries and indexes",
        reversal: Reversal::Days,
        undo: "dropping an index",
        door: "read the statistics of the slowest statements once a week",
        boring: 2,
    },
    Opt {
        id: "bigger-machine",
        title: "A bigger machine",
        reversal: Reversal::Days,
        undo: "the smaller machine, after a failover",
        door: "try the change of size, with its failover, before it is urgent",
        boring: 3,
    },
    Opt {
        id: "read-replicas",
        title: "Read replicas",
        reversal: Reversal::Weeks,
        undo: "sending the reads to the primary again",
        door: "say at each query whether it may be stale, long before there is a replica",
        boring: 4,
    },
    Opt {
        id: "cache",
        title: "A cache for reads",
        reversal: Reversal::Weeks,
        undo: "asking the database again, which must then bear it",
        door: "keep reads behind one function, and know what happens when the cache is cold",
        boring: 5,
    },
    Opt {
        id: "several-steps",
        title: "Several of these, the cheapest first",
        reversal: Reversal::Weeks,
        undo: "each by itself",
        door: "measure after every step: the next may not be needed",
        boring: 6,
    },
    Opt {
        id: "partitioning",
        title: "Partitions of the large tables",
        reversal: Reversal::Months,
        undo: "copying the rows into one table again",
        door: "put the column that partitions into every query and unique key",
        boring: 7,
    },
    Opt {
        id: "sharding",
        title: "Shards",
        reversal: Reversal::Never,
        undo: "the key is in every row and query: there is no way back but another migration",
        door: "carry the future shard key in every table and query long before",
        boring: 8,
    },
];

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let it = &seen.architecture.stores[subject.at];
    let copies = with_unit(f64::from(it.replicas.value), "copies");
    let cores = with_unit(f64::from(it.cores?.count), "cores");
    Some(Standing::derived(format!("{copies} of {cores}"), Is::One("leave-it")))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut stores = seen.stores();
    stores.retain(|it| seen.resources.contains_key(&format!("{}/cores", it.name)));
    stores
}

/// A machine twice as large at twice the price, or one more copy that answers reads. Queries,
/// caches, partitions and shards are more than numbers of a store.
fn changes(
    seen: &Seen<'_>,
    subject: &Subject,
    _: &Answers,
    option: &'static str,
) -> Option<Vec<Change>> {
    let store = &seen.architecture.stores[subject.at];
    match option {
        "leave-it" => Some(Vec::new()),
        "read-replicas" => Some(vec![Change::below(subject, "replicas", store.replicas.value + 1)]),
        "bigger-machine" => {
            let mut changes = vec![Change::below(subject, "cores", 2 * store.cores?.count)];
            if let Some(cost) = store.cost {
                changes.push(Change::below(subject, "cost", format!("${}/h", 2.0 * cost)));
            }
            Some(changes)
        }
        _ => None,
    }
}

/// The share of the time of all queries that reads take.
fn read_share(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let operations = &seen.architecture.stores[subject.at].operations;
    let (mut reads, mut all) = (0.0, 0.0);
    for edge in &seen.analysis.edges {
        let Callee::Operation(store, operation) = edge.to else { continue };
        if store != subject.at {
            continue;
        }
        let operation = &operations[operation];
        let time = edge.times * seen.steady.runs[edge.from] * operation.time.mean();
        all += time;
        if !operation.writes {
            reads += time;
        }
    }
    (all > 0.0).then(|| Known::derived("traffic", Value::Number(reads / all * 100.0)))
}

/// Whether a database bears a load.
fn enough(load: f64) -> bool {
    load <= BUSY * (1.0 + 1e-9)
}

/// A step: what it is, the facts that it rests on, the sum, and the load that it leaves.
type Step = (&'static str, &'static [&'static str], String, f64);

/// Each step by itself.
fn steps(facts: &Answers) -> [Step; 5] {
    let load = facts.number("load");
    let [mendable, reads, repeated, largest, old] =
        ["mendable", "read-share", "repeated", "largest-machine", "old-rows"]
            .map(|it| facts.number(it) / 100.0);
    let l = plain(load);
    let share = |it: f64| plain(it * 100.0);
    let by = |part: f64, text: String| {
        let left = load * part;
        (format!("{l}% {text} = {}%", plain(left)), left)
    };
    let stale = |step: (String, f64), to: &str| {
        if facts.flag("stale-reads") {
            return step;
        }
        (format!("no read may be stale, so that {to}: {l}%"), load)
    };
    let mended = by(1.0 - mendable, format!("x (100% - {}%)", share(mendable)));
    let bigger = by(1.0 / largest, format!("/ {}%", share(largest)));
    let written = by(1.0 - reads, format!("x {}%", share(1.0 - reads)));
    let replicated =
        stale((format!("the writes: {}", written.0), written.1), "nothing goes to a replica");
    let spared = format!("x (100% - {}% x {}%)", share(reads), share(repeated));
    let cached = stale(by(1.0 - reads * repeated, spared), "nothing is answered by a cache");
    let split = by(1.0 - old, format!("x (100% - {}%)", share(old)));
    [
        ("mend-queries", &["load", "mendable"], mended.0, mended.1),
        ("bigger-machine", &["load", "largest-machine"], bigger.0, bigger.1),
        ("read-replicas", &["load", "read-share", "stale-reads"], replicated.0, replicated.1),
        ("cache", &["load", "read-share", "repeated", "stale-reads"], cached.0, cached.1),
        ("partitioning", &["load", "old-rows"], split.0, split.1),
    ]
}

/// What all of them leave together.
fn all_steps(facts: &Answers) -> f64 {
    let [mendable, reads, repeated, largest, old] =
        ["mendable", "read-share", "repeated", "largest-machine", "old-rows"]
            .map(|it| facts.number(it) / 100.0);
    let rest = facts.number("load") * (1.0 - mendable) * (1.0 - old) / largest;
    let stale = facts.flag("stale-reads");
    let asked = rest * reads * if stale { 1.0 - repeated } else { 1.0 };
    let written = rest * (1.0 - reads);
    let elsewhere = stale && replicas(asked, written) <= REPLICAS;
    written + if elsewhere { 0.0 } else { asked }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let load = facts.number("load");
    let l = plain(load);
    judge.exclude_if(
        !enough(load),
        "leave-it",
        &["load"],
        format!("{l}% is beyond the {}% from which on waiting grows fast", plain(BUSY)),
    );
    let steps = steps(facts);
    let reads = facts.number("read-share") / 100.0;
    let written = load * (1.0 - reads);
    let copies = replicas(load * reads, written);
    judge.exclude_if(
        facts.flag("stale-reads") && !enough(load) && enough(written) && copies > REPLICAS,
        "read-replicas",
        &["load", "read-share", "stale-reads"],
        format!(
            "every copy does the writes, {}%, and has {}% left for reads: {} replicas, of {} at most",
            plain(written),
            plain((BUSY - written).max(0.0)),
            plain(copies),
            plain(REPLICAS)
        ),
    );
    let mut useful = 0;
    for (option, because, sum, left) in &steps {
        useful += u32::from(*left < load);
        let sentence = format!("{sum} left, and {}% is what it bears", plain(BUSY));
        judge.exclude_if(enough(load), option, &["load"], format!("{l}% needs nothing"));
        judge.exclude_if(!enough(*left), option, because, sentence);
        judge.line(format!("left after: {option}"), sum.clone(), *left, "%");
    }
    let all = all_steps(facts);
    judge.line("left after all of them", "", all, "%");
    let all_of_it = [
        "load",
        "mendable",
        "read-share",
        "stale-reads",
        "repeated",
        "largest-machine",
        "old-rows",
    ];
    let one = steps.iter().any(|it| !judge.is_excluded(it.0)) || enough(load);
    judge.exclude_if(enough(load), "several-steps", &["load"], format!("{l}% needs nothing"));
    judge.exclude_if(one, "several-steps", &all_of_it, "one step is enough");
    judge.exclude_if(
        useful < 2,
        "several-steps",
        &all_of_it,
        "there are no two steps that would take something off",
    );
    judge.exclude_if(
        !enough(all),
        "several-steps",
        &all_of_it,
        format!(
            "all of them together leave {}%, and {}% is what it bears",
            plain(all),
            plain(BUSY)
        ),
    );
    judge.exclude_if(
        one || !judge.is_excluded("several-steps"),
        "sharding",
        &all_of_it,
        "it is the last resort, and what comes before it is enough",
    );
    figures(facts, judge, all);
}

/// Replicas beside the primary, if each copy does the writes and shares the reads with what is left
/// of it; all in percent of what one does.
fn replicas(reads: f64, writes: f64) -> f64 {
    let room = BUSY - writes;
    // Below that nothing is left.
    if room < 1e-9 {
        return f64::INFINITY;
    }
    (libm::ceil(reads / room - 1e-9) - 1.0).max(1.0)
}

/// What comes after the steps that leave `all` percent.
fn figures(facts: &Answers, judge: &mut Judge, all: f64) {
    let load = facts.number("load");
    let reads = facts.number("read-share") / 100.0;
    let stale = facts.flag("stale-reads");
    let replicated = load * (1.0 - reads);
    if judge.is_excluded("leave-it") {
        let after = all.min(load);
        let shards = libm::ceil(after / BUSY - 1e-9);
        judge.line("shards, after all of that", "left / 70%", shards.max(1.0), "");
    }
    if stale && !enough(load) && !judge.is_excluded("read-replicas") {
        let room = BUSY - replicated;
        let replicas = replicas(load * reads, replicated);
        let (shared, room) = (plain(load * reads), plain(room));
        let text = format!("{shared}% of reads / {room}% left in each copy - the primary");
        judge.line("read replicas", text, replicas, "");
        if replicas > 1.0 && !judge.is_excluded("cache") {
            let wish = format!("doing without {} copies of the database", plain(replicas));
            judge.serves(wish, &["leave-it", "mend-queries", "bigger-machine", "cache"]);
        }
    }
    let growth = facts.number("growth") / 100.0;
    if growth > 0.0 {
        let later = load * libm::pow(1.0 + growth, MONTHS);
        let text = format!("{}% x (1 + {}%)^18", plain(load), plain(growth * 100.0));
        judge.line("load in 18 months", text, later, "%");
        if enough(load) {
            // Nobody knows a growth so well that a tenth of a month would not do.
            let months = libm::round(libm::log(BUSY / load) / libm::log1p(growth) * 10.0) / 10.0;
            judge.line("months until 70%", "", months, "months");
        }
    }
}
