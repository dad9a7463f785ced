//! How a release answers beside the one before it: on the questions that both know, and on what customers ask.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jieda::{
    Conversation, Engine, EngineError, KnowledgeBase, Occasion, Reply, Serving,
    release::ReleaseId,
    types::{ConversationState, Decision, FaqId, Utterance},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Questions of the knowledge bases that are put to both.
const MOST_QUESTIONS: usize = 500;
/// Answers to customers that say something.
const ENOUGH: u64 = 20;
/// Failures that say something, and the share of all answers that is too much, in percent.
const FAILURES: u64 = 3;
const MOST_FAILED: u64 = 5;

/// Answers that were compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// How many.
    pub(super) questions: u64,
    /// How many were answered in another way.
    pub(super) changed: u64,
    /// The first ones of those: questions of the knowledge base.
    pub(super) examples: Vec<String>,
}

impl Compared {
    /// Whether more changed than may.
    pub(super) fn is_bad(&self, most_changed: u8) -> bool {
        share(self.changed, self.questions) > u64::from(most_changed)
    }
}

/// What was decided, as far as a customer sees it.
fn seen(reply: &Reply) -> (&'static str, Option<&FaqId>) {
    let faq = match &reply.decision {
        Decision::AutoReply { faq } | Decision::AskValue { faq, .. } => Some(faq),
        _ => None,
    };
    (reply.decision.name(), faq)
}

/// Puts the phrasings to both engines that both knowledge bases have for the same FAQ: what was not touched should be
/// answered as before. Whatever was removed or rewritten, is meant to change.
pub(super) fn compare(old: &Engine, new: &Engine) -> Result<Compared, EngineError> {
    let shared = shared_phrasings(old.searcher().kb(), new.searcher().kb());
    // Drawn evenly, so that every part of the knowledge base has its say.
    let step = shared.len().div_ceil(MOST_QUESTIONS).max(1);
    let mut compared = Compared::default();
    for text in shared.iter().step_by(step) {
        let utterance = Utterance::new(text.as_str());
        let start = ConversationState::default();
        let (before, _) = match old.answer(&utterance, &start) {
            Ok(answered) => answered,
            // What nobody can ask, since it is too long, compares with nothing.
            Err(error) if error.fault() == jieda::Fault::Input => continue,
            Err(error) => return Err(error),
        };
        let (now, _) = new.answer(&utterance, &start)?;
        compared.questions += 1;
        if seen(&before) != seen(&now) {
            compared.changed += 1;
            if compared.examples.len() < 5 {
                compared.examples.push(text.clone());
            }
        }
    }
    Ok(compared)
}

fn shared_phrasings(old: &KnowledgeBase, new: &KnowledgeBase) -> Vec<String> {
    let mut shared = Vec::new();
    for faq in old.faqs.iter().filter(|faq| faq.enabled) {
        let Some(other) = new.faq(&faq.id).filter(|faq| faq.enabled) else {
            continue;
        };
        let both = faq
            .phrasings()
            .filter(|text| other.phrasings().any(|there| there == *text));
        shared.extend(both.map(str::to_owned));
    }
    shared
}

/// A release that this replica answers from before others do, beside the one before it.
#[derive(Debug)]
pub(crate) struct Trial {
    release: ReleaseId,
    baseline: Arc<Serving>,
    /// One comparison at a time: customers come first.
    turn: Arc<Semaphore>,
    answers: AtomicU64,
    failed: AtomicU64,
    compared: AtomicU64,
    changed: AtomicU64,
}

/// A question that is put to the release before, too.
#[derive(Debug)]
pub(crate) struct Sample {
    conversation: Conversation,
    _turn: OwnedSemaphorePermit,
}

impl Trial {
    pub(super) fn new(release: ReleaseId, baseline: Arc<Serving>) -> Self {
        Self {
            release,
            baseline,
            turn: Arc::new(Semaphore::new(1)),
            answers: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            compared: AtomicU64::new(0),
            changed: AtomicU64::new(0),
        }
    }

    pub(super) fn release(&self) -> &ReleaseId {
        &self.release
    }

    /// Takes a conversation before its next turn is made, if it is to be compared.
    pub(crate) fn begin(
        &self,
        release: Option<&ReleaseId>,
        conversation: &Conversation,
    ) -> Option<Sample> {
        if !self.is_of(release) {
            return None;
        }
        let turn = Arc::clone(&self.turn).try_acquire_owned().ok()?;
        Some(Sample {
            conversation: conversation.clone(),
            _turn: turn,
        })
    }

    /// Whether an answer is one of the release that is tried.
    pub(crate) fn is_of(&self, release: Option<&ReleaseId>) -> bool {
        release == Some(&self.release)
    }

    /// Notes how a turn was answered; one that was taken before is compared, on a thread of its own.
    pub(crate) fn note(
        self: &Arc<Self>,
        reply: Option<&Reply>,
        (utterance, occasion): (&Utterance, &Occasion),
        sample: Option<Sample>,
    ) {
        self.answers.fetch_add(1, Ordering::Relaxed);
        let Some(reply) = reply.filter(|reply| !reply.is_degraded()) else {
            self.failed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let Some(mut sample) = sample else { return };
        let (name, faq) = seen(reply);
        let (trial, faq) = (Arc::clone(self), faq.cloned());
        let (utterance, occasion) = (utterance.clone(), occasion.clone());
        crate::tenants::spawn_blocking(move || {
            let engine = &trial.baseline.engine;
            let before = sample.conversation.say(engine, &utterance, &occasion);
            if let Ok(before) = before {
                trial.compared.fetch_add(1, Ordering::Relaxed);
                let is_other = seen(&before) != (name, faq.as_ref());
                trial
                    .changed
                    .fetch_add(u64::from(is_other), Ordering::Relaxed);
            }
        });
    }

    /// What is wrong with the release, if anything is.
    pub(super) fn fault(&self, most_changed: u8) -> Option<String> {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (answers, failed) = (read(&self.answers), read(&self.failed));
        if failed >= FAILURES && share(failed, answers) > MOST_FAILED {
            return Some(format!("{answers} 次回答里有 {failed} 次失败或降级"));
        }
        let (compared, changed) = (read(&self.compared), read(&self.changed));
        let is_other = compared >= ENOUGH && share(changed, compared) > u64::from(most_changed);
        is_other.then(|| {
            format!("{compared} 个客户问题里有 {changed} 个的回答变了，超过允许的 {most_changed}%")
        })
    }
}

/// In percent, rounded down.
fn share(part: u64, whole: u64) -> u64 {
    (100 * part).checked_div(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn of_nothing_nothing_is_wrong() {
        assert_eq!((share(0, 0), share(1, 4), share(3, 3)), (0, 25, 100));
    }
}
