//! The arithmetic of messages that are lost, repeated or late.

/// Messages that are done twice, or lost, by one crash on average, where the position is saved
/// every so many seconds: the crash comes at any moment between two saves.
pub fn per_crash(rate: f64, interval: f64) -> f64 {
    rate * interval / 2.0
}

/// The most that one crash repeats, or loses: a crash just before a save.
pub fn worst_crash(rate: f64, interval: f64) -> f64 {
    rate * interval
}

/// The share of all messages that crashes repeat, or lose, where the position is saved every so
/// many seconds; it does not depend on the rate.
pub fn share(interval: f64, crashes_per_hour: f64) -> f64 {
    interval / 2.0 * crashes_per_hour / 3600.0
}

/// How often a message is processed on average, where the position is saved after every `batch`
/// messages and each one crashes with a probability after its effect: the mean number of trials
/// until `batch` successes in a row, for each of them.
pub fn times_processed(batch: f64, crash: f64) -> f64 {
    if crash <= 0.0 {
        return 1.0;
    }
    // (1 - q^m) / (p q^m) / m with q = 1 - p, for a p that is almost nothing too.
    libm::expm1(-batch * libm::log1p(-crash)) / (crash * batch)
}

/// How often a message is processed once more on average, in such batches.
pub fn repeated(batch: f64, crash: f64) -> f64 {
    times_processed(batch, crash) - 1.0
}

/// The same where crashes are rare: one repeats half a batch, its own message included.
pub fn repeated_rarely(batch: f64, crash: f64) -> f64 {
    f64::midpoint(batch, 1.0) * crash
}

/// Copies of a message in the log on average, if its producer sends it again until an
/// acknowledgment arrives and each is lost with a probability. The log knows those of an idempotent
/// producer by their numbers and keeps one (KIP-98).
pub fn copies(lost: f64, idempotent: bool) -> f64 {
    if idempotent { 1.0 } else { 1.0 / (1.0 - lost) }
}

/// How likely a message has more than one: its first acknowledgment is lost.
pub fn duplicated(lost: f64, idempotent: bool) -> f64 {
    if idempotent { 0.0 } else { lost }
}

/// How far consumers fall behind in a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// Messages per second that all consumers do.
    pub capacity: f64,
    /// Messages that wait at the end of the burst.
    pub peak: f64,
    /// Seconds after it until none waits.
    pub drain: f64,
    /// Seconds that the last message of the burst waits.
    pub delay: f64,
}

/// A burst of so many seconds over a steady rate, at consumers that each do `each` per second; as
/// if messages were a fluid. `None` if they do not even keep up with the steady rate.
pub fn lag(steady: f64, burst: f64, seconds: f64, consumers: f64, each: f64) -> Option<Lag> {
    let capacity = consumers * each;
    if capacity <= steady {
        return None;
    }
    let peak = ((burst - capacity) * seconds).max(0.0);
    Some(Lag { capacity, peak, drain: peak / (capacity - steady), delay: peak / capacity })
}

/// Partitions of the consumer with most, and consumers that have none.
pub fn assigned(partitions: u32, consumers: u32) -> (u32, u32) {
    (partitions.div_ceil(consumers.max(1)), consumers.saturating_sub(partitions))
}
