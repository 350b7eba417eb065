//! `monolith-or-services`: how many things are deployed.

use tradeoff_analyze::words::number;
use tradeoff_model::Fact as Stated;

use crate::subjects::quoted;
use crate::value::plain;
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Moves, Opt, Reversal, Seen, Standing, Subject, Today,
    Value,
};

topic! {
    /// Whether the code runs as one, as one with borders inside, or as services.
    ///
    /// # Why
    /// A service buys a team its own releases, scale and failures. The price is a network between
    /// what used to be a call: it fails, takes time and knows no transaction, and each service is a
    /// pipeline, a dashboard and a rota that somebody keeps. So there has to be evidence of what
    /// the borders cost where they are now. Borders that a machine checks inside one process have
    /// most of the order for none of the network, once it is known where they belong.
    ///
    /// # Examples
    /// One team that still finds out what it builds:
    /// ```facts answers monolith
    /// engineers = 6
    /// teams = 1
    /// ```
    /// Once the borders have settled, or there is a second team, a machine checks them:
    /// ```facts answers modular-monolith
    /// engineers = 300
    /// teams = 40
    /// ```
    /// Teams that were seen to block each other, and that can run what they deploy:
    /// ```facts answers services
    /// engineers = 60
    /// teams = 8
    /// borders-settled = true
    /// operations-routine = true
    /// triggers = 2
    /// ```
    /// The same without a trigger:
    /// ```facts flips services triggers 1
    /// engineers = 60
    /// teams = 8
    /// borders-settled = true
    /// operations-routine = true
    /// ```
    /// Fewer than twenty do not pay the network back:
    /// ```facts flips modular-monolith engineers 19
    /// engineers = 60
    /// teams = 8
    /// borders-settled = true
    /// operations-routine = true
    /// triggers = 2
    /// ```
    ///
    /// # Limits
    /// It decides for the whole; a single part with a reason of its own (another runtime, card data)
    /// may be a service beside a monolith. Twenty engineers is the lower end of what the field
    /// names. What the network costs a request is shown beside it, and so is growth: neither is
    /// evidence for borders. Of the triggers in a file those count that state what was `measured`.
    ///
    /// # Sources
    /// Guide, section 2: "Decompose when you have evidence, not anticipation"; errata
    /// `compile-time-ruby`. M. Fowler, "Monolith First" (2015). J. Dean, "Designs, Lessons and Advice
    /// from Building Large Distributed Systems" (2009): 0.5 ms. B. Treynor et al., "The Calculus of
    /// Service Availability", ACM Queue 15 (2017).
    pub const TOPIC = Topic {
        id: "monolith-or-services",
        title: "Does the code run as one, or as services?",
        noun: "Monolith or services",
        section: "2",
        facts: FACTS,
        orders: &[("teams", "engineers")],
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
        changes: Some(changes),
        moves: MOVES,
    };
}

/// What is deployed is what came of it.
static MOVES: &[Moves] = &[
    ("monolith", &["services"]),
    ("modular-monolith", &["services"]),
    ("services", &["services"]),
];

/// Engineers from which on services can pay: the field names 20 to 30.
const ENOUGH: f64 = 20.0;
/// Months over which growth is shown.
const MONTHS: f64 = 18.0;

static FACTS: &[Fact] = &[
    Fact::count("engineers", "engineers", 1.0, 1e5)
        .asks("How many engineers work on it?")
        .why("Below about twenty the network costs more than it frees", "guide, section 2")
        .from(|seen, _| {
            let teams = &seen.architecture.teams;
            let all: Option<u32> = teams.iter().map(|it| it.engineers).sum();
            let all = all.filter(|it| *it > 0)?;
            Some(Known::derived("teams", Value::Number(f64::from(all))))
        }),
    Fact::count("teams", "teams", 1.0, 1e4)
        .asks("In how many teams?")
        .why("One team needs no border to release on its own", "guide, section 2")
        .from(|seen, _| {
            let teams = seen.architecture.teams.len();
            (teams > 0).then(|| Known::derived("teams", Value::Number(teams as f64)))
        }),
    Fact::count("triggers", "triggers", 0.0, 100.0)
        .asks(
            "How many of these were measured: teams that block each other's releases, parts that \
             must scale, comply or fail apart, builds that stop daily work?",
        )
        .why("Evidence, not anticipation", "guide, section 2, Migration Triggers")
        .or(Value::Number(0.0))
        .from(|seen, it| {
            let (triggers, path) = seen.stated(it, "decomposition.triggers")?;
            let measured = |it: &&Stated| it.get("measured").is_some_and(|it| it.stated);
            let count = triggers.items().iter().filter(measured).count();
            Some(Known::at(path, Value::Number(count as f64)))
        }),
    Fact::flag("borders-settled")
        .asks("Have the borders of the domain stopped moving?")
        .why(
            "A wrong border is a refactoring in a process, a project between services",
            "guide, section 2",
        )
        .or(Value::Flag(false)),
    Fact::flag("operations-routine")
        .asks("Are deployment, tracing and on-call routine for every team?")
        .why("Each service needs all three", "guide, section 2: deployment maturity")
        .or(Value::Flag(false)),
    Fact::count("services", "services", 1.0, 1e4)
        .asks("How many services are deployed today?")
        .why("It shows who keeps how many", "guide, section 2")
        .or(Value::Number(1.0))
        .from(|seen, _| {
            let processes = seen.analysis.processes.len();
            (processes > 0).then(|| Known::derived("services", Value::Number(processes as f64)))
        }),
    Fact::number("calls", "calls", 0.0, 1000.0)
        .asks("How many calls from one service to another does a request make, or would it?")
        .why(
            "Each takes a way over the network, and can fail",
            "guide, section 2: network failures",
        )
        .or(Value::Number(1.0))
        .from(|seen, _| {
            let calls = seen.calls_between().filter(|_| seen.analysis.processes.len() > 1)?;
            Some(Known::derived("traffic", Value::Number(calls / seen.steady.total)))
        }),
    Fact::number("call-time", "ms", 0.001, 1e4)
        .asks("How long is the way to another service and back?")
        .why("A call in one process takes none of it", "Dean, 2009: 0.5 ms in a data center")
        .or(Value::Number(0.5)),
    Fact::number("available", "%", 0.0, 100.0)
        .asks("How available is each service?")
        .why("A request is as available as all that it needs", "Treynor et al., 2017")
        .or(Value::Number(99.9)),
    Fact::number("growth", "% a month", -50.0, 1000.0)
        .asks("By how much does the load grow a month, in percent?")
        .why("It shows the load in 18 months, and decides nothing", "guide, section 2")
        .or(Value::Number(0.0))
        .from(|seen, _| seen.growth(None)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "monolith",
        title: "One process",
        reversal: Reversal::Months,
        undo: "borders are drawn into code that has grown without them",
        door: "one folder for each capability, no query into the tables of another",
        boring: 1,
    },
    Opt {
        id: "modular-monolith",
        title: "One process with borders that a machine checks",
        reversal: Reversal::Weeks,
        undo: "a module moves out behind the interface that it has, or its border is dropped",
        door: "give each module its own schema, and let them call and publish, never join",
        boring: 2,
    },
    Opt {
        id: "services",
        title: "Services, each with its data and its team",
        reversal: Reversal::Months,
        undo: "data that has been split is brought together, and consumers are moved one by one",
        door: "split one part first, the one with the trigger, and run it for a quarter",
        boring: 3,
    },
];

/// One process with the cores of all, in as many copies as the service that has most. Services that
/// are one process today cannot be taken apart without knowing what each needs.
fn changes(seen: &Seen<'_>, _: &Subject, _: &Answers, option: &'static str) -> Option<Vec<Change>> {
    let processes = &seen.analysis.processes;
    let services = &seen.architecture.services;
    if option == "services" {
        let apart = processes.len() == services.len();
        return apart.then(Vec::new);
    }
    if processes.len() == 1 {
        return Some(Vec::new());
    }
    let lead = |process: usize| seen.analysis.lead(process);
    let all = || (0..processes.len()).map(lead);
    let copies = all().map(|it| it.replicas.value).max()?;
    let spread = |of: u32, replicas: u32| f64::from(of) * f64::from(replicas) / f64::from(copies);
    // What has no stated bound would make the whole process unbounded: then none is known.
    let cores: Option<f64> = all().map(|it| Some(spread(it.cores?.count, it.replicas.value))).sum();
    let sum = |of: &dyn Fn(usize) -> Option<u32>| -> Option<f64> {
        let each = (0..processes.len()).map(|it| Some(spread(of(it)?, lead(it).replicas.value)));
        each.sum()
    };
    let slots = sum(&|it| lead(it).concurrency.as_ref().map(|it| it.value));
    let queue = sum(&|it| lead(it).queue.as_ref().map(|it| it.value));
    let cost: f64 = all().filter_map(|it| Some(it.cost? * f64::from(it.replicas.value))).sum();
    let mut changes = Vec::new();
    for service in services {
        let path = format!("services.{}", quoted(&service.name.value));
        let mut set = |key: &str, value: String| {
            changes.push(Change::Set(format!("{path}.{key}"), value));
        };
        set("deploy", "monolith".into());
        set("replicas", copies.to_string());
        set("cores", libm::ceil(cores?).to_string());
        for (key, bound) in [("concurrency", slots), ("queue", queue)] {
            set(key, bound.map_or_else(|| "unlimited".into(), |it| libm::ceil(it).to_string()));
        }
        if cost > 0.0 {
            set("cost", format!("${}/h", cost / f64::from(copies)));
        }
    }
    Some(changes)
}

/// Whether one process has borders that a machine checks no architecture says.
#[expect(clippy::unnecessary_wraps, reason = "other topics may find nothing said")]
fn today(seen: &Seen<'_>, _: &Subject) -> Option<Standing> {
    let processes = seen.analysis.processes.len();
    let is = if processes > 1 { Is::One("services") } else { Is::Untold };
    let words =
        if processes == 1 { "one process".to_owned() } else { format!("{processes} processes") };
    Some(Standing::derived(words, is))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    if seen.architecture.services.is_empty() { Vec::new() } else { vec![seen.whole()] }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [engineers, teams, triggers] =
        ["engineers", "teams", "triggers"].map(|it| facts.number(it));
    let settled = facts.flag("borders-settled");
    let alone = teams <= 1.0;
    judge.exclude_if(
        !alone,
        "monolith",
        &["teams"],
        format!("{} teams in one code without borders block each other", plain(teams)),
    );
    judge.exclude_if(
        alone && !settled,
        "modular-monolith",
        &["borders-settled", "teams"],
        "borders that still move are cheap to move only while nothing enforces them",
    );
    judge.exclude_if(
        triggers < 1.0,
        "services",
        &["triggers"],
        "nothing was measured that a border in one process does not give",
    );
    judge.exclude_if(
        alone,
        "services",
        &["teams"],
        "one team releases on its own already: every service would be kept by the same people",
    );
    judge.exclude_if(
        engineers < ENOUGH,
        "services",
        &["engineers"],
        format!("{} engineers are fewer than {}", plain(engineers), plain(ENOUGH)),
    );
    judge.exclude_if(
        !settled,
        "services",
        &["borders-settled"],
        "borders that still move are the most expensive between services",
    );
    judge.exclude_if(
        !facts.flag("operations-routine"),
        "services",
        &["operations-routine"],
        "each service needs deployment, tracing and on-call that are not routine yet",
    );
    if !judge.is_excluded("services") {
        let sentence = format!(
            "what was measured ({}) needs parts that are deployed on their own",
            plain(triggers)
        );
        judge.exclude("modular-monolith", &["triggers"], sentence.clone());
        judge.exclude("monolith", &["triggers"], sentence);
    }
    let services = facts.number("services");
    judge.line(
        "services per team",
        format!("{} / {}", plain(services), plain(teams)),
        services / teams,
        "",
    );
    judge.line(
        "engineers per service",
        format!("{} / {}", plain(engineers), plain(services)),
        engineers / services,
        "",
    );
    network(facts, judge);
    let growth = facts.number("growth");
    if growth > 0.0 {
        let times = libm::pow(1.0 + growth / 100.0, MONTHS);
        judge.line(
            "load in 18 months",
            format!("(1 + {}%)^18", plain(growth)),
            times,
            "times today's",
        );
        judge.advise(format!(
            "In 18 months there is {} times the load: a process can be copied as well as a service, \
             so that it is no reason by itself.",
            number(times)
        ));
    }
}

/// What a request pays for borders between processes.
fn network(facts: &Answers, judge: &mut Judge) {
    let [calls, time, available] = ["calls", "call-time", "available"].map(|it| facts.number(it));
    judge.line(
        "on the network, of a request to services",
        format!("{} x {} ms", plain(calls), plain(time)),
        calls * time,
        "ms",
    );
    let all = libm::pow(available / 100.0, calls + 1.0) * 100.0;
    judge.line("availability of a request to one process", "", available, "%");
    judge.line(
        "availability of a request to services",
        format!("{}% to the power of ({} + 1)", plain(available), plain(calls)),
        all,
        "%",
    );
    let services = facts.number("services");
    judge.line("pipelines, dashboards and rotas", "one for each service", services, "");
}
