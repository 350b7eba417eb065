//! The numbers that carry the verdict, and where it flips.

use tradeoff::{
    results::Verdict,
    review::report::{Flip, FlipsOf, Review},
};

use crate::text::page::{GLUE, Line, Page, Tone};
use crate::text::slos::{run_name, verdict_word};

/// Each number that was tried, with the value at which the verdict is another.
pub(super) fn flips(page: &mut Page, review: &Review) {
    let Some(of) = whose(review) else { return };
    page.heading("WHERE THE VERDICT FLIPS", Line::new().dim(of));
    for flip in &review.flips {
        let line = Line::new().plain("  ").name(&flip.path);
        let line = line.plain(format!(" ({}): ", is(flip)));
        page.hang(6, line.append(turn(flip)));
    }
    page.line(Line::new().dim(format!("  {CHOSEN}")));
}

/// Which numbers were tried, and how.
pub(crate) const CHOSEN: &str =
    "the numbers that matter most by analysis, each alone; others are not tried";

/// Whose verdict the flips are about; `None`: no number was tried.
pub(crate) fn whose(review: &Review) -> Option<&'static str> {
    let of = review.flips_of.filter(|_| !review.flips.is_empty())?;
    Some(match of {
        FlipsOf::Today => "of today's design",
        FlipsOf::SmallestSet => "with the smallest set",
    })
}

/// The number of a path, if it was tried.
pub(crate) fn of<'a>(review: &'a Review, path: &str) -> Option<&'a Flip> {
    review.flips.iter().find(|it| it.path == path)
}

/// `stated 600/s`.
pub(crate) fn is(flip: &Flip) -> String {
    let is = if flip.assumed { "assumed" } else { "stated" };
    format!("{is} {}", glued(&flip.today))
}

fn glued(text: &str) -> String {
    text.replace(' ', &GLUE.to_string())
}

/// `broken at 1190/s, kept at 1072/s; place-order in payment-brownout`.
pub(crate) fn turn(flip: &Flip) -> Line {
    let line = Line::new();
    let (before, after) = match flip.verdict {
        Verdict::Broken => (Verdict::Broken, Verdict::Kept),
        _ => (Verdict::Kept, Verdict::Broken),
    };
    let (word, tone) = verdict_word(before);
    let Some([same, other]) = &flip.bracket else {
        let [low, high] = &flip.tried;
        return line.add(word, tone).plain(format!(" over {} .. {}", glued(low), glued(high)));
    };
    let (new, other_tone) = verdict_word(after);
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
