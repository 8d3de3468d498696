//! Media: what has content, what is in use, and whose it is.

use talkspace_core::response::GetMediaStatusOutcome;
use talkspace_core::{
    BlastMedia, CreateMedia, GetMediaStatus, GetRegistrationStatus, ListMedia, MediaId,
    RecordMedia, RemoveMedia, RequestUploadGrant,
};

use super::*;

fn create(client: &BlockingClient) -> MediaId {
    client.send(CreateMedia::new()).unwrap().media_id
}

#[test]
fn somebody_speaks_and_then_it_can_be_played() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let made = client.send(CreateMedia::new()).unwrap();
    let id = made.media_id;
    assert_eq!(made.uri, format!("/api/rest/media/{id}"));
    assert_eq!(status(client.send(BlastMedia::new([&id], "eta"))), 400);
    client.send(RecordMedia::new(&id, "eta")).unwrap();
    sandbox.advance(Duration::from_millis(1199));
    let empty = client.send(GetMediaStatus::new(&id)).unwrap();
    assert_eq!(empty.outcome, GetMediaStatusOutcome::Empty);
    assert_eq!((empty.status.http(), empty.file_size), (204, 0));
    sandbox.advance(Duration::from_millis(1));
    let ready = client.send(GetMediaStatus::new(&id)).unwrap();
    assert_eq!(ready.outcome, GetMediaStatusOutcome::Ready);
    // 38 frames: a second of 128 kbit/s, to the nearest frame.
    assert_eq!(ready.file_size, 38 * 20_480 / 49);
    assert_eq!(
        client.send(ListMedia::new()).unwrap().recorded,
        std::slice::from_ref(&id)
    );

    let played = client
        .send(BlastMedia::new([id.clone(), GREETING.into()], "eta").greeting_id(&id))
        .unwrap();
    assert_eq!(played.message, format!("{id}-{GREETING}"));
    assert_eq!(sandbox.rings("eta"), 2);
    assert_eq!(sandbox.applied::<RecordMedia>(), 1);
}

#[test]
fn nobody_answers_and_nothing_is_recorded() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let id = create(&client);
    for person in ["rejects-1", "no-answer-1"] {
        client.send(RecordMedia::new(&id, person)).unwrap();
    }
    let failed = client.send(RecordMedia::new(&id, "unreachable-1"));
    assert_eq!(status(failed), 502);
    assert_eq!(status(client.send(RemoveMedia::new(&id))), 401, "in use");
    sandbox.advance(Duration::from_secs(60));
    let there = client.send(GetMediaStatus::new(&id)).unwrap();
    assert_eq!(there.outcome, GetMediaStatusOutcome::Empty);
    assert_eq!(client.send(RemoveMedia::new(&id)).unwrap().message, "");
}

#[test]
fn media_that_is_recorded_into_may_not_be_removed() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let recorded = create(&client);
    let request = CreateTalkspace::new("eta").recording_id(&recorded);
    let conference = client.send(request).unwrap().conference_id;
    client.send(BlastMedia::new([GREETING], "@theta")).unwrap();
    let remove = |id: &MediaId| client.send(RemoveMedia::new(id));
    assert_eq!(status(remove(&recorded)), 401);
    let removed = remove(&GREETING.into()).unwrap().message;
    assert!(removed.ends_with(".mp3 removed"), "{removed}");
    assert_eq!(status(remove(&recorded)), 401);
    client.send(CloseTalkspace::new(conference)).unwrap();
    assert!(remove(&recorded).is_ok());
    assert_eq!(status(remove(&recorded)), 404);
}

#[test]
fn media_of_another_application_have_many_statuses() {
    let sandbox = sandbox();
    let (one, other) = (client(&sandbox, KEY), client(&sandbox, OTHER_KEY));
    let foreign = create(&other);
    for (id, by_status, by_remove) in [(foreign, 401, 401), ("unknown".into(), 404, 404)] {
        assert_eq!(status(one.send(GetMediaStatus::new(&id))), by_status);
        assert_eq!(status(one.send(RemoveMedia::new(&id))), by_remove);
        assert_eq!(status(one.send(RequestUploadGrant::new(&id))), 401);
        assert_eq!(status(one.send(RecordMedia::new(&id, "eta"))), 404);
        let blast = BlastMedia::new([GREETING.into(), id.clone()], "eta");
        assert_eq!(status(one.send(blast)), 404);
        let create = CreateTalkspace::new("eta").recording_id(&id);
        assert_eq!(status(one.send(create)), 400);
    }
    let stranger = RecordMedia::new(create(&one), "stranger");
    assert_eq!(status(one.send(stranger)), 404);
    let greeting = RecordMedia::new(create(&one), "eta").greeting_id("unknown");
    assert_eq!(status(one.send(greeting)), 400);
}

#[test]
fn an_unknown_key_has_a_status_for_each_operation() {
    let sandbox = sandbox();
    let unknown = client(&sandbox, "unknown");
    let status_of = GetRegistrationStatus::new("eta");
    for (code, expected) in [
        (status(unknown.send(CreateMedia::new())), 404),
        (status(unknown.send(ListMedia::new())), 404),
        (status(unknown.send(GetMediaStatus::new(GREETING))), 404),
        (status(unknown.send(RecordMedia::new(GREETING, "eta"))), 404),
        (
            status(unknown.send(BlastMedia::new([GREETING], "eta"))),
            404,
        ),
        (status(unknown.send(RequestUploadGrant::new(GREETING))), 401),
        (status(unknown.send(RemoveMedia::new(GREETING))), 400),
        (status(unknown.send(status_of)), 400),
    ] {
        assert_eq!(code, expected);
    }
}
