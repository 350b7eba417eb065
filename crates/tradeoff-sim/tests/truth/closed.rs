//! Closed networks: users who think and ask, held against mean value analysis.

use crate::{
    bench::{Bench, View},
    control::Control,
    hold::{hold, hold_all, mean},
};

/// A closed network of single servers, one visit each.
struct Closed {
    name: &'static str,
    demands: [&'static str; 3],
    /// The same in seconds.
    means: [f64; 3],
    /// Seconds.
    think: f64,
    warmup: f64,
    /// Users, throughput, mean response, and the servers' utilization.
    rows: &'static [(u32, f64, f64, [f64; 3])],
}

fn stations(works: &[&str], share: bool) -> String {
    let cores = if share { "{ count: 1, share: true }" } else { "1" };
    let station = |(nth, work): (usize, &&str)| {
        format!(
            "  s{nth}: {{ cores: {cores}, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: {work} }} }} ] }} }} }}\n"
        )
    };
    works.iter().enumerate().map(station).collect()
}

/// The mean service of each station in turn.
fn works<'a>(bench: Bench<'a>, means: &[f64]) -> Bench<'a> {
    let each = means.iter().enumerate();
    each.fold(bench, |bench, (nth, mean)| bench.work(&format!("s{nth}/cores"), *mean))
}

/// Seconds of a replication in which so many users ask as often as a case needs.
fn seconds(millions: f64, throughput: f64) -> f64 {
    1.3 * millions * 1e6 / 40.0 / throughput
}

/// Reiser and Lavenberg (1980); Lazowska et al., "Quantitative System Performance" (1984),
/// chapter 6.
#[test]
fn mean_value_analysis() {
    let rows = CLOSED.iter().flat_map(|case| case.rows.iter().map(move |row| (case, row)));
    hold_all(rows, |(case, (users, throughput, response, used))| {
        let name = format!("{}, {users} users", case.name);
        let services = format!(
            "{}  all: {{ endpoints: {{ do: {{ steps: [ {{ call: s0.do }}, {{ call: s1.do }}, {{ call: s2.do }} ] }} }} }}",
            stations(&case.demands, false)
        );
        // Few users are hardly in each other's way: their responses vary little.
        let millions = if *users < 10 { 0.1 } else { 0.2 };
        let duration = seconds(millions, *throughput);
        let bench = Bench::closed(&name, *users, case.think, "all.do", duration);
        let bench = works(bench.services(services), &case.means);
        hold(&name, &bench.warmup(case.warmup).run(), |seen| {
            let mut claims = vec![
                mean("throughput", seen.requests().goodput, *throughput),
                mean("response", seen.latency().mean, *response),
            ];
            for (nth, used) in used.iter().enumerate() {
                let cores = seen.resource(&format!("s{nth}/cores"));
                claims.push(mean(format!("s{nth} used"), cores.utilization, *used));
            }
            claims
        })
    });
}

const CLOSED: &[Closed] = &[
    Closed {
        name: "closed, think 1 s",
        demands: ["50ms", "80ms", "40ms"],
        means: [0.05, 0.08, 0.04],
        think: 1.0,
        warmup: 100.0,
        rows: &[
            (1, 0.854_700_854_7, 0.17, [0.042_735_042_74, 0.068_376_068_38, 0.034_188_034_19]),
            (
                2,
                1.696_389_735,
                0.178_974_359,
                [0.084_819_486_73, 0.135_711_178_8, 0.067_855_589_39],
            ),
            (
                5,
                4.126_560_291,
                0.211_662_897_7,
                [0.206_328_014_6, 0.330_124_823_3, 0.165_062_411_7],
            ),
            (
                10,
                7.723_043_632,
                0.294_826_298_6,
                [0.386_152_181_6, 0.617_843_490_6, 0.308_921_745_3],
            ),
            (25, 12.391_208_88, 1.017_559_405, [0.619_560_443_8, 0.991_296_71, 0.495_648_355]),
            (50, 12.499_998_68, 3.000_000_421, [0.624_999_934_2, 0.999_999_894_7, 0.499_999_947_3]),
        ],
    },
    Closed {
        name: "closed, think 15 s",
        demands: ["605ms", "2.1s", "1.35s"],
        means: [0.605, 2.1, 1.35],
        think: 15.0,
        warmup: 2000.0,
        rows: &[
            (1, 0.052_479_664_13, 4.055, [0.031_750_196_8, 0.110_207_294_7, 0.070_847_546_58]),
            (
                2,
                0.103_085_937_5,
                4.401_288_376,
                [0.062_366_992_16, 0.216_480_468_7, 0.139_166_015_6],
            ),
            (
                5,
                0.240_465_536_2,
                5.793_000_437,
                [0.145_481_649_4, 0.504_977_626_1, 0.324_628_473_9],
            ),
            (10, 0.400_204_622_9, 9.987_217_61, [0.242_123_796_8, 0.840_429_708, 0.540_276_240_9]),
            (20, 0.474_516_328, 27.148_180_83, [0.287_082_378_4, 0.996_484_288_8, 0.640_597_042_8]),
        ],
    },
    Closed {
        name: "closed, no thinking",
        demands: ["10ms", "10ms", "10ms"],
        means: [0.01; 3],
        think: 0.0,
        warmup: 10.0,
        rows: &[
            (1, 33.333_333_33, 0.03, [0.333_333_333_3; 3]),
            (2, 50.0, 0.04, [0.5; 3]),
            (5, 71.428_571_43, 0.07, [0.714_285_714_3; 3]),
            (10, 83.333_333_33, 0.12, [0.833_333_333_3; 3]),
        ],
    },
];

/// Lazowska et al., chapter 6, page 117: the published lengths of the three lines.
#[test]
fn published_queue_lengths() {
    let name = "Lazowska p. 117, 3 users";
    let services = format!(
        "{}  all: {{ endpoints: {{ do: {{ steps: [ {{ call: s0.do }}, {{ call: s1.do }}, {{ call: s2.do }} ] }} }} }}",
        stations(&["605ms", "2.1s", "1.35s"], false)
    );
    let bench = Bench::closed(name, 3, 15.0, "all.do", seconds(0.1, 0.1515));
    let bench = works(bench.services(services), &[0.605, 2.1, 1.35]);
    let lines = [0.097_566_019_41, 0.394_656_554_7, 0.235_030_040_7];
    let claims = |seen: &View| {
        let mut claims = vec![
            mean("throughput", seen.requests().goodput, 0.151_516_492_3),
            mean("response", seen.latency().mean, 4.799_824_782),
        ];
        for (nth, inside) in lines.into_iter().enumerate() {
            let cores = seen.resource(&format!("s{nth}/cores"));
            claims.push(mean(format!("s{nth} inside"), cores.in_system, inside));
        }
        claims
    };
    hold_all([claims], |claims| hold(name, &bench.clone().warmup(2000.0).run(), claims));
}

/// Page 267: eight visits of half a second at a processor, two of a second at each of four disks.
/// Which way a user takes does not matter (Kelly, 1975), so twice around four rounds will do.
#[test]
fn published_visits() {
    let name = "Lazowska p. 267, 10 terminals";
    let stations = stations(&["500ms", "1s", "1s", "1s", "1s"], false);
    let round = "{ call: s0.do }, { call: s1.do }, { call: s0.do }, { call: s2.do }, \
                 { call: s0.do }, { call: s3.do }, { call: s0.do }, { call: s4.do }";
    let services = format!(
        "{stations}  all: {{ endpoints: {{ do: {{ steps: [ {{ repeat: 2, do: [ {round} ] }} ] }} }} }}"
    );
    let bench = Bench::closed(name, 10, 10.0, "all.do", seconds(0.22, 0.2348));
    let bench = works(bench.services(services), &[0.5, 1.0, 1.0, 1.0, 1.0]).warmup(1000.0);
    let claims = |seen: &View| {
        let mut claims = vec![
            mean("throughput", seen.requests().goodput, 0.234_774_565_5),
            mean("response", seen.latency().mean, 32.594_051_77),
            mean("processor inside", seen.resource("s0/cores").in_system, 4.298_824_634),
        ];
        for disk in 1..=4 {
            let cores = seen.resource(&format!("s{disk}/cores"));
            claims.push(mean(format!("disk {disk} inside"), cores.in_system, 0.838_357_427_5));
        }
        claims
    };
    hold_all([claims], |claims| hold(name, &bench.run(), claims));
}

/// Reiser and Lavenberg (1980), many classes: two kinds of users share two processors.
#[test]
fn two_classes_share() {
    let name = "two classes, shared cores";
    let cores = "cores: { count: 1, share: true }";
    let services = format!(
        "  a: {{ {cores}, endpoints: {{ x: {{ steps: [ {{ work: {{ mean: 100ms }} }} ] }}, y: {{ steps: [ {{ work: {{ mean: 300ms }} }} ] }} }} }}\n\
         \x20 b: {{ {cores}, endpoints: {{ x: {{ steps: [ {{ work: {{ mean: 200ms }} }} ] }}, y: {{ steps: [ {{ work: {{ mean: 50ms }} }} ] }} }} }}\n\
         \x20 all: {{ endpoints: {{ x: {{ steps: [ {{ call: a.x }}, {{ call: b.x }} ] }}, y: {{ steps: [ {{ call: a.y }}, {{ call: b.y }} ] }} }} }}"
    );
    let mut bench = Bench::closed(name, 10, 2.0, "all.x", seconds(0.75, 3.262));
    bench.traffic +=
        "\n  u: { users: 5, think: { mean: 1s }, patience: none, mix: { all.y: 100% } }";
    let bench = bench.services(services).control(Control::Think {
        traffic: "u/all.y".to_owned(),
        users: 5,
        mean: 1.0,
    });
    let claims = |seen: &View| {
        let of = |flow: &str| &seen.run.requests[flow]["all"];
        let (x, y) = (of("t/all.x"), of("u/all.y"));
        [
            mean("throughput x", x.goodput, 3.262_282_916),
            mean("throughput y", y.goodput, 2.070_848_377),
            mean("response x", x.latency.mean, 1.065_338_065),
            mean("response y", y.latency.mean, 1.414_469_382),
            mean("a inside", seen.resource("a/cores").in_system, 4.224_653_854),
            mean("b inside", seen.resource("b/cores").in_system, 2.179_931_937),
        ]
    };
    hold_all([claims], |claims| hold(name, &bench.clone().warmup(200.0).run(), claims));
}

/// Gross and Harris, section 2.7: machines that break and few who repair them.
#[test]
fn repairmen() {
    hold_all(
        REPAIRMEN,
        |(users, think, work, cores, millions, [throughput, response, used, inside])| {
            let name = format!("M/M/{cores}//{users}");
            let services = format!(
                "  s: {{ cores: {cores}, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: {work} }} }} ] }} }} }}"
            );
            let bench = Bench::closed(&name, users, think, "s.do", seconds(millions, throughput));
            // Utilization is throughput by service: all of the servers need throughput / used.
            let service = used * f64::from(cores) / throughput;
            let bench = bench.services(services).work("s/cores", service).warmup(100.0);
            hold(&name, &bench.run(), |seen| {
                let it = seen.resource("s/cores");
                [
                    mean("throughput", seen.requests().goodput, throughput),
                    mean("response", seen.latency().mean, response),
                    mean("used", it.utilization, used),
                    mean("in system", it.in_system, inside),
                ]
            })
        },
    );
}

type Repair = (u32, f64, &'static str, u32, f64, [f64; 4]);
const REPAIRMEN: [Repair; 4] = [
    (50, 1.0, "50ms", 1, 0.1, [19.999_999_85, 1.500_000_019, 0.999_999_992_4, 30.000_000_15]),
    (100, 2.0, "100ms", 4, 0.3, [39.758_619_92, 0.515_177_845_8, 0.993_965_498, 20.482_760_16]),
    (200, 1.0, "40ms", 8, 2.0, [186.119_288_6, 0.074_579_650_03, 0.930_596_443, 13.880_711_41]),
    (500, 5.0, "80ms", 10, 0.7, [98.174_632_92, 0.092_965_312_34, 0.785_397_063_3, 9.126_835_413]),
];
