//! What was answered with success outlives the process, however it ends.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use talkspace_blocking::Client;
use talkspace_core::{
    CreateMedia, CreateTalkspace, DeleteRegistrant, GetMediaStatus, ListNetworkIds, ListTalkspaces,
    Policy, Register,
};

const KEY: &str = "11111111-2222-3333-4444-555555555555";
const PHONE: &str = "14151239876";

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("talkspace-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(state: &Path) -> Self {
        let mut child = command(state).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap();
        Self {
            child,
            url: url.to_owned(),
        }
    }

    fn client(&self) -> Client {
        Client::builder(&self.url, KEY)
            .policy(Policy::default().max_retries(0))
            .build()
            .unwrap()
    }

    /// SIGKILL: nothing is flushed, closed or said.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_talkspace"));
    command
        .args(["sandbox", "--app-key", KEY, "--ring", "0", "--state"])
        .arg(state)
        .args(["--register", &format!("eta={PHONE}")]);
    command
}

/// What was answered with success.
#[derive(Default)]
struct Promised {
    conferences: BTreeSet<String>,
    media: BTreeSet<String>,
    people: BTreeSet<String>,
    gone: BTreeSet<String>,
}

/// Changes the state until nobody answers.
fn change(client: &Client, worker: usize, round: usize, promised: &Mutex<Promised>) {
    for number in 0.. {
        let Ok(made) = client.send(CreateTalkspace::new("eta")) else {
            return;
        };
        let conference = made.conference_id.as_str().to_owned();
        promised.lock().unwrap().conferences.insert(conference);
        let Ok(made) = client.send(CreateMedia::new()) else {
            return;
        };
        let media = made.media_id.as_str().to_owned();
        promised.lock().unwrap().media.insert(media);
        let person = format!("person-{round}-{worker}-{number}");
        let register = Register::new(person.as_str()).phone(PHONE.parse().unwrap());
        let Ok(_) = client.send(register) else { return };
        promised.lock().unwrap().people.insert(person.clone());
        if number % 3 == 0 {
            // From here on it is unknown whether the person is there.
            promised.lock().unwrap().people.remove(&person);
            let Ok(_) = client.send(DeleteRegistrant::new(person.as_str())) else {
                return;
            };
            promised.lock().unwrap().gone.insert(person);
        }
    }
}

fn keeps(process: &Process, promised: &Promised) {
    let client = process.client();
    let list = client.send(ListTalkspaces::new()).unwrap();
    let listed: BTreeSet<_> = list
        .active
        .iter()
        .chain(&list.inactive)
        .map(|id| id.as_str())
        .collect();
    for id in &promised.conferences {
        assert!(listed.contains(id.as_str()), "{id} is lost");
    }
    for id in promised.media.iter().rev().take(20) {
        client.send(GetMediaStatus::new(id.as_str())).unwrap();
    }
    let people = client.send(ListNetworkIds::new()).unwrap().network_ids;
    let people: BTreeSet<_> = people.iter().map(|id| id.as_str()).collect();
    for id in &promised.people {
        assert!(people.contains(id.as_str()), "{id} is lost");
    }
    for id in &promised.gone {
        assert!(!people.contains(id.as_str()), "{id} is back");
    }
}

#[test]
fn what_was_answered_outlives_a_kill() {
    let rounds = std::env::var("TALKSPACE_STATE_ROUNDS");
    let rounds: usize = rounds.ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let folder = Folder::new("kill");
    let state = folder.0.join("state.json");
    let promised = Arc::new(Mutex::new(Promised::default()));
    let mut process = Process::start(&state);
    for round in 0..rounds {
        // A new file now and then: the longer it gets, the fewer writes are cut.
        if round % 10 == 9 {
            process.kill();
            std::fs::remove_file(&state).unwrap();
            *promised.lock().unwrap() = Promised::default();
            process = Process::start(&state);
        }
        let workers: Vec<_> = (0..3)
            .map(|worker| {
                let (client, promised) = (process.client(), Arc::clone(&promised));
                thread::spawn(move || change(&client, worker, round, &promised))
            })
            .collect();
        let enough = promised.lock().unwrap().conferences.len() + 5 + round * 7 % 20;
        while promised.lock().unwrap().conferences.len() < enough {
            thread::sleep(Duration::from_millis(1));
        }
        process.kill();
        workers
            .into_iter()
            .for_each(|worker| worker.join().unwrap());
        process = Process::start(&state);
        keeps(&process, &promised.lock().unwrap());
    }
    let text = std::fs::read_to_string(&state).unwrap();
    assert!(
        !text.contains(KEY) && !text.contains(PHONE),
        "a secret is in the file"
    );
    let kept = promised.lock().unwrap().conferences.len();
    println!("kept through {rounds} of {rounds} kills; {kept} TalkSpaces at the end");
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("owner");
    let state = folder.0.join("state.json");
    drop(Process::start(&state));
    let mode = std::fs::metadata(&state).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_no_state_is_left_as_it_is() {
    let folder = Folder::new("other");
    let file = folder.0.join("notes.txt");
    std::fs::write(&file, "not a state").unwrap();
    let output = command(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("notes.txt: it is not the state of a sandbox"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a state");

    let output = command(&folder.0.join("no/such/folder/state.json"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot write"), "{said}");
}
