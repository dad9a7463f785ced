//! From misses to gaps.

use std::collections::BTreeMap;

use jieda::{Engine, EngineError};
use jieda_types::{Embedding, FaqId};

use crate::{
    Causes, Costs, Evidence, Gap, Gaps, Miss, Near, Nearness,
    cluster::clusters,
    proposal::{Grouped, medoid},
    read::{Read, distinct, read},
};

/// FAQs that are named with a gap.
const NEAREST: usize = 5;

/// How gaps are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MiningOptions {
    /// When texts are near enough to be one gap. Chosen on three industries that the encoder has not learned
    /// (`eval/results/gaps.md`); another encoder may need another.
    pub nearness: Nearness,
    /// Gaps that were asked less often are left out; 1 for none.
    pub min_size: usize,
    /// Different texts that are looked at; with more, the most frequent. Distances take 2n² bytes: 32 MB for 4,000.
    pub most_texts: usize,
    /// By what gaps are ranked.
    pub costs: Costs,
}

impl Default for MiningOptions {
    fn default() -> Self {
        Self {
            nearness: Nearness {
                neighbours: 5,
                least_cosine: 0.6,
            },
            min_size: 2,
            most_texts: 4000,
            costs: Costs::default(),
        }
    }
}

/// Finds gaps with the encoder, search and confidence of an engine; it must be one that has vectors.
#[derive(Debug)]
pub struct GapMiner<'a> {
    engine: &'a Engine,
    options: MiningOptions,
}

impl<'a> GapMiner<'a> {
    /// With the shipped options.
    #[must_use]
    pub fn new(engine: &'a Engine) -> Self {
        let options = MiningOptions::default();
        Self { engine, options }
    }

    /// With others.
    #[must_use]
    pub fn with_options(self, options: MiningOptions) -> Self {
        Self { options, ..self }
    }

    /// Finds the gaps. Texts that the engine answers by now are no gaps. `progress` is told (done, all) while texts are
    /// read.
    ///
    /// # Errors
    /// [`EngineError`] when a stage fails.
    pub fn mine(
        &self,
        misses: &[Miss],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Gaps, EngineError> {
        let mut asked = distinct(misses);
        let texts = asked.len();
        asked.truncate(self.options.most_texts);
        let looked_at = asked.len();
        let read = read(self.engine, asked, progress)?;
        let vectors: Vec<&Embedding> = read.iter().map(|text| &text.embedding).collect();
        let groups = clusters(&vectors, &self.options.nearness);
        let members =
            |group: &Vec<usize>| -> Vec<&Read<'_>> { group.iter().map(|&i| &read[i]).collect() };
        let (shown, small): (Vec<_>, Vec<_>) = groups.iter().map(members).partition(|group| {
            group.iter().map(|text| text.count()).sum::<usize>() >= self.options.min_size
        });
        let mut gaps: Vec<Gap> = shown.iter().map(|group| self.gap(group)).collect();
        gaps.sort_by(|a, b| {
            let by_cost = b.cost.total_cmp(&a.cost);
            by_cost
                .then_with(|| b.size.cmp(&a.size))
                .then_with(|| a.title.cmp(&b.title))
        });
        Ok(Gaps {
            gaps,
            misses: misses.len(),
            texts,
            settled: looked_at - read.len(),
            left_out: texts - looked_at,
            too_small: small.iter().map(Vec::len).sum(),
        })
    }

    fn gap(&self, texts: &[&Read<'_>]) -> Gap {
        let kb = self.engine.searcher().kb();
        let medoid = medoid(texts);
        let mut causes = Causes::default();
        texts.iter().for_each(|text| causes.add(&text.asked.causes));
        let size = causes.total();
        let cosines = texts
            .iter()
            .map(|text| text.count() as f32 * text.embedding.cosine(&texts[medoid].embedding));
        let nearest = nearest(texts, size);
        Gap {
            title: texts[medoid].asked.text.to_owned(),
            queries: texts.iter().map(|t| t.asked.text.to_owned()).collect(),
            size,
            cost: self.options.costs.of(&causes),
            causes,
            cohesion: cosines.sum::<f32>() / size as f32,
            proposal: Grouped {
                kb,
                texts,
                medoid,
                nearest: &nearest,
            }
            .proposal(),
            nearest,
            evidence: texts.iter().map(|text| text.evidence()).collect(),
        }
    }
}

/// The FAQs that come first, by what they are expected to answer.
fn nearest(texts: &[&Read<'_>], size: usize) -> Vec<Near> {
    let mut sums: BTreeMap<&FaqId, (&str, usize, f64)> = BTreeMap::new();
    for text in texts {
        if let Some(top) = text.candidates.first() {
            let (_, count, support) = sums.entry(&top.faq).or_insert((&top.question, 0, 0.0));
            *count += text.count();
            *support += text.count() as f64 * text.confidence.get();
        }
    }
    let near = sums
        .into_iter()
        .map(|(faq, (question, count, support))| Near {
            faq: faq.clone(),
            question: question.to_owned(),
            count,
            support: support / size as f64,
        });
    let mut near: Vec<Near> = near.collect();
    near.sort_by(|a, b| {
        b.support
            .total_cmp(&a.support)
            .then_with(|| a.faq.cmp(&b.faq))
    });
    near.truncate(NEAREST);
    near
}

impl Read<'_> {
    pub(crate) fn count(&self) -> usize {
        self.asked.causes.total()
    }

    /// The FAQ that comes first.
    pub(crate) fn first(&self) -> Option<&FaqId> {
        self.candidates.first().map(|c| &c.faq)
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            text: self.asked.text.to_owned(),
            count: self.count(),
            causes: self.asked.causes,
            faq: self.first().cloned(),
            confidence: self.confidence,
            seen: self.asked.last.cloned(),
        }
    }
}
