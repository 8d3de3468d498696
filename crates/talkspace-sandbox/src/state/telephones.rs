//! Which calls are wanted, and what whoever holds a telephone reports.
//!
//! Nothing is ordered that could be forgotten: what is [wanted](State::wanted) of
//! a telephone follows from the state as it is. A call that is no longer wanted
//! is over, for whichever reason. What is reported takes the same way as what the
//! crowd does by its habits.

use std::time::Duration;

use fastrand::Rng;
use talkspace_core::NetworkId;

use super::calls::{Call, Event, Purpose};
use super::habit::GIVES_UP_AFTER;
use super::{Habit, Settings, State};
use crate::mp3::{Silence, Speech};
use crate::telephone::{TelephoneError, Wanted, Why};

/// What happened at a telephone.
#[derive(Clone, Debug)]
pub(crate) enum Report {
    Answered,
    Pressed1,
    Declined,
    HungUp,
    Spoke(Speech),
}

/// A call that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    app: usize,
    /// What tells it from all others.
    pub(crate) call: u64,
    pub(crate) wanted: Wanted,
}

impl State {
    /// Takes the telephone of somebody from the crowd: from now on what happens
    /// to it is reported.
    pub(crate) fn hold(&mut self, person: &NetworkId) {
        if self.held.insert(person.clone()) {
            self.people.touch(person);
            let speech = self.settings.speech;
            self.decide_anew(person, |_, call| call.unreported(speech));
        }
    }

    /// Gives it back to the crowd, which treats what rings as if it began to now.
    pub(crate) fn give_back(&mut self, person: &NetworkId, now: Duration) {
        if self.held.remove(person) {
            self.people.touch(person);
            self.decide_anew(person, |state, call| {
                let habit = state.habit(call);
                call.by_habit(habit, &state.settings, now)
            });
        }
    }

    pub(crate) fn is_held(&self, person: &NetworkId) -> bool {
        self.held.contains(person)
    }

    /// Whether anybody waits for what is wanted.
    pub(crate) fn is_any_held(&self) -> bool {
        !self.held.is_empty()
    }

    fn decide_anew(
        &mut self,
        person: &NetworkId,
        fate: impl Fn(&Self, &Call) -> (Duration, Event),
    ) {
        let apps = 0..self.apps.len();
        let calls = apps.flat_map(|app| self.calls.of(app, person));
        let fates: Vec<_> = calls
            .map(|(number, call)| (number, fate(self, call)))
            .collect();
        for (number, (at, event)) in fates {
            self.calls
                .alter(number, |call| (call.at, call.event) = (at, event));
        }
    }

    fn habit(&self, call: &Call) -> Habit {
        let phone = match &call.purpose {
            Purpose::Register(phone) | Purpose::ChangePhone(phone) => Some(phone),
            _ => self.people.phone(&call.person, call.app),
        };
        phone.map_or_else(
            || Habit::of(&call.person),
            |phone| Habit::on(&call.person, phone),
        )
    }

    /// The calls that somebody's telephone should be on now, the oldest first.
    pub(crate) fn wanted(&self, person: &NetworkId) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for (number, app) in self.apps.iter().enumerate() {
            let mut wish = |call, wanted| {
                wishes.push(Wish {
                    app: number,
                    call,
                    wanted,
                });
            };
            for (id, call) in self.calls.of(number, person) {
                // Somebody was called anew, hung up, or came in another way.
                let is_wanted = match &call.purpose {
                    Purpose::Join(talkspace) => app
                        .conference(talkspace)
                        .is_some_and(|conference| conference.rings_for(id)),
                    _ => true,
                };
                if is_wanted {
                    wish(id, call.wanted());
                }
            }
            for (id, wanted) in app.talks(person) {
                wish(id, wanted);
            }
        }
        wishes.sort_by_key(|wish| wish.call);
        wishes
    }

    /// What somebody hears in a call: the greeting, or what is played to them.
    pub(crate) fn hears(&self, person: &NetworkId, call: u64) -> Vec<bytes::Bytes> {
        let mut wishes = self.wanted(person).into_iter();
        let Some(Wish { app, wanted, .. }) = wishes.find(|wish| wish.call == call) else {
            return Vec::new();
        };
        let media = match wanted {
            Wanted::Press1 { greeting, .. } => greeting.into_iter().collect(),
            Wanted::Listen { media } => media,
            _ => Vec::new(),
        };
        let contents = media.iter().filter_map(|id| self.library.content(app, id));
        contents.map(super::library::Content::to_bytes).collect()
    }

    /// Makes happen what was reported of a call.
    ///
    /// # Errors
    ///
    /// When the call is over, or is not such that this can happen. Then nothing does.
    pub(crate) fn report(
        &mut self,
        person: &NetworkId,
        number: u64,
        report: Report,
        now: Duration,
        rng: &mut Rng,
    ) -> Result<(), TelephoneError> {
        if !self.is_held(person) {
            return Err(TelephoneError::NotHeld(person.clone()));
        }
        let mut wishes = self.wanted(person).into_iter();
        let wish = wishes.find(|wish| wish.call == number);
        let Wish { app, wanted, .. } =
            wish.ok_or_else(|| TelephoneError::CallOver(person.clone()))?;
        match (report, wanted) {
            (Report::Answered, Wanted::Ring { .. }) => {
                self.calls.alter(number, |call| {
                    call.is_answered = true;
                    call.since = now;
                    call.at = now.saturating_add(GIVES_UP_AFTER);
                });
                self.touch(number);
            }
            (Report::Pressed1, Wanted::Press1 { .. }) => self.accept(number, now, rng),
            (Report::Declined, Wanted::Ring { .. })
            | (Report::HungUp, Wanted::Press1 { .. } | Wanted::Listen { .. }) => {
                self.end(number, now, Event::GivenUp, rng);
            }
            (Report::HungUp, Wanted::Speak { .. }) => self.end(number, now, Event::Over, rng),
            (Report::HungUp, Wanted::Talk { talkspace, .. }) => {
                let app_state = self.apps.get_mut(app);
                if let Some(mut open) = app_state.and_then(|app| app.open_conference(&talkspace)) {
                    // It is there, or the call would not be wanted.
                    let _ = open.hang_up(person);
                    let recording = open.recording(now);
                    self.library.keep(app, recording, rng);
                }
            }
            (Report::Spoke(speech), Wanted::Speak { .. }) => {
                let mut outcome = Ok(());
                self.calls.alter(number, |call| {
                    let at = now.saturating_sub(call.since);
                    outcome = call.said.get_or_insert_default().add(at, speech);
                });
                return outcome;
            }
            (Report::Spoke(speech), Wanted::Talk { talkspace, .. }) => {
                let app_state = self.apps.get_mut(app);
                if let Some(mut open) = app_state.and_then(|app| app.open_conference(&talkspace)) {
                    return open.say(person, now, speech);
                }
            }
            (report, wanted) => {
                let tried = match report {
                    Report::Answered => "answered",
                    Report::Pressed1 => "accepted with 1",
                    Report::Declined => "declined",
                    Report::HungUp => "hung up",
                    Report::Spoke(_) => "spoken into",
                };
                return Err(TelephoneError::NotNow { tried, wanted });
            }
        }
        Ok(())
    }

    /// Somebody presses 1.
    pub(super) fn accept(&mut self, number: u64, at: Duration, rng: &mut Rng) {
        let call = self.calls.get(number);
        let is_held = call.is_some_and(|call| self.held.contains(&call.person));
        let speech = self.settings.speech;
        match call.map(|call| &call.purpose) {
            Some(Purpose::Record(_) | Purpose::Listen(_)) => self.calls.alter(number, |call| {
                call.is_answered = true;
                call.since = at;
                call.event = Event::Over;
                call.at = if is_held {
                    call.unreported(speech).0
                } else {
                    at.saturating_add(speech)
                };
            }),
            _ => self.end(number, at, Event::Accepted, rng),
        }
    }

    /// The last thing that happens to a call happens now.
    pub(super) fn end(&mut self, number: u64, now: Duration, event: Event, rng: &mut Rng) {
        if let Some(mut call) = self.calls.end(number) {
            (call.at, call.event) = (now, event);
            self.happen(number, call, rng);
        }
    }
}

impl Call {
    /// What is wanted of the telephone, as long as the call is.
    pub(super) fn wanted(&self) -> Wanted {
        let greeting = self.greeting.clone();
        match &self.purpose {
            Purpose::Record(media) if self.is_heard() => Wanted::Speak {
                into: media.clone(),
            },
            Purpose::Listen(media) if self.is_heard() => Wanted::Listen {
                media: media.clone(),
            },
            purpose => {
                let why = match purpose {
                    Purpose::Register(_) => Why::Register,
                    Purpose::ChangePhone(_) => Why::ChangePhone,
                    Purpose::Join(talkspace) => Why::Join(talkspace.clone()),
                    Purpose::Record(media) => Why::Speak(media.clone()),
                    Purpose::Listen(media) => Why::Listen(media.clone()),
                };
                if self.is_answered {
                    Wanted::Press1 { why, greeting }
                } else {
                    Wanted::Ring { why, greeting }
                }
            }
        }
    }

    /// What becomes of it when nothing is reported.
    pub(super) fn unreported(&self, speech: Duration) -> (Duration, Event) {
        let (after, event) = match &self.purpose {
            Purpose::Record(_) if self.is_heard() => (Silence::MAX, Event::Over),
            Purpose::Listen(_) if self.is_heard() => (speech, Event::Over),
            _ => (GIVES_UP_AFTER, Event::GivenUp),
        };
        (self.since.saturating_add(after), event)
    }

    /// What the crowd makes of it from now on.
    pub(super) fn by_habit(
        &self,
        habit: Habit,
        settings: &Settings,
        now: Duration,
    ) -> (Duration, Event) {
        if self.is_heard() {
            return (now.saturating_add(settings.speech), Event::Over);
        }
        let (rings_for, answers) = habit.reaction(settings.ring);
        let event = if answers {
            Event::Accepted
        } else {
            Event::GivenUp
        };
        (now.saturating_add(rings_for), event)
    }
}
