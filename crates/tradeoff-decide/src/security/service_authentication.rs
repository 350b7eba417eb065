//! `service-authentication`: how services show each other who they are.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Means, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// How one service shows another who it is.
    ///
    /// # Why
    /// A key that all share shows nothing: whoever has it is everybody, and nobody can change it
    /// without changing all. So each service has an identity of its own that lives for hours.
    /// Certificates do it beneath the code where something issues and renews them; tokens do it
    /// where nothing does. Between organizations no mesh is common, but an issuer may be: the
    /// callee's server gives its partners credentials of their own. Where there is none, or where
    /// it has to be shown later what was sent, the request itself is signed.
    ///
    /// # Examples
    /// ```facts answers mtls
    /// mesh = true
    /// ```
    /// ```facts answers client-credentials-jwt
    /// mesh = false
    /// ```
    /// A partner calls with credentials that your server issued:
    /// ```facts answers client-credentials-jwt
    /// crosses-organizations = true
    /// ```
    /// A webhook goes to whoever registered an address, and no server issues tokens for all of
    /// them:
    /// ```facts answers signed-requests
    /// crosses-organizations = true
    /// issuer = false
    /// ```
    /// ```facts flips mtls certificates-automatic true
    /// mesh = false
    /// ```
    ///
    /// # Limits
    /// It says who calls, not what it may do: that is a policy for every pair. A user's identity
    /// travels beside it, never instead of it.
    ///
    /// # Sources
    /// Guide, section 10, "Service-to-Service Authentication"; erratum `client-credentials-secret`.
    /// SPIFFE. RFC 8705 (mutual TLS). RFC 9421 (HTTP message signatures).
    pub const TOPIC = Topic {
        id: "service-authentication",
        title: "How do services show each other who they are?",
        noun: "Authentication between services",
        section: "10",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["security.service_identity.method"], MEANS),
    };
}

/// Words of the format for an option of another name.
const MEANS: &[Means] = &[("client-credentials", "client-credentials-jwt"), ("mesh", "mtls")];

static FACTS: &[Fact] = &[
    Fact::flag("crosses-organizations")
        .asks("Does the call leave the organization?")
        .why("Others do not share your mesh", "guide, section 10")
        .or(Value::Flag(false)),
    Fact::flag("issuer")
        .asks("Is there a server whose tokens the callee accepts, and that knows all callers?")
        .why("It issues credentials to partners too", "RFC 6749, section 4.4: client credentials")
        .or(Value::Flag(true)),
    Fact::flag("content-proved")
        .asks("Must it be shown later, or behind proxies, what exactly a caller sent?")
        .why("A token shows who calls, not what is said", "RFC 9421, section 1")
        .or(Value::Flag(false)),
    Fact::flag("mesh")
        .asks("Is there a service mesh?")
        .why("It issues, renews and checks certificates beneath the code", "SPIFFE")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (method, path) = seen.stated(it, "security.service_identity.method")?;
            method.says("mesh").then(|| Known::at(path, Value::Flag(true)))
        }),
    Fact::flag("certificates-automatic")
        .asks("Are certificates issued and renewed by something else without people?")
        .why("By hand they expire on a Sunday", "SPIFFE")
        .or(Value::Flag(false)),
    Fact::flag("tls-ends-before")
        .asks("Does a proxy that others run end the connection before the callee?")
        .why("What the connection showed is gone behind it", "RFC 9421")
        .or(Value::Flag(false)),
    Fact::count("instances", "replicas", 1.0, 1e6)
        .asks("How many replicas of all services are there?")
        .why("Each has an identity that is renewed", "SPIFFE")
        .or(Value::Number(50.0))
        .from(|seen, _| {
            let all: u32 = seen.architecture.services.iter().map(|it| it.replicas.value).sum();
            (all > 0).then(|| Known::derived("services", Value::Number(f64::from(all))))
        }),
    Fact::number("lifetime", "h", 0.01, 1e5)
        .asks("How many hours does a certificate or token live?")
        .why("It is what a thief has, and how often all are renewed", "guide, section 10")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let (rotation, path) = seen.stated(it, "security.service_identity.rotation")?;
            Some(Known::at(path, Value::Number(rotation.duration()? as f64 / 3.6e12)))
        }),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many calls between services are there a second?")
        .why(
            "Each signed request is a signature and a check; a connection is many calls",
            "RFC 9421",
        )
        .or(Value::Number(1000.0))
        .from(|seen, _| {
            let calls = seen.calls_between()?;
            Some(Known::derived("traffic", Value::Number(calls)))
        }),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "mtls",
        title: "Mutual TLS with an identity of each workload",
        reversal: Reversal::Weeks,
        undo: "a setting of the mesh, and what was allowed by name",
        door: "accept both for a while, and refuse plain calls last",
        boring: 1,
    },
    Opt {
        id: "client-credentials-jwt",
        title: "Client credentials, and short JWTs",
        reversal: Reversal::Weeks,
        undo: "accepting both until nobody sends one",
        door: "sign in with a key of each service's own, and name the audience in each token",
        boring: 2,
    },
    Opt {
        id: "signed-requests",
        title: "Signed requests",
        reversal: Reversal::Months,
        undo: "every partner has to change",
        door: "put the key's id and the time into what is signed, so that keys can change",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    if seen.architecture.services.len() > 1 { vec![seen.whole()] } else { Vec::new() }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [crosses, mesh, automatic, ends, issuer, proved] = [
        "crosses-organizations",
        "mesh",
        "certificates-automatic",
        "tls-ends-before",
        "issuer",
        "content-proved",
    ]
    .map(|it| facts.flag(it));
    let [instances, lifetime, rate] = ["instances", "lifetime", "rate"].map(|it| facts.number(it));
    let renewals = instances * 24.0 / lifetime;
    let text = format!("{} x 24 h / {} h", plain(instances), plain(lifetime));
    let by_hand = if renewals >= 1.0 {
        format!("{text} = {} a day", with_unit(renewals, "certificates"))
    } else {
        let year = with_unit(renewals * 365.0, "certificates");
        format!("{} x 8,760 h / {} h = {year} a year", plain(instances), plain(lifetime))
    };
    judge.exclude_if(
        crosses,
        "mtls",
        &["crosses-organizations"],
        "what issues and renews certificates on this side does not do so on the other",
    );
    for option in ["mtls", "client-credentials-jwt"] {
        judge.exclude_if(
            proved,
            option,
            &["content-proved"],
            "it shows who calls, and nothing afterwards of what was sent",
        );
    }
    judge.exclude_if(
        !issuer,
        "client-credentials-jwt",
        &["issuer"],
        "no server issues a token that the callee accepts",
    );
    judge.exclude_if(
        !mesh && !automatic,
        "mtls",
        &["mesh", "certificates-automatic", "instances", "lifetime"],
        format!("{by_hand} would be renewed by people"),
    );
    judge.exclude_if(
        ends,
        "mtls",
        &["tls-ends-before"],
        "the proxy that ends the connection is all that the callee would know",
    );
    judge.exclude_if(
        !proved && (issuer || !judge.is_excluded("mtls")),
        "signed-requests",
        &["issuer", "content-proved", "rate"],
        format!(
            "{} signatures and checks a second for what a token or a connection does",
            plain(rate)
        ),
    );
    judge.line("renewals in a day", text, renewals, "");
    judge.line("a stolen one works for", "its lifetime at most", lifetime, "h");
    judge.advise("Never one static key for all: whoever has it is everybody.");
}
