//! FAQs that their own phrasings don't find.

use jieda_knowledge::{Faq, Finding, Moment, ProblemCode};
use jiff::ToSpan as _;

use crate::{EngineError, Occasion, Searcher};

/// Texts that are encoded between two reports of progress.
const CHUNK: usize = 64;

impl Searcher {
    /// Searches for every phrasing of every FAQ, at a time and on a channel where it is served; tells those
    /// that lead to another one. Disabled FAQs are not searched for. `progress` is told (done, all) phrasings.
    ///
    /// # Errors
    /// [`EngineError`] when a stage fails.
    pub fn shadowed(
        &self,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<Finding>, EngineError> {
        let faqs = self.kb().faqs.iter().filter(|faq| faq.enabled);
        let asked: Vec<_> = faqs
            .flat_map(|faq| faq.phrasings().map(move |text| (faq, text)))
            .collect();
        let mut findings = Vec::new();
        let mut done = 0;
        progress(0, asked.len());
        for chunk in asked.chunks(CHUNK) {
            // What nobody can ask, because it is too long or empty, is no one's to find.
            let askable = |(_, text): &&(&Faq, &str)| self.segment(text).is_ok();
            let chunk: Vec<_> = chunk.iter().filter(askable).collect();
            let texts: Vec<&str> = chunk.iter().map(|(_, text)| *text).collect();
            for ((faq, text), understood) in chunk.iter().zip(self.understand_all(&texts)?) {
                let occasion = self.occasion_of(faq);
                let candidates = self.search_on(&understood.query(), &occasion, 1)?;
                if let Some(top) = candidates.top().filter(|top| top.faq != faq.id) {
                    findings.push(Finding {
                        faq: faq.id.clone(),
                        phrasing: (*text).to_owned(),
                        code: ProblemCode::Shadowed,
                        message: format!("客户这样问，先找到的是“{}”（{}）", top.question, top.faq),
                        suggestion: "请把这个问法移到那一条，或改得更具体".into(),
                    });
                }
            }
            done = (done + CHUNK).min(asked.len());
            progress(done, asked.len());
        }
        Ok(findings)
    }

    /// An occasion on which an FAQ is served.
    fn occasion_of(&self, faq: &Faq) -> Occasion {
        let last = |until: Moment| match until {
            Moment::Day(_) => Some(until.start()),
            Moment::Time(time) => time.checked_sub(1.second()).ok(),
        };
        let at = match (faq.valid_from, faq.valid_until) {
            (Some(from), _) => Some(from.start()),
            (None, Some(until)) => last(until),
            (None, None) => None,
        };
        Occasion {
            at: at.and_then(|at| self.kb().timezone.to_timestamp(at).ok()),
            channel: faq.channels.first().cloned(),
            ..Occasion::default()
        }
    }
}
