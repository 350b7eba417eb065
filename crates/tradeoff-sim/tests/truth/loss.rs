//! Little room: M/M/c/K, and Erlang's loss system, whose losses do not depend on the shape of the
//! service times.

use crate::{
    bench::Bench,
    beside::{Beside, Service, Source, little_room, no_end, one_step},
    hold::{complement, hold, hold_all, mean, percentile},
};

/// A line with little room, and what is known of it.
struct Room {
    name: &'static str,
    rate: f64,
    /// Mean service.
    wait: &'static str,
    servers: u32,
    queue: u32,
    millions: f64,
    blocked: f64,
    throughput: f64,
    used: f64,
    inside: f64,
    line: f64,
    /// Mean time in line of those admitted.
    waited: f64,
    /// Time in all of those admitted: mean, 50th, 95th and 99th percentile.
    sojourn: [f64; 4],
}

/// Gross and Harris, "Fundamentals of Queueing Theory", chapter 2: the slots are the servers.
#[test]
fn a_line_with_little_room() {
    hold_all(ROOMS, |row| {
        let services = format!(
            "  s: {{ concurrency: {}, queue: {}, \
             endpoints: {{ do: {{ steps: [ {{ wait: {{ mean: {} }} }} ] }} }} }}",
            row.servers, row.queue, row.wait
        );
        let bench = Bench::open(row.name, row.rate, "s.do", row.millions);
        let service = row.sojourn[0] - row.waited;
        let bench = bench.services(services).work("s/slots", service);
        let exponential = Service::Exponential(service);
        let rooms = [row.queue / 2, row.queue + row.queue / 2];
        let systems = rooms
            .map(|room| little_room(row.rate, exponential, row.servers as usize, room as usize));
        let draw = one_step(exponential, "s.do", "wait");
        let bench =
            bench.beside(Beside::new(Source::Open { rate: row.rate }, draw, systems.to_vec()));
        let seen = bench.warmup(2000.0 / row.rate).run();
        let [sojourn, p50, p95, p99] = row.sojourn;
        hold(row.name, &seen, |seen| {
            let (requests, slots) = (seen.requests(), seen.resource("s/slots"));
            let it = &requests.latency;
            assert_eq!(requests.failed["refused"], requests.offered - requests.ok);
            [
                mean("blocked", complement(requests.good_ratio), row.blocked),
                mean("throughput", requests.goodput, row.throughput),
                mean("used", slots.utilization, row.used),
                mean("in system", slots.in_system, row.inside),
                mean("in line", slots.queue.mean, row.line),
                mean("wait", slots.wait.mean, row.waited),
                mean("sojourn", it.mean, sojourn),
                percentile("sojourn p50", it.p50, p50),
                percentile("sojourn p95", it.p95, p95),
                percentile("sojourn p99", it.p99, p99),
            ]
        })
    });
}

/// A loss system, and what is known of it.
struct Loss {
    erlangs: f64,
    servers: u32,
    millions: f64,
    blocked: f64,
    carried: f64,
    /// Numbers at work that are counted where servers are without end.
    busy: &'static [u32],
}

/// Service times of one second in the mean.
const SHAPES: [(&str, &str); 3] =
    [("M", "{ mean: 1s }"), ("D", "1s"), ("lognormal", "{ mean: 1s, cv: 2 }")];

/// Erlang (1917); that only the mean matters is Sevastyanov's (1957).
#[test]
fn losses_do_not_depend_on_the_shape() {
    hold_all(LOSSES.iter().flat_map(|row| SHAPES.map(|it| (row, it))), |(row, (shape, wait))| {
        let name = format!("M/{shape}/{0}/{0}, {1} erlang", row.servers, row.erlangs);
        let services = format!(
            "  s: {{ concurrency: {}, queue: 0, \
             endpoints: {{ do: {{ steps: [ {{ wait: {wait} }} ] }} }} }}",
            row.servers
        );
        // Lognormal times of service vary most.
        let millions = if shape == "lognormal" { 2.0 * row.millions } else { row.millions };
        let bench = Bench::open(&name, row.erlangs, "s.do", millions);
        let bench = bench.services(services).warmup(50.0);
        let bench = if shape == "D" { bench } else { bench.work("s/slots", 1.0) };
        let service = match shape {
            "M" => Service::Exponential(1.0),
            "D" => Service::Constant(1.0),
            _ => Service::Lognormal(1.0, 4.0),
        };
        let draw = one_step(service, "s.do", "wait");
        let other = (row.servers / 20).max(1);
        let mut systems = vec![no_end(row.erlangs, service, row.busy)];
        for servers in [row.servers - other, row.servers + other] {
            if servers > 0 {
                systems.push(little_room(row.erlangs, service, servers as usize, 0));
            }
        }
        let bench = bench.beside(Beside::new(Source::Open { rate: row.erlangs }, draw, systems));
        hold(&name, &bench.run(), |seen| {
            let (requests, slots) = (seen.requests(), seen.resource("s/slots"));
            [
                mean("blocked", complement(requests.good_ratio), row.blocked),
                mean("carried", slots.in_system, row.carried),
                mean("throughput", requests.goodput, row.carried),
                mean("used", slots.utilization, row.carried / f64::from(row.servers)),
            ]
        })
    });
}

const ROOMS: &[Room] = &[
    Room {
        name: "M/M/1/5 at 0.8",
        rate: 0.8,
        wait: "1s",
        servers: 1,
        queue: 4,
        millions: 0.75,
        blocked: 0.088_819_498_66,
        throughput: 0.728_944_401_1,
        used: 0.728_944_401_1,
        inside: 1.868_332_032,
        line: 1.139_387_631,
        waited: 1.563_065_207,
        sojourn: [2.563_065_207, 2.060_489_172, 6.678_752_389, 9.201_536_355],
    },
    Room {
        name: "M/M/1/10 at 1.2",
        rate: 1.2,
        wait: "1s",
        servers: 1,
        queue: 9,
        millions: 0.25,
        blocked: 0.192_586_495_1,
        throughput: 0.968_896_205_8,
        used: 0.968_896_205_8,
        inside: 6.710_708_678,
        line: 5.741_812_473,
        waited: 5.926_137_844,
        sojourn: [6.926_137_844, 6.715_719_459, 13.452_268_33, 16.667_530_71],
    },
    Room {
        name: "M/M/1/10 at 1.0",
        rate: 1.0,
        wait: "1s",
        servers: 1,
        queue: 9,
        millions: 0.8,
        blocked: 0.090_909_090_91,
        throughput: 0.909_090_909_1,
        used: 0.909_090_909_1,
        inside: 5.0,
        line: 4.090_909_091,
        waited: 4.5,
        sojourn: [5.5, 5.022_926_909, 12.275_721_83, 15.605_984_8],
    },
    Room {
        name: "M/M/10/15 at 9.0",
        rate: 9.0,
        wait: "1s",
        servers: 10,
        queue: 5,
        millions: 1.2,
        blocked: 0.061_258_761_83,
        throughput: 8.448_671_144,
        used: 0.844_867_114_4,
        inside: 9.515_540_892,
        line: 1.066_869_749,
        waited: 0.126_276_633_4,
        sojourn: [1.126_276_633, 0.839_525_778_4, 3.145_356_715, 4.754_794_627],
    },
    Room {
        name: "M/M/10/30 at 12.0",
        rate: 12.0,
        wait: "1s",
        servers: 10,
        queue: 20,
        millions: 0.3,
        blocked: 0.168_637_244_6,
        throughput: 9.976_353_065,
        used: 0.997_635_306_5,
        inside: 25.285_667_36,
        line: 15.309_314_3,
        waited: 1.534_560_194,
        sojourn: [2.534_560_194, 2.350_360_758, 4.710_624_343, 6.320_064_946],
    },
    Room {
        name: "M/M/4/8 at 4.0",
        rate: 4.0,
        wait: "1s",
        servers: 4,
        queue: 4,
        millions: 0.5,
        blocked: 0.138_528_138_5,
        throughput: 3.445_887_446,
        used: 0.861_471_861_5,
        inside: 4.831_168_831,
        line: 1.385_281_385,
        waited: 0.402_010_050_3,
        sojourn: [1.402_010_05, 1.148_278_957, 3.552_641_772, 5.162_740_844],
    },
    Room {
        name: "M/M/10/60 at 15.0",
        rate: 300.0,
        wait: "50ms",
        servers: 10,
        queue: 50,
        millions: 0.1,
        blocked: 0.333_333_333_4,
        throughput: 200.0,
        used: 0.999_999_999_9,
        inside: 58.000_000_02,
        line: 48.000_000_02,
        waited: 0.240_000_000_1,
        sojourn: [0.290_000_000_1, 0.281_121_411_3, 0.404_056_569_5, 0.484_543_686_8],
    },
];

const LOSSES: &[Loss] = &[
    Loss { erlangs: 1.0, servers: 1, millions: 0.1, blocked: 0.5, carried: 0.5, busy: &[1] },
    Loss {
        erlangs: 2.0,
        servers: 3,
        millions: 0.2,
        blocked: 0.210_526_315_8,
        carried: 1.578_947_368,
        busy: &[3],
    },
    Loss {
        erlangs: 8.0,
        servers: 10,
        millions: 0.3,
        blocked: 0.121_661_064_3,
        carried: 7.026_711_486,
        busy: &[10],
    },
    Loss {
        erlangs: 10.0,
        servers: 10,
        millions: 0.1,
        blocked: 0.214_582_343_1,
        carried: 7.854_176_569,
        busy: &[10],
    },
    Loss {
        erlangs: 18.0,
        servers: 20,
        millions: 0.15,
        blocked: 0.109_212_845_9,
        carried: 16.034_168_77,
        busy: &[20],
    },
    Loss {
        erlangs: 100.0,
        servers: 100,
        millions: 0.4,
        blocked: 0.075_700_452_71,
        carried: 92.429_954_73,
        busy: &[100],
    },
    Loss {
        erlangs: 90.0,
        servers: 100,
        millions: 1.9,
        blocked: 0.026_957_380_46,
        carried: 87.573_835_76,
        busy: &[100],
    },
];
