//! Whatever an id, a phone number or a file name holds, the peer receives one
//! request, and finds in it what was meant: by parsers that other people wrote,
//! over the bytes that came.

use std::time::Duration;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy, any, prop_assert, prop_assert_eq, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestCaseResult};
use talkspace_conformance::wire::{Peer, Plan, Script};
use talkspace_core::{
    BlastMedia, CloseTalkspace, CreateTalkspace, ErrorKind, GetTalkspace, MediaFile,
    MuteParticipant, Operation, PhoneNumber, Register, UploadMedia,
};
use talkspace_sandbox::SandboxBuilder;
use talkspace_tests::laws;

use crate::client::{Engine, Plain, RUNTIME};

/// Requests of each kind and client.
const CASES: u32 = 60;
const KEY: (&str, &str) = ("appkey", SandboxBuilder::EXAMPLE_APP_KEY);
const RESPONSE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

/// Pieces that end something, somewhere.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\u{85}",
    "\u{2028}",
    "/",
    "\\",
    "..",
    ".",
    "%2e%2e",
    "%2f",
    "%0d%0a",
    "%00",
    "?",
    "#",
    "&",
    "=",
    "+",
    ";",
    ",",
    "-",
    ":",
    "@",
    " ",
    "\t",
    "\"",
    "%22",
    "'",
    "<",
    ">",
    "--",
    "HTTP/1.1",
    "Host: evil",
    "X-Evil: 1",
    "Content-Length: 0",
    "Transfer-Encoding: chunked",
    "GET / HTTP/1.1\r\nHost: evil\r\n\r\n",
    "name=\"grant\"",
    "filename=\"",
    "appkey=evil",
    "action=close",
    "a",
    "ü",
    "\u{1f600}",
];

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => vec(select(PIECES), 1..6).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
    .boxed()
}

/// What came, as `httparse` reads it.
struct Came {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// Sends to a peer of its own; all the bytes that came until it was closed.
fn bytes_of<O: Operation>(engine: Engine, operation: O) -> (Bytes, Option<ErrorKind>) {
    let peer = Peer::start(Plan::default().otherwise(Script::serve(RESPONSE))).unwrap();
    let client = Plain::new(engine, &format!("http://{}", peer.authority()));
    let kind = client.send(operation).err().map(|error| error.kind());
    drop(client);
    let done = peer
        .log()
        .wait(Duration::from_secs(60), |seen| seen.settled());
    assert!(done, "the client does not close");
    let seen = peer.log().transcript();
    assert!(seen.connections() <= 1);
    (seen.received(0), kind)
}

/// One request and nothing after it; `None` if it was invalid before that.
fn one_request<O: Operation>(
    engine: Engine,
    operation: O,
    sendable: bool,
) -> Result<Option<Came>, TestCaseError> {
    let (bytes, kind) = bytes_of(engine, operation);
    if !sendable {
        prop_assert_eq!(kind, Some(ErrorKind::Invalid));
        prop_assert!(bytes.is_empty(), "something was sent: {:?}", bytes);
        return Ok(None);
    }
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let head = match request.parse(&bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        other => return Err(TestCaseError::fail(format!("{other:?} in {bytes:?}"))),
    };
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_ascii_lowercase(), value)
        })
        .collect();
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected: &[&str] = match O::INFO.method.as_str() {
        "GET" => &["accept", "host", "user-agent"],
        _ => &[
            "accept",
            "content-length",
            "content-type",
            "host",
            "user-agent",
        ],
    };
    prop_assert_eq!(&names, expected);
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    prop_assert_eq!(bytes.len(), head + length, "more than one request came");
    let target = request.path.unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // A URL parser folds dot segments and takes backslashes for slashes.
    let url = url::Url::parse("http://host")
        .unwrap()
        .join(target)
        .unwrap();
    prop_assert_eq!(url.path(), path);
    prop_assert_eq!(url.host_str(), Some("host"));
    prop_assert_eq!(url.fragment(), None);
    prop_assert_eq!(path.matches('/').count(), O::INFO.path.matches('/').count());
    Ok(Some(Came {
        method: request.method.unwrap().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: bytes.slice(head..),
    }))
}

impl Came {
    fn segments(&self) -> Vec<String> {
        let decode = |segment: &str| urlencoding::decode(segment).unwrap().into_owned();
        self.path.split('/').skip(1).map(decode).collect()
    }

    fn has_form(&self, pairs: &[(&str, &str)]) -> TestCaseResult {
        same_pairs(&self.body, pairs)
    }
}

fn same_pairs(text: &[u8], pairs: &[(&str, &str)]) -> TestCaseResult {
    let came: Vec<_> = form_urlencoded::parse(text).into_owned().collect();
    let mut came: Vec<_> = came.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let mut pairs = pairs.to_vec();
    came.sort_unstable();
    pairs.sort_unstable();
    prop_assert_eq!(came, pairs);
    Ok(())
}

fn is_sendable(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

fn is_segment(text: &str) -> bool {
    is_sendable(text) && text != "." && text != ".."
}

/// Tries a law with each client.
fn holds<V: std::fmt::Debug>(
    values: impl Strategy<Value = V>,
    law: impl Fn(Engine, &V) -> TestCaseResult,
) {
    let config = laws::config(laws::cases(CASES), "faults/injection-failures.txt");
    let outcome = laws::holds(config, &values, |values| {
        Engine::BOTH
            .iter()
            .try_for_each(|engine| law(*engine, &values))
    });
    if let Err(problem) = outcome {
        panic!("{problem}");
    }
}

#[test]
fn a_path_keeps_its_depth() {
    holds((text(), text()), |engine, (talkspace, person)| {
        let request = MuteParticipant::new(talkspace.as_str(), person.as_str());
        let sendable = is_segment(talkspace) && is_segment(person);
        let Some(came) = one_request(engine, request, sendable)? else {
            return Ok(());
        };
        let expected = ["api", "rest", "conference", talkspace, person];
        prop_assert_eq!(came.segments(), expected);
        came.has_form(&[("action", "mute"), KEY])
    });
}

#[test]
fn an_action_stays_what_it_is() {
    holds(text(), |engine, talkspace| {
        let request = CloseTalkspace::new(talkspace.as_str());
        let Some(came) = one_request(engine, request, is_segment(talkspace))? else {
            return Ok(());
        };
        prop_assert_eq!(&came.method, "POST");
        prop_assert_eq!(came.segments(), ["api", "rest", "conference", talkspace]);
        came.has_form(&[("action", "close"), KEY])
    });
}

#[test]
fn several_ids_are_one_segment() {
    holds((text(), text(), text()), |engine, (one, two, person)| {
        let media = [one.as_str(), two.as_str()];
        let request = BlastMedia::new(media, person.as_str());
        let parts = is_sendable(one) && is_sendable(two);
        let parts = parts && !one.contains('-') && !two.contains('-');
        let Some(came) = one_request(engine, request, parts && is_sendable(person))? else {
            return Ok(());
        };
        prop_assert_eq!(came.segments(), ["api", "rest", "media", &media.join("-")]);
        came.has_form(&[("action", "blast"), ("networkid", person), KEY])
    });
}

#[test]
fn a_query_keeps_its_pairs() {
    holds(text(), |engine, talkspace| {
        let request = GetTalkspace::new(talkspace.as_str());
        let Some(came) = one_request(engine, request, is_segment(talkspace))? else {
            return Ok(());
        };
        prop_assert_eq!(&came.method, "GET");
        prop_assert_eq!(came.segments(), ["api", "rest", "conference", talkspace]);
        same_pairs(came.query.as_bytes(), &[KEY])
    });
}

#[test]
fn a_form_keeps_its_pairs() {
    holds((text(), text(), text()), |engine, (person, one, two)| {
        let request = CreateTalkspace::new(person.as_str())
            .greeting_id(one.as_str())
            .recording_id(two.as_str());
        let sendable = is_sendable(person) && is_sendable(one) && is_sendable(two);
        let Some(came) = one_request(engine, request, sendable)? else {
            return Ok(());
        };
        came.has_form(&[
            ("networkid", person),
            ("greetingid", one),
            ("recordingid", two),
            KEY,
        ])
    });
}

#[test]
fn a_phone_number_is_eleven_digits() {
    let digits = "[0-9 ().+-]{10,16}".boxed();
    holds(prop_oneof![digits, text()], |engine, phone| {
        let Ok(phone) = phone.parse::<PhoneNumber>() else {
            return Ok(());
        };
        let request = Register::new("eta").phone(phone.clone());
        let came = one_request(engine, request, true)?.unwrap();
        let digits = phone.as_str();
        prop_assert!(digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        came.has_form(&[("networkid", "eta"), ("phone", digits), KEY])
    });
}

#[test]
fn an_upload_has_two_parts() {
    let content = prop_oneof![
        vec(any::<u8>(), 0..200),
        text().prop_map(|text| format!("\r\n--x--\r\n{text}").into_bytes()),
    ];
    holds(
        (text(), text(), content),
        |engine, (grant, name, content)| {
            let content = Bytes::from([b"ID3", content.as_slice()].concat());
            let file = MediaFile::mp3(content.clone()).unwrap().file_name(name);
            let request = UploadMedia::new(grant.as_str(), file);
            let Some(came) = one_request(engine, request, is_sendable(grant))? else {
                return Ok(());
            };
            let kind = came.headers.iter().find(|(name, _)| name == "content-type");
            let boundary = multer::parse_boundary(&kind.unwrap().1).unwrap();
            let parts = RUNTIME.block_on(parts(&came.body, &boundary));
            let parts = parts.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
            let [(one, first), (two, second)] = parts.as_slice() else {
                return Err(TestCaseError::fail(format!("{} parts", parts.len())));
            };
            prop_assert_eq!((one.as_str(), &**first), ("grant", grant.as_bytes()));
            prop_assert_eq!((two.as_str(), second), ("mediafile", &content));
            Ok(())
        },
    );
}

async fn parts(body: &[u8], boundary: &str) -> multer::Result<Vec<(String, Bytes)>> {
    let mut form = multer::Multipart::with_reader(body, boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        parts.push((name, field.bytes().await?));
    }
    Ok(parts)
}
