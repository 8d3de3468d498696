//! A temporary file, which takes its name when it is whole and is removed if it
//! is not.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whom a new file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// The owner alone.
    Owner,
    /// Everybody, unless the user's mask says otherwise.
    Everybody,
}

/// The files that are in the making now.
static MADE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A name that is removed unless it was [taken over](Self::rename).
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    /// A new file in this folder, under a name that cannot be predicted.
    pub(crate) fn new(folder: &Path, readers: Readers) -> io::Result<(Self, File)> {
        // Of a fixed length: the target's own may be as long as a name can be.
        let path = folder.join(name(".talkspace-", ".part"));
        let mut made = made();
        let file = options(readers).open(&path)?;
        made.push(path.clone());
        Ok((Self(path), file))
    }

    /// Gives the file its name, in place of what has it.
    pub(crate) fn rename(self, target: &Path) -> io::Result<()> {
        let mut made = made();
        fs::rename(&self.0, target)?;
        made.retain(|path| *path != self.0);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut made = made();
        let before = made.len();
        made.retain(|path| *path != self.0);
        if made.len() < before {
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// Removes what is in the making. Nothing more is made while the guard lives,
/// so that the process can end.
#[must_use = "more can be made once it is dropped"]
pub(crate) fn remove_all() -> MutexGuard<'static, Vec<PathBuf>> {
    let mut made = made();
    for path in made.drain(..) {
        let _ = fs::remove_file(path);
    }
    made
}

/// A name that cannot be predicted.
pub(crate) fn name(before: &str, after: &str) -> String {
    let random = RandomState::new().hash_one(std::process::id());
    format!("{before}{random:016x}{after}")
}

fn made() -> MutexGuard<'static, Vec<PathBuf>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens what was not there.
fn options(readers: Readers) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options
}
