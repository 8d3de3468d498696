//! The operations on conferences, as one application asks for them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use talkspace_core::server::Refusal;
use talkspace_core::{
    AddToTalkspace, AddToTalkspaceResponse, CloseTalkspace, CloseTalkspaceResponse, ConferenceId,
    CreateTalkspace, CreateTalkspaceResponse, GetTalkspace, GetTalkspaceResponse, HangUp,
    HangUpResponse, ListTalkspaces, ListTalkspacesResponse, MoveParticipant,
    MoveParticipantResponse, MuteParticipant, MuteParticipantResponse, NetworkId,
    UnmuteParticipant, UnmuteParticipantResponse,
};

use super::conference::Conference;
use super::people::Habit;
use super::timer::Due;
use super::{Session, fresh_id};

/// What a network id keeps as it is inside a path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Session<'_> {
    pub(crate) fn create_talkspace(
        &mut self,
        request: CreateTalkspace,
    ) -> Result<CreateTalkspaceResponse, Refusal> {
        let leader = request.network_id;
        if !self.app.is_related(&leader) {
            return Err(Refusal::new(400, "Missing or invalid networkid parameter"));
        }
        self.app.check_greeting(request.greeting_id.as_ref())?;
        self.app.check_recording(request.recording_id.as_ref())?;
        let id = ConferenceId::from(fresh_id(self.rng));
        let mut conference = Conference::new(id.clone());
        let call = self.dial(&leader, &id)?;
        conference.ring(&leader, false, call);
        self.app.add_conference(conference);

        let mut response = CreateTalkspaceResponse::new(id.clone());
        response.message = format!("Created, leader is {leader}");
        response.uri = conference_uri(&id);
        Ok(response)
    }

    pub(crate) fn list_talkspaces(
        &mut self,
        request: ListTalkspaces,
    ) -> Result<ListTalkspacesResponse, Refusal> {
        let mut response = ListTalkspacesResponse::new();
        for conference in self.app.conferences() {
            if conference.is_active() {
                response.active.push(conference.id.clone());
            } else if !request.active {
                response.inactive.push(conference.id.clone());
            }
        }
        Ok(response)
    }

    pub(crate) fn get_talkspace(
        &mut self,
        request: GetTalkspace,
    ) -> Result<GetTalkspaceResponse, Refusal> {
        let conference = self
            .app
            .conference(&request.conference_id)
            .ok_or_else(|| Refusal::new(404, ""))?;
        let mut response = GetTalkspaceResponse::new();
        response.participants = conference
            .joined()
            .map(|joined| joined.id.clone())
            .collect();
        Ok(response)
    }

    pub(crate) fn add_to_talkspace(
        &mut self,
        request: AddToTalkspace,
    ) -> Result<AddToTalkspaceResponse, Refusal> {
        let (id, person) = (request.conference_id, request.network_id);
        self.open(&id, 400)?;
        self.check_related(&person)?;
        self.app.check_greeting(request.greeting_id.as_ref())?;
        let call = self.dial(&person, &id)?;
        self.open(&id, 400)?.ring(&person, request.muted, call);

        // The service leaves the id empty here and names the participant in `uri`.
        let mut response = AddToTalkspaceResponse::new(ConferenceId::new(""));
        response.message = "Added".to_owned();
        response.uri = participant_uri(&id, &person);
        Ok(response)
    }

    pub(crate) fn close_talkspace(
        &mut self,
        request: CloseTalkspace,
    ) -> Result<CloseTalkspaceResponse, Refusal> {
        self.open(&request.conference_id, 404)?.close();
        Ok(CloseTalkspaceResponse::new(request.conference_id))
    }

    pub(crate) fn hang_up(&mut self, request: HangUp) -> Result<HangUpResponse, Refusal> {
        let id = request.conference_id;
        self.open(&id, 404)?;
        self.check_related(&request.network_id)?;
        self.open(&id, 404)?.hang_up(&request.network_id)?;

        let mut response = HangUpResponse::new(id.clone());
        response.message = "terminated".to_owned();
        response.uri = conference_uri(&id);
        Ok(response)
    }

    pub(crate) fn move_participant(
        &mut self,
        request: MoveParticipant,
    ) -> Result<MoveParticipantResponse, Refusal> {
        let (from, to) = (request.conference_id, request.to_conference_id);
        self.open(&from, 400)?;
        self.check_related(&request.network_id)?;
        if from == to || self.open(&to, 400).is_err() {
            return Err(Refusal::new(
                400,
                "Missing or invalid toconferenceid parameter",
            ));
        }
        let participant = self.open(&from, 400)?.take(&request.network_id)?;
        self.open(&to, 400)?.let_in(participant);

        let mut response = MoveParticipantResponse::new(from);
        response.uri = participant_uri(&to, &request.network_id);
        Ok(response)
    }

    pub(crate) fn mute_participant(
        &mut self,
        request: MuteParticipant,
    ) -> Result<MuteParticipantResponse, Refusal> {
        let (id, person) = (request.conference_id, request.network_id);
        self.set_muted(&id, &person, true)?;
        let mut response = MuteParticipantResponse::new(id.clone());
        response.uri = participant_uri(&id, &person);
        Ok(response)
    }

    pub(crate) fn unmute_participant(
        &mut self,
        request: UnmuteParticipant,
    ) -> Result<UnmuteParticipantResponse, Refusal> {
        let (id, person) = (request.conference_id, request.network_id);
        self.set_muted(&id, &person, false)?;
        let mut response = UnmuteParticipantResponse::new(id.clone());
        response.uri = participant_uri(&id, &person);
        Ok(response)
    }

    fn set_muted(
        &mut self,
        id: &ConferenceId,
        person: &NetworkId,
        muted: bool,
    ) -> Result<(), Refusal> {
        self.open(id, 400)?;
        self.check_related(person)?;
        self.open(id, 400)?.set_muted(person, muted)
    }

    /// A conference of the application that is not closed, or this status.
    fn open(&mut self, id: &ConferenceId, otherwise: u16) -> Result<&mut Conference, Refusal> {
        self.app
            .open_conference(id)
            .ok_or_else(|| Refusal::new(otherwise, "Missing or invalid conferenceid parameter"))
    }

    fn check_related(&self, person: &NetworkId) -> Result<(), Refusal> {
        if self.app.is_related(person) {
            Ok(())
        } else {
            Err(Refusal::new(401, ""))
        }
    }

    /// Makes a phone ring, and gives this call's number.
    fn dial(&mut self, person: &NetworkId, conference: &ConferenceId) -> Result<u64, Refusal> {
        let habit = Habit::of(person);
        let called = self
            .people
            .get_mut(person)
            .filter(|_| habit != Habit::Unreachable)
            .ok_or_else(|| Refusal::new(502, ""))?;
        called.rings += 1;
        let (rings_for, joins) = habit.reaction(self.ring);
        self.timers.push(Due {
            at: self.now.saturating_add(rings_for),
            call: called.rings,
            app: self.app.number,
            conference: conference.clone(),
            person: person.clone(),
            joins,
        });
        Ok(called.rings)
    }
}

fn conference_uri(id: &ConferenceId) -> String {
    format!("/api/rest/conference/{id}")
}

fn participant_uri(id: &ConferenceId, person: &NetworkId) -> String {
    let person = utf8_percent_encode(person.as_str(), ESCAPED);
    format!("/api/rest/conference/{id}/{person}")
}
