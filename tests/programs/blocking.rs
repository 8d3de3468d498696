//! The examples of `talkspace-blocking`.

use std::env;
use std::process::{Command, ExitCode, Termination};
use std::time::Duration;

use talkspace_blocking::{AddToTalkspace, Client, HttpTransport, ListTalkspaces};
use talkspace_sandbox::{Fault, Sandbox, Server};
use talkspace_tests::root;

use crate::program::{KEY, Program, run};

#[path = "../../crates/talkspace-blocking/examples/cron.rs"]
mod cron_example;
#[path = "../../crates/talkspace-blocking/examples/upload.rs"]
mod upload_example;

pub(crate) fn cron() -> ExitCode {
    cron_example::main().report()
}

pub(crate) fn upload() -> ExitCode {
    upload_example::main().report()
}

fn sandbox() -> Server {
    Sandbox::builder()
        .examples()
        .person("no-answer-nu", "14151239878")
        .ring(Duration::from_millis(10))
        .start()
        .unwrap()
}

pub(crate) fn people_are_called_together() {
    let server = sandbox();
    let told = run("cron", &["eta", "@theta"], &server);
    assert!(told.contains("@theta is there"), "{told}");
    assert_eq!(server.sandbox().rings("@theta"), 1);
}

pub(crate) fn nobody_twice() {
    let server = sandbox();
    let sandbox = server.sandbox();
    for (fault, rings) in [(Fault::lose_response(), 1), (Fault::status(429), 1)] {
        let fault = sandbox.fault::<AddToTalkspace>(fault.person("@theta").once());
        let (code, told) = Program::start("cron", &["eta", "@theta"], &server).end();
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("@theta: addToTalkspace: "), "{told}");
        assert_eq!((sandbox.rings("@theta"), fault.hits()), (rings, 1));
    }
}

#[cfg(unix)]
pub(crate) fn a_signal_closes_the_talkspace() {
    let server = sandbox();
    let program = Program::start("cron", &["eta", "no-answer-nu"], &server);
    let calls_nu = |add: &AddToTalkspace| add.network_id == "no-answer-nu";
    server.sandbox().wait_for_request(calls_nu).unwrap();
    let mut kill = Command::new("kill");
    let sent = kill.args(["-INT", &program.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let (code, told) = program.end();
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("the TalkSpace is closed"), "{told}");

    let client = Client::builder(server.url(), KEY)
        .build_blocking(HttpTransport::new())
        .unwrap();
    let list = client.send(ListTalkspaces::new()).unwrap();
    assert!(list.active.is_empty(), "{list:?}");
}

pub(crate) fn progress_is_shown() {
    let server = sandbox();
    let tone = std::fs::read(root().join("tests/sandbox/tone.mp3")).unwrap();
    let file = env::temp_dir().join(format!("talkspace-upload-{}.mp3", std::process::id()));
    let content = tone.repeat(50);
    std::fs::write(&file, &content).unwrap();
    let told = run("upload", &[file.to_str().unwrap()], &server);
    std::fs::remove_file(&file).unwrap();
    let (shown, media) = told.trim_end().rsplit_once('\n').unwrap();
    let percent = |line: &str| line.strip_suffix(" %").unwrap().parse().unwrap();
    let shown: Vec<u32> = shown.lines().map(percent).collect();
    assert!(shown.len() > 4 && shown.is_sorted(), "{told}");
    assert_eq!(shown.last(), Some(&100));
    assert!(
        media.ends_with(&format!(" has {} bytes", content.len())),
        "{told}"
    );
}
