//! Both clients against the sandbox over real sockets.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use talkspace_core::response::GetMediaStatusOutcome;
use talkspace_core::{
    AddToTalkspace, CloseTalkspace, CreateMedia, CreateTalkspace, Delivery, ErrorKind, FailureKind,
    GetMediaStatus, GetTalkspace, GetVersion, ListTalkspaces, MediaFile, MuteParticipant,
    RequestOptions, RequestUploadGrant, UnmuteParticipant,
};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

fn server() -> Server {
    Sandbox::builder()
        .examples()
        .clock(Clock::frozen())
        .start()
        .unwrap()
}

fn blocking(server: &Server) -> talkspace_blocking::Client {
    talkspace_blocking::Client::builder(server.url(), KEY)
        .build_blocking(talkspace_blocking::HttpTransport::new())
        .unwrap()
}

#[test]
fn a_story_told_without_a_runtime() {
    let server = server();
    let client = blocking(&server);
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    client
        .send(AddToTalkspace::new(&id, "@theta").muted(true))
        .unwrap();
    server.sandbox().advance(Duration::from_secs(1));
    // Each of the three has its own effect.
    let is_muted = || server.sandbox().is_muted(&id, "@theta");
    assert!(is_muted());
    client.send(UnmuteParticipant::new(&id, "@theta")).unwrap();
    assert!(!is_muted());
    client.send(MuteParticipant::new(&id, "@theta")).unwrap();
    assert!(is_muted());
    assert_eq!(
        client.send(ListTalkspaces::new()).unwrap().active,
        std::slice::from_ref(&id)
    );
    let there = client.send(GetTalkspace::new(&id)).unwrap().participants;
    assert_eq!(there.len(), 2);
    client.send(CloseTalkspace::new(&id)).unwrap();
    assert!(
        client
            .send(GetTalkspace::new(&id))
            .unwrap()
            .participants
            .is_empty()
    );
}

/// Sends a form as it is, and gives the status line and the body.
fn post(server: &Server, path: &str, form: &str) -> (String, String) {
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let line = head.lines().next().unwrap();
    (line.to_owned(), body.to_owned())
}

#[test]
fn nobody_is_registered_with_a_number_that_no_american_telephone_has() {
    let server = server();
    let key = KEY;
    for phone in [
        "4722123456",
        "%2B4722123456",
        "10123456789",
        "11123456789",
        "4155551234",
        "442071838750",
    ] {
        let form = format!("networkid=neu&appkey={key}&phone={phone}");
        let changed = format!("/api/rest/registrant/eta/{phone}");
        for (path, form) in [
            ("/api/rest/registrant/", form.as_str()),
            (&changed, &format!("appkey={key}")),
        ] {
            let (line, body) = post(&server, path, form);
            assert_eq!(line, "HTTP/1.1 400 Bad Request", "{phone}");
            assert!(body.contains("Invalid phone number format"), "{body}");
        }
    }
    server.sandbox().advance(Duration::from_secs(60));
    assert_eq!(server.sandbox().rings("neu"), 0);
    assert_eq!(server.sandbox().rings("eta"), 0);
    let form = format!("networkid=neu&appkey={key}&phone=14155551234");
    let (line, _) = post(&server, "/api/rest/registrant/", &form);
    assert_eq!(line, "HTTP/1.1 201 Created");
    assert_eq!(server.sandbox().rings("neu"), 1);
}

#[test]
fn the_same_story_told_on_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        // Starting and dropping a server inside a runtime is allowed too.
        let server = server();
        let client = talkspace_hyper::Client::builder(server.url(), KEY)
            .build(talkspace_hyper::HyperTransport::new())
            .unwrap();
        let made = client.send(CreateTalkspace::new("eta")).await.unwrap();
        let id = made.conference_id;
        client
            .send(AddToTalkspace::new(&id, "@theta").muted(true))
            .await
            .unwrap();
        server.sandbox().advance(Duration::from_secs(1));
        client
            .send(UnmuteParticipant::new(&id, "@theta"))
            .await
            .unwrap();
        let there = client.send(GetTalkspace::new(&id)).await.unwrap();
        assert_eq!(there.participants.len(), 2);
        client.send(CloseTalkspace::new(&id)).await.unwrap();
        assert_eq!(server.sandbox().rings("eta"), 1);
    });
}

#[test]
fn a_server_that_is_dropped_is_gone() {
    let server = server();
    let client = blocking(&server);
    assert!(client.send(GetVersion::new()).is_ok());
    server.stop();
    let policy = RequestOptions::default().max_retries(0);
    let error = client
        .with_options(policy)
        .send(CreateTalkspace::new("eta"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport(FailureKind::Connect));
    assert_eq!(error.delivery(), Delivery::NotSent);
}

/// What a client of the time would send, and the first line of the response.
fn raw(server: &Server, line: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.local_addr()).unwrap();
    let length = body.len();
    write!(
        stream,
        "{line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.lines().next().unwrap().to_owned()
}

#[test]
fn odd_paths_of_the_time_are_understood() {
    let server = server();
    let create = format!("networkid=eta&appkey={KEY}");
    for line in ["POST /api/rest/conference/", "POST //api/rest//conference"] {
        assert_eq!(
            raw(&server, line, &create),
            "HTTP/1.1 201 Created",
            "{line}"
        );
    }
    let close = format!("action=close&appkey={KEY}");
    let line = "POST /api/rest/conference//unknown";
    assert_eq!(raw(&server, line, &close), "HTTP/1.1 404 Not Found");
}

#[test]
fn what_is_not_in_the_spec_is_an_error() {
    let server = server();
    let key = format!("appkey={KEY}");
    for (line, body, status) in [
        ("GET /nowhere", "", "404"),
        ("PUT /api/rest/version", "", "405"),
        ("POST /api/rest/conference/x", "action=dance", "400"),
        ("POST /api/rest/conference/x", "", "400"),
        ("POST /api/rest/conference/x/eta", "action=hangul", "400"),
        ("POST /api/rest/conference", key.as_str(), "400"),
        ("GET /api/rest/conference", "", "400"),
        ("GET /api/rest/conference?app_key=x", "", "400"),
        ("POST /forklift", "grant=0x0", "400"),
        ("GET /audio/1.mp3", "", "404"),
        ("GET /audio/", "", "404"),
    ] {
        let response = raw(&server, line, body);
        assert_eq!(
            response.split(' ').nth(1),
            Some(status),
            "{line} {body}: {response}"
        );
    }
    let huge = "x".repeat(2 * 1024 * 1024);
    assert!(raw(&server, "POST /api/rest/conference", &huge).contains("413"));
}

/// Sends an upload of a file of this length, and gives the whole response.
fn raw_upload(server: &Server, grant: &str, length: usize) -> String {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"grant\"\r\n\r\n{grant}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"mediafile\"; filename=\"a.mp3\"\r\n\
         Content-Type: audio/mpeg\r\n\r\nID3"
    );
    let body = [head.as_bytes(), &vec![7; length - 3], b"\r\n--b--\r\n"].concat();
    let mut stream = TcpStream::connect(server.local_addr()).unwrap();
    write!(
        stream,
        "POST /forklift/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(&body).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn an_upload_may_be_large_and_nothing_else() {
    let server = server();
    let client = blocking(&server);
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let grant = || {
        client
            .send(RequestUploadGrant::new(&media))
            .unwrap()
            .grant_id
    };
    let length = usize::try_from(MediaFile::MAX_LEN).unwrap();
    for (length, status) in [
        (length, "200 OK"),
        (length + 1, "413 Payload Too Large"),
        (length + 1024 * 1024, "413 Payload Too Large"),
    ] {
        let response = raw_upload(&server, grant().as_str(), length);
        assert!(response.contains(status), "{length}: {response}");
    }
    let there = client.send(GetMediaStatus::new(&media)).unwrap();
    assert_eq!(there.file_size, i64::try_from(length).unwrap());
    let url = there.download_url.unwrap();
    assert!(url.as_str().starts_with(&server.url()), "{url}");
}

#[test]
fn the_disputed_wires_are_there_on_request() {
    let server = Sandbox::builder()
        .examples()
        .always_http_200(true)
        .no_content_in_body(true)
        .start()
        .unwrap();
    let key = format!("appkey={KEY}");
    for (line, body) in [
        ("POST /api/rest/media", key.as_str()),
        ("GET /api/rest/media", ""),
        ("POST /api/rest/conference/unknown", "action=close&appkey=x"),
    ] {
        assert_eq!(raw(&server, line, body), "HTTP/1.1 200 OK", "{line}");
    }
    assert_eq!(raw(&server, "GET /nowhere", ""), "HTTP/1.1 404 Not Found");
    let client = blocking(&server);
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let empty = client.send(GetMediaStatus::new(media)).unwrap();
    assert_eq!(empty.outcome, GetMediaStatusOutcome::Empty);
    assert_eq!((empty.status.http(), empty.status.code()), (200, 204));
}
