//! What a response of success reported outlives the process, however it ends.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use talkspace_blocking::Client;
use talkspace_core::{
    CloseTalkspace, CreateMedia, CreateTalkspace, DeleteRegistrant, DownloadMedia, GetMediaStatus,
    ListMedia, ListNetworkIds, ListTalkspaces, MediaFile, Register, RequestUploadGrant,
    UploadMedia,
};

use crate::serving::{Folder, KEY, Serving};

const PHONE: &str = "14151239876";

fn start(state: &str) -> Serving {
    Serving::start(&arguments(state))
}

fn arguments(state: &str) -> [&str; 8] {
    let seeds = [
        "--app-key",
        KEY,
        "--ring",
        "0",
        "--register",
        "eta=14151239876",
    ];
    let [a, b, c, d, e, f] = seeds;
    [a, b, c, d, e, f, "--state", state]
}

/// What responses of success reported, and what follows for the rest.
#[derive(Default)]
struct Promised {
    responses: usize,
    created: BTreeSet<String>,
    closed: BTreeSet<String>,
    media: BTreeSet<String>,
    /// With what was uploaded.
    uploaded: BTreeSet<(String, Vec<u8>)>,
    people: BTreeSet<String>,
    gone: BTreeSet<String>,
    grants: BTreeSet<String>,
}

/// Changes the state until there is no response.
fn change(client: &Client, name: &str, promised: &Mutex<Promised>) -> Option<()> {
    let note = |what: &dyn Fn(&mut Promised)| {
        let mut promised = promised.lock().unwrap();
        promised.responses += 1;
        what(&mut promised);
    };
    for number in 0.. {
        let made = client.send(CreateTalkspace::new("eta")).ok()?;
        let conference = made.conference_id.as_str().to_owned();
        note(&|promised| _ = promised.created.insert(conference.clone()));
        let made = client.send(CreateMedia::new()).ok()?;
        let media = made.media_id.as_str().to_owned();
        note(&|promised| _ = promised.media.insert(media.clone()));
        let person = format!("{name}-{number}");
        let register = Register::new(person.as_str()).phone(PHONE.parse().unwrap());
        client.send(register).ok()?;
        note(&|promised| _ = promised.people.insert(person.clone()));
        if number % 3 == 0 {
            // From here on it is unknown whether the person is there.
            promised.lock().unwrap().people.remove(&person);
            client.send(DeleteRegistrant::new(person.as_str())).ok()?;
            note(&|promised| _ = promised.gone.insert(person.clone()));
            client
                .send(CloseTalkspace::new(made_id(&conference)))
                .ok()?;
            note(&|promised| _ = promised.closed.insert(conference.clone()));
        } else {
            let granted = client.send(RequestUploadGrant::new(media.as_str())).ok()?;
            let grant = granted.grant_id.as_str().to_owned();
            note(&|promised| _ = promised.grants.insert(grant.clone()));
            let file = format!("ID3 {media} ")
                .repeat(100 * (number + 1))
                .into_bytes();
            let upload = MediaFile::unchecked(bytes::Bytes::from(file.clone()));
            client
                .send(UploadMedia::new(granted.grant_id, upload))
                .ok()?;
            note(&|promised| _ = promised.uploaded.insert((media.clone(), file.clone())));
        }
    }
    Some(())
}

fn made_id(id: &str) -> talkspace_core::ConferenceId {
    id.into()
}

fn texts<T: AsRef<str>>(ids: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    ids.into_iter().map(|id| id.as_ref().to_owned()).collect()
}

/// All that was promised is there, and nothing is there by half.
fn keeps(serving: &Serving, promised: &Promised) {
    let client = serving.client();
    let list = client.send(ListTalkspaces::new()).unwrap();
    let (active, inactive) = (texts(list.active), texts(list.inactive));
    let lost: Vec<_> = promised
        .created
        .iter()
        .filter(|id| !active.contains(*id) && !inactive.contains(*id))
        .collect();
    assert!(lost.is_empty(), "created, and lost: {lost:?}");
    assert!(
        promised.closed.is_subset(&inactive),
        "closed, and open again"
    );
    let people = texts(client.send(ListNetworkIds::new()).unwrap().network_ids);
    assert!(promised.people.is_subset(&people), "registered, and lost");
    assert!(promised.gone.is_disjoint(&people), "deleted, and back");

    let uploaded = texts(client.send(ListMedia::new()).unwrap().uploaded);
    for id in &promised.media {
        let there = client.send(GetMediaStatus::new(id.as_str())).unwrap();
        assert_eq!(there.download_url.is_some(), uploaded.contains(id));
    }
    for (id, file) in &promised.uploaded {
        let there = client.send(GetMediaStatus::new(id.as_str())).unwrap();
        let download = DownloadMedia::new(there.download_url.unwrap());
        let content = client.send(download).unwrap().content;
        assert!(content == file, "{id} has another content");
    }
}

#[test]
fn what_was_reported_outlives_a_kill() {
    let rounds = std::env::var("TALKSPACE_STATE_ROUNDS");
    let rounds: usize = rounds.ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let folder = Folder::new("kill");
    let state = folder.file();
    let mut kept = 0;
    let mut responses = 0;
    let mut promised = Arc::new(Mutex::new(Promised::default()));
    for round in 0..rounds {
        // A new file now and then: an application has no more than 100 uploads.
        if round % 5 == 0 {
            let _ = std::fs::remove_file(&state);
            promised = Arc::default();
        }
        let serving = start(&state);
        let before = promised.lock().unwrap().responses;
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let (client, promised) = (serving.client(), Arc::clone(&promised));
                let name = format!("person-{round}-{worker}");
                thread::spawn(move || change(&client, &name, &promised))
            })
            .collect();
        // Neither after a response nor at any other moment in particular.
        let enough = before + 20 + round * 7 % 40;
        while promised.lock().unwrap().responses < enough {
            thread::yield_now();
        }
        let moment = Instant::now() + Duration::from_micros(some_micros(round));
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        serving.kill();
        for worker in workers {
            assert_eq!(worker.join().unwrap(), None, "there was still a response");
        }
        let promised = promised.lock().unwrap();
        let serving = start(&state);
        keeps(&serving, &promised);
        responses += promised.responses - before;
        kept += 1;
        serving.kill();
        no_secrets(&state, &promised);
    }
    println!("all that was reported was kept: {kept}/{rounds} kills, {responses} changes");
}

/// Some microseconds, others for every round and process.
fn some_micros(round: usize) -> u64 {
    use std::hash::{BuildHasher, RandomState};

    RandomState::new().hash_one(round) % 2_000
}

fn no_secrets(state: &str, promised: &Promised) {
    let bytes = std::fs::read(state).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let grants = promised
        .grants
        .iter()
        .map(|grant| grant.trim_start_matches("0x"));
    for secret in [KEY, PHONE, &PHONE[1..]].into_iter().chain(grants) {
        assert!(!text.contains(secret), "a secret is in the file");
    }
}

#[test]
fn two_do_not_share_a_file() {
    let folder = Folder::new("two");
    let state = folder.file();
    let first = start(&state);
    let second = Command::new(crate::program())
        .args(["sandbox", "--listen", "0"])
        .args(arguments(&state))
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("another sandbox uses it"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    first.client().send(CreateTalkspace::new("eta")).unwrap();
    first.kill();
    let list = start(&state).client().send(ListTalkspaces::new()).unwrap();
    assert_eq!(list.active.len(), 1);
}

#[test]
fn what_is_no_state_is_left_as_it_is() {
    let folder = Folder::new("other");
    std::fs::write(folder.file(), "not a state").unwrap();
    for (file, why) in [
        (folder.file(), "it is not the state of a sandbox"),
        (format!("{}/no/state", folder.0.display()), "cannot write"),
    ] {
        let output = Command::new(crate::program())
            .args(["sandbox", "--listen", "0"])
            .args(arguments(&file))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(
        std::fs::read_to_string(folder.file()).unwrap(),
        "not a state"
    );
}

/// A compose file that names one file makes that a mount, whose place nothing can take.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_mounted_by_itself_is_told_with_what_to_do() {
    use std::io::{Write as _, stderr};

    use crate::containers::REQUIRED;

    let folder = Folder::new("mounted");
    drop(start(&folder.file()));
    let mount = r#"mount --bind "$STATE" "$STATE" || exit 77; exec "$@""#;
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", mount, "sh"])
        .arg(crate::program())
        .args(["sandbox", "--listen", "0"])
        .args(arguments(&folder.file()))
        .env("STATE", folder.file())
        .output();
    let may = output
        .as_ref()
        .is_ok_and(|output| output.status.code() == Some(2));
    if !may {
        // Past the capture of a test that passes.
        let why = "a mount of its own needs root";
        assert!(std::env::var_os(REQUIRED).is_none(), "{why}: {output:?}");
        let _ = writeln!(stderr(), "\nNOT TESTED: {why}: {output:?}");
        return;
    }
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(said.contains("mount the folder that it is in"), "{said}");
    drop(start(&folder.file()));
}

/// A file may only become so large, as if the disk were full; then it may grow.
#[cfg(target_os = "linux")]
#[test]
fn what_a_full_disk_did_not_take_is_not_reported() {
    let folder = Folder::new("full");
    let state = folder.file();
    // The signal would end the process; without it the write fails.
    let limits = "trap '' XFSZ; ulimit -S -f 40";
    let serving = Serving::limited(limits, &arguments(&state));
    let client = serving.client();
    let mut created = BTreeSet::new();
    let failed = loop {
        match client.send(CreateTalkspace::new("eta")) {
            Ok(made) => created.insert(made.conference_id.as_str().to_owned()),
            Err(error) => break error,
        };
    };
    assert!(created.len() > 3);
    assert_eq!(failed.status().unwrap().http(), 500);
    // This is what a kill would leave now.
    let left = format!("{state}.left");
    std::fs::copy(&state, &left).unwrap();
    let list = start(&left).client().send(ListTalkspaces::new()).unwrap();
    assert!(created.is_subset(&texts(list.active.iter().chain(&list.inactive))));
    for _ in 0..3 {
        assert!(client.send(CreateMedia::new()).is_err(), "nor is it done");
        let listed = client.send(ListTalkspaces::new()).unwrap_err();
        assert_eq!(listed.status().unwrap().http(), 500);
    }

    let pid = serving.child.id().to_string();
    let grow = ["--pid", &pid, "--fsize=unlimited"];
    assert!(
        Command::new("prlimit")
            .args(grow)
            .status()
            .unwrap()
            .success()
    );
    let list = client.send(ListTalkspaces::new()).unwrap();
    let listed = texts(list.active.iter().chain(&list.inactive));
    assert!(created.is_subset(&listed));
    assert!(
        listed.len() <= created.len() + 1,
        "only one did not fail at once"
    );
    serving.kill();
    let list = start(&state).client().send(ListTalkspaces::new()).unwrap();
    let kept = texts(list.active.iter().chain(&list.inactive));
    assert_eq!(kept, listed);
}
