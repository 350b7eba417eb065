//! Strands: programs run step by step, and answers go back.

use super::{
    Engine, What,
    strand::{Kind, Parent, Spent, State, add},
};
use crate::{
    outcome::Outcome,
    plan::{Op, ProcessKind},
    slab::NONE,
};

impl Engine<'_> {
    /// One crossing of the network between a strand and its caller.
    pub(super) fn crossing(&self, index: u32, way: &str) -> u64 {
        let strand = &self.strands[index];
        let edge = &self.plan.edges[strand.edge as usize];
        if edge.instant {
            return 0;
        }
        self.plan.samplers[edge.network as usize].whole(strand.attempt.name(way))
    }

    /// Leaves the caller for the callee.
    pub(super) fn outbound(&mut self, index: u32) {
        let delay = self.crossing(index, "out");
        self.strands[index].state = State::Outbound;
        self.strand_in(delay, What::Reach, index);
    }

    /// Comes to the callee.
    pub(super) fn reach(&mut self, index: u32) {
        let now = self.now;
        let strand = &mut self.strands[index];
        strand.spend(now, Spent::Network);
        strand.arrived = now;
        let (replica, endpoint, edge) = (strand.replica, strand.endpoint, strand.edge);
        if strand.measured {
            self.record.endpoints[endpoint as usize].arrivals += 1;
        }
        let process = &self.plan.processes[self.plan.replicas[replica as usize].process as usize];
        if self.replicas[replica as usize].down || self.over_limit(replica, process.limit) {
            return self.refuse(index);
        }
        match (process.kind, &process.store) {
            (ProcessKind::Store, Some(store))
                if store.pooler != NONE && !self.plan.edges[edge as usize].in_transaction =>
            {
                self.enter_pooler(index, replica);
            }
            (ProcessKind::Store, _) => {
                self.strands[index].state = State::Running;
                self.resume(index);
            }
            _ if self.plan.edges[edge as usize].inside => {
                self.strands[index].state = State::Running;
                self.resume(index);
            }
            _ => self.enter_slot(index),
        }
    }

    /// A limit of so many calls per second, with one second of it in hand (GCRA).
    fn over_limit(&mut self, replica: u32, limit: Option<f64>) -> bool {
        let Some(limit) = limit else { return false };
        let state = &mut self.replicas[replica as usize];
        let due = state.limit_due.max(self.now);
        if due - self.now > 1_000_000_000 {
            return true;
        }
        state.limit_due = due + crate::sampler::round(1e9 / limit);
        false
    }

    /// Turns a strand away: it pays the way back.
    pub(super) fn refuse(&mut self, index: u32) {
        self.answer(index, Outcome::Refused);
    }

    /// Goes on after what it waited for.
    pub(super) fn resume(&mut self, index: u32) {
        let now = self.now;
        let replica = self.strands[index].replica;
        if let Some(thaw) = self.frozen_until(replica) {
            return self.strand_at(thaw, What::Resume, index);
        }
        let strand = &mut self.strands[index];
        // Nothing but a freeze passes between the end of a wait and here.
        strand.spend(now, Spent::Work);
        match std::mem::take(&mut strand.outcome) {
            Outcome::Ok => self.run(index),
            Outcome::Error => self.fail(index, Outcome::Error),
            _ => self.fail(index, Outcome::Dependency),
        }
    }

    /// Waiting is over.
    pub(super) fn waited(&mut self, index: u32) {
        if let Some(thaw) = self.frozen_until(self.strands[index].replica) {
            return self.strand_at(thaw, What::Waited, index);
        }
        let now = self.now;
        self.strands[index].spend(now, Spent::Work);
        self.strands[index].state = State::Running;
        self.run(index);
    }

    /// Runs operations until one takes time or the block ends.
    pub(super) fn run(&mut self, index: u32) {
        loop {
            let strand = &mut self.strands[index];
            let at = strand.op;
            strand.handler = self.plan.handlers[at as usize];
            strand.op = at + 1;
            let salt = strand.salt;
            match self.plan.ops[at as usize] {
                Op::Work { .. } => return self.enter_core(index),
                Op::Wait { .. } => {
                    let delay = self.drawn_work(index);
                    self.strands[index].state = State::Waiting;
                    return self.strand_in(delay, What::Waited, index);
                }
                Op::Call { edge, tag } => {
                    // A deadline that was passed on ends the work, not only the calls.
                    if self.now >= strand.deadline {
                        return self.fail(index, Outcome::Dependency);
                    }
                    return self.call(index, edge, tag);
                }
                Op::Fork { first, count, need, next } => {
                    self.strands[index].op = next;
                    if count > 0 {
                        return self.fork(index, first, count, need);
                    }
                }
                Op::Chance { share, tag, otherwise } => {
                    if salt.index(tag).uniform() >= share {
                        strand.op = otherwise;
                    }
                }
                Op::Jump(to) => strand.op = to,
                Op::Loop { times, tag, body, next } => {
                    strand.op = next;
                    let times = self.plan.samplers[times as usize].whole(salt.index(tag));
                    if times > 0 {
                        return self.turn(index, tag, body, times);
                    }
                }
                Op::Transaction { pool, tag, body, next } => {
                    strand.op = next;
                    let block = self.block(index, Kind::Transaction, body);
                    self.strands[block].attempt = salt.index(tag);
                    return self.enter_transaction(block, pool);
                }
                Op::Fail { share, tag } => {
                    if salt.index(tag).uniform() < share {
                        return self.fail(index, Outcome::Error);
                    }
                }
                Op::EndBlock | Op::End => return self.end(index, Outcome::Ok),
            }
        }
    }

    /// A step failed: to its handler, or out of the block.
    fn fail(&mut self, index: u32, outcome: Outcome) {
        let strand = &mut self.strands[index];
        if strand.handler == NONE {
            return self.end(index, outcome);
        }
        strand.op = strand.handler;
        self.run(index);
    }

    /// A strand for a block of another one.
    fn block(&mut self, parent: u32, kind: Kind, body: u32) -> u32 {
        let index = self.strands.take();
        let of = self.strands[parent].clone();
        let strand = &mut self.strands[index];
        strand.reset(self.now);
        strand.kind = kind;
        strand.class = of.class;
        strand.measured = of.measured;
        strand.parent = Parent::Block(parent);
        strand.endpoint = of.endpoint;
        strand.edge = of.edge;
        strand.replica = of.replica;
        strand.from = of.from;
        strand.op = body;
        strand.body = body;
        strand.salt = of.salt;
        strand.attempt = of.salt;
        strand.client = of.client;
        strand.deadline = of.deadline;
        strand.state = State::Running;
        strand.sibling = of.first_block;
        let parent = &mut self.strands[parent];
        parent.first_block = index;
        parent.state = State::Blocks;
        index
    }

    fn fork(&mut self, index: u32, first: u32, count: u32, need: u32) {
        let strand = &mut self.strands[index];
        strand.pending = count;
        strand.succeeded = 0;
        strand.need = need;
        strand.outcome = Outcome::Ok;
        for nth in 0..count {
            let body = self.plan.branches[(first + nth) as usize];
            let block = self.block(index, Kind::Branch, body);
            self.strand_in(0, What::Resume, block);
        }
    }

    fn turn(&mut self, index: u32, tag: u64, body: u32, times: u64) {
        let block = self.block(index, Kind::Turns(0, times as u32), body);
        let strand = &mut self.strands[block];
        strand.attempt = strand.salt.index(tag);
        strand.salt = strand.attempt.index(0);
        self.strand_in(0, What::Resume, block);
    }

    /// A strand has ended.
    pub(super) fn end(&mut self, index: u32, outcome: Outcome) {
        match self.strands[index].kind {
            Kind::Activation => self.answer(index, outcome),
            Kind::Branch => self.branch_ended(index, outcome),
            Kind::Turns(nth, of) if nth + 1 < of && outcome == Outcome::Ok => {
                let strand = &mut self.strands[index];
                strand.kind = Kind::Turns(nth + 1, of);
                strand.op = strand.body;
                strand.salt = strand.attempt.index(u64::from(nth + 1));
                self.strand_in(0, What::Resume, index);
            }
            Kind::Turns(..) => self.block_ended(index, outcome),
            Kind::Transaction => {
                self.leave_pooler(index, true);
                self.leave_pool(index, true);
                self.block_ended(index, outcome);
            }
        }
    }

    /// The only block of a strand has ended: the strand goes on.
    fn block_ended(&mut self, index: u32, outcome: Outcome) {
        let (parent, spent) = (self.strands[index].parent, self.strands[index].spent);
        self.drop_strand(index);
        let Parent::Block(parent) = parent else { return };
        self.go_on(parent, outcome, &spent);
    }

    /// A strand whose blocks are done is scheduled with their outcome.
    fn go_on(&mut self, index: u32, outcome: Outcome, spent: &super::strand::Ledger) {
        let now = self.now;
        let strand = &mut self.strands[index];
        add(&mut strand.spent, spent);
        strand.mark = now;
        strand.first_block = NONE;
        strand.outcome = outcome;
        strand.state = State::Running;
        self.strand_in(0, What::Resume, index);
    }

    fn branch_ended(&mut self, index: u32, outcome: Outcome) {
        let Parent::Block(parent) = self.strands[index].parent else {
            return self.drop_strand(index);
        };
        self.strands[index].state = State::Ended;
        let strand = &mut self.strands[parent];
        strand.pending -= 1;
        if outcome == Outcome::Ok {
            strand.succeeded += 1;
        } else if strand.outcome == Outcome::Ok {
            strand.outcome = outcome;
        }
        let first_failure = strand.outcome;
        let joined = if strand.need == NONE {
            (strand.pending == 0).then_some(first_failure)
        } else if strand.succeeded >= strand.need {
            Some(Outcome::Ok)
        } else {
            (strand.succeeded + strand.pending < strand.need).then_some(first_failure)
        };
        let mut block = strand.first_block;
        let Some(outcome) = joined else { return };
        let spent = self.strands[index].spent;
        while block != NONE {
            let sibling = self.strands[block].sibling;
            if self.strands[block].state == State::Ended {
                self.drop_strand(block);
            } else {
                // Answered without it: it goes on at its place, as waste.
                self.waste(block);
                self.strands[block].parent = Parent::Nobody;
                self.strands[block].sibling = NONE;
            }
            block = sibling;
        }
        self.go_on(parent, outcome, &spent);
    }

    /// The endpoint has its outcome: the slot goes to the next, the answer to the caller.
    pub(super) fn answer(&mut self, index: u32, outcome: Outcome) {
        let strand = &self.strands[index];
        let (endpoint, replica) = (strand.endpoint, strand.replica);
        let mut outcome = outcome;
        if outcome == Outcome::Ok {
            let share = self.error_share(endpoint, replica);
            if share > 0.0 && strand.salt.name("error").uniform() < share {
                outcome = Outcome::Error;
            }
        }
        if strand.measured {
            let wasted = strand.class == super::station::Class::Wasted;
            let time = self.now - strand.arrived;
            self.record.endpoints[endpoint as usize].ended(outcome, time, wasted);
        }
        self.leave_pooler(index, true);
        self.leave_slot(index, true);
        let delay = self.crossing(index, "back");
        let strand = &mut self.strands[index];
        strand.outcome = outcome;
        strand.state = State::Returning;
        self.strand_in(delay, What::Return, index);
    }

    /// An answer reaches the caller, if it still waits.
    pub(super) fn returned(&mut self, index: u32) {
        let now = self.now;
        self.strands[index].spend(now, Spent::Network);
        self.leave_pool(index, true);
        let strand = &self.strands[index];
        let (parent, outcome, spent) = (strand.parent, strand.outcome, strand.spent);
        let awaited = self.awaited(parent);
        self.drop_strand(index);
        if let Some(call) = awaited {
            self.answered(call, outcome, &spent);
        }
    }

    /// The callee hears that its caller has stopped waiting.
    pub(super) fn cancelled(&mut self, index: u32) {
        match self.strands[index].state {
            // The message passed the request or the answer on the way.
            State::Returning | State::Gone => (),
            State::Outbound => {
                self.strands[index].state = State::Returning;
                self.strand_in(0, What::Return, index);
            }
            state => {
                let reached = !matches!(state, State::PoolLine | State::Connecting);
                self.uproot(index);
                let strand = &mut self.strands[index];
                strand.outcome = Outcome::Timeout;
                strand.state = State::Returning;
                if reached && strand.measured {
                    let (endpoint, time) = (strand.endpoint, self.now - strand.arrived);
                    self.record.endpoints[endpoint as usize].ended(Outcome::Timeout, time, true);
                }
                self.strand_in(0, What::Return, index);
            }
        }
    }
}
