//! The laws on small systems, held against what a textbook says of them.

use tradeoff_analyze::{Analysis, Steady, Structure};
use tradeoff_diag::SourceFile;
use tradeoff_model::{Architecture, Document, NoFiles};

fn architecture(text: &str) -> Architecture {
    let text = format!("tradeoff: 1\nname: shop\n{text}");
    let (document, errors) = Document::parse(vec![SourceFile::new("shop.yaml", text.as_str())]);
    assert_eq!(errors, [], "in\n{text}");
    let (architecture, errors) = document.lower(&NoFiles);
    assert_eq!(errors, [], "in\n{text}");
    architecture
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs(), "{found} instead of {expected}");
}

const ONE: &str = "
services: { s: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 1s } } ] } } } }
traffic: { t: { rate: 0.8/s, patience: none, mix: { s.do: 100% } } }
";

#[test]
fn one_server_is_m_m_1() {
    let architecture = architecture(ONE);
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let resources = steady.resources();
    let cores = &resources["s/cores"];
    near(cores.utilization, 0.8);
    near(cores.wait.unwrap(), 4.0);
    near(cores.capacity.unwrap(), 1.0);
    assert_eq!(cores.arithmetic, "0.8/s x 1 visit x 1s / 1 core = 80%");
    let saturation = steady.saturation(&resources).unwrap();
    near(saturation.factor, 1.25);
    let latency = steady.latency(0);
    near(latency.bound, 1.0);
    near(latency.approximate.unwrap().mean, 5.0);
    // Little's law: rho / (1 - rho).
    near(latency.concurrent.unwrap(), 4.0);
}

#[test]
fn a_line_that_grows_without_end_has_no_latency() {
    let architecture = architecture(&ONE.replace("0.8/s", "1.5/s"));
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let resources = steady.resources();
    near(resources["s/cores"].utilization, 1.5);
    assert_eq!(resources["s/cores"].wait, None);
    assert_eq!(steady.latency(0).approximate, None);
    assert_eq!(steady.latency(0).concurrent, None);
    assert!(steady.saturation(&resources).unwrap().factor < 1.0);
}

#[test]
fn visits_follow_from_forced_flow() {
    // An open network of M/M/1 stations with the visits 1, 0.5 and 0.5 + 0.5 x 0.3 = 0.65.
    let architecture = architecture(
        "
services:
  gateway:
    cores: 1
    endpoints:
      do:
        steps:
          - work: { mean: 500ms }
          - chance: 50%
            do: [ { call: a.do } ]
            else: [ { call: b.do } ]
  a: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 1s } }, { chance: 30%, do: [ { call: b.do } ] } ] } } }
  b: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 666.666666ms } } ] } } }
traffic: { t: { rate: 1/s, mix: { gateway.do: 100% } } }
",
    );
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let resources = steady.resources();
    for (name, visits, utilization) in
        [("a/cores", 0.5, 0.5), ("b/cores", 0.65, 0.433_333_332_9), ("gateway/cores", 1.0, 0.5)]
    {
        near(resources[name].visits.unwrap(), visits);
        near(resources[name].utilization, utilization);
    }
    // Jackson: the mean time in the system is 1 + 0.5 x 2 + 0.65 x 1.17647 = 2.764706 s.
    let gateway = analysis.number(2, 0);
    let mean = steady.latency(gateway).approximate.unwrap().mean;
    assert!((mean / 2.764_705_882 - 1.0).abs() < 1e-5, "{mean}");
}

#[test]
fn replicas_are_stations_and_shared_cores_stretch() {
    let two = architecture(&ONE.replace("cores: 1", "replicas: 2, cores: 1"));
    let two = Analysis::new(&two);
    near(Steady::new(&two).latency(0).approximate.unwrap().mean, 1.0 / 0.6);
    let joint = architecture(&ONE.replace("cores: 1", "cores: 2").replace("0.8/s", "1.6/s"));
    let joint = Analysis::new(&joint);
    near(Steady::new(&joint).latency(0).approximate.unwrap().mean, 2.777_777_778);
    let share = ONE.replace("cores: 1", "cores: { count: 1, share: true }");
    let share = architecture(&share.replace("{ mean: 1s }", "1s"));
    let share = Analysis::new(&share);
    near(Steady::new(&share).latency(0).approximate.unwrap().mean, 5.0);
    let fast = architecture(&ONE.replace("cores: 1", "speeds: [2, 2], cores: 1"));
    let fast = Analysis::new(&fast);
    let steady = Steady::new(&fast);
    let resources = steady.resources();
    near(resources["s/cores"].utilization, 0.2);
    assert_eq!(
        resources["s/cores"].arithmetic,
        "0.8/s x 1 visit x 1s / (2 x 1 cores x speed 2) = 20%"
    );
}

const POOLED: &str = "
services:
  order:
    replicas: 2
    concurrency: 4
    endpoints:
      place: { steps: [ { wait: 10ms }, { transaction: { store: db, steps: [ { query: db.insert }, { wait: 20ms } ] } } ] }
      show: { steps: [ { query: db.find } ] }
stores:
  db:
    replicas: 2
    cores: 1
    connections: 20
    network: 1ms
    pool: { per_replica: 3, wait: 1s }
    operations: { insert: { time: 10ms, writes: true }, find: { time: 4ms } }
traffic: { t: { rate: 40/s, mix: { order.place: 50%, order.show: 50% } } }
";

#[test]
fn slots_and_connections_are_kept_while_others_are_waited_for() {
    let architecture = architecture(POOLED);
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let resources = steady.resources();
    // 20/s of writes of 10 ms, and half of 20/s of reads of 4 ms at the copy that takes the writes.
    near(resources["db/cores"].utilization, 0.24);
    // A pool's connection: 10 + 2 x 1 + 20 ms in a transaction, 4 + 2 x 1 ms for a query.
    let bare = (20.0 * 0.032 + 20.0 * 0.006) / (2.0 * 3.0);
    let pool = &resources["order>db/pool"];
    near(pool.capacity.unwrap(), 40.0 / bare);
    assert!(pool.utilization > bare, "waiting for the store's cores counts too");
    assert!(pool.utilization < 1.3 * bare, "{pool:?}");
    let slots = &resources["order/slots"];
    near(slots.service.unwrap(), f64::midpoint(0.042, 0.006));
    // Little's law: what is kept is the rate times the time, waiting beneath included.
    let held = 20.0 * (steady.times[0].mean + steady.times[1].mean);
    near(slots.utilization, held / 8.0 - slots.wait.unwrap() * 40.0 / 8.0);
    let connections = steady.connections(0).unwrap();
    assert_eq!(
        (connections.pools, connections.room, connections.beyond),
        (Some(6), Some(17), false)
    );
    near(connections.busy.unwrap(), pool.utilization * 6.0);
}

#[test]
fn a_pool_is_waited_for_where_nothing_else_is() {
    let architecture = architecture(
        "
services: { s: { endpoints: { do: { steps: [ { query: db.find } ] } } } }
stores: { db: { pool: { per_replica: 1 }, operations: { find: { time: { mean: 100ms } } } } }
traffic: { t: { rate: 5/s, patience: none, mix: { s.do: 100% } } }
",
    );
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    // M/M/1 at 50 %.
    near(steady.latency(0).approximate.unwrap().mean, 0.2);
    near(steady.resources()["s>db/pool"].wait.unwrap(), 0.1);
}

#[test]
fn a_pool_that_is_too_small_is_the_bottleneck() {
    let architecture =
        architecture(&POOLED.replace("per_replica: 3", "per_replica: 1").replace("40/s", "120/s"));
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let resources = steady.resources();
    assert!(resources["order>db/pool"].bottleneck);
    assert!(resources["order>db/pool"].utilization > 1.0);
    assert_eq!(steady.latency(0).approximate, None);
    // The slots wait for it, so how long they are kept is no number: the bound is.
    assert!(resources["order/slots"].utilization.is_finite());
    assert!(resources["order/slots"].arithmetic.ends_with("and more while a line beneath grows"));
}

#[test]
fn limits_and_connections_without_pools_have_no_line() {
    let architecture = architecture(
        "
services: { s: { endpoints: { do: { steps: [ { call: mail }, { query: db.put } ] } } } }
stores: { db: { connections: 10, operations: { put: { time: 100ms } } } }
externals: { mail: { time: 200ms, limit: 50/s, concurrency: 20 } }
traffic: { t: { rate: 10/s, mix: { s.do: 100% } } }
",
    );
    let analysis = Analysis::new(&architecture);
    let resources = Steady::new(&analysis).resources();
    near(resources["mail/limit"].utilization, 0.2);
    near(resources["mail/limit"].capacity.unwrap(), 50.0);
    near(resources["mail/slots"].utilization, 0.1);
    near(resources["db/connections"].utilization, 0.1);
    assert_eq!(resources["mail/limit"].arithmetic, "10/s x 1 visit / 50/s = 20%");
}

#[test]
fn users_who_wait_slow_down_with_what_they_wait_for() {
    // Lazowska et al., page 117, with 3 users: 0.1515 requests per second.
    let architecture = architecture(
        "
services:
  cpu: { cores: 1, endpoints: { do: { steps: [ { work: { mean: 605ms } }, { query: one.io }, { query: two.io } ] } } }
stores:
  one: { cores: 1, operations: { io: { time: { mean: 2100ms } } } }
  two: { cores: 1, operations: { io: { time: { mean: 1350ms } } } }
traffic: { staff: { users: 3, think: { mean: 15s }, mix: { cpu.do: 100% } } }
",
    );
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    near(steady.rates[0], 0.151_516_492_3);
    near(steady.source(0).response.unwrap(), 4.799_824_782);
    let latency = steady.latency(0).approximate.unwrap();
    near(latency.mean, 4.799_824_782);
    let source = steady.source(0);
    assert!(source.least.unwrap() < source.rate && source.rate < source.most.unwrap());
    near(steady.resources()["one/cores"].utilization, 0.151_516_492_3 * 2.1);
}

#[test]
fn open_traffic_leaves_closed_users_the_rest() {
    let both = |staff: &str| {
        format!(
            "
services: {{ s: {{ cores: 1, endpoints: {{ do: {{ steps: [ {{ work: {{ mean: 10ms }} }} ] }} }} }} }}
traffic:
  open: {{ rate: 50/s, mix: {{ s.do: 100% }} }}
  staff: {{ {staff}, mix: {{ s.do: 100% }} }}
"
        )
    };
    let many = architecture(&both("users: 1000, think: 1s"));
    let many = Analysis::new(&many);
    let steady = Steady::new(&many);
    // A full core: 100/s in all, of which 50/s are the open ones'.
    assert!((steady.rates[1] - 50.0).abs() < 0.01, "{:?}", steady.rates);
    let few = architecture(&both("users: 1, think: 1s"));
    let few = Analysis::new(&few);
    // One user finds an M/M/1 at 50 %: 20 ms.
    near(Steady::new(&few).rates[1], 1.0 / 1.02);
}

const SERIES: &str = "
services:
  order:
    availability: 99.95%
    endpoints:
      place:
        steps:
          - call: bank
            policy: { retry: 2 }
          - query: orders.insert
          - optional: [ { query: ideas.suggest } ]
          - fallback: [ { call: mail } ]
            else: [ { call: fax } ]
          - chance: 10%
            do: [ { call: audit } ]
          - all: { need: 2, of: [ [ { query: r1.put } ], [ { query: r2.put } ], [ { query: r3.put } ] ] }
stores:
  orders: { availability: 99.9%, operations: { insert: { time: 1ms } } }
  ideas: { availability: 90%, operations: { suggest: { time: 1ms } } }
  r1: { availability: 99%, operations: { put: { time: 1ms } } }
  r2: { availability: 99%, operations: { put: { time: 1ms } } }
  r3: { availability: 99%, operations: { put: { time: 1ms } } }
externals:
  bank: { time: 1ms, errors: 1% }
  mail: { time: 1ms, availability: 99% }
  fax: { time: 1ms, availability: 98% }
  audit: { time: 1ms, availability: 99% }
traffic: { t: { rate: 10/s, mix: { order.place: 100% } } }
slos: { place: { endpoint: order.place, availability: 99.9% } }
";

#[test]
fn availabilities_in_series_are_multiplied() {
    let architecture = architecture(SERIES);
    let analysis = Analysis::new(&architecture);
    let structure = Structure::new(&analysis);
    let it = structure.availability(0).unwrap();
    assert_eq!(it.series.keys().collect::<Vec<_>>(), ["order", "orders"]);
    assert_eq!(it.unstated, ["bank"]);
    let two_of_three = 3.0 * 0.99 * 0.99 * 0.01 + 0.99 * 0.99 * 0.99;
    let beside = (1.0 - 0.01 * 0.02) * (1.0 - 0.1 * 0.01) * two_of_three;
    // The bank's errors are 1 %, tried twice.
    near(it.product.unwrap(), 0.9995 * 0.999 * beside * (1.0 - 0.01 * 0.01));
    assert_eq!(it.feasible, Some(false));
    assert!(it.arithmetic.starts_with("99.9% orders x 99.95% order x "), "{}", it.arithmetic);
}

#[test]
fn the_blast_radius_is_who_cannot_do_without() {
    let architecture = architecture(SERIES);
    let analysis = Analysis::new(&architecture);
    let blasts = Structure::new(&analysis).blasts(&[10.0]);
    let falls = |name: &str| blasts[name].falls.get("place").copied();
    for name in ["order", "orders", "bank"] {
        assert_eq!(falls(name), Some(1.0), "{name}");
        assert_eq!(blasts[name].traffic, Some(1.0), "{name}");
    }
    near(falls("audit").unwrap(), 0.1);
    for name in ["ideas", "mail", "r1"] {
        assert_eq!(falls(name), None, "{name}");
        assert_eq!(blasts[name].degrades, ["place"], "{name}");
        assert_eq!(blasts[name].traffic, Some(0.0), "{name}");
    }
    // The fax is only used once the mail is down.
    assert!(blasts["fax"].degrades.is_empty());
    assert_eq!(blasts["audit"].arithmetic, "1/s of 10/s fail = 10%");
}

#[test]
fn what_both_ways_need_is_in_series() {
    let architecture = architecture(
        "
services:
  web:
    endpoints:
      show:
        steps:
          - fallback: [ { call: search.find } ]
            else: [ { query: db.read } ]
  search: { endpoints: { find: { steps: [ { query: db.read } ] } } }
stores: { db: { availability: 99.5%, operations: { read: { time: 1ms } } } }
slos: { show: { endpoint: web.show, availability: 99.9% } }
",
    );
    let analysis = Analysis::new(&architecture);
    let structure = Structure::new(&analysis);
    let it = structure.availability(0).unwrap();
    assert_eq!(it.product, Some(0.995));
    assert_eq!(it.arithmetic, "99.5% db < 99.9%");
    let blasts = structure.blasts(&[]);
    assert_eq!(blasts["search"].degrades, ["show"]);
    assert_eq!(blasts["db"].traffic, None);
}

#[test]
fn circles_of_calls_end() {
    let architecture = architecture(
        "
services:
  a: { cores: 1, availability: 99%, endpoints: { do: { steps: [ { work: { mean: 10ms } }, { chance: 50%, do: [ { call: b.do } ] } ] } } }
  b: { cores: 1, availability: 99%, endpoints: { do: { steps: [ { chance: 50%, do: [ { call: a.do } ] } ] } } }
traffic: { t: { rate: 10/s, mix: { a.do: 100% } } }
slos: { do: { endpoint: a.do, availability: 99% } }
",
    );
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    // 1 + 1/4 + 1/16 + ..: 4/3 visits.
    near(steady.resources()["a/cores"].visits.unwrap(), 4.0 / 3.0);
    assert!(steady.latency(0).approximate.is_some());
    let structure = Structure::new(&analysis);
    let blasts = structure.blasts(&steady.rates);
    near(blasts["a"].falls["do"], 1.0);
    near(blasts["b"].falls["do"], 0.5);
    assert!(structure.availability(0).unwrap().product.unwrap() < 0.99);
    near(analysis.amplifications()[0].1.attempts, 1.0);
}

const NESTED: &str = "
defaults: { policy: { timeout: 1s, retry: { attempts: 3, backoff: constant, base: 10ms, jitter: none } } }
services:
  web: { endpoints: { buy: { steps: [ { call: order.place } ] } } }
  order: { endpoints: { place: { steps: [ { call: payment.charge }, { work: 1ms } ] } } }
  payment: { endpoints: { charge: { steps: [ { call: bank, policy: { retry: { budget: 10% } } } ] } } }
externals: { bank: { time: 10ms } }
traffic: { t: { rate: 1/s, patience: 5s, policy: { retry: 2 }, mix: { web.buy: 100% } } }
";

#[test]
fn retries_multiply_and_budgets_bind() {
    let architecture = architecture(NESTED);
    let analysis = Analysis::new(&architecture);
    let all = analysis.amplifications();
    assert_eq!(all.len(), 1);
    let it = &all[0].1;
    near(it.attempts, 54.0);
    near(it.sustained, 2.0 * 3.0 * 3.0 * 1.1);
    assert_eq!(it.arithmetic, "2 x 3 x 3 x 3 = 54");
    assert_eq!(it.path[0], "t->web.buy");
    assert_eq!(it.path[3], "payment.charge->bank");
}

#[test]
fn a_callee_that_outlasts_its_caller_is_inverted() {
    let architecture = architecture(NESTED);
    let analysis = Analysis::new(&architecture);
    let all = analysis.timeouts();
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(names, ["order.place->payment.charge", "t->web.buy", "web.buy->order.place"]);
    let it = &all["web.buy->order.place"];
    assert!(it.inverted);
    near(it.nested.unwrap(), 3.02);
    assert_eq!(it.arithmetic, "(3 x 1s + 20ms backoff) payment.charge > 1s");
    assert!(!all["t->web.buy"].inverted);
    let endless = NESTED.replace("timeout: 1s", "timeout: none");
    let endless = self::architecture(&endless);
    let endless = Analysis::new(&endless).timeouts();
    assert_eq!(endless["t->web.buy"].nested, None);
    assert!(endless["t->web.buy"].inverted);
    // Where neither has an end, none outlasts the other.
    assert!(!endless["web.buy->order.place"].inverted);
}

#[test]
fn nothing_stated_is_nothing_said() {
    let architecture = architecture("services: { s: { cores: 1, endpoints: { do: {} } } }\n");
    let analysis = Analysis::new(&architecture);
    let steady = Steady::new(&analysis);
    let resources = steady.resources();
    assert_eq!(steady.saturation(&resources), None);
    assert_eq!(resources["s/cores"].capacity, None);
    assert_eq!(resources["s/cores"].visits, None);
    near(steady.latency(0).bound + 1.0, 1.0);
}
