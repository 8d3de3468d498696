//! What a sandbox says of itself, to whoever may ask it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use talkspace_core::{
    ChangePhone, CreateMedia, CreateTalkspace, MediaFile, PhoneNumber, Register, RequestOptions,
    RequestUploadGrant, UploadMedia,
};
use talkspace_sandbox::Sandbox;

use crate::sentinel::{GRANT, Heap, KEY, PHONE, TOKEN, spellings};

/// A request, with its response still to be read.
fn open(address: SocketAddr, method: &str, path: &str, body: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\n\
         x-request-id: {KEY}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).unwrap();
    socket
}

/// The response to a request to the sandbox itself.
fn steer(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).unwrap();
    read(socket)
}

fn read(mut socket: TcpStream) -> String {
    let mut response = String::new();
    socket.read_to_string(&mut response).unwrap();
    response
}

/// Requests of a client, and of others that have the secrets where they do not belong.
fn misuse(address: SocketAddr, url: &str) -> String {
    let client = talkspace_blocking::Client::builder(url, KEY)
        .options(RequestOptions::default().max_retries(0))
        .build_blocking(talkspace_blocking::HttpTransport::new())
        .unwrap();
    let phone: PhoneNumber = PHONE.parse().unwrap();
    client
        .send(Register::new("iota").phone(phone.clone()))
        .unwrap();
    // Nobody can be registered with the number that they have.
    assert!(client.send(ChangePhone::new("eta", phone)).is_err());
    client.send(CreateTalkspace::new("eta")).unwrap();
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let issued = client
        .send(RequestUploadGrant::new(media))
        .unwrap()
        .grant_id;
    let sound: &[u8] = &[0xFF, 0xFB, 0x90, 0x64];
    let file = MediaFile::mp3(sound).unwrap();
    assert!(client.send(UploadMedia::new(GRANT, file)).is_err());
    for secret in [KEY, GRANT, PHONE].into_iter().flat_map(spellings) {
        let secret: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let query = format!("appkey={secret}&grant={secret}&phone={secret}&action={secret}");
        let wrong = format!("appkye={secret}&grnat={secret}&phnoe={secret}&networkid=eta");
        for path in [
            "/api/rest/conference/1",
            "/api/rest/registrant/eta",
            "/forklift",
        ] {
            read(open(address, "GET", &format!("{path}?{query}"), ""));
            read(open(address, "PUT", &format!("{path}?{wrong}"), &query));
            read(open(address, "POST", path, &query));
            read(open(address, "POST", path, &wrong));
        }
        read(open(
            address,
            "GET",
            &format!("/api/{secret}/conference"),
            "",
        ));
    }
    for path in ["conference", "registrant", "media"] {
        read(open(
            address,
            "GET",
            &format!("/api/rest/{path}/{PHONE}?appkey={KEY}"),
            "",
        ));
    }
    issued.as_str().to_owned()
}

#[test]
fn what_it_says_of_itself_has_no_secret() {
    let builder = Sandbox::builder()
        .app_key(KEY)
        .person("eta", PHONE)
        .token(TOKEN);
    let server = builder.media("hello").start().unwrap();
    let address = server.local_addr();
    let events = open(address, "GET", "/_sandbox/events", "");
    let issued = misuse(address, &server.url());

    let mut said = Vec::new();
    for path in [
        "",
        "health",
        "state",
        "people",
        "talkspaces",
        "media",
        "calls",
        "faults",
    ] {
        said.push(read(open(address, "GET", &format!("/_sandbox/{path}"), "")));
    }
    let mut told = Vec::new();
    let mut since = 0;
    loop {
        let path = format!("/_sandbox/requests?limit=500&since={since}");
        let page = read(open(address, "GET", &path, ""));
        let (_, body) = page.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let next = body["next"].as_u64().unwrap();
        said.push(page);
        if next == since {
            break;
        }
        since = next;
    }
    assert!(since > 100, "what was asked is among the requests");
    let mut sent_again = 0;
    for number in 1..=since {
        said.push(steer(address, "GET", &format!("requests/{number}"), ""));
        let again = format!("requests/{number}/again");
        told.push(steer(address, "POST", &again, "{}"));
        let response = steer(address, "POST", &again, r#"{"confirm":"rings"}"#);
        sent_again += usize::from(response.starts_with("HTTP/1.1 200 "));
        told.push(response);
    }
    assert!(sent_again > 3, "some can be sent again: {sent_again}");
    drop(server);
    said.push(read(events));

    for text in &said {
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    }
    let mut heap = Heap::default();
    for text in said.into_iter().chain(told) {
        assert!(!text.contains(&issued), "{text}");
        heap.add("a response of the sandbox", text);
    }
    let leaks = heap.leaks();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}
