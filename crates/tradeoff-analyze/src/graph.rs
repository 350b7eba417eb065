//! Circles in graphs.

use std::collections::VecDeque;

/// The strongly connected components of a graph of successors (Tarjan), successors first.
pub fn components(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        graph,
        number: vec![0; graph.len()],
        low: vec![0; graph.len()],
        on_stack: vec![false; graph.len()],
        stack: Vec::new(),
        next: 1,
        found: Vec::new(),
    };
    for start in 0..graph.len() {
        if search.number[start] == 0 {
            search.from(start);
        }
    }
    search.found
}

struct Search<'g> {
    graph: &'g [Vec<usize>],
    /// Order of discovery from 1; 0: not yet.
    number: Vec<usize>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Explores without recursion: chains of calls may be longer than a thread's stack.
    fn from(&mut self, start: usize) {
        let mut open = vec![(start, 0)];
        self.enter(start);
        while let Some((node, next)) = open.last_mut() {
            let node = *node;
            if let Some(&successor) = self.graph[node].get(*next) {
                *next += 1;
                if self.number[successor] == 0 {
                    self.enter(successor);
                    open.push((successor, 0));
                } else if self.on_stack[successor] {
                    self.low[node] = self.low[node].min(self.number[successor]);
                }
                continue;
            }
            open.pop();
            if let Some((parent, _)) = open.last() {
                self.low[*parent] = self.low[*parent].min(self.low[node]);
            }
            if self.low[node] == self.number[node] {
                self.close(node);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.number[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
    }

    fn close(&mut self, root: usize) {
        let mut component = Vec::new();
        while let Some(node) = self.stack.pop() {
            self.on_stack[node] = false;
            component.push(node);
            if node == root {
                break;
            }
        }
        component.sort_unstable();
        self.found.push(component);
    }
}

/// The shortest circle through nodes of one component, from its least node on.
pub fn shortest_cycle(graph: &[Vec<usize>], component: &[usize]) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    for &start in component {
        let mut from = vec![None; graph.len()];
        let mut open = VecDeque::from([start]);
        let mut end = None;
        while let (Some(node), None) = (open.pop_front(), end) {
            for &next in &graph[node] {
                if next == start {
                    end = Some(node);
                    break;
                }
                if from[next].is_none() && component.binary_search(&next).is_ok() {
                    from[next] = Some(node);
                    open.push_back(next);
                }
            }
        }
        let Some(mut node) = end else { continue };
        let mut cycle = vec![node];
        while node != start {
            let Some(before) = from[node] else { break };
            cycle.push(before);
            node = before;
        }
        cycle.reverse();
        if best.is_empty() || cycle.len() < best.len() {
            best = cycle;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::{components, shortest_cycle};

    #[test]
    fn components_come_successors_first() {
        let graph = vec![vec![1], vec![2, 3], vec![1], vec![], vec![0]];
        assert_eq!(components(&graph), [vec![3], vec![1, 2], vec![0], vec![4]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let graph: Vec<Vec<usize>> =
            (0..200_000).map(|it| if it + 1 < 200_000 { vec![it + 1] } else { vec![] }).collect();
        assert_eq!(components(&graph).len(), 200_000);
    }

    #[test]
    fn the_shortest_cycle_is_found() {
        let graph = vec![vec![1], vec![2], vec![0, 3], vec![2]];
        assert_eq!(shortest_cycle(&graph, &[0, 1, 2, 3]), [2, 3]);
    }
}
