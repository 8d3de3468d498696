//! What a client adds to a call: defaults, seeds and a shared budget.
