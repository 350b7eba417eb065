//! `protocol`: what is spoken between a client and an endpoint.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// What is spoken between clients and a service.
    ///
    /// # Why
    /// REST is what every client, proxy and engineer knows. gRPC has a contract that is checked when
    /// it is compiled and messages that are small, but no browser speaks it. GraphQL lets clients
    /// ask for what they need, and moves the cost to whoever has to bound their queries. A pushed
    /// message needs a connection that stays, and a balancer that knows so; whoever may be late by
    /// as long as such a connection is silent at most asks again instead.
    ///
    /// # Examples
    /// ```facts answers rest
    /// audience = public
    /// ```
    /// ```facts answers grpc
    /// audience = internal
    /// performance-critical = true
    /// ```
    /// ```facts answers graphql
    /// client-kinds = 3
    /// differing-needs = true
    /// graphql-experience = true
    /// ```
    /// ```facts answers websocket
    /// push = both-ways
    /// ```
    /// ```facts answers server-sent-events
    /// push = one-way
    /// ```
    /// Who may see a change a quarter of a minute later asks for it, and keeps no connection open:
    /// ```facts flips rest fresh-within 15
    /// push = both-ways
    /// ```
    /// An internal path stays with REST until something asks for more:
    /// ```facts flips grpc typed-contract true
    /// audience = internal
    /// ```
    /// One kind of client knows what it needs, and an endpoint can give it:
    /// ```facts flips rest client-kinds 1
    /// client-kinds = 3
    /// differing-needs = true
    /// graphql-experience = true
    /// ```
    ///
    /// # Limits
    /// It is per endpoint: a gateway may speak one to the outside and another inside. An `OpenAPI`
    /// description that is checked in CI gives REST a contract too. gRPC needs HTTP/2 through every
    /// proxy, and balancers that look into connections.
    ///
    /// # Sources
    /// Guide, section 3, "Decision Framework: Protocol Choice"; errata `websocket-or-sse`.
    pub const TOPIC = Topic {
        id: "protocol",
        title: "Which protocol do clients speak?",
        noun: "API protocol",
        section: "3",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["protocol"], &[]),
    };
}

const AUDIENCES: &[&str] = &["public", "partner", "internal"];
const PUSH: &[&str] = &["none", "one-way", "both-ways"];
/// Seconds after which a connection that stays open sends something, so that no proxy drops it:
/// HTML, Server-sent events, "every 15 seconds or so". A client that asks as seldom sends no more.
const SILENT: f64 = 15.0;

static FACTS: &[Fact] = &[
    Fact::choice("audience", AUDIENCES)
        .asks("Whose clients speak it?")
        .why("Strangers speak what every tool speaks", "guide, section 3, Protocol Choice")
        .or(Value::Choice("public"))
        .from(|seen, it| seen.word(it, "audience", AUDIENCES)),
    Fact::choice("push", PUSH)
        .asks("Must the server send without being asked, and the client too?")
        .why("A request has one answer", "guide, section 3; errata websocket-or-sse")
        .or(Value::Choice("none")),
    Fact::flag("browser")
        .asks("Are some of the clients browsers?")
        .why("They speak gRPC through a proxy only", "guide, section 3")
        .or(Value::Flag(false)),
    Fact::flag("performance-critical")
        .asks("Was it measured that encoding and connections are a large part of the time?")
        .why("Binary messages over one connection are what gRPC is for", "guide, section 3")
        .or(Value::Flag(false)),
    Fact::flag("typed-contract")
        .asks("Must a call that does not fit the contract fail when it is compiled?")
        .why("Types are generated from the contract on both sides", "guide, section 3")
        .or(Value::Flag(false)),
    Fact::count("client-kinds", "kinds", 1.0, 1000.0)
        .asks("How many kinds of clients are there: web, iOS, Android, partners?")
        .why("One kind knows what it needs", "guide, section 3: multiple clients")
        .or(Value::Number(1.0))
        .from(|seen, it| seen.number(it, "graphql.clients", 1.0)),
    Fact::flag("differing-needs")
        .asks("Do they need really different data of the same things?")
        .why("That is what asking for fields is for", "guide, section 3: genuinely different")
        .or(Value::Flag(false)),
    Fact::flag("graphql-experience")
        .asks("Has the team run GraphQL before?")
        .why(
            "Batching, persisted queries, depth and cost limits are work of their own",
            "guide, section 3",
        )
        .or(Value::Flag(false)),
    Fact::count("listeners", "clients", 1.0, 1e9)
        .asks("How many clients listen at the same time?")
        .why("It shows what asking again and again would take; it decides nothing", "arithmetic")
        .or(Value::Number(1000.0)),
    Fact::number("fresh-within", "s", 0.01, 1e6)
        .asks("Within how many seconds must they see a change?")
        .why(
            "Asking every 15 s takes no more than keeping a connection open",
            "errata websocket-or-sse; guide, section 3: not for sporadic updates",
        )
        .or(Value::Number(5.0)),
];

const UNDO: &str = "a second interface beside it, and waiting for the last client of the first";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "rest",
        title: "REST over HTTP",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "describe it in OpenAPI, check the description in CI, and generate clients from it",
        boring: 1,
    },
    Opt {
        id: "server-sent-events",
        title: "HTTP that keeps answering",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "number the events, so that a client that comes back says where it was",
        boring: 2,
    },
    Opt {
        id: "grpc",
        title: "gRPC",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "keep the contracts in one place, and never give a field's number to another",
        boring: 3,
    },
    Opt {
        id: "websocket",
        title: "WebSocket",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "keep no state in the connection that another server could not rebuild",
        boring: 4,
    },
    Opt {
        id: "graphql",
        title: "GraphQL",
        reversal: Reversal::Months,
        undo: UNDO,
        door: "bound depth and cost, and allow known queries only, from the first day",
        boring: 5,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut endpoints = seen.endpoints();
    endpoints.retain(|it| {
        seen.stated(it, "protocol").is_some() || seen.stated(it, "audience").is_some()
    });
    endpoints
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let audience = facts.choice("audience");
    let push = facts.choice("push");
    let kinds = facts.number("client-kinds");
    let [browser, fast, typed, differing, experience] = [
        "browser",
        "performance-critical",
        "typed-contract",
        "differing-needs",
        "graphql-experience",
    ]
    .map(|it| facts.flag(it));
    let [listeners, fresh] = ["listeners", "fresh-within"].map(|it| facts.number(it));

    // Asking again costs more than what keeps a connection open.
    let pushed = push != "none" && fresh < SILENT;
    let asked = format!(
        "{} that see a change within {} s would ask {} times a second, an open connection each \
         sends something {} times",
        with_unit(listeners, "clients"),
        plain(fresh),
        plain(listeners / fresh),
        plain(listeners / SILENT)
    );
    for option in ["rest", "graphql"] {
        judge.exclude_if(pushed, option, &["push", "fresh-within"], asked.clone());
    }
    judge.exclude_if(
        audience != "internal",
        "grpc",
        &["audience"],
        "clients that are not yours would have to generate code before their first call",
    );
    judge.exclude_if(browser, "grpc", &["browser"], "a browser speaks it through a proxy only");
    judge.exclude_if(
        kinds < 2.0,
        "graphql",
        &["client-kinds"],
        "one kind of client knows what it needs: an endpoint can give just that",
    );
    judge.exclude_if(
        !differing,
        "graphql",
        &["differing-needs"],
        "clients that need the same data need no language to ask for it",
    );
    judge.exclude_if(
        !experience,
        "graphql",
        &["graphql-experience"],
        "batching, persisted queries, depth and cost limits would all be learned on this one",
    );
    judge.exclude_if(
        push != "one-way",
        "server-sent-events",
        &["push"],
        "only what the server alone sends needs it",
    );
    judge.exclude_if(
        push != "both-ways",
        "websocket",
        &["push"],
        "requests and answers, or one direction, need no connection of their own kind",
    );
    judge.exclude_if(
        !pushed,
        "websocket",
        &["push", "fresh-within"],
        format!(
            "who asks every {} s sends no more than a connection that is kept open, once in {} s",
            plain(fresh),
            plain(SILENT)
        ),
    );
    if fast {
        judge.serves("small messages over one connection", &["grpc"]);
    }
    if typed {
        judge.serves("a contract that is compiled", &["grpc"]);
    }
    if !judge.is_excluded("graphql") {
        judge.serves("what each kind of client needs in one request", &["graphql"]);
    }
    if push != "none" {
        judge.line(
            "requests if clients asked instead",
            format!("{} / {} s", plain(listeners), plain(fresh)),
            listeners / fresh,
            "/s",
        );
        judge.line(
            "messages that keep connections open",
            format!("{} / {} s", plain(listeners), plain(SILENT)),
            listeners / SILENT,
            "/s",
        );
    }
    if push != "none" && !pushed {
        judge.advise(
            "Let clients ask again, with the `ETag` of what they have, and spread by chance: \
             nothing has to be pushed.",
        );
    }
}
