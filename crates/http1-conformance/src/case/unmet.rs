//! What a case builds on beside its own matter.

use super::end::{CaseEnd, Verdict};
use crate::wire::Script;

/// Peers that make an exchange fail, each in another place, with the case that is about just
/// that. None needs time.
#[must_use]
pub fn failing() -> Vec<(Script, &'static str)> {
    let whole = Script::accept().read_request();
    vec![
        (whole.clone().half_close(), "head/empty-reply"),
        (whole.clone().reset(), "error/reset-after-request"),
        (
            whole.clone().write("nonsense\r\n\r\n").half_close(),
            "head/version/garbage",
        ),
        (
            whole
                .clone()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
                .half_close(),
            "framing/cl/short-close",
        ),
        (
            // Cut short, too, for an engine that has no limit.
            whole
                .write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
                .half_close(),
            "framing/limit/known-length",
        ),
    ]
}

/// The preconditions of a case that did not hold, each with the case that is about it. What
/// could be tried without them was tried.
#[derive(Debug, Default)]
pub struct Unmet(Vec<&'static str>);

impl Unmet {
    /// Notes a precondition, and the case that is about it.
    pub fn note(&mut self, case: &'static str, holds: bool) {
        if !holds && !self.0.contains(&case) {
            self.0.push(case);
        }
    }

    /// The verdict of the case.
    ///
    /// # Errors
    ///
    /// [`CaseEnd::Unmet`], when something did not hold.
    pub fn end(self) -> Verdict {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(CaseEnd::Unmet(self.0)),
        }
    }
}
