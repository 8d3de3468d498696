//! The example of a tool for cron, as a process, with the sandbox on a socket.

use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::time::Duration;

use talkspace_blocking::{AddToTalkspace, Client, HttpTransport, ListTalkspaces};
use talkspace_sandbox::{Fault, Sandbox, SandboxBuilder, Server};

#[expect(dead_code, reason = "its `main` is the program's")]
#[path = "../../crates/talkspace-blocking/examples/cron.rs"]
mod example;

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
/// Set in the process that is the example; whom it calls.
const PEOPLE: &str = "TALKSPACE_TEST_IN_CHILD";

/// The example itself, which a test runs in a process of its own.
#[test]
fn the_example() {
    if let Ok(people) = std::env::var(PEOPLE) {
        let code = example::run(people.split(' ').map(str::to_owned));
        std::process::exit(
            i32::from(code != ExitCode::SUCCESS) + i32::from(code == ExitCode::from(2)),
        );
    }
}

fn start(server: &Server, people: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cron::the_example", "--nocapture"])
        .envs([
            (PEOPLE, people),
            ("TALKSPACE_BASE_URL", &server.url()),
            ("TALKSPACE_APP_KEY", KEY),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn sandbox() -> Server {
    Sandbox::builder()
        .examples()
        .person("no-answer-nu", "14151239878")
        .ring(Duration::from_millis(10))
        .start()
        .unwrap()
}

fn told(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

#[test]
fn people_are_called_together() {
    let server = sandbox();
    let output = start(&server, "eta @theta").wait_with_output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("@theta is there"), "{told}");
    assert_eq!(server.sandbox().rings("@theta"), 1);
}

#[test]
fn a_response_that_is_lost_rings_nobody_twice_and_a_429_nobody() {
    let server = sandbox();
    let sandbox = server.sandbox();
    for (fault, rings) in [(Fault::lose_response(), 1), (Fault::status(429), 1)] {
        let fault = sandbox.fault::<AddToTalkspace>(fault.person("@theta").once());
        let output = start(&server, "eta @theta").wait_with_output().unwrap();
        let told = told(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("@theta: addToTalkspace: "), "{told}");
        assert_eq!((sandbox.rings("@theta"), fault.hits()), (rings, 1));
    }
}

#[cfg(unix)]
#[test]
fn a_signal_while_a_phone_rings_closes_the_talkspace() {
    let server = sandbox();
    let child = start(&server, "eta no-answer-nu");
    let calls_nu = |add: &AddToTalkspace| add.network_id == "no-answer-nu";
    server.sandbox().wait_for_request(calls_nu).unwrap();
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("the TalkSpace is closed"), "{told}");
    assert!(!told.contains(KEY), "{told}");

    let client = Client::builder(server.url(), KEY)
        .build_blocking(HttpTransport::new())
        .unwrap();
    let list = client.send(ListTalkspaces::new()).unwrap();
    assert!(list.active.is_empty(), "{list:?}");
}
