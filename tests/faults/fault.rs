//! What goes wrong in one exchange, as data.

use std::time::{Duration, Instant};

/// A fault of one exchange: of the first connection that a request comes on
/// after it was armed. Whatever comes on others passes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Nothing goes wrong.
    Pass,
    /// The port is closed, and so are the connections that wait.
    Refuse,
    /// The port is open and its queue is full. The connections that wait are
    /// closed.
    NeverAccept,
    /// The connection is reset as soon as it is made; so are those that wait.
    ResetOnAccept,
    /// Something happens to the connections that wait. The exchange passes.
    Idle(Idle),
    /// So many bytes of the request are read. None of it is forwarded.
    Request { read: usize, then: Then },
    /// The whole request is read, and forwarded only after its sender was told
    /// nothing: when the proxy is told to, or when the request is over.
    Late(Then),
    /// The request is applied, but so much of the response is all that comes.
    Response { part: Part, then: Then },
    /// The response comes byte by byte.
    Drip,
    /// So many interim (1xx) responses come before the response.
    Interim(usize),
    /// Something else comes in place of the response.
    Instead { response: Instead, applied: bool },
    /// The service itself says that it cannot: what documents a 502 gives it.
    Outage,
}

/// What happens to an idle connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Idle {
    /// The peer closes its direction.
    Close,
    Reset,
    /// A response comes to no request.
    Garbage,
    /// The peer closes after one time and the client begins after another,
    /// counted from the same moment. What has come by then is lost.
    Race {
        close: Duration,
        begin: Duration,
    },
}

/// How it goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    Close,
    Reset,
    /// Not at all, until the client times out.
    Stall,
}

/// How much of a response comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    Nothing,
    HalfHead,
    /// The head, and half of the body.
    HalfBody,
}

/// A response that is not the sandbox's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Instead {
    /// A gateway's page with this status, 200 included.
    Page(u16),
    /// The service's own envelope with this status.
    Envelope(u16),
}

/// The names of the faults, but for [`Fault::Pass`].
pub(crate) const FAULTS: &[&str] = &[
    "refuse",
    "never accept",
    "reset on accept",
    "close while idle",
    "reset while idle",
    "garbage while idle",
    "close while sending",
    "close in request",
    "reset in request",
    "stall in request",
    "late",
    "close in response",
    "reset in response",
    "stall in response",
    "drip",
    "interim (1xx) responses",
    "page",
    "page after applying",
    "error envelope",
    "error envelope after applying",
    "outage",
];

/// Waits more exactly than any timer does.
pub(crate) fn spin(time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}

impl Fault {
    /// The name, of those in [`FAULTS`].
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Pass => "nothing",
            Self::Refuse => "refuse",
            Self::NeverAccept => "never accept",
            Self::ResetOnAccept => "reset on accept",
            Self::Idle(Idle::Close) => "close while idle",
            Self::Idle(Idle::Reset) => "reset while idle",
            Self::Idle(Idle::Garbage) => "garbage while idle",
            Self::Idle(Idle::Race { .. }) => "close while sending",
            Self::Request { then, .. } => match then {
                Then::Close => "close in request",
                Then::Reset => "reset in request",
                Then::Stall => "stall in request",
            },
            Self::Late(_) => "late",
            Self::Response { then, .. } => match then {
                Then::Close => "close in response",
                Then::Reset => "reset in response",
                Then::Stall => "stall in response",
            },
            Self::Drip => "drip",
            Self::Interim(_) => "interim (1xx) responses",
            Self::Instead { response, applied } => match (response, applied) {
                (Instead::Page(_), false) => "page",
                (Instead::Page(_), true) => "page after applying",
                (Instead::Envelope(_), false) => "error envelope",
                (Instead::Envelope(_), true) => "error envelope after applying",
            },
            Self::Outage => "outage",
        }
    }

    /// Whether the client finds an end only by its own limits.
    pub(crate) fn stalls(&self) -> bool {
        matches!(
            self,
            Self::Request {
                then: Then::Stall,
                ..
            } | Self::Late(Then::Stall)
                | Self::Response {
                    then: Then::Stall,
                    ..
                }
        )
    }
}
