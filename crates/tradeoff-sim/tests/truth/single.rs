//! One line with one or many servers: M/M/c, M/D/c and M/G/1.

use crate::{
    bench::{Bench, View},
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
    /// Largest standard errors of the mean sojourn and of its 99th percentile.
    pub(crate) error: [f64; 2],
    /// The same of the time in line, a small part of the sojourn where servers are many.
    pub(crate) wait_error: f64,
    /// Largest standard error of the 99.9th percentile.
    pub(crate) tail_error: f64,
    /// How exact the percentiles are known.
    pub(crate) slack: f64,
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
    error: [0.0025, 0.01],
    wait_error: 0.0025,
    tail_error: 0.02,
    slack: 0.0,
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
            mean("wait", wait.mean, self.wait[0]).error(self.wait_error),
            mean("in line", it.queue.mean, self.line).error(self.wait_error),
            mean("in system", it.in_system, self.line + busy).error(self.error[0]),
            mean("delayed", complement(wait.none), self.delayed).error(self.wait_error),
        ];
        let percentiles = [("p50", wait.p50), ("p95", wait.p95), ("p99", wait.p99)];
        for ((name, found), truth) in percentiles.into_iter().zip(&self.wait[1..]) {
            if *truth > 0.0 {
                let claim = percentile(format!("wait {name}"), found, *truth);
                let tail = self.error[1].max(2.0 * self.wait_error);
                claims.push(claim.error(tail).slack(self.slack));
            }
        }
        claims
    }

    /// Claims about the time in all.
    pub(crate) fn in_all(&self, seen: &View) -> Vec<Claim> {
        let it = seen.latency();
        let [error, tail] = self.error;
        let percentiles = [("p50", it.p50), ("p95", it.p95), ("p99", it.p99), ("p99.9", it.p999)];
        let mut claims = vec![mean("sojourn", it.mean, self.sojourn[0]).error(error)];
        for ((name, found), truth) in percentiles.into_iter().zip(&self.sojourn[1..]) {
            if *truth > 0.0 {
                let most = if name == "p99.9" { tail.max(self.tail_error) } else { tail };
                let claim = percentile(format!("sojourn {name}"), found, *truth);
                claims.push(claim.error(most).slack(self.slack));
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

    fn claims(&self, seen: &View) -> Vec<Claim> {
        let mut claims = self.in_all(seen);
        claims.extend(self.in_line(seen, "s/cores"));
        claims
    }

    fn holds(&self, steps: &str) -> Vec<String> {
        hold(self.name, &self.bench(steps).run(), |seen| self.claims(seen))
    }
}

fn one_step(row: &Row) -> Vec<String> {
    row.holds(&format!("{{ work: {} }}", row.work))
}

/// Kleinrock, "Queueing Systems", volume 1 (1975), chapter 3.
#[test]
fn one_exponential_server() {
    hold_all(SINGLE, one_step);
}

/// Erlang's C formula; the load of half is Brooker's, "Surprising Economics of Load-Balanced
/// Systems" (2020): of 5 servers 13 % of the requests wait, of 10 only 3.6 %.
#[test]
fn many_exponential_servers() {
    hold_all(MANY, one_step);
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
    hold_all(CONSTANT, one_step);
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

/// Pollaczek and Khinchine; percentiles from the transform, inverted numerically to 0.1 %.
#[test]
fn lognormal_service() {
    hold_all(LOGNORMAL, one_step);
}

/// Pollaczek and Khinchine; percentiles from the phase-type form (Neuts, 1981). A request draws
/// which of the two services it gets, then needs one core for one such time.
#[test]
fn hyperexponential_service() {
    hold_all(HYPER.iter().copied(), |(row, (chance, one, other))| {
        row.holds(&format!(
            "{{ chance: {chance}%, do: [ {{ work: {{ mean: {one}s }} }} ], \
             else: [ {{ work: {{ mean: {other}s }} }} ] }}"
        ))
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
        millions: 2.5,
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
        millions: 15.0,
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
        millions: 37.0,
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
        millions: 1.0,
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
        millions: 1.0,
        warmup: 10.0,
        sojourn: [0.134_458_21, 0.117_051_82, 0.229_299_48, 0.306_995_18, 0.0],
        wait: [0.034_458_205, 0.017_051_815, 0.129_299_48, 0.206_995_18],
        delayed: 0.646_861_28,
        line: 3.101_238_5,
        ..ROW
    },
];

// Where servers are many, the time in line is a small part of the sojourn, and the share of those
// who wait, let alone their time, tells far less than a sojourn each: to 0.25 % the former would take
// 52 million requests for M/M/20 at 0.8, 95 million at 0.9, 110 million for M/M/10 at 0.5, and 480
// million for M/M/100 at 0.9. The sojourns of these rows are held as closely as any.
const MANY: &[Row] = &[
    Row {
        name: "M/M/2 at 0.8",
        rate: 1.6,
        cores: 2,
        work: "{ mean: 1s }",
        millions: 19.0,
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
        millions: 26.5,
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
        millions: 47.0,
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
        millions: 78.0,
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
        millions: 9.0,
        warmup: 500.0,
        sojourn: [1.064_019_448, 0.767_153_617, 3.077_635_636, 4.687_081_176, 6.989_666_331],
        wait: [0.064_019_448_46, 0.0, 0.408_364_568_8, 0.810_724_046_9],
        delayed: 0.256_077_793_8,
        line: 1.024_311_175,
        wait_error: 0.008,
        ..ROW
    },
    Row {
        name: "M/M/100 at 0.9",
        rate: 90.0,
        cores: 100,
        work: "{ mean: 1s }",
        millions: 4.2,
        warmup: 500.0,
        sojourn: [1.021_694_048, 0.716_928_636_6, 3.019_550_844, 4.628_988_756, 6.931_573_849],
        wait: [0.021_694_048_09, 0.0, 0.146_760_002_9, 0.307_703_794_1],
        delayed: 0.216_940_480_9,
        line: 1.952_464_328,
        wait_error: 0.03,
        ..ROW
    },
    Row {
        name: "M/M/20 at 0.9",
        rate: 180.0,
        cores: 20,
        work: "{ mean: 100ms }",
        millions: 14.0,
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
        wait_error: 0.008,
        ..ROW
    },
    Row {
        name: "M/M/5 at 0.5",
        rate: 2.5,
        cores: 5,
        work: "{ mean: 1s }",
        millions: 25.0,
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
        millions: 8.0,
        warmup: 500.0,
        sojourn: [1.007_221_072, 0.701_592_352, 3.004_718_065, 4.614_156_032, 6.916_741_125],
        wait: [0.007_221_071_832, 0.0, 0.0, 0.256_771_242_9],
        delayed: 0.036_105_359_16,
        line: 0.036_105_359_16,
        wait_error: 0.012,
        ..ROW
    },
];

const CONSTANT: &[Row] = &[
    Row {
        name: "M/D/1 at 0.5",
        rate: 0.5,
        cores: 1,
        work: "1s",
        millions: 3.3,
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
        millions: 6.2,
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
        millions: 18.5,
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
        millions: 9.0,
        warmup: 1000.0,
        sojourn: [1.903_283_9, 1.543_898_9, 4.201_757_1, 6.069_551_2, 0.0],
        wait: [0.903_283_88, 0.543_898_93, 3.201_757_1, 5.069_551_2],
        delayed: 0.701_898_32,
        line: 1.445_254_2,
        ..ROW
    },
    Row {
        name: "M/D/5 at 0.8",
        rate: 4.0,
        cores: 5,
        work: "1s",
        millions: 13.5,
        warmup: 500.0,
        sojourn: [1.289_06, 1.051_470_9, 2.190_608_6, 2.937_438_8, 0.0],
        wait: [0.289_060_01, 0.051_470_91, 1.190_608_6, 1.937_438_8],
        delayed: 0.533_615_06,
        line: 1.156_24,
        ..ROW
    },
    Row {
        name: "M/D/10 at 0.9",
        rate: 9.0,
        cores: 10,
        work: "1s",
        millions: 33.0,
        warmup: 1000.0,
        sojourn: [1.344_582_1, 1.170_518_2, 2.292_994_8, 3.069_951_8, 0.0],
        wait: [0.344_582_05, 0.170_518_15, 1.292_994_8, 2.069_951_8],
        delayed: 0.646_861_28,
        line: 3.101_238_5,
        ..ROW
    },
];

// Two rows have tails so heavy that a quarter of a percent would take a hundred million requests:
// the square of the relative error of n requests is about 2 rho^2 (1 + v) / (1 - rho)^2 / n, v the
// squared variation of the service, and twice that where the tail is lognormal; the controls take
// a good third of it away.
const LOGNORMAL: &[Row] = &[
    Row {
        name: "M/G/1 at 0.7, lognormal, squared variation 1.0",
        rate: 0.7,
        cores: 1,
        work: "{ mean: 1s, cv: 1 }",
        millions: 10.0,
        warmup: 2000.0,
        sojourn: [3.333_33, 2.132_42, 10.4142, 16.7787, 26.5351],
        wait: [2.333_33, 0.989_603, 9.204_93, 15.5593],
        delayed: 0.7,
        line: 1.633_33,
        slack: 0.001,
        ..ROW
    },
    Row {
        name: "M/G/1 at 0.8, lognormal, squared variation 4.0",
        rate: 0.8,
        cores: 1,
        work: "{ mean: 1s, cv: 2 }",
        millions: 18.0,
        warmup: 5000.0,
        sojourn: [11.0, 5.153_75, 40.9357, 75.2892, 146.21],
        wait: [10.0, 3.9993, 39.7306, 74.0754],
        delayed: 0.8,
        line: 8.0,
        error: [0.0075, 0.025],
        wait_error: 0.0085,
        tail_error: 0.075,
        slack: 0.001,
    },
    Row {
        name: "M/G/1 at 0.5, lognormal, squared variation 0.25",
        rate: 0.5,
        cores: 1,
        work: "{ mean: 1s, cv: 0.5 }",
        millions: 3.3,
        warmup: 500.0,
        sojourn: [1.625, 1.295_93, 3.879_27, 5.701_45, 8.314_36],
        wait: [0.625, 0.0, 2.7289, 4.5492],
        delayed: 0.5,
        line: 0.3125,
        slack: 0.001,
        ..ROW
    },
    Row {
        name: "M/G/1 at 0.9, lognormal, squared variation 2.0",
        rate: 0.9,
        cores: 1,
        work: "{ mean: 1s, cv: 1.414213562373095 }",
        millions: 13.0,
        warmup: 20000.0,
        sojourn: [14.5, 9.058_45, 47.0491, 74.9455, 116.618],
        wait: [13.5, 7.990_55, 45.9733, 73.8686],
        delayed: 0.9,
        line: 12.15,
        error: [0.0065, 0.02],
        wait_error: 0.007,
        tail_error: 0.06,
        slack: 0.001,
    },
];

// The first two rows, of squared variation 5.5 and 50.5, have wider errors for the same reason.
// The chance in percent and the mean of the one service, and the mean of the other.
const HYPER: &[(Row, (f64, f64, f64))] = &[
    (
        Row {
            name: "M/H2/1 at 0.8, squared variation 5.5",
            rate: 0.8,
            millions: 9.0,
            warmup: 5000.0,
            sojourn: [14.0, 7.574_156, 49.587_727, 78.954_219, 120.968_17],
            wait: [13.0, 6.365_445, 48.378_683, 77.745_176],
            delayed: 0.8,
            line: 10.4,
            error: [0.006, 0.0175],
            wait_error: 0.0065,
            tail_error: 0.03,
            ..ROW
        },
        (90.0, 0.5, 5.5),
    ),
    (
        Row {
            name: "M/H2/1 at 0.5, squared variation 50.5",
            rate: 0.5,
            millions: 12.0,
            warmup: 20000.0,
            sojourn: [26.75, 0.941_343_67, 147.153_55, 269.6097, 444.804_83],
            wait: [25.75, 0.0, 145.179_39, 267.635_53],
            delayed: 0.5,
            line: 12.875,
            error: [0.0075, 0.0175],
            wait_error: 0.0075,
            tail_error: 0.03,
            ..ROW
        },
        (99.0, 0.5, 50.5),
    ),
    (
        Row {
            name: "M/H2/1 at 0.7, squared variation 1.5",
            rate: 0.7,
            millions: 10.0,
            warmup: 2000.0,
            sojourn: [3.916_666_7, 2.502_730_5, 12.484_925, 19.471_054, 29.465_945],
            wait: [2.916_666_7, 1.285_324_6, 11.249_951, 18.236_08],
            delayed: 0.7,
            line: 2.041_666_7,
            ..ROW
        },
        (50.0, 0.5, 1.5),
    ),
];
