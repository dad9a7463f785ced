//! The embeddable answer engine: a knowledge base and a model become answers.
//!
//! The principal type is [`Engine`]. It is opened once ([`Engine::open`]) and then only read:
//! [`Engine::answer`] takes an utterance and the state of its conversation, and gives a reply and
//! the next state. The engine keeps no conversation; the caller does.
//!
//! ```no_run
//! use jieda::{Engine, EngineConfig};
//! use jieda_types::{ConversationState, Utterance};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = EngineConfig::shipped()?;
//! let engine = Engine::open(&config, "kb-samples/ecommerce".as_ref(), &mut |_| {})?;
//! let utterance = Utterance::new("买的鞋子不合脚想退");
//! let (reply, _state) = engine.answer(&utterance, &ConversationState::default())?;
//! println!("{} ({})", reply.text, reply.confidence);
//! # Ok(())
//! # }
//! ```
//!
//! [`Searcher`] is the part that understands and finds, without deciding.

mod cache;
mod cases;
mod classifier;
mod config;
mod config_source;
mod conversation;
mod engine;
mod error;
mod follow_up;
mod handover;
mod identity;
mod intent_rules;
mod learned;
mod locate;
mod memory;
mod occasion;
mod policy_file;
mod privacy;
mod progress;
mod publishing;
mod reply;
mod searcher;
mod serving;
mod shadow;
mod shared_encoder;
mod slots;
mod speak;
mod vector_engine;

pub use cases::Cases;
pub use classifier::mixed_intents;
pub use config::EngineConfig;
pub use config_source::{ConfigSource, Section};
pub use conversation::{Conversation, HandedOver};
pub use engine::Engine;
pub use error::{EngineError, Fault};
pub use handover::Assistance;
pub use identity::Identity;
pub use intent_rules::{IntentEvidence, IntentRule};
pub use learned::{ADAPTER_FILE, INTENTS_FILE, POLICY_FILE};
pub use locate::locate;
pub use occasion::Occasion;
pub use policy_file::{set_thresholds, write_thresholds};
pub use progress::Progress;
pub use publishing::{
    Built, Follower, LiveEngine, Outcome, Publishing, Recheck, Refreshed, Serving, copy_knowledge,
    knowledge_of, prune,
};
pub use reply::{Reply, Timings, Trace};
pub use searcher::{Searcher, Understood};
pub use shared_encoder::SharedEncoder;
pub use vector_engine::VectorPlace;

// What a caller of the engine needs of the other crates.
pub use jieda_decision::{
    Ahead, Calibrator, Coefficient, Decider, Feature, Features, Policy, PolicyError, Provenance,
    Reading, Thresholds, Tuned, handed_back,
};
pub use jieda_knowledge::{
    ChangedFaq, Channel, CheckReport, ExportError, Faq, FaqDraft, FaqField, Faults, Finding,
    Import, ImportMode, ImportReport, Intent, JsonlFile, JsonlLine, JsonlRow, KnowledgeBase,
    Moment, PhrasingsDraft, Problem, ProblemCode, Reason, Served, Suggestions, Table, TableRow,
    diff, export_csv, export_jsonl, export_suggestions, export_xlsx, fold_header, read_jsonl,
    read_tables, release, write_file,
};
pub use jieda_model as model;
pub use jieda_retrieval::{
    Answered, FollowUpWeights, Fusion, FusionWeights, NearestIntents, NearestVectors, RowCosine,
    SearchMode, SignalTable, VectorEngine, VectorIndex, VectorKey,
};
pub use jieda_text::{JiebaSegmenter, PersonalData, UserDictionary};
pub use jieda_types as types;
pub use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// The README's example is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
