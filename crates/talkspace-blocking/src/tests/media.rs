//! Files up and down with a client, over real sockets.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use bytes::Bytes;
use talkspace_core::{
    BlockingClient, CancelToken, Download, Effect, Error, ErrorKind, FailureKind, Limit, MediaFile,
    RequestOptions, UploadMedia,
};

use super::peer::{Peer, Script, Socket, script};
use super::transport;

/// Shorter than what is transferred takes.
const SHORT: Duration = Duration::from_millis(40);

const STORED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\nhttp://a/audio/1.mp3\n";

fn client(peer: &Peer, options: RequestOptions) -> BlockingClient {
    let client = BlockingClient::builder(peer.url(""), "key").options(options);
    client.build_blocking(transport()).unwrap()
}

fn file(peer: &Peer) -> Download {
    Download::new(peer.url("/audio/1.mp3"))
}

fn upload(file: MediaFile) -> UploadMedia {
    UploadMedia::new("0x3e1f", file)
}

const BEGINNING: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nID3lo";

/// Sends the head of a file of twelve bytes, and the first five.
fn begin(socket: &mut Socket) {
    socket.read_request();
    socket.write(BEGINNING);
}

#[test]
fn a_file_that_is_dropped_midway_closes_its_connection() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.expect_close();
    })]);
    let client = client(&peer, RequestOptions::default());
    let mut media = client.open(file(&peer)).unwrap();
    assert_eq!(media.content_length(), Some(12));
    assert_eq!(media.chunk().unwrap().unwrap(), "ID3lo");
    drop(media);
    peer.done();
}

#[test]
fn a_file_that_breaks_off_says_how_much_of_it_came() {
    let peer = Peer::with([script(|mut socket| begin(&mut socket))]);
    let client = client(&peer, RequestOptions::default());
    let mut media = client.open(file(&peer)).unwrap();
    assert_eq!(media.chunk().unwrap().unwrap(), "ID3lo");
    let error = media.chunk().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Truncated));
    assert_eq!((error.delivered_bytes(), error.attempts()), (Some(5), 1));
    peer.done();
}

#[test]
fn a_reader_that_takes_its_time_is_no_silence_of_the_peer() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.write(b" world!");
        socket.expect_close();
    })]);
    let mut options = RequestOptions::default().timeout(SHORT);
    options.limits.read_timeout = Duration::from_secs(60);
    let client = client(&peer, options);
    let mut media = client.open(file(&peer)).unwrap();
    let mut all = media.chunk().unwrap().unwrap().to_vec();
    sleep(SHORT * 2);
    while let Some(chunk) = media.chunk().unwrap() {
        all.extend_from_slice(&chunk);
    }
    assert_eq!(all, b"ID3lo world!");
    drop((media, client));
    peer.done();
}

/// Takes an upload in more than the timeout of requests.
fn takes_long() -> Script {
    script(|mut socket| {
        let head = socket.read_head();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap().parse().unwrap();
        socket.read_exact(length / 2);
        sleep(SHORT * 2);
        socket.read_exact(length - length / 2);
        socket.write(STORED);
    })
}

#[test]
fn an_upload_may_take_longer_than_a_request() {
    let file = || MediaFile::unchecked(vec![7; 24 << 20]);
    let peer = Peer::with([takes_long()]);
    let options = RequestOptions::default().timeout(SHORT);
    let stored = client(&peer, options).send(upload(file())).unwrap();
    assert_eq!(stored.download_url.as_str(), "http://a/audio/1.mp3");
    peer.done();

    let (give_up, gave_up) = std::sync::mpsc::channel::<()>();
    let peer = Peer::with([script(move |mut socket| {
        // Nothing is read before the client has given up, however late that is.
        socket.keep_window_small();
        let _ = gave_up.recv();
        socket.read_to_close();
    })]);
    let error = client(&peer, options.transfer_timeout(SHORT))
        .send(upload(file()))
        .unwrap_err();
    drop(give_up);
    assert_eq!(error.limit(), Some(Limit::Timeout), "{error:?}");
    peer.done();
}

#[test]
fn a_download_may_take_longer_than_a_request() {
    let slow = || {
        script(|mut socket| {
            begin(&mut socket);
            sleep(SHORT * 2);
            socket.write(b" world!");
        })
    };
    let options = RequestOptions::default().timeout(SHORT);
    let peer = Peer::with([slow()]);
    let mut all = Vec::new();
    let bytes = client(&peer, options).download(file(&peer), &mut all);
    assert_eq!((bytes.unwrap(), &all[..]), (12, &b"ID3lo world!"[..]));
    peer.done();

    let peer = Peer::with([script(|mut socket| {
        // It is too late for this already on a busy machine.
        if socket.try_read_head().is_some() {
            socket.write(BEGINNING);
        }
        socket.read_to_close();
    })]);
    let options = options.transfer_timeout(SHORT).max_retries(0);
    let outcome = client(&peer, options).download(file(&peer), &mut io::sink());
    let error = outcome.unwrap_err();
    assert_eq!(error.limit(), Some(Limit::Timeout), "{error:?}");
    peer.done();
}

/// Reads an upload and breaks off, and then stores what comes next if it is alike.
fn stores_the_second() -> Peer {
    let (send, first) = std::sync::mpsc::channel();
    Peer::with([
        script(move |mut socket| send.send(socket.read_request().body).unwrap()),
        script(move |mut socket| {
            let second = socket.read_request().body;
            let is_alike = second == first.recv().unwrap();
            assert!(is_alike && second.windows(3).any(|at| at == b"ID3"));
            socket.write(STORED);
        }),
    ])
}

#[test]
fn each_source_is_read_again_for_a_retry() {
    let sound = || [&b"ID3"[..], &[7; 300_000]].concat();
    let path = std::env::temp_dir().join(format!("talkspace-blocking-{}.mp3", std::process::id()));
    fs::write(&path, sound()).unwrap();
    let files = [
        MediaFile::mp3(sound()),
        MediaFile::mp3(Arc::<[u8]>::from(sound())),
        MediaFile::mp3(Bytes::from(sound())),
        MediaFile::mp3(File::open(&path).unwrap()),
    ];
    let options = RequestOptions::default().effect(Effect::Converges);
    for file in files {
        let peer = stores_the_second();
        let client = client(&peer, options);
        client.send(upload(file.unwrap())).unwrap();
        peer.done();
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn a_reader_learns_of_a_cancellation() {
    let (send, dropped) = std::sync::mpsc::channel::<()>();
    let peer = Peer::with([script(move |mut socket| {
        begin(&mut socket);
        socket.expect_close();
        drop(send);
    })]);
    let cancel = CancelToken::new();
    let client = client(&peer, RequestOptions::default()).with_cancel(&cancel);
    let mut media = client.open(file(&peer)).unwrap();
    let mut hello = [0; 5];
    media.read_exact(&mut hello).unwrap();
    let other = std::thread::spawn(move || cancel.cancel());
    let error = media.read(&mut hello).unwrap_err();
    let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Cancelled));
    assert_eq!(error.delivered_bytes(), Some(5));
    other.join().unwrap();
    assert!(dropped.recv().is_err(), "the connection is closed");
    peer.done();
}
