//! Evaluation: metrics, truth sets, fitting of fusion weights and calibrators
