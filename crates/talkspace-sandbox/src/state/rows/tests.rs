//! A state is the same after it was handed over; secrets are not in what is.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;

use super::Change;
use crate::state::{Settings, State};

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
    assert!(
        state.change(NOW).unwrap().is_none(),
        "nobody wanted to know"
    );
    state.watch();
    assert!(state.change(NOW).unwrap().is_none());
    state.people.count_ring(&"eta".into());
    let change = state.change(NOW).unwrap().unwrap();
    let text = String::from_utf8(change.rows).unwrap();
    let (_time, rows) = text.split_once('\n').unwrap();
    assert_eq!(rows, r#"{"Rings":["eta",2]}"#);
    assert!(state.change(NOW).unwrap().is_none());
}

#[test]
fn what_cannot_follow_is_refused() {
    let moment = r#"{"secs":0,"nanos":0}"#;
    let conference =
        r#"{"id":"c","participants":[],"closed":false,"recorded_into":null,"met_at":null}"#;
    let file = r#"{"file":1,"sound":{"Uploaded":{"length":3}},"origin":"Uploaded"}"#;
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
fn a_conference_whose_id_was_never_given_is_refused() {
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
