//! What is whole comes back, what is torn was never there, and what is damaged
//! is left alone.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use std::{fs, io};

use talkspace_core::{
    BlockingClient, CreateMedia, DeleteRegistrant, GetMediaStatus, ListNetworkIds, MediaFile,
    Register, RequestUploadGrant, UploadMedia,
};

use super::{Change, Claim, Head};
use crate::keeper::Keeper;
use crate::{Clock, Sandbox, SandboxBuilder};

/// A folder of its own, gone at the end.
struct Folder {
    path: PathBuf,
    _unforked: Option<RwLockReadGuard<'static, ()>>,
}

/// Written by who starts a process. Between its fork and its exec a child shares every file
/// and so every lock on one, which would outlive its owner for that moment.
static FORKS: RwLock<()> = RwLock::new(());

impl Folder {
    fn new(name: &str) -> Self {
        let unforked = FORKS.read().unwrap_or_else(PoisonError::into_inner);
        Self {
            path: Self::create(name),
            _unforked: Some(unforked),
        }
    }

    /// For a test that starts a process; no other test of this module runs meanwhile.
    fn with_processes(name: &str, start: impl FnOnce(&Path)) -> Self {
        let _forks = FORKS.write().unwrap_or_else(PoisonError::into_inner);
        let path = Self::create(name);
        start(&path);
        Self {
            path,
            _unforked: None,
        }
    }

    fn create(name: &str) -> PathBuf {
        let folder = format!("talkspace-journal-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn file(&self) -> PathBuf {
        self.path.join("state")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn change(rows: &str, files: &[&'static str]) -> Change {
    Change {
        rows: rows.into(),
        files: files.iter().map(|file| (*file).into()).collect(),
    }
}

/// The rows and files of all changes.
fn read(file: &Path) -> io::Result<Vec<(String, String)>> {
    let mut changes = Vec::new();
    Claim::on(file)?.read(|change| {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        changes.push((text(&change.rows), text(&change.files.concat())));
        Ok(())
    })?;
    Ok(changes)
}

/// Writes two changes, and gives the bytes of the file.
fn written(file: &Path) -> Vec<u8> {
    let claim = Claim::on(file).unwrap();
    let mut journal = claim.renew(|take| take(change("one", &[]))).unwrap();
    journal.add(&[change("two", &["file", "s"])]).unwrap();
    journal.close().unwrap();
    fs::read(file).unwrap()
}

fn pair(rows: &str, files: &str) -> (String, String) {
    (rows.to_owned(), files.to_owned())
}

#[test]
fn what_was_added_comes_back_in_order() {
    let folder = Folder::new("order");
    assert_eq!(read(&folder.file()).unwrap(), []);
    written(&folder.file());
    let all = [pair("one", ""), pair("two", "files")];
    assert_eq!(read(&folder.file()).unwrap(), all);
    fs::write(folder.file(), "").unwrap();
    assert_eq!(
        read(&folder.file()).unwrap(),
        [],
        "an empty file is a new one"
    );
}

#[test]
fn a_start_writes_it_anew() {
    let folder = Folder::new("anew");
    written(&folder.file());
    let claim = Claim::on(&folder.file()).unwrap();
    let failed = claim.renew(|_| Err(io::Error::other("no")));
    assert!(failed.unwrap_err().to_string().contains("cannot write"));
    assert_eq!(read(&folder.file()).unwrap().len(), 2, "it is as it was");
    let claim = Claim::on(&folder.file()).unwrap();
    claim.renew(|take| take(change("three", &[]))).unwrap();
    assert_eq!(read(&folder.file()).unwrap(), [pair("three", "")]);
}

#[test]
fn only_what_was_added_may_be_torn() {
    let folder = Folder::new("torn");
    let bytes = written(&folder.file());
    let begun = super::FORMAT.len() + Head::LENGTH + 3 + Head::LENGTH;
    for length in super::FORMAT.len()..bytes.len() {
        fs::write(folder.file(), &bytes[..length]).unwrap();
        let claim = Claim::on(&folder.file()).unwrap();
        let mut changes = 0;
        let read = claim.read(|_| {
            changes += 1;
            Ok(())
        });
        if length < begun {
            let said = read.unwrap_err().to_string();
            assert!(said.contains("it was cut off"), "{length}: {said}");
            assert_eq!(fs::read(folder.file()).unwrap(), bytes[..length]);
        } else {
            let dropped = read.unwrap();
            assert_eq!((changes, dropped), (1, (length - begun) as u64), "{length}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_somebody_removed_is_written_anew_or_takes_nothing_more() {
    let folder = Folder::new("removed");
    let claim = Claim::on(&folder.file()).unwrap();
    let mut journal = claim.renew(|take| take(change("one", &[]))).unwrap();
    fs::remove_file(folder.file()).unwrap();
    journal.add(&[change("two", &[])]).unwrap();
    assert!(journal.is_stale());
    journal.renew(vec![change("both", &[])]).unwrap();
    assert!(!journal.is_stale());
    assert!(folder.file().exists());

    fs::remove_dir_all(&folder.path).unwrap();
    journal.renew(vec![change("three", &[])]).unwrap_err();
    let error = journal.add(&[change("four", &[])]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    fs::create_dir(&folder.path).unwrap();
    assert!(journal.is_stale());
    journal.renew(vec![change("all", &[])]).unwrap();
    journal.add(&[change("five", &[])]).unwrap();
    journal.close().unwrap();
    let all = ["all", "five"].map(|rows| pair(rows, ""));
    assert_eq!(read(&folder.file()).unwrap(), all);
}

#[test]
fn what_is_added_may_make_it_be_written_anew() {
    let folder = Folder::new("stale");
    let claim = Claim::on(&folder.file()).unwrap();
    let mut journal = claim.renew(|take| take(change("one", &[]))).unwrap();
    let begun = fs::metadata(folder.file()).unwrap().len();
    let file: &'static str = "x".repeat(1 << 20).leak();
    let mut added = 0;
    while !journal.is_stale() {
        journal.add(&[change("two", &[file])]).unwrap();
        added += 1;
    }
    assert_eq!(added, 4);
    journal
        .renew(vec![change("three", &[]), change("four", &[])])
        .unwrap();
    assert!(!journal.is_stale());
    let renewed = fs::metadata(folder.file()).unwrap().len();
    assert!(renewed < begun * 2, "{renewed}");
    journal.add(&[change("five", &[])]).unwrap();
    journal.close().unwrap();
    let all = ["three", "four", "five"].map(|rows| pair(rows, ""));
    assert_eq!(read(&folder.file()).unwrap(), all);
    // What a kill in the midst of it leaves beside the file is not used.
    fs::write(folder.path.join("state.new"), "half").unwrap();
    let claim = Claim::on(&folder.file()).unwrap();
    claim.renew(|take| take(change("six", &[]))).unwrap();
    assert_eq!(read(&folder.file()).unwrap(), [pair("six", "")]);
}

#[cfg(target_os = "linux")]
#[test]
fn when_it_cannot_be_written_anew_it_is_added_to() {
    let folder = Folder::new("cannot");
    let claim = Claim::on(&folder.file()).unwrap();
    let mut journal = claim.renew(|take| take(change("one", &[]))).unwrap();
    // What is not a file cannot be removed as one.
    fs::create_dir(folder.path.join("state.new")).unwrap();
    let failed = journal.renew(vec![change("two", &[])]);
    assert!(failed.unwrap_err().to_string().contains("cannot write"));
    journal.add(&[change("three", &[])]).unwrap();
    journal.close().unwrap();
    let all = [pair("one", ""), pair("three", "")];
    assert_eq!(read(&folder.file()).unwrap(), all);
}

#[test]
fn the_file_of_a_sandbox_stays_small_while_it_runs() {
    const SIZE: usize = 1024 * 1024;
    let folder = Folder::new("small");
    let key = SandboxBuilder::EXAMPLE_APP_KEY;
    let start = |file: PathBuf| Sandbox::builder().examples().state(file).start().unwrap();
    let client = |sandbox: &Sandbox| {
        BlockingClient::builder(Sandbox::IN_MEMORY_URL, key)
            .build_blocking(sandbox.transport())
            .unwrap()
    };
    let server = start(folder.file());
    let it = client(server.sandbox());
    let media = it.send(CreateMedia::new()).unwrap().media_id;
    for number in 0..20 {
        let grant = it.send(RequestUploadGrant::new(&media)).unwrap().grant_id;
        let mut content = b"ID3".to_vec();
        content.resize(SIZE + number, 0);
        let file = MediaFile::unchecked(bytes::Bytes::from(content));
        it.send(UploadMedia::new(grant, file)).unwrap();
        let length = fs::metadata(folder.file()).unwrap().len();
        // Twice what is so, what may be beside that, and one more that found it so.
        let most = 4 * (SIZE + number) + 4 * 1024 * 1024;
        assert!(length < most as u64, "{length}");
        // This is what a kill would leave, whatever is going on.
        let left = folder.path.join(format!("left-{number}"));
        fs::copy(folder.file(), &left).unwrap();
        let again = start(left.clone());
        assert_eq!(again.dropped(), 0);
        let it = client(again.sandbox());
        let there = it.send(GetMediaStatus::new(&media)).unwrap();
        assert_eq!(there.file_size, i64::try_from(SIZE + number).unwrap());
        drop(again);
        fs::remove_file(left).unwrap();
    }
}

/// Each is an error in time, by name, and stays as it is.
#[cfg(unix)]
#[test]
fn odd_files_are_an_error_at_once() {
    use std::os::unix::fs::symlink;

    let folder = Folder::with_processes("odd", |folder| {
        for name in ["pipe", "a.lock"] {
            let made = std::process::Command::new("mkfifo")
                .arg(folder.join(name))
                .status();
            assert!(made.unwrap().success());
        }
    });
    let at = |name: &str| folder.path.join(name);
    let failed = |name: &str| {
        let read = Claim::on(&at(name)).and_then(|claim| claim.read(|_| Ok(())));
        read.unwrap_err().to_string()
    };
    symlink(at("pipe"), at("to-pipe")).unwrap();
    symlink("/dev/zero", at("to-device")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    for name in ["pipe", "to-pipe", "to-device", "folder"] {
        let said = failed(name);
        assert!(said.contains("it is not the state of a sandbox"), "{said}");
    }
    symlink(at("nowhere"), at("to-nowhere")).unwrap();
    let said = failed("to-nowhere");
    assert!(
        said.contains("a link to a file that is not there"),
        "{said}"
    );
    assert!(!at("nowhere").exists());

    symlink(at("nowhere"), at("b.lock")).unwrap();
    symlink(at("pipe"), at("c.lock")).unwrap();
    fs::create_dir(at("d.lock")).unwrap();
    for name in ["a", "b", "c", "d"] {
        let said = failed(name);
        assert!(said.ends_with(".lock: it is no plain file"), "{said}");
    }
    assert!(!at("nowhere").exists());

    // Holes take no place on the disk, and would in memory.
    let huge = 1_u64 << 36;
    let head = Head {
        rows: huge / 2,
        files: 0,
        sum: 0,
    };
    let begun = [super::FORMAT, &head.to_text()].concat();
    for begin in [super::FORMAT, &begun] {
        fs::write(at("huge"), begin).unwrap();
        let file = fs::OpenOptions::new().append(true).open(at("huge"));
        file.unwrap().set_len(huge).unwrap();
        let said = failed("huge");
        assert!(said.contains("damaged at byte 26"), "{said}");
    }
    fs::write(at("huge"), "").unwrap();
    let file = fs::OpenOptions::new().append(true).open(at("huge"));
    file.unwrap().set_len(huge).unwrap();
    assert!(failed("huge").contains("it is not the state"));
}

#[test]
fn whatever_is_damaged_is_an_error_and_stays() {
    let folder = Folder::new("damaged");
    let bytes = written(&folder.file());
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        fs::write(folder.file(), &damaged).unwrap();
        let error = read(&folder.file()).unwrap_err();
        let said = error.to_string();
        let named = if place < super::FAMILY.len() {
            "it is not the state of a sandbox"
        } else if place < super::FORMAT.len() {
            "another version"
        } else {
            "damaged at byte"
        };
        assert!(said.contains(named), "{place}: {said}");
        assert_eq!(fs::read(folder.file()).unwrap(), damaged);
    }
}

#[test]
fn what_falls_due_while_it_is_written_anew_is_known_to_have_happened() {
    let folder = Folder::new("due");
    let client = |sandbox: &Sandbox| {
        BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
            .build_blocking(sandbox.transport())
            .unwrap()
    };
    let clock = Clock::frozen();
    let builder = Sandbox::builder().examples().clock(clock.clone());
    let mut sandbox = builder.clone().build().unwrap();
    let register = Register::new("kappa").phone("14151239878".parse().unwrap());
    client(&sandbox).send(register).unwrap();
    let claim = Claim::on(&folder.file()).unwrap();
    let journal = claim.renew(|take| {
        let written = sandbox.backend.hand_over(take);
        // The phone is answered.
        clock.advance(Duration::from_secs(1));
        written
    });
    sandbox
        .backend
        .keep(Keeper::start(journal.unwrap()).unwrap());
    let delete = DeleteRegistrant::new("kappa");
    client(&sandbox).send(delete).unwrap();
    sandbox.backend.stop_keeping();

    let server = builder.state(folder.file()).start().unwrap();
    let people = client(server.sandbox())
        .send(ListNetworkIds::new())
        .unwrap();
    assert!(!people.network_ids.contains(&"kappa".into()), "back again");
}

#[test]
fn what_a_reader_rejects_is_named() {
    let folder = Folder::new("failed");
    written(&folder.file());
    let claim = Claim::on(&folder.file()).unwrap();
    let error = claim.read(|_| Err("why".to_owned())).unwrap_err();
    assert!(
        error.to_string().ends_with("damaged at byte 26: why"),
        "{error}"
    );
}

#[test]
fn one_at_a_time_uses_it_by_whatever_name() {
    let folder = Folder::new("claim");
    let claim = Claim::on(&folder.file()).unwrap();
    let journal = claim.renew(|take| take(change("one", &[]))).unwrap();
    let failed = Claim::on(&folder.file()).unwrap_err();
    assert!(failed.to_string().contains("another sandbox uses it"));
    #[cfg(unix)]
    {
        let link = folder.path.join("link");
        std::os::unix::fs::symlink(folder.file(), &link).unwrap();
        assert!(Claim::on(&link).is_err());
    }
    journal.close().unwrap();
    assert!(Claim::on(&folder.file()).is_ok());
}

#[test]
fn what_is_no_state_is_named_and_left_alone() {
    let folder = Folder::new("other");
    fs::write(folder.file(), "not a state").unwrap();
    let said = Claim::on(&folder.file()).unwrap_err().to_string();
    assert!(
        said.ends_with("state: it is not the state of a sandbox"),
        "{said}"
    );
    assert_eq!(
        fs::read_dir(&folder.path).unwrap().count(),
        1,
        "nothing beside it"
    );
    let said = Claim::on(&folder.path).unwrap_err().to_string();
    assert!(said.contains("it is not the state of a sandbox"), "{said}");
    let said = Claim::on(&folder.path.join("no/state"))
        .unwrap_err()
        .to_string();
    assert!(said.contains("cannot write"), "{said}");
}

#[cfg(unix)]
#[test]
fn its_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("owner");
    written(&folder.file());
    let files = fs::read_dir(&folder.path).unwrap();
    let modes: Vec<_> = files
        .map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(modes, [0o600; 2], "the file and its lock");
}
