//! What customers asked and got no good answer to, grouped by meaning.

use std::{collections::BTreeMap, sync::Arc};

use jieda::{Timestamp, types::ConversationId};
use jieda_gaps::{Evidence, Gap, GapMiner, Gaps, MiningOptions, Miss, Proposal};
use jieda_store::{FoundTurn, Turn};
use sha2::{Digest as _, Sha256};

use super::{App, reports::days_ago};
use crate::{
    conversations::{Kept, misses},
    problem::Problem,
    wire::{GapGroup, GapQuery, GapsBody, ProposalBody, TopFaq},
};

/// Different texts that are looked at: the most frequent.
const MOST_TEXTS: usize = 2000;
/// Groups and texts of each that are shown.
const MOST_GROUPS: usize = 100;
const MOST_QUERIES: usize = 20;

impl App {
    /// Groups the misses, near-ties and low ratings of the last days.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn gaps(self: &Arc<Self>, days: u32) -> Result<GapsBody, Problem> {
        let period = self.turns(days_ago(days), None).await?;
        let engine = self.engines.hold();
        let work = move || -> Result<GapsBody, Problem> {
            let low = engine.policy().satisfaction.handoff_at;
            let options = MiningOptions {
                // Here a person looks through all of them.
                min_size: 1,
                most_texts: MOST_TEXTS,
                ..MiningOptions::default()
            };
            let miner = GapMiner::new(&engine).with_options(options);
            let missed: Vec<Miss> = by_conversation(&period.turns)
                .into_iter()
                .flat_map(|(conversation, turns)| {
                    let kept = Kept {
                        conversation,
                        turns: &turns,
                        feedback: &[],
                    };
                    misses(kept, low)
                })
                .collect();
            let gaps = miner.mine(&missed, &mut |_, _| {})?;
            Ok(body(&gaps, period.turns.len()))
        };
        self.aside(work).await?
    }
}

/// The turns of each conversation, in order.
fn by_conversation(turns: &[FoundTurn]) -> BTreeMap<&ConversationId, Vec<&Turn>> {
    let mut conversations: BTreeMap<_, Vec<&Turn>> = BTreeMap::new();
    for found in turns {
        let turns = conversations.entry(&found.conversation).or_default();
        turns.push(&found.turn);
    }
    for turns in conversations.values_mut() {
        turns.sort_by_key(|turn| turn.number);
    }
    conversations
}

fn body(gaps: &Gaps, turns: usize) -> GapsBody {
    let shown = gaps.gaps.iter().take(MOST_GROUPS);
    GapsBody {
        turns,
        groups: shown.map(group).collect(),
    }
}

fn group(gap: &Gap) -> GapGroup {
    let times = gap.evidence.iter().filter_map(|e| e.seen.as_ref()?.at);
    let faq = |near: &jieda_gaps::Near| TopFaq {
        faq: near.faq.to_string(),
        question: near.question.clone(),
        count: near.count,
    };
    GapGroup {
        id: short_hash(&gap.title),
        title: gap.title.clone(),
        kind: if gap.causes.clarify * 2 > gap.size {
            "near_tie"
        } else {
            "miss"
        },
        count: gap.size,
        last_at: times.max().unwrap_or(Timestamp::MIN),
        queries: gap.evidence.iter().take(MOST_QUERIES).map(query).collect(),
        candidates: gap.nearest.iter().map(faq).collect(),
        proposal: proposal(&gap.proposal),
    }
}

fn query(evidence: &Evidence) -> GapQuery {
    let seen = evidence.seen.as_ref();
    GapQuery {
        text: evidence.text.clone(),
        count: evidence.count,
        conversation_id: seen.map(|s| s.conversation.to_string()).unwrap_or_default(),
        turn: seen.map_or(0, |s| s.turn),
    }
}

fn proposal(proposal: &Proposal) -> ProposalBody {
    let bare = ProposalBody {
        kind: proposal.name(),
        faqs: Vec::new(),
        question: None,
        similar: Vec::new(),
        intent: None,
    };
    match proposal {
        Proposal::NewFaq(draft) => ProposalBody {
            question: Some(draft.question.clone()),
            similar: draft.similar.clone(),
            intent: draft.intent.as_ref().map(ToString::to_string),
            ..bare
        },
        Proposal::SimilarQuestion { faq, similar } => ProposalBody {
            faqs: vec![faq.to_string()],
            similar: similar.clone(),
            ..bare
        },
        Proposal::ConflictingFaqs { faqs } => ProposalBody {
            faqs: faqs.iter().map(ToString::to_string).collect(),
            ..bare
        },
        Proposal::ReviewAnswer { faq } => ProposalBody {
            faqs: vec![faq.to_string()],
            ..bare
        },
    }
}

fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
