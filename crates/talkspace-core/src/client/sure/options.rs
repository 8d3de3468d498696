//! How long a client looks, and what it may conclude from what it sees.

use crate::client::poll_options::PollOptions;

/// How a client looks for the result of a request, if that is in doubt.
///
/// [`PollOptions`] alone will do: whatever takes these takes those.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::{PollOptions, SureOptions};
///
/// let brief = PollOptions::default().timeout(Duration::from_secs(5));
/// assert!(!SureOptions::from(brief).exclusive);
/// assert_eq!(SureOptions::from(brief).exclusive().polling, brief);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct SureOptions {
    /// How long, and how often, it looks after the request. The look before it, and
    /// the request itself, have the [timeout of the
    /// client](crate::RequestOptions::timeout).
    pub polling: PollOptions,
    /// Whether the application rules out that anything else has the same result.
    /// Default `false`.
    pub exclusive: bool,
}

impl SureOptions {
    /// Says that nothing else can have the same result meanwhile: no other program
    /// with the key, no other task of this one, and no earlier request whose phone
    /// still rings, or which is in doubt itself, brings the same person into the
    /// same TalkSpace (or into a new one), registers the same person, or fills the
    /// same media.
    ///
    /// The service does not say who did what. Only with this promise, then, what
    /// is there now and was not there before counts as
    /// [`Applied`](crate::Sure::Applied); without it, it is a
    /// [candidate](crate::sure::Candidate).
    pub const fn exclusive(mut self) -> Self {
        self.exclusive = true;
        self
    }
}

impl From<PollOptions> for SureOptions {
    fn from(polling: PollOptions) -> Self {
        Self {
            polling,
            exclusive: false,
        }
    }
}
