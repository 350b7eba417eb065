//! The known name that looks most like a mistyped one.

/// Most names that are compared, so that a large file with many mistakes stays quick.
const MOST: usize = 2_000;

/// The candidate with the fewest edits away, if it is near enough to be meant; the first of equals.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(64).collect();
    if !name.iter().any(|it| it.is_alphanumeric()) {
        return None;
    }
    let most = (name.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().take(MOST) {
        let bound = best.map_or(most, |(distance, _)| distance.saturating_sub(1));
        if best.is_some_and(|(distance, _)| distance == 0) {
            break;
        }
        if let Some(distance) = distance(&name, candidate, bound) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbors between two names, case apart, if
/// at most `bound`.
fn distance(name: &[char], candidate: &str, bound: usize) -> Option<usize> {
    let other: Vec<char> = candidate.chars().take(65).collect();
    if name.len().abs_diff(other.len()) > bound {
        return None;
    }
    let same = |a: char, b: char| a.eq_ignore_ascii_case(&b);
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in name.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(!same(*a, *b));
            let mut cost = replaced.min(last[column + 1] + 1).min(next[column] + 1);
            let swapped =
                row > 0 && column > 0 && same(*a, other[column - 1]) && same(name[row - 1], *b);
            if swapped {
                cost = cost.min(before[column - 1] + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().filter(|distance| *distance <= bound)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognized_and_a_stranger_is_not() {
        let keys = ["replicas", "cores", "queue"];
        assert_eq!(nearest("replica", keys), Some("replicas"));
        assert_eq!(nearest("qeuue", keys), Some("queue"));
        assert_eq!(nearest("Cores", keys), Some("cores"));
        assert_eq!(nearest("elephant", keys), None);
    }
}
