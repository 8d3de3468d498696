//! How many connections are kept between exchanges, and for how long.

use std::time::Duration;

/// Longer than any connection lives, and short enough that no sum overflows.
pub const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The limits of a pool. What each means is said by the method of
/// [`TransportBuilder`](crate::TransportBuilder) that sets it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PoolLimits {
    /// How long a connection may be idle.
    pub idle_timeout: Duration,
    /// How many connections to an origin may be idle.
    pub max_idle_per_host: usize,
    /// How old a connection may be when an exchange begins on it.
    pub max_age: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            // A server that closes while a request is on its way leaves the
            // request's fate unknown, which costs a caller more than another
            // handshake. So this is below what servers wait by default, as
            // their documentation says: gunicorn 2 s (`keepalive`; it is meant
            // to stand behind a proxy), Apache httpd 5 s (`KeepAliveTimeout`),
            // Node.js 5 s (`server.keepAliveTimeout`), uvicorn 5 s
            // (`--timeout-keep-alive`), Tomcat 20 s or 60 s
            // (`connectionTimeout`), the load balancers of AWS 60 s (idle
            // timeout), nginx 75 s (`keepalive_timeout`), Kestrel 130 s
            // (`KeepAliveTimeout`). undici waits as long, for the same reason.
            idle_timeout: Duration::from_secs(4),
            // What was in use at once may be so again, and a handshake costs as
            // much as sixty requests. This only bounds what a mishap can hold.
            max_idle_per_host: 1024,
            // As long as the load balancers of AWS let a name be remembered.
            max_age: Duration::from_secs(60),
        }
    }
}
