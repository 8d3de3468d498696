//! What a sandbox begins with, and begins with anew.

use std::error::Error as StdError;
use std::fmt;
use std::sync::PoisonError;

use bytes::Bytes;
use fastrand::Rng;
use talkspace_core::{AppKey, MediaId, NetworkId, PhoneNumber};

use crate::service::{Backend, Shared};
use crate::state::State;
use crate::{Sandbox, Saved};

#[cfg(test)]
mod tests;

/// What is in a sandbox from its beginning.
pub(crate) struct Start {
    pub(crate) app_keys: Vec<AppKey>,
    pub(crate) people: Vec<(NetworkId, PhoneNumber)>,
    pub(crate) media: Vec<(MediaId, Option<Bytes>)>,
    pub(crate) outage: bool,
    pub(crate) seed: Option<u64>,
    /// What is there in place of all that.
    pub(crate) saved: Option<Saved>,
}

impl Start {
    /// Puts it into a state, and gives the chance from there on. One with a history has
    /// given out the ids of the seed already.
    pub(crate) fn begin(&self, state: &mut State, has_history: bool) -> Rng {
        state.outage = self.outage;
        for key in &self.app_keys {
            state.add_app(key.clone());
        }
        for (id, phone) in &self.people {
            state.add_person(id, phone);
        }
        let seed = self.seed.filter(|_| !has_history);
        if let Some(seed) = seed {
            state.reseed_grants(seed);
        }
        let seed = seed.unwrap_or_else(|| fastrand::u64(..));
        // A generator of its own: ids do not depend on how much media there is.
        let mut files = Rng::with_seed(!seed);
        for (id, content) in &self.media {
            state.add_media(id, content.as_ref(), &mut files);
        }
        Rng::with_seed(seed)
    }
}

impl Backend {
    fn reset(&self) -> Result<(), ResetError> {
        match &self.start.saved {
            // It was restored before, so there is no other error.
            Some(saved) => self.restore(saved).map_err(|_| ResetError::StateIsKept)?,
            None => self.begin_anew::<ResetError>(|shared, start| {
                let mut state = shared.state.anew();
                shared.rng = start.begin(&mut state, false);
                shared.state = state;
                Ok(())
            })?,
        }
        self.faults().clear();
        self.requests().clear();
        Ok(())
    }

    fn reset_app(&self, key: &AppKey) -> Result<(), ResetError> {
        self.begin_anew(|shared, start| {
            let app = shared.state.empty(key).ok_or(ResetError::UnknownKey)?;
            for (id, phone) in &start.people {
                shared.state.give_person(app, id, phone);
            }
            for (id, content) in &start.media {
                let content = content.as_ref();
                shared.state.give_media(app, id, content, &mut shared.rng);
            }
            Ok(())
        })
    }

    /// Puts another state in the place of this one, or changes it as a whole.
    pub(crate) fn begin_anew<E: From<ResetError>>(
        &self,
        act: impl FnOnce(&mut Shared, &Start) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.is_kept() {
            return Err(ResetError::StateIsKept.into());
        }
        // What is due by now has happened before.
        self.with(|_| ());
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut shared, &self.start)?;
        let Shared { state, events, .. } = &mut *shared;
        events.begin_anew(state, self.clock());
        drop(shared);
        self.clock().news().tell();
        Ok(())
    }
}

impl Sandbox {
    /// Begins anew, as it was built: its people and media are there again, and nothing
    /// else is. Requests that were kept, counts, [faults](Self::fault) and an outage are gone. The
    /// [clock](crate::Clock) goes on, and so do the numbers of requests and calls; a
    /// telephone that is held stays held. With a [seed](crate::SandboxBuilder::seed) it gives
    /// the same ids again.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateTalkspace, DeleteRegistrant, ListTalkspaces};
    /// use talkspace_sandbox::{Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// client.send(CreateTalkspace::new("eta"))?;
    /// client.send(DeleteRegistrant::new("eta"))?;
    ///
    /// sandbox.reset()?;
    /// assert_eq!(sandbox.rings("eta"), 0);
    /// assert!(client.send(ListTalkspaces::new())?.active.is_empty());
    /// client.send(CreateTalkspace::new("eta"))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`StateIsKept`](ResetError::StateIsKept) when the sandbox keeps its
    /// [state](crate::SandboxBuilder::state) in a file.
    pub fn reset(&self) -> Result<(), ResetError> {
        self.backend.reset()
    }

    /// Has one application begin anew, so that tests with a key each can share a sandbox.
    /// What concerns all stays: counts, kept requests, faults, and the registrations of
    /// other applications.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateMedia, ListMedia, MediaId};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("one").app_key("other").media("hello").build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "one")
    ///     .build_blocking(sandbox.transport())?;
    /// client.send(CreateMedia::new())?;
    /// sandbox.reset_app("one")?;
    /// assert_eq!(client.send(ListMedia::new())?.uploaded, [MediaId::new("hello")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`reset`](Self::reset), and [`UnknownKey`](ResetError::UnknownKey).
    pub fn reset_app(&self, key: impl Into<AppKey>) -> Result<(), ResetError> {
        self.backend.reset_app(&key.into())
    }

    /// From now on the sandbox gives the ids of this seed, as a new one with
    /// [`seed`](crate::SandboxBuilder::seed) would, but for those that are taken.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateMedia, RemoveMedia};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("key").seed(7).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
    ///     .build_blocking(sandbox.transport())?;
    /// let first = client.send(CreateMedia::new())?.media_id;
    /// client.send(RemoveMedia::new(&first))?;
    /// sandbox.reseed(7);
    /// assert_eq!(client.send(CreateMedia::new())?.media_id, first);
    /// sandbox.reseed(7);
    /// assert_ne!(client.send(CreateMedia::new())?.media_id, first, "it is there");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reseed(&self, seed: u64) {
        self.backend.act(|state, _, rng| {
            rng.seed(seed);
            state.reseed_grants(seed);
        });
    }
}

/// Why a sandbox did not begin anew.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ResetError {
    /// The sandbox keeps its [state](crate::SandboxBuilder::state) in a file, and has reported
    /// what is in it: stop it, and start it with another file.
    StateIsKept,
    /// No application has this key.
    UnknownKey,
}

impl fmt::Display for ResetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StateIsKept => {
                "what is kept in a file is not reset: start the sandbox with another file"
            }
            Self::UnknownKey => "no application has this key",
        })
    }
}

impl StdError for ResetError {}
