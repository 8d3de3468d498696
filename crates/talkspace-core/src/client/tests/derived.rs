//! What is set for a client holds for every method of it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::builder;
use crate::sure::SureRequest;
use crate::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use crate::{
    AddToTalkspace, BlockingClient, CancelToken, Client, CreateTalkspace, Download, Error,
    ErrorKind, FailureKind, GetVersion, PollOptions, Sure,
};

const AGES: Duration = Duration::from_secs(600);

/// What is told of an exchange: the response timeout, and a header field.
type Told = (Duration, String);

/// Says what each exchange was handed, and when a wait begins that only a
/// cancellation ends.
struct Telling {
    exchanges: Sender<Told>,
    waits: Sender<()>,
}

impl Telling {
    fn new() -> (Self, Receiver<Told>, Receiver<()>) {
        let ((exchanges, told), (waits, waiting)) = (channel(), channel());
        (Self { exchanges, waits }, told, waiting)
    }

    fn respond(&self, exchange: &Exchange) -> http::Response<Bytes> {
        let request = exchange.request();
        let field = request.headers().get("x-a");
        let field = field.map_or("", |value| value.to_str().unwrap()).to_owned();
        let told = (exchange.limits().response_timeout, field);
        self.exchanges.send(told).unwrap();
        let path = request.uri().path();
        http::Response::new(match path {
            "/api/rest/version" => "01.02.06".into(),
            "/api/rest/conference" => r#"{"ConferenceListResponse":{"status":200}}"#.into(),
            _ if path.starts_with("/api/rest/media") => {
                r#"{"MediaResponse":{"status":204}}"#.into()
            }
            _ if path.starts_with("/api/rest/registrant") => {
                r#"{"RegistrantResponse":{"status":404}}"#.into()
            }
            _ => r#"{"ConferenceDetailsResponse":{"status":200}}"#.into(),
        })
    }
}

#[async_trait]
impl Transport for Telling {
    async fn exchange(
        &self,
        exchange: Exchange,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        Ok(self.respond(&exchange).map(ResponseBody::from))
    }

    async fn sleep(&self, _duration: Duration) {
        unreachable!("one poll");
    }
}

impl BlockingTransport for Telling {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<http::Response<BlockingResponseBody>, TransportError> {
        Ok(self.respond(&exchange).map(BlockingResponseBody::from))
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        self.waits.send(()).unwrap();
        cancel.wait(duration);
    }
}

type Method = fn(&BlockingClient, PollOptions) -> Result<(), Error>;

fn create() -> CreateTalkspace {
    CreateTalkspace::new("eta")
}

fn add() -> AddToTalkspace {
    AddToTalkspace::new("63c9", "eta")
}

/// Whether looking failed.
fn looked<O: SureRequest>(sure: Sure<O>) -> Result<(), Error> {
    match sure {
        Sure::InDoubt {
            look_error: Some(error),
            ..
        } => Err(error),
        _ => Ok(()),
    }
}

/// Those that poll, and end when that times out.
const POLLING: [Method; 5] = [
    |client, poll| client.wait_for_media("6e6a", poll).map(drop),
    |client, poll| client.wait_for_registration("eta", poll).map(drop),
    |client, poll| client.wait_for_participant("63c9", "eta", poll).map(drop),
    |client, poll| looked(client.reconcile(&create(), None, poll)),
    |client, poll| looked(client.reconcile(&add(), None, poll)),
];

const SENDING: [Method; 3] = [
    |client, _| client.send(GetVersion::new()).map(drop),
    |client, _| client.response_to(GetVersion::new()).map(drop),
    |client, _| {
        let download = Download::new("https://a.example/1.mp3");
        client.download(download, &mut Vec::new()).map(drop)
    },
];

fn one_poll() -> PollOptions {
    PollOptions::default().timeout(Duration::ZERO)
}

#[test]
fn options_and_header_fields_bind_every_method() {
    let (transport, told, _) = Telling::new();
    let client = builder().build_blocking(transport).unwrap();
    let mut options = client.options();
    options.limits.response_timeout = Duration::from_secs(3);
    let derived = client.with_header("x-a", "1").with_options(options);
    for method in POLLING.into_iter().chain(SENDING) {
        let _ended = method(&derived, one_poll());
        assert_eq!(
            told.recv().unwrap(),
            (Duration::from_secs(3), "1".to_owned())
        );
        let _ended = method(&client, one_poll());
        let usual = client.options().limits.response_timeout;
        assert_eq!(
            told.recv().unwrap(),
            (usual, String::new()),
            "it is as it was"
        );
    }
    assert!(told.try_recv().is_err());
}

#[test]
fn options_and_header_fields_bind_every_async_method() {
    let (transport, told, _) = Telling::new();
    let client = builder().build(transport).unwrap();
    let mut options = client.options();
    options.limits.response_timeout = Duration::from_secs(3);
    let derived = client.with_options(options).with_header("x-a", "1");
    let mut all = Box::pin(async {
        let poll = one_poll();
        let _ended = derived.send(GetVersion::new()).await;
        let _ended = derived.response_to(GetVersion::new()).await;
        let download = Download::new("https://a.example/1.mp3");
        let _ended = derived.open(download).await;
        let _ended = derived.wait_for_media("6e6a", poll).await;
        let _ended = derived.wait_for_registration("eta", poll).await;
        let _ended = derived.wait_for_participant("63c9", "eta", poll).await;
        let _ended = derived.reconcile(&create(), None, poll).await;
        let _ended = derived.reconcile(&add(), None, poll).await;
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(all.as_mut().poll(&mut context).is_ready());
    let told: Vec<_> = told.try_iter().collect();
    assert_eq!(told, vec![(Duration::from_secs(3), "1".to_owned()); 8]);
}

#[test]
fn a_token_ends_every_method_that_waits() {
    for method in POLLING {
        let (transport, _told, waiting) = Telling::new();
        let cancel = CancelToken::new();
        let client = builder().build_blocking(transport);
        let client = client.map(|client| client.with_cancel(&cancel)).unwrap();
        let polling = thread::spawn(move || {
            // What is derived later keeps the token.
            let client = client.with_options(client.options());
            let poll = PollOptions::default().timeout(AGES * 2).backoff(AGES, AGES);
            method(&client, poll)
        });
        waiting.recv().unwrap();
        cancel.cancel();
        let error = polling.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Cancelled));
    }
}

#[test]
fn a_token_that_is_cancelled_sends_nothing_and_the_client_it_is_from_goes_on() {
    let (transport, told, _) = Telling::new();
    let client = builder().build_blocking(transport).unwrap();
    let cancel = CancelToken::new();
    cancel.cancel();
    let cancelled = client.with_cancel(&cancel);
    for method in POLLING.into_iter().chain(SENDING) {
        let error = method(&cancelled, one_poll()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Cancelled));
    }
    assert!(told.try_recv().is_err());
    assert!(client.send(GetVersion::new()).is_ok());
    let other = cancelled.with_cancel(&CancelToken::new());
    assert!(other.send(GetVersion::new()).is_ok());
}

#[test]
fn clients_are_shared_between_threads() {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Client>();
    is_shared::<BlockingClient>();
}
