//! What was taken from ranges and presets, as people read it: each value with where it is from.

use std::collections::BTreeMap;

use tradeoff::Design;
use tradeoff::results::AssumptionUsed;

use super::page::{Line, Page};
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
