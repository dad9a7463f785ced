//! Texts of a log, encoded together ahead of their turn.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jieda_types::{Encoded, Encoder, EncoderId, StageError, TextRole};

/// Texts that are encoded at once.
const BATCH: usize = 1024;
/// Vectors that are remembered, at most, from one chunk of a log to the next: 1.5 kB each.
const MOST_REMEMBERED: usize = 50_000;

/// An encoder that remembers what it has encoded. Two engines that share it encode each text once; the vectors are the
/// same bits, in a batch or alone.
pub struct RememberingEncoder {
    inner: Arc<dyn Encoder>,
    known: RwLock<HashMap<Box<str>, Encoded>>,
    spent: Mutex<Spent>,
    /// Engines answer by words when an encoder fails, and say nothing: a replay must know.
    failure: OnceLock<String>,
}

/// Time spent on encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// On texts of the log, in batches: wall-clock time.
    pub ahead: Duration,
    /// On texts that only come up as conversations go (follow-ups read with their topic), one by one: the sum over all
    /// threads.
    pub on_the_way: Duration,
    /// Texts encoded ahead.
    pub texts_ahead: usize,
    /// Texts encoded on the way.
    pub texts_on_the_way: usize,
    /// Threads that conversations are replayed on.
    pub threads: usize,
}

impl std::fmt::Debug for RememberingEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RememberingEncoder")
            .field("inner", self.inner.id())
            .finish_non_exhaustive()
    }
}

impl RememberingEncoder {
    /// Remembers what another encoder makes.
    #[must_use]
    pub fn new(inner: Arc<dyn Encoder>) -> Self {
        Self {
            inner,
            known: RwLock::default(),
            spent: Mutex::default(),
            failure: OnceLock::new(),
        }
    }

    /// Encodes queries in batches, unless they are known.
    ///
    /// # Errors
    /// [`StageError`] when the model fails.
    pub fn learn<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Result<(), StageError> {
        let started = Instant::now();
        let unknown: Vec<&str> = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let mut seen = HashSet::new();
            let texts = texts.into_iter();
            texts
                .filter(|text| !known.contains_key(*text) && seen.insert(*text))
                .collect()
        };
        for batch in unknown.chunks(BATCH) {
            let encoded = self.inner.encode(batch, TextRole::Query)?;
            self.keep(batch, &encoded);
        }
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.ahead += started.elapsed();
        spent.texts_ahead += unknown.len();
        Ok(())
    }

    /// Forgets everything once it has become much.
    pub fn forget_if_full(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() > MOST_REMEMBERED {
            known.clear();
        }
    }

    /// Time spent so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        Spent {
            threads: rayon::current_num_threads(),
            ..*self.spent.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// Why it failed, if ever it did.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    fn keep(&self, texts: &[&str], encoded: &[Encoded]) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for (&text, encoded) in texts.iter().zip(encoded) {
            known.insert(text.into(), encoded.clone());
        }
    }

    fn recall(&self, texts: &[&str]) -> Vec<Option<Encoded>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        texts.iter().map(|text| known.get(*text).cloned()).collect()
    }
}

impl Encoder for RememberingEncoder {
    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, StageError> {
        // Passages are those of a knowledge base, and have a cache of their own.
        if role == TextRole::Passage {
            return self.inner.encode(texts, role);
        }
        let recalled = self.recall(texts);
        let unknown: Vec<&str> = texts
            .iter()
            .zip(&recalled)
            .filter(|(_, recalled)| recalled.is_none())
            .map(|(text, _)| *text)
            .collect();
        if unknown.is_empty() {
            return Ok(recalled.into_iter().flatten().collect());
        }
        // No lock is held meanwhile: a thread that waits for others may be given another conversation.
        let started = Instant::now();
        let encoded = self.inner.encode(&unknown, role).inspect_err(|e| {
            self.failure.get_or_init(|| e.to_string());
        })?;
        self.keep(&unknown, &encoded);
        {
            let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
            spent.on_the_way += started.elapsed();
            spent.texts_on_the_way += unknown.len();
        }
        let mut new = encoded.into_iter();
        let all = recalled
            .into_iter()
            .map(|recalled| recalled.or_else(|| new.next()));
        Ok(all.flatten().collect())
    }

    fn id(&self) -> &EncoderId {
        self.inner.id()
    }

    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use jieda_types::Embedding;

    use super::*;

    /// Counts what it is asked; a text's vector holds its length.
    struct Counting {
        id: EncoderId,
        asked: AtomicUsize,
    }

    impl Encoder for Counting {
        fn encode(&self, texts: &[&str], _: TextRole) -> Result<Vec<Encoded>, StageError> {
            self.asked.fetch_add(texts.len(), Ordering::Relaxed);
            let encode = |text: &&str| Encoded {
                embedding: Embedding::normalized(vec![1.0, text.len() as f32]),
                tokens: 1,
                truncated_tokens: 0,
            };
            if texts.contains(&"boom") {
                return Err(StageError::new("encoder", "boom"));
            }
            Ok(texts.iter().map(encode).collect())
        }

        fn id(&self) -> &EncoderId {
            &self.id
        }

        fn dimensions(&self) -> usize {
            2
        }
    }

    #[test]
    fn each_text_is_encoded_once_and_stays_in_its_place() {
        let inner = Arc::new(Counting {
            id: EncoderId::new("counting").unwrap(),
            asked: AtomicUsize::new(0),
        });
        let encoder = RememberingEncoder::new(inner.clone());
        encoder.learn(["a", "bb", "a"]).unwrap();
        assert_eq!(inner.asked.load(Ordering::Relaxed), 2);
        let mixed = ["ccc", "a", "dddd", "bb"];
        let found = encoder.encode(&mixed, TextRole::Query).unwrap();
        assert_eq!(inner.asked.load(Ordering::Relaxed), 4);
        assert_eq!(found, inner.encode(&mixed, TextRole::Query).unwrap());
        let spent = encoder.spent();
        assert_eq!((spent.texts_ahead, spent.texts_on_the_way), (2, 2));
        assert_eq!(encoder.failure(), None);
        assert!(encoder.encode(&["boom"], TextRole::Query).is_err());
        assert_eq!(encoder.failure(), Some("encoder failed"));
    }
}
