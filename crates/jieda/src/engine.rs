//! One call: utterance and state in, reply and next state out.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use jieda_decision::{Decider, Evidence, Policy, Reading};
use jieda_knowledge::release::Release;
use jieda_retrieval::{FaqMask, FollowUpWeights, SearchMode};
use jieda_text::{EntityContext, EntityFinder};
use jieda_types::{
    Candidates, ConversationState, Decision, IntentPrediction, MaskedText, Query, Rating, Utterance,
};

use crate::{
    EngineConfig, EngineError, Identity, IntentEvidence, Occasion, Progress, Reply, Searcher,
    SharedEncoder, Timings, Trace,
    classifier::Classifier,
    follow_up::{Alone, FollowUps},
    intent_rules::IntentRules,
    memory::{Heard, Memory},
    privacy::masked,
    slots,
    speak::{Asked, Spoken},
};

/// Answers utterances from one knowledge base. Holds no conversation: any number of threads may
/// ask at once.
pub struct Engine {
    searcher: Searcher,
    classifier: Classifier,
    decider: Decider,
    follow_up: FollowUpWeights,
    entities: EntityFinder,
    candidates: usize,
    identity: Identity,
    memory: Memory,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("searcher", &self.searcher)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens a knowledge base folder, in hybrid mode: the calibrator knows no other. The first time
    /// its texts are encoded, which takes 2 to 15 ms a text and is reported; after that it is ready
    /// in well under a second.
    ///
    /// # Errors
    /// [`EngineError`]: files of the knowledge base or of the model are faulty, or the cache can't
    /// be written.
    pub fn open(
        config: &EngineConfig,
        kb_dir: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        let searcher = Searcher::open(config, kb_dir, SearchMode::Hybrid, progress)?;
        Self::over(config, searcher)
    }

    /// The same with an encoder that is loaded already, such as one that several engines share.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(
        config: &EngineConfig,
        kb_dir: &Path,
        encoder: &SharedEncoder,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        let searcher = Searcher::open_with(config, kb_dir, encoder, progress)?;
        Self::over(config, searcher)
    }

    /// Opens a release, in hybrid mode, with an encoder that is loaded already or without.
    ///
    /// # Errors
    /// [`EngineError`]: the release is damaged, or was made with another model.
    pub fn of_release(
        config: &EngineConfig,
        release: &Release,
        encoder: Option<&SharedEncoder>,
    ) -> Result<Self, EngineError> {
        let searcher = Searcher::of_release(config, release, SearchMode::Hybrid, encoder)?;
        let engine = Self::over(config, searcher)?;
        Ok(Self {
            identity: engine.identity.of_release(release),
            ..engine
        })
    }

    pub(crate) fn over(config: &EngineConfig, searcher: Searcher) -> Result<Self, EngineError> {
        let own = searcher.learned().policy.as_ref();
        let policy = config.policy_with(own.map(|file| &file.policy)).clone();
        let own = searcher.learned().intents.clone();
        let rules = IntentRules::of(&searcher.kb().intents, |word| searcher.normalized(word));
        let classifier = Classifier::new(config.fusion.temperature, own, rules)
            .with_conversation(config.conversation_intents.as_deref())?;
        Ok(Self {
            identity: Identity::of_folder(config, &searcher, &policy),
            entities: EntityFinder::new(&searcher.kb().dictionary),
            searcher,
            classifier,
            decider: decider(config, policy),
            follow_up: config.follow_up,
            candidates: config.candidates,
            memory: Memory::of(config.remembered_texts),
        })
    }

    /// The same with another policy, such as one with other thresholds: to see what it would change. `config` is the
    /// one that the engine was opened with.
    #[must_use]
    pub fn with_policy(self, config: &EngineConfig, policy: Policy) -> Self {
        Self {
            identity: Identity {
                knowledge: self.identity.knowledge,
                ..Identity::of_folder(config, &self.searcher, &policy)
            },
            decider: decider(config, policy),
            ..self
        }
    }

    /// What decisions are taken by: the policy of the knowledge base's folder, unless the configuration
    /// names another.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.decider.policy()
    }

    /// Whether the policy is the one of the knowledge base's folder.
    #[must_use]
    pub fn has_own_policy(&self) -> bool {
        let own = self.searcher.learned().policy.as_ref();
        own.is_some_and(|file| file.policy == *self.policy())
    }

    /// What it answers from.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The part that finds.
    #[must_use]
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Names the intents of a text, likeliest first.
    ///
    /// # Errors
    /// [`EngineError`] for a text that is empty or too long, or when a stage fails.
    pub fn classify(&self, text: &str) -> Result<IntentPrediction, EngineError> {
        Ok(self.classify_explained(text)?.0)
    }

    /// The same with the keywords and patterns of intents that had a part in it.
    ///
    /// # Errors
    /// As [`classify`](Self::classify).
    pub fn classify_explained(
        &self,
        text: &str,
    ) -> Result<(IntentPrediction, Vec<IntentEvidence>), EngineError> {
        let understood = self.searcher.understand(text)?;
        let query = understood.query();
        let candidates = self
            .searcher
            .search_on(&query, &Occasion::now(), self.candidates)?;
        Ok(self.classifier.explain(&query, &candidates))
    }

    /// Answers one utterance, now, on no channel in particular.
    ///
    /// # Errors
    /// [`EngineError`] for an utterance that is empty or too long, or when a stage fails.
    pub fn answer(
        &self,
        utterance: &Utterance,
        state: &ConversationState,
    ) -> Result<(Reply, ConversationState), EngineError> {
        self.answer_on(utterance, state, &Occasion::now())
    }

    /// Answers one utterance, from the FAQs that are served on an occasion.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn answer_on(
        &self,
        utterance: &Utterance,
        state: &ConversationState,
        occasion: &Occasion,
    ) -> Result<(Reply, ConversationState), EngineError> {
        let mut clock = Clock::start();
        let mut timings = Timings::default();

        self.searcher.check_length(&utterance.text)?;
        // From here on the masked text is read: traces, states and logs are made from it, and a conversation that
        // was stored masked goes the same way when it is played again.
        let said = masked(&utterance.text);
        let heard = self.hear(said.as_str(), occasion, &mut clock, &mut timings)?;
        let Heard {
            segmented,
            encoded,
            candidates,
            by_faqs,
            intents,
            intent_evidence,
            reading: first_reading,
        } = &*heard;
        // A phone number behind the word 订单 is no order: it is masked.
        let slots = self.slots(said.as_str(), state, occasion);
        let evidence = Evidence {
            segmented,
            candidates,
            by_faqs,
            intents,
            reading: *first_reading,
            slots: &slots,
        };
        let with_topic = match first_reading {
            // A follow-up is told by its vector.
            Reading::ByWords => None,
            _ => {
                let alone = Alone {
                    segmented,
                    candidates,
                    intents,
                    confidence: self.decider.confidence(&evidence),
                    reply: self.policy().thresholds.reply,
                };
                // One that can't be encoded with its topic is read alone.
                self.follow_ups()
                    .read(&alone, state, occasion)
                    .unwrap_or_default()
            }
        };
        let reading = match &with_topic {
            Some(_) => Reading::WithTopic,
            None => *first_reading,
        };
        let candidates = with_topic.unwrap_or_else(|| candidates.clone());
        let by_faqs = self.classifier.by_faqs(&candidates);
        let evidence = Evidence {
            candidates: &candidates,
            by_faqs: &by_faqs,
            reading,
            ..evidence
        };
        timings.context = clock.lap();
        let situation = occasion.situation(self.searcher.kb());
        let verdict = self.decider.decide(&evidence, state, &situation);
        timings.decide = clock.lap();
        let asked = Asked {
            utterance,
            state,
            occasion,
            situation: &situation,
        };
        let spoken = self.speak(verdict, &asked);
        timings.total = clock.total();

        let Spoken {
            verdict,
            text,
            missing_variables,
            variant,
        } = spoken;
        let reply = Reply {
            faq: match &verdict.decision {
                Decision::AutoReply { faq } => Some(faq.clone()),
                _ => None,
            },
            variant,
            decision: verdict.decision,
            said,
            kept_text: masked(&text),
            text,
            confidence: verdict.confidence,
            availability: verdict.availability,
            intents: intents.clone(),
            candidates,
            trace: Trace {
                normalized: segmented.normalized.clone(),
                reading,
                tokens: segmented.tokens.clone(),
                truncated_tokens: encoded.as_ref().map_or(0, |e| e.truncated_tokens),
                features: verdict.features,
                intent_evidence: intent_evidence.clone(),
                rule: verdict.rule,
                missing_variables,
            },
            timings,
        };
        Ok((reply, verdict.next))
    }

    /// Whether a text that opens a topic was read before and is remembered, so that answering it takes a fraction of a
    /// millisecond. It may be forgotten before it is asked.
    #[must_use]
    pub fn remembers(&self, text: &str, state: &ConversationState, occasion: &Occasion) -> bool {
        // What may be a follow-up is encoded with what came before.
        let may_follow = state.topic.is_some();
        !may_follow && text.len() <= self.searcher.max_bytes() && {
            let mask = self.searcher.mask(occasion);
            self.memory
                .recall(masked(text).as_str(), mask.as_ref())
                .is_some()
        }
    }

    /// What a text says by itself: words, vector, candidates, intents. Depends on the text and on which FAQs are served
    /// alone, and is remembered.
    fn hear(
        &self,
        text: &str,
        occasion: &Occasion,
        clock: &mut Clock,
        timings: &mut Timings,
    ) -> Result<Arc<Heard>, EngineError> {
        let mask = self.searcher.mask(occasion);
        if let Some(heard) = self.memory.recall(text, mask.as_ref()) {
            timings.search = clock.lap();
            return Ok(heard);
        }
        let segmented = self.searcher.segment(text)?;
        timings.segment = clock.lap();
        // A customer is answered as well as can be when the encoder fails; what failed is the caller's to see.
        let (encoded, reading) = match self.searcher.encode(&segmented) {
            Ok(encoded) => (encoded, Reading::Alone),
            Err(_) => (None, Reading::ByWords),
        };
        timings.encode = clock.lap();
        let query = Query {
            segmented: &segmented,
            encoded: encoded.as_ref(),
        };
        let (among, limit) = (mask.as_ref(), self.candidates);
        let by_vector = match reading {
            Reading::ByWords => None,
            _ => self.search_by_vector(&query, among)?,
        };
        let (candidates, reading) = match by_vector {
            Some(candidates) => (candidates, reading),
            None => (
                self.searcher.search_by_words(&query, among, limit)?,
                Reading::ByWords,
            ),
        };
        timings.search = clock.lap();
        let by_faqs = self.classifier.by_faqs(&candidates);
        let (intents, intent_evidence) = self.classifier.explain(&query, &candidates);
        timings.classify = clock.lap();
        let heard = Arc::new(Heard {
            segmented,
            encoded,
            candidates,
            by_faqs,
            intents,
            intent_evidence,
            reading,
        });
        // What was read without a vector is read again, when the encoder may be back.
        if reading == Reading::Alone {
            self.memory.keep(text, mask, &heard);
        }
        Ok(heard)
    }

    /// Nothing when a vector engine fails: words can still be searched.
    fn search_by_vector(
        &self,
        query: &Query<'_>,
        mask: Option<&FaqMask>,
    ) -> Result<Option<Candidates>, EngineError> {
        match self.searcher.search_among(query, mask, self.candidates) {
            Err(_) if self.searcher.index().has_engine() => Ok(None),
            searched => Ok(Some(searched?)),
        }
    }

    /// Takes a rating that was given by a button: at or below the policy's limit it leads to a human.
    #[must_use]
    pub fn rate(
        &self,
        rating: Rating,
        state: &ConversationState,
        occasion: &Occasion,
    ) -> (Reply, ConversationState) {
        let clock = Clock::start();
        let utterance = Utterance::default();
        let situation = occasion.situation(self.searcher.kb());
        let verdict = self.decider.rate(rating, state, &situation);
        let asked = Asked {
            utterance: &utterance,
            state,
            occasion,
            situation: &situation,
        };
        let Spoken { verdict, text, .. } = self.speak(verdict, &asked);
        let reply = Reply {
            decision: verdict.decision,
            said: MaskedText::default(),
            kept_text: masked(&text),
            text,
            faq: None,
            variant: None,
            confidence: verdict.confidence,
            availability: verdict.availability,
            intents: IntentPrediction::default(),
            candidates: Candidates::default(),
            trace: Trace {
                features: verdict.features,
                rule: verdict.rule,
                ..Trace::default()
            },
            timings: Timings {
                total: clock.total(),
                ..Timings::default()
            },
        };
        (reply, verdict.next)
    }

    fn follow_ups(&self) -> FollowUps<'_> {
        FollowUps {
            searcher: &self.searcher,
            weights: &self.follow_up,
            limit: self.candidates,
        }
    }

    /// What a masked text names: a card number in the clear looks like that of an order.
    fn slots(
        &self,
        text: &str,
        state: &ConversationState,
        occasion: &Occasion,
    ) -> BTreeMap<String, String> {
        let asked = slots::Asked::of(state, self.policy());
        let local = |at| self.searcher.kb().local_time(at).date();
        let context = EntityContext {
            today: occasion.at.map(local),
            asked: asked.map(|asked| asked.kind),
        };
        slots::of(&self.entities.find(text, &context), asked)
    }

    pub(crate) fn entities(&self) -> &EntityFinder {
        &self.entities
    }

    pub(crate) fn decider(&self) -> &Decider {
        &self.decider
    }
}

fn decider(config: &EngineConfig, policy: Policy) -> Decider {
    Decider::new(policy, config.calibrator.clone())
        .with_follow_ups(config.follow_up_calibrator.clone())
}

struct Clock {
    start: Instant,
    last: Instant,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            last: now,
        }
    }

    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.last, now)
    }

    fn total(&self) -> Duration {
        self.start.elapsed()
    }
}
