//! One step of a dialogue with a proxy.

use std::fmt;

/// What an engine does next on the connection to the proxy.
#[derive(PartialEq, Eq)]
pub enum Step {
    /// Sends these bytes, all of them.
    Send(Vec<u8>),
    /// Reads something, and hands it to [`Tunnel::received`](super::Tunnel::received).
    Receive,
    /// Leaves the connection to the target: the tunnel is open.
    Done,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            // The credentials may be in it.
            Self::Send(_) => "Send(..)",
            Self::Receive => "Receive",
            Self::Done => "Done",
        })
    }
}
