//! Control variates: the luck of what a design puts in, taken out of what comes of it.
//!
//! A replication in which a little more arrived, or a little more work was asked for, waits a
//! little longer. How much arrived and how long the services were is chance that the design states
//! the mean of, so it tells which part of a replication's figure is luck: the figure is regressed
//! on these *controls* over the replications, and the estimate is the regression's value where
//! every control has its stated mean. The standard error is that of the regression with an
//! intercept, with as many degrees of freedom fewer as there are controls (Lavenberg, Moeller and
//! Welch, "Statistical results on control variables with application to queueing network
//! simulation", Operations Research 30, 1982; Nelson, "Control variate remedies", Operations
//! Research 38, 1990). Near saturation that halves the variance of a mean wait, and all but
//! removes that of a utilization: it is as if the suite ran twice as long, or ten times.
//!
//! Of the run, only what a design states is a control: arrivals, times of service and of thinking,
//! ways taken by chance. What the engine makes of them never is. But what counts is not only how
//! much came, but in which order, and that no mean of the design tells. So most cases have *external*
//! controls besides (Lavenberg and Welch, "A perspective on the use of control variables to increase
//! the efficiency of Monte Carlo simulations", Management Science 27, 1981; Law, "Simulation Modeling
//! and Analysis", 11.4): a recursion of a few lines, in `beside`, meets the very draws of the
//! replication, which it derives by itself from their identities, in another system whose mean theory
//! knows exactly. M/M/c has the fast single server and the line with less room beside it, M/M/1 has
//! services that vary half as much and such as a coin makes longer or shorter, the shortest line has
//! the one line for all, Erlang's losses have those of a few servers more or fewer. That takes away
//! nine tenths of the variance, and often 99 in 100.
//!
//! A system beside is never the one that the case is about, or theory would be held against itself:
//! where its mean is off by as little as a percent, what it says of the row is the engine's own
//! difference from it. If the engine drew otherwise than the recursion does, the two would no longer
//! go together, and the case would fail for its noise.
//!
//! Each control is held against its known mean like any other figure, and so is every estimate before
//! it is adjusted: a wrong draw cannot hide behind its own adjustment.

use tradeoff_sim::results::Figure;

use crate::bench::View;

/// What a design puts in, with its mean.
#[derive(Clone, Debug)]
pub(crate) enum Control {
    /// Requests per second of all traffic.
    Arrivals { rate: f64 },
    /// Seconds for which a server of some resources that are all alike is needed.
    Work { resources: Vec<String>, mean: f64 },
    /// The same at the speed of one, where the replicas of a resource have these speeds.
    Speeds { resource: String, speeds: [f64; 2], mean: f64 },
    /// Visits to a resource per request.
    Visits { resource: String, mean: f64 },
    /// Seconds for which each of some users of a traffic thinks.
    Think { traffic: String, users: u32, mean: f64 },
}

impl Control {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Arrivals { .. } => "arrivals".to_owned(),
            Self::Work { resources, .. } => format!("{} work", resources.join(" and ")),
            Self::Speeds { resource, .. } => format!("{resource} work"),
            Self::Visits { resource, .. } => format!("{resource} visits"),
            Self::Think { traffic, .. } => format!("{traffic} think"),
        }
    }

    pub(crate) fn mean(&self) -> f64 {
        match self {
            Self::Arrivals { rate } => *rate,
            Self::Work { mean, .. }
            | Self::Speeds { mean, .. }
            | Self::Visits { mean, .. }
            | Self::Think { mean, .. } => *mean,
        }
    }

    /// What a replication got.
    pub(crate) fn seen(&self, view: &View) -> f64 {
        let run = &view.run;
        let offered: u64 = run.requests.values().map(|it| it["all"].offered).sum();
        let time = run.end * view.replications as f64;
        match self {
            Self::Arrivals { .. } => offered as f64 / time,
            Self::Work { resources, .. } => {
                let all = || resources.iter().map(|it| view.resource(it));
                // Servers at work in the mean: those in the system who do not wait in line.
                let busy: f64 = all().map(|it| value(it.in_system) - value(it.queue.mean)).sum();
                let served: u64 = all().map(|it| it.served).sum();
                busy * time / served as f64
            }
            Self::Speeds { resource, speeds, .. } => {
                let it = view.resource(resource);
                let used = it.utilization_per_replica.iter().zip(speeds);
                used.map(|(used, speed)| used * speed).sum::<f64>() * time / it.served as f64
            }
            Self::Visits { resource, .. } => {
                view.resource(resource).arrivals as f64 / offered as f64
            }
            Self::Think { traffic, users, .. } => {
                let it = &run.requests[traffic]["all"];
                let inside = value(it.latency.mean) * it.ok as f64;
                (f64::from(*users) * time - inside) / it.offered as f64
            }
        }
    }
}

/// A figure that every run has.
fn value(figure: Figure) -> f64 {
    figure.expect("the run is steady and long").value
}

/// A mean and its standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adjusted {
    pub(crate) value: f64,
    pub(crate) error: f64,
}

/// How the replications differed from what the design states.
#[derive(Debug)]
pub(crate) struct Controls {
    /// How all of them together did, by control.
    off: Vec<f64>,
    /// How each of them did besides, by control, then by replication.
    centered: Vec<Vec<f64>>,
    replications: usize,
}

impl Controls {
    /// Nothing to adjust by.
    pub(crate) fn none(replications: usize) -> Self {
        Self { off: Vec::new(), centered: Vec::new(), replications }
    }

    /// From the differences by control, of all replications together and of each.
    pub(crate) fn new(off: Vec<f64>, each: &[Vec<f64>], replications: usize) -> Self {
        Self { off, centered: each.iter().map(|it| center(it)).collect(), replications }
    }

    /// The value of the regression where nothing differs from what the design states. `pooled` is
    /// the figure of all replications together, `samples` are those of each.
    pub(crate) fn adjust(&self, pooled: f64, samples: &[f64]) -> Adjusted {
        let mut rest = center(samples);
        let squares: Vec<Vec<f64>> = self.centered.iter().map(|it| self.products(it)).collect();
        let slopes = solve(squares.clone(), self.products(&rest));
        for (control, slope) in self.centered.iter().zip(&slopes) {
            for (rest, off) in rest.iter_mut().zip(control) {
                *rest -= slope * off;
            }
        }
        // How far the stated means lie from those that were seen, in the units of the regression.
        let leverage = dot(&solve(squares, self.off.clone()), &self.off);
        let degrees = self.replications - 1 - self.off.len();
        let variance = dot(&rest, &rest) / degrees as f64;
        Adjusted {
            value: pooled - dot(&slopes, &self.off),
            error: libm::sqrt(variance * (1.0 / self.replications as f64 + leverage)),
        }
    }

    fn products(&self, other: &[f64]) -> Vec<f64> {
        self.centered.iter().map(|it| dot(it, other)).collect()
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// What lies off the mean.
fn center(samples: &[f64]) -> Vec<f64> {
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    samples.iter().map(|it| it - mean).collect()
}

/// Solves linear equations of a symmetric matrix by Gauss's elimination; a control that never
/// varies, or that follows from others, takes no part.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    let scale: Vec<f64> = (0..size).map(|it| matrix[it][it]).collect();
    let mut used = vec![false; size];
    for pivot in 0..size {
        used[pivot] = matrix[pivot][pivot] > 1e-9 * scale[pivot];
        if !used[pivot] {
            continue;
        }
        for row in 0..size {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            if row == pivot || factor == 0.0 {
                continue;
            }
            let above = matrix[pivot].clone();
            for (it, above) in matrix[row].iter_mut().zip(above) {
                *it -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    (0..size).map(|it| if used[it] { right[it] / matrix[it][it] } else { 0.0 }).collect()
}
