//! The feature `serde`: what is read and written, by which names, and what never is.
#![cfg(feature = "serde")]

use std::fmt::{Debug, Display};
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use talkspace_core::response::*;
use talkspace_core::*;

/// Whether a type is written: the first of these constants where it is, or else
/// the second.
struct Written<T>(PhantomData<T>);

impl<T: Serialize> Written<T> {
    const IS: bool = true;
}

trait Otherwise {
    const IS: bool = false;
}

impl<T> Otherwise for Written<T> {}

fn same<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, document: Value) {
    assert_eq!(serde_json::to_value(value).ok().as_ref(), Some(&document));
    let read = serde_json::from_value::<T>(document);
    assert_eq!(read.ok().as_ref(), Some(value));
}

#[test]
fn secrets_and_phone_numbers_are_read_and_never_written() {
    const {
        assert!(Written::<NetworkId>::IS, "as a check of the check");
        assert!(!Written::<AppKey>::IS);
        assert!(!Written::<GrantId>::IS);
        assert!(!Written::<PhoneNumber>::IS);
        assert!(!Written::<Register>::IS);
        assert!(!Written::<ChangePhone>::IS);
        assert!(!Written::<UploadMedia>::IS);
        assert!(!Written::<RequestUploadGrantResponse>::IS);
    }

    #[derive(Deserialize)]
    struct Configuration {
        app_key: AppKey,
        grant: GrantId,
    }
    let read: Configuration =
        serde_json::from_value(json!({"app_key": "k-1", "grant": "0x3e1f"})).unwrap();
    assert_eq!(read.app_key, AppKey::new("k-1"));
    assert_eq!(read.grant, "0x3e1f");
    let register: Register =
        serde_json::from_value(json!({"network_id": "eta", "phone": "(415) 123-9876"})).unwrap();
    assert_eq!(register.phone.unwrap().as_str(), "14151239876");
    let document = json!({
        "status": {"http": 201, "envelope": 201},
        "message": "",
        "grant_id": "0x3e1f",
        "uri": "",
    });
    let response: RequestUploadGrantResponse = serde_json::from_value(document).unwrap();
    assert_eq!(response, RequestUploadGrantResponse::new("0x3e1f"));
}

#[test]
fn no_error_repeats_a_secret() {
    fn read<T: DeserializeOwned>(document: &str) -> String {
        match serde_json::from_str::<T>(document) {
            Ok(_) => panic!("{document} was read"),
            Err(error) => error.to_string(),
        }
    }
    for secret in [
        "14151239876",
        "-14151239876",
        "14151239876.5",
        "141512398761415123987614151239876",
    ] {
        for error in [
            read::<AppKey>(secret),
            read::<GrantId>(secret),
            read::<PhoneNumber>(secret),
            read::<Register>(&format!(r#"{{"network_id":"eta","phone":{secret}}}"#)),
        ] {
            assert!(!error.contains("1415"), "{error}");
            assert!(error.contains("write it in quotes"), "{error}");
        }
    }
    let error = read::<PhoneNumber>(r#""+47 22 12 34 56""#);
    assert!(error.starts_with("another country's number"), "{error}");
    assert!(!error.contains("34"), "{error}");
    let error = read::<BaseUrl>(r#""https://user:SENTINEL@a.example""#);
    assert!(
        error.starts_with("the base URL must not hold a user name"),
        "{error}"
    );
    assert!(!error.contains("SENTINEL"), "{error}");
}

#[test]
fn a_request_comes_from_json_by_the_names_of_rust() {
    let add = AddToTalkspace::new("63c9", "eta")
        .greeting_id("6e6a")
        .muted(true);
    let document = json!({
        "conference_id": "63c9",
        "network_id": "eta",
        "greeting_id": "6e6a",
        "muted": true,
    });
    same(&add, document);
    let brief = serde_json::from_value(json!({"conference_id": "63c9", "network_id": "eta"}));
    assert_eq!(brief.ok(), Some(AddToTalkspace::new("63c9", "eta")));
    same(&GetVersion::new(), json!({}));
    let blast = BlastMedia::new(["a", "b"], "eta");
    same(
        &blast,
        json!({"media_ids": ["a", "b"], "network_id": "eta", "greeting_id": null}),
    );
    let asked = GetRegistrationStatus::new("eta").query(RegistrationQuery::Related);
    same(&asked, json!({"network_id": "eta", "query": "related"}));

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    #[serde(tag = "operation", rename_all = "snake_case")]
    enum Job {
        HangUp(HangUp),
        CloseTalkspace(CloseTalkspace),
    }
    let job = Job::CloseTalkspace(CloseTalkspace::new("63c9"));
    same(
        &job,
        json!({"operation": "close_talkspace", "conference_id": "63c9"}),
    );
}

/// A person who was to join muted would be heard.
#[test]
fn a_name_that_is_misspelt_is_an_error() {
    let misspelt = json!({"conference_id": "63c9", "network_id": "eta", "mute": true});
    let error = serde_json::from_value::<AddToTalkspace>(misspelt).unwrap_err();
    assert!(
        error.to_string().contains("unknown field `mute`"),
        "{error}"
    );
    let error = serde_json::from_value::<AddToTalkspace>(json!({"network_id": "eta"})).unwrap_err();
    assert!(
        error.to_string().contains("missing field `conference_id`"),
        "{error}"
    );
}

#[test]
fn a_response_is_written_and_read() {
    let mut created = CreateTalkspaceResponse::new("63c9");
    created.message = "Created".to_owned();
    let document = json!({
        "status": {"http": 201, "envelope": 201},
        "message": "Created",
        "conference_id": "63c9",
        "uri": "",
    });
    same(&created, document);
    let empty = GetMediaStatusResponse::new(GetMediaStatusOutcome::Empty, "m1");
    let document = json!({
        "status": {"http": 204, "envelope": null},
        "outcome": "empty",
        "message": "",
        "download_url": null,
        "file_size": 0,
        "media_id": "m1",
        "uri": "",
    });
    same(&empty, document);
    // What a later version writes is read by this one.
    let later = json!({"status": {"http": 200}, "version": "01.02.06", "since": 2011});
    let version: GetVersionResponse = serde_json::from_value(later).unwrap();
    assert_eq!(version, GetVersionResponse::new("01.02.06"));
}

#[test]
fn what_a_program_prints_is_what_serde_writes() {
    fn named<T: Serialize + DeserializeOwned + Display + PartialEq + Debug>(
        all: impl IntoIterator<Item = T>,
    ) {
        for value in all {
            same(&value, value.to_string().into());
        }
    }
    use talkspace_core::{ErrorKind as Kind, FailureKind as Failure};
    let failures = [
        Failure::Resolve,
        Failure::Connect,
        Failure::Tls,
        Failure::Closed,
        Failure::Truncated,
        Failure::Protocol,
        Failure::Timeout,
        Failure::TooLarge,
        Failure::Cancelled,
        Failure::BodySource,
        Failure::Writer,
        Failure::Other,
    ];
    named(failures);
    named(failures.map(Kind::Transport));
    named([Kind::Invalid, Kind::Status, Kind::Decode, Kind::PollTimeout]);
    named([Delivery::NotSent, Delivery::MaybeSent, Delivery::Responded]);
    named([Phase::Connect, Phase::Send, Phase::Head, Phase::Body]);
    named([
        Effect::Reads,
        Effect::Converges,
        Effect::Once,
        Effect::Rings,
    ]);
    named([
        Limit::Timeout,
        Limit::ConnectTimeout,
        Limit::ResponseTimeout,
        Limit::ReadTimeout,
        Limit::MinRate,
        Limit::Size,
        Limit::Polling,
    ]);
    named(RegistrationQuery::ALL);
    named([GetMediaStatusOutcome::Ready, GetMediaStatusOutcome::Empty]);
    for none in ["", "transport", "transport:", "transport:no", "Invalid"] {
        assert!(
            serde_json::from_value::<Kind>(none.into()).is_err(),
            "{none}"
        );
    }
}

#[test]
fn plain_http_to_another_machine_is_allowed_by_whoever_reads_it() {
    let url = BaseUrl::parse("https://a.example/sandbox").unwrap();
    same(&url, "https://a.example/sandbox".into());
    let plain = BaseUrl::parse_allowing_plain_http("http://a.example").unwrap();
    let written = serde_json::to_value(&plain).unwrap();
    assert_eq!(written, "http://a.example");
    let error = serde_json::from_value::<BaseUrl>(written).unwrap_err();
    assert_eq!(error.to_string(), InvalidBaseUrl::PlainHttp.as_str());
}
