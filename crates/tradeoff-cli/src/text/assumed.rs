//! What was taken from ranges and presets, as people read it: each value with where it is from.

use std::collections::BTreeMap;

use tradeoff::Design;
use tradeoff::results::AssumptionUsed;
use tradeoff::review::report::{Flip, Review};

use super::page::{Line, Page};
use super::review::flips;
use super::simulate::listed;

/// How the source of a value begins that was taken from a range.
pub(crate) const MIDDLE: &str = "middle of ";

/// Path, value and source of an assumption in a result.
pub(crate) fn parts(it: &AssumptionUsed) -> (&str, &str, Option<&str>) {
    (&it.path, &it.value, it.source.as_deref())
}

/// One line for each value and source: `concurrency = 200 (spring-boot: ..): services.order`.
///
/// Takes path, value and source; what has no source is a default of the format, listed elsewhere.
pub(crate) fn sourced<'a>(
    page: &mut Page,
    assumptions: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)>,
) {
    let mut kinds: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for (path, value, source) in assumptions {
        let Some(source) = source else { continue };
        let (place, key) = path.rsplit_once('.').unwrap_or(("", path));
        kinds.entry((key, value, source)).or_default().push(place);
    }
    for ((key, value, source), places) in kinds {
        let line = Line::new().plain("  ").name(key).plain(format!(" = {value} "));
        let line = line.dim(format!("({source})"));
        page.hang(4, line.plain(format!(": {}", listed(&places))));
    }
}

/// What was taken from ranges, in full if it is little, else by number and one example.
pub(crate) fn middles(page: &mut Page, assumed: &[&AssumptionUsed]) {
    const SHOWN: usize = 3;
    let kind = |it: &AssumptionUsed| (key(it).to_owned(), it.value.clone(), it.source.clone());
    let mut kinds: Vec<_> = assumed.iter().map(|it| kind(it)).collect();
    kinds.sort();
    kinds.dedup();
    if kinds.len() <= SHOWN {
        return sourced(page, assumed.iter().map(|it| parts(it)));
    }
    let example = assumed[0];
    let source = example.source.as_deref().unwrap_or_default();
    let text = format!(
        "  {} numbers at the middles of their ranges, each with its place below, such as {} = {} \
         ({source})",
        assumed.len(),
        example.path,
        example.value,
    );
    page.hang(4, text);
}

/// Whether a value is the middle of a range that the file states.
pub(crate) fn is_middle(it: &AssumptionUsed) -> bool {
    it.source.as_ref().is_some_and(|it| it.starts_with(MIDDLE))
}

fn key(it: &AssumptionUsed) -> &str {
    it.path.rsplit_once('.').map_or(&it.path, |(_, key)| key)
}

/// Whether it is how much of its budget a promise may use in one scenario: that needs no try, since
/// what is used was measured.
pub(crate) fn is_spend(it: &AssumptionUsed) -> bool {
    key(it) == "spend"
}

/// The same as a page of its own, behind what the rules say of a design; empty if there is nothing.
pub(crate) fn of_design(design: &Design, color: bool) -> String {
    let all = design.assumptions();
    if all.iter().all(|it| it.source.is_none()) {
        return String::new();
    }
    let mut page = Page::new(color);
    page.line(Line::new().bold("taken").plain(" from ranges and presets:"));
    sourced(&mut page, all.iter().map(|it| (&*it.path, &*it.value, it.source.as_deref())));
    format!("\n{}", page.finish())
}

/// An assumed value with all its places.
pub(crate) struct Kind<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a str,
    /// The range or preset that it is from; `None`: it is a default of the format.
    pub(crate) source: Option<&'a str>,
    /// Where the verdict flips, if it was tried.
    pub(crate) flip: Option<&'a Flip>,
    /// From which `spend` on nothing breaks, where that decides.
    spend: Option<f64>,
    pub(crate) places: Vec<&'a str>,
}

impl Kind<'_> {
    pub(crate) fn source(&self) -> &str {
        self.source.unwrap_or("default of the format")
    }

    pub(crate) fn flip(&self) -> Line {
        match (self.flip, self.spend) {
            (Some(flip), _) => flips::turn(flip),
            (None, Some(share)) => Line::from(format!("with {:.0}% nothing breaks", share * 100.0)),
            (None, None) => Line::new().dim("not tried"),
        }
    }
}

/// What a review assumed, by key and value: what was tried first, then what is from ranges and
/// presets, then the defaults of the format.
pub(crate) fn kinds(review: &Review) -> Vec<Kind<'_>> {
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, &str, Option<&str>), usize> = BTreeMap::new();
    for it in &review.today.assumptions {
        let (path, value, source) = parts(it);
        let (place, key) = path.rsplit_once('.').unwrap_or(("", path));
        let flip = it.moves_verdict.and_then(|_| flips::of(review, path));
        let same = known.get(&(key, value, source)).copied().filter(|_| flip.is_none());
        if let Some(at) = same {
            kinds[at].places.push(place);
        } else {
            if flip.is_none() {
                known.insert((key, value, source), kinds.len());
            }
            let spend = review.holds_at_spend.filter(|_| it.moves_verdict.is_some());
            let spend = spend.filter(|_| is_spend(it));
            kinds.push(Kind { key, value, source, flip, spend, places: vec![place] });
        }
    }
    let told = |it: &Kind<'_>| it.flip.is_some() || it.spend.is_some();
    let order = |it: &Kind<'_>| (!told(it), it.source.is_none());
    kinds.sort_by(|a, b| (order(a), a.key, a.value).cmp(&(order(b), b.key, b.value)));
    kinds
}
