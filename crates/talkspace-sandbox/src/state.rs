//! The state of the service, and the rules that change it.
//!
//! Everything here is pure: what happens depends on the state, the request,
//! the time and the random numbers that are passed in. Nobody's phone rings by
//! itself either: [`State::advance`] lets the people who were called answer.

mod app;
mod conference;
mod people;
mod talkspaces;
mod timer;

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use talkspace_core::server::Refusal;
use talkspace_core::{AppKey, MediaId, NetworkId, OperationInfo};

use app::App;
pub use people::Habit;
use people::{People, Person};
use timer::Timers;

#[cfg(test)]
mod tests;

/// The whole state of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct State {
    apps: HashMap<AppKey, App>,
    people: People,
    timers: Timers,
    /// How long a phone rings before it is answered.
    ring: Duration,
    /// No call can be placed, and none ended: what may answer 502 does.
    pub(crate) outage: bool,
}

impl State {
    /// Nobody and nothing, with this time for a phone to ring.
    pub(crate) fn new(ring: Duration) -> Self {
        Self {
            ring,
            ..Self::default()
        }
    }

    /// Makes an application known.
    pub(crate) fn add_app(&mut self, key: AppKey) {
        let number = self.apps.len();
        self.apps.entry(key).or_insert_with(|| App::new(number));
    }

    /// Makes a person known, as a customer of every application so far.
    pub(crate) fn add_person(&mut self, id: NetworkId) {
        for app in self.apps.values_mut() {
            app.relate(id.clone());
        }
        self.people.insert(id, Person::default());
    }

    /// Gives a media id its content, in every application so far.
    pub(crate) fn add_media(&mut self, id: &MediaId, content: &[u8]) {
        for app in self.apps.values_mut() {
            app.add_media(id.clone(), content.to_vec());
        }
    }

    /// How often the phone of a person has rung.
    pub(crate) fn rings(&self, id: &NetworkId) -> u64 {
        self.people.get(id).map_or(0, |person| person.rings)
    }

    /// Lets everything happen that is due: phones are answered, or not.
    pub(crate) fn advance(&mut self, now: Duration) {
        while let Some(due) = self.timers.next_due(now) {
            if let Some(app) = self.apps.values_mut().find(|app| app.number == due.app) {
                app.stop_ringing(&due);
            }
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
        let Some(app) = self.apps.get_mut(key) else {
            return Err(Refusal::new(400, "Missing or invalid appkey parameter"));
        };
        if self.outage && operation.refusals.contains(&502) {
            return Err(Refusal::new(502, ""));
        }
        Ok(Session {
            app,
            people: &mut self.people,
            timers: &mut self.timers,
            ring: self.ring,
            now,
            rng,
        })
    }
}

/// What a request of one application may see and change.
pub(crate) struct Session<'s> {
    app: &'s mut App,
    people: &'s mut People,
    timers: &'s mut Timers,
    ring: Duration,
    now: Duration,
    rng: &'s mut Rng,
}

/// A fresh id of the form that the service gives: 32 hexadecimal digits.
pub(crate) fn fresh_id(rng: &mut Rng) -> String {
    format!("{:032x}", rng.u128(..))
}
