use super::*;

/// The mean wait follows from two moments of the times (Pollaczek and Khinchine), whatever their distribution. Here the
/// coefficient of variation is 1, as with exponential times.
#[test]
fn one_place_waits_as_pollaczek_and_khinchine_say() {
    // σ² = ln 2: a coefficient of variation of 1.
    let ratio = (2.0_f64.ln().sqrt() * 2.326_347_874).exp();
    let queue = Queue::of(&Replica {
        cores: 1,
        answers_per_second: 100.0,
        p50_ms: 1.0,
        p99_ms: ratio,
        cost_per_hour: 1.0,
    });
    for load in [0.3, 0.6] {
        // E[W] = ρ/(1−ρ) · (1+c²)/2 · E[S] = ρ/(1−ρ) · 10 ms
        let expected = load / (1.0 - load) * 10.0;
        let found = queue.run(100.0 * load, 7).mean_wait_ms;
        assert!(
            (found / expected - 1.0).abs() < 0.08,
            "{load}: {found} {expected}"
        );
    }
}

#[test]
fn more_load_waits_longer_and_the_same_seed_is_the_same() {
    let scenario = Scenario::shipped().unwrap();
    let queue = Queue::of(&scenario.replica);
    let p99 = |share: f64| queue.run(queue.capacity() * share, 3).p99_ms;
    assert!(p99(0.3) < p99(0.7) && p99(0.7) < p99(0.95));
    assert_eq!(queue.run(500.0, 3), queue.run(500.0, 3));
    assert_eq!(Sizing::of(&scenario, 1), Sizing::of(&scenario, 1));
}

#[test]
fn a_campaign_is_refused_until_replicas_come() {
    let scenario = Scenario::shipped().unwrap();
    let sizing = Sizing::of(&scenario, 1);
    for load in &sizing.loads {
        assert!(load.burst.replicas > load.peak.replicas);
        assert!(load.refused_in_campaign <= load.refused_while_scaling);
        assert!(load.cost_per_million_scaled < load.cost_per_million_fixed);
        assert!(load.peak.utilization <= scenario.target.utilization);
    }
    // What is more than the replicas of the peak take is refused.
    let takes = sizing.loads[2].peak.replicas as f64 * 1113.0;
    let expected = 1.0 - takes / (3.0 * 100_000.0);
    assert!((sizing.loads[2].refused_while_scaling - expected).abs() < 1e-9);
}

#[test]
fn a_scenario_that_makes_no_sense_says_all_that_is_wrong() {
    let faulty = Scenario::SHIPPED
        .replace("cores = 2", "cores = 0")
        .replace("utilization = 0.7", "utilization = 1.5")
        .replace("burst = 3.0", "burst = 0.5");
    let told = Scenario::from_toml(&faulty).unwrap_err().to_string();
    for key in ["replica.cores", "target.utilization", "load.burst"] {
        assert!(told.contains(key), "{told}");
    }
    let unknown = Scenario::SHIPPED.replace("spare = 1", "spares = 1");
    assert!(matches!(
        Scenario::from_toml(&unknown),
        Err(ScenarioError::Unreadable(_))
    ));
}
