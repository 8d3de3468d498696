//! What happened since a snapshot.

use talkspace_core::{MediaId, NetworkId};

use super::{Call, Media, Person, Snapshot, Talkspace, Time};

/// Something that happened in a sandbox. Events are numbered without gaps.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its number.
    pub seq: u64,
    /// What happened.
    pub what: What,
}

/// What happened. It names the thing as it is from now on, whole.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// A call came, or is another one now.
    Call(Call),
    /// The call of this number is over.
    CallOver(u64),
    /// A TalkSpace came, or is another one now.
    Talkspace(Talkspace),
    /// A person came, or is another one now.
    Person(Person),
    /// This person is not known any more.
    PersonGone(NetworkId),
    /// Media came, or is another one now.
    Media(Media),
    /// This media of the application of this number was removed.
    MediaGone(usize, MediaId),
    /// The clock was frozen, let go, or moved while it was frozen.
    Clock(Time),
    /// An outage began or ended.
    Outage(bool),
}

impl Snapshot {
    /// Makes it the snapshot after this event. One that is in it already changes
    /// nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.seq {
            return;
        }
        self.seq = event.seq;
        match &event.what {
            What::Call(call) => put(&mut self.calls, call, |call| call.call),
            What::CallOver(call) => self.calls.retain(|other| other.call != *call),
            What::Talkspace(talkspace) => self.put_talkspace(talkspace),
            What::Person(person) => put(&mut self.people, person, |person| person.id.clone()),
            What::PersonGone(id) => self.people.retain(|other| other.id != *id),
            What::Media(media) => {
                put(&mut self.media, media, |media| {
                    (media.app, media.id.clone())
                });
            }
            What::MediaGone(app, id) => self
                .media
                .retain(|other| (other.app, &other.id) != (*app, id)),
            What::Clock(clock) => self.clock = *clock,
            What::Outage(outage) => self.outage = *outage,
        }
    }

    fn put_talkspace(&mut self, talkspace: &Talkspace) {
        let is_it = |other: &Talkspace| (other.app, &other.id) == (talkspace.app, &talkspace.id);
        match self.talkspaces.iter_mut().find(|other| is_it(other)) {
            Some(known) => *known = talkspace.clone(),
            None => {
                // A new one is its application's last.
                let is_before = |other: &Talkspace| other.app <= talkspace.app;
                let place = self.talkspaces.partition_point(is_before);
                self.talkspaces.insert(place, talkspace.clone());
            }
        }
    }
}

/// Puts a thing where one with its key is, or into its place.
fn put<T: Clone, K: Ord>(things: &mut Vec<T>, thing: &T, key: impl Fn(&T) -> K) {
    let new = key(thing);
    let place = things.binary_search_by(|other| key(other).cmp(&new));
    match place.map(|place| things.get_mut(place)) {
        Ok(Some(known)) => *known = thing.clone(),
        Ok(None) => {}
        Err(place) => things.insert(place, thing.clone()),
    }
}
