//! The generated [`Service`] on top of the state: one request, and what is seen of it.

use std::cell::RefCell;
use std::time::Duration;

use fastrand::Rng;
use http::Method;
use talkspace_core::response::{
    AddToTalkspaceResponse, BlastMediaResponse, ChangePhoneResponse, CloseTalkspaceResponse,
    CreateMediaResponse, CreateTalkspaceResponse, DeleteRegistrantResponse, DownloadMediaResponse,
    GetMediaStatusResponse, GetRegistrationStatusResponse, GetTalkspaceResponse,
    GetVersionResponse, HangUpResponse, ListMediaResponse, ListNetworkIdsResponse,
    ListTalkspacesResponse, MoveParticipantResponse, MuteParticipantResponse, RecordMediaResponse,
    RegisterResponse, RemoveMediaResponse, RequestUploadGrantResponse, UnmuteParticipantResponse,
    UploadMediaResponse,
};
use talkspace_core::server::{Parameters, ServerOperation, Service, ServiceError};
use talkspace_core::{
    AddToTalkspace, AppKey, BlastMedia, ChangePhone, CloseTalkspace, CreateMedia, CreateTalkspace,
    DeleteRegistrant, DownloadMedia, Effect, GetMediaStatus, GetRegistrationStatus, GetTalkspace,
    GetVersion, HangUp, ListMedia, ListNetworkIds, ListTalkspaces, MoveParticipant,
    MuteParticipant, Operation, RecordMedia, Register, RemoveMedia, RequestUploadGrant,
    UnmuteParticipant, UploadMedia,
};

use crate::faults::Met;
use crate::requests::{Asked, Seen, person};
use crate::service::{Backend, is_upload};
use crate::state::{Session, State};

/// The version that the service reported last.
const VERSION: &str = "01.02.06";
/// The part of an upload that is the file.
const FILE: &str = "mediafile";

/// One request's way through the service.
pub(crate) struct Turn<'b> {
    backend: &'b Backend,
    /// Whom it is about, if there are faults that could depend on that.
    person: Option<String>,
    seen: RefCell<Seen>,
}

impl<'b> Turn<'b> {
    pub(crate) fn new(backend: &'b Backend, asked: &Asked<'_>, parameters: &Parameters) -> Self {
        let are_faults = backend.faults().are_there();
        Self {
            backend,
            person: are_faults.then(|| person(asked.path, parameters)).flatten(),
            seen: RefCell::default(),
        }
    }

    /// What was seen of the request.
    pub(crate) fn seen(self) -> Seen {
        self.seen.into_inner()
    }

    /// An error for an upload whose file has another content type than MP3. The
    /// service went by that, and an [`UploadMedia`] no longer knows it. What else
    /// is wrong with it comes first.
    pub(crate) fn check_type(
        &self,
        method: &Method,
        path: &str,
        parameters: &Parameters,
    ) -> Result<(), ServiceError> {
        if method != Method::POST || !is_upload(path) {
            return Ok(());
        }
        let kind = parameters.file_type(FILE).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("audio/mpeg") {
            return Ok(());
        }
        let upload = UploadMedia::from_parameters(parameters)?;
        self.backend.check_grant(upload.grant.as_str())?;
        let error = ServiceError::new(415, "The part with the file is not audio/mpeg");
        *self.seen.borrow_mut() = Seen::failed(error.clone());
        Err(error)
    }

    /// Serves a request of an application, if its key is known.
    fn serve<O: Operation>(
        &self,
        app_key: &AppKey,
        act: impl FnOnce(&mut Session<'_>) -> Result<O::Response, ServiceError>,
    ) -> Result<O::Response, ServiceError> {
        let seen = &mut *self.seen.borrow_mut();
        self.change::<O>(seen, |state, now, rng, seen| {
            let mut session = state.enter(app_key, O::INFO, now, rng)?;
            seen.app = Some(session.app());
            let response = act(&mut session)?;
            seen.call = session.dialled();
            Ok(response)
        })
    }

    /// Serves a request without a key.
    fn serve_anybody<O: Operation>(
        &self,
        act: impl FnOnce(&mut State, &mut Rng) -> Result<O::Response, ServiceError>,
    ) -> Result<O::Response, ServiceError> {
        let seen = &mut *self.seen.borrow_mut();
        self.change::<O>(seen, |state, _, rng, _| act(state, rng))
    }

    fn change<O: Operation>(
        &self,
        seen: &mut Seen,
        act: impl FnOnce(&mut State, Duration, &mut Rng, &mut Seen) -> Result<O::Response, ServiceError>,
    ) -> Result<O::Response, ServiceError> {
        seen.operation = Some(O::INFO);
        let faults = self.backend.faults();
        if faults.are_there() {
            let now = self.backend.clock().now();
            seen.met = faults.meet(O::INFO, self.person.as_deref(), now);
            if let Some(error) = seen.met.and_then(Met::error) {
                seen.error = Some(error.clone());
                return Err(error);
            }
        }
        let changes = O::INFO.effect != Effect::Reads;
        let outcome = self.backend.change(changes, |state, now, rng| {
            seen.at = Some(now);
            let response = act(state, now, rng, seen)?;
            state.count(O::INFO);
            Ok(response)
        });
        seen.error = outcome.as_ref().err().cloned();
        outcome
    }

    /// Something with this id was created.
    fn make(&self, id: &str) {
        self.seen.borrow_mut().made = Some(id.to_owned());
    }
}

impl Service for Turn<'_> {
    fn get_version(&self, _request: GetVersion) -> Result<GetVersionResponse, ServiceError> {
        self.serve_anybody::<GetVersion>(|_, _| Ok(GetVersionResponse::new(VERSION)))
    }

    fn upload_media(&self, request: UploadMedia) -> Result<UploadMediaResponse, ServiceError> {
        let mut uploaded =
            self.serve_anybody::<UploadMedia>(|state, rng| state.upload_media(request, rng))?;
        uploaded.download_url = self.backend.where_reached(uploaded.download_url);
        Ok(uploaded)
    }

    fn download_media(
        &self,
        request: DownloadMedia,
    ) -> Result<DownloadMediaResponse, ServiceError> {
        self.serve_anybody::<DownloadMedia>(|state, _| state.download_media(&request))
    }

    fn register(
        &self,
        app_key: &AppKey,
        request: Register,
    ) -> Result<RegisterResponse, ServiceError> {
        self.serve::<Register>(app_key, |session| session.register(request))
    }

    fn get_registration_status(
        &self,
        app_key: &AppKey,
        request: GetRegistrationStatus,
    ) -> Result<GetRegistrationStatusResponse, ServiceError> {
        self.serve::<GetRegistrationStatus>(app_key, |session| {
            session.get_registration_status(request)
        })
    }

    fn list_network_ids(
        &self,
        app_key: &AppKey,
        request: ListNetworkIds,
    ) -> Result<ListNetworkIdsResponse, ServiceError> {
        self.serve::<ListNetworkIds>(app_key, |session| session.list_network_ids(request))
    }

    fn change_phone(
        &self,
        app_key: &AppKey,
        request: ChangePhone,
    ) -> Result<ChangePhoneResponse, ServiceError> {
        self.serve::<ChangePhone>(app_key, |session| session.change_phone(request))
    }

    fn delete_registrant(
        &self,
        app_key: &AppKey,
        request: DeleteRegistrant,
    ) -> Result<DeleteRegistrantResponse, ServiceError> {
        self.serve::<DeleteRegistrant>(app_key, |session| session.delete_registrant(request))
    }

    fn create_talkspace(
        &self,
        app_key: &AppKey,
        request: CreateTalkspace,
    ) -> Result<CreateTalkspaceResponse, ServiceError> {
        let created =
            self.serve::<CreateTalkspace>(app_key, |session| session.create_talkspace(request))?;
        self.make(created.conference_id.as_str());
        Ok(created)
    }

    fn list_talkspaces(
        &self,
        app_key: &AppKey,
        request: ListTalkspaces,
    ) -> Result<ListTalkspacesResponse, ServiceError> {
        self.serve::<ListTalkspaces>(app_key, |session| session.list_talkspaces(request))
    }

    fn get_talkspace(
        &self,
        app_key: &AppKey,
        request: GetTalkspace,
    ) -> Result<GetTalkspaceResponse, ServiceError> {
        self.serve::<GetTalkspace>(app_key, |session| session.get_talkspace(request))
    }

    fn add_to_talkspace(
        &self,
        app_key: &AppKey,
        request: AddToTalkspace,
    ) -> Result<AddToTalkspaceResponse, ServiceError> {
        self.serve::<AddToTalkspace>(app_key, |session| session.add_to_talkspace(request))
    }

    fn close_talkspace(
        &self,
        app_key: &AppKey,
        request: CloseTalkspace,
    ) -> Result<CloseTalkspaceResponse, ServiceError> {
        self.serve::<CloseTalkspace>(app_key, |session| session.close_talkspace(request))
    }

    fn hang_up(&self, app_key: &AppKey, request: HangUp) -> Result<HangUpResponse, ServiceError> {
        self.serve::<HangUp>(app_key, |session| session.hang_up(request))
    }

    fn move_participant(
        &self,
        app_key: &AppKey,
        request: MoveParticipant,
    ) -> Result<MoveParticipantResponse, ServiceError> {
        self.serve::<MoveParticipant>(app_key, |session| session.move_participant(request))
    }

    fn mute_participant(
        &self,
        app_key: &AppKey,
        request: MuteParticipant,
    ) -> Result<MuteParticipantResponse, ServiceError> {
        self.serve::<MuteParticipant>(app_key, |session| session.mute_participant(request))
    }

    fn unmute_participant(
        &self,
        app_key: &AppKey,
        request: UnmuteParticipant,
    ) -> Result<UnmuteParticipantResponse, ServiceError> {
        self.serve::<UnmuteParticipant>(app_key, |session| session.unmute_participant(request))
    }

    fn create_media(
        &self,
        app_key: &AppKey,
        request: CreateMedia,
    ) -> Result<CreateMediaResponse, ServiceError> {
        let created =
            self.serve::<CreateMedia>(app_key, |session| session.create_media(request))?;
        self.make(created.media_id.as_str());
        Ok(created)
    }

    fn list_media(
        &self,
        app_key: &AppKey,
        request: ListMedia,
    ) -> Result<ListMediaResponse, ServiceError> {
        self.serve::<ListMedia>(app_key, |session| session.list_media(request))
    }

    fn record_media(
        &self,
        app_key: &AppKey,
        request: RecordMedia,
    ) -> Result<RecordMediaResponse, ServiceError> {
        self.serve::<RecordMedia>(app_key, |session| session.record_media(request))
    }

    fn blast_media(
        &self,
        app_key: &AppKey,
        request: BlastMedia,
    ) -> Result<BlastMediaResponse, ServiceError> {
        self.serve::<BlastMedia>(app_key, |session| session.blast_media(request))
    }

    fn get_media_status(
        &self,
        app_key: &AppKey,
        request: GetMediaStatus,
    ) -> Result<GetMediaStatusResponse, ServiceError> {
        let mut found =
            self.serve::<GetMediaStatus>(app_key, |session| session.get_media_status(request))?;
        let url = found.download_url.take();
        found.download_url = url.map(|url| self.backend.where_reached(url));
        // It may stand in the envelope alone.
        self.seen.borrow_mut().status = Some(found.status.code());
        Ok(found)
    }

    fn request_upload_grant(
        &self,
        app_key: &AppKey,
        request: RequestUploadGrant,
    ) -> Result<RequestUploadGrantResponse, ServiceError> {
        self.serve::<RequestUploadGrant>(app_key, |session| session.request_upload_grant(request))
    }

    fn remove_media(
        &self,
        app_key: &AppKey,
        request: RemoveMedia,
    ) -> Result<RemoveMediaResponse, ServiceError> {
        self.serve::<RemoveMedia>(app_key, |session| session.remove_media(request))
    }
}
