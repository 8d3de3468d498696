//! Bodies as `http_body` and `std::io` read them.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;
use crate::transport::Phase;

/// A body of these frames, one after the other.
struct Frames(VecDeque<Result<Frame<Bytes>, TransportError>>);

impl HttpBody for Frames {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(self.0.pop_front())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(4)
    }
}

/// The same for a blocking transport.
struct Pieces(VecDeque<Result<Bytes, TransportError>>);

impl Chunks for Pieces {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.0.pop_front().transpose()
    }
}

fn reading(
    pieces: impl IntoIterator<Item = Result<&'static str, TransportError>>,
) -> BlockingResponseBody {
    let pieces = pieces.into_iter().map(|piece| piece.map(Bytes::from));
    BlockingResponseBody::new(Pieces(pieces.collect()))
}

fn next(body: &mut ResponseBody) -> Option<Result<Frame<Bytes>, TransportError>> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(body).poll_frame(&mut context) {
        Poll::Ready(frame) => frame,
        Poll::Pending => panic!("nothing to wait for"),
    }
}

#[test]
fn a_whole_body_is_one_frame_of_known_length() {
    let mut body = ResponseBody::from(Bytes::from("0102"));
    assert_eq!(body.size_hint().exact(), Some(4));
    assert!(!body.is_end_stream());
    assert_eq!(
        next(&mut body).unwrap().unwrap().into_data().unwrap(),
        "0102"
    );
    assert!(next(&mut body).is_none());
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
    assert!(ResponseBody::from(Bytes::new()).is_end_stream());
}

#[test]
fn a_stream_is_handed_on_with_its_trailers_and_its_error() {
    let frames = [
        Ok(Frame::data(Bytes::from("01"))),
        Ok(Frame::trailers(http::HeaderMap::new())),
        Err(TransportError::timeout(Phase::Body)),
    ];
    let mut body = ResponseBody::new(Frames(frames.into()));
    assert_eq!(body.size_hint().exact(), Some(4));
    assert!(next(&mut body).unwrap().unwrap().is_data());
    assert!(next(&mut body).unwrap().unwrap().is_trailers());
    let error = next(&mut body).unwrap().unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Body));
    assert!(next(&mut body).is_none());
}

/// What a server's or another client's body wants to be made of.
#[test]
fn a_body_goes_where_a_body_is_taken() {
    fn takes(
        _: impl HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + 'static,
    ) {
    }
    takes(ResponseBody::from(Bytes::new()));
}

#[test]
fn little_room_takes_a_body_apart_and_loses_nothing() {
    for room in 1..8 {
        let mut body = reading([Ok("012"), Ok(""), Ok("34567"), Ok("8")]);
        let mut all = Vec::new();
        let mut buffer = vec![0; room];
        loop {
            match body.read(&mut buffer).unwrap() {
                0 => break,
                read => all.extend_from_slice(&buffer[..read]),
            }
        }
        assert_eq!(all, b"012345678", "{room}");
        assert_eq!(body.read(&mut buffer).unwrap(), 0, "the end stays the end");
    }
}

#[test]
fn a_chunk_after_a_read_begins_where_that_ended() {
    let mut body = reading([Ok("012"), Ok("34")]);
    assert_eq!(body.read(&mut []).unwrap(), 0);
    assert_eq!(body.read(&mut [0; 2]).unwrap(), 2);
    assert_eq!(body.chunk().unwrap().unwrap(), "2");
    assert_eq!(body.chunk().unwrap().unwrap(), "34");
    assert_eq!(body.chunk().unwrap(), None);

    let mut whole = BlockingResponseBody::from(Bytes::from("0102"));
    let mut text = String::new();
    whole.read_to_string(&mut text).unwrap();
    assert_eq!(text, "0102");
}

#[test]
fn an_error_of_reading_is_the_transports() {
    for (error, kind) in [
        (TransportError::timeout(Phase::Body), ErrorKind::TimedOut),
        (
            TransportError::maybe_sent(FailureKind::Truncated),
            ErrorKind::UnexpectedEof,
        ),
        (
            TransportError::maybe_sent(FailureKind::Closed),
            ErrorKind::ConnectionReset,
        ),
        // `Interrupted` would be read on: see `Read::read_to_end`.
        (
            TransportError::maybe_sent(FailureKind::Cancelled),
            ErrorKind::Other,
        ),
    ] {
        let expected = error.kind();
        let mut body = reading([Ok("half"), Err(error)]);
        let mut all = Vec::new();
        let error = body.read_to_end(&mut all).unwrap_err();
        assert_eq!(all, b"half");
        assert_eq!(error.kind(), kind);
        let inner = error
            .into_inner()
            .unwrap()
            .downcast::<TransportError>()
            .unwrap();
        assert_eq!(inner.kind(), expected);
    }
}
