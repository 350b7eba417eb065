//! Drawing replicas that are alive, without looking at all of them unless many are dead.

use alloc::{boxed::Box, vec::Vec};

/// Draws that may hit a dead replica before all are looked at. Drawing again keeps the living
/// equally likely, and so many in a row are rare unless most are dead.
const TRIES: u32 = 8;

/// The capacities of the replicas; empty while they do not matter.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    replicas: u32,
    each: Box<[f64]>,
    /// Sums up to and including each.
    sums: Box<[f64]>,
}

impl Weights {
    /// Such that neither sums nor quotients of weights ever overflow.
    const RANGE: (f64, f64) = (1e-30, 1e30);

    pub(super) fn new(weights: &[f64], matter: bool) -> Self {
        let replicas = weights.len().max(1) as u32;
        let (least, most) = Self::RANGE;
        let usable = |&weight: &f64| if weight > least { weight.min(most) } else { least };
        let each: Box<[f64]> = weights.iter().map(usable).collect();
        if !matter || each.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq()) {
            return Self { replicas, each: Box::default(), sums: Box::default() };
        }
        let sum = |sum: &mut f64, weight: &f64| {
            *sum += weight;
            Some(*sum)
        };
        let sums: Vec<f64> = each.iter().scan(0.0, sum).collect();
        Self { replicas, each, sums: sums.into() }
    }

    /// Whether one replica is as good as another.
    #[inline]
    pub(super) fn equal(&self) -> bool {
        self.each.is_empty()
    }

    /// The weight of one of several that differ.
    #[inline]
    pub(super) fn of(&self, replica: u32) -> f64 {
        self.each[replica as usize]
    }

    /// One that is alive, in proportion to weight.
    pub(super) fn any(
        &self,
        alive: &impl Fn(u32) -> bool,
        draw: &mut impl FnMut() -> f64,
    ) -> Option<u32> {
        if self.equal() {
            return any(self.replicas, alive, draw);
        }
        for _ in 0..TRIES {
            let replica = self.place(draw());
            if alive(replica) {
                return Some(replica);
            }
        }
        let living = || (0..self.replicas).filter(|&replica| alive(replica));
        let total: f64 = living().map(|replica| self.of(replica)).sum();
        let mut left = draw() * total;
        let found = living().find(|&replica| {
            left -= self.of(replica);
            left < 0.0
        });
        // Rounding may leave a rest behind the last one.
        found.or_else(|| living().last())
    }

    /// The one at a point of [0, 1), or the next that is alive.
    pub(super) fn at(&self, point: f64, alive: &impl Fn(u32) -> bool) -> Option<u32> {
        first_from(self.place(point), self.replicas, alive)
    }

    fn place(&self, point: f64) -> u32 {
        let Some(total) = self.sums.last() else { return index(point, self.replicas) };
        let sought = point * total;
        let place = self.sums.partition_point(|&sum| sum <= sought);
        (place as u32).min(self.replicas - 1)
    }
}

/// A point of [0, 1) as one of `count` indices.
#[inline]
pub(super) fn index(point: f64, count: u32) -> u32 {
    ((point * f64::from(count)) as u32).min(count - 1)
}

/// A point of [0, 1) that depends on the client alone: the finalizer of `SplitMix64`.
pub(super) fn hashed(client: u64) -> f64 {
    let mut bits = client.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// The first that is alive, going around once.
pub(super) fn first_from(start: u32, count: u32, alive: &impl Fn(u32) -> bool) -> Option<u32> {
    (start..count).chain(0..start).find(|&replica| alive(replica))
}

/// One that is alive, all of them equally likely.
#[inline]
pub(super) fn any(
    count: u32,
    alive: &impl Fn(u32) -> bool,
    draw: &mut impl FnMut() -> f64,
) -> Option<u32> {
    another(count, &[], alive, draw)
}

/// One that is alive and not yet `drawn`, which is sorted; all of them equally likely.
#[inline]
pub(super) fn another(
    count: u32,
    drawn: &[u32],
    alive: &impl Fn(u32) -> bool,
    draw: &mut impl FnMut() -> f64,
) -> Option<u32> {
    let rest = count - drawn.len() as u32;
    for _ in 0..TRIES {
        let mut replica = index(draw(), rest);
        for &before in drawn {
            replica += u32::from(replica >= before);
        }
        if alive(replica) {
            return Some(replica);
        }
    }
    let eligible =
        || (0..count).filter(|replica| drawn.binary_search(replica).is_err() && alive(*replica));
    match eligible().count() as u32 {
        0 => None,
        living => eligible().nth(index(draw(), living) as usize),
    }
}

/// Puts a replica among the first `count`, which are sorted, unless there is no place.
#[inline]
pub(super) fn insert(drawn: &mut [u32], count: usize, replica: u32) {
    let Some(drawn) = drawn.get_mut(..=count) else { return };
    drawn[count] = replica;
    let mut place = count;
    while place > 0 && drawn[place - 1] > replica {
        drawn.swap(place - 1, place);
        place -= 1;
    }
}
