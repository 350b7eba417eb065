//! What a second try of the same request does: nothing, or harm.
//!
//! An endpoint says it itself (`idempotency_key`, `idempotent`), its HTTP method says it (RFC 9110,
//! section 9.2.2), or it follows from what its steps do.

use tradeoff_model::model::{Architecture, Endpoint};

use tradeoff_analyze::{Analysis, Callee};

/// What a second try does; a worse one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repeat {
    /// Reads again.
    Reads,
    /// Changes nothing that the first try has not changed.
    Safe,
    /// The file does not say.
    Unknown,
    /// Does it twice.
    Harms,
}

/// What a second try of each endpoint does.
#[derive(Debug)]
pub(crate) struct Repeats {
    endpoints: Vec<Repeat>,
    /// What its steps do, whatever the endpoint says of itself.
    effects: Vec<Repeat>,
    /// Whether it moves money, itself or by a call.
    money: Vec<bool>,
}

impl Repeats {
    pub(crate) fn new(analysis: &Analysis<'_>) -> Self {
        let count = analysis.endpoints.len();
        let mut it = Self {
            endpoints: vec![Repeat::Unknown; count],
            effects: vec![Repeat::Unknown; count],
            money: vec![false; count],
        };
        for group in analysis.order() {
            // Twice, so that what endpoints of a circle do reaches all of them.
            for number in group.iter().chain(group) {
                let endpoint = endpoint(analysis, *number);
                let edges = || analysis.edges_of(*number).iter();
                let callees = edges().filter(|edge| edge.to != Callee::Endpoint(*number));
                let worst = callees.map(|edge| it.callee(analysis.architecture, edge.to)).max();
                it.effects[*number] = worst.unwrap_or(Repeat::Unknown);
                it.endpoints[*number] = stated(endpoint).unwrap_or(it.effects[*number]);
                it.money[*number] |= endpoint.money
                    || edges().any(|edge| match edge.to {
                        Callee::Endpoint(to) => it.money[to],
                        _ => false,
                    });
            }
        }
        it
    }

    /// What a second try of a call or query does.
    pub(crate) fn of(&self, architecture: &Architecture, callee: Callee) -> Repeat {
        match callee {
            // Much of what writes may be written twice, such as a row under its own key: what is
            // not said of a query is not known.
            Callee::Operation(store, operation) => {
                let operation = &architecture.stores[store].operations[operation];
                match (operation.writes, operation.idempotent) {
                    (_, Some(true)) => Repeat::Safe,
                    (true, Some(false)) => Repeat::Harms,
                    (true, None) => Repeat::Unknown,
                    (false, _) => Repeat::Reads,
                }
            }
            _ => self.callee(architecture, callee),
        }
    }

    /// What the steps of an endpoint do if they run twice.
    pub(crate) fn effect(&self, number: usize) -> Repeat {
        self.effects[number]
    }

    /// Whether an endpoint moves money, itself or by a call.
    pub(crate) fn moves_money(&self, number: usize) -> bool {
        self.money[number]
    }

    /// What a callee adds to what an endpoint does: a write without a word about repeating it is
    /// taken to be done twice, as the endpoint would have to see to it.
    fn callee(&self, architecture: &Architecture, callee: Callee) -> Repeat {
        let said = |idempotent| match idempotent {
            Some(true) => Repeat::Safe,
            Some(false) => Repeat::Harms,
            None => Repeat::Unknown,
        };
        match callee {
            Callee::Endpoint(number) => self.endpoints[number],
            Callee::External(external, operation) => {
                let external = &architecture.externals[external];
                let own = operation.map(|at| external.operations[at].idempotent);
                said(own.unwrap_or(external.idempotent))
            }
            Callee::Operation(store, operation) => {
                let operation = &architecture.stores[store].operations[operation];
                match (operation.writes, operation.idempotent) {
                    (_, Some(true)) => Repeat::Safe,
                    (true, _) => Repeat::Harms,
                    (false, _) => Repeat::Reads,
                }
            }
        }
    }
}

/// The dotted path of what would tell about a callee.
pub(crate) fn missing(analysis: &Analysis<'_>, callee: Callee) -> String {
    let architecture = analysis.architecture;
    match callee {
        Callee::Endpoint(number) => {
            let (service, _) = analysis.endpoints[number];
            let name = &architecture.services[service].name.value;
            let endpoint = &endpoint(analysis, number).name.value;
            format!("services.{name}.endpoints.{endpoint}.idempotent")
        }
        Callee::External(external, operation) => {
            let external = &architecture.externals[external];
            let name = &external.name.value;
            match operation.map(|at| &external.operations[at].name.value) {
                Some(operation) => format!("externals.{name}.operations.{operation}.idempotent"),
                None => format!("externals.{name}.idempotent"),
            }
        }
        Callee::Operation(store, operation) => {
            let store = &architecture.stores[store];
            let (name, operation) = (&store.name.value, &store.operations[operation].name.value);
            format!("stores.{name}.operations.{operation}.idempotent")
        }
    }
}

/// An endpoint by its number.
pub(crate) fn endpoint<'a>(analysis: &Analysis<'a>, number: usize) -> &'a Endpoint {
    let (service, endpoint) = analysis.endpoints[number];
    &analysis.architecture.services[service].endpoints[endpoint]
}

/// The HTTP method of an endpoint, if it states one.
pub(crate) fn method(endpoint: &Endpoint) -> Option<&str> {
    endpoint.http.as_ref()?.value.split_whitespace().next()
}

/// What an endpoint says of itself.
fn stated(endpoint: &Endpoint) -> Option<Repeat> {
    if endpoint.idempotency_key == Some(true) || endpoint.idempotent == Some(true) {
        return Some(Repeat::Safe);
    }
    if endpoint.idempotent == Some(false) {
        return Some(Repeat::Harms);
    }
    match method(endpoint)?.to_ascii_uppercase().as_str() {
        "GET" | "HEAD" | "OPTIONS" => Some(Repeat::Reads),
        "PUT" | "DELETE" => Some(Repeat::Safe),
        _ => None,
    }
}
