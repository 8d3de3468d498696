//! What is true of a file that is read while it arrives, on both clients.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, Read};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use http_body::{Body as _, Frame};

use super::{BlockingMediaBody, MediaBody};
use crate::transport::{
    BlockingResponseBody, BlockingTransport, Chunks, Exchange, ResponseBody, Transport,
    TransportError,
};
use crate::{
    BlockingClient, CancelToken, Client, Delivery, Download, Error, ErrorKind, FailureKind,
    RequestOptions,
};

const URL: &str = "https://a.example/audio/1.mp3";

type Piece = Result<&'static str, FailureKind>;

/// A response: its status, what it has in its head, and the pieces of its body.
#[derive(Clone)]
struct Played {
    status: u16,
    field: Option<(&'static str, &'static str)>,
    pieces: VecDeque<Piece>,
}

fn played(status: u16, pieces: &[Piece]) -> Played {
    Played {
        status,
        field: None,
        pieces: pieces.iter().copied().collect(),
    }
}

impl Played {
    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.field = Some((name, value));
        self
    }

    fn into_response<B>(self, body: impl Fn(Pieces) -> B) -> Response<B> {
        let mut response = Response::builder().status(self.status);
        if let Some((name, value)) = self.field {
            response = response.header(name, value);
        }
        response.body(body(Pieces(self.pieces))).unwrap()
    }
}

struct Pieces(VecDeque<Piece>);

impl Chunks for Pieces {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match self.0.pop_front() {
            None => Ok(None),
            Some(Ok(piece)) => Ok(Some(piece.into())),
            Some(Err(kind)) => Err(TransportError::new(kind, Delivery::MaybeSent)),
        }
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let chunk = self.get_mut().next_chunk();
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)).transpose())
    }
}

/// Plays one response after the other, on either client, and counts them.
struct Player {
    responses: Mutex<VecDeque<Played>>,
    exchanges: AtomicU32,
}

impl Player {
    fn new(responses: &[Played]) -> Arc<Self> {
        Arc::new(Self {
            responses: Mutex::new(responses.iter().cloned().collect()),
            exchanges: AtomicU32::new(0),
        })
    }

    fn next(&self) -> Result<Played, TransportError> {
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        let next = self.responses.lock().unwrap().pop_front();
        next.ok_or(TransportError::not_sent(FailureKind::Other))
    }
}

#[async_trait]
impl Transport for Player {
    async fn exchange(&self, _: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        Ok(self.next()?.into_response(ResponseBody::new))
    }

    async fn sleep(&self, _: Duration) {}
}

impl BlockingTransport for Player {
    fn exchange(
        &self,
        _: Exchange,
        _: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        Ok(self.next()?.into_response(BlockingResponseBody::new))
    }

    fn sleep(&self, _: Duration, _: &CancelToken) {}
}

/// Runs a future that never has to wait for anything.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}

/// An opened file, of either client.
enum Media {
    Async(MediaBody),
    Blocking(BlockingMediaBody),
}

impl Media {
    fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Async(media) => ready(media.chunk()),
            Self::Blocking(media) => media.chunk(),
        }
    }

    fn content_length(&self) -> Option<u64> {
        match self {
            Self::Async(media) => media.content_length(),
            Self::Blocking(media) => media.content_length(),
        }
    }

    /// All that arrives, in pieces, and how it ends.
    fn read(&mut self) -> (Vec<Bytes>, Result<(), Error>) {
        let mut pieces = Vec::new();
        loop {
            match self.chunk() {
                Ok(Some(piece)) => pieces.push(piece),
                Ok(None) => return (pieces, Ok(())),
                Err(error) => return (pieces, Err(error)),
            }
        }
    }
}

/// Opens the file that these responses have, on both clients; with how many
/// exchanges.
fn open(responses: &[Played], download: impl Fn() -> Download) -> [(Result<Media, Error>, u32); 2] {
    let options = RequestOptions::default();
    let player = Player::new(responses);
    let client = Client::builder("https://a.example", "key").options(options);
    let client = client.build(Arc::clone(&player)).unwrap();
    let media = ready(client.open(download())).map(Media::Async);
    let one = (media, player.exchanges.load(Ordering::Relaxed));
    let player = Player::new(responses);
    let client = BlockingClient::builder("https://a.example", "key").options(options);
    let client = client.build_blocking(Arc::clone(&player)).unwrap();
    let media = client.open(download()).map(Media::Blocking);
    [one, (media, player.exchanges.load(Ordering::Relaxed))]
}

fn file() -> Download {
    Download::new(URL)
}

#[test]
fn a_file_arrives_in_pieces_with_its_length_and_its_progress() {
    let responses = [played(200, &[Ok("ID3"), Ok(""), Ok("three")]).with("content-length", "8")];
    let told = Arc::new(Mutex::new(Vec::new()));
    let download = || {
        let told = Arc::clone(&told);
        file().on_progress(move |so_far, all| told.lock().unwrap().push((so_far, all)))
    };
    for (media, _) in open(&responses, download) {
        let mut media = media.unwrap();
        assert_eq!(media.content_length(), Some(8));
        let (pieces, end) = media.read();
        assert_eq!(pieces, ["ID3", "three"]);
        end.unwrap();
        assert_eq!(media.chunk().unwrap(), None, "the end stays the end");
    }
    let once = [(3, Some(8)), (8, Some(8))];
    assert_eq!(*told.lock().unwrap(), [once, once].concat());
}

#[test]
fn until_the_first_byte_it_is_retried_and_then_no_more() {
    use FailureKind::Closed;
    let responses = [
        played(503, &[Ok("later")]),
        played(200, &[Err(Closed)]),
        played(200, &[Ok("ID3f"), Err(Closed)]),
        played(200, &[Ok("ID3another")]),
    ];
    for (media, exchanges) in open(&responses, file) {
        assert_eq!(exchanges, 3);
        let mut media = media.unwrap();
        assert_eq!(media.chunk().unwrap().unwrap(), "ID3f");
        let error = media.chunk().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport(Closed));
        assert_eq!((error.attempts(), error.delivered_bytes()), (3, Some(4)));
        assert_eq!(
            error.to_string(),
            "downloadMedia: the connection was closed after 4 bytes (3 attempts)"
        );
        assert_eq!(media.chunk().unwrap(), None, "there is no more");
    }
}

#[test]
fn a_file_that_is_shorter_than_its_length_is_cut_short() {
    let responses = [played(200, &[Ok("ID3f")]).with("content-length", "8")];
    for (media, _) in open(&responses, file) {
        let (pieces, end) = media.unwrap().read();
        assert_eq!(pieces, ["ID3f"]);
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Truncated));
        assert_eq!(error.delivered_bytes(), Some(4));
    }
}

#[test]
fn no_more_arrives_than_is_allowed() {
    let responses = [played(200, &[Ok("ID3r"), Ok("five!")])];
    for (media, _) in open(&responses, || file().at_most(8)) {
        let (pieces, end) = media.unwrap().read();
        assert_eq!(pieces, ["ID3r"]);
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::TooLarge));
        assert_eq!(error.delivered_bytes(), Some(4));
    }
    for (media, _) in open(&responses, || file().at_most(3)) {
        let error = media.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::TooLarge));
        assert_eq!(error.delivered_bytes(), None, "nothing was");
    }
}

#[test]
fn what_does_not_begin_as_a_recording_is_none() {
    let page = played(200, &[Ok("<html>"), Ok("Sign in")]).with("content-type", "text/html");
    for (response, kept) in [
        (page, Some("<html>")),
        (played(200, &[Ok("Please log in")]), Some("Please log in")),
        (
            played(200, &[Ok("I"), Ok("D"), Ok("2"), Ok("4")]),
            Some("ID2"),
        ),
        (played(200, &[Ok("ID")]), Some("ID")),
        (played(200, &[]), None),
        (played(200, &[]).with("content-length", "0"), None),
    ] {
        for (media, exchanges) in open(std::slice::from_ref(&response), file) {
            let error = media.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            assert_eq!((error.body(), exchanges), (kept, 1), "{error}");
        }
    }
    let cut = [played(200, &[]).with("content-length", "3")];
    for (media, _) in open(&[&cut[..]; 3].concat(), file) {
        let error = media.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Truncated));
    }
}

#[test]
fn a_recording_is_known_however_it_is_cut_into_pieces() {
    let pieces = ["I", "", "D", "3", "x"].map(Ok);
    for (media, _) in open(&[played(200, &pieces)], file) {
        let (pieces, end) = media.unwrap().read();
        assert_eq!(pieces, ["ID3", "x"]);
        end.unwrap();
    }
}

#[test]
fn a_file_with_fewer_bytes_than_its_size_is_cut_short() {
    let came = [played(200, &[Ok("ID3"), Ok("five!")])];
    for (media, _) in open(&came, || file().size(1_000_000)) {
        let (pieces, end) = media.unwrap().read();
        assert_eq!(pieces, ["ID3", "five!"]);
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Truncated));
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, "the file has 1000000 bytes, and 8 came");
    }
    // One that has grown since is whole, and no size is none.
    for size in [8, 7, 0, -1] {
        for (media, _) in open(&came, || file().size(size)) {
            media.unwrap().read().1.unwrap();
        }
    }
}

#[test]
fn what_is_no_file_is_an_error() {
    let gone = played(404, &[Ok("no such "), Ok("file")]);
    for (media, _) in open(&[gone], file) {
        let error = media.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert_eq!(error.body(), Some("no such file"));
    }
    // A part is not the file.
    for status in [201, 202, 204, 206, 226] {
        for (media, _) in open(&[played(status, &[Ok("abc")])], file) {
            assert_eq!(media.err().unwrap().kind(), ErrorKind::Decode, "{status}");
        }
    }
    for (media, _) in open(&[played(302, &[]).with("location", "/other")], file) {
        assert_eq!(media.err().unwrap().kind(), ErrorKind::Status);
    }
    let coded = played(200, &[Ok("packed")]).with("content-encoding", "gzip");
    for (media, _) in open(&[coded], file) {
        assert_eq!(media.err().unwrap().kind(), ErrorKind::Decode);
    }
    for (media, exchanges) in open(&[], || Download::new("https://b.example/1.mp3")) {
        assert_eq!(media.err().unwrap().kind(), ErrorKind::Invalid);
        assert_eq!(exchanges, 0);
    }
}

#[test]
fn an_error_response_has_the_limit_of_memory() {
    static LARGE: [u8; 512 * 1024] = [b'x'; 512 * 1024];
    let large = std::str::from_utf8(&LARGE).unwrap();
    let fits = played(404, &[Ok(large), Ok(large)]);
    for (media, _) in open(&[fits], || file().at_most(u64::MAX)) {
        assert_eq!(media.err().unwrap().kind(), ErrorKind::Status);
    }
    let over = played(404, &[Ok(large), Ok(large), Ok("x")]);
    for (media, _) in open(&[over], || file().at_most(u64::MAX)) {
        let error = media.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::TooLarge));
    }
}

#[test]
fn a_reader_gets_the_error_with_all_that_is_known() {
    let responses = [played(200, &[Ok("ID3f"), Err(FailureKind::Timeout)])];
    let client = BlockingClient::builder("https://a.example", "key");
    let client = client.build_blocking(Player::new(&responses)).unwrap();
    let mut media = client.open(file()).unwrap();
    let mut little = [0; 3];
    assert_eq!(media.read(&mut []).unwrap(), 0);
    assert_eq!(media.read(&mut little).unwrap(), 3);
    assert_eq!(media.delivered(), 3);
    assert_eq!(media.chunk().unwrap().unwrap(), "f");
    let error = media.read(&mut little).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(error.operation(), "downloadMedia");
    assert_eq!(error.delivered_bytes(), Some(4));
    assert_eq!(media.read(&mut little).unwrap(), 0);
}

#[test]
fn a_server_knows_how_much_is_left_and_when_it_is_over() {
    fn is_shareable<T: Send + Sync + Unpin + 'static>(_: &T) {}

    let responses = [played(200, &[Ok("ID3"), Ok("three")]).with("content-length", "8")];
    let client = Client::builder("https://a.example", "key");
    let client = client.build(Player::new(&responses)).unwrap();
    let mut media = ready(client.open(file())).unwrap();
    is_shareable(&media);
    assert_eq!(media.headers()["content-length"], "8");
    assert_eq!(media.size_hint().exact(), Some(8));
    let frame = ready(std::future::poll_fn(|cx| pin!(&mut media).poll_frame(cx)));
    assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), "ID3");
    assert_eq!(media.size_hint().exact(), Some(5));
    assert!(!media.is_end_stream());
    ready(media.chunk()).unwrap();
    assert_eq!(media.size_hint().exact(), Some(0));
    assert_eq!(ready(media.chunk()).unwrap(), None);
    assert!(media.is_end_stream());
}

#[test]
fn what_cannot_be_written_is_an_error_of_its_own() {
    let full = || io::Error::from(io::ErrorKind::StorageFull);
    let responses = [played(200, &[Ok("ID3"), Ok("three"), Ok("more")])];
    let client = Client::builder("https://a.example", "key");
    let client = client.build(Player::new(&responses)).unwrap();
    let mut media = ready(client.open(file())).unwrap();
    assert_eq!(ready(media.chunk()).unwrap().unwrap(), "ID3");
    let error = media.unwritten(full());
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Writer));
    assert_eq!(ready(media.chunk()).unwrap(), None, "it is over");

    let client = BlockingClient::builder("https://a.example", "key");
    let client = client.build_blocking(Player::new(&responses)).unwrap();
    let mut little = [0; 4];
    let error = client.download(file(), &mut &mut little[..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Writer));
    assert_eq!(&little, b"ID3t", "the beginning of the file");
}
