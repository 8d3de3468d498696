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

/// What a program did that is no error of an exchange. It unwinds, as a panic of an adapter does.
pub(crate) struct ProgramFault(pub(crate) String);

/// Before the text of a panic.
pub(super) const PANIC: &str = "panic: ";

/// What it says that unwinds.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(ProgramFault(text)) = payload.downcast_ref() {
        return text.clone();
    }
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    format!("{PANIC}{}", text.as_deref().unwrap_or("without a message"))
}
