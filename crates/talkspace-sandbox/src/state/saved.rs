//! The whole state as one text: the rows of the journal, phone numbers, and files.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use talkspace_core::{AppKey, NetworkId};

use super::rows::Row;
use super::{Seed, State};
use crate::RestoreError;

/// The version of what is written. Another one is not read.
const VERSION: u64 = 1;
/// No call has a number from here on, so that there are always more.
const MAX_CALL: u64 = 1 << 53;
/// No sandbox is a hundred years old: the clock, which never goes back, has time to go on.
const MAX_AT: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// What is not a row.
#[derive(Deserialize, Serialize)]
struct Head {
    talkspace_sandbox: u64,
    /// How late it was.
    at: Duration,
    outage: bool,
    /// The chance from there on, in hexadecimal digits: not every reader of JSON has
    /// whole numbers of 64 bits.
    chance: String,
    /// Whose telephones were held.
    held: BTreeSet<NetworkId>,
}

/// A state that was written, read and not yet looked into.
#[derive(Deserialize)]
pub(crate) struct Text {
    #[serde(flatten)]
    head: Head,
    rows: Vec<Row<'static>>,
    /// In base64, in the order of their rows.
    files: Vec<String>,
    /// The same in one piece, once they are [read](Self::read).
    #[serde(skip)]
    bytes: Bytes,
}

/// A state that is yet to be written: that takes as long as there are files, and nobody
/// is to wait for it.
pub(crate) struct Draft {
    /// All but the files.
    text: String,
    files: Vec<Bytes>,
}

impl Draft {
    /// The whole text.
    pub(crate) fn write(self) -> String {
        let Self { mut text, files } = self;
        text.push_str("\n],\n\"files\":[");
        for (place, file) in files.iter().enumerate() {
            text.push_str(if place == 0 { "\"" } else { ",\n\"" });
            STANDARD.encode_string(file, &mut text);
            text.push('"');
        }
        text.push_str("]}\n");
        text
    }
}

#[derive(Deserialize)]
struct Version {
    talkspace_sandbox: u64,
}

impl Text {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// When it is none of these, of another version, or later than can be, or a file is
    /// no base64.
    pub(crate) fn read(text: &str) -> Result<Self, RestoreError> {
        let Version { talkspace_sandbox } = serde_json::from_str(text).map_err(wrong)?;
        if talkspace_sandbox != VERSION {
            return Err(RestoreError::OtherVersion(talkspace_sandbox));
        }
        let mut text: Self = serde_json::from_str(text).map_err(wrong)?;
        if text.head.at > MAX_AT {
            return Err(RestoreError::BadTime);
        }
        let mut bytes = Vec::new();
        for (place, file) in std::mem::take(&mut text.files).iter().enumerate() {
            let file = STANDARD
                .decode(file)
                .map_err(|_| RestoreError::BadFile(place + 1))?;
            bytes.extend(file);
        }
        text.bytes = bytes.into();
        Ok(text)
    }

    /// How late it was.
    pub(crate) const fn at(&self) -> Duration {
        self.head.at
    }
}

/// What stands there may be a phone number, so it is not told.
fn wrong(error: serde_json::Error) -> RestoreError {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => RestoreError::NotSaved { line, column },
        _ => RestoreError::NoJson { line, column },
    }
}

impl State {
    /// The whole state, a row a line.
    pub(crate) fn save(&self, now: Duration, rng: &Rng) -> Result<Draft, serde_json::Error> {
        let head = Head {
            talkspace_sandbox: VERSION,
            at: now,
            outage: self.outage,
            chance: format!("{:016x}", rng.get_seed()),
            held: self.held.clone(),
        };
        let mut text = serde_json::to_string(&head)?;
        text.pop();
        text.push_str(",\n\"rows\":[");
        let mut files = Vec::new();
        let phones = self.people.phones().chain(self.calls.phones());
        for (place, row) in self.rows().chain(phones).enumerate() {
            text.push_str(if place == 0 { "\n" } else { ",\n" });
            text.push_str(&serde_json::to_string(&row)?);
            files.extend(row.file().cloned());
        }
        Ok(Draft { text, files })
    }

    /// The state of a text, in the place of this one: it goes on from `now`, which is
    /// not earlier than it was then. Gives the chance from there on.
    ///
    /// # Errors
    ///
    /// When there cannot be such a state, or none of these keys opens anything in it.
    pub(crate) fn replaced(
        &self,
        text: Text,
        keys: &[AppKey],
        now: Duration,
    ) -> Result<(Self, Rng), RestoreError> {
        let Text {
            head,
            rows,
            bytes: mut files,
            ..
        } = text;
        let chance = u64::from_str_radix(&head.chance, 16);
        let chance = chance.map_err(|_| RestoreError::BadChance)?;
        let by = now.saturating_sub(head.at);
        let mut state = Self::new(self.settings.clone());
        for (place, mut row) in rows.into_iter().enumerate() {
            row.delay(by);
            if !row.fits(state.apps.len()) || !state.restore_row(row, &mut files) {
                return Err(RestoreError::BadRow(place + 1));
            }
        }
        let known = state.apps.len();
        for key in keys {
            state.add_app(key.clone());
        }
        if known > 0 && !state.keys.values().any(|app| *app < known) {
            return Err(RestoreError::OtherKeys);
        }
        state.outage = head.outage;
        state.calls.go_on_after(&self.calls);
        state.held = head.held;
        for person in self.held.difference(&state.held.clone()) {
            state.hold(person);
        }
        for person in state.held.clone().difference(&self.held) {
            state.give_back(person, now);
        }
        Ok((state, Rng::with_seed(chance)))
    }
}

impl Row<'_> {
    /// Makes all that it says come so much later.
    fn delay(&mut self, by: Duration) {
        match self {
            Self::Conference(_, _, conference) => conference.to_mut().delay(by),
            Self::Grant(_, Some(grant)) => grant.to_mut().delay(by),
            Self::Call(_, Some(call)) => call.to_mut().delay(by),
            _ => {}
        }
    }

    /// Whether it is about one of so many applications, and its number can be counted
    /// on from. The journal has checksums in place of this.
    fn fits(&self, apps: usize) -> bool {
        match self {
            Self::Seed(seed) => match &**seed {
                Seed::Person(app, _) | Seed::Media(app, _) => *app < apps,
            },
            Self::Media(app, _, content) => {
                *app < apps && content.as_ref().is_none_or(|content| content.is_one())
            }
            Self::NoMedia(app, _) => *app < apps,
            Self::Person(_, Some(person)) => person.apps().all(|app| app < apps),
            Self::Grant(_, Some(grant)) => grant.app < apps,
            Self::Call(number, call) => {
                *number < MAX_CALL && call.as_ref().is_none_or(|call| call.app < apps)
            }
            Self::Rings(_, count) | Self::Applied(_, count) => *count < MAX_CALL,
            _ => true,
        }
    }
}
