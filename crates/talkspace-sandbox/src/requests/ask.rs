//! What a test asks a sandbox of the requests that came in.

use std::time::Duration;

use talkspace_core::Operation;
use talkspace_core::server::ServerOperation;

use super::{NotReceived, Received, RequestLog};
use crate::Sandbox;
use crate::look::PATIENCE;

impl Sandbox {
    /// The requests of an operation that came in, the oldest first: those that were
    /// applied, and those that were not.
    ///
    /// Only what could be read is among them, and what the [log](Self::request_log)
    /// still has. It has no keys and no grants: these read `hidden`.
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
    ///
    /// let adds = sandbox.requests::<AddToTalkspace>();
    /// assert_eq!(adds, [AddToTalkspace::new(&id, "@theta").muted(true)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn requests<O: ServerOperation>(&self) -> Vec<O> {
        let entries = self.request_log(0).entries;
        entries.iter().filter_map(Received::request).collect()
    }

    /// The requests with a greater number than this, whatever they are of; 0 for all.
    /// The [`total`](RequestLog::total) of one log is where the next one begins.
    ///
    /// [`Received`] has an example.
    #[must_use]
    pub fn request_log(&self, since: u64) -> RequestLog {
        self.backend.requests().since(since)
    }

    /// How often an operation succeeded.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateMedia};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("key").build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
    ///     .build_blocking(sandbox.transport())?;
    /// client.send(CreateMedia::new())?;
    /// assert_eq!(sandbox.applied::<CreateMedia>(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn applied<O: Operation>(&self) -> u64 {
        self.backend.with(|state| state.applied(O::INFO.id))
    }

    /// Blocks until a request of an operation has come that is such, which may be one that came
    /// before. It needs no runtime, and it does not sleep.
    ///
    /// ```
    /// use std::thread;
    ///
    /// use talkspace_core::{BlockingClient, CreateTalkspace};
    /// use talkspace_sandbox::{Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let program = thread::spawn(move || client.send(CreateTalkspace::new("eta")));
    ///
    /// sandbox.wait_for_request(|create: &CreateTalkspace| create.network_id == "eta")?;
    /// assert_eq!(sandbox.rings("eta"), 1);
    /// # program.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotReceived`] when none has come after a minute of real time, whatever the
    /// sandbox's [clock](crate::Clock). It tells what came.
    pub fn wait_for_request<O: ServerOperation>(
        &self,
        is_it: impl Fn(&O) -> bool,
    ) -> Result<Received, NotReceived> {
        let such = |received: &Received| received.request().is_some_and(|it| is_it(&it));
        let received = self.wait_for_received(0, PATIENCE, such);
        received.ok_or_else(|| NotReceived::new(O::INFO, self.request_log(0)))
    }

    /// Blocks until a request with a greater number than this is such, or for so
    /// long by the real clock.
    pub fn wait_for_received(
        &self,
        since: u64,
        longest: Duration,
        is_it: impl Fn(&Received) -> bool,
    ) -> Option<Received> {
        self.backend.requests().wait(since, longest, is_it)
    }
}
