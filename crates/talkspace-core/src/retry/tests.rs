//! The table, the waits, the budget and `Retry-After`.
