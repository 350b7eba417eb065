//! One line with one or many servers: M/M/c, M/D/c and M/G/1.

use crate::{
    bench::{Bench, View},
    beside::{
        Beside, Service, Shape, Source, System, either_way, little_room, no_end, one_server,
        one_step,
    },
    hold::{Claim, complement, hold, hold_all, mean, percentile},
};

/// A line, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Arrivals per second.
    pub(crate) rate: f64,
    pub(crate) cores: u32,
    /// The time that a request needs a core.
    pub(crate) work: &'static str,
    /// Requests, all replications together.
    pub(crate) millions: f64,
    /// Seconds.
    pub(crate) warmup: f64,
    /// Seconds in all: mean, 50th, 95th, 99th and 99.9th percentile; zero where not known.
    pub(crate) sojourn: [f64; 5],
    /// Seconds in line: mean, 50th, 95th and 99th percentile; zero where most do not wait.
    pub(crate) wait: [f64; 4],
    /// Share that waits.
    pub(crate) delayed: f64,
    /// Mean number in line.
    pub(crate) line: f64,
    /// Largest standard error of the other percentiles.
    pub(crate) tail: f64,
    /// Largest standard error of the 99.9th percentile.
    pub(crate) tail_error: f64,
    /// How exact the percentiles are known.
    pub(crate) slack: f64,
    /// How many at work are counted in it.
    pub(crate) busy: &'static [u32],
}

pub(crate) const ROW: Row = Row {
    name: "",
    rate: 0.0,
    cores: 1,
    work: "",
    millions: 0.0,
    warmup: 0.0,
    sojourn: [0.0; 5],
    wait: [0.0; 4],
    delayed: 0.0,
    line: 0.0,
    tail: 0.01,
    tail_error: 0.02,
    slack: 0.0,
    busy: &[],
};

impl Row {
    /// The mean time that a request needs a core, in seconds.
    pub(crate) fn service(&self) -> f64 {
        self.sojourn[0] - self.wait[0]
    }

    /// With the row's service as a control, if it varies.
    pub(crate) fn controlled<'a>(&self, bench: Bench<'a>, resource: &str) -> Bench<'a> {
        if self.work.ends_with('s') { bench } else { bench.work(resource, self.service()) }
    }

    /// Claims about the time in line and the number there.
    pub(crate) fn in_line(&self, seen: &View, resource: &str) -> Vec<Claim> {
        let it = seen.resource(resource);
        let (wait, servers) = (&it.wait, it.capacity.map_or(1.0, |it| it as f64));
        let busy = self.rate * self.service();
        let mut claims = vec![
            mean("used", it.utilization, busy / servers),
            mean("wait", wait.mean, self.wait[0]),
            mean("in line", it.queue.mean, self.line),
            mean("in system", it.in_system, self.line + busy),
            mean("delayed", complement(wait.none), self.delayed),
        ];
        let percentiles = [("p50", wait.p50), ("p95", wait.p95), ("p99", wait.p99)];
        for ((name, found), truth) in percentiles.into_iter().zip(&self.wait[1..]) {
            if *truth > 0.0 {
                let claim = percentile(format!("wait {name}"), found, *truth);
                claims.push(claim.error(self.tail).slack(self.slack));
            }
        }
        claims
    }

    /// Claims about the time in all.
    pub(crate) fn in_all(&self, seen: &View) -> Vec<Claim> {
        let it = seen.latency();
        let percentiles = [("p50", it.p50), ("p95", it.p95), ("p99", it.p99), ("p99.9", it.p999)];
        let mut claims = vec![mean("sojourn", it.mean, self.sojourn[0])];
        for ((name, found), truth) in percentiles.into_iter().zip(&self.sojourn[1..]) {
            if *truth > 0.0 {
                let claim = percentile(format!("sojourn {name}"), found, *truth).slack(self.slack);
                claims.push(match name {
                    "p99.9" if self.tail_error > ROW.tail_error => {
                        claim.error(self.tail_error).unadjusted()
                    }
                    "p99.9" => claim.error(self.tail_error),
                    _ => claim.error(self.tail),
                });
            }
        }
        claims
    }

    fn bench(&self, steps: &str) -> Bench<'_> {
        let services = format!(
            "  s: {{ cores: {}, endpoints: {{ do: {{ steps: [ {steps} ] }} }} }}",
            self.cores
        );
        let bench = Bench::open(self.name, self.rate, "s.do", self.millions).services(services);
        self.controlled(bench, "s/cores").warmup(self.warmup)
    }

    /// What the row's draws do to other lines.
    fn beside(&self, service: Service) -> Beside {
        let (rate, servers) = (self.rate, self.cores as usize);
        let one = |shape, speed| one_server(rate, service, shape, speed);
        let speed = f64::from(self.cores);
        // Nearly all of a line is seen where so many find room; of many servers, few wait at all.
        let far = if servers > 10 { 5.0 } else { 4.0 };
        let room = (far / (1.0 - rate * service.mean() / speed)) as usize;
        let systems: Vec<System> = match (service, self.cores) {
            (Service::Constant(_), 1) => vec![either_way(0.4, |it| one(it, 1.0))],
            (_, 1) => vec![one(Shape::Half, 1.0), either_way(0.4, |it| one(it, 1.0))],
            (Service::Exponential(_), _) => {
                vec![one(Shape::Same, speed), little_room(rate, service, servers, room)]
            }
            _ => vec![
                one(Shape::Same, speed),
                little_room(rate, service, servers, 0),
                no_end(rate, service, self.busy),
            ],
        };
        let draw = one_step(service, "s.do", "work");
        Beside::new(Source::Open { rate }, draw, systems)
    }

    fn claims(&self, seen: &View) -> Vec<Claim> {
        let mut claims = self.in_all(seen);
        claims.extend(self.in_line(seen, "s/cores"));
        claims
    }

    pub(crate) fn holds(&self, steps: &str, service: Service) -> Vec<String> {
        let bench = self.bench(steps).beside(self.beside(service));
        hold(self.name, &bench.run(), |seen| self.claims(seen))
    }
}

pub(crate) fn one_work(row: &Row) -> Vec<String> {
    let mean = row.service();
    let service = match row.work.split_once("cv: ") {
        Some((_, cv)) => {
            let cv: f64 = cv.trim_end_matches(" }").parse().expect("a row states its variation");
            Service::Lognormal(mean, cv * cv)
        }
        None if row.work.ends_with('s') => Service::Constant(mean),
        None => Service::Exponential(mean),
    };
    row.holds(&format!("{{ work: {} }}", row.work), service)
}

/// Kleinrock, "Queueing Systems", volume 1 (1975), chapter 3.
#[test]
fn one_exponential_server() {
    hold_all(SINGLE, one_work);
}

/// Erlang's C formula; the load of half is Brooker's, "Surprising Economics of Load-Balanced
/// Systems" (2020): of 5 servers 13 % of the requests wait, of 10 only 3.6 %.
#[test]
fn many_exponential_servers() {
    hold_all(MANY, one_work);
}

/// The same post: at a constant load per server, more servers mean less time, down to the service;
/// the rows for 1, 2, 5, 10 and 20 servers stand in the other tables.
#[test]
fn the_more_servers_the_less_waiting() {
    hold_all(ECONOMIES, |(servers, sojourn, p99, millions)| {
        let name = format!("M/M/{servers} at 0.8");
        let services = format!(
            "  s: {{ cores: {servers}, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: 1s }} }} ] }} }} }}"
        );
        let bench = Bench::open(&name, 0.8 * f64::from(servers), "s.do", millions);
        let bench = bench.services(services).work("s/cores", 1.0);
        let row = Row { rate: 0.8 * f64::from(servers), cores: servers, ..ROW };
        // Of many servers, so few wait that nothing has to be known of them.
        let beside = (servers < 10).then(|| row.beside(Service::Exponential(1.0)));
        let bench = Bench { beside, ..bench };
        hold(&name, &bench.warmup(3000.0 / f64::from(servers)).run(), |seen| {
            let it = seen.latency();
            [mean("sojourn", it.mean, sojourn), percentile("sojourn p99", it.p99, p99)]
        })
    });
}

/// Pollaczek and Khinchine for the means, Erlang (1909) for one server's waits, Crommelin (1932)
/// and Franx (2001) for those of many.
#[test]
fn constant_service() {
    hold_all(CONSTANT, one_work);
}

/// The same lines in another unit of time, under the same luck: figure for figure what they were,
/// so that what the tables above hold closely is held here as closely.
#[test]
fn another_unit_of_time() {
    let pairs = [(&SINGLE[1], &UNITS[0]), (&CONSTANT[5], &UNITS[1])];
    hold_all(pairs, |(row, scaled)| {
        let [one, other] = [row, scaled].map(|it| {
            let warmup = scaled.warmup * scaled.rate / it.rate;
            let it = Row { name: scaled.name, millions: scaled.millions, warmup, ..*it };
            let seen = it.bench(&format!("{{ work: {} }}", it.work)).run();
            it.claims(&seen.all)
        });
        one.iter().zip(&other).filter_map(|(one, other)| one.differs(scaled.name, other)).collect()
    });
}

// Servers, mean sojourn, its 99th percentile, millions of requests.
const ECONOMIES: [(u32, f64, f64, f64); 3] = [
    (3, 2.078_651_685, 8.455_477_365, 5.0),
    (50, 1.008_695_255, 4.614_785_208, 0.4),
    (100, 1.000_982_321, 4.606_203_674, 0.4),
];

const SINGLE: &[Row] = &[
    Row {
        name: "M/M/1 at 0.5",
        rate: 0.5,
        cores: 1,
        work: "{ mean: 1s }",
        millions: 0.46,
        warmup: 1000.0,
        sojourn: [2.0, 1.386_294_361, 5.991_464_547, 9.210_340_372, 13.815_510_56],
        wait: [1.0, 0.0, 4.605_170_186, 7.824_046_011],
        delayed: 0.5,
        line: 0.5,
        ..ROW
    },
    Row {
        name: "M/M/1 at 0.8",
        rate: 0.8,
        cores: 1,
        work: "{ mean: 1s }",
        millions: 1.5,
        warmup: 2000.0,
        sojourn: [5.0, 3.465_735_903, 14.978_661_37, 23.025_850_93, 34.538_776_39],
        wait: [4.0, 2.350_018_146, 13.862_943_61, 21.910_133_17],
        delayed: 0.8,
        line: 3.2,
        ..ROW
    },
    Row {
        name: "M/M/1 at 0.9",
        rate: 0.9,
        cores: 1,
        work: "{ mean: 1s }",
        millions: 4.5,
        warmup: 10000.0,
        sojourn: [10.0, 6.931_471_806, 29.957_322_74, 46.051_701_86, 69.077_552_79],
        wait: [9.0, 5.877_866_649, 28.903_717_58, 44.998_096_7],
        delayed: 0.9,
        line: 8.1,
        ..ROW
    },
];

/// The second of `SINGLE` and the sixth of `CONSTANT`.
const UNITS: [Row; 2] = [
    Row {
        name: "M/M/1 at 0.8 of 10 ms",
        rate: 80.0,
        cores: 1,
        work: "{ mean: 10ms }",
        millions: 0.46,
        warmup: 10.0,
        sojourn: [0.05, 0.034_657_359_03, 0.149_786_613_7, 0.230_258_509_3, 0.345_387_763_9],
        wait: [0.04, 0.023_500_181_46, 0.138_629_436_1, 0.219_101_331_7],
        delayed: 0.8,
        line: 3.2,
        ..ROW
    },
    Row {
        name: "M/D/10 at 0.9 of 100 ms",
        rate: 90.0,
        cores: 10,
        work: "100ms",
        millions: 0.2,
        warmup: 10.0,
        sojourn: [0.134_458_21, 0.117_051_82, 0.229_299_48, 0.306_995_18, 0.0],
        wait: [0.034_458_205, 0.017_051_815, 0.129_299_48, 0.206_995_18],
        delayed: 0.646_861_28,
        line: 3.101_238_5,
        ..ROW
    },
];

// Where servers are many, the time in line is a small part of the sojourn: of M/M/10 at 0.5 and
// M/M/100 at 0.9, a quarter of a percent of it would take hundreds of millions of requests, were it
// not for the lines with little room beside.
const MANY: &[Row] = &[
    Row {
        name: "M/M/2 at 0.8",
        rate: 1.6,
        cores: 2,
        work: "{ mean: 1s }",
        millions: 0.9,
        warmup: 2000.0,
        sojourn: [2.777_777_778, 2.040_031_446, 7.910_684_252, 11.937_370_24, 17.694_126_22],
        wait: [1.777_777_778, 0.880_551_484, 6.637_014_216, 10.660_609],
        delayed: 0.711_111_111_1,
        line: 2.844_444_444,
        ..ROW
    },
    Row {
        name: "M/M/5 at 0.8",
        rate: 4.0,
        cores: 5,
        work: "{ mean: 1s }",
        millions: 0.85,
        warmup: 1000.0,
        sojourn: [1.554_112_554, 1.204_394_924, 4.197_462_578, 6.079_662_525, 8.665_941_977],
        wait: [0.554_112_554_1, 0.102_759_734, 2.405_344_827, 4.014_782_739],
        delayed: 0.554_112_554_1,
        line: 2.216_450_216,
        ..ROW
    },
    Row {
        name: "M/M/10 at 0.8",
        rate: 8.0,
        cores: 10,
        work: "{ mean: 1s }",
        millions: 1.0,
        warmup: 1000.0,
        sojourn: [1.204_590_075, 0.912_144_610_6, 3.328_274_679, 4.946_111_328, 7.250_557_243],
        wait: [0.204_590_075_4, 0.0, 1.051_066_26, 1.855_785_216],
        delayed: 0.409_180_150_8,
        line: 1.636_720_603,
        ..ROW
    },
    Row {
        name: "M/M/10 at 0.9",
        rate: 9.0,
        cores: 10,
        work: "{ mean: 1s }",
        millions: 3.08,
        warmup: 2000.0,
        sojourn: [1.668_731_524, 1.329_091_869, 4.360_866_568, 6.249_876_699, 8.841_056_751],
        wait: [0.668_731_524_1, 0.290_774_571_9, 2.593_359_665, 4.202_797_577],
        delayed: 0.668_731_524_1,
        line: 6.018_583_717,
        ..ROW
    },
    Row {
        name: "M/M/20 at 0.8",
        rate: 16.0,
        cores: 20,
        work: "{ mean: 1s }",
        millions: 2.2,
        warmup: 500.0,
        sojourn: [1.064_019_448, 0.767_153_617, 3.077_635_636, 4.687_081_176, 6.989_666_331],
        wait: [0.064_019_448_46, 0.0, 0.408_364_568_8, 0.810_724_046_9],
        delayed: 0.256_077_793_8,
        line: 1.024_311_175,
        ..ROW
    },
    Row {
        name: "M/M/100 at 0.9",
        rate: 90.0,
        cores: 100,
        work: "{ mean: 1s }",
        millions: 9.0,
        warmup: 500.0,
        sojourn: [1.021_694_048, 0.716_928_636_6, 3.019_550_844, 4.628_988_756, 6.931_573_849],
        wait: [0.021_694_048_09, 0.0, 0.146_760_002_9, 0.307_703_794_1],
        delayed: 0.216_940_480_9,
        line: 1.952_464_328,
        ..ROW
    },
    Row {
        name: "M/M/20 at 0.9",
        rate: 180.0,
        cores: 20,
        work: "{ mean: 100ms }",
        millions: 5.6,
        warmup: 200.0,
        sojourn: [
            0.127_538_450_2,
            0.099_043_708_31,
            0.342_283_031_4,
            0.504_162_300_8,
            0.734_627_711_9,
        ],
        wait: [0.027_538_450_24, 0.004_835_369_691, 0.119_964_624_3, 0.200_436_52],
        delayed: 0.550_769_004_8,
        line: 4.956_921_043,
        ..ROW
    },
    Row {
        name: "M/M/5 at 0.5",
        rate: 2.5,
        cores: 5,
        work: "{ mean: 1s }",
        millions: 0.5,
        warmup: 500.0,
        sojourn: [1.052_148_519, 0.750_194_120_1, 3.078_284_732, 4.688_442_279, 6.991_095_718],
        wait: [0.052_148_518_98, 0.0, 0.383_345_403_3, 1.027_120_568],
        delayed: 0.130_371_297_5,
        line: 0.130_371_297_5,
        ..ROW
    },
    Row {
        name: "M/M/10 at 0.5",
        rate: 5.0,
        cores: 10,
        work: "{ mean: 1s }",
        millions: 3.0,
        warmup: 500.0,
        sojourn: [1.007_221_072, 0.701_592_352, 3.004_718_065, 4.614_156_032, 6.916_741_125],
        wait: [0.007_221_071_832, 0.0, 0.0, 0.256_771_242_9],
        delayed: 0.036_105_359_16,
        line: 0.036_105_359_16,
        ..ROW
    },
];

const CONSTANT: &[Row] = &[
    Row {
        name: "M/D/1 at 0.5",
        rate: 0.5,
        cores: 1,
        work: "1s",
        millions: 0.25,
        warmup: 500.0,
        sojourn: [1.5, 1.0, 3.050_638_4, 4.336_256, 0.0],
        wait: [0.5, 0.0, 2.050_638_4, 3.336_256],
        delayed: 0.5,
        line: 0.25,
        ..ROW
    },
    Row {
        name: "M/D/1 at 0.8",
        rate: 0.8,
        cores: 1,
        work: "1s",
        millions: 0.8,
        warmup: 1000.0,
        sojourn: [3.0, 2.275_939_9, 7.620_325, 11.355_887, 0.0],
        wait: [2.0, 1.275_939_9, 6.620_325, 10.355_887],
        delayed: 0.8,
        line: 1.6,
        ..ROW
    },
    Row {
        name: "M/D/1 at 0.9",
        rate: 0.9,
        cores: 1,
        work: "1s",
        millions: 3.4,
        warmup: 5000.0,
        sojourn: [5.5, 4.013_047_5, 15.128_674, 22.898_237, 0.0],
        wait: [4.5, 3.013_047_5, 14.128_674, 21.898_237],
        delayed: 0.9,
        line: 4.05,
        ..ROW
    },
    Row {
        name: "M/D/2 at 0.8",
        rate: 1.6,
        cores: 2,
        work: "1s",
        millions: 0.35,
        warmup: 1000.0,
        sojourn: [1.903_283_9, 1.543_898_9, 4.201_757_1, 6.069_551_2, 0.0],
        wait: [0.903_283_88, 0.543_898_93, 3.201_757_1, 5.069_551_2],
        delayed: 0.701_898_32,
        line: 1.445_254_2,
        busy: &[3, 4],
        ..ROW
    },
    Row {
        name: "M/D/5 at 0.8",
        rate: 4.0,
        cores: 5,
        work: "1s",
        millions: 2.4,
        warmup: 500.0,
        sojourn: [1.289_06, 1.051_470_9, 2.190_608_6, 2.937_438_8, 0.0],
        wait: [0.289_060_01, 0.051_470_91, 1.190_608_6, 1.937_438_8],
        delayed: 0.533_615_06,
        line: 1.156_24,
        busy: &[5, 6, 8],
        ..ROW
    },
    Row {
        name: "M/D/10 at 0.9",
        rate: 9.0,
        cores: 10,
        work: "1s",
        millions: 2.1,
        warmup: 1000.0,
        sojourn: [1.344_582_1, 1.170_518_2, 2.292_994_8, 3.069_951_8, 0.0],
        wait: [0.344_582_05, 0.170_518_15, 1.292_994_8, 2.069_951_8],
        delayed: 0.646_861_28,
        line: 3.101_238_5,
        busy: &[10, 12, 14],
        ..ROW
    },
];
