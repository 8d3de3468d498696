//! How a case ends, unless it passes.

use std::any::Any;

/// Why a case ended before it passed.
#[derive(Debug)]
pub enum CaseEnd {
    /// The adapter did not do what is required.
    Problems(Vec<String>),
    /// What the case builds on does not hold, so it tells nothing; these cases tell why.
    Unmet(Vec<&'static str>),
    /// This machine cannot play the case.
    Unsupported(String),
    /// The suite itself could not work.
    Broken(String),
}

/// What a case comes to: nothing to say when it passes.
pub type Verdict = Result<(), CaseEnd>;

impl CaseEnd {
    /// Passes without problems.
    ///
    /// # Errors
    ///
    /// [`Problems`](Self::Problems), when there are some.
    pub fn unless_empty(problems: Vec<String>) -> Verdict {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self::Problems(problems))
        }
    }

    /// One problem.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn problem<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Problems(vec![text.into()]))
    }
}

/// The text of a panic.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
