//! The conferences of one application.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use talkspace_core::{ConferenceId, MediaId, NetworkId};

use super::changed::{Changed, Taker};
use super::conference::{Conference, Open, Recording};
use super::digest::Digest;
use super::rows::Row;
use super::whereabouts::Whereabouts;
use crate::telephone::Wanted;

/// One application. Nothing of it is seen by another.
#[derive(Debug)]
pub(crate) struct App {
    /// What names it where its key must not stand.
    pub(super) key: Digest,
    /// In the order of their creation.
    conferences: Vec<Conference>,
    /// Their places, by the number that the id spells.
    index: HashMap<u128, usize>,
    whereabouts: Whereabouts,
    changed: Changed<usize>,
    /// The calls of those who came, left, or are muted or not any more. The
    /// journal has them with the conferences.
    talks: Changed<u64>,
}

impl App {
    pub(super) fn new(key: Digest) -> Self {
        Self {
            key,
            conferences: Vec::new(),
            index: HashMap::new(),
            whereabouts: Whereabouts::default(),
            changed: Changed::default(),
            talks: Changed::default(),
        }
    }

    /// Says whether its id is of those that can be given.
    pub(super) fn add_conference(&mut self, conference: Conference) -> bool {
        let Some(number) = number(&conference.id) else {
            return false;
        };
        let place = self.conferences.len();
        self.index.insert(number, place);
        conference.note(place, &mut self.whereabouts);
        self.conferences.push(conference);
        self.changed.mark(&place);
        true
    }

    /// All conferences, the oldest first.
    pub(super) fn conferences(&self) -> &[Conference] {
        &self.conferences
    }

    /// A conference, closed or not.
    pub(super) fn conference(&self, id: &ConferenceId) -> Option<&Conference> {
        self.conferences.get(self.place(id)?)
    }

    /// Whether this number, in digits, is the id of one of them.
    pub(super) fn has_numbered(&self, number: u128) -> bool {
        self.index.contains_key(&number)
    }

    fn place(&self, id: &ConferenceId) -> Option<usize> {
        self.index.get(&number(id)?).copied()
    }

    /// Whether something can still happen in a conference.
    pub(super) fn is_open(&self, id: &ConferenceId) -> bool {
        self.conference(id)
            .is_some_and(|conference| !conference.is_closed())
    }

    /// A conference in which something can still happen, to make it happen.
    pub(super) fn open_conference(&mut self, id: &ConferenceId) -> Option<Open<'_>> {
        self.open_at(self.place(id)?)
    }

    fn open_at(&mut self, place: usize) -> Option<Open<'_>> {
        let conference = self.conferences.get_mut(place)?;
        if conference.is_closed() {
            return None;
        }
        self.changed.mark(&place);
        Some(Open {
            conference,
            place,
            whereabouts: &mut self.whereabouts,
            talks: &mut self.talks,
        })
    }

    /// What somebody's calls are that have joined, with their numbers.
    pub(super) fn talks(&self, id: &NetworkId) -> impl Iterator<Item = (u64, Wanted)> {
        let places = self.whereabouts.of(id).into_iter();
        let conferences = places.filter_map(|place| self.conferences.get(place));
        conferences.filter_map(|conference| conference.talk(id))
    }

    /// Whether a conference is being recorded into this media.
    pub(super) fn records_into(&self, media: &MediaId) -> bool {
        self.whereabouts.records_into(media)
    }

    /// Ends all calls of somebody. Gives the recordings that are complete
    /// because of that.
    pub(super) fn drop_person(&mut self, id: &NetworkId, now: Duration) -> Vec<Recording> {
        let mut recordings = Vec::new();
        for place in self.whereabouts.of(id) {
            if let Some(mut open) = self.open_at(place) {
                if open.hang_up(id).is_ok() {
                    recordings.extend(open.recording(now));
                }
            }
        }
        recordings
    }

    pub(super) fn watch(&mut self, taker: Taker, is_on: bool) {
        self.changed.watch(taker, is_on);
        if taker == Taker::Events {
            self.talks.watch(taker, is_on);
        }
    }

    /// The conferences that have changed, and the numbers of the calls whose
    /// people came, left, or are muted or not any more, for those who watch.
    pub(super) fn news(&mut self) -> (impl Iterator<Item = &Conference>, BTreeSet<u64>) {
        let (changed, conferences) = (self.changed.take(Taker::Events), &self.conferences);
        let changed = changed.into_iter();
        let changed = changed.filter_map(|place| conferences.get(place));
        (changed, self.talks.take(Taker::Events))
    }

    /// The conferences that have changed, of the application of this number.
    pub(super) fn changes(&mut self, number: usize) -> impl Iterator<Item = Row<'_>> {
        let (changed, conferences) = (self.changed.take(Taker::Journal), &self.conferences);
        changed.into_iter().filter_map(move |place| {
            let conference = conferences.get(place)?;
            Some(Row::Conference(number, place, Cow::Borrowed(conference)))
        })
    }

    /// The application of this number, and all its conferences.
    pub(super) fn rows(&self, number: usize) -> impl Iterator<Item = Row<'_>> {
        let conferences = self.conferences.iter().enumerate();
        let rows = conferences.map(move |(place, conference)| {
            Row::Conference(number, place, Cow::Borrowed(conference))
        });
        std::iter::once(Row::App(number, self.key)).chain(rows)
    }

    /// Says whether there can be a conference at this place.
    pub(super) fn restore(&mut self, place: usize, conference: Conference) -> bool {
        if place == self.conferences.len() {
            return self.add_conference(conference);
        }
        let Some(before) = self.conferences.get_mut(place) else {
            return false;
        };
        before.unnote(place, &mut self.whereabouts);
        conference.note(place, &mut self.whereabouts);
        *before = conference;
        true
    }
}

/// The number whose 32 hexadecimal digits an id is, as every id that was given.
fn number(id: &ConferenceId) -> Option<u128> {
    let digits = id.as_str().as_bytes();
    let add = |number: u128, digit: &u8| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    };
    (digits.len() == 32)
        .then_some(digits)?
        .iter()
        .try_fold(0, add)
}
