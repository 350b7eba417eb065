//! What a call comes to, with retries and without.

use crate::resilience::{attempts, fitting, opens, unanswered, window};
use crate::value::plain;
use crate::{Answers, Judge};

/// The share of the calls that a timeout at p99.9 of the callee cuts off, though they would be
/// answered: Amazon Builders' Library.
pub(super) const CUT_OFF: f64 = 0.001;
/// Attempts at most: SRE Book, chapter 21.
const MOST: u32 = 3;
/// Retries per request at most, on average: SRE Book, chapter 21.
pub(super) const BUDGET: f64 = 0.1;
/// The share of failures at which a breaker opens: guide, section 12.
pub(super) const OPENS: f64 = 0.5;
/// The longest window of a breaker that is looked for, in calls.
pub(super) const WINDOW: u32 = 100;

pub(super) fn ms(it: f64) -> String {
    format!("{} ms", plain(it))
}

pub(super) fn percent(share: f64) -> String {
    format!("{}%", plain(share * 100.0))
}

/// The facts of a call; times in ms, shares of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) slowest: f64,
    pub(super) limit: f64,
    pub(super) pause: f64,
    failing: f64,
    pub(super) allowed: f64,
    pub(super) rate: f64,
}

impl Call {
    pub(super) fn of(facts: &Answers) -> Self {
        let share = |it: &str| facts.number(it) / 100.0;
        Self {
            slowest: facts.number("slowest"),
            limit: facts.number("limit"),
            pause: facts.number("pause"),
            failing: share("failing"),
            allowed: 1.0 - share("promised"),
            rate: facts.number("rate"),
        }
    }

    /// The share of single attempts that fails, by itself or at a timeout at p99.9.
    pub(super) fn single(&self) -> f64 {
        (self.failing + CUT_OFF).min(1.0)
    }

    /// The same as a sum.
    pub(super) fn sum(&self) -> String {
        let [failing, cut, single] = [self.failing, CUT_OFF, self.single()].map(percent);
        format!("{failing} + {cut} = {single}")
    }

    /// What may fail, not to be missed by the last bit.
    fn may(&self) -> f64 {
        self.allowed * (1.0 + 1e-9)
    }

    /// Attempts that the promise needs.
    pub(super) fn wanted(&self) -> f64 {
        attempts(self.single(), self.may())
    }

    /// Attempts that the caller has time for.
    pub(super) fn room(&self) -> u32 {
        fitting(self.limit, self.slowest, self.pause, MOST)
    }

    /// Attempts that are made.
    pub(super) fn made(&self, retry: bool) -> f64 {
        if retry { self.wanted().clamp(2.0, f64::from(self.room().max(2))) } else { 1.0 }
    }

    /// Whether a timeout at p99.9 alone breaks a promise that a longer one may keep.
    fn patient(&self, retry: bool) -> bool {
        let broken = self.failing <= self.may() && self.single() > self.may();
        !retry && broken && self.limit > self.slowest
    }

    /// When an attempt is given up, in ms.
    pub(super) fn timeout(&self, retry: bool) -> f64 {
        if self.patient(retry) { self.limit } else { self.slowest.min(self.limit) }
    }

    /// The longest pause before a retry in ms, on average over those of a call: each is twice the
    /// one before.
    fn pauses(&self) -> f64 {
        let retries = self.made(true) - 1.0;
        self.pause * (libm::exp2(retries) - 1.0) / retries
    }

    /// Calls that wait while the callee hangs. The budget bounds how many of them do so again.
    pub(super) fn hanging(&self, retry: bool) -> f64 {
        let timeout = self.timeout(retry);
        let again = if retry { BUDGET * (self.pauses() + timeout) } else { 0.0 };
        self.rate * (timeout + again) / 1e3
    }

    /// The same as a product.
    pub(super) fn hangs(&self, retry: bool) -> String {
        let [rate, timeout] = [plain(self.rate), ms(self.timeout(retry))];
        if !retry {
            return format!("{rate}/s x {timeout}");
        }
        let (budget, pause) = (percent(BUDGET), ms(self.pauses()));
        format!("{rate}/s x ({timeout} + {budget} x ({pause} + {timeout}))")
    }

    /// The share of the calls that has failed after all attempts that the budget pays.
    fn fails(&self, retry: bool) -> f64 {
        unanswered(self.single(), self.made(retry) as u32, BUDGET)
    }

    /// Whether more attempts are wanted than the budget pays.
    fn unpaid(&self, retry: bool) -> bool {
        let paid = libm::pow(self.single(), self.made(retry));
        self.fails(retry) > paid * (1.0 + 1e-9)
    }

    pub(super) fn figures(&self, retry: bool, judge: &mut Judge) {
        let (single, made) = (self.single(), self.made(retry));
        let timeout = if self.patient(retry) {
            "all that the caller has"
        } else {
            "p99.9 of the callee, or what is left"
        };
        judge.line("timeout", timeout, self.timeout(retry), "ms");
        judge.line("attempts", "the first included", made, "");
        let most = if self.patient(retry) { " at most" } else { "" };
        let text = format!("{} + {} cut off{most}", percent(self.failing), percent(CUT_OFF));
        judge.line("single attempts that fail", text, single * 100.0, "%");
        let text = if self.unpaid(retry) {
            format!("1 - (1 - {}) x (1 + {})", percent(single), percent(BUDGET))
        } else {
            format!("{} ^ {}", percent(single), plain(made))
        };
        judge.line("fails after all attempts", text, self.fails(retry) * 100.0, "%");
        let (more, text) = if retry {
            (1.0 + BUDGET, format!("1 + {}", percent(BUDGET)))
        } else {
            (1.0, "no retries".to_owned())
        };
        judge.line("load in an outage without a budget", "attempts", made, "times");
        judge.line("load in an outage with a budget", text, more, "times");
        match window(self.rate, OPENS, single, WINDOW) {
            Some(calls) => {
                let text = "50% of it failing by chance less than once a year";
                judge.line("calls in the breaker's window", text, f64::from(calls), "");
                if self.rate > 0.0 {
                    let text = format!("{} / 2 / {}/s", plain(f64::from(calls)), plain(self.rate));
                    let seconds = f64::from(calls) / 2.0 / self.rate;
                    judge.line("opens in an outage after", text, seconds, "s");
                }
            }
            None => judge.advise(format!(
                "{} of failures are normal here: a breaker at 50% would open by chance. Mend the \
                 callee first, or open at a higher share.",
                percent(single)
            )),
        }
        let ten = opens(10, OPENS, single) * 100.0;
        judge.line("a window of 10 opens by chance", "binomial", ten, "%");
        judge.line("hang at most", self.hangs(retry), self.hanging(retry), "threads");
    }

    /// Says what keeps the promise from being kept.
    pub(super) fn shortfall(&self, retry: bool, repeatable: bool, judge: &mut Judge) {
        let fails = self.fails(retry);
        if fails <= self.may() {
            return;
        }
        let [fails, allowed] = [fails, self.allowed].map(percent);
        let limit = ms(self.limit);
        let key = "Under an idempotency key they could be repeated.";
        if self.patient(retry) {
            let again = if repeatable { "" } else { key };
            let sentence = format!(
                "A timeout at p99.9 would cut off {}: {fails} would fail, and {allowed} may. So it \
                 is all of the {limit} that the caller has. How many take longer is not known, at \
                 most as many: measure it. {again}",
                percent(CUT_OFF)
            );
            return judge.advise(sentence.trim_end());
        }
        let made = plain(self.made(retry));
        let why = if !repeatable {
            key.to_owned()
        } else if !retry {
            format!("No second attempt fits into {limit}.")
        } else if self.unpaid(retry) {
            let budget = percent(BUDGET);
            format!("The retries of {budget} of the calls are paid, and more fail at first.")
        } else if self.room() < MOST {
            format!("No more than {made} attempts fit into {limit}.")
        } else {
            format!("More than {made} attempts multiply an overload.")
        };
        judge.advise(format!(
            "The promise is not kept: {fails} of the calls fail, and {allowed} may. {why}"
        ));
    }
}
