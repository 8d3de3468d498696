//! What a connector is to connect to.

use std::time::Instant;

/// Where a connection is to lead, and by when it is needed.
///
/// With a proxy this is the proxy's own host and port.
///
/// ```
/// use std::time::Instant;
/// use talkspace_net::Target;
///
/// let target = Target::new("api.example", 443, Instant::now());
/// assert_eq!((target.host(), target.port()), ("api.example", 443));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: u16,
    deadline: Instant,
}

impl Target {
    /// A host, in lower case and without brackets, a port, and the moment at
    /// which nobody waits for the connection any more.
    pub fn new(host: impl Into<String>, port: u16, deadline: Instant) -> Self {
        Self {
            host: host.into(),
            port,
            deadline,
        }
    }

    /// The name or the address of the host, in lower case. An address of IPv6
    /// has no brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// When the attempt is given up: the earlier of `connect_timeout` and the
    /// deadline of the request.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}
