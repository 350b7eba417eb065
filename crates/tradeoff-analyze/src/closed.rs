//! What users who wait for their answers come to: their rates, and the queues that they are in.

use tradeoff_model::model::TrafficKind;

use crate::mva::{self, Class};
use crate::offers::{Offer, offers};
use crate::{Analysis, visits};

/// What all sources come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closed {
    /// Requests per second of each source.
    pub(crate) rates: Vec<f64>,
    /// How many times as long a visit to the cores of each process takes as it would alone, for
    /// one server that is as fast as all; `None`: no closed users come there.
    pub(crate) cores: Vec<Option<f64>>,
    /// Of closed traffic the least and the most that its users can come to.
    pub(crate) bounds: Vec<Option<(f64, f64)>>,
    /// The same for each store: the copy that takes the writes, and the others.
    pub(crate) stores: Vec<[Option<f64>; 2]>,
}

/// A center of the network: the equal copies of a station.
struct Center {
    copies: f64,
    servers: f64,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Process(usize),
    First(usize),
    Other(usize),
}

/// Runs of each endpoint per second at these rates of the sources.
pub(crate) fn runs(analysis: &Analysis<'_>, rates: &[f64]) -> Vec<f64> {
    let mut runs = vec![0.0; analysis.endpoints.len()];
    let traffic = analysis.architecture.traffic.iter().zip(rates).zip(&analysis.load.flows);
    for ((traffic, rate), flow) in traffic {
        let offered = visits::offered(analysis, traffic);
        if offered > 0.0 && *rate > 0.0 {
            runs.iter_mut().zip(flow).for_each(|(runs, it)| *runs += it * (rate / offered));
        }
    }
    runs
}

/// Solves for the rates of closed traffic; open traffic comes at its own.
pub(crate) fn solve(analysis: &Analysis<'_>) -> Closed {
    let architecture = analysis.architecture;
    let offered: Vec<f64> =
        architecture.traffic.iter().map(|it| visits::offered(analysis, it)).collect();
    let mut closed = Closed {
        cores: vec![None; analysis.processes.len()],
        stores: vec![[None; 2]; architecture.stores.len()],
        bounds: vec![None; offered.len()],
        rates: offered.clone(),
    };
    let is_closed = |at: usize| matches!(architecture.traffic[at].kind, TrafficKind::Closed { .. });
    let sources: Vec<usize> =
        (0..offered.len()).filter(|it| is_closed(*it) && offered[*it] > 0.0).collect();
    if sources.is_empty() {
        return closed;
    }
    let centers = centers(analysis);
    let only = |wanted: &dyn Fn(usize) -> bool| -> Vec<f64> {
        (0..offered.len()).map(|it| if wanted(it) { offered[it] } else { 0.0 }).collect()
    };
    // Open traffic leaves the rest of each center to the others.
    let open = busy(analysis, &centers, &only(&|it| !is_closed(it)));
    let room: Vec<f64> = open.iter().map(|it| (1.0 - it).max(0.0)).collect();
    let mut classes = Vec::with_capacity(sources.len());
    for source in &sources {
        let TrafficKind::Closed { users, think } = &architecture.traffic[*source].kind else {
            continue;
        };
        let rate = offered[*source];
        let own = busy(analysis, &centers, &only(&|it| it == *source));
        let demands: Vec<f64> = own.iter().map(|it| it / rate).collect();
        if demands.iter().zip(&room).any(|(demand, room)| *demand > 0.0 && *room <= 0.0) {
            // Open traffic alone takes all of a center: there is no steady state.
            return closed;
        }
        let queued: f64 = demands.iter().zip(&centers).map(|(it, center)| it * center.copies).sum();
        let alone = f64::from(*users) / rate;
        // What nobody queues for: thinking, waiting for others, and the other cores of a center.
        let think = (alone - queued).max(think.mean());
        let demands: Vec<f64> =
            demands.iter().zip(&room).map(|(it, room)| it / room.max(f64::MIN_POSITIVE)).collect();
        let all = demands.iter().zip(&centers).map(|(it, center)| it * center.copies).sum();
        let largest = demands.iter().copied().fold(0.0, f64::max);
        closed.bounds[*source] = Some(mva::bounds(*users, think, all, largest));
        classes.push(Class { users: *users, think, demands });
    }
    let copies: Vec<f64> = centers.iter().map(|it| it.copies).collect();
    let solution = mva::solve(&copies, &classes);
    for (source, rate) in sources.iter().zip(&solution.rates) {
        closed.rates[*source] = *rate;
    }
    let all = busy(analysis, &centers, &only(&is_closed));
    let slower: Vec<f64> = busy_at(analysis, &centers, &closed.rates, &is_closed);
    for (at, center) in centers.iter().enumerate().filter(|(at, _)| all[*at] > 0.0) {
        let factor = (solution.queues[at] / slower[at]).max(1.0);
        match center.place {
            Place::Process(process) => closed.cores[process] = Some(factor),
            Place::First(store) => closed.stores[store][0] = Some(factor),
            Place::Other(store) => closed.stores[store][1] = Some(factor),
        }
    }
    closed
}

/// The stations whose cores are stated.
fn centers(analysis: &Analysis<'_>) -> Vec<Center> {
    let mut centers = Vec::new();
    for process in 0..analysis.processes.len() {
        let lead = analysis.lead(process);
        if let Some(cores) = lead.cores {
            let (copies, servers) = (lead.replicas.value.into(), cores.count.into());
            centers.push(Center { copies, servers, place: Place::Process(process) });
        }
    }
    for (at, store) in analysis.architecture.stores.iter().enumerate() {
        if let Some(cores) = store.cores {
            let servers = cores.count.into();
            centers.push(Center { copies: 1.0, servers, place: Place::First(at) });
            if store.replicas.value > 1 {
                let copies = f64::from(store.replicas.value - 1);
                centers.push(Center { copies, servers, place: Place::Other(at) });
            }
        }
    }
    centers
}

/// Utilization of a copy of each center at these rates.
fn busy(analysis: &Analysis<'_>, centers: &[Center], rates: &[f64]) -> Vec<f64> {
    let offers = offers(analysis, &runs(analysis, rates));
    let of = |center: &Center| {
        let offer: Offer = match center.place {
            Place::Process(process) => offers.work[process].part(center.copies),
            Place::First(store) => {
                offers.writes[store].with(offers.reads[store], share(analysis, store))
            }
            Place::Other(store) => {
                Offer::default().with(offers.reads[store], share(analysis, store))
            }
        };
        offer.busy / center.servers
    };
    centers.iter().map(of).collect()
}

fn busy_at(
    analysis: &Analysis<'_>,
    centers: &[Center],
    rates: &[f64],
    wanted: &dyn Fn(usize) -> bool,
) -> Vec<f64> {
    let rates: Vec<f64> =
        rates.iter().enumerate().map(|(at, it)| if wanted(at) { *it } else { 0.0 }).collect();
    busy(analysis, centers, &rates)
}

fn share(analysis: &Analysis<'_>, store: usize) -> f64 {
    1.0 / f64::from(analysis.architecture.stores[store].replicas.value)
}
