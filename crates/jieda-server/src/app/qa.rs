//! Quality review: what is drawn, and what people find in it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jieda::{
    SignedDuration, Timestamp,
    types::{ConversationId, Decision},
};
use jieda_routing::{
    AgentId,
    qa::{Candidate, ItemId, Misfit, Points, QaFigures, Review},
};
use jieda_store::{AnyStore, Filter, Page, Store as _, Turn};

use super::App;
use crate::{
    auth::Principal,
    conversations::masked,
    problem::{FieldError, Problem, ProblemKind},
    reviews::Reviews,
    wire::{
        QaFiguresBody, ReviewBody, ReviewRequest, ReviewsBody, SampleBody, SamplesBody, rounded,
    },
};

/// Turns that are read for one list of samples.
const MOST_TURNS: usize = 50_000;
const PAGE: u32 = 500;
/// Characters of a text that are shown in a list.
const SHOWN: usize = 80;
/// How long after the end of a time turns of conversations that began in it are looked for.
const LATER: SignedDuration = SignedDuration::from_hours(24);

impl App {
    fn reviews(&self) -> Result<&Reviews<AnyStore>, Problem> {
        // Where there is none, the store says so.
        self.conversations.store()?;
        let missing = || Problem::new(ProblemKind::NotPossible, "没有会话库");
        self.reviews.as_ref().ok_or_else(missing)
    }

    /// Conversations that began in a time and were drawn, and those that somebody scored without that.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn samples(
        &self,
        (since, until): (Timestamp, Timestamp),
        caller: &Principal,
    ) -> Result<SamplesBody, Problem> {
        let mut reviewers: HashMap<ConversationId, BTreeSet<String>> = HashMap::new();
        for review in self.reviews()?.all().await? {
            let of_conversation = reviewers.entry(review.conversation.clone()).or_default();
            of_conversation.insert(review.reviewer.clone());
        }
        let engine = self.engines.hold();
        let kb = engine.searcher().kb();
        // Each day is drawn as a whole, whatever part of it is asked for.
        let days = (kb.day_around(since).0, kb.day_around(until).1);
        let found = self.candidates(days).await?;
        let ids = found
            .candidates
            .iter()
            .map(|candidate| &candidate.conversation);
        let agents = self.agents_of(ids).await?;
        let qa = &self.config.qa;
        let drawn = qa.draw(&found.candidates, |at| kb.local_time(at).date());
        let mut plans: HashMap<_, _> = drawn
            .into_iter()
            .map(|drawn| (&drawn.candidate.conversation, drawn.plans))
            .collect();
        let nobody = BTreeSet::new();
        let sample = |candidate: &Candidate| {
            let id = &candidate.conversation;
            let reviewers = reviewers.get(id).unwrap_or(&nobody);
            let plans = plans.remove(id).unwrap_or_default();
            let is_of_the_time = since <= candidate.opened && candidate.opened < until;
            if !is_of_the_time || (plans.is_empty() && reviewers.is_empty()) {
                return None;
            }
            Some(SampleBody {
                conversation_id: id.to_string(),
                opened: candidate.opened,
                first_text: found.first_texts.get(id).cloned().unwrap_or_default(),
                plans: plans.into_iter().map(str::to_owned).collect(),
                confidence: candidate.confidence.map(|c| rounded(c.get())),
                rating: candidate.rating.map(|rating| rating.get()),
                handed_over: candidate.handed_over.map(|reason| reason.as_str()),
                channel: found.channels.get(id).cloned(),
                agent: agents.get(id).map(|agent| agent.0),
                wanted: qa.wanted(candidate),
                reviews: reviewers.len(),
                mine: reviewers.contains(&caller.id()),
            })
        };
        let mut samples: Vec<_> = found.candidates.iter().filter_map(sample).collect();
        samples.sort_by_key(|sample| Reverse(sample.opened));
        Ok(SamplesBody {
            since,
            until,
            truncated: found.is_cut,
            samples,
        })
    }

    /// The plans that drew a conversation, of all that began on its day.
    async fn plans_that_drew(
        &self,
        id: &ConversationId,
        opened: Timestamp,
    ) -> Result<Vec<String>, Problem> {
        let engine = self.engines.hold();
        let kb = engine.searcher().kb();
        let found = self.candidates(kb.day_around(opened)).await?;
        let drawn = self
            .config
            .qa
            .draw(&found.candidates, |at| kb.local_time(at).date());
        let ours = drawn
            .into_iter()
            .find(|drawn| drawn.candidate.conversation == *id);
        let plans = ours.map(|drawn| drawn.plans).unwrap_or_default();
        Ok(plans.into_iter().map(str::to_owned).collect())
    }

    /// What was found in a conversation. Others' words are told to whoever has had his.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn reviews_of(
        &self,
        id: &ConversationId,
        caller: &Principal,
    ) -> Result<ReviewsBody, Problem> {
        let reviews = self.reviews()?.of(id).await?;
        let caller = caller.id();
        let (mine, others): (Vec<_>, Vec<_>) = reviews
            .iter()
            .map(|review| ReviewBody::of(review))
            .partition(|review| review.reviewer == caller);
        let mine = mine.into_iter().next();
        Ok(ReviewsBody {
            others: if mine.is_some() { others } else { Vec::new() },
            mine,
        })
    }

    /// Takes down what somebody found.
    ///
    /// # Errors
    /// [`Problem`]: no such conversation, or points that don't fit the sheet.
    pub async fn review(
        &self,
        id: ConversationId,
        request: ReviewRequest,
        reviewer: &Principal,
    ) -> Result<ReviewBody, Problem> {
        let scores = points(request.scores)?;
        let scored = self.config.qa.sheet.score(&scores);
        let scored = scored.map_err(|misfits| refused(&misfits))?;
        let log = self.conversations.store()?.log(&id).await?;
        let log = log.ok_or_else(|| Problem::not_found(format_args!("会话 {id}")))?;
        let agents = self.agents_of([&id]).await?;
        let review = Review {
            reviewer: reviewer.id(),
            at: Timestamp::now(),
            agent: agents.get(&id).copied(),
            plans: self.plans_that_drew(&id, log.conversation.opened).await?,
            scores,
            comment: masked(request.comment.trim()),
            score: scored.score,
            verdict: scored.verdict,
            conversation: id,
        };
        let body = ReviewBody::of(&review);
        self.reviews()?.add(review).await?;
        Ok(body)
    }

    /// What reviews of a time say together.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn qa_figures(
        &self,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<QaFiguresBody, Problem> {
        let reviews = self.reviews()?.all().await?;
        let of_time = |review: &&Review| since <= review.at && review.at < until;
        let reviews = reviews.iter().map(Arc::as_ref).filter(of_time);
        let figures = QaFigures::of(&self.config.qa, reviews);
        let names: BTreeMap<AgentId, String> = match &self.routing {
            Some(desk) => {
                let agents = desk.view().await?.agents.into_iter();
                agents
                    .map(|seen| (seen.agent.id, seen.agent.name))
                    .collect()
            }
            None => BTreeMap::new(),
        };
        let name = |id: AgentId| names.get(&id).cloned().unwrap_or_else(|| id.to_string());
        Ok(QaFiguresBody::of(&figures, (since, until), name))
    }

    /// The agents who had conversations last.
    async fn agents_of<'a>(
        &self,
        conversations: impl IntoIterator<Item = &'a ConversationId>,
    ) -> Result<HashMap<ConversationId, AgentId>, Problem> {
        match &self.routing {
            Some(desk) => Ok(self.contacts.agents(desk.journal(), conversations).await?),
            None => Ok(HashMap::new()),
        }
    }

    /// Conversations that began in a time, the latest first.
    async fn candidates(
        &self,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Candidates, Problem> {
        // One at a time: each reads many turns.
        let _alone = self.reporting.lock().await;
        let store = self.conversations.store()?;
        let filter = Filter {
            since: Some(since),
            until: Some(until.checked_add(LATER).unwrap_or(Timestamp::MAX)),
            ..Filter::default()
        };
        let mut facts: HashMap<ConversationId, Facts> = HashMap::new();
        let (mut page, mut read, mut is_cut) = (Page::newest(PAGE), 0, false);
        loop {
            let slice = store.turns(&filter, &page).await?;
            read += slice.items.len();
            for found in slice.items {
                facts
                    .entry(found.conversation)
                    .or_default()
                    .add(&found.turn);
            }
            match slice.next {
                Some(_) if read >= MOST_TURNS => is_cut = true,
                Some(cursor) => {
                    page = page.after(cursor);
                    continue;
                }
                None => {}
            }
            break;
        }
        let (mut channels, mut first_texts) = (HashMap::new(), HashMap::new());
        let mut candidates = Vec::new();
        for (id, mut facts) in facts {
            // Where its first turn was not read, it began before.
            let Some(opened) = facts.opened.filter(|opened| *opened < until) else {
                continue;
            };
            if let Some(channel) = facts.channel.take() {
                channels.insert(id.clone(), channel);
            }
            if let Some(text) = facts.first_text.take() {
                first_texts.insert(id.clone(), text);
            }
            candidates.push(facts.candidate(&id, opened));
        }
        Ok(Candidates {
            candidates,
            channels,
            first_texts,
            is_cut,
        })
    }
}

struct Candidates {
    candidates: Vec<Candidate>,
    channels: HashMap<ConversationId, String>,
    first_texts: HashMap<ConversationId, String>,
    is_cut: bool,
}

/// What is known of a conversation, turn by turn, in any order.
#[derive(Default)]
struct Facts {
    opened: Option<Timestamp>,
    confidence: Option<jieda::types::Confidence>,
    rating: Option<jieda::types::Rating>,
    /// The first handover, and the turn that it was on.
    handed_over: Option<(jieda_store::TurnNumber, jieda::types::HandoffReason)>,
    channel: Option<String>,
    first_text: Option<String>,
}

impl Facts {
    fn add(&mut self, turn: &Turn) {
        if turn.number.get() == 1 {
            self.opened = Some(turn.at);
            let text = turn.event.text();
            self.first_text = text.map(|text| text.as_str().chars().take(SHOWN).collect());
        }
        if let Some(rating) = turn.rating() {
            self.rating = Some(self.rating.map_or(rating, |lowest| lowest.min(rating)));
        }
        if self.channel.is_none() {
            self.channel.clone_from(&turn.customer.channel);
        }
        let Some(answer) = &turn.answer else { return };
        match &answer.decision {
            Decision::Handoff { reason } => {
                if self
                    .handed_over
                    .is_none_or(|(number, _)| turn.number < number)
                {
                    self.handed_over = Some((turn.number, *reason));
                }
            }
            // Nothing was decided by it.
            Decision::SmallTalk { .. } | Decision::Silent => {}
            _ => {
                let lowest = self
                    .confidence
                    .filter(|c| c.get() <= answer.confidence.get());
                self.confidence = Some(lowest.unwrap_or(answer.confidence));
            }
        }
    }

    fn candidate(&self, id: &ConversationId, opened: Timestamp) -> Candidate {
        Candidate {
            conversation: id.clone(),
            opened,
            confidence: self.confidence,
            rating: self.rating,
            handed_over: self.handed_over.map(|(_, reason)| reason),
        }
    }
}

fn points(scores: BTreeMap<String, Option<u8>>) -> Result<Points, Problem> {
    let scores = scores.into_iter().map(|(id, points)| {
        let item = ItemId::new(&id).map_err(|e| Problem::field("/scores", e.to_string()))?;
        Ok((item, points))
    });
    scores.collect()
}

/// Everything at once.
fn refused(misfits: &[Misfit]) -> Problem {
    let errors = misfits.iter().map(|misfit| FieldError {
        pointer: match misfit.item() {
            Some(item) => format!("/scores/{item}"),
            None => "/scores".into(),
        },
        detail: misfit.to_string(),
    });
    Problem {
        errors: errors.collect(),
        ..Problem::field("/scores", "打分不完整，或与评分表不符")
    }
}
