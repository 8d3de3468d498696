//! Who is in which conferences of an application, and what those are recorded
//! into.

use std::collections::{HashMap, HashSet};

use talkspace_core::{MediaId, NetworkId};

#[cfg(test)]
mod tests;

/// What the conferences hold, the other way round.
#[derive(Debug, Default)]
pub(super) struct Whereabouts {
    /// The places of the conferences that somebody is in, or being called into.
    of: HashMap<NetworkId, HashSet<usize>>,
    /// How many conferences with people in them are recorded into media.
    recording: HashMap<MediaId, usize>,
}

impl Whereabouts {
    pub(super) fn enter(&mut self, person: &NetworkId, place: usize) {
        match self.of.get_mut(person) {
            Some(places) => {
                places.insert(place);
            }
            None => {
                self.of.insert(person.clone(), HashSet::from([place]));
            }
        }
    }

    pub(super) fn leave(&mut self, person: &NetworkId, place: usize) {
        if let Some(places) = self.of.get_mut(person) {
            places.remove(&place);
            if places.is_empty() {
                self.of.remove(person);
            }
        }
    }

    /// The places of the conferences that somebody is in, or being called into,
    /// in order.
    pub(super) fn of(&self, person: &NetworkId) -> Vec<usize> {
        let places = self.of.get(person).into_iter().flatten();
        let mut places: Vec<usize> = places.copied().collect();
        places.sort_unstable();
        places
    }

    pub(super) fn begin_recording(&mut self, media: Option<&MediaId>) {
        if let Some(media) = media {
            *self.recording.entry(media.clone()).or_default() += 1;
        }
    }

    pub(super) fn end_recording(&mut self, media: Option<&MediaId>) {
        if let Some((media, count)) = media.and_then(|media| self.recording.remove_entry(media)) {
            if count > 1 {
                self.recording.insert(media, count - 1);
            }
        }
    }

    /// Whether a conference is being recorded into this media.
    pub(super) fn records_into(&self, media: &MediaId) -> bool {
        self.recording.contains_key(media)
    }
}
