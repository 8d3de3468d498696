//! Settings as people have them: from files, pages, pipes and other systems.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::command::{Ran, TRANSPORTS, in_shell, knock, peer, request, respond, run, talkspace};
use crate::serving::{Folder, KEY, MEDIA, Serving};

/// The response to an upload.
const STORED: &[u8] = b"http://127.0.0.1/1.mp3";

#[test]
fn what_editors_and_shells_add_is_taken_away() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("added");
    let key = folder.0.join("key");
    for (before, after) in [
        ("", ""),
        ("\u{feff}", "\r\n"),
        ("\n  ", " \t\n\n"),
        ("\u{feff}\u{feff}", ""),
    ] {
        fs::write(&key, format!("{before}{KEY}{after}")).unwrap();
        let mut command = talkspace(&["list-media", "--app-key-file"]);
        let url = format!(" {}{after}", serving.url);
        let ran = run(command
            .arg(&key)
            .env_remove("TALKSPACE_APP_KEY")
            .env("TALKSPACE_BASE_URL", url));
        assert_eq!(ran.status, Some(0), "{before:?} {after:?}: {ran:?}");
    }
    let script = format!("echo {KEY} | \"$T\" list-media --app-key-file -");
    assert_eq!(Ran::of(in_shell(&script, &serving.url)).status, Some(0));
}

#[test]
fn a_key_that_is_none_is_told_apart() {
    let folder = Folder::new("none");
    let file = folder.0.join("key");
    let list = || {
        let mut command = talkspace(&["list-media", "--base-url", "http://127.0.0.1:9"]);
        command.env_remove("TALKSPACE_APP_KEY");
        command
    };
    let not_utf8 = run(list().env("TALKSPACE_APP_KEY", OsStr::from_bytes(b"SENT\xff")));
    let from_file = |content: &[u8]| {
        fs::write(&file, content).unwrap();
        run(list().arg("--app-key-file").arg(&file))
    };
    for (ran, why) in [
        (
            run(&mut list()),
            "there is no application key; set TALKSPACE_APP_KEY",
        ),
        (
            run(list().env("TALKSPACE_APP_KEY", " ")),
            "there is no application key in TALKSPACE_APP_KEY",
        ),
        (not_utf8, "TALKSPACE_APP_KEY is not UTF-8"),
        (from_file(b""), "there is no application key in "),
        (
            from_file(b"\xff\xfeS\0E\0"),
            "it is UTF-16, as PowerShell saves files; save it as UTF-8",
        ),
        (from_file(b"SENT\nSENT"), "more than one line"),
        (
            run(list().args(["--app-key-file", "/dev/zero"])),
            "must not hold control characters",
        ),
    ] {
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(why), "{why}: {ran:?}");
        assert!(!ran.stderr.contains("SENT"), "{ran:?}");
    }
}

#[test]
fn help_shows_no_value_of_the_environment() {
    let secrets = [
        "https://me:SENTINEL@host",
        "SENTINEL",
        "SENTINEL",
        "SENTINEL",
    ];
    let names = ["BASE_URL", "APP_KEY", "GRANT_ID", "GREETING_ID"];
    for arguments in [
        &["list-media", "--help"][..],
        &["upload-media", "-h"],
        &["list-media", "x"],
    ] {
        let mut command = talkspace(arguments);
        for (name, secret) in names.iter().zip(secrets) {
            command.env(format!("TALKSPACE_{name}"), secret);
        }
        let ran = run(&mut command);
        assert!(
            !(ran.text().to_owned() + &ran.stderr).contains("SENTINEL"),
            "{ran:?}"
        );
    }
}

#[test]
fn what_does_not_belong_there_is_not_repeated() {
    for arguments in [
        &["register", "--network-id", "eta", "4159870000"][..],
        &["list-media", "SENTINEL-4159870000"],
        &["sandbox", "--register", "eta14159870000"],
        &["sandbox", "--register", "eta=+474159870000"],
        &["sandbox", "--register=eta=4159870000x"],
        &["sandbox", "4159870000"],
        &["4159870000"],
        &["list-media", "--phone=4159870000"],
        &["list-media", "--json=4159870000"],
        &["list-media", "--transport", "+14159870000"],
        &[
            "create-talkspace",
            "--network-id",
            "a",
            "--wait=4159870000x",
        ],
    ] {
        for json in [&[][..], &["--json"]] {
            let mut command = talkspace(arguments);
            let ran = run(command
                .args(json)
                .env("TALKSPACE_BASE_URL", "http://127.0.0.1:9"));
            assert_eq!(ran.status, Some(2), "{ran:?}");
            assert!(!ran.text().contains("41598"), "{ran:?}");
            assert!(!ran.stderr.contains("41598"), "{ran:?}");
        }
    }
}

#[test]
fn an_argument_steers_no_terminal() {
    for arguments in [
        &["a\u{202E}\x1B[31mb"][..],
        &["list-media", "--a\u{202E}\x1B[31mb"],
        &["list-media", "--transport", "a\u{202E}\x1B[31mb"],
        &["sandbox", "--host", "a\u{202E}\x1B[31m/b"],
    ] {
        let ran = run(&mut talkspace(arguments));
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("a\u{FFFD}\u{FFFD}[31m"), "{ran:?}");
        assert!(!ran.stderr.contains(['\u{202E}', '\x1B']), "{ran:?}");
    }
}

#[test]
fn a_rehearsal_shows_no_query_of_a_url() {
    let url = "http://127.0.0.1:9/a.mp3?appkey=SENTINEL";
    let fetch = ["download-media", "--dry-run", "-o", "never-made", "--url"];
    for json in [&[][..], &["--json"]] {
        let mut command = talkspace(&fetch);
        let command = command.args([url, "--base-url", "http://127.0.0.1:9"]);
        let ran = run(command.args(json));
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(ran.text().contains("http://127.0.0.1:9/a.mp3?…"), "{ran:?}");
        assert!(!ran.text().contains("SENTINEL"), "{ran:?}");
    }
}

#[test]
fn an_upload_waits_for_no_pipe_and_tells_no_name() {
    let folder = Folder::new("names");
    let pipe = folder.pipe();
    let mut command = talkspace(&["upload-media", "--media-id", MEDIA, "--base-url"]);
    let ran = run(command.arg("http://127.0.0.1:9").arg(&pipe));
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("not a regular file"), "{ran:?}");

    let file = folder.0.join("Secret Offer.mp3");
    fs::write(&file, "ID3\x04").unwrap();
    for transport in TRANSPORTS {
        for (more, name) in [
            (&[][..], "upload.mp3"),
            (&["--file-name", "hello.mp3"], "hello.mp3"),
        ] {
            let (sent, ran) = upload_with_grant(|command| {
                command
                    .arg(&file)
                    .args(["--transport", transport])
                    .args(more);
                command.env("TALKSPACE_GRANT_ID", "0x0123456789abcdef");
            });
            assert_eq!(ran.status, Some(0), "{ran:?}");
            assert!(sent.contains(&format!("filename=\"{name}\"")), "{sent}");
            assert!(!sent.contains("Secret"), "{sent}");
        }
    }
}

/// What arrives of an upload, and what comes of it. There is no key.
fn upload_with_grant(settings: impl FnOnce(&mut Command)) -> (String, Ran) {
    let (tell, told) = mpsc::channel();
    let url = peer(move |listener| {
        let (text, mut stream) = request(&listener);
        respond(&mut stream, "201 Created", STORED);
        tell.send(text).unwrap();
    });
    let mut command = talkspace(&["upload-media", "--base-url", &url]);
    command.env_remove("TALKSPACE_APP_KEY");
    settings(&mut command);
    let ran = run(&mut command);
    (told.recv().unwrap(), ran)
}

#[test]
fn a_grant_can_be_handed_over() {
    let folder = Folder::new("grant");
    let (sound, grant) = (folder.0.join("a.mp3"), folder.0.join("grant"));
    fs::write(&sound, "ID3\x04").unwrap();
    fs::write(&grant, "0x0123456789abcdef\n").unwrap();
    let (sent, ran) = upload_with_grant(|command| {
        command.arg(&sound).arg("--grant-file").arg(&grant);
    });
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(sent.contains("0x0123456789abcdef"), "{sent}");
    assert!(!ran.text().contains("0123456789"), "{ran:?}");
    let (sent, ran) = upload_with_grant(|command| {
        command.arg(&sound).args(["--grant-file", "-"]);
        command.stdin(Stdio::from(fs::File::open(&grant).unwrap()));
    });
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(sent.contains("0x0123456789abcdef"), "{sent}");

    // The whole way: one who has the key asks, another one uploads.
    let serving = Serving::start(&[]);
    let url = ["--base-url", &serving.url];
    let given = run(talkspace(&["request-upload-grant", "--media-id", MEDIA, "--json"]).args(url));
    fs::write(&grant, given.json()["grant_id"].as_str().unwrap()).unwrap();
    let mut command = talkspace(&["upload-media", "--grant-file"]);
    command
        .arg(&grant)
        .arg(&sound)
        .args(url)
        .env_remove("TALKSPACE_APP_KEY");
    assert_eq!(run(&mut command).status, Some(0));
    let again = run(&mut command);
    assert_eq!(again.status, Some(1), "a grant is good for one: {again:?}");
}

#[test]
fn limits_and_retries_are_as_they_are_set() {
    for transport in TRANSPORTS {
        let (tell, told) = mpsc::channel();
        let url = peer(move |listener| {
            // Kept, so that no connection is closed.
            let mut streams = Vec::new();
            loop {
                let (text, stream) = request(&listener);
                streams.push(stream);
                if tell.send(text).is_err() {
                    break;
                }
            }
        });
        let mut command = talkspace(&["list-media", "--json", "--transport", transport]);
        command.args([
            "--response-timeout",
            "0.2",
            "--max-retries",
            "1",
            "--base-url",
            &url,
        ]);
        let ran = run(&mut command);
        assert_eq!(ran.status, Some(3), "{ran:?}");
        let error = &ran.json()["error"];
        let words = ["kind", "limit", "phase", "effect"].map(|name| &error[name]);
        assert_eq!(words, ["timeout", "response_timeout", "head", "reads"]);
        assert_eq!(
            (&error["attempts"], &error["given_up"]),
            (&2.into(), &"count".into())
        );
        knock(&url, "last");
        let before = told.iter().position(|text| text.starts_with("last"));
        assert_eq!(before, Some(2));
    }
    for none in ["0", "-1", "x", "inf", ""] {
        let ran = run(&mut talkspace(&["list-media", "--timeout", none]));
        assert_eq!(ran.status, Some(2), "{none}: {ran:?}");
    }
}

#[test]
fn former_names_of_timeouts_are_known_and_not_shown() {
    let help = run(&mut talkspace(&["list-media", "--help"]));
    for (former, name) in [
        ("--first-byte-timeout", "--response-timeout"),
        ("--idle-timeout", "--read-timeout"),
        ("--total-timeout", "--timeout"),
    ] {
        let list = ["list-media", "--dry-run", "--base-url", "https://host"];
        let ran = run(talkspace(&list).args([former, "1"]));
        assert_eq!(ran.status, Some(0), "{former}: {ran:?}");
        assert!(!help.text().contains(former), "{former}");
        assert!(help.text().contains(&format!("{name} <SECONDS>")), "{name}");
    }
}

#[test]
fn a_greeting_can_be_chosen_for_all_phone_calls() {
    let mut command = talkspace(&["create-talkspace", "--network-id", "eta", "--dry-run"]);
    command.args([
        "--base-url",
        "http://127.0.0.1:9",
        "--default-greeting-id",
        "hello",
    ]);
    let ran = run(&mut command);
    assert!(ran.text().contains("greetingid = hello"), "{ran:?}");
    let ran = run(command.args(["--greeting-id", "other"]));
    assert!(ran.text().contains("greetingid = other"), "{ran:?}");
}

#[test]
fn media_of_another_host_are_fetched_when_allowed() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("hosts");
    let to = folder.0.join("a.mp3");
    let status = run(
        talkspace(&["get-media-status", "--media-id", MEDIA, "--json"])
            .args(["--base-url", &serving.url]),
    );
    let url = status.json()["download_url"].as_str().unwrap().to_owned();
    let other = url.replace("127.0.0.1", "localhost");
    let fetch = |more: &[&str]| {
        let mut command = talkspace(&["download-media", "--url", &other, "-o"]);
        command
            .arg(&to)
            .args(["--base-url", &serving.url])
            .env_remove("TALKSPACE_APP_KEY");
        run(command.args(more))
    };
    let failed = fetch(&[]);
    assert_eq!(failed.status, Some(2), "{failed:?}");
    assert!(failed.stderr.contains("--media-host"), "{failed:?}");
    assert!(!to.exists());
    let port = serving.authority().rsplit(':').next().unwrap();
    let host = format!("localhost:{port}");
    assert!(
        failed.stderr.contains(&format!("leads to {host},")),
        "{failed:?}"
    );
    for more in [&["--media-host", &host][..], &["--any-media-host"]] {
        let fetched = fetch(more);
        assert_eq!(fetched.status, Some(0), "{fetched:?}");
        assert_eq!(fs::read(&to).unwrap().len(), 417);
        fs::remove_file(&to).unwrap();
    }
}

#[test]
fn a_sandbox_says_what_is_wrong_with_its_settings() {
    let taken = Serving::start(&[]);
    for (arguments, why) in [
        (&["--listen", taken.authority()][..], taken.authority()),
        (
            &["--listen", taken.authority()],
            "another program listens there",
        ),
        (&["--listen", ":8080"], "cannot listen on `:8080`"),
        (&["--listen", "no such name"], "--listen 127.0.0.1:8080"),
        (&["--listen", "192.0.2.1:0"], "cannot listen on 192.0.2.1:0"),
        (&["--host", "*"], "--host"),
        (
            &["--host", "sandbox:port"],
            "such as sandbox or sandbox:8080",
        ),
        (&["--allow-origin", "*"], "such as http://localhost:3000"),
        (&["--host", ""], "--host"),
        (&["--app-key", ""], "--app-key"),
        (&["--media", ""], "--media"),
        (&["--register", "=4151239876"], "--register"),
        (
            &["--register=eta=14151239876", "--register=eta=14151239877"],
            "the person eta is given twice",
        ),
        (
            &["--media=hello", "--media=hello"],
            "the media hello is given twice",
        ),
        (&["--token=a\nb"], "the token cannot be sent"),
        (&["--public-url", "sandbox"], "--public-url"),
        (
            &["--app-key-file", "/dev/null"],
            "there is no application key",
        ),
    ] {
        let ran = run(talkspace(&["sandbox"]).args(arguments));
        assert_eq!(ran.status, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(why), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_sandbox_takes_its_key_from_a_file_and_its_names_as_they_are_written() {
    let folder = Folder::new("sandbox-key");
    let file = folder.0.join("key");
    fs::write(&file, format!("{KEY}\n")).unwrap();
    let path = file.to_str().unwrap();
    let names = ["--host", "Sandbox.:8080", "--host", "http://other"];
    let public = ["--public-url", "http://sandbox.example:8080/"];
    let options = [
        &["--app-key-file", path, "--media", MEDIA],
        &names[..],
        &public,
    ]
    .concat();
    let serving = Serving::start(&options);
    for host in ["sandbox", "sandbox:8080", "other:1", "sandbox.example"] {
        let request =
            format!("GET /api/rest/version HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let response = serving.send(request.as_bytes());
        assert!(response.starts_with("HTTP/1.1 200"), "{host}: {response}");
    }
    let mut command = talkspace(&["get-media-status", "--media-id", MEDIA, "--json"]);
    let status = run(command.args(["--base-url", &serving.url]));
    let url = status.json()["download_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("http://sandbox.example:8080/"), "{url}");
}

#[test]
fn plain_http_to_another_machine_is_sent_when_that_is_meant() {
    let serving = Serving::start(&["--listen", "0.0.0.0:0"]);
    // It leads here, and the library cannot know that.
    let url = serving.url.replace("127.0.0.1", "0.0.0.0");
    for transport in TRANSPORTS {
        let mut command = talkspace(&["list-media", "--base-url", &url, "--transport", transport]);
        let failed = run(&mut command);
        assert_eq!(failed.status, Some(2), "{failed:?}");
        assert!(failed.stderr.contains("--plain-http-host"), "{failed:?}");
        let other = run(command.env("TALKSPACE_PLAIN_HTTP_HOST", "sandbox,0.0.0.1"));
        assert_eq!(other.status, Some(2), "{other:?}");
        let sent = run(command.env("TALKSPACE_PLAIN_HTTP_HOST", "sandbox,0.0.0.0"));
        assert_eq!(sent.status, Some(0), "{sent:?}");
        let sent = run(command.args(["--plain-http-host", url.strip_prefix("http://").unwrap()]));
        assert_eq!(sent.status, Some(0), "{sent:?}");
    }
}
