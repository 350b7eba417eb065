//! Several rankings of the same documents, made one.

use std::collections::BTreeMap;

/// The constant of the paper, of whose [`TREC`] anything from 50 to 100 is within 0.3% of the best.
pub const K: f64 = 60.0;

/// Mean average precision of 30 runs that were fused, over TREC topics 351 to 400, by the constant:
/// table 1 of Cormack, Clarke, Buettcher, SIGIR 2009.
pub const TREC: [(f64, f64); 12] = [
    (0.0, 0.2072),
    (10.0, 0.2123),
    (20.0, 0.2134),
    (30.0, 0.2139),
    (40.0, 0.2138),
    (50.0, 0.2144),
    (60.0, 0.2145),
    (70.0, 0.2146),
    (80.0, 0.2147),
    (90.0, 0.2145),
    (100.0, 0.2142),
    (500.0, 0.2098),
];

/// The constant of a table that was best, and its precision.
pub fn best(table: &[(f64, f64)]) -> Option<(f64, f64)> {
    table.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The share of a table's best precision that a constant gives away; `None` if nobody tried it.
pub fn given_away(table: &[(f64, f64)], k: f64) -> Option<f64> {
    let tried = table.iter().find(|it| libm::fabs(it.0 - k) < 1e-9)?;
    Some(1.0 - tried.1 / best(table)?.1)
}

/// Reciprocal rank fusion: a document's score is the sum over rankings of `1 / (k + rank)`, ranks
/// counted from 1; a ranking that does not have it adds nothing. Best first, equals by name.
///
/// Scores of the rankings themselves are not looked at, so that BM25 and a distance need not be
/// brought to one scale (Cormack, Clarke, Buettcher, SIGIR 2009).
///
/// ```
/// use tradeoff_decide::fusion::{K, fuse};
///
/// let words = ["invoice", "receipt", "order"];
/// let meaning = ["receipt", "bill", "invoice"];
/// let fused = fuse(&[&words, &meaning], K);
/// assert_eq!(fused.iter().map(|it| it.0).collect::<Vec<_>>(), ["receipt", "invoice", "bill", "order"]);
/// ```
pub fn fuse<'a>(rankings: &[&[&'a str]], k: f64) -> Vec<(&'a str, f64)> {
    let mut scores: BTreeMap<&str, f64> = BTreeMap::new();
    for ranking in rankings {
        for (at, document) in ranking.iter().enumerate() {
            *scores.entry(*document).or_default() += 1.0 / (k + at as f64 + 1.0);
        }
    }
    let mut fused: Vec<(&str, f64)> = scores.into_iter().collect();
    // Stable, so that equals stay in the order of their names. Sums of the same terms in another
    // order may differ in the last bit, and are equal all the same.
    fused.sort_by(|a, b| rounded(b.1).total_cmp(&rounded(a.1)));
    fused
}

/// The rank up to which a document that two rankings have there beats one that a single ranking has
/// at `rank`: `2 / (k + r) >= 1 / (k + rank)`.
pub fn outranks(rank: f64, k: f64) -> f64 {
    k + 2.0 * rank
}

fn rounded(score: f64) -> f64 {
    libm::round(score * 1e12)
}
