//! Who may do what, and how they show it (section 10 of the guide).

use super::kinds::{MANY, TEXTS, count};
use super::{Block, Field, Kind};

const fn field(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field::new(key, kind, doc).section("10")
}

pub(super) static ROOT_SECURITY: Field =
    field("security", Kind::Block(&SECURITY), "Sign-in, tokens, authorization.").fact();

pub(crate) static SECURITY: Block = Block {
    name: "security",
    doc: "Who may do what, and how they show it.",
    fields: &[
        field("issuer", Kind::Reference("service or external"), "Who issues tokens.")
            .example("mailer"),
        field("clients", Kind::Map(&Kind::Block(&CLIENT)), "Programs that sign in."),
        field("tokens", Kind::Map(&Kind::Block(&TOKEN)), "Tokens by use: `access`, `refresh`."),
        field("sessions", Kind::Block(&SESSIONS), "Sessions that a server keeps."),
        field("authorization", Kind::Block(&AUTHORIZATION), "How it is decided who may do what."),
        field(
            "service_identity",
            Kind::Block(&SERVICE_IDENTITY),
            "How services show who they are.",
        ),
        field("secrets", Kind::Block(&SECRETS), "Where secrets are kept."),
    ],
    later: &[],
};

pub(crate) static CLIENT: Block = Block {
    name: "client",
    doc: "A program that signs in.",
    fields: &[
        field(
            "kind",
            Kind::Choice(&["web", "single-page", "mobile", "desktop", "device", "cli", "service"]),
            "What it is.",
        )
        .required(),
        field(
            "flow",
            Kind::Choice(&[
                "authorization-code",
                "client-credentials",
                "device-code",
                "implicit",
                "password",
            ]),
            "The OAuth 2 flow by which it gets its token.",
        ),
        field("pkce", Kind::Bool, "Whether it proves that the code is its own (PKCE)."),
        field("calls", Kind::List(&Kind::Reference("service")), "What it calls."),
        field(
            "holds",
            Kind::Choice(&["jwt", "opaque-token", "session-cookie", "api-key"]),
            "What it shows from then on.",
        ),
        field("mfa", Kind::Bool, "Whether people show a second factor."),
    ],
    later: &[],
};

pub(crate) static TOKEN: Block = Block {
    name: "token",
    doc: "A token.",
    fields: &[
        field("format", Kind::Choice(&["jwt", "opaque"]), "Whether it speaks for itself.")
            .default("jwt"),
        field("lifetime", Kind::Duration, "How long it is valid.").required().example("10m"),
        field("claims", TEXTS, "What it says beside the registered claims.")
            .example("[roles, tenant]"),
        field("encrypted", Kind::Bool, "Whether nobody else can read it (JWE).").default("false"),
        field(
            "revocation",
            Kind::Choice(&["none", "blocklist", "introspection", "rotation"]),
            "What ends it before its time.",
        )
        .default("none")
        .example("blocklist"),
        field("key_rotation", Kind::Period, "How often the signing key changes.").example("90d"),
    ],
    later: &[],
};

pub(crate) static SESSIONS: Block = Block {
    name: "sessions",
    doc: "Sessions that a server keeps.",
    fields: &[
        field(
            "store",
            Kind::Any(&[Kind::Reference("store or cache"), Kind::Word("memory")]),
            "Where they are; `memory` is that of one replica.",
        )
        .required()
        .example("catalog-cache"),
        field("lifetime", Kind::Duration, "How long one is valid.").example("12h"),
        field("idle", Kind::Duration, "After how much silence one ends.").example("30m"),
        field("services", Kind::List(&Kind::Reference("service")), "Which services read them."),
    ],
    later: &[],
};

pub(crate) static AUTHORIZATION: Block = Block {
    name: "authorization",
    doc: "How it is decided who may do what.",
    fields: &[
        field(
            "model",
            Kind::Choice(&["rbac", "abac", "rebac", "none"]),
            "By role, attribute or relationship.",
        )
        .required(),
        field("engine", Kind::Text, "What decides.").example("openfga"),
        field(
            "decided_at",
            Kind::Choice(&["gateway", "service", "sidecar", "store"]),
            "Where it is decided.",
        ),
        field("roles", count(0, MANY), "How many roles.").example("5"),
        field("relations", count(0, MANY), "How many relationship tuples.").example("2M"),
        field("policies", TEXTS, "What its policies look at: roles, attributes, relationships.")
            .example("[roles]"),
    ],
    later: &[],
};

pub(crate) static SERVICE_IDENTITY: Block = Block {
    name: "service identity",
    doc: "How services show each other who they are; an edge may say otherwise.",
    fields: &[
        field(
            "method",
            Kind::Choice(&[
                "mtls",
                "client-credentials",
                "signed-requests",
                "mesh",
                "shared-key",
                "none",
            ]),
            "What they show.",
        )
        .required(),
        field("issuer", Kind::Text, "Who vouches for them.").example("spiffe://shop"),
        field("rotation", Kind::Period, "How often it changes.").example("24h"),
    ],
    later: &[],
};

pub(crate) static SECRETS: Block = Block {
    name: "secrets",
    doc: "Where secrets are kept.",
    fields: &[
        field(
            "kept_in",
            Kind::Choice(&["secret-manager", "sealed", "environment", "file", "image"]),
            "Where they are kept.",
        ),
        field("rotation", Kind::Period, "How often they change.").example("90d"),
    ],
    later: &[],
};
