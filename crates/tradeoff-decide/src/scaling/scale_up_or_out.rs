//! `scale-up-or-out`: a bigger machine, or more of them.

use tradeoff_analyze::resources::Kind;

use crate::usl::Usl;
use crate::value::{plain, with_unit};
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Moves, Opt, Reversal, Seen, Standing, Subject, Today,
    Value, subjects,
};

topic! {
    /// Whether more load gets a bigger machine or more machines.
    ///
    /// # Why
    /// A bigger machine changes no code. It ends at the largest that can be had, grows in sizes
    /// that double, and fails as a whole. More machines cost about what they do, and one of them
    /// may fail; but what one of them knows the others must know too, and what they have in common
    /// bounds them: with a share alpha that only one at a time can do, and a cost beta of each pair
    /// to agree, n machines do n / (1 + alpha (n - 1) + beta n (n - 1)) of the work of one, which
    /// has a peak.
    ///
    /// # Examples
    /// A stateless service may not be away while its machine is replaced:
    /// ```facts answers out
    /// stateless = true
    /// load = 60%
    /// ```
    /// If it may, one machine is the least to run:
    /// ```facts answers up
    /// stateless = true
    /// load = 20%
    /// tolerate-loss = true
    /// ```
    /// Two and a half times today's load is three of today's machines, or the largest, which is
    /// three times today's: that is as dear, and one to run:
    /// ```facts answers up
    /// stateless = true
    /// tolerate-loss = true
    /// load = 250%
    /// largest = 300%
    /// ```
    /// A database goes up as long as there is a machine for it:
    /// ```facts answers up
    /// stateless = false
    /// load = 300%
    /// largest = 1600%
    /// ```
    /// If each pair costs 5% to agree, no number of today's machines does three times the work of one:
    /// one of four times its size does, and a second one for when it is lost:
    /// ```facts answers up
    /// stateless = true
    /// load = 300%
    /// coherence = 5%
    /// ```
    /// With a share of 30% that only one at a time can do, no number of machines does more than
    /// 3.3 times the work of one:
    /// ```facts answers none
    /// stateless = true
    /// load = 400%
    /// contention = 30%
    /// largest = 200%
    /// ```
    /// A database splits beyond the largest machine:
    /// ```facts flips out load 201%
    /// stateless = false
    /// load = 150%
    /// largest = 200%
    /// ```
    ///
    /// # Limits
    /// Contention and coherence come from measurements at some numbers of machines, not from
    /// opinion: fit the curve. Sizes are taken to double up to the largest. Where what has state
    /// may not be away, a standby of each machine is counted in both cases: it is for failures, not
    /// for load. So is the second of two larger machines without state.
    ///
    /// # Sources
    /// Guide, section 11, "Vertical vs. Horizontal Scaling". N. J. Gunther, "Guerrilla Capacity
    /// Planning", Springer 2007. G. Amdahl, AFIPS 1967.
    pub const TOPIC = Topic {
        id: "scale-up-or-out",
        title: "A bigger machine, or more machines?",
        noun: "Scaling up or out",
        section: "11",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
        changes: Some(changes),
        moves: MOVES,
    };
}

/// The load is that of a machine of today, whatever its size.
static MOVES: &[Moves] = &[("up", &["load"]), ("out", &["load"])];

static FACTS: &[Fact] = &[
    Fact::flag("stateless")
        .asks("Can any replica answer any request?")
        .why("Else more machines mean that its state is split", "guide, section 11")
        .from(|seen, it| {
            if it.path.starts_with("stores.") {
                return Some(Known::derived(it.path.clone(), Value::Flag(false)));
            }
            let (state, path) = seen.stated(it, "state")?;
            Some(Known::at(path, Value::Flag(state.says("none"))))
        }),
    Fact::number("load", "%", 0.1, 1e6)
        .asks("What is the peak load, in percent of what today's machine should carry?")
        .why("It is what the machines together must do", "guide, section 11")
        .from(load),
    Fact::number("largest", "%", 100.0, 1e5)
        .asks("What does the largest machine that can be had carry, in percent of today's?")
        .why("A bigger machine ends there", "guide, section 11")
        .or(Value::Number(1600.0)),
    Fact::flag("tolerate-loss")
        .asks("May it be away while a machine is replaced?")
        .why("One machine fails as a whole", "guide, section 11, failure domain")
        .or(Value::Flag(false)),
    Fact::number("contention", "%", 0.0, 100.0)
        .asks("Which share of the work can only one at a time do (alpha)?")
        .why("It bounds what any number of machines do", "Amdahl, 1967")
        .or(Value::Number(0.0)),
    Fact::number("coherence", "%", 0.0, 100.0)
        .asks("What does each pair of machines cost to agree (beta)?")
        .why("Beyond a peak one more machine makes it slower", "Gunther, 2007")
        .or(Value::Number(0.0)),
    Fact::number("premium", "%", 0.0, 1000.0)
        .asks("How much dearer is a unit of work on a bigger machine than on today's?")
        .why("The largest have a poor price for what they do", "guide, section 11, cost curve")
        .or(Value::Number(0.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "up",
        title: "One machine, as large as it takes",
        reversal: Reversal::Days,
        undo: "the smaller machine, after a restart",
        door: "write down which is the largest, and at which load it is full",
        boring: 1,
    },
    Opt {
        id: "out",
        title: "More machines",
        reversal: Reversal::Weeks,
        undo: "fewer of them; what made it stateless or split its data stays",
        door: "keep state out of the replicas from the start: sessions, files, schedules",
        boring: 2,
    },
];

/// Machines, of which the answer says whether they are enough.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let (count, cores) = if subject.path.starts_with("stores.") {
        let it = &seen.architecture.stores[subject.at];
        (it.replicas.value, it.cores?.count)
    } else {
        let it = &seen.architecture.services[subject.at];
        (it.replicas.value, it.cores?.count)
    };
    let [count, cores] =
        [(count, "machines"), (cores, "cores")].map(|it| with_unit(f64::from(it.0), it.1));
    Some(Standing::derived(format!("{count} of {cores}"), Is::Untold))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut all = subjects::services(seen);
    all.extend(seen.stores());
    all.retain(|it| seen.resources.contains_key(&format!("{}/cores", it.name)));
    all
}

/// What the busiest copy uses of its cores, times the copies, of what may be used.
fn load(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    /// Beyond this share waiting grows fast: M/M/1.
    const BUSY: f64 = 0.7;
    let cores = seen.resources.get(&format!("{}/cores", subject.name))?;
    if cores.kind != Kind::Cores || cores.arrivals <= 0.0 {
        return None;
    }
    // Writes of a store all go to one copy: it alone has to carry them.
    let store = subject.path.starts_with("stores.");
    let copies =
        if store { 1.0 } else { f64::from(seen.architecture.services[subject.at].replicas.value) };
    Some(Known::derived("traffic", Value::Number(cores.utilization * copies / BUSY * 100.0)))
}

/// One machine of the size that carries the load, or as many of today's as do. A store has no more
/// machines without replicas or shards, which are another question.
fn changes(
    seen: &Seen<'_>,
    subject: &Subject,
    facts: &Answers,
    option: &'static str,
) -> Option<Vec<Change>> {
    let load = facts.number("load") / 100.0;
    let store = subject.path.starts_with("stores.");
    let (cores, slots, queue, cost) = if store {
        let it = &seen.architecture.stores[subject.at];
        (it.cores?.count, None, it.queue.as_ref().map(|it| it.value), it.cost)
    } else {
        let it = &seen.architecture.services[subject.at];
        let [slots, queue] = [&it.concurrency, &it.queue].map(|it| it.as_ref().map(|it| it.value));
        (it.cores?.count, slots, queue, it.cost)
    };
    if option == "out" {
        let law = Usl {
            alpha: facts.number("contention") / 100.0,
            beta: facts.number("coherence") / 100.0,
            gamma: 1.0,
        };
        let spare = if facts.flag("tolerate-loss") { 0.0 } else { 1.0 };
        let machines = law.machines(load).filter(|it| !store && *it < 1e4)? + spare;
        return Some(vec![Change::below(subject, "replicas", machines)]);
    }
    let size = size(load, facts.number("largest") / 100.0);
    let dearer = if size > 1.0 { 1.0 + facts.number("premium") / 100.0 } else { 1.0 };
    let tolerate = facts.flag("tolerate-loss");
    let mut changes = vec![Change::below(subject, "cores", f64::from(cores) * size)];
    if !store {
        // A standby is for failures: it is no replica that answers.
        let machines = if facts.flag("stateless") { copies(size, true, tolerate) } else { 1.0 };
        changes.push(Change::below(subject, "replicas", machines));
    }
    let bounds = [("concurrency", slots), ("queue", queue)];
    for (key, bound) in bounds.into_iter().filter_map(|it| Some((it.0, it.1?))) {
        changes.push(Change::below(subject, key, f64::from(bound) * size));
    }
    if let Some(cost) = cost {
        changes.push(Change::below(subject, "cost", format!("${}/h", cost * size * dearer)));
    }
    Some(changes)
}

/// The smallest size that carries so much, where sizes double up to the largest, or the largest.
fn size(load: f64, largest: f64) -> f64 {
    let mut size = 1.0;
    while size < load * (1.0 - 1e-9) {
        size *= 2.0;
    }
    size.min(largest)
}

/// Machines of a size, so that one may be lost where none may be away. What is without state has
/// more of today's machines for that.
fn copies(size: f64, stateless: bool, tolerate: bool) -> f64 {
    if tolerate || (stateless && size <= 1.0) { 1.0 } else { 2.0 }
}

/// What one machine means for the failure of it, and whether it is bought at all.
fn advice((load, up): (f64, f64), (stateless, tolerate): (bool, bool), judge: &mut Judge) {
    if judge.is_excluded("up") {
        return;
    }
    if load <= 1.0 {
        judge.advise(format!(
            "Today's machine is enough: {}% of what it should carry is asked of it.",
            plain(load * 100.0)
        ));
    }
    if tolerate {
        judge.advise("One machine is one failure domain: all of it is away until it is replaced.");
    } else {
        let other = if stateless {
            "a second of its size carries all"
        } else {
            "a standby of its size takes over"
        };
        judge.advise(format!(
            "One machine is one failure domain, and it may not be away: {other}, {} times today's \
             price for both.",
            plain(up)
        ));
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [load, largest, premium] =
        ["load", "largest", "premium"].map(|it| facts.number(it) / 100.0);
    let [alpha, beta] = ["contention", "coherence"].map(|it| facts.number(it) / 100.0);
    let [stateless, tolerate] = ["stateless", "tolerate-loss"].map(|it| facts.flag(it));
    let law = Usl { alpha, beta, gamma: 1.0 };
    let work = law.machines(load);
    let fits = load <= largest;
    let one = size(load, largest);
    judge.exclude_if(
        !fits,
        "up",
        &["load", "largest"],
        format!(
            "{}% of today's machine is more than the {}% of the largest",
            plain(load * 100.0),
            plain(largest * 100.0)
        ),
    );
    judge.exclude_if(
        stateless && !tolerate && one <= 1.0,
        "up",
        &["stateless", "tolerate-loss", "load"],
        "one machine fails as a whole, and it may not be away while it is replaced",
    );
    judge.exclude_if(
        !stateless && fits,
        "out",
        &["stateless", "load", "largest"],
        format!(
            "its state would have to be split, and a machine of {}% is to be had for {}%",
            plain(largest * 100.0),
            plain(load * 100.0)
        ),
    );
    let most = law.at(if beta > 0.0 { law.peak().max(1.0) } else { 1e12 });
    judge.exclude_if(
        work.is_none(),
        "out",
        &["load", "contention", "coherence"],
        format!(
            "with {}% contention and {}% coherence no number of machines does more than {} times \
             the work of one, of {}",
            plain(alpha * 100.0),
            plain(beta * 100.0),
            plain(most),
            plain(load)
        ),
    );
    // What has state is in none of the others: each machine has a standby of its own.
    let standby = if stateless || tolerate { 1.0 } else { 2.0 };
    let spare = if stateless && !tolerate { 1.0 } else { 0.0 };
    let out = (work.unwrap_or(f64::INFINITY) + spare) * standby;
    // Today's machine has today's price.
    let dearer = if one > 1.0 { premium } else { 0.0 };
    let copies = copies(one, stateless, tolerate);
    let up = one * (1.0 + dearer) * copies;
    let figures = [("up", up, fits), ("out", out, work.is_some())];
    let figures: Vec<(&'static str, f64)> =
        figures.iter().filter(|it| it.2).map(|it| (it.0, it.1)).collect();
    judge.compare("costs less", &figures);
    if fits {
        let text = if one >= largest { "the largest" } else { "the next power of two" };
        judge.line("size of one machine", text, one, "of today's");
        let twice = match (copies > 1.0, stateless) {
            (true, true) => " x 2, one to lose",
            (true, false) => " x 2, a standby",
            _ => "",
        };
        let text = format!("{} x (1 + {}%){twice}", plain(one), plain(dearer * 100.0));
        judge.line("price of one machine", text, up, "of today's");
    } else {
        judge.line("size of one machine", "the largest, which is too small", one, "of today's");
    }
    if let Some(work) = work {
        let more = match (spare > 0.0, standby > 1.0) {
            (true, _) => ", and one to lose",
            (_, true) => ", and a standby of each",
            _ => "",
        };
        judge.line("machines", format!("fewest that do {}{more}", plain(load)), out, "");
        judge.line("lost with one machine", "1 / machines that work", 100.0 / (work + spare), "%");
    }
    if !stateless || up <= out {
        advice((load, up), (stateless, tolerate), judge);
    }
    if alpha > 0.0 {
        judge.line("limit by contention", "1 / alpha", law.limit(), "times one");
    }
    if beta > 0.0 {
        judge.line("machines at the peak", "sqrt((1 - alpha) / beta)", law.peak(), "");
        judge.line("work at the peak", "", most, "times one");
    }
}
