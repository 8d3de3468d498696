//! What became of a request whose response was lost, on both clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::Response;
use talkspace_core::response::ListTalkspacesResponse;
use talkspace_core::sure::{Before, SureRequest, UploadTo};
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use talkspace_core::{
    AddToTalkspace, BlastMedia, BlockingClient, CancelToken, ChangePhone, Client, ConferenceId,
    CreateMedia, CreateTalkspace, Delivery, Error, ErrorKind, FailureKind, HangUp, ListTalkspaces,
    MediaFile, MoveParticipant, Operation, PollOptions, RecordMedia, Register, RequestUploadGrant,
    Sure, SureOptions, UploadMedia,
};
use talkspace_sandbox::{Clock, InMemory, Sandbox, SandboxBuilder};
use tokio::runtime::Runtime;

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

/// One poll: the sandbox's clock stands still meanwhile.
fn one_poll() -> SureOptions {
    SureOptions::from(PollOptions::default().timeout(Duration::ZERO)).exclusive()
}

/// Polls with waits, in which the sandbox's clock moves.
fn polls() -> SureOptions {
    SureOptions::default().exclusive()
}

/// What is lost of an exchange that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    Nothing,
    /// It never arrived, though its sender cannot know.
    Request,
    /// It was applied.
    Response,
}

/// A sandbox behind a connection that breaks.
#[derive(Clone)]
struct Breaking {
    inner: InMemory,
    loses_request: Arc<AtomicBool>,
    loses_response: Arc<AtomicBool>,
    posts: Arc<AtomicUsize>,
}

impl Breaking {
    /// Counts what changes something, and breaks off before it arrives.
    fn before(&self, exchange: &Exchange) -> Result<bool, TransportError> {
        if exchange
            .operation()
            .is_none_or(|info| info.effect.is_idempotent())
        {
            return Ok(false);
        }
        self.posts.fetch_add(1, Ordering::Relaxed);
        match self.loses_request.load(Ordering::Relaxed) {
            true => Err(broken()),
            false => Ok(self.loses_response.load(Ordering::Relaxed)),
        }
    }
}

fn broken() -> TransportError {
    TransportError::new(FailureKind::Closed, Delivery::MaybeSent)
}

#[async_trait]
impl Transport for Breaking {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        let loses_response = self.before(&exchange)?;
        let response = Transport::exchange(&self.inner, exchange).await?;
        if loses_response {
            return Err(broken());
        }
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        Transport::sleep(&self.inner, duration).await;
    }

    fn now(&self) -> Instant {
        Transport::now(&self.inner)
    }
}

impl BlockingTransport for Breaking {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let loses_response = self.before(&exchange)?;
        let response = BlockingTransport::exchange(&self.inner, exchange, cancel)?;
        if loses_response {
            return Err(broken());
        }
        Ok(response)
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        BlockingTransport::sleep(&self.inner, duration, cancel);
    }

    fn now(&self) -> Instant {
        BlockingTransport::now(&self.inner)
    }
}

/// Either client, as one.
enum Either {
    Async(Client, Runtime),
    Blocking(BlockingClient),
}

/// A client, the sandbox behind it, and what breaks between them.
struct Scene {
    client: Either,
    sandbox: Sandbox,
    link: Breaking,
}

impl Scene {
    /// The same scene for each client.
    fn both() -> [Self; 2] {
        [false, true].map(|is_async| {
            let sandbox = Sandbox::builder()
                .examples()
                .clock(Clock::frozen())
                .seed(7)
                .build()
                .unwrap();
            let link = Breaking {
                inner: sandbox.transport(),
                loses_request: Arc::default(),
                loses_response: Arc::default(),
                posts: Arc::default(),
            };
            let url = Sandbox::IN_MEMORY_URL;
            let client = if is_async {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap();
                let client = Client::builder(url, KEY).build(link.clone()).unwrap();
                Either::Async(client, runtime)
            } else {
                let builder = BlockingClient::builder(url, KEY);
                Either::Blocking(builder.build_blocking(link.clone()).unwrap())
            };
            Self {
                client,
                sandbox,
                link,
            }
        })
    }

    fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        match &self.client {
            Either::Async(client, runtime) => runtime.block_on(client.send(operation)),
            Either::Blocking(client) => client.send(operation),
        }
    }

    fn list(&self) -> ListTalkspacesResponse {
        self.send(ListTalkspaces::new()).unwrap()
    }

    /// Creates a TalkSpace whose leader has answered.
    fn create(&self, leader: &str) -> ConferenceId {
        let made = self.send(CreateTalkspace::new(leader)).unwrap();
        self.answer_phones();
        made.conference_id
    }

    fn answer_phones(&self) {
        self.sandbox.advance(Duration::from_secs(1));
    }

    fn set(&self, lost: Lost) {
        let link = &self.link;
        link.loses_request
            .store(lost == Lost::Request, Ordering::Relaxed);
        link.loses_response
            .store(lost == Lost::Response, Ordering::Relaxed);
    }

    /// Sends what may or may not be applied.
    fn lose<O: Operation>(&self, lost: Lost, operation: O) {
        self.set(lost);
        let error = self.send(operation).unwrap_err();
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        self.set(Lost::Nothing);
    }

    fn look<O: SureRequest>(&self, request: &O) -> Before<O> {
        let before = match &self.client {
            Either::Async(client, runtime) => runtime.block_on(client.look(request)),
            Either::Blocking(client) => client.look(request),
        };
        before.unwrap()
    }

    /// Looks, and checks that looking is all that was done.
    fn reconcile<O: SureRequest>(
        &self,
        request: &O,
        before: Option<&Before<O>>,
        options: SureOptions,
    ) -> Sure<O> {
        let posts = self.link.posts.load(Ordering::Relaxed);
        let rings = self.sandbox.rings("eta") + self.sandbox.rings("@theta");
        let sure = match &self.client {
            Either::Async(client, runtime) => {
                runtime.block_on(client.reconcile(request, before, options))
            }
            Either::Blocking(client) => client.reconcile(request, before, options),
        };
        assert_eq!(self.link.posts.load(Ordering::Relaxed), posts);
        let still = self.sandbox.rings("eta") + self.sandbox.rings("@theta");
        assert_eq!(still, rings, "polling rings no phone");
        sure
    }

    /// Sends surely, and checks that it was sent once at most.
    fn send_surely<O: SureRequest>(&self, lost: Lost, request: O, options: SureOptions) -> Sure<O> {
        let posts = self.link.posts.load(Ordering::Relaxed);
        self.set(lost);
        let sure = match &self.client {
            Either::Async(client, runtime) => {
                runtime.block_on(client.send_surely(request, options))
            }
            Either::Blocking(client) => client.send_surely(request, options),
        };
        self.set(Lost::Nothing);
        assert!(self.link.posts.load(Ordering::Relaxed) <= posts + 1);
        sure
    }
}

/// What a request surely did, seen by a look.
fn applied<O: SureRequest>(sure: Sure<O>) -> O::Response {
    match sure {
        Sure::Applied {
            response,
            seen: Some(_),
            ..
        } => response,
        other => panic!("{other:?}"),
    }
}

/// The places where a request in doubt may have done something.
fn in_doubt<O: SureRequest>(sure: Sure<O>) -> Vec<O::Look> {
    match sure {
        Sure::InDoubt {
            error,
            candidates,
            look_error: None,
            ..
        } => {
            assert_eq!(error.operation(), O::INFO.id);
            assert_eq!(error.delivery(), Delivery::MaybeSent);
            candidates.into_iter().map(|it| it.look).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn ids(sure: Sure<CreateTalkspace>) -> Vec<ConferenceId> {
    let mut ids: Vec<_> = in_doubt(sure)
        .into_iter()
        .map(|it| it.conference_id)
        .collect();
    ids.sort();
    ids
}

/// The ids that are in one list and not in the other.
fn new_in(after: &ListTalkspacesResponse, before: &ListTalkspacesResponse) -> Vec<ConferenceId> {
    let is_new = |id: &&ConferenceId| !before.active.contains(id) && !before.inactive.contains(id);
    let mut ids: Vec<_> = after.active.iter().filter(is_new).cloned().collect();
    ids.sort();
    ids
}

#[test]
fn a_creation_whose_response_was_lost_is_found_once_its_leader_has_answered() {
    for scene in Scene::both() {
        // The leader has an older one, in which they are still.
        let older = scene.create("eta");
        let (list, request) = (scene.list(), CreateTalkspace::new("eta"));
        let before = scene.look(&request);
        scene.lose(Lost::Response, request.clone());
        let new = new_in(&scene.list(), &list);
        assert_eq!(new.len(), 1);

        // The phone still rings: it may be this one, and nothing shows more.
        let ringing = scene.reconcile(&request, Some(&before), one_poll());
        assert_eq!(ids(ringing), new);
        // A backoff moves the sandbox's clock, and the phone is answered.
        let found = applied(scene.reconcile(&request, Some(&before), polls()));
        assert_eq!(vec![found.conference_id.clone()], new);
        assert_ne!(found.conference_id, older);
        assert_eq!(scene.sandbox.applied::<CreateTalkspace>(), 2);
        assert_eq!(scene.sandbox.rings("eta"), 2);
    }
}

#[test]
fn one_request_in_one_step_has_its_verdict() {
    for scene in Scene::both() {
        let request = || CreateTalkspace::new("eta");
        let Sure::Applied { seen: None, .. } = scene.send_surely(Lost::Nothing, request(), polls())
        else {
            panic!("it responded")
        };
        let found = applied(scene.send_surely(Lost::Response, request(), polls()));
        assert!(scene.list().active.contains(&found.conference_id));
        // Nothing shows a request that may arrive yet, nor that it will not.
        assert!(ids(scene.send_surely(Lost::Request, request(), polls())).is_empty());
        assert_eq!(scene.sandbox.applied::<CreateTalkspace>(), 2);
        assert_eq!(scene.sandbox.rings("eta"), 2);
        // Others may have done what is seen, unless they are ruled out.
        let shared = SureOptions::default();
        let candidates = ids(scene.send_surely(Lost::Response, request(), shared));
        assert_eq!(candidates.len(), 1);

        let stranger = CreateTalkspace::new("nobody");
        let Sure::NotApplied(error) = scene.send_surely(Lost::Nothing, stranger, polls()) else {
            panic!("the service says so")
        };
        assert_eq!(error.kind(), ErrorKind::Status);
    }
}

#[test]
fn what_cannot_be_looked_at_is_not_sent() {
    for scene in Scene::both() {
        let request = AddToTalkspace::new("unknown", "eta");
        let Sure::NotApplied(error) = scene.send_surely(Lost::Nothing, request, polls()) else {
            panic!("there is no such TalkSpace")
        };
        assert_eq!(error.operation(), "getTalkspace");
        assert_eq!(scene.link.posts.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn every_other_request_has_its_verdict() {
    for scene in Scene::both() {
        let (from, to) = (scene.create("eta"), scene.create("@theta"));
        let request = AddToTalkspace::new(&to, "eta");
        applied(scene.send_surely(Lost::Response, request, polls()));
        let request = MoveParticipant::new(&from, "eta", scene.create("@theta"));
        let moved = applied(scene.send_surely(Lost::Response, request, polls()));
        assert_eq!(moved.conference_id, from);

        let phone = "14155550001".parse().unwrap();
        let request = Register::new("iota").phone(phone);
        applied(scene.send_surely(Lost::Response, request, polls()));

        let media = || scene.send(CreateMedia::new()).unwrap().media_id;
        let request = RecordMedia::new(media(), "eta");
        applied(scene.send_surely(Lost::Response, request, polls()));

        let media = media();
        let granted = scene.send(RequestUploadGrant::new(&media)).unwrap();
        let sound = MediaFile::mp3(&b"\xFF\xFB\x90\x64"[..]).unwrap();
        let upload = UploadTo::new(&media, UploadMedia::new(granted.grant_id, sound));
        let stored = applied(scene.send_surely(Lost::Response, upload, polls()));
        assert!(stored.download_url.as_str().starts_with("http"));
    }
}

#[test]
fn what_nothing_shows_is_in_doubt_at_once() {
    for scene in Scene::both() {
        let now = scene.sandbox.clock().now();
        let phone = "14155550001".parse().unwrap();
        let media = "6e6a151be31b467f87225b18b0f36f00";
        let request = ChangePhone::new("eta", phone);
        assert!(in_doubt(scene.send_surely(Lost::Response, request, polls())).is_empty());
        let request = BlastMedia::new([media], "eta");
        assert!(in_doubt(scene.send_surely(Lost::Response, request, polls())).is_empty());
        let request = CreateMedia::new();
        assert!(in_doubt(scene.send_surely(Lost::Response, request, polls())).is_empty());
        let request = RequestUploadGrant::new(media);
        assert!(in_doubt(scene.send_surely(Lost::Response, request, polls())).is_empty());
        assert_eq!(scene.sandbox.clock().now(), now, "nothing is waited for");
    }
}

#[test]
fn a_creation_that_never_arrived_is_not_seen() {
    for scene in Scene::both() {
        scene.create("eta");
        let request = CreateTalkspace::new("eta");
        let before = scene.look(&request);
        scene.lose(Lost::Request, request.clone());
        assert!(ids(scene.reconcile(&request, Some(&before), one_poll())).is_empty());
        assert_eq!(scene.sandbox.applied::<CreateTalkspace>(), 1);
    }
}

#[test]
fn a_creation_beside_another_for_the_same_leader_is_in_doubt() {
    for scene in Scene::both() {
        let (list, request) = (scene.list(), CreateTalkspace::new("eta"));
        let before = scene.look(&request);
        scene.lose(Lost::Response, request.clone());
        // Somebody else, who shares the key.
        scene.create("eta");
        let sure = scene.reconcile(&request, Some(&before), polls());
        let new = new_in(&scene.list(), &list);
        assert_eq!(new.len(), 2);
        assert_eq!(ids(sure), new);
    }
}

#[test]
fn a_creation_beside_one_for_somebody_else_is_found() {
    for scene in Scene::both() {
        let request = CreateTalkspace::new("eta");
        let before = scene.look(&request);
        scene.lose(Lost::Response, request.clone());
        let other = scene.create("@theta");
        let found = applied(scene.reconcile(&request, Some(&before), one_poll()));
        assert_ne!(found.conference_id, other);
    }
}

#[test]
fn a_creation_that_was_left_again_stays_open() {
    for scene in Scene::both() {
        let (list, request) = (scene.list(), CreateTalkspace::new("eta"));
        let before = scene.look(&request);
        scene.lose(Lost::Response, request.clone());
        let id = new_in(&scene.list(), &list).remove(0);
        scene.send(HangUp::new(&id, "eta")).unwrap();
        let sure = scene.reconcile(&request, Some(&before), one_poll());
        assert_eq!(ids(sure), [id]);
    }
}

#[test]
fn without_a_look_before_an_older_one_is_not_taken_for_the_new_one() {
    for scene in Scene::both() {
        let older = scene.create("eta");
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Request, request.clone());
        assert_eq!(ids(scene.reconcile(&request, None, polls())), [older]);
    }
}

#[test]
fn a_person_whose_adding_lost_its_response_is_found_once_they_have_answered() {
    for scene in Scene::both() {
        let id = scene.create("eta");
        let request = AddToTalkspace::new(&id, "@theta");
        let before = scene.look(&request);
        scene.lose(Lost::Response, request.clone());
        // Details do not show whose phone rings.
        assert!(in_doubt(scene.reconcile(&request, Some(&before), one_poll())).is_empty());
        let found = applied(scene.reconcile(&request, Some(&before), polls()));
        assert_eq!(found.conference_id, id);
        assert_eq!(scene.sandbox.rings("@theta"), 1);
    }
}

#[test]
fn a_person_whose_adding_never_arrived_is_not_seen() {
    for scene in Scene::both() {
        let id = scene.create("eta");
        let request = AddToTalkspace::new(&id, "@theta");
        let before = scene.look(&request);
        scene.lose(Lost::Request, request.clone());
        scene.answer_phones();
        assert!(in_doubt(scene.reconcile(&request, Some(&before), one_poll())).is_empty());
        assert_eq!(scene.sandbox.rings("@theta"), 0);
    }
}

#[test]
fn a_person_who_was_there_before_leaves_it_open() {
    for scene in Scene::both() {
        let id = scene.create("eta");
        let request = AddToTalkspace::new(&id, "eta");
        let before = scene.look(&request);
        scene.lose(Lost::Response, request.clone());
        for before in [Some(&before), None] {
            let places = in_doubt(scene.reconcile(&request, before, polls()));
            assert_eq!(places.len(), 1);
            assert_eq!(places[0].conference_id, id);
        }
    }
}

fn look_error<O: SureRequest>(sure: Sure<O>) -> Error {
    match sure {
        Sure::InDoubt {
            look_error: Some(error),
            ..
        } => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_look_that_fails_is_told_beside_the_doubt() {
    let [scene, _] = Scene::both();
    let Either::Blocking(client) = &scene.client else {
        panic!("the first one is blocking")
    };
    let request = AddToTalkspace::new("unknown", "eta");
    let error = look_error(client.reconcile(&request, None, one_poll()));
    assert_eq!(error.operation(), "getTalkspace");
    assert_eq!(error.status().map(|status| status.code()), Some(404));

    let cancel = CancelToken::new();
    cancel.cancel();
    let request = CreateTalkspace::new("eta");
    let client = client.with_cancel(&cancel);
    let error = look_error(client.reconcile(&request, None, polls()));
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Cancelled));
}
