//! Which things have changed since they were last taken.

use std::collections::BTreeSet;

/// Who takes what has changed. Each takes all of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Taker {
    /// The file in which the state is kept.
    Journal,
    /// Those who watch the sandbox.
    Events,
}

/// The keys of the things of one kind that have changed. Nothing is recorded
/// until it is watched.
#[derive(Debug)]
pub(super) struct Changed<K>([Option<BTreeSet<K>>; 2]);

impl<K> Default for Changed<K> {
    fn default() -> Self {
        Self([None, None])
    }
}

impl<K: Clone + Ord> Changed<K> {
    /// Remembers for this taker from now on, or nothing any more.
    pub(super) fn watch(&mut self, taker: Taker, is_on: bool) {
        let keys = self.of(taker);
        *keys = is_on.then(|| keys.take().unwrap_or_default());
    }

    /// This thing came, went, or is another one now.
    pub(super) fn mark(&mut self, key: &K) {
        for keys in self.0.iter_mut().flatten() {
            if !keys.contains(key) {
                keys.insert(key.clone());
            }
        }
    }

    /// What has changed since this taker last asked, in order.
    pub(super) fn take(&mut self, taker: Taker) -> BTreeSet<K> {
        let keys = self.of(taker).as_mut();
        keys.map(std::mem::take).unwrap_or_default()
    }

    fn of(&mut self, taker: Taker) -> &mut Option<BTreeSet<K>> {
        let [journal, events] = &mut self.0;
        match taker {
            Taker::Journal => journal,
            Taker::Events => events,
        }
    }
}
