//! `technical-debt`: what is paid down, and when.

use crate::subjects::entries;
use crate::value::{plain, with_unit};
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
    /// Twenty days a month, but one day a month to be rid of them: it would take 25 years, and
    /// within 18 months nothing would be saved:
    /// ```facts answers keep-on-the-register
    /// interest = 20
    /// principal = 300
    /// capacity = 1
    /// ```
    /// Two months of work leave sixteen in which it is saved:
    /// ```facts flips pay-down interest 1.26
    /// interest = 1
    /// principal = 20
    /// ```
    ///
    /// # Limits
    /// Interest is a guess until somebody counts: the hours that tickets with its name took last
    /// month. What it costs in outages belongs to it too. It is taken to be paid until the last day
    /// of the work: what can be paid in pieces that each save something is an entry of its own for
    /// each. Of several that are worth paying, the one that is repaid soonest comes first.
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
        .why("It is how long paying takes, and its interest is paid meanwhile", "arithmetic")
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

/// What a debt costs from one month to another; what it costs grows by a rate each month.
fn interest(monthly: f64, rate: f64, from: f64, to: f64) -> f64 {
    if to <= from {
        return 0.0;
    }
    if rate > 0.0 {
        monthly * (libm::pow(1.0 + rate, to) - libm::pow(1.0 + rate, from)) / rate
    } else {
        monthly * (to - from)
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [monthly, principal, growth, horizon, capacity] =
        ["interest", "principal", "growth", "horizon", "capacity"].map(|it| facts.number(it));
    let [triggered, used] = ["triggered", "in-use"].map(|it| facts.flag(it));
    let rate = growth / 100.0;
    let takes = principal / capacity;
    let saved = interest(monthly, rate, takes, horizon);
    let facts_of_it = ["interest", "principal", "growth", "horizon", "capacity"];
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
    let sum = format!(
        "paying it down takes {} in {}, and saves {} in what is left of {}",
        with_unit(principal, "person-days"),
        with_unit(takes, "months"),
        plain(saved),
        with_unit(horizon, "months")
    );
    judge.exclude_if(saved > principal, "keep-on-the-register", &facts_of_it, sum.clone());
    let too_late =
        format!("paying takes {} months, and {} are looked at", plain(takes), plain(horizon));
    judge.exclude_if(
        !triggered && saved <= principal,
        "pay-down",
        &facts_of_it,
        if takes >= horizon { too_late } else { sum },
    );
    if used {
        arithmetic(facts, judge);
    }
    if used && triggered && takes >= horizon {
        judge
            .advise("It takes longer than anybody looks ahead: give it more people, or cut it up.");
    }
}

fn arithmetic(facts: &Answers, judge: &mut Judge) {
    let [monthly, principal, growth, horizon, capacity] =
        ["interest", "principal", "growth", "horizon", "capacity"].map(|it| facts.number(it));
    let rate = growth / 100.0;
    let takes = principal / capacity;
    let [each, more, months, owed, spent] = [monthly, growth, horizon, principal, takes].map(plain);
    let text = if rate > 0.0 {
        format!("{each} x ((1 + {more}%)^{months} - 1) / {more}%")
    } else {
        format!("{each} x {months}")
    };
    let paid = interest(monthly, rate, 0.0, horizon);
    judge.line("interest in that time", text, paid, "person-days");
    judge.line("principal", "", principal, "person-days");
    judge.line("paying takes", format!("{owed} / {}", plain(capacity)), takes, "months");
    let text = match (takes < horizon, rate > 0.0) {
        (false, _) => format!("nothing: {spent} months are not over"),
        (true, true) => {
            format!("{each} x ((1 + {more}%)^{months} - (1 + {more}%)^{spent}) / {more}%")
        }
        (true, false) => format!("{each} x ({months} - {spent})"),
    };
    let saved = interest(monthly, rate, takes, horizon);
    judge.line("saved in that time", text, saved, "person-days");
    let (repaid, text) = if rate > 0.0 {
        let months = libm::log(1.0 + principal * rate / monthly) / libm::log(1.0 + rate);
        (months, format!("ln(1 + {owed} x {more}% / {each}) / ln(1 + {more}%)"))
    } else {
        (principal / monthly, format!("{owed} / {each}"))
    };
    if repaid.is_finite() {
        judge.line("repaid after", text, repaid, "months");
    }
}
