//! `oauth-flow`: how a program gets its token.

use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value, subjects,
};

topic! {
    /// By which OAuth 2 flow a program gets its token.
    ///
    /// # Why
    /// It depends on who is there: a user with a browser, a user whose device has none, or nobody.
    /// With a user, the code that comes back through the browser can be caught on its way; PKCE
    /// makes it worthless to others. Without a user there is nothing to redirect, and the program
    /// signs in as itself. The implicit flow puts tokens into addresses and histories, the password
    /// grant gives the user's password to the program: both are never an answer.
    ///
    /// # Examples
    /// ```facts answers authorization-code-pkce
    /// user = true
    /// ```
    /// ```facts answers client-credentials
    /// user = false
    /// ```
    /// ```facts answers device-code
    /// user = true
    /// input = limited
    /// ```
    /// A service that goes on in the name of the user who called it:
    /// ```facts answers token-exchange
    /// user = true
    /// calls-on-behalf = true
    /// ```
    /// ```facts flips client-credentials user false
    /// user = true
    /// ```
    ///
    /// # Limits
    /// Sign-in of users is `OpenID` Connect on top of the first of these. Whether a token is a JWT
    /// is another decision: `token-kind`.
    ///
    /// # Sources
    /// Guide, section 10, "`OAuth2` / OIDC Flow Selection"; erratum `client-credentials-secret`. RFC
    /// 9700, RFC 7636 (PKCE), RFC 8628 (device), RFC 8693 (token exchange).
    pub const TOPIC = Topic {
        id: "oauth-flow",
        title: "By which flow does a program get its token?",
        noun: "OAuth flow",
        section: "10",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

const INPUTS: &[&str] = &["full", "limited"];
/// Letters that a code for a device should consist of, without vowels: RFC 8628, section 6.1.
const LETTERS: f64 = 20.0;
/// Seconds between two questions of a device: RFC 8628, section 3.2.
const INTERVAL: f64 = 5.0;

static FACTS: &[Fact] = &[
    Fact::flag("user")
        .asks("Is there a user, in whose name it acts?")
        .why("Users consent in a browser; machines sign in as themselves", "guide, section 10")
        .from(|seen, it| {
            let (kind, path) = seen.stated(it, "kind")?;
            Some(Known::at(path, Value::Flag(!kind.says("service"))))
        }),
    Fact::choice("input", INPUTS)
        .asks("Has its device a browser and a keyboard (full), or not (limited)?")
        .why("A television has no way to type a password safely", "RFC 8628")
        .or(Value::Choice("full"))
        .from(|seen, it| {
            let (kind, path) = seen.stated(it, "kind")?;
            let limited = kind.says("device") || kind.says("cli");
            Some(Known::at(path, Value::Choice(if limited { "limited" } else { "full" })))
        }),
    Fact::flag("calls-on-behalf")
        .asks("Is it a service that was called with a user's token, and calls others for the user?")
        .why("Passing the token on gives every callee what the first one may do", "RFC 8693")
        .or(Value::Flag(false)),
    Fact::flag("keeps-secret")
        .asks("Can it keep a secret: does it run where its users cannot look?")
        .why("A client that can should authenticate as well", "RFC 9700, section 2.5")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (kind, path) = seen.stated(it, "kind")?;
            Some(Known::at(path, Value::Flag(kind.says("service") || kind.says("web"))))
        }),
    Fact::number("code-length", "letters", 4.0, 64.0)
        .asks("How many letters has the code that a user copies from a device?")
        .why("Who guesses one signs in as its user", "RFC 8628, section 5.1")
        .or(Value::Number(8.0)),
    Fact::number("code-life", "s", 10.0, 3600.0)
        .asks("How many seconds is that code valid?")
        .why("It is how long it can be guessed, and asked for", "RFC 8628")
        .or(Value::Number(900.0)),
];

const UNDO: &str = "another way to sign in beside it, until the old clients are gone";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "authorization-code-pkce",
        title: "Authorization code with PKCE",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "use a certified library, and exact redirect addresses",
        boring: 1,
    },
    Opt {
        id: "client-credentials",
        title: "Client credentials",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "sign with a key (private_key_jwt) or a certificate, rather than send a secret",
        boring: 1,
    },
    Opt {
        id: "device-code",
        title: "Device code",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "show the user what is being allowed, and where: the code can be sent by a thief",
        boring: 2,
    },
    Opt {
        id: "token-exchange",
        title: "Exchange of the user's token for a narrower one",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "name the audience in every token, and refuse those that name another",
        boring: 3,
    },
];

/// A code without PKCE is none of the options.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let (flow, path) = seen.stated(subject, "flow")?;
    let pkce = seen.stated(subject, "pkce").and_then(|it| it.0.flag());
    let is = match (flow.text()?, pkce) {
        ("authorization-code", Some(true)) => Is::One("authorization-code-pkce"),
        ("authorization-code", None) => Is::Untold,
        ("client-credentials", _) => Is::One("client-credentials"),
        ("device-code", _) => Is::One("device-code"),
        _ => Is::NoneOf,
    };
    Some(Standing::at(path, flow.text()?, is))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    subjects::entries(seen, "security.clients")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [user, behalf, secret] =
        ["user", "calls-on-behalf", "keeps-secret"].map(|it| facts.flag(it));
    let limited = facts.choice("input") == "limited";
    for option in ["authorization-code-pkce", "device-code", "token-exchange"] {
        judge.exclude_if(!user, option, &["user"], "there is nobody who could consent");
    }
    judge.exclude_if(
        user,
        "client-credentials",
        &["user"],
        "the token would be the program's own: every user could do what it may",
    );
    for option in ["authorization-code-pkce", "device-code"] {
        judge.exclude_if(
            behalf,
            option,
            &["calls-on-behalf"],
            "the user is not there when the second call is made",
        );
    }
    judge.exclude_if(
        limited,
        "authorization-code-pkce",
        &["input"],
        "there is no browser on the device that could be sent somewhere",
    );
    judge.exclude_if(
        !limited,
        "device-code",
        &["input"],
        "the user has a browser at hand; a code that is copied can be copied by a thief",
    );
    judge.exclude_if(
        !behalf,
        "token-exchange",
        &["calls-on-behalf"],
        "there is no token of a user yet that could be exchanged",
    );
    let [length, life] = ["code-length", "code-life"].map(|it| facts.number(it));
    let codes = libm::pow(LETTERS, length);
    let text = format!("{} ^ {}", plain(LETTERS), plain(length));
    judge.line("codes of a device", text, codes, "");
    let text = format!("{} s / {} s", plain(life), plain(INTERVAL));
    judge.line("questions of a device", text, libm::floor(life / INTERVAL), "");
    let text = "1 in 2^32, as RFC 8628 bounds it";
    judge.line("guesses to be allowed", text, libm::floor(codes / 4_294_967_296.0), "");
    if user && secret {
        judge.advise(
            "It keeps secrets: let it authenticate as well, with a key or a certificate. PKCE stays.",
        );
    }
    judge.advise("Never the implicit flow, never the password grant (RFC 9700).");
}
