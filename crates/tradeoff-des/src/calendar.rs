//! The event queue: earliest first, and first scheduled first among equals.

/// A future event list, as a four-ary heap on (time, order of scheduling).
///
/// Four children a node halve the depth of a binary heap and keep siblings close in memory.
#[derive(Clone, Debug)]
pub struct Calendar<E> {
    heap: Vec<Entry<E>>,
    scheduled: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    order: u64,
    event: E,
}

impl<E> Entry<E> {
    const fn key(&self) -> u128 {
        ((self.time as u128) << 64) | self.order as u128
    }
}

const ARITY: usize = 4;

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
        Self { heap: Vec::new(), scheduled: 0 }
    }

    /// How many events are pending, dead ones included.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// When the next event is due, in nanoseconds.
    pub fn next_time(&self) -> Option<u64> {
        self.heap.first().map(|it| it.time)
    }

    /// Schedules an event at a time in nanoseconds.
    pub fn push(&mut self, time: u64, event: E) {
        let order = self.scheduled;
        self.scheduled += 1;
        self.heap.push(Entry { time, order, event });
        self.rise(self.heap.len() - 1);
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(u64, E)> {
        let last = self.heap.pop()?;
        let Some(first) = self.heap.first_mut() else { return Some((last.time, last.event)) };
        let first = core::mem::replace(first, last);
        self.sink();
        Some((first.time, first.event))
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
