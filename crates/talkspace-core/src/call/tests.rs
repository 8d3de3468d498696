//! The state machine, driven by hand.
