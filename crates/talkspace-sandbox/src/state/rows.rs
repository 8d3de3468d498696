//! The state as rows: what is written to a file, and read again.
//!
//! A row is one thing as it is from then on, or that it is gone, so rows can be
//! taken one after the other however often a thing changed. Everything else is
//! made from them. Secrets stay out of them: applications and grants have
//! digests, and phones have lines.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use talkspace_core::{MediaId, NetworkId, OPERATIONS};

use super::app::App;
use super::calls::Call;
use super::changed::Taker;
use super::conference::Conference;
use super::digest::{Digest, Salt};
use super::grants::Grant;
use super::library::Content;
use super::people::Person;
use super::{Seed, State};

#[cfg(test)]
mod tests;

/// One thing of the state. The order of the kinds does not matter but for
/// applications, which come before their conferences. Phone numbers are in some, so
/// none shows itself.
#[derive(Deserialize, Serialize)]
pub(super) enum Row<'r> {
    Salt(Salt),
    App(usize, Digest),
    Seed(Cow<'r, Seed>),
    Conference(usize, usize, Cow<'r, Conference>),
    Person(Cow<'r, NetworkId>, Option<Cow<'r, Person>>),
    Rings(Cow<'r, NetworkId>, u64),
    Media(usize, Cow<'r, MediaId>, Option<Cow<'r, Content>>),
    NoMedia(usize, Cow<'r, MediaId>),
    Grant(Digest, Option<Cow<'r, Grant>>),
    Call(u64, Option<Cow<'r, Call>>),
    Applied(Cow<'r, str>, u64),
    /// The whole number of somebody, which the journal has not.
    Phone(Cow<'r, NetworkId>, Cow<'r, str>),
    /// That of a call which is about one.
    Dialled(u64, Cow<'r, str>),
}

/// Rows that belong together, and when they became so.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// The time and the rows, as JSON.
    pub(crate) rows: Vec<u8>,
    /// The files that uploaded media have, in the order of their rows.
    pub(crate) files: Vec<Bytes>,
}

/// About how many bytes of rows are written at once when all are.
const CHUNK: usize = 256 * 1024;

impl Row<'_> {
    pub(super) fn file(&self) -> Option<&Bytes> {
        match self {
            Self::Media(_, _, Some(content)) => content.attachment(),
            _ => None,
        }
    }
}

impl Change {
    /// Whether it has not even a time.
    pub(crate) fn is_nothing(&self) -> bool {
        self.rows.is_empty()
    }

    /// A change at this time, of nothing so far.
    fn at(now: Duration) -> Result<Self, serde_json::Error> {
        let mut change = Self::default();
        change.push(&now)?;
        Ok(change)
    }

    fn push(&mut self, value: &impl Serialize) -> Result<(), serde_json::Error> {
        if !self.rows.is_empty() {
            self.rows.push(b'\n');
        }
        serde_json::to_writer(&mut self.rows, value)
    }

    fn extend<'r>(
        &mut self,
        rows: impl Iterator<Item = Row<'r>>,
    ) -> Result<bool, serde_json::Error> {
        let before = self.rows.len();
        for row in rows {
            self.push(&row)?;
            self.files.extend(row.file().cloned());
        }
        Ok(self.rows.len() > before)
    }
}

impl State {
    /// Remembers for this taker from now on what changes, or nothing any more.
    pub(crate) fn watch(&mut self, taker: Taker, is_on: bool) {
        if taker == Taker::Journal {
            self.is_kept = is_on;
            self.applied_changed.watch(taker, is_on);
        }
        for app in &mut self.apps {
            app.watch(taker, is_on);
        }
        self.people.watch(taker, is_on);
        self.library.watch(taker, is_on);
        self.grants.watch(taker, is_on);
        self.calls.watch(taker, is_on);
    }

    /// What has changed since this was last asked, if anything has.
    pub(crate) fn change(&mut self, now: Duration) -> Result<Option<Change>, serde_json::Error> {
        if !self.is_kept {
            return Ok(None);
        }
        let mut change = Change::at(now)?;
        let mut is_one = false;
        for (number, app) in self.apps.iter_mut().enumerate() {
            is_one |= change.extend(app.changes(number))?;
        }
        is_one |= change.extend(self.people.changes())?;
        is_one |= change.extend(self.library.changes())?;
        is_one |= change.extend(self.grants.changes())?;
        is_one |= change.extend(self.calls.changes())?;
        let applied = self.applied_changed.take(Taker::Journal);
        is_one |= change.extend(applied.into_iter().map(|id| {
            let count = self.applied.get(id).copied().unwrap_or_default();
            Row::Applied(Cow::Borrowed(id), count)
        }))?;
        Ok(is_one.then_some(change))
    }

    /// That it is this late, and nothing else.
    pub(crate) fn moment(now: Duration) -> Result<Change, serde_json::Error> {
        Change::at(now)
    }

    /// The whole state.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let apps = self.apps.iter().enumerate();
        let seeds = self.seeds.iter().map(|seed| Row::Seed(Cow::Borrowed(seed)));
        let applied = self.applied.iter();
        let applied = applied.map(|(id, count)| Row::Applied(Cow::Borrowed(id), *count));
        std::iter::once(Row::Salt(self.salt))
            .chain(apps.flat_map(|(number, app)| app.rows(number)))
            .chain(seeds)
            .chain(self.people.rows())
            .chain(self.library.rows())
            .chain(self.grants.rows())
            .chain(self.calls.rows())
            .chain(applied)
    }

    /// Hands the whole state over, in parts.
    pub(crate) fn hand_over<E: From<serde_json::Error>>(
        &self,
        now: Duration,
        mut take: impl FnMut(Change) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut change = Change::at(now)?;
        for row in self.rows() {
            change.extend(std::iter::once(row))?;
            // Files are not copied, but they are read in one piece.
            if change.rows.len() > CHUNK || !change.files.is_empty() {
                take(std::mem::replace(&mut change, Change::at(now)?))?;
            }
        }
        take(change)
    }

    /// Makes a change that was handed over. Gives its time.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub(crate) fn restore(&mut self, change: Change) -> Result<Duration, String> {
        let mut lines = change.rows.split(|byte| *byte == b'\n');
        // What was read has them in one piece.
        let mut files = change.files.into_iter().next().unwrap_or_default();
        let now = lines.next().unwrap_or_default();
        let now = serde_json::from_slice(now).map_err(|error| error.to_string())?;
        for line in lines {
            let row = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            if !self.restore_row(row, &mut files) {
                return Err("what it says cannot follow what is before it".to_owned());
            }
        }
        Ok(now)
    }

    /// Says whether this row can follow those before it.
    pub(super) fn restore_row(&mut self, row: Row<'_>, files: &mut Bytes) -> bool {
        match row {
            Row::Salt(salt) => self.salt = salt,
            Row::App(number, key) => {
                if number != self.apps.len() {
                    return false;
                }
                self.apps.push(App::new(key));
            }
            Row::Seed(seed) => {
                self.seeds.insert(seed.into_owned());
            }
            Row::Conference(app, place, conference) => {
                let app = self.apps.get_mut(app);
                return app.is_some_and(|app| app.restore(place, conference.into_owned()));
            }
            Row::Person(id, person) => self
                .people
                .restore(id.into_owned(), person.map(Cow::into_owned)),
            Row::Rings(id, rings) => self.people.restore_rings(id.into_owned(), rings),
            Row::Media(app, id, content) => {
                let mut content = content.map(Cow::into_owned);
                if let Some(content) = &mut content {
                    if !content.attach(files) {
                        return false;
                    }
                }
                self.library.put(app, id.into_owned(), content);
            }
            Row::NoMedia(app, id) => {
                self.library.remove(app, &id);
            }
            Row::Grant(id, grant) => self.grants.restore(id, grant.map(Cow::into_owned)),
            Row::Call(number, call) => self.calls.restore(number, call.map(Cow::into_owned)),
            Row::Applied(id, count) => {
                if let Some(info) = OPERATIONS.iter().find(|info| info.id == id) {
                    self.applied.insert(info.id, count);
                }
            }
            Row::Phone(id, phone) => {
                let Ok(phone) = phone.parse() else {
                    return false;
                };
                self.people.set_phone(&id, phone);
            }
            Row::Dialled(number, phone) => {
                let Ok(phone) = phone.parse() else {
                    return false;
                };
                self.calls.alter(number, |call| call.set_phone(phone));
            }
        }
        true
    }
}
