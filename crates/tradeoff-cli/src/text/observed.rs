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
    if simulation.observed.iter().any(|it| it.differs == Some(true)) {
        page.hang(
            2,
            Line::new().dim(
                "  where a whole interval is more than 25 % from what was observed, the design is \
                 not the one that runs, and what is told about it holds for the design",
            ),
        );
    }
}

fn line(it: &Observed) -> Line {
    let unit = if it.quantile == "rate" { Unit::PerSecond } else { Unit::Seconds };
    let line = Line::new().plain("  ").name(&it.endpoint).plain(format!(
        " {}: observed {}, ",
        it.quantile,
        amount(it.observed, unit)
    ));
    let Some(ratio) = it.ratio else {
        return line.dim("simulated: cannot be told");
    };
    let line = line.plain(format!("simulated {} ({}): ", figure(it.predicted, unit), times(ratio)));
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
