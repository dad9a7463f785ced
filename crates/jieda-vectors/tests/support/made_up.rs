//! Knowledge bases and vectors made on the spot: clustered as real ones are, by topic and by FAQ.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use fastrand::Rng;
use jieda_knowledge::{AnswerTemplate, Faq, KnowledgeBase};
use jieda_retrieval::{NothingKnown, VectorIndex};
use jieda_types::{
    Embedding, Encoded, Encoder, EncoderId, FaqId, IntentId, Segmented, Segmenter, StageError,
    TextRole,
};

/// FAQs of a topic.
const OF_A_TOPIC: usize = 50;

/// A text of an FAQ: what its vector is made from. The phrasing after the last is its answer.
pub(crate) fn text(faq: usize, phrasing: usize) -> String {
    format!("第{}类{faq}题{phrasing}", faq / OF_A_TOPIC)
}

/// A knowledge base of `faqs` FAQs with `phrasings` phrasings each.
pub(crate) fn knowledge(faqs: usize, phrasings: usize) -> KnowledgeBase {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, line: &str| std::fs::write(dir.path().join(name), line).unwrap();
    write("intents.jsonl", r#"{"id":"i","name":"甲"}"#);
    write(
        "faqs.jsonl",
        r#"{"id":"f","intent":"i","question":"问","answer":"答"}"#,
    );
    let faq = |faq| Faq {
        id: FaqId::new(format!("f{faq:07}")).unwrap(),
        intent: IntentId::new("i").unwrap(),
        question: text(faq, 0),
        similar: (1..phrasings).map(|i| text(faq, i)).collect(),
        answer: AnswerTemplate::parse("答").unwrap(),
        variants: Vec::new(),
        tags: Vec::new(),
        skill: None,
        channels: Vec::new(),
        valid_from: None,
        valid_until: None,
        enabled: true,
        priority: 0,
    };
    KnowledgeBase {
        faqs: (0..faqs).map(faq).collect(),
        ..KnowledgeBase::load(dir.path()).unwrap()
    }
}

/// Its vectors.
pub(crate) fn vectors(kb: &KnowledgeBase, encoder: &MadeUp) -> VectorIndex {
    VectorIndex::build(kb, &AsItIs, encoder, &NothingKnown, &mut |_, _| {}).unwrap()
}

/// Cuts nothing.
pub(crate) struct AsItIs;

impl Segmenter for AsItIs {
    fn segment(&self, text: &str) -> Segmented {
        Segmented {
            original: text.to_owned(),
            normalized: text.to_owned(),
            tokens: Vec::new(),
        }
    }
}

/// A vector is a sum of draws: its topic's, its FAQ's, its own.
pub(crate) struct MadeUp {
    id: EncoderId,
    dimensions: usize,
}

impl MadeUp {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            id: EncoderId::new("made-up").unwrap(),
            dimensions,
        }
    }

    /// The vector of a text; other texts about the same FAQ are near it.
    pub(crate) fn vector(&self, text: &str) -> Embedding {
        let (topic, rest) = text.split_once('类').unwrap_or((text, ""));
        let faq = rest.split_once('题').map_or(rest, |(faq, _)| faq);
        let mut sum = vec![0.0; self.dimensions];
        // Shares of the squared length: about those of real texts.
        for (seed, share) in [("", 0.3f32), (topic, 0.15), (faq, 0.3), (text, 0.25)] {
            let mut hasher = DefaultHasher::new();
            (seed, share.to_bits()).hash(&mut hasher);
            let mut random = Rng::with_seed(hasher.finish());
            let scale = (12.0 * share / self.dimensions as f32).sqrt();
            sum.iter_mut()
                .for_each(|x| *x += scale * (random.f32() - 0.5));
        }
        Embedding::normalized(sum)
    }
}

impl Encoder for MadeUp {
    fn encode(&self, texts: &[&str], _: TextRole) -> Result<Vec<Encoded>, StageError> {
        let encode = |text: &&str| Encoded {
            embedding: self.vector(text),
            tokens: 1,
            truncated_tokens: 0,
        };
        Ok(texts.iter().map(encode).collect())
    }

    fn id(&self) -> &EncoderId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }
}
