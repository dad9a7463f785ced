//! A knowledge base with its train labels, understood once.

use jieda::{EngineError, Searcher, SignalTable, Understood};

use crate::truth::{LabelledQuery, Split, UnanswerableQuery};

const CHUNK: usize = 64;

/// One industry's data.
pub struct Industry {
    /// Its name, for reports.
    pub name: String,
    /// Its knowledge base, open for searching.
    pub searcher: Searcher,
    /// Labelled queries; only those of the train split are used.
    pub queries: Vec<LabelledQuery>,
    /// Queries that no FAQ answers; only those of the train split are used.
    pub unanswerable: Vec<UnanswerableQuery>,
}

/// A train query: what it is, what was understood, and the position of the FAQ that answers it.
pub struct TrainQuery {
    /// What was understood.
    pub understood: Understood,
    /// Every signal of every FAQ.
    pub signals: SignalTable,
    /// The right FAQ's position in the knowledge base; none when no FAQ answers it.
    pub answer: Option<usize>,
}

/// An industry whose train queries have been understood.
pub struct Prepared {
    /// Its name.
    pub name: String,
    /// Its knowledge base.
    pub searcher: Searcher,
    /// Its train queries.
    pub queries: Vec<TrainQuery>,
}

impl Prepared {
    /// Understands the train queries. `progress` is told (done, all).
    ///
    /// # Errors
    /// [`EngineError`] when a query is empty or too long, or a stage fails.
    pub fn new(
        industry: Industry,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, EngineError> {
        let Industry {
            name,
            searcher,
            queries,
            unanswerable,
        } = industry;
        let position = |id| searcher.index().faq_ids().position(|other| other == id);
        let train = |split: Option<Split>| split == Some(Split::Train);
        let texts: Vec<(&str, Option<usize>)> = queries
            .iter()
            .filter(|q| train(q.split))
            .map(|q| (q.text.as_str(), position(&q.faq)))
            .chain(
                unanswerable
                    .iter()
                    .filter(|q| train(q.split))
                    .map(|q| (q.text.as_str(), None)),
            )
            .collect();
        let mut prepared = Vec::with_capacity(texts.len());
        for chunk in texts.chunks(CHUNK) {
            let batch: Vec<&str> = chunk.iter().map(|(text, _)| *text).collect();
            for (understood, &(_, answer)) in
                searcher.understand_all(&batch)?.into_iter().zip(chunk)
            {
                let signals = searcher.index().signals(&understood.query())?;
                prepared.push(TrainQuery {
                    understood,
                    signals,
                    answer,
                });
            }
            progress(prepared.len(), texts.len());
        }
        Ok(Self {
            name,
            searcher,
            queries: prepared,
        })
    }
}
