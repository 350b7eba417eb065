//! The page is held whole: well-formed, self-contained, bounded, and right for a screen reader.

mod browser;

use std::collections::BTreeSet;

use roxmltree::{Document, Node, ParsingOptions};
use tradeoff::model::Architecture;
use tradeoff::results::Interval;
use tradeoff::review::report::{Headroom, Review};
use tradeoff::{Design, NoFiles, SourceFile};

use super::review;
use crate::text::sample::{self, HOSTILE};

/// A page must be smaller.
const MOST: usize = 2_000_000;

fn architecture() -> Architecture {
    let text = include_str!("../../../../examples/order-platform/order-platform.yaml");
    let files = vec![SourceFile::new("order-platform.yaml", text)];
    Design::load(files, &NoFiles).expect("the example is sound").architecture().clone()
}

/// The sample with a scenario that the architecture has.
fn pages() -> [String; 4] {
    let architecture = architecture();
    [sample::review(), sample::holding(), sample::hostile(), sample::full()]
        .map(|it| review(&it, &architecture))
}

/// The page without what says where its names may be broken.
fn unjointed(page: &str) -> String {
    page.replace("<wbr/>", "").replace("<span class=\"whole\">-&gt;</span>", "-&gt;")
}

/// The page as a strict parser sees it.
fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options).unwrap_or_else(|why| panic!("{why}"))
}

fn elements<'a>(page: &'a Document<'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    page.descendants().filter(Node::is_element)
}

#[test]
fn a_page_is_well_formed_and_names_are_unique() {
    for page in pages() {
        let page = parsed(&page);
        let ids: Vec<&str> = elements(&page).filter_map(|it| it.attribute("id")).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        for it in elements(&page) {
            let named = it.attribute("aria-labelledby").into_iter().flat_map(str::split_whitespace);
            let linked = it.attribute("href").map(|it| it.strip_prefix('#').expect("a place here"));
            for id in named.chain(linked) {
                assert!(unique.contains(id), "nothing is called {id}");
            }
        }
    }
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing() {
    for page in pages() {
        for word in
            ["src=", "@import", "http:", "https:", "<script", "javascript:x)\"", "<link", " on"]
        {
            let found = page.match_indices(word).find(|(at, _)| {
                // Only in tags and the style sheet: text may say what it likes.
                let tag = page[..*at].rfind('<').unwrap_or(0);
                !page[tag..*at].contains('>') && !page[*at..].starts_with(" on ")
            });
            assert!(found.is_none(), "{word}: {:?}", found.map(|it| &page[it.0..it.0 + 60]));
        }
        let style =
            page.split("<style>").nth(1).and_then(|it| it.split("</style>").next()).unwrap();
        assert!(style.match_indices("url(").all(|(at, _)| style[at..].starts_with("url(#")));
        assert!(!style.contains("@import"));
        assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
    }
}

#[test]
fn a_page_is_in_order_for_who_hears_it() {
    for page in pages() {
        let page = parsed(&page);
        let count = |tag: &str| elements(&page).filter(|it| it.has_tag_name(tag)).count();
        assert_eq!([count("h1"), count("main"), count("header"), count("footer")], [1; 4]);
        let mut level = 0;
        for it in elements(&page) {
            let name = it.tag_name().name();
            if let Some(next) = name.strip_prefix('h').and_then(|it| it.parse::<u8>().ok()) {
                assert!(next <= level + 1, "h{level} is followed by {name}");
                level = next;
            }
            match name {
                "th" => assert!(matches!(it.attribute("scope"), Some("col" | "row"))),
                "table" => assert!(it.children().any(|it| it.has_tag_name("caption"))),
                "svg" => {
                    let told = it.attribute("aria-labelledby").is_some()
                        && it.children().any(|it| it.has_tag_name("title"))
                        && it.children().any(|it| it.has_tag_name("desc"));
                    assert!(told || it.attribute("aria-hidden") == Some("true"));
                }
                "details" => {
                    let first = it.children().find(Node::is_element).unwrap();
                    assert!(first.has_tag_name("summary"));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn nothing_from_outside_is_markup_or_turns_the_text() {
    let page = review(&sample::hostile(), &hostile_architecture());
    assert!(!page.contains("<script"), "a script came in");
    assert!(!page.contains(['\u{202e}', '\0']), "text is turned");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the name is shown");
    parsed(&page);
}

fn hostile_architecture() -> Architecture {
    let mut it = architecture();
    it.summary = Some(HOSTILE.repeat(20));
    for (nth, service) in it.services.iter_mut().enumerate() {
        service.name.value = format!("{HOSTILE}{nth}");
    }
    it.traffic[0].name.value = HOSTILE.into();
    it
}

#[test]
fn the_sections_answer_in_order() {
    let page = unjointed(&pages()[0]);
    let mut from = 0;
    for words in [
        "✕ broken",
        ">What breaks<",
        "order.place-&gt;payment.charge",
        ">Why<",
        "3 attempts x 3 attempts = 9 &gt; 3",
        ">The smallest set of mends that holds<",
        ">What each further mend adds<",
        "410\u{a0}±\u{a0}60",
        ">Where the verdict flips<",
        "1190/s",
        "600/s .. 4800/s",
        ">The architecture under its load<",
        ">shoppers<",
        ">The course of each scenario<",
        "surge of shoppers by 3x",
        "Breakers that are open",
        ">Observed and simulated<",
        "the design is not described as it runs",
        "services.*.consumes (2)",
        ">Assumptions<",
        ">Findings<",
        "order.yaml:31:13",
        "seed 1, 5 replications",
    ] {
        let at = page[from..].find(words);
        from += at.unwrap_or_else(|| panic!("`{words}` is missing, or out of order"));
    }
}

#[test]
fn what_is_known_beside_is_told_where_there_is_any() {
    let page = unjointed(&pages()[3]);
    let mut from = 0;
    for words in [
        "&gt;=\u{a0}95,800",
        "the search was cut short: a smaller set may hold too",
        "services.payment.queue",
        "broken",
        "middle of 1ms..9ms",
        "default of the format",
        "Accepted by the file: 1 finding",
        "warehouse",
        "2027-06-30",
        "stock is reconciled every night",
    ] {
        let at = page[from..].find(words);
        from += at.unwrap_or_else(|| panic!("`{words}` is missing, or out of order"));
    }
    let mut it = sample::review();
    it.flips.clear();
    it.flips_of = None;
    it.today.observed.clear();
    it.today.not_moved.clear();
    let page = review(&it, &architecture());
    for words in ["#flips", "#observed", "Accepted by the file", "cut short"] {
        assert!(!page.contains(words), "{words}: there is none");
    }
}

#[test]
fn the_headroom_says_where_it_was_not_looked_further() {
    let mut it = sample::holding();
    let bound = Interval { value: 32.0, low: 32.0, high: f64::INFINITY };
    let headroom = Headroom { load_factor: Some(bound), first_broken: None };
    it.headroom = Some(headroom);
    let page = review(&it, &architecture());
    assert!(page.contains(">Load that holds without events</dt>\n<dd>&gt;=\u{a0}32x"), "{page}");
}

/// More of everything than anybody has.
fn huge() -> (Review, Architecture) {
    let (mut it, mut architecture) = (sample::review(), architecture());
    let name = |nth: usize| format!("{nth}-{}", "long-name-".repeat(60));
    let service = architecture.services[0].clone();
    for nth in 0..1_500 {
        let mut more = service.clone();
        more.name.value = name(nth);
        architecture.services.push(more);
    }
    let run = it.today.runs[2].clone();
    for nth in 0..60 {
        let mut more = run.clone();
        more.scenario = Some(name(nth));
        for nth in 0..60 {
            more.slos.insert(name(nth), run.slos["place-order"].clone());
            let flow = run.series.requests["shoppers/order.place"].clone();
            more.series.requests.insert(name(nth), flow);
            more.resources.insert(name(nth), run.resources["payment/cores"].clone());
        }
        it.today.runs.push(more);
    }
    for nth in 0..3_000 {
        let mut finding = it.check.findings[nth % 3].clone();
        finding.subject = name(nth);
        finding.message = name(nth);
        it.check.findings.push(finding);
        let mut mend = it.mends[0].clone();
        mend.change = name(nth);
        it.mends.push(mend);
        let mut assumption = it.today.assumptions[0].clone();
        assumption.path = format!("services.{nth}.{}", name(nth));
        it.today.assumptions.push(assumption);
        let mut flip = it.flips[0].clone();
        flip.path = name(nth);
        it.flips.push(flip);
        let mut further = it.further[0].clone();
        further.finding = it.mends[0].finding.clone();
        it.further.push(further);
        let mut observed = it.today.observed[0].clone();
        observed.endpoint = name(nth);
        it.today.observed.push(observed);
        it.today.not_moved.push(format!("{}.a.b", name(nth)));
    }
    (it, architecture)
}

#[test]
fn a_page_stays_small_whatever_it_is_about() {
    let (it, architecture) = huge();
    let page = review(&it, &architecture);
    assert!(page.len() < MOST, "{} bytes", page.len());
    parsed(&page);
}
