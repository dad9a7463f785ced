//! How long it takes to name the intent of one text: by the FAQs that are found and by a head, as an engine does.

use std::path::Path;

use jieda::{
    EngineConfig, JiebaSegmenter, NearestIntents, SearchMode, Searcher, Understood, mixed_intents,
    model::{IntentHead, IntentOptions},
    types::{IntentId, IntentPrediction},
};
use jieda_eval::{
    intents,
    truth::{LabelledQuery, Split, read_queries},
};
use serde_json::{Value, json};

use crate::{Result, measure::Latency};

/// Names intents.
struct Names {
    searcher: Searcher,
    nearest: NearestIntents,
    head: IntentHead,
    candidates: usize,
}

pub(crate) fn measure(kb: &Path, queries: &Path) -> Result<Value> {
    let config = EngineConfig::shipped()?;
    let searcher = Searcher::open(&config, kb, SearchMode::Hybrid, &mut |_| {})?;
    let (train, test): (Vec<LabelledQuery>, Vec<LabelledQuery>) =
        read_queries(queries, searcher.kb())?
            .into_iter()
            .partition(|query| query.split != Some(Split::Test));
    let names = Names {
        head: learn(&config, &searcher, &train)?,
        nearest: NearestIntents::new(config.fusion.temperature),
        candidates: config.candidates,
        searcher,
    };
    let (mut right, mut understood) = (0, Vec::new());
    for query in &test {
        let one = names.searcher.understand(&query.text)?;
        let faq = names.searcher.kb().faq(&query.faq);
        right += usize::from(names.first(&one)?.as_ref() == faq.map(|faq| &faq.intent));
        understood.push(one);
    }
    let text = Latency::of(&test, |query| {
        names
            .first(&names.searcher.understand(&query.text)?)
            .map(drop)
    })?;
    let index = Latency::of(&understood, |one| names.first(one).map(drop))?;
    Ok(json!({
        "engine": "jieda",
        "accuracy": right as f64 / test.len().max(1) as f64,
        "text": text,
        "index": index,
    }))
}

/// The head that `jieda train intent` would write.
fn learn(
    config: &EngineConfig,
    searcher: &Searcher,
    train: &[LabelledQuery],
) -> Result<IntentHead> {
    let kb = searcher.kb();
    let mut texts = intents::of_knowledge_base(kb);
    texts.extend(intents::of_queries(kb, train));
    let segmenter = JiebaSegmenter::new(&kb.dictionary)?;
    let shared = jieda::SharedEncoder::load(config)?;
    let encoder = shared.encoder().as_ref();
    let examples = intents::encode(&texts, &segmenter, encoder, &mut |_, _| {})?;
    Ok(IntentHead::fit(
        encoder.id().clone(),
        &examples,
        &IntentOptions::default(),
        &mut |_, _| {},
    )?)
}

impl Names {
    fn first(&self, understood: &Understood) -> Result<Option<IntentId>> {
        Ok(self.predict(understood)?.top().map(|top| top.id.clone()))
    }

    fn predict(&self, understood: &Understood) -> Result<IntentPrediction> {
        let found = self.searcher.search(understood, self.candidates)?;
        let by_faqs = self.nearest.rank(&found);
        let encoded = understood.encoded.as_ref().ok_or("hybrid mode encodes")?;
        let text = &understood.segmented.normalized;
        let by_head = self.head.predict(text, &encoded.embedding);
        Ok(mixed_intents(by_faqs, by_head))
    }
}
