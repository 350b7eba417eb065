//! Small architectures at random, as the files that people would write.

use proptest::{collection::vec, prelude::*};

/// Names in an order that is neither that of calls nor that of the file.
const SERVICES: [&str; 4] = ["mid", "zoo", "app", "bee"];
const STORES: [&str; 2] = ["rows", "docs"];

/// A file. It is a function of numbers, the less the simpler, so that what fails shrinks.
pub(crate) fn design(with_scenario: bool) -> impl Strategy<Value = String> {
    vec(any::<u16>(), 1500).prop_map(move |numbers| {
        let [services, stores, external, modules] = [0; 4];
        Dice { numbers, next: 0, services, stores, external, modules }.file(with_scenario)
    })
}

struct Dice {
    numbers: Vec<u16>,
    next: usize,
    services: u32,
    stores: u32,
    /// Whether there is an external, and whether the first two services share a process.
    external: u32,
    modules: u32,
}

/// `{ key: value, .. }` of what is there.
fn block(keys: impl IntoIterator<Item = Option<String>>) -> String {
    let keys: Vec<String> = keys.into_iter().flatten().collect();
    format!("{{ {} }}", keys.join(", "))
}

impl Dice {
    fn within(&mut self, least: u32, most: u32) -> u32 {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        least + ((u64::from(number) * u64::from(most - least + 1)) >> 16) as u32
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.within(1, 100) > 100 - percent
    }

    fn one_of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.within(1, all.len() as u32) as usize - 1]
    }

    fn maybe(
        &mut self,
        percent: u32,
        key: &str,
        value: impl FnOnce(&mut Self) -> String,
    ) -> Option<String> {
        self.chance(percent).then(|| format!("{key}: {}", value(self)))
    }

    fn number(least: u32, most: u32, unit: &str) -> impl Fn(&mut Self) -> String {
        move |it| format!("{}{unit}", it.within(least, most))
    }

    fn time(&mut self, least: u32, most: u32) -> String {
        let us = self.within(least, most);
        match self.within(1, 12) {
            1..=5 => format!("{{ mean: {us}us }}"),
            6..=7 => format!("{{ min: {us}us, max: {}us }}", 3 * us),
            8..=9 => format!("{{ p50: {us}us, p99: {}us }}", 6 * us),
            10 => format!("{{ mean: {us}us, cv: 1.7 }}"),
            _ => format!("{us}us"),
        }
    }

    // Policies.

    fn policy(&mut self) -> String {
        let deadline = |it: &mut Self| {
            format!("{{ after: {}ms, pass: {} }}", it.within(20, 199), it.chance(50))
        };
        block([
            self.maybe(60, "timeout", Self::number(5, 119, "ms")),
            self.maybe(30, "deadline", deadline),
            self.maybe(50, "retry", Self::retry),
            self.maybe(25, "breaker", Self::breaker),
            self.maybe(25, "bulkhead", Self::number(1, 5, "")),
            self.maybe(30, "cancel", |_| "true".to_owned()),
        ])
    }

    fn retry(&mut self) -> String {
        let budget = match self.within(1, 5) {
            1..=3 => String::new(),
            4 => format!(", budget: {}%", self.within(1, 30)),
            _ => {
                let (share, burst) = (self.within(1, 40), self.within(1, 5));
                let earn = self.one_of(&["success", "attempt"]);
                format!(", budget: {{ share: {share}%, burst: {burst}, earn: {earn} }}")
            }
        };
        let (attempts, base) = (self.within(2, 4), self.within(1, 59));
        let backoff = self.one_of(&["none", "constant", "linear", "exponential"]);
        let jitter = self.one_of(&["none", "full", "full", "equal", "decorrelated"]);
        format!(
            "{{ attempts: {attempts}, backoff: {backoff}, base: {base}ms, cap: 100ms, \
             jitter: {jitter}{budget} }}"
        )
    }

    fn breaker(&mut self) -> String {
        let calls = Self::number(4, 11, " calls")(self);
        let window = if self.chance(50) { Self::number(1, 3, "s")(self) } else { calls };
        let (rate, open, probes) = (self.within(1, 60), self.within(100, 3999), self.within(1, 3));
        let slow = self.maybe(30, ", slow_rate: 60%, slow_after", Self::number(5, 79, "ms"));
        format!(
            "{{ failure_rate: {rate}%, window: {window}, min_calls: 4, open_for: {open}ms, \
             probes: {probes}{} }}",
            slow.unwrap_or_default()
        )
    }

    // Services and their steps.

    /// A service: of its own, or a module of a process that the first two share.
    fn service(&mut self, nth: usize) -> String {
        let module = self.modules > 0 && nth < 2;
        let replicas = self.within(1, 3);
        let speeds = format!("{:?}", &[1.0, 2.0, 0.5][..replicas as usize]);
        let slots = Self::number(1, 11, "");
        let queue = self.maybe(50, ", queue", Self::number(0, 11, "")).unwrap_or_default();
        let mut keys = vec![
            Some(format!("replicas: {replicas}")),
            self.maybe(50, "speeds", |_| speeds),
            self.maybe(70, "cores", Self::cores),
            self.maybe(50, "concurrency", |it| slots(it) + &queue),
        ];
        if module {
            // What the first module says holds for the process.
            keys.truncate(if nth == 0 { 4 } else { 0 });
            keys.push(Some("deploy: unit".to_owned()));
        } else {
            keys.push(self.maybe(60, "balance", Self::balance));
        }
        keys.push(self.maybe(60, "network", |it| it.time(50, 2000)));
        keys.push(self.maybe(40, "policy", Self::policy));
        let steps = self.steps(nth, 3, 3);
        keys.push(Some(format!("endpoints: {{ go: {{ steps: {steps} }} }}")));
        format!("  {}: {}\n", SERVICES[nth], block(keys))
    }

    /// In line for them, or all at once.
    fn cores(&mut self) -> String {
        let count = self.within(1, 3);
        if self.chance(35) {
            format!("{{ count: {count}, share: true }}")
        } else {
            count.to_string()
        }
    }

    fn balance(&mut self) -> String {
        let policy = self.one_of(&[
            "random",
            "round-robin",
            "least-connections",
            "least-response-time",
            "ip-hash",
            "two-choices",
        ]);
        let (weighted, replace) = (self.chance(50), self.chance(50));
        let (health, choices) = (self.within(1, 3), self.within(2, 3));
        format!(
            "{{ policy: {policy}, weighted: {weighted}, replace: {replace}, choices: {choices}, \
             clients: 50, health: {health}s }}"
        )
    }

    fn steps(&mut self, nth: usize, depth: u32, most: u32) -> String {
        let steps: Vec<String> = (0..self.within(1, most)).map(|_| self.step(nth, depth)).collect();
        format!("[ {} ]", steps.join(", "))
    }

    /// A step of a service, which may call those further down.
    fn step(&mut self, nth: usize, depth: u32) -> String {
        let mut calls: Vec<String> = Vec::new();
        calls.extend(SERVICES[nth + 1..self.services as usize].iter().map(|it| format!("{it}.go")));
        calls.extend((self.external > 0).then(|| "mail".to_owned()));
        let stores = &STORES[..self.stores as usize];
        let mut kinds = [vec!["work"; 6], vec!["wait"; 2], vec!["fail"]].concat();
        kinds.extend(vec!["call"; if calls.is_empty() { 0 } else { 6 }]);
        kinds.extend(vec!["query"; if stores.is_empty() { 0 } else { 5 }]);
        if depth > 0 && self.chance(35) {
            kinds = ["all", "all", "need", "chance", "repeat", "optional", "fallback"].to_vec();
            kinds.extend((!stores.is_empty()).then_some("transaction"));
        }
        let kind = self.one_of(&kinds);
        let inner = |it: &mut Self| it.steps(nth, depth - 1, 2);
        match kind {
            "work" => format!("{{ work: {} }}", self.time(500, 12_000)),
            "wait" => format!("{{ wait: {} }}", self.time(500, 20_000)),
            "fail" => format!("{{ fail: {}% }}", self.within(1, 10)),
            "call" => {
                let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
                let target = self.one_of(&calls);
                block([Some(format!("call: {target}")), self.maybe(50, "policy", Self::policy)])
            }
            "query" => {
                let (store, operation) = (self.one_of(stores), self.one_of(&["get", "put"]));
                let query = format!("query: {store}.{operation}");
                block([Some(query), self.maybe(50, "policy", Self::policy)])
            }
            "all" | "need" => {
                let branches: Vec<String> = (0..self.within(1, 3)).map(|_| inner(self)).collect();
                let (need, of) = (self.within(1, branches.len() as u32), branches.join(", "));
                match kind {
                    "all" => format!("{{ all: [ {of} ] }}"),
                    _ => format!("{{ all: {{ need: {need}, of: [ {of} ] }} }}"),
                }
            }
            "chance" => {
                let (share, one, other) = (self.within(1, 99), inner(self), inner(self));
                format!("{{ chance: {share}%, do: {one}, else: {other} }}")
            }
            "repeat" => {
                let times = self.one_of(&["2", "3", "{ min: 0, max: 3 }"]);
                format!("{{ repeat: {times}, do: {} }}", inner(self))
            }
            "optional" => format!("{{ optional: {} }}", inner(self)),
            "fallback" => format!("{{ fallback: {}, else: {} }}", inner(self), inner(self)),
            _ => {
                let store = self.one_of(stores);
                format!("{{ transaction: {{ store: {store}, steps: {} }} }}", inner(self))
            }
        }
    }

    // All else.

    fn store(&mut self, nth: usize) -> String {
        let ms = Self::number(5, 99, "ms");
        let wait = |it: &mut Self| if it.chance(80) { ms(it) } else { "none".to_owned() };
        let pool =
            |it: &mut Self| format!("{{ per_replica: {}, wait: {} }}", it.within(1, 4), wait(it));
        let pooler = |it: &mut Self| {
            block([
                Some(format!("connections: {}", it.within(1, 4))),
                it.maybe(50, "clients", Self::number(1, 11, "")),
                it.maybe(70, "wait", Self::number(5, 99, "ms")),
            ])
        };
        let queue = self.maybe(50, ", queue", Self::number(0, 9, "")).unwrap_or_default();
        let (get, put) = (self.time(300, 8000), self.time(300, 8000));
        let keys = block([
            Some(format!("replicas: {}", self.within(1, 2))),
            self.maybe(80, "pool", pool),
            self.maybe(30, "pooler", pooler),
            self.maybe(50, "connect", |it| it.time(1000, 30_000)),
            self.maybe(40, "connections", Self::number(1, 15, "")),
            self.maybe(80, "cores", |it| it.cores() + &queue),
            self.maybe(50, "network", |it| it.time(50, 1000)),
            Some(format!(
                "operations: {{ get: {{ time: {get} }}, put: {{ time: {put}, writes: true }} }}"
            )),
        ]);
        format!("  {}: {keys}\n", STORES[nth])
    }

    fn external(&mut self) -> String {
        let keys = block([
            Some(format!("time: {}", self.time(1000, 40_000))),
            Some(format!("errors: {}%", self.within(1, 20))),
            self.maybe(30, "concurrency", Self::number(1, 5, "")),
            self.maybe(30, "network", |it| it.time(50, 1000)),
        ]);
        format!("  mail: {keys}\n")
    }

    fn traffic(&mut self, name: &str) -> String {
        let kind = if self.chance(33) {
            format!("users: {}, think: {}", self.within(1, 11), self.time(20_000, 400_000))
        } else {
            format!("rate: {}/s", self.within(5, 49))
        };
        let patience = self.one_of(&["none", "80ms", "500ms", "10s"]);
        let other = if self.services > 1 && self.chance(50) { self.within(1, 98) } else { 0 };
        let [one, two] = [SERVICES[0], SERVICES[1]];
        let rest = if other > 0 { format!(", {two}.go: {other}%") } else { String::new() };
        let keys = block([
            Some(format!("{kind}, patience: {patience}")),
            self.maybe(35, "policy", Self::policy),
            Some(format!("mix: {{ {one}.go: {}%{rest} }}", 100 - other)),
        ]);
        format!("  {name}: {keys}\n")
    }

    fn event(&mut self, sources: &[&str]) -> String {
        let mut components = SERVICES[..self.services as usize].to_vec();
        components.extend(&STORES[..self.stores as usize]);
        components.extend((self.external > 0).then_some("mail"));
        let (who, replicas) = (self.one_of(&components), self.one_of(&["1", "all"]));
        let what = match self.one_of(&["surge", "slow", "crash", "stall", "errors"]) {
            "surge" => {
                let by = f64::from(self.within(0, 39)) / 10.0 + 0.5;
                format!("surge: {}, by: {by}x", self.one_of(sources))
            }
            "slow" => format!("slow: {who}, by: {}x, replicas: {replicas}", self.within(2, 7)),
            "crash" => format!("crash: {who}, replicas: {replicas}, drain: {}", self.chance(50)),
            "stall" => format!("stall: {who}, replicas: {replicas}"),
            _ => format!("errors: {who}, share: {}%", self.within(1, 100)),
        };
        let (at, lasts) = (self.within(5, 19) * 500, self.within(2, 19) * 250);
        format!("{{ at: {at}ms, for: {lasts}ms, {what} }}")
    }

    fn file(mut self, with_scenario: bool) -> String {
        (self.services, self.stores) = (self.within(1, 4), self.within(0, 2));
        self.external = u32::from(self.chance(50));
        self.modules = u32::from(self.chance(15));
        let sources = if self.chance(50) { &["web", "bots"][..] } else { &["web"] };
        let defaults = block([
            self.maybe(30, "network", |it| it.time(50, 1000)),
            self.maybe(40, "policy", Self::policy),
        ]);
        let mut file = format!(
            "tradeoff: 1\nname: random\nduration: 20s\nwarmup: 5s\ndefaults: {defaults}\ntraffic:\n"
        );
        file.extend(sources.iter().map(|it| self.traffic(it)));
        file += "services:\n";
        file.extend((0..self.services as usize).map(|it| self.service(it)));
        file += if self.stores > 0 { "stores:\n" } else { "" };
        file.extend((0..self.stores as usize).map(|it| self.store(it)));
        if self.external > 0 {
            file.extend(["externals:\n".to_owned(), self.external()]);
        }
        if with_scenario {
            let events: Vec<String> = (0..self.within(1, 2)).map(|_| self.event(sources)).collect();
            let events = events.join(", ");
            let bad = format!("scenarios:\n  bad: {{ duration: 20s, events: [ {events} ] }}\n");
            file.push_str(&bad);
        }
        file
    }
}
