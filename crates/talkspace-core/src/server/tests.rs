//! Requests are decoded, and responses encoded, as the service did.

use bytes::Bytes;
use http::{Method, Request};
use proptest::prelude::*;

use super::{Parameters, Reading, ServerOperation, ServiceError};
use crate::operation::{Effect, OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use crate::{CreateTalkspace, MediaFile, PhoneNumber};

mod limits;

fn request(content_type: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post("/?networkid=query&empty=")
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}

#[test]
fn parameters_are_found_in_their_places() {
    let form = request(
        "application/x-www-form-urlencoded",
        "networkid=a%2Bb+c&networkid=2&x=",
    );
    let mut parameters = Parameters::of(&form).unwrap();
    assert_eq!(
        parameters.get(ParameterLocation::Form, "networkid"),
        Some("a+b c"),
        "the first"
    );
    assert_eq!(
        parameters.get(ParameterLocation::Query, "networkid"),
        Some("query")
    );
    assert_eq!(parameters.get(ParameterLocation::Path, "networkid"), None);
    assert!(
        parameters.optional(ParameterLocation::Form, "x").is_err(),
        "there and empty"
    );
    assert_eq!(parameters.optional(ParameterLocation::Form, "y"), Ok(None));
    let missing = parameters
        .required(ParameterLocation::Form, "y")
        .unwrap_err();
    assert_eq!(missing.to_string(), "Missing or invalid y parameter");
    parameters.query_as_form();
    assert_eq!(parameters.get(ParameterLocation::Form, "empty"), Some(""));
}

#[test]
fn several_values_are_all_read() {
    let form = request("application/x-www-form-urlencoded", "a=1&b=2&a=+&c=3&c=");
    let parameters = Parameters::of(&form).unwrap();
    let place = ParameterLocation::Form;
    let all = |name| parameters.optional_all(place, name);
    assert_eq!(all("a").unwrap(), ["1", " "]);
    assert_eq!(all("a"), parameters.required_all(place, "a"));
    assert_eq!(all("none").unwrap(), [""; 0]);
    assert!(parameters.required_all(place, "none").is_err(), "none");
    assert_eq!(all("c").unwrap_err().name(), "c", "one is empty");
}

/// An operation whose values have bounds.
fn bounded() -> OperationInfo {
    const PARAMETERS: &[ParameterInfo] = &[
        ParameterInfo::optional("number", ParameterLocation::Form, ParameterKind::Integer)
            .at_least(-2)
            .at_most(7),
        ParameterInfo::optional("text", ParameterLocation::Form, ParameterKind::Text)
            .at_least(2)
            .at_most(3)
            .repeated(),
    ];
    let mut operation = OperationInfo::new("ping", Method::POST, "/ping", Effect::Reads);
    operation.parameters = PARAMETERS;
    operation
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let bad = |form: &'static str| {
        let form = request("application/x-www-form-urlencoded", form);
        let parameters = Parameters::of(&form).unwrap();
        parameters
            .check_bounds(&bounded())
            .err()
            .map(|bad| bad.name())
    };
    // What is no value at all is found by whoever reads it.
    for form in [
        "",
        "number=-2&text=ab",
        "number=7&text=%C3%A9%C3%A9%C3%A9",
        "number=&text=",
        "number=many",
    ] {
        assert_eq!(bad(form), None, "{form}");
    }
    for form in ["number=-3", "number=8&text=a"] {
        assert_eq!(bad(form), Some("number"), "{form}");
    }
    for form in ["text=%C3%A9", "text=abc&text=abcd"] {
        assert_eq!(bad(form), Some("text"), "{form}");
    }
}

#[test]
fn phones_are_taken_only_as_the_service_wants_them() {
    let phone = |text: &str| {
        let mut parameters = Parameters::default();
        parameters.push(ParameterLocation::Form, "phone", text);
        parameters.required_value::<PhoneNumber>(ParameterLocation::Form, "phone")
    };
    assert_eq!(phone("14151239876").unwrap().as_str(), "14151239876");
    for text in [
        "4151239876",
        "+14151239876",
        "4722123456",
        "10151239876",
        "11151239876",
        "",
        "call me",
    ] {
        assert_eq!(
            phone(text).unwrap_err().to_string(),
            "Invalid phone number format"
        );
    }
}

#[test]
fn joined_values_come_apart() {
    let joined = |text: &str| {
        let mut parameters = Parameters::default();
        parameters.push(ParameterLocation::Path, "mediaid", text);
        parameters.joined::<String>(ParameterLocation::Path, "mediaid", '-')
    };
    assert_eq!(joined("a-b").unwrap(), ["a", "b"]);
    for text in ["", "-", "a-", "-a", "a--b"] {
        assert!(joined(text).is_err(), "{text}");
    }
}

const FORM: &str = "preamble\r\n--x\r\nContent-Disposition: form-data; name=\"mediafile\"; \
    filename=\" a;b.mp3\"\r\ncontent-type: audio/mpeg\r\n\r\nID3\r\n--y\r\n--x\r\n\
    Content-Disposition: form-data; name=grant\r\n\r\n0x3e1f\r\n--x--\r\nepilogue";

#[test]
fn a_multipart_form_is_read_in_any_order() {
    let form = request("multipart/form-data; boundary=\"x\"", FORM);
    let parameters = Parameters::of(&form).unwrap();
    assert_eq!(
        parameters.get(ParameterLocation::Form, "grant"),
        Some("0x3e1f")
    );
    assert_eq!(parameters.file_type("mediafile"), Some("audio/mpeg"));
    let file = parameters.file("mediafile").unwrap();
    assert_eq!(
        file,
        MediaFile::unchecked(&b"ID3\r\n--y"[..]).file_name(" a;b.mp3")
    );
}

#[test]
fn a_multipart_form_that_is_malformed_is_an_error() {
    for body in [
        "",
        "--x",
        "--x\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=\"grant\r\n\r\n1\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=grant\r\n\r\n1\r\n--xyz",
    ] {
        let error = Parameters::of(&request("multipart/form-data; boundary=x", body)).unwrap_err();
        assert_eq!(error.status, 400, "{body}");
    }
}

#[test]
fn errors_keep_the_envelope() {
    let error = CreateTalkspace::encode_error(&ServiceError::new(400, "a/b"));
    assert_eq!(error.status(), 400);
    assert_eq!(
        error.body(),
        r#"{"ConferenceResponse":{"message":"a\/b","status":400,"conferenceId":"","uri":""}}"#
    );
}

proptest! {
    #[test]
    fn reading_never_panics(
        body in prop_oneof![any::<Vec<u8>>(), "[-x\r\n:; =\"a-z]{0,80}".prop_map(String::into_bytes)],
        content_type in "(multipart/form-data)?;? ?(boundary=)?\"?x?\"?",
    ) {
        let _ = Parameters::of(&request(&content_type, body));
    }

    #[test]
    fn damaged_forms_never_panic(at in 0..FORM.len(), byte in any::<u8>()) {
        let mut body = FORM.as_bytes().to_vec();
        body[at] = byte;
        let _ = Parameters::of(&request("multipart/form-data; boundary=x", body));
    }

    /// Wherever the network cut it.
    #[test]
    fn a_form_in_pieces_is_the_same_form(
        at in 0..FORM.len(), byte in any::<u8>(), is_damaged in any::<bool>(), length in 1..30usize,
    ) {
        let mut body = FORM.as_bytes().to_vec();
        if is_damaged {
            body[at] = byte;
        }
        for content_type in ["multipart/form-data; boundary=x", "text/plain"] {
            let whole = request(content_type, body.clone());
            let mut reading = Reading::begin(whole.uri(), whole.headers()).unwrap();
            let pieces = body.chunks(length).try_for_each(|piece| {
                reading.take(Bytes::copy_from_slice(piece))
            });
            prop_assert_eq!(pieces.and_then(|()| reading.end()), Parameters::of(&whole));
        }
    }
}
