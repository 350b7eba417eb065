//! Networks of lines: Jackson's, tandems, Little's law, and the fluid limit of an overload.

use tradeoff_des::Key;
use tradeoff_sim::results::{Figure, Interval};

use crate::{
    bench::{Bench, View},
    beside::{Beside, Drawn, Service, Shape, Source, call, entry, part},
    control::Control,
    hold::{between, hold, hold_all, mean, percentile},
};

/// A node of a network: its mean service and the visits of a request where chance
/// decides about them; then what is known of it:
/// utilization, mean time per visit, mean number there.
struct Node(&'static str, f64, Option<f64>, f64, f64, f64);

struct Network {
    name: &'static str,
    services: &'static str,
    rate: f64,
    entry: &'static str,
    millions: f64,
    warmup: f64,
    nodes: &'static [Node],
    sojourn: f64,
}

/// Mean time of a visit to a station, in line and in service: what those inside took together, by
/// how many were served.
fn visit(seen: &View, station: &str) -> Figure {
    let it = seen.resource(station);
    let time = seen.run.end * seen.replications as f64;
    let each = |inside: f64| inside * time / it.served as f64;
    it.in_system.map(|it| Interval {
        value: each(it.value),
        low: each(it.low),
        high: each(it.high),
    })
}

/// Jackson (1957): each node is as if it stood alone. A caller that waits for an answer holds no
/// core, so that calling on is moving on; a call back is a new visit.
#[test]
fn jackson_networks() {
    hold_all(JACKSON, |it| {
        let bench = Bench::open(it.name, it.rate, it.entry, it.millions);
        let mut bench = bench.services(it.services).warmup(it.warmup);
        for Node(node, work, visits, ..) in it.nodes {
            bench = bench.work(node, *work);
            if let Some(mean) = *visits {
                let resource = (*node).to_owned();
                bench = bench.control(Control::Visits { resource, mean });
            }
        }
        hold(it.name, &bench.run(), |seen| {
            let mut claims = vec![mean("sojourn", seen.latency().mean, it.sojourn)];
            for Node(node, _, _, used, time, inside) in it.nodes {
                let cores = seen.resource(node);
                claims.extend([
                    mean(format!("{node} used"), cores.utilization, *used),
                    mean(format!("{node} visit"), visit(seen, node), *time),
                    mean(format!("{node} inside"), cores.in_system, *inside),
                ]);
            }
            claims
        })
    });
}

const JACKSON: &[Network] = &[
    Network {
        name: "Jackson, gateway and two",
        services: "
  g:
    cores: 1
    endpoints:
      do:
        steps:
          - work: { mean: 500ms }
          - { chance: 50%, do: [ { call: a.do } ], else: [ { call: b.do } ] }
  a:
    cores: 1
    endpoints: { do: { steps: [ { work: { mean: 1s } }, { chance: 30%, do: [ { call: b.do } ] } ] } }
  b: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 666.6666667ms } } ] } } }",
        rate: 1.0,
        entry: "g.do",
        millions: 1.89,
        warmup: 500.0,
        nodes: &[
            Node("g/cores", 0.5, None, 0.5, 1.0, 1.0),
            Node("a/cores", 1.0, Some(0.5), 0.5, 2.0, 1.0),
            Node("b/cores", 2.0 / 3.0, Some(0.65), 0.433_333_333_3, 1.176_470_588, 0.764_705_882_4),
        ],
        sojourn: 2.764_705_882,
    },
    Network {
        name: "Jackson, feedback through a store",
        services: "
  api: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 66.66666667ms } }, { call: svc.do } ] } } }
  svc:
    cores: 2
    endpoints:
      do:
        steps:
          - work: { mean: 142.8571429ms }
          - { chance: 80%, do: [ { call: db.do } ], else: [ { call: cache.do } ] }
  db:
    cores: 1
    endpoints:
      do: { steps: [ { work: { mean: 83.33333333ms } }, { chance: 10%, do: [ { call: svc.do } ] } ] }
  cache: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 200ms } } ] } } }",
        rate: 10.0,
        entry: "api.do",
        millions: 6.5,
        warmup: 100.0,
        nodes: &[
            Node("api/cores", 1.0 / 15.0, None, 0.666_666_666_7, 0.2, 2.0),
            Node("svc/cores", 1.0 / 7.0, Some(1.0 / 0.92), 0.776_397_515_5, 0.359_654_234_7, 3.909_285_159),
            Node("db/cores", 1.0 / 12.0, Some(0.8 / 0.92), 0.724_637_681_2, 0.302_631_578_9, 2.631_578_947),
            Node("cache/cores", 0.2, Some(0.2 / 0.92), 0.434_782_608_7, 0.353_846_153_8, 0.769_230_769_2),
        ],
        sojourn: 0.931_009_487_6,
    },
    Network {
        name: "Jackson, feedback to itself",
        services: "
  s:
    cores: 1
    endpoints: { do: { steps: [ { work: { mean: 1s } }, { chance: 25%, do: [ { call: s.do } ] } ] } }",
        rate: 0.5,
        entry: "s.do",
        millions: 2.3,
        warmup: 1000.0,
        nodes: &[Node("s/cores", 1.0, Some(4.0 / 3.0), 0.666_666_666_7, 3.0, 2.0)],
        sojourn: 4.0,
    },
];

/// Burke (1956) and Reich (1957): what leaves M/M/1 is Poisson again, and the times of a request at
/// the stations of a tandem are independent.
#[test]
fn tandems() {
    hold_all(TANDEMS, |(name, rate, works, means, millions, [sojourn, p50, p95, p99])| {
        let station = |(nth, work): (usize, &&str)| {
            format!(
                "  s{nth}: {{ cores: 1, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: {work} }} }} ] }} }} }}\n"
            )
        };
        let stations: String = works.iter().enumerate().map(station).collect();
        let calls: Vec<String> =
            (0..works.len()).map(|it| format!("{{ call: s{it}.do }}")).collect();
        let services = format!(
            "{stations}  tandem: {{ endpoints: {{ do: {{ steps: [ {} ] }} }} }}",
            calls.join(", ")
        );
        let mut bench = Bench::open(name, rate, "tandem.do", millions);
        for (nth, mean) in means.iter().enumerate() {
            bench = bench.work(&format!("s{nth}/cores"), *mean);
        }
        let bench = bench.services(services).warmup(2000.0).beside(each_station(rate, means));
        hold(name, &bench.run(), |seen| {
            let it = seen.latency();
            [
                mean("sojourn", it.mean, sojourn),
                percentile("sojourn p50", it.p50, p50),
                percentile("sojourn p95", it.p95, p95),
                percentile("sojourn p99", it.p99, p99),
            ]
        })
    });
}

/// Every station as if requests came to it at once; the first, where they do, with other services.
fn each_station(rate: f64, means: &'static [f64]) -> Beside {
    let visit = entry("tandem.do");
    let calls: Vec<_> =
        (0..means.len()).map(|it| call("tandem.do", &format!("s{it}.do"))).collect();
    let services: Vec<Service> = means.iter().map(|it| Service::Exponential(*it)).collect();
    let station = |(nth, service): (usize, &Service)| {
        part(nth, rate, *service, if nth == 0 { Shape::Half } else { Shape::Same })
    };
    let systems = services.iter().enumerate().map(station).collect();
    let drawn: Vec<_> = services.iter().map(|it| it.drawn("work")).collect();
    let draw = move |request: Key, it: &mut Drawn| {
        let visit = visit(request);
        it.services.extend(calls.iter().zip(&drawn).map(|(call, drawn)| drawn(call(visit))));
    };
    Beside::new(Source::Open { rate }, draw, systems)
}

type Tandem = (&'static str, f64, &'static [&'static str], &'static [f64], f64, [f64; 4]);
const TANDEMS: [Tandem; 2] = [
    (
        "tandem of two at 0.5",
        0.5,
        &["1s", "1s"],
        &[1.0, 1.0],
        0.4,
        [4.0, 3.356_693_98, 9.487_729_037, 13.276_704_14],
    ),
    (
        "tandem of three at 0.8",
        0.8,
        &["1s", "833.3333333ms", "500ms"],
        &[1.0, 5.0 / 6.0, 0.5],
        2.2,
        [8.333_333_333, 7.007_818_391, 19.289_591_22, 27.390_122_62],
    ),
];

/// Little (1961): throughput times the mean time inside is the mean number inside. The law also
/// holds within each run, but for those who cross an end of the window.
#[test]
fn littles_law() {
    hold_all([(200.0, "50ms", 10.0), (1000.0, "250ms", 250.0)], |(rate, time, inside)| {
        let name = format!("Little, {rate}/s of {time}");
        let services = format!(
            "  s: {{ concurrency: 1000, endpoints: {{ do: {{ steps: [ {{ wait: {{ mean: {time} }} }} ] }} }} }}"
        );
        let bench = Bench::open(&name, rate, "s.do", 0.3);
        let bench = bench.services(services).work("s/slots", inside / rate);
        let seen = bench.warmup(10.0).run();
        let (requests, slots) = (seen.all.requests(), seen.all.resource("s/slots"));
        let through = requests.goodput.unwrap().value * requests.latency.mean.unwrap().value;
        let off = slots.in_system.unwrap().value / through - 1.0;
        println!("{name:<40} in system / (throughput x time) - 1 = {off:.1e}");
        assert!(off.abs() < 1e-3, "{name}: {off}");
        hold(&name, &seen, |seen| {
            let requests = seen.requests();
            [
                mean("in system", seen.resource("s/slots").in_system, inside),
                mean("throughput", requests.goodput, rate),
                mean("sojourn", requests.latency.mean, inside / rate),
            ]
        })
    });
}

/// Newell (1971): for a minute half as much again arrives as can be served, then half of it. The
/// line grows by 50/s to 3,000 and falls as fast, so that the last arrival of the minute waits for
/// 30 s and the mean one for 15 s. The noise of one run is 3 % of the longest line.
#[test]
fn an_overload_is_fluid() {
    let bench = Bench::open("fluid overload", 50.0, "s.do", 1.0).services(
        "  s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 10ms } } ] } } }\n\
         scenarios:\n  wave: { duration: 3m, events: [ { at: 30s, for: 60s, surge: t, by: 3x } ] }",
    );
    let bench = Bench { duration: 200.0, ..bench }.warmup(20.0);
    let seen = bench.run_with(&bench.options());
    let wave = seen.all.scenario.as_ref().expect("a scenario ran");
    let queue = &wave.series.resources["s/cores"].queue;
    let at = |second: f64| queue[((second - wave.series.from) / wave.series.width) as usize - 1];
    for (second, expected) in [(60.0, 1500.0), (90.0, 3000.0), (120.0, 1500.0), (150.0, 0.0)] {
        let found = at(second);
        println!("fluid overload: in line after {second} s: expected {expected}, found {found:.1}");
        assert!((found - expected).abs() <= 0.03 * 3000.0, "after {second} s: {found}");
    }
    let claims = |seen: &View| {
        let wave = seen.scenario.as_ref().expect("a scenario ran");
        let during = &wave.requests.values().next().expect("there is traffic")["during"].latency;
        [
            between("sojourn", during.mean, 0.97 * 15.0, 1.03 * 15.0).error(0.02),
            between("sojourn p50", during.p50, 0.97 * 15.0, 1.03 * 15.0).error(0.02),
        ]
    };
    hold_all([claims], |claims| hold("fluid overload", &seen, claims));
}
