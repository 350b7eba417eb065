//! Where the boxes of a graph go: layers by depth, few crossings, callers above their callees.
//!
//! Sugiyama's method in its plain form: circles are opened by turning the edges that close them,
//! layers are longest paths, an edge that passes a layer bends there, and the order within layers
//! follows the barycenters of the neighbors.

/// Rounds of ordering, down and up.
const ROUNDS: usize = 12;
/// Rounds of pulling nodes below their neighbors.
const PULLS: usize = 24;
/// Room of a bend, as a share of that of a node.
const BEND: f64 = 0.3;

/// A graph that was laid out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    /// Layer of each node, from the top.
    pub(super) layer: Vec<usize>,
    /// Where each node's middle is, in widths of a node; 0.5 is the leftmost.
    pub(super) x: Vec<f64>,
    /// By edge: where its bends are, from its upper end to its lower.
    pub(super) bends: Vec<Vec<f64>>,
    /// By edge: whether its caller stands below its callee.
    pub(super) turned: Vec<bool>,
    /// How many layers there are.
    pub(super) layers: usize,
    /// How wide it is, in widths of a node.
    pub(super) width: f64,
}

/// Lays out `nodes` nodes with edges between different ones.
pub(super) fn layout(nodes: usize, edges: &[(usize, usize)]) -> Placed {
    let turned = turned(nodes, edges);
    let down: Vec<(usize, usize)> =
        edges.iter().zip(&turned).map(|(&(a, b), &it)| if it { (b, a) } else { (a, b) }).collect();
    let layer = layers(nodes, &down);
    let mut grid = Grid::new(nodes, &down, &layer);
    grid.order();
    let x = grid.places();
    let left = (0..x.len()).map(|it| x[it] - grid.half(it)).fold(f64::INFINITY, f64::min);
    let right = (0..x.len()).map(|it| x[it] + grid.half(it)).fold(f64::NEG_INFINITY, f64::max);
    let (left, right) = if x.is_empty() { (0.0, 0.0) } else { (left, right) };
    let at = |it: usize| x[it] - left;
    Placed {
        x: (0..nodes).map(at).collect(),
        bends: grid.chains.iter().map(|it| it.iter().map(|bend| at(*bend)).collect()).collect(),
        turned,
        layers: grid.layers.len(),
        width: right - left,
        layer,
    }
}

/// Which edges must be turned so that no circle is left.
fn turned(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut called = vec![false; nodes];
    for (nth, &(from, to)) in edges.iter().enumerate() {
        out[from].push(nth);
        called[to] = true;
    }
    let mut turned = vec![false; edges.len()];
    // 0: not seen, 1: on the path, 2: done.
    let mut state = vec![0_u8; nodes];
    let roots = (0..nodes).filter(|it| !called[*it]).chain(0..nodes);
    for root in roots {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(&edge) = out[*node].get(*next) else {
                state[*node] = 2;
                path.pop();
                continue;
            };
            *next += 1;
            let to = edges[edge].1;
            match state[to] {
                0 => {
                    state[to] = 1;
                    path.push((to, 0));
                }
                1 => turned[edge] = true,
                _ => {}
            }
        }
    }
    turned
}

/// The longest path to each node.
fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; nodes];
    // There is no circle, so as many rounds as there are nodes are enough.
    for _ in 0..nodes {
        let mut moved = false;
        for &(from, to) in edges {
            if layer[to] <= layer[from] {
                layer[to] = layer[from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    layer
}

/// Nodes and bends in layers.
struct Grid {
    /// Real ones; what is beyond is a bend.
    nodes: usize,
    layers: Vec<Vec<usize>>,
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    /// The bends of each edge.
    chains: Vec<Vec<usize>>,
}

impl Grid {
    fn new(nodes: usize, edges: &[(usize, usize)], layer: &[usize]) -> Self {
        let count = layer.iter().max().map_or(0, |it| it + 1);
        let mut it = Self {
            nodes,
            layers: vec![Vec::new(); count],
            above: vec![Vec::new(); nodes],
            below: vec![Vec::new(); nodes],
            chains: Vec::new(),
        };
        for (node, layer) in layer.iter().enumerate() {
            it.layers[*layer].push(node);
        }
        for &(from, to) in edges {
            let mut chain = Vec::new();
            let mut last = from;
            for layer in &mut it.layers[layer[from] + 1..layer[to]] {
                let bend = it.above.len();
                it.above.push(vec![last]);
                it.below.push(Vec::new());
                it.below[last].push(bend);
                layer.push(bend);
                chain.push(bend);
                last = bend;
            }
            it.below[last].push(to);
            it.above[to].push(last);
            it.chains.push(chain);
        }
        it
    }

    /// Orders the layers; keeps the order with the fewest crossings.
    fn order(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        for round in 0..ROUNDS {
            let down = round % 2 == 0;
            let mut at = vec![0.0; self.above.len()];
            let all = self.layers.len();
            for step in 0..all {
                let layer = if down { step } else { all - 1 - step };
                let near = if down { &self.above } else { &self.below };
                let mut order: Vec<(f64, usize)> = self.layers[layer]
                    .iter()
                    .enumerate()
                    .map(|(nth, it)| {
                        let sum: f64 = near[*it].iter().map(|it| at[*it]).sum();
                        let count = near[*it].len();
                        (if count == 0 { nth as f64 } else { sum / count as f64 }, *it)
                    })
                    .collect();
                order.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.layers[layer] = order.iter().map(|it| it.1).collect();
                for (nth, it) in self.layers[layer].iter().enumerate() {
                    at[*it] = nth as f64;
                }
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// How many pairs of edges cross.
    fn crossings(&self) -> usize {
        let mut at = vec![0; self.above.len()];
        for layer in &self.layers {
            for (nth, it) in layer.iter().enumerate() {
                at[*it] = nth;
            }
        }
        let mut crossings = 0;
        for layer in &self.layers {
            let mut ends: Vec<usize> = Vec::new();
            for it in layer {
                let mut own: Vec<usize> = self.below[*it].iter().map(|it| at[*it]).collect();
                own.sort_unstable();
                for end in &own {
                    crossings += ends.len() - ends.partition_point(|it| it <= end);
                }
                ends.extend(own);
                ends.sort_unstable();
            }
        }
        crossings
    }

    fn half(&self, node: usize) -> f64 {
        if node < self.nodes { 0.5 } else { BEND / 2.0 }
    }

    /// Pulls everything towards its neighbors, the order kept.
    fn places(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.above.len()];
        for layer in &self.layers {
            let mut at = 0.0;
            for it in layer {
                x[*it] = at + self.half(*it);
                at += 2.0 * self.half(*it);
            }
            // Layers start in the middle of the page.
            for it in layer {
                x[*it] -= at / 2.0;
            }
        }
        for round in 0..PULLS {
            let all = self.layers.len();
            for step in 0..all {
                let layer = &self.layers[if round % 2 == 0 { step } else { all - 1 - step }];
                let wanted: Vec<f64> = layer
                    .iter()
                    .map(|it| {
                        let near: Vec<usize> =
                            self.above[*it].iter().chain(&self.below[*it]).copied().collect();
                        let sum: f64 = near.iter().map(|it| x[*it]).sum();
                        if near.is_empty() { x[*it] } else { sum / near.len() as f64 }
                    })
                    .collect();
                for (it, at) in layer.iter().zip(self.apart(layer, &wanted)) {
                    x[*it] = at;
                }
            }
        }
        x
    }

    /// The places nearest to those wanted at which nothing overlaps: halfway between pushing
    /// everything to the right and everything to the left.
    fn apart(&self, layer: &[usize], wanted: &[f64]) -> Vec<f64> {
        let gap = |nth: usize| self.half(layer[nth]) + self.half(layer[nth + 1]);
        let (mut right, mut left) = (wanted.to_vec(), wanted.to_vec());
        for nth in 1..layer.len() {
            right[nth] = right[nth].max(right[nth - 1] + gap(nth - 1));
        }
        for nth in (1..layer.len()).rev() {
            left[nth - 1] = left[nth - 1].min(left[nth] - gap(nth - 1));
        }
        right.iter().zip(left).map(|(a, b)| f64::midpoint(*a, b)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::layout;

    /// Boxes of one layer keep their distance.
    fn sound(nodes: usize, edges: &[(usize, usize)]) -> super::Placed {
        let placed = layout(nodes, edges);
        for one in 0..nodes {
            assert!(placed.x[one] >= 0.5 - 1e-9 && placed.x[one] <= placed.width - 0.5 + 1e-9);
            for other in 0..one {
                if placed.layer[one] == placed.layer[other] {
                    assert!((placed.x[one] - placed.x[other]).abs() > 1.0 - 1e-9);
                }
            }
        }
        for (nth, &(from, to)) in edges.iter().enumerate() {
            let (up, low) = if placed.turned[nth] { (to, from) } else { (from, to) };
            assert!(placed.layer[up] < placed.layer[low]);
            assert_eq!(placed.bends[nth].len(), placed.layer[low] - placed.layer[up] - 1);
        }
        placed
    }

    #[test]
    fn callers_stand_above_their_callees() {
        let placed = sound(4, &[(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]);
        assert_eq!(placed.layer, [0, 1, 1, 2]);
        assert_eq!(placed.layers, 3);
    }

    #[test]
    fn circles_are_opened_and_nothing_is_lost() {
        let placed = sound(3, &[(0, 1), (1, 2), (2, 0), (2, 1)]);
        assert_eq!(placed.turned.iter().filter(|it| **it).count(), 2);
        assert!(sound(0, &[]).width.abs() < 1e-9);
        assert_eq!(sound(2, &[]).layer, [0, 0]);
    }

    #[test]
    fn two_chains_do_not_cross() {
        let placed = sound(6, &[(0, 3), (1, 2), (2, 4), (3, 5)]);
        let side = |a: usize, b: usize| placed.x[a] < placed.x[b];
        assert_eq!(side(0, 1), side(3, 2));
        assert_eq!(side(3, 2), side(5, 4));
        assert!((placed.width - 2.0).abs() < 1e-9, "as wide as its widest layer");
    }
}
