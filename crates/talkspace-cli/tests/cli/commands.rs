//! The command as its users run it: real processes, real sockets.

use std::io::Read;
use std::process::{Command, Output};

use crate::serving::{KEY, MEDIA as GREETING, Serving};

fn talkspace(arguments: &[&str]) -> Command {
    let mut command = Command::new(crate::program());
    command
        .args(arguments)
        .env_remove("TALKSPACE_APP_KEY")
        .env_remove("TALKSPACE_BASE_URL")
        .env("TALKSPACE_SANDBOX_LISTEN", "127.0.0.1:0");
    command
}

fn run(arguments: &[&str]) -> Output {
    talkspace(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn is_id(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A path in the temporary folder that no other test run has.
fn temporary(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("talkspace-{}-{name}", std::process::id()))
}

/// A `talkspace sandbox` that knows somebody.
struct Sandbox(Serving);

impl Sandbox {
    fn start(more: &[&str]) -> Self {
        let seeds = [
            "sandbox",
            "--app-key",
            KEY,
            "--register",
            "eta=14151239876",
            "--media",
            GREETING,
        ];
        let mut command = talkspace(&seeds);
        command.args(more);
        Self(Serving::of(command, "127.0.0.1:0"))
    }

    /// What `curl -d FORM $URL/api/rest/conference` gives: the status and the body.
    fn create(&self, form: &str) -> (u16, String) {
        let request = format!(
            "POST /api/rest/conference HTTP/1.1\r\nHost: {}\r\nUser-Agent: curl/7.88.1\r\n\
             Accept: */*\r\nContent-Length: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Connection: close\r\n\r\n{form}",
            self.0.authority(),
            form.len()
        );
        let response = self.0.send(request.as_bytes());
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().parse().unwrap(),
            body.to_owned(),
        )
    }

    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = talkspace(arguments);
        command
            .args(["--base-url", &self.0.url])
            .env("TALKSPACE_APP_KEY", KEY);
        command.output().unwrap()
    }

    #[cfg(unix)]
    fn signal(&mut self, signal: &str) -> Option<i32> {
        self.0.signal(signal);
        self.0.child.wait().unwrap().code()
    }
}

#[test]
fn the_demo_tells_its_story_over_both_transports() {
    for transport in ["hyper", "blocking"] {
        let saved = temporary(&format!("demo-{transport}.mp3"));
        let output = talkspace(&["demo", "--transport", transport, "--save"])
            .arg(&saved)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(std::fs::metadata(&saved).unwrap().len() > 417);
        std::fs::remove_file(&saved).unwrap();
        let text = stdout(&output);
        for step in [
            "register", "record", "create", "add", "unmute", "mute", "list", "details", "close",
            "download",
        ] {
            assert!(text.contains(step), "{step} is missing:\n{text}");
        }
        assert!(text.split_whitespace().any(is_id), "{text}");
        assert!(!text.contains('\u{1b}'), "no colours in a pipe");

        let output = run(&["demo", "--json", "--transport", transport]);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(is_id(document["conference_id"].as_str().unwrap()));
        assert_eq!(document["steps"].as_array().unwrap().len(), 11);
        let recording = document["recording"].as_str().unwrap();
        let sound = std::fs::read(recording).unwrap();
        std::fs::remove_file(recording).unwrap();
        assert!(sound.starts_with(&[0xFF, 0xFB]), "an MP3");
    }
}

#[test]
fn the_sandbox_responds_as_the_service_did() {
    let sandbox = Sandbox::start(&[]);
    let (status, body) =
        sandbox.create(&format!("appkey={KEY}&networkid=eta&greetingid={GREETING}"));
    assert_eq!(status, 201);
    let id = body
        .strip_prefix(r#"{"ConferenceResponse":{"message":"Created, leader is eta","status":201,"conferenceId":""#)
        .and_then(|rest| rest.get(..32))
        .unwrap_or_else(|| panic!("{body}"));
    assert!(is_id(id));
    assert!(
        body.ends_with(&format!(
            r#"{id}","uri":"\/api\/rest\/conference\/{id}"}}}}"#
        )),
        "{body}"
    );

    let (status, body) = sandbox.create(&format!("appkey={KEY}"));
    assert_eq!(status, 400);
    assert_eq!(
        body,
        r#"{"ConferenceResponse":{"message":"Missing or invalid networkid parameter","status":400,"conferenceId":"","uri":""}}"#
    );
    let (status, body) = sandbox.create("appkey=unknown&networkid=eta");
    assert_eq!(status, 400);
    assert!(
        body.starts_with(r#"{"ConferenceResponse":{"#) && body.contains(r#""status":400"#),
        "{body}"
    );
}

#[test]
fn an_outage_is_a_502_with_the_envelope() {
    let sandbox = Sandbox::start(&["--outage"]);
    let (status, body) = sandbox.create(&format!("appkey={KEY}&networkid=eta"));
    assert_eq!(status, 502);
    assert_eq!(
        body,
        r#"{"ConferenceResponse":{"message":"","status":502,"conferenceId":"","uri":""}}"#
    );
}

#[cfg(unix)]
#[test]
fn signals_end_the_sandbox_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let mut sandbox = Sandbox::start(&[]);
        assert_eq!(sandbox.signal(signal), Some(0), "{signal}");
        let mut rest = String::new();
        sandbox.0.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "one line is all it says");
    }
}

#[test]
fn operations_are_commands_for_people_and_programs() {
    let sandbox = Sandbox::start(&[]);
    for transport in ["hyper", "blocking"] {
        let output = sandbox.command(&[
            "create-talkspace",
            "--network-id",
            "eta",
            "--greeting-id",
            GREETING,
            "--json",
            "--transport",
            transport,
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["operation"], "createTalkspace");
        assert_eq!(document["status"], 201);
        let id = document["conference_id"].as_str().unwrap();
        assert!(is_id(id));

        let output = sandbox.command(&[
            "close-talkspace",
            "--conference-id",
            id,
            "--transport",
            transport,
        ]);
        assert!(output.status.success());
        assert!(stdout(&output).contains(id), "{}", stdout(&output));
    }
}

#[test]
fn exit_statuses_tell_what_happened() {
    let sandbox = Sandbox::start(&[]);
    for transport in ["hyper", "blocking"] {
        let create = ["create-talkspace", "--transport", transport, "--network-id"];
        let create = |leader: &'static str| [&create[..], &[leader]].concat();

        let failed = sandbox.command(&create("stranger"));
        assert_eq!(failed.status.code(), Some(1));
        assert!(
            stderr(&failed).contains("createTalkspace: status 400"),
            "{}",
            stderr(&failed)
        );

        let empty = sandbox.command(&create(""));
        assert_eq!(empty.status.code(), Some(2));
        assert!(
            stderr(&empty).contains("`networkid` must not be empty"),
            "{}",
            stderr(&empty)
        );

        let nowhere = talkspace(&create("eta"))
            .args(["--base-url", "http://127.0.0.1:9"])
            .env("TALKSPACE_APP_KEY", KEY)
            .output()
            .unwrap();
        assert_eq!(nowhere.status.code(), Some(3), "{}", stderr(&nowhere));
        assert!(stderr(&nowhere).contains("nothing was sent"));

        let cut = cut_off_server();
        let uncertain = talkspace(&create("eta"))
            .args(["--base-url", &cut, "--json"])
            .env("TALKSPACE_APP_KEY", KEY)
            .output()
            .unwrap();
        assert_eq!(uncertain.status.code(), Some(4), "{}", stderr(&uncertain));
        let document: serde_json::Value = serde_json::from_slice(&uncertain.stdout).unwrap();
        assert_eq!(document["error"]["delivery"], "maybe_sent");

        let list = ["list-talkspaces", "--transport", transport];
        let listed = talkspace(&list)
            .args(["--base-url", &cut_off_server()])
            .env("TALKSPACE_APP_KEY", KEY)
            .output()
            .unwrap();
        assert_eq!(listed.status.code(), Some(3), "{}", stderr(&listed));
        assert!(!stderr(&listed).contains("applied"));
    }
}

#[test]
fn what_may_have_been_applied_comes_with_the_command_that_checks_it() {
    let create = ["create-talkspace", "--network-id", "eta"];
    let id = ["--conference-id", "63c9"];
    let add = [&["add-to-talkspace", "--network-id", "eta"], &id[..]].concat();
    let close = [&["close-talkspace"], &id[..]].concat();
    for (command, check) in [
        (&create[..], Some("talkspace list-talkspaces")),
        (&add, Some("talkspace get-talkspace")),
        (&close, None),
    ] {
        let output = talkspace(command)
            .args(["--base-url", &cut_off_server()])
            .env("TALKSPACE_APP_KEY", KEY)
            .output()
            .unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(4), "{said}");
        let hint = said.split_once("to see whether it was: ");
        match check {
            Some(check) => assert!(hint.unwrap().1.starts_with(check), "{said}"),
            None => assert!(hint.is_none(), "{said}"),
        }
    }
    // Where nothing was sent there is nothing to check.
    let nowhere = talkspace(&create)
        .args(["--base-url", "http://127.0.0.1:9"])
        .env("TALKSPACE_APP_KEY", KEY)
        .output()
        .unwrap();
    assert!(!stderr(&nowhere).contains("to see whether"));
}

/// A server that reads a request and closes the connection, once.
fn cut_off_server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
    });
    url
}

#[test]
fn who_gives_a_sandbox_a_port_is_told_the_option() {
    for arguments in [
        &["sandbox", "--port", "9000"][..],
        &["sandbox", "--port=9000"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(said.contains("'--listen'"), "{said}");
    }
}

#[test]
fn the_key_is_needed_and_never_shown() {
    let create = [
        "create-talkspace",
        "--network-id",
        "eta",
        "--base-url",
        "http://127.0.0.1:9",
    ];
    let output = run(&create);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("TALKSPACE_APP_KEY"));
    let output = run(&["create-talkspace", "--app-key", "x"]);
    assert!(
        stderr(&output).contains("unexpected argument '--app-key'"),
        "not an argument"
    );

    let output = talkspace(&create)
        .env("TALKSPACE_APP_KEY", "SENTINEL")
        .output()
        .unwrap();
    assert!(!(stdout(&output) + &stderr(&output)).contains("SENTINEL"));
    let help = talkspace(&["create-talkspace", "--help"])
        .env("TALKSPACE_APP_KEY", "SENTINEL")
        .output()
        .unwrap();
    assert!(!stdout(&help).contains("SENTINEL"));

    let file = temporary("key");
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    let sandbox = Sandbox::start(&[]);
    let output = talkspace(&[
        "list-talkspaces",
        "--base-url",
        &sandbox.0.url,
        "--app-key-file",
    ])
    .arg(&file)
    .output()
    .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_file_goes_up_and_comes_down_again() {
    let sandbox = Sandbox::start(&[]);
    let sound: Vec<u8> = b"ID3\x04".iter().copied().cycle().take(300_000).collect();
    let (up, down) = (temporary("up.mp3"), temporary("down.mp3"));
    std::fs::write(&up, &sound).unwrap();
    for transport in ["hyper", "blocking"] {
        let made = sandbox.command(&["create-media", "--json", "--transport", transport]);
        let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
        let id = made["media_id"].as_str().unwrap();
        let file = up.to_str().unwrap();
        let output = sandbox.command(&[
            "upload-media",
            "--media-id",
            id,
            file,
            "--transport",
            transport,
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stderr(&output), "", "no progress in a pipe");

        let to = down.to_str().unwrap();
        let fetch = [
            "download-media",
            "--media-id",
            id,
            "--output",
            to,
            "--transport",
            transport,
        ];
        let output = sandbox.command(&fetch);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(std::fs::read(&down).unwrap(), sound);

        let output = sandbox.command(&[&fetch[..], &["--at-most", "1000"]].concat());
        assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
        assert_eq!(
            std::fs::read(&down).unwrap(),
            sound,
            "a download that fails replaces nothing"
        );
    }
    std::fs::write(&up, "RIFF....WAVE").unwrap();
    let output = sandbox.command(&["upload-media", "--media-id", "x", up.to_str().unwrap()]);
    assert_eq!(
        output.status.code(),
        Some(2),
        "caught before anything was sent"
    );
    assert!(
        stderr(&output).contains("not an MP3"),
        "{}",
        stderr(&output)
    );
    std::fs::remove_file(&up).unwrap();
    std::fs::remove_file(&down).unwrap();
}

#[test]
fn commands_wait_for_what_takes_a_while() {
    let sandbox = Sandbox::start(&["--ring", "0.05"]);
    let output = sandbox.command(&[
        "create-talkspace",
        "--network-id",
        "eta",
        "--wait",
        "--json",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = made["conference_id"].as_str().unwrap();
    let details = sandbox.command(&["get-talkspace", "--conference-id", id]);
    assert!(stdout(&details).contains("eta"), "{}", stdout(&details));
}

#[test]
fn a_rehearsal_shows_the_request_and_sends_nothing() {
    // Nothing listens there, so that sending would fail.
    let url = "https://127.0.0.1:9/prefix";
    for (arguments, shown, hidden) in [
        (
            &["create-talkspace", "--network-id", "eta a/b"][..],
            &[
                "POST https://127.0.0.1:9/prefix/api/rest/conference\n",
                "networkid = eta a/b",
                "appkey = …",
            ][..],
            "=key",
        ),
        (
            &[
                "change-phone",
                "--network-id",
                "eta",
                "--phone",
                "4151239876",
            ],
            &["/api/rest/registrant/eta/…", "phone = …"],
            "4151239876",
        ),
        (
            &[
                "mute-participant",
                "--conference-id",
                "63c9",
                "--network-id",
                "eta",
            ],
            &["action = mute", "63c9"],
            "=key",
        ),
        (
            &["list-talkspaces"],
            &[
                "GET https://127.0.0.1:9/prefix/api/rest/conference\n",
                "appkey = …  query",
            ],
            "?appkey",
        ),
    ] {
        let mut command = talkspace(arguments);
        let output = command
            .args(["--base-url", url, "--dry-run"])
            .output()
            .unwrap();
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        for part in shown {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains(hidden), "{text}");

        let output = command.arg("--json").output().unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let parameters = document["parameters"].as_array().unwrap();
        let key = parameters
            .iter()
            .find(|parameter| parameter["name"] == "appkey");
        assert!(key.unwrap()["value"].is_null());
        for parameter in parameters {
            let location = parameter["location"].as_str().unwrap();
            assert!(
                ["path", "query", "form", "url"].contains(&location),
                "{parameter}"
            );
        }
    }
    let output = run(&[
        "create-talkspace",
        "--network-id",
        "",
        "--base-url",
        url,
        "--dry-run",
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("networkid"), "{}", stderr(&output));
}

#[test]
fn a_phone_number_with_a_slip_is_not_repeated() {
    let url = "http://127.0.0.1:9";
    let slip = [
        "change-phone",
        "--network-id",
        "eta",
        "--phone",
        "1650123987x",
        "--base-url",
        url,
    ];
    let output = run(&slip);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("--phone") && !said.contains("1650123"),
        "{said}"
    );
}

#[test]
fn what_happens_is_told_when_asked_for() {
    let sandbox = Sandbox::start(&[]);
    for (transport, phone) in [("hyper", "4151230007"), ("blocking", "4151230008")] {
        let mut command = talkspace(&["change-phone", "--network-id", "eta", "--phone", phone]);
        command
            .args(["--base-url", &sandbox.0.url, "--transport", transport, "-v"])
            .env("TALKSPACE_APP_KEY", KEY);
        let told = stderr(&command.output().unwrap());
        assert!(told.contains("> POST http://127.0.0.1:"), "{told}");
        assert!(told.contains("/api/rest/registrant/eta/…"), "{told}");
        assert!(told.contains("< 20"), "{told}");
        assert!(!told.contains(KEY) && !told.contains(phone), "{told}");
    }
    let mut command = talkspace(&["list-talkspaces", "--base-url", "http://127.0.0.1:9", "-v"]);
    let told = stderr(&command.env("TALKSPACE_APP_KEY", KEY).output().unwrap());
    assert!(
        told.contains("! could not connect; nothing was sent"),
        "{told}"
    );
    assert!(told.contains("~ waiting"), "{told}");
}

#[test]
fn a_command_that_needs_no_key_reads_none() {
    let sandbox = Sandbox::start(&[]);
    let output = run(&["get-version", "--base-url", &sandbox.0.url]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("01.02.06"));
}

#[test]
fn a_url_of_another_host_is_not_fetched() {
    let sandbox = Sandbox::start(&[]);
    let to = temporary("foreign.mp3");
    let url = [
        "--url",
        "http://192.0.2.1/1.mp3",
        "--output",
        to.to_str().unwrap(),
    ];
    let output = sandbox.command(&[&["download-media"][..], &url].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("another host"),
        "{}",
        stderr(&output)
    );
    assert!(!to.exists());
}

#[test]
fn completions_and_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&run(&["completions", shell]));
        assert!(script.contains("create-talkspace"), "{shell}");
    }
    let folder = temporary("man");
    std::fs::create_dir(&folder).unwrap();
    let output = run(&["man", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = std::fs::read_to_string(folder.join("talkspace-create-talkspace.1")).unwrap();
    assert!(page.contains("network"), "{page}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn help_lists_every_operation() {
    let help = stdout(&run(&["--help"]));
    for operation in talkspace_core::OPERATIONS {
        let mut command = String::new();
        for character in operation.id.chars() {
            if character.is_ascii_uppercase() {
                command.push('-');
            }
            command.push(character.to_ascii_lowercase());
        }
        assert!(
            help.contains(&format!("  {command} ")),
            "{command} is missing:\n{help}"
        );
    }
}

#[test]
fn the_commands_of_the_readme_work() {
    let readme = include_str!("../../README.md");
    let served = Sandbox::start(&[]);
    let mut ran = Vec::new();
    for line in readme.lines() {
        let Some(arguments) = line.strip_prefix("talkspace ") else {
            continue;
        };
        ran.push(arguments);
        // It serves until it is stopped.
        if arguments == "sandbox" {
            continue;
        }
        let mut command = talkspace(&arguments.split(' ').collect::<Vec<_>>());
        let command = command
            .env("TALKSPACE_BASE_URL", &served.0.url)
            .env("TALKSPACE_APP_KEY", KEY);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}: {}", stderr(&output));
    }
    assert_eq!(
        ran,
        ["demo", "sandbox", "create-talkspace --network-id eta"]
    );
}
