//! Whether a column is still distributed as it was, and what is done about it.

use serde::Serialize;
pub use tradeoff_column::{Column, MAX_BYTES as MAX_DATA_BYTES};
use tradeoff_column::{Wrong, read};
use tradeoff_decide::drift::{bins, kolmogorov_smirnov, noise, noise_bound};
use tradeoff_diag::{Diagnostic, SourceFile};
use tradeoff_model::nearest;

use super::inquiry::Inquiry;
use super::{Decide, Decision};
use crate::error::Problems;

/// What decides from the index and the sizes.
const TOPIC: &str = "drift-monitoring";
/// The fewest values that say anything.
const FEWEST: usize = 10;
/// Values for each bin: with fewer what chance does is not what is calculated (Cochran's rule).
const IN_A_BIN: usize = 5;
/// How often chance may do what is taken for a difference.
const LEVEL: f64 = 0.05;

/// A file with a column of numbers.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its file.
    pub file: String,
    /// The column.
    pub column: Column,
}

impl Sample {
    /// Reads the column of a name out of the bytes of a CSV or Parquet file, or its only one of
    /// numbers.
    ///
    /// # Errors
    /// It is no such file or too large, there is no such column, or it holds what is no number.
    pub fn read(file: &str, bytes: Vec<u8>, column: Option<&str>) -> Result<Self, Problems> {
        match read(file, bytes, column) {
            Ok(read) => Ok(Self { file: file.to_owned(), column: read }),
            Err(wrong) => Err(told(*wrong, column)),
        }
    }

    /// That a file could not be read at all.
    pub fn broken(file: &str) -> Problems {
        let message = format!("`{file}` cannot be read: it breaks the library that reads it");
        let wrong = Diagnostic::error("broken-file", message);
        Problems::one(wrong.expected("a file as its writer closed it"))
    }
}

fn told(wrong: Wrong, column: Option<&str>) -> Problems {
    let near = column.and_then(|it| nearest(it, wrong.known.iter().map(String::as_str)));
    let diagnostic = match near {
        Some(near) => wrong.diagnostic.nearest(near),
        None => wrong.diagnostic,
    };
    let mut problems = Problems::default();
    match wrong.file {
        Some(file) => problems.push_in(SourceFile::new(file.name, file.text), diagnostic),
        None => problems.push(diagnostic),
    }
    problems
}

/// Two samples of a column held against each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriftReport {
    /// What it is compared with.
    pub reference: SampleReport,
    /// What is now.
    pub current: SampleReport,
    /// Parts of the values that hold equal shares of the reference: ten, or fewer where values
    /// repeat or a sample has less than five for each.
    pub bins: Vec<BinReport>,
    /// The population stability index.
    pub psi: f64,
    /// How it is read: `stable`, `moderate` or `significant`.
    pub band: &'static str,
    /// Where `moderate` begins, and `significant`: the facts `lower` and `upper`, by convention 0.1
    /// and 0.25.
    pub bands: [f64; 2],
    /// What two samples of these sizes and of one distribution have, on average.
    pub noise: f64,
    /// What such samples exceed once in twenty.
    pub noise_bound: f64,
    /// What the test of Kolmogorov and Smirnov says.
    pub kolmogorov_smirnov: KolmogorovSmirnovReport,
    /// Whether it has drifted: by an index of 0.1 or what `lower` says, and by more than chance.
    pub drifted: bool,
}

/// A sample, and what of it was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SampleReport {
    /// Its file.
    pub file: String,
    /// Its column.
    pub column: String,
    /// Rows with a number.
    pub rows: u64,
    /// Rows without one, left out.
    pub missing: u64,
    /// Rows with an infinity, left out.
    pub infinite: u64,
}

/// A part of the values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BinReport {
    /// Its values are larger than this; null: it has no lower end.
    pub over: Option<f64>,
    /// Its largest value; null: it has no upper end.
    pub to: Option<f64>,
    /// The share of the reference.
    pub reference: f64,
    /// The share of the current sample.
    pub current: f64,
    /// What it adds to the index.
    pub psi: f64,
}

/// What the test of Kolmogorov and Smirnov says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KolmogorovSmirnovReport {
    /// The largest difference between the shares of both that are at most one value.
    pub statistic: f64,
    /// That value.
    pub at: f64,
    /// How often two samples of one distribution differ as much or more.
    pub p_value: f64,
    /// Whether that is less than once in twenty.
    pub significant: bool,
}

/// Holds two samples against each other, and decides what is done; facts of `drift-monitoring` are
/// said as `--set` takes them.
///
/// # Errors
/// There is no such fact, it cannot be this, or it is what the samples say.
pub fn drift(
    reference: &Sample,
    current: &Sample,
    set: &[(String, String)],
) -> Result<Decide, Problems> {
    let mut inquiry = Inquiry::open(None, TOPIC, None)?.remove(0);
    let mut problems = Problems::default();
    for (fact, value) in set {
        if ["psi", "reference", "current", "ks"].contains(&fact.as_str()) {
            let message = format!("`{fact}` follows from the samples");
            let expected = "other facts of `drift-monitoring`, such as `metric-fell` or `bins`";
            problems.push(Diagnostic::error("bad-fact", message).expected(expected));
        } else if let Err(refused) = inquiry.say(fact, value) {
            problems.push(*refused);
        }
    }
    if problems.is_empty()
        && let Some(clash) = inquiry.clash()
    {
        problems.push(*clash);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    for sample in [reference, current] {
        problems.diagnostics.extend(too_few(sample));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let [a, b] = [reference, current].map(|it| it.column.values.as_slice());
    let said = set.iter().any(|it| it.0 == "bins");
    let asked = inquiry.answers().number("bins") as u32;
    let asked = if said { asked } else { asked.min((a.len().min(b.len()) / IN_A_BIN) as u32) };
    let (Some(bins), Some(test)) = (bins(a, b, asked), kolmogorov_smirnov(a, b)) else {
        let message = "a sample holds no numbers";
        return Err(Problems::one(Diagnostic::error("bad-value", message)));
    };
    let psi: f64 = bins.iter().map(tradeoff_decide::drift::Bin::adds).sum();
    let [count, n, m] = [bins.len(), a.len(), b.len()].map(|it| it as f64);
    let facts = [
        ("psi", psi.min(100.0)),
        ("bins", count),
        ("reference", n),
        ("current", m),
        ("ks", test.statistic),
    ];
    for (fact, value) in facts {
        inquiry.say(fact, &value.to_string()).map_err(|it| Problems::one(*it))?;
    }
    let answers = inquiry.answers();
    let (lower, upper) = (answers.number("lower"), answers.number("upper"));
    let bound = noise_bound(count, n, m);
    let report = DriftReport {
        reference: sample(reference),
        current: sample(current),
        bins: bins
            .iter()
            .map(|it| BinReport {
                over: it.over,
                to: it.to,
                reference: it.reference,
                current: it.current,
                psi: it.adds(),
            })
            .collect(),
        psi,
        band: band(psi, lower, upper),
        bands: [lower, upper],
        noise: noise(count, n, m),
        noise_bound: bound,
        kolmogorov_smirnov: KolmogorovSmirnovReport {
            statistic: test.statistic,
            at: test.at,
            p_value: test.chance,
            significant: test.chance < LEVEL,
        },
        drifted: psi >= lower && psi > bound,
    };
    let decision: Decision = inquiry.decide(None);
    Ok(Decide { drift: vec![report], decisions: vec![decision], ..Decide::of(None) })
}

fn too_few(it: &Sample) -> Option<Diagnostic> {
    let count = it.column.values.len();
    (count < FEWEST).then(|| {
        let name = &it.column.name;
        let message = format!("`{}`: the column `{name}` holds {count} numbers", it.file);
        Diagnostic::error("too-few", message)
            .expected(format!("at least {FEWEST} numbers in each sample"))
    })
}

fn band(psi: f64, lower: f64, upper: f64) -> &'static str {
    if psi < lower {
        "stable"
    } else if psi < upper {
        "moderate"
    } else {
        "significant"
    }
}

fn sample(it: &Sample) -> SampleReport {
    SampleReport {
        file: it.file.clone(),
        column: it.column.name.clone(),
        rows: it.column.values.len() as u64,
        missing: it.column.missing,
        infinite: it.column.infinite,
    }
}
