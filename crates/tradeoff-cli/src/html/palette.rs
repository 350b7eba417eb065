//! Every color of the page, in light and dark, so that a test can hold their contrast.

use std::fmt::Write as _;

/// A color: its name in the style sheet, in light and in dark.
pub(super) struct Color {
    pub(super) name: &'static str,
    pub(super) light: &'static str,
    pub(super) dark: &'static str,
}

const fn color(name: &'static str, light: &'static str, dark: &'static str) -> Color {
    Color { name, light, dark }
}

/// All of them.
pub(super) const PALETTE: &[Color] = &[
    color("paper", "#f7f8fa", "#0f1318"),
    color("card", "#ffffff", "#171c23"),
    color("ink", "#1a2027", "#e7ebf0"),
    color("muted", "#54606e", "#a3afbd"),
    color("rule", "#d5dbe3", "#303945"),
    color("strong-rule", "#768392", "#7e8c9c"),
    color("link", "#0a58a8", "#7db7ff"),
    color("good", "#146c3a", "#6fd797"),
    color("unsure", "#865000", "#f3bd55"),
    color("bad", "#b3211b", "#ff9189"),
    color("good-tint", "#e3f4e9", "#12301f"),
    color("unsure-tint", "#fdf1da", "#352710"),
    color("bad-tint", "#fdeae8", "#3c1a18"),
    color("code", "#eceff3", "#232b35"),
    color("calm", "#3f7cc0", "#5f9fe8"),
    color("event", "#f0c36b", "#c08a1e"),
    color("c0", "#0a58a8", "#6cb0ff"),
    color("c1", "#a2337b", "#f29ad3"),
    color("c2", "#0b7068", "#5ed0c3"),
    color("c3", "#8a4b00", "#f0a860"),
    color("offered", "#5b6673", "#a3afbd"),
];

/// What is read on what: 4.5 to 1 (WCAG 2.2, 1.4.3).
#[cfg(test)]
pub(super) const READ: &[(&str, &[&str])] = &[
    ("ink", &["paper", "card", "code", "good-tint", "unsure-tint", "bad-tint"]),
    ("muted", &["paper", "card"]),
    ("link", &["paper", "card"]),
    ("good", &["paper", "card", "good-tint"]),
    ("unsure", &["paper", "card", "unsure-tint"]),
    ("bad", &["paper", "card", "bad-tint"]),
    // A badge is read in the color of the card on the color of its verdict.
    ("card", &["good", "unsure", "bad"]),
];

/// What is seen against what: 3 to 1 (1.4.11).
#[cfg(test)]
pub(super) const SEEN: &[(&str, &[&str])] = &[
    ("strong-rule", &["card", "paper"]),
    ("calm", &["card"]),
    ("c0", &["card"]),
    ("c1", &["card"]),
    ("c2", &["card"]),
    ("c3", &["card"]),
    ("offered", &["card"]),
    ("link", &["paper"]),
];

/// The variables of the style sheet.
pub(super) fn variables() -> String {
    let list = |of: fn(&Color) -> &'static str| {
        PALETTE.iter().fold(String::new(), |mut text, it| {
            write!(text, "--{}:{};", it.name, of(it)).expect("a String takes every write");
            text
        })
    };
    let (light, dark) = (list(|it| it.light), list(|it| it.dark));
    format!(
        ":root{{color-scheme:light dark;{light}}}\
         @media (prefers-color-scheme:dark){{:root{{{dark}}}}}\
         @media print{{:root{{color-scheme:light;{light}}}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::{PALETTE, READ, SEEN};

    /// Relative luminance (WCAG 2.2).
    fn luminance(hex: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn everything_can_be_read_in_light_and_dark() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        let of = |name: &str| PALETTE.iter().find(|it| it.name == name).unwrap();
        for (pairs, least) in [(READ, 4.5), (SEEN, 3.0)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let (front, back) = (of(front), of(back));
                    for (one, other) in [(front.light, back.light), (front.dark, back.dark)] {
                        let found = contrast(one, other);
                        let names = (front.name, back.name);
                        assert!(found >= least, "{names:?}: {one} on {other} is {found:.2} to 1");
                    }
                }
            }
        }
    }
}
