//! `etl-or-elt`: whether data is transformed before or after it lands.

use crate::object_storage::{GUIDE, class, stock};
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether data is transformed before it is loaded, or after it.
    ///
    /// # Why
    /// Loaded raw, data can be transformed again when somebody finds out that it was done wrong, by
    /// SQL that is versioned and tested, where it lies. Transformed on its way, what was left out
    /// is gone: the next question starts with a new extract, if the source still has it. What must
    /// not lie anywhere raw, such as card numbers, has to be taken out before; and without a
    /// warehouse there is nothing to transform in.
    ///
    /// # Examples
    /// ```facts answers elt
    /// warehouse = true
    /// ```
    /// ```facts answers etl
    /// must-not-land-raw = true
    /// ```
    /// ```facts flips etl warehouse false
    /// warehouse = true
    /// ```
    ///
    /// # Limits
    /// Taking out or masking a few columns on the way, and all else afterwards, is both at once, and
    /// usual: then this answers for those columns. What raw data costs to keep is shown and decides
    /// nothing.
    ///
    /// # Sources
    /// Guide, section 6, "ELT vs. ETL in the Modern Stack".
    pub const TOPIC = Topic {
        id: "etl-or-elt",
        title: "Is data transformed before or after it is loaded?",
        noun: "ETL or ELT",
        section: "6",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["runs_in"], &[("warehouse", "elt"), ("outside", "etl")]),
    };
}

/// Days of a year.
const YEAR: f64 = 365.0;

static FACTS: &[Fact] = &[
    Fact::flag("must-not-land-raw")
        .asks("Is there something in it that must not lie raw where it is analyzed?")
        .why("Law and contracts count copies, not intentions", "guide, section 6")
        .or(Value::Flag(false)),
    Fact::flag("warehouse")
        .asks("Is there a warehouse or lakehouse that can transform it by SQL?")
        .why("It is what ELT transforms in", "guide, section 6")
        .or(Value::Flag(true))
        .from(warehouse),
    Fact::number("raw", "GB a month", 0.0, 1e9)
        .asks("How many GB of raw data come in a month?")
        .why("Kept raw they cost storage, which is shown and decides nothing", "arithmetic")
        .or(Value::Number(100.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "elt",
        title: "Load raw, transform inside (ELT)",
        reversal: Reversal::Weeks,
        undo: "the transformation moves in front; the raw data is there to test it with",
        door: "keep the raw layer append-only, and let nobody but the transformation read it",
        boring: 1,
    },
    Opt {
        id: "etl",
        title: "Transform on the way (ETL)",
        reversal: Reversal::Months,
        undo: "history is extracted again, as far as the sources still have it",
        door: "keep what was extracted in a vault with an expiry, if it may be kept at all",
        boring: 2,
    },
];

/// Whether anything that the file describes can transform by SQL.
fn warehouse(seen: &Seen<'_>, _: &Subject) -> Option<Known> {
    let store = seen.stores().into_iter().find(|it| {
        let role = seen.stated(it, "role");
        role.is_some_and(|it| it.0.says("analytics"))
    });
    let path = if let Some(store) = store {
        store.below("role")
    } else {
        let mut sets = seen.named("data.datasets").into_iter();
        let held = sets.find(|it| {
            let table = seen.stated(it, "table_format");
            seen.stated(it, "store").is_some() || table.is_some_and(|it| !it.0.says("none"))
        });
        held?.path
    };
    Some(Known::derived(path, Value::Flag(true)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut pipelines = seen.named("data.pipelines");
    pipelines.retain(|it| seen.stated(it, "style").is_some_and(|it| it.0.says("batch")));
    pipelines
}

fn judge(facts: &Answers, judge: &mut Judge) {
    judge.exclude_if(
        facts.flag("must-not-land-raw"),
        "elt",
        &["must-not-land-raw"],
        "it would lie raw where it must not",
    );
    judge.exclude_if(
        !facts.flag("warehouse"),
        "elt",
        &["warehouse"],
        "there is nothing to transform it in once it is loaded",
    );
    let raw = facts.number("raw");
    let Some(class) = class("standard") else { return };
    judge.line(
        "keeping the raw data of a year, at its end",
        format!("12 x {} GB x {} USD", plain(raw), plain(class.storage)),
        12.0 * raw * class.storage,
        "USD a month",
    );
    let (_, cooled) = stock(GUIDE, 12.0 * raw / YEAR, YEAR);
    let text = "30 d of it standard, 60 infrequent, the rest instant";
    judge.line("the same under the guide's lifecycle", text, cooled, "USD a month");
}
