//! What a peer does on its connections, as data.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use super::gate::Gate;
use super::tls::Tls;

/// One thing that a peer does on one connection.
///
/// ```
/// use http1_conformance::wire::{Script, Step};
///
/// let script = Script::accept().read_head().reset();
/// assert!(matches!(script.steps(), [Step::ReadHead, Step::Reset]));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Read up to the empty line that ends a request's head.
    ReadHead,
    /// Read the body that the head announced.
    ReadBody,
    /// Read this many bytes.
    ReadExact(usize),
    /// Write all these bytes.
    Write(Bytes),
    /// Write these bytes in segments of this many, each when the client has read the one
    /// before; else the kernel joins them.
    WriteEach(Bytes, usize),
    /// Wait until the client has read what was written.
    UntilRead,
    /// Write a response whose body is the target of the request that was read last.
    Echo,
    /// Wait for the case.
    Gate(Gate),
    /// Wait this long: for what time itself does.
    Pause(Duration),
    /// Renew the keys of TLS 1.3: bytes that carry none of a response. An implementation takes
    /// some thirty in a row.
    RenewKeys,
    /// Send this fatal alert, by its number in RFC 8446 §6, and end. Only TLS 1.3 has it: the log
    /// shows whether it was sent.
    Alert(u8),
    /// End the direction towards the client; go on reading.
    HalfClose,
    /// As [`HalfClose`](Self::HalfClose), but without the close_notify of TLS.
    Cut,
    /// Close both directions. With unread bytes the client sees a reset.
    Close,
    /// Reset: the client loses even what it has not read yet.
    Reset,
    /// Read no more until [`Peer::read_on`](super::Peer::read_on).
    StopReading,
    /// Connect to this address and pass bytes on, both ways, as a proxy does that has opened a
    /// tunnel. They are not in the log. It ends with either connection.
    Relay(SocketAddr),
    /// Note it in the log when the client has not closed in time.
    ExpectClientClose(Duration),
    /// Note it in the log when the client ends its direction in this time. One that does so a little
    /// later is not found, and none is accused that does not.
    ExpectOpen(Duration),
    /// From here on leave the connection open after a request that says `Connection: close`, where a
    /// server closes.
    StayOpen,
    /// Play these steps again and again until the client closes.
    Repeat(Vec<Step>),
}

impl Step {
    fn stretch(&mut self, factor: u32) {
        match self {
            Self::Pause(time) | Self::ExpectClientClose(time) | Self::ExpectOpen(time) => {
                *time = time.saturating_mul(factor);
            }
            Self::Repeat(steps) => steps.iter_mut().for_each(|step| step.stretch(factor)),
            _ => {}
        }
    }
}

/// The steps of one connection.
///
/// After its last step the peer reads on, so that the log shows all that the
/// client sends, until the client closes.
///
/// ```
/// use http1_conformance::wire::Script;
///
/// let cut = Script::accept()
///     .read_request()
///     .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
///     .half_close();
/// assert_eq!(cut.steps().len(), 4);
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    steps: Vec<Step>,
}

impl Script {
    /// Accepts a connection.
    #[must_use]
    pub const fn accept() -> Self {
        Self { steps: Vec::new() }
    }

    /// Accepts a connection and responds to every request on it with `response`.
    #[must_use]
    pub fn serve(response: impl Into<Bytes>) -> Self {
        let once = Self::accept().read_request().write(response);
        Self::accept().step(Step::Repeat(once.steps))
    }

    /// Leaves the connection open after a request that says `Connection: close`, where a server
    /// closes.
    #[must_use]
    pub fn stays_open(mut self) -> Self {
        self.steps.insert(0, Step::StayOpen);
        self
    }

    /// Accepts a connection and responds to every request on it with its own target.
    #[must_use]
    pub fn echo() -> Self {
        let once = Self::accept().read_request().step(Step::Echo);
        Self::accept().step(Step::Repeat(once.steps))
    }

    /// The steps so far.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Adds a step.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Reads a request: its head and its body.
    #[must_use]
    pub fn read_request(self) -> Self {
        self.read_head().read_body()
    }

    /// Adds [`Step::ReadHead`].
    #[must_use]
    pub fn read_head(self) -> Self {
        self.step(Step::ReadHead)
    }

    /// Adds [`Step::ReadBody`].
    #[must_use]
    pub fn read_body(self) -> Self {
        self.step(Step::ReadBody)
    }

    /// Adds [`Step::ReadExact`].
    #[must_use]
    pub fn read_exact(self, count: usize) -> Self {
        self.step(Step::ReadExact(count))
    }

    /// Adds [`Step::Write`].
    #[must_use]
    pub fn write(self, bytes: impl Into<Bytes>) -> Self {
        self.step(Step::Write(bytes.into()))
    }

    /// Adds [`Step::WriteEach`].
    #[must_use]
    pub fn write_each(self, bytes: impl Into<Bytes>, per_segment: usize) -> Self {
        self.step(Step::WriteEach(bytes.into(), per_segment))
    }

    /// Adds [`Step::UntilRead`].
    #[must_use]
    pub fn until_read(self) -> Self {
        self.step(Step::UntilRead)
    }

    /// Adds [`Step::Gate`].
    #[must_use]
    pub fn gate(self, gate: &Gate) -> Self {
        self.step(Step::Gate(gate.clone()))
    }

    /// Adds [`Step::Pause`].
    #[must_use]
    pub fn pause(self, duration: Duration) -> Self {
        self.step(Step::Pause(duration))
    }

    /// Adds [`Step::Write`] for each byte, and a pause after it.
    #[must_use]
    pub fn drip(self, bytes: &[u8], pause: Duration) -> Self {
        bytes
            .iter()
            .fold(self, |script, byte| script.write(vec![*byte]).pause(pause))
    }

    /// Adds [`Step::RenewKeys`].
    #[must_use]
    pub fn renew_keys(self) -> Self {
        self.step(Step::RenewKeys)
    }

    /// Adds [`Step::Alert`].
    #[must_use]
    pub fn alert(self, code: u8) -> Self {
        self.step(Step::Alert(code))
    }

    /// Adds [`Step::Relay`].
    #[must_use]
    pub fn relay(self, to: SocketAddr) -> Self {
        self.step(Step::Relay(to))
    }

    /// Adds [`Step::HalfClose`].
    #[must_use]
    pub fn half_close(self) -> Self {
        self.step(Step::HalfClose)
    }

    /// Adds [`Step::Cut`].
    #[must_use]
    pub fn cut(self) -> Self {
        self.step(Step::Cut)
    }

    /// Adds [`Step::Close`].
    #[must_use]
    pub fn close(self) -> Self {
        self.step(Step::Close)
    }

    /// Adds [`Step::Reset`].
    #[must_use]
    pub fn reset(self) -> Self {
        self.step(Step::Reset)
    }

    /// Adds [`Step::StopReading`].
    #[must_use]
    pub fn stop_reading(self) -> Self {
        self.step(Step::StopReading)
    }

    /// Adds [`Step::ExpectClientClose`].
    #[must_use]
    pub fn expect_client_close(self, within: Duration) -> Self {
        self.step(Step::ExpectClientClose(within))
    }

    /// Adds [`Step::ExpectOpen`].
    #[must_use]
    pub fn expect_open(self, so_long: Duration) -> Self {
        self.step(Step::ExpectOpen(so_long))
    }
}

/// The scripts of a peer: a queue, one per connection in the order of accepting.
///
/// A connection beyond the queue plays the script of [`otherwise`](Self::otherwise).
/// Without one it is a finding: its first request is read and logged, then it is closed.
///
/// ```
/// use http1_conformance::wire::{Plan, Script};
///
/// let plan = Plan::new([Script::accept().read_request().reset()])
///     .otherwise(Script::serve("HTTP/1.1 204 No Content\r\n\r\n"));
/// assert!(format!("{plan:?}").contains("Reset"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(super) queue: Vec<Script>,
    pub(super) otherwise: Option<Script>,
    pub(super) ipv6: bool,
    pub(super) tls: Option<Tls>,
}

impl Plan {
    /// A plan of `scripts`.
    #[must_use]
    pub fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self {
            queue: scripts.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The script of every connection that the queue has none for.
    #[must_use]
    pub fn otherwise(mut self, script: Script) -> Self {
        self.otherwise = Some(script);
        self
    }

    /// Speaks TLS, with the feature `tls`. What the log shows is what was said through it.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn over_tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Listens on `[::1]` in place of `127.0.0.1`.
    #[must_use]
    pub const fn on_ipv6(mut self) -> Self {
        self.ipv6 = true;
        self
    }

    /// Adds a script to the queue.
    pub(crate) fn push(&mut self, script: Script) {
        self.queue.push(script);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.otherwise.is_none()
    }

    /// The plan with every time in it multiplied.
    pub(crate) fn stretched(mut self, factor: u32) -> Self {
        let scripts = self.queue.iter_mut().chain(&mut self.otherwise);
        for script in scripts {
            script
                .steps
                .iter_mut()
                .for_each(|step| step.stretch(factor));
        }
        self
    }

    pub(super) fn gates(&self) -> impl Iterator<Item = &Gate> {
        self.steps().filter_map(|step| match step {
            Step::Gate(gate) => Some(gate),
            _ => None,
        })
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.queue
            .iter()
            .chain(&self.otherwise)
            .flat_map(|script| &script.steps)
            .flat_map(|step| match step {
                Step::Repeat(steps) => steps.as_slice(),
                step => std::slice::from_ref(step),
            })
    }
}

impl From<Script> for Plan {
    fn from(script: Script) -> Self {
        Self::new([script])
    }
}
