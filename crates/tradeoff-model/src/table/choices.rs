//! What was decided, and what it costs over the years (sections 1, 2 and 16 of the guide).

use super::kinds::{SERVICES, TEAM, TEXTS, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("1")
}

pub(super) static ROOT_DECISIONS: Field =
    field("decisions", Kind::Map(&Kind::Block(&DECISION)), "What was decided, and why.").fact();
pub(super) static ROOT_EVIDENCE: Field =
    field("evidence", Kind::Block(&EVIDENCE), "Real artifacts that the design is held against.")
        .fact();
pub(super) static ROOT_VENDORS: Field =
    field("vendors", Kind::Map(&Kind::Block(&VENDOR)), "Who sells us what.").fact();
pub(super) static ROOT_TECHNOLOGIES: Field =
    field("technologies", Kind::Map(&Kind::Block(&TECHNOLOGY)), "What the team has to know.")
        .fact();
pub(super) static ROOT_GROWTH: Field =
    field("growth", Kind::Growth, "How fast the load grows.").section("11").fact();
pub(super) static ROOT_BUDGET: Field =
    field("budget", Kind::Money("month"), "What all that states a cost may cost together.")
        .example("$8000/month")
        .fact();
pub(super) static TRAFFIC_GROWTH: Field =
    field("growth", Kind::Growth, "How fast it grows; left out, as the file says.")
        .section("11")
        .fact();
pub(super) static TRAFFIC_CLIENTS: Field =
    field("clients", Kind::List(&Kind::Reference("client")), "The programs that ask.")
        .section("10")
        .fact();
pub(super) static EXTERNAL_VENDOR: Field =
    field("vendor", Kind::Reference("vendor"), "Who sells it.").fact();
pub(super) static EXTERNAL_COST: Field =
    field("cost", Kind::Money("1000 calls"), "Price of calls.").example("$0.40/1000 calls").fact();
pub(super) static ROOT_LIBRARIES: Field =
    field("libraries", Kind::Map(&Kind::Block(&LIBRARY)), "Code that services share.")
        .section("2")
        .fact();
pub(super) static ROOT_DECOMPOSITION: Field =
    field("decomposition", Kind::Block(&DECOMPOSITION), "Why there is more than one service.")
        .section("2")
        .fact();
pub(super) static ROOT_FLAGS: Field =
    field("flags", Kind::Map(&Kind::Block(&FLAG)), "Feature flags.").section("16").fact();
pub(super) static ROOT_MIGRATIONS: Field = field(
    "migrations",
    Kind::Map(&Kind::Block(&MIGRATION)),
    "Changes of the architecture in progress.",
)
.section("16")
.fact();
pub(super) static ROOT_DEBT: Field =
    field("debt", Kind::Map(&Kind::Block(&DEBT)), "What is known to be owed.").section("16").fact();

/// A component of any kind.
const COMPONENT: Kind = Kind::Reference("service, store, external, cache or topic");

pub(crate) static DECISION: Block = Block {
    name: "decision",
    doc: "A recorded choice.",
    fields: &[
        field("topic", Kind::Text, "What it is about.").required().example("database"),
        field("chosen", Kind::Text, "What was chosen.").required().example("postgres"),
        field("options", TEXTS, "What there was to choose from.").example("[postgres, dynamodb]"),
        field("adr", Kind::Text, "The file that records it.").example("docs/adr/0001-postgres.md"),
        field(
            "status",
            Kind::Choice(&["proposed", "accepted", "superseded", "rejected"]),
            "Whether it holds.",
        )
        .default("accepted"),
        field("date", Kind::Date, "When it was taken."),
        field("about", Kind::List(&COMPONENT), "What it decided.").example("[orders]"),
        field("reversal", Kind::Period, "How long it would take to reverse.").example("6mo"),
        field("rests_on", TEXTS, "Dotted paths of what it rests on.")
            .example("[traffic.shoppers.rate]"),
        field("facts", Kind::Map(&Kind::Text), "What was known, as `decide` names it.")
            .example("{ write-rate: 240/s, transactional: true }"),
        field("assumed", TEXTS, "Those of the facts that nobody knew.").example("[transactional]"),
        field("supersedes", Kind::Reference("decision"), "The decision that it replaces."),
        field("team", TEAM, "Who took it."),
    ],
    later: &[],
};

pub(crate) static EVIDENCE: Block = Block {
    name: "evidence",
    doc: "Real artifacts: files beside this one, by globs.",
    fields: &[
        field("compose", TEXTS, "Compose files.").example("[docker-compose.yml]"),
        field("manifests", TEXTS, "Kubernetes manifests.").section("11").example("[k8s/*.yaml]"),
        field("migrations", TEXTS, "SQL migrations, in order.")
            .section("16")
            .example("['migrations/*.sql']"),
        field("schemas", TEXTS, "Schemas of messages.").section("13").example("['schemas/*.avsc']"),
        field("apis", TEXTS, "OpenAPI descriptions.").section("9").example("['apis/*.yaml']"),
        field("traces", TEXTS, "Traces (OTLP as JSON).").section("15").example("['traces/*.json']"),
        field("metrics", TEXTS, "Metrics as they are scraped.")
            .section("15")
            .example("[metrics.prom]"),
        field("alerts", TEXTS, "Alerting rules.").section("15").example("['rules/*.yaml']"),
        field("config", TEXTS, "Configuration of stores, proxies and services.")
            .section("12")
            .example("[pgbouncer.ini]"),
        field("decisions", TEXTS, "Architecture decision records.").example("['docs/adr/*.md']"),
        field("owners", TEXTS, "Files that say who owns what.").example("[CODEOWNERS]"),
    ],
    later: &[],
};

pub(crate) static VENDOR: Block = Block {
    name: "vendor",
    doc: "Who sells us something, and what leaving would cost.",
    fields: &[
        field("provides", Kind::Text, "What it sells.").example("managed postgres"),
        field("exit_cost", Kind::Effort, "Work to leave.").example("12 person-weeks"),
        field("exit_time", Kind::Period, "How long leaving takes.").example("4mo"),
        field("alternatives", TEXTS, "Who else sells it.").example("[cloud-sql, neon]"),
        field("price", Kind::Money("month"), "What it costs.").example("$1200/month"),
        field("open", Kind::Bool, "Whether others offer the same interface."),
        field("contract_until", Kind::Date, "How long we are bound."),
    ],
    later: &[],
};

pub(crate) static TECHNOLOGY: Block = Block {
    name: "technology",
    doc: "Something that the team has to know.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&[
                "language",
                "framework",
                "database",
                "cache",
                "broker",
                "search",
                "orchestration",
                "observability",
                "other",
            ]),
            "What it is.",
        ),
        field("tokens", count(0, 100), "Innovation tokens that it costs; a boring one costs none.")
            .default("1"),
        field("differentiating", Kind::Bool, "Whether customers come because of it."),
        field("used_by", SERVICES, "Who uses it."),
        field("since", Kind::Date, "Since when."),
        field("known_by", count(0, 100_000), "How many engineers know it well.").example("4"),
        field("reason", Kind::Text, "Why it was taken.").example("nothing else streams video"),
    ],
    later: &[],
};

pub(crate) static LIBRARY: Block = Block {
    name: "library",
    doc: "Code that services share.",
    fields: &[
        field("used_by", SERVICES, "Which services.").section("2"),
        field("domain", Kind::Bool, "Whether it holds types of the business.").section("2"),
        field("versioned", Kind::Bool, "Whether each service chooses its version.").section("2"),
        field("team", TEAM, "The team that owns it.").section("2"),
    ],
    later: &[],
};

pub(crate) static DECOMPOSITION: Block = Block {
    name: "decomposition",
    doc: "Why there is more than one service.",
    fields: &[field(
        "triggers",
        Kind::List(&Kind::Block(&TRIGGER)),
        "What was measured before services were split off.",
    )
    .section("2")
    .example("[ { kind: release-blocking } ]")],
    later: &[],
};

pub(crate) static TRIGGER: Block = Block {
    name: "trigger",
    doc: "Evidence that a part had to become a service.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&[
                "release-blocking",
                "scaling",
                "runtime",
                "compliance",
                "availability",
                "build-time",
                "failure-isolation",
            ]),
            "What hurt.",
        )
        .section("2")
        .required(),
        field("services", SERVICES, "What was split off.").section("2"),
        field("measured", Kind::Text, "What was measured.")
            .section("2")
            .example("11 of 40 releases waited for another team"),
        field("date", Kind::Date, "When.").section("2"),
    ],
    later: &[],
};

pub(crate) static FLAG: Block = Block {
    name: "flag",
    doc: "A switch between old and new behavior.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&["release", "experiment", "operations", "permission"]),
            "What it is for.",
        )
        .default("release")
        .section("16"),
        field("services", SERVICES, "Who reads it.").section("16"),
        field("share", Kind::Share, "Who gets the new behavior.").section("16").example("20%"),
        field("since", Kind::Date, "Since when it is at this share.").section("16"),
        field("expires", Kind::Date, "When it should be gone.").section("16"),
        field("team", TEAM, "Who removes it.").section("16"),
    ],
    later: &[],
};

pub(crate) static MIGRATION: Block = Block {
    name: "migration",
    doc: "A change of the architecture in progress.",
    fields: &[
        field(
            "pattern",
            Kind::Choice(&[
                "strangler-fig",
                "expand-contract",
                "parallel-run",
                "dual-write",
                "big-bang",
            ]),
            "How.",
        )
        .section("16")
        .required(),
        field("from", COMPONENT, "What is replaced.").section("16"),
        field("to", COMPONENT, "What replaces it.").section("16").example("orders"),
        field(
            "phase",
            Kind::Choice(&[
                "plan",
                "backfill",
                "dual-write",
                "shadow",
                "switch-reads",
                "switch-writes",
                "clean-up",
                "done",
            ]),
            "How far it is.",
        )
        .section("16")
        .example("shadow"),
        field(
            "sync",
            Kind::Choice(&["transaction", "outbox", "cdc", "application"]),
            "What keeps both sides the same.",
        )
        .section("16"),
        field("reconciled", Kind::Period, "How often both sides are compared.")
            .section("16")
            .example("1d"),
        field("shadow", Kind::Share, "Share of the traffic that is shadowed.")
            .section("16")
            .example("100%"),
        field("routes", Kind::List(&Kind::Block(&ROUTE)), "What goes where, of a strangler fig.")
            .section("16")
            .example("[ { path: /v1/orders, to: order } ]"),
        field("rollback", Kind::Text, "How to go back.").section("16").example("flip the route"),
        field("legacy_removed", Kind::Bool, "Whether the old side is gone.").section("16"),
        field("due", Kind::Date, "When it should be done.").section("16"),
        field("team", TEAM, "Who does it.").section("16"),
    ],
    later: &[],
};

pub(crate) static ROUTE: Block = Block {
    name: "route",
    doc: "A capability, and who has it now.",
    fields: &[
        field("path", Kind::Text, "What is asked for.")
            .section("16")
            .required()
            .example("/v1/orders"),
        field("to", COMPONENT, "Who answers.").section("16").required(),
        field("team", TEAM, "Who moves it.").section("16"),
        field("due", Kind::Date, "When it should have moved.").section("16"),
    ],
    later: &[],
};

pub(crate) static DEBT: Block = Block {
    name: "debt",
    doc: "Something that is known to be owed.",
    fields: &[
        field("at", Kind::List(&COMPONENT), "Where.").section("16").example("[orders]"),
        field("what", Kind::Text, "What.")
            .section("16")
            .required()
            .example("no index on customer_id"),
        field("interest", Kind::Effort, "Work that it costs a month.")
            .section("16")
            .example("3 person-days"),
        field("principal", Kind::Effort, "Work to be rid of it.")
            .section("16")
            .example("4 person-weeks"),
        field("trigger", Kind::Text, "What makes it due.").section("16").example("a second region"),
        field("due", Kind::Date, "When it is due.").section("16"),
        field("team", TEAM, "Who pays it down.").section("16"),
    ],
    later: &[],
};
