//! The numbers on which a design rests: those that it states and those that it leaves to defaults,
//! as texts that can be made smaller and larger.

use serde_json::Value as Json;

use crate::load::Design;

/// Blocks whose numbers describe the system; promises and prices are no assumptions.
const BLOCKS: [&str; 8] =
    ["defaults", "edges", "externals", "policies", "scenarios", "services", "stores", "traffic"];
/// Keys below which nothing is tried: what is promised, paid, or not a number of the system.
const LEFT_OUT: [&str; 12] = [
    "at",
    "cost",
    "duration",
    "engineers",
    "for",
    "http",
    "mix",
    "per_month",
    "samples",
    "spend",
    "speeds",
    "window",
];
/// Keys whose plain numbers are counts.
const COUNTS: [&str; 14] = [
    "attempts",
    "burst",
    "bulkhead",
    "clients",
    "concurrency",
    "concurrent",
    "connections",
    "cores",
    "count",
    "per_replica",
    "probes",
    "queue",
    "replicas",
    "users",
];
/// Bounds that stand for "unlimited" when the search comes from above.
const UNLIMITED: f64 = 4096.0;
/// Where the search begins for a time that is assumed to be zero: nothing, for most systems.
const NO_TIME: f64 = 20e-6;
/// The longest such time that is tried.
const SOME_TIME: f64 = 0.1;
/// How far from today's value is looked, as a factor.
const SPAN: f64 = 8.0;

/// Which way is worse for the promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worse {
    Up,
    Down,
    /// It depends.
    Unknown,
}

/// What a text counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// Seconds.
    Time,
    /// A share, searched in the odds.
    Share,
    /// Whole.
    Count,
    /// Whatever follows the number stays: `/s`, `x`.
    Plain,
    /// A distribution: all its times, made longer and shorter together.
    Distribution,
}

/// A number that can be tried at other values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number {
    /// Dotted path.
    pub(super) path: String,
    /// As written, or as assumed.
    pub(super) text: String,
    /// Whether it is a default.
    pub(super) assumed: bool,
    pub(super) worse: Worse,
    /// Where it stands on the axis of the search.
    pub(super) start: f64,
    /// The ends of the axis.
    pub(super) ends: [f64; 2],
    unit: Unit,
    suffix: String,
    /// The times of a distribution, in seconds.
    times: Vec<(String, f64)>,
}

impl Number {
    /// A distribution's times, all by one factor.
    fn distribution(path: &str, times: Vec<(String, f64)>) -> Self {
        let key = path.rsplit('.').next().unwrap_or_default();
        let worse = if key == "think" { Worse::Down } else { Worse::Up };
        let number = Self {
            path: path.into(),
            text: String::new(),
            assumed: false,
            worse,
            start: 1.0,
            ends: [1.0 / SPAN, SPAN],
            unit: Unit::Distribution,
            suffix: String::new(),
            times,
        };
        Self { text: number.times_at(1.0), ..number }
    }

    fn times_at(&self, factor: f64) -> String {
        let each = self.times.iter().map(|(key, it)| format!("{key}: {}", time(it * factor)));
        format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
    }

    fn new(path: String, text: &str, assumed: bool) -> Option<Self> {
        let key = path.rsplit('.').next().unwrap_or_default();
        let number = |unit, suffix: &str, start: f64, ends| Self {
            worse: worse(&path, key),
            text: text.into(),
            suffix: suffix.into(),
            path: path.clone(),
            assumed,
            start,
            ends,
            unit,
            times: Vec::new(),
        };
        if text == "unlimited" {
            return Some(number(Unit::Count, "", UNLIMITED, [1.0, UNLIMITED]));
        }
        let (value, suffix) = split(text)?;
        let around = |start: f64| [start / SPAN, start * SPAN];
        if let Some(seconds) = in_seconds(suffix) {
            let start = value * seconds;
            return Some(if start > 0.0 {
                number(Unit::Time, "", start, around(start))
            } else {
                number(Unit::Time, "", NO_TIME, [NO_TIME, SOME_TIME])
            });
        }
        match suffix {
            "%" if value > 0.0 && value < 100.0 => {
                let odds = value / (100.0 - value);
                Some(number(Unit::Share, "%", odds, around(odds)))
            }
            "/s" | "/m" | "/min" | "/h" | "x" if value > 0.0 => {
                Some(number(Unit::Plain, suffix, value, around(value)))
            }
            "" if key == "by" && value > 0.0 => {
                Some(number(Unit::Plain, suffix, value, around(value)))
            }
            "" | "k" | "M" if COUNTS.contains(&key) && value >= 1.0 => {
                let scale = match suffix {
                    "k" => 1e3,
                    "M" => 1e6,
                    _ => 1.0,
                };
                let value = value * scale;
                Some(number(Unit::Count, "", value, [(value / SPAN).max(1.0), value * SPAN]))
            }
            _ => None,
        }
    }

    /// A place of the axis as it would be written in the file.
    pub(super) fn at(&self, place: f64) -> String {
        if place.to_bits() == self.start.to_bits() {
            return self.text.clone();
        }
        match self.unit {
            Unit::Time => time(place),
            Unit::Share => format!("{}%", three_digits(100.0 * place / (1.0 + place))),
            Unit::Count => format!("{}", libm::round(place).max(1.0)),
            Unit::Distribution => self.times_at(place),
            Unit::Plain => format!("{}{}", three_digits(place), self.suffix),
        }
    }
}

/// All numbers that could be tried: what the file gives as a range comes first, then what it
/// states, then its defaults; by path.
pub(super) fn candidates(design: &Design) -> Vec<Number> {
    let mut found = Vec::new();
    if let Some(Json::Object(root)) = design.document().get("") {
        for (block, value) in root.iter().filter(|it| BLOCKS.contains(&it.0.as_str())) {
            stated(block.clone(), value, &mut found);
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    let assumptions = design.architecture().assumptions.iter().filter(|it| {
        let mut parts = it.path.split('.');
        let block = parts.next().unwrap_or_default();
        BLOCKS.contains(&block) && !parts.any(|it| LEFT_OUT.contains(&it))
    });
    found.extend(assumptions.filter_map(|it| Number::new(it.path.clone(), &it.value, true)));
    found
}

/// The numbers below a value of the file.
fn stated(path: String, value: &Json, found: &mut Vec<Number>) {
    let child = |key: &str| format!("{path}.{}", quoted(key));
    match value {
        Json::Object(map) => {
            if let Some(times) = times(map) {
                return found.push(Number::distribution(&path, times));
            }
            let map = map.iter().filter(|it| !LEFT_OUT.contains(&it.0.as_str()));
            map.for_each(|(key, value)| stated(child(key), value, found));
        }
        Json::Array(items) => {
            for (nth, value) in items.iter().enumerate() {
                stated(child(&nth.to_string()), value, found);
            }
        }
        Json::String(text) => found.extend(Number::new(path, text, false)),
        Json::Number(number) => found.extend(Number::new(path, &number.to_string(), false)),
        Json::Bool(_) | Json::Null => {}
    }
}

/// The times of a map that is a distribution and nothing else.
fn times(map: &serde_json::Map<String, Json>) -> Option<Vec<(String, f64)>> {
    const KEYS: [&str; 7] = ["p50", "p90", "p95", "p99", "mean", "min", "max"];
    let time = |(key, value): (&String, &Json)| {
        let (number, unit) = split(value.as_str()?)?;
        let known = KEYS.contains(&key.as_str()) && number > 0.0;
        known.then_some((key.clone(), number * in_seconds(unit)?))
    };
    let times: Vec<(String, f64)> = map.iter().map(time).collect::<Option<_>>()?;
    (!times.is_empty()).then_some(times)
}

/// A part of a dotted path, in quotes where it holds a dot.
fn quoted(part: &str) -> String {
    if part.contains('.') { format!("\"{part}\"") } else { part.into() }
}

/// Which way a number hurts, by its key and its block.
fn worse(path: &str, key: &str) -> Worse {
    let below = |name: &str| path.split('.').any(|it| it == name);
    match key {
        "wait" if below("pool") || below("pooler") => Worse::Unknown,
        _ if below("think") => Worse::Down,
        "rate" | "users" | "by" | "errors" | "fail" | "network" | "connect" | "work" | "time"
        | "wait" | "p50" | "p90" | "p95" | "p99" | "mean" | "min" | "max" | "cv" => Worse::Up,
        "replicas" | "cores" | "count" | "connections" | "per_replica" => Worse::Down,
        _ => Worse::Unknown,
    }
}

/// The number at the start of a text, and its unit.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

/// A unit of time in seconds.
fn in_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    })
}

/// A time in the unit that reads best.
fn time(seconds: f64) -> String {
    let (factor, unit) = match seconds {
        it if it < 1e-3 => (1e6, "us"),
        it if it < 1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{}{unit}", three_digits(seconds * factor))
}

/// Three significant digits, without trailing zeros; whole numbers in full.
fn three_digits(value: f64) -> String {
    let magnitude = if value > 0.0 { libm::floor(libm::log10(value)) } else { 0.0 };
    let places = (2.0 - magnitude).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Worse};

    fn number(path: &str, text: &str) -> Number {
        Number::new(path.into(), text, false).unwrap()
    }

    #[test]
    fn numbers_keep_their_text_and_are_written_in_their_unit() {
        let work = number("services.a.endpoints.b.steps.0.work.p99", "8ms");
        assert_eq!(work.worse, Worse::Up);
        assert_eq!(work.at(work.start), "8ms");
        assert_eq!(work.at(0.019_04), "19ms");
        assert_eq!(work.at(1.904), "1.9s");
        let rate = number("traffic.a.rate", "600/s");
        assert_eq!(rate.at(1234.0), "1234/s");
        assert_eq!(number("services.a.replicas", "3").at(4.6), "5");
        let share = number("externals.a.errors", "20%");
        assert_eq!(share.at(share.start * 4.0), "50%");
    }

    #[test]
    fn what_is_unlimited_or_nothing_has_an_axis_too() {
        let queue = number("services.a.queue", "unlimited");
        assert_eq!((queue.at(queue.start), queue.at(64.0)), ("unlimited".into(), "64".into()));
        let network = number("defaults.network", "0s");
        assert_eq!((network.at(network.start), network.at(0.1)), ("0s".into(), "100ms".into()));
        assert_eq!(Number::new("services.a.balance".into(), "round-robin", true), None);
        assert_eq!(Number::new("services.a.tier".into(), "7", false), None);
    }
}
