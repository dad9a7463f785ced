//! Calibrated confidence, policy and conversation state; pure
