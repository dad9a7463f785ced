//! How good a way of naming intents was on texts that it had not seen.

use serde::{Deserialize, Serialize};

use super::{IntentMethod, blend::first, softmax::softmax};

/// Least probability that counts in a log loss.
const LEAST: f64 = 1e-6;

/// How good one way was on held-out texts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FoldQuality {
    /// The method.
    pub method: IntentMethod,
    /// Its hyper-parameter: T of neighbours, 1 / (ridge · texts) of the linear one, the ridge of the kernel.
    pub setting: f64,
    /// Share of texts whose intent, or "none", came first.
    pub accuracy: f64,
    /// Mean of F1 over the classes.
    pub macro_f1: f64,
    /// Mean negative log-likelihood, with the temperature.
    pub log_loss: f64,
    /// Temperature that makes the log loss least.
    pub temperature: f64,
}

/// Scores of a held-out text, and its class.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) logits: Vec<f32>,
    pub(super) class: usize,
}

impl FoldQuality {
    /// Of one method and its setting.
    pub(super) fn of(
        (method, setting): (IntentMethod, f64),
        held_out: &[Judged],
        classes: usize,
    ) -> Self {
        let temperature = best_temperature(held_out);
        let guesses: Vec<(Option<usize>, usize)> = held_out
            .iter()
            .map(|j| (first(&j.logits), j.class))
            .collect();
        let right = guesses.iter().filter(|(g, c)| *g == Some(*c)).count();
        Self {
            method,
            setting,
            accuracy: right as f64 / guesses.len().max(1) as f64,
            macro_f1: macro_f1(&guesses, 0..classes),
            log_loss: log_loss(held_out, temperature),
            temperature,
        }
    }
}

/// Mean over these classes of F1 = 2 · right / (guessed + there), from (guess, class) of each text; 0 for a class that
/// was neither guessed nor is there.
///
/// ```
/// use jieda_model::macro_f1;
/// let guesses = [(Some('a'), 'a'), (Some('a'), 'b'), (None, 'b')];
/// assert!((macro_f1(&guesses, ['a', 'b']) - (2.0 / 3.0 + 0.0) / 2.0).abs() < 1e-12);
/// ```
pub fn macro_f1<T: PartialEq>(
    guesses: &[(Option<T>, T)],
    classes: impl IntoIterator<Item = T>,
) -> f64 {
    let f1 = |class: T| {
        let (mut right, mut counted) = (0, 0);
        for (guess, is) in guesses {
            let guessed = guess.as_ref() == Some(&class);
            let there = *is == class;
            right += usize::from(guessed && there);
            counted += usize::from(guessed) + usize::from(there);
        }
        2.0 * right as f64 / counted.max(1) as f64
    };
    let scores: Vec<f64> = classes.into_iter().map(f1).collect();
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

/// The log loss has one minimum in the temperature: golden sections find it.
fn best_temperature(held_out: &[Judged]) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_895;
    // Logarithms: from 1/20 to 20.
    let (mut low, mut high) = (-3.0_f64, 3.0_f64);
    for _ in 0..30 {
        let a = high - SECTION * (high - low);
        let b = low + SECTION * (high - low);
        if log_loss(held_out, a.exp()) <= log_loss(held_out, b.exp()) {
            high = b;
        } else {
            low = a;
        }
    }
    f64::midpoint(low, high).exp()
}

fn log_loss(held_out: &[Judged], temperature: f64) -> f64 {
    let loss = |j: &Judged| {
        let mut p: Vec<f32> = j.logits.iter().map(|x| x / temperature as f32).collect();
        softmax(&mut p);
        let p = p.get(j.class).copied().map_or(0.0, f64::from);
        -p.max(LEAST).ln()
    };
    held_out.iter().map(loss).sum::<f64>() / held_out.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_by_hand() {
        // Class 0: 2 right, 3 guessed, 2 there. Class 1: 1 right, 1 guessed, 2 there.
        let guesses = [(Some(0), 0), (Some(0), 0), (Some(0), 1), (Some(1), 1)];
        let expected = (4.0 / 5.0 + 2.0 / 3.0) / 2.0;
        assert!((macro_f1(&guesses, 0..2) - expected).abs() < 1e-12);
    }
}
