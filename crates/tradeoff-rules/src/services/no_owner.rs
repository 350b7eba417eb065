//! `svc-no-owner`: services that nobody answers for.

use tradeoff_diag::Severity;

use crate::{Context, Report, Source};

rule! {
    /// A service has no team.
    ///
    /// # Why
    /// Somebody must be called when it breaks, decide what it is to do and pay for what it costs.
    /// A service without an owner is changed by everybody a little and by nobody in whole; it is
    /// the one that is still on the old library when the advisory comes.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// teams:
    ///   checkout: { engineers: 6 }
    /// services:
    ///   order: { team: checkout }
    ///   mailer: {}
    /// # ^^^^^^ svc-no-owner
    /// ```
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// teams:
    ///   checkout: { engineers: 6 }
    /// services:
    ///   order: { team: checkout }
    ///   mailer: { team: checkout }
    /// ```
    ///
    /// # Limits
    /// Where no team is named at all the file does not speak of owners, and the rule cannot tell.
    /// Of a deploy unit it is enough if one module has a team. A service of this format has one
    /// team at most, so that several owners cannot be seen. Who is to own it no file can say, so
    /// there is no patch.
    ///
    /// # Sources
    /// Guide, section 1: what a team has to keep in mind. D. Taibi, V. Lenarduzzi, "On the
    /// Definition of Microservice Bad Smells", IEEE Software 2018.
    pub const RULE = Rule {
        id: "svc-no-owner",
        severity: Severity::Warning,
        source: Source {
            guide: Some("1"),
            other: Some("Taibi, Lenarduzzi: On the Definition of Microservice Bad Smells"),
        },
        summary: "a service without a team",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let architecture = cx.architecture;
    if architecture.teams.is_empty() {
        if !architecture.services.is_empty() {
            report.unknown(&RULE, architecture.name.as_str(), "teams");
        }
        return;
    }
    for process in &cx.analysis.processes {
        let modules = || process.services.iter().map(|it| &architecture.services[*it]);
        if modules().any(|it| it.team.is_some()) {
            report.pass(&RULE);
            continue;
        }
        for service in modules().take(1) {
            let message = format!("nobody answers for `{}`", process.name);
            report.fire(
                RULE.at(process.name.as_str(), service.name.span, "no team", message)
                    .help("say which `team` owns it"),
            );
        }
    }
}
