//! The operations on conferences, for one application.

use talkspace_core::response::{
    AddToTalkspaceResponse, CloseTalkspaceResponse, CreateTalkspaceResponse, GetTalkspaceResponse,
    HangUpResponse, ListTalkspacesResponse, MoveParticipantResponse, MuteParticipantResponse,
    UnmuteParticipantResponse,
};
use talkspace_core::server::{ServiceError, segment};
use talkspace_core::{
    AddToTalkspace, CloseTalkspace, ConferenceId, CreateTalkspace, GetTalkspace, HangUp,
    ListTalkspaces, MoveParticipant, MuteParticipant, NetworkId, UnmuteParticipant,
};

use super::Session;
use super::calls::Purpose;
use super::conference::{Conference, Open};
use super::library::Finding;

impl Session<'_> {
    pub(crate) fn create_talkspace(
        &mut self,
        request: CreateTalkspace,
    ) -> Result<CreateTalkspaceResponse, ServiceError> {
        let leader = request.network_id;
        let phone = self.phone_of(&leader, 400)?;
        self.check_greeting(request.greeting_id.as_ref())?;
        if let Some(media) = &request.recording_id {
            let Finding::Own(_) = self.library.find(self.number, media) else {
                return Err(ServiceError::new(
                    400,
                    "Missing or invalid recordingid parameter",
                ));
            };
        }
        let id = ConferenceId::from(self.fresh_id());
        let purpose = Purpose::Join(id.clone());
        let call = self.dial(&leader, &phone, purpose, request.greeting_id)?;
        let conference = Conference::new(id.clone(), request.recording_id);
        self.app.add_conference(conference);
        self.open(&id, 400)?.ring(&leader, false, call);

        let mut response = CreateTalkspaceResponse::new(id.clone());
        response.message = format!("Created, leader is {leader}");
        response.uri = conference_uri(&id);
        Ok(response)
    }

    pub(crate) fn list_talkspaces(
        &mut self,
        request: ListTalkspaces,
    ) -> Result<ListTalkspacesResponse, ServiceError> {
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
    ) -> Result<GetTalkspaceResponse, ServiceError> {
        let conference = self
            .app
            .conference(&request.conference_id)
            .ok_or_else(|| ServiceError::new(404, ""))?;
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
    ) -> Result<AddToTalkspaceResponse, ServiceError> {
        let (id, person) = (request.conference_id, request.network_id);
        self.check_open(&id, 400)?;
        let phone = self.phone_of(&person, 401)?;
        self.check_greeting(request.greeting_id.as_ref())?;
        let purpose = Purpose::Join(id.clone());
        let call = self.dial(&person, &phone, purpose, request.greeting_id)?;
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
    ) -> Result<CloseTalkspaceResponse, ServiceError> {
        let now = self.now;
        let mut conference = self.open(&request.conference_id, 404)?;
        conference.close();
        let recording = conference.recording(now);
        self.keep(recording);
        Ok(CloseTalkspaceResponse::new(request.conference_id))
    }

    pub(crate) fn hang_up(&mut self, request: HangUp) -> Result<HangUpResponse, ServiceError> {
        let id = request.conference_id;
        self.check_open(&id, 404)?;
        self.phone_of(&request.network_id, 401)?;
        let now = self.now;
        let mut conference = self.open(&id, 404)?;
        conference.hang_up(&request.network_id)?;
        let recording = conference.recording(now);
        self.keep(recording);

        let mut response = HangUpResponse::new(id.clone());
        response.message = "terminated".to_owned();
        response.uri = conference_uri(&id);
        Ok(response)
    }

    pub(crate) fn move_participant(
        &mut self,
        request: MoveParticipant,
    ) -> Result<MoveParticipantResponse, ServiceError> {
        let (from, to) = (request.conference_id, request.to_conference_id);
        self.check_open(&from, 400)?;
        self.phone_of(&request.network_id, 401)?;
        if from == to || !self.app.is_open(&to) {
            return Err(ServiceError::new(
                400,
                "Missing or invalid toconferenceid parameter",
            ));
        }
        let now = self.now;
        let mut left = self.open(&from, 400)?;
        let participant = left.take(&request.network_id)?;
        let recording = left.recording(now);
        self.open(&to, 400)?.let_in(participant, now);
        self.keep(recording);

        let mut response = MoveParticipantResponse::new(from);
        response.uri = participant_uri(&to, &request.network_id);
        Ok(response)
    }

    pub(crate) fn mute_participant(
        &mut self,
        request: MuteParticipant,
    ) -> Result<MuteParticipantResponse, ServiceError> {
        let (id, person) = (request.conference_id, request.network_id);
        self.set_muted(&id, &person, true)?;
        let mut response = MuteParticipantResponse::new(id.clone());
        response.uri = participant_uri(&id, &person);
        Ok(response)
    }

    pub(crate) fn unmute_participant(
        &mut self,
        request: UnmuteParticipant,
    ) -> Result<UnmuteParticipantResponse, ServiceError> {
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
    ) -> Result<(), ServiceError> {
        self.check_open(id, 400)?;
        self.phone_of(person, 401)?;
        self.open(id, 400)?.set_muted(person, muted)
    }

    /// An error with this status for a conference that is closed or not the application's.
    fn check_open(&self, id: &ConferenceId, otherwise: u16) -> Result<(), ServiceError> {
        if self.app.is_open(id) {
            return Ok(());
        }
        Err(not_open(otherwise))
    }

    /// The conference that was checked, to change it.
    fn open(&mut self, id: &ConferenceId, otherwise: u16) -> Result<Open<'_>, ServiceError> {
        self.app
            .open_conference(id)
            .ok_or_else(|| not_open(otherwise))
    }
}

fn not_open(status: u16) -> ServiceError {
    ServiceError::new(status, "Missing or invalid conferenceid parameter")
}

fn conference_uri(id: &ConferenceId) -> String {
    format!("/api/rest/conference/{id}")
}

fn participant_uri(id: &ConferenceId, person: &NetworkId) -> String {
    let person = segment(person.as_str());
    format!("/api/rest/conference/{id}/{person}")
}
