//! What turns of one conversation are worth: as much as one that is alone.
//!
//! A customer who is misunderstood once is more often misunderstood again, and who repeats a question gets
//! the same wrong reply twice. So n turns are worth n / (1 + (m − 1) ρ) independent ones (the design
//! effect, Kish 1965, *Survey Sampling*): m is the number of accepted turns of the conversation that an average accepted
//! turn comes from, ρ how alike their outcomes are.
//!
//! ρ is taken to be 1, which is as bad as it gets. It can't be estimated: the accepted have too few wrong replies to
//! estimate it from, and over all turns it comes out too small, since turns that are alike in their confidence
//! too are accepted together (with the estimate, a promise of 95 % was kept in 91 % of simulated samples). This
//! needs no label, so it leaves the tests valid.

/// The design effect of so many accepted turns; `squares` is the sum of the squared numbers of accepted turns of
/// their conversations. 1 when each is alone.
pub(super) fn design_effect(squares: f64, turns: usize) -> f64 {
    if turns == 0 {
        1.0
    } else {
        squares / turns as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn design_effect_by_hand() {
        // Conversations of 4, 1, 1, 1 and 1 turns: half of the turns come from one of 4.
        assert_eq!(design_effect(20.0, 8), 2.5);
        assert_eq!(design_effect(12.0, 4), 3.0);
        assert_eq!(design_effect(2.0, 2), 1.0);
        assert_eq!(design_effect(0.0, 0), 1.0);
    }
}
