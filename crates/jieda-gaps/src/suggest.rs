//! Gaps as a workbook for whoever keeps the knowledge base.

use jieda::{FaqDraft, KnowledgeBase, PhrasingsDraft, Reason, Suggestions};
use jieda_types::FaqId;

use crate::{Gap, Gaps, Proposal};

/// Texts of a gap that the sheet which explains shows.
const MOST_EXAMPLES: usize = 10;

impl Gaps {
    /// What [`export_suggestions`](jieda::export_suggestions) writes: new FAQs and phrasings to be looked through, and
    /// every gap with what is to be done about it.
    #[must_use]
    pub fn suggestions(&self, kb: &KnowledgeBase) -> Suggestions {
        let mut suggestions = Suggestions::default();
        for gap in &self.gaps {
            let note = format!("被问 {} 次", gap.size);
            match &gap.proposal {
                Proposal::NewFaq(draft) => suggestions.faqs.push(FaqDraft {
                    question: draft.question.clone(),
                    similar: draft.similar.clone(),
                    intent: draft.intent.clone(),
                    note,
                }),
                Proposal::SimilarQuestion { faq, similar } => {
                    suggestions.phrasings.push(PhrasingsDraft {
                        faq: faq.clone(),
                        similar: similar.clone(),
                        note,
                    });
                }
                Proposal::ConflictingFaqs { .. } | Proposal::ReviewAnswer { .. } => {}
            }
            suggestions.reasons.push(reason(gap, kb));
        }
        suggestions
    }
}

fn reason(gap: &Gap, kb: &KnowledgeBase) -> Reason {
    let named = |faq: &FaqId| {
        let question = kb.faq(faq).map_or("", |faq| faq.question.as_str());
        format!("{faq} {question}")
    };
    let about = match &gap.proposal {
        Proposal::NewFaq(_) => gap.nearest.iter().map(|near| named(&near.faq)).collect(),
        Proposal::SimilarQuestion { faq, .. } | Proposal::ReviewAnswer { faq } => vec![named(faq)],
        Proposal::ConflictingFaqs { faqs } => faqs.iter().map(named).collect(),
    };
    let texts = gap.evidence.iter().take(MOST_EXAMPLES);
    Reason {
        subject: gap.title.clone(),
        count: gap.size,
        advice: gap.proposal.advice().to_owned(),
        about,
        examples: texts.map(|e| format!("{} ×{}", e.text, e.count)).collect(),
    }
}

impl Proposal {
    /// What to do, in Chinese, for whoever keeps the knowledge base.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NewFaq(_) => "新增一条常见问题，写好答案",
            Self::SimilarQuestion { .. } => "已有答案，给这一条补充相似问题",
            Self::ConflictingFaqs { .. } => {
                "两条互相混淆：改写标准问题和相似问题加以区分，或合并成一条"
            }
            Self::ReviewAnswer { .. } => "已经回答，但客户不满意：请检查这一条的答案",
        }
    }
}
