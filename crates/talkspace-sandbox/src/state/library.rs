//! The media of all applications, and their content.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use talkspace_core::{MediaId, NetworkId};

use super::conference::Recording;
use crate::mp3::Silence;

/// The media of all applications.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Library {
    /// By the number of the application. A shelf holds its own media only.
    shelves: HashMap<usize, BTreeMap<MediaId, Option<Content>>>,
    /// Which media a file is the content of. Every content has its file here,
    /// and every file is some media's content.
    files: HashMap<u64, (usize, MediaId)>,
}

/// What can be heard of media.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Content {
    /// Its number, which names the file.
    pub(super) file: u64,
    sound: Sound,
    pub(super) origin: Origin,
}

#[derive(Debug, Deserialize, Serialize)]
enum Sound {
    Uploaded(#[serde(with = "super::saved::hex")] Bytes),
    Silence(Silence),
}

/// How content came about.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Origin {
    /// As a file.
    Uploaded,
    /// In a call to somebody.
    Spoken(NetworkId),
    /// In a conference.
    Conference,
}

/// Whose media an id names, from the point of view of one application.
pub(crate) enum Finding<'l> {
    /// Its own, with or without content.
    Own(Option<&'l Content>),
    /// Another application's.
    Foreign,
    /// Nobody's.
    Unknown,
}

impl Content {
    /// The size in bytes.
    pub(super) fn len(&self) -> u64 {
        match &self.sound {
            Sound::Uploaded(bytes) => bytes.len() as u64,
            Sound::Silence(silence) => silence.len(),
        }
    }

    /// The whole file.
    pub(super) fn to_bytes(&self) -> Bytes {
        match &self.sound {
            Sound::Uploaded(bytes) => bytes.clone(),
            Sound::Silence(silence) => silence.to_bytes(),
        }
    }
}

impl Library {
    /// Makes a media id without content.
    pub(super) fn create(&mut self, app: usize, id: MediaId) {
        self.shelves.entry(app).or_default().entry(id).or_default();
    }

    /// Whose media this is, as an application sees it.
    pub(super) fn find(&self, app: usize, id: &MediaId) -> Finding<'_> {
        if let Some(content) = self.shelves.get(&app).and_then(|shelf| shelf.get(id)) {
            return Finding::Own(content.as_ref());
        }
        if self.shelves.values().any(|shelf| shelf.contains_key(id)) {
            return Finding::Foreign;
        }
        Finding::Unknown
    }

    /// Stores an uploaded file as the content of media, and gives its number.
    pub(super) fn upload(&mut self, app: usize, id: &MediaId, file: Bytes, rng: &mut Rng) -> u64 {
        self.fill(app, id, Sound::Uploaded(file), Origin::Uploaded, rng)
    }

    /// Stores what media begins with: this file, or a moment of silence.
    pub(super) fn seed(&mut self, app: usize, id: &MediaId, file: Option<&Bytes>, rng: &mut Rng) {
        let sound = match file {
            Some(file) => Sound::Uploaded(file.clone()),
            None => Sound::Silence(Silence::lasting(Duration::ZERO)),
        };
        self.fill(app, id, sound, Origin::Uploaded, rng);
    }

    /// Stores the recording of a conference, if there is one.
    pub(super) fn keep(&mut self, app: usize, recording: Option<Recording>, rng: &mut Rng) {
        if let Some(Recording { media, length }) = recording {
            self.record(app, &media, length, Origin::Conference, rng);
        }
    }

    /// Stores a recording as the content of media.
    pub(super) fn record(
        &mut self,
        app: usize,
        id: &MediaId,
        length: Duration,
        origin: Origin,
        rng: &mut Rng,
    ) {
        let sound = Sound::Silence(Silence::lasting(length));
        self.fill(app, id, sound, origin, rng);
    }

    /// What was removed meanwhile stays so: there is no place for the content.
    fn fill(
        &mut self,
        app: usize,
        id: &MediaId,
        sound: Sound,
        origin: Origin,
        rng: &mut Rng,
    ) -> u64 {
        let mut file = fresh_file(rng);
        while self.files.contains_key(&file) {
            file = fresh_file(rng);
        }
        if let Some(place) = self
            .shelves
            .get_mut(&app)
            .and_then(|shelf| shelf.get_mut(id))
        {
            let content = Content {
                file,
                sound,
                origin,
            };
            if let Some(replaced) = place.replace(content) {
                self.files.remove(&replaced.file);
            }
            self.files.insert(file, (app, id.clone()));
        }
        file
    }

    /// Removes media. Gives the content that it had.
    pub(super) fn remove(&mut self, app: usize, id: &MediaId) -> Option<Content> {
        let content = self.shelves.get_mut(&app)?.remove(id)??;
        self.files.remove(&content.file);
        Some(content)
    }

    /// Deletes what somebody said to an application. Its media stay, empty.
    pub(super) fn forget_voice(&mut self, app: usize, person: &NetworkId) {
        for place in self.shelves.entry(app).or_default().values_mut() {
            if let Some(content) = place.take_if(
                |content| matches!(&content.origin, Origin::Spoken(speaker) if speaker == person),
            ) {
                self.files.remove(&content.file);
            }
        }
    }

    /// The media of an application that have content.
    pub(super) fn contents(&self, app: usize) -> impl Iterator<Item = (&MediaId, &Content)> {
        self.shelves
            .get(&app)
            .into_iter()
            .flatten()
            .filter_map(|(id, content)| Some((id, content.as_ref()?)))
    }

    /// The content that is served under this number.
    pub(super) fn file(&self, number: u64) -> Option<&Content> {
        let (app, id) = self.files.get(&number)?;
        self.shelves.get(app)?.get(id)?.as_ref()
    }
}

/// A number for a file, of up to ten digits, as the service gave.
fn fresh_file(rng: &mut Rng) -> u64 {
    rng.u64(100_000_000..4_000_000_000)
}
