//! What an encoder strives for that is tuned for intents.

use candle_core::{D, Result, Tensor, Var};
use candle_nn::ops::log_softmax;

use super::classes::Classes;
use crate::train::error::TrainError;

/// Takes a score out of a softmax.
const MASKED: f32 = -1e4;

/// What an encoder strives for that is tuned for intents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntentObjective {
    /// Share of supervised contrast in the loss, 0 to 1; the rest is cross-entropy over the classes. At 1 the classes
    /// are not learned: they are the means of their texts' vectors.
    pub contrast: f64,
    /// Share of the cross-entropy that goes to all classes alike, for labels that may be wrong (Szegedy et al. 2016,
    /// arXiv 1512.00567).
    pub smoothing: f64,
    /// Chance of each token to be left out when its text is learned, so that none is learned by heart.
    pub token_dropout: f64,
    /// Highest learning rate of the classes.
    pub class_rate: f32,
    /// One text in as many is held out.
    pub held_out: usize,
}

impl Default for IntentObjective {
    fn default() -> Self {
        Self {
            contrast: 0.0,
            smoothing: 0.1,
            token_dropout: 0.1,
            class_rate: 1e-3,
            held_out: 10,
        }
    }
}

impl IntentObjective {
    /// # Errors
    /// The first part that makes no sense.
    pub(super) fn check(&self) -> std::result::Result<(), TrainError> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let faults = [
            ("contrast", !share(self.contrast), "must be 0 to 1"),
            (
                "smoothing",
                !(0.0..1.0).contains(&self.smoothing),
                "must be 0 or more and below 1",
            ),
            (
                "token_dropout",
                !(0.0..1.0).contains(&self.token_dropout),
                "must be 0 or more and below 1",
            ),
            (
                "class_rate",
                !(self.class_rate >= 0.0 && self.class_rate.is_finite()),
                "must not be negative",
            ),
            ("held_out", self.held_out < 2, "must be 2 or more"),
        ];
        match faults.into_iter().find(|(_, is_fault, _)| *is_fault) {
            None => Ok(()),
            Some((name, _, reason)) => Err(TrainError::Option {
                name,
                reason: reason.into(),
            }),
        }
    }

    /// The loss of unit vectors `[texts, width]` with these classes.
    pub(super) fn loss(
        &self,
        vectors: &Var,
        labels: &Labels<'_>,
        classes: &Classes,
        temperature: f64,
    ) -> Result<Tensor> {
        let zero = || Tensor::zeros((), candle_core::DType::F32, vectors.device());
        let by_class = if self.contrast < 1.0 {
            (self.cross_entropy(&classes.logits(vectors)?, labels)? * (1.0 - self.contrast))?
        } else {
            zero()?
        };
        let by_contrast = if self.contrast > 0.0 {
            (supervised_contrast(vectors, labels, temperature)? * self.contrast)?
        } else {
            zero()?
        };
        // A batch without two texts of an intent still depends on its vectors.
        let nothing = (vectors.sum_all()? * 0.0)?;
        (by_class + by_contrast)? + nothing
    }

    /// Mean over the texts of −Σ target · ln p, with the smoothed target.
    fn cross_entropy(&self, logits: &Tensor, labels: &Labels<'_>) -> Result<Tensor> {
        let (texts, classes) = logits.dims2()?;
        let elsewhere = (self.smoothing / classes as f64) as f32;
        let mut target = vec![elsewhere / texts as f32; texts * classes];
        for (row, &class) in labels.classes.iter().enumerate() {
            target[row * classes + class] += (1.0 - self.smoothing as f32) / texts as f32;
        }
        let target = Tensor::from_vec(target, (texts, classes), logits.device())?;
        (log_softmax(logits, D::Minus1)? * target)?.sum_all()?.neg()
    }
}

/// The classes of a batch.
pub(super) struct Labels<'a> {
    pub(super) classes: &'a [usize],
    /// The class of texts that have no intent: they are not like one another.
    pub(super) none: Option<usize>,
}

/// Supervised contrast (Khosla et al. 2020, arXiv 2004.11362, L_out): each text must be nearer to the texts of its
/// intent than to all others of the batch. Texts without a partner only repel.
fn supervised_contrast(vectors: &Tensor, labels: &Labels<'_>, temperature: f64) -> Result<Tensor> {
    let n = labels.classes.len();
    let is_partner = |i: usize, j: usize| {
        let class = labels.classes[i];
        i != j && class == labels.classes[j] && Some(class) != labels.none
    };
    let partners: Vec<usize> = (0..n)
        .map(|i| (0..n).filter(|&j| is_partner(i, j)).count())
        .collect();
    let anchors = partners.iter().filter(|&&p| p > 0).count().max(1);
    let (mut itself, mut weights) = (vec![0.0; n * n], vec![0.0; n * n]);
    for i in 0..n {
        itself[i * n + i] = MASKED;
        for j in (0..n).filter(|&j| is_partner(i, j)) {
            weights[i * n + j] = 1.0 / (partners[i] * anchors) as f32;
        }
    }
    let square = |values| Tensor::from_vec(values, (n, n), vectors.device());
    let scores = ((vectors.matmul(&vectors.t()?)? / temperature)? + square(itself)?)?;
    (log_softmax(&scores, D::Minus1)? * square(weights)?)?
        .sum_all()?
        .neg()
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    fn vectors(rows: &[[f32; 2]]) -> Tensor {
        let numbers: Vec<f32> = rows.concat();
        Tensor::from_vec(numbers, (rows.len(), 2), &Device::Cpu).unwrap()
    }

    fn contrast(rows: &[[f32; 2]], classes: &[usize], none: Option<usize>) -> f32 {
        let labels = Labels { classes, none };
        supervised_contrast(&vectors(rows), &labels, 0.5)
            .unwrap()
            .to_scalar()
            .unwrap()
    }

    #[test]
    fn contrast_by_hand() {
        // Two of a kind at one place, a third at a right angle: scores 2, 0 for the first two.
        let rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
        let expected = (1.0 + (-2.0_f32).exp()).ln();
        assert!((contrast(&rows, &[0, 0, 1], None) - expected).abs() < 1e-5);
        // Without partners there is nothing to gain; texts without an intent are none.
        assert_eq!(contrast(&rows, &[0, 1, 2], None), 0.0);
        assert_eq!(contrast(&rows, &[1, 1, 0], Some(1)), 0.0);
    }

    #[test]
    fn cross_entropy_by_hand() {
        let logits = vectors(&[[0.0, 0.0], [2.0, 0.0]]);
        let check = |smoothing: f64, expected: f32| {
            let objective = IntentObjective {
                smoothing,
                ..IntentObjective::default()
            };
            let labels = Labels {
                classes: &[0, 1],
                none: None,
            };
            let loss = objective.cross_entropy(&logits, &labels).unwrap();
            let loss: f32 = loss.to_scalar().unwrap();
            assert!((loss - expected).abs() < 1e-5, "{loss} is not {expected}");
        };
        let sure = (1.0 + (-2.0_f32).exp()).ln();
        let unsure = 2.0 + sure;
        let half = 2.0_f32.ln();
        check(0.0, (half + unsure) / 2.0);
        check(0.2, (half + 0.9 * unsure + 0.1 * sure) / 2.0);
    }
}
