//! What one application has: people, media and conferences.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use talkspace_core::server::Refusal;
use talkspace_core::{ConferenceId, MediaId, NetworkId};

use super::conference::Conference;
use super::timer::Due;

/// The state of one application. Nothing of it is seen by another.
#[derive(Debug)]
pub(crate) struct App {
    pub(super) number: usize,
    related: BTreeSet<NetworkId>,
    media: BTreeMap<MediaId, Vec<u8>>,
    /// In the order of their creation.
    conferences: Vec<Conference>,
    index: HashMap<ConferenceId, usize>,
}

impl App {
    pub(super) fn new(number: usize) -> Self {
        Self {
            number,
            related: BTreeSet::new(),
            media: BTreeMap::new(),
            conferences: Vec::new(),
            index: HashMap::new(),
        }
    }

    pub(super) fn relate(&mut self, id: NetworkId) {
        self.related.insert(id);
    }

    pub(super) fn add_media(&mut self, id: MediaId, content: Vec<u8>) {
        self.media.insert(id, content);
    }

    /// Whether a person is registered with this application.
    pub(super) fn is_related(&self, id: &NetworkId) -> bool {
        self.related.contains(id)
    }

    /// Refuses a greeting that cannot be played.
    pub(super) fn check_greeting(&self, id: Option<&MediaId>) -> Result<(), Refusal> {
        match id {
            Some(id) if self.media.get(id).is_none_or(Vec::is_empty) => {
                Err(Refusal::new(400, "Missing or invalid greetingid parameter"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses media that cannot take a recording.
    pub(super) fn check_recording(&self, id: Option<&MediaId>) -> Result<(), Refusal> {
        match id {
            Some(id) if !self.media.contains_key(id) => Err(Refusal::new(
                400,
                "Missing or invalid recordingid parameter",
            )),
            _ => Ok(()),
        }
    }

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

    /// A phone of this application stops ringing.
    pub(super) fn stop_ringing(&mut self, due: &Due) {
        if let Some(conference) = self.open_conference(&due.conference) {
            conference.stop_ringing(due);
        }
    }
}
