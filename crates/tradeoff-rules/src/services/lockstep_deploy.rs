//! `svc-lockstep-deploy`: services that are only ever released together.

use std::collections::{BTreeMap, BTreeSet};

use tradeoff_diag::Severity;

use super::shared_database::listed;
use crate::{Context, Report, Source};

rule! {
    /// Services that run apart are released together.
    ///
    /// # Why
    /// The point of a service is that it can be released without asking the others. Services that
    /// go out together pay for the network between them and get nothing for it: one of them that
    /// is not ready holds all of them back, and one that must be rolled back takes the others along.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order: { release: train }
    /// #                   ^^^^^ svc-lockstep-deploy
    ///   payment: { release: train }
    ///   catalog: { release: catalog }
    /// ```
    /// Released apart, or run together too:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order: { release: shop, deploy: shop }
    ///   payment: { release: shop, deploy: shop }
    ///   catalog: { release: catalog }
    /// ```
    ///
    /// # Limits
    /// What is released together is what states the same `release`. Modules of one deploy unit are
    /// meant to be. Where no service states a `release` the rule cannot tell. Whether to part the
    /// releases or to join the services is a decision, so there is no patch.
    ///
    /// # Sources
    /// S. Newman, "Building Microservices", O'Reilly 2021, chapter 1: independent deployability.
    /// Guide, section 2: the distributed monolith.
    pub const RULE = Rule {
        id: "svc-lockstep-deploy",
        severity: Severity::Warning,
        source: Source {
            guide: Some("2"),
            other: Some("Newman: Building Microservices, chapter 1: independent deployability"),
        },
        summary: "services that run apart and are released together",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let services = &cx.architecture.services;
    let mut releases: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, service) in services.iter().enumerate() {
        if let Some(release) = &service.release {
            releases.entry(&release.value).or_default().push(at);
        }
    }
    if let (true, Some(first)) = (releases.is_empty(), services.first()) {
        if cx.analysis.processes.len() > 1 {
            let missing = format!("services.{}.release", first.name.value);
            report.unknown(&RULE, cx.architecture.name.as_str(), missing);
        }
        return;
    }
    for (release, members) in releases {
        let processes: BTreeSet<usize> =
            members.iter().map(|it| cx.analysis.process_of[*it]).collect();
        let place = |at: usize| services[at].release.as_ref().map(|it| it.span);
        let Some(span) = members.first().and_then(|it| place(*it)) else { continue };
        if processes.len() < 2 {
            report.pass(&RULE);
            continue;
        }
        let names: Vec<String> =
            processes.iter().map(|it| format!("`{}`", cx.analysis.processes[*it].name)).collect();
        let message = format!("{} are only released together", listed(&names));
        let mut finding = RULE
            .at(release, span, format!("{} services in one release", names.len()), message)
            .help(
                "keep their interface compatible and release each when it is ready, or make them \
                 modules of one `deploy` unit",
            );
        for at in &members[1..] {
            if let Some(span) = place(*at) {
                finding = finding.also(span, "and this");
            }
        }
        report.fire(finding);
    }
}
