//! The records of the arena: strands run programs, calls wait for them.

use tradeoff_des::Key;

use super::station::Class;
use crate::{
    outcome::Outcome,
    slab::{Handle, NONE, Slot},
};

/// Where the time of a request went; together they are all of it.
pub(crate) const SPENT: [&str; 7] = ["slot", "core", "pool", "work", "network", "backoff", "calls"];

/// Index into [`SPENT`].
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Spent {
    Slot,
    Core,
    Pool,
    Work,
    Network,
    Backoff,
    /// In attempts that were given up: where they were, the caller never learned.
    Calls,
}

/// Nanoseconds by [`Spent`].
pub(crate) type Ledger = [u64; SPENT.len()];

/// Adds one ledger to another.
pub(crate) fn add(to: &mut Ledger, from: &Ledger) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

/// Who hears how a strand ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// Nobody: its fork was answered without it.
    Nobody,
    /// An attempt of a call, if it is still that call's current one.
    Attempt(Handle, u32),
    /// The strand that it is a block of.
    Block(u32),
}

/// What a strand runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// An endpoint, for one attempt.
    #[default]
    Activation,
    /// A branch of a fork.
    Branch,
    /// Turns of a loop: which this is, from zero, and how many there are.
    Turns(u32, u32),
    /// Steps that keep one connection.
    Transaction,
}

/// Where a strand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum State {
    /// Not in use.
    #[default]
    Gone,
    /// At the caller, in line for a connection.
    PoolLine,
    /// At the caller, opening a connection.
    Connecting,
    /// On its way to the callee.
    Outbound,
    /// In line for a slot.
    SlotLine,
    /// In line for a server connection of a pooler.
    PoolerLine,
    /// Running, or about to.
    Running,
    /// In line for a core.
    CoreLine,
    /// On a core.
    OnCore,
    /// Waiting for time to pass.
    Waiting,
    /// Waiting for a call.
    Calling,
    /// Waiting for blocks of its own.
    Blocks,
    /// In line for a transaction's connection.
    TransactionLine,
    /// A branch that has ended before its fork.
    Ended,
    /// Its answer is on its way back.
    Returning,
}

/// One thread of control at one replica.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the strand")]
#[derive(Clone, Debug)]
pub(crate) struct Strand {
    pub(crate) life: u32,
    /// Counts schedulings, so that a superseded event is known as stale.
    pub(crate) timer: u32,
    pub(crate) state: State,
    pub(crate) kind: Kind,
    pub(crate) class: Class,
    pub(crate) outcome: Outcome,
    pub(crate) measured: bool,
    /// Holds a slot of its replica.
    pub(crate) slot: bool,
    /// Opened a connection that it will close.
    pub(crate) opened: bool,
    /// Holds a connection that its pool keeps open.
    pub(crate) kept: bool,
    pub(crate) parent: Parent,
    pub(crate) endpoint: u32,
    pub(crate) edge: u32,
    /// Where it runs, globally.
    pub(crate) replica: u32,
    /// Where its caller runs, globally; [`NONE`] for traffic.
    pub(crate) from: u32,
    pub(crate) op: u32,
    /// Where a failure of the operation in progress leads; [`NONE`]: out of the block.
    pub(crate) handler: u32,
    /// First operation of the block that turns.
    pub(crate) body: u32,
    /// Station in whose line it stands.
    pub(crate) line: u32,
    pub(crate) next: u32,
    pub(crate) previous: u32,
    /// Pool station whose connection it holds.
    pub(crate) pool: u32,
    /// Pooler station whose server connection it holds.
    pub(crate) pooler: u32,
    pub(crate) call: u32,
    pub(crate) first_block: u32,
    pub(crate) sibling: u32,
    /// Branches of its fork that run.
    pub(crate) pending: u32,
    pub(crate) succeeded: u32,
    pub(crate) need: u32,
    /// Identity of what it draws.
    pub(crate) salt: Key,
    /// Identity of the attempt, for the network.
    pub(crate) attempt: Key,
    pub(crate) client: u64,
    pub(crate) deadline: u64,
    /// When it came to the endpoint.
    pub(crate) arrived: u64,
    pub(crate) slot_at: u64,
    pub(crate) core_at: u64,
    pub(crate) pool_at: u64,
    pub(crate) pooler_at: u64,
    pub(crate) open_at: u64,
    /// Up to when its ledger is written.
    pub(crate) mark: u64,
    pub(crate) spent: Ledger,
}

impl Default for Strand {
    fn default() -> Self {
        Self {
            life: 0,
            timer: 0,
            state: State::Gone,
            kind: Kind::Activation,
            class: Class::First,
            outcome: Outcome::Ok,
            measured: false,
            slot: false,
            opened: false,
            kept: false,
            parent: Parent::Nobody,
            endpoint: NONE,
            edge: NONE,
            replica: NONE,
            from: NONE,
            op: NONE,
            handler: NONE,
            body: NONE,
            line: NONE,
            next: NONE,
            previous: NONE,
            pool: NONE,
            pooler: NONE,
            call: NONE,
            first_block: NONE,
            sibling: NONE,
            pending: 0,
            succeeded: 0,
            need: NONE,
            salt: Key(0),
            attempt: Key(0),
            client: 0,
            deadline: u64::MAX,
            arrived: 0,
            slot_at: 0,
            core_at: 0,
            pool_at: 0,
            pooler_at: 0,
            open_at: 0,
            mark: 0,
            spent: [0; SPENT.len()],
        }
    }
}

impl Slot for Strand {
    fn life(&mut self) -> &mut u32 {
        &mut self.life
    }
}

impl Strand {
    /// A fresh record in the place of an old one.
    pub(crate) fn reset(&mut self, now: u64) {
        *self =
            Self { life: self.life, timer: self.timer, mark: now, arrived: now, ..Self::default() };
    }

    /// Writes the time since the last mark to one line of the ledger.
    pub(crate) fn spend(&mut self, now: u64, on: Spent) {
        self.spent[on as usize] += now - self.mark;
        self.mark = now;
    }
}

/// What a call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Phase {
    /// Waiting before the next attempt.
    #[default]
    Backoff,
    /// Waiting for an answer.
    Attempt,
}

/// One use of an edge: its attempts, one after another.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) life: u32,
    pub(crate) timer: u32,
    pub(crate) phase: Phase,
    pub(crate) class: Class,
    pub(crate) measured: bool,
    pub(crate) permit: Option<u32>,
    pub(crate) in_flight: bool,
    pub(crate) edge: u32,
    /// The strand that waits; [`NONE`] for a user.
    pub(crate) caller: u32,
    /// Replica of the caller within its process.
    pub(crate) local: u32,
    /// Flow of a user's request, and the user in closed traffic.
    pub(crate) flow: u32,
    pub(crate) user: u32,
    pub(crate) attempts: u32,
    /// The strand of the current attempt, and the replica that it went to.
    pub(crate) strand: u32,
    pub(crate) picked: u32,
    pub(crate) id: Key,
    pub(crate) client: u64,
    pub(crate) started: u64,
    pub(crate) attempted: u64,
    pub(crate) deadline: u64,
    pub(crate) previous_delay: u64,
    pub(crate) last: Outcome,
    pub(crate) spent: Ledger,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            life: 0,
            timer: 0,
            phase: Phase::Backoff,
            class: Class::First,
            measured: false,
            permit: None,
            in_flight: false,
            edge: NONE,
            caller: NONE,
            local: 0,
            flow: NONE,
            user: NONE,
            attempts: 0,
            strand: NONE,
            picked: NONE,
            id: Key(0),
            client: 0,
            started: 0,
            attempted: 0,
            deadline: u64::MAX,
            previous_delay: 0,
            last: Outcome::Ok,
            spent: [0; SPENT.len()],
        }
    }
}

impl Slot for Call {
    fn life(&mut self) -> &mut u32 {
        &mut self.life
    }
}
