//! What object storage costs, by class.
//!
//! Prices are those of Amazon S3 in us-east-1, first 50 TB, in USD, as of [`AS_OF`]. A month has
//! 30 days, as in lifecycle rules; requests are those that put an object and read it whole.
//!
//! Sources: AWS, "Amazon S3 pricing" (aws.amazon.com/s3/pricing) and "Storage classes"
//! (docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html); the storage,
//! retrieval and minimum columns were compared with usage.ai, "Complete S3 Storage Class Pricing
//! Table (US East, May 2026)", the retrieval requests of Glacier with AWS re:Post, "Manage data
//! retrieval", and all prices with the AWS price list as it was generated into scttfrdmn/objectfs
//! (`internal/awsrates/rates_generated.go`) and with infracost's test of `aws_s3_bucket`.

/// The month whose prices these are.
pub const AS_OF: &str = "2026-05";

/// Days in a month.
pub const MONTH: f64 = 30.0;

/// A class of storage and what it charges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Its name, as the topic and the architecture call it.
    pub id: &'static str,
    /// USD per GB-month.
    pub storage: f64,
    /// USD per GB that is read.
    pub retrieval: f64,
    /// USD per 1,000 objects that are put, or moved to it.
    pub puts: f64,
    /// USD per 1,000 objects that are read.
    pub gets: f64,
    /// Days that are charged at least.
    pub least_days: f64,
    /// kB that an object is billed as at least.
    pub least_size: f64,
    /// kB that each object is billed beside its own, at the price of its class.
    pub overhead: f64,
    /// kB that each object is billed beside its own, at the price of standard: its name.
    pub names: f64,
    /// Hours until an object can be read.
    pub wait: f64,
}

/// The classes, the fastest and dearest to keep first.
pub const CLASSES: [Class; 5] = [
    Class {
        id: "standard",
        storage: 0.023,
        retrieval: 0.0,
        puts: 0.005,
        gets: 0.0004,
        least_days: 0.0,
        least_size: 0.0,
        overhead: 0.0,
        names: 0.0,
        wait: 0.0,
    },
    Class {
        id: "infrequent",
        storage: 0.0125,
        retrieval: 0.01,
        puts: 0.01,
        gets: 0.001,
        least_days: 30.0,
        least_size: 128.0,
        overhead: 0.0,
        names: 0.0,
        wait: 0.0,
    },
    Class {
        id: "glacier-instant",
        storage: 0.004,
        retrieval: 0.03,
        puts: 0.02,
        gets: 0.01,
        least_days: 90.0,
        least_size: 128.0,
        overhead: 0.0,
        names: 0.0,
        wait: 0.0,
    },
    Class {
        id: "glacier-flexible",
        storage: 0.0036,
        retrieval: 0.01,
        puts: 0.03,
        gets: 0.05,
        least_days: 90.0,
        least_size: 0.0,
        overhead: 32.0,
        names: 8.0,
        wait: 5.0,
    },
    Class {
        id: "deep-archive",
        storage: 0.000_99,
        retrieval: 0.02,
        puts: 0.05,
        gets: 0.1,
        least_days: 180.0,
        least_size: 0.0,
        overhead: 32.0,
        names: 8.0,
        wait: 12.0,
    },
];

/// What a GB costs over its life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life {
    /// USD for keeping it, for the least duration and size at least.
    pub storage: f64,
    /// USD for reading it.
    pub reads: f64,
    /// USD for putting it there.
    pub puts: f64,
}

impl Life {
    /// All of it, in USD.
    pub fn total(&self) -> f64 {
        self.storage + self.reads + self.puts
    }
}

impl Class {
    /// USD a month that keeping a GB costs in objects of so many kB, with the least that each is
    /// billed as and what is billed beside it.
    pub fn month(&self, size: f64) -> f64 {
        let billed = (size.max(self.least_size) + self.overhead) / size;
        self.storage * billed + CLASSES[0].storage * self.names / size
    }

    /// What a GB costs that is kept for some days in objects of so many kB, and read so many times
    /// a month.
    pub fn life(&self, days: f64, size: f64, reads: f64) -> Life {
        let objects = 1e6 / size;
        Life {
            storage: self.month(size) * days.max(self.least_days) / MONTH,
            reads: (self.retrieval + objects * self.gets / 1e3) * reads * days / MONTH,
            puts: objects * self.puts / 1e3,
        }
    }
}

/// The reads a month at which two classes cost the same for a GB that is kept for some days in
/// objects of so many kB: what keeping and putting it costs less, over what reading it costs more.
/// Negative where one of them is cheaper in both.
pub fn same_reads(warm: &Class, cold: &Class, days: f64, size: f64) -> f64 {
    let cost = |it: &Class, reads: f64| it.life(days, size, reads).total();
    let less = cost(warm, 0.0) - cost(cold, 0.0);
    let read = |it: &Class| it.life(days, size, 1.0).reads;
    less / (read(cold) - read(warm))
}

/// Moves as data ages: from which day on which class holds it.
pub type Lifecycle = [(f64, &'static str)];

/// The lifecycle of section 7 of the guide.
pub const GUIDE: &Lifecycle =
    &[(0.0, "standard"), (30.0, "infrequent"), (90.0, "glacier-instant"), (365.0, "deep-archive")];

/// What stays in standard storage for good.
pub const UNMOVED: &Lifecycle = &[(0.0, "standard")];

/// The class of an id.
pub fn class(id: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|it| it.id == id)
}

/// Days of its life that something spends in each class of a lifecycle.
pub fn days_by_class(cycle: &Lifecycle, days: f64) -> Vec<(&'static str, f64)> {
    let ends = cycle.iter().skip(1).map(|it| it.0).chain([f64::INFINITY]);
    let spans = cycle.iter().zip(ends);
    spans.map(|(&(start, id), end)| (id, (days.min(end) - start).max(0.0))).collect()
}

/// USD for keeping so many GB so many days under a lifecycle, by class; storage alone.
pub fn kept(cycle: &Lifecycle, gb: f64, days: f64) -> Vec<(&'static str, f64)> {
    let price = |id: &str| class(id).map_or(0.0, |it| it.storage);
    let spent = days_by_class(cycle, days).into_iter();
    spent.map(|(id, days)| (id, gb * price(id) * days / MONTH)).collect()
}

/// USD for keeping so many GB so many days under a lifecycle, if they are in objects of so many kB:
/// as each class bills them, for the least duration at least where it is entered.
pub fn billed(cycle: &Lifecycle, gb: f64, days: f64, size: f64) -> f64 {
    let spent = days_by_class(cycle, days).into_iter().filter(|it| it.1 > 0.0);
    let bills = spent.filter_map(|(id, days)| {
        let it = class(id)?;
        Some(gb * it.month(size) * days.max(it.least_days) / MONTH)
    });
    bills.sum()
}

/// The share of the cost of keeping something in standard storage that a lifecycle saves in so many
/// days.
pub fn saved(cycle: &Lifecycle, days: f64) -> f64 {
    let spent = |cycle| kept(cycle, 1.0, days).iter().map(|it| it.1).sum::<f64>();
    1.0 - spent(cycle) / spent(UNMOVED)
}

/// GB in each class after so many days, if as much comes every day; and USD a month for keeping it.
pub fn stock(cycle: &Lifecycle, per_day: f64, days: f64) -> (Vec<(&'static str, f64)>, f64) {
    let stock: Vec<(&'static str, f64)> =
        days_by_class(cycle, days).into_iter().map(|(id, days)| (id, per_day * days)).collect();
    let price = |id: &str| class(id).map_or(0.0, |it| it.storage);
    let rate = stock.iter().map(|(id, gb)| gb * price(id)).sum();
    (stock, rate)
}
