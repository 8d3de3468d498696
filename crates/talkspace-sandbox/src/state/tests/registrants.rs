//! Registrations, across applications.

use talkspace_core::response::{GetMediaStatusOutcome, GetRegistrationStatusOutcome};
use talkspace_core::{
    AddToTalkspace, ChangePhone, CreateMedia, DeleteRegistrant, GetMediaStatus,
    GetRegistrationStatus, ListNetworkIds, PhoneNumber, RecordMedia, Register, RegistrationQuery,
};

use super::*;

const RING: Duration = Duration::from_millis(200);

fn phone(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

fn related(client: &BlockingClient, person: &str) -> GetRegistrationStatusOutcome {
    let request = GetRegistrationStatus::new(person).query(RegistrationQuery::Related);
    client.send(request).unwrap().outcome
}

#[test]
fn somebody_new_is_unknown_until_the_phone_is_answered() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let done = client
        .send(Register::new("neu").phone(phone("14155551234")))
        .unwrap();
    assert_eq!(done.uri, "/api/rest/registrant/neu");
    sandbox.advance(Duration::from_millis(199));
    assert_eq!(
        related(&client, "neu"),
        GetRegistrationStatusOutcome::Unknown
    );
    assert_eq!(status(client.send(DeleteRegistrant::new("neu"))), 404);
    sandbox.advance(Duration::from_millis(1));
    assert_eq!(
        related(&client, "neu"),
        GetRegistrationStatusOutcome::Registered
    );
    let again = Register::new("neu").phone(phone("14155550199"));
    assert_eq!(status(client.send(again)), 400);
    assert_eq!(sandbox.rings("neu"), 1);
}

#[test]
fn somebody_known_elsewhere_is_registered_without_a_call() {
    let sandbox = sandbox();
    let (one, other) = (client(&sandbox, KEY), client(&sandbox, OTHER_KEY));
    one.send(Register::new("neu").phone(phone("14155551234")))
        .unwrap();
    assert_eq!(
        status(other.send(Register::new("neu"))),
        400,
        "who is that?"
    );
    sandbox.advance(RING);
    assert_eq!(
        related(&other, "neu"),
        GetRegistrationStatusOutcome::Elsewhere
    );
    let known = other.send(GetRegistrationStatus::new("neu")).unwrap();
    assert_eq!(known.outcome, GetRegistrationStatusOutcome::Registered);
    other.send(Register::new("neu")).unwrap();
    assert_eq!(
        related(&other, "neu"),
        GetRegistrationStatusOutcome::Registered
    );
    assert_eq!(sandbox.rings("neu"), 1);
    one.send(DeleteRegistrant::new("neu")).unwrap();
    assert_eq!(
        related(&one, "neu"),
        GetRegistrationStatusOutcome::Elsewhere
    );
    other.send(DeleteRegistrant::new("neu")).unwrap();
    assert_eq!(related(&one, "neu"), GetRegistrationStatusOutcome::Unknown);
}

#[test]
fn not_every_phone_will_do() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    for (request, code) in [
        (Register::new("neu"), 400),
        (Register::new("neu").phone(phone("14155550000")), 400),
        (Register::new("neu").phone(phone("14155550502")), 502),
        (
            Register::new("unreachable-2").phone(phone("14155551234")),
            502,
        ),
        (
            Register::new("neu")
                .phone(phone("14155551234"))
                .greeting_id("unknown"),
            400,
        ),
    ] {
        assert_eq!(status(client.send(request)), code);
    }
    for (person, number) in [
        ("neu", "14155550408"),
        ("rejects-2", "14155551234"),
        ("no-answer-2", "14155551234"),
    ] {
        client
            .send(Register::new(person).phone(phone(number)))
            .unwrap();
        sandbox.advance(Duration::from_secs(60));
        assert_eq!(
            related(&client, person),
            GetRegistrationStatusOutcome::Unknown
        );
        assert_eq!(sandbox.rings(person), 1);
    }
}

#[test]
fn the_greeting_must_be_the_applications_own() {
    let sandbox = sandbox();
    let (one, other) = (client(&sandbox, KEY), client(&sandbox, OTHER_KEY));
    let media = other.send(CreateMedia::new()).unwrap().media_id;
    let request = Register::new("neu").phone(phone("14155551234"));
    let request = request.greeting_id(&media);
    assert_eq!(status(one.send(request.clone())), 401);
    assert_eq!(status(other.send(request)), 400, "it is empty");
}

#[test]
fn a_newer_registration_takes_the_place_of_one_that_rings() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    for number in ["14155551234", "14155550408"] {
        let request = Register::new("neu").phone(phone(number));
        client.send(request).unwrap();
    }
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(
        related(&client, "neu"),
        GetRegistrationStatusOutcome::Unknown
    );
}

#[test]
fn a_new_phone_counts_once_it_was_answered() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let new = phone("14155551234");
    assert_eq!(
        status(client.send(ChangePhone::new("eta", phone("14151239876")))),
        400
    );
    assert_eq!(
        status(client.send(ChangePhone::new("neu", new.clone()))),
        401
    );
    assert_eq!(
        status(client.send(ChangePhone::new("eta", phone("14155550000")))),
        400
    );
    client.send(ChangePhone::new("eta", new.clone())).unwrap();
    // Until then the old one counts, so that this is no error yet.
    client.send(ChangePhone::new("eta", new.clone())).unwrap();
    sandbox.advance(RING);
    assert_eq!(status(client.send(ChangePhone::new("eta", new))), 400);
    assert_eq!(sandbox.rings("eta"), 2);
}

#[test]
fn whoever_is_deleted_is_gone_from_calls_and_leaves_no_voice() {
    let (sandbox, client, id) = joined();
    client.send(AddToTalkspace::new(&id, "@theta")).unwrap();
    let spoken = client.send(CreateMedia::new()).unwrap().media_id;
    client.send(RecordMedia::new(&spoken, "eta")).unwrap();
    sandbox.advance(Duration::from_secs(2));
    let has_content = || client.send(GetMediaStatus::new(&spoken)).unwrap().outcome;
    assert_eq!(has_content(), GetMediaStatusOutcome::Ready);
    client.send(RecordMedia::new(&spoken, "eta")).unwrap();
    client.send(DeleteRegistrant::new("eta")).unwrap();
    assert_eq!(people(&client, &id), ["@theta"]);
    assert_eq!(has_content(), GetMediaStatusOutcome::Empty);
    sandbox.advance(Duration::from_secs(2));
    assert_eq!(
        has_content(),
        GetMediaStatusOutcome::Empty,
        "the call was ended"
    );
    let listed = client.send(ListNetworkIds::new()).unwrap().network_ids;
    assert!(!listed.contains(&"eta".into()));
    assert_eq!(status(client.send(AddToTalkspace::new(&id, "eta"))), 401);
}
