//! What a poll makes of the responses.

use std::time::{Duration, Instant};

use super::{MAX_LOOKS, Search, Step};
use crate::error::Error;
use crate::response::{
    GetMediaStatusOutcome, GetMediaStatusResponse, GetRegistrationStatusOutcome,
    GetRegistrationStatusResponse, GetTalkspaceResponse, ListTalkspacesResponse,
};
use crate::sure::{Before, Candidate, NoLook, SureRequest, UploadTo};
use crate::{
    AddToTalkspace, BlastMedia, ChangePhone, ConferenceId, CreateMedia, CreateTalkspace,
    GetMediaStatus, GetRegistrationStatus, GetTalkspace, ListTalkspaces, MediaFile,
    MoveParticipant, Operation, PollOptions, RecordMedia, Register, RegistrationQuery,
    RequestUploadGrant, Sure, SureOptions, UploadMedia,
};

fn one_poll() -> SureOptions {
    SureOptions::from(PollOptions::default().timeout(Duration::ZERO)).exclusive()
}

fn list(active: &[&str], inactive: &[&str]) -> ListTalkspacesResponse {
    let mut list = ListTalkspacesResponse::new();
    list.active = active.iter().map(|id| ConferenceId::new(*id)).collect();
    list.inactive = inactive.iter().map(|id| ConferenceId::new(*id)).collect();
    list
}

fn details(participants: &[&str]) -> GetTalkspaceResponse {
    let mut details = GetTalkspaceResponse::new();
    details.participants = participants.iter().map(|id| (*id).into()).collect();
    details
}

/// Runs a search of one poll, of a service that responds like this. Gives the
/// verdict and the number of requests.
fn search<O: SureRequest>(
    request: &O,
    before: Option<&Before<O>>,
    options: SureOptions,
    list: impl Fn(O::List) -> <O::List as Operation>::Response,
    look: impl Fn(&O::Look) -> <O::Look as Operation>::Response,
) -> (Sure<O>, usize) {
    let now = Instant::now();
    let mut search = Search::new(request, before, Error::dropped(O::INFO), options, now);
    let mut requests = 0;
    while let Some(step) = search.next(now) {
        match step {
            Step::List(request) => search.listed(Ok(list(request))),
            Step::Look(place) => {
                let seen = look(&place);
                search.looked(place, Ok(seen));
            }
            Step::Wait(_) => panic!("the timeout is zero"),
        }
        requests += 1;
    }
    (search.verdict(), requests)
}

/// Looks once, where the request itself says where.
fn here<O: SureRequest<List = NoLook>>(
    request: &O,
    before: Option<&Before<O>>,
    options: SureOptions,
    look: impl Fn(&O::Look) -> <O::Look as Operation>::Response,
) -> Sure<O> {
    let (sure, requests) = search(request, before, options, |none| match none {}, look);
    assert_eq!(requests, 1);
    sure
}

fn candidates<O: SureRequest>(sure: Sure<O>) -> Vec<Candidate<O::Look>> {
    match sure {
        Sure::InDoubt {
            candidates,
            look_error: None,
            ..
        } => candidates,
        sure => panic!("{sure:?}"),
    }
}

fn applied<O: SureRequest>(sure: Sure<O>) -> O::Response {
    match sure {
        Sure::Applied {
            response,
            seen: Some(_),
        } => response,
        sure => panic!("{sure:?}"),
    }
}

fn create(
    before: Option<&ListTalkspacesResponse>,
    options: SureOptions,
    now: &ListTalkspacesResponse,
    show: impl Fn(&str) -> GetTalkspaceResponse,
) -> (Sure<CreateTalkspace>, usize) {
    let request = CreateTalkspace::new("eta");
    let before = before.map(Before::listed);
    let list = |request: ListTalkspaces| {
        assert!(!request.active, "one that was left again is inactive");
        now.clone()
    };
    let look = |look: &GetTalkspace| show(look.conference_id.as_str());
    search(&request, before.as_ref(), options, list, look)
}

fn ids(sure: Sure<CreateTalkspace>) -> Vec<String> {
    let ids = candidates(sure).into_iter();
    let mut ids: Vec<_> = ids.map(|it| it.look.conference_id.into()).collect();
    ids.sort();
    ids
}

#[test]
fn a_new_one_with_its_leader_is_the_one() {
    let before = list(&["old"], &["closed"]);
    let now = list(&["old", "new", "other"], &["closed", "gone"]);
    let (sure, requests) = create(Some(&before), one_poll(), &now, |id| match id {
        "new" => details(&["theta", "eta"]),
        "other" => details(&["theta"]),
        id => panic!("the details of {id} are not needed"),
    });
    assert_eq!(applied(sure).conference_id.as_str(), "new");
    assert_eq!(
        requests, 3,
        "a list, and the details of what is new and active"
    );
}

#[test]
fn nothing_new_is_nothing_seen() {
    let before = list(&["led"], &["closed"]);
    // An old one may have changed its group meanwhile.
    let now = list(&["closed"], &["led"]);
    let (sure, requests) = create(Some(&before), one_poll(), &now, |_| details(&["eta"]));
    assert!(candidates(sure).is_empty());
    assert_eq!(requests, 1);
}

#[test]
fn a_new_one_without_its_leader_may_be_the_one() {
    let before = list(&[], &[]);
    let now = list(&["ringing"], &["left"]);
    let (sure, _) = create(Some(&before), one_poll(), &now, |_| details(&[]));
    assert_eq!(ids(sure), ["left", "ringing"]);
}

#[test]
fn two_new_ones_with_the_leader_cannot_be_told_apart() {
    let before = list(&[], &[]);
    let now = list(&["a", "b", "c"], &[]);
    let (sure, _) = create(Some(&before), one_poll(), &now, |id| match id {
        "c" => details(&[]),
        _ => details(&["eta"]),
    });
    assert_eq!(ids(sure), ["a", "b"]);
}

#[test]
fn without_a_list_from_before_nothing_is_sure() {
    let now = list(&["a"], &["b"]);
    let (sure, _) = create(None, one_poll(), &now, |_| details(&["eta"]));
    assert_eq!(ids(sure), ["a"]);
    let (sure, _) = create(None, one_poll(), &list(&[], &[]), |_| details(&[]));
    assert!(ids(sure).is_empty());
}

#[test]
fn where_others_may_do_the_same_nothing_is_sure() {
    let (before, now) = (list(&[], &[]), list(&["a"], &[]));
    let mut shared = one_poll();
    shared.exclusive = false;
    let (sure, _) = create(Some(&before), shared, &now, |_| details(&["eta"]));
    assert_eq!(ids(sure), ["a"]);
}

#[test]
fn a_poll_has_a_bound() {
    let names: Vec<_> = (0..=MAX_LOOKS).map(|id| id.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let before = list(&[], &[]);
    let now = list(&names[1..], &[]);
    let (_, requests) = create(Some(&before), one_poll(), &now, |_| details(&[]));
    assert_eq!(requests, 1 + MAX_LOOKS);
    let now = list(&names, &[]);
    let (sure, requests) = create(Some(&before), one_poll(), &now, |_| details(&["eta"]));
    assert_eq!((ids(sure).len(), requests), (1 + MAX_LOOKS, 1));
}

#[test]
fn a_person_who_was_not_there_was_added() {
    let request = AddToTalkspace::new("63c9", "eta");
    let before = |people: &[&str]| Before::here(GetTalkspace::new("63c9"), details(people));
    let add = |before: &Before<_>, now: &[&str]| {
        here(&request, Some(before), one_poll(), |look| {
            assert_eq!(look.conference_id.as_str(), "63c9");
            details(now)
        })
    };
    let response = applied(add(&before(&["theta"]), &["theta", "eta"]));
    assert_eq!(response.conference_id.as_str(), "63c9");
    // That nobody is seen proves nothing: the phone may ring.
    assert!(candidates(add(&before(&["theta"]), &["theta"])).is_empty());
    assert!(candidates(add(&before(&["eta"]), &[])).is_empty());
    // A person who was there proves nothing either, nor does another TalkSpace.
    assert_eq!(candidates(add(&before(&["eta"]), &["eta"])).len(), 1);
    let elsewhere = Before::here(GetTalkspace::new("other"), details(&[]));
    assert_eq!(candidates(add(&elsewhere, &["eta"])).len(), 1);
    let unknown = here(&request, None, one_poll(), |_| details(&["eta"]));
    assert_eq!(candidates(unknown).len(), 1);
}

#[test]
fn a_move_is_seen_where_it_leads() {
    let request = MoveParticipant::new("from", "eta", "to");
    let before = Before::here(GetTalkspace::new("to"), details(&[]));
    let sure = here(&request, Some(&before), one_poll(), |look| {
        assert_eq!(look.conference_id.as_str(), "to");
        details(&["eta"])
    });
    assert_eq!(applied(sure).conference_id.as_str(), "from");
}

#[test]
fn a_registration_is_seen_when_it_is_confirmed() {
    let request = Register::new("eta");
    let related = GetRegistrationStatus::new("eta").query(RegistrationQuery::Related);
    let status = |outcome| GetRegistrationStatusResponse::new(outcome);
    for outcome in [
        GetRegistrationStatusOutcome::Unknown,
        GetRegistrationStatusOutcome::Elsewhere,
    ] {
        let before = Before::here(related.clone(), status(outcome));
        let sure = here(&request, Some(&before), one_poll(), |look| {
            assert_eq!(*look, related);
            status(GetRegistrationStatusOutcome::Registered)
        });
        applied(sure);
        let sure = here(&request, Some(&before), one_poll(), |_| status(outcome));
        assert!(candidates(sure).is_empty());
    }
}

#[test]
fn content_is_seen_where_there_was_none() {
    let (empty, mut ready) = (
        GetMediaStatusResponse::new(GetMediaStatusOutcome::Empty, "6e6a"),
        GetMediaStatusResponse::new(GetMediaStatusOutcome::Ready, "6e6a"),
    );
    ready.download_url = Some("https://a.example/1.mp3".into());
    let recording = RecordMedia::new("6e6a", "eta");
    let before = Before::here(GetMediaStatus::new("6e6a"), empty.clone());
    let sure = here(&recording, Some(&before), one_poll(), |_| ready.clone());
    assert_eq!(applied(sure).media_id.as_str(), "6e6a");

    let file = MediaFile::mp3(&b"ID3"[..]).unwrap();
    let upload = UploadTo::new("6e6a", UploadMedia::new("0x1", file));
    let before = Before::here(GetMediaStatus::new("6e6a"), empty);
    let sure = here(&upload, Some(&before), one_poll(), |_| ready.clone());
    let url = applied(sure).download_url;
    assert_eq!(url.as_str(), "https://a.example/1.mp3");
    let replaced = Before::here(GetMediaStatus::new("6e6a"), ready.clone());
    let sure = here(&upload, Some(&replaced), one_poll(), |_| ready.clone());
    assert_eq!(candidates(sure).len(), 1);
}

#[test]
fn where_nothing_is_shown_nothing_is_sent() {
    fn nowhere<O: SureRequest<List = NoLook, Look = NoLook>>(request: &O) {
        let (before, none) = (Before::nothing(), |none: NoLook| match none {});
        let (sure, requests) = search(
            request,
            Some(&before),
            one_poll(),
            none,
            |none| match *none {},
        );
        assert!(candidates(sure).is_empty());
        assert_eq!(requests, 0);
    }
    nowhere(&BlastMedia::new(["6e6a"], "eta"));
    nowhere(&CreateMedia::new());
    nowhere(&RequestUploadGrant::new("6e6a"));
    nowhere(&ChangePhone::new("eta", "14151239876".parse().unwrap()));
    let file = MediaFile::mp3(&b"ID3"[..]).unwrap();
    nowhere(&UploadMedia::new("0x1", file));
}

#[test]
fn it_polls_until_the_timeout() {
    let request = AddToTalkspace::new("63c9", "eta");
    let start = Instant::now();
    let options = PollOptions::default()
        .timeout(Duration::from_secs(1))
        .backoff(Duration::from_secs(1), Duration::from_secs(1));
    let error = Error::dropped(AddToTalkspace::INFO);
    let mut search = Search::new(&request, None, error, options.into(), start);
    for (now, waits) in [(start, true), (start + Duration::from_secs(1), false)] {
        let Some(Step::Look(look)) = search.next(now) else {
            panic!("it polls")
        };
        search.looked(look, Ok(details(&[])));
        match search.next(now) {
            Some(Step::Wait(wait)) => assert!(waits && wait == Duration::from_secs(1)),
            None => assert!(!waits),
            Some(_) => panic!("it waits"),
        }
    }
    assert!(candidates(search.verdict()).is_empty());
}
