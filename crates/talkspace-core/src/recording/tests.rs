//! What is recorded, what is not, and what is replayed.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io::{self, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::line::RecordedResponse;
use super::{Recorder, Replay, ReplayError};
use crate::transport::{
    BlockingResponseBody, BlockingTransport, Body, Chunks, Exchange, TransportError,
    blocking_transport_fn, transport_fn,
};
use crate::{
    AddToTalkspace, BlockingClient, CancelToken, ChangePhone, Client, CreateTalkspace, Delivery,
    Download, ErrorKind, FailureKind, GetVersion, Limits, ListTalkspaces, MediaFile,
    RequestOptions, RequestUploadGrant, UploadMedia,
};

const URL: &str = "https://sandbox.example/prefix";
const KEY: &str = "c0ffee00-1111-2222-3333-444455556666";
const PHONE: &str = "14159870123";
const GRANT: &str = "0x5f3a9c1177bb0042";

/// A file in memory.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn replay(&self) -> Replay {
        Replay::read(self.text().as_bytes()).unwrap()
    }
}

type Says = Result<(u16, String), TransportError>;

/// A client of a service that says this to the path of a request, recorded.
fn recorded(respond: fn(&str) -> Says) -> (BlockingClient, Sink, Recorder) {
    let sink = Sink::default();
    let recorder = Recorder::new(sink.clone()).unwrap();
    let transport = blocking_transport_fn(move |request| {
        let (status, body) = respond(request.uri().path())?;
        let response = Response::builder().status(status);
        let response = response.header("set-cookie", "SENTINEL");
        Ok(response.body(body.into()).unwrap())
    });
    let options = RequestOptions::default().max_retries(0);
    let builder = BlockingClient::builder(URL, KEY).options(options);
    let client = builder.build_blocking(recorder.wrap(transport)).unwrap();
    (client, sink, recorder)
}

fn client(replay: &Replay) -> BlockingClient {
    let builder = BlockingClient::builder(replay.base_url(), "another key");
    builder.build_blocking(replay.clone()).unwrap()
}

fn created(id: &str) -> Says {
    let body = format!(r#""message":"","status":201,"conferenceId":"{id}","uri":"\/x\/""#);
    Ok((201, format!(r#"{{"ConferenceResponse":{{{body}}}}}"#)))
}

#[test]
fn what_was_recorded_is_replayed_in_its_order() {
    let (by, sink, recorder) = recorded(|path| match path {
        "/prefix/api/rest/conference" => created("63c9"),
        _ => Err(TransportError::maybe_sent(FailureKind::Closed)),
    });
    by.send(CreateTalkspace::new("eta")).unwrap();
    let add = AddToTalkspace::new("63c9", "a theta/&=");
    let lost = by.send(add.clone()).unwrap_err();
    recorder.finish().unwrap();
    let text = sink.text();
    assert!(
        text.starts_with("{\"format\":\"talkspace-exchanges/1\"}\n"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        !text.contains("SENTINEL") && !text.contains("c0ffee"),
        "{text}"
    );

    for _ in 0..2 {
        let replay = sink.replay();
        assert_eq!(replay.base_url().as_str(), URL);
        let client = client(&replay);
        let made = client.send(CreateTalkspace::new("eta")).unwrap();
        assert_eq!(made.conference_id, "63c9");
        let left = replay.finish().unwrap_err();
        assert!(
            matches!(left, ReplayError::Left { more: 0, .. }),
            "{left:?}"
        );
        let error = client.send(add.clone()).unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (lost.kind(), lost.delivery())
        );
        replay.finish().unwrap();
        let over = client.send(GetVersion::new()).unwrap_err();
        let over = over.source().unwrap().downcast_ref::<ReplayError>();
        assert!(matches!(over, Some(ReplayError::Over { .. })), "{over:?}");
    }
}

#[test]
fn what_does_not_fit_says_what_came_and_what_was_expected() {
    let (by, sink, _) = recorded(|_| created("63c9"));
    let first = CreateTalkspace::new("eta").greeting_id("6e6a");
    by.send(first.clone()).unwrap();
    by.send(CreateTalkspace::new("theta")).unwrap();
    let replay = sink.replay();
    let error = client(&replay)
        .send(CreateTalkspace::new("theta"))
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Other));
    let why: &ReplayError = error.source().unwrap().downcast_ref().unwrap();
    let ReplayError::Other {
        came,
        expected,
        number,
    } = why
    else {
        panic!("{why:?}");
    };
    assert_eq!((came.operation.as_str(), *number), ("createTalkspace", 1));
    assert_eq!(came.parameters["networkid"], "theta");
    assert_eq!(expected.parameters["greetingid"], "6e6a");
    assert_eq!(
        why.to_string(),
        "createTalkspace networkid=\"theta\" came, but exchange 1 of the recording is \
         createTalkspace greetingid=\"6e6a\" networkid=\"eta\""
    );
    // It stays where it was, and what went wrong is not forgotten.
    client(&replay).send(first).unwrap();
    client(&replay).send(CreateTalkspace::new("theta")).unwrap();
    assert!(matches!(replay.finish(), Err(ReplayError::Other { .. })));

    let any = sink.replay().by_operation();
    client(&any).send(CreateTalkspace::new("theta")).unwrap();
    client(&any).send(CreateTalkspace::new("theta")).unwrap();
    any.finish().unwrap();
    let error = client(&any).send(CreateTalkspace::new("iota")).unwrap_err();
    let why = error.source().unwrap().to_string();
    assert!(
        why.contains("not recorded; recorded were createTalkspace "),
        "{why}"
    );
}

#[test]
fn polling_by_operation_gets_one_after_the_other_and_the_last_again() {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let (by, sink, _) = recorded(|_| Ok((200, NEXT.fetch_add(1, Ordering::Relaxed).to_string())));
    for _ in 0..3 {
        by.send(GetVersion::new()).unwrap();
    }
    let replay = sink.replay().by_operation();
    let client = client(&replay);
    for wanted in ["0", "1", "2", "2", "2"] {
        assert_eq!(client.send(GetVersion::new()).unwrap().version, wanted);
    }
}

/// A service that repeats all that is secret, spelt in several ways.
fn repeating(path: &str) -> Says {
    let key = KEY.to_uppercase();
    let number = u64::from_str_radix(&GRANT[2..], 16).unwrap();
    let grant = match path.contains("registrant") {
        // It is not given yet.
        true => String::new(),
        false => format!("{GRANT} {number}"),
    };
    let message = format!("{KEY} {key} +1 (415) 987-0123 {grant}");
    let (envelope, status, more) = match path {
        path if path.ends_with("/forklift/") => {
            return Ok((200, format!("https://sandbox.example/audio/1.mp3?{KEY}")));
        }
        path if path.contains("registrant") => ("RegistrantResponse", 201, String::new()),
        path if path.ends_with("/6e6a") => {
            ("UploadResponse", 201, format!(r#","grantId":"{GRANT}""#))
        }
        // A number in the place of a text.
        _ => (
            "ConferenceListResponse",
            200,
            format!(r#","phone":{PHONE}"#),
        ),
    };
    let body = format!(r#""message":"{message}","status":{status},"uri":""{more}"#);
    Ok((status, format!(r#"{{"{envelope}":{{{body}}}}}"#)))
}

#[test]
fn nothing_secret_touches_the_file() {
    let sound: &'static [u8] = &[0xFF, 0xFB, 0x90, 0x64];
    let file = || MediaFile::mp3(sound).unwrap();
    let (by, sink, _) = recorded(repeating);
    let by = by.with_header("authorization", "Bearer SENTINEL-of-a-gateway");
    let _ = by.send(ChangePhone::new("eta", PHONE.parse().unwrap()));
    let _ = by.send(RequestUploadGrant::new("6e6a"));
    let _ = by.send(UploadMedia::new(GRANT, file()));
    let _ = by.send(ListTalkspaces::new());
    let text = sink.text();
    assert_eq!(text.lines().count(), 5, "{text}");
    let folded = text.to_lowercase();
    let folded: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
    // The number of the grant in the other base.
    let number = u64::from_str_radix(&GRANT[2..], 16).unwrap().to_string();
    for secret in ["c0ffee", "4159870123", &GRANT[2..], &number, "sentinel"] {
        assert!(!folded.contains(secret), "{secret}: {text}");
    }
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let body = line["response"]["body"].as_str().unwrap_or("{}");
        let is_json = serde_json::from_str::<Value>(body).is_ok();
        assert!(is_json || body.starts_with("https"), "{body}");
    }
    // It is replayed with other secrets, as the same requests.
    let replay = sink.replay();
    let client = client(&replay);
    let _ = client.send(ChangePhone::new("eta", "14150000001".parse().unwrap()));
    let _ = client.send(RequestUploadGrant::new("6e6a"));
    let _ = client.send(UploadMedia::new("0x1", file()));
    let _ = client.send(ListTalkspaces::new());
    replay.finish().unwrap();
}

#[test]
fn a_grant_is_found_in_a_response_of_any_form() {
    let [listed, named, inner, bare] = [
        format!(r#"{{"UploadResponse":{{"grants":[{{"grantId":"{GRANT}"}}],"status":201}}}}"#),
        format!(r#"{{"UploadResponse":{{"grants":["{GRANT}"],"status":201}}}}"#),
        format!(r#"[{{"id":"{GRANT}"}}]"#),
        format!("\"{GRANT}\""),
    ];
    let fault = r#"{"UploadResponse":{"message":"no","status":404,"uri":""}}"#;
    let hidden = r#"{"UploadResponse":{"message":"SENTINEL","status":201,"uri":""}}"#;
    for (body, kept) in [
        (listed.as_str(), r#""grants":[{"grantId":"[secret]"}]"#),
        (&named, r#""grants":["[secret]"]"#),
        (&inner, r#"[{"id":"[secret]"}]"#),
        (&bare, r#""[secret]""#),
        // Where it is, is not known.
        (hidden, "[secret]"),
        (fault, fault),
    ] {
        let sink = Sink::default();
        let recorder = Recorder::new(sink.clone()).unwrap();
        let said = body.to_owned();
        let transport = blocking_transport_fn(move |_| Ok(Response::new(said.clone().into())));
        let by = BlockingClient::builder(URL, KEY).build_blocking(recorder.wrap(transport));
        let _ = by.unwrap().send(RequestUploadGrant::new("6e6a"));
        let text = sink.text();
        assert!(!text.contains(&GRANT[2..]), "{body}: {text}");
        let line: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
        let recorded = line["response"]["body"].as_str().unwrap();
        assert!(recorded.contains(kept), "{body}: {recorded}");
        assert!(!recorded.contains("SENTINEL"), "{recorded}");
    }
}

#[test]
fn bytes_stay_bytes() {
    for length in 0..70_u8 {
        // 0xff is in no text.
        let bytes: Vec<u8> = (0..length).map(|byte| 0xff - byte).collect();
        let mut response = RecordedResponse::new(200, BTreeMap::new());
        response.set_body(bytes.clone());
        assert_eq!(response.body().unwrap(), bytes);
    }
}

/// What a client gets of a file, and how that ends.
fn download(client: &Client) -> (Vec<u8>, Option<ErrorKind>) {
    let url = "https://sandbox.example/prefix/audio/1.mp3";
    let mut future = pin!(async {
        let mut media = client.open(Download::new(url)).await.unwrap();
        let mut all = Vec::new();
        loop {
            match media.chunk().await {
                Ok(Some(piece)) => all.extend_from_slice(&piece),
                Ok(None) => return (all, None),
                Err(error) => return (all, Some(error.kind())),
            }
        }
    });
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(done) = future.as_mut().poll(&mut context) else {
        panic!("neither waits");
    };
    done
}

/// A body that breaks off, or not, after these bytes.
struct Broken(Option<Bytes>, Option<FailureKind>);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, TransportError>>> {
        let piece = self.0.take().map(|bytes| Ok(http_body::Frame::data(bytes)));
        let error = || self.1.map(|kind| Err(TransportError::maybe_sent(kind)));
        Poll::Ready(piece.or_else(error))
    }
}

struct Serving(Bytes, Option<FailureKind>);

#[async_trait::async_trait]
impl crate::transport::Transport for Serving {
    async fn exchange(
        &self,
        _: Exchange,
    ) -> Result<Response<crate::transport::ResponseBody>, TransportError> {
        let body = Broken(Some(self.0.clone()), self.1);
        Ok(Response::new(crate::transport::ResponseBody::new(body)))
    }

    async fn sleep(&self, _: std::time::Duration) {}
}

#[test]
fn a_body_that_breaks_off_breaks_off_again() {
    let sound = Bytes::from([0xFF, 0xFB, 0x90, 0x64].repeat(1000));
    for end in [None, Some(FailureKind::Closed), Some(FailureKind::Protocol)] {
        let sink = Sink::default();
        let recorder = Recorder::new(sink.clone()).unwrap();
        let transport = recorder.wrap(Serving(sound.clone(), end));
        let by = Client::builder(URL, KEY).build(transport).unwrap();
        let first = download(&by);
        assert_eq!(first, (sound.to_vec(), end.map(ErrorKind::Transport)));
        let replay = sink.replay();
        let again = Client::builder(replay.base_url(), "k")
            .build(replay)
            .unwrap();
        assert_eq!(download(&again), first);
    }
    // A program that loses interest is no failure of the service, but it is told.
    let sink = Sink::default();
    let recorder = Recorder::new(sink.clone()).unwrap();
    let transport = recorder.wrap(transport_fn(|_| async {
        std::future::pending::<()>().await;
        Ok(Response::new(Bytes::new()))
    }));
    let by = Client::builder(URL, KEY).build(transport).unwrap();
    {
        let mut future = pin!(by.send(GetVersion::new()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    assert!(
        sink.text()
            .contains(r#""error":{"kind":"cancelled","delivery":"maybe_sent"}"#)
    );
}

#[test]
fn a_body_that_has_no_room_has_no_hole() {
    struct Pieces(std::vec::IntoIter<Bytes>);
    impl Chunks for Pieces {
        fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
            Ok(self.0.next())
        }
    }
    struct Large;
    impl BlockingTransport for Large {
        fn exchange(
            &self,
            _: Exchange,
            _: &CancelToken,
        ) -> Result<Response<BlockingResponseBody>, TransportError> {
            let large = Bytes::from(vec![0; 33 * 1024 * 1024]);
            let pieces = vec!["ID3 begins".into(), large, "goes on".into()];
            let body = BlockingResponseBody::new(Pieces(pieces.into_iter()));
            Ok(Response::new(body))
        }
        fn sleep(&self, _: std::time::Duration, _: &CancelToken) {}
    }
    let sink = Sink::default();
    let recorder = Recorder::new(sink.clone()).unwrap();
    let transport = recorder.wrap(Large);
    let by = BlockingClient::builder(URL, KEY)
        .build_blocking(transport)
        .unwrap();
    let mut media = by
        .open(Download::new("https://sandbox.example/audio/1.mp3"))
        .unwrap();
    while let Some(_piece) = media.chunk().unwrap() {}
    drop(media);
    let text = sink.text();
    let kept = r#""body":"ID3 begins"},"error":{"kind":"too_large""#;
    assert!(text.contains(kept), "{text}");
}

#[test]
fn a_recording_is_gone_on_with_and_a_full_disk_is_told() {
    let version = || blocking_transport_fn(|_| Ok(Response::new("1".into())));
    let through = |recorder: &Recorder| {
        let builder = BlockingClient::builder(URL, KEY);
        builder.build_blocking(recorder.wrap(version())).unwrap()
    };
    let (by, sink, _) = recorded(|_| created("1"));
    by.send(CreateTalkspace::new("eta")).unwrap();
    let recorder = Recorder::after(&sink.replay(), sink.clone());
    through(&recorder).send(GetVersion::new()).unwrap();
    let replay = sink.replay();
    client(&replay).send(CreateTalkspace::new("eta")).unwrap();
    client(&replay).send(GetVersion::new()).unwrap();
    replay.finish().unwrap();

    #[derive(Default)]
    struct Full(Arc<AtomicU16>);
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    assert!(Recorder::new(Full::default()).is_err());
    let tried = Arc::default();
    let recorder = Recorder::after(&sink.replay(), Full(Arc::clone(&tried)));
    through(&recorder).send(GetVersion::new()).unwrap();
    assert_eq!(
        recorder.finish().unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    // Told or not, the recording has ended.
    through(&recorder).send(GetVersion::new()).unwrap();
    assert_eq!(tried.load(Ordering::Relaxed), 1);
    assert!(recorder.finish().is_err());
}

#[test]
fn what_is_no_recording_is_told_by_its_line() {
    let format = "{\"format\":\"talkspace-exchanges/1\"}\n";
    let request = r#"{"operation":"","method":"GET","path":"/","parameters":{}}"#;
    let line = format!(r#"{{"number":1,"attempt":1,"base":"","request":{request}"#);
    let response = |more: &str| format!(r#"{format}{line},"response":{{"headers":{{}},{more}}}}}"#);
    for (text, at, why) in [
        (String::new(), 1, "begins one"),
        ("{\"log\":{}}".to_owned(), 1, "begins one"),
        (
            "{\"format\":\"talkspace-exchanges/2\"}".to_owned(),
            1,
            "another format",
        ),
        (format!("{format}{}", &line[..30]), 2, "cut off"),
        (format!("{format}\n[]"), 3, "no exchange"),
        (format!("{format}{line}}}"), 2, "neither"),
        (response(r#""status":20"#), 2, "status code"),
        (response(r#""status":200,"base64":"?""#), 2, "base64"),
    ] {
        let error = Replay::read(text.as_bytes()).unwrap_err();
        assert_eq!(error.line(), at, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_request_of_no_operation_is_recorded_without_what_may_be_secret() {
    let sink = Sink::default();
    let recorder = Recorder::new(sink.clone()).unwrap();
    let transport = recorder.wrap(blocking_transport_fn(|_| Ok(Response::new(PHONE.into()))));
    let request = http::Request::get(format!("{URL}/{PHONE}?{KEY}"));
    let exchange = Exchange::new(request.body(Body::empty()).unwrap(), Limits::default());
    let response = transport.exchange(exchange, &CancelToken::never()).unwrap();
    assert_eq!(response.into_body().chunk().unwrap().unwrap(), PHONE);
    let text = sink.text();
    assert!(!text.contains(PHONE) && !text.contains("c0ffee"), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
}
