//! Where a file goes that the command makes.
//!
//! An ordinary file appears under its name when it is whole, in place of one
//! that was there; until then that one stays as it is. A device, a pipe and
//! standard output (`-`) have no such moment, and are written directly. A link
//! is followed: what it names is what is replaced, and the link stays.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::temporary::{Readers, Temporary};

/// How many links may lead from one to the next, as Linux has it.
const MAX_LINKS: usize = 40;

/// A place that was looked at. Looking makes nothing.
#[derive(Debug)]
pub(crate) struct Place {
    shown: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Stdout,
    Direct(PathBuf),
    /// A file, and what it is now, if it is there.
    File(PathBuf, Option<Metadata>),
}

impl Place {
    /// Looks whether something can be written there.
    ///
    /// # Errors
    ///
    /// What keeps it from being written, for a person.
    pub(crate) fn look(path: &Path) -> Result<Self, String> {
        let mut shown = path.display().to_string();
        let kind = Kind::of(path).map_err(|why| cannot(&shown, why))?;
        if matches!(kind, Kind::Stdout) {
            shown = "standard output".to_owned();
        }
        if matches!(kind, Kind::Stdout) && io::stdout().is_terminal() {
            return Err(
                "standard output is a terminal, which is no place for a sound; \
                 hand it on, as in `… -o - | mpg123 -`"
                    .to_owned(),
            );
        }
        Ok(Self { shown, kind })
    }

    pub(crate) const fn is_stdout(&self) -> bool {
        matches!(self.kind, Kind::Stdout)
    }

    /// Opens it. A pipe blocks until another process reads.
    ///
    /// # Errors
    ///
    /// What keeps it from being written, for a person.
    pub(crate) fn open(self, readers: Readers) -> Result<Output, String> {
        let Self { shown, kind } = self;
        let way = match kind {
            Kind::Stdout => Ok(Way::Stdout(io::stdout())),
            Kind::Direct(path) => OpenOptions::new().write(true).open(path).map(Way::Direct),
            Kind::File(target, before) => {
                // What comes in place of another gets that one's mode at the end.
                let readers = before.as_ref().map_or(readers, |_| Readers::Owner);
                Temporary::new(folder_of(&target), readers).map(|(temporary, file)| {
                    Way::File(Box::new(Replacing {
                        temporary,
                        file,
                        target,
                        before,
                    }))
                })
            }
        };
        let way = way.map_err(|why| cannot(&shown, why))?;
        Ok(Output {
            shown,
            way,
            reader_left: false,
        })
    }
}

impl Kind {
    fn of(path: &Path) -> io::Result<Self> {
        let text = path.as_os_str();
        // The name of this descriptor leads to whatever file it is, which is not
        // to be replaced: others may have it open.
        if ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
            .iter()
            .any(|name| text == *name)
        {
            return Ok(Self::Stdout);
        }
        let descriptor = ["/dev/fd", "/dev/stderr", "/proc"];
        let is_descriptor = descriptor.iter().any(|name| path.starts_with(name));
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a folder; name a file in it",
            )),
            Ok(found) if found.is_file() && !is_descriptor => {
                // A file that is protected is not replaced, though it could be.
                OpenOptions::new().write(true).open(path)?;
                Ok(Self::File(fs::canonicalize(path)?, Some(found)))
            }
            Ok(_) => Ok(Self::Direct(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::missing(path),
            Err(error) => Err(error),
        }
    }

    /// What is not there is made where the links lead that name it.
    fn missing(path: &Path) -> io::Result<Self> {
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            let why = "there is no such folder";
            return Err(io::Error::new(io::ErrorKind::NotFound, why));
        }
        let mut target = path.to_owned();
        for _ in 0..MAX_LINKS {
            match fs::read_link(&target) {
                // An absolute one takes the place of all of it.
                Ok(next) => target = folder_of(&target).join(next),
                Err(_) => break,
            }
        }
        if target.file_name().is_none() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it names no file",
            ));
        }
        let folder = folder_of(&target);
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => Ok(Self::File(target, None)),
            Ok(_) => Err(io::Error::new(
                io::ErrorKind::NotADirectory,
                format!("{} is no folder", folder.display()),
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(io::Error::new(
                error.kind(),
                format!("there is no folder {}", folder.display()),
            )),
            Err(error) => Err(error),
        }
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct Output {
    shown: String,
    way: Way,
    reader_left: bool,
}

#[derive(Debug)]
enum Way {
    Stdout(io::Stdout),
    Direct(File),
    File(Box<Replacing>),
}

#[derive(Debug)]
struct Replacing {
    temporary: Temporary,
    file: File,
    target: PathBuf,
    before: Option<Metadata>,
}

impl Output {
    /// Whether the reader of a pipe closed it.
    pub(crate) const fn reader_left(&self) -> bool {
        self.reader_left
    }

    /// What a person knows it by.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Ends it: from here on it is there.
    ///
    /// # Errors
    ///
    /// What kept it from being written, for a person. Nothing is left behind.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        let finished = self.flush().and_then(|()| match self.way {
            Way::Stdout(_) | Way::Direct(_) => Ok(()),
            Way::File(replacing) => replacing.finish(),
        });
        match finished {
            // The reader has closed the pipe, and misses nothing.
            Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            finished => finished.map_err(|why| cannot(&self.shown, why)),
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.way {
            Way::Stdout(stdout) => stdout,
            Way::Direct(file) => file,
            Way::File(replacing) => &mut replacing.file,
        }
    }

    fn note<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &written {
            self.reader_left |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        written
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer().write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.writer().flush();
        self.note(flushed)
    }
}

impl Replacing {
    fn finish(self) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            take_after(&self.file, before)?;
        }
        self.file.sync_all()?;
        self.temporary.rename(&self.target)
    }
}

/// Gives a file the owner and the mode of the one whose place it takes.
#[cfg(unix)]
fn take_after(file: &File, before: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    let made = file.metadata()?;
    let same = (made.uid(), made.gid()) == (before.uid(), before.gid());
    let given = same || fchown(file, Some(before.uid()), Some(before.gid())).is_ok();
    // Another group must not read what was meant for that one.
    let kept = if given { 0o777 } else { 0o707 };
    file.set_permissions(fs::Permissions::from_mode(before.mode() & kept))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    }
}

fn cannot(shown: &str, why: io::Error) -> String {
    format!("cannot write {shown}: {why}")
}
