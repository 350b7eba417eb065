//! The smallest set of mends that holds.

use tradeoff_sim::results::Verdict;

use super::{
    measure::{Bench, Enough, Set, SetResult, Until},
    report::MendOutcome,
    score::outcome,
};

/// A search and whether it ran to its end.
pub(super) struct Search {
    pub(super) found: Option<(Set, SetResult)>,
    pub(super) complete: bool,
}

/// One mend that holds alone, else backward elimination from all together, least missed first, and
/// one pass of exchanges for what is cheaper or avoids more. Where all together do not hold, it
/// starts from all that do no harm. What is undecided of today's design may be undecided of the
/// mended one; where not even such a set is known, what leaves nothing broken has to do: little
/// traffic does not tell more. `None` if none of these holds.
pub(super) fn smallest_set(
    bench: &mut Bench<'_>,
    all: &Set,
    alone: &[SetResult],
    left_out: &[SetResult],
    together: &SetResult,
) -> Search {
    if bench.today.simulation.verdict == Verdict::Kept {
        let nothing = bench.measure(&[Set::new()], Until::Verdict).pop();
        return Search { found: nothing.map(|it| (Set::new(), it)), complete: true };
    }
    bench.enough = Enough::AsToday;
    // More looks may tell more, but not at the price of what is left to try.
    let open = together.verdict == Verdict::Undecided;
    let set_aside = if open { bench.budget - bench.budget / 3 } else { 0 };
    bench.budget -= set_aside;
    let found = search(bench, all, alone, left_out, together);
    bench.budget += set_aside;
    if found.found.is_some() {
        return settled(bench, found);
    }
    bench.enough = Enough::NotBroken;
    search(bench, all, alone, left_out, together)
}

/// A set that leaves undecided what is undecided today, looked at until that is settled too or
/// there are no more looks.
fn settled(bench: &mut Bench<'_>, mut search: Search) -> Search {
    let Some((set, result)) = search.found.as_mut().filter(|it| it.1.verdict != Verdict::Kept)
    else {
        return search;
    };
    bench.enough = Enough::Kept;
    let again = bench.measure(std::slice::from_ref(set), Until::Verdict).pop();
    // Broken by no more than what today's design may be as well.
    if let Some(again) = again.filter(|it| it.verdict != Verdict::Broken) {
        *result = again;
    }
    bench.enough = Enough::AsToday;
    search
}

/// The smallest set that is enough.
fn search(
    bench: &mut Bench<'_>,
    all: &Set,
    alone: &[SetResult],
    left_out: &[SetResult],
    together: &SetResult,
) -> Search {
    if let Some(one) = best_alone(bench, all, alone) {
        return Search { found: Some(one), complete: true };
    }
    let loss = |nth: usize| left_out.get(nth).map_or(0.0, |it| together.mean() - it.mean());
    let chosen = |keep: &dyn Fn(usize) -> bool| -> Set {
        (0..all.len()).filter(|nth| keep(*nth)).map(|nth| all[nth].clone()).collect()
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|one, other| loss(*one).total_cmp(&loss(*other)).then(one.cmp(other)));
    let starts = [
        all.clone(),
        // Without those that all together are better off without, or that harm alone.
        chosen(&|nth| loss(nth) >= 0.0),
        chosen(&|nth| alone[nth].mean() >= 0.0),
    ];
    let Some(mut kept) = starts.into_iter().find_map(|it| bench.if_it_holds(it)) else {
        return Search { found: None, complete: true };
    };
    // What nobody misses goes in one step, if the rest still holds.
    let missed: Set = chosen(&|nth| loss(nth) != 0.0 && kept.0.contains(&all[nth]));
    if missed.len() < kept.0.len() {
        kept = bench.if_it_holds(missed).unwrap_or(kept);
    }
    let mut complete = true;
    for nth in order {
        let smaller: Set = kept.0.iter().filter(|it| **it != all[nth]).cloned().collect();
        if smaller.len() == kept.0.len() {
            continue;
        }
        complete &= bench.may_search();
        if complete {
            kept = bench.if_it_holds(smaller).unwrap_or(kept);
        }
    }
    let (found, exchanged) = exchanged(bench, all, alone, kept);
    Search { found: Some(found), complete: complete && exchanged }
}

/// Of the mends that hold alone the cheapest, and of equally cheap ones that which avoids most.
fn best_alone(bench: &Bench<'_>, all: &Set, alone: &[SetResult]) -> Option<(Set, SetResult)> {
    let holding = all.iter().zip(alone).filter(|(_, it)| bench.holds(it));
    let best = holding.reduce(|best, it| if better(it.1, best.1) { it } else { best });
    best.map(|(it, result)| (vec![it.clone()], result.clone()))
}

/// Tries each mend that was left out, and does something alone, in the place of each that was kept.
fn exchanged(
    bench: &mut Bench<'_>,
    all: &Set,
    alone: &[SetResult],
    kept: (Set, SetResult),
) -> ((Set, SetResult), bool) {
    let idle = |it: &SetResult| {
        outcome(&it.avoided, bench.figure(&it.avoided), &it.effects) == MendOutcome::NoDifference
    };
    let others: Vec<&String> =
        all.iter().zip(alone).filter(|it| !idle(it.1)).map(|it| it.0).collect();
    let mut best = kept.clone();
    for member in &kept.0 {
        for other in others.iter().filter(|it| !kept.0.contains(it)) {
            if !bench.may_search() {
                return (best, false);
            }
            let swap = |it: &String| if it == member { (*other).clone() } else { it.clone() };
            // In the order of the check, as everywhere: one set has one name.
            let chosen: Set = kept.0.iter().map(swap).collect();
            let chosen: Set = all.iter().filter(|it| chosen.contains(it)).cloned().collect();
            if let Some(found) = bench.if_it_holds(chosen)
                && better(&found.1, &best.1)
            {
                best = found;
            }
        }
    }
    (best, true)
}

/// Whether a set of the same size is cheaper, or as cheap and avoids more.
fn better(one: &SetResult, other: &SetResult) -> bool {
    let extra = |it: &SetResult| it.cost.difference.unwrap_or(0.0);
    let cheaper = extra(one).total_cmp(&extra(other));
    cheaper.then(other.mean().total_cmp(&one.mean())).is_lt()
}
