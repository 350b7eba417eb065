//! `queue-or-stream`: a message for one, or a log for all.

use tradeoff_model::model::Service;

use crate::delivery::assigned;
use crate::subjects::{entries, quoted};
use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether messages are handed out and deleted, or kept in a log that everybody reads.
    ///
    /// # Why
    /// A queue gives each message to one consumer and forgets it: workers are added freely, each
    /// message is retried on its own. A stream keeps messages in order in its partitions: any
    /// number of groups read them, again if need be, but a group has no more workers than
    /// partitions, and one slow message holds up all behind it.
    ///
    /// # Examples
    /// One kind of worker, and nobody looks back:
    /// ```facts answers queue
    /// consumer-groups = 1
    /// ```
    /// Analytics, search and recommendations all read the same:
    /// ```facts answers stream
    /// consumer-groups = 3
    /// ```
    /// Two hundred workers do not fit twelve partitions:
    /// ```facts answers queue
    /// consumer-groups = 1
    /// consumers = 200
    /// partitions = 12
    /// ```
    /// In order too, if the queue hands out the messages of a key one at a time:
    /// ```facts answers queue
    /// ordered-by-key = true
    /// consumers = 200
    /// partitions = 12
    /// ```
    /// Otherwise they overtake each other:
    /// ```facts answers none
    /// ordered-by-key = true
    /// consumers = 200
    /// partitions = 12
    /// message-groups = false
    /// ```
    /// A stream takes them if they share partitions, and others read too:
    /// ```facts answers stream
    /// consumer-groups = 2
    /// consumers = 200
    /// partitions = 12
    /// share-groups = true
    /// ```
    /// Tasks that are dispatched one by one, from a log that others read as well:
    /// ```facts answers stream-then-queue
    /// consumer-groups = 3
    /// task-dispatch = true
    /// ```
    /// Half of 1,000 messages a second have one key, take 3 ms each, and have to come in order:
    /// ```facts answers none
    /// consumer-groups = 1
    /// ordered-by-key = true
    /// rate = 1k
    /// work = 3ms
    /// hottest-key = 50%
    /// ```
    /// A queue does tens of thousands a second:
    /// ```facts flips stream rate 100k
    /// consumer-groups = 1
    /// rate = 20k
    /// ```
    /// also behind a stream:
    /// ```facts flips none rate 100k
    /// consumer-groups = 3
    /// rate = 20k
    /// task-dispatch = true
    /// ```
    /// 1,000 messages a second of 30 ms keep 30 workers busy; ten partitions carry a third of it:
    /// ```facts flips stream-then-queue work 10.01
    /// consumer-groups = 2
    /// rate = 1k
    /// work = 5ms
    /// partitions = 10
    /// ```
    ///
    /// # Limits
    /// It is about the two structures, not products: `RabbitMQ` has streams, and Kafka queues
    /// (share groups, without order). Neither keeps order through a retry: who needs it stops at
    /// the failed message. Products with message groups may do fewer messages a second with them. Workers are counted on average; peaks need more.
    ///
    /// # Sources
    /// Guide, section 3, "Message Queues vs. Event Streams" and "`LinkedIn` and Kafka"; errata
    /// `queue-order`, `queue-replay` and `share-groups`. J. Rao, "Apache Kafka Supports 200K
    /// Partitions Per Cluster" (2018).
    pub const TOPIC = Topic {
        id: "queue-or-stream",
        title: "Are messages kept in a queue or in a stream?",
        noun: "Queue or stream",
        section: "3",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["kind"], &[]),
    };
}

/// Messages a second from which on a queue is not asked: "tens of thousands" (guide, section 3).
const QUEUE: f64 = 1e5;

static FACTS: &[Fact] = &[
    Fact::count("consumer-groups", "groups", 1.0, 1e4)
        .asks("How many kinds of consumers each need all of the messages?")
        .why("A queue gives a message to one", "guide, section 3, LinkedIn and Kafka")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let groups = consumers(seen, it).count();
            (groups > 0).then(|| Known::derived("services", Value::Number(groups as f64)))
        }),
    Fact::flag("replay")
        .asks("Must old messages be read again, by a new consumer or after a mistake?")
        .why("What a queue has delivered is gone", "guide, section 3; errata queue-replay")
        .or(Value::Flag(false))
        .from(|seen, it| seen.flag(it, "replay")),
    Fact::flag("ordered-by-key")
        .asks("Must messages of one key be worked on in their order?")
        .why("Workers of one queue overtake each other", "errata queue-order")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (order, path) = seen.stated(it, "order")?;
            Some(Known::at(path, Value::Flag(!order.says("none"))))
        }),
    Fact::flag("message-groups")
        .asks("Can your queue hand out the messages of one key one at a time?")
        .why(
            "SQS does by message group, RabbitMQ by a single active consumer",
            "errata queue-order",
        )
        .or(Value::Flag(true)),
    Fact::flag("task-dispatch")
        .asks("Is each message a task of its own: retried, delayed or put first by itself?")
        .why("In a partition all behind a slow one wait", "guide, section 3: use case")
        .or(Value::Flag(false)),
    Fact::number("rate", "/s", 0.0, 1e9)
        .asks("How many messages a second come at the peak?")
        .why("A queue does tens of thousands, partitions add up to millions", "guide, section 3")
        .or(Value::Number(100.0)),
    Fact::number("work", "ms", 0.0, 1e7)
        .asks("How long does a consumer work on a message, in ms?")
        .why("Times `rate` it is how many are busy", "Little's law")
        .or(Value::Number(1.0)),
    Fact::count("consumers", "workers", 1.0, 1e6)
        .asks("How many workers of one kind are to work at the same time?")
        .why("A group has no more than partitions", "guide, section 3; errata share-groups")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let most = consumers(seen, it).filter_map(|(service, path)| {
                let own = seen.architecture.facts.get(&format!("{path}.concurrency"));
                let own = own.and_then(tradeoff_model::Fact::count).unwrap_or(1) as f64;
                service.replicas_stated.then(|| own * f64::from(service.replicas.value))
            });
            let most = most.reduce(f64::max)?;
            Some(Known::derived("services", Value::Number(most)))
        }),
    Fact::count("partitions", "partitions", 1.0, 1e6)
        .asks("How many partitions does it have, or may it have?")
        .why("They bound the workers of a group", "Rao, 2018: up to 4,000 on a broker")
        .or(Value::Number(4000.0))
        .from(|seen, it| seen.number(it, "partitions", 1.0)),
    Fact::flag("share-groups")
        .asks("Can workers of your stream share a partition, and acknowledge each message?")
        .why("Then partitions bound nothing, and order is lost", "errata share-groups")
        .or(Value::Flag(false)),
    Fact::number("hottest-key", "%", 0.0, 100.0)
        .asks("Which share of the messages has the most frequent key?")
        .why("Those of one key come one after another", "Little's law")
        .or(Value::Number(0.0))
        .from(|seen, it| seen.number(it, "hottest_key", 100.0)),
    Fact::number("message-size", "kB", 0.001, 1e6)
        .asks("How large is a message, in kB?")
        .why("It shows what keeping them takes", "guide, section 3: retention")
        .or(Value::Number(1.0))
        .from(|seen, it| seen.number(it, "message_size", 1e-3)),
    Fact::number("retention", "d", 0.0, 36_500.0)
        .asks("For how many days are they to be kept?")
        .why("It is how far one can go back", "guide, section 3: retention")
        .or(Value::Number(7.0))
        .from(|seen, it| {
            let (retention, path) = seen.stated(it, "retention")?;
            let days = retention.duration()? as f64 / 86_400e9;
            Some(Known::at(path, Value::Number(days)))
        }),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "queue",
        title: "A queue: a message for one worker",
        reversal: Reversal::Weeks,
        undo: "consumers are written anew, while both are filled",
        door: "hide the broker behind publish and handle, and give messages an id, a key and a time",
        boring: 1,
    },
    Opt {
        id: "stream",
        title: "A stream: a log for every group",
        reversal: Reversal::Weeks,
        undo: "consumers are written anew; more partitions later move keys, and break their order",
        door: "hide the broker behind publish and handle, and begin with more partitions than needed",
        boring: 2,
    },
    Opt {
        id: "stream-then-queue",
        title: "A stream for all, and a queue of tasks behind it",
        reversal: Reversal::Weeks,
        undo: "drop the queue, and let its workers read the stream",
        door: "let one consumer fill the queue, with the place in the stream as the task's id",
        boring: 3,
    },
];

/// Services that consume a topic, with the path of where they do.
fn consumers<'a>(
    seen: &Seen<'a>,
    subject: &'a Subject,
) -> impl Iterator<Item = (&'a Service, String)> {
    let topic = &subject.name;
    let services = seen.architecture.services.iter();
    services.filter(|it| it.consumers.iter().any(|it| it.topic.value == *topic)).map(|it| {
        let path = format!("services.{}.consumes.{}", quoted(&it.name.value), quoted(topic));
        (it, path)
    })
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    entries(seen, "topics")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [groups, rate, work] = ["consumer-groups", "rate", "work"].map(|it| facts.number(it));
    let [consumers, partitions] = ["consumers", "partitions"].map(|it| facts.number(it));
    let [replay, ordered, tasks, shared] =
        ["replay", "ordered-by-key", "task-dispatch", "share-groups"].map(|it| facts.flag(it));
    let groupless = !facts.flag("message-groups");
    let busy = rate * work / 1e3;
    let workers = consumers.max(libm::ceil(busy));
    let hottest = busy * facts.number("hottest-key") / 100.0;
    let times = format!("{}/s x {} ms", plain(rate), plain(work));

    judge.exclude_if(
        groups > 1.0,
        "queue",
        &["consumer-groups"],
        format!("it gives a message to one, and {} kinds need it", plain(groups)),
    );
    judge.exclude_if(replay, "queue", &["replay"], "what it has delivered cannot be read again");
    let many = format!("{} messages a second are more than tens of thousands", plain(rate));
    judge.exclude_if(rate >= QUEUE, "queue", &["rate"], many.as_str());
    let overtakes = ordered && groupless && workers > 1.0;
    let order = ["ordered-by-key", "message-groups", "consumers", "rate", "work"];
    let overtake =
        format!("{} workers of a queue without message groups overtake each other", plain(workers));
    judge.exclude_if(overtakes, "queue", &order, overtake.as_str());
    judge.exclude_if(
        workers > partitions && (ordered || !shared),
        "stream",
        &["consumers", "rate", "work", "partitions"],
        format!(
            "{} workers are needed, and a group has no more than its {} partitions",
            plain(workers),
            plain(partitions)
        ),
    );
    judge.exclude_if(
        tasks && (ordered || !shared),
        "stream",
        &["task-dispatch", "ordered-by-key", "share-groups"],
        "all behind a slow or failed message of its partition wait: tasks are not by themselves",
    );
    let one = !judge.is_excluded("queue") || !judge.is_excluded("stream");
    judge.exclude_if(
        one,
        "stream-then-queue",
        &["consumer-groups", "task-dispatch"],
        "one of the two is enough",
    );
    let behind = "stream-then-queue";
    judge.exclude_if(rate >= QUEUE, behind, &["rate"], format!("the queue behind it: {many}"));
    judge.exclude_if(overtakes, behind, &order, overtake);
    for option in ["queue", "stream", "stream-then-queue"] {
        judge.exclude_if(
            ordered && hottest >= 1.0,
            option,
            &["hottest-key", "rate", "work"],
            format!(
                "messages of one key come one after another: {}% of {times} keep {} workers busy",
                plain(facts.number("hottest-key")),
                plain(hottest)
            ),
        );
    }

    if ordered {
        judge.serves("keeping the order of a key without message groups", &["stream"]);
        if judge.is_excluded("stream") {
            judge.advise(
                "A queue keeps the order of a key only where one worker at a time has its message \
                 group, or the queue.",
            );
        }
    }
    figures(facts, judge, busy, &times);
    if ordered && hottest > 0.0 {
        judge.line("workers that the hottest key keeps busy", "of one at most", hottest, "");
    }
}

fn figures(facts: &Answers, judge: &mut Judge, busy: f64, times: &str) {
    let [rate, work] = ["rate", "work"].map(|it| facts.number(it));
    let [consumers, partitions] = ["consumers", "partitions"].map(|it| facts.number(it));
    judge.line("workers that are busy", times, busy, "");
    if consumers > 1.0 {
        let (most, idle) = assigned(partitions as u32, consumers as u32);
        let text = format!("{} over {}", plain(partitions), plain(consumers));
        judge.line("partitions of the busiest worker", text, f64::from(most), "");
        judge.line("workers without a partition", "", f64::from(idle), "");
    }
    if consumers > busy && busy > 0.0 {
        let share = busy / consumers;
        judge.line(
            "to catch up after an hour's outage",
            format!("1 h x {} / (1 - {})", plain(share), plain(share)),
            share / (1.0 - share),
            "h",
        );
    } else if busy > 0.0 {
        let text = format!("{}/s - {} / {} ms", plain(rate), plain(consumers), plain(work));
        let more = rate - consumers * 1e3 / work;
        judge.line("messages that come beyond those done", text, more, "/s");
        judge.advise(format!(
            "{times} keep {} busy, with {} planned: the backlog never shrinks. It takes more.",
            with_unit(busy, "workers"),
            plain(consumers)
        ));
    }
    let [size, days] = ["message-size", "retention"].map(|it| facts.number(it));
    judge.line(
        "kept for replay",
        format!("{}/s x {} kB x {} d", plain(rate), plain(size), plain(days)),
        rate * size * days * 86_400.0 / 1e6,
        "GB",
    );
}
