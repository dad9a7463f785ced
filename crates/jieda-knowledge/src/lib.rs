//! Knowledge bases: load a folder, check every line of it, identify its contents.
//!
//! The principal type is [`KnowledgeBase`]. It can only be had checked: [`KnowledgeBase::load`]
//! gives either a knowledge base in which ids are unique and every intent exists, or *all* the
//! [`Problem`]s of its files at once, each with file, line and column.
//!
//! A folder holds:
//!
//! | file | contents |
//! |---|---|
//! | `kb.toml` | name, language, description, dictionary, variables; optional |
//! | `intents.jsonl` | one `{"id","name","description"}` a line |
//! | `faqs.jsonl` | one `{"id","intent","question","similar":[…],"answer","tags":[…],"skill","enabled"}` a line |
//! | the dictionary | one word a line, see [`UserDictionary`](jieda_text::UserDictionary) |
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use jieda_knowledge::KnowledgeBase;
//! let kb = KnowledgeBase::load("../../kb-samples/ecommerce".as_ref())?;
//! println!("{}: {} FAQs", kb.name, kb.faqs.len());
//! # Ok(())
//! # }
//! ```

mod answer;
mod channel;
mod check;
mod export;
mod faq;
mod field;
mod file;
mod import;
mod jsonl;
mod kb_toml;
mod knowledge_base;
mod loader;
mod place;
mod problem;
mod report;
mod source;
mod validity;

pub use answer::{Answer, AnswerTemplate, MissingVariables};
pub use channel::{Channel, ChannelLimits, InvalidChannel};
pub use export::{ExportError, export_csv, export_jsonl, export_xlsx};
pub use faq::{Faq, Intent};
pub use field::FaqField;
pub use import::{ChangedFaq, Import, ImportMode, ImportReport};
pub use jsonl::{JsonlRow, read_jsonl};
pub use knowledge_base::KnowledgeBase;
pub use problem::{Problem, ProblemCode};
pub use report::{CheckReport, Faults};
pub use validity::{Moment, Served};
