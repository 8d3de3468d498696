//! Every request of the spec finds its operation, at each of its addresses.

use std::fs;

use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::OPERATIONS;
use talkspace_core::server::{Service, dispatch};
use talkspace_tests::{Message, examples_of};

/// Responds to every operation with 501, in the envelope of the operation.
pub(crate) struct Nothing;

impl Service for Nothing {}

#[test]
fn every_example_is_routed() {
    for operation in OPERATIONS {
        let text = fs::read_to_string(examples_of(operation).join("request.http")).unwrap();
        let request = Message::parse(&text).unwrap().request().unwrap();
        let response = dispatch(&Nothing, &request);
        assert_routed(&response, operation.envelope, operation.id);
    }
}

/// The operation was found, and the response is in its envelope.
pub(crate) fn assert_routed(response: &Response<Bytes>, envelope: Option<&str>, what: &str) {
    let body = String::from_utf8_lossy(response.body());
    assert_eq!(response.status(), 501, "{what}: {body}");
    match envelope {
        Some(envelope) => assert!(body.starts_with(&format!("{{\"{envelope}\":")), "{what}"),
        None => assert_eq!(body, "", "{what}"),
    }
}

fn send(method: &str, uri: &str, form: &'static str) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(uri);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    dispatch(&Nothing, &request.body(form.into()).unwrap())
}

#[test]
fn the_addresses_of_the_time_are_routed() {
    for (method, uri, form, envelope) in [
        (
            "GET",
            "/api/rest/registrant/eta?appkey=k",
            "",
            "RegistrantResponse",
        ),
        (
            "GET",
            "/api/rest/registrant/eta/?query=related&appkey=k",
            "",
            "RegistrantResponse",
        ),
        (
            "GET",
            "/api/rest/media/status/m?appkey=k",
            "",
            "MediaResponse",
        ),
        (
            "DELETE",
            "/api/rest/media/m",
            "action=remove&appkey=k",
            "MediaResponse",
        ),
        ("DELETE", "/api/rest/media/m", "appkey=k", "MediaResponse"),
        (
            "DELETE",
            "/api/rest/registrant/eta?appkey=k",
            "",
            "RegistrationResponse",
        ),
        (
            "POST",
            "/api/rest/registrant",
            "networkid=eta&appkey=k",
            "RegistrationResponse",
        ),
        (
            "GET",
            "/api/rest/registrant/?appkey=k",
            "",
            "NetworkidListResponse",
        ),
        (
            "POST",
            "//api/rest/media/status/m",
            "appkey=k",
            "MediaResponse",
        ),
    ] {
        assert_routed(
            &send(method, uri, form),
            Some(envelope),
            &format!("{method} {uri}"),
        );
    }
}

#[test]
fn only_an_alias_in_the_query_takes_the_form_from_there() {
    for (method, uri) in [
        ("DELETE", "/api/rest/media/m?appkey=k"),
        ("POST", "/api/rest/registrant/eta?appkey=k"),
        ("POST", "/api/rest/media/status/m?appkey=k"),
        ("GET", "/api/rest/registrant/eta?appkey=k&query=neither"),
    ] {
        assert_eq!(send(method, uri, "").status(), 400, "{method} {uri}");
    }
}

#[test]
fn every_method_of_a_path_is_listed() {
    for (path, allowed) in [
        ("/api/rest/version", "GET"),
        ("/api/rest/registrant", "GET, POST"),
        ("/api/rest/registrant/eta", "GET, POST, DELETE"),
        ("/api/rest/registrant/eta/14151239876", "POST"),
        ("/api/rest/conference/c", "GET, POST"),
        ("/api/rest/media", "GET, POST"),
        ("/api/rest/media/m", "POST, DELETE"),
        ("/api/rest/media/status/m", "GET, POST"),
        ("/forklift", "POST"),
        ("/audio/1.mp3", "GET"),
    ] {
        let response = send("PUT", path, "");
        assert_eq!(response.status(), 405, "{path}");
        assert_eq!(response.headers()["allow"], allowed, "{path}");
    }
}
