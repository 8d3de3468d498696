//! What arrives while it is sent is sent once, and no more than it said.

use std::error::Error as _;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};

use super::{BodyStream, SpentBody};
use crate::observe::GivenUp;
use crate::transport::{Body, BodyPart, TransportError, blocking_transport_fn, transport_fn};
use crate::{
    BlockingClient, Client, Delivery, Effect, Error, ErrorKind, FailureKind, InvalidMediaFile,
    MediaFile, RequestOptions, UploadMedia,
};

/// A body of these pieces; an empty one is an error, and "!" a panic.
struct Pieces(Vec<&'static str>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(match self.0.remove(0) {
            "" => Err(io::Error::other("the line is dead")),
            "!" => panic!("a body that panics, as this test wants"),
            piece => Ok(Frame::data(piece.into())),
        }))
    }
}

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}

fn body(pieces: &[&'static str], length: u64) -> Body {
    Body::from_parts([
        BodyPart::Bytes("<".into()),
        BodyPart::Stream(BodyStream::new(Pieces(pieces.to_vec()), length)),
        BodyPart::Bytes(">".into()),
    ])
}

/// What the failure says, and what caused it.
fn told(error: &TransportError) -> String {
    assert_eq!(error.kind(), FailureKind::BodySource);
    error.source().unwrap().to_string()
}

#[test]
fn it_is_sent_once_and_up_to_its_length() {
    let body = body(&["one", "two", "three"], 8);
    assert_eq!(body.len(), 10);
    assert_eq!(ready(body.collect()).unwrap(), "<onetwoth>");
    let error = ready(body.collect()).unwrap_err();
    assert!(error.source().unwrap().is::<SpentBody>(), "{error:?}");
}

#[test]
fn what_is_wrong_with_it_is_the_error() {
    for (pieces, length, reason) in [
        (&["one"][..], 4, "ended before its stated length"),
        (&["one", ""], 4, "the line is dead"),
        (&["one", "!"], 4, "panicked"),
    ] {
        let error = ready(body(pieces, length).collect()).unwrap_err();
        assert!(told(&error).contains(reason), "{error:?}");
        assert_eq!(error.delivery(), Delivery::MaybeSent);
    }
}

#[test]
fn who_cannot_wait_for_it_does_not_spend_it() {
    let body = body(&["one"], 3);
    let error = body.read_to_bytes().unwrap_err();
    assert!(told(&error).contains("blocking"), "{error:?}");
    assert_eq!(ready(body.collect()).unwrap(), "<one>");
}

fn upload(pieces: &[&'static str], length: u64) -> UploadMedia {
    let file = MediaFile::from_body(Pieces(pieces.to_vec()), length).unwrap();
    UploadMedia::new("0x3e1f", file)
}

#[test]
fn a_file_of_it_has_the_length_that_a_file_may_have() {
    let file = |length| MediaFile::from_body(Pieces(Vec::new()), length);
    assert!(matches!(file(0), Err(InvalidMediaFile::Empty)));
    let too_large = MediaFile::MAX_LEN + 1;
    assert!(matches!(
        file(too_large),
        Err(InvalidMediaFile::TooLarge(length)) if length == too_large
    ));
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let file = MediaFile::from_body(Pieces(vec!["one", "two"]), 6).unwrap();
    let file = file.on_progress(move |sent, all| tell.lock().unwrap().push((sent, all)));
    assert_ne!(file, file.clone(), "what cannot be read equals nothing");
    assert_eq!(ready(file.to_body().collect()).unwrap(), "onetwo");
    assert_eq!(*told.lock().unwrap(), [(3, 6), (6, 6)]);
}

/// How the client's request ends, whose first exchange reads so many pieces of the
/// body and then fails so, and whose second reads all; and how many exchanges it had.
fn retried(after: usize, delivery: Delivery, effect: Effect) -> (Result<(), Error>, u32) {
    let exchanges = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&exchanges);
    let transport = transport_fn(move |request| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        async move {
            if number > 0 {
                request.body().collect().await?;
                return Ok(http::Response::new("http://a.example/1.mp3".into()));
            }
            let mut cursor = request.body().cursor();
            for _ in 0..after {
                if let Some(crate::transport::BodyPiece::Stream(mut stream)) = cursor.next_piece() {
                    poll_fn(|cx| stream.poll_chunk(cx)).await?;
                }
            }
            Err(TransportError::new(FailureKind::Closed, delivery))
        }
    });
    let options = RequestOptions::default().effect(effect);
    let client = Client::builder("https://a.example", "key").options(options);
    let client = client.build(transport).unwrap();
    let outcome = ready(client.send(upload(&["one", "two"], 6))).map(drop);
    (outcome, exchanges.load(Ordering::Relaxed))
}

#[test]
fn a_request_is_retried_as_long_as_nothing_was_read() {
    for (delivery, effect) in [
        (Delivery::NotSent, Effect::Once),
        (Delivery::MaybeSent, Effect::Converges),
    ] {
        // The first piece is the form before the file.
        let (outcome, exchanges) = retried(1, delivery, effect);
        assert_eq!((outcome.is_ok(), exchanges), (true, 2), "{outcome:?}");
        let (outcome, exchanges) = retried(2, delivery, effect);
        let error = outcome.unwrap_err();
        assert_eq!(exchanges, 1);
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Closed));
        assert_eq!(error.delivery(), delivery);
        assert_eq!(error.given_up(), Some(GivenUp::Spent));
        assert!(!error.is_retryable());
        let text = error.to_string();
        assert!(
            text.ends_with(" (its body can be read once only)"),
            "{text}"
        );
    }
}

#[test]
fn what_is_spent_is_not_even_begun() {
    let transport = transport_fn(|request| async move {
        request.body().collect().await?;
        Ok(http::Response::new("http://a.example/1.mp3".into()))
    });
    let client = Client::builder("https://a.example", "key").build(transport);
    let (client, request) = (client.unwrap(), upload(&["one"], 3));
    ready(client.send(request.clone())).unwrap();
    let error = ready(client.send(request)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::BodySource));
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));
    assert_eq!(error.given_up(), Some(GivenUp::Spent));
}

#[test]
fn a_reader_is_for_a_blocking_client_alone() {
    let file = || MediaFile::from_reader(&b"one, two"[..], 6).unwrap();
    assert!(matches!(
        MediaFile::from_reader(io::empty(), 0),
        Err(InvalidMediaFile::Empty)
    ));
    assert_eq!(file().to_body().read_to_bytes().unwrap(), "one, t");
    let short = MediaFile::from_reader(&b"one"[..], 6).unwrap();
    let error = short.to_body().read_to_bytes().unwrap_err();
    assert!(told(&error).contains("ended before its stated length"));

    let transport = blocking_transport_fn(|request| {
        request.body().read_to_bytes()?;
        Ok(http::Response::new("http://a.example/1.mp3".into()))
    });
    let client = BlockingClient::builder("https://a.example", "key").build_blocking(transport);
    let (client, request) = (client.unwrap(), UploadMedia::new("0x3e1f", file()));
    client.send(request.clone()).unwrap();
    let error = client.send(request).unwrap_err();
    assert_eq!(error.given_up(), Some(GivenUp::Spent));

    let transport = transport_fn(|_| async { unreachable!() });
    let client = Client::builder("https://a.example", "key").build(transport);
    let request = UploadMedia::new("0x3e1f", file());
    let error = ready(client.unwrap().send(request.clone())).unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    let cause = error.source().unwrap().to_string();
    assert!(
        cause.contains("cannot be sent by an async transport"),
        "{cause}"
    );
}

#[test]
fn a_blocking_client_rejects_it_before_it_is_sent() {
    let transport = blocking_transport_fn(|_| unreachable!());
    let client = BlockingClient::builder("https://a.example", "key").build_blocking(transport);
    let request = upload(&["one"], 3);
    let error = client.unwrap().send(request.clone()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::BodySource));
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.given_up(), Some(GivenUp::Final));
    let cause = error.source().unwrap().to_string();
    assert!(
        cause.contains("cannot be sent by a blocking transport"),
        "{cause}"
    );
}
