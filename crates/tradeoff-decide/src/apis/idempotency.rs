//! `idempotency`: how a repeated request is recognized.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// How a request is recognized that was made before, and where that is remembered.
    ///
    /// # Why
    /// Who gets no answer asks again, and does not know whether it was done. A key that the client
    /// makes for each thing that it wants lets the server answer the second time with what it
    /// answered the first. The key has to be remembered for as long as a client may still ask
    /// again, and it has to be written together with the effect: between two stores there is always
    /// a moment in which the one has it and the other has not.
    ///
    /// # Examples
    /// A read needs none:
    /// ```facts answers none-needed
    /// safe = true
    /// ```
    /// ```facts answers key-in-database
    /// money = true
    /// ```
    /// Where it does little harm to do it twice, the keys need not burden the database:
    /// ```facts answers key-in-redis
    /// loss-of-keys-acceptable = true
    /// ```
    /// ```facts flips key-in-database money true
    /// loss-of-keys-acceptable = true
    /// ```
    ///
    /// # Limits
    /// A second request that comes while the first is under way must wait or be refused: the key is
    /// written before the effect, its answer with it. The same key with another body is a mistake of
    /// the client. An effect outside of the database needs a key of its own, passed on.
    ///
    /// # Sources
    /// Guide, section 9, "Idempotency and Retry Safety". IETF draft, "The Idempotency-Key HTTP
    /// Header Field". RFC 9110, section 9.2: safe and idempotent methods.
    pub const TOPIC = Topic {
        id: "idempotency",
        title: "How is a repeated request recognized?",
        noun: "Idempotency",
        section: "9",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("safe")
        .asks("Does it only read?")
        .why("Then repeating it changes nothing", "RFC 9110, section 9.2.1")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (service, at) = *seen.analysis.endpoints.get(it.at)?;
            let http = seen.architecture.services[service].endpoints[at].http.as_ref()?;
            let reads = ["GET ", "HEAD ", "OPTIONS "].iter().any(|it| http.value.starts_with(it));
            Some(Known::at(it.below("http"), Value::Flag(reads)))
        }),
    Fact::flag("naturally-idempotent")
        .asks("Does it set something to a value, so that doing it twice is doing it once?")
        .why("Then repeating it does no harm by itself", "RFC 9110, section 9.2.2")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (service, at) = *seen.analysis.endpoints.get(it.at)?;
            let stated = seen.architecture.services[service].endpoints[at].idempotent?;
            Some(Known::at(it.below("idempotent"), Value::Flag(stated)))
        }),
    Fact::flag("money")
        .asks("Does it move money?")
        .why("Twice is not a nuisance, it is a loss", "guide, section 9")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (service, at) = *seen.analysis.endpoints.get(it.at)?;
            let money = seen.architecture.services[service].endpoints[at].money;
            money.then(|| Known::at(it.below("money"), Value::Flag(true)))
        }),
    Fact::flag("loss-of-keys-acceptable")
        .asks("Would it do little harm if a few requests were done twice after a failover?")
        .why("A cache forgets what it had not yet copied", "guide, section 9, storage")
        .or(Value::Flag(false)),
    Fact::number("rate", "/s", 0.001, 1e7)
        .asks("How many such requests come a second?")
        .why("Each is a key that is written and kept", "guide, section 9")
        .or(Value::Number(10.0))
        .from(|seen, it| {
            let rate = *seen.steady.runs.get(it.at)?;
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
        }),
    Fact::number("window", "h", 0.01, 1e5)
        .asks("For how many hours is a key remembered?")
        .why("Typically 24: times the rate it is what is kept", "guide, section 9")
        .or(Value::Number(24.0))
        .from(|seen, it| {
            let (window, path) = seen.stated(it, "idempotency_key.window")?;
            Some(Known::at(path, Value::Number(window.duration()? as f64 / 3.6e12)))
        }),
    Fact::number("retry-for", "h", 0.0, 1e5)
        .asks("For how many hours may a client still ask again, its own queues included?")
        .why("A key that is forgotten earlier is of no use", "guide, section 9")
        .or(Value::Number(24.0)),
    Fact::number("answer", "kB", 0.01, 1e4)
        .asks("How large is the answer that is kept with a key?")
        .why("It is what the second request gets", "guide, section 9")
        .or(Value::Number(2.0)),
    Fact::number("forgets", "s", 0.0, 1e4)
        .asks("How many seconds of writes does the cache lose at a failover?")
        .why("Their keys are gone, and their effects are not", "Redis, replication")
        .or(Value::Number(1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "none-needed",
        title: "Nothing",
        reversal: Reversal::Days,
        undo: "a key can be asked for on any day",
        door: "use the method that says so: GET, PUT, DELETE",
        boring: 1,
    },
    Opt {
        id: "key-in-database",
        title: "A key, in the transaction of the effect",
        reversal: Reversal::Weeks,
        undo: "a table that is no longer written; clients go on sending keys",
        door: "demand the key from the first client on: later ones will not send it",
        boring: 2,
    },
    Opt {
        id: "key-in-redis",
        title: "A key in a cache with an expiry",
        reversal: Reversal::Weeks,
        undo: "keys move to the database; clients do not notice",
        door: "demand the key from the first client on: later ones will not send it",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut endpoints = seen.endpoints();
    endpoints.retain(|it| {
        let (service, at) = seen.analysis.endpoints[it.at];
        let endpoint = &seen.architecture.services[service].endpoints[at];
        let writes = endpoint.http.as_ref().is_some_and(|it| !it.value.starts_with("GET "));
        writes || endpoint.money || endpoint.idempotency_key.is_some()
    });
    endpoints
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [safe, natural, money, loss] =
        ["safe", "naturally-idempotent", "money", "loss-of-keys-acceptable"]
            .map(|it| facts.flag(it));
    let [rate, window, retry, answer, forgets] =
        ["rate", "window", "retry-for", "answer", "forgets"].map(|it| facts.number(it));
    judge.exclude_if(
        !safe && !natural,
        "none-needed",
        &["safe", "naturally-idempotent"],
        "a client that gets no answer asks again, and it is done twice",
    );
    for option in ["key-in-database", "key-in-redis"] {
        judge.exclude_if(
            safe || natural,
            option,
            &[if safe { "safe" } else { "naturally-idempotent" }],
            "repeating it does no harm",
        );
    }
    let twice = rate * forgets;
    let sum = format!("{}/s x {} s", plain(rate), plain(forgets));
    judge.exclude_if(
        money,
        "key-in-redis",
        &["money", "rate", "forgets"],
        format!("a failover forgets {sum} = {} payments, which may be made again", plain(twice)),
    );
    judge.exclude_if(
        !loss,
        "key-in-redis",
        &["loss-of-keys-acceptable", "rate", "forgets"],
        format!("a failover forgets {sum} = {} keys, and may do as much twice", plain(twice)),
    );
    judge.compare(
        "keys that the database has to write",
        &[("none-needed", 0.0), ("key-in-database", rate), ("key-in-redis", 0.0)],
    );
    let kept = rate * window * 3600.0;
    let text = format!("{}/s x {} h", plain(rate), plain(window));
    judge.line("keys that are kept", text, kept, "");
    let text = format!("{} x {} kB", plain(kept), plain(answer));
    judge.line("kept with their answers", text, kept * answer / 1e6, "GB");
    judge.line("forgotten at a failover of a cache", sum, twice, "keys");
    judge.line("window that is needed", "as long as a client asks again", retry, "h");
    if !safe && !natural && window < retry {
        judge.advise(format!(
            "A key is forgotten after {} h, and clients ask again for {} h: keep it as long.",
            plain(window),
            plain(retry)
        ));
    }
}
