//! A connection, and what ends with it.

use std::sync::Arc;

use http::HeaderValue;
use hyper::client::conn::http1;
use talkspace_net::origin::Origin;
use tokio::runtime::{self, Handle};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::driver::Driver;
use crate::meter::Meter;
use crate::upload::Upload;
use crate::watch::Watch;

/// Where a connection leads to, and who drives it. Connections are shared within
/// a route only: one is driven by a task on the runtime that made it, and does
/// not move when that runtime stands still.
#[derive(Clone, PartialEq)]
pub(crate) struct Route {
    pub(crate) origin: Origin,
    pub(crate) runtime: runtime::Id,
}

/// A task that ends when its handle is dropped.
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn new(handle: JoinHandle<()>) -> Self {
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Tells the account of a connection that the connection is over.
pub(crate) struct Ends(pub(crate) Arc<Meter>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.connection_ended();
    }
}

/// A connection. Dropping it closes it, whatever is under way.
///
/// It is kept in a box, since it changes hands four times in each exchange.
pub(crate) struct Connection {
    pub(crate) sender: http1::SendRequest<Box<Upload>>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) watch: Watch,
    pub(crate) route: Route,
    /// What `Host` says to its peer.
    pub(crate) host_field: HeaderValue,
    pub(crate) runtime: Handle,
    pub(crate) born: Instant,
    pub(crate) driver: Arc<Driver>,
    /// Runs the driver.
    pub(crate) _task: Task,
}

impl Connection {
    /// Whether the peer, an error, or the end of its runtime ended it.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}
