//! Files on their way to the service and back, with progress on a terminal.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use talkspace_core::{
    Download, DownloadUrl, FileSource, GetMediaStatus, MediaFile, MediaId, RequestUploadGrant,
    UploadMedia,
};

use crate::connection::Connection;
use crate::record::Record;
use crate::sender::Sender;
use crate::trace::is_rehearsed;
use crate::{exit, print};

/// Uploads an MP3 file to a media id.
///
/// Asks for a grant and sends the file with it. What the service would refuse,
/// a file that is no MP3 or has more than 25 MB, is refused before a byte is sent.
#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// The media id that gets the content
    #[arg(long, value_name = "MEDIA_ID")]
    media_id: MediaId,

    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Send the file even if it is too large or does not look like an MP3
    #[arg(long)]
    unchecked: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Downloads the sound of a media id, or what is at a download URL.
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// The media id whose content is fetched
    #[arg(long, value_name = "MEDIA_ID", required_unless_present = "url")]
    media_id: Option<MediaId>,

    /// The download URL of an answer
    #[arg(long, value_name = "URL", conflicts_with = "media_id")]
    url: Option<DownloadUrl>,

    /// Where to write it; an existing file is replaced once the download is whole
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,

    /// The most bytes to take
    #[arg(long, value_name = "BYTES", default_value_t = 100 * 1024 * 1024)]
    at_most: u64,

    #[command(flatten)]
    connection: Connection,
}

/// Why a file did not make its way.
enum Stop {
    Call(talkspace_core::Error),
    /// The command was used wrongly, or a file could not be used; nothing was sent.
    Usage(String),
}

impl From<talkspace_core::Error> for Stop {
    fn from(error: talkspace_core::Error) -> Self {
        Self::Call(error)
    }
}

impl From<String> for Stop {
    fn from(problem: String) -> Self {
        Self::Usage(problem)
    }
}

impl Upload {
    pub(crate) fn run(self) -> ExitCode {
        let json = self.connection.json;
        finish(self.upload(), json)
    }

    fn upload(self) -> Result<Record, Stop> {
        let file = open(&self.file, self.unchecked)?;
        let sender = self.connection.open()?;
        let bar = bar(Some(file.len()));
        let shown = bar.clone();
        let file = file.on_progress(move |sent, _all| shown.set_position(sent));
        let grant = sender
            .send(RequestUploadGrant::new(&self.media_id))?
            .grant_id;
        let stored = sender.send(UploadMedia::new(grant, file));
        bar.finish_and_clear();
        let stored = stored?;
        Ok(Record::new("uploadMedia", stored.status)
            .text("media_id", self.media_id.as_str())
            .text("download_url", stored.download_url.as_str()))
    }
}

impl Fetch {
    pub(crate) fn run(self) -> ExitCode {
        let json = self.connection.json;
        finish(self.fetch(), json)
    }

    fn fetch(self) -> Result<Record, Stop> {
        let sender = self.connection.open()?;
        let url = match (self.url, self.media_id) {
            (Some(url), _) => url,
            (None, Some(id)) => url_of(&sender, id)?,
            (None, None) => return Err(Stop::Usage("name a media id or a URL".to_owned())),
        };
        // The file appears under its name only when it is whole.
        let partial = partial(&self.output);
        let mut file = File::create(&partial)
            .map_err(|error| format!("cannot write {}: {error}", partial.display()))?;
        let bar = bar(None);
        let shown = bar.clone();
        let download = Download::new(url)
            .at_most(self.at_most)
            .on_progress(move |so_far, all| {
                if let Some(all) = all {
                    shown.set_length(all);
                }
                shown.set_position(so_far);
            });
        let fetched = sender.download(download, &mut file);
        bar.finish_and_clear();
        let bytes = match fetched {
            Ok(bytes) => bytes,
            Err(error) => {
                drop(file);
                let _ = fs::remove_file(&partial);
                return Err(error.into());
            }
        };
        file.sync_all()
            .and_then(|()| fs::rename(&partial, &self.output))
            .map_err(|error| format!("cannot write {}: {error}", self.output.display()))?;
        let status = talkspace_core::Status::new(200, None);
        Ok(Record::new("downloadMedia", status)
            .text("file", self.output.to_string_lossy())
            .with("bytes", bytes))
    }
}

fn finish(outcome: Result<Record, Stop>, json: bool) -> ExitCode {
    match outcome {
        Ok(record) => record.print(json),
        Err(Stop::Call(error)) if is_rehearsed(&error) => ExitCode::SUCCESS,
        Err(Stop::Call(error)) => {
            print::error(&error, json);
            exit::of(&error)
        }
        Err(Stop::Usage(problem)) => {
            print::failure(problem);
            ExitCode::from(exit::USAGE)
        }
    }
}

fn open(path: &Path, unchecked: bool) -> Result<MediaFile, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let source = File::open(path)
        .and_then(FileSource::new)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let file = if unchecked {
        MediaFile::unchecked(source)
    } else {
        MediaFile::mp3(source).map_err(|why| {
            format!(
                "{}: {why}; --unchecked sends it all the same",
                path.display()
            )
        })?
    };
    Ok(file.file_name(name))
}

fn url_of(sender: &Sender, media_id: MediaId) -> Result<DownloadUrl, Stop> {
    let status = sender.send(GetMediaStatus::new(media_id))?;
    status
        .download_url
        .ok_or_else(|| Stop::Usage("the media id has no content yet".to_owned()))
}

fn partial(output: &Path) -> PathBuf {
    let mut name = output.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    output.with_file_name(name)
}

/// A bar on a terminal; nothing elsewhere.
fn bar(length: Option<u64>) -> ProgressBar {
    let bar = match length {
        Some(length) => ProgressBar::new(length),
        None => ProgressBar::no_length(),
    };
    let template = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
