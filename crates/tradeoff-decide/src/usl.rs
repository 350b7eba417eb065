//! The arithmetic of scaling out: Amdahl's law and Gunther's Universal Scalability Law.

/// What n machines do together: gamma n / (1 + alpha (n - 1) + beta n (n - 1)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// Contention: the share that only one at a time can do.
    pub alpha: f64,
    /// Coherence: what each pair costs to agree. With 0 it is Amdahl's law.
    pub beta: f64,
    /// What one machine does.
    pub gamma: f64,
}

impl Usl {
    /// What so many machines do.
    pub fn at(&self, n: f64) -> f64 {
        self.gamma * n / (1.0 + self.alpha * (n - 1.0) + self.beta * n * (n - 1.0))
    }

    /// The number of machines beyond which one more makes it slower; infinite without coherence.
    pub fn peak(&self) -> f64 {
        libm::sqrt((1.0 - self.alpha) / self.beta)
    }

    /// What contention alone allows, however many machines; infinite without it.
    pub fn limit(&self) -> f64 {
        self.gamma / self.alpha
    }

    /// As many machines as would reach the limit if they had nothing in common. With contention
    /// they do about half of it, so that from here on each adds little.
    pub fn optimal(&self) -> f64 {
        self.limit() / self.gamma
    }

    /// The fewest machines that do so much; `None` if no number does.
    pub fn machines(&self, work: f64) -> Option<f64> {
        // Where it rises it crosses `work` at the smaller root of
        // work (1 + alpha (n - 1) + beta n (n - 1)) = gamma n.
        let (a, b) = (work * self.beta, work * (self.alpha - self.beta) - self.gamma);
        let c = work * (1.0 - self.alpha);
        let root = if a <= 0.0 {
            -c / b
        } else {
            let inner = b * b - 4.0 * a * c;
            if inner < 0.0 {
                return None;
            }
            2.0 * c / (libm::sqrt(inner) - b)
        };
        let near = libm::round(root);
        let whole = if libm::fabs(root - near) < 1e-9 * near { near } else { libm::ceil(root) };
        let n = whole.max(1.0);
        (n.is_finite() && self.at(n) >= work * (1.0 - 1e-9)).then_some(n)
    }

    /// The curve that lies nearest to measurements (machines, throughput) by least squares.
    pub fn fit(measured: &[(f64, f64)]) -> Option<Self> {
        if measured.len() < 3 {
            return None;
        }
        let mut best = guess(measured);
        let mut error = best.error(measured);
        let mut damp = 1e-3;
        for _ in 0..500 {
            let step = best.step(measured, damp)?;
            let tried = Self {
                alpha: best.alpha + step[0],
                beta: best.beta + step[1],
                gamma: best.gamma + step[2],
            };
            let then = tried.error(measured);
            if then < error {
                let gain = error - then;
                (best, error, damp) = (tried, then, damp / 10.0);
                if gain <= 1e-14 * error {
                    break;
                }
            } else {
                damp *= 10.0;
                if damp > 1e12 {
                    break;
                }
            }
        }
        Some(best)
    }

    fn error(&self, measured: &[(f64, f64)]) -> f64 {
        measured.iter().map(|(n, x)| (x - self.at(*n)) * (x - self.at(*n))).sum()
    }

    /// A step of Levenberg and Marquardt.
    fn step(&self, measured: &[(f64, f64)], damp: f64) -> Option<[f64; 3]> {
        let mut square = [[0.0; 3]; 3];
        let mut right = [0.0; 3];
        for (n, x) in measured {
            let under = 1.0 + self.alpha * (n - 1.0) + self.beta * n * (n - 1.0);
            let slope = -self.gamma * n / (under * under);
            let by = [slope * (n - 1.0), slope * n * (n - 1.0), n / under];
            let off = x - self.at(*n);
            for row in 0..3 {
                right[row] += by[row] * off;
                for column in 0..3 {
                    square[row][column] += by[row] * by[column];
                }
            }
        }
        for (at, row) in square.iter_mut().enumerate() {
            row[at] *= 1.0 + damp;
        }
        solve(square, right)
    }
}

/// Where the search begins: a little of both, and what the first point says of one machine.
fn guess(measured: &[(f64, f64)]) -> Usl {
    let first = measured[0];
    let gamma = first.1 / first.0;
    Usl { alpha: 0.01, beta: 0.0001, gamma }
}

/// Three equations with three unknowns, by elimination.
fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> Option<[f64; 3]> {
    for at in 0..3 {
        let pivot = (at..3).max_by(|i, j| a[*i][at].abs().total_cmp(&a[*j][at].abs()))?;
        a.swap(at, pivot);
        b.swap(at, pivot);
        if a[at][at] == 0.0 {
            return None;
        }
        for row in at + 1..3 {
            let factor = a[row][at] / a[at][at];
            let above = a[at];
            for (it, above) in a[row].iter_mut().zip(above) {
                *it -= factor * above;
            }
            b[row] -= factor * b[at];
        }
    }
    let mut x = [0.0; 3];
    for row in (0..3).rev() {
        let known: f64 = (row + 1..3).map(|it| a[row][it] * x[it]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    Some(x)
}
