//! The file of a decision: its context, the options, the outcome, and what speaks for and against.

use std::fmt::Write as _;

use tradeoff_decide::{Flip, Grounds, Opt, Origin, Reversal};

use super::{ACCEPTED, PROPOSED, ROOM, Written};
use crate::load::Design;

impl Written<'_> {
    /// The whole file.
    pub(super) fn text(&self, design: &Design, recorded_in: Option<&str>) -> String {
        let status = if self.basis().assumed().is_empty() { ACCEPTED } else { PROPOSED };
        let mut page = format!("---\nstatus: {status}\n");
        if let Some(today) = design.today() {
            writeln!(page, "date: {today}").expect(ROOM);
        }
        page.push_str("---\n\n");
        let about = self.subject.filter(|it| !it.path.is_empty());
        let about = about.map_or(String::new(), |it| format!(" for {}", code(&it.name)));
        writeln!(page, "# {}{about}: {}\n", self.topic.noun, headline(self.chosen)).expect(ROOM);
        self.context(design, &mut page);
        self.options(&mut page);
        self.outcome(&mut page);
        self.pros(&mut page);
        self.more(recorded_in, &mut page);
        page
    }

    fn context(&self, design: &Design, page: &mut String) {
        let name = safe(&design.architecture().name);
        page.push_str("## Context and Problem Statement\n\n");
        let what = match self.subject.filter(|it| !it.path.is_empty()) {
            Some(it) => format!("It is about {} of {name}.", code(&it.path)),
            None => format!("It is about {name}."),
        };
        writeln!(page, "{} {what}", self.topic.title).expect(ROOM);
        if let Some(it) = self.standing {
            let path = it.path.as_deref().map_or(String::new(), |it| format!(" ({})", code(it)));
            writeln!(page, "Today it has {}{path}.", safe(&it.words)).expect(ROOM);
        }
        page.push('\n');
        page.push_str("## Decision Drivers\n\n");
        for (fact, given) in self.verdict.answers.all() {
            let Some(given) = given else { continue };
            let who = match &given.origin {
                Origin::Said => "said".to_owned(),
                Origin::Stated(path) => code(path),
                Origin::Derived(path) => format!("from {}", code(path)),
                Origin::Default => "assumed".to_owned(),
            };
            let value = fact.show(given.value);
            writeln!(page, "* {}: {value} ({who}). {}", fact.name, sentence(fact.why)).expect(ROOM);
        }
        page.push('\n');
    }

    fn options(&self, page: &mut String) {
        page.push_str("## Considered Options\n\n");
        for option in self.topic.options {
            writeln!(page, "* {}", option.title).expect(ROOM);
        }
        page.push('\n');
    }

    fn outcome(&self, page: &mut String) {
        page.push_str("## Decision Outcome\n\n");
        let carried: Vec<String> = self
            .verdict
            .carried
            .iter()
            .filter_map(|it| {
                let value = self.topic.fact(it.fact)?.show(it.given.value);
                let assumed = matches!(it.given.origin, Origin::Default);
                let assumed = if assumed { " (assumed)" } else { "" };
                Some(format!("{} is {value}{assumed}", it.fact))
            })
            .collect();
        let why = match carried.as_slice() {
            [] => "the facts that are known leave nothing else".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        writeln!(page, "Chosen option: \"{}\", because {why}.", self.chosen.title).expect(ROOM);
        writeln!(page, "{}\n", self.grounds()).expect(ROOM);
        page.push_str("### Consequences\n\n");
        let kind = if self.chosen.reversal == Reversal::Days { "Good" } else { "Bad" };
        let takes = back(self.chosen);
        writeln!(page, "* {kind}, because {takes}: {}.", self.chosen.undo).expect(ROOM);
        writeln!(
            page,
            "* Neutral, because the door stays open; to keep it so: {}.",
            self.chosen.door
        )
        .expect(ROOM);
        self.downsides(page);
        for it in &self.verdict.advice {
            writeln!(page, "* {it}").expect(ROOM);
        }
        page.push_str(
            "\n### Confirmation\n\n`tradeoff check` complains as soon as a fact of the architecture \
             passes a value at which the answer is another. What was said or assumed it takes from \
             the record: write there what has changed.\n\n",
        );
        for flip in &self.verdict.flips {
            let Some(fact) = self.topic.fact(flip.fact) else { continue };
            let (now, at) = (fact.show(flip.now), flip.read(fact));
            let to = turns_to(flip);
            writeln!(page, "* {}: {now} now; at {at}: {to}", flip.fact).expect(ROOM);
        }
        let together = self.verdict.together.iter().filter_map(|it| {
            Some(format!("{} at {}", it.fact, it.read(self.topic.fact(it.fact)?)))
        });
        let together: Vec<String> = together.collect();
        match self.verdict.together.first() {
            Some(flip) => {
                let all = together.join(", ");
                writeln!(page, "* together {all}: {}", turns_to(flip)).expect(ROOM);
            }
            None if self.verdict.flips.is_empty() => page.push_str("* no single fact changes it\n"),
            None => {}
        }
        page.push('\n');
    }

    /// What it was chosen by, of the options that the facts leave.
    fn grounds(&self) -> &'static str {
        match self.verdict.grounds {
            Grounds::Only => "Every other option is excluded.",
            Grounds::Better => {
                "Of the options that are left it is worse in nothing and better in something."
            }
            Grounds::Reversible => "Of the options that are left it is the easiest to undo.",
            Grounds::Boring => {
                "Of the options that are left and as easy to undo it is the most proven."
            }
            Grounds::Listed => "Nothing tells the options apart that are left: it stands first.",
            Grounds::Nothing | Grounds::Missing => "",
        }
    }

    /// Why it was not one that no fact speaks against.
    fn behind(&self, option: &Opt) -> &'static str {
        if option.reversal > self.chosen.reversal {
            "it is harder to undo than what was chosen"
        } else if option.boring > self.chosen.boring {
            "it is less proven than what was chosen"
        } else {
            "nothing tells it from what was chosen, which stands first"
        }
    }

    /// What is given up, and where what was chosen does not hold, in the words of the topic.
    fn downsides(&self, page: &mut String) {
        for it in &self.verdict.given_up {
            writeln!(page, "* Bad, because \"{}\" does better: {}.", it.to.title, it.what)
                .expect(ROOM);
        }
        let carried = |name: &str| self.verdict.carried.iter().any(|it| it.fact == name);
        // Where something easier would do it is too much, which is no downside of its own.
        let harder =
            |it: &Opt| (it.reversal, it.boring) > (self.chosen.reversal, self.chosen.boring);
        let falls_short =
            self.verdict.flips.iter().filter(|it| !it.open && it.to.is_none_or(harder));
        for flip in falls_short.filter(|it| carried(it.fact)) {
            let (Some(fact), Some(why)) = (self.topic.fact(flip.fact), &flip.why) else { continue };
            let at = flip.read(fact);
            writeln!(
                page,
                "* Bad, because it does not hold where {} is {at}: {}",
                flip.fact,
                sentence(why)
            )
            .expect(ROOM);
        }
    }

    fn pros(&self, page: &mut String) {
        page.push_str("## Pros and Cons of the Options\n\n");
        for option in self.topic.options {
            writeln!(page, "### {}\n", option.title).expect(ROOM);
            let excluded = self.verdict.excluded.iter().find(|it| it.option == option);
            let beaten = self.verdict.beaten.iter().find(|it| it.option == option);
            if let Some(it) = excluded {
                writeln!(page, "* Bad, because {}.", it.sentence).expect(ROOM);
            } else if let Some(it) = beaten {
                let at = it.at.join(", ");
                writeln!(page, "* Bad, because \"{}\" does better: {at}.", it.by.title)
                    .expect(ROOM);
            } else {
                page.push_str("* Good, because no fact speaks against it.\n");
                if option != self.chosen {
                    writeln!(page, "* Bad, because {}.", self.behind(option)).expect(ROOM);
                }
            }
            writeln!(page, "* Neutral, because {}: {}.\n", back(option), option.undo).expect(ROOM);
        }
    }

    fn more(&self, recorded_in: Option<&str>, page: &mut String) {
        page.push_str("## More Information\n\n");
        let assumed = self.basis().assumed();
        if !assumed.is_empty() {
            let sets: Vec<String> = assumed.iter().map(|it| format!("--set {it}")).collect();
            writeln!(
                page,
                "* It is proposed, not accepted: nobody has said yet what it rests on. Once these \
                 hold, {} records it as accepted.",
                code(&format!("{} {} --adr", self.command(), sets.join(" ")))
            )
            .expect(ROOM);
        }
        if let Some(file) = recorded_in {
            let link = relative(self.folder, file).replace(' ', "%20");
            writeln!(page, "* Recorded in [{}]({link}).", safe(file)).expect(ROOM);
        }
        if let Some(old) = self.old {
            let name = safe(old.name);
            match old.adr {
                Some(path) => {
                    let link = relative(self.folder, path).replace(' ', "%20");
                    writeln!(page, "* It supersedes [{name}]({link}).").expect(ROOM);
                }
                None => writeln!(page, "* It supersedes {name}.").expect(ROOM),
            }
        }
        writeln!(
            page,
            "* {} gives the same answer from the same facts; this is ADR-{:04}.",
            code(&self.command()),
            self.number
        )
        .expect(ROOM);
    }

    /// What asks the question again; the path is that of the architecture.
    fn command(&self) -> String {
        let about = self.subject.filter(|it| !it.path.is_empty());
        let about = about.map_or_else(String::new, |it| format!(" --about '{}'", it.name));
        format!("tradeoff decide {} PATH{about}", self.topic.id)
    }
}

/// What a flip leads to.
fn turns_to(flip: &Flip) -> &'static str {
    match flip.to {
        Some(to) => to.title,
        None if flip.open => "it depends on what is not known",
        None => "nothing fits",
    }
}

/// The way from a folder to a file, both below the same one.
pub(super) fn relative(folder: &str, file: &str) -> String {
    let mut from = folder.split('/').filter(|it| !it.is_empty()).peekable();
    let mut to = file.split('/').peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..");
    up.chain(to).collect::<Vec<_>>().join("/")
}

/// A name from a file, as Markdown shows it.
fn safe(name: &str) -> String {
    let mut text = String::new();
    for it in name.chars() {
        if "\\`*_[]<>|#".contains(it) {
            text.push('\\');
        }
        text.push(if it.is_control() { ' ' } else { it });
    }
    text
}

/// A name or a path from a file, as code.
fn code(name: &str) -> String {
    let plain = |it: char| if it == '`' || it.is_control() { '\'' } else { it };
    format!("`{}`", name.chars().map(plain).collect::<String>())
}

/// With a full stop, unless it has its own.
fn sentence(text: &str) -> String {
    let ended = text.trim_end_matches('"').ends_with(['.', '?', '!']);
    if ended { text.to_owned() } else { format!("{text}.") }
}

/// An option behind a colon: what stands behind its own goes into brackets.
fn headline(option: &Opt) -> String {
    match option.title.split_once(": ") {
        Some((first, rest)) => format!("{first} ({rest})"),
        None => option.title.to_owned(),
    }
}

/// What going back takes, as it goes on after "because".
fn back(option: &Opt) -> String {
    match option.reversal {
        Reversal::Never => "it is a one-way door".to_owned(),
        other => format!("going back takes {other}"),
    }
}
