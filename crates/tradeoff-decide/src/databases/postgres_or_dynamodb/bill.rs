//! What Postgres and `DynamoDB` cost, and which machines Postgres takes.

use crate::Answers;
use crate::value::plain;

/// Hours in a month, as AWS counts them.
const HOURS: f64 = 730.0;
/// USD for a write unit on demand: up to 1 kB.
const WRITE: f64 = 0.625e-6;
/// USD for a read unit on demand: up to 4 kB, read consistently.
const READ: f64 = 0.125e-6;
/// USD for an hour of a provisioned write unit.
const WRITE_HOUR: f64 = 0.000_65;
/// USD for an hour of a provisioned read unit.
const READ_HOUR: f64 = 0.000_13;
/// The share of provisioned units that autoscaling aims at.
pub(super) const TARGET: f64 = 0.7;
/// USD for a GB and month, and what is free of it, in each region.
const STORED: (f64, f64) = (0.25, 25.0);
/// The same of RDS in two zones, and the least that it keeps.
const DISK: (f64, f64) = (0.23, 20.0);
/// Cores of the machines of RDS: db.m7g up to 64, db.m8g beyond (AWS, DB instance classes).
const SIZES: [f64; 9] = [2.0, 4.0, 8.0, 16.0, 32.0, 48.0, 64.0, 96.0, LARGEST];
/// The most cores of any (db.m8g.48xlarge).
pub(super) const LARGEST: f64 = 192.0;
/// Read replicas of one primary at most: AWS, RDS, working with read replicas.
const REPLICAS: f64 = 15.0;

/// Machines of Postgres, all of a size.
#[derive(Clone, Copy)]
pub(super) struct Fleet {
    /// Cores of each.
    pub(super) size: f64,
    /// Those that only read, beside the primary and its standby.
    pub(super) replicas: f64,
}

/// What each would cost a month.
pub(super) struct Bill {
    /// Regions that write and keep everything.
    pub(super) regions: f64,
    /// Write and read units of a request.
    pub(super) units: (f64, f64),
    pub(super) demand: f64,
    pub(super) provisioned: f64,
    pub(super) stored: f64,
    /// Cores that the peak needs, and those of its writes.
    pub(super) cores: (f64, f64),
    /// The machines that bear it, if there are any.
    pub(super) fleet: Option<Fleet>,
    hardware: f64,
    disk: f64,
}

impl Bill {
    pub(super) fn of(facts: &Answers) -> Self {
        let [rate, spiky, item] = ["rate", "spiky", "item-size"].map(|it| facts.number(it));
        let writes = facts.number("writes") / 100.0;
        let several = facts.flag("several-regions-write");
        let regions = if several { facts.number("regions") } else { 1.0 };
        // What is written in a transaction costs twice, what is read consistently as well.
        let each_write = if facts.number("transaction-items") > 0.0 { 2.0 } else { 1.0 };
        let each_read = if facts.flag("consistent-reads") { 1.0 } else { 0.5 };
        let units = (libm::ceil(item) * each_write, libm::ceil(item / 4.0) * each_read);
        let cost = |write: f64, read: f64| {
            writes * units.0 * write * regions + (1.0 - writes) * units.1 * read
        };
        let peak = rate * spiky;
        let size = facts.number("size");
        let cores = peak * facts.number("cpu-time") / 1e3 / (facts.number("busy-at-most") / 100.0);
        let fleet = Self::fleet(cores, writes * cores, facts.flag("consistent-reads"));
        // A replica has no standby: half the price.
        let machines = fleet.map_or(f64::INFINITY, |it| 1.0 + it.replicas / 2.0);
        let each = fleet.map_or(LARGEST, |it| it.size);
        Self {
            regions,
            units,
            demand: rate * cost(WRITE, READ) * HOURS * 3600.0,
            provisioned: peak / TARGET * cost(WRITE_HOUR, READ_HOUR) * HOURS,
            stored: (size - STORED.1).max(0.0) * STORED.0 * regions,
            cores: (cores, writes * cores),
            fleet,
            hardware: each * machines * facts.number("core-price") * HOURS,
            disk: size.max(DISK.1) * DISK.0 * machines,
        }
    }

    /// One machine, or the fewest of the largest: each copy does all writes, and its part of the
    /// reads.
    fn fleet(cores: f64, writes: f64, consistent: bool) -> Option<Fleet> {
        if let Some(size) = SIZES.into_iter().find(|it| *it >= cores) {
            return Some(Fleet { size, replicas: 0.0 });
        }
        let room = LARGEST - writes;
        if consistent || room <= 0.0 {
            return None;
        }
        let replicas = libm::ceil((cores - writes) / room - 1e-9) - 1.0;
        (replicas <= REPLICAS).then_some(Fleet { size: LARGEST, replicas })
    }

    pub(super) fn dynamodb(&self) -> f64 {
        self.demand.min(self.provisioned) + self.stored
    }

    pub(super) fn postgres(&self) -> f64 {
        self.hardware + self.disk
    }

    /// Why no machines bear it.
    pub(super) fn too_much(&self, consistent: bool) -> String {
        let (cores, writes) = self.cores;
        let [all, most, own] = [cores, LARGEST, writes].map(plain);
        if consistent {
            return format!(
                "the peak needs {all} cores, no class of RDS has more than {most}, and no replica \
                 answers a read that must see every write"
            );
        }
        let room = LARGEST - writes;
        if room <= 0.0 {
            return format!(
                "the writes alone need {own} cores of every copy, and no class of RDS has more \
                 than {most}"
            );
        }
        format!(
            "{} copies would be needed, each with {own} of its {most} cores busy with the writes, \
             and a primary has {} replicas at most",
            plain(libm::ceil((cores - writes) / room - 1e-9)),
            plain(REPLICAS)
        )
    }
}
