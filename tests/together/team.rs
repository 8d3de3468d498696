//! The example of a web service, with the sandbox behind it and no time of its own.

use std::time::Duration;

use serde_json::{Value, json};
use talkspace_core::{AddToTalkspace, Client};
use talkspace_sandbox::{Clock, Fault, Sandbox, SandboxBuilder};

#[expect(dead_code, reason = "its `main` is the program's")]
#[path = "../../crates/talkspace-hyper/examples/team.rs"]
mod example;

/// An MP3 file of one frame: MPEG 1, layer III, 128 kbit/s, 44.1 kHz.
fn one_frame() -> Vec<u8> {
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
    frame
}

/// The service, and the sandbox behind it.
struct Team {
    url: String,
    sandbox: Sandbox,
    _runtime: tokio::runtime::Runtime,
}

impl Team {
    fn start() -> Self {
        let sandbox = Sandbox::builder()
            .examples()
            .clock(Clock::frozen())
            .person("no-answer-nu", "14151239878")
            .person("unreachable-xi", "14151239879")
            .build()
            .unwrap();
        let client = Client::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
            .build(sandbox.transport())
            .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = example::service(client, Duration::from_secs(60));
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self {
            url,
            sandbox,
            _runtime: runtime,
        }
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = minreq::post(format!("{}{path}", self.url))
            .with_header("content-type", "application/json")
            .with_body(body.to_string());
        json_of(request)
    }

    fn get(&self, path: &str) -> (u16, Value) {
        json_of(minreq::get(format!("{}{path}", self.url)))
    }

    fn status(&self, method: minreq::Method, path: &str) -> u16 {
        let request = minreq::Request::new(method, format!("{}{path}", self.url));
        request.send().unwrap().status_code
    }
}

fn json_of(request: minreq::Request) -> (u16, Value) {
    let response = request.send().unwrap();
    let text = response.as_str().unwrap();
    let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
    (response.status_code, value)
}

#[test]
fn a_team_is_called_and_each_phone_rings_once() {
    let team = Team::start();
    let members = ["@theta", "no-answer-nu", "unreachable-xi"];
    let (status, called) = team.post("/teams", &json!({ "leader": "eta", "members": members }));
    assert_eq!(status, 201, "{called}");
    let is = |place: usize| called["members"][place]["is"].as_str().unwrap().to_owned();
    assert_eq!(is(0), "there");
    assert_eq!(is(1), "not reached");
    assert!(
        is(2).starts_with("not called: addToTalkspace: "),
        "{}",
        is(2)
    );
    for who in ["eta", "@theta", "no-answer-nu"] {
        assert_eq!(team.sandbox.rings(who), 1, "{who}");
    }

    let id = called["id"].as_str().unwrap();
    let (status, shown) = team.get(&format!("/teams/{id}"));
    assert_eq!(
        (status, shown["participants"].as_array().map(Vec::len)),
        (200, Some(2)),
        "{shown}"
    );
    let mute = format!("/teams/{id}/people/@theta/mute");
    let is_muted = || team.sandbox.is_muted(&id.into(), "@theta");
    assert_eq!(team.status(minreq::Method::Put, &mute), 204);
    assert!(is_muted());
    assert_eq!(team.status(minreq::Method::Delete, &mute), 204);
    assert!(!is_muted());
    assert_eq!(
        team.status(minreq::Method::Delete, &format!("/teams/{id}")),
        204
    );
    assert_eq!(team.get("/teams/0000").0, 404);
}

/// What became of theta, whom eta calls.
fn is_theta(team: &Team) -> String {
    let (status, called) = team.post("/teams", &json!({ "leader": "eta", "members": ["@theta"] }));
    assert_eq!(status, 201, "{called}");
    called["members"][0]["is"].as_str().unwrap().to_owned()
}

#[test]
fn a_response_that_is_lost_rings_nobody_twice() {
    let team = Team::start();
    let lost = team
        .sandbox
        .fault::<AddToTalkspace>(Fault::lose_response().once());
    let is = is_theta(&team);
    assert!(is.starts_with("perhaps called: addToTalkspace: "), "{is}");
    assert_eq!((team.sandbox.rings("@theta"), lost.hits()), (1, 1));
}

#[test]
fn a_429_calls_nobody_and_is_told() {
    let team = Team::start();
    team.sandbox
        .fault::<AddToTalkspace>(Fault::status(429).retry_after(Duration::from_secs(60)));
    let is = is_theta(&team);
    assert!(is.starts_with("not called: addToTalkspace: "), "{is}");
    assert_eq!(team.sandbox.rings("@theta"), 0);
}

#[test]
fn nobody_is_muted_or_greeted_who_was_not_to_be() {
    let team = Team::start();
    assert_eq!(is_theta(&team), "there");
    let adds = team.sandbox.requests::<AddToTalkspace>();
    assert!(
        adds.iter()
            .all(|add| !add.muted && add.greeting_id.is_none()),
        "{adds:?}"
    );
}

#[test]
fn who_does_not_pick_up_is_not_reached() {
    let team = Team::start();
    let _unanswered = team.sandbox.telephone("@theta").unwrap();
    assert_eq!(is_theta(&team), "not reached");
}

#[test]
fn media_goes_through_in_both_directions() {
    let team = Team::start();
    let file = one_frame();
    let upload = minreq::post(format!("{}/media", team.url)).with_body(file.clone());
    let (status, id) = json_of(upload);
    assert_eq!(status, 201, "{id}");
    let url = format!("{}/media/{}", team.url, id.as_str().unwrap());
    let response = minreq::get(url).send().unwrap();
    assert_eq!(response.status_code, 200);
    let length = response
        .headers
        .iter()
        .find(|(name, _)| name == "content-length");
    assert_eq!(length.map(|(_, length)| length.as_str()), Some("417"));
    assert!(
        response.as_bytes() == file,
        "the file has changed on its way"
    );
}
