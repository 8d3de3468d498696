//! What a poll makes of the responses.

use std::time::{Duration, Instant};

use super::{MAX_DETAILS, Reconciler, Reconciliation, Step};
use crate::response::{GetTalkspaceResponse, ListTalkspacesResponse};
use crate::{AddToTalkspace, ConferenceId, CreateTalkspace, PollOptions};

fn one_poll() -> PollOptions {
    PollOptions::default().timeout(Duration::ZERO)
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

/// Runs one poll of a service with these TalkSpaces, whose details are given by
/// their ids. Gives what was found and the number of requests.
fn poll(
    mut reconciler: Reconciler,
    list: &ListTalkspacesResponse,
    show: impl Fn(&str) -> GetTalkspaceResponse,
) -> (Reconciliation, usize) {
    let now = Instant::now();
    let mut requests = 0;
    loop {
        match reconciler.next(now) {
            Step::List(request) => {
                assert!(!request.active, "one that was left again is inactive");
                reconciler.listed(list.clone());
            }
            Step::Show(request) => {
                let details = show(request.conference_id.as_str());
                reconciler.shown(request.conference_id, details);
            }
            Step::Wait(_) => panic!("the timeout is zero"),
            Step::Done(finding) => return (finding, requests),
        }
        requests += 1;
    }
}

fn create(
    before: Option<&ListTalkspacesResponse>,
    now: &ListTalkspacesResponse,
    show: impl Fn(&str) -> GetTalkspaceResponse,
) -> (Reconciliation, usize) {
    let request = CreateTalkspace::new("eta");
    let reconciler = Reconciler::create(&request, before, one_poll(), Instant::now());
    poll(reconciler, now, show)
}

fn ambiguous(finding: Reconciliation) -> Vec<String> {
    let Reconciliation::Ambiguous(ids) = finding else {
        panic!("{finding:?}")
    };
    let mut ids: Vec<_> = ids.into_iter().map(String::from).collect();
    ids.sort();
    ids
}

#[test]
fn a_new_one_with_its_leader_is_the_one() {
    let before = list(&["old"], &["closed"]);
    let now = list(&["old", "new", "other"], &["closed", "gone"]);
    let (finding, requests) = create(Some(&before), &now, |id| match id {
        "new" => details(&["theta", "eta"]),
        "other" => details(&["theta"]),
        id => panic!("the details of {id} are not needed"),
    });
    assert_eq!(
        finding,
        Reconciliation::Applied {
            conference_id: "new".into(),
            details: details(&["theta", "eta"])
        }
    );
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
    let (finding, requests) = create(Some(&before), &now, |_| details(&["eta"]));
    assert_eq!((finding, requests), (Reconciliation::NotSeen, 1));
}

#[test]
fn a_new_one_without_its_leader_may_be_the_one() {
    let before = list(&[], &[]);
    let now = list(&["ringing"], &["left"]);
    let (finding, _) = create(Some(&before), &now, |_| details(&[]));
    assert_eq!(ambiguous(finding), ["left", "ringing"]);
}

#[test]
fn two_new_ones_with_the_leader_cannot_be_told_apart() {
    let before = list(&[], &[]);
    let now = list(&["a", "b", "c"], &[]);
    let (finding, _) = create(Some(&before), &now, |id| match id {
        "c" => details(&[]),
        _ => details(&["eta"]),
    });
    assert_eq!(ambiguous(finding), ["a", "b"]);
}

#[test]
fn without_a_list_from_before_nothing_is_sure() {
    let now = list(&["a"], &["b"]);
    let (finding, _) = create(None, &now, |_| details(&["eta"]));
    assert_eq!(ambiguous(finding), ["a"]);
    let (finding, _) = create(None, &list(&[], &[]), |_| details(&[]));
    assert_eq!(finding, Reconciliation::NotSeen);
}

#[test]
fn a_poll_has_a_bound() {
    let ids: Vec<_> = (0..=MAX_DETAILS).map(|id| id.to_string()).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let before = list(&[], &[]);
    let (_, requests) = create(Some(&before), &list(&ids[1..], &[]), |_| details(&[]));
    assert_eq!(requests, 1 + MAX_DETAILS);
    let (finding, requests) = create(Some(&before), &list(&ids, &[]), |_| details(&["eta"]));
    assert_eq!((ambiguous(finding).len(), requests), (1 + MAX_DETAILS, 1));
}

fn add(before: Option<&[&str]>, now: &[&str]) -> Reconciliation {
    let request = AddToTalkspace::new("63c9", "eta");
    let before = before.map(details);
    let reconciler = Reconciler::add(&request, before.as_ref(), one_poll(), Instant::now());
    let (finding, requests) = poll(reconciler, &list(&[], &[]), |id| {
        assert_eq!(id, "63c9");
        details(now)
    });
    assert_eq!(requests, 1);
    finding
}

#[test]
fn a_person_who_was_not_there_was_added() {
    let Reconciliation::Applied { conference_id, .. } = add(Some(&["theta"]), &["theta", "eta"])
    else {
        panic!("they are there now")
    };
    assert_eq!(conference_id.as_str(), "63c9");
    assert_eq!(add(Some(&["theta"]), &["theta"]), Reconciliation::NotSeen);
    assert_eq!(add(Some(&["eta"]), &[]), Reconciliation::NotSeen);
}

#[test]
fn a_person_who_may_have_been_there_proves_nothing() {
    assert_eq!(ambiguous(add(Some(&["eta"]), &["eta"])), ["63c9"]);
    assert_eq!(ambiguous(add(None, &["eta"])), ["63c9"]);
}

#[test]
fn it_polls_until_the_timeout() {
    let request = AddToTalkspace::new("63c9", "eta");
    let start = Instant::now();
    let options = PollOptions::default()
        .timeout(Duration::from_secs(1))
        .backoff(Duration::from_secs(1), Duration::from_secs(1));
    let mut reconciler = Reconciler::add(&request, None, options, start);
    for (now, waits) in [(start, true), (start + Duration::from_secs(1), false)] {
        let Step::Show(request) = reconciler.next(now) else {
            panic!("it polls")
        };
        reconciler.shown(request.conference_id, details(&[]));
        match reconciler.next(now) {
            Step::Wait(wait) => assert!(waits && wait == Duration::from_secs(1)),
            Step::Done(finding) => assert!(!waits && finding == Reconciliation::NotSeen),
            step => panic!("{step:?}"),
        }
    }
}
