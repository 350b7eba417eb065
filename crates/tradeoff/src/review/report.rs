//! What a review says: `tradeoff.review/1`.

use serde::Serialize;
use tradeoff_sim::results::{Figure, Simulation, Verdict};

use crate::check::{Check, PatchEdit};
use crate::horizon::Horizon;

/// A review.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    /// `tradeoff.review/1`.
    pub schema: &'static str,
    /// Of today's design.
    pub verdict: Verdict,
    /// At how many replications it was looked whether verdicts and signs are settled. All looks
    /// together hold the confidence: with three, each interval is made for a third of the risk.
    pub looks: Vec<u32>,
    /// What the rules say.
    pub check: Check,
    /// Today's design, simulated.
    pub today: Simulation,
    /// How far load may grow; null: not measured.
    pub headroom: Option<Headroom>,
    /// Why promises break in scenarios: what they wait for.
    pub causes: Vec<Cause>,
    /// The mends that findings carry, best first.
    pub mends: Vec<Mend>,
    /// Fingerprints of the smallest set found that holds; null if no set of them holds.
    pub smallest_set: Option<Vec<String>>,
    /// What the smallest set achieves and costs; null as above.
    pub smallest_effect: Option<SetEffect>,
    /// Whether the search for it ran to its end; false: a smaller set may exist.
    pub search_complete: bool,
    /// All mends together; null without mends.
    pub all_together: Option<SetEffect>,
    /// What holds if a promise need not wait for what is hurt; tried only where no set holds.
    pub decoupled: Vec<Decoupled>,
    /// Fingerprints of the mends that were measured together, and each left out of them; the others
    /// take more than a review may.
    pub together: Vec<String>,
    /// What each mend outside the smallest set adds to it, most bad requests avoided first; empty
    /// where no set holds.
    pub further: Vec<Further>,
    /// Whose verdict the flips are about; null: none were tried.
    pub flips_of: Option<FlipsOf>,
    /// The numbers that carry that verdict, those tried, in the order in which analysis ranks them.
    pub flips: Vec<Flip>,
    /// With which `spend`, a share of the budget, nothing would break today: where all that breaks
    /// does so by a `spend` that no file states. Null otherwise.
    pub holds_at_spend: Option<f64>,
    /// What breaks first as the load grows; null: not asked for.
    pub horizon: Option<Horizon>,
}

/// The highest load at which the SLOs hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headroom {
    /// As a factor of today's load.
    pub load_factor: Figure,
    /// Which SLO breaks first beyond it.
    pub first_broken: Option<String>,
}

/// Why a promise breaks in a scenario: it waits for what the scenario's events hurt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// In which scenario.
    pub scenario: String,
    /// Which promise.
    pub slo: String,
    /// The promise's endpoint.
    pub endpoint: String,
    /// The component that events act on.
    pub hurt: String,
    /// Where the endpoint itself does not wait for it: what it shares with one that does; null: it
    /// waits itself.
    pub shares: Option<Shares>,
    /// The components from the one that waits to the one that is hurt, by calls that all have to
    /// succeed; the shortest such chain.
    pub chain: Vec<String>,
}

/// What an endpoint shares with one that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shares {
    /// The store or the process.
    pub what: String,
    /// The endpoint that waits.
    pub with: String,
    /// Whether that keeps a connection of the store meanwhile; false: it keeps slots of the process.
    pub connection: bool,
}

/// What doing without an answer achieves. It changes what the system means, so no rule proposes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decoupled {
    /// The component that is hurt.
    pub hurt: String,
    /// The calls to it that are made optional.
    pub calls: Vec<String>,
    /// The edits.
    pub patch: Vec<PatchEdit>,
    /// What it achieves and costs.
    pub effect: SetEffect,
}

/// One finding's mend, measured beside today under the same luck.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mend {
    /// Place in the ranking, from 1.
    pub rank: u32,
    /// The finding's fingerprint; the id of the rule where several of it are mended together.
    pub finding: String,
    /// Fingerprints of all findings that it mends.
    pub findings: Vec<String>,
    /// In words: what it changes.
    pub change: String,
    /// The edits.
    pub patch: Vec<PatchEdit>,
    /// What it does alone.
    pub outcome: MendOutcome,
    /// Bad requests that it avoids per 30 days, alone.
    pub score: Figure,
    /// Bad requests per 30 days that are lost if it is left out of all together.
    pub left_out: Figure,
    /// Whether `score` only bounds the truth from below: today never recovered.
    pub at_least: bool,
    /// Replications behind these figures.
    pub replications: u32,
    /// By scenario (null: the baseline) and SLO.
    pub effects: Vec<Effect>,
    /// USD per hour.
    pub cost: Cost,
}

/// What a mend does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MendOutcome {
    /// Fewer bad requests, beyond chance.
    Helps,
    /// More bad requests, beyond chance.
    Harms,
    /// Not one request differs.
    NoDifference,
    /// The replications do not tell.
    Undecided,
    /// It was not simulated.
    NotMeasured,
}

/// What several mends together do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetEffect {
    /// With them.
    pub verdict: Verdict,
    /// Bad requests avoided per 30 days.
    pub score: Figure,
    /// Whether `score` only bounds the truth from below: today never recovered.
    pub at_least: bool,
    /// Replications behind these figures.
    pub replications: u32,
    /// By scenario and SLO.
    pub effects: Vec<Effect>,
    /// USD per hour.
    pub cost: Cost,
}

/// What one more mend adds to the smallest set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Further {
    /// The finding's fingerprint.
    pub finding: String,
    /// Bad requests per 30 days that it avoids beyond those that the set avoids.
    pub adds: Figure,
    /// The run that most of it is of, where one has nine tenths of it; null: several, or nothing.
    /// A baseline is called so.
    pub mostly: Option<String>,
    /// Whether it changes anything at all.
    pub outcome: MendOutcome,
    /// With the set and it.
    pub verdict: Verdict,
    /// USD per hour beyond the set.
    pub cost: Option<f64>,
}

/// Whose verdict is held against other numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlipsOf {
    /// Today's design.
    Today,
    /// Today's design with the smallest set of mends.
    SmallestSet,
    /// Today's design without waiting for what is hurt, where no set holds: the first of
    /// `decoupled`.
    Decoupled,
}

/// A number and the value at which the verdict flips. All others stay as they are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flip {
    /// Dotted path, as `--set` takes it.
    pub path: String,
    /// Its value, as written or assumed.
    pub today: String,
    /// Whether the file does not state it.
    pub assumed: bool,
    /// Where the value is from.
    pub from: Origin,
    /// The verdict with the value as it is: `kept` or `broken`, by what was measured.
    pub verdict: Verdict,
    /// The value nearest to today's at which the verdict was seen to be the other one; null: it is
    /// the same over all that was tried.
    pub flips_at: Option<String>,
    /// The last value with today's verdict and the first with the other; null with `flips_at`.
    pub bracket: Option<[String; 2]>,
    /// The scenario (null: the baseline) and the SLO that break on that side of the bracket that
    /// does not hold; null with `flips_at`.
    pub because: Option<Because>,
    /// The least and the greatest value tried.
    pub tried: [String; 2],
}

/// Where the value of a number is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The file states it.
    File,
    /// The file does not state it.
    Default,
    /// The smallest set of mends sets it.
    Mend,
}

/// Which promise breaks where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Because {
    /// Null: the baseline.
    pub scenario: Option<String>,
    /// Which promise.
    pub slo: String,
}

/// The effect on one SLO in one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Null: the baseline.
    pub scenario: Option<String>,
    /// Which promise.
    pub slo: String,
    /// False: the mend provably cannot touch this run, so that today's figures are its own.
    pub simulated: bool,
    /// Whether today never recovered, so that its bad requests are a lower bound.
    pub at_least: bool,
    /// Verdict today.
    pub today: Verdict,
    /// Verdict with the mend.
    pub mended: Verdict,
    /// Bad requests: of the measurement (baseline), or per occurrence until today's recovery
    /// (scenarios).
    pub bad: Difference,
    /// Bad requests, in scenarios until both have recovered: what is printed and what the score
    /// rests on. Other than `bad` only where the mended design comes back later than today.
    pub bad_until_both: Difference,
    /// Seconds at the SLO's latency quantile (p99 if it has none), over the run.
    pub p99: Difference,
    /// Share of replications that recovered; nulls for the baseline.
    pub recovered: Difference,
}

/// Today, mended, and the paired difference (mended - today).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// Today.
    pub today: Figure,
    /// With the mend.
    pub mended: Figure,
    /// Mended less today, replication by replication.
    pub difference: Figure,
}

/// USD per hour, from what the architecture states; null where no cost is stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Today.
    pub today: Option<f64>,
    /// With the mend.
    pub mended: Option<f64>,
    /// Mended less today.
    pub difference: Option<f64>,
}
