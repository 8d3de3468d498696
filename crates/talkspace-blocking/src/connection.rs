//! A connection.

use std::time::Instant;

use talkspace_net::origin::Origin;

use crate::wire::Wire;

/// A connection on which nothing is under way.
///
/// It is kept in a box, since it changes hands several times in each exchange.
pub(crate) struct Connection {
    pub(crate) origin: Origin,
    pub(crate) wire: Wire,
    pub(crate) born: Instant,
}
