//! Evaluation: how good retrieval is, and how the shipped numbers were learned.
//!
//! * [`retrieval`]: recall@k and MRR of labelled queries against a knowledge base.
//! * [`ab`]: answers that are tried against each other.
//! * [`adapt`]: fits an adapter to one knowledge base's log, and says whether it pays.
//! * [`fit`]: learns the fusion weights and the confidence calibrator from train queries, leaving
//!   one industry out to see how they do on one they have not seen.
//! * [`decision`]: what the engine decides about labelled texts.
//! * [`transcripts`]: whole conversations, turn by turn.
//! * [`logs`]: recorded conversations, whoever wrote them down.
//! * [`replay`]: what would have become of them.
//! * [`intents`]: texts with intents, and how well they are told.
//! * [`gaps`]: whether gap mining brings back FAQs that were removed.
//! * [`risk`]: a reply threshold that keeps a promise, and what it costs.
//! * [`tune`]: what `jieda tune` finds with it.
//! * [`calibrators`]: kinds of calibrators, judged on industries that they have not seen.
//! * [`quality`]: how well customers are served, all figures of a report.
//! * [`monthly`]: a month of service, and a quarter of allocation.
//! * [`page`]: these reports as pages.
//! * [`workbook`]: the monthly and the quarterly one as workbooks.
//! * [`charts`]: reliability diagram, risk–coverage curve and bars as SVG.
//! * [`scale`]: how many replicas, at what cost.
//! * [`suite`]: runs that are measured together, recorded, checked and compared.
//! * [`public`]: public benchmarks, from a folder of the user's.
//! * [`stats`]: intervals, and whether two systems differ.
//! * [`metrics`]: the formulas.
//! * [`truth`]: the labelled data.

pub mod ab;
pub mod adapt;
pub mod calibrators;
pub mod charts;
pub mod decision;
pub mod fit;
pub mod gaps;
pub mod intents;
pub mod logs;
pub mod metrics;
pub mod monthly;
pub mod page;
pub mod public;
pub mod quality;
pub mod replay;
pub mod retrieval;
pub mod risk;
pub mod scale;
pub mod stats;
pub mod suite;
pub mod transcripts;
pub mod truth;
pub mod tune;
pub mod workbook;
