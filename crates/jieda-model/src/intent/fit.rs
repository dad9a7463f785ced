//! Learning a head: each way is tried on texts that it has not seen, the best one is fitted to all.

use jieda_types::EncoderId;

use super::{
    Blend, ClassHead, FoldQuality, IntentExample, IntentFitError, IntentHead, IntentHeadInfo,
    IntentMethod, Scorer,
    examples::Labelled,
    grams::{Style, Vocabulary},
    kernel::{self, Kernel},
    neighbours::Neighbours,
    novelty::Novelty,
    quality::Judged,
    rows::Rows,
    softmax::{Row, Sample, Softmax},
};

/// T of neighbours that are tried, best guess first.
const TEMPERATURES: [f64; 3] = [0.03, 0.02, 0.05];
/// 1 / (ridge · texts) of softmax regression that are tried, best guess first.
const LOOSENESS: [f64; 3] = [10.0, 3.0, 30.0];
/// Ridges of kernel regression that are tried, best guess first. Width and all else are flat around their values.
const RIDGES: [f64; 2] = [0.1, 0.3];
/// Most intents of a head that learns weights: they grow with the intents.
const MOST_LEARNED: usize = 500;
/// With fewer texts an intent (the median one), cross-validation says nothing.
const FEW: usize = 3;

/// How a head is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntentOptions {
    /// The method; none for whichever cross-validation prefers.
    pub method: Option<IntentMethod>,
    /// Parts of the cross-validation.
    pub folds: usize,
}

impl Default for IntentOptions {
    fn default() -> Self {
        Self {
            method: None,
            folds: 5,
        }
    }
}

impl IntentHead {
    /// Learns from labelled texts. `progress` is told (done, all) of the cross-validation. Same examples, same head.
    ///
    /// # Errors
    /// [`IntentFitError`] when there is nothing to tell apart.
    pub fn fit(
        encoder: EncoderId,
        examples: &[IntentExample],
        options: &IntentOptions,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, IntentFitError> {
        let labelled = Labelled::new(examples)?;
        let fit = Fit::new(&labelled);
        let ways = fit.ways(options)?;
        let mut tried = fit.cross_validate(&ways, options.folds.max(2), progress);
        tried.sort_by(best_first);
        let (way, temperature) = match tried.first() {
            Some(best) => (Way::of(best), best.temperature),
            None => {
                let way = ways.first().copied().unwrap_or(Way::GUESS);
                (way, way.method.usual_temperature())
            }
        };
        Ok(fit.head(encoder, tried, (way, temperature), None))
    }

    /// The same for an encoder that was tuned on some of the texts: what it has learned by heart says nothing, so the
    /// others alone decide, which way is best and how much the classes count that were learned with it. Then it is
    /// fitted to all.
    ///
    /// # Errors
    /// [`IntentFitError`]; [`IntentFitError::NothingHeldOut`].
    pub(crate) fn fit_tuned(
        encoder: EncoderId,
        examples: &[IntentExample],
        held_out: &[bool],
        classes: Option<&ClassHead>,
    ) -> Result<Self, IntentFitError> {
        let labelled = Labelled::new(examples)?;
        let fit = Fit::new(&labelled);
        let (mine, others): (Vec<usize>, Vec<usize>) =
            (0..examples.len()).partition(|&i| held_out.get(i) == Some(&true));
        if mine.is_empty() || others.is_empty() {
            return Err(IntentFitError::NothingHeldOut);
        }
        let judge = |way: Way| {
            let scorer = fit.scorer(way, &others);
            let judged =
                |&i: &usize| Some((fit.judged(&scorer, i)?, examples[i].vector.as_slice()));
            let judged: Vec<(Judged, &[f32])> = mine.iter().filter_map(judged).collect();
            let alone: Vec<Judged> = judged.iter().map(|(j, _)| j.clone()).collect();
            let way = (way.method, way.setting);
            let quality = FoldQuality::of(way, &alone, labelled.class_count());
            Trial { quality, judged }
        };
        let ways = fit.ways(&IntentOptions::default())?;
        let mut trials: Vec<Trial<'_>> = ways.into_iter().map(judge).collect();
        trials.sort_by(|a, b| best_first(&a.quality, &b.quality));
        let Some(Trial { quality, judged }) = trials.first() else {
            return Err(IntentFitError::NothingHeldOut);
        };
        let best = *quality;
        let blended = classes.and_then(|classes| Blend::choose(classes, &best, judged));
        let mut tried: Vec<FoldQuality> = trials.iter().map(|trial| trial.quality).collect();
        let (blend, chosen) = match blended {
            Some((blend, quality)) => {
                tried.insert(0, quality);
                (Some(blend), quality)
            }
            None => (None, best),
        };
        let way = (Way::of(&best), chosen.temperature);
        Ok(fit.head(encoder, tried, way, blend))
    }
}

/// One way, tried on held-out texts: their scores and vectors.
struct Trial<'a> {
    quality: FoldQuality,
    judged: Vec<(Judged, &'a [f32])>,
}

/// The order in which ways are preferred.
fn best_first(a: &FoldQuality, b: &FoldQuality) -> std::cmp::Ordering {
    b.accuracy
        .total_cmp(&a.accuracy)
        .then(a.log_loss.total_cmp(&b.log_loss))
}

/// A method with its hyper-parameter.
#[derive(Debug, Clone, Copy)]
struct Way {
    method: IntentMethod,
    setting: f64,
}

impl Way {
    const GUESS: Self = Self {
        method: IntentMethod::Neighbours,
        setting: TEMPERATURES[0],
    };

    fn of(quality: &FoldQuality) -> Self {
        Self {
            method: quality.method,
            setting: quality.setting,
        }
    }
}

struct Fit<'a> {
    labelled: &'a Labelled<'a>,
    linear: Features<'a>,
    kernel: Features<'a>,
}

/// The examples as one method sees them.
struct Features<'a> {
    vocabulary: Vocabulary,
    rows: Vec<Row<'a>>,
}

impl<'a> Features<'a> {
    fn new(labelled: &Labelled<'a>, style: Style) -> Self {
        let texts = labelled.examples.iter().map(|e| e.text.as_str());
        let vocabulary = Vocabulary::of(texts, style);
        let rows = labelled
            .examples
            .iter()
            .map(|e| Row {
                dense: e.vector.as_slice(),
                sparse: vocabulary.features(&e.text),
            })
            .collect();
        Self { vocabulary, rows }
    }

    fn some(&self, of: &[usize]) -> Vec<&Row<'a>> {
        of.iter().filter_map(|&i| self.rows.get(i)).collect()
    }
}

impl<'a> Fit<'a> {
    fn new(labelled: &'a Labelled<'a>) -> Self {
        Self {
            labelled,
            linear: Features::new(labelled, Style::Rare),
            kernel: Features::new(labelled, Style::Plain),
        }
    }

    /// The ways to try, the best guess first.
    fn ways(&self, options: &IntentOptions) -> Result<Vec<Way>, IntentFitError> {
        let intents = self.labelled.intents.len();
        let many = intents > MOST_LEARNED;
        if many
            && options
                .method
                .is_some_and(|m| m != IntentMethod::Neighbours)
        {
            return Err(IntentFitError::TooManyIntents {
                intents,
                most: MOST_LEARNED,
            });
        }
        let settings: [(IntentMethod, &[f64]); 3] = [
            (IntentMethod::Neighbours, &TEMPERATURES),
            (IntentMethod::Linear, &LOOSENESS),
            (IntentMethod::Kernel, &RIDGES),
        ];
        Ok(settings
            .into_iter()
            .filter(|(method, _)| match options.method {
                Some(wanted) => wanted == *method,
                None => !many || *method == IntentMethod::Neighbours,
            })
            .flat_map(|(method, settings)| {
                settings.iter().map(move |&setting| Way { method, setting })
            })
            .collect())
    }

    /// A head of one way, fitted to everything.
    fn head(
        &self,
        encoder: EncoderId,
        tried: Vec<FoldQuality>,
        (way, temperature): (Way, f64),
        blend: Option<Blend>,
    ) -> IntentHead {
        let labelled = self.labelled;
        let examples = labelled.examples;
        let everything: Vec<usize> = (0..examples.len()).collect();
        // Where "none of these" is learned, nobody asks for it.
        let known: Vec<&[f32]> = examples
            .iter()
            .filter(|_| !labelled.has_none)
            .map(|e| e.vector.as_slice())
            .collect();
        IntentHead {
            encoder,
            has_none: labelled.has_none,
            dimensions: labelled.dimensions,
            scorer: self.scorer(way, &everything),
            temperature: temperature as f32,
            novelty: Novelty::of(&known, labelled.dimensions),
            info: IntentHeadInfo {
                method: way.method,
                examples: examples.len(),
                without: examples.iter().filter(|e| e.intent.is_none()).count(),
                tried,
                class_share: blend.as_ref().map_or(0.0, |blend| blend.share),
            },
            blend,
            intents: labelled.intents.clone(),
        }
    }

    /// How good each way is on texts that it has not seen; nothing when there are too few texts to say.
    fn cross_validate(
        &self,
        ways: &[Way],
        folds: usize,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Vec<FoldQuality> {
        let classes = self.labelled.class_count();
        let mut sizes = vec![0_usize; classes];
        for &class in &self.labelled.classes {
            if let Some(size) = sizes.get_mut(class) {
                *size += 1;
            }
        }
        sizes.sort_unstable();
        if sizes.get(classes / 2).is_none_or(|&median| median < FEW) {
            return Vec::new();
        }
        let parts = self.labelled.folds(folds);
        let all = ways.len() * folds;
        progress(0, all);
        let mut done = 0;
        ways.iter()
            .map(|&way| {
                let mut held_out = Vec::with_capacity(parts.len());
                for fold in 0..folds {
                    let (mine, others): (Vec<usize>, Vec<usize>) =
                        (0..parts.len()).partition(|&i| parts.get(i) == Some(&fold));
                    let scorer = self.scorer(way, &others);
                    held_out.extend(mine.iter().filter_map(|&i| self.judged(&scorer, i)));
                    done += 1;
                    progress(done, all);
                }
                FoldQuality::of((way.method, way.setting), &held_out, classes)
            })
            .collect()
    }

    /// The scores of one example, and its class.
    fn judged(&self, scorer: &Scorer, i: usize) -> Option<Judged> {
        let example = self.labelled.examples.get(i)?;
        Some(Judged {
            logits: scorer.logits(
                &example.text,
                example.vector.as_slice(),
                self.labelled.class_count(),
            ),
            class: *self.labelled.classes.get(i)?,
        })
    }

    /// Fits one way to some of the examples.
    fn scorer(&self, way: Way, of: &[usize]) -> Scorer {
        let classes: Vec<usize> = of
            .iter()
            .filter_map(|&i| self.labelled.classes.get(i).copied())
            .collect();
        match way.method {
            IntentMethod::Neighbours => {
                let rows = self.linear.some(of);
                let vectors: Vec<f32> = rows.iter().flat_map(|row| row.dense).copied().collect();
                Scorer::Neighbours(Neighbours {
                    vectors: Rows::of(&vectors, self.labelled.dimensions),
                    classes,
                    temperature: way.setting as f32,
                })
            }
            IntentMethod::Linear => {
                let Features { vocabulary, .. } = &self.linear;
                let rows = self.linear.some(of);
                let sample = Sample {
                    rows: &rows,
                    labels: &classes,
                    classes: self.labelled.class_count(),
                    features: self.labelled.dimensions + vocabulary.len(),
                };
                let ridge = 1.0 / (way.setting * rows.len().max(1) as f64);
                let softmax = Softmax::fit(&sample, ridge as f32);
                Scorer::Linear(softmax, vocabulary.clone())
            }
            IntentMethod::Kernel => {
                let Features { vocabulary, .. } = &self.kernel;
                let sample = kernel::Sample {
                    rows: &self.kernel.some(of),
                    labels: &classes,
                    classes: self.labelled.class_count(),
                    dimensions: self.labelled.dimensions,
                    grams: vocabulary.len(),
                };
                let kernel = Kernel::fit(&sample, way.setting as f32);
                Scorer::Kernel(kernel, vocabulary.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::examples::tests::example;

    /// Three intents on a circle, told apart by the angle.
    fn circle(n: usize) -> Vec<IntentExample> {
        (0..n)
            .map(|i| {
                let (intent, middle) = [("a", 0.0), ("b", 2.0), ("c", 4.0)][i % 3];
                let angle: f32 = middle + (i as f32 * 0.37).sin() * 0.5;
                example(&format!("文{i}"), intent, &[angle.cos(), angle.sin()])
            })
            .collect()
    }

    fn fit(examples: &[IntentExample], method: Option<IntentMethod>) -> IntentHead {
        let options = IntentOptions {
            method,
            ..IntentOptions::default()
        };
        let encoder = EncoderId::new("test").unwrap();
        IntentHead::fit(encoder, examples, &options, &mut |_, _| ()).unwrap()
    }

    #[test]
    fn both_methods_learn_and_the_better_one_is_chosen() {
        let examples = circle(90);
        for method in [
            Some(IntentMethod::Neighbours),
            Some(IntentMethod::Linear),
            Some(IntentMethod::Kernel),
            None,
        ] {
            let head = fit(&examples, method);
            let best = head.info().tried[0];
            assert!(best.accuracy > 0.95, "{best:?}");
            assert!(method.is_none_or(|m| m == best.method));
            let angle: f32 = 2.1;
            let vector = jieda_types::Embedding::normalized(vec![angle.cos(), angle.sin()]);
            let prediction = head.predict("新的", &vector);
            assert_eq!(prediction.top().unwrap().id.as_str(), "b");
            let sum: f64 = prediction.ranked.iter().map(|s| s.confidence.get()).sum();
            assert!((sum - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn one_example_an_intent_is_enough_for_neighbours() {
        let head = fit(&circle(3), None);
        assert_eq!(head.info().method, IntentMethod::Neighbours);
        assert!(head.info().tried.is_empty());
        let near_c: f32 = 4.2;
        let vector = jieda_types::Embedding::normalized(vec![near_c.cos(), near_c.sin()]);
        assert_eq!(head.predict("x", &vector).top().unwrap().id.as_str(), "c");
    }

    #[test]
    fn texts_without_an_intent_teach_none() {
        let mut examples = circle(90);
        for (i, e) in examples.iter_mut().enumerate() {
            if i % 3 == 2 {
                e.intent = None;
            }
        }
        let head = fit(&examples, Some(IntentMethod::Linear));
        assert_eq!(head.intents().len(), 2);
        let angle: f32 = 4.0;
        let vector = jieda_types::Embedding::normalized(vec![angle.cos(), angle.sin()]);
        let prediction = head.predict("新的", &vector);
        assert!(prediction.none.unwrap().get() > 0.5, "{prediction:?}");
    }

    #[test]
    fn very_many_intents_are_for_neighbours() {
        let examples: Vec<IntentExample> = (0..2000)
            .map(|i| {
                let angle = (i / 2) as f32 * 0.006;
                example(
                    &format!("t{i}"),
                    &format!("i{}", i / 2),
                    &[angle.cos(), angle.sin()],
                )
            })
            .collect();
        assert_eq!(fit(&examples, None).info().method, IntentMethod::Neighbours);
        let options = IntentOptions {
            method: Some(IntentMethod::Linear),
            folds: 5,
        };
        let encoder = EncoderId::new("test").unwrap();
        let error = IntentHead::fit(encoder, &examples, &options, &mut |_, _| ()).unwrap_err();
        assert!(matches!(
            error,
            IntentFitError::TooManyIntents { intents: 1000, .. }
        ));
    }
}
