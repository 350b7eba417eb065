//! The architecture drawn with its load, and the same in a table.

use super::layout::{Placed, layout};
use super::markup::Markup;
use super::parts::{Link, Part, Parts, heat, per_second};
use super::table::{Column, names, scroll, table};
use crate::text::figure::{Unit, figure};
use crate::text::page::Line;
use crate::text::push;

/// Boxes, and what a box takes with the gap around it.
const BOX: (f64, f64) = (176.0, 88.0);
const PITCH: (f64, f64) = (206.0, 164.0);
/// Around all boxes: the number on a corner of one reaches beyond it.
const MARGIN: f64 = 12.0;
/// What is wider is not shrunk to the page, where nobody could read it: it scrolls sideways.
const WIDEST: f64 = 1_500.0;
/// A drawing that scrolls, as a share of its full size.
const SHRUNK: f64 = 0.8;
/// More parts than these are only in the table.
const DRAWN: usize = 60;
/// Edges between two parts that are named in the table.
const EDGES: usize = 20;
/// The patterns of what is striped, by heat.
const STRIPES: [&str; 3] = ["stripes-calm", "stripes-busy", "stripes-hot"];
/// Points at which a curve is looked at for its label.
const SAMPLES: usize = 16;

type Point = (f64, f64);

/// The figure and its table.
pub(super) fn picture(page: &mut Markup, parts: &Parts) {
    let chosen = chosen(parts);
    if chosen.len() > 1 {
        page.within("figure", &[], |it| {
            it.within("div", &scroll("The drawing"), |it| drawing(it, parts, &chosen));
            it.within("figcaption", &[], |it| caption(it, parts, &chosen));
        });
    }
    page.within("details", &[], |it| {
        it.leaf("summary", &[], "The same as a table");
        load_table(it, parts);
        call_table(it, parts);
    });
}

fn caption(page: &mut Markup, parts: &Parts, chosen: &[usize]) {
    page.text(
        "Callers stand above what they call; numbers on lines are calls per second in the baseline, \
         retries included. A bar is the mean use of the component’s busiest resource over a run: \
         full in the baseline, striped up to the run in which it is highest. Frames get heavier from \
         70 % on, and again from 90 % on. A number on a corner counts findings.",
    );
    if parts.links.iter().any(|it| it.sustains) {
        page.text(
            " A dashed line marked “retry loop” sustains an overload after its cause is gone.",
        );
    }
    if chosen.len() < parts.parts.len() {
        let (drawn, all) = (chosen.len(), parts.parts.len());
        page.text(&format!(" Drawn are the {drawn} of {all} that are called most."));
    }
}

/// The parts that are drawn: all, or those that are called most.
fn chosen(parts: &Parts) -> Vec<usize> {
    let mut all: Vec<usize> = (0..parts.parts.len()).collect();
    if all.len() > DRAWN {
        let rate = |it: usize| parts.arriving(it).unwrap_or(0.0);
        let traffic = |it: usize| parts.parts[it].kind == "traffic";
        all.sort_by(|a, b| {
            traffic(*b).cmp(&traffic(*a)).then(rate(*b).total_cmp(&rate(*a))).then(a.cmp(b))
        });
        all.truncate(DRAWN);
        all.sort_unstable();
    }
    all
}

fn drawing(page: &mut Markup, parts: &Parts, chosen: &[usize]) {
    let number = |part: usize| chosen.iter().position(|it| *it == part);
    let links: Vec<(&Link, usize, usize)> = parts
        .links
        .iter()
        .filter_map(|it| Some((it, number(it.from)?, number(it.to)?)))
        .filter(|(_, from, to)| from != to)
        .collect();
    let edges: Vec<(usize, usize)> = links.iter().map(|it| (it.1, it.2)).collect();
    let placed = layout(chosen.len(), &edges);
    let width = placed.width * PITCH.0 + 2.0 * MARGIN;
    let height = (placed.layers as f64 - 1.0) * PITCH.1 + BOX.1 + 2.0 * MARGIN;
    let view = format!("0 0 {width:.0} {height:.0}");
    let (most, least) = match width {
        it if it > WIDEST => (it * SHRUNK, "huge"),
        it if it > 700.0 => (it, "wide"),
        it => (it, "narrow"),
    };
    let most = format!("{most:.0}");
    let attributes = [
        ("viewBox", view.as_str()),
        ("width", &most),
        ("role", "img"),
        ("class", least),
        ("aria-labelledby", "picture-title picture-text"),
    ];
    page.within("svg", &attributes, |it| {
        it.leaf("title", &[("id", "picture-title")], "The architecture under its load");
        it.leaf("desc", &[("id", "picture-text")], &described(parts, chosen));
        it.within("defs", &[], |it| STRIPES.iter().for_each(|class| stripes(it, class)));
        let boxes: Vec<Point> = (0..chosen.len()).map(|it| corner(&placed, it)).collect();
        let curves = curves(&placed, &edges, &boxes);
        let greatest = links.iter().filter_map(|it| it.0.rate).fold(0.0, f64::max);
        for ((link, from, to), curve) in links.iter().zip(&curves) {
            let names = [*from, *to].map(|it| parts.parts[chosen[it]].name.as_str());
            line(it, link, names, curve, greatest);
        }
        for (nth, part) in chosen.iter().enumerate() {
            node(it, &parts.parts[*part], boxes[nth]);
        }
        labels(it, &links, &curves, &boxes);
    });
}

/// The pattern of a bar's striped part.
fn stripes(page: &mut Markup, class: &'static str) {
    let pattern = [
        ("id", class),
        ("width", "5"),
        ("height", "5"),
        ("patternUnits", "userSpaceOnUse"),
        ("patternTransform", "rotate(45)"),
    ];
    page.within("pattern", &pattern, |it| {
        it.empty("rect", &[("width", "2.5"), ("height", "5"), ("class", class)]);
    });
}

/// The picture in a sentence.
fn described(parts: &Parts, chosen: &[usize]) -> String {
    let of = |kind| chosen.iter().filter(|it| parts.parts[**it].kind == kind).count();
    format!(
        "{} sources of traffic, {} services, {} stores and {} externals, with {} kinds of calls \
         between them. The table below has all of them.",
        of("traffic"),
        of("service"),
        of("store"),
        of("external"),
        parts.links.len()
    )
}

/// The upper left corner of a box.
fn corner(placed: &Placed, node: usize) -> Point {
    let x = placed.x[node] * PITCH.0 - BOX.0 / 2.0 + MARGIN;
    (x, placed.layer[node] as f64 * PITCH.1 + MARGIN)
}

/// The curve of each edge as points, from its upper end to its lower: ends are spread over the
/// sides of their boxes in the order of where they lead.
fn curves(placed: &Placed, edges: &[(usize, usize)], boxes: &[Point]) -> Vec<Vec<Point>> {
    let ends =
        |nth: usize| if placed.turned[nth] { (edges[nth].1, edges[nth].0) } else { edges[nth] };
    let bend = |it: f64| it * PITCH.0 + MARGIN;
    let middle = |node: usize| boxes[node].0 + BOX.0 / 2.0;
    let next = |nth: usize, upper: bool| {
        let bends = &placed.bends[nth];
        let near = if upper { bends.first() } else { bends.last() };
        let (up, low) = ends(nth);
        near.map_or(middle(if upper { low } else { up }), |it| bend(*it))
    };
    let port = |nth: usize, upper: bool| {
        let own = |it: usize| if upper { ends(it).0 } else { ends(it).1 };
        let node = own(nth);
        let mut beside: Vec<usize> = (0..edges.len()).filter(|it| own(*it) == node).collect();
        beside.sort_by(|a, b| next(*a, upper).total_cmp(&next(*b, upper)));
        let at = beside.iter().position(|it| *it == nth).unwrap_or(0) as f64;
        middle(node) + ((at + 1.0) / (beside.len() as f64 + 1.0) - 0.5) * BOX.0 * 0.86
    };
    (0..edges.len())
        .map(|nth| {
            let (up, low) = ends(nth);
            let mut points = vec![(port(nth, true), boxes[up].1 + BOX.1)];
            for (below, it) in placed.bends[nth].iter().enumerate() {
                let y = (placed.layer[up] + 1 + below) as f64 * PITCH.1 + MARGIN;
                points.push((bend(*it), y));
                points.push((bend(*it), y + BOX.1));
            }
            points.push((port(nth, false), boxes[low].1));
            if placed.turned[nth] {
                points.reverse();
            }
            points
        })
        .collect()
}

/// A line with its arrowhead.
fn line(page: &mut Markup, link: &Link, names: [&str; 2], points: &[Point], greatest: f64) {
    let mut path = format!("M{:.1} {:.1}", points[0].0, points[0].1);
    for pair in points.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        let half = (y1 - y0) / 2.0;
        push(
            &mut path,
            format_args!(" C{x0:.1} {:.1} {x1:.1} {:.1} {x1:.1} {y1:.1}", y0 + half, y1 - half),
        );
    }
    let share = link.rate.filter(|_| greatest > 0.0).map_or(0.0, |it| it / greatest);
    let width = format!("{:.1}", 1.2 + 2.4 * share.sqrt());
    let class = if link.sustains { "edge loop" } else { "edge" };
    page.within("g", &[("class", class)], |it| {
        let edges = link.edges.iter().take(12).map(String::as_str).collect::<Vec<_>>();
        it.leaf("title", &[], &format!("{} calls {}: {}", names[0], names[1], edges.join(", ")));
        it.empty("path", &[("d", &path), ("stroke-width", &width)]);
        let (x, y) = points[points.len() - 1];
        // Towards the callee: down, or up if it stands above its caller.
        let back = if y > points[points.len() - 2].1 { -8.0 } else { 8.0 };
        let head = format!("M{x:.1} {y:.1} l-4.5 {back} h9 z");
        it.empty("path", &[("d", &head), ("class", "head")]);
    });
}

fn node(page: &mut Markup, part: &Part, (x, y): Point) {
    let (width, height) = BOX;
    let worst = part.load.as_ref().map_or(0.0, |it| it.worst);
    let class = format!("node {} {}", part.kind, heat(worst));
    let at = format!("translate({x:.1} {y:.1})");
    page.within("g", &[("class", &class), ("transform", &at)], |it| {
        it.leaf("title", &[], &told(part));
        let (w, h) = (format!("{width}"), format!("{height}"));
        if part.kind == "store" {
            let low = height - 7.0;
            let side = format!(
                "M0 8 C0 -3 {width} -3 {width} 8 V{low} C{width} {height} 0 {height} 0 {low} z"
            );
            it.empty("path", &[("d", &side), ("class", "box")]);
            let lid = format!("M0 8 C0 15 {width} 15 {width} 8");
            it.empty("path", &[("d", &lid), ("class", "lid")]);
        } else {
            let round = if part.kind == "traffic" { "44" } else { "10" };
            it.empty("rect", &[("width", &w), ("height", &h), ("rx", round), ("class", "box")]);
        }
        if heat(worst) == "busy" && part.kind != "store" {
            let (w, h) = (format!("{}", width - 6.0), format!("{}", height - 6.0));
            let inner = [("x", "3"), ("y", "3"), ("width", w.as_str()), ("height", &h)];
            it.empty("rect", &[&inner[..], &[("rx", "7"), ("class", "inner")]].concat());
        }
        let middle = format!("{}", width / 2.0);
        let label = |it: &mut Markup, y: &'static str, class: &'static str, text: &str| {
            let place = [("x", middle.as_str()), ("y", y), ("class", class)];
            it.leaf("text", &[&place[..], &[("text-anchor", "middle")]].concat(), text);
        };
        let free = part.load.is_none();
        label(it, if free { "42" } else { "30" }, "title", &short(&part.name, 22));
        let size = if part.size.is_empty() { String::new() } else { format!(", {}", part.size) };
        let kind = format!("{}{size}", part.kind);
        label(it, if free { "60" } else { "46" }, "kind", &short(&kind, 27));
        if part.findings > 0 {
            // A flag on the corner: how many rules complain.
            it.empty("circle", &[("cx", &w), ("cy", "0"), ("r", "10"), ("class", "flag")]);
            let number = part.findings.to_string();
            let place = [("x", w.as_str()), ("y", "4"), ("class", "flagged")];
            it.leaf("text", &[&place[..], &[("text-anchor", "middle")]].concat(), &number);
        }
        let Some(load) = &part.load else { return };
        bar(it, load.baseline.map_or(0.0, |it| it.value), load.worst);
        let text = used(load);
        label(it, "78", "used", &text);
    });
}

fn used(load: &super::parts::Load) -> String {
    let (now, worst) = (load.baseline.map_or(0.0, |it| it.value), percent(load.worst));
    let now = percent(now);
    if now == worst { now } else { format!("{now}, at worst {worst}") }
}

/// The use as a bar: full up to the baseline's, striped up to the worst.
fn bar(page: &mut Markup, now: f64, worst: f64) {
    let room = BOX.0 - 32.0;
    let width = |share: f64| format!("{:.1}", share.clamp(0.0, 1.0) * room);
    let whole = format!("{room:.1}");
    let rect = |page: &mut Markup, width: &str, class: &'static str| {
        let place = [("x", "16"), ("y", "54"), ("height", "8"), ("rx", "2"), ("width", width)];
        page.empty("rect", &[&place[..], &[("class", class)]].concat());
    };
    rect(page, &whole, "trough");
    if worst > now {
        rect(page, &width(worst), "more");
    }
    rect(page, &width(now), "fill");
}

/// A node in a sentence.
fn told(part: &Part) -> String {
    let mut text = format!("{} {}", part.kind, part.name);
    if !part.size.is_empty() {
        push(&mut text, format_args!(", {}", part.size));
    }
    if let Some(load) = &part.load {
        let baseline = figure(load.baseline, Unit::Share);
        push(&mut text, format_args!("; {} used to {baseline} in the baseline", load.resource));
        let (worst, of, run) = (percent(load.worst), &load.worst_of, &load.worst_in);
        push(&mut text, format_args!("; highest: {of} to {worst} in {run}"));
    }
    if part.findings > 0 {
        push(&mut text, format_args!("; findings: {}", part.findings));
    }
    text
}

/// Rates beside their lines, where they cover neither a box nor each other.
fn labels(
    page: &mut Markup,
    links: &[(&Link, usize, usize)],
    curves: &[Vec<Point>],
    boxes: &[Point],
) {
    let mut taken: Vec<(f64, f64, f64, f64)> =
        boxes.iter().map(|it| (it.0, it.1, it.0 + BOX.0, it.1 + BOX.1)).collect();
    for ((link, ..), curve) in links.iter().zip(curves) {
        let rate = link.rate.map(per_second);
        let Some(text) = (match (rate, link.sustains) {
            (Some(rate), true) => Some(format!("{rate}, retry loop")),
            (None, true) => Some("retry loop".into()),
            (rate, false) => rate,
        }) else {
            continue;
        };
        let half = text.chars().count() as f64 * 3.4 + 3.0;
        let around = |at: Point| (at.0 - half, at.1 - 9.0, at.0 + half, at.1 + 6.0);
        let free = |at: &Point| {
            let it = around(*at);
            let apart = |other: &(f64, f64, f64, f64)| {
                it.2 < other.0 || it.0 > other.2 || it.3 < other.1 || it.1 > other.3
            };
            taken.iter().all(apart)
        };
        let points = sampled(curve);
        let middle = points.len() / 2;
        let mut tried: Vec<usize> = (0..points.len()).collect();
        tried.sort_by_key(|it| it.abs_diff(middle));
        let place = tried.iter().map(|it| points[*it]).find(free);
        let (x, y) = place.unwrap_or(points[middle]);
        taken.push(around((x, y)));
        let (x, y) = (format!("{x:.1}"), format!("{:.1}", y + 3.5));
        let class = if link.sustains { "rate loop" } else { "rate" };
        let place = [("x", x.as_str()), ("y", &y), ("text-anchor", "middle"), ("class", class)];
        page.leaf("text", &place, &text);
    }
}

/// Points along a curve.
fn sampled(points: &[Point]) -> Vec<Point> {
    let mut all = Vec::new();
    for pair in points.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        for nth in 0..SAMPLES {
            let t = (nth as f64 + 0.5) / SAMPLES as f64;
            // The curve's handles stand half way down, above and below its ends.
            let ease = t * t * (3.0 - 2.0 * t);
            let y = y0
                + (y1 - y0)
                    * (1.5 * t * (1.0 - t) * (1.0 - t) + 1.5 * t * t * (1.0 - t) + t * t * t);
            all.push((x0 + (x1 - x0) * ease, y));
        }
    }
    all
}

fn load_table(page: &mut Markup, parts: &Parts) {
    let columns = [
        Column::text("Component"),
        Column::text("Kind"),
        Column::text("Size"),
        Column::number("Calls"),
        Column::text("Busiest resource"),
        Column::number("Used, baseline"),
        Column::number("Used, at worst"),
        Column::text("In"),
        Column::number("Findings"),
    ];
    let rows: Vec<Vec<Line>> = (0..parts.parts.len())
        .map(|nth| {
            let part = &parts.parts[nth];
            let load = part.load.as_ref();
            let text = |of: fn(&super::parts::Load) -> String| load.map_or_else(String::new, of);
            vec![
                Line::new().name(&part.name),
                part.kind.into(),
                part.size.as_str().into(),
                parts.arriving(nth).map_or_else(String::new, per_second).into(),
                text(|it| it.resource.clone()).into(),
                text(|it| figure(it.baseline, Unit::Share)).into(),
                text(|it| percent(it.worst)).into(),
                text(|it| format!("{}: {}", it.worst_in, it.worst_of)).into(),
                part.findings.to_string().into(),
            ]
        })
        .collect();
    table(page, "Components and their load", &columns, &rows);
}

fn call_table(page: &mut Markup, parts: &Parts) {
    let columns = [
        Column::text("Caller"),
        Column::text("Callee"),
        Column::number("Calls"),
        Column::text("Edges"),
    ];
    let rows: Vec<Vec<Line>> = parts
        .links
        .iter()
        .map(|it| {
            let inside = || "inside one process".to_owned();
            let name = |at: usize| Line::new().name(&parts.parts[at].name);
            vec![
                name(it.from),
                name(it.to),
                it.rate.map_or_else(inside, per_second).into(),
                names(&it.edges, EDGES),
            ]
        })
        .collect();
    table(page, "Who calls whom, in the baseline", &columns, &rows);
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 10.0 || percent <= 0.0 {
        format!("{percent:.0}\u{a0}%")
    } else {
        format!("{percent:.1}\u{a0}%")
    }
}

/// A text cut to so many columns.
pub(super) fn short(text: &str, columns: usize) -> String {
    Line::from(text).clip(columns).pieces().map(|it| it.0).collect()
}
