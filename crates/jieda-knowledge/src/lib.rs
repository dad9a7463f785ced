//! Knowledge bases: load a folder, check every line of it, identify its contents; [compare](diff) two
//! of them; keep what was made of them as [releases](release).
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
mod check;
pub mod diff;
mod faq;
mod jsonl;
mod kb_toml;
mod knowledge_base;
mod loader;
mod problem;
pub mod release;

pub use answer::{Answer, AnswerTemplate, MissingVariables};
pub use faq::{Faq, Intent};
pub use jsonl::{JsonlRow, read_jsonl};
pub use knowledge_base::KnowledgeBase;
pub use problem::{Faults, Problem, ProblemCode};
