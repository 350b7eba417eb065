//! A review as one page that opens offline: no script, no request, readable in light and dark, on
//! a phone, by keyboard and by ear, and on paper.

mod advice;
mod basis;
mod chart;
mod course;
mod evidence;
mod horizon;
mod layout;
mod markup;
mod palette;
mod parts;
mod picture;
mod summary;
mod table;
#[cfg(test)]
mod tests;

use tradeoff::model::Architecture;
use tradeoff::review::report::Review;

use self::markup::Markup;
use crate::text::review::flips::whose;
use crate::text::review::mends::{NOTHING_BROKEN, THAT_HOLDS, is_open};
use crate::text::slos::verdict_word;

const STYLE: &str = include_str!("html/style.css");
/// Nothing is loaded from anywhere, and nothing runs.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A section: what its heading says, its name in links, and what is in it. The page has those
/// of these that have something to say.
struct Section {
    id: &'static str,
    title: &'static str,
    /// Whether there is anything to say.
    holds: fn(&Review) -> bool,
    write: fn(&mut Markup, &Review, &Architecture),
}

const fn section(
    id: &'static str,
    title: &'static str,
    write: fn(&mut Markup, &Review, &Architecture),
) -> Section {
    Section { id, title, holds: |_| true, write }
}

const SECTIONS: &[Section] = &[
    section("breaks", "What breaks", summary::breaks),
    section("why", "Why", summary::why),
    Section {
        holds: |review| !is_open(review),
        ..section("smallest", THAT_HOLDS, advice::smallest)
    },
    Section { holds: is_open, ..section("smallest", NOTHING_BROKEN, advice::smallest) },
    section("further", "What each further mend adds", advice::further),
    Section {
        holds: |review| whose(review).is_some(),
        ..section("flips", "Where the verdict flips", basis::flips)
    },
    Section {
        holds: horizon::is_asked,
        ..section("horizon", "As the load grows", horizon::horizon)
    },
    section("architecture", "The architecture under its load", evidence::architecture),
    section("scenarios", "The course of each scenario", evidence::scenarios),
    Section {
        holds: |review| basis::is_observed(review),
        ..section("observed", "Observed and simulated", basis::observed)
    },
    section("assumptions", "Assumptions", basis::assumptions),
    section("findings", "Findings", evidence::findings),
];

/// The page of a review.
pub(crate) fn review(review: &Review, architecture: &Architecture) -> String {
    let mut page = Markup::default();
    page.within("html", &[("lang", "en")], |page| {
        page.within("head", &[], |page| head(page, review));
        page.within("body", &[], |page| {
            page.leaf("a", &[("class", "skip"), ("href", "#breaks")], "Skip to the answer");
            page.within("div", &[("class", "page")], |page| body(page, review, architecture));
        });
    });
    format!("<!DOCTYPE html>{}\n", page.finish())
}

fn head(page: &mut Markup, review: &Review) {
    page.empty("meta", &[("charset", "utf-8")]);
    page.empty("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
    page.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    page.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    page.empty("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    let (name, verdict) = (called(&review.today.name), verdict_word(review.verdict).0);
    page.leaf("title", &[], &format!("{name}: {verdict} (architecture review)"));
    page.within("style", &[], |it| {
        it.constant(&palette::variables());
        it.constant(STYLE);
    });
}

fn body(page: &mut Markup, review: &Review, architecture: &Architecture) {
    page.within("header", &[], |it| {
        summary::title(it, review, architecture);
        summary::facts(it, review);
    });
    let sections = || SECTIONS.iter().filter(|it| (it.holds)(review));
    page.within("nav", &[("aria-label", "Sections")], |it| {
        it.within("ul", &[], |it| {
            for section in sections() {
                let link = format!("#{}", section.id);
                it.within("li", &[], |it| it.leaf("a", &[("href", &link)], section.title));
            }
        });
    });
    page.within("main", &[], |page| {
        for section in sections() {
            let heading = format!("{}-heading", section.id);
            let names = [("id", section.id), ("aria-labelledby", heading.as_str())];
            page.within("section", &names, |page| {
                page.leaf("h2", &[("id", &heading)], section.title);
                (section.write)(page, review, architecture);
            });
        }
    });
    page.within("footer", &[], |it| evidence::provenance(it, review));
}

/// What a design without a name is called.
fn called(name: &str) -> &str {
    if name.is_empty() { "this design" } else { name }
}
