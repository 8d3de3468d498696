//! What there was before a request was sent.

use std::collections::HashSet;
use std::fmt;

use crate::codec::Operation;
use crate::codec::{Place, SureRequest};

/// What there was before a request was sent, to compare with what there is after
/// it. [`Client::look`](crate::Client::look) makes one.
#[derive(Clone)]
pub struct Before<O: SureRequest>(Known<O>);

#[derive(Clone)]
enum Known<O: SureRequest> {
    Here(O::Look, <O::Look as Operation>::Response),
    /// All places there were.
    Listed(HashSet<O::Look>),
    Nothing,
}

impl<O: SureRequest> Before<O> {
    pub(crate) const fn here(look: O::Look, seen: <O::Look as Operation>::Response) -> Self {
        Self(Known::Here(look, seen))
    }

    pub(crate) fn listed(list: &<O::List as Operation>::Response) -> Self {
        let listed = O::listed(list);
        let all = listed.open.into_iter().chain(listed.closed);
        Self(Known::Listed(all.collect()))
    }

    pub(crate) const fn nothing() -> Self {
        Self(Known::Nothing)
    }

    /// Whether this is surely from before the result of the request: it was looked
    /// for in the same place, and was not there.
    pub(crate) fn is_without(&self, request: &O) -> bool {
        match (&self.0, request.place()) {
            (Known::Here(look, seen), Place::Here(place)) => *look == place && !request.shows(seen),
            (Known::Listed(_), Place::New(_)) => true,
            _ => false,
        }
    }

    /// Whether this place was there.
    pub(crate) fn has(&self, place: &O::Look) -> bool {
        matches!(&self.0, Known::Listed(places) if places.contains(place))
    }
}

impl<O: SureRequest> fmt::Debug for Before<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Known::Here(_, seen) => f.debug_tuple("Before").field(seen).finish(),
            Known::Listed(places) => f.debug_tuple("Before").field(places).finish(),
            Known::Nothing => f.write_str("Before"),
        }
    }
}
