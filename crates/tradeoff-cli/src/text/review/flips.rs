//! The numbers that carry the verdict, and where it flips.

use tradeoff::{
    results::Verdict,
    review::report::{Flip, FlipsOf, Review},
};

use crate::text::page::{GLUE, Line, Page, Tone};
use crate::text::slos::{run_name, verdict_word};

/// Each number that was tried, with the value at which the verdict is another.
pub(super) fn flips(page: &mut Page, review: &Review) {
    let Some(of) = review.flips_of.filter(|_| !review.flips.is_empty()) else { return };
    let of = match of {
        FlipsOf::Today => "of today's design",
        FlipsOf::SmallestSet => "with the smallest set",
    };
    page.heading("WHERE THE VERDICT FLIPS", Line::new().dim(of));
    for flip in &review.flips {
        page.hang(6, line(flip));
    }
    page.line(
        Line::new()
            .dim("  the numbers that matter most by analysis, each alone; others are not tried"),
    );
}

fn line(flip: &Flip) -> Line {
    let glued = |text: &str| text.replace(' ', &GLUE.to_string());
    let is = if flip.assumed { "assumed" } else { "stated" };
    let line = Line::new().plain("  ").name(&flip.path);
    let line = line.plain(format!(" ({is} {}): ", glued(&flip.today)));
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
