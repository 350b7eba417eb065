//! Other arrivals than Poisson's: D/M/1, E\_k/M/1 and GI/G/1.
//!
//! A user who thinks and is answered at once is a clock: the answer waits for the first of two
//! branches, which takes no time, and the other branch goes on by itself. So thinking times are
//! times between arrivals, whatever the line behind does. E\_k/M/1 is one of k servers in turn.

use tradeoff_des::Key;

use crate::{
    bench::Bench,
    beside::{
        Beside, Drawn, Service, Shape, Source, call, clocked as lines_of_a_clock, entry,
        one_server, one_step, slotted,
    },
    control::Control,
    hold::{Claim, between, hold, hold_all, mean, percentile},
    single::{ROW, Row},
};

/// So many arrivals a second, whose distances are drawn like `think`.
fn clocked<'a>(
    name: &'a str,
    (rate, think): (f64, &str),
    work: &str,
    warmup: f64,
    duration: f64,
) -> Bench<'a> {
    let services = format!(
        "  clock: {{ endpoints: {{ tick: {{ steps: [ {{ all: {{ need: 1, of: [ \
         [ {{ wait: 0s }} ], [ {{ call: s.do }} ] ] }} }} ] }} }} }}\n  \
         s: {{ cores: 1, endpoints: {{ do: {{ steps: [ {{ work: {work} }} ] }} }} }}"
    );
    let bench = Bench::thinking(name, 1, think, "clock.tick", duration);
    let bench = bench.services(services).work("s/cores", 1.0).warmup(warmup);
    // A clock's arrivals have no luck to take out.
    let varies = think.starts_with('{');
    if varies { bench.control(Control::Arrivals { rate }) } else { bench }
}

/// Kleinrock, volume 1, chapter 6: GI/M/1 with the root sigma of the interarrivals' transform.
#[test]
fn regular_arrivals() {
    hold_all(REGULAR, |row| {
        let gap = format!("{}s", 1.0 / row.rate);
        let duration = row.millions * 1e6 / row.rate / 40.0;
        let bench = clocked(row.name, (row.rate, &gap), row.work, row.warmup, duration);
        let service = Service::Exponential(row.service());
        let (tick, visit) = (entry("clock.tick"), call("clock.tick", "s.do"));
        let drawn = service.drawn("work");
        let draw = move |request: Key, it: &mut Drawn| {
            it.services.push(drawn(visit(tick(request))));
        };
        let gap = 1.0 / row.rate;
        let systems = vec![slotted(gap, service)];
        let seen = bench.beside(Beside::new(Source::Clock { gap }, draw, systems)).run();
        let [sojourn, p50, _, p99, _] = row.sojourn;
        hold(row.name, &seen, |seen| {
            let time = &seen.run.endpoints["s.do"].time;
            let mut claims = row.in_line(seen, "s/cores");
            claims.extend([
                mean("sojourn", time.mean, sojourn),
                percentile("sojourn p50", time.p50, p50),
                percentile("sojourn p99", time.p99, p99),
            ]);
            claims
        })
    });
}

/// The same chapter: k servers in turn see every k-th arrival of a Poisson stream.
#[test]
fn erlang_arrivals() {
    hold_all(ERLANG, |(row, replicas)| {
        let services = format!(
            "  s: {{ cores: 1, replicas: {replicas}, balance: round-robin, \
             endpoints: {{ do: {{ steps: [ {{ work: {} }} ] }} }} }}",
            row.work
        );
        let rate = row.rate * f64::from(replicas);
        let bench = Bench::open(row.name, rate, "s.do", row.millions);
        let bench = row.controlled(bench.services(services), "s/cores");
        let service = Service::Exponential(row.service());
        let systems = vec![
            lines_of_a_clock(replicas as usize, 1.0 / row.rate, service),
            one_server(rate, service, Shape::Same, f64::from(replicas)),
        ];
        let draw = one_step(service, "s.do", "work");
        let bench = bench.beside(Beside::new(Source::Open { rate }, draw, systems));
        let scaled = Row { rate, line: row.line * f64::from(replicas), ..row };
        hold(row.name, &bench.warmup(row.warmup).run(), |seen| {
            let mut claims = scaled.in_all(seen);
            claims.extend(scaled.in_line(seen, "s/cores"));
            claims
        })
    });
}

/// Kingman (1962) bounds the mean wait from above, Marchal (1978) from below. The middle one has
/// Poisson arrivals, where the heavy-traffic formula is exact.
#[test]
fn general_arrivals_are_bounded() {
    hold_all(BOUNDED, |(name, rate, think, work, least, most, guide, duration)| {
        let seen = clocked(name, (rate, think), work, 5000.0, duration).run();
        hold(name, &seen, |seen| {
            let wait = seen.resource("s/cores").wait.mean;
            let mut claims: Vec<Claim> = vec![
                between("wait, bounds", wait, least, most).error(0.02),
                between("wait, guide", wait, 0.9 * guide, 1.1 * guide).error(0.02),
            ];
            if think == "{ mean: 1.1111111111s }" {
                claims.push(mean("wait", wait, guide).error(0.02));
            }
            claims
        })
    });
}

// Arrivals per second, thinking, service, lower and upper bound, heavy-traffic guide, seconds.
type Bounded = (&'static str, f64, &'static str, &'static str, f64, f64, f64, f64);

const BOUNDED: [Bounded; 3] = [
    (
        "GI/G/1 at 0.8, variation 0.5 and 2",
        0.8,
        "{ mean: 1.25s, cv: 0.7071067811865476 }",
        "{ mean: 1s, cv: 1.4142135623730951 }",
        1.0,
        5.5625,
        5.0,
        30_000.0,
    ),
    (
        "GI/G/1 at 0.9, variation 1 and 0.25",
        0.9,
        "{ mean: 1.1111111111s }",
        "{ mean: 1s, cv: 0.5 }",
        0.0,
        6.680_555_556,
        5.625,
        30_000.0,
    ),
    (
        "GI/G/1 at 0.9, variation 2 and 2",
        0.9,
        "{ mean: 1.1111111111s, cv: 1.4142135623730951 }",
        "{ mean: 1s, cv: 1.4142135623730951 }",
        3.5,
        20.111_111_11,
        18.0,
        60_000.0,
    ),
];

const REGULAR: [Row; 2] = [
    Row {
        name: "D/M/1 at 0.8",
        rate: 0.8,
        work: "{ mean: 1s }",
        millions: 1.0,
        warmup: 2000.0,
        sojourn: [2.692_730_84, 1.866_458_79, 8.066_700_681, 12.400_483_78, 0.0],
        wait: [1.692_730_84, 0.616_458_789_7, 6.816_700_681, 11.150_483_78],
        delayed: 0.628_629_796_5,
        line: 0.8 * 1.692_730_84,
        ..ROW
    },
    Row {
        name: "D/M/1 at 0.9",
        rate: 0.9,
        work: "{ mean: 1s }",
        millions: 3.9,
        warmup: 5000.0,
        sojourn: [5.178_659_422, 3.589_573_178, 15.513_877_16, 23.848_607_97, 0.0],
        wait: [4.178_659_422, 2.478_462_066, 14.402_766_05, 22.737_496_86],
        delayed: 0.806_899_832_9,
        line: 0.9 * 4.178_659_422,
        ..ROW
    },
];

const ERLANG: [(Row, u32); 2] = [
    (
        Row {
            name: "E2/M/1 at 0.8",
            rate: 0.8,
            work: "{ mean: 1s }",
            millions: 9.0,
            warmup: 2000.0,
            sojourn: [3.843_979_767, 2.664_443_738, 11.515_534_25, 17.702_181_02, 0.0],
            wait: [2.843_979_767, 1.506_237_912, 10.357_328_42, 16.543_975_19],
            delayed: 0.739_852_949_1,
            line: 0.8 * 2.843_979_767,
            ..ROW
        },
        2,
    ),
    (
        Row {
            name: "E4/M/1 at 0.8",
            rate: 0.8,
            work: "{ mean: 1s }",
            millions: 3.65,
            warmup: 2000.0,
            sojourn: [3.267_383_61, 2.264_777_737, 9.788_206_532, 15.046_857_59, 0.0],
            wait: [2.267_383_61, 1.070_996_747, 8.594_425_541, 13.853_076_6],
            delayed: 0.693_944_721_8,
            line: 0.8 * 2.267_383_61,
            ..ROW
        },
        4,
    ),
];
