//! Knowledge bases: read a folder, check every cell of it, import into it, export from it, identify its
//! contents; [compare](diff) two of them; keep what was made of them as [releases](release).
//!
//! The principal type is [`KnowledgeBase`]. It can only be had checked: [`KnowledgeBase::load`]
//! gives either a knowledge base in which ids are unique and every intent exists, or *all* the
//! [`Problem`]s of its files at once, each with file, sheet, row and column. For whoever edits the
//! files, [`KnowledgeBase::check`] also tells what is worth knowing. [`Import`] brings files of any
//! format into a folder, [`export_xlsx`] and its like bring them out again, [`export_suggestions`] what could be added.
//!
//! A folder holds:
//!
//! | file | contents |
//! |---|---|
//! | `kb.toml` | name, language, description, dictionary, time zone, variables, channels; optional |
//! | `intents.jsonl` | one `{"id","name","description","keywords":[…],"patterns":[…]}` a line, see [`Intent`]; without it, intents are those that the FAQs name |
//! | `faqs.jsonl` | one `{"id","intent","question","similar":[…],"answer","variants":[…], …}` a line, see [`Faq`] |
//! | the dictionary | one word a line, see [`UserDictionary`](jieda_text::UserDictionary) |
//!
//! FAQs may as well stand in `faqs.xlsx`, `.csv`, `.tsv`, `.yaml` or `.md`, and in several files:
//! `faqs-….csv`, `faqs_….csv`, `常见问题….xlsx`, or those that `faqs = […]` in `kb.toml` lists.
//!
//! # Tables
//!
//! The header may stand below a title, in any order, with the names that people use
//! (标准问题, 问题, question …; 相似问1, 相似问2 …). Sheets without a question and an answer column are
//! passed over, but for one of intents. One FAQ may take several rows: those below only add similar
//! questions. Several similar questions in one cell are divided by line breaks; without any, by `;`,
//! `；`, `|`; by `、` where every part is a question.
//!
//! Answers that are tried against the first have columns of their own: 答案B, 答案C … up to 答案H.
//!
//! A sheet of intents has columns 意图编号, 意图名称, 意图说明, 关键词 (divided like labels) and 正则 (one a line).
//!
//! # Markdown and YAML
//!
//! In Markdown, headings of the deepest level are questions, those above them intents; fields are
//! `标签: …` lines right below the question, similar questions the list below 相似问. In YAML, a list of
//! mappings whose keys are the names of columns.
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
pub mod diff;
mod export;
mod faq;
mod field;
mod file;
mod import;
mod intent_pattern;
mod jsonl;
mod jsonl_file;
mod kb_toml;
mod knowledge_base;
mod loader;
mod place;
mod problem;
pub mod release;
mod report;
mod save;
mod source;
mod validity;

pub use answer::{Answer, AnswerTemplate, MissingVariables};
pub use channel::{Channel, ChannelLimits, InvalidChannel};
pub use check::Finding;
pub use export::{
    ExportError, FaqDraft, PhrasingsDraft, Reason, Suggestions, export_csv, export_jsonl,
    export_suggestions, export_xlsx,
};
pub use faq::{Faq, Intent};
pub use field::FaqField;
pub use file::write as write_file;
pub use import::{ChangedFaq, Import, ImportMode, ImportReport};
pub use intent_pattern::{IntentPattern, InvalidPattern};
pub use jsonl::{JsonlRow, read_jsonl};
pub use jsonl_file::{JsonlFile, JsonlLine};
pub use knowledge_base::KnowledgeBase;
pub use problem::{Problem, ProblemCode};
pub use report::{CheckReport, Faults};
pub use source::{Table, TableRow, fold_header, read_tables};
pub use validity::{Moment, Served};
