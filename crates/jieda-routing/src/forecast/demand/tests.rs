use super::*;
use crate::forecast::erlang_b;

fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn demand(per_hour: f64, handling: i64, patience: Option<i64>) -> Demand {
    Demand {
        per_hour,
        handling: secs(handling),
        patience: patience.map(secs),
    }
}

/// Erlang B and C by their definitions, with sums of `aᵏ/k!`.
fn by_definition(load: f64, agents: u32) -> (f64, f64) {
    let mut term = 1.0;
    let mut sum = 0.0;
    for k in 0..agents {
        sum += term;
        term *= load / f64::from(k + 1);
    }
    let last = term * f64::from(agents) / (f64::from(agents) - load);
    (term / (sum + term), last / (sum + last))
}

#[test]
fn the_recursion_is_the_definition() {
    for (load, agents) in [
        (0.5, 1),
        (1.0, 2),
        (9.0, 10),
        (45.0, 50),
        (100.0, 110),
        (120.0, 121),
    ] {
        let (b, c) = by_definition(load, agents);
        assert!(
            (erlang_b(load, agents) - b).abs() < 1e-12,
            "{load} {agents}"
        );
        assert!(
            (erlang_c(load, agents) - c).abs() < 1e-12,
            "{load} {agents}"
        );
    }
}

#[test]
fn the_ends_of_erlang_c() {
    assert_eq!(erlang_c(0.0, 5), 0.0);
    assert_eq!(erlang_c(5.0, 5), 1.0);
    assert_eq!(erlang_c(7.0, 5), 1.0);
    assert_eq!(erlang_c(1.0, 0), 1.0);
    // One agent: a wait is as likely as the agent is busy.
    assert!((erlang_c(0.8, 1) - 0.8).abs() < 1e-12);
}

/// What others print for the same cases: the README of the Python package pyworkforce (100 contacts in half an hour,
/// three minutes each, 14 agents, within 20 seconds), all digits; and the worked example of the Erlang C page of
/// mitan.co.uk (0.2 calls a second, four minutes each, 55 agents, within 15 seconds), to the digits that it prints.
#[test]
fn erlang_c_as_others_print_it() {
    assert!((erlang_c(10.0, 14) - 0.174_131_933_595_049_8).abs() < 1e-6);
    let small = demand(200.0, 180, None).with(14, secs(20));
    assert!((small.service_level / 100.0 - 0.888_350_019_179_466_9).abs() < 1e-6);
    assert!((small.occupancy / 100.0 - 0.714_285_714_285_714_3).abs() < 1e-6);

    assert!((erlang_c(48.0, 55) - 0.2387).abs() < 5e-5);
    let large = demand(720.0, 240, None).with(55, secs(15));
    assert!((large.service_level / 100.0 - 0.8459).abs() < 5e-5);
    let wait = large.wait.unwrap().as_secs_f64();
    assert!((wait - 8.184).abs() < 5e-4);
}

/// Garnett, Mandelbaum, Reiman, "Designing a call center with impatient customers", M&SOM 4 (2002), table 1:
/// 48 calls a minute, one minute each, 50 agents; patience 2 minutes. Printed to one digit after the point.
#[test]
fn impatience_as_in_the_published_example() {
    let endless = demand(48.0 * 60.0, 60, None).with(50, secs(0));
    let tenths = |d: Option<SignedDuration>| (d.unwrap().as_secs_f64() * 10.0).round() / 10.0;
    assert_eq!(tenths(endless.wait), 20.8);
    let impatient = demand(48.0 * 60.0, 60, Some(120)).with(50, secs(0));
    assert_eq!((impatient.abandonment * 10.0).round() / 10.0, 3.1);
    assert_eq!(tenths(impatient.wait), 3.7);
    assert_eq!(impatient.occupancy.round(), 93.0);
}

/// With as much patience as a contact takes, all contacts leave at one rate, served or not: Poisson many are
/// there (M/M/∞), whoever is served.
#[test]
fn patience_of_a_contact_makes_a_poisson_number() {
    let load: f64 = 12.0;
    let agents = 10;
    let mut term = (-load).exp();
    let mut at_least = 1.0;
    for k in 0..agents {
        at_least -= term;
        term *= load / f64::from(k + 1);
    }
    let performance = demand(load * 60.0, 60, Some(60)).with(agents, secs(10));
    assert!((performance.waiting - at_least).abs() < 1e-9);
}

#[test]
fn endless_patience_is_erlang_c() {
    for (per_hour, handling, agents) in [(200.0, 180, 14), (2000.0, 300, 180), (60.0, 240, 6)] {
        let endless = demand(per_hour, handling, None).with(agents, secs(20));
        let patient = demand(per_hour, handling, Some(4_000_000_000)).with(agents, secs(20));
        assert!(
            (endless.service_level - patient.service_level).abs() < 1e-4,
            "{agents}"
        );
        assert!((endless.waiting - patient.waiting).abs() < 1e-6, "{agents}");
    }
}

/// The share accepted by `t`, by steps through time: who waits, in which place, moves up, gives up, or is
/// accepted (forward equations, by Euler's method).
#[test]
fn accepted_in_time_agrees_with_steps_through_time() {
    let (lambda, mu, theta, agents, t) = (0.2, 1.0 / 60.0, 1.0 / 90.0, 10u32, 25.0);
    let busy = f64::from(agents) * mu;
    let fewer = 1.0 / erlang_b(lambda / mu, agents);
    let mut found = vec![1.0];
    for j in 1..60 {
        found.push(found[j - 1] * lambda / (busy + j as f64 * theta));
    }
    let total = fewer - 1.0 + found.iter().sum::<f64>();
    // ahead[j]: the probability that he waits behind j others.
    let mut ahead: Vec<f64> = found.iter().map(|p| p / total).collect();
    let mut accepted = (fewer - 1.0) / total;
    let step = 0.0025;
    for _ in 0..(t / step) as usize {
        accepted += step * busy * ahead[0];
        let flow = |j: usize, p: f64| p * (busy + j as f64 * theta);
        let next: Vec<f64> = (0..ahead.len())
            .map(|j| {
                let from_behind = ahead.get(j + 1).map_or(0.0, |p| flow(j + 1, *p));
                ahead[j] + step * (from_behind - flow(j, ahead[j]) - theta * ahead[j])
            })
            .collect();
        ahead = next;
    }
    let performance = demand(720.0, 60, Some(90)).with(agents, secs(25));
    assert!(
        (performance.service_level / 100.0 - accepted).abs() < 2e-4,
        "{accepted}"
    );
}

#[test]
fn large_centres_neither_overflow_nor_take_more_than_they_need() {
    // Where some give up, fewer are needed than there is work for 2500.
    for (patience, expected) in [(None, 2500..2600), (Some(120), 2100..2500)] {
        let demand = demand(30_000.0, 300, patience);
        let need = demand
            .agents_for(&ServiceTarget::new(80.0, 20), 100.0)
            .unwrap();
        let one_less = demand.with(need.agents - 1, secs(20));
        assert!(need.performance.service_level >= 80.0 && one_less.service_level < 80.0);
        assert!(expected.contains(&need.agents), "{}", need.agents);
    }
}

#[test]
fn nobody_is_needed_for_nobody_and_no_number_for_the_impossible() {
    let idle = demand(0.0, 60, None);
    assert_eq!(
        idle.agents_for(&ServiceTarget::new(80.0, 20), 100.0)
            .unwrap()
            .agents,
        1
    );
    assert_eq!(idle.with(0, secs(20)).service_level, 100.0);
    let busy = demand(100.0, 60, None);
    assert_eq!(busy.agents_for(&ServiceTarget::new(100.1, 20), 100.0), None);
    assert_eq!(busy.with(1, secs(20)).wait, None);
}
