//! What changed between two knowledge bases, and between the answers that they give.
//!
//! [`KnowledgeDiff`] compares contents, [`AnswerDiff`] what customers get. Both are data (JSON by
//! serde), and render themselves for people: `to_text` for a terminal, `to_markdown` for a review.
//! Their words are Chinese, for those who edit the knowledge base.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use jieda_knowledge::{KnowledgeBase, diff::KnowledgeDiff};
//! let kb = KnowledgeBase::load("../../kb-samples/ecommerce".as_ref())?;
//! let mut edited = kb.clone();
//! edited.faqs.remove(0);
//! let diff = KnowledgeDiff::between(&kb, &edited);
//! assert_eq!(diff.counts().removed, 1);
//! println!("{}", diff.to_text());
//! # Ok(())
//! # }
//! ```

mod answers;
mod answers_shown;
mod entries;
mod fields;
mod inline;
mod knowledge;
mod markdown;
mod text;

pub use answers::{AnswerChange, AnswerCounts, AnswerDiff, Asked, ChangedAnswer, TopAnswer};
pub use entries::EntryChange;
pub use fields::{Change, FieldChange, FieldValue, Value};
pub use inline::{Span, SpanKind};
pub use knowledge::{FaqChange, FaqCounts, KnowledgeDiff, Summary};
