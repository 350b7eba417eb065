//! What is owed, by interest.

use serde::Serialize;
use tradeoff_model::Fact;

use super::Decide;
use crate::load::Design;

/// Something that is owed. Work is in person-weeks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Debt {
    /// Its name in the architecture.
    pub name: String,
    /// What it is.
    pub what: String,
    /// Where.
    pub places: Vec<String>,
    /// Work that it costs a month; null: not stated.
    pub interest: Option<f64>,
    /// Work to be rid of it; null: not stated.
    pub principal: Option<f64>,
    /// Months after which paying it off has cost less than keeping it; null: not known.
    pub pays_off_in: Option<f64>,
    /// What makes it due.
    pub trigger: Option<String>,
    /// When it is due: `2027-06-30`.
    pub due: Option<String>,
    /// Whether that day has passed; null: no day is stated, or it is not known which day it is.
    pub overdue: Option<bool>,
    /// Who pays it down: the team that it names, or the one that owns the services where it is.
    pub team: Option<String>,
}

/// The one team that owns all services among some places, and those that own the stores.
fn owner(design: &Design, places: &[Fact]) -> Option<String> {
    let architecture = design.architecture();
    let service = |place: &Fact| {
        let name = place.text()?;
        let store = architecture.stores.iter().find(|it| it.name.value == name);
        match store {
            Some(store) => architecture.services.get(store.owner?),
            None => architecture.services.iter().find(|it| it.name.value == name),
        }
    };
    let mut teams: Vec<usize> = places.iter().filter_map(|it| service(it)?.team).collect();
    teams.sort_unstable();
    teams.dedup();
    let [team] = teams.as_slice() else { return None };
    Some(architecture.teams.get(*team)?.name.value.clone())
}

/// The register of debt, the highest interest first; what states none comes last.
pub fn debt(design: &Design) -> Decide {
    let today = design.today();
    let all = design.architecture().facts.entries("debt").map(|(name, it)| {
        let text = |key: &str| it.get(key).and_then(|it| it.text()).map(ToOwned::to_owned);
        let number = |key: &str| it.get(key).and_then(Fact::number);
        let (interest, principal) = (number("interest"), number("principal"));
        let due = it.get("due").and_then(Fact::date);
        let places = it.get("at").map_or(&[][..], |it| it.items());
        Debt {
            name: name.to_owned(),
            what: text("what").unwrap_or_default(),
            places: places.iter().filter_map(|it| Some(it.text()?.to_owned())).collect(),
            interest,
            principal,
            pays_off_in: principal.zip(interest).filter(|it| it.1 > 0.0).map(|it| it.0 / it.1),
            trigger: text("trigger"),
            due: due.map(|it| it.to_string()),
            overdue: due.zip(today).map(|(due, today)| due < today),
            team: text("team").or_else(|| owner(design, places)),
        }
    });
    let mut debt: Vec<Debt> = all.collect();
    debt.sort_by(|a, b| {
        let [a, b] = [a, b].map(|it| it.interest.unwrap_or(-1.0));
        b.total_cmp(&a)
    });
    Decide { debt, ..Decide::of(Some(design)) }
}
