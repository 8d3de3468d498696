//! Responses of every shape are decoded, or give an error with a reason.

use http::header::CONTENT_ENCODING;
use http::{HeaderValue, StatusCode};
use proptest::prelude::*;

use super::{RawResponse, ResponseError};
use crate::codec::Operation;
use crate::response::CreateTalkspaceResponse;
use crate::{CreateTalkspace, GetVersion, MediaFile, Status, UploadMedia};

const CREATED: &str = r#"{"ConferenceResponse":{"message":"Created, leader is eta","status":201,"conferenceId":"63c9b03b84e9476080f7afe9ac2aa58e","uri":"\/api\/rest\/conference\/63c9b03b84e9476080f7afe9ac2aa58e"}}"#;

fn decode(http: u16, body: impl AsRef<[u8]>) -> Result<CreateTalkspaceResponse, ResponseError> {
    let status = StatusCode::from_u16(http).unwrap();
    CreateTalkspace::new("eta").decode(&RawResponse::new(status, body.as_ref()))
}

fn error(http: u16, body: &str) -> (Status, String) {
    match decode(http, body) {
        Err(ResponseError::Status { status, message }) => (status, message),
        other => panic!("{other:?}"),
    }
}

fn reason(http: u16, body: &str) -> String {
    match decode(http, body) {
        Err(ResponseError::Decode { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_service_s_own_example_is_read() {
    let response = decode(201, CREATED).unwrap();
    assert_eq!(response.message, "Created, leader is eta");
    assert_eq!(
        response.conference_id.as_str(),
        "63c9b03b84e9476080f7afe9ac2aa58e"
    );
    assert_eq!(
        response.uri,
        "/api/rest/conference/63c9b03b84e9476080f7afe9ac2aa58e"
    );
    assert_eq!(response.status, Status::new(201, Some(201)));
}

#[test]
fn plain_text_is_one_value_and_not_a_page() {
    let decode = |body: &[u8]| GetVersion::new().decode(&RawResponse::new(StatusCode::OK, body));
    assert_eq!(
        decode(b" 01.02.06\r\n").unwrap().version.as_str(),
        "01.02.06"
    );
    for (body, reason) in [
        (&b"<!DOCTYPE html><p>Log in"[..], "a page"),
        (b"\n<html>", "a page"),
        (b"Welcome.\nPlease log in.", "a page"),
        (b" \r\n", "empty"),
        (b"\xFF", "UTF-8"),
    ] {
        match decode(body) {
            Err(ResponseError::Decode { reason: told, .. }) => {
                assert!(told.contains(reason), "{told}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_url_is_no_other_text() {
    let request = UploadMedia::new("0x3e1f", MediaFile::mp3(&b"ID3"[..]).unwrap());
    let decode = |body: &'static [u8]| request.decode(&RawResponse::new(StatusCode::OK, body));
    let stored = decode(b" https://media.example/1.mp3\n").unwrap();
    assert_eq!(stored.download_url.as_str(), "https://media.example/1.mp3");
    for body in [
        &b"Please log in"[..],
        b"OK",
        b"/audio/1.mp3",
        b"ftp://a.example/1.mp3",
        b"media.example:80",
        b"http://",
    ] {
        let error = decode(body).unwrap_err();
        assert!(matches!(error, ResponseError::Decode { .. }), "{error:?}");
    }
}

#[test]
fn depth_takes_no_stack() {
    const DEPTH: usize = 200_000;
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let judged = small.spawn(|| {
        let deep = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
        let known = format!(r#"{{"ConferenceResponse":{{"status":201,"conferenceId":{deep}}}}}"#);
        let unknown = CREATED.replace('{', &format!(r#"{{"new":{deep},"#));
        let objects = r#"{"a":"#.repeat(DEPTH) + "1" + &"}".repeat(DEPTH);
        let objects = CREATED.replace('{', &format!(r#"{{"new":{objects},"#));
        [deep, known, unknown, objects].map(|body| decode(201, body).is_ok())
    });
    // What is unknown is skipped, however deep.
    assert_eq!(judged.unwrap().join().unwrap(), [false, false, true, true]);
}

#[test]
fn a_coding_is_seen_however_it_is_said() {
    let is_coded = |codings: &[&'static str]| {
        let values = codings
            .iter()
            .map(|coding| HeaderValue::from_static(coding));
        let headers = values.map(|value| (CONTENT_ENCODING, value)).collect();
        (
            super::is_coded(StatusCode::OK, &headers),
            super::is_coded(StatusCode::NO_CONTENT, &headers),
        )
    };
    for codings in [&[][..], &["identity"], &["Identity, "], &[""]] {
        assert_eq!(is_coded(codings), (false, false), "{codings:?}");
    }
    for codings in [&["gzip"][..], &["identity, br"], &["identity", "x-lost"]] {
        assert_eq!(is_coded(codings), (true, false), "{codings:?}");
    }
}

#[test]
fn the_envelope_s_status_wins_and_both_are_kept() {
    let response = decode(200, CREATED).unwrap();
    assert_eq!(response.status.code(), 201);
    assert!(response.status.is_mismatch());

    let (status, message) = error(
        200,
        r#"{"ConferenceResponse":{"status":404,"message":"no"}}"#,
    );
    assert_eq!(
        (status.code(), status.http(), message.as_str()),
        (404, 200, "no")
    );

    assert!(
        decode(500, CREATED).is_ok(),
        "the service put its true status inside"
    );
}

#[test]
fn unknown_fields_envelopes_and_statuses_are_no_obstacle() {
    let body =
        r#"{"trace":[1],"ConferenceResponse":{"status":"299","conferenceId":77,"new":{"a":1}}}"#;
    let response = decode(299, body).unwrap();
    assert_eq!(response.conference_id.as_str(), "77");
    assert_eq!(response.message, "");
}

#[test]
fn the_general_error_envelope_is_an_error() {
    let (status, message) = error(200, r#"{"ErrorResponse":{"message":"gone","status":502}}"#);
    assert_eq!((status.code(), message.as_str()), (502, "gone"));
    assert!(reason(200, r#"{"ErrorResponse":{"status":200}}"#).contains("error envelope"));
}

#[test]
fn a_body_that_says_nothing_leaves_the_http_status() {
    for body in [
        "",
        "<html>404</html>",
        "[]",
        "{}",
        r#"{"MediaResponse":{"status":200}}"#,
    ] {
        let (status, message) = error(404, body);
        assert_eq!(
            (status, message.as_str()),
            (Status::new(404, None), ""),
            "{body}"
        );
    }
}

#[test]
fn a_yes_that_cannot_be_read_is_no_response() {
    assert!(reason(201, "").contains("empty"));
    assert!(reason(200, "<html>welcome</html>").contains("line 1, column 1"));
    assert!(reason(201, "{}").contains("`ConferenceResponse` is missing"));
    assert!(reason(201, r#"{"ConferenceResponse":{"status":201}}"#).contains("`conferenceId`"));
    assert!(reason(201, r#"{"ConferenceResponse":{"#).contains("ends too early"));
    assert!(reason(201, r#"{"ConferenceResponse":"x"}"#).contains("shape"));
}

#[test]
fn a_reason_repeats_nothing_of_the_body() {
    let secret = "sesame-11111111";
    for body in [
        format!("<html>{secret}"),
        format!(r#"{{"ConferenceResponse":"{secret}"}}"#),
        format!(r#"{{"ConferenceResponse":{{"conferenceId":["{secret}"]}}}}"#),
    ] {
        assert!(!format!("{:?}", decode(201, body)).contains(secret));
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let deep = format!("{{\"x\":{}", "[".repeat(1_000_000));
    assert!(decode(200, deep).is_err());
}

proptest! {
    #[test]
    fn decoding_never_panics(http in 100u16..=999, body in any::<Vec<u8>>()) {
        let _ = decode(http, body);
    }

    #[test]
    fn decoding_never_panics_on_damaged_responses(
        at in 0..CREATED.len(),
        byte in any::<u8>(),
        http in prop::sample::select(vec![200u16, 201, 204, 400, 502]),
    ) {
        let mut body = CREATED.as_bytes().to_vec();
        body[at] = byte;
        let _ = decode(http, body);
    }
}
