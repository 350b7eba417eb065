//! `shard-key`: which column decides where a row lives.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether a shard key spreads the load, and lets most queries reach one shard.
    ///
    /// # Why
    /// Shards carry as much as the fullest of them lets them. A query that does not know the key
    /// asks all of them, so that its load does not shrink however many there are; a value that many
    /// rows have fills one shard; a key that only grows sends every new row to the last one. What
    /// is left of n shards is arithmetic: n divided by how much more than its part the fullest
    /// does.
    ///
    /// # Examples
    /// ```facts answers this-key
    /// single-shard-share = 95%
    /// largest = 1%
    /// ```
    /// Four of five queries ask all shards, and each shard does almost all of the work:
    /// ```facts answers another-key
    /// single-shard-share = 20%
    /// ```
    /// One customer has 40% of the rows, and mostly writes:
    /// ```facts answers salt-the-key
    /// single-shard-share = 95%
    /// largest = 40%
    /// shards = 8
    /// writes = 90%
    /// ```
    /// Ranges of time put all of today on the last shard:
    /// ```facts answers hash-the-key
    /// single-shard-share = 95%
    /// monotonic = true
    /// ```
    /// Where hardly anything is written, and two servers' worth is needed, the last shard bears it:
    /// ```facts answers this-key
    /// single-shard-share = 95%
    /// monotonic = true
    /// writes = 5%
    /// needed = 2
    /// ```
    /// Four servers' worth on four shards leave nothing for a query to all of them, whatever the key:
    /// ```facts answers none
    /// single-shard-share = 99%
    /// shards = 4
    /// ```
    /// Nine values on eight shards put two on one of them, and where four servers' worth has to be
    /// carried that is too much, unless each of them is spread:
    /// ```facts flips salt-the-key values 9
    /// single-shard-share = 95%
    /// values = 10
    /// ```
    /// Where a tenth of the queries asks all of eight shards they carry what 4.7 servers could. With
    /// 14.3% that is less than the four that are needed:
    /// ```facts flips another-key single-shard-share 85.7%
    /// single-shard-share = 90%
    /// ```
    ///
    /// # Limits
    /// Queries are taken to cost the same on every shard, and rows to be asked for as often as they
    /// are many: the most read value may be another one than the largest. Joins and transactions
    /// across shards come on top. Values but the largest are taken to be alike. Placed by ranges or
    /// by a list they are spread as evenly as whole values can be; where a hash places them, the
    /// fullest shard has what it has in the median.
    ///
    /// # Sources
    /// Guide, section 11, "Cross-Shard Queries Are Expensive". Amdahl's law: what goes to all shards
    /// is the part that does not shrink. M. Raab and A. Steger, "Balls into Bins" (1998): how full
    /// the fullest is by chance.
    pub const TOPIC = Topic {
        id: "shard-key",
        title: "Which key decides where a row lives?",
        noun: "Shard key",
        section: "11",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::number("single-shard-share", "%", 0.0, 100.0)
        .asks("Which share of the queries names the key, so that one shard can answer?")
        .why("The others ask all shards and merge", "guide, section 11")
        .from(single_shard_share),
    Fact::number("largest", "%", 0.0, 100.0)
        .asks("Which share of the rows has the most frequent value of the key?")
        .why("They all live on one shard", "guide, section 11")
        .or(Value::Number(0.0))
        .from(|seen, it| seen.number(it, "shards.largest", 100.0)),
    Fact::count("shards", "shards", 2.0, 1e5)
        .asks("How many shards are there to be?")
        .why("A query to all of them is so many queries", "guide, section 11")
        .or(Value::Number(8.0))
        .from(|seen, it| seen.number(it, "shards.count", 1.0)),
    Fact::number("needed", "servers", 1.0, 1e5)
        .asks("How many times what one server carries has to be carried?")
        .why("It is what the fullest shard is measured by", "arithmetic")
        .or(Value::Number(4.0)),
    Fact::count("values", "values", 1.0, 1e15)
        .asks("How many distinct values does the key have?")
        .why("Few do not divide evenly, and shards beyond them are empty", "arithmetic")
        .or(Value::Number(1e6))
        .from(|seen, it| seen.number(it, "shards.values", 1.0)),
    Fact::flag("monotonic")
        .asks("Are new values always larger than the old ones: a time, a serial number?")
        .why("By ranges, all new rows go to the last shard", "guide, section 11")
        .or(Value::Flag(false))
        .from(|seen, it| seen.flag(it, "shards.monotonic")),
    Fact::flag("hashed")
        .asks("Is the key hashed before it decides?")
        .why("A hash scatters what follows each other", "guide, section 11")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (by, path) = seen.stated(it, "shards.by")?;
            Some(Known::at(path, Value::Flag(by.says("hash"))))
        }),
    Fact::number("ranges", "%", 0.0, 100.0)
        .asks("Which share of the queries reads a range of the key?")
        .why("Once the key is hashed they ask all shards", "guide, section 11")
        .or(Value::Number(0.0)),
    Fact::number("writes", "%", 0.0, 100.0)
        .asks("Which share of the queries are writes?")
        .why("A salted value is written to one place and read from all", "arithmetic")
        .or(Value::Number(50.0)),
];

const UNDO: &str = "another migration of all rows, with both layouts running";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "this-key",
        title: "This key",
        reversal: Reversal::Never,
        undo: UNDO,
        door: "map many small logical shards onto few servers, so that they can be moved",
        boring: 1,
    },
    Opt {
        id: "hash-the-key",
        title: "The hash of this key",
        reversal: Reversal::Never,
        undo: UNDO,
        door: "map many small logical shards onto few servers, so that they can be moved",
        boring: 2,
    },
    Opt {
        id: "salt-the-key",
        title: "This key, with its largest values spread over all shards",
        reversal: Reversal::Never,
        undo: UNDO,
        door: "keep the list of salted values in configuration, not in code",
        boring: 3,
    },
    Opt {
        id: "another-key",
        title: "Another key",
        reversal: Reversal::Days,
        undo: "nothing was split yet",
        door: "list the queries by how often they come, with the columns that they know",
        boring: 4,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut stores = seen.stores();
    stores.retain(|it| seen.stated(it, "shards").is_some());
    stores
}

/// The share of the known queries that name all columns of the key.
fn single_shard_share(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (patterns, path) = seen.stated(subject, "access_patterns")?;
    let (key, _) = seen.stated(subject, "shards.key")?;
    let columns: Vec<&str> = key.items().iter().filter_map(|it| it.text()).collect();
    let weigh = |by: &str| {
        let all = patterns.entries().map(|it| it.1.get(by).and_then(tradeoff_model::Fact::number));
        all.collect::<Option<Vec<f64>>>()
    };
    let weights = weigh("share").or_else(|| weigh("rate"))?;
    let sum: f64 = weights.iter().sum();
    if columns.is_empty() || sum <= 0.0 {
        return None;
    }
    let named = patterns.entries().zip(&weights).filter(|((_, pattern), _)| {
        pattern.get("by").is_some_and(|by| columns.iter().all(|it| by.says(it)))
    });
    let named: f64 = named.map(|it| it.1).sum();
    Some(Known::derived(path, Value::Number(named / sum * 100.0)))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [single, largest, ranges, writes] =
        ["single-shard-share", "largest", "ranges", "writes"].map(|it| facts.number(it) / 100.0);
    let [shards, needed, values] = ["shards", "needed", "values"].map(|it| facts.number(it));
    let [monotonic, hashed] = ["monotonic", "hashed"].map(|it| facts.flag(it));
    // The most frequent of so many values has no less than its part.
    let largest = largest.max(1.0 / values);
    let other = if values > 1.0 { (1.0 - largest) / (values - 1.0) } else { 0.0 };
    let on_fullest = |hashed: bool, values: f64| {
        if hashed { by_chance(values, shards) } else { libm::ceil(values / shards) }
    };
    // What the fullest shard does of all single-shard queries, and of all that ask every shard.
    let filled = |hashed: bool| largest + (on_fullest(hashed, values) - 1.0).max(0.0) * other;
    let work = |single: f64, full: f64| single * full + (1.0 - single);
    let full = filled(hashed);
    let hot_end = monotonic && !hashed;
    // The last shard has every new row, and its part of what is read.
    let ends = if hot_end { writes + (1.0 - writes) * full } else { full };
    let rest = on_fullest(hashed, values - 1.0) * other;
    let salted = rest + largest * (writes / shards + (1.0 - writes));
    let left = (single - ranges).max(0.0);
    let carried = [
        ("this-key", 1.0 / work(single, ends)),
        ("hash-the-key", 1.0 / work(left, filled(true))),
        ("salt-the-key", 1.0 / work(single, salted)),
    ];
    let this: &[&'static str] = if hot_end {
        &["monotonic", "hashed", "writes", "single-shard-share", "shards", "needed"]
    } else {
        &["single-shard-share", "largest", "values", "hashed", "shards", "needed"]
    };
    let facts_of: [&[&'static str]; 3] = [
        this,
        &["single-shard-share", "ranges", "largest", "values", "shards", "needed"],
        &["single-shard-share", "largest", "values", "hashed", "writes", "shards", "needed"],
    ];
    let [all, part] = [shards, needed].map(plain);
    judge.exclude_if(
        hot_end && values >= shards && falls_short(carried[0].1, needed),
        "this-key",
        this,
        format!(
            "all new rows go to the last of {all} shards, which does {}% of what one shard can \
             answer: they carry what {} servers could, and {part} are needed",
            plain(ends * 100.0),
            plain(carried[0].1)
        ),
    );
    judge.exclude_if(
        hot_end,
        "salt-the-key",
        &["monotonic", "hashed"],
        "a new row has a new value: spreading the largest leaves it on the last shard",
    );
    judge.exclude_if(
        !hot_end,
        "hash-the-key",
        &["monotonic", "hashed"],
        "new rows are spread already",
    );
    for ((option, carries), because) in carried.iter().zip(facts_of) {
        judge.exclude_if(
            values < shards,
            option,
            &["values", "shards"],
            format!("{} values fill {} of {all} shards", plain(values), plain(values)),
        );
        judge.exclude_if(
            falls_short(*carries, needed),
            option,
            because,
            format!(
                "{all} shards carry what {} servers could, and {part} are needed",
                plain(*carries)
            ),
        );
    }
    let spread = !judge.is_excluded("this-key");
    judge.exclude_if(
        spread,
        "salt-the-key",
        &["largest"],
        format!("the largest value, {}% of the rows, does no harm", plain(largest * 100.0)),
    );
    let enough = carried.iter().any(|it| !judge.is_excluded(it.0));
    another(enough, shards, needed, judge);
    let touched = single + (1.0 - single) * shards;
    let text =
        format!("{}% x 1 + {}% x {all}", plain(single * 100.0), plain(100.0 - single * 100.0));
    judge.line("shards that a query asks, on average", text, touched, "");
    let others = (on_fullest(hashed, values) - 1.0).max(0.0);
    let share = plain(largest * 100.0);
    let text = format!("{share}%, and {} of {} others", plain(others), plain(values - 1.0));
    judge.line("rows on the fullest shard", text, full * 100.0, "%");
    for (option, carries) in carried {
        if hot_end && option == "salt-the-key" {
            continue;
        }
        judge.line(format!("carried: {option}"), "1 / work of the fullest", carries, "servers");
    }
    if single < 1.0 {
        let limit = 1.0 / (1.0 - single);
        judge.line("carried by any number of shards at most", "1 / share to all", limit, "servers");
    }
}

/// Another key helps where this one does not carry enough, and there are shards for it to use.
fn another(enough: bool, shards: f64, needed: f64, judge: &mut Judge) {
    judge.exclude_if(
        enough,
        "another-key",
        &["single-shard-share"],
        "this one carries what is needed",
    );
    let [all, part] = [shards, needed].map(plain);
    judge.exclude_if(
        needed >= shards,
        "another-key",
        &["shards", "needed"],
        format!(
            "under the best of keys {all} shards carry what {all} servers could, and {part} are \
             needed: that leaves nothing for a query to all of them, so that it takes more shards"
        ),
    );
}

/// Whether shards carry less than is needed.
fn falls_short(carries: f64, needed: f64) -> bool {
    carries < needed * (1.0 - 1e-9)
}

/// Values a shard from which on chance is that of the normal distribution, within half a percent.
const MANY: f64 = 1e6;

/// How many of some values the fullest shard has where a hash places them: the median, with shards
/// taken to be filled independently.
fn by_chance(values: f64, shards: f64) -> f64 {
    let each = values / shards;
    if each > MANY {
        return each + libm::sqrt(2.0 * each * libm::log(shards));
    }
    // One shard has more than that so rarely that in half of the cases none of all has.
    let rare = 1.0 - libm::exp2(-1.0 / shards);
    let odds = 1.0 / (shards - 1.0);
    let mut at = libm::floor((values + 1.0) / shards).min(values);
    let ways =
        libm::lgamma(values + 1.0) - libm::lgamma(at + 1.0) - libm::lgamma(values - at + 1.0);
    let scattered = (values - at) * libm::log1p(-1.0 / shards);
    let mut chance = libm::exp(ways - at * libm::log(shards) + scattered);
    while at < values && chance > rare * 1e-6 {
        chance *= odds * (values - at) / (at + 1.0);
        at += 1.0;
    }
    let mut more = 0.0;
    while at > 0.0 && more + chance <= rare {
        more += chance;
        chance *= at / (odds * (values - at + 1.0));
        at -= 1.0;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::by_chance;

    /// Eight values fill eight shards evenly in 8! of 8^8 cases; in half of them one has two.
    #[test]
    fn chance_fills_one_shard_more_than_another() {
        for (values, shards, fullest) in
            [(1.0, 8.0, 1.0), (8.0, 8.0, 2.0), (3.0, 2.0, 2.0), (100.0, 100.0, 4.0)]
        {
            assert_eq!(by_chance(values, shards).to_string(), fullest.to_string(), "{values}");
        }
        // A million over eight: five standard deviations of a tail at most.
        let million = by_chance(1e6, 8.0);
        assert!((125_300.0..126_000.0).contains(&million), "{million}");
        let [below, above] = [by_chance(7.9e6, 8.0), by_chance(8.1e6, 8.0)];
        assert!((above / below - 8.1 / 7.9).abs() < 0.005, "{below} {above}");
    }
}
