//! `technical-debt`: what is paid down, and when.

use crate::subjects::entries;
use crate::value::plain;
use crate::{Answers, Fact, Judge, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether a known debt is paid down, or kept on the register.
    ///
    /// # Why
    /// Debt is a choice as long as somebody knows it: what it costs each month, what it would cost to
    /// be rid of, and what makes it due. It is paid down when it costs more than that within the
    /// time that one looks ahead, or when its trigger has come. Until then paying is work that
    /// something else would repay sooner.
    ///
    /// # Examples
    /// Three days a month, twenty to be rid of: repaid after 6.7 months:
    /// ```facts answers pay-down
    /// interest = 3
    /// principal = 20
    /// ```
    /// Half a day a quarter for three months of work is never repaid:
    /// ```facts answers keep-on-the-register
    /// interest = 0.1
    /// principal = 60
    /// ```
    /// The second region that it was written down for is there:
    /// ```facts answers pay-down
    /// triggered = true
    /// ```
    /// Of code that nobody changes or uses any more nobody pays the interest:
    /// ```facts answers strike-off
    /// in-use = false
    /// ```
    /// One day a month that grows by 10% a month is 45.6 days in 18 months, not 18:
    /// ```facts answers pay-down
    /// interest = 1
    /// principal = 40
    /// growth = 10
    /// ```
    /// ```facts flips pay-down interest 1.12
    /// interest = 1
    /// principal = 20
    /// ```
    ///
    /// # Limits
    /// Interest is a guess until somebody counts: the hours that tickets with its name took last
    /// month. What it costs in outages belongs to it too. Of several that are worth paying, the one
    /// that is repaid soonest comes first.
    ///
    /// # Sources
    /// Guide, section 16, "Managing Technical Debt at Scale". W. Cunningham, "The `WyCash` Portfolio
    /// Management System" (OOPSLA 1992).
    pub const TOPIC = Topic {
        id: "technical-debt",
        title: "Is this debt paid down?",
        noun: "Technical debt",
        section: "16",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// Person-days in a person-week.
const DAYS: f64 = 5.0;

static FACTS: &[Fact] = &[
    Fact::flag("triggered")
        .asks("Has what makes it due come about?")
        .why("A trigger is written down so that nobody has to argue", "guide, section 16")
        .or(Value::Flag(false)),
    Fact::flag("in-use")
        .asks("Is what it is about still used or changed?")
        .why("Interest is paid by those who touch it", "Cunningham, 1992")
        .or(Value::Flag(true)),
    Fact::number("interest", "person-days a month", 0.0, 1e5)
        .asks("How many person-days a month does it cost?")
        .why("It is what paying it down saves", "Cunningham, 1992: interest")
        .from(|seen, it| seen.number(it, "interest", DAYS)),
    Fact::number("principal", "person-days", 0.01, 1e6)
        .asks("How many person-days would it take to be rid of it?")
        .why("It is what paying it down costs", "Cunningham, 1992")
        .from(|seen, it| seen.number(it, "principal", DAYS)),
    Fact::number("growth", "% a month", 0.0, 100.0)
        .asks("By how much a month does what it costs grow?")
        .why("Debt that grows is repaid sooner", "guide, section 16: letting it compound")
        .or(Value::Number(0.0)),
    Fact::number("horizon", "months", 1.0, 240.0)
        .asks("How many months ahead is it looked at?")
        .why(
            "What is repaid later competes with what nobody knows yet",
            "guide, section 1: 18 months",
        )
        .or(Value::Number(18.0)),
    Fact::number("capacity", "person-days a month", 0.1, 1e5)
        .asks("How many person-days a month can be spent on debt?")
        .why("It is how long paying takes", "arithmetic")
        .or(Value::Number(10.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "keep-on-the-register",
        title: "Keep it on the register, with its trigger",
        reversal: Reversal::Days,
        undo: "pay it down when its trigger comes",
        door: "write down owner, interest, principal and the trigger that makes it due",
        boring: 1,
    },
    Opt {
        id: "strike-off",
        title: "Strike it off, and delete what it is about",
        reversal: Reversal::Days,
        undo: "the code is in the history",
        door: "make sure that nobody calls it: count for a month before it is deleted",
        boring: 2,
    },
    Opt {
        id: "pay-down",
        title: "Pay it down",
        reversal: Reversal::Weeks,
        undo: "the work is spent; what it changed can be changed again",
        door: "pay in steps that each leave it better, and count the interest again after each",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    entries(seen, "debt")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [interest, principal, growth, horizon] =
        ["interest", "principal", "growth", "horizon"].map(|it| facts.number(it));
    let [triggered, used] = ["triggered", "in-use"].map(|it| facts.flag(it));
    let rate = growth / 100.0;
    let paid = if rate > 0.0 {
        interest * (libm::pow(1.0 + rate, horizon) - 1.0) / rate
    } else {
        interest * horizon
    };
    let repaid = if rate > 0.0 {
        libm::log(1.0 + principal * rate / interest) / libm::log(1.0 + rate)
    } else {
        principal / interest
    };
    let sum = format!(
        "{} days in {} months for {} to be rid of it",
        plain(paid),
        plain(horizon),
        plain(principal)
    );
    let facts_of_it = ["interest", "principal", "growth", "horizon"];
    judge.exclude_if(used, "strike-off", &["in-use"], "it is used: somebody pays its interest");
    judge.exclude_if(
        !used,
        "pay-down",
        &["in-use"],
        "nobody touches it, so that nobody pays its interest",
    );
    judge.exclude_if(
        !used,
        "keep-on-the-register",
        &["in-use"],
        "a register of what nobody touches hides what matters",
    );
    judge.exclude_if(
        triggered,
        "keep-on-the-register",
        &["triggered"],
        "what makes it due has come about",
    );
    judge.exclude_if(
        paid > principal,
        "keep-on-the-register",
        &facts_of_it,
        format!("it costs {sum}"),
    );
    judge.exclude_if(
        !triggered && paid <= principal,
        "pay-down",
        &facts_of_it,
        format!("it saves {sum}"),
    );
    let text = if rate > 0.0 {
        format!(
            "{} x ((1 + {}%)^{} - 1) / {}%",
            plain(interest),
            plain(growth),
            plain(horizon),
            plain(growth)
        )
    } else {
        format!("{} x {}", plain(interest), plain(horizon))
    };
    judge.line("interest in that time", text, paid, "person-days");
    judge.line("principal", "", principal, "person-days");
    if repaid.is_finite() {
        judge.line(
            "repaid after",
            format!("{} / {}", plain(principal), plain(interest)),
            repaid,
            "months",
        );
    }
    let capacity = facts.number("capacity");
    judge.line(
        "paying takes",
        format!("{} / {}", plain(principal), plain(capacity)),
        principal / capacity,
        "months",
    );
}
