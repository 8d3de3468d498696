//! What a reader does is bounded, whatever comes.

use bytes::Bytes;
use http::{HeaderMap, Request};

use super::request;
use crate::operation::ParameterLocation;
use crate::server::{Parameters, Reading, ServiceError};

/// As large as the largest upload.
const LARGE: usize = 25 * 1024 * 1024;

/// The error of a reader that is handed this body, over and over in pieces of 64 KiB,
/// and how many bytes it took until then.
fn too_much(content_type: &str, begin: &str, repeated: &str) -> (String, usize) {
    let head = request(content_type, "");
    let mut reading = Reading::begin(head.uri(), head.headers()).unwrap();
    reading.take(Bytes::from(begin.to_owned())).unwrap();
    let piece = Bytes::from(repeated.repeat(64 * 1024 / repeated.len()));
    let mut taken = 0;
    while taken < LARGE {
        taken += piece.len();
        if let Err(error) = reading.take(piece.clone()) {
            assert_eq!(error.status, 400);
            return (error.message, taken);
        }
    }
    panic!("all of it was taken: {begin}{repeated}");
}

const FORM: &str = "multipart/form-data; boundary=x";
const PART: &str = "--x\r\nContent-Disposition: form-data; name=a";

#[test]
fn too_much_is_an_error_before_it_is_kept() {
    let pairs = "application/x-www-form-urlencoded";
    let of_many = "There are more than 100 parameters";
    for (content_type, begin, repeated, why) in [
        (pairs, "", "a&", of_many),
        (pairs, "", "=&", of_many),
        ("text/plain", "", "a=b&", of_many),
        (pairs, "", "a", "A parameter is longer than 4096 bytes"),
        (
            pairs,
            "a=",
            "%41",
            "A parameter is longer than 4096 bytes: a",
        ),
        (FORM, "", &format!("{PART}\r\n\r\n\r\n"), of_many),
        (
            FORM,
            "",
            &format!("{PART}; filename=b\r\n\r\n\r\n"),
            of_many,
        ),
        (
            FORM,
            &format!("{PART}\r\n\r\n"),
            "a",
            "A parameter is longer than 4096 bytes: a",
        ),
        (
            FORM,
            "--x\r\n",
            "X: y\r\n",
            "A part has a head of more than 8192 bytes",
        ),
        (
            FORM,
            "--x\r\n",
            "a",
            "A part has a head of more than 8192 bytes",
        ),
    ] {
        let (message, taken) = too_much(content_type, begin, repeated);
        assert!(message.starts_with(why), "{begin}{repeated}: {message}");
        assert_eq!(
            taken,
            64 * 1024 / repeated.len() * repeated.len(),
            "the first piece"
        );
    }
}

/// The parameters of the head alone.
fn of_head(uri: &str) -> Result<Parameters, ServiceError> {
    Reading::begin(&uri.parse().unwrap(), &HeaderMap::new())?.end()
}

#[test]
fn the_head_is_held_to_the_same() {
    let pairs = "a=b&".repeat(Parameters::MAX);
    assert!(of_head(&format!("/?{pairs}")).is_ok());
    let error = of_head(&format!("/?{pairs}a")).unwrap_err();
    assert_eq!(error.message, "There are more than 100 parameters");
    let long = "%41".repeat(Parameters::MAX_LEN);
    assert!(of_head(&format!("/{long}?networkid={long}")).is_ok());
    let error = of_head(&format!("/?networkid={long}A")).unwrap_err();
    assert_eq!(
        error.message,
        "A parameter is longer than 4096 bytes: networkid"
    );
    let error = of_head(&format!("/x/{long}A")).unwrap_err();
    assert_eq!(error.status, 400);
    // A name that the spec does not have is not repeated.
    let error = of_head(&format!("/?%0D%0A={long}A")).unwrap_err();
    assert_eq!(error.message, "A parameter is longer than 4096 bytes");
}

#[test]
fn the_query_and_the_form_share_a_limit() {
    let half = "a=b&".repeat(Parameters::MAX / 2);
    let post = |form: String| {
        Parameters::of(
            &Request::post(format!("/?{half}"))
                .body(form.into())
                .unwrap(),
        )
    };
    assert!(post(half.clone()).is_ok());
    assert!(post(format!("{half}a")).is_err());
}

#[test]
fn a_boundary_has_seventy_characters_at_most() {
    let form = |boundary: &str| {
        let body =
            format!("--{boundary}\r\nContent-Disposition: x; name=a\r\n\r\nb\r\n--{boundary}--");
        Parameters::of(&request(
            &format!("multipart/form-data; boundary={boundary}"),
            body,
        ))
    };
    let longest = "x".repeat(70);
    assert_eq!(
        form(&longest).unwrap().get(ParameterLocation::Form, "a"),
        Some("b")
    );
    for boundary in ["x".repeat(71), "x".repeat(60_000), String::new()] {
        let error = form(&boundary).unwrap_err();
        assert_eq!(error.status, 400);
        assert!(error.message.contains("boundary"), "{error:?}");
    }
}

#[test]
fn what_resembles_a_boundary_is_content() {
    // Each byte may begin what it is not.
    let boundary = "-".repeat(70);
    for near in ["\r\n--", "-", "\r", &format!("\r\n--{}", "-".repeat(69))] {
        let near = near.repeat(200_000 / near.len());
        let body = format!(
            "--{boundary}\r\nContent-Disposition: x; name=a; filename=b\r\n\r\n{near}x\r\n--{boundary}--"
        );
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let whole = request(&content_type, body.clone());
        let mut reading = Reading::begin(whole.uri(), whole.headers()).unwrap();
        for piece in body.as_bytes().chunks(7) {
            reading.take(Bytes::copy_from_slice(piece)).unwrap();
        }
        let file = reading.end().unwrap().file("a").unwrap();
        assert_eq!(file.to_body().read_to_bytes().unwrap(), format!("{near}x"));
    }
}
