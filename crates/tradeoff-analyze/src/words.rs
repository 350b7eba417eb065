//! Numbers as people read them, and as a file states them.

use tradeoff_model::model::Nanos;

/// A number with three digits that count: `0.125`, `72.4`, `2,000`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "unlimited".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let before = libm::floor(libm::log10(value.abs())) as i32 + 1;
    let places = (3 - before).clamp(0, 9) as usize;
    let mut text = format!("{value:.places$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    grouped(text)
}

/// A whole number: `2,000`.
pub fn count(value: u64) -> String {
    grouped(value.to_string())
}

fn grouped(text: String) -> String {
    let whole = text.find('.').unwrap_or(text.len());
    let digits = text.bytes().take(whole).filter(u8::is_ascii_digit).count();
    if digits < 4 {
        return text;
    }
    let mut grouped = String::with_capacity(text.len() + digits / 3);
    for (at, letter) in text.char_indices() {
        let left = whole.saturating_sub(at);
        if at > 0 && at < whole && left.is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(letter);
    }
    grouped
}

/// A duration in seconds: `12ms`.
pub fn duration(seconds: f64) -> String {
    let (scale, unit) = match seconds {
        it if !it.is_finite() => return "for ever".to_owned(),
        it if it == 0.0 || it >= 0.999_5 => (1.0, "s"),
        it if it >= 0.999_5e-3 => (1e3, "ms"),
        it if it >= 0.999_5e-6 => (1e6, "us"),
        _ => (1e9, "ns"),
    };
    format!("{}{unit}", number(seconds * scale))
}

/// A rate: `120/s`.
pub fn rate(per_second: f64) -> String {
    format!("{}/s", number(per_second))
}

/// A ratio in percent: `72%`.
pub fn percent(ratio: f64) -> String {
    format!("{}%", number(ratio * 100.0))
}

/// An availability with all of its nines: `99.95%`, `99.8501%`.
pub fn availability(share: f64) -> String {
    let percent = share * 100.0;
    // Two digits of what is missing, and never so few that what is missing cannot be seen.
    let missing = 100.0 - percent;
    let places = if missing > 1e-9 { 1.0 - libm::floor(libm::log10(missing)) } else { 0.0 };
    let places = places.clamp(0.0, 9.0) as usize;
    let mut text = format!("{percent:.places$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text + "%"
}

/// A duration as a file states it, exactly: `250ms`.
pub fn stated(nanos: Nanos) -> String {
    match nanos {
        it if it.is_multiple_of(1_000_000_000) => format!("{}s", it / 1_000_000_000),
        it if it.is_multiple_of(1_000_000) => format!("{}ms", it / 1_000_000),
        it if it.is_multiple_of(1_000) => format!("{}us", it / 1_000),
        it => format!("{it}ns"),
    }
}

/// The next duration, in whole milliseconds, that people would choose: 50, 60, 70, 80, 100, 120 ms ..
pub fn readable(seconds: f64) -> Nanos {
    const STEPS: [f64; 11] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    const MILLISECOND: f64 = 1e6;
    let wanted = (seconds * 1e3).max(10.0);
    let mut power = 10.0;
    while power * 10.0 <= wanted && power < 1e12 {
        power *= 10.0;
    }
    // What was meant to be 250 ms must not become 300 ms for its last binary digit.
    let enough = wanted * (1.0 - 1e-9);
    let step = STEPS.iter().find(|step| **step * power >= enough).copied().unwrap_or(10.0);
    (step * power * MILLISECOND) as Nanos
}

/// A duration in seconds.
pub fn seconds(nanos: Nanos) -> f64 {
    nanos as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::{availability, count, duration, number, percent, readable, stated};

    #[test]
    fn numbers_show_what_counts() {
        assert_eq!(number(0.125), "0.125");
        assert_eq!(number(72.0), "72");
        assert_eq!(number(99.96), "100");
        assert_eq!(number(12_345.6), "12,346");
        assert_eq!(count(2_000), "2,000");
        assert_eq!(count(100), "100");
        assert_eq!(duration(0.012), "12ms");
        assert_eq!(duration(1.25e-5), "12.5us");
        assert_eq!(duration(0.000_999_999_9), "1ms");
        assert_eq!(percent(0.72), "72%");
        assert_eq!(availability(0.9995), "99.95%");
        assert_eq!(availability(0.998_500_5), "99.85%");
        assert_eq!(availability(0.999_999), "99.9999%");
        assert_eq!(availability(1.0), "100%");
        assert_eq!(availability(0.5), "50%");
    }

    #[test]
    fn timeouts_are_round() {
        assert_eq!(stated(readable(0.05)), "50ms");
        assert_eq!(stated(readable(0.226)), "250ms");
        assert_eq!(stated(readable(0.81)), "1s");
        assert_eq!(stated(readable(2.7)), "3s");
        assert_eq!(stated(1_500_000), "1500us");
    }
}
