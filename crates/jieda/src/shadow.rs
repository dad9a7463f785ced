//! FAQs that their own phrasings don't find.

use jieda_knowledge::{Finding, ProblemCode};

use crate::{EngineError, Searcher};

/// Texts that are encoded between two reports of progress.
const CHUNK: usize = 64;

impl Searcher {
    /// Searches for every phrasing of every FAQ; tells those that lead to another one, by what customers
    /// would be given. Disabled FAQs are not searched for. `progress` is told (done, all) phrasings.
    ///
    /// # Errors
    /// [`EngineError`] when a phrasing can't be searched for, such as one that is too long.
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
            let texts: Vec<&str> = chunk.iter().map(|(_, text)| *text).collect();
            for ((faq, text), understood) in chunk.iter().zip(self.understand_all(&texts)?) {
                let candidates = self.search(&understood, 1)?;
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
            done += chunk.len();
            progress(done, asked.len());
        }
        Ok(findings)
    }
}
