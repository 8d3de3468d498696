//! The spans of a request, for the feature `tracing`. Without it there is nothing
//! here, at no cost.

#[cfg(feature = "tracing")]
mod traced;
#[cfg(not(feature = "tracing"))]
mod untraced;

#[cfg(feature = "tracing")]
pub(crate) use traced::{AttemptSpan, Spans};
#[cfg(not(feature = "tracing"))]
pub(crate) use untraced::{AttemptSpan, Spans};
