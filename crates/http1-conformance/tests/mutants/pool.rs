//! Idle connections.

use std::sync::{Arc, Mutex, PoisonError};

use http1_conformance::client::{CancelToken, Limits, TransportError};
use rustls::ClientConfig;

use super::connection::Connection;
use super::fault::Fault;
use super::origin::Origin;
use super::proxy::Proxy;

/// Connections without a request on them.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Origin, Connection)>>,
}

impl Pool {
    /// An idle connection to `origin`, or a new one.
    pub(super) fn connection(
        &self,
        origin: &Origin,
        limits: Limits,
        cancel: &CancelToken,
        tls: Option<&Arc<ClientConfig>>,
        proxy: Option<&Proxy>,
        fault: Option<Fault>,
    ) -> Result<Connection, TransportError> {
        while let Some(mut connection) = self.take(origin, fault) {
            // Bytes or an end that came while idle are a response to no request of ours.
            let careless = matches!(fault, Some(Fault::PoolDirty | Fault::TokenKept));
            if careless || !(connection.is_over() || connection.has_input()) {
                connection.begin(limits, cancel)?;
                return Ok(connection);
            }
        }
        Connection::open(origin, limits, cancel, tls, proxy, fault)
    }

    fn take(&self, origin: &Origin, fault: Option<Fault>) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().rposition(|(other, _)| match fault {
            Some(Fault::OriginsShared) => true,
            Some(Fault::SchemesShared) => other.is_at(origin),
            _ => other == origin,
        })?;
        if matches!(fault, Some(Fault::PoolNever | Fault::ConnectsAhead)) {
            return None;
        }
        Some(idle.swap_remove(at).1)
    }

    pub(super) fn give_back(&self, origin: Origin, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.has_fault(Fault::PoolOfFour) {
            idle.truncate(3);
        }
        idle.push((origin, connection));
    }
}
