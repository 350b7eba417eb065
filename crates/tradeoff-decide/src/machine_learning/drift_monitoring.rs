//! `drift-monitoring`: what to do about an input that is no longer what it was.

use crate::drift::{chance, noise, noise_bound};
use crate::value::plain;
use crate::{Answers, Fact, Judge, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// What to do when the inputs of a model are no longer distributed as they were in training.
    ///
    /// # Why
    /// A model answers as confidently about what it has never seen. The population stability index
    /// measures how far the shares of some bins have moved, and there are bands by which it is read:
    /// below 0.1 nothing, from 0.25 on much. But two samples of the same distribution differ too: by
    /// (bins - 1)(1/n + 1/m) on average. With ten bins and a hundred rows that is 0.09, so that an
    /// alarm at 0.1 says mostly that a hundred rows are few. And whether the model is worse is said
    /// by its results alone.
    ///
    /// # Examples
    /// ```facts answers leave-it
    /// psi = 0.05
    /// ```
    /// ```facts answers investigate
    /// psi = 0.15
    /// ```
    /// ```facts answers retrain
    /// psi = 0.3
    /// ```
    /// The same index from a hundred rows is within what chance does:
    /// ```facts answers collect-more
    /// psi = 0.15
    /// current = 100
    /// ```
    /// Inputs as ever, and worse answers: what they mean has changed.
    /// ```facts answers retrain
    /// psi = 0.02
    /// metric-fell = true
    /// ```
    /// ```facts flips retrain psi 0.25
    /// psi = 0.15
    /// ```
    ///
    /// # Limits
    /// The bands are convention, not statistics, and there are two: 0.1 and 0.25, or 0.1 and 0.2.
    /// They say nothing about which way a feature moved, nor whether the model looks at it. An index
    /// per feature and day is many tests: one in twenty exceeds its bound by chance. Kolmogorov and
    /// Smirnov ask another question, whether there is any difference at all, and with a million rows
    /// there always is.
    ///
    /// # Sources
    /// Guide, section 14, "Model Monitoring and Drift Detection". B. Yurdakul, J. Naranjo,
    /// "Statistical Properties of the Population Stability Index", Journal of Risk Model Validation
    /// 14 (2020). CRAN `scorecard`, `perf_psi`: bands 0.1 and 0.25.
    pub const TOPIC = Topic {
        id: "drift-monitoring",
        title: "What is done about drift?",
        noun: "Answer to drift",
        section: "14",
        facts: FACTS,
        orders: &[("lower", "upper")],
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// Percent below which a difference is not put down to chance: one in twenty, as for the index.
const CHANCE: f64 = 5.0;

static FACTS: &[Fact] = &[
    Fact::number("psi", "", 0.0, 100.0)
        .asks("What is the population stability index of the feature?")
        .why("It is how far the shares of its bins have moved", "Yurdakul and Naranjo, 2020"),
    Fact::count("bins", "bins", 2.0, 1000.0)
        .asks("Over how many bins?")
        .why("Each adds to what chance does", "Yurdakul and Naranjo, 2020")
        .or(Value::Number(10.0)),
    Fact::count("reference", "rows", 1.0, 1e12)
        .asks("How many rows has the reference?")
        .why("Few rows differ by chance", "Yurdakul and Naranjo, 2020")
        .or(Value::Number(1e4)),
    Fact::count("current", "rows", 1.0, 1e12)
        .asks("How many rows has the current sample?")
        .why("Few rows differ by chance", "Yurdakul and Naranjo, 2020")
        .or(Value::Number(1e4)),
    Fact::flag("metric-fell")
        .asks("Has the model become worse, where the truth is known by now?")
        .why("That is what drift is watched for", "guide, section 14: degrade silently")
        .or(Value::Flag(false)),
    Fact::number("lower", "", 0.0, 10.0)
        .asks("From which index on is it looked into?")
        .why("Below it nothing is done, by convention", "CRAN scorecard: 0.1")
        .or(Value::Number(0.1)),
    Fact::number("upper", "", 0.0, 10.0)
        .asks("From which index on is it acted on?")
        .why(
            "From it on it is large, by one of two conventions",
            "CRAN scorecard: 0.25; others 0.2",
        )
        .or(Value::Number(0.25)),
    Fact::number("ks", "", 0.0, 1.0)
        .asks("What is the statistic of Kolmogorov and Smirnov, if it was calculated?")
        .why(
            "It says how likely any difference is chance, and decides nothing",
            "guide, section 14",
        )
        .or(Value::Number(0.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "leave-it",
        title: "Nothing: go on watching",
        reversal: Reversal::Days,
        undo: "nothing was done",
        door: "keep the samples, so that a slow move is seen over months",
        boring: 1,
    },
    Opt {
        id: "collect-more",
        title: "Wait for more rows",
        reversal: Reversal::Days,
        undo: "nothing was done",
        door: "compare by week instead of by day",
        boring: 2,
    },
    Opt {
        id: "investigate",
        title: "Find out what moved",
        reversal: Reversal::Days,
        undo: "nothing was done",
        door: "look at the pipeline first: most drift is a unit, a default or a missing join",
        boring: 3,
    },
    Opt {
        id: "retrain",
        title: "Train anew on current data",
        reversal: Reversal::Days,
        undo: "the version before is served again",
        door: "keep the last version ready, and run both side by side first",
        boring: 4,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("data.models")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [psi, bins, reference, current, lower, upper, ks] =
        ["psi", "bins", "reference", "current", "lower", "upper", "ks"].map(|it| facts.number(it));
    let fell = facts.flag("metric-fell");
    let bound = noise_bound(bins, reference, current);
    let chancy = psi <= bound;
    let sizes = ["bins", "reference", "current"];
    let shown = plain(psi);

    judge.exclude_if(
        psi >= lower,
        "leave-it",
        &["psi", "lower"],
        format!("{shown} is not below {}", plain(lower)),
    );
    for option in ["leave-it", "collect-more", "investigate"] {
        judge.exclude_if(
            fell,
            option,
            &["metric-fell"],
            "it has become worse, whatever its inputs do",
        );
    }
    judge.exclude_if(
        psi < lower || !chancy,
        "collect-more",
        &["psi", sizes[0], sizes[1], sizes[2]],
        if psi < lower {
            format!("{shown} is below {} as it is", plain(lower))
        } else {
            format!("chance exceeds {} once in twenty, and {shown} is more", plain(bound))
        },
    );
    judge.exclude_if(
        psi < lower,
        "investigate",
        &["psi", "lower"],
        format!("{shown} is below {}, up to which it is left by convention", plain(lower)),
    );
    judge.exclude_if(
        psi >= upper,
        "investigate",
        &["psi", "upper"],
        format!(
            "{shown} is not below {}: it answers about what it was not trained on",
            plain(upper)
        ),
    );
    judge.exclude_if(
        !fell && psi < upper,
        "retrain",
        &["psi", "upper", "metric-fell"],
        format!("{shown} is below {}, and nothing says that it is worse", plain(upper)),
    );
    for option in ["investigate", "retrain"] {
        judge.exclude_if(
            !fell && chancy,
            option,
            &["psi", sizes[0], sizes[1], sizes[2]],
            format!("chance does {} in one of twenty such samples", plain(bound)),
        );
    }
    let text = format!("({} - 1) x (1/{} + 1/{})", plain(bins), plain(reference), plain(current));
    judge.line("index by chance, on average", text, noise(bins, reference, current), "");
    judge.line("index that chance exceeds once in twenty", "chi-squared", bound, "");
    if ks > 0.0 {
        let text = format!("D = {}, {} and {} rows", plain(ks), plain(reference), plain(current));
        // What is too unlikely for a number is not impossible.
        let percent = (chance(ks, reference, current) * 100.0).max(f64::MIN_POSITIVE);
        judge.line("Kolmogorov-Smirnov: such a difference by chance", text, percent, "%");
        if percent < CHANCE && psi < lower {
            judge.advise(
                "Kolmogorov and Smirnov say that the samples differ, however little the bins show \
                 of it: with many rows any difference is seen; a large D is one to look at.",
            );
        }
    }
    if !judge.is_excluded("retrain") {
        judge.advise(
            "Before it is trained anew, see whether the pipeline broke: a model that has learned a \
             fault of its inputs is worse than one that has not.",
        );
    }
}
