//! Decisions against a design: what is recorded of which part, and how it stands.

use tradeoff::decide::{Inquiry, State, adr, all};
use tradeoff::{Design, NoFiles, SourceFile};

const SHOP: &str = "\
tradeoff: 1
name: shop
teams: { checkout: { engineers: 6 }, catalog: { engineers: 4 } }
services:
  order: { team: checkout, endpoints: { place: { steps: [ { query: orders.insert }, { query: stock.take } ] } } }
stores:
  orders: { owner: order, operations: { insert: { time: 1ms, writes: true } } }
  stock: { owner: order, operations: { take: { time: 1ms, writes: true } } }
traffic:
  shoppers: { rate: 20/s, mix: { order.place: 100% } }
";

fn shop(decisions: &str) -> Design {
    let text = format!("{SHOP}{decisions}");
    Design::load(vec![SourceFile::new("shop.yaml", text)], &NoFiles)
        .unwrap_or_else(|it| panic!("{it}"))
}

/// Decision, subject and state of every record of a topic.
fn states(design: &Design, topic: &str) -> Vec<(Option<String>, Option<String>, State)> {
    let records = all(design).records.into_iter().filter(|it| it.topic == topic);
    let mut states: Vec<_> = records.map(|it| (it.decision, it.subject, it.state)).collect();
    states.sort();
    states
}

fn told(decision: &str, subject: &str, state: State) -> (Option<String>, Option<String>, State) {
    let some = |it: &str| (!it.is_empty()).then(|| it.to_owned());
    (some(decision), some(subject), state)
}

#[test]
fn a_record_without_a_place_is_about_every_part() {
    let design = shop("decisions: { truth: { topic: primary-database, chosen: postgres } }\n");
    let found = states(&design, "primary-database");
    assert_eq!(
        found,
        [told("truth", "orders", State::Agreed), told("truth", "stock", State::Agreed)]
    );
}

#[test]
fn a_record_is_about_what_it_names_or_rests_on() {
    for place in ["about: [orders]", "rests_on: [stores.orders.operations]"] {
        let text = format!(
            "decisions: {{ truth: {{ topic: primary-database, chosen: document, {place} }} }}\n"
        );
        let found = states(&shop(&text), "primary-database");
        assert_eq!(
            found,
            [told("", "stock", State::Missing), told("truth", "orders", State::Contradicted)]
        );
    }
}

#[test]
fn a_record_of_a_part_that_has_gone_is_about_no_other() {
    let design = shop(
        "decisions: { truth: { topic: primary-database, chosen: document, rests_on: [stores.gone.operations] } }
",
    );
    let found = states(&design, "primary-database");
    let missing: Vec<_> = found.iter().filter(|it| it.2 == State::Missing).collect();
    assert_eq!(missing.len(), 2, "{found:?}");
    let parts = found.iter().filter(|it| it.0.is_some()).map(|it| &it.1);
    assert!(parts.eq([&None]), "{found:?}");
}

#[test]
fn a_decision_that_is_undone_in_days_is_a_two_way_door_whatever_it_is_about() {
    let of = |chosen: &str, status: &str| {
        let decision = format!(
            "decisions: {{ growth: {{ topic: database-scaling, chosen: {chosen}, about: [orders], \
             status: {status} }} }}\n"
        );
        let design = shop(&decision);
        let found = all(&design).records.into_iter().find(|it| it.topic == "reversibility");
        found.map(|it| it.answer)
    };
    assert_eq!(of("sharding", "accepted"), Some(Some("one-way-door")));
    assert_ne!(of("leave-it", "accepted"), Some(Some("one-way-door")));
    assert_eq!(of("sharding", "superseded"), None);
}

#[test]
fn what_no_longer_holds_and_what_is_no_topic_is_told_apart() {
    let design = shop(
        "decisions:
  gone: { topic: primary-database, chosen: document, status: superseded }
  paint: { topic: colour, chosen: red }
  odd: { topic: monolith-or-services, chosen: monoliht }
",
    );
    let missing = states(&design, "primary-database");
    assert!(missing.iter().all(|it| it.2 == State::Missing), "{missing:?}");
    assert_eq!(states(&design, "colour"), [told("paint", "", State::Unknown)]);
    let odd = states(&design, "monolith-or-services");
    assert_eq!(odd, [told("odd", "shop", State::Unknown)]);
}

#[test]
fn what_was_said_is_recorded_and_known_again() {
    let load =
        |text: &str| Design::load(vec![SourceFile::new("shop.yaml", text)], &NoFiles).unwrap();
    let large = SHOP.replace("engineers: 6 }", "engineers: 56 }");
    let design = load(&large);
    let open = |design: &Design| {
        Inquiry::open(Some(design), "monolith-or-services", None).unwrap().remove(0)
    };
    let mut inquiry = open(&design);
    for (fact, value) in [("borders-settled", "yes"), ("triggers", "2")] {
        inquiry.say(fact, value).unwrap();
    }
    inquiry.say("operations-routine", "yes").unwrap();
    let adr = adr(&design, &inquiry, "docs/adr", &["0007-x.md".to_owned()], &NoFiles).unwrap();
    assert_eq!(adr.path, "docs/adr/0008-monolith-or-services.md");
    // Since then most have left.
    let recorded = load(&adr.files[0].after.replace("engineers: 56 }", "engineers: 6 }"));
    let again = open(&recorded).decide(Some(&recorded));
    let known = |name: &str| again.facts.iter().find(|it| it.fact == name).unwrap();
    assert_eq!(known("triggers").origin, "said");
    // What the architecture says is not taken from the record.
    assert_eq!(known("engineers").text.as_deref(), Some("10"));
    assert_eq!(again.record.unwrap().state, State::Contradicted);
}
