//! Kinds of values that several families of blocks use.

use super::Kind;

/// Most rows, documents, objects and values of a label.
pub(super) const MANY: u64 = 1_000_000_000_000_000;

pub(super) const fn count(least: u64, most: u64) -> Kind {
    Kind::Count { word: "", least, most }
}

pub(super) const COUNT: Kind = count(0, MANY);
pub(super) const SOME: Kind = count(1, 10_000_000);
pub(super) const COPIES: Kind = count(1, 10_000);
pub(super) const TEXTS: Kind = Kind::List(&Kind::Text);
pub(super) const TEAM: Kind = Kind::Reference("team");
pub(super) const SERVICE: Kind = Kind::Reference("service");
pub(super) const SERVICES: Kind = Kind::List(&Kind::Reference("service"));
pub(super) const ENTITIES: Kind = Kind::List(&Kind::Reference("entity"));
pub(super) const PERIOD_OR_FOREVER: Kind = Kind::Any(&[Kind::Period, Kind::Word("forever")]);
pub(super) const PERIOD_OR_NONE: Kind = Kind::Any(&[Kind::Period, Kind::Word("none")]);
/// What data is read from or written to.
pub(super) const DATA: Kind =
    Kind::List(&Kind::Reference("dataset, store, topic, bucket, cache or index"));
