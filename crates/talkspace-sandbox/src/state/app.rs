//! The conferences of one application.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::{ConferenceId, MediaId, NetworkId};

use super::conference::{Conference, Recording};

/// One application. Nothing of it is seen by another.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct App {
    /// In the order of their creation.
    conferences: Vec<Conference>,
    index: HashMap<ConferenceId, usize>,
}

impl App {
    pub(super) fn add_conference(&mut self, conference: Conference) {
        let place = self.conferences.len();
        self.index.insert(conference.id.clone(), place);
        self.conferences.push(conference);
    }

    /// All conferences, the oldest first.
    pub(super) fn conferences(&self) -> &[Conference] {
        &self.conferences
    }

    /// A conference, closed or not.
    pub(super) fn conference(&self, id: &ConferenceId) -> Option<&Conference> {
        self.conferences.get(*self.index.get(id)?)
    }

    /// A conference in which something can still happen.
    pub(super) fn open_conference(&mut self, id: &ConferenceId) -> Option<&mut Conference> {
        self.conferences
            .get_mut(*self.index.get(id)?)
            .filter(|conference| !conference.is_closed())
    }

    /// Whether a conference is being recorded into this media.
    pub(super) fn records_into(&self, media: &MediaId) -> bool {
        self.conferences
            .iter()
            .any(|conference| conference.is_recorded_into(media))
    }

    /// Ends all calls of somebody. Gives the recordings that are complete
    /// because of that.
    pub(super) fn drop_person(&mut self, id: &NetworkId, now: Duration) -> Vec<Recording> {
        self.conferences
            .iter_mut()
            .filter_map(|conference| {
                conference.hang_up(id).ok()?;
                conference.recording(now)
            })
            .collect()
    }
}
