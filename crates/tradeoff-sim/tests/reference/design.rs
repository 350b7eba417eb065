//! Small architectures at random, as the files that people would write.

use proptest::{collection::vec, option, prelude::*, sample::select};

/// Names in an order that is neither that of calls nor that of the file.
const SERVICES: [&str; 4] = ["mid", "zoo", "app", "bee"];
const STORES: [&str; 2] = ["rows", "docs"];

fn time(least: u32, most: u32) -> BoxedStrategy<String> {
    let us = least..=most;
    prop_oneof![
        5 => us.clone().prop_map(|it| format!("{{ mean: {it}us }}")),
        2 => us.clone().prop_map(|it| format!("{{ min: {it}us, max: {}us }}", 3 * it)),
        2 => us.clone().prop_map(|it| format!("{{ p50: {it}us, p99: {}us }}", 6 * it)),
        1 => us.clone().prop_map(|it| format!("{{ mean: {it}us, cv: 1.7 }}")),
        2 => us.prop_map(|it| format!("{it}us")),
    ]
    .boxed()
}

fn percent(most: u32) -> impl Strategy<Value = String> {
    (1..=most).prop_map(|it| format!("{it}%"))
}

fn retry() -> impl Strategy<Value = String> {
    let budget = prop_oneof![
        3 => Just(String::new()),
        1 => percent(30).prop_map(|it| format!(", budget: {it}")),
        1 => (percent(40), 1..6_u32, select(vec!["success", "attempt"])).prop_map(
            |(share, burst, earn)| {
                format!(", budget: {{ share: {share}, burst: {burst}, earn: {earn} }}")
            }
        ),
    ];
    let backoff = select(vec!["none", "constant", "linear", "exponential"]);
    let jitter = select(vec!["none", "full", "full", "equal", "decorrelated"]);
    (2..=4_u32, backoff, 1..60_u32, jitter, budget).prop_map(
        |(attempts, backoff, base, jitter, budget)| {
            format!(
                "{{ attempts: {attempts}, backoff: {backoff}, base: {base}ms, cap: 100ms, \
                 jitter: {jitter}{budget} }}"
            )
        },
    )
}

fn breaker() -> impl Strategy<Value = String> {
    let window = prop_oneof![
        (4..12_u32).prop_map(|it| format!("{it} calls")),
        (1..4_u32).prop_map(|it| format!("{it}s")),
    ];
    let slow = option::weighted(0.3, 5..80_u32).prop_map(|it| {
        it.map_or(String::new(), |it| format!(", slow_rate: 60%, slow_after: {it}ms"))
    });
    (percent(60), window, 100..4000_u32, 1..4_u32, slow).prop_map(
        |(rate, window, open, probes, slow)| {
            format!(
                "{{ failure_rate: {rate}, window: {window}, min_calls: 4, open_for: {open}ms, \
                 probes: {probes}{slow} }}"
            )
        },
    )
}

fn policy() -> BoxedStrategy<String> {
    let timeout = option::weighted(0.6, (5..120_u32).prop_map(|it| format!("timeout: {it}ms")));
    let deadline = option::weighted(
        0.3,
        (20..200_u32, any::<bool>())
            .prop_map(|(after, pass)| format!("deadline: {{ after: {after}ms, pass: {pass} }}")),
    );
    let retry = option::weighted(0.5, retry().prop_map(|it| format!("retry: {it}")));
    let breaker = option::weighted(0.25, breaker().prop_map(|it| format!("breaker: {it}")));
    let bulkhead = option::weighted(0.25, (1..6_u32).prop_map(|it| format!("bulkhead: {it}")));
    let cancel = option::weighted(0.3, Just("cancel: true".to_owned()));
    (timeout, deadline, retry, breaker, bulkhead, cancel)
        .prop_map(|(a, b, c, d, e, f)| {
            let keys: Vec<String> = [a, b, c, d, e, f].into_iter().flatten().collect();
            format!("{{ {} }}", keys.join(", "))
        })
        .boxed()
}

/// Who may be called: services further down, stores and externals.
#[derive(Clone, Debug)]
struct Reach {
    services: Vec<&'static str>,
    stores: Vec<&'static str>,
    external: bool,
}

fn list(step: impl Strategy<Value = String>, most: usize) -> impl Strategy<Value = String> {
    vec(step, 1..=most).prop_map(|it| format!("[ {} ]", it.join(", ")))
}

fn step(reach: &Reach) -> BoxedStrategy<String> {
    let policed = |what: &'static str, names: Vec<String>| {
        (select(names), option::weighted(0.5, policy())).prop_map(move |(name, policy)| {
            let policy = policy.map_or(String::new(), |it| format!(", policy: {it}"));
            format!("{{ {what}: {name}{policy} }}")
        })
    };
    let mut leaves = vec![
        (6, time(500, 12_000).prop_map(|it| format!("{{ work: {it} }}")).boxed()),
        (2, time(500, 20_000).prop_map(|it| format!("{{ wait: {it} }}")).boxed()),
        (1, percent(10).prop_map(|it| format!("{{ fail: {it} }}")).boxed()),
    ];
    let mut calls: Vec<String> = reach.services.iter().map(|it| format!("{it}.go")).collect();
    if reach.external {
        calls.push("mail".to_owned());
    }
    if !calls.is_empty() {
        leaves.push((6, policed("call", calls).boxed()));
    }
    if !reach.stores.is_empty() {
        let ops = ["get", "put"];
        let names = reach.stores.iter().flat_map(|it| ops.map(|op| format!("{it}.{op}")));
        leaves.push((5, policed("query", names.collect()).boxed()));
    }
    let stores = reach.stores.clone();
    prop::strategy::Union::new_weighted(leaves)
        .prop_recursive(3, 8, 3, move |inner| {
            let steps = || list(inner.clone(), 2).boxed();
            let all = vec(steps(), 1..=3);
            let mut kinds = vec![
                (3, all.clone().prop_map(|it| format!("{{ all: [ {} ] }}", it.join(", "))).boxed()),
                (
                    2,
                    (all, 1..=3_usize)
                        .prop_map(|(of, need)| {
                            let need = need.min(of.len());
                            format!("{{ all: {{ need: {need}, of: [ {} ] }} }}", of.join(", "))
                        })
                        .boxed(),
                ),
                (
                    2,
                    (percent(99), steps(), steps())
                        .prop_map(|(share, one, other)| {
                            format!("{{ chance: {share}, do: {one}, else: {other} }}")
                        })
                        .boxed(),
                ),
                (
                    2,
                    (select(vec!["2", "3", "{ min: 0, max: 3 }"]), steps())
                        .prop_map(|(times, steps)| format!("{{ repeat: {times}, do: {steps} }}"))
                        .boxed(),
                ),
                (2, steps().prop_map(|it| format!("{{ optional: {it} }}")).boxed()),
                (
                    2,
                    (steps(), steps())
                        .prop_map(|(one, other)| format!("{{ fallback: {one}, else: {other} }}"))
                        .boxed(),
                ),
            ];
            if !stores.is_empty() {
                let transaction = (select(stores.clone()), steps()).prop_map(|(store, steps)| {
                    format!("{{ transaction: {{ store: {store}, steps: {steps} }} }}")
                });
                kinds.push((3, transaction.boxed()));
            }
            prop::strategy::Union::new_weighted(kinds)
        })
        .boxed()
}

/// A service: of its own, or a module of a process that the first two share.
fn service(at: usize, reach: &Reach, module: bool) -> BoxedStrategy<String> {
    let name = SERVICES[at];
    let cores = option::weighted(0.7, cores());
    let slots = option::weighted(0.5, (1..12_u32, option::of(0..12_u32)));
    let balance = prop_oneof![
        2 => Just(None),
        3 => select(vec![
            "random", "round-robin", "least-connections", "least-response-time", "ip-hash",
            "two-choices",
        ])
        .prop_flat_map(|it| (Just(it), any::<bool>(), any::<bool>(), 1..4_u32, 2..4_u32))
        .prop_map(|(policy, weighted, replace, health, choices)| {
            Some(format!(
                "{{ policy: {policy}, weighted: {weighted}, replace: {replace}, \
                 choices: {choices}, clients: 50, health: {health}s }}"
            ))
        }),
    ];
    let network = option::weighted(0.6, time(50, 2000));
    let policy = option::weighted(0.4, policy());
    let steps = list(step(reach), 3);
    (1..=3_usize, any::<bool>(), cores, slots, balance, network, policy, steps)
        .prop_map(move |(replicas, fast, cores, slots, balance, network, policy, steps)| {
            let mut keys = Vec::new();
            if module {
                keys.push("deploy: unit".to_owned());
            } else {
                keys.extend(balance.map(|it| format!("balance: {it}")));
            }
            // What the first module says holds for the process.
            if !module || at == 0 {
                keys.push(format!("replicas: {replicas}"));
                if fast {
                    keys.push(format!("speeds: {:?}", &[1.0, 2.0, 0.5][..replicas]));
                }
                keys.extend(cores.map(|it| format!("cores: {it}")));
                if let Some((slots, queue)) = slots {
                    keys.push(format!("concurrency: {slots}"));
                    keys.extend(queue.map(|it| format!("queue: {it}")));
                }
            }
            keys.extend(network.map(|it| format!("network: {it}")));
            keys.extend(policy.map(|it| format!("policy: {it}")));
            keys.push(format!("endpoints: {{ go: {{ steps: {steps} }} }}"));
            format!("  {name}: {{ {} }}\n", keys.join(", "))
        })
        .boxed()
}

/// In line for them, or all at once.
fn cores() -> impl Strategy<Value = String> {
    (1..=3_u32, proptest::bool::weighted(0.35)).prop_map(|(count, share)| {
        if share { format!("{{ count: {count}, share: true }}") } else { count.to_string() }
    })
}

fn store(at: usize) -> BoxedStrategy<String> {
    let name = STORES[at];
    let pool = option::weighted(0.8, (1..5_u32, option::weighted(0.8, 5..100_u32)));
    let cores = option::weighted(0.8, (cores(), option::of(0..10_u32)));
    let pooler =
        option::weighted(0.3, (1..5_u32, option::of(1..12_u32), option::weighted(0.7, 5..100_u32)));
    let connect = option::weighted(0.5, time(1000, 30_000));
    let limit = option::weighted(0.4, 1..16_u32);
    let network = option::weighted(0.5, time(50, 1000));
    let times = (time(300, 8000), time(300, 8000));
    (1..=2_u32, pool, pooler, (connect, limit), cores, network, times)
        .prop_map(move |(replicas, pool, pooler, (connect, limit), cores, network, (get, put))| {
            let mut keys = vec![format!("replicas: {replicas}")];
            if let Some((size, wait)) = pool {
                let wait = wait.map_or("none".to_owned(), |it| format!("{it}ms"));
                keys.push(format!("pool: {{ per_replica: {size}, wait: {wait} }}"));
            }
            if let Some((servers, clients, wait)) = pooler {
                let clients = clients.map_or(String::new(), |it| format!(", clients: {it}"));
                let wait = wait.map_or(String::new(), |it| format!(", wait: {it}ms"));
                keys.push(format!("pooler: {{ connections: {servers}{clients}{wait} }}"));
            }
            keys.extend(connect.map(|it| format!("connect: {it}")));
            keys.extend(limit.map(|it| format!("connections: {it}")));
            if let Some((cores, queue)) = cores {
                keys.push(format!("cores: {cores}"));
                keys.extend(queue.map(|it| format!("queue: {it}")));
            }
            keys.extend(network.map(|it| format!("network: {it}")));
            keys.push(format!(
                "operations: {{ get: {{ time: {get} }}, put: {{ time: {put}, writes: true }} }}"
            ));
            format!("  {name}: {{ {} }}\n", keys.join(", "))
        })
        .boxed()
}

fn external() -> BoxedStrategy<String> {
    let slots = option::weighted(0.3, 1..6_u32);
    let network = option::weighted(0.3, time(50, 1000));
    (time(1000, 40_000), percent(20), slots, network)
        .prop_map(|(time, errors, slots, network)| {
            let mut keys = vec![format!("time: {time}"), format!("errors: {errors}")];
            keys.extend(slots.map(|it| format!("concurrency: {it}")));
            keys.extend(network.map(|it| format!("network: {it}")));
            format!("  mail: {{ {} }}\n", keys.join(", "))
        })
        .boxed()
}

fn traffic(name: &'static str, services: usize) -> BoxedStrategy<String> {
    let open = (5..50_u32).prop_map(|it| format!("rate: {it}/s"));
    let closed = (1..12_u32, time(20_000, 400_000))
        .prop_map(|(users, think)| format!("users: {users}, think: {think}"));
    let kind = prop_oneof![2 => open, 1 => closed];
    let patience = select(vec!["none", "80ms", "500ms", "10s"]);
    let mix = if services > 1 {
        let (one, other) = (SERVICES[0], SERVICES[1]);
        prop_oneof![
            Just(format!("{{ {one}.go: 100% }}")),
            (1..99_u32).prop_map(move |share| {
                format!("{{ {one}.go: {share}%, {other}.go: {}% }}", 100 - share)
            }),
        ]
        .boxed()
    } else {
        Just(format!("{{ {}.go: 100% }}", SERVICES[0])).boxed()
    };
    (kind, patience, option::weighted(0.35, policy()), mix)
        .prop_map(move |(kind, patience, policy, mix)| {
            let policy = policy.map_or(String::new(), |it| format!(", policy: {it}"));
            format!("  {name}: {{ {kind}, patience: {patience}{policy}, mix: {mix} }}\n")
        })
        .boxed()
}

fn scenario(components: Vec<&'static str>, sources: Vec<&'static str>) -> BoxedStrategy<String> {
    let replicas = select(vec!["1", "all"]);
    let slow_or_not = prop_oneof![
        (select(sources), 0..40_u32)
            .prop_map(|(who, by)| format!("surge: {who}, by: {}x", f64::from(by) / 10.0 + 0.5)),
        (select(components.clone()), replicas.clone(), 2..8_u32)
            .prop_map(|(who, count, by)| format!("slow: {who}, by: {by}x, replicas: {count}")),
        (select(components.clone()), replicas.clone(), any::<bool>()).prop_map(
            |(who, count, drain)| { format!("crash: {who}, replicas: {count}, drain: {drain}") }
        ),
        (select(components.clone()), replicas)
            .prop_map(|(who, count)| format!("stall: {who}, replicas: {count}")),
        (select(components), percent(100))
            .prop_map(|(who, it)| format!("errors: {who}, share: {it}")),
    ];
    vec((slow_or_not, 5..20_u32, 2..20_u32), 1..=2)
        .prop_map(|events| {
            let event = |(what, at, lasts): (String, u32, u32)| {
                let (at, lasts) = (at * 500, lasts * 250);
                format!("{{ at: {at}ms, for: {lasts}ms, {what} }}")
            };
            let events: Vec<String> = events.into_iter().map(event).collect();
            format!("  bad: {{ duration: 20s, events: [ {} ] }}\n", events.join(", "))
        })
        .boxed()
}

/// A file, and whether it has a scenario.
pub(crate) fn design(with_scenario: bool) -> impl Strategy<Value = String> {
    let modules = proptest::bool::weighted(0.15);
    let sizes = (1..=4_usize, 0..=2_usize, any::<bool>(), any::<bool>(), modules);
    sizes.prop_flat_map(move |(services, stores, external_too, second, modules)| {
        let bodies: Vec<_> = (0..services)
            .map(|at| {
                let reach = Reach {
                    services: SERVICES[at + 1..services].to_vec(),
                    stores: STORES[..stores].to_vec(),
                    external: external_too,
                };
                service(at, &reach, modules && at < 2)
            })
            .collect();
        let stores_too: Vec<_> = (0..stores).map(store).collect();
        let mut sources = vec!["web"];
        let mut traffics = vec![traffic("web", services)];
        if second {
            sources.push("bots");
            traffics.push(traffic("bots", services));
        }
        let mut components = SERVICES[..services].to_vec();
        components.extend(&STORES[..stores]);
        components.extend(external_too.then_some("mail"));
        let script = if with_scenario {
            scenario(components, sources).prop_map(|it| format!("scenarios:\n{it}")).boxed()
        } else {
            Just(String::new()).boxed()
        };
        let network = option::weighted(0.3, time(50, 1000));
        (bodies, stores_too, external(), traffics, script, network, option::weighted(0.4, policy()))
            .prop_map(move |(services, stores, external, traffic, script, network, policy)| {
                let head = "tradeoff: 1\nname: random\nduration: 20s\nwarmup: 5s\n".to_owned();
                let defaults: Vec<String> = [
                    network.map(|it| format!("network: {it}")),
                    policy.map(|it| format!("policy: {it}")),
                ]
                .into_iter()
                .flatten()
                .collect();
                let defaults = format!("{{ {} }}\n", defaults.join(", "));
                let block = |name: &str, body: String| {
                    if body.is_empty() { body } else { format!("{name}:\n{body}") }
                };
                let external = if external_too { external } else { String::new() };
                [
                    head,
                    format!("defaults: {defaults}"),
                    block("services", services.concat()),
                    block("stores", stores.concat()),
                    block("externals", external),
                    block("traffic", traffic.concat()),
                    script,
                ]
                .concat()
            })
    })
}
