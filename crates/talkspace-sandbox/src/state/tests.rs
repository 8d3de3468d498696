//! The rules, on a clock that stands still.

mod media;
mod recordings;
mod registrants;
mod telephones;
mod uploads;

use std::time::Duration;

use talkspace_core::{
    AddToTalkspace, BlockingClient, CloseTalkspace, ConferenceId, CreateTalkspace, Error,
    GetTalkspace, HangUp, ListTalkspaces, MoveParticipant, MuteParticipant, RequestOptions,
    UnmuteParticipant,
};

use crate::{Clock, Sandbox};

const KEY: &str = "app-one";
const OTHER_KEY: &str = "app-two";
const GREETING: &str = "6e6a151be31b467f87225b18b0f36f00";

fn sandbox() -> Sandbox {
    Sandbox::builder()
        .app_key(KEY)
        .app_key(OTHER_KEY)
        .person("eta", "14151239876")
        .person("@theta", "14151239877")
        .person("no-answer-1", "14151239878")
        .person("rejects-1", "14151239879")
        .person("unreachable-1", "14151239880")
        .media(GREETING)
        .clock(Clock::frozen())
        .seed(1)
        .build()
        .unwrap()
}

fn client(sandbox: &Sandbox, key: &str) -> BlockingClient {
    BlockingClient::builder(Sandbox::IN_MEMORY_URL, key)
        .options(RequestOptions::default().max_retries(0))
        .build_blocking(sandbox.transport())
        .unwrap()
}

/// A sandbox, its client, and a conference that `eta` has joined.
fn joined() -> (Sandbox, BlockingClient, ConferenceId) {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    sandbox.advance(Duration::from_millis(200));
    (sandbox, client, id)
}

fn people(client: &BlockingClient, id: &ConferenceId) -> Vec<String> {
    let details = client.send(GetTalkspace::new(id)).unwrap();
    details.participants.into_iter().map(Into::into).collect()
}

fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> u16 {
    result.unwrap_err().status().unwrap().code()
}

#[test]
fn a_leader_rings_and_then_joins() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let made = client
        .send(CreateTalkspace::new("eta").greeting_id(GREETING))
        .unwrap();
    let id = made.conference_id;
    assert_eq!(made.message, "Created, leader is eta");
    assert_eq!(made.uri, format!("/api/rest/conference/{id}"));
    assert_eq!(id.as_str().len(), 32);
    assert!(people(&client, &id).is_empty(), "the phone still rings");
    assert_eq!(status(client.send(MuteParticipant::new(&id, "eta"))), 400);

    sandbox.advance(Duration::from_millis(199));
    assert!(people(&client, &id).is_empty());
    sandbox.advance(Duration::from_millis(1));
    assert_eq!(people(&client, &id), ["eta"]);
    assert!(client.send(MuteParticipant::new(&id, "eta")).is_ok());
    assert!(
        client.send(MuteParticipant::new(&id, "eta")).is_ok(),
        "twice is once"
    );
    assert!(client.send(UnmuteParticipant::new(&id, "eta")).is_ok());
}

#[test]
fn a_conference_is_found_by_the_very_id_that_was_given() {
    let (_sandbox, client, id) = joined();
    let digits = id.as_str();
    for other in [
        digits.to_uppercase(),
        digits.replacen(char::is_alphanumeric, "+", 1),
        format!("0{digits}"),
        digits[1..].to_owned(),
    ] {
        assert_eq!(status(client.send(GetTalkspace::new(other))), 404);
    }
    assert_eq!(people(&client, &id), ["eta"]);
}

#[test]
fn a_leader_who_cannot_be_called_makes_no_conference() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    for (request, code) in [
        (CreateTalkspace::new("stranger"), 400),
        (CreateTalkspace::new("eta").greeting_id("unknown"), 400),
        (CreateTalkspace::new("eta").recording_id("unknown"), 400),
        (CreateTalkspace::new("unreachable-1"), 502),
    ] {
        assert_eq!(status(client.send(request)), code);
    }
    let listed = client.send(ListTalkspaces::new()).unwrap();
    assert!(listed.active.is_empty() && listed.inactive.is_empty());
    assert_eq!(sandbox.rings("eta"), 0);
}

#[test]
fn people_treat_calls_by_their_habits() {
    let (sandbox, client, id) = joined();
    for person in ["no-answer-1", "rejects-1"] {
        client.send(AddToTalkspace::new(&id, person)).unwrap();
    }
    sandbox.advance(Duration::from_secs(29));
    assert!(
        client.send(HangUp::new(&id, "no-answer-1")).is_ok(),
        "still ringing"
    );
    assert_eq!(status(client.send(HangUp::new(&id, "rejects-1"))), 400);
    client
        .send(AddToTalkspace::new(&id, "no-answer-1"))
        .unwrap();
    sandbox.advance(Duration::from_secs(30));
    assert_eq!(status(client.send(HangUp::new(&id, "no-answer-1"))), 400);
    assert_eq!(
        status(client.send(AddToTalkspace::new(&id, "unreachable-1"))),
        502
    );
    assert_eq!(sandbox.rings("no-answer-1"), 2);
    assert_eq!(people(&client, &id), ["eta"]);
}

#[test]
fn an_older_ring_does_not_answer_a_newer_call() {
    let (sandbox, client, id) = joined();
    client.send(AddToTalkspace::new(&id, "@theta")).unwrap();
    sandbox.advance(Duration::from_millis(150));
    client.send(HangUp::new(&id, "@theta")).unwrap();
    client.send(AddToTalkspace::new(&id, "@theta")).unwrap();
    sandbox.advance(Duration::from_millis(50));
    assert_eq!(people(&client, &id), ["eta"], "the first call was hung up");
    sandbox.advance(Duration::from_millis(150));
    assert_eq!(people(&client, &id), ["eta", "@theta"]);
}

#[test]
fn adding_names_the_participant_in_its_uri() {
    let (_sandbox, client, id) = joined();
    let added = client
        .send(AddToTalkspace::new(&id, "@theta").muted(true))
        .unwrap();
    assert_eq!(added.message, "Added");
    assert_eq!(added.uri, format!("/api/rest/conference/{id}/%40theta"));
    assert_eq!(
        added.conference_id, id,
        "left empty by the service, known from the request"
    );
}

#[test]
fn strangers_are_told_apart_from_those_who_are_absent() {
    let (_sandbox, client, id) = joined();
    for (result, code) in [
        (
            status(client.send(AddToTalkspace::new(&id, "stranger"))),
            401,
        ),
        (status(client.send(HangUp::new(&id, "stranger"))), 401),
        (
            status(client.send(MuteParticipant::new(&id, "stranger"))),
            401,
        ),
        (
            status(client.send(MoveParticipant::new(&id, "stranger", "x"))),
            401,
        ),
        (status(client.send(HangUp::new(&id, "@theta"))), 400),
        (
            status(client.send(UnmuteParticipant::new(&id, "@theta"))),
            400,
        ),
    ] {
        assert_eq!(result, code);
    }
}

#[test]
fn what_is_closed_stays_closed() {
    let (_sandbox, client, id) = joined();
    let closed = client.send(CloseTalkspace::new(&id)).unwrap();
    assert_eq!(
        (closed.conference_id, closed.uri.as_str()),
        (id.clone(), "")
    );
    assert!(people(&client, &id).is_empty());
    assert_eq!(status(client.send(CloseTalkspace::new(&id))), 404);
    assert_eq!(status(client.send(HangUp::new(&id, "eta"))), 404);
    assert_eq!(status(client.send(AddToTalkspace::new(&id, "eta"))), 400);
    assert_eq!(status(client.send(MuteParticipant::new(&id, "eta"))), 400);
    let listed = client.send(ListTalkspaces::new()).unwrap();
    assert_eq!((listed.active.len(), listed.inactive), (0, vec![id]));
}

#[test]
fn a_conference_that_everybody_left_is_inactive_and_can_be_used_again() {
    let (_sandbox, client, id) = joined();
    let hung_up = client.send(HangUp::new(&id, "eta")).unwrap();
    assert_eq!(hung_up.message, "terminated");
    assert_eq!(hung_up.uri, format!("/api/rest/conference/{id}"));
    let listed = client.send(ListTalkspaces::new()).unwrap();
    assert_eq!(listed.inactive, std::slice::from_ref(&id));
    assert!(
        client
            .send(ListTalkspaces::new().active(true))
            .unwrap()
            .inactive
            .is_empty()
    );
    client.send(AddToTalkspace::new(&id, "eta")).unwrap();
    assert_eq!(client.send(ListTalkspaces::new()).unwrap().active, [id]);
}

#[test]
fn moving_leaves_one_place_for_another() {
    let (sandbox, client, from) = joined();
    let to = client
        .send(CreateTalkspace::new("@theta"))
        .unwrap()
        .conference_id;
    assert_eq!(
        status(client.send(MoveParticipant::new(&to, "@theta", &from))),
        400,
        "rings"
    );
    sandbox.advance(Duration::from_millis(200));
    client.send(MuteParticipant::new(&from, "eta")).unwrap();
    let moved = client
        .send(MoveParticipant::new(&from, "eta", &to))
        .unwrap();
    assert_eq!(moved.conference_id, from);
    assert_eq!(moved.uri, format!("/api/rest/conference/{to}/eta"));
    assert!(people(&client, &from).is_empty());
    assert_eq!(people(&client, &to), ["@theta", "eta"]);
    assert_eq!(
        status(client.send(MoveParticipant::new(&from, "eta", &to))),
        400
    );
    assert_eq!(
        status(client.send(MoveParticipant::new(&to, "eta", &to))),
        400
    );
    assert_eq!(
        status(client.send(MoveParticipant::new(&to, "eta", "unknown"))),
        400
    );
    assert_eq!(
        people(&client, &to),
        ["@theta", "eta"],
        "nothing is lost by an error response"
    );
}

#[test]
fn applications_do_not_see_each_other() {
    let (sandbox, _client, id) = joined();
    let other = client(&sandbox, OTHER_KEY);
    assert_eq!(status(other.send(GetTalkspace::new(&id))), 404);
    assert_eq!(status(other.send(CloseTalkspace::new(&id))), 404);
    assert_eq!(status(other.send(AddToTalkspace::new(&id, "eta"))), 400);
    assert!(other.send(ListTalkspaces::new()).unwrap().active.is_empty());
    let unknown = client(&sandbox, "unknown");
    assert_eq!(status(unknown.send(ListTalkspaces::new())), 400);
}

#[test]
fn operations_that_document_a_502_return_it_in_an_outage() {
    let (sandbox, client, id) = joined();
    sandbox.set_outage(true);
    assert_eq!(status(client.send(CreateTalkspace::new("eta"))), 502);
    assert_eq!(status(client.send(CloseTalkspace::new(&id))), 502);
    assert!(client.send(GetTalkspace::new(&id)).is_ok(), "looking works");
    sandbox.set_outage(false);
    assert!(client.send(CloseTalkspace::new(&id)).is_ok());
    assert_eq!(sandbox.rings("eta"), 1);
}
