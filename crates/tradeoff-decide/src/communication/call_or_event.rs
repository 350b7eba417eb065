//! `call-or-event`: ask and wait, or say what happened and go on.

use tradeoff_analyze::{Callee, Edge};

use crate::availability::series;
use crate::change::time;
use crate::subjects::quoted;
use crate::value::plain;
use crate::{
    Answers, Change, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// Whether one part asks another and waits, or publishes what happened and goes on.
    ///
    /// # Why
    /// A call makes the caller as slow as the sum of what it waits for, and as available as the
    /// product. An event makes it wait for the broker alone; what follows happens later, twice at
    /// times, and nobody is told that it failed unless somebody watches. So the question is who
    /// needs the answer, and whether the promise to the user survives the calls.
    ///
    /// # Examples
    /// Whoever goes on with the answer asks for it:
    /// ```facts answers call
    /// needs-answer = true
    /// ```
    /// Nobody waits for an e-mail: 5 ms until the broker has it instead of 125 ms:
    /// ```facts answers event
    /// needs-answer = false
    /// ```
    /// What must be done before the user sees the next page cannot come later:
    /// ```facts answers call
    /// needs-answer = false
    /// stale-after = 0
    /// ```
    /// A callee that is faster than the broker, and fails less often, gains nothing by one:
    /// ```facts answers call
    /// needs-answer = false
    /// each = 2ms
    /// availability = 99.99%
    /// ```
    /// Four calls of 125 ms do not fit 300 ms: the answer is `accepted`, the rest comes later:
    /// ```facts answers event
    /// needs-answer = true
    /// chain = 4
    /// each = 125ms
    /// within = 300ms
    /// ```
    /// Three callees of 99.9% each are 99.7%, and 99.8% are promised:
    /// ```facts answers event
    /// needs-answer = true
    /// consumers = 3
    /// promised = 99.8%
    /// ```
    /// Too slow to wait for, and of no use later: shorten the chain, or promise less.
    /// ```facts answers none
    /// needs-answer = true
    /// chain = 4
    /// within = 300ms
    /// stale-after = 0
    /// ```
    /// Five calls of 100 ms fit half a second, the sixth does not:
    /// ```facts flips event chain 6
    /// needs-answer = true
    /// chain = 4
    /// each = 100ms
    /// within = 500ms
    /// ```
    /// Three callees may fail a little more often, and no further:
    /// ```facts flips event availability 99.86%
    /// needs-answer = true
    /// consumers = 3
    /// availability = 99.95%
    /// promised = 99.6%
    /// ```
    ///
    /// # Limits
    /// Times are added as they are given: give means to compare means, and percentiles to be on the
    /// safe side, since percentiles of a chain are less than their sum. Failures are taken to be
    /// independent. Retries hide some of a callee's failures and cost time.
    ///
    /// # Sources
    /// Guide, section 3, "Event-Driven Architecture"; section 16, "Dual-Write Pitfalls". B. Treynor
    /// et al., "The Calculus of Service Availability", ACM Queue 15 (2017). J. Nielsen, "Response
    /// Times: The 3 Important Limits" (1993).
    pub const TOPIC = Topic {
        id: "call-or-event",
        title: "Does it call and wait, or publish an event?",
        noun: "Call or event",
        section: "3",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(|_, _| Some(Standing::derived("a call", Is::One("call")))),
        changes: Some(changes),
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("needs-answer")
        .asks("Does the caller need the answer to go on?")
        .why("An event brings none", "guide, section 3")
        .from(|seen, it| seen.flag(it, "needs_answer")),
    Fact::count("chain", "calls", 1.0, 1000.0)
        .asks("How many calls, one after another, does the caller wait for?")
        .why("Their times add up", "guide, section 3: 500 ms of waiting for a chain")
        .or(Value::Number(1.0)),
    Fact::number("each", "ms", 0.01, 1e7)
        .asks("How long does one of them take, with all that it waits for itself?")
        .why("Times `chain` it is what the caller waits", "guide, section 3: 500 ms by four")
        .or(Value::Number(125.0))
        .from(|seen, it| {
            let edge = edge(seen, it)?;
            let answer = match edge.to {
                Callee::Endpoint(number) => seen.steady.times[number].mean,
                Callee::External(external, operation) => {
                    seen.analysis.external(external, operation).mean
                }
                Callee::Operation(..) => return None,
            };
            let time = (answer + 2.0 * edge.network.mean()) * 1e3;
            let known = time.is_finite() && time > 0.0;
            known.then(|| Known::derived("services", Value::Number(time)))
        }),
    Fact::count("consumers", "consumers", 1.0, 1000.0)
        .asks("How many others have to do something because of it?")
        .why("A caller depends on each, and learns of each new one", "guide, section 3")
        .or(Value::Number(1.0)),
    Fact::number("availability", "%", 0.0, 100.0)
        .asks("How available is each of them?")
        .why("A caller is as available as the product", "Treynor et al., 2017")
        .or(Value::Number(99.9))
        .from(|seen, it| {
            let architecture = seen.architecture;
            let (stated, path) = match edge(seen, it)?.to {
                Callee::Endpoint(number) => {
                    let service = &architecture.services[seen.analysis.endpoints[number].0];
                    (service.availability?, format!("services.{}", quoted(&service.name.value)))
                }
                Callee::External(external, _) => {
                    let external = &architecture.externals[external];
                    (external.availability?, format!("externals.{}", quoted(&external.name.value)))
                }
                Callee::Operation(..) => return None,
            };
            Some(Known::at(format!("{path}.availability"), Value::Number(stated * 100.0)))
        }),
    Fact::number("within", "ms", 0.1, 1e8)
        .asks("Within how many ms was the caller promised to have answered?")
        .why("What does not fit cannot be waited for", "Nielsen: after 10 s users have gone")
        .or(Value::Number(10_000.0))
        .from(|seen, it| {
            let limit = seen.analysis.watch(edge(seen, it)?.from)?.limit?;
            Some(Known::derived("slos", Value::Number(limit as f64 / 1e6)))
        }),
    Fact::number("promised", "%", 0.0, 100.0)
        .asks("Which availability was promised of the caller, 0 if none?")
        .why("A product below it breaks the promise", "Treynor et al., 2017")
        .or(Value::Number(0.0))
        .from(|seen, it| {
            let watch = seen.analysis.watch(edge(seen, it)?.from)?;
            let promised = seen.architecture.slos[watch.slo].availability.as_ref()?;
            Some(Known::derived("slos", Value::Number(promised.value * 100.0)))
        }),
    Fact::number("stale-after", "s", 0.0, 1e8)
        .asks("How much later, in seconds, may the effect come?")
        .why("An event takes effect later", "guide, section 3: eventual consistency")
        .or(Value::Number(60.0)),
    Fact::number("lag", "s", 0.001, 1e8)
        .asks("How long, in seconds, does a consumer take to have done it, backlog included?")
        .why("It is when the effect of an event is seen", "guide, section 3")
        .or(Value::Number(1.0)),
    Fact::number("publish", "ms", 0.01, 1e6)
        .asks("How long does it take until the broker, or the outbox, has the event?")
        .why("It is what the sender waits", "guide, section 3")
        .or(Value::Number(5.0)),
    Fact::number("broker", "%", 0.0, 100.0)
        .asks("How available is the broker, or the database that holds the outbox?")
        .why("A sender depends on it instead", "Amazon MSK and SQS, service level: 99.9%")
        .or(Value::Number(99.9)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "call",
        title: "Call, and wait for the answer",
        reversal: Reversal::Weeks,
        undo: "the callee learns to consume, and the caller to go on without an answer",
        door: "give the call an idempotency key: it can be repeated now, and be a message later",
        boring: 1,
    },
    Opt {
        id: "event",
        title: "Publish an event, and go on",
        reversal: Reversal::Weeks,
        undo: "consumers offer an endpoint, and what users saw as `accepted` becomes an answer",
        door: "write the event into an outbox in the transaction that it tells of, and make \
               consumers idempotent",
        boring: 2,
    },
];

fn edge<'a>(seen: &Seen<'a>, subject: &Subject) -> Option<&'a Edge<'a>> {
    let at = |it: &&Edge<'a>| !it.inside && seen.analysis.edge_name(it) == subject.name;
    seen.analysis.edges.iter().find(at)
}

/// The caller waits for the broker and no longer: whom it called has as much to do as before, and
/// its answer or failure reaches nobody.
#[expect(clippy::unnecessary_wraps, reason = "other topics have options that no setting says")]
fn changes(
    seen: &Seen<'_>,
    subject: &Subject,
    facts: &Answers,
    option: &'static str,
) -> Option<Vec<Change>> {
    if option == "call" {
        return Some(Vec::new());
    }
    let publish = time(facts.number("publish"));
    let edges = seen.analysis.edges.iter().enumerate();
    let same = edges.filter(|it| !it.1.inside && seen.analysis.edge_name(it.1) == subject.name);
    let changes = same.map(|(at, edge)| {
        let whom = seen.analysis.callee_name(edge.to);
        let step = format!(
            "{{ optional: [ {{ wait: {publish} }}, {{ call: {whom}, policy: {{ timeout: 1us, \
             deadline: none, retry: none, breaker: none, bulkhead: none }} }} ] }}"
        );
        Change::Step(at, step)
    });
    Some(changes.collect())
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut names = Vec::new();
    for (at, edge) in seen.analysis.edges.iter().enumerate() {
        let name = seen.analysis.edge_name(edge);
        let own = !edge.inside && !matches!(edge.to, Callee::Operation(..));
        if own && names.iter().all(|it: &Subject| it.name != name) {
            names.push(Subject { path: format!("edges.{}", quoted(&name)), name, at });
        }
    }
    names
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [chain, each, within] = ["chain", "each", "within"].map(|it| facts.number(it));
    let [consumers, publish] = ["consumers", "publish"].map(|it| facts.number(it));
    let [each_up, promised, broker] =
        ["availability", "promised", "broker"].map(|it| facts.number(it));
    let [lag, stale] = ["lag", "stale-after"].map(|it| facts.number(it));
    let wait = chain * each;
    let others = chain.max(consumers);
    let up = libm::pow(series(&[each_up / 100.0]), others) * 100.0;

    let sum = format!("{} x {} ms = {} ms", plain(chain), plain(each), plain(wait));
    judge.exclude_if(
        wait > within,
        "call",
        &["chain", "each", "within"],
        format!("{sum} of waiting are more than the {} ms that were promised", plain(within)),
    );
    judge.exclude_if(
        up < promised,
        "call",
        &["availability", "consumers", "promised"],
        format!(
            "{}% to the power of {} is {}%, and {}% were promised",
            plain(each_up),
            plain(others),
            plain(up),
            plain(promised)
        ),
    );
    let fits = !judge.is_excluded("call");
    judge.exclude_if(
        facts.flag("needs-answer") && fits,
        "event",
        &["needs-answer"],
        format!("the caller goes on with the answer, and {sum} fit {} ms", plain(within)),
    );
    judge.exclude_if(
        lag > stale,
        "event",
        &["stale-after", "lag"],
        format!("the effect is there after {} s, and may be {} s late", plain(lag), plain(stale)),
    );
    judge.exclude_if(
        publish > within,
        "event",
        &["publish", "within"],
        format!("publishing alone takes {} ms of {} ms", plain(publish), plain(within)),
    );
    judge.exclude_if(
        broker < promised,
        "event",
        &["broker", "promised"],
        format!("the broker is up {}%, and {}% were promised", plain(broker), plain(promised)),
    );
    judge.compare("how long the caller waits", &[("call", wait), ("event", publish)]);
    judge.compare("how often the caller fails", &[("call", -up), ("event", -broker)]);
    if consumers > 1.0 {
        judge.serves("another consumer without a change of the sender", &["event"]);
    }

    judge.line("waiting for calls", format!("{} x {} ms", plain(chain), plain(each)), wait, "ms");
    judge.line("waiting for the broker", "", publish, "ms");
    let power = format!("{}%^{}", plain(each_up), plain(others));
    judge.line("available with calls", power, up, "%");
    judge.line("available with an event", "", broker, "%");
    judge.line("effect of an event after", "", lag, "s");
    if judge.is_excluded("call") && !judge.is_excluded("event") && facts.flag("needs-answer") {
        judge.advise(
            "Answer `accepted` with a place to look at, and tell the caller when it is done: whoever \
             needed the answer at once has to be designed anew.",
        );
    }
}
