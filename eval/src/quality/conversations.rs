//! Whole conversations.

use std::collections::BTreeMap;

use jieda::{
    PersonalData,
    types::{HandoffReason, MaskedText},
};
use serde::Serialize;

use super::{Figure, Kind, Trial};
use crate::transcripts::{Act, Played, PlayedTurn, Transcript, TranscriptReport};

/// Most turns that are listed.
const MOST: usize = 15;

/// How conversations went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversations {
    /// All figures.
    #[serde(flatten)]
    pub report: TranscriptReport,
    /// Share of the turns whose decision is right, and whose answer is where one is expected.
    pub turns_right: Figure,
    /// Share of the conversations that never came to a human.
    pub never_with_human: Figure,
    /// By channel: share that was solved without a human.
    pub solved_by_channel: Vec<Kind>,
    /// The first turn of each conversation that went wrong: those that belong to a human first.
    pub wrong: Vec<WrongTurn>,
    /// Conversations with a turn that went wrong.
    pub with_wrong_turns: usize,
}

/// A turn that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrongTurn {
    /// The conversation.
    pub conversation: String,
    /// The turn, from 1.
    pub number: usize,
    /// What the customer said; empty for a button.
    pub said: MaskedText,
    /// What should have been done.
    pub expected: Act,
    /// The standard question of the FAQ that should have answered.
    pub expected_question: Option<String>,
    /// What was done.
    pub reached: Act,
    /// The standard question of the FAQ that was sent.
    pub sent_question: Option<String>,
    /// Why it was handed over.
    pub reason: Option<HandoffReason>,
    /// The rule that decided.
    pub rule: String,
}

impl Conversations {
    /// None without conversations. Both lists are in one order.
    pub(super) fn of(
        transcripts: &[Transcript],
        played: &[Played],
        kb: &jieda::KnowledgeBase,
    ) -> Option<Self> {
        let turns = played
            .iter()
            .flat_map(|p| p.turns.iter().map(move |t| (p, t)));
        let turns_right = turns.map(|(p, t)| Trial::of(t.is_right(), Some(&p.id)));
        let contained = |p: &Played| p.turns.iter().all(|t| t.reached.act != Act::Handoff);
        let mut wrong: Vec<WrongTurn> = played.iter().filter_map(|p| first_wrong(p, kb)).collect();
        let with_wrong_turns = wrong.len();
        // The order of the file within each.
        wrong.sort_by_key(|w| w.expected != Act::Handoff);
        wrong.truncate(MOST);
        Some(Self {
            report: TranscriptReport::of(played),
            turns_right: Figure::share(turns_right)?,
            never_with_human: Figure::share(played.iter().map(|p| Trial::of(contained(p), None)))?,
            solved_by_channel: by_channel(transcripts, played),
            wrong,
            with_wrong_turns,
        })
    }
}

fn first_wrong(played: &Played, kb: &jieda::KnowledgeBase) -> Option<WrongTurn> {
    let wrong = |(_, turn): &(usize, &PlayedTurn)| !turn.is_right();
    let (number, turn) = (1..).zip(&played.turns).find(wrong)?;
    let question = |faq: &jieda::types::FaqId| kb.faq(faq).map(|faq| faq.question.clone());
    let expected = turn.expected.faq.as_ref();
    let sent = turn.reached.found.as_ref();
    let sent = sent.filter(|_| turn.reached.act == Act::Reply);
    Some(WrongTurn {
        conversation: played.id.clone(),
        number,
        said: PersonalData::mask(&turn.text).to_masked_text(),
        expected: turn.expected.decision,
        expected_question: expected.and_then(question),
        reached: turn.reached.act,
        sent_question: sent.and_then(question),
        reason: turn.reached.reason,
        rule: turn.reached.rule.clone(),
    })
}

/// None where no conversation names its channel.
fn by_channel(transcripts: &[Transcript], played: &[Played]) -> Vec<Kind> {
    let mut channels: BTreeMap<Option<&String>, Vec<&Played>> = BTreeMap::new();
    for (transcript, played) in transcripts.iter().zip(played) {
        let channel = transcript.customer.channel.as_ref();
        channels.entry(channel).or_default().push(played);
    }
    if channels.keys().all(Option::is_none) {
        return Vec::new();
    }
    let share =
        |played: &[&Played]| Figure::share(played.iter().map(|p| Trial::of(p.is_solved(), None)));
    let kinds = channels.into_iter().filter_map(|(name, played)| {
        Some(Kind {
            name: name.cloned(),
            share: share(&played)?,
        })
    });
    kinds.collect()
}
