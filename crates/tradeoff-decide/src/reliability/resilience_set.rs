//! `resilience-set`: what guards a call.

use tradeoff_analyze::words;

use crate::change::time;
use crate::resilience::window;
use crate::value::plain;
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
    subjects,
};
use reads::{caller, edge, errors, idempotent, limit, slowest, spared, subjects};
use sums::{BUDGET, Call, OPENS, WINDOW, ms, percent};

mod reads;
mod sums;

topic! {
    /// Which of timeout, retry, breaker, bulkhead and fallback guard a call, and with which figures.
    ///
    /// # Why
    /// Without a timeout a callee that hangs takes its callers with it. A retry repairs what fails
    /// by chance, and multiplies the load on what fails because of load: it needs a budget and a
    /// breaker, and an operation that may be repeated. Each has a figure that follows from the
    /// call: the timeout from the callee's slowest answers, the attempts from the promise and from
    /// the time that the caller has, the breaker's window from the failures that are normal.
    ///
    /// # Examples
    /// An operation that may be repeated gets all three:
    /// ```facts answers timeout-retry-breaker
    /// idempotent = true
    /// ```
    /// One that may not, no retry; an idempotency key would allow it:
    /// ```facts answers timeout-breaker
    /// idempotent = false
    /// ```
    /// The caller can do without the answer:
    /// ```facts answers timeout-retry-breaker-fallback
    /// idempotent = true
    /// critical = false
    /// ```
    /// ```facts answers timeout-breaker-fallback
    /// idempotent = false
    /// critical = false
    /// ```
    /// 600 a second of half a second each would take all 200 threads while the callee hangs:
    /// ```facts answers timeout-breaker-bulkhead
    /// shared-threads = true
    /// rate = 600
    /// threads = 200
    /// ```
    /// ```facts answers timeout-retry-breaker-bulkhead
    /// idempotent = true
    /// shared-threads = true
    /// rate = 600
    /// threads = 200
    /// ```
    /// ```facts answers timeout-breaker-bulkhead-fallback
    /// critical = false
    /// shared-threads = true
    /// rate = 600
    /// threads = 200
    /// ```
    /// ```facts answers timeout-retry-breaker-bulkhead-fallback
    /// idempotent = true
    /// critical = false
    /// shared-threads = true
    /// rate = 600
    /// threads = 200
    /// ```
    /// A callee whose slow answers take longer than the caller has:
    /// ```facts answers change-the-call
    /// slowest = 3s
    /// limit = 1s
    /// ```
    /// Two attempts of half a second fit into 1,050 ms, with the pause between them. In less there
    /// is no room for a second:
    /// ```facts flips timeout-breaker limit 1049
    /// idempotent = true
    /// limit = 2s
    /// ```
    /// If two in a thousand may fail, and the timeout cuts off one, one that fails by itself has not
    /// to be repeated:
    /// ```facts flips timeout-breaker failing 0.1%
    /// idempotent = true
    /// failing = 1%
    /// promised = 99.8%
    /// ```
    /// If one in ten thousand may fail, a timeout there breaks the promise by itself. Where nothing
    /// may be repeated, it is then all that the caller has:
    /// ```facts answers timeout-breaker
    /// idempotent = false
    /// failing = 0.005%
    /// promised = 99.99%
    /// ```
    ///
    /// # Limits
    /// What fails and what the timeout cuts off are added up, as if no call were both. Attempts are
    /// taken to fail independently. In an outage they do not: then the budget bounds what they add,
    /// and the breaker ends it. Retries belong to one layer: three layers of three attempts are 27.
    /// The breaker's window counts calls of one caller replica. A step that is optional, or has a
    /// fallback, is not critical; of others an architecture does not say it. Of a chain of calls,
    /// the timeout of an outer one is never below that of an inner one that it waits for.
    ///
    /// # Sources
    /// Guide, section 12, "Circuit Breakers, Retries, and Timeouts"; erratum `breaker-sample`. M.
    /// Brooker, "Timeouts, retries, and backoff with jitter", Amazon Builders' Library: a timeout
    /// at the percentile of an acceptable rate of false timeouts, such as 0.1%. SRE Book, chapter
    /// 21: a retry budget of 10%.
    pub const TOPIC = Topic {
        id: "resilience-set",
        title: "What guards a call: timeout, retry, breaker, bulkhead, fallback?",
        noun: "Resilience",
        section: "12",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
        changes: Some(changes),
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("idempotent")
        .asks("Does it do no harm to repeat the call, by itself or under a key?")
        .why("After a timeout nobody knows whether it was done", "guide, section 9")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (stated, path) = idempotent(seen, edge(seen, it))?;
            Some(Known::derived(path, Value::Flag(stated)))
        }),
    Fact::flag("critical")
        .asks("Is the caller of no use without the answer?")
        .why("If not, an older or poorer answer is better than an error", "guide, section 12")
        .or(Value::Flag(true))
        .from(|seen, it| {
            let stated = seen.flag(it, "critical");
            stated.or_else(|| {
                let path = caller(seen, it).1;
                spared(seen, it).then(|| Known::derived(path, Value::Flag(false)))
            })
        }),
    Fact::number("slowest", "ms", 0.1, 3.6e6)
        .asks("How long does the callee take in all but one of a thousand calls (p99.9)?")
        .why("A timeout there gives up wrongly on 0.1% of the calls", "Amazon Builders' Library")
        .or(Value::Number(500.0))
        .from(|seen, it| {
            let seconds = slowest(seen, edge(seen, it))?;
            Some(Known::derived("services", Value::Number(seconds * 1e3)))
        }),
    Fact::number("limit", "ms", 0.1, 3.6e6)
        .asks("How long may the caller wait for it in all, attempts and pauses included?")
        .why("Attempts that end after the caller has given up are wasted", "guide, section 12")
        .or(Value::Number(2000.0))
        .from(limit),
    Fact::number("failing", "%", 0.0, 100.0)
        .asks("Which share of single attempts fails on a normal day?")
        .why("It says how many attempts a promise needs, and when a breaker is wrong", "binomial")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let (errors, path) = errors(seen, edge(seen, it))?;
            Some(Known::derived(path, Value::Number(errors * 100.0)))
        }),
    Fact::number("promised", "%", 50.0, 99.9999)
        .asks("Which share of the calls has to be answered?")
        .why("Attempts beyond what it needs are load for nothing", "guide, section 12, SLOs")
        .or(Value::Number(99.9))
        .from(|seen, it| {
            let watch = seen.analysis.watch(edge(seen, it).from)?;
            let slo = &seen.architecture.slos[watch.slo];
            let target = slo.availability.as_ref()?.value;
            let path = format!("slos.{}.availability", subjects::quoted(&slo.name.value));
            Some(Known::at(path, Value::Number(target * 100.0)))
        }),
    Fact::number("rate", "/s", 0.0, 1e6)
        .asks("How many such calls a second does one replica of the caller make?")
        .why("Times the timeout it is what waits while the callee hangs", "Little's law")
        .or(Value::Number(100.0))
        .from(|seen, it| {
            let edge = edge(seen, it);
            let service = &seen.architecture.services[seen.analysis.endpoints[edge.from].0];
            let rate = edge.times * seen.steady.runs[edge.from];
            let each = rate / f64::from(service.replicas.value);
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(each)))
        }),
    Fact::flag("shared-threads")
        .asks("Do these calls share their threads or slots with calls to others?")
        .why("Then one slow callee takes down what does not need it", "guide, section 12, bulkhead")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (service, path) = caller(seen, it);
            service.concurrency.as_ref()?;
            let edges = seen.analysis.edges.iter();
            let mut callees: Vec<String> = edges
                .filter(|that| {
                    let at = seen.analysis.endpoints[that.from].0;
                    !that.inside && std::ptr::eq(&raw const seen.architecture.services[at], service)
                })
                .map(|that| seen.analysis.callee_name(that.to))
                .collect();
            callees.sort_unstable();
            callees.dedup();
            Some(Known::derived(path, Value::Flag(callees.len() > 1)))
        }),
    Fact::count("threads", "threads", 1.0, 1e6)
        .asks("How many requests does a replica of the caller serve at once?")
        .why("What waits for a callee that hangs takes this many at most", "guide, section 12")
        .or(Value::Number(200.0))
        .from(|seen, it| {
            let (service, path) = caller(seen, it);
            let slots = service.concurrency.as_ref()?.value;
            Some(Known::at(format!("{path}.concurrency"), Value::Number(f64::from(slots))))
        }),
    Fact::number("pause", "ms", 0.0, 6e4)
        .asks("How long is the longest pause before the second attempt?")
        .why(
            "Without one, retries come together and keep an overload alive",
            "Amazon Builders' Library",
        )
        .or(Value::Number(50.0)),
];

/// Facts by which calls that hang take all threads.
const HANG: [&str; 5] = ["shared-threads", "rate", "slowest", "limit", "threads"];

const SETTING: &str = "a change of configuration";
const DOOR: &str = "keep the figures in configuration, and graph attempts, refusals and fallbacks";

/// Ids, and what each has of retry, bulkhead and fallback.
static OPTIONS: &[Opt] = &[
    set("timeout-breaker", "Timeout and breaker", 1),
    set("timeout-retry-breaker", "Timeout, retry and breaker", 2),
    set("timeout-breaker-bulkhead", "Timeout, breaker and bulkhead", 3),
    set("timeout-retry-breaker-bulkhead", "Timeout, retry, breaker and bulkhead", 4),
    set("timeout-breaker-fallback", "Timeout, breaker and fallback", 5),
    set("timeout-retry-breaker-fallback", "Timeout, retry, breaker and fallback", 6),
    set("timeout-breaker-bulkhead-fallback", "Timeout, breaker, bulkhead and fallback", 7),
    set("timeout-retry-breaker-bulkhead-fallback", "All five", 8),
    Opt {
        id: "change-the-call",
        title: "Change the call: an event, a copy of the data, a faster callee",
        reversal: Reversal::Months,
        undo: "the caller's flow is another one",
        door: "measure where the callee's slow answers come from before anything is rebuilt",
        boring: 9,
    },
];

const fn set(id: &'static str, title: &'static str, boring: u8) -> Opt {
    Opt { id, title, reversal: Reversal::Days, undo: SETTING, door: DOOR, boring }
}

/// The policy of the arithmetic, with half of the caller's slots as a bulkhead. What could stand in
/// for an answer where nothing does yet, and what else the call could be, no architecture says.
fn changes(
    seen: &Seen<'_>,
    subject: &Subject,
    facts: &Answers,
    option: &'static str,
) -> Option<Vec<Change>> {
    if option == "change-the-call" || option.contains("fallback") && !spared(seen, subject) {
        return None;
    }
    let call = Call::of(facts);
    let set = |key, value: String| Change::Policy(subject.at, key, value);
    let again = option.contains("retry");
    let retry = if again {
        format!(
            "{{ attempts: {}, backoff: exponential, jitter: full, budget: {} }}",
            call.made(true),
            percent(BUDGET)
        )
    } else {
        "none".to_owned()
    };
    let calls = window(call.rate, OPENS, call.single(), WINDOW).unwrap_or(WINDOW);
    let breaker = format!("{{ failure_rate: {}, window: {calls} calls }}", percent(OPENS));
    let bulkhead = if option.contains("bulkhead") {
        let half = (facts.number("threads") / 2.0).max(1.0) as u64;
        format!("{{ concurrent: {half} }}")
    } else {
        "none".to_owned()
    };
    Some(vec![
        set("timeout", time(call.timeout(again))),
        set("retry", retry),
        set("breaker", breaker),
        set("bulkhead", bulkhead),
    ])
}

/// The policy of the call, and whether the caller goes on without it.
#[expect(clippy::unnecessary_wraps, reason = "other topics may find nothing said")]
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let policy = edge(seen, subject).policy;
    let part = |name: &str, it: Option<String>| it.unwrap_or_else(|| format!("no {name}"));
    let timeout = policy.timeout.as_ref().map(|it| format!("timeout {}", words::stated(it.value)));
    let retries = policy.retry.as_ref().filter(|it| it.value.attempts > 1);
    let bulkhead = policy.bulkhead.as_ref().map(|it| format!("bulkhead of {}", it.value));
    let breaker = policy.breaker.as_ref().map(|_| "breaker".to_owned());
    let guarded = timeout.is_some() && breaker.is_some();
    let fallback = spared(seen, subject);
    let id = match (retries.is_some(), bulkhead.is_some(), fallback) {
        (false, false, false) => "timeout-breaker",
        (true, false, false) => "timeout-retry-breaker",
        (false, true, false) => "timeout-breaker-bulkhead",
        (true, true, false) => "timeout-retry-breaker-bulkhead",
        (false, false, true) => "timeout-breaker-fallback",
        (true, false, true) => "timeout-retry-breaker-fallback",
        (false, true, true) => "timeout-breaker-bulkhead-fallback",
        (true, true, true) => "timeout-retry-breaker-bulkhead-fallback",
    };
    let retry = retries.map(|it| format!("{} attempts", it.value.attempts));
    let mut parts = vec![
        part("timeout", timeout),
        part("retry", retry),
        part("breaker", breaker),
        part("bulkhead", bulkhead),
    ];
    if fallback {
        parts.push("goes on without it".to_owned());
    }
    Some(Standing::derived(parts.join(", "), Is::of(guarded.then_some(id))))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let call = Call::of(facts);
    let threads = facts.number("threads");
    let [repeatable, critical, shared] =
        ["idempotent", "critical", "shared-threads"].map(|it| facts.flag(it));
    let too_slow = call.slowest > call.limit;
    // Made once: they are the same for every set.
    let needless = format!(
        "{} of single attempts fail or are cut off, and {} may: retries are load for nothing",
        call.sum(),
        percent(call.allowed)
    );
    let has = format!("the caller has {}", ms(call.limit));
    let two = ms(2.0 * call.slowest + call.pause);
    let no_room = format!("2 x {} + {} = {two}, and {has}", ms(call.slowest), ms(call.pause));
    let late = format!("the callee takes up to {}, and {has}", ms(call.slowest));
    let twice = "after a timeout nobody knows whether it was done: a retry does it twice";
    let lie = "the caller is of no use without the answer: a substitute would be a lie";
    let alone = "nothing else runs on these threads that it would protect";
    let slots: [(bool, String, String); 2] = [false, true].map(|retry| {
        let hanging = call.hanging(retry);
        let hangs = format!("{} = {} calls hang", call.hangs(retry), plain(hanging));
        let bounded = format!("{hangs} at most, of {} threads", plain(threads));
        let taken = format!("{hangs}: all {} threads, also those for others", plain(threads));
        (hanging >= threads, bounded, taken)
    });

    let sets = OPTIONS.iter().map(|it| it.id).filter(|it| *it != "change-the-call");
    for id in sets.clone() {
        let [retry, bulkhead, fallback] =
            ["retry", "bulkhead", "fallback"].map(|part| id.contains(part));
        let (all, bounded, taken) = &slots[usize::from(retry)];
        let reasons: [(bool, &[&'static str], &str); 8] = [
            (retry && !repeatable, &["idempotent"], twice),
            (retry && call.wanted() <= 1.0, &["failing", "promised"], &needless),
            (retry && call.room() < 2, &["slowest", "limit"], &no_room),
            (fallback && critical, &["critical"], lie),
            (bulkhead && !shared, &["shared-threads"], alone),
            (bulkhead && !all, &HANG[1..], bounded),
            (!bulkhead && shared && *all, &HANG, taken),
            (!fallback && too_slow, &["slowest", "limit"], &late),
        ];
        for (holds, because, sentence) in reasons {
            judge.exclude_if(holds, id, because, sentence);
        }
    }
    let with = |part: &str| -> Vec<&'static str> {
        let all = OPTIONS.iter().map(|it| it.id);
        all.filter(|it| it.contains(part)).collect()
    };
    judge.serves("repairs what fails by chance", &with("retry"));
    if !critical {
        judge.serves("answers while the callee does not", &with("fallback"));
    }
    let left: Vec<&str> = sets.filter(|it| !judge.is_excluded(it)).collect();
    if !left.is_empty() {
        judge.exclude(
            "change-the-call",
            &["slowest", "limit"],
            format!("{} ms fit into {} ms", plain(call.slowest.min(call.limit)), plain(call.limit)),
        );
    }
    let retry = left.iter().any(|it| it.contains("retry"));
    call.figures(retry, judge);
    // What a fallback answers, is answered.
    if critical && !left.is_empty() {
        call.shortfall(retry, repeatable, judge);
    }
}
