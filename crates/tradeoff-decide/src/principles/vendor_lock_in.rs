//! `vendor-lock-in`: what leaving would cost.

use super::{WEEK, WEEKS};
use crate::subjects::entries;
use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether the tie to a vendor is accepted, or an exit is kept open.
    ///
    /// # Why
    /// Lock-in is a price, not a sin: what would it cost if the vendor asked ten times as much, was
    /// bought, or gave up the product? One pays the tenfold price until one has left, and the work
    /// of leaving. Against that stands what an exit costs that may never be used. Where others sell
    /// the same and moving is a matter of weeks, accepting is the cheaper insurance.
    ///
    /// # Examples
    /// Managed Postgres for $1,200 a month, three others sell it, eight weeks of work to leave:
    /// ```facts answers accept
    /// alternatives = 3
    /// exit-weeks = 8
    /// price = 1200
    /// ```
    /// Nobody else sells it, so that leaving is building:
    /// ```facts answers keep-an-exit
    /// alternatives = 0
    /// exit-weeks = 60
    /// price = 40k
    /// ```
    /// Easily left, but every month of the tenfold price is millions:
    /// ```facts answers keep-an-exit
    /// alternatives = 2
    /// exit-weeks = 8
    /// price = 400k
    /// ```
    /// The same, where leaving is building, and an exit saves next to none of it:
    /// ```facts answers accept
    /// alternatives = 0
    /// exit-weeks = 60
    /// price = 40k
    /// exit-saves = 1%
    /// ```
    /// One in ten, times $32,000 of work and a month of nine times the price more, is worth the four
    /// weeks of an exit from $15,410 a month on:
    /// ```facts flips keep-an-exit price 15410
    /// alternatives = 3
    /// exit-weeks = 8
    /// price = 1200
    /// ```
    ///
    /// # Limits
    /// How likely it is nobody knows; the flip of `likely` is the probability at which the answer
    /// changes, and that is easier to judge. That nobody else sells it decides nothing beside the
    /// weeks that leaving takes, which are then those of building it, and what an exit saves of them:
    /// all, unless `exit-saves` says otherwise, and its flip is the share that has to be. Building one's own broker or object store to be free is
    /// no option: it trades the vendor's terms for one's own nights. A contract bounds the price
    /// while it runs.
    ///
    /// # Sources
    /// Guide, section 1, "Vendor Lock-in: Cost, Not Fear". US Bureau of Labor Statistics,
    /// Occupational Outlook Handbook, software developers (May 2024): the cost of a week.
    pub const TOPIC = Topic {
        id: "vendor-lock-in",
        title: "Is the tie to this vendor accepted?",
        noun: "Vendor lock-in",
        section: "1",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// How many times the price is imagined to become: guide, section 1.
const TIMES: f64 = 10.0;

static FACTS: &[Fact] = &[
    Fact::count("alternatives", "vendors", 0.0, 1000.0)
        .asks("How many others sell the same?")
        .why("Without one, the weeks of leaving are those of building it", "guide, section 1")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let (others, path) = seen.stated(it, "alternatives")?;
            Some(Known::derived(path, Value::Number(others.items().len() as f64)))
        }),
    Fact::number("exit-weeks", "person-weeks", 0.0, 1e5)
        .asks("How many person-weeks would leaving take?")
        .why("It is the price of leaving", "guide, section 1: quantify it concretely")
        .from(|seen, it| seen.number(it, "exit_cost", 1.0)),
    Fact::number("price", "USD a month", 0.0, 1e9)
        .asks("What does the vendor take a month?")
        .why("It may become ten times as much", "guide, section 1: raises prices 10x")
        .from(|seen, it| seen.number(it, "price", 1.0)),
    Fact::count("leaving", "engineers", 1.0, 1000.0)
        .asks("How many engineers would work on leaving?")
        .why("It is how long the new price is paid", "arithmetic")
        .or(Value::Number(2.0)),
    Fact::number("likely", "%", 0.0, 100.0)
        .asks("How likely is it that one would have to leave within three years?")
        .why("An exit is insurance: its price against the chance times the loss", "arithmetic")
        .or(Value::Number(10.0)),
    Fact::number("exit-kept", "person-weeks", 0.0, 1e4)
        .asks("How many person-weeks does it take to keep an exit: an interface, a trial move?")
        .why("It is the price of the insurance", "arithmetic")
        .or(Value::Number(4.0)),
    Fact::number("exit-saves", "%", 0.0, 100.0)
        .asks("Which share of what leaving would cost does such an exit save?")
        .why("What it does not save is lost with an exit as well", "arithmetic")
        .or(Value::Number(100.0)),
    Fact::number("week", "USD", 1.0, 1e5)
        .asks("What does a week of an engineer cost?")
        .why("It turns effort into money", "BLS, May 2024, with what comes on top of the wage")
        .or(Value::Number(WEEK)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "accept",
        title: "Accept the tie",
        reversal: Reversal::Weeks,
        undo: "the work of leaving, which is what was accepted",
        door: "write down what leaving would take, and look again when the contract is renewed",
        boring: 1,
    },
    Opt {
        id: "keep-an-exit",
        title: "Keep an exit open",
        reversal: Reversal::Weeks,
        undo: "stop rehearsing; the interface stays",
        door: "put an interface of your own before it, and export the data regularly",
        boring: 2,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    entries(seen, "vendors")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [others, work, price] = ["alternatives", "exit-weeks", "price"].map(|it| facts.number(it));
    let [people, likely, kept, week] =
        ["leaving", "likely", "exit-kept", "week"].map(|it| facts.number(it));
    let months = work / people / WEEKS;
    let more = (TIMES - 1.0) * price * months;
    let loss = work * week + more;
    let part = facts.number("exit-saves");
    let saved = loss * part / 100.0;
    let expected = likely / 100.0 * saved;
    let insurance = kept * week;
    let [s, e, i] = [saved, expected, insurance].map(|it| plain(libm::round(it)));
    let money = ["price", "exit-weeks", "likely", "exit-kept", "exit-saves"];
    judge.exclude_if(
        expected > insurance,
        "accept",
        &money,
        format!(
            "{}% of the ${s} that an exit saves is ${e}, more than the ${i} that it costs",
            plain(likely)
        ),
    );
    judge.exclude_if(
        expected <= insurance,
        "keep-an-exit",
        &money,
        format!("{}% of the ${s} that an exit saves is ${e}, and it costs ${i}", plain(likely)),
    );
    judge.line(
        "leaving takes",
        format!("{} / {} / {}", plain(work), plain(people), plain(WEEKS)),
        months,
        "months",
    );
    judge.line(
        "work of leaving",
        format!("{} x ${}", plain(work), plain(week)),
        work * week,
        "USD",
    );
    judge.line(
        "tenfold price meanwhile",
        format!("9 x ${} x {}", plain(price), plain(months)),
        more,
        "USD",
    );
    judge.line("lost if it happens", "", loss, "USD");
    judge.line("saved by an exit", format!("{}%", plain(part)), saved, "USD");
    judge.line("times its chance", format!("{}%", plain(likely)), expected, "USD");
    judge.line("keeping an exit", format!("{} x ${}", plain(kept), plain(week)), insurance, "USD");
    if others < 1.0 {
        judge.advise(format!(
            "Nobody else sells it: what leaving takes, {}, has to be what building it takes. An exit \
             that costs {} has not built it: see whether it saves {}%.",
            with_unit(work, "person-weeks"),
            with_unit(kept, "person-weeks"),
            plain(part)
        ));
    }
    if insurance > saved {
        judge.advise(format!(
            "An exit costs ${i}, more than the ${s} that it saves: it never pays."
        ));
    } else if saved > 0.0 {
        judge.line(
            "chance from which on an exit pays",
            format!("${i} / ${s}"),
            insurance / saved * 100.0,
            "%",
        );
    }
}
