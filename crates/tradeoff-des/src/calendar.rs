//! The event queue: earliest first, and first scheduled first among equals.

use std::collections::VecDeque;

/// A future event list, as a four-ary heap on (time, order of scheduling).
///
/// Four children a node halve the depth of a binary heap and keep siblings close in memory.
///
/// Timers of one length come in the order in which they are due, and most die before: each such
/// stream has a *lane*, a plain queue of which only the head is in the heap. The heap stays as
/// small as what is really about to happen, and what died behind a head never comes to it. The
/// order of all that lives is the same as without lanes.
///
/// # Examples
/// ```
/// use tradeoff_des::Calendar;
/// let mut calendar = Calendar::new();
/// calendar.push_in_lane(0, 7, "timer");
/// calendar.push(3, "answer");
/// assert_eq!(calendar.pop(|_| true), Some((3, "answer")));
/// assert_eq!(calendar.pop(|_| true), Some((7, "timer")));
/// ```
#[derive(Clone, Debug)]
pub struct Calendar<E> {
    heap: Vec<Entry<E>>,
    lanes: Vec<Lane<E>>,
    scheduled: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    /// Order of scheduling above, and below it which lane this is the head of; zero: none.
    order: u64,
    event: E,
}

impl<E> Entry<E> {
    const fn key(&self) -> u128 {
        ((self.time as u128) << 64) | self.order as u128
    }
}

/// What is due after the head of a lane, in order.
#[derive(Clone, Debug)]
struct Lane<E> {
    /// Whether its head is in the heap.
    headed: bool,
    /// When its last entry is due.
    last: u64,
    rest: VecDeque<Entry<E>>,
}

const ARITY: usize = 4;
/// Bits of an order that name a lane.
const LANE_BITS: u32 = 20;
/// Lanes that can be told apart; timers of more are events like any other.
const LANES: u32 = (1 << LANE_BITS) - 1;

impl<E: Copy> Default for Calendar<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Copy> Calendar<E> {
    /// Bytes that one pending event takes.
    pub const ENTRY_BYTES: usize = size_of::<Entry<E>>();

    /// An empty calendar.
    pub const fn new() -> Self {
        Self { heap: Vec::new(), lanes: Vec::new(), scheduled: 0 }
    }

    /// An empty calendar that keeps its first places in the order of scheduling for
    /// [`Calendar::push_first`].
    pub const fn with_first(places: u64) -> Self {
        Self { heap: Vec::new(), lanes: Vec::new(), scheduled: places }
    }

    /// How many events are pending, dead ones included.
    pub fn len(&self) -> usize {
        self.heap.len() + self.lanes.iter().map(|it| it.rest.len()).sum::<usize>()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// When the next event is due, in nanoseconds.
    #[inline]
    pub fn next_time(&self) -> Option<u64> {
        self.heap.first().map(|it| it.time)
    }

    /// Schedules an event at a time in nanoseconds.
    #[inline]
    pub fn push(&mut self, time: u64, event: E) {
        let order = self.order(0);
        self.insert(Entry { time, order, event });
    }

    /// Schedules an event in one of the places that were kept, each of which is taken once: among
    /// equals it comes before all that was scheduled otherwise.
    pub fn push_first(&mut self, place: u64, time: u64, event: E) {
        self.insert(Entry { time, order: place << LANE_BITS, event });
    }

    /// Schedules a timer of a stream whose timers mostly come in the order in which they are due.
    #[inline]
    pub fn push_in_lane(&mut self, lane: u32, time: u64, event: E) {
        if lane >= LANES {
            return self.push(time, event);
        }
        let order = self.order(u64::from(lane) + 1);
        if self.lanes.len() <= lane as usize {
            let empty = || Lane { headed: false, last: 0, rest: VecDeque::new() };
            self.lanes.resize_with(lane as usize + 1, empty);
        }
        let Lane { headed, last, rest } = &mut self.lanes[lane as usize];
        if !*headed {
            (*headed, *last) = (true, time);
            self.insert(Entry { time, order, event });
        } else if time >= *last {
            *last = time;
            rest.push_back(Entry { time, order, event });
        } else {
            // Out of line: an event like any other.
            self.insert(Entry { time, order: order >> LANE_BITS << LANE_BITS, event });
        }
    }

    /// How many are due after the head of a lane, dead ones included.
    #[inline]
    pub fn behind(&self, lane: u32) -> usize {
        self.lanes.get(lane as usize).map_or(0, |it| it.rest.len())
    }

    /// Forgets what is dead behind the heads of all lanes: what would never come.
    pub fn sweep(&mut self, mut alive: impl FnMut(E) -> bool) {
        for lane in &mut self.lanes {
            lane.rest.retain(|it| alive(it.event));
            lane.rest.shrink_to(2 * lane.rest.len());
        }
    }

    /// Takes the next event. Heads of lanes may come although they are dead; of what stands behind
    /// a head, `alive` says whether it is still wanted.
    #[inline]
    pub fn pop(&mut self, mut alive: impl FnMut(E) -> bool) -> Option<(u64, E)> {
        let first = *self.heap.first()?;
        let lane = (first.order & u64::from(LANES)) as usize;
        let next = if lane == 0 { None } else { self.next_in(lane - 1, &mut alive) };
        if let Some(next) = next.or_else(|| self.heap.pop())
            && let Some(top) = self.heap.first_mut()
        {
            *top = next;
            self.sink();
        }
        Some((first.time, first.event))
    }

    /// Moves every pending event for which `to` gives another time there, its order kept.
    pub fn reschedule(&mut self, mut to: impl FnMut(u64, E) -> Option<u64>) {
        let moved = |it: &Entry<E>| to(it.time, it.event).map(|time| Entry { time, ..*it });
        let moved: Vec<Option<Entry<E>>> = self.heap.iter().map(moved).collect();
        if moved.iter().all(Option::is_none) {
            return;
        }
        let heap = std::mem::take(&mut self.heap);
        for (entry, moved) in heap.into_iter().zip(moved) {
            self.insert(moved.unwrap_or(entry));
        }
    }

    /// The next that lives in a lane whose head goes.
    fn next_in(&mut self, lane: usize, alive: &mut impl FnMut(E) -> bool) -> Option<Entry<E>> {
        let Lane { headed, rest, .. } = &mut self.lanes[lane];
        while let Some(next) = rest.pop_front() {
            if alive(next.event) {
                return Some(next);
            }
        }
        *headed = false;
        None
    }

    /// The next in the order of scheduling, with a lane.
    #[inline]
    fn order(&mut self, lane: u64) -> u64 {
        let order = self.scheduled;
        self.scheduled += 1;
        order << LANE_BITS | lane
    }

    #[inline]
    fn insert(&mut self, entry: Entry<E>) {
        self.heap.push(entry);
        self.rise(self.heap.len() - 1);
    }

    fn rise(&mut self, mut at: usize) {
        let entry = self.heap[at];
        let key = entry.key();
        while at > 0 {
            let parent = (at - 1) / ARITY;
            if self.heap[parent].key() <= key {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = entry;
    }

    fn sink(&mut self) {
        let entry = self.heap[0];
        let key = entry.key();
        let mut at = 0;
        loop {
            let first = at * ARITY + 1;
            let Some(children) = self.heap.get(first..self.heap.len().min(first + ARITY)) else {
                break;
            };
            let Some((offset, least)) = least(children) else { break };
            if key <= least {
                break;
            }
            self.heap[at] = self.heap[first + offset];
            at = first + offset;
        }
        self.heap[at] = entry;
    }
}

/// The least key among siblings, and where it is.
fn least<E>(children: &[Entry<E>]) -> Option<(usize, u128)> {
    let (first, rest) = children.split_first()?;
    let mut best = (0, first.key());
    for (index, child) in rest.iter().enumerate() {
        let key = child.key();
        if key < best.1 {
            best = (index + 1, key);
        }
    }
    Some(best)
}
