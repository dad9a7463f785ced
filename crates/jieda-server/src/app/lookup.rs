//! Searching, classifying and encoding, without deciding.

use std::sync::Arc;

use jieda::{
    Channel, Occasion,
    types::{Encoded, TextRole},
};

use super::App;
use crate::{
    admission::Lane,
    problem::{Problem, ProblemKind},
    wire::{
        CandidateBody, ClassifyResponse, EvidenceBody, IntentBody, SearchRequest, SearchResponse,
        SegmentResponse,
    },
};

/// Most FAQs of one search.
const MOST_FOUND: usize = 100;

impl App {
    /// Finds FAQs.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn search(
        self: &Arc<Self>,
        wanted: SearchRequest,
    ) -> Result<SearchResponse, Problem> {
        if !(1..=MOST_FOUND).contains(&wanted.limit) {
            return Err(Problem::field("/limit", format!("应为 1 到 {MOST_FOUND}")));
        }
        let channel = wanted.channel.as_deref().map(Channel::new).transpose();
        let channel = channel.map_err(|e| Problem::field("/channel", e.to_string()))?;
        let occasion = Occasion {
            channel,
            ..Occasion::now()
        };
        let engine = self.engines.hold();
        let work = move || -> Result<SearchResponse, Problem> {
            let searcher = engine.searcher();
            let understood = searcher.understand(&wanted.text)?;
            let found = searcher
                .search_on(&understood.query(), &occasion, wanted.limit)
                .map_err(jieda::EngineError::from)?;
            let body = |c| {
                if wanted.explain {
                    CandidateBody::explained(c)
                } else {
                    CandidateBody::short(c)
                }
            };
            Ok(SearchResponse {
                candidates: found.ranked.iter().map(body).collect(),
                release: engine.identity().knowledge.clone(),
            })
        };
        self.compute_in(Lane::Second, work).await?
    }

    /// Names intents.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn classify(self: &Arc<Self>, text: String) -> Result<ClassifyResponse, Problem> {
        let engine = self.engines.hold();
        let work = move || -> Result<ClassifyResponse, Problem> {
            let (intents, evidence) = engine.classify_explained(&text)?;
            let kb = engine.searcher().kb();
            Ok(ClassifyResponse {
                intents: intents
                    .ranked
                    .iter()
                    .map(|i| IntentBody::of(i, kb))
                    .collect(),
                evidence: evidence.iter().map(EvidenceBody::of).collect(),
                release: engine.identity().knowledge.clone(),
            })
        };
        self.compute_in(Lane::Second, work).await?
    }

    /// Cuts a text.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn segment(&self, text: &str) -> Result<SegmentResponse, Problem> {
        let engine = self.engines.hold();
        Ok(SegmentResponse::of(&engine.searcher().segment(text)?))
    }

    /// Encodes texts.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn encode(
        self: &Arc<Self>,
        texts: Vec<String>,
        role: TextRole,
    ) -> Result<Vec<Encoded>, Problem> {
        let limit = self.config.engine.max_bytes;
        for (i, text) in texts.iter().enumerate() {
            if text.trim().is_empty() {
                return Err(Problem::field(format!("/input/{i}"), "没有可见的字符"));
            }
            if text.len() > limit {
                return Err(Problem {
                    kind: ProblemKind::TextTooLong,
                    ..Problem::field(format!("/input/{i}"), format!("最多 {limit} 字节"))
                });
            }
        }
        let encoder = Arc::clone(self.engines.encoder().encoder());
        let engine = self.engines.hold();
        let work = move || {
            // As the search sees them.
            let normalized: Vec<String> = texts
                .iter()
                .map(|text| Ok(engine.searcher().segment(text)?.normalized))
                .collect::<Result<_, jieda::EngineError>>()?;
            let texts: Vec<&str> = normalized.iter().map(String::as_str).collect();
            Ok::<_, jieda::EngineError>(encoder.encode(&texts, role)?)
        };
        Ok(self.compute_in(Lane::Second, work).await??)
    }

    /// The encoder's name.
    #[must_use]
    pub fn encoder_id(&self) -> String {
        self.engines.encoder().encoder().id().to_string()
    }
}
