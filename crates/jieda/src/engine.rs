//! One call: utterance and state in, reply and next state out.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use jieda_decision::{Decider, Evidence, Policy, Verdict};
use jieda_knowledge::{Answer, MissingVariables, release::Release};
use jieda_retrieval::SearchMode;
use jieda_types::{
    ConversationState, Decision, FaqId, HandoffReason, IntentClassifier, IntentPrediction, Query,
    Utterance,
};

use crate::{
    EngineConfig, EngineError, Occasion, Progress, Reply, Searcher, SharedEncoder, Timings, Trace,
    classifier::Classifier, serving::Gate,
};

/// Answers utterances from one knowledge base. Holds no conversation: any number of threads may
/// ask at once.
pub struct Engine {
    searcher: Searcher,
    classifier: Classifier,
    decider: Decider,
    candidates: usize,
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
        Self::over(config, searcher)
    }

    fn over(config: &EngineConfig, searcher: Searcher) -> Result<Self, EngineError> {
        let own = searcher.learned().policy.as_ref();
        let policy = config.policy_with(own.map(|file| &file.policy)).clone();
        let own = searcher.learned().intents.clone();
        let classifier = Classifier::new(config.fusion.temperature, own)
            .with_conversation(config.conversation_intents.as_deref())?;
        Ok(Self {
            searcher,
            classifier,
            decider: Decider::new(policy, config.calibrator.clone()),
            candidates: config.candidates,
        })
    }

    /// What decisions are taken by: the policy of the knowledge base's folder, unless the configuration
    /// names another.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.decider.policy()
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
        let understood = self.searcher.understand(text)?;
        let query = understood.query();
        let candidates = self
            .searcher
            .search_on(&query, &Occasion::now(), self.candidates)?;
        Ok(self.classifier.classify(&query, &candidates)?)
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

        let segmented = self.searcher.segment(&utterance.text)?;
        timings.segment = clock.lap();
        let encoded = self.searcher.encode(&segmented)?;
        timings.encode = clock.lap();
        let query = Query {
            segmented: &segmented,
            encoded: encoded.as_ref(),
        };
        let candidates = self.searcher.search_on(&query, occasion, self.candidates)?;
        timings.search = clock.lap();
        let by_faqs = self.classifier.by_faqs(&candidates);
        let intents = self.classifier.classify(&query, &candidates)?;
        timings.classify = clock.lap();
        let evidence = Evidence {
            segmented: &segmented,
            candidates: &candidates,
            by_faqs: &by_faqs,
            intents: &intents,
        };
        let verdict = self.decider.decide(&evidence, state);
        timings.decide = clock.lap();
        let spoken = self.speak(verdict, (utterance, occasion), state);
        timings.total = clock.total();

        let Spoken {
            verdict,
            text,
            missing_variables,
        } = spoken;
        let faq = match &verdict.decision {
            Decision::AutoReply { faq } => Some(faq.clone()),
            _ => None,
        };
        let reply = Reply {
            decision: verdict.decision,
            text,
            faq,
            confidence: verdict.confidence,
            intents,
            candidates,
            trace: Trace {
                normalized: segmented.normalized,
                tokens: segmented.tokens,
                truncated_tokens: encoded.map_or(0, |e| e.truncated_tokens),
                features: verdict.features,
                rule: verdict.rule,
                missing_variables,
            },
            timings,
        };
        Ok((reply, verdict.next))
    }

    /// Puts a verdict into words. An answer of which nothing is left without its variables becomes
    /// a handover.
    fn speak(
        &self,
        mut verdict: Verdict,
        (utterance, occasion): (&Utterance, &Occasion),
        state: &ConversationState,
    ) -> Spoken {
        let texts = &self.decider.policy().texts;
        let mut missing_variables = Vec::new();
        let text = match &verdict.decision {
            Decision::AutoReply { faq } => match self.fill(faq, (utterance, occasion), state) {
                Ok(answer) => {
                    missing_variables = answer.missing;
                    answer.text
                }
                Err(MissingVariables(names)) => {
                    missing_variables = names;
                    let reason = HandoffReason::MissingVariable;
                    verdict.decision = Decision::Handoff { reason };
                    verdict.rule = reason.to_string();
                    verdict.next = ConversationState {
                        turns: verdict.next.turns,
                        pending: Vec::new(),
                        handed_over: Some(reason),
                        ..state.clone()
                    };
                    texts.handoff(reason).to_owned()
                }
            },
            Decision::Clarify { options } => texts.clarify(options),
            Decision::Rephrase => texts.rephrase.clone(),
            Decision::Handoff { .. } if state.handed_over.is_some() => texts.handed_over.clone(),
            Decision::Handoff { reason } => texts.handoff(*reason).to_owned(),
            Decision::SmallTalk { kind } => texts.small_talk(*kind).to_owned(),
        };
        Spoken {
            verdict,
            text,
            missing_variables,
        }
    }

    fn fill(
        &self,
        faq: &FaqId,
        (utterance, occasion): (&Utterance, &Occasion),
        state: &ConversationState,
    ) -> Result<Answer, MissingVariables> {
        let kb = self.searcher.kb();
        // An option that was offered before may name an FAQ that is gone or over, or that asks something
        // else since the last release: nothing to say then.
        let gate = Gate::new(kb, occasion);
        let offered = state.pending.iter().find(|option| option.faq == *faq);
        let faq = kb
            .faq(faq)
            .filter(|faq| gate.admits(faq))
            .filter(|faq| offered.is_none_or(|option| option.question == faq.question));
        let faq = faq.ok_or_else(|| MissingVariables(Vec::new()))?;
        faq.answer.fill(&utterance.variables, &kb.variables)
    }
}

struct Spoken {
    verdict: Verdict,
    text: String,
    missing_variables: Vec<String>,
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
