//! Files up and down with a client, over real sockets.

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::Cursor;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use bytes::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use talkspace_core::observe::GivenUp;
use talkspace_core::{
    Client, Delivery, Download, Effect, ErrorKind, FailureKind, Limit, MediaFile, RequestOptions,
    UploadMedia,
};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::peer::{Peer, Script, Socket, script};
use super::{fetch, get, transport};
use crate::{mp3_from_reader, save};

/// Shorter than what is transferred takes.
const SHORT: Duration = Duration::from_millis(40);

const STORED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\nhttp://a/audio/1.mp3\n";

fn client(peer: &Peer, options: RequestOptions) -> Client {
    let client = Client::builder(peer.url(""), "key").options(options);
    client.build(transport()).unwrap()
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

#[tokio::test]
async fn a_file_that_is_dropped_midway_closes_its_connection() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.expect_close();
    })]);
    let client = client(&peer, RequestOptions::default());
    let mut media = client.open(file(&peer)).await.unwrap();
    assert_eq!(media.content_length(), Some(12));
    assert_eq!(media.chunk().await.unwrap().unwrap(), "ID3lo");
    drop(media);
    peer.done().await;
}

#[tokio::test]
async fn a_file_that_breaks_off_says_how_much_of_it_came() {
    let peer = Peer::with([script(|mut socket| begin(&mut socket))]);
    let client = client(&peer, RequestOptions::default());
    let mut media = client.open(file(&peer)).await.unwrap();
    assert_eq!(media.chunk().await.unwrap().unwrap(), "ID3lo");
    let error = media.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Truncated));
    assert_eq!((error.delivered_bytes(), error.attempts()), (Some(5), 1));
    peer.done().await;
}

#[tokio::test]
async fn a_reader_that_takes_its_time_is_no_silence_of_the_peer() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.write(b" world!");
        socket.expect_close();
    })]);
    let mut options = RequestOptions::default().timeout(SHORT);
    options.limits.read_timeout = Duration::from_secs(60);
    let client = client(&peer, options);
    let mut media = client.open(file(&peer)).await.unwrap();
    let mut all = media.chunk().await.unwrap().unwrap().to_vec();
    tokio::time::sleep(SHORT * 2).await;
    while let Some(chunk) = media.chunk().await.unwrap() {
        all.extend_from_slice(&chunk);
    }
    assert_eq!(all, b"ID3lo world!");
    drop((media, client));
    peer.done().await;
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

#[tokio::test]
async fn an_upload_may_take_longer_than_a_request() {
    let file = || MediaFile::unchecked(vec![7; 24 << 20]);
    let peer = Peer::with([takes_long()]);
    let options = RequestOptions::default().timeout(SHORT);
    let stored = client(&peer, options).send(upload(file())).await.unwrap();
    assert_eq!(stored.download_url.as_str(), "http://a/audio/1.mp3");
    peer.done().await;

    let (give_up, gave_up) = std::sync::mpsc::channel::<()>();
    let peer = Peer::with([script(move |mut socket| {
        // Nothing is read before the client has given up, however late that is.
        socket.keep_window_small();
        let _ = gave_up.recv();
        socket.read_to_close();
    })]);
    let error = client(&peer, options.transfer_timeout(SHORT))
        .send(upload(file()))
        .await
        .unwrap_err();
    drop(give_up);
    assert_eq!(error.limit(), Some(Limit::Timeout), "{error:?}");
    peer.done().await;
}

#[tokio::test]
async fn a_download_may_take_longer_than_a_request() {
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
    let media = client(&peer, options).open(file(&peer)).await.unwrap();
    let bytes = save(media, &mut all).await.unwrap();
    assert_eq!((bytes, &all[..]), (12, &b"ID3lo world!"[..]));
    peer.done().await;

    let peer = Peer::with([script(|mut socket| {
        // It is too late for this already on a busy machine.
        if socket.try_read_head().is_some() {
            socket.write(BEGINNING);
        }
        socket.read_to_close();
    })]);
    let options = options.transfer_timeout(SHORT).max_retries(0);
    let media = client(&peer, options).open(file(&peer)).await;
    let error = match media {
        // It is this late already on a busy machine.
        Err(error) => error,
        Ok(media) => save(media, &mut tokio::io::sink()).await.unwrap_err(),
    };
    assert_eq!(error.limit(), Some(Limit::Timeout), "{error:?}");
    peer.done().await;
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

#[tokio::test]
async fn each_source_is_read_again_for_a_retry() {
    let sound = || [&b"ID3"[..], &[7; 300_000]].concat();
    let path = std::env::temp_dir().join(format!("talkspace-hyper-{}.mp3", std::process::id()));
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
        client.send(upload(file.unwrap())).await.unwrap();
        peer.done().await;
    }
    fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn a_reader_is_read_once() {
    let file = || mp3_from_reader(Cursor::new(vec![7; 300_000]), 300_000).unwrap();
    let options = RequestOptions::default().effect(Effect::Converges);
    let peer = Peer::with([script(|mut socket| {
        assert!(socket.read_request().body.len() > 300_000);
    })]);
    let outcome = client(&peer, options).send(upload(file())).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Closed));
    assert_eq!(error.given_up(), Some(GivenUp::Spent));
    assert_eq!(error.attempts(), 1);
    peer.done().await;

    let peer = Peer::with([script(|mut socket| {
        let body = socket.read_request().body;
        assert!(
            body.windows(300_000)
                .any(|at| at.iter().all(|byte| *byte == 7))
        );
        socket.write(STORED);
    })]);
    client(&peer, options).send(upload(file())).await.unwrap();
    peer.done().await;
}

#[tokio::test]
async fn a_connection_that_has_ended_costs_a_reader_nothing() {
    for _ in 0..20 {
        let peer = Peer::with([
            script(|mut socket| {
                socket.read_request();
                socket.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1");
            }),
            script(|mut socket| {
                assert!(socket.read_request().body.len() > 9);
                socket.write(STORED);
            }),
        ]);
        let client = client(&peer, RequestOptions::default().max_retries(0));
        client
            .send(talkspace_core::GetVersion::new())
            .await
            .unwrap();
        let file = mp3_from_reader(Cursor::new(vec![7; 9]), 9).unwrap();
        // The peer has closed by now, or does so at this moment.
        match client.send(upload(file)).await {
            Ok(_) => peer.done().await,
            Err(error) => assert_eq!(error.delivery(), Delivery::MaybeSent, "{error:?}"),
        }
    }
}

/// As a task of its own, with a writer that is awaited.
#[tokio::test]
async fn a_file_is_written_by_a_task() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.write(b" world!");
    })]);
    let client = client(&peer, RequestOptions::default());
    let (mut here, mut there) = tokio::io::duplex(3);
    let download = file(&peer);
    let writing = tokio::spawn(async move {
        let media = client.open(download).await?;
        save(media, &mut here).await
    });
    let mut all = Vec::new();
    there.read_to_end(&mut all).await.unwrap();
    assert_eq!(all, b"ID3lo world!");
    assert_eq!(writing.await.unwrap().unwrap(), 12);
    peer.done().await;
}

#[tokio::test]
async fn a_writer_that_fails_is_the_error() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.expect_close();
    })]);
    let client = client(&peer, RequestOptions::default());
    let media = client.open(file(&peer)).await.unwrap();
    let error = save(media, &mut Cursor::new(&mut [0; 3][..]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Writer));
    peer.done().await;
}

#[tokio::test]
async fn a_server_hands_a_file_on_as_it_is() {
    let peer = Peer::with([script(|mut socket| {
        begin(&mut socket);
        socket.write(b" world!");
        socket.expect_close();
    })]);
    let client = client(&peer, RequestOptions::default());
    let url = peer.url("/audio/1.mp3");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service_fn(|_request| async {
            let media = client.open(Download::new(&url)).await.unwrap();
            Ok::<_, Infallible>(http::Response::new(media))
        });
        let connection = hyper::server::conn::http1::Builder::new();
        let _ = connection
            .serve_connection(TokioIo::new(stream), service)
            .await;
    });
    let (status, body) = {
        let transport = transport();
        fetch(&transport, get(&format!("http://{address}/"))).await
    };
    assert_eq!((status, &body[..]), (200, &b"ID3lo world!"[..]));
    server.abort();
    let _ = server.await;
    peer.done().await;
}
