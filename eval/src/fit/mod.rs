//! Learning the numbers that ship: fusion weights, the confidence calibrator, and how follow-ups are read.
//!
//! All are learned from train queries and conversations of several industries, and judged by leaving one industry
//! out: learned on the others, measured on the one they have not seen, since a new customer has no
//! labels. What ships is then learned on all of them.

pub mod calibration;
pub mod follow_up;
pub mod fusion;
mod industry;
mod report;
mod transfer;

pub use fusion::FusionFit;
pub use industry::{Industry, Prepared};
pub use report::{BandRow, FitReport, HeldOut, ThresholdRow, fit};
pub use transfer::Transfer;
