//! Intents: texts to learn them from, and how well they are told.
//!
//! * [`IntentText`]: a text and its intent, from files ([`read_intents`]) or a knowledge base ([`of_knowledge_base`]).
//! * [`Material`]: texts with their vectors, to learn and to ask; [`IntentLabels`] makes it for a knowledge base.
//! * [`evaluate`], [`judge`]: fit a head and ask it, in figures; [`predict`]: text by text.

mod material;
mod report;
mod texts;

pub use material::{AskedText, IntentLabels, Material, encode};
pub(crate) use report::{BINS, TPR};
pub use report::{IntentReport, evaluate, judge, predict};
pub use texts::{
    IntentText, default_intents, of_knowledge_base, of_queries, of_unanswerable, read_intents,
};
