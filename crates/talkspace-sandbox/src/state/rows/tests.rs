//! A state is the same after it was handed over; secrets are not in what is.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use talkspace_core::{
    AddToTalkspace, BlastMedia, BlockingClient, ChangePhone, CloseTalkspace, CreateMedia,
    CreateTalkspace, DeleteRegistrant, HangUp, MediaFile, MoveParticipant, MuteParticipant,
    Operation, RecordMedia, Register, RemoveMedia, RequestUploadGrant, UploadMedia,
};

use super::Change;
use crate::state::{Settings, State, Taker};
use crate::{Clock, Sandbox};

const KEY: &str = "11111111-2222-3333-4444-555555555555";
const NOW: Duration = Duration::from_secs(7);

fn empty() -> State {
    State::new(Settings {
        ring: Duration::from_millis(200),
        speech: Duration::from_secs(1),
        url: "http://127.0.0.1".to_owned(),
        no_content_in_body: false,
    })
}

fn seed(state: &mut State) {
    let mut rng = fastrand::Rng::with_seed(1);
    state.add_app(KEY.into());
    state.add_person(&"eta".into(), &"14151239876".parse().unwrap());
    state.add_person(&"mute".into(), &"14151230408".parse().unwrap());
    let file = Bytes::from_static(&[0xFF, 0xFB, 0x90, 0x64, 7]);
    state.add_media(&"6e6a".into(), Some(&file), &mut rng);
    state.add_media(&"7dd9".into(), None, &mut rng);
    state.library.create(0, "empty".into());
}

fn handed_over(state: &State) -> Vec<Change> {
    let mut changes = Vec::new();
    let take = |change| {
        changes.push(change);
        Ok::<_, serde_json::Error>(())
    };
    state.hand_over(NOW, take).unwrap();
    changes
}

fn rows(changes: &[Change]) -> BTreeSet<String> {
    let rows = changes.iter().map(|change| &change.rows[..]);
    let text = String::from_utf8(rows.collect::<Vec<_>>().join(&b'\n')).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_same_comes_back_and_no_secret_is_written() {
    let mut before = empty();
    seed(&mut before);
    let first = rows(&handed_over(&before));
    for secret in [KEY, "1415123", "4151239876"] {
        assert!(!first.iter().any(|row| row.contains(secret)), "{first:?}");
    }

    let mut after = empty();
    for change in handed_over(&before) {
        assert_eq!(after.restore(change), Ok(NOW));
    }
    assert_eq!(rows(&handed_over(&after)), first);
    seed(&mut after);
    assert_eq!(
        rows(&handed_over(&after)),
        first,
        "the same key, seeds and people"
    );
    after.add_app("another".into());
    assert_eq!(rows(&handed_over(&after)).len(), first.len() + 1);
    let files = |state| {
        handed_over(state)
            .into_iter()
            .flat_map(|change| change.files)
    };
    assert!(files(&before).eq(files(&after)));
}

#[test]
fn what_was_removed_does_not_come_back_at_a_start() {
    let mut before = empty();
    seed(&mut before);
    before.people.part(&"eta".into(), 0);
    before.library.remove(0, &"6e6a".into());
    let mut after = empty();
    for change in handed_over(&before) {
        after.restore(change).unwrap();
    }
    seed(&mut after);
    assert_eq!(rows(&handed_over(&after)), rows(&handed_over(&before)));
}

#[test]
fn only_what_changes_is_said() {
    let mut state = empty();
    seed(&mut state);
    state.people.count_ring(&"eta".into());
    assert!(state.change(NOW).unwrap().is_none(), "nothing was recorded");
    state.watch(Taker::Journal, true);
    assert!(state.change(NOW).unwrap().is_none());
    state.people.count_ring(&"eta".into());
    let change = state.change(NOW).unwrap().unwrap();
    let text = String::from_utf8(change.rows).unwrap();
    let (_time, rows) = text.split_once('\n').unwrap();
    assert_eq!(rows, r#"{"Rings":["eta",2]}"#);
    assert!(state.change(NOW).unwrap().is_none());
}

/// A sandbox, and a state to which its changes are added.
struct Followed {
    sandbox: Sandbox,
    copy: State,
}

impl Followed {
    fn new() -> Self {
        let sandbox = Sandbox::builder()
            .examples()
            .person("mute", "14151230408")
            .app_key("another")
            .clock(Clock::frozen());
        let sandbox = sandbox.build().unwrap();
        let mut copy = empty();
        sandbox.backend.with(|state| {
            state.watch(Taker::Journal, true);
            for change in handed_over(state) {
                copy.restore(change).unwrap();
            }
        });
        Self { sandbox, copy }
    }

    /// Does it. The changes that this makes make the copy the same again.
    fn does<O: Operation>(&mut self, key: &str, operation: O) -> O::Response {
        let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, key)
            .build_blocking(self.sandbox.transport())
            .unwrap();
        let response = client.send(operation).unwrap();
        self.follows(O::INFO.id);
        response
    }

    fn waits(&mut self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
        self.follows("waiting");
    }

    fn follows(&mut self, what: &str) {
        let Self { sandbox, copy } = self;
        sandbox.backend.with(|state| {
            let mut change = state.change(NOW).unwrap().expect("something changed");
            change.files = vec![change.files.concat().into()];
            let whole = rows(&handed_over(state));
            let said = rows(std::slice::from_ref(&change));
            let is_gone = |row: &&String| row.ends_with(",null]}") || row.contains("NoMedia");
            let there = said.iter().filter(|row| !is_gone(row));
            assert!(there.into_iter().all(|row| whole.contains(row)), "{what}");
            assert_eq!(copy.restore(change), Ok(NOW), "{what}");
            assert_eq!(rows(&handed_over(copy)), whole, "{what}");
        });
    }
}

#[test]
fn whatever_changes_is_said() {
    let mut both = Followed::new();
    let phone = |digits: &str| digits.parse().unwrap();
    both.does(KEY, Register::new("kappa").phone(phone("14151239878")));
    both.waits(1);
    both.does("another", Register::new("kappa"));
    both.does(KEY, ChangePhone::new("mute", phone("14151239879")));
    both.waits(1);

    let spoken = both.does(KEY, CreateMedia::new()).media_id;
    both.does(KEY, RecordMedia::new(&spoken, "@theta"));
    both.waits(1);
    both.waits(1);
    both.does(KEY, BlastMedia::new([&spoken], "@theta"));
    both.waits(1);
    both.waits(1);
    both.does(KEY, DeleteRegistrant::new("kappa"));

    let recording = both.does(KEY, CreateMedia::new()).media_id;
    let created = CreateTalkspace::new("eta").recording_id(&recording);
    let one = both.does(KEY, created).conference_id;
    both.waits(1);
    let other = both.does(KEY, CreateTalkspace::new("@theta")).conference_id;
    both.waits(1);
    both.does(KEY, AddToTalkspace::new(&one, "@theta"));
    both.does(KEY, MuteParticipant::new(&one, "eta"));
    both.does(KEY, MoveParticipant::new(&one, "eta", &other));
    both.does(KEY, HangUp::new(&other, "eta"));
    both.does(KEY, CloseTalkspace::new(&one));
    // What follows from the rows follows for the copy too.
    assert!(!both.copy.apps[0].records_into(&recording));
    both.does(KEY, DeleteRegistrant::new("@theta"));

    let media = both.does(KEY, CreateMedia::new()).media_id;
    for file in [&b"ID3 one"[..], b"ID3 two"] {
        let grant = both.does(KEY, RequestUploadGrant::new(&media)).grant_id;
        both.does(KEY, UploadMedia::new(grant, MediaFile::unchecked(file)));
    }
    both.does(KEY, RequestUploadGrant::new(&recording));
    both.does(KEY, RequestUploadGrant::new(&media));
    both.does(KEY, RemoveMedia::new(&media));
    both.waits(25 * 60 * 60);
}

#[test]
fn what_cannot_follow_is_an_error() {
    let moment = r#"{"secs":0,"nanos":0}"#;
    let conference =
        r#"{"id":"c","participants":[],"closed":false,"recorded_into":null,"met_at":null}"#;
    let file = r#"{"file":1,"sound":{"File":{"length":3}},"origin":"Uploaded"}"#;
    for (rows, why) in [
        (String::new(), "EOF"),
        (format!("{moment}\n{{\"Other\":1}}"), "unknown variant"),
        (
            format!("{moment}\n{{\"Conference\":[0,0,{conference}]}}"),
            "cannot follow",
        ),
        (
            format!("{moment}\n{{\"Media\":[0,\"m\",{file}]}}"),
            "cannot follow",
        ),
    ] {
        let change = Change {
            rows: rows.clone().into_bytes(),
            files: vec![Bytes::from_static(b"ID")],
        };
        let error = empty().restore(change).unwrap_err();
        assert!(error.contains(why), "{rows}: {error}");
    }
}

#[test]
fn a_conference_whose_id_was_never_given_is_an_error() {
    let mut state = empty();
    seed(&mut state);
    let given = "63c9b03b84e9476080f7afe9ac2aa58e";
    let mut restore = |id: &str| {
        let place = usize::from(id != given);
        let conference = format!(
            r#"{{"id":"{id}","participants":[],"closed":false,"recorded_into":null,"met_at":null}}"#
        );
        let rows =
            format!("{{\"secs\":0,\"nanos\":0}}\n{{\"Conference\":[0,{place},{conference}]}}");
        let (rows, files) = (rows.into_bytes(), Vec::new());
        state.restore(Change { rows, files })
    };
    restore(given).unwrap();
    for id in ["", "c", &given.to_uppercase(), &given.replacen('6', "+", 1)] {
        assert!(restore(id).unwrap_err().contains("cannot follow"), "{id}");
    }
}
