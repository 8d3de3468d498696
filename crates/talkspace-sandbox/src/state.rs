//! The state of the service, and the rules that change it.
//!
//! Everything here is pure: what happens depends on the state, the request,
//! the time and the random numbers that are passed in. Nobody's phone rings by
//! itself either: [`State::advance`] lets the people who were called answer.

mod app;
mod calls;
mod conference;
mod grants;
mod habit;
mod library;
mod media;
mod people;
mod registrants;
mod saved;
mod talkspaces;
mod uploads;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use talkspace_core::server::Refusal;
use talkspace_core::{AppKey, Effect, MediaId, NetworkId, OperationInfo, PhoneNumber};

use app::App;
use calls::{Call, Calls, Due, Event, Purpose};
use conference::Recording;
use grants::Grants;
pub use habit::{Habit, Line};
use library::{Finding, Library, Origin};
use people::People;
pub(crate) use saved::Restored;

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
    /// Whether media without content is answered with 200 on the HTTP line,
    /// and 204 in the envelope alone.
    pub(crate) no_content_in_body: bool,
}

/// The whole state of a sandbox.
#[derive(Debug)]
pub(crate) struct State {
    /// An application's number is its place in `apps`.
    keys: HashMap<AppKey, usize>,
    /// The digests of the keys of applications that were restored, and that
    /// nobody has the key of.
    keyless: HashMap<usize, String>,
    apps: Vec<App>,
    people: People,
    library: Library,
    grants: Grants,
    calls: Calls,
    settings: Settings,
    /// How often each operation was done.
    applied: HashMap<&'static str, u64>,
    /// Goes up with every change that outlives a process.
    version: u64,
    /// No call can be placed, and none ended: what may answer 502 does.
    pub(crate) outage: bool,
}

impl State {
    /// Nobody and nothing.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            keys: HashMap::new(),
            keyless: HashMap::new(),
            version: 0,
            apps: Vec::new(),
            people: People::default(),
            library: Library::default(),
            grants: Grants::default(),
            calls: Calls::default(),
            settings,
            applied: HashMap::new(),
            outage: false,
        }
    }

    /// Makes an application known.
    pub(crate) fn add_app(&mut self, key: AppKey) {
        self.keys.entry(key).or_insert_with(|| {
            self.apps.push(App::default());
            self.apps.len() - 1
        });
    }

    /// Makes a person known, as a customer of every application so far.
    pub(crate) fn add_person(&mut self, id: &NetworkId, phone: &PhoneNumber) {
        for app in 0..self.apps.len() {
            self.people.relate(id.clone(), app, phone.clone());
        }
    }

    /// Gives a media id its content, in every application so far: this file,
    /// or a moment of silence.
    pub(crate) fn add_media(&mut self, id: &MediaId, file: Option<&Bytes>, rng: &mut Rng) {
        for app in 0..self.apps.len() {
            // What was restored stays.
            if let Finding::Own(Some(_)) = self.library.find(app, id) {
                continue;
            }
            self.library.create(app, id.clone());
            self.library.seed(app, id, file, rng);
        }
    }

    /// How often the phone of a person has rung.
    pub(crate) fn rings(&self, id: &NetworkId) -> u64 {
        self.people.rings(id)
    }

    /// How often an operation was done.
    pub(crate) fn applied(&self, operation: &str) -> u64 {
        self.applied.get(operation).copied().unwrap_or_default()
    }

    /// Counts an operation that was done.
    pub(crate) fn count(&mut self, operation: &OperationInfo) {
        *self.applied.entry(operation.id).or_default() += 1;
        if operation.effect != Effect::Reads {
            self.version += 1;
        }
    }

    /// Which state this is.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// Lets everything happen that is due: phones are answered, or not.
    pub(crate) fn advance(&mut self, now: Duration, rng: &mut Rng) {
        while let Some(due) = self.calls.next_due(now) {
            self.happen(due, rng);
        }
        self.grants.expire(now);
    }

    fn happen(&mut self, due: Due, rng: &mut Rng) {
        self.version += 1;
        let Some(call) = self.calls.get(due.call) else {
            return;
        };
        let is_heard = matches!(call.purpose, Purpose::Record(_) | Purpose::Listen(_));
        if is_heard && due.event == Event::Answered {
            let over = due.at.saturating_add(self.settings.speech);
            self.calls.schedule(due.call, over, Event::Over);
            return;
        }
        let Some(Call {
            app,
            person,
            purpose,
        }) = self.calls.end(due.call)
        else {
            return;
        };
        match (purpose, due.event) {
            (Purpose::Join(conference), event) => {
                let conference = self
                    .apps
                    .get_mut(app)
                    .and_then(|app| app.open_conference(&conference));
                let Some(conference) = conference else {
                    return;
                };
                if event == Event::Answered {
                    conference.join(due.call, due.at);
                } else {
                    conference.give_up(due.call);
                }
                let recording = conference.recording(due.at);
                self.library.keep(app, recording, rng);
            }
            (Purpose::Register(phone), Event::Answered) => self.people.relate(person, app, phone),
            (Purpose::ChangePhone(phone), Event::Answered) => self.people.set_phone(&person, phone),
            (Purpose::Record(media), Event::Over) => {
                let (length, origin) = (self.settings.speech, Origin::Spoken(person));
                self.library.record(app, &media, length, origin, rng);
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
    ) -> Result<Session<'s>, Refusal> {
        let number = self.keys.get(key).copied();
        let Some((number, app)) = number.and_then(|n| Some((n, self.apps.get_mut(n)?))) else {
            let status = unknown_key_status(operation.id);
            return Err(Refusal::new(status, "Missing or invalid appkey parameter"));
        };
        if self.outage && operation.refusals.contains(&502) {
            return Err(Refusal::new(502, ""));
        }
        Ok(Session {
            number,
            app,
            people: &mut self.people,
            library: &mut self.library,
            grants: &mut self.grants,
            calls: &mut self.calls,
            settings: &self.settings,
            now,
            rng,
        })
    }
}

/// What an unknown key is answered, which the service never agreed with itself
/// about.
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
    people: &'s mut People,
    library: &'s mut Library,
    grants: &'s mut Grants,
    calls: &'s mut Calls,
    settings: &'s Settings,
    now: Duration,
    rng: &'s mut Rng,
}

impl Session<'_> {
    /// Makes a phone ring, and gives this call's number.
    fn dial(
        &mut self,
        person: &NetworkId,
        phone: &PhoneNumber,
        purpose: Purpose,
    ) -> Result<u64, Refusal> {
        let habit = Habit::on(person, phone);
        if habit == Habit::Unreachable {
            return Err(Refusal::new(502, ""));
        }
        self.people.count_ring(person);
        let (rings_for, answers) = habit.reaction(self.settings.ring);
        let event = if answers {
            Event::Answered
        } else {
            Event::GivenUp
        };
        let call = Call {
            app: self.number,
            person: person.clone(),
            purpose,
        };
        let at = self.now.saturating_add(rings_for);
        Ok(self.calls.place(call, at, event))
    }

    /// The phone of somebody who is registered with the application, or this status.
    fn phone_of(&self, person: &NetworkId, otherwise: u16) -> Result<PhoneNumber, Refusal> {
        self.people
            .phone(person, self.number)
            .cloned()
            .ok_or_else(|| Refusal::new(otherwise, "Missing or invalid networkid parameter"))
    }

    /// Stores what was said in a conference.
    fn keep(&mut self, recording: Option<Recording>) {
        self.library.keep(self.number, recording, self.rng);
    }
}

/// A fresh id of the form that the service gives: 32 hexadecimal digits.
fn fresh_id(rng: &mut Rng) -> String {
    format!("{:032x}", rng.u128(..))
}
