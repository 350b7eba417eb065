//! What `tradeoff explain` knows: rules, keys of the format, words, defaults.

use tradeoff_diag::Diagnostic;
use tradeoff_model::presets::tables;
pub use tradeoff_model::presets::{Fact, Preset, Table as PresetTable};
use tradeoff_model::{Block, Field, Kind, blocks, fields};
use tradeoff_rules::{Rule, catalogue};

/// A word of the results or of the format.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Something that can be explained.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// A rule.
    Rule(&'static Rule),
    /// A map of the format.
    Block(&'static Block),
    /// A key, in the map that it stands in.
    Field(&'static Block, &'static Field),
    /// A word.
    Word(&'static Word),
    /// A table of presets.
    Presets(&'static PresetTable),
    /// A decision of the guide.
    Decision(&'static tradeoff_decide::Topic),
    /// What one name of a table stands for.
    Preset(&'static PresetTable, &'static Preset),
}

/// All that a name may mean: a rule's id, a key (`queue`, `service.queue`), a word, a preset.
pub fn topics(name: &str) -> Result<Vec<Topic>, Box<Diagnostic>> {
    let same = |known: &str| known.eq_ignore_ascii_case(name) || known == name.replace('_', "-");
    let rules = catalogue().iter().filter(|rule| same(rule.id)).map(|rule| Topic::Rule(rule));
    let decisions = decisions().iter().filter(|it| same(it.id)).map(|it| Topic::Decision(it));
    let words = WORDS.iter().filter(|word| same(word.word)).map(Topic::Word);
    let named = blocks().into_iter().filter(|block| same(block.name)).map(Topic::Block);
    let keys = fields().into_iter().filter(|(block, field)| names(block, field, name));
    let keys = keys.map(|(block, field)| Topic::Field(block, field));
    let of_tables = tables().iter().filter(|table| same(table.name)).map(Topic::Presets);
    let rows = tables().iter().flat_map(|table| table.presets.iter().map(move |it| (table, it)));
    let rows = rows.filter(|(_, preset)| same(preset.name));
    let rows = rows.map(|(table, preset)| Topic::Preset(table, preset));
    let found =
        rules.chain(decisions).chain(words).chain(named).chain(keys).chain(of_tables).chain(rows);
    let mut found: Vec<Topic> = found.collect();
    if found.is_empty() {
        found.extend(at_path(name).map(|(block, field)| Topic::Field(block, field)));
    }
    if found.is_empty() { Err(Box::new(unknown(name))) } else { Ok(found) }
}

/// Whether a name is that of a key, alone or behind that of its map.
fn names(block: &Block, field: &Field, name: &str) -> bool {
    let qualified = name.strip_suffix(field.key).and_then(|it| it.strip_suffix('.'));
    name == field.key || qualified == Some(block.name)
}

/// The key at a path of a file, names and places in lists in it or not: `caches.catalog.ttl`,
/// `caches.ttl`, `services.order.endpoints.place.steps.0.work`.
fn at_path(path: &str) -> Option<(&'static Block, &'static Field)> {
    let parts: Vec<&str> = path.split('.').collect();
    let whole = maps().into_iter().next()?;
    below(&[whole], &parts)
}

/// The key that parts of a path lead to from one of these maps.
fn below(maps: &[&'static Block], parts: &[&str]) -> Option<(&'static Block, &'static Field)> {
    let (key, rest) = parts.split_first()?;
    let found = maps.iter().find_map(|map| map.field(key).map(|field| (*map, field)));
    match found {
        Some(found) if rest.is_empty() => Some(found),
        Some((_, field)) => {
            let maps = inner(field.kind);
            // A name of the author's choice, or a place in a list, may stand between.
            let is_key =
                rest.first().is_some_and(|it| maps.iter().any(|map| map.field(it).is_some()));
            below(&maps, if is_key { rest } else { rest.get(1..)? })
        }
        None => None,
    }
}

/// The maps that a value is, or that the values of its names or the items of its list are.
fn inner(kind: Kind) -> Vec<&'static Block> {
    match kind {
        Kind::Block(block) => vec![block],
        Kind::Map(kind) | Kind::Keyed(_, kind) | Kind::List(kind) => inner(*kind),
        Kind::Any(kinds) => kinds.iter().flat_map(|kind| inner(*kind)).collect(),
        Kind::Steps => maps().into_iter().filter(|it| it.name.ends_with(" step")).collect(),
        _ => Vec::new(),
    }
}

fn unknown(name: &str) -> Diagnostic {
    if later(name) {
        let message = format!("`{name}` is not part of this version");
        return Diagnostic::error("unknown-topic", message)
            .help("leave it out for now: a later version will read it");
    }
    if name.starts_with('-') || OPTIONS.contains(&name) {
        let message = format!("`{name}` is an option of the command, not a part of the format");
        return Diagnostic::error("unknown-topic", message)
            .help("options are explained by `--help`, for example `tradeoff review --help`");
    }
    let diagnostic = Diagnostic::error("unknown-topic", format!("nothing is called `{name}`"))
        .expected("a rule such as `rel-no-timeout`, a key such as `queue`, a word or `defaults`")
        .help("run `tradeoff explain` for a list");
    let known = known();
    match tradeoff_model::nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.nearest(near),
        None => diagnostic,
    }
}

/// Options of the command, which its `--help` explains.
const OPTIONS: &[&str] = &[
    "color",
    "fail-on",
    "format",
    "gate",
    "help",
    "output",
    "replications",
    "scenario",
    "seed",
    "set",
    "threads",
    "today",
];

/// Whether a name is that of a key or a step that only a later version reads.
fn later(name: &str) -> bool {
    let (map, key) = name.rsplit_once('.').map_or((None, name), |(map, key)| (Some(map), key));
    let step = map.is_none_or(|it| it == "step") && tradeoff_model::later_steps().contains(&key);
    let in_map = |it: &&Block| map.is_none_or(|map| map == it.name) && it.later.contains(&key);
    step || blocks().iter().any(in_map)
}

/// Every name that can be explained, sorted.
pub fn known() -> Vec<&'static str> {
    let mut names: Vec<&str> = vec!["defaults"];
    names.extend(catalogue().iter().map(|rule| rule.id));
    names.extend(decisions().iter().map(|it| it.id));
    names.extend(WORDS.iter().map(|word| word.word));
    names.extend(blocks().iter().map(|block| block.name));
    names.extend(fields().iter().map(|(_, field)| field.key));
    names.extend(tables().iter().map(|table| table.name));
    names.extend(tables().iter().flat_map(|table| table.presets.iter().map(|it| it.name)));
    names.sort_unstable();
    names.dedup();
    names
}

/// Every key that has a default, with the map that it stands in.
pub fn defaults() -> Vec<(&'static Block, &'static Field)> {
    fields().into_iter().filter(|(_, field)| field.default.is_some()).collect()
}

/// The maps of the format, the whole file first.
pub fn maps() -> Vec<&'static Block> {
    blocks()
}

/// What runtimes, kinds of stores and instances fill in.
pub fn presets() -> &'static [PresetTable] {
    tables()
}

/// The rules, family by family.
pub fn rules() -> &'static [&'static Rule] {
    catalogue()
}

/// The decisions of the guide, in its order.
pub fn decisions() -> &'static [&'static tradeoff_decide::Topic] {
    tradeoff_decide::catalogue()
}

/// What a rule complains about, in one line.
pub fn summary(rule: &str) -> Option<&'static str> {
    catalogue().iter().find(|it| it.id == rule).map(|it| it.summary)
}

/// The words of the results.
pub fn words() -> &'static [Word] {
    WORDS
}

const fn word(word: &'static str, meaning: &'static str) -> Word {
    Word { word, meaning }
}

const WORDS: &[Word] = &[
    word(
        "amplification",
        "Attempts per call on an edge. Above 1 it is retries; where calls are nested the factors \
         multiply.",
    ),
    word(
        "assumption",
        "A default that was taken because the file says nothing. Every result lists those that it \
         rests on and, where it was tried, whether another value moves the verdict.",
    ),
    word(
        "bad requests",
        "Requests that were not good. In a scenario they are counted from the first event until \
         recovery. What a mend avoids is counted until both have recovered, today's design and the \
         mended one: a mend that comes back later pays for it. Where today never recovers the count \
         ends with the watch and is printed with `>=`.",
    ),
    word(
        "broken",
        "The whole interval lies on the wrong side of the promise. A scenario also breaks a \
         promise if it uses more than `spend` of the window's budget, or if half or more of the \
         replications do not recover.",
    ),
    word(
        "component",
        "A service, a store or an external: what a call, a query or an event may name.",
    ),
    word(
        "dependency",
        "How an endpoint fails when one of its steps failed. The edge beneath says why.",
    ),
    word(
        "edge",
        "One caller's use of one target, with the policy on it: `order.place->payment.charge`.",
    ),
    word(
        "fingerprint",
        "A finding's name that survives every change of the file's layout: `rule:subject`.",
    ),
    word(
        "flip",
        "The value of one number, all others as they are, at which the verdict becomes another. A \
         review tries the five numbers that matter most by analysis, up to a factor of eight, and \
         prints the last value with the old verdict and the first with the new one.",
    ),
    word(
        "further",
        "What one more mend adds to the smallest set: the bad requests that it avoids beyond those \
         that the set avoids.",
    ),
    word(
        "good",
        "A request that was answered as wished and, if its endpoint promises a latency, within \
         it.",
    ),
    word(
        "harms",
        "With the mend alone there are more bad requests, or fewer replications recover, beyond \
         chance.",
    ),
    word(
        "headroom",
        "The highest multiple of today's load at which what today's keeps was seen kept, without \
         events; beyond 32 times nothing is looked for.",
    ),
    word(
        "helps",
        "With the mend alone there are fewer bad requests, or more replications recover, beyond \
         chance.",
    ),
    word(
        "interval",
        "What follows a value: `212 ± 9 ms`. It holds the true value with the stated confidence, \
         by Student's t over the replications; shares of replications use Wilson's interval.",
    ),
    word(
        "no difference",
        "With the mend alone there are as many bad requests in every replication, under the same \
         luck.",
    ),
    word(
        "not told apart",
        "The difference between two designs lies within chance: its interval holds zero.",
    ),
    word("kept", "The whole interval lies on the right side of the promise."),
    word(
        "left out",
        "What the mends that were measured together lose if one of them is not made: bad requests \
         per 30 days that come back.",
    ),
    word(
        "look",
        "A review looks at 5 replications and, where these do not settle a verdict or what a mend \
         does, at 10 and at 20. Each look's interval is made for a third of the risk (Bonferroni), \
         so that all of them together hold the confidence.",
    ),
    word(
        "mend",
        "The change that a finding proposes, as a patch of the architecture. A review simulates \
         it beside today's design under the same luck.",
    ),
    word(
        "metastable",
        "The events are over, yet the system sustains its own overload: even the most favorable \
         guess puts its recovery beyond the longest watch. The loop that sustains it is named only \
         when proved: with that one mechanism off, the same seed recovers.",
    ),
    word("overloaded", "The design does not keep up even without the events of the scenario."),
    word(
        "phase",
        "A stretch of a scenario: before, during or after its events. A request belongs to the \
         phase of its intended start.",
    ),
    word(
        "recovered",
        "After the last event the share of good requests came back to that of the same run without \
         the events, and stayed there.",
    ),
    word(
        "replication",
        "One independent run. Replications are the unit of every interval: more of them make it \
         narrower.",
    ),
    word("rung", "Where a number comes from: stated, analyzed, simulated, rehearsed or observed."),
    word(
        "smallest set",
        "The fewest mends found with which every promise is kept: one that holds alone, else what \
         is left of all of them when one after another is left out as long as the rest holds. \
         Where too little traffic was seen to call every promise kept, the fewest after which \
         nothing is seen broken.",
    ),
    word(
        "twin",
        "The same run, the same luck, without the events of the scenario: what recovery is \
         measured against.",
    ),
    word("undecided", "The replications do not tell kept from broken. More of them may."),
    word("wasted", "Work that goes on although its caller has stopped waiting for the answer."),
];
