//! Networks of lines: Jackson's, tandems, Little's law, and the fluid limit of an overload.

use crate::hold::{Bench, between, hold, hold_all, mean, percentile};

/// A node of a network, and what is known of it: cores, utilization, mean time per visit without
/// its service, mean number there.
struct Node(&'static str, f64, f64, f64);

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

/// Jackson (1957): each node is as if it stood alone. A caller that waits for an answer holds no
/// core, so that calling on is moving on; a call back is a new visit.
#[test]
fn jackson_networks() {
    hold_all(JACKSON, |it| {
        let bench = Bench::open(it.name, it.rate, it.entry, it.millions);
        let seen = bench.services(it.services).warmup(it.warmup).run();
        let mut claims = vec![mean("sojourn", seen.latency().mean, it.sojourn)];
        for Node(node, used, wait, inside) in it.nodes {
            let cores = seen.resource(node);
            claims.extend([
                mean(format!("{node} used"), cores.utilization, *used),
                mean(format!("{node} wait"), cores.wait.mean, *wait).error(0.01),
                mean(format!("{node} inside"), cores.in_system, *inside).error(0.005),
            ]);
        }
        hold(it.name, &seen, &claims)
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
        millions: 2.5,
        warmup: 500.0,
        nodes: &[
            Node("g/cores", 0.5, 0.5, 1.0),
            Node("a/cores", 0.5, 1.0, 1.0),
            Node("b/cores", 0.433_333_333_3, 0.509_803_921_6, 0.764_705_882_4),
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
        millions: 5.0,
        warmup: 100.0,
        nodes: &[
            Node("api/cores", 0.666_666_666_7, 0.133_333_333_3, 2.0),
            Node("svc/cores", 0.776_397_515_5, 0.216_797_091_8, 3.909_285_159),
            Node("db/cores", 0.724_637_681_2, 0.219_298_245_6, 2.631_578_947),
            Node("cache/cores", 0.434_782_608_7, 0.153_846_153_8, 0.769_230_769_2),
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
        millions: 6.0,
        warmup: 1000.0,
        nodes: &[Node("s/cores", 0.666_666_666_7, 2.0, 2.0)],
        sojourn: 4.0,
    },
];

/// Burke (1956) and Reich (1957): what leaves M/M/1 is Poisson again, and the times of a request at
/// the stations of a tandem are independent.
#[test]
fn tandems() {
    hold_all(TANDEMS, |(name, rate, works, millions, [sojourn, p50, p95, p99])| {
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
        let bench = Bench::open(name, rate, "tandem.do", millions);
        let seen = bench.services(services).warmup(2000.0).run();
        let it = seen.latency();
        let claims = [
            mean("sojourn", it.mean, sojourn),
            percentile("sojourn p50", it.p50, p50),
            percentile("sojourn p95", it.p95, p95),
            percentile("sojourn p99", it.p99, p99),
        ];
        hold(name, &seen, &claims)
    });
}

type Tandem = (&'static str, f64, &'static [&'static str], f64, [f64; 4]);
const TANDEMS: [Tandem; 2] = [
    (
        "tandem of two at 0.5",
        0.5,
        &["1s", "1s"],
        1.5,
        [4.0, 3.356_693_98, 9.487_729_037, 13.276_704_14],
    ),
    (
        "tandem of three at 0.8",
        0.8,
        &["1s", "833.3333333ms", "500ms"],
        8.0,
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
        let bench = Bench::open(&name, rate, "s.do", 2.0);
        let seen = bench.services(services).warmup(10.0).run();
        let (requests, slots) = (seen.requests(), seen.resource("s/slots"));
        let through = requests.goodput.unwrap().value * requests.latency.mean.unwrap().value;
        let off = slots.in_system.unwrap().value / through - 1.0;
        println!("{name:<40} in system / (throughput x time) - 1 = {off:.1e}");
        assert!(off.abs() < 1e-3, "{name}: {off}");
        let claims = [
            mean("in system", slots.in_system, inside),
            mean("throughput", requests.goodput, rate),
            mean("sojourn", requests.latency.mean, inside / rate),
        ];
        hold(&name, &seen, &claims)
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
    let wave = seen.scenario.as_ref().expect("a scenario ran");
    let queue = &wave.series.resources["s/cores"].queue;
    let at = |second: f64| queue[((second - wave.series.from) / wave.series.width) as usize - 1];
    for (second, expected) in [(60.0, 1500.0), (90.0, 3000.0), (120.0, 1500.0), (150.0, 0.0)] {
        let found = at(second);
        println!("fluid overload: in line after {second} s: expected {expected}, found {found:.1}");
        assert!((found - expected).abs() <= 0.03 * 3000.0, "after {second} s: {found}");
    }
    let during = &wave.requests.values().next().expect("there is traffic")["during"].latency;
    let claims = [
        between("sojourn", during.mean, 0.97 * 15.0, 1.03 * 15.0).error(0.02),
        between("sojourn p50", during.p50, 0.97 * 15.0, 1.03 * 15.0).error(0.02),
    ];
    hold_all([claims], |it| hold("fluid overload", &seen, &it));
}
