//! Where a download goes: nothing of the user's is lost, and nothing is left.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use crate::command::{
    Ran, TRANSPORTS, begin, in_shell, knock, names, peer, request, respond, run, signal, sound,
    talkspace,
};
use crate::serving::{Folder, KEY, MEDIA, Serving};

/// A download of the sandbox's greeting.
fn fetch(serving: &Serving, to: &Path, more: &[&str]) -> Ran {
    let mut command = talkspace(&["download-media", "--media-id", MEDIA]);
    command.args(["--base-url", &serving.url, "-o"]).arg(to);
    run(command.args(more))
}

/// A download from a peer.
fn fetch_from(url: &str, transport: &str, to: &Path) -> Command {
    let mut command = talkspace(&["download-media", "--transport", transport]);
    let sound = format!("{url}/a.mp3");
    command
        .args(["--base-url", url, "--url", &sound, "-o"])
        .arg(to);
    command
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn files_of_the_user_are_left_alone() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("alone");
    let at = |name: &str| folder.0.join(name);
    for name in ["song.mp3.part", ".song.mp3.part", "song.part", "song.mp3~"] {
        fs::write(at(name), "precious").unwrap();
    }
    symlink("song.part", at("song.mp3.tmp")).unwrap();
    let before = names(&folder.0);
    let rehearsed = fetch(&serving, &at("song.mp3"), &["--dry-run"]);
    assert_eq!(rehearsed.status, Some(0), "{rehearsed:?}");
    assert_eq!(
        names(&folder.0),
        before,
        "nothing is made where nothing is sent"
    );

    let fetched = fetch(&serving, &at("song.mp3"), &[]);
    assert_eq!(fetched.status, Some(0), "{fetched:?}");
    let mut after = [&before[..], &["song.mp3".to_owned()]].concat();
    after.sort();
    assert_eq!(names(&folder.0), after);
    for name in ["song.mp3.part", ".song.mp3.part", "song.part", "song.mp3~"] {
        assert_eq!(fs::read_to_string(at(name)).unwrap(), "precious", "{name}");
    }
    let sound = fs::read(at("song.mp3")).unwrap();
    let rehearsed = fetch(&serving, &at("song.mp3"), &["--dry-run"]);
    assert_eq!(rehearsed.status, Some(0), "{rehearsed:?}");
    assert_eq!(fs::read(at("song.mp3")).unwrap(), sound);
}

#[test]
fn what_is_made_is_private_and_what_is_replaced_keeps_its_mode() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("modes");
    let made = folder.0.join("made.mp3");
    assert_eq!(fetch(&serving, &made, &[]).status, Some(0));
    assert_eq!(mode(&made), 0o600);
    for kept in [0o600, 0o640, 0o664, 0o777] {
        fs::write(&made, "old").unwrap();
        fs::set_permissions(&made, fs::Permissions::from_mode(kept)).unwrap();
        assert_eq!(fetch(&serving, &made, &[]).status, Some(0));
        assert_eq!(mode(&made), kept, "{kept:o}");
        assert_ne!(fs::read(&made).unwrap(), b"old");
    }
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("links");
    let at = |name: &str| folder.0.join(name);
    fs::create_dir(at("far")).unwrap();
    fs::write(at("far/real"), "old").unwrap();
    symlink("far/real", at("near.mp3")).unwrap();
    symlink("near.mp3", at("twice.mp3")).unwrap();
    // What these lead to is not there yet.
    symlink("far/new", at("new.mp3")).unwrap();
    symlink(at("new.mp3"), at("newer.mp3")).unwrap();
    for (link, file) in [("twice.mp3", "far/real"), ("newer.mp3", "far/new")] {
        let fetched = fetch(&serving, &at(link), &[]);
        assert_eq!(fetched.status, Some(0), "{fetched:?}");
        assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink());
        assert!(fs::symlink_metadata(at(file)).unwrap().is_file());
        assert_eq!(fs::read(at(file)).unwrap().len(), 417);
    }
    assert_eq!(names(&at("far")), ["new", "real"]);
    symlink("round", at("round")).unwrap();
    let round = fetch(&serving, &at("round"), &[]);
    assert_eq!(round.status, Some(2), "{round:?}");
}

/// A block page, and what else is no recording, comes with 200 too.
#[test]
fn what_is_no_recording_replaces_none() {
    let folder = Folder::new("no-recording");
    let kept = folder.0.join("call.mp3");
    fs::write(&kept, "the only copy").unwrap();
    for transport in TRANSPORTS {
        for (body, why) in [
            ("<html>Please sign in</html>", "is not an MP3 file"),
            ("{\"error\": \"blocked\"}", "is not an MP3 file"),
            ("", "is empty"),
        ] {
            let url = peer(move |listener| {
                let (_, mut stream) = request(&listener);
                respond(&mut stream, "200 OK", body.as_bytes());
            });
            let ran = run(&mut fetch_from(&url, transport, &kept));
            assert_eq!(ran.status, Some(1), "{ran:?}");
            assert!(ran.stderr.contains(why), "{ran:?}");
            assert_eq!(fs::read(&kept).unwrap(), b"the only copy");
        }
        assert_eq!(names(&folder.0), ["call.mp3"]);
    }
}

#[test]
fn a_recording_with_fewer_bytes_than_its_size_replaces_none() {
    let folder = Folder::new("shorter");
    let kept = folder.0.join("call.mp3");
    fs::write(&kept, "the only copy").unwrap();
    for transport in TRANSPORTS {
        for head in ["", "Content-Length: 5\r\n"] {
            let url = peer(move |listener| {
                let (_, mut stream) = request(&listener);
                let place = listener.local_addr().unwrap();
                let status = format!(
                    r#"{{"MediaResponse":{{"status":200,"message":"","mediaId":"m","uri":"","fileSize":1000000,"downloadUrl":"http://{place}/a.mp3"}}}}"#
                );
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{status}",
                    status.len()
                );
                drop(stream);
                let (_, mut stream) = request(&listener);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n{head}\r\nID3no"
                );
            });
            let mut command = talkspace(&["download-media", "--media-id", "m"]);
            command.args(["--transport", transport, "--base-url", &url, "-o"]);
            let ran = run(command.arg(&kept));
            assert_eq!(ran.status, Some(3), "{ran:?}");
            let why = "the file has 1000000 bytes, and 5 came";
            assert!(ran.stderr.contains(why), "{ran:?}");
            assert_eq!(fs::read(&kept).unwrap(), b"the only copy");
        }
    }
    assert_eq!(names(&folder.0), ["call.mp3"]);
}

#[test]
fn the_target_is_checked_before_a_request_is_sent() {
    let folder = Folder::new("first");
    let at = |name: &str| folder.0.join(name);
    fs::create_dir(at("d")).unwrap();
    fs::write(at("file"), "").unwrap();
    symlink("nowhere/x", at("dangling")).unwrap();
    let before = names(&folder.0);
    for (target, why) in [
        ("d", "it is a folder"),
        ("nosuch/x.mp3", "there is no folder"),
        ("new/", "there is no such folder"),
        ("file/x.mp3", "ot a directory"),
        ("dangling", "there is no folder"),
        // A folder in which no file can be made.
        ("/proc/x.mp3", "cannot write /proc/x.mp3"),
    ] {
        for transport in TRANSPORTS {
            let (tell, told) = mpsc::channel();
            let url = peer(move |listener| tell.send(request(&listener).0).unwrap());
            let failed = run(&mut fetch_from(&url, transport, &at(target)));
            assert_eq!(failed.status, Some(2), "{target}: {failed:?}");
            assert!(failed.stderr.contains(why), "{target}: {failed:?}");
            assert_eq!(failed.stderr.lines().count(), 1, "{failed:?}");
            // No request was sent before.
            knock(&url, "first");
            assert!(told.recv().unwrap().starts_with("first"), "{target}");
        }
    }
    assert_eq!(names(&folder.0), before);
}

#[test]
fn pipes_devices_and_standard_output_are_written_directly() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("direct");
    let plain = folder.0.join("plain.mp3");
    assert_eq!(fetch(&serving, &plain, &[]).status, Some(0));
    let sound = fs::read(&plain).unwrap();

    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
        let fetched = fetch(&serving, Path::new(name), &[]);
        assert_eq!(fetched.status, Some(0), "{fetched:?}");
        assert_eq!(fetched.stdout, sound, "nothing but the sound");
    }
    let both = fetch(&serving, Path::new("-"), &["--json"]);
    assert_eq!(both.status, Some(2));
    assert_eq!(both.json()["error"]["kind"], "usage");

    let pipe = folder.pipe();
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    let fetched = fetch(&serving, &pipe, &[]);
    assert_eq!(fetched.status, Some(0), "{fetched:?}");
    assert_eq!(reader.join().unwrap(), sound);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());

    let null = folder.0.join("null");
    symlink("/dev/null", &null).unwrap();
    assert_eq!(fetch(&serving, &null, &[]).status, Some(0));
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
    assert_eq!(names(&folder.0), ["null", "pipe", "plain.mp3"]);
}

#[test]
fn a_reader_that_has_left_is_no_failure() {
    for transport in TRANSPORTS {
        // A few bytes wait in a buffer, many do not.
        for length in [3, 1 << 20] {
            let (left, leave) = mpsc::channel();
            let url = peer(move |listener| {
                let (_, mut stream) = request(&listener);
                leave.recv().unwrap();
                respond(&mut stream, "200 OK", &sound(length));
            });
            let mut child = begin(&mut fetch_from(&url, transport, Path::new("-")));
            drop(child.stdout.take());
            left.send(()).unwrap();
            let ended = Ran::of(child.wait_with_output().unwrap());
            assert_eq!(ended.status, Some(0), "{ended:?}");
            assert!(!ended.stderr.contains("error"), "{ended:?}");
        }
    }
}

#[test]
fn a_download_that_fails_leaves_nothing() {
    let folder = Folder::new("fails");
    let to = folder.0.join("song.mp3");
    let responses: [(&[u8], i32); 5] = [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 1),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nID3f", 3),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 1),
        (
            b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\nID3f",
            1,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nID3lo world",
            7,
        ),
    ];
    for transport in TRANSPORTS {
        for before in [None, Some("old")] {
            for (response, status) in responses {
                if let Some(before) = before {
                    fs::write(&to, before).unwrap();
                }
                let url = peer(move |listener| {
                    // One that reads may be asked again.
                    loop {
                        let (_, mut stream) = request(&listener);
                        let _ = stream.write_all(response);
                    }
                });
                let mut command = fetch_from(&url, transport, &to);
                let failed = run(command.args(["--at-most", "10", "--max-retries", "0"]));
                assert_eq!(failed.status, Some(status), "{failed:?}");
                let left = before.map(|_| "song.mp3".to_owned());
                assert_eq!(names(&folder.0), Vec::from_iter(left));
                if let Some(before) = before {
                    assert_eq!(fs::read_to_string(&to).unwrap(), before);
                    fs::remove_file(&to).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_download_that_still_moves_ends_when_its_time_is_over() {
    let folder = Folder::new("total");
    for transport in TRANSPORTS {
        // It is whole four times the limit later, and never silent for long.
        let url = peer(|listener| {
            let (_, mut stream) = request(&listener);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nID3");
            for _ in 3..100 {
                std::thread::sleep(Duration::from_millis(20));
                let _ = stream.write_all(b"x");
            }
        });
        let mut command = fetch_from(&url, transport, &folder.0.join("song.mp3"));
        let ended = run(command.args(["--timeout", "0.5", "--json"]));
        assert_eq!(ended.status, Some(3), "{ended:?}");
        let error = &ended.json()["error"];
        let words = ["kind", "limit", "effect"].map(|name| &error[name]);
        assert_eq!(words, ["timeout", "timeout", "reads"]);
        assert!(names(&folder.0).is_empty());
    }
}

#[test]
fn two_downloads_to_one_name_do_not_spoil_each_other() {
    let folder = Folder::new("two");
    let to = folder.0.join("song.mp3");
    let (went, go) = mpsc::channel();
    let url = peer(move |listener| {
        let mut streams = [request(&listener).1, request(&listener).1];
        for stream in &mut streams {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nID3")
                .unwrap();
        }
        for (stream, sound) in streams.iter_mut().zip(["ONE", "TWO"]) {
            stream.write_all(sound.as_bytes()).unwrap();
            // The next one ends when this one has.
            go.recv().unwrap();
        }
    });
    let mut children = TRANSPORTS.map(|transport| begin(&mut fetch_from(&url, transport, &to)));
    // Which of them was the first, the peer alone knows.
    let mut running = vec![0, 1];
    let mut sounds = Vec::new();
    while !running.is_empty() {
        running.retain(|&which| match children[which].try_wait().unwrap() {
            Some(status) => {
                assert!(status.success());
                sounds.push(fs::read_to_string(&to).unwrap());
                went.send(()).unwrap();
                false
            }
            None => true,
        });
        std::thread::yield_now();
    }
    assert_eq!(sounds, ["ID3ONE", "ID3TWO"]);
    assert_eq!(names(&folder.0), ["song.mp3"]);
}

#[test]
fn a_signal_leaves_nothing() {
    let folder = Folder::new("signal");
    let to = folder.0.join("song.mp3");
    for transport in TRANSPORTS {
        for name in ["-INT", "-TERM", "-HUP"] {
            fs::write(&to, "old").unwrap();
            let (tell, told) = mpsc::channel();
            let url = peer(move |listener| {
                let (_, mut stream) = request(&listener);
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nID3f")
                    .unwrap();
                tell.send(()).unwrap();
                // Until the other side has gone.
                let _ = stream.read(&mut [0]);
            });
            let fetch = fetch_from(&url, transport, &to);
            // The parent process may have these ignored.
            let mut command = Command::new("env");
            command
                .arg("--default-signal")
                .arg(fetch.get_program())
                .args(fetch.get_args());
            let child = begin(command.env("TALKSPACE_APP_KEY", KEY));
            told.recv().unwrap();
            while !half_is_there(&folder.0) {
                std::thread::yield_now();
            }
            signal(&child, name);
            let ended = Ran::of(child.wait_with_output().unwrap());
            assert_eq!(ended.status, Some(130), "{name}: {ended:?}");
            assert!(ended.stderr.contains("cancelled"), "{ended:?}");
            assert_eq!(names(&folder.0), ["song.mp3"]);
            assert_eq!(fs::read_to_string(&to).unwrap(), "old");
        }
    }
}

fn half_is_there(folder: &Path) -> bool {
    let parts = names(folder).into_iter().filter(|name| name != "song.mp3");
    parts
        .filter_map(|name| fs::read(folder.join(name)).ok())
        .any(|part| part == b"ID3f")
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let folder = Folder::new("full");
    let to = folder.0.join("song.mp3");
    fs::write(&to, "old").unwrap();
    for transport in TRANSPORTS {
        let url = peer(|listener| {
            let (_, mut stream) = request(&listener);
            respond(&mut stream, "200 OK", &sound(4 << 20));
        });
        // No file may become larger than 40 blocks; the signal would end it.
        let path = to.display();
        let script = format!(
            "trap '' XFSZ; ulimit -f 40; \
             exec \"$T\" download-media --transport {transport} --url {url}/a.mp3 -o {path} --json"
        );
        let full = Ran::of(in_shell(&script, &url));
        assert_eq!(full.status, Some(8), "{full:?}");
        let text = full.json()["error"]["text"].as_str().unwrap().to_owned();
        assert!(
            text.starts_with(&format!("cannot write {path}: File too large")),
            "{text}"
        );
        assert_eq!(full.json()["error"]["kind"], "output");
        assert_eq!(names(&folder.0), ["song.mp3"]);
        assert_eq!(fs::read_to_string(&to).unwrap(), "old");
    }
}

#[test]
fn other_files_of_the_command_are_made_the_same_way() {
    let folder = Folder::new("others");
    let at = |name: &str| folder.0.join(name);
    fs::create_dir(at("man")).unwrap();
    fs::write(at("linked"), "old").unwrap();
    symlink("../linked", at("man/talkspace.1")).unwrap();
    let written = in_shell(
        &format!("umask 022; exec \"$T\" man {}", at("man").display()),
        "",
    );
    assert!(written.status.success());
    let page = at("man/talkspace-demo.1");
    assert_eq!(mode(&page), 0o644, "others are to read it");
    assert!(
        fs::read_to_string(at("linked"))
            .unwrap()
            .contains("EXIT STATUS")
    );

    let mut command = talkspace(&["demo", "--json"]);
    let told = run(command.env("TMPDIR", &folder.0));
    let recording = told.json()["recording"].as_str().unwrap().to_owned();
    let recording = Path::new(&recording);
    assert_eq!(mode(recording), 0o600);
    let name = recording.file_name().unwrap().to_str().unwrap();
    assert_eq!(name.len(), "talkspace-demo-.mp3".len() + 16, "{name}");
    assert_eq!(names(&folder.0).len(), 3, "{:?}", names(&folder.0));
    assert!(File::open(recording).is_ok());
}
