//! Telephones that a program holds.

use bytes::Bytes;
use talkspace_core::response::GetRegistrationStatusOutcome;
use talkspace_core::{
    BlastMedia, CreateMedia, DeleteRegistrant, DownloadMedia, GetMediaStatus,
    GetRegistrationStatus, MediaId, RecordMedia, Register, RemoveMedia,
};

use super::*;
use crate::mp3::Silence;
use crate::{PhoneCall, Telephone, TelephoneError, Wanted, Why};

/// A sandbox, its client, and the telephone of `eta`.
fn held() -> (Sandbox, BlockingClient, Telephone) {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let eta = sandbox.telephone("eta").unwrap();
    (sandbox, client, eta)
}

fn create(client: &BlockingClient) -> ConferenceId {
    let created = client.send(CreateTalkspace::new("eta"));
    created.unwrap().conference_id
}

/// The telephone rings, and the person joins.
fn joins(telephone: &Telephone) -> PhoneCall {
    let call = telephone.rings().unwrap();
    call.answer().unwrap();
    call.press_1().unwrap();
    call
}

/// So many frames of 320 kbit/s, as the crowd's silence has none.
fn voice(frames: usize) -> Bytes {
    let frame = [&[0xFF, 0xFB, 0xE0, 0x64][..], &[0; 1040]].concat();
    frame.repeat(frames).into()
}

/// A recording without the frame of 48 kbit/s that says how many there are.
fn sound(recording: Bytes) -> Bytes {
    assert!(recording.slice(36..).starts_with(b"Xing"));
    recording.slice(156..)
}

fn download(client: &BlockingClient, media: &MediaId) -> Option<Bytes> {
    let url = client.send(GetMediaStatus::new(media)).unwrap();
    let url = url.download_url?;
    Some(client.send(DownloadMedia::new(url)).unwrap().content)
}

#[test]
fn nobody_joins_before_1_is_pressed() {
    let (sandbox, client, eta) = held();
    let request = CreateTalkspace::new("eta").greeting_id(GREETING);
    let id = client.send(request).unwrap().conference_id;
    sandbox.advance(Duration::from_secs(29));
    let (call, why) = (eta.rings().unwrap(), Why::Join(id.clone()));
    let greeting = Some(MediaId::from(GREETING));
    let ring = Wanted::Ring {
        why: why.clone(),
        greeting: greeting.clone(),
    };
    assert_eq!(call.wanted(), Some(ring.clone()));
    assert!(call.hears().is_empty());
    let early = call.press_1();
    let tried = "accepted with 1";
    assert_eq!(
        early,
        Err(TelephoneError::NotNow {
            tried,
            wanted: ring
        })
    );

    call.answer().unwrap();
    assert_eq!(call.wanted(), Some(Wanted::Press1 { why, greeting }));
    assert_eq!(
        call.hears(),
        [Silence::lasting(Duration::ZERO).to_bytes()],
        "the greeting"
    );
    sandbox.advance(Duration::from_secs(29));
    assert!(people(&client, &id).is_empty());
    assert_eq!(status(client.send(MuteParticipant::new(&id, "eta"))), 400);
    call.press_1().unwrap();
    assert_eq!(people(&client, &id), ["eta"]);
    client.send(MuteParticipant::new(&id, "eta")).unwrap();
    let wanted = Wanted::Talk {
        talkspace: id,
        muted: true,
        recorded_into: None,
    };
    assert_eq!(call.wanted(), Some(wanted));
    assert_eq!(sandbox.rings("eta"), 1);
}

#[test]
fn a_participant_leaves_by_hanging_up() {
    let (_sandbox, client, eta) = held();
    let id = create(&client);
    let call = joins(&eta);
    call.hang_up().unwrap();
    assert_eq!(call.wanted(), None);
    assert!(people(&client, &id).is_empty());
    assert_eq!(
        client.send(ListTalkspaces::new()).unwrap().inactive,
        std::slice::from_ref(&id)
    );
    assert_eq!(status(client.send(HangUp::new(&id, "eta"))), 400);
    let over = TelephoneError::CallOver("eta".into());
    assert_eq!(call.hang_up(), Err(over.clone()));
    assert_eq!(over.to_string(), "this call to eta is over");
}

#[test]
fn a_call_ends_in_many_ways_before_anybody_joins() {
    let (sandbox, client, eta) = held();
    type Way = fn(&Sandbox, &BlockingClient, &PhoneCall, &ConferenceId);
    let ways: [(&str, Way); 6] = [
        ("declined", |_, _, call, _| call.decline().unwrap()),
        ("hung up", |_, _, call, _| {
            call.answer().unwrap();
            call.hang_up().unwrap();
        }),
        ("not answered", |sandbox, _, _, _| {
            sandbox.advance(Duration::from_secs(30));
        }),
        ("1 not pressed", |sandbox, _, call, _| {
            sandbox.advance(Duration::from_secs(10));
            call.answer().unwrap();
            sandbox.advance(Duration::from_secs(29));
            assert!(call.wanted().is_some());
            sandbox.advance(Duration::from_secs(1));
        }),
        ("hung up by request", |_, client, _, id| {
            client.send(HangUp::new(id, "eta")).unwrap();
        }),
        ("closed", |_, client, _, id| {
            client.send(CloseTalkspace::new(id)).unwrap();
        }),
    ];
    for (way, ends) in ways {
        let id = create(&client);
        let call = eta.rings().unwrap();
        ends(&sandbox, &client, &call, &id);
        assert_eq!(call.wanted(), None, "{way}");
        assert!(eta.calls().is_empty(), "{way}");
        let over = call.answer().unwrap_err();
        assert_eq!(over, TelephoneError::CallOver("eta".into()), "{way}");
        let active = client.send(ListTalkspaces::new()).unwrap().active;
        assert!(active.is_empty(), "{way}");
    }
}

#[test]
fn the_first_of_two_calls_for_the_same_ends() {
    let (_sandbox, client, eta) = held();
    let id = create(&client);
    let first = eta.rings().unwrap();
    first.answer().unwrap();
    client.send(AddToTalkspace::new(&id, "eta")).unwrap();
    assert_eq!(first.wanted(), None);
    assert_eq!(first.press_1(), Err(TelephoneError::CallOver("eta".into())));
    let second = joins(&eta);
    assert_eq!(people(&client, &id), ["eta"]);
    // Whoever is there already is not rung again.
    client.send(AddToTalkspace::new(&id, "eta")).unwrap();
    assert_eq!(eta.calls().len(), 1);
    assert!(matches!(second.wanted(), Some(Wanted::Talk { .. })));
}

#[test]
fn two_calls_for_different_things_are_two() {
    let (_sandbox, client, eta) = held();
    let (one, other) = (create(&client), create(&client));
    let first = joins(&eta);
    let second = eta.rings().unwrap();
    client
        .send(MoveParticipant::new(&one, "eta", &other))
        .unwrap();
    assert_eq!(second.wanted(), None, "there already");
    let talkspace = |call: &PhoneCall| match call.wanted() {
        Some(Wanted::Talk { talkspace, .. }) => Some(talkspace),
        _ => None,
    };
    assert_eq!(talkspace(&first), Some(other));
}

#[test]
fn somebody_is_registered_by_pressing_1_and_rung_whatever_the_habit() {
    let (sandbox, client, _) = held();
    let registered = || {
        let outcome = client.send(GetRegistrationStatus::new("unreachable-2"));
        outcome.unwrap().outcome == GetRegistrationStatusOutcome::Registered
    };
    let new = sandbox.telephone("unreachable-2").unwrap();
    let phone = "14155550502".parse().unwrap();
    client
        .send(Register::new("unreachable-2").phone(phone))
        .unwrap();
    let call = new.rings().unwrap();
    call.answer().unwrap();
    assert!(!registered());
    call.press_1().unwrap();
    assert!(registered() && call.wanted().is_none());
    client.send(DeleteRegistrant::new("unreachable-2")).unwrap();
}

#[test]
fn a_message_is_what_was_said_until_the_end() {
    let (sandbox, client, eta) = held();
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    client.send(RecordMedia::new(&media, "eta")).unwrap();
    let call = joins(&eta);
    let speak = Wanted::Speak {
        into: media.clone(),
    };
    assert_eq!(call.wanted(), Some(speak));
    call.speak(voice(10)).unwrap();
    assert_eq!(download(&client, &media), None, "it goes on");
    assert_eq!(status(client.send(RemoveMedia::new(&media))), 401);
    sandbox.advance(Duration::from_secs(60));
    assert!(call.wanted().is_some());
    call.hang_up().unwrap();
    let whole = sound(download(&client, &media).unwrap());
    assert_eq!(whole.slice(..voice(10).len()), voice(10));

    client.send(RecordMedia::new(&media, "eta")).unwrap();
    let call = joins(&eta);
    call.speak(voice(3)).unwrap();
    call.hang_up().unwrap();
    let another = download(&client, &media).unwrap();
    assert_eq!(sound(another.clone()), voice(3));

    client.send(BlastMedia::new([&media], "eta")).unwrap();
    let call = joins(&eta);
    assert_eq!(call.hears(), [another]);
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(call.wanted(), None, "heard to its end");
}

#[test]
fn a_recording_holds_what_was_said_by_those_who_are_not_muted() {
    let (sandbox, client, eta) = held();
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let request = CreateTalkspace::new("eta").recording_id(&media);
    let id = client.send(request).unwrap().conference_id;
    sandbox.advance(Duration::from_secs(5));
    let call = joins(&eta);
    sandbox.advance(Duration::from_secs(1));
    call.speak(voice(2)).unwrap();
    client.send(MuteParticipant::new(&id, "eta")).unwrap();
    call.speak(voice(20)).unwrap();
    client.send(UnmuteParticipant::new(&id, "eta")).unwrap();
    call.speak(voice(1)).unwrap();
    let wrong = call.speak("RIFF").unwrap_err();
    assert_eq!(wrong, TelephoneError::NotMp3 { at: 0 });
    call.hang_up().unwrap();
    // A second of silence before it, of the same format.
    let silent = [&[0xFF, 0xFB, 0x10, 0x64][..], &[0; 100]].concat();
    let expected = [silent.repeat(38), voice(3).to_vec()].concat();
    assert_eq!(sound(download(&client, &media).unwrap()), expected);

    // Another meeting has another recording.
    client.send(AddToTalkspace::new(&id, "eta")).unwrap();
    joins(&eta);
    sandbox.advance(Duration::from_secs(1));
    client.send(CloseTalkspace::new(&id)).unwrap();
    let second = Silence::lasting(Duration::from_secs(1)).to_bytes();
    assert_eq!(download(&client, &media), Some(second));
}

#[test]
fn the_crowd_and_a_holder_take_a_telephone_from_each_other() {
    let (sandbox, client, eta) = held();
    let id = create(&client);
    let call = eta.rings().unwrap();
    sandbox.advance(Duration::from_secs(10));
    eta.give_back();
    assert_eq!(
        call.answer(),
        Err(TelephoneError::NotHeld("eta".into())),
        "the crowd does"
    );
    sandbox.advance(Duration::from_millis(200));
    assert_eq!(people(&client, &id), ["eta"]);

    let eta = sandbox.telephone("eta").unwrap();
    let [call] = &eta.calls()[..] else {
        panic!("the call goes on")
    };
    call.hang_up().unwrap();
    let theta = client.send(AddToTalkspace::new(&id, "@theta"));
    assert!(theta.is_ok());
    let theta = sandbox.telephone("@theta").unwrap();
    sandbox.advance(Duration::from_secs(29));
    assert!(people(&client, &id).is_empty(), "was ringing when taken");
    joins(&theta);
    assert_eq!(people(&client, &id), ["@theta"]);
}

#[test]
fn waiting_ends_when_it_rings_and_when_it_is_over() {
    let (sandbox, client, eta) = held();
    std::thread::scope(|scope| {
        let joined = scope.spawn(|| joins(&eta));
        let id = create(&client);
        let call = joined.join().unwrap();
        assert_eq!(people(&client, &id), ["eta"]);
        let over = scope.spawn(move || call.wait_until(|wanted| wanted.is_none()));
        client.send(CloseTalkspace::new(&id)).unwrap();
        over.join().unwrap().unwrap();

        create(&client);
        let call = eta.rings().unwrap();
        let over = scope.spawn(move || call.wait_until(|wanted| wanted.is_none()));
        sandbox.clock().advance(Duration::from_secs(30));
        over.join().unwrap().unwrap();
    });
}

#[test]
fn a_telephone_moves_by_itself_on_the_real_clock() {
    let sandbox = Sandbox::builder().examples().speech(Duration::ZERO);
    let sandbox = sandbox.build().unwrap();
    let client = client(&sandbox, crate::SandboxBuilder::EXAMPLE_APP_KEY);
    let eta = sandbox.telephone("eta").unwrap();
    client.send(BlastMedia::new([GREETING], "eta")).unwrap();
    let call = joins(&eta);
    call.wait_until(|wanted| wanted.is_none()).unwrap();
}

#[test]
fn no_telephone_is_held_beside_a_file() {
    let folder = std::env::temp_dir().join(format!("talkspace-held-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let server = Sandbox::builder().examples().state(folder.join("state"));
    let server = server.start().unwrap();
    let error = server.sandbox().telephone("eta").unwrap_err();
    assert_eq!(error, TelephoneError::StateIsKept);
    assert!(error.to_string().contains("phone numbers are not kept"));
    drop(server);
    std::fs::remove_dir_all(&folder).unwrap();
}
