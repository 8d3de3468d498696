//! A conference and the people in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::server::Refusal;
use talkspace_core::{ConferenceId, MediaId, NetworkId};

/// A conference, from its creation on. A closed one stays, with nobody in it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Conference {
    pub(super) id: ConferenceId,
    participants: Vec<Participant>,
    closed: bool,
    /// What the recording goes into, if there is one.
    recorded_into: Option<MediaId>,
    /// When the first joined of those who have met since it was last empty.
    met_at: Option<Duration>,
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
    Joined,
}

/// What was said in a conference, from the first joining to the end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recording {
    pub(super) media: MediaId,
    pub(super) length: Duration,
}

impl Conference {
    pub(super) const fn new(id: ConferenceId, recorded_into: Option<MediaId>) -> Self {
        Self {
            id,
            participants: Vec::new(),
            closed: false,
            recorded_into,
            met_at: None,
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
            .filter(|participant| participant.presence == Presence::Joined)
    }

    /// Calls somebody. Whoever has joined already stays, however often they are called.
    pub(super) fn ring(&mut self, id: &NetworkId, muted: bool, call: u64) {
        match self.participants.iter_mut().find(|other| other.id == *id) {
            Some(participant) => {
                if participant.presence != Presence::Joined {
                    participant.presence = Presence::Ringing(call);
                    participant.muted = muted;
                }
            }
            None => self.participants.push(Participant {
                id: id.clone(),
                presence: Presence::Ringing(call),
                muted,
            }),
        }
    }

    /// The person of this call has answered, and joins unless the call was
    /// ended or replaced meanwhile.
    pub(super) fn join(&mut self, call: u64, now: Duration) {
        let ringing = Presence::Ringing(call);
        let called = self
            .participants
            .iter_mut()
            .find(|participant| participant.presence == ringing);
        if let Some(participant) = called {
            participant.presence = Presence::Joined;
            self.met_at.get_or_insert(now);
        }
    }

    /// Nobody has answered this call.
    pub(super) fn give_up(&mut self, call: u64) {
        let ringing = Presence::Ringing(call);
        self.participants
            .retain(|participant| participant.presence != ringing);
    }

    /// Ends the call of somebody who is in it or being called.
    pub(super) fn hang_up(&mut self, id: &NetworkId) -> Result<(), Refusal> {
        self.position(id).map(|place| {
            self.participants.remove(place);
        })
    }

    /// Mutes or unmutes somebody who has joined.
    pub(super) fn set_muted(&mut self, id: &NetworkId, muted: bool) -> Result<(), Refusal> {
        self.joined_mut(id)
            .map(|participant| participant.muted = muted)
    }

    /// Takes out somebody who has joined.
    pub(super) fn take(&mut self, id: &NetworkId) -> Result<Participant, Refusal> {
        self.joined_mut(id)?;
        self.position(id)
            .map(|place| self.participants.remove(place))
    }

    /// Lets in somebody who comes from another conference. A call that is
    /// ringing them here has lost its purpose.
    pub(super) fn let_in(&mut self, participant: Participant, now: Duration) {
        self.participants.retain(|other| other.id != participant.id);
        self.participants.push(participant);
        self.met_at.get_or_insert(now);
    }

    /// Ends all calls, for good.
    pub(super) fn close(&mut self) {
        self.participants.clear();
        self.closed = true;
    }

    /// Whether this media is in use for what is said here.
    pub(super) fn is_recorded_into(&self, media: &MediaId) -> bool {
        self.is_active() && self.recorded_into.as_ref() == Some(media)
    }

    /// The recording, once everybody has left. Should people meet here again,
    /// that makes another one.
    pub(super) fn recording(&mut self, now: Duration) -> Option<Recording> {
        if self.is_active() {
            return None;
        }
        let met_at = self.met_at.take()?;
        Some(Recording {
            media: self.recorded_into.clone()?,
            length: now.saturating_sub(met_at),
        })
    }

    fn position(&self, id: &NetworkId) -> Result<usize, Refusal> {
        self.participants
            .iter()
            .position(|participant| participant.id == *id)
            .ok_or_else(|| Refusal::new(400, "Not in this conference"))
    }

    fn joined_mut(&mut self, id: &NetworkId) -> Result<&mut Participant, Refusal> {
        self.participants
            .iter_mut()
            .find(|participant| participant.id == *id && participant.presence == Presence::Joined)
            .ok_or_else(|| Refusal::new(400, "Not in this conference, or has not answered yet"))
    }
}
