//! What customers asked and got no answer to, grouped by meaning.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jieda::{
    Engine, Timestamp,
    types::{ConversationId, Decision, Embedding, FaqId, HandoffReason},
};
use jieda_store::{Answer, FoundTurn};
use sha2::{Digest as _, Sha256};

use super::{
    App,
    reports::{NEAREST, asked, days_ago, top},
};
use crate::{
    problem::Problem,
    wire::{GapGroup, GapQuery, GapsBody},
};

/// Texts less alike than this are in different groups. Chosen by hand, not measured.
const LEAST_COSINE: f32 = 0.72;
/// Different texts that are looked at: the most frequent.
const MOST_TEXTS: usize = 2000;
/// Groups and texts of each that are shown.
const MOST_GROUPS: usize = 100;
const MOST_QUERIES: usize = 20;

impl App {
    /// Groups the misses and near-ties of the last days.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn gaps(self: &Arc<Self>, days: u32) -> Result<GapsBody, Problem> {
        let period = self.turns(days_ago(days), None).await?;
        let engine = self.engines.hold();
        let work = move || -> Result<GapsBody, Problem> {
            Ok(GapsBody {
                groups: groups(&engine, &period.turns)?,
                turns: period.turns.len(),
            })
        };
        self.aside(work).await?
    }
}

/// A text that got no answer.
struct Missed<'a> {
    text: &'a str,
    count: usize,
    ties: usize,
    last_at: Timestamp,
    seen_in: (&'a ConversationId, u32),
    nearest: Vec<FaqId>,
}

/// Texts that mean about the same.
struct Group<'a> {
    /// The sum of the members' vectors, by how often they were asked.
    sum: Vec<f32>,
    members: Vec<(Missed<'a>, Embedding)>,
}

fn is_gap(answer: &Answer) -> bool {
    match &answer.decision {
        Decision::Clarify { .. } | Decision::Rephrase => true,
        Decision::Handoff { reason } => *reason == HandoffReason::RepeatedFailure,
        _ => false,
    }
}

fn groups(engine: &Engine, turns: &[FoundTurn]) -> Result<Vec<GapGroup>, Problem> {
    let mut missed = missed(turns);
    missed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(b.text)));
    missed.truncate(MOST_TEXTS);
    // What can't be read any more, such as under another limit of length, is passed over.
    missed.retain(|m| engine.searcher().segment(m.text).is_ok());
    let texts: Vec<&str> = missed.iter().map(|m| m.text).collect();
    let vectors = engine.searcher().understand_all(&texts)?;
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (text, understood) in missed.into_iter().zip(vectors) {
        let Some(encoded) = understood.encoded else {
            continue;
        };
        join(&mut groups, text, encoded.embedding);
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count()));
    let kb = engine.searcher().kb();
    Ok(groups
        .iter()
        .take(MOST_GROUPS)
        .map(|group| group.body(kb))
        .collect())
}

fn missed(turns: &[FoundTurn]) -> Vec<Missed<'_>> {
    let mut by_text: BTreeMap<&str, Missed<'_>> = BTreeMap::new();
    for found in turns {
        let Some(answer) = asked(found).filter(|answer| is_gap(answer)) else {
            continue;
        };
        let Some(text) = found.turn.event.text() else {
            continue;
        };
        let seen_in = (&found.conversation, found.turn.number.get());
        let entry = by_text.entry(text.as_str()).or_insert_with(|| Missed {
            text: text.as_str(),
            count: 0,
            ties: 0,
            last_at: found.turn.at,
            seen_in,
            nearest: nearest(answer),
        });
        entry.count += 1;
        entry.ties += usize::from(matches!(answer.decision, Decision::Clarify { .. }));
        entry.last_at = entry.last_at.max(found.turn.at);
    }
    by_text.into_values().collect()
}

/// The FAQs that came nearest, as the trace has them.
fn nearest(answer: &Answer) -> Vec<FaqId> {
    let trace = answer.trace.value();
    let candidates = trace["candidates"].as_array();
    let ids = candidates.into_iter().flatten().take(NEAREST);
    ids.filter_map(|c| FaqId::new(c["faq"].as_str()?).ok())
        .collect()
}

/// Puts a text into the group whose middle is nearest, or into a new one.
fn join<'a>(groups: &mut Vec<Group<'a>>, text: Missed<'a>, vector: Embedding) {
    let nearest = groups
        .iter_mut()
        .map(|group| (group.middle().cosine(&vector), group))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let weight = text.count as f32;
    match nearest {
        Some((cosine, group)) if cosine >= LEAST_COSINE => {
            for (sum, v) in group.sum.iter_mut().zip(vector.as_slice()) {
                *sum += weight * v;
            }
            group.members.push((text, vector));
        }
        _ => groups.push(Group {
            sum: vector.as_slice().iter().map(|v| weight * v).collect(),
            members: vec![(text, vector)],
        }),
    }
}

impl Group<'_> {
    fn middle(&self) -> Embedding {
        Embedding::normalized(self.sum.clone())
    }

    fn count(&self) -> usize {
        self.members.iter().map(|(text, _)| text.count).sum()
    }

    fn body(&self, kb: &jieda::KnowledgeBase) -> GapGroup {
        let middle = self.middle();
        let medoid = self
            .members
            .iter()
            .max_by(|a, b| middle.cosine(&a.1).total_cmp(&middle.cosine(&b.1)));
        let title = medoid.map(|(text, _)| text.text).unwrap_or_default();
        let ties: usize = self.members.iter().map(|(text, _)| text.ties).sum();
        let mut nearest: HashMap<&FaqId, usize> = HashMap::new();
        for (text, _) in &self.members {
            for faq in &text.nearest {
                *nearest.entry(faq).or_default() += text.count;
            }
        }
        let texts = self.members.iter().map(|(text, _)| text);
        GapGroup {
            id: short_hash(title),
            title: title.to_owned(),
            kind: if ties * 2 > self.count() {
                "near_tie"
            } else {
                "miss"
            },
            count: self.count(),
            last_at: texts
                .clone()
                .map(|t| t.last_at)
                .max()
                .unwrap_or(Timestamp::MIN),
            queries: texts
                .take(MOST_QUERIES)
                .map(|text| GapQuery {
                    text: text.text.to_owned(),
                    count: text.count,
                    conversation_id: text.seen_in.0.to_string(),
                    turn: text.seen_in.1,
                })
                .collect(),
            candidates: top(nearest, kb).into_iter().take(5).collect(),
        }
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
