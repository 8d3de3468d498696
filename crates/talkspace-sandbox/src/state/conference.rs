//! A conference and the people in it.

use talkspace_core::server::Refusal;
use talkspace_core::{ConferenceId, NetworkId};

use super::timer::Due;

/// A conference, from its creation on. A closed one stays, with nobody in it.
#[derive(Debug)]
pub(crate) struct Conference {
    pub(super) id: ConferenceId,
    participants: Vec<Participant>,
    closed: bool,
}

/// Somebody who is in a conference, or being called into it.
#[derive(Clone, Debug)]
pub(crate) struct Participant {
    pub(super) id: NetworkId,
    presence: Presence,
    muted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// The phone rings; the number tells this call from an earlier one.
    Ringing(u64),
    Joined,
}

impl Conference {
    pub(super) const fn new(id: ConferenceId) -> Self {
        Self {
            id,
            participants: Vec::new(),
            closed: false,
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

    /// A phone stops ringing: its owner joins, or is gone.
    pub(super) fn stop_ringing(&mut self, due: &Due) {
        let ringing = Presence::Ringing(due.call);
        if due.joins {
            for participant in &mut self.participants {
                if participant.id == due.person && participant.presence == ringing {
                    participant.presence = Presence::Joined;
                }
            }
        } else {
            self.participants.retain(|participant| {
                participant.id != due.person || participant.presence != ringing
            });
        }
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
    pub(super) fn let_in(&mut self, participant: Participant) {
        self.participants.retain(|other| other.id != participant.id);
        self.participants.push(participant);
    }

    /// Ends all calls, for good.
    pub(super) fn close(&mut self) {
        self.participants.clear();
        self.closed = true;
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
