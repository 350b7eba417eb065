//! Topics, their consumers, and sagas (sections 3 and 13 of the guide).

use super::blocks::TIME;
use super::kinds::{COPIES, MANY, PERIOD_OR_FOREVER, SERVICE, SOME, count};
use super::policies::ATTEMPTS;
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("3")
}

pub(super) static ROOT_TOPICS: Field =
    field("topics", Kind::Map(&Kind::Block(&TOPIC)), "Queues and streams.").fact();
pub(super) static ROOT_SAGAS: Field =
    field("sagas", Kind::Map(&Kind::Block(&SAGA)), "Transactions across services.").fact();
pub(super) static SERVICE_CONSUMES: Field = field(
    "consumes",
    Kind::Keyed("topic", &Kind::Block(&CONSUMER)),
    "What it does with the messages of a topic, by the topic's name.",
)
.fact();

const TOPIC_NAME: Kind = Kind::Reference("topic");
/// Whom a saga asks.
const CALLEE: Kind = Kind::Reference("endpoint or external");

pub(crate) static TOPIC: Block = Block {
    name: "topic",
    doc: "A queue or a stream.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&["queue", "stream"]),
            "A queue gives a message to one consumer, a stream keeps it for every group.",
        )
        .required()
        .example("stream"),
        field(
            "engine",
            Kind::Choice(&[
                "kafka",
                "redpanda",
                "pulsar",
                "kinesis",
                "event-hubs",
                "rabbitmq",
                "sqs",
                "sns",
                "pub-sub",
                "service-bus",
                "nats",
                "redis",
                "postgres",
                "other",
            ]),
            "What runs it.",
        ),
        field("owner", SERVICE, "The service that owns its contract."),
        field("partitions", count(1, 1_000_000), "Partitions: what bounds its consumers.")
            .default("1")
            .example("12"),
        field(
            "hottest_key",
            Kind::Share,
            "Share of the messages that have the most frequent key: one partition gets them all.",
        )
        .default("0%")
        .section("13")
        .example("5%"),
        field(
            "delivery",
            Kind::Choice(&["at-most-once", "at-least-once", "exactly-once"]),
            "What is promised of a message.",
        )
        .default("at-least-once")
        .section("13"),
        field(
            "order",
            Kind::Choice(&["none", "per-key", "total"]),
            "The order that consumers rely on.",
        )
        .default("none"),
        field("key", Kind::Text, "What a message is partitioned by.").example("order_id"),
        field("schema", Kind::Text, "The file of its schema.")
            .section("13")
            .example("schemas/order-created.avsc"),
        field(
            "compatibility",
            Kind::Choice(&[
                "none",
                "backward",
                "backward-transitive",
                "forward",
                "forward-transitive",
                "full",
                "full-transitive",
            ]),
            "What its schema registry holds a new version to.",
        )
        .section("13")
        .example("backward"),
        field(
            "upgrade_first",
            Kind::Choice(&["consumers", "producers"]),
            "Who is deployed first when the schema changes.",
        )
        .section("13"),
        field("replay", Kind::Bool, "Whether consumers need to read old messages again."),
        field("retention", PERIOD_OR_FOREVER, "How long messages are kept.").example("7d"),
        field("compacted", Kind::Bool, "Whether only the last message of a key is kept.")
            .default("false"),
        field("message_size", Kind::Bytes, "Size of a message.").example("2kB"),
        field(
            "claim_check",
            Kind::Bool,
            "Whether bodies stand in a bucket, messages refer to them.",
        ),
        field("time", TIME, "Time until a publish is acknowledged.").default("0s").example("2ms"),
        field("within", Kind::Duration, "How long after its publish a message is late.")
            .example("30s"),
        field("max_length", count(1, MANY), "Messages that it holds; one more is refused.")
            .example("1M"),
        field("replication", Kind::Block(&TOPIC_REPLICATION), "Copies of its messages.")
            .section("12"),
        field("reply", Kind::Block(&REPLY), "How answers come back, of request-reply."),
        field("cost", Kind::Cost, "Its price."),
    ],
    later: &[],
};

pub(crate) static TOPIC_REPLICATION: Block = Block {
    name: "topic replication",
    doc: "Copies of a topic's messages.",
    fields: &[
        field("brokers", COPIES, "Nodes of the broker.").section("12").example("3"),
        field("factor", COPIES, "Copies of a message.").section("12").example("3"),
        field("min_in_sync", COPIES, "Copies that must have it before it is acknowledged.")
            .section("12")
            .example("2"),
    ],
    later: &[],
};

pub(crate) static REPLY: Block = Block {
    name: "reply",
    doc: "Request-reply over messages.",
    fields: &[
        field("to", TOPIC_NAME, "The topic of the answers.").required(),
        field("correlation", Kind::Text, "The field that ties an answer to its request.")
            .example("correlation_id"),
        field("timeout", Kind::Duration, "How long the asker waits.").example("5s"),
    ],
    later: &[],
};

pub(crate) static CONSUMER: Block = Block {
    name: "consumer",
    doc: "What a service does with the messages of a topic.",
    fields: &[
        field("concurrency", SOME, "Messages at once per replica.").default("1").example("8"),
        field("steps", Kind::Steps, "What is done with a message."),
        field("group", Kind::Text, "Consumers of one group share the messages.")
            .example("notifications"),
        field("attempts", ATTEMPTS, "Deliveries of a message, the first included.").example("6"),
        field(
            "dead_letter",
            Kind::Any(&[Kind::Bool, TOPIC_NAME]),
            "Whether, or where, a message goes that failed every attempt.",
        ),
        field("retry_topic", TOPIC_NAME, "Where a failed message waits for its next attempt."),
        field("visibility", Kind::Duration, "How long an unacknowledged message stays hidden.")
            .default("30s"),
        field(
            "ack",
            Kind::Choice(&["before-work", "after-work"]),
            "When a message is acknowledged; left out, as the topic's delivery asks.",
        )
        .section("13")
        .example("after-work"),
        field("batch", SOME, "Messages that are taken at once.").example("100"),
        field("idempotent", Kind::Bool, "Whether doing a message twice is doing it once.")
            .section("13"),
        field(
            "dedupe",
            Kind::Any(&[Kind::Word("none"), Kind::Block(&DEDUPE)]),
            "How repeated messages are recognized.",
        )
        .section("13")
        .example("{ key: order_id, window: 7d }"),
        field("transactional", Kind::Bool, "Whether effects and acknowledgment commit together.")
            .section("13"),
    ],
    later: &[],
};

pub(crate) static DEDUPE: Block = Block {
    name: "dedupe",
    doc: "How repeated messages are recognized.",
    fields: &[
        field("key", Kind::Text, "The field that is the same.")
            .section("13")
            .required()
            .example("order_id"),
        field("window", PERIOD_OR_FOREVER, "How long keys are remembered.")
            .section("13")
            .example("7d"),
        field("store", Kind::Reference("store or cache"), "Where they are remembered.")
            .section("13")
            .example("orders"),
    ],
    later: &[],
};

pub(crate) static SAGA: Block = Block {
    name: "saga",
    doc: "A transaction across services, each step with its compensation.",
    fields: &[
        field(
            "style",
            Kind::Choice(&["choreography", "orchestration"]),
            "Events, or a coordinator.",
        )
        .example("orchestration"),
        field("coordinator", SERVICE, "Who asks, of an orchestration."),
        field("correlation", Kind::Text, "The field that ties its messages together.")
            .example("order_id"),
        field("steps", Kind::List(&Kind::Block(&SAGA_STEP)), "What happens, in order.")
            .required()
            .example("[ { call: payment.charge, compensation: payment.refund } ]"),
    ],
    later: &[],
};

pub(crate) static SAGA_STEP: Block = Block {
    name: "saga step",
    doc: "One step of a saga.",
    fields: &[
        field("call", CALLEE, "What is done.").required(),
        field("compensation", CALLEE, "What undoes it.").example("payment.refund"),
        field("pivot", Kind::Bool, "Whether it is the step from which there is no way back.")
            .default("false"),
        field("timeout", Kind::Duration, "How long it may take.").example("30s"),
    ],
    later: &[],
};
