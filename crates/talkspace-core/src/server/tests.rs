//! Requests are read, and answers written, as the service did.

use bytes::Bytes;
use http::Request;
use proptest::prelude::*;

use super::{Parameters, Refusal, ServerOperation};
use crate::{CreateTalkspace, MediaFile, PhoneNumber, Place};

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
    let mut parameters = Parameters::of(&form);
    assert_eq!(
        parameters.get(Place::Form, "networkid"),
        Some("a+b c"),
        "the first"
    );
    assert_eq!(parameters.get(Place::Query, "networkid"), Some("query"));
    assert_eq!(parameters.get(Place::Path, "networkid"), None);
    assert!(
        parameters.optional(Place::Form, "x").is_err(),
        "there and empty"
    );
    assert_eq!(parameters.optional(Place::Form, "y"), Ok(None));
    let missing = parameters.required(Place::Form, "y").unwrap_err();
    assert_eq!(missing.to_string(), "Missing or invalid y parameter");
    parameters.query_as_form();
    assert_eq!(parameters.get(Place::Form, "empty"), Some(""));
}

#[test]
fn phones_are_taken_only_as_the_service_wants_them() {
    let phone = |text: &str| {
        let mut parameters = Parameters::default();
        parameters.push(Place::Form, "phone", text);
        parameters.required_value::<PhoneNumber>(Place::Form, "phone")
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
        parameters.push(Place::Path, "mediaid", text);
        parameters.joined::<String>(Place::Path, "mediaid", '-')
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
    let parameters = Parameters::of(&form);
    assert_eq!(parameters.get(Place::Form, "grant"), Some("0x3e1f"));
    assert_eq!(parameters.file_type("mediafile"), Some("audio/mpeg"));
    let file = parameters.file("mediafile").unwrap();
    assert_eq!(
        file,
        MediaFile::unchecked(&b"ID3\r\n--y"[..]).file_name(" a;b.mp3")
    );
}

#[test]
fn a_multipart_form_that_is_malformed_has_no_parts() {
    for body in [
        "",
        "--x",
        "--x--",
        "--x\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=\"grant\r\n\r\n1\r\n--x--",
        "--x\r\nContent-Disposition: form-data; name=grant\r\n\r\n1\r\n--xyz",
    ] {
        let parameters = Parameters::of(&request("multipart/form-data; boundary=x", body));
        assert_eq!(parameters.get(Place::Form, "grant"), None, "{body}");
    }
}

#[test]
fn refusals_keep_the_envelope() {
    let refusal = CreateTalkspace::encode_refusal(&Refusal::new(400, "a/b"));
    assert_eq!(refusal.status(), 400);
    assert_eq!(
        refusal.body(),
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
}
