//! The state of the service, and the rules that change it.
//!
//! Everything here is pure: what happens depends on the state, the request,
//! the time and the random numbers that are passed in. Nobody's phone rings by
//! itself either: [`State::advance`] lets the people who were called answer.

mod anew;
mod app;
mod calls;
mod changed;
mod conference;
mod digest;
mod grants;
mod habit;
mod library;
mod media;
mod people;
mod phone_as_line;
mod registrants;
mod rows;
mod saved;
mod talkspaces;
mod telephones;
mod uploads;
mod views;
mod whereabouts;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use talkspace_core::operation::OperationInfo;
use talkspace_core::server::ServiceError;
use talkspace_core::{AppKey, ConferenceId, Effect, MediaId, NetworkId, PhoneNumber};

use app::App;
use calls::{Call, Calls, Event, Purpose};
use changed::Changed;
pub(crate) use changed::Taker;
use conference::Recording;
use digest::Salt;
use grants::Grants;
pub use habit::{Habit, Line};
use library::{Library, MediaOrigin};
use people::People;
pub(crate) use rows::Change;
pub(crate) use saved::{Draft, Text};
pub(crate) use telephones::Report;

#[cfg(test)]
mod tests;

/// What does not change while a sandbox runs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long a phone rings before it is answered.
    pub(crate) ring: Duration,
    /// How long somebody speaks who is recorded, and listens who is played something.
    pub(crate) speech: Duration,
    /// The address under which media is served.
    pub(crate) url: String,
    /// Whether the status of media without content is HTTP 200, and 204 in the
    /// envelope alone.
    pub(crate) no_content_in_body: bool,
}

/// The whole state of a sandbox.
#[derive(Debug)]
pub(crate) struct State {
    /// An application's number is its index in `apps`. There may be some whose
    /// key is not known.
    keys: HashMap<AppKey, usize>,
    apps: Vec<App>,
    people: People,
    library: Library,
    grants: Grants,
    calls: Calls,
    /// Whose telephones are not the crowd's: what happens to them is reported.
    held: BTreeSet<NetworkId>,
    settings: Settings,
    /// How often each operation was done.
    applied: HashMap<&'static str, u64>,
    applied_changed: Changed<&'static str>,
    /// What the applications had from their beginning.
    seeds: BTreeSet<Seed>,
    salt: Salt,
    /// Whether changes are remembered for the journal.
    is_kept: bool,
    /// No phone call can be placed, and none ended: what documents a 502 returns it.
    pub(crate) outage: bool,
}

/// Something that an application is given once, and may then remove.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
enum Seed {
    Person(usize, NetworkId),
    Media(usize, MediaId),
}

impl State {
    /// Without people, media or applications.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            keys: HashMap::new(),
            apps: Vec::new(),
            people: People::default(),
            library: Library::default(),
            grants: Grants::default(),
            calls: Calls::default(),
            held: BTreeSet::new(),
            settings,
            applied: HashMap::new(),
            applied_changed: Changed::default(),
            seeds: BTreeSet::new(),
            salt: Salt::fresh(&mut Rng::new()),
            is_kept: false,
            outage: false,
        }
    }

    /// Makes an application known, or the key of one that is.
    pub(crate) fn add_app(&mut self, key: AppKey) {
        let digest = self.salt.digest(&key);
        let number = self.apps.iter().position(|app| app.key == digest);
        let number = number.unwrap_or_else(|| {
            self.apps.push(App::new(digest));
            self.apps.len() - 1
        });
        self.keys.insert(key, number);
    }

    /// Makes a person known, once, as a customer of every application so far.
    pub(crate) fn add_person(&mut self, id: &NetworkId, phone: &PhoneNumber) {
        for app in 0..self.apps.len() {
            if self.seeds.insert(Seed::Person(app, id.clone())) {
                self.people.relate(id.clone(), app, phone.clone());
            }
        }
    }

    /// Gives a media id its content, once, in every application so far: this
    /// file, or a moment of silence.
    pub(crate) fn add_media(&mut self, id: &MediaId, file: Option<&Bytes>, rng: &mut Rng) {
        for app in 0..self.apps.len() {
            if self.seeds.insert(Seed::Media(app, id.clone())) {
                self.library.create(app, id.clone());
                self.library.seed(app, id, file, rng);
            }
        }
    }

    /// How often the phone of a person has rung.
    pub(crate) fn rings(&self, id: &NetworkId) -> u64 {
        self.people.rings(id)
    }

    /// Whether somebody is muted in a conference of whichever application.
    pub(crate) fn is_muted(&self, id: &ConferenceId, person: &NetworkId) -> bool {
        let mut conferences = self.apps.iter().filter_map(|app| app.conference(id));
        conferences.any(|conference| conference.is_muted(person))
    }

    /// How often an operation was done.
    pub(crate) fn applied(&self, operation: &str) -> u64 {
        self.applied.get(operation).copied().unwrap_or_default()
    }

    /// Counts an operation that was done. Those that only read are counted from
    /// the start of the process on.
    pub(crate) fn count(&mut self, operation: &OperationInfo) {
        *self.applied.entry(operation.id).or_default() += 1;
        if operation.effect != Effect::Reads {
            self.applied_changed.mark(&operation.id);
        }
    }

    /// Lets everything happen that is due: phones are answered, or not. Says
    /// whether something did.
    pub(crate) fn advance(&mut self, now: Duration, rng: &mut Rng) -> bool {
        let mut has_happened = false;
        while let Some((number, call)) = self.calls.next_due(now) {
            has_happened = true;
            let (at, event) = (call.at, call.event);
            if event == Event::Accepted {
                self.accept(number, at, rng);
            } else {
                self.end(number, at, event, rng);
            }
        }
        self.grants.expire(now);
        has_happened
    }

    /// When something happens next.
    pub(crate) fn next_at(&self) -> Option<Duration> {
        self.calls.next_at()
    }

    /// The last thing happens to a call.
    fn happen(&mut self, number: u64, call: Call, rng: &mut Rng) {
        let Call {
            app,
            person,
            purpose,
            since,
            at,
            event,
            said,
            ..
        } = call;
        match (purpose, event) {
            (Purpose::Join(conference), event) => {
                let app_state = self.apps.get_mut(app);
                let conference = app_state.and_then(|app| app.open_conference(&conference));
                let Some(mut conference) = conference else {
                    return;
                };
                if event == Event::Accepted {
                    conference.join(number, at);
                } else {
                    conference.give_up(number);
                }
                let recording = conference.recording(at);
                self.library.keep(app, recording, rng);
            }
            (Purpose::Register(phone), Event::Accepted) => self.people.relate(person, app, phone),
            (Purpose::ChangePhone(phone), Event::Accepted) => self.people.set_phone(&person, phone),
            (Purpose::Record(media), Event::Over) => {
                let (length, origin) = (at.saturating_sub(since), MediaOrigin::Spoken(person));
                let said = said.as_deref();
                self.library.record(app, &media, length, said, origin, rng);
            }
            _ => {}
        }
    }

    /// Lets a request of an application in, when the service can serve it.
    pub(crate) fn enter<'s>(
        &'s mut self,
        key: &AppKey,
        operation: &OperationInfo,
        now: Duration,
        rng: &'s mut Rng,
    ) -> Result<Session<'s>, ServiceError> {
        let number = self.keys.get(key).copied();
        let Some((number, app, others)) = number.and_then(|n| parted(&mut self.apps, n)) else {
            let status = unknown_key_status(operation.id);
            return Err(ServiceError::new(
                status,
                "Missing or invalid appkey parameter",
            ));
        };
        if self.outage && operation.errors.contains(&502) {
            return Err(ServiceError::new(502, ""));
        }
        Ok(Session {
            number,
            app,
            others,
            people: &mut self.people,
            library: &mut self.library,
            grants: &mut self.grants,
            calls: &mut self.calls,
            held: &self.held,
            settings: &self.settings,
            salt: self.salt,
            now,
            rng,
            dialled: None,
        })
    }
}

/// The status for an unknown key, which differed between operations of the
/// service.
fn unknown_key_status(operation: &str) -> u16 {
    match operation {
        "createMedia" | "listMedia" | "recordMedia" | "blastMedia" | "getMediaStatus" => 404,
        "requestUploadGrant" => 401,
        _ => 400,
    }
}

/// What a request of one application may see and change.
pub(crate) struct Session<'s> {
    number: usize,
    app: &'s mut App,
    /// Those before it and after it.
    others: [&'s [App]; 2],
    people: &'s mut People,
    library: &'s mut Library,
    grants: &'s mut Grants,
    calls: &'s mut Calls,
    held: &'s BTreeSet<NetworkId>,
    settings: &'s Settings,
    salt: Salt,
    now: Duration,
    rng: &'s mut Rng,
    dialled: Option<u64>,
}

impl Session<'_> {
    /// The number of the application.
    pub(crate) const fn app(&self) -> usize {
        self.number
    }

    /// The call that was placed.
    pub(crate) const fn dialled(&self) -> Option<u64> {
        self.dialled
    }

    /// Makes a phone ring, and gives this call's number.
    fn dial(
        &mut self,
        person: &NetworkId,
        phone: &PhoneNumber,
        purpose: Purpose,
        greeting: Option<MediaId>,
    ) -> Result<u64, ServiceError> {
        // Whoever holds a telephone has no habit.
        let is_held = !self.held.is_empty() && self.held.contains(person);
        let habit = Habit::on(person, phone);
        if habit == Habit::Unreachable && !is_held {
            return Err(ServiceError::new(502, ""));
        }
        self.people.count_ring(person);
        let mut call = Call {
            app: self.number,
            person: person.clone(),
            purpose,
            greeting,
            is_answered: false,
            since: self.now,
            at: self.now,
            event: Event::GivenUp,
            said: None,
        };
        (call.at, call.event) = if is_held {
            call.unreported(self.settings.speech)
        } else {
            call.by_habit(habit, self.settings, self.now)
        };
        let number = self.calls.place(call);
        self.dialled = Some(number);
        Ok(number)
    }

    /// The phone of somebody who is registered with the application, or this status.
    fn phone_of(&self, person: &NetworkId, otherwise: u16) -> Result<PhoneNumber, ServiceError> {
        self.people
            .phone(person, self.number)
            .cloned()
            .ok_or_else(|| ServiceError::new(otherwise, "Missing or invalid networkid parameter"))
    }

    /// A fresh id of the form that the service gives: 32 hexadecimal digits. The same chance
    /// comes again when a sandbox is seeded again, so what is taken is skipped, by a
    /// conference or media of any application.
    fn fresh_id(&mut self) -> String {
        let (own, others) = (&*self.app, self.others);
        loop {
            let number = self.rng.u128(..);
            let mut apps = others.into_iter().flatten().chain([own]);
            let is_conference = apps.any(|app| app.has_numbered(number));
            let id = MediaId::from(format!("{number:032x}"));
            if !is_conference && !self.library.has(&id) {
                return id.into();
            }
        }
    }

    /// Stores what was said in a conference.
    fn keep(&mut self, recording: Option<Recording>) {
        self.library.keep(self.number, recording, self.rng);
    }
}

/// The application of this number, and the others.
fn parted(apps: &mut [App], number: usize) -> Option<(usize, &mut App, [&[App]; 2])> {
    let (before, rest) = apps.split_at_mut_checked(number)?;
    let (app, after) = rest.split_first_mut()?;
    Some((number, app, [before, after]))
}
