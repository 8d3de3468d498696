//! Which things have changed since they were last taken.

use std::collections::BTreeSet;

/// The keys of the things of one kind that have changed. Nothing is recorded
/// until it is watched.
#[derive(Debug)]
pub(super) struct Changed<K>(Option<BTreeSet<K>>);

impl<K> Default for Changed<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: Clone + Ord> Changed<K> {
    /// Remembers from now on.
    pub(super) fn watch(&mut self) {
        self.0.get_or_insert_with(BTreeSet::new);
    }

    /// This thing came, went, or is another one now.
    pub(super) fn mark(&mut self, key: &K) {
        if let Some(keys) = &mut self.0 {
            if !keys.contains(key) {
                keys.insert(key.clone());
            }
        }
    }

    /// What has changed since this was last asked, in order.
    pub(super) fn take(&mut self) -> BTreeSet<K> {
        self.0.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
