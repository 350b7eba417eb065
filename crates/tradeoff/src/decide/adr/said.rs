//! What an ADR says, held against the record of it.

use tradeoff_decide::{Opt, Topic};
use tradeoff_model::nearest;

/// What an ADR says that can be held against the record of it.
pub(crate) struct Said {
    /// Parts that it lacks.
    pub(crate) lacks: Vec<&'static str>,
    /// In what it differs from the record.
    pub(crate) differs: Option<Differs>,
}

/// In what an ADR differs from its record, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Differs {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What stands there.
    pub(crate) what: String,
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
    let differs = gone(&lines).or_else(|| otherwise(&lines, topic?, chosen));
    Said { lacks, differs }
}

/// A status that says that it no longer holds.
fn gone(lines: &[&str]) -> Option<Differs> {
    let of =
        |it: &&str| it.strip_prefix("status:").map(|it| it.trim().trim_matches('"').to_owned());
    let (at, status) = lines.iter().enumerate().find_map(|(at, it)| Some((at, of(it)?)))?;
    let gone = ["superseded", "rejected", "deprecated"].iter().any(|it| status.starts_with(it));
    gone.then(|| Differs { line: at + 1, what: format!("its status is `{status}`") })
}

/// A chosen option that is another one, or none of the topic's.
fn otherwise(lines: &[&str], topic: &Topic, chosen: &str) -> Option<Differs> {
    let says = |it: &&str| it.strip_prefix("Chosen option:").map(named);
    let (at, says) = lines.iter().enumerate().find_map(|(at, it)| Some((at, says(it)?)))?;
    let means = |it: &&Opt| [it.id, it.title].iter().any(|it| it.eq_ignore_ascii_case(&says));
    let what = match topic.options.iter().find(means) {
        Some(same) if same.id == chosen => return None,
        Some(other) => format!("it chose `{}`", other.id),
        None => {
            let words = topic.options.iter().flat_map(|it| [it.title, it.id]);
            let near = nearest(&says, words).or_else(|| topic.option(chosen).map(|it| it.title));
            let near = near.map_or(String::new(), |it| format!("; did you mean \"{it}\"?"));
            format!("`{says}` is no option of `{}`{near}", topic.id)
        }
    };
    Some(Differs { line: at + 1, what })
}

/// What stands between quotes, or up to the reason.
fn named(text: &str) -> String {
    let quoted = text.trim_start().strip_prefix('"').and_then(|it| it.split('"').next());
    let bare = || text.split(", because").next().unwrap_or_default().trim_end_matches('.');
    quoted.unwrap_or_else(bare).trim().to_owned()
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
        assert_eq!(said.lacks, Vec::<&str>::new());
        let differs = said.differs.unwrap();
        assert_eq!((differs.line, differs.what.as_str()), (10, "it chose `keyset`"));
        let of = |line: &str, chosen: &str| {
            let text = text.replace("Chosen option: \"keyset\", because", line);
            read(&text, topic, chosen).differs.map(|it| (it.line, it.what))
        };
        assert_eq!(of("Chosen option: keyset, because it \"fits\"", "keyset"), None);
        let (line, what) = of("Chosen option: \"keysett\", because", "keyset").unwrap();
        assert_eq!(line, 10);
        assert!(what.contains("`keysett` is no option of `pagination`"), "{what}");
        assert!(what.ends_with("did you mean \"keyset\"?"), "{what}");
        let (_, what) = of("Chosen option: Something else entirely.", "cursor").unwrap();
        assert!(what.contains("did you mean \"An opaque cursor that holds the key\"?"), "{what}");
        let said = read("# T\n## Context\n{describe}\n", topic, "cursor");
        assert_eq!(said.lacks.len(), 4);
    }
}
