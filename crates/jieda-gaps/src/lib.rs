//! Gap mining: what customers asked in vain, grouped by meaning, and what to write about it.
//!
//! The principal type is [`GapMiner`]. It takes [`Miss`]es (texts that were asked again, tied, handed over for lack of
//! an answer, or answered badly), and gives [`Gaps`]: groups of texts that mean about the same, each named by the text in
//! its middle, ranked by what it costs, and with a [`Proposal`]: a new FAQ, similar questions for one that is there,
//! two FAQs that get in each other's way, or an answer to be looked at.
//!
//! ```no_run
//! use jieda::{Engine, EngineConfig};
//! use jieda_gaps::{Cause, GapMiner, Miss};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = EngineConfig::shipped()?;
//! let engine = Engine::open(&config, "kb-samples/ecommerce".as_ref(), &mut |_| {})?;
//! let asked = ["能不能用比特币付款", "可以用比特币支付吗"];
//! let misses = asked.map(|text| Miss::new(text, Cause::Rephrase));
//! for gap in GapMiner::new(&engine).mine(&misses, &mut |_, _| {})?.gaps {
//!     println!("{} ×{}", gap.title, gap.size);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Who has a log turns it into misses by [`Cause::of`]; who has but texts asks the engine ([`missed_now`]). The same
//! misses in any order give the same gaps, on any number of threads.

mod cluster;
mod draft;
mod gap;
mod miner;
mod miss;
mod proposal;
mod read;
mod suggest;

pub use cluster::Nearness;
pub use draft::Draft;
pub use gap::{Evidence, Gap, Gaps, Near};
pub use miner::{GapMiner, MiningOptions};
pub use miss::{Cause, Causes, Costs, Miss, Seen};
pub use proposal::Proposal;
pub use read::missed_now;
