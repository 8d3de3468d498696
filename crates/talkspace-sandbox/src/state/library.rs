//! The media of all applications, and their content.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use talkspace_core::{MediaId, NetworkId};

use super::changed::{Changed, Taker};
use super::conference::Recording;
use super::rows::Row;
use crate::mp3::{Silence, Tape};

/// The media of all applications.
#[derive(Debug, Default)]
pub(crate) struct Library {
    /// By the number of the application. A shelf holds its own media only.
    shelves: HashMap<usize, BTreeMap<MediaId, Option<Content>>>,
    /// Which media a file is the content of. Every content has its file here,
    /// and every file is some media's content.
    files: HashMap<u64, (usize, MediaId)>,
    /// How many files an application has uploaded.
    uploads: HashMap<usize, usize>,
    /// What somebody said to an application.
    spoken: HashMap<(usize, NetworkId), BTreeSet<MediaId>>,
    changed: Changed<(usize, MediaId)>,
}

/// What can be heard of media.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Content {
    /// Its number, which names the file.
    pub(super) file: u64,
    sound: Sound,
    pub(super) origin: MediaOrigin,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
enum Sound {
    /// The bytes are written beside this.
    File {
        length: usize,
        #[serde(skip)]
        bytes: Bytes,
    },
    Silence(Silence),
}

/// How content came about.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum MediaOrigin {
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
    /// Unknown to every application.
    Unknown,
}

impl Content {
    /// The size in bytes.
    pub(super) fn len(&self) -> u64 {
        match &self.sound {
            Sound::File { length, .. } => *length as u64,
            Sound::Silence(silence) => silence.len(),
        }
    }

    /// The whole file.
    pub(super) fn to_bytes(&self) -> Bytes {
        match &self.sound {
            Sound::File { bytes, .. } => bytes.clone(),
            Sound::Silence(silence) => silence.to_bytes(),
        }
    }

    /// What is written beside the row of it.
    pub(super) fn attachment(&self) -> Option<&Bytes> {
        match &self.sound {
            Sound::File { bytes, .. } => Some(bytes),
            Sound::Silence(_) => None,
        }
    }

    /// Whether there can be a file like this.
    pub(super) fn is_one(&self) -> bool {
        match &self.sound {
            Sound::File { .. } => true,
            Sound::Silence(silence) => silence.is_one(),
        }
    }

    /// Takes what was written beside the row. Says whether it is there.
    pub(super) fn attach(&mut self, from: &mut Bytes) -> bool {
        match &mut self.sound {
            Sound::File { length, .. } if from.len() < *length => false,
            Sound::File { length, bytes } => {
                *bytes = from.split_to(*length);
                true
            }
            Sound::Silence(_) => true,
        }
    }
}

impl Sound {
    fn file(bytes: Bytes) -> Self {
        let length = bytes.len();
        Self::File { length, bytes }
    }
}

impl Library {
    /// Makes a media id without content.
    pub(super) fn create(&mut self, app: usize, id: MediaId) {
        self.changed.mark(&(app, id.clone()));
        self.shelves.entry(app).or_default().entry(id).or_default();
    }

    /// Whose media this is, as an application sees it.
    pub(super) fn find(&self, app: usize, id: &MediaId) -> Finding<'_> {
        if let Some(content) = self.shelves.get(&app).and_then(|shelf| shelf.get(id)) {
            return Finding::Own(content.as_ref());
        }
        match self.has(id) {
            true => Finding::Foreign,
            false => Finding::Unknown,
        }
    }

    /// Whether there is such media, of whatever application.
    pub(super) fn has(&self, id: &MediaId) -> bool {
        self.shelves.values().any(|shelf| shelf.contains_key(id))
    }

    /// Stores an uploaded file as the content of media, and gives its number.
    pub(super) fn upload(&mut self, app: usize, id: &MediaId, file: Bytes, rng: &mut Rng) -> u64 {
        self.fill(app, id, Sound::file(file), MediaOrigin::Uploaded, rng)
    }

    /// Stores what media begins with: this file, or a moment of silence.
    pub(super) fn seed(&mut self, app: usize, id: &MediaId, file: Option<&Bytes>, rng: &mut Rng) {
        let sound = match file {
            Some(file) => Sound::file(file.clone()),
            None => Sound::Silence(Silence::lasting(Duration::ZERO)),
        };
        self.fill(app, id, sound, MediaOrigin::Uploaded, rng);
    }

    /// Stores the recording of a conference, if there is one.
    pub(super) fn keep(&mut self, app: usize, recording: Option<Recording>, rng: &mut Rng) {
        if let Some(recording) = recording {
            let Recording {
                media,
                length,
                said,
            } = recording;
            let origin = MediaOrigin::Conference;
            self.record(app, &media, length, said.as_deref(), origin, rng);
        }
    }

    /// Stores a recording as the content of media: silence, but for what was said.
    pub(super) fn record(
        &mut self,
        app: usize,
        id: &MediaId,
        length: Duration,
        said: Option<&Tape>,
        origin: MediaOrigin,
        rng: &mut Rng,
    ) {
        let sound = match said {
            Some(tape) => Sound::file(tape.play(length)),
            None => Sound::Silence(Silence::lasting(length)),
        };
        self.fill(app, id, sound, origin, rng);
    }

    /// What was removed meanwhile stays so: there is no place for the content.
    fn fill(
        &mut self,
        app: usize,
        id: &MediaId,
        sound: Sound,
        origin: MediaOrigin,
        rng: &mut Rng,
    ) -> u64 {
        let mut file = fresh_file(rng);
        while self.files.contains_key(&file) {
            file = fresh_file(rng);
        }
        if let Finding::Own(_) = self.find(app, id) {
            let content = Content {
                file,
                sound,
                origin,
            };
            self.put(app, id.clone(), Some(content));
        }
        file
    }

    /// Media and its content are this from now on.
    pub(super) fn put(&mut self, app: usize, id: MediaId, content: Option<Content>) {
        self.take(app, &id);
        if let Some(content) = &content {
            self.files.insert(content.file, (app, id.clone()));
            match &content.origin {
                MediaOrigin::Uploaded => *self.uploads.entry(app).or_default() += 1,
                MediaOrigin::Spoken(person) => {
                    let whose = (app, person.clone());
                    self.spoken.entry(whose).or_default().insert(id.clone());
                }
                MediaOrigin::Conference => {}
            }
        }
        self.changed.mark(&(app, id.clone()));
        self.shelves.entry(app).or_default().insert(id, content);
    }

    /// Takes media out, if it is there.
    fn take(&mut self, app: usize, id: &MediaId) -> Option<Option<Content>> {
        let taken = self.shelves.get_mut(&app)?.remove(id)?;
        self.changed.mark(&(app, id.clone()));
        if let Some(content) = &taken {
            self.files.remove(&content.file);
            match &content.origin {
                MediaOrigin::Uploaded => *self.uploads.entry(app).or_default() -= 1,
                MediaOrigin::Spoken(person) => {
                    let whose = (app, person.clone());
                    if let Some(spoken) = self.spoken.get_mut(&whose) {
                        spoken.remove(id);
                        if spoken.is_empty() {
                            self.spoken.remove(&whose);
                        }
                    }
                }
                MediaOrigin::Conference => {}
            }
        }
        Some(taken)
    }

    /// All media of an application.
    pub(super) fn ids(&self, app: usize) -> Vec<MediaId> {
        let shelf = self.shelves.get(&app).into_iter();
        shelf.flat_map(|shelf| shelf.keys().cloned()).collect()
    }

    /// Removes media. Gives the content that it had.
    pub(super) fn remove(&mut self, app: usize, id: &MediaId) -> Option<Content> {
        self.take(app, id).flatten()
    }

    /// Deletes what somebody said to an application. Its media stay, empty.
    pub(super) fn forget_voice(&mut self, app: usize, person: &NetworkId) {
        let spoken = self.spoken.remove(&(app, person.clone()));
        for id in spoken.unwrap_or_default() {
            self.put(app, id, None);
        }
    }

    /// How many files an application has uploaded, this media left out.
    pub(super) fn uploads_but(&self, app: usize, id: &MediaId) -> usize {
        let uploads = self.uploads.get(&app).copied().unwrap_or_default();
        let is_one = matches!(self.find(app, id), Finding::Own(Some(content)) if content.origin == MediaOrigin::Uploaded);
        uploads - usize::from(is_one)
    }

    /// The media of an application, by id.
    pub(super) fn of(&self, app: usize) -> impl Iterator<Item = &MediaId> {
        let shelf = self.shelves.get(&app);
        shelf.into_iter().flat_map(BTreeMap::keys)
    }

    /// The media that have changed, for those who watch.
    pub(super) fn news(&mut self) -> BTreeSet<(usize, MediaId)> {
        self.changed.take(Taker::Events)
    }

    /// The media of an application that have content.
    pub(super) fn contents(&self, app: usize) -> impl Iterator<Item = (&MediaId, &Content)> {
        self.shelves
            .get(&app)
            .into_iter()
            .flatten()
            .filter_map(|(id, content)| Some((id, content.as_ref()?)))
    }

    /// The content of media of an application.
    pub(super) fn content(&self, app: usize, id: &MediaId) -> Option<&Content> {
        self.shelves.get(&app)?.get(id)?.as_ref()
    }

    /// The content that is served under this number.
    pub(super) fn file(&self, number: u64) -> Option<&Content> {
        let (app, id) = self.files.get(&number)?;
        self.shelves.get(app)?.get(id)?.as_ref()
    }

    pub(super) fn watch(&mut self, taker: Taker, is_on: bool) {
        self.changed.watch(taker, is_on);
    }

    /// The media that have changed.
    pub(super) fn changes(&mut self) -> impl Iterator<Item = Row<'_>> {
        let changed = self.changed.take(Taker::Journal);
        changed.into_iter().map(|(app, id)| {
            let shelf = self.shelves.get(&app);
            match shelf.and_then(|shelf| shelf.get(&id)) {
                Some(content) => {
                    let content = content.as_ref().map(Cow::Borrowed);
                    Row::Media(app, Cow::Owned(id), content)
                }
                None => Row::NoMedia(app, Cow::Owned(id)),
            }
        })
    }

    /// All media.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.shelves.iter().flat_map(|(app, shelf)| {
            shelf.iter().map(|(id, content)| {
                let content = content.as_ref().map(Cow::Borrowed);
                Row::Media(*app, Cow::Borrowed(id), content)
            })
        })
    }
}

/// A number for a file, of up to ten digits, as the service gave.
fn fresh_file(rng: &mut Rng) -> u64 {
    rng.u64(100_000_000..4_000_000_000)
}
