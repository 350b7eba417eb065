//! What an ADR says, held against the record of it.

use tradeoff_decide::{Opt, Topic};

/// What an ADR says that can be held against the record of it.
pub(crate) struct Said {
    /// Parts that it lacks.
    pub(crate) lacks: Vec<&'static str>,
    /// In what it differs from the record.
    pub(crate) differs: Option<String>,
}

/// Headings that an ADR has, each under one of these names.
const PARTS: [(&str, &[&str]); 4] = [
    ("its context", &["context"]),
    ("the options", &["considered options", "options", "alternatives"]),
    ("the outcome", &["decision outcome", "decision"]),
    ("the consequences", &["consequences"]),
];

/// Reads an ADR in the form of MADR, or near it.
pub(crate) fn read(text: &str, topic: Option<&Topic>, chosen: &str) -> Said {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let heading = |line: &str| {
        line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase())
    };
    let filled = |names: &[&str]| {
        let at = lines.iter().position(|it| {
            heading(it).is_some_and(|it| names.iter().any(|name| it.starts_with(name)))
        });
        let below = at.and_then(|at| lines.get(at + 1..)).unwrap_or_default();
        let text = below.iter().find(|it| !it.is_empty());
        // A part that begins with a part below it is filled by that.
        text.is_some_and(|it| {
            !it.starts_with("# ") && !it.starts_with("## ") && !it.starts_with('{')
        })
    };
    let lacks = PARTS.iter().filter(|it| !filled(it.1)).map(|it| it.0).collect();
    let status = lines.iter().find_map(|it| it.strip_prefix("status:")).map(str::trim);
    let status = status.map(|it| it.trim_matches('"'));
    let gone = status.filter(|it| {
        ["superseded", "rejected", "deprecated"].iter().any(|word| it.starts_with(word))
    });
    let says = lines.iter().find_map(|it| it.strip_prefix("Chosen option:"));
    let says = says.and_then(|it| it.split('"').nth(1));
    let other = says.zip(topic).and_then(|(says, topic)| {
        let means = |it: &&Opt| it.id.eq_ignore_ascii_case(says) || it.title == says;
        topic.options.iter().find(means).filter(|it| it.id != chosen)
    });
    let differs = match (gone, other) {
        (Some(status), _) => Some(format!("its status is `{status}`")),
        (None, Some(other)) => Some(format!("it chose `{}`", other.id)),
        (None, None) => None,
    };
    Said { lacks, differs }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::decide::topic;

    #[test]
    fn an_adr_is_read_by_its_headings() {
        let topic = topic("pagination");
        let text = "---\nstatus: accepted\n---\n# T\n## Context\nx\n## Considered Options\n* x\n\
                    ## Decision Outcome\nChosen option: \"keyset\", because\n### Consequences\nx\n";
        let said = read(text, topic, "cursor");
        assert_eq!((said.lacks, said.differs), (vec![], Some("it chose `keyset`".into())));
        let said = read("# T\n## Context\n{describe}\n", topic, "cursor");
        assert_eq!(said.lacks.len(), 4);
    }
}
