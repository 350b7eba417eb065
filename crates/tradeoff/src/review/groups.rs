//! Findings of one rule at many places are one mend; of those places the smallest set keeps few.

use tradeoff_model::Edit;

use super::{
    Mendable,
    measure::{Bench, Set, SetResult},
};

/// Findings of a rule that are measured each for itself; more of them are one mend.
const SINGLE: usize = 3;

/// The mends that are measured: each finding's, or all of a rule's together.
pub(super) fn grouped(singles: &[Mendable]) -> Vec<Mendable> {
    let mut groups: Vec<Mendable> = Vec::new();
    for single in singles {
        let rule = rule(&single.fingerprint);
        let members: Vec<&Mendable> =
            singles.iter().filter(|it| self::rule(&it.fingerprint) == rule).collect();
        if members.len() <= SINGLE {
            groups.push(single.clone());
        } else if groups.iter().all(|it| it.fingerprint != rule) {
            let patches: Vec<&[Edit]> = members.iter().map(|it| it.patch.as_slice()).collect();
            groups.push(Mendable {
                fingerprint: rule.into(),
                findings: members.iter().map(|it| it.fingerprint.clone()).collect(),
                change: format!(
                    "{}; likewise at {} more places of `{rule}`",
                    single.change,
                    members.len() - 1
                ),
                patch: tradeoff_rules::together(&patches),
            });
        }
    }
    groups
}

fn rule(fingerprint: &str) -> &str {
    fingerprint.split_once(':').map_or(fingerprint, |it| it.0)
}

/// Whether a set has a finding, by itself or with all of its rule.
pub(super) fn has(set: &Set, finding: &str) -> bool {
    set.iter().any(|it| it == finding || it == rule(finding))
}

/// Whether a set has a mend or a part of it.
pub(super) fn touches(set: &Set, mend: &str) -> bool {
    set.iter().any(|it| it == mend || rule(it) == mend)
}

/// Keeps of each group in a set that holds only the findings that are needed, leaving out by
/// halves; false if the events ended before that was known.
pub(super) fn refined(bench: &mut Bench<'_>, kept: (Set, SetResult)) -> ((Set, SetResult), bool) {
    let of = |it: &&Mendable| it.findings.len() > 1 && kept.0.contains(&it.fingerprint);
    let groups: Vec<Set> = bench.mends.iter().filter(of).map(|it| it.findings.clone()).collect();
    if groups.is_empty() {
        return (kept, true);
    }
    let all = bench.singles.iter().map(|it| it.fingerprint.clone());
    let mut kept: (Set, SetResult) = (all.filter(|it| has(&kept.0, it)).collect(), kept.1);
    // Those of what is hurt where a promise breaks are tried first, by themselves.
    let hurt = bench.hurt();
    let grouped = |it: &String| groups.iter().any(|group| group.contains(it));
    let about_hurt = |it: &String| {
        it.split_once(':').is_some_and(|(_, subject)| hurt.iter().any(|name| name == subject))
    };
    let few: Set = kept.0.iter().filter(|it| !grouped(it) || about_hurt(it)).cloned().collect();
    if few.len() < kept.0.len()
        && let Some(found) = bench.if_it_holds(few)
    {
        kept = found;
    }
    let mut complete = true;
    for group in groups {
        let (one, other) = group.split_at(group.len() / 2);
        complete &= halved(bench, &mut kept, one) & halved(bench, &mut kept, other);
    }
    (kept, complete)
}

/// Leaves out a part of a set, or what of it is not needed.
fn halved(bench: &mut Bench<'_>, kept: &mut (Set, SetResult), part: &[String]) -> bool {
    let smaller: Set = kept.0.iter().filter(|it| !part.contains(it)).cloned().collect();
    if smaller.len() == kept.0.len() {
        return true;
    }
    if !bench.may_search() {
        return false;
    }
    if let Some(found) = bench.if_it_holds(smaller) {
        *kept = found;
        return true;
    }
    let (one, other) = part.split_at(part.len() / 2);
    one.is_empty() || (halved(bench, kept, one) & halved(bench, kept, other))
}
