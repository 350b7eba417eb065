//! Small charts one above the other on one axis of time.

use super::markup::Markup;
use super::picture::short;
use crate::text::figure::{Unit, amount, duration};
use crate::text::push;

/// Of the whole, and where the plots are in it.
const WIDTH: f64 = 900.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 690.0;
/// Between a panel's plot and the next one's.
const GAP: f64 = 44.0;
/// Of the row of an event's label.
const ROW: f64 = 18.0;
/// Events that are labelled.
const EVENTS: usize = 6;

/// Charts that share their time.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    /// Tells it from others of the page.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
    /// Seconds at both ends.
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) events: Vec<Span>,
    pub(super) panels: Vec<Panel>,
}

/// An event.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) label: String,
}

/// One chart.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) height: f64,
    pub(super) kind: PanelKind,
}

/// What a panel shows.
#[derive(Clone, Debug)]
pub(super) enum PanelKind {
    /// Lines over an axis of values.
    Lines {
        unit: Unit,
        /// Each decade as high as the next.
        log: bool,
        lines: Vec<Curve>,
        /// Promised limits and their names.
        limits: Vec<(f64, String)>,
        /// What the axis reaches at least.
        least: f64,
    },
    /// Bars of states, one row each.
    States(Vec<States>),
}

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub(super) label: String,
    /// Its color and its dashes: `c0` to `c3`, or `offered`.
    pub(super) class: &'static str,
    /// At the middles of equal columns.
    pub(super) values: Vec<Option<f64>>,
}

/// The states of one thing: from, to, and `open` or `half-open`.
#[derive(Clone, Debug)]
pub(super) struct States {
    pub(super) label: String,
    pub(super) spans: Vec<(f64, f64, &'static str)>,
}

/// Draws a chart.
pub(super) fn chart(page: &mut Markup, it: &Chart) {
    let rows = it.events.len().min(EVENTS) as f64;
    let top = 8.0 + rows * ROW;
    let panels: f64 = it.panels.iter().map(|it| it.height + GAP).sum();
    let bottom = top + panels;
    let view = format!("0 0 {WIDTH} {:.0}", bottom + 22.0);
    let (title, text) = (format!("{}-title", it.id), format!("{}-text", it.id));
    let by = format!("{title} {text}");
    let svg =
        [("viewBox", view.as_str()), ("role", "img"), ("class", "chart"), ("aria-labelledby", &by)];
    page.within("svg", &svg, |page| {
        page.leaf("title", &[("id", &title)], &it.title);
        page.leaf("desc", &[("id", &text)], &it.text);
        let axis = Axis { from: it.from, to: it.to };
        events(page, it, &axis, bottom - 14.0);
        axis.draw(page, top, bottom);
        let mut y = top + GAP - 14.0;
        for panel in &it.panels {
            let above = format!("{:.1}", y - 9.0);
            let title = [("x", "84"), ("y", above.as_str()), ("class", "panel")];
            page.leaf("text", &title, &panel.title);
            match &panel.kind {
                PanelKind::Lines { .. } => lines(page, panel, &axis, y),
                PanelKind::States(rows) => states(page, rows, &axis, y),
            }
            y += panel.height + GAP;
        }
    });
}

struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn x(&self, at: f64) -> f64 {
        let share = (at - self.from) / (self.to - self.from).max(1e-9);
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// Lines through all panels, and the times below them.
    fn draw(&self, page: &mut Markup, top: f64, bottom: f64) {
        const STEPS: [f64; 17] = [
            1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
            7_200.0, 14_400.0, 43_200.0, 86_400.0,
        ];
        let whole = self.to - self.from;
        let fits = |it: &&f64| whole / **it <= 8.0;
        let step = STEPS.iter().find(fits).copied().unwrap_or(whole / 8.0).max(1e-3);
        let mut nth = (self.from / step).ceil();
        while nth * step <= self.to + 1e-9 {
            let x = format!("{:.1}", self.x(nth * step));
            let (y0, y1) = (format!("{top:.1}"), format!("{:.1}", bottom - 14.0));
            let place = [("x1", x.as_str()), ("x2", &x), ("y1", &y0), ("y2", &y1)];
            page.empty("line", &[&place[..], &[("class", "grid")]].concat());
            let y = format!("{:.1}", bottom + 2.0);
            let place = [("x", x.as_str()), ("y", &y), ("text-anchor", "middle")];
            let time = if nth == 0.0 { "0".into() } else { duration(nth * step) };
            page.leaf("text", &[&place[..], &[("class", "tick")]].concat(), &time);
            nth += 1.0;
        }
    }
}

fn events(page: &mut Markup, chart: &Chart, axis: &Axis, bottom: f64) {
    for (nth, event) in chart.events.iter().enumerate() {
        let (x0, x1) = (axis.x(event.from), axis.x(event.to));
        let y = 4.0 + nth.min(EVENTS) as f64 * ROW;
        let (x, width) = (format!("{x0:.1}"), format!("{:.1}", (x1 - x0).max(1.5)));
        let (top, height) = (format!("{y:.1}"), format!("{:.1}", bottom - y));
        let place = [("x", x.as_str()), ("y", &top), ("width", &width), ("height", &height)];
        page.within("rect", &[&place[..], &[("class", "event")]].concat(), |it| {
            it.leaf("title", &[], &event.label);
        });
        let edge = [("x1", x.as_str()), ("x2", &x), ("y1", &top)];
        let end = format!("{bottom:.1}");
        page.empty("line", &[&edge[..], &[("y2", &end), ("class", "starts")]].concat());
        if nth < EVENTS {
            // A label near the right edge stands left of its event.
            let left = x0 > f64::midpoint(LEFT, RIGHT);
            let x = format!("{:.1}", if left { x0 - 6.0 } else { x0 + 6.0 });
            let y = format!("{:.1}", y + 12.0);
            let anchor = if left { "end" } else { "start" };
            let place = [("x", x.as_str()), ("y", &y), ("text-anchor", anchor)];
            let label = short(&event.label, 56);
            page.leaf("text", &[&place[..], &[("class", "event-label")]].concat(), &label);
        }
    }
}

/// An axis of values.
struct Values {
    top: f64,
    height: f64,
    least: f64,
    most: f64,
    log: bool,
}

impl Values {
    fn y(&self, value: f64) -> f64 {
        let share = if self.log {
            let of = |it: f64| libm::log10(it.max(self.least));
            (of(value) - of(self.least)) / (of(self.most) - of(self.least)).max(1e-9)
        } else {
            value / self.most
        };
        self.top + self.height * (1.0 - share.clamp(0.0, 1.0))
    }

    /// The values that are named.
    fn ticks(&self) -> Vec<f64> {
        if !self.log {
            return vec![0.0, self.most / 2.0, self.most];
        }
        let decades = |every: i32| {
            let (low, high) = (libm::log10(self.least).ceil(), libm::log10(self.most).floor());
            let all = (low as i32..=high as i32).filter(move |it| it % every == 0);
            all.map(|it| libm::pow(10.0, f64::from(it))).collect::<Vec<_>>()
        };
        let all = decades(1);
        if all.len() > 4 { decades(2) } else { all }
    }
}

/// The next number that reads well: 1, 2, 2.5, 4, 5 or 8 times a power of ten.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let step = steps.into_iter().find(|it| it * power >= value * 0.999).unwrap_or(10.0);
    step * power
}

fn lines(page: &mut Markup, panel: &Panel, axis: &Axis, top: f64) {
    let PanelKind::Lines { unit, log, lines, limits, least } = &panel.kind else { return };
    let known = || lines.iter().flat_map(|it| it.values.iter().flatten().copied());
    let greatest = known().chain(limits.iter().map(|it| it.0)).fold(*least, f64::max);
    let smallest = known().chain(limits.iter().map(|it| it.0)).filter(|it| *it > 0.0);
    let smallest = smallest.fold(f64::INFINITY, f64::min);
    let values = Values {
        top,
        height: panel.height,
        most: if *log { greatest * 1.25 } else { round_up(greatest) },
        least: if smallest.is_finite() { smallest * 0.8 } else { greatest.max(1e-3) / 100.0 },
        log: *log && greatest > 0.0,
    };
    for tick in values.ticks() {
        let y = values.y(tick);
        let (at, text) = (format!("{y:.1}"), format!("{:.1}", y + 4.0));
        let place = [("x1", "84"), ("x2", "690"), ("y1", at.as_str()), ("y2", &at)];
        let class = if tick == 0.0 { "base" } else { "grid" };
        page.empty("line", &[&place[..], &[("class", class)]].concat());
        let place = [("x", "76"), ("y", text.as_str()), ("text-anchor", "end"), ("class", "tick")];
        page.leaf("text", &place, &amount(tick, *unit));
    }
    if values.log {
        let y = format!("{:.1}", top + panel.height);
        let place = [("x1", "84"), ("x2", "690"), ("y1", y.as_str()), ("y2", &y)];
        page.empty("line", &[&place[..], &[("class", "base")]].concat());
    }
    let mut names: Vec<(f64, String, &'static str)> = Vec::new();
    for (at, label) in limits {
        let y = format!("{:.1}", values.y(*at));
        let place = [("x1", "84"), ("x2", "690"), ("y1", y.as_str()), ("y2", &y)];
        page.empty("line", &[&place[..], &[("class", "limit")]].concat());
        names.push((values.y(*at), label.clone(), "limit"));
    }
    for line in lines {
        let (path, end) = path(&line.values, axis, &values);
        page.within("path", &[("d", &path), ("class", &format!("curve {}", line.class))], |it| {
            it.leaf("title", &[], &line.label);
        });
        if let Some(y) = end {
            names.push((y, line.label.clone(), line.class));
        }
    }
    spread(&mut names, top, top + panel.height);
    for (y, label, class) in names {
        let text = format!("{:.1}", y + 4.0);
        let mark = format!("M696 {y:.1} h16");
        let class = if class == "limit" { "limit".into() } else { format!("curve {class}") };
        page.empty("path", &[("d", &mark), ("class", &class)]);
        let place = [("x", "717"), ("y", text.as_str()), ("class", "series")];
        page.leaf("text", &place, &short(&label, 30));
    }
}

/// Moves names apart that would stand on each other.
fn spread(names: &mut [(f64, String, &'static str)], top: f64, bottom: f64) {
    const LINE: f64 = 15.0;
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    for nth in 1..names.len() {
        names[nth].0 = names[nth].0.max(names[nth - 1].0 + LINE);
    }
    let mut floor = bottom + 6.0;
    for it in names.iter_mut().rev() {
        it.0 = it.0.min(floor);
        floor = it.0 - LINE;
    }
    let above = names.first().map_or(0.0, |it| (top - 6.0 - it.0).max(0.0));
    for it in names {
        it.0 += above;
    }
}

/// A line through the middles of columns, broken where nothing is known; and where it ends.
fn path(values: &[Option<f64>], axis: &Axis, scale: &Values) -> (String, Option<f64>) {
    let step = (axis.to - axis.from) / values.len().max(1) as f64;
    let mut path = String::new();
    let mut end = None;
    let mut drawing = false;
    for (nth, value) in values.iter().enumerate() {
        let Some(value) = value else {
            drawing = false;
            continue;
        };
        let x = axis.x(axis.from + (nth as f64 + 0.5) * step);
        let y = scale.y(*value);
        let single = values.get(nth + 1).is_none_or(Option::is_none);
        match (drawing, single) {
            (true, _) => push(&mut path, format_args!(" {x:.1} {y:.1}")),
            (false, true) => push(&mut path, format_args!("M{:.1} {y:.1}h3", x - 1.5)),
            (false, false) => push(&mut path, format_args!("M{x:.1} {y:.1}L")),
        }
        drawing = true;
        end = Some(y);
    }
    (path, end)
}

fn states(page: &mut Markup, rows: &[States], axis: &Axis, top: f64) {
    for (nth, row) in rows.iter().enumerate() {
        let y = top + nth as f64 * ROW;
        let at = format!("{y:.1}");
        let place = [("x", "84"), ("y", at.as_str()), ("width", "606"), ("height", "12")];
        page.empty("rect", &[&place[..], &[("class", "trough")]].concat());
        for (from, to, state) in &row.spans {
            let (x0, x1) = (axis.x(*from), axis.x(*to));
            let (x, width) = (format!("{x0:.1}"), format!("{:.1}", (x1 - x0).max(1.0)));
            let place = [("x", x.as_str()), ("y", &at), ("width", &width), ("height", "12")];
            page.within("rect", &[&place[..], &[("class", state)]].concat(), |it| {
                it.leaf("title", &[], &format!("{state} for {}", duration((to - from).round())));
            });
        }
        let text = format!("{:.1}", y + 10.0);
        let place = [("x", "698"), ("y", text.as_str()), ("class", "series")];
        page.leaf("text", &place, &short(&row.label, 32));
    }
}

#[cfg(test)]
mod tests {
    use super::{round_up, spread};

    #[test]
    fn axes_end_at_numbers_that_read_well() {
        let ends = [0.0, 0.93, 7.1, 12.0, 30.0, 3_010.0].map(round_up);
        assert_eq!(format!("{ends:?}"), "[1.0, 1.0, 8.0, 15.0, 30.0, 4000.0]");
    }

    #[test]
    fn names_do_not_stand_on_each_other() {
        let mut names: Vec<_> = [90.0, 91.0, 92.0, 10.0].map(|it| (it, String::new(), "c0")).into();
        spread(&mut names, 0.0, 100.0);
        assert!(names.windows(2).all(|it| it[1].0 - it[0].0 >= 14.9), "{names:?}");
        assert!(names.iter().all(|it| it.0 <= 106.0), "{names:?}");
    }
}
