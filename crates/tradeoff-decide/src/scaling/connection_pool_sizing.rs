//! `connection-pool-sizing`: how many connections, and who shares them.

mod sums;

use self::sums::{RESERVED, SHARE, Sums};
use crate::pools::{Connecting, PGBENCH, Pooling, in_sessions, usable};
use crate::value::{plain, with_unit};
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Moves, Opt, Reversal, Seen, Standing, Subject, Today,
    Value,
};

topic! {
    /// How many connections a database gets, and whether its callers share them.
    ///
    /// # Why
    /// Every replica of every caller keeps a pool, and the sum grows with each replica that is
    /// added. Beyond the database's limit a connection is refused to whoever comes last, which is
    /// the replica that was started because of the load. How many are needed is another number: the
    /// transactions per second times the time that each keeps its connection (Little's law), and
    /// some more so that few wait (Erlang C). Where the first is large and the second small, the
    /// callers should share.
    ///
    /// # Examples
    /// Ten replicas with small pools fit as they are:
    /// ```facts answers keep-the-pools
    /// clients = 10
    /// pool = 5
    /// max-connections = 100
    /// rate = 500/s
    /// held = 10ms
    /// ```
    /// Twelve with ten each do not, and do not need as many:
    /// ```facts answers smaller-pools
    /// clients = 12
    /// pool = 10
    /// rate = 1k
    /// held = 10ms
    /// ```
    /// Pools that are too small for what their own replica does:
    /// ```facts answers bigger-pools
    /// clients = 4
    /// pool = 3
    /// rate = 1k
    /// held = 10ms
    /// ```
    /// Where they do need as many, and the database bears it, the limit goes up:
    /// ```facts answers raise-the-limit
    /// clients = 12
    /// pool = 10
    /// rate = 8k
    /// held = 10ms
    /// ```
    /// and the pools with it, where each has 2 and needs 3: 50 x 3 + 3 = 153:
    /// ```facts answers raise-the-limit
    /// clients = 50
    /// pool = 2
    /// rate = 10k
    /// held = 5ms
    /// ```
    /// Two hundred replicas share a few connections:
    /// ```facts answers pooler
    /// clients = 200
    /// pool = 10
    /// rate = 1k
    /// held = 10ms
    /// ```
    /// unless their code keeps something in the session:
    /// ```facts answers shed-session-state
    /// clients = 200
    /// pool = 10
    /// rate = 1k
    /// held = 10ms
    /// session-state = true
    /// ```
    /// And 400 transactions at a time are more than one database bears, however they are pooled:
    /// ```facts answers more-capacity
    /// clients = 200
    /// pool = 10
    /// rate = 40k
    /// held = 10ms
    /// ```
    /// With 97 connections left for 10 replicas a pool may have 9, not 10:
    /// ```facts flips smaller-pools pool 10
    /// clients = 10
    /// pool = 5
    /// rate = 500/s
    /// held = 10ms
    /// ```
    ///
    /// # Limits
    /// All clients are taken to be alike. Times are exponential and arrivals are Poisson; a batch
    /// that opens all of its connections at once is neither. Stores in memory, whose connections
    /// are no processes, are not asked about. `held` must have been measured on
    /// cores that keep up: where more transactions run than the cores can use, each takes longer,
    /// and more connections make it worse.
    ///
    /// # Sources
    /// Guide, section 11, "Connection Pooling"; errata `pg-connections`, `pg-pooler-session` and
    /// `pg-idle-connections`. `HikariCP`, "About Pool Sizing". `PgBouncer`, "Features".
    pub const TOPIC = Topic {
        id: "connection-pool-sizing",
        title: "How many connections does the database get, and who shares them?",
        noun: "Connection pools",
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

/// What each option writes. A pooler is one more hop, and code that is rid of session state has
/// none.
static MOVES: &[Moves] = &[
    ("smaller-pools", &["pool"]),
    ("bigger-pools", &["pool"]),
    ("raise-the-limit", &["max-connections", "pool"]),
    ("pooler", &["held"]),
    ("shed-session-state", &["session-state", "held"]),
    ("more-capacity", &["rate", "held"]),
];

static FACTS: &[Fact] = &[
    Fact::count("clients", "replicas", 1.0, 1e5)
        .asks("How many replicas of all callers keep a pool to the database?")
        .why("Each has a pool of its own", "guide, section 11")
        .from(|seen, it| {
            let clients = seen.analysis.clients(it.at);
            (clients > 0).then(|| Known::derived("services", Value::Number(clients as f64)))
        }),
    Fact::count("pool", "connections", 1.0, 1e4)
        .asks("How many connections does the pool of a replica have?")
        .why("It is multiplied by the replicas", "guide, section 11")
        .or(Value::Number(10.0))
        .from(|seen, it| {
            let pool = store(seen, it).pool?;
            Some(Known::at(
                it.below("pool.per_replica"),
                Value::Number(f64::from(pool.per_replica)),
            ))
        }),
    Fact::count("max-connections", "connections", 4.0, 1e5)
        .asks("How many connections does the database accept?")
        .why("One more is refused", "PostgreSQL, `max_connections`")
        .or(Value::Number(100.0))
        .from(|seen, it| {
            let accepted = store(seen, it).connections.as_ref()?;
            let accepted = Value::Number(f64::from(accepted.value));
            let path = it.below("connections");
            // What the file does not state, its kind accepts out of the box.
            if seen.architecture.assumptions.iter().any(|it| it.path == path) {
                return Some(Known::derived(it.below("kind"), accepted));
            }
            Some(Known::at(path, accepted))
        }),
    Fact::number("rate", "/s", 0.0, 1e7)
        .asks("How many transactions a second come at the peak?")
        .why("Times `held` it is how many connections are busy", "Little's law")
        .from(|seen, it| {
            let offer = seen.steady.transactions(it.at);
            (offer.rate > 0.0).then(|| Known::derived("traffic", Value::Number(offer.rate)))
        }),
    Fact::number("held", "ms", 0.01, 1e6)
        .asks("How long does a transaction keep its connection, on average?")
        .why("Times `rate` it is how many connections are busy", "Little's law")
        .from(|seen, it| {
            let offer = seen.steady.transactions(it.at);
            let held = offer.time().mean * 1e3;
            let known = offer.rate > 0.0 && held.is_finite();
            known.then(|| Known::derived(it.below("operations"), Value::Number(held)))
        }),
    Fact::number("wait", "ms", 0.1, 1e5)
        .asks("How long may 99% of the transactions wait for a connection at most?")
        .why("A pool that is just large enough on average makes half of the load wait", "Erlang C")
        .or(Value::Number(10.0)),
    Fact::flag("session-state")
        .asks("Does the code rely on its session: SET, LISTEN, session locks, temporary tables?")
        .why(
            "A pooler in transaction mode gives every transaction another session",
            "PgBouncer, Features; errata pg-pooler-session",
        )
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (features, path) = seen.stated(it, "session_features")?;
            // Poolers know prepared statements by now.
            let others = |it: &&str| *it != "prepared-statements";
            let words = features.items().iter().filter_map(|it| it.text());
            Some(Known::at(path, Value::Flag(words.clone().any(|it| others(&it)))))
        }),
    Fact::count("bearable", "connections", 10.0, 1e5)
        .asks("How many connections does the database bear before it slows down?")
        .why("Each is a process with memory of its own", "guide, section 11: 100 to 300")
        .or(Value::Number(300.0)),
    Fact::count("cores", "cores", 1.0, 1e4)
        .asks("How many cores does the database have?")
        .why("Far beyond twice as many transactions at once only wait for each other", "HikariCP")
        .or(Value::Number(8.0))
        .from(|seen, it| {
            let cores = store(seen, it).cores?;
            Some(Known::at(it.below("cores"), Value::Number(f64::from(cores.count))))
        }),
    Fact::count("at-once", "connections", 1.0, 100.0)
        .asks("How many connections does one request keep at the same time?")
        .why("From two on, a pool can lock itself up", "HikariCP, About Pool Sizing")
        .or(Value::Number(1.0)),
    Fact::count("threads", "threads", 1.0, 1e5)
        .asks("How many requests does a replica serve at once?")
        .why("With `at-once` it is the smallest pool that cannot lock up", "HikariCP")
        .or(Value::Number(1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "keep-the-pools",
        title: "Keep the pools as they are",
        reversal: Reversal::Days,
        undo: "nothing was done",
        door: "alert on pools x replicas before it reaches the limit, autoscaling included",
        boring: 1,
    },
    Opt {
        id: "smaller-pools",
        title: "Make the pools smaller",
        reversal: Reversal::Days,
        undo: "a setting and a rolling restart",
        door: "keep the size in configuration, and graph the wait for a connection",
        boring: 2,
    },
    Opt {
        id: "bigger-pools",
        title: "Make the pools bigger",
        reversal: Reversal::Days,
        undo: "a setting and a rolling restart",
        door: "keep the size in configuration, and graph the wait for a connection",
        boring: 2,
    },
    Opt {
        id: "raise-the-limit",
        title: "Raise the limit of the database",
        reversal: Reversal::Days,
        undo: "a setting and a restart of the database",
        door: "note how much memory a connection takes, so that the next raise is a calculation",
        boring: 3,
    },
    Opt {
        id: "pooler",
        title: "A pooler in transaction mode in between",
        reversal: Reversal::Weeks,
        undo: "point the callers back at the database, after their pools fit it",
        door: "address the database by a name that can move, and keep session state out of the code",
        boring: 4,
    },
    Opt {
        id: "shed-session-state",
        title: "Rid the code of session state, then pool per transaction",
        reversal: Reversal::Months,
        undo: "no need to: code without session state runs on either",
        door: "list what relies on the session, and stop adding to it",
        boring: 5,
    },
    Opt {
        id: "more-capacity",
        title: "Do less in the database, or give it more capacity",
        reversal: Reversal::Months,
        undo: "depends on what was done: a cache in days, a larger machine in an hour, shards never",
        door: "find the queries that hold connections longest first",
        boring: 6,
    },
];

fn store<'a>(seen: &Seen<'a>, subject: &Subject) -> &'a tradeoff_model::model::Store {
    &seen.architecture.stores[subject.at]
}

/// The sizes of the arithmetic. Capacity is more than a number of a store.
fn changes(
    seen: &Seen<'_>,
    subject: &Subject,
    facts: &Answers,
    option: &'static str,
) -> Option<Vec<Change>> {
    let it = Sums::of(facts);
    let pool = |size: f64| Change::below(subject, "pool.per_replica", size);
    match option {
        "keep-the-pools" => Some(Vec::new()),
        "smaller-pools" => Some(vec![pool(it.smaller()?)]),
        "bigger-pools" => Some(vec![pool(it.bigger()?)]),
        "raise-the-limit" if it.own.is_finite() && it.asked() > it.room => {
            let raised = Change::below(subject, "connections", it.asked() + RESERVED);
            let wider = (it.own > it.pool).then(|| pool(it.own));
            Some(std::iter::once(raised).chain(wider).collect())
        }
        "pooler" | "shed-session-state" if it.shared.is_finite() => {
            // As long as a caller waits for its own pool today.
            let wait = store(seen, subject).pool.and_then(|it| it.wait).unwrap_or(500_000_000);
            let wait = tradeoff_analyze::words::stated(wait);
            // As many as the database accepts and bears: what all share bears surges as well.
            let connections = libm::floor(it.limit).max(1.0);
            let text = format!("{{ connections: {connections}, wait: {wait} }}");
            Some(vec![Change::below(subject, "pooler", text)])
        }
        _ => None,
    }
}

/// Sizes, of which the answer says whether they are to change.
#[expect(clippy::unnecessary_wraps, reason = "other topics may find nothing said")]
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let it = store(seen, subject);
    let pool = it.pool.map(|it| format!("pools of {}", it.per_replica));
    let limit = it.connections.as_ref().map(|it| format!("{} connections accepted", it.value));
    let pooler = it.pooler.as_ref().map(|it| format!("a pooler with {}", it.connections));
    let words: Vec<String> = [pool, limit, pooler].into_iter().flatten().collect();
    let option = if it.pooler.is_some() { "pooler" } else { "keep-the-pools" };
    Some(Standing::derived(words.join(", "), Is::One(option)))
}

/// Stores whose connections are a socket and a buffer to one event loop: 10,000 are accepted out of
/// the box (Redis, `maxclients`), and none is a process.
const CHEAP: [&str; 3] = ["redis", "valkey", "memcached"];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut stores = seen.stores();
    stores.retain(|it| {
        let it = store(seen, it);
        let cheap = it.kind.as_ref().is_some_and(|it| CHEAP.contains(&it.value.as_str()));
        !cheap && (it.pool.is_some() || it.connections.is_some())
    });
    stores
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let it = Sums::of(facts);
    let [total, room, limit, own] = [it.total, it.room, it.limit, it.own].map(plain);
    let sum = format!("{} x {} = {total}", plain(it.clients), plain(it.pool));
    let need = ["rate", "held", "wait"];
    let pools = ["clients", "pool", "max-connections"];

    let above = if it.total > it.room {
        format!("{sum} connections are more than the {room} that the database leaves to you")
    } else {
        format!("{sum} connections are more than the {} that it bears", plain(it.bearable))
    };
    judge.exclude_if(it.total > it.limit, "keep-the-pools", &pools, above);
    judge.exclude_if(
        it.pool < it.own,
        "keep-the-pools",
        &need,
        format!(
            "a replica needs {own} connections for its transactions, and has {}",
            plain(it.pool)
        ),
    );

    let fit = plain(it.fits());
    let too_small = format!("{limit} / {} leaves {fit} for each, of {own}", plain(it.clients));
    judge.exclude_if(it.total <= it.limit, "smaller-pools", &pools, format!("{sum} fit"));
    judge.exclude_if(it.fits() < it.own, "smaller-pools", &need, too_small.clone());

    let enough = format!("a pool of {} is enough for a replica that needs {own}", plain(it.pool));
    judge.exclude_if(it.pool >= it.own, "bigger-pools", &need, enough);
    judge.exclude_if(it.fits() < it.own, "bigger-pools", &pools, too_small);

    let asked = it.asked();
    judge.exclude_if(
        asked <= it.room,
        "raise-the-limit",
        &pools,
        format!("{} connections fit the {room} that there are", plain(asked)),
    );
    judge.exclude_if(
        asked > it.bearable,
        "raise-the-limit",
        &["clients", "pool", "bearable"],
        format!(
            "{} connections are more than the {} that it bears, whatever it accepts",
            plain(asked),
            plain(it.bearable)
        ),
    );

    let session = "transactions of one client come to different sessions: what it set, listens to \
                   or locked in one is gone";
    let state = facts.flag("session-state");
    judge.exclude_if(state, "pooler", &["session-state"], session);
    judge.exclude_if(
        !state,
        "shed-session-state",
        &["session-state"],
        "there is none to be rid of",
    );
    let overload = format!(
        "{} transactions keep a connection at any time, and the database bears {}",
        plain(it.each * it.clients * it.held),
        plain(it.bearable)
    );
    let over = it.shared > it.bearable;
    for option in ["keep-the-pools", "pooler", "shed-session-state"] {
        judge.exclude_if(over, option, &["rate", "held", "bearable"], overload.clone());
    }
    judge.exclude_if(
        !over,
        "more-capacity",
        &["rate", "held", "bearable"],
        format!("all of the load takes {} at a time", with_unit(it.shared, "connections")),
    );
    sizes(&it, judge);
    arithmetic(&it, facts, judge);
}

/// To what size pools and limits go, for the options that are left.
fn sizes(it: &Sums, judge: &mut Judge) {
    let (clients, own) = (plain(it.clients), plain(it.own));
    if let Some(size) = it.smaller().filter(|_| !judge.is_excluded("smaller-pools")) {
        let text = format!("{} / {clients}, rounded down; {own} are enough", plain(it.limit));
        judge.line("pool of a replica, made smaller", text, size, "connections");
    }
    if let Some(size) = it.bigger().filter(|_| !judge.is_excluded("bigger-pools")) {
        let text = format!("what is enough for a replica alone, not {}", plain(it.pool));
        judge.line("pool of a replica, made bigger", text, size, "connections");
    }
    if !judge.is_excluded("raise-the-limit") {
        let size = plain(it.pool.max(it.own));
        let text = format!("{clients} x {size} + {}", plain(RESERVED));
        judge.line("limit of the database, raised", text, it.asked() + RESERVED, "connections");
    }
    let too_small = it.pool < it.own && it.own.is_finite();
    if too_small && !judge.is_excluded("raise-the-limit") {
        judge.advise(format!(
            "Pools of {} are too small: a replica needs {own}. Raise the limit first, then make \
             them bigger.",
            plain(it.pool)
        ));
    }
}

fn arithmetic(it: &Sums, facts: &Answers, judge: &mut Judge) {
    let rate = facts.number("rate");
    let [clients, pool, held] = [it.clients, it.pool, it.held * 1e3].map(plain);
    judge.line("connections of all pools", format!("{clients} x {pool}"), it.total, "");
    let max = plain(facts.number("max-connections"));
    judge.line("left by the database", format!("{max} - {}", plain(RESERVED)), it.room, "");
    let busy = rate * it.held;
    judge.line("busy on average", format!("{}/s x {held} ms", plain(rate)), busy, "");
    let bound = format!("99% wait {} ms at most", plain(it.wait * 1e3));
    let opening = Connecting::measured(PGBENCH.0, PGBENCH.1);
    let each = plain(opening.each * 1e3);
    judge.line(
        "cores to connect for each transaction",
        format!("{}/s x {each} ms, as measured on a core in 2013", plain(rate)),
        rate * opening.each,
        "cores",
    );
    if it.own.is_finite() {
        judge.line("enough for a replica alone", bound.clone(), it.own, "");
    }
    if it.shared.is_finite() {
        judge.line("enough when all share", bound, it.shared, "");
        let size = it.shared as u32;
        if let Some(shared) = Pooling::new(size, rate, it.held) {
            let text = format!("{} of {} busy", plain(shared.busy), plain(it.shared));
            judge.line("used when all share", text, shared.utilization * 100.0, "%");
            judge.line("mean wait when all share", "Erlang C", shared.mean * 1e3, "ms");
            judge.line("99% of waits when all share", "", shared.quantile(SHARE) * 1e3, "ms");
        }
        judge.line(
            "connections of pools for each that is shared",
            format!("{} / {}", plain(it.total), plain(it.shared)),
            it.total / it.shared.max(1.0),
            "",
        );
        judge.line(
            "clients served at once if sessions kept them",
            format!("one by each of {}", plain(it.shared)),
            in_sessions(it.total, it.shared),
            "",
        );
        if it.shared > it.room && !judge.is_excluded("pooler") {
            judge.advise(format!(
                "The pooler needs {} connections: raise the database's limit first.",
                plain(it.shared)
            ));
        }
    }
    let cores = facts.number("cores");
    let useful = usable(cores, 1.0);
    judge.line("of use to the cores", format!("2 x {} + 1", plain(cores)), useful, "");
    if busy > useful {
        judge.advise(format!(
            "{} transactions at once are more than {} cores can use: `held` will grow under this \
             load unless much of it is waiting for something else.",
            plain(busy),
            plain(cores)
        ));
    }
    if it.unlocked > 1.0 {
        let [threads, at_once] = ["threads", "at-once"].map(|it| plain(facts.number(it)));
        let text = format!("{threads} x ({at_once} - 1) + 1");
        judge.line("smallest pool that cannot lock up", text, it.unlocked, "");
    }
}
