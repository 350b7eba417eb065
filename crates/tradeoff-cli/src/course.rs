//! The course of a run, its bins joined into as many columns as there is room for.

use tradeoff::results::Run;

/// How bins become columns; the run-in is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    /// The first bin that is shown.
    first: usize,
    /// Bins of a column.
    bins: usize,
    /// Columns.
    pub(crate) columns: usize,
    /// Seconds from the start of the measurement to the left edge.
    pub(crate) from: f64,
    /// Seconds of a column.
    pub(crate) step: f64,
    /// Seconds of a bin in all replications together.
    observed: f64,
}

impl Course {
    /// A course of at most `most` columns; `None` if nothing was recorded.
    pub(crate) fn new(run: &Run, most: usize, replications: u32) -> Option<Self> {
        let series = &run.series;
        let flows = series.requests.values().map(|it| it.offered.len());
        let resources = series.resources.values().map(|it| it.queue.len());
        let all = flows.chain(resources).max()?;
        let width = series.width;
        if width <= 0.0 || most == 0 {
            return None;
        }
        let first = (-series.from / width).ceil().max(0.0) as usize;
        let shown = all.checked_sub(first).filter(|it| *it > 0)?;
        let bins = shown.div_ceil(most);
        Some(Self {
            first,
            bins,
            columns: shown.div_ceil(bins),
            from: series.from + first as f64 * width,
            step: width * bins as f64,
            observed: width * f64::from(replications.max(1)),
        })
    }

    /// When the last column ends.
    pub(crate) fn end(&self) -> f64 {
        self.from + self.columns as f64 * self.step
    }

    /// Counts as rates per second of one replication.
    pub(crate) fn rate(&self, counts: &[u64]) -> Vec<Option<f64>> {
        let rate = |column: &[u64]| {
            Some(column.iter().sum::<u64>() as f64 / (self.observed * column.len() as f64))
        };
        self.columns_of(counts).map(|it| it.and_then(rate)).collect()
    }

    /// The greatest of each column.
    pub(crate) fn worst(&self, values: &[Option<f64>]) -> Vec<Option<f64>> {
        let worst = |column: &[Option<f64>]| column.iter().flatten().copied().reduce(f64::max);
        self.columns_of(values).map(|it| it.and_then(worst)).collect()
    }

    /// The mean of each column.
    pub(crate) fn mean(&self, values: &[f64]) -> Vec<Option<f64>> {
        let mean = |column: &[f64]| Some(column.iter().sum::<f64>() / column.len() as f64);
        self.columns_of(values).map(|it| it.and_then(mean)).collect()
    }

    /// The column in which a time lies.
    pub(crate) fn column(&self, at: f64) -> usize {
        (((at - self.from) / self.step).max(0.0) as usize).min(self.columns - 1)
    }

    fn columns_of<'a, T>(&self, bins: &'a [T]) -> impl Iterator<Item = Option<&'a [T]>> {
        let (first, width) = (self.first, self.bins);
        (0..self.columns).map(move |column| {
            let from = (first + column * width).min(bins.len());
            let column = &bins[from..(from + width).min(bins.len())];
            (!column.is_empty()).then_some(column)
        })
    }
}

#[cfg(test)]
mod tests {
    use tradeoff::results::Verdict;

    use super::Course;
    use crate::text::sample;

    #[test]
    fn bins_are_joined_from_the_start_of_the_measurement_on() {
        let run = sample::run(Some("flash-sale"), Verdict::Kept);
        let course = Course::new(&run, 100, 5).unwrap();
        assert_eq!((course.columns, course.from, course.step), (96, 0.0, 5.0));
        assert!((course.end() - 480.0).abs() < 1e-9);
        let flow = &run.series.requests["shoppers/order.place"];
        let offered = course.rate(&flow.offered);
        assert_eq!(offered.len(), 96);
        assert_eq!(offered[0], Some(600.0));
        assert_eq!(offered[course.column(121.0)], Some(3_000.0));
        assert_eq!(course.worst(&flow.p99)[2], Some(0.2));
        assert_eq!(course.mean(&[1.0; 35]), [&[Some(1.0)][..], &[None; 95]].concat());
        assert!(Course::new(&run, 0, 5).is_none());
    }
}
