//! What a command came to: its exit status, and its one document.

use std::io::Write;

use serde_json::Value;

use crate::command::{Ran, TRANSPORTS, documented, names, peer, request, run, talkspace};
use crate::serving::{Folder, MEDIA, Serving};

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told() {
    use crate::command::in_shell;

    let serving = Serving::start(&[]);
    let failed = |script: &str| {
        let ran = Ran::of(in_shell(script, &serving.url));
        assert_eq!(ran.status, Some(8), "{script}: {ran:?}");
        assert!(
            ran.stderr
                .contains("cannot write to standard output: No space left"),
            "{ran:?}"
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
        ran.stderr
    };
    for json in ["", "--json"] {
        let told = failed(&format!(
            "\"$T\" create-talkspace --network-id eta {json} > /dev/full"
        ));
        let id = told.split("conference_id ").nth(1).unwrap().trim();
        let details = [
            "get-talkspace",
            "--conference-id",
            id,
            "--base-url",
            &serving.url,
        ];
        let there = run(&mut talkspace(&details));
        assert_eq!(there.status, Some(0), "{there:?}");
        // A grant is no id that anybody may read.
        let told = failed(&format!(
            "\"$T\" request-upload-grant --media-id {MEDIA} {json} > /dev/full"
        ));
        assert!(!told.contains("0x"), "{told}");
        failed(&format!("\"$T\" list-media {json} --dry-run > /dev/full"));
        failed(&format!("\"$T\" demo {json} --save /dev/null > /dev/full"));
    }
    for script in [
        "completions bash",
        "--help",
        "--version",
        "sandbox --listen 0",
    ] {
        failed(&format!("\"$T\" {script} > /dev/full"));
    }
    let folder = Folder::new("full-pages");
    failed(&format!("\"$T\" man {} > /dev/full", folder.0.display()));
    // No output is wanted here, and that is no error. Node hands over the
    // third, Python the fourth, a daemon's starter the fifth, and the last two
    // cannot be told from those (`print::out`).
    for place in [
        "> /dev/null",
        "1<> /dev/null",
        "< /dev/null 1<> /dev/null 2<> /dev/null",
        "1<> /dev/null 2>&1",
        "0<> /dev/null 1>&0 2>&0",
        ">&-",
        "<&- >&- 2>&-",
    ] {
        for script in [
            "create-talkspace --network-id eta",
            "list-media --json",
            "--help",
        ] {
            let ran = Ran::of(in_shell(&format!("\"$T\" {script} {place}"), &serving.url));
            assert_eq!(ran.status, Some(0), "{script} {place}: {ran:?}");
            assert_eq!(ran.stderr, "", "{script} {place}");
        }
    }
    // A reader that went away is no error.
    let left = "{ \"$T\" list-media; echo $? >&2; } | true";
    let left = Ran::of(in_shell(left, &serving.url));
    assert_eq!(left.stderr, "0\n");
}

#[test]
fn a_polling_timeout_is_not_an_error_response() {
    let serving = Serving::start(&[]);
    for transport in TRANSPORTS {
        let register = [
            "register",
            "--network-id",
            "no-answer-1",
            "--phone",
            "4151230001",
            "--base-url",
            &serving.url,
            "--transport",
            transport,
        ];
        let ran = run(talkspace(&register).args(["--wait=0.3", "--json"]));
        assert_eq!(ran.status, Some(5), "{ran:?}");
        let document = ran.json();
        assert_eq!(document["operation"], "register");
        assert_eq!(document["status"], 201);
        assert_eq!(document["waited"]["reached"], false);
        assert_eq!(document["waited"]["error"]["kind"], "poll_timeout");
        assert_eq!(document["waited"]["error"]["exit_status"], 5);
        assert_eq!(document["waited"]["error"]["limit"], "polling");
        assert_eq!(document["waited"]["error"]["effect"], "reads");
        assert_eq!(ran.stderr, "");

        let ran = run(talkspace(&register).arg("--wait=0.3"));
        assert_eq!(ran.status, Some(5), "{ran:?}");
        assert!(ran.text().starts_with("201 register"), "{ran:?}");
        assert!(ran.stderr.contains("the request succeeded"), "{ran:?}");
    }
    let create = ["create-talkspace", "--network-id", "eta", "--json"];
    let made = run(talkspace(&create).args(["--wait", "--base-url", &serving.url]));
    assert_eq!(made.json()["waited"]["reached"], true);
    let create_as_text = ["create-talkspace", "--network-id", "eta"];
    let made = run(talkspace(&create_as_text).args(["--wait", "--base-url", &serving.url]));
    let (_, waited) = made.text().rsplit_once("    waited").unwrap();
    assert!(waited.trim_end().ends_with(" s; in it: eta"), "{made:?}");
    let made = run(talkspace(&create).args(["--base-url", &serving.url]));
    assert!(made.json().get("waited").is_none());
}

#[test]
fn members_come_in_the_order_of_the_wire() {
    let serving = Serving::start(&[]);
    let create = ["create-talkspace", "--network-id", "eta", "--json"];
    let made = run(talkspace(&create).args(["--base-url", &serving.url]));
    let names = [
        "operation",
        "status",
        "http_status",
        "message",
        "conference_id",
        "uri",
    ];
    let places = names.map(|name| made.text().find(&format!("\"{name}\"")).unwrap());
    assert!(places.is_sorted(), "{places:?} in {}", made.text());
}

#[test]
fn media_without_content_is_there_later() {
    let serving = Serving::start(&[]);
    let folder = Folder::new("later");
    let made = run(talkspace(&["create-media", "--json"]).args(["--base-url", &serving.url]));
    let id = made.json()["media_id"].as_str().unwrap().to_owned();
    let mut command = talkspace(&["download-media", "--media-id", &id, "-o"]);
    command
        .arg(folder.0.join("x.mp3"))
        .args(["--base-url", &serving.url]);
    let ran = run(&mut command);
    assert_eq!(ran.status, Some(6), "{ran:?}");
    let ran = run(command.arg("--json"));
    assert_eq!(ran.status, Some(6), "{ran:?}");
    assert_eq!(ran.json()["error"]["kind"], "not_there");
    assert!(names(&folder.0).is_empty());
}

#[test]
fn there_is_one_document_for_every_outcome() {
    let nowhere = ["--base-url", "http://127.0.0.1:9", "--json"];
    let list = [&["list-media"][..], &nowhere].concat();
    let with = |more: &[&'static str]| [&list[..], more].concat();
    let upload = |file| [&["upload-media", "--media-id", "x", file][..], &nowhere].concat();
    for (arguments, kind, status) in [
        (with(&["--nonsense"]), "usage", 2),
        (with(&["--transport", "pigeon"]), "usage", 2),
        (with(&["--base-url", "http://127.0.0.1:10"]), "usage", 2),
        (with(&["--app-key-file", "/nosuch"]), "usage", 2),
        (with(&["--root-certificates", "/dev/null"]), "usage", 2),
        // It has no end.
        (with(&["--root-certificates", "/dev/zero"]), "usage", 2),
        (with(&[]), "connect", 3),
        (
            vec!["list-media", "--json", "--base-url", "http://example.com"],
            "usage",
            2,
        ),
        (vec!["list-media", "--json"], "usage", 2),
        (vec!["nonsense", "--json"], "usage", 2),
        (vec!["--json"], "usage", 2),
        (vec!["list-media", "--json=true"], "usage", 2),
        (upload("/nosuch"), "usage", 2),
        (upload("/"), "usage", 2),
        (
            [&["create-talkspace", "--network-id", ""][..], &nowhere].concat(),
            "invalid",
            2,
        ),
    ] {
        let ran = run(&mut talkspace(&arguments));
        assert_eq!(ran.status, Some(status), "{arguments:?}: {ran:?}");
        let document = ran.json();
        let error = &document["error"];
        assert_eq!(error["kind"], kind, "{arguments:?}: {document}");
        assert_eq!(error["exit_status"], status, "{document}");
        assert!(
            !error["text"].as_str().unwrap().contains('\n'),
            "{document}"
        );
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
}

#[test]
fn statuses_and_words_stand_in_the_help_and_in_the_manual() {
    let folder = Folder::new("statuses");
    let pages = run(talkspace(&["man"]).arg(&folder.0));
    assert_eq!(pages.status, Some(0), "{pages:?}");
    let page = std::fs::read_to_string(folder.0.join("talkspace.1")).unwrap();
    let help = run(&mut talkspace(&["--help"]));
    for status in [0, 1, 2, 3, 4, 5, 6, 7, 8, 130] {
        assert!(
            help.text().contains(&format!("\n{status:>5}  ")),
            "{status}"
        );
        assert!(page.contains(&format!(".TP\n{status}\n")), "{status}");
    }
    let members = documented();
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "kind", "delivery", "verdict", "effect", "phase", "limit", "given_up"
        ]
    );
    for (name, words) in members {
        let (_, after) = page.split_once(&format!(".TP\n{name}\n")).unwrap();
        let text = after.lines().next().unwrap();
        assert!(text.ends_with(&words.join(", ")), "{name}: {text}");
    }
}

#[test]
fn a_gateways_page_is_shown_when_asked_for() {
    let url = || {
        peer(|listener| {
            let page = "<h1>Blocked\u{1b}[2J by \u{202e}policy</h1>\n<p>appkey=SENTINEL</p>\n"
                .to_owned()
                + &"<br>\n".repeat(100);
            let (_, mut stream) = request(&listener);
            let head = format!(
                "HTTP/1.1 403 Forbidden\r\nX-Request-Id: req-77\r\nContent-Type: text/html\r\n\
                 Content-Length: {}\r\n\r\n{page}",
                page.len()
            );
            let _ = stream.write_all(head.as_bytes());
        })
    };
    let list = |more: &[&str]| {
        let mut command = talkspace(&["list-media", "--base-url", &url()]);
        run(command.args(more).env("TALKSPACE_APP_KEY", "SENTINEL"))
    };
    let quiet = list(&[]);
    assert_eq!(quiet.status, Some(1), "{quiet:?}");
    assert!(!quiet.stderr.contains("Blocked"), "{quiet:?}");
    assert!(list(&["--json"]).json()["error"].get("body").is_none());

    let told = list(&["-v"]).stderr;
    assert!(told.contains("req-77"), "{told}");
    assert!(
        told.contains("| <h1>Blocked") && told.contains("policy</h1>"),
        "{told}"
    );
    let unseen = |text: &str| text.contains(['\u{1b}', '\u{202e}']) || text.contains("SENTINEL");
    assert!(!unseen(&told), "{told}");
    assert!(told.lines().count() < 60, "{told}");

    let ran = list(&["-v", "--json"]);
    assert!(!unseen(ran.text()), "{ran:?}");
    let document: Value = ran.json();
    assert_eq!(document["error"]["request_id"], "req-77");
    assert!(
        document["error"]["body"]
            .as_str()
            .unwrap()
            .contains("Blocked")
    );
}

#[test]
fn the_cause_beneath_an_error_is_told_once() {
    for transport in TRANSPORTS {
        // No service has this port.
        let mut version = talkspace(&["get-version", "--base-url", "http://127.0.0.1:1"]);
        let ran = run(version.args(["--max-retries", "0", "--transport", transport]));
        let lines: Vec<&str> = ran.stderr.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 2, "{ran:?}");
        assert_eq!(
            lines[0],
            "error: getVersion: could not connect; nothing was sent"
        );
        let cause = "127.0.0.1:1: Connection refused";
        let because = format!("because: {cause}");
        assert!(lines[1].starts_with(&because), "{ran:?}");
        let causes = &run(version.arg("--json")).json()["error"]["causes"];
        assert!(causes[0].as_str().unwrap().starts_with(cause), "{causes}");
        assert_eq!(causes.as_array().unwrap().len(), 1, "{causes}");
    }
}

#[test]
fn a_response_that_is_not_the_service_s_is_told_as_that() {
    let folder = Folder::new("not-the-service");
    let to = folder.0.join("1.mp3");
    let page = "Content-Type: text/html";
    for transport in TRANSPORTS {
        for (status, field, told) in [
            ("200 OK", page, "a page (text/html)"),
            ("403 Forbidden", page, "status 403: a page (text/html)"),
            ("511 Sign In", "", "status 511: the network asks to sign in"),
            (
                "302 Found",
                "Location: http://portal.example/login?u=1",
                "status 302: a redirect to portal.example, which",
            ),
            ("500 Broken", "", "status 500"),
            ("503 Busy", "", "status 503"),
        ] {
            let url = peer(move |listener| {
                loop {
                    let (_, mut stream) = request(&listener);
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status}\r\n{field}{}Content-Length: 6\r\n\r\n<html>",
                        if field.is_empty() { "" } else { "\r\n" }
                    );
                }
            });
            let common = [
                "--base-url",
                &url,
                "--transport",
                transport,
                "--max-retries=0",
            ];
            let listed = run(talkspace(&["list-media"]).args(common));
            let sound = format!("{url}/1.mp3");
            let mut fetch = talkspace(&["download-media", "--url", &sound, "-o"]);
            let fetched = run(fetch.arg(&to).args(common));
            for ran in [listed, fetched] {
                assert_eq!(ran.status, Some(1), "{ran:?}");
                assert!(ran.stderr.contains(told), "{ran:?}");
                assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
                assert!(!ran.stderr.contains("login"), "{ran:?}");
            }
        }
    }
}

#[test]
fn a_response_may_be_as_large_as_is_allowed() {
    for transport in TRANSPORTS {
        let url = peer(|listener| {
            let names = vec!["\"somebody\""; 150_000].join(",");
            let body = format!(
                r#"{{"NetworkidListResponse":{{"message":"","status":200,"networkids":[{names}]}}}}"#
            );
            loop {
                let (_, mut stream) = request(&listener);
                crate::command::respond(&mut stream, "200 OK", body.as_bytes());
            }
        });
        let list = [
            "list-network-ids",
            "--base-url",
            &url,
            "--transport",
            transport,
        ];
        let failed = run(&mut talkspace(&list));
        assert_eq!(failed.status, Some(3), "{failed:?}");
        assert!(failed.stderr.contains("--max-body-bytes"), "{failed:?}");
        let listed = run(talkspace(&list).args(["--max-body-bytes", "4000000"]));
        assert_eq!(listed.status, Some(0), "{}", listed.stderr);
    }
}
