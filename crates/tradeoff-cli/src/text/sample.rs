//! Results made by hand, so that pages can be tested without running anything.

use std::collections::BTreeMap;

use tradeoff::{
    check::{
        ArithmeticReport, Check, FindingReport, PatchEdit, Place, SourceReport, Summary,
        Suppressed, UnknownReport,
    },
    results::{
        Alert, AssumptionUsed, Breaker, Busy, Edge, Endpoint, EndpointTime, Figure, Interval,
        Latency, Loop, Observed, Phase, Queue, Recovery, RequestSeries, Requests, Resource,
        ResourceSeries, Run, Series, Simulation, Slo, SloLatency, Transition, Verdict, Wait,
    },
    review::report::{
        Because, Cause, Cost, Difference, Effect, Flip, FlipsOf, Further, Mend, MendOutcome,
        Origin, Review, SetEffect,
    },
};

#[expect(clippy::unnecessary_wraps, reason = "a figure is an option")]
pub(crate) fn around(value: f64, half: f64) -> Figure {
    Some(Interval { value, low: value - half, high: value + half })
}

#[expect(clippy::unnecessary_wraps, reason = "a figure is an option")]
fn between(low: f64, value: f64, high: f64) -> Figure {
    Some(Interval { value, low, high })
}

fn latency(p99: f64) -> Latency {
    Latency {
        mean: around(p99 / 9.0, p99 / 300.0),
        p50: around(p99 / 11.0, p99 / 400.0),
        p90: around(p99 / 3.0, p99 / 100.0),
        p95: around(p99 / 2.0, p99 / 80.0),
        p99: around(p99, p99 / 25.0),
        p999: None,
        max: Some(p99 * 7.0),
    }
}

fn requests(offered: u64, bad: u64, p99: f64) -> Requests {
    let spent = BTreeMap::from([
        ("slot", p99 * 0.1),
        ("core", p99 * 0.004),
        ("pool", 0.0),
        ("work", p99 * 0.05),
        ("backoff", p99 * 0.046),
        ("calls", p99 * 0.8),
    ]);
    Requests {
        offered,
        ok: offered - bad,
        unfinished: 0,
        failed: BTreeMap::from([("timeout", bad * 7 / 10), ("dependency", bad - bad * 7 / 10)]),
        good_ratio: around(1.0 - bad as f64 / offered as f64, 0.000_4),
        goodput: around(598.0, 3.0),
        latency: latency(p99),
        spent: BTreeMap::from([("p99", spent)]),
    }
}

fn resource(kind: &'static str, utilization: f64) -> Resource {
    Resource {
        kind,
        capacity: Some(8),
        at_start: 3,
        arrivals: 576_000,
        served: 570_000,
        refused: 6_000,
        left: 0,
        waiting: 3,
        in_service: 0,
        utilization: around(utilization, 0.012),
        utilization_per_replica: vec![utilization; 4],
        busy: Busy {
            first: around(utilization * 0.6, 0.01),
            retry: around(utilization * 0.3, 0.008),
            wasted: around(utilization * 0.1, 0.006),
        },
        queue: Queue { mean: around(12.3, 2.1), max: 256 },
        in_system: around(18.0, 2.0),
        wait: Wait {
            mean: around(0.02, 0.002),
            p50: around(0.01, 0.001),
            p95: around(0.09, 0.004),
            p99: around(0.21, 0.009),
            none: around(0.2, 0.01),
        },
    }
}

fn slo(verdict: Verdict, scenario: bool) -> Slo {
    let broken = verdict == Verdict::Broken;
    Slo {
        verdict,
        target: Some(0.999),
        good_ratio: if broken { around(0.931, 0.008_2) } else { around(0.999_62, 0.000_03) },
        latency: Some(SloLatency {
            quantile: 0.99,
            limit: 0.3,
            value: if broken { around(1.023, 0.091) } else { around(0.212, 0.008_7) },
            within: if broken { around(0.924, 0.009) } else { around(0.995, 0.000_6) },
            verdict,
        }),
        availability_verdict: Some(verdict),
        bad_per_occurrence: match (scenario, broken) {
            (false, _) => None,
            (true, true) => around(48_231.0, 912.0),
            (true, false) => around(0.0, 0.0),
        },
        at_least: scenario && broken,
        budget_used: match (scenario, broken) {
            (false, _) => None,
            (true, true) => around(1.861, 0.041),
            (true, false) => around(0.0, 0.0),
        },
        spend: 0.1,
        alerts: vec![Alert {
            long: 3_600.0,
            short: 300.0,
            burn: 14.4,
            fired_in: if broken { 5 } else { 0 },
            at: around(64.0, 5.0),
            reset: None,
        }],
    }
}

fn series(surge: bool) -> Series {
    let offered = |bin: usize| if surge && (150..270).contains(&bin) { 15_000 } else { 3_000 };
    let bins = 510;
    let ok = |bin| u64::min(offered(bin), 9_000);
    let p99 = |bin: usize| (bin != 40).then_some(if offered(bin) > 9_000 { 1.0 } else { 0.2 });
    let flow = RequestSeries {
        offered: (0..bins).map(offered).collect(),
        ok: (0..bins).map(ok).collect(),
        p99: (0..bins).map(p99).collect(),
    };
    Series {
        from: -30.0,
        width: 1.0,
        requests: BTreeMap::from([("shoppers/order.place".into(), flow)]),
        resources: BTreeMap::from([(
            "payment/cores".into(),
            ResourceSeries {
                queue: (0..bins)
                    .map(|bin| if offered(bin) > 9_000 { 240.0 } else { 0.4 })
                    .collect(),
                busy: (0..bins).map(|bin| if offered(bin) > 9_000 { 8.0 } else { 3.0 }).collect(),
            },
        )]),
    }
}

pub(crate) fn run(scenario: Option<&str>, verdict: Verdict) -> Run {
    let broken = verdict == Verdict::Broken;
    let bad = if broken { 48_231 } else { 0 };
    let p99 = if broken { 1.023 } else { 0.212 };
    let mut phases = BTreeMap::from([("all", requests(576_000, bad, p99))]);
    if scenario.is_some() {
        phases.insert("before", requests(144_000, 0, 0.21));
        phases.insert("during", requests(144_000, bad * 3 / 4, p99));
        phases.insert("after", requests(288_000, bad / 4, p99 / 2.0));
    }
    let edge = Edge {
        calls: 576_000,
        attempts: 1_100_000,
        amplification: around(1.91, 0.04),
        outcomes: BTreeMap::from([("ok", 540_000), ("timeout", 560_000)]),
        retries_denied: 0,
        breaker: Some(Breaker {
            open_share: around(0.12, 0.02),
            transitions: [(125.0, "open"), (155.0, "half-open"), (157.5, "closed")]
                .map(|(at, to)| Transition { replication: 0, replica: 0, at, to })
                .into(),
            more: 0,
        }),
    };
    let endpoint = Endpoint {
        arrivals: 1_100_000,
        ok: 540_000,
        failed: BTreeMap::new(),
        in_flight: 0,
        wasted: 400_000,
        time: EndpointTime { mean: None, p50: None, p99: None },
    };
    let recovery = Recovery {
        recovered: if broken { 2 } else { 5 },
        recovering: 0,
        metastable: if broken { 3 } else { 0 },
        overloaded: 0,
        undecided: 0,
        growing: u32::from(broken),
        share_recovered: if broken { between(0.118, 0.4, 0.769) } else { between(0.566, 1.0, 1.0) },
        share_metastable: broken.then_some(Interval { value: 0.6, low: 0.231, high: 0.882 }),
        after: around(34.0, 9.0),
        watched: 480.0,
        r#loop: broken.then(|| Loop {
            edge: "order.place->payment.charge".into(),
            mechanism: "retry",
            resource: "payment/cores".into(),
            pressure: around(1.84, 0.06),
            proved: true,
        }),
    };
    Run {
        per_month: scenario.map(|_| 2.0),
        scenario: scenario.map(Into::into),
        stationary: scenario.is_none().then_some(true),
        warmup: 30.0,
        end: 480.0,
        events: 182_344_110,
        bounded_by: None,
        phases: match scenario {
            Some(_) => vec![
                Phase { name: "before", from: 0.0, to: 120.0 },
                Phase { name: "during", from: 120.0, to: 240.0 },
                Phase { name: "after", from: 240.0, to: 480.0 },
            ],
            None => vec![],
        },
        requests: BTreeMap::from([("shoppers/order.place".into(), phases)]),
        endpoints: BTreeMap::from([("payment.charge".into(), endpoint)]),
        resources: BTreeMap::from([
            ("payment/cores".into(), resource("cores", 0.981)),
            ("order/cores".into(), resource("cores", 0.42)),
            ("order>orders/pool".into(), resource("pool", 0.73)),
        ]),
        edges: BTreeMap::from([("order.place->payment.charge".into(), edge)]),
        series: series(true),
        recovery: scenario.map(|_| recovery),
        slos: BTreeMap::from([("place-order".into(), slo(verdict, scenario.is_some()))]),
    }
}

pub(crate) fn simulation() -> Simulation {
    let assume = |path: &str, value: &str, moves_verdict| AssumptionUsed {
        path: path.into(),
        value: value.into(),
        source: None,
        moves_verdict,
    };
    let observed = |quantile, observed, predicted: Figure, differs| Observed {
        endpoint: "order.place".into(),
        quantile,
        observed,
        predicted,
        ratio: predicted.map(|it| it.value / observed),
        differs,
    };
    Simulation {
        schema: "tradeoff.simulate/1",
        rung: "simulated",
        name: "order-platform".into(),
        digest: format!("sha256:{}", "3f".repeat(32)),
        seed: 1,
        replications: 5,
        confidence: 0.95,
        verdict: Verdict::Broken,
        observed: vec![
            observed("p50", 0.004, around(0.0041, 0.0002), Some(false)),
            observed("p99", 0.030, around(0.041, 0.002), Some(true)),
            observed("p999", 0.2, None, None),
            observed("mean", 0.006, around(0.0075, 0.0008), None),
            observed("rate", 100.0, around(99.7, 1.4), Some(false)),
        ],
        assumptions: vec![
            assume("services.order.network", "0s", None),
            assume("services.payment.network", "0s", None),
            assume("services.inventory.network", "0s", None),
            assume("services.payment.queue", "unlimited", Some(true)),
            assume("traffic.shoppers.patience", "10s", Some(false)),
        ],
        not_moved: ["caches", "services.mail.consumes", "services.notification.consumes", "topics"]
            .map(Into::into)
            .to_vec(),
        runs: vec![
            run(None, Verdict::Kept),
            run(Some("flash-sale"), Verdict::Kept),
            run(Some("payment-brownout"), Verdict::Broken),
        ],
    }
}

fn finding(rule: &str, severity: &'static str, subject: &str, line: u32) -> FindingReport {
    FindingReport {
        rule: rule.into(),
        severity,
        fingerprint: format!("{rule}:{subject}"),
        subject: subject.into(),
        at: Place { file: "order.yaml".into(), line, column: 13, end_line: line, end_column: 33 },
        message: format!("`{subject}` may be tried 9 times for one request"),
        help: format!("give the retries of `{subject}` a budget of 10%"),
        source: SourceReport { guide: Some("12".into()), other: None },
        arithmetic: Some(ArithmeticReport {
            text: "3 attempts x 3 attempts = 9 > 3".into(),
            value: 9.0,
            limit: 3.0,
            unit: "1".into(),
        }),
        patch: vec![PatchEdit {
            op: "add",
            path: "/services/order/policy".into(),
            value: Some("x".into()),
        }],
        suppressed: None,
    }
}

pub(crate) fn check() -> Check {
    let mut findings = vec![
        finding("rel-retry-amplification", "error", "order.place->payment.charge", 31),
        finding("rel-no-breaker", "warning", "order.place->inventory.reserve", 44),
    ];
    let many = (0..13).map(|nth| {
        finding("rel-no-breaker", "warning", &format!("order.place->service-{nth}.call"), 50 + nth)
    });
    findings.extend(many);
    Check {
        schema: "tradeoff.check/1",
        rung: "stated",
        summary: Summary { error: 1, warning: 14, advice: 0, suppressed: 0, unknown: 1 },
        findings,
        unknown: vec![UnknownReport {
            rule: "scale-connection-math".into(),
            subject: "orders".into(),
            missing: "stores.orders.connections".into(),
        }],
        passed: BTreeMap::from([("svc-sync-cycle".into(), 4)]),
    }
}

fn effect(scenario: Option<&str>, today: Verdict, mended: Verdict) -> Effect {
    let worse = today == Verdict::Broken;
    let better = mended == Verdict::Kept;
    let number = |bad: bool| if bad { around(48_231.0, 912.0) } else { around(311.0, 24.0) };
    let bad = Difference {
        today: number(worse),
        mended: number(!better),
        difference: if worse && better { around(-47_920.0, 905.0) } else { around(0.0, 0.0) },
    };
    Effect {
        scenario: scenario.map(Into::into),
        slo: "place-order".into(),
        simulated: scenario.is_some(),
        at_least: worse,
        today,
        mended,
        bad,
        bad_until_both: bad,
        p99: Difference {
            today: around(if worse { 1.023 } else { 0.212 }, 0.01),
            mended: around(if better { 0.24 } else { 1.023 }, 0.009),
            difference: None,
        },
        recovered: match scenario {
            Some(_) => Difference {
                today: if worse { between(0.118, 0.4, 0.769) } else { between(0.57, 1.0, 1.0) },
                mended: between(0.57, 1.0, 1.0),
                difference: None,
            },
            None => Difference::default(),
        },
    }
}

fn mend(rank: u32, finding: &FindingReport, outcome: MendOutcome, usd: f64) -> Mend {
    let (score, mended) = match outcome {
        MendOutcome::Helps => (around(95_840.0, 1_810.0), Verdict::Kept),
        MendOutcome::Harms => (around(-1_234.0, 310.0), Verdict::Broken),
        MendOutcome::NoDifference => (around(0.0, 0.0), Verdict::Broken),
        MendOutcome::Undecided => (around(30.0, 90.0), Verdict::Broken),
        MendOutcome::NotMeasured => (None, Verdict::Broken),
    };
    Mend {
        rank,
        finding: finding.fingerprint.clone(),
        findings: vec![finding.fingerprint.clone()],
        change: finding.help.clone(),
        patch: finding.patch.clone(),
        outcome,
        score,
        left_out: score,
        at_least: outcome == MendOutcome::Helps,
        replications: match outcome {
            MendOutcome::Undecided => 20,
            MendOutcome::NotMeasured => 0,
            _ => 5,
        },
        effects: vec![effect(Some("payment-brownout"), Verdict::Broken, mended)],
        cost: cost(usd),
    }
}

fn cost(more: f64) -> Cost {
    Cost { today: Some(0.768), mended: Some(0.768 + more), difference: Some(more) }
}

fn further(mends: &[Mend]) -> Vec<Further> {
    let more = |nth: usize, outcome, adds: Figure| Further {
        finding: mends[nth].finding.clone(),
        adds,
        mostly: (nth == 1).then(|| "payment-brownout".into()),
        outcome,
        verdict: Verdict::Kept,
        cost: mends[nth].cost.difference,
    };
    vec![
        more(1, MendOutcome::Helps, around(412.0, 60.0)),
        more(3, MendOutcome::NoDifference, around(0.0, 0.0)),
        more(2, MendOutcome::Harms, around(-1_234.0, 310.0)),
    ]
}

fn flips() -> Vec<Flip> {
    let flip = |path: &str, today: &str, bracket: Option<[&str; 2]>, tried: [&str; 2]| Flip {
        path: path.into(),
        today: today.into(),
        assumed: false,
        from: Origin::File,
        verdict: Verdict::Kept,
        flips_at: bracket.map(|it| it[1].into()),
        bracket: bracket.map(|it| it.map(Into::into)),
        because: bracket.map(|_| Because {
            scenario: Some("payment-brownout".into()),
            slo: "place-order".into(),
        }),
        tried: tried.map(Into::into),
    };
    let work = "services.payment.endpoints.charge.steps.0.work.p99";
    vec![
        flip("traffic.shoppers.rate", "600/s", Some(["1072/s", "1190/s"]), ["600/s", "4800/s"]),
        flip(work, "8ms", Some(["15ms", "17.2ms"]), ["8ms", "64ms"]),
        flip("services.order.replicas", "4", None, ["1", "4"]),
    ]
}

pub(crate) fn review() -> Review {
    let check = check();
    let found = |nth: usize| &check.findings[nth];
    let mends = vec![
        mend(1, found(0), MendOutcome::Helps, 0.0),
        mend(2, found(1), MendOutcome::Undecided, 0.0),
        mend(3, found(2), MendOutcome::Harms, 0.096),
        mend(4, found(3), MendOutcome::NoDifference, 0.0),
        mend(5, found(4), MendOutcome::NotMeasured, 0.0),
    ];
    let set = SetEffect {
        verdict: Verdict::Kept,
        score: around(95_840.0, 1_810.0),
        at_least: true,
        replications: 5,
        effects: vec![
            effect(None, Verdict::Kept, Verdict::Kept),
            effect(Some("payment-brownout"), Verdict::Broken, Verdict::Kept),
        ],
        cost: cost(0.0),
    };
    Review {
        schema: "tradeoff.review/1",
        verdict: Verdict::Broken,
        looks: vec![5, 10, 20],
        today: simulation(),
        headroom: None,
        causes: vec![Cause {
            scenario: "payment-brownout".into(),
            slo: "place-order".into(),
            endpoint: "order.place".into(),
            hurt: "bank".into(),
            shares: None,
            chain: ["order", "payment", "bank"].map(Into::into).into(),
        }],
        smallest_set: Some(vec![found(0).fingerprint.clone()]),
        smallest_effect: Some(set.clone()),
        search_complete: true,
        all_together: Some(SetEffect { cost: cost(0.096), ..set }),
        together: mends.iter().map(|it| it.finding.clone()).collect(),
        decoupled: vec![],
        further: further(&mends),
        flips_of: Some(FlipsOf::SmallestSet),
        flips: flips(),
        holds_at_spend: None,
        horizon: None,
        mends,
        check,
    }
}

/// A review with everything that a review may tell beside: an accepted finding, an assumption from a
/// range, a default at which the verdict flips, a mend of a rule, a search that was cut short.
pub(crate) fn full() -> Review {
    let mut it = review();
    it.check.findings[14].suppressed = Some(Suppressed {
        reason: "stock is reconciled every night".into(),
        owner: "warehouse".into(),
        expires: "2027-06-30".into(),
    });
    it.check.summary = Summary { warning: 13, suppressed: 1, ..it.check.summary };
    let assumed = &mut it.today.assumptions;
    assumed[2].source = Some("middle of 1ms..9ms".into());
    assumed[2].value = "3ms".into();
    it.flips.push(Flip {
        path: assumed[3].path.clone(),
        today: assumed[3].value.clone(),
        assumed: true,
        from: Origin::Default,
        ..it.flips[0].clone()
    });
    it.mends[3].finding = "rel-no-breaker".into();
    it.further[1].finding = "rel-no-breaker".into();
    it.search_complete = false;
    it
}

/// A review of a design that holds.
pub(crate) fn holding() -> Review {
    let mut it = review();
    it.verdict = Verdict::Kept;
    it.today.verdict = Verdict::Kept;
    it.today.runs.truncate(2);
    it.smallest_set = Some(vec![]);
    it.smallest_effect = None;
    it
}

/// Names that try to be something else.
pub(crate) const HOSTILE: &str = "</td></script><script>alert(1)</script>\"'`|*_[x](javascript:x)@you\u{202e}gnp\u{0}&amp;\n| a |";

/// A review in which every name is hostile.
pub(crate) fn hostile() -> Review {
    let mut it = full();
    it.today.name = HOSTILE.into();
    for flip in &mut it.flips {
        flip.path = HOSTILE.into();
        flip.today = HOSTILE.into();
        flip.bracket = Some([HOSTILE.into(), HOSTILE.into()]);
        flip.tried = [HOSTILE.into(), HOSTILE.into()];
        flip.because = Some(Because { scenario: Some(HOSTILE.into()), slo: HOSTILE.into() });
    }
    it.today.observed.iter_mut().for_each(|it| it.endpoint = HOSTILE.into());
    it.today.not_moved = vec![HOSTILE.into()];
    for assumption in &mut it.today.assumptions {
        assumption.path = format!("services.{HOSTILE}.{HOSTILE}");
        assumption.value = HOSTILE.into();
        assumption.source = assumption.source.as_ref().map(|_| HOSTILE.into());
    }
    for run in &mut it.today.runs {
        run.scenario = run.scenario.as_ref().map(|_| HOSTILE.into());
        let renamed = |_: &String| HOSTILE.to_owned();
        run.slos = run.slos.iter().map(|(name, it)| (renamed(name), it.clone())).collect();
        run.requests = run.requests.iter().map(|(name, it)| (renamed(name), it.clone())).collect();
        run.edges = run.edges.iter().map(|(name, it)| (renamed(name), it.clone())).collect();
        run.resources =
            run.resources.iter().map(|(name, it)| (renamed(name), it.clone())).collect();
        let flows = &run.series.requests;
        run.series.requests = flows.iter().map(|(name, it)| (renamed(name), it.clone())).collect();
        let found = run.recovery.as_mut().and_then(|it| it.r#loop.as_mut());
        if let Some(found) = found {
            found.edge = HOSTILE.into();
            found.resource = HOSTILE.into();
        }
    }
    for finding in &mut it.check.findings {
        finding.subject = HOSTILE.into();
        finding.message = format!("the queue of `{HOSTILE}` {HOSTILE}");
        finding.help = HOSTILE.into();
        finding.at.file = HOSTILE.into();
        if let Some(it) = &mut finding.suppressed {
            *it = Suppressed {
                reason: HOSTILE.into(),
                owner: HOSTILE.into(),
                expires: HOSTILE.into(),
            };
        }
        finding.arithmetic =
            finding.arithmetic.take().map(|sum| ArithmeticReport { text: HOSTILE.into(), ..sum });
    }
    for mend in &mut it.mends {
        mend.change = HOSTILE.into();
        mend.effects.iter_mut().for_each(|it| it.slo = HOSTILE.into());
    }
    it
}
