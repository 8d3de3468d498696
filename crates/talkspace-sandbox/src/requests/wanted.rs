//! Waiting for a request.

use std::error::Error as StdError;
use std::fmt;

use talkspace_core::operation::OperationInfo;

use super::received::{Received, RequestLog};
use crate::look::PATIENCE;

/// How many of those that came are told.
const TOLD: usize = 5;

/// No request came that was waited for, for a minute of real time.
#[derive(Clone, Debug)]
pub struct NotReceived {
    operation: &'static OperationInfo,
    log: RequestLog,
}

impl NotReceived {
    pub(crate) const fn new(operation: &'static OperationInfo, log: RequestLog) -> Self {
        Self { operation, log }
    }

    /// What came in its place, the oldest first.
    #[must_use]
    pub fn log(&self) -> &[Received] {
        &self.log.entries
    }
}

impl fmt::Display for NotReceived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, waited) = (self.operation.id, PATIENCE.as_secs());
        write!(f, "no such request of {id} came for {waited} s, but")?;
        let last = self.log.entries.iter().rev().take(TOLD);
        let mut last: Vec<_> = last.collect();
        last.reverse();
        match last.as_slice() {
            [] => f.write_str(" nothing"),
            last => last
                .iter()
                .try_for_each(|received| write!(f, "\n{received}")),
        }
    }
}

impl StdError for NotReceived {}
