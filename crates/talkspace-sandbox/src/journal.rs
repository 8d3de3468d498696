//! A file of changes, to which what happens is added at the end.
//!
//! It begins with [`FORMAT`]. A change is a head of fixed length, the rows as
//! JSON, and the files that were uploaded, as they are. Each start writes the
//! file anew, without what is no longer so, and puts it in the place of the old;
//! so does the sandbox as it runs, when that would make it much smaller. What was written
//! anew ends with a change of nothing, which is on the disk before the file is in
//! its place.
//!
//! A torn write at the tail is truncated: a process was killed while adding, and
//! no response reported that change. Anything else that is not whole was whole
//! once: then nothing is read or written.
//!
//! It is no embedded store, since those sync each change that is to survive a kill: redb 2.6.3, the
//! last for Rust 1.85, took 6.5 ms for one of 300 bytes, and adding it to a file 1 µs. A
//! stand-in for tests has to survive kills, and not the end of the machine.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::state::Change;

#[cfg(test)]
mod tests;

/// What the file begins with. Another version is not read.
const FORMAT: &str = "talkspace-sandbox state 5\n";
/// What every version begins with.
const FAMILY: &str = "talkspace-sandbox state ";
/// The longest part of a change, in bytes. What says that it is longer is none.
const MAX_PART: u64 = 1024 * 1024 * 1024;
/// How much of the file may be no longer so before it is written anew, in bytes,
/// beside as much as there was when it last was.
const SLACK: u64 = 4 * 1024 * 1024;

/// A file that no other process uses while this lives.
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
    /// What the length was when all of it was so.
    renewed: u64,
    /// Whether there may be more than that in the file.
    is_torn: bool,
    /// Whether it was removed, and could not be written anew.
    is_lost: bool,
}

impl Claim {
    /// Takes a file for this process. There need not be one yet.
    ///
    /// # Errors
    ///
    /// When another process uses it, or it is not the state of a sandbox.
    pub(crate) fn on(path: &Path) -> io::Result<Self> {
        let path = resolve(path).map_err(|error| said("cannot write", path, &error))?;
        // Nothing is put beside a file that is no state of a sandbox.
        open(&path)?;
        let lock = beside(&path, ".lock");
        match fs::symlink_metadata(&lock) {
            Ok(about) if !about.is_file() => return Err(invalid(&lock, "it is no plain file")),
            _ => {}
        }
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

    /// Reads the changes that are in the file, if there are any. Gives how many
    /// bytes at its end are no whole change.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is damaged, or was cut. It stays as it is.
    pub(crate) fn read(
        &self,
        mut take: impl FnMut(Change) -> Result<(), String>,
    ) -> io::Result<u64> {
        let Some((file, length)) = open(&self.path)? else {
            return Ok(0);
        };
        let mut is_renewed = false;
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
                Next::End if is_renewed => return Ok(length.saturating_sub(at)),
                Next::End => {
                    let why =
                        format!("it was cut off: what it began with has no end by byte {length}");
                    return Err(invalid(&self.path, &why));
                }
                Next::Damaged => return Err(damaged("a checksum is wrong".to_owned())),
                Next::Change(change, length) if change.is_nothing() => {
                    is_renewed = true;
                    at += length;
                }
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
        let (file, length) = anew(&self.path, hand_over)?;
        Ok(Journal {
            claim: self,
            file,
            length,
            renewed: length,
            is_torn: false,
            is_lost: false,
        })
    }
}

/// Writes a file anew, and gives it with its length.
fn anew(
    path: &Path,
    hand_over: impl FnOnce(&mut dyn FnMut(Change) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<(File, u64)> {
    let new = beside(path, ".new");
    let write = || {
        remove(&new)?;
        let mut file = private().create_new(true).open(&new)?;
        file.write_all(FORMAT.as_bytes())?;
        let mut length = FORMAT.len() as u64;
        let mut append = |change| {
            length += append(&mut file, &[change])?;
            Ok(())
        };
        hand_over(&mut append)?;
        append(Change::default())?;
        // Before the old one is gone, this one has to be there, power or not.
        file.sync_all()?;
        fs::rename(&new, path).map_err(|error| match error.kind() {
            io::ErrorKind::ResourceBusy => io::Error::new(
                error.kind(),
                "it is mounted by itself, so no other can take its place; mount the folder that it is in",
            ),
            _ => error,
        })?;
        Ok((file, length))
    };
    write().map_err(|error| {
        // It may be what fills the disk.
        let _ = remove(&new);
        said("cannot write", path, &error)
    })
}

/// Whether it has no name any more: what is written to it is gone with this process.
fn is_removed(file: &File) -> bool {
    #[cfg(unix)]
    return file
        .metadata()
        .is_ok_and(|about| std::os::unix::fs::MetadataExt::nlink(&about) == 0);
    #[cfg(not(unix))]
    return false;
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes changes, and gives how long they are.
fn append(file: &mut File, changes: &[Change]) -> io::Result<u64> {
    let mut length = 0;
    let mut buffer = Vec::new();
    for change in changes {
        let head = Head::of(change);
        if head.rows.max(head.files) > MAX_PART {
            return Err(io::Error::other("a change is longer than 1 GiB"));
        }
        length += head.whole();
        buffer.extend_from_slice(head.to_text().as_bytes());
        buffer.extend_from_slice(&change.rows);
        for content in &change.files {
            file.write_all(&buffer)?;
            buffer.clear();
            file.write_all(content)?;
        }
    }
    file.write_all(&buffer)?;
    Ok(length)
}

impl Journal {
    /// Adds changes: all of them, or for the reader none.
    ///
    /// # Errors
    ///
    /// When they cannot be written. They can be added again.
    pub(crate) fn add(&mut self, changes: &[Change]) -> io::Result<()> {
        let mut add = || {
            if self.is_lost {
                return Err(io::Error::from(io::ErrorKind::NotFound));
            }
            if self.is_torn {
                self.file.set_len(self.length)?;
            }
            self.is_torn = true;
            self.length += append(&mut self.file, changes)?;
            self.is_torn = false;
            Ok(())
        };
        add().map_err(|error| said("cannot write", &self.claim.path, &error))
    }

    /// Whether it should be written anew: so much of it is no longer so, or somebody
    /// removed it.
    pub(crate) fn is_stale(&self) -> bool {
        self.length > self.renewed.saturating_mul(2).saturating_add(SLACK) || is_removed(&self.file)
    }

    /// Writes it anew, as this. All that was to be added is in that.
    ///
    /// # Errors
    ///
    /// When that cannot be written. It stays as it was, and is not stale for a while,
    /// unless it was removed.
    pub(crate) fn renew(&mut self, whole: Vec<Change>) -> io::Result<()> {
        self.renewed = self.length;
        let hand_over =
            |take: &mut dyn FnMut(Change) -> io::Result<()>| whole.into_iter().try_for_each(take);
        let renewed = anew(&self.claim.path, hand_over);
        self.is_lost = renewed.is_err() && is_removed(&self.file);
        (self.file, self.length) = renewed?;
        (self.renewed, self.is_torn) = (self.length, false);
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
    if head.rows.max(head.files) > MAX_PART {
        return Ok(Next::Damaged);
    }
    if head.whole() > left {
        return Ok(Next::End);
    }
    let mut part = |length: u64| {
        let mut bytes = Vec::new();
        let length = usize::try_from(length).map_err(io::Error::other)?;
        bytes.try_reserve_exact(length).map_err(io::Error::other)?;
        bytes.resize(length, 0);
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
    // To open a pipe is to block until another process writes into it.
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(about) if !about.is_file() => return Err(invalid(path, NO_STATE)),
        about => about.map_err(cannot)?,
    };
    let mut file = File::open(path).map_err(cannot)?;
    let about = file.metadata().map_err(cannot)?;
    let mut first = Vec::new();
    let mut first_line = (&mut file).take(FORMAT.len() as u64);
    first_line.read_to_end(&mut first).map_err(cannot)?;
    if first.is_empty() {
        return Ok(None);
    }
    if first == FORMAT.as_bytes() {
        return Ok(Some((file, about.len())));
    }
    let why = if first.starts_with(FAMILY.as_bytes()) {
        "it is the state of another version of the sandbox"
    } else {
        NO_STATE
    };
    Err(invalid(path, why))
}

const NO_STATE: &str = "it is not the state of a sandbox";

fn invalid(path: &Path, why: &str) -> io::Error {
    let why = format!("{}: {why}", path.display());
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// One name for a file, by whichever path it was given.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::Error::other("it is a link to a file that is not there"));
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
