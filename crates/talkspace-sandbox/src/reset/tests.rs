//! A sandbox that begins anew is as it was built, and its handles go on.

use std::time::Duration;

use talkspace_core::{
    AddToTalkspace, BlockingClient, CloseTalkspace, CreateMedia, CreateTalkspace, GetTalkspace,
    ListMedia, ListNetworkIds, ListTalkspaces, Register, RequestUploadGrant, UploadMedia,
};

use super::*;
use crate::view::{Talkspace, TalkspaceState};
use crate::{Clock, Fault, TelephoneError, Wanted};

fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().app_key("one").app_key("two").seed(7);
    let builder = builder.person("eta", "14151239876").media("hello");
    builder.clock(Clock::frozen()).build().unwrap()
}

fn client(sandbox: &Sandbox, key: &str) -> BlockingClient {
    let builder = BlockingClient::builder(Sandbox::IN_MEMORY_URL, key);
    builder.build_blocking(sandbox.transport()).unwrap()
}

/// What an application sees of itself.
fn seen(client: &BlockingClient) -> String {
    let talkspaces = client.send(ListTalkspaces::new()).unwrap();
    let media = client.send(ListMedia::new()).unwrap();
    let people = client.send(ListNetworkIds::new()).unwrap();
    format!("{talkspaces:?} {media:?} {people:?}")
}

/// Does a bit of everything, and gives the ids that came of it.
fn use_it(client: &BlockingClient) -> Vec<String> {
    let phone = "14151239877".parse().unwrap();
    client.send(Register::new("xi").phone(phone)).unwrap();
    make(client)
}

/// What is given an id by chance.
fn make(client: &BlockingClient) -> Vec<String> {
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let grant = client
        .send(RequestUploadGrant::new(&media))
        .unwrap()
        .grant_id;
    vec![id.to_string(), media.to_string(), grant.as_str().to_owned()]
}

#[test]
fn it_is_as_it_was_built() {
    let sandbox = sandbox();
    let client = client(&sandbox, "one");
    let before = seen(&client);
    let ids = use_it(&client);
    sandbox.fault::<AddToTalkspace>(Fault::reset());
    sandbox.set_outage(true);
    sandbox.advance(Duration::from_secs(1));
    let total = sandbox.request_log(0).total;

    sandbox.reset().unwrap();
    assert_eq!(seen(&client), before);
    assert_eq!(
        (sandbox.rings("eta"), sandbox.applied::<CreateTalkspace>()),
        (0, 0)
    );
    assert!(sandbox.faults().is_empty() && sandbox.requests::<Register>().is_empty());
    assert_eq!(sandbox.request_log(0).total, total + 3);
    assert_eq!(sandbox.clock().now(), Duration::from_secs(1));
    assert_eq!(use_it(&client), ids, "the seed gives the same ids");
}

#[test]
fn a_held_telephone_stays_held_and_its_call_is_over() {
    let sandbox = sandbox();
    let client = client(&sandbox, "one");
    let eta = sandbox.telephone("eta").unwrap();
    client.send(CreateTalkspace::new("eta")).unwrap();
    let call = eta.rings().unwrap();
    sandbox.reset().unwrap();
    assert_eq!(call.answer(), Err(TelephoneError::CallOver("eta".into())));
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    let anew = eta.rings().unwrap();
    assert!(anew.number() > call.number());
    anew.answer().unwrap();
    anew.press_1().unwrap();
    assert!(matches!(anew.wanted(), Some(Wanted::Talk { talkspace, .. }) if talkspace == id));
    sandbox.reset_app("one").unwrap();
    assert_eq!(anew.wanted(), None);
}

#[test]
fn one_application_leaves_the_other_alone() {
    let sandbox = sandbox();
    let [one, two] = ["one", "two"].map(|key| client(&sandbox, key));
    let before = seen(&one);
    let [id, _, grant] = use_it(&one).try_into().unwrap();
    use_it(&two);
    let (id, rings) = (talkspace_core::ConferenceId::new(id), sandbox.rings("eta"));
    sandbox.advance(Duration::from_secs(1));
    let other = seen(&two);

    sandbox.reset_app("one").unwrap();
    assert_eq!((seen(&one), seen(&two)), (before, other));
    assert_eq!(sandbox.rings("eta"), rings);
    one.send(GetTalkspace::new(&id)).unwrap_err();
    let file = talkspace_core::MediaFile::unchecked(Bytes::from_static(b"ID3"));
    one.send(UploadMedia::new(grant, file)).unwrap_err();
    assert_eq!(sandbox.reset_app("three"), Err(ResetError::UnknownKey));
}

#[test]
fn what_is_taken_is_not_given_again() {
    let sandbox = sandbox();
    let mut all: Vec<String> = Vec::new();
    for round in 0..3 {
        for key in ["one", "two"] {
            sandbox.reseed(7);
            all.extend(make(&client(&sandbox, key)));
        }
        if round == 1 {
            sandbox.restore(&sandbox.save()).unwrap();
        }
    }
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
    let talkspaces = sandbox.talkspaces();
    assert_eq!(talkspaces.len(), 6);

    let one = client(&sandbox, "one");
    let close = CloseTalkspace::new(talkspaces[0].id.clone());
    one.send(close.clone()).unwrap();
    assert_eq!(one.send(close).unwrap_err().status().unwrap().code(), 404);
    let is_closed = |it: &Talkspace| it.state == TalkspaceState::Closed;
    assert_eq!(
        sandbox
            .talkspaces()
            .iter()
            .filter(|it| is_closed(it))
            .count(),
        1
    );
}

#[test]
fn who_watches_is_told_to_look_again() {
    let sandbox = sandbox();
    let client = client(&sandbox, "one");
    let mut watch = sandbox.watch();
    use_it(&client);
    assert!(!watch.events().unwrap().is_empty());
    for reset in [Sandbox::reset, |it: &Sandbox| it.reset_app("one")] {
        reset(&sandbox).unwrap();
        assert!(watch.events().is_err());
        use_it(&client);
        watch = sandbox.watch();
    }
}

#[test]
fn what_is_kept_in_a_file_stays() {
    let folder = std::env::temp_dir().join(format!("talkspace-reset-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let builder = Sandbox::builder().examples().state(folder.join("state"));
    let server = builder.start().unwrap();
    let sandbox = server.sandbox();
    assert_eq!(sandbox.reset(), Err(ResetError::StateIsKept));
    assert_eq!(sandbox.reset_app("x"), Err(ResetError::StateIsKept));
    server.stop();
    std::fs::remove_dir_all(&folder).unwrap();
}
