//! Whether, and when, a request is retried.

mod backoff;
mod budget;
mod decision;
mod retry_after;

pub(crate) use backoff::Backoff;
pub use budget::RetryBudget;
pub(crate) use decision::{Outcome, Verdict, decide};
pub(crate) use retry_after::retry_after;

#[cfg(test)]
mod tests;
