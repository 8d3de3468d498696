//! What an application developer writes first has to compile, and to mean what it
//! says: values of this library from, to and beside those of a program.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use talkspace_core::response::{CreateTalkspaceResponse, GetTalkspaceResponse};
use talkspace_core::server::{Service, ServiceError, dispatch};
use talkspace_core::transport::{
    BlockingResponseBody, ResponseBody, blocking_transport_fn, transport_fn,
};
use talkspace_core::{
    AddToTalkspace, AppKey, BaseUrl, BlastMedia, BlockingClient, Client, ConferenceId,
    CreateTalkspace, GetTalkspace, GetVersion, InvalidClient, InvalidPhoneNumber, NetworkId,
    PhoneNumber, Register, RequestOptions, Status,
};
use talkspace_sandbox::{Sandbox, SandboxBuilder};

const URL: &str = "https://sandbox.example";
const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

/// A transport that nobody uses.
fn never() -> impl talkspace_core::transport::BlockingTransport {
    blocking_transport_fn(|_| unreachable!())
}

#[test]
fn p01_a_string_by_reference_is_an_id() {
    let names = ["eta".to_owned(), "theta".to_owned()];
    let id = ConferenceId::new("63c9");
    let added: Vec<_> = names
        .iter()
        .map(|who| AddToTalkspace::new(&id, who))
        .collect();
    assert_eq!(added[1].network_id, names[1]);
}

#[test]
fn p02_a_response_becomes_json() {
    let json = serde_json::to_value(CreateTalkspaceResponse::new("63c9")).unwrap();
    assert_eq!(json["conference_id"], "63c9");
}

#[test]
fn p03_a_request_comes_from_json() {
    let request: CreateTalkspace = serde_json::from_str(r#"{"network_id":"eta"}"#).unwrap();
    assert_eq!(request, CreateTalkspace::new("eta"));
}

#[test]
fn p04_a_phone_number_comes_from_json_through_its_parser() {
    #[derive(Deserialize)]
    struct Form {
        phone: PhoneNumber,
    }
    let form: Form = serde_json::from_str(r#"{"phone":"415-123-9876"}"#).unwrap();
    assert_eq!(form.phone.as_str(), "14151239876");
    assert!(serde_json::from_str::<Form>(r#"{"phone":"911"}"#).is_err());
}

#[test]
fn p05_a_phone_number_is_tried_from_text() {
    let typed = "+1 415 123 9876".to_owned();
    assert_eq!(
        PhoneNumber::try_from(&typed),
        PhoneNumber::try_from(typed.as_str())
    );
    let phone: PhoneNumber = typed.try_into().unwrap();
    assert_eq!(AsRef::<str>::as_ref(&phone), "14151239876");
    let error = PhoneNumber::try_from("911");
    assert_eq!(error, Err(InvalidPhoneNumber::Malformed));
}

#[test]
fn p06_an_id_is_compared_with_text() {
    let (id, owned) = (NetworkId::new("eta"), "eta".to_owned());
    assert!(id == *"eta" && id == "eta" && id == owned);
    assert!(*"eta" == id && "eta" == id && owned == id);
    assert!(id != "theta");
}

#[test]
fn p07_a_map_is_looked_up_by_text() {
    let mut seats: HashMap<NetworkId, u32> = HashMap::new();
    seats.insert("eta".into(), 4);
    assert_eq!(seats.get("eta"), Some(&4));
    let present: BTreeSet<NetworkId> = ["theta", "eta"].map(NetworkId::from).into();
    assert!(present.contains("theta") && !present.contains("iota"));
}

#[test]
fn p08_an_id_is_parsed() {
    let id = "eta".parse::<NetworkId>().unwrap();
    assert_eq!(id, "eta");
}

#[test]
fn p09_a_base_url_builds_a_client() {
    let url = BaseUrl::parse(URL).unwrap();
    assert!(
        BlockingClient::builder(&url, KEY)
            .build_blocking(never())
            .is_ok()
    );
    assert!(
        BlockingClient::builder(url, KEY)
            .build_blocking(never())
            .is_ok()
    );
    let plain = "http://sandbox.example";
    assert!(
        BlockingClient::builder(plain, KEY)
            .build_blocking(never())
            .is_err()
    );
    // It was allowed by name.
    let plain = BaseUrl::parse_allowing_plain_http(plain).unwrap();
    assert!(
        BlockingClient::builder(plain, KEY)
            .build_blocking(never())
            .is_ok()
    );
}

#[test]
fn p10_a_base_url_is_parsed_and_shown() {
    let url: BaseUrl = "https://sandbox.example/".parse().unwrap();
    assert_eq!(
        format!("{url} {}", url.as_ref()),
        "https://sandbox.example https://sandbox.example"
    );
    assert_eq!(BaseUrl::try_from(URL.to_owned()).as_ref(), Ok(&url));
    assert!(HashSet::from([url.clone()]).contains(&url));
    assert!("http://sandbox.example".parse::<BaseUrl>().is_err());
}

#[test]
fn p11_a_status_is_shown_and_is_a_status_code() {
    let status = Status::new(200, Some(404));
    assert_eq!(status.to_string(), "404");
    assert_eq!(StatusCode::try_from(status).unwrap(), StatusCode::NOT_FOUND);
    assert!(StatusCode::try_from(Status::new(200, Some(0))).is_err());
    assert_eq!(Status::from(StatusCode::OK), Status::new(200, None));
    assert!(status == 404 && status != 200);
}

#[test]
fn p12_one_limit_is_changed_and_the_rest_is_kept() {
    let usual = RequestOptions::default()
        .timeout(Duration::from_secs(7))
        .max_retries(5);
    let client = BlockingClient::builder(URL, KEY).options(usual);
    let client = client.build_blocking(never()).unwrap();
    let mut options = client.options();
    options.limits.response_timeout *= 2;
    assert_eq!(options.timeout, Some(Duration::from_secs(7)));
    assert_eq!(options.max_retries, usual.max_retries);
    assert_eq!(options.limits.read_timeout, usual.limits.read_timeout);
}

#[test]
fn p13_one_value_serves_for_several_requests() {
    let (id, who) = (ConferenceId::new("63c9"), NetworkId::new("eta"));
    let asked = HashSet::from([GetTalkspace::new(&id), GetTalkspace::new(&id)]);
    assert_eq!(asked.len(), 1, "requests are the members of a set");
    assert_eq!(AddToTalkspace::new(&id, &who), AddToTalkspace::new(id, who));
}

#[tokio::test]
async fn p14_a_ready_transport_is_handed_to_its_engines_client() {
    use talkspace_hyper::{Client as HyperClient, HyperTransport};
    let server = Sandbox::start().unwrap();
    let transport = HyperTransport::builder().build().unwrap();
    let client = HyperClient::builder(server.url(), KEY)
        .build(transport)
        .unwrap();
    assert!(client.send(GetVersion::new()).await.is_ok());
}

#[test]
fn p15_a_key_is_part_of_a_configuration() {
    #[derive(Deserialize)]
    struct Configuration {
        base_url: BaseUrl,
        app_key: AppKey,
    }
    let text = format!(r#"{{"base_url":"{URL}","app_key":"{KEY}"}}"#);
    let read: Configuration = serde_json::from_str(&text).unwrap();
    let client = BlockingClient::builder(read.base_url, read.app_key);
    assert!(client.build_blocking(never()).is_ok());
}

#[test]
fn p16_a_key_comes_from_whatever_holds_text() {
    let owned = KEY.to_owned();
    let keys = [
        AppKey::from(&owned),
        AppKey::from(Cow::Borrowed(KEY)),
        owned.clone().into_boxed_str().into(),
        KEY.parse().unwrap(),
        AppKey::from(owned),
    ];
    assert!(keys.iter().all(|key| *key == AppKey::new(KEY)));
    assert!(
        BlockingClient::builder(URL, &keys[0])
            .build_blocking(never())
            .is_ok()
    );
}

#[test]
fn p17_what_was_wrong_with_a_builder_is_a_value() {
    let error = BlockingClient::builder("sandbox.example", KEY).build_blocking(never());
    let Err(InvalidClient::BaseUrl(why)) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.unwrap_err().to_string(), why.to_string());
}

#[test]
fn p18_a_response_is_read_as_std_reads() {
    let mut body = BlockingResponseBody::from(Bytes::from("sound"));
    let mut written = Vec::new();
    assert_eq!(std::io::copy(&mut body, &mut written).unwrap(), 5);
    assert_eq!(written, b"sound");
}

#[test]
fn p19_a_user_agent_is_text() {
    let answer = blocking_transport_fn(|request| {
        assert_eq!(request.headers()["user-agent"], "x/1");
        Ok(http::Response::new("01.02.06".into()))
    });
    let client = BlockingClient::builder(URL, KEY)
        .user_agent("x/1")
        .build_blocking(answer);
    assert!(client.unwrap().send(GetVersion::new()).is_ok());
    let client = BlockingClient::builder(URL, KEY).user_agent(format!("x/{}", "\n"));
    let error = client.build_blocking(never()).unwrap_err();
    assert_eq!(error, InvalidClient::UserAgent);
}

#[test]
fn p20_one_dependency_is_enough() {
    use talkspace_blocking::CreateTalkspace as Blocking;
    use talkspace_hyper::CreateTalkspace as Hyper;
    use talkspace_hyper::http::StatusCode as HyperStatus;
    assert_eq!(Hyper::new("eta"), Blocking::new("eta"));
    assert_eq!(HyperStatus::OK, StatusCode::OK);
}

#[test]
fn p21_ids_of_people_are_collected_from_text() {
    let typed = "eta, theta";
    let people: Vec<NetworkId> = typed.split(", ").map(Into::into).collect();
    assert_eq!(people, ["eta", "theta"]);
    let names = ["a".to_owned(), "b".to_owned()];
    assert_eq!(
        BlastMedia::new(&names, "63c9"),
        BlastMedia::new(["a", "b"], "63c9")
    );
}

/// A service of which only one operation is of interest.
struct OneTalkspace;

impl Service for OneTalkspace {
    fn get_talkspace(
        &self,
        _app_key: &AppKey,
        request: GetTalkspace,
    ) -> Result<GetTalkspaceResponse, ServiceError> {
        if request.conference_id != "63c9" {
            return Err(ServiceError::new(404, "no such TalkSpace"));
        }
        let mut response = GetTalkspaceResponse::new();
        response.participants.push("eta".into());
        Ok(response)
    }
}

#[tokio::test]
async fn p22_a_typed_service_stands_in() {
    let transport = transport_fn(|request| async move {
        let body = request.body().read_to_bytes()?;
        Ok(dispatch(&OneTalkspace, &request.map(|_| body)))
    });
    let client = Client::builder(URL, KEY).build(transport).unwrap();
    let seen = client.send(GetTalkspace::new("63c9")).await.unwrap();
    assert_eq!(seen.participants, ["eta"]);
    let error = client.send(GetTalkspace::new("64ca")).await.unwrap_err();
    assert!(error.status().unwrap() == 404);
}

#[test]
fn p23_an_id_becomes_text() {
    let id = NetworkId::new("eta");
    let (shown, borrowed): (String, &str) = (id.to_string(), id.as_ref());
    assert_eq!(shown, borrowed);
    assert_eq!(String::from(id), "eta");
}

#[test]
fn p24_a_response_is_a_body_for_a_server() {
    fn takes(_: impl http_body::Body<Data = Bytes, Error: std::error::Error> + Send + 'static) {}
    takes(ResponseBody::from(Bytes::from("sound")));
}

#[test]
fn p25_text_that_may_be_borrowed_is_an_id() {
    for text in [Cow::Borrowed("eta"), Cow::Owned("eta".to_owned())] {
        assert_eq!(CreateTalkspace::new(text), CreateTalkspace::new("eta"));
    }
    assert_eq!(NetworkId::from("eta".to_owned().into_boxed_str()), "eta");
}

#[test]
fn p26_a_number_is_part_of_a_request_by_the_question_mark() {
    fn register(typed: &str) -> Result<Register, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Register::new("eta").phone(typed.try_into()?))
    }
    assert!(register("415 123 9876").is_ok());
    let error = register("911").unwrap_err();
    assert!(error.downcast_ref::<InvalidPhoneNumber>().is_some());
}
