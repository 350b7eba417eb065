//! The course of a run, drawn with blocks: what was asked for, what went well, and the p99.

use tradeoff::results::{RequestSeries, Run};

use super::Look;
use super::figure::{Unit, amount, duration};
use super::page::{Line, Page, WIDTH};
use crate::course::Course;

/// Flows that are drawn.
const FLOWS: usize = 4;
/// Lines of the rates and of the p99.
const RATE: usize = 4;
const LATENCY: usize = 2;
/// Columns before the plot, for its scale.
const MARGIN: usize = 14;
/// Least and most columns of the plot.
const LEAST: usize = 20;

/// What is drawn with.
struct Ink {
    blocks: [char; 8],
    /// Asked for, and not answered as wished.
    lost: char,
    axis: char,
    span: [char; 4],
}

const BLOCKS: Ink = Ink {
    blocks: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    lost: '░',
    axis: '│',
    span: ['┣', '━', '┫', '╋'],
};
const ASCII: Ink = Ink {
    blocks: ['_', '_', '_', '#', '#', '#', '#', '#'],
    lost: ':',
    axis: '|',
    span: ['[', '=', ']', 'X'],
};

/// Draws each flow, with the events marked.
pub(crate) fn series(page: &mut Page, run: &Run, replications: u32, look: Look) {
    let flows: Vec<_> = run.series.requests.iter().collect();
    drawn(page, run, &flows[..flows.len().min(FLOWS)], replications, look);
    if flows.len() > FLOWS {
        let more = flows.len() - FLOWS;
        page.line(Line::new().dim(format!("  and {more} more flows: --format json")));
    }
}

/// Draws one flow.
pub(crate) fn one(page: &mut Page, run: &Run, flow: &str, replications: u32, look: Look) {
    if let Some(found) = run.series.requests.get_key_value(flow) {
        drawn(page, run, &[found], replications, look);
    }
}

fn drawn(
    page: &mut Page,
    run: &Run,
    flows: &[(&String, &RequestSeries)],
    replications: u32,
    look: Look,
) {
    let room = look.columns.min(WIDTH).saturating_sub(MARGIN + 1).max(LEAST);
    let Some(course) = Course::new(run, room, replications) else { return };
    let ink = if look.unicode { &BLOCKS } else { &ASCII };
    for (name, flow) in flows {
        let key = format!("  {} answered well  {} asked for and not", ink.blocks[7], ink.lost);
        let line = Line::new().plain("  ").name(name).plain(key);
        page.line(line.clip(look.columns.clamp(MARGIN + LEAST, WIDTH)));
        let (offered, ok) = (course.rate(&flow.offered), course.rate(&flow.ok));
        area(page, ink, RATE, &ok, &offered, &|it| rounded(it, Unit::PerSecond));
        let p99 = course.worst(&flow.p99);
        let label = |it| format!("p99 {}", rounded(it, Unit::Seconds));
        area(page, ink, LATENCY, &p99, &p99, &label);
    }
    if !flows.is_empty() {
        marks(page, run, &course, ink);
    }
}

/// Columns between zero and the greatest: `low` full, what `high` is more as lost.
fn area(
    page: &mut Page,
    ink: &Ink,
    lines: usize,
    low: &[Option<f64>],
    high: &[Option<f64>],
    label: &dyn Fn(f64) -> String,
) {
    let greatest = high.iter().flatten().copied().fold(0.0, f64::max);
    let eighths = |it: Option<f64>| {
        if greatest <= 0.0 {
            return 0;
        }
        it.map_or(0, |it| (it / greatest * (lines * 8) as f64).ceil() as usize)
    };
    for line in (0..lines).rev() {
        let cell = |nth: usize| {
            let above = |it: Option<f64>| eighths(it).saturating_sub(line * 8).min(8);
            let (low, high) = (above(low[nth]), above(high[nth]));
            match (low, high) {
                (0, 0) => ' ',
                (8, _) => ink.blocks[7],
                (low, high) if high < low + 4 && low > 0 => ink.blocks[low - 1],
                (low, _) if low >= 4 => ink.blocks[7],
                (_, high) if high >= 4 => ink.lost,
                _ => ink.blocks[0],
            }
        };
        let scale = match line {
            _ if line + 1 == lines => label(greatest),
            0 => "0".into(),
            _ => String::new(),
        };
        let cells: String = (0..low.len()).map(cell).collect();
        let scale = Line::from(scale).clip(MARGIN - 3);
        let room = MARGIN - 2 - scale.width();
        let axis = format!(" {}", ink.axis);
        let line = Line::new().plain(" ".repeat(room)).append(scale).dim(axis).name(cells);
        page.line(line);
    }
}

/// Bins are sums over replications without an interval: two digits are what they carry.
fn rounded(value: f64, unit: Unit) -> String {
    let text = format!("{value:.1e}");
    amount(text.parse().unwrap_or(value), unit)
}

/// Where the events are, and the time.
fn marks(page: &mut Page, run: &Run, course: &Course, ink: &Ink) {
    let mut marks = vec![' '; course.columns];
    let mut words = String::new();
    if let Some(phase) = run.phases.iter().find(|phase| phase.name == "during") {
        let first = course.column(phase.from);
        let last = course.column(phase.to - course.step / 2.0).max(first);
        let [open, through, close, only] = ink.span;
        marks[first..=last].fill(through);
        marks[first] = open;
        marks[last] = close;
        if first == last {
            marks[first] = only;
        }
        words = format!("{} .. {}", duration(phase.from.round()), duration(phase.to.round()));
    }
    let label = Line::new().plain("events");
    let line = Line::new().to(MARGIN - 8).append(label).plain("  ");
    page.line(line.bold(marks.into_iter().collect::<String>()));
    let end = Line::from(duration(course.end().round()));
    let axis = Line::new().to(MARGIN).plain("0");
    let middle = Line::from(words);
    let right = MARGIN + course.columns;
    let at = (MARGIN + course.columns.saturating_sub(middle.width()) / 2).max(axis.width() + 1);
    let line = axis.to(at).append(middle);
    let at = right.saturating_sub(end.width());
    let line = if at > line.width() + 1 { line.to(at).append(end) } else { line };
    page.line(Line::new().append(line));
}

#[cfg(test)]
mod tests {
    use tradeoff::results::Verdict;

    use super::{Look, Page, series};
    use crate::text::sample;

    fn drawn(look: Look) -> String {
        let mut page = Page::new(false);
        series(&mut page, &sample::run(Some("flash-sale"), Verdict::Kept), 5, look);
        page.finish()
    }

    #[test]
    fn a_plot_is_as_wide_as_the_terminal() {
        for columns in [10, 40, 80, 100, 300] {
            let text = drawn(Look { columns, ..Look::default() });
            let widest = text.lines().map(|it| it.chars().count()).max().unwrap_or(0);
            assert!(widest <= columns.clamp(36, 100), "{columns}: {widest}\n{text}");
            assert!(widest + 6 >= columns.clamp(20, 100), "{columns}: {widest}\n{text}");
        }
    }

    #[test]
    fn a_plot_for_terminals_that_know_only_ascii_is_ascii() {
        let text = drawn(Look { unicode: false, ..Look::default() });
        assert!(text.is_ascii(), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_plot_shows_what_was_asked_for_and_not_answered() {
        insta::assert_snapshot!(drawn(Look::default()));
    }
}
