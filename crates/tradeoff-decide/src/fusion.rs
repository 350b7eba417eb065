//! Several rankings of the same documents, made one.

use std::collections::BTreeMap;

/// The constant of the paper: fusing 30 TREC runs, anything between 50 and 100 was within 0.3% of
/// the best.
pub const K: f64 = 60.0;

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
