//! The generated [`Service`] on top of the state.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use fastrand::Rng;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use talkspace_core::response::{
    AddToTalkspaceResponse, BlastMediaResponse, ChangePhoneResponse, CloseTalkspaceResponse,
    CreateMediaResponse, CreateTalkspaceResponse, DeleteRegistrantResponse, DownloadMediaResponse,
    GetMediaStatusResponse, GetRegistrationStatusResponse, GetTalkspaceResponse,
    GetVersionResponse, HangUpResponse, ListMediaResponse, ListNetworkIdsResponse,
    ListTalkspacesResponse, MoveParticipantResponse, MuteParticipantResponse, RecordMediaResponse,
    RegisterResponse, RemoveMediaResponse, RequestUploadGrantResponse, UnmuteParticipantResponse,
    UploadMediaResponse,
};
use talkspace_core::server::{
    Parameters, ServerOperation, Service, ServiceError, dispatch_parameters, error_response,
};
use talkspace_core::{
    AddToTalkspace, AppKey, BlastMedia, ChangePhone, CloseTalkspace, CreateMedia, CreateTalkspace,
    DeleteRegistrant, DownloadMedia, DownloadUrl, Effect, GetMediaStatus, GetRegistrationStatus,
    GetTalkspace, GetVersion, HangUp, ListMedia, ListNetworkIds, ListTalkspaces, MoveParticipant,
    MuteParticipant, Operation, RecordMedia, Register, RemoveMedia, RequestUploadGrant,
    UnmuteParticipant, UploadMedia,
};

use crate::clock::Clock;
use crate::events::Events;
use crate::keeper::Keeper;
use crate::state::{Change, Session, State, Taker};

/// The version that the service reported last.
const VERSION: &str = "01.02.06";
/// The part of an upload that is the file.
const FILE: &str = "mediafile";

/// The service itself: state, clock and chance behind one lock.
#[derive(Clone)]
pub(crate) struct Backend {
    shared: Arc<Mutex<Shared>>,
    clock: Clock,
    /// Every JSON response has HTTP 200; the status is in its envelope alone.
    always_http_200: bool,
    keeper: Option<Arc<Keeper>>,
    /// The base URL by which a request reached it, if that is another than its own.
    reached: Option<Arc<str>>,
}

struct Shared {
    state: State,
    rng: Rng,
    /// When the [mover](crate::mover) moves the state on: no need to tell it what
    /// happens later. Nothing if there is none.
    next_move: Option<Duration>,
    events: Events,
}

impl Backend {
    pub(crate) fn new(state: State, clock: Clock, rng: Rng, always_http_200: bool) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                state,
                rng,
                next_move: None,
                events: Events::new(),
            })),
            clock,
            always_http_200,
            keeper: None,
            reached: None,
        }
    }

    /// The same, for a request that reached it by another base URL.
    pub(crate) fn reached_by(&self, base: &str) -> Self {
        Self {
            reached: Some(base.into()),
            ..self.clone()
        }
    }

    /// Where media is for whoever made the request.
    fn where_reached(&self, url: DownloadUrl) -> DownloadUrl {
        let Some(base) = &self.reached else {
            return url;
        };
        let path = url.as_str().rfind("/audio/");
        let path = path.and_then(|path| url.as_str().get(path..));
        DownloadUrl::from(format!("{base}{}", path.unwrap_or_default()))
    }

    /// Hands the whole state over, in parts. What changes from then on waits for
    /// a [keeper](Self::keep).
    pub(crate) fn hand_over(
        &self,
        take: &mut dyn FnMut(Change) -> io::Result<()>,
    ) -> io::Result<()> {
        self.change(false, |state, now, _| {
            state.watch(Taker::Journal, true);
            state.hand_over(now, take)
        })
    }

    /// Keeps from now on what changes.
    pub(crate) fn keep(&mut self, keeper: Keeper) {
        self.keeper = Some(Arc::new(keeper));
    }

    /// Keeps nothing any more. What would change something fails.
    pub(crate) fn stop_keeping(&self) {
        let Some(keeper) = &self.keeper else { return };
        self.with(|_| {
            if let Ok(moment) = State::moment(self.clock.now()) {
                keeper.hand(moment);
            }
        });
        keeper.close();
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The response to a request, held until all that it is based on is kept.
    pub(crate) async fn respond(
        &self,
        method: &Method,
        path: &str,
        parameters: Parameters,
    ) -> Response<Bytes> {
        let Some(keeper) = &self.keeper else {
            return self.respond_now(method, path, parameters);
        };
        let response = async {
            keeper.ready().await?;
            let response = self.respond_now(method, path, parameters);
            keeper.written(keeper.handed()).await.map(|()| response)
        };
        response.await.unwrap_or_else(|why: String| {
            // If it was applied, it may be gone after the next start: neither
            // success nor failure would be true.
            let mut error = Response::new(Bytes::from(format!("{why}\n")));
            *error.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            error
        })
    }

    /// The same for one that has come whole.
    pub(crate) async fn respond_whole(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let (method, path) = (request.method(), request.uri().path());
        match Parameters::of(request) {
            Ok(parameters) => self.respond(method, path, parameters).await,
            Err(error) => self.fail(method, path, &error),
        }
    }

    /// The response to a request; what is due by now happens first.
    fn respond_now(&self, method: &Method, path: &str, parameters: Parameters) -> Response<Bytes> {
        if method == Method::POST && is_upload(path) {
            if let Err(error) = self.check_type(&parameters) {
                return self.fail(method, path, &error);
            }
        }
        self.shown(dispatch_parameters(self, method, path, parameters))
    }

    /// The error response to a request that was not read, or not to its end.
    pub(crate) fn fail(&self, method: &Method, path: &str, why: &ServiceError) -> Response<Bytes> {
        self.shown(error_response(method, path, why))
    }

    /// A response with the HTTP status that this sandbox gives it.
    fn shown(&self, mut response: Response<Bytes>) -> Response<Bytes> {
        let is_json = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if self.always_http_200 && is_json {
            *response.status_mut() = StatusCode::OK;
        }
        response
    }

    /// An error for a grant that no upload can be made with.
    pub(crate) fn check_grant(&self, grant: &str) -> Result<(), ServiceError> {
        self.with(|state| state.check_grant(&grant.into()))
    }

    /// An error for an upload whose file has another content type than MP3. The
    /// service went by that, and an [`UploadMedia`] no longer knows it. What else
    /// is wrong with it comes first.
    fn check_type(&self, parameters: &Parameters) -> Result<(), ServiceError> {
        let kind = parameters.file_type(FILE).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("audio/mpeg") {
            return Ok(());
        }
        let upload = UploadMedia::from_parameters(parameters)?;
        self.check_grant(upload.grant.as_str())?;
        Err(ServiceError::new(
            415,
            "The part with the file is not audio/mpeg",
        ))
    }

    /// Reads or changes the state as it is now.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.change(false, |state, _, _| act(state))
    }

    /// Looks at the state as it is now, and at what has happened. Nothing of the state
    /// is changed.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut State, &mut Events, &Clock) -> T) -> T {
        // What is due by now happens, and has a number.
        self.with(|_| ());
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Shared { state, events, .. } = &mut *shared;
        look(state, events, &self.clock)
    }

    /// Lets happen what is due, and says when something is due next, which the
    /// one who asks sees to.
    pub(crate) fn move_on(&self) -> Option<Duration> {
        self.with(|_| ());
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let next = shared.state.next_at();
        shared.next_move = Some(next.unwrap_or(Duration::MAX));
        next
    }

    /// When something is due next, without letting happen what is due by now.
    #[cfg(test)]
    pub(crate) fn next_at(&self) -> Option<Duration> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.state.next_at()
    }

    /// Whether the state is kept in a file.
    pub(crate) const fn is_kept(&self) -> bool {
        self.keeper.is_some()
    }

    /// Changes something otherwise than by a request: who holds a telephone, what
    /// happens at it, or an outage.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut State, Duration, &mut Rng) -> T) -> T {
        self.change(true, act)
    }

    /// Serves a request of an application, if its key is known.
    fn serve<O: Operation>(
        &self,
        app_key: &AppKey,
        act: impl FnOnce(&mut Session<'_>) -> Result<O::Response, ServiceError>,
    ) -> Result<O::Response, ServiceError> {
        self.change(O::INFO.effect != Effect::Reads, |state, now, rng| {
            let response = act(&mut state.enter(app_key, O::INFO, now, rng)?)?;
            state.count(O::INFO);
            Ok(response)
        })
    }

    /// Serves a request without a key.
    fn serve_anybody<O: Operation>(
        &self,
        act: impl FnOnce(&mut State, &mut Rng) -> Result<O::Response, ServiceError>,
    ) -> Result<O::Response, ServiceError> {
        self.change(O::INFO.effect != Effect::Reads, |state, _, rng| {
            let response = act(state, rng)?;
            state.count(O::INFO);
            Ok(response)
        })
    }

    /// Changes the state as it is now, and hands over what has changed. Whoever
    /// waits for news is told if it is some, or if something was due.
    fn change<T>(
        &self,
        mut is_news: bool,
        act: impl FnOnce(&mut State, Duration, &mut Rng) -> T,
    ) -> T {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Shared {
            state,
            rng,
            next_move,
            events,
        } = &mut *shared;
        let now = self.clock.now();
        is_news |= state.advance(now, rng);
        let done = act(state, now, rng);
        if let Some(keeper) = &self.keeper {
            match state.change(now) {
                Ok(change) => change.into_iter().for_each(|change| keeper.hand(change)),
                Err(_) => keeper.lose(),
            }
            if keeper.wants_all() {
                let mut whole = Vec::new();
                let taken = state.hand_over(now, |change| {
                    whole.push(change);
                    Ok::<_, serde_json::Error>(())
                });
                // If not, the file grows, and nothing is lost.
                if taken.is_ok() {
                    keeper.hand_all(whole);
                }
            }
        }
        let is_early = match (state.next_at(), *next_move) {
            (Some(next), Some(planned)) => next < planned,
            _ => false,
        };
        let news = self.clock.news();
        is_news |= events.take(state, &self.clock);
        let is_awaited = is_news && (state.is_any_held() || news.is_awaited());
        drop(shared);
        if is_early || is_awaited {
            news.tell();
        }
        done
    }
}

/// Whether something goes where uploads go.
pub(crate) fn is_upload(path: &str) -> bool {
    path.trim_matches('/') == "forklift"
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Service for Backend {
    fn get_version(&self, _request: GetVersion) -> Result<GetVersionResponse, ServiceError> {
        self.serve_anybody::<GetVersion>(|_, _| Ok(GetVersionResponse::new(VERSION)))
    }

    fn upload_media(&self, request: UploadMedia) -> Result<UploadMediaResponse, ServiceError> {
        let uploaded =
            self.serve_anybody::<UploadMedia>(|state, rng| state.upload_media(request, rng));
        uploaded.map(|mut response| {
            response.download_url = self.where_reached(response.download_url);
            response
        })
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
        self.serve::<CreateTalkspace>(app_key, |session| session.create_talkspace(request))
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
        self.serve::<CreateMedia>(app_key, |session| session.create_media(request))
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
        let status =
            self.serve::<GetMediaStatus>(app_key, |session| session.get_media_status(request));
        status.map(|mut response| {
            let url = response.download_url.take();
            response.download_url = url.map(|url| self.where_reached(url));
            response
        })
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
