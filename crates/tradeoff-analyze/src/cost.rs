//! What runs, and what it costs an hour.

use tradeoff_model::Architecture;

/// USD per hour of all services and stores that state a cost; a deploy unit is paid for once.
/// `None` if none does.
pub fn hourly(architecture: &Architecture) -> Option<f64> {
    let mut units = Vec::new();
    let services = architecture.services.iter().filter(|it| {
        let unit = it.deploy.as_ref().map(|it| &it.value);
        let paid = it.cost.is_some() && unit.is_some_and(|it| units.contains(&it));
        if it.cost.is_some() {
            units.extend(unit);
        }
        !paid
    });
    let services = services.map(|it| (it.cost, it.replicas.value));
    let stores = architecture.stores.iter().map(|it| (it.cost, it.replicas.value));
    let costs = services
        .chain(stores)
        .filter_map(|(cost, replicas)| cost.map(|it| it * f64::from(replicas)));
    let costs: Vec<f64> = costs.collect();
    (!costs.is_empty()).then(|| costs.iter().sum())
}
