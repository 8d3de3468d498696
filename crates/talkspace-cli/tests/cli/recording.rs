//! `--record FILE`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use talkspace_blocking::Client;
use talkspace_core::recording::Replay;
use talkspace_core::{CreateTalkspace, GetMediaStatus, GetVersion};

use crate::command::{TRANSPORTS, run, talkspace};
use crate::serving::{Folder, KEY, MEDIA, Serving};

#[test]
fn commands_append_what_a_test_replays() {
    let folder = Folder::new("recorded");
    let (file, serving) = (folder.file(), Serving::start(&["--quiet"]));
    for transport in TRANSPORTS {
        for arguments in [
            &["create-talkspace", "--network-id", "eta"][..],
            &["get-media-status", "--media-id", MEDIA],
            &["get-version"],
        ] {
            let mut command = talkspace(arguments);
            command.args(["--transport", transport, "--base-url", &serving.url]);
            let ran = run(command.args(["--record", &file]));
            assert_eq!(ran.status, Some(0), "{ran:?}");
            assert_eq!(ran.stderr, "");
        }
    }
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(KEY), "{text}");
    assert_eq!(text.lines().count(), 7, "{text}");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let replay = Replay::read(text.as_bytes()).unwrap();
    assert_eq!(replay.base_url().as_str(), serving.url);
    let builder = Client::builder(replay.base_url(), "any");
    let client = builder.build_blocking(replay.clone()).unwrap();
    for _ in TRANSPORTS {
        client.send(CreateTalkspace::new("eta")).unwrap();
        assert!(client.send(GetMediaStatus::new(MEDIA)).unwrap().file_size > 0);
        assert_eq!(client.send(GetVersion::new()).unwrap().version, "01.02.06");
    }
    replay.finish().unwrap();
}

#[test]
fn what_is_no_recording_is_left_as_it_is_and_a_full_disk_is_told() {
    let folder = Folder::new("not-recorded");
    let serving = Serving::start(&["--quiet"]);
    let version = |file: &str| {
        let mut command = talkspace(&["get-version", "--base-url", &serving.url]);
        run(command.env("TALKSPACE_RECORD", file))
    };
    let file = folder.file();
    fs::write(&file, "my notes").unwrap();
    let ran = version(&file);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("it is no recording"), "{ran:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "my notes");
    let ran = version(&format!("{file}/x"));
    assert_eq!(ran.status, Some(2), "{ran:?}");

    // Nothing is sent that cannot be recorded.
    let ran = version("/dev/full");
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("cannot record to /dev/full"), "{ran:?}");
    let other = folder.0.join("other");
    let mut command = talkspace(&["get-version", "--base-url", &serving.url, "--dry-run"]);
    let ran = run(command.arg("--record").arg(&other));
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(!other.exists(), "nothing was sent, so nothing was recorded");
}
