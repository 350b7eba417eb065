//! Whether a column has drifted: its bins, both statistics, and what chance alone would do.

use tradeoff::decide::{BinReport, DriftReport, SampleReport};

use crate::text::figure::count;
use crate::text::page::{Line, Page, Tone};
use crate::text::table::Table;

/// One comparison of two samples.
pub(super) fn drift(page: &mut Page, it: &DriftReport) {
    let (word, tone) = if it.drifted { ("drifted", Tone::Bad) } else { ("no drift", Tone::Good) };
    let of = |sample: &SampleReport| {
        Line::new().name(&sample.column).plain(format!(" of {}", sample.file))
    };
    let title = Line::new().append(of(&it.current)).plain(" against ").append(of(&it.reference));
    page.hang(2, title.plain(": ").add(word, tone));
    page.heading("BINS", "");
    table(page, it);
    page.heading("INDEX", "");
    let mut table = Table::new(2, &["", ">", ""]);
    table.row(vec![
        "population stability index".into(),
        Line::new().bold(number(it.psi)),
        format!(
            "{}: stable below {}, significant from {} on",
            it.band,
            value(it.bands[0]),
            value(it.bands[1])
        )
        .into(),
    ]);
    let bins = it.bins.len();
    let [n, m] = [it.reference.rows, it.current.rows].map(count);
    table.row(vec![
        "by chance, on average".into(),
        number(it.noise).into(),
        Line::new().dim(format!("({bins} - 1) x (1/{n} + 1/{m})")),
    ]);
    let judged = if it.psi > it.noise_bound {
        "less than the index: the size of the samples does not explain it"
    } else {
        "not less than the index: samples of this size do as much without any drift"
    };
    table.row(vec![
        "by chance, once in twenty".into(),
        number(it.noise_bound).into(),
        Line::new().dim(judged),
    ]);
    let test = &it.kolmogorov_smirnov;
    table.row(vec![
        "Kolmogorov-Smirnov D".into(),
        Line::new().bold(number(test.statistic)),
        format!("the shares up to {} differ by {:.1}%", value(test.at), test.statistic * 100.0)
            .into(),
    ]);
    let what = if test.significant {
        "a difference, however small: D and the index say how large"
    } else {
        "no difference that chance does not do as well"
    };
    table.row(vec!["its p-value".into(), chance(test.p_value).into(), Line::new().dim(what)]);
    page.table(table);
    left_out(page, it);
}

fn table(page: &mut Page, it: &DriftReport) {
    let mut table = Table::new(2, &[">over", ">to", ">reference", ">current", ">index"]);
    for bin in &it.bins {
        let BinReport { over, to, reference, current, psi } = bin;
        let end = |end: &Option<f64>| end.map_or(String::new(), value);
        let share = |share: f64| format!("{:.1}%", share * 100.0);
        table.row(vec![
            end(over).into(),
            end(to).into(),
            share(*reference).into(),
            share(*current).into(),
            number(*psi).into(),
        ]);
    }
    table.row(vec![
        Line::new(),
        Line::new().dim("all"),
        format!("{} rows", count(it.reference.rows)).into(),
        format!("{} rows", count(it.current.rows)).into(),
        Line::new().bold(number(it.psi)),
    ]);
    page.table(table);
}

/// What of the files is not in the samples.
fn left_out(page: &mut Page, it: &DriftReport) {
    for (name, sample) in [("reference", &it.reference), ("current", &it.current)] {
        let parts = [(sample.missing, "missing"), (sample.infinite, "infinite")];
        let parts: Vec<String> = parts
            .iter()
            .filter(|it| it.0 > 0)
            .map(|(rows, what)| format!("{} {what}", count(*rows)))
            .collect();
        if !parts.is_empty() {
            let text = format!("  left out of the {name}: {}", parts.join(" and "));
            page.hang(4, Line::new().add(text, Tone::Unsure));
        }
    }
}

/// To three digits behind the point, or to two that say something.
fn number(it: f64) -> String {
    if it >= 0.001 || it == 0.0 { format!("{it:.3}") } else { format!("{it:.1e}") }
}

/// A value of the column, as short as it is exact to six digits.
fn value(it: f64) -> String {
    let short = format!("{it:.5e}").parse().unwrap_or(it);
    let size: f64 = if short < 0.0 { -short } else { short };
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        format!("{short:e}")
    } else {
        format!("{short}")
    }
}

fn chance(it: f64) -> String {
    if it < 1e-4 { "< 0.0001".into() } else { format!("{it:.4}") }
}
