//! What the file says to the rules: accepted findings.

use super::Cx;
use super::fields::Fields;
use super::names::{Names, unknown};
use crate::model::Acceptance;
use crate::table::{ACCEPTANCE, RULES};

/// The accepted findings, in the order of the file. Whether there is such a rule is for those who
/// know the rules to say.
pub(super) fn acceptances(
    cx: &mut Cx<'_>,
    root: &Fields<'_>,
    names: &Names<'_>,
) -> Vec<Acceptance> {
    let mut found = Vec::new();
    let Some(entry) = root.get("rules") else { return found };
    let pointer = root.path("rules");
    let Some(rules) = Fields::open(cx, &entry.node, entry.key_span, &RULES, &pointer) else {
        return found;
    };
    let Some(list) = rules.get("accept") else { return found };
    let Some(items) = list.node.items() else {
        rules.wrong_type(cx, "accept");
        return found;
    };
    for (nth, item) in items.iter().enumerate() {
        let pointer = rules.path_of("accept", &nth.to_string());
        if let Some(fields) = Fields::open(cx, item, item.span, &ACCEPTANCE, &pointer) {
            found.extend(acceptance(cx, &fields, names));
        }
    }
    found
}

fn acceptance(cx: &mut Cx<'_>, fields: &Fields<'_>, names: &Names<'_>) -> Option<Acceptance> {
    let rule = fields.text(cx, "rule");
    let at = fields.text(cx, "at");
    let reason = fields.text(cx, "reason");
    let owner = fields.text(cx, "owner").and_then(|owner| {
        let found = names.teams.get(owner.value.as_str()).copied();
        if found.is_none() {
            let near = cx.nearest(&owner.value, names.teams.keys().copied());
            cx.error(unknown("team", &owner, near));
        }
        found
    });
    let expires = fields.date(cx, "expires");
    Some(Acceptance {
        rule: rule?,
        at: at?,
        reason: reason?.value,
        owner: owner?,
        expires: expires?,
    })
}
