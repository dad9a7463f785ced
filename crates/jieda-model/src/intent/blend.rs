//! Two opinions on a text: what a head says that was fitted to finished vectors, and what the classes say that were
//! learned together with the encoder.

use super::quality::{FoldQuality, Judged};
use crate::dot::dot;

/// Shares of the classes that are tried; 0 leaves them out.
const SHARES: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// A softmax regression on the vector alone, learned with the encoder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassHead {
    pub(crate) dimensions: usize,
    /// `[classes, dimensions]`; the classes as [`Labelled`](super::examples::Labelled) has them.
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

impl ClassHead {
    /// b + Wx.
    pub(crate) fn logits(&self, vector: &[f32]) -> Vec<f32> {
        let rows = self.weights.chunks_exact(self.dimensions.max(1));
        let logits = rows.zip(&self.bias).map(|(row, b)| dot(row, vector) + b);
        logits.collect()
    }
}

/// A logarithmic opinion pool of both (Genest & Zidek 1986, Statistical Science 1(1), 114–135): the weighted sum of
/// their logits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Blend {
    pub(super) classes: ClassHead,
    /// What the logits of the fitted head are multiplied by.
    pub(super) fitted_weight: f32,
    /// What those of the classes are multiplied by.
    pub(super) class_weight: f32,
    /// How much the classes say of the whole, once both are as sure as they may be.
    pub(super) share: f32,
}

impl Blend {
    /// The logits of both, from those of the fitted head.
    pub(super) fn of(&self, fitted: &[f32], vector: &[f32]) -> Vec<f32> {
        let classes = self.classes.logits(vector);
        let both = fitted.iter().zip(classes);
        both.map(|(f, c)| f * self.fitted_weight + c * self.class_weight)
            .collect()
    }

    /// The shares that name held-out texts best, by log loss: each opinion is first made as sure as it may be. None
    /// where the classes are better left out. With it, how good it is.
    pub(super) fn choose(
        classes: &ClassHead,
        fitted: &FoldQuality,
        held_out: &[(Judged, &[f32])],
    ) -> Option<(Self, FoldQuality)> {
        let way = (fitted.method, fitted.setting);
        let count = classes.bias.len();
        let alone: Vec<Judged> = held_out
            .iter()
            .map(|(judged, vector)| Judged {
                logits: classes.logits(vector),
                class: judged.class,
            })
            .collect();
        let by_classes = FoldQuality::of(way, &alone, count);
        let mut best: Option<(Self, FoldQuality)> = None;
        for share in SHARES {
            let blend = Self {
                classes: classes.clone(),
                fitted_weight: (1.0 - share) / fitted.temperature as f32,
                class_weight: share / by_classes.temperature as f32,
                share,
            };
            let judged: Vec<Judged> = held_out
                .iter()
                .map(|(judged, vector)| Judged {
                    logits: blend.of(&judged.logits, vector),
                    class: judged.class,
                })
                .collect();
            let quality = FoldQuality::of(way, &judged, count);
            let least = best.as_ref().map_or(f64::INFINITY, |(_, q)| q.log_loss);
            if quality.log_loss < least {
                best = Some((blend, quality));
            }
        }
        best.filter(|(blend, _)| blend.share > 0.0)
    }
}

/// The likeliest class of logits.
pub(crate) fn first(logits: &[f32]) -> Option<usize> {
    let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map(|(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IntentMethod;

    fn quality(temperature: f64) -> FoldQuality {
        FoldQuality {
            method: IntentMethod::Kernel,
            setting: 0.1,
            accuracy: 0.0,
            macro_f1: 0.0,
            log_loss: 0.0,
            temperature,
        }
    }

    #[test]
    fn who_knows_better_has_the_say() {
        let classes = ClassHead {
            dimensions: 2,
            weights: vec![8.0, 0.0, 0.0, 8.0],
            bias: vec![0.0, 0.0],
        };
        let vectors: Vec<[f32; 2]> = (0..40)
            .map(|i| if i % 2 == 0 { [1.0, 0.0] } else { [0.0, 1.0] })
            .collect();
        // The fitted head guesses; the classes know.
        let judged = |right: bool| -> Vec<(Judged, &[f32])> {
            vectors
                .iter()
                .enumerate()
                .map(|(i, v)| {
                    let guess = (i * 7 / 3) % 2;
                    let class = if right { i % 2 } else { guess };
                    let mut logits = vec![0.0, 0.0];
                    logits[guess] = 1.0;
                    (Judged { logits, class }, v.as_slice())
                })
                .collect()
        };
        let (blend, found) = Blend::choose(&classes, &quality(1.0), &judged(true)).unwrap();
        assert!(blend.share > 0.0);
        assert_eq!(found.accuracy, 1.0);
        // The other way round they are left out.
        assert!(Blend::choose(&classes, &quality(1.0), &judged(false)).is_none());
    }
}
