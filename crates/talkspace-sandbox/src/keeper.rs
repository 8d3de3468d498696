//! Keeps the state in a file: what was answered is written before it is.
//!
//! The whole state is written at once, to a file that then takes the other's
//! place, so that whichever is there is whole. Requests that come while that
//! goes on wait together for the next time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tokio::sync::watch;

use crate::state::Restored;

/// Asks for the state to be written, and waits until it is.
#[derive(Debug)]
pub(crate) struct Keeper {
    changed: Sender<()>,
    written: watch::Receiver<Written>,
}

/// How far it has come.
#[derive(Clone, Debug)]
struct Written {
    /// This version of the state, and all before it, are in the file.
    version: u64,
    /// Up to this version, writing failed, for this reason.
    failed: Option<(u64, String)>,
}

/// A state, as a document, and its version.
pub(crate) type Snapshot = Result<(u64, Vec<u8>), String>;

impl Keeper {
    /// Writes the state now, and from now on when it is asked to.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn start(
        path: PathBuf,
        snapshot: impl Fn() -> Snapshot + Send + 'static,
    ) -> io::Result<Self> {
        let version = write(&path, snapshot())?;
        let (changed, changes) = channel();
        let (tell, written) = watch::channel(Written {
            version,
            failed: None,
        });
        thread::Builder::new()
            .name("talkspace-state".to_owned())
            .spawn(move || keep(&path, &snapshot, &changes, &tell))?;
        Ok(Self { changed, written })
    }

    /// Waits until this version of the state is in the file.
    ///
    /// # Errors
    ///
    /// Why it is not.
    pub(crate) async fn kept(&self, version: u64) -> Result<(), String> {
        let mut written = self.written.clone();
        if written.borrow().version >= version {
            return Ok(());
        }
        // A thread that is gone is noticed below.
        let _ = self.changed.send(());
        let over = |written: &Written| {
            written.version >= version
                || written
                    .failed
                    .as_ref()
                    .is_some_and(|(at, _)| *at >= version)
        };
        match written.wait_for(over).await {
            Err(_) => Err("nobody writes the state any more".to_owned()),
            Ok(written) if written.version >= version => Ok(()),
            Ok(written) => Err(written
                .failed
                .as_ref()
                .map_or_else(String::new, |(_, why)| why.clone())),
        }
    }
}

fn keep(
    path: &Path,
    snapshot: &impl Fn() -> Snapshot,
    changes: &Receiver<()>,
    tell: &watch::Sender<Written>,
) {
    while changes.recv().is_ok() {
        // Whoever asked up to here is served by the same writing.
        while changes.try_recv().is_ok() {}
        let taken = snapshot();
        let tried = taken.as_ref().map_or(u64::MAX, |(version, _)| *version);
        let outcome = write(path, taken);
        tell.send_modify(|written| match outcome {
            Ok(version) => {
                written.version = version;
                written.failed = None;
            }
            Err(error) => written.failed = Some((tried, error.to_string())),
        });
    }
}

/// Reads the state that is in a file, if there is one.
///
/// # Errors
///
/// When it cannot be read, or is not the state of a sandbox. It stays as it is.
pub(crate) fn read(path: &Path) -> io::Result<Option<Restored>> {
    let named = |error: String| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{}: {error}", path.display()),
        )
    };
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!("cannot read {}: {error}", path.display()),
        )),
        Ok(bytes) => Restored::read(&bytes).map(Some).map_err(named),
    }
}

fn write(path: &Path, snapshot: Snapshot) -> io::Result<u64> {
    let (version, document) = snapshot.map_err(io::Error::other)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let written = private_file(&new).and_then(|mut file| {
        file.write_all(&document)?;
        // Before the other is gone, this one has to be there, power or not.
        file.sync_data()
    });
    written
        .and_then(|()| fs::rename(&new, path))
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot write {}: {error}", path.display()),
            )
        })?;
    Ok(version)
}

/// A new file that only its owner can read.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
