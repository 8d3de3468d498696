//! Recordings of conferences.

use talkspace_core::response::GetMediaStatusOutcome;
use talkspace_core::{
    CreateMedia, DeleteRegistrant, DownloadMedia, GetMediaStatus, ListMedia, MediaId,
};

use super::*;

/// A conference that is recorded, with its leader ringing.
fn recorded() -> (Sandbox, BlockingClient, ConferenceId, MediaId) {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let request = CreateTalkspace::new("eta").recording_id(&media);
    let id = client.send(request).unwrap().conference_id;
    (sandbox, client, id, media)
}

/// How many frames a recording has, if there is one.
fn frames(client: &BlockingClient, media: &MediaId) -> Option<u64> {
    let there = client.send(GetMediaStatus::new(media)).unwrap();
    let url = there.download_url?;
    let file = client.send(DownloadMedia::new(url)).unwrap().content;
    assert_eq!(u64::try_from(there.file_size).unwrap(), file.len() as u64);
    let header = file.windows(2).filter(|bytes| bytes == b"\xFF\xFB");
    Some(header.count() as u64)
}

/// As many as last this long.
fn lasting(duration: Duration) -> u64 {
    (duration.as_secs_f64() * 44_100.0 / 1152.0).round() as u64
}

#[test]
fn it_lasts_from_the_first_joining_to_the_closing() {
    let (sandbox, client, id, media) = recorded();
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(frames(&client, &media), None, "it still goes on");
    client.send(CloseTalkspace::new(&id)).unwrap();
    let expected = lasting(Duration::from_millis(9_800));
    assert_eq!(frames(&client, &media), Some(expected));
    assert_eq!(client.send(ListMedia::new()).unwrap().recorded, [media]);
}

#[test]
fn it_ends_when_the_last_one_leaves() {
    let (sandbox, client, id, media) = recorded();
    sandbox.advance(Duration::from_secs(1));
    client
        .send(AddToTalkspace::new(&id, "no-answer-1"))
        .unwrap();
    sandbox.advance(Duration::from_secs(5));
    client.send(HangUp::new(&id, "eta")).unwrap();
    assert_eq!(frames(&client, &media), None, "a phone still rings");
    // Looked at late, but over when the phone stopped ringing.
    sandbox.advance(Duration::from_secs(1000));
    let expected = lasting(Duration::from_millis(30_800));
    assert_eq!(frames(&client, &media), Some(expected));
}

#[test]
fn a_later_meeting_takes_the_place_of_an_earlier_one() {
    let (sandbox, client, id, media) = recorded();
    sandbox.advance(Duration::from_secs(60));
    client.send(HangUp::new(&id, "eta")).unwrap();
    client.send(AddToTalkspace::new(&id, "@theta")).unwrap();
    sandbox.advance(Duration::from_millis(1_200));
    client.send(DeleteRegistrant::new("@theta")).unwrap();
    let expected = lasting(Duration::from_secs(1));
    assert_eq!(frames(&client, &media), Some(expected));
}

#[test]
fn moving_ends_one_recording_and_begins_another() {
    let (sandbox, client, from, media) = recorded();
    let other = client.send(CreateMedia::new()).unwrap().media_id;
    let request = CreateTalkspace::new("no-answer-1").recording_id(&other);
    let to = client.send(request).unwrap().conference_id;
    sandbox.advance(Duration::from_millis(2_200));
    client
        .send(MoveParticipant::new(&from, "eta", &to))
        .unwrap();
    assert_eq!(
        frames(&client, &media),
        Some(lasting(Duration::from_secs(2)))
    );
    sandbox.advance(Duration::from_secs(3));
    client.send(CloseTalkspace::new(&to)).unwrap();
    assert_eq!(
        frames(&client, &other),
        Some(lasting(Duration::from_secs(3)))
    );
}

#[test]
fn nobody_came_and_nothing_was_recorded() {
    let (_sandbox, client, id, media) = recorded();
    client.send(CloseTalkspace::new(&id)).unwrap();
    let there = client.send(GetMediaStatus::new(&media)).unwrap();
    assert_eq!(there.outcome, GetMediaStatusOutcome::Empty);
}
