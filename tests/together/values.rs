//! Responses that are values, in all the shapes in which they were seen.

use http::StatusCode;
use talkspace_core::codec::{RawResponse, Target};
use talkspace_core::response::{
    GetMediaStatusOutcome, GetMediaStatusResponse, GetRegistrationStatusOutcome,
    GetRegistrationStatusResponse,
};
use talkspace_core::server::ServerOperation;
use talkspace_core::{
    BlastMedia, GetMediaStatus, GetRegistrationStatus, InvalidRequest, InvalidRequestKind,
    ListNetworkIds, MediaId, Operation, RegistrationQuery, RequestUploadGrant,
};
use talkspace_tests::BASE_URL;

fn decode<O: Operation>(operation: &O, http: u16, body: &str) -> Option<O::Response> {
    let status = StatusCode::from_u16(http).unwrap();
    operation
        .decode(&RawResponse::new(status, body.as_bytes()))
        .ok()
}

#[test]
fn the_status_of_a_registration_is_a_value() {
    use GetRegistrationStatusOutcome::{Elsewhere, Registered, Unknown};
    let question = GetRegistrationStatus::new("eta").query(RegistrationQuery::Related);
    for (http, inside, outcome) in [
        (200, 200, Registered),
        (200, 401, Elsewhere),
        (404, 404, Unknown),
        // A success that is not documented.
        (299, 299, Registered),
    ] {
        let body = format!(r#"{{"RegistrantResponse":{{"status":{inside},"message":""}}}}"#);
        assert_eq!(decode(&question, http, &body).unwrap().outcome, outcome);
    }
    // A gateway's 404 is no response to the question, and neither is a wrong key.
    assert_eq!(decode(&question, 404, "<html>"), None);
    let wrong = r#"{"RegistrantResponse":{"status":400,"message":""}}"#;
    assert_eq!(decode(&question, 400, wrong), None);
}

#[test]
fn media_without_content_is_a_value() {
    let question = GetMediaStatus::new("m1");
    let inside = r#"{"MediaResponse":{"status":204,"message":"","mediaId":""}}"#;
    for (http, body) in [(204, ""), (200, inside), (204, inside)] {
        let status = decode(&question, http, body).unwrap();
        assert_eq!(
            status.outcome,
            GetMediaStatusOutcome::Empty,
            "{http} {body}"
        );
        assert_eq!(status.media_id.as_str(), "m1", "the request knows");
        assert_eq!((status.download_url, status.file_size), (None, 0));
    }
    assert_eq!(decode(&question, 200, ""), None);
}

#[test]
fn an_outcome_says_its_status_on_the_wire() {
    let empty = GetMediaStatusResponse::new(GetMediaStatusOutcome::Empty, "m1");
    let written = GetMediaStatus::encode_response(&empty);
    assert_eq!((written.status().as_u16(), written.body().len()), (204, 0));
    assert!(written.headers().is_empty());
    let read = decode(&GetMediaStatus::new("m1"), 204, "");
    assert_eq!(read, Some(empty));

    let elsewhere = GetRegistrationStatusResponse::new(GetRegistrationStatusOutcome::Elsewhere);
    let written = GetRegistrationStatus::encode_response(&elsewhere);
    assert_eq!(written.status(), 401);
    let body = std::str::from_utf8(written.body()).unwrap();
    let read = decode(&GetRegistrationStatus::new("eta"), 401, body);
    assert_eq!(read, Some(elsewhere));
}

#[test]
fn a_grant_is_kept_as_it_came() {
    let question = RequestUploadGrant::new("m1");
    for (field, grant) in [
        (r#""grantId":"0x3e1f2ba8bcb67848""#, "0x3e1f2ba8bcb67848"),
        (r#""grantId":5062406589092978092"#, "5062406589092978092"),
        (r#""grantid":18446744073709551615"#, "18446744073709551615"),
        (r#""grantid":-1"#, "-1"),
    ] {
        let body = format!(r#"{{"UploadResponse":{{"status":201,{field}}}}}"#);
        let response = decode(&question, 201, &body).unwrap();
        assert_eq!(response.grant_id.as_str(), grant);
        assert!(
            !format!("{response:?}").contains(grant),
            "a grant is a secret"
        );
    }
    let none = r#"{"UploadResponse":{"status":201,"grantId":""}}"#;
    assert_eq!(decode(&question, 201, none), None);
}

#[test]
fn digits_in_a_list_are_ids() {
    let body =
        r#"{"NetworkidListResponse":{"status":200,"networkids":[18446744073709551615,"@theta"]}}"#;
    let people = decode(&ListNetworkIds::new(), 200, body)
        .unwrap()
        .network_ids;
    let people: Vec<&str> = people.iter().map(|id| id.as_str()).collect();
    assert_eq!(people, ["18446744073709551615", "@theta"]);
}

#[test]
fn a_blast_plays_one_or_more() {
    let encode = |media_ids: &[&str]| -> Result<String, InvalidRequest> {
        let base = talkspace_core::BaseUrl::parse(BASE_URL).unwrap();
        let blast = BlastMedia::new(media_ids.iter().copied(), "eta");
        let request = blast.encode(&Target::new(base, "key".into()))?;
        Ok(request.uri().path().to_owned())
    };
    assert_eq!(encode(&["a"]).unwrap(), "/api/rest/media/a");
    assert_eq!(encode(&["a", "b/"]).unwrap(), "/api/rest/media/a-b%2F");
    for (media_ids, problem) in [
        (&[][..], InvalidRequestKind::Empty),
        (&["a", ""], InvalidRequestKind::Empty),
        (&["a-b"], InvalidRequestKind::Separator),
        (&[".."], InvalidRequestKind::DotSegment),
    ] {
        assert_eq!(encode(media_ids).unwrap_err().kind(), problem);
    }
    let several = BlastMedia::new([MediaId::from("a"), MediaId::from("b")], "eta");
    let body = r#"{"MediaResponse":{"status":202,"message":"a-b","mediaId":""}}"#;
    assert_eq!(decode(&several, 202, body).unwrap().media_id, None);
}
