//! Who gets the call: never a dead one while one lives, the less loaded, and everyone in turn.

use std::cell::Cell;

use proptest::{collection::vec, prelude::*, test_runner::RngSeed};
use tradeoff_policy::{
    Time,
    balance::{Balancer, Config, Policy},
};

const TWO: Policy = Policy::Choices { choices: 2, replace: false };
const SECOND: u64 = 1_000_000_000;

fn balancer(policy: Policy, weights: &[f64], start: u32) -> Balancer {
    Balancer::new(Config { policy, weighted: true }, weights, start)
}

fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        Just(Policy::Random),
        Just(Policy::RoundRobin),
        Just(Policy::LeastConnections),
        Just(Policy::LeastResponseTime),
        Just(Policy::IpHash),
        (0..6_u32, any::<bool>())
            .prop_map(|(choices, replace)| Policy::Choices { choices, replace }),
    ]
}

fn luck(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A draw for a policy that must not need one.
fn no_draw() -> f64 {
    panic!("this needs no draw")
}

/// The share of picks that each replica gets, up to the last that gets any; nothing is sent.
fn shares(balancer: &mut Balancer, alive: impl Fn(u32) -> bool) -> Vec<f64> {
    const PICKS: u32 = 100_000;
    let mut draw = luck(3);
    let mut counts = [0; 60];
    for client in 0..PICKS {
        let replica = balancer.pick(Time::ZERO, client.into(), &alive, &mut draw) as usize;
        counts[replica] += 1;
    }
    let picked = counts.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
    counts[..picked].iter().map(|&count| f64::from(count) / f64::from(PICKS)).collect()
}

/// Equal within five standard errors of 100,000 picks.
fn assert_close(shares: &[f64], expected: &[f64]) {
    let picked = expected.iter().rposition(|&share| share > 0.0).map_or(0, |last| last + 1);
    let close = |(share, expected): (&f64, &f64)| (share - expected).abs() < 0.008;
    let all_close = shares.len() == picked && shares.iter().zip(expected).all(close);
    assert!(all_close, "{shares:?} is not {expected:?}");
}

fn loaded(policy: Policy, weights: &[f64], loads: &[u32]) -> Balancer {
    let mut balancer = balancer(policy, weights, 0);
    for (replica, &load) in (0..).zip(loads) {
        (0..load).for_each(|_| balancer.sent(replica));
    }
    balancer
}

/// The same histories in every run.
fn fixed() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    /// Safety, for all policies and histories: a dead replica gets nothing while another lives,
    /// one that does not exist never does, and what was sent and not settled is in flight.
    #[test]
    fn avoids_the_dead_and_counts_the_living(
        policy in policy(),
        weighted in any::<bool>(),
        weights in vec(prop_oneof![0.0..4.0_f64, Just(1.0), Just(f64::NAN)], 1..7),
        start in any::<u32>(),
        history in vec((any::<u64>(), 0..128_u32, any::<bool>()), 0..100),
    ) {
        let mut balancer = Balancer::new(Config { policy, weighted }, &weights, start);
        let mut in_flight = vec![0_u32; weights.len()];
        let (replicas, mut draw) = (weights.len() as u32, luck(start.into()));
        for (time, (client, living, settles)) in (0..).map(|it| Time(it * SECOND)).zip(history) {
            let alive = |replica: u32| { assert!(replica < replicas); living & 1 << replica != 0 };
            let replica = balancer.pick(time, client, alive, &mut draw);
            prop_assert!(alive(replica) || !(0..replicas).any(alive));
            balancer.sent(replica);
            in_flight[replica as usize] += 1;
            let settled = (client % u64::from(replicas)) as u32;
            if settles && in_flight[settled as usize] > 0 {
                balancer.settled(time, settled, (client % 3 > 0).then_some(client % SECOND));
                in_flight[settled as usize] -= 1;
            }
            for (replica, &calls) in (0..).zip(&in_flight) {
                prop_assert_eq!(balancer.in_flight(replica), calls);
            }
        }
    }

    /// However many picks, none of the living is ahead of another by more than one.
    #[test]
    fn round_robin_is_fair(
        replicas in 1..9_usize,
        start in any::<u32>(),
        living in any::<u32>(),
        picks in 0..60_u32,
    ) {
        let mut balancer = balancer(Policy::RoundRobin, &vec![2.5; replicas], start);
        let alive = |replica: u32| living & 1 << replica != 0;
        let mut counts = vec![0; replicas];
        for _ in 0..picks {
            counts[balancer.pick(Time::ZERO, 0, alive, no_draw) as usize] += 1;
        }
        let none = !(0..replicas as u32).any(alive);
        let fair: Vec<_> = (0..).zip(counts).filter(|&(it, _)| none || alive(it)).collect();
        let counts = || fair.iter().map(|&(_, count)| count);
        prop_assert!(counts().max().unwrap() - counts().min().unwrap() <= 1);
    }

    /// Over any sum of weights each gets its own, and at no time is one a whole call ahead.
    #[test]
    fn weighted_round_robin_is_exact(weights in vec(1..8_u32, 1..7), start in any::<u32>()) {
        let sum: u32 = weights.iter().sum();
        let parts: Vec<_> = weights.iter().copied().map(f64::from).collect();
        let mut balancer = balancer(Policy::RoundRobin, &parts, start);
        let mut counts = vec![0; weights.len()];
        for picks in 1..=3 * sum {
            let replica = balancer.pick(Time::ZERO, 0, |_| true, no_draw) as usize;
            counts[replica] += 1;
            let due = f64::from(picks * weights[replica]) / f64::from(sum);
            prop_assert!(f64::from(counts[replica]) < due + 1.0);
            if picks % sum == 0 {
                let due: Vec<_> = weights.iter().map(|weight| weight * (picks / sum)).collect();
                prop_assert_eq!(&counts, &due);
            }
        }
    }

    /// Of two distinct replicas drawn, the less loaded for its weight; the first if they tie.
    #[test]
    fn two_choices_takes_the_less_loaded(
        loads in vec((0..6_u32, 1..5_u32), 3..9),
        draws in [0.0..1.0_f64, 0.0..1.0_f64],
    ) {
        let (loads, weights): (Vec<_>, Vec<_>) = loads.into_iter().unzip();
        let parts: Vec<_> = weights.iter().copied().map(f64::from).collect();
        let mut balancer = loaded(TWO, &parts, &loads);
        let (looks, mut rest) = (Cell::new(0), draws.into_iter());
        let alive = |_| { looks.set(looks.get() + 1); true };
        let picked = balancer.pick(Time::ZERO, 0, alive, || rest.next().expect("draws two")) as usize;

        let first = (draws[0] * loads.len() as f64) as usize;
        let second = (draws[1] * (loads.len() - 1) as f64) as usize;
        let second = second + usize::from(second >= first);
        let [one, other] = [(first, second), (second, first)]
            .map(|(it, against)| (loads[it] + 1) * weights[against]);
        prop_assert_eq!(picked, if other < one { second } else { first });
        prop_assert_eq!(looks.get(), 2);
    }

    /// The least of all who live, for its weight.
    #[test]
    fn least_connections_takes_the_least(
        loads in vec((0..6_u32, 1..5_u32, any::<bool>()), 2..9),
        seed in any::<u64>(),
    ) {
        let weights: Vec<_> = loads.iter().map(|it| f64::from(it.1)).collect();
        let counts: Vec<_> = loads.iter().map(|it| it.0).collect();
        let living = loads.iter().any(|it| it.2);
        let mut balancer = loaded(Policy::LeastConnections, &weights, &counts);
        let alive = |replica| loads[replica as usize].2;
        let (n, weight, _) = loads[balancer.pick(Time::ZERO, 0, alive, luck(seed)) as usize];
        for (other, its_weight, _) in loads.iter().filter(|it| !living || it.2) {
            prop_assert!((n + 1) * its_weight <= (other + 1) * weight);
        }
    }

    /// The least of averages that are kept in the plain way, also over hours.
    #[test]
    fn least_response_time_takes_the_least(
        answers in vec((0..3_u32, 1..SECOND, gap(), 0..2_u32), 1..40),
        seed in any::<u64>(),
    ) {
        let mut balancer = balancer(Policy::LeastResponseTime, &[1.0, 2.0, 4.0], 0);
        let mut averages = [(0.0_f64, None); 3];
        let (mut now, mut draw) = (Time::ZERO, luck(seed));
        for (replica, took, gap, left) in answers {
            now = now.plus(gap);
            if balancer.in_flight(replica) <= left {
                balancer.sent(replica);
            }
            balancer.settled(now, replica, Some(took));
            let (average, last) = &mut averages[replica as usize];
            let fade = last.map_or(0.0, |last| fade(now.since(last)));
            (*average, *last) = (*average * fade + took as f64 * (1.0 - fade), Some(now));

            let cost = |replica: u32| {
                let (average, last) = averages[replica as usize];
                let calls = f64::from(balancer.in_flight(replica));
                let weight = f64::from(1 << replica);
                match last {
                    Some(last) => average * fade_to(last, now) * (calls + 1.0) / weight,
                    None if calls > 0.0 => f64::INFINITY,
                    None => 0.0,
                }
            };
            let costs = [0, 1, 2].map(cost);
            let picked = balancer.pick(now, 0, |_| true, &mut draw) as usize;
            let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!(costs[picked] <= least * (1.0 + 1e-9), "{} of {:?}", picked, costs);
        }
    }

    /// A client stays where it is, unless its replica dies, and nobody else moves when one does.
    #[test]
    fn ip_hash_is_sticky_and_minimal(
        weights in vec(0.1..4.0_f64, 2..9),
        clients in vec(any::<u64>(), 1..50),
        dies in any::<u32>(),
    ) {
        let replicas = weights.len() as u32;
        let dies = dies % replicas;
        let mut balancer = balancer(Policy::IpHash, &weights, 0);
        for client in clients {
            let home = balancer.pick(Time::ZERO, client, |_| true, no_draw);
            balancer.sent(home);
            let later = balancer.pick(Time(9), client, |replica| replica != dies, no_draw);
            let next = if home == dies { (dies + 1) % replicas } else { home };
            prop_assert_eq!(later, next);
            prop_assert_eq!(balancer.pick(Time(9), client, |_| true, no_draw), home);
        }
    }
}

fn gap() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..20 * SECOND, 1 => Just(150 * SECOND), 1 => Just(1000 * SECOND)]
}

fn fade_to(last: Time, now: Time) -> f64 {
    fade(now.since(last))
}

fn fade(nanos: u64) -> f64 {
    libm::exp(-(nanos as f64) / 10e9)
}

/// The order that nginx gives for weights of 5, 1 and 1.
#[test]
fn weighted_round_robin_is_smooth() {
    let mut balancer = balancer(Policy::RoundRobin, &[5.0, 1.0, 1.0], 0);
    let order = [(); 7].map(|()| balancer.pick(Time::ZERO, 0, |_| true, no_draw));
    assert_eq!(order, [0, 0, 1, 0, 2, 0, 0]);
}

#[test]
fn round_robin_begins_where_it_is_told() {
    let mut balancer = balancer(Policy::RoundRobin, &[1.0; 3], 5);
    let order = [(); 4].map(|()| balancer.pick(Time::ZERO, 0, |_| true, no_draw));
    assert_eq!(order, [2, 0, 1, 2]);
}

#[test]
fn shares_follow_weights() {
    let weights = [1.0, 2.0, 5.0];
    let due = [0.125, 0.25, 0.625];
    for policy in [Policy::Random, Policy::RoundRobin, Policy::IpHash] {
        assert_close(&shares(&mut balancer(policy, &weights, 0), |_| true), &due);
        let config = Config { policy, weighted: false };
        let mut unweighted = Balancer::new(config, &weights, 0);
        assert_close(&shares(&mut unweighted, |_| true), &[1.0 / 3.0; 3]);
    }
    let mut random = balancer(Policy::Random, &weights, 0);
    assert_close(&shares(&mut random, |replica| replica != 2), &[1.0 / 3.0, 2.0 / 3.0]);
    // What is no weight gets nothing while others live.
    for weight in [0.0, -1.0, f64::NAN] {
        for policy in [Policy::Random, Policy::RoundRobin, Policy::IpHash] {
            let mut balancer = balancer(policy, &[1.0, weight, 3.0], 0);
            assert_close(&shares(&mut balancer, |_| true), &[0.25, 0.0, 0.75]);
            assert_close(&shares(&mut balancer, |replica| replica == 1), &[0.0, 1.0]);
        }
    }
}

/// Most are dead, so that draws fail and all are looked at: still all the living are equal.
#[test]
fn the_living_are_equally_likely() {
    let alive = |replica: u32| replica.is_multiple_of(20);
    let due: Vec<_> = (0..60).map(|replica| if alive(replica) { 1.0 / 3.0 } else { 0.0 }).collect();
    let with_replacement = Policy::Choices { choices: 2, replace: true };
    for policy in [Policy::Random, TWO, with_replacement, Policy::LeastConnections] {
        assert_close(&shares(&mut balancer(policy, &[1.0; 60], 0), alive), &due);
    }
    let mut weights = [1.0; 60];
    (weights[0], weights[40]) = (2.0, 5.0);
    let due: Vec<_> = due.iter().zip(weights).map(|(due, weight)| due * weight * 0.375).collect();
    assert_close(&shares(&mut balancer(Policy::Random, &weights, 0), alive), &due);
}

/// Two distinct of the three that live, found by looking at all, and one that is drawn twice.
#[test]
fn choices_differ_among_few_living() {
    let mut loads = [0; 60];
    (loads[20], loads[40]) = (1, 2);
    let alive = |replica: u32| replica.is_multiple_of(20);
    for (replace, by_load) in [(false, [6.0, 3.0, 0.0]), (true, [5.0, 3.0, 1.0])] {
        let policy = Policy::Choices { choices: 2, replace };
        let mut due = [0.0; 60];
        (0..3).for_each(|load| due[20 * load] = by_load[load] / 9.0);
        assert_close(&shares(&mut loaded(policy, &[1.0; 60], &loads), alive), &due);
    }
}

/// Of n replicas with r less loaded than it, one is the least of c drawn if all c are of the
/// n - r others, and it is among them.
#[test]
fn choices_are_drawn_evenly() {
    let loads = [4, 0, 3, 1, 2];
    let shares_of = |choices, replace| {
        let policy = Policy::Choices { choices, replace };
        shares(&mut loaded(policy, &[1.0; 5], &loads), |_| true)
    };
    let all = |by_load: [f64; 5]| loads.map(|load| by_load[load as usize]);
    assert_close(&shares_of(2, false), &all([0.4, 0.3, 0.2, 0.1, 0.0]));
    assert_close(&shares_of(2, true), &all([0.36, 0.28, 0.2, 0.12, 0.04]));
    assert_close(&shares_of(3, false), &all([0.6, 0.3, 0.1, 0.0, 0.0]));
    assert_close(&shares_of(1, false), &[0.2; 5]);
    assert_close(&shares_of(0, true), &[0.2; 5]);
    assert_close(&shares_of(5, false), &[0.0, 1.0]);
}

#[test]
fn ties_are_random() {
    for policy in [Policy::LeastConnections, Policy::LeastResponseTime, TWO] {
        let idle = shares(&mut balancer(policy, &[1.0; 4], 0), |_| true);
        assert_close(&idle, &[0.25; 4]);
        let tied = shares(&mut loaded(policy, &[1.0; 3], &[1, 1, 1]), |_| true);
        assert_close(&tied, &[1.0 / 3.0; 3]);
    }
    let tied =
        shares(&mut loaded(Policy::LeastConnections, &[1.0, 3.0, 1.0], &[0, 2, 1]), |_| true);
    assert_close(&tied, &[0.5, 0.5]);
}

/// Drawing two looks at two, however many there are.
#[test]
fn two_choices_looks_at_two() {
    let mut balancer = balancer(TWO, &vec![1.0; 100_000], 0);
    let (looks, draws, mut draw) = (Cell::new(0), Cell::new(0), luck(1));
    for picks in 1..1000 {
        let alive = |_| looks.replace(looks.get() + 1) < u32::MAX;
        let replica = balancer.pick(Time::ZERO, 0, alive, || {
            draws.set(draws.get() + 1);
            draw()
        });
        balancer.sent(replica);
        assert_eq!((looks.get(), draws.get()), (2 * picks, 2 * picks));
    }
}

/// n balls into n bins: the share of bins with at least i balls follows s' = s(i-1)^d - s(i)^d,
/// at d = 2 .7616, .2295, .0089 (Mitzenmacher's fluid limit).
#[test]
fn two_choices_fill_as_mitzenmacher_says() {
    const BINS: u32 = 100_000;
    for (choices, due) in [(2, [0.7616, 0.2295, 0.0089]), (1, [0.6321, 0.2642, 0.0803])] {
        let policy = Policy::Choices { choices, replace: false };
        let mut balancer = balancer(policy, &vec![1.0; BINS as usize], 0);
        let mut draw = luck(11);
        for _ in 0..BINS {
            let replica = balancer.pick(Time::ZERO, 0, |_| true, &mut draw);
            balancer.sent(replica);
        }
        let at_least = |balls| (0..BINS).filter(|&bin| balancer.in_flight(bin) >= balls).count();
        for (balls, due) in (1..).zip(due) {
            let share = at_least(balls) as f64 / f64::from(BINS);
            assert!((share - due).abs() < 0.004, "{share} of {balls} by {choices}, not {due}");
        }
    }
}

/// One that never answered is tried, once, and one that was slow is given another chance.
#[test]
fn least_response_time_tries_everyone() {
    let mut balancer = balancer(Policy::LeastResponseTime, &[1.0; 2], 0);
    let mut now = Time::ZERO;
    balancer.sent(0);
    balancer.settled(now, 0, Some(SECOND));
    assert_eq!(balancer.pick(now, 0, |_| true, no_draw), 1);
    balancer.sent(1);
    assert_eq!(balancer.pick(now, 0, |_| true, no_draw), 0);
    balancer.settled(now, 1, Some(8 * SECOND));
    // It costs eight times as much, until it has not been asked for 10 s x ln 8 = 20.8 s.
    for (after, picked) in [(0, 0), (20, 0), (1, 1)] {
        now = now.plus(after * SECOND);
        balancer.sent(0);
        balancer.settled(now, 0, Some(SECOND));
        assert_eq!(balancer.pick(now, 0, |_| true, no_draw), picked);
    }
}

#[test]
fn one_replica_needs_no_choice() {
    for weights in [&[][..], &[2.0]] {
        for policy in [Policy::Random, Policy::IpHash, TWO] {
            let mut only = balancer(policy, weights, 7);
            assert_eq!(only.pick(Time::ZERO, 5, |_| false, no_draw), 0);
        }
    }
}
