//! The calls that are going on, and what will become of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::{ConferenceId, MediaId, NetworkId, PhoneNumber};

use super::changed::{Changed, Taker};
use super::rows::Row;
use crate::mp3::Tape;

/// A call that the service makes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Call {
    pub(super) app: usize,
    pub(super) person: NetworkId,
    pub(super) purpose: Purpose,
    /// What is played before the person can press 1.
    pub(super) greeting: Option<MediaId>,
    /// Whether the person has answered, and may press 1.
    pub(super) is_answered: bool,
    /// When it became what it is: ringing, answered or heard.
    pub(super) since: Duration,
    /// When something happens to it, unless something is reported before.
    pub(super) at: Duration,
    /// What happens then.
    pub(super) event: Event,
    /// What was said so far. Nobody who keeps a file holds a telephone.
    #[serde(skip)]
    pub(super) said: Option<Box<Tape>>,
}

/// Why somebody is called.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Purpose {
    /// To be registered with this phone.
    Register(#[serde(with = "super::phone_as_line")] PhoneNumber),
    /// To have this phone from now on.
    ChangePhone(#[serde(with = "super::phone_as_line")] PhoneNumber),
    /// To join a conference. Once that is done, the call is the conference's.
    Join(ConferenceId),
    /// To be recorded.
    Record(MediaId),
    /// To hear something.
    Listen(Vec<MediaId>),
}

impl Call {
    /// Whether the person speaks or listens.
    pub(super) fn is_heard(&self) -> bool {
        self.event == Event::Over
    }

    /// The phone that it is about, if it is about one.
    pub(super) const fn phone(&self) -> Option<&PhoneNumber> {
        match &self.purpose {
            Purpose::Register(phone) | Purpose::ChangePhone(phone) => Some(phone),
            Purpose::Join(_) | Purpose::Record(_) | Purpose::Listen(_) => None,
        }
    }

    pub(super) fn set_phone(&mut self, to: PhoneNumber) {
        if let Purpose::Register(phone) | Purpose::ChangePhone(phone) = &mut self.purpose {
            *phone = to;
        }
    }

    /// It, as if all of it had come so much later.
    pub(super) const fn delay(&mut self, by: Duration) {
        self.since = self.since.saturating_add(by);
        self.at = self.at.saturating_add(by);
    }

    /// The media that the call is recorded into.
    const fn media(&self) -> Option<&MediaId> {
        match &self.purpose {
            Purpose::Record(media) => Some(media),
            Purpose::Listen(_)
            | Purpose::Register(_)
            | Purpose::ChangePhone(_)
            | Purpose::Join(_) => None,
        }
    }
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Event {
    /// The person presses 1, having answered.
    Accepted,
    /// Nobody answers or presses 1, or the call is rejected.
    GivenUp,
    /// The person has spoken, or has heard everything.
    Over,
}

/// Every call that rings or is heard, and when that will change.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    going: HashMap<u64, Call>,
    last: u64,
    by_time: BTreeSet<(Duration, u64)>,
    /// By the number of the application and the person.
    by_person: HashMap<(usize, NetworkId), BTreeSet<u64>>,
    /// How many calls are recorded into media of an application.
    recording: HashMap<(usize, MediaId), usize>,
    changed: Changed<u64>,
}

impl Calls {
    /// Places a call. Gives its number, which tells it from all others.
    pub(super) fn place(&mut self, call: Call) -> u64 {
        self.last += 1;
        self.put(self.last, call);
        self.last
    }

    fn put(&mut self, number: u64, call: Call) {
        self.by_time.insert((call.at, number));
        let whose = (call.app, call.person.clone());
        self.by_person.entry(whose).or_default().insert(number);
        if let Some(media) = call.media() {
            let uses = self.recording.entry((call.app, media.clone())).or_default();
            *uses += 1;
        }
        self.going.insert(number, call);
        self.changed.mark(&number);
    }

    /// Takes a call out that is over.
    pub(super) fn end(&mut self, number: u64) -> Option<Call> {
        let call = self.going.remove(&number)?;
        self.by_time.remove(&(call.at, number));
        let whose = (call.app, call.person.clone());
        if let Some(numbers) = self.by_person.get_mut(&whose) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_person.remove(&whose);
            }
        }
        if let Some(media) = call.media() {
            let what = (call.app, media.clone());
            if let Some(uses) = self.recording.get_mut(&what) {
                *uses -= 1;
                if *uses == 0 {
                    self.recording.remove(&what);
                }
            }
        }
        self.changed.mark(&number);
        Some(call)
    }

    /// Changes what a call is, and when something happens to it.
    pub(super) fn alter(&mut self, number: u64, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.going.get_mut(&number) {
            self.by_time.remove(&(call.at, number));
            change(call);
            self.by_time.insert((call.at, number));
            self.changed.mark(&number);
        }
    }

    pub(super) fn get(&self, number: u64) -> Option<&Call> {
        self.going.get(&number)
    }

    /// The calls of a person on behalf of an application, the oldest first.
    pub(super) fn of(&self, app: usize, person: &NetworkId) -> impl Iterator<Item = (u64, &Call)> {
        let numbers = self.by_person.get(&(app, person.clone()));
        let numbers = numbers.into_iter().flatten();
        numbers.filter_map(|number| Some((*number, self.going.get(number)?)))
    }

    /// Ends calls of a person on behalf of an application, but for this one.
    pub(super) fn end_all(
        &mut self,
        app: usize,
        person: &NetworkId,
        but: Option<u64>,
        which: fn(&Purpose) -> bool,
    ) {
        let numbers = self.by_person.get(&(app, person.clone()));
        let ended: Vec<u64> = numbers
            .into_iter()
            .flatten()
            .filter(|number| Some(**number) != but)
            .filter(|number| self.going.get(number).is_some_and(|c| which(&c.purpose)))
            .copied()
            .collect();
        for number in ended {
            self.end(number);
        }
    }

    /// Ends all calls on behalf of an application.
    pub(super) fn end_of(&mut self, app: usize) {
        let calls = self.going.iter();
        let ended: Vec<u64> = calls
            .filter(|(_, call)| call.app == app)
            .map(|(number, _)| *number)
            .collect();
        for number in ended {
            self.end(number);
        }
    }

    /// Numbers calls from where others ended, if that is later.
    pub(super) fn go_on_after(&mut self, others: &Self) {
        self.last = self.last.max(others.last);
    }

    /// The phones that calls are about, with their numbers.
    pub(super) fn phones(&self) -> impl Iterator<Item = Row<'_>> {
        let going: BTreeMap<_, _> = self.going.iter().collect();
        going.into_iter().filter_map(|(number, call)| {
            let phone = Cow::Borrowed(call.phone()?.as_str());
            Some(Row::Dialled(*number, phone))
        })
    }

    /// Whether a call is recorded into media of an application, or may be.
    pub(super) fn record_into(&self, app: usize, media: &MediaId) -> bool {
        self.recording.contains_key(&(app, media.clone()))
    }

    /// When something happens next.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// The next call whose time has come.
    pub(super) fn next_due(&self, now: Duration) -> Option<(u64, &Call)> {
        let (at, number) = *self.by_time.first()?;
        (at <= now).then_some((number, self.going.get(&number)?))
    }

    pub(super) fn watch(&mut self, taker: Taker, is_on: bool) {
        self.changed.watch(taker, is_on);
    }

    /// The number of the last call that was placed.
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// The numbers of all calls.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.going.keys().copied()
    }

    /// The numbers of the calls that have changed, for those who watch.
    pub(super) fn news(&mut self) -> BTreeSet<u64> {
        self.changed.take(Taker::Events)
    }

    /// The calls that have changed.
    pub(super) fn changes(&mut self) -> impl Iterator<Item = Row<'_>> {
        let changed = self.changed.take(Taker::Journal);
        changed.into_iter().map(|number| self.row(number))
    }

    /// Every call, and the last number.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let going: BTreeMap<_, _> = self.going.iter().collect();
        let going = going.into_keys().map(|number| self.row(*number));
        std::iter::once(Row::Call(self.last, None)).chain(going)
    }

    fn row(&self, number: u64) -> Row<'_> {
        Row::Call(number, self.going.get(&number).map(Cow::Borrowed))
    }

    pub(super) fn restore(&mut self, number: u64, call: Option<Call>) {
        self.end(number);
        self.last = self.last.max(number);
        if let Some(call) = call {
            self.put(number, call);
        }
    }
}
