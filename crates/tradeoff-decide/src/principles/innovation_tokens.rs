//! `innovation-tokens`: whether something new is worth being new.

use tradeoff_analyze::horizon::TOKENS;

use crate::subjects::entries;
use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether a technology that is new to the team is taken.
    ///
    /// # Why
    /// What is new fails in ways that nobody knows yet, and everybody who joins has to learn it. A
    /// team can carry a few such things: `McKinley` says three. So they are spent where customers come
    /// because of it, and everywhere else what is boring wins, since its failures are known.
    ///
    /// # Examples
    /// ```facts answers boring-one
    /// differentiates = false
    /// new-to-team = true
    /// ```
    /// ```facts answers spend-a-token
    /// differentiates = true
    /// new-to-team = true
    /// tokens-left = 2
    /// ```
    /// With none left, what is boring has to do:
    /// ```facts answers boring-one
    /// differentiates = true
    /// new-to-team = true
    /// tokens-left = 0
    /// ```
    /// If nothing boring does it, something else that is new has to go first:
    /// ```facts answers retire-one-first
    /// differentiates = true
    /// new-to-team = true
    /// tokens-left = 0
    /// boring-does = false
    /// ```
    /// ```facts flips boring-one tokens-left 0
    /// differentiates = true
    /// new-to-team = true
    /// tokens-left = 2
    /// ```
    ///
    /// # Limits
    /// Three is a rule of thumb for a small company, and not every novelty costs as much as the next.
    /// A token comes back when most of the team have been woken by it and knew what to do.
    ///
    /// # Sources
    /// Guide, section 1, "The 'Boring Technology' Principle". D. `McKinley`, "Choose Boring
    /// Technology" (2015).
    pub const TOPIC = Topic {
        id: "innovation-tokens",
        title: "Is this new technology worth being new?",
        noun: "New technology",
        section: "1",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("new-to-team")
        .asks("Is it new to most of the team?")
        .why("What the team knows costs no token", "McKinley, 2015")
        .or(Value::Flag(true))
        .from(|seen, it| {
            let (known, path) = seen.stated(it, "known_by")?;
            let teams = &seen.architecture.teams;
            let all: Option<u32> = teams.iter().map(|it| it.engineers).sum();
            let all = all.filter(|it| *it > 0)?;
            let new = known.number()? * 2.0 < f64::from(all);
            Some(Known::derived(path, Value::Flag(new)))
        }),
    Fact::flag("differentiates")
        .asks("Do customers come because of what it makes possible?")
        .why("That is what tokens are for", "guide, section 1")
        .or(Value::Flag(false))
        .from(|seen, it| seen.flag(it, "differentiating")),
    Fact::count("tokens-left", "tokens", 0.0, 10.0)
        .asks("How many tokens are left, of about three?")
        .why("A team carries a few novelties at a time", "McKinley, 2015")
        .or(Value::Number(TOKENS))
        .from(|seen, it| {
            let all = seen.architecture.facts.entries("technologies");
            let others = all.filter(|that| that.0 != it.name);
            let spent: f64 = others.filter_map(|it| it.1.get("tokens")?.number()).sum();
            Some(Known::derived("technologies", Value::Number((TOKENS - spent).max(0.0))))
        }),
    Fact::flag("boring-does")
        .asks("Is there something that the team knows that would do?")
        .why("Then the new one has to be better by more than it costs to learn", "McKinley, 2015")
        .or(Value::Flag(true)),
    Fact::count("engineers", "engineers", 1.0, 1e5)
        .asks("How many engineers would have to know it?")
        .why("It shows what learning it takes", "arithmetic")
        .or(Value::Number(8.0))
        .from(|seen, _| {
            let teams = &seen.architecture.teams;
            let all: Option<u32> = teams.iter().map(|it| it.engineers).sum();
            let all = all.filter(|it| *it > 0)?;
            Some(Known::derived("teams", Value::Number(f64::from(all))))
        }),
    Fact::number("weeks-to-learn", "weeks", 0.0, 100.0)
        .asks("How many weeks does it take one of them to know it well?")
        .why("It shows what learning it takes", "arithmetic")
        .or(Value::Number(4.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "boring-one",
        title: "Take what the team knows",
        reversal: Reversal::Weeks,
        undo: "the new one can still be taken, once something was measured that this does not do",
        door: "write down what would have to be measured before it is asked again",
        boring: 1,
    },
    Opt {
        id: "spend-a-token",
        title: "Take the new one, and say that it is one",
        reversal: Reversal::Months,
        undo: "what was built on it is built anew, and those who learned it learn something else",
        door: "one service, one owner, a date at which it is kept or dropped",
        boring: 3,
    },
    Opt {
        id: "retire-one-first",
        title: "Give up another novelty, then take this one",
        reversal: Reversal::Months,
        undo: "what was given up was to go anyway",
        door: "list what is new, who knows it and what depends on it",
        boring: 2,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    entries(seen, "technologies")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let left = facts.number("tokens-left");
    let are = if left > 1.0 { "are" } else { "is" };
    let left_over = format!("{} {are} left", with_unit(left, "tokens"));
    let [new, differs, boring] =
        ["new-to-team", "differentiates", "boring-does"].map(|it| facts.flag(it));
    for option in ["spend-a-token", "retire-one-first"] {
        judge.exclude_if(!new, option, &["new-to-team"], "the team knows it: it is the boring one");
        judge.exclude_if(
            boring && !differs,
            option,
            &["differentiates", "boring-does"],
            "no customer comes because of it, and what the team knows would do",
        );
    }
    judge.exclude_if(
        left < 1.0,
        "spend-a-token",
        &["tokens-left"],
        format!("of about {} tokens none is left", plain(TOKENS)),
    );
    judge.exclude_if(left >= 1.0, "retire-one-first", &["tokens-left"], left_over.clone());
    judge.exclude_if(
        boring,
        "retire-one-first",
        &["boring-does"],
        "what the team knows would do, without giving up anything",
    );
    judge.exclude_if(
        new && !boring,
        "boring-one",
        &["boring-does"],
        "nothing that the team knows does it",
    );
    judge.exclude_if(
        new && differs && left >= 1.0,
        "boring-one",
        &["differentiates", "tokens-left"],
        format!("customers come because of it, and {left_over} for that"),
    );
    let [engineers, weeks] = ["engineers", "weeks-to-learn"].map(|it| facts.number(it));
    if new {
        judge.line(
            "work to know it",
            format!("{} x {} weeks", plain(engineers), plain(weeks)),
            engineers * weeks,
            "person-weeks",
        );
    }
}
