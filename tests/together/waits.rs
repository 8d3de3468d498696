//! Waiting for a person keeps the time that it was given, on a real clock and on
//! one that stands still.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use talkspace_blocking::HttpTransport;
use talkspace_core::{
    BlockingClient, Client, CreateTalkspace, Delivery, Error, ErrorKind, PollOptions,
    RequestOptions,
};
use talkspace_hyper::HyperTransport;
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

/// What a request may take by itself: longer than any machine takes for a timeout.
const LONG: Duration = Duration::from_secs(3600);
/// Long after the timeout of the polling, and long before that of a request.
const FAR: Duration = Duration::from_secs(600);

/// Waits for media on both clients, over sockets.
fn both(url: &str, timeout: Duration) -> [(Result<i64, Error>, Duration); 2] {
    let options = PollOptions::default().timeout(timeout);
    let mut request = RequestOptions::default().timeout(LONG);
    request.limits.response_timeout = LONG;
    let begin = Instant::now();
    let client = BlockingClient::builder(url, KEY)
        .options(request)
        .build_blocking(HttpTransport::new())
        .unwrap();
    let blocking = client
        .wait_for_media("m", options)
        .map(|media| media.file_size);
    let blocking = (blocking, begin.elapsed());

    let begin = Instant::now();
    let client = Client::builder(url, KEY)
        .options(request)
        .build(HyperTransport::new())
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let hyper = runtime.block_on(client.wait_for_media("m", options));
    [
        blocking,
        (hyper.map(|media| media.file_size), begin.elapsed()),
    ]
}

#[test]
fn a_peer_that_is_silent_takes_no_more_than_the_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let timeout = Duration::from_secs(1);
    for (outcome, took) in both(&url, timeout) {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PollTimeout);
        assert!(took >= timeout - Duration::from_millis(5), "{took:?}");
        assert!(took < FAR, "{took:?}");
        println!("1 s of polling against a silent peer: {took:?}");
    }
}

#[test]
fn a_gateway_that_restarts_is_no_end() {
    // For each client: no content, three times unavailable, and as often again the
    // retries of a request, then content.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    thread::spawn(move || {
        for number in 0.. {
            let (mut peer, _) = server.accept().unwrap();
            let _request = peer.read(&mut [0; 4096]).unwrap();
            let response = match number % 11 {
                0 => "204 No Content\r\n\r\n".to_owned(),
                1..=9 => {
                    "503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .to_owned()
                }
                _ => {
                    let body = r#"{"MediaResponse":{"status":200,"fileSize":3,"downloadUrl":"http:\/\/a.example\/m"}}"#;
                    format!(
                        "200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                        body.len()
                    )
                }
            };
            peer.write_all(format!("HTTP/1.1 {response}").as_bytes())
                .unwrap();
        }
    });
    for (outcome, took) in both(&url, Duration::from_secs(600)) {
        assert_eq!(outcome.unwrap(), 3);
        println!("a wait through nine responses of 503: {took:?}");
    }
}

#[test]
fn who_never_answers_takes_no_time_where_the_clock_stands_still() {
    let sandbox = Sandbox::builder()
        .examples()
        .person("no-answer-nu", "14151239878")
        .clock(Clock::frozen())
        .build()
        .unwrap();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, KEY)
        .build_blocking(sandbox.transport())
        .unwrap();
    let id = client
        .send(CreateTalkspace::new("no-answer-nu"))
        .unwrap()
        .conference_id;
    let begin = Instant::now();
    let error = client
        .wait_for_participant(&id, "no-answer-nu", PollOptions::default())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::PollTimeout, Delivery::Responded)
    );
    let waited = error.waited().unwrap();
    assert!(waited <= Duration::from_secs(60), "{waited:?}");
    assert!(error.attempts() < 60, "{} polls", error.attempts());
    println!(
        "nobody answers on a frozen clock: {} polls, {waited:?} of its time, {:?} of ours",
        error.attempts(),
        begin.elapsed()
    );
}
