//! Conversations that were solved: what an agent would like to have seen before.

use jieda_decision::summarize;
use jieda_types::{Embedding, HistoryTurn, Rating, SimilarCase, Speaker};

use crate::{Conversation, Engine, EngineError};

/// Conversations less alike than this are not shown. Chosen by hand, not measured.
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
        let low = engine.policy().satisfaction.handoff_at;
        for conversation in conversations {
            let Some(solution) = solution(conversation, low) else {
                continue;
            };
            let summary = summarize(&conversation.history);
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

/// The answer that solved a conversation: the agent's last one, or the engine's where no human was needed.
fn solution(conversation: &Conversation, low: Rating) -> Option<&str> {
    let state = &conversation.state;
    if state.rating.is_some_and(|rating| rating <= low) {
        return None;
    }
    let solves = |turn: &&HistoryTurn| match turn.speaker {
        Speaker::Agent => state.handed_over.is_some(),
        Speaker::Bot => state.handed_over.is_none() && turn.faq.is_some(),
        Speaker::Customer => false,
    };
    let solution = conversation.history.iter().rev().find(solves);
    solution.map(|turn| turn.text.as_str())
}
