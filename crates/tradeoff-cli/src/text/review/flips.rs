//! The numbers that carry the verdict, and where it flips.

use tradeoff::{
    results::Verdict,
    review::report::{Flip, FlipsOf, Origin, Review},
};

use crate::text::page::{GLUE, Line, Page, Tone};
use crate::text::slos::{run_name, verdict_word};

/// Each number that was tried, with the value at which the verdict is another.
pub(super) fn flips(page: &mut Page, review: &Review) {
    let Some(of) = whose(review) else { return };
    page.heading("WHERE THE VERDICT FLIPS", Line::new().dim(of));
    let (turning, still): (Vec<&Flip>, Vec<&Flip>) =
        review.flips.iter().partition(|it| it.bracket.is_some());
    for flip in turning {
        let line = Line::new().plain("  ").name(&flip.path);
        let line = line.plain(format!(" ({}): ", is(flip)));
        page.hang(6, line.append(turn(flip)));
    }
    if !still.is_empty() {
        page.hang(6, same(&still));
    }
    page.line(Line::new().dim(format!("  {CHOSEN}")));
}

/// Numbers of which none turns the verdict, each with the farthest value that was tried.
fn same(flips: &[&Flip]) -> Line {
    let (word, tone) = seen(flips[0].verdict);
    let mut line = Line::new().plain("  still ").add(word, tone).plain(" with ");
    for (nth, flip) in flips.iter().enumerate() {
        let line_so_far = line.plain(if nth == 0 { "" } else { "; " }).name(&flip.path);
        line = line_so_far.plain(format!("{GLUE}{}", reach(flip)));
        line = line.dim(format!(" ({})", is(flip)));
    }
    line
}

/// How far a number was tried: `5/s`, or both ends.
fn reach(flip: &Flip) -> String {
    let [low, high] = &flip.tried;
    match (*low == flip.today, *high == flip.today) {
        (true, _) => glued(high),
        (_, true) => glued(low),
        _ => format!("{} .. {}", glued(low), glued(high)),
    }
}

/// Which numbers were tried, and how.
pub(crate) const CHOSEN: &str =
    "the numbers that matter most by analysis, each alone; others are not tried";

/// Whose verdict the flips are about; `None`: no number was tried.
pub(crate) fn whose(review: &Review) -> Option<String> {
    let of = review.flips_of.filter(|_| !review.flips.is_empty())?;
    Some(match of {
        FlipsOf::Today => "of today's design".to_owned(),
        FlipsOf::SmallestSet => "with the smallest set".to_owned(),
        FlipsOf::Decoupled => {
            let hurt = review.decoupled.first().map_or("what is hurt", |it| &it.hurt);
            format!("if nothing has to wait for {hurt}")
        }
    })
}

/// The number of a path, if it was tried.
pub(crate) fn of<'a>(review: &'a Review, path: &str) -> Option<&'a Flip> {
    review.flips.iter().find(|it| it.path == path)
}

/// `stated 600/s`.
pub(crate) fn is(flip: &Flip) -> String {
    let from = match flip.from {
        Origin::File => "stated",
        Origin::Default => "assumed",
        Origin::Mend => "the mend's",
    };
    format!("{from} {}", glued(&flip.today))
}

fn glued(text: &str) -> String {
    text.replace(' ', &GLUE.to_string())
}

/// What is seen at a value: a few replications tell whether a promise breaks, not that it is kept.
fn seen(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Broken => verdict_word(verdict),
        _ => ("not broken", Tone::Good),
    }
}

/// `broken at 1190/s, not broken at 1072/s; place-order in payment-brownout`.
pub(crate) fn turn(flip: &Flip) -> Line {
    let line = Line::new();
    let (before, after) = match flip.verdict {
        Verdict::Broken => (Verdict::Broken, Verdict::Kept),
        _ => (Verdict::Kept, Verdict::Broken),
    };
    let (word, tone) = seen(before);
    let Some([same, other]) = &flip.bracket else {
        let [low, high] = &flip.tried;
        return line.add(word, tone).plain(format!(" over {} .. {}", glued(low), glued(high)));
    };
    let (new, other_tone) = seen(after);
    let line = line.add(new, other_tone).plain(" at ").bold(glued(other));
    let line = line.plain(format!(", {word} at {}", glued(same)));
    match &flip.because {
        Some(it) => {
            let place = format!("; {} in {}", it.slo, run_name(it.scenario.as_deref()));
            line.add(place, Tone::Dim)
        }
        None => line,
    }
}
