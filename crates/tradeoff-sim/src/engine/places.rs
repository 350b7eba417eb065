//! Lines and servers: who gets a slot, a core, a connection, and who is next.

use super::{
    Engine, Event, What,
    station::{Class, Entry},
    strand::{Kind, Parent, Spent, State},
};
use crate::{
    outcome::Outcome,
    plan::{PoolPlan, Process},
    sampler::round,
    slab::NONE,
};

impl<'a> Engine<'a> {
    pub(super) fn cores_of(&self, replica: u32) -> u32 {
        self.layout.cores + replica
    }

    fn pooler_of(&self, replica: u32) -> u32 {
        self.layout.poolers + replica
    }

    /// The pool that a pool station belongs to.
    fn pool_of(&self, station: u32) -> &'a PoolPlan {
        let plan = self.plan;
        &plan.pools[self.layout.pools.partition_point(|it| *it <= station) - 1]
    }

    /// The store to which a pool station's connections lead.
    fn store_of(&self, station: u32) -> &'a Process {
        let plan = self.plan;
        &plan.processes[self.pool_of(station).process as usize]
    }

    fn connections_of(&self, replica: u32) -> u32 {
        self.layout.connections + replica
    }

    /// Comes to a station; a strand that has to wait is linked into the line.
    fn enter(&mut self, station: u32, strand: u32) -> Entry {
        let class = self.strands[strand].class;
        let place = &mut self.stations[station as usize];
        let entry = place.enter(self.now, class);
        if entry == Entry::Queued {
            let tail = std::mem::replace(&mut place.tail, strand);
            if tail == NONE {
                place.head = strand;
            } else {
                self.strands[tail].next = strand;
            }
            let record = &mut self.strands[strand];
            record.previous = tail;
            record.next = NONE;
            record.line = station;
        } else if entry == Entry::Started {
            self.waited_for(station, 0);
        }
        entry
    }

    /// Takes a strand out of the line in which it stands.
    fn unlink(&mut self, strand: u32) -> u32 {
        let record = &mut self.strands[strand];
        let station = std::mem::replace(&mut record.line, NONE);
        let (previous, next) = (record.previous, record.next);
        (record.previous, record.next) = (NONE, NONE);
        if previous == NONE {
            self.stations[station as usize].head = next;
        } else {
            self.strands[previous].next = next;
        }
        if next == NONE {
            self.stations[station as usize].tail = previous;
        } else {
            self.strands[next].previous = previous;
        }
        station
    }

    fn waited_for(&mut self, station: u32, nanos: u64) {
        let place = &self.stations[station as usize];
        // Nobody ever waits for what is unlimited.
        if self.measuring && place.capacity != NONE {
            self.record.waited(place.resource, nanos);
        }
    }

    /// A server is given back, and goes to the next in line.
    fn release(&mut self, station: u32, class: Class, since: u64, served: bool) {
        let stayed = self.now - since;
        self.stations[station as usize].go(self.now, class, stayed, served);
        while self.stations[station as usize].has_room() {
            let next = self.stations[station as usize].head;
            self.unlink(next);
            let class = self.strands[next].class;
            self.stations[station as usize].promote(self.now, class);
            self.granted(station, next);
        }
    }

    /// The next in line gets its server.
    fn granted(&mut self, station: u32, index: u32) {
        let now = self.now;
        let strand = &mut self.strands[index];
        if station < self.layout.cores {
            let waited = now - strand.slot_at;
            strand.spend(now, Spent::Slot);
            strand.slot = true;
            strand.state = State::Running;
            self.waited_for(station, waited);
            self.strand_in(0, What::Resume, index);
        } else if station < self.layout.poolers {
            let waited = now - strand.core_at;
            strand.spend(now, Spent::Core);
            self.waited_for(station, waited);
            self.start_work(index);
        } else if station < self.layout.connections {
            let waited = now - strand.pooler_at;
            strand.spend(now, Spent::Pool);
            self.waited_for(station, waited);
            self.pooler_granted(index, station);
        } else {
            let waited = now - strand.pool_at;
            strand.spend(now, Spent::Pool);
            // The end of its wait here is none of what it may wait for next.
            strand.timer = strand.timer.wrapping_add(1);
            self.waited_for(station, waited);
            self.pool_granted(index, station);
        }
    }

    // Slots.

    /// Comes to the door of a replica.
    pub(super) fn enter_slot(&mut self, index: u32) {
        let replica = self.strands[index].replica;
        self.strands[index].slot_at = self.now;
        match self.enter(replica, index) {
            Entry::Started => {
                self.strands[index].slot = true;
                self.strands[index].state = State::Running;
                self.strand_in(0, What::Resume, index);
            }
            Entry::Queued => self.strands[index].state = State::SlotLine,
            Entry::Refused => self.refuse(index),
        }
    }

    pub(super) fn leave_slot(&mut self, index: u32, served: bool) {
        let strand = &mut self.strands[index];
        if std::mem::take(&mut strand.slot) {
            let (replica, class, since) = (strand.replica, strand.class, strand.slot_at);
            self.release(replica, class, since, served);
        }
    }

    // Cores.

    /// Needs a core for the work of its current operation.
    pub(super) fn enter_core(&mut self, index: u32) {
        let replica = self.strands[index].replica;
        self.strands[index].core_at = self.now;
        match self.enter(self.cores_of(replica), index) {
            Entry::Started => self.start_work(index),
            Entry::Queued => self.strands[index].state = State::CoreLine,
            Entry::Refused => self.end(index, Outcome::Refused),
        }
    }

    fn start_work(&mut self, index: u32) {
        let strand = &mut self.strands[index];
        strand.state = State::OnCore;
        let replica = strand.replica;
        let work = self.drawn_work(index);
        let process = self.plan.replicas[replica as usize].process;
        if self.plan.processes[process as usize].share {
            self.advance_share(replica);
            self.shares[replica as usize].enter(index, work);
            self.plan_share(replica);
        } else {
            let end = self.thawed(replica, self.now, work);
            self.strand_at(end, What::WorkDone, index);
        }
    }

    /// The time that the operation before the current one takes here and now.
    pub(super) fn drawn_work(&self, index: u32) -> u64 {
        let strand = &self.strands[index];
        let (super::Op::Work { sampler, tag } | super::Op::Wait { sampler, tag }) =
            self.plan.ops[strand.op as usize - 1]
        else {
            return 0;
        };
        let drawn = self.plan.samplers[sampler as usize].draw(strand.salt.index(tag));
        let slow = self.replicas[strand.replica as usize].slow;
        round(drawn * slow / self.plan.replicas[strand.replica as usize].speed)
    }

    pub(super) fn work_done(&mut self, index: u32) {
        let now = self.now;
        let strand = &mut self.strands[index];
        strand.spend(now, Spent::Work);
        strand.state = State::Running;
        let (replica, class, since) = (strand.replica, strand.class, strand.core_at);
        self.release(self.cores_of(replica), class, since, true);
        self.run(index);
    }

    fn advance_share(&mut self, replica: u32) {
        let last = self.shares[replica as usize].last();
        let passed = self.unfrozen(replica, last, self.now);
        self.shares[replica as usize].advance(self.now, passed);
    }

    fn plan_share(&mut self, replica: u32) {
        let share = &mut self.shares[replica as usize];
        share.stamp = share.stamp.wrapping_add(1);
        let (stamp, next) = (share.stamp, share.next());
        if let Some(left) = next {
            let end = self.thawed(replica, self.now, left);
            self.at(end, Event::new(What::ShareDone, replica, stamp));
        }
    }

    pub(super) fn share_done(&mut self, replica: u32) {
        self.advance_share(replica);
        while let Some(strand) = self.shares[replica as usize].ended() {
            self.strand_in(0, What::WorkDone, strand);
        }
        self.plan_share(replica);
    }

    // Connections.

    /// Needs a connection of its caller's pool, for one query.
    pub(super) fn enter_pool(&mut self, index: u32, pool: u32, local: u32) {
        self.strands[index].state = State::PoolLine;
        self.join_pool(index, pool, local);
    }

    /// Needs a connection of its own pool, for a transaction.
    pub(super) fn enter_transaction(&mut self, index: u32, pool: u32) {
        let replica = self.strands[index].replica;
        self.strands[index].state = State::TransactionLine;
        self.join_pool(index, pool, self.plan.replicas[replica as usize].local);
    }

    fn join_pool(&mut self, index: u32, pool: u32, local: u32) {
        self.strands[index].pool_at = self.now;
        let station = self.layout.pools[pool as usize] + local;
        if self.enter(station, index) == Entry::Started {
            self.pool_granted(index, station);
        } else if let Some(wait) = self.plan.pools[pool as usize].wait {
            let event = self.strand_event(What::LineTimeout, index);
            let lane = self.plan.edges.len() as u32 + pool;
            self.at_in_lane(lane, self.now.saturating_add(wait), event);
        }
    }

    /// Has a place in its pool: with a connection that is open, or one to be opened.
    fn pool_granted(&mut self, index: u32, station: u32) {
        self.strands[index].pool = station;
        let plan = self.pool_of(station);
        let kept = plan.size != NONE;
        if self.idle[station as usize] > 0 {
            self.idle[station as usize] -= 1;
            self.strands[index].kept = true;
            return self.has_connection(index);
        }
        let store = &self.plan.processes[plan.process as usize];
        let connect = store.store.as_ref().map_or(NONE, |it| it.connect);
        if let Some(connections) = self.limit_of(station) {
            // Opening fails beyond the store's limit.
            let class = self.strands[index].class;
            if self.stations[connections as usize].enter(self.now, class) == Entry::Refused {
                return self.refused_at_caller(index, Outcome::Refused);
            }
            self.waited_for(connections, 0);
            if kept {
                self.kept_open.push((connections, self.now, class));
            } else {
                self.strands[index].opened = true;
                self.strands[index].open_at = self.now;
            }
        }
        self.strands[index].kept = kept;
        if connect == NONE {
            return self.has_connection(index);
        }
        let attempt = self.strands[index].attempt;
        let delay = self.plan.samplers[connect as usize].whole(attempt.name("connect"));
        self.strands[index].state = State::Connecting;
        self.strand_in(delay, What::Connected, index);
    }

    /// The station that counts the connections of a pool's store, if it limits them.
    fn limit_of(&self, station: u32) -> Option<u32> {
        let process = self.store_of(station);
        let store = process.store.as_ref()?;
        let limited = store.connections != NONE && store.pooler == NONE;
        limited.then(|| self.connections_of(process.first))
    }

    /// Its connection is open; a frozen caller notices when it thaws.
    pub(super) fn connected(&mut self, index: u32) {
        let strand = &self.strands[index];
        let here = if strand.kind == Kind::Transaction { strand.replica } else { strand.from };
        match self.frozen_until(here) {
            Some(thaw) => self.strand_at(thaw, What::Connected, index),
            None => self.has_connection(index),
        }
    }

    /// Has its connection: a query crosses the network, a transaction runs.
    fn has_connection(&mut self, index: u32) {
        let now = self.now;
        let strand = &mut self.strands[index];
        strand.spend(now, Spent::Pool);
        if strand.kind != Kind::Transaction {
            return self.outbound(index);
        }
        let pool = strand.pool;
        let store = self.store_of(pool);
        if store.store.as_ref().is_some_and(|it| it.pooler != NONE) {
            // Transaction mode: one server connection from the first query to the last, of the
            // copy that its queries go to.
            let mut copies = store.first..store.first + store.replicas;
            let living = copies.find(|it| !self.replicas[*it as usize].avoided);
            return self.enter_pooler(index, living.unwrap_or(store.first));
        }
        self.strands[index].state = State::Running;
        self.strand_in(0, What::Resume, index);
    }

    /// Gives up before anything was sent.
    fn refused_at_caller(&mut self, index: u32, outcome: Outcome) {
        if self.strands[index].kind == Kind::Transaction {
            self.end(index, outcome);
        } else {
            self.strands[index].outcome = outcome;
            self.strands[index].state = State::Returning;
            self.strand_in(0, What::Return, index);
        }
    }

    /// Gives its connection back.
    pub(super) fn leave_pool(&mut self, index: u32, served: bool) {
        let strand = &mut self.strands[index];
        let station = std::mem::replace(&mut strand.pool, NONE);
        if station == NONE {
            return;
        }
        let (class, since, open_at) = (strand.class, strand.pool_at, strand.open_at);
        if std::mem::take(&mut strand.kept) {
            self.idle[station as usize] += 1;
        }
        let strand = &mut self.strands[index];
        if std::mem::take(&mut strand.opened) {
            let first = self.store_of(station).first;
            self.release(self.connections_of(first), class, open_at, served);
        }
        self.release(station, class, since, served);
    }

    /// A crash of a replica breaks the connections of its own pools, and those to it: idle ones are
    /// gone, those in use are closed when they are given back.
    pub(super) fn break_connections(&mut self, replica: u32) {
        let plan = self.plan;
        let crashed = plan.replicas[replica as usize];
        for (pool, first) in plan.pools.iter().zip(self.layout.pools.clone()) {
            let store = &plan.processes[pool.process as usize];
            let poolers = store.store.as_ref().is_some_and(|it| it.pooler != NONE);
            if store.first == replica && !poolers {
                (first..first + pool.callers).for_each(|it| self.break_pool(it));
            } else if pool.caller == crashed.process {
                self.break_pool(first + crashed.local);
            }
        }
    }

    fn break_pool(&mut self, station: u32) {
        let now = self.now;
        let limit = self.limit_of(station);
        for _ in 0..std::mem::take(&mut self.idle[station as usize]) {
            if let Some((connections, since, class)) = limit.and_then(|it| self.unkeep(it)) {
                self.release(connections, class, since, false);
            }
        }
        for index in 0..self.strands.len() {
            let strand = &mut self.strands[index];
            if strand.state == State::Gone || strand.pool != station {
                continue;
            }
            if !std::mem::take(&mut strand.kept) {
                continue;
            }
            let class = strand.class;
            if let Some((connections, since, from)) = limit.and_then(|it| self.unkeep(it)) {
                self.strands[index].opened = true;
                self.strands[index].open_at = since;
                self.stations[connections as usize].reclassify(now, from, class);
            }
        }
    }

    /// One of the connections that pools keep open to a store: which one makes no difference.
    fn unkeep(&mut self, connections: u32) -> Option<(u32, u64, Class)> {
        let kept = self.kept_open.iter().rposition(|it| it.0 == connections)?;
        Some(self.kept_open.swap_remove(kept))
    }

    /// Comes to the pooler of one replica of a store: a query for itself, a transaction for all of
    /// its queries.
    pub(super) fn enter_pooler(&mut self, index: u32, replica: u32) {
        let process = &self.plan.processes[self.plan.replicas[replica as usize].process as usize];
        let Some(store) = &process.store else { return };
        let (clients, wait) = (store.clients, store.pooler_wait);
        let station = self.pooler_of(replica);
        let place = &self.stations[station as usize];
        if place.waiting + place.in_service() >= clients {
            self.stations[station as usize].turn_away();
            return self.turned_away(index);
        }
        self.strands[index].pooler_at = self.now;
        match self.enter(station, index) {
            Entry::Started => self.pooler_granted(index, station),
            Entry::Queued => {
                self.strands[index].state = State::PoolerLine;
                if let Some(wait) = wait {
                    self.strand_in(wait, What::LineTimeout, index);
                }
            }
            Entry::Refused => self.turned_away(index),
        }
    }

    /// A pooler takes no more clients.
    fn turned_away(&mut self, index: u32) {
        self.end(index, Outcome::Refused);
    }

    fn pooler_granted(&mut self, index: u32, station: u32) {
        self.strands[index].pooler = station;
        self.strands[index].state = State::Running;
        self.strand_in(0, What::Resume, index);
    }

    pub(super) fn leave_pooler(&mut self, index: u32, served: bool) {
        let strand = &mut self.strands[index];
        let station = std::mem::replace(&mut strand.pooler, NONE);
        if station != NONE {
            let (class, since) = (strand.class, strand.pooler_at);
            self.release(station, class, since, served);
        }
    }

    /// Has waited for a connection as long as it may.
    pub(super) fn line_timeout(&mut self, index: u32) {
        let now = self.now;
        let state = self.strands[index].state;
        let here = match state {
            State::PoolLine => self.strands[index].from,
            _ => self.strands[index].replica,
        };
        if let Some(thaw) = self.frozen_until(here) {
            return self.strand_at(thaw, What::LineTimeout, index);
        }
        let since = match state {
            State::PoolerLine => self.strands[index].pooler_at,
            _ => self.strands[index].pool_at,
        };
        let station = self.unlink(index);
        self.stations[station as usize].abandon(now, now - since);
        self.strands[index].spend(now, Spent::Pool);
        if state == State::PoolerLine {
            self.end(index, Outcome::PoolFull);
        } else {
            self.refused_at_caller(index, Outcome::PoolFull);
        }
    }

    // Those who stop.

    /// Marks a strand, and all that it has begun, as work for nobody.
    pub(super) fn waste(&mut self, strand: u32) {
        let base = self.stack.len();
        self.stack.push(strand);
        while self.stack.len() > base {
            let Some(index) = self.stack.pop() else { break };
            let from = self.strands[index].class;
            if from == Class::Wasted {
                continue;
            }
            self.strands[index].class = Class::Wasted;
            let now = self.now;
            for station in self.servers_of(index).into_iter().flatten() {
                self.stations[station as usize].reclassify(now, from, Class::Wasted);
            }
            let mut block = self.strands[index].first_block;
            while block != NONE {
                if self.strands[block].state != State::Ended {
                    self.stack.push(block);
                }
                block = self.strands[block].sibling;
            }
            let call = self.strands[index].call;
            if call != NONE {
                self.calls[call].class = Class::Wasted;
                let sent = self.calls[call].strand;
                if sent != NONE {
                    self.stack.push(sent);
                }
            }
        }
    }

    /// The stations of which a strand holds a server.
    fn servers_of(&self, index: u32) -> [Option<u32>; 5] {
        let strand = &self.strands[index];
        let connections =
            strand.opened.then(|| self.connections_of(self.store_of(strand.pool).first));
        [
            strand.slot.then_some(strand.replica),
            (strand.state == State::OnCore).then(|| self.cores_of(strand.replica)),
            (strand.pooler != NONE).then_some(strand.pooler),
            (strand.pool != NONE).then_some(strand.pool),
            connections,
        ]
    }

    /// Calls back with each station at which a strand is, and since when.
    pub(super) fn each_place(&mut self, index: u32, mut visit: impl FnMut(u32, u64)) {
        if self.strands[index].state == State::Gone {
            return;
        }
        let servers = self.servers_of(index);
        let strand = &self.strands[index];
        let since =
            [strand.slot_at, strand.core_at, strand.pooler_at, strand.pool_at, strand.open_at];
        for (station, since) in servers.into_iter().zip(since) {
            if let Some(station) = station {
                visit(station, since);
            }
        }
        let since = match strand.state {
            State::SlotLine => strand.slot_at,
            State::CoreLine => strand.core_at,
            State::PoolerLine => strand.pooler_at,
            State::PoolLine | State::TransactionLine => strand.pool_at,
            _ => return,
        };
        visit(strand.line, since);
    }

    /// Takes a strand from wherever it is: lines, servers, blocks and calls are given up.
    pub(super) fn uproot(&mut self, index: u32) {
        let now = self.now;
        let strand = &mut self.strands[index];
        strand.timer = strand.timer.wrapping_add(1);
        let (state, class, replica) = (strand.state, strand.class, strand.replica);
        let since = match state {
            State::SlotLine => Some(strand.slot_at),
            State::CoreLine => Some(strand.core_at),
            State::PoolerLine => Some(strand.pooler_at),
            State::PoolLine | State::TransactionLine => Some(strand.pool_at),
            _ => None,
        };
        if let Some(since) = since {
            let station = self.unlink(index);
            self.stations[station as usize].abandon(now, now - since);
        }
        // Not running any more, before its core goes to the next.
        self.strands[index].state = State::Running;
        if state == State::OnCore {
            let process = self.plan.replicas[replica as usize].process;
            if self.plan.processes[process as usize].share {
                self.advance_share(replica);
                self.shares[replica as usize].remove(index);
                self.plan_share(replica);
            }
            let since = self.strands[index].core_at;
            self.release(self.cores_of(replica), class, since, false);
        }
        let mut block = std::mem::replace(&mut self.strands[index].first_block, NONE);
        while block != NONE {
            let sibling = self.strands[block].sibling;
            self.uproot(block);
            self.drop_strand(block);
            block = sibling;
        }
        let call = std::mem::replace(&mut self.strands[index].call, NONE);
        if call != NONE {
            self.forget_call(call);
        }
        self.leave_pooler(index, false);
        self.leave_slot(index, false);
        if self.strands[index].kind == Kind::Transaction {
            self.leave_pool(index, false);
        }
    }

    /// A strand's record goes back to the arena.
    pub(super) fn drop_strand(&mut self, index: u32) {
        let strand = &mut self.strands[index];
        strand.state = State::Gone;
        strand.timer = strand.timer.wrapping_add(1);
        strand.parent = Parent::Nobody;
        self.strands.give(index);
    }
}
