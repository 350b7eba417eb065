//! `storage-tier`: which class of object storage.

use crate::object_storage::{AS_OF, CLASSES, Class, GUIDE, MONTH, billed, class, same_reads};
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Means, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Which class of object storage holds something, at the age that it has.
    ///
    /// # Why
    /// A colder class is cheaper to keep and dearer to read, to fill and to leave: it charges per GB
    /// and per object that is read, for at least 30, 90 or 180 days, and some bill a small object as
    /// 128 kB. So the cheapest class is not the coldest one but the one whose sum over the life of
    /// the data is least. The sum is calculated here from dated prices.
    ///
    /// # Examples
    /// ```facts answers standard
    /// reads-per-month = 10
    /// ```
    /// Read three times in ten months:
    /// ```facts answers infrequent
    /// reads-per-month = 0.3
    /// kept = 2y
    /// ```
    /// ```facts answers glacier-instant
    /// reads-per-month = 0.05
    /// kept = 2y
    /// ```
    /// Backups in large files, which may take an afternoon to come back:
    /// ```facts answers glacier-flexible
    /// reads-per-month = 0.1
    /// kept = 1y
    /// object-size = 1GB
    /// wait = 5h
    /// ```
    /// Seven years for the auditor:
    /// ```facts answers deep-archive
    /// reads-per-month = 0.005
    /// kept = 7y
    /// wait = 12h
    /// ```
    /// The same for somebody who cannot wait:
    /// ```facts answers glacier-instant
    /// reads-per-month = 0.005
    /// kept = 7y
    /// wait = 0
    /// ```
    /// What is deleted after 20 days pays 30, 90 or 180 elsewhere:
    /// ```facts answers standard
    /// reads-per-month = 0
    /// kept = 20d
    /// ```
    /// From about one read a month on standard storage is cheapest:
    /// ```facts flips standard reads-per-month 0.972
    /// reads-per-month = 0.3
    /// kept = 2y
    /// ```
    ///
    /// # Limits
    /// Prices are those of Amazon S3 in us-east-1 of May 2026, first 50 TB; other regions and
    /// providers differ. A month has 30 days, as in lifecycle rules, so that 365 days are 12.17 of
    /// them: 1.4% more than twelve bills. Transfer out, versions, replication and lifecycle requests
    /// between classes beyond the first put are not counted. Restores are the standard ones: bulk restores are slower and
    /// cheaper. Data ages: ask once for each age, and let the lifecycle move it. Where nobody knows
    /// how it is read, intelligent tiering moves it by itself for a fee per object.
    ///
    /// # Sources
    /// Guide, section 7, "Hot / Warm / Cold Tiering"; errata `tier-charges`. AWS, "Amazon S3
    /// pricing" and "Storage classes"; the table with its date stands in `object_storage`.
    pub const TOPIC = Topic {
        id: "storage-tier",
        title: "Which class of object storage holds it?",
        noun: "Storage class",
        section: "7",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["class"], MEANS),
    };
}

/// Words of the format for an option of another name.
const MEANS: &[Means] = &[
    ("standard-ia", "infrequent"),
    ("glacier-ir", "glacier-instant"),
    ("glacier", "glacier-flexible"),
];

static FACTS: &[Fact] = &[
    Fact::number("reads-per-month", "a month", 0.0, 1e6)
        .asks("How often a month is it read, all of it counted once?")
        .why("Colder classes charge per GB and per object that is read", "errata tier-charges")
        .from(reads),
    Fact::number("kept", "d", 1.0, 36_500.0)
        .asks("How long is it kept in this class, in days?")
        .why("Colder classes charge 30, 90 or 180 days at least", "errata tier-charges")
        .or(Value::Number(365.0))
        .from(|seen, it| seen.time(it, "expire", 86_400.0)),
    Fact::number("wait", "h", 0.0, 48.0)
        .asks("How many hours may a reader wait for it?")
        .why("The coldest classes answer after hours", "guide, section 7: 12hr retrieval")
        .or(Value::Number(0.0))
        .from(|seen, it| seen.time(it, "retrieval", 3600.0)),
    Fact::number("object-size", "kB", 0.001, 5e9)
        .asks("How large is an object, in kB?")
        .why("Requests are charged per object, and small ones are billed as 128 kB", "AWS, S3")
        .or(Value::Number(1000.0))
        .from(|seen, it| {
            let (size, path) = seen.stated(it, "size")?;
            let objects = seen.stated(it, "objects")?.0.number()?;
            (objects > 0.0)
                .then_some(Known::derived(path, Value::Number(size.number()? / objects / 1e3)))
        }),
    Fact::number("size", "GB", 0.001, 1e9)
        .asks("How much is it, in GB?")
        .why("It turns prices per GB into a bill, and decides nothing", "arithmetic")
        .or(Value::Number(1000.0))
        .from(|seen, it| seen.number(it, "size", 1e-9)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "standard",
        title: "Standard",
        reversal: Reversal::Days,
        undo: "a lifecycle rule moves it",
        door: "name objects so that a rule can tell by prefix what grows old",
        boring: 1,
    },
    Opt {
        id: "infrequent",
        title: "Infrequent access (Standard-IA)",
        reversal: Reversal::Days,
        undo: "it is copied back: one retrieval of all of it",
        door: "let a rule move it after 30 days, and leave objects below 128 kB where they are",
        boring: 2,
    },
    Opt {
        id: "glacier-instant",
        title: "Archive that answers at once (Glacier Instant Retrieval)",
        reversal: Reversal::Days,
        undo: "it is copied back: one retrieval of all of it",
        door: "watch retrievals for a month before more is moved",
        boring: 3,
    },
    Opt {
        id: "glacier-flexible",
        title: "Archive that answers within hours (Glacier Flexible Retrieval)",
        reversal: Reversal::Weeks,
        undo: "it is restored and copied back, in hours and for one retrieval",
        door: "pack small objects before they are moved, and rehearse a restore",
        boring: 4,
    },
    Opt {
        id: "deep-archive",
        title: "Archive that answers within half a day (Glacier Deep Archive)",
        reversal: Reversal::Weeks,
        undo: "it is restored and copied back, in a day and for one retrieval",
        door: "pack small objects before they are moved, and rehearse a restore",
        boring: 5,
    },
];

/// Reads a month of each object: reads per second over objects.
fn reads(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (rate, path) = seen.stated(subject, "reads")?;
    let objects = seen.stated(subject, "objects")?.0.number()?;
    let month = MONTH * 86_400.0;
    (objects > 0.0).then_some(Known::derived(path, Value::Number(rate.number()? * month / objects)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("buckets")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [reads, days, wait, object, size] =
        ["reads-per-month", "kept", "wait", "object-size", "size"].map(|it| facts.number(it));
    let months = days / MONTH;
    let cost = |it: &Class| it.life(days, object, reads);
    for it in &CLASSES {
        judge.exclude_if(
            it.wait > wait,
            it.id,
            &["wait"],
            format!(
                "an object can be read after {} h, and a reader waits {} h",
                plain(it.wait),
                plain(wait)
            ),
        );
    }
    let figures: Vec<(&'static str, f64)> =
        CLASSES.iter().map(|it| (it.id, cost(it).total())).collect();
    judge.compare(format!("USD per GB for its life, prices of {AS_OF}"), &figures);
    for it in &CLASSES {
        let life = cost(it);
        judge.line(
            format!("{}: {} GB for {} d", it.id, plain(size), plain(days)),
            format!(
                "{} GB x ({} to keep + {} to read + {} to put)",
                plain(size),
                plain(life.storage),
                plain(life.reads),
                plain(life.puts)
            ),
            life.total() * size,
            "USD",
        );
    }
    for pair in CLASSES.windows(2) {
        let [warm, cold] = pair else { continue };
        let reads = same_reads(warm, cold, days, object);
        if reads > 0.0 && reads.is_finite() {
            let name = format!("same cost: {} or {}", warm.id, cold.id);
            judge.line(name, "less to keep and put / more to read", reads, "a month");
        }
    }
    let standard = class("standard").map_or(0.0, |it| it.storage);
    let cycle = billed(GUIDE, size, days, object);
    let text = "30 d standard, 60 infrequent, 275 instant, then deep archive; storage as billed";
    judge.line("the guide's lifecycle", text, cycle, "USD");
    let text = format!("{} GB x {} USD x {} months", plain(size), plain(standard), plain(months));
    judge.line("all of it in standard; storage alone", text, size * standard * months, "USD");
    let text = "1 - lifecycle / standard";
    let saved = 100.0 - cycle / (size * standard * months) * 100.0;
    judge.line("saved by the guide's lifecycle", text, saved, "%");
    if saved < 0.0 {
        judge.advise(format!(
            "The guide's lifecycle costs more than leaving all of it in standard: objects of {} kB, \
             kept {} d, are billed as larger or longer.",
            plain(object),
            plain(days)
        ));
    }
    if object < 128.0 {
        judge.advise(format!(
            "Objects of {} kB are billed as 128 kB by two of the classes, and each request is \
             charged: pack them before they are moved.",
            plain(object)
        ));
    }
}
