//! Chinese text: normalisation and segmentation, with spans back to the original.
//!
//! The principal type is [`JiebaSegmenter`]: it owns a [`Normalizer`] and a jieba dictionary to
//! which a knowledge base adds its own words ([`UserDictionary`]). Nothing is global: two
//! segmenters with two dictionaries live side by side in one process.
//!
//! ```
//! use jieda_text::{JiebaSegmenter, UserDictionary};
//! use jieda_types::Segmenter;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let words = UserDictionary::parse("价保申请 100 n")?;
//! let segmenter = JiebaSegmenter::new(&words)?;
//! let segmented = segmenter.segment("請問ＡＰＰ裡怎麼價保申請？？？");
//! assert_eq!(segmented.normalized, "请问app里怎么价保申请?");
//! let last = segmented.tokens.iter().find(|t| t.text == "价保申请").ok_or("not found")?;
//! assert_eq!(last.span.of(&segmented.original), "價保申請");
//! # Ok(())
//! # }
//! ```
//!
//! Before a text is kept, [`PersonalData`] masks what tells who wrote it. What is left and matters, such as
//! order numbers, amounts and dates, is found by [`EntityFinder`]; what a search is better off without, by [`Identifiers`].

mod characters;
mod dictionary;
mod entities;
mod grams;
mod identifiers;
mod mapped;
mod normalize;
mod personal;
mod plain;
mod segment;
mod simplify;

pub use dictionary::{DictionaryError, DictionaryProblem, UserDictionary, UserWord};
pub use entities::{Entity, EntityContext, EntityFinder};
pub use grams::{Gram, grams};
pub use identifiers::Identifiers;
pub use normalize::{Normalized, Normalizer};
pub use personal::{Found, Masked, MaskedPlace, PersonalData, PersonalKind, Vault};
pub use segment::JiebaSegmenter;

/// The text stage can't start: its built-in data are damaged.
#[derive(Debug, thiserror::Error)]
#[error("the Traditional-to-Simplified tables can't be loaded: {0}")]
pub struct TextError(pub(crate) String);
