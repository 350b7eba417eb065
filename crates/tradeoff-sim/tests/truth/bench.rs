//! An architecture on the bench: how it is written, how long it is watched, what was seen of it.

use std::time::Instant;

use tradeoff_des::Key;
use tradeoff_sim::{
    Options, Plan, Title, frame,
    results::{Latency, Requests, Resource, Run},
    summarize, trial,
};

use crate::{
    beside::{Beside, Figures},
    control::Control,
    support::architecture,
};

/// Replications of a case, unless its row says otherwise.
pub(crate) const REPLICATIONS: u32 = 40;

/// An architecture and how long it is watched.
#[derive(Clone)]
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
    /// What the design puts in and the run shows.
    pub(crate) controls: Vec<Control>,
    /// Other systems, fed by the same draws.
    pub(crate) beside: Option<Beside>,
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
            controls: vec![Control::Arrivals { rate }],
            beside: None,
        }
    }

    /// Users who think for so many seconds in the mean and ask one endpoint, for so long.
    pub(crate) fn closed(name: &'a str, users: u32, think: f64, to: &str, duration: f64) -> Self {
        let traffic = format!("t/{to}");
        let bench = Self::thinking(name, users, &format!("{{ mean: {think}s }}"), to, duration);
        if think == 0.0 {
            bench
        } else {
            bench.control(Control::Think { traffic, users, mean: think })
        }
    }

    /// Users whose thinking is drawn from a distribution.
    pub(crate) fn thinking(
        name: &'a str,
        users: u32,
        think: &str,
        to: &str,
        duration: f64,
    ) -> Self {
        Self {
            name,
            services: String::new(),
            traffic: format!(
                "{{ users: {users}, think: {think}, patience: none, mix: {{ {to}: 100% }} }}"
            ),
            warmup: 0.0,
            duration,
            replications: REPLICATIONS,
            controls: Vec::new(),
            beside: None,
        }
    }

    pub(crate) fn services(self, services: impl Into<String>) -> Self {
        Self { services: services.into(), ..self }
    }

    /// Seconds that are not measured, for the start from empty to be forgotten.
    pub(crate) fn warmup(self, warmup: f64) -> Self {
        Self { warmup, ..self }
    }

    /// As long in all, in so many replications.
    pub(crate) fn replications(self, replications: u32) -> Self {
        let stretch = f64::from(self.replications) / f64::from(replications);
        Self { replications, duration: self.duration * stretch, ..self }
    }

    /// Without controls, where those that there are do not tell on what is claimed.
    pub(crate) fn uncontrolled(self) -> Self {
        Self { controls: Vec::new(), ..self }
    }

    /// One more thing that the design puts in, to be held and to take its luck away.
    pub(crate) fn control(mut self, control: Control) -> Self {
        self.controls.push(control);
        self
    }

    /// Other systems, fed by the same draws, to take more of the luck away.
    pub(crate) fn beside(self, beside: Beside) -> Self {
        Self { beside: Some(beside), ..self }
    }

    /// The mean time, in seconds, for which a server of a resource is needed.
    pub(crate) fn work(self, resource: &str, mean: f64) -> Self {
        self.control(Control::Work { resources: vec![resource.to_owned()], mean })
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
        let start = Instant::now();
        let seen = self.see(options);
        let took = start.elapsed().as_secs_f64();
        let run = &seen.all.run;
        let requests: u64 = run.requests.values().map(|it| it["all"].offered).sum();
        println!(
            "{}: {:.2} M requests, {:.2} M events, {took:.2} s, {:.2} M requests/s",
            self.name,
            requests as f64 * 1e-6,
            run.events as f64 * 1e-6,
            requests as f64 * 1e-6 / took,
        );
        seen
    }

    /// Without a word.
    pub(crate) fn see(&self, options: &Options) -> Seen {
        let yaml = format!(
            "tradeoff: 1\nname: truth\nwarmup: {}s\nduration: {}s\nservices:\n{}\ntraffic:\n  t: {}\n",
            self.warmup, self.duration, self.services, self.traffic
        );
        let (all, each) = simulate(&yaml, options);
        assert_eq!(all.run.bounded_by, None, "{}: cut off\n{yaml}", self.name);
        let (from, to) = (self.warmup, self.warmup + self.duration);
        let figures = |it: &Beside| it.figures(options.seed, options.replications, from, to);
        let beside = self.beside.as_ref().map(figures).unwrap_or_default();
        Seen { all, each, controls: self.controls.clone(), beside }
    }
}

/// All replications together, and each by itself.
fn simulate(yaml: &str, options: &Options) -> (View, Vec<View>) {
    let architecture = architecture(yaml);
    let plan = Plan::new(&architecture);
    let frame = frame(&architecture, &plan, options);
    let trial = trial(&architecture, &plan, options, &frame, &[], &|| ());
    let view = |trial: &_, replications| {
        let title = Title { digest: String::new() };
        let mut runs =
            summarize(&architecture, &plan, options, &frame, title, trial, trial).runs.into_iter();
        let run = runs.next().expect("there is a baseline");
        View { replications, run, scenario: runs.next() }
    };
    let all = view(&trial, options.replications as usize);
    (all, trial.each().map(|it| view(&it, 1)).collect())
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// In all replications together.
    pub(crate) all: View,
    /// In each of them.
    pub(crate) each: Vec<View>,
    pub(crate) controls: Vec<Control>,
    /// In other systems.
    pub(crate) beside: Vec<Figures>,
}

/// The figures of one replication or of all.
#[derive(Debug)]
pub(crate) struct View {
    /// How many replications they are of.
    pub(crate) replications: usize,
    pub(crate) run: Run,
    pub(crate) scenario: Option<Run>,
}

impl View {
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
}
