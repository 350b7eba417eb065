//! The arithmetic of caches. Times are in one unit of the caller's choice, shares between 0 and 1.

/// The hit ratio from which on a look-up saves more time than it takes: each costs the time of the
/// cache, and a hit saves that of the origin.
pub fn break_even(cache: f64, origin: f64) -> f64 {
    cache / origin
}

/// The mean time of a read behind a cache: every read looks, and a miss asks the origin after that.
pub fn mean(cache: f64, origin: f64, hits: f64) -> f64 {
    cache + (1.0 - hits) * origin
}

/// The most hits that a memory can have which holds a share of what is asked for again, if the key
/// of rank i of very many is asked for in proportion to `i^-skew`, `skew` below 1: the sum of the
/// most popular ones (Breslau et al., "Web Caching and Zipf-like Distributions", INFOCOM 1999).
pub fn held(share: f64, skew: f64) -> f64 {
    libm::pow(share.min(1.0), 1.0 - skew)
}

/// The hit ratio of a key that is asked for at a rate and dropped a time after each load: one miss
/// in `1 + rate x time` reads (Poisson arrivals; Jung, Berger, Balakrishnan, "Modeling TTL-based
/// Internet caches", INFOCOM 2003).
pub fn expiring(rate: f64, time: f64) -> f64 {
    rate * time / (1.0 + rate * time)
}

/// The lifetime at which a key that is asked for at a rate has a hit ratio.
pub fn lifetime(rate: f64, hits: f64) -> f64 {
    hits / (1.0 - hits) / rate
}

/// Readers of a key that find it missing until the first has loaded it, that one included, if
/// nothing makes the others wait: those that come while it loads.
pub fn stampede(rate: f64, load: f64) -> f64 {
    1.0 + rate * load
}

/// How many times the load that the origin is used to comes when the cache is lost.
pub fn exposure(hits: f64) -> f64 {
    1.0 / (1.0 - hits)
}
