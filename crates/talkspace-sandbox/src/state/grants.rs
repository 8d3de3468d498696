//! Grants to upload a file.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use talkspace_core::MediaId;

use super::changed::{Changed, Taker};
use super::digest::Digest;
use super::rows::Row;

/// How long a grant can be used.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The right to upload one file into one media.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Grant {
    pub(super) app: usize,
    pub(super) media: MediaId,
    until: Duration,
}

impl Grant {
    /// It, as if it had been issued so much later.
    pub(super) const fn delay(&mut self, by: Duration) {
        self.until = self.until.saturating_add(by);
    }
}

/// The grants that can still be used, by the digests of their ids.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    live: HashMap<Digest, Grant>,
    by_end: BTreeSet<(Duration, Digest)>,
    /// By the number of the application and the media.
    by_media: HashMap<(usize, MediaId), BTreeSet<Digest>>,
    changed: Changed<Digest>,
    /// The media of the grants that came or went. The journal has the grants.
    touched: Changed<(usize, MediaId)>,
    chance: Chance,
}

/// What grants come from: of its own, and written nowhere, so that nothing that is
/// saved tells which they are.
#[derive(Debug)]
struct Chance(Rng);

impl Default for Chance {
    /// The system's, by the hasher of the standard library.
    fn default() -> Self {
        Self(Rng::with_seed(RandomState::new().hash_one(0)))
    }
}

impl Grants {
    /// What the next one comes from.
    pub(super) fn draw(&mut self) -> u64 {
        self.chance.0.u64(..)
    }

    /// The same come from now on as in every sandbox with this seed.
    pub(super) fn reseed(&mut self, seed: u64) {
        // Not the numbers of the ids: those are seen.
        let digest = hmac_sha256::Hash::hash(&seed.to_be_bytes());
        let seed = digest.iter().take(8);
        let seed = seed.fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        self.chance = Chance(Rng::with_seed(seed));
    }

    pub(super) fn issue(&mut self, id: Digest, app: usize, media: MediaId, now: Duration) {
        let until = now.saturating_add(LIFE);
        self.put(id, Grant { app, media, until });
    }

    fn put(&mut self, id: Digest, grant: Grant) {
        self.by_end.insert((grant.until, id));
        let what = (grant.app, grant.media.clone());
        self.touched.mark(&what);
        self.by_media.entry(what).or_default().insert(id);
        self.live.insert(id, grant);
        self.changed.mark(&id);
    }

    /// A grant that is good for an upload. It stays good until it is
    /// [used](Self::use_up).
    pub(super) fn get(&self, id: &Digest) -> Option<&Grant> {
        self.live.get(id)
    }

    pub(super) fn use_up(&mut self, id: &Digest) {
        let Some(grant) = self.live.remove(id) else {
            return;
        };
        self.by_end.remove(&(grant.until, *id));
        let what = (grant.app, grant.media);
        self.touched.mark(&what);
        if let Some(ids) = self.by_media.get_mut(&what) {
            ids.remove(id);
            if ids.is_empty() {
                self.by_media.remove(&what);
            }
        }
        self.changed.mark(id);
    }

    /// Makes all grants for media void.
    pub(super) fn revoke(&mut self, app: usize, media: &MediaId) {
        let ids = self.by_media.remove(&(app, media.clone()));
        for id in ids.unwrap_or_default() {
            self.use_up(&id);
        }
    }

    /// Forgets the grants that are older than they may be.
    pub(super) fn expire(&mut self, now: Duration) {
        while let Some((until, id)) = self.by_end.first().copied() {
            if until >= now {
                return;
            }
            self.use_up(&id);
        }
    }

    pub(super) fn watch(&mut self, taker: Taker, is_on: bool) {
        match taker {
            Taker::Journal => self.changed.watch(taker, is_on),
            Taker::Events => self.touched.watch(taker, is_on),
        }
    }

    /// When the grants for media end, in order.
    pub(super) fn ends(&self, app: usize, media: &MediaId) -> Vec<Duration> {
        let ids = self.by_media.get(&(app, media.clone()));
        let live = ids.into_iter().flatten().filter_map(|id| self.live.get(id));
        let mut ends: Vec<Duration> = live.map(|grant| grant.until).collect();
        ends.sort_unstable();
        ends
    }

    /// The media whose grants have changed, for those who watch.
    pub(super) fn news(&mut self) -> BTreeSet<(usize, MediaId)> {
        self.touched.take(Taker::Events)
    }

    /// The grants that have changed.
    pub(super) fn changes(&mut self) -> impl Iterator<Item = Row<'_>> {
        let changed = self.changed.take(Taker::Journal);
        changed.into_iter().map(|id| self.row(id))
    }

    /// Every grant, by its end.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.by_end.iter().map(|(_, id)| self.row(*id))
    }

    fn row(&self, id: Digest) -> Row<'_> {
        Row::Grant(id, self.live.get(&id).map(Cow::Borrowed))
    }

    pub(super) fn restore(&mut self, id: Digest, grant: Option<Grant>) {
        self.use_up(&id);
        if let Some(grant) = grant {
            self.put(id, grant);
        }
    }
}
