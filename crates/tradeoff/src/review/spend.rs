//! Where the verdict hangs on the `spend` that no file states: by arithmetic, nothing is simulated.

use tradeoff_sim::results::{Run, Simulation, Slo, Verdict};

/// The share of its budget that one occurrence would have to be allowed so that nothing breaks,
/// rounded up to a percent: where all that breaks does so by an assumed `spend` alone. `None`
/// where something else breaks too, or where not even the whole budget would do. What the
/// assumptions move is noted in them.
pub(super) fn holds_at(today: &mut Simulation) -> Option<f64> {
    let path = |slo: &str| format!("slos.{slo}.spend");
    let assumed = |slo: &str| today.assumptions.iter().any(|it| it.path == path(slo));
    let mut least: f64 = 0.0;
    let mut paths = Vec::new();
    for run in &today.runs {
        for (name, slo) in run.slos.iter().filter(|it| it.1.verdict == Verdict::Broken) {
            least = least.max(uses(run, slo).filter(|_| assumed(name))?);
            paths.push(path(name));
        }
    }
    let percent = libm::ceil(least * 100.0) / 100.0;
    if paths.is_empty() || percent > 1.0 {
        return None;
    }
    for it in today.assumptions.iter_mut().filter(|it| paths.contains(&it.path)) {
        it.moves_verdict = Some(true);
    }
    Some(percent)
}

/// The most of its budget that a promise may use in a run which comes back each time.
fn uses(run: &Run, slo: &Slo) -> Option<f64> {
    let recovery = run.recovery.as_ref()?;
    let others = recovery.recovering + recovery.metastable + recovery.overloaded;
    (others + recovery.undecided == 0).then_some(slo.budget_used?.high)
}
