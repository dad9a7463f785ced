//! The formulas of A. K. Erlang.

/// Erlang B: the probability that all of `agents` are busy where nobody waits, for a load in erlangs (contacts
/// an hour times hours a contact).
///
/// `B(0) = 1`, `B(n) = a·B(n−1) / (n + a·B(n−1))`: the recursion, which does not overflow (A. K. Erlang, 1917;
/// e.g. in G. Koole, *Call Center Optimization*, ch. 7).
///
/// ```
/// use jieda_routing::forecast::erlang_b;
///
/// // Two agents, one erlang: (1²/2!) / (1 + 1 + 1²/2!) = 0.2
/// assert!((erlang_b(1.0, 2) - 0.2).abs() < 1e-15);
/// ```
#[must_use]
pub fn erlang_b(load: f64, agents: u32) -> f64 {
    (1..=agents).fold(1.0, |blocked, n| {
        let offered = load * blocked;
        offered / (f64::from(n) + offered)
    })
}

/// Erlang C: the probability that a contact has to wait, for a load in erlangs; 1 where the load is not less
/// than the agents.
///
/// `C = B / (1 − ρ·(1 − B))` with `ρ = a/n` (the same sources).
///
/// ```
/// use jieda_routing::forecast::erlang_c;
///
/// // Two agents, one erlang: 0.2 / (1 − 0.5·0.8) = 1/3
/// assert!((erlang_c(1.0, 2) - 1.0 / 3.0).abs() < 1e-15);
/// ```
#[must_use]
pub fn erlang_c(load: f64, agents: u32) -> f64 {
    let share = load / f64::from(agents);
    if share.is_nan() || share >= 1.0 {
        return if load > 0.0 { 1.0 } else { 0.0 };
    }
    let blocked = erlang_b(load, agents);
    blocked / (1.0 - share * (1.0 - blocked))
}

/// Erlang A (M/M/n+M), as a function of rates per unit of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct ErlangA {
    /// Contacts that come.
    pub(super) arrival: f64,
    /// Contacts that one agent does.
    pub(super) service: f64,
    /// Waiting customers who give up.
    pub(super) patience: f64,
    pub(super) agents: u32,
}

/// What comes out of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Impatient {
    /// The probability of a wait.
    pub(super) waits: f64,
    /// The share of those who give up.
    pub(super) abandons: f64,
    /// How many wait, on average.
    pub(super) queue: f64,
    /// The share that is accepted within the time asked for.
    pub(super) within: f64,
}

/// Terms of a series that add less than this to what has been summed are left out.
const NEGLIGIBLE: f64 = 1e-17;
/// More than ever wait.
const MOST: u32 = 10_000_000;

impl ErlangA {
    /// The steady state. With `n` agents busy and `j` waiting, contacts leave at the rate `nμ + jθ`; so the
    /// state probabilities are `π(n+j) = π(n)·Π λ/(nμ + kθ)` over `k = 1…j`, and those of fewer contacts sum to
    /// `π(n)/B`, with Erlang B (C. Palm, 1946; A. Mandelbaum, S. Zeltyn, "The Palm/Erlang-A queue", 2005).
    ///
    /// **Accepted within `t`.** Who finds `j` waiting is accepted after the stages `k = j…0`, of rates `nμ + kθ`,
    /// if his own patience, of rate θ, lasts that long. Taking it into the exponent gives `Π r/(r + θ)` times
    /// the probability that stages of rates `r + θ` are over by `t`; rates that grow by θ make `e^(−θ·time)`
    /// Beta-distributed, `Beta(nμ/θ + 1, j + 1)` (A. Rényi, 1953), whose distribution with a whole second
    /// parameter is a finite sum.
    pub(super) fn steady_state(&self, t: f64) -> Impatient {
        let (lambda, theta) = (self.arrival, self.patience);
        let busy = f64::from(self.agents) * self.service;
        let fewer = 1.0 / erlang_b(lambda / self.service, self.agents);
        let alpha = busy / theta + 1.0;
        // Of Beta(α, j + 1) at x = e^(−θt): x^α · Σ (α)ᵢ/i! · (1−x)ⁱ, i = 0…j, summed as logarithms.
        let beyond = -(-theta * t).exp_m1();
        let mut log_term = -theta * t * alpha;
        let mut not_over = log_term.exp();
        // Relative to π(n).
        let (mut probability, mut survives) = (1.0, busy / (busy + theta));
        let (mut all, mut waiting, mut in_time) = (0.0, 0.0, 0.0);
        for j in 0..MOST {
            all += probability;
            waiting += f64::from(j) * probability;
            in_time += probability * survives * (1.0 - not_over).max(0.0);
            let next = f64::from(j + 1);
            probability *= lambda / (busy + next * theta);
            survives *= (busy + next * theta) / (busy + (next + 1.0) * theta);
            log_term += ((alpha + next - 1.0) / next * beyond).ln();
            not_over += log_term.exp();
            if probability * (next + 1.0) < NEGLIGIBLE * all && lambda < busy + next * theta {
                break;
            }
        }
        // π(n) itself is in both sums.
        let total = fewer + all - 1.0;
        let queue = waiting / total;
        Impatient {
            waits: all / total,
            abandons: theta * queue / lambda,
            queue,
            within: (total - all + in_time) / total,
        }
    }
}
