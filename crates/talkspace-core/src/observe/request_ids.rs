//! Ids that go out with requests.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use http::HeaderName;

use crate::value::RequestId;

/// Makes ids that nobody can foresee, and no two alike: each half is a keyed hash
/// of a number, and the keys are of the system's randomness.
#[derive(Debug)]
pub(crate) struct RequestIds {
    /// The header field that they go out in.
    pub(crate) header: HeaderName,
    keys: [RandomState; 2],
}

impl RequestIds {
    pub(crate) fn new(header: HeaderName) -> Self {
        Self {
            header,
            keys: Default::default(),
        }
    }

    /// The id of the request with this number.
    pub(crate) fn of(&self, number: u64) -> RequestId {
        let [high, low] = &self.keys;
        let [high, low] = [high, low].map(|key| u128::from(key.hash_one(number)));
        RequestId::new(high << 64 | low)
    }
}
