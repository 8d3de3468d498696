//! A file of changes, to which what happens is added at the end.
//!
//! It begins with [`FORMAT`]. A change is a head of fixed length, the rows as
//! JSON, and the files that were uploaded, as they are. Each start writes the
//! file anew, without what is no longer so, and puts it in the place of the old.
//!
//! Whoever is killed while writing leaves the beginning of a change at the end.
//! Nobody was answered because of it, so it is as if it had never been. Anything
//! else that is not whole was whole once: then nothing is read or written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::state::Change;

#[cfg(test)]
mod tests;

/// What the file begins with. Another version is not read.
const FORMAT: &str = "talkspace-sandbox state 2\n";
/// What every version begins with.
const FAMILY: &str = "talkspace-sandbox state ";

/// A file that nobody else uses while this lives.
#[derive(Debug)]
pub(crate) struct Claim {
    path: PathBuf,
    /// A file beside it is locked: it itself is another one after each start.
    lock: File,
}

/// A file to which changes are added.
#[derive(Debug)]
pub(crate) struct Journal {
    claim: Claim,
    file: File,
    /// The length of all whole changes.
    length: u64,
    /// Whether there may be more than that in the file.
    is_torn: bool,
}

impl Claim {
    /// Takes a file for this process. There need not be one yet.
    ///
    /// # Errors
    ///
    /// When another process uses it, or it is not the state of a sandbox.
    pub(crate) fn on(path: &Path) -> io::Result<Self> {
        let path = resolve(path).map_err(|error| said("cannot write", path, &error))?;
        // Nothing is put beside a file that is somebody else's.
        open(&path)?;
        let lock = beside(&path, ".lock");
        let lock = private()
            .open(&lock)
            .map_err(|error| said("cannot write", &lock, &error))?;
        match fs4::FileExt::try_lock(&lock) {
            Ok(()) => Ok(Self { path, lock }),
            Err(fs4::TryLockError::WouldBlock) => Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{}: another sandbox uses it", path.display()),
            )),
            Err(fs4::TryLockError::Error(error)) => Err(said("cannot lock", &path, &error)),
        }
    }

    /// Reads the changes that are in the file, if there are any.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is damaged. It stays as it is.
    pub(crate) fn read(
        &self,
        mut take: impl FnMut(Change) -> Result<(), String>,
    ) -> io::Result<()> {
        let Some((file, length)) = open(&self.path)? else {
            return Ok(());
        };
        let mut file = BufReader::new(file);
        let mut at = FORMAT.len() as u64;
        loop {
            let next = next(&mut file, length.saturating_sub(at));
            let next = next.map_err(|error| said("cannot read", &self.path, &error))?;
            let damaged = |why: String| {
                let why = format!("{}: damaged at byte {at}: {why}", self.path.display());
                io::Error::new(io::ErrorKind::InvalidData, why)
            };
            match next {
                Next::End => return Ok(()),
                Next::Damaged => return Err(damaged("a checksum is wrong".to_owned())),
                Next::Change(change, length) => {
                    take(change).map_err(damaged)?;
                    at += length;
                }
            }
        }
    }

    /// Writes the file anew, with what is handed over.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Then it stays as it was.
    pub(crate) fn renew(
        self,
        hand_over: impl FnOnce(&mut dyn FnMut(Change) -> io::Result<()>) -> io::Result<()>,
    ) -> io::Result<Journal> {
        let path = self.path.clone();
        let new = beside(&path, ".new");
        let start = || {
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let file = private().create_new(true).open(&new)?;
            (&file).write_all(FORMAT.as_bytes())?;
            let mut journal = Journal {
                claim: self,
                file,
                length: FORMAT.len() as u64,
                is_torn: false,
            };
            hand_over(&mut |change| journal.append(&[change]))?;
            // Before the old one is gone, this one has to be there, power or not.
            journal.file.sync_all()?;
            fs::rename(&new, &journal.claim.path)?;
            Ok(journal)
        };
        start().map_err(|error| said("cannot write", &path, &error))
    }
}

impl Journal {
    /// Adds changes: all of them, or for the reader none.
    ///
    /// # Errors
    ///
    /// When they cannot be written. They can be added again.
    pub(crate) fn add(&mut self, changes: &[Change]) -> io::Result<()> {
        let added = self.append(changes);
        added.map_err(|error| said("cannot write", &self.claim.path, &error))
    }

    fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        if self.is_torn {
            self.file.set_len(self.length)?;
        }
        self.is_torn = true;
        let mut length = self.length;
        let mut buffer = Vec::new();
        for change in changes {
            let head = Head::of(change);
            length += head.whole();
            buffer.extend_from_slice(head.to_text().as_bytes());
            buffer.extend_from_slice(&change.rows);
            for file in &change.files {
                self.file.write_all(&buffer)?;
                buffer.clear();
                self.file.write_all(file)?;
            }
        }
        self.file.write_all(&buffer)?;
        self.length = length;
        self.is_torn = false;
        Ok(())
    }

    /// Waits until all is on the disk, and lets go of the file.
    ///
    /// # Errors
    ///
    /// When the disk does not take it.
    pub(crate) fn close(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs4::FileExt::unlock(&self.claim.lock)
    }
}

/// What stands before a change: how long its parts are, and checksums of that
/// and of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Head {
    rows: u64,
    files: u64,
    sum: u64,
}

impl Head {
    /// Four numbers of 16 digits, and what is behind each.
    const LENGTH: usize = 4 * 17;

    fn of(change: &Change) -> Self {
        let length = |part: &[u8]| part.len() as u64;
        Self {
            rows: length(&change.rows),
            files: change.files.iter().map(|file| length(file)).sum(),
            sum: check(
                std::iter::once(&change.rows[..]).chain(change.files.iter().map(|file| &file[..])),
            ),
        }
    }

    fn to_text(self) -> String {
        let Self { rows, files, sum } = self;
        let lengths = format!("{rows:016x} {files:016x} {sum:016x}");
        let check = check([lengths.as_bytes()]);
        format!("{lengths} {check:016x}\n")
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let mut numbers = std::str::from_utf8(text).ok()?.split_ascii_whitespace();
        let mut next = || u64::from_str_radix(numbers.next()?, 16).ok();
        let (rows, files, sum) = (next()?, next()?, next()?);
        let head = Self { rows, files, sum };
        (head.to_text().as_bytes() == text).then_some(head)
    }

    /// How long the change is, with its head.
    fn whole(self) -> u64 {
        let parts = self.rows.saturating_add(self.files);
        parts.saturating_add(Self::LENGTH as u64)
    }
}

/// What comes next in the file.
enum Next {
    /// Nothing, or nothing whole.
    End,
    Damaged,
    /// A change, and its length.
    Change(Change, u64),
}

/// Reads a change from what has so many bytes left.
fn next(from: &mut impl Read, left: u64) -> io::Result<Next> {
    let mut head = [0; Head::LENGTH];
    if left < head.len() as u64 {
        return Ok(Next::End);
    }
    from.read_exact(&mut head)?;
    let Some(head) = Head::parse(&head) else {
        return Ok(Next::Damaged);
    };
    if head.whole() > left {
        return Ok(Next::End);
    }
    let mut part = |length: u64| {
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        from.read_exact(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    };
    let change = Change {
        rows: part(head.rows)?,
        files: vec![part(head.files)?.into()],
    };
    if Head::of(&change) != head {
        return Ok(Next::Damaged);
    }
    Ok(Next::Change(change, head.whole()))
}

/// A number that is another one when any of this is another.
fn check<'b>(parts: impl IntoIterator<Item = &'b [u8]>) -> u64 {
    let mut hash = hmac_sha256::Hash::new();
    parts.into_iter().for_each(|part| hash.update(part));
    let digest = hash.finalize();
    let first = digest.iter().take(8);
    first.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Opens a state to read it, behind its first line. Gives its length; nothing if
/// there is no such file, or one that is empty.
fn open(path: &Path) -> io::Result<Option<(File, u64)>> {
    let cannot = |error| said("cannot read", path, &error);
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(cannot)?,
    };
    let about = file.metadata().map_err(cannot)?;
    let mut first = Vec::new();
    if about.is_file() {
        let mut first_line = (&mut file).take(FORMAT.len() as u64);
        first_line.read_to_end(&mut first).map_err(cannot)?;
        if first.is_empty() {
            return Ok(None);
        }
    }
    if first == FORMAT.as_bytes() {
        return Ok(Some((file, about.len())));
    }
    let why = if first.starts_with(FAMILY.as_bytes()) {
        "it is the state of another version of the sandbox"
    } else {
        "it is not the state of a sandbox"
    };
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{}: {why}", path.display()),
    ))
}

/// One name for a file, whatever it was called.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    Ok(fs::canonicalize(folder.unwrap_or(Path::new(".")))?.join(name))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// For files that only their owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn said(what: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()))
}
