//! `load-balancing`: which replica gets a request.

use tradeoff_model::model::BalancePolicy;

use crate::value::plain;
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
    subjects,
};

topic! {
    /// By which rule a request is given to one of several replicas.
    ///
    /// # Why
    /// In turn is fair where requests and machines are alike. Where a request may take a hundred
    /// times as long as another, the turn comes to a replica that is still busy: two replicas drawn
    /// by chance, of which the less busy one gets it, avoid almost all of that for one comparison.
    /// Connections that stay open are not spread by turns at all after a replica was added. And
    /// whoever keeps a user's state in one replica has chosen already.
    ///
    /// # Examples
    /// ```facts answers round-robin
    /// connections = short
    /// ```
    /// ```facts answers two-choices
    /// costs-vary = true
    /// ```
    /// ```facts answers least-connections
    /// connections = long
    /// ```
    /// ```facts answers least-response-time
    /// machines = mixed
    /// ```
    /// ```facts answers sticky
    /// state = in-replica
    /// ```
    /// ```facts flips two-choices costs-vary true
    /// connections = short
    /// ```
    ///
    /// # Limits
    /// Figures are for many replicas, Poisson arrivals and exponential times. Of many balancers each
    /// knows only its own requests: then two choices by chance spread better than the least of what
    /// it knows. A replica that fails fast looks idle: take it out by health, not by time.
    ///
    /// # Sources
    /// Guide, section 11, "Load Balancing Algorithms". M. Mitzenmacher, "The Power of Two Choices in
    /// Randomized Load Balancing", IEEE TPDS 12 (2001).
    pub const TOPIC = Topic {
        id: "load-balancing",
        title: "Which replica gets a request?",
        noun: "Load balancing",
        section: "11",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
        changes: Some(changes),
    };
}

const CONNECTIONS: &[&str] = &["short", "long"];
const MACHINES: &[&str] = &["same", "mixed"];
const STATES: &[&str] = &["shared", "in-replica"];

static FACTS: &[Fact] = &[
    Fact::choice("state", STATES)
        .asks("Is a user's state shared, or kept in one replica?")
        .why("Only the replica that has it can answer", "guide, section 11")
        .or(Value::Choice("shared"))
        .from(|seen, it| {
            let (state, path) = seen.stated(it, "state")?;
            let own = state.says("sessions") || state.says("volume");
            Some(Known::at(path, Value::Choice(if own { "in-replica" } else { "shared" })))
        }),
    Fact::choice("connections", CONNECTIONS)
        .asks("Are connections short, or do they stay open: streams, WebSockets, gRPC?")
        .why("What stays open is not spread by whose turn it was", "guide, section 11")
        .or(Value::Choice("short"))
        .from(|seen, it| {
            let endpoints = seen.endpoints();
            let own =
                endpoints.iter().filter(|that| that.path.starts_with(&format!("{}.", it.path)));
            let protocols = own.filter_map(|it| seen.stated(it, "protocol"));
            let long = ["websocket", "grpc", "server-sent-events"];
            let (fact, path) =
                protocols.max_by_key(|it| long.iter().any(|word| it.0.says(word)))?;
            let word = if long.iter().any(|it| fact.says(it)) { "long" } else { "short" };
            Some(Known::derived(path, Value::Choice(word)))
        }),
    Fact::choice("machines", MACHINES)
        .asks("Are the replicas' machines the same, or some slower than others?")
        .why("A slow machine with as many requests is a queue", "guide, section 11")
        .or(Value::Choice("same"))
        .from(|seen, it| {
            let speeds = &seen.architecture.services[it.at].speeds;
            let first = speeds.first()?;
            let mixed = speeds.iter().any(|it| it.total_cmp(first).is_ne());
            let word = if mixed { "mixed" } else { "same" };
            Some(Known::at(it.below("speeds"), Value::Choice(word)))
        }),
    Fact::flag("costs-vary")
        .asks("Do some requests take many times as long as others?")
        .why("Whose turn it is says nothing of who is busy", "guide, section 11")
        .or(Value::Flag(false)),
    Fact::count("replicas", "replicas", 1.0, 1e5)
        .asks("How many replicas are there?")
        .why("Two choices come within log log n of the best", "Mitzenmacher, 2001")
        .or(Value::Number(10.0))
        .from(|seen, it| {
            let replicas = &seen.architecture.services[it.at].replicas;
            Some(Known::at(it.below("replicas"), Value::Number(f64::from(replicas.value))))
        }),
    Fact::number("load", "%", 0.1, 99.9)
        .asks("How busy is a replica at the peak?")
        .why("It says how much a bad choice costs", "Mitzenmacher, 2001")
        .or(Value::Number(70.0))
        .from(|seen, it| {
            let cores = seen.resources.get(&format!("{}/cores", it.name))?;
            let busy = cores.utilization * 100.0;
            (cores.arrivals > 0.0).then(|| Known::derived("traffic", Value::Number(busy)))
        }),
];

const SETTING: &str = "a setting of the balancer";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "round-robin",
        title: "In turn",
        reversal: Reversal::Days,
        undo: SETTING,
        door: "graph requests under way by replica: it shows when the turn is no longer fair",
        boring: 1,
    },
    Opt {
        id: "two-choices",
        title: "The less busy of two that chance picks",
        reversal: Reversal::Days,
        undo: SETTING,
        door: "graph requests under way by replica",
        boring: 2,
    },
    Opt {
        id: "least-connections",
        title: "The fewest open connections",
        reversal: Reversal::Days,
        undo: SETTING,
        door: "close connections after a while, so that new replicas get some",
        boring: 3,
    },
    Opt {
        id: "least-response-time",
        title: "The shortest time to answer",
        reversal: Reversal::Days,
        undo: SETTING,
        door: "take out replicas that answer errors: they answer fast",
        boring: 4,
    },
    Opt {
        id: "sticky",
        title: "Always the same one for a user",
        reversal: Reversal::Weeks,
        undo: "the state has to move into a store that all share",
        door: "move the state into a shared store: then any of the others will do",
        boring: 5,
    },
];

/// The format's word for each option; a user is known by the address.
#[expect(clippy::unnecessary_wraps, reason = "other topics have options that no setting says")]
fn changes(
    _: &Seen<'_>,
    subject: &Subject,
    _: &Answers,
    option: &'static str,
) -> Option<Vec<Change>> {
    let word = if option == "sticky" { "ip-hash" } else { option };
    Some(vec![Change::below(subject, "balance", word)])
}

/// What ties a user to a replica goes before the rule.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let tied = seen.stated(subject, "sticky").filter(|it| !it.0.says("none"));
    if let Some((how, path)) = tied {
        return Some(Standing::at(path, how.text()?, Is::One("sticky")));
    }
    let (words, is) = match seen.architecture.services[subject.at].balance.policy {
        BalancePolicy::RoundRobin => ("round-robin", Is::One("round-robin")),
        BalancePolicy::TwoChoices => ("two-choices", Is::One("two-choices")),
        BalancePolicy::LeastConnections => ("least-connections", Is::One("least-connections")),
        BalancePolicy::LeastResponseTime => ("least-response-time", Is::One("least-response-time")),
        BalancePolicy::IpHash => ("ip-hash", Is::One("sticky")),
        BalancePolicy::Random => ("random", Is::NoneOf),
    };
    Some(Standing::at(subject.below("balance"), words, is))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut services = subjects::services(seen);
    services.retain(|it| seen.architecture.services[it.at].replicas.value > 1);
    services
}

/// The mean time in services, of the shortest of two queues that chance picks among very many.
fn two_choices(load: f64) -> f64 {
    let (mut sum, mut exponent) = (0.0, 0.0);
    loop {
        let term = libm::pow(load, exponent);
        sum += term;
        if term < 1e-12 || exponent > 1e6 {
            return sum;
        }
        exponent = 2.0 * exponent + 2.0;
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let kept = facts.choice("state") == "in-replica";
    let long = facts.choice("connections") == "long";
    let mixed = facts.choice("machines") == "mixed";
    let vary = facts.flag("costs-vary");
    let [replicas, load] = ["replicas", "load"].map(|it| facts.number(it));
    let load = load / 100.0;
    let (random, two) = (1.0 / (1.0 - load), two_choices(load));
    for option in ["round-robin", "two-choices", "least-connections", "least-response-time"] {
        judge.exclude_if(
            kept,
            option,
            &["state", "replicas"],
            format!("of {} replicas one has the user's state", plain(replicas)),
        );
    }
    judge.exclude_if(
        !kept,
        "sticky",
        &["state"],
        "any replica can answer: tying users to one only makes it uneven",
    );
    judge.exclude_if(
        long,
        "round-robin",
        &["connections"],
        "the turn counts what was opened, not what is open: a new replica stays empty",
    );
    judge.exclude_if(
        mixed,
        "round-robin",
        &["machines"],
        "the slowest machine gets as many requests as the fastest",
    );
    judge.exclude_if(
        vary,
        "round-robin",
        &["costs-vary", "load"],
        format!(
            "the turn does not see who is busy; by chance a request takes {} service times, with \
             two choices {}",
            plain(random),
            plain(two)
        ),
    );
    if long {
        // Above the mean, of so many connections: the least is at most one off.
        let apart = libm::log(libm::log(replicas.max(3.0))) / libm::log(2.0);
        let off = if replicas > 2.0 { 1.0 + apart.max(0.0) } else { 1.0 };
        judge.compare(
            "open connections above the mean",
            &[("two-choices", off), ("least-connections", 1.0), ("least-response-time", off)],
        );
        judge.line("above the mean: two-choices", "1 + ln ln n / ln 2", off, "connections");
    }
    if mixed {
        judge.serves("sees which machine is slow", &["least-response-time"]);
    }
    let text = format!("1 / (1 - {}%)", plain(load * 100.0));
    judge.line("time by chance", text, random, "service times");
    judge.line("time with two choices", "sum of load ^ (2^i - 2)", two, "service times");
    judge.line("users of one replica", "1 / replicas", 100.0 / replicas, "%");
    if kept {
        judge.advise(
            "A replica that goes takes its users' state along: share it, then choose again.",
        );
    }
}
