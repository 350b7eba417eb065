//! The typed architecture: what the file says, with every name resolved and every unit read.
//!
//! Lists that were maps in the file are sorted by name, so that reordering the file changes
//! nothing. Durations are whole nanoseconds, rates are per second, shares are between 0 and 1.

mod rules;

use std::sync::Arc;

use tradeoff_diag::{Span, Spanned};

use crate::facts::Facts;
pub use rules::Acceptance;

/// Nanoseconds.
pub type Nanos = u64;

/// The whole description.
#[derive(Clone, Debug, Default)]
pub struct Architecture {
    /// Its name.
    pub name: String,
    /// One line about it.
    pub summary: Option<String>,
    /// How long the baseline is measured; default 5 min.
    pub duration: Nanos,
    /// Run-in before the measurement, or `None` for the contract's automatic one.
    pub warmup: Option<Nanos>,
    /// Who owns what.
    pub teams: Vec<Team>,
    /// What runs our code.
    pub services: Vec<Service>,
    /// Databases.
    pub stores: Vec<Store>,
    /// What others run.
    pub externals: Vec<External>,
    /// Sources of requests.
    pub traffic: Vec<Traffic>,
    /// Promises.
    pub slos: Vec<Slo>,
    /// Scripts of events.
    pub scenarios: Vec<Scenario>,
    /// Findings that are accepted, in the order of the file.
    pub acceptances: Vec<Acceptance>,
    /// Every default that was taken because the file says nothing.
    pub assumptions: Vec<Assumption>,
    /// Every number that the file gives as a range, sorted by path.
    pub ranges: Vec<Range>,
    /// What the file says beside: for rules and decisions, not for the simulator.
    pub facts: Facts,
}

/// A default that was taken: what the file did not say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// Dotted path of the value, as `--set` takes it: `services.order.queue`.
    pub path: String,
    /// What was assumed, as it would be written: `unlimited`, `0s`, `10s`.
    pub value: String,
    /// Where it comes from, unless it is a default of the format: `middle of 8ms..40ms`.
    pub source: Option<String>,
}

/// A number that nobody knows: `p99: 8ms..40ms`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Dotted path of the value, as `--set` takes it.
    pub path: String,
    /// Its low end, as it is written.
    pub low: String,
    /// Its high end, as it is written.
    pub high: String,
    /// The value that is simulated, as it would be written.
    pub used: String,
    /// Where it is stated.
    pub span: Span,
}

/// People who own components.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its name.
    pub name: Spanned<String>,
    /// How many engineers, if stated.
    pub engineers: Option<u32>,
}

/// A component that runs our code.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// Index of the owning team.
    pub team: Option<usize>,
    /// The deploy unit: services that share one are modules of one process.
    pub deploy: Option<Spanned<String>>,
    /// What is released together.
    pub release: Option<Spanned<String>>,
    /// Copies that run; at the key's place if stated, else at the name's. Default 1.
    pub replicas: Spanned<u32>,
    /// Whether the file states `replicas`.
    pub replicas_stated: bool,
    /// Relative speed of each replica (`speeds: [1, 2]`): `work` of 1 s takes 1 s / speed. Empty: all 1.
    pub speeds: Vec<f64>,
    /// Cores per replica; `None`: unlimited.
    pub cores: Option<Cores>,
    /// Requests in service at once per replica; `None`: unlimited.
    pub concurrency: Option<Spanned<u32>>,
    /// Requests that wait for a slot per replica; `None`: unlimited.
    pub queue: Option<Spanned<u32>>,
    /// How callers choose a replica.
    pub balance: Balance,
    /// Share of the time that it is up, as promised or seen, all replicas together; if stated.
    pub availability: Option<f64>,
    /// USD per hour and replica, if stated.
    pub cost: Option<f64>,
    /// What it offers, sorted by name.
    pub endpoints: Vec<Endpoint>,
    /// What it does with messages, sorted by topic; the simulator does not move it yet.
    pub consumers: Vec<Consumer>,
}

/// What a service does with the messages of a topic; its other keys are facts, under
/// `services.<service>.consumes.<topic>`.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// The name of the topic, at its key.
    pub topic: Spanned<String>,
    /// What is done with a message.
    pub steps: Vec<Step>,
}

/// Cores of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cores {
    /// How many.
    pub count: u32,
    /// Processor sharing instead of first-in first-out.
    pub share: bool,
    /// Where it is stated.
    pub span: Span,
}

/// How callers choose among the replicas of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// The algorithm; default `round-robin`.
    pub policy: BalancePolicy,
    /// How many replicas `two-choices` draws; default 2.
    pub choices: u32,
    /// Whether `two-choices` draws with replacement.
    pub replace: bool,
    /// Whether choices weigh each replica's capacity (its speed).
    pub weighted: bool,
    /// Distinct clients that `ip-hash` hashes; default 10,000.
    pub clients: u64,
    /// How long after its crash balancers avoid a replica; `None`: never. Default 30 s.
    pub health: Option<Nanos>,
}

/// The balancing algorithms of the guide (section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalancePolicy {
    /// Uniformly at random.
    Random,
    /// In turn.
    RoundRobin,
    /// Fewest unanswered requests of this caller.
    LeastConnections,
    /// Lowest latency times unanswered requests.
    LeastResponseTime,
    /// By the client's identity.
    IpHash,
    /// The less loaded of a few drawn at random.
    TwoChoices,
}

/// One operation of a service.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// `POST /v1/orders`, if stated.
    pub http: Option<Spanned<String>>,
    /// Whether callers may repeat it safely under a key, if stated.
    pub idempotency_key: Option<bool>,
    /// Whether repeating it does no harm by itself, if stated.
    pub idempotent: Option<bool>,
    /// Whether it moves money.
    pub money: bool,
    /// What it does.
    pub steps: Vec<Step>,
    /// What was measured of it where it runs.
    pub observed: Vec<Observed>,
}

/// A measurement of an endpoint that runs, at the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Its key: `p99`.
    pub key: &'static str,
    /// What was measured.
    pub statistic: Statistic,
    /// Seconds, or requests per second.
    pub value: f64,
    /// Where it is stated.
    pub span: Span,
}

/// What is measured of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The mean time from arrival to answer.
    Mean,
    /// A percentile of it: 0.99 for `p99`.
    Percentile(f64),
    /// Arrivals per second, retries included.
    Rate,
}

/// One thing that an endpoint does.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place in the file.
    pub span: Span,
    /// Its JSON Pointer, as patches use it: `/services/order/endpoints/place/steps/1`.
    pub pointer: String,
    /// What it does.
    pub kind: StepKind,
}

/// The kinds of steps.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Computes: needs a core.
    Work(Dist),
    /// Waits: needs no core.
    Wait(Dist),
    /// Calls a service or an external.
    Call {
        /// Whom.
        target: Target,
        /// The policy in force, precedence applied.
        policy: EdgePolicy,
        /// One crossing of the network to the target, in seconds.
        network: Dist,
    },
    /// Queries a store.
    Query {
        /// Index into [`Architecture::stores`].
        store: usize,
        /// Index into [`Store::operations`].
        operation: usize,
        /// The policy in force, precedence applied.
        policy: EdgePolicy,
        /// One crossing of the network to the store, in seconds.
        network: Dist,
    },
    /// Runs branches side by side.
    All {
        /// How many must succeed; `None`: all are awaited and all must succeed.
        need: Option<u32>,
        /// The branches.
        branches: Vec<Vec<Step>>,
    },
    /// Runs one of two lists.
    Chance {
        /// Probability of `then`.
        share: f64,
        /// With probability `share`.
        then: Vec<Step>,
        /// Otherwise.
        otherwise: Vec<Step>,
    },
    /// Runs a list several times, one after another.
    Repeat {
        /// How often: a whole number, rounded to the nearest.
        times: Dist,
        /// What.
        steps: Vec<Step>,
    },
    /// Runs a list whose failure does not matter.
    Optional(Vec<Step>),
    /// Runs a second list if the first failed.
    Fallback {
        /// Tried first.
        steps: Vec<Step>,
        /// Run if `steps` failed.
        otherwise: Vec<Step>,
    },
    /// Keeps one pool connection through a list.
    Transaction {
        /// Index into [`Architecture::stores`].
        store: usize,
        /// What runs inside.
        steps: Vec<Step>,
    },
    /// Fails with a probability.
    Fail(f64),
}

/// Whom a call reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// An endpoint of a service: indices into [`Architecture::services`] and [`Service::endpoints`].
    Endpoint(usize, usize),
    /// An external: index into [`Architecture::externals`] and, if it states operations, into them.
    External(usize, Option<usize>),
}

/// The policy on one edge after precedence, with where each key came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgePolicy {
    /// Bound of one attempt.
    pub timeout: Option<Spanned<Nanos>>,
    /// Bound of the whole call.
    pub deadline: Option<Spanned<Nanos>>,
    /// Whether the callee hears of the deadline and keeps it (`deadline: { after: 1s, pass: true }`).
    pub pass_deadline: bool,
    /// Retries.
    pub retry: Option<Spanned<Retry>>,
    /// Circuit breaker.
    pub breaker: Option<Spanned<Breaker>>,
    /// Most calls in flight per caller replica.
    pub bulkhead: Option<Spanned<u32>>,
    /// Whether the callee is told when the caller stops waiting.
    pub cancel: bool,
    /// Whether the file says `retry: none`, instead of nothing about retries.
    pub retry_refused: bool,
}

/// A retry policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// Attempts, the first included.
    pub attempts: u32,
    /// How waits grow.
    pub backoff: Backoff,
    /// The first wait. Default 25 ms.
    pub base: Nanos,
    /// The longest wait. Default 1 s.
    pub cap: Nanos,
    /// How waits are spread.
    pub jitter: Jitter,
    /// The token bucket that bounds retries.
    pub budget: Option<Budget>,
}

/// How waits between attempts grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// No wait at all (`backoff: none`).
    None,
    /// Always `base`.
    Constant,
    /// `base` times the retry's number.
    Linear,
    /// `base` doubled each time.
    Exponential,
}

/// How waits between attempts are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Uniform between zero and the wait.
    Full,
    /// Uniform between half and all of the wait.
    Equal,
    /// Uniform between `base` and three times the previous wait.
    Decorrelated,
}

/// A retry budget: a token bucket per caller replica and edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Tokens earned per success or first attempt.
    pub share: f64,
    /// Its size; it starts full. Default 10.
    pub burst: u32,
    /// Whether a first attempt earns (`earn: attempt`) instead of a success.
    pub earn_attempt: bool,
}

/// A circuit breaker's configuration. Defaults are the guide's (section 12).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breaker {
    /// Share of failed calls that opens it. Default 50 %.
    pub failure_rate: f64,
    /// Share of slow calls that opens it.
    pub slow_rate: Option<f64>,
    /// From when on a call is slow.
    pub slow_after: Nanos,
    /// What it looks back on. Default 10 calls.
    pub window: BreakerWindow,
    /// Calls before it may open; default the whole window (10 for a window of time).
    pub min_calls: Option<u32>,
    /// How long it stays open. Default 30 s.
    pub open_for: Nanos,
    /// Successes that close it. Default 3.
    pub probes: u32,
    /// Probes at once; default `probes`.
    pub concurrent_probes: u32,
}

/// What a breaker looks back on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerWindow {
    /// The last so many calls.
    Calls(u32),
    /// The last so many nanoseconds.
    Time(Nanos),
}

/// A database.
#[derive(Clone, Debug)]
pub struct Store {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// `postgres` and so on, if stated.
    pub kind: Option<Spanned<String>>,
    /// Index of the service that owns its data.
    pub owner: Option<usize>,
    /// The database that it is in, if stated: stores may be in one.
    pub database: Option<Spanned<String>>,
    /// Its schema in that database, if stated.
    pub schema: Option<Spanned<String>>,
    /// Copies that run; default 1.
    pub replicas: Spanned<u32>,
    /// Whether the file states `replicas`.
    pub replicas_stated: bool,
    /// Cores; `None`: unlimited.
    pub cores: Option<Cores>,
    /// Connections that it accepts; `None`: unlimited.
    pub connections: Option<Spanned<u32>>,
    /// Queries that wait for a core; one more is refused. `None`: unlimited.
    pub queue: Option<Spanned<u32>>,
    /// Each caller replica's pool; `None`: a connection per query, opened and closed.
    pub pool: Option<Pool>,
    /// A pooler between the pools and the store (`PgBouncer`, transaction mode).
    pub pooler: Option<Pooler>,
    /// Time to open a connection, in seconds; `None`: it takes none.
    pub connect: Option<Dist>,
    /// Share of the time that it is up, as promised or seen, all replicas together; if stated.
    pub availability: Option<f64>,
    /// USD per hour and replica, if stated.
    pub cost: Option<f64>,
    /// Its operations, sorted by name.
    pub operations: Vec<Operation>,
}

/// A connection pool in every caller replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Connections per caller replica.
    pub per_replica: u32,
    /// Longest wait for one; `None`: for ever.
    pub wait: Option<Nanos>,
    /// Where it is stated.
    pub span: Span,
}

/// A shared pooler in transaction mode: clients queue for its few server connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pooler {
    /// Server connections that it keeps.
    pub connections: u32,
    /// Client connections that it accepts; `None`: unlimited.
    pub clients: Option<u32>,
    /// Longest wait for a server connection; `None`: for ever.
    pub wait: Option<Nanos>,
    /// Where it is stated.
    pub span: Span,
}

/// One kind of query.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// Time on a core of the store (stores) or until the answer (externals), in seconds.
    pub time: Dist,
    /// Share that fails (externals).
    pub errors: f64,
    /// Whether it writes.
    pub writes: bool,
    /// Whether repeating it does no harm, if stated.
    pub idempotent: Option<bool>,
}

/// A component that others run: it answers after a time, however many ask.
#[derive(Clone, Debug)]
pub struct External {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// Time until it answers, in seconds.
    pub time: Dist,
    /// Share of calls that fail with `error`.
    pub errors: f64,
    /// Calls per second that it takes; more are refused. `None`: unlimited.
    pub limit: Option<f64>,
    /// Calls in service at once; more are refused. `None`: unlimited.
    pub concurrency: Option<u32>,
    /// Share of the time that it is up, as promised or seen; if stated.
    pub availability: Option<f64>,
    /// Whether repeating a call does no harm, if stated.
    pub idempotent: Option<bool>,
    /// Named operations, sorted; if empty any name may be called.
    pub operations: Vec<Operation>,
    /// Whether it stands in for a service that nobody has described yet.
    pub stub: bool,
}

/// A source of requests.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// Open or closed.
    pub kind: TrafficKind,
    /// After this the user has failed with `timeout`; `None`: waits for ever. Default 10 s.
    pub patience: Option<Nanos>,
    /// The users' own policy; default none.
    pub policy: EdgePolicy,
    /// What is asked for, sorted by endpoint; shares sum to 1.
    pub mix: Vec<Mix>,
}

/// Open or closed traffic.
#[derive(Clone, Debug)]
pub enum TrafficKind {
    /// Arrives whether or not the system keeps up.
    Open {
        /// Mean arrivals per second (Poisson).
        rate: f64,
    },
    /// Users who think, ask and think again.
    Closed {
        /// How many.
        users: u32,
        /// How long they think, in seconds.
        think: Dist,
    },
}

impl TrafficKind {
    /// Becomes so many times as much: its rate, or its users, of whom at least one stays.
    pub fn multiply(&mut self, factor: f64) {
        match self {
            Self::Open { rate } => *rate *= factor,
            Self::Closed { users, .. } => {
                *users = libm::round(f64::from(*users) * factor).max(1.0) as u32;
            }
        }
    }
}

/// A share of a traffic's requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// Index into [`Architecture::services`].
    pub service: usize,
    /// Index into [`Service::endpoints`].
    pub endpoint: usize,
    /// Its share.
    pub share: f64,
}

/// A promise about an endpoint.
#[derive(Clone, Debug)]
pub struct Slo {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// Index into [`Architecture::services`].
    pub service: usize,
    /// Index into [`Service::endpoints`].
    pub endpoint: usize,
    /// Promised share of good requests.
    pub availability: Option<Spanned<f64>>,
    /// Promised latency.
    pub latency: Option<LatencyGoal>,
    /// Over how long. Default 30 d.
    pub window: Nanos,
    /// Share of the window's budget that one scenario may spend. Default 10 %.
    pub spend: f64,
}

/// `latency: { p99: 300ms }`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatencyGoal {
    /// 0.99 for `p99`.
    pub quantile: f64,
    /// The limit.
    pub limit: Nanos,
    /// Where it is stated.
    pub span: Span,
}

/// A script of events.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name, at its key.
    pub name: Spanned<String>,
    /// How long it is measured. Default: the architecture's `duration`.
    pub duration: Nanos,
    /// How often per month it happens. Default 1.
    pub per_month: f64,
    /// What happens, sorted by start.
    pub events: Vec<Event>,
}

/// One event of a scenario.
#[derive(Clone, Debug)]
pub struct Event {
    /// Where it stands.
    pub span: Span,
    /// When it starts, from the start of the measurement.
    pub at: Nanos,
    /// How long it lasts.
    pub lasts: Nanos,
    /// What it does.
    pub kind: EventKind,
}

/// What an event does.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// Multiplies the rate or the users of a traffic source.
    Surge {
        /// Index into [`Architecture::traffic`].
        traffic: usize,
        /// By how much.
        by: f64,
    },
    /// Multiplies own work, wait and operation times drawn in the interval.
    Slow {
        /// Whom.
        component: Component,
        /// By how much.
        by: f64,
        /// How many replicas; `None`: all.
        replicas: Option<u32>,
    },
    /// Fails what is on the replicas and refuses new calls.
    Crash {
        /// Whom.
        component: Component,
        /// How many replicas; `None`: all.
        replicas: Option<u32>,
        /// Whether what is in service finishes.
        drain: bool,
    },
    /// Freezes the replicas and their queues.
    Stall {
        /// Whom.
        component: Component,
        /// How many replicas; `None`: all.
        replicas: Option<u32>,
    },
    /// Fails a share of what the component answers.
    Errors {
        /// Whom.
        component: Component,
        /// The share.
        share: f64,
    },
}

/// A component by kind and index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Into [`Architecture::services`].
    Service(usize),
    /// Into [`Architecture::stores`].
    Store(usize),
    /// Into [`Architecture::externals`].
    External(usize),
}

/// How long something takes (seconds) or how often it happens (a count).
#[derive(Clone, Debug, PartialEq)]
pub enum Dist {
    /// Always the same: `5ms`.
    Constant(f64),
    /// `{ mean: 5ms }`.
    Exponential {
        /// Its mean.
        mean: f64,
    },
    /// `{ p50: 1ms, p99: 8ms }` or `{ mean: 5ms, cv: 2 }`.
    Lognormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// `{ min: 1ms, max: 3ms }`.
    Uniform {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
    },
    /// `{ samples: latencies.csv }`: one of these, each as likely, sorted.
    Empirical(Arc<[f64]>),
}

impl Dist {
    /// Its mean, in its own unit.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } => *mean,
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Uniform { min, max } => f64::midpoint(*min, *max),
            Self::Empirical(samples) => samples.iter().sum::<f64>() / samples.len() as f64,
        }
    }

    /// Whether it is always zero.
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Constant(value) if *value == 0.0)
    }
}

impl Architecture {
    /// The endpoint's name as it is written in the file: `order.place`.
    pub fn endpoint_name(&self, service: usize, endpoint: usize) -> String {
        let service = &self.services[service];
        format!("{}.{}", service.name.value, service.endpoints[endpoint].name.value)
    }

    /// The name of whom a call reaches, as it is written in the file.
    pub fn target_name(&self, target: Target) -> String {
        match target {
            Target::Endpoint(service, endpoint) => self.endpoint_name(service, endpoint),
            Target::External(external, operation) => {
                let external = &self.externals[external];
                match operation {
                    Some(index) => {
                        format!("{}.{}", external.name.value, external.operations[index].name.value)
                    }
                    None => external.name.value.clone(),
                }
            }
        }
    }
}

impl EdgePolicy {
    /// Whether two policies say the same, wherever they stand in the file.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        fn value<T: Copy>(of: Option<&Spanned<T>>) -> Option<T> {
            of.map(|it| it.value)
        }
        value(self.timeout.as_ref()) == value(other.timeout.as_ref())
            && value(self.deadline.as_ref()) == value(other.deadline.as_ref())
            && value(self.retry.as_ref()) == value(other.retry.as_ref())
            && value(self.breaker.as_ref()) == value(other.breaker.as_ref())
            && value(self.bulkhead.as_ref()) == value(other.bulkhead.as_ref())
            && self.pass_deadline == other.pass_deadline
            && self.cancel == other.cancel
    }
}
