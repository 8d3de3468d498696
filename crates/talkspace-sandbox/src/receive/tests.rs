//! Failed as early as can be known, and never in one go.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use http::{Request, request::Parts};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use talkspace_core::server::{Parameters, ServiceError};
use talkspace_core::{BlockingClient, RequestUploadGrant};
use tokio::runtime::{Builder, Runtime};

use super::{MAX_BODY, MAX_UPLOAD, PIECE, TURN, receive};
use crate::crowd::Crowd;
use crate::room::Room;
use crate::{Sandbox, SandboxBuilder};

/// Pieces that come one after the other, as fast as they are asked for; the last
/// of them for ever.
struct Pieces {
    pieces: Vec<Bytes>,
    taken: usize,
    says: u64,
}

fn pieces(pieces: &[&str]) -> Pieces {
    let pieces = pieces.iter().map(|piece| Bytes::from((*piece).to_owned()));
    Pieces {
        pieces: pieces.collect(),
        taken: 0,
        says: 0,
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let piece = self.pieces.get(self.taken).or(self.pieces.last()).cloned();
        self.taken += 1;
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.says);
        hint
    }
}

fn head(path: &str, content_type: &str) -> Parts {
    let request = Request::post(path).header("content-type", content_type);
    request.body(()).unwrap().into_parts().0
}

const FORM: &str = "multipart/form-data; boundary=b";
const PAIRS: &str = "application/x-www-form-urlencoded";

/// For timers alone: nothing is run on it.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// What came of it, after how many turns.
fn run(
    sandbox: &Sandbox,
    head: &Parts,
    body: &mut Pieces,
) -> (Result<Parameters, ServiceError>, usize) {
    let runtime = runtime();
    let _entered = runtime.enter();
    let slot = Crowd::default().enter().0;
    let share = Room::new(MAX_UPLOAD).enter();
    let mut receiving = pin!(receive(head, body, &sandbox.backend, &slot, share));
    // Pieces are always there, so it rests when it is not ready.
    for turns in 1.. {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(outcome) = receiving.as_mut().poll(&mut context) {
            return (outcome, turns);
        }
    }
    unreachable!("it ends when there is too much")
}

/// The status of its error, and how many pieces were taken until then.
fn failed(head: &Parts, mut body: Pieces) -> (u16, usize) {
    let sandbox = Sandbox::builder().examples().build().unwrap();
    let (outcome, _) = run(&sandbox, head, &mut body);
    (outcome.unwrap_err().status, body.taken)
}

#[test]
fn what_cannot_be_fails_before_it_comes() {
    let upload = head("/forklift/", FORM);
    let other = head("/api/rest/media", PAIRS);
    assert_eq!(
        failed(&head("/forklift/", "text/plain"), pieces(&["x"])),
        (400, 0)
    );
    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    assert_eq!(failed(&head("/forklift/", &long), pieces(&["x"])), (400, 0));
    for (head, limit) in [(&upload, MAX_UPLOAD), (&other, MAX_BODY)] {
        let mut body = pieces(&["x"]);
        body.says = limit as u64 + 1;
        assert_eq!(failed(head, body), (413, 0));
    }
    let query = format!("/api/rest/media?{}", "a&".repeat(200));
    assert_eq!(failed(&head(&query, PAIRS), pieces(&["x"])), (400, 0));
    assert_eq!(
        failed(&other, pieces(&["a&".repeat(101).as_str()])),
        (400, 1)
    );
}

const GRANT: &str = "--b\r\nContent-Disposition: form-data; name=grant\r\n\r\n";
const FILE: &str = "--b\r\nContent-Disposition: form-data; name=mediafile; filename=a.mp3\r\n\
     Content-Type: audio/mpeg\r\n\r\nID3";

#[test]
fn a_grant_is_checked_before_the_file_comes() {
    let upload = head("/forklift/", FORM);
    let unknown = format!("{GRANT}0x1\r\n{FILE}");
    assert_eq!(failed(&upload, pieces(&[&unknown, "xyz"])), (404, 1));
    // The file may come first; then all of it does.
    let piece = "x".repeat(1 << 20);
    let (status, taken) = failed(&upload, pieces(&[FILE, &piece]));
    assert_eq!((status, taken), (413, 27));

    let sandbox = Sandbox::builder().examples().build().unwrap();
    let key = SandboxBuilder::EXAMPLE_APP_KEY;
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, key);
    let client = client.build_blocking(sandbox.transport()).unwrap();
    let grant = RequestUploadGrant::new("6e6a151be31b467f87225b18b0f36f00");
    let grant = client.send(grant).unwrap().grant_id;
    let known = format!("{GRANT}{}\r\n{FILE}", grant.as_str());
    let mut body = pieces(&[&known, &piece]);
    let (outcome, _) = run(&sandbox, &upload, &mut body);
    assert_eq!((outcome.unwrap_err().status, body.taken), (413, 27));
}

#[test]
fn a_large_request_lets_others_have_a_turn() {
    let most = TURN / PIECE;
    for (head, begin, piece) in [
        // One byte a piece, as in chunks of one byte.
        (head("/forklift/", FORM), FILE, "x"),
        (head("/forklift/", FORM), "preamble", "\r"),
        (head("/api/rest/media", PAIRS), "a=b", "&"),
        (head("/api/rest/media", PAIRS), "a=b", ""),
    ] {
        let mut body = pieces(&[begin, piece]);
        let sandbox = Sandbox::builder().examples().build().unwrap();
        let runtime = runtime();
        let _entered = runtime.enter();
        let slot = Crowd::default().enter().0;
        let share = Room::new(MAX_UPLOAD).enter();
        let mut receiving = Box::pin(receive(&head, &mut body, &sandbox.backend, &slot, share));
        for _ in 0..5 {
            let mut context = Context::from_waker(Waker::noop());
            assert!(receiving.as_mut().poll(&mut context).is_pending());
        }
        drop(receiving);
        assert!(body.taken <= 5 * most, "{piece:?}: {}", body.taken);
    }
    // A body in many pieces is not taken for ever.
    assert_eq!(failed(&head("/forklift/", FORM), pieces(&["x"])).0, 413);
    assert_eq!(
        failed(&head("/forklift/", FORM), pieces(&[FILE, ""])).0,
        413
    );
    // A large piece ends the turn.
    let mut body = pieces(&[FILE, &"x".repeat(TURN)]);
    let sandbox = Sandbox::builder().examples().build().unwrap();
    let (_, turns) = run(&sandbox, &head("/forklift/", FORM), &mut body);
    assert!(turns >= MAX_UPLOAD / TURN);
}
