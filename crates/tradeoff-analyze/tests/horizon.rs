//! What breaks first as the load grows: closed forms, and an example of each kind.

use proptest::prelude::{Strategy, any};
use proptest::{prop_assert, prop_assert_eq, proptest};
use tradeoff_analyze::horizon::{
    Ask, Break, FirstBroken, Grade, Horizon, Measured, What, first_month, grown, horizon,
};
use tradeoff_analyze::{Analysis, Steady};
use tradeoff_diag::SourceFile;
use tradeoff_model::{Date, Document, NoFiles};

/// Looks 24 months ahead from the end of November 2026.
fn ahead(text: &str, measured: Option<Measured<'_>>) -> Horizon {
    let text = format!("tradeoff: 1\nname: shop\n{text}");
    let (document, errors) = Document::parse(vec![SourceFile::new("shop.yaml", text.as_str())]);
    assert_eq!(errors, [], "in\n{text}");
    let (architecture, errors) = document.lower(&NoFiles);
    assert_eq!(errors, [], "in\n{text}");
    let ask = Ask { months: 24, today: Date::parse("2026-11-30"), measured };
    horizon(&Analysis::new(&architecture), &document, &ask)
}

fn found<'a>(it: &'a Horizon, name: &str, grade: Grade) -> &'a Break {
    let found = it.breaks.iter().find(|it| it.name == name && it.grade == grade);
    found.unwrap_or_else(|| panic!("no {name} in {:#?}", it.breaks))
}

fn breaks<'a>(it: &'a Horizon, name: &str) -> &'a Break {
    found(it, name, Grade::Breaks)
}

/// One core that is half busy.
const HALF: &str = "
services: { s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 5ms } } ] } } } }
traffic: { t: { rate: 100/s, patience: none, mix: { s.do: 100% } } }
";

proptest! {
    /// The closed form is the first month of all, and what comes before is less.
    #[test]
    fn it_is_the_first_month(percent in -50..400_i32, times in 0.01..1e6_f64) {
        let growth = f64::from(percent) / 100.0;
        let scan = (0..=1_400).find(|month| grown(growth, *month) >= times);
        match first_month(growth, times) {
            Some(month) => prop_assert_eq!(Some(month), scan),
            None => prop_assert!(percent <= 0 && times > 1.0, "{growth} {times}"),
        }
    }

    /// What is so many times as much after m months is reached in month m, whatever is rounded.
    #[test]
    fn a_whole_power_is_reached_in_its_month(
        growth in 0.001..3.0_f64,
        month in any::<u8>().prop_map(|it| u32::from(it) % 120),
    ) {
        prop_assert_eq!(first_month(growth, grown(growth, month)), Some(month));
    }

    /// Cores are full in the month in which the load is as many times today's as they could take.
    #[test]
    fn a_utilization_follows_the_closed_form(rate in 20..190_u32, percent in 1..30_u32) {
        let text = HALF.replace("100/s", &format!("{rate}/s"));
        let it = ahead(&format!("{text}growth: {percent}%/month"), None);
        let growth = f64::from(percent) / 100.0;
        for (grade, limit) in [(Grade::Strains, 0.7), (Grade::Breaks, 1.0)] {
            let found = it.breaks.iter().find(|it| it.name == "s/cores" && it.grade == grade);
            let times = limit / (f64::from(rate) * 0.005);
            let month = first_month(growth, times).filter(|month| *month <= 24);
            // One row says both where it is full when it is first busy.
            if let Some(found) = found {
                prop_assert_eq!(Some(found.month), month);
            } else if grade == Grade::Breaks {
                prop_assert_eq!(month, None);
            }
        }
    }
}

#[test]
fn growth_is_nothing_negative_or_a_range() {
    for growth in ["0%/month", "-5%/month"] {
        let it = ahead(&format!("{HALF}growth: {growth}"), None);
        assert_eq!(it.breaks, [], "{growth}");
        assert_eq!(it.missing, Vec::<String>::new());
    }
    let it = ahead(&format!("{HALF}growth: 4%/month..8%/month"), None);
    assert_eq!(it.growth_text.as_deref(), Some("4%..8%/month"));
    let full = breaks(&it, "s/cores");
    // 1.08^9 = 1.999 and 1.08^10 = 2.16; 1.04^18 = 2.03.
    assert_eq!((full.month, full.latest), (10, Some(18)));
    let it = ahead(&format!("{HALF}growth: 1%/month..8%/month"), None);
    assert_eq!(breaks(&it, "s/cores").latest, None);
    let it = ahead(&format!("{HALF}growth: 100%/year"), None);
    assert_eq!(breaks(&it, "s/cores").month, 12);
}

#[test]
fn every_figure_has_its_sum_and_its_month() {
    let it = ahead(&format!("{HALF}growth: 8%/month"), None);
    let busy = found(&it, "s/cores", Grade::Strains);
    assert_eq!((busy.month, busy.latest, busy.date.as_deref()), (5, Some(5), Some("2027-04")));
    assert_eq!(
        busy.arithmetic,
        "100/s x 1.08^5 = 147/s; 147/s x 1 visit x 5ms / 1 core = 73.5% > 70%"
    );
    assert_eq!(busy.what, What::Utilization);
    assert_eq!(it.until.as_deref(), Some("2028-11"));
    let load = it.load.as_ref().unwrap();
    assert!((load.end / load.today - grown(0.08, 24)).abs() < 1e-9);
    let months: Vec<u32> = it.breaks.iter().map(|it| it.month).collect();
    assert!(months.is_sorted(), "{months:?}");
}

#[test]
fn what_is_not_stated_is_not_guessed() {
    let it = ahead(HALF, None);
    assert_eq!((it.missing.as_slice(), it.growth), (&["growth".to_owned()][..], None));
    assert!(it.breaks.is_empty() && it.load.is_none());
    let services = "services: { s: { endpoints: { do: {} } } }";
    assert_eq!(ahead(services, None).missing, ["traffic"]);
    let mixed = "
services: { s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 5ms } } ] } } } }
traffic:
  staff: { rate: 10/s, mix: { s.do: 100% } }
  users: { rate: 90/s, growth: 10%/month, mix: { s.do: 100% } }
";
    assert_eq!(ahead(mixed, None).missing, ["traffic.staff.growth"]);
    // The file's growth is that of the sources that state none.
    let it = ahead(&format!("{mixed}growth: 0%/month"), None);
    assert_eq!(it.growth_text.as_deref(), Some("staff 0%/month, users 10%/month"));
    let full = breaks(&it, "s/cores");
    // 10/s + 90/s x 1.1^8 = 203/s.
    assert_eq!(full.month, 8);
    assert_eq!(full.arithmetic, "month 8: 203/s; 203/s x 1 visit x 5ms / 1 core = 101% >= 100%");
}

#[test]
fn replicas_that_the_load_takes_bring_their_pools() {
    let text = "
growth: 10%/month
services:
  web:
    replicas: 2
    cores: 1
    endpoints: { buy: { steps: [ { work: { mean: 10ms } }, { query: orders.insert } ] } }
stores:
  orders:
    cores: 8
    connections: 50
    pool: { per_replica: 20 }
    operations: { insert: { time: 1ms, writes: true } }
traffic: { t: { rate: 100/s, mix: { web.buy: 100% } } }
";
    let it = ahead(text, None);
    let many = breaks(&it, "orders/connections");
    // 100/s x 1.1^4 = 146/s, which two cores bear at 73 %.
    assert_eq!((many.what, many.month), (What::Connections, 4));
    assert_eq!(many.arithmetic, "web needs 2 x 73.2% / 70%, rounded up = 3; 3 x 20 = 60 > 47");
    // A pooler takes it away, and what it accepts itself may be too few.
    let pooled =
        text.replace("connections: 50", "connections: 50\n    pooler: { connections: 20 }");
    let it = ahead(&pooled, None);
    assert!(it.breaks.iter().all(|it| it.what != What::Connections), "{:?}", it.breaks);
    let few = "connections: 50\n    pooler: { connections: 20, clients: 100 }";
    let it = ahead(&text.replace("connections: 50", few), None);
    assert!(breaks(&it, "orders/connections").arithmetic.ends_with("6 x 20 = 120 > 100"));
}

#[test]
fn an_autoscaler_follows_until_its_most() {
    let text = HALF.replace("cores: 1,", "cores: 1, autoscale: { min: 1, max: 2 },");
    let it = ahead(&format!("{text}growth: 10%/month"), None);
    let few = breaks(&it, "s/replicas");
    assert_eq!((few.what, few.month), (What::Replicas, 11));
    assert_eq!(few.arithmetic, "1 x 143% / 70%, rounded up = 3 > 2");
    // Until then it was never busy.
    let busy = found(&it, "s/cores", Grade::Strains);
    assert_eq!(busy.month, 11);
    assert!(busy.arithmetic.contains("(2 x 1 cores)"), "{}", busy.arithmetic);
}

#[test]
fn partitions_bound_consumers() {
    let text = "
growth: 10%/month
services:
  web: { endpoints: { buy: { steps: [ { publish: bought } ] } } }
  mailer:
    replicas: 2
    consumes: { bought: { concurrency: 4, steps: [ { wait: 20ms } ] } }
topics: { bought: { kind: stream, partitions: 4 } }
traffic: { t: { rate: 100/s, mix: { web.buy: 100% } } }
";
    let it = ahead(text, None);
    // 100/s x 1.1^8 = 214/s, of 200/s that four can do at 20 ms each.
    let few = breaks(&it, "bought/partitions");
    assert_eq!((few.what, few.month), (What::Partitions, 8));
    assert_eq!(few.arithmetic, "100/s x 1.1^8 = 214/s; 214/s x 20ms / 4 partitions = 107% >= 100%");
    assert_eq!(breaks(&it, "bought>mailer").month, 8);
    // A third of the messages, and a quarter of the rest, go to one of the four: half of them. One
    // worker does 50/s, and 100/s of messages send it that many today.
    let hot = "partitions: 4, hottest_key: 33.333%";
    let hot = ahead(&text.replace("partitions: 4", hot), None);
    let full = breaks(&hot, "bought/partitions");
    assert_eq!(full.month, 1, "{full:?}");
    assert!(full.arithmetic.contains("20ms x (33.3% + 66.7% / 4 partitions) = 110%"), "{full:?}");
    // A queue is bound by its consumers alone.
    let it = ahead(&text.replace("stream, partitions: 4", "queue"), None);
    assert!(it.breaks.iter().all(|it| it.what != What::Partitions));
    assert_eq!(breaks(&it, "bought>mailer").month, 15);
}

#[test]
fn a_budget_is_passed() {
    let text = "
growth: 10%/month
budget: $100/month
services:
  s: { cores: 1, cost: $0.10/h, endpoints: { do: { steps: [ { work: { mean: 5ms } } ] } } }
traffic: { t: { rate: 100/s, mix: { s.do: 100% } } }
";
    let it = ahead(text, None);
    let passed = breaks(&it, "budget");
    // 50 % x 1.1^4 = 73 %: two replicas.
    assert_eq!(passed.month, 4);
    assert_eq!(passed.arithmetic, "$146/month of services and stores > $100/month");
    let cost = it.cost.unwrap();
    assert!((cost.today - 73.0).abs() < 1e-9 && cost.end > 4.0 * 73.0, "{cost:?}");
    assert!(cost.arithmetic.contains("s 1 -> "), "{}", cost.arithmetic);
}

#[test]
fn what_was_measured_wins_over_what_was_worked_out() {
    let text = format!(
        "{HALF}growth: 8%/month
slos:
  a: {{ endpoint: s.do, availability: 99.9%, latency: {{ p99: 60ms }} }}
  b: {{ endpoint: s.do, latency: {{ p99: 100ms }} }}"
    );
    let worked_out = ahead(&text, None);
    assert_eq!(breaks(&worked_out, "a").rung, "analyzed");
    assert!(breaks(&worked_out, "a").month < 10);
    let seen = |holds, breaks| Measured::Load { holds, breaks, slo: Some("a") };
    let it = ahead(&text, Some(seen(1.9, 1.95)));
    let a = breaks(&it, "a");
    // 1.08^8 = 1.851 holds, 1.08^9 = 1.999 does not.
    assert_eq!((a.rung, a.month, a.latest), ("simulated", 9, Some(9)));
    assert_eq!(a.arithmetic, "1.08^9 = 1.999x today's load; holds at 1.9x, is broken at 1.95x");
    // Between both nobody knows.
    let it = ahead(&text, Some(seen(1.9, 2.1)));
    assert_eq!((breaks(&it, "a").month, breaks(&it, "a").latest), (9, Some(10)));
    assert_eq!(breaks(&ahead(&text, Some(seen(0.5, 0.52))), "a").month, 0);
    // What is seen to hold until the horizon does.
    let all = Measured::Load { holds: 32.0, breaks: f64::INFINITY, slo: None };
    assert!(ahead(&text, Some(all)).breaks.iter().all(|it| it.what != What::Slo));
}

#[test]
fn months_that_were_measured_win_where_sources_grow_differently() {
    let text = format!(
        "{HALF}growth: 0%/month
slos:
  a: {{ endpoint: s.do, latency: {{ p99: 60ms }} }}"
    );
    let both = "traffic: { u: { rate: 1/s, mix: { s.do: 100% } }, t: { growth: 8%/month, ";
    let text = text.replace("traffic: { t: { ", both);
    let seen = FirstBroken { month: 5, latest: Some(7), slo: "a" };
    let it = ahead(&text, Some(Measured::Months(Some(seen))));
    let a = breaks(&it, "a");
    assert_eq!((a.rung, a.month, a.latest), ("simulated", 5, Some(7)));
    assert_eq!(a.arithmetic, "t 1.08^5 = 1.469x; the month before holds");
    let it = ahead(&text, Some(Measured::Months(None)));
    assert!(it.breaks.iter().all(|it| it.what != What::Slo), "{:?}", it.breaks);
    // A load of all sources says nothing of months in which they differ.
    let all = Measured::Load { holds: 32.0, breaks: f64::INFINITY, slo: None };
    assert_eq!(breaks(&ahead(&text, Some(all)), "a").rung, "analyzed");
}

#[test]
fn people_have_services_technologies_and_a_journey() {
    let text = "
teams: { shop: { engineers: 2 }, money: { engineers: 2 } }
services:
  web:
    team: shop
    language: Go
    endpoints: { buy: { steps: [ { call: pay.charge }, { query: orders.insert }, { get: hot } ] } }
  pay: { team: money, runtime: node, endpoints: { charge: { steps: [ { call: bank }, { publish: paid } ] } } }
  a: { team: money, endpoints: { do: {} } }
  b: { team: money, endpoints: { do: {} } }
stores: { orders: { kind: postgres, operations: { insert: { time: 1ms } } } }
caches: { hot: { kind: redis } }
topics: { paid: { kind: stream, engine: kafka } }
externals: { bank: { time: 1ms } }
technologies:
  kafka: { used_by: [pay], known_by: 1 }
  terraform: { tokens: 0 }
";
    let it = ahead(text, None);
    let [money, shop, all] = it.people.as_slice() else { panic!("{:?}", it.people) };
    assert_eq!(shop.technologies, ["go", "postgres", "redis", "terraform"]);
    assert_eq!(money.technologies, ["kafka", "node", "terraform"]);
    assert_eq!(money.services_per_engineer, Some(1.5));
    assert_eq!(money.too_much.as_deref(), Some("3 services > 2 engineers"));
    assert_eq!(shop.too_much, None);
    let journey = all.journey.as_ref().unwrap();
    assert_eq!(
        (journey.endpoint.as_str(), journey.services, journey.beneath, journey.edges),
        ("web.buy", 2, 2, 3)
    );
    assert_eq!(all.engineers, Some(4));
    let tokens = it.tokens.as_ref().unwrap();
    assert_eq!(tokens.arithmetic, "kafka 1 = 1 <= 3");
    assert_eq!(it.lonely.len(), 1);
}

/// The horizon begins with what `analyze` says of today.
#[test]
fn the_first_month_is_today() {
    let text = HALF.replace("100/s", "180/s");
    let it = ahead(&format!("{text}growth: 1%/month"), None);
    let source = format!("tradeoff: 1\nname: shop\n{text}");
    let (document, _) = Document::parse(vec![SourceFile::new("shop.yaml", source.as_str())]);
    let (architecture, _) = document.lower(&NoFiles);
    let analysis = Analysis::new(&architecture);
    let cores = &Steady::new(&analysis).resources()["s/cores"];
    let busy = found(&it, "s/cores", Grade::Strains);
    assert_eq!((busy.month, busy.date.as_deref()), (0, Some("2026-11")));
    assert_eq!(busy.arithmetic, format!("{} > 70%", cores.arithmetic));
}
