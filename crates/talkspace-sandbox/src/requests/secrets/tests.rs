//! A key or a grant in a place that is not its own is shown nowhere.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use http::Request;
use serde_json::Value;
use talkspace_core::AppKey;

use super::Secrets;
use crate::{Sandbox, SandboxBuilder, Server};

/// It could be a request id, a media id, and the label of a host.
const KEY: &str = "5ec7e70123456789abcdef0123ABCDEF";
/// It is like a word of the spec.
const WORD: &str = "conferencf";

/// Sends a request of which a grant, a key or something like it is a part.
fn send(server: &Server, first: &str, fields: &str, body: &str) {
    let mut socket = TcpStream::connect(server.local_addr()).unwrap();
    let host = match fields.contains("Host:") {
        true => "",
        false => "Host: localhost\r\n",
    };
    let length = body.len();
    let head = format!("{host}{fields}Connection: close\r\nContent-Length: {length}\r\n");
    write!(socket, "{first} HTTP/1.1\r\n{head}\r\n{body}").unwrap();
    let mut response = String::new();
    let _ = socket.read_to_string(&mut response);
    assert!(response.starts_with("HTTP/1.1 "), "{first}: {response}");
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// Each place of a request: the first line, header fields and the body.
const PLACES: [(&str, &str, &str); 27] = [
    ("GET /api/rest/conference/SECRET?appkey=OWN", "", ""),
    ("GET /api/rest/conference/SECRET?appkey=SECRET", "", ""),
    ("HEAD /api/rest/conference/SECRET?appkey=OWN", "", ""),
    ("DELETE /api/rest/registrant/SECRET?appkey=OWN", "", ""),
    ("GET /api/rest/media/SECRET?appkey=OWN", "", ""),
    ("GET /api/rest/media/a.SECRET.b?appkey=OWN", "", ""),
    ("GET /audio/SECRET.mp3", "", ""),
    ("OPTIONS /api/rest/conference/SECRET", "", ""),
    ("GET /SECRET", "", ""),
    ("GET /api/rest/SECRET/1", "", ""),
    ("GET /api/SECRET?SECRET=SECRET", "", ""),
    ("GET /api/rest/registrant/%SECRET?appkey=OWN", "", ""),
    ("PUT /api/rest/conference/SECRET", "", ""),
    ("SECRET /api/rest/conference", "", ""),
    ("GET /api/rest/version", "X-Request-Id: SECRET\r\n", ""),
    ("GET /api/rest/version", "Host: SECRET\r\n", ""),
    ("GET /api/rest/version", "Host: a.SECRET.example\r\n", ""),
    (
        "GET /api/rest/version",
        "Authorization: Bearer SECRET\r\n",
        "",
    ),
    (
        "POST /api/rest/conference",
        FORM,
        "appkey=OWN&networkid=SECRET",
    ),
    (
        "POST /api/rest/conference",
        FORM,
        "appkey=OWN&networkid=eta&greetingid=SECRET&recordingid=SECRET",
    ),
    (
        "POST /api/rest/conference",
        FORM,
        "appkey=OWN&networkid=x, SECRET, y",
    ),
    (
        "POST /api/rest/conference/1",
        FORM,
        "appkey=OWN&action=SECRET&networkid=eta",
    ),
    (
        "POST /api/rest/conference/1/eta",
        FORM,
        "appkey=OWN&action=move&toconferenceid=SECRET",
    ),
    (
        "POST /api/rest/registrant",
        FORM,
        "appkey=OWN&networkid=z&phone=SECRET",
    ),
    (
        "POST /api/rest/media",
        FORM,
        "appkey=OWN&mediauri=http://a/?appkey=SECRET",
    ),
    (
        "POST /forklift",
        "Content-Type: multipart/form-data; boundary=b\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"grant\"\r\n\r\nSECRET\r\n\
         --b\r\nContent-Disposition: form-data; name=\"mediafile\"; filename=\"SECRET\"\r\n\
         Content-Type: SECRET\r\n\r\nSECRET\r\n--b--\r\n",
    ),
    (
        "POST /forklift",
        "Content-Type: multipart/form-data; boundary=b\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"grant\"\r\n\r\nGRANT\r\n\
         --b\r\nContent-Disposition: form-data; name=\"mediafile\"; filename=\"SECRET\"\r\n\
         Content-Type: audio/mpeg\r\n\r\nSECRET GRANT\r\n--b--\r\n",
    ),
];

#[test]
fn wherever_a_secret_stands_it_is_not_shown() {
    let lines = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&lines);
    let server = Sandbox::builder()
        .examples()
        .app_key(KEY)
        .app_key(WORD)
        .log(move |served| *told.lock().unwrap() += &format!("{served} {served:?}\n"))
        .start()
        .unwrap();
    let own = SandboxBuilder::EXAMPLE_APP_KEY;
    let sandbox = server.sandbox();
    let grant = || {
        let media = SandboxBuilder::EXAMPLE_MEDIA[0];
        let request = Request::post(format!("/api/rest/media/{media}"));
        let form = format!("appkey={own}&action=upload_grant");
        let request = request.body(form.into()).unwrap();
        let response = sandbox.transport().respond_blocking(request);
        let granted: Value = serde_json::from_slice(response.body()).unwrap();
        let id = granted["UploadResponse"]["grantId"].as_str();
        id.unwrap().to_owned()
    };
    for (first, fields, body) in PLACES {
        let good = grant();
        for secret in [KEY, &KEY.to_ascii_lowercase(), WORD, own, &good] {
            let put = |text: &str| {
                let escaped = format!("%{:02x}{}", secret.as_bytes()[0], &secret[1..]);
                let text = text.replace("%SECRET", &escaped).replace("SECRET", secret);
                text.replace("OWN", own).replace("GRANT", &good)
            };
            let since = sandbox.request_log(0).total;
            send(&server, &put(first), &put(fields), &put(body));
            let log = sandbox.request_log(since);
            assert_eq!(log.entries.len(), 1, "{first}");
            let received = &log.entries[0];
            let mut shown = format!("{received} {received:?} {:?}", received.0);
            shown += &format!("{} {:?}", received.to_json(), received.hint());
            let files = received.0.parameters.files();
            for (_, file) in files {
                shown += &String::from_utf8_lossy(file);
            }
            shown += &lines.lock().unwrap();
            let shown = shown.to_lowercase();
            for hidden in [secret, &good] {
                let hidden = hidden.to_lowercase();
                assert!(!shown.contains(&hidden), "{hidden}, {first}: {shown}");
            }
        }
    }
}

#[test]
fn what_is_no_secret_stays() {
    let secrets = Secrets::of(&[AppKey::new(KEY), AppKey::new("k"), AppKey::new("")]);
    let masked = |text: &str| {
        let mut text = text.to_owned();
        secrets.mask(&mut text);
        text
    };
    for text in ["", "eta", "kate", &KEY[1..], "0x", "0x12", "a, b"] {
        assert_eq!(masked(text), text);
    }
    assert_eq!(masked(&format!("a?b={KEY}&c")), "a?b=…&c");
    assert_eq!(masked("0x0123456789abcdef"), "…");
    assert_eq!(masked("k"), "…");
}

#[test]
fn a_key_of_any_letters_is_found_in_the_midst_of_a_word() {
    let keys = ["team:alpha", "q+8/Zm9v0a==", KEY, "k:1"];
    let secrets = Secrets::of(&keys.map(AppKey::new));
    let masked = |text: &str| {
        let mut text = text.to_owned();
        secrets.mask(&mut text);
        text
    };
    for (text, shown) in [
        ("no team:alpha here", "no … here"),
        ("xteam:alphaxTEAM:ALPHA", "x…x…"),
        ("é:q+8/Zm9v0a==é", "é:…é"),
        (&format!("id_{KEY}-{KEY}{KEY}"), "id_…-……"),
        ("x_0x0123456789abcdef0", "x_…0"),
        ("0X0x0123456789abcdef", "0X…"),
        ("0x0x23456789abcdef0", "0x0x23456789abcdef0"),
        ("no k:1, k:12 or ék:1", "no …, k:12 or ék:1"),
    ] {
        assert_eq!(masked(text), shown);
    }
    assert!(secrets.are_in(b"\xff_0x0123456789abcdef"));
}
