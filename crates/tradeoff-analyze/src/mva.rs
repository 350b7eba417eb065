//! Closed traffic: users who think, ask and think again (mean value analysis).
//!
//! M. Reiser and S. S. Lavenberg, "Mean-value analysis of closed multichain queuing networks"
//! (JACM 27, 1980); P. J. Schweitzer's approximation where there are too many users and
//! sources; asymptotic bounds by P. J. Denning and J. P. Buzen, "The operational analysis of
//! queueing network models" (ACM Computing Surveys 10, 1978). All of it is exact only for
//! exponential service or shared cores.

/// Most steps of the exact recursion.
const MOST_STEPS: usize = 2_000_000;
/// Rounds of the approximation, and its steps in all.
const ROUNDS: usize = 500;
/// Change at which it has settled.
const SETTLED: f64 = 1e-10;

/// A class of users: those of one source of traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// How many.
    pub users: u32,
    /// Seconds between an answer and the next request, with all that nobody queues for.
    pub think: f64,
    /// Seconds that a request needs of each copy of each center.
    pub demands: Vec<f64>,
}

/// What it comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solution {
    /// Requests per second of each class.
    pub rates: Vec<f64>,
    /// Seconds that a request of each class spends at the centers.
    pub times: Vec<f64>,
    /// Users at each copy of each center.
    pub queues: Vec<f64>,
}

/// Requests per second that lie between no queueing and everybody in every queue: the least and the
/// most that so many users can bring about.
pub fn bounds(users: u32, think: f64, demand: f64, largest: f64) -> (f64, f64) {
    let users = f64::from(users);
    let least = users / (think + users * demand);
    let most = users / (think + demand);
    (least, if largest > 0.0 { most.min(1.0 / largest) } else { most })
}

/// Solves a network of centers with these numbers of equal copies; a class uses all of them alike.
pub fn solve(copies: &[f64], classes: &[Class]) -> Solution {
    let populations = classes.iter().map(|it| it.users as usize + 1);
    let populations = populations.fold(1_usize, usize::saturating_mul);
    let places = copies.len().max(1).saturating_mul(classes.len());
    if populations.saturating_mul(places) <= MOST_STEPS {
        exact(copies, classes, populations)
    } else {
        schweitzer(copies, classes)
    }
}

/// The recursion over all smaller populations: a user who comes finds the queues that there would
/// be without this user.
fn exact(copies: &[f64], classes: &[Class], populations: usize) -> Solution {
    let centers = copies.len();
    // The queues of each population; populations are numbered like digits, a class each.
    let mut queues = vec![0.0; populations * centers];
    let mut solution = Solution::default();
    for population in 0..populations {
        (solution.rates, solution.times) = (Vec::new(), Vec::new());
        let mut next = vec![0.0; centers];
        let (mut rest, mut digit) = (population, 1);
        for class in classes {
            let users = rest % (class.users as usize + 1);
            rest /= class.users as usize + 1;
            let fewer = population.saturating_sub(digit) * centers;
            let at = |it: usize| class.demands[it] * (1.0 + queues[fewer + it]);
            digit *= class.users as usize + 1;
            if users == 0 {
                solution.rates.push(0.0);
                solution.times.push(0.0);
                continue;
            }
            let time: f64 = (0..centers).map(|it| copies[it] * at(it)).sum();
            let round = class.think + time;
            let rate = if round > 0.0 { users as f64 / round } else { 0.0 };
            (0..centers).for_each(|it| next[it] += rate * at(it));
            solution.rates.push(rate);
            solution.times.push(time);
        }
        queues[population * centers..][..centers].copy_from_slice(&next);
        solution.queues = next;
    }
    solution
}

fn schweitzer(copies: &[f64], classes: &[Class]) -> Solution {
    let centers = copies.len();
    // Whom a center serves: a source uses few of all centers.
    let used: Vec<Vec<usize>> = classes
        .iter()
        .map(|class| (0..centers).filter(|it| class.demands[*it] > 0.0).collect())
        .collect();
    let mut queues: Vec<Vec<f64>> = classes
        .iter()
        .zip(&used)
        .map(|(class, used)| {
            let places: f64 = used.iter().map(|it| copies[*it]).sum();
            let each = if places > 0.0 { f64::from(class.users) / places } else { 0.0 };
            let mut queue = vec![0.0; centers];
            for it in used {
                queue[*it] = each;
            }
            queue
        })
        .collect();
    let mut solution = Solution::default();
    let work = used.iter().map(Vec::len).sum::<usize>().max(1);
    for _ in 0..ROUNDS.min(10 * MOST_STEPS / work).max(1) {
        let mut all = vec![0.0; centers];
        for (queue, used) in queues.iter().zip(&used) {
            for it in used {
                all[*it] += queue[*it];
            }
        }
        let mut moved: f64 = 0.0;
        (solution.rates, solution.times) = (Vec::new(), Vec::new());
        for ((class, queue), used) in classes.iter().zip(&mut queues).zip(&used) {
            let users = f64::from(class.users);
            let at = |it: usize, own: f64| class.demands[it] * (1.0 + all[it] - own / users);
            let time: f64 = used.iter().map(|it| copies[*it] * at(*it, queue[*it])).sum();
            let round = class.think + time;
            let rate = if round > 0.0 { users / round } else { 0.0 };
            for it in used {
                let next = rate * at(*it, queue[*it]);
                moved = moved.max((next - queue[*it]).abs() / users);
                queue[*it] = next;
            }
            solution.rates.push(rate);
            solution.times.push(time);
        }
        if moved < SETTLED {
            break;
        }
    }
    solution.queues = vec![0.0; centers];
    for queue in &queues {
        solution.queues.iter_mut().zip(queue).for_each(|(all, it)| *all += it);
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::{Class, bounds, schweitzer, solve};

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found / expected - 1.0).abs() <= within, "{found} instead of {expected}");
    }

    fn class(users: u32, think: f64, demands: &[f64]) -> Class {
        Class { users, think, demands: demands.to_vec() }
    }

    #[test]
    fn published_small_cases() {
        // R_k(n) = D_k (1 + Q_k(n-1)); X(n) = n / (Z + sum R); Q_k(n) = X(n) R_k(n).
        let three = [0.05, 0.08, 0.04];
        for (users, rate, time) in
            [(1, 0.854_700_854_7, 0.17), (10, 7.723_043_632, 0.294_826_298_6)]
        {
            let solved = solve(&[1.0; 3], &[class(users, 1.0, &three)]);
            near(solved.rates[0], rate, 1e-8);
            near(solved.times[0], time, 1e-8);
        }
        // Lazowska et al., "Quantitative System Performance" (1984), page 117: N = 3, Z = 15 s.
        let solved = solve(&[1.0; 3], &[class(3, 15.0, &[0.605, 2.1, 1.35])]);
        near(solved.rates[0], 0.151_516_492_3, 1e-8);
        for (found, published) in solved.queues.iter().zip([0.0976, 0.3947, 0.235]) {
            near(*found, published, 1e-3);
        }
        // The same book, page 267: a CPU and four disks that are alike.
        let solved = solve(&[1.0, 4.0], &[class(10, 10.0, &[4.0, 2.0])]);
        near(solved.queues[0], 4.299, 1e-3);
        near(solved.queues[1], 0.8384, 1e-3);
    }

    fn two() -> [Class; 2] {
        [class(10, 2.0, &[0.1, 0.2]), class(5, 1.0, &[0.3, 0.05])]
    }

    #[test]
    fn two_classes_are_exact_too() {
        let solved = solve(&[1.0; 2], &two());
        near(solved.rates[0], 3.262_282_916, 1e-8);
        near(solved.rates[1], 2.070_848_377, 1e-8);
        near(solved.times[1], 1.414_469_382, 1e-8);
        near(solved.queues[0], 4.224_653_854, 1e-8);
        near(solved.queues[1], 2.179_931_937, 1e-8);
    }

    #[test]
    fn many_users_and_several_sources_are_approximated() {
        let one = class(10, 1.0, &[0.05, 0.08, 0.04]);
        near(schweitzer(&[1.0; 3], &[one]).rates[0], 7.723_043_632, 0.02);
        let solved = schweitzer(&[1.0; 2], &two());
        near(solved.rates[0], 3.262_282_916, 0.03);
        near(solved.rates[1], 2.070_848_377, 0.1);
        // A million users of one core.
        let solved = solve(&[1.0; 9], &[class(1_000_000, 1.0, &[0.001; 9])]);
        near(solved.rates[0], 1_000.0, 1e-3);
    }

    #[test]
    fn nothing_to_do_is_no_number_out_of_nothing() {
        let idle = solve(&[1.0], &[class(5, 0.0, &[0.0])]);
        assert_eq!(idle.rates, [0.0]);
        assert_eq!(solve(&[], &[class(4, 2.0, &[])]).rates, [2.0]);
        assert!(solve(&[], &[]).rates.is_empty());
    }

    #[test]
    fn rates_lie_within_the_asymptotic_bounds() {
        let demands = [0.05, 0.08, 0.04];
        for users in [1, 5, 20, 200] {
            let rate = solve(&[1.0; 3], &[class(users, 1.0, &demands)]).rates[0];
            let (least, most) = bounds(users, 1.0, 0.17, 0.08);
            assert!(least - 1e-12 <= rate && rate <= most + 1e-12, "{least} {rate} {most}");
        }
    }
}
