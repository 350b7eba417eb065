//! `postgres-or-dynamodb`: any query, or any load.

mod bill;

use tradeoff_analyze::Callee;
use tradeoff_model::model::EventKind;

use self::bill::{Bill, LARGEST, TARGET};
use super::primary_database::{several_regions, subjects};
use super::{SHARDED, kind};
use crate::value::{plain, with_unit};
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// Whether a store is Postgres or `DynamoDB`.
    ///
    /// # Why
    /// It is no question of scale but of access patterns: Postgres answers what nobody has thought
    /// of yet, `DynamoDB` what its keys were made for, at any load and in several regions. Postgres
    /// grows with the machine, then by replicas that read, and at last over several nodes. The bill
    /// differs as well: a machine is paid for its peak all month, requests are paid one by one. At
    /// an even load the machine is cheaper, at a spiky one the requests.
    ///
    /// # Examples
    /// ```facts answers postgres
    /// patterns-known = false
    /// rate = 500/s
    /// ```
    /// All queries are known, and five regions write:
    /// ```facts answers dynamodb
    /// patterns-known = true
    /// several-regions-write = true
    /// regions = 5
    /// ```
    /// They write, and the queries are not known: that takes a relational one of several nodes.
    /// ```facts answers sharded-postgres
    /// patterns-known = false
    /// several-regions-write = true
    /// ```
    /// The same 500 requests a second, once even and once with peaks of 10,000:
    /// ```facts answers postgres
    /// patterns-known = true
    /// rate = 500/s
    /// spiky = 1
    /// ```
    /// ```facts answers dynamodb
    /// patterns-known = true
    /// rate = 500/s
    /// spiky = 20
    /// ```
    /// One key takes 1,000 writes a second, whatever the table does:
    /// ```facts answers postgres
    /// patterns-known = true
    /// rate = 5k
    /// spiky = 20
    /// hot-key-writes = 2k
    /// ```
    /// Reads that no machine bears, replicas do:
    /// ```facts answers postgres
    /// patterns-known = false
    /// rate = 400k
    /// ```
    /// Writes that no machine bears, with queries that nobody can name:
    /// ```facts answers sharded-postgres
    /// patterns-known = false
    /// rate = 400k
    /// writes = 80%
    /// ```
    /// From a peak of 4,800 a second on the machine is twice as large, and $756 a month dearer:
    /// ```facts flips dynamodb spiky 9.601
    /// patterns-known = true
    /// rate = 500/s
    /// spiky = 5
    /// ```
    ///
    /// # Limits
    /// Prices are list prices in us-east-1, as pages of 2025 and 2026 quote them, and they change;
    /// commitments of one or three years take a third to a half off both. Postgres is a machine in
    /// two zones that keeps a share of its cores free; a replica has no standby, does all writes
    /// again, and lags. Indexes of `DynamoDB` are written, and paid for, with each item that they
    /// hold; backups, streams and traffic are left out of both. If there are transactions, every
    /// write counts as part of one, twice the price: an upper bound. Reads are plain. Of a hot key
    /// on several nodes nothing is said: its row is on one of them.
    ///
    /// # Sources
    /// Guide, section 4, "Postgres vs. `DynamoDB`"; errata `dynamo-limits`, `dynamo-transactions` and
    /// `dynamo-is-not-dynamo`. Amazon `DynamoDB`, us-east-1: on demand $0.625 and $0.125 for a million
    /// write and read units since November 2024 (airbyte.com, July 2025; infracost's test of
    /// `aws_dynamodb_table`); provisioned $0.00065 and $0.00013 an hour; $0.25 a GB-month beyond
    /// 25 GB, of each region (AWS, `DynamoDB` pricing). A global table writes and stores in every
    /// region (AWS, "Global tables FAQ"), since November 2024 at the price of one (jusdb.com).
    /// RDS: classes of up to 192 cores (db.m8g.48xlarge), 15 read replicas (AWS, RDS user guide).
    /// Amazon RDS, us-east-1: gp3 $0.115 a GB-month and zone (usage.ai, June 2026; infracost's
    /// test of `aws_db_instance`). The price of a core is that of db.m7g.large, two cores, $0.168 an
    /// hour and zone (price tables of 2024 and April 2026, no page of AWS), in two zones: compare it
    /// with your bill.
    pub const TOPIC = Topic {
        id: "postgres-or-dynamodb",
        title: "Is it Postgres or DynamoDB?",
        noun: "Postgres or DynamoDB",
        section: "4",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

/// Write and read units that a key takes a second.
const KEY: (f64, f64) = (1000.0, 3000.0);
/// Items in a transaction.
const ITEMS: f64 = 100.0;

static FACTS: &[Fact] = &[
    Fact::flag("patterns-known")
        .asks("Can every query be named before the code is written?")
        .why("The keys are made for them, and answer no others", "guide, section 4")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (patterns, path) = seen.stated(it, "access_patterns")?;
            Some(Known::at(path, Value::Flag(patterns.entries().next().is_some())))
        }),
    Fact::flag("several-regions-write")
        .asks("Must several regions accept writes at the same time?")
        .why("One primary takes all writes of Postgres", "guide, section 4")
        .or(Value::Flag(false))
        .from(|seen, _| several_regions(seen)),
    Fact::count("regions", "regions", 2.0, 100.0)
        .asks("If several regions write: how many?")
        .why(
            "Each of them does all writes of DynamoDB, and keeps all items",
            "AWS, global tables FAQ",
        )
        .or(Value::Number(2.0))
        .from(|seen, _| {
            several_regions(seen).filter(|it| it.value == Value::Flag(true))?;
            let regions = seen.architecture.facts.get("regions").filter(|it| it.stated)?;
            let role =
                |it: &tradeoff_model::Fact| it.get("role").is_none_or(|it| it.says("active"));
            let active = regions.entries().filter(|it| role(it.1)).count();
            (active > 1).then(|| Known::derived("regions", Value::Number(active as f64)))
        }),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many requests a second come on average?")
        .why("Requests are paid one by one", "guide, section 4: cost model")
        .or(Value::Number(0.0))
        .from(|seen, it| {
            let rate = load(seen, it).all;
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
        }),
    Fact::number("spiky", "times", 1.0, 1e4)
        .asks("How many times the average is the peak?")
        .why("A machine is paid for its peak all month", "guide, section 4: cost model")
        .or(Value::Number(1.0))
        .from(|seen, _| {
            let events = seen.architecture.scenarios.iter().flat_map(|it| &it.events);
            let surges = events.filter_map(|it| match it.kind {
                EventKind::Surge { by, .. } => Some(by),
                _ => None,
            });
            let most = surges.reduce(f64::max).filter(|it| *it > 1.0)?;
            Some(Known::derived("scenarios", Value::Number(most)))
        }),
    Fact::number("writes", "%", 0.0, 100.0)
        .asks("Which share of the requests writes?")
        .why("A write costs five to ten times a read", "AWS, DynamoDB pricing, November 2024")
        .or(Value::Number(20.0))
        .from(|seen, it| {
            let load = load(seen, it);
            let share = load.writes / load.all * 100.0;
            (load.all > 0.0).then(|| Known::derived("traffic", Value::Number(share)))
        }),
    Fact::flag("consistent-reads")
        .asks("Must a read see every write before it?")
        .why(
            "It costs twice in DynamoDB, and no replica of Postgres answers it",
            "AWS, DynamoDB, read consistency",
        )
        .or(Value::Flag(false)),
    Fact::number("item-size", "kB", 0.001, 400.0)
        .asks("How large is an item, in kB?")
        .why("Each kB of a write, each four of a read is a unit", "AWS, DynamoDB pricing")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let (entities, path) = seen.stated(it, "entities")?;
            let sizes = entities.entries().filter_map(|it| it.1.get("size")?.number());
            Some(Known::derived(path, Value::Number(sizes.reduce(f64::max)? / 1e3)))
        }),
    Fact::number("size", "GB", 0.0, 1e7)
        .asks("How much is stored, in GB?")
        .why("Both charge for it by the month", "AWS, pricing of both")
        .or(Value::Number(20.0))
        .from(|seen, it| seen.number(it, "size", 1e-9)),
    Fact::count("transaction-items", "items", 0.0, 1e6)
        .asks("How many items change together in the largest transaction?")
        .why(
            "DynamoDB takes 100, in one region, each write at twice the price",
            "errata dynamo-transactions",
        )
        .or(Value::Number(0.0))
        .from(|seen, it| {
            let (transactions, path) = seen.stated(it, "transactions")?;
            let items = transactions.entries().filter_map(|it| it.1.get("items")?.number());
            Some(Known::derived(path, Value::Number(items.reduce(f64::max)?)))
        }),
    Fact::number("hot-key-writes", "/s", 0.0, 1e8)
        .asks("How many writes a second go to the most frequent key?")
        .why("A partition takes 1,000 units a second", "errata dynamo-limits")
        .or(Value::Number(0.0)),
    Fact::number("hot-key-reads", "/s", 0.0, 1e8)
        .asks("How many reads a second go to the most frequent key?")
        .why("A partition takes 3,000 units a second", "errata dynamo-limits")
        .or(Value::Number(0.0)),
    Fact::number("cpu-time", "ms", 0.001, 1e6)
        .asks("How long does a request keep a core of Postgres busy, in ms?")
        .why("Times the peak it is how many cores are needed", "Little's law")
        .or(Value::Number(0.5))
        .from(|seen, it| {
            let load = load(seen, it);
            let each = load.busy / load.all * 1e3;
            (load.all > 0.0).then(|| Known::derived(it.below("operations"), Value::Number(each)))
        }),
    Fact::number("busy-at-most", "%", 1.0, 100.0)
        .asks("Which share of its cores may be busy at the peak?")
        .why("Waits grow steeply beyond", "M/M/c: guide, section 11")
        .or(Value::Number(60.0)),
    Fact::number("core-price", "USD an hour", 0.0, 100.0)
        .asks("What does a core cost an hour, standby in a second zone included?")
        .why(
            "A machine is paid by it",
            "RDS db.m7g.large, two cores, $0.168 an hour and zone, two zones",
        )
        .or(Value::Number(0.168)),
    Fact::number("worth", "USD a month", 0.0, 1e7)
        .asks("How much a month must be saved to be worth a second kind of database?")
        .why(
            "It has to be learned and watched: about a person-day",
            "guide, section 1, boring technology",
        )
        .or(Value::Number(500.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "postgres",
        title: "Postgres, managed, in two zones, with read replicas if it takes them",
        reversal: Reversal::Months,
        undo: "a migration of the data and of every query, with both running for months",
        door: "let one module own each table, and write the access patterns down as they appear",
        boring: 1,
    },
    SHARDED,
    Opt {
        id: "dynamodb",
        title: "DynamoDB",
        reversal: Reversal::Never,
        undo: "keys follow the queries of today: another store means reading and writing all anew",
        door: "publish every change, so that a relational copy can be filled beside it",
        boring: 3,
    },
];

/// What a store is asked, per second.
#[derive(Default)]
struct Load {
    all: f64,
    writes: f64,
    /// Cores that are busy.
    busy: f64,
}

fn load(seen: &Seen<'_>, subject: &Subject) -> Load {
    let operations = &seen.architecture.stores[subject.at].operations;
    let mut load = Load::default();
    for edge in &seen.analysis.edges {
        let Callee::Operation(store, operation) = edge.to else { continue };
        if store != subject.at {
            continue;
        }
        let rate = edge.times * seen.steady.runs[edge.from];
        load.all += rate;
        load.busy += rate * operations[operation].time.mean();
        if operations[operation].writes {
            load.writes += rate;
        }
    }
    load
}

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let kind = kind(seen, subject)?;
    let sharded = seen.stated(subject, "shards").is_some();
    let is = match kind {
        "postgres" | "aurora-postgres" if sharded => Is::One("sharded-postgres"),
        "postgres" | "aurora-postgres" => Is::One("postgres"),
        "dynamodb" => Is::One("dynamodb"),
        _ => Is::NoneOf,
    };
    Some(Standing::at(subject.below("kind"), kind, is))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let bill = Bill::of(facts);
    let [items, hot_writes, hot_reads] =
        ["transaction-items", "hot-key-writes", "hot-key-reads"].map(|it| facts.number(it));
    let regions = facts.flag("several-regions-write");

    judge.exclude_if(
        !facts.flag("patterns-known"),
        "dynamodb",
        &["patterns-known"],
        "it answers by its keys: the next question of the product has no answer in it",
    );
    judge.exclude_if(
        items > ITEMS,
        "dynamodb",
        &["transaction-items"],
        format!("{} items in a transaction are more than {}", plain(items), plain(ITEMS)),
    );
    for (option, name, rate, each, most) in [
        ("dynamodb", "hot-key-writes", hot_writes, bill.units.0, KEY.0),
        ("dynamodb", "hot-key-reads", hot_reads, bill.units.1, KEY.1),
    ] {
        judge.exclude_if(
            rate * each > most,
            option,
            &[name, "item-size"],
            format!(
                "{}/s x {} units to one key are more than the {} that a partition takes",
                plain(rate),
                plain(each),
                plain(most)
            ),
        );
    }
    postgres(facts, &bill, judge);
    arithmetic(facts, &bill, judge);
    let fits = !judge.is_excluded("dynamodb");
    if regions && items > 0.0 && fits {
        judge.advise("A transaction holds in its region only: others see its items one by one.");
    }
    if regions && !fits {
        judge.advise(
            "Several regions write: take a relational database that is made for it (CockroachDB, \
             Spanner). A row that two regions write waits for a round trip between them; shards of \
             Postgres do where every row has a region of its own.",
        );
    }
}

/// One primary, or several nodes.
fn postgres(facts: &Answers, bill: &Bill, judge: &mut Judge) {
    let regions = facts.flag("several-regions-write");
    let fits = !judge.is_excluded("dynamodb");
    judge.exclude_if(
        regions,
        "postgres",
        &["several-regions-write"],
        "one primary takes all writes: those of the other regions cross the ocean and wait",
    );
    let consistent = facts.flag("consistent-reads");
    judge.exclude_if(
        bill.fleet.is_none(),
        "postgres",
        &["rate", "spiky", "writes", "consistent-reads", "cpu-time", "busy-at-most"],
        bill.too_much(consistent),
    );
    if let Some(fleet) = bill.fleet.filter(|_| !regions) {
        let machines = if fleet.replicas > 0.0 {
            format!("{} copies of {} cores", plain(fleet.replicas + 1.0), plain(fleet.size))
        } else {
            format!("a machine of {} cores", plain(fleet.size))
        };
        judge.exclude(
            "sharded-postgres",
            &["rate", "spiky", "writes", "cpu-time", "several-regions-write"],
            format!("{machines} and one region will do: sharding is the last resort"),
        );
    } else {
        judge.serves("spreading rows over nodes and regions by itself", &["dynamodb"]);
    }
    let (fixed, paid) = (bill.postgres(), bill.dynamodb());
    judge.exclude_if(
        fits && fixed - paid > facts.number("worth"),
        "postgres",
        &["spiky", "rate", "worth"],
        format!(
            "a machine for the peak costs ${} a month, the requests cost ${}",
            plain(libm::round(fixed)),
            plain(libm::round(paid))
        ),
    );
}

fn arithmetic(facts: &Answers, bill: &Bill, judge: &mut Judge) {
    let [rate, spiky, busy] = ["rate", "spiky", "busy-at-most"].map(|it| plain(facts.number(it)));
    let cpu = plain(facts.number("cpu-time"));
    judge.line(
        "cores that the peak needs",
        format!("{rate} /s x {spiky} x {cpu} ms / {busy}%"),
        bill.cores.0,
        "",
    );
    let one_region = bill.fleet.filter(|_| bill.regions <= 1.0);
    if let Some(fleet) = one_region {
        let [size, price] = [fleet.size, facts.number("core-price")].map(plain);
        if fleet.replicas > 0.0 {
            let room = LARGEST - bill.cores.1;
            let reads = plain(bill.cores.0 - bill.cores.1);
            let text = format!("{reads} cores of reads / {} left in each - 1", plain(room));
            judge.line("read replicas", text, fleet.replicas, "");
        }
        let copies = if fleet.replicas > 0.0 {
            format!(" x (1 + {} / 2)", plain(fleet.replicas))
        } else {
            String::new()
        };
        let text = format!("{size} cores{copies} x ${price} x 730 h + disk");
        judge.line("Postgres", text, bill.postgres(), "USD a month");
    }
    let (writes, reads) = (with_unit(bill.units.0, "units"), plain(bill.units.1));
    let share = plain(facts.number("writes"));
    let everywhere = if bill.regions > 1.0 {
        format!(", written and stored in {} regions", plain(bill.regions))
    } else {
        String::new()
    };
    let each = format!("{writes} a write, {reads} a read, {share}% writes{everywhere}");
    judge.line("DynamoDB on demand", each, bill.demand + bill.stored, "USD a month");
    judge.line(
        "DynamoDB provisioned",
        format!("for the peak, {}% of it used", plain(TARGET * 100.0)),
        bill.provisioned + bill.stored,
        "USD a month",
    );
    if one_region.is_some() {
        judge.line("saved by DynamoDB", "", bill.postgres() - bill.dynamodb(), "USD a month");
    }
}
