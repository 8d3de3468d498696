//! What a client adds to a request: defaults, seeds and a shared budget.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::response::GetTalkspaceResponse;
use crate::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError, blocking_transport_fn,
};
use crate::{
    BaseUrl, BlockingClient, CancelToken, CreateTalkspace, Delivery, Download, Error, ErrorKind,
    FailureKind, GetVersion, InvalidBaseUrl, InvalidClient, Phase, PollOptions, RequestOptions,
};

mod budget;
mod derived;
mod sure;

fn builder() -> crate::ClientBuilder {
    BlockingClient::builder("https://a.example", "SENTINEL")
}

#[test]
fn a_default_greeting_is_carried() {
    let client = builder()
        .greeting_id("usual")
        .build_blocking(blocking_transport_fn(|request| {
            let body = request.body().read_to_bytes()?;
            assert!(body.ends_with(b"&greetingid=usual"));
            let created = r#"{"ConferenceResponse":{"status":201,"conferenceId":"63c9"}}"#;
            Ok(http::Response::new(created.into()))
        }))
        .unwrap();
    assert!(client.send(CreateTalkspace::new("eta")).is_ok());
}

#[test]
fn derived_clients_draw_on_one_budget() {
    let exchanges = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&exchanges);
    let client = builder()
        // Time would fill the budget again.
        .options(
            RequestOptions::default()
                .max_retries(100)
                .backoff(Duration::ZERO, Duration::ZERO),
        )
        .build_blocking(blocking_transport_fn(move |_request| {
            counted.fetch_add(1, Ordering::Relaxed);
            Err(TransportError::new(FailureKind::Connect, Delivery::NotSent))
        }))
        .unwrap();
    for _ in 0..5 {
        let derived = client.with_header("x-a", "1");
        let derived = derived.with_options(client.options());
        assert!(derived.send(GetVersion::new()).is_err());
    }
    // Five first attempts, and the reserve of ten once.
    assert_eq!(exchanges.load(Ordering::Relaxed), 15);
}

#[test]
fn a_base_url_that_could_leak_the_key_builds_no_client() {
    let transport = blocking_transport_fn(|_request| Ok(http::Response::default()));
    let error = BlockingClient::builder("http://a.example", "key")
        .build_blocking(transport)
        .unwrap_err();
    assert_eq!(error, InvalidClient::BaseUrl(InvalidBaseUrl::PlainHttp));
}

#[test]
fn debug_hides_the_key() {
    let transport = blocking_transport_fn(|_request| Ok(http::Response::default()));
    let builder = builder();
    assert!(!format!("{builder:?}").contains("SENTINEL"));
    let client = builder.build_blocking(transport).unwrap();
    assert!(!format!("{client:?}").contains("SENTINEL"));
}

/// A client whose transport responds with these bodies, one after the other.
fn responding(bodies: &'static [&'static str]) -> BlockingClient {
    let requests = AtomicU32::new(0);
    let transport = blocking_transport_fn(move |request| {
        let number = requests.fetch_add(1, Ordering::Relaxed) as usize;
        assert!(
            !request.uri().to_string().contains("SENTINEL"),
            "{}",
            request.uri()
        );
        let body = bodies.get(number).expect("one request too many");
        Ok(http::Response::new((*body).into()))
    });
    builder().build_blocking(transport).unwrap()
}

#[test]
fn polling_ends_when_the_predicate_is_true() {
    const EMPTY: &str = r#"{"MediaResponse":{"status":204}}"#;
    const READY: &str = r#"{"MediaResponse":{"status":200,"downloadUrl":"https://a.example/1.mp3","fileSize":"417"}}"#;
    let client = responding(&[EMPTY, EMPTY, READY]);
    let status = client
        .wait_for_media("6e6a", PollOptions::default())
        .unwrap();
    assert_eq!(status.file_size, 417);
    assert_eq!(status.media_id.as_str(), "6e6a", "from the request");
}

#[test]
fn the_polling_timeout_elapses() {
    let client = responding(&[r#"{"RegistrantResponse":{"status":404,"message":""}}"#]);
    let one_poll = PollOptions::default().timeout(Duration::ZERO);
    let error = client.wait_for_registration("eta", one_poll).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PollTimeout);
    assert_eq!(error.delivery(), Delivery::Responded);
    assert_eq!(
        error.to_string(),
        "getRegistrationStatus: timed out polling"
    );
}

#[test]
fn a_gateway_s_404_is_no_value() {
    let transport = blocking_transport_fn(|_request| {
        let mut response = http::Response::new("<html>".into());
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        Ok(response)
    });
    let client = builder().build_blocking(transport).unwrap();
    let error = client
        .wait_for_registration("eta", PollOptions::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
}

fn download(url: &'static str, at_most: u64) -> (Result<u64, Error>, Vec<u8>) {
    let client = responding(&["ID3nd"]);
    let mut written = Vec::new();
    let download = Download::new(url).at_most(at_most);
    let outcome = client.download(download, &mut written);
    (outcome, written)
}

#[test]
fn downloads_go_to_a_writer_within_their_cap() {
    let (bytes, written) = download("https://a.example/audio/1.mp3", 5);
    assert_eq!((bytes.unwrap(), written.as_slice()), (5, &b"ID3nd"[..]));
    let (error, written) = download("https://a.example/audio/1.mp3", 4);
    assert_eq!(
        error.unwrap_err().kind(),
        ErrorKind::Transport(FailureKind::TooLarge)
    );
    assert!(written.is_empty());
    let (error, _) = download("https://b.example/audio/1.mp3", 5);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Invalid);
}

#[test]
fn a_media_host_that_is_none_is_invalid() {
    for host in ["", "*.example", "https://media.example/audio"] {
        let never = blocking_transport_fn(|_| unreachable!());
        let error = builder().media_host(host).build_blocking(never);
        assert_eq!(error.unwrap_err(), InvalidClient::MediaHost, "{host}");
    }
}

/// A service whose time passes only while it is waited for: each exchange takes
/// as long as it is allowed to, or responds at once.
struct Slow {
    responses: Mutex<Vec<Option<&'static str>>>,
    now: Mutex<Instant>,
    allowed: Mutex<Vec<Duration>>,
}

impl Slow {
    /// `None` is a silent peer.
    fn new(responses: &[Option<&'static str>]) -> Arc<Self> {
        Arc::new(Self {
            responses: Mutex::new(responses.iter().rev().copied().collect()),
            now: Mutex::new(Instant::now()),
            allowed: Mutex::default(),
        })
    }
}

impl BlockingTransport for Slow {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<http::Response<BlockingResponseBody>, TransportError> {
        let mut now = self.now.lock().unwrap();
        let left = exchange.limits().remaining(*now).unwrap();
        self.allowed.lock().unwrap().push(left);
        let mut responses = self.responses.lock().unwrap();
        let next = match responses.len() {
            1 => responses[0],
            _ => responses.pop().unwrap(),
        };
        match next {
            Some(body) => Ok(http::Response::new(bytes::Bytes::from(body).into())),
            None => {
                *now += left;
                Err(TransportError::timeout(Phase::Head))
            }
        }
    }

    fn sleep(&self, duration: Duration, _cancel: &CancelToken) {
        *self.now.lock().unwrap() += duration;
    }

    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }
}

const RINGING: &str = r#"{"ConferenceDetailsResponse":{"status":200,"participants":["@theta"]}}"#;
const BUSY: &str = r#"{"ConferenceDetailsResponse":{"status":503,"message":"later"}}"#;
const THERE: &str = r#"{"ConferenceDetailsResponse":{"status":200,"participants":["eta"]}}"#;

#[test]
fn the_timeout_bounds_the_polls_themselves() {
    let slow = Slow::new(&[Some(RINGING), None]);
    let begin = slow.now();
    let client = builder().build_blocking(Arc::clone(&slow)).unwrap();
    let second = PollOptions::default().timeout(Duration::from_secs(1));
    let error = client
        .wait_for_participant("63c9", "eta", second)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PollTimeout);
    assert_eq!(error.waited(), Some(Duration::from_secs(1)));
    assert_eq!(slow.now() - begin, Duration::from_secs(1));
    let last: &GetTalkspaceResponse = error.last_response().unwrap();
    assert_eq!(last.participants[0].as_str(), "@theta", "who is in by then");
    let allowed = slow.allowed.lock().unwrap();
    assert_eq!(
        *allowed,
        [Duration::from_secs(1), Duration::from_millis(800)]
    );
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[test]
fn a_failure_that_may_be_retried_is_not_the_end() {
    let slow = Slow::new(&[Some(BUSY), Some(BUSY), Some(BUSY), Some(BUSY), Some(THERE)]);
    let client = builder().build_blocking(Arc::clone(&slow)).unwrap();
    let details = client
        .with_options(client.options().max_retries(0))
        .wait_for_participant("63c9", "eta", PollOptions::default())
        .unwrap();
    assert_eq!(details.participants.len(), 1);
    assert_eq!(slow.allowed.lock().unwrap().len(), 5, "one exchange a poll");
}

#[test]
fn a_cancelled_polling_says_what_was_sent() {
    let slow = Slow::new(&[Some(RINGING)]);
    let client = builder().build_blocking(slow).unwrap();
    let cancel = CancelToken::new();
    let error = client
        .with_cancel(&cancel)
        .wait_until(
            crate::GetTalkspace::new("63c9"),
            PollOptions::default(),
            |_details| {
                cancel.cancel();
                false
            },
        )
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Cancelled));
    assert_eq!(error.delivery(), Delivery::Responded);
    assert_eq!(error.to_string(), "getTalkspace: cancelled (2 attempts)");
}

#[test]
fn a_transport_of_a_closure_waits_in_its_own_time() {
    let empty = |_request| {
        Ok(http::Response::new(
            r#"{"MediaResponse":{"status":204}}"#.into(),
        ))
    };
    let client = builder()
        .build_blocking(blocking_transport_fn(empty))
        .unwrap();
    let hour = PollOptions::default().timeout(Duration::from_secs(60 * 60));
    let error = client.wait_for_media("6e6a", hour).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PollTimeout);
    assert!(error.attempts() > 1_000, "{error}");
}

#[test]
fn a_user_agent_that_is_none_is_refused() {
    let never = || blocking_transport_fn(|_| unreachable!());
    let error = builder()
        .user_agent("two\r\nlines: 1")
        .build_blocking(never());
    assert_eq!(error.unwrap_err(), InvalidClient::UserAgent);

    let sent = blocking_transport_fn(|request| {
        assert_eq!(request.headers()["user-agent"], "x/1");
        Ok(http::Response::new("01.02.06".into()))
    });
    let client = builder().user_agent("x/1").build_blocking(sent).unwrap();
    assert!(client.send(GetVersion::new()).is_ok());
}

#[test]
fn plain_http_that_was_allowed_by_name_is_taken_as_it_is() {
    let url = BaseUrl::parse_allowing_plain_http("http://a.example/sandbox").unwrap();
    let transport = blocking_transport_fn(|request| {
        assert_eq!(request.uri(), "http://a.example/sandbox/api/rest/version");
        Ok(http::Response::new("01.02.06".into()))
    });
    let client = BlockingClient::builder(url, "key")
        .build_blocking(transport)
        .unwrap();
    assert!(client.send(GetVersion::new()).is_ok());
}
