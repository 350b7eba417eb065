//! An arena with generations: a handle to what has gone is known as stale.

/// Says that there is none.
pub(crate) const NONE: u32 = u32::MAX;

/// Names one life of one place in a [`Slab`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle {
    pub(crate) index: u32,
    pub(crate) life: u32,
}

/// What can live in a [`Slab`].
pub(crate) trait Slot: Default {
    /// How many lives this place has had.
    fn life(&mut self) -> &mut u32;
}

/// Records that come and go without allocation once the arena has grown.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T: Slot> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }

    /// How many are alive.
    pub(crate) fn live(&self) -> usize {
        self.items.len() - self.free.len()
    }

    /// Takes a place; the record is as its last tenant left it.
    pub(crate) fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.items.push(T::default());
            self.items.len() as u32 - 1
        })
    }

    /// Gives a place back; handles to it are stale from now on.
    pub(crate) fn give(&mut self, index: u32) {
        let life = self.items[index as usize].life();
        *life = life.wrapping_add(1);
        self.free.push(index);
    }

    /// The handle of a live record.
    pub(crate) fn handle(&mut self, index: u32) -> Handle {
        Handle { index, life: *self.items[index as usize].life() }
    }

    /// Whether what a handle named still lives.
    pub(crate) fn is_live(&mut self, handle: Handle) -> bool {
        handle.index != NONE && *self.items[handle.index as usize].life() == handle.life
    }

    /// All places, tenanted or not.
    pub(crate) fn len(&self) -> u32 {
        self.items.len() as u32
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;

    fn index(&self, index: u32) -> &T {
        &self.items[index as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, index: u32) -> &mut T {
        &mut self.items[index as usize]
    }
}
