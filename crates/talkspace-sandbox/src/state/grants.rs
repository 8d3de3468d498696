//! Grants to upload a file.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::{GrantId, MediaId};

use super::saved::digest;

/// How long a grant can be used.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The right to upload one file into one media.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Grant {
    pub(super) app: usize,
    pub(super) media: MediaId,
    until: Duration,
}

/// The grants that can still be used.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Grants {
    /// By their digests.
    live: HashMap<String, Grant>,
    /// In the order of their issue, which is that of their end, as all live
    /// equally long. May name grants that are gone.
    order: VecDeque<String>,
}

impl Grants {
    pub(super) fn issue(&mut self, id: &GrantId, app: usize, media: MediaId, now: Duration) {
        let until = now.saturating_add(LIFE);
        let id = digest(id);
        self.order.push_back(id.clone());
        self.live.insert(id, Grant { app, media, until });
    }

    /// A grant that is good for an upload. It stays good until it is
    /// [used](Self::use_up).
    pub(super) fn get(&self, id: &GrantId) -> Option<&Grant> {
        self.live.get(&digest(id))
    }

    pub(super) fn use_up(&mut self, id: &GrantId) {
        self.live.remove(&digest(id));
    }

    /// Makes all grants for media void.
    pub(super) fn revoke(&mut self, app: usize, media: &MediaId) {
        self.live
            .retain(|_, grant| grant.app != app || grant.media != *media);
    }

    /// Forgets the grants that are older than they may be.
    pub(super) fn expire(&mut self, now: Duration) {
        while let Some(id) = self.order.front() {
            if self.live.get(id).is_some_and(|grant| grant.until >= now) {
                return;
            }
            self.live.remove(id);
            self.order.pop_front();
        }
    }
}
