//! Nothing that a service repeats is shown, whether it says yes or no.

use std::fmt::Write;

use super::{Driven, KEY, response_of};
use crate::{
    ChangePhone, CreateTalkspace, Error, ErrorKind, GetMediaStatus, GetVersion, ListNetworkIds,
    MediaFile, Operation, Register, RequestOptions, RequestUploadGrant, Response, UploadMedia,
};

const PHONE: &str = "14159876543";
const GRANT: &str = "0x3e1f2ba8bcb67848";

fn once<O: Operation>(
    operation: O,
    status: u16,
    body: &str,
) -> Result<Response<O::Response>, Error> {
    let policy = RequestOptions::default().max_retries(0);
    Driven::new(operation, policy).run([response_of(status, body.to_owned())])
}

/// All that can be seen of an error.
fn seen(error: &Error) -> String {
    let mut seen = format!("{error} {error:?} {error:#?}");
    for text in [error.message(), error.body(), error.request_id()] {
        write!(seen, " {}", text.unwrap_or_default()).unwrap();
    }
    seen
}

fn is_clean(shown: &str) -> bool {
    let shown = shown.to_lowercase();
    let secrets = ["6f1b0d3e", "159876543", "3e1f2ba8", "4476344558350137416"];
    !secrets.iter().any(|secret| shown.contains(secret))
}

#[test]
fn a_success_that_repeats_the_key_does_not_show_it() {
    let body = format!(
        r#"{{"ConferenceResponse":{{"message":"Created for application {KEY}","status":201,
        "conferenceId":"63c9b03b84e9476080f7afe9ac2aa58e",
        "uri":"\/api\/rest\/conference\/63c9?appkey={}"}}}}"#,
        KEY.to_uppercase()
    );
    let response = once(CreateTalkspace::new("eta"), 201, &body).unwrap();
    let made = &response.body;
    assert_eq!(made.message, "Created for application [app key]");
    assert_eq!(made.uri, "/api/rest/conference/63c9?appkey=[app key]");
    assert_eq!(
        made.conference_id.as_str(),
        "63c9b03b84e9476080f7afe9ac2aa58e"
    );
    assert!(is_clean(&format!("{response:?} {response:#?}")));
}

#[test]
fn a_success_that_repeats_a_phone_does_not_show_it() {
    let phone = || PHONE.parse().unwrap();
    for said in [PHONE, "(415) 987-6543", "+1 415-987-6543", "%34159876543"] {
        let body = format!(
            r#"{{"RegistrationResponse":{{"message":"Calling {said}","status":201,
            "uri":"/api/rest/registrant/eta/{said}"}}}}"#
        );
        let registered = once(Register::new("eta").phone(phone()), 201, &body).unwrap();
        assert!(is_clean(&format!("{registered:?}")), "{registered:?}");
        assert!(registered.body.message.starts_with("Calling "));
        let changed = once(ChangePhone::new("eta", phone()), 202, &body).unwrap();
        assert!(is_clean(&format!("{changed:?}")), "{changed:?}");
    }
    // A network id may look like a phone number; nothing about that is secret here.
    let body = format!(r#"{{"NetworkidListResponse":{{"status":200,"networkids":[{PHONE}]}}}}"#);
    let people = once(ListNetworkIds::new(), 200, &body).unwrap().body;
    assert_eq!(people.network_ids, [PHONE]);
}

#[test]
fn a_grant_is_in_its_place_and_nowhere_else() {
    for said in [GRANT, "4476344558350137416", "0X3E1F2BA8BCB67848"] {
        let body = format!(
            r#"{{"UploadResponse":{{"message":"granted {said}","status":201,
            "grantId":"{GRANT}","uri":"/api/rest/media/m1/upload/{said}"}}}}"#
        );
        let response = once(RequestUploadGrant::new("m1"), 201, &body).unwrap();
        assert_eq!(response.body.grant_id.as_str(), GRANT, "it is to be used");
        assert!(is_clean(&format!("{response:?}")), "{response:?}");
        assert!(is_clean(&response.body.uri), "{response:?}");
    }
    let sound: &[u8] = b"ID3";
    let upload = UploadMedia::new(GRANT, MediaFile::mp3(sound).unwrap());
    let said = format!("http://media.example/1.mp3?grant={GRANT}");
    let response = once(upload, 200, &said).unwrap();
    assert!(is_clean(&format!("{response:?}")), "{response:?}");
}

#[test]
fn an_address_that_carries_the_key_is_of_no_use() {
    let body = format!(
        r#"{{"MediaResponse":{{"message":"","status":200,"mediaId":"m1","fileSize":3,
        "downloadUrl":"http://a.example/1.mp3?appkey={KEY}","uri":""}}}}"#
    );
    let response = once(GetMediaStatus::new("m1"), 200, &body).unwrap();
    assert!(is_clean(&format!("{response:?}")), "{response:?}");
    let version = once(GetVersion::new(), 200, &format!("v {KEY}")).unwrap();
    assert_eq!(version.body.version.as_str(), "v [app key]");
}

#[test]
fn an_error_that_repeats_a_secret_does_not_show_it() {
    let spellings = [
        KEY.to_owned(),
        KEY.to_uppercase(),
        KEY.replace('-', ""),
        KEY.replace('-', "%252D"),
        KEY.replace('-', "\\u002D"),
        KEY.replace('-', "\\u002d"),
        KEY.replace('-', "&#45;"),
        "(415) 987-6543".to_owned(),
        "415.987.6543".to_owned(),
    ];
    for said in spellings {
        let envelope = format!(
            r#"{{"RegistrationResponse":{{"message":"no {said}","status":400,"uri":""}}}}"#
        );
        let page = format!("<html>{said}</html>");
        for (status, body) in [
            (400, &envelope),
            (200, &envelope),
            (502, &page),
            (200, &page),
        ] {
            let register = Register::new("eta").phone(PHONE.parse().unwrap());
            let error = once(register, status, body).unwrap_err();
            let seen = seen(&error);
            assert!(is_clean(&seen) && !seen.contains("9876"), "{said}: {seen}");
            assert!(
                error.body().is_some_and(|body| body.contains('[')),
                "{said}"
            );
        }
    }
}

/// What should have been a grant is kept by no error, wherever it stood.
#[test]
fn a_grant_that_came_with_a_no_is_not_kept() {
    let inside = |status: u16| {
        format!(
            r#"{{"UploadResponse":{{"message":"take {GRANT}","status":{status},"grantId":"{GRANT}"}}}}"#
        )
    };
    for (status, body, kind) in [
        (502, format!("<html>{GRANT}"), ErrorKind::Status),
        (400, inside(400), ErrorKind::Status),
        (200, inside(503), ErrorKind::Status),
        (503, inside(503), ErrorKind::Status),
        (201, format!(r#"{{"Other":"{GRANT}"}}"#), ErrorKind::Decode),
        (201, format!("<html>{GRANT}"), ErrorKind::Decode),
        (
            201,
            format!(r#"{{"UploadResponse":{{"grant":"{GRANT}"}}}}"#),
            ErrorKind::Decode,
        ),
    ] {
        let error = once(RequestUploadGrant::new("m1"), status, &body).unwrap_err();
        assert_eq!(error.kind(), kind, "{body}");
        assert_eq!(error.body(), None, "{body}");
        assert!(is_clean(&seen(&error)), "{error:?}");
    }
}
