//! `build-or-buy`: what is made, and what is taken.

use super::{WEEK, WEEKS};
use crate::subjects::services;
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether something is built, or bought or taken from open source.
    ///
    /// # Why
    /// What others sell is kept by others: its failures, its upgrades, its nights. What customers
    /// come for should be in one's own hands, whatever that costs, if there are hands that know
    /// how; without them it is bought all the same, and knowing how alone is no reason to build.
    /// Else it is a price: what is built costs its effort once, and a part of it each year from
    /// then on.
    ///
    /// # Examples
    /// Unless something speaks for building:
    /// ```facts answers buy
    /// differentiating = false
    /// ```
    /// ```facts answers build
    /// differentiating = true
    /// expertise = true
    /// ```
    /// What customers come for is bought as long as nobody knows how it is built:
    /// ```facts answers buy
    /// differentiating = true
    /// ```
    /// ```facts answers build
    /// solution = none
    /// ```
    /// A price that pays for a team: 100 person-weeks and a fifth of them a year are $640,000 in
    /// three years, the vendor takes $1,440,000:
    /// ```facts answers build
    /// expertise = true
    /// build-effort = 100
    /// price = 40k
    /// ```
    /// ```facts flips buy urgent true
    /// differentiating = true
    /// expertise = true
    /// ```
    /// The same price flips at $17,780 a month:
    /// ```facts flips build price 17780
    /// expertise = true
    /// build-effort = 100
    /// price = 2k
    /// ```
    ///
    /// # Limits
    /// Efforts are guesses, and the first is too low: look at the flip of `build-effort`. Running it
    /// is in `upkeep`. To buy with an exit in mind see `vendor-lock-in`.
    ///
    /// # Sources
    /// Guide, section 1, "Build vs. Buy Framework". US Bureau of Labor Statistics, Occupational
    /// Outlook Handbook, software developers (May 2024): the cost of a week. B. Boehm, "Software
    /// Engineering Economics" (1981): most of what software costs comes after its delivery.
    pub const TOPIC = Topic {
        id: "build-or-buy",
        title: "Is it built, or bought?",
        noun: "Build or buy",
        section: "1",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

const SOLUTIONS: &[&str] = &["none", "poor-fit", "mature"];
const SOVEREIGNTY: &[&str] = &["none", "required"];
/// Months over which both are paid.
const YEARS: f64 = 3.0;

static FACTS: &[Fact] = &[
    Fact::flag("differentiating")
        .asks("Do customers come because of it?")
        .why(
            "With `expertise` it is built, whatever that costs: it should be in one's own hands",
            "guide, section 1, Build vs. Buy",
        )
        .or(Value::Flag(false))
        .from(|seen, it| seen.flag(it, "differentiating")),
    Fact::choice("solution", SOLUTIONS)
        .asks("Is there one that can be bought or taken?")
        .why("What does not exist cannot be bought", "guide, section 1, Build vs. Buy")
        .or(Value::Choice("mature"))
        .from(|seen, it| {
            let (_, path) = seen.stated(it, "commodity")?;
            Some(Known::derived(path, Value::Choice("mature")))
        }),
    Fact::flag("expertise")
        .asks("Does the team know deeply how to build and run one?")
        .why(
            "Without it nothing is built that can be bought; alone it is no reason to build",
            "guide, section 1, Build vs. Buy",
        )
        .or(Value::Flag(false)),
    Fact::flag("unusual-scale")
        .asks("Was it measured that your scale is beyond what others built for?")
        .why("At the extreme nobody sells it", "guide, section 1, Build vs. Buy")
        .or(Value::Flag(false)),
    Fact::choice("sovereignty", SOVEREIGNTY)
        .asks("Does a law or a contract say where it runs, and who may see it?")
        .why("Not every vendor can", "guide, section 1, Build vs. Buy")
        .or(Value::Choice("none")),
    Fact::flag("vendor-meets")
        .asks("Does a vendor meet that?")
        .why("Then it is no reason", "guide, section 1, Build vs. Buy")
        .or(Value::Flag(true)),
    Fact::flag("urgent")
        .asks("Is it needed sooner than it could be built?")
        .why("Time is what is bought", "guide, section 1: time to market")
        .or(Value::Flag(false)),
    Fact::number("build-effort", "person-weeks", 0.1, 1e5)
        .asks("How many person-weeks would building it take?")
        .why("It is paid once", "arithmetic")
        .or(Value::Number(26.0)),
    Fact::number("upkeep", "% a year", 0.0, 200.0)
        .asks("Which share of that does it take a year to keep it running?")
        .why("It is paid for ever", "Boehm, 1981")
        .or(Value::Number(20.0)),
    Fact::number("price", "USD a month", 0.0, 1e8)
        .asks("What does the vendor take a month, operation included?")
        .why("It is what building would save", "arithmetic")
        .or(Value::Number(0.0)),
    Fact::number("week", "USD", 1.0, 1e5)
        .asks("What does a week of an engineer cost?")
        .why("It turns effort into money", "BLS, May 2024, with what comes on top of the wage")
        .or(Value::Number(WEEK)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "buy",
        title: "Buy it, or take what is open source",
        reversal: Reversal::Weeks,
        undo: "move to another, or build it after all: see vendor-lock-in for what that takes",
        door: "put an interface of your own around it, as wide as what you use",
        boring: 1,
    },
    Opt {
        id: "build",
        title: "Build it",
        reversal: Reversal::Months,
        undo: "what was spent is gone, and whoever uses it moves to what is bought",
        door: "offer the interface that a product has, so that a product can replace it",
        boring: 2,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut services = services(seen);
    services.retain(|it| seen.stated(it, "commodity").is_some());
    services
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [differs, expertise, scale, urgent] =
        ["differentiating", "expertise", "unusual-scale", "urgent"].map(|it| facts.flag(it));
    let solution = facts.choice("solution");
    let barred = facts.choice("sovereignty") == "required" && !facts.flag("vendor-meets");
    let [effort, upkeep, price, week] =
        ["build-effort", "upkeep", "price", "week"].map(|it| facts.number(it));
    let build = effort * week * (1.0 + upkeep / 100.0 * YEARS);
    let buy = price * 12.0 * YEARS;
    let cheaper = build < buy;
    let must = solution == "none" || barred;
    let money = format!(
        "in three years building costs ${}, buying ${}",
        plain(libm::round(build)),
        plain(libm::round(buy))
    );

    judge.exclude_if(
        solution == "none",
        "buy",
        &["solution"],
        "there is none that could be bought",
    );
    judge.exclude_if(
        barred,
        "buy",
        &["sovereignty", "vendor-meets"],
        "no vendor meets what the law or the contract says",
    );
    if !must {
        let wanted = differs || scale || solution == "poor-fit" || cheaper;
        judge.exclude_if(
            !wanted,
            "build",
            &["differentiating", "price"],
            format!("nobody comes because of it, others have built it, and {money}"),
        );
        judge.exclude_if(
            !expertise,
            "build",
            &["expertise"],
            "nobody here has built one: the first would be a lesson",
        );
        judge.exclude_if(
            urgent,
            "build",
            &["urgent"],
            "it is needed sooner than it could be built",
        );
        if !judge.is_excluded("build") {
            let (because, sentence): (&[&'static str], String) = if differs {
                (
                    &["differentiating"],
                    "what customers come for would be in a vendor's hands".into(),
                )
            } else if scale {
                (&["unusual-scale"], "it was built for less than your scale".into())
            } else if solution == "poor-fit" {
                (&["solution"], "what there is does not fit, and would be bent for ever".into())
            } else {
                (&["price", "build-effort"], money)
            };
            judge.exclude("buy", because, sentence);
        }
    }
    judge.line(
        "building it, three years",
        format!("{} x ${} x (1 + 3 x {}%)", plain(effort), plain(week), plain(upkeep)),
        build,
        "USD",
    );
    judge.line("buying it, three years", format!("36 x ${}", plain(price)), buy, "USD");
    let kept = effort * week * upkeep / 100.0 / 12.0;
    if price > kept {
        judge.line(
            "months until building has paid",
            format!(
                "{} x ${} / (${} - ${})",
                plain(effort),
                plain(week),
                plain(price),
                plain(kept)
            ),
            effort * week / (price - kept),
            "",
        );
    }
    judge.line(
        "one engineer builds it in",
        format!("{} / {}", plain(effort), plain(WEEKS)),
        effort / WEEKS,
        "months",
    );
}
