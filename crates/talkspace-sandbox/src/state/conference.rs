//! A conference and the people in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::server::ServiceError;
use talkspace_core::{ConferenceId, MediaId, NetworkId};

use super::calls::Calls;
use super::changed::Changed;
use super::whereabouts::Whereabouts;
use crate::mp3::{Speech, Tape};
use crate::telephone::{TelephoneError, Wanted, Why};
use crate::view::{self, CallState, TalkspaceState};

/// A conference, from its creation on. A closed one stays, with nobody in it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Conference {
    pub(super) id: ConferenceId,
    participants: Vec<Participant>,
    closed: bool,
    /// What the recording goes into, if there is one.
    recorded_into: Option<MediaId>,
    /// When the first joined of those who have met since it was last empty.
    met_at: Option<Duration>,
    /// What they have said since. Nobody who keeps a file holds a telephone.
    #[serde(skip)]
    said: Option<Box<Tape>>,
}

/// Somebody who is in a conference, or being called into it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Participant {
    pub(super) id: NetworkId,
    presence: Presence,
    muted: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
enum Presence {
    /// The phone rings, for the call of this number.
    Ringing(u64),
    /// In the conference, on the call of this number, since then.
    Joined(u64, Duration),
}

impl Presence {
    const fn is_joined(self) -> bool {
        matches!(self, Self::Joined(..))
    }

    const fn call(self) -> u64 {
        match self {
            Self::Ringing(call) | Self::Joined(call, _) => call,
        }
    }
}

/// What was said in a conference, from the first joining to the end.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(super) media: MediaId,
    pub(super) length: Duration,
    pub(super) said: Option<Box<Tape>>,
}

impl Conference {
    pub(super) const fn new(id: ConferenceId, recorded_into: Option<MediaId>) -> Self {
        Self {
            id,
            participants: Vec::new(),
            closed: false,
            recorded_into,
            met_at: None,
            said: None,
        }
    }

    /// It, as if all of it had come so much later.
    pub(super) fn delay(&mut self, by: Duration) {
        let later = |at: &mut Duration| *at = at.saturating_add(by);
        self.met_at.iter_mut().for_each(later);
        for participant in &mut self.participants {
            if let Presence::Joined(_, since) = &mut participant.presence {
                later(since);
            }
        }
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether somebody is in it, or is being called.
    pub(super) fn is_active(&self) -> bool {
        !self.participants.is_empty()
    }

    /// Those who have joined, in the order of their calls. Somebody whose
    /// phone rings is not there yet.
    pub(super) fn joined(&self) -> impl Iterator<Item = &Participant> {
        self.participants
            .iter()
            .filter(|participant| participant.presence.is_joined())
    }

    pub(super) fn is_muted(&self, id: &NetworkId) -> bool {
        self.joined().any(|joined| joined.id == *id && joined.muted)
    }

    /// Whether it is this call that rings somebody for it.
    pub(super) fn rings_for(&self, call: u64) -> bool {
        self.called(call).is_some()
    }

    /// The call of somebody who has joined.
    pub(super) fn talk(&self, id: &NetworkId) -> Option<(u64, Wanted)> {
        let joined = self.participants.iter().find(|other| other.id == *id)?;
        let Presence::Joined(call, _) = joined.presence else {
            return None;
        };
        let wanted = Wanted::Talk {
            talkspace: self.id.clone(),
            muted: joined.muted,
            recorded_into: self.recorded_into.clone(),
        };
        Some((call, wanted))
    }

    /// Whether somebody will be muted whom this call rings for it, if it does.
    pub(super) fn called(&self, call: u64) -> Option<bool> {
        let ringing = Presence::Ringing(call);
        let mut participants = self.participants.iter();
        let called = participants.find(|other| other.presence == ringing);
        called.map(|called| called.muted)
    }

    /// It as the application of this number has it.
    pub(super) fn view(&self, app: usize, calls: &Calls) -> view::Talkspace {
        let people = self.participants.iter().map(|participant| {
            let (state, since) = match participant.presence {
                Presence::Joined(_, since) => (CallState::InCall, since),
                Presence::Ringing(call) => match calls.get(call) {
                    Some(call) if call.is_answered => (CallState::Answered, call.since),
                    Some(call) => (CallState::Ringing, call.since),
                    // It is going, or nobody would be rung.
                    None => (CallState::Ringing, Duration::ZERO),
                },
            };
            view::Participant {
                id: participant.id.clone(),
                call: participant.presence.call(),
                state,
                since,
                muted: participant.muted,
            }
        });
        view::Talkspace {
            id: self.id.clone(),
            app,
            state: match (self.closed, self.is_active()) {
                (true, _) => TalkspaceState::Closed,
                (false, true) => TalkspaceState::Active,
                (false, false) => TalkspaceState::Inactive,
            },
            since: self.met_at,
            recorded_into: self.recorded_into.clone(),
            people: people.collect(),
        }
    }

    /// The calls of those who have joined it.
    pub(super) fn talks(&self, app: usize) -> impl Iterator<Item = view::Call> {
        self.participants.iter().filter_map(move |participant| {
            let Presence::Joined(call, since) = participant.presence else {
                return None;
            };
            Some(view::Call {
                call,
                app,
                person: participant.id.clone(),
                why: Why::Join(self.id.clone()),
                greeting: None,
                state: CallState::InCall,
                since,
                until: None,
                muted: participant.muted,
            })
        })
    }

    fn position(&self, id: &NetworkId) -> Result<usize, ServiceError> {
        self.participants
            .iter()
            .position(|participant| participant.id == *id)
            .ok_or_else(|| ServiceError::new(400, "Not in this conference"))
    }

    fn joined_mut(&mut self, id: &NetworkId) -> Result<&mut Participant, ServiceError> {
        self.participants
            .iter_mut()
            .find(|participant| participant.id == *id && participant.presence.is_joined())
            .ok_or_else(|| {
                ServiceError::new(400, "Not in this conference, or has not answered yet")
            })
    }

    /// Notes where its people are, and what it is recorded into.
    pub(super) fn note(&self, place: usize, whereabouts: &mut Whereabouts) {
        for participant in &self.participants {
            whereabouts.enter(&participant.id, place);
        }
        if self.is_active() {
            whereabouts.begin_recording(self.recorded_into.as_ref());
        }
    }

    /// The opposite of [`note`](Self::note).
    pub(super) fn unnote(&self, place: usize, whereabouts: &mut Whereabouts) {
        for participant in &self.participants {
            whereabouts.leave(&participant.id, place);
        }
        if self.is_active() {
            whereabouts.end_recording(self.recorded_into.as_ref());
        }
    }
}

/// A conference in which something can still happen. Whoever comes or goes is
/// noted.
#[derive(Debug)]
pub(super) struct Open<'a> {
    pub(super) conference: &'a mut Conference,
    /// Its place among those of the application.
    pub(super) place: usize,
    pub(super) whereabouts: &'a mut Whereabouts,
    /// Whose calls, by their numbers, have become another's or something else.
    pub(super) talks: &'a mut Changed<u64>,
}

impl Open<'_> {
    /// Calls somebody. Whoever has joined already stays, however often they are called.
    pub(super) fn ring(&mut self, id: &NetworkId, muted: bool, call: u64) {
        let called = Participant {
            id: id.clone(),
            presence: Presence::Ringing(call),
            muted,
        };
        let participants = &mut self.conference.participants;
        match participants.iter_mut().find(|other| other.id == *id) {
            Some(participant) => {
                if !participant.presence.is_joined() {
                    self.talks.mark(&participant.presence.call());
                    *participant = called;
                }
            }
            None => self.enter(called),
        }
    }

    /// The person of this call has answered, and joins unless the call was
    /// ended or replaced meanwhile.
    pub(super) fn join(&mut self, call: u64, now: Duration) {
        let ringing = Presence::Ringing(call);
        let mut participants = self.conference.participants.iter_mut();
        if let Some(participant) = participants.find(|other| other.presence == ringing) {
            participant.presence = Presence::Joined(call, now);
            self.conference.met_at.get_or_insert(now);
        }
    }

    /// Nobody has answered this call.
    pub(super) fn give_up(&mut self, call: u64) {
        let ringing = Presence::Ringing(call);
        let mut participants = self.conference.participants.iter();
        if let Some(position) = participants.position(|other| other.presence == ringing) {
            self.leave(position);
        }
    }

    /// Ends the call of somebody who is in it or being called.
    pub(super) fn hang_up(&mut self, id: &NetworkId) -> Result<(), ServiceError> {
        let position = self.conference.position(id)?;
        self.leave(position);
        Ok(())
    }

    /// Mutes or unmutes somebody who has joined.
    pub(super) fn set_muted(&mut self, id: &NetworkId, muted: bool) -> Result<(), ServiceError> {
        let participant = self.conference.joined_mut(id)?;
        participant.muted = muted;
        self.talks.mark(&participant.presence.call());
        Ok(())
    }

    /// Somebody who has joined speaks. Nobody hears it who is muted.
    pub(super) fn say(
        &mut self,
        id: &NetworkId,
        now: Duration,
        speech: Speech,
    ) -> Result<(), TelephoneError> {
        let is_muted = self.conference.is_muted(id);
        let conference = &mut *self.conference;
        match (conference.met_at, &conference.recorded_into) {
            (Some(met_at), Some(_)) if !is_muted => {
                let at = now.saturating_sub(met_at);
                conference.said.get_or_insert_default().add(at, speech)
            }
            _ => Ok(()),
        }
    }

    /// Takes out somebody who has joined.
    pub(super) fn take(&mut self, id: &NetworkId) -> Result<Participant, ServiceError> {
        self.conference.joined_mut(id)?;
        let position = self.conference.position(id)?;
        Ok(self.leave(position))
    }

    /// Lets in somebody who comes from another conference. A call that is
    /// ringing them here has lost its purpose.
    pub(super) fn let_in(&mut self, mut participant: Participant, now: Duration) {
        if let Ok(position) = self.conference.position(&participant.id) {
            self.leave(position);
        }
        participant.presence = Presence::Joined(participant.presence.call(), now);
        self.enter(participant);
        self.conference.met_at.get_or_insert(now);
    }

    /// Ends all calls, for good.
    pub(super) fn close(&mut self) {
        while let Some(last) = self.conference.participants.len().checked_sub(1) {
            self.leave(last);
        }
        self.conference.closed = true;
    }

    /// The recording, once everybody has left. Should people meet here again,
    /// that makes another one.
    pub(super) fn recording(&mut self, now: Duration) -> Option<Recording> {
        if self.conference.is_active() {
            return None;
        }
        let met_at = self.conference.met_at.take()?;
        let said = self.conference.said.take();
        Some(Recording {
            said,
            media: self.conference.recorded_into.clone()?,
            length: now.saturating_sub(met_at),
        })
    }

    fn enter(&mut self, participant: Participant) {
        self.talks.mark(&participant.presence.call());
        self.whereabouts.enter(&participant.id, self.place);
        if !self.conference.is_active() {
            let media = self.conference.recorded_into.as_ref();
            self.whereabouts.begin_recording(media);
            // Most conferences that stay open have few people in them.
            self.conference.participants.reserve_exact(1);
        }
        self.conference.participants.push(participant);
    }

    fn leave(&mut self, position: usize) -> Participant {
        let participant = self.conference.participants.remove(position);
        self.talks.mark(&participant.presence.call());
        self.whereabouts.leave(&participant.id, self.place);
        if !self.conference.is_active() {
            let media = self.conference.recorded_into.as_ref();
            self.whereabouts.end_recording(media);
        }
        participant
    }
}
