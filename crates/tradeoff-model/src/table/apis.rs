//! What an endpoint promises to those who call it (sections 3, 9 and 10 of the guide).

use super::kinds::{MANY, PERIOD_OR_FOREVER, SOME, TEXTS, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("9")
}

pub(super) static ENDPOINT_IDEMPOTENCY_KEY: Field = field(
    "idempotency_key",
    Kind::Any(&[Kind::Bool, Kind::Block(&IDEMPOTENCY)]),
    "Whether callers may repeat it under a key, and for how long.",
)
.fact();
pub(super) static ENDPOINT_PROTOCOL: Field = field(
    "protocol",
    Kind::Choice(&["rest", "grpc", "graphql", "websocket", "server-sent-events"]),
    "How it is called.",
)
.section("3")
.fact();
pub(super) static ENDPOINT_AUDIENCE: Field = field(
    "audience",
    Kind::Choice(&["public", "partner", "internal"]),
    "Whose clients call it: those that you do not control need versions.",
)
.fact();
pub(super) static ENDPOINT_VERSION: Field =
    field("version", Kind::Text, "Its version.").example("v1").fact();
pub(super) static ENDPOINT_VERSIONING: Field = field(
    "versioning",
    Kind::Choice(&["path", "header", "query", "media-type", "date", "none"]),
    "Where a caller states the version.",
)
.fact();
pub(super) static ENDPOINT_SUNSET: Field = field("sunset", Kind::Date, "When it goes away.").fact();
pub(super) static ENDPOINT_PAGINATION: Field = field(
    "pagination",
    Kind::Any(&[Kind::Choice(PAGINATION_STYLES), Kind::Block(&PAGINATION)]),
    "How a long list is read piece by piece.",
)
.example("cursor")
.fact();
pub(super) static ENDPOINT_RATE_LIMIT: Field = field(
    "rate_limit",
    Kind::Any(&[Kind::Rate, Kind::Word("none"), Kind::Block(&RATE_LIMIT)]),
    "Requests that a caller may make.",
)
.example("{ rate: 100/s, per: client }")
.fact();
pub(super) static ENDPOINT_CREATES: Field =
    field("creates", Kind::Reference("entity"), "What it creates.").fact();
pub(super) static ENDPOINT_READS: Field =
    field("reads", Kind::Reference("entity"), "What it answers with.").fact();
pub(super) static ENDPOINT_RETURNS: Field =
    field("returns", Kind::Choice(&["nothing", "one", "list", "stream"]), "How much it answers.")
        .example("list")
        .fact();
pub(super) static ENDPOINT_ERROR_SCHEMA: Field =
    field("error_schema", Kind::Bool, "Whether its errors have a documented body.").fact();
pub(super) static ENDPOINT_AUTH: Field = field(
    "auth",
    Kind::Choice(&["none", "session", "token", "api-key", "mtls", "signature"]),
    "What a caller must show.",
)
.section("10")
.example("token")
.fact();
pub(super) static ENDPOINT_SCOPES: Field = field("scopes", TEXTS, "What its token must allow.")
    .section("10")
    .example("[orders:write]")
    .fact();
pub(super) static ENDPOINT_GRAPHQL: Field =
    field("graphql", Kind::Block(&GRAPHQL), "What guards a graph.").section("3").fact();
pub(super) static EDGE_AUTH: Field = field(
    "auth",
    Kind::Choice(&["none", "mtls", "token", "forwarded-token", "api-key", "signature", "password"]),
    "What the caller shows.",
)
.section("10")
.example("mtls")
.fact();
pub(super) static EDGE_NEEDS_ANSWER: Field =
    field("needs_answer", Kind::Bool, "Whether the caller needs what is answered.")
        .section("3")
        .fact();
pub(super) static EDGE_CRITICAL: Field =
    field("critical", Kind::Bool, "Whether the caller is of no use without it.")
        .section("12")
        .fact();

const PAGINATION_STYLES: &[&str] = &["none", "offset", "cursor", "keyset", "page-token"];

pub(crate) static IDEMPOTENCY: Block = Block {
    name: "idempotency key",
    doc: "How a repeated request is recognized.",
    fields: &[
        field("header", Kind::Text, "Where the caller puts the key.").default("Idempotency-Key"),
        field("window", PERIOD_OR_FOREVER, "How long a key is remembered.").default("24h"),
        field("store", Kind::Reference("store or cache"), "Where keys are remembered.")
            .example("orders"),
    ],
    later: &[],
};

pub(crate) static PAGINATION: Block = Block {
    name: "pagination",
    doc: "How a long list is read piece by piece.",
    fields: &[
        field("style", Kind::Choice(PAGINATION_STYLES), "What says where to go on.")
            .required()
            .example("cursor"),
        field("size", count(1, MANY), "Rows of a page unasked.").example("20"),
        field("most", count(1, MANY), "Rows of a page at most.").example("100"),
    ],
    later: &[],
};

pub(crate) static RATE_LIMIT: Block = Block {
    name: "rate limit",
    doc: "Requests that a caller may make.",
    fields: &[
        field("rate", Kind::Rate, "How many.").required().example("100/s"),
        field("burst", SOME, "How many at once.").example("20"),
        field(
            "algorithm",
            Kind::Choice(&[
                "token-bucket",
                "leaky-bucket",
                "fixed-window",
                "sliding-log",
                "sliding-window",
                "gcra",
            ]),
            "How they are counted.",
        )
        .default("token-bucket"),
        field(
            "per",
            Kind::Choice(&["client", "tenant", "user", "ip", "all"]),
            "Whose are counted together.",
        )
        .default("client"),
        field(
            "store",
            Kind::Any(&[Kind::Reference("store or cache"), Kind::Word("memory")]),
            "Where they are counted.",
        )
        .example("catalog-cache"),
        field("retry_after", Kind::Bool, "Whether a refusal (429) says when to come back."),
    ],
    later: &[],
};

pub(crate) static GRAPHQL: Block = Block {
    name: "graphql",
    doc: "What guards a graph that clients query.",
    fields: &[
        field("depth", count(1, 1_000), "The deepest query.").section("3").example("8"),
        field("complexity", count(1, MANY), "The costliest query, in points.")
            .section("3")
            .example("1000"),
        field("persisted_queries", Kind::Bool, "Whether only known queries are answered.")
            .section("3"),
        field("batched", Kind::Bool, "Whether look-ups are batched (DataLoader).").section("3"),
        field("clients", count(1, 1_000), "Clients with different needs.")
            .section("3")
            .example("3"),
    ],
    later: &[],
};
