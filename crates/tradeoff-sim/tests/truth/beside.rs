//! Systems beside the one under test, fed by the same draws: external control variates.
//!
//! Each is a recursion of a few lines, written by hand, of *another* system than the row's: other
//! services or fewer places, or one fast server for many. Theory knows its mean exactly, and as it
//! meets the same arrivals and services, its luck is much that of the row.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
};

use rayon::prelude::*;
use tradeoff_des::Key;

/// How requests come: with exponential gaps, or one every so many seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Open { rate: f64 },
    Clock { gap: f64 },
}

/// What a request draws.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    /// Number of the request, from 1.
    pub(crate) nth: u64,
    /// A chance for systems beside alone.
    pub(crate) chance: f64,
    /// The line that it goes to, where there are several.
    pub(crate) line: usize,
    /// The seconds of its service, or of that at each of several lines.
    pub(crate) services: Vec<f64>,
}

type Draw = Arc<dyn Fn(Key, &mut Drawn) + Send + Sync>;
/// From when a request comes and what it draws, the figures; those that it says nothing of stay NaN.
type Arrive = Box<dyn FnMut(f64, &Drawn, &mut [f64])>;

/// A system beside: what is known of it, and how it goes on from empty.
#[derive(Clone)]
pub(crate) struct System {
    means: Vec<(String, f64)>,
    start: Arc<dyn Fn() -> Arrive + Send + Sync>,
}

impl System {
    fn new<F>(
        name: &str,
        means: &[(impl AsRef<str>, f64)],
        start: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: FnMut(f64, &Drawn, &mut [f64]) + 'static,
    {
        let means = means.iter().map(|(it, mean)| (format!("{name}, {}", it.as_ref()), *mean));
        let means = means.collect();
        Self { means, start: Arc::new(move || Box::new(start())) }
    }
}

/// A system whose services are a share more or less as a coin falls, and the one to which it falls
/// otherwise: the mean of both, from which most of the coin's own luck is gone.
pub(crate) fn either_way(share: f64, system: impl Fn(Shape) -> System) -> System {
    let [one, other] = [share, -share].map(|it| system(Shape::Coin(it)));
    let (means, count) = (one.means.clone(), one.means.len());
    let start = move || {
        let (mut one, mut other) = ((one.start)(), (other.start)());
        let mut others = vec![0.0; count];
        let arrive = move |at: f64, drawn: &Drawn, out: &mut [f64]| {
            others.fill(f64::NAN);
            one(at, drawn, out);
            other(at, drawn, &mut others);
            for (out, other) in out.iter_mut().zip(&others) {
                *out = f64::midpoint(*out, *other);
            }
        };
        Box::new(arrive) as Arrive
    };
    System { means, start: Arc::new(start) }
}

/// All systems beside one under test.
#[derive(Clone)]
pub(crate) struct Beside {
    source: Source,
    draw: Draw,
    systems: Vec<System>,
}

/// What was seen of one figure of a system beside.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) name: String,
    pub(crate) mean: f64,
    /// By replication: the sum, and over how many requests.
    pub(crate) sums: Vec<(f64, f64)>,
}

impl Beside {
    pub(crate) fn new(
        source: Source,
        draw: impl Fn(Key, &mut Drawn) + Send + Sync + 'static,
        systems: Vec<System>,
    ) -> Self {
        Self { source, draw: Arc::new(draw), systems }
    }

    /// What the requests of each replication met that came from `from` on and before `to`, in
    /// seconds.
    pub(crate) fn figures(&self, seed: u64, count: u32, from: f64, to: f64) -> Vec<Figures> {
        let means = self.systems.iter().flat_map(|it| &it.means);
        let replication =
            |nth: u32| self.replication(Key::root(seed).index(u64::from(nth)), from, to);
        let sums: Vec<Vec<(f64, f64)>> = (0..count).into_par_iter().map(replication).collect();
        means
            .enumerate()
            .map(|(nth, (name, mean))| Figures {
                name: name.clone(),
                mean: *mean,
                sums: sums.iter().map(|it| it[nth]).collect(),
            })
            .collect()
    }

    fn replication(&self, key: Key, from: f64, to: f64) -> Vec<(f64, f64)> {
        let traffic = key.index(Key(0).name("t").0);
        let user = traffic.name("user").index(0);
        let mut systems: Vec<(usize, Arrive)> =
            self.systems.iter().map(|it| (it.means.len(), (it.start)())).collect();
        let count = systems.iter().map(|it| it.0).sum();
        let mut sums = vec![(0.0, 0.0); count];
        let mut figures = vec![0.0; count];
        let mut drawn = Drawn::default();
        let mut at = match self.source {
            Source::Open { .. } => 0.0,
            Source::Clock { gap } => gap * (user.name("first").uniform() - 1.0),
        };
        loop {
            drawn.nth += 1;
            let request = match self.source {
                Source::Open { rate } => {
                    let request = traffic.index(drawn.nth);
                    at += request.name("gap").exponential() / rate;
                    request
                }
                Source::Clock { gap } => {
                    at += gap;
                    user.index(drawn.nth)
                }
            };
            if at >= to {
                return sums;
            }
            drawn.chance = request.name("beside").uniform();
            drawn.services.clear();
            (self.draw)(request, &mut drawn);
            figures.fill(f64::NAN);
            let mut rest = figures.as_mut_slice();
            for (count, arrive) in &mut systems {
                let (own, others) = rest.split_at_mut(*count);
                arrive(at, &drawn, own);
                rest = others;
            }
            if at >= from {
                for ((sum, count), figure) in sums.iter_mut().zip(&figures) {
                    if !figure.is_nan() {
                        *sum += figure;
                        *count += 1.0;
                    }
                }
            }
        }
    }
}

/// The draws of requests of open traffic whose endpoint is one step, of a kind.
pub(crate) fn one_step(
    service: Service,
    endpoint: &str,
    kind: &str,
) -> impl Fn(Key, &mut Drawn) + use<> {
    let (visit, drawn) = (entry(endpoint), service.drawn(kind));
    move |request, it| it.services.push(drawn(visit(request)))
}

// Who draws what: identities as the engine derives them.

/// The identity of a request's visit of the endpoint that traffic `t` leads to.
pub(crate) fn entry(endpoint: &str) -> impl Fn(Key) -> Key + use<> {
    let edge = Key(0).name(&format!("t->{endpoint}")).0;
    move |request| request.index(edge).index(1)
}

/// The identity of the visit of an endpoint that another calls in one place.
pub(crate) fn call(from: &str, to: &str) -> impl Fn(Key) -> Key + use<> {
    let edge = Key(0).name(&format!("{from}->{to}"));
    let tag = edge.index(1).0;
    move |visit| visit.index(tag).index(edge.0).index(1)
}

/// The identity within a visit of what the nth step of a kind draws.
pub(crate) fn step(kind: &str, nth: u64) -> impl Fn(Key) -> Key + use<> {
    let tag = Key(0).name(kind).index(nth).0;
    move |visit| visit.index(tag)
}

/// Where among the shares of its lines a balancer at random sends a visit, from 0 to 1.
pub(crate) fn at_random_point() -> impl Fn(Key) -> f64 {
    move |visit| visit.name("balance").index(1).uniform()
}

/// A time of service, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Service {
    Constant(f64),
    Exponential(f64),
    /// Mean and squared variation.
    Lognormal(f64, f64),
    /// With a chance an exponential of the one mean, or else of the other.
    Either(f64, f64, f64),
}

impl Service {
    pub(crate) fn mean(self) -> f64 {
        match self {
            Self::Constant(mean) | Self::Exponential(mean) | Self::Lognormal(mean, _) => mean,
            Self::Either(chance, one, other) => chance * one + (1.0 - chance) * other,
        }
    }

    fn square(self) -> f64 {
        match self {
            Self::Constant(mean) => mean * mean,
            Self::Exponential(mean) => 2.0 * mean * mean,
            Self::Lognormal(mean, variation) => mean * mean * (1.0 + variation),
            Self::Either(chance, one, other) => {
                2.0 * (chance * one * one + (1.0 - chance) * other * other)
            }
        }
    }

    fn cube(self) -> f64 {
        match self {
            Self::Constant(mean) => mean.powi(3),
            Self::Exponential(mean) => 6.0 * mean.powi(3),
            Self::Lognormal(mean, variation) => (mean * (1.0 + variation)).powi(3),
            Self::Either(chance, one, other) => {
                6.0 * (chance * one.powi(3) + (1.0 - chance) * other.powi(3))
            }
        }
    }

    /// What a visit draws, by `work` steps or by `wait` steps.
    pub(crate) fn drawn(self, kind: &str) -> impl Fn(Key) -> f64 + use<> {
        let (first, second) = (step(kind, 1), step(kind, 2));
        let chance = step("chance", 1);
        move |visit| match self {
            Self::Constant(mean) => mean,
            Self::Exponential(mean) => mean * first(visit).exponential(),
            Self::Lognormal(mean, variation) => {
                let spread = libm::log1p(variation);
                let normal = first(visit).normal();
                libm::exp(libm::log(mean) - 0.5 * spread + libm::sqrt(spread) * normal)
            }
            Self::Either(share, one, _) if chance(visit).uniform() < share => {
                one * first(visit).exponential()
            }
            Self::Either(_, _, other) => other * second(visit).exponential(),
        }
    }
}

/// What a system beside makes of a service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// All of it.
    Same,
    /// Half way from its mean to it.
    Half,
    /// A share more of it or less, as a coin falls.
    Coin(f64),
}

impl Shape {
    fn of(self, service: f64, mean: f64, drawn: &Drawn) -> f64 {
        match self {
            Self::Same => service,
            Self::Half => f64::midpoint(service, mean),
            Self::Coin(share) if drawn.chance < 0.5 => service * (1.0 + share),
            Self::Coin(share) => service * (1.0 - share),
        }
    }

    /// The first three moments.
    fn moments(self, service: Service) -> [f64; 3] {
        let (mean, square, cube) = (service.mean(), service.square(), service.cube());
        match self {
            Self::Same => [mean, square, cube],
            Self::Half => [
                mean,
                (square + 3.0 * mean * mean) / 4.0,
                (cube + 3.0 * mean * square + 4.0 * mean.powi(3)) / 8.0,
            ],
            Self::Coin(share) => {
                [mean, square * (1.0 + share * share), cube * (1.0 + 3.0 * share * share)]
            }
        }
    }
}

/// Pollaczek and Khinchine, and Takacs: the mean time in line of M/G/1, and its mean square.
fn in_line(rate: f64, [mean, square, cube]: [f64; 3]) -> [f64; 2] {
    let idle = 1.0 - rate * mean;
    let wait = 0.5 * rate * square / idle;
    [wait, 2.0 * wait * wait + rate * cube / (3.0 * idle)]
}

/// Lindley's recursion.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    free: f64,
}

impl Line {
    fn wait(&mut self, at: f64, service: f64) -> f64 {
        let wait = (self.free - at).max(0.0);
        self.free = at + wait + service;
        wait
    }
}

/// One server, as fast as some together, for services of another shape: M/G/1, of which the mean
/// time in line is known, its mean square, and the share that waits.
pub(crate) fn one_server(rate: f64, service: Service, shape: Shape, speed: f64) -> System {
    let [mean, square, cube] = shape.moments(service);
    let moments = [mean / speed, square / speed.powi(2), cube / speed.powi(3)];
    let [wait, squared] = in_line(rate, moments);
    let name = format!("one server, {shape:?}");
    // Of one server for one, the other shape's share is that of the row.
    let count = if speed > 1.0 { 3 } else { 2 };
    let means = [("wait", wait), ("wait squared", squared), ("delayed", rate * moments[0])];
    let mean = service.mean();
    System::new(&name, &means[..count], move || {
        let mut line = Line::default();
        move |at, drawn: &Drawn, out: &mut [f64]| {
            let wait = line.wait(at, shape.of(drawn.services[0], mean, drawn) / speed);
            let figures = [wait, wait * wait, f64::from(wait > 0.0)];
            out.copy_from_slice(&figures[..count]);
        }
    })
}

/// Some servers with so much room in line besides, for exponential services; without room for any.
/// Erlang's formulas: the share refused, and with room the share that waits and the mean time in
/// line, which is none for those refused.
pub(crate) fn little_room(rate: f64, service: Service, servers: usize, room: usize) -> System {
    let name = format!("{servers} servers and room for {room}");
    let [refused, delayed, line] = erlang(rate * service.mean(), servers, room);
    let means = [("refused", refused), ("delayed", delayed), ("wait", line / rate)];
    let count = if room > 0 { 3 } else { 1 };
    System::new(&name, &means[..count], move || {
        let mut servers = Servers::new(servers);
        let mut starts = VecDeque::<f64>::new();
        move |at, drawn: &Drawn, out: &mut [f64]| {
            while starts.front().is_some_and(|it| *it <= at) {
                starts.pop_front();
            }
            let line = starts.len();
            let start = servers.next(at);
            let (delayed, refused) = (start > at, start > at && line >= room);
            let figures = [refused, delayed && !refused].map(f64::from);
            out.copy_from_slice(
                &[figures[0], figures[1], if refused { 0.0 } else { start - at }][..count],
            );
            if !refused {
                servers.start(start + drawn.services[0]);
                if delayed {
                    starts.push_back(start);
                }
            }
        }
    })
}

/// The shares that are refused and that wait, and the mean number in line.
fn erlang(offered: f64, servers: usize, room: usize) -> [f64; 3] {
    let (mut now, mut all) = (1.0, 1.0);
    let (mut delayed, mut line) = (0.0, 0.0);
    for number in 1..=servers + room {
        if number > servers {
            delayed += now;
        }
        now *= offered / number.min(servers) as f64;
        all += now;
        line += number.saturating_sub(servers) as f64 * now;
    }
    [now / all, delayed / all, line / all]
}

/// Servers of one line, by when they are free.
#[derive(Debug)]
struct Servers {
    free: Vec<f64>,
    first: usize,
}

impl Servers {
    fn new(count: usize) -> Self {
        Self { free: vec![0.0; count], first: 0 }
    }

    /// When the next to come at a time begins.
    fn next(&mut self, at: f64) -> f64 {
        self.first = 0;
        for (nth, free) in self.free.iter().enumerate() {
            if *free < self.free[self.first] {
                self.first = nth;
            }
        }
        self.free[self.first].max(at)
    }

    fn start(&mut self, end: f64) {
        self.free[self.first] = end;
    }
}

/// One line for some servers and exponential services: Erlang's C formula.
pub(crate) fn central(rate: f64, service: Service, servers: usize) -> System {
    let [_, delayed, line] = erlang(rate * service.mean(), servers, 5000);
    let means = [("wait", line / rate), ("delayed", delayed)];
    System::new("one line for all", &means, move || {
        let mut servers = Servers::new(servers);
        move |at, drawn: &Drawn, out: &mut [f64]| {
            let start = servers.next(at);
            servers.start(start + drawn.services[0]);
            out.copy_from_slice(&[start - at, f64::from(start > at)]);
        }
    })
}

/// Servers without end, whose number at work is Poisson's: how often an arrival sees at least so
/// many at work.
pub(crate) fn no_end(rate: f64, service: Service, least: &'static [u32]) -> System {
    let offered = rate * service.mean();
    let below = |least: u32| {
        let mut now = libm::exp(-offered);
        (0..least).fold(0.0, |sum, number| {
            let sum = sum + now;
            now *= offered / f64::from(number + 1);
            sum
        })
    };
    let means: Vec<(String, f64)> =
        least.iter().map(|it| (format!("at least {it}"), 1.0 - below(*it))).collect();
    System::new("servers without end", &means, move || {
        // Times are positive, so that their bits are in their order.
        let mut ends = BinaryHeap::<Reverse<u64>>::new();
        move |at: f64, drawn: &Drawn, out: &mut [f64]| {
            while ends.peek().is_some_and(|it| it.0 <= at.to_bits()) {
                ends.pop();
            }
            let busy = ends.len();
            ends.push(Reverse((at + drawn.services[0]).to_bits()));
            for (out, least) in out.iter_mut().zip(least) {
                *out = f64::from(busy >= *least as usize);
            }
        }
    })
}

/// Lines side by side, each with its own share of the arrivals, and services of another shape: the
/// mean time in line of a request at the line that it goes to, and its mean square.
pub(crate) fn lines(each: &[(f64, Service)], shape: Shape) -> System {
    let all: f64 = each.iter().map(|it| it.0).sum();
    let mut means = [("wait", 0.0), ("wait squared", 0.0)];
    for (rate, service) in each {
        let known = in_line(*rate, shape.moments(*service));
        for (mean, known) in means.iter_mut().zip(known) {
            mean.1 += rate / all * known;
        }
    }
    let services: Vec<f64> = each.iter().map(|it| it.1.mean()).collect();
    System::new(&format!("lines, {shape:?}"), &means, move || {
        let mut lines = vec![Line::default(); services.len()];
        let services = services.clone();
        move |at, drawn: &Drawn, out: &mut [f64]| {
            let service = shape.of(drawn.services[0], services[drawn.line], drawn);
            let wait = lines[drawn.line].wait(at, service);
            out.copy_from_slice(&[wait, wait * wait]);
        }
    })
}

/// One of those lines by itself.
pub(crate) fn one_line(nth: usize, rate: f64, service: Service, shape: Shape) -> System {
    let [wait, _] = in_line(rate, shape.moments(service));
    let mean = service.mean();
    System::new(&format!("line {nth}, {shape:?}"), &[("wait", wait)], move || {
        let mut line = Line::default();
        move |at, drawn: &Drawn, out: &mut [f64]| {
            if drawn.line == nth {
                out[0] = line.wait(at, shape.of(drawn.services[0], mean, drawn));
            }
        }
    })
}

/// One line of several, of each of which a request needs a service.
pub(crate) fn part(nth: usize, rate: f64, service: Service, shape: Shape) -> System {
    let [wait, squared] = in_line(rate, shape.moments(service));
    let means = [("wait", wait), ("wait squared", squared)];
    let mean = service.mean();
    System::new(&format!("part {nth}, {shape:?}"), &means, move || {
        let mut line = Line::default();
        move |at, drawn: &Drawn, out: &mut [f64]| {
            let wait = line.wait(at, shape.of(drawn.services[nth], mean, drawn));
            out.copy_from_slice(&[wait, wait * wait]);
        }
    })
}

/// Lines of which each request goes to all, for exponential services of another shape: the mean of
/// a request's times in line, and that of their squares.
pub(crate) fn all_lines(count: usize, rate: f64, service: Service, shape: Shape) -> System {
    let [wait, squared] = in_line(rate, shape.moments(service));
    let means = [("wait", wait), ("wait squared", squared)];
    let mean = service.mean();
    System::new(&format!("all lines, {shape:?}"), &means, move || {
        let mut lines = vec![Line::default(); count];
        move |at, drawn: &Drawn, out: &mut [f64]| {
            out.fill(0.0);
            for (line, service) in lines.iter_mut().zip(&drawn.services) {
                let wait = line.wait(at, shape.of(*service, mean, drawn));
                out[0] += wait / count as f64;
                out[1] += wait * wait / count as f64;
            }
        }
    })
}

/// One server for the means of the services of each request at its lines, which are exponential
/// and so Erlang's.
pub(crate) fn mean_of_lines(count: usize, rate: f64, service: Service) -> System {
    let (mean, stages) = (service.mean(), count as f64);
    let square = mean.powi(2) * (1.0 + 1.0 / stages);
    let known = in_line(rate, [mean, square, square * mean * (1.0 + 2.0 / stages)]);
    let means = [("wait", known[0]), ("wait squared", known[1])];
    System::new("one server for the mean of lines", &means, move || {
        let mut line = Line::default();
        move |at, drawn: &Drawn, out: &mut [f64]| {
            let wait = line.wait(at, drawn.services.iter().sum::<f64>() / stages);
            out.copy_from_slice(&[wait, wait * wait]);
        }
    })
}

/// Lines of which each gets every so many-th request, one every `gap` seconds, for exponential
/// services: D/M/1.
pub(crate) fn clocked(count: usize, gap: f64, service: Service) -> System {
    let mean = service.mean();
    // The share that waits solves sigma = exp(-(1 - sigma) gap / mean).
    let sigma = (0..1000).fold(0.5, |sigma, _| libm::exp((sigma - 1.0) * gap / mean));
    let wait = sigma * mean / (1.0 - sigma);
    let squared = 2.0 * wait * mean / (1.0 - sigma);
    let means = [("wait", wait), ("wait squared", squared), ("delayed", sigma)];
    System::new("lines of a clock", &means, move || {
        let mut waits = vec![0.0_f64; count];
        move |_, drawn: &Drawn, out: &mut [f64]| {
            let wait = &mut waits[(drawn.nth % count as u64) as usize];
            out.copy_from_slice(&[*wait, *wait * *wait, f64::from(*wait > 0.0)]);
            *wait = (*wait + drawn.services[0] - gap).max(0.0);
        }
    })
}

/// One request in every slot, for exponential services rounded to whole slots, up or down by a
/// chance that keeps their mean a: with q = exp(-1 / a) such a service is of k slots or more with a
/// chance of a (1 - q) q^(k - 1), so that E k (k - 1) is 2 a q / (1 - q), and the mean number of slots
/// to wait E k (k - 1) / 2 / (1 - a). It is the mean of several such systems, whose chances are
/// spread.
pub(crate) fn slotted(slot: f64, service: Service) -> System {
    const SYSTEMS: usize = 8;
    let mean = service.mean() / slot;
    let more = libm::exp(-1.0 / mean);
    let wait = mean * more / (1.0 - more) / (1.0 - mean);
    System::new("whole slots", &[("wait", wait)], move || {
        let mut waits = [0.0_f64; SYSTEMS];
        move |_, drawn: &Drawn, out: &mut [f64]| {
            out[0] = waits.iter().sum::<f64>() / SYSTEMS as f64;
            for (nth, wait) in waits.iter_mut().enumerate() {
                let spread = drawn.chance + nth as f64 / SYSTEMS as f64;
                let chance = spread - libm::floor(spread);
                let slots = libm::floor(drawn.services[0] / slot + chance);
                *wait = (*wait + slots - 1.0).max(0.0);
            }
        }
    })
}
