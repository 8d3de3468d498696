//! The generated [`Service`] on top of the state.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fastrand::Rng;
use http::{Request, Response};
use talkspace_core::server::Refusal;
use talkspace_core::{
    AddToTalkspace, AddToTalkspaceResponse, AppKey, CloseTalkspace, CloseTalkspaceResponse,
    CreateTalkspace, CreateTalkspaceResponse, GetTalkspace, GetTalkspaceResponse, GetVersion,
    GetVersionResponse, HangUp, HangUpResponse, ListTalkspaces, ListTalkspacesResponse,
    MoveParticipant, MoveParticipantResponse, MuteParticipant, MuteParticipantResponse, Operation,
    Service, UnmuteParticipant, UnmuteParticipantResponse, dispatch,
};

use crate::clock::Clock;
use crate::state::{Session, State};

/// The version that the service reported last.
const VERSION: &str = "01.02.06";

/// The service itself: state, clock and chance behind one lock.
#[derive(Clone)]
pub(crate) struct Backend {
    shared: Arc<Mutex<Shared>>,
    clock: Clock,
}

struct Shared {
    state: State,
    rng: Rng,
}

impl Backend {
    pub(crate) fn new(state: State, clock: Clock, seed: u64) -> Self {
        let rng = Rng::with_seed(seed);
        Self {
            shared: Arc::new(Mutex::new(Shared { state, rng })),
            clock,
        }
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Answers a request; what is due by now happens first.
    pub(crate) fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        dispatch(self, request)
    }

    /// Looks at or changes the state as it is now.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.lock().state)
    }

    /// Does what an application asks for, if it may.
    fn serve<O: Operation>(
        &self,
        app_key: &AppKey,
        act: impl FnOnce(Session<'_>) -> Result<O::Response, Refusal>,
    ) -> Result<O::Response, Refusal> {
        let Shared { state, rng } = &mut *self.lock();
        act(state.enter(app_key, O::INFO, self.clock.now(), rng)?)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.state.advance(self.clock.now());
        shared
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Service for Backend {
    fn get_version(&self, _request: GetVersion) -> Result<GetVersionResponse, Refusal> {
        Ok(GetVersionResponse::new(VERSION))
    }

    fn create_talkspace(
        &self,
        app_key: &AppKey,
        request: CreateTalkspace,
    ) -> Result<CreateTalkspaceResponse, Refusal> {
        self.serve::<CreateTalkspace>(app_key, |mut session| session.create_talkspace(request))
    }

    fn list_talkspaces(
        &self,
        app_key: &AppKey,
        request: ListTalkspaces,
    ) -> Result<ListTalkspacesResponse, Refusal> {
        self.serve::<ListTalkspaces>(app_key, |mut session| session.list_talkspaces(request))
    }

    fn get_talkspace(
        &self,
        app_key: &AppKey,
        request: GetTalkspace,
    ) -> Result<GetTalkspaceResponse, Refusal> {
        self.serve::<GetTalkspace>(app_key, |mut session| session.get_talkspace(request))
    }

    fn add_to_talkspace(
        &self,
        app_key: &AppKey,
        request: AddToTalkspace,
    ) -> Result<AddToTalkspaceResponse, Refusal> {
        self.serve::<AddToTalkspace>(app_key, |mut session| session.add_to_talkspace(request))
    }

    fn close_talkspace(
        &self,
        app_key: &AppKey,
        request: CloseTalkspace,
    ) -> Result<CloseTalkspaceResponse, Refusal> {
        self.serve::<CloseTalkspace>(app_key, |mut session| session.close_talkspace(request))
    }

    fn hang_up(&self, app_key: &AppKey, request: HangUp) -> Result<HangUpResponse, Refusal> {
        self.serve::<HangUp>(app_key, |mut session| session.hang_up(request))
    }

    fn move_participant(
        &self,
        app_key: &AppKey,
        request: MoveParticipant,
    ) -> Result<MoveParticipantResponse, Refusal> {
        self.serve::<MoveParticipant>(app_key, |mut session| session.move_participant(request))
    }

    fn mute_participant(
        &self,
        app_key: &AppKey,
        request: MuteParticipant,
    ) -> Result<MuteParticipantResponse, Refusal> {
        self.serve::<MuteParticipant>(app_key, |mut session| session.mute_participant(request))
    }

    fn unmute_participant(
        &self,
        app_key: &AppKey,
        request: UnmuteParticipant,
    ) -> Result<UnmuteParticipantResponse, Refusal> {
        self.serve::<UnmuteParticipant>(app_key, |mut session| session.unmute_participant(request))
    }
}
