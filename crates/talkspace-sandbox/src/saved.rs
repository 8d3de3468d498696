//! A sandbox as a text, and a sandbox that comes back to it.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::service::Backend;
use crate::state::{Draft, Text};
use crate::{ResetError, Sandbox};

#[cfg(test)]
mod tests;

/// All that was in a sandbox at a moment, from [`Sandbox::save`], for
/// [`Sandbox::restore`] there or elsewhere. Clones share it.
///
/// It is JSON, with one thing a line. Phone numbers and media are in it, whole, so who
/// writes it to a file should let nobody else read that. Keys and grants are
/// not: there are digests, by which they are known again.
#[derive(Clone, Eq, PartialEq)]
pub struct Saved(Arc<str>);

impl Saved {
    /// What was saved, as JSON.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// What was saved [as JSON](Self::as_json). Whether it was is checked when it is
    /// restored.
    ///
    /// ```
    /// use talkspace_sandbox::{RestoreError, Sandbox, Saved};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let text = sandbox.save().as_json().to_owned();
    /// sandbox.restore(&Saved::from_json(text))?;
    ///
    /// let none = sandbox.restore(&Saved::from_json("[1,"));
    /// assert_eq!(none, Err(RestoreError::NoJson { line: 1, column: 3 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn from_json(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Saved({} bytes)", self.0.len())
    }
}

impl Sandbox {
    /// All that is in the sandbox now: applications, people, TalkSpaces, calls, media,
    /// grants, counts, an outage, and the ids that come next. What was said at a
    /// telephone into a recording that is not over is not in it, nor are requests
    /// that are kept, and [faults](Self::fault).
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CloseTalkspace, CreateTalkspace};
    /// use talkspace_sandbox::{Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let id = client.send(CreateTalkspace::new("eta"))?.conference_id;
    /// let saved = sandbox.save();
    /// for _ in 0..3 {
    ///     client.send(CloseTalkspace::new(&id))?;
    ///     sandbox.restore(&saved)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn save(&self) -> Saved {
        self.backend.save()
    }

    /// Comes back to what was saved, here or in another sandbox. If it cannot, nothing
    /// changes.
    ///
    /// Calls go on from now as far as they had come then, and grants last as long as
    /// they had left. For that the [clock](crate::Clock) is moved on if it was later
    /// then; it never goes back. Calls have the numbers that they had, and new ones
    /// have others than any so far. Whoever holds a telephone now holds it
    /// still, and other telephones are the crowd's, whoever held them then. Keys of this sandbox
    /// that were not known then have an application without anything. Those who
    /// [watch](Self::watch) are told that they have [missed](crate::Missed) something.
    /// Requests that are kept and [faults](Self::fault) stay, and so do the settings of the
    /// [builder](crate::SandboxBuilder).
    ///
    /// # Errors
    ///
    /// Says what is wrong with what was saved, or that it does not belong here; and
    /// [`StateIsKept`](RestoreError::StateIsKept).
    pub fn restore(&self, saved: &Saved) -> Result<(), RestoreError> {
        self.backend.restore(saved)
    }
}

impl Backend {
    fn save(&self) -> Saved {
        let text = self.change(false, |state, now, rng| state.save(now, rng));
        // Nothing that is written can fail to be: no map has keys that are no text.
        let text = text.map(Draft::write).unwrap_or_default();
        Saved(text.into())
    }

    pub(crate) fn restore(&self, saved: &Saved) -> Result<(), RestoreError> {
        // It may be long; the others' requests are not to wait for it.
        let text = Text::read(&saved.0)?;
        self.begin_anew(|shared, start| {
            let (clock, at) = (self.clock(), text.at());
            let now = clock.now().max(at);
            (shared.state, shared.rng) = shared.state.replaced(text, &start.app_keys, now)?;
            clock.reach(at);
            Ok(())
        })
    }
}

/// Why a sandbox did not come back to what was saved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RestoreError {
    /// The sandbox keeps its [state](crate::SandboxBuilder::state) in a file, and has reported
    /// what is in it.
    StateIsKept,
    /// It is no JSON, or not all of it.
    NoJson {
        /// The line, from 1 on.
        line: usize,
        /// The byte in the line, from 1 on.
        column: usize,
    },
    /// What stands there is not what is saved there.
    NotSaved {
        /// The line, from 1 on.
        line: usize,
        /// The byte in the line, from 1 on.
        column: usize,
    },
    /// It was saved by a sandbox of another version, in this format.
    OtherVersion(u64),
    /// The row of this number, from 1 on, cannot follow those before it.
    BadRow(usize),
    /// The file of this number, from 1 on, is no base64.
    BadFile(usize),
    /// It was saved later than a hundred years after its sandbox was built.
    BadTime,
    /// What the next ids come from is no number of hexadecimal digits.
    BadChance,
    /// No key of this sandbox belongs to an application that was saved.
    OtherKeys,
}

impl From<ResetError> for RestoreError {
    fn from(_: ResetError) -> Self {
        Self::StateIsKept
    }
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StateIsKept => f.write_str(
                "a sandbox that keeps its state in a file does not take what was saved: start \
                 it without the file",
            ),
            Self::NoJson { line, column } => {
                write!(f, "it is no JSON at line {line}, column {column}")
            }
            Self::NotSaved { line, column } => write!(
                f,
                "it is no saved sandbox: something else stands at line {line}, column {column}"
            ),
            Self::OtherVersion(version) => write!(
                f,
                "it was saved by another version of the sandbox, in format {version}"
            ),
            Self::BadRow(row) => write!(f, "row {row} cannot follow the rows before it"),
            Self::BadFile(file) => write!(f, "file {file} is no base64"),
            Self::BadTime => f.write_str("`at` is more than a hundred years"),
            Self::BadChance => f.write_str("`chance` is no number of hexadecimal digits"),
            Self::OtherKeys => f.write_str(
                "it was saved with other application keys: start the sandbox with one of those",
            ),
        }
    }
}

impl StdError for RestoreError {}
