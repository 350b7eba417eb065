//! Results as people read them: pure functions from a result to a page of at most 100 columns.

pub(crate) mod analyze;
pub(crate) mod assumed;
pub(crate) mod check;
pub(crate) mod decide;
pub(crate) mod explain;
pub(crate) mod figure;
pub(crate) mod fix;
pub(crate) mod horizon;
pub(crate) mod observed;
pub(crate) mod page;
mod presets;
pub(crate) mod review;
#[cfg(test)]
pub(crate) mod sample;
mod series;
pub(crate) mod simulate;
pub(crate) mod slos;
mod table;
pub(crate) mod tables;

/// Adds to a text.
pub(crate) fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    std::fmt::Write::write_fmt(text, what).expect("a String takes every write");
}

/// How text is to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Whether it is colored.
    pub(crate) color: bool,
    /// How wide plots may be.
    pub(crate) columns: usize,
    /// Whether plots are drawn with blocks, or with ASCII alone.
    pub(crate) unicode: bool,
}

impl Default for Look {
    /// Of text that goes into a file or another program.
    fn default() -> Self {
        Self { color: false, columns: 80, unicode: true }
    }
}

impl From<bool> for Look {
    fn from(color: bool) -> Self {
        Self { color, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use tradeoff::results::Verdict;

    use super::{check, page::WIDTH, review, sample, simulate};

    /// No page is wider than it may be, and colors change no character.
    fn sound(page: impl Fn(bool) -> String) -> String {
        let plain = page(false);
        for line in plain.lines() {
            assert!(line.chars().count() <= WIDTH, "too wide: {line}");
            assert_eq!(line, line.trim_end(), "ends in spaces");
        }
        assert!(!plain.contains("\n\n\n"), "two empty lines in a row");
        let mut bare = String::new();
        let colored = page(true);
        for (nth, part) in colored.split("\u{1b}[").enumerate() {
            let text = if nth == 0 { part } else { part.split_once('m').unwrap().1 };
            bare.push_str(text);
        }
        assert_eq!(bare, plain);
        plain
    }

    #[test]
    fn a_check_reads_well() {
        let line = |_: &str, _| Some("          - call: payment.charge".to_owned());
        insta::assert_snapshot!(sound(|color| {
            check::check("order-platform", &sample::check(), &line, color)
        }));
    }

    #[test]
    fn a_check_without_findings_says_so() {
        let mut empty = sample::check();
        empty.findings.clear();
        empty.unknown.clear();
        empty.summary = tradeoff::check::Summary::default();
        let page = sound(|color| check::check("shop", &empty, &|_, _| None, color));
        assert_eq!(page, "shop: no findings; 4 checks passed by 1 rule\n");
    }

    #[test]
    fn a_simulation_reads_well() {
        insta::assert_snapshot!(sound(|color| simulate::simulate(&sample::simulation(), color)));
    }

    #[test]
    fn a_review_reads_well() {
        insta::assert_snapshot!(sound(|color| review::review(&sample::review(), color)));
    }

    #[test]
    fn the_first_screen_answers() {
        let page = sound(|color| review::review(&sample::review(), color));
        let screen: Vec<&str> = page.lines().take(48).collect();
        let screen = screen.join("\n");
        for answer in ["BROKEN", "WHAT BREAKS", "WHY", "SMALLEST SET", "COST", "ASSUMED"] {
            assert!(screen.contains(answer), "{answer} is not on the first screen:\n{screen}");
        }
    }

    #[test]
    fn a_review_in_which_no_set_holds_says_so() {
        let mut it = sample::review();
        it.smallest_set = None;
        it.smallest_effect = None;
        if let Some(all) = &mut it.all_together {
            all.verdict = Verdict::Broken;
        }
        let page = sound(|color| review::review(&it, color));
        assert!(page.contains("NO SET OF THESE MENDS HOLDS"), "{page}");
        it.mends.clear();
        it.all_together = None;
        let page = sound(|color| review::review(&it, color));
        assert!(page.contains("no finding carries a mechanical mend"), "{page}");
    }

    #[test]
    fn a_review_without_promises_says_how_to_state_one() {
        let mut it = sample::review();
        it.smallest_set = None;
        it.smallest_effect = None;
        for run in &mut it.today.runs {
            run.slos.clear();
        }
        let page = sound(|color| review::review(&it, color));
        assert!(page.contains("no promise is stated"), "{page}");
        assert!(page.contains("endpoint: order.place"), "{page}");
        assert!(!page.contains("NO SET OF THESE"), "{page}");
    }

    #[test]
    fn a_mend_whose_count_cannot_be_told_leads_with_what_it_turns() {
        let mut it = sample::review();
        for mend in &mut it.mends {
            mend.outcome = tradeoff::review::report::MendOutcome::Undecided;
            mend.score = sample::around(1e7, 3e7);
        }
        let page = sound(|color| review::review(&it, color));
        let words = "place-order in payment-brownout broken → kept; bad requests not told apart";
        assert!(page.contains(words), "{page}");
        assert!(!page.contains("30,000,000"), "{page}");
    }

    #[test]
    fn an_alert_that_chance_fires_is_not_listed() {
        let mut it = sample::simulation();
        for slo in it.runs.iter_mut().flat_map(|run| run.slos.values_mut()) {
            slo.alerts[0].burn = 1.0;
            slo.alerts[0].fired_in = 2;
        }
        let page = sound(|color| simulate::simulate(&it, color));
        assert!(!page.contains("alerts"), "{page}");
    }

    #[test]
    fn a_review_of_a_design_that_holds_says_so() {
        let mut it = sample::review();
        it.verdict = Verdict::Kept;
        it.today.verdict = Verdict::Kept;
        it.today.runs.truncate(2);
        let page = sound(|color| review::review(&it, color));
        assert!(page.contains("nothing: every promise is kept"), "{page}");
        assert!(page.contains("none is needed"), "{page}");
    }

    #[test]
    fn names_of_any_length_and_kind_fit() {
        let mut it = sample::simulation();
        let long = "order-platform-".repeat(20);
        it.name.clone_from(&long);
        for run in &mut it.runs {
            run.scenario = run.scenario.as_ref().map(|_| format!("日本語{long}"));
            let pairs: Vec<_> = run.resources.values().cloned().collect();
            run.resources.extend(pairs.into_iter().map(|value| (format!("x/{long}"), value)));
            let slos: Vec<_> = run.slos.values().cloned().collect();
            run.slos.extend(slos.into_iter().map(|value| (long.clone(), value)));
        }
        sound(|color| simulate::simulate(&it, color));
        let mut broken = sample::review();
        broken.today = it;
        for finding in &mut broken.check.findings {
            finding.subject.clone_from(&long);
            finding.at.file = format!("{long}.yaml");
        }
        sound(|color| review::review(&broken, color));
        sound(|color| check::check(&long, &broken.check, &|_, _| Some(long.repeat(9)), color));
    }
}
