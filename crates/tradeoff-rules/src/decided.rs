//! What somebody else found out about the recorded decisions: a rule never asks the guide itself.

/// The decisions that an architecture records, each held against today's facts and its ADR.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Those that hold: neither superseded nor rejected.
    pub records: Vec<Recorded>,
    /// One-way doors that today's facts answer and that no decision records.
    pub doors: Vec<Door>,
}

/// A recorded decision.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its name in the file.
    pub name: String,
    /// What was chosen.
    pub chosen: String,
    /// What going back takes.
    pub back: Back,
    /// What its ADR says.
    pub adr: Adr,
    /// Whether the topic, and the option, is one that the guide's facts decide.
    pub judged: bool,
    /// What of it names something that its topic does not have.
    pub unread: Vec<Unread>,
    /// What today's facts answer, and what speaks against what was chosen; `None`: nothing does.
    pub against: Option<Against>,
    /// The recorded fact that has changed so far that the answer is another; `None`: none has.
    pub drifted: Option<Drifted>,
    /// Whether it records facts.
    pub rests_on_facts: bool,
}

/// A key of a record that names something that there is not.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The key, below the record: `chosen`, `facts/rows`.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
    /// The known name that looks most like it.
    pub nearest: Option<String>,
}

/// What going back on a choice takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Weeks at the most, or nobody knows.
    Easy,
    /// Months.
    Months,
    /// It is a one-way door.
    Never,
}

/// What speaks against a recorded choice.
#[derive(Clone, Debug)]
pub struct Against {
    /// What today's facts answer; `None`: nothing fits.
    pub answer: Option<String>,
    /// Why.
    pub sentence: String,
}

/// A fact that has passed a value at which the answer is another.
#[derive(Clone, Debug)]
pub struct Drifted {
    /// Which.
    pub fact: String,
    /// What was recorded.
    pub then: String,
    /// What the file says today.
    pub now: String,
}

/// What is known of the file that records a decision.
#[derive(Clone, Debug)]
pub enum Adr {
    /// There is none.
    None,
    /// It cannot be read, and why.
    Unread(String),
    /// It was read.
    Read {
        /// Parts that it lacks.
        lacks: Vec<&'static str>,
        /// In what it differs from the record, with its file and line.
        differs: Option<String>,
    },
}

/// A one-way door that nothing records.
#[derive(Clone, Debug)]
pub struct Door {
    /// The topic.
    pub topic: String,
    /// The name of what it is about.
    pub subject: String,
    /// JSON Pointer of that.
    pub pointer: String,
    /// The option.
    pub option: String,
}
