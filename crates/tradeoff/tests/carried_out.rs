//! A decision that has been carried out has not drifted: what it changed is what came of it.

use tradeoff::decide::{Inquiry, State, adr, all, catalogue, topic, written};
use tradeoff::{Design, NoFiles, SourceFile, check};

const SHOP: &str = "\
tradeoff: 1
name: shop
teams: { checkout: { engineers: 6 } }
services:
  order:
    team: checkout
    replicas: 4
    cores: 16
    concurrency: 64
    queue: 64
    endpoints: { place: { steps: [ { work: 5ms }, { query: orders.insert }, { query: orders.find }, { call: mail.send } ] } }
  mail:
    team: checkout
    replicas: 2
    cores: 2
    endpoints: { send: { idempotent: true, steps: [ { work: 2ms }, { wait: 50ms } ] } }
stores:
  orders:
    owner: order
    connections: 100
    cores: 8
    pool: { per_replica: 10 }
    operations: { insert: { time: 5ms, writes: true }, find: { time: 5ms } }
traffic:
  shoppers: { rate: 200/s, mix: { order.place: 100% } }
slos:
  place: { endpoint: order.place, availability: 99.9%, latency: { p99: 500ms } }
";

/// A decision that a topic takes of a shop.
struct Case {
    topic: &'static str,
    about: &'static str,
    option: &'static str,
    /// What the shop says otherwise.
    otherwise: &'static [(&'static str, &'static str)],
    said: &'static [(&'static str, &'static str)],
    /// What carrying it out takes beside what is simulated.
    by_hand: &'static [(&'static str, &'static str)],
}

const fn case(
    topic: &'static str,
    about: &'static str,
    option: &'static str,
    otherwise: &'static [(&'static str, &'static str)],
    said: &'static [(&'static str, &'static str)],
) -> Case {
    Case { topic, about, option, otherwise, said, by_hand: &[] }
}

const POOLS: &str = "connection-pool-sizing";
const SCALING: &str = "database-scaling";
const MACHINES: &str = "scale-up-or-out";
const BALANCE: &str = "load-balancing";
const GUARDS: &str = "resilience-set";
const STYLE: &str = "monolith-or-services";
const EVENT: &str = "call-or-event";
const MAIL: &str = "order.place->mail.send";

const TWELVE: (&str, &str) = ("replicas: 4", "replicas: 12");
const MANY: (&str, &str) = ("replicas: 4", "replicas: 200");
const BUSY: (&str, &str) = ("rate: 200/s", "rate: 760/s");
const BUSIER: (&str, &str) = ("rate: 200/s", "rate: 8000/s");
const TWO_TEAMS: (&str, &str) = (
    "{ checkout: { engineers: 6 } }",
    "{ checkout: { engineers: 26 }, catalog: { engineers: 4 } }",
);
const ROOMY: (&str, &str) = ("cores: 8", "cores: 200");
/// A callee that bears much, and hangs long enough to take all that calls it.
const HANGING: (&str, &str) = ("cores: 2\n", "cores: 400\n");
const ONCE: (&str, &str) = ("idempotent: true", "idempotent: false");
const STATELESS: (&str, &str) = ("queue: 64", "queue: 64\n    state: none");
const FLAKY: &[(&str, &str)] = &[("failing", "1%")];

const CASES: &[Case] = &[
    case(POOLS, "orders", "keep-the-pools", &[], &[]),
    case(POOLS, "orders", "smaller-pools", &[TWELVE], &[]),
    case(POOLS, "orders", "bigger-pools", &[("per_replica: 10", "per_replica: 1")], &[]),
    case(POOLS, "orders", "raise-the-limit", &[TWELVE, BUSIER, ROOMY], &[]),
    case(POOLS, "orders", "pooler", &[MANY], &[]),
    Case {
        by_hand: &[("stores.orders.session_features", "[]")],
        ..case(
            POOLS,
            "orders",
            "shed-session-state",
            &[MANY, ("cores: 8", "cores: 8\n    session_features: [listen]")],
            &[],
        )
    },
    case(SCALING, "orders", "leave-it", &[], &[]),
    case(
        SCALING,
        "orders",
        "bigger-machine",
        &[BUSY],
        &[("largest-machine", "200%"), ("mendable", "0%"), ("stale-reads", "no")],
    ),
    case(
        SCALING,
        "orders",
        "read-replicas",
        &[BUSY],
        &[("stale-reads", "yes"), ("mendable", "0%"), ("largest-machine", "100%")],
    ),
    case(MACHINES, "orders", "up", &[BUSY], &[]),
    case(MACHINES, "order", "up", &[STATELESS, BUSIER, ROOMY], &[("tolerate-loss", "yes")]),
    case(MACHINES, "order", "out", &[STATELESS, BUSIER, ROOMY], &[]),
    case(BALANCE, "order", "round-robin", &[], &[]),
    case(BALANCE, "order", "two-choices", &[], &[("costs-vary", "yes")]),
    case(BALANCE, "order", "least-connections", &[], &[("connections", "long")]),
    case(BALANCE, "order", "least-response-time", &[], &[("machines", "mixed")]),
    case(BALANCE, "order", "sticky", &[("queue: 64", "queue: 64\n    state: sessions")], &[]),
    case(GUARDS, MAIL, "timeout-breaker", &[ONCE], &[]),
    case(GUARDS, MAIL, "timeout-retry-breaker", &[], FLAKY),
    case(GUARDS, MAIL, "timeout-breaker-bulkhead", &[BUSIER, HANGING, ONCE], &[]),
    case(GUARDS, MAIL, "timeout-retry-breaker-bulkhead", &[BUSIER, HANGING], FLAKY),
    case(EVENT, MAIL, "call", &[], &[("needs-answer", "yes")]),
    case(EVENT, MAIL, "event", &[], &[("needs-answer", "no")]),
    case(STYLE, "shop", "monolith", &[], &[]),
    case(STYLE, "shop", "modular-monolith", &[TWO_TEAMS], &[("borders-settled", "yes")]),
    case(
        STYLE,
        "shop",
        "services",
        &[TWO_TEAMS],
        &[("borders-settled", "yes"), ("operations-routine", "yes"), ("triggers", "2")],
    ),
];

fn load(text: &str) -> Design {
    Design::load(vec![SourceFile::new("shop.yaml", text)], &NoFiles)
        .unwrap_or_else(|it| panic!("{it}\n{text}"))
}

impl Case {
    fn name(&self) -> String {
        format!("{} of {} for {}", self.option, self.topic, self.about)
    }

    fn inquiry(&self, design: &Design) -> Inquiry {
        let mut all = Inquiry::open(Some(design), self.topic, Some(self.about))
            .expect("a case that is possible");
        let mut inquiry = all.swap_remove(0);
        for (fact, value) in self.said {
            inquiry.say(fact, value).expect("a case that is possible");
        }
        inquiry
    }

    /// The shop, and the shop with the decision in it.
    fn recorded(&self) -> (Design, Design) {
        let text = self.otherwise.iter().fold(SHOP.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let shop = load(&text);
        let inquiry = self.inquiry(&shop);
        let decision = inquiry.decide(Some(&shop));
        let answer = decision.answer.map(|it| it.option);
        let facts = decision.facts.iter().filter_map(|it| Some((it.fact, it.text.as_deref()?)));
        assert_eq!(answer, Some(self.option), "{:?}", facts.collect::<Vec<_>>());
        let adr = adr(&shop, &inquiry, "docs/adr", &[], &NoFiles).expect("a case that is possible");
        let recorded = load(&adr.files[0].after);
        (shop, recorded)
    }

    /// The settings that carry it out.
    fn settings(&self, shop: &Design) -> Vec<(String, String)> {
        let options = written(shop, &self.inquiry(shop));
        let (_, own) =
            options.into_iter().find(|it| it.0.id == self.option).expect("a case that is possible");
        let (settings, _) = own.unwrap_or_else(|why| panic!("{}: {why}", self.name()));
        let by_hand = self.by_hand.iter().map(|it| (it.0.to_owned(), it.1.to_owned()));
        settings.into_iter().map(|it| (it.path, it.value)).chain(by_hand).collect()
    }
}

fn with(design: &Design, settings: &[(String, String)]) -> Design {
    let settings: Vec<_> = settings.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    design.set_all(&settings).unwrap_or_else(|it| panic!("{it}"))
}

/// What `check` says against the recorded decisions.
fn findings(design: &Design) -> Vec<String> {
    let all = check(design).findings.into_iter().map(|it| format!("{}: {}", it.rule, it.message));
    let against = ["dec-facts-drifted", "dec-adr-contradicted"];
    all.filter(|it| against.iter().any(|rule| it.starts_with(rule))).collect()
}

/// The state of the only record.
fn state(design: &Design) -> (State, String) {
    let mut records = all(design).records;
    records.retain(|it| it.decision.is_some());
    assert_eq!(records.len(), 1, "{records:?}");
    (records[0].state, records[0].why.clone())
}

#[test]
fn what_was_carried_out_agrees() {
    for case in CASES {
        let (shop, recorded) = case.recorded();
        assert_eq!(state(&recorded).0, State::Agreed, "{} recorded", case.name());
        let done = with(&recorded, &case.settings(&shop));
        assert_eq!(findings(&done), Vec::<String>::new(), "{}", case.name());
        let (state, why) = state(&done);
        assert_eq!(state, State::Agreed, "{}: {why}", case.name());
    }
}

/// Every option that can be written into an architecture has its case.
#[test]
fn every_option_that_can_be_simulated_is_carried_out() {
    for topic in catalogue().iter().filter(|it| it.changes.is_some()) {
        let cases: Vec<&Case> = CASES.iter().filter(|it| it.topic == topic.id).collect();
        let shop = load(SHOP);
        for (option, changed) in written(&shop, &cases[0].inquiry(&shop)) {
            let tried = cases.iter().any(|it| it.option == option.id);
            assert!(tried || changed.is_err(), "{}: {}", topic.id, option.id);
        }
    }
}

/// What an option moves is what its topic says that it moves.
#[test]
fn topics_know_which_facts_their_options_move() {
    for case in CASES {
        let (shop, _) = case.recorded();
        let done = with(&shop, &case.settings(&shop));
        let [before, after] = [&shop, &done].map(|it| case.inquiry(it).decide(Some(it)));
        let differ = before.facts.iter().zip(&after.facts).filter(|(a, b)| a.text != b.text);
        let moved: Vec<&str> = differ.map(|it| it.0.fact).collect();
        let known = topic(case.topic).unwrap().moved_by(case.option);
        let unknown = moved.iter().filter(|it| !known.contains(it)).collect::<Vec<_>>();
        assert!(unknown.is_empty(), "{} moves {unknown:?}", case.name());
    }
}

/// Whoever does something else than what was decided, or finds the premises gone, is told.
#[test]
fn another_change_is_a_drift() {
    let case = CASES.iter().find(|it| it.option == "smaller-pools").unwrap();
    let (shop, recorded) = case.recorded();
    let done = with(&recorded, &case.settings(&shop));
    let set = |path: &str, value: &str| with(&done, &[(path.to_owned(), value.to_owned())]);
    // Another size that needs nothing more is as good as the one that was calculated.
    assert_eq!(state(&set("stores.orders.pool.per_replica", "5")).0, State::Agreed);
    for (path, value, fact) in [
        ("stores.orders.pool.per_replica", "1", "pool was 10"),
        ("services.order.replicas", "200", "clients was 12"),
        ("traffic.shoppers.rate", "30000/s", "rate was 400/s"),
    ] {
        let drifted = set(path, value);
        let told = findings(&drifted);
        assert!(told.len() == 1 && told[0].contains(fact), "{path} = {value}: {told:?}");
        assert_eq!(state(&drifted).0, State::Contradicted, "{path} = {value}");
    }
}
