//! Forms of several parts: what an upload writes, a parser that is not ours
//! reads, and the server's reader reads the same; and on any bytes the
//! server's reader does not panic.

#![no_main]

use std::convert::Infallible;
use std::pin::pin;
use std::str;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::stream;
use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use talkspace_core::codec::Target;
use talkspace_core::operation::ParameterLocation;
use talkspace_core::server::Parameters;
use talkspace_core::transport::Body;
use talkspace_core::{BaseUrl, MediaFile, Operation, UploadMedia};
use talkspace_fuzz::{KEY, multipart, request};

/// Short enough to be hit upon.
const BOUNDARY: &str = "b-";

/// A form as another client might write it.
#[derive(Arbitrary, Debug)]
struct Form<'a> {
    grant: &'a str,
    file_name: &'a str,
    content_type: &'a str,
    preamble: &'a [u8],
    /// Whether the file comes first.
    file_first: bool,
    /// Whether the names are in quotes.
    bare: bool,
    content: &'a [u8],
}

/// A part as a reader finds it.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Bytes,
}

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let base = BaseUrl::parse("http://127.0.0.1").expect("a base URL");
    Target::new(base, KEY.into()).with_boundary(BOUNDARY)
});

fuzz_target!(|bytes: &[u8]| {
    // As a message, such as the example; and as what stands inside of one.
    if let Some(request) = request(bytes) {
        let _ = Parameters::of(&request);
    }
    let _ = Parameters::of(&multipart(BOUNDARY, Bytes::copy_from_slice(bytes)));
    if let Ok(form) = Form::arbitrary_take_rest(Unstructured::new(bytes)) {
        upload(&form);
        read(&form);
    }
});

/// The client writes, both read.
fn upload(form: &Form<'_>) {
    let content = Bytes::copy_from_slice(form.content);
    let file = MediaFile::unchecked(content.clone()).file_name(form.file_name);
    let upload = UploadMedia::new(form.grant, file);
    let is_text = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    let Ok(written) = upload.encode(&TARGET) else {
        assert!(!is_text(form.grant), "rejected: {form:?}");
        return;
    };
    assert!(is_text(form.grant), "not rejected: {form:?}");
    let content_type = written.headers()["content-type"].to_str().expect("text");
    let boundary = multer::parse_boundary(content_type).expect("a boundary");
    assert_eq!(boundary, BOUNDARY);
    if holds_boundary(form) {
        // Boundaries are random, so that this does not happen.
        return;
    }
    let expected = [
        Part {
            name: "grant".to_owned(),
            file_name: None,
            content_type: None,
            content: form.grant.to_owned().into(),
        },
        Part {
            name: "mediafile".to_owned(),
            file_name: Some(escaped(form.file_name)),
            content_type: Some("audio/mpeg".to_owned()),
            content,
        },
    ];
    judge(bytes_of(written.body()), &expected);
}

/// Another writes, both read.
fn read(form: &Form<'_>) {
    // Names as they are on the wire, and what needs no quotes.
    let is_plain = |text: &str| {
        let special = |character: char| character.is_control() || matches!(character, '"' | '\\');
        !text.contains(special)
    };
    let is_token = |text: &str| {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(token)
    };
    let trimmed = form.content_type.trim() == form.content_type;
    let fits = is_plain(form.file_name) && is_plain(form.content_type) && trimmed;
    if !fits || (form.bare && !is_token(form.file_name)) || holds_boundary(form) {
        return;
    }
    let quote = if form.bare { "" } else { "\"" };
    let grant = Part {
        name: "grant".to_owned(),
        file_name: None,
        content_type: None,
        content: form.grant.to_owned().into(),
    };
    let file = Part {
        name: "mediafile".to_owned(),
        file_name: Some(form.file_name.to_owned()),
        content_type: Some(form.content_type.to_owned()),
        content: Bytes::copy_from_slice(form.content),
    };
    let parts = if form.file_first {
        [file, grant]
    } else {
        [grant, file]
    };
    let mut body = form.preamble.to_vec();
    if !body.is_empty() {
        // A delimiter stands at the beginning of a line.
        body.extend_from_slice(b"\r\n");
    }
    for part in &parts {
        let name = &part.name;
        let disposition = format!("form-data; name={quote}{name}{quote}");
        let mut head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}");
        if let Some(file_name) = &part.file_name {
            head = format!("{head}; filename={quote}{file_name}{quote}");
        }
        if let Some(content_type) = &part.content_type {
            head = format!("{head}\r\nContent-Type: {content_type}");
        }
        body.extend_from_slice(format!("{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    judge(body.into(), &parts);
}

/// Whether something would end a part before its end.
fn holds_boundary(form: &Form<'_>) -> bool {
    let boundary = format!("--{BOUNDARY}");
    let holds = |bytes: &[u8]| {
        let mut windows = bytes.windows(boundary.len());
        windows.any(|window| window == boundary.as_bytes())
    };
    let line = format!("\r\n{boundary}");
    let ends = |bytes: &[u8]| {
        // The line end before a delimiter is the delimiter's.
        let mut windows = bytes.windows(line.len());
        windows.any(|window| window == line.as_bytes()) || bytes.starts_with(boundary.as_bytes())
    };
    holds(form.preamble) || ends(form.content) || ends(form.grant.as_bytes())
}

/// As browsers escape a file name (RFC 7578 §4.2), and backslashes as well.
fn escaped(name: &str) -> String {
    let name = name
        .replace('"', "%22")
        .replace('\\', "%5C")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    name.replace(char::is_control, "_")
}

fn bytes_of(body: &Body) -> Bytes {
    body.read_to_bytes().expect("a body in memory")
}

/// Both readers find the parts.
fn judge(body: Bytes, expected: &[Part]) {
    let theirs = by_multer(body.clone()).expect("an independent parser reads it");
    assert_eq!(theirs, expected);

    let parameters = Parameters::of(&multipart(BOUNDARY, body)).expect("a form");
    for part in expected {
        let name = match part.name.as_str() {
            "grant" => "grant",
            _ => "mediafile",
        };
        match &part.file_name {
            None => assert_eq!(
                parameters.get(ParameterLocation::Form, name),
                str::from_utf8(&part.content).ok()
            ),
            Some(file_name) => {
                let file = MediaFile::unchecked(part.content.clone()).file_name(file_name);
                assert_eq!(parameters.file(name).as_ref(), Ok(&file));
                assert_eq!(parameters.file_type(name), part.content_type.as_deref());
            }
        }
    }
}

fn by_multer(body: Bytes) -> multer::Result<Vec<Part>> {
    let chunks = stream::iter([Ok::<_, Infallible>(body)]);
    let mut form = multer::Multipart::new(chunks, BOUNDARY);
    let mut reading = pin!(async move {
        let mut parts = Vec::new();
        while let Some(field) = form.next_field().await? {
            let content_type = field.headers().get("content-type");
            let content_type =
                content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            parts.push(Part {
                name: field.name().unwrap_or_default().to_owned(),
                file_name: field.file_name().map(str::to_owned),
                content_type,
                content: field.bytes().await?,
            });
        }
        Ok(parts)
    });
    // All of it is there, so each poll goes on as far as it can.
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..8 {
        if let Poll::Ready(parts) = reading.as_mut().poll(&mut context) {
            return parts;
        }
    }
    panic!("the independent parser waits for more");
}
