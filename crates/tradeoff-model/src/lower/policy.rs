//! Policies: read once, laid over each other key by key.

use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, Spanned};

use super::Cx;
use super::fields::{Fields, with_nearest, wrong_type};
use super::names::check_name;
use super::ranges::{self, Reading};
use crate::model::{
    Assumption, Backoff, Breaker, BreakerWindow, Budget, EdgePolicy, Jitter, Nanos, Retry,
};
use crate::quantity;
use crate::range::{self, Measure};
use crate::table::{BREAKER, BUDGET, BULKHEAD, DEADLINE, Kind, POLICY, RETRY};
use crate::tree::{Entry, Value, shorten};

/// A policy that was read: an index into [`Policies`].
pub(super) type PolicyId = usize;

/// `policy: none`: every key is off, so nothing beneath it shows through.
const NONE: PolicyId = 0;

/// What one level says about one key.
#[derive(Clone, Copy)]
enum Setting<T> {
    Unset,
    Off,
    On(T),
}

impl<T> Setting<T> {
    fn value(self) -> Option<T> {
        match self {
            Self::On(value) => Some(value),
            Self::Unset | Self::Off => None,
        }
    }

    const fn is_set(&self) -> bool {
        !matches!(self, Self::Unset)
    }
}

/// One policy as it is written, with the defaults that its keys take.
struct Level {
    timeout: Setting<Spanned<Nanos>>,
    deadline: Setting<(Spanned<Nanos>, bool)>,
    retry: Setting<Spanned<Retry>>,
    breaker: Setting<Spanned<Breaker>>,
    bulkhead: Setting<Spanned<u32>>,
    cancel: Setting<bool>,
    retry_defaults: Vec<Assumption>,
    breaker_defaults: Vec<Assumption>,
    retry_used: bool,
    breaker_used: bool,
}

impl Level {
    const OFF: Self = Self {
        timeout: Setting::Off,
        deadline: Setting::Off,
        retry: Setting::Off,
        breaker: Setting::Off,
        bulkhead: Setting::Off,
        cancel: Setting::Off,
        retry_defaults: Vec::new(),
        breaker_defaults: Vec::new(),
        retry_used: false,
        breaker_used: false,
    };
    const UNSET: Self = Self {
        timeout: Setting::Unset,
        deadline: Setting::Unset,
        retry: Setting::Unset,
        breaker: Setting::Unset,
        bulkhead: Setting::Unset,
        cancel: Setting::Unset,
        retry_defaults: Vec::new(),
        breaker_defaults: Vec::new(),
        retry_used: false,
        breaker_used: false,
    };
}

/// All policies of a file.
pub(super) struct Policies<'t> {
    levels: Vec<Level>,
    named: BTreeMap<&'t str, PolicyId>,
}

impl<'t> Policies<'t> {
    /// Reads the named policies.
    pub(super) fn collect(cx: &mut Cx<'_>, root: &Fields<'t>) -> Self {
        let mut policies = Self { levels: vec![Level::OFF], named: BTreeMap::new() };
        for entry in root.sorted(cx, "policies") {
            check_name(cx, entry);
            let pointer = root.path_of("policies", &entry.key);
            let id = policies.inline(cx, entry, &pointer);
            policies.named.insert(&entry.key, id);
        }
        policies
    }

    /// The policy of the key `policy`: a name, a map, or none.
    pub(super) fn read(&mut self, cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<PolicyId> {
        let entry = fields.get("policy")?;
        let Some(name) = entry.node.text() else {
            return Some(self.inline(cx, entry, &fields.path("policy")));
        };
        if name == "none" {
            return Some(NONE);
        }
        let found = self.named.get(name).copied();
        if found.is_none() {
            let message = format!("no policy is called `{}`", shorten(name));
            let diagnostic = Diagnostic::error("unknown-name", message)
                .label(entry.node.span, "unknown name")
                .expected("the name of a policy under `policies`, a map, or `none`");
            cx.error(with_nearest(diagnostic, cx.nearest(name, self.named.keys().copied())));
        }
        found
    }

    /// A policy of nothing but a timeout: that of a runtime's HTTP client.
    pub(super) fn client(&mut self, timeout: Spanned<Nanos>) -> PolicyId {
        self.levels.push(Level { timeout: Setting::On(timeout), ..Level::UNSET });
        self.levels.len() - 1
    }

    /// The policy that the timeout in force comes from.
    pub(super) fn timeout_from(&self, order: &[PolicyId]) -> Option<PolicyId> {
        order.iter().copied().find(|id| self.levels[*id].timeout.is_set())
    }

    fn inline(&mut self, cx: &mut Cx<'_>, entry: &Entry, pointer: &str) -> PolicyId {
        let level = Fields::open(cx, &entry.node, entry.key_span, &POLICY, pointer)
            .map_or(Level::UNSET, |fields| level(cx, &fields));
        self.levels.push(level);
        self.levels.len() - 1
    }

    /// The policy in force: each key from the first level that says something about it.
    pub(super) fn resolve(&mut self, order: &[PolicyId]) -> EdgePolicy {
        let levels = &self.levels;
        let first = |is_set: fn(&Level) -> bool| {
            order.iter().copied().find(|id| is_set(&levels[*id])).unwrap_or(NONE)
        };
        let retry = first(|it| it.retry.is_set());
        let breaker = first(|it| it.breaker.is_set());
        let deadline = levels[first(|it| it.deadline.is_set())].deadline.value();
        let policy = EdgePolicy {
            timeout: levels[first(|it| it.timeout.is_set())].timeout.value(),
            deadline: deadline.map(|(after, _)| after),
            pass_deadline: deadline.is_some_and(|(_, pass)| pass),
            retry: levels[retry].retry.value(),
            breaker: levels[breaker].breaker.value(),
            bulkhead: levels[first(|it| it.bulkhead.is_set())].bulkhead.value(),
            cancel: levels[first(|it| it.cancel.is_set())].cancel.value().unwrap_or(false),
            retry_refused: order.contains(&retry) && levels[retry].retry.value().is_none(),
        };
        self.levels[retry].retry_used = true;
        self.levels[breaker].breaker_used = true;
        policy
    }

    /// Which policies an edge came to use, so far.
    pub(super) fn used(&self) -> Vec<(bool, bool)> {
        self.levels.iter().map(|it| (it.retry_used, it.breaker_used)).collect()
    }

    /// Takes back what was used since: no run moves those edges.
    pub(super) fn forget_since(&mut self, used: &[(bool, bool)]) {
        for (at, level) in self.levels.iter_mut().enumerate() {
            (level.retry_used, level.breaker_used) = used.get(at).copied().unwrap_or_default();
        }
    }

    /// Lists the defaults of the policies that an edge came to use.
    pub(super) fn assume_used(self, cx: &mut Cx<'_>) {
        for level in self.levels {
            if level.retry_used {
                cx.assumptions.extend(level.retry_defaults);
            }
            if level.breaker_used {
                cx.assumptions.extend(level.breaker_defaults);
            }
        }
    }
}

fn level(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Level {
    let timeout = setting(fields, "timeout", |_| fields.positive_or_none(cx, "timeout"));
    let deadline = setting(fields, "deadline", |entry| deadline(cx, fields, entry));
    let bulkhead = setting(fields, "bulkhead", |entry| bulkhead(cx, fields, entry));
    let cancel = setting(fields, "cancel", |_| fields.flag(cx, "cancel").map(|it| it.value));
    // The two with defaults of their own: what they assume is kept until an edge uses them.
    let before = std::mem::take(&mut cx.assumptions);
    let retry = setting(fields, "retry", |entry| retry(cx, fields, entry));
    let retry_defaults = std::mem::take(&mut cx.assumptions);
    let breaker = setting(fields, "breaker", |entry| breaker(cx, fields, entry));
    let breaker_defaults = std::mem::replace(&mut cx.assumptions, before);
    Level {
        timeout,
        deadline,
        retry,
        breaker,
        bulkhead,
        cancel,
        retry_defaults,
        breaker_defaults,
        retry_used: false,
        breaker_used: false,
    }
}

/// What the file says about a key; a mistake counts as nothing said.
fn setting<T>(
    fields: &Fields<'_>,
    key: &str,
    read: impl FnOnce(&Entry) -> Option<T>,
) -> Setting<T> {
    match fields.get(key) {
        None => Setting::Unset,
        Some(entry) if entry.node.text() == Some("none") => Setting::Off,
        Some(entry) => read(entry).map_or(Setting::Unset, Setting::On),
    }
}

/// Whether an entry holds a map; nothing at all does not.
fn is_map(entry: &Entry) -> bool {
    matches!(entry.node.value, Value::Map(_))
}

fn deadline(cx: &mut Cx<'_>, fields: &Fields<'_>, entry: &Entry) -> Option<(Spanned<Nanos>, bool)> {
    if !is_map(entry) {
        return fields.positive_or_none(cx, "deadline").map(|after| (after, false));
    }
    let pointer = fields.path("deadline");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &DEADLINE, &pointer)?;
    let after = inner.positive_or_none(cx, "after")?;
    Some((after, inner.flag(cx, "pass").is_some_and(|it| it.value)))
}

fn bulkhead(cx: &mut Cx<'_>, fields: &Fields<'_>, entry: &Entry) -> Option<Spanned<u32>> {
    if !is_map(entry) {
        return fields.count32(cx, "bulkhead");
    }
    let pointer = fields.path("bulkhead");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &BULKHEAD, &pointer)?;
    inner.count32(cx, "concurrent")
}

fn retry(cx: &mut Cx<'_>, fields: &Fields<'_>, entry: &Entry) -> Option<Spanned<Retry>> {
    let pointer = fields.path("retry");
    // A number alone is the attempts; an empty map then gives every other default.
    let short = if is_map(entry) { None } else { Some(fields.count32(cx, "retry")?) };
    let nothing = crate::tree::Node::empty(entry.node.span);
    let node = if short.is_some() { &nothing } else { &entry.node };
    let inner = Fields::open(cx, node, entry.key_span, &RETRY, &pointer)?;
    let attempts = if let Some(attempts) = short {
        attempts.value
    } else {
        inner.assume(cx, "attempts");
        inner.count32(cx, "attempts")?.value
    };
    let backoff = match inner.choice(cx, "backoff")? {
        "none" => Backoff::None,
        "constant" => Backoff::Constant,
        "linear" => Backoff::Linear,
        _ => Backoff::Exponential,
    };
    let jitter = match inner.choice(cx, "jitter")? {
        "none" => Jitter::None,
        "equal" => Jitter::Equal,
        "decorrelated" => Jitter::Decorrelated,
        _ => Jitter::Full,
    };
    if attempts > 1 {
        inner.assume(cx, "backoff");
        inner.assume(cx, "budget");
        if backoff != Backoff::None {
            for key in ["base", "cap", "jitter"] {
                inner.assume(cx, key);
            }
        }
    }
    let base = inner.duration(cx, "base")?.value;
    let cap = inner.duration(cx, "cap")?.value;
    let budget = match inner.get("budget") {
        Some(entry) if entry.node.text() != Some("none") => budget(cx, &inner, entry),
        _ => None,
    };
    Some(Spanned::new(Retry { attempts, backoff, base, cap, jitter, budget }, entry.node.span))
}

fn budget(cx: &mut Cx<'_>, fields: &Fields<'_>, entry: &Entry) -> Option<Budget> {
    let pointer = fields.path("budget");
    if !is_map(entry) {
        let share = fields.share(cx, "budget")?.value;
        return Some(Budget { share, burst: 10, earn_attempt: false });
    }
    let inner = Fields::open(cx, &entry.node, entry.key_span, &BUDGET, &pointer)?;
    inner.assume(cx, "burst");
    inner.assume(cx, "earn");
    Some(Budget {
        share: inner.share(cx, "share")?.value,
        burst: inner.count32(cx, "burst")?.value,
        earn_attempt: inner.choice(cx, "earn")? == "attempt",
    })
}

fn breaker(cx: &mut Cx<'_>, fields: &Fields<'_>, entry: &Entry) -> Option<Spanned<Breaker>> {
    if !is_map(entry) {
        wrong_type(cx, &entry.node, entry.key_span, Kind::Block(&BREAKER));
        return None;
    }
    let pointer = fields.path("breaker");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &BREAKER, &pointer)?;
    for key in ["failure_rate", "window", "open_for", "probes"] {
        inner.assume(cx, key);
    }
    let slow_rate = inner.share(cx, "slow_rate").map(|it| it.value);
    if slow_rate.is_some() {
        inner.assume(cx, "slow_after");
    }
    let window = window(cx, &inner)?;
    let min_calls = inner.count32(cx, "min_calls");
    if let (BreakerWindow::Calls(calls), Some(least)) = (window, min_calls)
        && least.value > calls
    {
        cx.error(
            Diagnostic::error("out-of-range", "`min_calls` is more than the window holds")
                .label(least.span, "never reached")
                .expected(format!("at most {calls} calls")),
        );
    }
    let probes = inner.count32(cx, "probes")?.value;
    let concurrent = inner.count32(cx, "concurrent_probes").map_or(probes, |it| it.value);
    let breaker = Breaker {
        failure_rate: inner.share(cx, "failure_rate")?.value,
        slow_rate,
        slow_after: inner.duration(cx, "slow_after")?.value,
        window,
        min_calls: min_calls.map(|it| it.value),
        open_for: inner.positive(cx, "open_for"),
        probes,
        concurrent_probes: concurrent,
    };
    Some(Spanned::new(breaker, entry.node.span))
}

/// `10 calls` or `10s`.
fn window(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<BreakerWindow> {
    let field = BREAKER.field("window")?;
    let entry = fields.get("window");
    let Some(text) = entry.map_or(field.default, |entry| entry.node.text()) else {
        fields.wrong_type(cx, "window");
        return None;
    };
    let (word, least, most) = field.kind.count()?;
    let span = entry.map_or(fields.place, |entry| entry.node.span);
    let is_time = |text: &str| matches!(quantity::duration(text), Ok(1..));
    let measure = match range::ends(text) {
        Some((low, high)) if is_time(low) && is_time(high) => Measure::Duration,
        None if is_time(text) => Measure::Duration,
        _ => Measure::Count,
    };
    let (pointer, expected) = (fields.path("window"), "a window such as `10 calls` or `10s`");
    let reading = Reading { text, span, pointer: &pointer, measure: Some(measure), expected };
    let window = ranges::read(cx, &reading, |text| {
        if measure == Measure::Duration {
            return quantity::duration(text).map(BreakerWindow::Time);
        }
        let calls = quantity::count(text, word, least, most);
        calls.map(|calls| BreakerWindow::Calls(calls as u32))
    });
    window.map(|it| it.used)
}
