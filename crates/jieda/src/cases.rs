//! Conversations that were solved: what an agent would like to have seen before.

use jieda_decision::Policy;
use jieda_types::{Embedding, HistoryTurn, SimilarCase, Speaker};

use crate::{Conversation, Engine, EngineError};

/// Two conversations less alike than this have nothing to tell each other: the cosine that random pairs of
/// different FAQs' queries rarely exceed.
const LEAST_SIMILARITY: f32 = 0.5;

/// Solved conversations, each with the vector of what it was about.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    cases: Vec<(Embedding, SimilarCase)>,
}

impl Cases {
    /// Takes the solved ones of some conversations. Solved is one that a human answered last, or that ended
    /// with an answer, was not handed over and not rated low.
    ///
    /// # Errors
    /// [`EngineError`] when the model fails.
    pub fn of(engine: &Engine, conversations: &[Conversation]) -> Result<Self, EngineError> {
        let mut solved: Vec<SimilarCase> = Vec::new();
        for conversation in conversations {
            let Some(solution) = solution(conversation) else {
                continue;
            };
            let summary = Policy::summary(&conversation.history);
            if let Some(id) = conversation.id.clone().filter(|_| !summary.is_empty()) {
                solved.push(SimilarCase {
                    conversation: id,
                    summary,
                    solution: solution.to_owned(),
                    similarity: 0.0,
                });
            }
        }
        let texts: Vec<&str> = solved.iter().map(|case| case.summary.as_str()).collect();
        let understood = engine.searcher().understand_all(&texts)?;
        let vectors = understood.into_iter().map(|u| u.encoded);
        Ok(Self {
            cases: vectors
                .zip(solved)
                .filter_map(|(encoded, case)| Some((encoded?.embedding, case)))
                .collect(),
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The most alike, best first; without the conversation itself.
    pub(crate) fn nearest(
        &self,
        about: &Embedding,
        this: Option<&str>,
        limit: usize,
    ) -> Vec<SimilarCase> {
        let mut found: Vec<SimilarCase> = self
            .cases
            .iter()
            .filter(|(_, case)| Some(case.conversation.as_str()) != this)
            .map(|(vector, case)| SimilarCase {
                similarity: about.cosine(vector),
                ..case.clone()
            })
            .filter(|case| case.similarity >= LEAST_SIMILARITY)
            .collect();
        found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        found.truncate(limit);
        found
    }
}

/// The answer that solved a conversation.
fn solution(conversation: &Conversation) -> Option<&str> {
    let by = |speaker: Speaker| {
        let mut said = conversation.history.iter().rev();
        said.find(|turn: &&HistoryTurn| turn.speaker == speaker)
    };
    let agent = by(Speaker::Agent);
    let low = conversation.state.rating.is_some_and(|r| r.get() <= 3);
    if low {
        return None;
    }
    if conversation.state.handed_over.is_some() {
        return agent.map(|turn| turn.text.as_str());
    }
    let mut bot = conversation.history.iter().rev();
    bot.find(|turn| turn.speaker == Speaker::Bot && turn.faq.is_some())
        .map(|turn| turn.text.as_str())
}
