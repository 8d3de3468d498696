//! The file of `--record`.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use talkspace_core::recording::{Recorder, Replay};

use crate::print;

/// A recording that exchanges are appended to.
#[derive(Debug)]
pub(crate) struct Recording {
    file: PathBuf,
    recorder: Recorder,
}

impl Recording {
    /// Begins a file, or goes on with it. One that is no recording is left as it is.
    ///
    /// # Errors
    ///
    /// Why it cannot be recorded there, for a person.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let cannot =
            |why: &dyn std::fmt::Display| format!("cannot record to {}: {why}", path.display());
        let mut file = appending(path).map_err(|why| cannot(&why))?;
        let told = file.metadata().map_err(|why| cannot(&why))?;
        // A device or a pipe has nothing before.
        let recorder = match told.is_file() && told.len() > 0 {
            true => {
                let before = Replay::read(&mut file).map_err(|why| cannot(&why))?;
                Recorder::after(&before, file)
            }
            false => Recorder::new(file).map_err(|why| cannot(&why))?,
        };
        Ok(Self {
            file: path.to_owned(),
            recorder,
        })
    }

    pub(crate) fn recorder(&self) -> Recorder {
        self.recorder.clone()
    }

    /// Says if something could not be recorded. What the request did stays as it is.
    pub(crate) fn finish(self) {
        if let Err(why) = self.recorder.finish() {
            let file = self.file.display();
            print::warning(format_args!("the recording in {file} is not whole: {why}"));
        }
    }
}

/// For the owner alone: network ids and sounds are in it.
fn appending(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match path.metadata() {
        // What cannot be read, such as a pipe, can be written.
        Ok(found) if !found.is_file() => options.open(path),
        _ => options.read(true).open(path),
    }
}
