//! `talkspace upload-media`: a file on its way to the service.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use talkspace_core::sure::UploadTo;
use talkspace_core::{
    FileSource, GrantId, MediaFile, MediaId, Operation, RequestUploadGrant, UploadMedia,
};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::record::Record;
use crate::report::Outcome;
use crate::secret;
use crate::sender::Sender;
use crate::sure::SureArgs;

/// The variable that holds a grant.
const GRANT_VARIABLE: &str = "TALKSPACE_GRANT_ID";

/// Uploads an MP3 file.
///
/// With --media-id it requests a grant and sends the file with it. With a grant,
/// neither a media id nor the application key is needed. A file that is no MP3 or
/// has more than 25 MB, which the service would reject, is an error before a byte
/// is sent.
#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// The media id that gets the content
    #[arg(long, value_name = "MEDIA_ID", conflicts_with = "grant_file")]
    media_id: Option<MediaId>,

    /// A file that holds a grant, `-` for standard input. Without it and without
    /// --media-id, TALKSPACE_GRANT_ID is read
    #[arg(long, value_name = "FILE")]
    grant_file: Option<PathBuf>,

    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The file name in the request. The file's own name is not sent
    #[arg(long, value_name = "NAME", default_value = "upload.mp3")]
    file_name: String,

    /// Send the file even if it is too large or does not look like an MP3
    #[arg(long)]
    unchecked: bool,

    #[command(flatten)]
    sure: SureArgs,

    #[command(flatten)]
    connection: Connection,
}

/// What permits the upload.
enum Leave {
    Key(MediaId),
    Grant(GrantId),
}

impl Upload {
    pub(crate) fn run(self) -> ExitCode {
        let manner = self.connection.manner();
        manner.finish(self.upload())
    }

    fn upload(&self) -> Result<Outcome, Failure> {
        let file = open(&self.file, self.unchecked).map_err(Failure::Usage)?;
        let file = file.file_name(&self.file_name);
        let leave = self.leave().map_err(Failure::Usage)?;
        let needs_key = matches!(leave, Leave::Key(_));
        if self.sure.is_wanted() && !needs_key {
            let why = "--sure looks at the media, and so needs its --media-id";
            return Err(Failure::Usage(why.to_owned()));
        }
        self.connection
            .with_sender(needs_key, |sender| self.send(sender, &leave, file))
    }

    fn leave(&self) -> Result<Leave, String> {
        let grant = match (&self.media_id, &self.grant_file) {
            (Some(id), _) => return Ok(Leave::Key(id.clone())),
            (None, Some(file)) => secret::from_file("grant", file)?,
            (None, None) => secret::from_variable("grant", GRANT_VARIABLE)?.ok_or_else(|| {
                format!(
                    "name a --media-id, or hand over a grant by --grant-file or {GRANT_VARIABLE}"
                )
            })?,
        };
        Ok(Leave::Grant(grant.into()))
    }

    fn send(&self, sender: &Sender, leave: &Leave, file: MediaFile) -> Result<Outcome, Failure> {
        let bar = Bar::new(Some(file.len()));
        let hand = bar.hand();
        let file = file.on_progress(move |sent, _all| hand(sent, None));
        let grant = match leave {
            Leave::Key(id) => sender.send(RequestUploadGrant::new(id))?.grant_id,
            Leave::Grant(grant) => grant.clone(),
        };
        let upload = UploadMedia::new(grant, file);
        let stored = match leave {
            Leave::Key(id) => self.sure.send(sender, UploadTo::new(id, upload))?,
            Leave::Grant(_) => sender.send(upload)?,
        };
        drop(bar);
        let mut record = Record::new(UploadMedia::INFO.id, stored.status);
        if let Leave::Key(id) = leave {
            record = record.id("media_id", id.as_str());
        }
        let url = stored.download_url.as_str();
        let record = record.text("download_url", url);
        Ok(Outcome::Done(record.verdict(self.sure.verdict())))
    }
}

fn open(path: &Path, unchecked: bool) -> Result<MediaFile, String> {
    let cannot = |error| format!("cannot read {}: {error}", path.display());
    // Opening a pipe would block until another process writes.
    let source = match fs::metadata(path).map_err(cannot)?.is_file() {
        true => File::open(path).and_then(FileSource::new),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file; its length must be known",
        )),
    };
    let source = source.map_err(cannot)?;
    if unchecked {
        return Ok(MediaFile::unchecked(source));
    }
    MediaFile::mp3(source).map_err(|why| {
        let shown = path.display();
        format!("{shown}: {why}; --unchecked sends it all the same")
    })
}
