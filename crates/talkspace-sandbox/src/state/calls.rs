//! The calls that are going on, and what will become of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::{ConferenceId, MediaId, NetworkId, PhoneNumber};

/// A call that the service makes.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Call {
    pub(super) app: usize,
    pub(super) person: NetworkId,
    pub(super) purpose: Purpose,
}

/// Why somebody is called.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Purpose {
    /// To be registered with this phone.
    Register(#[serde(with = "super::saved::line")] PhoneNumber),
    /// To have this phone from now on.
    ChangePhone(#[serde(with = "super::saved::line")] PhoneNumber),
    /// To join a conference. Once that is done, the call is the conference's.
    Join(ConferenceId),
    /// To be recorded.
    Record(MediaId),
    /// To hear something.
    Listen(Vec<MediaId>),
}

impl Call {
    /// Whether the call records or plays this media.
    fn uses(&self, media: &MediaId) -> bool {
        match &self.purpose {
            Purpose::Record(recorded) => recorded == media,
            Purpose::Listen(played) => played.contains(media),
            Purpose::Register(_) | Purpose::ChangePhone(_) | Purpose::Join(_) => false,
        }
    }
}

/// Something that happens to a call, in the order of its time.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct Due {
    pub(super) at: Duration,
    pub(super) call: u64,
    pub(super) event: Event,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) enum Event {
    /// The person answers and presses 1.
    Answered,
    /// Nobody answers, or the call is rejected.
    GivenUp,
    /// The person has spoken, or has heard everything.
    Over,
}

/// Every call that rings or is heard, and when that will change.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Calls {
    going: BTreeMap<u64, Call>,
    last: u64,
    /// May name calls that were ended meanwhile; nothing happens to those.
    due: BinaryHeap<Reverse<Due>>,
}

impl Calls {
    /// Places a call to which this happens first. Gives its number, which
    /// tells it from all others.
    pub(super) fn place(&mut self, call: Call, at: Duration, event: Event) -> u64 {
        self.last += 1;
        self.going.insert(self.last, call);
        self.schedule(self.last, at, event);
        self.last
    }

    pub(super) fn schedule(&mut self, call: u64, at: Duration, event: Event) {
        self.due.push(Reverse(Due { at, call, event }));
    }

    pub(super) fn get(&self, number: u64) -> Option<&Call> {
        self.going.get(&number)
    }

    /// Takes a call out that is over.
    pub(super) fn end(&mut self, number: u64) -> Option<Call> {
        self.going.remove(&number)
    }

    /// Ends calls of a person on behalf of an application.
    pub(super) fn end_all(&mut self, app: usize, person: &NetworkId, which: fn(&Purpose) -> bool) {
        self.going
            .retain(|_, call| call.app != app || call.person != *person || !which(&call.purpose));
    }

    /// Ends calls of a person that this newer one replaces.
    pub(super) fn end_all_but(
        &mut self,
        newest: u64,
        app: usize,
        person: &NetworkId,
        which: fn(&Purpose) -> bool,
    ) {
        let call = self.going.remove(&newest);
        self.end_all(app, person, which);
        self.going.extend(call.map(|call| (newest, call)));
    }

    /// Whether media of an application is being recorded or played.
    pub(super) fn use_media(&self, app: usize, media: &MediaId) -> bool {
        self.going
            .values()
            .any(|call| call.app == app && call.uses(media))
    }

    /// The next thing whose time has come.
    pub(super) fn next_due(&mut self, now: Duration) -> Option<Due> {
        if self.due.peek().is_some_and(|Reverse(due)| due.at <= now) {
            self.due.pop().map(|Reverse(due)| due)
        } else {
            None
        }
    }
}
