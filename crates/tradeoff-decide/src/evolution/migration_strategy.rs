//! `migration-strategy`: how the new replaces the old.

use crate::subjects::entries;
use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Means, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// How a new system, or a new structure, replaces an old one that is in use.
    ///
    /// # Why
    /// A rewrite that replaces all on one day brings nothing until then, and everything at once. A
    /// strangler fig moves one capability at a time by its route: each step is small, runs in
    /// production, and goes back by turning a route. Where nothing can be routed, old and new run
    /// in parallel behind one interface until the last user has moved. That costs work of its own,
    /// so that what is smaller than this work is simply done.
    ///
    /// # Examples
    /// ```facts answers strangler-fig
    /// routable = true
    /// ```
    /// A core with state, that every path goes through:
    /// ```facts answers parallel-change
    /// routable = false
    /// stateful-core = true
    /// ```
    /// A week of work, for which three weeks of running both would be prepared, routes or not:
    /// ```facts answers big-bang
    /// routable = true
    /// size = 1w
    /// ```
    /// unless its terabyte takes 5.6 hours to copy, and two may be lost:
    /// ```facts answers parallel-change
    /// routable = false
    /// size = 1w
    /// data = 1TB
    /// downtime = 2
    /// ```
    /// ```facts flips parallel-change size 3.01
    /// routable = false
    /// size = 1w
    /// ```
    ///
    /// # Limits
    /// Each of them ends when the old is gone, and many never end: the last tenth has no user who
    /// asks for it. Give every phase an owner and a date. What keeps both sides alike is a topic of
    /// its own: never two writes from one application (`change-capture`).
    ///
    /// # Sources
    /// Guide, section 16, "Strangler Fig Pattern", "Dual-Write Pitfalls" and "The Parallel
    /// Architecture Change Pattern". M. Fowler, "Strangler Fig" (2004, 2024). D. Sato, "Parallel
    /// Change" (2014).
    pub const TOPIC = Topic {
        id: "migration-strategy",
        title: "How does the new replace the old?",
        noun: "Migration strategy",
        section: "16",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["pattern"], MEANS),
    };
}

/// Words of the format for an option of another name.
const MEANS: &[Means] = &[("expand-contract", "parallel-change")];

static FACTS: &[Fact] = &[
    Fact::flag("routable")
        .asks("Can requests be sent to old or new by their path, tenant or kind?")
        .why("A strangler fig moves routes", "guide, section 16: reverse proxy")
        .from(|seen, it| {
            let (routes, path) = seen.stated(it, "routes")?;
            Some(Known::derived(path, Value::Flag(!routes.items().is_empty())))
        }),
    Fact::flag("stateful-core")
        .asks("Does it hold state that both sides need?")
        .why(
            "After the first write to the new side alone there is no way back",
            "guide, section 16: never turn off the old until the new handles its workload",
        )
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (from, path) = seen.stated(it, "from")?;
            let store = seen.stores().iter().any(|it| from.says(&it.name));
            Some(Known::derived(path, Value::Flag(store)))
        }),
    Fact::number("size", "w", 0.01, 2000.0)
        .asks("How many weeks would the change alone take?")
        .why("It is how long a big bang brings nothing", "guide, section 16: big-bang rewrite")
        .or(Value::Number(26.0)),
    Fact::number("both-sides", "w", 0.01, 1000.0)
        .asks("How many weeks does it take to build, watch and remove what runs both?")
        .why("It is the price of going in steps", "Sato, 2014")
        .or(Value::Number(3.0)),
    Fact::count("capabilities", "capabilities", 1.0, 1000.0)
        .asks("In how many pieces can it be moved?")
        .why("Each is a phase: moved, watched, moved back if need be", "guide, section 16: phases")
        .or(Value::Number(5.0))
        .from(|seen, it| {
            let (routes, path) = seen.stated(it, "routes")?;
            let count = routes.items().len();
            (count > 0).then(|| Known::derived(path, Value::Number(count as f64)))
        }),
    Fact::number("data", "GB", 0.0, 1e8)
        .asks("How much data moves, in GB?")
        .why("Copying it takes time in which nobody may write", "arithmetic")
        .or(Value::Number(0.0))
        .from(|seen, it| {
            let (from, _) = seen.stated(it, "from")?;
            let store = seen.stores().into_iter().find(|it| from.says(&it.name))?;
            seen.number(&store, "size", 1e-9)
        }),
    Fact::number("copy-rate", "MB/s", 0.001, 1e6)
        .asks("How many MB a second are copied?")
        .why("Copying takes time in which nobody may write", "arithmetic")
        .or(Value::Number(50.0)),
    Fact::number("downtime", "h", 0.0, 1000.0)
        .asks("For how many hours may it be down?")
        .why("A big bang copies while nobody writes", "arithmetic")
        .or(Value::Number(1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "strangler-fig",
        title: "Move one route at a time",
        reversal: Reversal::Days,
        undo: "turn the route back; data that the new side wrote is carried back by what syncs them",
        door: "put the proxy in front first, with every route to the old side",
        boring: 1,
    },
    Opt {
        id: "parallel-change",
        title: "Old and new behind one interface: expand, migrate, contract",
        reversal: Reversal::Weeks,
        undo: "until the contraction: read from the old side again",
        door: "compare the answers of both before one is believed",
        boring: 2,
    },
    Opt {
        id: "big-bang",
        title: "Replace it on one day",
        reversal: Reversal::Never,
        undo: "after the first write to the new side there is only forward",
        door: "rehearse it on a copy, with a clock and a point of no return",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    entries(seen, "migrations")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [size, both, pieces] = ["size", "both-sides", "capabilities"].map(|it| facts.number(it));
    let [data, copied, downtime] = ["data", "copy-rate", "downtime"].map(|it| facts.number(it));
    let copy = data * 1e3 / copied / 3600.0;
    let weeks = |it: f64| format!("{} w", plain(it));
    judge.exclude_if(
        !facts.flag("routable"),
        "strangler-fig",
        &["routable"],
        "there is no place at which a request could be sent to one or the other",
    );
    judge.exclude_if(
        pieces < 2.0,
        "strangler-fig",
        &["capabilities"],
        "it cannot be moved in pieces: its one route would move all of it",
    );
    judge.exclude_if(
        size > both,
        "big-bang",
        &["size", "both-sides"],
        format!(
            "{} of change would come on one day, and running both takes {}",
            weeks(size),
            weeks(both)
        ),
    );
    judge.exclude_if(
        facts.flag("stateful-core"),
        "big-bang",
        &["stateful-core"],
        "after the first write to the new side there is no way back",
    );
    judge.exclude_if(
        copy > downtime,
        "big-bang",
        &["data", "copy-rate", "downtime"],
        format!(
            "{} GB at {} MB/s are copied in {} h, and it may be down for {} h",
            plain(data),
            plain(copied),
            plain(libm::round(copy * 100.0) / 100.0),
            plain(downtime)
        ),
    );
    if !judge.is_excluded("big-bang") {
        for option in ["strangler-fig", "parallel-change"] {
            judge.exclude(
                option,
                &["size", "both-sides"],
                format!("running both takes {}, the change itself {}", weeks(both), weeks(size)),
            );
        }
    }
    let phase = (size + both) / pieces;
    if !judge.is_excluded("strangler-fig") {
        let capabilities = with_unit(pieces, "capabilities");
        judge.advise(format!(
            "Phase 1: a proxy in front of the old system routes one of {capabilities} to the new \
             one, after {}. Phase 2: the next ones, each watched, and routed back if need be. \
             Phase 3: the old system has only what is left. Phase 4: nothing is routed to it, and \
             it is switched off.",
            weeks(phase)
        ));
    }
    judge.line("in steps", format!("{} w + {} w", plain(size), plain(both)), size + both, "w");
    judge.line(
        "until the first piece is in use",
        format!("{} w / {}", plain(size + both), plain(pieces)),
        phase,
        "w",
    );
    judge.line("the same of a big bang", "", size, "w");
    if pieces >= 2.0 {
        let share = format!("1 / {}", plain(pieces));
        judge.line("of the whole at stake in a step", share, 100.0 / pieces, "%");
    }
    let text = format!("{} GB / {} MB/s", plain(data), plain(copied));
    judge.line("copying the data", text, copy, "h");
}
