//! The course of a run as lines of blocks.

use tradeoff::results::{RequestSeries, Run};

use super::figure::{Unit, amount, duration};
use super::page::{Line, Page};

/// Columns of a line.
const COLUMNS: usize = 60;
/// Flows that are drawn.
const FLOWS: usize = 4;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws offered, ok and p99 of each flow, with the events marked.
pub(crate) fn series(page: &mut Page, run: &Run, replications: u32) {
    let bins = run.series.requests.values().map(|it| it.offered.len()).max().unwrap_or(0);
    if bins == 0 || run.series.width <= 0.0 {
        return;
    }
    let scale = Scale::new(run, bins);
    for (name, flow) in run.series.requests.iter().take(FLOWS) {
        page.line(Line::new().plain("  ").name(name));
        for (label, values, unit) in rows(flow, &scale, replications) {
            page.line(drawn(label, &values, unit));
        }
    }
    if run.series.requests.len() > FLOWS {
        let more = run.series.requests.len() - FLOWS;
        page.line(Line::new().dim(format!("  and {more} more flows")));
    }
    page.line(marks(run, &scale));
}

/// How bins become columns.
struct Scale {
    from: f64,
    /// Seconds of a column.
    width: f64,
    bins_per_column: usize,
    columns: usize,
    bin: f64,
}

impl Scale {
    fn new(run: &Run, bins: usize) -> Self {
        let bins_per_column = bins.div_ceil(COLUMNS);
        Self {
            from: run.series.from,
            width: run.series.width * bins_per_column as f64,
            bins_per_column,
            columns: bins.div_ceil(bins_per_column),
            bin: run.series.width,
        }
    }

    /// The column of a time.
    fn column(&self, at: f64) -> usize {
        (((at - self.from) / self.width).max(0.0) as usize).min(self.columns)
    }
}

type Row = (&'static str, Vec<Option<f64>>, Unit);

fn rows(flow: &RequestSeries, scale: &Scale, replications: u32) -> [Row; 3] {
    let rate = |counts: &[u64]| {
        let rate = |column: &[u64]| {
            let seconds = scale.bin * column.len() as f64 * f64::from(replications.max(1));
            Some(column.iter().sum::<u64>() as f64 / seconds)
        };
        counts.chunks(scale.bins_per_column).map(rate).collect()
    };
    let worst = |column: &[Option<f64>]| column.iter().flatten().copied().reduce(f64::max);
    let p99 = flow.p99.chunks(scale.bins_per_column).map(worst).collect();
    [
        ("offered", rate(&flow.offered), Unit::PerSecond),
        ("ok", rate(&flow.ok), Unit::PerSecond),
        ("p99", p99, Unit::Seconds),
    ]
}

/// One line of blocks: each between zero and the greatest.
fn drawn(label: &str, values: &[Option<f64>], unit: Unit) -> Line {
    let known = || values.iter().flatten().copied();
    let greatest = known().fold(0.0, f64::max);
    let least = known().fold(f64::INFINITY, f64::min);
    let block = |value: &Option<f64>| match value {
        Some(value) if greatest > 0.0 => {
            BLOCKS[((value / greatest * 8.0).ceil() as usize).clamp(1, 8) - 1]
        }
        Some(_) => BLOCKS[0],
        None => ' ',
    };
    let blocks: String = values.iter().map(block).collect();
    let line = Line::new().plain(format!("    {label:<8}")).name(blocks).to(12 + COLUMNS);
    if known().next().is_none() {
        return line.dim("  no data");
    }
    line.dim(format!("  {} .. {}", rounded(least, unit), rounded(greatest, unit)))
}

/// Bins are sums over replications without an interval: two digits are what they carry.
fn rounded(value: f64, unit: Unit) -> String {
    let text = format!("{value:.1e}");
    amount(text.parse().unwrap_or(value), unit)
}

/// Where the events are, and the time at both ends.
fn marks(run: &Run, scale: &Scale) -> Line {
    let during = run.phases.iter().find(|phase| phase.name == "during");
    let mut marks = vec![' '; scale.columns];
    let zero = scale.column(0.0);
    if zero > 0 {
        marks[..zero.min(scale.columns)].fill('·');
    }
    if let Some(phase) = during {
        let first = scale.column(phase.from).min(scale.columns - 1);
        let last = scale.column(phase.to - scale.width / 2.0).clamp(first, scale.columns - 1);
        marks[first..=last].fill('━');
        marks[first] = '┣';
        marks[last] = '┫';
        if first == last {
            marks[first] = '╋';
        }
    }
    let words = during.map_or_else(String::new, |phase| {
        format!("events {} .. {}", duration(phase.from), duration(phase.to))
    });
    let line = Line::new().plain("    events  ").bold(marks.into_iter().collect::<String>());
    let line = line.to(12 + COLUMNS).dim(format!("  {words}"));
    if words.is_empty() { Line::new().dim("            · run-in") } else { line }
}
