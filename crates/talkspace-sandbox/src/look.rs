//! Looking into a sandbox, and waiting until something is seen.

use std::time::{Duration, Instant};

use talkspace_core::{ConferenceId, NetworkId};

use crate::Sandbox;
use crate::clock::Clock;
use crate::events::{Events, Watch};
use crate::service::Backend;
use crate::state::State;
use crate::view::{Call, Media, NeverSo, Person, Snapshot, Talkspace, Time};

/// How long something is waited for before that is an error.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

impl Sandbox {
    /// All that is in the sandbox now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.backend.look(snapshot)
    }

    /// A TalkSpace, closed or not: who is called, who is in, and who is muted.
    ///
    /// ```
    /// use talkspace_core::{AddToTalkspace, BlockingClient, CreateTalkspace};
    /// use talkspace_sandbox::{Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let id = client.send(CreateTalkspace::new("eta"))?.conference_id;
    /// client.send(AddToTalkspace::new(&id, "@theta").muted(true))?;
    /// sandbox.wait_until(|seen| seen.talkspace(&id).is_some_and(|room| room.has("@theta")))?;
    ///
    /// let room = sandbox.talkspace(&id).ok_or("there is none")?;
    /// assert!(room.is_muted("@theta") && !room.is_muted("eta"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn talkspace(&self, id: &ConferenceId) -> Option<Talkspace> {
        self.backend.look(|state, _, _| state.talkspace(id))
    }

    /// All TalkSpaces: those of the first application first, each's oldest first.
    #[must_use]
    pub fn talkspaces(&self) -> Vec<Talkspace> {
        self.backend.look(|state, _, _| state.talkspaces())
    }

    /// Everybody who is registered, whose phone has rung, or whose telephone is
    /// held, by their ids.
    ///
    /// ```
    /// use talkspace_sandbox::{Habit, Sandbox};
    ///
    /// let sandbox = Sandbox::builder().app_key("key").person("eta", "14151239876").build()?;
    /// let people = sandbox.people();
    /// assert_eq!((people[0].id.as_str(), people[0].habit), ("eta", Habit::Answers));
    /// assert_eq!(people[0].ends.as_deref(), Some("76"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        self.backend.look(|state, _, _| state.people())
    }

    /// Somebody of these [people](Self::people).
    #[must_use]
    pub fn person(&self, id: impl Into<NetworkId>) -> Option<Person> {
        let id = id.into();
        self.backend.look(|state, _, _| state.person(&id))
    }

    /// The calls that are going on, the oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.backend.look(|state, _, _| state.calls())
    }

    /// All media, by application and id.
    #[must_use]
    pub fn media(&self) -> Vec<Media> {
        self.backend.look(|state, _, _| state.media())
    }

    /// Blocks until this can be said of the sandbox, and gives what was seen then.
    /// It does not sleep: it looks whenever something has happened. A
    /// frozen clock has to be advanced by somebody else, if that is what it takes.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateTalkspace};
    /// use talkspace_sandbox::{Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let id = client.send(CreateTalkspace::new("eta"))?.conference_id;
    /// sandbox.wait_until(|seen| seen.talkspace(&id).is_some_and(|room| room.has("eta")))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NeverSo`] when it cannot be said after a minute of real time, whatever the
    /// sandbox's [clock](Clock). It has what was seen last.
    pub fn wait_until(&self, is_so: impl Fn(&Snapshot) -> bool) -> Result<Snapshot, NeverSo> {
        self.backend.wait_until(PATIENCE, is_so)
    }

    /// How many requests have come, which is the number of the last one.
    pub(crate) fn request_total(&self) -> u64 {
        self.backend.requests().since(u64::MAX).total
    }

    /// What tells this sandbox from all others.
    pub(crate) fn run(&self) -> String {
        self.backend.look(|_, events, _| events.run.clone())
    }

    /// Watches the sandbox from now on. A [snapshot](Self::snapshot) and the events
    /// after it make every later snapshot.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateTalkspace};
    /// use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().clock(Clock::frozen()).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let mut watch = sandbox.watch();
    /// let mut seen = sandbox.snapshot();
    /// client.send(CreateTalkspace::new("eta"))?;
    /// for event in watch.events()? {
    ///     seen.apply(&event);
    /// }
    /// assert_eq!(seen, sandbox.snapshot());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch::begin(self.backend.clone())
    }
}

fn snapshot(state: &mut State, events: &mut Events, clock: &Clock) -> Snapshot {
    Snapshot {
        run: events.run.clone(),
        seq: events.seq,
        clock: Time::of(clock),
        outage: state.outage,
        apps: state.app_count(),
        people: state.people(),
        calls: state.calls(),
        talkspaces: state.talkspaces(),
        media: state.media(),
    }
}

impl Time {
    pub(crate) fn of(clock: &Clock) -> Self {
        Self {
            now: clock.now(),
            frozen: clock.is_frozen(),
        }
    }
}

impl Backend {
    pub(crate) fn wait_until(
        &self,
        longest: Duration,
        is_so: impl Fn(&Snapshot) -> bool,
    ) -> Result<Snapshot, NeverSo> {
        let mut last = None;
        let found = self.wait(longest, || {
            let seen = self.look(snapshot);
            if is_so(&seen) {
                return Some(seen);
            }
            last = Some(seen);
            None
        });
        found.ok_or_else(|| {
            let seen = last.unwrap_or_else(|| self.look(snapshot));
            NeverSo::new(longest, seen)
        })
    }

    /// Looks whenever something has happened, until something is found or this
    /// long has passed.
    pub(crate) fn wait<T>(
        &self,
        longest: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let clock = self.clock();
        let start = Instant::now();
        let _awaited = clock.news().awaited();
        loop {
            let known = clock.news().count();
            let found = look();
            let left = longest.saturating_sub(start.elapsed());
            if found.is_some() || left.is_zero() {
                return found;
            }
            let next = self.with(|state| state.next_at());
            let due = next.and_then(|at| clock.wait_for(at));
            let wait = due.unwrap_or(left).min(left);
            clock.news().wait(known, Some(wait));
        }
    }
}

#[cfg(test)]
mod tests;
