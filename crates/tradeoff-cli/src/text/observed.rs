//! What was measured beside what is predicted, as people read it.

use tradeoff::results::{Observed, Simulation};

use super::figure::{Unit, amount, figure};
use super::page::{Line, Page, Tone};

/// One line for each measurement: `order.place p99: observed 30 ms, simulated 41 ± 2 ms (1.4x)`.
pub(crate) fn observed(page: &mut Page, simulation: &Simulation) {
    if simulation.observed.is_empty() {
        return;
    }
    page.heading("OBSERVED", Line::new());
    for it in &simulation.observed {
        page.hang(4, line(it));
    }
    if let Some(text) = differs(simulation) {
        page.hang(2, Line::new().dim(format!("  {text}")));
    }
}

/// What it means that a design is not the one that runs; `None` if none of it differs.
pub(crate) fn differs(simulation: &Simulation) -> Option<&'static str> {
    simulation.observed.iter().any(|it| it.differs == Some(true)).then_some(
        "where a whole interval is more than 25 % from what was observed, the design is not the \
         one that runs, and what is told about it holds for the design",
    )
}

fn line(it: &Observed) -> Line {
    let line = Line::new().plain("  ").name(&it.endpoint);
    let line = line.plain(format!(" {}: observed {}, ", it.quantile, measured(it)));
    match predicted(it) {
        None => line.dim("simulated: cannot be told"),
        Some(text) => line.plain(format!("simulated {text}: ")).append(verdict(it)),
    }
}

fn unit(it: &Observed) -> Unit {
    if it.quantile == "rate" { Unit::PerSecond } else { Unit::Seconds }
}

/// `30 ms`.
pub(crate) fn measured(it: &Observed) -> String {
    amount(it.observed, unit(it))
}

/// `41 ± 2 ms (1.4x)`; `None` where the replications do not tell.
pub(crate) fn predicted(it: &Observed) -> Option<String> {
    Some(format!("{} ({})", figure(it.predicted, unit(it)), times(it.ratio?)))
}

/// Whether what is simulated is what runs.
pub(crate) fn verdict(it: &Observed) -> Line {
    let line = Line::new();
    if it.ratio.is_none() {
        return line.dim("cannot be told");
    }
    match it.differs {
        Some(true) => line.add("the design is not described as it runs", Tone::Bad),
        Some(false) => line.add("as it runs", Tone::Good),
        None => line.add("the replications do not tell", Tone::Unsure),
    }
}

/// A ratio with two digits: `1.4x`.
fn times(ratio: f64) -> String {
    if ratio >= 10.0 { format!("{ratio:.0}x") } else { format!("{ratio:.1}x") }
}
