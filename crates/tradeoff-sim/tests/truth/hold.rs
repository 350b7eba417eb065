//! Holding figures against what theory says of them.

use std::time::Instant;

use tradeoff_des::{Key, stats::t_quantile};
use tradeoff_sim::{
    Options,
    results::{Figure, Interval, Latency, Requests, Resource, Run},
};

use crate::support::simulate;

/// Replications of a case, unless its row says otherwise.
pub(crate) const REPLICATIONS: u32 = 40;
/// A figure may lie so many standard errors from the truth.
const STANDARD_ERRORS: f64 = 4.0;
/// What the buckets of the histograms add to a percentile, as a share of it.
const BUCKET: f64 = 0.004;
/// How exact truths are written down, as a share of them.
const DIGITS: f64 = 1e-6;

/// An architecture and how long it is watched.
#[derive(Clone, Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) name: &'a str,
    /// The entries of `services`, and whatever else stands at the top.
    pub(crate) services: String,
    /// What `traffic.t` says.
    pub(crate) traffic: String,
    /// Seconds.
    pub(crate) warmup: f64,
    /// Seconds of each replication.
    pub(crate) duration: f64,
    pub(crate) replications: u32,
}

impl<'a> Bench<'a> {
    /// Open traffic at one endpoint, so long that there are so many millions of requests.
    pub(crate) fn open(name: &'a str, rate: f64, to: &str, millions: f64) -> Self {
        Self {
            name,
            services: String::new(),
            traffic: format!("{{ rate: {rate}/s, patience: none, mix: {{ {to}: 100% }} }}"),
            warmup: 0.0,
            duration: millions * 1e6 / rate / f64::from(REPLICATIONS),
            replications: REPLICATIONS,
        }
    }

    /// Users who think and ask one endpoint, for so long.
    pub(crate) fn closed(name: &'a str, users: u32, think: &str, to: &str, duration: f64) -> Self {
        Self {
            name,
            services: String::new(),
            traffic: format!(
                "{{ users: {users}, think: {think}, patience: none, mix: {{ {to}: 100% }} }}"
            ),
            warmup: 0.0,
            duration,
            replications: REPLICATIONS,
        }
    }

    pub(crate) fn services(self, services: impl Into<String>) -> Self {
        Self { services: services.into(), ..self }
    }

    /// Seconds that are not measured, for the start from empty to be forgotten.
    pub(crate) fn warmup(self, warmup: f64) -> Self {
        Self { warmup, ..self }
    }

    pub(crate) fn run(&self) -> Seen {
        self.run_with(&Options { series: false, ..self.options() })
    }

    /// Every case has a seed of its own: under one seed all would share their luck, and one
    /// unlucky stream of arrivals would speak against all of them.
    pub(crate) fn options(&self) -> Options {
        let seed = Key::root(0).name(self.name).bits();
        Options { seed, replications: self.replications, ..Options::default() }
    }

    #[expect(clippy::print_stdout, reason = "tests print what they saw")]
    #[expect(
        clippy::disallowed_methods,
        reason = "the reader sees the speed; no figure depends on it"
    )]
    pub(crate) fn run_with(&self, options: &Options) -> Seen {
        let yaml = format!(
            "tradeoff: 1\nname: truth\nwarmup: {}s\nduration: {}s\nservices:\n{}\ntraffic:\n  t: {}\n",
            self.warmup, self.duration, self.services, self.traffic
        );
        let start = Instant::now();
        let mut simulation = simulate(&yaml, options);
        let took = start.elapsed().as_secs_f64();
        let scenario = (simulation.runs.len() > 1).then(|| simulation.runs.swap_remove(1));
        let run = simulation.runs.swap_remove(0);
        let requests: u64 = run.requests.values().map(|it| it["all"].offered).sum();
        println!(
            "{}: {:.2} M requests, {:.2} M events, {took:.2} s, {:.2} M requests/s",
            self.name,
            requests as f64 * 1e-6,
            run.events as f64 * 1e-6,
            requests as f64 * 1e-6 / took,
        );
        assert_eq!(run.bounded_by, None, "{}: cut off\n{yaml}", self.name);
        Seen { run, scenario, replications: options.replications }
    }
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) run: Run,
    pub(crate) scenario: Option<Run>,
    pub(crate) replications: u32,
}

impl Seen {
    /// The users' view, where there is one kind of request.
    pub(crate) fn requests(&self) -> &Requests {
        &self.run.requests.values().next().expect("there is traffic")["all"]
    }

    pub(crate) fn latency(&self) -> &Latency {
        &self.requests().latency
    }

    pub(crate) fn resource(&self, name: &str) -> &Resource {
        let known = || self.run.resources.keys().collect::<Vec<_>>();
        self.run.resources.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", known()))
    }

    /// The standard error behind an interval.
    pub(crate) fn standard_error(&self, it: Interval) -> f64 {
        let half = (it.high - it.value).max(it.value - it.low);
        half / t_quantile(0.975, f64::from(self.replications - 1))
    }
}

/// What theory says of a figure.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    what: String,
    found: Figure,
    least: f64,
    most: f64,
    /// The largest standard error with which it counts as held, as a share of the truth.
    error: f64,
    /// Standard error of the truth itself, where it was simulated, as a share of it.
    own_error: f64,
    /// How far off the figure may be beyond its noise, as a share of the truth.
    slack: f64,
}

/// A mean: its standard error is at most 0.25 %.
pub(crate) fn mean(what: impl Into<String>, found: Figure, truth: f64) -> Claim {
    Claim {
        what: what.into(),
        found,
        least: truth,
        most: truth,
        error: 0.0025,
        own_error: 0.0,
        slack: 0.0,
    }
}

/// A percentile: its standard error is at most 1 %.
pub(crate) fn percentile(what: impl Into<String>, found: Figure, truth: f64) -> Claim {
    Claim { error: 0.01, slack: BUCKET, ..mean(what, found, truth) }
}

/// Somewhere between two bounds.
pub(crate) fn between(what: impl Into<String>, found: Figure, least: f64, most: f64) -> Claim {
    Claim { least, most, ..mean(what, found, f64::midpoint(least, most)) }
}

impl Claim {
    pub(crate) fn error(self, error: f64) -> Self {
        Self { error, ..self }
    }

    pub(crate) fn own_error(self, own_error: f64) -> Self {
        Self { own_error, ..self }
    }

    pub(crate) fn slack(self, slack: f64) -> Self {
        Self { slack: self.slack + slack, ..self }
    }

    /// Prints the figure; says what is wrong with it.
    #[expect(clippy::print_stdout, reason = "tests print what they saw")]
    fn check(&self, name: &str, seen: &Seen) -> Option<String> {
        let truth = f64::midpoint(self.least, self.most);
        let Some(found) = self.found else {
            return Some(format!(
                "{name}, {}: expected {truth}, but there is no figure",
                self.what
            ));
        };
        let se = seen.standard_error(found);
        let noise = libm::hypot(se, self.own_error * truth);
        let slack = (self.slack + DIGITS) * truth;
        let away = found.value - found.value.clamp(self.least - slack, self.most + slack);
        let share = se / truth;
        let z = |away: f64| if away == 0.0 { 0.0 } else { away / noise };
        let to_truth = found.value - found.value.clamp(self.least, self.most);
        let expected = if self.least < self.most {
            format!("{:.5}..{:.5}", self.least, self.most)
        } else {
            format!("{truth:.6}")
        };
        let line = format!(
            "{name:<40} {:<22} expected {expected:<12} found {:<10.6} se {:.3} % ({:.2} %) z {:+.2}",
            self.what,
            found.value,
            share * 100.0,
            self.error * 100.0,
            z(to_truth),
        );
        println!("{line}");
        if share > self.error {
            return Some(format!("too noisy: {line}"));
        }
        let z = z(away);
        (z.abs() > STANDARD_ERRORS).then(|| format!("off by {z:.2} beyond the slack: {line}"))
    }
}

/// What is wrong about what was seen: the claims that do not hold.
#[must_use]
pub(crate) fn hold(name: &str, seen: &Seen, claims: &[Claim]) -> Vec<String> {
    claims.iter().filter_map(|it| it.check(name, seen)).collect()
}

/// Runs all cases of a table, then tells of all that is wrong.
pub(crate) fn hold_all<T>(cases: impl IntoIterator<Item = T>, hold: impl Fn(T) -> Vec<String>) {
    let wrong: Vec<String> = cases.into_iter().flat_map(hold).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is left of a share.
pub(crate) fn complement(figure: Figure) -> Figure {
    figure.map(|it| Interval { value: 1.0 - it.value, low: 1.0 - it.high, high: 1.0 - it.low })
}
