//! What became of a request whose response was lost, on both clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use http::{Method, Response};
use talkspace_core::response::{GetTalkspaceResponse, ListTalkspacesResponse};
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use talkspace_core::{
    AddToTalkspace, BlockingClient, CancelToken, Client, ConferenceId, CreateTalkspace, Delivery,
    FailureKind, GetTalkspace, HangUp, ListTalkspaces, Operation, PollOptions, Reconciliation,
};
use talkspace_sandbox::{Clock, InMemory, Sandbox, SandboxBuilder};
use tokio::runtime::Runtime;

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

/// One poll: the sandbox's clock stands still meanwhile.
fn one_poll() -> PollOptions {
    PollOptions::default().timeout(Duration::ZERO)
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
        if exchange.request().method() != Method::POST {
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

    fn send<O: Operation>(&self, operation: O) -> Result<O::Response, talkspace_core::Error> {
        match &self.client {
            Either::Async(client, runtime) => runtime.block_on(client.send(operation)),
            Either::Blocking(client) => client.send(operation),
        }
    }

    fn list(&self) -> ListTalkspacesResponse {
        self.send(ListTalkspaces::new()).unwrap()
    }

    fn details(&self, id: &ConferenceId) -> GetTalkspaceResponse {
        self.send(GetTalkspace::new(id)).unwrap()
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

    /// Sends what may or may not be applied.
    fn lose<O: Operation>(&self, lost: Lost, operation: O) {
        let set = |lost: Lost| {
            let link = &self.link;
            link.loses_request
                .store(lost == Lost::Request, Ordering::Relaxed);
            link.loses_response
                .store(lost == Lost::Response, Ordering::Relaxed);
        };
        set(lost);
        let error = self.send(operation).unwrap_err();
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        set(Lost::Nothing);
    }

    /// Looks, and checks that looking is all that was done.
    fn polling(&self, poll: impl FnOnce() -> Reconciliation) -> Reconciliation {
        let posts = self.link.posts.load(Ordering::Relaxed);
        let rings = self.sandbox.rings("eta") + self.sandbox.rings("@theta");
        let finding = poll();
        assert_eq!(self.link.posts.load(Ordering::Relaxed), posts);
        let still = self.sandbox.rings("eta") + self.sandbox.rings("@theta");
        assert_eq!(still, rings, "polling rings no phone");
        finding
    }

    fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        options: PollOptions,
    ) -> Reconciliation {
        self.polling(|| match &self.client {
            Either::Async(client, runtime) => runtime
                .block_on(client.reconcile_create(request, before, options))
                .unwrap(),
            Either::Blocking(client) => client.reconcile_create(request, before, options).unwrap(),
        })
    }

    fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        options: PollOptions,
    ) -> Reconciliation {
        self.polling(|| match &self.client {
            Either::Async(client, runtime) => runtime
                .block_on(client.reconcile_add(request, before, options))
                .unwrap(),
            Either::Blocking(client) => client.reconcile_add(request, before, options).unwrap(),
        })
    }
}

/// The TalkSpace that a request surely ended in.
fn applied(finding: Reconciliation) -> ConferenceId {
    match finding {
        Reconciliation::Applied { conference_id, .. } => conference_id,
        other => panic!("{other:?}"),
    }
}

fn ambiguous(finding: Reconciliation) -> Vec<ConferenceId> {
    match finding {
        Reconciliation::Ambiguous(mut ids) => {
            ids.sort();
            ids
        }
        other => panic!("{other:?}"),
    }
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
        let before = scene.list();
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Response, request.clone());
        let new = new_in(&scene.list(), &before);
        assert_eq!(new.len(), 1);

        // The phone still rings: it may be this one, and nothing shows more.
        let ringing = scene.reconcile_create(&request, Some(&before), one_poll());
        assert_eq!(ambiguous(ringing), new);
        // A backoff moves the sandbox's clock, and the phone is answered.
        let found = scene.reconcile_create(&request, Some(&before), PollOptions::default());
        let found = applied(found);
        assert_eq!(vec![found.clone()], new);
        assert_ne!(found, older);
        assert_eq!(scene.sandbox.applied("createTalkspace"), 2);
        assert_eq!(scene.sandbox.rings("eta"), 2);
    }
}

#[test]
fn a_creation_that_never_arrived_is_not_seen() {
    for scene in Scene::both() {
        scene.create("eta");
        let before = scene.list();
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Request, request.clone());
        let finding = scene.reconcile_create(&request, Some(&before), one_poll());
        assert_eq!(finding, Reconciliation::NotSeen);
        assert_eq!(scene.sandbox.applied("createTalkspace"), 1);
    }
}

#[test]
fn a_creation_beside_another_for_the_same_leader_is_ambiguous() {
    for scene in Scene::both() {
        let before = scene.list();
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Response, request.clone());
        // Somebody else, who shares the key.
        scene.create("eta");
        let finding = scene.reconcile_create(&request, Some(&before), PollOptions::default());
        let new = new_in(&scene.list(), &before);
        assert_eq!(new.len(), 2);
        assert_eq!(ambiguous(finding), new);
    }
}

#[test]
fn a_creation_beside_one_for_somebody_else_is_found() {
    for scene in Scene::both() {
        let before = scene.list();
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Response, request.clone());
        let other = scene.create("@theta");
        let finding = scene.reconcile_create(&request, Some(&before), one_poll());
        assert_ne!(applied(finding), other);
    }
}

#[test]
fn a_creation_that_was_left_again_stays_open() {
    for scene in Scene::both() {
        let before = scene.list();
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Response, request.clone());
        let id = new_in(&scene.list(), &before).remove(0);
        scene.send(HangUp::new(&id, "eta")).unwrap();
        let finding = scene.reconcile_create(&request, Some(&before), one_poll());
        assert_eq!(ambiguous(finding), [id]);
    }
}

#[test]
fn without_a_list_from_before_an_older_one_is_not_taken_for_the_new_one() {
    for scene in Scene::both() {
        let older = scene.create("eta");
        let request = CreateTalkspace::new("eta");
        scene.lose(Lost::Request, request.clone());
        let finding = scene.reconcile_create(&request, None, PollOptions::default());
        assert_eq!(ambiguous(finding), [older]);
    }
}

#[test]
fn a_person_whose_adding_lost_its_response_is_found_once_they_have_answered() {
    for scene in Scene::both() {
        let id = scene.create("eta");
        let before = scene.details(&id);
        let request = AddToTalkspace::new(&id, "@theta");
        scene.lose(Lost::Response, request.clone());
        // Details do not show whose phone rings.
        let ringing = scene.reconcile_add(&request, Some(&before), one_poll());
        assert_eq!(ringing, Reconciliation::NotSeen);
        let found = scene.reconcile_add(&request, Some(&before), PollOptions::default());
        assert_eq!(applied(found), id);
        assert_eq!(scene.sandbox.rings("@theta"), 1);
    }
}

#[test]
fn a_person_whose_adding_never_arrived_is_not_seen() {
    for scene in Scene::both() {
        let id = scene.create("eta");
        let before = scene.details(&id);
        let request = AddToTalkspace::new(&id, "@theta");
        scene.lose(Lost::Request, request.clone());
        scene.answer_phones();
        let finding = scene.reconcile_add(&request, Some(&before), one_poll());
        assert_eq!(finding, Reconciliation::NotSeen);
        assert_eq!(scene.sandbox.rings("@theta"), 0);
    }
}

#[test]
fn a_person_who_was_there_before_leaves_it_open() {
    for scene in Scene::both() {
        let id = scene.create("eta");
        let before = scene.details(&id);
        let request = AddToTalkspace::new(&id, "eta");
        scene.lose(Lost::Response, request.clone());
        for before in [Some(&before), None] {
            let finding = scene.reconcile_add(&request, before, PollOptions::default());
            assert_eq!(ambiguous(finding), std::slice::from_ref(&id));
        }
    }
}

#[test]
fn a_poll_that_fails_is_an_error() {
    let [scene, _] = Scene::both();
    let Either::Blocking(client) = &scene.client else {
        panic!("the first one is blocking")
    };
    let request = AddToTalkspace::new("unknown", "eta");
    let error = client
        .reconcile_add(&request, None, one_poll())
        .unwrap_err();
    assert_eq!(error.operation(), "getTalkspace");
    assert_eq!(error.status().map(|status| status.code()), Some(404));

    let cancel = CancelToken::new();
    cancel.cancel();
    let request = CreateTalkspace::new("eta");
    let error = client
        .with_cancel(&cancel)
        .reconcile_create(&request, None, PollOptions::default())
        .unwrap_err();
    assert_eq!(
        error.kind(),
        talkspace_core::ErrorKind::Transport(FailureKind::Cancelled)
    );
}
